// One case for each branch of each numbered constraint of attn.forward
// (AttnOps.td), named by its number. Those of regions are in
// forward-regions-invalid.mlir, those of scales in forward-scales-invalid.mlir.

// RUN: fa3-opt %s --split-input-file --verify-diagnostics

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

// Constraint 3, of partial outputs.
!q = memref<1x16x2x64xf16>
!os = memref<4x1x16x2x64xbf16>
func.func @c3_partial(%q: !q, %os: !os, %lses: memref<4x1x2x16xf32>, %n: index) {
  // expected-error @+1 {{expected partial O to have elements of type f32, or of type 'f16' as Q has, but got 'bf16'}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) split_keys(%n) outs(%os, %lses : !os, memref<4x1x2x16xf32>)
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
