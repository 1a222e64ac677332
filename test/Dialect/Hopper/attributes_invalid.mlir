// What the dialect refuses of its attributes, and of where they stand.

// RUN: fa3-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

// expected-error @+1 {{unknown attribute of the hopper dialect: hopper.stage}}
func.func private @unknown() attributes {hopper.stage = 1 : i64}

// -----

// expected-error @+1 {{unknown argument attribute of the hopper dialect: hopper.map}}
func.func @unknown_on_an_argument(%m: memref<4xf16> {hopper.map}) {
  return
}

// -----

// Of an argument, not of an operation.
// expected-error @+1 {{unknown attribute of the hopper dialect: hopper.tensor_map}}
func.func private @tensor_map_on_an_operation() attributes {
    hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [1, 0], box = [64, 128], element = f16>}

// -----

//===----------------------------------------------------------------------===//
// Kinds
//===----------------------------------------------------------------------===//

func.func @schedule() {
  // expected-error @+1 {{expected hopper.schedule to be a #hopper.schedule, but got 1 : i64}}
  %0 = arith.constant {hopper.schedule = 1 : i64} 0 : i32
  return
}

// -----

// expected-error @+1 {{expected hopper.grid to be a #hopper.expression, but got 132 : i64}}
func.func private @grid() attributes {hopper.grid = 132 : i64}

// -----

// expected-error @+1 {{expected hopper.constraints to be an array of #hopper.constraint, but got [1]}}
func.func private @constraints() attributes {hopper.constraints = [1]}

// -----

// expected-error @+1 {{expected hopper.shared_memory to be an i64 of at least 0, but got "1024"}}
func.func private @shared_memory() attributes {hopper.shared_memory = "1024"}

// -----

// expected-error @+1 {{expected hopper.shared_memory to be an i64 of at least 0, but got -1 : i64}}
func.func private @negative_shared_memory() attributes {hopper.shared_memory = -1 : i64}

// -----

// expected-error @+1 {{expected hopper.shared_memory to be an i64 of at least 0, but got 1024 : i8192}}
func.func private @wide_shared_memory() attributes {hopper.shared_memory = 1024 : i8192}

// -----

// expected-error @+1 {{expected hopper.persistent to be a unit attribute, but got true}}
func.func private @persistent() attributes {hopper.persistent = true}

// -----

// expected-error @+1 {{expected hopper.kernel to be a #hopper.kernel, but got unit}}
func.func private @kernel() attributes {hopper.kernel}

// -----

// expected-error @+1 {{expected hopper.tensor_map to be a #hopper.tensor_map, but got 0 : i64}}
func.func @tensor_map(%m: memref<4xf16> {hopper.tensor_map = 0 : i64}) {
  return
}

// -----

//===----------------------------------------------------------------------===//
// #hopper.schedule
//===----------------------------------------------------------------------===//

