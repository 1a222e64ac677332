// A layer of Llama, LlamaAttention of transformers 5.24.0 with attn_implementation="eager"
// and tensors of f16, with two heads of 8 numbers that share one of K and V, as
// torch-mlir 20261001 brings it into linalg:
//
//   torch_mlir.fx.export_and_import(torch.export.export(layer, arguments),
//                                   output_type="linalg-on-tensors")
//
// The layer's weights were made arguments by torch.func.functional_call. Projections stand
// on both sides of the attention, and positions are rotated into Q and K, which are
// transposed before it; V and the result are not.

// RUN: fa3-opt %s --raise-to-attn --canonicalize -o %t.raised.mlir 2> %t.remarks
// RUN: FileCheck %s < %t.raised.mlir
// RUN: FileCheck %s --check-prefix=REMARK --implicit-check-not=remark: < %t.remarks
// REMARK: remark: raised to attention with a transposed copy of Q and of K, which no kernel makes

// DEFINE: %{lower} = fa3-opt --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" \
// DEFINE:   --convert-linalg-to-loops --attn-to-cpu
// DEFINE: %{run} = mlir-runner --entry-point-result=void \
// DEFINE:   --shared-libs=%llvm_lib/libmlir_runner_utils.so,%llvm_lib/libmlir_c_runner_utils.so,%llvm_lib/libmlir_float16_utils.so
// RUN: %{lower} %s | %{run} > %t.before
// RUN: %{lower} %t.raised.mlir | %{run} > %t.after
// RUN: %python %S/Inputs/compare.py %t.before %t.after --tolerance 4e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS
// NUMBERS: 1024 numbers, largest difference {{.*}}, 0 failed

