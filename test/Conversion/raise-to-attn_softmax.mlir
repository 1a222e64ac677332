// What is nearly a softmax, and where it stops being one.

// RUN: fa3-opt %s --raise-to-attn --split-input-file --verify-diagnostics

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// A factor of the probabilities, as dropout has.
func.func @scaled(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
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
    %two = arith.constant 2.0 : f16
    // expected-note @below {{'arith.mulf' is here}}
    %0 = arith.mulf %a, %two : f16
    linalg.yield %0 : f16
  } -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected a softmax to be multiplied with V, but got 'arith.mulf' of one}}
  %o = linalg.batch_matmul ins(%t, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// The same as a quotient.
func.func @divided(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
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
    %half = arith.constant 0.5 : f16
    // expected-note @below {{'arith.divf' is here}}
    %0 = arith.divf %a, %half : f16
    linalg.yield %0 : f16
  } -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected a softmax to be multiplied with V, but got 'arith.divf' of one}}
  %o = linalg.batch_matmul ins(%t, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// Something added to the probabilities.
func.func @added(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
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
    %two = arith.constant 2.0 : f16
    // expected-note @below {{'arith.addf' is here}}
    %0 = arith.addf %a, %two : f16
    linalg.yield %0 : f16
  } -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected a softmax to be multiplied with V, but got 'arith.addf' of one}}
  %o = linalg.batch_matmul ins(%t, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// A mask behind the softmax: rows do not add up to 1.
func.func @masked(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
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
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %seen = arith.cmpi sle, %j, %i : index
    // expected-note @below {{'arith.select' is here}}
    %0 = arith.select %seen, %a, %zero : f16
    linalg.yield %0 : f16
  } -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected a softmax to be multiplied with V, but got 'arith.select' of one}}
  %o = linalg.batch_matmul ins(%t, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// Dropout, by a hash of the place.
func.func @dropout(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
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
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %factor = arith.constant 1664525 : index
    %hash = arith.muli %i, %factor : index
    %place = arith.xori %hash, %j : index
    %limit = arith.constant 9000 : index
    %kept = arith.cmpi ult, %place, %limit : index
    %number = arith.uitofp %kept : i1 to f16
    // expected-note @below {{'arith.mulf' is here}}
    %0 = arith.mulf %number, %a : f16
    linalg.yield %0 : f16
  } -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected a softmax to be multiplied with V, but got 'arith.mulf' of one}}
  %o = linalg.batch_matmul ins(%t, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>

// Part of the probabilities, as with sinks.
func.func @sliced(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
    %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x48x48xf16>)
      outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %rest = tensor.extract_slice %p[0, 0, 0] [8, 48, 40] [1, 1, 1]
      : tensor<8x48x48xf16> to tensor<8x48x40xf16>
  %few = tensor.extract_slice %v[0, 0, 0] [8, 40, 64] [1, 1, 1]
      : tensor<8x48x64xf16> to tensor<8x40x64xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected a softmax to be multiplied with V, but got 'tensor.extract_slice' of one}}
  %o = linalg.batch_matmul ins(%rest, %few : tensor<8x48x40xf16>, tensor<8x40x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>
#row = affine_map<(b, i, j) -> (b, i)>

// The quotient the other way round.
func.func @swapped(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
    %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %low = arith.constant 0xFC00 : f16
  %r0 = tensor.empty() : tensor<8x48xf16>
  %m1 = linalg.fill ins(%low : f16) outs(%r0 : tensor<8x48xf16>) -> tensor<8x48xf16>
  %l1 = linalg.fill ins(%zero : f16) outs(%r0 : tensor<8x48xf16>) -> tensor<8x48xf16>
  %max = linalg.reduce {arith.maximumf} ins(%s : tensor<8x48x48xf16>)
      outs(%m1 : tensor<8x48xf16>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %max : tensor<8x48x48xf16>, tensor<8x48xf16>) outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %m: f16, %out: f16):
    %0 = arith.subf %a, %m : f16
    %1 = math.exp %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %sum = linalg.reduce {arith.addf} ins(%e : tensor<8x48x48xf16>)
      outs(%l1 : tensor<8x48xf16>) dimensions = [2]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %sum : tensor<8x48x48xf16>, tensor<8x48xf16>) outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %l: f16, %out: f16):
    // expected-note @below {{'arith.divf' is here}}
    %0 = arith.divf %l, %a : f16
    linalg.yield %0 : f16
  } -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected the exponentials to be divided by their sum, but got the sum divided by them}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>
