// One case for each branch of each numbered constraint of the operations that
// multiply, wait for products and hold such waits (HopperOps.td), named by its
// number.

// RUN: fa3-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// hopper.wgmma
//===----------------------------------------------------------------------===//

// Constraint 1: K is rhs's rows.
func.func @wgmma_c1_depth(%l: !hopper.shared_tile<64x64xf16>, %r: !hopper.shared_tile<32x64xf16>) {
  // expected-error @+1 {{expected lhs and rhs to have the same inner size, but got 64 and 32}}
  %0 = hopper.wgmma %l, %r : !hopper.shared_tile<64x64xf16>, !hopper.shared_tile<32x64xf16>
      -> !hopper.pending<vector<64x64xf32>>
  return
}

// -----

// Constraint 1: K is rhs's columns with transpose_rhs.
func.func @wgmma_c1_transposed_depth(%l: !hopper.shared_tile<64x64xf16>, %r: !hopper.shared_tile<64x32xf16>) {
  // expected-error @+1 {{expected lhs and rhs to have the same inner size, but got 64 and 32}}
  %0 = hopper.wgmma %l, %r {transpose_rhs} : !hopper.shared_tile<64x64xf16>, !hopper.shared_tile<64x32xf16>
      -> !hopper.pending<vector<64x64xf32>>
  return
}

// -----

// Constraint 1: the result's shape.
func.func @wgmma_c1_result(%l: !hopper.shared_tile<64x64xf16>, %r: !hopper.shared_tile<32x64xf16>) {
  // expected-error @+1 {{expected a result of 64x32xf32, but got 'vector<64x64xf32>'}}
  %0 = hopper.wgmma %l, %r {transpose_rhs} : !hopper.shared_tile<64x64xf16>, !hopper.shared_tile<32x64xf16>
      -> !hopper.pending<vector<64x64xf32>>
  return
}

// -----

// Constraint 1: the result's elements.
func.func @wgmma_c1_element(%t: !hopper.shared_tile<64x64xf16>) {
  // expected-error @+1 {{expected a result of 64x64xf32, but got 'vector<64x64xf16>'}}
  %0 = hopper.wgmma %t, %t : !hopper.shared_tile<64x64xf16>, !hopper.shared_tile<64x64xf16>
      -> !hopper.pending<vector<64x64xf16>>
  return
}

// -----

// Constraint 1: the result's rank.
func.func @wgmma_c1_rank(%t: !hopper.shared_tile<64x64xf16>) {
  // expected-error @+1 {{expected a result of 64x64xf32, but got 'vector<4096xf32>'}}
  %0 = hopper.wgmma %t, %t : !hopper.shared_tile<64x64xf16>, !hopper.shared_tile<64x64xf16>
      -> !hopper.pending<vector<4096xf32>>
  return
}

// -----

// Constraint 1: the accumulator.
func.func @wgmma_c1_accumulator(%t: !hopper.shared_tile<64x64xf16>, %a: vector<64x32xf32>) {
  // expected-error @+1 {{expected an accumulator of type 'vector<64x64xf32>', but got 'vector<64x32xf32>'}}
  %0 = hopper.wgmma %t, %t acc %a : !hopper.shared_tile<64x64xf16>, !hopper.shared_tile<64x64xf16>, vector<64x32xf32>
      -> !hopper.pending<vector<64x64xf32>>
  return
}

// -----

// Constraint 2: M.
func.func @wgmma_c2_rows(%l: !hopper.shared_tile<32x64xf16>, %r: !hopper.shared_tile<64x64xf16>) {
  // expected-error @+1 {{expected a multiple of 64 rows, but got 32}}
  %0 = hopper.wgmma %l, %r : !hopper.shared_tile<32x64xf16>, !hopper.shared_tile<64x64xf16>
      -> !hopper.pending<vector<32x64xf32>>
  return
}

// -----

