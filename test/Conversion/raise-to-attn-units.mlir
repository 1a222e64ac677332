// One head, or one batch: a dimension of size 1 is where it stands, and nothing is
// reshaped. Kernels take what becomes of each.

// RUN: fa3-opt %s --raise-to-attn --canonicalize -o %t.mlir
// RUN: FileCheck %s < %t.mlir
// RUN: fa3-compile %t.mlir --entry one_head -o %t.ptx
// RUN: fa3-compile %t.mlir --entry one_batch -o %t.ptx
// RUN: fa3-compile %t.mlir --entry one_head_behind -o %t.ptx

// CHECK-NOT: _shape
// CHECK-LABEL: func.func @one_head(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 : tensor<2x1x32x64xf16>, tensor<2x1x48x64xf16>, tensor<2x1x48x64xf16>) {{.*}} {layout = #attn.layout<bhsd>,
// CHECK-LABEL: func.func @one_batch(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 : tensor<1x4x32x64xf16>, {{.*}} {layout = #attn.layout<bhsd>,
// CHECK-LABEL: func.func @one_head_behind(
// CHECK: attn.forward ins(%arg0, %arg1, %arg2 : tensor<2x32x1x64xf16>, tensor<2x48x1x64xf16>, {{.*}} {scale = 1.000000e+00 : f32}

