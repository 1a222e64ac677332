// What JAX writes for attention with masks, made as raise-to-attn-jax.mlir says. Each
// function becomes one operation that reads the arguments as they are, and the numbers
// stay what they were.

// RUN: fa3-opt %s --raise-to-attn --canonicalize | FileCheck %s

// DEFINE: %{lower} = fa3-opt --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" \
// DEFINE:   --convert-linalg-to-loops --attn-to-cpu
// DEFINE: %{run} = mlir-runner --entry-point-result=void \
// DEFINE:   --shared-libs=%llvm_lib/libmlir_runner_utils.so,%llvm_lib/libmlir_c_runner_utils.so,%llvm_lib/libmlir_float16_utils.so
// RUN: %{lower} %s | %{run} > %t.before
// RUN: fa3-opt %s --raise-to-attn | %{lower} | %{run} > %t.after
// RUN: %python %S/Inputs/compare.py %t.before %t.after --tolerance 1e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS
// NUMBERS: 4096 numbers, largest difference {{.*}}, 0 failed

// The same after a compiler has put into one operation what it can, the products
// among it.
// RUN: fa3-opt %s --linalg-fuse-elementwise-ops --raise-to-attn > %t.fused.mlir
// RUN: FileCheck %s --check-prefix=FUSED < %t.fused.mlir
// FUSED-COUNT-4: attn.forward
// RUN: %{lower} %t.fused.mlir | %{run} > %t.fused
// RUN: %python %S/Inputs/compare.py %t.before %t.fused --tolerance 1e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS

// A function of it becomes a kernel.
// RUN: sed -n '/^func.func @causal/,/^}/p' %s > %t.causal.mlir
// RUN: fa3-opt %t.causal.mlir --raise-to-attn --canonicalize \
// RUN: | fa3-compile --emit=ptx -o - | FileCheck %s --check-prefix=PTX
// PTX: .entry causal(
// PTX: wgmma.mma_async

// CHECK-NOT: linalg.batch_matmul
// CHECK-NOT: linalg.transpose

