// Tensors: results that are returned, in a destination or in new memory.
// RUN: fa3-run %s --entry new --dim B=2,Sq=17,Sk=33 --check | FileCheck %s --check-prefixes=CHECK,LSE
// RUN: fa3-run %s --entry destination --check --output result0=%t.npy | FileCheck %s
// RUN: fa3-run %s --entry destination --input q=%t.npy --random-seed 3 --check | FileCheck %s
// CHECK: result 0: max abs error {{.*}}: ok
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
