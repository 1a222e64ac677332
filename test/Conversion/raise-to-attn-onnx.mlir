// torch.nn.functional.scaled_dot_product_attention in PyTorch 2.15.0 with tensors of f16,
// by way of ONNX:
//
//   torch.onnx.export(f, arguments, path, dynamo=True, opset_version=18)
//   iree-import-onnx
//   iree-compile --iree-input-type=onnx --compile-to=input
//     --iree-hal-target-backends=llvm-cpu
//
// of onnx 1.23.2 and IREE 3.13.0, without what IREE puts around it for its own runtime.
// Version 23 of the operators has one for attention, which neither IREE nor torch-mlir
// takes. Q and K are multiplied in f16 by the root of the scale each, rounded to f16,
// and the scores are rounded before the mask is added to them.

// RUN: fa3-opt %s --raise-to-attn --canonicalize -o %t.raised.mlir 2> %t.remarks
// RUN: FileCheck %s < %t.raised.mlir
// RUN: FileCheck %s --check-prefix=REMARK --implicit-check-not=remark: < %t.remarks
// REMARK: remark: a row whose visible scores are all below -64000 has other weights

// DEFINE: %{lower} = fa3-opt --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" \
// DEFINE:   --convert-linalg-to-loops --attn-to-cpu
// DEFINE: %{run} = mlir-runner --entry-point-result=void \
// DEFINE:   --shared-libs=%llvm_lib/libmlir_runner_utils.so,%llvm_lib/libmlir_c_runner_utils.so,%llvm_lib/libmlir_float16_utils.so
// RUN: %{lower} %s | %{run} > %t.before
// RUN: %{lower} %t.raised.mlir | %{run} > %t.after
// RUN: %python %S/Inputs/compare.py %t.before %t.after --tolerance 2e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS
// NUMBERS: 4096 numbers, largest difference {{.*}}, 0 failed

// The same after a compiler has put into one operation what it can, the products
// among it.
// RUN: fa3-opt %s --linalg-fuse-elementwise-ops --raise-to-attn > %t.fused.mlir
// RUN: FileCheck %s --check-prefix=FUSED < %t.fused.mlir
// RUN: %{lower} %t.fused.mlir | %{run} > %t.fused
// RUN: %python %S/Inputs/compare.py %t.before %t.fused --tolerance 2e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS
// FUSED-COUNT-4: attn.forward

// CHECK-NOT: linalg.batch_matmul
// CHECK-NOT: linalg.transpose

