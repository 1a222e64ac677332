// Integers of 8 bits with scales, against float64 of the dequantised inputs: one
// for all; for each head; blocks that are tiles, several of them, and parts of one,
// as each row;
// with masks and a function of the scores; bf16 and f32 out; rows whose scores a
// function makes so small that factor times maximum cannot be rounded.
// RUN: fa3-run %s --target=cpu --entry whole --dim B=2,Sq=33,Sk=100 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry whole --dim B=1,Sq=1,Sk=1 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry whole --dim B=1,Sq=5,Sk=0 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry blocks --dim B=2,Sq=37,Sk=70 --shape qs=2x4x5 --shape ks=2x2x3 --shape vs=2x2x5 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry parts --dim B=1,Sq=33,Sk=50 --shape qs=1x4x33 --shape ks=1x2x50 --shape vs=1x2x7 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry region --dim B=1,Sq=33,Sk=50 --shape ks=1x1x4 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry low --dim B=1,Sq=33,Sk=50 --check | FileCheck %s --check-prefix=LOW
// RUN: fa3-run %s --target=cpu --entry transposed --dim B=2,Sq=37,Sk=70 --shape vs=2x2x5 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry transposed --dim B=1,Sq=3,Sk=1 --shape vs=1x2x1 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry transposed_heads_first --dim B=2,Sq=9,Sk=48 --check | FileCheck %s
// CHECK: (%o): max abs error {{.*}}: ok
// CHECK: (%lse): max abs error {{.*}}: ok

!q = memref<?x?x4x32xi8>
!k = memref<?x?x2x32xi8>
!v = memref<?x?x2x48xi8>
!l = memref<?x4x?xf32>
func.func @whole(%q: !q, %k: !k, %v: !v, %qs: memref<1x1x1xf32>, %ks: memref<?x2x1xf32>, %vs: memref<1x2x1xf32>, %o: memref<?x?x4x48xf16>, %lse: !l) {
  attn.forward ins(%q, %k, %v : !q, !k, !v) scales(%qs, %ks, %vs : memref<1x1x1xf32>, memref<?x2x1xf32>, memref<1x2x1xf32>) outs(%o, %lse : memref<?x?x4x48xf16>, !l)
  return
}

func.func @blocks(%q: !q, %k: !k, %v: !v, %qs: memref<?x4x?xf32>, %ks: memref<?x2x?xf32>, %vs: memref<?x2x?xf32>, %o: memref<?x?x4x48xbf16>, %lse: !l) {
  attn.forward ins(%q, %k, %v : !q, !k, !v) scales(%qs, %ks, %vs : memref<?x4x?xf32>, memref<?x2x?xf32>, memref<?x2x?xf32>) outs(%o, %lse : memref<?x?x4x48xbf16>, !l) {causal, query_block = 8 : i64, key_block = 32 : i64, value_block = 16 : i64}
  return
}

func.func @parts(%q: !q, %k: !k, %v: !v, %qs: memref<?x4x?xf32>, %ks: memref<?x2x?xf32>, %vs: memref<?x2x?xf32>, %o: memref<?x?x4x48xf32>, %lse: !l) {
  attn.forward ins(%q, %k, %v : !q, !k, !v) scales(%qs, %ks, %vs : memref<?x4x?xf32>, memref<?x2x?xf32>, memref<?x2x?xf32>) outs(%o, %lse : memref<?x?x4x48xf32>, !l) {query_block = 1 : i64, key_block = 1 : i64, value_block = 8 : i64}
  return
}

func.func @region(%q: !q, %k: !k, %v: !v, %qs: memref<1x1x1xf32>, %ks: memref<?x1x?xf32>, %vs: memref<1x1x1xf32>, %o: memref<?x?x4x48xf16>, %lse: !l) {
  attn.forward ins(%q, %k, %v : !q, !k, !v) scales(%qs, %ks, %vs : memref<1x1x1xf32>, memref<?x1x?xf32>, memref<1x1x1xf32>) outs(%o, %lse : memref<?x?x4x48xf16>, !l) {window = #attn.window<left = 9>, key_block = 16 : i64}
    score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %c2 = arith.constant 2.0 : f32
    %t = math.tanh %s : f32
    %r = arith.mulf %t, %c2 : f32
    attn.yield %r : f32
  }
  return
}

// -1e9 is beyond f16, in which the plain implementation computes whose error is
// the bound; it is the relative error that tells.
// LOW: (%o): max abs error {{.*}} relative error {{[0-9.]+}}e-0{{[2-9]}}: ok
func.func @low(%q: !q, %k: !k, %v: !v, %qs: memref<1x1x1xf32>, %ks: memref<1x1x1xf32>, %vs: memref<1x1x1xf32>, %o: memref<?x?x4x48xf16>, %lse: !l) {
  attn.forward ins(%q, %k, %v : !q, !k, !v) scales(%qs, %ks, %vs : memref<1x1x1xf32>, memref<1x1x1xf32>, memref<1x1x1xf32>) outs(%o, %lse : memref<?x?x4x48xf16>, !l)
    score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %c2 = arith.constant 2 : index
    %c0 = arith.constant 0 : index
    %low = arith.constant -1.0e9 : f32
    %rest = arith.remui %i, %c2 : index
    %even = arith.cmpi eq, %rest, %c0 : index
    %r = arith.select %even, %s, %low : f32
    attn.yield %r : f32
  }
  return
}

// V transposed: keys in groups of 16, the last one of which is not full.
!vt = memref<?x2x48x?xi8>
func.func @transposed(%q: !q, %k: !k, %v: !vt, %qs: memref<1x1x1xf32>, %ks: memref<1x1x1xf32>, %vs: memref<?x2x?xf32>, %o: memref<?x?x4x48xf16>, %lse: !l) {
  attn.forward ins(%q, %k, %v : !q, !k, !vt) scales(%qs, %ks, %vs : memref<1x1x1xf32>, memref<1x1x1xf32>, memref<?x2x?xf32>) outs(%o, %lse : memref<?x?x4x48xf16>, !l) {causal, value_block = 16 : i64, value_layout = #attn.value_layout<transposed>}
  return
}

func.func @transposed_heads_first(%q: memref<?x4x?x32xi8>, %k: memref<?x2x?x32xi8>, %v: !vt, %qs: memref<1x1x1xf32>, %ks: memref<1x1x1xf32>, %vs: memref<1x1x1xf32>, %o: memref<?x4x?x48xf16>, %lse: !l) {
  attn.forward ins(%q, %k, %v : memref<?x4x?x32xi8>, memref<?x2x?x32xi8>, !vt) scales(%qs, %ks, %vs : memref<1x1x1xf32>, memref<1x1x1xf32>, memref<1x1x1xf32>) outs(%o, %lse : memref<?x4x?x48xf16>, !l) {layout = #attn.layout<bhsd>, value_layout = #attn.value_layout<transposed>}
  return
}
