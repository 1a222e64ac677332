// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-allocate-shared-memory)))' --split-input-file --verify-diagnostics | FileCheck %s

gpu.module @kernels {
  // Slots first, each a multiple of 1024 bytes, then a full and an empty barrier
  // of 8 bytes for each slot. A tile of 72 columns has two slabs.
  //
  //   Q   1 · 128 · 2 · 128 = 32768 bytes
  //   K   3 · 64 · 2 · 128  = 49152 bytes
  //   V   2 · 8 · 128       =  2048 bytes
  //   barriers 16, 48, 32
  // CHECK-LABEL: gpu.func @channels
  //  CHECK-SAME:   hopper.shared_memory = 84064 : i64
  //       CHECK:   hopper.create_channel {barriers = 83968 : i64, offset = 0 : i64} : <1 x 128x128xf16>
  //       CHECK:   hopper.create_channel {barriers = 83984 : i64, offset = 32768 : i64} : <3 x 64x72xf16>
  //       CHECK:   hopper.create_channel {barriers = 84032 : i64, offset = 81920 : i64} : <2 x 8x64xbf16>
  gpu.func @channels() kernel {
    %0 = hopper.create_channel : !hopper.channel<1 x 128x128xf16>
    %1 = hopper.create_channel : !hopper.channel<3 x 64x72xf16>
    %2 = hopper.create_channel : !hopper.channel<2 x 8x64xbf16>
    gpu.return
  }

  // The most that a block has: 14 · 16384 + 3072 + 2 · 8 · 17 = 232720 is too
  // much by the barriers and a little; this is 231424 + 240.
  // CHECK-LABEL: gpu.func @almost_all
  //  CHECK-SAME:   hopper.shared_memory = 231664 : i64
  gpu.func @almost_all() kernel {
    %0 = hopper.create_channel : !hopper.channel<14 x 128x64xf16>
    %1 = hopper.create_channel : !hopper.channel<1 x 16x64xf16>
    gpu.return
  }

  // CHECK-LABEL: gpu.func @no_channels
  //   CHECK-NOT:   hopper.shared_memory
  //       CHECK:   gpu.return
  gpu.func @no_channels() kernel {
    gpu.return
  }
}

// -----

gpu.module @kernels {
  // expected-error @+1 {{expected at most 232448 bytes of shared memory, but its channels need 262272}}
  gpu.func @too_much() kernel {
    %0 = hopper.create_channel : !hopper.channel<8 x 128x128xf16>
    gpu.return
  }
}
