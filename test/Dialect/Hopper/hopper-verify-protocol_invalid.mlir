// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-verify-protocol)))' --split-input-file --verify-diagnostics

// By the number of the rule in the pass's description; rules 3 to 8, on slots and
// products, are in hopper-verify-protocol-slots_invalid.mlir.

// 1. The producer fills one channel thrice before the other; the consumer wants a
// tile of either before it releases one.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @deadlock_depth(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %ring = hopper.create_channel : !ring
    %other = hopper.create_channel : !ring
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
      %a = hopper.acquire %ring expect 8192 : !ring -> !tile
      hopper.tma_load %map[%c0, %c0] into %a of %ring : !map, !tile, !ring
      %b = hopper.acquire %ring expect 8192 : !ring -> !tile
      hopper.tma_load %map[%c0, %c0] into %b of %ring : !map, !tile, !ring
      // expected-error @below {{deadlock: the producer waits for slot 0 of 2 to be empty for fill 3, and got 0 of 1 releases}}
      %c = hopper.acquire %ring expect 8192 : !ring -> !tile
      hopper.tma_load %map[%c0, %c0] into %c of %ring : !map, !tile, !ring
      %d = hopper.acquire %ring expect 8192 : !ring -> !tile
      hopper.tma_load %map[%c0, %c0] into %d of %ring : !map, !tile, !ring
      %e = hopper.acquire %other expect 8192 : !ring -> !tile
      hopper.tma_load %map[%c0, %c0] into %e of %other : !map, !tile, !ring
    } consumer {
      %k = hopper.wait %ring : !ring -> !tile
      %l = hopper.wait %ring : !ring -> !tile
      // expected-note @below {{consumer 0 waits for slot 0 of 2 to be full for fill 1}}
      %v = hopper.wait %other : !ring -> !tile
      hopper.release %v to %other : !tile, !ring
      hopper.release %k to %ring : !tile, !ring
      hopper.release %l to %ring : !tile, !ring
      %m = hopper.wait %ring : !ring -> !tile
      hopper.release %m to %ring : !tile, !ring
      %n = hopper.wait %ring : !ring -> !tile
      hopper.release %n to %ring : !tile, !ring
    }
    gpu.return
  }
}

// -----

// 1. One warpgroup waits for a slot that only itself can release.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @deadlock_self(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %ring = hopper.create_channel : !ring
    %a = hopper.acquire %ring expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %a of %ring : !map, !tile, !ring
    %k = hopper.wait %ring : !ring -> !tile
    %b = hopper.acquire %ring expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %b of %ring : !map, !tile, !ring
    %l = hopper.wait %ring : !ring -> !tile
    // expected-error @below {{deadlock: consumer 0 waits for slot 0 of 2 to be empty for fill 3, and got 0 of 1 releases}}
    %c = hopper.acquire %ring expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %c of %ring : !map, !tile, !ring
    hopper.release %k to %ring : !tile, !ring
    %m = hopper.wait %ring : !ring -> !tile
    hopper.release %l to %ring : !tile, !ring
    hopper.release %m to %ring : !tile, !ring
    gpu.return
  }
}

// -----

// 1. The wait stands in front of what fills the slot.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @deadlock_order(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %ring = hopper.create_channel : !ring
    // expected-error @below {{deadlock: consumer 0 waits for slot 0 of 2 to be full for fill 1}}
    %k = hopper.wait %ring : !ring -> !tile
    %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
    hopper.release %k to %ring : !tile, !ring
    gpu.return
  }
}

// -----

