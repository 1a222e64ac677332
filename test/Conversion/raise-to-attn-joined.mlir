// Attention behind projections: Q, K and V are matrices of batch and rows in one
// dimension and heads and features in the other, as PyTorch's linear layers yield them,
// and so is the result. Written in PyTorch 2.15.0 with tensors of f16, as torch-mlir
// 20261001 brings it into linalg:
//
//   torch_mlir.fx.export_and_import(torch.export.export(f, arguments),
//                                   output_type="linalg-on-tensors")

// RUN: fa3-opt %s --raise-to-attn --canonicalize | FileCheck %s

// DEFINE: %{lower} = fa3-opt --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" \
// DEFINE:   --convert-linalg-to-loops --attn-to-cpu
// DEFINE: %{run} = mlir-runner --entry-point-result=void \
// DEFINE:   --shared-libs=%llvm_lib/libmlir_runner_utils.so,%llvm_lib/libmlir_c_runner_utils.so,%llvm_lib/libmlir_float16_utils.so
// RUN: %{lower} %s | %{run} > %t.before
// RUN: fa3-opt %s --raise-to-attn | %{lower} | %{run} > %t.after
// RUN: %python %S/Inputs/compare.py %t.before %t.after --tolerance 2e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS
// NUMBERS: 1024 numbers, largest difference {{.*}}, 0 failed

// CHECK-NOT: linalg.batch_matmul
// CHECK-NOT: linalg.transpose

