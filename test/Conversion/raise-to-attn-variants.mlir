// Forms in which attention may be written, and that are raised where the numbers
// stay what they were: other bases and factors of exponents, shared heads, products
// with more in their bodies.

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

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#shared_k = affine_map<(b, i, j, d) -> (b floordiv 4, j, d)>
#strided_k = affine_map<(b, i, j, d) -> (b mod 2, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>
#row = affine_map<(b, i, j) -> (b, i)>
#p = affine_map<(b, i, d, j) -> (b, i, j)>
#sum = affine_map<(b, i, d, j) -> (b, i)>
#v = affine_map<(b, i, d, j) -> (b, j, d)>
#shared_v = affine_map<(b, i, d, j) -> (b floordiv 4, j, d)>
#strided_v = affine_map<(b, i, d, j) -> (b mod 2, j, d)>
#o = affine_map<(b, i, d, j) -> (b, i, d)>

// Powers of 2 of a score with a place in it; keys behind the row are hidden.
// CHECK-LABEL: func.func @powers(
// CHECK: attn.forward {{.*}} {causal, layout = #attn.layout<bhsd>, scale = 1.000000e+00 : f32} score {
// CHECK: %[[S:.*]] = arith.addf
// CHECK: %[[E:.*]] = arith.mulf %[[S]], %{{.*}} : f32
// CHECK: attn.yield %[[E]]
func.func @powers(%q: tensor<2x16x8xf16>, %k: tensor<2x16x8xf16>, %v: tensor<2x16x8xf16>) -> tensor<2x16x8xf16> {
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
    %hidden = arith.constant -1.0e9 : f32
    %step = arith.constant 0.125 : f32
    %key = arith.index_cast %j : index to i32
    %number = arith.sitofp %key : i32 to f32
    %bias = arith.mulf %number, %step : f32
    %0 = arith.addf %a, %bias : f32
    %seen = arith.cmpi sle, %j, %i : index
    %1 = arith.select %seen, %0, %hidden : f32
    linalg.yield %1 : f32
  } -> tensor<2x16x16xf32>
  %max = linalg.reduce {arith.maximumf} ins(%t : tensor<2x16x16xf32>) outs(%m1 : tensor<2x16xf32>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%t, %max : tensor<2x16x16xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %0 = arith.subf %a, %m : f32
    %1 = math.exp2 %0 : f32
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

// A factor of the exponents is one of the scale, and log2(e) is as good as none.
// CHECK-LABEL: func.func @factor(
// CHECK: attn.forward {{.*}} scale = 2.500000e-01 : f32}
func.func @factor(%q: tensor<2x16x8xf16>, %k: tensor<2x24x8xf16>, %v: tensor<2x24x8xf16>) -> tensor<2x16x8xf16> {
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
  %s = linalg.generic {indexing_maps = [#q, #k, #s],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<2x16x8xf16>, tensor<2x24x8xf16>) outs(%s1 : tensor<2x16x24xf32>) {
  ^bb0(%a: f16, %b: f16, %out: f32):
    %0 = arith.extf %a : f16 to f32
    %1 = arith.extf %b : f16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %out, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<2x16x24xf32>
  %max = linalg.reduce {arith.maximumf} ins(%s : tensor<2x16x24xf32>) outs(%m1 : tensor<2x16xf32>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %max : tensor<2x16x24xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x24xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %factor = arith.constant 0.3606737602 : f32
    %0 = arith.subf %a, %m : f32
    %1 = arith.mulf %factor, %0 : f32
    %2 = math.exp2 %1 : f32
    linalg.yield %2 : f32
  } -> tensor<2x16x24xf32>
  %sum = linalg.reduce {arith.addf} ins(%e : tensor<2x16x24xf32>) outs(%l1 : tensor<2x16xf32>) dimensions = [2]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %sum : tensor<2x16x24xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x24xf32>) {
  ^bb0(%a: f32, %l: f32, %out: f32):
    %0 = arith.divf %a, %l : f32
    linalg.yield %0 : f32
  } -> tensor<2x16x24xf32>
  %o = linalg.generic {indexing_maps = [#p, #v, #o],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<2x16x24xf32>, tensor<2x24x8xf16>) outs(%o1 : tensor<2x16x8xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    %1 = arith.mulf %0, %b : f16
    %2 = arith.addf %out, %1 : f16
    linalg.yield %2 : f16
  } -> tensor<2x16x8xf16>
  return %o : tensor<2x16x8xf16>
}

// With so small a factor, keys of -1e9 are not hidden.
// CHECK-LABEL: func.func @not_hidden(
// CHECK: attn.forward {{.*}}scale = 1.000000e+00 : f32} score {
// CHECK-NOT: cmpf
func.func @not_hidden(%q: tensor<2x16x8xf16>, %k: tensor<2x16x8xf16>, %v: tensor<2x16x8xf16>) -> tensor<2x16x8xf16> {
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
    %hidden = arith.constant -1.0e9 : f32
    %seen = arith.cmpi sle, %j, %i : index
    %0 = arith.select %seen, %a, %hidden : f32
    linalg.yield %0 : f32
  } -> tensor<2x16x16xf32>
  %max = linalg.reduce {arith.maximumf} ins(%t : tensor<2x16x16xf32>) outs(%m1 : tensor<2x16xf32>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%t, %max : tensor<2x16x16xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %factor = arith.constant 1.0e-9 : f32
    %0 = arith.subf %a, %m : f32
    %1 = arith.mulf %0, %factor : f32
    %2 = math.exp %1 : f32
    linalg.yield %2 : f32
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

// Four heads after each other share one of K and V.
// CHECK-LABEL: func.func @shared(
// CHECK-SAME: %[[Q:.*]]: tensor<8x16x8xf16>, %[[K:.*]]: tensor<2x24x8xf16>
// CHECK: attn.forward {{.*}} tensor<1x8x16x8xf16>, tensor<1x2x24x8xf16>, tensor<1x2x24x8xf16>)
func.func @shared(%q: tensor<8x16x8xf16>, %k: tensor<2x24x8xf16>, %v: tensor<2x24x8xf16>) -> tensor<8x16x8xf16> {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %low = arith.constant 0xFF800000 : f32
  %s0 = tensor.empty() : tensor<8x16x24xf32>
  %r0 = tensor.empty() : tensor<8x16xf32>
  %o0 = tensor.empty() : tensor<8x16x8xf16>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<8x16x24xf32>) -> tensor<8x16x24xf32>
  %m1 = linalg.fill ins(%low : f32) outs(%r0 : tensor<8x16xf32>) -> tensor<8x16xf32>
  %l1 = linalg.fill ins(%zero : f32) outs(%r0 : tensor<8x16xf32>) -> tensor<8x16xf32>
  %o1 = linalg.fill ins(%half : f16) outs(%o0 : tensor<8x16x8xf16>) -> tensor<8x16x8xf16>
  %s = linalg.generic {indexing_maps = [#q, #shared_k, #s],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<8x16x8xf16>, tensor<2x24x8xf16>) outs(%s1 : tensor<8x16x24xf32>) {
  ^bb0(%a: f16, %b: f16, %out: f32):
    %0 = arith.extf %a : f16 to f32
    %1 = arith.extf %b : f16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %out, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<8x16x24xf32>
  %max = linalg.reduce {arith.maximumf} ins(%s : tensor<8x16x24xf32>) outs(%m1 : tensor<8x16xf32>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %max : tensor<8x16x24xf32>, tensor<8x16xf32>) outs(%s0 : tensor<8x16x24xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %0 = arith.subf %a, %m : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> tensor<8x16x24xf32>
  %sum = linalg.reduce {arith.addf} ins(%e : tensor<8x16x24xf32>) outs(%l1 : tensor<8x16xf32>) dimensions = [2]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %sum : tensor<8x16x24xf32>, tensor<8x16xf32>) outs(%s0 : tensor<8x16x24xf32>) {
  ^bb0(%a: f32, %l: f32, %out: f32):
    %0 = arith.divf %a, %l : f32
    linalg.yield %0 : f32
  } -> tensor<8x16x24xf32>
  %o = linalg.generic {indexing_maps = [#p, #shared_v, #o],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<8x16x24xf32>, tensor<2x24x8xf16>) outs(%o1 : tensor<8x16x8xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    %1 = arith.mulf %0, %b : f16
    %2 = arith.addf %out, %1 : f16
    linalg.yield %2 : f16
  } -> tensor<8x16x8xf16>
  return %o : tensor<8x16x8xf16>
}

// Every other head shares one.
// CHECK-LABEL: func.func @strided(
// CHECK: linalg.transpose
// CHECK: attn.forward {{.*}} tensor<1x8x16x8xf16>, tensor<1x2x24x8xf16>, tensor<1x2x24x8xf16>)
func.func @strided(%q: tensor<8x16x8xf16>, %k: tensor<2x24x8xf16>, %v: tensor<2x24x8xf16>) -> tensor<8x16x8xf16> {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %low = arith.constant 0xFF800000 : f32
  %s0 = tensor.empty() : tensor<8x16x24xf32>
  %r0 = tensor.empty() : tensor<8x16xf32>
  %o0 = tensor.empty() : tensor<8x16x8xf16>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<8x16x24xf32>) -> tensor<8x16x24xf32>
  %m1 = linalg.fill ins(%low : f32) outs(%r0 : tensor<8x16xf32>) -> tensor<8x16xf32>
  %l1 = linalg.fill ins(%zero : f32) outs(%r0 : tensor<8x16xf32>) -> tensor<8x16xf32>
  %o1 = linalg.fill ins(%half : f16) outs(%o0 : tensor<8x16x8xf16>) -> tensor<8x16x8xf16>
  %s = linalg.generic {indexing_maps = [#q, #strided_k, #s],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<8x16x8xf16>, tensor<2x24x8xf16>) outs(%s1 : tensor<8x16x24xf32>) {
  ^bb0(%a: f16, %b: f16, %out: f32):
    %0 = arith.extf %a : f16 to f32
    %1 = arith.extf %b : f16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %out, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<8x16x24xf32>
  %max = linalg.reduce {arith.maximumf} ins(%s : tensor<8x16x24xf32>) outs(%m1 : tensor<8x16xf32>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %max : tensor<8x16x24xf32>, tensor<8x16xf32>) outs(%s0 : tensor<8x16x24xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %0 = arith.subf %a, %m : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> tensor<8x16x24xf32>
  %sum = linalg.reduce {arith.addf} ins(%e : tensor<8x16x24xf32>) outs(%l1 : tensor<8x16xf32>) dimensions = [2]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %sum : tensor<8x16x24xf32>, tensor<8x16xf32>) outs(%s0 : tensor<8x16x24xf32>) {
  ^bb0(%a: f32, %l: f32, %out: f32):
    %0 = arith.divf %a, %l : f32
    linalg.yield %0 : f32
  } -> tensor<8x16x24xf32>
  %o = linalg.generic {indexing_maps = [#p, #strided_v, #o],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<8x16x24xf32>, tensor<2x24x8xf16>) outs(%o1 : tensor<8x16x8xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    %1 = arith.mulf %0, %b : f16
    %2 = arith.addf %out, %1 : f16
    linalg.yield %2 : f16
  } -> tensor<8x16x8xf16>
  return %o : tensor<8x16x8xf16>
}

// The quotient, as a product with an inverse, stands in the product with V.
// CHECK-LABEL: func.func @fused(
// CHECK: attn.forward {{.*}} {layout = #attn.layout<bhsd>, scale = 1.000000e+00 : f32}
func.func @fused(%q: tensor<2x16x8xf16>, %k: tensor<2x24x8xf16>, %v: tensor<2x24x8xf16>) -> tensor<2x16x8xf16> {
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
  %s = linalg.generic {indexing_maps = [#q, #k, #s],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<2x16x8xf16>, tensor<2x24x8xf16>) outs(%s1 : tensor<2x16x24xf32>) {
  ^bb0(%a: f16, %b: f16, %out: f32):
    %0 = arith.extf %a : f16 to f32
    %1 = arith.extf %b : f16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %out, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<2x16x24xf32>
  %max = linalg.reduce {arith.maximumf} ins(%s : tensor<2x16x24xf32>) outs(%m1 : tensor<2x16xf32>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %max : tensor<2x16x24xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x24xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %0 = arith.subf %a, %m : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> tensor<2x16x24xf32>
  %sum = linalg.reduce {arith.addf} ins(%e : tensor<2x16x24xf32>) outs(%l1 : tensor<2x16xf32>) dimensions = [2]
  %o = linalg.generic {indexing_maps = [#p, #sum, #v, #o],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%e, %sum, %v : tensor<2x16x24xf32>, tensor<2x16xf32>, tensor<2x24x8xf16>) outs(%o1 : tensor<2x16x8xf16>) {
  ^bb0(%a: f32, %l: f32, %b: f16, %out: f16):
    %one = arith.constant 1.0 : f32
    %0 = arith.divf %one, %l : f32
    %1 = arith.mulf %0, %a : f32
    %2 = arith.truncf %1 : f32 to f16
    %3 = arith.mulf %b, %2 : f16
    %4 = arith.addf %out, %3 : f16
    linalg.yield %4 : f16
  } -> tensor<2x16x8xf16>
  return %o : tensor<2x16x8xf16>
}


// All of them on sines, in f32 so that they can be printed.
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
  %k_2_24 = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index):
    %0 = affine.apply affine_map<(a, b, c) -> (a * 8 + b * 14 + c * 30)>(%i0, %i1, %i2)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x24x8xf16>
  %v_2_24 = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index):
    %0 = affine.apply affine_map<(a, b, c) -> (a * 9 + b * 15 + c * 31)>(%i0, %i1, %i2)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x24x8xf16>
  %q_8_16 = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index):
    %0 = affine.apply affine_map<(a, b, c) -> (a * 7 + b * 13 + c * 29)>(%i0, %i1, %i2)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<8x16x8xf16>
  %powers = call @powers(%q_2_16, %k_2_16, %v_2_16) : (tensor<2x16x8xf16>, tensor<2x16x8xf16>, tensor<2x16x8xf16>) -> tensor<2x16x8xf16>
  %powers_any = tensor.cast %powers : tensor<2x16x8xf16> to tensor<?x?x8xf16>
  %powers_init = tensor.empty() : tensor<2x16x8xf32>
  %powers_open = tensor.cast %powers_init : tensor<2x16x8xf32> to tensor<?x?x8xf32>
  call @print(%powers_any, %powers_open) : (tensor<?x?x8xf16>, tensor<?x?x8xf32>) -> ()
  %factor = call @factor(%q_2_16, %k_2_24, %v_2_24) : (tensor<2x16x8xf16>, tensor<2x24x8xf16>, tensor<2x24x8xf16>) -> tensor<2x16x8xf16>
  %factor_any = tensor.cast %factor : tensor<2x16x8xf16> to tensor<?x?x8xf16>
  %factor_init = tensor.empty() : tensor<2x16x8xf32>
  %factor_open = tensor.cast %factor_init : tensor<2x16x8xf32> to tensor<?x?x8xf32>
  call @print(%factor_any, %factor_open) : (tensor<?x?x8xf16>, tensor<?x?x8xf32>) -> ()
  %not_hidden = call @not_hidden(%q_2_16, %k_2_16, %v_2_16) : (tensor<2x16x8xf16>, tensor<2x16x8xf16>, tensor<2x16x8xf16>) -> tensor<2x16x8xf16>
  %not_hidden_any = tensor.cast %not_hidden : tensor<2x16x8xf16> to tensor<?x?x8xf16>
  %not_hidden_init = tensor.empty() : tensor<2x16x8xf32>
  %not_hidden_open = tensor.cast %not_hidden_init : tensor<2x16x8xf32> to tensor<?x?x8xf32>
  call @print(%not_hidden_any, %not_hidden_open) : (tensor<?x?x8xf16>, tensor<?x?x8xf32>) -> ()
  %shared = call @shared(%q_8_16, %k_2_24, %v_2_24) : (tensor<8x16x8xf16>, tensor<2x24x8xf16>, tensor<2x24x8xf16>) -> tensor<8x16x8xf16>
  %shared_any = tensor.cast %shared : tensor<8x16x8xf16> to tensor<?x?x8xf16>
  %shared_init = tensor.empty() : tensor<8x16x8xf32>
  %shared_open = tensor.cast %shared_init : tensor<8x16x8xf32> to tensor<?x?x8xf32>
  call @print(%shared_any, %shared_open) : (tensor<?x?x8xf16>, tensor<?x?x8xf32>) -> ()
  %strided = call @strided(%q_8_16, %k_2_24, %v_2_24) : (tensor<8x16x8xf16>, tensor<2x24x8xf16>, tensor<2x24x8xf16>) -> tensor<8x16x8xf16>
  %strided_any = tensor.cast %strided : tensor<8x16x8xf16> to tensor<?x?x8xf16>
  %strided_init = tensor.empty() : tensor<8x16x8xf32>
  %strided_open = tensor.cast %strided_init : tensor<8x16x8xf32> to tensor<?x?x8xf32>
  call @print(%strided_any, %strided_open) : (tensor<?x?x8xf16>, tensor<?x?x8xf32>) -> ()
  %fused = call @fused(%q_2_16, %k_2_24, %v_2_24) : (tensor<2x16x8xf16>, tensor<2x24x8xf16>, tensor<2x24x8xf16>) -> tensor<2x16x8xf16>
  %fused_any = tensor.cast %fused : tensor<2x16x8xf16> to tensor<?x?x8xf16>
  %fused_init = tensor.empty() : tensor<2x16x8xf32>
  %fused_open = tensor.cast %fused_init : tensor<2x16x8xf32> to tensor<?x?x8xf32>
  call @print(%fused_any, %fused_open) : (tensor<?x?x8xf16>, tensor<?x?x8xf32>) -> ()
  return
}
