// Quantisation to integers against its definition in float64, and what has no
// plain result: zeros, NaN, infinities, ties, numbers at the end of the range.
// RUN: fa3-run %s --target=cpu --entry rows --dim B=2,Sq=70 --shape s=2x4x70 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry rotated --dim B=2,Sq=33 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry transposed --dim B=1,Sq=35 --shape y=1x4x32x48 --shape s=1x4x2 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry inverse --dim B=2,Sq=9 --shape s=2x4x3 --check | FileCheck %s --check-prefix=INVERSE
// RUN: fa3-run %s --target=cpu --entry attention --check | FileCheck %s --check-prefix=ATTENTION
// RUN: rm -rf %t && mkdir %t
// RUN: %python %S/Inputs/special_values.py write %t/x.npy
// RUN: fa3-run %s --target=cpu --entry special --input x=%t/x.npy --output y=%t/y.npy --output s=%t/s.npy --check | FileCheck %s
// RUN: %python %S/Inputs/special_values.py show %t/y.npy %t/s.npy | FileCheck %s --check-prefix=SPECIAL
// CHECK: (%y): max abs error {{.*}}: ok
// CHECK: (%s): max abs error {{.*}}: ok
// INVERSE: (%x): max abs error {{.*}}: ok
// ATTENTION: (%o): max abs error {{.*}}: ok

func.func @rows(%x: memref<?x?x4x32xf16>, %y: memref<?x?x4x32xi8>, %s: memref<?x4x?xf32>) {
  attn.quantize ins(%x : memref<?x?x4x32xf16>) outs(%y, %s : memref<?x?x4x32xi8>, memref<?x4x?xf32>) {block = 1}
  return
}
func.func @rotated(%x: memref<?x?x2x96xbf16>, %y: memref<?x?x2x96xi8>, %s: memref<1x1x1xf32>) {
  attn.quantize ins(%x : memref<?x?x2x96xbf16>) outs(%y, %s : memref<?x?x2x96xi8>, memref<1x1x1xf32>) {rotation = 7}
  return
}
func.func @transposed(%x: memref<?x?x4x32xf16>, %y: memref<?x4x32x?xi8>, %s: memref<?x4x?xf32>) {
  attn.quantize ins(%x : memref<?x?x4x32xf16>) outs(%y, %s : memref<?x4x32x?xi8>, memref<?x4x?xf32>) {block = 32, transposed}
  return
}
func.func @inverse(%y: memref<?x?x4x96xi8>, %s: memref<?x4x?xf32>, %x: memref<?x?x4x96xf16>) {
  attn.dequantize ins(%y, %s : memref<?x?x4x96xi8>, memref<?x4x?xf32>) outs(%x : memref<?x?x4x96xf16>) {block = 4, rotation = 5}
  return
}
// INT-FlashAttention from 16 bits: a scale for each row of Q and K, one for V.
func.func @attention(%q: memref<1x40x4x32xf16>, %k: memref<1x70x2x32xf16>, %v: memref<1x70x2x32xf16>, %o: memref<1x40x4x32xf16>) {
  %q8 = memref.alloc() : memref<1x40x4x32xi8>
  %k8 = memref.alloc() : memref<1x70x2x32xi8>
  %v8 = memref.alloc() : memref<1x70x2x32xi8>
  %qs = memref.alloc() : memref<1x4x40xf32>
  %ks = memref.alloc() : memref<1x2x70xf32>
  %vs = memref.alloc() : memref<1x2x1xf32>
  attn.quantize ins(%q : memref<1x40x4x32xf16>) outs(%q8, %qs : memref<1x40x4x32xi8>, memref<1x4x40xf32>) {block = 1}
  attn.quantize ins(%k : memref<1x70x2x32xf16>) outs(%k8, %ks : memref<1x70x2x32xi8>, memref<1x2x70xf32>) {block = 1}
  attn.quantize ins(%v : memref<1x70x2x32xf16>) outs(%v8, %vs : memref<1x70x2x32xi8>, memref<1x2x1xf32>)
  attn.forward ins(%q8, %k8, %v8 : memref<1x40x4x32xi8>, memref<1x70x2x32xi8>, memref<1x70x2x32xi8>) scales(%qs, %ks, %vs : memref<1x4x40xf32>, memref<1x2x70xf32>, memref<1x2x1xf32>) outs(%o : memref<1x40x4x32xf16>) {query_block = 1, key_block = 1}
  return
}

//      SPECIAL: 0x1.0000000000000p-100: 00 00 00
// A NaN is 0, and the scale is that of the others: 7 / 127.
// SPECIAL-NEXT: 0x1.c387{{.*}}p-5: 00 7f ee 00
// Infinities are the largest numbers.
// SPECIAL-NEXT: 0x1.0204{{.*}}p+121: 7f 81 00 00
// SPECIAL-NEXT: 0x1.0000000000000p-100: 00 00 00
// SPECIAL-NEXT: 0x1.0000000000000p-100: 00 00 00
// SPECIAL-NEXT: 0x1.c387{{.*}}p+1: 7f 05 05 fb 00 00 00
// SPECIAL-NEXT: 0x1.0204{{.*}}p+121: 7f 90 00
// SPECIAL-NEXT: 0x1.c387{{.*}}p+1: 00 81 00
func.func @special(%x: memref<1x8x1x16xf32>, %y: memref<1x8x1x16xi8>, %s: memref<1x1x8xf32>) {
  attn.quantize ins(%x : memref<1x8x1x16xf32>) outs(%y, %s : memref<1x8x1x16xi8>, memref<1x1x8xf32>) {block = 1}
  return
}
