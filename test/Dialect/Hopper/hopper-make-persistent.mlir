// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-make-persistent,canonicalize)))' --split-input-file --verify-diagnostics | FileCheck %s

gpu.module @kernels {
  // A loop over the tiles of the grid from the block's own on, in steps of the
  // number of blocks. What does not depend on the tile stays in front of it, and
  // sizes that the host gave the grid are read from the arguments.
  // CHECK-LABEL: gpu.func @even
  //  CHECK-SAME:   hopper.grid = #hopper.expression<()[s0] -> (s0 * 8), [<0, 0>]>, hopper.persistent
  //       CHECK:   %[[N:.+]] = memref.dim %{{.+}}, %c0
  //       CHECK:   %[[BLOCK:.+]] = gpu.block_id x
  //       CHECK:   %[[TILES:.+]] = arith.muli %{{.+}}, %c8
  //       CHECK:   %[[BLOCKS:.+]] = gpu.grid_dim x
  //       CHECK:   scf.for %[[TILE:.+]] = %[[BLOCK]] to %[[TILES]] step %[[BLOCKS]] {
  //       CHECK:     scf.for %{{.+}} = %c0 to %[[N]]
  //       CHECK:       memref.store %{{.+}}, %{{.+}}[%[[TILE]]]
  //       CHECK:     }
  //       CHECK:   }
  //  CHECK-NEXT:   gpu.return
  gpu.func @even(%a: memref<?xf32>, %v: f32) kernel attributes {hopper.grid = #hopper.expression<()[s0] -> (s0 * 8), [<0, 0>]>} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %n = memref.dim %a, %c0 : memref<?xf32>
    %b = gpu.block_id x
    scf.for %i = %c0 to %n step %c1 {
      memref.store %v, %a[%b] : memref<?xf32>
    }
    gpu.return
  }
}

// -----

//===----------------------------------------------------------------------===//
// Left alone
//===----------------------------------------------------------------------===//

gpu.module @kernels {
  // A causal mask, say: the number of the block bounds the loop.
  // CHECK-LABEL: gpu.func @uneven
  //   CHECK-NOT:   gpu.grid_dim
  gpu.func @uneven(%a: memref<?xf32>, %v: f32) kernel attributes {hopper.grid = #hopper.expression<() -> (8)>} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %b = gpu.block_id x
    %n = arith.addi %b, %c1 : index
    // expected-remark @+1 {{kernel is not made persistent: the trips of this loop differ from block to block}}
    scf.for %i = %c0 to %n step %c1 {
      memref.store %v, %a[%b] : memref<?xf32>
    }
    gpu.return
  }

  // CHECK-LABEL: gpu.func @no_loop
  //   CHECK-NOT:   gpu.grid_dim
  // expected-remark @+1 {{kernel is not made persistent: there is no loop whose copies could run ahead}}
  gpu.func @no_loop(%a: memref<?xf32>, %v: f32) kernel attributes {hopper.grid = #hopper.expression<() -> (8)>} {
    %b = gpu.block_id x
    memref.store %v, %a[%b] : memref<?xf32>
    gpu.return
  }

  // CHECK-LABEL: gpu.func @persistent
  //   CHECK-NOT:   scf.for
  gpu.func @persistent(%a: memref<?xf32>, %v: f32) kernel attributes {hopper.grid = #hopper.expression<() -> (8)>, hopper.persistent} {
    %b = gpu.block_id x
    memref.store %v, %a[%b] : memref<?xf32>
    gpu.return
  }

  // CHECK-LABEL: gpu.func @no_grid
  //   CHECK-NOT:   scf.for
  gpu.func @no_grid(%a: memref<?xf32>, %v: f32) kernel {
    %b = gpu.block_id x
    memref.store %v, %a[%b] : memref<?xf32>
    gpu.return
  }
}
