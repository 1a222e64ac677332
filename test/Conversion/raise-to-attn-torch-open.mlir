// torch.nn.functional.scaled_dot_product_attention with an open length, as torch-mlir
// 20261001 brings it to linalg (PyTorch 2.15.0). Sizes are computed, and asserted to be
// no negative ones, in words that are torch-mlir's; a dimension of open size is read at 0
// where it is 1. Upstream's int-range-optimizations makes the sizes what they are.

// DEFINE: %{sizes} = fa3-opt --int-range-optimizations --canonicalize --cse
// DEFINE: %{lower} = fa3-opt --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" \
// DEFINE:   --convert-linalg-to-loops --attn-to-cpu
// DEFINE: %{run} = mlir-runner --entry-point-result=void \
// DEFINE:   --shared-libs=%llvm_lib/libmlir_runner_utils.so,%llvm_lib/libmlir_c_runner_utils.so,%llvm_lib/libmlir_float16_utils.so

// RUN: %{sizes} %s -o %t.mlir
// RUN: fa3-opt %t.mlir --raise-to-attn --canonicalize -o %t.raised.mlir 2> %t.remarks
// RUN: FileCheck %s < %t.raised.mlir
// RUN: FileCheck %s --check-prefix=REMARK < %t.remarks
// RUN: %{lower} %t.mlir | %{run} > %t.before
// RUN: %{lower} %t.raised.mlir | %{run} > %t.after
// RUN: %python %S/Inputs/compare.py %t.before %t.after --tolerance 2e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS
// NUMBERS: 1088 numbers, largest difference {{.*}}, 0 failed

// Without it, a remark says so.
// RUN: fa3-opt %s --raise-to-attn -o %t.mlir 2>&1 | FileCheck %s --check-prefix=COMPUTED
// COMPUTED: remark: cannot raise to attention: expected a softmax to be multiplied with V, but got one that is reshaped by computed sizes; run int-range-optimizations and canonicalize first

// And kernels take what becomes of it.
// RUN: fa3-opt %t.raised.mlir --symbol-privatize=exclude=sdpa_dyn --symbol-dce | fa3-compile - --entry sdpa_dyn -o %t.ptx

