// One case for each branch of each numbered constraint of attn.quantize and
// attn.dequantize (AttnOps.td), named by its number.

// RUN: fa3-opt %s --split-input-file --verify-diagnostics

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
