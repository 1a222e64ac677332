// Masks in the other forms in which exporters write that a row sees keys on both
// sides of its own, or up to it: as a constant, which torch.export and tf.linalg
// make of tril, as a number that a condition is multiplied by, as a distance, and
// with open sizes, counted from the last key.

// RUN: fa3-opt %s --inline --symbol-dce > %t.mlir
// RUN: fa3-opt %t.mlir --raise-to-attn --canonicalize -o %t.raised.mlir 2> %t.remarks
// RUN: FileCheck %s < %t.raised.mlir
// RUN: FileCheck %s --check-prefix=REMARK --implicit-check-not=remark: < %t.remarks

// DEFINE: %{lower} = fa3-opt --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" \
// DEFINE:   --convert-linalg-to-loops --attn-to-cpu
// DEFINE: %{run} = mlir-runner --entry-point-result=void \
// DEFINE:   --shared-libs=%llvm_lib/libmlir_runner_utils.so,%llvm_lib/libmlir_c_runner_utils.so,%llvm_lib/libmlir_float16_utils.so
// RUN: %{lower} %t.mlir | %{run} > %t.before
// RUN: %{lower} %t.raised.mlir | %{run} > %t.after
// RUN: %python %S/Inputs/compare.py %t.before %t.after --tolerance 2e-3 \
// RUN: | FileCheck %s --check-prefix=NUMBERS
// NUMBERS: 896 numbers, largest difference {{.*}}, 0 failed

#q = affine_map<(i, j, d) -> (i, d)>
#k = affine_map<(i, j, d) -> (j, d)>
#s = affine_map<(i, j, d) -> (i, j)>
#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
#p = affine_map<(i, d, j) -> (i, j)>
#v = affine_map<(i, d, j) -> (j, d)>
#o = affine_map<(i, d, j) -> (i, d)>

