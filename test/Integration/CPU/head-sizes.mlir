// The head dimensions, in f16 and bf16, with a ragged end on either side.
// RUN: fa3-run %s --entry d8 --dim B=2,Sq=9,Sk=21 --check | FileCheck %s
// RUN: fa3-run %s --entry d40 --dim B=1,Sq=17,Sk=33 --check | FileCheck %s
// RUN: fa3-run %s --entry d64 --dim B=1,Sq=33,Sk=50 --check | FileCheck %s
// RUN: fa3-run %s --entry d128 --dim B=1,Sq=18,Sk=35 --check | FileCheck %s
// RUN: fa3-run %s --entry d192 --dim B=1,Sq=5,Sk=35 --check | FileCheck %s
// RUN: fa3-run %s --entry d256 --dim B=1,Sq=5,Sk=35 --check | FileCheck %s
// CHECK: (%o): max abs error {{.*}}: ok

func.func @d8(%q: memref<?x?x2x8xf16>, %k: memref<?x?x2x8xf16>, %v: memref<?x?x2x8xf16>, %o: memref<?x?x2x8xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x2x8xf16>, memref<?x?x2x8xf16>, memref<?x?x2x8xf16>) outs(%o : memref<?x?x2x8xf16>)
  return
}
func.func @d40(%q: memref<?x?x2x40xbf16>, %k: memref<?x?x2x40xbf16>, %v: memref<?x?x2x40xbf16>, %o: memref<?x?x2x40xbf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x2x40xbf16>, memref<?x?x2x40xbf16>, memref<?x?x2x40xbf16>) outs(%o : memref<?x?x2x40xbf16>)
  return
}
func.func @d64(%q: memref<?x?x2x64xf16>, %k: memref<?x?x2x64xf16>, %v: memref<?x?x2x64xf16>, %o: memref<?x?x2x64xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x2x64xf16>, memref<?x?x2x64xf16>, memref<?x?x2x64xf16>) outs(%o : memref<?x?x2x64xf16>)
  return
}
func.func @d128(%q: memref<?x?x1x128xbf16>, %k: memref<?x?x1x128xbf16>, %v: memref<?x?x1x128xbf16>, %o: memref<?x?x1x128xbf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x1x128xbf16>, memref<?x?x1x128xbf16>, memref<?x?x1x128xbf16>) outs(%o : memref<?x?x1x128xbf16>)
  return
}
func.func @d192(%q: memref<?x?x1x192xf16>, %k: memref<?x?x1x192xf16>, %v: memref<?x?x1x128xf16>, %o: memref<?x?x1x128xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x1x192xf16>, memref<?x?x1x192xf16>, memref<?x?x1x128xf16>) outs(%o : memref<?x?x1x128xf16>)
  return
}
func.func @d256(%q: memref<?x?x1x256xbf16>, %k: memref<?x?x1x256xbf16>, %v: memref<?x?x1x256xbf16>, %o: memref<?x?x1x256xbf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x1x256xbf16>, memref<?x?x1x256xbf16>, memref<?x?x1x256xbf16>) outs(%o : memref<?x?x1x256xbf16>)
  return
}
