// What a model in TensorFlow or PyTorch is in TOSA, by way of TFLite: the functions were
// written with tensors of f16, the first two in PyTorch 2.14.1 and converted by
// litert-torch 0.10.0, the others in TensorFlow 2.21.0, which multiplies no f16 for
// TFLite, so they cast to f32, and converted by tf.lite.TFLiteConverter. Then
//
//   tosa-converter-for-tflite --text
//
// of version 2026.2.0. Taken off are the module and attributes of arguments and
// functions. Upstream's passes bring it to linalg.

// DEFINE: %{linalg} = fa3-opt --pass-pipeline='builtin.module(func.func( \
// DEFINE:   tosa-to-linalg-named,tosa-to-linalg,tosa-to-tensor,tosa-to-arith))'
// DEFINE: %{lower} = fa3-opt --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" \
// DEFINE:   --convert-linalg-to-loops --attn-to-cpu
// DEFINE: %{run} = mlir-runner --entry-point-result=void \
// DEFINE:   --shared-libs=%llvm_lib/libmlir_runner_utils.so,%llvm_lib/libmlir_c_runner_utils.so,%llvm_lib/libmlir_float16_utils.so

// RUN: %{linalg} %s > %t.linalg.mlir
// RUN: fa3-opt %t.linalg.mlir --raise-to-attn --canonicalize -o %t.raised.mlir 2> %t.remarks
// RUN: FileCheck %s < %t.raised.mlir
// RUN: FileCheck %s --check-prefix=REMARK --implicit-check-not=remark: < %t.remarks
// RUN: %{lower} %t.linalg.mlir | %{run} > %t.before
// RUN: %{lower} %t.raised.mlir | %{run} > %t.after
// RUN: %python %S/Inputs/compare.py %t.before %t.after --tolerance 2e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS
// NUMBERS: 4096 numbers, largest difference {{.*}}, 0 failed

// A row without a visible key would be another one.
// REMARK: remark: a row whose scores are all -1e9 or less gives 0 in 'attn.forward'

// CHECK-NOT: linalg.batch_matmul

