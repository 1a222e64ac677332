// RUN: fa3-opt %s --canonicalize --split-input-file | FileCheck %s

!t = memref<1x16x2x64xf16>

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

// A window without sides says nothing.
// CHECK-LABEL: func.func @window_without_sides
//       CHECK:   attn.forward {{.*}} outs({{[^)]*}}){{ *$}}
func.func @window_without_sides(%i: !t, %o: !t) {
  attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t)
      {window = #attn.window<>}
  return
}

// With a causal mask the right side is redundant, whatever it is.
// CHECK-LABEL: func.func @window_right_of_causal
//       CHECK:   attn.forward {{.*}} {causal}{{ *$}}
//       CHECK:   attn.forward {{.*}} {causal, window = #attn.window<left = 5>}{{ *$}}
func.func @window_right_of_causal(%i: !t, %o: !t) {
  attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t)
      {causal, window = #attn.window<right = 3>}
  attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t)
      {causal, window = #attn.window<left = 5, right = 3>}
  return
}

// A right side of 0 is a causal mask.
// CHECK-LABEL: func.func @window_right_of_zero
//       CHECK:   attn.forward {{.*}} {causal}{{ *$}}
//       CHECK:   attn.forward {{.*}} {causal, window = #attn.window<left = 0>}{{ *$}}
func.func @window_right_of_zero(%i: !t, %o: !t) {
  attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t)
      {window = #attn.window<right = 0>}
  attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t)
      {window = #attn.window<left = 0, right = 0>}
  return
}

// These stay as they are.
// CHECK-LABEL: func.func @windows_that_say_something
//       CHECK:   attn.forward {{.*}} {window = #attn.window<right = 1>}{{ *$}}
//       CHECK:   attn.forward {{.*}} {window = #attn.window<left = 0>}{{ *$}}
//       CHECK:   attn.forward {{.*}} {window = #attn.window<left = 3, right = 4>}{{ *$}}
//       CHECK:   attn.forward {{.*}} {causal, window = #attn.window<left = 3>}{{ *$}}
//       CHECK:   attn.forward {{.*}} {causal}{{ *$}}
func.func @windows_that_say_something(%i: !t, %o: !t) {
  attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t)
      {window = #attn.window<right = 1>}
  attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t)
      {window = #attn.window<left = 0>}
  attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t)
      {window = #attn.window<left = 3, right = 4>}
  attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t)
      {causal, window = #attn.window<left = 3>}
  attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t) {causal}
  return
}

// -----

!t = memref<1x16x2x64xf16>

//===----------------------------------------------------------------------===//
// Alignment
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @alignment_of_nothing
//       CHECK:   attn.forward {{.*}} outs({{[^)]*}}){{ *$}}
func.func @alignment_of_nothing(%i: !t, %o: !t) {
  attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t)
      {alignment = #attn.alignment<top_left>}
  return
}

// An empty window goes first, then the alignment with it.
// CHECK-LABEL: func.func @alignment_of_window_without_sides
//       CHECK:   attn.forward {{.*}} outs({{[^)]*}}){{ *$}}
func.func @alignment_of_window_without_sides(%i: !t, %o: !t) {
  attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t)
      {alignment = #attn.alignment<top_left>, window = #attn.window<>}
  return
}

// CHECK-LABEL: func.func @alignment_beside_an_offset
//       CHECK:   attn.forward {{.*}} {causal}{{ *$}}
func.func @alignment_beside_an_offset(%i: !t, %o: !t, %x: index) {
  attn.forward ins(%i, %i, %i : !t, !t, !t) q_offset(%x) outs(%o : !t)
      {alignment = #attn.alignment<top_left>, causal}
  return
}

// CHECK-LABEL: func.func @alignment_that_matters
//       CHECK:   attn.forward {{.*}} {alignment = #attn.alignment<top_left>, causal}
//       CHECK:   attn.forward {{.*}} {alignment = #attn.alignment<top_left>, window = #attn.window<left = 1>}
func.func @alignment_that_matters(%i: !t, %o: !t) {
  attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t)
      {alignment = #attn.alignment<top_left>, causal}
  attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t)
      {alignment = #attn.alignment<top_left>, window = #attn.window<left = 1>}
  return
}

// -----

!t = memref<1x16x2x64xf16>

//===----------------------------------------------------------------------===//
// Regions
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @score_of_nothing
//   CHECK-NOT:   score
//       CHECK:   return
func.func @score_of_nothing(%i: !t, %o: !t, %m: memref<f32>) {
  attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t) score {
  ^bb0(%s: f32, %b: index, %h: index, %row: index, %key: index):
    %unused = memref.load %m[] : memref<f32>
    %twice = arith.addf %unused, %s : f32
    attn.yield %s : f32
  }
  return
}

