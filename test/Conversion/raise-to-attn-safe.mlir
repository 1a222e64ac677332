// Softmaxes that give 0 to a row whose scores are all -inf, as attn.forward does and
// torch's _safe_softmax. The first row sees no key.

// RUN: fa3-opt %s --raise-to-attn -o %t.mlir 2>&1 | count 0
// RUN: fa3-opt %s --raise-to-attn --canonicalize | FileCheck %s

// DEFINE: %{lower} = fa3-opt --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" \
// DEFINE:   --convert-linalg-to-loops --attn-to-cpu
// DEFINE: %{run} = mlir-runner --entry-point-result=void \
// DEFINE:   --shared-libs=%llvm_lib/libmlir_runner_utils.so,%llvm_lib/libmlir_c_runner_utils.so,%llvm_lib/libmlir_float16_utils.so
// RUN: %{lower} %s | %{run} > %t.before
// RUN: fa3-opt %s --raise-to-attn | %{lower} | %{run} > %t.after
// RUN: %python %S/Inputs/compare.py %t.before %t.after --tolerance 2e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS
// NUMBERS: 2048 numbers, largest difference {{.*}}, 0 failed

#id = affine_map<(b, i, j) -> (b, i, j)>
#row = affine_map<(b, i, j) -> (b, i)>

// Where all scores are -inf.
// CHECK-LABEL: func.func @all(
// CHECK: attn.forward {{.*}} score {
func.func @all(%q: tensor<2x16x16xf16>, %k: tensor<2x16x16xf16>, %v: tensor<2x16x16xf16>) -> tensor<2x16x16xf16> {
  %zero = arith.constant 0.0 : f32
  %scale = arith.constant 0.25 : f32
  %hidden = arith.constant 0xFF800000 : f32
  %maxinit = arith.constant 0xFF800000 : f32
  %suminit = arith.constant 0.0 : f32
  %oinit = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<2x16x16xf32>
  %r0 = tensor.empty() : tensor<2x16xf32>
  %o0 = tensor.empty() : tensor<2x16x16xf16>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<2x16x16xf32>) -> tensor<2x16x16xf32>
  %m1 = linalg.fill ins(%maxinit : f32) outs(%r0 : tensor<2x16xf32>) -> tensor<2x16xf32>
  %l1 = linalg.fill ins(%suminit : f32) outs(%r0 : tensor<2x16xf32>) -> tensor<2x16xf32>
  %o1 = linalg.fill ins(%oinit : f16) outs(%o0 : tensor<2x16x16xf16>) -> tensor<2x16x16xf16>
  %s = linalg.generic {indexing_maps = [affine_map<(b, i, j, d) -> (b, i, d)>, affine_map<(b, i, j, d) -> (b, j, d)>, affine_map<(b, i, j, d) -> (b, i, j)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<2x16x16xf16>, tensor<2x16x16xf16>) outs(%s1 : tensor<2x16x16xf32>) {
  ^bb0(%a: f16, %b: f16, %out: f32):
    %0 = arith.extf %a : f16 to f32
    %1 = arith.extf %b : f16 to f32
    %m = arith.mulf %0, %1 : f32
    %r = arith.addf %out, %m : f32
    linalg.yield %r : f32
  } -> tensor<2x16x16xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<2x16x16xf32>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %x = arith.mulf %a, %scale : f32
    %c = arith.cmpi slt, %j, %i : index
    %r = arith.select %c, %x, %hidden : f32
    linalg.yield %r : f32
  } -> tensor<2x16x16xf32>
  %max = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%t : tensor<2x16x16xf32>) outs(%m1 : tensor<2x16xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.maximumf %a, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x16xf32>
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%t, %max : tensor<2x16x16xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %d = arith.subf %a, %m : f32
    %1 = math.exp %d : f32
    linalg.yield %1 : f32
  } -> tensor<2x16x16xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%e : tensor<2x16x16xf32>) outs(%l1 : tensor<2x16xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %a, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x16xf32>
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %sum : tensor<2x16x16xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%a: f32, %l: f32, %out: f32):
    %r = arith.divf %a, %l : f32
    linalg.yield %r : f32
  } -> tensor<2x16x16xf32>
  %b0 = tensor.empty() : tensor<2x16xi1>
  %begin = arith.constant true
  %minus_inf = arith.constant 0xFF800000 : f32
  %b1 = linalg.fill ins(%begin : i1) outs(%b0 : tensor<2x16xi1>) -> tensor<2x16xi1>
  %all = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%t : tensor<2x16x16xf32>) outs(%b1 : tensor<2x16xi1>) {
  ^bb0(%a: f32, %out: i1):
    %c0 = arith.cmpf oeq, %a, %minus_inf : f32
    %z = arith.andi %c0, %out : i1
    linalg.yield %z : i1
  } -> tensor<2x16xi1>
  %ps = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%p, %all : tensor<2x16x16xf32>, tensor<2x16xi1>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%x: f32, %h: i1, %out: f32):
    %y = arith.select %h, %zero, %x : f32
    linalg.yield %y : f32
  } -> tensor<2x16x16xf32>
  %o = linalg.generic {indexing_maps = [affine_map<(b, i, d, j) -> (b, i, j)>, affine_map<(b, i, d, j) -> (b, j, d)>, affine_map<(b, i, d, j) -> (b, i, d)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%ps, %v : tensor<2x16x16xf32>, tensor<2x16x16xf16>) outs(%o1 : tensor<2x16x16xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.extf %b : f16 to f32
    %1 = arith.mulf %a, %0 : f32
    %2 = arith.truncf %1 : f32 to f16
    %r = arith.addf %out, %2 : f16
    linalg.yield %r : f16
  } -> tensor<2x16x16xf16>
  return %o : tensor<2x16x16xf16>
}