// torch.nn.functional.scaled_dot_product_attention(q, k, v): Q and K are multiplied by
// the root of the scale each.
// CHECK-LABEL: func.func @torch(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: {layout = #attn.layout<bhsd>, scale = 0.353553355 : f32}
// CHECK-NOT: score
// CHECK: return
func.func @torch(%arg0: tensor<2x4x16x8xf16>, %arg1: tensor<2x4x24x8xf16>, %arg2: tensor<2x4x24x8xf16>) -> (tensor<2x4x16x8xf16>) {
  %0 = tosa.const_shape  {values = dense<[2, 4, 16, 8]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %1 = tosa.const_shape  {values = dense<[8, 24, 8]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %2 = tosa.const_shape  {values = dense<[8, 16, 24]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %3 = tosa.const_shape  {values = dense<[2, 4, 16, 24]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %4 = "tosa.const"() <{values = dense<0.000000e+00> : tensor<1xf32>}> : () -> tensor<1xf32>
  %5 = tosa.const_shape  {values = dense<[8, 8, 24]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %6 = tosa.const_shape  {values = dense<[8, 16, 8]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %7 = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %8 = "tosa.const"() <{values = dense<0.594603539> : tensor<1x1x1x1xf32>}> : () -> tensor<1x1x1x1xf32>
  %9 = tosa.cast %arg0 : (tensor<2x4x16x8xf16>) -> tensor<2x4x16x8xf32>
  %10 = tosa.cast %arg1 : (tensor<2x4x24x8xf16>) -> tensor<2x4x24x8xf32>
  %11 = tosa.cast %arg2 : (tensor<2x4x24x8xf16>) -> tensor<2x4x24x8xf32>
  %12 = tosa.mul %9, %8, %7 : (tensor<2x4x16x8xf32>, tensor<1x1x1x1xf32>, tensor<1xi8>) -> tensor<2x4x16x8xf32>
  %13 = tosa.mul %10, %8, %7 : (tensor<2x4x24x8xf32>, tensor<1x1x1x1xf32>, tensor<1xi8>) -> tensor<2x4x24x8xf32>
  %14 = tosa.transpose %13 {perms = array<i32: 0, 1, 3, 2>} : (tensor<2x4x24x8xf32>) -> tensor<2x4x8x24xf32>
  %15 = tosa.reshape %12, %6 : (tensor<2x4x16x8xf32>, !tosa.shape<3>) -> tensor<8x16x8xf32>
  %16 = tosa.reshape %14, %5 : (tensor<2x4x8x24xf32>, !tosa.shape<3>) -> tensor<8x8x24xf32>
  %17 = tosa.matmul %15, %16, %4, %4 : (tensor<8x16x8xf32>, tensor<8x8x24xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<8x16x24xf32>
  %18 = tosa.reshape %17, %3 : (tensor<8x16x24xf32>, !tosa.shape<4>) -> tensor<2x4x16x24xf32>
  %19 = tosa.reduce_max %18 {axis = 3 : i32} : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x1xf32>
  %20 = tosa.sub %18, %19 : (tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>) -> tensor<2x4x16x24xf32>
  %21 = tosa.exp %20 : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x24xf32>
  %22 = tosa.reduce_sum %21 {axis = 3 : i32} : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x1xf32>
  %23 = tosa.reciprocal %22 : (tensor<2x4x16x1xf32>) -> tensor<2x4x16x1xf32>
  %24 = tosa.mul %21, %23, %7 : (tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>, tensor<1xi8>) -> tensor<2x4x16x24xf32>
  %25 = tosa.reshape %24, %2 : (tensor<2x4x16x24xf32>, !tosa.shape<3>) -> tensor<8x16x24xf32>
  %26 = tosa.reshape %11, %1 : (tensor<2x4x24x8xf32>, !tosa.shape<3>) -> tensor<8x24x8xf32>
  %27 = tosa.matmul %25, %26, %4, %4 : (tensor<8x16x24xf32>, tensor<8x24x8xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<8x16x8xf32>
  %28 = tosa.reshape %27, %0 : (tensor<8x16x8xf32>, !tosa.shape<4>) -> tensor<2x4x16x8xf32>
  %29 = tosa.cast %28 : (tensor<2x4x16x8xf32>) -> tensor<2x4x16x8xf16>
  return %29 : tensor<2x4x16x8xf16>
}

// The same with is_causal=True: the mask is a constant. The converter leaves it as a
// stablehlo.constant with a byte for each bit, which was made a tosa.const by hand.
// CHECK-LABEL: func.func @torch_causal(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: {causal, layout = #attn.layout<bhsd>, scale = 0.353553355 : f32}
// CHECK-NOT: score
// CHECK: return
func.func @torch_causal(%arg0: tensor<2x4x16x8xf16>, %arg1: tensor<2x4x16x8xf16>, %arg2: tensor<2x4x16x8xf16>) -> (tensor<2x4x16x8xf16>) {
  %0 = tosa.const_shape  {values = dense<[2, 4, 16, 8]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %1 = tosa.const_shape  {values = dense<[8, 16, 16]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %2 = tosa.const_shape  {values = dense<[1, 1, 16, 16]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %3 = tosa.const_shape  {values = dense<[2, 4, 16, 16]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %4 = "tosa.const"() <{values = dense<0.000000e+00> : tensor<1xf32>}> : () -> tensor<1xf32>
  %5 = tosa.const_shape  {values = dense<[8, 8, 16]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %6 = tosa.const_shape  {values = dense<[8, 16, 8]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %7 = "tosa.const"() <{values = dense<0xFF800000> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %8 = "tosa.const"() <{values = dense<0.000000e+00> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %9 = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %10 = "tosa.const"() <{values = dense<0.594603539> : tensor<1x1x1x1xf32>}> : () -> tensor<1x1x1x1xf32>
  %mask = "tosa.const"() <{values = dense<"0x0100030007000F001F003F007F00FF00FF01FF03FF07FF0FFF1FFF3FFF7FFFFF"> : tensor<16x16xi1>}> : () -> tensor<16x16xi1>
  %11 = tosa.cast %arg0 : (tensor<2x4x16x8xf16>) -> tensor<2x4x16x8xf32>
  %12 = tosa.cast %arg1 : (tensor<2x4x16x8xf16>) -> tensor<2x4x16x8xf32>
  %13 = tosa.cast %arg2 : (tensor<2x4x16x8xf16>) -> tensor<2x4x16x8xf32>
  %14 = tosa.mul %11, %10, %9 : (tensor<2x4x16x8xf32>, tensor<1x1x1x1xf32>, tensor<1xi8>) -> tensor<2x4x16x8xf32>
  %15 = tosa.select %mask, %8, %7 : (tensor<16x16xi1>, tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<16x16xf32>
  %16 = tosa.mul %12, %10, %9 : (tensor<2x4x16x8xf32>, tensor<1x1x1x1xf32>, tensor<1xi8>) -> tensor<2x4x16x8xf32>
  %17 = tosa.transpose %16 {perms = array<i32: 0, 1, 3, 2>} : (tensor<2x4x16x8xf32>) -> tensor<2x4x8x16xf32>
  %18 = tosa.reshape %14, %6 : (tensor<2x4x16x8xf32>, !tosa.shape<3>) -> tensor<8x16x8xf32>
  %19 = tosa.reshape %17, %5 : (tensor<2x4x8x16xf32>, !tosa.shape<3>) -> tensor<8x8x16xf32>
  %20 = tosa.matmul %18, %19, %4, %4 : (tensor<8x16x8xf32>, tensor<8x8x16xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<8x16x16xf32>
  %21 = tosa.reshape %20, %3 : (tensor<8x16x16xf32>, !tosa.shape<4>) -> tensor<2x4x16x16xf32>
  %22 = tosa.reshape %15, %2 : (tensor<16x16xf32>, !tosa.shape<4>) -> tensor<1x1x16x16xf32>
  %23 = tosa.add %21, %22 : (tensor<2x4x16x16xf32>, tensor<1x1x16x16xf32>) -> tensor<2x4x16x16xf32>
  %24 = tosa.reduce_max %23 {axis = 3 : i32} : (tensor<2x4x16x16xf32>) -> tensor<2x4x16x1xf32>
  %25 = tosa.sub %23, %24 : (tensor<2x4x16x16xf32>, tensor<2x4x16x1xf32>) -> tensor<2x4x16x16xf32>
  %26 = tosa.exp %25 : (tensor<2x4x16x16xf32>) -> tensor<2x4x16x16xf32>
  %27 = tosa.reduce_sum %26 {axis = 3 : i32} : (tensor<2x4x16x16xf32>) -> tensor<2x4x16x1xf32>
  %28 = tosa.reciprocal %27 : (tensor<2x4x16x1xf32>) -> tensor<2x4x16x1xf32>
  %29 = tosa.mul %26, %28, %9 : (tensor<2x4x16x16xf32>, tensor<2x4x16x1xf32>, tensor<1xi8>) -> tensor<2x4x16x16xf32>
  %30 = tosa.reshape %29, %1 : (tensor<2x4x16x16xf32>, !tosa.shape<3>) -> tensor<8x16x16xf32>
  %31 = tosa.reshape %13, %6 : (tensor<2x4x16x8xf32>, !tosa.shape<3>) -> tensor<8x16x8xf32>
  %32 = tosa.matmul %30, %31, %4, %4 : (tensor<8x16x16xf32>, tensor<8x16x8xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<8x16x8xf32>
  %33 = tosa.reshape %32, %0 : (tensor<8x16x8xf32>, !tosa.shape<4>) -> tensor<2x4x16x8xf32>
  %34 = tosa.cast %33 : (tensor<2x4x16x8xf32>) -> tensor<2x4x16x8xf16>
  return %34 : tensor<2x4x16x8xf16>
}

// As Keras hides keys that are padding: tf.einsum('bqhd,bkhd->bhqk', q, k), to which
// (1.0 - tf.cast(mask, tf.float32)) * -1e9 is added.
// CHECK-LABEL: func.func @padding(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: {scale = 2.500000e-01 : f32} score {
// CHECK-NEXT: ^bb0(%{{.*}}: f32, %[[B:.*]]: index, %{{.*}}: index, %{{.*}}: index, %[[J:.*]]: index):
// CHECK: tensor.extract %arg3[%[[B]], %[[J]]]
// CHECK: return
func.func @padding(%arg0: tensor<2x16x4x8xf16>, %arg1: tensor<2x24x4x8xf16>, %arg2: tensor<2x24x4x8xf16>, %arg3: tensor<2x24xi1>) -> tensor<2x16x4x8xf16> {
  %0 = tosa.const_shape  {values = dense<[2, 4, 16, 8]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %1 = tosa.const_shape  {values = dense<[8, 24, 8]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %2 = tosa.const_shape  {values = dense<[8, 16, 24]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %3 = tosa.const_shape  {values = dense<[2, 1, 1, 24]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %4 = "tosa.const"() <{values = dense<-1.000000e+09> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %5 = "tosa.const"() <{values = dense<1.000000e+00> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %6 = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %7 = "tosa.const"() <{values = dense<2.500000e-01> : tensor<1x1x1x1xf32>}> : () -> tensor<1x1x1x1xf32>
  %8 = tosa.const_shape  {values = dense<[2, 4, 16, 24]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %9 = "tosa.const"() <{values = dense<0.000000e+00> : tensor<1xf32>}> : () -> tensor<1xf32>
  %10 = tosa.const_shape  {values = dense<[8, 8, 24]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %11 = tosa.const_shape  {values = dense<[8, 16, 8]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %12 = tosa.cast %arg1 : (tensor<2x24x4x8xf16>) -> tensor<2x24x4x8xf32>
  %13 = tosa.cast %arg3 : (tensor<2x24xi1>) -> tensor<2x24xf32>
  %14 = tosa.cast %arg0 : (tensor<2x16x4x8xf16>) -> tensor<2x16x4x8xf32>
  %15 = tosa.transpose %14 {perms = array<i32: 0, 2, 1, 3>} : (tensor<2x16x4x8xf32>) -> tensor<2x4x16x8xf32>
  %16 = tosa.transpose %12 {perms = array<i32: 0, 2, 3, 1>} : (tensor<2x24x4x8xf32>) -> tensor<2x4x8x24xf32>
  %17 = tosa.reshape %15, %11 : (tensor<2x4x16x8xf32>, !tosa.shape<3>) -> tensor<8x16x8xf32>
  %18 = tosa.reshape %16, %10 : (tensor<2x4x8x24xf32>, !tosa.shape<3>) -> tensor<8x8x24xf32>
  %19 = tosa.matmul %17, %18, %9, %9 : (tensor<8x16x8xf32>, tensor<8x8x24xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<8x16x24xf32>
  %20 = tosa.reshape %19, %8 : (tensor<8x16x24xf32>, !tosa.shape<4>) -> tensor<2x4x16x24xf32>
  %21 = tosa.mul %20, %7, %6 : (tensor<2x4x16x24xf32>, tensor<1x1x1x1xf32>, tensor<1xi8>) -> tensor<2x4x16x24xf32>
  %22 = tosa.sub %5, %13 : (tensor<1x1xf32>, tensor<2x24xf32>) -> tensor<2x24xf32>
  %23 = tosa.mul %22, %4, %6 : (tensor<2x24xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<2x24xf32>
  %24 = tosa.reshape %23, %3 : (tensor<2x24xf32>, !tosa.shape<4>) -> tensor<2x1x1x24xf32>
  %25 = tosa.add %21, %24 : (tensor<2x4x16x24xf32>, tensor<2x1x1x24xf32>) -> tensor<2x4x16x24xf32>
  %26 = tosa.reduce_max %25 {axis = 3 : i32} : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x1xf32>
  %27 = tosa.sub %25, %26 : (tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>) -> tensor<2x4x16x24xf32>
  %28 = tosa.exp %27 : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x24xf32>
  %29 = tosa.reduce_sum %28 {axis = 3 : i32} : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x1xf32>
  %30 = tosa.reciprocal %29 : (tensor<2x4x16x1xf32>) -> tensor<2x4x16x1xf32>
  %31 = tosa.mul %28, %30, %6 : (tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>, tensor<1xi8>) -> tensor<2x4x16x24xf32>
  %32 = tosa.cast %arg2 : (tensor<2x24x4x8xf16>) -> tensor<2x24x4x8xf32>
  %33 = tosa.transpose %32 {perms = array<i32: 0, 2, 1, 3>} : (tensor<2x24x4x8xf32>) -> tensor<2x4x24x8xf32>
  %34 = tosa.reshape %31, %2 : (tensor<2x4x16x24xf32>, !tosa.shape<3>) -> tensor<8x16x24xf32>
  %35 = tosa.reshape %33, %1 : (tensor<2x4x24x8xf32>, !tosa.shape<3>) -> tensor<8x24x8xf32>
  %36 = tosa.matmul %34, %35, %9, %9 : (tensor<8x16x24xf32>, tensor<8x24x8xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<8x16x8xf32>
  %37 = tosa.reshape %36, %0 : (tensor<8x16x8xf32>, !tosa.shape<4>) -> tensor<2x4x16x8xf32>
  %38 = tosa.transpose %37 {perms = array<i32: 0, 2, 1, 3>} : (tensor<2x4x16x8xf32>) -> tensor<2x16x4x8xf32>
  %39 = tosa.cast %38 : (tensor<2x16x4x8xf32>) -> tensor<2x16x4x8xf16>
  return %39 : tensor<2x16x4x8xf16>
}

// Two heads of Q share one of K and V: tf.repeat(k, 2, axis=1).
// CHECK-LABEL: func.func @shared(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 : tensor<2x4x16x8xf16>, tensor<2x2x24x8xf16>, tensor<2x2x24x8xf16>)
// CHECK-SAME: {layout = #attn.layout<bhsd>, scale = 2.500000e-01 : f32}
// CHECK-NOT: score
// CHECK: return
func.func @shared(%arg0: tensor<2x4x16x8xf16>, %arg1: tensor<2x2x24x8xf16>, %arg2: tensor<2x2x24x8xf16>) -> tensor<2x4x16x8xf16> {
  %0 = tosa.const_shape  {values = dense<[2, 4, 16, 8]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %1 = tosa.const_shape  {values = dense<[8, 16, 24]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %2 = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %3 = "tosa.const"() <{values = dense<2.500000e-01> : tensor<1x1x1x1xf32>}> : () -> tensor<1x1x1x1xf32>
  %4 = tosa.const_shape  {values = dense<[2, 4, 16, 24]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %5 = "tosa.const"() <{values = dense<0.000000e+00> : tensor<1xf32>}> : () -> tensor<1xf32>
  %6 = tosa.const_shape  {values = dense<[8, 24, 8]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %7 = tosa.const_shape  {values = dense<[8, 16, 8]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %8 = tosa.const_shape  {values = dense<[1, 1, 2, 1, 1]> : tensor<5xindex>} : () -> !tosa.shape<5>
  %9 = tosa.const_shape  {values = dense<[2, 2, 1, 24, 8]> : tensor<5xindex>} : () -> !tosa.shape<5>
  %10 = tosa.cast %arg1 : (tensor<2x2x24x8xf16>) -> tensor<2x2x24x8xf32>
  %11 = tosa.reshape %10, %9 : (tensor<2x2x24x8xf32>, !tosa.shape<5>) -> tensor<2x2x1x24x8xf32>
  %12 = tosa.tile %11, %8 : (tensor<2x2x1x24x8xf32>, !tosa.shape<5>) -> tensor<2x2x2x24x8xf32>
  %13 = tosa.cast %arg0 : (tensor<2x4x16x8xf16>) -> tensor<2x4x16x8xf32>
  %14 = tosa.reshape %13, %7 : (tensor<2x4x16x8xf32>, !tosa.shape<3>) -> tensor<8x16x8xf32>
  %15 = tosa.reshape %12, %6 : (tensor<2x2x2x24x8xf32>, !tosa.shape<3>) -> tensor<8x24x8xf32>
  %16 = tosa.transpose %15 {perms = array<i32: 0, 2, 1>} : (tensor<8x24x8xf32>) -> tensor<8x8x24xf32>
  %17 = tosa.matmul %14, %16, %5, %5 : (tensor<8x16x8xf32>, tensor<8x8x24xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<8x16x24xf32>
  %18 = tosa.reshape %17, %4 : (tensor<8x16x24xf32>, !tosa.shape<4>) -> tensor<2x4x16x24xf32>
  %19 = tosa.mul %18, %3, %2 : (tensor<2x4x16x24xf32>, tensor<1x1x1x1xf32>, tensor<1xi8>) -> tensor<2x4x16x24xf32>
  %20 = tosa.reduce_max %19 {axis = 3 : i32} : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x1xf32>
  %21 = tosa.sub %19, %20 : (tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>) -> tensor<2x4x16x24xf32>
  %22 = tosa.exp %21 : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x24xf32>
  %23 = tosa.reduce_sum %22 {axis = 3 : i32} : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x1xf32>
  %24 = tosa.reciprocal %23 : (tensor<2x4x16x1xf32>) -> tensor<2x4x16x1xf32>
  %25 = tosa.mul %22, %24, %2 : (tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>, tensor<1xi8>) -> tensor<2x4x16x24xf32>
  %26 = tosa.cast %arg2 : (tensor<2x2x24x8xf16>) -> tensor<2x2x24x8xf32>
  %27 = tosa.reshape %26, %9 : (tensor<2x2x24x8xf32>, !tosa.shape<5>) -> tensor<2x2x1x24x8xf32>
  %28 = tosa.tile %27, %8 : (tensor<2x2x1x24x8xf32>, !tosa.shape<5>) -> tensor<2x2x2x24x8xf32>
  %29 = tosa.reshape %25, %1 : (tensor<2x4x16x24xf32>, !tosa.shape<3>) -> tensor<8x16x24xf32>
  %30 = tosa.reshape %28, %6 : (tensor<2x2x2x24x8xf32>, !tosa.shape<3>) -> tensor<8x24x8xf32>
  %31 = tosa.matmul %29, %30, %5, %5 : (tensor<8x16x24xf32>, tensor<8x24x8xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<8x16x8xf32>
  %32 = tosa.reshape %31, %0 : (tensor<8x16x8xf32>, !tosa.shape<4>) -> tensor<2x4x16x8xf32>
  %33 = tosa.cast %32 : (tensor<2x4x16x8xf32>) -> tensor<2x4x16x8xf16>
  return %33 : tensor<2x4x16x8xf16>
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
  %x1_1024 = tensor.extract_slice %x1[0] [1024] [1] : tensor<1536xf16> to tensor<1024xf16>
  %x1_2x4x16x8xf16 = tensor.expand_shape %x1_1024 [[0, 1, 2, 3]] output_shape [2, 4, 16, 8] : tensor<1024xf16> into tensor<2x4x16x8xf16>
  %x2_1024 = tensor.extract_slice %x2[0] [1024] [1] : tensor<1536xf16> to tensor<1024xf16>
  %x2_2x4x16x8xf16 = tensor.expand_shape %x2_1024 [[0, 1, 2, 3]] output_shape [2, 4, 16, 8] : tensor<1024xf16> into tensor<2x4x16x8xf16>
  %torch_causal = call @torch_causal(%x0_2x4x16x8xf16, %x1_2x4x16x8xf16, %x2_2x4x16x8xf16) : (tensor<2x4x16x8xf16>, tensor<2x4x16x8xf16>, tensor<2x4x16x8xf16>) -> tensor<2x4x16x8xf16>
  %torch_causal_flat = tensor.collapse_shape %torch_causal [[0, 1, 2, 3]] : tensor<2x4x16x8xf16> into tensor<1024xf16>
  call @print(%torch_causal_flat) : (tensor<1024xf16>) -> ()
  %x0_2x16x4x8xf16 = tensor.expand_shape %x0_1024 [[0, 1, 2, 3]] output_shape [2, 16, 4, 8] : tensor<1024xf16> into tensor<2x16x4x8xf16>
  %x1_2x24x4x8xf16 = tensor.expand_shape %x1 [[0, 1, 2, 3]] output_shape [2, 24, 4, 8] : tensor<1536xf16> into tensor<2x24x4x8xf16>
  %x2_2x24x4x8xf16 = tensor.expand_shape %x2 [[0, 1, 2, 3]] output_shape [2, 24, 4, 8] : tensor<1536xf16> into tensor<2x24x4x8xf16>
  %x3_2x24xi1 = tensor.generate {
  ^bb0(%i0: index, %i1: index):
    %0 = affine.apply affine_map<(i0, i1) -> ((i0 + i1) mod 3)>(%i0, %i1)
    %zero = arith.constant 0 : index
    %1 = arith.cmpi ne, %0, %zero : index
    tensor.yield %1 : i1
  } : tensor<2x24xi1>
  %padding = call @padding(%x0_2x16x4x8xf16, %x1_2x24x4x8xf16, %x2_2x24x4x8xf16, %x3_2x24xi1) : (tensor<2x16x4x8xf16>, tensor<2x24x4x8xf16>, tensor<2x24x4x8xf16>, tensor<2x24xi1>) -> tensor<2x16x4x8xf16>
  %padding_flat = tensor.collapse_shape %padding [[0, 1, 2, 3]] : tensor<2x16x4x8xf16> into tensor<1024xf16>
  call @print(%padding_flat) : (tensor<1024xf16>) -> ()
  %x1_768 = tensor.extract_slice %x1[0] [768] [1] : tensor<1536xf16> to tensor<768xf16>
  %x1_2x2x24x8xf16 = tensor.expand_shape %x1_768 [[0, 1, 2, 3]] output_shape [2, 2, 24, 8] : tensor<768xf16> into tensor<2x2x24x8xf16>
  %x2_768 = tensor.extract_slice %x2[0] [768] [1] : tensor<1536xf16> to tensor<768xf16>
  %x2_2x2x24x8xf16 = tensor.expand_shape %x2_768 [[0, 1, 2, 3]] output_shape [2, 2, 24, 8] : tensor<768xf16> into tensor<2x2x24x8xf16>
  %shared = call @shared(%x0_2x4x16x8xf16, %x1_2x2x24x8xf16, %x2_2x2x24x8xf16) : (tensor<2x4x16x8xf16>, tensor<2x2x24x8xf16>, tensor<2x2x24x8xf16>) -> tensor<2x4x16x8xf16>
  %shared_flat = tensor.collapse_shape %shared [[0, 1, 2, 3]] : tensor<2x4x16x8xf16> into tensor<1024xf16>
  call @print(%shared_flat) : (tensor<1024xf16>) -> ()
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