func.func private @scores(%q: tensor<8x8xf16>, %k: tensor<12x8xf16>) -> tensor<8x12xf32> {
  %zero = arith.constant 0.0 : f32
  %s0 = tensor.empty() : tensor<8x12xf32>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<8x12xf32>) -> tensor<8x12xf32>
  %s = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<8x8xf16>, tensor<12x8xf16>) outs(%s1 : tensor<8x12xf32>) {
  ^bb0(%a: f16, %b: f16, %out: f32):
    %0 = arith.extf %a : f16 to f32
    %1 = arith.extf %b : f16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %out, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<8x12xf32>
  return %s : tensor<8x12xf32>
}
func.func private @attend(%t: tensor<8x12xf32>, %v: tensor<12x8xf16>) -> tensor<8x8xf16> {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %low = arith.constant 0xFF800000 : f32
  %s0 = tensor.empty() : tensor<8x12xf32>
  %r0 = tensor.empty() : tensor<8xf32>
  %o0 = tensor.empty() : tensor<8x8xf16>
  %m1 = linalg.fill ins(%low : f32) outs(%r0 : tensor<8xf32>) -> tensor<8xf32>
  %l1 = linalg.fill ins(%zero : f32) outs(%r0 : tensor<8xf32>) -> tensor<8xf32>
  %o1 = linalg.fill ins(%half : f16) outs(%o0 : tensor<8x8xf16>) -> tensor<8x8xf16>
  %max = linalg.reduce {arith.maximumf} ins(%t : tensor<8x12xf32>) outs(%m1 : tensor<8xf32>) dimensions = [1]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%t, %max : tensor<8x12xf32>, tensor<8xf32>) outs(%s0 : tensor<8x12xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %0 = arith.subf %a, %m : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> tensor<8x12xf32>
  %sum = linalg.reduce {arith.addf} ins(%e : tensor<8x12xf32>) outs(%l1 : tensor<8xf32>) dimensions = [1]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%e, %sum : tensor<8x12xf32>, tensor<8xf32>) outs(%s0 : tensor<8x12xf32>) {
  ^bb0(%a: f32, %l: f32, %out: f32):
    %0 = arith.divf %a, %l : f32
    linalg.yield %0 : f32
  } -> tensor<8x12xf32>
  %o = linalg.generic {indexing_maps = [#p, #v, #o], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<8x12xf32>, tensor<12x8xf16>) outs(%o1 : tensor<8x8xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    %1 = arith.mulf %0, %b : f16
    %2 = arith.addf %out, %1 : f16
    linalg.yield %2 : f16
  } -> tensor<8x8xf16>
  return %o : tensor<8x8xf16>
}
func.func private @open_scores(%q: tensor<?x8xf16>, %k: tensor<?x8xf16>) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %rows = tensor.dim %q, %c0 : tensor<?x8xf16>
  %keys = tensor.dim %k, %c0 : tensor<?x8xf16>
  %zero = arith.constant 0.0 : f32
  %s0 = tensor.empty(%rows, %keys) : tensor<?x?xf32>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<?x?xf32>) -> tensor<?x?xf32>
  %s = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<?x8xf16>, tensor<?x8xf16>) outs(%s1 : tensor<?x?xf32>) {
  ^bb0(%a: f16, %b: f16, %out: f32):
    %0 = arith.extf %a : f16 to f32
    %1 = arith.extf %b : f16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %out, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<?x?xf32>
  return %s : tensor<?x?xf32>
}
func.func private @open_attend(%t: tensor<?x?xf32>, %v: tensor<?x8xf16>) -> tensor<?x8xf16> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %rows = tensor.dim %t, %c0 : tensor<?x?xf32>
  %keys = tensor.dim %t, %c1 : tensor<?x?xf32>
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %low = arith.constant 0xFF800000 : f32
  %s0 = tensor.empty(%rows, %keys) : tensor<?x?xf32>
  %r0 = tensor.empty(%rows) : tensor<?xf32>
  %o0 = tensor.empty(%rows) : tensor<?x8xf16>
  %m1 = linalg.fill ins(%low : f32) outs(%r0 : tensor<?xf32>) -> tensor<?xf32>
  %l1 = linalg.fill ins(%zero : f32) outs(%r0 : tensor<?xf32>) -> tensor<?xf32>
  %o1 = linalg.fill ins(%half : f16) outs(%o0 : tensor<?x8xf16>) -> tensor<?x8xf16>
  %max = linalg.reduce {arith.maximumf} ins(%t : tensor<?x?xf32>) outs(%m1 : tensor<?xf32>) dimensions = [1]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%t, %max : tensor<?x?xf32>, tensor<?xf32>) outs(%s0 : tensor<?x?xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %0 = arith.subf %a, %m : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> tensor<?x?xf32>
  %sum = linalg.reduce {arith.addf} ins(%e : tensor<?x?xf32>) outs(%l1 : tensor<?xf32>) dimensions = [1]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%e, %sum : tensor<?x?xf32>, tensor<?xf32>) outs(%s0 : tensor<?x?xf32>) {
  ^bb0(%a: f32, %l: f32, %out: f32):
    %0 = arith.divf %a, %l : f32
    linalg.yield %0 : f32
  } -> tensor<?x?xf32>
  %o = linalg.generic {indexing_maps = [#p, #v, #o], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<?x?xf32>, tensor<?x8xf16>) outs(%o1 : tensor<?x8xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    %1 = arith.mulf %0, %b : f16
    %2 = arith.addf %out, %1 : f16
    linalg.yield %2 : f16
  } -> tensor<?x8xf16>
  return %o : tensor<?x8xf16>
}

// Visible to the last row are all keys: causal, as always from the last key on.
// CHECK-LABEL: func.func @table(
// CHECK: attn.forward {{.*}} {causal, scale
// CHECK-NOT: score
func.func @table(%q: tensor<8x8xf16>, %k: tensor<12x8xf16>, %v: tensor<12x8xf16>) -> tensor<8x8xf16> {
  %mask = arith.constant dense<[
    [true, true, true, true, true, false, false, false, false, false, false, false],
    [true, true, true, true, true, true, false, false, false, false, false, false],
    [true, true, true, true, true, true, true, false, false, false, false, false],
    [true, true, true, true, true, true, true, true, false, false, false, false],
    [true, true, true, true, true, true, true, true, true, false, false, false],
    [true, true, true, true, true, true, true, true, true, true, false, false],
    [true, true, true, true, true, true, true, true, true, true, true, false],
    [true, true, true, true, true, true, true, true, true, true, true, true]]> : tensor<8x12xi1>
  %s = call @scores(%q, %k) : (tensor<8x8xf16>, tensor<12x8xf16>) -> tensor<8x12xf32>
  %t0 = tensor.empty() : tensor<8x12xf32>
  %t = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s, %mask : tensor<8x12xf32>, tensor<8x12xi1>) outs(%t0 : tensor<8x12xf32>) {
  ^bb0(%a: f32, %m: i1, %out: f32):
    %hidden = arith.constant 0xFF800000 : f32
    %0 = arith.select %m, %a, %hidden : f32
    linalg.yield %0 : f32
  } -> tensor<8x12xf32>
  %o = call @attend(%t, %v) : (tensor<8x12xf32>, tensor<12x8xf16>) -> tensor<8x8xf16>
  return %o : tensor<8x8xf16>
}

