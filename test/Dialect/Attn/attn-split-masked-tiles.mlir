// RUN: fa3-opt %s --allow-unregistered-dialect --attn-split-masked-tiles --canonicalize --split-input-file --verify-diagnostics --mlir-print-local-scope | FileCheck %s

// The two ends of a window: three loops that hand on the state.
// CHECK-LABEL: func @window(
func.func @window(%q: index, %n: index, %lower: index, %upper: index, %s: vector<4x16xf32>, %a0: vector<4x16xf32>) -> vector<4x16xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  // CHECK: %[[X:.*]] = arith.ceildivsi
  // CHECK: %[[XN:.*]] = arith.addi %[[N:[^,]*]], %[[X]]
  // CHECK: %[[X0:.*]] = arith.maxsi %[[XN]], %c0
  // CHECK: %[[Y:.*]] = arith.floordivsi
  // CHECK: %[[FULL:.*]] = arith.minsi %[[X0]], %[[N]]
  // CHECK: %[[REST:.*]] = arith.maxsi %{{.*}}, %[[FULL]]
  // CHECK: %[[HIGH:.*]] = scf.for %{{.*}} = %c0 to %[[FULL]] {{.*}} iter_args(%{{.*}} = %[[A0:.*]]) ->
  // CHECK:   attn.band_mask
  // CHECK:   "test.use"
  // CHECK: %[[MIDDLE:.*]] = scf.for %{{.*}} = %[[FULL]] to %[[REST]] {{.*}} iter_args(%{{.*}} = %[[HIGH]]) ->
  // CHECK-NOT: attn.band_mask
  // CHECK:   "test.use"
  // CHECK: %[[LOW:.*]] = scf.for %{{.*}} = %[[REST]] to %[[N]] {{.*}} iter_args(%{{.*}} = %[[MIDDLE]]) ->
  // CHECK:   attn.band_mask
  // CHECK:   "test.use"
  // CHECK: {test.kept}
  // CHECK: return %[[LOW]]
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %a0) -> (vector<4x16xf32>) {
    %n1 = arith.subi %n, %c1 : index
    %t = arith.subi %n1, %i : index
    %kv = arith.muli %t, %c16 : index
    %b = attn.band_mask %s at(%q, %kv) lower(%lower) upper(%upper) : vector<4x16xf32>
    %u = "test.use"(%b, %a) : (vector<4x16xf32>, vector<4x16xf32>) -> vector<4x16xf32>
    scf.yield %u : vector<4x16xf32>
  } {test.kept}
  return %r : vector<4x16xf32>
}

// -----

// The ragged end alone, from the last tile down: at most one masked tile.
// CHECK-LABEL: func @extent_from_top(
func.func @extent_from_top(%q: index, %sk: index, %s: vector<4x16xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  // CHECK: %[[N:.*]] = arith.ceildivui
  // CHECK: %[[ONE:.*]] = arith.minsi %[[N]], %c1
  // CHECK: scf.for %{{.*}} = %c0 to %[[ONE]]
  // CHECK:   attn.band_mask
  // CHECK: scf.for %{{.*}} = %[[ONE]] to %[[N]]
  // CHECK-NOT: attn.band_mask
  // CHECK-NOT: scf.for
  // CHECK: return
  %n = arith.ceildivui %sk, %c16 : index
  scf.for %i = %c0 to %n step %c1 {
    %n1 = arith.subi %n, %c1 : index
    %t = arith.subi %n1, %i : index
    %kv = arith.muli %t, %c16 : index
    %b = attn.band_mask %s at(%q, %kv) extent(%sk) : vector<4x16xf32>
    "test.use"(%b) : (vector<4x16xf32>) -> ()
  }
  return
}

// -----

// A loop that begins below the last tile needs no mask at all.
// CHECK-LABEL: func @extent_below_top(
func.func @extent_below_top(%q: index, %sk: index, %s: vector<4x16xf32>) {
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  // CHECK: scf.for %{{.*}} = %c1 to
  // CHECK-NEXT: "test.use"
  // CHECK-NOT: scf.for
  %n = arith.ceildivui %sk, %c16 : index
  scf.for %i = %c1 to %n step %c1 {
    %n1 = arith.subi %n, %c1 : index
    %t = arith.subi %n1, %i : index
    %kv = arith.muli %t, %c16 : index
    %b = attn.band_mask %s at(%q, %kv) extent(%sk) : vector<4x16xf32>
    "test.use"(%b) : (vector<4x16xf32>) -> ()
  }
  return
}

