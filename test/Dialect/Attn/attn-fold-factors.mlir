// RUN: fa3-opt %s --attn-fold-factors | FileCheck %s

!tile = vector<4x16xf32>
!rows = vector<4x1xf32>

// ALiBi: one multiply-add for the ramp, and one for the exponent.
// CHECK-LABEL: func.func @alibi
//  CHECK-SAME:     %[[S:[a-z0-9]+]]: vector<4x16xf32>, %[[B:[a-z0-9]+]]: vector<4x1xf32>, %[[SLOPE:[a-z0-9]+]]: f32, %[[F:[a-z0-9]+]]: vector<4x1xf32>, %[[C:[a-z0-9]+]]: vector<4x1xf32>
//   CHECK-DAG:   %[[SCALE:.+]] = arith.constant dense<5.000000e-01> : vector<4x1xf32>
//   CHECK-DAG:   %[[SLOPES:.+]] = vector.broadcast %[[SLOPE]] : f32 to vector<4x1xf32>
//   CHECK-DAG:   %[[BASE0:.+]] = arith.mulf %[[B]], %[[SLOPES]] : vector<4x1xf32>
//   CHECK-DAG:   %[[BASE:.+]] = math.fma %[[BASE0]], %[[F]], %[[C]] : vector<4x1xf32>
//   CHECK-DAG:   %[[STEP:.+]] = arith.mulf %{{.+}}, %[[F]] : vector<4x1xf32>
//   CHECK-DAG:   %[[RAMP:.+]] = attn.ramp %[[BASE]], %[[STEP]] : vector<4x1xf32> to vector<4x16xf32>
//   CHECK-DAG:   %[[BOTH:.+]] = arith.mulf %[[F]], %[[SCALE]] : vector<4x1xf32>
//   CHECK-DAG:   %[[FACTOR:.+]] = vector.broadcast %[[BOTH]] : vector<4x1xf32> to vector<4x16xf32>
//       CHECK:   %[[E:.+]] = math.fma %[[S]], %[[FACTOR]], %[[RAMP]] : vector<4x16xf32>
//       CHECK:   return %[[E]]
func.func @alibi(%s: !tile, %b: !rows, %slope: f32, %f: !rows, %c: !rows) -> !tile {
  %scale = arith.constant dense<0.5> : !tile
  %one = arith.constant dense<1.0> : !rows
  %distance = attn.ramp %b, %one : !rows to !tile
  %slopes = vector.broadcast %slope : f32 to !tile
  %factor = vector.broadcast %f : !rows to !tile
  %shift = vector.broadcast %c : !rows to !tile
  %scaled = arith.mulf %s, %scale : !tile
  %bias = arith.mulf %slopes, %distance : !tile
  %score = arith.addf %scaled, %bias : !tile
  %e = math.fma %score, %factor, %shift : !tile
  return %e : !tile
}

// A ramp that is subtracted.
// CHECK-LABEL: func.func @difference
//       CHECK:   %[[MINUS:.+]] = arith.negf %{{.+}} : vector<4x1xf32>
//       CHECK:   %[[BASE:.+]] = math.fma %{{.+}}, %[[MINUS]], %{{.+}} : vector<4x1xf32>
//       CHECK:   %[[STEP:.+]] = arith.mulf %{{.+}}, %[[MINUS]] : vector<4x1xf32>
//       CHECK:   attn.ramp %[[BASE]], %[[STEP]]
func.func @difference(%s: !tile, %b: !rows, %step: !rows, %f: !rows, %c: !rows) -> !tile {
  %ramp = attn.ramp %b, %step : !rows to !tile
  %factor = vector.broadcast %f : !rows to !tile
  %shift = vector.broadcast %c : !rows to !tile
  %score = arith.subf %s, %ramp : !tile
  %e = math.fma %score, %factor, %shift : !tile
  return %e : !tile
}

// Constants, as of a scale and what a soft cap divides by; the factor behind the
// function goes with the exponent's.
// CHECK-LABEL: func.func @softcap
//       CHECK:   %[[IN:.+]] = arith.constant dense<2.500000e-01> : vector<4x16xf32>
//       CHECK:   %[[X:.+]] = arith.mulf %{{.+}}, %[[IN]] : vector<4x16xf32>
//       CHECK:   %[[T:.+]] = math.tanh %[[X]] : vector<4x16xf32>
//   CHECK-NOT:   arith.mulf {{.+}} : vector<4x16xf32>
//       CHECK:   math.fma %[[T]]
func.func @softcap(%s: !tile, %f: !rows, %c: !rows) -> !tile {
  %half = arith.constant dense<0.5> : !tile
  %cap = arith.constant dense<2.0> : !tile
  %factor = vector.broadcast %f : !rows to !tile
  %shift = vector.broadcast %c : !rows to !tile
  %scaled = arith.mulf %s, %half : !tile
  %x = arith.mulf %scaled, %half : !tile
  %t = math.tanh %x : !tile
  %score = arith.mulf %t, %cap : !tile
  %e = math.fma %score, %factor, %shift : !tile
  return %e : !tile
}

// The score is left to the branch that needs it.
// CHECK-LABEL: func.func @sink
//   CHECK-NOT:   arith.mulf {{.+}} : vector<4x16xf32>
//       CHECK:   math.fma %arg0
//       CHECK:   scf.if
//  CHECK-NEXT:     arith.mulf {{.+}} : vector<4x16xf32>
func.func @sink(%s: !tile, %f: !rows, %c: !rows, %m: vector<4xf32>, %missed: i1) -> (!tile, vector<4xf32>) {
  %half = arith.constant dense<0.5> : !tile
  %factor = vector.broadcast %f : !rows to !tile
  %shift = vector.broadcast %c : !rows to !tile
  %score = arith.mulf %s, %half : !tile
  %e = math.fma %score, %factor, %shift : !tile
  %r = scf.if %missed -> vector<4xf32> {
    %max = vector.multi_reduction <maxnumf>, %score, %m [1] : !tile to vector<4xf32>
    scf.yield %max : vector<4xf32>
  } else {
    scf.yield %m : vector<4xf32>
  }
  return %e, %r : !tile, vector<4xf32>
}

// Left alone: factors of columns and of elements, constants whose product is
// zero or infinite, a mask between score and exponent.
// CHECK-LABEL: func.func @others
// CHECK-COUNT-5:   arith.mulf {{.+}} : vector<4x16xf32>
//       CHECK:   attn.band_mask
//       CHECK:   math.fma
//       CHECK:   math.fma
func.func @others(%s: !tile, %columns: vector<1x16xf32>, %f: !rows, %c: !rows, %i: index) -> (!tile, !tile, !tile) {
  %factor = vector.broadcast %f : !rows to !tile
  %shift = vector.broadcast %c : !rows to !tile
  %across = vector.broadcast %columns : vector<1x16xf32> to !tile
  %tiny = arith.constant dense<1.0e-30> : !tile
  %0 = arith.mulf %s, %across : !tile
  %1 = arith.mulf %0, %s : !tile
  %2 = arith.mulf %s, %tiny : !tile
  %3 = arith.mulf %2, %tiny : !tile
  %4 = arith.mulf %s, %factor : !tile
  %5 = attn.band_mask %4 at(%i, %i) extent(%i) : !tile
  %6 = math.fma %1, %factor, %shift : !tile
  %7 = math.fma %5, %factor, %shift : !tile
  return %3, %6, %7 : !tile, !tile, !tile
}
