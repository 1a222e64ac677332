// One case for each branch of each numbered constraint of the dialect's
// operations (HopperOps.td), named by its number.

// RUN: fa3-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// Any operation
//===----------------------------------------------------------------------===//

// A misspelt attribute.
func.func @misspelt() {
  // expected-error @+1 {{but got 'ofset'; its own are 'barriers', 'offset'; did you mean 'offset'?}}
  %0 = hopper.create_channel {ofset = 0 : i64} : <2 x 176x128xf16>
  return
}

// -----

//===----------------------------------------------------------------------===//
// hopper.load_tile
//===----------------------------------------------------------------------===//

// Constraint 1: an index for each dimension of a buffer.
func.func @load_tile_c1_buffer(%k: memref<?x?x16x128xf16>, %i: index) {
  // expected-error @+1 {{expected 4 indices, but got 3}}
  %0 = hopper.load_tile %k[%i, %i, %i] {row_dim = 1 : i64}
      : memref<?x?x16x128xf16> -> !hopper.shared_tile<176x128xf16>
  return
}

// -----

// Constraint 1: at least 2 coordinates of a tensor map.
!map = !nvgpu.tensormap.descriptor<tensor = memref<176x64xf16, 3>, swizzle = swizzle_128b, l2promo = none, oob = zero, interleave = none>
func.func @load_tile_c1_few(%map: !map, %i: index) {
  // expected-error @+1 {{expected 2 to 5 coordinates, but got 1}}
  %0 = hopper.load_tile %map[%i] : !map -> !hopper.shared_tile<176x128xf16>
  return
}

// -----

// Constraint 1: at most 5 coordinates of a tensor map.
!map = !nvgpu.tensormap.descriptor<tensor = memref<176x64xf16, 3>, swizzle = swizzle_128b, l2promo = none, oob = zero, interleave = none>
func.func @load_tile_c1_many(%map: !map, %i: index) {
  // expected-error @+1 {{expected 2 to 5 coordinates, but got 6}}
  %0 = hopper.load_tile %map[%i, %i, %i, %i, %i, %i] : !map -> !hopper.shared_tile<176x128xf16>
  return
}

// -----

// Constraint 2: global memory.
func.func @load_tile_c2_space(%k: memref<?x128xf16, 3>, %i: index) {
  // expected-error @+1 {{expected a buffer in the default memory space, but got 'memref<?x128xf16, 3>'}}
  %0 = hopper.load_tile %k[%i, %i] {row_dim = 0 : i64}
      : memref<?x128xf16, 3> -> !hopper.shared_tile<176x128xf16>
  return
}

// -----

// Constraint 2: the last stride is 1.
func.func @load_tile_c2_stride(%k: memref<?x128xf16, strided<[256, 2]>>, %i: index) {
  // expected-error @+1 {{expected a buffer of rank 2 or more whose last stride is 1, but got 'memref<?x128xf16, strided<[256, 2]>>'}}
  %0 = hopper.load_tile %k[%i, %i] {row_dim = 0 : i64}
      : memref<?x128xf16, strided<[256, 2]>> -> !hopper.shared_tile<176x128xf16>
  return
}

// -----

// Constraint 2: there are strides.
#map = affine_map<(d0, d1) -> (d0 floordiv 4, d1, d0 mod 4)>
func.func @load_tile_c2_layout(%k: memref<8x128xf16, #map>, %i: index) {
  // expected-error @+1 {{expected a buffer of rank 2 or more whose last stride is 1}}
  %0 = hopper.load_tile %k[%i, %i] {row_dim = 0 : i64}
      : memref<8x128xf16, #map> -> !hopper.shared_tile<8x128xf16>
  return
}

// -----

// Constraint 2: rows and columns.
func.func @load_tile_c2_rank(%k: memref<128xf16>, %i: index) {
  // expected-error @+1 {{expected a buffer of rank 2 or more whose last stride is 1, but got 'memref<128xf16>'}}
  %0 = hopper.load_tile %k[%i] {row_dim = 0 : i64}
      : memref<128xf16> -> !hopper.shared_tile<8x128xf16>
  return
}

