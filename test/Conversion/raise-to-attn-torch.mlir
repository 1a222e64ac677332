// What torch-mlir, as it is part of IREE 3.13.0, makes of attention that a model in
// PyTorch writes out:
//
//   iree-compile --iree-input-type=torch --compile-to=input
//     --iree-hal-target-backends=llvm-cpu
//
// on torch.aten.matmul, mul or div, softmax.int and matmul, without what IREE puts
// around it for its own runtime. Scores are rounded to f16; the maximum comes with
// its place; sums keep their dimension.

// RUN: fa3-opt %s --raise-to-attn --canonicalize | FileCheck %s

// DEFINE: %{lower} = fa3-opt --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" \
// DEFINE:   --convert-linalg-to-loops --attn-to-cpu
// DEFINE: %{run} = mlir-runner --entry-point-result=void \
// DEFINE:   --shared-libs=%llvm_lib/libmlir_runner_utils.so,%llvm_lib/libmlir_c_runner_utils.so,%llvm_lib/libmlir_float16_utils.so
// RUN: %{lower} %s | %{run} > %t.before
// RUN: fa3-opt %s --raise-to-attn | %{lower} | %{run} > %t.after
// RUN: %python %S/Inputs/compare.py %t.before %t.after --tolerance 2e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS
// NUMBERS: 2048 numbers, largest difference {{.*}}, 0 failed

// The same after a compiler has put into one operation what it can, the products
// among it.
// RUN: fa3-opt %s --linalg-fuse-elementwise-ops --raise-to-attn > %t.fused.mlir
// RUN: FileCheck %s --check-prefix=FUSED < %t.fused.mlir
// FUSED-COUNT-2: attn.forward
// RUN: %{lower} %t.fused.mlir | %{run} > %t.fused
// RUN: %python %S/Inputs/compare.py %t.before %t.fused --tolerance 2e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS

// CHECK-NOT: linalg.batch_matmul
// CHECK-NOT: linalg.transpose

