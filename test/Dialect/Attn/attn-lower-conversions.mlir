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

// What LLVM's conversions have no flags for, they lose: numbers and vectors of any
// shape, in loops too.
// CHECK-LABEL: func @flags(
// CHECK-NOT: fastmath
// CHECK: return
func.func @flags(%0: vector<4x64xf32>, %1: vector<4x16xf16>, %2: f16) -> (vector<4x64xf16>, vector<4x16xf32>, f32) {
  %3 = arith.truncf %0 fastmath<contract> : vector<4x64xf32> to vector<4x64xf16>
  %4 = arith.extf %1 fastmath<contract> : vector<4x16xf16> to vector<4x16xf32>
  %5 = arith.extf %2 fastmath<fast> : f16 to f32
  return %3, %4, %5 : vector<4x64xf16>, vector<4x16xf32>, f32
}

// Floats to integers: a sum with 1.5 * 2^23 is rounded to a whole number, whose
// last byte is taken. NaN is 0.
// CHECK-LABEL: func @round(
//   CHECK-DAG:   %[[LARGE:.*]] = arith.constant dense<0x4B400000> : vector<16xf32>
//   CHECK-DAG:   arith.constant dense<1.270000e+02> : vector<16xf32>
//   CHECK-DAG:   arith.constant dense<-1.280000e+02> : vector<16xf32>
//       CHECK:   scf.for
//       CHECK:     %[[X:.*]] = vector.load
//       CHECK:     %[[NAN:.*]] = arith.cmpf uno, %[[X]], %[[X]]
//       CHECK:     arith.minnumf
//       CHECK:     arith.maxnumf
//       CHECK:     %[[N:.*]] = arith.select %[[NAN]]
//       CHECK:     %[[SUM:.*]] = arith.addf %[[N]], %[[LARGE]]
//       CHECK:     %[[BITS:.*]] = arith.bitcast %[[SUM]] : vector<16xf32> to vector<16xi32>
//       CHECK:     arith.trunci %[[BITS]] : vector<16xi32> to vector<16xi8>
func.func @round(%0: vector<4x32xf32>) -> vector<4x32xi8> {
  %1 = attn.round %0 : vector<4x32xf32> to vector<4x32xi8>
  return %1 : vector<4x32xi8>
}
