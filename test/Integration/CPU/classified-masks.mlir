// Masks whose tiles are classified: documents one after the other, which make empty,
// partial and full tiles, with bands, packed heads, a score region, lengths that end
// within a tile, and rows that see no key.
// RUN: %python %S/Inputs/write_array.py %t.ids.npy i4 2x90 40x0 25x1 25x2 10x0 50x3 30x4
// RUN: fa3-run %s --entry documents --dim B=2,Sq=90,Sk=90 --input ids=%t.ids.npy --check | FileCheck %s
// RUN: fa3-run %s --entry documents --dim B=2,Sq=37,Sk=90 --input ids=%t.ids.npy --check | FileCheck %s
// RUN: fa3-run %s --entry documents --dim B=2,Sq=90,Sk=33 --input ids=%t.ids.npy --check | FileCheck %s
// RUN: fa3-run %s --entry documents --dim B=2,Sq=90,Sk=0 --input ids=%t.ids.npy --check | FileCheck %s
// RUN: fa3-run %s --entry documents --dim B=2,Sq=90,Sk=90 --input ids=%t.ids.npy --check --pipeline-options=split=false | FileCheck %s
// RUN: fa3-run %s --entry documents --dim B=2,Sq=90,Sk=90 --input ids=%t.ids.npy --check --pipeline-options=prune=false | FileCheck %s
// RUN: fa3-run %s --entry documents --dim B=2,Sq=90,Sk=90 --input ids=%t.ids.npy --check --pipeline-options=classify=false | FileCheck %s
// RUN: fa3-run %s --entry causal --dim B=2,Sq=90,Sk=90 --input ids=%t.ids.npy --check | FileCheck %s
// RUN: fa3-run %s --entry causal --dim B=2,Sq=37,Sk=90 --input ids=%t.ids.npy --check | FileCheck %s
// RUN: fa3-run %s --entry causal --dim B=2,Sq=90,Sk=50 --input ids=%t.ids.npy --check | FileCheck %s
// RUN: fa3-run %s --entry window --dim B=2,Sq=81,Sk=90 --input ids=%t.ids.npy --check | FileCheck %s
// RUN: fa3-run %s --entry packed --dim B=2,Sq=21,Sk=90 --input ids=%t.ids.npy --check | FileCheck %s
// RUN: fa3-run %s --entry score --dim B=2,Sq=81,Sk=90 --input ids=%t.ids.npy --check | FileCheck %s
// RUN: fa3-run %s --entry heads --check | FileCheck %s
// RUN: fa3-run %s --entry nothing --check | FileCheck %s
// CHECK: (%o): max abs error {{.*}}: ok
// CHECK: (%lse): max abs error {{.*}}: ok

// Tiles that nobody sees are not read: what V holds there would make NaN of every
// row, as 0 · NaN is. Their keys are of document 1, the rows of 0.
// RUN: %python %S/Inputs/write_array.py %t.rows.npy i4 1x8 0
// RUN: %python %S/Inputs/write_array.py %t.keys.npy i4 1x64 20x0 28x1 16x0
// RUN: %python %S/Inputs/write_array.py %t.v.npy f2 1x64x1x16 512x0.5 256xnan 256x0.25
// RUN: fa3-run %s --entry unread --input rows=%t.rows.npy --input keys=%t.keys.npy --input v=%t.v.npy --check | FileCheck %s --check-prefix=UNREAD
// RUN: not fa3-run %s --entry unread --input rows=%t.rows.npy --input keys=%t.keys.npy --input v=%t.v.npy --check --pipeline-options=classify=false
// UNREAD: (%o): max abs error {{.*}}: ok

