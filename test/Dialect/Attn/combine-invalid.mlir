// One case for each branch of each numbered constraint of attn.combine
// (AttnOps.td), named by its number.

// RUN: fa3-opt %s --split-input-file --verify-diagnostics

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
