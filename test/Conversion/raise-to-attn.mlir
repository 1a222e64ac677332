// Forms that exporters do not happen to mix, the simplest first. What JAX and
// PyTorch write is in raise-to-attn-jax.mlir and raise-to-attn-torch.mlir.

// RUN: fa3-opt %s --raise-to-attn --canonicalize --split-input-file | FileCheck %s

// The maps of Q Kᵀ with K as it is, and of rows of scores.
#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>

// The dimension of the batch is that of the heads.
// CHECK-LABEL: func.func @softmax(
// CHECK-SAME: %[[Q:.*]]: tensor<8x32x64xf16>, %[[K:.*]]: tensor<8x48x64xf16>, %[[V:.*]]: tensor<8x48x16xf16>
// CHECK-DAG: %[[Q4:.*]] = tensor.expand_shape %[[Q]] {{\[}}[0, 1], [2], [3]] output_shape [1, 8, 32, 64]
// CHECK-DAG: %[[K4:.*]] = tensor.expand_shape %[[K]] {{\[}}[0, 1], [2], [3]] output_shape [1, 8, 48, 64]
// CHECK-DAG: %[[V4:.*]] = tensor.expand_shape %[[V]] {{\[}}[0, 1], [2], [3]] output_shape [1, 8, 48, 16]
// CHECK: %[[O:.*]] = attn.forward ins(%[[Q4]], %[[K4]], %[[V4]] :
// CHECK-SAME: outs(%{{.*}} : tensor<1x8x32x16xf16>) {layout = #attn.layout<bhsd>, scale = 1.000000e+00 : f32}
// CHECK: %[[R:.*]] = tensor.collapse_shape %[[O]] {{\[}}[0, 1], [2], [3]]
// CHECK-NEXT: return %[[R]] : tensor<8x32x16xf16>
func.func @softmax(%q: tensor<8x32x64xf16>, %k: tensor<8x48x64xf16>,
                   %v: tensor<8x48x16xf16>) -> tensor<8x32x16xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x32x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x32x48xf16>) -> tensor<8x32x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x32x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x32x48xf16>) -> tensor<8x32x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x32x48xf16>)
      outs(%s0 : tensor<8x32x48xf16>) -> tensor<8x32x48xf16>
  %o0 = tensor.empty() : tensor<8x32x16xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x32x16xf16>) -> tensor<8x32x16xf16>
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x32x48xf16>, tensor<8x48x16xf16>)
      outs(%o1 : tensor<8x32x16xf16>) -> tensor<8x32x16xf16>
  return %o : tensor<8x32x16xf16>
}

// Two dimensions are one batch and one head. Q is what was rounded to 16 bits; V
// is what was widened from that.
// CHECK-LABEL: func.func @matrices(
// CHECK: %[[ROUNDED:.*]] = linalg.generic {{.*}} ins(%arg0 : tensor<32x64xf32>) outs(%{{.*}} : tensor<32x64xbf16>)
// CHECK: %[[Q:.*]] = tensor.expand_shape %[[ROUNDED]]
// CHECK: %[[V:.*]] = tensor.expand_shape %arg2
// CHECK: attn.forward ins(%[[Q]], %{{.*}}, %[[V]] : tensor<1x32x1x64xbf16>, tensor<1x48x1x64xbf16>, tensor<1x48x1x64xbf16>)
func.func @matrices(%wide_q: tensor<32x64xf32>, %kt: tensor<64x48xbf16>,
                    %v: tensor<48x64xbf16>) -> tensor<32x64xbf16> {
  %zero = arith.constant 0.0 : f32
  %q0 = tensor.empty() : tensor<32x64xbf16>
  %q = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%wide_q : tensor<32x64xf32>) outs(%q0 : tensor<32x64xbf16>) {
  ^bb0(%in: f32, %out: bf16):
    %0 = arith.truncf %in : f32 to bf16
    linalg.yield %0 : bf16
  } -> tensor<32x64xbf16>
  %s0 = tensor.empty() : tensor<32x48xf32>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<32x48xf32>) -> tensor<32x48xf32>
  %s = linalg.matmul ins(%q, %kt : tensor<32x64xbf16>, tensor<64x48xbf16>)
      outs(%s1 : tensor<32x48xf32>) -> tensor<32x48xf32>
  %p = linalg.softmax dimension(1) ins(%s : tensor<32x48xf32>)
      outs(%s0 : tensor<32x48xf32>) -> tensor<32x48xf32>
  %o0 = tensor.empty() : tensor<32x64xf32>
  %o1 = linalg.fill ins(%zero : f32) outs(%o0 : tensor<32x64xf32>) -> tensor<32x64xf32>
  %v0 = tensor.empty() : tensor<48x64xf32>
  %wide = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%v : tensor<48x64xbf16>) outs(%v0 : tensor<48x64xf32>) {
  ^bb0(%in: bf16, %out: f32):
    %0 = arith.extf %in : bf16 to f32
    linalg.yield %0 : f32
  } -> tensor<48x64xf32>
  %o = linalg.matmul ins(%p, %wide : tensor<32x48xf32>, tensor<48x64xf32>)
      outs(%o1 : tensor<32x64xf32>) -> tensor<32x64xf32>
  %r0 = tensor.empty() : tensor<32x64xbf16>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%o : tensor<32x64xf32>) outs(%r0 : tensor<32x64xbf16>) {
  ^bb0(%in: f32, %out: bf16):
    %0 = arith.truncf %in : f32 to bf16
    linalg.yield %0 : bf16
  } -> tensor<32x64xbf16>
  return %r : tensor<32x64xbf16>
}

