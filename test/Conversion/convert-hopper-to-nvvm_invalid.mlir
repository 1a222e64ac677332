// What convert-hopper-to-nvvm needs of the passes before it.

// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(convert-hopper-to-nvvm))' --split-input-file --verify-diagnostics

gpu.module @kernels {
  gpu.func @no_place() {
    // expected-error @+1 {{expected a place in shared memory; run hopper-allocate-shared-memory first}}
    %ring = hopper.create_channel : !hopper.channel<1 x 64x64xf16>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @no_slot() attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240>} {
    %ring = hopper.create_channel {offset = 0 : i64, barriers = 8192 : i64} : !hopper.channel<1 x 64x64xf16>
    // expected-error @+1 {{expected a slot; run hopper-assign-slots first}}
    %t = hopper.wait %ring : !hopper.channel<1 x 64x64xf16> -> !hopper.shared_tile<64x64xf16>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @tile_from_elsewhere(%t: !hopper.shared_tile<64x64xf16>) attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240>} {
    %ring = hopper.create_channel {offset = 0 : i64, barriers = 8192 : i64} : !hopper.channel<1 x 64x64xf16>
    // expected-error @+1 {{expected a tile that comes straight from hopper.acquire or hopper.wait}}
    hopper.release %t to %ring : !hopper.shared_tile<64x64xf16>, !hopper.channel<1 x 64x64xf16>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @channel_from_elsewhere(%c: !hopper.channel<1 x 64x64xf16>, %i: i32) attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240>} {
    // expected-error @+1 {{expected a tile that comes straight from hopper.acquire or hopper.wait}}
    %t = hopper.wait %c[%i, %i] : !hopper.channel<1 x 64x64xf16> -> !hopper.shared_tile<64x64xf16>
    gpu.return
  }
}

// -----

// Its barriers would never be made ready.
gpu.module @kernels {
  gpu.func @channel_in_a_role() {
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
      // expected-error @+1 {{expected to stand at the kernel's entry: one thread makes the barriers of all channels ready there}}
      %ring = hopper.create_channel {offset = 0 : i64, barriers = 8192 : i64} : !hopper.channel<1 x 64x64xf16>
    } consumer {
    }
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @roles_in_a_loop(%i: index) {
    scf.for %j = %i to %i step %i {
      // expected-error @+1 {{expected to be the only one of its kernel, and to stand at its entry}}
      hopper.warp_specialize consumers(1) registers(24, 240) producer {
      } consumer {
      }
    }
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @roles_twice() {
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
    } consumer {
    }
    // expected-error @+1 {{expected to be the only one of its kernel, and to stand at its entry}}
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
    } consumer {
    }
    gpu.return
  }
}

// -----

gpu.module @kernels {
  // expected-error @+1 {{expected an attn.config that gives the warpgroups}}
  gpu.func @no_config() {
    hopper.turn_wait
    gpu.return
  }
}

// -----

gpu.module @kernels {
  // expected-error @+1 {{expected at most 1024 threads in a block, but got 1152}}
  gpu.func @threads() attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 9, registers = 24x24>} {
    hopper.turn_wait
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @load_tile(%k: memref<?x64xf16>, %i: index) attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x24>} {
    // expected-error @+1 {{cannot be lowered to NVVM; run hopper-insert-tma and hopper-insert-channels first}}
    %t = hopper.load_tile %k[%i, %i] {row_dim = 0 : i64} : memref<?x64xf16> -> !hopper.shared_tile<64x64xf16>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @wgmma(%t: !hopper.shared_tile<64x64xf16>) attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x24>} {
    // expected-error @+1 {{cannot be lowered to NVVM; run hopper-distribute-vectors first}}
    %p = hopper.wgmma %t, %t : !hopper.shared_tile<64x64xf16>, !hopper.shared_tile<64x64xf16> -> !hopper.pending<vector<64x64xf32>>
    gpu.return
  }
}
