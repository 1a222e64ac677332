// What JAX 0.10.2 writes for attention, as IREE 3.13.0 brings it into linalg:
//
//   jax.jit(f).trace(...).lower(lowering_platforms=("cuda",)).as_text()
//   iree-compile --iree-input-type=stablehlo --compile-to=input
//     --iree-hal-target-backends=llvm-cpu
//
// with `algorithm` taken off stablehlo.dot_general, which IREE refuses, and
// util.func replaced by func.func. Each function becomes one operation that reads
// the arguments as they are, and the numbers stay what they were. Those with masks are
// in raise-to-attn-jax-masks.mlir.

// RUN: fa3-opt %s --raise-to-attn --canonicalize | FileCheck %s

// DEFINE: %{lower} = fa3-opt --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" \
// DEFINE:   --convert-linalg-to-loops --attn-to-cpu
// DEFINE: %{run} = mlir-runner --entry-point-result=void \
// DEFINE:   --shared-libs=%llvm_lib/libmlir_runner_utils.so,%llvm_lib/libmlir_c_runner_utils.so,%llvm_lib/libmlir_float16_utils.so
// RUN: %{lower} %s | %{run} > %t.before
// RUN: fa3-opt %s --raise-to-attn | %{lower} | %{run} > %t.after
// RUN: %python %S/Inputs/compare.py %t.before %t.after --tolerance 1e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS
// NUMBERS: 2048 numbers, largest difference {{.*}}, 0 failed

// The same after a compiler has put into one operation what it can, the products
// among it.
// RUN: fa3-opt %s --linalg-fuse-elementwise-ops --raise-to-attn > %t.fused.mlir
// RUN: FileCheck %s --check-prefix=FUSED < %t.fused.mlir
// FUSED-COUNT-3: attn.forward
// RUN: %{lower} %t.fused.mlir | %{run} > %t.fused
// RUN: %python %S/Inputs/compare.py %t.before %t.fused --tolerance 1e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS

// CHECK-NOT: linalg.batch_matmul
// CHECK-NOT: linalg.transpose

