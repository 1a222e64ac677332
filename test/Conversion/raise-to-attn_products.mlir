// What is rounded or changed between the products of an attention, and in them.

// RUN: fa3-opt %s --raise-to-attn --split-input-file --verify-diagnostics

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// Probabilities that are rounded to 8 bits.
func.func @probabilities(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
    %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x48x48xf16>)
      outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%p : tensor<8x48x48xf16>) outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %out: f16):
    // expected-note @below {{'arith.truncf' is here}}
    %0 = arith.truncf %a : f16 to f8E4M3FN
    %1 = arith.extf %0 : f8E4M3FN to f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected a softmax of 16 bits or more, but got f8E4M3FN}}
  %o = linalg.batch_matmul ins(%t, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// Scores that are.
func.func @scores(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
    %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<8x48x48xf16>) outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %out: f16):
    // expected-note @below {{'arith.truncf' is here}}
    %0 = arith.truncf %a : f16 to f8E5M2
    %1 = arith.extf %0 : f8E5M2 to f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%t : tensor<8x48x48xf16>)
      outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected scores of 16 bits or more, but got f8E5M2}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// The whole softmax is of 8 bits.
func.func @softmax(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
    %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %n0 = tensor.empty() : tensor<8x48x48xf8E5M2>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<8x48x48xf16>) outs(%n0 : tensor<8x48x48xf8E5M2>) {
  ^bb0(%a: f16, %out: f8E5M2):
    %0 = arith.truncf %a : f16 to f8E5M2
    linalg.yield %0 : f8E5M2
  } -> tensor<8x48x48xf8E5M2>
  %n = linalg.softmax dimension(2) ins(%t : tensor<8x48x48xf8E5M2>)
      outs(%n0 : tensor<8x48x48xf8E5M2>) -> tensor<8x48x48xf8E5M2>
  %p = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%n : tensor<8x48x48xf8E5M2>) outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f8E5M2, %out: f16):
    %0 = arith.extf %a : f8E5M2 to f16
    linalg.yield %0 : f16
  } -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected a softmax of 16 bits or more, but got f8E5M2}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>

// Q that is rounded where it is multiplied.
func.func @query(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
    %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  // expected-note @below {{'linalg.generic' is here}}
  %s = linalg.generic {indexing_maps = [#q, #k, #s],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>) outs(%s1 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.truncf %a : f16 to f8E4M3FN
    %1 = arith.extf %0 : f8E4M3FN to f16
    %2 = arith.mulf %1, %b : f16
    %3 = arith.addf %out, %2 : f16
    linalg.yield %3 : f16
  } -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x48x48xf16>)
      outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected Q and K to be multiplied as they are, or times a constant, but got 'arith.truncf' of one}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>

// V that is.
func.func @value(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
    %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x48x48xf16>)
      outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected V to be multiplied as it is, but got 'arith.truncf' of it}}
  %o = linalg.generic {indexing_maps = [
        affine_map<(b, i, d, j) -> (b, i, j)>, affine_map<(b, i, d, j) -> (b, j, d)>,
        affine_map<(b, i, d, j) -> (b, i, d)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>) outs(%o1 : tensor<8x48x64xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    // expected-note @below {{'arith.truncf' is here}}
    %0 = arith.truncf %b : f16 to f8E4M3FN
    %1 = arith.extf %0 : f8E4M3FN to f16
    %2 = arith.mulf %a, %1 : f16
    %3 = arith.addf %out, %2 : f16
    linalg.yield %3 : f16
  } -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>

// V of 8 bits that is widened in the product.
func.func @narrow_value(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
    %v: tensor<8x48x64xf8E5M2>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x48x48xf16>)
      outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected V of the type of Q, f16, but got f8E5M2}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf8E5M2>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>

