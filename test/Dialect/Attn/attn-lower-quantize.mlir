// RUN: fa3-opt %s --attn-lower-quantize --split-input-file --verify-diagnostics | FileCheck %s
// RUN: fa3-opt %s --attn-lower-quantize=target=cpu --split-input-file --verify-diagnostics | FileCheck %s --check-prefix=CPU
// RUN: not fa3-opt %s --attn-lower-quantize=target=gpu --split-input-file 2>&1 | FileCheck %s --check-prefix=TARGET
// TARGET: error: expected target hopper or cpu, but got gpu

// A block of 128 rows of 64 columns: 128 threads, four of which share a row, have
// 16 columns of four rows each. All loads are in front; the maximum is taken in 16
// bits, and through shared memory; and all stores take what is in registers.

// CHECK-LABEL: func.func @block
//       CHECK:   %[[BLOCKS:.+]] = arith.ceildivui %{{.+}}, %c128{{.*}} : index
//       CHECK:   cf.assert %{{.+}}, "expected a scale for each block of rows"
//       CHECK:   scf.forall (%[[H:.+]], %[[BLOCK:.+]], %[[B:.+]]) in (16, %{{.+}}, %{{.+}}) {
//       CHECK:     %[[MAXIMA:.+]] = memref.alloca() : memref<4xf32, #gpu.address_space<workgroup>>
//       CHECK:     scf.forall (%[[THREAD:.+]]) in (128) {
// CHECK-COUNT-8:     vector.load %arg0[%[[B]], %{{.+}}, %[[H]], %{{.+}}] {alignment = 16 : i64} : memref<1x?x16x64xf16>, vector<8xf16>
//   CHECK-NOT:       vector.load
//       CHECK:       vector.bitcast %{{.+}} : vector<8xf16> to vector<4xi32>
//       CHECK:       arith.andi
//       CHECK:       arith.maxnumf %{{.+}} : vector<8xf16>
//       CHECK:       vector.reduction <maxnumf>
// CHECK-COUNT-5:     gpu.shuffle xor
//       CHECK:       memref.store %{{.+}}, %[[MAXIMA]]
//       CHECK:       gpu.barrier
// The last lanes have the last warp's maximum, so all of them exchange.
//       CHECK:       %[[WARP:.+]] = arith.minui %{{.+}}, %c3{{.*}} : index
//       CHECK:       memref.load %[[MAXIMA]][%[[WARP]]]
// CHECK-COUNT-5:     gpu.shuffle xor
//   CHECK-NOT:       gpu.shuffle
//       CHECK:       %[[FINITE:.+]] = arith.minnumf
//       CHECK:       arith.divf %[[FINITE]], %cst{{.*}} : f32
//       CHECK:       %[[SCALE:.+]] = arith.maxnumf
//       CHECK:       scf.if
//       CHECK:         memref.store %[[SCALE]], %arg2[%c0{{.*}}, %[[H]], %[[BLOCK_AT:.+]]] : memref<1x16x?xf32>
//       CHECK:       arith.divf %{{.+}}, %[[SCALE]] : f32
//       CHECK:       %[[ROUNDED:.+]] = arith.truncf %{{.+}} : vector<8xf32> to vector<8xf8E4M3FN>
//       CHECK:       vector.store %[[ROUNDED]], %arg1[%[[B]], %{{.+}}, %[[H]], %{{.+}}] {alignment = 8 : i64} : memref<1x?x16x64xf8E4M3FN>, vector<8xf8E4M3FN>
// CHECK-COUNT-7:     arith.truncf
//   CHECK-NOT:       arith.truncf
//       CHECK:     } {mapping = [#gpu.thread<x>]}
//       CHECK:   } {nvvm.minctasm = 8 : i32}
//   CHECK-NOT:   scf.forall

