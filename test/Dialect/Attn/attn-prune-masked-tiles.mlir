// RUN: fa3-opt %s --attn-prune-masked-tiles --canonicalize --split-input-file --verify-diagnostics --mlir-print-local-scope | FileCheck %s

// Keys fall: what is above the diagonal is at the first iterations.
//   16 (n - 1 - i) > upper + q + 3  <=>  i < n - 1 - (upper + q + 3) / 16
// CHECK-LABEL: func @causal(
//  CHECK-SAME:     %[[Q:.*]]: index, %[[N:.*]]: index, %[[UPPER:.*]]: index, %[[S:.*]]: vector
func.func @causal(%q: index, %n: index, %upper: index, %s: vector<4x16xf32>, %m0: vector<4xf32>, %l0: vector<4xf32>) -> (vector<4xf32>, vector<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %f = arith.constant 1.0 : f32
  // CHECK: %[[MINUS:.*]] = arith.muli %[[UPPER]], %c-1
  // CHECK: %[[A:.*]] = arith.subi %[[MINUS]], %[[Q]]
  // CHECK: %[[B:.*]] = arith.addi %[[A]], %c-19
  // CHECK: %[[C:.*]] = arith.ceildivsi %[[B]], %c16{{.*}}
  // CHECK: %[[FIRST:.*]] = arith.addi %[[N]], %[[C]]
  // CHECK: %[[LOW:.*]] = arith.maxsi %[[FIRST]], %c0
  // CHECK: %[[BEGIN:.*]] = arith.minsi %[[LOW]], %[[N]]
  // CHECK: scf.for %{{.*}} = %[[BEGIN]] to %[[N]]
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%m = %m0, %l = %l0) -> (vector<4xf32>, vector<4xf32>) {
    %n1 = arith.subi %n, %c1 : index
    %t = arith.subi %n1, %i : index
    %kv = arith.muli %t, %c16 : index
    %b = attn.band_mask %s at(%q, %kv) upper(%upper) : vector<4x16xf32>
    %p, %m1, %l1, %a = attn.online_softmax %b, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
    scf.yield %m1, %l1 : vector<4xf32>, vector<4xf32>
  }
  return %r#0, %r#1 : vector<4xf32>, vector<4xf32>
}

// -----

// Keys rise, with a bound at either end: both bounds of the loop change.
// CHECK-LABEL: func @rising(
func.func @rising(%q: index, %n: index, %sk: index, %lower: index, %s: vector<4x16xf32>, %m0: vector<4xf32>, %l0: vector<4xf32>) -> vector<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %f = arith.constant 1.0 : f32
  // CHECK: %[[LAST:.*]] = arith.floordivsi
  // CHECK: %[[STOP:.*]] = arith.addi %[[LAST]], %c1
  // CHECK: %[[HIGH:.*]] = arith.minsi %{{.*}}, %[[STOP]]
  // CHECK: arith.ceildivsi
  // CHECK: %[[LOW:.*]] = arith.maxsi
  // CHECK: %[[BEGIN:.*]] = arith.minsi %[[LOW]], %{{.*}}
  // CHECK: %[[END:.*]] = arith.maxsi %[[HIGH]], %[[BEGIN]]
  // CHECK: scf.for %{{.*}} = %[[BEGIN]] to %[[END]]
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%m = %m0, %l = %l0) -> (vector<4xf32>, vector<4xf32>) {
    %kv = arith.muli %i, %c16 : index
    %b = attn.band_mask %s at(%q, %kv) extent(%sk) lower(%lower) : vector<4x16xf32>
    %p, %m1, %l1, %a = attn.online_softmax %b, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
    scf.yield %m1, %l1 : vector<4xf32>, vector<4xf32>
  }
  return %r#0 : vector<4xf32>
}

// -----

// Known sizes: rows 0 to 3 see keys up to 20, in the tiles 1 and 0 of 4.
// CHECK-LABEL: func @static(
func.func @static(%s: vector<4x16xf32>, %m0: vector<4xf32>, %l0: vector<4xf32>) -> vector<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %c4 = arith.constant 4 : index
  %c16 = arith.constant 16 : index
  %c17 = arith.constant 17 : index
  %f = arith.constant 1.0 : f32
  // CHECK: scf.for %{{.*}} = %c2 to %c4
  %r:2 = scf.for %i = %c0 to %c4 step %c1 iter_args(%m = %m0, %l = %l0) -> (vector<4xf32>, vector<4xf32>) {
    %t = arith.subi %c3, %i : index
    %kv = arith.muli %t, %c16 : index
    %b = attn.band_mask %s at(%c0, %kv) upper(%c17) : vector<4x16xf32>
    %p, %m1, %l1, %a = attn.online_softmax %b, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
    scf.yield %m1, %l1 : vector<4xf32>, vector<4xf32>
  }
  return %r#0 : vector<4xf32>
}

// -----

// From the last tile down, none begins beyond the end: nothing changes.
// CHECK-LABEL: func @extent_from_top(
func.func @extent_from_top(%q: index, %sk: index, %s: vector<4x16xf32>, %m0: vector<4xf32>, %l0: vector<4xf32>) -> vector<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %f = arith.constant 1.0 : f32
  // CHECK: %[[N:.*]] = arith.ceildivui
  // CHECK-NEXT: scf.for %{{.*}} = %c0 to %[[N]]
  %n = arith.ceildivui %sk, %c16 : index
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%m = %m0, %l = %l0) -> (vector<4xf32>, vector<4xf32>) {
    %n1 = arith.subi %n, %c1 : index
    %t = arith.subi %n1, %i : index
    %kv = arith.muli %t, %c16 : index
    %b = attn.band_mask %s at(%q, %kv) extent(%sk) : vector<4x16xf32>
    %p, %m1, %l1, %a = attn.online_softmax %b, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
    scf.yield %m1, %l1 : vector<4xf32>, vector<4xf32>
  }
  return %r#0 : vector<4xf32>
}

