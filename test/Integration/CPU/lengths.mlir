// Lengths at which things break: one row or key, none at all, exact multiples
// of the tile.
// RUN: fa3-run %s --dim B=1,Sq=1,Sk=1 --check | FileCheck %s
// RUN: fa3-run %s --dim B=1,Sq=1,Sk=17 --check | FileCheck %s
// RUN: fa3-run %s --dim B=1,Sq=17,Sk=1 --check | FileCheck %s
// RUN: fa3-run %s --dim B=3,Sq=3,Sk=0 --check | FileCheck %s
// RUN: fa3-run %s --dim B=1,Sq=0,Sk=5 --check | FileCheck %s
// RUN: fa3-run %s --dim B=0,Sq=3,Sk=5 --check | FileCheck %s
// RUN: fa3-run %s --dim B=1,Sq=4,Sk=16 --check | FileCheck %s
// RUN: fa3-run %s --dim B=1,Sq=113,Sk=203 --check | FileCheck %s
// CHECK: (%o): max abs error {{.*}}: ok
// CHECK: (%lse): max abs error {{.*}}: ok

func.func @main(%q: memref<?x?x2x16xf16>, %k: memref<?x?x2x16xf16>, %v: memref<?x?x2x16xf16>, %o: memref<?x?x2x16xf16>, %lse: memref<?x2x?xf32>) {
  attn.forward ins(%q, %k, %v : memref<?x?x2x16xf16>, memref<?x?x2x16xf16>, memref<?x?x2x16xf16>)
               outs(%o, %lse : memref<?x?x2x16xf16>, memref<?x2x?xf32>) {causal}
  return
}
