// What a reader of remarks is told of attention that is nearly one, or that is raised
// to what no kernel takes.

// RUN: fa3-opt %s --raise-to-attn --split-input-file --verify-diagnostics -o %t.mlir

// Bufferized before.
func.func @memrefs(%q: memref<8x48x64xf16>, %kt: memref<8x64x48xf16>, %v: memref<8x48x64xf16>,
                   %s: memref<8x48x48xf16>, %p: memref<8x48x48xf16>, %o: memref<8x48x64xf16>) {
  linalg.batch_matmul ins(%q, %kt : memref<8x48x64xf16>, memref<8x64x48xf16>) outs(%s : memref<8x48x48xf16>)
  linalg.softmax dimension(2) ins(%s : memref<8x48x48xf16>) outs(%p : memref<8x48x48xf16>)
  // expected-remark @below {{cannot raise to attention: expected tensors, but got memrefs; run raise-to-attn before bufferization}}
  linalg.batch_matmul ins(%p, %v : memref<8x48x48xf16>, memref<8x48x64xf16>) outs(%o : memref<8x48x64xf16>)
  return
}

// -----

// Products of memrefs without exponentials between them are none.
func.func @products_of_memrefs(%a: memref<48x48xf16>, %b: memref<48x48xf16>, %s: memref<48x48xf16>, %o: memref<48x48xf16>) {
  linalg.exp ins(%a : memref<48x48xf16>) outs(%a : memref<48x48xf16>)
  linalg.matmul ins(%a, %b : memref<48x48xf16>, memref<48x48xf16>) outs(%s : memref<48x48xf16>)
  linalg.matmul ins(%s, %b : memref<48x48xf16>, memref<48x48xf16>) outs(%o : memref<48x48xf16>)
  return
}

// -----

// K is stored with its features first.
func.func @turned_keys(%q: tensor<8x48x64xf16>, %kt: tensor<8x64x48xf16>, %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.batch_matmul ins(%q, %kt : tensor<8x48x64xf16>, tensor<8x64x48xf16>) outs(%s1 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x48x48xf16>) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{raised to attention with a transposed copy of K, which no kernel makes; expected the dimensions of Q, K, V and the result in one order, (batch, position, head, feature) or (batch, head, position, feature), where heads of Q that share one of K follow each other}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>) outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#k = affine_map<(b, i, j, d) -> (b mod 2, j, d)>
#v = affine_map<(b, i, d, j) -> (b mod 2, j, d)>

