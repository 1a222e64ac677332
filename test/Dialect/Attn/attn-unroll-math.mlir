// RUN: fa3-opt %s --attn-unroll-math | FileCheck %s
// LLVM's conversion takes what is left.
// RUN: fa3-opt %s --attn-unroll-math --convert-math-to-llvm --convert-vector-to-llvm \
// RUN:   --convert-to-llvm --reconcile-unrealized-casts | FileCheck %s --check-prefix=LLVM
// LLVM-NOT: {{(math|vector|builtin)\.}}
// LLVM: llvm.intr.abs
// LLVM-NOT: {{(math|vector|builtin)\.}}

// CHECK-LABEL: func.func @rows(
// CHECK-SAME: %[[X:.*]]: vector<2x16xi32>
// CHECK: %[[NONE:.*]] = ub.poison : vector<2x16xi32>
// CHECK: %[[ROW0:.*]] = vector.extract %[[X]][0] : vector<16xi32> from vector<2x16xi32>
// CHECK: %[[ABS0:.*]] = math.absi %[[ROW0]] : vector<16xi32>
// CHECK: %[[FIRST:.*]] = vector.insert %[[ABS0]], %[[NONE]] [0]
// CHECK: %[[ROW1:.*]] = vector.extract %[[X]][1] : vector<16xi32> from vector<2x16xi32>
// CHECK: %[[ABS1:.*]] = math.absi %[[ROW1]] : vector<16xi32>
// CHECK: %[[BOTH:.*]] = vector.insert %[[ABS1]], %[[FIRST]] [1]
// CHECK: return %[[BOTH]]
func.func @rows(%x: vector<2x16xi32>) -> vector<2x16xi32> {
  %0 = math.absi %x : vector<2x16xi32>
  return %0 : vector<2x16xi32>
}

// CHECK-LABEL: func.func @bits(
// CHECK-COUNT-2: math.ctlz %{{.*}} : vector<16xi32>
// CHECK-COUNT-2: math.cttz %{{.*}} : vector<16xi32>
func.func @bits(%x: vector<2x16xi32>) -> vector<2x16xi32> {
  %0 = math.ctlz %x : vector<2x16xi32>
  %1 = math.cttz %0 : vector<2x16xi32>
  return %1 : vector<2x16xi32>
}

// Classes of floats, whose result has another type.
// CHECK-LABEL: func.func @classes(
// CHECK-COUNT-2: math.isnan %{{.*}} : vector<16xf32>
// CHECK-COUNT-2: math.isfinite %{{.*}} : vector<16xf32>
func.func @classes(%x: vector<2x16xf32>) -> (vector<2x16xi1>, vector<2x16xi1>) {
  %0 = math.isnan %x : vector<2x16xf32>
  %1 = math.isfinite %x : vector<2x16xf32>
  return %0, %1 : vector<2x16xi1>, vector<2x16xi1>
}

// More dimensions come down to one.
// CHECK-LABEL: func.func @cube(
// CHECK-COUNT-4: math.absi %{{.*}} : vector<8xi32>
// CHECK-NOT: math.absi
func.func @cube(%x: vector<2x2x8xi32>) -> vector<2x2x8xi32> {
  %0 = math.absi %x : vector<2x2x8xi32>
  return %0 : vector<2x2x8xi32>
}

// One dimension, numbers and what LLVM's conversion unrolls itself stay.
// CHECK-LABEL: func.func @others(
// CHECK-NEXT: math.absi %{{.*}} : vector<16xi32>
// CHECK-NEXT: math.absi %{{.*}} : i32
// CHECK-NEXT: math.ctpop %{{.*}} : vector<2x16xi32>
// CHECK-NEXT: return
func.func @others(%x: vector<16xi32>, %n: i32, %y: vector<2x16xi32>) -> (vector<16xi32>, i32, vector<2x16xi32>) {
  %0 = math.absi %x : vector<16xi32>
  %1 = math.absi %n : i32
  %2 = math.ctpop %y : vector<2x16xi32>
  return %0, %1, %2 : vector<16xi32>, i32, vector<2x16xi32>
}