// -----

// Software-pipelined: the mask belongs to the tile of the next iteration, and
// the loop carries the scores of this one.
// CHECK-LABEL: func @pipelined(
func.func @pipelined(%q: index, %sk: index, %s0: vector<4x16xf32>) -> vector<4x16xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %n = arith.ceildivui %sk, %c16 : index
  %n1 = arith.subi %n, %c1 : index
  // CHECK: scf.for
  // CHECK-NOT: attn.band_mask
  // CHECK: "test.softmax"
  // CHECK-NOT: scf.for
  // CHECK: return
  %r = scf.for %i = %c0 to %n1 step %c1 iter_args(%old = %s0) -> (vector<4x16xf32>) {
    %next = arith.addi %i, %c1 : index
    %t = arith.subi %n1, %next : index
    %kv = arith.muli %t, %c16 : index
    %s = "test.scores"(%kv) : (index) -> vector<4x16xf32>
    "test.softmax"(%old) : (vector<4x16xf32>) -> ()
    %b = attn.band_mask %s at(%q, %kv) extent(%sk) : vector<4x16xf32>
    scf.yield %b : vector<4x16xf32>
  }
  return %r : vector<4x16xf32>
}

// -----

// Pipelined and causal: the bound is shifted by the one iteration.
//   16 (n - 1 - (i + 1)) + 15 <= upper + q  <=>  i >= n - 2 + (15 - upper - q) / 16
// CHECK-LABEL: func @pipelined_causal(
func.func @pipelined_causal(%q: index, %sk: index, %upper: index, %s0: vector<4x16xf32>) -> vector<4x16xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %n = arith.ceildivui %sk, %c16 : index
  %n1 = arith.subi %n, %c1 : index
  // CHECK: arith.addi %{{.*}}, %c-17
  // CHECK: arith.ceildivsi
  // CHECK: %[[HIGH:.*]] = scf.for
  // CHECK: attn.band_mask
  // CHECK: scf.for {{.*}} iter_args(%{{.*}} = %[[HIGH]])
  // CHECK-NOT: attn.band_mask
  // CHECK: return
  %r = scf.for %i = %c0 to %n1 step %c1 iter_args(%old = %s0) -> (vector<4x16xf32>) {
    %next = arith.addi %i, %c1 : index
    %t = arith.subi %n1, %next : index
    %kv = arith.muli %t, %c16 : index
    %s = "test.scores"(%kv, %old) : (index, vector<4x16xf32>) -> vector<4x16xf32>
    %b = attn.band_mask %s at(%q, %kv) extent(%sk) upper(%upper) : vector<4x16xf32>
    scf.yield %b : vector<4x16xf32>
  }
  return %r : vector<4x16xf32>
}

// -----

// Keys rise: the masked tiles of a causal mask come last. A select of a mask
// region does not matter.
// CHECK-LABEL: func @rising(
func.func @rising(%q: index, %n: index, %upper: index, %s: vector<4x16xf32>, %keep: vector<4x16xi1>, %other: vector<4x16xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  // CHECK: scf.for %{{.*}} = %c0 to %[[FULL:.*]] step
  // CHECK-NOT: attn.band_mask
  // CHECK: scf.for %{{.*}} = %[[FULL]] to
  // CHECK: attn.band_mask
  scf.for %i = %c0 to %n step %c1 {
    %kv = arith.muli %c16, %i : index
    %x = "test.mask"(%kv) : (index) -> vector<4x16xi1>
    %y = arith.select %x, %s, %other : vector<4x16xi1>, vector<4x16xf32>
    %b = attn.band_mask %y at(%q, %kv) upper(%upper) : vector<4x16xf32>
    "test.use"(%b) : (vector<4x16xf32>) -> ()
  }
  return
}