// jax.nn.dot_product_attention(q, k, v, is_causal=True).
// CHECK-LABEL: func.func @causal(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: {causal, scale = 0.353553385 : f32}
// CHECK-NOT: score
func.func @causal(%arg0: tensor<2x16x4x8xf16>, %arg1: tensor<2x16x4x8xf16>, %arg2: tensor<2x16x4x8xf16>) -> tensor<2x16x4x8xf16> {
  %cst = arith.constant 0.000000e+00 : f16
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant -2.38197633E+38 : f32
  %cst_2 = arith.constant 0.353553385 : f32
  %cst_3 = arith.constant 0.000000e+00 : f32
  %expanded = tensor.expand_shape %arg0 [[0], [1], [2], [3, 4]] output_shape [2, 16, 4, 1, 8] : tensor<2x16x4x8xf16> into tensor<2x16x4x1x8xf16>
  %0 = tensor.empty() : tensor<2x4x16x1x8xf16>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d2, d1, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<2x16x4x1x8xf16>) outs(%0 : tensor<2x4x16x1x8xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x4x16x1x8xf16>
  %2 = tensor.empty() : tensor<2x4x8x16xf16>
  %3 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d3, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<2x16x4x8xf16>) outs(%2 : tensor<2x4x8x16xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x4x8x16xf16>
  %collapsed = tensor.collapse_shape %1 [[0, 1], [2], [3, 4]] : tensor<2x4x16x1x8xf16> into tensor<8x16x8xf16>
  %collapsed_4 = tensor.collapse_shape %3 [[0, 1], [2], [3]] : tensor<2x4x8x16xf16> into tensor<8x8x16xf16>
  %4 = tensor.empty() : tensor<8x16x16xf32>
  %5 = linalg.fill ins(%cst_3 : f32) outs(%4 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %6 = linalg.batch_matmul ins(%collapsed, %collapsed_4 : tensor<8x16x8xf16>, tensor<8x8x16xf16>) outs(%5 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %expanded_5 = tensor.expand_shape %6 [[0, 1], [2], [3, 4]] output_shape [2, 4, 16, 1, 16] : tensor<8x16x16xf32> into tensor<2x4x16x1x16xf32>
  %7 = tensor.empty() : tensor<2x4x16x1x16xf32>
  %8 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded_5 : tensor<2x4x16x1x16xf32>) outs(%7 : tensor<2x4x16x1x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = arith.mulf %in, %cst_2 : f32
    linalg.yield %48 : f32
  } -> tensor<2x4x16x1x16xf32>
  %9 = tensor.empty() : tensor<16x16xi32>
  %10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%9 : tensor<16x16xi32>) {
  ^bb0(%out: i32):
    %48 = linalg.index 0 : index
    %49 = arith.index_cast %48 : index to i32
    linalg.yield %49 : i32
  } -> tensor<16x16xi32>
  %11 = tensor.empty() : tensor<16x16xi32>
  %12 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%11 : tensor<16x16xi32>) {
  ^bb0(%out: i32):
    %48 = linalg.index 1 : index
    %49 = arith.index_cast %48 : index to i32
    linalg.yield %49 : i32
  } -> tensor<16x16xi32>
  %13 = tensor.empty() : tensor<16x16xi1>
  %14 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%10, %12 : tensor<16x16xi32>, tensor<16x16xi32>) outs(%13 : tensor<16x16xi1>) {
  ^bb0(%in: i32, %in_12: i32, %out: i1):
    %48 = arith.cmpi sge, %in, %in_12 : i32
    linalg.yield %48 : i1
  } -> tensor<16x16xi1>
  %15 = tensor.empty() : tensor<2x4x16x16xi1>
  %16 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%14 : tensor<16x16xi1>) outs(%15 : tensor<2x4x16x16xi1>) {
  ^bb0(%in: i1, %out: i1):
    linalg.yield %in : i1
  } -> tensor<2x4x16x16xi1>
  %17 = tensor.empty() : tensor<1x2x4x16x16xi1>
  %18 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%16 : tensor<2x4x16x16xi1>) outs(%17 : tensor<1x2x4x16x16xi1>) {
  ^bb0(%in: i1, %out: i1):
    linalg.yield %in : i1
  } -> tensor<1x2x4x16x16xi1>
  %collapsed_6 = tensor.collapse_shape %8 [[0, 1, 2, 3, 4]] : tensor<2x4x16x1x16xf32> into tensor<2048xf32>
  %expanded_7 = tensor.expand_shape %collapsed_6 [[0, 1, 2, 3, 4]] output_shape [1, 2, 4, 16, 16] : tensor<2048xf32> into tensor<1x2x4x16x16xf32>
  %19 = tensor.empty() : tensor<1x2x4x16x16xf32>
  %20 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%18, %expanded_7 : tensor<1x2x4x16x16xi1>, tensor<1x2x4x16x16xf32>) outs(%19 : tensor<1x2x4x16x16xf32>) {
  ^bb0(%in: i1, %in_12: f32, %out: f32):
    %48 = arith.select %in, %in_12, %cst_1 : f32
    linalg.yield %48 : f32
  } -> tensor<1x2x4x16x16xf32>
  %21 = tensor.empty() : tensor<1x2x4x16xf32>
  %22 = linalg.fill ins(%cst_0 : f32) outs(%21 : tensor<1x2x4x16xf32>) -> tensor<1x2x4x16xf32>
  %23 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%20 : tensor<1x2x4x16x16xf32>) outs(%22 : tensor<1x2x4x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = arith.maximumf %out, %in : f32
    linalg.yield %48 : f32
  } -> tensor<1x2x4x16xf32>
  %24 = tensor.empty() : tensor<1x2x4x16x16xf32>
  %25 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%23 : tensor<1x2x4x16xf32>) outs(%24 : tensor<1x2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x4x16x16xf32>
  %26 = tensor.empty() : tensor<1x2x4x16x16xf32>
  %27 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%20, %25 : tensor<1x2x4x16x16xf32>, tensor<1x2x4x16x16xf32>) outs(%26 : tensor<1x2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_12: f32, %out: f32):
    %48 = arith.subf %in, %in_12 : f32
    linalg.yield %48 : f32
  } -> tensor<1x2x4x16x16xf32>
  %28 = tensor.empty() : tensor<1x2x4x16x16xf32>
  %29 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%27 : tensor<1x2x4x16x16xf32>) outs(%28 : tensor<1x2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = math.exp %in : f32
    linalg.yield %48 : f32
  } -> tensor<1x2x4x16x16xf32>
  %30 = tensor.empty() : tensor<1x2x4x16xf32>
  %31 = linalg.fill ins(%cst_3 : f32) outs(%30 : tensor<1x2x4x16xf32>) -> tensor<1x2x4x16xf32>
  %32 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%29 : tensor<1x2x4x16x16xf32>) outs(%31 : tensor<1x2x4x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = arith.addf %out, %in : f32
    linalg.yield %48 : f32
  } -> tensor<1x2x4x16xf32>
  %33 = tensor.empty() : tensor<1x2x4x16x16xf32>
  %34 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%32 : tensor<1x2x4x16xf32>) outs(%33 : tensor<1x2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x4x16x16xf32>
  %35 = tensor.empty() : tensor<1x2x4x16x16xf32>
  %36 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%29, %34 : tensor<1x2x4x16x16xf32>, tensor<1x2x4x16x16xf32>) outs(%35 : tensor<1x2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_12: f32, %out: f32):
    %48 = arith.divf %in, %in_12 : f32
    linalg.yield %48 : f32
  } -> tensor<1x2x4x16x16xf32>
  %37 = tensor.empty() : tensor<1x2x4x16x16xf16>
  %38 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%36 : tensor<1x2x4x16x16xf32>) outs(%37 : tensor<1x2x4x16x16xf16>) {
  ^bb0(%in: f32, %out: f16):
    %48 = arith.truncf %in : f32 to f16
    linalg.yield %48 : f16
  } -> tensor<1x2x4x16x16xf16>
  %39 = tensor.empty() : tensor<2x4x8x16xf16>
  %40 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d3, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<2x16x4x8xf16>) outs(%39 : tensor<2x4x8x16xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x4x8x16xf16>
  %41 = tensor.empty() : tensor<2x4x16x1x16xf16>
  %42 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d3, d0, d1, d4, d2)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%38 : tensor<1x2x4x16x16xf16>) outs(%41 : tensor<2x4x16x1x16xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x4x16x1x16xf16>
  %collapsed_8 = tensor.collapse_shape %40 [[0, 1], [2], [3]] : tensor<2x4x8x16xf16> into tensor<8x8x16xf16>
  %collapsed_9 = tensor.collapse_shape %42 [[0, 1], [2], [3, 4]] : tensor<2x4x16x1x16xf16> into tensor<8x16x16xf16>
  %43 = tensor.empty() : tensor<8x8x16xf16>
  %44 = linalg.fill ins(%cst : f16) outs(%43 : tensor<8x8x16xf16>) -> tensor<8x8x16xf16>
  %45 = linalg.batch_matmul ins(%collapsed_8, %collapsed_9 : tensor<8x8x16xf16>, tensor<8x16x16xf16>) outs(%44 : tensor<8x8x16xf16>) -> tensor<8x8x16xf16>
  %expanded_10 = tensor.expand_shape %45 [[0, 1], [2], [3, 4]] output_shape [2, 4, 8, 1, 16] : tensor<8x8x16xf16> into tensor<2x4x8x1x16xf16>
  %46 = tensor.empty() : tensor<1x2x16x4x8xf16>
  %47 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d1, d3, d4, d0, d2)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded_10 : tensor<2x4x8x1x16xf16>) outs(%46 : tensor<1x2x16x4x8xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<1x2x16x4x8xf16>
  %collapsed_11 = tensor.collapse_shape %47 [[0, 1], [2], [3], [4]] : tensor<1x2x16x4x8xf16> into tensor<2x16x4x8xf16>
  return %collapsed_11 : tensor<2x16x4x8xf16>
}

