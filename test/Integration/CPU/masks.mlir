// Causal masks and windows with either alignment, and an offset in its place;
// with the masked tiles pruned and split off, and without.
// RUN: fa3-run %s --entry causal --dim B=2,Sq=33,Sk=50 --check | FileCheck %s
// RUN: fa3-run %s --entry causal --dim B=1,Sq=50,Sk=33 --check | FileCheck %s
// RUN: fa3-run %s --entry causal --dim B=1,Sq=33,Sk=50 --check --pipeline-options="prune=false" | FileCheck %s
// RUN: fa3-run %s --entry causal --dim B=1,Sq=33,Sk=50 --check --pipeline-options="split=false" | FileCheck %s
// RUN: fa3-run %s --entry top_left --dim B=1,Sq=50,Sk=33 --check | FileCheck %s
// RUN: fa3-run %s --entry top_left --dim B=1,Sq=33,Sk=80 --check | FileCheck %s
// RUN: fa3-run %s --entry window --dim B=1,Sq=70,Sk=100 --check | FileCheck %s
// RUN: fa3-run %s --entry window --dim B=1,Sq=100,Sk=70 --check --pipeline-options="prune=false split=false" | FileCheck %s
// RUN: fa3-run %s --entry left --dim B=1,Sq=100,Sk=70 --check | FileCheck %s
// RUN: fa3-run %s --entry offset --dim B=1,Sq=20,Sk=70 --input off=30 --check | FileCheck %s
// RUN: fa3-run %s --entry offset --dim B=1,Sq=20,Sk=70 --input off=-7 --check | FileCheck %s
// RUN: fa3-run %s --entry origin --dim B=1,Sq=20,Sk=70 --check | FileCheck %s
// CHECK: (%o): max abs error {{.*}}: ok
// CHECK: (%lse): max abs error {{.*}}: ok

!t = memref<?x?x2x16xf16>
func.func @causal(%q: !t, %k: !t, %v: !t, %o: !t, %lse: memref<?x2x?xf32>) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o, %lse : !t, memref<?x2x?xf32>) {causal}
  return
}
func.func @top_left(%q: !t, %k: !t, %v: !t, %o: !t, %lse: memref<?x2x?xf32>) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o, %lse : !t, memref<?x2x?xf32>) {causal, alignment = #attn.alignment<top_left>}
  return
}
func.func @window(%q: !t, %k: !t, %v: !t, %o: !t, %lse: memref<?x2x?xf32>) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o, %lse : !t, memref<?x2x?xf32>) {window = #attn.window<left = 40, right = 3>}
  return
}
func.func @left(%q: !t, %k: !t, %v: !t, %o: !t, %lse: memref<?x2x?xf32>) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o, %lse : !t, memref<?x2x?xf32>) {window = #attn.window<left = 5>}
  return
}
func.func @offset(%q: !t, %k: !t, %v: !t, %o: !t, %lse: memref<?x2x?xf32>, %off: index) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) q_offset(%off) outs(%o, %lse : !t, memref<?x2x?xf32>) {causal}
  return
}
func.func @origin(%q: !t, %k: !t, %v: !t, %o: !t, %lse: memref<?x2x?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c9 = arith.constant 9 : index
  attn.forward ins(%q, %k, %v : !t, !t, !t) q_offset(%c0) origin(%c0, %c1, %c9) outs(%o, %lse : !t, memref<?x2x?xf32>) {causal}
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %0 = arith.addi %h, %i : index
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %c = arith.constant 0.03 : f32
    %3 = arith.mulf %2, %c : f32
    %4 = arith.mulf %s, %3 : f32
    attn.yield %4 : f32
  }
  return
}
