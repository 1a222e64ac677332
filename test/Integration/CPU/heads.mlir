// Heads that share keys and values, in both layouts, static and dynamic.
// RUN: fa3-run %s --entry gqa --dim B=2,Sq=11,Sk=19 --check | FileCheck %s
// RUN: fa3-run %s --entry mqa --check | FileCheck %s
// RUN: fa3-run %s --entry bhsd --dim B=2,Sq=11,Sk=19 --check | FileCheck %s
// CHECK: (%o): max abs error {{.*}}: ok

func.func @gqa(%q: memref<?x?x6x24xbf16>, %k: memref<?x?x2x24xbf16>, %v: memref<?x?x2x32xbf16>, %o: memref<?x?x6x32xbf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x6x24xbf16>, memref<?x?x2x24xbf16>, memref<?x?x2x32xbf16>) outs(%o : memref<?x?x6x32xbf16>) {causal}
  return
}
func.func @mqa(%q: memref<2x7x4x16xf16>, %k: memref<2x48x1x16xf16>, %v: memref<2x48x1x16xf16>, %o: memref<2x7x4x16xf16>) {
  attn.forward ins(%q, %k, %v : memref<2x7x4x16xf16>, memref<2x48x1x16xf16>, memref<2x48x1x16xf16>) outs(%o : memref<2x7x4x16xf16>)
  return
}
func.func @bhsd(%q: memref<?x4x?x16xf16>, %k: memref<?x2x?x16xf16>, %v: memref<?x2x?x16xf16>, %o: memref<?x4x?x16xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x4x?x16xf16>, memref<?x2x?x16xf16>, memref<?x2x?x16xf16>) outs(%o : memref<?x4x?x16xf16>) {causal, layout = #attn.layout<bhsd>}
  return
}
