// A consumer that has no registers for the sums' columns: what ptxas says of it is a
// remark, and the kernel adds up in the softmax.

// REQUIRES: ptxas
// RUN: fa3-compile %s -o %t.cubin 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: fa3-compile %s --pipeline-options=fuse-row-sums=false -o %t.cubin 2>&1 | FileCheck %s --check-prefix=QUIET --allow-empty

// REMARK: remark: row sums in the softmax (fuse-row-sums=false) are tried next: expected {{a kernel 'attention' without spills|wgmma instructions that overlap}}, but got
// QUIET-NOT: remark
func.func @attention(%q: memref<?x?x4x128xf8E4M3FN>, %s: memref<1x1x1xf32>, %o: memref<?x?x4x128xf16>) {
  attn.forward ins(%q, %q, %q : memref<?x?x4x128xf8E4M3FN>, memref<?x?x4x128xf8E4M3FN>, memref<?x?x4x128xf8E4M3FN>)
               scales(%s, %s, %s : memref<1x1x1xf32>, memref<1x1x1xf32>, memref<1x1x1xf32>)
               outs(%o : memref<?x?x4x128xf16>)
               {causal, config = #attn.config<tile = 128x160, stages = 2, consumers = 2, registers = 40x232>}
  return
}
