// What the pipeline refuses as a whole, with what is in the way.

// RUN: fa3-opt %s --attn-to-hopper --split-input-file --verify-diagnostics

!t = memref<2x?x16x128xf16>
func.func @other_effects(%q: !t, %k: !t, %v: !t, %o: !t, %m: memref<4xf32>) {
  %c0 = arith.constant 0 : index
  %f = arith.constant 0.0 : f32
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
  // expected-error @+1 {{cannot stand beside the grid of a kernel; compute it outside, from what the kernel writes}}
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

!t = tensor<2x64x16x128xf16>
!c = tensor<2x100x16x128xf16>
func.func @cache(%q: !t, %k: !c, %v: !t) -> !t {
  // expected-note @+1 {{the slice is here; any may be an argument with strides}}
  %s = tensor.extract_slice %k[0, 0, 0, 0] [2, 64, 16, 128] [1, 1, 1, 1] : !c to !t
  %e = tensor.empty() : !t
  // expected-error @+1 {{expected a slice that a tensor copy can read, to the end of its buffer in dimension 1}}
  %o = attn.forward ins(%q, %s, %v : !t, !t, !t) outs(%e : !t) -> !t
  return %o : !t
}

// -----

// What makes an operand on tensors, or is made of the result.
!t = tensor<2x64x16x128xf16>
#row = affine_map<(b, i, h, d) -> (b, i, h, d)>
#column = affine_map<(b, i, h, d) -> (d)>
func.func @bias_of_queries(%q: !t, %k: !t, %v: !t, %bias: tensor<128xf16>) -> !t {
  %e = tensor.empty() : !t
  // expected-error @+1 {{cannot stand beside the grid of a kernel; compute it outside, and hand its result in}}
  %b = linalg.generic {indexing_maps = [#row, #column, #row],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%q, %bias : !t, tensor<128xf16>) outs(%e : !t) {
  ^bb0(%x: f16, %y: f16, %out: f16):
    %0 = arith.addf %x, %y : f16
    linalg.yield %0 : f16
  } -> !t
  %o = attn.forward ins(%b, %k, %v : !t, !t, !t) outs(%e : !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x16x64x128xf16>
!r = tensor<2x64x16x128xf16>
func.func @transposed_result(%q: !t, %k: !t, %v: !t) -> !r {
  %e = tensor.empty() : !t
  %f = tensor.empty() : !r
  %o = attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%e : !t) {layout = #attn.layout<bhsd>} -> !t
  // expected-error @+1 {{cannot stand beside the grid of a kernel; compute it outside, from what the kernel writes}}
  %r = linalg.transpose ins(%o : !t) outs(%f : !r) permutation = [0, 2, 1, 3]
  return %r : !r
}

// -----

// Layers in a loop, each on what the one before has made.
!t = tensor<2x64x16x128xf16>
func.func @layers(%q: !t, %k: !t, %v: !t, %n: index) -> !t {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %e = tensor.empty() : !t
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%x = %q) -> !t {
    // expected-error @+1 {{expected a grid in the function itself, but got 'scf.for' around it; the host launches kernels, and loops and branches around that}}
    %o = attn.forward ins(%x, %k, %v : !t, !t, !t) outs(%e : !t) -> !t
    scf.yield %o : !t
  }
  return %r : !t
}

// -----

!t = memref<2x?x16x128xf16>
func.func @branch(%q: !t, %k: !t, %v: !t, %o: !t, %n: i64) {
  %c0 = arith.constant 0 : i64
  %c = arith.cmpi eq, %n, %c0 : i64
  scf.if %c {
    // expected-error @+1 {{expected a grid in the function itself, but got 'scf.if' around it; the host launches kernels, and loops and branches around that}}
    attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
  }
  return
}