// q, k, v = [x.view(2, 16, 4, 8).transpose(1, 2) for x in (q, k, v)]
// ((q @ k.transpose(-2, -1) * 0.25).softmax(-1) @ v).transpose(1, 2).reshape(32, 32)
// CHECK-LABEL: func.func @joined(
// CHECK: %[[Q:.*]] = tensor.expand_shape %arg0 {{.*}} into tensor<2x16x4x8xf16>
// CHECK: attn.forward ins(%[[Q]], %{{.*}}, %{{.*}} : tensor<2x16x4x8xf16>, tensor<2x16x4x8xf16>, tensor<2x16x4x8xf16>)
// CHECK-SAME: {scale = 2.500000e-01 : f32}
// CHECK-NOT: score
func.func @joined(%arg0: tensor<32x32xf16>, %arg1: tensor<32x32xf16>, %arg2: tensor<32x32xf16>) -> tensor<32x32xf16> {
  %cst = arith.constant 0.000000e+00 : f32
  %c0_i64 = arith.constant 0 : i64
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant 2.500000e-01 : f16
  %expanded = tensor.expand_shape %arg0 [[0, 1], [2, 3]] output_shape [2, 16, 4, 8] : tensor<32x32xf16> into tensor<2x16x4x8xf16>
  %0 = tensor.empty() : tensor<2x4x16x8xf16>
  %transposed = linalg.transpose ins(%expanded : tensor<2x16x4x8xf16>) outs(%0 : tensor<2x4x16x8xf16>) permutation = [0, 2, 1, 3]
  %expanded_2 = tensor.expand_shape %arg1 [[0, 1], [2, 3]] output_shape [2, 16, 4, 8] : tensor<32x32xf16> into tensor<2x16x4x8xf16>
  %expanded_3 = tensor.expand_shape %arg2 [[0, 1], [2, 3]] output_shape [2, 16, 4, 8] : tensor<32x32xf16> into tensor<2x16x4x8xf16>
  %transposed_4 = linalg.transpose ins(%expanded_3 : tensor<2x16x4x8xf16>) outs(%0 : tensor<2x4x16x8xf16>) permutation = [0, 2, 1, 3]
  %1 = tensor.empty() : tensor<2x4x8x16xf16>
  %transposed_5 = linalg.transpose ins(%expanded_2 : tensor<2x16x4x8xf16>) outs(%1 : tensor<2x4x8x16xf16>) permutation = [0, 2, 3, 1]
  %collapsed = tensor.collapse_shape %transposed [[0, 1], [2], [3]] : tensor<2x4x16x8xf16> into tensor<8x16x8xf16>
  %collapsed_6 = tensor.collapse_shape %transposed_5 [[0, 1], [2], [3]] : tensor<2x4x8x16xf16> into tensor<8x8x16xf16>
  %2 = tensor.empty() : tensor<8x16x16xf32>
  %3 = linalg.fill ins(%cst : f32) outs(%2 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %4 = linalg.batch_matmul ins(%collapsed, %collapsed_6 : tensor<8x16x8xf16>, tensor<8x8x16xf16>) outs(%3 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %5 = tensor.empty() : tensor<8x16x16xf16>
  %6 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%4 : tensor<8x16x16xf32>) outs(%5 : tensor<8x16x16xf16>) {
  ^bb0(%in: f32, %out: f16):
    %29 = arith.truncf %in : f32 to f16
    linalg.yield %29 : f16
  } -> tensor<8x16x16xf16>
  %expanded_7 = tensor.expand_shape %6 [[0, 1], [2], [3]] output_shape [2, 4, 16, 16] : tensor<8x16x16xf16> into tensor<2x4x16x16xf16>
  %7 = tensor.empty() : tensor<2x4x16x16xf16>
  %8 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_7 : tensor<2x4x16x16xf16>) outs(%7 : tensor<2x4x16x16xf16>) {
  ^bb0(%in: f16, %out: f16):
    %29 = arith.mulf %in, %cst_1 : f16
    linalg.yield %29 : f16
  } -> tensor<2x4x16x16xf16>
  %9 = tensor.empty() : tensor<2x4x16x16xf32>
  %10 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%8 : tensor<2x4x16x16xf16>) outs(%9 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f16, %out: f32):
    %29 = arith.extf %in : f16 to f32
    linalg.yield %29 : f32
  } -> tensor<2x4x16x16xf32>
  %11 = tensor.empty() : tensor<2x4x16xi64>
  %12 = linalg.fill ins(%c0_i64 : i64) outs(%11 : tensor<2x4x16xi64>) -> tensor<2x4x16xi64>
  %13 = tensor.empty() : tensor<2x4x16xf32>
  %14 = linalg.fill ins(%cst_0 : f32) outs(%13 : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  %15:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%10 : tensor<2x4x16x16xf32>) outs(%14, %12 : tensor<2x4x16xf32>, tensor<2x4x16xi64>) {
  ^bb0(%in: f32, %out: f32, %out_14: i64):
    %29 = linalg.index 3 : index
    %30 = arith.index_cast %29 : index to i64
    %31 = arith.maximumf %in, %out : f32
    %32 = arith.cmpf ogt, %in, %out : f32
    %33 = arith.select %32, %30, %out_14 : i64
    linalg.yield %31, %33 : f32, i64
  } -> (tensor<2x4x16xf32>, tensor<2x4x16xi64>)
  %expanded_8 = tensor.expand_shape %15#0 [[0], [1], [2, 3]] output_shape [2, 4, 16, 1] : tensor<2x4x16xf32> into tensor<2x4x16x1xf32>
  %16 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%10, %expanded_8 : tensor<2x4x16x16xf32>, tensor<2x4x16x1xf32>) outs(%9 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_14: f32, %out: f32):
    %29 = arith.subf %in, %in_14 : f32
    linalg.yield %29 : f32
  } -> tensor<2x4x16x16xf32>
  %17 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%16 : tensor<2x4x16x16xf32>) outs(%9 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %29 = math.exp %in : f32
    linalg.yield %29 : f32
  } -> tensor<2x4x16x16xf32>
  %18 = tensor.empty() : tensor<2x4x16x1xf32>
  %19 = linalg.fill ins(%cst : f32) outs(%18 : tensor<2x4x16x1xf32>) -> tensor<2x4x16x1xf32>
  %20 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%17 : tensor<2x4x16x16xf32>) outs(%19 : tensor<2x4x16x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %29 = arith.addf %in, %out : f32
    linalg.yield %29 : f32
  } -> tensor<2x4x16x1xf32>
  %21 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%17, %20 : tensor<2x4x16x16xf32>, tensor<2x4x16x1xf32>) outs(%9 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_14: f32, %out: f32):
    %29 = arith.divf %in, %in_14 : f32
    linalg.yield %29 : f32
  } -> tensor<2x4x16x16xf32>
  %22 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%21 : tensor<2x4x16x16xf32>) outs(%7 : tensor<2x4x16x16xf16>) {
  ^bb0(%in: f32, %out: f16):
    %29 = arith.truncf %in : f32 to f16
    linalg.yield %29 : f16
  } -> tensor<2x4x16x16xf16>
  %collapsed_9 = tensor.collapse_shape %22 [[0, 1], [2], [3]] : tensor<2x4x16x16xf16> into tensor<8x16x16xf16>
  %collapsed_10 = tensor.collapse_shape %transposed_4 [[0, 1], [2], [3]] : tensor<2x4x16x8xf16> into tensor<8x16x8xf16>
  %23 = tensor.empty() : tensor<8x16x8xf32>
  %24 = linalg.fill ins(%cst : f32) outs(%23 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %25 = linalg.batch_matmul ins(%collapsed_9, %collapsed_10 : tensor<8x16x16xf16>, tensor<8x16x8xf16>) outs(%24 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %26 = tensor.empty() : tensor<8x16x8xf16>
  %27 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%25 : tensor<8x16x8xf32>) outs(%26 : tensor<8x16x8xf16>) {
  ^bb0(%in: f32, %out: f16):
    %29 = arith.truncf %in : f32 to f16
    linalg.yield %29 : f16
  } -> tensor<8x16x8xf16>
  %expanded_11 = tensor.expand_shape %27 [[0, 1], [2], [3]] output_shape [2, 4, 16, 8] : tensor<8x16x8xf16> into tensor<2x4x16x8xf16>
  %28 = tensor.empty() : tensor<2x16x4x8xf16>
  %transposed_12 = linalg.transpose ins(%expanded_11 : tensor<2x4x16x8xf16>) outs(%28 : tensor<2x16x4x8xf16>) permutation = [0, 2, 1, 3]
  %collapsed_13 = tensor.collapse_shape %transposed_12 [[0, 1], [2, 3]] : tensor<2x16x4x8xf16> into tensor<32x32xf16>
  return %collapsed_13 : tensor<32x32xf16>
}

