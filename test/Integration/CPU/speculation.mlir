// Exponentials under the maximum known before the tile, and the way back to the
// whole softmax: at a row's first tile, and where scores rise.
// RUN: fa3-run %s --target=cpu --entry full --dim B=2,Sq=33,Sk=100 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry full --dim B=1,Sq=4,Sk=16 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry full --dim B=1,Sq=1,Sk=17 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry full --dim B=1,Sq=3,Sk=0 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry causal --dim B=2,Sq=33,Sk=50 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry causal --dim B=1,Sq=50,Sk=33 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry causal --dim B=1,Sq=113,Sk=203 --check --pipeline-options="prune=false split=false" | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry steep --dim B=2,Sq=33,Sk=200 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry rising --dim B=2,Sq=33,Sk=200 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry falling --dim B=2,Sq=33,Sk=200 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry documents --dim B=2,Sq=33,Sk=33 --shape ids=2x33 --check | FileCheck %s
// CHECK: (%o): max abs error {{.*}}: ok
// CHECK: (%lse): max abs error {{.*}}: ok

// Both ways are in the code.
// RUN: fa3-opt %s --attn-select-config=target=cpu --attn-tile --attn-speculate-maximum | FileCheck %s --check-prefix=WAYS
// WAYS-COUNT-6: attn.any_above

#config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 256>
!t = memref<?x?x2x16xf16>
func.func @full(%q: !t, %k: !t, %v: !t, %o: !t, %lse: memref<?x2x?xf32>) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o, %lse : !t, memref<?x2x?xf32>) {config = #config}
  return
}
func.func @causal(%q: !t, %k: !t, %v: !t, %o: !t, %lse: memref<?x2x?xf32>) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o, %lse : !t, memref<?x2x?xf32>) {causal, config = #config}
  return
}

// Scores of some tens: many rows find a larger maximum in a later tile.
func.func @steep(%q: !t, %k: !t, %v: !t, %o: !t, %lse: memref<?x2x?xf32>) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o, %lse : !t, memref<?x2x?xf32>) {scale = 8.0 : f32, config = #config}
  return
}

// Tiles come from the last one down. Scores that rise from each to the next take
// the way back every time, with exponentials that overflow before it; scores
// that fall only at the first.
func.func @rising(%q: !t, %k: !t, %v: !t, %o: !t, %lse: memref<?x2x?xf32>) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o, %lse : !t, memref<?x2x?xf32>) {causal, config = #config}
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %slope = arith.constant -8.0 : f32
    %0 = arith.index_cast %j : index to i32
    %1 = arith.sitofp %0 : i32 to f32
    %2 = arith.mulf %1, %slope : f32
    %r = arith.addf %s, %2 : f32
    attn.yield %r : f32
  }
  return
}
func.func @falling(%q: !t, %k: !t, %v: !t, %o: !t, %lse: memref<?x2x?xf32>) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o, %lse : !t, memref<?x2x?xf32>) {causal, config = #config}
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %slope = arith.constant 8.0 : f32
    %0 = arith.index_cast %j : index to i32
    %1 = arith.sitofp %0 : i32 to f32
    %2 = arith.mulf %1, %slope : f32
    %r = arith.addf %s, %2 : f32
    attn.yield %r : f32
  }
  return
}

// Rows that see no key of a whole tile, first or later.
func.func @documents(%q: !t, %k: !t, %v: !t, %o: !t, %lse: memref<?x2x?xf32>, %ids: memref<?x?xi32>) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o, %lse : !t, memref<?x2x?xf32>) {config = #config}
  mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %0 = memref.load %ids[%b, %i] : memref<?x?xi32>
    %1 = memref.load %ids[%b, %j] : memref<?x?xi32>
    %2 = arith.cmpi eq, %0, %1 : i32
    attn.yield %2 : i1
  }
  return
}