// -----

// Constraint 3: row_dim stands with a buffer.
func.func @load_tile_c3_missing(%k: memref<?x128xf16>, %i: index) {
  // expected-error @+1 {{expected a row_dim with a buffer}}
  %0 = hopper.load_tile %k[%i, %i] : memref<?x128xf16> -> !hopper.shared_tile<176x128xf16>
  return
}

// -----

// Constraint 3: row_dim does not stand with a tensor map.
!map = !nvgpu.tensormap.descriptor<tensor = memref<176x64xf16, 3>, swizzle = swizzle_128b, l2promo = none, oob = zero, interleave = none>
func.func @load_tile_c3_tensor_map(%map: !map, %i: index) {
  // expected-error @+1 {{expected no row_dim with a tensor map}}
  %0 = hopper.load_tile %map[%i, %i] {row_dim = 1 : i64} : !map -> !hopper.shared_tile<176x128xf16>
  return
}

// -----

// Constraint 3: row_dim is not the last dimension.
func.func @load_tile_c3_last(%k: memref<?x128xf16>, %i: index) {
  // expected-error @+1 {{expected row_dim between 0 and 0, but got 1}}
  %0 = hopper.load_tile %k[%i, %i] {row_dim = 1 : i64}
      : memref<?x128xf16> -> !hopper.shared_tile<176x128xf16>
  return
}

// -----

// Constraint 3: row_dim is a dimension.
func.func @load_tile_c3_negative(%k: memref<?x?x128xf16>, %i: index) {
  // expected-error @+1 {{expected row_dim between 0 and 1, but got -1}}
  %0 = hopper.load_tile %k[%i, %i, %i] {row_dim = -1 : i64}
      : memref<?x?x128xf16> -> !hopper.shared_tile<176x128xf16>
  return
}

// -----

// Constraint 4: element types.
func.func @load_tile_c4_element(%k: memref<?x128xf16>, %i: index) {
  // expected-error @+1 {{expected elements of type 'f16', but got 'bf16'}}
  %0 = hopper.load_tile %k[%i, %i] {row_dim = 0 : i64}
      : memref<?x128xf16> -> !hopper.shared_tile<176x128xbf16>
  return
}

// -----

// Constraint 4: width.
func.func @load_tile_c4_width(%k: memref<?x128xf16>, %i: index) {
  // expected-error @+1 {{expected a tile of 128 columns, but got 64}}
  %0 = hopper.load_tile %k[%i, %i] {row_dim = 0 : i64}
      : memref<?x128xf16> -> !hopper.shared_tile<176x64xf16>
  return
}

// -----

// Constraint 4: a width that is not known.
func.func @load_tile_c4_dynamic(%k: memref<?x?xf16>, %i: index) {
  // expected-error @+1 {{expected a static last dimension, but got 'memref<?x?xf16>'}}
  %0 = hopper.load_tile %k[%i, %i] {row_dim = 0 : i64}
      : memref<?x?xf16> -> !hopper.shared_tile<176x64xf16>
  return
}

// -----

// Constraint 5: swizzle.
!map = !nvgpu.tensormap.descriptor<tensor = memref<176x64xf16, 3>, swizzle = none, l2promo = none, oob = zero, interleave = none>
func.func @load_tile_c5_swizzle(%map: !map, %i: index) {
  // expected-error @+1 {{expected a tensor map swizzled by 128 bytes, but got '!nvgpu.tensormap.descriptor<tensor = memref<176x64xf16, 3>, swizzle = none}}
  %0 = hopper.load_tile %map[%i, %i] : !map -> !hopper.shared_tile<176x128xf16>
  return
}

// -----

