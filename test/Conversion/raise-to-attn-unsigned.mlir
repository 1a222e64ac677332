// Masks that compare places without a sign, as places are not negative.

// RUN: fa3-opt %s --raise-to-attn --canonicalize | FileCheck %s

// DEFINE: %{lower} = fa3-opt --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" \
// DEFINE:   --convert-linalg-to-loops --attn-to-cpu
// DEFINE: %{run} = mlir-runner --entry-point-result=void \
// DEFINE:   --shared-libs=%llvm_lib/libmlir_runner_utils.so,%llvm_lib/libmlir_c_runner_utils.so,%llvm_lib/libmlir_float16_utils.so
// RUN: %{lower} %s | %{run} > %t.before
// RUN: fa3-opt %s --raise-to-attn | %{lower} | %{run} > %t.after
// RUN: %python %S/Inputs/compare.py %t.before %t.after --tolerance 2e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS
// NUMBERS: 3584 numbers, largest difference {{.*}}, 0 failed

#id = affine_map<(b, i, j) -> (b, i, j)>
#row = affine_map<(b, i, j) -> (b, i)>

// A key is at most the row.
// CHECK-LABEL: func.func @below(
// CHECK: attn.forward {{.*}} {causal, 
func.func @below(%q: tensor<2x16x16xf16>, %k: tensor<2x16x16xf16>, %v: tensor<2x16x16xf16>) -> tensor<2x16x16xf16> {
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
  %o = linalg.generic {indexing_maps = [affine_map<(b, i, d, j) -> (b, i, j)>, affine_map<(b, i, d, j) -> (b, j, d)>, affine_map<(b, i, d, j) -> (b, i, d)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<2x16x16xf32>, tensor<2x16x16xf16>) outs(%o1 : tensor<2x16x16xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.extf %b : f16 to f32
    %1 = arith.mulf %a, %0 : f32
    %2 = arith.truncf %1 : f32 to f16
    %r = arith.addf %out, %2 : f16
    linalg.yield %r : f16
  } -> tensor<2x16x16xf16>
  return %o : tensor<2x16x16xf16>
}

// Hidden where it is above.
// CHECK-LABEL: func.func @hidden_above(
// CHECK: attn.forward {{.*}} {causal, 
func.func @hidden_above(%q: tensor<2x16x16xf16>, %k: tensor<2x16x16xf16>, %v: tensor<2x16x16xf16>) -> tensor<2x16x16xf16> {
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
    %c = arith.cmpi ugt, %j, %i : index
    %r = arith.select %c, %hidden, %x : f32
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
  %o = linalg.generic {indexing_maps = [affine_map<(b, i, d, j) -> (b, i, j)>, affine_map<(b, i, d, j) -> (b, j, d)>, affine_map<(b, i, d, j) -> (b, i, d)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<2x16x16xf32>, tensor<2x16x16xf16>) outs(%o1 : tensor<2x16x16xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.extf %b : f16 to f32
    %1 = arith.mulf %a, %0 : f32
    %2 = arith.truncf %1 : f32 to f16
    %r = arith.addf %out, %2 : f16
    linalg.yield %r : f16
  } -> tensor<2x16x16xf16>
  return %o : tensor<2x16x16xf16>
}

// On either side, moved to the other side so that it stays above 0.
// CHECK-LABEL: func.func @window(
// CHECK: attn.forward {{.*}} {causal, {{.*}}window = #attn.window<left = 3>}
func.func @window(%q: tensor<2x16x16xf16>, %k: tensor<2x16x16xf16>, %v: tensor<2x16x16xf16>) -> tensor<2x16x16xf16> {
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
    %c1 = arith.cmpi ule, %j, %i : index
    %three = arith.constant 3 : index
    %j3 = arith.addi %j, %three : index
    %c2 = arith.cmpi uge, %j3, %i : index
    %c = arith.andi %c1, %c2 : i1
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
  %o = linalg.generic {indexing_maps = [affine_map<(b, i, d, j) -> (b, i, j)>, affine_map<(b, i, d, j) -> (b, j, d)>, affine_map<(b, i, d, j) -> (b, i, d)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<2x16x16xf32>, tensor<2x16x16xf16>) outs(%o1 : tensor<2x16x16xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.extf %b : f16 to f32
    %1 = arith.mulf %a, %0 : f32
    %2 = arith.truncf %1 : f32 to f16
    %r = arith.addf %out, %2 : f16
    linalg.yield %r : f16
  } -> tensor<2x16x16xf16>
  return %o : tensor<2x16x16xf16>
}

// 16 places have the order of integers of 5 bits.
// CHECK-LABEL: func.func @bits(
// CHECK: attn.forward {{.*}} {causal, 
func.func @bits(%q: tensor<2x16x16xf16>, %k: tensor<2x16x16xf16>, %v: tensor<2x16x16xf16>) -> tensor<2x16x16xf16> {
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
    %i3 = arith.index_castui %i : index to i5
    %j3 = arith.index_castui %j : index to i5
    %x = arith.mulf %a, %scale : f32
    %c = arith.cmpi ule, %j3, %i3 : i5
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
  %o = linalg.generic {indexing_maps = [affine_map<(b, i, d, j) -> (b, i, j)>, affine_map<(b, i, d, j) -> (b, j, d)>, affine_map<(b, i, d, j) -> (b, i, d)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<2x16x16xf32>, tensor<2x16x16xf16>) outs(%o1 : tensor<2x16x16xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.extf %b : f16 to f32
    %1 = arith.mulf %a, %0 : f32
    %2 = arith.truncf %1 : f32 to f16
    %r = arith.addf %out, %2 : f16
    linalg.yield %r : f16
  } -> tensor<2x16x16xf16>
  return %o : tensor<2x16x16xf16>
}

// In front of the first row no sign is a large number: that row sees all keys.
// CHECK-LABEL: func.func @wraps(
// CHECK: attn.forward {{.*}} score {
// CHECK: arith.cmpi ule
func.func @wraps(%q: tensor<2x16x16xf16>, %k: tensor<2x16x16xf16>, %v: tensor<2x16x16xf16>) -> tensor<2x16x16xf16> {
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
    %next = arith.constant 1 : index
    %i1 = arith.subi %i, %next : index
    %x = arith.mulf %a, %scale : f32
    %c = arith.cmpi ule, %j, %i1 : index
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
  %o = linalg.generic {indexing_maps = [affine_map<(b, i, d, j) -> (b, i, j)>, affine_map<(b, i, d, j) -> (b, j, d)>, affine_map<(b, i, d, j) -> (b, i, d)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<2x16x16xf32>, tensor<2x16x16xf16>) outs(%o1 : tensor<2x16x16xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.extf %b : f16 to f32
    %1 = arith.mulf %a, %0 : f32
    %2 = arith.truncf %1 : f32 to f16
    %r = arith.addf %out, %2 : f16
    linalg.yield %r : f16
  } -> tensor<2x16x16xf16>
  return %o : tensor<2x16x16xf16>
}

// So are differences of rows and later keys.
// CHECK-LABEL: func.func @difference_wraps(
// CHECK: attn.forward {{.*}} score {
// CHECK: arith.cmpi ule
func.func @difference_wraps(%q: tensor<2x16x16xf16>, %k: tensor<2x16x16xf16>, %v: tensor<2x16x16xf16>) -> tensor<2x16x16xf16> {
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
    %df = arith.subi %i, %j : index
    %four = arith.constant 4 : index
    %x = arith.mulf %a, %scale : f32
    %c = arith.cmpi ule, %df, %four : index
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
  %o = linalg.generic {indexing_maps = [affine_map<(b, i, d, j) -> (b, i, j)>, affine_map<(b, i, d, j) -> (b, j, d)>, affine_map<(b, i, d, j) -> (b, i, d)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<2x16x16xf32>, tensor<2x16x16xf16>) outs(%o1 : tensor<2x16x16xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.extf %b : f16 to f32
    %1 = arith.mulf %a, %0 : f32
    %2 = arith.truncf %1 : f32 to f16
    %r = arith.addf %out, %2 : f16
    linalg.yield %r : f16
  } -> tensor<2x16x16xf16>
  return %o : tensor<2x16x16xf16>
}

// With 4 bits for 16 places half of them would be negative, and are not: not taken.
// CHECK-LABEL: func.func @few_bits(
// CHECK: attn.forward {{.*}} score {
// CHECK: arith.cmpi ule
func.func @few_bits(%q: tensor<2x16x16xf16>, %k: tensor<2x16x16xf16>, %v: tensor<2x16x16xf16>) -> tensor<2x16x16xf16> {
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
    %i3 = arith.index_castui %i : index to i4
    %j3 = arith.index_castui %j : index to i4
    %x = arith.mulf %a, %scale : f32
    %c = arith.cmpi ule, %j3, %i3 : i4
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
  %o = linalg.generic {indexing_maps = [affine_map<(b, i, d, j) -> (b, i, j)>, affine_map<(b, i, d, j) -> (b, j, d)>, affine_map<(b, i, d, j) -> (b, i, d)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<2x16x16xf32>, tensor<2x16x16xf16>) outs(%o1 : tensor<2x16x16xf16>) {
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
  %below = call @below(%q, %k, %v) : (tensor<2x16x16xf16>, tensor<2x16x16xf16>, tensor<2x16x16xf16>) -> tensor<2x16x16xf16>
  call @print(%below) : (tensor<2x16x16xf16>) -> ()
  %hidden_above = call @hidden_above(%q, %k, %v) : (tensor<2x16x16xf16>, tensor<2x16x16xf16>, tensor<2x16x16xf16>) -> tensor<2x16x16xf16>
  call @print(%hidden_above) : (tensor<2x16x16xf16>) -> ()
  %window = call @window(%q, %k, %v) : (tensor<2x16x16xf16>, tensor<2x16x16xf16>, tensor<2x16x16xf16>) -> tensor<2x16x16xf16>
  call @print(%window) : (tensor<2x16x16xf16>) -> ()
  %bits = call @bits(%q, %k, %v) : (tensor<2x16x16xf16>, tensor<2x16x16xf16>, tensor<2x16x16xf16>) -> tensor<2x16x16xf16>
  call @print(%bits) : (tensor<2x16x16xf16>) -> ()
  %wraps = call @wraps(%q, %k, %v) : (tensor<2x16x16xf16>, tensor<2x16x16xf16>, tensor<2x16x16xf16>) -> tensor<2x16x16xf16>
  call @print(%wraps) : (tensor<2x16x16xf16>) -> ()
  %difference_wraps = call @difference_wraps(%q, %k, %v) : (tensor<2x16x16xf16>, tensor<2x16x16xf16>, tensor<2x16x16xf16>) -> tensor<2x16x16xf16>
  call @print(%difference_wraps) : (tensor<2x16x16xf16>) -> ()
  %few_bits = call @few_bits(%q, %k, %v) : (tensor<2x16x16xf16>, tensor<2x16x16xf16>, tensor<2x16x16xf16>) -> tensor<2x16x16xf16>
  call @print(%few_bits) : (tensor<2x16x16xf16>) -> ()
  return
}