// Constraint 2: N up to 256.
func.func @wgmma_c2_columns(%l: !hopper.shared_tile<64x64xf16>, %r: !hopper.shared_tile<64x264xf16>) {
  // expected-error @+1 {{expected the columns to be a multiple of 8 between 8 and 256, but got 264}}
  %0 = hopper.wgmma %l, %r : !hopper.shared_tile<64x64xf16>, !hopper.shared_tile<64x264xf16>
      -> !hopper.pending<vector<64x264xf32>>
  return
}

// -----

// Constraint 3: one element type.
func.func @wgmma_c3_mixed(%l: !hopper.shared_tile<64x64xf16>, %r: !hopper.shared_tile<64x64xbf16>) {
  // expected-error @+1 {{expected f16, bf16, f8E4M3FN or i8 on both sides, but got 'f16' and 'bf16'}}
  %0 = hopper.wgmma %l, %r : !hopper.shared_tile<64x64xf16>, !hopper.shared_tile<64x64xbf16>
      -> !hopper.pending<vector<64x64xf32>>
  return
}

// -----

// Constraint 3: types that are multiplied.
func.func @wgmma_c3_element(%t: !hopper.shared_tile<64x64xf8E5M2>) {
  // expected-error @+1 {{expected f16, bf16, f8E4M3FN or i8 on both sides, but got 'f8E5M2' and 'f8E5M2'}}
  %0 = hopper.wgmma %t, %t {transpose_rhs} : !hopper.shared_tile<64x64xf8E5M2>, !hopper.shared_tile<64x64xf8E5M2>
      -> !hopper.pending<vector<64x64xf32>>
  return
}

// -----

// Constraint 4: rows of rhs.
func.func @wgmma_c4_tile(%l: !hopper.shared_tile<64x24xf16>, %r: !hopper.shared_tile<24x64xf16>) {
  // expected-error @+1 {{expected a multiple of 16 rows of rhs, but got 24}}
  %0 = hopper.wgmma %l, %r : !hopper.shared_tile<64x24xf16>, !hopper.shared_tile<24x64xf16>
      -> !hopper.pending<vector<64x64xf32>>
  return
}

// -----

// Constraint 4: columns of a vector.
func.func @wgmma_c4_vector(%l: vector<64x24xf16>, %r: !hopper.shared_tile<64x24xf16>) {
  // expected-error @+1 {{expected a multiple of 16 columns of a vector, but got 24}}
  %0 = hopper.wgmma %l, %r {transpose_rhs} : vector<64x24xf16>, !hopper.shared_tile<64x24xf16>
      -> !hopper.pending<vector<64x64xf32>>
  return
}

// -----

// Constraint 4: steps of 32 for 8 bits.
func.func @wgmma_c4_narrow(%p: vector<64x48xf8E4M3FN>, %v: !hopper.shared_tile<48x32xf8E4M3FN>) {
  // expected-error @+1 {{expected a multiple of 32 rows of rhs, but got 48}}
  %0 = hopper.wgmma %p, %v : vector<64x48xf8E4M3FN>, !hopper.shared_tile<48x32xf8E4M3FN> -> !hopper.pending<vector<64x32xf32>>
  return
}

// -----

// Constraint 5: registers of 8 bits take an interleaved rhs.
func.func @wgmma_c5_vector(%p: vector<64x64xf8E4M3FN>, %v: !hopper.shared_tile<32x64xf8E4M3FN>) {
  // expected-error @+1 {{expected rhs to be interleaved, as lhs is a vector of 8-bit elements}}
  %0 = hopper.wgmma %p, %v {transpose_rhs} : vector<64x64xf8E4M3FN>, !hopper.shared_tile<32x64xf8E4M3FN> -> !hopper.pending<vector<64x32xf32>>
  return
}

// -----

