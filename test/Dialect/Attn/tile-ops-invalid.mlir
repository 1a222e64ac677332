// One case for each branch of each numbered constraint of the operations on
// tiles (AttnOps.td), named by its number.

// RUN: fa3-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// attn.coordinates
//===----------------------------------------------------------------------===//

// Constraint 1.
func.func @coordinates_c1(%x: index) {
  // expected-error @+1 {{expected dimension 0 or 1, but got 2}}
  %0 = attn.coordinates %x {dimension = 2 : i64} : vector<4x1xindex>
  return
}

// -----

// Constraint 1.
func.func @coordinates_c1_negative(%x: index) {
  // expected-error @+1 {{expected dimension 0 or 1, but got -1}}
  %0 = attn.coordinates %x {dimension = -1 : i64} : vector<4x1xindex>
  return
}

// -----

// Constraint 2: rows.
func.func @coordinates_c2_rows(%x: index) {
  // expected-error @+1 {{expected size 1 in dimension 1 of the result, but got 16}}
  %0 = attn.coordinates %x {dimension = 0 : i64} : vector<4x16xindex>
  return
}

// -----

// Constraint 2: columns.
func.func @coordinates_c2_columns(%x: index) {
  // expected-error @+1 {{expected size 1 in dimension 0 of the result, but got 4}}
  %0 = attn.coordinates %x {dimension = 1 : i64} : vector<4x16xindex>
  return
}

// -----

func.func @coordinates_scalable(%x: index) {
  // expected-error @+1 {{expected vectors of fixed size, but got 'vector<[4]x1xindex>'}}
  %0 = attn.coordinates %x {dimension = 0 : i64} : vector<[4]x1xindex>
  return
}

// -----

func.func @coordinates_rank(%x: index) {
  // expected-error @+1 {{result #0 must be vector of index values of ranks 2}}
  %0 = attn.coordinates %x {dimension = 0 : i64} : vector<4xindex>
  return
}

// -----

//===----------------------------------------------------------------------===//
// attn.ramp
//===----------------------------------------------------------------------===//

// Constraint 1: rows.
func.func @ramp_c1_rows(%base: vector<8x1xf32>) {
  // expected-error @+1 {{expected a base of 4x1, but got 8x1}}
  %0 = attn.ramp %base, %base : vector<8x1xf32> to vector<4x16xf32>
  return
}

// -----

// Constraint 1: columns.
func.func @ramp_c1_columns(%base: vector<4x16xf32>) {
  // expected-error @+1 {{expected a base of 4x1, but got 4x16}}
  %0 = attn.ramp %base, %base : vector<4x16xf32> to vector<4x16xf32>
  return
}

// -----

