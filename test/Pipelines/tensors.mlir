// Functions on tensors become kernels: what they return is an argument, which the
// kernel writes.

// RUN: split-file %s %t
// RUN: fa3-opt %t/destination.mlir --attn-to-hopper | FileCheck %t/destination.mlir
// RUN: fa3-opt %t/returned.mlir --attn-to-hopper | FileCheck %t/returned.mlir
// RUN: fa3-opt %t/open.mlir --attn-to-hopper | FileCheck %t/open.mlir
// RUN: fa3-opt %t/materialized.mlir --attn-to-hopper | FileCheck %t/materialized.mlir
// RUN: fa3-opt %t/raised.mlir --raise-to-attn --canonicalize --attn-to-hopper | FileCheck %t/raised.mlir

// RUN: fa3-opt %t/packed.mlir --attn-to-hopper | FileCheck %t/packed.mlir
// RUN: fa3-opt %t/heads.mlir --attn-to-hopper | FileCheck %t/heads.mlir
// RUN: fa3-compile %t/written.mlir --emit=ptx -o %t/written.ptx && FileCheck %t/written.mlir < %t/written.json
// RUN: fa3-compile %t/filled.mlir --emit=ptx -o - | FileCheck %t/filled.mlir
// RUN: fa3-opt %t/scaled.mlir --raise-to-attn -o %t/scaled.attn.mlir
// RUN: fa3-compile %t/scaled.attn.mlir --emit=roles -o - | FileCheck %t/scaled.mlir
// RUN: fa3-compile %t/scaled.attn.mlir --emit=ptx -o - | FileCheck %t/scaled.mlir --check-prefix=PTX

// The manifest calls them by the result's number.
// RUN: fa3-compile %t/open.mlir -o %t/open.ptx && FileCheck %s --check-prefix=MANIFEST < %t/open.json
// MANIFEST:      {"name":"arg3",
// MANIFEST-NEXT: {"name":"result0","element":"f16","shape":[null,null,4,64],"access":"write"}
// MANIFEST-NEXT: {"name":"result1","element":"f32","shape":[null,4,null],"access":"write"}