// (q @ k.transpose(-2, -1) * 0.25).softmax(-1) @ v
// CHECK-LABEL: func.func @torch(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: {layout = #attn.layout<bhsd>, scale = 2.500000e-01 : f32}
// CHECK-NOT: score
func.func @torch(%arg0: tensor<2x4x16x8xf16>, %arg1: tensor<2x4x24x8xf16>, %arg2: tensor<2x4x24x8xf16>) -> tensor<2x4x16x8xf16> {
  %cst = arith.constant 0.000000e+00 : f32
  %c0_i64 = arith.constant 0 : i64
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant 2.500000e-01 : f16
  %3 = tensor.empty() : tensor<2x4x8x24xf16>
  %transposed = linalg.transpose ins(%arg1 : tensor<2x4x24x8xf16>) outs(%3 : tensor<2x4x8x24xf16>) permutation = [0, 1, 3, 2] 
  %collapsed = tensor.collapse_shape %arg0 [[0, 1], [2], [3]] : tensor<2x4x16x8xf16> into tensor<8x16x8xf16>
  %collapsed_2 = tensor.collapse_shape %transposed [[0, 1], [2], [3]] : tensor<2x4x8x24xf16> into tensor<8x8x24xf16>
  %4 = tensor.empty() : tensor<8x16x24xf32>
  %5 = linalg.fill ins(%cst : f32) outs(%4 : tensor<8x16x24xf32>) -> tensor<8x16x24xf32>
  %6 = linalg.batch_matmul ins(%collapsed, %collapsed_2 : tensor<8x16x8xf16>, tensor<8x8x24xf16>) outs(%5 : tensor<8x16x24xf32>) -> tensor<8x16x24xf32>
  %7 = tensor.empty() : tensor<8x16x24xf16>
  %8 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%6 : tensor<8x16x24xf32>) outs(%7 : tensor<8x16x24xf16>) {
  ^bb0(%in: f32, %out: f16):
    %32 = arith.truncf %in : f32 to f16
    linalg.yield %32 : f16
  } -> tensor<8x16x24xf16>
  %expanded = tensor.expand_shape %8 [[0, 1], [2], [3]] output_shape [2, 4, 16, 24] : tensor<8x16x24xf16> into tensor<2x4x16x24xf16>
  %9 = tensor.empty() : tensor<2x4x16x24xf16>
  %10 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<2x4x16x24xf16>) outs(%9 : tensor<2x4x16x24xf16>) {
  ^bb0(%in: f16, %out: f16):
    %32 = arith.mulf %in, %cst_1 : f16
    linalg.yield %32 : f16
  } -> tensor<2x4x16x24xf16>
  %11 = tensor.empty() : tensor<2x4x16x24xf32>
  %12 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%10 : tensor<2x4x16x24xf16>) outs(%11 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f16, %out: f32):
    %32 = arith.extf %in : f16 to f32
    linalg.yield %32 : f32
  } -> tensor<2x4x16x24xf32>
  %13 = tensor.empty() : tensor<2x4x16xi64>
  %14 = linalg.fill ins(%c0_i64 : i64) outs(%13 : tensor<2x4x16xi64>) -> tensor<2x4x16xi64>
  %15 = tensor.empty() : tensor<2x4x16xf32>
  %16 = linalg.fill ins(%cst_0 : f32) outs(%15 : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  %17:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%12 : tensor<2x4x16x24xf32>) outs(%16, %14 : tensor<2x4x16xf32>, tensor<2x4x16xi64>) {
  ^bb0(%in: f32, %out: f32, %out_7: i64):
    %32 = linalg.index 3 : index
    %33 = arith.index_cast %32 : index to i64
    %34 = arith.maximumf %in, %out : f32
    %35 = arith.cmpf ogt, %in, %out : f32
    %36 = arith.select %35, %33, %out_7 : i64
    linalg.yield %34, %36 : f32, i64
  } -> (tensor<2x4x16xf32>, tensor<2x4x16xi64>)
  %expanded_3 = tensor.expand_shape %17#0 [[0], [1], [2, 3]] output_shape [2, 4, 16, 1] : tensor<2x4x16xf32> into tensor<2x4x16x1xf32>
  %18 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%12, %expanded_3 : tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>) outs(%11 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %in_7: f32, %out: f32):
    %32 = arith.subf %in, %in_7 : f32
    linalg.yield %32 : f32
  } -> tensor<2x4x16x24xf32>
  %19 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%18 : tensor<2x4x16x24xf32>) outs(%11 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    %32 = math.exp %in : f32
    linalg.yield %32 : f32
  } -> tensor<2x4x16x24xf32>
  %20 = tensor.empty() : tensor<2x4x16x1xf32>
  %21 = linalg.fill ins(%cst : f32) outs(%20 : tensor<2x4x16x1xf32>) -> tensor<2x4x16x1xf32>
  %22 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%19 : tensor<2x4x16x24xf32>) outs(%21 : tensor<2x4x16x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %32 = arith.addf %in, %out : f32
    linalg.yield %32 : f32
  } -> tensor<2x4x16x1xf32>
  %23 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%19, %22 : tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>) outs(%11 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %in_7: f32, %out: f32):
    %32 = arith.divf %in, %in_7 : f32
    linalg.yield %32 : f32
  } -> tensor<2x4x16x24xf32>
  %24 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%23 : tensor<2x4x16x24xf32>) outs(%9 : tensor<2x4x16x24xf16>) {
  ^bb0(%in: f32, %out: f16):
    %32 = arith.truncf %in : f32 to f16
    linalg.yield %32 : f16
  } -> tensor<2x4x16x24xf16>
  %collapsed_4 = tensor.collapse_shape %24 [[0, 1], [2], [3]] : tensor<2x4x16x24xf16> into tensor<8x16x24xf16>
  %collapsed_5 = tensor.collapse_shape %arg2 [[0, 1], [2], [3]] : tensor<2x4x24x8xf16> into tensor<8x24x8xf16>
  %25 = tensor.empty() : tensor<8x16x8xf32>
  %26 = linalg.fill ins(%cst : f32) outs(%25 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %27 = linalg.batch_matmul ins(%collapsed_4, %collapsed_5 : tensor<8x16x24xf16>, tensor<8x24x8xf16>) outs(%26 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %28 = tensor.empty() : tensor<8x16x8xf16>
  %29 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%27 : tensor<8x16x8xf32>) outs(%28 : tensor<8x16x8xf16>) {
  ^bb0(%in: f32, %out: f16):
    %32 = arith.truncf %in : f32 to f16
    linalg.yield %32 : f16
  } -> tensor<8x16x8xf16>
  %expanded_6 = tensor.expand_shape %29 [[0, 1], [2], [3]] output_shape [2, 4, 16, 8] : tensor<8x16x8xf16> into tensor<2x4x16x8xf16>
  return %expanded_6 : tensor<2x4x16x8xf16>
}