// On a CPU three loops: the maximum of each row, that of a block, and the rounding.
// CPU-LABEL: func.func @block
//       CPU:   %[[ROWS:.+]] = memref.alloc(%{{.+}}) {alignment = 256 : i64} : memref<1x16x?xf32>
//       CPU:   scf.forall
// CPU-COUNT-8:   vector.load %arg0[{{.*}}] : memref<1x?x16x64xf16>, vector<8xf16>
//       CPU:     memref.store %{{.+}}, %[[ROWS]]
//       CPU:   scf.forall
//       CPU:     scf.for
//       CPU:       memref.load %[[ROWS]]
//       CPU:     memref.store %{{.+}}, %arg2
//       CPU:   scf.forall
//       CPU:     memref.load %arg2
// CPU-COUNT-8:   arith.truncf %{{.+}} : vector<8xf32> to vector<8xf8E4M3FN>
//   CPU-NOT:   gpu.shuffle
func.func @block(%x: memref<1x?x16x64xf16>, %y: memref<1x?x16x64xf8E4M3FN>, %scale: memref<1x16x?xf32>) {
  attn.quantize ins(%x : memref<1x?x16x64xf16>) outs(%y, %scale : memref<1x?x16x64xf8E4M3FN>, memref<1x16x?xf32>) {block = 128}
  return
}

// -----

// The Hadamard transform of 64 columns: signs, three steps in a piece, two between
// the threads of a row for each of eight elements, and one between the pieces of a
// thread. One warp holds all, so nothing is shared.

// CHECK-LABEL: func.func @rotated
//   CHECK-NOT:   memref.alloca
//       CHECK:   scf.forall (%[[THREAD:.+]]) in (32) {
// The signs of a thread's columns, of 32 bits for the lower and the upper half.
//       CHECK:     arith.shrui
//       CHECK:     arith.shli %{{.+}} : vector<8xi32>
//       CHECK:     %[[SIGNED:.+]] = arith.mulf %{{.+}} : vector<8xf32>
//       CHECK:     vector.shuffle {{.*}}[1, 0, 3, 2, 5, 4, 7, 6] : vector<8xf32>, vector<8xf32>
//       CHECK:     vector.shuffle {{.*}}[0, 9, 2, 11, 4, 13, 6, 15]
//       CHECK:     vector.shuffle {{.*}}[2, 3, 0, 1, 6, 7, 4, 5]
//       CHECK:     vector.shuffle {{.*}}[4, 5, 6, 7, 0, 1, 2, 3]
// CHECK-COUNT-8:   gpu.shuffle xor
//       CHECK:     vector.from_elements
//       CHECK:     math.fma
// CHECK-COUNT-24:  gpu.shuffle xor
//       CHECK:     arith.addf %[[LOW:.+]], %[[HIGH:.+]] : vector<8xf32>
//       CHECK:     arith.subf %[[LOW]], %[[HIGH]] : vector<8xf32>
//       CHECK:     math.absf
func.func @rotated(%x: memref<1x8x1x64xf16>, %y: memref<1x8x1x64xf8E4M3FN>, %scale: memref<1x1x1xf32>) {
  attn.quantize ins(%x : memref<1x8x1x64xf16>) outs(%y, %scale : memref<1x8x1x64xf8E4M3FN>, memref<1x1x1xf32>) {rotation = 7}
  return
}

// -----

// Both halves of a pair are one thread's. Four heads in turn share the tables; none
// writes what another still reads. The next one's rows are loaded in front of the
// stores, and those of a head beyond the last are the last one's.

