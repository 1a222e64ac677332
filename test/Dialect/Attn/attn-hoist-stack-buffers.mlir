// RUN: fa3-opt %s --attn-hoist-stack-buffers --allow-unregistered-dialect | FileCheck %s

// Out of loops and branches in them.
// CHECK-LABEL: func.func @branch(
// CHECK-NEXT: %[[BUFFER:.*]] = memref.alloca() : memref<64x64xf32>
// CHECK: scf.for
// CHECK-NEXT: scf.if
// CHECK-NEXT: "test.use"(%[[BUFFER]])
func.func @branch(%n: index, %condition: i1) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    scf.if %condition {
      %buffer = memref.alloca() : memref<64x64xf32>
      "test.use"(%buffer) : (memref<64x64xf32>) -> ()
    }
  }
  return
}

// One with sizes stays, as does what is on the heap, and what is in front already.
// CHECK-LABEL: func.func @others(
// CHECK: scf.for
// CHECK-NEXT: memref.alloca(%{{.*}}) : memref<?xf32>
// CHECK-NEXT: memref.alloc() : memref<8xf32>
func.func @others(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %first = memref.alloca() : memref<4xf32>
  scf.for %i = %c0 to %n step %c1 {
    %sized = memref.alloca(%i) : memref<?xf32>
    %heap = memref.alloc() : memref<8xf32>
    "test.use"(%first, %sized, %heap) : (memref<4xf32>, memref<?xf32>, memref<8xf32>) -> ()
    memref.dealloc %heap : memref<8xf32>
  }
  return
}