// Written out by hand: einsum, jax.nn.softmax, einsum, in the layout BHSD.
// CHECK-LABEL: func.func @plain(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: {layout = #attn.layout<bhsd>, scale = 2.500000e-01 : f32}
// CHECK-NOT: score
func.func @plain(%arg0: tensor<2x4x16x8xf16>, %arg1: tensor<2x4x24x8xf16>, %arg2: tensor<2x4x24x8xf16>) -> tensor<2x4x16x8xf16> {
  %cst = arith.constant 0xFF800000 : f32
  %cst_0 = arith.constant 2.500000e-01 : f32
  %cst_1 = arith.constant 0.000000e+00 : f32
  %0 = tensor.empty() : tensor<2x4x8x24xf16>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d3, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<2x4x24x8xf16>) outs(%0 : tensor<2x4x8x24xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x4x8x24xf16>
  %collapsed = tensor.collapse_shape %arg0 [[0, 1], [2], [3]] : tensor<2x4x16x8xf16> into tensor<8x16x8xf16>
  %collapsed_2 = tensor.collapse_shape %1 [[0, 1], [2], [3]] : tensor<2x4x8x24xf16> into tensor<8x8x24xf16>
  %2 = tensor.empty() : tensor<8x16x24xf32>
  %3 = linalg.fill ins(%cst_1 : f32) outs(%2 : tensor<8x16x24xf32>) -> tensor<8x16x24xf32>
  %4 = linalg.batch_matmul ins(%collapsed, %collapsed_2 : tensor<8x16x8xf16>, tensor<8x8x24xf16>) outs(%3 : tensor<8x16x24xf32>) -> tensor<8x16x24xf32>
  %expanded = tensor.expand_shape %4 [[0, 1], [2], [3]] output_shape [2, 4, 16, 24] : tensor<8x16x24xf32> into tensor<2x4x16x24xf32>
  %5 = tensor.empty() : tensor<2x4x16x24xf32>
  %6 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<2x4x16x24xf32>) outs(%5 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    %30 = arith.mulf %in, %cst_0 : f32
    linalg.yield %30 : f32
  } -> tensor<2x4x16x24xf32>
  %7 = tensor.empty() : tensor<2x4x16xf32>
  %8 = linalg.fill ins(%cst : f32) outs(%7 : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  %9 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%6 : tensor<2x4x16x24xf32>) outs(%8 : tensor<2x4x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %30 = arith.maximumf %out, %in : f32
    linalg.yield %30 : f32
  } -> tensor<2x4x16xf32>
  %10 = tensor.empty() : tensor<2x4x16x24xf32>
  %11 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%9 : tensor<2x4x16xf32>) outs(%10 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16x24xf32>
  %12 = tensor.empty() : tensor<2x4x16x24xf32>
  %13 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%6, %11 : tensor<2x4x16x24xf32>, tensor<2x4x16x24xf32>) outs(%12 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %in_6: f32, %out: f32):
    %30 = arith.subf %in, %in_6 : f32
    linalg.yield %30 : f32
  } -> tensor<2x4x16x24xf32>
  %14 = tensor.empty() : tensor<2x4x16x24xf32>
  %15 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%13 : tensor<2x4x16x24xf32>) outs(%14 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    %30 = math.exp %in : f32
    linalg.yield %30 : f32
  } -> tensor<2x4x16x24xf32>
  %16 = tensor.empty() : tensor<2x4x16xf32>
  %17 = linalg.fill ins(%cst_1 : f32) outs(%16 : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  %18 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%15 : tensor<2x4x16x24xf32>) outs(%17 : tensor<2x4x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %30 = arith.addf %out, %in : f32
    linalg.yield %30 : f32
  } -> tensor<2x4x16xf32>
  %19 = tensor.empty() : tensor<2x4x16x24xf32>
  %20 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%18 : tensor<2x4x16xf32>) outs(%19 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16x24xf32>
  %21 = tensor.empty() : tensor<2x4x16x24xf32>
  %22 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%15, %20 : tensor<2x4x16x24xf32>, tensor<2x4x16x24xf32>) outs(%21 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %in_6: f32, %out: f32):
    %30 = arith.divf %in, %in_6 : f32
    linalg.yield %30 : f32
  } -> tensor<2x4x16x24xf32>
  %23 = tensor.empty() : tensor<2x4x16x24xf16>
  %24 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%22 : tensor<2x4x16x24xf32>) outs(%23 : tensor<2x4x16x24xf16>) {
  ^bb0(%in: f32, %out: f16):
    %30 = arith.truncf %in : f32 to f16
    linalg.yield %30 : f16
  } -> tensor<2x4x16x24xf16>
  %collapsed_3 = tensor.collapse_shape %24 [[0, 1], [2], [3]] : tensor<2x4x16x24xf16> into tensor<8x16x24xf16>
  %collapsed_4 = tensor.collapse_shape %arg2 [[0, 1], [2], [3]] : tensor<2x4x24x8xf16> into tensor<8x24x8xf16>
  %25 = tensor.empty() : tensor<8x16x8xf32>
  %26 = linalg.fill ins(%cst_1 : f32) outs(%25 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %27 = linalg.batch_matmul ins(%collapsed_3, %collapsed_4 : tensor<8x16x24xf16>, tensor<8x24x8xf16>) outs(%26 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %28 = tensor.empty() : tensor<8x16x8xf16>
  %29 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%27 : tensor<8x16x8xf32>) outs(%28 : tensor<8x16x8xf16>) {
  ^bb0(%in: f32, %out: f16):
    %30 = arith.truncf %in : f32 to f16
    linalg.yield %30 : f16
  } -> tensor<8x16x8xf16>
  %expanded_5 = tensor.expand_shape %29 [[0, 1], [2], [3]] output_shape [2, 4, 16, 8] : tensor<8x16x8xf16> into tensor<2x4x16x8xf16>
  return %expanded_5 : tensor<2x4x16x8xf16>
}