#row = affine_map<(b, i, j) -> (b, i)>

// The quotient behind the product, where the product is looked at.
func.func @undivided(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
    %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %low = arith.constant 0xFC00 : f16
  %r0 = tensor.empty() : tensor<8x48xf16>
  %m1 = linalg.fill ins(%low : f16) outs(%r0 : tensor<8x48xf16>) -> tensor<8x48xf16>
  %l1 = linalg.fill ins(%zero : f16) outs(%r0 : tensor<8x48xf16>) -> tensor<8x48xf16>
  %max = linalg.reduce {arith.maximumf} ins(%s : tensor<8x48x48xf16>)
      outs(%m1 : tensor<8x48xf16>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %max : tensor<8x48x48xf16>, tensor<8x48xf16>) outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %m: f16, %out: f16):
    %0 = arith.subf %a, %m : f16
    // expected-note @below {{'math.exp' is here}}
    %1 = math.exp %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected the exponentials to be divided by their sum before they are multiplied with V}}
  %o = linalg.batch_matmul ins(%e, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>
#row = affine_map<(b, i, j) -> (b, i)>

// Rows that add up to less than 1.
func.func @more_than_sum(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
    %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %low = arith.constant 0xFC00 : f16
  %r0 = tensor.empty() : tensor<8x48xf16>
  %m1 = linalg.fill ins(%low : f16) outs(%r0 : tensor<8x48xf16>) -> tensor<8x48xf16>
  %l1 = linalg.fill ins(%zero : f16) outs(%r0 : tensor<8x48xf16>) -> tensor<8x48xf16>
  %max = linalg.reduce {arith.maximumf} ins(%s : tensor<8x48x48xf16>)
      outs(%m1 : tensor<8x48xf16>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %max : tensor<8x48x48xf16>, tensor<8x48xf16>) outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %m: f16, %out: f16):
    %0 = arith.subf %a, %m : f16
    %1 = math.exp %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %sum = linalg.reduce {arith.addf} ins(%e : tensor<8x48x48xf16>)
      outs(%l1 : tensor<8x48xf16>) dimensions = [2]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %sum : tensor<8x48x48xf16>, tensor<8x48xf16>) outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %l: f16, %out: f16):
    %one = arith.constant 1.0 : f16
    %0 = arith.addf %l, %one : f16
    // expected-note @below {{'arith.divf' is here}}
    %1 = arith.divf %a, %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected the exponentials to be divided by their sum, but got 'arith.addf'}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>
#row = affine_map<(b, i, j) -> (b, i)>

// Powers of another function.
func.func @other_base(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
    %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %low = arith.constant 0xFC00 : f16
  %r0 = tensor.empty() : tensor<8x48xf16>
  %m1 = linalg.fill ins(%low : f16) outs(%r0 : tensor<8x48xf16>) -> tensor<8x48xf16>
  %l1 = linalg.fill ins(%zero : f16) outs(%r0 : tensor<8x48xf16>) -> tensor<8x48xf16>
  %max = linalg.reduce {arith.maximumf} ins(%s : tensor<8x48x48xf16>)
      outs(%m1 : tensor<8x48xf16>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %max : tensor<8x48x48xf16>, tensor<8x48xf16>) outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %m: f16, %out: f16):
    %0 = arith.subf %a, %m : f16
    // expected-note @below {{'math.expm1' is here}}
    %1 = math.expm1 %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %sum = linalg.reduce {arith.addf} ins(%e : tensor<8x48x48xf16>)
      outs(%l1 : tensor<8x48xf16>) dimensions = [2]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %sum : tensor<8x48x48xf16>, tensor<8x48xf16>) outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %l: f16, %out: f16):
    %0 = arith.divf %a, %l : f16
    linalg.yield %0 : f16
  } -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected exponentials to base e or 2, but got 'math.expm1'}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>
#row = affine_map<(b, i, j) -> (b, i)>