// Constraint 5: a tile takes one that is not.
func.func @wgmma_c5_tile(%p: !hopper.shared_tile<64x64xf8E4M3FN>, %v: !hopper.shared_tile<32x64xf8E4M3FN, interleaved>) {
  // expected-error @+1 {{expected rhs not to be interleaved}}
  %0 = hopper.wgmma %p, %v {transpose_rhs} : !hopper.shared_tile<64x64xf8E4M3FN>, !hopper.shared_tile<32x64xf8E4M3FN, interleaved> -> !hopper.pending<vector<64x32xf32>>
  return
}

// -----

// Constraint 5: nor is lhs.
func.func @wgmma_c5_lhs(%p: !hopper.shared_tile<64x64xf8E4M3FN, interleaved>, %v: !hopper.shared_tile<32x64xf8E4M3FN>) {
  // expected-error @+1 {{expected a tile as lhs not to be interleaved}}
  %0 = hopper.wgmma %p, %v {transpose_rhs} : !hopper.shared_tile<64x64xf8E4M3FN, interleaved>, !hopper.shared_tile<32x64xf8E4M3FN> -> !hopper.pending<vector<64x32xf32>>
  return
}

// -----

// Constraint 1: products of integers are of i32.
func.func @wgmma_c1_integers(%l: !hopper.shared_tile<64x64xi8>, %r: !hopper.shared_tile<64x64xi8>) {
  // expected-error @+1 {{expected a result of 64x64xi32, but got 'vector<64x64xf32>'}}
  %0 = hopper.wgmma %l, %r {transpose_rhs} : !hopper.shared_tile<64x64xi8>, !hopper.shared_tile<64x64xi8>
      -> !hopper.pending<vector<64x64xf32>>
  return
}

// -----

// Constraint 2: N of integers.
func.func @wgmma_c2_integers(%l: !hopper.shared_tile<64x64xi8>, %r: !hopper.shared_tile<40x64xi8>) {
  // expected-error @+1 {{expected the columns to be 8, 24 or a multiple of 16 with elements of type 'i8', but got 40}}
  %0 = hopper.wgmma %l, %r {transpose_rhs} : !hopper.shared_tile<64x64xi8>, !hopper.shared_tile<40x64xi8>
      -> !hopper.pending<vector<64x40xi32>>
  return
}

// -----

func.func @sums_of_transposed(%p: vector<64x64xf8E4M3FN>, %v: !hopper.shared_tile<64x64xf8E4M3FN, interleaved>) {
  // expected-error @+1 {{expected row_sums in the type of a transposed rhs}}
  %r = hopper.wgmma %p, %v {transpose_rhs, row_sums} : vector<64x64xf8E4M3FN>, !hopper.shared_tile<64x64xf8E4M3FN, interleaved> -> !hopper.pending<vector<64x72xf32>>
  return
}

// -----

func.func @sums_of_rows(%p: vector<64x64xf8E4M3FN>, %v: !hopper.shared_tile<64x72xf8E4M3FN, row_sums>) {
  // expected-error @+1 {{expected an rhs without row_sums where it is not transposed}}
  %r = hopper.wgmma %p, %v : vector<64x64xf8E4M3FN>, !hopper.shared_tile<64x72xf8E4M3FN, row_sums> -> !hopper.pending<vector<64x72xf32>>
  return
}

// -----

func.func @sums_of_lhs(%q: !hopper.shared_tile<64x64xf8E4M3FN, row_sums>, %k: !hopper.shared_tile<64x64xf8E4M3FN>) {
  // expected-error @+1 {{expected a tile as lhs to be without row_sums}}
  %r = hopper.wgmma %q, %k {transpose_rhs} : !hopper.shared_tile<64x64xf8E4M3FN, row_sums>, !hopper.shared_tile<64x64xf8E4M3FN> -> !hopper.pending<vector<64x64xf32>>
  return
}

// -----

