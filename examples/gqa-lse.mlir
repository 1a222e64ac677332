// Grouped-query attention in f16: eight heads of Q share one of K and V. The
// second output holds the logarithm of each row's sum of exponentials, by which
// partial results over keys can be combined.

func.func @attention(%q: memref<?x?x32x128xf16>, %k: memref<?x?x4x128xf16>,
                     %v: memref<?x?x4x128xf16>, %o: memref<?x?x32x128xf16>,
                     %lse: memref<?x32x?xf32>) {
  attn.forward ins(%q, %k, %v : memref<?x?x32x128xf16>, memref<?x?x4x128xf16>,
                   memref<?x?x4x128xf16>)
               outs(%o, %lse : memref<?x?x32x128xf16>, memref<?x32x?xf32>)
  return
}