func.func @one_head(%q: tensor<2x1x32x64xf16>, %k: tensor<2x1x48x64xf16>, %v: tensor<2x1x48x64xf16>) -> tensor<2x1x32x64xf16> {
  %z = arith.constant 0.0 : f16
  %e = tensor.empty() : tensor<2x1x32x48xf16>
  %i = linalg.fill ins(%z : f16) outs(%e : tensor<2x1x32x48xf16>) -> tensor<2x1x32x48xf16>
  %s = linalg.generic {indexing_maps = [affine_map<(b, h, i, j, d) -> (b, h, i, d)>, affine_map<(b, h, i, j, d) -> (b, h, j, d)>, affine_map<(b, h, i, j, d) -> (b, h, i, j)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%q, %k : tensor<2x1x32x64xf16>, tensor<2x1x48x64xf16>) outs(%i : tensor<2x1x32x48xf16>) {
  ^bb0(%a: f16, %b: f16, %o: f16):
    %0 = arith.mulf %a, %b : f16
    %1 = arith.addf %o, %0 : f16
    linalg.yield %1 : f16
  } -> tensor<2x1x32x48xf16>
  %p = linalg.softmax dimension(3) ins(%s : tensor<2x1x32x48xf16>) outs(%e : tensor<2x1x32x48xf16>) -> tensor<2x1x32x48xf16>
  %oe = tensor.empty() : tensor<2x1x32x64xf16>
  %oi = linalg.fill ins(%z : f16) outs(%oe : tensor<2x1x32x64xf16>) -> tensor<2x1x32x64xf16>
  %r = linalg.generic {indexing_maps = [affine_map<(b, h, i, d, j) -> (b, h, i, j)>, affine_map<(b, h, i, d, j) -> (b, h, j, d)>, affine_map<(b, h, i, d, j) -> (b, h, i, d)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%p, %v : tensor<2x1x32x48xf16>, tensor<2x1x48x64xf16>) outs(%oi : tensor<2x1x32x64xf16>) {
  ^bb0(%a: f16, %b: f16, %o: f16):
    %0 = arith.mulf %a, %b : f16
    %1 = arith.addf %o, %0 : f16
    linalg.yield %1 : f16
  } -> tensor<2x1x32x64xf16>
  return %r : tensor<2x1x32x64xf16>
}

func.func @one_batch(%q: tensor<1x4x32x64xf16>, %k: tensor<1x4x48x64xf16>, %v: tensor<1x4x48x64xf16>) -> tensor<1x4x32x64xf16> {
  %z = arith.constant 0.0 : f16
  %e = tensor.empty() : tensor<1x4x32x48xf16>
  %i = linalg.fill ins(%z : f16) outs(%e : tensor<1x4x32x48xf16>) -> tensor<1x4x32x48xf16>
  %s = linalg.generic {indexing_maps = [affine_map<(b, h, i, j, d) -> (b, h, i, d)>, affine_map<(b, h, i, j, d) -> (b, h, j, d)>, affine_map<(b, h, i, j, d) -> (b, h, i, j)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%q, %k : tensor<1x4x32x64xf16>, tensor<1x4x48x64xf16>) outs(%i : tensor<1x4x32x48xf16>) {
  ^bb0(%a: f16, %b: f16, %o: f16):
    %0 = arith.mulf %a, %b : f16
    %1 = arith.addf %o, %0 : f16
    linalg.yield %1 : f16
  } -> tensor<1x4x32x48xf16>
  %p = linalg.softmax dimension(3) ins(%s : tensor<1x4x32x48xf16>) outs(%e : tensor<1x4x32x48xf16>) -> tensor<1x4x32x48xf16>
  %oe = tensor.empty() : tensor<1x4x32x64xf16>
  %oi = linalg.fill ins(%z : f16) outs(%oe : tensor<1x4x32x64xf16>) -> tensor<1x4x32x64xf16>
  %r = linalg.generic {indexing_maps = [affine_map<(b, h, i, d, j) -> (b, h, i, j)>, affine_map<(b, h, i, d, j) -> (b, h, j, d)>, affine_map<(b, h, i, d, j) -> (b, h, i, d)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%p, %v : tensor<1x4x32x48xf16>, tensor<1x4x48x64xf16>) outs(%oi : tensor<1x4x32x64xf16>) {
  ^bb0(%a: f16, %b: f16, %o: f16):
    %0 = arith.mulf %a, %b : f16
    %1 = arith.addf %o, %0 : f16
    linalg.yield %1 : f16
  } -> tensor<1x4x32x64xf16>
  return %r : tensor<1x4x32x64xf16>
}

func.func @one_head_behind(%q: tensor<2x32x1x64xf16>, %k: tensor<2x48x1x64xf16>, %v: tensor<2x48x1x64xf16>) -> tensor<2x32x1x64xf16> {
  %z = arith.constant 0.0 : f16
  %e = tensor.empty() : tensor<2x1x32x48xf16>
  %i = linalg.fill ins(%z : f16) outs(%e : tensor<2x1x32x48xf16>) -> tensor<2x1x32x48xf16>
  %s = linalg.generic {indexing_maps = [affine_map<(b, h, i, j, d) -> (b, i, h, d)>, affine_map<(b, h, i, j, d) -> (b, j, h, d)>, affine_map<(b, h, i, j, d) -> (b, h, i, j)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%q, %k : tensor<2x32x1x64xf16>, tensor<2x48x1x64xf16>) outs(%i : tensor<2x1x32x48xf16>) {
  ^bb0(%a: f16, %b: f16, %o: f16):
    %0 = arith.mulf %a, %b : f16
    %1 = arith.addf %o, %0 : f16
    linalg.yield %1 : f16
  } -> tensor<2x1x32x48xf16>
  %p = linalg.softmax dimension(3) ins(%s : tensor<2x1x32x48xf16>) outs(%e : tensor<2x1x32x48xf16>) -> tensor<2x1x32x48xf16>
  %oe = tensor.empty() : tensor<2x32x1x64xf16>
  %oi = linalg.fill ins(%z : f16) outs(%oe : tensor<2x32x1x64xf16>) -> tensor<2x32x1x64xf16>
  %r = linalg.generic {indexing_maps = [affine_map<(b, h, i, d, j) -> (b, h, i, j)>, affine_map<(b, h, i, d, j) -> (b, j, h, d)>, affine_map<(b, h, i, d, j) -> (b, i, h, d)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%p, %v : tensor<2x1x32x48xf16>, tensor<2x48x1x64xf16>) outs(%oi : tensor<2x32x1x64xf16>) {
  ^bb0(%a: f16, %b: f16, %o: f16):
    %0 = arith.mulf %a, %b : f16
    %1 = arith.addf %o, %0 : f16
    linalg.yield %1 : f16
  } -> tensor<2x32x1x64xf16>
  return %r : tensor<2x32x1x64xf16>
}
