// A result that becomes a part of a tensor that the caller hands in: what the caller
// has stays as it is, and another tensor is returned; the copy goes around gaps.

// RUN: fa3-run %s --target=cpu --check | FileCheck %s
// CHECK: result 0: {{.*}}: ok

func.func @inserted(%q: tensor<1x17x2x16xf16>, %k: tensor<1x33x2x16xf16>, %v: tensor<1x33x2x16xf16>,
                    %all: tensor<1x17x6x32xf16>) -> tensor<1x17x6x32xf16> {
  %init = tensor.empty() : tensor<1x17x2x16xf16>
  %o = attn.forward ins(%q, %k, %v : tensor<1x17x2x16xf16>, tensor<1x33x2x16xf16>, tensor<1x33x2x16xf16>) outs(%init : tensor<1x17x2x16xf16>) {causal} -> tensor<1x17x2x16xf16>
  %r = tensor.insert_slice %o into %all[0, 0, 2, 8] [1, 17, 2, 16] [1, 1, 2, 1] : tensor<1x17x2x16xf16> into tensor<1x17x6x32xf16>
  return %r : tensor<1x17x6x32xf16>
}