// enable_gqa=True: two heads of Q share one of K and V.
// CHECK-LABEL: func.func @shared(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 : tensor<2x4x16x8xf16>, tensor<2x2x24x8xf16>, tensor<2x2x24x8xf16>)
// CHECK-SAME: {layout = #attn.layout<bhsd>, scale = 0.353699684 : f32}
// CHECK-NOT: score
func.func @shared(%arg0: tensor<2x4x16x8xf16>, %arg1: tensor<2x2x24x8xf16>, %arg2: tensor<2x2x24x8xf16>) -> tensor<2x4x16x8xf16> {
  %cst = arith.constant 0.000000e+00 : f32
  %c0_i64 = arith.constant 0 : i64
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant dense<5.947270e-01> : tensor<1xf16>
  %0 = tensor.empty() : tensor<2x2x2x24x8xf16>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<2x2x24x8xf16>) outs(%0 : tensor<2x2x2x24x8xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x2x2x24x8xf16>
  %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<2x2x24x8xf16>) outs(%0 : tensor<2x2x2x24x8xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x2x2x24x8xf16>
  %collapsed = tensor.collapse_shape %1 [[0, 1, 2], [3], [4]] : tensor<2x2x2x24x8xf16> into tensor<8x24x8xf16>
  %3 = tensor.empty() : tensor<8x8x24xf16>
  %transposed = linalg.transpose ins(%collapsed : tensor<8x24x8xf16>) outs(%3 : tensor<8x8x24xf16>) permutation = [0, 2, 1]
  %expanded = tensor.expand_shape %transposed [[0, 1], [2], [3]] output_shape [2, 4, 8, 24] : tensor<8x8x24xf16> into tensor<2x4x8x24xf16>
  %4 = tensor.empty() : tensor<2x4x16x8xf16>
  %5 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg0, %cst_1 : tensor<2x4x16x8xf16>, tensor<1xf16>) outs(%4 : tensor<2x4x16x8xf16>) {
  ^bb0(%in: f16, %in_9: f16, %out: f16):
    %33 = arith.mulf %in, %in_9 : f16
    linalg.yield %33 : f16
  } -> tensor<2x4x16x8xf16>
  %6 = tensor.empty() : tensor<2x4x8x24xf16>
  %7 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded, %cst_1 : tensor<2x4x8x24xf16>, tensor<1xf16>) outs(%6 : tensor<2x4x8x24xf16>) {
  ^bb0(%in: f16, %in_9: f16, %out: f16):
    %33 = arith.mulf %in, %in_9 : f16
    linalg.yield %33 : f16
  } -> tensor<2x4x8x24xf16>
  %collapsed_2 = tensor.collapse_shape %5 [[0, 1], [2], [3]] : tensor<2x4x16x8xf16> into tensor<8x16x8xf16>
  %collapsed_3 = tensor.collapse_shape %7 [[0, 1], [2], [3]] : tensor<2x4x8x24xf16> into tensor<8x8x24xf16>
  %8 = tensor.empty() : tensor<8x16x24xf32>
  %9 = linalg.fill ins(%cst : f32) outs(%8 : tensor<8x16x24xf32>) -> tensor<8x16x24xf32>
  %10 = linalg.batch_matmul ins(%collapsed_2, %collapsed_3 : tensor<8x16x8xf16>, tensor<8x8x24xf16>) outs(%9 : tensor<8x16x24xf32>) -> tensor<8x16x24xf32>
  %11 = tensor.empty() : tensor<8x16x24xf16>
  %12 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%10 : tensor<8x16x24xf32>) outs(%11 : tensor<8x16x24xf16>) {
  ^bb0(%in: f32, %out: f16):
    %33 = arith.truncf %in : f32 to f16
    linalg.yield %33 : f16
  } -> tensor<8x16x24xf16>
  %expanded_4 = tensor.expand_shape %12 [[0, 1], [2], [3]] output_shape [2, 4, 16, 24] : tensor<8x16x24xf16> into tensor<2x4x16x24xf16>
  %13 = tensor.empty() : tensor<2x4x16x24xf32>
  %14 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_4 : tensor<2x4x16x24xf16>) outs(%13 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f16, %out: f32):
    %33 = arith.extf %in : f16 to f32
    linalg.yield %33 : f32
  } -> tensor<2x4x16x24xf32>
  %15 = tensor.empty() : tensor<2x4x16xi64>
  %16 = linalg.fill ins(%c0_i64 : i64) outs(%15 : tensor<2x4x16xi64>) -> tensor<2x4x16xi64>
  %17 = tensor.empty() : tensor<2x4x16xf32>
  %18 = linalg.fill ins(%cst_0 : f32) outs(%17 : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  %19:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%14 : tensor<2x4x16x24xf32>) outs(%18, %16 : tensor<2x4x16xf32>, tensor<2x4x16xi64>) {
  ^bb0(%in: f32, %out: f32, %out_9: i64):
    %33 = linalg.index 3 : index
    %34 = arith.index_cast %33 : index to i64
    %35 = arith.maximumf %in, %out : f32
    %36 = arith.cmpf ogt, %in, %out : f32
    %37 = arith.select %36, %34, %out_9 : i64
    linalg.yield %35, %37 : f32, i64
  } -> (tensor<2x4x16xf32>, tensor<2x4x16xi64>)
  %expanded_5 = tensor.expand_shape %19#0 [[0], [1], [2, 3]] output_shape [2, 4, 16, 1] : tensor<2x4x16xf32> into tensor<2x4x16x1xf32>
  %20 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%14, %expanded_5 : tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>) outs(%13 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %in_9: f32, %out: f32):
    %33 = arith.subf %in, %in_9 : f32
    linalg.yield %33 : f32
  } -> tensor<2x4x16x24xf32>
  %21 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%20 : tensor<2x4x16x24xf32>) outs(%13 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    %33 = math.exp %in : f32
    linalg.yield %33 : f32
  } -> tensor<2x4x16x24xf32>
  %22 = tensor.empty() : tensor<2x4x16x1xf32>
  %23 = linalg.fill ins(%cst : f32) outs(%22 : tensor<2x4x16x1xf32>) -> tensor<2x4x16x1xf32>
  %24 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%21 : tensor<2x4x16x24xf32>) outs(%23 : tensor<2x4x16x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %33 = arith.addf %in, %out : f32
    linalg.yield %33 : f32
  } -> tensor<2x4x16x1xf32>
  %25 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%21, %24 : tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>) outs(%13 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %in_9: f32, %out: f32):
    %33 = arith.divf %in, %in_9 : f32
    linalg.yield %33 : f32
  } -> tensor<2x4x16x24xf32>
  %26 = tensor.empty() : tensor<2x4x16x24xf16>
  %27 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%25 : tensor<2x4x16x24xf32>) outs(%26 : tensor<2x4x16x24xf16>) {
  ^bb0(%in: f32, %out: f16):
    %33 = arith.truncf %in : f32 to f16
    linalg.yield %33 : f16
  } -> tensor<2x4x16x24xf16>
  %collapsed_6 = tensor.collapse_shape %27 [[0, 1], [2], [3]] : tensor<2x4x16x24xf16> into tensor<8x16x24xf16>
  %collapsed_7 = tensor.collapse_shape %2 [[0, 1, 2], [3], [4]] : tensor<2x2x2x24x8xf16> into tensor<8x24x8xf16>
  %28 = tensor.empty() : tensor<8x16x8xf32>
  %29 = linalg.fill ins(%cst : f32) outs(%28 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %30 = linalg.batch_matmul ins(%collapsed_6, %collapsed_7 : tensor<8x16x24xf16>, tensor<8x24x8xf16>) outs(%29 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %31 = tensor.empty() : tensor<8x16x8xf16>
  %32 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%30 : tensor<8x16x8xf32>) outs(%31 : tensor<8x16x8xf16>) {
  ^bb0(%in: f32, %out: f16):
    %33 = arith.truncf %in : f32 to f16
    linalg.yield %33 : f16
  } -> tensor<8x16x8xf16>
  %expanded_8 = tensor.expand_shape %32 [[0, 1], [2], [3]] output_shape [2, 4, 16, 8] : tensor<8x16x8xf16> into tensor<2x4x16x8xf16>
  return %expanded_8 : tensor<2x4x16x8xf16>
}

