// torch.nn.functional.scaled_dot_product_attention in PyTorch 2.15.0 with tensors of f16,
// as torch-mlir 20261001 brings it into linalg:
//
//   torch_mlir.fx.export_and_import(torch.export.export(f, arguments),
//                                   output_type="linalg-on-tensors")
//
// Q and K are widened to f32 and multiplied by the root of the scale each, which is of
// f64; a row whose scores are all -inf, which f64 is asked about, gives 0.

// RUN: fa3-opt %s --raise-to-attn --canonicalize | FileCheck %s

// DEFINE: %{lower} = fa3-opt --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" \
// DEFINE:   --convert-linalg-to-loops --attn-to-cpu
// DEFINE: %{run} = mlir-runner --entry-point-result=void \
// DEFINE:   --shared-libs=%llvm_lib/libmlir_runner_utils.so,%llvm_lib/libmlir_c_runner_utils.so,%llvm_lib/libmlir_float16_utils.so
// RUN: %{lower} %s | %{run} > %t.before
// RUN: fa3-opt %s --raise-to-attn | %{lower} | %{run} > %t.after
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
// FUSED: func.func @shared(
// FUSED: attn.forward {{.*}} {layout = #attn.layout<bhsd>, scale = 0.353553385 : f32}
// FUSED: func.func @causal(
// FUSED: attn.forward {{.*}} {causal, layout = #attn.layout<bhsd>, scale = 0.353553385 : f32}
// FUSED: func.func @window(
// FUSED: attn.forward {{.*}} {causal, layout = #attn.layout<bhsd>, scale = 0.353553385 : f32, window = #attn.window<left = 3>}
// FUSED: func.func @masked(
// FUSED: attn.forward {{.*}} {layout = #attn.layout<bhsd>, scale = 0.353553385 : f32} score {

// A function of it becomes a kernel.
// RUN: sed -n '/^func.func @window/,/^}/p' %s > %t.window.mlir
// RUN: fa3-opt %t.window.mlir --raise-to-attn --canonicalize \
// RUN: | fa3-compile --emit=ptx -o - | FileCheck %s --check-prefix=PTX
// PTX: .entry window(
// PTX: wgmma.mma_async

// CHECK-NOT: linalg.batch_matmul
// CHECK-NOT: linalg.transpose

