// Constants that multiply or divide Q and K in front of the first product are a
// part of the scale, as PyTorch's scaled_dot_product_attention is written out.

// RUN: fa3-opt %s --raise-to-attn | FileCheck %s


// DEFINE: %{lower} = fa3-opt --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" \
// DEFINE:   --convert-linalg-to-loops --attn-to-cpu
// DEFINE: %{run} = mlir-runner --entry-point-result=void \
// DEFINE:   --shared-libs=%llvm_lib/libmlir_runner_utils.so,%llvm_lib/libmlir_c_runner_utils.so,%llvm_lib/libmlir_float16_utils.so
// RUN: %{lower} %s | %{run} > %t.before
// RUN: fa3-opt %s --raise-to-attn | %{lower} | %{run} > %t.after
// RUN: %python %S/Inputs/compare.py %t.before %t.after --tolerance 2e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS
// NUMBERS: 1280 numbers, largest difference {{.*}}, 0 failed

// The same where each factor stands in the product.
// RUN: fa3-opt %s --linalg-fuse-elementwise-ops --raise-to-attn > %t.fused.mlir
// RUN: FileCheck %s < %t.fused.mlir
// RUN: %{lower} %t.fused.mlir | %{run} > %t.after
// RUN: %python %S/Inputs/compare.py %t.before %t.after --tolerance 2e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>
#row = affine_map<(b, i, j) -> (b, i)>