// Constraint 5: the box's rows.
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = none, oob = zero, interleave = none>
func.func @load_tile_c5_rows(%map: !map, %i: index) {
  // expected-error @+1 {{expected a tensor map with a box of 176x64 elements of type 'f16', but got 'memref<128x64xf16, 3>'}}
  %0 = hopper.load_tile %map[%i, %i] : !map -> !hopper.shared_tile<176x128xf16>
  return
}

// -----

// Constraint 5: the columns of one slab.
!map = !nvgpu.tensormap.descriptor<tensor = memref<176x32xf16, 3>, swizzle = swizzle_128b, l2promo = none, oob = zero, interleave = none>
func.func @load_tile_c5_columns(%map: !map, %i: index) {
  // expected-error @+1 {{expected a tensor map with a box of 176x64 elements of type 'f16', but got 'memref<176x32xf16, 3>'}}
  %0 = hopper.load_tile %map[%i, %i] : !map -> !hopper.shared_tile<176x128xf16>
  return
}

// -----

// Constraint 5: the box's elements.
!map = !nvgpu.tensormap.descriptor<tensor = memref<176x64xbf16, 3>, swizzle = swizzle_128b, l2promo = none, oob = zero, interleave = none>
func.func @load_tile_c5_element(%map: !map, %i: index) {
  // expected-error @+1 {{expected a tensor map with a box of 176x64 elements of type 'f16', but got 'memref<176x64xbf16, 3>'}}
  %0 = hopper.load_tile %map[%i, %i] : !map -> !hopper.shared_tile<176x128xf16>
  return
}

// -----

// Constraint 5: the box's rank.
!map = !nvgpu.tensormap.descriptor<tensor = memref<1x176x64xf16, 3>, swizzle = swizzle_128b, l2promo = none, oob = zero, interleave = none>
func.func @load_tile_c5_rank(%map: !map, %i: index) {
  // expected-error @+1 {{expected a tensor map with a box of 176x64 elements of type 'f16', but got 'memref<1x176x64xf16, 3>'}}
  %0 = hopper.load_tile %map[%i, %i] : !map -> !hopper.shared_tile<176x128xf16>
  return
}

// -----

//===----------------------------------------------------------------------===//
// hopper.create_channel
//===----------------------------------------------------------------------===//

// Constraint 1: the swizzle's period.
func.func @create_channel_c1_offset() {
  // expected-error @+1 {{expected an offset that is a multiple of 1024, but got 512}}
  %0 = hopper.create_channel {offset = 512 : i64} : !hopper.channel<2 x 64x64xf16>
  return
}

// -----

// Constraint 1: the size of a barrier.
func.func @create_channel_c1_barriers() {
  // expected-error @+1 {{expected barriers at a multiple of 8, but got 4}}
  %0 = hopper.create_channel {barriers = 4 : i64} : !hopper.channel<2 x 64x64xf16>
  return
}

// -----

// Constraint 1: in shared memory.
func.func @create_channel_c1_negative_offset() {
  // expected-error @+1 {{expected an offset that is a multiple of 1024, but got -1024}}
  %0 = hopper.create_channel {offset = -1024 : i64} : !hopper.channel<2 x 64x64xf16>
  return
}

// -----

// Constraint 1: in shared memory.
func.func @create_channel_c1_negative_barriers() {
  // expected-error @+1 {{expected barriers at a multiple of 8, but got -8}}
  %0 = hopper.create_channel {barriers = -8 : i64} : !hopper.channel<2 x 64x64xf16>
  return
}

// -----

//===----------------------------------------------------------------------===//
// hopper.acquire
//===----------------------------------------------------------------------===//

// Constraint 1: the channel's tile.
func.func @acquire_c1(%c: !hopper.channel<2 x 64x64xf16>) {
  // expected-error @+1 {{expected a tile of type '!hopper.shared_tile<64x64xf16>' as the channel has, but got '!hopper.shared_tile<64x128xf16>'}}
  %0 = hopper.acquire %c expect 16384 : !hopper.channel<2 x 64x64xf16> -> !hopper.shared_tile<64x128xf16>
  return
}

