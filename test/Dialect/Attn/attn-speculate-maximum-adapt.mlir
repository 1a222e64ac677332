// RUN: fa3-opt %s --allow-unregistered-dialect --attn-speculate-maximum --split-input-file --mlir-print-local-scope | FileCheck %s

// The loop carries a patience, none at first. While there is any, the exponentials
// are taken under the true maximum, and all is rescaled; where there is none and
// nothing is out of bounds, nothing is.
// CHECK-LABEL: func.func @rescale(
//  CHECK-SAME:     %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[F:.*]]: f32)
//       CHECK:   %[[NONE:.*]] = arith.constant 0 : i32
//       CHECK:   scf.for {{.*}} iter_args(%[[O:.*]] = %{{.*}}, %[[M:.*]] = %{{.*}}, %[[L:.*]] = %{{.*}}, %[[PATIENCE:.*]] = %[[NONE]]) ->
//       CHECK:     %[[S:.*]] = "test.scores"
//       CHECK:     %[[MOVING:.*]] = arith.cmpi ne, %[[PATIENCE]], %[[NONE]]
//       CHECK:     %[[MX:.*]] = scf.if %[[MOVING]] -> (vector<4xf32>) {
//  CHECK-NEXT:       %{{.*}}, %[[TRUE:.*]], %{{.*}}, %{{.*}} = attn.online_softmax %[[S]], %[[M]], %[[L]] factor(%[[F]])
//  CHECK-NEXT:       scf.yield %[[TRUE]]
//  CHECK-NEXT:     } else {
//  CHECK-NEXT:       scf.yield %[[M]]
//       CHECK:     %[[FM:.*]] = vector.broadcast %[[F]]
//  CHECK-NEXT:     arith.mulf %[[MX]], %[[FM]]
//       CHECK:     %[[P:.*]] = math.exp2
//       CHECK:     %[[T:.*]] = vector.multi_reduction <add>, %[[P]]
//  CHECK-NEXT:     %[[H:.*]] = arith.truncf %[[P]]
//  CHECK-NEXT:     %[[MISSED:.*]] = attn.any_above %[[T]], 1.000000e+00
//  CHECK-NEXT:     %[[MOVED:.*]] = arith.ori %[[MOVING]], %[[MISSED]]
//  CHECK-NEXT:     %[[B:.*]]:5 = scf.if %[[MOVED]]
// Out of bounds: the whole softmax, of this tile alone.
//       CHECK:       %[[REDO:.*]]:3 = scf.if %[[MISSED]]
//  CHECK-NEXT:         %[[P1:.*]], %[[M1:.*]], %[[L1:.*]], %{{.*}} = attn.online_softmax %[[S]], %[[M]], %[[ZERO:.*]] factor
//  CHECK-NEXT:         %[[H1:.*]] = arith.truncf %[[P1]]
//  CHECK-NEXT:         scf.yield %[[H1]], %[[M1]], %[[L1]]
//  CHECK-NEXT:       } else {
//  CHECK-NEXT:         scf.yield %[[H]], %[[MX]], %[[T]]
// Under the new maximum, of a row that has one.
//       CHECK:       arith.select %{{.*}}, %{{.*}}, %[[REDO]]#1
//       CHECK:       %[[D:.*]] = math.fma %[[M]],
//       CHECK:       %[[A:.*]] = math.exp2 %[[D]]
//  CHECK-NEXT:       %[[LA:.*]] = arith.mulf %[[L]], %[[A]]
//  CHECK-NEXT:       %[[L2:.*]] = arith.addf %[[LA]], %[[REDO]]#2
//       CHECK:       %[[O1:.*]] = arith.mulf %[[O]],
// A first maximum is no rise.
//       CHECK:       %[[UP:.*]] = arith.subf %[[REDO]]#1, %[[M]]
//       CHECK:       %[[SCALED:.*]] = arith.mulf %[[UP]]
//       CHECK:       %[[FIRST:.*]] = arith.cmpf oeq, %[[M]], %{{.*}}
//       CHECK:       %[[RISE:.*]] = arith.select %[[FIRST]], %{{.*}}, %[[SCALED]]
//       CHECK:       %[[RISES:.*]] = attn.any_above %[[RISE]], 4.000000e+00
//       CHECK:       %[[LESS:.*]] = arith.maxsi %{{.*}}, %[[NONE]]
//       CHECK:       %[[NEXT:.*]] = arith.select %[[RISES]], %{{.*}}, %[[LESS]] : i32
//  CHECK-NEXT:       scf.yield %[[REDO]]#0, %[[REDO]]#1, %[[L2]], %[[O1]], %[[NEXT]]
//       CHECK:     } else {
//  CHECK-NEXT:       %[[L3:.*]] = arith.addf %[[L]], %[[T]]
//  CHECK-NEXT:       scf.yield %[[H]], %[[M]], %[[L3]], %[[O]], %[[NONE]]
//       CHECK:     scf.yield %{{.*}}, %[[B]]#1, %[[B]]#2, %[[B]]#4
func.func @rescale(%n: index, %m0: vector<4xf32>, %l0: vector<4xf32>, %o0: vector<4x8xf32>, %f: f32) -> vector<4x8xf32> attributes {
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 1>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:3 = scf.for %i = %c0 to %n step %c1 iter_args(%o = %o0, %m = %m0, %l = %l0) -> (vector<4x8xf32>, vector<4xf32>, vector<4xf32>) {
    %s = "test.scores"(%i) : (index) -> vector<4x16xf32>
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
    %column = vector.shape_cast %a : vector<4xf32> to vector<4x1xf32>
    %wide = vector.broadcast %column : vector<4x1xf32> to vector<4x8xf32>
    %rescaled = arith.mulf %o, %wide : vector<4x8xf32>
    %half = arith.truncf %p : vector<4x16xf32> to vector<4x16xf16>
    %o1 = "test.product"(%half, %rescaled) : (vector<4x16xf16>, vector<4x8xf32>) -> vector<4x8xf32>
    scf.yield %o1, %m1, %l1 : vector<4x8xf32>, vector<4xf32>, vector<4xf32>
  }
  return %r#0 : vector<4x8xf32>
}