// -----

// One generic for each product; batch and lengths are open; heads stand before
// positions in K and V, and behind them in Q.
#q = affine_map<(b, h, i, j, d) -> (b, i, h, d)>
#k = affine_map<(b, h, i, j, d) -> (b, h, j, d)>
#s = affine_map<(b, h, i, j, d) -> (b, h, i, j)>
#p = affine_map<(b, h, i, j, d) -> (b, h, i, j)>
#v = affine_map<(b, h, i, j, d) -> (b, h, j, d)>
#o = affine_map<(b, h, i, j, d) -> (b, i, h, d)>
#id = affine_map<(b, h, i, j) -> (b, h, i, j)>

// CHECK-LABEL: func.func @dynamic(
// CHECK-SAME: %[[Q:.*]]: tensor<?x?x4x64xf16>, %[[K:.*]]: tensor<?x4x?x64xf16>, %[[V:.*]]: tensor<?x4x?x64xf16>
// CHECK: %[[KT:.*]] = linalg.transpose ins(%[[K]] : {{.*}} permutation = [0, 2, 1, 3]
// CHECK: %[[VT:.*]] = linalg.transpose ins(%[[V]] : {{.*}} permutation = [0, 2, 1, 3]
// CHECK: %[[O:.*]] = attn.forward ins(%[[Q]], %[[KT]], %[[VT]] :
// CHECK-SAME: outs(%{{.*}} : tensor<?x?x4x64xf16>) {scale = 1.250000e-01 : f32}
// CHECK: return %[[O]]
func.func @dynamic(%q: tensor<?x?x4x64xf16>, %k: tensor<?x4x?x64xf16>,
                   %v: tensor<?x4x?x64xf16>, %scores: tensor<?x4x?x?xf32>,
                   %init: tensor<?x?x4x64xf16>) -> tensor<?x?x4x64xf16> {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %s1 = linalg.fill ins(%zero : f32) outs(%scores : tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %s = linalg.generic {indexing_maps = [#q, #k, #s],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<?x?x4x64xf16>, tensor<?x4x?x64xf16>)
      outs(%s1 : tensor<?x4x?x?xf32>) {
  ^bb0(%a: f16, %b: f16, %out: f32):
    %0 = arith.extf %a : f16 to f32
    %1 = arith.extf %b : f16 to f32
    %2 = arith.mulf %1, %0 : f32
    %3 = arith.addf %2, %out : f32
    linalg.yield %3 : f32
  } -> tensor<?x4x?x?xf32>
  %t = linalg.generic {indexing_maps = [#id, #id],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%s : tensor<?x4x?x?xf32>) outs(%scores : tensor<?x4x?x?xf32>) {
  ^bb0(%a: f32, %out: f32):
    %eight = arith.constant 8.0 : f32
    %0 = arith.divf %a, %eight : f32
    linalg.yield %0 : f32
  } -> tensor<?x4x?x?xf32>
  %p = linalg.softmax dimension(3) ins(%t : tensor<?x4x?x?xf32>)
      outs(%scores : tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %o1 = linalg.fill ins(%half : f16) outs(%init : tensor<?x?x4x64xf16>) -> tensor<?x?x4x64xf16>
  %o = linalg.generic {indexing_maps = [#p, #v, #o],
      iterator_types = ["parallel", "parallel", "parallel", "reduction", "parallel"]}
      ins(%p, %v : tensor<?x4x?x?xf32>, tensor<?x4x?x64xf16>)
      outs(%o1 : tensor<?x?x4x64xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    %1 = arith.mulf %0, %b : f16
    %2 = arith.addf %out, %1 : f16
    linalg.yield %2 : f16
  } -> tensor<?x?x4x64xf16>
  return %o : tensor<?x?x4x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// A band as an addend that reaches 16 keys, the difference of the lengths, to the
// right: the causal mask that is aligned to the last row.
// CHECK-LABEL: func.func @bottom_right(
// CHECK: attn.forward {{.*}} {causal, layout = #attn.layout<bhsd>, scale = 2.500000e-01 : f32}
// CHECK-NOT: score
func.func @bottom_right(%q: tensor<8x32x64xf16>, %k: tensor<8x48x64xf16>,
                        %v: tensor<8x48x64xf16>) -> tensor<8x32x64xf16> {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %scale = arith.constant 0.25 : f32
  %hidden = arith.constant -1.0e9 : f32
  %shift = arith.constant 16 : index
  %s0 = tensor.empty() : tensor<8x32x48xf32>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<8x32x48xf32>) -> tensor<8x32x48xf32>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x32x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x32x48xf32>) -> tensor<8x32x48xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<8x32x48xf32>) outs(%s0 : tensor<8x32x48xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %last = arith.addi %i, %shift : index
    %after = arith.cmpi sgt, %j, %last : index
    %mask = arith.select %after, %hidden, %zero : f32
    %0 = arith.mulf %scale, %a : f32
    %1 = arith.addf %mask, %0 : f32
    linalg.yield %1 : f32
  } -> tensor<8x32x48xf32>
  %p = linalg.softmax dimension(2) ins(%t : tensor<8x32x48xf32>)
      outs(%s0 : tensor<8x32x48xf32>) -> tensor<8x32x48xf32>
  %o0 = tensor.empty() : tensor<8x32x64xf16>
  %o1 = linalg.fill ins(%half : f16) outs(%o0 : tensor<8x32x64xf16>) -> tensor<8x32x64xf16>
  %o = linalg.generic {indexing_maps = [
        affine_map<(b, i, d, j) -> (b, i, j)>, affine_map<(b, i, d, j) -> (b, j, d)>,
        affine_map<(b, i, d, j) -> (b, i, d)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<8x32x48xf32>, tensor<8x48x64xf16>) outs(%o1 : tensor<8x32x64xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    %1 = arith.mulf %0, %b : f16
    %2 = arith.addf %out, %1 : f16
    linalg.yield %2 : f16
  } -> tensor<8x32x64xf16>
  return %o : tensor<8x32x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// Any other band is a window, and the rest of the score, a slope for each of four
// heads in two batches times the distance, is the score region. The batch of the
// products is both: heads are taken apart by what the slopes are indexed by.
// CHECK-LABEL: func.func @slopes(
// CHECK: attn.forward {{.*}} {alignment = #attn.alignment<top_left>,
// CHECK-SAME: scale = 5.000000e-01 : f32, window = #attn.window<right = 3>} score {
// CHECK: ^bb0(%[[S:.*]]: f32, %{{.*}}: index, %[[H:.*]]: index, %[[I:.*]]: index, %[[J:.*]]: index):
// CHECK: %[[H4:.*]] = arith.remui %[[H]], %c4
// CHECK: %[[SLOPE:.*]] = tensor.extract %arg3[%[[H4]]]
// CHECK: %[[D:.*]] = arith.subi %[[J]], %[[I]]
// CHECK: %[[BIAS:.*]] = arith.mulf %[[SLOPE]], %{{.*}}
// CHECK: %[[R:.*]] = arith.addf %[[S]], %[[BIAS]]
// CHECK: attn.yield %[[R]]
func.func @slopes(%q: tensor<8x32x64xf16>, %k: tensor<8x48x64xf16>,
                  %v: tensor<8x48x64xf16>, %slopes: tensor<4xf32>) -> tensor<8x32x64xf16> {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %scale = arith.constant 2.0 : f32
  %hidden = arith.constant 0xFF800000 : f32
  %shift = arith.constant 4 : index
  %s0 = tensor.empty() : tensor<8x32x48xf32>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<8x32x48xf32>) -> tensor<8x32x48xf32>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x32x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x32x48xf32>) -> tensor<8x32x48xf32>
  %e = tensor.expand_shape %s [[0, 1], [2], [3]] output_shape [2, 4, 32, 48]
      : tensor<8x32x48xf32> into tensor<2x4x32x48xf32>
  %t0 = tensor.empty() : tensor<2x4x32x48xf32>
  %t = linalg.generic {indexing_maps = [
        affine_map<(b, h, i, j) -> (b, h, i, j)>, affine_map<(b, h, i, j) -> (h)>,
        affine_map<(b, h, i, j) -> (b, h, i, j)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%e, %slopes : tensor<2x4x32x48xf32>, tensor<4xf32>) outs(%t0 : tensor<2x4x32x48xf32>) {
  ^bb0(%a: f32, %slope: f32, %out: f32):
    %i = linalg.index 2 : index
    %j = linalg.index 3 : index
    %0 = arith.divf %a, %scale : f32
    %1 = arith.subi %j, %i : index
    %2 = arith.index_cast %1 : index to i32
    %3 = arith.sitofp %2 : i32 to f32
    %4 = arith.mulf %slope, %3 : f32
    %5 = arith.addf %0, %4 : f32
    %end = arith.addi %i, %shift : index
    %visible = arith.cmpi slt, %j, %end : index
    %6 = arith.select %visible, %5, %hidden : f32
    linalg.yield %6 : f32
  } -> tensor<2x4x32x48xf32>
  %c = tensor.collapse_shape %t [[0, 1], [2], [3]]
      : tensor<2x4x32x48xf32> into tensor<8x32x48xf32>
  %p = linalg.softmax dimension(2) ins(%c : tensor<8x32x48xf32>)
      outs(%s0 : tensor<8x32x48xf32>) -> tensor<8x32x48xf32>
  %o0 = tensor.empty() : tensor<8x32x64xf16>
  %o1 = linalg.fill ins(%half : f16) outs(%o0 : tensor<8x32x64xf16>) -> tensor<8x32x64xf16>
  %o = linalg.generic {indexing_maps = [
        affine_map<(b, i, d, j) -> (b, i, j)>, affine_map<(b, i, d, j) -> (b, j, d)>,
        affine_map<(b, i, d, j) -> (b, i, d)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<8x32x48xf32>, tensor<8x48x64xf16>) outs(%o1 : tensor<8x32x64xf16>) {
  ^bb0(%a: f32, %b: f16, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    %1 = arith.mulf %0, %b : f16
    %2 = arith.addf %out, %1 : f16
    linalg.yield %2 : f16
  } -> tensor<8x32x64xf16>
  return %o : tensor<8x32x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// Both sides of a window, in a condition for hidden keys, on a count that was
// folded to a constant.
// CHECK-LABEL: func.func @window(
// CHECK: attn.forward {{.*}} window = #attn.window<left = 5, right = 2>}
// CHECK-NOT: score
func.func @window(%q: tensor<8x32x64xf16>, %k: tensor<8x32x64xf16>,
                  %v: tensor<8x32x64xf16>) -> tensor<8x32x64xf16> {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %low = arith.constant -3.0e38 : f32
  %none = arith.constant 0 : i32
  %two = arith.constant 2 : i32
  %five = arith.constant 5 : i32
  %count = arith.constant dense<[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31]> : tensor<32xi32>
  %t0 = tensor.empty() : tensor<8x32x32xf32>
  %t1 = linalg.fill ins(%zero : f32) outs(%t0 : tensor<8x32x32xf32>) -> tensor<8x32x32xf32>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x32x64xf16>, tensor<8x32x64xf16>)
      outs(%t1 : tensor<8x32x32xf32>) -> tensor<8x32x32xf32>
  %t = linalg.generic {indexing_maps = [#id, affine_map<(b, i, j) -> (i)>, affine_map<(b, i, j) -> (j)>, #id],
      iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %count, %count : tensor<8x32x32xf32>, tensor<32xi32>, tensor<32xi32>)
      outs(%t0 : tensor<8x32x32xf32>) {
  ^bb0(%a: f32, %i: i32, %j: i32, %out: f32):
    %distance = arith.subi %i, %j : i32
    %before = arith.cmpi sgt, %distance, %five : i32
    %far = arith.addi %distance, %two : i32
    %after = arith.cmpi slt, %far, %none : i32
    %hidden = arith.ori %before, %after : i1
    %0 = arith.select %hidden, %low, %a : f32
    linalg.yield %0 : f32
  } -> tensor<8x32x32xf32>
  %p = linalg.softmax dimension(2) ins(%t : tensor<8x32x32xf32>)
      outs(%t0 : tensor<8x32x32xf32>) -> tensor<8x32x32xf32>
  %h0 = tensor.empty() : tensor<8x32x32xf16>
  %h = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%p : tensor<8x32x32xf32>) outs(%h0 : tensor<8x32x32xf16>) {
  ^bb0(%a: f32, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    linalg.yield %0 : f16
  } -> tensor<8x32x32xf16>
  %o0 = tensor.empty() : tensor<8x32x64xf16>
  %o1 = linalg.fill ins(%half : f16) outs(%o0 : tensor<8x32x64xf16>) -> tensor<8x32x64xf16>
  %o = linalg.batch_matmul ins(%h, %v : tensor<8x32x32xf16>, tensor<8x32x64xf16>)
      outs(%o1 : tensor<8x32x64xf16>) -> tensor<8x32x64xf16>
  return %o : tensor<8x32x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// The last row sees no key, so this is no band. It is a score region, whose number
// for hidden keys becomes -inf.
// CHECK-LABEL: func.func @far_window(
// CHECK: attn.forward {{.*}} {layout = #attn.layout<bhsd>, scale = 1.000000e+00 : f32} score {
// CHECK: %[[SCORE:.*]] = arith.select %{{.*}}, %{{.*}}, %{{.*}} : f32
// CHECK: %[[HIDDEN:.*]] = arith.cmpf ole, %[[SCORE]], %{{.*}} : f32
// CHECK: %[[R:.*]] = arith.select %[[HIDDEN]], %{{.*}}, %[[SCORE]] : f32
// CHECK: attn.yield %[[R]]
func.func @far_window(%q: tensor<8x32x64xf16>, %k: tensor<8x32x64xf16>,
                  %v: tensor<8x32x64xf16>) -> tensor<8x32x64xf16> {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %low = arith.constant -1.0e9 : f32
  %t0 = tensor.empty() : tensor<8x32x32xf32>
  %t1 = linalg.fill ins(%zero : f32) outs(%t0 : tensor<8x32x32xf32>) -> tensor<8x32x32xf32>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x32x64xf16>, tensor<8x32x64xf16>)
      outs(%t1 : tensor<8x32x32xf32>) -> tensor<8x32x32xf32>
  %t = linalg.generic {indexing_maps = [#id, #id],
      iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<8x32x32xf32>) outs(%t0 : tensor<8x32x32xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %after = arith.cmpi sgt, %j, %i : index
    %0 = arith.select %after, %a, %low : f32
    linalg.yield %0 : f32
  } -> tensor<8x32x32xf32>
  %p = linalg.softmax dimension(2) ins(%t : tensor<8x32x32xf32>)
      outs(%t0 : tensor<8x32x32xf32>) -> tensor<8x32x32xf32>
  %h0 = tensor.empty() : tensor<8x32x32xf16>
  %h = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%p : tensor<8x32x32xf32>) outs(%h0 : tensor<8x32x32xf16>) {
  ^bb0(%a: f32, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    linalg.yield %0 : f16
  } -> tensor<8x32x32xf16>
  %o0 = tensor.empty() : tensor<8x32x64xf16>
  %o1 = linalg.fill ins(%half : f16) outs(%o0 : tensor<8x32x64xf16>) -> tensor<8x32x64xf16>
  %o = linalg.batch_matmul ins(%h, %v : tensor<8x32x32xf16>, tensor<8x32x64xf16>)
      outs(%o1 : tensor<8x32x64xf16>) -> tensor<8x32x64xf16>
  return %o : tensor<8x32x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// A bound beyond what a window can say stays in the score region.
// CHECK-LABEL: func.func @beyond(
// CHECK: attn.forward {{.*}} {layout = #attn.layout<bhsd>, scale = 1.000000e+00 : f32} score {
func.func @beyond(%q: tensor<8x32x64xf16>, %k: tensor<8x32x64xf16>,
                  %v: tensor<8x32x64xf16>) -> tensor<8x32x64xf16> {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %low = arith.constant -1.0e9 : f32
  %t0 = tensor.empty() : tensor<8x32x32xf32>
  %t1 = linalg.fill ins(%zero : f32) outs(%t0 : tensor<8x32x32xf32>) -> tensor<8x32x32xf32>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x32x64xf16>, tensor<8x32x64xf16>)
      outs(%t1 : tensor<8x32x32xf32>) -> tensor<8x32x32xf32>
  %t = linalg.generic {indexing_maps = [#id, #id],
      iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<8x32x32xf32>) outs(%t0 : tensor<8x32x32xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %far = arith.constant 9223372036854775807 : index
    %end = arith.addi %i, %far : index
    %after = arith.cmpi sgt, %j, %end : index
    %0 = arith.select %after, %low, %a : f32
    linalg.yield %0 : f32
  } -> tensor<8x32x32xf32>
  %p = linalg.softmax dimension(2) ins(%t : tensor<8x32x32xf32>)
      outs(%t0 : tensor<8x32x32xf32>) -> tensor<8x32x32xf32>
  %h0 = tensor.empty() : tensor<8x32x32xf16>
  %h = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%p : tensor<8x32x32xf32>) outs(%h0 : tensor<8x32x32xf16>) {
  ^bb0(%a: f32, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    linalg.yield %0 : f16
  } -> tensor<8x32x32xf16>
  %o0 = tensor.empty() : tensor<8x32x64xf16>
  %o1 = linalg.fill ins(%half : f16) outs(%o0 : tensor<8x32x64xf16>) -> tensor<8x32x64xf16>
  %o = linalg.batch_matmul ins(%h, %v : tensor<8x32x32xf16>, tensor<8x32x64xf16>)
      outs(%o1 : tensor<8x32x64xf16>) -> tensor<8x32x64xf16>
  return %o : tensor<8x32x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// Squares of squares: 2^40 paths from the last to the first, and 40 operations.
// CHECK-LABEL: func.func @squares(
// CHECK: attn.forward
// CHECK-COUNT-40: arith.mulf
// CHECK-NOT: arith.mulf
func.func @squares(%q: tensor<8x32x64xf16>, %k: tensor<8x48x64xf16>,
                   %v: tensor<8x48x64xf16>) -> tensor<8x32x64xf16> {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %t0 = tensor.empty() : tensor<8x32x48xf32>
  %t1 = linalg.fill ins(%zero : f32) outs(%t0 : tensor<8x32x48xf32>) -> tensor<8x32x48xf32>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x32x64xf16>, tensor<8x48x64xf16>)
      outs(%t1 : tensor<8x32x48xf32>) -> tensor<8x32x48xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<8x32x48xf32>) outs(%t0 : tensor<8x32x48xf32>) {
  ^bb0(%s0: f32, %out: f32):
    %s1 = arith.mulf %s0, %s0 : f32
    %s2 = arith.mulf %s1, %s1 : f32
    %s3 = arith.mulf %s2, %s2 : f32
    %s4 = arith.mulf %s3, %s3 : f32
    %s5 = arith.mulf %s4, %s4 : f32
    %s6 = arith.mulf %s5, %s5 : f32
    %s7 = arith.mulf %s6, %s6 : f32
    %s8 = arith.mulf %s7, %s7 : f32
    %s9 = arith.mulf %s8, %s8 : f32
    %s10 = arith.mulf %s9, %s9 : f32
    %s11 = arith.mulf %s10, %s10 : f32
    %s12 = arith.mulf %s11, %s11 : f32
    %s13 = arith.mulf %s12, %s12 : f32
    %s14 = arith.mulf %s13, %s13 : f32
    %s15 = arith.mulf %s14, %s14 : f32
    %s16 = arith.mulf %s15, %s15 : f32
    %s17 = arith.mulf %s16, %s16 : f32
    %s18 = arith.mulf %s17, %s17 : f32
    %s19 = arith.mulf %s18, %s18 : f32
    %s20 = arith.mulf %s19, %s19 : f32
    %s21 = arith.mulf %s20, %s20 : f32
    %s22 = arith.mulf %s21, %s21 : f32
    %s23 = arith.mulf %s22, %s22 : f32
    %s24 = arith.mulf %s23, %s23 : f32
    %s25 = arith.mulf %s24, %s24 : f32
    %s26 = arith.mulf %s25, %s25 : f32
    %s27 = arith.mulf %s26, %s26 : f32
    %s28 = arith.mulf %s27, %s27 : f32
    %s29 = arith.mulf %s28, %s28 : f32
    %s30 = arith.mulf %s29, %s29 : f32
    %s31 = arith.mulf %s30, %s30 : f32
    %s32 = arith.mulf %s31, %s31 : f32
    %s33 = arith.mulf %s32, %s32 : f32
    %s34 = arith.mulf %s33, %s33 : f32
    %s35 = arith.mulf %s34, %s34 : f32
    %s36 = arith.mulf %s35, %s35 : f32
    %s37 = arith.mulf %s36, %s36 : f32
    %s38 = arith.mulf %s37, %s37 : f32
    %s39 = arith.mulf %s38, %s38 : f32
    %s40 = arith.mulf %s39, %s39 : f32
    linalg.yield %s40 : f32
  } -> tensor<8x32x48xf32>
  %p0 = tensor.empty() : tensor<8x32x48xf16>
  %p = linalg.softmax dimension(2) ins(%t : tensor<8x32x48xf32>)
      outs(%t0 : tensor<8x32x48xf32>) -> tensor<8x32x48xf32>
  %h = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%p : tensor<8x32x48xf32>) outs(%p0 : tensor<8x32x48xf16>) {
  ^bb0(%a: f32, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    linalg.yield %0 : f16
  } -> tensor<8x32x48xf16>
  %o0 = tensor.empty() : tensor<8x32x64xf16>
  %o1 = linalg.fill ins(%half : f16) outs(%o0 : tensor<8x32x64xf16>) -> tensor<8x32x64xf16>
  %o = linalg.batch_matmul ins(%h, %v : tensor<8x32x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x32x64xf16>) -> tensor<8x32x64xf16>
  return %o : tensor<8x32x64xf16>
}

// -----

// A product without a softmax is left alone, without a word.
// CHECK-LABEL: func.func @product(
// CHECK: linalg.matmul
func.func @product(%a: tensor<32x64xf16>, %b: tensor<64x48xf16>) -> tensor<32x48xf16> {
  %zero = arith.constant 0.0 : f16
  %0 = tensor.empty() : tensor<32x48xf16>
  %1 = linalg.fill ins(%zero : f16) outs(%0 : tensor<32x48xf16>) -> tensor<32x48xf16>
  %2 = linalg.matmul ins(%a, %b : tensor<32x64xf16>, tensor<64x48xf16>)
      outs(%1 : tensor<32x48xf16>) -> tensor<32x48xf16>
  return %2 : tensor<32x48xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>

// No keys at all. Heads are together in the products, and apart before and behind.
// CHECK-LABEL: func.func @no_keys(
// CHECK: attn.forward {{.*}} : tensor<2x4x32x64xf16>, tensor<2x4x0x64xf16>, tensor<2x4x0x64xf16>)
func.func @no_keys(%q4: tensor<2x4x32x64xf16>, %k4: tensor<2x4x0x64xf16>,
                   %v4: tensor<2x4x0x64xf16>) -> tensor<2x4x32x64xf16> {
  %zero = arith.constant 0.0 : f16
  %q = tensor.collapse_shape %q4 [[0, 1], [2], [3]] : tensor<2x4x32x64xf16> into tensor<8x32x64xf16>
  %k = tensor.collapse_shape %k4 [[0, 1], [2], [3]] : tensor<2x4x0x64xf16> into tensor<8x0x64xf16>
  %v = tensor.collapse_shape %v4 [[0, 1], [2], [3]] : tensor<2x4x0x64xf16> into tensor<8x0x64xf16>
  %s0 = tensor.empty() : tensor<8x32x0xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x32x0xf16>) -> tensor<8x32x0xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x32x64xf16>, tensor<8x0x64xf16>)
      outs(%s1 : tensor<8x32x0xf16>) -> tensor<8x32x0xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x32x0xf16>)
      outs(%s0 : tensor<8x32x0xf16>) -> tensor<8x32x0xf16>
  %o0 = tensor.empty() : tensor<8x32x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x32x64xf16>) -> tensor<8x32x64xf16>
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x32x0xf16>, tensor<8x0x64xf16>)
      outs(%o1 : tensor<8x32x64xf16>) -> tensor<8x32x64xf16>
  %o4 = tensor.expand_shape %o [[0, 1], [2], [3]] output_shape [2, 4, 32, 64] : tensor<8x32x64xf16> into tensor<2x4x32x64xf16>
  return %o4 : tensor<2x4x32x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>

// Open dimensions that are put together and taken apart need not be what they
// were.
// CHECK-LABEL: func.func @reshaped(
// CHECK: %[[Q2:.*]] = tensor.collapse_shape %arg0
// CHECK: %[[Q4:.*]] = tensor.expand_shape %[[Q2]] {{.*}} into tensor<?x?x1x64xf16>
// CHECK: attn.forward ins(%[[Q4]],
func.func @reshaped(%q2: tensor<?x?x64xf16>, %k: tensor<?x?x64xf16>,
                    %v: tensor<?x?x64xf16>, %b: index, %sq: index,
                    %s0: tensor<?x?x?xf16>, %o0: tensor<?x?x64xf16>) -> tensor<?x?x64xf16> {
  %zero = arith.constant 0.0 : f16
  %q1 = tensor.collapse_shape %q2 [[0, 1], [2]] : tensor<?x?x64xf16> into tensor<?x64xf16>
  %q = tensor.expand_shape %q1 [[0, 1], [2]] output_shape [%b, %sq, 64]
      : tensor<?x64xf16> into tensor<?x?x64xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<?x?x?xf16>) -> tensor<?x?x?xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<?x?x64xf16>, tensor<?x?x64xf16>)
      outs(%s1 : tensor<?x?x?xf16>) -> tensor<?x?x?xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<?x?x?xf16>)
      outs(%s0 : tensor<?x?x?xf16>) -> tensor<?x?x?xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<?x?x64xf16>) -> tensor<?x?x64xf16>
  %o = linalg.batch_matmul ins(%p, %v : tensor<?x?x?xf16>, tensor<?x?x64xf16>)
      outs(%o1 : tensor<?x?x64xf16>) -> tensor<?x?x64xf16>
  return %o : tensor<?x?x64xf16>
}

// -----

#q = affine_map<(b, i, j, d) -> (b, i, d)>
#k = affine_map<(b, i, j, d) -> (b, j, d)>
#s = affine_map<(b, i, j, d) -> (b, i, j)>
#id = affine_map<(b, i, j) -> (b, i, j)>

// V was widened from 8 bits to those of Q and K, and the result is rounded to 8
// bits: both stay as they are.
// CHECK-LABEL: func.func @narrow(
// CHECK: %[[WIDE:.*]] = linalg.generic {{.*}} ins(%arg2 : tensor<8x48x64xf8E4M3FN>)
// CHECK: %[[V:.*]] = tensor.expand_shape %[[WIDE]]
// CHECK: %[[O4:.*]] = attn.forward ins(%{{.*}}, %{{.*}}, %[[V]] :
// CHECK: %[[O:.*]] = tensor.collapse_shape %[[O4]]
// CHECK: linalg.generic {{.*}} ins(%[[O]] : tensor<8x48x64xf16>) outs(%{{.*}} : tensor<8x48x64xf8E4M3FN>)
func.func @narrow(%q: tensor<8x48x64xf16>, %k: tensor<8x48x64xf16>,
                  %n: tensor<8x48x64xf8E4M3FN>) -> tensor<8x48x64xf8E4M3FN> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x48x48xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s]
      ins(%q, %k : tensor<8x48x64xf16>, tensor<8x48x64xf16>)
      outs(%s1 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %p = linalg.softmax dimension(2) ins(%s : tensor<8x48x48xf16>)
      outs(%s0 : tensor<8x48x48xf16>) -> tensor<8x48x48xf16>
  %o0 = tensor.empty() : tensor<8x48x64xf16>
  %v = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%n : tensor<8x48x64xf8E4M3FN>) outs(%o0 : tensor<8x48x64xf16>) {
  ^bb0(%a: f8E4M3FN, %out: f16):
    %0 = arith.extf %a : f8E4M3FN to f16
    linalg.yield %0 : f16
  } -> tensor<8x48x64xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  %o = linalg.batch_matmul ins(%p, %v : tensor<8x48x48xf16>, tensor<8x48x64xf16>)
      outs(%o1 : tensor<8x48x64xf16>) -> tensor<8x48x64xf16>
  %r0 = tensor.empty() : tensor<8x48x64xf8E4M3FN>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%o : tensor<8x48x64xf16>) outs(%r0 : tensor<8x48x64xf8E4M3FN>) {
  ^bb0(%a: f16, %out: f8E4M3FN):
    %0 = arith.truncf %a : f16 to f8E4M3FN
    linalg.yield %0 : f8E4M3FN
  } -> tensor<8x48x64xf8E4M3FN>
  return %r : tensor<8x48x64xf8E4M3FN>
}

