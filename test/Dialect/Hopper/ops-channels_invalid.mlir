// One case for each branch of each numbered constraint of the operations that
// fill, pass on and read tiles through channels (HopperOps.td), named by its
// number.

// RUN: fa3-opt %s --split-input-file --verify-diagnostics

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

// A misspelt attribute.
func.func @misspelt() {
  // expected-error @+1 {{but got 'ofset'; its own are 'barriers', 'offset'; did you mean 'offset'?}}
  %0 = hopper.create_channel {ofset = 0 : i64} : <2 x 176x128xf16>
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

// The constants are not announced.
func.func @sums_announced() {
  %c = hopper.create_channel : !hopper.channel<2 x 72x64xf8E4M3FN, interleaved, row_sums>
  // expected-error @+1 {{expected the 8192 bytes of the tile, or 0, but got 9216}}
  %s = hopper.acquire %c expect 9216 : !hopper.channel<2 x 72x64xf8E4M3FN, interleaved, row_sums> -> !hopper.shared_tile<72x64xf8E4M3FN, interleaved, row_sums>
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

// Constraint 6: together.
func.func @load_tile_c6_alone(%k: memref<?x?x16x128xf16>, %i: index) {
  // expected-error @+1 {{expected group_dim and group together or neither}}
  %0 = hopper.load_tile %k[%i, %i, %i, %i] {row_dim = 1 : i64, group = 8 : i64} : memref<?x?x16x128xf16> -> !hopper.shared_tile<64x128xf16>
  return
}

// -----

// Constraint 6: a dimension of its own.
func.func @load_tile_c6_dim(%k: memref<?x?x16x128xf16>, %i: index) {
  // expected-error @+1 {{expected group_dim between 0 and 2 and not the row_dim 1, but got 1}}
  %0 = hopper.load_tile %k[%i, %i, %i, %i] {row_dim = 1 : i64, group_dim = 1 : i64, group = 8 : i64} : memref<?x?x16x128xf16> -> !hopper.shared_tile<64x128xf16>
  return
}

// -----

// Constraint 6: a divisor.
func.func @load_tile_c6_group(%k: memref<?x?x16x128xf16>, %i: index) {
  // expected-error @+1 {{expected a group that divides the 64 rows of the tile, but got 7}}
  %0 = hopper.load_tile %k[%i, %i, %i, %i] {row_dim = 1 : i64, group_dim = 2 : i64, group = 7 : i64} : memref<?x?x16x128xf16> -> !hopper.shared_tile<64x128xf16>
  return
}

// -----

// Constraint 6: not through a tensor map.
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
func.func @load_tile_c6_map(%map: !map, %i: index) {
  // expected-error @+1 {{expected no group_dim and group with a tensor map}}
  %0 = hopper.load_tile %map[%i, %i] {group_dim = 1 : i64, group = 8 : i64} : !map -> !hopper.shared_tile<64x64xf16>
  return
}

// -----

func.func @sums_in_groups(%b: memref<?x?x64xf8E4M3FN>, %i: index) {
  // expected-error @+1 {{expected no groups in a tile with row_sums, but got 4}}
  %t = hopper.load_tile %b[%i, %i, %i] {row_dim = 0 : i64, group_dim = 1 : i64, group = 4 : i64} : memref<?x?x64xf8E4M3FN> -> !hopper.shared_tile<72x64xf8E4M3FN, row_sums>
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
// hopper.transpose_tile
//===----------------------------------------------------------------------===//

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

func.func @sums_transposed(%v: !hopper.shared_tile<64x64xf8E4M3FN>) {
  // expected-error @+1 {{expected a tile of 64x64, but got 56x64}}
  %t = hopper.transpose_tile %v : !hopper.shared_tile<64x64xf8E4M3FN> -> !hopper.shared_tile<64x64xf8E4M3FN, interleaved, row_sums>
  return
}

// -----

//===----------------------------------------------------------------------===//
// hopper.transpose
//===----------------------------------------------------------------------===//

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
