// Each pass of the pipeline left out once. A pass that is an optimisation may go,
// and the rest still comes down to NVVM; without one that is a step down, a later
// pass says which one is missing. Nothing crashes.

// RUN: %python %S/Inputs/leave_out.py %fa3_tools/fa3-opt attn-to-hopper=verify=false %s | FileCheck %s --strict-whitespace --match-full-lines --implicit-check-not=CRASH

//      CHECK:nothing left out: lowers
// Memrefs need no bufferization; what tensors do, see below.
// CHECK-NEXT:eliminate-empty-tensors: lowers
// CHECK-NEXT:one-shot-bufferize: lowers
// CHECK-NEXT:attn-place-results: lowers
// CHECK-NEXT:attn-split-value-columns: lowers
// CHECK-NEXT:attn-select-config: refused: 'attn.forward' op expected a config; run attn-select-config first
// CHECK-NEXT:attn-split-keys: lowers
// CHECK-NEXT:attn-lower-combine: lowers
// CHECK-NEXT:attn-lower-quantize: lowers
// CHECK-NEXT:attn-tile: refused: 'attn.forward' op expected a grid in its place; run attn-tile first
// CHECK-NEXT:attn-classify-tiles: lowers
// CHECK-NEXT:attn-hoist-conversions: lowers
// CHECK-NEXT:attn-prune-masked-tiles: lowers
// CHECK-NEXT:attn-pair-tiles: lowers
// CHECK-NEXT:attn-apply-block-scales: lowers
// CHECK-NEXT:attn-fuse-row-sums: lowers
// CHECK-NEXT:attn-speculate-maximum: lowers
// CHECK-NEXT:attn-lower-online-softmax: refused: 'attn.online_softmax' op cannot be distributed to threads; run attn-lower-online-softmax first
// CHECK-NEXT:hopper-outline-kernel: refused: 'scf.forall' op expected a kernel in its place; run hopper-outline-kernel first
// CHECK-NEXT:hopper-make-persistent: lowers
// CHECK-NEXT:hopper-lower-contractions: refused: 'vector.transfer_read' op cannot be distributed to threads; run hopper-lower-contractions first
// CHECK-NEXT:hopper-insert-transposes: lowers
// CHECK-NEXT:hopper-split-accumulation: lowers
// CHECK-NEXT:hopper-defer-row-sums: lowers
// CHECK-NEXT:hopper-insert-tma: refused: 'hopper.load_tile' op expected to read through a tensor map; run hopper-insert-tma first
// CHECK-NEXT:hopper-insert-channels: refused: 'hopper.load_tile' op cannot be lowered to NVVM; run hopper-insert-tma and hopper-insert-channels first
// CHECK-NEXT:hopper-specialize-warps: lowers
// CHECK-NEXT:hopper-schedule-loop: lowers
// CHECK-NEXT:hopper-pipeline-loop: lowers
// CHECK-NEXT:attn-split-masked-tiles: lowers
// CHECK-NEXT:attn-fold-factors: lowers
// CHECK-NEXT:hopper-hoist-releases: lowers
// CHECK-NEXT:hopper-insert-ping-pong: lowers
// CHECK-NEXT:hopper-assign-slots: refused: 'hopper.acquire' op expected a slot; run hopper-assign-slots first
// CHECK-NEXT:hopper-allocate-shared-memory: refused: 'hopper.create_channel' op expected a place in shared memory; run hopper-allocate-shared-memory first
// CHECK-NEXT:hopper-narrow-indices: lowers
// CHECK-NEXT:hopper-distribute-vectors: refused: 'hopper.wgmma_wait' op cannot be held: expected a wait of threads; run hopper-distribute-vectors first
// CHECK-NEXT:hopper-place-waits: lowers
// CHECK-NEXT:hopper-interleave-arithmetic: lowers
// CHECK-NEXT:hopper-emulate-exponentials: lowers
// CHECK-NEXT:convert-hopper-to-nvvm: refused: 'hopper.create_channel' op expected operations of the nvvm dialect in its place; run convert-hopper-to-nvvm first
// CHECK-NEXT:hopper-verify-lowered: lowers
// CHECK-NEXT:hopper-overlap-launches: lowers
// CHECK-NEXT:expand-strided-metadata: lowers
// CHECK-NEXT:lower-affine: lowers
// CHECK-NEXT:convert-scf-to-cf: refused: failed to legalize operation 'scf.if'
// CHECK-NEXT:convert-kernel-to-llvm: refused: 'gpu.func' op expected a function of the LLVM dialect; run convert-kernel-to-llvm first
// CHECK-NEXT:convert-nvvm-to-llvm: lowers
// CHECK-NEXT:prune-kernel-parameters: lowers
// CHECK-NOT:{{.}}

// Tensors need bufferization, and results a place.
// RUN: %python %S/Inputs/leave_out.py %fa3_tools/fa3-opt attn-to-hopper=verify=false %S/Inputs/tensors.mlir | FileCheck %s --check-prefix=TENSORS --implicit-check-not=CRASH
//      TENSORS: nothing left out: lowers
// TENSORS-NEXT: eliminate-empty-tensors: lowers
// TENSORS-NEXT: one-shot-bufferize: refused: 'attn.forward' op expected memrefs, but got tensors; run one-shot-bufferize first
// TENSORS-NEXT: attn-place-results: refused: 'func.func' op expected no results, but got 1; run attn-place-results first

// Without roles the same passes may go.
// RUN: %python %S/Inputs/leave_out.py %fa3_tools/fa3-opt attn-to-hopper='verify=false warp-specialize=false' %s | FileCheck %s --check-prefix=ONE-ROLE --implicit-check-not=CRASH
// ONE-ROLE: hopper-schedule-loop: lowers
// ONE-ROLE: hopper-pipeline-loop: lowers
// ONE-ROLE: convert-hopper-to-nvvm: refused: 'hopper.create_channel' op expected operations of the nvvm dialect in its place; run convert-hopper-to-nvvm first

!t = memref<?x?x8x128xf16>
func.func @attention(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t) {causal}
  return
}
