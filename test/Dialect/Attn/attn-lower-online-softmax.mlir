// RUN: fa3-opt %s --attn-lower-online-softmax --split-input-file | FileCheck %s

// One fused multiplication and addition for each element, with a factor and a
// shift for each row; the maximum of a row that has seen no key is taken as 0.

// CHECK-LABEL: func.func @softmax(
//  CHECK-SAME:     %[[S:.+]]: vector<4x16xf32>, %[[M:.+]]: vector<4xf32>, %[[L:.+]]: vector<4xf32>, %[[F:.+]]: f32)
//       CHECK:   %[[M1:.+]] = vector.multi_reduction <maxnumf>, %[[S]], %[[M]] [1]
//   CHECK-DAG:   %[[NONE:.+]] = arith.constant dense<0xFF800000> : vector<4xf32>
//   CHECK-DAG:   %[[ZERO:.+]] = arith.constant dense<0.000000e+00> : vector<4xf32>
//   CHECK-DAG:   %[[UNSEEN:.+]] = arith.cmpf oeq, %[[M1]], %[[NONE]]
//       CHECK:   %[[FINITE:.+]] = arith.select %[[UNSEEN]], %[[ZERO]], %[[M1]]
//       CHECK:   %[[ROWF:.+]] = vector.broadcast %[[F]] : f32 to vector<4xf32>
//   CHECK-NOT:   arith.cmpf
//       CHECK:   %[[PRODUCT:.+]] = arith.mulf %[[FINITE]], %[[ROWF]]
//       CHECK:   %[[SHIFT:.+]] = arith.negf %[[PRODUCT]]
//       CHECK:   %[[E:.+]] = math.fma %[[S]], %{{.+}}, %{{.+}} : vector<4x16xf32>
//       CHECK:   %[[P:.+]] = math.exp2 %[[E]]
//       CHECK:   %[[EM:.+]] = math.fma %[[M]], %[[ROWF]], %[[SHIFT]] : vector<4xf32>
//       CHECK:   %[[A:.+]] = math.exp2 %[[EM]]
//       CHECK:   %[[OLD:.+]] = arith.mulf %[[L]], %[[A]]
//       CHECK:   %[[L1:.+]] = vector.multi_reduction <add>, %[[P]], %[[OLD]] [1]
//       CHECK:   return %[[P]], %[[M1]], %[[L1]], %[[A]]
func.func @softmax(%s: vector<4x16xf32>, %m: vector<4xf32>, %l: vector<4xf32>,
                   %f: f32)
    -> (vector<4x16xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>) {
  %p, %m1, %l1, %a = attn.online_softmax %s, %m, %l factor(%f)
      : vector<4x16xf32>, vector<4xf32>
  return %p, %m1, %l1, %a
      : vector<4x16xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>
}

// -----

// Where scores are unbounded, a row whose product is too wide to be rounded
// takes the power of two below the factor.

// CHECK-LABEL: func.func @unbounded(
//  CHECK-SAME:     %[[S:.+]]: vector<4x16xf32>, %[[M:.+]]: vector<4xf32>, %[[F:.+]]: f32)
//       CHECK:   %[[FINITE:.+]] = arith.select
//       CHECK:   %[[ROWF:.+]] = vector.broadcast %[[F]] : f32 to vector<4xf32>
//       CHECK:   %[[PRODUCT:.+]] = arith.mulf %[[FINITE]], %[[ROWF]]
//   CHECK-DAG:   %[[LIMIT:.+]] = arith.constant dense<0x4D000000> : vector<4xf32>
//   CHECK-DAG:   %[[SIZE:.+]] = math.absf %[[PRODUCT]]
//       CHECK:   %[[WIDE:.+]] = arith.cmpf ogt, %[[SIZE]], %[[LIMIT]]
//   CHECK-DAG:   %[[BITS:.+]] = arith.bitcast %[[F]] : f32 to i32
//   CHECK-DAG:   %[[EXPONENT:.+]] = arith.constant 2139095040 : i32
//       CHECK:   %[[HIGH:.+]] = arith.andi %[[BITS]], %[[EXPONENT]]
//       CHECK:   %[[POWER:.+]] = arith.bitcast %[[HIGH]] : i32 to f32
//       CHECK:   %[[ROWPOWER:.+]] = vector.broadcast %[[POWER]] : f32 to vector<4xf32>
//       CHECK:   %[[FACTORS:.+]] = arith.select %[[WIDE]], %[[ROWPOWER]], %[[ROWF]]
//       CHECK:   %[[EXACT:.+]] = arith.mulf %[[FINITE]], %[[FACTORS]]
//       CHECK:   arith.negf %[[EXACT]]
func.func @unbounded(%s: vector<4x16xf32>, %m: vector<4xf32>, %f: f32)
    -> vector<4x16xf32> {
  %p, %m1, %l1, %a = attn.online_softmax %s, %m, %m factor(%f) unbounded
      : vector<4x16xf32>, vector<4xf32>
  return %p : vector<4x16xf32>
}

