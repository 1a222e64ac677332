// What the pipeline refuses as a whole, with what is in the way.

// RUN: fa3-opt %s --attn-to-hopper --split-input-file --verify-diagnostics

!t = memref<2x?x16x128xf16>
// expected-error @+1 {{expected one attention in a function}}
func.func @two_in_a_function(%q: !t, %k: !t, %v: !t, %o: !t, %p: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%p : !t)
  return
}

// -----

!t = memref<2x?x16x128xf16>
func.func @other_effects(%q: !t, %k: !t, %v: !t, %o: !t, %m: memref<4xf32>) {
  %c0 = arith.constant 0 : index
  %f = arith.constant 0.0 : f32
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
  // expected-error @+1 {{cannot stand beside the grid of a kernel; compute it outside, and hand its result in}}
  memref.store %f, %m[%c0] : memref<4xf32>
  return
}

// -----

!t = memref<2x?x16x128xf16>
// expected-error @+1 {{expected arguments that are memrefs, index, i32, i64, f32 or f64, but got 'i1'}}
func.func @scalar_argument(%q: !t, %k: !t, %v: !t, %o: !t, %i: i1) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t) {causal}
  return
}

// -----

!t = memref<2x?x16x128xf16>
// expected-error @+1 {{cannot become a kernel: the host launches kernels, and nothing in the module may refer to one}}
func.func @called(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
  return
}
func.func @caller(%q: !t, %k: !t, %v: !t, %o: !t) {
  // expected-note @+1 {{used here}}
  func.call @called(%q, %k, %v, %o) : (!t, !t, !t, !t) -> ()
  return
}

// -----

// A result that is no output: a kernel cannot allocate.
!t = tensor<2x64x16x128xf16>
// expected-error @+1 {{expected result 1 to be an output of an attn.forward, or an argument, but got 'memref<4xf32>' from elsewhere; a kernel writes its results in place}}
func.func @own_result(%q: !t, %k: !t, %v: !t) -> (!t, tensor<4xf32>) {
  %e = tensor.empty() : !t
  %0 = attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%e : !t) -> !t
  %c = arith.constant dense<[0.0, 1.0, 2.0, 3.0]> : tensor<4xf32>
  return %0, %c : !t, tensor<4xf32>
}

// -----

// A copy of a copy engine needs the address of an argument.
!t = memref<2x?x16x128xf16>
func.func @view(%q: !t, %k: memref<2x?x16x256xf16>, %v: !t, %o: !t) {
  %c1 = arith.constant 1 : index
  %d = memref.dim %k, %c1 : memref<2x?x16x256xf16>
  %s = memref.subview %k[0, 0, 0, 128] [2, %d, 16, 128] [1, 1, 1, 1] : memref<2x?x16x256xf16> to memref<2x?x16x128xf16, strided<[?, 4096, 256, 1], offset: 128>>
  // expected-error @+1 {{expected to read an argument of the kernel: only the host can make a tensor map; hand a slice in as an argument with strides}}
  attn.forward ins(%q, %s, %v : !t, memref<2x?x16x128xf16, strided<[?, 4096, 256, 1], offset: 128>>, !t) outs(%o : !t)
  return
}
