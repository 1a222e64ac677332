// RUN: fa3-opt %s --attn-select-config --split-input-file --verify-diagnostics | FileCheck %s

// 8-bit inputs: the producer has registers for the transposition of V; the tile
// fits the blocks of the scales, whole blocks where that is possible.

!q64 = memref<?x?x8x64xf8E4M3FN>
!q = memref<?x?x8x128xf8E4M3FN>
!q256 = memref<?x?x8x256xf8E4M3FN>
!one = memref<1x1x1xf32>
!many = memref<?x8x?xf32>

// CHECK-LABEL: func.func @heads(
//       CHECK:   #attn.config<tile = 192x128, stages = 2, consumers = 3, registers = 32x160, speculation = 448, pin = 6, exponent = 3, emulate = 4, persistent>
//       CHECK:   #attn.config<tile = 128x192, stages = 2, consumers = 2, registers = 40x232, speculation = 448, pin = 25, exponent = 3, emulate = 12, persistent>
//       CHECK:   #attn.config<tile = 128x96, stages = 2, consumers = 2, registers = 40x232, speculation = 448, pin = 25, exponent = 4, persistent>
func.func @heads(%a: !q64, %b: !q, %c: !q256, %s: !one, %oa: memref<?x?x8x64xf16>, %ob: memref<?x?x8x128xf16>, %oc: memref<?x?x8x256xf16>) {
  attn.forward ins(%a, %a, %a : !q64, !q64, !q64) scales(%s, %s, %s : !one, !one, !one) outs(%oa : memref<?x?x8x64xf16>)
  attn.forward ins(%b, %b, %b : !q, !q, !q) scales(%s, %s, %s : !one, !one, !one) outs(%ob : memref<?x?x8x128xf16>)
  attn.forward ins(%c, %c, %c : !q256, !q256, !q256) scales(%s, %s, %s : !one, !one, !one) outs(%oc : memref<?x?x8x256xf16>)
  return
}

