// RUN: fa3-opt %s --attn-hoist-conversions --canonicalize | FileCheck %s

// What stands in the first column is converted, once for a row.
// CHECK-LABEL: func.func @distance
//  CHECK-SAME:     %[[Q:.+]]: index, %[[KV:.+]]: index
//   CHECK-DAG:   %[[ONE:.+]] = arith.constant dense<1.000000e+00> : vector<4x1xf32>
//       CHECK:   %[[ROWS:.+]] = attn.coordinates %[[Q]] {dimension = 0 : i64} : vector<4x1xindex>
//       CHECK:   %[[FIRST:.+]] = vector.broadcast %[[KV]] : index to vector<4x1xindex>
//       CHECK:   %[[DISTANCE:.+]] = arith.subi %[[FIRST]], %[[ROWS]] : vector<4x1xindex>
//       CHECK:   %[[NARROW:.+]] = arith.index_cast %[[DISTANCE]] : vector<4x1xindex> to vector<4x1xi32>
//       CHECK:   %[[BASE:.+]] = arith.sitofp %[[NARROW]] : vector<4x1xi32> to vector<4x1xf32>
//       CHECK:   %[[RAMP:.+]] = attn.ramp %[[BASE]], %[[ONE]] : vector<4x1xf32> to vector<4x16xf32>
//       CHECK:   return %[[RAMP]]
func.func @distance(%q: index, %kv: index) -> vector<4x16xf32> {
  %rows = attn.coordinates %q {dimension = 0 : i64} : vector<4x1xindex>
  %columns = attn.coordinates %kv {dimension = 1 : i64} : vector<1x16xindex>
  %i = vector.broadcast %rows : vector<4x1xindex> to vector<4x16xindex>
  %j = vector.broadcast %columns : vector<1x16xindex> to vector<4x16xindex>
  %d = arith.subi %j, %i : vector<4x16xindex>
  %n = arith.index_cast %d : vector<4x16xindex> to vector<4x16xi32>
  %f = arith.sitofp %n : vector<4x16xi32> to vector<4x16xf32>
  return %f : vector<4x16xf32>
}

// The other way round the numbers fall.
// CHECK-LABEL: func.func @falling
//   CHECK-DAG:   %[[MINUS:.+]] = arith.constant dense<-1.000000e+00> : vector<4x1xf32>
//       CHECK:   arith.subi %{{.+}}, %{{.+}} : vector<4x1xindex>
//       CHECK:   arith.sitofp %{{.+}} : vector<4x1xi64> to vector<4x1xf32>
//       CHECK:   attn.ramp %{{.+}}, %[[MINUS]] : vector<4x1xf32> to vector<4x16xf32>
func.func @falling(%q: index, %kv: index) -> vector<4x16xf32> {
  %rows = attn.coordinates %q {dimension = 0 : i64} : vector<4x1xindex>
  %columns = attn.coordinates %kv {dimension = 1 : i64} : vector<1x16xindex>
  %i = vector.broadcast %rows : vector<4x1xindex> to vector<4x16xindex>
  %j = vector.broadcast %columns : vector<1x16xindex> to vector<4x16xindex>
  %d = arith.subi %i, %j : vector<4x16xindex>
  %n = arith.index_cast %d : vector<4x16xindex> to vector<4x16xi64>
  %f = arith.sitofp %n : vector<4x16xi64> to vector<4x16xf32>
  return %f : vector<4x16xf32>
}

// The key's number alone is one row.
// CHECK-LABEL: func.func @columns
//  CHECK-SAME:     %[[KV:.+]]: index
//       CHECK:   %[[NARROW:.+]] = arith.index_cast %[[KV]] : index to i32
//       CHECK:   %[[BASE:.+]] = arith.sitofp %[[NARROW]] : i32 to f32
//       CHECK:   attn.ramp %[[BASE]], %{{.+}} : f32 to vector<1x16xf32>
func.func @columns(%kv: index) -> vector<1x16xf32> {
  %j = attn.coordinates %kv {dimension = 1 : i64} : vector<1x16xindex>
  %n = arith.index_cast %j : vector<1x16xindex> to vector<1x16xi32>
  %f = arith.sitofp %n : vector<1x16xi32> to vector<1x16xf32>
  return %f : vector<1x16xf32>
}

