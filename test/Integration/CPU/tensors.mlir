// Tensors: results that are returned, in a destination or in new memory.
// RUN: fa3-run %s --entry new --dim B=2,Sq=17,Sk=33 --check | FileCheck %s --check-prefixes=CHECK,LSE
// RUN: fa3-run %s --entry destination --check --output result0=%t.npy | FileCheck %s
// RUN: fa3-run %s --entry destination --input q=%t.npy --random-seed 3 --check | FileCheck %s
// RUN: fa3-run %s --entry reshaped --check | FileCheck %s
// RUN: fa3-run %s --entry materialized --check | FileCheck %s --check-prefix=MATERIALIZED
// CHECK: result 0: max abs error {{.*}}: ok
// MATERIALIZED: (%m): max abs error {{.*}}: ok
// LSE: result 1: max abs error {{.*}}: ok

func.func @new(%q: tensor<?x?x4x16xf16>, %k: tensor<?x?x2x16xf16>, %v: tensor<?x?x2x16xf16>, %slopes: tensor<4xf32>) -> (tensor<?x?x4x16xf16>, tensor<?x4x?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = tensor.dim %q, %c0 : tensor<?x?x4x16xf16>
  %s = tensor.dim %q, %c1 : tensor<?x?x4x16xf16>
  %e = tensor.empty(%b, %s) : tensor<?x?x4x16xf16>
  %l = tensor.empty(%b, %s) : tensor<?x4x?xf32>
  %o:2 = attn.forward ins(%q, %k, %v : tensor<?x?x4x16xf16>, tensor<?x?x2x16xf16>, tensor<?x?x2x16xf16>)
                      outs(%e, %l : tensor<?x?x4x16xf16>, tensor<?x4x?xf32>) {causal}
  score {
  ^bb0(%sc: f32, %bb: index, %h: index, %i: index, %j: index):
    %slope = tensor.extract %slopes[%h] : tensor<4xf32>
    %r = arith.mulf %sc, %slope : f32
    attn.yield %r : f32
  } -> tensor<?x?x4x16xf16>, tensor<?x4x?xf32>
  return %o#0, %o#1 : tensor<?x?x4x16xf16>, tensor<?x4x?xf32>
}
func.func @destination(%q: tensor<1x9x4x16xf16>, %k: tensor<1x7x2x16xf16>, %v: tensor<1x7x2x16xf16>, %o: tensor<1x9x4x16xf16>) -> tensor<1x9x4x16xf16> {
  %r = attn.forward ins(%q, %k, %v : tensor<1x9x4x16xf16>, tensor<1x7x2x16xf16>, tensor<1x7x2x16xf16>)
                    outs(%o : tensor<1x9x4x16xf16>) -> tensor<1x9x4x16xf16>
  return %r : tensor<1x9x4x16xf16>
}
func.func @reshaped(%q: tensor<2x9x16xf16>, %k: tensor<2x7x16xf16>, %v: tensor<2x7x16xf16>) -> tensor<2x9x16xf16> {
  %q4 = tensor.expand_shape %q [[0, 1], [2], [3]] output_shape [1, 2, 9, 16] : tensor<2x9x16xf16> into tensor<1x2x9x16xf16>
  %k4 = tensor.expand_shape %k [[0, 1], [2], [3]] output_shape [1, 2, 7, 16] : tensor<2x7x16xf16> into tensor<1x2x7x16xf16>
  %v4 = tensor.expand_shape %v [[0, 1], [2], [3]] output_shape [1, 2, 7, 16] : tensor<2x7x16xf16> into tensor<1x2x7x16xf16>
  %e = tensor.empty() : tensor<1x2x9x16xf16>
  %r4 = attn.forward ins(%q4, %k4, %v4 : tensor<1x2x9x16xf16>, tensor<1x2x7x16xf16>, tensor<1x2x7x16xf16>)
                     outs(%e : tensor<1x2x9x16xf16>) {layout = #attn.layout<bhsd>} -> tensor<1x2x9x16xf16>
  %r = tensor.collapse_shape %r4 [[0, 1], [2], [3]] : tensor<1x2x9x16xf16> into tensor<2x9x16xf16>
  return %r : tensor<2x9x16xf16>
}
func.func @materialized(%q: tensor<1x9x4x16xf16>, %k: tensor<1x7x2x16xf16>, %v: tensor<1x7x2x16xf16>, %m: memref<1x9x4x16xf16>) {
  %e = tensor.empty() : tensor<1x9x4x16xf16>
  %r = attn.forward ins(%q, %k, %v : tensor<1x9x4x16xf16>, tensor<1x7x2x16xf16>, tensor<1x7x2x16xf16>)
                    outs(%e : tensor<1x9x4x16xf16>) -> tensor<1x9x4x16xf16>
  bufferization.materialize_in_destination %r in restrict writable %m : (tensor<1x9x4x16xf16>, memref<1x9x4x16xf16>) -> ()
  return
}