// The maximum is that of the wrong end.
func.func @negative_factor(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
    %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %low = arith.constant 0xFC00 : f16
  %r0 = tensor.empty() : tensor<8x48xf16>
  %m1 = linalg.fill ins(%low : f16) outs(%r0 : tensor<8x48xf16>) -> tensor<8x48xf16>
  %l1 = linalg.fill ins(%zero : f16) outs(%r0 : tensor<8x48xf16>) -> tensor<8x48xf16>
  %max = linalg.reduce {arith.maximumf} ins(%s : tensor<8x48x48xf16>)
      outs(%m1 : tensor<8x48xf16>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %max : tensor<8x48x48xf16>, tensor<8x48xf16>) outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %m: f16, %out: f16):
    %0 = arith.subf %a, %m : f16
    %factor = arith.constant -0.5 : f16
    %1 = arith.mulf %0, %factor : f16
    %2 = math.exp %1 : f16
    linalg.yield %2 : f16
  } -> tensor<8x48x48xf16>
  %sum = linalg.reduce {arith.addf} ins(%e : tensor<8x48x48xf16>)
      outs(%l1 : tensor<8x48xf16>) dimensions = [2]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %sum : tensor<8x48x48xf16>, tensor<8x48xf16>) outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %l: f16, %out: f16):
    %0 = arith.divf %a, %l : f16
    linalg.yield %0 : f16
  } -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected a positive factor of the exponents, but got -5.000000e-01 : f16}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>
#row = affine_map<(b, i, j) -> (b, i)>

// A maximum from 0: far below it, all exponentials are 0.
func.func @first_maximum(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
    %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %low = arith.constant 0.0 : f16
  %r0 = tensor.empty() : tensor<8x48xf16>
  %m1 = linalg.fill ins(%low : f16) outs(%r0 : tensor<8x48xf16>) -> tensor<8x48xf16>
  %l1 = linalg.fill ins(%zero : f16) outs(%r0 : tensor<8x48xf16>) -> tensor<8x48xf16>
  %max = linalg.reduce {arith.maximumf} ins(%s : tensor<8x48x48xf16>)
      outs(%m1 : tensor<8x48xf16>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %max : tensor<8x48x48xf16>, tensor<8x48xf16>) outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %m: f16, %out: f16):
    %0 = arith.subf %a, %m : f16
    %1 = math.exp %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %sum = linalg.reduce {arith.addf} ins(%e : tensor<8x48x48xf16>)
      outs(%l1 : tensor<8x48xf16>) dimensions = [2]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %sum : tensor<8x48x48xf16>, tensor<8x48xf16>) outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %l: f16, %out: f16):
    %0 = arith.divf %a, %l : f16
    linalg.yield %0 : f16
  } -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected a maximum that begins with -65504 or less, but got 0.000000e+00 : f16}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#id = affine_map<(b, i, j) -> (b, i, j)>
#row = affine_map<(b, i, j) -> (b, i)>

