func.func @invalid(%q: memref<?x?x16x100xf16>, %k: memref<?x?x4x100xf16>,
                   %v: memref<?x?x4x100xf16>, %o: memref<?x?x16x100xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x16x100xf16>,
                   memref<?x?x4x100xf16>, memref<?x?x4x100xf16>)
               outs(%o : memref<?x?x16x100xf16>)
  return
}