// enable_gqa=True: two heads of Q share one of K and V.
// CHECK-LABEL: func.func @shared(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 : tensor<2x4x16x8xf16>, tensor<2x2x24x8xf16>, tensor<2x2x24x8xf16>)
// CHECK-SAME: {layout = #attn.layout<bhsd>, scale = 0.353553385 : f32}
// CHECK-NOT: score
func.func @shared(%arg0: tensor<2x4x16x8xf16>, %arg1: tensor<2x2x24x8xf16>, %arg2: tensor<2x2x24x8xf16>) -> tensor<2x4x16x8xf16> {
  %c0_i64 = arith.constant 0 : i64
  %cst = arith.constant 0.000000e+00 : f32
  %cst_0 = arith.constant 0xFF800000 : f32
  %true = arith.constant true
  %cst_1 = arith.constant dense<0.000000e+00> : tensor<2x4x16x24xf32>
  %cst_2 = arith.constant 0xFFF0000000000000 : f64
  %cst_3 = arith.constant 0.59460355750136051 : f64
  %0 = tensor.empty() : tensor<2x4x16x8xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg0 : tensor<2x4x16x8xf16>) outs(%0 : tensor<2x4x16x8xf32>) {
  ^bb0(%in: f16, %out: f32):
    %37 = arith.extf %in : f16 to f32
    linalg.yield %37 : f32
  } -> tensor<2x4x16x8xf32>
  %2 = tensor.empty() : tensor<2x2x24x8xf32>
  %3 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<2x2x24x8xf16>) outs(%2 : tensor<2x2x24x8xf32>) {
  ^bb0(%in: f16, %out: f32):
    %37 = arith.extf %in : f16 to f32
    linalg.yield %37 : f32
  } -> tensor<2x2x24x8xf32>
  %4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<2x2x24x8xf16>) outs(%2 : tensor<2x2x24x8xf32>) {
  ^bb0(%in: f16, %out: f32):
    %37 = arith.extf %in : f16 to f32
    linalg.yield %37 : f32
  } -> tensor<2x2x24x8xf32>
  %5 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%1 : tensor<2x4x16x8xf32>) outs(%0 : tensor<2x4x16x8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %37 = arith.truncf %cst_3 : f64 to f32
    %38 = arith.mulf %in, %37 : f32
    linalg.yield %38 : f32
  } -> tensor<2x4x16x8xf32>
  %6 = tensor.empty() : tensor<2x2x2x24x8xf32>
  %7 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%3 : tensor<2x2x24x8xf32>) outs(%6 : tensor<2x2x2x24x8xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x2x24x8xf32>
  %collapsed = tensor.collapse_shape %7 [[0], [1, 2], [3], [4]] : tensor<2x2x2x24x8xf32> into tensor<2x4x24x8xf32>
  %8 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%4 : tensor<2x2x24x8xf32>) outs(%6 : tensor<2x2x2x24x8xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x2x24x8xf32>
  %9 = tensor.empty() : tensor<2x4x8x24xf32>
  %transposed = linalg.transpose ins(%collapsed : tensor<2x4x24x8xf32>) outs(%9 : tensor<2x4x8x24xf32>) permutation = [0, 1, 3, 2]
  %10 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%transposed : tensor<2x4x8x24xf32>) outs(%9 : tensor<2x4x8x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    %37 = arith.truncf %cst_3 : f64 to f32
    %38 = arith.mulf %in, %37 : f32
    linalg.yield %38 : f32
  } -> tensor<2x4x8x24xf32>
  %collapsed_4 = tensor.collapse_shape %5 [[0, 1], [2], [3]] : tensor<2x4x16x8xf32> into tensor<8x16x8xf32>
  %collapsed_5 = tensor.collapse_shape %10 [[0, 1], [2], [3]] : tensor<2x4x8x24xf32> into tensor<8x8x24xf32>
  %11 = tensor.empty() : tensor<8x16x24xf32>
  %12 = linalg.fill ins(%cst : f32) outs(%11 : tensor<8x16x24xf32>) -> tensor<8x16x24xf32>
  %13 = linalg.batch_matmul ins(%collapsed_4, %collapsed_5 : tensor<8x16x8xf32>, tensor<8x8x24xf32>) outs(%12 : tensor<8x16x24xf32>) -> tensor<8x16x24xf32>
  %expanded = tensor.expand_shape %13 [[0, 1], [2], [3]] output_shape [2, 4, 16, 24] : tensor<8x16x24xf32> into tensor<2x4x16x24xf32>
  %14 = tensor.empty() : tensor<2x4x16xi64>
  %15 = linalg.fill ins(%c0_i64 : i64) outs(%14 : tensor<2x4x16xi64>) -> tensor<2x4x16xi64>
  %16 = tensor.empty() : tensor<2x4x16xf32>
  %17 = linalg.fill ins(%cst_0 : f32) outs(%16 : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  %18:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%expanded : tensor<2x4x16x24xf32>) outs(%17, %15 : tensor<2x4x16xf32>, tensor<2x4x16xi64>) {
  ^bb0(%in: f32, %out: f32, %out_10: i64):
    %37 = linalg.index 3 : index
    %38 = arith.index_cast %37 : index to i64
    %39 = arith.maximumf %in, %out : f32
    %40 = arith.cmpf ogt, %in, %out : f32
    %41 = arith.select %40, %38, %out_10 : i64
    linalg.yield %39, %41 : f32, i64
  } -> (tensor<2x4x16xf32>, tensor<2x4x16xi64>)
  %expanded_6 = tensor.expand_shape %18#0 [[0], [1], [2, 3]] output_shape [2, 4, 16, 1] : tensor<2x4x16xf32> into tensor<2x4x16x1xf32>
  %19 = tensor.empty() : tensor<2x4x16x24xf32>
  %20 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded, %expanded_6 : tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>) outs(%19 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %37 = arith.subf %in, %in_10 : f32
    linalg.yield %37 : f32
  } -> tensor<2x4x16x24xf32>
  %21 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%20 : tensor<2x4x16x24xf32>) outs(%19 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    %37 = math.exp %in : f32
    linalg.yield %37 : f32
  } -> tensor<2x4x16x24xf32>
  %22 = tensor.empty() : tensor<2x4x16x1xf32>
  %23 = linalg.fill ins(%cst : f32) outs(%22 : tensor<2x4x16x1xf32>) -> tensor<2x4x16x1xf32>
  %24 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%21 : tensor<2x4x16x24xf32>) outs(%23 : tensor<2x4x16x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %37 = arith.addf %in, %out : f32
    linalg.yield %37 : f32
  } -> tensor<2x4x16x1xf32>
  %25 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%21, %24 : tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>) outs(%19 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %37 = arith.divf %in, %in_10 : f32
    linalg.yield %37 : f32
  } -> tensor<2x4x16x24xf32>
  %26 = tensor.empty() : tensor<2x4x16x24xi1>
  %27 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<2x4x16x24xf32>) outs(%26 : tensor<2x4x16x24xi1>) {
  ^bb0(%in: f32, %out: i1):
    %37 = arith.extf %in : f32 to f64
    %38 = arith.cmpf oeq, %37, %cst_2 : f64
    linalg.yield %38 : i1
  } -> tensor<2x4x16x24xi1>
  %28 = tensor.empty() : tensor<2x4x16x1xi1>
  %29 = linalg.fill ins(%true : i1) outs(%28 : tensor<2x4x16x1xi1>) -> tensor<2x4x16x1xi1>
  %30 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%27 : tensor<2x4x16x24xi1>) outs(%29 : tensor<2x4x16x1xi1>) {
  ^bb0(%in: i1, %out: i1):
    %37 = arith.andi %in, %out : i1
    linalg.yield %37 : i1
  } -> tensor<2x4x16x1xi1>
  %31 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%30, %cst_1, %25 : tensor<2x4x16x1xi1>, tensor<2x4x16x24xf32>, tensor<2x4x16x24xf32>) outs(%19 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: i1, %in_10: f32, %in_11: f32, %out: f32):
    %37 = arith.select %in, %in_10, %in_11 : f32
    linalg.yield %37 : f32
  } -> tensor<2x4x16x24xf32>
  %collapsed_7 = tensor.collapse_shape %31 [[0, 1], [2], [3]] : tensor<2x4x16x24xf32> into tensor<8x16x24xf32>
  %collapsed_8 = tensor.collapse_shape %8 [[0, 1, 2], [3], [4]] : tensor<2x2x2x24x8xf32> into tensor<8x24x8xf32>
  %32 = tensor.empty() : tensor<8x16x8xf32>
  %33 = linalg.fill ins(%cst : f32) outs(%32 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %34 = linalg.batch_matmul ins(%collapsed_7, %collapsed_8 : tensor<8x16x24xf32>, tensor<8x24x8xf32>) outs(%33 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %expanded_9 = tensor.expand_shape %34 [[0, 1], [2], [3]] output_shape [2, 4, 16, 8] : tensor<8x16x8xf32> into tensor<2x4x16x8xf32>
  %35 = tensor.empty() : tensor<2x4x16x8xf16>
  %36 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_9 : tensor<2x4x16x8xf32>) outs(%35 : tensor<2x4x16x8xf16>) {
  ^bb0(%in: f32, %out: f16):
    %37 = arith.truncf %in : f32 to f16
    linalg.yield %37 : f16
  } -> tensor<2x4x16x8xf16>
  return %36 : tensor<2x4x16x8xf16>
}