// jax.nn.dot_product_attention(q, k, v) where two heads of q share one of k.
// CHECK-LABEL: func.func @gqa(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 : tensor<2x16x4x8xf16>, tensor<2x24x2x8xf16>,
// CHECK-SAME: {scale = 0.353553385 : f32}
// CHECK-NOT: score
func.func @gqa(%arg0: tensor<2x16x4x8xf16>, %arg1: tensor<2x24x2x8xf16>, %arg2: tensor<2x24x2x8xf16>) -> tensor<2x16x4x8xf16> {
  %cst = arith.constant 0.000000e+00 : f16
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant 0.353553385 : f32
  %cst_2 = arith.constant 0.000000e+00 : f32
  %expanded = tensor.expand_shape %arg0 [[0], [1], [2, 3], [4]] output_shape [2, 16, 2, 2, 8] : tensor<2x16x4x8xf16> into tensor<2x16x2x2x8xf16>
  %0 = tensor.empty() : tensor<2x2x16x2x8xf16>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d2, d1, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<2x16x2x2x8xf16>) outs(%0 : tensor<2x2x16x2x8xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x2x16x2x8xf16>
  %2 = tensor.empty() : tensor<2x2x8x24xf16>
  %3 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d3, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<2x24x2x8xf16>) outs(%2 : tensor<2x2x8x24xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x2x8x24xf16>
  %collapsed = tensor.collapse_shape %1 [[0, 1], [2, 3], [4]] : tensor<2x2x16x2x8xf16> into tensor<4x32x8xf16>
  %collapsed_3 = tensor.collapse_shape %3 [[0, 1], [2], [3]] : tensor<2x2x8x24xf16> into tensor<4x8x24xf16>
  %4 = tensor.empty() : tensor<4x32x24xf32>
  %5 = linalg.fill ins(%cst_2 : f32) outs(%4 : tensor<4x32x24xf32>) -> tensor<4x32x24xf32>
  %6 = linalg.batch_matmul ins(%collapsed, %collapsed_3 : tensor<4x32x8xf16>, tensor<4x8x24xf16>) outs(%5 : tensor<4x32x24xf32>) -> tensor<4x32x24xf32>
  %expanded_4 = tensor.expand_shape %6 [[0, 1], [2, 3], [4]] output_shape [2, 2, 16, 2, 24] : tensor<4x32x24xf32> into tensor<2x2x16x2x24xf32>
  %7 = tensor.empty() : tensor<2x2x16x2x24xf32>
  %8 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded_4 : tensor<2x2x16x2x24xf32>) outs(%7 : tensor<2x2x16x2x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    %42 = arith.mulf %in, %cst_1 : f32
    linalg.yield %42 : f32
  } -> tensor<2x2x16x2x24xf32>
  %9 = tensor.empty() : tensor<2x2x16x2xf32>
  %10 = linalg.fill ins(%cst_0 : f32) outs(%9 : tensor<2x2x16x2xf32>) -> tensor<2x2x16x2xf32>
  %11 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%8 : tensor<2x2x16x2x24xf32>) outs(%10 : tensor<2x2x16x2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %42 = arith.maximumf %out, %in : f32
    linalg.yield %42 : f32
  } -> tensor<2x2x16x2xf32>
  %12 = tensor.empty() : tensor<2x2x2x16xf32>
  %13 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d1, d2, d3, d0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%11 : tensor<2x2x16x2xf32>) outs(%12 : tensor<2x2x2x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x2x16xf32>
  %14 = tensor.empty() : tensor<2x2x2x16x24xf32>
  %15 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d1, d2, d3, d0, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%8 : tensor<2x2x16x2x24xf32>) outs(%14 : tensor<2x2x2x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x2x16x24xf32>
  %16 = tensor.empty() : tensor<2x2x2x16x24xf32>
  %17 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%13 : tensor<2x2x2x16xf32>) outs(%16 : tensor<2x2x2x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x2x16x24xf32>
  %18 = tensor.empty() : tensor<2x2x2x16x24xf32>
  %19 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%15, %17 : tensor<2x2x2x16x24xf32>, tensor<2x2x2x16x24xf32>) outs(%18 : tensor<2x2x2x16x24xf32>) {
  ^bb0(%in: f32, %in_9: f32, %out: f32):
    %42 = arith.subf %in, %in_9 : f32
    linalg.yield %42 : f32
  } -> tensor<2x2x2x16x24xf32>
  %20 = tensor.empty() : tensor<2x2x2x16x24xf32>
  %21 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%19 : tensor<2x2x2x16x24xf32>) outs(%20 : tensor<2x2x2x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    %42 = math.exp %in : f32
    linalg.yield %42 : f32
  } -> tensor<2x2x2x16x24xf32>
  %22 = tensor.empty() : tensor<2x2x2x16xf32>
  %23 = linalg.fill ins(%cst_2 : f32) outs(%22 : tensor<2x2x2x16xf32>) -> tensor<2x2x2x16xf32>
  %24 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%21 : tensor<2x2x2x16x24xf32>) outs(%23 : tensor<2x2x2x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %42 = arith.addf %out, %in : f32
    linalg.yield %42 : f32
  } -> tensor<2x2x2x16xf32>
  %25 = tensor.empty() : tensor<2x2x2x16x24xf32>
  %26 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%24 : tensor<2x2x2x16xf32>) outs(%25 : tensor<2x2x2x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x2x16x24xf32>
  %27 = tensor.empty() : tensor<2x2x2x16x24xf32>
  %28 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%21, %26 : tensor<2x2x2x16x24xf32>, tensor<2x2x2x16x24xf32>) outs(%27 : tensor<2x2x2x16x24xf32>) {
  ^bb0(%in: f32, %in_9: f32, %out: f32):
    %42 = arith.divf %in, %in_9 : f32
    linalg.yield %42 : f32
  } -> tensor<2x2x2x16x24xf32>
  %29 = tensor.empty() : tensor<2x2x2x16x24xf16>
  %30 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%28 : tensor<2x2x2x16x24xf32>) outs(%29 : tensor<2x2x2x16x24xf16>) {
  ^bb0(%in: f32, %out: f16):
    %42 = arith.truncf %in : f32 to f16
    linalg.yield %42 : f16
  } -> tensor<2x2x2x16x24xf16>
  %31 = tensor.empty() : tensor<2x2x8x24xf16>
  %32 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d3, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<2x24x2x8xf16>) outs(%31 : tensor<2x2x8x24xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x2x8x24xf16>
  %33 = tensor.empty() : tensor<2x2x24x2x16xf16>
  %34 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d3, d0, d1, d4, d2)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%30 : tensor<2x2x2x16x24xf16>) outs(%33 : tensor<2x2x24x2x16xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x2x24x2x16xf16>
  %collapsed_5 = tensor.collapse_shape %32 [[0, 1], [2], [3]] : tensor<2x2x8x24xf16> into tensor<4x8x24xf16>
  %collapsed_6 = tensor.collapse_shape %34 [[0, 1], [2], [3, 4]] : tensor<2x2x24x2x16xf16> into tensor<4x24x32xf16>
  %35 = tensor.empty() : tensor<4x8x32xf16>
  %36 = linalg.fill ins(%cst : f16) outs(%35 : tensor<4x8x32xf16>) -> tensor<4x8x32xf16>
  %37 = linalg.batch_matmul ins(%collapsed_5, %collapsed_6 : tensor<4x8x24xf16>, tensor<4x24x32xf16>) outs(%36 : tensor<4x8x32xf16>) -> tensor<4x8x32xf16>
  %expanded_7 = tensor.expand_shape %37 [[0, 1], [2], [3, 4]] output_shape [2, 2, 8, 2, 16] : tensor<4x8x32xf16> into tensor<2x2x8x2x16xf16>
  %38 = tensor.empty() : tensor<2x2x16x2x8xf16>
  %39 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d1, d3, d4, d0, d2)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded_7 : tensor<2x2x8x2x16xf16>) outs(%38 : tensor<2x2x16x2x8xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x2x16x2x8xf16>
  %40 = tensor.empty() : tensor<2x16x2x2x8xf16>
  %41 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d3, d0, d1, d2, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%39 : tensor<2x2x16x2x8xf16>) outs(%40 : tensor<2x16x2x2x8xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x16x2x2x8xf16>
  %collapsed_8 = tensor.collapse_shape %41 [[0], [1], [2, 3], [4]] : tensor<2x16x2x2x8xf16> into tensor<2x16x4x8xf16>
  return %collapsed_8 : tensor<2x16x4x8xf16>
}