// attn_mask of numbers.
// CHECK-LABEL: func.func @bias(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: scale = 0.353699684 : f32} score {
// CHECK-NEXT: ^bb0(%[[S:.*]]: f32, %[[B:.*]]: index, %[[H:.*]]: index, %[[I:.*]]: index, %[[J:.*]]: index):
// CHECK: %[[ROUNDED:.*]] = arith.truncf %[[S]] : f32 to f16
// CHECK: %[[BIAS:.*]] = tensor.extract %arg3[%[[B]], %[[H]], %[[I]], %[[J]]]
// CHECK: arith.addf %[[ROUNDED]], %[[BIAS]] : f16
func.func @bias(%arg0: tensor<2x4x16x8xf16>, %arg1: tensor<2x4x24x8xf16>, %arg2: tensor<2x4x24x8xf16>, %arg3: tensor<2x4x16x24xf16>) -> tensor<2x4x16x8xf16> {
  %cst = arith.constant 0.000000e+00 : f32
  %c0_i64 = arith.constant 0 : i64
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant dense<5.947270e-01> : tensor<1xf16>
  %collapsed = tensor.collapse_shape %arg1 [[0, 1], [2], [3]] : tensor<2x4x24x8xf16> into tensor<8x24x8xf16>
  %0 = tensor.empty() : tensor<8x8x24xf16>
  %transposed = linalg.transpose ins(%collapsed : tensor<8x24x8xf16>) outs(%0 : tensor<8x8x24xf16>) permutation = [0, 2, 1]
  %expanded = tensor.expand_shape %transposed [[0, 1], [2], [3]] output_shape [2, 4, 8, 24] : tensor<8x8x24xf16> into tensor<2x4x8x24xf16>
  %1 = tensor.empty() : tensor<2x4x16x8xf16>
  %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg0, %cst_1 : tensor<2x4x16x8xf16>, tensor<1xf16>) outs(%1 : tensor<2x4x16x8xf16>) {
  ^bb0(%in: f16, %in_9: f16, %out: f16):
    %31 = arith.mulf %in, %in_9 : f16
    linalg.yield %31 : f16
  } -> tensor<2x4x16x8xf16>
  %3 = tensor.empty() : tensor<2x4x8x24xf16>
  %4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded, %cst_1 : tensor<2x4x8x24xf16>, tensor<1xf16>) outs(%3 : tensor<2x4x8x24xf16>) {
  ^bb0(%in: f16, %in_9: f16, %out: f16):
    %31 = arith.mulf %in, %in_9 : f16
    linalg.yield %31 : f16
  } -> tensor<2x4x8x24xf16>
  %collapsed_2 = tensor.collapse_shape %2 [[0, 1], [2], [3]] : tensor<2x4x16x8xf16> into tensor<8x16x8xf16>
  %collapsed_3 = tensor.collapse_shape %4 [[0, 1], [2], [3]] : tensor<2x4x8x24xf16> into tensor<8x8x24xf16>
  %5 = tensor.empty() : tensor<8x16x24xf32>
  %6 = linalg.fill ins(%cst : f32) outs(%5 : tensor<8x16x24xf32>) -> tensor<8x16x24xf32>
  %7 = linalg.batch_matmul ins(%collapsed_2, %collapsed_3 : tensor<8x16x8xf16>, tensor<8x8x24xf16>) outs(%6 : tensor<8x16x24xf32>) -> tensor<8x16x24xf32>
  %8 = tensor.empty() : tensor<8x16x24xf16>
  %9 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%7 : tensor<8x16x24xf32>) outs(%8 : tensor<8x16x24xf16>) {
  ^bb0(%in: f32, %out: f16):
    %31 = arith.truncf %in : f32 to f16
    linalg.yield %31 : f16
  } -> tensor<8x16x24xf16>
  %expanded_4 = tensor.expand_shape %9 [[0, 1], [2], [3]] output_shape [2, 4, 16, 24] : tensor<8x16x24xf16> into tensor<2x4x16x24xf16>
  %10 = tensor.empty() : tensor<2x4x16x24xf16>
  %11 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_4, %arg3 : tensor<2x4x16x24xf16>, tensor<2x4x16x24xf16>) outs(%10 : tensor<2x4x16x24xf16>) {
  ^bb0(%in: f16, %in_9: f16, %out: f16):
    %31 = arith.addf %in, %in_9 : f16
    linalg.yield %31 : f16
  } -> tensor<2x4x16x24xf16>
  %12 = tensor.empty() : tensor<2x4x16x24xf32>
  %13 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%11 : tensor<2x4x16x24xf16>) outs(%12 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f16, %out: f32):
    %31 = arith.extf %in : f16 to f32
    linalg.yield %31 : f32
  } -> tensor<2x4x16x24xf32>
  %14 = tensor.empty() : tensor<2x4x16xi64>
  %15 = linalg.fill ins(%c0_i64 : i64) outs(%14 : tensor<2x4x16xi64>) -> tensor<2x4x16xi64>
  %16 = tensor.empty() : tensor<2x4x16xf32>
  %17 = linalg.fill ins(%cst_0 : f32) outs(%16 : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  %18:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%13 : tensor<2x4x16x24xf32>) outs(%17, %15 : tensor<2x4x16xf32>, tensor<2x4x16xi64>) {
  ^bb0(%in: f32, %out: f32, %out_9: i64):
    %31 = linalg.index 3 : index
    %32 = arith.index_cast %31 : index to i64
    %33 = arith.maximumf %in, %out : f32
    %34 = arith.cmpf ogt, %in, %out : f32
    %35 = arith.select %34, %32, %out_9 : i64
    linalg.yield %33, %35 : f32, i64
  } -> (tensor<2x4x16xf32>, tensor<2x4x16xi64>)
  %expanded_5 = tensor.expand_shape %18#0 [[0], [1], [2, 3]] output_shape [2, 4, 16, 1] : tensor<2x4x16xf32> into tensor<2x4x16x1xf32>
  %19 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%13, %expanded_5 : tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>) outs(%12 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %in_9: f32, %out: f32):
    %31 = arith.subf %in, %in_9 : f32
    linalg.yield %31 : f32
  } -> tensor<2x4x16x24xf32>
  %20 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%19 : tensor<2x4x16x24xf32>) outs(%12 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    %31 = math.exp %in : f32
    linalg.yield %31 : f32
  } -> tensor<2x4x16x24xf32>
  %21 = tensor.empty() : tensor<2x4x16x1xf32>
  %22 = linalg.fill ins(%cst : f32) outs(%21 : tensor<2x4x16x1xf32>) -> tensor<2x4x16x1xf32>
  %23 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%20 : tensor<2x4x16x24xf32>) outs(%22 : tensor<2x4x16x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %31 = arith.addf %in, %out : f32
    linalg.yield %31 : f32
  } -> tensor<2x4x16x1xf32>
  %24 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%20, %23 : tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>) outs(%12 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %in_9: f32, %out: f32):
    %31 = arith.divf %in, %in_9 : f32
    linalg.yield %31 : f32
  } -> tensor<2x4x16x24xf32>
  %25 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%24 : tensor<2x4x16x24xf32>) outs(%10 : tensor<2x4x16x24xf16>) {
  ^bb0(%in: f32, %out: f16):
    %31 = arith.truncf %in : f32 to f16
    linalg.yield %31 : f16
  } -> tensor<2x4x16x24xf16>
  %collapsed_6 = tensor.collapse_shape %25 [[0, 1], [2], [3]] : tensor<2x4x16x24xf16> into tensor<8x16x24xf16>
  %collapsed_7 = tensor.collapse_shape %arg2 [[0, 1], [2], [3]] : tensor<2x4x24x8xf16> into tensor<8x24x8xf16>
  %26 = tensor.empty() : tensor<8x16x8xf32>
  %27 = linalg.fill ins(%cst : f32) outs(%26 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %28 = linalg.batch_matmul ins(%collapsed_6, %collapsed_7 : tensor<8x16x24xf16>, tensor<8x24x8xf16>) outs(%27 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %29 = tensor.empty() : tensor<8x16x8xf16>
  %30 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%28 : tensor<8x16x8xf32>) outs(%29 : tensor<8x16x8xf16>) {
  ^bb0(%in: f32, %out: f16):
    %31 = arith.truncf %in : f32 to f16
    linalg.yield %31 : f16
  } -> tensor<8x16x8xf16>
  %expanded_8 = tensor.expand_shape %30 [[0, 1], [2], [3]] output_shape [2, 4, 16, 8] : tensor<8x16x8xf16> into tensor<2x4x16x8xf16>
  return %expanded_8 : tensor<2x4x16x8xf16>
}

