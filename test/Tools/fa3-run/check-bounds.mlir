// The bound of --check is a number whatever the plain implementation gives.

// Scores that overflow in f16: only the plain implementation has them there.
// RUN: fa3-run %s --entry overflow --check | FileCheck %s --check-prefix=OVERFLOW
// OVERFLOW: (%o): max abs error {{.*}}, bound {{[0-9.]+e-0[1-9]}}, {{.*}}: ok
// OVERFLOW: (%l): max abs error {{.*}}, bound {{[0-9.]+e\+0[0-9]}}, {{.*}}: ok

// The LSE of five equal scores: the plain implementation adds in double
// precision and is exact, a kernel rounds log 5 to f32.
// RUN: fa3-run %s --entry exact --check | FileCheck %s --check-prefix=EXACT
// EXACT: (%l): max abs error {{[1-9][.0-9]+}}e-08, bound {{[1-9][.0-9]+}}e-05, {{.*}}: ok

// An error that the bound takes in, and one of less than twice the bound: adding
// a large number to a score and taking it off again costs bits of f32.
// RUN: fa3-run %s --entry inside --check | FileCheck %s --check-prefix=INSIDE
// INSIDE: (%o): max abs error 1.{{[0-9]+}}e-03, bound 2.{{[0-9]+}}e-03, {{.*}}: ok
// RUN: not fa3-run %s --entry outside --check | FileCheck %s --check-prefix=OUTSIDE
// OUTSIDE: (%o): max abs error 4.{{[0-9]+}}e-03, bound 2.{{[0-9]+}}e-03, {{.*}}: FAILED

// Tensors are values: an argument may be read, and say what the output is like.
// RUN: fa3-run %s --entry values --check | FileCheck %s --check-prefix=VALUES
// VALUES: result 0: {{.*}}: ok

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

func.func @inside(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %c = arith.constant 65536.0 : f32
    %x = arith.addf %s, %c : f32
    %y = arith.subf %x, %c : f32
    attn.yield %y : f32
  }
  return
}
func.func @outside(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %c = arith.constant 131072.0 : f32
    %x = arith.addf %s, %c : f32
    %y = arith.subf %x, %c : f32
    attn.yield %y : f32
  }
  return
}

!a = tensor<1x9x1x8xf16>
func.func @values(%a: !a, %b: !a) -> !a {
  %r = attn.forward ins(%a, %b, %b : !a, !a, !a) outs(%a : !a) -> !a
  return %r : !a
}
