// RUN: fa3-opt %s --attn-lower-combine --split-input-file --verify-diagnostics | FileCheck %s

// Few entries one after the other, in their order; rows of all heads share
// blocks. 128 columns take 32 threads, so a block has 4 rows.

// CHECK-LABEL: func.func @few
//       CHECK:   %[[ROWS:.+]] = arith.muli %{{.+}}, %c16{{.*}} : index
//       CHECK:   %[[BLOCKS:.+]] = arith.ceildivui %[[ROWS]], %c4{{.*}} : index
//       CHECK:   scf.forall (%[[BLOCK:.+]], %[[B:.+]]) in (%[[BLOCKS]], %{{.+}}) {
//       CHECK:     scf.forall (%[[THREAD:.+]]) in (128) {
//       CHECK:       %[[EXISTS:.+]] = arith.cmpi ult
//       CHECK:       scf.if %[[EXISTS]] {
//       CHECK:         memref.load %arg1[%{{.+}}, %[[B]], %[[H:.+]], %[[I:.+]]] : memref<2x1x16x?xf32>
//       CHECK:         arith.maximumf
//       CHECK:         memref.load %arg1
//       CHECK:         arith.maximumf
//       CHECK:         math.exp2
//       CHECK:         vector.load %arg0[%{{.+}}, %[[B]], %[[I]], %[[H]], %{{.+}}] : memref<2x1x?x16x128xf32>, vector<4xf32>
//       CHECK:         math.fma
//       CHECK:         arith.select
//       CHECK:         math.exp2
//       CHECK:         vector.load %arg0
//       CHECK:         arith.truncf %{{.+}} : vector<4xf32> to vector<4xf16>
//       CHECK:         vector.store
//   CHECK-NOT:         math.log2
//       CHECK:     } {mapping = [#gpu.thread<x>]}
func.func @few(%os: memref<2x1x?x16x128xf32>, %lses: memref<2x1x16x?xf32>, %o: memref<1x?x16x128xf16>) {
  attn.combine ins(%os, %lses : memref<2x1x?x16x128xf32>, memref<2x1x16x?xf32>) outs(%o : memref<1x?x16x128xf16>)
  return
}

// -----

// Sizes that must agree; a loop over entries whose number is open; the row's
// log-sum-exp by one thread.

// CHECK-LABEL: func.func @open
// CHECK-COUNT-7: cf.assert
//       CHECK:   scf.for
//       CHECK:     arith.maximumf
//       CHECK:   scf.for
//       CHECK:     math.exp2
//       CHECK:   scf.if
//       CHECK:     math.log2
//       CHECK:     memref.store
func.func @open(%os: memref<?x?x?x6x24xf32>, %lses: memref<?x?x6x?xf32>, %o: memref<?x?x6x24xf32>, %lse: memref<?x6x?xf32>) {
  attn.combine ins(%os, %lses : memref<?x?x?x6x24xf32>, memref<?x?x6x?xf32>) outs(%o, %lse : memref<?x?x6x24xf32>, memref<?x6x?xf32>)
  return
}

// -----

// Of 37 entries 16 are in flight together, and the last five.

// CHECK-LABEL: func.func @many
//       CHECK:   scf.for %{{.+}} = %c0{{.*}} to %c32{{.*}} step %c16{{.*}} iter_args
// CHECK-COUNT-16: arith.maximumf
//       CHECK:     scf.yield
// CHECK-COUNT-5: arith.maximumf
//       CHECK:   scf.for %{{.+}} = %c0{{.*}} to %c32{{.*}} step %c16{{.*}} iter_args
func.func @many(%os: memref<37x2x3x5x64xf16>, %lses: memref<37x2x3x5xf32>, %o: memref<2x3x5x64xf16>) {
  attn.combine ins(%os, %lses : memref<37x2x3x5x64xf16>, memref<37x2x3x5xf32>) outs(%o : memref<2x3x5x64xf16>) {layout = #attn.layout<bhsd>}
  return
}

// -----

// Our own buffer begins where its allocation says.

// CHECK-LABEL: func.func @own
//       CHECK:   vector.load %{{.+}} {alignment = 16 : i64} : memref<1x1x1x1x8xf32>, vector<4xf32>
func.func @own(%lses: memref<1x1x1x1xf32>, %o: memref<1x1x1x8xf16>) {
  %os = memref.alloc() {alignment = 256 : i64} : memref<1x1x1x1x8xf32>
  attn.combine ins(%os, %lses : memref<1x1x1x1x8xf32>, memref<1x1x1x1xf32>) outs(%o : memref<1x1x1x8xf16>)
  return
}

// -----

func.func @tensors(%os: tensor<1x1x1x1x8xf32>, %lses: tensor<1x1x1x1xf32>, %o: tensor<1x1x1x8xf16>) {
  // expected-error @+1 {{expected memrefs, but got tensors; run one-shot-bufferize first}}
  %0 = attn.combine ins(%os, %lses : tensor<1x1x1x1x8xf32>, tensor<1x1x1x1xf32>) outs(%o : tensor<1x1x1x8xf16>) -> tensor<1x1x1x8xf16>
  return
}
