// RUN: fa3-opt %s --allow-unregistered-dialect --attn-speculate-maximum=adapt=false --split-input-file --verify-diagnostics --mlir-print-local-scope | FileCheck %s
// The softmax on the way back stays one.
// RUN: fa3-opt %s --allow-unregistered-dialect --attn-speculate-maximum=adapt=false --attn-speculate-maximum=adapt=false --split-input-file --verify-diagnostics --mlir-print-local-scope | FileCheck %s
// RUN: fa3-opt %s --allow-unregistered-dialect --attn-speculate-maximum=adapt=false --canonicalize --split-input-file --verify-diagnostics --mlir-print-local-scope | FileCheck %s --check-prefix=CANON

// The softmax alone. Nothing is known of the maximum that the loop carries.
// CANON-LABEL: func.func @softmax(
//       CANON:   %[[MISSED:.*]] = attn.any_above
//       CANON:   scf.if %[[MISSED]]
// CHECK-LABEL: func.func @softmax(
//  CHECK-SAME:     %{{.*}}: index, %{{.*}}: vector<4xf32>, %{{.*}}: vector<4xf32>, %[[F:.*]]: f32)
//       CHECK:   %[[R:.*]]:2 = scf.for {{.*}} iter_args(%[[M:.*]] = %{{.*}}, %[[L:.*]] = %{{.*}}) ->
//  CHECK-NEXT:     %[[S:.*]] = "test.scores"
//  CHECK-NEXT:     %[[FM:.*]] = vector.broadcast %[[F]] : f32 to vector<4xf32>
//  CHECK-NEXT:     %[[MF:.*]] = arith.mulf %[[M]], %[[FM]]
//  CHECK-NEXT:     %[[SHIFT:.*]] = arith.negf %[[MF]]
//  CHECK-NEXT:     %[[FF:.*]] = vector.broadcast %[[F]] : f32 to vector<4x16xf32>
//  CHECK-NEXT:     %[[COLUMN:.*]] = vector.shape_cast %[[SHIFT]] : vector<4xf32> to vector<4x1xf32>
//  CHECK-NEXT:     %[[C:.*]] = vector.broadcast %[[COLUMN]] : vector<4x1xf32> to vector<4x16xf32>
//       CHECK:     %[[X:.*]] = math.fma %[[S]], %[[FF]], %[[C]] : vector<4x16xf32>
//  CHECK-NEXT:     %[[P:.*]] = math.exp2 %[[X]]
//       CHECK:     %[[T:.*]] = vector.multi_reduction <add>, %[[P]], %{{.*}} [1] : vector<4x16xf32> to vector<4xf32>
//  CHECK-NEXT:     %[[MISSED:.*]] = attn.any_above %[[T]], 2.560000e+02 : vector<4xf32>
//  CHECK-NEXT:     %[[B:.*]]:3 = scf.if %[[MISSED]] -> (vector<4x16xf32>, vector<4xf32>, vector<4xf32>) {
//  CHECK-NEXT:       %[[P1:.*]], %[[M1:.*]], %[[L1:.*]], %{{.*}} = attn.online_softmax %[[S]], %[[M]], %[[L]] factor(%[[F]])
//  CHECK-NEXT:       scf.yield %[[P1]], %[[M1]], %[[L1]]
//  CHECK-NEXT:     } else {
//  CHECK-NEXT:       %[[L2:.*]] = arith.addf %[[L]], %[[T]]
//  CHECK-NEXT:       scf.yield %[[P]], %[[M]], %[[L2]]
//  CHECK-NEXT:     }
//  CHECK-NEXT:     "test.use"(%[[B]]#0)
//  CHECK-NEXT:     scf.yield %[[B]]#1, %[[B]]#2
//   CHECK-NOT:   attn.online_softmax
//       CHECK:   return
func.func @softmax(%n: index, %m0: vector<4xf32>, %l0: vector<4xf32>, %f: f32) -> (vector<4xf32>, vector<4xf32>) attributes {
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 256>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%m = %m0, %l = %l0) -> (vector<4xf32>, vector<4xf32>) {
    %s = "test.scores"(%i) : (index) -> vector<4x16xf32>
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
    "test.use"(%p) : (vector<4x16xf32>) -> ()
    scf.yield %m1, %l1 : vector<4xf32>, vector<4xf32>
  }
  return %r#0, %r#1 : vector<4xf32>, vector<4xf32>
}

