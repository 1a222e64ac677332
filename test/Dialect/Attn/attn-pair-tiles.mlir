// RUN: fa3-opt %s --allow-unregistered-dialect --attn-pair-tiles --split-input-file --mlir-print-local-scope | FileCheck %s
// RUN: fa3-opt %s --allow-unregistered-dialect --attn-pair-tiles --canonicalize --split-input-file --mlir-print-local-scope | FileCheck %s --check-prefix=CANON

// The loop over keys is longer the later the rows: each block takes a row tile
// and the one that mirrors it.
// CHECK-LABEL: func.func @causal(
//  CHECK-SAME:     %[[TILES:.*]]: index, %[[BATCH:.*]]: index)
//       CHECK:   %[[C2:.*]] = arith.constant 2 : index
//       CHECK:   %[[PAIRS:.*]] = arith.ceildivui %[[TILES]], %[[C2]] : index
//  CHECK-NEXT:   scf.forall (%[[T:.*]], %[[H:.*]], %[[B:.*]]) in (%[[PAIRS]], 16, %[[BATCH]]) {
//  CHECK-NEXT:     %[[OWN:.*]] = arith.index_cast %[[T]] : index to i32
//  CHECK-NEXT:     %[[ALL:.*]] = arith.index_cast %[[TILES]] : index to i32
//  CHECK-NEXT:     %[[END:.*]] = arith.subi %[[ALL]], %[[OWN]] : i32
//       CHECK:     %[[LAST:.*]] = arith.subi %[[END]], %c1_i32{{.*}} : i32
//  CHECK-NEXT:     %[[DISTANCE:.*]] = arith.subi %[[LAST]], %[[OWN]] : i32
//       CHECK:     %[[STEP:.*]] = arith.maxsi %[[DISTANCE]], %c1_i32{{.*}} : i32
//  CHECK-NEXT:     scf.for %[[I:.*]] = %[[OWN]] to %[[END]] step %[[STEP]] : i32 {
//  CHECK-NEXT:       %[[TILE:.*]] = arith.index_cast %[[I]] : i32 to index
//  CHECK-NEXT:       %[[KEYS:.*]] = arith.addi %[[TILE]], %c1
//  CHECK-NEXT:       scf.for %[[J:.*]] = %c0 to %[[KEYS]] step %c1 {
//  CHECK-NEXT:         "test.use"(%[[TILE]], %[[H]], %[[B]], %[[J]])
//       CHECK:   } {attn.config = #attn.config<tile = 4x16, {{.*}}, persistent>, test.kept}
//   CHECK-NOT:   scf.forall
//       CHECK:   return
func.func @causal(%tiles: index, %batch: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.forall (%t, %h, %b) in (%tiles, 16, %batch) {
    %keys = arith.addi %t, %c1 : index
    scf.for %j = %c0 to %keys step %c1 {
      "test.use"(%t, %h, %b, %j) : (index, index, index, index) -> ()
    }
  } {attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, persistent>, test.kept}
  return
}

// -----

