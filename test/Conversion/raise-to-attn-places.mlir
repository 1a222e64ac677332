// Tensors of which a map reads or writes a part: every other element, one row, the
// diagonal. What is read is what the map says, and what is not written is what it
// was before.

// RUN: fa3-opt %s --raise-to-attn --canonicalize | FileCheck %s

// DEFINE: %{lower} = fa3-opt --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" \
// DEFINE:   --convert-linalg-to-loops --attn-to-cpu
// DEFINE: %{run} = mlir-runner --entry-point-result=void \
// DEFINE:   --shared-libs=%llvm_lib/libmlir_runner_utils.so,%llvm_lib/libmlir_c_runner_utils.so,%llvm_lib/libmlir_float16_utils.so
// RUN: %{lower} %s | %{run} > %t.before
// RUN: fa3-opt %s --raise-to-attn | %{lower} | %{run} > %t.after
// RUN: %python %S/Inputs/compare.py %t.before %t.after --tolerance 2e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS
// NUMBERS: 768 numbers, largest difference {{.*}}, 0 failed

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>

// The first of each pair of numbers.
// CHECK-LABEL: func.func @every_other(
// CHECK: %[[B:.*]] = tensor.expand_shape %{{.*}} output_shape [16, 2]
// CHECK: attn.forward
// CHECK: ^bb0({{.*}}, {{.*}}, {{.*}}, %[[I:.*]]: index, %[[J:.*]]: index):
// CHECK: tensor.extract %[[B]][%[[J]], %{{.*}}] : tensor<16x2xf32>
func.func @every_other(%q: tensor<16x8xf16>, %k: tensor<8x16xf16>, %v: tensor<16x8xf16>, %bias: tensor<32xf32>) -> tensor<16x8xf16> {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %s0 = tensor.empty() : tensor<16x16xf32>
  %r0 = tensor.empty() : tensor<16xf32>
  %o0 = tensor.empty() : tensor<16x8xf32>
  %h0 = tensor.empty() : tensor<16x8xf16>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<16x16xf32>) -> tensor<16x16xf32>
  %m1 = linalg.fill ins(%low : f32) outs(%r0 : tensor<16xf32>) -> tensor<16xf32>
  %l1 = linalg.fill ins(%zero : f32) outs(%r0 : tensor<16xf32>) -> tensor<16xf32>
  %o1 = linalg.fill ins(%zero : f32) outs(%o0 : tensor<16x8xf32>) -> tensor<16x8xf32>
  %s = linalg.matmul ins(%q, %k : tensor<16x8xf16>, tensor<8x16xf16>)
      outs(%s1 : tensor<16x16xf32>) -> tensor<16x16xf32>
  %b = tensor.expand_shape %bias [[0, 1]] output_shape [16, 2] : tensor<32xf32> into tensor<16x2xf32>
  %t = linalg.generic {indexing_maps = [#id, affine_map<(i, j) -> (j, 0)>, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s, %b : tensor<16x16xf32>, tensor<16x2xf32>) outs(%s0 : tensor<16x16xf32>) {
  ^bb0(%a: f32, %c: f32, %out: f32):
    %0 = arith.addf %a, %c : f32
    linalg.yield %0 : f32
  } -> tensor<16x16xf32>
  %m = linalg.reduce {arith.maximumf} ins(%t : tensor<16x16xf32>) outs(%m1 : tensor<16xf32>) dimensions = [1]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%t, %m : tensor<16x16xf32>, tensor<16xf32>) outs(%s0 : tensor<16x16xf32>) {
  ^bb0(%a: f32, %c: f32, %out: f32):
    %0 = arith.subf %a, %c : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> tensor<16x16xf32>
  %l = linalg.reduce {arith.addf} ins(%e : tensor<16x16xf32>) outs(%l1 : tensor<16xf32>) dimensions = [1]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%e, %l : tensor<16x16xf32>, tensor<16xf32>) outs(%s0 : tensor<16x16xf32>) {
  ^bb0(%a: f32, %c: f32, %out: f32):
    %0 = arith.divf %a, %c : f32
    linalg.yield %0 : f32
  } -> tensor<16x16xf32>
  %o = linalg.matmul ins(%p, %v : tensor<16x16xf32>, tensor<16x8xf16>)
      outs(%o1 : tensor<16x8xf32>) -> tensor<16x8xf32>
  %h = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%o : tensor<16x8xf32>) outs(%h0 : tensor<16x8xf16>) {
  ^bb0(%a: f32, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    linalg.yield %0 : f16
  } -> tensor<16x8xf16>
  return %h : tensor<16x8xf16>
}

