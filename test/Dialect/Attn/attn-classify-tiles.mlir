// RUN: fa3-opt %s --attn-classify-tiles --canonicalize --cse --split-input-file --verify-diagnostics --allow-unregistered-dialect --mlir-print-local-scope | FileCheck %s
// Again: masks in a branch are nobody's.
// RUN: fa3-opt %s --attn-classify-tiles --attn-classify-tiles --split-input-file --allow-unregistered-dialect -o /dev/null

// Documents under a causal mask. What the mask depends on, the row tile and the
// batch, has lists of its own; heads share them.

// CHECK-LABEL: func @documents
//  CHECK-SAME:   (%[[IDS:[^:]+]]: memref<?x?xi32>, %[[TILES:[^:]+]]: index, %[[BATCH:[^:]+]]: index, %[[SK:[^:]+]]: index
//       CHECK:   %[[N:.+]] = arith.ceildivui %[[SK]], %c16
//       CHECK:   %[[LISTS:.+]] = arith.muli %[[TILES]], %[[BATCH]]
//       CHECK:   %[[PARTS:.+]] = memref.alloc(%[[LISTS]], %[[N]]) {alignment = 256 : i64} : memref<?x?x16xi8>
//       CHECK:   %[[VISITS:.+]] = memref.alloc(%[[LISTS]], %[[N]]) {alignment = 256 : i64} : memref<?x?xi32>
//       CHECK:   %[[COUNTS:.+]] = memref.alloc(%[[LISTS]]) {alignment = 256 : i64} : memref<?x2xi32>

// Only tiles in the band are looked at, each by 16 threads.
//       CHECK:   scf.forall (%[[T:.+]], %[[B:.+]]) in (%[[TILES]], %[[BATCH]]) {
//       CHECK:     %[[ROWS:.+]] = arith.muli %[[B]], %[[TILES]]
//       CHECK:     %[[LIST:.+]] = arith.addi %[[ROWS]], %[[T]]
//       CHECK:     %[[BEGIN:.+]] = arith.minsi
//       CHECK:     scf.forall (%[[THREAD:.+]]) in (256) {
//       CHECK:       %[[SLOT:.+]] = arith.divui %[[THREAD]], %c16
//       CHECK:       %[[FIRST:.+]] = arith.addi %[[BEGIN]], %[[SLOT]]
//       CHECK:       %[[PART:.+]] = arith.remui %[[THREAD]], %c16
//       CHECK:       scf.for %[[TILE:.+]] = %[[FIRST]] to %[[N]] step %c16 {

// A key is read once for all rows, a row once for all keys of the thread.
//       CHECK:         %[[READ:.+]] = memref.load
//       CHECK:         %[[KEY:.+]] = arith.select %{{.+}}, %[[READ]], %c0_i32
//       CHECK:         scf.for {{.*}} iter_args(%[[ANY:.+]] = %false, %[[ALL:.+]] = %true)
//   CHECK-NOT:           %[[KEY]]
//       CHECK:           memref.load
//       CHECK:           arith.cmpi eq, %{{.+}}, %[[KEY]] : i32
//       CHECK:           arith.cmpi sge, {{.*}} : i32
//       CHECK:         memref.store %{{.+}}, %[[PARTS]][%[[LIST]], %[[TILE]], %[[PART]]]
//       CHECK:     } {mapping = [#gpu.thread<x>]}