// -----

// Constraint 2: the bytes of the tile, here two slabs of which the second one is
// padded.
func.func @acquire_c2(%c: !hopper.channel<2 x 64x72xf16>) {
  // expected-error @+1 {{expected the 16384 bytes of the tile, or 0, but got 9216}}
  %0 = hopper.acquire %c expect 9216 : !hopper.channel<2 x 64x72xf16> -> !hopper.shared_tile<64x72xf16>
  return
}

// -----

// Constraint 3: slot and phase.
func.func @acquire_c3(%c: !hopper.channel<2 x 64x64xf16>, %slot: i32) {
  // expected-error @+1 {{expected slot and phase together or neither}}
  %0 = "hopper.acquire"(%c, %slot) <{bytes = 8192 : i64, operandSegmentSizes = array<i32: 1, 1, 0>}>
      : (!hopper.channel<2 x 64x64xf16>, i32) -> !hopper.shared_tile<64x64xf16>
  return
}

// -----

//===----------------------------------------------------------------------===//
// hopper.wait
//===----------------------------------------------------------------------===//

// Constraint 1: the channel's tile.
func.func @wait_c1(%c: !hopper.channel<2 x 64x64xf16>) {
  // expected-error @+1 {{expected a tile of type '!hopper.shared_tile<64x64xf16>' as the channel has, but got '!hopper.shared_tile<64x64xbf16>'}}
  %0 = hopper.wait %c : !hopper.channel<2 x 64x64xf16> -> !hopper.shared_tile<64x64xbf16>
  return
}

// -----

// Constraint 2: slot and phase.
func.func @wait_c2(%c: !hopper.channel<2 x 64x64xf16>, %phase: i32) {
  // expected-error @+1 {{expected slot and phase together or neither}}
  %0 = "hopper.wait"(%c, %phase) <{operandSegmentSizes = array<i32: 1, 0, 1>}>
      : (!hopper.channel<2 x 64x64xf16>, i32) -> !hopper.shared_tile<64x64xf16>
  return
}

// -----

//===----------------------------------------------------------------------===//
// hopper.release
//===----------------------------------------------------------------------===//

// Constraint 1: the channel's tile.
func.func @release_c1(%c: !hopper.channel<2 x 64x64xf16>, %t: !hopper.shared_tile<8x64xf16>) {
  // expected-error @+1 {{expected a tile of type '!hopper.shared_tile<64x64xf16>' as the channel has, but got '!hopper.shared_tile<8x64xf16>'}}
  hopper.release %t to %c : !hopper.shared_tile<8x64xf16>, !hopper.channel<2 x 64x64xf16>
  return
}

// -----

//===----------------------------------------------------------------------===//
// hopper.tma_load
//===----------------------------------------------------------------------===//

// Constraint 1: the box.
!map = !nvgpu.tensormap.descriptor<tensor = memref<8x64xf16, 3>, swizzle = swizzle_128b, l2promo = none, oob = zero, interleave = none>
func.func @tma_load_c1_box(%map: !map, %i: index, %t: !hopper.shared_tile<64x64xf16>,
                           %c: !hopper.channel<2 x 64x64xf16>) {
  // expected-error @+1 {{expected a tensor map with a box of 64x64 elements of type 'f16', but got 'memref<8x64xf16, 3>'}}
  hopper.tma_load %map[%i, %i] into %t of %c : !map, !hopper.shared_tile<64x64xf16>, !hopper.channel<2 x 64x64xf16>
  return
}

// -----

// Constraint 1: the swizzle.
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_64b, l2promo = none, oob = zero, interleave = none>
func.func @tma_load_c1_swizzle(%map: !map, %i: index, %t: !hopper.shared_tile<64x64xf16>,
                               %c: !hopper.channel<2 x 64x64xf16>) {
  // expected-error @+1 {{expected a tensor map swizzled by 128 bytes, but got}}
  hopper.tma_load %map[%i, %i] into %t of %c : !map, !hopper.shared_tile<64x64xf16>, !hopper.channel<2 x 64x64xf16>
  return
}

