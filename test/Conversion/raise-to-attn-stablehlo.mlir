// What JAX 0.12.0.1 writes for attention, as the passes of StableHLO bring it into linalg:
//
//   jax.jit(f).trace(...).lower(lowering_platforms=("cuda",)).as_text()
//   torch-mlir-opt --inline --stablehlo-legalize-to-linalg --canonicalize --cse --symbol-dce
//
// of torch-mlir 20261001, which has them. Products are generics of all dimensions of the
// einsum, and without a transpose in front; what is one number is broadcast by an
// operation of its own.

// RUN: fa3-opt %s --raise-to-attn --canonicalize | FileCheck %s

// DEFINE: %{lower} = fa3-opt --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" \
// DEFINE:   --convert-linalg-to-loops --attn-to-cpu
// DEFINE: %{run} = mlir-runner --entry-point-result=void \
// DEFINE:   --shared-libs=%llvm_lib/libmlir_runner_utils.so,%llvm_lib/libmlir_c_runner_utils.so,%llvm_lib/libmlir_float16_utils.so
// RUN: %{lower} %s | %{run} > %t.before
// RUN: fa3-opt %s --raise-to-attn | %{lower} | %{run} > %t.after
// RUN: %python %S/Inputs/compare.py %t.before %t.after --tolerance 2e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS
// NUMBERS: 3072 numbers, largest difference {{.*}}, 0 failed

// The same after a compiler has put into one operation what it can, the products
// among it.
// RUN: fa3-opt %s --linalg-fuse-elementwise-ops --raise-to-attn > %t.fused.mlir
// RUN: FileCheck %s --check-prefix=FUSED < %t.fused.mlir
// RUN: %{lower} %t.fused.mlir | %{run} > %t.fused
// RUN: %python %S/Inputs/compare.py %t.before %t.fused --tolerance 2e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS
// FUSED-COUNT-3: attn.forward

