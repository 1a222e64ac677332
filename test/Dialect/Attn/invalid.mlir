// One case for each branch of each numbered constraint of the dialect's
// operations (AttnOps.td), named by its number.

// RUN: fa3-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// attn.forward
//===----------------------------------------------------------------------===//

// Constraint 1: ranked tensors or memrefs.
!u = memref<*xf16>
func.func @c1_unranked(%i: !u) {
  // expected-error @+1 {{expected Q to be a ranked tensor or a memref, but got 'memref<*xf16>'}}
  attn.forward ins(%i, %i, %i : !u, !u, !u) outs(%i : !u)
  return
}

// -----

// Constraint 1: ranked tensors or memrefs.
!v = vector<1x16x2x64xf16>
func.func @c1_vector(%i: !v) {
  // expected-error @+1 {{expected Q to be a ranked tensor or a memref, but got 'vector<1x16x2x64xf16>'}}
  attn.forward ins(%i, %i, %i : !v, !v, !v) outs(%i : !v)
  return
}

// -----

// Constraint 1: all tensors or all memrefs.
!m = memref<1x16x2x64xf16>
!t = tensor<1x16x2x64xf16>
func.func @c1_memref_among_tensors(%t: !t, %m: !m) {
  // expected-error @+1 {{expected all operands to be tensors, but V is 'memref<1x16x2x64xf16>'}}
  %0 = attn.forward ins(%t, %t, %m : !t, !t, !m) outs(%t : !t) -> !t
  return
}

// -----

// Constraint 1: all tensors or all memrefs.
!m = memref<1x16x2x64xf16>
func.func @c1_tensor_among_memrefs(%m: !m, %lse: tensor<1x2x16xf32>) {
  // expected-error @+1 {{expected all operands to be memrefs, but LSE is 'tensor<1x2x16xf32>'}}
  %0 = attn.forward ins(%m, %m, %m : !m, !m, !m) outs(%m, %lse : !m, tensor<1x2x16xf32>) -> tensor<1x2x16xf32>
  return
}

// -----

// Constraint 1: rank of Q, K, V, O.
!t = tensor<1x16x2x64xf16>
!r = tensor<16x2x64xf16>
func.func @c1_rank(%t: !t, %r: !r) {
  // expected-error @+1 {{expected K to have rank 4, but got 3}}
  %0 = attn.forward ins(%t, %r, %t : !t, !r, !t) outs(%t : !t) -> !t
  return
}

// -----

// Constraint 1: rank of Q, K, V, O.
!r = tensor<f16>
func.func @c1_rank_zero(%r: !r) {
  // expected-error @+1 {{expected Q to have rank 4, but got 0}}
  %0 = attn.forward ins(%r, %r, %r : !r, !r, !r) outs(%r : !r) -> !r
  return
}

// -----

// Constraint 1: rank of LSE.
!m = memref<1x16x2x64xf16>
func.func @c1_lse_rank(%m: !m, %lse: memref<1x2x16x1xf32>) {
  // expected-error @+1 {{expected LSE to have rank 3, but got 4}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) outs(%m, %lse : !m, memref<1x2x16x1xf32>)
  return
}

// -----

// Constraint 1: one operand each; the generic form can say otherwise.
!t = tensor<1x16x2x64xf16>
func.func @c1_two_queries(%t: !t) {
  // expected-error @+1 {{expected one operand for Q, but got 2}}
  %0 = "attn.forward"(%t, %t, %t, %t)
      <{operandSegmentSizes = array<i32: 2, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0>}> ({}, {})
      : (!t, !t, !t, !t) -> !t
  return
}

// -----

// Constraint 1: one operand each; the generic form can say otherwise.
!t = tensor<1x16x2x64xf16>
func.func @c1_no_output(%t: !t) {
  // expected-error @+1 {{expected one operand for O, but got 0}}
  %0 = "attn.forward"(%t, %t, %t, %t)
      <{operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1>}> ({}, {})
      : (!t, !t, !t, !t) -> !t
  return
}

// -----

// Constraint 2: element types of Q.
!m = memref<1x16x2x64xf32>
func.func @c2_f32(%m: !m) {
  // expected-error @+1 {{expected Q to have elements of type f16, bf16, f8E4M3FN, f8E5M2 or i8, but got 'f32'}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) outs(%m : !m)
  return
}

// -----

// Constraint 2: element types of Q.
!m = memref<1x16x2x64xf8E4M3FNUZ>
func.func @c2_other_8_bit_type(%m: !m) {
  // expected-error @+1 {{f8E4M3FN, f8E5M2 or i8, but got 'f8E4M3FNUZ'}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) outs(%m : !m)
  return
}

// -----

// Constraint 2: one element type.
!m = memref<1x16x2x64xf16>
!b = memref<1x16x2x64xbf16>
func.func @c2_key_type(%m: !m, %b: !b) {
  // expected-error @+1 {{expected Q, K and V to have one element type, or V f8E4M3FN beside i8, but Q has 'f16' and K has 'bf16'}}
  attn.forward ins(%m, %b, %m : !m, !b, !m) outs(%m : !m)
  return
}

// -----

// Constraint 2: one element type.
!a = memref<1x16x2x64xf8E4M3FN>
!b = memref<1x16x2x64xf8E5M2>
!o = memref<1x16x2x64xf16>
!s = memref<1x2x1xf32>
func.func @c2_value_type(%a: !a, %b: !b, %o: !o, %s: !s) {
  // expected-error @+1 {{expected Q, K and V to have one element type, or V f8E4M3FN beside i8, but Q has 'f8E4M3FN' and V has 'f8E5M2'}}
  attn.forward ins(%a, %a, %b : !a, !a, !b) scales(%s, %s, %s : !s, !s, !s) outs(%o : !o)
  return
}

// -----

// Constraint 2: integers beside floats for scores, not the other way round.
func.func @c2_integer_values(%q: memref<1x16x2x64xf8E4M3FN>, %v: memref<1x16x2x64xi8>, %s: memref<1x1x1xf32>, %o: memref<1x16x2x64xf16>) {
  // expected-error @+1 {{expected Q, K and V to have one element type, or V f8E4M3FN beside i8, but Q has 'f8E4M3FN' and V has 'i8'}}
  attn.forward ins(%q, %q, %v : memref<1x16x2x64xf8E4M3FN>, memref<1x16x2x64xf8E4M3FN>, memref<1x16x2x64xi8>) scales(%s, %s, %s : memref<1x1x1xf32>, memref<1x1x1xf32>, memref<1x1x1xf32>) outs(%o : memref<1x16x2x64xf16>)
  return
}

// -----

// Constraint 3: O as Q.
!m = memref<1x16x2x64xf16>
!o = memref<1x16x2x64xf32>
func.func @c3_output_type(%m: !m, %o: !o) {
  // expected-error @+1 {{expected O to have elements of type 'f16' as Q has, but got 'f32'}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) outs(%o : !o)
  return
}

// -----

// Constraint 3: O of 8-bit inputs.
!m = memref<1x16x2x64xf8E4M3FN>
!s = memref<1x2x1xf32>
func.func @c3_output_of_8_bits(%m: !m, %s: !s) {
  // expected-error @+1 {{expected O to have elements of type f16, bf16 or f32, but got 'f8E4M3FN'}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) scales(%s, %s, %s : !s, !s, !s) outs(%m : !m)
  return
}

// -----

// Constraint 3: LSE is f32.
!m = memref<1x16x2x64xf16>
func.func @c3_lse_type(%m: !m, %lse: memref<1x2x16xf16>) {
  // expected-error @+1 {{expected LSE to have elements of type f32, but got 'f16'}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) outs(%m, %lse : !m, memref<1x2x16xf16>)
  return
}

// -----

// Constraint 4: static.
!m = memref<1x16x2x?xf16>
func.func @c4_dynamic(%m: !m) {
  // expected-error @+1 {{expected the head dimension of Q to be static, but got a dynamic one}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) outs(%m : !m)
  return
}

// -----

// Constraint 4: static, of K and O too.
!m = memref<1x16x2x64xf16>
!d = memref<1x16x2x?xf16>
func.func @c4_dynamic_key(%m: !m, %d: !d) {
  // expected-error @+1 {{expected the head dimension of K to be static, but got a dynamic one}}
  attn.forward ins(%m, %d, %m : !m, !d, !m) outs(%m : !m)
  return
}

// -----

// Constraint 4: static, of K and O too.
!m = memref<1x16x2x64xf16>
!d = memref<1x16x2x?xf16>
func.func @c4_dynamic_output(%m: !m, %d: !d) {
  // expected-error @+1 {{expected the head dimension of O to be static, but got a dynamic one}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) outs(%d : !d)
  return
}

// -----

// Constraint 4: multiples of 8.
!m = memref<1x16x2x100xf16>
func.func @c4_multiple_of_8(%m: !m) {
  // expected-error @+1 {{expected the head dimension of Q to be a multiple of 8 between 8 and 256, but got 100}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) outs(%m : !m)
  return
}

// -----

// Constraint 4: not zero.
!m = memref<1x16x2x0xf16>
func.func @c4_zero(%m: !m) {
  // expected-error @+1 {{expected the head dimension of Q to be a multiple of 8 between 8 and 256, but got 0}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) outs(%m : !m)
  return
}

// -----

// Constraint 4: at most 256.
!m = memref<1x16x2x64xf16>
!v = memref<1x16x2x264xf16>
func.func @c4_too_large(%m: !m, %v: !v) {
  // expected-error @+1 {{expected the head dimension of V to be a multiple of 8 between 8 and 256, but got 264}}
  attn.forward ins(%m, %m, %v : !m, !m, !v) outs(%v : !v)
  return
}

