// Q and K of 8-bit integers, V of 8-bit floats, against float64 of the dequantised
// inputs: one scale for all; blocks that are tiles, and parts of one; a mask; V
// transposed.
// RUN: fa3-run %s --target=cpu --entry whole --dim B=2,Sq=33,Sk=100 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry whole --dim B=1,Sq=1,Sk=1 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry blocks --dim B=2,Sq=37,Sk=70 --shape qs=2x4x5 --shape ks=2x2x3 --shape vs=2x2x5 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry parts --dim B=1,Sq=33,Sk=50 --shape qs=1x4x33 --shape ks=1x2x50 --shape vs=1x2x7 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry transposed --dim B=2,Sq=37,Sk=70 --shape vs=2x2x5 --check | FileCheck %s
// CHECK: (%o): max abs error {{.*}}: ok
// CHECK: (%lse): max abs error {{.*}}: ok

!q = memref<?x?x4x32xi8>
!k = memref<?x?x2x32xi8>
!v = memref<?x?x2x48xf8E4M3FN>
!l = memref<?x4x?xf32>
func.func @whole(%q: !q, %k: !k, %v: !v, %qs: memref<1x1x1xf32>, %ks: memref<?x2x1xf32>, %vs: memref<1x2x1xf32>, %o: memref<?x?x4x48xf16>, %lse: !l) {
  attn.forward ins(%q, %k, %v : !q, !k, !v) scales(%qs, %ks, %vs : memref<1x1x1xf32>, memref<?x2x1xf32>, memref<1x2x1xf32>) outs(%o, %lse : memref<?x?x4x48xf16>, !l)
  return
}

func.func @blocks(%q: !q, %k: !k, %v: !v, %qs: memref<?x4x?xf32>, %ks: memref<?x2x?xf32>, %vs: memref<?x2x?xf32>, %o: memref<?x?x4x48xbf16>, %lse: !l) {
  attn.forward ins(%q, %k, %v : !q, !k, !v) scales(%qs, %ks, %vs : memref<?x4x?xf32>, memref<?x2x?xf32>, memref<?x2x?xf32>) outs(%o, %lse : memref<?x?x4x48xbf16>, !l) {causal, query_block = 8 : i64, key_block = 32 : i64, value_block = 16 : i64}
  return
}

func.func @parts(%q: !q, %k: !k, %v: !v, %qs: memref<?x4x?xf32>, %ks: memref<?x2x?xf32>, %vs: memref<?x2x?xf32>, %o: memref<?x?x4x48xf32>, %lse: !l) {
  attn.forward ins(%q, %k, %v : !q, !k, !v) scales(%qs, %ks, %vs : memref<?x4x?xf32>, memref<?x2x?xf32>, memref<?x2x?xf32>) outs(%o, %lse : memref<?x?x4x48xf32>, !l) {query_block = 1 : i64, key_block = 1 : i64, value_block = 8 : i64}
  return
}

!vt = memref<?x2x48x?xf8E4M3FN>
func.func @transposed(%q: !q, %k: !k, %v: !vt, %qs: memref<1x1x1xf32>, %ks: memref<1x1x1xf32>, %vs: memref<?x2x?xf32>, %o: memref<?x?x4x48xf16>, %lse: !l) {
  attn.forward ins(%q, %k, %v : !q, !k, !vt) scales(%qs, %ks, %vs : memref<1x1x1xf32>, memref<1x1x1xf32>, memref<?x2x?xf32>) outs(%o, %lse : memref<?x?x4x48xf16>, !l) {causal, value_block = 16 : i64, value_layout = #attn.value_layout<transposed>}
  return
}
