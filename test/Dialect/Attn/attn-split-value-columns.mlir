// RUN: fa3-opt %s --attn-split-value-columns --split-input-file | FileCheck %s
// RUN: fa3-opt %s --attn-split-value-columns=columns=64 --split-input-file | FileCheck %s --check-prefix=GIVEN
// RUN: not fa3-opt %s --attn-split-value-columns=columns=-16 --split-input-file 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// RUN: not fa3-opt %s --attn-split-value-columns=columns=24 --split-input-file 2>&1 | FileCheck %s --check-prefix=ODD
// RUN: not fa3-opt %s --attn-split-keys=splits=2 --attn-split-value-columns=columns=64 --split-input-file 2>&1 | FileCheck %s --check-prefix=PARTIAL

// NEGATIVE: error: expected columns to be a multiple of 16 or 0, but got -16
// ODD: error: expected columns to be a multiple of 16 or 0, but got 24

// Each part has all that the whole has, but for LSE, which the first gives.

// CHECK-LABEL: func.func @integers(
//  CHECK-SAME:   %[[Q:.*]]: memref<1x64x2x256xi8>, %[[V:.*]]: memref<1x64x2x256xi8>, %[[S:.*]]: memref<1x1x1xf32>, %[[O:.*]]: memref<1x64x2x256xf16>, %[[LSE:.*]]: memref<1x2x64xf32>
//       CHECK:   %[[V0:.*]] = memref.subview %[[V]][0, 0, 0, 0] [1, 64, 2, 128] [1, 1, 1, 1]
//       CHECK:   %[[O0:.*]] = memref.subview %[[O]][0, 0, 0, 0] [1, 64, 2, 128] [1, 1, 1, 1]
//       CHECK:   attn.forward ins(%[[Q]], %[[Q]], %[[V0]] : {{.*}}) scales(%[[S]], %[[S]], %[[S]] : {{.*}}) outs(%[[O0]], %[[LSE]] : {{.*}}) {causal}
//       CHECK:   score {
//       CHECK:   %[[V1:.*]] = memref.subview %[[V]][0, 0, 0, 128] [1, 64, 2, 128] [1, 1, 1, 1]
//       CHECK:   %[[O1:.*]] = memref.subview %[[O]][0, 0, 0, 128] [1, 64, 2, 128] [1, 1, 1, 1]
//       CHECK:   attn.forward ins(%[[Q]], %[[Q]], %[[V1]] : {{.*}}) scales(%[[S]], %[[S]], %[[S]] : {{.*}}) outs(%[[O1]] : {{.*}}) {causal}
//       CHECK:   score {
//   CHECK-NOT:   attn.forward
func.func @integers(%q: memref<1x64x2x256xi8>, %v: memref<1x64x2x256xi8>, %s: memref<1x1x1xf32>, %o: memref<1x64x2x256xf16>, %lse: memref<1x2x64xf32>) {
  attn.forward ins(%q, %q, %v : memref<1x64x2x256xi8>, memref<1x64x2x256xi8>, memref<1x64x2x256xi8>) scales(%s, %s, %s : memref<1x1x1xf32>, memref<1x1x1xf32>, memref<1x1x1xf32>) outs(%o, %lse : memref<1x64x2x256xf16>, memref<1x2x64xf32>) {causal}
  score {
  ^bb0(%x: f32, %b: index, %h: index, %i: index, %j: index):
    %y = math.tanh %x : f32
    attn.yield %y : f32
  }
  return
}

// -----

// What is left is narrower, lengths may be open, and K and V one buffer.

