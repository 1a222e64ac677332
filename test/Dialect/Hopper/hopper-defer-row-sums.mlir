// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-defer-row-sums)))' --split-input-file | FileCheck %s

// l' = a·l + rowsum(P): the loop carries four parts of each row's sum, one for
// each of the threads that hold the row, and adds them up behind the loop.

gpu.module @kernels {
  // CHECK-LABEL: gpu.func @row_sum
  //  CHECK-SAME:   %[[P:[a-z0-9]+]]: vector<64x48xf32>, %[[A:[a-z0-9]+]]: vector<64xf32>
  //       CHECK:   %[[PARTS:.+]] = arith.constant dense<0.000000e+00> : vector<64x4xf32>
  //       CHECK:   %[[LOOP:.+]] = scf.for {{.*}} iter_args(%[[L:.+]] = %[[PARTS]]) -> (vector<64x4xf32>)
  //       CHECK:     %[[COLUMN:.+]] = vector.shape_cast %[[A]] : vector<64xf32> to vector<64x1xf32>
  //       CHECK:     %[[CORRECTION:.+]] = vector.broadcast %[[COLUMN]] : vector<64x1xf32> to vector<64x4xf32>
  //       CHECK:     %[[SCALED:.+]] = arith.mulf %[[L]], %[[CORRECTION]]
  // Column c belongs to thread (c / 2) mod 4 of its row.
  //       CHECK:     %[[SPLIT:.+]] = vector.shape_cast %[[P]] : vector<64x48xf32> to vector<64x6x4x2xf32>
  //       CHECK:     %[[NEW:.+]] = vector.multi_reduction <add>, %[[SPLIT]], %[[SCALED]] [1, 3] : vector<64x6x4x2xf32> to vector<64x4xf32>
  //   CHECK-NOT:     vector.multi_reduction
  //       CHECK:     scf.yield %[[NEW]]
  //       CHECK:   %[[ZERO:.+]] = arith.constant dense<0.000000e+00> : vector<64xf32>
  //       CHECK:   %[[SUM:.+]] = vector.multi_reduction <add>, %[[LOOP]], %[[ZERO]] [1] : vector<64x4xf32> to vector<64xf32>
  //       CHECK:   vector.transfer_write %[[SUM]]
  gpu.func @row_sum(%p: vector<64x48xf32>, %a: vector<64xf32>, %n: index, %out: memref<64xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : vector<64xf32>
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%l = %zero) -> vector<64xf32> {
      %scaled = arith.mulf %l, %a : vector<64xf32>
      %new = vector.multi_reduction <add>, %p, %scaled [1] : vector<64x48xf32> to vector<64xf32>
      scf.yield %new : vector<64xf32>
    }
    vector.transfer_write %r, %out[%c0] : vector<64xf32>, memref<64xf32>
    gpu.return
  }

  // Two sums beside a value that stays as it is; the factor on either side.
  // CHECK-LABEL: gpu.func @two_sums
  //       CHECK:   scf.for {{.*}} -> (vector<64x4xf32>, vector<64xf32>, vector<64x4xf32>)
  //       CHECK:     vector.multi_reduction <maximumf>
  // CHECK-COUNT-2:   vector.multi_reduction <add>, %{{.+}}#{{.+}}, {{.*}} : vector<64x4xf32> to vector<64xf32>
  gpu.func @two_sums(%p: vector<64x48xf32>, %a: vector<64xf32>, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : vector<64xf32>
    %r:3 = scf.for %i = %c0 to %n step %c1 iter_args(%l = %zero, %m = %zero, %k = %zero) -> (vector<64xf32>, vector<64xf32>, vector<64xf32>) {
      %scaled = arith.mulf %l, %a : vector<64xf32>
      %new = vector.multi_reduction <add>, %p, %scaled [1] : vector<64x48xf32> to vector<64xf32>
      %max = vector.multi_reduction <maximumf>, %p, %m [1] : vector<64x48xf32> to vector<64xf32>
      %other = arith.mulf %a, %k : vector<64xf32>
      %sum = vector.multi_reduction <add>, %p, %other [1] : vector<64x48xf32> to vector<64xf32>
      scf.yield %new, %max, %sum : vector<64xf32>, vector<64xf32>, vector<64xf32>
    }
    gpu.return
  }
}

// -----

//===----------------------------------------------------------------------===//
// Left alone
//===----------------------------------------------------------------------===//