// -----

// What reads the result in a loop stays there, and the attention before it.
// CHECK-LABEL: func.func @loop(
// CHECK: attn.forward
// CHECK: %[[O:.*]] = tensor.collapse_shape
// CHECK: scf.for
// CHECK: linalg.transpose ins(%[[O]] : tensor<32x64xf16>)
func.func @loop(%q: tensor<32x64xf16>, %k: tensor<64x48xf16>, %v: tensor<48x64xf16>,
                %n: index, %first: tensor<64x32xf16>) -> tensor<64x32xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<32x48xf16>
  %o0 = tensor.empty() : tensor<32x64xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<32x48xf16>) -> tensor<32x48xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<32x64xf16>) -> tensor<32x64xf16>
  %s = linalg.matmul ins(%q, %k : tensor<32x64xf16>, tensor<64x48xf16>)
      outs(%s1 : tensor<32x48xf16>) -> tensor<32x48xf16>
  %p = linalg.softmax dimension(1) ins(%s : tensor<32x48xf16>) outs(%s0 : tensor<32x48xf16>) -> tensor<32x48xf16>
  %o = linalg.matmul ins(%p, %v : tensor<32x48xf16>, tensor<48x64xf16>)
      outs(%o1 : tensor<32x64xf16>) -> tensor<32x64xf16>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %t0 = tensor.empty() : tensor<64x32xf16>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%last = %first) -> tensor<64x32xf16> {
    %t = linalg.transpose ins(%o : tensor<32x64xf16>) outs(%t0 : tensor<64x32xf16>) permutation = [1, 0]
    %sum = linalg.add ins(%t, %last : tensor<64x32xf16>, tensor<64x32xf16>)
        outs(%t0 : tensor<64x32xf16>) -> tensor<64x32xf16>
    scf.yield %sum : tensor<64x32xf16>
  }
  return %r : tensor<64x32xf16>
}