// All heads of q share the only one of k: the dimension that they have in common
// is the batch.
// CHECK-LABEL: func.func @mqa(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 : tensor<2x16x4x8xf16>, tensor<2x24x1x8xf16>,
// CHECK-SAME: {scale = 0.353553385 : f32}
// CHECK-NOT: score
func.func @mqa(%arg0: tensor<2x16x4x8xf16>, %arg1: tensor<2x24x1x8xf16>, %arg2: tensor<2x24x1x8xf16>) -> tensor<2x16x4x8xf16> {
  %cst = arith.constant 0.000000e+00 : f16
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant 0.353553385 : f32
  %cst_2 = arith.constant 0.000000e+00 : f32
  %0 = tensor.empty() : tensor<2x1x8x24xf16>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d3, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<2x24x1x8xf16>) outs(%0 : tensor<2x1x8x24xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x1x8x24xf16>
  %collapsed = tensor.collapse_shape %arg0 [[0], [1, 2], [3]] : tensor<2x16x4x8xf16> into tensor<2x64x8xf16>
  %collapsed_3 = tensor.collapse_shape %1 [[0], [1, 2], [3]] : tensor<2x1x8x24xf16> into tensor<2x8x24xf16>
  %2 = tensor.empty() : tensor<2x64x24xf32>
  %3 = linalg.fill ins(%cst_2 : f32) outs(%2 : tensor<2x64x24xf32>) -> tensor<2x64x24xf32>
  %4 = linalg.batch_matmul ins(%collapsed, %collapsed_3 : tensor<2x64x8xf16>, tensor<2x8x24xf16>) outs(%3 : tensor<2x64x24xf32>) -> tensor<2x64x24xf32>
  %expanded = tensor.expand_shape %4 [[0], [1, 2, 3], [4]] output_shape [2, 1, 16, 4, 24] : tensor<2x64x24xf32> into tensor<2x1x16x4x24xf32>
  %5 = tensor.empty() : tensor<2x1x16x4x24xf32>
  %6 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<2x1x16x4x24xf32>) outs(%5 : tensor<2x1x16x4x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    %40 = arith.mulf %in, %cst_1 : f32
    linalg.yield %40 : f32
  } -> tensor<2x1x16x4x24xf32>
  %7 = tensor.empty() : tensor<2x1x16x4xf32>
  %8 = linalg.fill ins(%cst_0 : f32) outs(%7 : tensor<2x1x16x4xf32>) -> tensor<2x1x16x4xf32>
  %9 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%6 : tensor<2x1x16x4x24xf32>) outs(%8 : tensor<2x1x16x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %40 = arith.maximumf %out, %in : f32
    linalg.yield %40 : f32
  } -> tensor<2x1x16x4xf32>
  %10 = tensor.empty() : tensor<4x2x1x16xf32>
  %11 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d1, d2, d3, d0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%9 : tensor<2x1x16x4xf32>) outs(%10 : tensor<4x2x1x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<4x2x1x16xf32>
  %12 = tensor.empty() : tensor<4x2x1x16x24xf32>
  %13 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d1, d2, d3, d0, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%6 : tensor<2x1x16x4x24xf32>) outs(%12 : tensor<4x2x1x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<4x2x1x16x24xf32>
  %14 = tensor.empty() : tensor<4x2x1x16x24xf32>
  %15 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%11 : tensor<4x2x1x16xf32>) outs(%14 : tensor<4x2x1x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<4x2x1x16x24xf32>
  %16 = tensor.empty() : tensor<4x2x1x16x24xf32>
  %17 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%13, %15 : tensor<4x2x1x16x24xf32>, tensor<4x2x1x16x24xf32>) outs(%16 : tensor<4x2x1x16x24xf32>) {
  ^bb0(%in: f32, %in_8: f32, %out: f32):
    %40 = arith.subf %in, %in_8 : f32
    linalg.yield %40 : f32
  } -> tensor<4x2x1x16x24xf32>
  %18 = tensor.empty() : tensor<4x2x1x16x24xf32>
  %19 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%17 : tensor<4x2x1x16x24xf32>) outs(%18 : tensor<4x2x1x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    %40 = math.exp %in : f32
    linalg.yield %40 : f32
  } -> tensor<4x2x1x16x24xf32>
  %20 = tensor.empty() : tensor<4x2x1x16xf32>
  %21 = linalg.fill ins(%cst_2 : f32) outs(%20 : tensor<4x2x1x16xf32>) -> tensor<4x2x1x16xf32>
  %22 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%19 : tensor<4x2x1x16x24xf32>) outs(%21 : tensor<4x2x1x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %40 = arith.addf %out, %in : f32
    linalg.yield %40 : f32
  } -> tensor<4x2x1x16xf32>
  %23 = tensor.empty() : tensor<4x2x1x16x24xf32>
  %24 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%22 : tensor<4x2x1x16xf32>) outs(%23 : tensor<4x2x1x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<4x2x1x16x24xf32>
  %25 = tensor.empty() : tensor<4x2x1x16x24xf32>
  %26 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%19, %24 : tensor<4x2x1x16x24xf32>, tensor<4x2x1x16x24xf32>) outs(%25 : tensor<4x2x1x16x24xf32>) {
  ^bb0(%in: f32, %in_8: f32, %out: f32):
    %40 = arith.divf %in, %in_8 : f32
    linalg.yield %40 : f32
  } -> tensor<4x2x1x16x24xf32>
  %27 = tensor.empty() : tensor<4x2x1x16x24xf16>
  %28 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%26 : tensor<4x2x1x16x24xf32>) outs(%27 : tensor<4x2x1x16x24xf16>) {
  ^bb0(%in: f32, %out: f16):
    %40 = arith.truncf %in : f32 to f16
    linalg.yield %40 : f16
  } -> tensor<4x2x1x16x24xf16>
  %29 = tensor.empty() : tensor<2x1x8x24xf16>
  %30 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d3, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<2x24x1x8xf16>) outs(%29 : tensor<2x1x8x24xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x1x8x24xf16>
  %31 = tensor.empty() : tensor<2x1x24x4x16xf16>
  %32 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d3, d0, d1, d4, d2)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%28 : tensor<4x2x1x16x24xf16>) outs(%31 : tensor<2x1x24x4x16xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x1x24x4x16xf16>
  %collapsed_4 = tensor.collapse_shape %30 [[0], [1, 2], [3]] : tensor<2x1x8x24xf16> into tensor<2x8x24xf16>
  %collapsed_5 = tensor.collapse_shape %32 [[0], [1, 2], [3, 4]] : tensor<2x1x24x4x16xf16> into tensor<2x24x64xf16>
  %33 = tensor.empty() : tensor<2x8x64xf16>
  %34 = linalg.fill ins(%cst : f16) outs(%33 : tensor<2x8x64xf16>) -> tensor<2x8x64xf16>
  %35 = linalg.batch_matmul ins(%collapsed_4, %collapsed_5 : tensor<2x8x24xf16>, tensor<2x24x64xf16>) outs(%34 : tensor<2x8x64xf16>) -> tensor<2x8x64xf16>
  %expanded_6 = tensor.expand_shape %35 [[0], [1, 2], [3, 4]] output_shape [2, 1, 8, 4, 16] : tensor<2x8x64xf16> into tensor<2x1x8x4x16xf16>
  %36 = tensor.empty() : tensor<4x2x16x1x8xf16>
  %37 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d1, d3, d4, d0, d2)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded_6 : tensor<2x1x8x4x16xf16>) outs(%36 : tensor<4x2x16x1x8xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<4x2x16x1x8xf16>
  %38 = tensor.empty() : tensor<2x16x1x4x8xf16>
  %39 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d3, d0, d1, d2, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%37 : tensor<4x2x16x1x8xf16>) outs(%38 : tensor<2x16x1x4x8xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x16x1x4x8xf16>
  %collapsed_7 = tensor.collapse_shape %39 [[0], [1], [2, 3], [4]] : tensor<2x16x1x4x8xf16> into tensor<2x16x4x8xf16>
  return %collapsed_7 : tensor<2x16x4x8xf16>
}

