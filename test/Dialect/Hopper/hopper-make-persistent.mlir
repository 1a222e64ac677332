// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-make-persistent,canonicalize)))' --split-input-file --verify-diagnostics | FileCheck %s

gpu.module @kernels {
  // A loop over the tiles of the grid from the block's own on, in steps of the
  // number of blocks. What does not depend on the tile stays in front of it, and
  // sizes that the host gave the grid are read from the arguments.
  // CHECK-LABEL: gpu.func @sizes
  //  CHECK-SAME:   hopper.grid = #hopper.expression<()[s0] -> ((s0 ceildiv 4) * 8), [<0, 0>]>, hopper.persistent
  //       CHECK:   %[[N:.+]] = memref.dim %{{.+}}, %c0
  //       CHECK:   %[[BLOCK:.+]] = gpu.block_id x
  //       CHECK:   %[[PARTS:.+]] = arith.ceildivui %{{.+}}, %c4 : index
  //       CHECK:   %[[TILES:.+]] = arith.muli %[[PARTS]], %c8 : index
  //       CHECK:   %[[BLOCKS:.+]] = gpu.grid_dim x
  //   CHECK-DAG:   %[[BLOCK32:.+]] = arith.index_cast %[[BLOCK]] : index to i32
  //   CHECK-DAG:   %[[TILES32:.+]] = arith.index_cast %[[TILES]] : index to i32
  //   CHECK-DAG:   %[[BLOCKS32:.+]] = arith.index_cast %[[BLOCKS]] : index to i32
  //       CHECK:   scf.for unsigned %[[TILE32:.+]] = %[[BLOCK32]] to %[[TILES32]] step %[[BLOCKS32]] : i32 {
  //       CHECK:     %[[TILE:.+]] = arith.index_cast %[[TILE32]] : i32 to index
  //       CHECK:     scf.for %{{.+}} = %c0 to %[[N]]
  //       CHECK:       memref.store %{{.+}}, %{{.+}}[%[[TILE]]]
  //       CHECK:     }
  //       CHECK:   }
  //  CHECK-NEXT:   gpu.return
  gpu.func @sizes(%a: memref<?xf32>, %v: f32) kernel attributes {attn.config = #attn.config<tile = 128x64, stages = 2, consumers = 2, registers = 24x240, persistent>, hopper.grid = #hopper.expression<()[s0] -> ((s0 ceildiv 4) * 8), [<0, 0>]>} {
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
  // CHECK-LABEL: gpu.func @no_loop
  //   CHECK-NOT:   gpu.grid_dim
  // expected-remark @+1 {{kernel is not made persistent: there is no loop whose copies could run ahead}}
  gpu.func @no_loop(%a: memref<?xf32>, %v: f32) kernel attributes {attn.config = #attn.config<tile = 128x64, stages = 2, consumers = 2, registers = 24x240, persistent>, hopper.grid = #hopper.expression<() -> (8)>} {
    %b = gpu.block_id x
    memref.store %v, %a[%b] : memref<?xf32>
    gpu.return
  }

  // CHECK-LABEL: gpu.func @not_asked_for
  //   CHECK-NOT:   gpu.grid_dim
  gpu.func @not_asked_for(%a: memref<?xf32>, %n: index, %v: f32) kernel attributes {attn.config = #attn.config<tile = 128x64, stages = 2, consumers = 2, registers = 24x240>, hopper.grid = #hopper.expression<() -> (8)>} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %b = gpu.block_id x
    scf.for %i = %c0 to %n step %c1 {
      memref.store %v, %a[%b] : memref<?xf32>
    }
    gpu.return
  }

  // CHECK-LABEL: gpu.func @persistent
  //   CHECK-NOT:   scf.for
  gpu.func @persistent(%a: memref<?xf32>, %v: f32) kernel attributes {attn.config = #attn.config<tile = 128x64, stages = 2, consumers = 2, registers = 24x240, persistent>, hopper.grid = #hopper.expression<() -> (8)>, hopper.persistent} {
    %b = gpu.block_id x
    memref.store %v, %a[%b] : memref<?xf32>
    gpu.return
  }
}