// CHECK-LABEL: func.func @llama(
// CHECK-COUNT-3: linalg.matmul
// CHECK-NOT: linalg.batch_matmul
// CHECK: attn.forward ins(%{{.*}}, %{{.*}}, %{{.*}} : tensor<2x16x4x8xf16>, tensor<2x16x2x8xf16>, tensor<2x16x2x8xf16>)
// CHECK-SAME: {scale = 0.353553385 : f32} score {
// CHECK-NEXT: ^bb0(%{{.*}}: f32, %[[B:.*]]: index, %{{.*}}: index, %[[I:.*]]: index, %[[J:.*]]: index):
// CHECK: tensor.extract %arg3[%[[B]], %{{.*}}, %[[I]], %[[J]]]
// CHECK-NOT: linalg.batch_matmul
// CHECK: linalg.matmul
// CHECK: return
func.func @llama(%arg0: tensor<2x16x32xf16>, %arg1: tensor<1x16x8xf16>, %arg2: tensor<1x16x8xf16>, %arg3: tensor<2x1x16x16xf16>, %arg4: tensor<32x32xf16>, %arg5: tensor<16x32xf16>, %arg6: tensor<16x32xf16>, %arg7: tensor<32x32xf16>) -> tensor<2x16x32xf16> {
  %c0_i64 = arith.constant 0 : i64
  %cst = arith.constant 0.000000e+00 : f32
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant 0.35355339059327379 : f64
  %0 = tensor.empty() : tensor<32x32xf16>
  %transposed = linalg.transpose ins(%arg4 : tensor<32x32xf16>) outs(%0 : tensor<32x32xf16>) permutation = [1, 0]
  %collapsed = tensor.collapse_shape %arg0 [[0, 1], [2]] : tensor<2x16x32xf16> into tensor<32x32xf16>
  %1 = tensor.empty() : tensor<32x32xf32>
  %2 = linalg.fill ins(%cst : f32) outs(%1 : tensor<32x32xf32>) -> tensor<32x32xf32>
  %3 = linalg.matmul ins(%collapsed, %transposed : tensor<32x32xf16>, tensor<32x32xf16>) outs(%2 : tensor<32x32xf32>) -> tensor<32x32xf32>
  %4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%3 : tensor<32x32xf32>) outs(%0 : tensor<32x32xf16>) {
  ^bb0(%in: f32, %out: f16):
    %58 = arith.truncf %in : f32 to f16
    linalg.yield %58 : f16
  } -> tensor<32x32xf16>
  %expanded = tensor.expand_shape %4 [[0, 1], [2, 3]] output_shape [2, 16, 4, 8] : tensor<32x32xf16> into tensor<2x16x4x8xf16>
  %5 = tensor.empty() : tensor<2x4x16x8xf16>
  %transposed_2 = linalg.transpose ins(%expanded : tensor<2x16x4x8xf16>) outs(%5 : tensor<2x4x16x8xf16>) permutation = [0, 2, 1, 3]
  %6 = tensor.empty() : tensor<32x16xf16>
  %transposed_3 = linalg.transpose ins(%arg5 : tensor<16x32xf16>) outs(%6 : tensor<32x16xf16>) permutation = [1, 0]
  %7 = tensor.empty() : tensor<32x16xf32>
  %8 = linalg.fill ins(%cst : f32) outs(%7 : tensor<32x16xf32>) -> tensor<32x16xf32>
  %9 = linalg.matmul ins(%collapsed, %transposed_3 : tensor<32x32xf16>, tensor<32x16xf16>) outs(%8 : tensor<32x16xf32>) -> tensor<32x16xf32>
  %10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%9 : tensor<32x16xf32>) outs(%6 : tensor<32x16xf16>) {
  ^bb0(%in: f32, %out: f16):
    %58 = arith.truncf %in : f32 to f16
    linalg.yield %58 : f16
  } -> tensor<32x16xf16>
  %expanded_4 = tensor.expand_shape %10 [[0, 1], [2, 3]] output_shape [2, 16, 2, 8] : tensor<32x16xf16> into tensor<2x16x2x8xf16>
  %11 = tensor.empty() : tensor<2x2x16x8xf16>
  %transposed_5 = linalg.transpose ins(%expanded_4 : tensor<2x16x2x8xf16>) outs(%11 : tensor<2x2x16x8xf16>) permutation = [0, 2, 1, 3]
  %transposed_6 = linalg.transpose ins(%arg6 : tensor<16x32xf16>) outs(%6 : tensor<32x16xf16>) permutation = [1, 0]
  %12 = linalg.matmul ins(%collapsed, %transposed_6 : tensor<32x32xf16>, tensor<32x16xf16>) outs(%8 : tensor<32x16xf32>) -> tensor<32x16xf32>
  %13 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%12 : tensor<32x16xf32>) outs(%6 : tensor<32x16xf16>) {
  ^bb0(%in: f32, %out: f16):
    %58 = arith.truncf %in : f32 to f16
    linalg.yield %58 : f16
  } -> tensor<32x16xf16>
  %expanded_7 = tensor.expand_shape %13 [[0, 1], [2, 3]] output_shape [2, 16, 2, 8] : tensor<32x16xf16> into tensor<2x16x2x8xf16>
  %transposed_8 = linalg.transpose ins(%expanded_7 : tensor<2x16x2x8xf16>) outs(%11 : tensor<2x2x16x8xf16>) permutation = [0, 2, 1, 3]
  %expanded_9 = tensor.expand_shape %arg1 [[0], [1, 2], [3]] output_shape [1, 1, 16, 8] : tensor<1x16x8xf16> into tensor<1x1x16x8xf16>
  %expanded_10 = tensor.expand_shape %arg2 [[0], [1, 2], [3]] output_shape [1, 1, 16, 8] : tensor<1x16x8xf16> into tensor<1x1x16x8xf16>
  %14 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (0, 0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%transposed_2, %expanded_9 : tensor<2x4x16x8xf16>, tensor<1x1x16x8xf16>) outs(%5 : tensor<2x4x16x8xf16>) {
  ^bb0(%in: f16, %in_28: f16, %out: f16):
    %58 = arith.mulf %in, %in_28 : f16
    linalg.yield %58 : f16
  } -> tensor<2x4x16x8xf16>
  %extracted_slice = tensor.extract_slice %transposed_2[0, 0, 0, 0] [2, 4, 16, 4] [1, 1, 1, 1] : tensor<2x4x16x8xf16> to tensor<2x4x16x4xf16>
  %extracted_slice_11 = tensor.extract_slice %transposed_2[0, 0, 0, 4] [2, 4, 16, 4] [1, 1, 1, 1] : tensor<2x4x16x8xf16> to tensor<2x4x16x4xf16>
  %15 = tensor.empty() : tensor<2x4x16x4xf16>
  %16 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%extracted_slice_11 : tensor<2x4x16x4xf16>) outs(%15 : tensor<2x4x16x4xf16>) {
  ^bb0(%in: f16, %out: f16):
    %58 = arith.negf %in : f16
    linalg.yield %58 : f16
  } -> tensor<2x4x16x4xf16>
  %concat = tensor.concat dim(3) %16, %extracted_slice : (tensor<2x4x16x4xf16>, tensor<2x4x16x4xf16>) -> tensor<2x4x16x8xf16>
  %17 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (0, 0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%concat, %expanded_10 : tensor<2x4x16x8xf16>, tensor<1x1x16x8xf16>) outs(%5 : tensor<2x4x16x8xf16>) {
  ^bb0(%in: f16, %in_28: f16, %out: f16):
    %58 = arith.mulf %in, %in_28 : f16
    linalg.yield %58 : f16
  } -> tensor<2x4x16x8xf16>
  %18 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%14, %17 : tensor<2x4x16x8xf16>, tensor<2x4x16x8xf16>) outs(%5 : tensor<2x4x16x8xf16>) {
  ^bb0(%in: f16, %in_28: f16, %out: f16):
    %58 = arith.addf %in, %in_28 : f16
    linalg.yield %58 : f16
  } -> tensor<2x4x16x8xf16>
  %19 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (0, 0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%transposed_5, %expanded_9 : tensor<2x2x16x8xf16>, tensor<1x1x16x8xf16>) outs(%11 : tensor<2x2x16x8xf16>) {
  ^bb0(%in: f16, %in_28: f16, %out: f16):
    %58 = arith.mulf %in, %in_28 : f16
    linalg.yield %58 : f16
  } -> tensor<2x2x16x8xf16>
  %extracted_slice_12 = tensor.extract_slice %transposed_5[0, 0, 0, 0] [2, 2, 16, 4] [1, 1, 1, 1] : tensor<2x2x16x8xf16> to tensor<2x2x16x4xf16>
  %extracted_slice_13 = tensor.extract_slice %transposed_5[0, 0, 0, 4] [2, 2, 16, 4] [1, 1, 1, 1] : tensor<2x2x16x8xf16> to tensor<2x2x16x4xf16>
  %20 = tensor.empty() : tensor<2x2x16x4xf16>
  %21 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%extracted_slice_13 : tensor<2x2x16x4xf16>) outs(%20 : tensor<2x2x16x4xf16>) {
  ^bb0(%in: f16, %out: f16):
    %58 = arith.negf %in : f16
    linalg.yield %58 : f16
  } -> tensor<2x2x16x4xf16>
  %concat_14 = tensor.concat dim(3) %21, %extracted_slice_12 : (tensor<2x2x16x4xf16>, tensor<2x2x16x4xf16>) -> tensor<2x2x16x8xf16>
  %22 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (0, 0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%concat_14, %expanded_10 : tensor<2x2x16x8xf16>, tensor<1x1x16x8xf16>) outs(%11 : tensor<2x2x16x8xf16>) {
  ^bb0(%in: f16, %in_28: f16, %out: f16):
    %58 = arith.mulf %in, %in_28 : f16
    linalg.yield %58 : f16
  } -> tensor<2x2x16x8xf16>
  %23 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%19, %22 : tensor<2x2x16x8xf16>, tensor<2x2x16x8xf16>) outs(%11 : tensor<2x2x16x8xf16>) {
  ^bb0(%in: f16, %in_28: f16, %out: f16):
    %58 = arith.addf %in, %in_28 : f16
    linalg.yield %58 : f16
  } -> tensor<2x2x16x8xf16>
  %24 = tensor.empty() : tensor<2x2x2x16x8xf16>
  %25 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%23 : tensor<2x2x16x8xf16>) outs(%24 : tensor<2x2x2x16x8xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x2x2x16x8xf16>
  %collapsed_15 = tensor.collapse_shape %25 [[0], [1, 2], [3], [4]] : tensor<2x2x2x16x8xf16> into tensor<2x4x16x8xf16>
  %26 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%transposed_8 : tensor<2x2x16x8xf16>) outs(%24 : tensor<2x2x2x16x8xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x2x2x16x8xf16>
  %27 = tensor.empty() : tensor<2x4x8x16xf16>
  %transposed_16 = linalg.transpose ins(%collapsed_15 : tensor<2x4x16x8xf16>) outs(%27 : tensor<2x4x8x16xf16>) permutation = [0, 1, 3, 2]
  %collapsed_17 = tensor.collapse_shape %18 [[0, 1], [2], [3]] : tensor<2x4x16x8xf16> into tensor<8x16x8xf16>
  %collapsed_18 = tensor.collapse_shape %transposed_16 [[0, 1], [2], [3]] : tensor<2x4x8x16xf16> into tensor<8x8x16xf16>
  %28 = tensor.empty() : tensor<8x16x16xf32>
  %29 = linalg.fill ins(%cst : f32) outs(%28 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %30 = linalg.batch_matmul ins(%collapsed_17, %collapsed_18 : tensor<8x16x8xf16>, tensor<8x8x16xf16>) outs(%29 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %31 = tensor.empty() : tensor<8x16x16xf16>
  %32 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%30 : tensor<8x16x16xf32>) outs(%31 : tensor<8x16x16xf16>) {
  ^bb0(%in: f32, %out: f16):
    %58 = arith.truncf %in : f32 to f16
    linalg.yield %58 : f16
  } -> tensor<8x16x16xf16>
  %expanded_19 = tensor.expand_shape %32 [[0, 1], [2], [3]] output_shape [2, 4, 16, 16] : tensor<8x16x16xf16> into tensor<2x4x16x16xf16>
  %33 = tensor.empty() : tensor<2x4x16x16xf16>
  %34 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_19 : tensor<2x4x16x16xf16>) outs(%33 : tensor<2x4x16x16xf16>) {
  ^bb0(%in: f16, %out: f16):
    %58 = arith.truncf %cst_1 : f64 to f16
    %59 = arith.mulf %in, %58 : f16
    linalg.yield %59 : f16
  } -> tensor<2x4x16x16xf16>
  %35 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, 0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%34, %arg3 : tensor<2x4x16x16xf16>, tensor<2x1x16x16xf16>) outs(%33 : tensor<2x4x16x16xf16>) {
  ^bb0(%in: f16, %in_28: f16, %out: f16):
    %58 = arith.addf %in, %in_28 : f16
    linalg.yield %58 : f16
  } -> tensor<2x4x16x16xf16>
  %36 = tensor.empty() : tensor<2x4x16x16xf32>
  %37 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%35 : tensor<2x4x16x16xf16>) outs(%36 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f16, %out: f32):
    %58 = arith.extf %in : f16 to f32
    linalg.yield %58 : f32
  } -> tensor<2x4x16x16xf32>
  %38 = tensor.empty() : tensor<2x4x16xi64>
  %39 = linalg.fill ins(%c0_i64 : i64) outs(%38 : tensor<2x4x16xi64>) -> tensor<2x4x16xi64>
  %40 = tensor.empty() : tensor<2x4x16xf32>
  %41 = linalg.fill ins(%cst_0 : f32) outs(%40 : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  %42:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%37 : tensor<2x4x16x16xf32>) outs(%41, %39 : tensor<2x4x16xf32>, tensor<2x4x16xi64>) {
  ^bb0(%in: f32, %out: f32, %out_28: i64):
    %58 = linalg.index 3 : index
    %59 = arith.index_cast %58 : index to i64
    %60 = arith.maximumf %in, %out : f32
    %61 = arith.cmpf ogt, %in, %out : f32
    %62 = arith.select %61, %59, %out_28 : i64
    linalg.yield %60, %62 : f32, i64
  } -> (tensor<2x4x16xf32>, tensor<2x4x16xi64>)
  %expanded_20 = tensor.expand_shape %42#0 [[0], [1], [2, 3]] output_shape [2, 4, 16, 1] : tensor<2x4x16xf32> into tensor<2x4x16x1xf32>
  %43 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%37, %expanded_20 : tensor<2x4x16x16xf32>, tensor<2x4x16x1xf32>) outs(%36 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_28: f32, %out: f32):
    %58 = arith.subf %in, %in_28 : f32
    linalg.yield %58 : f32
  } -> tensor<2x4x16x16xf32>
  %44 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%43 : tensor<2x4x16x16xf32>) outs(%36 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = math.exp %in : f32
    linalg.yield %58 : f32
  } -> tensor<2x4x16x16xf32>
  %45 = tensor.empty() : tensor<2x4x16x1xf32>
  %46 = linalg.fill ins(%cst : f32) outs(%45 : tensor<2x4x16x1xf32>) -> tensor<2x4x16x1xf32>
  %47 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%44 : tensor<2x4x16x16xf32>) outs(%46 : tensor<2x4x16x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.addf %in, %out : f32
    linalg.yield %58 : f32
  } -> tensor<2x4x16x1xf32>
  %48 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%44, %47 : tensor<2x4x16x16xf32>, tensor<2x4x16x1xf32>) outs(%36 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_28: f32, %out: f32):
    %58 = arith.divf %in, %in_28 : f32
    linalg.yield %58 : f32
  } -> tensor<2x4x16x16xf32>
  %49 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%48 : tensor<2x4x16x16xf32>) outs(%33 : tensor<2x4x16x16xf16>) {
  ^bb0(%in: f32, %out: f16):
    %58 = arith.truncf %in : f32 to f16
    linalg.yield %58 : f16
  } -> tensor<2x4x16x16xf16>
  %collapsed_21 = tensor.collapse_shape %49 [[0, 1], [2], [3]] : tensor<2x4x16x16xf16> into tensor<8x16x16xf16>
  %collapsed_22 = tensor.collapse_shape %26 [[0, 1, 2], [3], [4]] : tensor<2x2x2x16x8xf16> into tensor<8x16x8xf16>
  %50 = tensor.empty() : tensor<8x16x8xf32>
  %51 = linalg.fill ins(%cst : f32) outs(%50 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %52 = linalg.batch_matmul ins(%collapsed_21, %collapsed_22 : tensor<8x16x16xf16>, tensor<8x16x8xf16>) outs(%51 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %53 = tensor.empty() : tensor<8x16x8xf16>
  %54 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%52 : tensor<8x16x8xf32>) outs(%53 : tensor<8x16x8xf16>) {
  ^bb0(%in: f32, %out: f16):
    %58 = arith.truncf %in : f32 to f16
    linalg.yield %58 : f16
  } -> tensor<8x16x8xf16>
  %expanded_23 = tensor.expand_shape %54 [[0, 1], [2], [3]] output_shape [2, 4, 16, 8] : tensor<8x16x8xf16> into tensor<2x4x16x8xf16>
  %55 = tensor.empty() : tensor<2x16x4x8xf16>
  %transposed_24 = linalg.transpose ins(%expanded_23 : tensor<2x4x16x8xf16>) outs(%55 : tensor<2x16x4x8xf16>) permutation = [0, 2, 1, 3]
  %transposed_25 = linalg.transpose ins(%arg7 : tensor<32x32xf16>) outs(%0 : tensor<32x32xf16>) permutation = [1, 0]
  %collapsed_26 = tensor.collapse_shape %transposed_24 [[0, 1], [2, 3]] : tensor<2x16x4x8xf16> into tensor<32x32xf16>
  %56 = linalg.matmul ins(%collapsed_26, %transposed_25 : tensor<32x32xf16>, tensor<32x32xf16>) outs(%2 : tensor<32x32xf32>) -> tensor<32x32xf32>
  %57 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%56 : tensor<32x32xf32>) outs(%0 : tensor<32x32xf16>) {
  ^bb0(%in: f32, %out: f16):
    %58 = arith.truncf %in : f32 to f16
    linalg.yield %58 : f16
  } -> tensor<32x32xf16>
  %expanded_27 = tensor.expand_shape %57 [[0, 1], [2]] output_shape [2, 16, 32] : tensor<32x32xf16> into tensor<2x16x32xf16>
  return %expanded_27 : tensor<2x16x32xf16>
}