// 1. Within its turn, the first consumer waits for what the second one releases in
// its own.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @deadlock_turn(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %ring = hopper.create_channel : !ring
    hopper.warp_specialize consumers(2) registers(24, 240) producer {
      %a = hopper.acquire %ring expect 8192 : !ring -> !tile
      hopper.tma_load %map[%c0, %c0] into %a of %ring : !map, !tile, !ring
      %b = hopper.acquire %ring expect 8192 : !ring -> !tile
      hopper.tma_load %map[%c0, %c0] into %b of %ring : !map, !tile, !ring
      // expected-error @below {{deadlock: the producer waits for slot 0 of 2 to be empty for fill 3, and got 1 of 2 releases}}
      %c = hopper.acquire %ring expect 8192 : !ring -> !tile
      hopper.tma_load %map[%c0, %c0] into %c of %ring : !map, !tile, !ring
    } consumer {
      // expected-note @below {{consumer 1 waits for its turn, which is consumer 0's}}
      hopper.turn_wait
      %k = hopper.wait %ring : !ring -> !tile
      hopper.release %k to %ring : !tile, !ring
      %l = hopper.wait %ring : !ring -> !tile
      hopper.release %l to %ring : !tile, !ring
      // expected-note @below {{consumer 0 waits for slot 0 of 2 to be full for fill 3}}
      %m = hopper.wait %ring : !ring -> !tile
      hopper.release %m to %ring : !tile, !ring
      hopper.turn_pass
    }
    gpu.return
  }
}

// -----

// 2. The consumers run one iteration less.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @counts(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %ring = hopper.create_channel : !ring
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
      scf.for %i = %c0 to %c3 step %c1 {
        // expected-note @below {{it is filled here}}
        %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
        hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
      }
    } consumer {
      scf.for %i = %c0 to %c2 step %c1 {
        // expected-error @below {{expected as many waits as the 3 fills of the channel, but got 2}}
        %k = hopper.wait %ring : !ring -> !tile
        hopper.release %k to %ring : !tile, !ring
      }
    }
    gpu.return
  }
}

// -----

// 2. The consumers run one iteration more, which shows for one size only.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0, where dimension 0 of argument 0 is 192}}
  gpu.func @counts_size(%keys: memref<?x64xf16>, %map: !map) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %size = memref.dim %keys, %c0 : memref<?x64xf16>
    %n = arith.ceildivui %size, %c64 : index
    %c192 = arith.constant 192 : index
    %is = arith.cmpi eq, %size, %c192 : index
    %one = arith.extui %is : i1 to i32
    %extra = arith.index_cast %one : i32 to index
    %more = arith.addi %n, %extra : index
    %ring = hopper.create_channel : !ring
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
      scf.for %i = %c0 to %n step %c1 {
        // expected-note @below {{it is filled here}}
        %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
        hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
      }
    } consumer {
      scf.for %i = %c0 to %more step %c1 {
        // expected-error @below {{expected as many waits as the 3 fills of the channel, but got 4}}
        %k = hopper.wait %ring : !ring -> !tile
        hopper.release %k to %ring : !tile, !ring
      }
    }
    gpu.return
  }
}

// -----

// 2. Nobody waits.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @counts_none(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %ring = hopper.create_channel : !ring
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
      // expected-error @below {{expected as many waits as the 1 fills of the channel, but got 0}}
      %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
      hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
    } consumer {

    }
    gpu.return
  }
}

// -----

// 2. Sizes that nothing says to be equal.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0, where dimension 0 of argument 0 is 1, where dimension 0 of argument 1 is 0}}
  gpu.func @counts_sizes(%keys: memref<?x64xf16>, %values: memref<?x64xf16>, %map: !map) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %size = memref.dim %keys, %c0 : memref<?x64xf16>
    %n = arith.ceildivui %size, %c64 : index
    %ring = hopper.create_channel : !ring
    %other = memref.dim %values, %c0 : memref<?x64xf16>
    %m = arith.ceildivui %other, %c64 : index
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
      scf.for %i = %c0 to %n step %c1 {
        // expected-error @below {{expected as many waits as the 1 fills of the channel, but got 0}}
        %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
        hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
      }
    } consumer {
      scf.for %i = %c0 to %m step %c1 {
        %k = hopper.wait %ring : !ring -> !tile
        hopper.release %k to %ring : !tile, !ring
      }
    }
    gpu.return
  }
}