// The first half of each row.
// CHECK-LABEL: func.func @remainder(
// CHECK: %[[B:.*]] = tensor.expand_shape %{{.*}} output_shape [2, 16]
// CHECK: attn.forward
// CHECK: ^bb0({{.*}}, {{.*}}, {{.*}}, %[[I:.*]]: index, %[[J:.*]]: index):
// CHECK: tensor.extract %[[B]][%{{.*}}, %{{.*}}] : tensor<2x16xf32>
func.func @remainder(%q: tensor<16x8xf16>, %k: tensor<8x16xf16>, %v: tensor<16x8xf16>, %bias: tensor<32xf32>) -> tensor<16x8xf16> {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %s0 = tensor.empty() : tensor<16x16xf32>
  %r0 = tensor.empty() : tensor<16xf32>
  %o0 = tensor.empty() : tensor<16x8xf32>
  %h0 = tensor.empty() : tensor<16x8xf16>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<16x16xf32>) -> tensor<16x16xf32>
  %m1 = linalg.fill ins(%low : f32) outs(%r0 : tensor<16xf32>) -> tensor<16xf32>
  %l1 = linalg.fill ins(%zero : f32) outs(%r0 : tensor<16xf32>) -> tensor<16xf32>
  %o1 = linalg.fill ins(%zero : f32) outs(%o0 : tensor<16x8xf32>) -> tensor<16x8xf32>
  %s = linalg.matmul ins(%q, %k : tensor<16x8xf16>, tensor<8x16xf16>)
      outs(%s1 : tensor<16x16xf32>) -> tensor<16x16xf32>
  %b = tensor.expand_shape %bias [[0, 1]] output_shape [2, 16] : tensor<32xf32> into tensor<2x16xf32>
  %t = linalg.generic {indexing_maps = [#id, affine_map<(i, j) -> (i mod 2, j mod 8)>, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s, %b : tensor<16x16xf32>, tensor<2x16xf32>) outs(%s0 : tensor<16x16xf32>) {
  ^bb0(%a: f32, %c: f32, %out: f32):
    %0 = arith.addf %a, %c : f32
    linalg.yield %0 : f32
  } -> tensor<16x16xf32>
  %m = linalg.reduce {arith.maximumf} ins(%t : tensor<16x16xf32>) outs(%m1 : tensor<16xf32>) dimensions = [1]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%t, %m : tensor<16x16xf32>, tensor<16xf32>) outs(%s0 : tensor<16x16xf32>) {
  ^bb0(%a: f32, %c: f32, %out: f32):
    %0 = arith.subf %a, %c : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> tensor<16x16xf32>
  %l = linalg.reduce {arith.addf} ins(%e : tensor<16x16xf32>) outs(%l1 : tensor<16xf32>) dimensions = [1]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%e, %l : tensor<16x16xf32>, tensor<16xf32>) outs(%s0 : tensor<16x16xf32>) {
  ^bb0(%a: f32, %c: f32, %out: f32):
    %0 = arith.divf %a, %c : f32
    linalg.yield %0 : f32
  } -> tensor<16x16xf32>
  %o = linalg.matmul ins(%p, %v : tensor<16x16xf32>, tensor<16x8xf16>)
      outs(%o1 : tensor<16x8xf32>) -> tensor<16x8xf32>
  %h = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%o : tensor<16x8xf32>) outs(%h0 : tensor<16x8xf16>) {
  ^bb0(%a: f32, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    linalg.yield %0 : f16
  } -> tensor<16x8xf16>
  return %h : tensor<16x8xf16>
}

