// Attention in TOSA, in the form that torch-mlir's torch-decompose-complex-ops and
// convert-torch-to-tosa give it (test/Conversion/TorchToTosa/multi_head_attention.mlir
// there), written by hand for 16 bits: no release of torch-mlir was at hand. Products
// are of three dimensions, in between reshapes; a row's maximum and sum keep their
// dimension; the sum is inverted. Upstream's passes bring it to linalg.

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
// NUMBERS: 2048 numbers, largest difference {{.*}}, 0 failed

// Without them, or with those for the products alone, a remark says what is missing.
// RUN: fa3-opt %s --raise-to-attn -o %t.mlir 2>&1 | FileCheck %s --check-prefix=TOSA
// RUN: fa3-opt %s --pass-pipeline='builtin.module(func.func(tosa-to-linalg-named),raise-to-attn)' \
// RUN:   -o %t.mlir 2>&1 | FileCheck %s --check-prefix=TOSA
// RUN: not fa3-opt %s --raise-to-attn=strict=true -o %t.mlir 2>&1 | FileCheck %s --check-prefix=STRICT
// TOSA-COUNT-2: remark: cannot raise to attention: expected a softmax in linalg, but got one in tosa; run tosa-to-linalg-named and tosa-to-linalg first
// TOSA-NOT: remark:
// STRICT: error: cannot raise to attention: expected a softmax in linalg, but got one in tosa

