// A block of 128 rows of one head (six are not taken four at a time) is loaded and
// stored 16 and 8 bytes at a time, all loads in front; the manifest has the host check
// that addresses allow it.
// RUN: fa3-compile %s -o %t.ptx
// RUN: FileCheck %s < %t.ptx
// RUN: FileCheck %s --check-prefix=MANIFEST < %t.json

// CHECK: .minnctapersm 2
// CHECK-COUNT-8: ld.global.v4.b32
// CHECK-NOT: ld.global
// CHECK: shfl.sync.bfly.b32
// CHECK: bar.sync
// CHECK: cvt.rn.satfinite.e4m3x2.f32
// CHECK-COUNT-8: st.global.v4.b16
// CHECK-NOT: st.global
// MANIFEST: {"name":"arg0",{{.*}},"alignment":16}
// MANIFEST: {"name":"arg1",{{.*}},"alignment":8}
// MANIFEST: "expected a scale for each block of rows"

func.func @quantize(%x: memref<1x?x6x128xf16>, %y: memref<1x?x6x128xf8E4M3FN>, %s: memref<1x6x?xf32>) {
  attn.quantize ins(%x : memref<1x?x6x128xf16>) outs(%y, %s : memref<1x?x6x128xf8E4M3FN>, memref<1x6x?xf32>) {block = 128, rotation = 7}
  return
}