// -----

// Constraint 4: multiples of 16 for 8-bit types.
!m = memref<1x16x2x72xf8E4M3FN>
!o = memref<1x16x2x72xf16>
!s = memref<1x2x1xf32>
func.func @c4_multiple_of_16(%m: !m, %o: !o, %s: !s) {
  // expected-error @+1 {{expected the head dimension of Q to be a multiple of 16 between 16 and 256, but got 72}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) scales(%s, %s, %s : !s, !s, !s) outs(%o : !o)
  return
}

// -----

// Constraint 4: Q and K.
!q = memref<1x16x2x64xf16>
!k = memref<1x16x2x128xf16>
func.func @c4_query_and_key(%q: !q, %k: !k) {
  // expected-error @+1 {{expected Q and K to have the same head dimension, but got 64 and 128}}
  attn.forward ins(%q, %k, %q : !q, !k, !q) outs(%q : !q)
  return
}

// -----

// Constraint 4: V and O.
!q = memref<1x16x2x64xf16>
!v = memref<1x16x2x128xf16>
func.func @c4_value_and_output(%q: !q, %v: !v) {
  // expected-error @+1 {{expected V and O to have the same head dimension, but got 128 and 64}}
  attn.forward ins(%q, %q, %v : !q, !q, !v) outs(%q : !q)
  return
}

// -----

// Constraint 5: batch of K.
!q = memref<2x16x2x64xf16>
!k = memref<3x16x2x64xf16>
func.func @c5_batch_of_key(%q: !q, %k: !k) {
  // expected-error @+1 {{expected Q and K to have the same batch size, but got 2 and 3}}
  attn.forward ins(%q, %k, %q : !q, !k, !q) outs(%q : !q)
  return
}

// -----

// Constraint 5: batch of V.
!q = memref<2x16x2x64xf16>
!k = memref<3x16x2x64xf16>
func.func @c5_batch_of_value(%q: !q, %k: !k) {
  // expected-error @+1 {{expected Q and V to have the same batch size, but got 2 and 3}}
  attn.forward ins(%q, %q, %k : !q, !q, !k) outs(%q : !q)
  return
}

// -----

// Constraint 5: batch of O.
!q = memref<2x16x2x64xf16>
!k = memref<3x16x2x64xf16>
func.func @c5_batch_of_output(%q: !q, %k: !k) {
  // expected-error @+1 {{expected Q and O to have the same batch size, but got 2 and 3}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%k : !k)
  return
}

// -----

// Constraint 5: lengths of K and V.
!q = memref<2x16x2x64xf16>
!k = memref<2x17x2x64xf16>
func.func @c5_length_of_value(%q: !q, %k: !k) {
  // expected-error @+1 {{expected K and V to have the same length, but got 16 and 17}}
  attn.forward ins(%q, %q, %k : !q, !q, !k) outs(%q : !q)
  return
}

// -----

// Constraint 5: lengths of Q and O.
!q = memref<2x16x2x64xf16>
!k = memref<2x17x2x64xf16>
func.func @c5_length_of_output(%q: !q, %k: !k) {
  // expected-error @+1 {{expected Q and O to have the same length, but got 16 and 17}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%k : !k)
  return
}

// -----

// Constraint 5: lengths, in the other layout.
!q = memref<2x4x16x64xf16>
!o = memref<2x4x17x64xf16>
func.func @c5_length_in_bhsd(%q: !q, %o: !o) {
  // expected-error @+1 {{expected Q and O to have the same length, but got 16 and 17}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%o : !o) {layout = #attn.layout<bhsd>}
  return
}

// -----

// Constraint 5: heads of K and V.
!q = memref<2x16x4x64xf16>
!k = memref<2x16x2x64xf16>
func.func @c5_heads_of_value(%q: !q, %k: !k) {
  // expected-error @+1 {{expected K and V to have the same number of heads, but got 4 and 2}}
  attn.forward ins(%q, %q, %k : !q, !q, !k) outs(%q : !q)
  return
}

// -----

// Constraint 5: heads of Q and O.
!q = memref<2x16x4x64xf16>
!k = memref<2x16x2x64xf16>
func.func @c5_heads_of_output(%q: !q, %k: !k) {
  // expected-error @+1 {{expected Q and O to have the same number of heads, but got 4 and 2}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%k : !k)
  return
}

// -----

// Constraint 5: batch of LSE.
!q = memref<2x16x4x64xf16>
func.func @c5_batch_of_lse(%q: !q, %lse: memref<3x4x16xf32>) {
  // expected-error @+1 {{expected Q and LSE to have the same batch size, but got 2 and 3}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q, %lse : !q, memref<3x4x16xf32>)
  return
}

// -----

// Constraint 5: heads of LSE.
!q = memref<2x16x4x64xf16>
func.func @c5_heads_of_lse(%q: !q, %lse: memref<2x16x4xf32>) {
  // expected-error @+1 {{expected Q and LSE to have the same number of heads, but got 4 and 16}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q, %lse : !q, memref<2x16x4xf32>)
  return
}

// -----

// Constraint 5: length of LSE.
!q = memref<2x16x4x64xf16>
func.func @c5_length_of_lse(%q: !q, %lse: memref<2x4x17xf32>) {
  // expected-error @+1 {{expected Q and LSE to have the same length, but got 16 and 17}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q, %lse : !q, memref<2x4x17xf32>)
  return
}

// -----

// Constraint 6: static.
!q = memref<2x16x?x64xf16>
func.func @c6_dynamic(%q: !q) {
  // expected-error @+1 {{expected the number of heads of Q to be static, but got a dynamic one}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q)
  return
}

// -----

// Constraint 6: static, of O too.
!q = memref<2x16x4x64xf16>
!o = memref<2x16x?x64xf16>
func.func @c6_dynamic_output(%q: !q, %o: !o) {
  // expected-error @+1 {{expected the number of heads of O to be static, but got a dynamic one}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%o : !o)
  return
}

// -----

// Constraint 6: Hk divides Hq.
!q = memref<2x16x8x64xf16>
!k = memref<2x16x3x64xf16>
func.func @c6_divides(%q: !q, %k: !k) {
  // expected-error @+1 {{expected the heads of K to divide the heads of Q, but got 3 and 8}}
  attn.forward ins(%q, %k, %k : !q, !k, !k) outs(%q : !q)
  return
}

// -----

// Constraint 6: more heads of K than of Q.
!q = memref<2x16x4x64xf16>
!k = memref<2x16x8x64xf16>
func.func @c6_more_key_heads(%q: !q, %k: !k) {
  // expected-error @+1 {{expected the heads of K to divide the heads of Q, but got 8 and 4}}
  attn.forward ins(%q, %k, %k : !q, !k, !k) outs(%q : !q)
  return
}

// -----

// Constraint 6: no heads.
!q = memref<2x16x0x64xf16>
func.func @c6_no_heads(%q: !q) {
  // expected-error @+1 {{expected the heads of K to divide the heads of Q, but got 0 and 0}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q)
  return
}

// -----

// Constraint 7: last stride.
!q = memref<2x16x4x64xf16>
!k = memref<2x16x4x64xf16, strided<[8192, 512, 128, 2]>>
func.func @c7_stride(%q: !q, %k: !k) {
  // expected-error @+1 {{expected the last stride of K to be 1, but got 2}}
  attn.forward ins(%q, %k, %q : !q, !k, !q) outs(%q : !q)
  return
}

// -----

// Constraint 7: last stride.
!q = memref<2x16x4x64xf16>
!o = memref<2x16x4x64xf16, strided<[?, ?, ?, ?]>>
func.func @c7_dynamic_stride(%q: !q, %o: !o) {
  // expected-error @+1 {{expected the last stride of O to be 1, but got a dynamic one}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%o : !o)
  return
}

// -----

// Constraint 7: last stride of LSE.
!q = memref<2x16x4x64xf16>
!l = memref<2x4x16xf32, strided<[64, 1, 4]>>
func.func @c7_lse_stride(%q: !q, %lse: !l) {
  // expected-error @+1 {{expected the last stride of LSE to be 1, but got 4}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q, %lse : !q, !l)
  return
}

// -----

// Constraint 7: a layout without strides.
!q = memref<2x16x4x64xf16>
!k = memref<2x16x4x64xf16, affine_map<(a, b, c, d) -> (a, b floordiv 2, c, d)>>
func.func @c7_no_strides(%q: !q, %k: !k) {
  // expected-error @+1 {{expected K to have a strided layout, but got 'memref<2x16x4x64xf16, affine_map<}}
  attn.forward ins(%q, %k, %q : !q, !k, !q) outs(%q : !q)
  return
}

// -----

// Constraint 8: left side.
!q = memref<2x16x4x64xf16>
func.func @c8_left(%q: !q) {
  // expected-error @+2 {{expected a left window of 0 to 1099511627776 keys, but got -1}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q)
      {window = #attn.window<left = -1, right = 3>}
  return
}

// -----

// Constraint 8: right side.
!q = memref<2x16x4x64xf16>
func.func @c8_right(%q: !q) {
  // expected-error @+2 {{expected a right window of 0 to 1099511627776 keys, but got -7}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q)
      {window = #attn.window<right = -7>}
  return
}

// -----

// Constraint 9: NaN.
!q = memref<2x16x4x64xf16>
func.func @c9_nan(%q: !q) {
  // expected-error @+1 {{expected a finite scale, but got nan}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) {scale = 0x7FC00000 : f32}
  return
}

// -----

// Constraint 9: infinity.
!q = memref<2x16x4x64xf16>
func.func @c9_infinity(%q: !q) {
  // expected-error @+1 {{expected a finite scale, but got -INF}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) {scale = 0xFF800000 : f32}
  return
}

// -----

// Constraint 10: arguments of the score region.
!q = memref<2x16x4x64xf16>
func.func @c10_score_arguments(%q: !q) {
  // expected-error @+1 {{expected the score region to take ('f32', 'index', 'index', 'index', 'index'), but got ('f16', 'index')}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) score {
  ^bb0(%s: f16, %b: index):
    %r = arith.constant 0.0 : f32
    attn.yield %r : f32
  }
  return
}

// -----

// Constraint 10: result of the score region.
!q = memref<2x16x4x64xf16>
func.func @c10_score_result(%q: !q) {
  // expected-error @+1 {{expected the score region to yield 'f32', but got 'i1'}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %r = arith.constant true
    attn.yield %r : i1
  }
  return
}