// jax.vmap(jax.vmap(f)) of softmax((q @ k.T) * 0.25) @ v, the softmax in f32.
// CHECK-LABEL: func.func @vmap(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: {layout = #attn.layout<bhsd>, scale = 2.500000e-01 : f32}
// CHECK-NOT: score
func.func @vmap(%arg0: tensor<2x4x16x8xf16>, %arg1: tensor<2x4x24x8xf16>, %arg2: tensor<2x4x24x8xf16>) -> tensor<2x4x16x8xf16> {
  %cst = arith.constant 0.000000e+00 : f32
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant 0.000000e+00 : f16
  %cst_2 = arith.constant dense<0xFF800000> : tensor<f32>
  %cst_3 = arith.constant dense<2.500000e-01> : tensor<f16>
  %0 = tensor.empty() : tensor<2x4x8x24xf16>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d3, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<2x4x24x8xf16>) outs(%0 : tensor<2x4x8x24xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x4x8x24xf16>
  %2 = tensor.empty() : tensor<2x4x16x24xf16>
  %3 = linalg.fill ins(%cst_1 : f16) outs(%2 : tensor<2x4x16x24xf16>) -> tensor<2x4x16x24xf16>
  %4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d4, d3)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%arg0, %1 : tensor<2x4x16x8xf16>, tensor<2x4x8x24xf16>) outs(%3 : tensor<2x4x16x24xf16>) {
  ^bb0(%in: f16, %in_4: f16, %out: f16):
    %28 = arith.mulf %in, %in_4 : f16
    %29 = arith.addf %out, %28 : f16
    linalg.yield %29 : f16
  } -> tensor<2x4x16x24xf16>
  %5 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> ()>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%cst_3 : tensor<f16>) outs(%2 : tensor<2x4x16x24xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x4x16x24xf16>
  %6 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%4, %5 : tensor<2x4x16x24xf16>, tensor<2x4x16x24xf16>) outs(%2 : tensor<2x4x16x24xf16>) {
  ^bb0(%in: f16, %in_4: f16, %out: f16):
    %28 = arith.mulf %in, %in_4 : f16
    linalg.yield %28 : f16
  } -> tensor<2x4x16x24xf16>
  %7 = tensor.empty() : tensor<2x4x16x24xf32>
  %8 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%6 : tensor<2x4x16x24xf16>) outs(%7 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f16, %out: f32):
    %28 = arith.extf %in : f16 to f32
    linalg.yield %28 : f32
  } -> tensor<2x4x16x24xf32>
  %9 = tensor.empty() : tensor<2x4x16xf32>
  %10 = linalg.fill ins(%cst_0 : f32) outs(%9 : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  %11 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%8 : tensor<2x4x16x24xf32>) outs(%10 : tensor<2x4x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %28 = arith.maximumf %out, %in : f32
    linalg.yield %28 : f32
  } -> tensor<2x4x16xf32>
  %12 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> ()>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%cst_2 : tensor<f32>) outs(%9 : tensor<2x4x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16xf32>
  %13 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%12, %11 : tensor<2x4x16xf32>, tensor<2x4x16xf32>) outs(%9 : tensor<2x4x16xf32>) {
  ^bb0(%in: f32, %in_4: f32, %out: f32):
    %28 = arith.maximumf %in, %in_4 : f32
    linalg.yield %28 : f32
  } -> tensor<2x4x16xf32>
  %14 = tensor.empty() : tensor<2x4x16x1xf32>
  %15 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%13 : tensor<2x4x16xf32>) outs(%14 : tensor<2x4x16x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16x1xf32>
  %16 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%15 : tensor<2x4x16x1xf32>) outs(%7 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16x24xf32>
  %17 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%8, %16 : tensor<2x4x16x24xf32>, tensor<2x4x16x24xf32>) outs(%7 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %in_4: f32, %out: f32):
    %28 = arith.subf %in, %in_4 : f32
    linalg.yield %28 : f32
  } -> tensor<2x4x16x24xf32>
  %18 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%17 : tensor<2x4x16x24xf32>) outs(%7 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    %28 = math.exp %in : f32
    linalg.yield %28 : f32
  } -> tensor<2x4x16x24xf32>
  %19 = linalg.fill ins(%cst : f32) outs(%9 : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  %20 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%18 : tensor<2x4x16x24xf32>) outs(%19 : tensor<2x4x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %28 = arith.addf %out, %in : f32
    linalg.yield %28 : f32
  } -> tensor<2x4x16xf32>
  %21 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%20 : tensor<2x4x16xf32>) outs(%14 : tensor<2x4x16x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16x1xf32>
  %22 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%21 : tensor<2x4x16x1xf32>) outs(%7 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16x24xf32>
  %23 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%18, %22 : tensor<2x4x16x24xf32>, tensor<2x4x16x24xf32>) outs(%7 : tensor<2x4x16x24xf32>) {
  ^bb0(%in: f32, %in_4: f32, %out: f32):
    %28 = arith.divf %in, %in_4 : f32
    linalg.yield %28 : f32
  } -> tensor<2x4x16x24xf32>
  %24 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%23 : tensor<2x4x16x24xf32>) outs(%2 : tensor<2x4x16x24xf16>) {
  ^bb0(%in: f32, %out: f16):
    %28 = arith.truncf %in : f32 to f16
    linalg.yield %28 : f16
  } -> tensor<2x4x16x24xf16>
  %25 = tensor.empty() : tensor<2x4x16x8xf16>
  %26 = linalg.fill ins(%cst_1 : f16) outs(%25 : tensor<2x4x16x8xf16>) -> tensor<2x4x16x8xf16>
  %27 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d4, d3)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%24, %arg2 : tensor<2x4x16x24xf16>, tensor<2x4x24x8xf16>) outs(%26 : tensor<2x4x16x8xf16>) {
  ^bb0(%in: f16, %in_4: f16, %out: f16):
    %28 = arith.mulf %in, %in_4 : f16
    %29 = arith.addf %out, %28 : f16
    linalg.yield %29 : f16
  } -> tensor<2x4x16x8xf16>
  return %27 : tensor<2x4x16x8xf16>
}