// -----

// A scaled maximum is the product already; a factor for each row is a column of
// the tile's. The exponent lifts the probabilities, not the correction.

// CHECK-LABEL: func.func @scaled(
//  CHECK-SAME:     %[[S:.+]]: vector<4x16xf32>, %[[M:.+]]: vector<4xf32>, %[[L:.+]]: vector<4xf32>, %[[F:.+]]: vector<4xf32>)
//   CHECK-DAG:   %[[NONE:.+]] = arith.constant dense<0xFF800000> : vector<4xf32>
//       CHECK:   %[[LARGEST:.+]] = vector.multi_reduction <maxnumf>, %[[S]], %[[NONE]] [1]
//       CHECK:   %[[PRODUCT:.+]] = arith.mulf %[[LARGEST]], %[[F]]
//       CHECK:   %[[M1:.+]] = arith.maxnumf %[[M]], %[[PRODUCT]]
//       CHECK:   %[[FINITE:.+]] = arith.select %{{.+}}, %{{.+}}, %[[M1]]
//       CHECK:   %[[LIFT:.+]] = arith.constant dense<8.000000e+00> : vector<4xf32>
//       CHECK:   %[[SHIFT:.+]] = arith.subf %[[LIFT]], %[[FINITE]]
//       CHECK:   %[[FC:.+]] = vector.shape_cast %[[F]]
//       CHECK:   %[[FT:.+]] = vector.broadcast %[[FC]] : vector<4x1xf32> to vector<4x16xf32>
//       CHECK:   %[[SC:.+]] = vector.shape_cast %[[SHIFT]]
//       CHECK:   %[[ST:.+]] = vector.broadcast %[[SC]] : vector<4x1xf32> to vector<4x16xf32>
//       CHECK:   %[[E:.+]] = math.fma %[[S]], %[[FT]], %[[ST]] : vector<4x16xf32>
//       CHECK:   %[[P:.+]] = math.exp2 %[[E]]
//       CHECK:   %[[EM:.+]] = arith.subf %[[M]], %[[FINITE]]
//       CHECK:   %[[A:.+]] = math.exp2 %[[EM]]
//       CHECK:   return %[[P]], %[[M1]], %{{.+}}, %[[A]]
func.func @scaled(%s: vector<4x16xf32>, %m: vector<4xf32>, %l: vector<4xf32>,
                  %f: vector<4xf32>)
    -> (vector<4x16xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>) {
  %p, %m1, %l1, %a = attn.online_softmax %s, %m, %l factor(%f : vector<4xf32>)
      {exponent = 8.0 : f32, scaled_maximum} : vector<4x16xf32>, vector<4xf32>
  return %p, %m1, %l1, %a
      : vector<4x16xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>
}

// -----

// A row whose product is too wide is not lifted, which would have it rounded.

// CHECK-LABEL: func.func @lifted(
//  CHECK-SAME:     %[[S:.+]]: vector<4x16xf32>, %[[M:.+]]: vector<4xf32>, %[[F:.+]]: f32)
//       CHECK:   %[[LIFT:.+]] = arith.constant dense<8.000000e+00> : vector<4xf32>
//       CHECK:   %[[WIDE:.+]] = arith.cmpf ogt
//       CHECK:   %[[FACTORS:.+]] = arith.select %[[WIDE]]
//       CHECK:   %[[EXACT:.+]] = arith.mulf %{{.+}}, %[[FACTORS]]
//       CHECK:   %[[ZERO:.+]] = arith.constant dense<0.000000e+00> : vector<4xf32>
//       CHECK:   %[[LIFTS:.+]] = arith.select %[[WIDE]], %[[ZERO]], %[[LIFT]]
//       CHECK:   arith.subf %[[LIFTS]], %[[EXACT]]
//       CHECK:   %[[SHIFT:.+]] = arith.negf %[[EXACT]]
//       CHECK:   math.fma %[[M]], %[[FACTORS]], %[[SHIFT]]
func.func @lifted(%s: vector<4x16xf32>, %m: vector<4xf32>, %f: f32)
    -> (vector<4x16xf32>, vector<4xf32>) {
  %p, %m1, %l1, %a = attn.online_softmax %s, %m, %m factor(%f) unbounded
      {exponent = 8.0 : f32} : vector<4x16xf32>, vector<4xf32>
  return %p, %a : vector<4x16xf32>, vector<4xf32>
}

// -----

// What is no softmax stays.

// CHECK-LABEL: func.func @others
//  CHECK-NEXT:   math.exp2
//  CHECK-NEXT:   return
func.func @others(%s: vector<4x16xf32>) -> vector<4x16xf32> {
  %p = math.exp2 %s : vector<4x16xf32>
  return %p : vector<4x16xf32>
}
