// RUN: fa3-opt %s --attn-lower-tile-ops | FileCheck %s

// CHECK-LABEL: func @rows(
//  CHECK-SAME:     %[[ORIGIN:.*]]: index)
func.func @rows(%origin: index) -> vector<4x1xindex> {
  // CHECK-DAG: %[[STEP:.*]] = vector.step : vector<4xindex>
  // CHECK-DAG: %[[CAST:.*]] = vector.shape_cast %[[STEP]] : vector<4xindex> to vector<4x1xindex>
  // CHECK-DAG: %[[BASE:.*]] = vector.broadcast %[[ORIGIN]] : index to vector<4x1xindex>
  // CHECK: %[[SUM:.*]] = arith.addi %[[BASE]], %[[CAST]] : vector<4x1xindex>
  // CHECK: return %[[SUM]]
  %0 = attn.coordinates %origin {dimension = 0 : i64} : vector<4x1xindex>
  return %0 : vector<4x1xindex>
}

// CHECK-LABEL: func @columns(
func.func @columns(%origin: index) -> vector<1x8xindex> {
  // CHECK: vector.shape_cast %{{.*}} : vector<8xindex> to vector<1x8xindex>
  %0 = attn.coordinates %origin {dimension = 1 : i64} : vector<1x8xindex>
  return %0 : vector<1x8xindex>
}

// CHECK-LABEL: func @ramp(
//  CHECK-SAME:     %[[BASE:.*]]: vector<4x1xf32>, %[[STEP:.*]]: vector<4x1xf32>, %[[SCALAR:.*]]: f32)
func.func @ramp(%base: vector<4x1xf32>, %step: vector<4x1xf32>, %scalar: f32) -> (vector<4x4xf32>, vector<1x4xf32>) {
  // CHECK-DAG: %[[C:.*]] = arith.constant dense<{{\[\[}}0.000000e+00, 1.000000e+00, 2.000000e+00, 3.000000e+00]]> : vector<1x4xf32>
  // CHECK-DAG: %[[A:.*]] = vector.broadcast %[[BASE]] : vector<4x1xf32> to vector<4x4xf32>
  // CHECK-DAG: %[[B:.*]] = vector.broadcast %[[STEP]] : vector<4x1xf32> to vector<4x4xf32>
  // CHECK-DAG: %[[COLUMNS:.*]] = vector.broadcast %[[C]] : vector<1x4xf32> to vector<4x4xf32>
  // CHECK: math.fma %[[B]], %[[COLUMNS]], %[[A]] : vector<4x4xf32>
  // CHECK: math.fma %{{.*}} : vector<1x4xf32>
  %0 = attn.ramp %base, %step : vector<4x1xf32> to vector<4x4xf32>
  %1 = attn.ramp %scalar, %scalar : f32 to vector<1x4xf32>
  return %0, %1 : vector<4x4xf32>, vector<1x4xf32>
}

// With an extent alone, the comparison is one for each column.
// CHECK-LABEL: func @extent(
//  CHECK-SAME:     %[[S:.*]]: vector<4x8xf32>, %[[Q:.*]]: index, %[[KV:.*]]: index, %[[END:.*]]: index)
func.func @extent(%s: vector<4x8xf32>, %q: index, %kv: index, %end: index) -> vector<4x8xf32> {
  // CHECK-DAG: %[[LEFT:.*]] = arith.subi %[[END]], %[[KV]] : index
  // CHECK-DAG: %[[BOUND:.*]] = vector.broadcast %[[LEFT]] : index to vector<1x8xindex>
  // CHECK: %[[IN:.*]] = arith.cmpi slt, %{{.*}}, %[[BOUND]] : vector<1x8xindex>
  // CHECK: %[[KEEP:.*]] = vector.broadcast %[[IN]] : vector<1x8xi1> to vector<4x8xi1>
  // CHECK: %[[INF:.*]] = arith.constant dense<0xFF800000> : vector<4x8xf32>
  // CHECK: arith.select %[[KEEP]], %[[S]], %[[INF]]
  %0 = attn.band_mask %s at(%q, %kv) extent(%end) : vector<4x8xf32>
  return %0 : vector<4x8xf32>
}

// CHECK-LABEL: func @band(
//  CHECK-SAME:     %[[S:.*]]: vector<4x8xf32>, %[[Q:.*]]: index, %[[KV:.*]]: index, %[[LO:.*]]: index, %[[UP:.*]]: index)
func.func @band(%s: vector<4x8xf32>, %q: index, %kv: index, %lo: index, %up: index) -> vector<4x8xf32> {
  // CHECK: %[[DIFF:.*]] = arith.subi %{{.*}}, %{{.*}} : vector<4x8xindex>
  // CHECK: %[[SHIFT:.*]] = arith.subi %[[Q]], %[[KV]] : index
  // CHECK: arith.addi %[[LO]], %[[SHIFT]]
  // CHECK: %[[ABOVE:.*]] = arith.cmpi sge, %[[DIFF]]
  // CHECK: arith.addi %[[UP]], %[[SHIFT]]
  // CHECK: %[[BELOW:.*]] = arith.cmpi sle, %[[DIFF]]
  // CHECK: %[[KEEP:.*]] = arith.andi %[[ABOVE]], %[[BELOW]]
  // CHECK: arith.select %[[KEEP]], %[[S]]
  // CHECK-NOT: attn.
  %0 = attn.band_mask %s at(%q, %kv) lower(%lo) upper(%up) : vector<4x8xf32>
  return %0 : vector<4x8xf32>
}
