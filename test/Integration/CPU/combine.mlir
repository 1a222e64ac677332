// Partial attentions, by hand and by the compiler, and their merge.
// RUN: fa3-run %s --entry merge --dim N=3,B=2,Sq=5 --check | FileCheck %s --check-prefixes=CHECK,LSE
// RUN: fa3-run %s --entry merge --dim N=1,B=1,Sq=1 --check | FileCheck %s --check-prefixes=CHECK,LSE
// RUN: fa3-run %s --entry merge --dim N=0,B=1,Sq=2 --check | FileCheck %s --check-prefixes=CHECK,LSE
// RUN: fa3-run %s --entry many --check | FileCheck %s
// RUN: fa3-run %s --entry narrow --check | FileCheck %s
// RUN: fa3-run %s --entry tensors --check | FileCheck %s --check-prefix=RESULT
// RUN: fa3-run %s --entry ring --check | FileCheck %s --check-prefixes=CHECK,LSE
// RUN: fa3-run %s --entry partial --dim B=2,Sq=7,Sk=37 --check | FileCheck %s --check-prefix=PARTIAL
// RUN: fa3-run %s --entry partial --dim B=1,Sq=3,Sk=0 --check | FileCheck %s --check-prefix=PARTIAL
// CHECK: (%o): max abs error {{.*}}: ok
// LSE: (%lse): max abs error {{.*}}: ok
// RESULT: result 0: max abs error {{.*}}: ok
// PARTIAL: (%os): max abs error {{.*}}: ok
// PARTIAL: (%lses): max abs error {{.*}}: ok

func.func @merge(%os: memref<?x?x?x6x24xf32>, %lses: memref<?x?x6x?xf32>, %o: memref<?x?x6x24xf32>, %lse: memref<?x6x?xf32>) {
  attn.combine ins(%os, %lses : memref<?x?x?x6x24xf32>, memref<?x?x6x?xf32>) outs(%o, %lse : memref<?x?x6x24xf32>, memref<?x6x?xf32>)
  return
}
// More entries than are written out one after the other, heads in front.
func.func @many(%os: memref<37x2x3x5x64xf16>, %lses: memref<37x2x3x5xf32>, %o: memref<2x3x5x64xf16>) {
  attn.combine ins(%os, %lses : memref<37x2x3x5x64xf16>, memref<37x2x3x5xf32>) outs(%o : memref<2x3x5x64xf16>) {layout = #attn.layout<bhsd>}
  return
}
func.func @narrow(%os: memref<16x1x70x1x8xbf16>, %lses: memref<16x1x1x70xf32>, %o: memref<1x70x1x8xbf16>) {
  attn.combine ins(%os, %lses : memref<16x1x70x1x8xbf16>, memref<16x1x1x70xf32>) outs(%o : memref<1x70x1x8xbf16>)
  return
}
func.func @tensors(%os: tensor<4x1x3x2x16xf32>, %lses: tensor<4x1x2x3xf32>) -> tensor<1x3x2x16xf16> {
  %e = tensor.empty() : tensor<1x3x2x16xf16>
  %r = attn.combine ins(%os, %lses : tensor<4x1x3x2x16xf32>, tensor<4x1x2x3xf32>) outs(%e : tensor<1x3x2x16xf16>) -> tensor<1x3x2x16xf16>
  return %r : tensor<1x3x2x16xf16>
}
// Two devices of a ring: the reference is evaluated on the same operations.
func.func @ring(%q: memref<1x9x4x16xf16>, %k: memref<1x20x2x16xf16>, %v: memref<1x20x2x16xf16>, %os: memref<2x1x9x4x16xf32>, %lses: memref<2x1x4x9xf32>, %o: memref<1x9x4x16xf16>, %lse: memref<1x4x9xf32>) {
  %c16 = arith.constant 16 : index
  attn.forward ins(%q, %k, %v : memref<1x9x4x16xf16>, memref<1x20x2x16xf16>, memref<1x20x2x16xf16>) split_keys(%c16) outs(%os, %lses : memref<2x1x9x4x16xf32>, memref<2x1x4x9xf32>) {causal}
  attn.combine ins(%os, %lses : memref<2x1x9x4x16xf32>, memref<2x1x4x9xf32>) outs(%o, %lse : memref<1x9x4x16xf16>, memref<1x4x9xf32>)
  return
}
// Ranges that end within a tile, a last one that is short, and an empty one.
func.func @partial(%q: memref<?x?x4x16xf16>, %k: memref<?x?x2x16xf16>, %v: memref<?x?x2x16xf16>, %os: memref<5x?x?x4x16xf32>, %lses: memref<5x?x4x?xf32>) {
  %c10 = arith.constant 10 : index
  attn.forward ins(%q, %k, %v : memref<?x?x4x16xf16>, memref<?x?x2x16xf16>, memref<?x?x2x16xf16>) split_keys(%c10) outs(%os, %lses : memref<5x?x?x4x16xf32>, memref<5x?x4x?xf32>) {window = #attn.window<left = 15, right = 3>}
  return
}
