// Each level by itself, one fed by the other, and what its IR is made of: nothing
// of a level above is left, nothing of a level below is there yet.

// RUN: fa3-opt %s --attn-to-tile -o %t.tile.mlir
// RUN: FileCheck %s --check-prefix=TILE --input-file=%t.tile.mlir --implicit-check-not={{'attn\.(forward|online_softmax)'}} --implicit-check-not={{'(hopper|gpu|nvvm|llvm)\.'}}
// RUN: fa3-opt %t.tile.mlir --tile-to-async -o %t.async.mlir
// RUN: FileCheck %s --check-prefix=ASYNC --input-file=%t.async.mlir --implicit-check-not={{'vector\.(contract|transfer_read)'}} --implicit-check-not={{'(scf.forall|func\.func|hopper\.load_tile|nvvm\.|llvm\.)'}}
// RUN: fa3-opt %t.async.mlir --async-to-roles -o %t.roles.mlir
// RUN: FileCheck %s --check-prefix=ROLES --input-file=%t.roles.mlir --implicit-check-not={{'hopper\.(schedule|thread_)'}} --implicit-check-not={{'(nvvm|llvm)\.'}}
// RUN: fa3-opt %t.roles.mlir --roles-to-nvvm -o %t.nvvm.mlir
// RUN: FileCheck %s --check-prefix=NVVM --input-file=%t.nvvm.mlir --implicit-check-not={{'^ *(%\S+ = )?"?(attn|hopper|vector|scf|cf|arith|math|memref|nvgpu|builtin|func)\.'}} --implicit-check-not={{'gpu\.(func|thread_id|block_id|return)'}}

// All of them at once are the same.
// RUN: fa3-opt %s --attn-to-hopper -o %t.all.mlir
// RUN: diff %t.nvvm.mlir %t.all.mlir

// Levels that are passed already change nothing.
// RUN: fa3-opt %t.roles.mlir --attn-to-tile --tile-to-async --roles-to-nvvm | FileCheck %s --check-prefix=NVVM
// RUN: fa3-opt %t.nvvm.mlir --attn-to-hopper | FileCheck %s --check-prefix=NVVM

// TILE-LABEL: func.func @attention
//       TILE:   scf.forall
//       TILE:     vector.transfer_read
//       TILE:     scf.for
//       TILE:       vector.contract
//       TILE:       attn.band_mask
//       TILE:       vector.multi_reduction <maxnumf>
//       TILE:       math.exp2
//       TILE:       vector.contract
//       TILE:     vector.transfer_write
//       TILE:   } {attn.config = #attn.config<

// ASYNC-LABEL: gpu.func @attention
//       ASYNC:   hopper.create_channel
//       ASYNC:   hopper.create_channel
//       ASYNC:   hopper.create_channel
//       ASYNC:   scf.for
//       ASYNC:     hopper.acquire
//       ASYNC:     hopper.tma_load
//       ASYNC:     hopper.wait
//       ASYNC:     hopper.wgmma
//       ASYNC:     hopper.wgmma_wait
//       ASYNC:     hopper.release
//       ASYNC:   vector.transfer_write

// ROLES-LABEL: gpu.func @attention
//  ROLES-SAME:   hopper.shared_memory
//       ROLES:   hopper.create_channel {barriers =
//       ROLES:   hopper.warp_specialize
//       ROLES:     hopper.acquire %{{.+}}[%{{.+}}, %{{.+}}] expect
//       ROLES:   } consumer {
//       ROLES:     hopper.turn_wait
//       ROLES:     hopper.wait %{{.+}}[%{{.+}}, %{{.+}}]
//       ROLES:     hopper.turn_pass

// NVVM-LABEL: gpu.module @attention
//       NVVM:   llvm.mlir.global external @shared_memory
//       NVVM:   llvm.func @attention
//  NVVM-SAME:     hopper.kernel = #hopper.kernel<
//       NVVM:   nvvm.setmaxregister decrease
//       NVVM:   cp.async.bulk.tensor
//       NVVM:   nvvm.setmaxregister increase
//       NVVM:   wgmma.mma_async
!t = memref<?x?x8x128xf16>
func.func @attention(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t) {causal}
  return
}