// Not any that is not -inf, each a negation of its own.
// CHECK-LABEL: func.func @not_any(
// CHECK: attn.forward {{.*}} score {
func.func @not_any(%q: tensor<2x16x16xf16>, %k: tensor<2x16x16xf16>, %v: tensor<2x16x16xf16>) -> tensor<2x16x16xf16> {
  %zero = arith.constant 0.0 : f32
  %scale = arith.constant 0.25 : f32
  %hidden = arith.constant 0xFF800000 : f32
  %maxinit = arith.constant 0xFF800000 : f32
  %suminit = arith.constant 0.0 : f32
  %oinit = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<2x16x16xf32>
  %r0 = tensor.empty() : tensor<2x16xf32>
  %o0 = tensor.empty() : tensor<2x16x16xf16>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<2x16x16xf32>) -> tensor<2x16x16xf32>
  %m1 = linalg.fill ins(%maxinit : f32) outs(%r0 : tensor<2x16xf32>) -> tensor<2x16xf32>
  %l1 = linalg.fill ins(%suminit : f32) outs(%r0 : tensor<2x16xf32>) -> tensor<2x16xf32>
  %o1 = linalg.fill ins(%oinit : f16) outs(%o0 : tensor<2x16x16xf16>) -> tensor<2x16x16xf16>
  %s = linalg.generic {indexing_maps = [affine_map<(b, i, j, d) -> (b, i, d)>, affine_map<(b, i, j, d) -> (b, j, d)>, affine_map<(b, i, j, d) -> (b, i, j)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<2x16x16xf16>, tensor<2x16x16xf16>) outs(%s1 : tensor<2x16x16xf32>) {
  ^bb0(%a: f16, %b: f16, %out: f32):
    %0 = arith.extf %a : f16 to f32
    %1 = arith.extf %b : f16 to f32
    %m = arith.mulf %0, %1 : f32
    %r = arith.addf %out, %m : f32
    linalg.yield %r : f32
  } -> tensor<2x16x16xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<2x16x16xf32>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %x = arith.mulf %a, %scale : f32
    %c = arith.cmpi slt, %j, %i : index
    %r = arith.select %c, %x, %hidden : f32
    linalg.yield %r : f32
  } -> tensor<2x16x16xf32>
  %max = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%t : tensor<2x16x16xf32>) outs(%m1 : tensor<2x16xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.maximumf %a, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x16xf32>
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%t, %max : tensor<2x16x16xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %d = arith.subf %a, %m : f32
    %1 = math.exp %d : f32
    linalg.yield %1 : f32
  } -> tensor<2x16x16xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%e : tensor<2x16x16xf32>) outs(%l1 : tensor<2x16xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %a, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x16xf32>
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %sum : tensor<2x16x16xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%a: f32, %l: f32, %out: f32):
    %r = arith.divf %a, %l : f32
    linalg.yield %r : f32
  } -> tensor<2x16x16xf32>
  %true = arith.constant true
  %b0 = tensor.empty() : tensor<2x16xi1>
  %begin = arith.constant false
  %minus_inf = arith.constant 0xFF800000 : f32
  %b1 = linalg.fill ins(%begin : i1) outs(%b0 : tensor<2x16xi1>) -> tensor<2x16xi1>
  %all = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%t : tensor<2x16x16xf32>) outs(%b1 : tensor<2x16xi1>) {
  ^bb0(%a: f32, %out: i1):
    %c0 = arith.cmpf oeq, %a, %minus_inf : f32
    %c1 = arith.xori %c0, %true : i1
    %z = arith.ori %c1, %out : i1
    linalg.yield %z : i1
  } -> tensor<2x16xi1>
  %ps = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%p, %all : tensor<2x16x16xf32>, tensor<2x16xi1>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%x: f32, %h: i1, %out: f32):
    %c = arith.xori %h, %true : i1
    %y = arith.select %c, %zero, %x : f32
    linalg.yield %y : f32
  } -> tensor<2x16x16xf32>
  %o = linalg.generic {indexing_maps = [affine_map<(b, i, d, j) -> (b, i, j)>, affine_map<(b, i, d, j) -> (b, j, d)>, affine_map<(b, i, d, j) -> (b, i, d)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%ps, %v : tensor<2x16x16xf32>, tensor<2x16x16xf16>) outs(%o1 : tensor<2x16x16xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.extf %b : f16 to f32
    %1 = arith.mulf %a, %0 : f32
    %2 = arith.truncf %1 : f32 to f16
    %r = arith.addf %out, %2 : f16
    linalg.yield %r : f16
  } -> tensor<2x16x16xf16>
  return %o : tensor<2x16x16xf16>
}

