// Score and mask regions that read slopes, biases and document ids.
// RUN: fa3-run %s --entry alibi --dim B=2,Sq=19,Sk=33 --check | FileCheck %s
// RUN: fa3-run %s --entry bias --dim B=2,Sq=19,Sk=33 --shape bias=4x19x33 --check | FileCheck %s
// RUN: fa3-run %s --entry soft_cap --dim B=1,Sq=19,Sk=33 --check | FileCheck %s
// RUN: fa3-run %s --entry documents --dim B=2,Sq=33,Sk=33 --shape ids=2x33 --check | FileCheck %s
// RUN: fa3-run %s --entry both --dim B=2,Sq=33,Sk=40 --shape ids=2x40 --check | FileCheck %s
// A mask of large finite scores over whole rows, which a model adds to padding.
// RUN: fa3-run %s --entry padding --dim B=1,Sq=19,Sk=33 --check | FileCheck %s
// CHECK: (%o): max abs error {{.*}}: ok
// CHECK: (%lse): max abs error {{.*}}: ok

!q = memref<?x?x4x16xf16>
!k = memref<?x?x2x16xf16>
func.func @alibi(%q: !q, %k: !k, %v: !k, %o: !q, %lse: memref<?x4x?xf32>, %slopes: memref<4xf32>) {
  attn.forward ins(%q, %k, %v : !q, !k, !k) outs(%o, %lse : !q, memref<?x4x?xf32>) {causal}
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
func.func @bias(%q: !q, %k: !k, %v: !k, %o: !q, %lse: memref<?x4x?xf32>, %bias: memref<4x?x?xf32>) {
  attn.forward ins(%q, %k, %v : !q, !k, !k) outs(%o, %lse : !q, memref<?x4x?xf32>)
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %0 = memref.load %bias[%h, %i, %j] : memref<4x?x?xf32>
    %r = arith.addf %s, %0 : f32
    attn.yield %r : f32
  }
  return
}
func.func @soft_cap(%q: !q, %k: !k, %v: !k, %o: !q, %lse: memref<?x4x?xf32>) {
  attn.forward ins(%q, %k, %v : !q, !k, !k) outs(%o, %lse : !q, memref<?x4x?xf32>) {scale = 2.0 : f32}
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %cap = arith.constant 5.0 : f32
    %0 = arith.divf %s, %cap : f32
    %1 = math.tanh %0 : f32
    %2 = arith.mulf %1, %cap : f32
    attn.yield %2 : f32
  }
  return
}
func.func @padding(%q: !q, %k: !k, %v: !k, %o: !q, %lse: memref<?x4x?xf32>) {
  attn.forward ins(%q, %k, %v : !q, !k, !k) outs(%o, %lse : !q, memref<?x4x?xf32>)
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %hidden = arith.constant -3.0e38 : f32
    %one = arith.constant 1 : index
    %odd = arith.andi %i, %one : index
    %hides = arith.cmpi eq, %odd, %one : index
    %zero = arith.constant 0.0 : f32
    %mask = arith.select %hides, %hidden, %zero : f32
    %r = arith.addf %s, %mask : f32
    attn.yield %r : f32
  }
  return
}
func.func @documents(%q: !q, %k: !k, %v: !k, %o: !q, %lse: memref<?x4x?xf32>, %ids: memref<?x?xi32>) {
  attn.forward ins(%q, %k, %v : !q, !k, !k) outs(%o, %lse : !q, memref<?x4x?xf32>)
  mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %0 = memref.load %ids[%b, %i] : memref<?x?xi32>
    %1 = memref.load %ids[%b, %j] : memref<?x?xi32>
    %2 = arith.cmpi eq, %0, %1 : i32
    attn.yield %2 : i1
  }
  return
}
func.func @both(%q: !q, %k: !k, %v: !k, %o: !q, %lse: memref<?x4x?xf32>, %ids: memref<?x?xi32>) {
  attn.forward ins(%q, %k, %v : !q, !k, !k) outs(%o, %lse : !q, memref<?x4x?xf32>) {window = #attn.window<left = 7, right = 2>}
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %0 = arith.addf %s, %s : f32
    attn.yield %0 : f32
  } mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %0 = memref.load %ids[%b, %i] : memref<?x?xi32>
    %1 = memref.load %ids[%b, %j] : memref<?x?xi32>
    %2 = arith.cmpi ne, %0, %1 : i32
    attn.yield %2 : i1
  }
  return
}