// -----

// 9. Passed without having it.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @turn_pass(%map: !map) kernel {
    hopper.warp_specialize consumers(2) registers(24, 240) producer {

    } consumer {
      // expected-error @below {{expected a hopper.turn_wait before it}}
      hopper.turn_pass
    }
    gpu.return
  }
}

// -----

// 9. Taken twice.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @turn_twice(%map: !map) kernel {
    hopper.warp_specialize consumers(2) registers(24, 240) producer {

    } consumer {
      // expected-note @below {{the turn was taken here}}
      hopper.turn_wait
      // expected-error @below {{expected the turn to be passed before the next wait for it}}
      hopper.turn_wait
    }
    gpu.return
  }
}

// -----

// 9. Kept.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @turn_kept(%map: !map) kernel {
    hopper.warp_specialize consumers(2) registers(24, 240) producer {

    } consumer {
      // expected-error @below {{expected the turn to be passed before the role ends}}
      hopper.turn_wait
    }
    gpu.return
  }
}

// -----

// 10.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-error @below {{expected at most 8 warpgroups in a block, but got 9}}
  gpu.func @warpgroups(%map: !map) kernel attributes {attn.config = #attn.config<tile = 576x64, stages = 2, consumers = 9, registers = 24x56>} {
    %c0 = arith.constant 0 : index
    %ring = hopper.create_channel : !ring
    %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
    %k = hopper.wait %ring : !ring -> !tile
    hopper.release %k to %ring : !tile, !ring
    gpu.return
  }
}

// -----

// 11. Beside the roles.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @beside(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %ring = hopper.create_channel : !ring
    hopper.warp_specialize consumers(1) registers(24, 240) producer {

    } consumer {

    }
    // expected-error @below {{expected to stand in a role, as the kernel has a hopper.warp_specialize}}
    %k = hopper.wait %ring : !ring -> !tile
    hopper.release %k to %ring : !tile, !ring
    gpu.return
  }
}

// -----

// 11. Twice.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @roles_twice(%map: !map) kernel {
    hopper.warp_specialize consumers(1) registers(24, 240) producer {

    } consumer {

    }
    // expected-error @below {{expected to stand once, at the top of a kernel}}
    hopper.warp_specialize consumers(1) registers(24, 240) producer {

    } consumer {

    }
    gpu.return
  }
}

// -----

// 11. In control flow that is not understood.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @control(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %true = arith.constant true
    %ring = hopper.create_channel : !ring
    // expected-error @below {{cannot be checked: expected scf.for, scf.if or hopper.warp_specialize around operations of the protocol}}
    scf.while : () -> () {
      scf.condition(%true)
    } do {
      hopper.turn_wait
      hopper.turn_pass
      scf.yield
    }
    gpu.return
  }
}

// -----

// 11. A channel that is made in a loop.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @channel_place(%keys: memref<?x64xf16>, %map: !map) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %size = memref.dim %keys, %c0 : memref<?x64xf16>
    %n = arith.ceildivui %size, %c64 : index
    scf.for %i = %c0 to %n step %c1 {
      // expected-error @below {{expected to stand at the kernel's entry}}
      %ring = hopper.create_channel : !ring
      %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
      hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
      %k = hopper.wait %ring : !ring -> !tile
      hopper.release %k to %ring : !tile, !ring
    }
    gpu.return
  }
}

// -----

// 11. A channel that is not known.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @channel_unknown(%map: !map, %ring: !ring) kernel {
    %c0 = arith.constant 0 : index
    // expected-error @below {{cannot be checked: expected a channel that comes straight from hopper.create_channel}}
    %k = hopper.wait %ring : !ring -> !tile
    hopper.release %k to %ring : !tile, !ring
    gpu.return
  }
}

// -----

