// RUN: rm -rf %t && mkdir %t

// A level above the input's own leaves it as it is; the ending of the output's
// name chooses a level.
// RUN: fa3-compile %s --emit=attn -o - | FileCheck %s --check-prefix=MLIR
// RUN: fa3-compile %s --emit=nvvm -o - | FileCheck %s --check-prefix=MLIR
// MLIR: llvm.func @k({{.*}}) attributes {{.*}}nvvm.kernel
// RUN: fa3-compile %s --emit=llvm-ir -o - | FileCheck %s --check-prefix=LLVM
// RUN: fa3-compile %s -o %t/k.ll && FileCheck %s --check-prefix=LLVM < %t/k.ll
// LLVM: define ptx_kernel void @k(
// RUN: fa3-compile %s --emit=ptx -o - | FileCheck %s --check-prefix=PTX
// RUN: fa3-compile %s -o %t/k.ptx && FileCheck %s --check-prefix=PTX < %t/k.ptx
// PTX: .visible .entry k(

// A text level reads what a text level wrote.
// RUN: fa3-compile %s --emit=nvvm -o - | fa3-compile --emit=ptx -o - | FileCheck %s --check-prefix=PTX

// Beside PTX stands the manifest, and beside text none.
// RUN: ls %t | FileCheck %s --check-prefix=FILES
// FILES: k.json
// FILES-NEXT: k.ll
// FILES-NEXT: k.ptx
// FILES-NOT: {{.}}
#k = #hopper.kernel<arguments = [memref<?xf32>], grid = #hopper.expression<() -> (1)>, threads = 128, shared_memory = 0, parameters = [#hopper.parameter<pointer, argument = 0>]>
gpu.module @m {
  llvm.func @k(%p: !llvm.ptr<1>) attributes {nvvm.kernel, hopper.kernel = #k} {
  %z = llvm.mlir.zero : i32
  llvm.store %z, %p : i32, !llvm.ptr<1>
  llvm.return
}
}
