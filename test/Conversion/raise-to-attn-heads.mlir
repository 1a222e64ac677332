// A mask that compares keys with heads is a function of the scores: heads are no
// rows.

// RUN: fa3-opt %s --raise-to-attn 2>/dev/null | FileCheck %s

// DEFINE: %{lower} = fa3-opt --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" \
// DEFINE:   --convert-linalg-to-loops --attn-to-cpu
// DEFINE: %{run} = mlir-runner --entry-point-result=void \
// DEFINE:   --shared-libs=%llvm_lib/libmlir_runner_utils.so,%llvm_lib/libmlir_c_runner_utils.so,%llvm_lib/libmlir_float16_utils.so
// RUN: %{lower} %s | %{run} > %t.before
// RUN: fa3-opt %s --raise-to-attn 2>/dev/null | %{lower} | %{run} > %t.after
// RUN: %python %S/Inputs/compare.py %t.before %t.after --tolerance 2e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS
// NUMBERS: 256 numbers, largest difference {{.*}}, 0 failed

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>
#row = affine_map<(b, i, j) -> (b, i)>

// CHECK-LABEL: func.func @heads(
// CHECK: attn.forward
// CHECK-NOT: causal
// CHECK-SAME: scale = 5.000000e-01 : f32} score {
// CHECK-NEXT: ^bb0(%[[S:.*]]: f32, %{{.*}}: index, %[[H:.*]]: index, %{{.*}}: index, %[[J:.*]]: index):
// CHECK: %[[SEEN:.*]] = arith.cmpi sle, %[[J]], %[[H]]
// CHECK: arith.select %[[SEEN]], %[[S]], %{{.*}}
func.func @heads(%q: tensor<2x16x8xf16>, %k: tensor<2x24x8xf16>, %v: tensor<2x24x8xf16>) -> tensor<2x16x8xf16> {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %low = arith.constant 0xFF800000 : f32
  %s0 = tensor.empty() : tensor<2x16x24xf32>
  %r0 = tensor.empty() : tensor<2x16xf32>
  %o0 = tensor.empty() : tensor<2x16x8xf16>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<2x16x24xf32>) -> tensor<2x16x24xf32>
  %m1 = linalg.fill ins(%low : f32) outs(%r0 : tensor<2x16xf32>) -> tensor<2x16xf32>
  %l1 = linalg.fill ins(%zero : f32) outs(%r0 : tensor<2x16xf32>) -> tensor<2x16xf32>
  %o1 = linalg.fill ins(%half : f16) outs(%o0 : tensor<2x16x8xf16>) -> tensor<2x16x8xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<2x16x8xf16>, tensor<2x24x8xf16>)
      outs(%s1 : tensor<2x16x24xf32>) -> tensor<2x16x24xf32>
  %t_0 = tensor.empty() : tensor<2x16x24xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<2x16x24xf32>) outs(%t_0 : tensor<2x16x24xf32>) {
  ^bb0(%a: f32, %out: f32):
    %b = linalg.index 0 : index
    %j = linalg.index 2 : index
    %hidden = arith.constant 0xFF800000 : f32
    %by = arith.constant 0.5 : f32
    %x = arith.mulf %a, %by : f32
    %c = arith.cmpi sle, %j, %b : index
    %0 = arith.select %c, %x, %hidden : f32
    linalg.yield %0 : f32
  } -> tensor<2x16x24xf32>
  %max = linalg.reduce {arith.maximumf} ins(%t : tensor<2x16x24xf32>) outs(%m1 : tensor<2x16xf32>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%t, %max : tensor<2x16x24xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x24xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %0 = arith.subf %a, %m : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> tensor<2x16x24xf32>
  %sum = linalg.reduce {arith.addf} ins(%e : tensor<2x16x24xf32>) outs(%l1 : tensor<2x16xf32>) dimensions = [2]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %sum : tensor<2x16x24xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x24xf32>) {
  ^bb0(%a: f32, %l: f32, %out: f32):
    %0 = arith.divf %a, %l : f32
    linalg.yield %0 : f32
  } -> tensor<2x16x24xf32>
  %h0 = tensor.empty() : tensor<2x16x24xf16>
  %h = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%p : tensor<2x16x24xf32>) outs(%h0 : tensor<2x16x24xf16>) {
  ^bb0(%a: f32, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    linalg.yield %0 : f16
  } -> tensor<2x16x24xf16>
  %o = linalg.batch_matmul ins(%h, %v : tensor<2x16x24xf16>, tensor<2x24x8xf16>)
      outs(%o1 : tensor<2x16x8xf16>) -> tensor<2x16x8xf16>
  return %o : tensor<2x16x8xf16>
}

// All of them on sines, in f32 so that they can be printed.
func.func private @printMemrefF32(tensor<*xf32>)
func.func @print(%value: tensor<2x16x8xf16>) {
  %init = tensor.empty() : tensor<2x16x8xf32>
  %wide = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%value : tensor<2x16x8xf16>) outs(%init : tensor<2x16x8xf32>) {
  ^bb0(%in: f16, %out: f32):
    %0 = arith.extf %in : f16 to f32
    linalg.yield %0 : f32
  } -> tensor<2x16x8xf32>
  %flat = tensor.collapse_shape %wide [[0, 1, 2]] : tensor<2x16x8xf32> into tensor<256xf32>
  %any = tensor.cast %flat : tensor<256xf32> to tensor<*xf32>
  call @printMemrefF32(%any) : (tensor<*xf32>) -> ()
  return
}
func.func @main() {
  %q = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index):
    %0 = affine.apply affine_map<(a, b, c) -> (a * 7 + b * 13 + c * 29)>(%i0, %i1, %i2)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x16x8xf16>
  %k = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index):
    %0 = affine.apply affine_map<(a, b, c) -> (a * 8 + b * 14 + c * 30)>(%i0, %i1, %i2)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x24x8xf16>
  %v = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index):
    %0 = affine.apply affine_map<(a, b, c) -> (a * 9 + b * 15 + c * 31)>(%i0, %i1, %i2)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x24x8xf16>
  %heads = call @heads(%q, %k, %v) : (tensor<2x16x8xf16>, tensor<2x24x8xf16>, tensor<2x24x8xf16>) -> tensor<2x16x8xf16>
  call @print(%heads) : (tensor<2x16x8xf16>) -> ()
  return
}