// The first half of all numbers needs no reshape.
// CHECK-LABEL: func.func @first_row(
// CHECK-SAME: %[[B:[a-z0-9]*]]: tensor<32xf32>)
// CHECK: attn.forward
// CHECK: ^bb0({{.*}}, {{.*}}, {{.*}}, %[[I:.*]]: index, %[[J:.*]]: index):
// CHECK: tensor.extract %[[B]][%[[J]]] : tensor<32xf32>
func.func @first_row(%q: tensor<16x8xf16>, %k: tensor<8x16xf16>, %v: tensor<16x8xf16>, %bias: tensor<32xf32>) -> tensor<16x8xf16> {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %s0 = tensor.empty() : tensor<16x16xf32>
  %r0 = tensor.empty() : tensor<16xf32>
  %o0 = tensor.empty() : tensor<16x8xf32>
  %h0 = tensor.empty() : tensor<16x8xf16>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<16x16xf32>) -> tensor<16x16xf32>
  %m1 = linalg.fill ins(%low : f32) outs(%r0 : tensor<16xf32>) -> tensor<16xf32>
  %l1 = linalg.fill ins(%zero : f32) outs(%r0 : tensor<16xf32>) -> tensor<16xf32>
  %o1 = linalg.fill ins(%zero : f32) outs(%o0 : tensor<16x8xf32>) -> tensor<16x8xf32>
  %s = linalg.matmul ins(%q, %k : tensor<16x8xf16>, tensor<8x16xf16>)
      outs(%s1 : tensor<16x16xf32>) -> tensor<16x16xf32>
  %b = tensor.expand_shape %bias [[0, 1]] output_shape [2, 16] : tensor<32xf32> into tensor<2x16xf32>
  %t = linalg.generic {indexing_maps = [#id, affine_map<(i, j) -> (0, j)>, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s, %b : tensor<16x16xf32>, tensor<2x16xf32>) outs(%s0 : tensor<16x16xf32>) {
  ^bb0(%a: f32, %c: f32, %out: f32):
    %0 = arith.addf %a, %c : f32
    linalg.yield %0 : f32
  } -> tensor<16x16xf32>
  %m = linalg.reduce {arith.maximumf} ins(%t : tensor<16x16xf32>) outs(%m1 : tensor<16xf32>) dimensions = [1]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%t, %m : tensor<16x16xf32>, tensor<16xf32>) outs(%s0 : tensor<16x16xf32>) {
  ^bb0(%a: f32, %c: f32, %out: f32):
    %0 = arith.subf %a, %c : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> tensor<16x16xf32>
  %l = linalg.reduce {arith.addf} ins(%e : tensor<16x16xf32>) outs(%l1 : tensor<16xf32>) dimensions = [1]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%e, %l : tensor<16x16xf32>, tensor<16xf32>) outs(%s0 : tensor<16x16xf32>) {
  ^bb0(%a: f32, %c: f32, %out: f32):
    %0 = arith.divf %a, %c : f32
    linalg.yield %0 : f32
  } -> tensor<16x16xf32>
  %o = linalg.matmul ins(%p, %v : tensor<16x16xf32>, tensor<16x8xf16>)
      outs(%o1 : tensor<16x8xf32>) -> tensor<16x8xf32>
  %h = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%o : tensor<16x8xf32>) outs(%h0 : tensor<16x8xf16>) {
  ^bb0(%a: f32, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    linalg.yield %0 : f16
  } -> tensor<16x8xf16>
  return %h : tensor<16x8xf16>
}

