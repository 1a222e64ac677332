// Constants of the module that a region reads, as models of exporters have them: the
// kernel has its own copies of them, and the CPU and the reference read them too.

// RUN: fa3-compile %s -o %t.ptx
// RUN: FileCheck %s < %t.ptx
// RUN: fa3-run %s --target=cpu --check | FileCheck %s --check-prefix=CPU

// CHECK-DAG: .global .align {{[0-9]+}} .b8 __constant_4xf32[16] = {0, 0, 0, 63, 0, 0, 128, 62,
// CHECK-DAG: .global .align {{[0-9]+}} .b8 __constant_3x5xi1[15] = {1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1
// CHECK: .entry constants(
// CHECK: __constant_4xf32
// CPU: result 0: {{.*}}: ok

func.func @constants(%q: tensor<2x67x4x64xf16>, %k: tensor<2x101x4x64xf16>, %v: tensor<2x101x4x64xf16>) -> tensor<2x67x4x64xf16> {
  %slopes = arith.constant dense<[0.5, 0.25, 0.125, 0.0625]> : tensor<4xf32>
  %pattern = arith.constant dense<[[true, false, true, true, true], [true, true, false, true, true],
                                   [true, true, true, false, true]]> : tensor<3x5xi1>
  %init = tensor.empty() : tensor<2x67x4x64xf16>
  %o = attn.forward ins(%q, %k, %v : tensor<2x67x4x64xf16>, tensor<2x101x4x64xf16>, tensor<2x101x4x64xf16>) outs(%init : tensor<2x67x4x64xf16>) {scale = 0.125 : f32} score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %slope = tensor.extract %slopes[%h] : tensor<4xf32>
    %place = arith.index_cast %j : index to i32
    %distance = arith.sitofp %place : i32 to f32
    %bias = arith.mulf %slope, %distance : f32
    %r = arith.subf %s, %bias : f32
    attn.yield %r : f32
  } mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %three = arith.constant 3 : index
    %five = arith.constant 5 : index
    %row = arith.remui %i, %three : index
    %column = arith.remui %j, %five : index
    %seen = tensor.extract %pattern[%row, %column] : tensor<3x5xi1>
    attn.yield %seen : i1
  } -> tensor<2x67x4x64xf16>
  return %o : tensor<2x67x4x64xf16>
}