// is_causal=True: the mask is a constant, of 0 and -65504.
// CHECK-LABEL: func.func @causal(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: {causal, layout = #attn.layout<bhsd>, scale = 0.353699684 : f32}
// CHECK-NOT: score
func.func @causal(%arg0: tensor<2x4x16x8xf16>, %arg1: tensor<2x4x16x8xf16>, %arg2: tensor<2x4x16x8xf16>) -> tensor<2x4x16x8xf16> {
  %cst = arith.constant 0.000000e+00 : f32
  %c0_i64 = arith.constant 0 : i64
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant dense<"0x0000FFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFB00000000FFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFB000000000000FFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFB0000000000000000FFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFB00000000000000000000FFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFB000000000000000000000000FFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFB0000000000000000000000000000FFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFB00000000000000000000000000000000FFFBFFFBFFFBFFFBFFFBFFFBFFFBFFFB000000000000000000000000000000000000FFFBFFFBFFFBFFFBFFFBFFFBFFFB0000000000000000000000000000000000000000FFFBFFFBFFFBFFFBFFFBFFFB00000000000000000000000000000000000000000000FFFBFFFBFFFBFFFBFFFB000000000000000000000000000000000000000000000000FFFBFFFBFFFBFFFB0000000000000000000000000000000000000000000000000000FFFBFFFBFFFB00000000000000000000000000000000000000000000000000000000FFFBFFFB000000000000000000000000000000000000000000000000000000000000FFFB0000000000000000000000000000000000000000000000000000000000000000"> : tensor<16x16xf16>
  %cst_2 = arith.constant dense<5.947270e-01> : tensor<1xf16>
  %collapsed = tensor.collapse_shape %arg1 [[0, 1], [2], [3]] : tensor<2x4x16x8xf16> into tensor<8x16x8xf16>
  %0 = tensor.empty() : tensor<8x8x16xf16>
  %transposed = linalg.transpose ins(%collapsed : tensor<8x16x8xf16>) outs(%0 : tensor<8x8x16xf16>) permutation = [0, 2, 1]
  %expanded = tensor.expand_shape %transposed [[0, 1], [2], [3]] output_shape [2, 4, 8, 16] : tensor<8x8x16xf16> into tensor<2x4x8x16xf16>
  %1 = tensor.empty() : tensor<2x4x16x8xf16>
  %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg0, %cst_2 : tensor<2x4x16x8xf16>, tensor<1xf16>) outs(%1 : tensor<2x4x16x8xf16>) {
  ^bb0(%in: f16, %in_10: f16, %out: f16):
    %31 = arith.mulf %in, %in_10 : f16
    linalg.yield %31 : f16
  } -> tensor<2x4x16x8xf16>
  %3 = tensor.empty() : tensor<2x4x8x16xf16>
  %4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded, %cst_2 : tensor<2x4x8x16xf16>, tensor<1xf16>) outs(%3 : tensor<2x4x8x16xf16>) {
  ^bb0(%in: f16, %in_10: f16, %out: f16):
    %31 = arith.mulf %in, %in_10 : f16
    linalg.yield %31 : f16
  } -> tensor<2x4x8x16xf16>
  %collapsed_3 = tensor.collapse_shape %2 [[0, 1], [2], [3]] : tensor<2x4x16x8xf16> into tensor<8x16x8xf16>
  %collapsed_4 = tensor.collapse_shape %4 [[0, 1], [2], [3]] : tensor<2x4x8x16xf16> into tensor<8x8x16xf16>
  %5 = tensor.empty() : tensor<8x16x16xf32>
  %6 = linalg.fill ins(%cst : f32) outs(%5 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %7 = linalg.batch_matmul ins(%collapsed_3, %collapsed_4 : tensor<8x16x8xf16>, tensor<8x8x16xf16>) outs(%6 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %8 = tensor.empty() : tensor<8x16x16xf16>
  %9 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%7 : tensor<8x16x16xf32>) outs(%8 : tensor<8x16x16xf16>) {
  ^bb0(%in: f32, %out: f16):
    %31 = arith.truncf %in : f32 to f16
    linalg.yield %31 : f16
  } -> tensor<8x16x16xf16>
  %expanded_5 = tensor.expand_shape %9 [[0, 1], [2], [3]] output_shape [2, 4, 16, 16] : tensor<8x16x16xf16> into tensor<2x4x16x16xf16>
  %10 = tensor.empty() : tensor<2x4x16x16xf16>
  %11 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_5, %cst_1 : tensor<2x4x16x16xf16>, tensor<16x16xf16>) outs(%10 : tensor<2x4x16x16xf16>) {
  ^bb0(%in: f16, %in_10: f16, %out: f16):
    %31 = arith.addf %in, %in_10 : f16
    linalg.yield %31 : f16
  } -> tensor<2x4x16x16xf16>
  %12 = tensor.empty() : tensor<2x4x16x16xf32>
  %13 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%11 : tensor<2x4x16x16xf16>) outs(%12 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f16, %out: f32):
    %31 = arith.extf %in : f16 to f32
    linalg.yield %31 : f32
  } -> tensor<2x4x16x16xf32>
  %14 = tensor.empty() : tensor<2x4x16xi64>
  %15 = linalg.fill ins(%c0_i64 : i64) outs(%14 : tensor<2x4x16xi64>) -> tensor<2x4x16xi64>
  %16 = tensor.empty() : tensor<2x4x16xf32>
  %17 = linalg.fill ins(%cst_0 : f32) outs(%16 : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  %18:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%13 : tensor<2x4x16x16xf32>) outs(%17, %15 : tensor<2x4x16xf32>, tensor<2x4x16xi64>) {
  ^bb0(%in: f32, %out: f32, %out_10: i64):
    %31 = linalg.index 3 : index
    %32 = arith.index_cast %31 : index to i64
    %33 = arith.maximumf %in, %out : f32
    %34 = arith.cmpf ogt, %in, %out : f32
    %35 = arith.select %34, %32, %out_10 : i64
    linalg.yield %33, %35 : f32, i64
  } -> (tensor<2x4x16xf32>, tensor<2x4x16xi64>)
  %expanded_6 = tensor.expand_shape %18#0 [[0], [1], [2, 3]] output_shape [2, 4, 16, 1] : tensor<2x4x16xf32> into tensor<2x4x16x1xf32>
  %19 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%13, %expanded_6 : tensor<2x4x16x16xf32>, tensor<2x4x16x1xf32>) outs(%12 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %31 = arith.subf %in, %in_10 : f32
    linalg.yield %31 : f32
  } -> tensor<2x4x16x16xf32>
  %20 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%19 : tensor<2x4x16x16xf32>) outs(%12 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %31 = math.exp %in : f32
    linalg.yield %31 : f32
  } -> tensor<2x4x16x16xf32>
  %21 = tensor.empty() : tensor<2x4x16x1xf32>
  %22 = linalg.fill ins(%cst : f32) outs(%21 : tensor<2x4x16x1xf32>) -> tensor<2x4x16x1xf32>
  %23 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%20 : tensor<2x4x16x16xf32>) outs(%22 : tensor<2x4x16x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %31 = arith.addf %in, %out : f32
    linalg.yield %31 : f32
  } -> tensor<2x4x16x1xf32>
  %24 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%20, %23 : tensor<2x4x16x16xf32>, tensor<2x4x16x1xf32>) outs(%12 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %31 = arith.divf %in, %in_10 : f32
    linalg.yield %31 : f32
  } -> tensor<2x4x16x16xf32>
  %25 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%24 : tensor<2x4x16x16xf32>) outs(%10 : tensor<2x4x16x16xf16>) {
  ^bb0(%in: f32, %out: f16):
    %31 = arith.truncf %in : f32 to f16
    linalg.yield %31 : f16
  } -> tensor<2x4x16x16xf16>
  %collapsed_7 = tensor.collapse_shape %25 [[0, 1], [2], [3]] : tensor<2x4x16x16xf16> into tensor<8x16x16xf16>
  %collapsed_8 = tensor.collapse_shape %arg2 [[0, 1], [2], [3]] : tensor<2x4x16x8xf16> into tensor<8x16x8xf16>
  %26 = tensor.empty() : tensor<8x16x8xf32>
  %27 = linalg.fill ins(%cst : f32) outs(%26 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %28 = linalg.batch_matmul ins(%collapsed_7, %collapsed_8 : tensor<8x16x16xf16>, tensor<8x16x8xf16>) outs(%27 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %29 = tensor.empty() : tensor<8x16x8xf16>
  %30 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%28 : tensor<8x16x8xf32>) outs(%29 : tensor<8x16x8xf16>) {
  ^bb0(%in: f32, %out: f16):
    %31 = arith.truncf %in : f32 to f16
    linalg.yield %31 : f16
  } -> tensor<8x16x8xf16>
  %expanded_9 = tensor.expand_shape %30 [[0, 1], [2], [3]] output_shape [2, 4, 16, 8] : tensor<8x16x8xf16> into tensor<2x4x16x8xf16>
  return %expanded_9 : tensor<2x4x16x8xf16>
}