// -----

// Static sizes: 40 keys are two full tiles and one of 8 keys.
// CHECK-LABEL: func @static(
func.func @static(%q: index, %s: vector<4x16xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %c16 = arith.constant 16 : index
  %c40 = arith.constant 40 : index
  // CHECK: attn.band_mask %{{.*}} at(%{{.*}}, %c32) extent(%c40)
  // CHECK: scf.for %{{.*}} = %c1 to %c3
  // CHECK-NOT: attn.band_mask
  // CHECK: return
  scf.for %i = %c0 to %c3 step %c1 {
    %t = arith.subi %c2, %i : index
    %kv = arith.muli %t, %c16 : index
    %b = attn.band_mask %s at(%q, %kv) extent(%c40) : vector<4x16xf32>
    "test.use"(%b) : (vector<4x16xf32>) -> ()
  }
  return
}

// -----

func.func @not_affine(%q: index, %n: index, %upper: index, %s: vector<4x16xf32>, %order: memref<?xindex>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %kv = memref.load %order[%i] : memref<?xindex>
    // expected-remark @+1 {{cannot split its loop: expected a key origin that is affine in the induction variable}}
    %b = attn.band_mask %s at(%q, %kv) upper(%upper) : vector<4x16xf32>
    "test.use"(%b) : (vector<4x16xf32>) -> ()
  }
  return
}

// -----

func.func @two_masks(%q: index, %n: index, %upper: index, %s: vector<4x16xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    // expected-remark @+1 {{cannot split its loop: expected one attn.band_mask in the loop, but got 2}}
    %b = attn.band_mask %s at(%q, %i) upper(%upper) : vector<4x16xf32>
    %c = attn.band_mask %b at(%q, %i) lower(%upper) : vector<4x16xf32>
    "test.use"(%c) : (vector<4x16xf32>) -> ()
  }
  return
}

// -----

func.func @step(%q: index, %n: index, %upper: index, %s: vector<4x16xf32>) {
  %c0 = arith.constant 0 : index
  %c16 = arith.constant 16 : index
  scf.for %i = %c0 to %n step %c16 {
    // expected-remark @+1 {{cannot split its loop: expected a loop of step 1, but got 16}}
    %b = attn.band_mask %s at(%q, %i) upper(%upper) : vector<4x16xf32>
    "test.use"(%b) : (vector<4x16xf32>) -> ()
  }
  return
}

// -----

func.func @changing_bound(%q: index, %n: index, %s: vector<4x16xf32>, %ends: memref<?xindex>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %end = memref.load %ends[%i] : memref<?xindex>
    // expected-remark @+1 {{cannot split its loop: expected a query origin and bounds that do not change in the loop}}
    %b = attn.band_mask %s at(%q, %i) extent(%end) : vector<4x16xf32>
    "test.use"(%b) : (vector<4x16xf32>) -> ()
  }
  return
}

// -----

// A loop that is split already: again it would get a loop without trips.
// CHECK-LABEL: func @again(
func.func @again(%q: index, %n: index, %full: index, %lower: index, %s: vector<4x16xf32>, %a0: vector<4x16xf32>) -> vector<4x16xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  // CHECK-COUNT-2: scf.for
  // CHECK-NOT: scf.for
  %r = scf.for %i = %c0 to %full step %c1 iter_args(%a = %a0) -> (vector<4x16xf32>) {
    %u = "test.use"(%s, %a) : (vector<4x16xf32>, vector<4x16xf32>) -> vector<4x16xf32>
    scf.yield %u : vector<4x16xf32>
  }
  // expected-remark @+1 {{left as it is: its full tiles have a loop of their own already}}
  %r2 = scf.for %i = %full to %n step %c1 iter_args(%a = %r) -> (vector<4x16xf32>) {
    %n1 = arith.subi %n, %c1 : index
    %t = arith.subi %n1, %i : index
    %kv = arith.muli %t, %c16 : index
    %b = attn.band_mask %s at(%q, %kv) lower(%lower) : vector<4x16xf32>
    %u = "test.use"(%b, %a) : (vector<4x16xf32>, vector<4x16xf32>) -> vector<4x16xf32>
    scf.yield %u : vector<4x16xf32>
  }
  return %r2 : vector<4x16xf32>
}

