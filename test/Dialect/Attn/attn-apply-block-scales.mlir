// RUN: fa3-opt %s --allow-unregistered-dialect --attn-apply-block-scales --split-input-file --verify-diagnostics --mlir-print-local-scope | FileCheck %s

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

// One scale for all of the loop goes into the factor, in front of the loop; what
// is negative or NaN becomes NaN, and the factor never 0, which would make NaN of
// what is masked.
// CHECK-LABEL: func.func @whole(
//  CHECK-SAME:     %[[SCALES:.*]]: memref<?x16x1xf32>
//       CHECK:   %[[X:.*]] = memref.load %[[SCALES]][%{{.*}}, %{{.*}}, %{{.*}}]
//       CHECK:   %[[VALID:.*]] = arith.cmpf oge, %[[X]], %{{.*}}
//       CHECK:   %[[LEAST:.*]] = arith.maxnumf %[[X]], %{{.*}}
//       CHECK:   %[[SCALE:.*]] = arith.select %[[VALID]], %[[LEAST]], %{{.*}}
//       CHECK:   %[[PRODUCT:.*]] = arith.mulf %{{.*}}, %[[SCALE]] : f32
//       CHECK:   %[[FACTOR:.*]] = arith.maximumf %[[PRODUCT]], %{{.*}} : f32
//       CHECK:   scf.for
//       CHECK:     %[[S:.*]] = "test.scores"
//       CHECK:     %[[MASKED:.*]] = attn.band_mask %[[S]]
//       CHECK:     attn.online_softmax %[[MASKED]], %{{.*}}, %{{.*}} factor(%[[FACTOR]]) {scaled_maximum}
func.func @whole(%scales: memref<?x16x1xf32>, %b: index, %h: index, %n: index, %sk: index, %m0: vector<4xf32>, %l0: vector<4xf32>) -> (vector<4xf32>, vector<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%m = %m0, %l = %l0) -> (vector<4xf32>, vector<4xf32>) {
    %f = arith.constant 0.5 : f32
    %key = arith.muli %i, %c16 : index
    %s = "test.scores"(%i) : (index) -> vector<4x16xf32>
    %x = attn.scale_blocks %s by %scales[%b, %h] at(%c0) {dimension = 0 : i64} : vector<4x16xf32>, memref<?x16x1xf32>
    %masked = attn.band_mask %x at(%c0, %key) extent(%sk) : vector<4x16xf32>
    %p, %m1, %l1, %a = attn.online_softmax %masked, %m, %l factor(%f) {scaled_maximum} : vector<4x16xf32>, vector<4xf32>
    scf.yield %m1, %l1 : vector<4xf32>, vector<4xf32>
  }
  return %r#0, %r#1 : vector<4xf32>, vector<4xf32>
}

// -----

// A block of keys that is two tiles: a factor for each tile, read where the
// tile's number is known.
// CHECK-LABEL: func.func @tiles(
//       CHECK:   scf.for
//       CHECK:     %[[KEY:.*]] = arith.muli
//       CHECK:     %[[BLOCK:.*]] = arith.divui %[[KEY]], %{{.*}}
//       CHECK:     memref.load %{{.*}}[%{{.*}}, %{{.*}}, %[[BLOCK]]]
//       CHECK:     %[[S:.*]] = "test.scores"
//       CHECK:     %[[FACTOR:.*]] = arith.maximumf
//       CHECK:     attn.online_softmax %[[S]], %{{.*}}, %{{.*}} factor(%[[FACTOR]])
func.func @tiles(%scales: memref<?x16x?xf32>, %b: index, %h: index, %n: index, %m0: vector<4xf32>, %l0: vector<4xf32>, %f: f32) -> (vector<4xf32>, vector<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%m = %m0, %l = %l0) -> (vector<4xf32>, vector<4xf32>) {
    %key = arith.muli %i, %c16 : index
    %s = "test.scores"(%i) : (index) -> vector<4x16xf32>
    %x = attn.scale_blocks %s by %scales[%b, %h] at(%key) {block = 32 : i64, dimension = 1 : i64} : vector<4x16xf32>, memref<?x16x?xf32>
    %p, %m1, %l1, %a = attn.online_softmax %x, %m, %l factor(%f) {scaled_maximum} : vector<4x16xf32>, vector<4xf32>
    scf.yield %m1, %l1 : vector<4xf32>, vector<4xf32>
  }
  return %r#0, %r#1 : vector<4xf32>, vector<4xf32>
}

