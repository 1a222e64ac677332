// Each option leaves its technique out, and what is left goes down to NVVM.

// RUN: fa3-opt %s --attn-to-tile --tile-to-async --async-to-roles -o %t.mlir
// RUN: FileCheck %s --check-prefix=ALL --input-file=%t.mlir
// ALL:     %[[Z:.+]] = arith.constant dense<0.000000e+00> : vector<128x4xf32>
// ALL:     hopper.warp_specialize
// ALL:     } consumer {
// ALL:     arith.minsi
// The pipeline's prologue, the masked tiles and the full ones, the epilogue.
// ALL:     hopper.turn_wait
// ALL:     attn.band_mask
// ALL:     scf.for
// ALL:     hopper.turn_wait
// ALL:     attn.band_mask
// ALL:     scf.for
// ALL-NOT: attn.band_mask
// ALL:     hopper.turn_pass
// ALL:     scf.yield
// ALL:     hopper.wgmma_wait

// RUN: fa3-opt %s --attn-to-tile=warp-specialize=false --tile-to-async=warp-specialize=false --async-to-roles=warp-specialize=false -o %t.1.mlir
// RUN: FileCheck %s --check-prefix=ONE-ROLE --input-file=%t.1.mlir --implicit-check-not=hopper.warp_specialize
// RUN: fa3-opt %t.1.mlir --roles-to-nvvm | FileCheck %s --check-prefix=ONE-ROLE-NVVM --implicit-check-not=setmaxregister
// ONE-ROLE:      hopper.acquire
// ONE-ROLE:      hopper.turn_wait
// ONE-ROLE-NVVM: threads = 256

// The same with one slot: the copies wait for the products that read it.
// RUN: fa3-opt %s --attn-to-hopper="warp-specialize=false config='tile = 128x128, stages = 1, consumers = 2, registers = 24x240'" | FileCheck %s --check-prefix=ONE-SLOT
// ONE-SLOT: threads = 256, shared_memory = 98352

// What the option says stands in place of what the IR has.
// RUN: fa3-opt %s --attn-select-config="config='tile = 128x144, stages = 2, consumers = 2, registers = 24x240'" | fa3-opt --attn-to-tile="config='tile = 128x128, stages = 1, consumers = 2, registers = 24x240'" | FileCheck %s --check-prefix=OVERRIDES
// OVERRIDES: attn.config = #attn.config<tile = 128x128, stages = 1, consumers = 2, registers = 24x240>

// RUN: fa3-opt %s --attn-to-tile --tile-to-async --async-to-roles=pipeline=false -o %t.2.mlir
// RUN: FileCheck %s --check-prefix=NO-PIPELINE --input-file=%t.2.mlir
// RUN: fa3-opt %t.2.mlir --roles-to-nvvm | FileCheck %s --check-prefix=NVVM
// NO-PIPELINE:      } consumer {
// NO-PIPELINE:      scf.for
// NO-PIPELINE:      hopper.turn_wait
// NO-PIPELINE-NEXT: %[[S:.+]] = hopper.wgmma
// NO-PIPELINE-NEXT: hopper.turn_pass
// NO-PIPELINE-NEXT: hopper.wgmma_wait %[[S]]

// RUN: fa3-opt %s --attn-to-tile --tile-to-async --async-to-roles=ping-pong=false -o %t.3.mlir
// RUN: FileCheck %s --check-prefix=NO-TURNS --input-file=%t.3.mlir --implicit-check-not=hopper.turn_
// RUN: fa3-opt %t.3.mlir --roles-to-nvvm | FileCheck %s --check-prefix=NVVM --implicit-check-not=nvvm.barrier.arrive
// NO-TURNS: hopper.wgmma

// One loop, each of whose tiles is masked, behind the prologue's tile.
// RUN: fa3-opt %s --attn-to-tile --tile-to-async --async-to-roles=split=false -o %t.4.mlir
// RUN: FileCheck %s --check-prefix=NO-SPLIT --input-file=%t.4.mlir
// RUN: fa3-opt %t.4.mlir --roles-to-nvvm | FileCheck %s --check-prefix=NVVM
// NO-SPLIT:         } consumer {
// NO-SPLIT-COUNT-2: attn.band_mask
// NO-SPLIT-NOT:     scf.for
// NO-SPLIT-NOT:     attn.band_mask
// NO-SPLIT:         vector.transfer_write

// The mask of documents in every tile under the diagonal, and in one kernel.
// RUN: fa3-opt %fa3_src/examples/documents.mlir --attn-to-tile=classify=false -o %t.classify.mlir
// RUN: FileCheck %s --check-prefix=NO-CLASSIFY --input-file=%t.classify.mlir --implicit-check-not=memref.alloc
// RUN: fa3-opt %t.classify.mlir --tile-to-async --async-to-roles --roles-to-nvvm | FileCheck %s --check-prefix=NVVM
// NO-CLASSIFY: scf.forall
// NO-CLASSIFY: vector.gather
// NO-CLASSIFY: attn.band_mask
// NO-CLASSIFY-NOT: scf.forall

// Every tile of keys, also behind the diagonal.
// RUN: fa3-opt %s --attn-to-tile=prune=false -o %t.5.mlir
// RUN: FileCheck %s --check-prefix=NO-PRUNE --input-file=%t.5.mlir
// RUN: fa3-opt %t.5.mlir --tile-to-async --async-to-roles --roles-to-nvvm | FileCheck %s --check-prefix=NVVM
// NO-PRUNE: %[[TILES:.+]] = arith.ceildivui
// NO-PRUNE: %[[TILES:.+]] = arith.ceildivui
// NO-PRUNE: scf.for %{{.+}} = %c0 to %[[TILES]] step %c1

// RUN: fa3-opt %s --attn-to-tile --tile-to-async=defer-row-sums=false --async-to-roles -o %t.6.mlir
// RUN: FileCheck %s --check-prefix=NO-DEFER --input-file=%t.6.mlir --implicit-check-not='vector<128x4xf32>'
// RUN: fa3-opt %t.6.mlir --roles-to-nvvm | FileCheck %s --check-prefix=NVVM
// NO-DEFER: vector.multi_reduction <add>, %{{.+}}, %{{.+}} [1] : vector<128x128xf32> to vector<128xf32>

// Nothing at all.
// RUN: fa3-opt %s --attn-to-hopper='warp-specialize=false pipeline=false ping-pong=false split=false prune=false defer-row-sums=false' | FileCheck %s --check-prefix=NVVM --implicit-check-not=setmaxregister --implicit-check-not=nvvm.barrier.arrive

// The configuration of all attentions, and one that does not fit.
// RUN: fa3-opt %s --attn-to-hopper="config='tile = 192x64, stages = 2, consumers = 3, registers = 32x160'" | FileCheck %s --check-prefix=CONFIG
// RUN: not fa3-opt %s --attn-to-hopper="config='tile = 128x128, stages = 4, consumers = 2, registers = 24x240'" 2>&1 | FileCheck %s --check-prefix=NO-FIT
// With the attribute around it likewise.
// RUN: fa3-opt %s --attn-to-hopper="config='#attn.config<tile = 192x64, stages = 2, consumers = 3, registers = 32x160>'" | FileCheck %s --check-prefix=CONFIG
// CONFIG: threads = 512, shared_memory = 114
// NO-FIT: error: {{.*}}expected at most 232448 bytes of shared memory, but the tile 128x128 with 4 stages needs 295936

// NVVM: llvm.func @attention
// NVVM: wgmma.mma_async
!t = memref<?x?x8x128xf16>
func.func @attention(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t) {causal}
  return
}
