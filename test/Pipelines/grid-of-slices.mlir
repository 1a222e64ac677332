// A grid that an edit halved is refused, where outputs are written through slices
// too: of the heads that share a tile in part, and of a larger buffer.

// RUN: fa3-compile %s --pipeline-options=splits=1 --emit=async -o %t.mlir
// RUN: fa3-compile %t.mlir --emit=ptx -o %t.ptx
// RUN: sed 's/() -> (64)/() -> (32)/' %t.mlir > %t.halved.mlir
// RUN: not fa3-compile %t.halved.mlir --emit=ptx -o %t.ptx 2>&1 | FileCheck %s
// CHECK: error: 'vector.transfer_write' op expected hopper.grid to count coordinates under the size #hopper.expression<() -> (32)> that it indexes with them, but got #hopper.expression<() -> (16)>

!s = memref<32x1x6x64xf16, strided<[1024, 1024, 64, 1], offset: 640>>
func.func @attention(%q: memref<32x1x6x64xf16>, %k: memref<32x300x2x64xf16>, %o: memref<32x1x16x64xf16>) {
  %s = memref.subview %o[0, 0, 10, 0] [32, 1, 6, 64] [1, 1, 1, 1] : memref<32x1x16x64xf16> to !s
  attn.forward ins(%q, %k, %k : memref<32x1x6x64xf16>, memref<32x300x2x64xf16>, memref<32x300x2x64xf16>) outs(%s : !s)
  return
}
