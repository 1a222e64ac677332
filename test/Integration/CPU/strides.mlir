// Arrays with gaps between rows, heads and batches. The gaps hold NaN before
// the run, and must hold it after.
// RUN: fa3-run %s --strides q=5000x300x70x1 --strides v=0x64x16x1 --dim Sk=21 --check -v | FileCheck %s
// CHECK: argument 0 (%q): {{.*}}, 2x9x4x16, strides 5000x300x70x1, random
// CHECK: argument 2 (%v): {{.*}}, 2x21x4x16, strides 0x64x16x1, random
// CHECK: argument 3 (%o): {{.*}}, 2x9x4x16, strides 5000x300x32x1, output
// CHECK: (%o): max abs error {{.*}}: ok

!q = memref<2x9x4x16xf16, strided<[?, ?, ?, 1], offset: ?>>
!v = memref<2x?x4x16xf16, strided<[?, ?, ?, 1]>>
!o = memref<2x9x4x16xf16, strided<[5000, 300, 32, 1], offset: 5>>
func.func @main(%q: !q, %k: memref<2x?x4x16xf16>, %v: !v, %o: !o) {
  attn.forward ins(%q, %k, %v : !q, memref<2x?x4x16xf16>, !v) outs(%o : !o) {causal}
  return
}