// Every other head of Q shares one of K, as after tosa.tile.
func.func @tiled_heads(%q: tensor<8x48x64xf16>, %k: tensor<2x48x64xf16>, %v: tensor<2x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.generic {indexing_maps = [affine_map<(b, i, j, d) -> (b, i, d)>, #k, affine_map<(b, i, j, d) -> (b, i, j)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<8x48x64xf16>, tensor<2x48x64xf16>) outs(%s1 : tensor<8x48x48xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.mulf %a, %b : f16
    %1 = arith.addf %out, %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x48x48xf16>) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{raised to attention with a transposed copy of Q and of the result, which no kernel makes}}
  %o = linalg.generic {indexing_maps = [affine_map<(b, i, d, j) -> (b, i, j)>, #v, affine_map<(b, i, d, j) -> (b, i, d)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<8x48x48xf16>, tensor<2x48x64xf16>) outs(%o1 : tensor<8x48x64xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.mulf %a, %b : f16
    %1 = arith.addf %out, %0 : f16
    linalg.yield %1 : f16
  } -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

// The weights do not depend on Q and K.
func.func @bias_alone(%bias: tensor<8x48x48xf16>, %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%bias : tensor<8x48x48xf16>) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  // expected-remark @below {{cannot raise to attention: expected scores that are made of a product of Q and K, but got an argument}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>) outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}

// -----

#id = affine_map<(b, i, d) -> (b, i, d)>

// Something is made of the product before it is rounded.
func.func @positive(%q: tensor<8x48x64xf16>, %kt: tensor<8x64x48xf16>, %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %half = arith.constant 0.0 : f16
  %zero = arith.constant 0.0 : f32
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%half : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.batch_matmul ins(%q, %kt : tensor<8x48x64xf16>, tensor<8x64x48xf16>) outs(%s1 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x48x48xf16>) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf32>
  %o1 = linalg.fill ins(%zero : f32) outs(%o0 : tensor<8x48x64xf32>) -> tensor<8x48x64xf32>
  // expected-remark @below {{cannot raise to attention: expected the product with V to be rounded to the type of Q, f16, before anything else is made of it, but got f32}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>) outs(%o1 : tensor<8x48x64xf32>) -> tensor<8x48x64xf32>
  %r0 = tensor.empty() : tensor<8x48x64xf16>
  // expected-note @below {{'linalg.generic' is here}}
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%o : tensor<8x48x64xf32>) outs(%r0 : tensor<8x48x64xf16>) {
  ^bb0(%a: f32, %out: f16):
    %0 = arith.maximumf %a, %zero : f32
    %1 = arith.truncf %0 : f32 to f16
    linalg.yield %1 : f16
  } -> tensor<8x48x64xf16>
  return %r : tensor<8x48x64xf16>
}

// -----

#id = affine_map<(b, i, j) -> (b, i, j)>
#of_all = affine_map<(b, i, j) -> (i, j)>

// A table in which a row has no visible key.
func.func @empty_row(%q: tensor<8x2x64xf16>, %k: tensor<8x3x64xf16>, %v: tensor<8x3x64xf16>) -> tensor<8x2x64xf16> {
  %zero = arith.constant 0.0 : f16
  %table = arith.constant dense<[[0.0, -1.0, 0xFC00], [0xFC00, 0xFC00, 0xFC00]]> : tensor<2x3xf16>
  %s0 = tensor.empty() : tensor<8x2x3xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x2x3xf16>) -> tensor<8x2x3xf16>
  %s = linalg.batch_matmul indexing_maps = [affine_map<(b, i, j, d) -> (b, i, d)>, affine_map<(b, i, j, d) -> (b, j, d)>, affine_map<(b, i, j, d) -> (b, i, j)>]
      ins(%q, %k : tensor<8x2x64xf16>, tensor<8x3x64xf16>) outs(%s1 : tensor<8x2x3xf16>) -> tensor<8x2x3xf16>
  %t = linalg.generic {indexing_maps = [#id, #of_all, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %table : tensor<8x2x3xf16>, tensor<2x3xf16>) outs(%s0 : tensor<8x2x3xf16>) {
  ^bb0(%a: f16, %b: f16, %out: f16):
    %0 = arith.addf %a, %b : f16
    linalg.yield %0 : f16
  } -> tensor<8x2x3xf16>
  %p = linalg.softmax dimension(2) ins(%t : tensor<8x2x3xf16>) outs(%s0 : tensor<8x2x3xf16>) -> tensor<8x2x3xf16>
  %o0 = tensor.empty() : tensor<8x2x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x2x64xf16>) -> tensor<8x2x64xf16>
  // expected-remark @below {{a row whose scores are all -inf gives 0 in 'attn.forward', but NaN in a softmax that is written out}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x2x3xf16>, tensor<8x3x64xf16>) outs(%o1 : tensor<8x2x64xf16>) -> tensor<8x2x64xf16>
  return %o : tensor<8x2x64xf16>
}

// -----

#id = affine_map<(b, i, j) -> (b, i, j)>

