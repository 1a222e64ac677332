// No output replaces the input, however its path is spelled.
// RUN: rm -rf %t && mkdir -p %t/d && cd %t && cp %s a.mlir && cp %s a.json
// RUN: ln -s a.mlir link && ln a.mlir hard && ln -s a.json b.json

// RUN: not fa3-compile a.mlir --emit=ptx -o a.mlir 2>&1 | FileCheck %s
// RUN: not fa3-compile a.mlir --emit=nvvm -o d/../a.mlir 2>&1 | FileCheck %s
// RUN: not fa3-compile %t/a.mlir --emit=ptx -o a.mlir 2>&1 | FileCheck %s
// RUN: not fa3-compile a.mlir --emit=ptx -o link 2>&1 | FileCheck %s
// RUN: not fa3-compile link --emit=ptx -o a.mlir 2>&1 | FileCheck %s
// RUN: not fa3-compile a.mlir --emit=ptx -o hard 2>&1 | FileCheck %s
// CHECK: fa3-compile: error: cannot write '{{[^']+}}': expected a file other than the input '{{.*(a.mlir|link)}}'

// Nor does the manifest.
// RUN: not fa3-compile a.json -o a.ptx 2>&1 | FileCheck %s --check-prefix=MANIFEST
// RUN: not fa3-compile a.json -o ./b.ptx 2>&1 | FileCheck %s --check-prefix=MANIFEST
// MANIFEST: fa3-compile: error: cannot write '{{.*(a|b).json}}': expected a file other than the input 'a.json'

// RUN: cmp %s a.mlir && cmp %s a.json
// RUN: ls | FileCheck %s --check-prefix=FILES
// FILES-NOT: ptx
// FILES-NOT: tmp

// Without a manifest there is nothing to replace.
// RUN: fa3-compile a.json --manifest=false -o a.ptx && cmp %s a.json

// A pipe or a device is not replaced by a file either.
// RUN: mkfifo pipe && not fa3-compile a.mlir --emit=cubin -o pipe 2>&1 | FileCheck %s --check-prefix=PIPE
// PIPE: fa3-compile: error: cannot write 'pipe': expected a regular file
#k = #hopper.kernel<arguments = [memref<?xf32>], grid = #hopper.expression<() -> (1)>, threads = 128, shared_memory = 0, parameters = [#hopper.parameter<pointer, argument = 0>]>
gpu.module @m {
  llvm.func @k(%p: !llvm.ptr<1>) attributes {nvvm.kernel, hopper.kernel = #k} {
  %z = llvm.mlir.zero : i32
  llvm.store %z, %p : i32, !llvm.ptr<1>
  llvm.return
}
}