// CHECK-NOT: linalg.batch_matmul
// CHECK-LABEL: func.func @torch(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: {layout = #attn.layout<bhsd>, scale = 2.500000e-01 : f32}
// CHECK-NOT: score
// CHECK: return
func.func @torch(%q: tensor<2x4x16x8xf16>, %k: tensor<2x4x24x8xf16>, %v: tensor<2x4x24x8xf16>) -> tensor<2x4x16x8xf16> {
  %zero = "tosa.const"() <{values = dense<0.0> : tensor<1xf16>}> : () -> tensor<1xf16>
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %scale = "tosa.const"() <{values = dense<2.5e-01> : tensor<1x1x1x1xf16>}> : () -> tensor<1x1x1x1xf16>
  %rows = tosa.const_shape {values = dense<[8, 16, 8]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %columns = tosa.const_shape {values = dense<[8, 8, 24]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %keys = tosa.const_shape {values = dense<[8, 24, 8]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %scores4 = tosa.const_shape {values = dense<[2, 4, 16, 24]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %scores3 = tosa.const_shape {values = dense<[8, 16, 24]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %result4 = tosa.const_shape {values = dense<[2, 4, 16, 8]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %kt = tosa.transpose %k {perms = array<i32: 0, 1, 3, 2>} : (tensor<2x4x24x8xf16>) -> tensor<2x4x8x24xf16>
  %q3 = tosa.reshape %q, %rows : (tensor<2x4x16x8xf16>, !tosa.shape<3>) -> tensor<8x16x8xf16>
  %k3 = tosa.reshape %kt, %columns : (tensor<2x4x8x24xf16>, !tosa.shape<3>) -> tensor<8x8x24xf16>
  %s3 = tosa.matmul %q3, %k3, %zero, %zero : (tensor<8x16x8xf16>, tensor<8x8x24xf16>, tensor<1xf16>, tensor<1xf16>) -> tensor<8x16x24xf16>
  %s4 = tosa.reshape %s3, %scores4 : (tensor<8x16x24xf16>, !tosa.shape<4>) -> tensor<2x4x16x24xf16>
  %s = tosa.mul %s4, %scale, %shift : (tensor<2x4x16x24xf16>, tensor<1x1x1x1xf16>, tensor<1xi8>) -> tensor<2x4x16x24xf16>
  %max = tosa.reduce_max %s {axis = 3 : i32} : (tensor<2x4x16x24xf16>) -> tensor<2x4x16x1xf16>
  %centered = tosa.sub %s, %max : (tensor<2x4x16x24xf16>, tensor<2x4x16x1xf16>) -> tensor<2x4x16x24xf16>
  %e = tosa.exp %centered : (tensor<2x4x16x24xf16>) -> tensor<2x4x16x24xf16>
  %sum = tosa.reduce_sum %e {axis = 3 : i32} : (tensor<2x4x16x24xf16>) -> tensor<2x4x16x1xf16>
  %inverse = tosa.reciprocal %sum : (tensor<2x4x16x1xf16>) -> tensor<2x4x16x1xf16>
  %p4 = tosa.mul %e, %inverse, %shift : (tensor<2x4x16x24xf16>, tensor<2x4x16x1xf16>, tensor<1xi8>) -> tensor<2x4x16x24xf16>
  %p3 = tosa.reshape %p4, %scores3 : (tensor<2x4x16x24xf16>, !tosa.shape<3>) -> tensor<8x16x24xf16>
  %v3 = tosa.reshape %v, %keys : (tensor<2x4x24x8xf16>, !tosa.shape<3>) -> tensor<8x24x8xf16>
  %o3 = tosa.matmul %p3, %v3, %zero, %zero : (tensor<8x16x24xf16>, tensor<8x24x8xf16>, tensor<1xf16>, tensor<1xf16>) -> tensor<8x16x8xf16>
  %o = tosa.reshape %o3, %result4 : (tensor<8x16x8xf16>, !tosa.shape<4>) -> tensor<2x4x16x8xf16>
  return %o : tensor<2x4x16x8xf16>
}

// Products that add up in f32, and a softmax in f32; a mask of keys that the caller
// adds to the scores.
// CHECK-LABEL: func.func @wide(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 :
// CHECK-SAME: scale = 3.535530e-01 : f32} score
// CHECK: tensor.extract %arg3
// CHECK: return
func.func @wide(%q: tensor<2x4x16x8xf16>, %k: tensor<2x4x24x8xf16>, %v: tensor<2x4x24x8xf16>, %mask: tensor<2x1x16x24xf32>) -> tensor<2x4x16x8xf16> {
  %zero = "tosa.const"() <{values = dense<0.0> : tensor<1xf16>}> : () -> tensor<1xf16>
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %scale = "tosa.const"() <{values = dense<3.53553e-01> : tensor<1x1x1x1xf32>}> : () -> tensor<1x1x1x1xf32>
  %rows = tosa.const_shape {values = dense<[8, 16, 8]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %columns = tosa.const_shape {values = dense<[8, 8, 24]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %keys = tosa.const_shape {values = dense<[8, 24, 8]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %scores4 = tosa.const_shape {values = dense<[2, 4, 16, 24]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %scores3 = tosa.const_shape {values = dense<[8, 16, 24]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %result4 = tosa.const_shape {values = dense<[2, 4, 16, 8]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %kt = tosa.transpose %k {perms = array<i32: 0, 1, 3, 2>} : (tensor<2x4x24x8xf16>) -> tensor<2x4x8x24xf16>
  %q3 = tosa.reshape %q, %rows : (tensor<2x4x16x8xf16>, !tosa.shape<3>) -> tensor<8x16x8xf16>
  %k3 = tosa.reshape %kt, %columns : (tensor<2x4x8x24xf16>, !tosa.shape<3>) -> tensor<8x8x24xf16>
  %s3 = tosa.matmul %q3, %k3, %zero, %zero : (tensor<8x16x8xf16>, tensor<8x8x24xf16>, tensor<1xf16>, tensor<1xf16>) -> tensor<8x16x24xf32>
  %s4 = tosa.reshape %s3, %scores4 : (tensor<8x16x24xf32>, !tosa.shape<4>) -> tensor<2x4x16x24xf32>
  %scaled = tosa.mul %s4, %scale, %shift : (tensor<2x4x16x24xf32>, tensor<1x1x1x1xf32>, tensor<1xi8>) -> tensor<2x4x16x24xf32>
  %s = tosa.add %scaled, %mask : (tensor<2x4x16x24xf32>, tensor<2x1x16x24xf32>) -> tensor<2x4x16x24xf32>
  %max = tosa.reduce_max %s {axis = 3 : i32} : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x1xf32>
  %centered = tosa.sub %s, %max : (tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>) -> tensor<2x4x16x24xf32>
  %e = tosa.exp %centered : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x24xf32>
  %sum = tosa.reduce_sum %e {axis = 3 : i32} : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x1xf32>
  %inverse = tosa.reciprocal %sum : (tensor<2x4x16x1xf32>) -> tensor<2x4x16x1xf32>
  %p4 = tosa.mul %e, %inverse, %shift : (tensor<2x4x16x24xf32>, tensor<2x4x16x1xf32>, tensor<1xi8>) -> tensor<2x4x16x24xf32>
  %narrow = tosa.cast %p4 : (tensor<2x4x16x24xf32>) -> tensor<2x4x16x24xf16>
  %p3 = tosa.reshape %narrow, %scores3 : (tensor<2x4x16x24xf16>, !tosa.shape<3>) -> tensor<8x16x24xf16>
  %v3 = tosa.reshape %v, %keys : (tensor<2x4x24x8xf16>, !tosa.shape<3>) -> tensor<8x24x8xf16>
  %o3 = tosa.matmul %p3, %v3, %zero, %zero : (tensor<8x16x24xf16>, tensor<8x24x8xf16>, tensor<1xf16>, tensor<1xf16>) -> tensor<8x16x8xf32>
  %o4 = tosa.reshape %o3, %result4 : (tensor<8x16x8xf32>, !tosa.shape<4>) -> tensor<2x4x16x8xf32>
  %o = tosa.cast %o4 : (tensor<2x4x16x8xf32>) -> tensor<2x4x16x8xf16>
  return %o : tensor<2x4x16x8xf16>
}

// A product without a softmax is no attention.
func.func @product(%a: tensor<2x16x8xf16>, %b: tensor<2x8x8xf16>) -> tensor<2x16x8xf16> {
  %zero = "tosa.const"() <{values = dense<0.0> : tensor<1xf16>}> : () -> tensor<1xf16>
  %e = tosa.exp %a : (tensor<2x16x8xf16>) -> tensor<2x16x8xf16>
  %0 = tosa.matmul %e, %b, %zero, %zero : (tensor<2x16x8xf16>, tensor<2x8x8xf16>, tensor<1xf16>, tensor<1xf16>) -> tensor<2x16x8xf16>
  return %0 : tensor<2x16x8xf16>
}

func.func private @printMemrefF32(tensor<*xf32>)
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
func.func @main() {
  %q = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    %0 = affine.apply affine_map<(a, b, c, d) -> (a * 7 + b * 13 + c * 29 + d * 5)>(%i0, %i1, %i2, %i3)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x4x16x8xf16>
  %k = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    %0 = affine.apply affine_map<(a, b, c, d) -> (a * 8 + b * 14 + c * 30 + d * 6)>(%i0, %i1, %i2, %i3)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x4x24x8xf16>
  %v = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    %0 = affine.apply affine_map<(a, b, c, d) -> (a * 9 + b * 15 + c * 31 + d * 7)>(%i0, %i1, %i2, %i3)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x4x24x8xf16>
  %mask = tensor.generate {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %0 = affine.apply affine_map<(b, i, j) -> (b + i * 2 + j * 3)>(%b, %i, %j)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.cos %2 : f32
    tensor.yield %3 : f32
  } : tensor<2x1x16x24xf32>
  %torch = call @torch(%q, %k, %v) : (tensor<2x4x16x8xf16>, tensor<2x4x24x8xf16>, tensor<2x4x24x8xf16>) -> tensor<2x4x16x8xf16>
  %torch_flat = tensor.collapse_shape %torch [[0, 1, 2, 3]] : tensor<2x4x16x8xf16> into tensor<1024xf16>
  call @print(%torch_flat) : (tensor<1024xf16>) -> ()
  %wide = call @wide(%q, %k, %v, %mask) : (tensor<2x4x16x8xf16>, tensor<2x4x24x8xf16>, tensor<2x4x24x8xf16>, tensor<2x1x16x24xf32>) -> tensor<2x4x16x8xf16>
  %wide_flat = tensor.collapse_shape %wide [[0, 1, 2, 3]] : tensor<2x4x16x8xf16> into tensor<1024xf16>
  call @print(%wide_flat) : (tensor<1024xf16>) -> ()
  return
}