// -----

// What repeats the result, or reads a part of it, reads that of an attention.
// CHECK-LABEL: func.func @repeated(
// CHECK: attn.forward
// CHECK: %[[O:.*]] = tensor.collapse_shape
// CHECK: linalg.broadcast ins(%[[O]] : tensor<32x64xf16>)
func.func @repeated(%q: tensor<32x64xf16>, %k: tensor<64x48xf16>, %v: tensor<48x64xf16>) -> tensor<3x32x64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<32x48xf16>
  %o0 = tensor.empty() : tensor<32x64xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<32x48xf16>) -> tensor<32x48xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<32x64xf16>) -> tensor<32x64xf16>
  %s = linalg.matmul ins(%q, %k : tensor<32x64xf16>, tensor<64x48xf16>)
      outs(%s1 : tensor<32x48xf16>) -> tensor<32x48xf16>
  %p = linalg.softmax dimension(1) ins(%s : tensor<32x48xf16>) outs(%s0 : tensor<32x48xf16>) -> tensor<32x48xf16>
  %o = linalg.matmul ins(%p, %v : tensor<32x48xf16>, tensor<48x64xf16>)
      outs(%o1 : tensor<32x64xf16>) -> tensor<32x64xf16>
  %b0 = tensor.empty() : tensor<3x32x64xf16>
  %b = linalg.broadcast ins(%o : tensor<32x64xf16>) outs(%b0 : tensor<3x32x64xf16>) dimensions = [0]
  return %b : tensor<3x32x64xf16>
}

