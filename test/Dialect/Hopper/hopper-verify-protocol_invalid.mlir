// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-verify-protocol)))' --split-input-file --verify-diagnostics

// By the number of the rule in the pass's description.

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

// 3. A slot that nothing is copied into.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @bytes_none(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %ring = hopper.create_channel : !ring
    // expected-error @below {{expected copies of 8192 bytes into the slot, but got 0}}
    %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
    %k = hopper.wait %ring : !ring -> !tile
    hopper.release %k to %ring : !tile, !ring
    gpu.return
  }
}

// -----

// 3. Two copies into one slot.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @bytes_twice(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %ring = hopper.create_channel : !ring
    // expected-note @below {{the slot was acquired here}}
    %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
    // expected-error @below {{expected copies of 8192 bytes into the slot, but got 16384}}
    hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
    %k = hopper.wait %ring : !ring -> !tile
    hopper.release %k to %ring : !tile, !ring
    gpu.return
  }
}

// -----

// 4. The second use of the ring is of the second slot.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @slot(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0 : i32
    %one = arith.constant 1 : i32
    %ring = hopper.create_channel : !ring
    %a = hopper.acquire %ring[%zero, %one] expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %a of %ring : !map, !tile, !ring
    // expected-error @below {{expected slot 1 in use 2 of the channel, but got 0}}
    %b = hopper.acquire %ring[%zero, %one] expect 8192 : !ring -> !tile
    gpu.return
  }
}

// -----

// 4. A consumer begins with phase 0.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @phase_wait(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0 : i32
    %one = arith.constant 1 : i32
    %ring = hopper.create_channel : !ring
    %a = hopper.acquire %ring[%zero, %one] expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %a of %ring : !map, !tile, !ring
    // expected-error @below {{expected phase 0 in use 1 of the channel, but got 1}}
    %k = hopper.wait %ring[%zero, %one] : !ring -> !tile
    hopper.release %k to %ring : !tile, !ring
    gpu.return
  }
}

// -----

// 4. A producer begins with phase 1.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @phase_acquire(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0 : i32
    %one = arith.constant 1 : i32
    %ring = hopper.create_channel : !ring
    // expected-error @below {{expected phase 1 in use 1 of the channel, but got 0}}
    %a = hopper.acquire %ring[%zero, %zero] expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %a of %ring : !map, !tile, !ring
    %k = hopper.wait %ring[%zero, %zero] : !ring -> !tile
    hopper.release %k to %ring : !tile, !ring
    gpu.return
  }
}

// -----

// 4. The phase stays the same when the ring wraps.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0, where dimension 0 of argument 0 is 192}}
  gpu.func @phase_loop(%keys: memref<?x64xf16>, %map: !map) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %size = memref.dim %keys, %c0 : memref<?x64xf16>
    %n = arith.ceildivui %size, %c64 : index
    %zero = arith.constant 0 : i32
    %one = arith.constant 1 : i32
    %two = arith.constant 2 : i32
    %ring = hopper.create_channel : !ring
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
      scf.for %i = %c0 to %n step %c1 {
        %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
        hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
      }
    } consumer {
      %end:2 = scf.for %i = %c0 to %n step %c1 iter_args(%slot = %zero, %phase = %zero) -> (i32, i32) {
        // expected-error @below {{expected phase 1 in use 3 of the channel, but got 0}}
        %k = hopper.wait %ring[%slot, %phase] : !ring -> !tile
        hopper.release %k to %ring : !tile, !ring
        %next = arith.addi %slot, %one : i32
        %wraps = arith.cmpi eq, %next, %two : i32
        %slot1 = arith.select %wraps, %zero, %next : i32
        scf.yield %slot1, %phase : i32, i32
      }
    }
    gpu.return
  }
}

// -----