// All of them but the last on sines, in f32 so that they can be printed.
func.func private @printMemrefF32(tensor<*xf32>)
func.func @print(%value: tensor<1024xf16>) {
  %init = tensor.empty() : tensor<1024xf32>
  %wide = linalg.generic {
      indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
      iterator_types = ["parallel"]}
      ins(%value : tensor<1024xf16>) outs(%init : tensor<1024xf32>) {
  ^bb0(%in: f16, %out: f32):
    %0 = arith.extf %in : f16 to f32
    linalg.yield %0 : f32
  } -> tensor<1024xf32>
  %any = tensor.cast %wide : tensor<1024xf32> to tensor<*xf32>
  call @printMemrefF32(%any) : (tensor<*xf32>) -> ()
  return
}
func.func @main() {
  %bhsd_q = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    %0 = affine.apply affine_map<(a, b, c, d) -> (a * 7 + b * 13 + c * 29 + d * 5)>(%i0, %i1, %i2, %i3)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x4x16x8xf16>
  %bhsd_k = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    %0 = affine.apply affine_map<(a, b, c, d) -> (a * 8 + b * 14 + c * 30 + d * 6)>(%i0, %i1, %i2, %i3)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x4x24x8xf16>
  %bhsd_v = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    %0 = affine.apply affine_map<(a, b, c, d) -> (a * 9 + b * 15 + c * 31 + d * 7)>(%i0, %i1, %i2, %i3)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x4x24x8xf16>
  %q = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    %0 = affine.apply affine_map<(a, b, c, d) -> (a * 10 + b * 16 + c * 32 + d * 8)>(%i0, %i1, %i2, %i3)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x16x4x8xf16>
  %shared_k = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    %0 = affine.apply affine_map<(a, b, c, d) -> (a * 15 + b * 21 + c * 37 + d * 13)>(%i0, %i1, %i2, %i3)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x24x2x8xf16>
  %shared_v = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    %0 = affine.apply affine_map<(a, b, c, d) -> (a * 16 + b * 22 + c * 38 + d * 14)>(%i0, %i1, %i2, %i3)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x24x2x8xf16>
  %plain = call @plain(%bhsd_q, %bhsd_k, %bhsd_v) : (tensor<2x4x16x8xf16>, tensor<2x4x24x8xf16>, tensor<2x4x24x8xf16>) -> tensor<2x4x16x8xf16>
  %plain_flat = tensor.collapse_shape %plain [[0, 1, 2, 3]] : tensor<2x4x16x8xf16> into tensor<1024xf16>
  call @print(%plain_flat) : (tensor<1024xf16>) -> ()
  %gqa = call @gqa(%q, %shared_k, %shared_v) : (tensor<2x16x4x8xf16>, tensor<2x24x2x8xf16>, tensor<2x24x2x8xf16>) -> tensor<2x16x4x8xf16>
  %gqa_flat = tensor.collapse_shape %gqa [[0, 1, 2, 3]] : tensor<2x16x4x8xf16> into tensor<1024xf16>
  call @print(%gqa_flat) : (tensor<1024xf16>) -> ()
  return
}