// Sines of one half: what is multiplied four times stays small.
func.func @sines(%seed: index) -> tensor<1536xf16> {
  %sines = tensor.generate {
  ^bb0(%i: index):
    %0 = arith.addi %i, %seed : index
    %1 = arith.muli %0, %i : index
    %2 = arith.index_cast %1 : index to i32
    %3 = arith.sitofp %2 : i32 to f32
    %4 = math.sin %3 : f32
    %half = arith.constant 5.000000e-01 : f32
    %5 = arith.mulf %4, %half : f32
    %6 = arith.truncf %5 : f32 to f16
    tensor.yield %6 : f16
  } : tensor<1536xf16>
  return %sines : tensor<1536xf16>
}
func.func @main() {
  %c0 = arith.constant 0 : index
  %x0 = call @sines(%c0) : (index) -> tensor<1536xf16>
  %x0_1024 = tensor.extract_slice %x0[0] [1024] [1] : tensor<1536xf16> to tensor<1024xf16>
  %x0_2x16x32xf16 = tensor.expand_shape %x0_1024 [[0, 1, 2]] output_shape [2, 16, 32] : tensor<1024xf16> into tensor<2x16x32xf16>
  %c1 = arith.constant 1 : index
  %x1 = call @sines(%c1) : (index) -> tensor<1536xf16>
  %x1_128 = tensor.extract_slice %x1[0] [128] [1] : tensor<1536xf16> to tensor<128xf16>
  %x1_1x16x8xf16 = tensor.expand_shape %x1_128 [[0, 1, 2]] output_shape [1, 16, 8] : tensor<128xf16> into tensor<1x16x8xf16>
  %c2 = arith.constant 2 : index
  %x2 = call @sines(%c2) : (index) -> tensor<1536xf16>
  %x2_128 = tensor.extract_slice %x2[0] [128] [1] : tensor<1536xf16> to tensor<128xf16>
  %x2_1x16x8xf16 = tensor.expand_shape %x2_128 [[0, 1, 2]] output_shape [1, 16, 8] : tensor<128xf16> into tensor<1x16x8xf16>
  %c3 = arith.constant 3 : index
  %x3 = call @sines(%c3) : (index) -> tensor<1536xf16>
  %x3_512 = tensor.extract_slice %x3[0] [512] [1] : tensor<1536xf16> to tensor<512xf16>
  %x3_2x1x16x16xf16 = tensor.expand_shape %x3_512 [[0, 1, 2, 3]] output_shape [2, 1, 16, 16] : tensor<512xf16> into tensor<2x1x16x16xf16>
  %c4 = arith.constant 4 : index
  %x4 = call @sines(%c4) : (index) -> tensor<1536xf16>
  %x4_1024 = tensor.extract_slice %x4[0] [1024] [1] : tensor<1536xf16> to tensor<1024xf16>
  %x4_32x32xf16 = tensor.expand_shape %x4_1024 [[0, 1]] output_shape [32, 32] : tensor<1024xf16> into tensor<32x32xf16>
  %c5 = arith.constant 5 : index
  %x5 = call @sines(%c5) : (index) -> tensor<1536xf16>
  %x5_512 = tensor.extract_slice %x5[0] [512] [1] : tensor<1536xf16> to tensor<512xf16>
  %x5_16x32xf16 = tensor.expand_shape %x5_512 [[0, 1]] output_shape [16, 32] : tensor<512xf16> into tensor<16x32xf16>
  %c6 = arith.constant 6 : index
  %x6 = call @sines(%c6) : (index) -> tensor<1536xf16>
  %x6_512 = tensor.extract_slice %x6[0] [512] [1] : tensor<1536xf16> to tensor<512xf16>
  %x6_16x32xf16 = tensor.expand_shape %x6_512 [[0, 1]] output_shape [16, 32] : tensor<512xf16> into tensor<16x32xf16>
  %c7 = arith.constant 7 : index
  %x7 = call @sines(%c7) : (index) -> tensor<1536xf16>
  %x7_1024 = tensor.extract_slice %x7[0] [1024] [1] : tensor<1536xf16> to tensor<1024xf16>
  %x7_32x32xf16 = tensor.expand_shape %x7_1024 [[0, 1]] output_shape [32, 32] : tensor<1024xf16> into tensor<32x32xf16>
  %llama = call @llama(%x0_2x16x32xf16, %x1_1x16x8xf16, %x2_1x16x8xf16, %x3_2x1x16x16xf16, %x4_32x32xf16, %x5_16x32xf16, %x6_16x32xf16, %x7_32x32xf16) : (tensor<2x16x32xf16>, tensor<1x16x8xf16>, tensor<1x16x8xf16>, tensor<2x1x16x16xf16>, tensor<32x32xf16>, tensor<16x32xf16>, tensor<16x32xf16>, tensor<32x32xf16>) -> tensor<2x16x32xf16>
  %llama_flat = tensor.collapse_shape %llama [[0, 1, 2]] : tensor<2x16x32xf16> into tensor<1024xf16>
  call @print(%llama_flat) : (tensor<1024xf16>) -> ()
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
