// The bound of --check is a number whatever the plain implementation gives.

// Scores that overflow in f16: only the plain implementation has them there.
// RUN: fa3-run %s --entry overflow --check | FileCheck %s --check-prefix=OVERFLOW
// OVERFLOW: (%o): max abs error {{.*}}, bound {{[0-9.]+e-0[1-9]}}, {{.*}}: ok
// OVERFLOW: (%l): max abs error {{.*}}, bound {{[0-9.]+e\+0[0-9]}}, {{.*}}: ok

// The LSE of five equal scores: the plain implementation adds in double
// precision and is exact, a kernel rounds log 5 to f32.
// RUN: fa3-run %s --entry exact --check | FileCheck %s --check-prefix=EXACT
// EXACT: (%l): max abs error {{[1-9][.0-9]+}}e-08, bound {{[1-9][.0-9]+}}e-05, {{.*}}: ok

!t = memref<1x9x1x16xf16>
!l = memref<1x1x9xf32>
func.func @overflow(%q: !t, %k: !t, %v: !t, %o: !t, %l: !l) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o, %l : !t, !l) {scale = 1.0e+6 : f32}
  return
}
!z = memref<1x1x1x16xf16>
!k = memref<1x5x1x16xf16>
!y = memref<1x1x1xf32>
func.func @exact(%q: !z, %k: !k, %v: !k, %o: !z, %l: !y) {
  attn.forward ins(%q, %k, %v : !z, !k, !k) outs(%o, %l : !z, !y) {scale = 0.0 : f32}
  return
}
