// What is used twice, and so on, is many paths; it is looked at once, or given up on.
// Without that, this ends in no time that a test has.

// RUN: fa3-opt %s --raise-to-attn 2>&1 | FileCheck %s
// CHECK: attn.forward
// CHECK: attn.forward

#id = affine_map<(b, i, j) -> (b, i, j)>

// Sums of sums of the same.
func.func @sums(%q: tensor<8x16x64xf16>, %kt: tensor<8x64x16xf16>, %v: tensor<8x16x64xf16>) -> tensor<8x16x64xf16> {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x16x16xf32>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %s = linalg.batch_matmul ins(%q, %kt : tensor<8x16x64xf16>, tensor<8x64x16xf16>) outs(%s1 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<8x16x16xf32>) outs(%s0 : tensor<8x16x16xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %hidden = arith.constant 0xFF800000 : f32
    %d0 = arith.subi %j, %i : index
    %d1 = arith.addi %d0, %d0 : index
    %d2 = arith.addi %d1, %d1 : index
    %d3 = arith.addi %d2, %d2 : index
    %d4 = arith.addi %d3, %d3 : index
    %d5 = arith.addi %d4, %d4 : index
    %d6 = arith.addi %d5, %d5 : index
    %d7 = arith.addi %d6, %d6 : index
    %d8 = arith.addi %d7, %d7 : index
    %d9 = arith.addi %d8, %d8 : index
    %d10 = arith.addi %d9, %d9 : index
    %d11 = arith.addi %d10, %d10 : index
    %d12 = arith.addi %d11, %d11 : index
    %d13 = arith.addi %d12, %d12 : index
    %d14 = arith.addi %d13, %d13 : index
    %d15 = arith.addi %d14, %d14 : index
    %d16 = arith.addi %d15, %d15 : index
    %d17 = arith.addi %d16, %d16 : index
    %d18 = arith.addi %d17, %d17 : index
    %d19 = arith.addi %d18, %d18 : index
    %d20 = arith.addi %d19, %d19 : index
    %d21 = arith.addi %d20, %d20 : index
    %d22 = arith.addi %d21, %d21 : index
    %d23 = arith.addi %d22, %d22 : index
    %d24 = arith.addi %d23, %d23 : index
    %d25 = arith.addi %d24, %d24 : index
    %d26 = arith.addi %d25, %d25 : index
    %d27 = arith.addi %d26, %d26 : index
    %d28 = arith.addi %d27, %d27 : index
    %d29 = arith.addi %d28, %d28 : index
    %d30 = arith.addi %d29, %d29 : index
    %d31 = arith.addi %d30, %d30 : index
    %d32 = arith.addi %d31, %d31 : index
    %d33 = arith.addi %d32, %d32 : index
    %d34 = arith.addi %d33, %d33 : index
    %d35 = arith.addi %d34, %d34 : index
    %d36 = arith.addi %d35, %d35 : index
    %d37 = arith.addi %d36, %d36 : index
    %d38 = arith.addi %d37, %d37 : index
    %d39 = arith.addi %d38, %d38 : index
    %d40 = arith.addi %d39, %d39 : index
    %seen = arith.cmpi sle, %d40, %i : index
    %r = arith.select %seen, %a, %hidden : f32
    linalg.yield %r : f32
  } -> tensor<8x16x16xf32>
  %p = linalg.softmax dimension(2) ins(%t : tensor<8x16x16xf32>) outs(%s0 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %h0 = tensor.empty() : tensor<8x16x16xf16>
  %h = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%p : tensor<8x16x16xf32>) outs(%h0 : tensor<8x16x16xf16>) {
  ^bb0(%a: f32, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    linalg.yield %0 : f16
  } -> tensor<8x16x16xf16>
  %o0 = tensor.empty() : tensor<8x16x64xf16>
  %o1 = linalg.fill ins(%half : f16) outs(%o0 : tensor<8x16x64xf16>) -> tensor<8x16x64xf16>
  %o = linalg.batch_matmul ins(%h, %v : tensor<8x16x16xf16>, tensor<8x16x64xf16>) outs(%o1 : tensor<8x16x64xf16>) -> tensor<8x16x64xf16>
  return %o : tensor<8x16x64xf16>
}

// Conditions that are joined with each other.
func.func @conditions(%q: tensor<8x16x64xf16>, %kt: tensor<8x64x16xf16>, %v: tensor<8x16x64xf16>) -> tensor<8x16x64xf16> {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.0 : f16
  %s0 = tensor.empty() : tensor<8x16x16xf32>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %s = linalg.batch_matmul ins(%q, %kt : tensor<8x16x64xf16>, tensor<8x64x16xf16>) outs(%s1 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s : tensor<8x16x16xf32>) outs(%s0 : tensor<8x16x16xf32>) {
  ^bb0(%a: f32, %out: f32):
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %hidden = arith.constant 0xFF800000 : f32
    %x0 = arith.cmpi sle, %j, %i : index
    %two = arith.constant 2 : index
    %far = arith.addi %i, %two : index
    %y0 = arith.cmpi sle, %j, %far : index
    %x1 = arith.andi %x0, %y0 : i1
    %y1 = arith.andi %y0, %x0 : i1
    %x2 = arith.andi %x1, %y1 : i1
    %y2 = arith.andi %y1, %x1 : i1
    %x3 = arith.andi %x2, %y2 : i1
    %y3 = arith.andi %y2, %x2 : i1
    %x4 = arith.andi %x3, %y3 : i1
    %y4 = arith.andi %y3, %x3 : i1
    %x5 = arith.andi %x4, %y4 : i1
    %y5 = arith.andi %y4, %x4 : i1
    %x6 = arith.andi %x5, %y5 : i1
    %y6 = arith.andi %y5, %x5 : i1
    %x7 = arith.andi %x6, %y6 : i1
    %y7 = arith.andi %y6, %x6 : i1
    %x8 = arith.andi %x7, %y7 : i1
    %y8 = arith.andi %y7, %x7 : i1
    %x9 = arith.andi %x8, %y8 : i1
    %y9 = arith.andi %y8, %x8 : i1
    %x10 = arith.andi %x9, %y9 : i1
    %y10 = arith.andi %y9, %x9 : i1
    %x11 = arith.andi %x10, %y10 : i1
    %y11 = arith.andi %y10, %x10 : i1
    %x12 = arith.andi %x11, %y11 : i1
    %y12 = arith.andi %y11, %x11 : i1
    %x13 = arith.andi %x12, %y12 : i1
    %y13 = arith.andi %y12, %x12 : i1
    %x14 = arith.andi %x13, %y13 : i1
    %y14 = arith.andi %y13, %x13 : i1
    %x15 = arith.andi %x14, %y14 : i1
    %y15 = arith.andi %y14, %x14 : i1
    %x16 = arith.andi %x15, %y15 : i1
    %y16 = arith.andi %y15, %x15 : i1
    %x17 = arith.andi %x16, %y16 : i1
    %y17 = arith.andi %y16, %x16 : i1
    %x18 = arith.andi %x17, %y17 : i1
    %y18 = arith.andi %y17, %x17 : i1
    %x19 = arith.andi %x18, %y18 : i1
    %y19 = arith.andi %y18, %x18 : i1
    %x20 = arith.andi %x19, %y19 : i1
    %y20 = arith.andi %y19, %x19 : i1
    %x21 = arith.andi %x20, %y20 : i1
    %y21 = arith.andi %y20, %x20 : i1
    %x22 = arith.andi %x21, %y21 : i1
    %y22 = arith.andi %y21, %x21 : i1
    %x23 = arith.andi %x22, %y22 : i1
    %y23 = arith.andi %y22, %x22 : i1
    %x24 = arith.andi %x23, %y23 : i1
    %y24 = arith.andi %y23, %x23 : i1
    %x25 = arith.andi %x24, %y24 : i1
    %y25 = arith.andi %y24, %x24 : i1
    %x26 = arith.andi %x25, %y25 : i1
    %y26 = arith.andi %y25, %x25 : i1
    %x27 = arith.andi %x26, %y26 : i1
    %y27 = arith.andi %y26, %x26 : i1
    %x28 = arith.andi %x27, %y27 : i1
    %y28 = arith.andi %y27, %x27 : i1
    %x29 = arith.andi %x28, %y28 : i1
    %y29 = arith.andi %y28, %x28 : i1
    %x30 = arith.andi %x29, %y29 : i1
    %y30 = arith.andi %y29, %x29 : i1
    %x31 = arith.andi %x30, %y30 : i1
    %y31 = arith.andi %y30, %x30 : i1
    %x32 = arith.andi %x31, %y31 : i1
    %y32 = arith.andi %y31, %x31 : i1
    %x33 = arith.andi %x32, %y32 : i1
    %y33 = arith.andi %y32, %x32 : i1
    %x34 = arith.andi %x33, %y33 : i1
    %y34 = arith.andi %y33, %x33 : i1
    %x35 = arith.andi %x34, %y34 : i1
    %y35 = arith.andi %y34, %x34 : i1
    %x36 = arith.andi %x35, %y35 : i1
    %y36 = arith.andi %y35, %x35 : i1
    %x37 = arith.andi %x36, %y36 : i1
    %y37 = arith.andi %y36, %x36 : i1
    %x38 = arith.andi %x37, %y37 : i1
    %y38 = arith.andi %y37, %x37 : i1
    %x39 = arith.andi %x38, %y38 : i1
    %y39 = arith.andi %y38, %x38 : i1
    %x40 = arith.andi %x39, %y39 : i1
    %y40 = arith.andi %y39, %x39 : i1
    %seen = arith.andi %x40, %y40 : i1
    %r = arith.select %seen, %a, %hidden : f32
    linalg.yield %r : f32
  } -> tensor<8x16x16xf32>
  %p = linalg.softmax dimension(2) ins(%t : tensor<8x16x16xf32>) outs(%s0 : tensor<8x16x16xf32>) -> tensor<8x16x16xf32>
  %h0 = tensor.empty() : tensor<8x16x16xf16>
  %h = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%p : tensor<8x16x16xf32>) outs(%h0 : tensor<8x16x16xf16>) {
  ^bb0(%a: f32, %out: f16):
    %0 = arith.truncf %a : f32 to f16
    linalg.yield %0 : f16
  } -> tensor<8x16x16xf16>
  %o0 = tensor.empty() : tensor<8x16x64xf16>
  %o1 = linalg.fill ins(%half : f16) outs(%o0 : tensor<8x16x64xf16>) -> tensor<8x16x64xf16>
  %o = linalg.batch_matmul ins(%h, %v : tensor<8x16x16xf16>, tensor<8x16x64xf16>) outs(%o1 : tensor<8x16x64xf16>) -> tensor<8x16x64xf16>
  return %o : tensor<8x16x64xf16>
}
