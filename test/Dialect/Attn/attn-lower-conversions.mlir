// RUN: fa3-opt %s --attn-lower-conversions --canonicalize | FileCheck %s

// CHECK-LABEL: func @wide(
func.func @wide(%0: vector<4x64xf32>) -> vector<4x64xbf16> {
  // CHECK-DAG: %[[TO:.*]] = memref.alloca() {alignment = 64 : i64} : memref<4x64xbf16>
  // CHECK-DAG: %[[FROM:.*]] = memref.alloca() {alignment = 64 : i64} : memref<4x64xf32>
  // CHECK: scf.for %[[I:.*]] =
  // CHECK:   scf.for %[[J:.*]] =
  // CHECK:     %[[PART:.*]] = vector.load %[[FROM]][%[[I]], %[[J]]] : memref<4x64xf32>, vector<16xf32>
  // CHECK:     %[[SHORT:.*]] = arith.truncf %[[PART]] : vector<16xf32> to vector<16xbf16>
  // CHECK:     vector.store %[[SHORT]], %[[TO]][%[[I]], %[[J]]]
  // CHECK-COUNT-4: vector.load %[[TO]]
  %1 = arith.truncf %0 : vector<4x64xf32> to vector<4x64xbf16>
  return %1 : vector<4x64xbf16>
}

// Short rows, and vectors that are no matrices, stay as they are.
// CHECK-LABEL: func @narrow(
func.func @narrow(%0: vector<4x16xf16>, %1: vector<64xf16>) -> (vector<4x16xf32>, vector<64xf32>) {
  // CHECK-NEXT: arith.extf %{{.*}} : vector<4x16xf16> to vector<4x16xf32>
  // CHECK-NEXT: arith.extf %{{.*}} : vector<64xf16> to vector<64xf32>
  // CHECK-NEXT: return
  %2 = arith.extf %0 : vector<4x16xf16> to vector<4x16xf32>
  %3 = arith.extf %1 : vector<64xf16> to vector<64xf32>
  return %2, %3 : vector<4x16xf32>, vector<64xf32>
}
