// RUN: fa3-opt %s --attn-split-keys --split-input-file --verify-diagnostics | FileCheck %s
// RUN: fa3-opt %s --attn-split-keys=splits=1 --split-input-file | FileCheck %s --check-prefix=WHOLE
// RUN: not fa3-opt %s --attn-split-keys=splits=-1 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// RUN: not fa3-opt %s --attn-split-keys=splits=257 2>&1 | FileCheck %s --check-prefix=MANY
// RUN: not fa3-opt %s --attn-split-keys=multiprocessors=0 2>&1 | FileCheck %s --check-prefix=NONE

// NEGATIVE: error: expected splits between 0 and 256, but got -1
// MANY: error: expected splits between 0 and 256, but got 257
// NONE: error: expected multiprocessors between 1 and 65535, but got 0

// WHOLE-NOT: attn.combine
// WHOLE-NOT: splits =

// Whole tiles, an equal share for each range; what the op has goes with it.

// CHECK-LABEL: func.func @static
//       CHECK:   %[[LENGTH:.+]] = arith.muli %{{.+}}, %{{.+}} : index
//       CHECK:   %[[OS:.+]] = memref.alloc() {alignment = 256 : i64} : memref<8x1x1x16x128xf32>
//       CHECK:   %[[LSES:.+]] = memref.alloc() {alignment = 256 : i64} : memref<8x1x16x1xf32>
//       CHECK:   attn.forward ins(%arg0, %arg1, %arg2 : {{.*}}) split_keys(%[[LENGTH]])
//  CHECK-SAME:     outs(%[[OS]], %[[LSES]] : memref<8x1x1x16x128xf32>, memref<8x1x16x1xf32>)
//  CHECK-SAME:     causal, config = #attn.config<tile = 64x128, stages = 2, consumers = 1, registers = 24x240>
//       CHECK:   mask {
//       CHECK:   attn.combine ins(%[[OS]], %[[LSES]] : memref<8x1x1x16x128xf32>, memref<8x1x16x1xf32>) outs(%arg3 : memref<1x1x16x128xf16>)
func.func @static(%q: memref<1x1x16x128xf16>, %k: memref<1x?x16x128xf16>, %v: memref<1x?x16x128xf16>, %o: memref<1x1x16x128xf16>) {
  attn.forward ins(%q, %k, %v : memref<1x1x16x128xf16>, memref<1x?x16x128xf16>, memref<1x?x16x128xf16>) outs(%o : memref<1x1x16x128xf16>)
    {causal, config = #attn.config<tile = 64x128, stages = 2, consumers = 1, registers = 24x240, splits = 8>}
  mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %keep = arith.cmpi ne, %j, %h : index
    attn.yield %keep : i1
  }
  return
}

// -----

// A batch that only the launch knows takes blocks from the ranges.

// CHECK-LABEL: func.func @batch
//       CHECK:   %[[FITTING:.+]] = arith.divui %c132_i32, %{{.+}} : i32
//       CHECK:   %[[SOME:.+]] = arith.maxui %[[FITTING]]
//       CHECK:   %[[MOST:.+]] = arith.minui %[[SOME]]
//       CHECK:   arith.ceildivui %{{.+}}, %[[MOST]] : i32
//       CHECK:   attn.combine {{.*}} outs(%arg3, %arg4 : memref<?x1x16x128xf16>, memref<?x16x1xf32>)
func.func @batch(%q: memref<?x1x16x128xf16>, %k: memref<?x?x16x128xf16>, %v: memref<?x?x16x128xf16>, %o: memref<?x1x16x128xf16>, %lse: memref<?x16x1xf32>) {
  attn.forward ins(%q, %k, %v : memref<?x1x16x128xf16>, memref<?x?x16x128xf16>, memref<?x?x16x128xf16>) outs(%o, %lse : memref<?x1x16x128xf16>, memref<?x16x1xf32>)
    {config = #attn.config<tile = 64x128, stages = 2, consumers = 1, registers = 24x240, splits = 8>}
  return
}

// -----

// CHECK-LABEL: func.func @tensors
//       CHECK:   %[[OS:.+]] = tensor.empty(%{{.+}}) : tensor<4x2x3x?x16xf32>
//       CHECK:   %[[LSES:.+]] = tensor.empty(%{{.+}}) : tensor<4x2x3x?xf32>
//       CHECK:   %[[P:.+]]:2 = attn.forward {{.*}} outs(%[[OS]], %[[LSES]]
//       CHECK:   %[[R:.+]] = attn.combine ins(%[[P]]#0, %[[P]]#1 : {{.*}} {layout = #attn.layout<bhsd>}
//       CHECK:   return %[[R]]
func.func @tensors(%q: tensor<2x3x?x16xf16>, %k: tensor<2x3x?x16xf16>, %o: tensor<2x3x?x16xf16>) -> tensor<2x3x?x16xf16> {
  %r = attn.forward ins(%q, %k, %k : tensor<2x3x?x16xf16>, tensor<2x3x?x16xf16>, tensor<2x3x?x16xf16>) outs(%o : tensor<2x3x?x16xf16>)
    {layout = #attn.layout<bhsd>, config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, splits = 4>} -> tensor<2x3x?x16xf16>
  return %r : tensor<2x3x?x16xf16>
}

// -----

// One range is all of them.

// CHECK-LABEL: func.func @one
//   CHECK-NOT:   attn.combine
func.func @one(%q: memref<1x1x16x128xf16>) {
  attn.forward ins(%q, %q, %q : memref<1x1x16x128xf16>, memref<1x1x16x128xf16>, memref<1x1x16x128xf16>) outs(%q : memref<1x1x16x128xf16>)
    {config = #attn.config<tile = 64x128, stages = 2, consumers = 1, registers = 24x240, splits = 1>}
  return
}