// -----

// Constraint 2: coordinates.
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = none, oob = zero, interleave = none>
func.func @tma_load_c2(%map: !map, %i: index, %t: !hopper.shared_tile<64x64xf16>,
                       %c: !hopper.channel<2 x 64x64xf16>) {
  // expected-error @+1 {{expected 2 to 5 coordinates, but got 1}}
  hopper.tma_load %map[%i] into %t of %c : !map, !hopper.shared_tile<64x64xf16>, !hopper.channel<2 x 64x64xf16>
  return
}

// -----

// Constraint 3: the channel's tile.
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = none, oob = zero, interleave = none>
func.func @tma_load_c3(%map: !map, %i: index, %t: !hopper.shared_tile<64x64xf16>,
                       %c: !hopper.channel<2 x 64x128xf16>) {
  // expected-error @+1 {{expected a tile of type '!hopper.shared_tile<64x128xf16>' as the channel has, but got '!hopper.shared_tile<64x64xf16>'}}
  hopper.tma_load %map[%i, %i] into %t of %c : !map, !hopper.shared_tile<64x64xf16>, !hopper.channel<2 x 64x128xf16>
  return
}

// -----

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
// hopper.warp_specialize
//===----------------------------------------------------------------------===//

// Constraint 1: at least one consumer.
func.func @warp_specialize_c1_none() {
  // expected-error @+1 {{expected 1 to 7 consumers, but got 0}}
  hopper.warp_specialize consumers(0) registers(24, 240) producer {
  } consumer {
  }
  return
}

// -----

// Constraint 1: at most 1024 threads.
func.func @warp_specialize_c1_many() {
  // expected-error @+1 {{expected 1 to 7 consumers, but got 8}}
  hopper.warp_specialize consumers(8) registers(24, 24) producer {
  } consumer {
  }
  return
}

// -----

// Constraint 2: at least 24 registers.
func.func @warp_specialize_c2_few() {
  // expected-error @+1 {{expected registers to be a multiple of 8 between 24 and 256, but got 16}}
  hopper.warp_specialize consumers(1) registers(16, 240) producer {
  } consumer {
  }
  return
}

// -----

// Constraint 2: at most 256 registers.
func.func @warp_specialize_c2_many() {
  // expected-error @+1 {{expected registers to be a multiple of 8 between 24 and 256, but got 264}}
  hopper.warp_specialize consumers(1) registers(24, 264) producer {
  } consumer {
  }
  return
}

// -----

// Constraint 2: a multiple of 8.
func.func @warp_specialize_c2_multiple() {
  // expected-error @+1 {{expected registers to be a multiple of 8 between 24 and 256, but got 242}}
  hopper.warp_specialize consumers(1) registers(24, 242) producer {
  } consumer {
  }
  return
}

// -----

// Constraint 2: the register file, 128 · (32 + 2 · 248).
func.func @warp_specialize_c2_file() {
  // expected-error @+1 {{expected at most 65536 registers in a block, but got 67584}}
  hopper.warp_specialize consumers(2) registers(32, 248) producer {
  } consumer {
  }
  return
}

// -----

// Constraint 3: the producer does not wait for a slot that it does not fill.
func.func @warp_specialize_c3_wait(%c: !hopper.channel<1 x 64x64xf16>) {
  hopper.warp_specialize consumers(1) registers(24, 240) producer {
    // expected-error @+1 {{cannot run in the producer role, which does not fill the channel}}
    %t = hopper.wait %c : !hopper.channel<1 x 64x64xf16> -> !hopper.shared_tile<64x64xf16>
  } consumer {
  }
  return
}

// -----

