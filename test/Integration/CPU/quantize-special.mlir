// What has no plain result: a block of zeros; NaN, infinities and denormals; ties;
// numbers that the scale takes to the end of the range. A block is one row.
// RUN: rm -rf %t && mkdir %t
// RUN: %python %S/Inputs/special_values.py write %t/x.npy
// RUN: fa3-run %s --target=cpu --input x=%t/x.npy --output y=%t/y.npy --output s=%t/s.npy --check | FileCheck %s --check-prefix=CHECKED
// RUN: %python %S/Inputs/special_values.py show %t/y.npy %t/s.npy | FileCheck %s
// CHECKED: (%y): max abs error {{.*}}: ok
// CHECKED: (%s): max abs error {{.*}}: ok

// The least scale is 2^-100.
//      CHECK: 0x1.0000000000000p-100: 00 00 00
// A NaN stays one, and the scale is that of the others: 7 / 448.
// CHECK-NEXT: 0x1.0000000000000p-6: 7f 7e e8 00
// Infinities are the largest numbers, as under the scale of the largest f32.
// CHECK-NEXT: 0x1.2492{{.*}}p+119: 7e fe 00
// CHECK-NEXT: 0x1.0000000000000p-100: 7f 7f 7f
// CHECK-NEXT: 0x1.0000000000000p-100: 00 80 00
// 17 is between 16 and 18, 19 between 18 and 20; 2^-10 is half of the least
// number, and 3 · 2^-10 between it and its double.
// CHECK-NEXT: 0x1.0000000000000p+0: 7e 58 5a d8 00 02 00
// CHECK-NEXT: 0x1.2492{{.*}}p+119: 7e fc 00
// CHECK-NEXT: 0x1.0000000000000p+0: 80 fe 00

func.func @quantize(%x: memref<1x8x1x16xf32>, %y: memref<1x8x1x16xf8E4M3FN>, %s: memref<1x1x8xf32>) {
  attn.quantize ins(%x : memref<1x8x1x16xf32>) outs(%y, %s : memref<1x8x1x16xf8E4M3FN>, memref<1x1x8xf32>) {block = 1}
  return
}