func.func @sums_and_columns(%p: vector<64x64xf8E4M3FN>, %v: !hopper.shared_tile<64x64xf8E4M3FN>) {
  // expected-error @+1 {{expected a result of 64x72xf32, but got 'vector<64x64xf32>'}}
  %r = hopper.wgmma %p, %v {row_sums} : vector<64x64xf8E4M3FN>, !hopper.shared_tile<64x64xf8E4M3FN> -> !hopper.pending<vector<64x64xf32>>
  return
}

// -----

//===----------------------------------------------------------------------===//
// hopper.wgmma_wait
//===----------------------------------------------------------------------===//

// Constraint 1: the type of the result.
func.func @wgmma_wait_c1(%p: !hopper.pending<vector<64x64xf32>>) {
  // expected-error @+1 {{failed to verify that the result is the vector of the pending value}}
  %0 = "hopper.wgmma_wait"(%p) : (!hopper.pending<vector<64x64xf32>>) -> vector<64x32xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// hopper.thread_wgmma
//===----------------------------------------------------------------------===//

!t = !hopper.shared_tile<64x16xf16>
!r = !hopper.shared_tile<16x8xf16>
!p = vector<2xf16>

// Constraint 1: something is multiplied.
func.func @thread_wgmma_c1_nothing(%r: !r) {
  // expected-error @+1 {{expected either a tile and a row, or packed pairs}}
  %s:4 = hopper.thread_wgmma %r
      {depth = 16 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 0, 0, 1, 0, 0>}
      : (!r) -> (f32, f32, f32, f32)
  return
}

// -----

!t = !hopper.shared_tile<64x16xf16>
!r = !hopper.shared_tile<16x8xf16>
!p = vector<2xf16>

// Constraint 1: not both.
func.func @thread_wgmma_c1_both(%t: !t, %r: !r, %p: !p, %row: i32) {
  // expected-error @+1 {{expected either a tile and a row, or packed pairs}}
  %s:4 = hopper.thread_wgmma %t, %p, %p, %p, %p, %r, %row
      {depth = 16 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 1, 4, 1, 0, 1>}
      : (!t, !p, !p, !p, !p, !r, i32) -> (f32, f32, f32, f32)
  return
}

// -----

!t = !hopper.shared_tile<64x16xf16>
!r = !hopper.shared_tile<16x8xf16>

// Constraint 1: a tile has a row.
func.func @thread_wgmma_c1_row(%t: !t, %r: !r) {
  // expected-error @+1 {{expected either a tile and a row, or packed pairs}}
  %s:4 = hopper.thread_wgmma %t, %r
      {depth = 16 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 0>}
      : (!t, !r) -> (f32, f32, f32, f32)
  return
}

// -----

!r = !hopper.shared_tile<16x8xf16>
!p = vector<2xf16>

// Constraint 1: pairs have no row.
func.func @thread_wgmma_c1_pairs_and_row(%p: !p, %r: !r, %row: i32) {
  // expected-error @+1 {{expected either a tile and a row, or packed pairs}}
  %s:4 = hopper.thread_wgmma %p, %p, %p, %p, %r, %row
      {depth = 16 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 0, 4, 1, 0, 1>}
      : (!p, !p, !p, !p, !r, i32) -> (f32, f32, f32, f32)
  return
}

// -----

!r = !hopper.shared_tile<16x8xf16>
!p = vector<2xf16>

// Constraint 2: n.
func.func @thread_wgmma_c2_n(%p: !p, %r: !r) {
  // expected-error @+1 {{expected n to be a multiple of 8 between 8 and 256, but got 4}}
  %s:2 = hopper.thread_wgmma %p, %p, %p, %p, %r
      {depth = 16 : i64, n = 4 : i64, operandSegmentSizes = array<i32: 0, 4, 1, 0, 0>}
      : (!p, !p, !p, !p, !r) -> (f32, f32)
  return
}

// -----

!r = !hopper.shared_tile<16x8xf16>
!p = vector<2xf16>

// Constraint 2: results.
func.func @thread_wgmma_c2_results(%p: !p, %r: !r) {
  // expected-error @+1 {{expected 4 results, but got 2}}
  %s:2 = hopper.thread_wgmma %p, %p, %p, %p, %r
      {depth = 16 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 0, 4, 1, 0, 0>}
      : (!p, !p, !p, !p, !r) -> (f32, f32)
  return
}

// -----

!r = !hopper.shared_tile<16x8xf16>
!p = vector<2xf16>

// Constraint 2: accumulators.
func.func @thread_wgmma_c2_accumulators(%p: !p, %r: !r, %a: f32) {
  // expected-error @+1 {{expected 4 accumulators or none, but got 1}}
  %s:4 = hopper.thread_wgmma %p, %p, %p, %p, %r, %a
      {depth = 16 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 0, 4, 1, 1, 0>}
      : (!p, !p, !p, !p, !r, f32) -> (f32, f32, f32, f32)
  return
}

// -----

!r = !hopper.shared_tile<16x8xf16>
!p = vector<2xf16>

// Constraint 3: depth.
func.func @thread_wgmma_c3_depth(%p: !p, %r: !r) {
  // expected-error @+1 {{expected depth to be a positive multiple of 8, but got -16}}
  %s:4 = hopper.thread_wgmma %p, %p, %p, %p, %r
      {depth = -16 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 0, 4, 1, 0, 0>}
      : (!p, !p, !p, !p, !r) -> (f32, f32, f32, f32)
  return
}

// -----

!r = !hopper.shared_tile<16x8xf16>
!p = vector<2xf16>

// Constraint 3: packed pairs.
func.func @thread_wgmma_c3_pairs(%p: !p, %r: !r) {
  // expected-error @+1 {{expected 4 packed pairs, but got 3}}
  %s:4 = hopper.thread_wgmma %p, %p, %p, %r
      {depth = 16 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 0, 3, 1, 0, 0>}
      : (!p, !p, !p, !r) -> (f32, f32, f32, f32)
  return
}

// -----

!r = !hopper.shared_tile<16x8xf16>
!p = vector<2xbf16>

// Constraint 4: one element type.
func.func @thread_wgmma_c4_mixed(%p: !p, %r: !r) {
  // expected-error @+1 {{expected f16, bf16, f8E4M3FN or i8 on both sides, but got 'bf16' and 'f16'}}
  %s:4 = hopper.thread_wgmma %p, %p, %p, %p, %r
      {depth = 16 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 0, 4, 1, 0, 0>}
      : (!p, !p, !p, !p, !r) -> (f32, f32, f32, f32)
  return
}

// -----

!t = !hopper.shared_tile<64x16xf8E5M2>
!r = !hopper.shared_tile<8x16xf8E5M2>

// Constraint 4: types that are multiplied.
func.func @thread_wgmma_c4_element(%t: !t, %r: !r, %row: i32) {
  // expected-error @+1 {{expected f16, bf16, f8E4M3FN or i8 on both sides, but got 'f8E5M2' and 'f8E5M2'}}
  %s:4 = hopper.thread_wgmma %t, %r, %row
      {depth = 16 : i64, n = 8 : i64, transpose_rhs, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>}
      : (!t, !r, i32) -> (f32, f32, f32, f32)
  return
}

// -----

!t = !hopper.shared_tile<64x32xf16>
!r = !hopper.shared_tile<16x8xf16>

// Constraint 5: lhs.
func.func @thread_wgmma_c5_lhs(%t: !t, %r: !r, %row: i32) {
  // expected-error @+1 {{expected lhs to have 16 columns, but got 32}}
  %s:4 = hopper.thread_wgmma %t, %r, %row
      {depth = 16 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>}
      : (!t, !r, i32) -> (f32, f32, f32, f32)
  return
}

// -----

!t = !hopper.shared_tile<64x16xf16>
!r = !hopper.shared_tile<8x16xf16>

// Constraint 5: rhs.
func.func @thread_wgmma_c5_rhs(%t: !t, %r: !r, %row: i32) {
  // expected-error @+1 {{expected rhs to be 16x8, but got 8x16}}
  %s:4 = hopper.thread_wgmma %t, %r, %row
      {depth = 16 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>}
      : (!t, !r, i32) -> (f32, f32, f32, f32)
  return
}

// -----

!t = !hopper.shared_tile<64x16xf16>
!r = !hopper.shared_tile<16x8xf16>

// Constraint 5: rhs, transposed.
func.func @thread_wgmma_c5_transposed(%t: !t, %r: !r, %row: i32) {
  // expected-error @+1 {{expected rhs to be 8x16, but got 16x8}}
  %s:4 = hopper.thread_wgmma %t, %r, %row
      {depth = 16 : i64, n = 8 : i64, transpose_rhs, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>}
      : (!t, !r, i32) -> (f32, f32, f32, f32)
  return
}

// -----

// Constraint 6.
func.func @thread_wgmma_c6_tile(%t: !hopper.shared_tile<64x32xf8E4M3FN>, %r: !hopper.shared_tile<8x32xf8E4M3FN, interleaved>, %row: i32) {
  // expected-error @+1 {{expected rhs not to be interleaved: lhs is a tile}}
  %s:4 = hopper.thread_wgmma %t, %r, %row
      {depth = 32 : i64, n = 8 : i64, transpose_rhs, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>}
      : (!hopper.shared_tile<64x32xf8E4M3FN>, !hopper.shared_tile<8x32xf8E4M3FN, interleaved>, i32) -> (f32, f32, f32, f32)
  return
}

// -----

func.func @thread_wgmma_c6_transposed(%t: !hopper.shared_tile<64x32xf8E4M3FN>, %r: !hopper.shared_tile<32x8xf8E4M3FN>, %row: i32) {
  // expected-error @+1 {{expected an 8-bit rhs to be transposed}}
  %s:4 = hopper.thread_wgmma %t, %r, %row
      {depth = 32 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>}
      : (!hopper.shared_tile<64x32xf8E4M3FN>, !hopper.shared_tile<32x8xf8E4M3FN>, i32) -> (f32, f32, f32, f32)
  return
}

// -----

!t = !hopper.shared_tile<64x32xi8>
!r = !hopper.shared_tile<8x32xi8>

// Constraint 2: results of integers.
func.func @thread_wgmma_c2_integers(%t: !t, %r: !r, %row: i32) {
  // expected-error @+1 {{expected results and accumulators of type 'i32', but got 'f32'}}
  %s:4 = hopper.thread_wgmma %t, %r, %row
      {depth = 32 : i64, n = 8 : i64, transpose_rhs, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>}
      : (!t, !r, i32) -> (f32, f32, f32, f32)
  return
}

// -----

//===----------------------------------------------------------------------===//
// hopper.thread_wgmma_wait
//===----------------------------------------------------------------------===//

// Constraint 1: results.
func.func @thread_wgmma_wait_c1(%f: f32) {
  // expected-error @+1 {{failed to verify that all of {pending, results} have same type}}
  %0:2 = "hopper.thread_wgmma_wait"(%f) <{groups = 0 : i64}> : (f32) -> (f32, f32)
  return
}

// -----

// Constraint 2: groups.
func.func @thread_wgmma_wait_c2(%f: f32) {
  // expected-error @+1 {{expected groups between 0 and 7, but got -1}}
  %0 = hopper.thread_wgmma_wait %f groups -1 : f32
  return
}

// -----

//===----------------------------------------------------------------------===//
// hopper.hold
//===----------------------------------------------------------------------===//

// Constraint 1.
func.func @hold_c1() {
  // expected-error @+1 {{expected at least 1 value, but got 0}}
  "hopper.hold"() : () -> ()
  return
}
