// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-verify-protocol)))' --split-input-file | FileCheck %s

//===----------------------------------------------------------------------===//
// One role
//===----------------------------------------------------------------------===//

// No protocol, nothing to check.

// CHECK-LABEL: gpu.func @nothing
gpu.module @kernels {
  gpu.func @nothing() kernel {
    gpu.return
  }
}

// -----

// Filled, read and released by the same warpgroup.

// CHECK-LABEL: gpu.func @once
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!scores = !hopper.pending<vector<64x64xf32>>

gpu.module @kernels {
  gpu.func @once(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %ring = hopper.create_channel : !ring
    %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
    %k = hopper.wait %ring : !ring -> !tile
    %p = hopper.wgmma %k, %k {transpose_rhs} : !tile, !tile -> !scores
    %s = hopper.wgmma_wait %p : !scores
    hopper.release %k to %ring : !tile, !ring
    gpu.return
  }
}

// -----

// Before channels: tiles of hopper.load_tile are always there.

// CHECK-LABEL: gpu.func @load_tile
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!scores = !hopper.pending<vector<64x64xf32>>

gpu.module @kernels {
  gpu.func @load_tile(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %k = hopper.load_tile %map[%c0, %c0] : !map -> !tile
    %p = hopper.wgmma %k, %k {transpose_rhs} : !tile, !tile -> !scores
    %s = hopper.wgmma_wait %p : !scores
    gpu.return
  }
}

// -----

// The loop runs 0, 1, 2, … times.

// CHECK-LABEL: gpu.func @loop
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!scores = !hopper.pending<vector<64x64xf32>>

gpu.module @kernels {
  gpu.func @loop(%keys: memref<?x64xf16>, %map: !map) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %size = memref.dim %keys, %c0 : memref<?x64xf16>
    %n = arith.ceildivui %size, %c64 : index
    %ring = hopper.create_channel : !ring
    scf.for %i = %c0 to %n step %c1 {
      %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
      hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
      %k = hopper.wait %ring : !ring -> !tile
      %p = hopper.wgmma %k, %k {transpose_rhs} : !tile, !tile -> !scores
      %s = hopper.wgmma_wait %p : !scores
      hopper.release %k to %ring : !tile, !ring
    }
    gpu.return
  }
}

// -----

// Slots and phases: fill 1 acquires with the phase that a new barrier has.

// CHECK-LABEL: gpu.func @slots
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @slots(%map: !map) kernel {
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0 : i32
    %one = arith.constant 1 : i32
    %ring = hopper.create_channel : !ring
    %a = hopper.acquire %ring[%zero, %one] expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %a of %ring : !map, !tile, !ring
    %b = hopper.acquire %ring[%one, %one] expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %b of %ring : !map, !tile, !ring
    %k = hopper.wait %ring[%zero, %zero] : !ring -> !tile
    hopper.release %k to %ring : !tile, !ring
    %l = hopper.wait %ring[%one, %zero] : !ring -> !tile
    hopper.release %l to %ring : !tile, !ring
    %c = hopper.acquire %ring[%zero, %zero] expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %c of %ring : !map, !tile, !ring
    %m = hopper.wait %ring[%zero, %one] : !ring -> !tile
    hopper.release %m to %ring : !tile, !ring
    gpu.return
  }
}

// -----

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

// CHECK-LABEL: gpu.func @roles
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!scores = !hopper.pending<vector<64x64xf32>>

gpu.module @kernels {
  gpu.func @roles(%keys: memref<?x64xf16>, %map: !map) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %size = memref.dim %keys, %c0 : memref<?x64xf16>
    %n = arith.ceildivui %size, %c64 : index
    %ring = hopper.create_channel : !ring
    hopper.warp_specialize consumers(2) registers(24, 240) producer {
      scf.for %i = %c0 to %n step %c1 {
        %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
        hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
      }
    } consumer {
      scf.for %i = %c0 to %n step %c1 {
        %k = hopper.wait %ring : !ring -> !tile
        %p = hopper.wgmma %k, %k {transpose_rhs} : !tile, !tile -> !scores
        %s = hopper.wgmma_wait %p : !scores
        hopper.release %k to %ring : !tile, !ring
      }
    }
    gpu.return
  }
}

// -----

// CHECK-LABEL: gpu.func @roles_slots
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!scores = !hopper.pending<vector<64x64xf32>>

