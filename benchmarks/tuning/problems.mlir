// What the repository's tuning table is made of (docs/tuning.md): 16k tokens, as
// in the benchmarks. Batch and lengths are open; fa3-tune closes them at 512 to 16k.

func.func @f16_d64(%q: memref<?x?x32x64xf16>, %k: memref<?x?x32x64xf16>, %v: memref<?x?x32x64xf16>, %o: memref<?x?x32x64xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x32x64xf16>, memref<?x?x32x64xf16>, memref<?x?x32x64xf16>) outs(%o : memref<?x?x32x64xf16>)
  return
}

func.func @f16_d64_causal(%q: memref<?x?x32x64xf16>, %k: memref<?x?x32x64xf16>, %v: memref<?x?x32x64xf16>, %o: memref<?x?x32x64xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x32x64xf16>, memref<?x?x32x64xf16>, memref<?x?x32x64xf16>) outs(%o : memref<?x?x32x64xf16>) {causal}
  return
}

func.func @f16_d128(%q: memref<?x?x16x128xf16>, %k: memref<?x?x16x128xf16>, %v: memref<?x?x16x128xf16>, %o: memref<?x?x16x128xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x16x128xf16>, memref<?x?x16x128xf16>, memref<?x?x16x128xf16>) outs(%o : memref<?x?x16x128xf16>)
  return
}

func.func @f16_d128_causal(%q: memref<?x?x16x128xf16>, %k: memref<?x?x16x128xf16>, %v: memref<?x?x16x128xf16>, %o: memref<?x?x16x128xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x16x128xf16>, memref<?x?x16x128xf16>, memref<?x?x16x128xf16>) outs(%o : memref<?x?x16x128xf16>) {causal}
  return
}

func.func @f16_d256(%q: memref<?x?x8x256xf16>, %k: memref<?x?x8x256xf16>, %v: memref<?x?x8x256xf16>, %o: memref<?x?x8x256xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x8x256xf16>, memref<?x?x8x256xf16>, memref<?x?x8x256xf16>) outs(%o : memref<?x?x8x256xf16>)
  return
}

func.func @f16_d256_causal(%q: memref<?x?x8x256xf16>, %k: memref<?x?x8x256xf16>, %v: memref<?x?x8x256xf16>, %o: memref<?x?x8x256xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x8x256xf16>, memref<?x?x8x256xf16>, memref<?x?x8x256xf16>) outs(%o : memref<?x?x8x256xf16>) {causal}
  return
}

func.func @bf16_d64(%q: memref<?x?x32x64xbf16>, %k: memref<?x?x32x64xbf16>, %v: memref<?x?x32x64xbf16>, %o: memref<?x?x32x64xbf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x32x64xbf16>, memref<?x?x32x64xbf16>, memref<?x?x32x64xbf16>) outs(%o : memref<?x?x32x64xbf16>)
  return
}

func.func @bf16_d64_causal(%q: memref<?x?x32x64xbf16>, %k: memref<?x?x32x64xbf16>, %v: memref<?x?x32x64xbf16>, %o: memref<?x?x32x64xbf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x32x64xbf16>, memref<?x?x32x64xbf16>, memref<?x?x32x64xbf16>) outs(%o : memref<?x?x32x64xbf16>) {causal}
  return
}

func.func @bf16_d128(%q: memref<?x?x16x128xbf16>, %k: memref<?x?x16x128xbf16>, %v: memref<?x?x16x128xbf16>, %o: memref<?x?x16x128xbf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x16x128xbf16>, memref<?x?x16x128xbf16>, memref<?x?x16x128xbf16>) outs(%o : memref<?x?x16x128xbf16>)
  return
}

func.func @bf16_d128_causal(%q: memref<?x?x16x128xbf16>, %k: memref<?x?x16x128xbf16>, %v: memref<?x?x16x128xbf16>, %o: memref<?x?x16x128xbf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x16x128xbf16>, memref<?x?x16x128xbf16>, memref<?x?x16x128xbf16>) outs(%o : memref<?x?x16x128xbf16>) {causal}
  return
}

func.func @bf16_d256(%q: memref<?x?x8x256xbf16>, %k: memref<?x?x8x256xbf16>, %v: memref<?x?x8x256xbf16>, %o: memref<?x?x8x256xbf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x8x256xbf16>, memref<?x?x8x256xbf16>, memref<?x?x8x256xbf16>) outs(%o : memref<?x?x8x256xbf16>)
  return
}

func.func @bf16_d256_causal(%q: memref<?x?x8x256xbf16>, %k: memref<?x?x8x256xbf16>, %v: memref<?x?x8x256xbf16>, %o: memref<?x?x8x256xbf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x8x256xbf16>, memref<?x?x8x256xbf16>, memref<?x?x8x256xbf16>) outs(%o : memref<?x?x8x256xbf16>) {causal}
  return
}
