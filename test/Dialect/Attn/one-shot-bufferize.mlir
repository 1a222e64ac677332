// RUN: fa3-opt %s --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" --split-input-file | FileCheck %s

// The destination is written in place, and not read.
// CHECK-LABEL: func @destination(
//  CHECK-SAME:     %[[Q:.*]]: memref<?x?x4x64xf16>, %[[K:.*]]: memref<?x?x2x64xf16>, %[[V:.*]]: memref<?x?x2x64xf16>, %[[O:.*]]: memref<?x?x4x64xf16>)
func.func @destination(%q: tensor<?x?x4x64xf16>, %k: tensor<?x?x2x64xf16>, %v: tensor<?x?x2x64xf16>, %o: tensor<?x?x4x64xf16>) -> tensor<?x?x4x64xf16> {
  // CHECK-NOT: alloc
  // CHECK: attn.forward ins(%[[Q]], %[[K]], %[[V]] : memref<?x?x4x64xf16>, memref<?x?x2x64xf16>, memref<?x?x2x64xf16>) outs(%[[O]] : memref<?x?x4x64xf16>) {causal}
  // CHECK: return %[[O]]
  %0 = attn.forward ins(%q, %k, %v : tensor<?x?x4x64xf16>, tensor<?x?x2x64xf16>, tensor<?x?x2x64xf16>)
                    outs(%o : tensor<?x?x4x64xf16>) {causal} -> tensor<?x?x4x64xf16>
  return %0 : tensor<?x?x4x64xf16>
}

// -----

// Two results, of which one is in a new buffer; regions that read tensors.
// CHECK-LABEL: func @regions(
//  CHECK-SAME:     %[[SLOPES:[^,]*]]: memref<4xf32>, %[[IDS:[^,]*]]: memref<9xi32>
func.func @regions(%slopes: tensor<4xf32>, %ids: tensor<9xi32>, %q: tensor<1x9x4x64xf16>, %k: tensor<1x9x4x64xf16>, %v: tensor<1x9x4x64xf16>, %o: tensor<1x9x4x64xf16>) -> (tensor<1x9x4x64xf16>, tensor<1x4x9xf32>) {
  // CHECK: %[[LSE:.*]] = memref.alloc() {{.*}} : memref<1x4x9xf32>
  // CHECK: attn.forward ins({{.*}}) outs(%{{.*}}, %[[LSE]] : memref<1x9x4x64xf16>, memref<1x4x9xf32>)
  // CHECK: score {
  // CHECK:   memref.load %[[SLOPES]]
  // CHECK: mask {
  // CHECK:   memref.load %[[IDS]]
  // CHECK:   memref.load %[[IDS]]
  %lse = tensor.empty() : tensor<1x4x9xf32>
  %0:2 = attn.forward ins(%q, %k, %v : tensor<1x9x4x64xf16>, tensor<1x9x4x64xf16>, tensor<1x9x4x64xf16>)
                      outs(%o, %lse : tensor<1x9x4x64xf16>, tensor<1x4x9xf32>)
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %slope = tensor.extract %slopes[%h] : tensor<4xf32>
    %1 = arith.mulf %s, %slope : f32
    attn.yield %1 : f32
  } mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %1 = tensor.extract %ids[%i] : tensor<9xi32>
    %2 = tensor.extract %ids[%j] : tensor<9xi32>
    %3 = arith.cmpi eq, %1, %2 : i32
    attn.yield %3 : i1
  } -> tensor<1x9x4x64xf16>, tensor<1x4x9xf32>
  return %0#0, %0#1 : tensor<1x9x4x64xf16>, tensor<1x4x9xf32>
}

// -----

// What is read after is not overwritten.
// CHECK-LABEL: func @copy(
//  CHECK-SAME:     %[[Q:[^:]*]]: memref<1x9x4x64xf16>
func.func @copy(%q: tensor<1x9x4x64xf16>, %k: tensor<1x9x4x64xf16>) -> (tensor<1x9x4x64xf16>, tensor<1x9x4x64xf16>) {
  // CHECK: %[[NEW:.*]] = memref.alloc()
  // CHECK: attn.forward {{.*}} outs(%[[NEW]]
  %0 = attn.forward ins(%q, %k, %k : tensor<1x9x4x64xf16>, tensor<1x9x4x64xf16>, tensor<1x9x4x64xf16>)
                    outs(%q : tensor<1x9x4x64xf16>) -> tensor<1x9x4x64xf16>
  return %0, %q : tensor<1x9x4x64xf16>, tensor<1x9x4x64xf16>
}
