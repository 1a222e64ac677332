// One case for each branch of each numbered constraint of attn.forward that is
// about the scales of 8-bit inputs (AttnOps.td), named by its number.

// RUN: fa3-opt %s --split-input-file --verify-diagnostics

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

// Constraint 11: integers have scales as well.
func.func @c11_integers(%q: memref<1x16x2x64xi8>, %o: memref<1x16x2x64xf16>) {
  // expected-error @+1 {{expected scales of Q, K and V with elements of type 'i8'}}
  attn.forward ins(%q, %q, %q : memref<1x16x2x64xi8>, memref<1x16x2x64xi8>, memref<1x16x2x64xi8>) outs(%o : memref<1x16x2x64xf16>)
  return
}