// The probabilities where any is not -inf.
// CHECK-LABEL: func.func @any(
// CHECK: attn.forward {{.*}} score {
func.func @any(%q: tensor<2x16x16xf16>, %k: tensor<2x16x16xf16>, %v: tensor<2x16x16xf16>) -> tensor<2x16x16xf16> {
  %zero = arith.constant 0.0 : f32
  %scale = arith.constant 0.25 : f32
  %hidden = arith.constant 0xFF800000 : f32
  %maxinit = arith.constant 0xFF800000 : f32
  %suminit = arith.constant 0.0 : f32
  %oinit = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<2x16x16xf32>
  %r0 = tensor.empty() : tensor<2x16xf32>
  %o0 = tensor.empty() : tensor<2x16x16xf16>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<2x16x16xf32>) -> tensor<2x16x16xf32>
  %m1 = linalg.fill ins(%maxinit : f32) outs(%r0 : tensor<2x16xf32>) -> tensor<2x16xf32>
  %l1 = linalg.fill ins(%suminit : f32) outs(%r0 : tensor<2x16xf32>) -> tensor<2x16xf32>
  %o1 = linalg.fill ins(%oinit : f16) outs(%o0 : tensor<2x16x16xf16>) -> tensor<2x16x16xf16>
  %s = linalg.generic {indexing_maps = [affine_map<(b, i, j, d) -> (b, i, d)>, affine_map<(b, i, j, d) -> (b, j, d)>, affine_map<(b, i, j, d) -> (b, i, j)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<2x16x16xf16>, tensor<2x16x16xf16>) outs(%s1 : tensor<2x16x16xf32>) {
  ^bb0(%a: f16, %b: f16, %out: f32):
    %0 = arith.extf %a : f16 to f32
    %1 = arith.extf %b : f16 to f32
    %m = arith.mulf %0, %1 : f32
    %r = arith.addf %out, %m : f32
    linalg.yield %r : f32
  } -> tensor<2x16x16xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<2x16x16xf32>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %x = arith.mulf %a, %scale : f32
    %c = arith.cmpi slt, %j, %i : index
    %r = arith.select %c, %x, %hidden : f32
    linalg.yield %r : f32
  } -> tensor<2x16x16xf32>
  %max = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%t : tensor<2x16x16xf32>) outs(%m1 : tensor<2x16xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.maximumf %a, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x16xf32>
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%t, %max : tensor<2x16x16xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %d = arith.subf %a, %m : f32
    %1 = math.exp %d : f32
    linalg.yield %1 : f32
  } -> tensor<2x16x16xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%e : tensor<2x16x16xf32>) outs(%l1 : tensor<2x16xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %a, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x16xf32>
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %sum : tensor<2x16x16xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%a: f32, %l: f32, %out: f32):
    %r = arith.divf %a, %l : f32
    linalg.yield %r : f32
  } -> tensor<2x16x16xf32>
  %b0 = tensor.empty() : tensor<2x16xi1>
  %begin = arith.constant false
  %minus_inf = arith.constant 0xFF800000 : f32
  %b1 = linalg.fill ins(%begin : i1) outs(%b0 : tensor<2x16xi1>) -> tensor<2x16xi1>
  %all = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%t : tensor<2x16x16xf32>) outs(%b1 : tensor<2x16xi1>) {
  ^bb0(%a: f32, %out: i1):
    %c0 = arith.cmpf une, %a, %minus_inf : f32
    %z = arith.ori %c0, %out : i1
    linalg.yield %z : i1
  } -> tensor<2x16xi1>
  %ps = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%p, %all : tensor<2x16x16xf32>, tensor<2x16xi1>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%x: f32, %h: i1, %out: f32):
    %y = arith.select %h, %x, %zero : f32
    linalg.yield %y : f32
  } -> tensor<2x16x16xf32>
  %o = linalg.generic {indexing_maps = [affine_map<(b, i, d, j) -> (b, i, j)>, affine_map<(b, i, d, j) -> (b, j, d)>, affine_map<(b, i, d, j) -> (b, i, d)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%ps, %v : tensor<2x16x16xf32>, tensor<2x16x16xf16>) outs(%o1 : tensor<2x16x16xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.extf %b : f16 to f32
    %1 = arith.mulf %a, %0 : f32
    %2 = arith.truncf %1 : f32 to f16
    %r = arith.addf %out, %2 : f16
    linalg.yield %r : f16
  } -> tensor<2x16x16xf16>
  return %o : tensor<2x16x16xf16>
}