// jax.nn.dot_product_attention(q, k, v, mask=m), one mask for all heads.
// CHECK-LABEL: func.func @mask(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: {scale = 0.353553385 : f32} score {
// CHECK: ^bb0(%[[S:.*]]: f32, %[[B:.*]]: index, %{{.*}}: index, %[[I:.*]]: index, %[[J:.*]]: index):
// CHECK: %[[VISIBLE:.*]] = tensor.extract %arg3[%[[B]], %c0, %[[I]], %[[J]]]
// CHECK: arith.select %[[VISIBLE]], %[[S]], %{{.*}} : f32
func.func @mask(%arg0: tensor<2x16x4x8xf16>, %arg1: tensor<2x24x4x8xf16>, %arg2: tensor<2x24x4x8xf16>, %arg3: tensor<2x1x16x24xi1>) -> tensor<2x16x4x8xf16> {
  %cst = arith.constant 0.000000e+00 : f16
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant -2.38197633E+38 : f32
  %cst_2 = arith.constant 0.353553385 : f32
  %cst_3 = arith.constant 0.000000e+00 : f32
  %expanded = tensor.expand_shape %arg0 [[0], [1], [2], [3, 4]] output_shape [2, 16, 4, 1, 8] : tensor<2x16x4x8xf16> into tensor<2x16x4x1x8xf16>
  %0 = tensor.empty() : tensor<2x1x1x16x24xi1>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%arg3 : tensor<2x1x16x24xi1>) outs(%0 : tensor<2x1x1x16x24xi1>) {
  ^bb0(%in: i1, %out: i1):
    linalg.yield %in : i1
  } -> tensor<2x1x1x16x24xi1>
  %2 = tensor.empty() : tensor<2x4x16x1x8xf16>
  %3 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d2, d1, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<2x16x4x1x8xf16>) outs(%2 : tensor<2x4x16x1x8xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x4x16x1x8xf16>
  %4 = tensor.empty() : tensor<2x4x8x24xf16>
  %5 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d3, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<2x24x4x8xf16>) outs(%4 : tensor<2x4x8x24xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x4x8x24xf16>
  %collapsed = tensor.collapse_shape %3 [[0, 1], [2], [3, 4]] : tensor<2x4x16x1x8xf16> into tensor<8x16x8xf16>
  %collapsed_4 = tensor.collapse_shape %5 [[0, 1], [2], [3]] : tensor<2x4x8x24xf16> into tensor<8x8x24xf16>
  %6 = tensor.empty() : tensor<8x16x24xf32>
  %7 = linalg.fill ins(%cst_3 : f32) outs(%6 : tensor<8x16x24xf32>) -> tensor<8x16x24xf32>
  %8 = linalg.batch_matmul ins(%collapsed, %collapsed_4 : tensor<8x16x8xf16>, tensor<8x8x24xf16>) outs(%7 : tensor<8x16x24xf32>) -> tensor<8x16x24xf32>
  %expanded_5 = tensor.expand_shape %8 [[0, 1], [2], [3, 4]] output_shape [2, 4, 16, 1, 24] : tensor<8x16x24xf32> into tensor<2x4x16x1x24xf32>
  %9 = tensor.empty() : tensor<2x4x16x1x24xf32>
  %10 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded_5 : tensor<2x4x16x1x24xf32>) outs(%9 : tensor<2x4x16x1x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    %42 = arith.mulf %in, %cst_2 : f32
    linalg.yield %42 : f32
  } -> tensor<2x4x16x1x24xf32>
  %collapsed_6 = tensor.collapse_shape %1 [[0, 1, 2, 3, 4]] : tensor<2x1x1x16x24xi1> into tensor<768xi1>
  %expanded_7 = tensor.expand_shape %collapsed_6 [[0, 1, 2, 3, 4]] output_shape [1, 2, 1, 16, 24] : tensor<768xi1> into tensor<1x2x1x16x24xi1>
  %11 = tensor.empty() : tensor<1x2x4x16x24xi1>
  %12 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, 0, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded_7 : tensor<1x2x1x16x24xi1>) outs(%11 : tensor<1x2x4x16x24xi1>) {
  ^bb0(%in: i1, %out: i1):
    linalg.yield %in : i1
  } -> tensor<1x2x4x16x24xi1>
  %collapsed_8 = tensor.collapse_shape %10 [[0, 1, 2, 3, 4]] : tensor<2x4x16x1x24xf32> into tensor<3072xf32>
  %expanded_9 = tensor.expand_shape %collapsed_8 [[0, 1, 2, 3, 4]] output_shape [1, 2, 4, 16, 24] : tensor<3072xf32> into tensor<1x2x4x16x24xf32>
  %13 = tensor.empty() : tensor<1x2x4x16x24xf32>
  %14 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%12, %expanded_9 : tensor<1x2x4x16x24xi1>, tensor<1x2x4x16x24xf32>) outs(%13 : tensor<1x2x4x16x24xf32>) {
  ^bb0(%in: i1, %in_14: f32, %out: f32):
    %42 = arith.select %in, %in_14, %cst_1 : f32
    linalg.yield %42 : f32
  } -> tensor<1x2x4x16x24xf32>
  %15 = tensor.empty() : tensor<1x2x4x16xf32>
  %16 = linalg.fill ins(%cst_0 : f32) outs(%15 : tensor<1x2x4x16xf32>) -> tensor<1x2x4x16xf32>
  %17 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%14 : tensor<1x2x4x16x24xf32>) outs(%16 : tensor<1x2x4x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %42 = arith.maximumf %out, %in : f32
    linalg.yield %42 : f32
  } -> tensor<1x2x4x16xf32>
  %18 = tensor.empty() : tensor<1x2x4x16x24xf32>
  %19 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%17 : tensor<1x2x4x16xf32>) outs(%18 : tensor<1x2x4x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x4x16x24xf32>
  %20 = tensor.empty() : tensor<1x2x4x16x24xf32>
  %21 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%14, %19 : tensor<1x2x4x16x24xf32>, tensor<1x2x4x16x24xf32>) outs(%20 : tensor<1x2x4x16x24xf32>) {
  ^bb0(%in: f32, %in_14: f32, %out: f32):
    %42 = arith.subf %in, %in_14 : f32
    linalg.yield %42 : f32
  } -> tensor<1x2x4x16x24xf32>
  %22 = tensor.empty() : tensor<1x2x4x16x24xf32>
  %23 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%21 : tensor<1x2x4x16x24xf32>) outs(%22 : tensor<1x2x4x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    %42 = math.exp %in : f32
    linalg.yield %42 : f32
  } -> tensor<1x2x4x16x24xf32>
  %24 = tensor.empty() : tensor<1x2x4x16xf32>
  %25 = linalg.fill ins(%cst_3 : f32) outs(%24 : tensor<1x2x4x16xf32>) -> tensor<1x2x4x16xf32>
  %26 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%23 : tensor<1x2x4x16x24xf32>) outs(%25 : tensor<1x2x4x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %42 = arith.addf %out, %in : f32
    linalg.yield %42 : f32
  } -> tensor<1x2x4x16xf32>
  %27 = tensor.empty() : tensor<1x2x4x16x24xf32>
  %28 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%26 : tensor<1x2x4x16xf32>) outs(%27 : tensor<1x2x4x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x4x16x24xf32>
  %29 = tensor.empty() : tensor<1x2x4x16x24xf32>
  %30 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%23, %28 : tensor<1x2x4x16x24xf32>, tensor<1x2x4x16x24xf32>) outs(%29 : tensor<1x2x4x16x24xf32>) {
  ^bb0(%in: f32, %in_14: f32, %out: f32):
    %42 = arith.divf %in, %in_14 : f32
    linalg.yield %42 : f32
  } -> tensor<1x2x4x16x24xf32>
  %31 = tensor.empty() : tensor<1x2x4x16x24xf16>
  %32 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%30 : tensor<1x2x4x16x24xf32>) outs(%31 : tensor<1x2x4x16x24xf16>) {
  ^bb0(%in: f32, %out: f16):
    %42 = arith.truncf %in : f32 to f16
    linalg.yield %42 : f16
  } -> tensor<1x2x4x16x24xf16>
  %33 = tensor.empty() : tensor<2x4x8x24xf16>
  %34 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d3, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<2x24x4x8xf16>) outs(%33 : tensor<2x4x8x24xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x4x8x24xf16>
  %35 = tensor.empty() : tensor<2x4x24x1x16xf16>
  %36 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d3, d0, d1, d4, d2)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%32 : tensor<1x2x4x16x24xf16>) outs(%35 : tensor<2x4x24x1x16xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x4x24x1x16xf16>
  %collapsed_10 = tensor.collapse_shape %34 [[0, 1], [2], [3]] : tensor<2x4x8x24xf16> into tensor<8x8x24xf16>
  %collapsed_11 = tensor.collapse_shape %36 [[0, 1], [2], [3, 4]] : tensor<2x4x24x1x16xf16> into tensor<8x24x16xf16>
  %37 = tensor.empty() : tensor<8x8x16xf16>
  %38 = linalg.fill ins(%cst : f16) outs(%37 : tensor<8x8x16xf16>) -> tensor<8x8x16xf16>
  %39 = linalg.batch_matmul ins(%collapsed_10, %collapsed_11 : tensor<8x8x24xf16>, tensor<8x24x16xf16>) outs(%38 : tensor<8x8x16xf16>) -> tensor<8x8x16xf16>
  %expanded_12 = tensor.expand_shape %39 [[0, 1], [2], [3, 4]] output_shape [2, 4, 8, 1, 16] : tensor<8x8x16xf16> into tensor<2x4x8x1x16xf16>
  %40 = tensor.empty() : tensor<1x2x16x4x8xf16>
  %41 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d1, d3, d4, d0, d2)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded_12 : tensor<2x4x8x1x16xf16>) outs(%40 : tensor<1x2x16x4x8xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<1x2x16x4x8xf16>
  %collapsed_13 = tensor.collapse_shape %41 [[0, 1], [2], [3], [4]] : tensor<1x2x16x4x8xf16> into tensor<2x16x4x8xf16>
  return %collapsed_13 : tensor<2x16x4x8xf16>
}