// 4. A slot that nothing is known of.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @slot_unknown(%map: !map, %f: f32) kernel {
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0 : i32
    %one = arith.constant 1 : i32
    %ring = hopper.create_channel : !ring
    %x = arith.fptosi %f : f32 to i32
    // expected-error @below {{cannot be checked: its slot and phase do not follow from sizes and block ids}}
    %a = hopper.acquire %ring[%x, %one] expect 8192 : !ring -> !tile
    gpu.return
  }
}

// -----

// 5. A copy into a tile that is read.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @copy_into_read(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %ring = hopper.create_channel : !ring
    %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
    // expected-note @below {{the slot comes from here}}
    %k = hopper.wait %ring : !ring -> !tile
    // expected-error @below {{expected a slot that hopper.acquire gives}}
    hopper.tma_load %map[%c0, %c0] into %k of %ring : !map, !tile, !ring
    hopper.release %k to %ring : !tile, !ring
    gpu.return
  }
}

// -----

// 5. A read of a slot that is not waited for.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!scores = !hopper.pending<vector<64x64xf32>>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @read_acquired(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %ring = hopper.create_channel : !ring
    // expected-note @below {{the tile comes from here}}
    %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
    // expected-error @below {{expected a tile that hopper.wait gives, but it is being filled}}
    %p = hopper.wgmma %slot, %slot {transpose_rhs} : !tile, !tile -> !scores
    gpu.return
  }
}

// -----

// 5. A release of a slot that was acquired.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @release_acquired(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %ring = hopper.create_channel : !ring
    // expected-note @below {{the slot comes from here}}
    %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
    // expected-error @below {{expected a slot that hopper.wait gives}}
    hopper.release %slot to %ring : !tile, !ring
    gpu.return
  }
}

// -----

// 5. A release to another channel.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @release_other(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %ring = hopper.create_channel : !ring
    %other = hopper.create_channel : !ring
    %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
    // expected-note @below {{the tile is of this one}}
    %k = hopper.wait %ring : !ring -> !tile
    // expected-error @below {{expected the channel that the tile belongs to}}
    hopper.release %k to %other : !tile, !ring
    gpu.return
  }
}

// -----

// 6. A release is missing.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @release_missing(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %ring = hopper.create_channel : !ring
    %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
    // expected-error @below {{expected the slot to be released before the role ends}}
    %k = hopper.wait %ring : !ring -> !tile
    gpu.return
  }
}

// -----

// 6. A release is missing, and the ring comes round.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!scores = !hopper.pending<vector<64x64xf32>>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @release_missing_loop(%keys: memref<?x64xf16>, %map: !map) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %size = memref.dim %keys, %c0 : memref<?x64xf16>
    %n = arith.ceildivui %size, %c64 : index
    %ring = hopper.create_channel : !ring
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
      scf.for %i = %c0 to %c64 step %c1 {
        %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
        hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
      }
    } consumer {
      scf.for %i = %c0 to %c64 step %c1 {
        // expected-note @below {{it has been held since this wait}}
        // expected-error @below {{expected slot 0 to be released before the next wait for it}}
        %k = hopper.wait %ring : !ring -> !tile
        %p = hopper.wgmma %k, %k {transpose_rhs} : !tile, !tile -> !scores
        %s = hopper.wgmma_wait %p : !scores
      }
    }
    gpu.return
  }
}

// -----

// 6. Released twice.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @release_twice(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %ring = hopper.create_channel : !ring
    %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
    %k = hopper.wait %ring : !ring -> !tile
    // expected-note @below {{it was released here}}
    hopper.release %k to %ring : !tile, !ring
    // expected-error @below {{expected a slot that is held, but it is released already}}
    hopper.release %k to %ring : !tile, !ring
    gpu.return
  }
}

// -----

