// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(prune-kernel-parameters))' | FileCheck %s

gpu.module @kernels {
  // Parameters that nothing reads go, and with them what the host is told of them;
  // attributes stay with their parameter. The arguments of the host stay.
  // CHECK-LABEL: llvm.func @some
  //  CHECK-SAME:   (%[[A:[a-z0-9]+]]: !llvm.ptr, %[[S:[a-z0-9]+]]: i64, %[[M:[a-z0-9]+]]: !llvm.ptr {llvm.align = 64 : i64, llvm.byval = !llvm.array<128 x i8>, nvvm.grid_constant})
  //  CHECK-SAME:   #hopper.kernel<arguments = [memref<?x?xf32>, memref<4xf32>], grid = <()[s0] -> (s0), [<0, 0>]>, {{.*}}threads = 128, shared_memory = 1024,
  //  CHECK-SAME:   parameters = [<pointer, argument = 0>, <stride, argument = 0>, <tensor_map, argument = 0, map = <argument = 0, dims = [1, 0], box = [64, 64], element = f16>>]>
  //       CHECK:   llvm.getelementptr %[[A]][%[[S]]]
  //       CHECK:   llvm.store %[[M]]
  llvm.func @some(%a: !llvm.ptr, %size: i64, %stride: i64, %b: !llvm.ptr, %m: !llvm.ptr {llvm.align = 64 : i64, llvm.byval = !llvm.array<128 x i8>, nvvm.grid_constant})
      attributes {nvvm.kernel, hopper.kernel = #hopper.kernel<
          arguments = [memref<?x?xf32>, memref<4xf32>], grid = <()[s0] -> (s0), [<0, 0>]>, threads = 128, shared_memory = 1024,
          parameters = [<pointer, argument = 0>, <size, argument = 0>, <stride, argument = 0>, <pointer, argument = 1>,
                        <tensor_map, argument = 0, map = <argument = 0, dims = [1, 0], box = [64, 64], element = f16>>]>} {
    %0 = llvm.getelementptr %a[%stride] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    llvm.store %m, %0 : !llvm.ptr, !llvm.ptr
    llvm.return
  }

  // CHECK-LABEL: llvm.func @none()
  //  CHECK-SAME:   parameters = []>
  llvm.func @none(%a: !llvm.ptr) attributes {nvvm.kernel, hopper.kernel = #hopper.kernel<
      arguments = [memref<4xf32>], grid = <() -> (1)>, threads = 128, shared_memory = 0, parameters = [<pointer, argument = 0>]>} {
    llvm.return
  }

  // A function that is no kernel keeps its parameters: others call it.
  // CHECK-LABEL: llvm.func @no_kernel(%{{.+}}: !llvm.ptr)
  llvm.func @no_kernel(%a: !llvm.ptr) {
    llvm.return
  }

  // CHECK-LABEL: llvm.func @declaration(!llvm.ptr)
  llvm.func @declaration(!llvm.ptr) attributes {nvvm.kernel, hopper.kernel = #hopper.kernel<
      arguments = [memref<4xf32>], grid = <() -> (1)>, threads = 128, shared_memory = 0, parameters = [<pointer, argument = 0>]>}
}
