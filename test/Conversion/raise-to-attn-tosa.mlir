// What torch-mlir makes of attention in TOSA. The functions were written in PyTorch 2.15.0
// with tensors of f16 and printed by torch-mlir 20261001:
//
//   torch_mlir.fx.export_and_import(torch.export.export(f, arguments), output_type="tosa")
//
// without the module around them. Products are of three dimensions, in between
// reshapes; a row's maximum and sum keep their dimension; the sum is inverted. Upstream's
// passes bring it to linalg.

// DEFINE: %{linalg} = fa3-opt --pass-pipeline='builtin.module(func.func( \
// DEFINE:   tosa-to-linalg-named,tosa-to-linalg,tosa-to-tensor,tosa-to-arith))'
// DEFINE: %{lower} = fa3-opt --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" \
// DEFINE:   --convert-linalg-to-loops --attn-to-cpu
// DEFINE: %{run} = mlir-runner --entry-point-result=void \
// DEFINE:   --shared-libs=%llvm_lib/libmlir_runner_utils.so,%llvm_lib/libmlir_c_runner_utils.so,%llvm_lib/libmlir_float16_utils.so

// RUN: %{linalg} %s > %t.linalg.mlir
// RUN: fa3-opt %t.linalg.mlir --raise-to-attn --canonicalize > %t.raised.mlir
// RUN: FileCheck %s < %t.raised.mlir
// RUN: %{lower} %t.linalg.mlir | %{run} > %t.before
// RUN: %{lower} %t.raised.mlir | %{run} > %t.after
// RUN: %python %S/Inputs/compare.py %t.before %t.after --tolerance 2e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS
// NUMBERS: 4096 numbers, largest difference {{.*}}, 0 failed

// Without them, or with those for the products alone, a remark says what is missing.
// RUN: fa3-opt %s --raise-to-attn -o %t.mlir 2>&1 | FileCheck %s --check-prefix=TOSA
// RUN: fa3-opt %s --pass-pipeline='builtin.module(func.func(tosa-to-linalg-named),raise-to-attn)' \
// RUN:   -o %t.mlir 2>&1 | FileCheck %s --check-prefix=TOSA
// RUN: not fa3-opt %s --raise-to-attn=strict=true -o %t.mlir 2>&1 | FileCheck %s --check-prefix=STRICT
// TOSA-COUNT-4: remark: cannot raise to attention: expected a softmax in linalg, but got one in tosa; run tosa-to-linalg-named and tosa-to-linalg first
// TOSA-NOT: remark:
// STRICT: error: cannot raise to attention: expected a softmax in linalg, but got one in tosa

// CHECK-NOT: linalg.batch_matmul