// Constraint 3: the producer does not release a slot that it does not fill.
func.func @warp_specialize_c3_release(%c: !hopper.channel<1 x 64x64xf16>, %t: !hopper.shared_tile<64x64xf16>) {
  hopper.warp_specialize consumers(1) registers(24, 240) producer {
    // expected-error @+1 {{cannot run in the producer role, which does not fill the channel}}
    hopper.release %t to %c : !hopper.shared_tile<64x64xf16>, !hopper.channel<1 x 64x64xf16>
  } consumer {
  }
  return
}

// -----

// Constraint 3: the producer does not wait for what a consumer waits for.
func.func @warp_specialize_c3_both(%c: !hopper.channel<1 x 64x64xf16>) {
  hopper.warp_specialize consumers(1) registers(24, 240) producer {
    %s = hopper.acquire %c expect 8192 : !hopper.channel<1 x 64x64xf16> -> !hopper.shared_tile<64x64xf16>
    // expected-error @+1 {{cannot run in the producer role, as the consumers wait for the channel}}
    %t = hopper.wait %c : !hopper.channel<1 x 64x64xf16> -> !hopper.shared_tile<64x64xf16>
  } consumer {
    // expected-note @+1 {{they do here}}
    %t = hopper.wait %c : !hopper.channel<1 x 64x64xf16> -> !hopper.shared_tile<64x64xf16>
  }
  return
}

// -----

// Constraint 3: the producer does not multiply, in a loop either.
func.func @warp_specialize_c3_wgmma(%t: !hopper.shared_tile<64x64xf16>, %i: index) {
  hopper.warp_specialize consumers(1) registers(24, 240) producer {
    scf.for %j = %i to %i step %i {
      // expected-error @+1 {{cannot run in the producer role}}
      %p = hopper.wgmma %t, %t : !hopper.shared_tile<64x64xf16>, !hopper.shared_tile<64x64xf16>
          -> !hopper.pending<vector<64x64xf32>>
    }
  } consumer {
  }
  return
}

// -----

// Constraint 3: nor does it wait for a product.
func.func @warp_specialize_c3_wgmma_wait(%p: !hopper.pending<vector<64x64xf32>>) {
  hopper.warp_specialize consumers(1) registers(24, 240) producer {
    // expected-error @+1 {{cannot run in the producer role}}
    %s = hopper.wgmma_wait %p : !hopper.pending<vector<64x64xf32>>
  } consumer {
  }
  return
}

// -----

// Constraint 3: on the thread level as well.
func.func @warp_specialize_c3_thread_wgmma(%t: !hopper.shared_tile<64x16xf16>, %r: !hopper.shared_tile<16x8xf16>, %row: i32) {
  hopper.warp_specialize consumers(1) registers(24, 240) producer {
    // expected-error @+1 {{cannot run in the producer role}}
    %s:4 = hopper.thread_wgmma %t, %r, %row
        {depth = 16 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>}
        : (!hopper.shared_tile<64x16xf16>, !hopper.shared_tile<16x8xf16>, i32) -> (f32, f32, f32, f32)
  } consumer {
  }
  return
}

// -----

// Constraint 3: on the thread level as well.
func.func @warp_specialize_c3_thread_wgmma_wait(%f: f32) {
  hopper.warp_specialize consumers(1) registers(24, 240) producer {
    // expected-error @+1 {{cannot run in the producer role}}
    %s = hopper.thread_wgmma_wait %f groups 0 : f32
  } consumer {
  }
  return
}

// -----

// Constraint 3: the producer has no turn.
func.func @warp_specialize_c3_turn_wait() {
  hopper.warp_specialize consumers(2) registers(24, 240) producer {
    // expected-error @+1 {{cannot run in the producer role}}
    hopper.turn_wait
  } consumer {
  }
  return
}

// -----

// Constraint 3: the producer has no turn.
func.func @warp_specialize_c3_turn_pass() {
  hopper.warp_specialize consumers(2) registers(24, 240) producer {
    // expected-error @+1 {{cannot run in the producer role}}
    hopper.turn_pass
  } consumer {
  }
  return
}

// -----