gpu.module @kernels {
  gpu.func @roles_slots(%keys: memref<?x64xf16>, %map: !map) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %size = memref.dim %keys, %c0 : memref<?x64xf16>
    %n = arith.ceildivui %size, %c64 : index
    %zero = arith.constant 0 : i32
    %one = arith.constant 1 : i32
    %two = arith.constant 2 : i32
    %ring = hopper.create_channel : !ring
    hopper.warp_specialize consumers(2) registers(24, 240) producer {
      %end:2 = scf.for %i = %c0 to %n step %c1 iter_args(%slot = %zero, %phase = %one) -> (i32, i32) {
        %t = hopper.acquire %ring[%slot, %phase] expect 8192 : !ring -> !tile
        hopper.tma_load %map[%c0, %c0] into %t of %ring : !map, !tile, !ring
        %next = arith.addi %slot, %one : i32
        %wraps = arith.cmpi eq, %next, %two : i32
        %slot1 = arith.select %wraps, %zero, %next : i32
        %flip = arith.extui %wraps : i1 to i32
        %phase1 = arith.xori %phase, %flip : i32
        scf.yield %slot1, %phase1 : i32, i32
      }
    } consumer {
      %end:2 = scf.for %i = %c0 to %n step %c1 iter_args(%slot = %zero, %phase = %zero) -> (i32, i32) {
        %k = hopper.wait %ring[%slot, %phase] : !ring -> !tile
        %p = hopper.wgmma %k, %k {transpose_rhs} : !tile, !tile -> !scores
        %s = hopper.wgmma_wait %p : !scores
        hopper.release %k to %ring : !tile, !ring
        %next = arith.addi %slot, %one : i32
        %wraps = arith.cmpi eq, %next, %two : i32
        %slot1 = arith.select %wraps, %zero, %next : i32
        %flip = arith.extui %wraps : i1 to i32
        %phase1 = arith.xori %phase, %flip : i32
        scf.yield %slot1, %phase1 : i32, i32
      }
    }
    gpu.return
  }
}

// -----

// Pipelined by hand: one product is in flight from one iteration to the next, and
// the loop carries its tile.

// CHECK-LABEL: gpu.func @pipelined
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!scores = !hopper.pending<vector<64x64xf32>>

gpu.module @kernels {
  gpu.func @pipelined(%keys: memref<?x64xf16>, %map: !map) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %two = arith.constant 2 : index
    %c64 = arith.constant 64 : index
    %size = memref.dim %keys, %c0 : memref<?x64xf16>
    %n = arith.ceildivui %size, %c64 : index
    %ring = hopper.create_channel : !ring
    hopper.warp_specialize consumers(2) registers(24, 240) producer {
      scf.for %i = %c0 to %n step %c1 {
        %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
        hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
      }
    } consumer {
      %some = arith.cmpi sgt, %n, %c0 : index
      scf.if %some {
        %first = hopper.wait %ring : !ring -> !tile
        %less = arith.subi %n, %c1 : index
        %p0 = hopper.wgmma %first, %first {transpose_rhs} : !tile, !tile -> !scores
        %last:2 = scf.for %i = %c0 to %less step %c1 iter_args(%held = %first, %pending = %p0) -> (!tile, !scores) {
          %k = hopper.wait %ring : !ring -> !tile
          %p = hopper.wgmma %k, %k {transpose_rhs} : !tile, !tile -> !scores
          %s = hopper.wgmma_wait %pending : !scores
          hopper.release %held to %ring : !tile, !ring
          scf.yield %k, %p : !tile, !scores
        }
        %s = hopper.wgmma_wait %last#1 : !scores
        hopper.release %last#0 to %ring : !tile, !ring
      }
    }
    gpu.return
  }
}

// -----

// Turns: two consumers one after the other.

// CHECK-LABEL: gpu.func @turns
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!scores = !hopper.pending<vector<64x64xf32>>

gpu.module @kernels {
  gpu.func @turns(%keys: memref<?x64xf16>, %map: !map) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %size = memref.dim %keys, %c0 : memref<?x64xf16>
    %n = arith.ceildivui %size, %c64 : index
    %ring = hopper.create_channel : !ring
    hopper.warp_specialize consumers(2) registers(24, 240) producer {
      scf.for %i = %c0 to %n step %c1 {
        %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
        hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
      }
    } consumer {
      scf.for %i = %c0 to %n step %c1 {
        %k = hopper.wait %ring : !ring -> !tile
        hopper.turn_wait
        %p = hopper.wgmma %k, %k {transpose_rhs} : !tile, !tile -> !scores
        hopper.turn_pass
        %s = hopper.wgmma_wait %p : !scores
        hopper.release %k to %ring : !tile, !ring
      }
    }
    gpu.return
  }
}