// -----

// Rows of several blocks: a factor for each row.
// CHECK-LABEL: func.func @rows(
//       CHECK:   %[[PLACES:.*]] = attn.coordinates %{{.*}} {dimension = 0 : i64} : vector<4x1xindex>
//       CHECK:   %[[NUMBERS:.*]] = arith.divui %[[PLACES]]
//       CHECK:   %[[IN:.*]] = arith.minsi %[[NUMBERS]]
//       CHECK:   vector.gather %{{.*}}[%{{.*}}, %{{.*}}, %{{.*}}] [%[[IN]]]
//       CHECK:   %[[FACTORS:.*]] = arith.maximumf {{.*}} : vector<4xf32>
//       CHECK:   attn.online_softmax %{{.*}}, %{{.*}}, %{{.*}} factor(%[[FACTORS]] : vector<4xf32>) {scaled_maximum}
func.func @rows(%scales: memref<?x16x?xf32>, %b: index, %h: index, %row: index, %s: vector<4x16xf32>, %m: vector<4xf32>, %l: vector<4xf32>, %f: f32) -> (vector<4x16xf32>, vector<4xf32>) {
  %c4 = arith.constant 4 : index
  %first = arith.muli %row, %c4 : index
  %x = attn.scale_blocks %s by %scales[%b, %h] at(%first) {block = 2 : i64, dimension = 0 : i64} : vector<4x16xf32>, memref<?x16x?xf32>
  %p, %m1, %l1, %a = attn.online_softmax %x, %m, %l factor(%f) {scaled_maximum} : vector<4x16xf32>, vector<4xf32>
  return %p, %m1 : vector<4x16xf32>, vector<4xf32>
}

// -----

// Columns of several blocks multiply the tile; so does a scale that a function
// of the scores waits for.
// CHECK-LABEL: func.func @columns(
//       CHECK:   %[[PART:.*]] = vector.broadcast %{{.*}} : f32 to vector<1x8xf32>
//       CHECK:   vector.insert_strided_slice %[[PART]], %{{.*}} {offsets = [0, 0], strides = [1, 1]}
//       CHECK:   %[[ALL:.*]] = vector.insert_strided_slice {{.*}} {offsets = [0, 8], strides = [1, 1]}
//       CHECK:   %[[SPREAD:.*]] = vector.broadcast %[[ALL]] : vector<1x16xf32> to vector<4x16xf32>
//       CHECK:   %[[X:.*]] = arith.mulf %{{.*}}, %[[SPREAD]]
//       CHECK:   attn.online_softmax %[[X]]
//       CHECK:   %[[Y:.*]] = arith.mulf
//       CHECK:   math.tanh %[[Y]]
func.func @columns(%scales: memref<?x16x?xf32>, %b: index, %h: index, %i: index, %s: vector<4x16xf32>, %m: vector<4xf32>, %l: vector<4xf32>, %f: f32) -> (vector<4x16xf32>, vector<4x16xf32>) {
  %c16 = arith.constant 16 : index
  %key = arith.muli %i, %c16 : index
  %x = attn.scale_blocks %s by %scales[%b, %h] at(%key) {block = 8 : i64, dimension = 1 : i64} : vector<4x16xf32>, memref<?x16x?xf32>
  %p, %m1, %l1, %a = attn.online_softmax %x, %m, %l factor(%f) {scaled_maximum} : vector<4x16xf32>, vector<4xf32>
  %y = attn.scale_blocks %s by %scales[%b, %h] at(%key) {dimension = 1 : i64} : vector<4x16xf32>, memref<?x16x?xf32>
  %t = math.tanh %y : vector<4x16xf32>
  return %p, %t : vector<4x16xf32>, vector<4x16xf32>
}