// -----

// Constraint 10: arguments of the mask region.
!q = memref<2x16x4x64xf16>
func.func @c10_mask_arguments(%q: !q) {
  // expected-error @+1 {{expected the mask region to take ('index', 'index', 'index', 'index'), but got ('f32', 'index', 'index', 'index', 'index')}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) mask {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %r = arith.constant true
    attn.yield %r : i1
  }
  return
}

// -----

// Constraint 10: result of the mask region.
!q = memref<2x16x4x64xf16>
func.func @c10_mask_result(%q: !q) {
  // expected-error @+1 {{expected the mask region to yield 'i1', but got 'f32'}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %r = arith.constant 1.0 : f32
    attn.yield %r : f32
  }
  return
}

// -----

// Constraint 10: no region without a terminator.
!q = memref<2x16x4x64xf16>
func.func @c10_no_terminator(%q: !q) {
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    // expected-error @+1 {{block with no terminator}}
    %r = arith.addf %s, %s : f32
  }
  return
}

// -----

// Constraint 10: no region without an operation.
!q = memref<2x16x4x64xf16>
func.func @c10_empty_block(%q: !q) {
  // expected-error @+1 {{empty block: expect at least a terminator}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
  }
  return
}

// -----

// Constraint 10: ends with attn.yield.
!q = memref<2x16x4x64xf16>
func.func @c10_other_terminator(%q: !q) {
  // expected-error @+1 {{expected the score region to end with attn.yield}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    llvm.unreachable
  }
  return
}

// -----

// Constraint 10: one block.
!q = memref<2x16x4x64xf16>
func.func @c10_two_blocks(%q: !q) {
  // expected-error @+1 {{region #1 ('maskRegion') failed to verify constraint: region with at most 1 blocks}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    cf.br ^bb1
  ^bb1:
    %r = arith.constant true
    attn.yield %r : i1
  }
  return
}

// -----

// Constraint 10: effects.
!q = memref<2x16x4x64xf16>
func.func @c10_store(%q: !q, %m: memref<f32>) {
  // expected-error @+1 {{expected the operations of the score region to be pure or only to read, but got memref.store}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    // expected-note @+1 {{the operation is here}}
    memref.store %s, %m[] : memref<f32>
    attn.yield %s : f32
  }
  return
}

// -----

// Constraint 10: effects that are not known.
!q = memref<2x16x4x64xf16>
func.func private @g() -> i1
func.func @c10_call(%q: !q) {
  // expected-error @+1 {{expected the operations of the mask region to be pure or only to read, but got func.call}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    // expected-note @+1 {{the operation is here}}
    %r = func.call @g() : () -> i1
    attn.yield %r : i1
  }
  return
}

// -----

// Constraint 10: each region has its own values. The parser joins a name that
// is used in the first region with its definition in the second, and destroys
// the second first.
!q = memref<2x16x4x64xf16>
func.func @c10_value_of_the_other_region(%q: !q, %m: memref<?xf32>) {
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %c: index):
    %r = memref.load %m[%j] : memref<?xf32>
    attn.yield %r : f32
  // expected-error @+1 {{expected the values of the mask region to be used inside of it}}
  } mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %t = arith.constant true
    attn.yield %t : i1
  }
  return
}

// -----

// The same with an error in the second region.
!q = memref<2x16x4x64xf16>
func.func @c10_value_of_the_other_region_and_error(%q: !q, %m: memref<?xf32>) {
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %c: index):
    %r = memref.load %m[%j] : memref<?xf32>
    attn.yield %r : f32
  } mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
  // expected-error @+1 {{redefinition of block '^bb0'}}
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %t = arith.constant true
    attn.yield %t : i1
  }
  return
}

// -----

// Constraint 11: scales missing.
!m = memref<1x16x2x64xf8E4M3FN>
!o = memref<1x16x2x64xf16>
func.func @c11_missing(%m: !m, %o: !o) {
  // expected-error @+1 {{expected scales of Q, K and V with elements of type 'f8E4M3FN'}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) outs(%o : !o)
  return
}

// -----

// Constraint 11: one scale missing, which only the generic form can say.
!m = memref<1x16x2x64xf8E4M3FN>
!o = memref<1x16x2x64xf16>
!s = memref<1x2x1xf32>
func.func @c11_one_missing(%m: !m, %o: !o, %s: !s) {
  // expected-error @+1 {{expected scales of Q, K and V with elements of type 'f8E4M3FN'}}
  "attn.forward"(%m, %m, %m, %s, %s, %o)
      <{operandSegmentSizes = array<i32: 1, 1, 1, 1, 0, 1, 0, 0, 0, 1, 0>}> ({}, {})
      : (!m, !m, !m, !s, !s, !o) -> ()
  return
}

// -----

// Constraint 11: none for 16 bits.
!m = memref<1x16x2x64xf16>
!s = memref<1x2x1xf32>
func.func @c11_not_for_16_bits(%m: !m, %s: !s) {
  // expected-error @+1 {{expected no block scales with elements of type 'f16'}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) scales(%s, %s, %s : !s, !s, !s) outs(%m : !m)
  return
}

// -----

// Constraint 11: no blocks for 16 bits either.
!m = memref<1x16x2x64xbf16>
func.func @c11_no_blocks_for_16_bits(%m: !m) {
  // expected-error @+1 {{expected no block scales with elements of type 'bf16'}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) outs(%m : !m) {key_block = 64 : i64}
  return
}

// -----

// Constraint 11: f32.
!m = memref<1x16x2x64xf8E4M3FN>
!o = memref<1x16x2x64xf16>
!s = memref<1x2x1xf32>
!h = memref<1x2x1xf16>
func.func @c11_type(%m: !m, %o: !o, %s: !s, %h: !h) {
  // expected-error @+1 {{expected the scale of K to be f32 of rank 3 (batch, heads, blocks), but got 'memref<1x2x1xf16>'}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) scales(%s, %h, %s : !s, !h, !s) outs(%o : !o)
  return
}

// -----

// Constraint 11: rank 3.
!m = memref<1x16x2x64xf8E4M3FN>
!o = memref<1x16x2x64xf16>
!s = memref<1x2x1xf32>
!h = memref<f32>
func.func @c11_rank(%m: !m, %o: !o, %s: !s, %h: !h) {
  // expected-error @+1 {{expected the scale of V to be f32 of rank 3 (batch, heads, blocks), but got 'memref<f32>'}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) scales(%s, %s, %h : !s, !s, !h) outs(%o : !o)
  return
}

// -----

// Constraint 11: ranked.
!m = memref<1x16x2x64xf8E4M3FN>
!o = memref<1x16x2x64xf16>
!s = memref<1x2x1xf32>
!h = memref<*xf32>
func.func @c11_unranked(%m: !m, %o: !o, %s: !s, %h: !h) {
  // expected-error @+1 {{expected the scale of Q to be a memref as Q is, but got 'memref<*xf32>'}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) scales(%h, %s, %s : !h, !s, !s) outs(%o : !o)
  return
}

// -----

// Constraint 11: of the kind that Q is of.
!m = tensor<1x16x2x64xf8E4M3FN>
!o = tensor<1x16x2x64xf16>
!s = memref<1x2x1xf32>
func.func @c11_kind(%m: !m, %o: !o, %s: !s) {
  // expected-error @+1 {{expected the scale of Q to be a ranked tensor as Q is, but got 'memref<1x2x1xf32>'}}
  %0 = attn.forward ins(%m, %m, %m : !m, !m, !m) scales(%s, %s, %s : !s, !s, !s) outs(%o : !o) -> !o
  return
}

// -----

// Constraint 11: batch.
!m = memref<1x16x2x64xf8E4M3FN>
!o = memref<1x16x2x64xf16>
!s = memref<1x2x1xf32>
!h = memref<2x2x1xf32>
func.func @c11_batch(%m: !m, %o: !o, %s: !s, %h: !h) {
  // expected-error @+1 {{expected Q and the scale of Q to have the same batch size, but got 1 and 2}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) scales(%h, %s, %s : !h, !s, !s) outs(%o : !o)
  return
}

// -----

// Constraint 11: heads.
!m = memref<1x16x2x64xf8E4M3FN>
!o = memref<1x16x2x64xf16>
!s = memref<1x2x1xf32>
!h = memref<1x3x1xf32>
func.func @c11_heads(%m: !m, %o: !o, %s: !s, %h: !h) {
  // expected-error @+1 {{expected K and the scale of K to have the same number of heads, but got 2 and 3}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) scales(%s, %h, %s : !s, !h, !s) outs(%o : !o)
  return
}

// -----

