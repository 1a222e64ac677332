// The shapes of the results are those of the outputs.

// RUN: fa3-opt %s --resolve-ranked-shaped-type-result-dims --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @output
//  CHECK-SAME:   %[[O:[a-z0-9]+]]: tensor<?x?x8x128xf16>,
//   CHECK-DAG:   %[[C0:.+]] = arith.constant 0 : index
//   CHECK-DAG:   %[[C1:.+]] = arith.constant 1 : index
//   CHECK-DAG:   %[[C8:.+]] = arith.constant 8 : index
//   CHECK-DAG:   %[[B:.+]] = tensor.dim %[[O]], %[[C0]]
//   CHECK-DAG:   %[[S:.+]] = tensor.dim %[[O]], %[[C1]]
//       CHECK:   return %[[B]], %[[S]], %[[C8]]
func.func @output(%o: tensor<?x?x8x128xf16>, %q: tensor<?x?x8x64xf16>,
                  %k: tensor<?x?x4x64xf16>, %v: tensor<?x?x4x128xf16>)
    -> (index, index, index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %0 = attn.forward ins(%q, %k, %v : tensor<?x?x8x64xf16>, tensor<?x?x4x64xf16>,
                        tensor<?x?x4x128xf16>)
                    outs(%o : tensor<?x?x8x128xf16>) -> tensor<?x?x8x128xf16>
  %b = tensor.dim %0, %c0 : tensor<?x?x8x128xf16>
  %s = tensor.dim %0, %c1 : tensor<?x?x8x128xf16>
  %h = tensor.dim %0, %c2 : tensor<?x?x8x128xf16>
  return %b, %s, %h : index, index, index
}

// CHECK-LABEL: func.func @lse
//  CHECK-SAME:   %[[L:[a-z0-9]+]]: tensor<2x8x?xf32>,
//   CHECK-DAG:   %[[C2:.+]] = arith.constant 2 : index
//   CHECK-DAG:   %[[C8:.+]] = arith.constant 8 : index
//   CHECK-DAG:   %[[S:.+]] = tensor.dim %[[L]], %[[C2]]
//       CHECK:   return %[[C8]], %[[S]]
func.func @lse(%lse: tensor<2x8x?xf32>, %o: tensor<2x8x?x128xf16>,
               %q: tensor<2x8x?x128xf16>) -> (index, index) {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %0:2 = attn.forward ins(%q, %q, %q : tensor<2x8x?x128xf16>,
                          tensor<2x8x?x128xf16>, tensor<2x8x?x128xf16>)
                      outs(%o, %lse : tensor<2x8x?x128xf16>, tensor<2x8x?xf32>)
                      {layout = #attn.layout<bhsd>}
                      -> tensor<2x8x?x128xf16>, tensor<2x8x?xf32>
  %h = tensor.dim %0#1, %c1 : tensor<2x8x?xf32>
  %s = tensor.dim %0#1, %c2 : tensor<2x8x?xf32>
  return %h, %s : index, index
}

// Results that all have static shapes need nothing.
// CHECK-LABEL: func.func @static
//       CHECK:   %[[C16:.+]] = arith.constant 16 : index
//       CHECK:   return %[[C16]]
func.func @static(%q: tensor<1x16x2x64xf16>) -> index {
  %c1 = arith.constant 1 : index
  %0 = attn.forward ins(%q, %q, %q : tensor<1x16x2x64xf16>,
                        tensor<1x16x2x64xf16>, tensor<1x16x2x64xf16>)
                    outs(%q : tensor<1x16x2x64xf16>) -> tensor<1x16x2x64xf16>
  %s = tensor.dim %0, %c1 : tensor<1x16x2x64xf16>
  return %s : index
}