// The first rows and keys of a table that is large enough for any, as GPT-2 has one;
// hidden where it is true.
// CHECK-LABEL: func.func @part_of_table(
// CHECK: attn.forward {{.*}} {alignment = #attn.alignment<top_left>, causal, scale
// CHECK-NOT: score
func.func @part_of_table(%q: tensor<8x8xf16>, %k: tensor<12x8xf16>, %v: tensor<12x8xf16>) -> tensor<8x8xf16> {
  %all = arith.constant dense<[[
    [true, true, true, true, true, true, true, true, true, true, true, true, true, true],
    [false, true, true, true, true, true, true, true, true, true, true, true, true, true],
    [false, false, true, true, true, true, true, true, true, true, true, true, true, true],
    [false, false, false, true, true, true, true, true, true, true, true, true, true, true],
    [false, false, false, false, true, true, true, true, true, true, true, true, true, true],
    [false, false, false, false, false, true, true, true, true, true, true, true, true, true],
    [false, false, false, false, false, false, true, true, true, true, true, true, true, true],
    [false, false, false, false, false, false, false, true, true, true, true, true, true, true],
    [false, false, false, false, false, false, false, false, true, true, true, true, true, true],
    [false, false, false, false, false, false, false, false, false, true, true, true, true, true]]]> : tensor<1x10x14xi1>
  %mask = tensor.extract_slice %all[0, 2, 1] [1, 8, 12] [1, 1, 1] : tensor<1x10x14xi1> to tensor<8x12xi1>
  %s = call @scores(%q, %k) : (tensor<8x8xf16>, tensor<12x8xf16>) -> tensor<8x12xf32>
  %t0 = tensor.empty() : tensor<8x12xf32>
  %t = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s, %mask : tensor<8x12xf32>, tensor<8x12xi1>) outs(%t0 : tensor<8x12xf32>) {
  ^bb0(%a: f32, %m: i1, %out: f32):
    %hidden = arith.constant -1.0e9 : f32
    %0 = arith.select %m, %hidden, %a : f32
    linalg.yield %0 : f32
  } -> tensor<8x12xf32>
  %o = call @attend(%t, %v) : (tensor<8x12xf32>, tensor<12x8xf16>) -> tensor<8x8xf16>
  return %o : tensor<8x8xf16>
}

// Numbers that are added: 0 from two keys before to one behind.
// CHECK-LABEL: func.func @added_table(
// CHECK: attn.forward {{.*}} window = #attn.window<left = 2, right = 1>
// CHECK-NOT: score
func.func @added_table(%q: tensor<8x8xf16>, %k: tensor<12x8xf16>, %v: tensor<12x8xf16>) -> tensor<8x8xf16> {
  %mask = arith.constant dense<[
    [0.0, 0.0, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000],
    [0.0, 0.0, 0.0, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000],
    [0.0, 0.0, 0.0, 0.0, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000],
    [0xFF800000, 0.0, 0.0, 0.0, 0.0, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000],
    [0xFF800000, 0xFF800000, 0.0, 0.0, 0.0, 0.0, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000],
    [0xFF800000, 0xFF800000, 0xFF800000, 0.0, 0.0, 0.0, 0.0, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000],
    [0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0.0, 0.0, 0.0, 0.0, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000],
    [0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0xFF800000, 0.0, 0.0, 0.0, 0.0, 0xFF800000, 0xFF800000, 0xFF800000]]> : tensor<8x12xf32>
  %s = call @scores(%q, %k) : (tensor<8x8xf16>, tensor<12x8xf16>) -> tensor<8x12xf32>
  %t0 = tensor.empty() : tensor<8x12xf32>
  %t = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s, %mask : tensor<8x12xf32>, tensor<8x12xf32>) outs(%t0 : tensor<8x12xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %0 = arith.addf %m, %a : f32
    linalg.yield %0 : f32
  } -> tensor<8x12xf32>
  %o = call @attend(%t, %v) : (tensor<8x12xf32>, tensor<12x8xf16>) -> tensor<8x8xf16>
  return %o : tensor<8x8xf16>
}

