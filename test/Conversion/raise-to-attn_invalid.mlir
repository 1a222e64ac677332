// Products with a softmax that are not attention, and why.

// RUN: fa3-opt %s --raise-to-attn --split-input-file --verify-diagnostics
// RUN: not fa3-opt %s --raise-to-attn=strict=true --split-input-file 2>&1 \
// RUN: | FileCheck %s
// CHECK: error: cannot raise to attention: expected Q of f16 or bf16, but got f32

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// The kernels multiply 16 bits.
func.func @type(%q: tensor<8x48x64xf32>, %k: tensor<8x48x64xf32>, %v: tensor<8x48x64xf32>) -> tensor<8x48x64xf32> {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %s0 = tensor.empty() : tensor<8x48x48xf32>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<8x48x48xf32>) -> tensor<8x48x48xf32>
  %s = linalg.generic {indexing_maps = [#q, #k, #s],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<8x48x64xf32>, tensor<8x48x64xf32>) outs(%s1 : tensor<8x48x48xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %0 = arith.mulf %a, %b : f32
    %1 = arith.addf %out, %0 : f32
    linalg.yield %1 : f32
  } -> tensor<8x48x48xf32>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x48x48xf32>)
      outs(%s0 : tensor<8x48x48xf32>) -> tensor<8x48x48xf32>
  %o0 = tensor.empty() : tensor<8x48x64xf32>
  %o1 = linalg.fill ins(%zero : f32) outs(%o0 : tensor<8x48x64xf32>) -> tensor<8x48x64xf32>
  // expected-remark @below {{cannot raise to attention: expected Q of f16 or bf16, but got f32}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf32>, tensor<8x48x64xf32>)
      outs(%o1 : tensor<8x48x64xf32>) -> tensor<8x48x64xf32>
  return %o : tensor<8x48x64xf32>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// Constraint 4 of attn.forward.
