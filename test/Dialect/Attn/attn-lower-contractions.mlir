// RUN: fa3-opt %s --attn-lower-contractions --canonicalize --split-input-file --verify-diagnostics | FileCheck %s

#mk = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>

// Rows of the second operand are read where the transfer would read them, and
// those beyond the end not at all.
// CHECK-LABEL: func @transposed_read(
//  CHECK-SAME:     %[[Q:.*]]: vector<2x32xf16>, %[[K:.*]]: memref<?x32xf16>
func.func @transposed_read(%q: vector<2x32xf16>, %k: memref<?x32xf16>, %acc: vector<2x8xf32>, %row: index) -> vector<2x8xf32> {
  // CHECK-NOT: vector.transfer_read
  // CHECK-DAG: %[[RESULT:.*]] = memref.alloca() {alignment = 64 : i64} : memref<2x8xf32>
  // CHECK-DAG: %[[COPY:.*]] = memref.alloca() {alignment = 64 : i64} : memref<2x32xf32>
  // CHECK-DAG: arith.extf %[[Q]] : vector<2x32xf16> to vector<2x32xf32>
  // CHECK-DAG: %[[END:.*]] = memref.dim %[[K]]
  // CHECK: %[[LEFT:.*]] = arith.subi %[[END]], %[[ROW:.*]] : index
  // CHECK: %[[ROWS:.*]] = arith.minsi %[[LEFT]]
  // CHECK: scf.for %[[N:.*]] = %{{.*}} to %[[ROWS]]
  // CHECK:   scf.for %[[D:.*]] = %{{.*}} iter_args({{.*}}) -> (vector<16xf32>, vector<16xf32>)
  // CHECK:     %[[AT:.*]] = arith.addi %[[ROW]], %[[N]]
  // CHECK:     %[[PART:.*]] = vector.load %[[K]][%[[AT]], %[[D]]] : memref<?x32xf16>, vector<16xf16>
  // CHECK:     arith.extf %[[PART]]
  // CHECK-COUNT-2: vector.fma
  // CHECK-COUNT-2: vector.reduction <add>
  // CHECK: vector.load %[[RESULT]]
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f16
  %keys = vector.transfer_read %k[%row, %c0], %zero {in_bounds = [false, true]} : memref<?x32xf16>, vector<8x32xf16>
  %0 = vector.contract {indexing_maps = [#mk, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %q, %keys, %acc : vector<2x32xf16>, vector<8x32xf16> into vector<2x8xf32>
  return %0 : vector<2x8xf32>
}

// -----

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

// A second operand that is no read goes through a buffer. Rows of 24 elements
// are handled 12 at a time.
// CHECK-LABEL: func @plain(
func.func @plain(%p: vector<2x8xf32>, %v: vector<8x24xf32>, %acc: vector<2x24xf32>) -> vector<2x24xf32> {
  // CHECK: %[[V:.*]] = memref.alloca() {alignment = 64 : i64} : memref<8x24xf32>
  // CHECK-COUNT-8: vector.store %{{.*}}, %[[V]]
  // CHECK: scf.for
  // CHECK:   scf.for {{.*}} -> (vector<12xf32>, vector<12xf32>)
  // CHECK:     vector.load %[[V]]
  // CHECK-COUNT-2: vector.fma
  // CHECK-NOT: vector.contract
  %0 = vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %p, %v, %acc : vector<2x8xf32>, vector<8x24xf32> into vector<2x24xf32>
  return %0 : vector<2x24xf32>
}

// -----

#mk = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>

// A write to memory between the read and the product: the read stays.
// CHECK-LABEL: func @write_between(
func.func @write_between(%q: vector<2x16xf32>, %k: memref<8x16xf32>, %acc: vector<2x8xf32>, %x: f32) -> vector<2x8xf32> {
  // CHECK: vector.transfer_read
  // CHECK: memref.store
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %keys = vector.transfer_read %k[%c0, %c0], %zero {in_bounds = [true, true]} : memref<8x16xf32>, vector<8x16xf32>
  memref.store %x, %k[%c0, %c0] : memref<8x16xf32>
  %0 = vector.contract {indexing_maps = [#mk, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %q, %keys, %acc : vector<2x16xf32>, vector<8x16xf32> into vector<2x8xf32>
  return %0 : vector<2x8xf32>
}

// -----

#mk = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>

// Interleaved columns are put in order in the buffer of the operand, row by row.
// CHECK-LABEL: func @interleaved(
//   CHECK-DAG:   %[[V:.*]] = memref.alloca() {alignment = 64 : i64} : memref<8x16xf32>
// CHECK-COUNT-8: vector.store %{{.*}}, %[[V]]
//       CHECK:   scf.for %[[I:.*]] =
//       CHECK:     %[[ROW:.*]] = vector.load %[[V]][%[[I]], %{{.*}}] : memref<8x16xf32>, vector<16xf32>
//       CHECK:     %[[ORDERED:.*]] = vector.shuffle %[[ROW]], %[[ROW]] [0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15]
//       CHECK:     vector.store %[[ORDERED]], %[[V]][%[[I]]
//       CHECK:   scf.for
//       CHECK:     vector.load %[[V]]
//   CHECK-NOT:   attn.deinterleave
func.func @interleaved(%p: vector<2x16xf32>, %v: vector<8x16xf32>, %acc: vector<2x8xf32>) -> vector<2x8xf32> {
  %ordered = attn.deinterleave %v : vector<8x16xf32>
  %0 = vector.contract {indexing_maps = [#mk, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %p, %ordered, %acc : vector<2x16xf32>, vector<8x16xf32> into vector<2x8xf32>
  return %0 : vector<2x8xf32>
}

// -----

// CHECK-LABEL: func @other(
func.func @other(%a: vector<8xf32>, %b: vector<8xf32>, %acc: f32) -> f32 {
  // CHECK: vector.contract
  // expected-remark @+1 {{not lowered: expected a product of two matrices, as (m, k)}}
  %0 = vector.contract {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> ()>], iterator_types = ["reduction"], kind = #vector.kind<add>} %a, %b, %acc : vector<8xf32>, vector<8xf32> into f32
  return %0 : f32
}

// -----

#mk = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>

// Integers, read in place as well.
// CHECK-LABEL: func @integers(
//       CHECK:   arith.extsi %{{.*}} : vector<2x32xi8> to vector<2x32xi32>
//       CHECK:   %[[PART:.*]] = vector.load %{{.*}} : memref<?x32xi8>, vector<16xi8>
//       CHECK:   arith.extsi %[[PART]] : vector<16xi8> to vector<16xi32>
//       CHECK:   %[[X:.*]] = arith.muli %{{.*}} : vector<16xi32>
//       CHECK:   arith.addi %[[X]], %{{.*}} : vector<16xi32>
//   CHECK-NOT:   vector.fma
func.func @integers(%q: vector<2x32xi8>, %k: memref<?x32xi8>, %acc: vector<2x8xi32>, %row: index) -> vector<2x8xi32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i8
  %keys = vector.transfer_read %k[%row, %c0], %zero {in_bounds = [false, true]} : memref<?x32xi8>, vector<8x32xi8>
  %0 = vector.contract {indexing_maps = [#mk, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %q, %keys, %acc : vector<2x32xi8>, vector<8x32xi8> into vector<2x8xi32>
  return %0 : vector<2x8xi32>
}