// jax.nn.dot_product_attention(q, k, v, local_window_size=(3, 0)).
// CHECK-LABEL: func.func @window(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: {causal, scale = 0.353553385 : f32, window = #attn.window<left = 3>}
// CHECK-NOT: score
func.func @window(%arg0: tensor<2x16x4x8xf16>, %arg1: tensor<2x16x4x8xf16>, %arg2: tensor<2x16x4x8xf16>) -> tensor<2x16x4x8xf16> {
  %cst = arith.constant 0.000000e+00 : f16
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant -2.38197633E+38 : f32
  %c3_i32 = arith.constant 3 : i32
  %cst_2 = arith.constant 0.353553385 : f32
  %cst_3 = arith.constant 0.000000e+00 : f32
  %cst_4 = arith.constant dense<[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]> : tensor<16xi32>
  %expanded = tensor.expand_shape %arg0 [[0], [1], [2], [3, 4]] output_shape [2, 16, 4, 1, 8] : tensor<2x16x4x8xf16> into tensor<2x16x4x1x8xf16>
  %0 = tensor.empty() : tensor<2x4x16x1x8xf16>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d2, d1, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<2x16x4x1x8xf16>) outs(%0 : tensor<2x4x16x1x8xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x4x16x1x8xf16>
  %2 = tensor.empty() : tensor<2x4x8x16xf16>
  %3 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d3, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<2x16x4x8xf16>) outs(%2 : tensor<2x4x8x16xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x4x8x16xf16>
  %collapsed = tensor.collapse_shape %1 [[0, 1], [2], [3, 4]] : tensor<2x4x16x1x8xf16> into tensor<8x16x8xf16>
  %collapsed_5 = tensor.collapse_shape %3 [[0, 1], [2], [3]] : tensor<2x4x8x16xf16> into tensor<8x8x16xf16>
  %4 = tensor.empty() : tensor<8x16x16xf32>
  %5 = linalg.fill ins(%cst_3 : f32) outs(%4 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %6 = linalg.batch_matmul ins(%collapsed, %collapsed_5 : tensor<8x16x8xf16>, tensor<8x8x16xf16>) outs(%5 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %expanded_6 = tensor.expand_shape %6 [[0, 1], [2], [3, 4]] output_shape [2, 4, 16, 1, 16] : tensor<8x16x16xf32> into tensor<2x4x16x1x16xf32>
  %7 = tensor.empty() : tensor<2x4x16x1x16xf32>
  %8 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded_6 : tensor<2x4x16x1x16xf32>) outs(%7 : tensor<2x4x16x1x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.mulf %in, %cst_2 : f32
    linalg.yield %58 : f32
  } -> tensor<2x4x16x1x16xf32>
  %9 = tensor.empty() : tensor<1x16xi32>
  %10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%cst_4 : tensor<16xi32>) outs(%9 : tensor<1x16xi32>) {
  ^bb0(%in: i32, %out: i32):
    linalg.yield %in : i32
  } -> tensor<1x16xi32>
  %11 = tensor.empty() : tensor<1x16xi32>
  %12 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%10 : tensor<1x16xi32>) outs(%11 : tensor<1x16xi32>) {
  ^bb0(%in: i32, %out: i32):
    %58 = arith.addi %in, %c3_i32 : i32
    linalg.yield %58 : i32
  } -> tensor<1x16xi32>
  %13 = tensor.empty() : tensor<16x16xi32>
  %14 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%cst_4 : tensor<16xi32>) outs(%13 : tensor<16x16xi32>) {
  ^bb0(%in: i32, %out: i32):
    linalg.yield %in : i32
  } -> tensor<16x16xi32>
  %15 = tensor.empty() : tensor<16x16xi32>
  %16 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%12 : tensor<1x16xi32>) outs(%15 : tensor<16x16xi32>) {
  ^bb0(%in: i32, %out: i32):
    linalg.yield %in : i32
  } -> tensor<16x16xi32>
  %17 = tensor.empty() : tensor<16x16xi1>
  %18 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%14, %16 : tensor<16x16xi32>, tensor<16x16xi32>) outs(%17 : tensor<16x16xi1>) {
  ^bb0(%in: i32, %in_13: i32, %out: i1):
    %58 = arith.cmpi sle, %in, %in_13 : i32
    linalg.yield %58 : i1
  } -> tensor<16x16xi1>
  %19 = tensor.empty() : tensor<16x16xi32>
  %20 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%cst_4 : tensor<16xi32>) outs(%19 : tensor<16x16xi32>) {
  ^bb0(%in: i32, %out: i32):
    linalg.yield %in : i32
  } -> tensor<16x16xi32>
  %21 = tensor.empty() : tensor<16x16xi1>
  %22 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%14, %20 : tensor<16x16xi32>, tensor<16x16xi32>) outs(%21 : tensor<16x16xi1>) {
  ^bb0(%in: i32, %in_13: i32, %out: i1):
    %58 = arith.cmpi sge, %in, %in_13 : i32
    linalg.yield %58 : i1
  } -> tensor<16x16xi1>
  %23 = tensor.empty() : tensor<16x16xi1>
  %24 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%22, %18 : tensor<16x16xi1>, tensor<16x16xi1>) outs(%23 : tensor<16x16xi1>) {
  ^bb0(%in: i1, %in_13: i1, %out: i1):
    %58 = arith.andi %in, %in_13 : i1
    linalg.yield %58 : i1
  } -> tensor<16x16xi1>
  %25 = tensor.empty() : tensor<2x4x16x16xi1>
  %26 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%24 : tensor<16x16xi1>) outs(%25 : tensor<2x4x16x16xi1>) {
  ^bb0(%in: i1, %out: i1):
    linalg.yield %in : i1
  } -> tensor<2x4x16x16xi1>
  %27 = tensor.empty() : tensor<1x2x4x16x16xi1>
  %28 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%26 : tensor<2x4x16x16xi1>) outs(%27 : tensor<1x2x4x16x16xi1>) {
  ^bb0(%in: i1, %out: i1):
    linalg.yield %in : i1
  } -> tensor<1x2x4x16x16xi1>
  %collapsed_7 = tensor.collapse_shape %8 [[0, 1, 2, 3, 4]] : tensor<2x4x16x1x16xf32> into tensor<2048xf32>
  %expanded_8 = tensor.expand_shape %collapsed_7 [[0, 1, 2, 3, 4]] output_shape [1, 2, 4, 16, 16] : tensor<2048xf32> into tensor<1x2x4x16x16xf32>
  %29 = tensor.empty() : tensor<1x2x4x16x16xf32>
  %30 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%28, %expanded_8 : tensor<1x2x4x16x16xi1>, tensor<1x2x4x16x16xf32>) outs(%29 : tensor<1x2x4x16x16xf32>) {
  ^bb0(%in: i1, %in_13: f32, %out: f32):
    %58 = arith.select %in, %in_13, %cst_1 : f32
    linalg.yield %58 : f32
  } -> tensor<1x2x4x16x16xf32>
  %31 = tensor.empty() : tensor<1x2x4x16xf32>
  %32 = linalg.fill ins(%cst_0 : f32) outs(%31 : tensor<1x2x4x16xf32>) -> tensor<1x2x4x16xf32>
  %33 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%30 : tensor<1x2x4x16x16xf32>) outs(%32 : tensor<1x2x4x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.maximumf %out, %in : f32
    linalg.yield %58 : f32
  } -> tensor<1x2x4x16xf32>
  %34 = tensor.empty() : tensor<1x2x4x16x16xf32>
  %35 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%33 : tensor<1x2x4x16xf32>) outs(%34 : tensor<1x2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x4x16x16xf32>
  %36 = tensor.empty() : tensor<1x2x4x16x16xf32>
  %37 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%30, %35 : tensor<1x2x4x16x16xf32>, tensor<1x2x4x16x16xf32>) outs(%36 : tensor<1x2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_13: f32, %out: f32):
    %58 = arith.subf %in, %in_13 : f32
    linalg.yield %58 : f32
  } -> tensor<1x2x4x16x16xf32>
  %38 = tensor.empty() : tensor<1x2x4x16x16xf32>
  %39 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%37 : tensor<1x2x4x16x16xf32>) outs(%38 : tensor<1x2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = math.exp %in : f32
    linalg.yield %58 : f32
  } -> tensor<1x2x4x16x16xf32>
  %40 = tensor.empty() : tensor<1x2x4x16xf32>
  %41 = linalg.fill ins(%cst_3 : f32) outs(%40 : tensor<1x2x4x16xf32>) -> tensor<1x2x4x16xf32>
  %42 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%39 : tensor<1x2x4x16x16xf32>) outs(%41 : tensor<1x2x4x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.addf %out, %in : f32
    linalg.yield %58 : f32
  } -> tensor<1x2x4x16xf32>
  %43 = tensor.empty() : tensor<1x2x4x16x16xf32>
  %44 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%42 : tensor<1x2x4x16xf32>) outs(%43 : tensor<1x2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x4x16x16xf32>
  %45 = tensor.empty() : tensor<1x2x4x16x16xf32>
  %46 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%39, %44 : tensor<1x2x4x16x16xf32>, tensor<1x2x4x16x16xf32>) outs(%45 : tensor<1x2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_13: f32, %out: f32):
    %58 = arith.divf %in, %in_13 : f32
    linalg.yield %58 : f32
  } -> tensor<1x2x4x16x16xf32>
  %47 = tensor.empty() : tensor<1x2x4x16x16xf16>
  %48 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%46 : tensor<1x2x4x16x16xf32>) outs(%47 : tensor<1x2x4x16x16xf16>) {
  ^bb0(%in: f32, %out: f16):
    %58 = arith.truncf %in : f32 to f16
    linalg.yield %58 : f16
  } -> tensor<1x2x4x16x16xf16>
  %49 = tensor.empty() : tensor<2x4x8x16xf16>
  %50 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d3, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<2x16x4x8xf16>) outs(%49 : tensor<2x4x8x16xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x4x8x16xf16>
  %51 = tensor.empty() : tensor<2x4x16x1x16xf16>
  %52 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d3, d0, d1, d4, d2)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%48 : tensor<1x2x4x16x16xf16>) outs(%51 : tensor<2x4x16x1x16xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x4x16x1x16xf16>
  %collapsed_9 = tensor.collapse_shape %50 [[0, 1], [2], [3]] : tensor<2x4x8x16xf16> into tensor<8x8x16xf16>
  %collapsed_10 = tensor.collapse_shape %52 [[0, 1], [2], [3, 4]] : tensor<2x4x16x1x16xf16> into tensor<8x16x16xf16>
  %53 = tensor.empty() : tensor<8x8x16xf16>
  %54 = linalg.fill ins(%cst : f16) outs(%53 : tensor<8x8x16xf16>) -> tensor<8x8x16xf16>
  %55 = linalg.batch_matmul ins(%collapsed_9, %collapsed_10 : tensor<8x8x16xf16>, tensor<8x16x16xf16>) outs(%54 : tensor<8x8x16xf16>) -> tensor<8x8x16xf16>
  %expanded_11 = tensor.expand_shape %55 [[0, 1], [2], [3, 4]] output_shape [2, 4, 8, 1, 16] : tensor<8x8x16xf16> into tensor<2x4x8x1x16xf16>
  %56 = tensor.empty() : tensor<1x2x16x4x8xf16>
  %57 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d1, d3, d4, d0, d2)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded_11 : tensor<2x4x8x1x16xf16>) outs(%56 : tensor<1x2x16x4x8xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<1x2x16x4x8xf16>
  %collapsed_12 = tensor.collapse_shape %57 [[0, 1], [2], [3], [4]] : tensor<1x2x16x4x8xf16> into tensor<2x16x4x8xf16>
  return %collapsed_12 : tensor<2x16x4x8xf16>
}