// Scores are capped, 50 * tanh(s / 50), and causal by -1e30.
// CHECK-LABEL: func.func @capped(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: {causal, scale = 5.000000e-03 : f32} score {
// CHECK-NEXT: ^bb0(%[[S:.*]]: f32,
// CHECK-NEXT: %[[T:.*]] = math.tanh %[[S]]
// CHECK-NEXT: arith.mulf %[[T]],
// CHECK-NEXT: attn.yield
func.func @capped(%arg0: tensor<2x16x4x8xf16>, %arg1: tensor<2x16x4x8xf16>, %arg2: tensor<2x16x4x8xf16>) -> tensor<2x16x4x8xf16> {
  %cst = arith.constant 0.000000e+00 : f16
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant -1.000000e+30 : f32
  %cst_2 = arith.constant 0.000000e+00 : f32
  %cst_3 = arith.constant dense<0xFF800000> : tensor<f32>
  %cst_4 = arith.constant dense<5.000000e+01> : tensor<f32>
  %cst_5 = arith.constant dense<2.500000e-01> : tensor<f32>
  %0 = tensor.empty() : tensor<2x4x16x16xf32>
  %1 = linalg.fill ins(%cst_2 : f32) outs(%0 : tensor<2x4x16x16xf32>) -> tensor<2x4x16x16xf32>
  %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d2, d1, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d3, d1, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%arg0, %arg1 : tensor<2x16x4x8xf16>, tensor<2x16x4x8xf16>) outs(%1 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f16, %in_6: f16, %out: f32):
    %48 = arith.extf %in : f16 to f32
    %49 = arith.extf %in_6 : f16 to f32
    %50 = arith.mulf %48, %49 : f32
    %51 = arith.addf %out, %50 : f32
    linalg.yield %51 : f32
  } -> tensor<2x4x16x16xf32>
  %3 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> ()>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%cst_5 : tensor<f32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16x16xf32>
  %4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%2, %3 : tensor<2x4x16x16xf32>, tensor<2x4x16x16xf32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_6: f32, %out: f32):
    %48 = arith.mulf %in, %in_6 : f32
    linalg.yield %48 : f32
  } -> tensor<2x4x16x16xf32>
  %5 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> ()>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%cst_4 : tensor<f32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16x16xf32>
  %6 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%4, %5 : tensor<2x4x16x16xf32>, tensor<2x4x16x16xf32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_6: f32, %out: f32):
    %48 = arith.divf %in, %in_6 : f32
    linalg.yield %48 : f32
  } -> tensor<2x4x16x16xf32>
  %7 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%6 : tensor<2x4x16x16xf32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = math.tanh %in : f32
    linalg.yield %48 : f32
  } -> tensor<2x4x16x16xf32>
  %8 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%5, %7 : tensor<2x4x16x16xf32>, tensor<2x4x16x16xf32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_6: f32, %out: f32):
    %48 = arith.mulf %in, %in_6 : f32
    linalg.yield %48 : f32
  } -> tensor<2x4x16x16xf32>
  %9 = tensor.empty() : tensor<16xi32>
  %10 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%9 : tensor<16xi32>) {
  ^bb0(%out: i32):
    %48 = linalg.index 0 : index
    %49 = arith.index_cast %48 : index to i32
    linalg.yield %49 : i32
  } -> tensor<16xi32>
  %11 = tensor.empty() : tensor<16x1xi32>
  %12 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%10 : tensor<16xi32>) outs(%11 : tensor<16x1xi32>) {
  ^bb0(%in: i32, %out: i32):
    linalg.yield %in : i32
  } -> tensor<16x1xi32>
  %13 = tensor.empty() : tensor<1x16xi32>
  %14 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%10 : tensor<16xi32>) outs(%13 : tensor<1x16xi32>) {
  ^bb0(%in: i32, %out: i32):
    linalg.yield %in : i32
  } -> tensor<1x16xi32>
  %15 = tensor.empty() : tensor<16x16xi32>
  %16 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%12 : tensor<16x1xi32>) outs(%15 : tensor<16x16xi32>) {
  ^bb0(%in: i32, %out: i32):
    linalg.yield %in : i32
  } -> tensor<16x16xi32>
  %17 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%14 : tensor<1x16xi32>) outs(%15 : tensor<16x16xi32>) {
  ^bb0(%in: i32, %out: i32):
    linalg.yield %in : i32
  } -> tensor<16x16xi32>
  %18 = tensor.empty() : tensor<16x16xi1>
  %19 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%16, %17 : tensor<16x16xi32>, tensor<16x16xi32>) outs(%18 : tensor<16x16xi1>) {
  ^bb0(%in: i32, %in_6: i32, %out: i1):
    %48 = arith.cmpi sge, %in, %in_6 : i32
    linalg.yield %48 : i1
  } -> tensor<16x16xi1>
  %20 = tensor.empty() : tensor<f32>
  %21 = linalg.generic {indexing_maps = [affine_map<() -> ()>], iterator_types = []} outs(%20 : tensor<f32>) {
  ^bb0(%out: f32):
    linalg.yield %cst_1 : f32
  } -> tensor<f32>
  %22 = tensor.empty() : tensor<2x4x16x16xi1>
  %23 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%19 : tensor<16x16xi1>) outs(%22 : tensor<2x4x16x16xi1>) {
  ^bb0(%in: i1, %out: i1):
    linalg.yield %in : i1
  } -> tensor<2x4x16x16xi1>
  %24 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> ()>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%21 : tensor<f32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16x16xf32>
  %25 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%23, %8, %24 : tensor<2x4x16x16xi1>, tensor<2x4x16x16xf32>, tensor<2x4x16x16xf32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: i1, %in_6: f32, %in_7: f32, %out: f32):
    %48 = arith.select %in, %in_6, %in_7 : f32
    linalg.yield %48 : f32
  } -> tensor<2x4x16x16xf32>
  %26 = tensor.empty() : tensor<2x4x16xf32>
  %27 = linalg.fill ins(%cst_0 : f32) outs(%26 : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  %28 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%25 : tensor<2x4x16x16xf32>) outs(%27 : tensor<2x4x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = arith.maximumf %out, %in : f32
    linalg.yield %48 : f32
  } -> tensor<2x4x16xf32>
  %29 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> ()>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%cst_3 : tensor<f32>) outs(%26 : tensor<2x4x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16xf32>
  %30 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%29, %28 : tensor<2x4x16xf32>, tensor<2x4x16xf32>) outs(%26 : tensor<2x4x16xf32>) {
  ^bb0(%in: f32, %in_6: f32, %out: f32):
    %48 = arith.maximumf %in, %in_6 : f32
    linalg.yield %48 : f32
  } -> tensor<2x4x16xf32>
  %31 = tensor.empty() : tensor<2x4x16x1xf32>
  %32 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%30 : tensor<2x4x16xf32>) outs(%31 : tensor<2x4x16x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16x1xf32>
  %33 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%32 : tensor<2x4x16x1xf32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16x16xf32>
  %34 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%25, %33 : tensor<2x4x16x16xf32>, tensor<2x4x16x16xf32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_6: f32, %out: f32):
    %48 = arith.subf %in, %in_6 : f32
    linalg.yield %48 : f32
  } -> tensor<2x4x16x16xf32>
  %35 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%34 : tensor<2x4x16x16xf32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = math.exp %in : f32
    linalg.yield %48 : f32
  } -> tensor<2x4x16x16xf32>
  %36 = linalg.fill ins(%cst_2 : f32) outs(%26 : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  %37 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%35 : tensor<2x4x16x16xf32>) outs(%36 : tensor<2x4x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = arith.addf %out, %in : f32
    linalg.yield %48 : f32
  } -> tensor<2x4x16xf32>
  %38 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%37 : tensor<2x4x16xf32>) outs(%31 : tensor<2x4x16x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16x1xf32>
  %39 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%38 : tensor<2x4x16x1xf32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16x16xf32>
  %40 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%35, %39 : tensor<2x4x16x16xf32>, tensor<2x4x16x16xf32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_6: f32, %out: f32):
    %48 = arith.divf %in, %in_6 : f32
    linalg.yield %48 : f32
  } -> tensor<2x4x16x16xf32>
  %41 = tensor.empty() : tensor<2x4x16x16xf16>
  %42 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%40 : tensor<2x4x16x16xf32>) outs(%41 : tensor<2x4x16x16xf16>) {
  ^bb0(%in: f32, %out: f16):
    %48 = arith.truncf %in : f32 to f16
    linalg.yield %48 : f16
  } -> tensor<2x4x16x16xf16>
  %43 = tensor.empty() : tensor<2x4x8x16xf16>
  %44 = linalg.fill ins(%cst : f16) outs(%43 : tensor<2x4x8x16xf16>) -> tensor<2x4x8x16xf16>
  %45 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d4, d1, d2)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%arg2, %42 : tensor<2x16x4x8xf16>, tensor<2x4x16x16xf16>) outs(%44 : tensor<2x4x8x16xf16>) {
  ^bb0(%in: f16, %in_6: f16, %out: f16):
    %48 = arith.mulf %in, %in_6 : f16
    %49 = arith.addf %out, %48 : f16
    linalg.yield %49 : f16
  } -> tensor<2x4x8x16xf16>
  %46 = tensor.empty() : tensor<2x16x4x8xf16>
  %47 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d2, d3, d1)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%45 : tensor<2x4x8x16xf16>) outs(%46 : tensor<2x16x4x8xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x16x4x8xf16>
  return %47 : tensor<2x16x4x8xf16>
}

