// Round trips of the dialect, from the custom and from the generic form.

// RUN: fa3-opt %s | FileCheck %s
// RUN: fa3-opt %s | fa3-opt | FileCheck %s
// RUN: fa3-opt %s --mlir-print-op-generic | fa3-opt | FileCheck %s
// RUN: fa3-opt %s --emit-bytecode | fa3-opt | FileCheck %s

//===----------------------------------------------------------------------===//
// attn.forward: operands
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @tensors
//       CHECK:   %[[O:.+]] = attn.forward ins(%arg0, %arg1, %arg2 : tensor<2x16x4x64xf16>, tensor<2x24x4x64xf16>, tensor<2x24x4x64xf16>) outs(%arg3 : tensor<2x16x4x64xf16>) -> tensor<2x16x4x64xf16>
//       CHECK:   return %[[O]]
func.func @tensors(%q: tensor<2x16x4x64xf16>, %k: tensor<2x24x4x64xf16>,
                   %v: tensor<2x24x4x64xf16>, %o: tensor<2x16x4x64xf16>)
    -> tensor<2x16x4x64xf16> {
  %0 = attn.forward ins(%q, %k, %v : tensor<2x16x4x64xf16>,
                        tensor<2x24x4x64xf16>, tensor<2x24x4x64xf16>)
                    outs(%o : tensor<2x16x4x64xf16>) -> tensor<2x16x4x64xf16>
  return %0 : tensor<2x16x4x64xf16>
}

// CHECK-LABEL: func.func @tensors_with_lse
//       CHECK:   %[[R:.+]]:2 = attn.forward ins({{.*}}) outs(%arg3, %arg4 : tensor<2x16x4x64xf16>, tensor<2x4x16xf32>) -> tensor<2x16x4x64xf16>, tensor<2x4x16xf32>
//       CHECK:   return %[[R]]#0, %[[R]]#1
func.func @tensors_with_lse(
    %q: tensor<2x16x4x64xf16>, %k: tensor<2x24x4x64xf16>,
    %v: tensor<2x24x4x64xf16>, %o: tensor<2x16x4x64xf16>,
    %lse: tensor<2x4x16xf32>) -> (tensor<2x16x4x64xf16>, tensor<2x4x16xf32>) {
  %0:2 = attn.forward ins(%q, %k, %v : tensor<2x16x4x64xf16>,
                          tensor<2x24x4x64xf16>, tensor<2x24x4x64xf16>)
                      outs(%o, %lse : tensor<2x16x4x64xf16>, tensor<2x4x16xf32>)
                      -> tensor<2x16x4x64xf16>, tensor<2x4x16xf32>
  return %0#0, %0#1 : tensor<2x16x4x64xf16>, tensor<2x4x16xf32>
}

// CHECK-LABEL: func.func @memrefs
//       CHECK:   attn.forward ins(%arg0, %arg1, %arg2 : memref<?x?x16x128xbf16>, memref<?x?x4x128xbf16>, memref<?x?x4x64xbf16>) outs(%arg3, %arg4 : memref<?x?x16x64xbf16>, memref<?x16x?xf32>){{ *$}}
func.func @memrefs(%q: memref<?x?x16x128xbf16>, %k: memref<?x?x4x128xbf16>,
                   %v: memref<?x?x4x64xbf16>, %o: memref<?x?x16x64xbf16>,
                   %lse: memref<?x16x?xf32>) {
  attn.forward ins(%q, %k, %v : memref<?x?x16x128xbf16>, memref<?x?x4x128xbf16>,
                   memref<?x?x4x64xbf16>)
               outs(%o, %lse : memref<?x?x16x64xbf16>, memref<?x16x?xf32>)
  return
}

// CHECK-LABEL: func.func @strided_memrefs
//       CHECK:   attn.forward ins(%arg0, %arg0, %arg0 : memref<1x8x2x64xf16, strided<[?, ?, ?, 1], offset: ?>>
func.func @strided_memrefs(
    %q: memref<1x8x2x64xf16, strided<[?, ?, ?, 1], offset: ?>>,
    %o: memref<1x8x2x64xf16, strided<[4096, 256, 64, 1], offset: 128>>) {
  attn.forward ins(%q, %q, %q : memref<1x8x2x64xf16, strided<[?, ?, ?, 1], offset: ?>>,
                   memref<1x8x2x64xf16, strided<[?, ?, ?, 1], offset: ?>>,
                   memref<1x8x2x64xf16, strided<[?, ?, ?, 1], offset: ?>>)
               outs(%o : memref<1x8x2x64xf16, strided<[4096, 256, 64, 1], offset: 128>>)
  return
}