// is_causal=True.
// CHECK-LABEL: func.func @causal(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: {causal, layout = #attn.layout<bhsd>, scale = 0.353553385 : f32}
// CHECK-NOT: score
func.func @causal(%arg0: tensor<2x4x16x8xf16>, %arg1: tensor<2x4x16x8xf16>, %arg2: tensor<2x4x16x8xf16>) -> tensor<2x4x16x8xf16> {
  %c0_i64 = arith.constant 0 : i64
  %cst = arith.constant 0.000000e+00 : f32
  %cst_0 = arith.constant 0xFF800000 : f32
  %true = arith.constant true
  %cst_1 = arith.constant dense<0.000000e+00> : tensor<2x4x16x16xf32>
  %cst_2 = arith.constant dense<0.000000e+00> : tensor<f32>
  %cst_3 = arith.constant dense<0xFF800000> : tensor<f32>
  %cst_4 = arith.constant dense<true> : tensor<16x16xi1>
  %cst_5 = arith.constant 0xFFF0000000000000 : f64
  %cst_6 = arith.constant 0.59460355750136051 : f64
  %0 = tensor.empty() : tensor<2x4x16x8xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg0 : tensor<2x4x16x8xf16>) outs(%0 : tensor<2x4x16x8xf32>) {
  ^bb0(%in: f16, %out: f32):
    %43 = arith.extf %in : f16 to f32
    linalg.yield %43 : f32
  } -> tensor<2x4x16x8xf32>
  %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<2x4x16x8xf16>) outs(%0 : tensor<2x4x16x8xf32>) {
  ^bb0(%in: f16, %out: f32):
    %43 = arith.extf %in : f16 to f32
    linalg.yield %43 : f32
  } -> tensor<2x4x16x8xf32>
  %3 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<2x4x16x8xf16>) outs(%0 : tensor<2x4x16x8xf32>) {
  ^bb0(%in: f16, %out: f32):
    %43 = arith.extf %in : f16 to f32
    linalg.yield %43 : f32
  } -> tensor<2x4x16x8xf32>
  %4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%1 : tensor<2x4x16x8xf32>) outs(%0 : tensor<2x4x16x8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %43 = arith.truncf %cst_6 : f64 to f32
    %44 = arith.mulf %in, %43 : f32
    linalg.yield %44 : f32
  } -> tensor<2x4x16x8xf32>
  %5 = tensor.empty() : tensor<16xi64>
  %6 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%5 : tensor<16xi64>) {
  ^bb0(%out: i64):
    %43 = linalg.index 0 : index
    %44 = arith.index_cast %43 : index to i64
    linalg.yield %44 : i64
  } -> tensor<16xi64>
  %expanded = tensor.expand_shape %6 [[0, 1]] output_shape [1, 16] : tensor<16xi64> into tensor<1x16xi64>
  %expanded_7 = tensor.expand_shape %6 [[0, 1]] output_shape [16, 1] : tensor<16xi64> into tensor<16x1xi64>
  %7 = tensor.empty() : tensor<16x16xi64>
  %8 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (0, d1)>, affine_map<(d0, d1) -> (d0, 0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%expanded, %expanded_7 : tensor<1x16xi64>, tensor<16x1xi64>) outs(%7 : tensor<16x16xi64>) {
  ^bb0(%in: i64, %in_14: i64, %out: i64):
    %43 = arith.subi %in, %in_14 : i64
    linalg.yield %43 : i64
  } -> tensor<16x16xi64>
  %9 = tensor.empty() : tensor<16x16xi1>
  %10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%8 : tensor<16x16xi64>) outs(%9 : tensor<16x16xi1>) {
  ^bb0(%in: i64, %out: i1):
    %43 = arith.cmpi sle, %in, %c0_i64 : i64
    linalg.yield %43 : i1
  } -> tensor<16x16xi1>
  %11 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%10, %cst_4 : tensor<16x16xi1>, tensor<16x16xi1>) outs(%9 : tensor<16x16xi1>) {
  ^bb0(%in: i1, %in_14: i1, %out: i1):
    %43 = arith.andi %in, %in_14 : i1
    linalg.yield %43 : i1
  } -> tensor<16x16xi1>
  %12 = tensor.empty() : tensor<16x16xf32>
  %13 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> ()>, affine_map<(d0, d1) -> ()>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%11, %cst_2, %cst_3 : tensor<16x16xi1>, tensor<f32>, tensor<f32>) outs(%12 : tensor<16x16xf32>) {
  ^bb0(%in: i1, %in_14: f32, %in_15: f32, %out: f32):
    %43 = arith.select %in, %in_14, %in_15 : f32
    linalg.yield %43 : f32
  } -> tensor<16x16xf32>
  %14 = tensor.empty() : tensor<2x4x8x16xf32>
  %transposed = linalg.transpose ins(%2 : tensor<2x4x16x8xf32>) outs(%14 : tensor<2x4x8x16xf32>) permutation = [0, 1, 3, 2]
  %15 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%transposed : tensor<2x4x8x16xf32>) outs(%14 : tensor<2x4x8x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %43 = arith.truncf %cst_6 : f64 to f32
    %44 = arith.mulf %in, %43 : f32
    linalg.yield %44 : f32
  } -> tensor<2x4x8x16xf32>
  %collapsed = tensor.collapse_shape %4 [[0, 1], [2], [3]] : tensor<2x4x16x8xf32> into tensor<8x16x8xf32>
  %collapsed_8 = tensor.collapse_shape %15 [[0, 1], [2], [3]] : tensor<2x4x8x16xf32> into tensor<8x8x16xf32>
  %16 = tensor.empty() : tensor<8x16x16xf32>
  %17 = linalg.fill ins(%cst : f32) outs(%16 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %18 = linalg.batch_matmul ins(%collapsed, %collapsed_8 : tensor<8x16x8xf32>, tensor<8x8x16xf32>) outs(%17 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %expanded_9 = tensor.expand_shape %18 [[0, 1], [2], [3]] output_shape [2, 4, 16, 16] : tensor<8x16x16xf32> into tensor<2x4x16x16xf32>
  %19 = tensor.empty() : tensor<2x4x16x16xf32>
  %20 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_9, %13 : tensor<2x4x16x16xf32>, tensor<16x16xf32>) outs(%19 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_14: f32, %out: f32):
    %43 = arith.addf %in, %in_14 : f32
    linalg.yield %43 : f32
  } -> tensor<2x4x16x16xf32>
  %21 = tensor.empty() : tensor<2x4x16xi64>
  %22 = linalg.fill ins(%c0_i64 : i64) outs(%21 : tensor<2x4x16xi64>) -> tensor<2x4x16xi64>
  %23 = tensor.empty() : tensor<2x4x16xf32>
  %24 = linalg.fill ins(%cst_0 : f32) outs(%23 : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  %25:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%20 : tensor<2x4x16x16xf32>) outs(%24, %22 : tensor<2x4x16xf32>, tensor<2x4x16xi64>) {
  ^bb0(%in: f32, %out: f32, %out_14: i64):
    %43 = linalg.index 3 : index
    %44 = arith.index_cast %43 : index to i64
    %45 = arith.maximumf %in, %out : f32
    %46 = arith.cmpf ogt, %in, %out : f32
    %47 = arith.select %46, %44, %out_14 : i64
    linalg.yield %45, %47 : f32, i64
  } -> (tensor<2x4x16xf32>, tensor<2x4x16xi64>)
  %expanded_10 = tensor.expand_shape %25#0 [[0], [1], [2, 3]] output_shape [2, 4, 16, 1] : tensor<2x4x16xf32> into tensor<2x4x16x1xf32>
  %26 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%20, %expanded_10 : tensor<2x4x16x16xf32>, tensor<2x4x16x1xf32>) outs(%19 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_14: f32, %out: f32):
    %43 = arith.subf %in, %in_14 : f32
    linalg.yield %43 : f32
  } -> tensor<2x4x16x16xf32>
  %27 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%26 : tensor<2x4x16x16xf32>) outs(%19 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %43 = math.exp %in : f32
    linalg.yield %43 : f32
  } -> tensor<2x4x16x16xf32>
  %28 = tensor.empty() : tensor<2x4x16x1xf32>
  %29 = linalg.fill ins(%cst : f32) outs(%28 : tensor<2x4x16x1xf32>) -> tensor<2x4x16x1xf32>
  %30 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%27 : tensor<2x4x16x16xf32>) outs(%29 : tensor<2x4x16x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %43 = arith.addf %in, %out : f32
    linalg.yield %43 : f32
  } -> tensor<2x4x16x1xf32>
  %31 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%27, %30 : tensor<2x4x16x16xf32>, tensor<2x4x16x1xf32>) outs(%19 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_14: f32, %out: f32):
    %43 = arith.divf %in, %in_14 : f32
    linalg.yield %43 : f32
  } -> tensor<2x4x16x16xf32>
  %32 = tensor.empty() : tensor<2x4x16x16xi1>
  %33 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%20 : tensor<2x4x16x16xf32>) outs(%32 : tensor<2x4x16x16xi1>) {
  ^bb0(%in: f32, %out: i1):
    %43 = arith.extf %in : f32 to f64
    %44 = arith.cmpf oeq, %43, %cst_5 : f64
    linalg.yield %44 : i1
  } -> tensor<2x4x16x16xi1>
  %34 = tensor.empty() : tensor<2x4x16x1xi1>
  %35 = linalg.fill ins(%true : i1) outs(%34 : tensor<2x4x16x1xi1>) -> tensor<2x4x16x1xi1>
  %36 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%33 : tensor<2x4x16x16xi1>) outs(%35 : tensor<2x4x16x1xi1>) {
  ^bb0(%in: i1, %out: i1):
    %43 = arith.andi %in, %out : i1
    linalg.yield %43 : i1
  } -> tensor<2x4x16x1xi1>
  %37 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%36, %cst_1, %31 : tensor<2x4x16x1xi1>, tensor<2x4x16x16xf32>, tensor<2x4x16x16xf32>) outs(%19 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: i1, %in_14: f32, %in_15: f32, %out: f32):
    %43 = arith.select %in, %in_14, %in_15 : f32
    linalg.yield %43 : f32
  } -> tensor<2x4x16x16xf32>
  %collapsed_11 = tensor.collapse_shape %37 [[0, 1], [2], [3]] : tensor<2x4x16x16xf32> into tensor<8x16x16xf32>
  %collapsed_12 = tensor.collapse_shape %3 [[0, 1], [2], [3]] : tensor<2x4x16x8xf32> into tensor<8x16x8xf32>
  %38 = tensor.empty() : tensor<8x16x8xf32>
  %39 = linalg.fill ins(%cst : f32) outs(%38 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %40 = linalg.batch_matmul ins(%collapsed_11, %collapsed_12 : tensor<8x16x16xf32>, tensor<8x16x8xf32>) outs(%39 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %expanded_13 = tensor.expand_shape %40 [[0, 1], [2], [3]] output_shape [2, 4, 16, 8] : tensor<8x16x8xf32> into tensor<2x4x16x8xf32>
  %41 = tensor.empty() : tensor<2x4x16x8xf16>
  %42 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_13 : tensor<2x4x16x8xf32>) outs(%41 : tensor<2x4x16x8xf16>) {
  ^bb0(%in: f32, %out: f16):
    %43 = arith.truncf %in : f32 to f16
    linalg.yield %43 : f16
  } -> tensor<2x4x16x8xf16>
  return %42 : tensor<2x4x16x8xf16>
}

