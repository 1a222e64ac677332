// RUN: rm -rf %t && mkdir %t
// RUN: fa3-compile %s -o %t/both.ptx && FileCheck %s --check-prefix=BOTH < %t/both.json
// RUN: fa3-compile %s --entry=second -o %t/one.ptx
// RUN: FileCheck %s --check-prefix=ONE < %t/one.json
// RUN: FileCheck %s --check-prefix=PTX < %t/one.ptx

// All kernels of a gpu.module become one image, unless one is asked for.

// BOTH: "entry": "first"
// BOTH: "entry": "second"
// ONE-NOT: "entry": "first"
// ONE: "entry": "second"
// PTX-NOT: .entry first
// PTX: .entry second
#k = #hopper.kernel<arguments = [memref<?xf32>], grid = #hopper.expression<() -> (1)>, threads = 128, shared_memory = 0, parameters = [#hopper.parameter<pointer, argument = 0>]>
gpu.module @m {
  llvm.func @first(%p: !llvm.ptr<1>) attributes {nvvm.kernel, hopper.kernel = #k} {
  %z = llvm.mlir.zero : i32
  llvm.store %z, %p : i32, !llvm.ptr<1>
  llvm.return
}
  llvm.func @second(%p: !llvm.ptr<1>) attributes {nvvm.kernel, hopper.kernel = #k} {
  %z = llvm.mlir.zero : i32
  llvm.store %z, %p : i32, !llvm.ptr<1>
  llvm.return
}
}