// Products that are.
func.func @sum(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
    %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x48x48xf16>)
      outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected a sum of products with V, but got one of 'arith.extf'}}
  %o = linalg.generic {indexing_maps = [
        affine_map<(b, i, d, j) -> (b, i, j)>, affine_map<(b, i, d, j) -> (b, j, d)>,
        affine_map<(b, i, d, j) -> (b, i, d)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>) outs(%o1 : tensor<8x48x64xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.mulf %a, %b : f16
    %1 = arith.truncf %0 : f16 to f8E4M3FN
    // expected-note @below {{'arith.extf' is here}}
    %2 = arith.extf %1 : f8E4M3FN to f16
    %3 = arith.addf %out, %2 : f16
    linalg.yield %3 : f16
  } -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>

// Multiplied and added in one.
func.func @fused_sum(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
    %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x48x48xf16>)
      outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected a sum of products with V, but got one of 'math.fma'}}
  %o = linalg.generic {indexing_maps = [
        affine_map<(b, i, d, j) -> (b, i, j)>, affine_map<(b, i, d, j) -> (b, j, d)>,
        affine_map<(b, i, d, j) -> (b, i, d)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>) outs(%o1 : tensor<8x48x64xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    // expected-note @below {{'math.fma' is here}}
    %0 = math.fma %a, %b, %out : f16
    linalg.yield %0 : f16
  } -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>

// V is squared in the product.
func.func @square(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
    %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x48x48xf16>)
      outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected V to be multiplied as it is, but got 'arith.mulf' of it}}
  %o = linalg.generic {indexing_maps = [
        affine_map<(b, i, d, j) -> (b, i, j)>, affine_map<(b, i, d, j) -> (b, j, d)>,
        affine_map<(b, i, d, j) -> (b, i, d)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>) outs(%o1 : tensor<8x48x64xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    // expected-note @below {{'arith.mulf' is here}}
    %0 = arith.mulf %b, %b : f16
    %1 = arith.mulf %a, %0 : f16
    %2 = arith.addf %out, %1 : f16
    linalg.yield %2 : f16
  } -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>

// The same, one factor after the other.
func.func @twice(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
    %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x48x48xf16>)
      outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected a softmax to be multiplied with V, but got 'arith.mulf' of one}}
  %o = linalg.generic {indexing_maps = [
        affine_map<(b, i, d, j) -> (b, i, j)>, affine_map<(b, i, d, j) -> (b, j, d)>,
        affine_map<(b, i, d, j) -> (b, i, d)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>) outs(%o1 : tensor<8x48x64xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    // expected-note @below {{'arith.mulf' is here}}
    %0 = arith.mulf %a, %b : f16
    %1 = arith.mulf %0, %b : f16
    %2 = arith.addf %out, %1 : f16
    linalg.yield %2 : f16
  } -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>

// A sum inside of the first product.
func.func @shifted_query(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
    %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  // expected-note @below {{'linalg.generic' is here}}
  %s = linalg.generic {indexing_maps = [#q, #k, #s],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>) outs(%s1 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %half = arith.constant 0.5 : f16
    %0 = arith.addf %a, %half : f16
    %1 = arith.mulf %0, %b : f16
    %2 = arith.addf %out, %1 : f16
    linalg.yield %2 : f16
  } -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x48x48xf16>)
      outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected a product of Q and K as they are, or times constants, but got one that computes them; raise before other operations are fused into it}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>

// Keys in two dimensions.
func.func @blocks(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
    %v: tensor<8x6x8x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x48x48xf16>)
      outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %blocks = tensor.expand_shape %p [[0], [1], [2, 3]] output_shape [8, 48, 6, 8]
      : tensor<8x48x48xf16> into tensor<8x48x6x8xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected a product with V that adds up one dimension, but got 2}}
  %o = linalg.generic {indexing_maps = [
        affine_map<(b, i, d, j, k) -> (b, i, j, k)>, affine_map<(b, i, d, j, k) -> (b, j, k, d)>,
        affine_map<(b, i, d, j, k) -> (b, i, d)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%blocks, %v : tensor<8x48x6x8xf16>, tensor<8x6x8x64xf16>) outs(%o1 : tensor<8x48x64xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.mulf %a, %b : f16
    %1 = arith.addf %out, %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b ceildiv 4, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>

// A head of K and V that is computed in another way than by sharing.
func.func @computed(%q: tensor<8x48x64xf16>, %k: tensor<3x48x64xf16>,
    %v: tensor<3x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.generic {indexing_maps = [#q, #k, #s],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<8x48x64xf16>, tensor<3x48x64xf16>) outs(%s1 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.mulf %a, %b : f16
    %1 = arith.addf %out, %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x48x48xf16>)
      outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected a product with V without computed indices, but got [affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>, affine_map<(d0, d1, d2, d3) -> (d0 ceildiv 4, d3, d2)>}}
  %o = linalg.generic {indexing_maps = [
        affine_map<(b, i, d, j) -> (b, i, j)>, affine_map<(b, i, d, j) -> (b ceildiv 4, j, d)>,
        affine_map<(b, i, d, j) -> (b, i, d)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<8x48x48xf16>, tensor<3x48x64xf16>) outs(%o1 : tensor<8x48x64xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.mulf %a, %b : f16
    %1 = arith.addf %out, %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}