// CHECK-LABEL: func.func @rotary
//       CHECK:   scf.forall (%{{.+}}, %{{.+}}, %{{.+}}) in (2, %{{.+}}, %{{.+}}) {
//       CHECK:     %[[FIRST:.+]] = arith.muli %{{.+}}, %c4
//       CHECK:     %[[AHEAD:.+]] = vector.load %arg0[%{{.+}}, %{{.+}}, %[[FIRST]], %{{.+}}] {alignment = 16 : i64} : memref<?x?x8x128xbf16>, vector<8xbf16>
// CHECK-COUNT-7:   vector.load %arg0
//       CHECK:     scf.for %[[I:.+]] = %c0{{.*}} to %c4{{.*}} step %{{.+}} iter_args(%[[OWN:[^ ]+]] = %[[AHEAD]],
//       CHECK:       %[[HEAD:.+]] = arith.addi %[[FIRST]], %[[I]] : index
//       CHECK:       arith.extf %[[OWN]] : vector<8xbf16> to vector<8xf32>
//       CHECK:       %[[COS:.+]] = vector.load %arg1[%[[ROW:.+]], %[[PAIR:.+]]] {alignment = 16 : i64} : memref<?x64xf32>, vector<8xf32>
//       CHECK:       %[[SIN:.+]] = vector.load %arg2[%[[ROW]], %[[PAIR]]]
//       CHECK:       arith.negf
//       CHECK:       math.fma %{{.+}}, %[[SIN]], %{{.+}} : vector<8xf32>
//       CHECK:       math.fma %{{.+}}, %[[SIN]], %{{.+}} : vector<8xf32>
//       CHECK:       %[[NEXT:.+]] = arith.addi %[[I]], %c1{{.*}} : index
//       CHECK:       %[[LAST:.+]] = arith.minui %[[NEXT]], %c3{{.*}} : index
//       CHECK:       %[[AFTER:.+]] = arith.addi %[[FIRST]], %[[LAST]] : index
//       CHECK:       %[[ITS:.+]] = vector.load %arg0[%{{.+}}, %{{.+}}, %[[AFTER]], %{{.+}}]
//       CHECK:       vector.store %{{.+}}, %arg3[%{{.+}}, %{{.+}}, %[[HEAD]], %{{.+}}]
//       CHECK:       gpu.barrier
//  CHECK-NEXT:       scf.yield %[[ITS]],
func.func @rotary(%x: memref<?x?x8x128xbf16>, %cos: memref<?x64xf32>, %sin: memref<?x64xf32>, %y: memref<?x?x8x128xf8E4M3FN>, %scale: memref<?x8x?xf32>) {
  attn.quantize ins(%x : memref<?x?x8x128xbf16>) rotary(%cos, %sin : memref<?x64xf32>, memref<?x64xf32>) outs(%y, %scale : memref<?x?x8x128xf8E4M3FN>, memref<?x8x?xf32>) {block = 128}
  return
}

// -----

// So it is where rows are rotated, but registers have no room for those of 32 bits.

// CHECK-LABEL: func.func @rotated_heads
//       CHECK:   scf.forall (%{{.+}}, %{{.+}}, %{{.+}}) in (1, %{{.+}}, %{{.+}}) {
//       CHECK:     scf.for %{{.+}} = %c0{{.*}} to %c4{{.*}} step %{{.+}} iter_args(
//       CHECK:       scf.yield
// CHECK-LABEL: func.func @rotated_wide
//       CHECK:     scf.for %{{.+}} = %c0{{.*}} to %c4{{.*}} step %{{[^ ]+}} {
//       CHECK:       vector.load %arg0
// CHECK-LABEL: func.func @rotated_six
//       CHECK:   scf.forall (%{{.+}}, %{{.+}}, %{{.+}}) in (6, %{{.+}}, %{{.+}}) {
//   CHECK-NOT:     scf.for %
func.func @rotated_heads(%x: memref<1x?x4x64xf16>, %y: memref<1x?x4x64xf8E4M3FN>, %scale: memref<1x4x?xf32>) {
  attn.quantize ins(%x : memref<1x?x4x64xf16>) outs(%y, %scale : memref<1x?x4x64xf8E4M3FN>, memref<1x4x?xf32>) {block = 64, rotation = 7}
  return
}
func.func @rotated_wide(%x: memref<1x?x4x64xf32>, %y: memref<1x?x4x64xf8E4M3FN>, %scale: memref<1x4x?xf32>) {
  attn.quantize ins(%x : memref<1x?x4x64xf32>) outs(%y, %scale : memref<1x?x4x64xf8E4M3FN>, memref<1x4x?xf32>) {block = 64, rotation = 7}
  return
}
func.func @rotated_six(%x: memref<1x?x6x64xf16>, %y: memref<1x?x6x64xf8E4M3FN>, %scale: memref<1x6x?xf32>) {
  attn.quantize ins(%x : memref<1x?x6x64xf16>) outs(%y, %scale : memref<1x?x6x64xf8E4M3FN>, memref<1x6x?xf32>) {block = 64, rotation = 7}
  return
}

// -----

// Of 96 columns a thread has one piece; the partner of a pair is another's, and
// loaded a second time.

// CHECK-LABEL: func.func @partner
//       CHECK:   scf.forall (%{{.+}}) in (96) {
//       CHECK:     vector.load %arg0
//       CHECK:     vector.load %arg1
//       CHECK:     vector.load %arg2
//       CHECK:     vector.load %arg0
//       CHECK:     math.fma
func.func @partner(%x: memref<1x4x1x96xf32>, %cos: memref<4x48xf32>, %sin: memref<4x48xf32>, %y: memref<1x4x1x96xf8E4M3FN>, %scale: memref<1x1x1xf32>) {
  attn.quantize ins(%x : memref<1x4x1x96xf32>) rotary(%cos, %sin : memref<4x48xf32>, memref<4x48xf32>) outs(%y, %scale : memref<1x4x1x96xf8E4M3FN>, memref<1x1x1xf32>)
  return
}

