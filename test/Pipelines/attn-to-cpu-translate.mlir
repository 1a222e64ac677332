// Upstream's own tools take what the pipeline leaves: the LLVM dialect, and no
// attribute of another one.
// RUN: fa3-opt %s --attn-to-cpu | mlir-translate --mlir-to-llvmir | FileCheck %s
// CHECK: define void @bias(
// CHECK: fpext half
// CHECK: define void @rounded(
// CHECK: fptrunc <16 x float> {{.*}} to <16 x half>

// Elements of 16 bits that a region reads.
!t = memref<?x?x2x16xf16>
func.func @bias(%q: !t, %k: !t, %v: !t, %o: !t, %bias: memref<2x?xf16>, %slopes: memref<2xf16>) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t) {causal}
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %0 = memref.load %bias[%h, %j] : memref<2x?xf16>
    %1 = arith.extf %0 : f16 to f32
    %2 = memref.load %slopes[%h] : memref<2xf16>
    %3 = arith.extf %2 : f16 to f32
    %4 = arith.mulf %1, %3 : f32
    %r = arith.addf %s, %4 : f32
    attn.yield %r : f32
  }
  return
}

// Scores that a region rounds.
func.func @rounded(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %0 = arith.truncf %s : f32 to f16
    %1 = math.absf %0 : f16
    %r = arith.extf %1 : f16 to f32
    attn.yield %r : f32
  }
  return
}