// Each row sees its own key.
// CHECK-LABEL: func.func @causal(
// CHECK: attn.forward {{.*}} {causal, 
func.func @causal(%q: tensor<2x16x16xf16>, %k: tensor<2x16x16xf16>, %v: tensor<2x16x16xf16>) -> tensor<2x16x16xf16> {
  %zero = arith.constant 0.0 : f32
  %scale = arith.constant 0.25 : f32
  %hidden = arith.constant 0xFF800000 : f32
  %maxinit = arith.constant 0xFF800000 : f32
  %suminit = arith.constant 0.0 : f32
  %oinit = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<2x16x16xf32>
  %r0 = tensor.empty() : tensor<2x16xf32>
  %o0 = tensor.empty() : tensor<2x16x16xf16>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<2x16x16xf32>) -> tensor<2x16x16xf32>
  %m1 = linalg.fill ins(%maxinit : f32) outs(%r0 : tensor<2x16xf32>) -> tensor<2x16xf32>
  %l1 = linalg.fill ins(%suminit : f32) outs(%r0 : tensor<2x16xf32>) -> tensor<2x16xf32>
  %o1 = linalg.fill ins(%oinit : f16) outs(%o0 : tensor<2x16x16xf16>) -> tensor<2x16x16xf16>
  %s = linalg.generic {indexing_maps = [affine_map<(b, i, j, d) -> (b, i, d)>, affine_map<(b, i, j, d) -> (b, j, d)>, affine_map<(b, i, j, d) -> (b, i, j)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<2x16x16xf16>, tensor<2x16x16xf16>) outs(%s1 : tensor<2x16x16xf32>) {
  ^bb0(%a: f16, %b: f16, %out: f32):
    %0 = arith.extf %a : f16 to f32
    %1 = arith.extf %b : f16 to f32
    %m = arith.mulf %0, %1 : f32
    %r = arith.addf %out, %m : f32
    linalg.yield %r : f32
  } -> tensor<2x16x16xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<2x16x16xf32>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %x = arith.mulf %a, %scale : f32
    %c = arith.cmpi ule, %j, %i : index
    %r = arith.select %c, %x, %hidden : f32
    linalg.yield %r : f32
  } -> tensor<2x16x16xf32>
  %max = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%t : tensor<2x16x16xf32>) outs(%m1 : tensor<2x16xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.maximumf %a, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x16xf32>
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%t, %max : tensor<2x16x16xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %d = arith.subf %a, %m : f32
    %1 = math.exp %d : f32
    linalg.yield %1 : f32
  } -> tensor<2x16x16xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%e : tensor<2x16x16xf32>) outs(%l1 : tensor<2x16xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %a, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x16xf32>
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %sum : tensor<2x16x16xf32>, tensor<2x16xf32>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%a: f32, %l: f32, %out: f32):
    %r = arith.divf %a, %l : f32
    linalg.yield %r : f32
  } -> tensor<2x16x16xf32>
  %b0 = tensor.empty() : tensor<2x16xi1>
  %begin = arith.constant true
  %minus_inf = arith.constant 0xFF800000 : f32
  %b1 = linalg.fill ins(%begin : i1) outs(%b0 : tensor<2x16xi1>) -> tensor<2x16xi1>
  %all = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%t : tensor<2x16x16xf32>) outs(%b1 : tensor<2x16xi1>) {
  ^bb0(%a: f32, %out: i1):
    %c0 = arith.cmpf oeq, %a, %minus_inf : f32
    %z = arith.andi %c0, %out : i1
    linalg.yield %z : i1
  } -> tensor<2x16xi1>
  %ps = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%p, %all : tensor<2x16x16xf32>, tensor<2x16xi1>) outs(%s0 : tensor<2x16x16xf32>) {
  ^bb0(%x: f32, %h: i1, %out: f32):
    %y = arith.select %h, %zero, %x : f32
    linalg.yield %y : f32
  } -> tensor<2x16x16xf32>
  %o = linalg.generic {indexing_maps = [affine_map<(b, i, d, j) -> (b, i, j)>, affine_map<(b, i, d, j) -> (b, j, d)>, affine_map<(b, i, d, j) -> (b, i, d)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%ps, %v : tensor<2x16x16xf32>, tensor<2x16x16xf16>) outs(%o1 : tensor<2x16x16xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.extf %b : f16 to f32
    %1 = arith.mulf %a, %0 : f32
    %2 = arith.truncf %1 : f32 to f16
    %r = arith.addf %out, %2 : f16
    linalg.yield %r : f16
  } -> tensor<2x16x16xf16>
  return %o : tensor<2x16x16xf16>
}

