// RUN: fa3-opt %s --attn-tile --canonicalize --cse --split-input-file | FileCheck %s

//===----------------------------------------------------------------------===//
// Grid, loop and epilogue
//===----------------------------------------------------------------------===//

// Lengths that the tile divides: nothing is masked.

//   CHECK-DAG: #[[TILE:.+]] = affine_map<(d0, d1, d2, d3) -> (d1, d3)>
//   CHECK-DAG: #[[MK:.+]] = affine_map<(d0, d1, d2) -> (d0, d2)>
//   CHECK-DAG: #[[NK:.+]] = affine_map<(d0, d1, d2) -> (d1, d2)>
//   CHECK-DAG: #[[MN:.+]] = affine_map<(d0, d1, d2) -> (d0, d1)>
//   CHECK-DAG: #[[KN:.+]] = affine_map<(d0, d1, d2) -> (d2, d1)>
// CHECK-LABEL: func.func @static
//  CHECK-SAME:   %[[Q:[a-z0-9]+]]: memref<3x8x2x64xf16>, %[[K:[a-z0-9]+]]: memref<3x48x2x64xf16>, %[[V:[a-z0-9]+]]: memref<3x48x2x32xf16>, %[[O:[a-z0-9]+]]: memref<3x8x2x32xf16>)
//   CHECK-DAG:   %[[C0:.+]] = arith.constant 0 : index
//   CHECK-DAG:   %[[C1:.+]] = arith.constant 1 : index
//   CHECK-DAG:   %[[C2:.+]] = arith.constant 2 : index
//   CHECK-DAG:   %[[C3:.+]] = arith.constant 3 : index
//   CHECK-DAG:   %[[C4:.+]] = arith.constant 4 : index
//   CHECK-DAG:   %[[C16:.+]] = arith.constant 16 : index
// 1/√64 · log₂e.
//   CHECK-DAG:   %[[FACTOR:.+]] = arith.constant 0.180336878 : f32
//   CHECK-DAG:   %[[NEGINF:.+]] = arith.constant dense<0xFF800000> : vector<4xf32>
//   CHECK-DAG:   %[[ONES:.+]] = arith.constant dense<1.000000e+00> : vector<4xf32>
//   CHECK-DAG:   %[[ZEROS:.+]] = arith.constant dense<0.000000e+00> : vector<4xf32>
//       CHECK:   scf.forall (%[[T:.+]], %[[H:.+]], %[[B:.+]]) in (2, 2, 3) {
//       CHECK:     %[[ROW:.+]] = arith.muli %[[T]], %[[C4]]
//       CHECK:     %[[QT:.+]] = vector.transfer_read %[[Q]][%[[B]], %[[ROW]], %[[H]], %[[C0]]], %{{.+}} {in_bounds = [{{true|false}}, true], permutation_map = #[[TILE]]} : memref<3x8x2x64xf16>, vector<4x64xf16>
//       CHECK:     %[[L:.+]]:3 = scf.for %[[STEP:.+]] = %[[C0]] to %[[C3]] step %[[C1]] iter_args(%[[ACC:.+]] = %{{.+}}, %[[MAX:.+]] = %[[NEGINF]], %[[SUM:.+]] = %[[ZEROS]]) -> (vector<4x32xf32>, vector<4xf32>, vector<4xf32>) {
// The last tile of keys comes first.
//       CHECK:       %[[BACK:.+]] = arith.subi %[[C2]], %[[STEP]]
//       CHECK:       %[[KV:.+]] = arith.muli %[[BACK]], %[[C16]]
//       CHECK:       %[[KT:.+]] = vector.transfer_read %[[K]][%[[B]], %[[KV]], %[[H]], %[[C0]]]
//       CHECK:       %[[S:.+]] = vector.contract {indexing_maps = [#[[MK]], #[[NK]], #[[MN]]], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %[[QT]], %[[KT]], %{{.+}} : vector<4x64xf16>, vector<16x64xf16> into vector<4x16xf32>
//   CHECK-NOT:       attn.band_mask
//       CHECK:       %[[P:.+]], %[[MAX1:.+]], %[[SUM1:.+]], %[[CORR:.+]] = attn.online_softmax %[[S]], %[[MAX]], %[[SUM]] factor(%[[FACTOR]])
//       CHECK:       %[[COL:.+]] = vector.shape_cast %[[CORR]] : vector<4xf32> to vector<4x1xf32>
//       CHECK:       %[[WIDE:.+]] = vector.broadcast %[[COL]] : vector<4x1xf32> to vector<4x32xf32>
//       CHECK:       %[[OLD:.+]] = arith.mulf %[[ACC]], %[[WIDE]]
//       CHECK:       %[[PH:.+]] = arith.truncf %[[P]] : vector<4x16xf32> to vector<4x16xf16>
//       CHECK:       %[[VT:.+]] = vector.transfer_read %[[V]][%[[B]], %[[KV]], %[[H]], %[[C0]]]
//       CHECK:       %[[NEW:.+]] = vector.contract {indexing_maps = [#[[MK]], #[[KN]], #[[MN]]], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %[[PH]], %[[VT]], %[[OLD]] : vector<4x16xf16>, vector<16x32xf16> into vector<4x32xf32>
//       CHECK:       scf.yield %[[NEW]], %[[MAX1]], %[[SUM1]]
// A row that saw no key has the sum 0; its output is 0 and not NaN.
//       CHECK:     %[[EMPTY:.+]] = arith.cmpf oeq, %[[L]]#2, %[[ZEROS]]
//       CHECK:     %[[DIV:.+]] = arith.select %[[EMPTY]], %[[ONES]], %[[L]]#2
//       CHECK:     arith.divf %[[ONES]], %[[DIV]]
//       CHECK:     arith.mulf %[[L]]#0,
//       CHECK:     %[[OUT:.+]] = arith.truncf %{{.+}} : vector<4x32xf32> to vector<4x32xf16>
//       CHECK:     vector.transfer_write %[[OUT]], %[[O]][%[[B]], %[[ROW]], %[[H]], %[[C0]]]
//       CHECK:   } {attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
func.func @static(%q: memref<3x8x2x64xf16>, %k: memref<3x48x2x64xf16>,
                  %v: memref<3x48x2x32xf16>, %o: memref<3x8x2x32xf16>) {
  attn.forward ins(%q, %k, %v : memref<3x8x2x64xf16>, memref<3x48x2x64xf16>,
                   memref<3x48x2x32xf16>)
               outs(%o : memref<3x8x2x32xf16>)
      {config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
  return
}

// -----

// Sizes known at run time: tiles are counted upwards, the ragged end of the keys
// is masked, and LSE is ln l + scale · m.

// CHECK-LABEL: func.func @dynamic
//   CHECK-DAG:   %[[C4:.+]] = arith.constant 4 : index
//   CHECK-DAG:   %[[C16:.+]] = arith.constant 16 : index
//   CHECK-DAG:   %[[SCALE:.+]] = arith.constant dense<5.000000e-01> : vector<4xf32>
//   CHECK-DAG:   %[[LN2:.+]] = arith.constant dense<0.693147182> : vector<4xf32>
//   CHECK-DAG:   %[[FACTOR:.+]] = arith.constant 0.72134751 : f32
//   CHECK-DAG:   %[[SQ:.+]] = memref.dim %arg0, %c1 :
//   CHECK-DAG:   %[[TILES:.+]] = arith.ceildivui %[[SQ]], %[[C4]]
//   CHECK-DAG:   %[[SK:.+]] = memref.dim %arg1, %c1 :
//   CHECK-DAG:   %[[KTILES:.+]] = arith.ceildivui %[[SK]], %[[C16]]
//   CHECK-DAG:   %[[BATCH:.+]] = memref.dim %arg0, %c0 :
//       CHECK:   scf.forall (%{{.+}}, %[[H:.+]], %[[B:.+]]) in (%[[TILES]], 2, %[[BATCH]]) {
//       CHECK:     %[[ROW:.+]] = arith.muli
//       CHECK:     %[[L:.+]]:3 = scf.for %{{.+}} = %{{.+}} to %[[KTILES]]
//       CHECK:       %[[KV:.+]] = arith.muli %{{.+}}, %[[C16]]
//       CHECK:       vector.transfer_read %arg1{{.*}} {in_bounds = [false, true]
//       CHECK:       %[[S:.+]] = attn.band_mask %{{.+}} at(%[[ROW]], %[[KV]]) extent(%[[SK]]) : vector<4x16xf32>
//       CHECK:       attn.online_softmax %[[S]], %{{.+}} factor(%[[FACTOR]])
//       CHECK:     %[[LOG:.+]] = math.log2 %[[L]]#2 : vector<4xf32>
//       CHECK:     %[[LN:.+]] = arith.mulf %[[LOG]], %[[LN2]]
//       CHECK:     %[[M:.+]] = arith.mulf %[[L]]#1, %[[SCALE]]
//       CHECK:     %[[LSE:.+]] = arith.addf %[[LN]], %[[M]]
//       CHECK:     vector.transfer_write %[[LSE]], %arg3[%[[B]], %[[H]], %[[ROW]]]
!t = memref<?x?x2x64xbf16>
func.func @dynamic(%q: !t, %k: !t, %o: !t, %lse: memref<?x2x?xf32>) {
  attn.forward ins(%q, %k, %k : !t, !t, !t) outs(%o, %lse : !t, memref<?x2x?xf32>)
      {scale = 0.5 : f32,
       config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
  return
}

// -----

// Heads that share a head of K and V, in bhsd.

// CHECK-LABEL: func.func @grouped_heads_in_bhsd
//   CHECK-DAG:   %[[C4:.+]] = arith.constant 4 : index
//       CHECK:   scf.forall (%{{.+}}, %[[H:.+]], %[[B:.+]]) in (2, 8, 3)
//       CHECK:     %[[KH:.+]] = arith.divui %[[H]], %[[C4]]
//       CHECK:     vector.transfer_read %arg0[%[[B]], %[[H]], %{{.+}}, %{{.+}}]{{.*}} memref<3x8x8x64xf16>, vector<4x64xf16>
//       CHECK:     vector.transfer_read %arg1[%[[B]], %[[KH]], %{{.+}}, %{{.+}}]{{.*}} memref<3x2x16x64xf16>, vector<16x64xf16>
//       CHECK:     vector.transfer_write %{{.+}}, %arg2[%[[B]], %[[H]], %{{.+}}, %{{.+}}]
func.func @grouped_heads_in_bhsd(%q: memref<3x8x8x64xf16>, %k: memref<3x2x16x64xf16>,
                                 %o: memref<3x8x8x64xf16>) {
  attn.forward ins(%q, %k, %k : memref<3x8x8x64xf16>, memref<3x2x16x64xf16>,
                   memref<3x2x16x64xf16>)
               outs(%o : memref<3x8x8x64xf16>)
      {layout = #attn.layout<bhsd>,
       config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
  return
}

// -----

//===----------------------------------------------------------------------===//
// Bands
//===----------------------------------------------------------------------===//

// Bottom-right: key j is visible to row i where j - i <= Sk - Sq = 40.

// CHECK-LABEL: func.func @causal
//       CHECK:   %[[C40:.+]] = arith.constant 40 : index
//       CHECK:   attn.band_mask %{{.+}} at(%{{.+}}, %{{.+}}) upper(%[[C40]]) :
!q = memref<1x8x2x64xf16>
!k = memref<1x48x2x64xf16>
func.func @causal(%q: !q, %k: !k, %out: !q) {
  attn.forward ins(%q, %k, %k : !q, !k, !k) outs(%out : !q)
      {causal,
       config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
  return
}

// Top-left: j - i <= 0.
// CHECK-LABEL: func.func @causal_top_left
//       CHECK:   %[[C0:.+]] = arith.constant 0 : index
//       CHECK:   attn.band_mask %{{.+}} at(%{{.+}}, %{{.+}}) upper(%[[C0]]) :
func.func @causal_top_left(%q: !q, %k: !k, %out: !q) {
  attn.forward ins(%q, %k, %k : !q, !k, !k) outs(%out : !q)
      {causal, alignment = #attn.alignment<top_left>,
       config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
  return
}

// 40 - 5 <= j - i <= 40 + 7, and the keys end at 50.
// CHECK-LABEL: func.func @window_and_ragged_end
//   CHECK-DAG:   %[[C50:.+]] = arith.constant 50 : index
//   CHECK-DAG:   %[[LOWER:.+]] = arith.constant 37 : index
//   CHECK-DAG:   %[[UPPER:.+]] = arith.constant 49 : index
//       CHECK:   attn.band_mask %{{.+}} at(%{{.+}}, %{{.+}}) extent(%[[C50]]) lower(%[[LOWER]]) upper(%[[UPPER]]) :
func.func @window_and_ragged_end(%q: !q, %k: memref<1x50x2x64xf16>, %out: !q) {
  attn.forward ins(%q, %k, %k : !q, memref<1x50x2x64xf16>, memref<1x50x2x64xf16>)
               outs(%out : !q)
      {window = #attn.window<left = 5, right = 7>,
       config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
  return
}

// With an offset, its value in place of Sk - Sq; with an origin, the row in the
// whole problem in place of the row in the tile.
// CHECK-LABEL: func.func @offset_and_origin
//   CHECK-DAG:   %[[LOWER:.+]] = arith.subi %arg2, %c3
//   CHECK-DAG:   %[[ROW:.+]] = arith.addi {{.*}}%arg5
//       CHECK:   attn.band_mask %{{.+}} at(%[[ROW]], %{{.+}}) lower(%[[LOWER]]) upper(%arg2) :
func.func @offset_and_origin(%q: !q, %k: !k, %offset: index, %b: index,
                             %h: index, %i: index, %out: !q) {
  attn.forward ins(%q, %k, %k : !q, !k, !k) q_offset(%offset)
               origin(%b, %h, %i) outs(%out : !q)
      {causal, window = #attn.window<left = 3>,
       config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
  return
}

// -----

//===----------------------------------------------------------------------===//
// Scale and regions
//===----------------------------------------------------------------------===//

// A scale that is not positive would turn the running maximum around: it is
// applied to the scores, and the softmax has log₂e alone.

// CHECK-LABEL: func.func @negative_scale
//   CHECK-DAG:   %[[SCALE:.+]] = arith.constant dense<-2.000000e+00> : vector<4x16xf32>
//   CHECK-DAG:   %[[FACTOR:.+]] = arith.constant 1.44269502 : f32
//       CHECK:   %[[S:.+]] = vector.contract
//       CHECK:   %[[SCALED:.+]] = arith.mulf %[[S]], %[[SCALE]]
//       CHECK:   attn.online_softmax %[[SCALED]], {{.*}} factor(%[[FACTOR]])
!t = memref<3x16x2x64xf16>
func.func @negative_scale(%t: !t, %out: !t) {
  attn.forward ins(%t, %t, %t : !t, !t, !t) outs(%out : !t)
      {scale = -2.0 : f32,
       config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
  return
}

// A soft cap works on the tile element by element, after scaling.
// CHECK-LABEL: func.func @soft_cap
//   CHECK-DAG:   %[[SCALE:.+]] = arith.constant dense<1.250000e-01> : vector<4x16xf32>
//       CHECK:   %[[S:.+]] = vector.contract
//       CHECK:   %[[SCALED:.+]] = arith.mulf %[[S]], %[[SCALE]] : vector<4x16xf32>
//       CHECK:   %[[T:.+]] = math.tanh %[[SCALED]] fastmath<arcp,contract> : vector<4x16xf32>
//       CHECK:   %[[C:.+]] = arith.mulf %[[T]], %{{.+}} : vector<4x16xf32>
//       CHECK:   attn.online_softmax %[[C]],
func.func @soft_cap(%t: !t, %out: !t) {
  attn.forward ins(%t, %t, %t : !t, !t, !t) outs(%out : !t)
      {config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
      score {
      ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
        %cap = arith.constant 30.0 : f32
        %t0 = math.tanh %s : f32
        %r = arith.mulf %t0, %cap : f32
        attn.yield %r : f32
      }
  return
}

// A quotient of the score may be a product with a reciprocal; one of coordinates is
// exact, since ceil or a comparison may follow.
// CHECK-LABEL: func.func @quotients
//       CHECK:   arith.divf %{{.+}}, %{{.+}} fastmath<arcp,contract> : vector<4x16xf32>
//       CHECK:   %[[I:.+]] = arith.sitofp %{{.+}} : vector<4x1xi32> to vector<4x1xf32>
//       CHECK:   arith.divf %[[I]], %{{.+}} fastmath<contract> : vector<4x1xf32>
func.func @quotients(%t: !t, %out: !t) {
  attn.forward ins(%t, %t, %t : !t, !t, !t) outs(%out : !t)
      {config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
      score {
      ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
        %three = arith.constant 3.0 : f32
        %c = arith.divf %s, %three : f32
        %i32 = arith.index_cast %i : index to i32
        %f = arith.sitofp %i32 : i32 to f32
        %d = arith.divf %f, %three : f32
        %e = math.ceil %d : f32
        %r = arith.addf %c, %e : f32
        attn.yield %r : f32
      }
  return
}

// What depends on the head alone stays scalar; on the row or the column alone, a
// vector of one column or one row.
// CHECK-LABEL: func.func @alibi
//       CHECK:   scf.forall (%{{.+}}, %[[H:.+]], %{{.+}}) in
//       CHECK:     %[[ROWS:.+]] = attn.coordinates %{{.+}} {dimension = 0 : i64} : vector<4x1xindex>
//       CHECK:     %[[COLUMNS:.+]] = attn.coordinates %{{.+}} {dimension = 1 : i64} : vector<1x16xindex>
//       CHECK:     %[[SLOPE:.+]] = memref.load %arg1[%[[H]]] : memref<2xf32>
//   CHECK-DAG:     vector.broadcast %[[COLUMNS]] : vector<1x16xindex> to vector<4x16xindex>
//   CHECK-DAG:     vector.broadcast %[[ROWS]] : vector<4x1xindex> to vector<4x16xindex>
//       CHECK:     arith.subi %{{.+}} : vector<4x16xindex>
//       CHECK:     arith.sitofp %{{.+}} : vector<4x16xi32> to vector<4x16xf32>
//       CHECK:     vector.broadcast %[[SLOPE]] : f32 to vector<4x16xf32>
func.func @alibi(%t: !t, %slopes: memref<2xf32>, %out: !t) {
  attn.forward ins(%t, %t, %t : !t, !t, !t) outs(%out : !t)
      {config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
      score {
      ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
        %slope = memref.load %slopes[%h] : memref<2xf32>
        %d = arith.subi %j, %i : index
        %di = arith.index_cast %d : index to i32
        %df = arith.sitofp %di : i32 to f32
        %bias = arith.mulf %slope, %df : f32
        %r = arith.addf %s, %bias : f32
        attn.yield %r : f32
      }
  return
}

// A bias [Sq, Sk] is gathered, and no lane reads beyond its ends; what depends on
// the row alone is computed once for a row.
// CHECK-LABEL: func.func @gathered_bias
//       CHECK:   %{{.+}}, %[[OFFSET:.+]], %[[SIZES:.+]]:2, %[[STRIDES:.+]]:2 = memref.extract_strided_metadata %arg1
//       CHECK:   %[[ROWS:.+]] = vector.broadcast %[[SIZES]]#0 : index to vector<4x1xindex>
//       CHECK:   %[[IN0:.+]] = arith.cmpi ult, %{{.+}}, %[[ROWS]] : vector<4x1xindex>
//       CHECK:   %[[COLUMNS:.+]] = vector.broadcast %[[SIZES]]#1 : index to vector<1x16xindex>
//       CHECK:   %[[IN1:.+]] = arith.cmpi ult, %{{.+}}, %[[COLUMNS]] : vector<1x16xindex>
//   CHECK-DAG:   %[[WIDE0:.+]] = vector.broadcast %[[IN0]] : vector<4x1xi1> to vector<4x16xi1>
//   CHECK-DAG:   %[[WIDE1:.+]] = vector.broadcast %[[IN1]] : vector<1x16xi1> to vector<4x16xi1>
//       CHECK:   %[[INSIDE:.+]] = arith.andi %[[WIDE0]], %[[WIDE1]] : vector<4x16xi1>
//       CHECK:   vector.gather %{{.+}} [%{{.+}}], %[[INSIDE]], %{{.+}} into vector<4x16xf32>
func.func @gathered_bias(%t: !t, %bias: memref<?x?xf32, strided<[?, 1], offset: ?>>, %out: !t) {
  attn.forward ins(%t, %t, %t : !t, !t, !t) outs(%out : !t)
      {config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
      score {
      ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
        %e = memref.load %bias[%i, %j] : memref<?x?xf32, strided<[?, 1], offset: ?>>
        %r = arith.addf %s, %e : f32
        attn.yield %r : f32
      }
  return
}

// A mask region: documents, each id gathered once for a row or a column. What is
// masked is -inf.
// CHECK-LABEL: func.func @document_mask
//   CHECK-DAG:   %[[NEGINF:.+]] = arith.constant dense<0xFF800000> : vector<4x16xf32>
//       CHECK:   vector.gather {{.*}} into vector<4x1xi32>
//       CHECK:   vector.gather {{.*}} into vector<1x16xi32>
//       CHECK:   %[[KEEP:.+]] = arith.cmpi eq, %{{.+}} : vector<4x16xi32>
//       CHECK:   %[[S:.+]] = arith.select %[[KEEP]], %{{.+}}, %[[NEGINF]] : vector<4x16xi1>, vector<4x16xf32>
//       CHECK:   attn.online_softmax %[[S]],
func.func @document_mask(%t: !t, %ids: memref<?x?xi32>, %out: !t) {
  attn.forward ins(%t, %t, %t : !t, !t, !t) outs(%out : !t)
      {config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
      mask {
      ^bb0(%b: index, %h: index, %i: index, %j: index):
        %x = memref.load %ids[%b, %i] : memref<?x?xi32>
        %y = memref.load %ids[%b, %j] : memref<?x?xi32>
        %r = arith.cmpi eq, %x, %y : i32
        attn.yield %r : i1
      }
  return
}

// One element for all of a tile: what lies beyond an end is zero, and the first is
// read in its place. The head counts along a grid of two, the sizes are known.
// CHECK-LABEL: func.func @elements_for_a_tile
//   CHECK-DAG:   %[[ZERO:.+]] = arith.constant 0.000000e+00 : f32
//   CHECK-DAG:   %[[C0:.+]] = arith.constant 0 : index
//       CHECK:   scf.forall (%{{.+}}, %[[H:.+]], %[[B:.+]]) in
//       CHECK:     %[[SIZE:.+]] = memref.dim %arg1, %{{.+}} : memref<?x2xf32>
//       CHECK:     %[[IN:.+]] = arith.cmpi ult, %[[B]], %[[SIZE]] : index
//       CHECK:     %[[AT0:.+]] = arith.select %[[IN]], %[[B]], %[[C0]] : index
//       CHECK:     %[[AT1:.+]] = arith.select %[[IN]], %[[H]], %[[C0]] : index
//       CHECK:     %[[READ:.+]] = memref.load %arg1[%[[AT0]], %[[AT1]]]
//       CHECK:     arith.select %[[IN]], %[[READ]], %[[ZERO]] : f32
//       CHECK:     memref.load %arg2[%[[H]]] : memref<2xf32>
func.func @elements_for_a_tile(%t: !t, %m: memref<?x2xf32>, %n: memref<2xf32>,
                               %out: !t) {
  attn.forward ins(%t, %t, %t : !t, !t, !t) outs(%out : !t)
      {config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
      score {
      ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
        %x = memref.load %m[%b, %h] : memref<?x2xf32>
        %y = memref.load %n[%h] : memref<2xf32>
        %e = arith.addf %x, %y : f32
        %r = arith.addf %s, %e : f32
        attn.yield %r : f32
      }
  return
}

// With an origin the regions see batch, head and row in the whole problem.
// CHECK-LABEL: func.func @origin_in_a_region
//       CHECK:   scf.forall (%{{.+}}, %[[H:.+]], %[[B:.+]]) in
//   CHECK-DAG:     %[[GB:.+]] = arith.addi {{.*}}%[[B]]
//   CHECK-DAG:     %[[GH:.+]] = arith.addi {{.*}}%[[H]]
//       CHECK:     arith.cmpi ult, %[[GB]]
//       CHECK:     arith.cmpi ult, %[[GH]]
//       CHECK:     memref.load %arg1
func.func @origin_in_a_region(%t: !t, %m: memref<?x?xf32>, %b: index, %h: index,
                              %i: index, %out: !t) {
  attn.forward ins(%t, %t, %t : !t, !t, !t) origin(%b, %h, %i) outs(%out : !t)
      {config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
      score {
      ^bb0(%s: f32, %b0: index, %h0: index, %i0: index, %j0: index):
        %e = memref.load %m[%b0, %h0] : memref<?x?xf32>
        %r = arith.addf %s, %e : f32
        attn.yield %r : f32
      }
  return
}

// -----

// Ranges of keys are one more dimension of the grid; keys keep their numbers.
// Rows of four heads that share one of K stand in one tile, at one position each.

// CHECK-LABEL: func.func @partial_and_packed
//       CHECK:   scf.forall (%[[T:.+]], %[[H:.+]], %[[B:.+]], %[[S:.+]]) in (%{{.+}}, 2, %{{.+}}, 3) {
//       CHECK:     %[[BEGIN:.+]] = arith.muli %[[S]], %[[LENGTH:.+]] : index
//       CHECK:     %[[COUNT:.+]] = arith.minsi %[[LENGTH]], %{{.+}} : index
//       CHECK:     %[[END:.+]] = arith.addi %[[BEGIN]], %[[COUNT]] : index
//       CHECK:     %[[HEAD:.+]] = arith.muli %[[H]], %{{.+}} : index
//       CHECK:     %[[Q:.+]] = vector.transfer_read %arg0[%[[B]], %{{.+}}, %[[HEAD]], %{{.+}}], {{.*}} : memref<?x?x8x16xf16>, vector<2x4x16xf16>
//       CHECK:     vector.shape_cast %[[Q]] : vector<2x4x16xf16> to vector<8x16xf16>
//       CHECK:     attn.band_mask %{{.+}} at(%{{.+}}, %{{.+}}) extent(%[[END]]) upper(%{{.+}}) {row_group = 4 : i64}
//       CHECK:     vector.transfer_write %{{.+}}, %arg3[%[[S]], %[[B]], %{{.+}}, %[[HEAD]], %{{.+}}] {{.*}} : vector<2x4x16xf32>, memref<3x?x?x8x16xf32>
//       CHECK:     vector.transfer_write %{{.+}}, %arg4[%[[S]], %[[B]], %[[HEAD]], %{{.+}}] {{.*}} : vector<2x4xf32>, memref<3x?x8x?xf32>
func.func @partial_and_packed(%q: memref<?x?x8x16xf16>, %k: memref<?x?x2x16xf16>, %v: memref<?x?x2x16xf16>, %os: memref<3x?x?x8x16xf32>, %lses: memref<3x?x8x?xf32>, %n: index) {
  attn.forward ins(%q, %k, %v : memref<?x?x8x16xf16>, memref<?x?x2x16xf16>, memref<?x?x2x16xf16>) split_keys(%n) outs(%os, %lses : memref<3x?x?x8x16xf32>, memref<3x?x8x?xf32>)
    {causal, config = #attn.config<tile = 8x16, stages = 1, consumers = 1, registers = 24x24, pack = 4>}
  return
}

// -----

// Three heads share one of K and do not fill two tiles of two: what is read beyond
// is another's, or nothing, and what would be written there is beyond the end of
// the buffer of the three. A function of the head sees one that there is.

// CHECK-LABEL: func.func @packed_in_part
//       CHECK:   scf.forall (%[[T:.+]], %[[H:.+]], %[[B:.+]]) in (%{{.+}}, 4, %{{.+}}) {
//       CHECK:     %[[KH:.+]] = arith.divui %[[H]], %{{c2.*}} : index
//       CHECK:     %[[FIRST:.+]] = arith.muli %[[KH]], %{{c3.*}} : index
//       CHECK:     %[[TILE:.+]] = arith.remui %[[H]], %{{c2.*}} : index
//       CHECK:     %[[OFFSET:.+]] = arith.muli %[[TILE]], %{{c2.*}} : index
//       CHECK:     %[[HEAD:.+]] = arith.addi %[[FIRST]], %[[OFFSET]] : index
//       CHECK:     vector.transfer_read %arg0[%[[B]], %{{.+}}, %[[HEAD]], %{{.+}}], %{{.+}} {in_bounds = [false, false, true]} : memref<?x?x6x16xf16>, vector<4x2x16xf16>
//       CHECK:     vector.transfer_read %arg1[%[[B]], %{{.+}}, %[[KH]], %{{.+}}]
//       CHECK:     %[[END:.+]] = arith.addi %[[FIRST]], %{{.+}} : index
//       CHECK:     %[[LAST:.+]] = arith.subi %[[END]], %[[HEAD]] : index
//       CHECK:     %[[LASTS:.+]] = vector.broadcast %[[LAST]] : index to vector<8x1xindex>
//       CHECK:     arith.minui %{{.+}}, %[[LASTS]] : vector<8x1xindex>
//       CHECK:     %[[O:.+]] = memref.subview %arg3[0, 0, %[[FIRST]], 0] [%{{.+}}, %{{.+}}, 3, 16] [1, 1, 1, 1]
//       CHECK:     vector.transfer_write %{{.+}}, %[[O]][%[[B]], %{{.+}}, %{{.+}}, %{{.+}}] {in_bounds = [false, false, true]} : vector<4x2x16xf16>
func.func @packed_in_part(%q: memref<?x?x6x16xf16>, %k: memref<?x?x2x16xf16>, %v: memref<?x?x2x16xf16>, %o: memref<?x?x6x16xf16>, %slopes: memref<6xf32>) {
  attn.forward ins(%q, %k, %v : memref<?x?x6x16xf16>, memref<?x?x2x16xf16>, memref<?x?x2x16xf16>) outs(%o : memref<?x?x6x16xf16>)
    {config = #attn.config<tile = 8x16, stages = 1, consumers = 1, registers = 24x24, pack = 2>}
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %slope = memref.load %slopes[%h] : memref<6xf32>
    %r = arith.mulf %s, %slope : f32
    attn.yield %r : f32
  }
  return
}

// -----

// 8-bit inputs: scales of rows and columns multiply scores, those of V the
// probabilities, which are lifted. The maximum is of scaled scores, and so is
// what LSE is made of. A size of 1 stands for all.
// CHECK-LABEL: func.func @narrow(
//  CHECK-SAME:     %[[Q:.*]]: memref<?x?x4x32xf8E4M3FN>, %[[K:.*]]: memref<?x?x2x32xf8E4M3FN>, %[[V:.*]]: memref<?x?x2x32xf8E4M3FN>, %[[QS:.*]]: memref<?x4x?xf32>, %[[KS:.*]]: memref<?x2x?xf32>, %[[VS:.*]]: memref<1x1x1xf32>
//       CHECK:   cf.assert %{{.*}}, "expected Q and its scales to have the same batch size"
//       CHECK:   %[[BLOCKS:.*]] = arith.ceildivui %{{.*}}, %{{.*}}
//       CHECK:   cf.assert %{{.*}}, "expected a scale for each block of Q, of 8 rows"
//       CHECK:   cf.assert %{{.*}}, "expected a scale for each block of K, of 16 rows"
//       CHECK:   scf.forall (%[[T:.*]], %[[H:.*]], %[[B:.*]]) in
//       CHECK:     %[[KH:.*]] = arith.divui %[[H]]
//       CHECK:     scf.for
//       CHECK:       %[[S:.*]] = vector.contract
//       CHECK:       %[[SQ:.*]] = attn.scale_blocks %[[S]] by %[[QS]][%[[B]], %[[H]]] at(%{{.*}}) {block = 8 : i64, dimension = 0 : i64}
//       CHECK:       %[[SK:.*]] = attn.scale_blocks %[[SQ]] by %[[KS]][%[[B]], %[[KH]]] at(%{{.*}}) {block = 16 : i64, dimension = 1 : i64}
//       CHECK:       %[[M:.*]] = attn.band_mask %[[SK]]
//       CHECK:       %[[P:.*]], %{{.*}}, %{{.*}}, %{{.*}} = attn.online_softmax %[[M]], {{.*}} {exponent = 8.000000e+00 : f32, scaled_maximum}
//       CHECK:       %[[PV:.*]] = attn.scale_blocks %[[P]] by %[[VS]][%{{c0.*}}, %{{c0.*}}] at(%{{.*}}) {dimension = 1 : i64}
//       CHECK:       arith.truncf %[[PV]] : vector<4x16xf32> to vector<4x16xf8E4M3FN>
//       CHECK:     arith.subf %{{.*}}, %{{.*}} : vector<4xf32>
func.func @narrow(%q: memref<?x?x4x32xf8E4M3FN>, %k: memref<?x?x2x32xf8E4M3FN>, %v: memref<?x?x2x32xf8E4M3FN>, %qs: memref<?x4x?xf32>, %ks: memref<?x2x?xf32>, %vs: memref<1x1x1xf32>, %o: memref<?x?x4x32xbf16>, %lse: memref<?x4x?xf32>) {
  attn.forward ins(%q, %k, %v : memref<?x?x4x32xf8E4M3FN>, memref<?x?x2x32xf8E4M3FN>, memref<?x?x2x32xf8E4M3FN>)
      scales(%qs, %ks, %vs : memref<?x4x?xf32>, memref<?x2x?xf32>, memref<1x1x1xf32>)
      outs(%o, %lse : memref<?x?x4x32xbf16>, memref<?x4x?xf32>)
      {config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>, key_block = 16 : i64, query_block = 8 : i64}
  return
}

// -----

// A score region takes scores that bear the scales; what it gives is unbounded,
// and its maximum is not scaled.
// CHECK-LABEL: func.func @narrow_region(
//       CHECK:       attn.scale_blocks
//       CHECK:       attn.scale_blocks
//       CHECK:       %[[S:.*]] = math.tanh
//       CHECK:       attn.online_softmax %[[S]], {{.*}} unbounded {exponent = 8.000000e+00 : f32}
func.func @narrow_region(%q: memref<1x4x2x32xf8E4M3FN>, %k: memref<1x16x2x32xf8E4M3FN>, %s: memref<1x1x1xf32>, %o: memref<1x4x2x32xf16>) {
  attn.forward ins(%q, %k, %k : memref<1x4x2x32xf8E4M3FN>, memref<1x16x2x32xf8E4M3FN>, memref<1x16x2x32xf8E4M3FN>)
      scales(%s, %s, %s : memref<1x1x1xf32>, memref<1x1x1xf32>, memref<1x1x1xf32>)
      outs(%o : memref<1x4x2x32xf16>)
      {config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
      score {
      ^bb0(%x: f32, %b: index, %h: index, %i: index, %j: index):
        %t = math.tanh %x : f32
        attn.yield %t : f32
      }
  return
}

// -----

// V transposed: rows of a tile are columns of V, in either layout, and keys
// beyond the end of V read as zero.
// CHECK-LABEL: func.func @transposed_value(
//  CHECK-SAME:     %{{.*}}: memref<?x4x?x32xf8E4M3FN>, %[[K:.*]]: memref<?x2x?x32xf8E4M3FN>, %[[V:.*]]: memref<?x2x48x?xf8E4M3FN>
//       CHECK:   %[[GROUPS:.*]] = arith.ceildivui %{{.*}}, %c16{{.*}}
//       CHECK:   arith.muli %[[GROUPS]], %c16{{.*}}
//       CHECK:   cf.assert %{{.*}}, "expected a transposed V to have whole groups of 16 places for the keys of K"
//       CHECK:   scf.forall (%{{.*}}, %[[H:.*]], %[[B:.*]]) in
//       CHECK:     %[[KH:.*]] = arith.divui %[[H]]
//       CHECK:     scf.for
//       CHECK:       %[[P:.*]] = arith.truncf
//       CHECK:       %[[R:.*]] = vector.transfer_read %[[V]][%[[B]], %[[KH]], %c0{{.*}}, %{{.*}}], %{{.*}} {in_bounds = [true, false]} : memref<?x2x48x?xf8E4M3FN>, vector<48x32xf8E4M3FN>
//       CHECK:       %[[D:.*]] = attn.deinterleave %[[R]] : vector<48x32xf8E4M3FN>
//       CHECK:       vector.contract {{.*}} %[[P]], %[[D]], %{{.*}} : vector<4x32xf8E4M3FN>, vector<48x32xf8E4M3FN> into vector<4x48xf32>
func.func @transposed_value(%q: memref<?x4x?x32xf8E4M3FN>, %k: memref<?x2x?x32xf8E4M3FN>, %v: memref<?x2x48x?xf8E4M3FN>, %s: memref<1x1x1xf32>, %o: memref<?x4x?x48xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x4x?x32xf8E4M3FN>, memref<?x2x?x32xf8E4M3FN>, memref<?x2x48x?xf8E4M3FN>)
      scales(%s, %s, %s : memref<1x1x1xf32>, memref<1x1x1xf32>, memref<1x1x1xf32>)
      outs(%o : memref<?x4x?x48xf16>)
      {layout = #attn.layout<bhsd>, value_layout = #attn.value_layout<transposed>,
       config = #attn.config<tile = 4x32, stages = 1, consumers = 1, registers = 24x24>}
  return
}

// -----

// Integers for scores alone: the output is a product of floats, and so are the
// probabilities.
// CHECK-LABEL: func.func @mixed(
//       CHECK:   %[[S:.*]] = vector.contract {{.*}} : vector<4x32xi8>, vector<16x32xi8> into vector<4x16xi32>
//       CHECK:   arith.sitofp %[[S]] : vector<4x16xi32> to vector<4x16xf32>
//       CHECK:   attn.online_softmax {{.*}} {exponent = 8.000000e+00 : f32, scaled_maximum}
//       CHECK:   %[[P:.*]] = arith.truncf %{{.*}} : vector<4x16xf32> to vector<4x16xf8E4M3FN>
//       CHECK:   %[[O:.*]] = vector.contract {{.*}} %[[P]], {{.*}} : vector<4x16xf8E4M3FN>, vector<16x32xf8E4M3FN> into vector<4x32xf32>
//       CHECK:   scf.yield %[[O]]
func.func @mixed(%q: memref<1x8x2x32xi8>, %k: memref<1x32x2x32xi8>, %v: memref<1x32x2x32xf8E4M3FN>, %s: memref<1x1x1xf32>, %o: memref<1x8x2x32xf16>) {
  attn.forward ins(%q, %k, %v : memref<1x8x2x32xi8>, memref<1x32x2x32xi8>, memref<1x32x2x32xf8E4M3FN>)
      scales(%s, %s, %s : memref<1x1x1xf32>, memref<1x1x1xf32>, memref<1x1x1xf32>)
      outs(%o : memref<1x8x2x32xf16>)
      {config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
  return
}

// Integers: their products are sums of i32 that begin at zero in each tile, the
// output is one of floats. Probabilities are lifted by 127.
// CHECK-LABEL: func.func @integers(
//       CHECK:   %[[ZERO:.*]] = arith.constant dense<0> : vector<4x16xi32>
//       CHECK:   %[[S:.*]] = vector.contract {{.*}} %[[ZERO]] : vector<4x32xi8>, vector<16x32xi8> into vector<4x16xi32>
//       CHECK:   %[[F:.*]] = arith.sitofp %[[S]] : vector<4x16xi32> to vector<4x16xf32>
//       CHECK:   %[[SQ:.*]] = attn.scale_blocks %[[F]]
//       CHECK:   %[[SK:.*]] = attn.scale_blocks %[[SQ]]
//       CHECK:   attn.online_softmax %[[SK]], {{.*}} {exponent = 6.98868465 : f32, scaled_maximum}
//       CHECK:   %[[O:.*]] = arith.mulf %{{.*}}, %{{.*}} : vector<4x32xf32>
//       CHECK:   %[[PV:.*]] = attn.scale_blocks
//       CHECK:   %[[P:.*]] = attn.round %[[PV]] : vector<4x16xf32> to vector<4x16xi8>
//       CHECK:   %[[X:.*]] = vector.contract {{.*}} %[[P]], %{{.*}}, %{{.*}} : vector<4x16xi8>, vector<16x32xi8> into vector<4x32xi32>
//       CHECK:   %[[XF:.*]] = arith.sitofp %[[X]] : vector<4x32xi32> to vector<4x32xf32>
//       CHECK:   %[[N:.*]] = arith.addf %[[O]], %[[XF]]
//       CHECK:   scf.yield %[[N]]
func.func @integers(%q: memref<1x8x2x32xi8>, %k: memref<1x32x2x32xi8>, %s: memref<1x1x1xf32>, %rows: memref<1x2x8xf32>, %o: memref<1x8x2x32xf16>) {
  attn.forward ins(%q, %k, %k : memref<1x8x2x32xi8>, memref<1x32x2x32xi8>, memref<1x32x2x32xi8>)
      scales(%rows, %s, %s : memref<1x2x8xf32>, memref<1x1x1xf32>, memref<1x1x1xf32>)
      outs(%o : memref<1x8x2x32xf16>)
      {query_block = 1 : i64, config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, two_level>}
  return
}