// -----

// A scaled maximum rises in powers of two as it is.
// CHECK-LABEL: func.func @scaled(
//       CHECK:   scf.for {{.*}} iter_args(%[[M:.*]] = %{{.*}}, %{{.*}} = %{{.*}}) ->
//       CHECK:     %[[UP:.*]] = arith.subf %{{.*}}, %[[M]] : vector<4xf32>
//   CHECK-NOT:     arith.mulf
//       CHECK:     %[[RISE:.*]] = arith.select %{{.*}}, %{{.*}}, %[[UP]]
//       CHECK:     attn.any_above %[[RISE]], 4.000000e+00
func.func @scaled(%n: index, %m0: vector<4xf32>, %f: vector<4xf32>, %s: vector<4x16xf32>) -> vector<4xf32> attributes {
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 256>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%m = %m0) -> (vector<4xf32>) {
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %m factor(%f : vector<4xf32>) {exponent = 4.0 : f32, scaled_maximum} : vector<4x16xf32>, vector<4xf32>
    "test.use"(%p) : (vector<4x16xf32>) -> ()
    scf.yield %m1 : vector<4xf32>
  }
  return %r : vector<4xf32>
}

// -----

// Scores of a function, those that one of masks selects, and those of a window are
// not looked at first.
// CHECK-LABEL: func.func @unbounded(
//       CHECK:   scf.for {{.*}} iter_args(%{{[^,]*}} = %{{[^,]*}}) -> (vector<4xf32>)
//   CHECK-NOT:   arith.maxsi
// CHECK-LABEL: func.func @selected(
//       CHECK:   scf.for {{.*}} iter_args(%{{[^,]*}} = %{{[^,]*}}) -> (vector<4xf32>)
//   CHECK-NOT:   arith.maxsi
// CHECK-LABEL: func.func @window(
//       CHECK:   scf.for {{.*}} iter_args(%{{[^,]*}} = %{{[^,]*}}) -> (vector<4xf32>)
//   CHECK-NOT:   arith.maxsi
// CHECK-LABEL: func.func @diagonal(
//       CHECK:   scf.for {{.*}} iter_args(%{{[^,]*}} = %{{[^,]*}}, %{{[^,]*}} = %{{[^,]*}}) -> (vector<4xf32>, i32)
func.func @unbounded(%n: index, %m0: vector<4xf32>, %f: f32, %s: vector<4x16xf32>) -> vector<4xf32> attributes {
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 256>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%m = %m0) -> (vector<4xf32>) {
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %m factor(%f) {unbounded} : vector<4x16xf32>, vector<4xf32>
    "test.use"(%p) : (vector<4x16xf32>) -> ()
    scf.yield %m1 : vector<4xf32>
  }
  return %r : vector<4xf32>
}
func.func @selected(%n: index, %m0: vector<4xf32>, %f: f32, %s: vector<4x16xf32>, %k: vector<4x16xi1>, %partial: i1) -> vector<4xf32> attributes {
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 256>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%m = %m0) -> (vector<4xf32>) {
    %x = scf.if %partial -> (vector<4x16xf32>) {
      %lowest = arith.constant dense<0xFF800000> : vector<4x16xf32>
      %y = arith.select %k, %s, %lowest : vector<4x16xi1>, vector<4x16xf32>
      scf.yield %y : vector<4x16xf32>
    } else {
      scf.yield %s : vector<4x16xf32>
    }
    %p, %m1, %l1, %a = attn.online_softmax %x, %m, %m factor(%f) : vector<4x16xf32>, vector<4xf32>
    "test.use"(%p) : (vector<4x16xf32>) -> ()
    scf.yield %m1 : vector<4xf32>
  }
  return %r : vector<4xf32>
}
func.func @window(%n: index, %m0: vector<4xf32>, %f: f32, %s: vector<4x16xf32>) -> vector<4xf32> attributes {
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 256>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%m = %m0) -> (vector<4xf32>) {
    %x = attn.band_mask %s at(%n, %i) lower(%c0) upper(%n) : vector<4x16xf32>
    %p, %m1, %l1, %a = attn.online_softmax %x, %m, %m factor(%f) : vector<4x16xf32>, vector<4xf32>
    "test.use"(%p) : (vector<4x16xf32>) -> ()
    scf.yield %m1 : vector<4xf32>
  }
  return %r : vector<4xf32>
}
func.func @diagonal(%n: index, %m0: vector<4xf32>, %f: f32, %s: vector<4x16xf32>) -> vector<4xf32> attributes {
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 256>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%m = %m0) -> (vector<4xf32>) {
    %x = attn.band_mask %s at(%n, %i) upper(%n) : vector<4x16xf32>
    %p, %m1, %l1, %a = attn.online_softmax %x, %m, %m factor(%f) : vector<4x16xf32>, vector<4xf32>
    "test.use"(%p) : (vector<4x16xf32>) -> ()
    scf.yield %m1 : vector<4xf32>
  }
  return %r : vector<4xf32>
}
