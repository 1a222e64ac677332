// A part of V's columns is a slice of a slice: its rows reach to the end of the
// buffer, though the inner slice's length is the outer one's operand.

// RUN: fa3-opt %s --attn-to-hopper | FileCheck %s

// CHECK-LABEL: llvm.func @parts
// CHECK-LABEL: llvm.func @parts_1
func.func @parts(%q: memref<?x?x2x256xi8>, %x: memref<?x?x4x256xi8>, %s: memref<1x1x1xf32>, %o: memref<?x?x2x256xf16>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = memref.dim %x, %c0 : memref<?x?x4x256xi8>
  %n = memref.dim %x, %c1 : memref<?x?x4x256xi8>
  %k = memref.subview %x[0, 0, 0, 0] [%b, %n, 2, 256] [1, 1, 1, 1] : memref<?x?x4x256xi8> to memref<?x?x2x256xi8, strided<[?, 1024, 256, 1]>>
  %v = memref.subview %x[0, 0, 2, 0] [%b, %n, 2, 256] [1, 1, 1, 1] : memref<?x?x4x256xi8> to memref<?x?x2x256xi8, strided<[?, 1024, 256, 1], offset: 512>>
  attn.forward ins(%q, %k, %v : memref<?x?x2x256xi8>, memref<?x?x2x256xi8, strided<[?, 1024, 256, 1]>>, memref<?x?x2x256xi8, strided<[?, 1024, 256, 1], offset: 512>>) scales(%s, %s, %s : memref<1x1x1xf32>, memref<1x1x1xf32>, memref<1x1x1xf32>) outs(%o : memref<?x?x2x256xf16>)
  return
}