// An odd number of tiles, known: 5 are 3 pairs. Tile 2 is its own partner, and
// the step of 1 then ends its loop after one trip. A mapping stays.
// CANON-LABEL: func.func @odd(
//   CANON-DAG:   %[[C5:.*]] = arith.constant 5 : i32
//   CANON-DAG:   %[[C4:.*]] = arith.constant 4 : i32
//   CANON-DAG:   %[[C1:.*]] = arith.constant 1 : i32
//       CANON:   scf.forall (%[[T:.*]], %{{.*}}) in (3, 2) {
//  CANON-NEXT:     %[[OWN:.*]] = arith.index_cast %[[T]] : index to i32
//  CANON-NEXT:     %[[END:.*]] = arith.subi %[[C5]], %[[OWN]]
//  CANON-NEXT:     %[[LAST:.*]] = arith.subi %[[C4]], %[[OWN]]
//  CANON-NEXT:     %[[DISTANCE:.*]] = arith.subi %[[LAST]], %[[OWN]]
//  CANON-NEXT:     %[[STEP:.*]] = arith.maxsi %[[DISTANCE]], %[[C1]]
//  CANON-NEXT:     scf.for %{{.*}} = %[[OWN]] to %[[END]] step %[[STEP]]
//       CANON:       scf.for
//       CANON:   } {attn.config = {{.*}}, mapping = [#gpu.block<x>, #gpu.block<y>]}
func.func @odd(%n: index) {
  %c1 = arith.constant 1 : index
  scf.forall (%t, %h) in (5, 2) {
    scf.for %j = %t to %n step %c1 {
      "test.use"(%t, %h, %j) : (index, index, index) -> ()
    }
  } {attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, persistent>, mapping = [#gpu.block<x>, #gpu.block<y>]}
  return
}

// -----

// A lower bound that follows from the row tile, in a loop that is not at the top.
// CHECK-LABEL: func.func @window(
//       CHECK:   arith.ceildivui
//       CHECK:   scf.forall
//       CHECK:     scf.for {{.*}} : i32 {
//       CHECK:       scf.if
//       CHECK:         scf.for
func.func @window(%tiles: index, %n: index, %b: i1) {
  %c1 = arith.constant 1 : index
  scf.forall (%t) in (%tiles) {
    scf.if %b {
      %begin = arith.subi %n, %t : index
      scf.for %j = %begin to %n step %c1 {
        "test.use"(%t, %j) : (index, index) -> ()
      }
    }
  } {attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, persistent>}
  return
}

// -----

// All row tiles have as much to do; the heads and the batch do not count.
// CHECK-LABEL: func.func @even(
//   CHECK-NOT:   arith.ceildivui
//       CHECK:   scf.forall (%[[T:.*]], %[[H:.*]]) in (%{{.*}}, 16) {
//  CHECK-NEXT:     scf.for %{{.*}} = %c0 to %{{.*}} step %c1 {
//       CHECK:     scf.for %{{.*}} = %c0 to %[[H]] step %c1 {
//   CHECK-NOT:   i32
//       CHECK:   return
func.func @even(%tiles: index, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.forall (%t, %h) in (%tiles, 16) {
    scf.for %j = %c0 to %n step %c1 {
      "test.use"(%t, %j) : (index, index) -> ()
    }
    scf.for %j = %c0 to %h step %c1 {
      "test.use"(%t, %j) : (index, index) -> ()
    }
  } {attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, persistent>}
  return
}

// -----

// A block for each tile: nobody has two.
// CHECK-LABEL: func.func @not_persistent(
//       CHECK:   scf.forall (%[[T:.*]]) in (%{{.*}}) {
//  CHECK-NEXT:     scf.for %{{.*}} = %c0 to %[[T]] step %c1 {
//   CHECK-NOT:   i32
// CHECK-LABEL: func.func @no_config(
//       CHECK:   scf.forall (%[[T:.*]]) in (%{{.*}}) {
//  CHECK-NEXT:     scf.for %{{.*}} = %c0 to %[[T]] step %c1 {
func.func @not_persistent(%tiles: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.forall (%t) in (%tiles) {
    scf.for %j = %c0 to %t step %c1 {
      "test.use"(%t, %j) : (index, index) -> ()
    }
  } {attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
  return
}
func.func @no_config(%tiles: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.forall (%t) in (%tiles) {
    scf.for %j = %c0 to %t step %c1 {
      "test.use"(%t, %j) : (index, index) -> ()
    }
  }
  return
}

// -----

// A grid that does not begin at 0 has other mirror images.
// CHECK-LABEL: func.func @shifted(
//       CHECK:   scf.forall (%[[T:.*]]) = (1) to (%{{.*}}) step (1) {
//  CHECK-NEXT:     scf.for %{{.*}} = %c0 to %[[T]] step %c1 {
func.func @shifted(%tiles: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.forall (%t) = (1) to (%tiles) step (1) {
    scf.for %j = %c0 to %t step %c1 {
      "test.use"(%t, %j) : (index, index) -> ()
    }
  } {attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, persistent>}
  return
}