// jax.nn.dot_product_attention(q, k, v, key_value_seq_lengths=jnp.array([7, 20])):
// whole tiles of keys are hidden, by a number near the lowest of f32.
// CHECK-LABEL: func.func @lengths(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: {scale = 0.353553385 : f32} score {
func.func @lengths(%arg0: tensor<2x16x4x8xf16>, %arg1: tensor<2x24x4x8xf16>, %arg2: tensor<2x24x4x8xf16>) -> tensor<2x16x4x8xf16> {
  %cst = arith.constant 0.000000e+00 : f16
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant -2.38197633E+38 : f32
  %cst_2 = arith.constant 0.353553385 : f32
  %cst_3 = arith.constant 0.000000e+00 : f32
  %cst_4 = arith.constant dense<[7, 20]> : tensor<2xi32>
  %expanded = tensor.expand_shape %arg0 [[0], [1], [2], [3, 4]] output_shape [2, 16, 4, 1, 8] : tensor<2x16x4x8xf16> into tensor<2x16x4x1x8xf16>
  %0 = tensor.empty() : tensor<2x4x16x1x8xf16>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d2, d1, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<2x16x4x1x8xf16>) outs(%0 : tensor<2x4x16x1x8xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x4x16x1x8xf16>
  %2 = tensor.empty() : tensor<2x4x8x24xf16>
  %3 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d3, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<2x24x4x8xf16>) outs(%2 : tensor<2x4x8x24xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x4x8x24xf16>
  %collapsed = tensor.collapse_shape %1 [[0, 1], [2], [3, 4]] : tensor<2x4x16x1x8xf16> into tensor<8x16x8xf16>
  %collapsed_5 = tensor.collapse_shape %3 [[0, 1], [2], [3]] : tensor<2x4x8x24xf16> into tensor<8x8x24xf16>
  %4 = tensor.empty() : tensor<8x16x24xf32>
  %5 = linalg.fill ins(%cst_3 : f32) outs(%4 : tensor<8x16x24xf32>) -> tensor<8x16x24xf32>
  %6 = linalg.batch_matmul ins(%collapsed, %collapsed_5 : tensor<8x16x8xf16>, tensor<8x8x24xf16>) outs(%5 : tensor<8x16x24xf32>) -> tensor<8x16x24xf32>
  %expanded_6 = tensor.expand_shape %6 [[0, 1], [2], [3, 4]] output_shape [2, 4, 16, 1, 24] : tensor<8x16x24xf32> into tensor<2x4x16x1x24xf32>
  %7 = tensor.empty() : tensor<2x4x16x1x24xf32>
  %8 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded_6 : tensor<2x4x16x1x24xf32>) outs(%7 : tensor<2x4x16x1x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    %50 = arith.mulf %in, %cst_2 : f32
    linalg.yield %50 : f32
  } -> tensor<2x4x16x1x24xf32>
  %9 = tensor.empty() : tensor<24xi32>
  %10 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%9 : tensor<24xi32>) {
  ^bb0(%out: i32):
    %50 = linalg.index 0 : index
    %51 = arith.index_cast %50 : index to i32
    linalg.yield %51 : i32
  } -> tensor<24xi32>
  %11 = tensor.empty() : tensor<2x1x24xi32>
  %12 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%10 : tensor<24xi32>) outs(%11 : tensor<2x1x24xi32>) {
  ^bb0(%in: i32, %out: i32):
    linalg.yield %in : i32
  } -> tensor<2x1x24xi32>
  %13 = tensor.empty() : tensor<2x1x24xi32>
  %14 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%cst_4 : tensor<2xi32>) outs(%13 : tensor<2x1x24xi32>) {
  ^bb0(%in: i32, %out: i32):
    linalg.yield %in : i32
  } -> tensor<2x1x24xi32>
  %15 = tensor.empty() : tensor<2x1x24xi1>
  %16 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%12, %14 : tensor<2x1x24xi32>, tensor<2x1x24xi32>) outs(%15 : tensor<2x1x24xi1>) {
  ^bb0(%in: i32, %in_13: i32, %out: i1):
    %50 = arith.cmpi slt, %in, %in_13 : i32
    linalg.yield %50 : i1
  } -> tensor<2x1x24xi1>
  %17 = tensor.empty() : tensor<2x4x16x24xi1>
  %18 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, 0, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%16 : tensor<2x1x24xi1>) outs(%17 : tensor<2x4x16x24xi1>) {
  ^bb0(%in: i1, %out: i1):
    linalg.yield %in : i1
  } -> tensor<2x4x16x24xi1>
  %19 = tensor.empty() : tensor<1x2x4x16x24xi1>
  %20 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%18 : tensor<2x4x16x24xi1>) outs(%19 : tensor<1x2x4x16x24xi1>) {
  ^bb0(%in: i1, %out: i1):
    linalg.yield %in : i1
  } -> tensor<1x2x4x16x24xi1>
  %collapsed_7 = tensor.collapse_shape %8 [[0, 1, 2, 3, 4]] : tensor<2x4x16x1x24xf32> into tensor<3072xf32>
  %expanded_8 = tensor.expand_shape %collapsed_7 [[0, 1, 2, 3, 4]] output_shape [1, 2, 4, 16, 24] : tensor<3072xf32> into tensor<1x2x4x16x24xf32>
  %21 = tensor.empty() : tensor<1x2x4x16x24xf32>
  %22 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%20, %expanded_8 : tensor<1x2x4x16x24xi1>, tensor<1x2x4x16x24xf32>) outs(%21 : tensor<1x2x4x16x24xf32>) {
  ^bb0(%in: i1, %in_13: f32, %out: f32):
    %50 = arith.select %in, %in_13, %cst_1 : f32
    linalg.yield %50 : f32
  } -> tensor<1x2x4x16x24xf32>
  %23 = tensor.empty() : tensor<1x2x4x16xf32>
  %24 = linalg.fill ins(%cst_0 : f32) outs(%23 : tensor<1x2x4x16xf32>) -> tensor<1x2x4x16xf32>
  %25 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%22 : tensor<1x2x4x16x24xf32>) outs(%24 : tensor<1x2x4x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %50 = arith.maximumf %out, %in : f32
    linalg.yield %50 : f32
  } -> tensor<1x2x4x16xf32>
  %26 = tensor.empty() : tensor<1x2x4x16x24xf32>
  %27 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%25 : tensor<1x2x4x16xf32>) outs(%26 : tensor<1x2x4x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x4x16x24xf32>
  %28 = tensor.empty() : tensor<1x2x4x16x24xf32>
  %29 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%22, %27 : tensor<1x2x4x16x24xf32>, tensor<1x2x4x16x24xf32>) outs(%28 : tensor<1x2x4x16x24xf32>) {
  ^bb0(%in: f32, %in_13: f32, %out: f32):
    %50 = arith.subf %in, %in_13 : f32
    linalg.yield %50 : f32
  } -> tensor<1x2x4x16x24xf32>
  %30 = tensor.empty() : tensor<1x2x4x16x24xf32>
  %31 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%29 : tensor<1x2x4x16x24xf32>) outs(%30 : tensor<1x2x4x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    %50 = math.exp %in : f32
    linalg.yield %50 : f32
  } -> tensor<1x2x4x16x24xf32>
  %32 = tensor.empty() : tensor<1x2x4x16xf32>
  %33 = linalg.fill ins(%cst_3 : f32) outs(%32 : tensor<1x2x4x16xf32>) -> tensor<1x2x4x16xf32>
  %34 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%31 : tensor<1x2x4x16x24xf32>) outs(%33 : tensor<1x2x4x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %50 = arith.addf %out, %in : f32
    linalg.yield %50 : f32
  } -> tensor<1x2x4x16xf32>
  %35 = tensor.empty() : tensor<1x2x4x16x24xf32>
  %36 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%34 : tensor<1x2x4x16xf32>) outs(%35 : tensor<1x2x4x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x4x16x24xf32>
  %37 = tensor.empty() : tensor<1x2x4x16x24xf32>
  %38 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%31, %36 : tensor<1x2x4x16x24xf32>, tensor<1x2x4x16x24xf32>) outs(%37 : tensor<1x2x4x16x24xf32>) {
  ^bb0(%in: f32, %in_13: f32, %out: f32):
    %50 = arith.divf %in, %in_13 : f32
    linalg.yield %50 : f32
  } -> tensor<1x2x4x16x24xf32>
  %39 = tensor.empty() : tensor<1x2x4x16x24xf16>
  %40 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%38 : tensor<1x2x4x16x24xf32>) outs(%39 : tensor<1x2x4x16x24xf16>) {
  ^bb0(%in: f32, %out: f16):
    %50 = arith.truncf %in : f32 to f16
    linalg.yield %50 : f16
  } -> tensor<1x2x4x16x24xf16>
  %41 = tensor.empty() : tensor<2x4x8x24xf16>
  %42 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d3, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<2x24x4x8xf16>) outs(%41 : tensor<2x4x8x24xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x4x8x24xf16>
  %43 = tensor.empty() : tensor<2x4x24x1x16xf16>
  %44 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d3, d0, d1, d4, d2)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%40 : tensor<1x2x4x16x24xf16>) outs(%43 : tensor<2x4x24x1x16xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x4x24x1x16xf16>
  %collapsed_9 = tensor.collapse_shape %42 [[0, 1], [2], [3]] : tensor<2x4x8x24xf16> into tensor<8x8x24xf16>
  %collapsed_10 = tensor.collapse_shape %44 [[0, 1], [2], [3, 4]] : tensor<2x4x24x1x16xf16> into tensor<8x24x16xf16>
  %45 = tensor.empty() : tensor<8x8x16xf16>
  %46 = linalg.fill ins(%cst : f16) outs(%45 : tensor<8x8x16xf16>) -> tensor<8x8x16xf16>
  %47 = linalg.batch_matmul ins(%collapsed_9, %collapsed_10 : tensor<8x8x24xf16>, tensor<8x24x16xf16>) outs(%46 : tensor<8x8x16xf16>) -> tensor<8x8x16xf16>
  %expanded_11 = tensor.expand_shape %47 [[0, 1], [2], [3, 4]] output_shape [2, 4, 8, 1, 16] : tensor<8x8x16xf16> into tensor<2x4x8x1x16xf16>
  %48 = tensor.empty() : tensor<1x2x16x4x8xf16>
  %49 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d1, d3, d4, d0, d2)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded_11 : tensor<2x4x8x1x16xf16>) outs(%48 : tensor<1x2x16x4x8xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<1x2x16x4x8xf16>
  %collapsed_12 = tensor.collapse_shape %49 [[0, 1], [2], [3], [4]] : tensor<1x2x16x4x8xf16> into tensor<2x16x4x8xf16>
  return %collapsed_12 : tensor<2x16x4x8xf16>
}