// A number that is subtracted hides as one that is added; one that is compared with
// does not.
func.func @subtracted(%q: tensor<8x2x64xf16>, %k: tensor<8x3x64xf16>, %v: tensor<8x3x64xf16>) -> tensor<8x2x64xf16> {
  %zero = arith.constant 0.0 : f16
  %infinite = arith.constant 0x7F800000 : f32
  %s0 = tensor.empty() : tensor<8x2x3xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x2x3xf16>) -> tensor<8x2x3xf16>
  %s = linalg.batch_matmul indexing_maps = [affine_map<(b, i, j, d) -> (b, i, d)>, affine_map<(b, i, j, d) -> (b, j, d)>, affine_map<(b, i, j, d) -> (b, i, j)>]
      ins(%q, %k : tensor<8x2x64xf16>, tensor<8x3x64xf16>) outs(%s1 : tensor<8x2x3xf16>) -> tensor<8x2x3xf16>
  %t0 = tensor.empty() : tensor<8x2x3xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<8x2x3xf16>) outs(%t0 : tensor<8x2x3xf32>) {
  ^bb0(%a: f16, %out: f32):
    %j = linalg.index 2 : index
    %two = arith.constant 2 : index
    %much = arith.constant 1.0e9 : f32
    %wide = arith.extf %a : f16 to f32
    %rest = arith.remui %j, %two : index
    %hidden = arith.cmpi eq, %rest, %two : index
    %number = arith.uitofp %hidden : i1 to f32
    %product = arith.mulf %number, %much : f32
    %0 = arith.subf %wide, %product : f32
    %finite = arith.cmpf olt, %0, %infinite : f32
    %1 = arith.select %finite, %0, %wide : f32
    linalg.yield %1 : f32
  } -> tensor<8x2x3xf32>
  %p = linalg.softmax dimension(2) ins(%t : tensor<8x2x3xf32>) outs(%t0 : tensor<8x2x3xf32>) -> tensor<8x2x3xf32>
  %h = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%p : tensor<8x2x3xf32>) outs(%s0 : tensor<8x2x3xf16>) {
  ^bb0(%a: f32, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    linalg.yield %0 : f16
  } -> tensor<8x2x3xf16>
  %o0 = tensor.empty() : tensor<8x2x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x2x64xf16>) -> tensor<8x2x64xf16>
  // expected-remark @below {{a row whose scores are all -1e9 or less gives 0 in 'attn.forward', but a mean of V in a softmax that is written out}}
  %o = linalg.batch_matmul ins(%h, %v : tensor<8x2x3xf16>, tensor<8x3x64xf16>) outs(%o1 : tensor<8x2x64xf16>) -> tensor<8x2x64xf16>
  return %o : tensor<8x2x64xf16>
}

// -----