// Constraint 3: consumers acquire no slot.
func.func @warp_specialize_c3_acquire(%c: !hopper.channel<1 x 64x64xf16>) {
  hopper.warp_specialize consumers(1) registers(24, 240) producer {
  } consumer {
    // expected-error @+1 {{cannot run in the consumer role}}
    %t = hopper.acquire %c expect 8192 : !hopper.channel<1 x 64x64xf16> -> !hopper.shared_tile<64x64xf16>
  }
  return
}

// -----

// Constraint 3: consumers copy nothing.
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = none, oob = zero, interleave = none>
func.func @warp_specialize_c3_tma_load(%map: !map, %i: index, %t: !hopper.shared_tile<64x64xf16>,
                                       %c: !hopper.channel<2 x 64x64xf16>) {
  hopper.warp_specialize consumers(1) registers(24, 240) producer {
  } consumer {
    // expected-error @+1 {{cannot run in the consumer role}}
    hopper.tma_load %map[%i, %i] into %t of %c : !map, !hopper.shared_tile<64x64xf16>, !hopper.channel<2 x 64x64xf16>
  }
  return
}

// -----

// Constraint 3: roles have no roles.
func.func @warp_specialize_c3_nested() {
  hopper.warp_specialize consumers(1) registers(24, 240) producer {
  } consumer {
    // expected-error @+1 {{cannot run in the consumer role}}
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
    } consumer {
    }
  }
  return
}

// -----