// The partial tiles in front, the full ones behind.
//       CHECK:     scf.forall (%[[THREAD:.+]]) in (256) {
//       CHECK:       %[[COUNT:.+]]:2 = scf.for %{{.+}} = %[[BEGIN]] to %[[N]]
//       CHECK:         vector.load %[[PARTS]][%[[LIST]], %{{.+}}, %c0] {alignment = 16 : i64} : memref<?x?x16xi8>, vector<16xi8>
//       CHECK:         arith.cmpi eq, %{{.+}}, %c3_i32
//       CHECK:         arith.cmpi eq, %{{.+}}, %c1_i32
//       CHECK:       scf.if
//       CHECK:         memref.store %[[COUNT]]#0, %[[COUNTS]][%[[LIST]], %c0]
//       CHECK:         %[[ALL:.+]] = arith.addi %[[COUNT]]#0, %[[COUNT]]#1
//       CHECK:         memref.store %[[ALL]], %[[COUNTS]][%[[LIST]], %c1]
//       CHECK:       scf.for %[[TILE:.+]] =
//       CHECK:         scf.if
//       CHECK:           %[[BEFORE:.+]]:2 = scf.for %{{.+}} = %[[BEGIN]] to %[[TILE]]
//       CHECK:           %[[BEHIND:.+]] = arith.addi %[[COUNT]]#0, %[[BEFORE]]#1
//       CHECK:           arith.select %{{.+}}, %[[BEHIND]], %[[BEFORE]]#0
//       CHECK:           memref.store %{{.+}}, %[[VISITS]][%[[LIST]], %{{.+}}]
//       CHECK:     } {mapping = [#gpu.thread<x>]}
//       CHECK:   }

