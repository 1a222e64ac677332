// Scores and probabilities that are needed by something else: they would be computed
// a second time, beside a kernel that cannot hold what computes them.

// RUN: fa3-opt %s --raise-to-attn --split-input-file --verify-diagnostics | FileCheck %s

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>

// CHECK-LABEL: func.func @probabilities(
// CHECK-NOT: attn.forward
func.func @probabilities(%q: tensor<8x32x64xf16>, %k: tensor<8x48x64xf16>, %v: tensor<8x48x64xf16>)
    -> (tensor<8x32x64xf16>, tensor<8x32x48xf16>) {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x32x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x32x48xf16>) -> tensor<8x32x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x32x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x32x48xf16>) -> tensor<8x32x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x32x48xf16>)
      outs(%s0 : tensor<8x32x48xf16>) -> tensor<8x32x48xf16>
  %o0 = tensor.empty() : tensor<8x32x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x32x64xf16>) -> tensor<8x32x64xf16>
  // expected-remark @below {{cannot raise to attention: expected scores and probabilities that nothing else is made of, but got another use}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x32x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x32x64xf16>) -> tensor<8x32x64xf16>
  // expected-note @below {{'func.return' is here}}
  return %o, %p : tensor<8x32x64xf16>, tensor<8x32x48xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>

// What is made of the scores, by one operation or by several, is one too.
// CHECK-LABEL: func.func @sums(
// CHECK-NOT: attn.forward
func.func private @log(tensor<8x32xf16>)
func.func @sums(%q: tensor<8x32x64xf16>, %k: tensor<8x48x64xf16>, %v: tensor<8x48x64xf16>)
    -> tensor<8x32x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x32x48xf16>
  %r0 = tensor.empty() : tensor<8x32xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x32x48xf16>) -> tensor<8x32x48xf16>
  %r1 = linalg.fill ins(%zero : f16) outs(%r0 : tensor<8x32xf16>) -> tensor<8x32xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x32x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x32x48xf16>) -> tensor<8x32x48xf16>
  %sum = linalg.reduce {arith.addf} ins(%s : tensor<8x32x48xf16>) outs(%r1 : tensor<8x32xf16>) dimensions = [2]
  // expected-note @below {{'func.call' is here}}
  call @log(%sum) : (tensor<8x32xf16>) -> ()
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x32x48xf16>)
      outs(%s0 : tensor<8x32x48xf16>) -> tensor<8x32x48xf16>
  %o0 = tensor.empty() : tensor<8x32x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x32x64xf16>) -> tensor<8x32x64xf16>
  // expected-remark @below {{expected scores and probabilities that nothing else is made of, but got another use}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x32x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x32x64xf16>) -> tensor<8x32x64xf16>
  return %o : tensor<8x32x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>

// Two attentions with the same weights are two; their sizes, and what nothing reads,
// are no use.
// CHECK-LABEL: func.func @shared(
// CHECK-COUNT-2: attn.forward
// CHECK: return
func.func @shared(%q: tensor<8x?x64xf16>, %k: tensor<8x?x64xf16>, %v: tensor<8x?x64xf16>, %w: tensor<8x?x32xf16>,
    %s0: tensor<8x?x?xf16>, %o0: tensor<8x?x64xf16>, %u0: tensor<8x?x32xf16>)
    -> (tensor<8x?x64xf16>, tensor<8x?x32xf16>, index) {
  %zero = arith.constant 0.0 : f16
  %c1 = arith.constant 1 : index
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x?x?xf16>) -> tensor<8x?x?xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x?x64xf16>, tensor<8x?x64xf16>)
      outs(%s1 : tensor<8x?x?xf16>) -> tensor<8x?x?xf16>
  %rows = tensor.dim %s, %c1 : tensor<8x?x?xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x?x?xf16>)
      outs(%s0 : tensor<8x?x?xf16>) -> tensor<8x?x?xf16>
  %unused = linalg.exp ins(%p : tensor<8x?x?xf16>) outs(%s0 : tensor<8x?x?xf16>) -> tensor<8x?x?xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x?x64xf16>) -> tensor<8x?x64xf16>
  %u1 = linalg.fill ins(%zero : f16) outs(%u0 : tensor<8x?x32xf16>) -> tensor<8x?x32xf16>
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x?x?xf16>, tensor<8x?x64xf16>)
      outs(%o1 : tensor<8x?x64xf16>) -> tensor<8x?x64xf16>
  %u = linalg.batch_matmul ins(%p, %w : tensor<8x?x?xf16>, tensor<8x?x32xf16>)
      outs(%u1 : tensor<8x?x32xf16>) -> tensor<8x?x32xf16>
  return %o, %u, %rows : tensor<8x?x64xf16>, tensor<8x?x32xf16>, index
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>

// One of them is none, and needs the weights that the other would not.
// CHECK-LABEL: func.func @one_of_two(
// CHECK-NOT: attn.forward
func.func @one_of_two(%q: tensor<8x32x64xf16>, %k: tensor<8x48x64xf16>, %v: tensor<8x48x64xf16>,
    %w: tensor<8x48x20xf16>) -> (tensor<8x32x64xf16>, tensor<8x32x20xf16>) {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x32x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x32x48xf16>) -> tensor<8x32x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x32x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x32x48xf16>) -> tensor<8x32x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x32x48xf16>)
      outs(%s0 : tensor<8x32x48xf16>) -> tensor<8x32x48xf16>
  %o0 = tensor.empty() : tensor<8x32x64xf16>
  %u0 = tensor.empty() : tensor<8x32x20xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x32x64xf16>) -> tensor<8x32x64xf16>
  %u1 = linalg.fill ins(%zero : f16) outs(%u0 : tensor<8x32x20xf16>) -> tensor<8x32x20xf16>
  // expected-remark @below {{expected scores and probabilities that nothing else is made of, but got another use}}
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x32x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x32x64xf16>) -> tensor<8x32x64xf16>
  // expected-remark @below {{expected a head dimension that is a multiple of 8 and at most 256, but got 20}}
  %u = linalg.batch_matmul ins(%p, %w : tensor<8x32x48xf16>, tensor<8x48x20xf16>)
      outs(%u1 : tensor<8x32x20xf16>) -> tensor<8x32x20xf16>
  // expected-note @below {{'func.return' is here}}
  return %o, %u : tensor<8x32x64xf16>, tensor<8x32x20xf16>
}
