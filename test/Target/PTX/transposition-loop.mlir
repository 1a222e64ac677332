// RUN: fa3-compile %s --emit=llvm-ir -o - | FileCheck %s

// A producer transposes the chunks of a tile of V in a loop, which LLVM is told not
// to unroll: what SCF's loop has as an attribute, its branch has as metadata.

// CHECK: call { i32, i32, i32, i32 } @llvm.nvvm.ldmatrix
// CHECK: br label %{{.+}}, !llvm.loop ![[LOOP:[0-9]+]]
// CHECK: ![[LOOP]] = distinct !{![[LOOP]], ![[DISABLE:[0-9]+]]}
// CHECK: ![[DISABLE]] = !{!"llvm.loop.unroll.disable"}
func.func @attention(%q: memref<?x?x8x128xf8E4M3FN>, %k: memref<?x?x8x128xf8E4M3FN>,
                     %v: memref<?x?x8x128xf8E4M3FN>, %s: memref<1x1x1xf32>,
                     %o: memref<?x?x8x128xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x8x128xf8E4M3FN>, memref<?x?x8x128xf8E4M3FN>,
                   memref<?x?x8x128xf8E4M3FN>)
               scales(%s, %s, %s : memref<1x1x1xf32>, memref<1x1x1xf32>, memref<1x1x1xf32>)
               outs(%o : memref<?x?x8x128xf16>)
  return
}