// One key in the midst is hidden: no band.
// CHECK-LABEL: func.func @table_with_hole(
// REMARK: remark: a row whose scores are all -inf
// CHECK: attn.forward {{.*}} {scale = 1.000000e+00 : f32} score {
// CHECK: tensor.extract
func.func @table_with_hole(%q: tensor<8x8xf16>, %k: tensor<12x8xf16>, %v: tensor<12x8xf16>) -> tensor<8x8xf16> {
  %mask = arith.constant dense<[
    [true, true, true, true, true, false, false, false, false, false, false, false],
    [true, true, true, true, true, true, false, false, false, false, false, false],
    [true, true, true, true, true, true, true, false, false, false, false, false],
    [true, true, true, true, true, true, true, true, false, false, false, false],
    [true, true, true, true, true, true, true, true, true, false, false, false],
    [true, true, true, false, true, true, true, true, true, true, false, false],
    [true, true, true, true, true, true, true, true, true, true, true, false],
    [true, true, true, true, true, true, true, true, true, true, true, true]]> : tensor<8x12xi1>
  %s = call @scores(%q, %k) : (tensor<8x8xf16>, tensor<12x8xf16>) -> tensor<8x12xf32>
  %t0 = tensor.empty() : tensor<8x12xf32>
  %t = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s, %mask : tensor<8x12xf32>, tensor<8x12xi1>) outs(%t0 : tensor<8x12xf32>) {
  ^bb0(%a: f32, %m: i1, %out: f32):
    %hidden = arith.constant 0xFF800000 : f32
    %0 = arith.select %m, %a, %hidden : f32
    linalg.yield %0 : f32
  } -> tensor<8x12xf32>
  %o = call @attend(%t, %v) : (tensor<8x12xf32>, tensor<12x8xf16>) -> tensor<8x8xf16>
  return %o : tensor<8x8xf16>
}

// A distance is one to either side.
// CHECK-LABEL: func.func @distance(
// CHECK: attn.forward {{.*}} window = #attn.window<left = 5, right = 3>
// CHECK-NOT: score
func.func @distance(%q: tensor<8x8xf16>, %k: tensor<12x8xf16>, %v: tensor<12x8xf16>) -> tensor<8x8xf16> {
  %s = call @scores(%q, %k) : (tensor<8x8xf16>, tensor<12x8xf16>) -> tensor<8x12xf32>
  %t0 = tensor.empty() : tensor<8x12xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s : tensor<8x12xf32>) outs(%t0 : tensor<8x12xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %hidden = arith.constant 0xFF800000 : f32
    %one = arith.constant 1 : index
    %three = arith.constant 4 : index
    %d = arith.subi %j, %i : index
    %moved = arith.addi %d, %one : index
    %abs = math.absi %moved : index
    %seen = arith.cmpi sge, %three, %abs : index
    %0 = arith.select %seen, %a, %hidden : f32
    linalg.yield %0 : f32
  } -> tensor<8x12xf32>
  %o = call @attend(%t, %v) : (tensor<8x12xf32>, tensor<12x8xf16>) -> tensor<8x8xf16>
  return %o : tensor<8x8xf16>
}

// A number that is subtracted.
// CHECK-LABEL: func.func @subtracted(
// CHECK: attn.forward {{.*}} {alignment = #attn.alignment<top_left>, causal, scale
// CHECK-NOT: score
func.func @subtracted(%q: tensor<8x8xf16>, %k: tensor<12x8xf16>, %v: tensor<12x8xf16>) -> tensor<8x8xf16> {
  %s = call @scores(%q, %k) : (tensor<8x8xf16>, tensor<12x8xf16>) -> tensor<8x12xf32>
  %t0 = tensor.empty() : tensor<8x12xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s : tensor<8x12xf32>) outs(%t0 : tensor<8x12xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %zero = arith.constant 0.0 : f32
    %much = arith.constant 1.0e9 : f32
    %seen = arith.cmpi sle, %j, %i : index
    %0 = arith.select %seen, %zero, %much : f32
    %1 = arith.subf %a, %0 : f32
    linalg.yield %1 : f32
  } -> tensor<8x12xf32>
  %o = call @attend(%t, %v) : (tensor<8x12xf32>, tensor<12x8xf16>) -> tensor<8x8xf16>
  return %o : tensor<8x8xf16>
}

