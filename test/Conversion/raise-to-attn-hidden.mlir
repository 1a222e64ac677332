// Where rows without a visible key are others in attn.forward than in the form that
// is written out, a remark says so, once for each attention.

// RUN: fa3-opt %s --raise-to-attn --verify-diagnostics | FileCheck %s

// An option leaves those attentions as they are, and `strict` refuses them.
// RUN: fa3-opt %s --raise-to-attn=keep-hidden-rows=true 2> %t.remarks | FileCheck %s --check-prefix=KEEP
// RUN: FileCheck %s --check-prefix=REMARKS < %t.remarks
// RUN: not fa3-opt %s --raise-to-attn="keep-hidden-rows=true strict=true" 2>&1 | FileCheck %s --check-prefix=STRICT
// KEEP-LABEL: func.func @infinite(
// KEEP-NOT: attn.forward
// KEEP-LABEL: func.func @large(
// KEEP-NOT: attn.forward
// KEEP-LABEL: func.func @coarse(
// KEEP-NOT: attn.forward
// KEEP-LABEL: func.func @small(
// KEEP: attn.forward
// REMARKS: remark: cannot raise to attention: expected no row to change, but a row whose scores are all -inf gives 0
// REMARKS: remark: cannot raise to attention: expected no row to change, but a row whose scores are all -1e9 or less gives 0
// REMARKS: remark: cannot raise to attention: expected no row to change, but a row whose scores are all about
// REMARKS-NOT: remark:
// STRICT: error: cannot raise to attention: expected no row to change, but a row whose scores are all -inf gives 0

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>
#row = affine_map<(b, i, j) -> (b, i)>

// A mask that may leave a row without a key.
// CHECK-LABEL: func.func @infinite(
// CHECK: attn.forward
func.func @infinite(%q: tensor<2x16x8xf16>, %k: tensor<2x24x8xf16>, %v: tensor<2x24x8xf16>) -> tensor<2x16x8xf16> {
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
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %c3 = arith.constant 3 : index
    %c0 = arith.constant 0 : index
    %hidden = arith.constant 0xFF800000 : f32
    %m = arith.remui %j, %c3 : index
    %seen = arith.cmpi ne, %m, %c0 : index
    %0 = arith.select %seen, %a, %hidden : f32
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
  // expected-remark @below {{a row whose scores are all -inf gives 0 in 'attn.forward', but NaN in a softmax that is written out}}
  %o = linalg.batch_matmul ins(%h, %v : tensor<2x16x24xf16>, tensor<2x24x8xf16>)
      outs(%o1 : tensor<2x16x8xf16>) -> tensor<2x16x8xf16>
  return %o : tensor<2x16x8xf16>
}

// A number that hides.
// CHECK-LABEL: func.func @large(
// CHECK: attn.forward
func.func @large(%q: tensor<2x16x8xf16>, %k: tensor<2x24x8xf16>, %v: tensor<2x24x8xf16>) -> tensor<2x16x8xf16> {
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
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %c3 = arith.constant 3 : index
    %c0 = arith.constant 0 : index
    %hidden = arith.constant -1.0e9 : f32
    %m = arith.remui %j, %c3 : index
    %seen = arith.cmpi ne, %m, %c0 : index
    %0 = arith.select %seen, %a, %hidden : f32
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
  // expected-remark @below {{a row whose scores are all -1e9 or less gives 0 in 'attn.forward', but a mean of V in a softmax that is written out}}
  %o = linalg.batch_matmul ins(%h, %v : tensor<2x16x24xf16>, tensor<2x24x8xf16>)
      outs(%o1 : tensor<2x16x8xf16>) -> tensor<2x16x8xf16>
  return %o : tensor<2x16x8xf16>
}

// A number between: the row is rounded.
// CHECK-LABEL: func.func @coarse(
// CHECK: attn.forward
func.func @coarse(%q: tensor<2x16x8xf16>, %k: tensor<2x24x8xf16>, %v: tensor<2x24x8xf16>) -> tensor<2x16x8xf16> {
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
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %c3 = arith.constant 3 : index
    %c0 = arith.constant 0 : index
    %hidden = arith.constant -1.0e8 : f32
    %m = arith.remui %j, %c3 : index
    %seen = arith.cmpi ne, %m, %c0 : index
    %0 = arith.select %seen, %a, %hidden : f32
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
  // expected-remark @below {{a row whose scores are all about -1.000000e+08 has other weights in 'attn.forward', by their rounding; expected -1e9 or less, or -inf, to hide keys}}
  %o = linalg.batch_matmul ins(%h, %v : tensor<2x16x24xf16>, tensor<2x24x8xf16>)
      outs(%o1 : tensor<2x16x8xf16>) -> tensor<2x16x8xf16>
  return %o : tensor<2x16x8xf16>
}

// A number that is small enough for the row to be as it was.
// CHECK-LABEL: func.func @small(
// CHECK: attn.forward
func.func @small(%q: tensor<2x16x8xf16>, %k: tensor<2x24x8xf16>, %v: tensor<2x24x8xf16>) -> tensor<2x16x8xf16> {
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
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %c3 = arith.constant 3 : index
    %c0 = arith.constant 0 : index
    %hidden = arith.constant -1.0e4 : f32
    %m = arith.remui %j, %c3 : index
    %seen = arith.cmpi ne, %m, %c0 : index
    %0 = arith.select %seen, %a, %hidden : f32
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