// All of them on sines, in f32 so that they can be printed.
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
  %q = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    %0 = affine.apply affine_map<(a, b, c, d) -> (a * 10 + b * 16 + c * 32 + d * 8)>(%i0, %i1, %i2, %i3)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x16x4x8xf16>
  %k = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    %0 = affine.apply affine_map<(a, b, c, d) -> (a * 11 + b * 17 + c * 33 + d * 9)>(%i0, %i1, %i2, %i3)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x24x4x8xf16>
  %v = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    %0 = affine.apply affine_map<(a, b, c, d) -> (a * 12 + b * 18 + c * 34 + d * 10)>(%i0, %i1, %i2, %i3)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x24x4x8xf16>
  %short_k = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    %0 = affine.apply affine_map<(a, b, c, d) -> (a * 13 + b * 19 + c * 35 + d * 11)>(%i0, %i1, %i2, %i3)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x16x4x8xf16>
  %short_v = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    %0 = affine.apply affine_map<(a, b, c, d) -> (a * 14 + b * 20 + c * 36 + d * 12)>(%i0, %i1, %i2, %i3)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x16x4x8xf16>
  %m = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    %0 = affine.apply affine_map<(a, b, c, d) -> (a * 17 + b * 23 + c * 39 + d * 15)>(%i0, %i1, %i2, %i3)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %zero = arith.constant 0.0 : f32
    %first = arith.constant 0 : index
    %4 = arith.cmpf olt, %3, %zero : f32
    %5 = arith.cmpi eq, %i3, %first : index
    %6 = arith.ori %4, %5 : i1
    tensor.yield %6 : i1
  } : tensor<2x1x16x24xi1>
  %causal = call @causal(%q, %short_k, %short_v) : (tensor<2x16x4x8xf16>, tensor<2x16x4x8xf16>, tensor<2x16x4x8xf16>) -> tensor<2x16x4x8xf16>
  %causal_flat = tensor.collapse_shape %causal [[0, 1, 2, 3]] : tensor<2x16x4x8xf16> into tensor<1024xf16>
  call @print(%causal_flat) : (tensor<1024xf16>) -> ()
  %mask = call @mask(%q, %k, %v, %m) : (tensor<2x16x4x8xf16>, tensor<2x24x4x8xf16>, tensor<2x24x4x8xf16>, tensor<2x1x16x24xi1>) -> tensor<2x16x4x8xf16>
  %mask_flat = tensor.collapse_shape %mask [[0, 1, 2, 3]] : tensor<2x16x4x8xf16> into tensor<1024xf16>
  call @print(%mask_flat) : (tensor<1024xf16>) -> ()
  %window = call @window(%q, %short_k, %short_v) : (tensor<2x16x4x8xf16>, tensor<2x16x4x8xf16>, tensor<2x16x4x8xf16>) -> tensor<2x16x4x8xf16>
  %window_flat = tensor.collapse_shape %window [[0, 1, 2, 3]] : tensor<2x16x4x8xf16> into tensor<1024xf16>
  call @print(%window_flat) : (tensor<1024xf16>) -> ()
  %lengths = call @lengths(%q, %k, %v) : (tensor<2x16x4x8xf16>, tensor<2x24x4x8xf16>, tensor<2x24x4x8xf16>) -> tensor<2x16x4x8xf16>
  %lengths_flat = tensor.collapse_shape %lengths [[0, 1, 2, 3]] : tensor<2x16x4x8xf16> into tensor<1024xf16>
  call @print(%lengths_flat) : (tensor<1024xf16>) -> ()
  return
}
