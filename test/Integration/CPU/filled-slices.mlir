// A result that is made by hand, of a filled tensor into which the attention's output
// is inserted, as compilers that work on tensors write it.
// RUN: fa3-run %s --check | FileCheck %s
// CHECK: result 0: max abs error {{.*}}: ok

!t = tensor<1x9x2x16xf16>
!wide = tensor<1x16x2x16xf16>
func.func @padded(%q: !t, %k: !t, %v: !t) -> !wide {
  %zero = arith.constant 0.0 : f16
  %empty = tensor.empty() : !wide
  %filled = linalg.fill ins(%zero : f16) outs(%empty : !wide) -> !wide
  %init = tensor.empty() : !t
  %o = attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%init : !t) -> !t
  %r = tensor.insert_slice %o into %filled[0, 3, 0, 0] [1, 9, 2, 16] [1, 1, 1, 1] : !t into !wide
  return %r : !wide
}
