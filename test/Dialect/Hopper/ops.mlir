// Round trips of the dialect, from the custom and from the generic form.

// RUN: fa3-opt %s --split-input-file | FileCheck %s
// RUN: fa3-opt %s --split-input-file | fa3-opt --split-input-file | FileCheck %s
// RUN: fa3-opt %s --split-input-file --mlir-print-op-generic | fa3-opt --split-input-file | FileCheck %s

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

// The smallest and the largest tile, a tile with a padded slab, 8-bit elements.
// CHECK-LABEL: func.func private @tiles(!hopper.shared_tile<8x8xf16>, !hopper.shared_tile<256x512xbf16>, !hopper.shared_tile<64x72xf16>, !hopper.shared_tile<224x128xf8E4M3FN>)
func.func private @tiles(!hopper.shared_tile<8x8xf16>, !hopper.shared_tile<256x512xbf16>,
                         !hopper.shared_tile<64x72xf16>, !hopper.shared_tile<224x128xf8E4M3FN>)

// Rows that are constant.
// CHECK-LABEL: func.func private @sums(!hopper.shared_tile<72x64xf8E4M3FN, row_sums>, !hopper.channel<2 x 136x192xf8E4M3FN, interleaved, row_sums>)
func.func private @sums(!hopper.shared_tile<72x64xf8E4M3FN, row_sums>,
                        !hopper.channel<2 x 136x192xf8E4M3FN, interleaved, row_sums>)

// CHECK-LABEL: func.func @sums_of_rows(
// CHECK:         hopper.wgmma %{{.*}}, %{{.*}} {row_sums} : vector<64x64xf8E4M3FN>, <64x32xf8E4M3FN> -> <vector<64x40xf32>>
func.func @sums_of_rows(%p: vector<64x64xf8E4M3FN>, %v: !hopper.shared_tile<64x32xf8E4M3FN>) {
  %r = hopper.wgmma %p, %v {row_sums} : vector<64x64xf8E4M3FN>, !hopper.shared_tile<64x32xf8E4M3FN> -> !hopper.pending<vector<64x40xf32>>
  return
}

// CHECK-LABEL: func.func private @channels(!hopper.channel<1 x 64x64xf16>, !hopper.channel<32 x 8x8xbf16>)
func.func private @channels(!hopper.channel<1 x 64x64xf16>, !hopper.channel<32 x 8x8xbf16>)

// CHECK-LABEL: func.func private @pending(!hopper.pending<vector<128x176xf32>>)
func.func private @pending(!hopper.pending<vector<128x176xf32>>)

// -----

