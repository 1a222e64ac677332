// Shapes that neither the tuning table nor the rule was made from (docs/tuning.md):
// how far is the rule behind the fastest configuration on them?

func.func @bf16_gqa_2048(%q: memref<2x2048x64x128xbf16>, %k: memref<2x2048x8x128xbf16>, %v: memref<2x2048x8x128xbf16>, %o: memref<2x2048x64x128xbf16>) {
  attn.forward ins(%q, %k, %v : memref<2x2048x64x128xbf16>, memref<2x2048x8x128xbf16>, memref<2x2048x8x128xbf16>) outs(%o : memref<2x2048x64x128xbf16>)
  return
}

func.func @bf16_gqa_2048_causal(%q: memref<2x2048x64x128xbf16>, %k: memref<2x2048x8x128xbf16>, %v: memref<2x2048x8x128xbf16>, %o: memref<2x2048x64x128xbf16>) {
  attn.forward ins(%q, %k, %v : memref<2x2048x64x128xbf16>, memref<2x2048x8x128xbf16>, memref<2x2048x8x128xbf16>) outs(%o : memref<2x2048x64x128xbf16>) {causal}
  return
}

func.func @bf16_gqa_8192_causal(%q: memref<1x8192x64x128xbf16>, %k: memref<1x8192x8x128xbf16>, %v: memref<1x8192x8x128xbf16>, %o: memref<1x8192x64x128xbf16>) {
  attn.forward ins(%q, %k, %v : memref<1x8192x64x128xbf16>, memref<1x8192x8x128xbf16>, memref<1x8192x8x128xbf16>) outs(%o : memref<1x8192x64x128xbf16>) {causal}
  return
}

func.func @f16_d128_3000(%q: memref<5x3000x16x128xf16>, %k: memref<5x3000x16x128xf16>, %v: memref<5x3000x16x128xf16>, %o: memref<5x3000x16x128xf16>) {
  attn.forward ins(%q, %k, %v : memref<5x3000x16x128xf16>, memref<5x3000x16x128xf16>, memref<5x3000x16x128xf16>) outs(%o : memref<5x3000x16x128xf16>)
  return
}

func.func @f16_d128_3000_causal(%q: memref<5x3000x16x128xf16>, %k: memref<5x3000x16x128xf16>, %v: memref<5x3000x16x128xf16>, %o: memref<5x3000x16x128xf16>) {
  attn.forward ins(%q, %k, %v : memref<5x3000x16x128xf16>, memref<5x3000x16x128xf16>, memref<5x3000x16x128xf16>) outs(%o : memref<5x3000x16x128xf16>) {causal}
  return
}

func.func @f16_d64_7800(%q: memref<2x7800x40x64xf16>, %k: memref<2x7800x40x64xf16>, %v: memref<2x7800x40x64xf16>, %o: memref<2x7800x40x64xf16>) {
  attn.forward ins(%q, %k, %v : memref<2x7800x40x64xf16>, memref<2x7800x40x64xf16>, memref<2x7800x40x64xf16>) outs(%o : memref<2x7800x40x64xf16>)
  return
}

func.func @f16_d64_7800_causal(%q: memref<2x7800x40x64xf16>, %k: memref<2x7800x40x64xf16>, %v: memref<2x7800x40x64xf16>, %o: memref<2x7800x40x64xf16>) {
  attn.forward ins(%q, %k, %v : memref<2x7800x40x64xf16>, memref<2x7800x40x64xf16>, memref<2x7800x40x64xf16>) outs(%o : memref<2x7800x40x64xf16>) {causal}
  return
}

func.func @bf16_d256_1500(%q: memref<10x1500x8x256xbf16>, %k: memref<10x1500x8x256xbf16>, %v: memref<10x1500x8x256xbf16>, %o: memref<10x1500x8x256xbf16>) {
  attn.forward ins(%q, %k, %v : memref<10x1500x8x256xbf16>, memref<10x1500x8x256xbf16>, memref<10x1500x8x256xbf16>) outs(%o : memref<10x1500x8x256xbf16>)
  return
}

func.func @bf16_d256_1500_causal(%q: memref<10x1500x8x256xbf16>, %k: memref<10x1500x8x256xbf16>, %v: memref<10x1500x8x256xbf16>, %o: memref<10x1500x8x256xbf16>) {
  attn.forward ins(%q, %k, %v : memref<10x1500x8x256xbf16>, memref<10x1500x8x256xbf16>, memref<10x1500x8x256xbf16>) outs(%o : memref<10x1500x8x256xbf16>) {causal}
  return
}

func.func @bf16_d192_128_4096_causal(%q: memref<4x4096x16x192xbf16>, %k: memref<4x4096x16x192xbf16>, %v: memref<4x4096x16x128xbf16>, %o: memref<4x4096x16x128xbf16>) {
  attn.forward ins(%q, %k, %v : memref<4x4096x16x192xbf16>, memref<4x4096x16x192xbf16>, memref<4x4096x16x128xbf16>) outs(%o : memref<4x4096x16x128xbf16>) {causal}
  return
}

func.func @f16_d96_4096_causal(%q: memref<4x4096x16x96xf16>, %k: memref<4x4096x16x96xf16>, %v: memref<4x4096x16x96xf16>, %o: memref<4x4096x16x96xf16>) {
  attn.forward ins(%q, %k, %v : memref<4x4096x16x96xf16>, memref<4x4096x16x96xf16>, memref<4x4096x16x96xf16>) outs(%o : memref<4x4096x16x96xf16>) {causal}
  return
}

func.func @f16_d128_window_8192(%q: memref<2x8192x16x128xf16>, %k: memref<2x8192x16x128xf16>, %v: memref<2x8192x16x128xf16>, %o: memref<2x8192x16x128xf16>) {
  attn.forward ins(%q, %k, %v : memref<2x8192x16x128xf16>, memref<2x8192x16x128xf16>, memref<2x8192x16x128xf16>) outs(%o : memref<2x8192x16x128xf16>) {window = #attn.window<left = 1024, right = 0>}
  return
}