// (1 - mask) * -1e9, as BERT has it; the condition is negated, too.
// CHECK-LABEL: func.func @multiplied(
// CHECK: attn.forward {{.*}} {alignment = #attn.alignment<top_left>, causal, scale
// CHECK-NOT: score
func.func @multiplied(%q: tensor<8x8xf16>, %k: tensor<12x8xf16>, %v: tensor<12x8xf16>) -> tensor<8x8xf16> {
  %s = call @scores(%q, %k) : (tensor<8x8xf16>, tensor<12x8xf16>) -> tensor<8x12xf32>
  %t0 = tensor.empty() : tensor<8x12xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s : tensor<8x12xf32>) outs(%t0 : tensor<8x12xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %true = arith.constant true
    %one = arith.constant 1.0 : f32
    %hidden = arith.constant -1.0e9 : f32
    %behind = arith.cmpi ugt, %j, %i : index
    %seen = arith.xori %behind, %true : i1
    %0 = arith.uitofp %seen : i1 to f32
    %1 = arith.subf %one, %0 : f32
    %2 = arith.mulf %1, %hidden : f32
    %3 = arith.addf %2, %a : f32
    linalg.yield %3 : f32
  } -> tensor<8x12xf32>
  %o = call @attend(%t, %v) : (tensor<8x12xf32>, tensor<12x8xf16>) -> tensor<8x8xf16>
  return %o : tensor<8x8xf16>
}

// A constant that stands in the resources of the module.
// CHECK-LABEL: func.func @resource(
// CHECK: attn.forward {{.*}} {causal, scale
// CHECK-NOT: score
func.func @resource(%q: tensor<8x8xf16>, %k: tensor<12x8xf16>, %v: tensor<12x8xf16>) -> tensor<8x8xf16> {
  %mask = arith.constant dense_resource<lower> : tensor<8x12xf32>
  %s = call @scores(%q, %k) : (tensor<8x8xf16>, tensor<12x8xf16>) -> tensor<8x12xf32>
  %t0 = tensor.empty() : tensor<8x12xf32>
  %t = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s, %mask : tensor<8x12xf32>, tensor<8x12xf32>) outs(%t0 : tensor<8x12xf32>) {
  ^bb0(%a: f32, %m: f32, %out: f32):
    %0 = arith.addf %a, %m : f32
    linalg.yield %0 : f32
  } -> tensor<8x12xf32>
  %o = call @attend(%t, %v) : (tensor<8x12xf32>, tensor<12x8xf16>) -> tensor<8x8xf16>
  return %o : tensor<8x8xf16>
}

// What f32 rounds off hides nothing: 1 + 1e-9 is 1.
// CHECK-LABEL: func.func @rounded(
// CHECK: attn.forward {{.*}} {scale = 1.000000e+00 : f32} score {
// REMARK: remark: a row whose scores are all -inf
func.func @rounded(%q: tensor<8x8xf16>, %k: tensor<12x8xf16>, %v: tensor<12x8xf16>) -> tensor<8x8xf16> {
  %s = call @scores(%q, %k) : (tensor<8x8xf16>, tensor<12x8xf16>) -> tensor<8x12xf32>
  %t0 = tensor.empty() : tensor<8x12xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s : tensor<8x12xf32>) outs(%t0 : tensor<8x12xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %hidden = arith.constant 0xFF800000 : f32
    %seen = arith.cmpi sle, %j, %i : index
    %one = arith.constant 1.0 : f32
    %little = arith.constant 1.0e-9 : f32
    %n = arith.uitofp %seen : i1 to f32
    %rest = arith.subf %one, %n : f32
    %part = arith.mulf %rest, %little : f32
    %sum = arith.addf %part, %one : f32
    %same = arith.cmpf oeq, %sum, %one : f32
    %0 = arith.select %same, %a, %hidden : f32
    linalg.yield %0 : f32
  } -> tensor<8x12xf32>
  %o = call @attend(%t, %v) : (tensor<8x12xf32>, tensor<12x8xf16>) -> tensor<8x8xf16>
  return %o : tensor<8x8xf16>
}

// 255 is not less than 0.
// CHECK-LABEL: func.func @unsigned(
// CHECK: attn.forward {{.*}} {scale = 1.000000e+00 : f32} score {
// REMARK: remark: a row whose scores are all -inf
func.func @unsigned(%q: tensor<8x8xf16>, %k: tensor<12x8xf16>, %v: tensor<12x8xf16>) -> tensor<8x8xf16> {
  %s = call @scores(%q, %k) : (tensor<8x8xf16>, tensor<12x8xf16>) -> tensor<8x12xf32>
  %t0 = tensor.empty() : tensor<8x12xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s : tensor<8x12xf32>) outs(%t0 : tensor<8x12xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %hidden = arith.constant 0xFF800000 : f32
    %seen = arith.cmpi sle, %j, %i : index
    %none = arith.constant 0 : i8
    %all = arith.constant -1 : i8
    %zero = arith.constant 0 : i32
    %n = arith.select %seen, %none, %all : i8
    %wide = arith.extui %n : i8 to i32
    %positive = arith.cmpi sge, %wide, %zero : i32
    %0 = arith.select %positive, %a, %hidden : f32
    linalg.yield %0 : f32
  } -> tensor<8x12xf32>
  %o = call @attend(%t, %v) : (tensor<8x12xf32>, tensor<12x8xf16>) -> tensor<8x8xf16>
  return %o : tensor<8x8xf16>
}

