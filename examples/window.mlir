// A sliding window in f16: a row sees its own key and the 1023 before it. Tiles
// of keys that no row of a block sees are not computed.

func.func @attention(%q: memref<?x?x8x128xf16>, %k: memref<?x?x8x128xf16>,
                     %v: memref<?x?x8x128xf16>, %o: memref<?x?x8x128xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x8x128xf16>, memref<?x?x8x128xf16>,
                   memref<?x?x8x128xf16>)
               outs(%o : memref<?x?x8x128xf16>)
               {causal, window = #attn.window<left = 1023>}
  return
}
