// Code for processors without instructions for f16 or bf16.
// RUN: fa3-run %s --entry half --dim B=1,Sq=9,Sk=21 --mcpu=x86-64 --check | FileCheck %s
// RUN: fa3-run %s --entry bfloat --dim B=1,Sq=9,Sk=21 --mcpu=x86-64 --check | FileCheck %s
// CHECK: (%o): max abs error {{.*}}: ok

func.func @half(%q: memref<?x?x2x16xf16>, %k: memref<?x?x2x16xf16>, %v: memref<?x?x2x16xf16>, %o: memref<?x?x2x16xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x2x16xf16>, memref<?x?x2x16xf16>, memref<?x?x2x16xf16>) outs(%o : memref<?x?x2x16xf16>)
  return
}
func.func @bfloat(%q: memref<?x?x2x16xbf16>, %k: memref<?x?x2x16xbf16>, %v: memref<?x?x2x16xbf16>, %o: memref<?x?x2x16xbf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x2x16xbf16>, memref<?x?x2x16xbf16>, memref<?x?x2x16xbf16>) outs(%o : memref<?x?x2x16xbf16>)
  return
}
