// Results on a GPU that runs nothing: they have memory of their own, in the shape
// of the source function.

// REQUIRES: ptxas
// RUN: split-file %s %t
// RUN: fa3-compile %t/returned.mlir -o %t/returned.ptx
// RUN: env FA3_LIBCUDA=%fa3_fake_cuda %python %S/Inputs/fake_gpu.py %t/returned.json fa3-run %t/returned.mlir --target=gpu --dim B=2,Sq=7,Sk=9 --output result0=%t/o.npy --output result1=%t/l.npy
// RUN: %python -c "print(open('%t/o.npy', 'rb').read(80))" | FileCheck %s --check-prefix=O
// O: (2, 7, 4, 64)
// RUN: %python -c "print(open('%t/l.npy', 'rb').read(80))" | FileCheck %s --check-prefix=L
// L: (2, 4, 7)
// RUN: fa3-compile %t/reshaped.mlir -o %t/reshaped.ptx
// RUN: env FA3_LIBCUDA=%fa3_fake_cuda %python %S/Inputs/fake_gpu.py %t/reshaped.json fa3-run %t/reshaped.mlir --target=gpu --output result0=%t/r.npy
// RUN: %python -c "print(open('%t/r.npy', 'rb').read(80))" | FileCheck %s --check-prefix=R
// R: (8, 33, 64)
// RUN: fa3-compile %t/twice.mlir -o %t/twice.ptx
// RUN: not env FA3_LIBCUDA=%fa3_fake_cuda %python %S/Inputs/fake_gpu.py %t/twice.json fa3-run %t/twice.mlir --target=gpu 2>&1 | FileCheck %s --check-prefix=TWICE
// TWICE: fa3-run: error: result 1 of @attention: expected an array that no other result is

//--- returned.mlir
!tq = tensor<?x?x4x64xf16>
!tk = tensor<?x?x2x64xf16>
func.func @attention(%q: !tq, %k: !tk, %v: !tk) -> (!tq, tensor<?x4x?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = tensor.dim %q, %c0 : !tq
  %s = tensor.dim %q, %c1 : !tq
  %e = tensor.empty(%b, %s) : !tq
  %l = tensor.empty(%b, %s) : tensor<?x4x?xf32>
  %r:2 = attn.forward ins(%q, %k, %v : !tq, !tk, !tk) outs(%e, %l : !tq, tensor<?x4x?xf32>) {causal} -> !tq, tensor<?x4x?xf32>
  return %r#0, %r#1 : !tq, tensor<?x4x?xf32>
}
//--- reshaped.mlir
!t3 = tensor<8x33x64xf16>
!t4 = tensor<1x8x33x64xf16>
func.func @attention(%q: !t3, %k: !t3, %v: !t3) -> !t3 {
  %q4 = tensor.expand_shape %q [[0, 1], [2], [3]] output_shape [1, 8, 33, 64] : !t3 into !t4
  %k4 = tensor.expand_shape %k [[0, 1], [2], [3]] output_shape [1, 8, 33, 64] : !t3 into !t4
  %v4 = tensor.expand_shape %v [[0, 1], [2], [3]] output_shape [1, 8, 33, 64] : !t3 into !t4
  %e = tensor.empty() : !t4
  %r4 = attn.forward ins(%q4, %k4, %v4 : !t4, !t4, !t4) outs(%e : !t4) {layout = #attn.layout<bhsd>} -> !t4
  %r = tensor.collapse_shape %r4 [[0, 1], [2], [3]] : !t4 into !t3
  return %r : !t3
}
//--- twice.mlir
!t = tensor<1x9x2x64xf16>
func.func @attention(%q: !t, %k: !t, %v: !t) -> (!t, !t) {
  %e = tensor.empty() : !t
  %r = attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%e : !t) -> !t
  return %r, %r : !t, !t
}