// Products, exponentials and sums of another network: not a word.
func.func @other(%x: tensor<8x48x64xf16>, %w: tensor<8x64x48xf16>,
    %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %one = arith.constant 1.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.batch_matmul ins(%x, %w : tensor<8x48x64xf16>, tensor<8x64x48xf16>)
      outs(%s1 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %silu = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<8x48x48xf16>) outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %out: f16):
    %0 = arith.negf %a : f16
    %1 = math.exp %0 : f16
    %2 = arith.addf %1, %one : f16
    %3 = arith.divf %a, %2 : f16
    linalg.yield %3 : f16
  } -> tensor<8x48x48xf16>
  %r0 = tensor.empty() : tensor<8x48xf16>
  %l1 = linalg.fill ins(%zero : f16) outs(%r0 : tensor<8x48xf16>) -> tensor<8x48xf16>
  %sum = linalg.reduce {arith.addf} ins(%silu : tensor<8x48x48xf16>)
      outs(%l1 : tensor<8x48xf16>) dimensions = [2]
  %max = linalg.reduce {arith.maximumf} ins(%silu : tensor<8x48x48xf16>)
      outs(%l1 : tensor<8x48xf16>) dimensions = [2]
  %p = linalg.generic {indexing_maps = [#id, #row, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%silu, %sum, %max : tensor<8x48x48xf16>, tensor<8x48xf16>, tensor<8x48xf16>)
      outs(%s0 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %l: f16, %m: f16, %out: f16):
    %0 = arith.divf %a, %l : f16
    %1 = arith.divf %0, %m : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>

// A sum of more numbers than there are keys: each exponential is added up twice.
func.func @sum_of_more(%q: tensor<32x64xf16>, %k: tensor<64x48xf16>,
    %v: tensor<48x64xf16>, %any: tensor<96xf16>) -> tensor<32x64xf16> {
  %zero = arith.constant 0.0 : f16
  %low = arith.constant 0xFC00 : f16
  %s0 = tensor.empty() : tensor<32x48xf16>
  %r0 = tensor.empty() : tensor<32xf16>
  %o0 = tensor.empty() : tensor<32x64xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<32x48xf16>) -> tensor<32x48xf16>
  %m1 = linalg.fill ins(%low : f16) outs(%r0 : tensor<32xf16>) -> tensor<32xf16>
  %l1 = linalg.fill ins(%zero : f16) outs(%r0 : tensor<32xf16>) -> tensor<32xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<32x64xf16>) -> tensor<32x64xf16>
  %t = linalg.matmul ins(%q, %k : tensor<32x64xf16>, tensor<64x48xf16>)
      outs(%s1 : tensor<32x48xf16>) -> tensor<32x48xf16>
  %m = linalg.reduce {arith.maximumf} ins(%t : tensor<32x48xf16>) outs(%m1 : tensor<32xf16>) dimensions = [1]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%t, %m : tensor<32x48xf16>, tensor<32xf16>) outs(%s0 : tensor<32x48xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.subf %a, %b : f16
    %1 = math.exp %0 : f16
    linalg.yield %1 : f16
  } -> tensor<32x48xf16>
  %l = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j mod 48)>, affine_map<(i, j) -> (j)>, #row],
      iterator_types = ["parallel", "reduction"]}
      ins(%e, %any : tensor<32x48xf16>, tensor<96xf16>) outs(%l1 : tensor<32xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.addf %a, %out : f16
    linalg.yield %0 : f16
  } -> tensor<32xf16>
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%e, %l : tensor<32x48xf16>, tensor<32xf16>) outs(%s0 : tensor<32x48xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.divf %a, %b : f16
    linalg.yield %0 : f16
  } -> tensor<32x48xf16>
  // expected-remark @below {{cannot raise to attention: expected the sum to be that of the exponentials over the keys, but got that of 96 numbers for 48 keys}}
  %o = linalg.matmul ins(%p, %v : tensor<32x48xf16>, tensor<48x64xf16>)
      outs(%o1 : tensor<32x64xf16>) -> tensor<32x64xf16>
  return %o : tensor<32x64xf16>
}

// -----

#id = affine_map<(i, j) -> (i, j)>

// A softmax over more than the keys, of which the first half is read.
func.func @half(%q: tensor<32x64xf16>, %k: tensor<64x48xf16>, %v: tensor<48x64xf16>) -> tensor<32x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<32x48xf16>
  %t0 = tensor.empty() : tensor<32x96xf16>
  %o0 = tensor.empty() : tensor<32x64xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<32x48xf16>) -> tensor<32x48xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<32x64xf16>) -> tensor<32x64xf16>
  %s = linalg.matmul ins(%q, %k : tensor<32x64xf16>, tensor<64x48xf16>)
      outs(%s1 : tensor<32x48xf16>) -> tensor<32x48xf16>
  %t = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j mod 48)>, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s : tensor<32x48xf16>) outs(%t0 : tensor<32x96xf16>) {
  ^bb0(%a: f16, %out: f16):
    linalg.yield %a : f16
  } -> tensor<32x96xf16>
  %p = linalg.softmax dimension(1) ins(%t : tensor<32x96xf16>) outs(%t0 : tensor<32x96xf16>) -> tensor<32x96xf16>
  %h = tensor.expand_shape %p [[0], [1, 2]] output_shape [32, 2, 48] : tensor<32x96xf16> into tensor<32x2x48xf16>
  // expected-remark @below {{cannot raise to attention: expected a softmax over 48 keys, but got one over 96}}
  %o = linalg.generic {indexing_maps = [affine_map<(i, d, j) -> (i, 0, j)>, affine_map<(i, d, j) -> (j, d)>,
      affine_map<(i, d, j) -> (i, d)>], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%h, %v : tensor<32x2x48xf16>, tensor<48x64xf16>) outs(%o1 : tensor<32x64xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.mulf %a, %b : f16
    %1 = arith.addf %out, %0 : f16
    linalg.yield %1 : f16
  } -> tensor<32x64xf16>
  return %o : tensor<32x64xf16>
}