// -----

// What decides may depend on the block, and on integers in memory.

// CHECK-LABEL: gpu.func @memory
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!scores = !hopper.pending<vector<64x64xf32>>

gpu.module @kernels {
  gpu.func @memory(%keys: memref<?x64xf16>, %lengths: memref<?xi32>, %map: !map) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %size = memref.dim %keys, %c0 : memref<?x64xf16>
    %n = arith.ceildivui %size, %c64 : index
    %ring = hopper.create_channel : !ring
    %id = gpu.block_id x
    %length = memref.load %lengths[%id] : memref<?xi32>
    %m = arith.index_cast %length : i32 to index
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
      scf.for %i = %c0 to %m step %c1 {
        %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
        hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
      }
    } consumer {
      scf.for %i = %c0 to %m step %c1 {
        %k = hopper.wait %ring : !ring -> !tile
        %p = hopper.wgmma %k, %k {transpose_rhs} : !tile, !tile -> !scores
        %s = hopper.wgmma_wait %p : !scores
        hopper.release %k to %ring : !tile, !ring
      }
    }
    gpu.return
  }
}

// -----

// The constraints of the launch say that both sizes are one.

// CHECK-LABEL: gpu.func @constraints
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!scores = !hopper.pending<vector<64x64xf32>>

gpu.module @kernels {
  gpu.func @constraints(%keys: memref<?x64xf16>, %values: memref<?x64xf16>, %map: !map) kernel attributes {hopper.constraints = [#hopper.constraint<lhs = <()[s0] -> (s0), [<0, 0>]>, rhs = <()[s0] -> (s0), [<1, 0>]>, message = "expected one length">]} {
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
        %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
        hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
      }
    } consumer {
      scf.for %i = %c0 to %m step %c1 {
        %k = hopper.wait %ring : !ring -> !tile
        %p = hopper.wgmma %k, %k {transpose_rhs} : !tile, !tile -> !scores
        %s = hopper.wgmma_wait %p : !scores
        hopper.release %k to %ring : !tile, !ring
      }
    }
    gpu.return
  }
}

// -----

// No block for such a size, so nothing that the kernel would do.

// CHECK-LABEL: gpu.func @grid
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!scores = !hopper.pending<vector<64x64xf32>>

gpu.module @kernels {
  gpu.func @grid(%keys: memref<?x64xf16>, %map: !map) kernel attributes {hopper.grid = #hopper.expression<()[s0] -> (s0 ceildiv 64), [<0, 0>]>} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %size = memref.dim %keys, %c0 : memref<?x64xf16>
    %n = arith.ceildivui %size, %c64 : index
    %ring = hopper.create_channel : !ring
    %id = gpu.block_id x
    %rest = arith.remui %id, %n : index
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
      scf.for %i = %c0 to %rest step %c1 {
        %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
        hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
      }
    } consumer {
      scf.for %i = %c0 to %rest step %c1 {
        %k = hopper.wait %ring : !ring -> !tile
        %p = hopper.wgmma %k, %k {transpose_rhs} : !tile, !tile -> !scores
        %s = hopper.wgmma_wait %p : !scores
        hopper.release %k to %ring : !tile, !ring
      }
    }
    gpu.return
  }
}

// -----

//===----------------------------------------------------------------------===//
// Warpgroups and threads
//===----------------------------------------------------------------------===//

// The number of products in flight is that of the groups.

// CHECK-LABEL: gpu.func @thread
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!small = !hopper.shared_tile<8x64xf16>
!map8 = !nvgpu.tensormap.descriptor<tensor = memref<8x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @thread(%map: !map, %map8: !map8) kernel {
    %c0 = arith.constant 0 : index
    %row = arith.constant 0 : i32
    %small = hopper.load_tile %map8[%c0, %c0] : !map8 -> !small
    %ring = hopper.create_channel : !ring
    %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
    %k = hopper.wait %ring : !ring -> !tile
    %r:4 = hopper.thread_wgmma %k, %small, %row {n = 8 : i64, depth = 64 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>, transpose_rhs} : (!tile, !small, i32) -> (f32, f32, f32, f32)
    %s:4 = hopper.thread_wgmma_wait %r#0, %r#1, %r#2, %r#3 groups 0 : f32, f32, f32, f32
    hopper.release %k to %ring : !tile, !ring
    gpu.return
  }
}