//===----------------------------------------------------------------------===//
// Tiles in shared memory
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @load_tile
//  CHECK-SAME:   %[[K:[a-z0-9]+]]: memref<?x?x16x128xf16>, %[[MAP:[a-z0-9]+]]: !nvgpu.tensormap.descriptor<{{.+}}>, %[[I:[a-z0-9]+]]: index
!map = !nvgpu.tensormap.descriptor<tensor = memref<176x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
func.func @load_tile(%k: memref<?x?x16x128xf16>, %map: !map, %i: index) {
  // CHECK: hopper.load_tile %[[K]][%[[I]], %[[I]], %[[I]], %[[I]]] {row_dim = 1 : i64} : memref<?x?x16x128xf16> -> <176x128xf16>
  %0 = hopper.load_tile %k[%i, %i, %i, %i] {row_dim = 1 : i64}
      : memref<?x?x16x128xf16> -> !hopper.shared_tile<176x128xf16>
  // CHECK: hopper.load_tile %[[MAP]][%[[I]], %[[I]]] : !nvgpu.tensormap.descriptor<tensor = memref<176x64xf16, 3>{{.*}}> -> <176x128xf16>
  %1 = hopper.load_tile %map[%i, %i] : !map -> !hopper.shared_tile<176x128xf16>
  // CHECK: hopper.load_tile %[[MAP]][%[[I]], %[[I]], %[[I]], %[[I]], %[[I]]] :
  %2 = hopper.load_tile %map[%i, %i, %i, %i, %i] : !map -> !hopper.shared_tile<176x128xf16>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Channels
//===----------------------------------------------------------------------===//

!map = !nvgpu.tensormap.descriptor<tensor = memref<176x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<176x128xf16>
!ring = !hopper.channel<2 x 176x128xf16>

// CHECK-LABEL: func.func @channels
func.func @channels(%map: !map, %i: index) {
  // CHECK: %[[RING:.+]] = hopper.create_channel : <2 x 176x128xf16>
  %ring = hopper.create_channel : !ring
  // CHECK: %[[SLOT:.+]] = hopper.acquire %[[RING]] expect 45056 : <2 x 176x128xf16> -> <176x128xf16>
  %slot = hopper.acquire %ring expect 45056 : !ring -> !tile
  // CHECK: hopper.tma_load %{{.+}}[%{{.+}}, %{{.+}}] into %[[SLOT]] of %[[RING]] : <tensor = memref<176x64xf16, 3>{{.*}}>, <176x128xf16>, <2 x 176x128xf16>
  hopper.tma_load %map[%i, %i] into %slot of %ring : !map, !tile, !ring
  // CHECK: %[[FULL:.+]] = hopper.wait %[[RING]] : <2 x 176x128xf16> -> <176x128xf16>
  %full = hopper.wait %ring : !ring -> !tile
  // CHECK: hopper.release %[[FULL]] to %[[RING]] : <176x128xf16>, <2 x 176x128xf16>
  hopper.release %full to %ring : !tile, !ring
  return
}

// With what hopper-assign-slots and hopper-allocate-shared-memory add.
// CHECK-LABEL: func.func @placed_channels
//  CHECK-SAME:   %[[SLOT:.+]]: i32, %[[PHASE:.+]]: i32)
func.func @placed_channels(%slot: i32, %phase: i32) {
  // CHECK: %[[RING:.+]] = hopper.create_channel {barriers = 90112 : i64, offset = 0 : i64} : <2 x 176x128xf16>
  %ring = hopper.create_channel {offset = 0 : i64, barriers = 90112 : i64} : !ring
  // CHECK: hopper.acquire %[[RING]][%[[SLOT]], %[[PHASE]]] expect 45056 :
  %0 = hopper.acquire %ring[%slot, %phase] expect 45056 : !ring -> !tile
  // CHECK: hopper.wait %[[RING]][%[[SLOT]], %[[PHASE]]] :
  %1 = hopper.wait %ring[%slot, %phase] : !ring -> !tile
  return
}

// -----

//===----------------------------------------------------------------------===//
// Matrix products
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @products
//  CHECK-SAME:   %[[Q:[a-z0-9]+]]: !hopper.shared_tile<128x72xf16>, %[[K:[a-z0-9]+]]: !hopper.shared_tile<176x72xf16>, %[[P:[a-z0-9]+]]: vector<128x176xf16>, %[[V:[a-z0-9]+]]: !hopper.shared_tile<176x128xf16>, %[[ACC:[a-z0-9]+]]: vector<128x128xf32>
func.func @products(%q: !hopper.shared_tile<128x72xf16>, %k: !hopper.shared_tile<176x72xf16>,
                    %p: vector<128x176xf16>, %v: !hopper.shared_tile<176x128xf16>,
                    %acc: vector<128x128xf32>) {
  // Both in shared memory; the 72 columns of K are padded to 80.
  // CHECK: %[[S:.+]] = hopper.wgmma %[[Q]], %[[K]] {transpose_rhs} : !hopper.shared_tile<128x72xf16>, <176x72xf16> -> <vector<128x176xf32>>
  %s = hopper.wgmma %q, %k {transpose_rhs}
      : !hopper.shared_tile<128x72xf16>, !hopper.shared_tile<176x72xf16>
      -> !hopper.pending<vector<128x176xf32>>
  // CHECK: hopper.wgmma_wait %[[S]] : <vector<128x176xf32>>
  %0 = hopper.wgmma_wait %s : !hopper.pending<vector<128x176xf32>>
  // From registers, onto an accumulator.
  // CHECK: hopper.wgmma %[[P]], %[[V]] acc %[[ACC]] : vector<128x176xf16>, <176x128xf16>, vector<128x128xf32> -> <vector<128x128xf32>>
  %o = hopper.wgmma %p, %v acc %acc
      : vector<128x176xf16>, !hopper.shared_tile<176x128xf16>, vector<128x128xf32>
      -> !hopper.pending<vector<128x128xf32>>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @roles
func.func @roles() {
  // CHECK:      hopper.warp_specialize consumers(7) registers(24, 64) producer {
  // CHECK-NEXT: } consumer {
  // CHECK-NEXT:   hopper.turn_wait
  // CHECK-NEXT:   hopper.turn_pass
  // CHECK-NEXT: }
  hopper.warp_specialize consumers(7) registers(24, 64) producer {
  } consumer {
    hopper.turn_wait
    hopper.turn_pass
  }
  // CHECK:      hopper.warp_specialize consumers(1) registers(24, 240) attributes {func.unknown = 1 : i32} producer {
  // CHECK-NEXT: } consumer {
  // CHECK-NEXT: }
  hopper.warp_specialize consumers(1) registers(24, 240) attributes {func.unknown = 1 : i32}
  producer {
    hopper.end
  } consumer {
    hopper.end
  }
  return
}

// -----

//===----------------------------------------------------------------------===//
// Thread level
//===----------------------------------------------------------------------===//

!tile = !hopper.shared_tile<64x16xf16>
!pair = vector<2xf16>

// CHECK-LABEL: func.func @thread
//  CHECK-SAME:   %[[T:[a-z0-9]+]]: !hopper.shared_tile<64x16xf16>, %[[R:[a-z0-9]+]]: !hopper.shared_tile<8x16xf16>, %[[V:[a-z0-9]+]]: !hopper.shared_tile<16x8xf16>, %[[ROW:[a-z0-9]+]]: i32, %[[A:[a-z0-9]+]]: f32, %[[P:[a-z0-9]+]]: vector<2xf16>
func.func @thread(%t: !tile, %r: !hopper.shared_tile<8x16xf16>,
                  %v: !hopper.shared_tile<16x8xf16>, %row: i32, %a: f32, %p: !pair) {
  // CHECK: %[[S:.+]]:4 = hopper.thread_wgmma %[[T]], %[[R]], %[[ROW]] {depth = 16 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>, transpose_rhs} : (!hopper.shared_tile<64x16xf16>, !hopper.shared_tile<8x16xf16>, i32) -> (f32, f32, f32, f32)
  %s:4 = hopper.thread_wgmma %t, %r, %row
      {depth = 16 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>, transpose_rhs}
      : (!tile, !hopper.shared_tile<8x16xf16>, i32) -> (f32, f32, f32, f32)
  // CHECK: hopper.thread_wgmma_wait %[[S]]#0, %[[S]]#1 groups 0 : f32, f32
  %w:2 = hopper.thread_wgmma_wait %s#0, %s#1 groups 0 : f32, f32
  // CHECK: hopper.thread_wgmma %[[P]], %[[P]], %[[P]], %[[P]], %[[V]], %[[A]], %[[A]], %[[A]], %[[A]] {depth = 16 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 0, 4, 1, 4, 0>} :
  %o:4 = hopper.thread_wgmma %p, %p, %p, %p, %v, %a, %a, %a, %a
      {depth = 16 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 0, 4, 1, 4, 0>}
      : (!pair, !pair, !pair, !pair, !hopper.shared_tile<16x8xf16>, f32, f32, f32, f32)
      -> (f32, f32, f32, f32)
  return
}

// CHECK-LABEL: func.func @hold
//  CHECK-SAME:   %[[A:[a-z0-9]+]]: f32, %[[B:[a-z0-9]+]]: f32
func.func @hold(%a: f32, %b: f32) {
  // CHECK: hopper.hold %[[A]] : f32
  hopper.hold %a : f32
  // CHECK: hopper.hold %[[A]], %[[B]] : f32, f32
  hopper.hold %a, %b : f32, f32
  return
}

// CHECK-LABEL: func.func @saturating_fma
//  CHECK-SAME:   %[[A:[a-z0-9]+]]: f32, %[[B:[a-z0-9]+]]: f32, %[[C:[a-z0-9]+]]: f32
func.func @saturating_fma(%a: f32, %b: f32, %c: f32) -> f32 {
  // CHECK: hopper.saturating_fma %[[A]], %[[B]], %[[C]] : f32
  %0 = hopper.saturating_fma %a, %b, %c : f32
  return %0 : f32
}

// -----

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @schedule
func.func @schedule() {
  // CHECK: arith.constant {hopper.schedule = #hopper.schedule<stage = 1, cluster = 3>} 0
  %0 = arith.constant {hopper.schedule = #hopper.schedule<stage = 1, cluster = 3>} 0 : i32
  return
}

// What the host computes, on the kernel and on its arguments.
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
gpu.module @kernels {
  // CHECK-LABEL: gpu.func @launch
  //  CHECK-SAME:   {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [3, 1, 2, 0], box = [64, 128, 1, 1], element = f16>}
  //  CHECK-SAME:   hopper.grid = #hopper.expression<()[s0, s1] -> (s0 * s1), [<0, 1>, <0, 2>]>
  //  CHECK-SAME:   hopper.shared_memory = 1024 : i64
  gpu.func @launch(%q: memref<?x?x?x128xf16>,
                   %map: !map {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [3, 1, 2, 0], box = [64, 128, 1, 1], element = f16>})
      kernel attributes {hopper.grid = #hopper.expression<()[s0, s1] -> (s0 * s1), [#hopper.size<0, 1>, #hopper.size<0, 2>]>,
                         hopper.shared_memory = 1024 : i64} {
    gpu.return
  }

  // A grid that does not depend on any size.
  // CHECK-LABEL: gpu.func @constant_grid
  //  CHECK-SAME:   hopper.grid = #hopper.expression<() -> (132)>
  gpu.func @constant_grid() kernel attributes {hopper.grid = #hopper.expression<() -> (132)>} {
    gpu.return
  }

  // At most one block for each SM.
  // CHECK-LABEL: gpu.func @persistent
  //  CHECK-SAME:   hopper.persistent
  gpu.func @persistent() kernel attributes {hopper.grid = #hopper.expression<() -> (132)>, hopper.persistent} {
    gpu.return
  }

  // CHECK-LABEL: gpu.func @constraints
  //  CHECK-SAME:   hopper.constraints = [#hopper.constraint<lhs = <()[s0] -> (s0), [<0, 1>]>, rhs = <() -> (128)>, message = "expected 128 rows">]
  gpu.func @constraints(%q: memref<?x?xf16>) kernel attributes {hopper.constraints =
      [#hopper.constraint<lhs = <()[s0] -> (s0), [<0, 1>]>, rhs = <() -> (128)>, message = "expected 128 rows">]} {
    gpu.return
  }

  // CHECK-LABEL: llvm.func @compiled
  //  CHECK-SAME:   hopper.kernel = #hopper.kernel<arguments = [memref<?x128xf16>, f32], grid = <()[s0] -> (s0), [<0, 0>]>, threads = 384, shared_memory = 1024, parameters = [
  //  CHECK-SAME:     <tensor_map, argument = 0, map = <argument = 0, dims = [1, 0], box = [64, 128], element = f16>>,
  //  CHECK-SAME:     <pointer, argument = 0>, <size, argument = 0, dimension = 1>, <stride, argument = 0>, <scalar, argument = 1>]>
  llvm.func @compiled(!llvm.ptr, !llvm.ptr, i64, i64, f32) attributes {hopper.kernel =
      #hopper.kernel<arguments = [memref<?x128xf16>, f32], grid = <()[s0] -> (s0), [<0, 0>]>,
                     threads = 384, shared_memory = 1024,
                     parameters = [<tensor_map, argument = 0, map = <argument = 0, dims = [1, 0], box = [64, 128], element = f16>>,
                                   <pointer, argument = 0>,
                                   <size, argument = 0, dimension = 1>,
                                   <stride, argument = 0, dimension = 0>, <scalar, argument = 1>]>}

  // CHECK-LABEL: llvm.func @without_parameters
  //  CHECK-SAME:   hopper.kernel = #hopper.kernel<arguments = [], constraints = [<lhs = <() -> (1)>, rhs = <() -> (2)>, message = "never">], grid = <() -> (1)>, persistent = true, threads = 128, shared_memory = 0, parameters = []>
  llvm.func @without_parameters() attributes {hopper.kernel =
      #hopper.kernel<arguments = [], constraints = [<lhs = <() -> (1)>, rhs = <() -> (2)>, message = "never">],
                     grid = <() -> (1)>, persistent = true, threads = 128, shared_memory = 0, parameters = []>}
}

// CHECK-LABEL: func.func @integers(
//       CHECK:   %[[P:.+]] = hopper.wgmma %{{.+}}, %{{.+}} acc %{{.+}} {transpose_rhs} : vector<64x32xi8>, <24x32xi8, interleaved>, vector<64x24xi32> -> <vector<64x24xi32>>
//       CHECK:   hopper.wgmma_wait %[[P]] : <vector<64x24xi32>>
func.func @integers(%p: vector<64x32xi8>, %v: !hopper.shared_tile<24x32xi8, interleaved>, %o: vector<64x24xi32>) -> vector<64x24xi32> {
  %0 = hopper.wgmma %p, %v acc %o {transpose_rhs} : vector<64x32xi8>, !hopper.shared_tile<24x32xi8, interleaved>, vector<64x24xi32> -> !hopper.pending<vector<64x24xi32>>
  %1 = hopper.wgmma_wait %0 : !hopper.pending<vector<64x24xi32>>
  return %1 : vector<64x24xi32>
}
