// Attention in 8 bits from inputs of 16: Q, K and V are rounded with a scale for
// each block of 128 rows, Q and K rotated first, which leaves their product as it
// is and spreads outliers. All of it is one launch: what stands between the
// operations is in the workspace.

func.func @attention(%q: memref<?x?x16x128xf16>, %k: memref<?x?x8x128xf16>,
                     %v: memref<?x?x8x128xf16>, %o: memref<?x?x16x128xf16>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c128 = arith.constant 128 : index
  %b = memref.dim %q, %c0 : memref<?x?x16x128xf16>
  %sq = memref.dim %q, %c1 : memref<?x?x16x128xf16>
  %sk = memref.dim %k, %c1 : memref<?x?x8x128xf16>
  %qn = arith.ceildivui %sq, %c128 : index
  %kn = arith.ceildivui %sk, %c128 : index

  %q8 = memref.alloc(%b, %sq) : memref<?x?x16x128xf8E4M3FN>
  %k8 = memref.alloc(%b, %sk) : memref<?x?x8x128xf8E4M3FN>
  %v8 = memref.alloc(%b, %sk) : memref<?x?x8x128xf8E4M3FN>
  %qs = memref.alloc(%b, %qn) : memref<?x16x?xf32>
  %ks = memref.alloc(%b, %kn) : memref<?x8x?xf32>
  %vs = memref.alloc(%b, %kn) : memref<?x8x?xf32>
  attn.quantize ins(%q : memref<?x?x16x128xf16>)
                outs(%q8, %qs : memref<?x?x16x128xf8E4M3FN>, memref<?x16x?xf32>)
                {block = 128, rotation = 1}
  attn.quantize ins(%k : memref<?x?x8x128xf16>)
                outs(%k8, %ks : memref<?x?x8x128xf8E4M3FN>, memref<?x8x?xf32>)
                {block = 128, rotation = 1}
  attn.quantize ins(%v : memref<?x?x8x128xf16>)
                outs(%v8, %vs : memref<?x?x8x128xf8E4M3FN>, memref<?x8x?xf32>)
                {block = 128}
  attn.forward ins(%q8, %k8, %v8 : memref<?x?x16x128xf8E4M3FN>,
                   memref<?x?x8x128xf8E4M3FN>, memref<?x?x8x128xf8E4M3FN>)
               scales(%qs, %ks, %vs : memref<?x16x?xf32>, memref<?x8x?xf32>,
                      memref<?x8x?xf32>)
               outs(%o : memref<?x?x16x128xf16>)
               {causal, query_block = 128, key_block = 128, value_block = 128}
  return
}