// What the mask reads of a row is in front of the loop.
//       CHECK:   scf.forall (%[[T:.+]], %{{.+}}, %[[B:.+]]) in (%[[TILES]], 8, %[[BATCH]]) {
//       CHECK:     vector.gather {{.*}} into vector<8x1xi32>
//       CHECK:     %[[ROWS:.+]] = arith.muli %[[B]], %[[TILES]]
//       CHECK:     %[[LIST:.+]] = arith.addi %[[ROWS]], %[[T]]
//       CHECK:     %[[P:.+]] = memref.load %[[COUNTS]][%[[LIST]], %c0]
//       CHECK:     %[[PARTIAL:.+]] = arith.index_cast %[[P]]
//       CHECK:     %[[V:.+]] = memref.load %[[COUNTS]][%[[LIST]], %c1]
//       CHECK:     %[[VISIBLE:.+]] = arith.index_cast %[[V]]
//       CHECK:     scf.for %[[I:.+]] = %c0 to %[[VISIBLE]] step %c1
//       CHECK:       %[[LOADED:.+]] = memref.load %[[VISITS]][%[[LIST]], %[[I]]]
//       CHECK:       %[[ITERATION:.+]] = arith.index_cast %[[LOADED]]
//       CHECK:       arith.subi %{{.+}}, %[[ITERATION]]
//       CHECK:       %[[S:.+]] = vector.contract
//       CHECK:       %[[MASKED:.+]] = arith.cmpi slt, %[[I]], %[[PARTIAL]]
//       CHECK:       %[[SCORES:.+]] = scf.if %[[MASKED]]
//       CHECK:         vector.gather {{.*}} into vector<1x16xi32>
//       CHECK:         %[[KEPT:.+]] = arith.select %{{.+}}, %[[S]]
//       CHECK:         %[[BAND:.+]] = attn.band_mask %[[KEPT]]
//       CHECK:         scf.yield %[[BAND]]
//       CHECK:       } else {
//       CHECK:         scf.yield %[[S]]
//       CHECK:       }
//       CHECK:       attn.online_softmax %[[SCORES]]
func.func @documents(%ids: memref<?x?xi32>, %tiles: index, %batch: index, %sk: index, %q: memref<?x?x8x16xf16>, %o: memref<?x?x8x16xf16>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %c16 = arith.constant 16 : index
  %f = arith.constant 1.0 : f32
  %z = arith.constant 0.0 : f16
  %zero = arith.constant dense<0.0> : vector<8x16xf32>
  %none = arith.constant dense<0xFF800000> : vector<8xf32>
  %sum0 = arith.constant dense<0.0> : vector<8xf32>
  %infinity = arith.constant dense<0xFF800000> : vector<8x16xf32>
  %no_row = arith.constant dense<0> : vector<8x1xi32>
  %no_key = arith.constant dense<0> : vector<1x16xi32>
  %n = arith.ceildivui %sk, %c16 : index
  scf.forall (%t, %h, %b) in (%tiles, 8, %batch) {
    %row = arith.muli %t, %c8 : index
    %qt = vector.transfer_read %q[%b, %row, %h, %c0], %z {in_bounds = [false, true], permutation_map = affine_map<(d0, d1, d2, d3) -> (d1, d3)>} : memref<?x?x8x16xf16>, vector<8x16xf16>
    %r:3 = scf.for %i = %c0 to %n step %c1 iter_args(%o0 = %zero, %m = %none, %l = %sum0) -> (vector<8x16xf32>, vector<8xf32>, vector<8xf32>) {
      %last = arith.subi %n, %c1 : index
      %tile = arith.subi %last, %i : index
      %key = arith.muli %tile, %c16 : index
      %kt = vector.transfer_read %q[%b, %key, %h, %c0], %z {in_bounds = [false, true], permutation_map = affine_map<(d0, d1, d2, d3) -> (d1, d3)>} : memref<?x?x8x16xf16>, vector<16x16xf16>
      %s = vector.contract {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %qt, %kt, %zero : vector<8x16xf16>, vector<16x16xf16> into vector<8x16xf32>
      %rows = attn.coordinates %row {dimension = 0 : i64} : vector<8x1xindex>
      %keys = attn.coordinates %key {dimension = 1 : i64} : vector<1x16xindex>
      %base, %offset, %sizes:2, %strides:2 = memref.extract_strided_metadata %ids : memref<?x?xi32> -> memref<i32>, index, index, index, index, index
      %flat = memref.reinterpret_cast %base to offset: [%offset], sizes: [%c1], strides: [1] : memref<i32> to memref<?xi32, strided<[1], offset: ?>>
      %start = arith.muli %b, %strides#0 : index
      %starts = vector.broadcast %start : index to vector<8x1xindex>
      %row_index = arith.addi %starts, %rows : vector<8x1xindex>
      %row_end = vector.broadcast %sizes#1 : index to vector<8x1xindex>
      %row_inside = arith.cmpi ult, %rows, %row_end : vector<8x1xindex>
      %row_id = vector.gather %flat[%c0] [%row_index], %row_inside, %no_row : memref<?xi32, strided<[1], offset: ?>>, vector<8x1xindex>, vector<8x1xi1>, vector<8x1xi32> into vector<8x1xi32>
      %key_starts = vector.broadcast %start : index to vector<1x16xindex>
      %key_index = arith.addi %key_starts, %keys : vector<1x16xindex>
      %key_end = vector.broadcast %sizes#1 : index to vector<1x16xindex>
      %key_inside = arith.cmpi ult, %keys, %key_end : vector<1x16xindex>
      %key_id = vector.gather %flat[%c0] [%key_index], %key_inside, %no_key : memref<?xi32, strided<[1], offset: ?>>, vector<1x16xindex>, vector<1x16xi1>, vector<1x16xi32> into vector<1x16xi32>
      %row_ids = vector.broadcast %row_id : vector<8x1xi32> to vector<8x16xi32>
      %key_ids = vector.broadcast %key_id : vector<1x16xi32> to vector<8x16xi32>
      %same = arith.cmpi eq, %row_ids, %key_ids : vector<8x16xi32>
      %kept = arith.select %same, %s, %infinity : vector<8x16xi1>, vector<8x16xf32>
      %masked = attn.band_mask %kept at(%row, %key) extent(%sk) upper(%c0) : vector<8x16xf32>
      %p, %m1, %l1, %a = attn.online_softmax %masked, %m, %l factor(%f) : vector<8x16xf32>, vector<8xf32>
      %ac = vector.shape_cast %a : vector<8xf32> to vector<8x1xf32>
      %ab = vector.broadcast %ac : vector<8x1xf32> to vector<8x16xf32>
      %rescaled = arith.mulf %o0, %ab : vector<8x16xf32>
      %p16 = arith.truncf %p : vector<8x16xf32> to vector<8x16xf16>
      %o1 = vector.contract {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %p16, %kt, %rescaled : vector<8x16xf16>, vector<16x16xf16> into vector<8x16xf32>
      scf.yield %o1, %m1, %l1 : vector<8x16xf32>, vector<8xf32>, vector<8xf32>
    }
    "test.use"(%r#0) : (vector<8x16xf32>) -> ()
  }
  return
}

// -----

// A mask that depends on nothing of the grid has one list (canonicalised, a grid
// of one point is none). No band, no rows to
// leave out, and sizes that are known.
// CHECK-LABEL: func @columns
//       CHECK:   memref.alloc() {alignment = 256 : i64} : memref<1x8x16xi8>
//       CHECK:   memref.alloc() {alignment = 256 : i64} : memref<1x8xi32>
//       CHECK:   memref.alloc() {alignment = 256 : i64} : memref<1x2xi32>
//       CHECK:   scf.forall (%{{.+}}) in (256)
//   CHECK-NOT:   minsi
//       CHECK:   scf.forall (%{{.+}}, %{{.+}}) in (4, 2) {
//       CHECK:     memref.load %{{.+}}[%c0, %c0] : memref<1x2xi32>
//       CHECK:     memref.load %{{.+}}[%c0, %c1] : memref<1x2xi32>
//       CHECK:     scf.if
func.func @columns(%s: vector<4x16xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %c16 = arith.constant 16 : index
  %f = arith.constant 1.0 : f32
  %none = arith.constant dense<0xFF800000> : vector<4xf32>
  %sum0 = arith.constant dense<0.0> : vector<4xf32>
  %infinity = arith.constant dense<0xFF800000> : vector<4x16xf32>
  %c40 = arith.constant dense<40> : vector<1x16xindex>
  scf.forall (%t, %h) in (4, 2) {
    %r:2 = scf.for %i = %c0 to %c8 step %c1 iter_args(%m = %none, %l = %sum0) -> (vector<4xf32>, vector<4xf32>) {
      %key = arith.muli %i, %c16 : index
      %keys = attn.coordinates %key {dimension = 1 : i64} : vector<1x16xindex>
      %near = arith.cmpi ult, %keys, %c40 : vector<1x16xindex>
      %keep = vector.broadcast %near : vector<1x16xi1> to vector<4x16xi1>
      %kept = arith.select %keep, %s, %infinity : vector<4x16xi1>, vector<4x16xf32>
      %p, %m1, %l1, %a = attn.online_softmax %kept, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
      scf.yield %m1, %l1 : vector<4xf32>, vector<4xf32>
    }
    "test.use"(%r#0) : (vector<4xf32>) -> ()
  }
  return
}

// -----

// A band alone, a choice between scores, and a single tile are left alone: nothing
// is said.
// CHECK-LABEL: func @others
//   CHECK-NOT:   memref.alloc
//       CHECK:   attn.band_mask
//   CHECK-NOT:   scf.if
func.func @others(%s: vector<4x16xf32>, %keep: vector<4x16xi1>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %c16 = arith.constant 16 : index
  %f = arith.constant 1.0 : f32
  %none = arith.constant dense<0xFF800000> : vector<4xf32>
  %sum0 = arith.constant dense<0.0> : vector<4xf32>
  %low = arith.constant dense<-1.0e9> : vector<4x16xf32>
  %infinity = arith.constant dense<0xFF800000> : vector<4x16xf32>
  scf.forall (%t) in (4) {
    %r:4 = scf.for %i = %c0 to %c8 step %c1 iter_args(%m = %none, %l = %sum0, %m2 = %none, %l2 = %sum0) -> (vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>) {
      %key = arith.muli %i, %c16 : index
      %masked = attn.band_mask %s at(%c0, %key) upper(%c0) : vector<4x16xf32>
      %p, %m1, %l1, %a = attn.online_softmax %masked, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
      %chosen = arith.select %keep, %s, %low : vector<4x16xi1>, vector<4x16xf32>
      %p2, %m3, %l3, %a2 = attn.online_softmax %chosen, %m2, %l2 factor(%f) : vector<4x16xf32>, vector<4xf32>
      scf.yield %m1, %l1, %m3, %l3 : vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>
    }
    "test.use"(%r#0, %r#2) : (vector<4xf32>, vector<4xf32>) -> ()
    %one:2 = scf.for %i = %c0 to %c1 step %c1 iter_args(%m = %none, %l = %sum0) -> (vector<4xf32>, vector<4xf32>) {
      %near = vector.constant_mask [4, 3] : vector<4x16xi1>
      %kept = arith.select %near, %s, %infinity : vector<4x16xi1>, vector<4x16xf32>
      %p, %m1, %l1, %a = attn.online_softmax %kept, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
      scf.yield %m1, %l1 : vector<4xf32>, vector<4xf32>
    }
    "test.use"(%one#0) : (vector<4xf32>) -> ()
  }
  return
}

// -----

// Sixteen threads share the keys of a tile.
func.func @narrow(%s: vector<4x8xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c8 = arith.constant 8 : index
  %f = arith.constant 1.0 : f32
  %none = arith.constant dense<0xFF800000> : vector<4xf32>
  %sum0 = arith.constant dense<0.0> : vector<4xf32>
  %infinity = arith.constant dense<0xFF800000> : vector<4x8xf32>
  scf.forall (%t) in (4) {
    // expected-remark @+1 {{cannot go over a list of tiles: expected a tile whose keys are a multiple of 16, but got 8}}
    %r:2 = scf.for %i = %c0 to %c8 step %c1 iter_args(%m = %none, %l = %sum0) -> (vector<4xf32>, vector<4xf32>) {
      %keys = attn.coordinates %i {dimension = 1 : i64} : vector<1x8xindex>
      %two = arith.constant dense<2> : vector<1x8xindex>
      %near = arith.cmpi ult, %keys, %two : vector<1x8xindex>
      %keep = vector.broadcast %near : vector<1x8xi1> to vector<4x8xi1>
      %kept = arith.select %keep, %s, %infinity : vector<4x8xi1>, vector<4x8xf32>
      %p, %m1, %l1, %a = attn.online_softmax %kept, %m, %l factor(%f) : vector<4x8xf32>, vector<4xf32>
      scf.yield %m1, %l1 : vector<4xf32>, vector<4xf32>
    }
    "test.use"(%r#0) : (vector<4xf32>) -> ()
  }
  return
}

// -----

// Iterations are numbered from 0.
func.func @begin(%s: vector<4x16xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c8 = arith.constant 8 : index
  %f = arith.constant 1.0 : f32
  %none = arith.constant dense<0xFF800000> : vector<4xf32>
  %sum0 = arith.constant dense<0.0> : vector<4xf32>
  %infinity = arith.constant dense<0xFF800000> : vector<4x16xf32>
  scf.forall (%t) in (4) {
    // expected-remark @+1 {{cannot go over a list of tiles: expected a loop from 0 in steps of 1}}
    %r:2 = scf.for %i = %c1 to %c8 step %c1 iter_args(%m = %none, %l = %sum0) -> (vector<4xf32>, vector<4xf32>) {
      %keys = attn.coordinates %i {dimension = 1 : i64} : vector<1x16xindex>
      %two = arith.constant dense<2> : vector<1x16xindex>
      %near = arith.cmpi ult, %keys, %two : vector<1x16xindex>
      %keep = vector.broadcast %near : vector<1x16xi1> to vector<4x16xi1>
      %kept = arith.select %keep, %s, %infinity : vector<4x16xi1>, vector<4x16xf32>
      %p, %m1, %l1, %a = attn.online_softmax %kept, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
      scf.yield %m1, %l1 : vector<4xf32>, vector<4xf32>
    }
    "test.use"(%r#0) : (vector<4xf32>) -> ()
  }
  return
}

// -----

// As where the keys are a range of them.
func.func @uneven(%s: vector<4x16xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c8 = arith.constant 8 : index
  %f = arith.constant 1.0 : f32
  %none = arith.constant dense<0xFF800000> : vector<4xf32>
  %sum0 = arith.constant dense<0.0> : vector<4xf32>
  %infinity = arith.constant dense<0xFF800000> : vector<4x16xf32>
  scf.forall (%t) in (4) {
    %n = arith.addi %t, %c1 : index
    // expected-remark @+1 {{cannot go over a list of tiles: expected as many trips at each point of the grid}}
    %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%m = %none, %l = %sum0) -> (vector<4xf32>, vector<4xf32>) {
      %keys = attn.coordinates %i {dimension = 1 : i64} : vector<1x16xindex>
      %two = arith.constant dense<2> : vector<1x16xindex>
      %near = arith.cmpi ult, %keys, %two : vector<1x16xindex>
      %keep = vector.broadcast %near : vector<1x16xi1> to vector<4x16xi1>
      %kept = arith.select %keep, %s, %infinity : vector<4x16xi1>, vector<4x16xf32>
      %p, %m1, %l1, %a = attn.online_softmax %kept, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
      scf.yield %m1, %l1 : vector<4xf32>, vector<4xf32>
    }
    "test.use"(%r#0) : (vector<4xf32>) -> ()
  }
  return
}

// -----

// What stands beside the softmax would miss the tiles that are left out.
func.func @state(%s: vector<4x16xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c8 = arith.constant 8 : index
  %f = arith.constant 1.0 : f32
  %none = arith.constant dense<0xFF800000> : vector<4xf32>
  %sum0 = arith.constant dense<0.0> : vector<4xf32>
  %infinity = arith.constant dense<0xFF800000> : vector<4x16xf32>
  scf.forall (%t) in (4) {
    // expected-remark @+1 {{cannot go over a list of tiles: expected the loop to carry the softmax's maximum and sum and outputs rescaled by its correction, but got another value at position 2}}
    %r:3 = scf.for %i = %c0 to %c8 step %c1 iter_args(%m = %none, %l = %sum0, %c = %none) -> (vector<4xf32>, vector<4xf32>, vector<4xf32>) {
      %keys = attn.coordinates %i {dimension = 1 : i64} : vector<1x16xindex>
      %two = arith.constant dense<2> : vector<1x16xindex>
      %near = arith.cmpi ult, %keys, %two : vector<1x16xindex>
      %keep = vector.broadcast %near : vector<1x16xi1> to vector<4x16xi1>
      %kept = arith.select %keep, %s, %infinity : vector<4x16xi1>, vector<4x16xf32>
      %p, %m1, %l1, %a = attn.online_softmax %kept, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
      %c1n = arith.addf %c, %m : vector<4xf32>
      scf.yield %m1, %l1, %c1n : vector<4xf32>, vector<4xf32>, vector<4xf32>
    }
    "test.use"(%r#0) : (vector<4xf32>) -> ()
  }
  return
}

// -----

// Nor may it write.
func.func @writes(%s: vector<4x16xf32>, %b: memref<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c8 = arith.constant 8 : index
  %f = arith.constant 1.0 : f32
  %none = arith.constant dense<0xFF800000> : vector<4xf32>
  %sum0 = arith.constant dense<0.0> : vector<4xf32>
  %infinity = arith.constant dense<0xFF800000> : vector<4x16xf32>
  scf.forall (%t) in (4) {
    // expected-remark @+1 {{cannot go over a list of tiles: expected a loop that only reads, but got memref.store}}
    %r:2 = scf.for %i = %c0 to %c8 step %c1 iter_args(%m = %none, %l = %sum0) -> (vector<4xf32>, vector<4xf32>) {
      %keys = attn.coordinates %i {dimension = 1 : i64} : vector<1x16xindex>
      %two = arith.constant dense<2> : vector<1x16xindex>
      %near = arith.cmpi ult, %keys, %two : vector<1x16xindex>
      %keep = vector.broadcast %near : vector<1x16xi1> to vector<4x16xi1>
      %kept = arith.select %keep, %s, %infinity : vector<4x16xi1>, vector<4x16xf32>
      %p, %m1, %l1, %a = attn.online_softmax %kept, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
      memref.store %f, %b[%c0] : memref<4xf32>
      scf.yield %m1, %l1 : vector<4xf32>, vector<4xf32>
    }
    "test.use"(%r#0) : (vector<4xf32>) -> ()
  }
  return
}

// -----

// A mask that depends on scores is not known in front of them.
func.func @scores(%s: vector<4x16xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c8 = arith.constant 8 : index
  %f = arith.constant 1.0 : f32
  %none = arith.constant dense<0xFF800000> : vector<4xf32>
  %sum0 = arith.constant dense<0.0> : vector<4xf32>
  %infinity = arith.constant dense<0xFF800000> : vector<4x16xf32>
  scf.forall (%t) in (4) {
    // expected-remark @+1 {{cannot go over a list of tiles: expected masks that do not depend on what the loop carries}}
    %r:2 = scf.for %i = %c0 to %c8 step %c1 iter_args(%m = %none, %l = %sum0) -> (vector<4xf32>, vector<4xf32>) {
      %rowmax = vector.multi_reduction <maxnumf>, %s, %m [1] : vector<4x16xf32> to vector<4xf32>
      %column = vector.shape_cast %rowmax : vector<4xf32> to vector<4x1xf32>
      %spread = vector.broadcast %column : vector<4x1xf32> to vector<4x16xf32>
      %keep = arith.cmpf oeq, %s, %spread : vector<4x16xf32>
      %kept = arith.select %keep, %s, %infinity : vector<4x16xi1>, vector<4x16xf32>
      %p, %m1, %l1, %a = attn.online_softmax %kept, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
      scf.yield %m1, %l1 : vector<4xf32>, vector<4xf32>
    }
    "test.use"(%r#0) : (vector<4xf32>) -> ()
  }
  return
}

// -----

// The scores that are masked go elsewhere as well.
func.func @shared(%s: vector<4x16xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c8 = arith.constant 8 : index
  %f = arith.constant 1.0 : f32
  %none = arith.constant dense<0xFF800000> : vector<4xf32>
  %sum0 = arith.constant dense<0.0> : vector<4xf32>
  %infinity = arith.constant dense<0xFF800000> : vector<4x16xf32>
  scf.forall (%t) in (4) {
    // expected-remark @+1 {{cannot go over a list of tiles: expected masks of which nothing but the softmax depends}}
    %r:2 = scf.for %i = %c0 to %c8 step %c1 iter_args(%m = %none, %l = %sum0) -> (vector<4xf32>, vector<4xf32>) {
      %keys = attn.coordinates %i {dimension = 1 : i64} : vector<1x16xindex>
      %two = arith.constant dense<2> : vector<1x16xindex>
      %near = arith.cmpi ult, %keys, %two : vector<1x16xindex>
      %keep = vector.broadcast %near : vector<1x16xi1> to vector<4x16xi1>
      %kept = arith.select %keep, %s, %infinity : vector<4x16xi1>, vector<4x16xf32>
      %p, %m1, %l1, %a = attn.online_softmax %kept, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
      "test.use"(%kept) : (vector<4x16xf32>) -> ()
      scf.yield %m1, %l1 : vector<4xf32>, vector<4xf32>
    }
    "test.use"(%r#0) : (vector<4xf32>) -> ()
  }
  return
}

// -----

// Another operation than those on elements.
func.func @call(%s: vector<4x16xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c8 = arith.constant 8 : index
  %f = arith.constant 1.0 : f32
  %none = arith.constant dense<0xFF800000> : vector<4xf32>
  %sum0 = arith.constant dense<0.0> : vector<4xf32>
  %infinity = arith.constant dense<0xFF800000> : vector<4x16xf32>
  scf.forall (%t) in (4) {
    // expected-remark @+1 {{cannot go over a list of tiles: expected masks of elementwise operations and reads, but got vector.constant_mask}}
    %r:2 = scf.for %i = %c0 to %c8 step %c1 iter_args(%m = %none, %l = %sum0) -> (vector<4xf32>, vector<4xf32>) {
      %keep = vector.constant_mask [2, 3] : vector<4x16xi1>
      %kept = arith.select %keep, %s, %infinity : vector<4x16xi1>, vector<4x16xf32>
      %p, %m1, %l1, %a = attn.online_softmax %kept, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
      scf.yield %m1, %l1 : vector<4xf32>, vector<4xf32>
    }
    "test.use"(%r#0) : (vector<4xf32>) -> ()
  }
  return
}
