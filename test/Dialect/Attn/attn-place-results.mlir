// RUN: fa3-opt %s --attn-place-results --split-input-file --verify-diagnostics | FileCheck %s

!t = memref<1x17x4x64xf16>

// A function that returns nothing stays as it is.
// CHECK-LABEL: func.func @nothing(
// CHECK-SAME: %[[O:[^:]+]]: memref<1x17x4x64xf16>) {
// CHECK: outs(%[[O]]
func.func @nothing(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
  return
}

// An allocation becomes the last argument.
// CHECK-LABEL: func.func @allocation(
// CHECK-SAME: %[[O:[^:]+]]: memref<1x17x4x64xf16>) attributes {attn.results = array<i64: 3>} {
// CHECK-NOT: memref.alloc
// CHECK: outs(%[[O]]
// CHECK-NEXT: return{{$}}
func.func @allocation(%q: !t, %k: !t, %v: !t) -> !t {
  %o = memref.alloc() : !t
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
  return %o : !t
}

// An argument is there already; and so is a result's second name.
// CHECK-LABEL: func.func @both(
// CHECK-SAME: %[[L:[^:]+]]: memref<1x4x17xf32>) attributes {attn.results = array<i64: 4, 3, 4>} {
// CHECK: outs(%{{.*}}, %[[L]]
// CHECK-NEXT: return{{$}}
func.func @both(%q: !t, %k: !t, %v: !t, %o: !t) -> (memref<1x4x17xf32>, !t, memref<1x4x17xf32>) {
  %l = memref.alloc() : memref<1x4x17xf32>
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o, %l : !t, memref<1x4x17xf32>)
  return %l, %o, %l : memref<1x4x17xf32>, !t, memref<1x4x17xf32>
}

// Open sizes.
!d = memref<?x?x4x64xf16>
// CHECK-LABEL: func.func @open(
// CHECK-SAME: %[[O:[^:]+]]: memref<?x?x4x64xf16>) attributes {attn.results = array<i64: 3>} {
// CHECK: outs(%[[O]]
func.func @open(%q: !d, %k: !d, %v: !d) -> !d {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = memref.dim %q, %c0 : !d
  %s = memref.dim %q, %c1 : !d
  %o = memref.alloc(%b, %s) : !d
  attn.forward ins(%q, %k, %v : !d, !d, !d) outs(%o : !d)
  return %o : !d
}

// Reshapes on either side: the arguments take the reshaped types.
// CHECK-LABEL: func.func @reshaped(
// CHECK-SAME: %[[Q:.+]]: memref<1x8x32x64xf16>, %[[K:.+]]: memref<1x8x32x64xf16>, %[[O:[^:]+]]: memref<1x8x32x64xf16>)
// CHECK-NOT: shape
// CHECK: attn.forward ins(%[[Q]], %[[K]], %[[K]] : {{.*}} outs(%[[O]]
!3 = memref<8x32x64xf16>
!4 = memref<1x8x32x64xf16>
func.func @reshaped(%q: !3, %k: !3) -> !3 {
  %q4 = memref.expand_shape %q [[0, 1], [2], [3]] output_shape [1, 8, 32, 64] : !3 into !4
  %k4 = memref.expand_shape %k [[0, 1], [2], [3]] output_shape [1, 8, 32, 64] : !3 into !4
  %v4 = memref.expand_shape %k [[0, 1], [2], [3]] output_shape [1, 8, 32, 64] : !3 into !4
  %o4 = memref.alloc() : !4
  attn.forward ins(%q4, %k4, %v4 : !4, !4, !4) outs(%o4 : !4) {layout = #attn.layout<bhsd>}
  %o = memref.collapse_shape %o4 [[0, 1], [2], [3]] : !4 into !3
  return %o : !3
}

// A function that others call is none that becomes a kernel.
// CHECK-LABEL: func.func @called(
// CHECK: return %{{.+}} : memref<1x17x4x64xf16>
func.func @called(%q: !t, %o: !t) -> !t {
  attn.forward ins(%q, %q, %q : !t, !t, !t) outs(%o : !t)
  return %o : !t
}
func.func @caller(%q: !t, %o: !t) -> !t {
  %0 = func.call @called(%q, %o) : (!t, !t) -> !t
  return %0 : !t
}

// -----

!t = memref<1x17x4x64xf16>
// expected-error @+1 {{expected result 0 to be an output of an attn.forward, or an argument, but got 'i32' from elsewhere}}
func.func @number(%q: !t, %o: !t) -> i32 {
  %c1 = arith.constant 1 : i32
  attn.forward ins(%q, %q, %q : !t, !t, !t) outs(%o : !t)
  return %c1 : i32
}