// q * sqrt(s) and k * sqrt(s), each rounded to f16: 0.594604 is 0.594727 there.
// CHECK-LABEL: func.func @roots(
// CHECK-NOT: linalg.generic
// CHECK: attn.forward ins(%{{.*}} : {{.*}} scale = 0.353699684 : f32}
func.func @roots(%q: tensor<2x16x8xf16>, %k: tensor<2x24x8xf16>, %v: tensor<2x24x8xf16>) -> tensor<2x16x8xf16> {
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
  %qs_0 = tensor.empty() : tensor<2x16x8xf16>
  %qs = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%q : tensor<2x16x8xf16>) outs(%qs_0 : tensor<2x16x8xf16>) {
  ^bb0(%a: f16, %out: f16):
    %c = arith.constant 0.594604 : f16
    %0 = arith.mulf %a, %c : f16
    linalg.yield %0 : f16
  } -> tensor<2x16x8xf16>
  %ks_0 = tensor.empty() : tensor<2x24x8xf16>
  %ks = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%k : tensor<2x24x8xf16>) outs(%ks_0 : tensor<2x24x8xf16>) {
  ^bb0(%a: f16, %out: f16):
    %c = arith.constant 0.594604 : f16
    %0 = arith.mulf %a, %c : f16
    linalg.yield %0 : f16
  } -> tensor<2x24x8xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%qs, %ks : tensor<2x16x8xf16>, tensor<2x24x8xf16>)
      outs(%s1 : tensor<2x16x24xf32>) -> tensor<2x16x24xf32>
  %max = linalg.reduce {arith.maximumf} ins(%s : tensor<2x16x24xf32>) outs(%m1 : tensor<2x16xf32>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %max : tensor<2x16x24xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x24xf32>) {
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

// A tensor of one number divides Q; what the scores are scaled by is as good.
// CHECK-LABEL: func.func @divided(
// CHECK-NOT: linalg.div
// CHECK: attn.forward {{.*}} scale = -1.250000e-01 : f32}
func.func @divided(%q: tensor<2x16x8xf16>, %k: tensor<2x24x8xf16>, %v: tensor<2x24x8xf16>) -> tensor<2x16x8xf16> {
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
  %four = arith.constant -4.0 : f16
  %c0 = tensor.empty() : tensor<2x16x8xf16>
  %cs = linalg.fill ins(%four : f16) outs(%c0 : tensor<2x16x8xf16>) -> tensor<2x16x8xf16>
  %qs = linalg.div ins(%q, %cs : tensor<2x16x8xf16>, tensor<2x16x8xf16>) outs(%c0 : tensor<2x16x8xf16>) -> tensor<2x16x8xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%qs, %k : tensor<2x16x8xf16>, tensor<2x24x8xf16>)
      outs(%s1 : tensor<2x16x24xf32>) -> tensor<2x16x24xf32>
  %t_0 = tensor.empty() : tensor<2x16x24xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<2x16x24xf32>) outs(%t_0 : tensor<2x16x24xf32>) {
  ^bb0(%a: f32, %out: f32):
    %c = arith.constant 0.5 : f32
    %0 = arith.mulf %a, %c : f32
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

// Widened, multiplied and rounded again, in an operation each; a transpose in
// between.
// CHECK-LABEL: func.func @widened(
// CHECK-NOT: linalg.generic
// CHECK: attn.forward {{.*}} scale = 3.000000e-01 : f32}
func.func @widened(%q: tensor<2x16x8xf16>, %k: tensor<2x24x8xf16>, %v: tensor<2x24x8xf16>) -> tensor<2x16x8xf16> {
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
  %qw_0 = tensor.empty() : tensor<2x16x8xf32>
  %qw = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%q : tensor<2x16x8xf16>) outs(%qw_0 : tensor<2x16x8xf32>) {
  ^bb0(%a: f16, %out: f32):
    %0 = arith.extf %a : f16 to f32
    linalg.yield %0 : f32
  } -> tensor<2x16x8xf32>
  %qs_0 = tensor.empty() : tensor<2x16x8xf32>
  %qs = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%qw : tensor<2x16x8xf32>) outs(%qs_0 : tensor<2x16x8xf32>) {
  ^bb0(%a: f32, %out: f32):
    %c = arith.constant 0.3 : f32
    %0 = arith.mulf %c, %a : f32
    linalg.yield %0 : f32
  } -> tensor<2x16x8xf32>
  %qn_0 = tensor.empty() : tensor<2x16x8xf16>
  %qn = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%qs : tensor<2x16x8xf32>) outs(%qn_0 : tensor<2x16x8xf16>) {
  ^bb0(%a: f32, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    linalg.yield %0 : f16
  } -> tensor<2x16x8xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%qn, %k : tensor<2x16x8xf16>, tensor<2x24x8xf16>)
      outs(%s1 : tensor<2x16x24xf32>) -> tensor<2x16x24xf32>
  %max = linalg.reduce {arith.maximumf} ins(%s : tensor<2x16x24xf32>) outs(%m1 : tensor<2x16xf32>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %max : tensor<2x16x24xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x24xf32>) {
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

// The scores have a place in them: the region takes the scaled product.
// CHECK-LABEL: func.func @region(
// CHECK: attn.forward {{.*}} scale = 1.250000e-01 : f32} score {
// CHECK-NEXT: ^bb0(%[[S:.*]]: f32, %{{.*}}: index, %{{.*}}: index, %{{.*}}: index, %[[J:.*]]: index):
// CHECK: arith.addf %[[S]],
func.func @region(%q: tensor<2x16x8xf16>, %k: tensor<2x24x8xf16>, %v: tensor<2x24x8xf16>) -> tensor<2x16x8xf16> {
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
  %qs_0 = tensor.empty() : tensor<2x16x8xf16>
  %qs = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%q : tensor<2x16x8xf16>) outs(%qs_0 : tensor<2x16x8xf16>) {
  ^bb0(%a: f16, %out: f16):
    %c = arith.constant 0.25 : f16
    %0 = arith.mulf %a, %c : f16
    linalg.yield %0 : f16
  } -> tensor<2x16x8xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%qs, %k : tensor<2x16x8xf16>, tensor<2x24x8xf16>)
      outs(%s1 : tensor<2x16x24xf32>) -> tensor<2x16x24xf32>
  %t_0 = tensor.empty() : tensor<2x16x24xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<2x16x24xf32>) outs(%t_0 : tensor<2x16x24xf32>) {
  ^bb0(%a: f32, %out: f32):
    %j = linalg.index 2 : index
    %c = arith.constant 0.5 : f32
    %i32 = arith.index_cast %j : index to i32
    %f = arith.sitofp %i32 : i32 to f32
    %1 = arith.mulf %a, %c : f32
    %0 = arith.addf %1, %f : f32
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

// Rounded to bf16 on the way, which has fewer bits than f16: Q is what comes of it.
// CHECK-LABEL: func.func @rounded(
// CHECK: arith.truncf {{.*}} to bf16
// CHECK: attn.forward {{.*}} scale = 1.000000e+00 : f32}
func.func @rounded(%q: tensor<2x16x8xf16>, %k: tensor<2x24x8xf16>, %v: tensor<2x24x8xf16>) -> tensor<2x16x8xf16> {
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
  %qb_0 = tensor.empty() : tensor<2x16x8xbf16>
  %qb = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%q : tensor<2x16x8xf16>) outs(%qb_0 : tensor<2x16x8xbf16>) {
  ^bb0(%a: f16, %out: bf16):
    %c = arith.constant 0.7 : f32
    %w = arith.extf %a : f16 to f32
    %1 = arith.mulf %w, %c : f32
    %0 = arith.truncf %1 : f32 to bf16
    linalg.yield %0 : bf16
  } -> tensor<2x16x8xbf16>
  %qs_0 = tensor.empty() : tensor<2x16x8xf16>
  %qs = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%qb : tensor<2x16x8xbf16>) outs(%qs_0 : tensor<2x16x8xf16>) {
  ^bb0(%a: bf16, %out: f16):
    %c = arith.constant 0.25 : f32
    %w = arith.extf %a : bf16 to f32
    %1 = arith.mulf %w, %c : f32
    %0 = arith.truncf %1 : f32 to f16
    linalg.yield %0 : f16
  } -> tensor<2x16x8xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%qs, %k : tensor<2x16x8xf16>, tensor<2x24x8xf16>)
      outs(%s1 : tensor<2x16x24xf32>) -> tensor<2x16x24xf32>
  %max = linalg.reduce {arith.maximumf} ins(%s : tensor<2x16x24xf32>) outs(%m1 : tensor<2x16xf32>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %max : tensor<2x16x24xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x24xf32>) {
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
  %roots = call @roots(%q, %k, %v) : (tensor<2x16x8xf16>, tensor<2x24x8xf16>, tensor<2x24x8xf16>) -> tensor<2x16x8xf16>
  call @print(%roots) : (tensor<2x16x8xf16>) -> ()
  %divided = call @divided(%q, %k, %v) : (tensor<2x16x8xf16>, tensor<2x24x8xf16>, tensor<2x24x8xf16>) -> tensor<2x16x8xf16>
  call @print(%divided) : (tensor<2x16x8xf16>) -> ()
  %widened = call @widened(%q, %k, %v) : (tensor<2x16x8xf16>, tensor<2x24x8xf16>, tensor<2x24x8xf16>) -> tensor<2x16x8xf16>
  call @print(%widened) : (tensor<2x16x8xf16>) -> ()
  %region = call @region(%q, %k, %v) : (tensor<2x16x8xf16>, tensor<2x24x8xf16>, tensor<2x24x8xf16>) -> tensor<2x16x8xf16>
  call @print(%region) : (tensor<2x16x8xf16>) -> ()
  %rounded = call @rounded(%q, %k, %v) : (tensor<2x16x8xf16>, tensor<2x24x8xf16>, tensor<2x24x8xf16>) -> tensor<2x16x8xf16>
  call @print(%rounded) : (tensor<2x16x8xf16>) -> ()
  return
}
