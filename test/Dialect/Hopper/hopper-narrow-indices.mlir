// RUN: fa3-opt %s --allow-unregistered-dialect --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-narrow-indices)))' | FileCheck %s

gpu.module @kernels {
  // A loop counts in 32 bits, and its body sees an index as before.
  // CHECK-LABEL: gpu.func @loop(
  //  CHECK-SAME:     %[[N:.*]]: index)
  //   CHECK-DAG:   %[[BEGIN:.*]] = arith.index_cast %c0 : index to i32
  //   CHECK-DAG:   %[[END:.*]] = arith.index_cast %[[N]] : index to i32
  //   CHECK-DAG:   %[[STEP:.*]] = arith.index_cast %c1 : index to i32
  //       CHECK:   scf.for %[[I:.*]] = %[[BEGIN]] to %[[END]] step %[[STEP]] : i32 {
  //  CHECK-NEXT:     %[[WIDE:.*]] = arith.index_cast %[[I]] : i32 to index
  //  CHECK-NEXT:     "test.use"(%[[WIDE]])
  gpu.func @loop(%n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      "test.use"(%i) : (index) -> ()
    }
    gpu.return
  }

  // A loop in a loop, from its number; both carry something.
  // CHECK-LABEL: gpu.func @nested(
  //       CHECK:   %[[R:.*]] = scf.for %[[I:.*]] = %{{.*}} iter_args(%[[A:.*]] = %{{.*}}) -> (f32) : i32 {
  //  CHECK-NEXT:     %[[IW:.*]] = arith.index_cast %[[I]] : i32 to index
  //       CHECK:     %[[BEGIN:.*]] = arith.index_cast %[[IW]] : index to i32
  //       CHECK:     %[[S:.*]] = scf.for %[[J:.*]] = %[[BEGIN]] to %{{.*}} step %{{.*}} iter_args(%[[B:.*]] = %[[A]]) -> (f32) : i32 {
  //  CHECK-NEXT:       %[[JW:.*]] = arith.index_cast %[[J]] : i32 to index
  //  CHECK-NEXT:       %[[X:.*]] = "test.use"(%[[IW]], %[[JW]], %[[B]])
  //  CHECK-NEXT:       scf.yield %[[X]]
  //       CHECK:     scf.yield %[[S]]
  gpu.func @nested(%n: index, %f: f32) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %f) -> (f32) {
      %s = scf.for %j = %i to %n step %c1 iter_args(%b = %a) -> (f32) {
        %x = "test.use"(%i, %j, %b) : (index, index, f32) -> f32
        scf.yield %x : f32
      }
      scf.yield %s : f32
    }
    gpu.return
  }

  // The number of tiles of a buffer.
  // CHECK-LABEL: gpu.func @tiles(
  //       CHECK:   %[[ROWS:.*]] = memref.dim
  //   CHECK-DAG:   %[[LHS:.*]] = arith.index_castui %[[ROWS]] : index to i32
  //   CHECK-DAG:   %[[RHS:.*]] = arith.index_castui %c64 : index to i32
  //       CHECK:   %[[NARROW:.*]] = arith.ceildivui %[[LHS]], %[[RHS]] : i32
  //  CHECK-NEXT:   %[[TILES:.*]] = arith.index_castui %[[NARROW]] : i32 to index
  //  CHECK-NEXT:   "test.use"(%[[TILES]])
  gpu.func @tiles(%k: memref<?x128xf16>) {
    %c0 = arith.constant 0 : index
    %c64 = arith.constant 64 : index
    %rows = memref.dim %k, %c0 : memref<?x128xf16>
    %tiles = arith.ceildivui %rows, %c64 : index
    "test.use"(%tiles) : (index) -> ()
    gpu.return
  }

  // A loop in 32 bits already.
  // CHECK-LABEL: gpu.func @narrow(
  //  CHECK-NEXT:   scf.for %[[I:.*]] = %{{.*}} to %{{.*}} step %{{.*}} : i32 {
  //  CHECK-NEXT:     "test.use"(%[[I]])
  gpu.func @narrow(%n: i32) {
    scf.for %i = %n to %n step %n : i32 {
      "test.use"(%i) : (i32) -> ()
    }
    gpu.return
  }

  // What is divided is not known to be small: any index, a sum of sizes; nor is
  // the divisor: a size, one that does not have 32 bits, a negative one.
  // CHECK-LABEL: gpu.func @wide(
  //   CHECK-NOT:   i32
  // CHECK-COUNT-5: arith.ceildivui %{{.*}}, %{{.*}} : index
  //   CHECK-NOT:   i32
  //       CHECK:   gpu.return
  gpu.func @wide(%k: memref<?x128xf16>, %n: index) {
    %c0 = arith.constant 0 : index
    %c64 = arith.constant 64 : index
    %large = arith.constant 2147483648 : index
    %minus = arith.constant -1 : index
    %rows = memref.dim %k, %c0 : memref<?x128xf16>
    %sum = arith.addi %rows, %rows : index
    %0 = arith.ceildivui %n, %c64 : index
    %1 = arith.ceildivui %sum, %c64 : index
    %2 = arith.ceildivui %rows, %n : index
    %3 = arith.ceildivui %rows, %large : index
    %4 = arith.ceildivui %rows, %minus : index
    "test.use"(%0, %1, %2, %3, %4) : (index, index, index, index, index) -> ()
    gpu.return
  }
}
