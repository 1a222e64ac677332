// Masks by places in integers that may be too narrow for them. What wraps must wrap
// in the raised form too.

// RUN: fa3-opt %s --raise-to-attn --canonicalize | FileCheck %s

// DEFINE: %{lower} = fa3-opt --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" \
// DEFINE:   --convert-linalg-to-loops --attn-to-cpu
// DEFINE: %{run} = mlir-runner --entry-point-result=void \
// DEFINE:   --shared-libs=%llvm_lib/libmlir_runner_utils.so,%llvm_lib/libmlir_c_runner_utils.so,%llvm_lib/libmlir_float16_utils.so
// RUN: %{lower} %s | %{run} > %t.before
// RUN: fa3-opt %s --raise-to-attn | %{lower} | %{run} > %t.after
// RUN: %python %S/Inputs/compare.py %t.before %t.after --tolerance 2e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS
// NUMBERS: 2816 numbers, largest difference {{.*}}, 0 failed

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>
#row = affine_map<(b, i, j) -> (b, i)>
#p = affine_map<(b, i, d, j) -> (b, i, j)>
#v = affine_map<(b, i, d, j) -> (b, j, d)>
#o = affine_map<(b, i, d, j) -> (b, i, d)>

// The places of 144 keys wrap in 8 bits: what is seen is no band.
// CHECK-LABEL: func.func @wraps(
// CHECK: attn.forward {{.*}}scale = 1.000000e+00 : f32} score {
// CHECK: arith.index_cast %{{.*}} : index to i8
// CHECK: arith.cmpi sle, %{{.*}} : i8
func.func @wraps(%q: tensor<1x144x8xf16>, %k: tensor<1x144x8xf16>, %v: tensor<1x144x8xf16>) -> tensor<1x144x8xf16> {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %low = arith.constant 0xFF800000 : f32
  %s0 = tensor.empty() : tensor<1x144x144xf32>
  %r0 = tensor.empty() : tensor<1x144xf32>
  %o0 = tensor.empty() : tensor<1x144x8xf16>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<1x144x144xf32>) -> tensor<1x144x144xf32>
  %m1 = linalg.fill ins(%low : f32) outs(%r0 : tensor<1x144xf32>) -> tensor<1x144xf32>
  %l1 = linalg.fill ins(%zero : f32) outs(%r0 : tensor<1x144xf32>) -> tensor<1x144xf32>
  %o1 = linalg.fill ins(%half : f16) outs(%o0 : tensor<1x144x8xf16>) -> tensor<1x144x8xf16>
  %s = linalg.generic {indexing_maps = [#q, #k, #s],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<1x144x8xf16>, tensor<1x144x8xf16>) outs(%s1 : tensor<1x144x144xf32>) {
  ^bb0(%a: f16, %b: f16, %out: f32):
    %0 = arith.extf %a : f16 to f32
    %1 = arith.extf %b : f16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %out, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<1x144x144xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<1x144x144xf32>) outs(%s0 : tensor<1x144x144xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %row = arith.index_cast %i : index to i8
    %key = arith.index_cast %j : index to i8
    %seen = arith.cmpi sle, %key, %row : i8
    %0 = arith.select %seen, %a, %low : f32
    linalg.yield %0 : f32
  } -> tensor<1x144x144xf32>
  %max = linalg.reduce {arith.maximumf} ins(%t : tensor<1x144x144xf32>) outs(%m1 : tensor<1x144xf32>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%t, %max : tensor<1x144x144xf32>, tensor<1x144xf32>) outs(%s0 : tensor<1x144x144xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %0 = arith.subf %a, %m : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> tensor<1x144x144xf32>
  %sum = linalg.reduce {arith.addf} ins(%e : tensor<1x144x144xf32>) outs(%l1 : tensor<1x144xf32>) dimensions = [2]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %sum : tensor<1x144x144xf32>, tensor<1x144xf32>) outs(%s0 : tensor<1x144x144xf32>) {
  ^bb0(%a: f32, %l: f32, %out: f32):
    %0 = arith.divf %a, %l : f32
    linalg.yield %0 : f32
  } -> tensor<1x144x144xf32>
  %o = linalg.generic {indexing_maps = [#p, #v, #o],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<1x144x144xf32>, tensor<1x144x8xf16>) outs(%o1 : tensor<1x144x8xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    %1 = arith.mulf %0, %b : f16
    %2 = arith.addf %out, %1 : f16
    linalg.yield %2 : f16
  } -> tensor<1x144x8xf16>
  return %o : tensor<1x144x8xf16>
}

// The same after a truncation, sign extended again.
// CHECK-LABEL: func.func @truncates(
// CHECK: attn.forward {{.*}}scale = 1.000000e+00 : f32} score {
// CHECK: arith.trunci %{{.*}} : i32 to i8
func.func @truncates(%q: tensor<1x144x8xf16>, %k: tensor<1x144x8xf16>, %v: tensor<1x144x8xf16>) -> tensor<1x144x8xf16> {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %low = arith.constant 0xFF800000 : f32
  %s0 = tensor.empty() : tensor<1x144x144xf32>
  %r0 = tensor.empty() : tensor<1x144xf32>
  %o0 = tensor.empty() : tensor<1x144x8xf16>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<1x144x144xf32>) -> tensor<1x144x144xf32>
  %m1 = linalg.fill ins(%low : f32) outs(%r0 : tensor<1x144xf32>) -> tensor<1x144xf32>
  %l1 = linalg.fill ins(%zero : f32) outs(%r0 : tensor<1x144xf32>) -> tensor<1x144xf32>
  %o1 = linalg.fill ins(%half : f16) outs(%o0 : tensor<1x144x8xf16>) -> tensor<1x144x8xf16>
  %s = linalg.generic {indexing_maps = [#q, #k, #s],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<1x144x8xf16>, tensor<1x144x8xf16>) outs(%s1 : tensor<1x144x144xf32>) {
  ^bb0(%a: f16, %b: f16, %out: f32):
    %0 = arith.extf %a : f16 to f32
    %1 = arith.extf %b : f16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %out, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<1x144x144xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<1x144x144xf32>) outs(%s0 : tensor<1x144x144xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %row = arith.index_cast %i : index to i32
    %key = arith.index_cast %j : index to i32
    %distance = arith.subi %key, %row : i32
    %narrow = arith.trunci %distance : i32 to i8
    %wide = arith.extsi %narrow : i8 to i32
    %limit = arith.constant 0 : i32
    %seen = arith.cmpi sle, %wide, %limit : i32
    %0 = arith.select %seen, %a, %low : f32
    linalg.yield %0 : f32
  } -> tensor<1x144x144xf32>
  %max = linalg.reduce {arith.maximumf} ins(%t : tensor<1x144x144xf32>) outs(%m1 : tensor<1x144xf32>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%t, %max : tensor<1x144x144xf32>, tensor<1x144xf32>) outs(%s0 : tensor<1x144x144xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %0 = arith.subf %a, %m : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> tensor<1x144x144xf32>
  %sum = linalg.reduce {arith.addf} ins(%e : tensor<1x144x144xf32>) outs(%l1 : tensor<1x144xf32>) dimensions = [2]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %sum : tensor<1x144x144xf32>, tensor<1x144xf32>) outs(%s0 : tensor<1x144x144xf32>) {
  ^bb0(%a: f32, %l: f32, %out: f32):
    %0 = arith.divf %a, %l : f32
    linalg.yield %0 : f32
  } -> tensor<1x144x144xf32>
  %o = linalg.generic {indexing_maps = [#p, #v, #o],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<1x144x144xf32>, tensor<1x144x8xf16>) outs(%o1 : tensor<1x144x8xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    %1 = arith.mulf %0, %b : f16
    %2 = arith.addf %out, %1 : f16
    linalg.yield %2 : f16
  } -> tensor<1x144x8xf16>
  return %o : tensor<1x144x8xf16>
}

// 16 places do not.
// CHECK-LABEL: func.func @fits(
// CHECK: attn.forward {{.*}} {causal, layout = #attn.layout<bhsd>, scale = 1.000000e+00 : f32}
func.func @fits(%q: tensor<2x16x8xf16>, %k: tensor<2x16x8xf16>, %v: tensor<2x16x8xf16>) -> tensor<2x16x8xf16> {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %low = arith.constant 0xFF800000 : f32
  %s0 = tensor.empty() : tensor<2x16x16xf32>
  %r0 = tensor.empty() : tensor<2x16xf32>
  %o0 = tensor.empty() : tensor<2x16x8xf16>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<2x16x16xf32>) -> tensor<2x16x16xf32>
  %m1 = linalg.fill ins(%low : f32) outs(%r0 : tensor<2x16xf32>) -> tensor<2x16xf32>
  %l1 = linalg.fill ins(%zero : f32) outs(%r0 : tensor<2x16xf32>) -> tensor<2x16xf32>
  %o1 = linalg.fill ins(%half : f16) outs(%o0 : tensor<2x16x8xf16>) -> tensor<2x16x8xf16>
  %s = linalg.generic {indexing_maps = [#q, #k, #s],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<2x16x8xf16>, tensor<2x16x8xf16>) outs(%s1 : tensor<2x16x16xf32>) {
  ^bb0(%a: f16, %b: f16, %out: f32):
    %0 = arith.extf %a : f16 to f32
    %1 = arith.extf %b : f16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %out, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<2x16x16xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<2x16x16xf32>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %row = arith.index_cast %i : index to i8
    %key = arith.index_cast %j : index to i8
    %seen = arith.cmpi sle, %key, %row : i8
    %0 = arith.select %seen, %a, %low : f32
    linalg.yield %0 : f32
  } -> tensor<2x16x16xf32>
  %max = linalg.reduce {arith.maximumf} ins(%t : tensor<2x16x16xf32>) outs(%m1 : tensor<2x16xf32>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%t, %max : tensor<2x16x16xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %0 = arith.subf %a, %m : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> tensor<2x16x16xf32>
  %sum = linalg.reduce {arith.addf} ins(%e : tensor<2x16x16xf32>) outs(%l1 : tensor<2x16xf32>) dimensions = [2]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %sum : tensor<2x16x16xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%a: f32, %l: f32, %out: f32):
    %0 = arith.divf %a, %l : f32
    linalg.yield %0 : f32
  } -> tensor<2x16x16xf32>
  %o = linalg.generic {indexing_maps = [#p, #v, #o],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<2x16x16xf32>, tensor<2x16x8xf16>) outs(%o1 : tensor<2x16x8xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    %1 = arith.mulf %0, %b : f16
    %2 = arith.addf %out, %1 : f16
    linalg.yield %2 : f16
  } -> tensor<2x16x8xf16>
  return %o : tensor<2x16x8xf16>
}

// A sum in 32 bits that wraps behind the row: a mask that is causal, and looks like a
// window.
// CHECK-LABEL: func.func @shift_wraps(
// CHECK: attn.forward {{.*}}scale = 1.000000e+00 : f32} score {
func.func @shift_wraps(%q: tensor<2x16x8xf16>, %k: tensor<2x16x8xf16>, %v: tensor<2x16x8xf16>) -> tensor<2x16x8xf16> {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %low = arith.constant 0xFF800000 : f32
  %s0 = tensor.empty() : tensor<2x16x16xf32>
  %r0 = tensor.empty() : tensor<2x16xf32>
  %o0 = tensor.empty() : tensor<2x16x8xf16>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<2x16x16xf32>) -> tensor<2x16x16xf32>
  %m1 = linalg.fill ins(%low : f32) outs(%r0 : tensor<2x16xf32>) -> tensor<2x16xf32>
  %l1 = linalg.fill ins(%zero : f32) outs(%r0 : tensor<2x16xf32>) -> tensor<2x16xf32>
  %o1 = linalg.fill ins(%half : f16) outs(%o0 : tensor<2x16x8xf16>) -> tensor<2x16x8xf16>
  %s = linalg.generic {indexing_maps = [#q, #k, #s],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<2x16x8xf16>, tensor<2x16x8xf16>) outs(%s1 : tensor<2x16x16xf32>) {
  ^bb0(%a: f16, %b: f16, %out: f32):
    %0 = arith.extf %a : f16 to f32
    %1 = arith.extf %b : f16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %out, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<2x16x16xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<2x16x16xf32>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %row = arith.index_cast %i : index to i32
    %key = arith.index_cast %j : index to i32
    %far = arith.constant 2147483647 : i32
    %none = arith.constant 0 : i32
    %distance = arith.subi %key, %row : i32
    %sum = arith.addi %distance, %far : i32
    %seen = arith.cmpi sge, %sum, %none : i32
    %0 = arith.select %seen, %a, %low : f32
    linalg.yield %0 : f32
  } -> tensor<2x16x16xf32>
  %max = linalg.reduce {arith.maximumf} ins(%t : tensor<2x16x16xf32>) outs(%m1 : tensor<2x16xf32>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%t, %max : tensor<2x16x16xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %0 = arith.subf %a, %m : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> tensor<2x16x16xf32>
  %sum = linalg.reduce {arith.addf} ins(%e : tensor<2x16x16xf32>) outs(%l1 : tensor<2x16xf32>) dimensions = [2]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %sum : tensor<2x16x16xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%a: f32, %l: f32, %out: f32):
    %0 = arith.divf %a, %l : f32
    linalg.yield %0 : f32
  } -> tensor<2x16x16xf32>
  %o = linalg.generic {indexing_maps = [#p, #v, #o],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<2x16x16xf32>, tensor<2x16x8xf16>) outs(%o1 : tensor<2x16x8xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    %1 = arith.mulf %0, %b : f16
    %2 = arith.addf %out, %1 : f16
    linalg.yield %2 : f16
  } -> tensor<2x16x8xf16>
  return %o : tensor<2x16x8xf16>
}

// Lengths that are open, counted in 32 bits. This one is not run.
// CHECK-LABEL: func.func @open(
// CHECK: attn.forward {{.*}} {alignment = #attn.alignment<top_left>, layout = #attn.layout<bhsd>, scale = 1.000000e+00 : f32, window = #attn.window<right = 3>}
func.func @open(%q: tensor<2x?x8xf16>, %k: tensor<2x?x8xf16>, %v: tensor<2x?x8xf16>,
    %s0: tensor<2x?x?xf32>, %r0: tensor<2x?xf32>, %o0: tensor<2x?x8xf16>) -> tensor<2x?x8xf16> {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %low = arith.constant 0xFF800000 : f32
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<2x?x?xf32>) -> tensor<2x?x?xf32>
  %m1 = linalg.fill ins(%low : f32) outs(%r0 : tensor<2x?xf32>) -> tensor<2x?xf32>
  %l1 = linalg.fill ins(%zero : f32) outs(%r0 : tensor<2x?xf32>) -> tensor<2x?xf32>
  %o1 = linalg.fill ins(%half : f16) outs(%o0 : tensor<2x?x8xf16>) -> tensor<2x?x8xf16>
  %s = linalg.generic {indexing_maps = [#q, #k, #s],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<2x?x8xf16>, tensor<2x?x8xf16>) outs(%s1 : tensor<2x?x?xf32>) {
  ^bb0(%a: f16, %b: f16, %out: f32):
    %0 = arith.extf %a : f16 to f32
    %1 = arith.extf %b : f16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %out, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<2x?x?xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<2x?x?xf32>) outs(%s0 : tensor<2x?x?xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %row = arith.index_cast %i : index to i32
    %key = arith.index_cast %j : index to i32
    %shift = arith.constant 3 : i32
    %end = arith.addi %row, %shift : i32
    %seen = arith.cmpi sle, %key, %end : i32
    %0 = arith.select %seen, %a, %low : f32
    linalg.yield %0 : f32
  } -> tensor<2x?x?xf32>
  %max = linalg.reduce {arith.maximumf} ins(%t : tensor<2x?x?xf32>) outs(%m1 : tensor<2x?xf32>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%t, %max : tensor<2x?x?xf32>, tensor<2x?xf32>) outs(%s0 : tensor<2x?x?xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %0 = arith.subf %a, %m : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> tensor<2x?x?xf32>
  %sum = linalg.reduce {arith.addf} ins(%e : tensor<2x?x?xf32>) outs(%l1 : tensor<2x?xf32>) dimensions = [2]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %sum : tensor<2x?x?xf32>, tensor<2x?xf32>) outs(%s0 : tensor<2x?x?xf32>) {
  ^bb0(%a: f32, %l: f32, %out: f32):
    %0 = arith.divf %a, %l : f32
    linalg.yield %0 : f32
  } -> tensor<2x?x?xf32>
  %o = linalg.generic {indexing_maps = [#p, #v, #o],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<2x?x?xf32>, tensor<2x?x8xf16>) outs(%o1 : tensor<2x?x8xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    %1 = arith.mulf %0, %b : f16
    %2 = arith.addf %out, %1 : f16
    linalg.yield %2 : f16
  } -> tensor<2x?x8xf16>
  return %o : tensor<2x?x8xf16>
}

// All but the last on sines, in f32 so that they can be printed.
func.func private @printMemrefF32(tensor<*xf32>)
func.func @print(%value: tensor<?x?x8xf16>, %init: tensor<?x?x8xf32>) {
  %wide = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
  ins(%value : tensor<?x?x8xf16>) outs(%init : tensor<?x?x8xf32>) {
  ^bb0(%in: f16, %out: f32):
    %0 = arith.extf %in : f16 to f32
    linalg.yield %0 : f32
  } -> tensor<?x?x8xf32>
  %flat = tensor.collapse_shape %wide [[0, 1, 2]] : tensor<?x?x8xf32> into tensor<?xf32>
  %any = tensor.cast %flat : tensor<?xf32> to tensor<*xf32>
  call @printMemrefF32(%any) : (tensor<*xf32>) -> ()
  return
}
func.func @main() {
  %q_1_144 = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index):
    %0 = affine.apply affine_map<(a, b, c) -> (a * 7 + b * 13 + c * 29)>(%i0, %i1, %i2)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<1x144x8xf16>
  %k_1_144 = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index):
    %0 = affine.apply affine_map<(a, b, c) -> (a * 8 + b * 14 + c * 30)>(%i0, %i1, %i2)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<1x144x8xf16>
  %v_1_144 = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index):
    %0 = affine.apply affine_map<(a, b, c) -> (a * 9 + b * 15 + c * 31)>(%i0, %i1, %i2)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<1x144x8xf16>
  %q_2_16 = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index):
    %0 = affine.apply affine_map<(a, b, c) -> (a * 7 + b * 13 + c * 29)>(%i0, %i1, %i2)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x16x8xf16>
  %k_2_16 = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index):
    %0 = affine.apply affine_map<(a, b, c) -> (a * 8 + b * 14 + c * 30)>(%i0, %i1, %i2)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x16x8xf16>
  %v_2_16 = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index):
    %0 = affine.apply affine_map<(a, b, c) -> (a * 9 + b * 15 + c * 31)>(%i0, %i1, %i2)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x16x8xf16>
  %wraps = call @wraps(%q_1_144, %k_1_144, %v_1_144) : (tensor<1x144x8xf16>, tensor<1x144x8xf16>, tensor<1x144x8xf16>) -> tensor<1x144x8xf16>
  %wraps_any = tensor.cast %wraps : tensor<1x144x8xf16> to tensor<?x?x8xf16>
  %wraps_init = tensor.empty() : tensor<1x144x8xf32>
  %wraps_open = tensor.cast %wraps_init : tensor<1x144x8xf32> to tensor<?x?x8xf32>
  call @print(%wraps_any, %wraps_open) : (tensor<?x?x8xf16>, tensor<?x?x8xf32>) -> ()
  %truncates = call @truncates(%q_1_144, %k_1_144, %v_1_144) : (tensor<1x144x8xf16>, tensor<1x144x8xf16>, tensor<1x144x8xf16>) -> tensor<1x144x8xf16>
  %truncates_any = tensor.cast %truncates : tensor<1x144x8xf16> to tensor<?x?x8xf16>
  %truncates_init = tensor.empty() : tensor<1x144x8xf32>
  %truncates_open = tensor.cast %truncates_init : tensor<1x144x8xf32> to tensor<?x?x8xf32>
  call @print(%truncates_any, %truncates_open) : (tensor<?x?x8xf16>, tensor<?x?x8xf32>) -> ()
  %fits = call @fits(%q_2_16, %k_2_16, %v_2_16) : (tensor<2x16x8xf16>, tensor<2x16x8xf16>, tensor<2x16x8xf16>) -> tensor<2x16x8xf16>
  %fits_any = tensor.cast %fits : tensor<2x16x8xf16> to tensor<?x?x8xf16>
  %fits_init = tensor.empty() : tensor<2x16x8xf32>
  %fits_open = tensor.cast %fits_init : tensor<2x16x8xf32> to tensor<?x?x8xf32>
  call @print(%fits_any, %fits_open) : (tensor<?x?x8xf16>, tensor<?x?x8xf32>) -> ()
  %shift_wraps = call @shift_wraps(%q_2_16, %k_2_16, %v_2_16) : (tensor<2x16x8xf16>, tensor<2x16x8xf16>, tensor<2x16x8xf16>) -> tensor<2x16x8xf16>
  %shift_wraps_any = tensor.cast %shift_wraps : tensor<2x16x8xf16> to tensor<?x?x8xf16>
  %shift_wraps_init = tensor.empty() : tensor<2x16x8xf32>
  %shift_wraps_open = tensor.cast %shift_wraps_init : tensor<2x16x8xf32> to tensor<?x?x8xf32>
  call @print(%shift_wraps_any, %shift_wraps_open) : (tensor<?x?x8xf16>, tensor<?x?x8xf32>) -> ()
  return
}
