// Compiles the configurations of a problem and plans their timing, which
// fa3-measure does on another machine.

// REQUIRES: ptxas
// RUN: rm -rf %t
// RUN: fa3-tune %s --compile-only --kernels=%t/k --distance=0 --lengths=512,2048 --tokens=16384 -j 2 2>&1 | FileCheck %s --check-prefix=PROGRESS
// PROGRESS: compiled 4 of 4, 0 do not assemble
// RUN: FileCheck %s --check-prefix=PLAN --input-file=%t/k/plan.json

// Static shapes are tuned as they are.
// PLAN:      "config": "tile = {{[0-9]+x[0-9]+}}, stages = {{.*}}",
// PLAN-NEXT: "manifest": "closed-0.json"
// PLAN:      "head_size": 64,
// PLAN-NEXT: "length": 512,
// PLAN-NEXT: "tiles": 256,
// PLAN:      "name": "closed"

// Open ones are made static at each length: Q, K, V, O and LSE.
// PLAN:      "manifest": "open-512-0.json"
// PLAN:      "head_size": 64,
// PLAN-NEXT: "length": 512,
// PLAN-NEXT: "right": 0,
// PLAN-NEXT: "tiles": 512,
// PLAN:      "name": "open-512"
// PLAN:      32,
// PLAN-NEXT: 512,
// PLAN-NEXT: 4,
// PLAN-NEXT: 64
// PLAN:      32,
// PLAN-NEXT: 512,
// PLAN-NEXT: 2,
// PLAN-NEXT: 64
// PLAN:      32,
// PLAN-NEXT: 512,
// PLAN-NEXT: 2,
// PLAN-NEXT: 64
// PLAN:      32,
// PLAN-NEXT: 512,
// PLAN-NEXT: 4,
// PLAN-NEXT: 64
// PLAN:      32,
// PLAN-NEXT: 4,
// PLAN-NEXT: 512
// 2 products of 64 columns, 2 operations each, on 32 · 4 · 512 · 513 / 2 scores.
// PLAN:      "operations": 4303355904
// PLAN:      "manifest": "open-2048-0.json"

// And as they stand, on all lengths.
// PLAN:      "manifest": "open-open-0.json"
// PLAN:      "head_size": 64,
// PLAN-NEXT: "right": 0,
// PLAN-NEXT: "value_head_size": 64
// PLAN:      "operations": 4303355904
// PLAN:      "operations": {{[0-9]+}}

// The kernels are there, and their manifests name them.
// RUN: FileCheck %s --check-prefix=MANIFEST --input-file=%t/k/open-512-0.json
// MANIFEST: "image": "open-512-0.cubin"
// RUN: test -s %t/k/open-512-0.cubin

func.func @closed(%q: memref<16x512x4x64xbf16>, %o: memref<16x512x4x64xbf16>) {
  attn.forward ins(%q, %q, %q : memref<16x512x4x64xbf16>, memref<16x512x4x64xbf16>, memref<16x512x4x64xbf16>) outs(%o : memref<16x512x4x64xbf16>)
  return
}

func.func @open(%q: memref<?x?x4x64xf16>, %k: memref<?x?x2x64xf16>, %v: memref<?x?x2x64xf16>, %o: memref<?x?x4x64xf16>, %lse: memref<?x4x?xf32>) {
  attn.forward ins(%q, %k, %v : memref<?x?x4x64xf16>, memref<?x?x2x64xf16>, memref<?x?x2x64xf16>) outs(%o, %lse : memref<?x?x4x64xf16>, memref<?x4x?xf32>) {causal}
  return
}
