// Attention in f16 with heads of 128 columns; the batch and both lengths are
// known only at run time.

func.func @attention(%q: memref<?x?x8x128xf16>, %k: memref<?x?x8x128xf16>,
                     %v: memref<?x?x8x128xf16>, %o: memref<?x?x8x128xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x8x128xf16>, memref<?x?x8x128xf16>,
                   memref<?x?x8x128xf16>)
               outs(%o : memref<?x?x8x128xf16>)
  return
}