// -----

// The output is rescaled on the way back alone. The probabilities leave either
// branch in the narrow type, and the bound is that of the configuration.
// CHECK-LABEL: func.func @rescale(
//       CHECK:   scf.for {{.*}} iter_args(%[[O:.*]] = %{{.*}}, %[[M:.*]] = %{{.*}}, %[[L:.*]] = %{{.*}}) ->
//       CHECK:     %[[P:.*]] = math.exp2
//       CHECK:     %[[T:.*]] = vector.multi_reduction <add>, %[[P]]
//  CHECK-NEXT:     %[[H:.*]] = arith.truncf %[[P]] : vector<4x16xf32> to vector<4x16xf16>
//  CHECK-NEXT:     %[[MISSED:.*]] = attn.any_above %[[T]], 1.000000e+00 : vector<4xf32>
//  CHECK-NEXT:     %[[B:.*]]:4 = scf.if %[[MISSED]] -> (vector<4x16xf16>, vector<4xf32>, vector<4xf32>, vector<4x8xf32>) {
//  CHECK-NEXT:       %[[P1:.*]], %[[M1:.*]], %[[L1:.*]], %[[A:.*]] = attn.online_softmax
//  CHECK-NEXT:       %[[H1:.*]] = arith.truncf %[[P1]]
//  CHECK-NEXT:       %[[COLUMN:.*]] = vector.shape_cast %[[A]] : vector<4xf32> to vector<4x1xf32>
//  CHECK-NEXT:       %[[WIDE:.*]] = vector.broadcast %[[COLUMN]] : vector<4x1xf32> to vector<4x8xf32>
//  CHECK-NEXT:       %[[O1:.*]] = arith.mulf %[[O]], %[[WIDE]]
//  CHECK-NEXT:       scf.yield %[[H1]], %[[M1]], %[[L1]], %[[O1]]
//  CHECK-NEXT:     } else {
//  CHECK-NEXT:       %[[L2:.*]] = arith.addf %[[L]], %[[T]]
//  CHECK-NEXT:       scf.yield %[[H]], %[[M]], %[[L2]], %[[O]]
//  CHECK-NEXT:     }
//   CHECK-NOT:     arith.mulf
//       CHECK:     %[[O2:.*]] = "test.product"(%[[B]]#0, %[[B]]#3)
//  CHECK-NEXT:     scf.yield %[[O2]], %[[B]]#1, %[[B]]#2
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