// CHECK-LABEL: func.func @scales_of_whole_sequences
//       CHECK:   attn.forward ins({{.*}}) scales(%arg4, %arg5, %arg5 : tensor<2x8x1xf32>, tensor<2x4x1xf32>, tensor<2x4x1xf32>) outs({{.*}}) -> tensor<2x64x8x128xbf16>
func.func @scales_of_whole_sequences(
    %q: tensor<2x64x8x128xf8E4M3FN>, %k: tensor<2x96x4x128xf8E4M3FN>,
    %v: tensor<2x96x4x128xf8E4M3FN>, %o: tensor<2x64x8x128xbf16>,
    %qs: tensor<2x8x1xf32>, %ks: tensor<2x4x1xf32>) -> tensor<2x64x8x128xbf16> {
  %0 = attn.forward ins(%q, %k, %v : tensor<2x64x8x128xf8E4M3FN>,
                        tensor<2x96x4x128xf8E4M3FN>, tensor<2x96x4x128xf8E4M3FN>)
                    scales(%qs, %ks, %ks : tensor<2x8x1xf32>, tensor<2x4x1xf32>,
                           tensor<2x4x1xf32>)
                    outs(%o : tensor<2x64x8x128xbf16>) -> tensor<2x64x8x128xbf16>
  return %0 : tensor<2x64x8x128xbf16>
}

// The last block is ragged: 100 rows are 4 blocks of at most 32.
// CHECK-LABEL: func.func @scales_of_blocks
//       CHECK:   attn.forward ins({{.*}}) scales(%arg4, %arg5, %arg6 : memref<2x8x2xf32>, memref<2x4x4xf32>, memref<2x4x?xf32>) outs({{.*}}) {key_block = 32 : i64, query_block = 32 : i64, value_block = 7 : i64}
func.func @scales_of_blocks(
    %q: memref<2x64x8x128xf8E5M2>, %k: memref<2x100x4x128xf8E5M2>,
    %v: memref<2x100x4x128xf8E5M2>, %o: memref<2x64x8x128xf32>,
    %qs: memref<2x8x2xf32>, %ks: memref<2x4x4xf32>, %vs: memref<2x4x?xf32>) {
  attn.forward ins(%q, %k, %v : memref<2x64x8x128xf8E5M2>,
                   memref<2x100x4x128xf8E5M2>, memref<2x100x4x128xf8E5M2>)
               scales(%qs, %ks, %vs : memref<2x8x2xf32>, memref<2x4x4xf32>,
                      memref<2x4x?xf32>)
               outs(%o : memref<2x64x8x128xf32>)
               {query_block = 32 : i64, key_block = 32 : i64, value_block = 7 : i64}
  return
}

// CHECK-LABEL: func.func @offset_and_origin
//       CHECK:   attn.forward ins({{.*}}) q_offset(%arg4) outs(
//       CHECK:   attn.forward ins({{.*}}) origin(%arg4, %arg5, %arg6) outs(
//       CHECK:   attn.forward ins({{.*}}) q_offset(%arg6) origin(%arg4, %arg5, %arg6) outs(
func.func @offset_and_origin(
    %q: memref<1x16x2x64xf16>, %k: memref<1x16x2x64xf16>,
    %v: memref<1x16x2x64xf16>, %o: memref<1x16x2x64xf16>,
    %x: index, %y: index, %z: index) {
  attn.forward ins(%q, %k, %v : memref<1x16x2x64xf16>, memref<1x16x2x64xf16>,
                   memref<1x16x2x64xf16>)
               q_offset(%x) outs(%o : memref<1x16x2x64xf16>) {causal}
  attn.forward ins(%q, %k, %v : memref<1x16x2x64xf16>, memref<1x16x2x64xf16>,
                   memref<1x16x2x64xf16>)
               origin(%x, %y, %z) outs(%o : memref<1x16x2x64xf16>)
  attn.forward ins(%q, %k, %v : memref<1x16x2x64xf16>, memref<1x16x2x64xf16>,
                   memref<1x16x2x64xf16>)
               q_offset(%z) origin(%x, %y, %z) outs(%o : memref<1x16x2x64xf16>)
               {causal}
  return
}

// Lengths, batch and heads of 1; no rows, no keys, no batch.
// CHECK-LABEL: func.func @smallest
// CHECK-COUNT-3: attn.forward
func.func @smallest(%a: memref<1x1x1x8xf16>, %b: memref<0x0x1x8xf16>,
                    %c: memref<1x0x1x8xf16>) {
  attn.forward ins(%a, %a, %a : memref<1x1x1x8xf16>, memref<1x1x1x8xf16>,
                   memref<1x1x1x8xf16>) outs(%a : memref<1x1x1x8xf16>)
  attn.forward ins(%b, %b, %b : memref<0x0x1x8xf16>, memref<0x0x1x8xf16>,
                   memref<0x0x1x8xf16>) outs(%b : memref<0x0x1x8xf16>)
  attn.forward ins(%a, %c, %c : memref<1x1x1x8xf16>, memref<1x0x1x8xf16>,
                   memref<1x0x1x8xf16>) outs(%a : memref<1x1x1x8xf16>)
  return
}

//===----------------------------------------------------------------------===//
// attn.forward: attributes
//===----------------------------------------------------------------------===//