// 3 is 1 in its last bit, and so is 1.
// CHECK-LABEL: func.func @last_bit(
// CHECK: attn.forward {{.*}} {scale = 1.000000e+00 : f32} score {
// REMARK: remark: a row whose scores are all -inf
func.func @last_bit(%q: tensor<8x8xf16>, %k: tensor<12x8xf16>, %v: tensor<12x8xf16>) -> tensor<8x8xf16> {
  %s = call @scores(%q, %k) : (tensor<8x8xf16>, tensor<12x8xf16>) -> tensor<8x12xf32>
  %t0 = tensor.empty() : tensor<8x12xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s : tensor<8x12xf32>) outs(%t0 : tensor<8x12xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %hidden = arith.constant 0xFF800000 : f32
    %seen = arith.cmpi sle, %j, %i : index
    %three = arith.constant 3 : i8
    %one = arith.constant 1 : i8
    %n = arith.select %seen, %three, %one : i8
    %bit = arith.trunci %n : i8 to i1
    %0 = arith.select %bit, %a, %hidden : f32
    linalg.yield %0 : f32
  } -> tensor<8x12xf32>
  %o = call @attend(%t, %v) : (tensor<8x12xf32>, tensor<12x8xf16>) -> tensor<8x8xf16>
  return %o : tensor<8x8xf16>
}

// j <= i + (keys - rows), in i64: causal from the last key on, as always.
// CHECK-LABEL: func.func @from_the_last(
// CHECK: attn.forward {{.*}} {causal, scale
// CHECK-NOT: score
// REMARK: remark: a row that no key is visible to, as of more rows than keys, gives 0 in 'attn.forward', but NaN in a softmax that is written out
func.func @from_the_last(%q: tensor<?x8xf16>, %k: tensor<?x8xf16>, %v: tensor<?x8xf16>) -> tensor<?x8xf16> {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %s = call @open_scores(%q, %k) : (tensor<?x8xf16>, tensor<?x8xf16>) -> tensor<?x?xf32>
  %rows = tensor.dim %s, %zero : tensor<?x?xf32>
  %keys = tensor.dim %k, %zero : tensor<?x8xf16>
  %more = arith.subi %keys, %rows : index
  %more_i64 = arith.index_cast %more : index to i64
  %t0 = tensor.empty(%rows, %keys) : tensor<?x?xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s : tensor<?x?xf32>) outs(%t0 : tensor<?x?xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %hidden = arith.constant 0xFF800000 : f32
    %row = arith.index_cast %i : index to i64
    %key = arith.index_cast %j : index to i64
    %last = arith.addi %row, %more_i64 : i64
    %seen = arith.cmpi sle, %key, %last : i64
    %0 = arith.select %seen, %a, %hidden : f32
    linalg.yield %0 : f32
  } -> tensor<?x?xf32>
  %o = call @open_attend(%t, %v) : (tensor<?x?xf32>, tensor<?x8xf16>) -> tensor<?x8xf16>
  return %o : tensor<?x8xf16>
}

// rows - i <= keys - j, and not more than two fewer.
// CHECK-LABEL: func.func @both_from_the_last(
// CHECK: attn.forward {{.*}} {causal, scale = 1.000000e+00 : f32, window = #attn.window<left = 2>}
// CHECK-NOT: score
// REMARK: remark: a row that no key is visible to, as of more rows than keys, gives 0 in 'attn.forward', but a mean of V in a softmax that is written out
func.func @both_from_the_last(%q: tensor<?x8xf16>, %k: tensor<?x8xf16>, %v: tensor<?x8xf16>) -> tensor<?x8xf16> {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %s = call @open_scores(%q, %k) : (tensor<?x8xf16>, tensor<?x8xf16>) -> tensor<?x?xf32>
  %rows = tensor.dim %s, %zero : tensor<?x?xf32>
  %keys = tensor.dim %k, %zero : tensor<?x8xf16>
  %t0 = tensor.empty(%rows, %keys) : tensor<?x?xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s : tensor<?x?xf32>) outs(%t0 : tensor<?x?xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %hidden = arith.constant -1.0e9 : f32
    %two = arith.constant 2 : index
    %row = arith.subi %rows, %i : index
    %key = arith.subi %keys, %j : index
    %before = arith.cmpi sle, %row, %key : index
    %reach = arith.addi %row, %two : index
    %near = arith.cmpi sle, %key, %reach : index
    %seen = arith.andi %before, %near : i1
    %0 = arith.select %seen, %a, %hidden : f32
    linalg.yield %0 : f32
  } -> tensor<?x?xf32>
  %o = call @open_attend(%t, %v) : (tensor<?x?xf32>, tensor<?x8xf16>) -> tensor<?x8xf16>
  return %o : tensor<?x8xf16>
}