//--- destination.mlir
// CHECK: llvm.func @destination(
// CHECK-SAME: attn.results = array<i64: 3>
// CHECK-SAME: arguments = [memref<2x?x16x128xf16>, memref<2x?x16x128xf16>, memref<2x?x16x128xf16>, memref<2x?x16x128xf16>]
!t = tensor<2x?x16x128xf16>
func.func @destination(%q: !t, %k: !t, %v: !t, %o: !t) -> !t {
  %0 = attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t) -> !t
  return %0 : !t
}
//--- returned.mlir
// CHECK: llvm.func @returned(
// CHECK-SAME: attn.results = array<i64: 3>
// CHECK-SAME: arguments = [memref<1x17x4x64xf16>, memref<1x17x2x64xf16>, memref<1x17x2x64xf16>, memref<1x17x4x64xf16>]
!q = tensor<1x17x4x64xf16>
!k = tensor<1x17x2x64xf16>
func.func @returned(%q: !q, %k: !k, %v: !k) -> !q {
  %e = tensor.empty() : !q
  %0 = attn.forward ins(%q, %k, %v : !q, !k, !k) outs(%e : !q) {causal} -> !q
  return %0 : !q
}
//--- open.mlir
// Two results of open sizes, and a region that reads a tensor.
// CHECK: llvm.func @open(
// CHECK-SAME: attn.results = array<i64: 4, 5>
!q = tensor<?x?x4x64xf16>
!k = tensor<?x?x2x64xf16>
!l = tensor<?x4x?xf32>
func.func @open(%q: !q, %k: !k, %v: !k, %slopes: tensor<4xf32>) -> (!q, !l) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = tensor.dim %q, %c0 : !q
  %s = tensor.dim %q, %c1 : !q
  %e = tensor.empty(%b, %s) : !q
  %l = tensor.empty(%b, %s) : !l
  %0:2 = attn.forward ins(%q, %k, %v : !q, !k, !k) outs(%e, %l : !q, !l) score {
  ^bb0(%x: f32, %bb: index, %h: index, %i: index, %j: index):
    %slope = tensor.extract %slopes[%h] : tensor<4xf32>
    %r = arith.mulf %x, %slope : f32
    attn.yield %r : f32
  } -> !q, !l
  return %0#0, %0#1 : !q, !l
}
//--- materialized.mlir
// CHECK: llvm.func @materialized(
// CHECK-SAME: arguments = [memref<1x17x4x64xf16>, memref<1x17x4x64xf16>, memref<1x17x4x64xf16>, memref<1x17x4x64xf16>]
!t = tensor<1x17x4x64xf16>
!m = memref<1x17x4x64xf16>
func.func @materialized(%q: !t, %k: !t, %v: !t, %m: !m) {
  %e = tensor.empty() : !t
  %0 = attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%e : !t) -> !t
  bufferization.materialize_in_destination %0 in restrict writable %m : (!t, !m) -> ()
  return
}
//--- raised.mlir
// Heads that are the batch of matrices: the kernel takes the reshaped arguments.
// CHECK: llvm.func @raised(
// CHECK-SAME: arguments = [memref<1x8x32x64xf16>, memref<1x8x48x64xf16>, memref<1x8x48x16xf16>, memref<1x8x32x16xf16>]
#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
func.func @raised(%q: tensor<8x32x64xf16>, %k: tensor<8x48x64xf16>,
                  %v: tensor<8x48x16xf16>) -> tensor<8x32x16xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x32x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x32x48xf16>) -> tensor<8x32x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x32x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x32x48xf16>) -> tensor<8x32x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x32x48xf16>)
      outs(%s0 : tensor<8x32x48xf16>) -> tensor<8x32x48xf16>
  %o0 = tensor.empty() : tensor<8x32x16xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x32x16xf16>) -> tensor<8x32x16xf16>
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x32x48xf16>, tensor<8x48x16xf16>)
      outs(%o1 : tensor<8x32x16xf16>) -> tensor<8x32x16xf16>
  return %o : tensor<8x32x16xf16>
}
//--- filled.mlir
// What a destination is filled with is overwritten.
// CHECK: .entry filled(
!t = tensor<1x17x4x64xf16>
func.func @filled(%q: !t, %k: !t, %v: !t) -> !t {
  %zero = arith.constant 0.0 : f16
  %e = tensor.empty() : !t
  %f = linalg.fill ins(%zero : f16) outs(%e : !t) -> !t
  %o = attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%f : !t) -> !t
  return %o : !t
}
//--- scaled.mlir
// Written out, with a scale and a causal mask, down to a kernel; the exponent's
// factor is that of the scores times log2(e).
// CHECK: gpu.func @scaled(%{{.*}}: memref<1x8x48x64xf16>, %{{.*}}: memref<1x8x48x64xf16>, %{{.*}}: memref<1x8x48x64xf16>, %{{.*}}: memref<1x8x48x64xf16>
// CHECK: arith.constant dense<0.1803{{[0-9]*}}> : vector<
// PTX: .entry scaled(
// PTX: wgmma.mma_async
// PTX: 0f3E38AA3B
#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>
func.func @scaled(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
                  %v: tensor<8x48x64xf16>) -> tensor<8x48x64xf16> {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %scale = arith.constant 0.125 : f32
  %hidden = arith.constant 0xFF800000 : f32
  %s0 = tensor.empty() : tensor<8x48x48xf32>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<8x48x48xf32>) -> tensor<8x48x48xf32>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x48x48xf32>) -> tensor<8x48x48xf32>
  %m = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<8x48x48xf32>) outs(%s0 : tensor<8x48x48xf32>) {
  ^bb0(%x: f32, %out: f32):
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %c = arith.cmpi sge, %i, %j : index
    %0 = arith.mulf %x, %scale : f32
    %1 = arith.select %c, %0, %hidden : f32
    linalg.yield %1 : f32
  } -> tensor<8x48x48xf32>
  %p = linalg.softmax dimension(2) ins(%m : tensor<8x48x48xf32>)
      outs(%s0 : tensor<8x48x48xf32>) -> tensor<8x48x48xf32>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%half : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf32>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  return %o : tensor<8x48x64xf16>
}
//--- packed.mlir
// Q, K and V of one tensor, of open sizes: one argument, and one map where the boxes
// are the same.
// CHECK: llvm.func @packed(
// CHECK-SAME: arguments = [memref<?x?x3x16x128xf16>, memref<?x?x16x128xf16>]
// CHECK-SAME: <tensor_map, argument = 0, map = <argument = 0, dims = [4, 1, 3, 2, 0]
!p = tensor<?x?x3x16x128xf16>
!t = tensor<?x?x16x128xf16>
func.func @packed(%qkv: !p) -> !t {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = tensor.dim %qkv, %c0 : !p
  %s = tensor.dim %qkv, %c1 : !p
  %q = tensor.extract_slice %qkv[0, 0, 0, 0, 0] [%b, %s, 1, 16, 128] [1, 1, 1, 1, 1] : !p to !t
  %k = tensor.extract_slice %qkv[0, 0, 1, 0, 0] [%b, %s, 1, 16, 128] [1, 1, 1, 1, 1] : !p to !t
  %v = tensor.extract_slice %qkv[0, 0, 2, 0, 0] [%b, %s, 1, 16, 128] [1, 1, 1, 1, 1] : !p to !t
  %e = tensor.empty(%b, %s) : !t
  %o = attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%e : !t) {causal} -> !t
  return %o : !t
}
//--- heads.mlir
// V's heads stand behind those of K.
// CHECK: llvm.func @heads(
// CHECK-SAME: arguments = [memref<2x64x16x128xf16>, memref<2x64x32x128xf16>, memref<2x64x16x128xf16>]
!t = tensor<2x64x16x128xf16>
!kv = tensor<2x64x32x128xf16>
func.func @heads(%q: !t, %kv: !kv) -> !t {
  %k = tensor.extract_slice %kv[0, 0, 0, 0] [2, 64, 16, 128] [1, 1, 1, 1] : !kv to !t
  %v = tensor.extract_slice %kv[0, 0, 16, 0] [2, 64, 16, 128] [1, 1, 1, 1] : !kv to !t
  %e = tensor.empty() : !t
  %o = attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%e : !t) -> !t
  return %o : !t
}
//--- written.mlir
// The output is a half of a buffer's heads.
// CHECK: {"name":"arg3","element":"f16","shape":[2,null,32,128],"access":"write"}
!t = memref<2x?x16x128xf16>
!s = memref<2x?x16x128xf16, strided<[?, 4096, 128, 1], offset: 2048>>
func.func @written(%q: !t, %k: !t, %v: !t, %o: memref<2x?x32x128xf16>) {
  %c1 = arith.constant 1 : index
  %n = memref.dim %q, %c1 : !t
  %s = memref.subview %o[0, 0, 16, 0] [2, %n, 16, 128] [1, 1, 1, 1] : memref<2x?x32x128xf16> to !s
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%s : !s)
  return
}