// All of them on sines.
func.func @sines(%seed: index) -> tensor<1536xf16> {
  %sines = tensor.generate {
  ^bb0(%i: index):
    %0 = arith.addi %i, %seed : index
    %1 = arith.muli %0, %i : index
    %2 = arith.index_cast %1 : index to i32
    %3 = arith.sitofp %2 : i32 to f32
    %4 = math.sin %3 : f32
    %5 = arith.truncf %4 : f32 to f16
    tensor.yield %5 : f16
  } : tensor<1536xf16>
  return %sines : tensor<1536xf16>
}
func.func @main() {
  %c0 = arith.constant 0 : index
  %x0 = call @sines(%c0) : (index) -> tensor<1536xf16>
  %x0_1024 = tensor.extract_slice %x0[0] [1024] [1] : tensor<1536xf16> to tensor<1024xf16>
  %x0_32x32xf16 = tensor.expand_shape %x0_1024 [[0, 1]] output_shape [32, 32] : tensor<1024xf16> into tensor<32x32xf16>
  %c1 = arith.constant 1 : index
  %x1 = call @sines(%c1) : (index) -> tensor<1536xf16>
  %x1_1024 = tensor.extract_slice %x1[0] [1024] [1] : tensor<1536xf16> to tensor<1024xf16>
  %x1_32x32xf16 = tensor.expand_shape %x1_1024 [[0, 1]] output_shape [32, 32] : tensor<1024xf16> into tensor<32x32xf16>
  %c2 = arith.constant 2 : index
  %x2 = call @sines(%c2) : (index) -> tensor<1536xf16>
  %x2_1024 = tensor.extract_slice %x2[0] [1024] [1] : tensor<1536xf16> to tensor<1024xf16>
  %x2_32x32xf16 = tensor.expand_shape %x2_1024 [[0, 1]] output_shape [32, 32] : tensor<1024xf16> into tensor<32x32xf16>
  %joined = call @joined(%x0_32x32xf16, %x1_32x32xf16, %x2_32x32xf16) : (tensor<32x32xf16>, tensor<32x32xf16>, tensor<32x32xf16>) -> tensor<32x32xf16>
  %joined_flat = tensor.collapse_shape %joined [[0, 1]] : tensor<32x32xf16> into tensor<1024xf16>
  call @print(%joined_flat) : (tensor<1024xf16>) -> ()
  return
}
func.func @print(%flat: tensor<1024xf16>) {
  %init = tensor.empty() : tensor<1024xf32>
  %wide = linalg.generic {
      indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
      iterator_types = ["parallel"]}
      ins(%flat : tensor<1024xf16>) outs(%init : tensor<1024xf32>) {
  ^bb0(%in: f16, %out: f32):
    %0 = arith.extf %in : f16 to f32
    linalg.yield %0 : f32
  } -> tensor<1024xf32>
  %any = tensor.cast %wide : tensor<1024xf32> to tensor<*xf32>
  call @printMemrefF32(%any) : (tensor<*xf32>) -> ()
  return
}
func.func private @printMemrefF32(tensor<*xf32>)