// j <= i + (keys - 3) counts from no end of both.
// CHECK-LABEL: func.func @from_elsewhere(
// CHECK: attn.forward {{.*}} {scale = 1.000000e+00 : f32} score {
// REMARK: remark: a row whose scores are all -inf
func.func @from_elsewhere(%q: tensor<?x8xf16>, %k: tensor<?x8xf16>, %v: tensor<?x8xf16>) -> tensor<?x8xf16> {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %s = call @open_scores(%q, %k) : (tensor<?x8xf16>, tensor<?x8xf16>) -> tensor<?x?xf32>
  %rows = tensor.dim %s, %zero : tensor<?x?xf32>
  %keys = tensor.dim %k, %zero : tensor<?x8xf16>
  %three = arith.constant 3 : index
  %most = arith.subi %keys, %three : index
  %t0 = tensor.empty(%rows, %keys) : tensor<?x?xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s : tensor<?x?xf32>) outs(%t0 : tensor<?x?xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %hidden = arith.constant 0xFF800000 : f32
    %last = arith.addi %i, %most : index
    %seen = arith.cmpi sle, %j, %last : index
    %0 = arith.select %seen, %a, %hidden : f32
    linalg.yield %0 : f32
  } -> tensor<?x?xf32>
  %o = call @open_attend(%t, %v) : (tensor<?x?xf32>, tensor<?x8xf16>) -> tensor<?x8xf16>
  return %o : tensor<?x8xf16>
}