func.func @head_size(%q: tensor<8x48x100xf16>, %k: tensor<8x48x100xf16>, %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %one = arith.constant 1.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.generic {indexing_maps = [#q, #k, #s],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<8x48x100xf16>, tensor<8x48x100xf16>) outs(%s1 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.mulf %a, %b : f16
    %1 = arith.addf %out, %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x48x48xf16>)
      outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected a head dimension that is a multiple of 8 and at most 256, but got 100}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// A softmax over the rows.
func.func @columns(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>, %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %one = arith.constant 1.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.generic {indexing_maps = [#q, #k, #s],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>) outs(%s1 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.mulf %a, %b : f16
    %1 = arith.addf %out, %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(1) ins(%s : tensor<8x48x48xf16>)
      outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected a softmax over the dimension that the product adds up, but got one over dimension 1}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// Something is added to the result.
func.func @begins(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>, %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %one = arith.constant 1.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.generic {indexing_maps = [#q, #k, #s],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>) outs(%s1 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.mulf %a, %b : f16
    %1 = arith.addf %out, %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x48x48xf16>)
      outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%one : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected a product with V that begins with 0, but got 1.000000e+00 : f16}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// Something is added to the scores before they are one.
func.func @scores_begin(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>, %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %one = arith.constant 1.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%one : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.generic {indexing_maps = [#q, #k, #s],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>) outs(%s1 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.mulf %a, %b : f16
    %1 = arith.addf %out, %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x48x48xf16>)
      outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected a product of Q and K that begins with 0, but got 1.000000e+00 : f16}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// All heads of V, but not of Q, share one of K.
func.func @key_batch(%q: tensor<8x48x64xf16>, %k: tensor<48x64xf16>, %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %one = arith.constant 1.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.generic {indexing_maps = [#q, affine_map<(b, i, j, d) -> (j, d)>, #s],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<8x48x64xf16>, tensor<48x64xf16>) outs(%s1 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.mulf %a, %b : f16
    %1 = arith.addf %out, %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x48x48xf16>)
      outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected batch and heads to be dimensions of Q, K, V and the result, or heads to be shared by rows of Q}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// The maximum of something else.
func.func @other_maximum(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>, %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %one = arith.constant 1.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.generic {indexing_maps = [#q, #k, #s],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>) outs(%s1 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.mulf %a, %b : f16
    %1 = arith.addf %out, %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %low = arith.constant 0xFC00 : f16
  %r0 = tensor.empty() : tensor<8x48xf16>
  %m1 = linalg.fill ins(%low : f16) outs(%r0 : tensor<8x48xf16>) -> tensor<8x48xf16>
  %l1 = linalg.fill ins(%zero : f16) outs(%r0 : tensor<8x48xf16>) -> tensor<8x48xf16>
  %m = linalg.generic {indexing_maps = [#id, affine_map<(b, i, j) -> (b, i)>], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%s1 : tensor<8x48x48xf16>) outs(%m1 : tensor<8x48xf16>) {
  ^bb0(%a: f16, %out: f16):
    %0 = arith.maximumf %a, %out : f16
    linalg.yield %0 : f16
  } -> tensor<8x48xf16>
  %e = linalg.generic {indexing_maps = [#id, affine_map<(b, i, j) -> (b, i)>, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %m : tensor<8x48x48xf16>, tensor<8x48xf16>) outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.subf %a, %b : f16
    %1 = math.exp %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %l = linalg.generic {indexing_maps = [#id, affine_map<(b, i, j) -> (b, i)>], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%e : tensor<8x48x48xf16>) outs(%l1 : tensor<8x48xf16>) {
  ^bb0(%a: f16, %out: f16):
    %0 = arith.addf %a, %out : f16
    linalg.yield %0 : f16
  } -> tensor<8x48xf16>
  %p = linalg.generic {indexing_maps = [#id, affine_map<(b, i, j) -> (b, i)>, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %l : tensor<8x48x48xf16>, tensor<8x48xf16>) outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.divf %a, %b : f16
    linalg.yield %0 : f16
  } -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected the maximum to be that of the scores over the keys, but got that of 0.000000e+00 : f16}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// The sum of something else.
func.func @other_sum(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>, %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %one = arith.constant 1.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.generic {indexing_maps = [#q, #k, #s],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>) outs(%s1 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.mulf %a, %b : f16
    %1 = arith.addf %out, %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %low = arith.constant 0xFC00 : f16
  %r0 = tensor.empty() : tensor<8x48xf16>
  %m1 = linalg.fill ins(%low : f16) outs(%r0 : tensor<8x48xf16>) -> tensor<8x48xf16>
  %l1 = linalg.fill ins(%zero : f16) outs(%r0 : tensor<8x48xf16>) -> tensor<8x48xf16>
  %m = linalg.generic {indexing_maps = [#id, affine_map<(b, i, j) -> (b, i)>], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%s : tensor<8x48x48xf16>) outs(%m1 : tensor<8x48xf16>) {
  ^bb0(%a: f16, %out: f16):
    %0 = arith.maximumf %a, %out : f16
    linalg.yield %0 : f16
  } -> tensor<8x48xf16>
  %e = linalg.generic {indexing_maps = [#id, affine_map<(b, i, j) -> (b, i)>, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %m : tensor<8x48x48xf16>, tensor<8x48xf16>) outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.subf %a, %b : f16
    %1 = math.exp %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %l = linalg.generic {indexing_maps = [#id, affine_map<(b, i, j) -> (b, i)>], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%s : tensor<8x48x48xf16>) outs(%l1 : tensor<8x48xf16>) {
  ^bb0(%a: f16, %out: f16):
    %0 = arith.addf %a, %out : f16
    linalg.yield %0 : f16
  } -> tensor<8x48xf16>
  %p = linalg.generic {indexing_maps = [#id, affine_map<(b, i, j) -> (b, i)>, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %l : tensor<8x48x48xf16>, tensor<8x48xf16>) outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.divf %a, %b : f16
    linalg.yield %0 : f16
  } -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected the sum to be that of the exponentials over the keys, but got that of a product}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// Nothing is subtracted.
func.func @no_difference(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>, %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %one = arith.constant 1.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.generic {indexing_maps = [#q, #k, #s],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>) outs(%s1 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.mulf %a, %b : f16
    %1 = arith.addf %out, %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %low = arith.constant 0xFC00 : f16
  %r0 = tensor.empty() : tensor<8x48xf16>
  %m1 = linalg.fill ins(%low : f16) outs(%r0 : tensor<8x48xf16>) -> tensor<8x48xf16>
  %l1 = linalg.fill ins(%zero : f16) outs(%r0 : tensor<8x48xf16>) -> tensor<8x48xf16>
  %m = linalg.generic {indexing_maps = [#id, affine_map<(b, i, j) -> (b, i)>], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%s : tensor<8x48x48xf16>) outs(%m1 : tensor<8x48xf16>) {
  ^bb0(%a: f16, %out: f16):
    %0 = arith.maximumf %a, %out : f16
    linalg.yield %0 : f16
  } -> tensor<8x48xf16>
  %e = linalg.generic {indexing_maps = [#id, affine_map<(b, i, j) -> (b, i)>, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %m : tensor<8x48x48xf16>, tensor<8x48xf16>) outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.addf %a, %b : f16
    %1 = math.exp %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %l = linalg.generic {indexing_maps = [#id, affine_map<(b, i, j) -> (b, i)>], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%e : tensor<8x48x48xf16>) outs(%l1 : tensor<8x48xf16>) {
  ^bb0(%a: f16, %out: f16):
    %0 = arith.addf %a, %out : f16
    linalg.yield %0 : f16
  } -> tensor<8x48xf16>
  %p = linalg.generic {indexing_maps = [#id, affine_map<(b, i, j) -> (b, i)>, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %l : tensor<8x48x48xf16>, tensor<8x48xf16>) outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.divf %a, %b : f16
    linalg.yield %0 : f16
  } -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected the exponential of a difference from the maximum, but got that of 'arith.addf'}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}