// Constraint 11: one block where no block size stands.
!m = memref<1x16x2x64xf8E4M3FN>
!o = memref<1x16x2x64xf16>
!s = memref<1x2x1xf32>
!h = memref<1x2x2xf32>
func.func @c11_one_block(%m: !m, %o: !o, %s: !s, %h: !h) {
  // expected-error @+1 {{expected the scale of V to have 1 blocks, but got 2}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) scales(%s, %s, %h : !s, !s, !h) outs(%o : !o)
  return
}

// -----

// Constraint 11: number of blocks, rounded up.
!m = memref<1x16x2x64xf8E4M3FN>
!o = memref<1x16x2x64xf16>
!s = memref<1x2x1xf32>
!h = memref<1x2x3xf32>
func.func @c11_blocks(%m: !m, %o: !o, %s: !s, %h: !h) {
  // expected-error @+1 {{expected the scale of Q to have 4 blocks, but got 3}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) scales(%h, %s, %s : !h, !s, !s) outs(%o : !o) {query_block = 5 : i64}
  return
}

// -----

// Constraint 11: size of a block.
!m = memref<1x16x2x64xf8E4M3FN>
!o = memref<1x16x2x64xf16>
!s = memref<1x2x1xf32>
func.func @c11_block_size(%m: !m, %o: !o, %s: !s) {
  // expected-error @+1 {{expected the block of the scale of K to have at least 1 row, but got 0}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) scales(%s, %s, %s : !s, !s, !s) outs(%o : !o) {key_block = 0 : i64}
  return
}

// -----

// Constraint 12: a result for each output.
!t = tensor<1x16x2x64xf16>
func.func @c12_no_result(%t: !t) {
  // expected-error @+1 {{expected 1 results, but got 0}}
  attn.forward ins(%t, %t, %t : !t, !t, !t) outs(%t : !t)
  return
}

// -----

// Constraint 12: a result for each output.
!t = tensor<1x16x2x64xf16>
!l = tensor<1x2x16xf32>
func.func @c12_no_lse(%t: !t, %l: !l) {
  // expected-error @+1 {{expected 2 results, but got 1}}
  %0 = attn.forward ins(%t, %t, %t : !t, !t, !t) outs(%t, %l : !t, !l) -> !t
  return
}

// -----

// Constraint 12: no result on memrefs.
!m = memref<1x16x2x64xf16>
!t = tensor<1x16x2x64xf16>
func.func @c12_result_on_memrefs(%m: !m) {
  // expected-error @+1 {{expected 0 results, but got 1}}
  %0 = attn.forward ins(%m, %m, %m : !m, !m, !m) outs(%m : !m) -> !t
  return
}

// -----

// Constraint 12: the type of the output.
!t = tensor<1x16x2x64xf16>
!r = tensor<1x?x2x64xf16>
func.func @c12_type(%t: !t) {
  // expected-error @+1 {{expected type of operand #3 ('tensor<1x16x2x64xf16>') to match type of corresponding result ('tensor<1x?x2x64xf16>')}}
  %0 = attn.forward ins(%t, %t, %t : !t, !t, !t) outs(%t : !t) -> !r
  return
}

// -----

// Constraint 13.
!m = memref<1x16x2x64xf16>
func.func @c13_one(%m: !m, %x: index) {
  // expected-error @+1 {{expected origin to be (batch, head, row), but got 1 values}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) origin(%x) outs(%m : !m)
  return
}

// -----

// Constraint 13.
!m = memref<1x16x2x64xf16>
func.func @c13_four(%m: !m, %x: index) {
  // expected-error @+1 {{expected origin to be (batch, head, row), but got 4 values}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) origin(%x, %x, %x, %x) outs(%m : !m)
  return
}

// -----

// Constraint 15: a misspelt attribute.
!m = memref<1x16x2x64xf16>
func.func @c15_near(%m: !m) {
  // expected-error @+1 {{expected attributes with a dialect's prefix or its own, but got 'casual'; its own are 'alignment', 'causal', 'config', 'key_block', 'layout', 'query_block', 'scale', 'value_block', 'value_layout', 'window'; did you mean 'causal'?}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) outs(%m : !m) {casual}
  return
}

// -----

// Constraint 15: beside another one, and in the generic form.
!m = memref<1x16x2x64xf16>
func.func @c15_generic(%m: !m) {
  // expected-error-re @+1 {{but got 'scal'; its own are {{.*}}; did you mean 'scale'?}}
  "attn.forward"(%m, %m, %m, %m) <{operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0>}> ({}, {}) {scal = 2.0 : f32} : (!m, !m, !m, !m) -> ()
  return
}

// -----

// Constraint 15: one that is like none.
!m = memref<1x16x2x64xf16>
func.func @c15_far(%m: !m) {
  // expected-error-re @+1 {{but got 'stages'; its own are {{.*}}'window'{{$}}}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) outs(%m : !m) {stages = 3}
  return
}

// -----

// An array of i64 for the arguments that results became.
// expected-error @+1 {{expected attn.results to be an array of i64, but got 3 : i64}}
func.func @results_number() attributes {attn.results = 3} {
  return
}

// -----

//===----------------------------------------------------------------------===//
// attn.yield
//===----------------------------------------------------------------------===//

func.func @yield_outside(%x: f32) {
  // expected-error @+1 {{expects parent op 'attn.forward'}}
  attn.yield %x : f32
}

// -----

!q = memref<2x16x4x64xf16>
func.func @yield_type(%q: !q) {
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    // expected-error @+1 {{operand #0 must be 32-bit float or 1-bit signless integer, but got 'index'}}
    attn.yield %b : index
  }
  return
}

// -----

//===----------------------------------------------------------------------===//
// #attn.config and attributes on other operations
//===----------------------------------------------------------------------===//

// expected-error @+1 {{expected a tile of positive size, but got 0x16}}
#c = #attn.config<tile = 0x16, stages = 1, consumers = 1, registers = 24x24>

// -----

// expected-error @+1 {{expected two numbers joined by 'x', but got 1}}
#c = #attn.config<tile = 16, stages = 1, consumers = 1, registers = 24x24>

// -----

// expected-error @+1 {{expected two numbers joined by 'x', but got 3}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24x24>

// -----

// expected-error @+1 {{expected tile to be at most 32768, but got 32784}}
#c = #attn.config<tile = 4x32784, stages = 1, consumers = 1, registers = 24x24>

// -----

// expected-error @+1 {{expected at least 1 stage, but got 0}}
#c = #attn.config<tile = 4x16, stages = 0, consumers = 1, registers = 24x24>

// -----

// The product of these with the bytes of a tile does not fit 64 bits.
// expected-error @+1 {{expected stages to be at most 32768, but got 4611686018427387904}}
#c = #attn.config<tile = 4x16, stages = 4611686018427387904, consumers = 1, registers = 24x24>

// -----

// expected-error @+1 {{expected at least 1 consumer, but got -2}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = -2, registers = 24x24>

// -----

// expected-error @+1 {{expected consumers to be at most 32768, but got 288230376151711744}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 288230376151711744, registers = 24x24>

// -----

// expected-error @+1 {{expected registers to be a multiple of 8 between 24 and 256, but got 16}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 16x240>

// -----

// expected-error @+1 {{expected registers to be a multiple of 8 between 24 and 256, but got 236}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x236>

// -----

// expected-error @+1 {{expected registers to be a multiple of 8 between 24 and 256, but got 264}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x264>

// -----

// expected-error @+1 {{expected speculation, pin, query_stages, exponent, emulate, two_level, persistent, pack or splits, each at most once, but got other}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, other = 1>

// -----

// expected-error @+1 {{expected speculation, pin, query_stages, exponent, emulate, two_level, persistent, pack or splits, each at most once, but got pin}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, pin = 1, pin = 1>

// -----

// expected-error @+1 {{expected at least 1 stage of queries, but got 0}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, query_stages = 0>

// -----

// expected-error @+1 {{expected speculation, pin, query_stages, exponent, emulate, two_level, persistent, pack or splits, each at most once, but got persistent}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, persistent, persistent>

// -----

// expected-error @+1 {{expected '='}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation, persistent>

// -----

// expected-error @+1 {{expected a bound of speculation in 1 to 1152921504606846976, but got 0}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 0>

// -----

// expected-error @+1 {{expected a bound of speculation in 1 to 1152921504606846976, but got 1152921504606846977}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 1152921504606846977>

// -----

// expected-error @+1 {{expected pin to be a percentage, but got 101}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, pin = 101>

// -----

// expected-error @+1 {{expected pin to be a percentage, but got -1}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, pin = -1>

// -----

// expected-error @+1 {{expected stages in an #attn.config}}
#c = #attn.config<tile = 4x16, depth = 1, consumers = 1, registers = 24x24>

// -----

// expected-error @+1 {{expected attn.config to be an #attn.config, but got 3 : i64}}
func.func private @config_of_other_type() attributes {attn.config = 3 : i64}

// -----

// expected-error @+1 {{unknown attribute of the attn dialect: "attn.confg"; expected attn.config}}
func.func private @unknown_attribute() attributes {attn.confg = 3 : i64}

// -----

//===----------------------------------------------------------------------===//
// attn.coordinates
//===----------------------------------------------------------------------===//

// Constraint 1.
func.func @coordinates_c1(%x: index) {
  // expected-error @+1 {{expected dimension 0 or 1, but got 2}}
  %0 = attn.coordinates %x {dimension = 2 : i64} : vector<4x1xindex>
  return
}

// -----

// Constraint 1.
func.func @coordinates_c1_negative(%x: index) {
  // expected-error @+1 {{expected dimension 0 or 1, but got -1}}
  %0 = attn.coordinates %x {dimension = -1 : i64} : vector<4x1xindex>
  return
}

// -----