// CHECK-LABEL: func.func @part(
// CHECK: attn.forward
// CHECK: %[[O:.*]] = tensor.collapse_shape
// CHECK: linalg.generic {{.*}} ins(%[[O]] : tensor<32x64xf16>)
func.func @part(%q: tensor<32x64xf16>, %k: tensor<64x48xf16>, %v: tensor<48x64xf16>) -> tensor<64xf16> {
  %zero = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<32x48xf16>
  %o0 = tensor.empty() : tensor<32x64xf16>
  %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<32x48xf16>) -> tensor<32x48xf16>
  %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<32x64xf16>) -> tensor<32x64xf16>
  %s = linalg.matmul ins(%q, %k : tensor<32x64xf16>, tensor<64x48xf16>)
      outs(%s1 : tensor<32x48xf16>) -> tensor<32x48xf16>
  %p = linalg.softmax dimension(1) ins(%s : tensor<32x48xf16>) outs(%s0 : tensor<32x48xf16>) -> tensor<32x48xf16>
  %o = linalg.matmul ins(%p, %v : tensor<32x48xf16>, tensor<48x64xf16>)
      outs(%o1 : tensor<32x64xf16>) -> tensor<32x64xf16>
  %b0 = tensor.empty() : tensor<64xf16>
  %b = linalg.generic {indexing_maps = [affine_map<(d) -> (0, d)>, affine_map<(d) -> (d)>], iterator_types = ["parallel"]}
      ins(%o : tensor<32x64xf16>) outs(%b0 : tensor<64xf16>) {
  ^bb0(%a: f16, %out: f16):
    linalg.yield %a : f16
  } -> tensor<64xf16>
  return %b : tensor<64xf16>
}