// -----

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

// V's scale, the same in all of the loop, whatever the tile: behind it.
// CHECK-LABEL: func.func @behind(
//       CHECK:   %[[SCALE:.*]] = arith.select
//       CHECK:   %[[R:.*]] = scf.for
//       CHECK:     %[[P:.*]] = "test.probabilities"
//  CHECK-NEXT:     arith.truncf %[[P]]
//       CHECK:   %[[ALL:.*]] = vector.broadcast %[[SCALE]] : f32 to vector<4x8xf32>
//       CHECK:   %[[O:.*]] = arith.mulf %[[R]], %[[ALL]]
//       CHECK:   return %[[O]]
func.func @behind(%scales: memref<1x1x1xf32>, %n: index, %v: vector<16x8xf8E4M3FN>) -> vector<4x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zeros = arith.constant dense<0.0> : vector<4x8xf32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%o = %zeros) -> (vector<4x8xf32>) {
    %p = "test.probabilities"(%i) : (index) -> vector<4x16xf32>
    %x = attn.scale_blocks %p by %scales[%c0, %c0] at(%i) {dimension = 1 : i64} : vector<4x16xf32>, memref<1x1x1xf32>
    %p8 = arith.truncf %x : vector<4x16xf32> to vector<4x16xf8E4M3FN>
    %o1 = vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %p8, %v, %o : vector<4x16xf8E4M3FN>, vector<16x8xf8E4M3FN> into vector<4x8xf32>
    scf.yield %o1 : vector<4x8xf32>
  }
  return %r : vector<4x8xf32>
}

// -----

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

// V's scale changes from tile to tile: what has been summed up changes with it. One
// that is less than 2^-60 of the largest so far is taken as that.
// CHECK-LABEL: func.func @carried(
//       CHECK:   %[[ONE:.*]] = arith.constant 1.000000e+00 : f32
//       CHECK:   %[[NONE:.*]] = arith.constant 0.000000e+00 : f32
//       CHECK:   %[[R:.*]]:3 = scf.for {{.*}} iter_args(%[[O:.*]] = %{{.*}}, %[[BEFORE:.*]] = %[[ONE]], %[[LEAST:.*]] = %[[NONE]])
//       CHECK:     %[[READ:.*]] = arith.select
//       CHECK:     %[[SCALE:.*]] = arith.maximumf %[[READ]], %[[LEAST]] : f32
//       CHECK:     %[[RATIO:.*]] = arith.divf %[[BEFORE]], %[[SCALE]]
//       CHECK:     %[[RATIO60:.*]] = arith.constant 8.67361737E-19 : f32
//       CHECK:     %[[BOUND:.*]] = arith.mulf %[[SCALE]], %[[RATIO60]] : f32
//       CHECK:     %[[NEXT:.*]] = arith.maximumf %[[LEAST]], %[[BOUND]] : f32
//       CHECK:     %[[A:.*]] = arith.mulf %[[O]], %{{.*}}
//       CHECK:     %[[SPREAD:.*]] = vector.broadcast %[[RATIO]]
//       CHECK:     %[[SUM:.*]] = arith.mulf %[[A]], %[[SPREAD]]
//       CHECK:     %[[O1:.*]] = vector.contract {{.*}}, %[[SUM]]
//       CHECK:     scf.yield %[[O1]], %[[SCALE]], %[[NEXT]]
//       CHECK:   %[[LAST:.*]] = vector.broadcast %[[R]]#1
//       CHECK:   arith.mulf %[[R]]#0, %[[LAST]]
func.func @carried(%scales: memref<1x1x?xf32>, %n: index, %v: vector<16x8xf8E4M3FN>, %a: vector<4x8xf32>) -> vector<4x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %zeros = arith.constant dense<0.0> : vector<4x8xf32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%o = %zeros) -> (vector<4x8xf32>) {
    %key = arith.muli %i, %c16 : index
    %p = "test.probabilities"(%i) : (index) -> vector<4x16xf32>
    %x = attn.scale_blocks %p by %scales[%c0, %c0] at(%key) {block = 16 : i64, dimension = 1 : i64} : vector<4x16xf32>, memref<1x1x?xf32>
    %o0 = arith.mulf %o, %a : vector<4x8xf32>
    %p8 = arith.truncf %x : vector<4x16xf32> to vector<4x16xf8E4M3FN>
    %o1 = vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %p8, %v, %o0 : vector<4x16xf8E4M3FN>, vector<16x8xf8E4M3FN> into vector<4x8xf32>
    scf.yield %o1 : vector<4x8xf32>
  }
  return %r : vector<4x8xf32>
}