// CHECK-LABEL: func.func @rest(
//       CHECK:   %[[B:.*]] = memref.dim %arg0, %c0
//       CHECK:   memref.subview %arg0[0, 0, 0, 0] [%[[B]], %{{.*}}, 2, 128] [1, 1, 1, 1]
//       CHECK:   attn.forward ins(%arg0, %arg0, %{{.*}} : memref<?x?x2x208xi8>, memref<?x?x2x208xi8>, memref<?x?x2x128xi8, {{.*}}>)
//       CHECK:   memref.subview %arg0[0, 0, 0, 128] [%{{.*}}, %{{.*}}, 2, 80] [1, 1, 1, 1]
//       CHECK:   attn.forward ins(%arg0, %arg0, %{{.*}} : memref<?x?x2x208xi8>, memref<?x?x2x208xi8>, memref<?x?x2x80xi8, {{.*}}>)
func.func @rest(%q: memref<?x?x2x208xi8>, %s: memref<1x1x1xf32>, %o: memref<?x?x2x208xf16>) {
  attn.forward ins(%q, %q, %q : memref<?x?x2x208xi8>, memref<?x?x2x208xi8>, memref<?x?x2x208xi8>) scales(%s, %s, %s : memref<1x1x1xf32>, memref<1x1x1xf32>, memref<1x1x1xf32>) outs(%o : memref<?x?x2x208xf16>)
  return
}

// -----

// Columns of a transposed V are its rows.

// CHECK-LABEL: func.func @transposed(
//       CHECK:   memref.subview %arg1[0, 0, 0, 0] [1, 2, 128, 64] [1, 1, 1, 1]
//       CHECK:   memref.subview %arg1[0, 0, 128, 0] [1, 2, 128, 64] [1, 1, 1, 1]
func.func @transposed(%q: memref<1x64x2x256xi8>, %v: memref<1x2x256x64xi8>, %s: memref<1x1x1xf32>, %o: memref<1x64x2x256xf16>) {
  attn.forward ins(%q, %q, %v : memref<1x64x2x256xi8>, memref<1x64x2x256xi8>, memref<1x2x256x64xi8>) scales(%s, %s, %s : memref<1x1x1xf32>, memref<1x1x1xf32>, memref<1x1x1xf32>) outs(%o : memref<1x64x2x256xf16>) {value_layout = #attn.value_layout<transposed>}
  return
}

// -----

// Registers have room for these.

// CHECK-LABEL: func.func @narrow(
//   CHECK-NOT:   memref.subview
// GIVEN-LABEL: func.func @narrow(
//       GIVEN:   memref.subview %arg0[0, 0, 0, 128] [1, 64, 2, 64] [1, 1, 1, 1]
//   GIVEN-NOT:   memref.subview %arg0
func.func @narrow(%q: memref<1x64x2x192xi8>, %s: memref<1x1x1xf32>, %o: memref<1x64x2x192xf16>) {
  attn.forward ins(%q, %q, %q : memref<1x64x2x192xi8>, memref<1x64x2x192xi8>, memref<1x64x2x192xi8>) scales(%s, %s, %s : memref<1x1x1xf32>, memref<1x1x1xf32>, memref<1x1x1xf32>) outs(%o : memref<1x64x2x192xf16>)
  return
}

// -----

// Products of floats go on with the output.

// CHECK-LABEL: func.func @floats(
//   CHECK-NOT:   memref.subview
// GIVEN-LABEL: func.func @floats(
// GIVEN-COUNT-8: memref.subview
// PARTIAL: error: 'attn.forward' op expected whole outputs; run attn-split-value-columns before attn-split-keys
func.func @floats(%q: memref<1x64x2x256xf16>, %o: memref<1x64x2x256xf16>) {
  attn.forward ins(%q, %q, %q : memref<1x64x2x256xf16>, memref<1x64x2x256xf16>, memref<1x64x2x256xf16>) outs(%o : memref<1x64x2x256xf16>) {config = #attn.config<tile = 64x64, stages = 2, consumers = 1, registers = 24x240>}
  return
}

// -----

// Slices of tensors are not made.

// CHECK-LABEL: func.func @tensors(
//   CHECK-NOT:   slice
//       CHECK:   return
func.func @tensors(%q: tensor<1x64x2x256xi8>, %s: tensor<1x1x1xf32>, %o: tensor<1x64x2x256xf16>) -> tensor<1x64x2x256xf16> {
  %r = attn.forward ins(%q, %q, %q : tensor<1x64x2x256xi8>, tensor<1x64x2x256xi8>, tensor<1x64x2x256xi8>) scales(%s, %s, %s : tensor<1x1x1xf32>, tensor<1x1x1xf32>, tensor<1x1x1xf32>) outs(%o : tensor<1x64x2x256xf16>) -> tensor<1x64x2x256xf16>
  return %r : tensor<1x64x2x256xf16>
}
