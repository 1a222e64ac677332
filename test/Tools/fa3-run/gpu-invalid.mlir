// What the GPU's side refuses, each with what would be right.
// REQUIRES: sm_90, ptxas
// RUN: not fa3-run %s --target=gpu --entry main --dim B=1,Sq=2,Sk=3 --pipeline-options="unknown=1" 2>&1 | FileCheck %s --check-prefix=OPTIONS
// OPTIONS: error: expected options of attn-to-hopper, but got 'unknown=1'
// OPTIONS: fa3-run: error: compilation for the GPU failed on @main

func.func @main(%q: memref<?x?x2x64xf16>, %k: memref<?x?x2x64xf16>, %v: memref<?x?x2x64xf16>, %o: memref<?x?x2x64xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x2x64xf16>, memref<?x?x2x64xf16>, memref<?x?x2x64xf16>) outs(%o : memref<?x?x2x64xf16>)
  return
}