// The configuration may stand at any op around the loop. Two outputs of
// different shapes, the correction on either side; probabilities that are used
// twice stay wide.
// CHECK-LABEL: func.func @two_rescales(
//       CHECK:   scf.for {{.*}} iter_args(%[[O:.*]] = %{{.*}}, %[[Q:.*]] = %{{.*}}, %{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}) ->
//       CHECK:     %[[B:.*]]:5 = scf.if %{{.*}} -> (vector<4x16xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4x8xf32>)
//  CHECK-NEXT:       %{{.*}} = attn.online_softmax
//       CHECK:     } else {
//       CHECK:       scf.yield %{{.*}}, %{{.*}}, %{{.*}}, %[[Q]], %[[O]]
//  CHECK-NEXT:     }
//  CHECK-NEXT:     %[[H:.*]] = arith.truncf %[[B]]#0
//  CHECK-NEXT:     "test.use"(%[[H]], %[[B]]#0)
//  CHECK-NEXT:     scf.yield %[[B]]#4, %[[B]]#3, %[[B]]#1, %[[B]]#2
func.func @two_rescales(%n: index, %m0: vector<4xf32>, %l0: vector<4xf32>, %o0: vector<4x8xf32>, %q0: vector<4xf32>, %f: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.forall (%t) in (%n) {
    %r:4 = scf.for %i = %c0 to %n step %c1 iter_args(%o = %o0, %q = %q0, %m = %m0, %l = %l0) -> (vector<4x8xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>) {
      %s = "test.scores"(%i) : (index) -> vector<4x16xf32>
      %p, %m1, %l1, %a = attn.online_softmax %s, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
      %column = vector.shape_cast %a : vector<4xf32> to vector<4x1xf32>
      %wide = vector.broadcast %column : vector<4x1xf32> to vector<4x8xf32>
      %o1 = arith.mulf %wide, %o : vector<4x8xf32>
      %q1 = arith.mulf %q, %a : vector<4xf32>
      %half = arith.truncf %p : vector<4x16xf32> to vector<4x16xf16>
      "test.use"(%half, %p) : (vector<4x16xf16>, vector<4x16xf32>) -> ()
      scf.yield %o1, %q1, %m1, %l1 : vector<4x8xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>
    }
    "test.use"(%r#0) : (vector<4x8xf32>) -> ()
  } {attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 256>}
  return
}

// -----

// A first tile, whose rows have seen no key: where the loop is peeled its
// exponentials are above any bound, and the whole softmax is all that remains.
// CANON-LABEL: func.func @first(
//   CANON-NOT:   attn.any_above
//   CANON-NOT:   math.exp2
//       CANON:   attn.online_softmax
//   CANON-NOT:   scf.if
//       CANON:   return
func.func @first(%s: vector<4x16xf32>, %l: vector<4xf32>) -> (vector<4x16xf32>, vector<4xf32>) attributes {
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 256>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %f = arith.constant 0.5 : f32
  %m = arith.constant dense<0xFF800000> : vector<4xf32>
  %x = arith.constant dense<0.0> : vector<4x16xf32>
  %r:2 = scf.for %i = %c0 to %c1 step %c1 iter_args(%p0 = %x, %m0 = %m) -> (vector<4x16xf32>, vector<4xf32>) {
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
    scf.yield %p, %m1 : vector<4x16xf32>, vector<4xf32>
  }
  return %r#0, %r#1 : vector<4x16xf32>, vector<4xf32>
}

// -----

// A scaled maximum is the product already, and the exponent lifts probabilities
// in either branch.
// CHECK-LABEL: func.func @scaled(
//  CHECK-SAME:     %{{[^,]*}}: index, %{{[^,]*}}: vector<4xf32>, %[[F:[^,]*]]: vector<4xf32>, %[[S:[^,]*]]: vector<4x16xf32>)
//       CHECK:   scf.for {{.*}} iter_args(%[[M:.*]] = %{{.*}}) ->
//  CHECK-NEXT:     %[[LIFT:.*]] = arith.constant dense<4.000000e+00> : vector<4xf32>
//  CHECK-NEXT:     %[[SHIFT:.*]] = arith.subf %[[LIFT]], %[[M]]
//       CHECK:     %[[X:.*]] = math.fma %[[S]], %{{.*}}, %{{.*}} : vector<4x16xf32>
//       CHECK:     math.exp2 %[[X]]
//       CHECK:     scf.if
//  CHECK-NEXT:       attn.online_softmax %[[S]], %[[M]], %[[M]] factor(%[[F]] : vector<4xf32>) {exponent = 4.000000e+00 : f32, scaled_maximum}
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

// Exponentials that are rounded to 8 bits may be approximated; those of the way
// back are exact.
// CHECK-LABEL: func.func @narrow(
//       CHECK:     %[[P:.*]] = math.exp2 %{{.*}} fastmath<afn> : vector<4x16xf32>
//       CHECK:     arith.truncf %[[P]] : vector<4x16xf32> to vector<4x16xf8E4M3FN>
//       CHECK:     scf.if
//  CHECK-NEXT:       attn.online_softmax
func.func @narrow(%n: index, %m0: vector<4xf32>, %f: vector<4xf32>, %s: vector<4x16xf32>) -> vector<4xf32> attributes {
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 256>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%m = %m0) -> (vector<4xf32>) {
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %m factor(%f : vector<4xf32>) {exponent = 4.0 : f32, scaled_maximum} : vector<4x16xf32>, vector<4xf32>
    %p8 = arith.truncf %p : vector<4x16xf32> to vector<4x16xf8E4M3FN>
    "test.use"(%p8) : (vector<4x16xf8E4M3FN>) -> ()
    scf.yield %m1 : vector<4xf32>
  }
  return %r : vector<4xf32>
}

// -----

// Without a bound in the configuration.
// CHECK-LABEL: func.func @no_speculation(
//   CHECK-NOT:   attn.any_above
//       CHECK:   attn.online_softmax
//   CHECK-NOT:   scf.if
//       CHECK:   return
func.func @no_speculation(%n: index, %m0: vector<4xf32>, %s: vector<4x16xf32>, %f: f32) attributes {
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %p, %m1, %l1, %a = attn.online_softmax %s, %m0, %m0 factor(%f) : vector<4x16xf32>, vector<4xf32>
    "test.use"(%p, %a) : (vector<4x16xf32>, vector<4xf32>) -> ()
  }
  return
}

