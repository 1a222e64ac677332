// Inputs and outputs that are slices of arguments.

// RUN: fa3-run %s --entry packed --dim=B=2,Sq=33,Sk=33 --check | FileCheck %s --check-prefix=PACKED
// RUN: fa3-run %s --entry halves --dim=B=2,Sq=5,Sk=70 --shape 3=2x5x8x16 --check | FileCheck %s --check-prefix=HALVES
// PACKED: (%o): max abs error {{.*}}: ok
// The other half of the heads is as it was.
// HALVES: (%both): max abs error {{.*}}: ok

// Q, K and V next to each other, without the dimension that they are in.
!packed = memref<2x33x3x4x16xf16>
!q = memref<2x33x4x16xf16, strided<[6336, 192, 16, 1]>>
!k = memref<2x33x4x16xf16, strided<[6336, 192, 16, 1], offset: 64>>
!v = memref<2x33x4x16xf16, strided<[6336, 192, 16, 1], offset: 128>>
func.func @packed(%qkv: !packed, %o: memref<2x33x4x16xf16>) {
  %q = memref.subview %qkv[0, 0, 0, 0, 0] [2, 33, 1, 4, 16] [1, 1, 1, 1, 1] : !packed to !q
  %k = memref.subview %qkv[0, 0, 1, 0, 0] [2, 33, 1, 4, 16] [1, 1, 1, 1, 1] : !packed to !k
  %v = memref.subview %qkv[0, 0, 2, 0, 0] [2, 33, 1, 4, 16] [1, 1, 1, 1, 1] : !packed to !v
  attn.forward ins(%q, %k, %v : !q, !k, !v) outs(%o : memref<2x33x4x16xf16>) {causal}
  return
}

!half = memref<?x?x4x16xf16, strided<[?, 128, 16, 1], offset: 64>>
func.func @halves(%q: memref<?x?x4x16xf16>, %k: memref<?x?x2x16xf16>, %v: memref<?x?x2x16xf16>, %both: memref<?x?x8x16xf16>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = memref.dim %q, %c0 : memref<?x?x4x16xf16>
  %n = memref.dim %q, %c1 : memref<?x?x4x16xf16>
  %o = memref.subview %both[0, 0, 4, 0] [%b, %n, 4, 16] [1, 1, 1, 1] : memref<?x?x8x16xf16> to !half
  attn.forward ins(%q, %k, %v : memref<?x?x4x16xf16>, memref<?x?x2x16xf16>, memref<?x?x2x16xf16>) outs(%o : !half)
  return
}
