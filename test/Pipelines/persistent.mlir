// On demand, and where every tile of the grid takes as long as the others, a block
// takes one after another; without the option there is a block for each.

// RUN: fa3-opt %s --attn-to-tile --tile-to-async=persistent=true --async-to-roles -o %t.mlir
// RUN: FileCheck %s --input-file=%t.mlir
// RUN: fa3-opt %t.mlir --roles-to-nvvm | FileCheck %s --check-prefix=NVVM
// RUN: fa3-opt %s --attn-to-tile --tile-to-async=persistent=false --async-to-roles -o %t.1.mlir
// RUN: FileCheck %s --check-prefix=OFF --input-file=%t.1.mlir --implicit-check-not=hopper.persistent --implicit-check-not=gpu.grid_dim
// RUN: fa3-opt %t.1.mlir --roles-to-nvvm | FileCheck %s --check-prefix=OFF-NVVM --implicit-check-not=nctaid --implicit-check-not='persistent ='

// CHECK: hopper.persistent
// CHECK: producer {
// CHECK: gpu.grid_dim x
// CHECK: } consumer {
// CHECK: gpu.grid_dim x
// NVVM:  hopper.kernel = #hopper.kernel<{{.*}}persistent = true, threads = 384
// NVVM:  nvvm.read.ptx.sreg.nctaid.x
// OFF:   hopper.warp_specialize
// OFF-NVVM: llvm.func @attention
!t = memref<?x?x8x128xf16>
func.func @attention(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
  return
}
