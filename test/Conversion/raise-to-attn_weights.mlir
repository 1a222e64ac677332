// What weighs V otherwise than a softmax does.

// RUN: fa3-opt %s --raise-to-attn --verify-diagnostics | FileCheck %s
// CHECK-NOT: attn.forward

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>
#row = affine_map<(b, i, j) -> (b, i)>

// Gates are no attention, so there is nothing to say.
func.func @sigmoid(%q: tensor<2x16x8xf16>, %k: tensor<2x24x8xf16>, %v: tensor<2x24x8xf16>) -> tensor<2x16x8xf16> {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %low = arith.constant 0xFF800000 : f32
  %s0 = tensor.empty() : tensor<2x16x24xf32>
  %r0 = tensor.empty() : tensor<2x16xf32>
  %o0 = tensor.empty() : tensor<2x16x8xf16>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<2x16x24xf32>) -> tensor<2x16x24xf32>
  %m1 = linalg.fill ins(%low : f32) outs(%r0 : tensor<2x16xf32>) -> tensor<2x16xf32>
  %l1 = linalg.fill ins(%zero : f32) outs(%r0 : tensor<2x16xf32>) -> tensor<2x16xf32>
  %o1 = linalg.fill ins(%half : f16) outs(%o0 : tensor<2x16x8xf16>) -> tensor<2x16x8xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<2x16x8xf16>, tensor<2x24x8xf16>)
      outs(%s1 : tensor<2x16x24xf32>) -> tensor<2x16x24xf32>
  %p_0 = tensor.empty() : tensor<2x16x24xf32>
  %p = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<2x16x24xf32>) outs(%p_0 : tensor<2x16x24xf32>) {
  ^bb0(%a: f32, %out: f32):
    %one = arith.constant 1.0 : f32
    %n = arith.negf %a : f32
    %x = math.exp %n : f32
    %d = arith.addf %x, %one : f32
    %0 = arith.divf %one, %d : f32
    linalg.yield %0 : f32
  } -> tensor<2x16x24xf32>
  %h0 = tensor.empty() : tensor<2x16x24xf16>
  %h = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%p : tensor<2x16x24xf32>) outs(%h0 : tensor<2x16x24xf16>) {
  ^bb0(%a: f32, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    linalg.yield %0 : f16
  } -> tensor<2x16x24xf16>
  %o = linalg.batch_matmul ins(%h, %v : tensor<2x16x24xf16>, tensor<2x24x8xf16>)
      outs(%o1 : tensor<2x16x8xf16>) -> tensor<2x16x8xf16>
  return %o : tensor<2x16x8xf16>
}

// log_softmax, as a difference from the logarithm of the sum.
func.func @log_softmax(%q: tensor<2x16x8xf16>, %k: tensor<2x24x8xf16>, %v: tensor<2x24x8xf16>) -> tensor<2x16x8xf16> {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %low = arith.constant 0xFF800000 : f32
  %s0 = tensor.empty() : tensor<2x16x24xf32>
  %r0 = tensor.empty() : tensor<2x16xf32>
  %o0 = tensor.empty() : tensor<2x16x8xf16>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<2x16x24xf32>) -> tensor<2x16x24xf32>
  %m1 = linalg.fill ins(%low : f32) outs(%r0 : tensor<2x16xf32>) -> tensor<2x16xf32>
  %l1 = linalg.fill ins(%zero : f32) outs(%r0 : tensor<2x16xf32>) -> tensor<2x16xf32>
  %o1 = linalg.fill ins(%half : f16) outs(%o0 : tensor<2x16x8xf16>) -> tensor<2x16x8xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<2x16x8xf16>, tensor<2x24x8xf16>)
      outs(%s1 : tensor<2x16x24xf32>) -> tensor<2x16x24xf32>
  %max = linalg.reduce {arith.maximumf} ins(%s : tensor<2x16x24xf32>) outs(%m1 : tensor<2x16xf32>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %max : tensor<2x16x24xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x24xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %0 = arith.subf %a, %m : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> tensor<2x16x24xf32>
  %sum = linalg.reduce {arith.addf} ins(%e : tensor<2x16x24xf32>) outs(%l1 : tensor<2x16xf32>) dimensions = [2]
  %p = linalg.generic {indexing_maps = [#id, #row, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %max, %sum : tensor<2x16x24xf32>, tensor<2x16xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x24xf32>) {
  ^bb0(%a: f32, %m: f32, %l: f32, %out: f32):
    %x = arith.subf %a, %m : f32
    %y = math.log %l : f32
    // expected-note @below {{'arith.subf' is here}}
    %0 = arith.subf %x, %y : f32
    linalg.yield %0 : f32
  } -> tensor<2x16x24xf32>
  %h0 = tensor.empty() : tensor<2x16x24xf16>
  %h = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%p : tensor<2x16x24xf32>) outs(%h0 : tensor<2x16x24xf16>) {
  ^bb0(%a: f32, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    linalg.yield %0 : f16
  } -> tensor<2x16x24xf16>
  // expected-remark @below {{cannot raise to attention: expected a softmax to be multiplied with V, but got the logarithm of one}}
  %o = linalg.batch_matmul ins(%h, %v : tensor<2x16x24xf16>, tensor<2x24x8xf16>)
      outs(%o1 : tensor<2x16x8xf16>) -> tensor<2x16x8xf16>
  return %o : tensor<2x16x8xf16>
}
