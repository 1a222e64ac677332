// A causal mask over open sizes leaves no registers at D = 128 for a look at scores
// first: that is known before ptxas is asked, and ptxas is asked once.

// REQUIRES: ptxas
// RUN: fa3-compile %s -o %t.cubin -v 2>&1 | FileCheck %s --implicit-check-not='options added' --implicit-check-not=remark
// CHECK: kernel attention
// CHECK: spills 0 bytes stored, 0 bytes loaded

func.func @attention(%q: memref<?x?x8x128xbf16, strided<[?, ?, ?, 1]>>, %k: memref<?x?x8x128xbf16, strided<[?, ?, ?, 1]>>, %v: memref<?x?x8x128xbf16, strided<[?, ?, ?, 1]>>, %o: memref<?x?x8x128xbf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x8x128xbf16, strided<[?, ?, ?, 1]>>, memref<?x?x8x128xbf16, strided<[?, ?, ?, 1]>>, memref<?x?x8x128xbf16, strided<[?, ?, ?, 1]>>)
    outs(%o : memref<?x?x8x128xbf16>) {causal}
  return
}
