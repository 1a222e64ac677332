// attn.forward tiled from outside through its TilingInterface: the domain is
// (batch, query head, query row).

// RUN: fa3-opt %s --transform-interpreter --canonicalize --cse --split-input-file --verify-diagnostics | FileCheck %s

// Every tile sees all keys of the heads that it needs, and its place in the
// whole problem.

// CHECK-LABEL: func.func @rows
//  CHECK-SAME:   %[[Q:[a-z0-9]+]]: tensor<2x64x4x128xf16>, %[[K:[a-z0-9]+]]: tensor<2x96x4x128xf16>, %[[O:[a-z0-9]+]]: tensor<2x64x4x128xf16>
//   CHECK-DAG:   %[[C0:.+]] = arith.constant 0 : index
//       CHECK:   scf.forall (%[[T:.+]]) in (4) shared_outs(%[[OUT:.+]] = %[[O]])
//       CHECK:     %[[ROW:.+]] = affine.apply {{.*}}(%[[T]])
//   CHECK-DAG:     %[[QT:.+]] = tensor.extract_slice %[[Q]][0, %[[ROW]], 0, 0] [2, 16, 4, 128] [1, 1, 1, 1]
//   CHECK-DAG:     %[[OT:.+]] = tensor.extract_slice %[[OUT]][0, %[[ROW]], 0, 0] [2, 16, 4, 128] [1, 1, 1, 1]
//       CHECK:     %[[R:.+]] = attn.forward ins(%[[QT]], %[[K]], %[[K]] : tensor<2x16x4x128xf16>, tensor<2x96x4x128xf16>, tensor<2x96x4x128xf16>) origin(%[[C0]], %[[C0]], %[[ROW]]) outs(%[[OT]] : tensor<2x16x4x128xf16>) -> tensor<2x16x4x128xf16>
//       CHECK:     tensor.parallel_insert_slice %[[R]] into %[[OUT]][0, %[[ROW]], 0, 0] [2, 16, 4, 128] [1, 1, 1, 1]
!q = tensor<2x64x4x128xf16>
!k = tensor<2x96x4x128xf16>
func.func @rows(%q: !q, %k: !k, %o: !q) -> !q {
  %0 = attn.forward ins(%q, %k, %k : !q, !k, !k) outs(%o : !q) -> !q
  return %0 : !q
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["attn.forward"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_forall %op tile_sizes [0, 0, 16] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// One head of Q at a time: heads 4h … 4h+3 share head h of K and V.

// CHECK-LABEL: func.func @grouped_heads_one_by_one
//       CHECK:   scf.forall (%[[B:.+]], %[[H:.+]]) in (2, 8) shared_outs
//       CHECK:     %[[KH:.+]] = arith.divui %[[H]], %{{.+}} : index
//   CHECK-DAG:     tensor.extract_slice %arg0[%[[B]], 0, %[[H]], 0] [1, 64, 1, 64]
//   CHECK-DAG:     tensor.extract_slice %arg1[%[[B]], 0, %[[KH]], 0] [1, 96, 1, 64]
//   CHECK-DAG:     tensor.extract_slice %arg2[%[[B]], 0, %[[KH]], 0] [1, 96, 1, 32]
//       CHECK:     attn.forward {{.*}} origin(%[[B]], %[[H]], %{{.+}}) outs({{.*}} : tensor<1x64x1x32xf16>, tensor<1x1x64xf32>) -> tensor<1x64x1x32xf16>, tensor<1x1x64xf32>
//   CHECK-DAG:     tensor.parallel_insert_slice %{{.+}}#0 into %{{.+}}[%[[B]], 0, %[[H]], 0] [1, 64, 1, 32]
//   CHECK-DAG:     tensor.parallel_insert_slice %{{.+}}#1 into %{{.+}}[%[[B]], %[[H]], 0] [1, 1, 64]
!q = tensor<2x64x8x64xf16>
!k = tensor<2x96x2x64xf16>
!v = tensor<2x96x2x32xf16>
!o = tensor<2x64x8x32xf16>
!l = tensor<2x8x64xf32>
func.func @grouped_heads_one_by_one(%q: !q, %k: !k, %v: !v, %o: !o, %lse: !l) -> (!o, !l) {
  %0:2 = attn.forward ins(%q, %k, %v : !q, !k, !v) outs(%o, %lse : !o, !l) -> !o, !l
  return %0#0, %0#1 : !o, !l
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["attn.forward"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_forall %op tile_sizes [1, 1, 0] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// A whole group at a time.

// CHECK-LABEL: func.func @whole_groups
//       CHECK:   scf.forall (%[[T:.+]]) in (2) shared_outs
//   CHECK-DAG:     tensor.extract_slice %arg0[0, 0, %{{.+}}, 0] [2, 64, 4, 64]
//   CHECK-DAG:     tensor.extract_slice %arg1[0, 0, %{{.+}}, 0] [2, 96, 1, 64]
!q = tensor<2x64x8x64xf16>
!k = tensor<2x96x2x64xf16>
func.func @whole_groups(%q: !q, %k: !k, %o: !q) -> !q {
  %0 = attn.forward ins(%q, %k, %k : !q, !k, !k) outs(%o : !q) -> !q
  return %0 : !q
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["attn.forward"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_forall %op tile_sizes [0, 4, 0] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// A causal mask is aligned to the whole problem: the offset Sk - Sq = 32 becomes
// an operand, as the tile's own Sq is not the problem's.

// CHECK-LABEL: func.func @causal
//       CHECK:   %[[C32:.+]] = arith.constant 32 : index
//       CHECK:   attn.forward {{.*}} q_offset(%[[C32]]) origin({{.*}}) outs({{.*}}) {causal}
!q = tensor<2x64x8x64xf16>
!k = tensor<2x96x8x64xf16>
func.func @causal(%q: !q, %k: !k, %o: !q) -> !q {
  %0 = attn.forward ins(%q, %k, %k : !q, !k, !k) outs(%o : !q) {causal} -> !q
  return %0 : !q
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["attn.forward"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_forall %op tile_sizes [1, 1, 16] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// Top-left alignment is an offset of 0.

// CHECK-LABEL: func.func @top_left
//       CHECK:   %[[C0:.+]] = arith.constant 0 : index
//       CHECK:   attn.forward {{.*}} q_offset(%[[C0]]) origin({{.*}}) outs({{.*}}) {window = #attn.window<left = 7>}
!q = tensor<2x64x8x64xf16>
!k = tensor<2x96x8x64xf16>
func.func @top_left(%q: !q, %k: !k, %o: !q) -> !q {
  %0 = attn.forward ins(%q, %k, %k : !q, !k, !k) outs(%o : !q)
      {window = #attn.window<left = 7>, alignment = #attn.alignment<top_left>} -> !q
  return %0 : !q
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["attn.forward"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_forall %op tile_sizes [1, 1, 16] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// Sizes known at run time, a ragged last tile, and the other layout.

// CHECK-LABEL: func.func @dynamic
//   CHECK-DAG:   %[[SQ:.+]] = tensor.dim %arg0, %{{.+}} : tensor<?x8x?x64xf16>
//       CHECK:   scf.forall (%[[B:.+]], %[[H:.+]], %[[T:.+]]) in
//   CHECK-DAG:     %[[N:.+]] = affine.min
//   CHECK-DAG:     %[[SK:.+]] = tensor.dim %arg1, %{{.+}} : tensor<?x8x?x64xf16>
//   CHECK-DAG:     %[[OFFSET:.+]] = arith.subi %[[SK]], %[[SQ]]
//       CHECK:     attn.forward ins({{.*}} : tensor<1x1x?x64xf16>, tensor<1x1x?x64xf16>, tensor<1x1x?x64xf16>) q_offset(%[[OFFSET]]) origin(%[[B]], %[[H]], %{{.+}}) outs({{.*}} : tensor<1x1x?x64xf16>, tensor<1x1x?xf32>) {causal, config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>, layout = #attn.layout<bhsd>, scale = 5.000000e-01 : f32} score {
//       CHECK:       arith.mulf %{{.+}}, %arg4 : f32
//       CHECK:     } mask {
//       CHECK:       arith.cmpi
//       CHECK:     }
//   CHECK-DAG:     tensor.parallel_insert_slice %{{.+}}#0 into %{{.+}}[%[[B]], %[[H]], %[[ROW:.+]], 0] [1, 1, %[[N]], 64]
//   CHECK-DAG:     tensor.parallel_insert_slice %{{.+}}#1 into %{{.+}}[%[[B]], %[[H]], %{{.+}}] [1, 1, %[[N]]]
!q = tensor<?x8x?x64xf16>
!l = tensor<?x8x?xf32>
func.func @dynamic(%q: !q, %k: !q, %o: !q, %lse: !l, %x: f32) -> (!q, !l) {
  %0:2 = attn.forward ins(%q, %k, %k : !q, !q, !q) outs(%o, %lse : !q, !l)
      {causal, scale = 0.5 : f32, layout = #attn.layout<bhsd>,
       config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
      score {
      ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
        %r = arith.mulf %s, %x : f32
        attn.yield %r : f32
      } mask {
      ^bb0(%b: index, %h: index, %i: index, %j: index):
        %r = arith.cmpi ne, %i, %j : index
        attn.yield %r : i1
      } -> !q, !l
  return %0#0, %0#1 : !q, !l
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["attn.forward"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_forall %op tile_sizes [1, 1, 48] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// A tile of a tile: the origins add up, and the offset is the outer one.

// CHECK-LABEL: func.func @tile_of_a_tile
//       CHECK:   %[[C32:.+]] = arith.constant 32 : index
//       CHECK:   scf.forall (%[[OUTER:.+]]) in (2)
//       CHECK:     scf.for %[[INNER:.+]] = %{{.+}} to %{{.+}} step
//       CHECK:       %[[ROW:.+]] = arith.addi %{{.+}}, %[[INNER]] : index
//       CHECK:       attn.forward ins({{.*}} : tensor<2x8x8x64xf16>, tensor<2x96x8x64xf16>, tensor<2x96x8x64xf16>) q_offset(%[[C32]]) origin(%{{.+}}, %{{.+}}, %[[ROW]])
!q = tensor<2x64x8x64xf16>
!k = tensor<2x96x8x64xf16>
func.func @tile_of_a_tile(%q: !q, %k: !k, %o: !q) -> !q {
  %0 = attn.forward ins(%q, %k, %k : !q, !k, !k) outs(%o : !q) {causal} -> !q
  return %0 : !q
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["attn.forward"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_forall %op tile_sizes [0, 0, 32] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    %tiled2, %loop2 = transform.structured.tile_using_for %tiled tile_sizes [0, 0, 8] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// A tile of half a group would need no more than one head of K, but where it
// starts is not known to be inside of one group.

!q = tensor<2x64x8x64xf16>
!k = tensor<2x96x2x64xf16>
func.func @half_a_group(%q: !q, %k: !k, %o: !q) -> !q {
  // expected-error @+4 {{expected a head tile of 1 or of a multiple of 4 heads (the heads that share a head of K)}}
  // expected-error @+3 {{to tile operation}}
  // expected-error @+2 {{failed to generate tiling loops}}
  // expected-note @+1 {{when applied to this op}}
  %0 = attn.forward ins(%q, %k, %k : !q, !k, !k) outs(%o : !q) -> !q
  return %0 : !q
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["attn.forward"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error @+1 {{transform.structured.tile_using_forall failed to apply}}
    %tiled, %loop = transform.structured.tile_using_forall %op tile_sizes [0, 2, 0] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}
