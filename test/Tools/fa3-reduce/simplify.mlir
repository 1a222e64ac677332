// Takes off attn.forward what the fault does not need, one by one: here, all but
// the window and the mask.

// UNSUPPORTED: system-windows
// RUN: rm -rf %t && split-file %s %t
// RUN: chmod +x %t/shows-fault
// RUN: fa3-reduce %t/in.mlir \
// RUN:   --reduction-tree='traversal-mode=0 test=%t/shows-fault' \
// RUN: | FileCheck %s

// CHECK: attn.forward ins(
// CHECK-NOT: q_offset
// CHECK-SAME: outs(%{{[a-z0-9]+}} : memref<?x?x16x128xf16>) {window = #attn.window<left = 3>} mask {
// CHECK-NOT: score

//--- shows-fault
#!/bin/sh
if grep -q 'attn.forward.*window = ' "$1" && grep -q 'mask {' "$1"; then exit 1; fi

//--- in.mlir
func.func @offset(%q: memref<?x?x16x128xf16>, %k: memref<?x?x4x128xf16>,
                  %v: memref<?x?x4x128xf16>, %o: memref<?x?x16x128xf16>,
                  %n: index, %lse: memref<?x16x?xf32>) {
  attn.forward ins(%q, %k, %v : memref<?x?x16x128xf16>,
                   memref<?x?x4x128xf16>, memref<?x?x4x128xf16>)
               q_offset(%n) outs(%o, %lse : memref<?x?x16x128xf16>, memref<?x16x?xf32>) {causal, scale = 2.0 : f32, window = #attn.window<left = 3>, config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240>}
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %0 = arith.addf %s, %s : f32
    attn.yield %0 : f32
  } mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %0 = arith.cmpi eq, %i, %j : index
    attn.yield %0 : i1
  }
  return
}
