// A pass on kernels reaches them from the command line, and says at an attention
// what must run first.

// RUN: not fa3-opt %s --hopper-insert-tma 2>&1 | FileCheck %s --check-prefix=PROBLEM
// RUN: not fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-insert-tma)))' 2>&1 | FileCheck %s --check-prefix=PROBLEM
// PROBLEM: error: 'attn.forward' op expected a kernel for {{.*}}hopper-insert-tma{{.*}}; run attn-to-tile and tile-to-async first
// RUN: not fa3-opt %s --hopper-pipeline-loop 2>&1 | FileCheck %s --check-prefix=LOOP
// LOOP: error: 'attn.forward' op expected a kernel for {{.*}}hopper-pipeline-loop
// RUN: fa3-opt %s --attn-to-tile | not fa3-opt --hopper-lower-contractions 2>&1 | FileCheck %s --check-prefix=TILE
// TILE: error: 'scf.forall' op expected a kernel for {{.*}}hopper-lower-contractions{{.*}}; run tile-to-async first

// RUN: fa3-opt %s --attn-to-tile --hopper-outline-kernel --hopper-lower-contractions | FileCheck %s --check-prefix=KERNEL
// RUN: fa3-opt %s --attn-to-tile --hopper-outline-kernel | fa3-opt --hopper-lower-contractions | FileCheck %s --check-prefix=KERNEL
// KERNEL: hopper.wgmma
!t = memref<?x?x8x128xf16>
func.func @attention(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
  return
}