// -----

// What is refused.
func.func @block(%scales: memref<1x1x?xf32>, %i: index, %s: vector<4x16xf32>) -> vector<4x16xf32> {
  %c0 = arith.constant 0 : index
  // expected-error @+1 {{expected a block that divides the tile's 16 columns or is a multiple of them, but got 24}}
  %x = attn.scale_blocks %s by %scales[%c0, %c0] at(%i) {block = 24 : i64, dimension = 1 : i64} : vector<4x16xf32>, memref<1x1x?xf32>
  return %x : vector<4x16xf32>
}

// -----

func.func @origin(%scales: memref<1x1x?xf32>, %i: index, %s: vector<4x16xf32>) -> vector<4x16xf32> {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  %key = arith.muli %i, %c8 : index
  // expected-error @+1 {{expected an origin that is a multiple of the tile's 16 columns}}
  %x = attn.scale_blocks %s by %scales[%c0, %c0] at(%key) {block = 32 : i64, dimension = 1 : i64} : vector<4x16xf32>, memref<1x1x?xf32>
  return %x : vector<4x16xf32>
}

// -----

func.func @probabilities(%scales: memref<1x1x?xf32>, %i: index, %p: vector<4x16xf32>) -> vector<4x16xf8E4M3FN> {
  %c0 = arith.constant 0 : index
  // expected-error @+1 {{cannot apply scales to probabilities: expected only a product to take them, whose result the loop carries from zero on, times corrections}}
  %x = attn.scale_blocks %p by %scales[%c0, %c0] at(%i) {dimension = 1 : i64} : vector<4x16xf32>, memref<1x1x?xf32>
  %p8 = arith.truncf %x : vector<4x16xf32> to vector<4x16xf8E4M3FN>
  return %p8 : vector<4x16xf8E4M3FN>
}

// -----

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