// -----

// One scale for all heads and batches: no block of threads sees all that it
// depends on.

// CHECK-LABEL: func.func @tensor
//       CHECK:   %[[PARTS:.+]] = arith.ceildivui %{{.+}}, %c128{{.*}} : index
//       CHECK:   %[[MAXIMA:.+]] = memref.alloc(%{{.+}}, %[[PARTS]]) {alignment = 256 : i64} : memref<?x8x?xf32>
//       CHECK:   scf.forall (%{{.+}}, %{{.+}}, %{{.+}}) in (8, %[[PARTS]], %{{.+}}) {
//   CHECK-NOT:     arith.truncf
//       CHECK:     memref.store %{{.+}}, %[[MAXIMA]]
//       CHECK:   scf.forall (%{{.+}}, %{{.+}}, %{{.+}}) in (%c1{{.*}}, 1, 1) {
//       CHECK:     scf.forall (%{{.+}}) in (128) {
// CHECK-COUNT-3:     scf.for
//       CHECK:         memref.load %[[MAXIMA]]
//       CHECK:         arith.maxnumf
//       CHECK:       memref.store %{{.+}}, %arg2[%c0{{.*}}, %c0{{.*}}, %{{.+}}] : memref<1x1x1xf32>
//       CHECK:   scf.forall (%{{.+}}, %{{.+}}, %{{.+}}) in (8, %[[PARTS]], %{{.+}}) {
//       CHECK:     memref.load %arg2
//       CHECK:     arith.truncf
func.func @tensor(%x: memref<?x?x8x128xf16>, %y: memref<?x?x8x128xf8E4M3FN>, %scale: memref<1x1x1xf32>) {
  attn.quantize ins(%x : memref<?x?x8x128xf16>) outs(%y, %scale : memref<?x?x8x128xf8E4M3FN>, memref<1x1x1xf32>)
  return
}

// -----

// A block of more rows than fit in registers is several parts, equal ones if it can
// be: else the last of a block has fewer rows, or none behind the end.