// All of them on sines, in f32 so that they can be printed.
func.func private @printMemrefF32(tensor<*xf32>)
func.func @print(%value: tensor<2x16x16xf16>) {
  %flat = tensor.collapse_shape %value [[0, 1, 2]] : tensor<2x16x16xf16> into tensor<512xf16>
  %init = tensor.empty() : tensor<512xf32>
  %wide = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
      iterator_types = ["parallel"]}
      ins(%flat : tensor<512xf16>) outs(%init : tensor<512xf32>) {
  ^bb0(%in: f16, %out: f32):
    %0 = arith.extf %in : f16 to f32
    linalg.yield %0 : f32
  } -> tensor<512xf32>
  %any = tensor.cast %wide : tensor<512xf32> to tensor<*xf32>
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
  } : tensor<2x16x16xf16>
  %k = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index):
    %0 = affine.apply affine_map<(a, b, c) -> (a * 8 + b * 14 + c * 30)>(%i0, %i1, %i2)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x16x16xf16>
  %v = tensor.generate {
  ^bb0(%i0: index, %i1: index, %i2: index):
    %0 = affine.apply affine_map<(a, b, c) -> (a * 9 + b * 15 + c * 31)>(%i0, %i1, %i2)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<2x16x16xf16>
  %all = call @all(%q, %k, %v) : (tensor<2x16x16xf16>, tensor<2x16x16xf16>, tensor<2x16x16xf16>) -> tensor<2x16x16xf16>
  call @print(%all) : (tensor<2x16x16xf16>) -> ()
  %not_any = call @not_any(%q, %k, %v) : (tensor<2x16x16xf16>, tensor<2x16x16xf16>, tensor<2x16x16xf16>) -> tensor<2x16x16xf16>
  call @print(%not_any) : (tensor<2x16x16xf16>) -> ()
  %any = call @any(%q, %k, %v) : (tensor<2x16x16xf16>, tensor<2x16x16xf16>, tensor<2x16x16xf16>) -> tensor<2x16x16xf16>
  call @print(%any) : (tensor<2x16x16xf16>) -> ()
  %causal = call @causal(%q, %k, %v) : (tensor<2x16x16xf16>, tensor<2x16x16xf16>, tensor<2x16x16xf16>) -> tensor<2x16x16xf16>
  call @print(%causal) : (tensor<2x16x16xf16>) -> ()
  return
}