// The output is a sum behind the product, where that is one of integers.
// CHECK-LABEL: func.func @integers(
//       CHECK:   %[[R:.*]]:3 = scf.for {{.*}} iter_args(%[[O:.*]] = %{{.*}}, %[[BEFORE:.*]] = %{{.*}}, %{{.*}} = %{{.*}}) -> (vector<4x8xf32>, f32, f32)
//       CHECK:     %[[SCALE:.*]] = arith.maximumf
//       CHECK:     %[[RATIO:.*]] = arith.divf %[[BEFORE]], %[[SCALE]]
//       CHECK:     attn.round %{{.*}} : vector<4x16xf32> to vector<4x16xi8>
//       CHECK:     %[[X:.*]] = arith.sitofp
//       CHECK:     %[[SPREAD:.*]] = vector.broadcast %[[RATIO]]
//       CHECK:     %[[SUM:.*]] = arith.mulf %[[O]], %[[SPREAD]]
//       CHECK:     %[[N:.*]] = arith.addf %[[SUM]], %[[X]]
//       CHECK:     scf.yield %[[N]], %[[SCALE]]
//       CHECK:   vector.broadcast %[[R]]#1 : f32 to vector<4x8xf32>
func.func @integers(%scales: memref<1x1x?xf32>, %n: index, %v: vector<16x8xi8>) -> vector<4x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %zeros = arith.constant dense<0.0> : vector<4x8xf32>
  %none = arith.constant dense<0> : vector<4x8xi32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%o = %zeros) -> (vector<4x8xf32>) {
    %key = arith.muli %i, %c16 : index
    %p = "test.probabilities"(%i) : (index) -> vector<4x16xf32>
    %x = attn.scale_blocks %p by %scales[%c0, %c0] at(%key) {block = 16 : i64, dimension = 1 : i64} : vector<4x16xf32>, memref<1x1x?xf32>
    %p8 = attn.round %x : vector<4x16xf32> to vector<4x16xi8>
    %o32 = vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %p8, %v, %none : vector<4x16xi8>, vector<16x8xi8> into vector<4x8xi32>
    %of = arith.sitofp %o32 : vector<4x8xi32> to vector<4x8xf32>
    %o1 = arith.addf %o, %of : vector<4x8xf32>
    scf.yield %o1 : vector<4x8xf32>
  }
  return %r : vector<4x8xf32>
}

// -----

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

// The loop of a single tile is folded: the scale multiplies the product, which is
// added to nothing.
// CHECK-LABEL: func.func @one_tile(
//       CHECK:   %[[SCALE:.*]] = arith.select
//       CHECK:   %[[X:.*]] = vector.contract
//       CHECK:   %[[SPREAD:.*]] = vector.broadcast %[[SCALE]]
//       CHECK:   %[[OUT:.*]] = arith.mulf %[[X]], %[[SPREAD]]
//       CHECK:   return %[[OUT]]
func.func @one_tile(%scales: memref<1x1x1xf32>, %p: vector<4x16xf32>, %v: vector<16x8xf8E4M3FN>, %a: vector<4x8xf32>) -> vector<4x8xf32> {
  %c0 = arith.constant 0 : index
  %zeros = arith.constant dense<0.0> : vector<4x8xf32>
  %none = arith.mulf %a, %zeros : vector<4x8xf32>
  %x = attn.scale_blocks %p by %scales[%c0, %c0] at(%c0) {dimension = 1 : i64} : vector<4x16xf32>, memref<1x1x1xf32>
  %p8 = arith.truncf %x : vector<4x16xf32> to vector<4x16xf8E4M3FN>
  %o = vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %p8, %v, %none : vector<4x16xf8E4M3FN>, vector<16x8xf8E4M3FN> into vector<4x8xf32>
  return %o : vector<4x8xf32>
}

// -----

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

// CHECK-LABEL: func.func @one_tile_of_integers(
//       CHECK:   vector.contract
//       CHECK:   %[[X:.*]] = arith.sitofp
//       CHECK:   %[[OUT:.*]] = arith.mulf %[[X]], %{{.*}}
//       CHECK:   return %[[OUT]]
func.func @one_tile_of_integers(%scales: memref<1x1x1xf32>, %p: vector<4x16xf32>, %v: vector<16x8xi8>) -> vector<4x8xf32> {
  %c0 = arith.constant 0 : index
  %zeros = arith.constant dense<0> : vector<4x8xi32>
  %x = attn.scale_blocks %p by %scales[%c0, %c0] at(%c0) {dimension = 1 : i64} : vector<4x16xf32>, memref<1x1x1xf32>
  %p8 = attn.round %x : vector<4x16xf32> to vector<4x16xi8>
  %o = vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %p8, %v, %zeros : vector<4x16xi8>, vector<16x8xi8> into vector<4x8xi32>
  %f = arith.sitofp %o : vector<4x8xi32> to vector<4x8xf32>
  return %f : vector<4x8xf32>
}