// CHECK-LABEL: func.func @long
//       CHECK:   %[[BLOCKS:.+]] = arith.ceildivui %[[ROWS:.+]], %c4096{{.*}} : index
//       CHECK:   arith.ceildivui %[[ROWS]], %c128{{.*}} : index
//       CHECK:   scf.forall
//       CHECK:   scf.forall (%{{.+}}, %{{.+}}, %{{.+}}) in (%[[BLOCKS]], %{{.+}}, %{{.+}}) {
//       CHECK:   scf.forall
//       CHECK:   %[[PRIME:.+]] = arith.ceildivui %{{.+}}, %c1031{{.*}} : index
//       CHECK:   arith.muli %[[PRIME]], %c9{{.*}} : index
//       CHECK:   scf.forall
func.func @long(%x: memref<1x1x?x128xf16>, %y: memref<1x1x?x128xf8E4M3FN>, %scale: memref<1x1x?xf32>) {
  attn.quantize ins(%x : memref<1x1x?x128xf16>) outs(%y, %scale : memref<1x1x?x128xf8E4M3FN>, memref<1x1x?xf32>) {block = 4096, layout = #attn.layout<bhsd>}
  attn.quantize ins(%x : memref<1x1x?x128xf16>) outs(%y, %scale : memref<1x1x?x128xf8E4M3FN>, memref<1x1x?xf32>) {block = 1031, layout = #attn.layout<bhsd>}
  return
}

// -----

// A transposed part goes through shared memory: four rows that stand together in
// one access to it, 16 in one to Y. Places of no row are 0.

// CHECK-LABEL: func.func @transposed
//       CHECK:   cf.assert %{{.+}}, "expected a transposed Y to have the rows of X rounded up to a multiple of 16"
//       CHECK:   %[[TILE:.+]] = memref.alloca() : memref<64x144xf8E4M3FN, #gpu.address_space<workgroup>>
//       CHECK:   arith.select %{{.+}} : vector<8xf32>
//       CHECK:   arith.truncf %{{.+}} : vector<4xf32> to vector<4xf8E4M3FN>
//       CHECK:   vector.store %{{.+}}, %[[TILE]][%{{.+}}, %{{.+}}] {alignment = 4 : i64}
//       CHECK:   gpu.barrier
//       CHECK:   scf.if
//       CHECK:     %[[LOADED:.+]] = vector.load %[[TILE]][%[[COLUMN:.+]], %{{.+}}] {alignment = 16 : i64} : memref<64x144xf8E4M3FN, #gpu.address_space<workgroup>>, vector<16xf8E4M3FN>
//       CHECK:     vector.store %[[LOADED]], %arg1[%{{.+}}, %{{.+}}, %[[COLUMN]], %{{.+}}] {alignment = 16 : i64} : memref<1x16x64x?xf8E4M3FN>, vector<16xf8E4M3FN>

// CPU-LABEL: func.func @transposed
//       CPU:   vector.extract %{{.+}}[7] : f8E4M3FN from vector<8xf8E4M3FN>
//       CPU:   memref.store %{{.+}}, %arg1
func.func @transposed(%x: memref<1x?x16x64xf16>, %y: memref<1x16x64x?xf8E4M3FN>, %scale: memref<1x16x?xf32>) {
  attn.quantize ins(%x : memref<1x?x16x64xf16>) outs(%y, %scale : memref<1x16x64x?xf8E4M3FN>, memref<1x16x?xf32>) {block = 128, transposed}
  return
}

// -----

// Of strides that are open nothing is known.

// CHECK-LABEL: func.func @gaps
//       CHECK:   vector.load %arg0[{{.*}}] : memref<1x4x1x16xf16, strided<[?, ?, ?, 1]>>, vector<8xf16>
func.func @gaps(%x: memref<1x4x1x16xf16, strided<[?, ?, ?, 1]>>, %y: memref<1x4x1x16xf8E4M3FN>, %scale: memref<1x1x1xf32>) {
  attn.quantize ins(%x : memref<1x4x1x16xf16, strided<[?, ?, ?, 1]>>) outs(%y, %scale : memref<1x4x1x16xf8E4M3FN>, memref<1x1x1xf32>)
  return
}

// -----

// The inverse has no maximum to wait for: each row is written as it is read.

// CHECK-LABEL: func.func @inverse
//       CHECK:   memref.load %arg1
//       CHECK:   vector.load %arg0[{{.*}}] {alignment = 8 : i64}
//       CHECK:   arith.extf %{{.+}} : vector<8xf8E4M3FN> to vector<8xf32>
//       CHECK:   gpu.shuffle xor
//       CHECK:   arith.truncf %{{.+}} : vector<8xf32> to vector<8xbf16>
//       CHECK:   vector.store
//       CHECK:   memref.load %arg1
func.func @inverse(%y: memref<?x?x8x64xf8E4M3FN>, %scale: memref<?x8x?xf32>, %x: memref<?x?x8x64xbf16>) {
  attn.dequantize ins(%y, %scale : memref<?x?x8x64xf8E4M3FN>, memref<?x8x?xf32>) outs(%x : memref<?x?x8x64xbf16>) {block = 32, rotation = 7}
  return
}

// -----

func.func @tensors(%x: tensor<1x4x1x16xf16>, %y: tensor<1x4x1x16xf8E4M3FN>, %scale: tensor<1x1x1xf32>) -> tensor<1x4x1x16xf8E4M3FN> {
  // expected-error @+1 {{expected memrefs, but got tensors; run one-shot-bufferize first}}
  %0:2 = attn.quantize ins(%x : tensor<1x4x1x16xf16>) outs(%y, %scale : tensor<1x4x1x16xf8E4M3FN>, tensor<1x1x1xf32>) -> tensor<1x4x1x16xf8E4M3FN>, tensor<1x1x1xf32>
  return %0#0 : tensor<1x4x1x16xf8E4M3FN>
}

// -----

func.func @inverse_tensors(%y: tensor<1x4x1x16xf8E4M3FN>, %scale: tensor<1x1x1xf32>, %x: tensor<1x4x1x16xf16>) -> tensor<1x4x1x16xf16> {
  // expected-error @+1 {{expected memrefs, but got tensors; run one-shot-bufferize first}}
  %0 = attn.dequantize ins(%y, %scale : tensor<1x4x1x16xf8E4M3FN>, tensor<1x1x1xf32>) outs(%x : tensor<1x4x1x16xf16>) -> tensor<1x4x1x16xf16>
  return %0 : tensor<1x4x1x16xf16>
}