// attn_mask=(d >= 0) & (d < 4), where d is torch.arange(16)[:, None] - torch.arange(16).
// CHECK-LABEL: func.func @window(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: {causal, layout = #attn.layout<bhsd>, scale = 0.353553385 : f32, window = #attn.window<left = 3>}
// CHECK-NOT: score
func.func @window(%arg0: tensor<2x4x16x8xf16>, %arg1: tensor<2x4x16x8xf16>, %arg2: tensor<2x4x16x8xf16>) -> tensor<2x4x16x8xf16> {
  %c4_i64 = arith.constant 4 : i64
  %c0_i64 = arith.constant 0 : i64
  %cst = arith.constant 0.000000e+00 : f32
  %cst_0 = arith.constant 0xFF800000 : f32
  %true = arith.constant true
  %cst_1 = arith.constant dense<0.000000e+00> : tensor<2x4x16x16xf32>
  %cst_2 = arith.constant dense<0.000000e+00> : tensor<f16>
  %cst_3 = arith.constant dense<0xFC00> : tensor<f16>
  %cst_4 = arith.constant 0.59460355750136051 : f64
  %cst_5 = arith.constant 0xFFF0000000000000 : f64
  %0 = tensor.empty() : tensor<16xi64>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%0 : tensor<16xi64>) {
  ^bb0(%out: i64):
    %44 = linalg.index 0 : index
    %45 = arith.index_cast %44 : index to i64
    linalg.yield %45 : i64
  } -> tensor<16xi64>
  %expanded = tensor.expand_shape %1 [[0, 1]] output_shape [16, 1] : tensor<16xi64> into tensor<16x1xi64>
  %expanded_6 = tensor.expand_shape %1 [[0, 1]] output_shape [1, 16] : tensor<16xi64> into tensor<1x16xi64>
  %2 = tensor.empty() : tensor<16x16xi64>
  %3 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0)>, affine_map<(d0, d1) -> (0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%expanded, %expanded_6 : tensor<16x1xi64>, tensor<1x16xi64>) outs(%2 : tensor<16x16xi64>) {
  ^bb0(%in: i64, %in_13: i64, %out: i64):
    %44 = arith.subi %in, %in_13 : i64
    linalg.yield %44 : i64
  } -> tensor<16x16xi64>
  %4 = tensor.empty() : tensor<16x16xi1>
  %5 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%3 : tensor<16x16xi64>) outs(%4 : tensor<16x16xi1>) {
  ^bb0(%in: i64, %out: i1):
    %44 = arith.cmpi sge, %in, %c0_i64 : i64
    linalg.yield %44 : i1
  } -> tensor<16x16xi1>
  %6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%3 : tensor<16x16xi64>) outs(%4 : tensor<16x16xi1>) {
  ^bb0(%in: i64, %out: i1):
    %44 = arith.cmpi slt, %in, %c4_i64 : i64
    linalg.yield %44 : i1
  } -> tensor<16x16xi1>
  %7 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%5, %6 : tensor<16x16xi1>, tensor<16x16xi1>) outs(%4 : tensor<16x16xi1>) {
  ^bb0(%in: i1, %in_13: i1, %out: i1):
    %44 = arith.andi %in, %in_13 : i1
    linalg.yield %44 : i1
  } -> tensor<16x16xi1>
  %8 = tensor.empty() : tensor<16x16xf16>
  %9 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> ()>, affine_map<(d0, d1) -> ()>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%7, %cst_2, %cst_3 : tensor<16x16xi1>, tensor<f16>, tensor<f16>) outs(%8 : tensor<16x16xf16>) {
  ^bb0(%in: i1, %in_13: f16, %in_14: f16, %out: f16):
    %44 = arith.select %in, %in_13, %in_14 : f16
    linalg.yield %44 : f16
  } -> tensor<16x16xf16>
  %10 = tensor.empty() : tensor<2x4x16x8xf32>
  %11 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg0 : tensor<2x4x16x8xf16>) outs(%10 : tensor<2x4x16x8xf32>) {
  ^bb0(%in: f16, %out: f32):
    %44 = arith.extf %in : f16 to f32
    linalg.yield %44 : f32
  } -> tensor<2x4x16x8xf32>
  %12 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<2x4x16x8xf16>) outs(%10 : tensor<2x4x16x8xf32>) {
  ^bb0(%in: f16, %out: f32):
    %44 = arith.extf %in : f16 to f32
    linalg.yield %44 : f32
  } -> tensor<2x4x16x8xf32>
  %13 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<2x4x16x8xf16>) outs(%10 : tensor<2x4x16x8xf32>) {
  ^bb0(%in: f16, %out: f32):
    %44 = arith.extf %in : f16 to f32
    linalg.yield %44 : f32
  } -> tensor<2x4x16x8xf32>
  %14 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%11 : tensor<2x4x16x8xf32>) outs(%10 : tensor<2x4x16x8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %44 = arith.truncf %cst_4 : f64 to f32
    %45 = arith.mulf %in, %44 : f32
    linalg.yield %45 : f32
  } -> tensor<2x4x16x8xf32>
  %15 = tensor.empty() : tensor<2x4x8x16xf32>
  %transposed = linalg.transpose ins(%12 : tensor<2x4x16x8xf32>) outs(%15 : tensor<2x4x8x16xf32>) permutation = [0, 1, 3, 2]
  %16 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%transposed : tensor<2x4x8x16xf32>) outs(%15 : tensor<2x4x8x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %44 = arith.truncf %cst_4 : f64 to f32
    %45 = arith.mulf %in, %44 : f32
    linalg.yield %45 : f32
  } -> tensor<2x4x8x16xf32>
  %collapsed = tensor.collapse_shape %14 [[0, 1], [2], [3]] : tensor<2x4x16x8xf32> into tensor<8x16x8xf32>
  %collapsed_7 = tensor.collapse_shape %16 [[0, 1], [2], [3]] : tensor<2x4x8x16xf32> into tensor<8x8x16xf32>
  %17 = tensor.empty() : tensor<8x16x16xf32>
  %18 = linalg.fill ins(%cst : f32) outs(%17 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %19 = linalg.batch_matmul ins(%collapsed, %collapsed_7 : tensor<8x16x8xf32>, tensor<8x8x16xf32>) outs(%18 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %expanded_8 = tensor.expand_shape %19 [[0, 1], [2], [3]] output_shape [2, 4, 16, 16] : tensor<8x16x16xf32> into tensor<2x4x16x16xf32>
  %20 = tensor.empty() : tensor<2x4x16x16xf32>
  %21 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_8, %9 : tensor<2x4x16x16xf32>, tensor<16x16xf16>) outs(%20 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_13: f16, %out: f32):
    %44 = arith.extf %in_13 : f16 to f32
    %45 = arith.addf %in, %44 : f32
    linalg.yield %45 : f32
  } -> tensor<2x4x16x16xf32>
  %22 = tensor.empty() : tensor<2x4x16xi64>
  %23 = linalg.fill ins(%c0_i64 : i64) outs(%22 : tensor<2x4x16xi64>) -> tensor<2x4x16xi64>
  %24 = tensor.empty() : tensor<2x4x16xf32>
  %25 = linalg.fill ins(%cst_0 : f32) outs(%24 : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  %26:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%21 : tensor<2x4x16x16xf32>) outs(%25, %23 : tensor<2x4x16xf32>, tensor<2x4x16xi64>) {
  ^bb0(%in: f32, %out: f32, %out_13: i64):
    %44 = linalg.index 3 : index
    %45 = arith.index_cast %44 : index to i64
    %46 = arith.maximumf %in, %out : f32
    %47 = arith.cmpf ogt, %in, %out : f32
    %48 = arith.select %47, %45, %out_13 : i64
    linalg.yield %46, %48 : f32, i64
  } -> (tensor<2x4x16xf32>, tensor<2x4x16xi64>)
  %expanded_9 = tensor.expand_shape %26#0 [[0], [1], [2, 3]] output_shape [2, 4, 16, 1] : tensor<2x4x16xf32> into tensor<2x4x16x1xf32>
  %27 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%21, %expanded_9 : tensor<2x4x16x16xf32>, tensor<2x4x16x1xf32>) outs(%20 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_13: f32, %out: f32):
    %44 = arith.subf %in, %in_13 : f32
    linalg.yield %44 : f32
  } -> tensor<2x4x16x16xf32>
  %28 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%27 : tensor<2x4x16x16xf32>) outs(%20 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %44 = math.exp %in : f32
    linalg.yield %44 : f32
  } -> tensor<2x4x16x16xf32>
  %29 = tensor.empty() : tensor<2x4x16x1xf32>
  %30 = linalg.fill ins(%cst : f32) outs(%29 : tensor<2x4x16x1xf32>) -> tensor<2x4x16x1xf32>
  %31 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%28 : tensor<2x4x16x16xf32>) outs(%30 : tensor<2x4x16x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %44 = arith.addf %in, %out : f32
    linalg.yield %44 : f32
  } -> tensor<2x4x16x1xf32>
  %32 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%28, %31 : tensor<2x4x16x16xf32>, tensor<2x4x16x1xf32>) outs(%20 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_13: f32, %out: f32):
    %44 = arith.divf %in, %in_13 : f32
    linalg.yield %44 : f32
  } -> tensor<2x4x16x16xf32>
  %33 = tensor.empty() : tensor<2x4x16x16xi1>
  %34 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%21 : tensor<2x4x16x16xf32>) outs(%33 : tensor<2x4x16x16xi1>) {
  ^bb0(%in: f32, %out: i1):
    %44 = arith.extf %in : f32 to f64
    %45 = arith.cmpf oeq, %44, %cst_5 : f64
    linalg.yield %45 : i1
  } -> tensor<2x4x16x16xi1>
  %35 = tensor.empty() : tensor<2x4x16x1xi1>
  %36 = linalg.fill ins(%true : i1) outs(%35 : tensor<2x4x16x1xi1>) -> tensor<2x4x16x1xi1>
  %37 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%34 : tensor<2x4x16x16xi1>) outs(%36 : tensor<2x4x16x1xi1>) {
  ^bb0(%in: i1, %out: i1):
    %44 = arith.andi %in, %out : i1
    linalg.yield %44 : i1
  } -> tensor<2x4x16x1xi1>
  %38 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%37, %cst_1, %32 : tensor<2x4x16x1xi1>, tensor<2x4x16x16xf32>, tensor<2x4x16x16xf32>) outs(%20 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: i1, %in_13: f32, %in_14: f32, %out: f32):
    %44 = arith.select %in, %in_13, %in_14 : f32
    linalg.yield %44 : f32
  } -> tensor<2x4x16x16xf32>
  %collapsed_10 = tensor.collapse_shape %38 [[0, 1], [2], [3]] : tensor<2x4x16x16xf32> into tensor<8x16x16xf32>
  %collapsed_11 = tensor.collapse_shape %13 [[0, 1], [2], [3]] : tensor<2x4x16x8xf32> into tensor<8x16x8xf32>
  %39 = tensor.empty() : tensor<8x16x8xf32>
  %40 = linalg.fill ins(%cst : f32) outs(%39 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %41 = linalg.batch_matmul ins(%collapsed_10, %collapsed_11 : tensor<8x16x16xf32>, tensor<8x16x8xf32>) outs(%40 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %expanded_12 = tensor.expand_shape %41 [[0, 1], [2], [3]] output_shape [2, 4, 16, 8] : tensor<8x16x8xf32> into tensor<2x4x16x8xf32>
  %42 = tensor.empty() : tensor<2x4x16x8xf16>
  %43 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_12 : tensor<2x4x16x8xf32>) outs(%42 : tensor<2x4x16x8xf16>) {
  ^bb0(%in: f32, %out: f16):
    %44 = arith.truncf %in : f32 to f16
    linalg.yield %44 : f16
  } -> tensor<2x4x16x8xf16>
  return %43 : tensor<2x4x16x8xf16>
}