// attn_mask of bools: probabilities that are no numbers, of a row whose scores are all
// -inf, are made 0.
// CHECK-LABEL: func.func @masked(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: scale = 0.353699684 : f32} score {
// CHECK-NEXT: ^bb0(%[[S:.*]]: f32, %[[B:.*]]: index, %{{.*}}: index, %[[I:.*]]: index, %[[J:.*]]: index):
// CHECK: %[[SEEN:.*]] = tensor.extract %arg3[%[[B]], %{{.*}}, %[[I]], %[[J]]]
// CHECK: arith.select %[[SEEN]],
// CHECK-NOT: arith.cmpf uno
// CHECK: return
func.func @masked(%arg0: tensor<2x4x16x8xf16>, %arg1: tensor<2x4x24x8xf16>, %arg2: tensor<2x4x24x8xf16>, %arg3: tensor<2x1x16x24xi1>) -> tensor<2x4x16x8xf16> {
  %cst = arith.constant 0.000000e+00 : f32
  %c0_i64 = arith.constant 0 : i64
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant dense<5.947270e-01> : tensor<1xf16>
  %cst_2 = arith.constant dense<0.000000e+00> : tensor<f16>
  %cst_3 = arith.constant dense<-6.550400e+04> : tensor<f16>
  %collapsed = tensor.collapse_shape %arg1 [[0, 1], [2], [3]] : tensor<2x4x24x8xf16> into tensor<8x24x8xf16>
  %0 = tensor.empty() : tensor<8x8x24xf16>
  %transposed = linalg.transpose ins(%collapsed : tensor<8x24x8xf16>) outs(%0 : tensor<8x8x24xf16>) permutation = [0, 2, 1]
  %expanded = tensor.expand_shape %transposed [[0, 1], [2], [3]] output_shape [2, 4, 8, 24] : tensor<8x8x24xf16> into tensor<2x4x8x24xf16>
  %1 = tensor.empty() : tensor<2x4x16x8xf16>
  %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg0, %cst_1 : tensor<2x4x16x8xf16>, tensor<1xf16>) outs(%1 : tensor<2x4x16x8xf16>) {
  ^bb0(%in: f16, %in_11: f16, %out: f16):
    %36 = arith.mulf %in, %in_11 : f16
    linalg.yield %36 : f16
  } -> tensor<2x4x16x8xf16>
  %3 = tensor.empty() : tensor<2x4x8x24xf16>
  %4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded, %cst_1 : tensor<2x4x8x24xf16>, tensor<1xf16>) outs(%3 : tensor<2x4x8x24xf16>) {
  ^bb0(%in: f16, %in_11: f16, %out: f16):
    %36 = arith.mulf %in, %in_11 : f16
    linalg.yield %36 : f16
  } -> tensor<2x4x8x24xf16>
  %5 = tensor.empty() : tensor<2x1x16x24xf16>
  %6 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> ()>, affine_map<(d0, d1, d2, d3) -> ()>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg3, %cst_2, %cst_3 : tensor<2x1x16x24xi1>, tensor<f16>, tensor<f16>) outs(%5 : tensor<2x1x16x24xf16>) {
  ^bb0(%in: i1, %in_11: f16, %in_12: f16, %out: f16):
    %36 = arith.select %in, %in_11, %in_12 : f16
    linalg.yield %36 : f16
  } -> tensor<2x1x16x24xf16>
  %collapsed_4 = tensor.collapse_shape %2 [[0, 1], [2], [3]] : tensor<2x4x16x8xf16> into tensor<8x16x8xf16>
  %collapsed_5 = tensor.collapse_shape %4 [[0, 1], [2], [3]] : tensor<2x4x8x24xf16> into tensor<8x8x24xf16>
  %7 = tensor.empty() : tensor<8x16x24xf32>
  %8 = linalg.fill ins(%cst : f32) outs(%7 : tensor<8x16x24xf32>) -> tensor<8x16x24xf32>
  %9 = linalg.batch_matmul ins(%collapsed_4, %collapsed_5 : tensor<8x16x8xf16>, tensor<8x8x24xf16>) outs(%8 : tensor<8x16x24xf32>) -> tensor<8x16x24xf32>
  %10 = tensor.empty() : tensor<8x16x24xf16>
  %11 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%9 : tensor<8x16x24xf32>) outs(%10 : tensor<8x16x24xf16>) {
  ^bb0(%in: f32, %out: f16):
    %36 = arith.truncf %in : f32 to f16
    linalg.yield %36 : f16
  } -> tensor<8x16x24xf16>
  %expanded_6 = tensor.expand_shape %11 [[0, 1], [2], [3]] output_shape [2, 4, 16, 24] : tensor<8x16x24xf16> into tensor<2x4x16x24xf16>
  %12 = tensor.empty() : tensor<2x4x16x24xf16>
  %13 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, 0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_6, %6 : tensor<2x4x16x24xf16>, tensor<2x1x16x24xf16>) outs(%12 : tensor<2x4x16x24xf16>) {
  ^bb0(%in: f16, %in_11: f16, %out: f16):
    %36 = arith.addf %in, %in_11 : f16
    linalg.yield %36 : f16
  } -> tensor<2x4x16x24xf16>
  %14 = tensor.empty() : tensor<2x4x16x24xf32>
  %15 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%13 : tensor<2x4x16x24xf16>) outs(%14 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f16, %out: f32):
    %36 = arith.extf %in : f16 to f32
    linalg.yield %36 : f32
  } -> tensor<2x4x16x24xf32>
  %16 = tensor.empty() : tensor<2x4x16xi64>
  %17 = linalg.fill ins(%c0_i64 : i64) outs(%16 : tensor<2x4x16xi64>) -> tensor<2x4x16xi64>
  %18 = tensor.empty() : tensor<2x4x16xf32>
  %19 = linalg.fill ins(%cst_0 : f32) outs(%18 : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  %20:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%15 : tensor<2x4x16x24xf32>) outs(%19, %17 : tensor<2x4x16xf32>, tensor<2x4x16xi64>) {
  ^bb0(%in: f32, %out: f32, %out_11: i64):
    %36 = linalg.index 3 : index
    %37 = arith.index_cast %36 : index to i64
    %38 = arith.maximumf %in, %out : f32
    %39 = arith.cmpf ogt, %in, %out : f32
    %40 = arith.select %39, %37, %out_11 : i64
    linalg.yield %38, %40 : f32, i64
  } -> (tensor<2x4x16xf32>, tensor<2x4x16xi64>)
  %expanded_7 = tensor.expand_shape %20#0 [[0], [1], [2, 3]] output_shape [2, 4, 16, 1] : tensor<2x4x16xf32> into tensor<2x4x16x1xf32>
  %21 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%15, %expanded_7 : tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>) outs(%14 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %in_11: f32, %out: f32):
    %36 = arith.subf %in, %in_11 : f32
    linalg.yield %36 : f32
  } -> tensor<2x4x16x24xf32>
  %22 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%21 : tensor<2x4x16x24xf32>) outs(%14 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    %36 = math.exp %in : f32
    linalg.yield %36 : f32
  } -> tensor<2x4x16x24xf32>
  %23 = tensor.empty() : tensor<2x4x16x1xf32>
  %24 = linalg.fill ins(%cst : f32) outs(%23 : tensor<2x4x16x1xf32>) -> tensor<2x4x16x1xf32>
  %25 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%22 : tensor<2x4x16x24xf32>) outs(%24 : tensor<2x4x16x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %36 = arith.addf %in, %out : f32
    linalg.yield %36 : f32
  } -> tensor<2x4x16x1xf32>
  %26 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%22, %25 : tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>) outs(%14 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %in_11: f32, %out: f32):
    %36 = arith.divf %in, %in_11 : f32
    linalg.yield %36 : f32
  } -> tensor<2x4x16x24xf32>
  %27 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%26 : tensor<2x4x16x24xf32>) outs(%12 : tensor<2x4x16x24xf16>) {
  ^bb0(%in: f32, %out: f16):
    %36 = arith.truncf %in : f32 to f16
    linalg.yield %36 : f16
  } -> tensor<2x4x16x24xf16>
  %28 = tensor.empty() : tensor<2x4x16x24xi1>
  %29 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%27, %27 : tensor<2x4x16x24xf16>, tensor<2x4x16x24xf16>) outs(%28 : tensor<2x4x16x24xi1>) {
  ^bb0(%in: f16, %in_11: f16, %out: i1):
    %36 = arith.cmpf une, %in, %in_11 : f16
    linalg.yield %36 : i1
  } -> tensor<2x4x16x24xi1>
  %30 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> ()>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%29, %cst_2, %27 : tensor<2x4x16x24xi1>, tensor<f16>, tensor<2x4x16x24xf16>) outs(%12 : tensor<2x4x16x24xf16>) {
  ^bb0(%in: i1, %in_11: f16, %in_12: f16, %out: f16):
    %36 = arith.select %in, %in_11, %in_12 : f16
    linalg.yield %36 : f16
  } -> tensor<2x4x16x24xf16>
  %collapsed_8 = tensor.collapse_shape %30 [[0, 1], [2], [3]] : tensor<2x4x16x24xf16> into tensor<8x16x24xf16>
  %collapsed_9 = tensor.collapse_shape %arg2 [[0, 1], [2], [3]] : tensor<2x4x24x8xf16> into tensor<8x24x8xf16>
  %31 = tensor.empty() : tensor<8x16x8xf32>
  %32 = linalg.fill ins(%cst : f32) outs(%31 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %33 = linalg.batch_matmul ins(%collapsed_8, %collapsed_9 : tensor<8x16x24xf16>, tensor<8x24x8xf16>) outs(%32 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %34 = tensor.empty() : tensor<8x16x8xf16>
  %35 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%33 : tensor<8x16x8xf32>) outs(%34 : tensor<8x16x8xf16>) {
  ^bb0(%in: f32, %out: f16):
    %36 = arith.truncf %in : f32 to f16
    linalg.yield %36 : f16
  } -> tensor<8x16x8xf16>
  %expanded_10 = tensor.expand_shape %35 [[0, 1], [2], [3]] output_shape [2, 4, 16, 8] : tensor<8x16x8xf16> into tensor<2x4x16x8xf16>
  return %expanded_10 : tensor<2x4x16x8xf16>
}