// Constraint 1: a scalar.
func.func @ramp_c1_scalar(%base: f32) {
  // expected-error @+1 {{expected one row from a base that is a scalar, but got 4}}
  %0 = attn.ramp %base, %base : f32 to vector<4x16xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// attn.band_mask
//===----------------------------------------------------------------------===//

// Constraint 1.
func.func @band_mask_c1(%s: vector<4x16xf32>, %x: index) {
  // expected-error @+1 {{expected at least one of extent, lower and upper}}
  %0 = attn.band_mask %s at(%x, %x) : vector<4x16xf32>
  return
}

// -----

func.func @band_mask_scalable(%s: vector<4x[16]xf32>, %x: index) {
  // expected-error @+1 {{expected vectors of fixed size, but got 'vector<4x[16]xf32>'}}
  %0 = attn.band_mask %s at(%x, %x) extent(%x) : vector<4x[16]xf32>
  return
}

// -----

// Constraint 2.
func.func @band_mask_c2(%s: vector<4x16xf32>, %q: index) {
  // expected-error @+1 {{expected a row_group that divides the 4 rows of the tile, but got 3}}
  %0 = attn.band_mask %s at(%q, %q) upper(%q) {row_group = 3 : i64} : vector<4x16xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// attn.online_softmax
//===----------------------------------------------------------------------===//

// Constraint 1.
func.func @online_softmax_c1(%s: vector<4x16xf32>, %m: vector<16xf32>, %f: f32) {
  // expected-error @+1 {{expected row vectors of 4 elements, but got 16}}
  %0:4 = attn.online_softmax %s, %m, %m factor(%f)
      : vector<4x16xf32>, vector<16xf32>
  return
}

// -----

func.func @online_softmax_scalable(%s: vector<4x16xf32>, %m: vector<[4]xf32>, %f: f32) {
  // expected-error @+1 {{expected vectors of fixed size, but got 'vector<[4]xf32>'}}
  %0:4 = attn.online_softmax %s, %m, %m factor(%f)
      : vector<4x16xf32>, vector<[4]xf32>
  return
}

// -----

// Constraint 2.
func.func @softmax_c2(%s: vector<4x16xf32>, %m: vector<4xf32>, %f: vector<4xf32>) {
  // expected-error @+1 {{expected scaled_maximum with a factor for each row}}
  %p, %m1, %l1, %a = attn.online_softmax %s, %m, %m factor(%f : vector<4xf32>) : vector<4x16xf32>, vector<4xf32>
  return
}

// -----

// Constraint 1, of the factor.
func.func @softmax_c1_factor(%s: vector<4x16xf32>, %m: vector<4xf32>, %f: vector<8xf32>) {
  // expected-error @+1 {{expected factors for 4 rows, but got 'vector<8xf32>'}}
  %p, %m1, %l1, %a = attn.online_softmax %s, %m, %m factor(%f : vector<8xf32>) {scaled_maximum} : vector<4x16xf32>, vector<4xf32>
  return
}

// -----

// Constraint 3.
func.func @softmax_c3(%s: vector<4x16xf32>, %m: vector<4xf32>, %f: f32) {
  // expected-error @+1 {{expected an exponent between -16 and 16, but got 1.700000e+01}}
  %p, %m1, %l1, %a = attn.online_softmax %s, %m, %m factor(%f) {exponent = 17.0 : f32, scaled_maximum} : vector<4x16xf32>, vector<4xf32>
  return
}

// -----

// Constraint 4.
func.func @softmax_c4(%s: vector<4x16xf32>, %m: vector<4xf32>, %f: f32) {
  // expected-error @+1 {{expected either unbounded or scaled_maximum, but got both}}
  %p, %m1, %l1, %a = attn.online_softmax %s, %m, %m factor(%f) unbounded {scaled_maximum} : vector<4x16xf32>, vector<4xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// attn.any_above
//===----------------------------------------------------------------------===//

// Constraint 1.
func.func @any_above_c1(%t: vector<4x2x2xf32>) {
  // expected-error @+1 {{operand #0 must be vector of 32-bit float or f8E4M3FN type values of ranks 1/2, but got 'vector<4x2x2xf32>'}}
  %0 = attn.any_above %t, 256.0 : vector<4x2x2xf32>
  return
}

// -----

func.func @any_above_scalable(%t: vector<[4]xf32>) {
  // expected-error @+1 {{expected vectors of fixed size, but got 'vector<[4]xf32>'}}
  %0 = attn.any_above %t, 256.0 : vector<[4]xf32>
  return
}

// -----

func.func @bound_of_eight_bits(%p: vector<64x32xf8E4M3FN>) -> i1 {
  // expected-error @+1 {{expected a bound that is a positive number of 'f8E4M3FN', but got 4.500000e+02 : f32}}
  %a = attn.any_above %p, 450.0 : vector<64x32xf8E4M3FN>
  return %a : i1
}

// -----

//===----------------------------------------------------------------------===//
// attn.scale_blocks
//===----------------------------------------------------------------------===//

// Constraint 1.
func.func @scale_blocks_c1(%t: vector<4x16xf32>, %s: memref<1x1x1xf32>, %i: index) {
  // expected-error @+1 {{expected dimension 0 or 1, but got 2}}
  %0 = attn.scale_blocks %t by %s[%i, %i] at(%i) {dimension = 2 : i64} : vector<4x16xf32>, memref<1x1x1xf32>
  return
}

// -----

// Constraint 2.
func.func @scale_blocks_c2(%t: vector<4x16xf32>, %s: memref<1x1x1xf32>, %i: index) {
  // expected-error @+1 {{expected a block of at least 1 row, but got 0}}
  %0 = attn.scale_blocks %t by %s[%i, %i] at(%i) {block = 0 : i64, dimension = 1 : i64} : vector<4x16xf32>, memref<1x1x1xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// attn.deinterleave
//===----------------------------------------------------------------------===//

// Constraint 1.
func.func @deinterleave_c1(%v: vector<16x24xf8E4M3FN>) {
  // expected-error @+1 {{expected a multiple of 16 columns, but got 24}}
  %0 = attn.deinterleave %v : vector<16x24xf8E4M3FN>
  return
}

// -----

//===----------------------------------------------------------------------===//
// attn.round
//===----------------------------------------------------------------------===//

// Constraint 1: one shape.
func.func @round_c1(%x: vector<4x16xf32>) {
  // expected-error @+1 {{requires the same shape for all operands and results}}
  %0 = attn.round %x : vector<4x16xf32> to vector<4x8xi8>
  return
}
