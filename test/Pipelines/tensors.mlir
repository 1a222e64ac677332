// A public function on tensors: its result is an argument, which the kernel writes.

// RUN: fa3-opt %s --attn-to-hopper | FileCheck %s

// bufferization-drop-equivalent-buffer-results changes private functions only,
// unless it is told otherwise (modify-public-functions).
// XFAIL: *

// CHECK: llvm.func @tensors
!t = tensor<2x?x16x128xf16>
func.func @tensors(%q: !t, %k: !t, %v: !t, %o: !t) -> !t {
  %0 = attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t) -> !t
  return %0 : !t
}