// -----

// A branch that the first iterations take, here numbered from the one behind: one
// loop for these, and one for the others. Its mask, whose keys come from a list, is
// no matter for the bounds.
// CHECK-LABEL: func @leading(
//  CHECK-SAME:   %[[PARTIAL:[^:]+]]: index, %[[N:[^:]+]]: index
//       CHECK:   %[[END:.+]] = arith.addi %[[PARTIAL]], %c-1
//       CHECK:   %[[LEAST:.+]] = arith.minsi %[[END]], %[[N]]
//       CHECK:   %[[MIDDLE:.+]] = arith.maxsi %[[LEAST]], %c0
//       CHECK:   %[[FIRST:.+]] = scf.for %{{.+}} = %c0 to %[[MIDDLE]]
//   CHECK-NOT:     scf.if
//       CHECK:     %[[KEY:.+]] = memref.load
//       CHECK:     %[[B:.+]] = attn.band_mask %{{.+}} at(%c0, %[[KEY]])
//       CHECK:     "test.use"(%[[B]], %{{.+}})
//       CHECK:   } {test.kept}
//       CHECK:   %[[SECOND:.+]] = scf.for %{{.+}} = %[[MIDDLE]] to %[[N]] {{.*}} iter_args(%{{.+}} = %[[FIRST]])
//   CHECK-NOT:     attn.band_mask
//   CHECK-NOT:     scf.if
//       CHECK:     "test.use"
//       CHECK:   } {test.kept}
//       CHECK:   return %[[SECOND]]
func.func @leading(%partial: index, %n: index, %list: memref<?xindex>, %s: vector<4x16xf32>, %a0: vector<4x16xf32>) -> vector<4x16xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %a0) -> (vector<4x16xf32>) {
    %next = arith.addi %i, %c1 : index
    %masked = arith.cmpi slt, %next, %partial : index
    %b = scf.if %masked -> (vector<4x16xf32>) {
      %key = memref.load %list[%next] : memref<?xindex>
      %band = attn.band_mask %s at(%c0, %key) upper(%c0) : vector<4x16xf32>
      scf.yield %band : vector<4x16xf32>
    } else {
      scf.yield %s : vector<4x16xf32>
    }
    %u = "test.use"(%b, %a) : (vector<4x16xf32>, vector<4x16xf32>) -> vector<4x16xf32>
    scf.yield %u : vector<4x16xf32>
  } {test.kept}
  return %r : vector<4x16xf32>
}

// -----

// Branches of other iterations, of values, and of a bound that changes.
// CHECK-LABEL: func @other_branches(
//       CHECK:   scf.for
//   CHECK-NOT:   scf.for
func.func @other_branches(%n: index, %m: memref<?xindex>, %s: vector<4x16xf32>, %a0: vector<4x16xf32>) -> vector<4x16xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %a0) -> (vector<4x16xf32>) {
    %bound = memref.load %m[%i] : memref<?xindex>
    %changing = arith.cmpi slt, %i, %bound : index
    %0 = scf.if %changing -> (vector<4x16xf32>) {
      scf.yield %s : vector<4x16xf32>
    } else {
      scf.yield %a : vector<4x16xf32>
    }
    %last = arith.cmpi sge, %i, %n : index
    %1 = scf.if %last -> (vector<4x16xf32>) {
      scf.yield %0 : vector<4x16xf32>
    } else {
      scf.yield %a0 : vector<4x16xf32>
    }
    %double = arith.addi %i, %i : index
    %half = arith.cmpi slt, %double, %n : index
    %2 = scf.if %half -> (vector<4x16xf32>) {
      scf.yield %1 : vector<4x16xf32>
    } else {
      scf.yield %s : vector<4x16xf32>
    }
    %u = "test.use"(%2, %a) : (vector<4x16xf32>, vector<4x16xf32>) -> vector<4x16xf32>
    scf.yield %u : vector<4x16xf32>
  }
  return %r : vector<4x16xf32>
}