// All of them on sines.
func.func @sines(%seed: index) -> tensor<3072xf16> {
  %sines = tensor.generate {
  ^bb0(%i: index):
    %0 = arith.addi %i, %seed : index
    %1 = arith.muli %0, %i : index
    %2 = arith.index_cast %1 : index to i32
    %3 = arith.sitofp %2 : i32 to f32
    %4 = math.sin %3 : f32
    %5 = arith.truncf %4 : f32 to f16
    tensor.yield %5 : f16
  } : tensor<3072xf16>
  return %sines : tensor<3072xf16>
}
func.func @main() {
  %c0 = arith.constant 0 : index
  %x0 = call @sines(%c0) : (index) -> tensor<3072xf16>
  %x0_1024 = tensor.extract_slice %x0[0] [1024] [1] : tensor<3072xf16> to tensor<1024xf16>
  %x0_2x4x16x8xf16 = tensor.expand_shape %x0_1024 [[0, 1, 2, 3]] output_shape [2, 4, 16, 8] : tensor<1024xf16> into tensor<2x4x16x8xf16>
  %c1 = arith.constant 1 : index
  %x1 = call @sines(%c1) : (index) -> tensor<3072xf16>
  %x1_768 = tensor.extract_slice %x1[0] [768] [1] : tensor<3072xf16> to tensor<768xf16>
  %x1_2x2x24x8xf16 = tensor.expand_shape %x1_768 [[0, 1, 2, 3]] output_shape [2, 2, 24, 8] : tensor<768xf16> into tensor<2x2x24x8xf16>
  %c2 = arith.constant 2 : index
  %x2 = call @sines(%c2) : (index) -> tensor<3072xf16>
  %x2_768 = tensor.extract_slice %x2[0] [768] [1] : tensor<3072xf16> to tensor<768xf16>
  %x2_2x2x24x8xf16 = tensor.expand_shape %x2_768 [[0, 1, 2, 3]] output_shape [2, 2, 24, 8] : tensor<768xf16> into tensor<2x2x24x8xf16>
  %shared = call @shared(%x0_2x4x16x8xf16, %x1_2x2x24x8xf16, %x2_2x2x24x8xf16) : (tensor<2x4x16x8xf16>, tensor<2x2x24x8xf16>, tensor<2x2x24x8xf16>) -> tensor<2x4x16x8xf16>
  %shared_flat = tensor.collapse_shape %shared [[0, 1, 2, 3]] : tensor<2x4x16x8xf16> into tensor<1024xf16>
  call @print(%shared_flat) : (tensor<1024xf16>) -> ()
  %x1_1536 = tensor.extract_slice %x1[0] [1536] [1] : tensor<3072xf16> to tensor<1536xf16>
  %x1_2x4x24x8xf16 = tensor.expand_shape %x1_1536 [[0, 1, 2, 3]] output_shape [2, 4, 24, 8] : tensor<1536xf16> into tensor<2x4x24x8xf16>
  %x2_1536 = tensor.extract_slice %x2[0] [1536] [1] : tensor<3072xf16> to tensor<1536xf16>
  %x2_2x4x24x8xf16 = tensor.expand_shape %x2_1536 [[0, 1, 2, 3]] output_shape [2, 4, 24, 8] : tensor<1536xf16> into tensor<2x4x24x8xf16>
  %c3 = arith.constant 3 : index
  %x3 = call @sines(%c3) : (index) -> tensor<3072xf16>
  %x3_2x4x16x24xf16 = tensor.expand_shape %x3 [[0, 1, 2, 3]] output_shape [2, 4, 16, 24] : tensor<3072xf16> into tensor<2x4x16x24xf16>
  %bias = call @bias(%x0_2x4x16x8xf16, %x1_2x4x24x8xf16, %x2_2x4x24x8xf16, %x3_2x4x16x24xf16) : (tensor<2x4x16x8xf16>, tensor<2x4x24x8xf16>, tensor<2x4x24x8xf16>, tensor<2x4x16x24xf16>) -> tensor<2x4x16x8xf16>
  %bias_flat = tensor.collapse_shape %bias [[0, 1, 2, 3]] : tensor<2x4x16x8xf16> into tensor<1024xf16>
  call @print(%bias_flat) : (tensor<1024xf16>) -> ()
  %x1_1024 = tensor.extract_slice %x1[0] [1024] [1] : tensor<3072xf16> to tensor<1024xf16>
  %x1_2x4x16x8xf16 = tensor.expand_shape %x1_1024 [[0, 1, 2, 3]] output_shape [2, 4, 16, 8] : tensor<1024xf16> into tensor<2x4x16x8xf16>
  %x2_1024 = tensor.extract_slice %x2[0] [1024] [1] : tensor<3072xf16> to tensor<1024xf16>
  %x2_2x4x16x8xf16 = tensor.expand_shape %x2_1024 [[0, 1, 2, 3]] output_shape [2, 4, 16, 8] : tensor<1024xf16> into tensor<2x4x16x8xf16>
  %causal = call @causal(%x0_2x4x16x8xf16, %x1_2x4x16x8xf16, %x2_2x4x16x8xf16) : (tensor<2x4x16x8xf16>, tensor<2x4x16x8xf16>, tensor<2x4x16x8xf16>) -> tensor<2x4x16x8xf16>
  %causal_flat = tensor.collapse_shape %causal [[0, 1, 2, 3]] : tensor<2x4x16x8xf16> into tensor<1024xf16>
  call @print(%causal_flat) : (tensor<1024xf16>) -> ()
  %x3_2x1x16x24xi1 = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    %0 = affine.apply affine_map<(i0, i1, i2, i3) -> ((i0 + i1 + i2 + i3) mod 3)>(%i0, %i1, %i2, %i3)
    %zero = arith.constant 0 : index
    %1 = arith.cmpi ne, %0, %zero : index
    tensor.yield %1 : i1
  } : tensor<2x1x16x24xi1>
  %masked = call @masked(%x0_2x4x16x8xf16, %x1_2x4x24x8xf16, %x2_2x4x24x8xf16, %x3_2x1x16x24xi1) : (tensor<2x4x16x8xf16>, tensor<2x4x24x8xf16>, tensor<2x4x24x8xf16>, tensor<2x1x16x24xi1>) -> tensor<2x4x16x8xf16>
  %masked_flat = tensor.collapse_shape %masked [[0, 1, 2, 3]] : tensor<2x4x16x8xf16> into tensor<1024xf16>
  call @print(%masked_flat) : (tensor<1024xf16>) -> ()
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