// 7. Released while a product reads it.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!scores = !hopper.pending<vector<64x64xf32>>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @release_early(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %ring = hopper.create_channel : !ring
    %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
    %k = hopper.wait %ring : !ring -> !tile
    // expected-note @below {{this product has not been waited for}}
    %p = hopper.wgmma %k, %k {transpose_rhs} : !tile, !tile -> !scores
    // expected-error @below {{expected no product in flight that reads the slot}}
    hopper.release %k to %ring : !tile, !ring
    %s = hopper.wgmma_wait %p : !scores
    gpu.return
  }
}

// -----

// 7. The wait is for the product before.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!scores = !hopper.pending<vector<64x64xf32>>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @release_early_second(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %ring = hopper.create_channel : !ring
    %a = hopper.acquire %ring expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %a of %ring : !map, !tile, !ring
    %b = hopper.acquire %ring expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %b of %ring : !map, !tile, !ring
    %k = hopper.wait %ring : !ring -> !tile
    %l = hopper.wait %ring : !ring -> !tile
    %p = hopper.wgmma %k, %k {transpose_rhs} : !tile, !tile -> !scores
    // expected-note @below {{this product has not been waited for}}
    %r = hopper.wgmma %l, %l {transpose_rhs} : !tile, !tile -> !scores
    %s = hopper.wgmma_wait %p : !scores
    hopper.release %k to %ring : !tile, !ring
    // expected-error @below {{expected no product in flight that reads the slot}}
    hopper.release %l to %ring : !tile, !ring
    %t = hopper.wgmma_wait %r : !scores
    gpu.return
  }
}

// -----

// 7. Read behind its release.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!scores = !hopper.pending<vector<64x64xf32>>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @read_released(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %ring = hopper.create_channel : !ring
    %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
    %k = hopper.wait %ring : !ring -> !tile
    // expected-note @below {{it was released here}}
    hopper.release %k to %ring : !tile, !ring
    // expected-error @below {{expected a tile that is held, but it is released already}}
    %p = hopper.wgmma %k, %k {transpose_rhs} : !tile, !tile -> !scores
    gpu.return
  }
}

// -----

// 7. One product may be in flight where none must.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!small = !hopper.shared_tile<8x64xf16>
!map8 = !nvgpu.tensormap.descriptor<tensor = memref<8x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @release_early_thread(%map: !map, %map8: !map8) kernel {
    %c0 = arith.constant 0 : index
    %row = arith.constant 0 : i32
    %small = hopper.load_tile %map8[%c0, %c0] : !map8 -> !small
    %ring = hopper.create_channel : !ring
    %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
    %k = hopper.wait %ring : !ring -> !tile
    // expected-note @below {{this product has not been waited for}}
    %r:4 = hopper.thread_wgmma %k, %small, %row {n = 8 : i64, depth = 64 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>, transpose_rhs} : (!tile, !small, i32) -> (f32, f32, f32, f32)
    %s:4 = hopper.thread_wgmma_wait %r#0, %r#1, %r#2, %r#3 groups 1 : f32, f32, f32, f32
    // expected-error @below {{expected no product in flight that reads the slot}}
    hopper.release %k to %ring : !tile, !ring
    gpu.return
  }
}

// -----

// 8. Never waited for.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!scores = !hopper.pending<vector<64x64xf32>>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @product_missing(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %k = hopper.load_tile %map[%c0, %c0] : !map -> !tile
    // expected-error @below {{expected 1 wait for the product, but got 0}}
    %p = hopper.wgmma %k, %k {transpose_rhs} : !tile, !tile -> !scores
    gpu.return
  }
}

// -----

// 8. Waited for twice.

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!scores = !hopper.pending<vector<64x64xf32>>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @product_twice(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %k = hopper.load_tile %map[%c0, %c0] : !map -> !tile
    %p = hopper.wgmma %k, %k {transpose_rhs} : !tile, !tile -> !scores
    // expected-note @below {{it was waited for here}}
    %s = hopper.wgmma_wait %p : !scores
    // expected-error @below {{expected 1 wait for a product, but got 2}}
    %t = hopper.wgmma_wait %p : !scores
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
