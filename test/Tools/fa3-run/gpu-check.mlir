// Results on a GPU against the reference: one row or key, none at all, lengths
// that are no multiple of a tile; regions; arrays with gaps between their rows.
// REQUIRES: sm_90, ptxas
// RUN: fa3-run %s --target=gpu --entry causal --dim B=1,Sq=1,Sk=1 --check | FileCheck %s
// RUN: fa3-run %s --target=gpu --entry causal --dim B=3,Sq=3,Sk=0 --check | FileCheck %s
// RUN: fa3-run %s --target=gpu --entry causal --dim B=1,Sq=0,Sk=5 --check | FileCheck %s
// RUN: fa3-run %s --target=gpu --entry causal --dim B=2,Sq=257,Sk=400 --check | FileCheck %s
// RUN: fa3-run %s --target=gpu --entry causal --dim B=1,Sq=130,Sk=300 --check --pipeline-options="ping-pong=false split=false" | FileCheck %s
// RUN: fa3-run %s --target=gpu --entry alibi --dim B=1,Sq=200,Sk=330 --check | FileCheck %s
// RUN: fa3-run %s --target=gpu --entry strided --strides q=100000x304x72x1 --strides v=80000x264x64x1 --dim B=2,Sq=200,Sk=260 --check -v | FileCheck %s --check-prefixes=VERBOSE,CHECK
// VERBOSE: device {{.*}} SMs, driver for CUDA {{[0-9]+\.[0-9]+}}
// VERBOSE: argument 0 (%q): {{.*}}, 2x200x4x64, strides 100000x304x72x1, random
// VERBOSE: kernel strided
// VERBOSE: assembler
// VERBOSE: compiled in
// CHECK: (%o): max abs error {{.*}}: ok

// Results that only the kernel has memory for, one in another shape.
// RUN: fa3-run %s --target=gpu --entry returned --dim B=2,Sq=100,Sk=130 --check | FileCheck %s --check-prefix=RETURNED
// RETURNED: result 0: max abs error {{.*}}: ok
// RETURNED: result 1: max abs error {{.*}}: ok
// RUN: fa3-run %s --target=gpu --entry reshaped --check | FileCheck %s --check-prefix=RESHAPED
// RESHAPED: result 0: max abs error {{.*}}: ok
// RUN: fa3-run %s --target=gpu --entry destination --dim B=1,Sq=40,Sk=40 --check | FileCheck %s --check-prefix=RESHAPED

!q = memref<?x?x4x64xbf16>
!k = memref<?x?x2x64xbf16>
func.func @causal(%q: !q, %k: !k, %v: !k, %o: !q, %lse: memref<?x4x?xf32>) {
  attn.forward ins(%q, %k, %v : !q, !k, !k) outs(%o, %lse : !q, memref<?x4x?xf32>) {causal}
  return
}
func.func @alibi(%q: !q, %k: !k, %v: !k, %o: !q, %slopes: memref<4xf32>) {
  attn.forward ins(%q, %k, %v : !q, !k, !k) outs(%o : !q) {causal}
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %slope = memref.load %slopes[%h] : memref<4xf32>
    %d = arith.subi %j, %i : index
    %di = arith.index_cast %d : index to i32
    %df = arith.sitofp %di : i32 to f32
    %bias = arith.mulf %slope, %df : f32
    %r = arith.addf %s, %bias : f32
    attn.yield %r : f32
  }
  return
}
!s = memref<?x?x4x64xf16, strided<[?, ?, ?, 1]>>
func.func @strided(%q: !s, %k: !s, %v: !s, %o: !s) {
  attn.forward ins(%q, %k, %v : !s, !s, !s) outs(%o : !s) {window = #attn.window<left = 100, right = 37>}
  return
}
!tq = tensor<?x?x4x64xbf16>
!tk = tensor<?x?x2x64xbf16>
func.func @returned(%q: !tq, %k: !tk, %v: !tk) -> (!tq, tensor<?x4x?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = tensor.dim %q, %c0 : !tq
  %s = tensor.dim %q, %c1 : !tq
  %e = tensor.empty(%b, %s) : !tq
  %l = tensor.empty(%b, %s) : tensor<?x4x?xf32>
  %r:2 = attn.forward ins(%q, %k, %v : !tq, !tk, !tk) outs(%e, %l : !tq, tensor<?x4x?xf32>) {causal} -> !tq, tensor<?x4x?xf32>
  return %r#0, %r#1 : !tq, tensor<?x4x?xf32>
}
func.func @destination(%q: !tq, %k: !tk, %v: !tk, %o: !tq) -> !tq {
  %r = attn.forward ins(%q, %k, %v : !tq, !tk, !tk) outs(%o : !tq) -> !tq
  return %r : !tq
}
!t3 = tensor<8x33x64xbf16>
!t4 = tensor<1x8x33x64xbf16>
func.func @reshaped(%q: !t3, %k: !t3, %v: !t3) -> !t3 {
  %q4 = tensor.expand_shape %q [[0, 1], [2], [3]] output_shape [1, 8, 33, 64] : !t3 into !t4
  %k4 = tensor.expand_shape %k [[0, 1], [2], [3]] output_shape [1, 8, 33, 64] : !t3 into !t4
  %v4 = tensor.expand_shape %v [[0, 1], [2], [3]] output_shape [1, 8, 33, 64] : !t3 into !t4
  %e = tensor.empty() : !t4
  %r4 = attn.forward ins(%q4, %k4, %v4 : !t4, !t4, !t4) outs(%e : !t4) {layout = #attn.layout<bhsd>} -> !t4
  %r = tensor.collapse_shape %r4 [[0, 1], [2], [3]] : !t4 into !t3
  return %r : !t3
}