// Constraint 2: rows.
func.func @coordinates_c2_rows(%x: index) {
  // expected-error @+1 {{expected size 1 in dimension 1 of the result, but got 16}}
  %0 = attn.coordinates %x {dimension = 0 : i64} : vector<4x16xindex>
  return
}

// -----

// Constraint 2: columns.
func.func @coordinates_c2_columns(%x: index) {
  // expected-error @+1 {{expected size 1 in dimension 0 of the result, but got 4}}
  %0 = attn.coordinates %x {dimension = 1 : i64} : vector<4x16xindex>
  return
}

// -----

//===----------------------------------------------------------------------===//
// attn.ramp
//===----------------------------------------------------------------------===//

// Constraint 1: rows.
func.func @ramp_c1_rows(%base: vector<8x1xf32>) {
  // expected-error @+1 {{expected a base of 4x1, but got 8x1}}
  %0 = attn.ramp %base, %base : vector<8x1xf32> to vector<4x16xf32>
  return
}

// -----

// Constraint 1: columns.
func.func @ramp_c1_columns(%base: vector<4x16xf32>) {
  // expected-error @+1 {{expected a base of 4x1, but got 4x16}}
  %0 = attn.ramp %base, %base : vector<4x16xf32> to vector<4x16xf32>
  return
}

// -----

// Constraint 1: a scalar.
func.func @ramp_c1_scalar(%base: f32) {
  // expected-error @+1 {{expected one row from a base that is a scalar, but got 4}}
  %0 = attn.ramp %base, %base : f32 to vector<4x16xf32>
  return
}

// -----

func.func @coordinates_scalable(%x: index) {
  // expected-error @+1 {{expected vectors of fixed size, but got 'vector<[4]x1xindex>'}}
  %0 = attn.coordinates %x {dimension = 0 : i64} : vector<[4]x1xindex>
  return
}

// -----

func.func @coordinates_rank(%x: index) {
  // expected-error @+1 {{result #0 must be vector of index values of ranks 2}}
  %0 = attn.coordinates %x {dimension = 0 : i64} : vector<4xindex>
  return
}

// -----

//===----------------------------------------------------------------------===//
// attn.band_mask
//===----------------------------------------------------------------------===//

// Constraint 1.
func.func @band_mask_c1(%s: vector<4x16xf32>, %x: index) {
  // expected-error @+1 {{expected at least one of extent, lower and upper}}
  %0 = attn.band_mask %s at(%x, %x) : vector<4x16xf32>
  return
}

// -----