// All of them on sines, in f32 so that they can be printed.
func.func private @printMemrefF32(tensor<*xf32>)
func.func @print(%value: tensor<8x8xf16>) {
  %init = tensor.empty() : tensor<8x8xf32>
  %wide = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%value : tensor<8x8xf16>) outs(%init : tensor<8x8xf32>) {
  ^bb0(%in: f16, %out: f32):
    %0 = arith.extf %in : f16 to f32
    linalg.yield %0 : f32
  } -> tensor<8x8xf32>
  %flat = tensor.collapse_shape %wide [[0, 1]] : tensor<8x8xf32> into tensor<64xf32>
  %any = tensor.cast %flat : tensor<64xf32> to tensor<*xf32>
  call @printMemrefF32(%any) : (tensor<*xf32>) -> ()
  return
}
func.func @main() {
  %q = tensor.generate {
  ^bb0(%i: index, %d: index):
    %0 = affine.apply affine_map<(a, b) -> (a * 13 + b * 29)>(%i, %d)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<8x8xf16>
  %open_q = tensor.cast %q : tensor<8x8xf16> to tensor<?x8xf16>
  %k = tensor.generate {
  ^bb0(%i: index, %d: index):
    %0 = affine.apply affine_map<(a, b) -> (a * 14 + b * 30)>(%i, %d)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<12x8xf16>
  %open_k = tensor.cast %k : tensor<12x8xf16> to tensor<?x8xf16>
  %v = tensor.generate {
  ^bb0(%i: index, %d: index):
    %0 = affine.apply affine_map<(a, b) -> (a * 15 + b * 31)>(%i, %d)
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = math.sin %2 : f32
    %4 = arith.truncf %3 : f32 to f16
    tensor.yield %4 : f16
  } : tensor<12x8xf16>
  %open_v = tensor.cast %v : tensor<12x8xf16> to tensor<?x8xf16>
  %table = call @table(%q, %k, %v) {no_inline} : (tensor<8x8xf16>, tensor<12x8xf16>, tensor<12x8xf16>) -> tensor<8x8xf16>
  call @print(%table) {no_inline} : (tensor<8x8xf16>) -> ()
  %part_of_table = call @part_of_table(%q, %k, %v) {no_inline} : (tensor<8x8xf16>, tensor<12x8xf16>, tensor<12x8xf16>) -> tensor<8x8xf16>
  call @print(%part_of_table) {no_inline} : (tensor<8x8xf16>) -> ()
  %added_table = call @added_table(%q, %k, %v) {no_inline} : (tensor<8x8xf16>, tensor<12x8xf16>, tensor<12x8xf16>) -> tensor<8x8xf16>
  call @print(%added_table) {no_inline} : (tensor<8x8xf16>) -> ()
  %table_with_hole = call @table_with_hole(%q, %k, %v) {no_inline} : (tensor<8x8xf16>, tensor<12x8xf16>, tensor<12x8xf16>) -> tensor<8x8xf16>
  call @print(%table_with_hole) {no_inline} : (tensor<8x8xf16>) -> ()
  %distance = call @distance(%q, %k, %v) {no_inline} : (tensor<8x8xf16>, tensor<12x8xf16>, tensor<12x8xf16>) -> tensor<8x8xf16>
  call @print(%distance) {no_inline} : (tensor<8x8xf16>) -> ()
  %subtracted = call @subtracted(%q, %k, %v) {no_inline} : (tensor<8x8xf16>, tensor<12x8xf16>, tensor<12x8xf16>) -> tensor<8x8xf16>
  call @print(%subtracted) {no_inline} : (tensor<8x8xf16>) -> ()
  %multiplied = call @multiplied(%q, %k, %v) {no_inline} : (tensor<8x8xf16>, tensor<12x8xf16>, tensor<12x8xf16>) -> tensor<8x8xf16>
  call @print(%multiplied) {no_inline} : (tensor<8x8xf16>) -> ()
  %open_from_the_last = call @from_the_last(%open_q, %open_k, %open_v) {no_inline} : (tensor<?x8xf16>, tensor<?x8xf16>, tensor<?x8xf16>) -> tensor<?x8xf16>
  %from_the_last = tensor.cast %open_from_the_last : tensor<?x8xf16> to tensor<8x8xf16>
  call @print(%from_the_last) {no_inline} : (tensor<8x8xf16>) -> ()
  %open_both_from_the_last = call @both_from_the_last(%open_q, %open_k, %open_v) {no_inline} : (tensor<?x8xf16>, tensor<?x8xf16>, tensor<?x8xf16>) -> tensor<?x8xf16>
  %both_from_the_last = tensor.cast %open_both_from_the_last : tensor<?x8xf16> to tensor<8x8xf16>
  call @print(%both_from_the_last) {no_inline} : (tensor<8x8xf16>) -> ()
  %open_from_elsewhere = call @from_elsewhere(%open_q, %open_k, %open_v) {no_inline} : (tensor<?x8xf16>, tensor<?x8xf16>, tensor<?x8xf16>) -> tensor<?x8xf16>
  %from_elsewhere = tensor.cast %open_from_elsewhere : tensor<?x8xf16> to tensor<8x8xf16>
  call @print(%from_elsewhere) {no_inline} : (tensor<8x8xf16>) -> ()
  %resource = call @resource(%q, %k, %v) {no_inline} : (tensor<8x8xf16>, tensor<12x8xf16>, tensor<12x8xf16>) -> tensor<8x8xf16>
  call @print(%resource) {no_inline} : (tensor<8x8xf16>) -> ()
  %rounded = call @rounded(%q, %k, %v) {no_inline} : (tensor<8x8xf16>, tensor<12x8xf16>, tensor<12x8xf16>) -> tensor<8x8xf16>
  call @print(%rounded) {no_inline} : (tensor<8x8xf16>) -> ()
  %unsigned = call @unsigned(%q, %k, %v) {no_inline} : (tensor<8x8xf16>, tensor<12x8xf16>, tensor<12x8xf16>) -> tensor<8x8xf16>
  call @print(%unsigned) {no_inline} : (tensor<8x8xf16>) -> ()
  %last_bit = call @last_bit(%q, %k, %v) {no_inline} : (tensor<8x8xf16>, tensor<12x8xf16>, tensor<12x8xf16>) -> tensor<8x8xf16>
  call @print(%last_bit) {no_inline} : (tensor<8x8xf16>) -> ()
  return
}

{-#
  dialect_resources: {
    builtin: {
      lower: "0x040000000000000000000000000000000000000000000000000080FF000080FF000080FF000080FF000080FF000080FF000080FF000000000000000000000000000000000000000000000000000080FF000080FF000080FF000080FF000080FF000080FF00000000000000000000000000000000000000000000000000000000000080FF000080FF000080FF000080FF000080FF0000000000000000000000000000000000000000000000000000000000000000000080FF000080FF000080FF000080FF000000000000000000000000000000000000000000000000000000000000000000000000000080FF000080FF000080FF00000000000000000000000000000000000000000000000000000000000000000000000000000000000080FF000080FF0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000080FF000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    }
  }
#-}