func.func @stage() {
  // expected-error @+1 {{expected a stage and a cluster of at least 0, but got -1 and 0}}
  %0 = arith.constant {hopper.schedule = #hopper.schedule<stage = -1, cluster = 0>} 0 : i32
  return
}

// -----

func.func @cluster() {
  // expected-error @+1 {{expected a stage and a cluster of at least 0, but got 0 and -2}}
  %0 = arith.constant {hopper.schedule = #hopper.schedule<stage = 0, cluster = -2>} 0 : i32
  return
}

// -----

//===----------------------------------------------------------------------===//
// #hopper.expression
//===----------------------------------------------------------------------===//

// expected-error @+1 {{expected a map of symbols to one result, but got affine_map<()[s0] -> (s0, s0)>}}
func.func private @results() attributes {hopper.grid = #hopper.expression<()[s0] -> (s0, s0), [<0, 1>]>}

// -----

// expected-error @+1 {{expected a map of symbols to one result, but got affine_map<(d0) -> (d0)>}}
func.func private @dimensions() attributes {hopper.grid = #hopper.expression<(d0) -> (d0), [<0, 1>]>}

// -----

// expected-error @+1 {{expected 2 sizes for the map's symbols, but got 1}}
func.func private @few_sizes() attributes {hopper.grid = #hopper.expression<()[s0, s1] -> (s0 * s1), [<0, 1>]>}

// -----

// expected-error @+1 {{expected 0 sizes for the map's symbols, but got 1}}
func.func private @many_sizes() attributes {hopper.grid = #hopper.expression<() -> (132), [<0, 1>]>}

// -----

//===----------------------------------------------------------------------===//
// #hopper.tensor_map
//===----------------------------------------------------------------------===//

// expected-error @+1 {{expected an argument of at least 0, but got -1}}
func.func private @argument(memref<4x4xf16> {hopper.tensor_map = #hopper.tensor_map<argument = -1, dims = [1, 0], box = [64, 128], element = f16>})

// -----

// expected-error @+1 {{expected 1 to 5 dimensions and as many sides of the box, but got 2 and 1}}
func.func private @box(memref<4x4xf16> {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [1, 0], box = [64], element = f16>})

// -----

// expected-error @+1 {{expected 1 to 5 dimensions and as many sides of the box, but got 6 and 6}}
func.func private @rank(memref<4x4xf16> {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [5, 4, 3, 2, 1, 0], box = [1, 1, 1, 1, 1, 1], element = f16>})

// -----

// expected-error @+1 {{expected sides of the box between 1 and 256, but got 0}}
func.func private @empty_side(memref<4x4xf16> {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [1, 0], box = [0, 128], element = f16>})

// -----

// expected-error @+1 {{expected sides of the box between 1 and 256, but got 257}}
func.func private @long_side(memref<4x4xf16> {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [1, 0], box = [64, 257], element = f16>})

// -----

// expected-error @+1 {{expected each dimension once, but got 1 twice}}
func.func private @twice(memref<4x4xf16> {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [1, 1], box = [64, 128], element = f16>})

// -----

// expected-error @+1 {{expected dimensions under 2, but got 2}}
func.func private @no_such_dimension(memref<4x4xf16> {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [2, 0], box = [64, 128], element = f16>})

// -----

// expected-error @+1 {{expected dimension 1, the last, first, but got 0}}
func.func private @slow_first(memref<4x4xf16> {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [0, 1], box = [64, 128], element = f16>})

// -----

//===----------------------------------------------------------------------===//
// What they name
//===----------------------------------------------------------------------===//

// expected-error @+1 {{expected hopper.tensor_map on a tensor map, but got argument 0 of type 'memref<4x4xf16>'}}
func.func private @no_map(memref<4x4xf16> {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [1, 0], box = [64, 128], element = f16>})

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
// expected-error @+1 {{expected hopper.tensor_map to name an argument under 2, but got 2}}
func.func private @no_argument(memref<4x4xf16>, !map {hopper.tensor_map = #hopper.tensor_map<argument = 2, dims = [1, 0], box = [64, 128], element = f16>})

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
// expected-error @+1 {{expected hopper.tensor_map to name a buffer, but got argument 1 of type '!nvgpu.tensormap.descriptor}}
func.func private @no_buffer(memref<4x4xf16>, !map {hopper.tensor_map = #hopper.tensor_map<argument = 1, dims = [1, 0], box = [64, 128], element = f16>})

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
// expected-error @+1 {{expected hopper.tensor_map with the 2 dimensions of argument 0, but got 3}}
func.func private @dimensions_of_argument(memref<4x4xf16>, !map {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [2, 1, 0], box = [64, 128, 1], element = f16>})

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
// expected-error @+1 {{expected hopper.tensor_map with elements of type 'f16' as argument 0 has, but got 'bf16'}}
func.func private @element_of_argument(memref<4x4xf16>, !map {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [1, 0], box = [64, 128], element = bf16>})

// -----

// expected-error @+1 {{expected hopper.grid to name an argument under 1, but got 1}}
func.func private @grid_argument(memref<?xf16>) attributes {hopper.grid = #hopper.expression<()[s0] -> (s0), [<1, 0>]>}

// -----

// expected-error @+1 {{expected hopper.grid to name a dimension under 1 of argument 0, but got 1}}
func.func private @grid_dimension(memref<?xf16>) attributes {hopper.grid = #hopper.expression<()[s0] -> (s0), [<0, 1>]>}

// -----

// expected-error @+1 {{expected hopper.constraints to name a buffer, but got argument 0 of type 'i32'}}
func.func private @constraint_argument(i32) attributes {hopper.constraints = [#hopper.constraint<lhs = <() -> (1)>, rhs = <()[s0] -> (s0), [<0, 0>]>, message = "one">]}
