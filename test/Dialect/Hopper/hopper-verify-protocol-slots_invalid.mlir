// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-verify-protocol)))' --split-input-file --verify-diagnostics

// Rules 3 to 8 of the pass's description, by their number.

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

// 4. The phase does not go on from one tile of a persistent kernel to the next.

!tile = !hopper.shared_tile<64x64xf16>
!one = !hopper.channel<1 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0 of 1, where dimension 0 of argument 0 is 125}}
  gpu.func @phase_persistent(%keys: memref<?x64xf16>, %map: !map) kernel attributes {hopper.grid = #hopper.expression<()[s0] -> (s0 ceildiv 64), [<0, 0>]>, hopper.persistent} {
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0 : i32
    %one = arith.constant 1 : i32
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %size = memref.dim %keys, %c0 : memref<?x64xf16>
    %n = arith.ceildivui %size, %c64 : index
    %id = gpu.block_id x
    %blocks = gpu.grid_dim x
    %ring = hopper.create_channel : !one
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
      scf.for %t = %id to %n step %blocks {
        %slot = hopper.acquire %ring expect 8192 : !one -> !tile
        hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !one
      }
    } consumer {
      scf.for %t = %id to %n step %blocks {
        // expected-error @below {{expected phase 1 in use 2 of the channel, but got 0}}
        %k = hopper.wait %ring[%zero, %zero] : !one -> !tile
        hopper.release %k to %ring : !tile, !one
      }
    }
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
    %first:4 = hopper.thread_wgmma %k, %small, %row {n = 8 : i64, depth = 64 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>, transpose_rhs} : (!tile, !small, i32) -> (f32, f32, f32, f32)
    // expected-note @below {{this product has not been waited for}}
    %r:4 = hopper.thread_wgmma %k, %small, %row {n = 8 : i64, depth = 64 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>, transpose_rhs} : (!tile, !small, i32) -> (f32, f32, f32, f32)
    %s:4 = hopper.thread_wgmma_wait %first#0, %first#1, %first#2, %first#3 groups 1 : f32, f32, f32, f32
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

// A transposition announces no bytes.
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x128xf8E4M3FN, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!raw = !hopper.shared_tile<64x32xf8E4M3FN>
!tile = !hopper.shared_tile<32x64xf8E4M3FN, interleaved>
!from = !hopper.channel<2 x 64x32xf8E4M3FN>
!ring = !hopper.channel<2 x 32x64xf8E4M3FN, interleaved>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @transpose_bytes(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %a = hopper.create_channel : !from
    %b = hopper.create_channel : !ring
    hopper.warp_specialize consumers(1) registers(40, 240) producer {
      %s = hopper.acquire %a expect 8192 : !from -> !raw
      hopper.tma_load %map[%c0, %c0] into %s of %a : !map, !raw, !from
      %v = hopper.wait %a : !from -> !raw
      // expected-note @below {{the slot was acquired here}}
      %u = hopper.acquire %b expect 4096 : !ring -> !tile
      // expected-error @below {{expected a slot acquired with 0 bytes, but got 4096}}
      hopper.transpose %v into %u of %b : !raw, !tile, !ring
      hopper.release %v to %a : !raw, !from
    } consumer {
      %t = hopper.wait %b : !ring -> !tile
      hopper.release %t to %b : !tile, !ring
    }
    gpu.return
  }
}

// -----

// A slot that nothing fills.
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x128xf8E4M3FN, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!raw = !hopper.shared_tile<64x32xf8E4M3FN>
!tile = !hopper.shared_tile<32x64xf8E4M3FN, interleaved>
!from = !hopper.channel<2 x 64x32xf8E4M3FN>
!ring = !hopper.channel<2 x 32x64xf8E4M3FN, interleaved>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @transpose_missing(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %a = hopper.create_channel : !from
    %b = hopper.create_channel : !ring
    hopper.warp_specialize consumers(1) registers(40, 240) producer {
      %s = hopper.acquire %a expect 8192 : !from -> !raw
      hopper.tma_load %map[%c0, %c0] into %s of %a : !map, !raw, !from
      %v = hopper.wait %a : !from -> !raw
      // expected-error @below {{expected a transposition into the slot}}
      %u = hopper.acquire %b expect 0 : !ring -> !tile
      hopper.release %v to %a : !raw, !from
    } consumer {
      %t = hopper.wait %b : !ring -> !tile
      hopper.release %t to %b : !tile, !ring
    }
    gpu.return
  }
}

// -----

// A slot is filled once.
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x128xf8E4M3FN, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!raw = !hopper.shared_tile<64x32xf8E4M3FN>
!tile = !hopper.shared_tile<32x64xf8E4M3FN, interleaved>
!from = !hopper.channel<2 x 64x32xf8E4M3FN>
!ring = !hopper.channel<2 x 32x64xf8E4M3FN, interleaved>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @transpose_twice(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %a = hopper.create_channel : !from
    %b = hopper.create_channel : !ring
    hopper.warp_specialize consumers(1) registers(40, 240) producer {
      %s = hopper.acquire %a expect 8192 : !from -> !raw
      hopper.tma_load %map[%c0, %c0] into %s of %a : !map, !raw, !from
      %v = hopper.wait %a : !from -> !raw
      // expected-note @below {{the slot was acquired here}}
      %u = hopper.acquire %b expect 0 : !ring -> !tile
      hopper.transpose %v into %u of %b : !raw, !tile, !ring
      // expected-error @below {{expected a slot that is filled once}}
      hopper.transpose %v into %u of %b : !raw, !tile, !ring
      hopper.release %v to %a : !raw, !from
    } consumer {
      %t = hopper.wait %b : !ring -> !tile
      hopper.release %t to %b : !tile, !ring
    }
    gpu.return
  }
}

// -----

// What is transposed is held.
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x128xf8E4M3FN, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!raw = !hopper.shared_tile<64x32xf8E4M3FN>
!tile = !hopper.shared_tile<32x64xf8E4M3FN, interleaved>
!from = !hopper.channel<2 x 64x32xf8E4M3FN>
!ring = !hopper.channel<2 x 32x64xf8E4M3FN, interleaved>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @transpose_released(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %a = hopper.create_channel : !from
    %b = hopper.create_channel : !ring
    hopper.warp_specialize consumers(1) registers(40, 240) producer {
      %s = hopper.acquire %a expect 8192 : !from -> !raw
      hopper.tma_load %map[%c0, %c0] into %s of %a : !map, !raw, !from
      %v = hopper.wait %a : !from -> !raw
      // expected-note @below {{it was released here}}
      hopper.release %v to %a : !raw, !from
      %u = hopper.acquire %b expect 0 : !ring -> !tile
      // expected-error @below {{expected a tile that is held, but it is released already}}
      hopper.transpose %v into %u of %b : !raw, !tile, !ring
    } consumer {
      %t = hopper.wait %b : !ring -> !tile
      hopper.release %t to %b : !tile, !ring
    }
    gpu.return
  }
}