// CHECK-LABEL: func.func @sdpa_dyn(
// CHECK-NOT: tensor.reshape
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 : {{.*}} {layout = #attn.layout<bhsd>, scale = 0.353553385 : f32} -> tensor<2x4x?x8xf16>
// REMARK: remark: a tensor whose open size is 1 where the others' is not is repeated before, but not by 'attn.forward'

#map = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#map1 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>
#map2 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>
#map3 = affine_map<(d0, d1, d2, d3) -> ()>
func.func @sdpa_dyn(%arg0: tensor<2x4x?x8xf16>, %arg1: tensor<2x4x?x8xf16>, %arg2: tensor<2x4x?x8xf16>) -> tensor<2x4x?x8xf16> {
  %c2_i64 = arith.constant 2 : i64
  %c4_i64 = arith.constant 4 : i64
  %c0_i64 = arith.constant 0 : i64
  %c1 = arith.constant 1 : index
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %c8_i64 = arith.constant 8 : i64
  %cst = arith.constant 0.000000e+00 : f32
  %c1_i64 = arith.constant 1 : i64
  %cst_0 = arith.constant 0xFF800000 : f32
  %true = arith.constant true
  %cst_1 = arith.constant dense<0.000000e+00> : tensor<f32>
  %cst_2 = arith.constant 0xFFF0000000000000 : f64
  %cst_3 = arith.constant 0.59460355750136051 : f64
  %dim = tensor.dim %arg0, %c2 : tensor<2x4x?x8xf16>
  %0 = arith.index_cast %dim : index to i64
  %1 = tensor.empty(%dim) : tensor<2x4x?x8xf32>
  %2 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg0 : tensor<2x4x?x8xf16>) outs(%1 : tensor<2x4x?x8xf32>) {
  ^bb0(%in: f16, %out: f32):
    %65 = arith.extf %in : f16 to f32
    linalg.yield %65 : f32
  } -> tensor<2x4x?x8xf32>
  %dim_4 = tensor.dim %arg1, %c2 : tensor<2x4x?x8xf16>
  %3 = tensor.empty(%dim_4) : tensor<2x4x?x8xf32>
  %4 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<2x4x?x8xf16>) outs(%3 : tensor<2x4x?x8xf32>) {
  ^bb0(%in: f16, %out: f32):
    %65 = arith.extf %in : f16 to f32
    linalg.yield %65 : f32
  } -> tensor<2x4x?x8xf32>
  %dim_5 = tensor.dim %arg2, %c2 : tensor<2x4x?x8xf16>
  %5 = tensor.empty(%dim_5) : tensor<2x4x?x8xf32>
  %6 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<2x4x?x8xf16>) outs(%5 : tensor<2x4x?x8xf32>) {
  ^bb0(%in: f16, %out: f32):
    %65 = arith.extf %in : f16 to f32
    linalg.yield %65 : f32
  } -> tensor<2x4x?x8xf32>
  %7 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%2 : tensor<2x4x?x8xf32>) outs(%1 : tensor<2x4x?x8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %65 = arith.truncf %cst_3 : f64 to f32
    %66 = arith.mulf %in, %65 : f32
    linalg.yield %66 : f32
  } -> tensor<2x4x?x8xf32>
  %8 = tensor.empty(%dim_4) : tensor<2x4x8x?xf32>
  %transposed = linalg.transpose ins(%4 : tensor<2x4x?x8xf32>) outs(%8 : tensor<2x4x8x?xf32>) permutation = [0, 1, 3, 2] 
  %9 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%transposed : tensor<2x4x8x?xf32>) outs(%8 : tensor<2x4x8x?xf32>) {
  ^bb0(%in: f32, %out: f32):
    %65 = arith.truncf %cst_3 : f64 to f32
    %66 = arith.mulf %in, %65 : f32
    linalg.yield %66 : f32
  } -> tensor<2x4x8x?xf32>
  %10 = arith.cmpi sge, %0, %c0_i64 : i64
  cf.assert %10, "unimplemented: dynamic negative broadcast sizes"
  %11 = tensor.empty(%dim) : tensor<2x4x?x8xf32>
  %12 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} outs(%11 : tensor<2x4x?x8xf32>) {
  ^bb0(%out: f32):
    %65 = linalg.index 0 : index
    %66 = linalg.index 1 : index
    %67 = linalg.index 2 : index
    %68 = linalg.index 3 : index
    %69 = arith.cmpi eq, %dim, %c1 : index
    %70 = arith.select %69, %c0, %67 : index
    %extracted = tensor.extract %7[%65, %66, %70, %68] : tensor<2x4x?x8xf32>
    linalg.yield %extracted : f32
  } -> tensor<2x4x?x8xf32>
  %collapsed = tensor.collapse_shape %12 [[0, 1], [2], [3]] : tensor<2x4x?x8xf32> into tensor<8x?x8xf32>
  cf.assert %10, "unimplemented: dynamic negative broadcast sizes"
  %13 = tensor.empty(%dim) : tensor<2x4x8x?xf32>
  %14 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} outs(%13 : tensor<2x4x8x?xf32>) {
  ^bb0(%out: f32):
    %65 = linalg.index 0 : index
    %66 = linalg.index 1 : index
    %67 = linalg.index 2 : index
    %68 = linalg.index 3 : index
    %69 = arith.cmpi eq, %dim_4, %c1 : index
    %70 = arith.select %69, %c0, %68 : index
    %extracted = tensor.extract %9[%65, %66, %67, %70] : tensor<2x4x8x?xf32>
    linalg.yield %extracted : f32
  } -> tensor<2x4x8x?xf32>
  %collapsed_6 = tensor.collapse_shape %14 [[0, 1], [2], [3]] : tensor<2x4x8x?xf32> into tensor<8x8x?xf32>
  %15 = tensor.empty(%dim, %dim) : tensor<8x?x?xf32>
  %16 = linalg.fill ins(%cst : f32) outs(%15 : tensor<8x?x?xf32>) -> tensor<8x?x?xf32>
  %17 = linalg.batch_matmul ins(%collapsed, %collapsed_6 : tensor<8x?x8xf32>, tensor<8x8x?xf32>) outs(%16 : tensor<8x?x?xf32>) -> tensor<8x?x?xf32>
  %18 = arith.muli %0, %c8_i64 : i64
  %19 = arith.cmpi slt, %0, %c0_i64 : i64
  %20 = arith.select %19, %c8_i64, %18 : i64
  %21 = arith.extui %19 : i1 to i64
  %22 = arith.muli %20, %0 : i64
  %23 = arith.addi %21, %c1_i64 : i64
  %24 = arith.select %19, %c8_i64, %22 : i64
  %25 = arith.select %19, %23, %21 : i64
  %26 = arith.cmpi sle, %25, %c1_i64 : i64
  cf.assert %26, "must have at most one inferred (negative) dimension"
  %27 = arith.muli %18, %0 : i64
  %28 = arith.divsi %27, %24 : i64
  %29 = arith.select %19, %28, %0 : i64
  %from_elements = tensor.from_elements %c2_i64, %c4_i64, %29, %29 : tensor<4xi64>
  %reshape = tensor.reshape %17(%from_elements) : (tensor<8x?x?xf32>, tensor<4xi64>) -> tensor<2x4x?x?xf32>
  %30 = arith.index_cast %29 : i64 to index
  %31 = tensor.empty(%30) : tensor<2x4x?xi64>
  %32 = linalg.fill ins(%c0_i64 : i64) outs(%31 : tensor<2x4x?xi64>) -> tensor<2x4x?xi64>
  %33 = tensor.empty(%30) : tensor<2x4x?xf32>
  %34 = linalg.fill ins(%cst_0 : f32) outs(%33 : tensor<2x4x?xf32>) -> tensor<2x4x?xf32>
  %35:2 = linalg.generic {indexing_maps = [#map, #map1, #map1], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%reshape : tensor<2x4x?x?xf32>) outs(%34, %32 : tensor<2x4x?xf32>, tensor<2x4x?xi64>) {
  ^bb0(%in: f32, %out: f32, %out_11: i64):
    %65 = linalg.index 3 : index
    %66 = arith.index_cast %65 : index to i64
    %67 = arith.maximumf %in, %out : f32
    %68 = arith.cmpf ogt, %in, %out : f32
    %69 = arith.select %68, %66, %out_11 : i64
    linalg.yield %67, %69 : f32, i64
  } -> (tensor<2x4x?xf32>, tensor<2x4x?xi64>)
  %expanded = tensor.expand_shape %35#0 [[0], [1], [2, 3]] output_shape [2, 4, %30, 1] : tensor<2x4x?xf32> into tensor<2x4x?x1xf32>
  %36 = tensor.empty(%30, %30) : tensor<2x4x?x?xf32>
  %37 = linalg.generic {indexing_maps = [#map, #map2, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%reshape, %expanded : tensor<2x4x?x?xf32>, tensor<2x4x?x1xf32>) outs(%36 : tensor<2x4x?x?xf32>) {
  ^bb0(%in: f32, %in_11: f32, %out: f32):
    %65 = arith.subf %in, %in_11 : f32
    linalg.yield %65 : f32
  } -> tensor<2x4x?x?xf32>
  %38 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%37 : tensor<2x4x?x?xf32>) outs(%36 : tensor<2x4x?x?xf32>) {
  ^bb0(%in: f32, %out: f32):
    %65 = math.exp %in : f32
    linalg.yield %65 : f32
  } -> tensor<2x4x?x?xf32>
  %39 = tensor.empty(%30) : tensor<2x4x?x1xf32>
  %40 = linalg.fill ins(%cst : f32) outs(%39 : tensor<2x4x?x1xf32>) -> tensor<2x4x?x1xf32>
  %41 = linalg.generic {indexing_maps = [#map, #map2], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%38 : tensor<2x4x?x?xf32>) outs(%40 : tensor<2x4x?x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %65 = arith.addf %in, %out : f32
    linalg.yield %65 : f32
  } -> tensor<2x4x?x1xf32>
  %42 = linalg.generic {indexing_maps = [#map, #map2, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%38, %41 : tensor<2x4x?x?xf32>, tensor<2x4x?x1xf32>) outs(%36 : tensor<2x4x?x?xf32>) {
  ^bb0(%in: f32, %in_11: f32, %out: f32):
    %65 = arith.divf %in, %in_11 : f32
    linalg.yield %65 : f32
  } -> tensor<2x4x?x?xf32>
  %43 = tensor.empty(%30, %30) : tensor<2x4x?x?xi1>
  %44 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%reshape : tensor<2x4x?x?xf32>) outs(%43 : tensor<2x4x?x?xi1>) {
  ^bb0(%in: f32, %out: i1):
    %65 = arith.extf %in : f32 to f64
    %66 = arith.cmpf oeq, %65, %cst_2 : f64
    linalg.yield %66 : i1
  } -> tensor<2x4x?x?xi1>
  %45 = tensor.empty(%30) : tensor<2x4x?x1xi1>
  %46 = linalg.fill ins(%true : i1) outs(%45 : tensor<2x4x?x1xi1>) -> tensor<2x4x?x1xi1>
  %47 = linalg.generic {indexing_maps = [#map, #map2], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%44 : tensor<2x4x?x?xi1>) outs(%46 : tensor<2x4x?x1xi1>) {
  ^bb0(%in: i1, %out: i1):
    %65 = arith.andi %in, %out : i1
    linalg.yield %65 : i1
  } -> tensor<2x4x?x1xi1>
  %48 = arith.cmpi sge, %29, %c0_i64 : i64
  cf.assert %48, "negative values not allowed in new dimensions"
  %49 = arith.index_cast %29 : i64 to index
  cf.assert %48, "negative values not allowed in new dimensions"
  %50 = tensor.empty(%49, %49) : tensor<2x4x?x?xf32>
  %51 = linalg.generic {indexing_maps = [#map3, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%cst_1 : tensor<f32>) outs(%50 : tensor<2x4x?x?xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x?x?xf32>
  %52 = arith.cmpi eq, %30, %49 : index
  cf.assert %52, "mismatched size for broadcast"
  %53 = arith.cmpi eq, %49, %30 : index
  cf.assert %53, "mismatched size for broadcast"
  %54 = tensor.empty(%30, %49) : tensor<2x4x?x?xf32>
  %55 = linalg.generic {indexing_maps = [#map2, #map, #map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%47, %51, %42 : tensor<2x4x?x1xi1>, tensor<2x4x?x?xf32>, tensor<2x4x?x?xf32>) outs(%54 : tensor<2x4x?x?xf32>) {
  ^bb0(%in: i1, %in_11: f32, %in_12: f32, %out: f32):
    %65 = arith.select %in, %in_11, %in_12 : f32
    linalg.yield %65 : f32
  } -> tensor<2x4x?x?xf32>
  cf.assert %10, "unimplemented: dynamic negative broadcast sizes"
  cf.assert %10, "unimplemented: dynamic negative broadcast sizes"
  %56 = tensor.empty(%dim, %dim) : tensor<2x4x?x?xf32>
  %57 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} outs(%56 : tensor<2x4x?x?xf32>) {
  ^bb0(%out: f32):
    %65 = linalg.index 0 : index
    %66 = linalg.index 1 : index
    %67 = linalg.index 2 : index
    %68 = linalg.index 3 : index
    %69 = arith.cmpi eq, %30, %c1 : index
    %70 = arith.select %69, %c0, %67 : index
    %71 = arith.cmpi eq, %49, %c1 : index
    %72 = arith.select %71, %c0, %68 : index
    %extracted = tensor.extract %55[%65, %66, %70, %72] : tensor<2x4x?x?xf32>
    linalg.yield %extracted : f32
  } -> tensor<2x4x?x?xf32>
  cf.assert %26, "must have at most one inferred (negative) dimension"
  %from_elements_7 = tensor.from_elements %c8_i64, %29, %29 : tensor<3xi64>
  %reshape_8 = tensor.reshape %57(%from_elements_7) : (tensor<2x4x?x?xf32>, tensor<3xi64>) -> tensor<8x?x?xf32>
  cf.assert %10, "unimplemented: dynamic negative broadcast sizes"
  %58 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} outs(%11 : tensor<2x4x?x8xf32>) {
  ^bb0(%out: f32):
    %65 = linalg.index 0 : index
    %66 = linalg.index 1 : index
    %67 = linalg.index 2 : index
    %68 = linalg.index 3 : index
    %69 = arith.cmpi eq, %dim_5, %c1 : index
    %70 = arith.select %69, %c0, %67 : index
    %extracted = tensor.extract %6[%65, %66, %70, %68] : tensor<2x4x?x8xf32>
    linalg.yield %extracted : f32
  } -> tensor<2x4x?x8xf32>
  %collapsed_9 = tensor.collapse_shape %58 [[0, 1], [2], [3]] : tensor<2x4x?x8xf32> into tensor<8x?x8xf32>
  %59 = arith.cmpi eq, %29, %0 : i64
  cf.assert %59, "mismatching contracting dimension"
  %60 = tensor.empty(%30) : tensor<8x?x8xf32>
  %61 = linalg.fill ins(%cst : f32) outs(%60 : tensor<8x?x8xf32>) -> tensor<8x?x8xf32>
  %62 = linalg.batch_matmul ins(%reshape_8, %collapsed_9 : tensor<8x?x?xf32>, tensor<8x?x8xf32>) outs(%61 : tensor<8x?x8xf32>) -> tensor<8x?x8xf32>
  %expanded_10 = tensor.expand_shape %62 [[0, 1], [2], [3]] output_shape [2, 4, %30, 8] : tensor<8x?x8xf32> into tensor<2x4x?x8xf32>
  %63 = tensor.empty(%30) : tensor<2x4x?x8xf16>
  %64 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_10 : tensor<2x4x?x8xf32>) outs(%63 : tensor<2x4x?x8xf16>) {
  ^bb0(%in: f32, %out: f16):
    %65 = arith.truncf %in : f32 to f16
    linalg.yield %65 : f16
  } -> tensor<2x4x?x8xf16>
  return %64 : tensor<2x4x?x8xf16>
}

// On sines, in f32 so that they can be printed.
func.func private @printMemrefF32(tensor<*xf32>)
func.func @main() {
  %q_17 = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    %0 = affine.apply affine_map<(a, b, c, d) -> (a * 7 + b * 13 + c * 29 + d * 3)>(%i0, %i1, %i2, %i3)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x4x17x8xf16>
  %q = tensor.cast %q_17 : tensor<2x4x17x8xf16> to tensor<2x4x?x8xf16>
  %k_17 = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    %0 = affine.apply affine_map<(a, b, c, d) -> (a * 8 + b * 14 + c * 30 + d * 5)>(%i0, %i1, %i2, %i3)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x4x17x8xf16>
  %k = tensor.cast %k_17 : tensor<2x4x17x8xf16> to tensor<2x4x?x8xf16>
  %v_17 = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    %0 = affine.apply affine_map<(a, b, c, d) -> (a * 9 + b * 15 + c * 31 + d * 11)>(%i0, %i1, %i2, %i3)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x4x17x8xf16>
  %v = tensor.cast %v_17 : tensor<2x4x17x8xf16> to tensor<2x4x?x8xf16>
  %o = call @sdpa_dyn(%q, %k, %v) : (tensor<2x4x?x8xf16>, tensor<2x4x?x8xf16>, tensor<2x4x?x8xf16>) -> tensor<2x4x?x8xf16>
  %o_17 = tensor.cast %o : tensor<2x4x?x8xf16> to tensor<2x4x17x8xf16>
  %flat = tensor.collapse_shape %o_17 [[0, 1, 2, 3]] : tensor<2x4x17x8xf16> into tensor<1088xf16>
  %init = tensor.empty() : tensor<1088xf32>
  %wide = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
      ins(%flat : tensor<1088xf16>) outs(%init : tensor<1088xf32>) {
  ^bb0(%in: f16, %out: f32):
    %0 = arith.extf %in : f16 to f32
    linalg.yield %0 : f32
  } -> tensor<1088xf32>
  %any = tensor.cast %wide : tensor<1088xf32> to tensor<*xf32>
  call @printMemrefF32(%any) : (tensor<*xf32>) -> ()
  return
}
