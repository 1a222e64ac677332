// Columns of a tile that stand for sums of rows, and the bound of 8-bit elements.

// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-distribute-vectors)))' | FileCheck %s

#config = #attn.config<tile = 64x32, stages = 1, consumers = 1, registers = 24x240>

gpu.module @kernels {
  // Columns are registers of their own: nothing moves. Of 40 columns a thread has
  // 20 elements, of which the last 4 are the last 8 columns.
  // CHECK-LABEL: gpu.func @slices
  //  CHECK-SAME:   %[[A:[a-z0-9]+]]: f32, %[[B:[a-z0-9]+]]: f32
  // CHECK-COUNT-4: arith.addf %[[A]], %[[B]] : f32
  //   CHECK-NOT:   arith.addf
  // CHECK-COUNT-16: arith.subf %[[A]], %[[B]] : f32
  // CHECK-COUNT-4: arith.subf %{{[0-9]+}}, %[[B]] : f32
  //   CHECK-NOT:   arith.subf
  // CHECK-COUNT-16: arith.mulf %{{[0-9]+}}, %[[B]] : f32
  //   CHECK-NOT:   arith.mulf
  gpu.func @slices(%a: f32, %b: f32) attributes {attn.config = #config} {
    %wide = vector.broadcast %a : f32 to vector<64x40xf32>
    %more = vector.broadcast %b : f32 to vector<64x40xf32>
    %few = vector.broadcast %b : f32 to vector<64x8xf32>
    %some = vector.broadcast %b : f32 to vector<64x32xf32>
    %t = vector.extract_strided_slice %wide {offsets = [0, 32], sizes = [64, 8], strides = [1, 1]} : vector<64x40xf32> to vector<64x8xf32>
    %sum = arith.addf %t, %few : vector<64x8xf32>
    %w = vector.insert_strided_slice %sum, %wide {offsets = [0, 32], strides = [1, 1]} : vector<64x8xf32> into vector<64x40xf32>
    %difference = arith.subf %w, %more : vector<64x40xf32>
    %o = vector.extract_strided_slice %difference {offsets = [0, 0], sizes = [64, 32], strides = [1, 1]} : vector<64x40xf32> to vector<64x32xf32>
    %product = arith.mulf %o, %some : vector<64x32xf32>
    gpu.return
  }

  // 448 and NaN carry into the sign of their byte: 126 + 2 and 127 + 2.
  // CHECK-LABEL: gpu.func @bounded
  //       CHECK:   %[[DISTANCE:.+]] = arith.constant 33686018 : i32
  //       CHECK:   %[[W:.+]] = vector.bitcast %{{.*}} : vector<4xf8E4M3FN> to vector<1xi32>
  //  CHECK-NEXT:   %[[BITS:.+]] = vector.extract %[[W]][0]
  //  CHECK-NEXT:   %[[FIRST:.+]] = arith.addi %[[BITS]], %[[DISTANCE]] : i32
  //       CHECK:   %[[SECOND:.+]] = arith.addi %{{.*}}, %[[DISTANCE]] : i32
  //  CHECK-NEXT:   arith.ori %[[FIRST]], %[[SECOND]] : i32
  //       CHECK:   %[[SIGN:.+]] = arith.constant -2139062144 : i32
  //       CHECK:   %[[SIGNS:.+]] = arith.andi %{{.*}}, %[[SIGN]]
  //       CHECK:   %[[ABOVE:.+]] = arith.cmpi ne, %[[SIGNS]], %{{.*}} : i32
  //       CHECK:   nvvm.vote.sync any %{{.*}}, %[[ABOVE]]
  gpu.func @bounded(%a: f32, %out: memref<i1>) attributes {attn.config = #config} {
    %wide = vector.broadcast %a : f32 to vector<64x32xf32>
    %p = arith.truncf %wide : vector<64x32xf32> to vector<64x32xf8E4M3FN>
    %above = attn.any_above %p, 416.0 : vector<64x32xf8E4M3FN>
    memref.store %above, %out[] : memref<i1>
    gpu.return
  }
}
