// Buffers on the stack are those of a tile, however many there are.

// RUN: fa3-run %s --entry keys --check | FileCheck %s
// RUN: fa3-run %s --entry filled
// RUN: fa3-opt %s --canonicalize | fa3-run - --entry filled --check | FileCheck %s --check-prefix=FILLED
// CHECK: (%o): max abs error {{.*}}: ok
// FILLED: result 0: max abs error {{.*}}: ok

func.func @keys(%q: memref<1x1x8x64xf16>, %k: memref<1x9000x8x64xf16>, %v: memref<1x9000x8x64xf16>, %o: memref<1x1x8x64xf16>) {
  attn.forward ins(%q, %k, %v : memref<1x1x8x64xf16>, memref<1x9000x8x64xf16>, memref<1x9000x8x64xf16>) outs(%o : memref<1x1x8x64xf16>)
  return
}

// A destination that was filled, as other compilers write it.
func.func @filled(%q: tensor<1x5x2x16xf16>, %k: tensor<1x9x2x16xf16>, %v: tensor<1x9x2x16xf16>) -> tensor<1x5x2x16xf16> {
  %zero = arith.constant 0.0 : f16
  %empty = tensor.empty() : tensor<1x5x2x16xf16>
  %fill = linalg.fill ins(%zero : f16) outs(%empty : tensor<1x5x2x16xf16>) -> tensor<1x5x2x16xf16>
  %r = attn.forward ins(%q, %k, %v : tensor<1x5x2x16xf16>, tensor<1x9x2x16xf16>, tensor<1x9x2x16xf16>) outs(%fill : tensor<1x5x2x16xf16>) -> tensor<1x5x2x16xf16>
  return %r : tensor<1x5x2x16xf16>
}
