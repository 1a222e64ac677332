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

  // A place that is given stays, and the others go around it: 32768 bytes and
  // 2048 in front of it, the barriers behind its 1024.
  // CHECK-LABEL: gpu.func @by_hand
  //  CHECK-SAME:   hopper.shared_memory = 35904 : i64
  //       CHECK:   hopper.create_channel {barriers = 35840 : i64, offset = 0 : i64} : <1 x 128x128xf16>
  //       CHECK:   hopper.create_channel {barriers = 35856 : i64, offset = 34816 : i64} : <1 x 8x64xbf16>
  //       CHECK:   hopper.create_channel {barriers = 35872 : i64, offset = 32768 : i64} : <2 x 8x64xbf16>
  gpu.func @by_hand() kernel {
    %0 = hopper.create_channel : !hopper.channel<1 x 128x128xf16>
    %1 = hopper.create_channel {offset = 34816 : i64} : !hopper.channel<1 x 8x64xbf16>
    %2 = hopper.create_channel : !hopper.channel<2 x 8x64xbf16>
    gpu.return
  }

  // More than is needed may be asked for.
  // CHECK-LABEL: gpu.func @more
  //  CHECK-SAME:   hopper.shared_memory = 4096 : i64
  gpu.func @more() kernel attributes {hopper.shared_memory = 4096 : i64} {
    %0 = hopper.create_channel : !hopper.channel<1 x 8x64xbf16>
    gpu.return
  }

  // Nothing is left to do.
  // CHECK-LABEL: gpu.func @done
  //       CHECK:   hopper.create_channel {barriers = 0 : i64, offset = 4096 : i64}
  // expected-remark @+1 {{left as it is: its channels have places in shared memory already}}
  gpu.func @done() kernel attributes {hopper.shared_memory = 8192 : i64} {
    %0 = hopper.create_channel {barriers = 0 : i64, offset = 4096 : i64} : !hopper.channel<1 x 8x64xbf16>
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

// -----

gpu.module @kernels {
  // expected-error @+1 {{expected hopper.shared_memory of at least the 1040 bytes of its channels, but got 1024}}
  gpu.func @too_little() kernel attributes {hopper.shared_memory = 1024 : i64} {
    %0 = hopper.create_channel : !hopper.channel<1 x 8x64xbf16>
    gpu.return
  }
}
