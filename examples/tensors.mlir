// Attention on tensors, as a model's compiler has it: the function returns its
// result. In the kernel the result is one more argument behind the others.

func.func @attention(%q: tensor<1x512x8x128xf16>, %k: tensor<1x512x8x128xf16>,
                     %v: tensor<1x512x8x128xf16>) -> tensor<1x512x8x128xf16> {
  %empty = tensor.empty() : tensor<1x512x8x128xf16>
  %o = attn.forward ins(%q, %k, %v : tensor<1x512x8x128xf16>,
                        tensor<1x512x8x128xf16>, tensor<1x512x8x128xf16>)
                    outs(%empty : tensor<1x512x8x128xf16>) {causal}
      -> tensor<1x512x8x128xf16>
  return %o : tensor<1x512x8x128xf16>
}