// Every other key is another one.
func.func @keys_hi_both(%q: tensor<8x8xf16>, %k: tensor<6x8xf16>, %v: tensor<6x8xf16>) -> tensor<8x8xf16> {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %s0 = tensor.empty() : tensor<8x12xf32>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<8x12xf32>) -> tensor<8x12xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(i, j, d) -> (i, d)>, affine_map<(i, j, d) -> (j floordiv 2, d)>, affine_map<(i, j, d) -> (i, j)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%q, %k : tensor<8x8xf16>, tensor<6x8xf16>) outs(%s1 : tensor<8x12xf32>) {
  ^bb0(%a: f16, %b: f16, %out: f32):
    %0 = arith.extf %a : f16 to f32
    %1 = arith.extf %b : f16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %out, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<8x12xf32>
  %t = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%s : tensor<8x12xf32>) outs(%s0 : tensor<8x12xf32>) {
  ^bb0(%a: f32, %out: f32):
    %k1 = arith.constant 0.5 : f32
    %x = arith.mulf %a, %k1 : f32
    linalg.yield %x : f32
  } -> tensor<8x12xf32>
  %r0 = tensor.empty() : tensor<8xf32>
  %m1 = linalg.fill ins(%low : f32) outs(%r0 : tensor<8xf32>) -> tensor<8xf32>
  %l1 = linalg.fill ins(%zero : f32) outs(%r0 : tensor<8xf32>) -> tensor<8xf32>
  %max = linalg.reduce {arith.maximumf} ins(%t : tensor<8x12xf32>) outs(%m1 : tensor<8xf32>) dimensions = [1]
  %e = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%t, %max : tensor<8x12xf32>, tensor<8xf32>) outs(%s0 : tensor<8x12xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %0 = arith.subf %a, %m : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> tensor<8x12xf32>
  %sum = linalg.reduce {arith.addf} ins(%e : tensor<8x12xf32>) outs(%l1 : tensor<8xf32>) dimensions = [1]
  %p = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%e, %sum : tensor<8x12xf32>, tensor<8xf32>) outs(%s0 : tensor<8x12xf32>) {
  ^bb0(%a: f32, %l: f32, %out: f32):
    %0 = arith.divf %a, %l : f32
    linalg.yield %0 : f32
  } -> tensor<8x12xf32>
  %o0 = tensor.empty() : tensor<8x8xf32>
  %o1 = linalg.fill ins(%zero : f32) outs(%o0 : tensor<8x8xf32>) -> tensor<8x8xf32>
  // expected-remark @below {{cannot raise to attention: expected Q, K and V to be read at each key and each feature, but got some of them repeated}}
  %o = linalg.generic {indexing_maps = [affine_map<(i, d, j) -> (i, j)>, affine_map<(i, d, j) -> (j floordiv 2, d)>, affine_map<(i, d, j) -> (i, d)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%p, %v : tensor<8x12xf32>, tensor<6x8xf16>) outs(%o1 : tensor<8x8xf32>) {
  ^bb0(%a: f32, %b: f16, %out: f32):
    %1 = arith.extf %b : f16 to f32
    %2 = arith.mulf %a, %1 : f32
    %3 = arith.addf %out, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<8x8xf32>
  %h0 = tensor.empty() : tensor<8x8xf16>
  %h = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%o : tensor<8x8xf32>) outs(%h0 : tensor<8x8xf16>) {
  ^bb0(%a: f32, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    linalg.yield %0 : f16
  } -> tensor<8x8xf16>
  return %h : tensor<8x8xf16>
}

// -----

// Scores of f32 may be below what the maximum begins with.
func.func @low_maximum(%q: tensor<8x8xf16>, %k: tensor<12x8xf16>, %v: tensor<12x8xf16>) -> tensor<8x8xf16> {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant -65504.0 : f32
  %s0 = tensor.empty() : tensor<8x12xf32>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<8x12xf32>) -> tensor<8x12xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(i, j, d) -> (i, d)>, affine_map<(i, j, d) -> (j, d)>, affine_map<(i, j, d) -> (i, j)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%q, %k : tensor<8x8xf16>, tensor<12x8xf16>) outs(%s1 : tensor<8x12xf32>) {
  ^bb0(%a: f16, %b: f16, %out: f32):
    %0 = arith.extf %a : f16 to f32
    %1 = arith.extf %b : f16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %out, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<8x12xf32>
  %t = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%s : tensor<8x12xf32>) outs(%s0 : tensor<8x12xf32>) {
  ^bb0(%a: f32, %out: f32):
    %hiding = arith.constant -65504.0 : f32
    %x = arith.addf %a, %hiding : f32
    linalg.yield %x : f32
  } -> tensor<8x12xf32>
  %r0 = tensor.empty() : tensor<8xf32>
  %m1 = linalg.fill ins(%low : f32) outs(%r0 : tensor<8xf32>) -> tensor<8xf32>
  %l1 = linalg.fill ins(%zero : f32) outs(%r0 : tensor<8xf32>) -> tensor<8xf32>
  %max = linalg.reduce {arith.maximumf} ins(%t : tensor<8x12xf32>) outs(%m1 : tensor<8xf32>) dimensions = [1]
  %e = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%t, %max : tensor<8x12xf32>, tensor<8xf32>) outs(%s0 : tensor<8x12xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %0 = arith.subf %a, %m : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> tensor<8x12xf32>
  %sum = linalg.reduce {arith.addf} ins(%e : tensor<8x12xf32>) outs(%l1 : tensor<8xf32>) dimensions = [1]
  %p = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%e, %sum : tensor<8x12xf32>, tensor<8xf32>) outs(%s0 : tensor<8x12xf32>) {
  ^bb0(%a: f32, %l: f32, %out: f32):
    %0 = arith.divf %a, %l : f32
    linalg.yield %0 : f32
  } -> tensor<8x12xf32>
  %o0 = tensor.empty() : tensor<8x8xf32>
  %o1 = linalg.fill ins(%zero : f32) outs(%o0 : tensor<8x8xf32>) -> tensor<8x8xf32>
  // expected-remark @below {{a row whose scores are all less than -6.550400e+04, with which the maximum begins, is NaN in a softmax that is written out, but no more in 'attn.forward'}}
  %o = linalg.generic {indexing_maps = [affine_map<(i, d, j) -> (i, j)>, affine_map<(i, d, j) -> (j, d)>, affine_map<(i, d, j) -> (i, d)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%p, %v : tensor<8x12xf32>, tensor<12x8xf16>) outs(%o1 : tensor<8x8xf32>) {
  ^bb0(%a: f32, %b: f16, %out: f32):
    %1 = arith.extf %b : f16 to f32
    %2 = arith.mulf %a, %1 : f32
    %3 = arith.addf %out, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<8x8xf32>
  %h0 = tensor.empty() : tensor<8x8xf16>
  %h = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%o : tensor<8x8xf32>) outs(%h0 : tensor<8x8xf16>) {
  ^bb0(%a: f32, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    linalg.yield %0 : f16
  } -> tensor<8x8xf16>
  return %h : tensor<8x8xf16>
}