// The first row is changed, the others are not.
// CHECK-LABEL: func.func @one_row(
// CHECK: %[[B:.*]] = linalg.generic
// CHECK: attn.forward
// CHECK: ^bb0({{.*}}, {{.*}}, {{.*}}, %[[I:.*]]: index, %[[J:.*]]: index):
// CHECK: tensor.extract %[[B]][%[[I]], %[[J]]] : tensor<16x16xf32>
func.func @one_row(%q: tensor<16x8xf16>, %k: tensor<8x16xf16>, %v: tensor<16x8xf16>, %bias: tensor<16xf32>, %old: tensor<16x16xf32>) -> tensor<16x8xf16> {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %s0 = tensor.empty() : tensor<16x16xf32>
  %r0 = tensor.empty() : tensor<16xf32>
  %o0 = tensor.empty() : tensor<16x8xf32>
  %h0 = tensor.empty() : tensor<16x8xf16>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<16x16xf32>) -> tensor<16x16xf32>
  %m1 = linalg.fill ins(%low : f32) outs(%r0 : tensor<16xf32>) -> tensor<16xf32>
  %l1 = linalg.fill ins(%zero : f32) outs(%r0 : tensor<16xf32>) -> tensor<16xf32>
  %o1 = linalg.fill ins(%zero : f32) outs(%o0 : tensor<16x8xf32>) -> tensor<16x8xf32>
  %s = linalg.matmul ins(%q, %k : tensor<16x8xf16>, tensor<8x16xf16>)
      outs(%s1 : tensor<16x16xf32>) -> tensor<16x16xf32>
  %b = linalg.generic {indexing_maps = [affine_map<(j) -> (j)>, affine_map<(j) -> (0, j)>], iterator_types = ["parallel"]}
      ins(%bias : tensor<16xf32>) outs(%old : tensor<16x16xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %a, %out : f32
    linalg.yield %0 : f32
  } -> tensor<16x16xf32>
  %t = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s, %b : tensor<16x16xf32>, tensor<16x16xf32>) outs(%s0 : tensor<16x16xf32>) {
  ^bb0(%a: f32, %c: f32, %out: f32):
    %0 = arith.addf %a, %c : f32
    linalg.yield %0 : f32
  } -> tensor<16x16xf32>
  %m = linalg.reduce {arith.maximumf} ins(%t : tensor<16x16xf32>) outs(%m1 : tensor<16xf32>) dimensions = [1]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%t, %m : tensor<16x16xf32>, tensor<16xf32>) outs(%s0 : tensor<16x16xf32>) {
  ^bb0(%a: f32, %c: f32, %out: f32):
    %0 = arith.subf %a, %c : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> tensor<16x16xf32>
  %l = linalg.reduce {arith.addf} ins(%e : tensor<16x16xf32>) outs(%l1 : tensor<16xf32>) dimensions = [1]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%e, %l : tensor<16x16xf32>, tensor<16xf32>) outs(%s0 : tensor<16x16xf32>) {
  ^bb0(%a: f32, %c: f32, %out: f32):
    %0 = arith.divf %a, %c : f32
    linalg.yield %0 : f32
  } -> tensor<16x16xf32>
  %o = linalg.matmul ins(%p, %v : tensor<16x16xf32>, tensor<16x8xf16>)
      outs(%o1 : tensor<16x8xf32>) -> tensor<16x8xf32>
  %h = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%o : tensor<16x8xf32>) outs(%h0 : tensor<16x8xf16>) {
  ^bb0(%a: f32, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    linalg.yield %0 : f16
  } -> tensor<16x8xf16>
  return %h : tensor<16x8xf16>
}

// The diagonal is changed.
// CHECK-LABEL: func.func @diagonal(
// CHECK: %[[B:.*]] = linalg.generic
// CHECK: attn.forward
// CHECK: ^bb0({{.*}}, {{.*}}, {{.*}}, %[[I:.*]]: index, %[[J:.*]]: index):
// CHECK: tensor.extract %[[B]][%[[I]], %[[J]]] : tensor<16x16xf32>
func.func @diagonal(%q: tensor<16x8xf16>, %k: tensor<8x16xf16>, %v: tensor<16x8xf16>, %bias: tensor<16xf32>, %old: tensor<16x16xf32>) -> tensor<16x8xf16> {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %s0 = tensor.empty() : tensor<16x16xf32>
  %r0 = tensor.empty() : tensor<16xf32>
  %o0 = tensor.empty() : tensor<16x8xf32>
  %h0 = tensor.empty() : tensor<16x8xf16>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<16x16xf32>) -> tensor<16x16xf32>
  %m1 = linalg.fill ins(%low : f32) outs(%r0 : tensor<16xf32>) -> tensor<16xf32>
  %l1 = linalg.fill ins(%zero : f32) outs(%r0 : tensor<16xf32>) -> tensor<16xf32>
  %o1 = linalg.fill ins(%zero : f32) outs(%o0 : tensor<16x8xf32>) -> tensor<16x8xf32>
  %s = linalg.matmul ins(%q, %k : tensor<16x8xf16>, tensor<8x16xf16>)
      outs(%s1 : tensor<16x16xf32>) -> tensor<16x16xf32>
  %b = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i, i)>], iterator_types = ["parallel"]}
      ins(%bias : tensor<16xf32>) outs(%old : tensor<16x16xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %a, %out : f32
    linalg.yield %0 : f32
  } -> tensor<16x16xf32>
  %t = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s, %b : tensor<16x16xf32>, tensor<16x16xf32>) outs(%s0 : tensor<16x16xf32>) {
  ^bb0(%a: f32, %c: f32, %out: f32):
    %0 = arith.addf %a, %c : f32
    linalg.yield %0 : f32
  } -> tensor<16x16xf32>
  %m = linalg.reduce {arith.maximumf} ins(%t : tensor<16x16xf32>) outs(%m1 : tensor<16xf32>) dimensions = [1]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%t, %m : tensor<16x16xf32>, tensor<16xf32>) outs(%s0 : tensor<16x16xf32>) {
  ^bb0(%a: f32, %c: f32, %out: f32):
    %0 = arith.subf %a, %c : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> tensor<16x16xf32>
  %l = linalg.reduce {arith.addf} ins(%e : tensor<16x16xf32>) outs(%l1 : tensor<16xf32>) dimensions = [1]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%e, %l : tensor<16x16xf32>, tensor<16xf32>) outs(%s0 : tensor<16x16xf32>) {
  ^bb0(%a: f32, %c: f32, %out: f32):
    %0 = arith.divf %a, %c : f32
    linalg.yield %0 : f32
  } -> tensor<16x16xf32>
  %o = linalg.matmul ins(%p, %v : tensor<16x16xf32>, tensor<16x8xf16>)
      outs(%o1 : tensor<16x8xf32>) -> tensor<16x8xf32>
  %h = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%o : tensor<16x8xf32>) outs(%h0 : tensor<16x8xf16>) {
  ^bb0(%a: f32, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    linalg.yield %0 : f16
  } -> tensor<16x8xf16>
  return %h : tensor<16x8xf16>
}