// -----

// A loop that carries something else must see every iteration.
// CHECK-LABEL: func @other_state(
func.func @other_state(%q: index, %n: index, %upper: index, %s: vector<4x16xf32>, %m0: vector<4xf32>, %l0: vector<4xf32>) -> (vector<4xf32>, index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %f = arith.constant 1.0 : f32
  // CHECK: scf.for %{{.*}} = %c0 to
  %r:3 = scf.for %i = %c0 to %n step %c1 iter_args(%m = %m0, %l = %l0, %x = %c0) -> (vector<4xf32>, vector<4xf32>, index) {
    %kv = arith.muli %i, %c16 : index
    // expected-remark @+1 {{cannot prune its loop: expected the loop to carry the softmax's maximum and sum and outputs rescaled by its correction, but got another value at position 2}}
    %b = attn.band_mask %s at(%q, %kv) upper(%upper) : vector<4x16xf32>
    %p, %m1, %l1, %a = attn.online_softmax %b, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
    %x1 = arith.addi %x, %c1 : index
    scf.yield %m1, %l1, %x1 : vector<4xf32>, vector<4xf32>, index
  }
  return %r#0, %r#2 : vector<4xf32>, index
}

// -----

func.func @writes(%q: index, %n: index, %upper: index, %s: vector<4x16xf32>, %m0: vector<4xf32>, %l0: vector<4xf32>, %to: memref<?xindex>) -> vector<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %f = arith.constant 1.0 : f32
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%m = %m0, %l = %l0) -> (vector<4xf32>, vector<4xf32>) {
    %kv = arith.muli %i, %c16 : index
    // expected-remark @+1 {{cannot prune its loop: expected a loop that only reads, but got memref.store}}
    %b = attn.band_mask %s at(%q, %kv) upper(%upper) : vector<4x16xf32>
    %p, %m1, %l1, %a = attn.online_softmax %b, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
    memref.store %kv, %to[%i] : memref<?xindex>
    scf.yield %m1, %l1 : vector<4xf32>, vector<4xf32>
  }
  return %r#0 : vector<4xf32>
}

// -----

func.func @not_affine(%q: index, %n: index, %upper: index, %s: vector<4x16xf32>, %m0: vector<4xf32>, %l0: vector<4xf32>, %order: memref<?xindex>) -> vector<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %f = arith.constant 1.0 : f32
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%m = %m0, %l = %l0) -> (vector<4xf32>, vector<4xf32>) {
    %kv = memref.load %order[%i] : memref<?xindex>
    // expected-remark @+1 {{cannot prune its loop: expected a key origin that is affine in the induction variable}}
    %b = attn.band_mask %s at(%q, %kv) upper(%upper) : vector<4x16xf32>
    %p, %m1, %l1, %a = attn.online_softmax %b, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
    scf.yield %m1, %l1 : vector<4xf32>, vector<4xf32>
  }
  return %r#0 : vector<4xf32>
}

// -----

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

// The output of products of integers, which are added to it.
// CHECK-LABEL: func @integers(
//       CHECK:   %[[BEGIN:.*]] = arith.minsi
//       CHECK:   scf.for %{{.*}} = %[[BEGIN]] to
func.func @integers(%q: index, %n: index, %upper: index, %s: vector<4x16xf32>, %v: vector<16x8xi8>, %m0: vector<4xf32>, %l0: vector<4xf32>, %o0: vector<4x8xf32>) -> vector<4x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %f = arith.constant 1.0 : f32
  %zeros = arith.constant dense<0> : vector<4x8xi32>
  %r:3 = scf.for %i = %c0 to %n step %c1 iter_args(%o = %o0, %m = %m0, %l = %l0) -> (vector<4x8xf32>, vector<4xf32>, vector<4xf32>) {
    %n1 = arith.subi %n, %c1 : index
    %t = arith.subi %n1, %i : index
    %kv = arith.muli %t, %c16 : index
    %b = attn.band_mask %s at(%q, %kv) upper(%upper) : vector<4x16xf32>
    %p, %m1, %l1, %a = attn.online_softmax %b, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
    %column = vector.shape_cast %a : vector<4xf32> to vector<4x1xf32>
    %spread = vector.broadcast %column : vector<4x1xf32> to vector<4x8xf32>
    %rescaled = arith.mulf %o, %spread : vector<4x8xf32>
    %p8 = attn.round %p : vector<4x16xf32> to vector<4x16xi8>
    %x = vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %p8, %v, %zeros : vector<4x16xi8>, vector<16x8xi8> into vector<4x8xi32>
    %xf = arith.sitofp %x : vector<4x8xi32> to vector<4x8xf32>
    %o1 = arith.addf %rescaled, %xf : vector<4x8xf32>
    scf.yield %o1, %m1, %l1 : vector<4x8xf32>, vector<4xf32>, vector<4xf32>
  }
  return %r#0 : vector<4x8xf32>
}