// -----

// A persistent kernel: a block takes 1, 2 or 3 tiles.

// CHECK-LABEL: gpu.func @persistent
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!scores = !hopper.pending<vector<64x64xf32>>

gpu.module @kernels {
  gpu.func @persistent(%keys: memref<?x64xf16>, %map: !map) kernel attributes {hopper.grid = #hopper.expression<()[s0] -> (s0 ceildiv 64), [<0, 0>]>, hopper.persistent} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %size = memref.dim %keys, %c0 : memref<?x64xf16>
    %n = arith.ceildivui %size, %c64 : index
    %id = gpu.block_id x
    %blocks = gpu.grid_dim x
    %ring = hopper.create_channel : !ring
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
      scf.for %t = %id to %n step %blocks {
        %slot = hopper.acquire %ring expect 8192 : !ring -> !tile
        hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
      }
    } consumer {
      scf.for %t = %id to %n step %blocks {
        %k = hopper.wait %ring : !ring -> !tile
        %p = hopper.wgmma %k, %k {transpose_rhs} : !tile, !tile -> !scores
        %s = hopper.wgmma_wait %p : !scores
        hopper.release %k to %ring : !tile, !ring
      }
    }
    gpu.return
  }
}

// -----

// The producer transposes what it has copied.

// CHECK-LABEL: gpu.func @transposed
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x128xf8E4M3FN, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!raw = !hopper.shared_tile<64x32xf8E4M3FN>
!tile = !hopper.shared_tile<32x64xf8E4M3FN, interleaved>
!from = !hopper.channel<2 x 64x32xf8E4M3FN>
!ring = !hopper.channel<2 x 32x64xf8E4M3FN, interleaved>

gpu.module @kernels {
  gpu.func @transposed(%map: !map, %m: memref<?xf32>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %a = hopper.create_channel : !from
    %b = hopper.create_channel : !ring
    %n = memref.dim %m, %c0 : memref<?xf32>
    hopper.warp_specialize consumers(1) registers(40, 240) producer {
      scf.for %i = %c0 to %n step %c1 {
        %s = hopper.acquire %a expect 8192 : !from -> !raw
        hopper.tma_load %map[%c0, %i] into %s of %a : !map, !raw, !from
        %v = hopper.wait %a : !from -> !raw
        %u = hopper.acquire %b expect 0 : !ring -> !tile
        hopper.transpose %v into %u of %b : !raw, !tile, !ring
        hopper.release %v to %a : !raw, !from
      }
    } consumer {
      scf.for %i = %c0 to %n step %c1 {
        %t = hopper.wait %b : !ring -> !tile
        hopper.release %t to %b : !tile, !ring
      }
    }
    gpu.return
  }
}

// -----

// Without roles all consumers share the transposition.

// CHECK-LABEL: gpu.func @shared
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x128xf8E4M3FN, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!raw = !hopper.shared_tile<64x32xf8E4M3FN>
!tile = !hopper.shared_tile<32x64xf8E4M3FN, interleaved>
!from = !hopper.channel<2 x 64x32xf8E4M3FN>
!ring = !hopper.channel<2 x 32x64xf8E4M3FN, interleaved>

gpu.module @kernels {
  gpu.func @shared(%map: !map) kernel attributes {
      attn.config = #attn.config<tile = 128x64, stages = 2, consumers = 2, registers = 40x232>} {
    %c0 = arith.constant 0 : index
    %a = hopper.create_channel : !from
    %b = hopper.create_channel : !ring
    %s = hopper.acquire %a expect 8192 : !from -> !raw
    hopper.tma_load %map[%c0, %c0] into %s of %a : !map, !raw, !from
    %v = hopper.wait %a : !from -> !raw
    %u = hopper.acquire %b expect 0 : !ring -> !tile
    hopper.transpose %v into %u of %b : !raw, !tile, !ring
    hopper.release %v to %a : !raw, !from
    %t = hopper.wait %b : !ring -> !tile
    hopper.release %t to %b : !tile, !ring
    gpu.return
  }
}
