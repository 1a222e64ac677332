// Where ptxas, or a place for its files, is missing.
// RUN: rm -rf %t && mkdir %t && cd %t && echo old > k.cubin
// RUN: not env TMPDIR=%t/none fa3-compile %s -o k.cubin 2>&1 | FileCheck %s --check-prefix=TEMPORARY
// TEMPORARY: error: cannot create a temporary file in '{{.*}}none': No such file or directory
// RUN: not fa3-compile %s --ptxas=%t/ptxas -o k.cubin 2>&1 | FileCheck %s --check-prefix=PTXAS
// PTXAS: error: expected ptxas of CUDA {{[0-9.]+}} or newer, but got no file at '{{.*}}/ptxas'
// RUN: not fa3-compile %s --emit=ptx -o "" 2>&1 | FileCheck %s --check-prefix=NAME
// NAME: fa3-compile: error: cannot write '': expected the name of a file
// RUN: FileCheck %s --check-prefix=OLD < k.cubin
// OLD: old
#k = #hopper.kernel<arguments = [memref<?xf32>], grid = #hopper.expression<() -> (1)>, threads = 128, shared_memory = 0, parameters = [#hopper.parameter<pointer, argument = 0>]>
gpu.module @m {
  llvm.func @k(%p: !llvm.ptr<1>) attributes {nvvm.kernel, hopper.kernel = #k} {
  %z = llvm.mlir.zero : i32
  llvm.store %z, %p : i32, !llvm.ptr<1>
  llvm.return
}
}