// Each element is written twice, of which one stays.
// CHECK-LABEL: func.func @twice(
// CHECK: %[[B:.*]] = linalg.generic
// CHECK: attn.forward
// CHECK: ^bb0({{.*}}, {{.*}}, {{.*}}, %[[I:.*]]: index, %[[J:.*]]: index):
// CHECK: tensor.extract %[[B]][%[[I]], %[[J]]] : tensor<16x16xf32>
func.func @twice(%q: tensor<16x8xf16>, %k: tensor<8x16xf16>, %v: tensor<16x8xf16>, %bias: tensor<2x16xf32>, %old: tensor<16x16xf32>) -> tensor<16x8xf16> {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %s0 = tensor.empty() : tensor<16x16xf32>
  %r0 = tensor.empty() : tensor<16xf32>
  %o0 = tensor.empty() : tensor<16x8xf32>
  %h0 = tensor.empty() : tensor<16x8xf16>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<16x16xf32>) -> tensor<16x16xf32>
  %m1 = linalg.fill ins(%low : f32) outs(%r0 : tensor<16xf32>) -> tensor<16xf32>
  %l1 = linalg.fill ins(%zero : f32) outs(%r0 : tensor<16xf32>) -> tensor<16xf32>
  %o1 = linalg.fill ins(%zero : f32) outs(%o0 : tensor<16x8xf32>) -> tensor<16x8xf32>
  %s = linalg.matmul ins(%q, %k : tensor<16x8xf16>, tensor<8x16xf16>)
      outs(%s1 : tensor<16x16xf32>) -> tensor<16x16xf32>
  %b = linalg.generic {indexing_maps = [affine_map<(i, j, n) -> (n, j)>, affine_map<(i, j, n) -> (i, j)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%bias : tensor<2x16xf32>) outs(%old : tensor<16x16xf32>) {
  ^bb0(%a: f32, %out: f32):
    linalg.yield %a : f32
  } -> tensor<16x16xf32>
  %t = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s, %b : tensor<16x16xf32>, tensor<16x16xf32>) outs(%s0 : tensor<16x16xf32>) {
  ^bb0(%a: f32, %c: f32, %out: f32):
    %0 = arith.addf %a, %c : f32
    linalg.yield %0 : f32
  } -> tensor<16x16xf32>
  %m = linalg.reduce {arith.maximumf} ins(%t : tensor<16x16xf32>) outs(%m1 : tensor<16xf32>) dimensions = [1]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%t, %m : tensor<16x16xf32>, tensor<16xf32>) outs(%s0 : tensor<16x16xf32>) {
  ^bb0(%a: f32, %c: f32, %out: f32):
    %0 = arith.subf %a, %c : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> tensor<16x16xf32>
  %l = linalg.reduce {arith.addf} ins(%e : tensor<16x16xf32>) outs(%l1 : tensor<16xf32>) dimensions = [1]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%e, %l : tensor<16x16xf32>, tensor<16xf32>) outs(%s0 : tensor<16x16xf32>) {
  ^bb0(%a: f32, %c: f32, %out: f32):
    %0 = arith.divf %a, %c : f32
    linalg.yield %0 : f32
  } -> tensor<16x16xf32>
  %o = linalg.matmul ins(%p, %v : tensor<16x16xf32>, tensor<16x8xf16>)
      outs(%o1 : tensor<16x8xf32>) -> tensor<16x8xf32>
  %h = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%o : tensor<16x8xf32>) outs(%h0 : tensor<16x8xf16>) {
  ^bb0(%a: f32, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    linalg.yield %0 : f16
  } -> tensor<16x8xf16>
  return %h : tensor<16x8xf16>
}