// 12. The data decide how long a loop runs.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @bounds(%map: !map, %f: f32) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %x = arith.fptosi %f : f32 to i32
    %n = arith.index_cast %x : i32 to index
    %ring = hopper.create_channel : !ring
    // expected-error @below {{cannot be checked: its bounds do not follow from sizes and block ids}}
    scf.for %i = %c0 to %n step %c1 {
      %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
      hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
      %k = hopper.wait %ring : !ring -> !tile
      hopper.release %k to %ring : !tile, !ring
    }
    gpu.return
  }
}

// -----

// 12. The data decide whether it is used.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @condition(%map: !map, %f: f32) kernel {
    %c0 = arith.constant 0 : index
    %x = arith.cmpf olt, %f, %f : f32
    %ring = hopper.create_channel : !ring
    // expected-error @below {{cannot be checked: its condition does not follow from sizes and block ids}}
    scf.if %x {
      %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
      hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
      %k = hopper.wait %ring : !ring -> !tile
      hopper.release %k to %ring : !tile, !ring
    }
    gpu.return
  }
}

// -----

// 2. The bounds differ by one element, which shows at one length in 64.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0, where dimension 0 of argument 0 is 24}}
  gpu.func @one_residue(%keys: memref<?x64xf16>, %map: !map) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %c23 = arith.constant 23 : index
    %c24 = arith.constant 24 : index
    %size = memref.dim %keys, %c0 : memref<?x64xf16>
    %ring = hopper.create_channel : !ring
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
      %own = arith.subi %size, %c23 : index
      %n = arith.ceildivsi %own, %c64 : index
      scf.for %i = %c0 to %n step %c1 {
        // expected-error @below {{expected as many waits as the 1 fills of the channel, but got 0}}
        %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
        hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
      }
    } consumer {
      %own = arith.subi %size, %c24 : index
      %n = arith.ceildivsi %own, %c64 : index
      scf.for %i = %c0 to %n step %c1 {
        %k = hopper.wait %ring : !ring -> !tile
        hopper.release %k to %ring : !tile, !ring
      }
    }
    gpu.return
  }
}

// -----

// 2. The producer stops at 100 tiles, far beyond two rounds of the ring.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0, where dimension 0 of argument 0 is 6464}}
  gpu.func @at_most_100(%keys: memref<?x64xf16>, %map: !map) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %c100 = arith.constant 100 : index
    %size = memref.dim %keys, %c0 : memref<?x64xf16>
    %n = arith.ceildivui %size, %c64 : index
    %ring = hopper.create_channel : !ring
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
      %most = arith.minsi %n, %c100 : index
      scf.for %i = %c0 to %most step %c1 {
        // expected-note @below {{it is filled here}}
        %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
        hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
      }
    } consumer {
      scf.for %i = %c0 to %n step %c1 {
        // expected-error @below {{expected as many waits as the 100 fills of the channel, but got 101}}
        %k = hopper.wait %ring : !ring -> !tile
        hopper.release %k to %ring : !tile, !ring
      }
    }
    gpu.return
  }
}

// -----

// 2. Without keys, one bound is -1 and the other 2^32 - 1.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0, where dimension 0 of argument 0 is 0}}
  gpu.func @unsigned(%keys: memref<?x64xf16>, %map: !map) kernel {
    %c0 = arith.constant 0 : index
    %c0_i32 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %c64 = arith.constant 64 : index
    %size = memref.dim %keys, %c0 : memref<?x64xf16>
    %tiles = arith.ceildivui %size, %c64 : index
    %narrow = arith.index_cast %tiles : index to i32
    %n = arith.subi %narrow, %c1 : i32
    %ring = hopper.create_channel : !ring
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
      scf.for unsigned %i = %c0_i32 to %n step %c1 : i32 {
        // expected-error @below {{or more fills of the channel, but got 0}}
        %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
        hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
      }
    } consumer {
      scf.for %i = %c0_i32 to %n step %c1 : i32 {
        %k = hopper.wait %ring : !ring -> !tile
        hopper.release %k to %ring : !tile, !ring
      }
    }
    gpu.return
  }
}