// -----

// The innermost configuration decides; without any there is no bound.
// CHECK-LABEL: func.func @inner_config(
//   CHECK-NOT:   attn.any_above
//       CHECK: func.func @no_config(
//   CHECK-NOT:   attn.any_above
//       CHECK:   return
func.func @inner_config(%n: index, %m0: vector<4xf32>, %s: vector<4x16xf32>, %f: f32) attributes {
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 256>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %p, %m1, %l1, %a = attn.online_softmax %s, %m0, %m0 factor(%f) : vector<4x16xf32>, vector<4xf32>
    "test.use"(%p, %a) : (vector<4x16xf32>, vector<4xf32>) -> ()
  } {attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
  return
}
func.func @no_config(%n: index, %m0: vector<4xf32>, %s: vector<4x16xf32>, %f: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %p, %m1, %l1, %a = attn.online_softmax %s, %m0, %m0 factor(%f) : vector<4x16xf32>, vector<4xf32>
    "test.use"(%p, %a) : (vector<4x16xf32>, vector<4xf32>) -> ()
  }
  return
}

// -----

// One tile, outside of any loop: there is no maximum before it.
// CHECK-LABEL: func.func @no_loop(
//   CHECK-NOT:   attn.any_above
//       CHECK:   attn.online_softmax
//  CHECK-NEXT:   return
func.func @no_loop(%s: vector<4x16xf32>, %m: vector<4xf32>, %l: vector<4xf32>, %f: f32) -> vector<4xf32> attributes {
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 256>} {
  %p, %m1, %l1, %a = attn.online_softmax %s, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
  return %a : vector<4xf32>
}

// -----

// What passes unseen must be finite.
func.func @half(%n: index, %m: vector<4xf32>, %s: vector<4x16xf32>, %f: f32) attributes {
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 65536>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    // expected-error @+1 {{cannot take its exponentials under the maximum so far: expected a bound of speculation of at most 32768 with probabilities in f16}}
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %m factor(%f) : vector<4x16xf32>, vector<4xf32>
    %half = arith.truncf %p : vector<4x16xf32> to vector<4x16xf16>
    "test.use"(%half) : (vector<4x16xf16>) -> ()
  }
  return
}

// -----

// Of bf16 as much passes as of f32.
// CHECK-LABEL: func.func @brain
//       CHECK:   attn.any_above %{{.+}}, 6.553600e+04
func.func @brain(%n: index, %m: vector<4xf32>, %s: vector<4x16xf32>, %f: f32) attributes {
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 65536>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %m factor(%f) : vector<4x16xf32>, vector<4xf32>
    %brain = arith.truncf %p : vector<4x16xf32> to vector<4x16xbf16>
    "test.use"(%brain) : (vector<4x16xbf16>) -> ()
  }
  return
}

// -----

// The correction is not known to multiply, but to be added.
func.func @other_use(%n: index, %m: vector<4xf32>, %s: vector<4x16xf32>, %f: f32) attributes {
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 256>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    // expected-error @+1 {{cannot take its exponentials under the maximum so far: expected its correction only to multiply values computed before it, in its block}}
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %m factor(%f) : vector<4x16xf32>, vector<4xf32>
    %sum = arith.addf %m, %a : vector<4xf32>
    "test.use"(%p, %sum) : (vector<4x16xf32>, vector<4xf32>) -> ()
  }
  return
}

// -----

// It multiplies what follows from the softmax itself.
func.func @multiplies_later(%n: index, %m: vector<4xf32>, %s: vector<4x16xf32>, %f: f32) attributes {
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 256>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    // expected-error @+1 {{cannot take its exponentials under the maximum so far: expected its correction only to multiply values}}
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %m factor(%f) : vector<4x16xf32>, vector<4xf32>
    %product = arith.mulf %l1, %a : vector<4xf32>
    "test.use"(%p, %product) : (vector<4x16xf32>, vector<4xf32>) -> ()
  }
  return
}

// -----