// V transposed: the producer has copies alone, and gives its registers away.
// CHECK-LABEL: func.func @transposed(
//       CHECK:   #attn.config<tile = 192x128, stages = 2, consumers = 3, registers = 32x160, speculation = 448, pin = 6, exponent = 3, emulate = 4, persistent>
//       CHECK:   #attn.config<tile = 128x192, stages = 2, consumers = 2, registers = 24x240, speculation = 448, pin = 25, exponent = 3, emulate = 12, persistent>
//       CHECK:   #attn.config<tile = 128x96, stages = 2, consumers = 2, registers = 24x240, speculation = 448, pin = 25, exponent = 4, persistent>
// There is room for what a ring of transposed tiles would take: 3 stages.
//       CHECK:   tile = 128x96, stages = 3
func.func @transposed(%a: !q64, %b: !q, %c: !q256, %va: memref<?x8x64x?xf8E4M3FN>, %vb: memref<?x8x128x?xf8E4M3FN>, %vc: memref<?x8x256x?xf8E4M3FN>, %s: !one, %oa: memref<?x?x8x64xf16>, %ob: memref<?x?x8x128xf16>, %oc: memref<?x?x8x256xf16>) {
  attn.forward ins(%a, %a, %va : !q64, !q64, memref<?x8x64x?xf8E4M3FN>) scales(%s, %s, %s : !one, !one, !one) outs(%oa : memref<?x?x8x64xf16>) {value_layout = #attn.value_layout<transposed>}
  attn.forward ins(%b, %b, %vb : !q, !q, memref<?x8x128x?xf8E4M3FN>) scales(%s, %s, %s : !one, !one, !one) outs(%ob : memref<?x?x8x128xf16>) {value_layout = #attn.value_layout<transposed>}
  attn.forward ins(%c, %c, %vc : !q256, !q256, memref<?x8x256x?xf8E4M3FN>) scales(%s, %s, %s : !one, !one, !one) outs(%oc : memref<?x?x8x256xf16>) {value_layout = #attn.value_layout<transposed>}
  attn.forward ins(%c, %c, %vc : !q256, !q256, memref<?x8x256x?xf8E4M3FN>) scales(%s, %s, %s : !one, !one, !one) outs(%oc : memref<?x?x8x256xf16>) {value_layout = #attn.value_layout<transposed>, config = #attn.config<tile = 128x96, stages = 3, consumers = 2, registers = 24x240>}
  return
}

// Short sequences: tiles that leave less of themselves empty.
// CHECK-LABEL: func.func @short(
//       CHECK:   tile = 128x128, {{.*}}, persistent
//       CHECK:   tile = 128x128, {{.*}}, persistent
// With a diagonal, long ones have blocks for each tile, which the launch balances.
//       CHECK:   #attn.config<tile = 192x128, stages = 2, consumers = 3, registers = 32x160, speculation = 448, pin = 6, exponent = 3, emulate = 4>
//       CHECK:   #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 40x232, speculation = 448, pin = 12, exponent = 3, emulate = 4, persistent>
func.func @short(%a: memref<8x1024x8x64xf8E4M3FN>, %b: memref<8x1024x8x128xf8E4M3FN>, %c: memref<8x8192x8x64xf8E4M3FN>, %s: !one, %oa: memref<8x1024x8x64xf16>, %ob: memref<8x1024x8x128xf16>, %oc: memref<8x8192x8x64xf16>) {
  attn.forward ins(%a, %a, %a : memref<8x1024x8x64xf8E4M3FN>, memref<8x1024x8x64xf8E4M3FN>, memref<8x1024x8x64xf8E4M3FN>) scales(%s, %s, %s : !one, !one, !one) outs(%oa : memref<8x1024x8x64xf16>)
  attn.forward ins(%b, %b, %b : memref<8x1024x8x128xf8E4M3FN>, memref<8x1024x8x128xf8E4M3FN>, memref<8x1024x8x128xf8E4M3FN>) scales(%s, %s, %s : !one, !one, !one) outs(%ob : memref<8x1024x8x128xf16>)
  attn.forward ins(%c, %c, %c : memref<8x8192x8x64xf8E4M3FN>, memref<8x8192x8x64xf8E4M3FN>, memref<8x8192x8x64xf8E4M3FN>) scales(%s, %s, %s : !one, !one, !one) outs(%oc : memref<8x8192x8x64xf16>) {causal}
  attn.forward ins(%a, %a, %a : memref<8x1024x8x64xf8E4M3FN>, memref<8x1024x8x64xf8E4M3FN>, memref<8x1024x8x64xf8E4M3FN>) scales(%s, %s, %s : !one, !one, !one) outs(%oa : memref<8x1024x8x64xf16>) {causal}
  return
}

// From 2k on, more keys.
// CHECK-LABEL: func.func @longer(
//       CHECK:   tile = 128x192, {{.*}}, persistent
func.func @longer(%b: memref<8x2048x8x128xf8E4M3FN>, %s: !one, %ob: memref<8x2048x8x128xf16>) {
  attn.forward ins(%b, %b, %b : memref<8x2048x8x128xf8E4M3FN>, memref<8x2048x8x128xf8E4M3FN>, memref<8x2048x8x128xf8E4M3FN>) scales(%s, %s, %s : !one, !one, !one) outs(%ob : memref<8x2048x8x128xf16>)
  return
}

// Integers: two levels, no speculation, and probabilities up to 127.
// CHECK-LABEL: func.func @integers(
//       CHECK:   #attn.config<tile = 192x96, stages = 2, consumers = 3, registers = 56x152, two_level, persistent>
//       CHECK:   #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 40x232, two_level, persistent>
//       CHECK:   #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, two_level, persistent>
// A scale for each key takes registers of its own.
//       CHECK:   #attn.config<tile = 128x64, stages = 2, consumers = 2, registers = 40x232, two_level, persistent>
func.func @integers(%a: memref<?x?x8x64xi8>, %b: memref<?x?x8x128xi8>, %vb: memref<?x8x128x?xi8>, %s: !one, %m: !many, %oa: memref<?x?x8x64xf16>, %ob: memref<?x?x8x128xf16>) {
  attn.forward ins(%a, %a, %a : memref<?x?x8x64xi8>, memref<?x?x8x64xi8>, memref<?x?x8x64xi8>) scales(%s, %s, %s : !one, !one, !one) outs(%oa : memref<?x?x8x64xf16>)
  attn.forward ins(%b, %b, %b : memref<?x?x8x128xi8>, memref<?x?x8x128xi8>, memref<?x?x8x128xi8>) scales(%s, %s, %s : !one, !one, !one) outs(%ob : memref<?x?x8x128xf16>)
  attn.forward ins(%b, %b, %vb : memref<?x?x8x128xi8>, memref<?x?x8x128xi8>, memref<?x8x128x?xi8>) scales(%s, %s, %s : !one, !one, !one) outs(%ob : memref<?x?x8x128xf16>) {value_layout = #attn.value_layout<transposed>}
  attn.forward ins(%b, %b, %b : memref<?x?x8x128xi8>, memref<?x?x8x128xi8>, memref<?x?x8x128xi8>) scales(%s, %m, %s : !one, !many, !one) outs(%ob : memref<?x?x8x128xf16>) {key_block = 1 : i64}
  return
}

// Floats beside them: as with floats alone.
// CHECK-LABEL: func.func @mixed(
//       CHECK:   #attn.config<tile = 128x192, stages = 2, consumers = 2, registers = 40x232, speculation = 448, pin = 25, exponent = 3, emulate = 12, persistent>
func.func @mixed(%q: memref<?x?x8x128xi8>, %v: !q, %s: !one, %o: memref<?x?x8x128xf16>) {
  attn.forward ins(%q, %q, %v : memref<?x?x8x128xi8>, memref<?x?x8x128xi8>, !q) scales(%s, %s, %s : !one, !one, !one) outs(%o : memref<?x?x8x128xf16>)
  return
}

// CHECK-LABEL: func.func @blocks(
// Blocks of 192 keys: tiles of 64, 96 or 192.
//       CHECK:   tile = 128x192,
// Blocks of 32 keys, in a tile.
//       CHECK:   tile = 128x96,
// Blocks of 64 rows of Q are those of a warpgroup.
//       CHECK:   tile = 128x192,
func.func @blocks(%b: !q, %s: !one, %m: !many, %o: memref<?x?x8x128xf16>) {
  attn.forward ins(%b, %b, %b : !q, !q, !q) scales(%s, %m, %s : !one, !many, !one) outs(%o : memref<?x?x8x128xf16>) {key_block = 192 : i64}
  attn.forward ins(%b, %b, %b : !q, !q, !q) scales(%s, %m, %s : !one, !many, !one) outs(%o : memref<?x?x8x128xf16>) {key_block = 32 : i64}
  attn.forward ins(%b, %b, %b : !q, !q, !q) scales(%m, %s, %s : !many, !one, !one) outs(%o : memref<?x?x8x128xf16>) {query_block = 64 : i64}
  return
}

// A window takes what leaves the least of a tile empty, in blocks that stay.
// CHECK-LABEL: func.func @window
// CHECK: tile = 128x128, stages = 2, consumers = 2, registers = 40x232, {{.*}}persistent
func.func @window(%q: memref<2x8192x32x64xf8E4M3FN>, %s: memref<2x32x1xf32>, %o: memref<2x8192x32x64xf16>) {
  attn.forward ins(%q, %q, %q : memref<2x8192x32x64xf8E4M3FN>, memref<2x8192x32x64xf8E4M3FN>, memref<2x8192x32x64xf8E4M3FN>)
               scales(%s, %s, %s : memref<2x32x1xf32>, memref<2x32x1xf32>, memref<2x32x1xf32>)
               outs(%o : memref<2x8192x32x64xf16>) {window = #attn.window<left = 1023, right = 0>}
  return
}

// -----

!q = memref<?x?x8x128xf8E4M3FN>
!one = memref<1x1x1xf32>
!many = memref<?x8x?xf32>
func.func @no_tile(%b: !q, %s: !one, %m: !many, %o: memref<?x?x8x128xf16>) {
  // expected-error @+1 {{no tile fits the resources of sm_90a and the blocks of the scales}}
  attn.forward ins(%b, %b, %b : !q, !q, !q) scales(%s, %m, %s : !one, !many, !one) outs(%o : memref<?x?x8x128xf16>) {key_block = 50 : i64}
  return
}

// -----

!q = memref<?x?x8x128xf8E4M3FN>
!one = memref<1x1x1xf32>
!many = memref<?x8x?xf32>
func.func @by_hand(%b: !q, %s: !one, %m: !many, %o: memref<?x?x8x128xf16>) {
  // expected-error @+1 {{expected a block of K's scales that divides the tile's 96 rows or is a multiple of them, but got 128}}
  attn.forward ins(%b, %b, %b : !q, !q, !q) scales(%s, %m, %s : !one, !many, !one) outs(%o : memref<?x?x8x128xf16>) {key_block = 128 : i64, config = #attn.config<tile = 128x96, stages = 2, consumers = 2, registers = 56x224>}
  return
}

// -----

!q = memref<?x?x8x128xf8E4M3FN>
!one = memref<1x1x1xf32>
!many = memref<?x8x?xf32>
func.func @single_rows(%b: !q, %s: !one, %m: !many, %o: memref<?x?x8x128xf16>) {
  // expected-error @+1 {{expected a block of V's scales of a multiple of 8 rows, but got 4}}
  attn.forward ins(%b, %b, %b : !q, !q, !q) scales(%s, %s, %m : !one, !one, !many) outs(%o : memref<?x?x8x128xf16>) {value_block = 4 : i64}
  return
}
