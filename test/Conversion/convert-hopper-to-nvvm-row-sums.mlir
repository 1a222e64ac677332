// Rows of ones and zeros are written once, into each slab of each slot: 64 rows
// of 128 bytes are copied, of 2 slots with 2 slabs of 72 rows.

// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(convert-hopper-to-nvvm))' | FileCheck %s

gpu.module @kernels {
  // CHECK-LABEL: gpu.func @sums
  //       CHECK:   nvvm.fence.mbarrier.init
  //       CHECK:   scf.for %[[WORD:.+]] = %{{.+}} to %c256_i32{{.*}} step %c256_i32
  //       CHECK:     %[[FIRST:.+]] = arith.cmpi ult, %[[WORD]], %c32_i32
  //       CHECK:     %[[VALUE:.+]] = arith.select %[[FIRST]], %c943208504_i32{{.*}}, %c0_i32
  //       CHECK:     arith.constant 9216 : i32
  //       CHECK:     llvm.store %[[VALUE]]
  //       CHECK:     arith.constant 18432 : i32
  //       CHECK:     llvm.store %[[VALUE]]
  //       CHECK:     arith.constant 27648 : i32
  //       CHECK:     llvm.store %[[VALUE]]
  //       CHECK:     arith.constant 36864 : i32
  //       CHECK:     llvm.store %[[VALUE]]
  //       CHECK:   nvvm.fence.proxy
  //  CHECK-NEXT:   nvvm.barrier
  gpu.func @sums() kernel attributes {
      attn.config = #attn.config<tile = 64x192, stages = 2, consumers = 1, registers = 24x240>} {
    %c = hopper.create_channel {barriers = 65536 : i64, offset = 1024 : i64} : <2 x 72x192xf8E4M3FN, interleaved, row_sums>
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
    } consumer {
    }
    gpu.return
  }
}