// The score becomes its argument only after other foldings.
// CHECK-LABEL: func.func @score_of_nothing_in_the_end
//   CHECK-NOT:   score
//       CHECK:   return
func.func @score_of_nothing_in_the_end(%i: !t, %o: !t) {
  attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t) score {
  ^bb0(%s: f32, %b: index, %h: index, %row: index, %key: index):
    %true = arith.cmpi eq, %row, %row : index
    %other = arith.negf %s : f32
    %r = arith.select %true, %s, %other : f32
    attn.yield %r : f32
  }
  return
}

// CHECK-LABEL: func.func @mask_of_nothing
//   CHECK-NOT:   mask {
//       CHECK:   return
func.func @mask_of_nothing(%i: !t, %o: !t) {
  attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t) mask {
  ^bb0(%b: index, %h: index, %row: index, %key: index):
    %r = arith.constant true
    attn.yield %r : i1
  }
  return
}

// CHECK-LABEL: func.func @regions_that_say_something
//       CHECK:   score {
//       CHECK:     arith.negf
//       CHECK:   mask {
//       CHECK:     attn.yield %false
func.func @regions_that_say_something(%i: !t, %o: !t) {
  attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t) score {
  ^bb0(%s: f32, %b: index, %h: index, %row: index, %key: index):
    %r = arith.negf %s : f32
    attn.yield %r : f32
  } mask {
  ^bb0(%b: index, %h: index, %row: index, %key: index):
    %r = arith.constant false
    attn.yield %r : i1
  }
  return
}

// -----

//===----------------------------------------------------------------------===//
// Destinations
//===----------------------------------------------------------------------===//

// What a destination holds is overwritten. The rest of it is still there where
// something else reads that.
!t = tensor<1x16x2x64xf16>
!l = tensor<1x2x16xf32>
// CHECK-LABEL: func.func @overwritten(
//  CHECK-SAME: %{{.*}}, %[[D:[a-z0-9]+]]: tensor<1x16x2x64xf16>, %[[L:[a-z0-9]+]]: tensor<1x2x16xf32>)
//   CHECK-NOT:   linalg.fill
//       CHECK:   attn.forward {{.*}} outs(%[[D]], %[[L]] :
func.func @overwritten(%q: !t, %d: !t, %l: !l) -> (!t, !l) {
  %zero = arith.constant 0.0 : f16
  %wide = arith.constant 0.0 : f32
  %d0 = linalg.fill ins(%zero : f16) outs(%d : !t) -> !t
  %l0 = linalg.fill ins(%wide : f32) outs(%l : !l) -> !l
  %o:2 = attn.forward ins(%q, %q, %q : !t, !t, !t) outs(%d0, %l0 : !t, !l) -> !t, !l
  return %o#0, %o#1 : !t, !l
}

// CHECK-LABEL: func.func @read_elsewhere(
//       CHECK:   %[[F:.*]] = linalg.fill
//       CHECK:   attn.forward {{.*}} outs(%[[F]] :
func.func @read_elsewhere(%q: !t, %d: !t) -> (!t, !t) {
  %zero = arith.constant 0.0 : f16
  %d0 = linalg.fill ins(%zero : f16) outs(%d : !t) -> !t
  %o = attn.forward ins(%q, %q, %q : !t, !t, !t) outs(%d0 : !t) -> !t
  return %o, %d0 : !t, !t
}