!q = memref<?x?x4x16xf16>
!k = memref<?x?x2x16xf16>
!lse = memref<?x4x?xf32>
!ids = memref<?x?xi32>
func.func @documents(%q: !q, %k: !k, %v: !k, %o: !q, %lse: !lse, %ids: !ids) {
  attn.forward ins(%q, %k, %v : !q, !k, !k) outs(%o, %lse : !q, !lse)
  mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %0 = memref.load %ids[%b, %i] : !ids
    %1 = memref.load %ids[%b, %j] : !ids
    %2 = arith.cmpi eq, %0, %1 : i32
    attn.yield %2 : i1
  }
  return
}
func.func @causal(%q: !q, %k: !k, %v: !k, %o: !q, %lse: !lse, %ids: !ids) {
  attn.forward ins(%q, %k, %v : !q, !k, !k) outs(%o, %lse : !q, !lse) {causal}
  mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %0 = memref.load %ids[%b, %i] : !ids
    %1 = memref.load %ids[%b, %j] : !ids
    %2 = arith.cmpi eq, %0, %1 : i32
    attn.yield %2 : i1
  }
  return
}
func.func @window(%q: !q, %k: !k, %v: !k, %o: !q, %lse: !lse, %ids: !ids) {
  attn.forward ins(%q, %k, %v : !q, !k, !k) outs(%o, %lse : !q, !lse) {window = #attn.window<left = 30, right = 9>}
  mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %0 = memref.load %ids[%b, %i] : !ids
    %1 = memref.load %ids[%b, %j] : !ids
    %2 = arith.cmpi sge, %0, %1 : i32
    attn.yield %2 : i1
  }
  return
}
// Rows of two heads in a tile, of which either sees other keys.
func.func @packed(%q: !q, %k: !k, %v: !k, %o: !q, %lse: !lse, %ids: !ids) {
  attn.forward ins(%q, %k, %v : !q, !k, !k) outs(%o, %lse : !q, !lse) {causal, config = #attn.config<tile = 8x16, stages = 1, consumers = 1, registers = 24x24, pack = 2>}
  mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %c20 = arith.constant 20 : index
    %0 = memref.load %ids[%b, %i] : !ids
    %1 = memref.load %ids[%b, %j] : !ids
    %2 = arith.cmpi ule, %0, %1 : i32
    %3 = arith.muli %h, %c20 : index
    %4 = arith.cmpi uge, %j, %3 : index
    %5 = arith.andi %2, %4 : i1
    attn.yield %5 : i1
  }
  return
}
func.func @score(%q: !q, %k: !k, %v: !k, %o: !q, %lse: !lse, %ids: !ids) {
  attn.forward ins(%q, %k, %v : !q, !k, !k) outs(%o, %lse : !q, !lse) {window = #attn.window<right = 20>}
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %0 = memref.load %ids[%b, %j] : !ids
    %1 = arith.sitofp %0 : i32 to f32
    %2 = arith.addf %s, %1 : f32
    attn.yield %2 : f32
  } mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %0 = memref.load %ids[%b, %i] : !ids
    %1 = memref.load %ids[%b, %j] : !ids
    %2 = arith.cmpi eq, %0, %1 : i32
    attn.yield %2 : i1
  }
  return
}
// Of heads alone, of known sizes, with a scalar that is read for each.
func.func @heads(%q: memref<2x40x4x16xbf16>, %k: memref<2x64x4x16xbf16>, %v: memref<2x64x4x16xbf16>, %o: memref<2x40x4x16xbf16>, %lse: memref<2x4x40xf32>, %ends: memref<4xi32>) {
  attn.forward ins(%q, %k, %v : memref<2x40x4x16xbf16>, memref<2x64x4x16xbf16>, memref<2x64x4x16xbf16>) outs(%o, %lse : memref<2x40x4x16xbf16>, memref<2x4x40xf32>)
  mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %c19 = arith.constant 19 : index
    %0 = memref.load %ends[%h] : memref<4xi32>
    %1 = arith.index_cast %0 : i32 to index
    %2 = arith.muli %1, %c19 : index
    %3 = arith.cmpi ult, %j, %2 : index
    attn.yield %3 : i1
  }
  return
}
func.func @nothing(%q: memref<1x9x1x16xf16>, %k: memref<1x40x1x16xf16>, %v: memref<1x40x1x16xf16>, %o: memref<1x9x1x16xf16>, %lse: memref<1x1x9xf32>) {
  attn.forward ins(%q, %k, %v : memref<1x9x1x16xf16>, memref<1x40x1x16xf16>, memref<1x40x1x16xf16>) outs(%o, %lse : memref<1x9x1x16xf16>, memref<1x1x9xf32>)
  mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %none = arith.cmpi ult, %j, %b : index
    attn.yield %none : i1
  }
  return
}
func.func @unread(%q: memref<1x8x1x16xf16>, %k: memref<1x64x1x16xf16>, %v: memref<1x64x1x16xf16>, %o: memref<1x8x1x16xf16>, %rows: memref<1x8xi32>, %keys: memref<1x64xi32>) {
  attn.forward ins(%q, %k, %v : memref<1x8x1x16xf16>, memref<1x64x1x16xf16>, memref<1x64x1x16xf16>) outs(%o : memref<1x8x1x16xf16>)
  mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %0 = memref.load %rows[%b, %i] : memref<1x8xi32>
    %1 = memref.load %keys[%b, %j] : memref<1x64xi32>
    %2 = arith.cmpi eq, %0, %1 : i32
    attn.yield %2 : i1
  }
  return
}