func.func @band_mask_scalable(%s: vector<4x[16]xf32>, %x: index) {
  // expected-error @+1 {{expected vectors of fixed size, but got 'vector<4x[16]xf32>'}}
  %0 = attn.band_mask %s at(%x, %x) extent(%x) : vector<4x[16]xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// attn.online_softmax
//===----------------------------------------------------------------------===//

// Constraint 1.
func.func @online_softmax_c1(%s: vector<4x16xf32>, %m: vector<16xf32>, %f: f32) {
  // expected-error @+1 {{expected row vectors of 4 elements, but got 16}}
  %0:4 = attn.online_softmax %s, %m, %m factor(%f)
      : vector<4x16xf32>, vector<16xf32>
  return
}

// -----

func.func @online_softmax_scalable(%s: vector<4x16xf32>, %m: vector<[4]xf32>, %f: f32) {
  // expected-error @+1 {{expected vectors of fixed size, but got 'vector<[4]xf32>'}}
  %0:4 = attn.online_softmax %s, %m, %m factor(%f)
      : vector<4x16xf32>, vector<[4]xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// attn.any_above
//===----------------------------------------------------------------------===//

// Constraint 1.
func.func @any_above_c1(%t: vector<4x2x2xf32>) {
  // expected-error @+1 {{operand #0 must be vector of 32-bit float or f8E4M3FN type values of ranks 1/2, but got 'vector<4x2x2xf32>'}}
  %0 = attn.any_above %t, 256.0 : vector<4x2x2xf32>
  return
}

// -----

func.func @any_above_scalable(%t: vector<[4]xf32>) {
  // expected-error @+1 {{expected vectors of fixed size, but got 'vector<[4]xf32>'}}
  %0 = attn.any_above %t, 256.0 : vector<[4]xf32>
  return
}

// -----

// attn.band_mask, constraint 2.
func.func @band_mask_c2(%s: vector<4x16xf32>, %q: index) {
  // expected-error @+1 {{expected a row_group that divides the 4 rows of the tile, but got 3}}
  %0 = attn.band_mask %s at(%q, %q) upper(%q) {row_group = 3 : i64} : vector<4x16xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// #attn.config
//===----------------------------------------------------------------------===//

// expected-error @+1 {{expected pack to divide the 64 rows of the tile and to be less, but got 64}}
func.func private @config_pack() attributes {attn.config = #attn.config<tile = 64x128, stages = 2, consumers = 1, registers = 24x240, pack = 64>}

// -----

// expected-error @+1 {{expected 1 to 256 splits, but got 0}}
func.func private @config_splits() attributes {attn.config = #attn.config<tile = 64x128, stages = 2, consumers = 1, registers = 24x240, splits = 0>}

// -----

//===----------------------------------------------------------------------===//
// attn.forward with split_keys
//===----------------------------------------------------------------------===//

// Constraint 14: ranks.
!q = memref<1x16x2x64xf16>
func.func @c14_output_rank(%q: !q, %lses: memref<4x1x2x16xf32>, %n: index) {
  // expected-error @+1 {{expected O to have rank 5, but got 4}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) split_keys(%n) outs(%q, %lses : !q, memref<4x1x2x16xf32>)
  return
}

// -----

// Constraint 14: ranks.
!q = memref<1x16x2x64xf16>
!os = memref<4x1x16x2x64xf32>
func.func @c14_lse_rank(%q: !q, %os: !os, %lse: memref<1x2x16xf32>, %n: index) {
  // expected-error @+1 {{expected LSE to have rank 4, but got 3}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) split_keys(%n) outs(%os, %lse : !os, memref<1x2x16xf32>)
  return
}

// -----

// Constraint 14: LSE.
!q = memref<1x16x2x64xf16>
!os = memref<4x1x16x2x64xf32>
func.func @c14_no_lse(%q: !q, %os: !os, %n: index) {
  // expected-error @+1 {{expected an LSE beside the partial O of split_keys}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) split_keys(%n) outs(%os : !os)
  return
}

// -----

// Constraint 14: the same number of ranges.
!q = memref<1x16x2x64xf16>
!os = memref<4x1x16x2x64xf32>
func.func @c14_ranges(%q: !q, %os: !os, %lses: memref<5x1x2x16xf32>, %n: index) {
  // expected-error @+1 {{expected O and LSE to have the same number of ranges, but got 4 and 5}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) split_keys(%n) outs(%os, %lses : !os, memref<5x1x2x16xf32>)
  return
}

// -----

// Constraint 14: 16 bits.
!q = memref<1x16x2x64xf8E4M3FN>
!os = memref<4x1x16x2x64xf32>
func.func @c14_eight_bits(%q: !q, %os: !os, %lses: memref<4x1x2x16xf32>, %s: memref<1x2x1xf32>, %n: index) {
  // expected-error @+1 {{expected elements of type f16 or bf16 with split_keys, but got 'f8E4M3FN'}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) scales(%s, %s, %s : memref<1x2x1xf32>, memref<1x2x1xf32>, memref<1x2x1xf32>) split_keys(%n) outs(%os, %lses : !os, memref<4x1x2x16xf32>)
  return
}

// -----

// Constraint 3, of partial outputs.
!q = memref<1x16x2x64xf16>
!os = memref<4x1x16x2x64xbf16>
func.func @c3_partial(%q: !q, %os: !os, %lses: memref<4x1x2x16xf32>, %n: index) {
  // expected-error @+1 {{expected partial O to have elements of type f32, or of type 'f16' as Q has, but got 'bf16'}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) split_keys(%n) outs(%os, %lses : !os, memref<4x1x2x16xf32>)
  return
}

// -----

//===----------------------------------------------------------------------===//
// attn.combine
//===----------------------------------------------------------------------===//

// Constraint 1: ranked tensors or memrefs.
func.func @combine_c1_unranked(%os: memref<*xf32>, %lses: memref<4x1x2x16xf32>, %o: memref<1x16x2x64xf32>) {
  // expected-error @+1 {{expected Os to be a ranked tensor or a memref, but got 'memref<*xf32>'}}
  attn.combine ins(%os, %lses : memref<*xf32>, memref<4x1x2x16xf32>) outs(%o : memref<1x16x2x64xf32>)
  return
}

// -----

// Constraint 1: all tensors or all memrefs.
func.func @combine_c1_tensor(%os: memref<4x1x16x2x64xf32>, %lses: tensor<4x1x2x16xf32>, %o: memref<1x16x2x64xf32>) {
  // expected-error @+1 {{expected all operands to be memrefs, but LSEs is 'tensor<4x1x2x16xf32>'}}
  attn.combine ins(%os, %lses : memref<4x1x16x2x64xf32>, tensor<4x1x2x16xf32>) outs(%o : memref<1x16x2x64xf32>)
  return
}

// -----

// Constraint 1: ranks.
func.func @combine_c1_rank(%os: memref<1x16x2x64xf32>, %lses: memref<4x1x2x16xf32>, %o: memref<1x16x2x64xf32>) {
  // expected-error @+1 {{expected Os to have rank 5, but got 4}}
  attn.combine ins(%os, %lses : memref<1x16x2x64xf32>, memref<4x1x2x16xf32>) outs(%o : memref<1x16x2x64xf32>)
  return
}

// -----

// Constraint 2: elements of the outputs.
func.func @combine_c2_output(%os: memref<4x1x16x2x64xf64>, %lses: memref<4x1x2x16xf32>, %o: memref<1x16x2x64xf32>) {
  // expected-error @+1 {{expected Os to have elements of type f16, bf16 or f32, but got 'f64'}}
  attn.combine ins(%os, %lses : memref<4x1x16x2x64xf64>, memref<4x1x2x16xf32>) outs(%o : memref<1x16x2x64xf32>)
  return
}

// -----

// Constraint 2: elements of the log-sum-exps.
func.func @combine_c2_lse(%os: memref<4x1x16x2x64xf32>, %lses: memref<4x1x2x16xf16>, %o: memref<1x16x2x64xf32>) {
  // expected-error @+1 {{expected LSEs to have elements of type f32, but got 'f16'}}
  attn.combine ins(%os, %lses : memref<4x1x16x2x64xf32>, memref<4x1x2x16xf16>) outs(%o : memref<1x16x2x64xf32>)
  return
}

// -----

// Constraint 3: static heads.
func.func @combine_c3_heads(%os: memref<4x1x16x?x64xf32>, %lses: memref<4x1x2x16xf32>, %o: memref<1x16x2x64xf32>) {
  // expected-error @+1 {{expected the number of heads of Os to be static, but got a dynamic one}}
  attn.combine ins(%os, %lses : memref<4x1x16x?x64xf32>, memref<4x1x2x16xf32>) outs(%o : memref<1x16x2x64xf32>)
  return
}

// -----

// Constraint 3: head dimension.
func.func @combine_c3_feature(%os: memref<4x1x16x2x12xf32>, %lses: memref<4x1x2x16xf32>, %o: memref<1x16x2x12xf32>) {
  // expected-error @+1 {{expected the head dimension of Os to be a multiple of 8 between 8 and 256, but got 12}}
  attn.combine ins(%os, %lses : memref<4x1x16x2x12xf32>, memref<4x1x2x16xf32>) outs(%o : memref<1x16x2x12xf32>)
  return
}

// -----

// Constraint 4: entries.
func.func @combine_c4_entries(%os: memref<4x1x16x2x64xf32>, %lses: memref<3x1x2x16xf32>, %o: memref<1x16x2x64xf32>) {
  // expected-error @+1 {{expected Os and LSEs to have the same number of entries, but got 4 and 3}}
  attn.combine ins(%os, %lses : memref<4x1x16x2x64xf32>, memref<3x1x2x16xf32>) outs(%o : memref<1x16x2x64xf32>)
  return
}

// -----

// Constraint 4: lengths, in the other layout.
func.func @combine_c4_length(%os: memref<4x1x2x16x64xf32>, %lses: memref<4x1x2x16xf32>, %o: memref<1x2x17x64xf32>) {
  // expected-error @+1 {{expected Os and O to have the same length, but got 16 and 17}}
  attn.combine ins(%os, %lses : memref<4x1x2x16x64xf32>, memref<4x1x2x16xf32>) outs(%o : memref<1x2x17x64xf32>) {layout = #attn.layout<bhsd>}
  return
}

// -----

// Constraint 5.
func.func @combine_c5(%os: memref<4x1x16x2x64xf32, strided<[2048, 2048, 128, 64, 2]>>, %lses: memref<4x1x2x16xf32>, %o: memref<1x16x2x64xf32>) {
  // expected-error @+1 {{expected the last stride of Os to be 1, but got 2}}
  attn.combine ins(%os, %lses : memref<4x1x16x2x64xf32, strided<[2048, 2048, 128, 64, 2]>>, memref<4x1x2x16xf32>) outs(%o : memref<1x16x2x64xf32>)
  return
}

// -----

// Constraint 6.
func.func @combine_c6(%os: tensor<4x1x16x2x64xf32>, %lses: tensor<4x1x2x16xf32>, %o: tensor<1x16x2x64xf32>) {
  // expected-error @+1 {{expected 1 results, but got 0}}
  attn.combine ins(%os, %lses : tensor<4x1x16x2x64xf32>, tensor<4x1x2x16xf32>) outs(%o : tensor<1x16x2x64xf32>)
  return
}

// -----

// attn.online_softmax, constraint 2.
func.func @softmax_c2(%s: vector<4x16xf32>, %m: vector<4xf32>, %f: vector<4xf32>) {
  // expected-error @+1 {{expected scaled_maximum with a factor for each row}}
  %p, %m1, %l1, %a = attn.online_softmax %s, %m, %m factor(%f : vector<4xf32>) : vector<4x16xf32>, vector<4xf32>
  return
}

// -----

// attn.online_softmax, constraint 1, of the factor.
func.func @softmax_c1_factor(%s: vector<4x16xf32>, %m: vector<4xf32>, %f: vector<8xf32>) {
  // expected-error @+1 {{expected factors for 4 rows, but got 'vector<8xf32>'}}
  %p, %m1, %l1, %a = attn.online_softmax %s, %m, %m factor(%f : vector<8xf32>) {scaled_maximum} : vector<4x16xf32>, vector<4xf32>
  return
}

// -----

// attn.online_softmax, constraint 3.
func.func @softmax_c3(%s: vector<4x16xf32>, %m: vector<4xf32>, %f: f32) {
  // expected-error @+1 {{expected an exponent between -16 and 16, but got 1.700000e+01}}
  %p, %m1, %l1, %a = attn.online_softmax %s, %m, %m factor(%f) {exponent = 17.0 : f32, scaled_maximum} : vector<4x16xf32>, vector<4xf32>
  return
}

// -----

// attn.online_softmax, constraint 4.
func.func @softmax_c4(%s: vector<4x16xf32>, %m: vector<4xf32>, %f: f32) {
  // expected-error @+1 {{expected either unbounded or scaled_maximum, but got both}}
  %p, %m1, %l1, %a = attn.online_softmax %s, %m, %m factor(%f) unbounded {scaled_maximum} : vector<4x16xf32>, vector<4xf32>
  return
}

// -----

// attn.scale_blocks, constraint 1.
func.func @scale_blocks_c1(%t: vector<4x16xf32>, %s: memref<1x1x1xf32>, %i: index) {
  // expected-error @+1 {{expected dimension 0 or 1, but got 2}}
  %0 = attn.scale_blocks %t by %s[%i, %i] at(%i) {dimension = 2 : i64} : vector<4x16xf32>, memref<1x1x1xf32>
  return
}

// -----

// attn.scale_blocks, constraint 2.
func.func @scale_blocks_c2(%t: vector<4x16xf32>, %s: memref<1x1x1xf32>, %i: index) {
  // expected-error @+1 {{expected a block of at least 1 row, but got 0}}
  %0 = attn.scale_blocks %t by %s[%i, %i] at(%i) {block = 0 : i64, dimension = 1 : i64} : vector<4x16xf32>, memref<1x1x1xf32>
  return
}

// -----

func.func @config_emulate() attributes {
    // expected-error @+1 {{expected emulate to be a multiple of 4 up to 256, but got 6}}
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 1, emulate = 6>} {
  return
}

// -----

func.func @config_emulate_alone() attributes {
    // expected-error @+1 {{expected emulate = 4 to stand beside a bound of speculation, which finds what a polynomial does not bear}}
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, emulate = 4>} {
  return
}

// -----

func.func @config_exponent() attributes {
    // expected-error @+1 {{expected an exponent in 0 to 8, but got 9}}
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, exponent = 9>} {
  return
}

// -----

// Constraint 11: the number of heads is known.
!m = memref<1x16x2x64xf8E4M3FN>
!o = memref<1x16x2x64xf16>
!s = memref<1x2x1xf32>
!h = memref<1x?x1xf32>
func.func @c11_open_heads(%m: !m, %o: !o, %s: !s, %h: !h) {
  // expected-error @+1 {{expected the number of heads of the scale of K to be static, but got a dynamic one}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) scales(%s, %h, %s : !s, !h, !s) outs(%o : !o)
  return
}

// -----

//===----------------------------------------------------------------------===//
// attn.quantize
//===----------------------------------------------------------------------===//

// Constraint 1: ranked tensors or memrefs.
func.func @quantize_c1_unranked(%x: memref<*xf16>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>) {
  // expected-error @+1 {{expected X to be a ranked tensor or a memref, but got 'memref<*xf16>'}}
  attn.quantize ins(%x : memref<*xf16>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 1: all tensors or all memrefs.
func.func @quantize_c1_tensor(%x: memref<2x32x4x64xf16>, %y: tensor<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>) {
  // expected-error @+1 {{expected all operands to be memrefs, but Y is 'tensor<2x32x4x64xf8E4M3FN>'}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) outs(%y, %s : tensor<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 1: the rank of X.
func.func @quantize_c1_rank(%x: memref<2x32x64xf16>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>) {
  // expected-error @+1 {{expected X to have rank 4, but got 3}}
  attn.quantize ins(%x : memref<2x32x64xf16>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 1: the rank of the scale.
func.func @quantize_c1_scale(%x: memref<2x32x4x64xf16>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4xf32>) {
  // expected-error @+1 {{expected the scale to have rank 3, but got 2}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4xf32>) {block = 16}
  return
}

// -----

// Constraint 1: the rank of a table.
func.func @quantize_c1_table(%x: memref<2x32x4x64xf16>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>, %t0: memref<32x32xf32>, %t1: memref<32xf32>) {
  // expected-error @+1 {{expected sin to have rank 2, but got 1}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) rotary(%t0, %t1 : memref<32x32xf32>, memref<32xf32>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 2: elements of X.
func.func @quantize_c2_input(%x: memref<2x32x4x64xf64>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>) {
  // expected-error @+1 {{expected X to have elements of type f16, bf16 or f32, but got 'f64'}}
  attn.quantize ins(%x : memref<2x32x4x64xf64>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 2: elements of Y.
func.func @quantize_c2_output(%x: memref<2x32x4x64xf16>, %y: memref<2x32x4x64xf8E5M2>, %s: memref<2x4x2xf32>) {
  // expected-error @+1 {{expected Y to have elements of type f8E4M3FN or i8, but got 'f8E5M2'}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) outs(%y, %s : memref<2x32x4x64xf8E5M2>, memref<2x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 2: elements of the scale.
func.func @quantize_c2_scale(%x: memref<2x32x4x64xf16>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf16>) {
  // expected-error @+1 {{expected the scale to have elements of type f32, but got 'f16'}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf16>) {block = 16}
  return
}

// -----

// Constraint 2: elements of a table.
func.func @quantize_c2_table(%x: memref<2x32x4x64xf16>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>, %t0: memref<32x32xbf16>, %t1: memref<32x32xf32>) {
  // expected-error @+1 {{expected cos to have elements of type f32, but got 'bf16'}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) rotary(%t0, %t1 : memref<32x32xbf16>, memref<32x32xf32>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 3: a known head dimension.
func.func @quantize_c3_open(%x: memref<2x32x4x?xf16>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>) {
  // expected-error @+1 {{expected the head dimension of X to be static, but got a dynamic one}}
  attn.quantize ins(%x : memref<2x32x4x?xf16>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 3: a multiple of 16.
func.func @quantize_c3_columns(%x: memref<2x32x4x72xf16>, %y: memref<2x32x4x72xf8E4M3FN>, %s: memref<2x4x2xf32>) {
  // expected-error @+1 {{expected the head dimension of X to be a multiple of 16 between 16 and 256, but got 72}}
  attn.quantize ins(%x : memref<2x32x4x72xf16>) outs(%y, %s : memref<2x32x4x72xf8E4M3FN>, memref<2x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 3: at most 256.
func.func @quantize_c3_wide(%x: memref<2x32x4x272xf16>, %y: memref<2x32x4x272xf8E4M3FN>, %s: memref<2x4x2xf32>) {
  // expected-error @+1 {{expected the head dimension of X to be a multiple of 16 between 16 and 256, but got 272}}
  attn.quantize ins(%x : memref<2x32x4x272xf16>) outs(%y, %s : memref<2x32x4x272xf8E4M3FN>, memref<2x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 3: known numbers of heads.
func.func @quantize_c3_heads(%x: memref<2x32x4x64xf16>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x?x2xf32>) {
  // expected-error @+1 {{expected the number of heads of the scale to be static, but got a dynamic one}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x?x2xf32>) {block = 16}
  return
}

// -----

// Constraint 4: one batch size.
func.func @quantize_c4_batch(%x: memref<2x32x4x64xf16>, %y: memref<3x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>) {
  // expected-error @+1 {{expected X and Y to have the same batch size, but got 2 and 3}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) outs(%y, %s : memref<3x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 4: one number of heads.
func.func @quantize_c4_heads(%x: memref<2x32x4x64xf16>, %y: memref<2x32x5x64xf8E4M3FN>, %s: memref<2x4x2xf32>) {
  // expected-error @+1 {{expected X and Y to have the same number of heads, but got 4 and 5}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) outs(%y, %s : memref<2x32x5x64xf8E4M3FN>, memref<2x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 4: one head dimension.
func.func @quantize_c4_columns(%x: memref<2x32x4x64xf16>, %y: memref<2x32x4x80xf8E4M3FN>, %s: memref<2x4x2xf32>) {
  // expected-error @+1 {{expected X and Y to have the same head dimension, but got 64 and 80}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) outs(%y, %s : memref<2x32x4x80xf8E4M3FN>, memref<2x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 4: one length.
func.func @quantize_c4_length(%x: memref<2x32x4x64xf16>, %y: memref<2x33x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>) {
  // expected-error @+1 {{expected X and Y to have the same length, but got 32 and 33}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) outs(%y, %s : memref<2x33x4x64xf8E4M3FN>, memref<2x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 4: places of a transposed Y.
func.func @quantize_c4_places(%x: memref<2x33x4x64xf16>, %y: memref<2x4x64x33xf8E4M3FN>, %s: memref<2x4x3xf32>) {
  // expected-error @+1 {{expected a transposed Y to have 48 places, which are the 33 rows of X rounded up to a multiple of 16, but got 33}}
  attn.quantize ins(%x : memref<2x33x4x64xf16>) outs(%y, %s : memref<2x4x64x33xf8E4M3FN>, memref<2x4x3xf32>) {block = 16, transposed}
  return
}

// -----

// Constraint 4: a row of the tables for each of X.
func.func @quantize_c4_table_rows(%x: memref<2x32x4x64xf16>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>, %t0: memref<33x32xf32>, %t1: memref<33x32xf32>) {
  // expected-error @+1 {{expected X and cos to have the same length, but got 32 and 33}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) rotary(%t0, %t1 : memref<33x32xf32>, memref<33x32xf32>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 4: a column of the tables for each pair.
func.func @quantize_c4_table_columns(%x: memref<2x32x4x64xf16>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>, %t0: memref<32x32xf32>, %t1: memref<32x64xf32>) {
  // expected-error @+1 {{expected sin to have 32 columns, half of the head dimension, but got 64}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) rotary(%t0, %t1 : memref<32x32xf32>, memref<32x64xf32>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 4: a known number of pairs.
func.func @quantize_c4_open_table(%x: memref<2x32x4x64xf16>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>, %t0: memref<32x?xf32>, %t1: memref<32x32xf32>) {
  // expected-error @+1 {{expected cos to have 32 columns, half of the head dimension, but got a dynamic number}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) rotary(%t0, %t1 : memref<32x?xf32>, memref<32x32xf32>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 5: scales of the batch.
func.func @quantize_c5_batch(%x: memref<2x32x4x64xf16>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<3x4x2xf32>) {
  // expected-error @+1 {{expected X and the scale to have the same batch size, but got 2 and 3}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<3x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 5: scales of the heads.
func.func @quantize_c5_heads(%x: memref<2x32x4x64xf16>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x2x2xf32>) {
  // expected-error @+1 {{expected X and the scale to have the same number of heads, but got 4 and 2}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x2x2xf32>) {block = 16}
  return
}

// -----

// Constraint 5: a scale for each block.
func.func @quantize_c5_blocks(%x: memref<2x32x4x64xf16>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x3xf32>) {
  // expected-error @+1 {{expected the scale to have 2 blocks, but got 3}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x3xf32>) {block = 16}
  return
}

// -----

// Constraint 5: one scale where there are no blocks.
func.func @quantize_c5_one_block(%x: memref<2x32x4x64xf16>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>) {
  // expected-error @+1 {{expected the scale to have 1 block where no block size is given, but got 2}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>)
  return
}

// -----

// Constraint 6: the last stride.
func.func @quantize_c6_stride(%x: memref<2x32x4x64xf16, strided<[16384, 512, 128, 2]>>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>) {
  // expected-error @+1 {{expected the last stride of X to be 1, but got 2}}
  attn.quantize ins(%x : memref<2x32x4x64xf16, strided<[16384, 512, 128, 2]>>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 6: a known last stride.
func.func @quantize_c6_open(%x: memref<2x32x4x64xf16>, %y: memref<2x32x4x64xf8E4M3FN, strided<[?, ?, ?, ?]>>, %s: memref<2x4x2xf32>) {
  // expected-error @+1 {{expected the last stride of Y to be 1, but got a dynamic one}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN, strided<[?, ?, ?, ?]>>, memref<2x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 6: a strided layout.
func.func @quantize_c6_layout(%x: memref<2x32x4x64xf16, affine_map<(a, b, c, d) -> (a, b, c, d mod 8)>>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>) {
  // expected-error @+1 {{expected X to have a strided layout, but got}}
  attn.quantize ins(%x : memref<2x32x4x64xf16, affine_map<(a, b, c, d) -> (a, b, c, d mod 8)>>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 7: a row at least.
func.func @quantize_c7_rows(%x: memref<2x32x4x64xf16>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>) {
  // expected-error @+1 {{expected a block to have at least 1 row, but got 0}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) {block = 0}
  return
}

// -----

// Constraint 7: groups of rows that change places.
func.func @quantize_c7_transposed(%x: memref<2x32x4x64xf16>, %y: memref<2x4x64x32xf8E4M3FN>, %s: memref<2x4x2xf32>) {
  // expected-error @+1 {{expected a block to have a multiple of 16 rows where Y is transposed, but got 24}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) outs(%y, %s : memref<2x4x64x32xf8E4M3FN>, memref<2x4x2xf32>) {block = 24, transposed}
  return
}

// -----

// Constraint 8: both tables.
func.func @quantize_c8_tables(%x: memref<2x32x4x64xf16>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>, %t0: memref<32x32xf32>) {
  // expected-error @+1 {{expected cos and sin for the rotary embedding, but got 1 operands}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) rotary(%t0 : memref<32x32xf32>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) {block = 16}
  return
}

// -----

// Constraint 8: pairs of an embedding.
func.func @quantize_c8_interleaved(%x: memref<2x32x4x64xf16>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>) {
  // expected-error @+1 {{expected cos and sin with interleaved_rotary, but got no operands}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) {block = 16, interleaved_rotary}
  return
}

// -----

// Constraint 9: a seed of 32 bits.
func.func @quantize_c9_negative(%x: memref<2x32x4x64xf16>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>) {
  // expected-error @+1 {{expected the seed of the rotation to be between 0 and 4294967295, but got -1}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) {block = 16, rotation = -1}
  return
}

// -----

// Constraint 9: a seed of 32 bits.
func.func @quantize_c9_large(%x: memref<2x32x4x64xf16>, %y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>) {
  // expected-error @+1 {{expected the seed of the rotation to be between 0 and 4294967295, but got 4294967296}}
  attn.quantize ins(%x : memref<2x32x4x64xf16>) outs(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) {block = 16, rotation = 4294967296}
  return
}

// -----

// Constraint 10: a result for each output.
func.func @quantize_c10(%x: tensor<2x32x4x64xf16>, %y: tensor<2x32x4x64xf8E4M3FN>, %s: tensor<2x4x2xf32>) {
  // expected-error @+1 {{expected 2 results, but got 0}}
  attn.quantize ins(%x : tensor<2x32x4x64xf16>) outs(%y, %s : tensor<2x32x4x64xf8E4M3FN>, tensor<2x4x2xf32>) {block = 16}
  return
}

// -----

//===----------------------------------------------------------------------===//
// attn.dequantize
//===----------------------------------------------------------------------===//

// Constraint 1: ranks.
func.func @dequantize_c1(%y: memref<2x32x64xf8E4M3FN>, %s: memref<2x4x2xf32>, %x: memref<2x32x4x64xf16>) {
  // expected-error @+1 {{expected Y to have rank 4, but got 3}}
  attn.dequantize ins(%y, %s : memref<2x32x64xf8E4M3FN>, memref<2x4x2xf32>) outs(%x : memref<2x32x4x64xf16>) {block = 16}
  return
}

// -----

// Constraint 2: elements of X.
func.func @dequantize_c2(%y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>, %x: memref<2x32x4x64xi8>) {
  // expected-error @+1 {{expected X to have elements of type f16, bf16 or f32, but got 'i8'}}
  attn.dequantize ins(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) outs(%x : memref<2x32x4x64xi8>) {block = 16}
  return
}

// -----

// Constraint 3: a multiple of 16.
func.func @dequantize_c3(%y: memref<2x32x4x8xf8E4M3FN>, %s: memref<2x4x2xf32>, %x: memref<2x32x4x8xf16>) {
  // expected-error @+1 {{expected the head dimension of X to be a multiple of 16 between 16 and 256, but got 8}}
  attn.dequantize ins(%y, %s : memref<2x32x4x8xf8E4M3FN>, memref<2x4x2xf32>) outs(%x : memref<2x32x4x8xf16>) {block = 16}
  return
}

// -----

// Constraint 4: one length.
func.func @dequantize_c4(%y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>, %x: memref<2x31x4x64xf16>) {
  // expected-error @+1 {{expected X and Y to have the same length, but got 31 and 32}}
  attn.dequantize ins(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) outs(%x : memref<2x31x4x64xf16>) {block = 16}
  return
}

// -----

// Constraint 5: a scale for each block.
func.func @dequantize_c5(%y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>, %x: memref<2x32x4x64xf16>) {
  // expected-error @+1 {{expected the scale to have 4 blocks, but got 2}}
  attn.dequantize ins(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) outs(%x : memref<2x32x4x64xf16>) {block = 8}
  return
}

// -----

// Constraint 6: the last stride.
func.func @dequantize_c6(%y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>, %x: memref<2x32x4x64xf16, strided<[16384, 512, 128, 2]>>) {
  // expected-error @+1 {{expected the last stride of X to be 1, but got 2}}
  attn.dequantize ins(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) outs(%x : memref<2x32x4x64xf16, strided<[16384, 512, 128, 2]>>) {block = 16}
  return
}

// -----

// Constraint 7: a row at least.
func.func @dequantize_c7(%y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>, %x: memref<2x32x4x64xf16>) {
  // expected-error @+1 {{expected a block to have at least 1 row, but got -1}}
  attn.dequantize ins(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) outs(%x : memref<2x32x4x64xf16>) {block = -1}
  return
}

// -----

// Constraint 8: a seed of 32 bits.
func.func @dequantize_c8(%y: memref<2x32x4x64xf8E4M3FN>, %s: memref<2x4x2xf32>, %x: memref<2x32x4x64xf16>) {
  // expected-error @+1 {{expected the seed of the rotation to be between 0 and 4294967295, but got -5}}
  attn.dequantize ins(%y, %s : memref<2x32x4x64xf8E4M3FN>, memref<2x4x2xf32>) outs(%x : memref<2x32x4x64xf16>) {block = 16, rotation = -5}
  return
}

// -----

// Constraint 9: a result on tensors.
func.func @dequantize_c9(%y: tensor<2x32x4x64xf8E4M3FN>, %s: tensor<2x4x2xf32>, %x: tensor<2x32x4x64xf16>) {
  // expected-error @+1 {{expected 1 results, but got 0}}
  attn.dequantize ins(%y, %s : tensor<2x32x4x64xf8E4M3FN>, tensor<2x4x2xf32>) outs(%x : tensor<2x32x4x64xf16>) {block = 16}
  return
}

// -----

// Constraint 16: whole groups.
!m = memref<1x16x2x64xf8E4M3FN>
!v = memref<1x2x64x24xf8E4M3FN>
!o = memref<1x16x2x64xf16>
!s = memref<1x1x1xf32>
func.func @c16_groups(%m: !m, %v: !v, %o: !o, %s: !s) {
  // expected-error @+1 {{expected a transposed V to have whole groups of 16 keys, but got 24 places}}
  attn.forward ins(%m, %m, %v : !m, !m, !v) scales(%s, %s, %s : !s, !s, !s) outs(%o : !o) {value_layout = #attn.value_layout<transposed>}
  return
}

// -----

// Constraint 16: a group for each 16 keys or less.
!m = memref<1x17x2x64xf8E4M3FN>
!v = memref<1x2x64x16xf8E4M3FN>
!o = memref<1x17x2x64xf16>
!s = memref<1x1x1xf32>
func.func @c16_places(%m: !m, %v: !v, %o: !o, %s: !s) {
  // expected-error @+1 {{expected a transposed V to have 32 places, groups of 16 for the 17 rows of K, but got 16}}
  attn.forward ins(%m, %m, %v : !m, !m, !v) scales(%s, %s, %s : !s, !s, !s) outs(%o : !o) {value_layout = #attn.value_layout<transposed>}
  return
}

// -----

// Constraint 16: 8 bits.
!m = memref<1x16x2x64xf16>
!v = memref<1x2x64x16xf16>
func.func @c16_type(%m: !m, %v: !v) {
  // expected-error @+1 {{expected elements of 8 bits with a transposed V, but got 'f16'}}
  attn.forward ins(%m, %m, %v : !m, !m, !v) outs(%m : !m) {value_layout = #attn.value_layout<transposed>}
  return
}

// -----

// Constraint 4: Dv stands in front of the keys.
!m = memref<1x16x2x64xf8E4M3FN>
!v = memref<1x2x24x16xf8E4M3FN>
!o = memref<1x16x2x24xf16>
!s = memref<1x1x1xf32>
func.func @c4_transposed(%m: !m, %v: !v, %o: !o, %s: !s) {
  // expected-error @+1 {{expected the head dimension of V to be a multiple of 16 between 16 and 256, but got 24}}
  attn.forward ins(%m, %m, %v : !m, !m, !v) scales(%s, %s, %s : !s, !s, !s) outs(%o : !o) {value_layout = #attn.value_layout<transposed>}
  return
}

// -----

// Constraint 5: heads are V's second dimension in either layout.
!m = memref<1x16x2x64xf8E4M3FN>
!v = memref<1x4x64x16xf8E4M3FN>
!o = memref<1x16x2x64xf16>
!s = memref<1x1x1xf32>
func.func @c5_transposed_heads(%m: !m, %v: !v, %o: !o, %s: !s) {
  // expected-error @+1 {{expected K and V to have the same number of heads, but got 2 and 4}}
  attn.forward ins(%m, %m, %v : !m, !m, !v) scales(%s, %s, %s : !s, !s, !s) outs(%o : !o) {value_layout = #attn.value_layout<transposed>}
  return
}

// -----

// attn.deinterleave, constraint 1.
func.func @deinterleave_c1(%v: vector<16x24xf8E4M3FN>) {
  // expected-error @+1 {{expected a multiple of 16 columns, but got 24}}
  %0 = attn.deinterleave %v : vector<16x24xf8E4M3FN>
  return
}

// -----

// attn.round, constraint 1: one shape.
func.func @round_c1(%x: vector<4x16xf32>) {
  // expected-error @+1 {{requires the same shape for all operands and results}}
  %0 = attn.round %x : vector<4x16xf32> to vector<4x8xi8>
  return
}

// -----

// Constraint 11: integers have scales as well.
func.func @c11_integers(%q: memref<1x16x2x64xi8>, %o: memref<1x16x2x64xf16>) {
  // expected-error @+1 {{expected scales of Q, K and V with elements of type 'i8'}}
  attn.forward ins(%q, %q, %q : memref<1x16x2x64xi8>, memref<1x16x2x64xi8>, memref<1x16x2x64xi8>) outs(%o : memref<1x16x2x64xf16>)
  return
}

// -----

func.func @bound_of_eight_bits(%p: vector<64x32xf8E4M3FN>) -> i1 {
  // expected-error @+1 {{expected a bound that is a positive number of 'f8E4M3FN', but got 4.500000e+02 : f32}}
  %a = attn.any_above %p, 450.0 : vector<64x32xf8E4M3FN>
  return %a : i1
}