// hopper.end ends a role and nothing else.
func.func @end() {
  // expected-error @+1 {{expects parent op 'hopper.warp_specialize'}}
  hopper.end
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

// -----

// hopper.load_tile, constraint 6: together.
func.func @load_tile_c6_alone(%k: memref<?x?x16x128xf16>, %i: index) {
  // expected-error @+1 {{expected group_dim and group together or neither}}
  %0 = hopper.load_tile %k[%i, %i, %i, %i] {row_dim = 1 : i64, group = 8 : i64} : memref<?x?x16x128xf16> -> !hopper.shared_tile<64x128xf16>
  return
}

// -----

// hopper.load_tile, constraint 6: a dimension of its own.
func.func @load_tile_c6_dim(%k: memref<?x?x16x128xf16>, %i: index) {
  // expected-error @+1 {{expected group_dim between 0 and 2 and not the row_dim 1, but got 1}}
  %0 = hopper.load_tile %k[%i, %i, %i, %i] {row_dim = 1 : i64, group_dim = 1 : i64, group = 8 : i64} : memref<?x?x16x128xf16> -> !hopper.shared_tile<64x128xf16>
  return
}

// -----

// hopper.load_tile, constraint 6: a divisor.
func.func @load_tile_c6_group(%k: memref<?x?x16x128xf16>, %i: index) {
  // expected-error @+1 {{expected a group that divides the 64 rows of the tile, but got 7}}
  %0 = hopper.load_tile %k[%i, %i, %i, %i] {row_dim = 1 : i64, group_dim = 2 : i64, group = 7 : i64} : memref<?x?x16x128xf16> -> !hopper.shared_tile<64x128xf16>
  return
}

// -----

// hopper.load_tile, constraint 6: not through a tensor map.
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
func.func @load_tile_c6_map(%map: !map, %i: index) {
  // expected-error @+1 {{expected no group_dim and group with a tensor map}}
  %0 = hopper.load_tile %map[%i, %i] {group_dim = 1 : i64, group = 8 : i64} : !map -> !hopper.shared_tile<64x64xf16>
  return
}

// -----

// hopper.transpose_tile
// Constraint 1: elements of 8 bits.
func.func @transpose_tile_c1(%t: !hopper.shared_tile<64x32xf16>) {
  // expected-error @+1 {{expected elements of 8 bits, of the same type in both tiles, but got 'f16' and 'f16'}}
  %0 = hopper.transpose_tile %t : !hopper.shared_tile<64x32xf16> -> !hopper.shared_tile<32x64xf16>
  return
}

// -----

// Constraint 2: rows become columns.
func.func @transpose_tile_c2(%t: !hopper.shared_tile<64x32xf8E4M3FN>) {
  // expected-error @+1 {{expected a tile of 32x64, but got 64x32}}
  %0 = hopper.transpose_tile %t : !hopper.shared_tile<64x32xf8E4M3FN> -> !hopper.shared_tile<64x32xf8E4M3FN>
  return
}

// -----

// Constraint 3: whole steps.
func.func @transpose_tile_c3(%t: !hopper.shared_tile<48x32xf8E4M3FN>) {
  // expected-error @+1 {{expected a source of a multiple of 32 rows and of 16 columns, not interleaved and without row_sums, but got '!hopper.shared_tile<48x32xf8E4M3FN>'}}
  %0 = hopper.transpose_tile %t : !hopper.shared_tile<48x32xf8E4M3FN> -> !hopper.shared_tile<32x48xf8E4M3FN>
  return
}

// -----

// hopper.transpose
// Constraint 1: the tiles are as of transpose_tile.
func.func @transpose_c1(%t: !hopper.shared_tile<64x32xf8E4M3FN>, %s: !hopper.shared_tile<64x32xf8E4M3FN>, %c: !hopper.channel<1 x 64x32xf8E4M3FN>) {
  // expected-error @+1 {{expected a tile of 32x64, but got 64x32}}
  hopper.transpose %t into %s of %c : !hopper.shared_tile<64x32xf8E4M3FN>, !hopper.shared_tile<64x32xf8E4M3FN>, !hopper.channel<1 x 64x32xf8E4M3FN>
  return
}

// -----

// Constraint 2: the tile is of the channel's type.
func.func @transpose_c2(%t: !hopper.shared_tile<64x32xf8E4M3FN>, %s: !hopper.shared_tile<32x64xf8E4M3FN>, %c: !hopper.channel<1 x 32x64xf8E4M3FN, interleaved>) {
  // expected-error @+1 {{expected a tile of type '!hopper.shared_tile<32x64xf8E4M3FN, interleaved>' as the channel has, but got '!hopper.shared_tile<32x64xf8E4M3FN>'}}
  hopper.transpose %t into %s of %c : !hopper.shared_tile<64x32xf8E4M3FN>, !hopper.shared_tile<32x64xf8E4M3FN>, !hopper.channel<1 x 32x64xf8E4M3FN, interleaved>
  return
}

// -----

// hopper.wgmma, constraint 4: steps of 32 for 8 bits.
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

// hopper.thread_wgmma, constraint 6.
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

// The constants are not announced.
func.func @sums_announced() {
  %c = hopper.create_channel : !hopper.channel<2 x 72x64xf8E4M3FN, interleaved, row_sums>
  // expected-error @+1 {{expected the 8192 bytes of the tile, or 0, but got 9216}}
  %s = hopper.acquire %c expect 9216 : !hopper.channel<2 x 72x64xf8E4M3FN, interleaved, row_sums> -> !hopper.shared_tile<72x64xf8E4M3FN, interleaved, row_sums>
  return
}

// -----

func.func @sums_transposed(%v: !hopper.shared_tile<64x64xf8E4M3FN>) {
  // expected-error @+1 {{expected a tile of 64x64, but got 56x64}}
  %t = hopper.transpose_tile %v : !hopper.shared_tile<64x64xf8E4M3FN> -> !hopper.shared_tile<64x64xf8E4M3FN, interleaved, row_sums>
  return
}

// -----

func.func @sums_in_groups(%b: memref<?x?x64xf8E4M3FN>, %i: index) {
  // expected-error @+1 {{expected no groups in a tile with row_sums, but got 4}}
  %t = hopper.load_tile %b[%i, %i, %i] {row_dim = 0 : i64, group_dim = 1 : i64, group = 4 : i64} : memref<?x?x64xf8E4M3FN> -> !hopper.shared_tile<72x64xf8E4M3FN, row_sums>
  return
}