// It multiplies itself.
func.func @square(%n: index, %m: vector<4xf32>, %s: vector<4x16xf32>, %f: f32) attributes {
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 256>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    // expected-error @+1 {{cannot take its exponentials under the maximum so far: expected its correction only to multiply values}}
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %m factor(%f) : vector<4x16xf32>, vector<4xf32>
    %product = arith.mulf %a, %a : vector<4xf32>
    "test.use"(%p, %product) : (vector<4x16xf32>, vector<4xf32>) -> ()
  }
  return
}

// -----

// It multiplies in another block.
func.func @other_block(%n: index, %b: i1, %m: vector<4xf32>, %s: vector<4x16xf32>, %f: f32) attributes {
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 256>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    // expected-error @+1 {{cannot take its exponentials under the maximum so far: expected its correction only to multiply values}}
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %m factor(%f) : vector<4x16xf32>, vector<4xf32>
    scf.if %b {
      %product = arith.mulf %m, %a : vector<4xf32>
      "test.use"(%p, %product) : (vector<4x16xf32>, vector<4xf32>) -> ()
    }
  }
  return
}

// -----

// Integers are rounded in either branch as well.
// CHECK-LABEL: func.func @integers(
//       CHECK:     %[[P:.*]] = math.exp2
//       CHECK:     %[[N:.*]] = attn.round %[[P]] : vector<4x16xf32> to vector<4x16xi8>
//       CHECK:     %[[B:.*]]:3 = scf.if %{{.*}} -> (vector<4x16xi8>, vector<4xf32>, vector<4xf32>) {
//       CHECK:       %[[P1:.*]], %{{.*}}, %{{.*}}, %{{.*}} = attn.online_softmax
//  CHECK-NEXT:       %[[N1:.*]] = attn.round %[[P1]]
//  CHECK-NEXT:       scf.yield %[[N1]]
//       CHECK:       scf.yield %[[N]]
//       CHECK:     "test.use"(%[[B]]#0)
func.func @integers(%n: index, %m0: vector<4xf32>, %l0: vector<4xf32>, %f: f32) -> (vector<4xf32>, vector<4xf32>) attributes {
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 127, exponent = 4, two_level>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%m = %m0, %l = %l0) -> (vector<4xf32>, vector<4xf32>) {
    %s = "test.scores"(%i) : (index) -> vector<4x16xf32>
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %l factor(%f) {exponent = 4.0 : f32} : vector<4x16xf32>, vector<4xf32>
    %p8 = attn.round %p : vector<4x16xf32> to vector<4x16xi8>
    "test.use"(%p8) : (vector<4x16xi8>) -> ()
    scf.yield %m1, %l1 : vector<4xf32>, vector<4xf32>
  }
  return %r#0, %r#1 : vector<4xf32>, vector<4xf32>
}

// -----

// What is larger becomes 448.
func.func @eight_bits(%n: index, %m: vector<4xf32>, %s: vector<4x16xf32>, %f: f32) attributes {
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 4000>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    // expected-error @+1 {{cannot take its exponentials under the maximum so far: expected a bound of speculation of at most 448 with probabilities in f8E4M3FN}}
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %m factor(%f) : vector<4x16xf32>, vector<4xf32>
    %narrow = arith.truncf %p : vector<4x16xf32> to vector<4x16xf8E4M3FN>
    "test.use"(%narrow) : (vector<4x16xf8E4M3FN>) -> ()
  }
  return
}

// -----

// A product adds up: each probability is bounded, and nothing is added.
// CHECK-LABEL: func.func @fused
//       CHECK:   %[[P:.+]] = math.exp2
//   CHECK-NOT:   vector.multi_reduction <add>
//       CHECK:   %[[NARROW:.+]] = arith.truncf %[[P]]
//  CHECK-NEXT:   %[[MISSED:.+]] = attn.any_above %[[NARROW]], 4.160000e+02 : vector<4x16xf8E4M3FN>
//  CHECK-NEXT:   scf.if %[[MISSED]]
func.func @fused(%n: index, %m: vector<4xf32>, %s: vector<4x16xf32>, %f: f32) attributes {
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 448>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %none = arith.constant dense<0.0> : vector<4xf32>
  scf.for %i = %c0 to %n step %c1 {
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %none factor(%f) : vector<4x16xf32>, vector<4xf32>
    %narrow = arith.truncf %p : vector<4x16xf32> to vector<4x16xf8E4M3FN>
    "test.use"(%narrow, %m1) : (vector<4x16xf8E4M3FN>, vector<4xf32>) -> ()
  }
  return
}