// The defaults, alignment bottom_right and layout bshd, are not printed.
// CHECK-LABEL: func.func @attributes
//       CHECK:   outs(%arg1 : memref<1x16x2x64xf16>) {scale = 1.250000e-01 : f32}
//       CHECK:   outs(%arg1 : memref<1x16x2x64xf16>) {scale = -2.000000e+00 : f32}
//       CHECK:   outs(%arg1 : memref<1x16x2x64xf16>) {causal}
//       CHECK:   outs(%arg1 : memref<1x16x2x64xf16>) {window = #attn.window<left = 128, right = 0>}
//       CHECK:   outs(%arg1 : memref<1x16x2x64xf16>) {window = #attn.window<left = 1023>}
//       CHECK:   outs(%arg1 : memref<1x16x2x64xf16>) {window = #attn.window<right = 7>}
//       CHECK:   outs(%arg1 : memref<1x16x2x64xf16>) {window = #attn.window<>}
//       CHECK:   outs(%arg1 : memref<1x16x2x64xf16>) {alignment = #attn.alignment<top_left>, causal}
//       CHECK:   outs(%arg1 : memref<1x16x2x64xf16>){{ *$}}
//       CHECK:   outs(%arg1 : memref<1x16x2x64xf16>) {layout = #attn.layout<bhsd>}
//       CHECK:   outs(%arg1 : memref<1x16x2x64xf16>) {config = #attn.config<tile = 128x176, stages = 2, consumers = 2, registers = 24x240>}
func.func @attributes(%i: memref<1x16x2x64xf16>, %o: memref<1x16x2x64xf16>) {
  attn.forward ins(%i, %i, %i : memref<1x16x2x64xf16>, memref<1x16x2x64xf16>,
                   memref<1x16x2x64xf16>)
               outs(%o : memref<1x16x2x64xf16>) {scale = 0.125 : f32}
  attn.forward ins(%i, %i, %i : memref<1x16x2x64xf16>, memref<1x16x2x64xf16>,
                   memref<1x16x2x64xf16>)
               outs(%o : memref<1x16x2x64xf16>) {scale = -2.0 : f32}
  attn.forward ins(%i, %i, %i : memref<1x16x2x64xf16>, memref<1x16x2x64xf16>,
                   memref<1x16x2x64xf16>)
               outs(%o : memref<1x16x2x64xf16>) {causal}
  attn.forward ins(%i, %i, %i : memref<1x16x2x64xf16>, memref<1x16x2x64xf16>,
                   memref<1x16x2x64xf16>)
               outs(%o : memref<1x16x2x64xf16>)
               {window = #attn.window<left = 128, right = 0>}
  attn.forward ins(%i, %i, %i : memref<1x16x2x64xf16>, memref<1x16x2x64xf16>,
                   memref<1x16x2x64xf16>)
               outs(%o : memref<1x16x2x64xf16>)
               {window = #attn.window<left = 1023>}
  attn.forward ins(%i, %i, %i : memref<1x16x2x64xf16>, memref<1x16x2x64xf16>,
                   memref<1x16x2x64xf16>)
               outs(%o : memref<1x16x2x64xf16>) {window = #attn.window<right = 7>}
  attn.forward ins(%i, %i, %i : memref<1x16x2x64xf16>, memref<1x16x2x64xf16>,
                   memref<1x16x2x64xf16>)
               outs(%o : memref<1x16x2x64xf16>) {window = #attn.window<>}
  attn.forward ins(%i, %i, %i : memref<1x16x2x64xf16>, memref<1x16x2x64xf16>,
                   memref<1x16x2x64xf16>)
               outs(%o : memref<1x16x2x64xf16>)
               {causal, alignment = #attn.alignment<top_left>}
  attn.forward ins(%i, %i, %i : memref<1x16x2x64xf16>, memref<1x16x2x64xf16>,
                   memref<1x16x2x64xf16>)
               outs(%o : memref<1x16x2x64xf16>)
               {alignment = #attn.alignment<bottom_right>, layout = #attn.layout<bshd>}
  attn.forward ins(%i, %i, %i : memref<1x16x2x64xf16>, memref<1x16x2x64xf16>,
                   memref<1x16x2x64xf16>)
               outs(%o : memref<1x16x2x64xf16>) {layout = #attn.layout<bhsd>}
  attn.forward ins(%i, %i, %i : memref<1x16x2x64xf16>, memref<1x16x2x64xf16>,
                   memref<1x16x2x64xf16>)
               outs(%o : memref<1x16x2x64xf16>)
               {config = #attn.config<tile = 128x176, stages = 2, consumers = 2, registers = 24x240>}
  return
}

// In bhsd the second dimension is the head: LSE is [B, H, S] in both layouts.
// CHECK-LABEL: func.func @layout_bhsd
//       CHECK:   attn.forward ins({{.*}}) outs(%arg2, %arg3 : memref<2x8x16x64xf16>, memref<2x8x16xf32>) {layout = #attn.layout<bhsd>}
func.func @layout_bhsd(%q: memref<2x8x16x64xf16>, %k: memref<2x4x24x64xf16>,
                       %o: memref<2x8x16x64xf16>, %lse: memref<2x8x16xf32>) {
  attn.forward ins(%q, %k, %k : memref<2x8x16x64xf16>, memref<2x4x24x64xf16>,
                   memref<2x4x24x64xf16>)
               outs(%o, %lse : memref<2x8x16x64xf16>, memref<2x8x16xf32>)
               {layout = #attn.layout<bhsd>}
  return
}

//===----------------------------------------------------------------------===//
// attn.forward: regions
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @score_region
//       CHECK:   attn.forward ins({{.*}}) outs(%arg1 : memref<1x16x2x64xf16>) score {
//  CHECK-NEXT:   ^bb0(%[[S:.+]]: f32, %{{.+}}: index, %[[H:.+]]: index, %{{.+}}: index, %{{.+}}: index):
//  CHECK-NEXT:     %[[L:.+]] = memref.load %arg2[%[[H]]] : memref<2xf32>
//  CHECK-NEXT:     %[[R:.+]] = arith.addf %[[S]], %[[L]] : f32
//  CHECK-NEXT:     attn.yield %[[R]] : f32
//  CHECK-NEXT:   }
func.func @score_region(%i: memref<1x16x2x64xf16>, %o: memref<1x16x2x64xf16>,
                        %slopes: memref<2xf32>) {
  attn.forward ins(%i, %i, %i : memref<1x16x2x64xf16>, memref<1x16x2x64xf16>,
                   memref<1x16x2x64xf16>)
               outs(%o : memref<1x16x2x64xf16>) score {
  ^bb0(%s: f32, %b: index, %h: index, %row: index, %key: index):
    %slope = memref.load %slopes[%h] : memref<2xf32>
    %r = arith.addf %s, %slope : f32
    attn.yield %r : f32
  }
  return
}

// CHECK-LABEL: func.func @mask_region
//       CHECK:   attn.forward ins({{.*}}) outs(%arg1 : memref<1x16x2x64xf16>) mask {
//  CHECK-NEXT:   ^bb0(%{{.+}}: index, %{{.+}}: index, %[[I:.+]]: index, %[[J:.+]]: index):
//  CHECK-NEXT:     %[[R:.+]] = arith.cmpi ne, %[[I]], %[[J]] : index
//  CHECK-NEXT:     attn.yield %[[R]] : i1
func.func @mask_region(%i: memref<1x16x2x64xf16>, %o: memref<1x16x2x64xf16>) {
  attn.forward ins(%i, %i, %i : memref<1x16x2x64xf16>, memref<1x16x2x64xf16>,
                   memref<1x16x2x64xf16>)
               outs(%o : memref<1x16x2x64xf16>) mask {
  ^bb0(%b: index, %h: index, %row: index, %key: index):
    %r = arith.cmpi ne, %row, %key : index
    attn.yield %r : i1
  }
  return
}

// Everything at once.
// CHECK-LABEL: func.func @everything
//       CHECK:   %{{.+}}:2 = attn.forward ins({{.*}}) scales({{.*}}) q_offset(%{{.*}}) origin(%{{.*}}, %{{.*}}, %{{.*}}) outs({{.*}}) {alignment = #attn.alignment<top_left>, causal, config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>, key_block = 64 : i64, layout = #attn.layout<bhsd>, query_block = 32 : i64, scale = 5.000000e-01 : f32, value_block = 64 : i64, window = #attn.window<left = 3>} score {
//       CHECK:     tensor.extract %{{.+}}[%{{.+}}, %{{.+}}]
//       CHECK:     attn.yield %{{.+}} : f32
//       CHECK:   } mask {
//       CHECK:     attn.yield %{{.+}} : i1
//       CHECK:   } -> tensor<?x8x?x32xf32>, tensor<?x8x?xf32>
func.func @everything(
    %q: tensor<?x8x?x64xf8E4M3FN>, %k: tensor<?x2x?x64xf8E4M3FN>,
    %v: tensor<?x2x?x32xf8E4M3FN>, %qs: tensor<?x8x?xf32>,
    %ks: tensor<?x2x?xf32>, %o: tensor<?x8x?x32xf32>, %lse: tensor<?x8x?xf32>,
    %x: index, %bias: tensor<?x?xf32>, %ids: tensor<?xi32>)
    -> (tensor<?x8x?x32xf32>, tensor<?x8x?xf32>) {
  %0:2 = attn.forward
      ins(%q, %k, %v : tensor<?x8x?x64xf8E4M3FN>, tensor<?x2x?x64xf8E4M3FN>,
          tensor<?x2x?x32xf8E4M3FN>)
      scales(%qs, %ks, %ks : tensor<?x8x?xf32>, tensor<?x2x?xf32>,
             tensor<?x2x?xf32>)
      q_offset(%x) origin(%x, %x, %x)
      outs(%o, %lse : tensor<?x8x?x32xf32>, tensor<?x8x?xf32>)
      {scale = 0.5 : f32, causal, window = #attn.window<left = 3>,
       alignment = #attn.alignment<top_left>, layout = #attn.layout<bhsd>,
       query_block = 32 : i64, key_block = 64 : i64, value_block = 64 : i64,
       config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
      score {
      ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
        %e = tensor.extract %bias[%i, %j] : tensor<?x?xf32>
        %r = arith.addf %s, %e : f32
        attn.yield %r : f32
      } mask {
      ^bb0(%b: index, %h: index, %i: index, %j: index):
        %m = tensor.extract %ids[%i] : tensor<?xi32>
        %n = tensor.extract %ids[%j] : tensor<?xi32>
        %r = arith.cmpi eq, %m, %n : i32
        attn.yield %r : i1
      } -> tensor<?x8x?x32xf32>, tensor<?x8x?xf32>
  return %0#0, %0#1 : tensor<?x8x?x32xf32>, tensor<?x8x?xf32>
}

//===----------------------------------------------------------------------===//
// Tile level
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @coordinates
//       CHECK:   attn.coordinates %arg0 {dimension = 0 : i64} : vector<128x1xindex>
//       CHECK:   attn.coordinates %arg0 {dimension = 1 : i64} : vector<1x176xindex>
//       CHECK:   attn.coordinates %arg0 {dimension = 1 : i64} : vector<1x1xindex>
func.func @coordinates(%x: index) {
  %0 = attn.coordinates %x {dimension = 0 : i64} : vector<128x1xindex>
  %1 = attn.coordinates %x {dimension = 1 : i64} : vector<1x176xindex>
  %2 = attn.coordinates %x {dimension = 1 : i64} : vector<1x1xindex>
  return
}

// CHECK-LABEL: func.func @ramp
//       CHECK:   attn.ramp %arg0, %arg0 : vector<4x1xf32> to vector<4x16xf32>
//       CHECK:   attn.ramp %arg1, %arg1 : f32 to vector<1x16xf32>
func.func @ramp(%base: vector<4x1xf32>, %scalar: f32) {
  %0 = attn.ramp %base, %base : vector<4x1xf32> to vector<4x16xf32>
  %1 = attn.ramp %scalar, %scalar : f32 to vector<1x16xf32>
  return
}

// CHECK-LABEL: func.func @band_mask
//       CHECK:   attn.band_mask %arg0 at(%arg1, %arg2) extent(%arg3) : vector<4x16xf32>
//       CHECK:   attn.band_mask %arg0 at(%arg1, %arg2) lower(%arg4) : vector<4x16xf32>
//       CHECK:   attn.band_mask %arg0 at(%arg1, %arg2) upper(%arg5) : vector<4x16xf32>
//       CHECK:   attn.band_mask %arg0 at(%arg1, %arg2) extent(%arg3) lower(%arg4) upper(%arg5) : vector<4x16xf32>
func.func @band_mask(%s: vector<4x16xf32>, %q: index, %kv: index, %e: index,
                     %l: index, %u: index) {
  %0 = attn.band_mask %s at(%q, %kv) extent(%e) : vector<4x16xf32>
  %1 = attn.band_mask %s at(%q, %kv) lower(%l) : vector<4x16xf32>
  %2 = attn.band_mask %s at(%q, %kv) upper(%u) : vector<4x16xf32>
  %3 = attn.band_mask %s at(%q, %kv) extent(%e) lower(%l) upper(%u)
      : vector<4x16xf32>
  return
}

// CHECK-LABEL: func.func @online_softmax
//       CHECK:   %[[P:.+]], %[[M:.+]], %[[L:.+]], %[[A:.+]] = attn.online_softmax %arg0, %arg1, %arg2 factor(%arg3) : vector<4x16xf32>, vector<4xf32>
//       CHECK:   return %[[P]], %[[M]], %[[L]], %[[A]]
func.func @online_softmax(%s: vector<4x16xf32>, %m: vector<4xf32>,
                          %l: vector<4xf32>, %f: f32)
    -> (vector<4x16xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>) {
  %p, %m1, %l1, %a = attn.online_softmax %s, %m, %l factor(%f)
      : vector<4x16xf32>, vector<4xf32>
  return %p, %m1, %l1, %a
      : vector<4x16xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>
}

// CHECK-LABEL: func.func @online_softmax_unbounded
//       CHECK:   attn.online_softmax %arg0, %arg1, %arg1 factor(%arg2) unbounded : vector<4x16xf32>, vector<4xf32>
func.func @online_softmax_unbounded(%s: vector<4x16xf32>, %m: vector<4xf32>, %f: f32) {
  %0:4 = attn.online_softmax %s, %m, %m factor(%f) unbounded
      : vector<4x16xf32>, vector<4xf32>
  return
}

// CHECK-LABEL: func.func @online_softmax_scaled
//       CHECK:   attn.online_softmax %arg0, %arg1, %arg1 factor(%arg2 : vector<4xf32>) {exponent = 8.000000e+00 : f32, scaled_maximum} : vector<4x16xf32>, vector<4xf32>
//       CHECK:   attn.online_softmax %arg0, %arg1, %arg1 factor(%arg3) unbounded {exponent = 4.000000e+00 : f32} : vector<4x16xf32>, vector<4xf32>
func.func @online_softmax_scaled(%s: vector<4x16xf32>, %m: vector<4xf32>, %fs: vector<4xf32>, %f: f32) {
  %0:4 = attn.online_softmax %s, %m, %m factor(%fs : vector<4xf32>) {scaled_maximum, exponent = 8.0 : f32}
      : vector<4x16xf32>, vector<4xf32>
  %1:4 = attn.online_softmax %s, %m, %m factor(%f) unbounded {exponent = 4.0 : f32}
      : vector<4x16xf32>, vector<4xf32>
  return
}

// A sum for each row, or a column for each part of one.
// CHECK-LABEL: func.func @any_above
//       CHECK:   %[[A:.+]] = attn.any_above %arg0, 2.560000e+02 : vector<4xf32>
//       CHECK:   %[[B:.+]] = attn.any_above %arg1, -1.000000e+00 : vector<4x2xf32>
//       CHECK:   return %[[A]], %[[B]]
func.func @any_above(%t: vector<4xf32>, %parts: vector<4x2xf32>) -> (i1, i1) {
  %0 = attn.any_above %t, 256.0 : vector<4xf32>
  %1 = attn.any_above %parts, -1.0 : vector<4x2xf32>
  return %0, %1 : i1, i1
}

// CHECK-LABEL: func.func @config_on_a_kernel
//  CHECK-SAME:   attn.config = #attn.config<tile = 192x128, stages = 2, consumers = 3, registers = 32x160>
func.func @config_on_a_kernel() attributes {
    attn.config = #attn.config<tile = 192x128, stages = 2, consumers = 3, registers = 32x160>} {
  return
}

// What a configuration need not have, in any order.
// CHECK-LABEL: func.func @config_optional
//  CHECK-SAME:   test.a = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 256, pin = 37, persistent>
//  CHECK-SAME:   test.b = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 1, pin = 0, persistent>
//  CHECK-SAME:   test.c = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 32768>
//  CHECK-SAME:   test.d = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, pin = 100>
//  CHECK-SAME:   test.e = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, persistent>
//  CHECK-SAME:   test.f = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 448, exponent = 4, emulate = 12>
func.func @config_optional() attributes {
    test.a = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 256, pin = 37, persistent>,
    test.b = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, persistent, pin = 0, speculation = 1>,
    test.c = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 32768>,
    test.d = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, pin = 100>,
    test.e = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, persistent>,
    test.f = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, emulate = 12, exponent = 4, speculation = 448>} {
  return
}

// CHECK-LABEL: func.func @config_for_few_rows
//  CHECK-SAME:   test.a = #attn.config<tile = 64x128, stages = 3, consumers = 1, registers = 24x240, pack = 8, splits = 16>
//  CHECK-SAME:   test.b = #attn.config<tile = 64x128, stages = 3, consumers = 1, registers = 24x240, splits = 256>
func.func @config_for_few_rows() attributes {
    test.a = #attn.config<tile = 64x128, stages = 3, consumers = 1, registers = 24x240, splits = 16, pack = 8>,
    test.b = #attn.config<tile = 64x128, stages = 3, consumers = 1, registers = 24x240, splits = 256>} {
  return
}

// CHECK-LABEL: func.func @partial
//       CHECK:   attn.forward ins({{.*}}) q_offset(%arg5) split_keys(%arg5) outs(%arg3, %arg4 : memref<?x?x?x4x16xf32>, memref<?x?x4x?xf32>) {causal}
//       CHECK:   attn.forward ins({{.*}}) split_keys(%arg5) outs(%arg6, %arg4 : memref<3x?x?x4x16xf16>, memref<?x?x4x?xf32>)
func.func @partial(%q: memref<?x?x4x16xf16>, %k: memref<?x?x2x16xf16>, %v: memref<?x?x2x16xf16>, %os: memref<?x?x?x4x16xf32>, %lses: memref<?x?x4x?xf32>, %n: index, %short: memref<3x?x?x4x16xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x4x16xf16>, memref<?x?x2x16xf16>, memref<?x?x2x16xf16>) q_offset(%n) split_keys(%n) outs(%os, %lses : memref<?x?x?x4x16xf32>, memref<?x?x4x?xf32>) {causal}
  attn.forward ins(%q, %k, %v : memref<?x?x4x16xf16>, memref<?x?x2x16xf16>, memref<?x?x2x16xf16>) split_keys(%n) outs(%short, %lses : memref<3x?x?x4x16xf16>, memref<?x?x4x?xf32>)
  return
}

// CHECK-LABEL: func.func @combine
//       CHECK:   attn.combine ins(%arg0, %arg1 : memref<4x?x?x16x128xf32>, memref<4x?x16x?xf32>) outs(%arg2, %arg3 : memref<?x?x16x128xf16>, memref<?x16x?xf32>)
//       CHECK:   attn.combine ins(%arg0, %arg1 : memref<4x?x?x16x128xf32>, memref<4x?x16x?xf32>) outs(%arg2 : memref<?x?x16x128xf16>)
func.func @combine(%os: memref<4x?x?x16x128xf32>, %lses: memref<4x?x16x?xf32>, %o: memref<?x?x16x128xf16>, %lse: memref<?x16x?xf32>) {
  attn.combine ins(%os, %lses : memref<4x?x?x16x128xf32>, memref<4x?x16x?xf32>) outs(%o, %lse : memref<?x?x16x128xf16>, memref<?x16x?xf32>)
  attn.combine ins(%os, %lses : memref<4x?x?x16x128xf32>, memref<4x?x16x?xf32>) outs(%o : memref<?x?x16x128xf16>)
  return
}

// CHECK-LABEL: func.func @combine_tensors
//       CHECK:   %0:2 = attn.combine ins(%arg0, %arg1 : tensor<?x2x3x?x8xbf16>, tensor<?x2x3x?xf32>) outs(%arg2, %arg3 : tensor<2x3x?x8xf32>, tensor<2x3x?xf32>) {layout = #attn.layout<bhsd>} -> tensor<2x3x?x8xf32>, tensor<2x3x?xf32>
func.func @combine_tensors(%os: tensor<?x2x3x?x8xbf16>, %lses: tensor<?x2x3x?xf32>, %o: tensor<2x3x?x8xf32>, %lse: tensor<2x3x?xf32>) -> (tensor<2x3x?x8xf32>, tensor<2x3x?xf32>) {
  %0:2 = attn.combine ins(%os, %lses : tensor<?x2x3x?x8xbf16>, tensor<?x2x3x?xf32>) outs(%o, %lse : tensor<2x3x?x8xf32>, tensor<2x3x?xf32>) {layout = #attn.layout<bhsd>} -> tensor<2x3x?x8xf32>, tensor<2x3x?xf32>
  return %0#0, %0#1 : tensor<2x3x?x8xf32>, tensor<2x3x?xf32>
}

// CHECK-LABEL: func.func @band_mask_of_packed_heads
//       CHECK:   attn.band_mask %arg0 at(%arg1, %arg2) upper(%arg1) {row_group = 2 : i64} : vector<4x16xf32>
func.func @band_mask_of_packed_heads(%s: vector<4x16xf32>, %q: index, %k: index) -> vector<4x16xf32> {
  %0 = attn.band_mask %s at(%q, %k) upper(%q) {row_group = 2 : i64} : vector<4x16xf32>
  return %0 : vector<4x16xf32>
}

// CHECK-LABEL: func.func @quantize
//       CHECK:   attn.quantize ins(%arg0 : memref<?x?x8x64xbf16>) outs(%arg3, %arg5 : memref<?x?x8x64xf8E4M3FN>, memref<?x8x?xf32>) {block = 128 : i64}
//       CHECK:   attn.quantize ins(%arg0 : memref<?x?x8x64xbf16>) rotary(%arg1, %arg2 : memref<?x32xf32>, memref<?x32xf32>) outs(%arg3, %arg6 : memref<?x?x8x64xf8E4M3FN>, memref<1x1x1xf32>) {interleaved_rotary, rotation = 7 : i64}
//       CHECK:   attn.quantize ins(%arg0 : memref<?x?x8x64xbf16>) outs(%arg4, %arg5 : memref<?x8x64x?xf8E4M3FN>, memref<?x8x?xf32>) {block = 16 : i64, transposed}
func.func @quantize(%x: memref<?x?x8x64xbf16>, %cos: memref<?x32xf32>, %sin: memref<?x32xf32>, %y: memref<?x?x8x64xf8E4M3FN>, %yt: memref<?x8x64x?xf8E4M3FN>, %blocks: memref<?x8x?xf32>, %one: memref<1x1x1xf32>) {
  attn.quantize ins(%x : memref<?x?x8x64xbf16>) outs(%y, %blocks : memref<?x?x8x64xf8E4M3FN>, memref<?x8x?xf32>) {block = 128}
  attn.quantize ins(%x : memref<?x?x8x64xbf16>) rotary(%cos, %sin : memref<?x32xf32>, memref<?x32xf32>) outs(%y, %one : memref<?x?x8x64xf8E4M3FN>, memref<1x1x1xf32>) {rotation = 7, interleaved_rotary}
  attn.quantize ins(%x : memref<?x?x8x64xbf16>) outs(%yt, %blocks : memref<?x8x64x?xf8E4M3FN>, memref<?x8x?xf32>) {transposed, block = 16}
  return
}

// CHECK-LABEL: func.func @quantize_tensors
//       CHECK:   %0:2 = attn.quantize ins(%arg0 : tensor<2x3x33x16xf32>) outs(%arg1, %arg2 : tensor<2x3x33x16xf8E4M3FN>, tensor<2x3x3xf32>) {block = 16 : i64, layout = #attn.layout<bhsd>, rotation = 4294967295 : i64} -> tensor<2x3x33x16xf8E4M3FN>, tensor<2x3x3xf32>
//       CHECK:   attn.dequantize ins(%0#0, %0#1 : tensor<2x3x33x16xf8E4M3FN>, tensor<2x3x3xf32>) outs(%arg0 : tensor<2x3x33x16xf32>) {block = 16 : i64, layout = #attn.layout<bhsd>, rotation = 4294967295 : i64} -> tensor<2x3x33x16xf32>
func.func @quantize_tensors(%x: tensor<2x3x33x16xf32>, %y: tensor<2x3x33x16xf8E4M3FN>, %s: tensor<2x3x3xf32>) -> tensor<2x3x33x16xf32> {
  %0:2 = attn.quantize ins(%x : tensor<2x3x33x16xf32>) outs(%y, %s : tensor<2x3x33x16xf8E4M3FN>, tensor<2x3x3xf32>) {layout = #attn.layout<bhsd>, block = 16, rotation = 4294967295} -> tensor<2x3x33x16xf8E4M3FN>, tensor<2x3x3xf32>
  %1 = attn.dequantize ins(%0#0, %0#1 : tensor<2x3x33x16xf8E4M3FN>, tensor<2x3x3xf32>) outs(%x : tensor<2x3x33x16xf32>) {layout = #attn.layout<bhsd>, block = 16, rotation = 4294967295} -> tensor<2x3x33x16xf32>
  return %1 : tensor<2x3x33x16xf32>
}

// CHECK-LABEL: func.func @dequantize
//       CHECK:   attn.dequantize ins(%arg0, %arg1 : memref<?x?x8x48xf8E4M3FN>, memref<?x8x1xf32>) outs(%arg2 : memref<?x?x8x48xf16>)
func.func @dequantize(%y: memref<?x?x8x48xf8E4M3FN>, %s: memref<?x8x1xf32>, %x: memref<?x?x8x48xf16>) {
  attn.dequantize ins(%y, %s : memref<?x?x8x48xf8E4M3FN>, memref<?x8x1xf32>) outs(%x : memref<?x?x8x48xf16>)
  return
}

// CHECK-LABEL: func.func @transposed_value
//       CHECK:   attn.forward {{.*}} {value_layout = #attn.value_layout<transposed>}
//   CHECK-NOT:   value_layout
//       CHECK:   attn.deinterleave %{{.*}} : vector<32x16xf8E4M3FN>
func.func @transposed_value(%q: memref<?x?x4x32xf8E4M3FN>, %k: memref<?x?x2x32xf8E4M3FN>, %v: memref<?x2x32x?xf8E4M3FN>, %s: memref<1x1x1xf32>, %o: memref<?x?x4x32xf16>, %tile: vector<32x16xf8E4M3FN>) -> vector<32x16xf8E4M3FN> {
  attn.forward ins(%q, %k, %v : memref<?x?x4x32xf8E4M3FN>, memref<?x?x2x32xf8E4M3FN>, memref<?x2x32x?xf8E4M3FN>) scales(%s, %s, %s : memref<1x1x1xf32>, memref<1x1x1xf32>, memref<1x1x1xf32>) outs(%o : memref<?x?x4x32xf16>) {value_layout = #attn.value_layout<transposed>}
  attn.forward ins(%q, %k, %k : memref<?x?x4x32xf8E4M3FN>, memref<?x?x2x32xf8E4M3FN>, memref<?x?x2x32xf8E4M3FN>) scales(%s, %s, %s : memref<1x1x1xf32>, memref<1x1x1xf32>, memref<1x1x1xf32>) outs(%o : memref<?x?x4x32xf16>) {value_layout = #attn.value_layout<rows>}
  %0 = attn.deinterleave %tile : vector<32x16xf8E4M3FN>
  return %0 : vector<32x16xf8E4M3FN>
}

// CHECK-LABEL: func.func @round(
//       CHECK:   attn.round %{{.*}} : f32 to i8
//       CHECK:   attn.round %{{.*}} : vector<4x16xf32> to vector<4x16xi8>
func.func @round(%x: f32, %tile: vector<4x16xf32>) -> (i8, vector<4x16xi8>) {
  %0 = attn.round %x : f32 to i8
  %1 = attn.round %tile : vector<4x16xf32> to vector<4x16xi8>
  return %0, %1 : i8, vector<4x16xi8>
}

// Integers, with a scale for each row of Q and K and one for each block of V.
// CHECK-LABEL: func.func @integers(
//       CHECK:   attn.forward ins(%{{.*}} : memref<?x?x8x64xi8>, memref<?x?x2x64xi8>, memref<?x?x2x64xi8>) scales({{.*}}) outs(%{{.*}} : memref<?x?x8x64xbf16>) {key_block = 1 : i64, query_block = 1 : i64, value_block = 128 : i64}
func.func @integers(%q: memref<?x?x8x64xi8>, %k: memref<?x?x2x64xi8>, %qs: memref<?x8x?xf32>, %s: memref<?x2x?xf32>, %o: memref<?x?x8x64xbf16>) {
  attn.forward ins(%q, %k, %k : memref<?x?x8x64xi8>, memref<?x?x2x64xi8>, memref<?x?x2x64xi8>)
      scales(%qs, %s, %s : memref<?x8x?xf32>, memref<?x2x?xf32>, memref<?x2x?xf32>)
      outs(%o : memref<?x?x8x64xbf16>) {query_block = 1 : i64, key_block = 1 : i64, value_block = 128 : i64}
  return
}
