// What attn.forward reads and writes, as seen by common subexpressions and dead
// code.

// RUN: fa3-opt %s --cse --canonicalize --split-input-file | FileCheck %s

!t = tensor<1x16x2x64xf16>

// On tensors the op is pure: two that are equal are one.
// CHECK-LABEL: func.func @equal
//       CHECK:   %[[R:.+]] = attn.forward
//   CHECK-NOT:   attn.forward
//       CHECK:   return %[[R]], %[[R]]
func.func @equal(%i: !t, %o: !t) -> (!t, !t) {
  %0 = attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t) -> !t
  %1 = attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t) -> !t
  return %0, %1 : !t, !t
}

// CHECK-LABEL: func.func @unused
//   CHECK-NOT:   attn.forward
//       CHECK:   return
func.func @unused(%i: !t, %o: !t) {
  %0 = attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t) -> !t
  return
}

// -----

!t = tensor<1x16x2x64xf16>

// A region that reads memory makes the op read it: across a store two that look
// the same are not.
// CHECK-LABEL: func.func @region_reads_memory
//       CHECK:   attn.forward
//       CHECK:   memref.store
//       CHECK:   attn.forward
func.func @region_reads_memory(%i: !t, %o: !t, %m: memref<f32>, %x: f32) -> (!t, !t) {
  %0 = attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t) score {
  ^bb0(%s: f32, %b: index, %h: index, %row: index, %key: index):
    %a = memref.load %m[] : memref<f32>
    %r = arith.mulf %a, %s : f32
    attn.yield %r : f32
  } -> !t
  memref.store %x, %m[] : memref<f32>
  %1 = attn.forward ins(%i, %i, %i : !t, !t, !t) outs(%o : !t) score {
  ^bb0(%s: f32, %b: index, %h: index, %row: index, %key: index):
    %a = memref.load %m[] : memref<f32>
    %r = arith.mulf %a, %s : f32
    attn.yield %r : f32
  } -> !t
  return %0, %1 : !t, !t
}

// -----

!m = memref<1x16x2x64xf16>

// On memrefs the op writes its outputs, and stays.
// CHECK-LABEL: func.func @writes
// CHECK-COUNT-2: attn.forward
func.func @writes(%i: !m, %o: !m) {
  attn.forward ins(%i, %i, %i : !m, !m, !m) outs(%o : !m)
  attn.forward ins(%i, %i, %i : !m, !m, !m) outs(%o : !m)
  return
}