// (q @ k.transpose(-2, -1) * 0.25).softmax(-1) @ v: products add up in f32 and are
// rounded, and so is the softmax.
// CHECK-LABEL: func.func @torch(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: {layout = #attn.layout<bhsd>, scale = 2.500000e-01 : f32}
// CHECK-NOT: score
// CHECK: return
func.func @torch(%arg0: tensor<2x4x16x8xf16>, %arg1: tensor<2x4x24x8xf16>, %arg2: tensor<2x4x24x8xf16>) -> tensor<2x4x16x8xf16> {
  %0 = tosa.const_shape  {values = dense<[8, 16, 8]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %1 = tosa.const_shape  {values = dense<[8, 8, 24]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %2 = "tosa.const"() <{values = dense<0.000000e+00> : tensor<1xf16>}> : () -> tensor<1xf16>
  %3 = tosa.const_shape  {values = dense<[2, 4, 16, 24]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %4 = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %5 = tosa.const_shape  {values = dense<[8, 16, 24]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %6 = tosa.const_shape  {values = dense<[8, 24, 8]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %7 = tosa.const_shape  {values = dense<[2, 4, 16, 8]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %8 = "tosa.const"() <{values = dense<2.500000e-01> : tensor<1x1x1x1xf16>}> : () -> tensor<1x1x1x1xf16>
  %9 = tosa.transpose %arg1 {perms = array<i32: 0, 1, 3, 2>} : (tensor<2x4x24x8xf16>) -> tensor<2x4x8x24xf16>
  %10 = tosa.reshape %arg0, %0 : (tensor<2x4x16x8xf16>, !tosa.shape<3>) -> tensor<8x16x8xf16>
  %11 = tosa.reshape %9, %1 : (tensor<2x4x8x24xf16>, !tosa.shape<3>) -> tensor<8x8x24xf16>
  %12 = tosa.matmul %10, %11, %2, %2 : (tensor<8x16x8xf16>, tensor<8x8x24xf16>, tensor<1xf16>, tensor<1xf16>) -> tensor<8x16x24xf32>
  %13 = tosa.cast %12 : (tensor<8x16x24xf32>) -> tensor<8x16x24xf16>
  %14 = tosa.reshape %13, %3 : (tensor<8x16x24xf16>, !tosa.shape<4>) -> tensor<2x4x16x24xf16>
  %15 = tosa.mul %14, %8, %4 : (tensor<2x4x16x24xf16>, tensor<1x1x1x1xf16>, tensor<1xi8>) -> tensor<2x4x16x24xf16>
  %16 = tosa.cast %15 : (tensor<2x4x16x24xf16>) -> tensor<2x4x16x24xf32>
  %17 = tosa.reduce_max %16 {axis = 3 : i32} : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x1xf32>
  %18 = tosa.sub %16, %17 : (tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>) -> tensor<2x4x16x24xf32>
  %19 = tosa.exp %18 : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x24xf32>
  %20 = tosa.reduce_sum %19 {axis = 3 : i32} : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x1xf32>
  %21 = tosa.reciprocal %20 : (tensor<2x4x16x1xf32>) -> tensor<2x4x16x1xf32>
  %22 = tosa.mul %19, %21, %4 : (tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>, tensor<1xi8>) -> tensor<2x4x16x24xf32>
  %23 = tosa.cast %22 : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x24xf16>
  %24 = tosa.reshape %23, %5 : (tensor<2x4x16x24xf16>, !tosa.shape<3>) -> tensor<8x16x24xf16>
  %25 = tosa.reshape %arg2, %6 : (tensor<2x4x24x8xf16>, !tosa.shape<3>) -> tensor<8x24x8xf16>
  %26 = tosa.matmul %24, %25, %2, %2 : (tensor<8x16x24xf16>, tensor<8x24x8xf16>, tensor<1xf16>, tensor<1xf16>) -> tensor<8x16x8xf32>
  %27 = tosa.cast %26 : (tensor<8x16x8xf32>) -> tensor<8x16x8xf16>
  %28 = tosa.reshape %27, %7 : (tensor<8x16x8xf16>, !tosa.shape<4>) -> tensor<2x4x16x8xf16>
  return %28 : tensor<2x4x16x8xf16>
}

// All of it in f32: (q.float() @ k.transpose(-2, -1).float() * 0.25 + mask).softmax(-1)
// @ v.float(), with a mask of keys that the caller adds to the scores.
// CHECK-LABEL: func.func @wide(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: scale = 2.500000e-01 : f32} score
// CHECK: tensor.extract %arg3
// CHECK: return
func.func @wide(%arg0: tensor<2x4x16x8xf16>, %arg1: tensor<2x4x24x8xf16>, %arg2: tensor<2x4x24x8xf16>, %arg3: tensor<2x1x16x24xf32>) -> tensor<2x4x16x8xf16> {
  %0 = tosa.const_shape  {values = dense<[8, 16, 8]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %1 = tosa.const_shape  {values = dense<[8, 8, 24]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %2 = "tosa.const"() <{values = dense<0.000000e+00> : tensor<1xf32>}> : () -> tensor<1xf32>
  %3 = tosa.const_shape  {values = dense<[2, 4, 16, 24]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %4 = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %5 = tosa.const_shape  {values = dense<[8, 16, 24]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %6 = tosa.const_shape  {values = dense<[8, 24, 8]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %7 = tosa.const_shape  {values = dense<[2, 4, 16, 8]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %8 = "tosa.const"() <{values = dense<2.500000e-01> : tensor<1x1x1x1xf32>}> : () -> tensor<1x1x1x1xf32>
  %9 = tosa.cast %arg0 : (tensor<2x4x16x8xf16>) -> tensor<2x4x16x8xf32>
  %10 = tosa.transpose %arg1 {perms = array<i32: 0, 1, 3, 2>} : (tensor<2x4x24x8xf16>) -> tensor<2x4x8x24xf16>
  %11 = tosa.cast %10 : (tensor<2x4x8x24xf16>) -> tensor<2x4x8x24xf32>
  %12 = tosa.reshape %9, %0 : (tensor<2x4x16x8xf32>, !tosa.shape<3>) -> tensor<8x16x8xf32>
  %13 = tosa.reshape %11, %1 : (tensor<2x4x8x24xf32>, !tosa.shape<3>) -> tensor<8x8x24xf32>
  %14 = tosa.matmul %12, %13, %2, %2 : (tensor<8x16x8xf32>, tensor<8x8x24xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<8x16x24xf32>
  %15 = tosa.reshape %14, %3 : (tensor<8x16x24xf32>, !tosa.shape<4>) -> tensor<2x4x16x24xf32>
  %16 = tosa.mul %15, %8, %4 : (tensor<2x4x16x24xf32>, tensor<1x1x1x1xf32>, tensor<1xi8>) -> tensor<2x4x16x24xf32>
  %17 = tosa.add %16, %arg3 : (tensor<2x4x16x24xf32>, tensor<2x1x16x24xf32>) -> tensor<2x4x16x24xf32>
  %18 = tosa.reduce_max %17 {axis = 3 : i32} : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x1xf32>
  %19 = tosa.sub %17, %18 : (tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>) -> tensor<2x4x16x24xf32>
  %20 = tosa.exp %19 : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x24xf32>
  %21 = tosa.reduce_sum %20 {axis = 3 : i32} : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x1xf32>
  %22 = tosa.reciprocal %21 : (tensor<2x4x16x1xf32>) -> tensor<2x4x16x1xf32>
  %23 = tosa.mul %20, %22, %4 : (tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>, tensor<1xi8>) -> tensor<2x4x16x24xf32>
  %24 = tosa.cast %arg2 : (tensor<2x4x24x8xf16>) -> tensor<2x4x24x8xf32>
  %25 = tosa.reshape %23, %5 : (tensor<2x4x16x24xf32>, !tosa.shape<3>) -> tensor<8x16x24xf32>
  %26 = tosa.reshape %24, %6 : (tensor<2x4x24x8xf32>, !tosa.shape<3>) -> tensor<8x24x8xf32>
  %27 = tosa.matmul %25, %26, %2, %2 : (tensor<8x16x24xf32>, tensor<8x24x8xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<8x16x8xf32>
  %28 = tosa.reshape %27, %7 : (tensor<8x16x8xf32>, !tosa.shape<4>) -> tensor<2x4x16x8xf32>
  %29 = tosa.cast %28 : (tensor<2x4x16x8xf32>) -> tensor<2x4x16x8xf16>
  return %29 : tensor<2x4x16x8xf16>
}

// torch.nn.functional.scaled_dot_product_attention with attn_mask of bools: Q and K
// are multiplied by the root of the scale each, and a row whose scores are all -inf,
// which f64 is asked about, gives 0.
// CHECK-LABEL: func.func @masked(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: scale = 0.353553355 : f32} score {
// CHECK-NEXT: ^bb0(%[[S:.*]]: f32, %[[B:.*]]: index, %{{.*}}: index, %[[I:.*]]: index, %[[J:.*]]: index):
// CHECK: %[[SEEN:.*]] = tensor.extract %arg3[%[[B]], %{{.*}}, %[[I]], %[[J]]]
// CHECK: %[[HIDDEN:.*]] = arith.select %[[SEEN]],
// CHECK: %[[MASK:.*]] = arith.extf %[[HIDDEN]] : f16 to f32
// CHECK: arith.addf %[[S]], %[[MASK]]
// CHECK: return
func.func @masked(%arg0: tensor<2x4x16x8xf16>, %arg1: tensor<2x4x24x8xf16>, %arg2: tensor<2x4x24x8xf16>, %arg3: tensor<2x1x16x24xi1>) -> tensor<2x4x16x8xf16> {
  %0 = "tosa.const"() <{values = dense<0.000000e+00> : tensor<2x4x16x24xf32>}> : () -> tensor<2x4x16x24xf32>
  %1 = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %2 = tosa.const_shape  {values = dense<[8, 16, 8]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %3 = tosa.const_shape  {values = dense<[8, 8, 24]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %4 = "tosa.const"() <{values = dense<0.000000e+00> : tensor<1xf32>}> : () -> tensor<1xf32>
  %5 = tosa.const_shape  {values = dense<[2, 4, 16, 24]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %6 = tosa.const_shape  {values = dense<[8, 16, 24]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %7 = tosa.const_shape  {values = dense<[8, 24, 8]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %8 = tosa.const_shape  {values = dense<[2, 4, 16, 8]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %9 = "tosa.const"() <{values = dense<0.000000e+00> : tensor<1x1x1x1xf16>}> : () -> tensor<1x1x1x1xf16>
  %10 = "tosa.const"() <{values = dense<0xFC00> : tensor<1x1x1x1xf16>}> : () -> tensor<1x1x1x1xf16>
  %11 = "tosa.const"() <{values = dense<0.594603539> : tensor<1x1x1x1xf32>}> : () -> tensor<1x1x1x1xf32>
  %12 = "tosa.const"() <{values = dense<0xFFF0000000000000> : tensor<1x1x1x1xf64>}> : () -> tensor<1x1x1x1xf64>
  %13 = tosa.select %arg3, %9, %10 : (tensor<2x1x16x24xi1>, tensor<1x1x1x1xf16>, tensor<1x1x1x1xf16>) -> tensor<2x1x16x24xf16>
  %14 = tosa.cast %arg0 : (tensor<2x4x16x8xf16>) -> tensor<2x4x16x8xf32>
  %15 = tosa.cast %arg1 : (tensor<2x4x24x8xf16>) -> tensor<2x4x24x8xf32>
  %16 = tosa.cast %arg2 : (tensor<2x4x24x8xf16>) -> tensor<2x4x24x8xf32>
  %17 = tosa.mul %14, %11, %1 : (tensor<2x4x16x8xf32>, tensor<1x1x1x1xf32>, tensor<1xi8>) -> tensor<2x4x16x8xf32>
  %18 = tosa.transpose %15 {perms = array<i32: 0, 1, 3, 2>} : (tensor<2x4x24x8xf32>) -> tensor<2x4x8x24xf32>
  %19 = tosa.mul %18, %11, %1 : (tensor<2x4x8x24xf32>, tensor<1x1x1x1xf32>, tensor<1xi8>) -> tensor<2x4x8x24xf32>
  %20 = tosa.reshape %17, %2 : (tensor<2x4x16x8xf32>, !tosa.shape<3>) -> tensor<8x16x8xf32>
  %21 = tosa.reshape %19, %3 : (tensor<2x4x8x24xf32>, !tosa.shape<3>) -> tensor<8x8x24xf32>
  %22 = tosa.matmul %20, %21, %4, %4 : (tensor<8x16x8xf32>, tensor<8x8x24xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<8x16x24xf32>
  %23 = tosa.reshape %22, %5 : (tensor<8x16x24xf32>, !tosa.shape<4>) -> tensor<2x4x16x24xf32>
  %24 = tosa.cast %13 : (tensor<2x1x16x24xf16>) -> tensor<2x1x16x24xf32>
  %25 = tosa.add %23, %24 : (tensor<2x4x16x24xf32>, tensor<2x1x16x24xf32>) -> tensor<2x4x16x24xf32>
  %26 = tosa.reduce_max %25 {axis = 3 : i32} : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x1xf32>
  %27 = tosa.sub %25, %26 : (tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>) -> tensor<2x4x16x24xf32>
  %28 = tosa.exp %27 : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x24xf32>
  %29 = tosa.reduce_sum %28 {axis = 3 : i32} : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x1xf32>
  %30 = tosa.reciprocal %29 : (tensor<2x4x16x1xf32>) -> tensor<2x4x16x1xf32>
  %31 = tosa.mul %28, %30, %1 : (tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>, tensor<1xi8>) -> tensor<2x4x16x24xf32>
  %32 = tosa.cast %25 : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x24xf64>
  %33 = tosa.equal %32, %12 : (tensor<2x4x16x24xf64>, tensor<1x1x1x1xf64>) -> tensor<2x4x16x24xi1>
  %34 = tosa.reduce_all %33 {axis = 3 : i32} : (tensor<2x4x16x24xi1>) -> tensor<2x4x16x1xi1>
  %35 = tosa.select %34, %0, %31 : (tensor<2x4x16x1xi1>, tensor<2x4x16x24xf32>, tensor<2x4x16x24xf32>) -> tensor<2x4x16x24xf32>
  %36 = tosa.reshape %35, %6 : (tensor<2x4x16x24xf32>, !tosa.shape<3>) -> tensor<8x16x24xf32>
  %37 = tosa.reshape %16, %7 : (tensor<2x4x24x8xf32>, !tosa.shape<3>) -> tensor<8x24x8xf32>
  %38 = tosa.matmul %36, %37, %4, %4 : (tensor<8x16x24xf32>, tensor<8x24x8xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<8x16x8xf32>
  %39 = tosa.reshape %38, %8 : (tensor<8x16x8xf32>, !tosa.shape<4>) -> tensor<2x4x16x8xf32>
  %40 = tosa.cast %39 : (tensor<2x4x16x8xf32>) -> tensor<2x4x16x8xf16>
  return %40 : tensor<2x4x16x8xf16>
}

// The same with is_causal=True: torch.arange is a constant.
// CHECK-LABEL: func.func @causal(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: {causal, layout = #attn.layout<bhsd>, scale = 0.353553355 : f32}
// CHECK-NOT: score
// CHECK: return
func.func @causal(%arg0: tensor<2x4x16x8xf16>, %arg1: tensor<2x4x16x8xf16>, %arg2: tensor<2x4x16x8xf16>) -> tensor<2x4x16x8xf16> {
  %0 = "tosa.const"() <{values = dense<0.000000e+00> : tensor<2x4x16x16xf32>}> : () -> tensor<2x4x16x16xf32>
  %1 = "tosa.const"() <{values = dense<true> : tensor<16x16xi1>}> : () -> tensor<16x16xi1>
  %2 = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %3 = "tosa.const"() <{values = dense<[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]> : tensor<16xi64>}> : () -> tensor<16xi64>
  %4 = tosa.const_shape  {values = dense<[1, 16]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %5 = tosa.const_shape  {values = dense<[16, 1]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %6 = tosa.const_shape  {values = dense<[8, 16, 8]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %7 = tosa.const_shape  {values = dense<[8, 8, 16]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %8 = "tosa.const"() <{values = dense<0.000000e+00> : tensor<1xf32>}> : () -> tensor<1xf32>
  %9 = tosa.const_shape  {values = dense<[2, 4, 16, 16]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %10 = tosa.const_shape  {values = dense<[1, 1, 16, 16]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %11 = tosa.const_shape  {values = dense<[8, 16, 16]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %12 = tosa.const_shape  {values = dense<[2, 4, 16, 8]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %13 = "tosa.const"() <{values = dense<0.594603539> : tensor<1x1x1x1xf32>}> : () -> tensor<1x1x1x1xf32>
  %14 = "tosa.const"() <{values = dense<0> : tensor<1x1xi64>}> : () -> tensor<1x1xi64>
  %15 = "tosa.const"() <{values = dense<0.000000e+00> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %16 = "tosa.const"() <{values = dense<0xFF800000> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %17 = "tosa.const"() <{values = dense<0xFFF0000000000000> : tensor<1x1x1x1xf64>}> : () -> tensor<1x1x1x1xf64>
  %18 = tosa.cast %arg0 : (tensor<2x4x16x8xf16>) -> tensor<2x4x16x8xf32>
  %19 = tosa.cast %arg1 : (tensor<2x4x16x8xf16>) -> tensor<2x4x16x8xf32>
  %20 = tosa.cast %arg2 : (tensor<2x4x16x8xf16>) -> tensor<2x4x16x8xf32>
  %21 = tosa.mul %18, %13, %2 : (tensor<2x4x16x8xf32>, tensor<1x1x1x1xf32>, tensor<1xi8>) -> tensor<2x4x16x8xf32>
  %22 = tosa.reshape %3, %4 : (tensor<16xi64>, !tosa.shape<2>) -> tensor<1x16xi64>
  %23 = tosa.reshape %3, %5 : (tensor<16xi64>, !tosa.shape<2>) -> tensor<16x1xi64>
  %24 = tosa.cast %23 : (tensor<16x1xi64>) -> tensor<16x1xi32>
  %25 = tosa.cast %22 : (tensor<1x16xi64>) -> tensor<1x16xi32>
  %26 = tosa.sub %25, %24 : (tensor<1x16xi32>, tensor<16x1xi32>) -> tensor<16x16xi32>
  %27 = tosa.cast %26 : (tensor<16x16xi32>) -> tensor<16x16xi64>
  %28 = tosa.greater_equal %14, %27 : (tensor<1x1xi64>, tensor<16x16xi64>) -> tensor<16x16xi1>
  %29 = tosa.logical_and %28, %1 : (tensor<16x16xi1>, tensor<16x16xi1>) -> tensor<16x16xi1>
  %30 = tosa.select %29, %15, %16 : (tensor<16x16xi1>, tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<16x16xf32>
  %31 = tosa.transpose %19 {perms = array<i32: 0, 1, 3, 2>} : (tensor<2x4x16x8xf32>) -> tensor<2x4x8x16xf32>
  %32 = tosa.mul %31, %13, %2 : (tensor<2x4x8x16xf32>, tensor<1x1x1x1xf32>, tensor<1xi8>) -> tensor<2x4x8x16xf32>
  %33 = tosa.reshape %21, %6 : (tensor<2x4x16x8xf32>, !tosa.shape<3>) -> tensor<8x16x8xf32>
  %34 = tosa.reshape %32, %7 : (tensor<2x4x8x16xf32>, !tosa.shape<3>) -> tensor<8x8x16xf32>
  %35 = tosa.matmul %33, %34, %8, %8 : (tensor<8x16x8xf32>, tensor<8x8x16xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<8x16x16xf32>
  %36 = tosa.reshape %35, %9 : (tensor<8x16x16xf32>, !tosa.shape<4>) -> tensor<2x4x16x16xf32>
  %37 = tosa.reshape %30, %10 : (tensor<16x16xf32>, !tosa.shape<4>) -> tensor<1x1x16x16xf32>
  %38 = tosa.add %36, %37 : (tensor<2x4x16x16xf32>, tensor<1x1x16x16xf32>) -> tensor<2x4x16x16xf32>
  %39 = tosa.reduce_max %38 {axis = 3 : i32} : (tensor<2x4x16x16xf32>) -> tensor<2x4x16x1xf32>
  %40 = tosa.sub %38, %39 : (tensor<2x4x16x16xf32>, tensor<2x4x16x1xf32>) -> tensor<2x4x16x16xf32>
  %41 = tosa.exp %40 : (tensor<2x4x16x16xf32>) -> tensor<2x4x16x16xf32>
  %42 = tosa.reduce_sum %41 {axis = 3 : i32} : (tensor<2x4x16x16xf32>) -> tensor<2x4x16x1xf32>
  %43 = tosa.reciprocal %42 : (tensor<2x4x16x1xf32>) -> tensor<2x4x16x1xf32>
  %44 = tosa.mul %41, %43, %2 : (tensor<2x4x16x16xf32>, tensor<2x4x16x1xf32>, tensor<1xi8>) -> tensor<2x4x16x16xf32>
  %45 = tosa.cast %38 : (tensor<2x4x16x16xf32>) -> tensor<2x4x16x16xf64>
  %46 = tosa.equal %45, %17 : (tensor<2x4x16x16xf64>, tensor<1x1x1x1xf64>) -> tensor<2x4x16x16xi1>
  %47 = tosa.reduce_all %46 {axis = 3 : i32} : (tensor<2x4x16x16xi1>) -> tensor<2x4x16x1xi1>
  %48 = tosa.select %47, %0, %44 : (tensor<2x4x16x1xi1>, tensor<2x4x16x16xf32>, tensor<2x4x16x16xf32>) -> tensor<2x4x16x16xf32>
  %49 = tosa.reshape %48, %11 : (tensor<2x4x16x16xf32>, !tosa.shape<3>) -> tensor<8x16x16xf32>
  %50 = tosa.reshape %20, %6 : (tensor<2x4x16x8xf32>, !tosa.shape<3>) -> tensor<8x16x8xf32>
  %51 = tosa.matmul %49, %50, %8, %8 : (tensor<8x16x16xf32>, tensor<8x16x8xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<8x16x8xf32>
  %52 = tosa.reshape %51, %12 : (tensor<8x16x8xf32>, !tosa.shape<4>) -> tensor<2x4x16x8xf32>
  %53 = tosa.cast %52 : (tensor<2x4x16x8xf32>) -> tensor<2x4x16x8xf16>
  return %53 : tensor<2x4x16x8xf16>
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
  %torch = call @torch(%x0_2x4x16x8xf16, %x1_2x4x24x8xf16, %x2_2x4x24x8xf16) : (tensor<2x4x16x8xf16>, tensor<2x4x24x8xf16>, tensor<2x4x24x8xf16>) -> tensor<2x4x16x8xf16>
  %torch_flat = tensor.collapse_shape %torch [[0, 1, 2, 3]] : tensor<2x4x16x8xf16> into tensor<1024xf16>
  call @print(%torch_flat) : (tensor<1024xf16>) -> ()
  %x3_2x1x16x24xf32 = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    %0 = affine.apply affine_map<(i0, i1, i2, i3) -> (i0 * 3 + i1 * 5 + i2 * 7 + i3 * 9)>(%i0, %i1, %i2, %i3)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.cos %2 : f32
    tensor.yield %3 : f32
  } : tensor<2x1x16x24xf32>
  %wide = call @wide(%x0_2x4x16x8xf16, %x1_2x4x24x8xf16, %x2_2x4x24x8xf16, %x3_2x1x16x24xf32) : (tensor<2x4x16x8xf16>, tensor<2x4x24x8xf16>, tensor<2x4x24x8xf16>, tensor<2x1x16x24xf32>) -> tensor<2x4x16x8xf16>
  %wide_flat = tensor.collapse_shape %wide [[0, 1, 2, 3]] : tensor<2x4x16x8xf16> into tensor<1024xf16>
  call @print(%wide_flat) : (tensor<1024xf16>) -> ()
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
  %x1_1024 = tensor.extract_slice %x1[0] [1024] [1] : tensor<1536xf16> to tensor<1024xf16>
  %x1_2x4x16x8xf16 = tensor.expand_shape %x1_1024 [[0, 1, 2, 3]] output_shape [2, 4, 16, 8] : tensor<1024xf16> into tensor<2x4x16x8xf16>
  %x2_1024 = tensor.extract_slice %x2[0] [1024] [1] : tensor<1536xf16> to tensor<1024xf16>
  %x2_2x4x16x8xf16 = tensor.expand_shape %x2_1024 [[0, 1, 2, 3]] output_shape [2, 4, 16, 8] : tensor<1024xf16> into tensor<2x4x16x8xf16>
  %causal = call @causal(%x0_2x4x16x8xf16, %x1_2x4x16x8xf16, %x2_2x4x16x8xf16) : (tensor<2x4x16x8xf16>, tensor<2x4x16x8xf16>, tensor<2x4x16x8xf16>) -> tensor<2x4x16x8xf16>
  %causal_flat = tensor.collapse_shape %causal [[0, 1, 2, 3]] : tensor<2x4x16x8xf16> into tensor<1024xf16>
  call @print(%causal_flat) : (tensor<1024xf16>) -> ()
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