// An absolute value is taken of the floats, however it was written.
// CHECK-LABEL: func.func @absolute
//       CHECK:   %[[R:.+]] = attn.ramp
//       CHECK:   math.absf %[[R]] : vector<4x16xf32>
//       CHECK:   %[[S:.+]] = attn.ramp
//       CHECK:   math.absf %[[S]] : vector<4x16xf32>
//   CHECK-NOT:   vector<4x16xi32>
func.func @absolute(%q: index, %kv: index) -> (vector<4x16xf32>, vector<4x16xf32>) {
  %rows = attn.coordinates %q {dimension = 0 : i64} : vector<4x1xindex>
  %columns = attn.coordinates %kv {dimension = 1 : i64} : vector<1x16xindex>
  %i = vector.broadcast %rows : vector<4x1xindex> to vector<4x16xindex>
  %j = vector.broadcast %columns : vector<1x16xindex> to vector<4x16xindex>
  %d = arith.subi %i, %j : vector<4x16xindex>
  %n = arith.index_cast %d : vector<4x16xindex> to vector<4x16xi32>
  %a = math.absi %n : vector<4x16xi32>
  %f = arith.sitofp %a : vector<4x16xi32> to vector<4x16xf32>
  %zero = arith.constant dense<0> : vector<4x16xindex>
  %minus = arith.subi %zero, %d : vector<4x16xindex>
  %m = arith.maxsi %d, %minus : vector<4x16xindex>
  %c = arith.index_cast %m : vector<4x16xindex> to vector<4x16xi32>
  %g = arith.sitofp %c : vector<4x16xi32> to vector<4x16xf32>
  return %f, %g : vector<4x16xf32>, vector<4x16xf32>
}

// Left alone: what is no position or distance, as it may wrap around between two
// columns; a multiple; other types; rows, which have few conversions as they are.
// CHECK-LABEL: func.func @others
//   CHECK-NOT:   attn.ramp
//       CHECK:   return
func.func @others(%q: index, %kv: index, %any: vector<4x16xindex>)
    -> (vector<4x16xf32>, vector<4x16xf32>, vector<4x16xf32>, vector<4x16xf16>, vector<4x16xf32>, vector<4x1xf32>) {
  %rows = attn.coordinates %q {dimension = 0 : i64} : vector<4x1xindex>
  %columns = attn.coordinates %kv {dimension = 1 : i64} : vector<1x16xindex>
  %i = vector.broadcast %rows : vector<4x1xindex> to vector<4x16xindex>
  %j = vector.broadcast %columns : vector<1x16xindex> to vector<4x16xindex>
  %0 = arith.addi %j, %any : vector<4x16xindex>
  %1 = arith.index_cast %0 : vector<4x16xindex> to vector<4x16xi32>
  %2 = arith.sitofp %1 : vector<4x16xi32> to vector<4x16xf32>
  %3 = arith.muli %j, %j : vector<4x16xindex>
  %4 = arith.index_cast %3 : vector<4x16xindex> to vector<4x16xi32>
  %5 = arith.sitofp %4 : vector<4x16xi32> to vector<4x16xf32>
  %6 = arith.subi %j, %i : vector<4x16xindex>
  %7 = arith.index_cast %6 : vector<4x16xindex> to vector<4x16xi16>
  %8 = arith.sitofp %7 : vector<4x16xi16> to vector<4x16xf32>
  %9 = arith.index_cast %6 : vector<4x16xindex> to vector<4x16xi32>
  %10 = arith.sitofp %9 : vector<4x16xi32> to vector<4x16xf16>
  %11 = arith.uitofp %9 : vector<4x16xi32> to vector<4x16xf32>
  %12 = arith.index_cast %rows : vector<4x1xindex> to vector<4x1xi32>
  %13 = arith.sitofp %12 : vector<4x1xi32> to vector<4x1xf32>
  return %2, %5, %8, %10, %11, %13 : vector<4x16xf32>, vector<4x16xf32>, vector<4x16xf32>, vector<4x16xf16>, vector<4x16xf32>, vector<4x1xf32>
}