// Sequences that are packed into one: a row sees keys up to it of its own segment.
// CHECK-LABEL: func.func @segments(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: scale = 2.500000e-01 : f32} score {
// CHECK-NEXT: ^bb0(%{{.*}}: f32, %[[B:.*]]: index, %{{.*}}: index, %[[I:.*]]: index, %[[J:.*]]: index):
// CHECK-DAG: %[[ROW:.*]] = tensor.extract %arg3[%[[B]], %[[I]]]
// CHECK-DAG: %[[KEY:.*]] = tensor.extract %arg3[%[[B]], %[[J]]]
// CHECK: arith.cmpi eq, %[[ROW]], %[[KEY]]
func.func @segments(%arg0: tensor<2x16x4x8xf16>, %arg1: tensor<2x16x4x8xf16>, %arg2: tensor<2x16x4x8xf16>, %arg3: tensor<2x16xi32>) -> tensor<2x16x4x8xf16> {
  %cst = arith.constant 0.000000e+00 : f16
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant 0.000000e+00 : f32
  %cst_2 = arith.constant dense<0xFF800000> : tensor<f32>
  %cst_3 = arith.constant dense<-3.40282347E+38> : tensor<f32>
  %cst_4 = arith.constant dense<2.500000e-01> : tensor<f32>
  %0 = tensor.empty() : tensor<2x4x16x16xf32>
  %1 = linalg.fill ins(%cst_1 : f32) outs(%0 : tensor<2x4x16x16xf32>) -> tensor<2x4x16x16xf32>
  %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d2, d1, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d3, d1, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%arg0, %arg1 : tensor<2x16x4x8xf16>, tensor<2x16x4x8xf16>) outs(%1 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f16, %in_5: f16, %out: f32):
    %55 = arith.extf %in : f16 to f32
    %56 = arith.extf %in_5 : f16 to f32
    %57 = arith.mulf %55, %56 : f32
    %58 = arith.addf %out, %57 : f32
    linalg.yield %58 : f32
  } -> tensor<2x4x16x16xf32>
  %3 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> ()>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%cst_4 : tensor<f32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16x16xf32>
  %4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%2, %3 : tensor<2x4x16x16xf32>, tensor<2x4x16x16xf32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_5: f32, %out: f32):
    %55 = arith.mulf %in, %in_5 : f32
    linalg.yield %55 : f32
  } -> tensor<2x4x16x16xf32>
  %5 = tensor.empty() : tensor<2x1x16x1xi32>
  %6 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg3 : tensor<2x16xi32>) outs(%5 : tensor<2x1x16x1xi32>) {
  ^bb0(%in: i32, %out: i32):
    linalg.yield %in : i32
  } -> tensor<2x1x16x1xi32>
  %7 = tensor.empty() : tensor<2x1x1x16xi32>
  %8 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg3 : tensor<2x16xi32>) outs(%7 : tensor<2x1x1x16xi32>) {
  ^bb0(%in: i32, %out: i32):
    linalg.yield %in : i32
  } -> tensor<2x1x1x16xi32>
  %9 = tensor.empty() : tensor<2x1x16x16xi32>
  %10 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%6 : tensor<2x1x16x1xi32>) outs(%9 : tensor<2x1x16x16xi32>) {
  ^bb0(%in: i32, %out: i32):
    linalg.yield %in : i32
  } -> tensor<2x1x16x16xi32>
  %11 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, 0, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%8 : tensor<2x1x1x16xi32>) outs(%9 : tensor<2x1x16x16xi32>) {
  ^bb0(%in: i32, %out: i32):
    linalg.yield %in : i32
  } -> tensor<2x1x16x16xi32>
  %12 = tensor.empty() : tensor<2x1x16x16xi1>
  %13 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%10, %11 : tensor<2x1x16x16xi32>, tensor<2x1x16x16xi32>) outs(%12 : tensor<2x1x16x16xi1>) {
  ^bb0(%in: i32, %in_5: i32, %out: i1):
    %55 = arith.cmpi eq, %in, %in_5 : i32
    linalg.yield %55 : i1
  } -> tensor<2x1x16x16xi1>
  %14 = tensor.empty() : tensor<16xi32>
  %15 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%14 : tensor<16xi32>) {
  ^bb0(%out: i32):
    %55 = linalg.index 0 : index
    %56 = arith.index_cast %55 : index to i32
    linalg.yield %56 : i32
  } -> tensor<16xi32>
  %16 = tensor.empty() : tensor<16x1xi32>
  %17 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%15 : tensor<16xi32>) outs(%16 : tensor<16x1xi32>) {
  ^bb0(%in: i32, %out: i32):
    linalg.yield %in : i32
  } -> tensor<16x1xi32>
  %18 = tensor.empty() : tensor<1x16xi32>
  %19 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%15 : tensor<16xi32>) outs(%18 : tensor<1x16xi32>) {
  ^bb0(%in: i32, %out: i32):
    linalg.yield %in : i32
  } -> tensor<1x16xi32>
  %20 = tensor.empty() : tensor<16x16xi32>
  %21 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%17 : tensor<16x1xi32>) outs(%20 : tensor<16x16xi32>) {
  ^bb0(%in: i32, %out: i32):
    linalg.yield %in : i32
  } -> tensor<16x16xi32>
  %22 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%19 : tensor<1x16xi32>) outs(%20 : tensor<16x16xi32>) {
  ^bb0(%in: i32, %out: i32):
    linalg.yield %in : i32
  } -> tensor<16x16xi32>
  %23 = tensor.empty() : tensor<16x16xi1>
  %24 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%21, %22 : tensor<16x16xi32>, tensor<16x16xi32>) outs(%23 : tensor<16x16xi1>) {
  ^bb0(%in: i32, %in_5: i32, %out: i1):
    %55 = arith.cmpi sge, %in, %in_5 : i32
    linalg.yield %55 : i1
  } -> tensor<16x16xi1>
  %25 = tensor.empty() : tensor<1x1x16x16xi1>
  %26 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%24 : tensor<16x16xi1>) outs(%25 : tensor<1x1x16x16xi1>) {
  ^bb0(%in: i1, %out: i1):
    linalg.yield %in : i1
  } -> tensor<1x1x16x16xi1>
  %27 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%26 : tensor<1x1x16x16xi1>) outs(%12 : tensor<2x1x16x16xi1>) {
  ^bb0(%in: i1, %out: i1):
    linalg.yield %in : i1
  } -> tensor<2x1x16x16xi1>
  %28 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%13, %27 : tensor<2x1x16x16xi1>, tensor<2x1x16x16xi1>) outs(%12 : tensor<2x1x16x16xi1>) {
  ^bb0(%in: i1, %in_5: i1, %out: i1):
    %55 = arith.andi %in, %in_5 : i1
    linalg.yield %55 : i1
  } -> tensor<2x1x16x16xi1>
  %29 = tensor.empty() : tensor<2x4x16x16xi1>
  %30 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, 0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%28 : tensor<2x1x16x16xi1>) outs(%29 : tensor<2x4x16x16xi1>) {
  ^bb0(%in: i1, %out: i1):
    linalg.yield %in : i1
  } -> tensor<2x4x16x16xi1>
  %31 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> ()>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%cst_3 : tensor<f32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16x16xf32>
  %32 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%30, %4, %31 : tensor<2x4x16x16xi1>, tensor<2x4x16x16xf32>, tensor<2x4x16x16xf32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: i1, %in_5: f32, %in_6: f32, %out: f32):
    %55 = arith.select %in, %in_5, %in_6 : f32
    linalg.yield %55 : f32
  } -> tensor<2x4x16x16xf32>
  %33 = tensor.empty() : tensor<2x4x16xf32>
  %34 = linalg.fill ins(%cst_0 : f32) outs(%33 : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  %35 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%32 : tensor<2x4x16x16xf32>) outs(%34 : tensor<2x4x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %55 = arith.maximumf %out, %in : f32
    linalg.yield %55 : f32
  } -> tensor<2x4x16xf32>
  %36 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> ()>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%cst_2 : tensor<f32>) outs(%33 : tensor<2x4x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16xf32>
  %37 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%36, %35 : tensor<2x4x16xf32>, tensor<2x4x16xf32>) outs(%33 : tensor<2x4x16xf32>) {
  ^bb0(%in: f32, %in_5: f32, %out: f32):
    %55 = arith.maximumf %in, %in_5 : f32
    linalg.yield %55 : f32
  } -> tensor<2x4x16xf32>
  %38 = tensor.empty() : tensor<2x4x16x1xf32>
  %39 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%37 : tensor<2x4x16xf32>) outs(%38 : tensor<2x4x16x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16x1xf32>
  %40 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%39 : tensor<2x4x16x1xf32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16x16xf32>
  %41 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%32, %40 : tensor<2x4x16x16xf32>, tensor<2x4x16x16xf32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_5: f32, %out: f32):
    %55 = arith.subf %in, %in_5 : f32
    linalg.yield %55 : f32
  } -> tensor<2x4x16x16xf32>
  %42 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%41 : tensor<2x4x16x16xf32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %55 = math.exp %in : f32
    linalg.yield %55 : f32
  } -> tensor<2x4x16x16xf32>
  %43 = linalg.fill ins(%cst_1 : f32) outs(%33 : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  %44 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%42 : tensor<2x4x16x16xf32>) outs(%43 : tensor<2x4x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %55 = arith.addf %out, %in : f32
    linalg.yield %55 : f32
  } -> tensor<2x4x16xf32>
  %45 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%44 : tensor<2x4x16xf32>) outs(%38 : tensor<2x4x16x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16x1xf32>
  %46 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%45 : tensor<2x4x16x1xf32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x16x16xf32>
  %47 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%42, %46 : tensor<2x4x16x16xf32>, tensor<2x4x16x16xf32>) outs(%0 : tensor<2x4x16x16xf32>) {
  ^bb0(%in: f32, %in_5: f32, %out: f32):
    %55 = arith.divf %in, %in_5 : f32
    linalg.yield %55 : f32
  } -> tensor<2x4x16x16xf32>
  %48 = tensor.empty() : tensor<2x4x16x16xf16>
  %49 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%47 : tensor<2x4x16x16xf32>) outs(%48 : tensor<2x4x16x16xf16>) {
  ^bb0(%in: f32, %out: f16):
    %55 = arith.truncf %in : f32 to f16
    linalg.yield %55 : f16
  } -> tensor<2x4x16x16xf16>
  %50 = tensor.empty() : tensor<2x4x8x16xf16>
  %51 = linalg.fill ins(%cst : f16) outs(%50 : tensor<2x4x8x16xf16>) -> tensor<2x4x8x16xf16>
  %52 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d4, d1, d2)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%arg2, %49 : tensor<2x16x4x8xf16>, tensor<2x4x16x16xf16>) outs(%51 : tensor<2x4x8x16xf16>) {
  ^bb0(%in: f16, %in_5: f16, %out: f16):
    %55 = arith.mulf %in, %in_5 : f16
    %56 = arith.addf %out, %55 : f16
    linalg.yield %56 : f16
  } -> tensor<2x4x8x16xf16>
  %53 = tensor.empty() : tensor<2x16x4x8xf16>
  %54 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d2, d3, d1)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%52 : tensor<2x4x8x16xf16>) outs(%53 : tensor<2x16x4x8xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x16x4x8xf16>
  return %54 : tensor<2x16x4x8xf16>
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
  %x1_2x4x24x8xf16 = tensor.expand_shape %x1 [[0, 1, 2, 3]] output_shape [2, 4, 24, 8] : tensor<1536xf16> into tensor<2x4x24x8xf16>
  %c2 = arith.constant 2 : index
  %x2 = call @sines(%c2) : (index) -> tensor<1536xf16>
  %x2_2x4x24x8xf16 = tensor.expand_shape %x2 [[0, 1, 2, 3]] output_shape [2, 4, 24, 8] : tensor<1536xf16> into tensor<2x4x24x8xf16>
  %vmap = call @vmap(%x0_2x4x16x8xf16, %x1_2x4x24x8xf16, %x2_2x4x24x8xf16) : (tensor<2x4x16x8xf16>, tensor<2x4x24x8xf16>, tensor<2x4x24x8xf16>) -> tensor<2x4x16x8xf16>
  %vmap_flat = tensor.collapse_shape %vmap [[0, 1, 2, 3]] : tensor<2x4x16x8xf16> into tensor<1024xf16>
  call @print(%vmap_flat) : (tensor<1024xf16>) -> ()
  %x0_2x16x4x8xf16 = tensor.expand_shape %x0_1024 [[0, 1, 2, 3]] output_shape [2, 16, 4, 8] : tensor<1024xf16> into tensor<2x16x4x8xf16>
  %x1_1024 = tensor.extract_slice %x1[0] [1024] [1] : tensor<1536xf16> to tensor<1024xf16>
  %x1_2x16x4x8xf16 = tensor.expand_shape %x1_1024 [[0, 1, 2, 3]] output_shape [2, 16, 4, 8] : tensor<1024xf16> into tensor<2x16x4x8xf16>
  %x2_1024 = tensor.extract_slice %x2[0] [1024] [1] : tensor<1536xf16> to tensor<1024xf16>
  %x2_2x16x4x8xf16 = tensor.expand_shape %x2_1024 [[0, 1, 2, 3]] output_shape [2, 16, 4, 8] : tensor<1024xf16> into tensor<2x16x4x8xf16>
  %capped = call @capped(%x0_2x16x4x8xf16, %x1_2x16x4x8xf16, %x2_2x16x4x8xf16) : (tensor<2x16x4x8xf16>, tensor<2x16x4x8xf16>, tensor<2x16x4x8xf16>) -> tensor<2x16x4x8xf16>
  %capped_flat = tensor.collapse_shape %capped [[0, 1, 2, 3]] : tensor<2x16x4x8xf16> into tensor<1024xf16>
  call @print(%capped_flat) : (tensor<1024xf16>) -> ()
  %x3_2x16xi32 = tensor.generate {
  ^bb0(%i0: index, %i1: index):
    %0 = affine.apply affine_map<(i0, i1) -> ((i1 + i0 * 3) floordiv 7)>(%i0, %i1)
    %1 = arith.index_cast %0 : index to i32
    tensor.yield %1 : i32
  } : tensor<2x16xi32>
  %segments = call @segments(%x0_2x16x4x8xf16, %x1_2x16x4x8xf16, %x2_2x16x4x8xf16, %x3_2x16xi32) : (tensor<2x16x4x8xf16>, tensor<2x16x4x8xf16>, tensor<2x16x4x8xf16>, tensor<2x16xi32>) -> tensor<2x16x4x8xf16>
  %segments_flat = tensor.collapse_shape %segments [[0, 1, 2, 3]] : tensor<2x16x4x8xf16> into tensor<1024xf16>
  call @print(%segments_flat) : (tensor<1024xf16>) -> ()
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