gpu.module @kernels {
  // A sum that something else in the loop reads must be whole in each iteration.
  // CHECK-LABEL: gpu.func @read_in_the_loop
  //   CHECK-NOT:   vector<64x4xf32>
  gpu.func @read_in_the_loop(%p: vector<64x48xf32>, %a: vector<64xf32>, %n: index, %out: memref<64xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : vector<64xf32>
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%l = %zero) -> vector<64xf32> {
      %scaled = arith.mulf %l, %a : vector<64xf32>
      %new = vector.multi_reduction <add>, %p, %scaled [1] : vector<64x48xf32> to vector<64xf32>
      vector.transfer_write %new, %out[%c0] : vector<64xf32>, memref<64xf32>
      scf.yield %new : vector<64xf32>
    }
    gpu.return
  }

  // CHECK-LABEL: gpu.func @old_sum_read_in_the_loop
  //   CHECK-NOT:   vector<64x4xf32>
  gpu.func @old_sum_read_in_the_loop(%p: vector<64x48xf32>, %a: vector<64xf32>, %n: index, %out: memref<64xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : vector<64xf32>
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%l = %zero) -> vector<64xf32> {
      vector.transfer_write %l, %out[%c0] : vector<64xf32>, memref<64xf32>
      %scaled = arith.mulf %l, %a : vector<64xf32>
      %new = vector.multi_reduction <add>, %p, %scaled [1] : vector<64x48xf32> to vector<64xf32>
      scf.yield %new : vector<64xf32>
    }
    gpu.return
  }

  // Four threads would each begin with the whole of it.
  // CHECK-LABEL: gpu.func @other_beginning
  //   CHECK-NOT:   vector<64x4xf32>
  gpu.func @other_beginning(%p: vector<64x48xf32>, %a: vector<64xf32>, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %one = arith.constant dense<1.0> : vector<64xf32>
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%l = %one) -> vector<64xf32> {
      %scaled = arith.mulf %l, %a : vector<64xf32>
      %new = vector.multi_reduction <add>, %p, %scaled [1] : vector<64x48xf32> to vector<64xf32>
      scf.yield %new : vector<64xf32>
    }
    gpu.return
  }

  // A maximum is no sum: factors do not distribute over it.
  // CHECK-LABEL: gpu.func @maximum
  //   CHECK-NOT:   vector<64x4xf32>
  gpu.func @maximum(%p: vector<64x48xf32>, %a: vector<64xf32>, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : vector<64xf32>
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%l = %zero) -> vector<64xf32> {
      %scaled = arith.mulf %l, %a : vector<64xf32>
      %new = vector.multi_reduction <maxnumf>, %p, %scaled [1] : vector<64x48xf32> to vector<64xf32>
      scf.yield %new : vector<64xf32>
    }
    gpu.return
  }

  // CHECK-LABEL: gpu.func @columns
  //   CHECK-NOT:   vector<64x4xf32>
  gpu.func @columns(%p: vector<48x64xf32>, %a: vector<64xf32>, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : vector<64xf32>
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%l = %zero) -> vector<64xf32> {
      %scaled = arith.mulf %l, %a : vector<64xf32>
      %new = vector.multi_reduction <add>, %p, %scaled [0] : vector<48x64xf32> to vector<64xf32>
      scf.yield %new : vector<64xf32>
    }
    gpu.return
  }

  // Columns that do not go round the four threads evenly.
  // CHECK-LABEL: gpu.func @uneven
  //   CHECK-NOT:   vector<64x4xf32>
  gpu.func @uneven(%p: vector<64x12xf32>, %a: vector<64xf32>, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : vector<64xf32>
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%l = %zero) -> vector<64xf32> {
      %scaled = arith.mulf %l, %a : vector<64xf32>
      %new = vector.multi_reduction <add>, %p, %scaled [1] : vector<64x12xf32> to vector<64xf32>
      scf.yield %new : vector<64xf32>
    }
    gpu.return
  }

  // Two dimensions at once.
  // CHECK-LABEL: gpu.func @rank_three
  //   CHECK-NOT:   vector<64x4xf32>
  gpu.func @rank_three(%p: vector<64x8x2xf32>, %a: vector<64xf32>, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : vector<64xf32>
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%l = %zero) -> vector<64xf32> {
      %scaled = arith.mulf %l, %a : vector<64xf32>
      %new = vector.multi_reduction <add>, %p, %scaled [1, 2] : vector<64x8x2xf32> to vector<64xf32>
      scf.yield %new : vector<64xf32>
    }
    gpu.return
  }

  // CHECK-LABEL: gpu.func @scalar
  //   CHECK-NOT:   vector<64x4xf32>
  gpu.func @scalar(%a: f32, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant 0.0 : f32
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%l = %zero) -> f32 {
      %scaled = arith.mulf %l, %a : f32
      scf.yield %scaled : f32
    }
    gpu.return
  }
}