// All of them on sines, in f32 so that they can be printed.
func.func private @printMemrefF32(tensor<*xf32>)
func.func @print(%value: tensor<16x8xf16>) {
  %init = tensor.empty() : tensor<16x8xf32>
  %wide = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%value : tensor<16x8xf16>) outs(%init : tensor<16x8xf32>) {
  ^bb0(%in: f16, %out: f32):
    %0 = arith.extf %in : f16 to f32
    linalg.yield %0 : f32
  } -> tensor<16x8xf32>
  %flat = tensor.collapse_shape %wide [[0, 1]] : tensor<16x8xf32> into tensor<128xf32>
  %any = tensor.cast %flat : tensor<128xf32> to tensor<*xf32>
  call @printMemrefF32(%any) : (tensor<*xf32>) -> ()
  return
}
func.func @main() {
  %q = tensor.generate {
  ^bb0(%i0: index, %i1: index):
    %0 = affine.apply affine_map<(a, b) -> (a * 7 + b * 13)>(%i0, %i1)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<16x8xf16>
  %k = tensor.generate {
  ^bb0(%i0: index, %i1: index):
    %0 = affine.apply affine_map<(a, b) -> (a * 8 + b * 14)>(%i0, %i1)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<8x16xf16>
  %v = tensor.generate {
  ^bb0(%i0: index, %i1: index):
    %0 = affine.apply affine_map<(a, b) -> (a * 9 + b * 15)>(%i0, %i1)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<16x8xf16>
  %b_32 = tensor.generate {
  ^bb0(%i0: index):
    %0 = affine.apply affine_map<(a) -> (a * 11)>(%i0)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    tensor.yield %3 : f32
  } : tensor<32xf32>
  %b_16 = tensor.generate {
  ^bb0(%i0: index):
    %0 = affine.apply affine_map<(a) -> (a * 17)>(%i0)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    tensor.yield %3 : f32
  } : tensor<16xf32>
  %b_2_16 = tensor.generate {
  ^bb0(%i0: index, %i1: index):
    %0 = affine.apply affine_map<(a, b) -> (a * 19 + b * 23)>(%i0, %i1)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    tensor.yield %3 : f32
  } : tensor<2x16xf32>
  %old = tensor.generate {
  ^bb0(%i0: index, %i1: index):
    %0 = affine.apply affine_map<(a, b) -> (a * 25 + b * 3)>(%i0, %i1)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    tensor.yield %3 : f32
  } : tensor<16x16xf32>
  %every_other = call @every_other(%q, %k, %v, %b_32)
      : (tensor<16x8xf16>, tensor<8x16xf16>, tensor<16x8xf16>, tensor<32xf32>) -> tensor<16x8xf16>
  call @print(%every_other) : (tensor<16x8xf16>) -> ()
  %remainder = call @remainder(%q, %k, %v, %b_32)
      : (tensor<16x8xf16>, tensor<8x16xf16>, tensor<16x8xf16>, tensor<32xf32>) -> tensor<16x8xf16>
  call @print(%remainder) : (tensor<16x8xf16>) -> ()
  %first_row = call @first_row(%q, %k, %v, %b_32)
      : (tensor<16x8xf16>, tensor<8x16xf16>, tensor<16x8xf16>, tensor<32xf32>) -> tensor<16x8xf16>
  call @print(%first_row) : (tensor<16x8xf16>) -> ()
  %one_row = call @one_row(%q, %k, %v, %b_16, %old)
      : (tensor<16x8xf16>, tensor<8x16xf16>, tensor<16x8xf16>, tensor<16xf32>, tensor<16x16xf32>) -> tensor<16x8xf16>
  call @print(%one_row) : (tensor<16x8xf16>) -> ()
  %diagonal = call @diagonal(%q, %k, %v, %b_16, %old)
      : (tensor<16x8xf16>, tensor<8x16xf16>, tensor<16x8xf16>, tensor<16xf32>, tensor<16x16xf32>) -> tensor<16x8xf16>
  call @print(%diagonal) : (tensor<16x8xf16>) -> ()
  %twice = call @twice(%q, %k, %v, %b_2_16, %old)
      : (tensor<16x8xf16>, tensor<8x16xf16>, tensor<16x8xf16>, tensor<2x16xf32>, tensor<16x16xf32>) -> tensor<16x8xf16>
  call @print(%twice) : (tensor<16x8xf16>) -> ()
  return
}