// attn_mask of bools, one for all heads.
// CHECK-LABEL: func.func @masked(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: scale = 0.353553385 : f32} score {
// CHECK-NEXT: ^bb0(%[[S:.*]]: f32, %[[B:.*]]: index, %{{.*}}: index, %[[I:.*]]: index, %[[J:.*]]: index):
// CHECK: %[[SEEN:.*]] = tensor.extract %arg3[%[[B]], %{{.*}}, %[[I]], %[[J]]]
// CHECK: %[[HIDDEN:.*]] = arith.select %[[SEEN]],
// CHECK: %[[MASK:.*]] = arith.extf %[[HIDDEN]] : f16 to f32
// CHECK: arith.addf %[[S]], %[[MASK]]
func.func @masked(%arg0: tensor<2x4x16x8xf16>, %arg1: tensor<2x4x24x8xf16>, %arg2: tensor<2x4x24x8xf16>, %arg3: tensor<2x1x16x24xi1>) -> tensor<2x4x16x8xf16> {
  %cst = arith.constant 0.000000e+00 : f32
  %c0_i64 = arith.constant 0 : i64
  %cst_0 = arith.constant 0xFF800000 : f32
  %true = arith.constant true
  %cst_1 = arith.constant dense<0.000000e+00> : tensor<2x4x16x24xf32>
  %cst_2 = arith.constant 0.59460355750136051 : f64
  %cst_3 = arith.constant 0xFFF0000000000000 : f64
  %cst_4 = arith.constant dense<0xFC00> : tensor<f16>
  %cst_5 = arith.constant dense<0.000000e+00> : tensor<f16>
  %0 = tensor.empty() : tensor<2x1x16x24xf16>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> ()>, affine_map<(d0, d1, d2, d3) -> ()>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg3, %cst_5, %cst_4 : tensor<2x1x16x24xi1>, tensor<f16>, tensor<f16>) outs(%0 : tensor<2x1x16x24xf16>) {
  ^bb0(%in: i1, %in_11: f16, %in_12: f16, %out: f16):
    %37 = arith.select %in, %in_11, %in_12 : f16
    linalg.yield %37 : f16
  } -> tensor<2x1x16x24xf16>
  %2 = tensor.empty() : tensor<2x4x16x8xf32>
  %3 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg0 : tensor<2x4x16x8xf16>) outs(%2 : tensor<2x4x16x8xf32>) {
  ^bb0(%in: f16, %out: f32):
    %37 = arith.extf %in : f16 to f32
    linalg.yield %37 : f32
  } -> tensor<2x4x16x8xf32>
  %4 = tensor.empty() : tensor<2x4x24x8xf32>
  %5 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<2x4x24x8xf16>) outs(%4 : tensor<2x4x24x8xf32>) {
  ^bb0(%in: f16, %out: f32):
    %37 = arith.extf %in : f16 to f32
    linalg.yield %37 : f32
  } -> tensor<2x4x24x8xf32>
  %6 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<2x4x24x8xf16>) outs(%4 : tensor<2x4x24x8xf32>) {
  ^bb0(%in: f16, %out: f32):
    %37 = arith.extf %in : f16 to f32
    linalg.yield %37 : f32
  } -> tensor<2x4x24x8xf32>
  %7 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%3 : tensor<2x4x16x8xf32>) outs(%2 : tensor<2x4x16x8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %37 = arith.truncf %cst_2 : f64 to f32
    %38 = arith.mulf %in, %37 : f32
    linalg.yield %38 : f32
  } -> tensor<2x4x16x8xf32>
  %8 = tensor.empty() : tensor<2x4x8x24xf32>
  %transposed = linalg.transpose ins(%5 : tensor<2x4x24x8xf32>) outs(%8 : tensor<2x4x8x24xf32>) permutation = [0, 1, 3, 2]
  %9 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%transposed : tensor<2x4x8x24xf32>) outs(%8 : tensor<2x4x8x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    %37 = arith.truncf %cst_2 : f64 to f32
    %38 = arith.mulf %in, %37 : f32
    linalg.yield %38 : f32
  } -> tensor<2x4x8x24xf32>
  %collapsed = tensor.collapse_shape %7 [[0, 1], [2], [3]] : tensor<2x4x16x8xf32> into tensor<8x16x8xf32>
  %collapsed_6 = tensor.collapse_shape %9 [[0, 1], [2], [3]] : tensor<2x4x8x24xf32> into tensor<8x8x24xf32>
  %10 = tensor.empty() : tensor<8x16x24xf32>
  %11 = linalg.fill ins(%cst : f32) outs(%10 : tensor<8x16x24xf32>) -> tensor<8x16x24xf32>
  %12 = linalg.batch_matmul ins(%collapsed, %collapsed_6 : tensor<8x16x8xf32>, tensor<8x8x24xf32>) outs(%11 : tensor<8x16x24xf32>) -> tensor<8x16x24xf32>
  %expanded = tensor.expand_shape %12 [[0, 1], [2], [3]] output_shape [2, 4, 16, 24] : tensor<8x16x24xf32> into tensor<2x4x16x24xf32>
  %13 = tensor.empty() : tensor<2x4x16x24xf32>
  %14 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, 0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded, %1 : tensor<2x4x16x24xf32>, tensor<2x1x16x24xf16>) outs(%13 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %in_11: f16, %out: f32):
    %37 = arith.extf %in_11 : f16 to f32
    %38 = arith.addf %in, %37 : f32
    linalg.yield %38 : f32
  } -> tensor<2x4x16x24xf32>
  %15 = tensor.empty() : tensor<2x4x16xi64>
  %16 = linalg.fill ins(%c0_i64 : i64) outs(%15 : tensor<2x4x16xi64>) -> tensor<2x4x16xi64>
  %17 = tensor.empty() : tensor<2x4x16xf32>
  %18 = linalg.fill ins(%cst_0 : f32) outs(%17 : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  %19:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%14 : tensor<2x4x16x24xf32>) outs(%18, %16 : tensor<2x4x16xf32>, tensor<2x4x16xi64>) {
  ^bb0(%in: f32, %out: f32, %out_11: i64):
    %37 = linalg.index 3 : index
    %38 = arith.index_cast %37 : index to i64
    %39 = arith.maximumf %in, %out : f32
    %40 = arith.cmpf ogt, %in, %out : f32
    %41 = arith.select %40, %38, %out_11 : i64
    linalg.yield %39, %41 : f32, i64
  } -> (tensor<2x4x16xf32>, tensor<2x4x16xi64>)
  %expanded_7 = tensor.expand_shape %19#0 [[0], [1], [2, 3]] output_shape [2, 4, 16, 1] : tensor<2x4x16xf32> into tensor<2x4x16x1xf32>
  %20 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%14, %expanded_7 : tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>) outs(%13 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %in_11: f32, %out: f32):
    %37 = arith.subf %in, %in_11 : f32
    linalg.yield %37 : f32
  } -> tensor<2x4x16x24xf32>
  %21 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%20 : tensor<2x4x16x24xf32>) outs(%13 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    %37 = math.exp %in : f32
    linalg.yield %37 : f32
  } -> tensor<2x4x16x24xf32>
  %22 = tensor.empty() : tensor<2x4x16x1xf32>
  %23 = linalg.fill ins(%cst : f32) outs(%22 : tensor<2x4x16x1xf32>) -> tensor<2x4x16x1xf32>
  %24 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%21 : tensor<2x4x16x24xf32>) outs(%23 : tensor<2x4x16x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %37 = arith.addf %in, %out : f32
    linalg.yield %37 : f32
  } -> tensor<2x4x16x1xf32>
  %25 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%21, %24 : tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>) outs(%13 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %in_11: f32, %out: f32):
    %37 = arith.divf %in, %in_11 : f32
    linalg.yield %37 : f32
  } -> tensor<2x4x16x24xf32>
  %26 = tensor.empty() : tensor<2x4x16x24xi1>
  %27 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%14 : tensor<2x4x16x24xf32>) outs(%26 : tensor<2x4x16x24xi1>) {
  ^bb0(%in: f32, %out: i1):
    %37 = arith.extf %in : f32 to f64
    %38 = arith.cmpf oeq, %37, %cst_3 : f64
    linalg.yield %38 : i1
  } -> tensor<2x4x16x24xi1>
  %28 = tensor.empty() : tensor<2x4x16x1xi1>
  %29 = linalg.fill ins(%true : i1) outs(%28 : tensor<2x4x16x1xi1>) -> tensor<2x4x16x1xi1>
  %30 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%27 : tensor<2x4x16x24xi1>) outs(%29 : tensor<2x4x16x1xi1>) {
  ^bb0(%in: i1, %out: i1):
    %37 = arith.andi %in, %out : i1
    linalg.yield %37 : i1
  } -> tensor<2x4x16x1xi1>
  %31 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%30, %cst_1, %25 : tensor<2x4x16x1xi1>, tensor<2x4x16x24xf32>, tensor<2x4x16x24xf32>) outs(%13 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: i1, %in_11: f32, %in_12: f32, %out: f32):
    %37 = arith.select %in, %in_11, %in_12 : f32
    linalg.yield %37 : f32
  } -> tensor<2x4x16x24xf32>
  %collapsed_8 = tensor.collapse_shape %31 [[0, 1], [2], [3]] : tensor<2x4x16x24xf32> into tensor<8x16x24xf32>
  %collapsed_9 = tensor.collapse_shape %6 [[0, 1], [2], [3]] : tensor<2x4x24x8xf32> into tensor<8x24x8xf32>
  %32 = tensor.empty() : tensor<8x16x8xf32>
  %33 = linalg.fill ins(%cst : f32) outs(%32 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %34 = linalg.batch_matmul ins(%collapsed_8, %collapsed_9 : tensor<8x16x24xf32>, tensor<8x24x8xf32>) outs(%33 : tensor<8x16x8xf32>) -> tensor<8x16x8xf32>
  %expanded_10 = tensor.expand_shape %34 [[0, 1], [2], [3]] output_shape [2, 4, 16, 8] : tensor<8x16x8xf32> into tensor<2x4x16x8xf32>
  %35 = tensor.empty() : tensor<2x4x16x8xf16>
  %36 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_10 : tensor<2x4x16x8xf32>) outs(%35 : tensor<2x4x16x8xf16>) {
  ^bb0(%in: f32, %out: f16):
    %37 = arith.truncf %in : f32 to f16
    linalg.yield %37 : f16
  } -> tensor<2x4x16x8xf16>
  return %36 : tensor<2x4x16x8xf16>
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
  %x0_2x4x16x8xf16 = tensor.expand_shape %x0_1024 [[0, 1, 2, 3]] output_shape [2, 4, 16, 8] : tensor<1024xf16> into tensor<2x4x16x8xf16>
  %c1 = arith.constant 1 : index
  %x1 = call @sines(%c1) : (index) -> tensor<1536xf16>
  %x1_768 = tensor.extract_slice %x1[0] [768] [1] : tensor<1536xf16> to tensor<768xf16>
  %x1_2x2x24x8xf16 = tensor.expand_shape %x1_768 [[0, 1, 2, 3]] output_shape [2, 2, 24, 8] : tensor<768xf16> into tensor<2x2x24x8xf16>
  %c2 = arith.constant 2 : index
  %x2 = call @sines(%c2) : (index) -> tensor<1536xf16>
  %x2_768 = tensor.extract_slice %x2[0] [768] [1] : tensor<1536xf16> to tensor<768xf16>
  %x2_2x2x24x8xf16 = tensor.expand_shape %x2_768 [[0, 1, 2, 3]] output_shape [2, 2, 24, 8] : tensor<768xf16> into tensor<2x2x24x8xf16>
  %shared = call @shared(%x0_2x4x16x8xf16, %x1_2x2x24x8xf16, %x2_2x2x24x8xf16) : (tensor<2x4x16x8xf16>, tensor<2x2x24x8xf16>, tensor<2x2x24x8xf16>) -> tensor<2x4x16x8xf16>
  %shared_flat = tensor.collapse_shape %shared [[0, 1, 2, 3]] : tensor<2x4x16x8xf16> into tensor<1024xf16>
  call @print(%shared_flat) : (tensor<1024xf16>) -> ()
  %x1_1024 = tensor.extract_slice %x1[0] [1024] [1] : tensor<1536xf16> to tensor<1024xf16>
  %x1_2x4x16x8xf16 = tensor.expand_shape %x1_1024 [[0, 1, 2, 3]] output_shape [2, 4, 16, 8] : tensor<1024xf16> into tensor<2x4x16x8xf16>
  %x2_1024 = tensor.extract_slice %x2[0] [1024] [1] : tensor<1536xf16> to tensor<1024xf16>
  %x2_2x4x16x8xf16 = tensor.expand_shape %x2_1024 [[0, 1, 2, 3]] output_shape [2, 4, 16, 8] : tensor<1024xf16> into tensor<2x4x16x8xf16>
  %causal = call @causal(%x0_2x4x16x8xf16, %x1_2x4x16x8xf16, %x2_2x4x16x8xf16) : (tensor<2x4x16x8xf16>, tensor<2x4x16x8xf16>, tensor<2x4x16x8xf16>) -> tensor<2x4x16x8xf16>
  %causal_flat = tensor.collapse_shape %causal [[0, 1, 2, 3]] : tensor<2x4x16x8xf16> into tensor<1024xf16>
  call @print(%causal_flat) : (tensor<1024xf16>) -> ()
  %window = call @window(%x0_2x4x16x8xf16, %x1_2x4x16x8xf16, %x2_2x4x16x8xf16) : (tensor<2x4x16x8xf16>, tensor<2x4x16x8xf16>, tensor<2x4x16x8xf16>) -> tensor<2x4x16x8xf16>
  %window_flat = tensor.collapse_shape %window [[0, 1, 2, 3]] : tensor<2x4x16x8xf16> into tensor<1024xf16>
  call @print(%window_flat) : (tensor<1024xf16>) -> ()
  %x1_2x4x24x8xf16 = tensor.expand_shape %x1 [[0, 1, 2, 3]] output_shape [2, 4, 24, 8] : tensor<1536xf16> into tensor<2x4x24x8xf16>
  %x2_2x4x24x8xf16 = tensor.expand_shape %x2 [[0, 1, 2, 3]] output_shape [2, 4, 24, 8] : tensor<1536xf16> into tensor<2x4x24x8xf16>
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