// With q, k and v transposed from [batch, length, heads, size] and back, divided by
// the root of 8, and torch.full((16, 16), -inf).triu(1) added.
// CHECK-LABEL: func.func @torch_causal(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: {causal, scale = 0.353553385 : f32}
// CHECK-NOT: score
func.func @torch_causal(%arg0: tensor<2x16x4x8xf16>, %arg1: tensor<2x16x4x8xf16>, %arg2: tensor<2x16x4x8xf16>) -> tensor<2x16x4x8xf16> {
  %c1_i64 = arith.constant 1 : i64
  %cst = arith.constant 0.000000e+00 : f32
  %c0_i64 = arith.constant 0 : i64
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant dense<0xFF800000> : tensor<16x16xf32>
  %cst_2 = arith.constant 2.82842708 : f32
  %3 = tensor.empty() : tensor<2x4x16x8xf16>
  %transposed = linalg.transpose ins(%arg0 : tensor<2x16x4x8xf16>) outs(%3 : tensor<2x4x16x8xf16>) permutation = [0, 2, 1, 3] 
  %transposed_3 = linalg.transpose ins(%arg2 : tensor<2x16x4x8xf16>) outs(%3 : tensor<2x4x16x8xf16>) permutation = [0, 2, 1, 3] 
  %4 = tensor.empty() : tensor<2x4x8x16xf16>
  %transposed_4 = linalg.transpose ins(%arg1 : tensor<2x16x4x8xf16>) outs(%4 : tensor<2x4x8x16xf16>) permutation = [0, 2, 3, 1] 
  %collapsed = tensor.collapse_shape %transposed [[0, 1], [2], [3]] : tensor<2x4x16x8xf16> into tensor<8x16x8xf16>
  %collapsed_5 = tensor.collapse_shape %transposed_4 [[0, 1], [2], [3]] : tensor<2x4x8x16xf16> into tensor<8x8x16xf16>
  %5 = tensor.empty() : tensor<8x16x16xf32>
  %6 = linalg.fill ins(%cst : f32) outs(%5 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %7 = linalg.batch_matmul ins(%collapsed, %collapsed_5 : tensor<8x16x8xf16>, tensor<8x8x16xf16>) outs(%6 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %8 = tensor.empty() : tensor<8x16x16xf16>
  %9 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%7 : tensor<8x16x16xf32>) outs(%8 : tensor<8x16x16xf16>) {
  ^bb0(%in: f32, %out: f16):
    %36 = arith.truncf %in : f32 to f16
    linalg.yield %36 : f16
  } -> tensor<8x16x16xf16>
  %expanded = tensor.expand_shape %9 [[0, 1], [2], [3]] output_shape [2, 4, 16, 16] : tensor<8x16x16xf16> into tensor<2x4x16x16xf16>
  %10 = tensor.empty() : tensor<2x4x16x16xf16>
  %11 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<2x4x16x16xf16>) outs(%10 : tensor<2x4x16x16xf16>) {
  ^bb0(%in: f16, %out: f16):
    %36 = arith.truncf %cst_2 : f32 to f16
    %37 = arith.divf %in, %36 : f16
    linalg.yield %37 : f16
  } -> tensor<2x4x16x16xf16>
  %12 = tensor.empty() : tensor<16x16xf32>
  %13 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%cst_1 : tensor<16x16xf32>) outs(%12 : tensor<16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %36 = linalg.index 0 : index
    %37 = arith.index_cast %36 : index to i64
    %38 = linalg.index 1 : index
    %39 = arith.index_cast %38 : index to i64
    %40 = arith.addi %37, %c1_i64 : i64
    %41 = arith.cmpi sge, %39, %40 : i64
    %42 = arith.select %41, %in, %cst : f32
    linalg.yield %42 : f32
  } -> tensor<16x16xf32>
  %14 = tensor.empty() : tensor<2x4x16x16xf32>
  %15 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%11, %13 : tensor<2x4x16x16xf16>, tensor<16x16xf32>) outs(%14 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f16, %in_11: f32, %out: f32):
    %36 = arith.extf %in : f16 to f32
    %37 = arith.addf %36, %in_11 : f32
    linalg.yield %37 : f32
  } -> tensor<2x4x16x16xf32>
  %16 = tensor.empty() : tensor<2x4x16xi64>
  %17 = linalg.fill ins(%c0_i64 : i64) outs(%16 : tensor<2x4x16xi64>) -> tensor<2x4x16xi64>
  %18 = tensor.empty() : tensor<2x4x16xf32>
  %19 = linalg.fill ins(%cst_0 : f32) outs(%18 : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  %20:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%15 : tensor<2x4x16x16xf32>) outs(%19, %17 : tensor<2x4x16xf32>, tensor<2x4x16xi64>) {
  ^bb0(%in: f32, %out: f32, %out_11: i64):
    %36 = linalg.index 3 : index
    %37 = arith.index_cast %36 : index to i64
    %38 = arith.maximumf %in, %out : f32
    %39 = arith.cmpf ogt, %in, %out : f32
    %40 = arith.select %39, %37, %out_11 : i64
    linalg.yield %38, %40 : f32, i64
  } -> (tensor<2x4x16xf32>, tensor<2x4x16xi64>)
  %expanded_6 = tensor.expand_shape %20#0 [[0], [1], [2, 3]] output_shape [2, 4, 16, 1] : tensor<2x4x16xf32> into tensor<2x4x16x1xf32>
  %21 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%15, %expanded_6 : tensor<2x4x16x16xf32>, tensor<2x4x16x1xf32>) outs(%14 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_11: f32, %out: f32):
    %36 = arith.subf %in, %in_11 : f32
    linalg.yield %36 : f32
  } -> tensor<2x4x16x16xf32>
  %22 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%21 : tensor<2x4x16x16xf32>) outs(%14 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %36 = math.exp %in : f32
    linalg.yield %36 : f32
  } -> tensor<2x4x16x16xf32>
  %23 = tensor.empty() : tensor<2x4x16x1xf32>
  %24 = linalg.fill ins(%cst : f32) outs(%23 : tensor<2x4x16x1xf32>) -> tensor<2x4x16x1xf32>
  %25 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%22 : tensor<2x4x16x16xf32>) outs(%24 : tensor<2x4x16x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %36 = arith.addf %in, %out : f32
    linalg.yield %36 : f32
  } -> tensor<2x4x16x1xf32>
  %26 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%22, %25 : tensor<2x4x16x16xf32>, tensor<2x4x16x1xf32>) outs(%14 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_11: f32, %out: f32):
    %36 = arith.divf %in, %in_11 : f32
    linalg.yield %36 : f32
  } -> tensor<2x4x16x16xf32>
  %27 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%26 : tensor<2x4x16x16xf32>) outs(%10 : tensor<2x4x16x16xf16>) {
  ^bb0(%in: f32, %out: f16):
    %36 = arith.truncf %in : f32 to f16
    linalg.yield %36 : f16
  } -> tensor<2x4x16x16xf16>
  %collapsed_7 = tensor.collapse_shape %27 [[0, 1], [2], [3]] : tensor<2x4x16x16xf16> into tensor<8x16x16xf16>
  %collapsed_8 = tensor.collapse_shape %transposed_3 [[0, 1], [2], [3]] : tensor<2x4x16x8xf16> into tensor<8x16x8xf16>
  %28 = tensor.empty() : tensor<8x16x8xf32>
  %29 = linalg.fill ins(%cst : f32) outs(%28 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %30 = linalg.batch_matmul ins(%collapsed_7, %collapsed_8 : tensor<8x16x16xf16>, tensor<8x16x8xf16>) outs(%29 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %31 = tensor.empty() : tensor<8x16x8xf16>
  %32 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%30 : tensor<8x16x8xf32>) outs(%31 : tensor<8x16x8xf16>) {
  ^bb0(%in: f32, %out: f16):
    %36 = arith.truncf %in : f32 to f16
    linalg.yield %36 : f16
  } -> tensor<8x16x8xf16>
  %expanded_9 = tensor.expand_shape %32 [[0, 1], [2], [3]] output_shape [2, 4, 16, 8] : tensor<8x16x8xf16> into tensor<2x4x16x8xf16>
  %33 = tensor.empty() : tensor<2x16x4x8xf16>
  %transposed_10 = linalg.transpose ins(%expanded_9 : tensor<2x4x16x8xf16>) outs(%33 : tensor<2x16x4x8xf16>) permutation = [0, 2, 1, 3] 
  return %transposed_10 : tensor<2x16x4x8xf16>
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
  %torch = call @torch(%bhsd_q, %bhsd_k, %bhsd_v) : (tensor<2x4x16x8xf16>, tensor<2x4x24x8xf16>, tensor<2x4x24x8xf16>) -> tensor<2x4x16x8xf16>
  %torch_flat = tensor.collapse_shape %torch [[0, 1, 2, 3]] : tensor<2x4x16x8xf16> into tensor<1024xf16>
  call @print(%torch_flat) : (tensor<1024xf16>) -> ()
  %torch_causal = call @torch_causal(%q, %short_k, %short_v) : (tensor<2x16x4x8xf16>, tensor<2x16x4x8xf16>, tensor<2x16x4x8xf16>) -> tensor<2x16x4x8xf16>
  %torch_causal_flat = tensor.collapse_shape %torch_causal [[0, 1, 2, 3]] : tensor<2x16x4x8xf16> into tensor<1024xf16>
  call @print(%torch_causal_flat) : (tensor<1024xf16>) -> ()
  return
}
