// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(convert-hopper-to-nvvm,canonicalize,cse))' --split-input-file | FileCheck %s

// Nothing of the dialect is left.
// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(convert-hopper-to-nvvm))' --split-input-file | FileCheck %s --check-prefix=PURE --implicit-check-not='hopper.{{[a-z]}}' --implicit-check-not='!hopper'
// PURE: gpu.module

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x72xf16>
!ring = !hopper.channel<2 x 64x72xf16>

gpu.module @roles {
  // CHECK: llvm.mlir.global external @shared_memory() {addr_space = 3 : i32, alignment = 1024 : i64} : !llvm.array<0 x i8>

  // One producer and two consumers: 3 · 128 threads.
  // CHECK-LABEL: gpu.func @roles
  //  CHECK-SAME:   %[[MAP:[a-z0-9]+]]: !nvgpu.tensormap{{.*}}, %[[I:[a-z0-9]+]]: index
  //  CHECK-SAME:   known_block_size = array<i32: 384, 1, 1>
  //       CHECK:   %[[BASE:.+]] = llvm.mlir.addressof @shared_memory
  //       CHECK:   %[[THREAD:.+]] = nvvm.read.ptx.sreg.tid.x
  //       CHECK:   %[[QUOTIENT:.+]] = arith.divui %[[THREAD]], %c128_i32
  //       CHECK:   %[[GROUP:.+]] = nvvm.shfl.sync idx %c-1_i32, %[[QUOTIENT]], %c0_i32, %c31_i32
  // One thread makes the barriers ready: one arrival fills a slot (40960 and 8
  // further), two empty it (40976 and 8 further).
  //       CHECK:   %[[ONE:.+]] = arith.cmpi eq, %[[THREAD]], %c0_i32
  //       CHECK:   scf.if %[[ONE]] {
  //       CHECK:     %[[P:.+]] = llvm.getelementptr %[[BASE]][40960]
  //  CHECK-NEXT:     nvvm.mbarrier.init %[[P]], %c1_i32
  //       CHECK:     %[[P:.+]] = llvm.getelementptr %[[BASE]][40976]
  //  CHECK-NEXT:     nvvm.mbarrier.init %[[P]], %c2_i32
  //       CHECK:     %[[P:.+]] = llvm.getelementptr %[[BASE]][40968]
  //  CHECK-NEXT:     nvvm.mbarrier.init %[[P]], %c1_i32
  //       CHECK:     %[[P:.+]] = llvm.getelementptr %[[BASE]][40984]
  //  CHECK-NEXT:     nvvm.mbarrier.init %[[P]], %c2_i32
  //  CHECK-NEXT:     nvvm.fence.mbarrier.init
  //  CHECK-NEXT:   }
  //  CHECK-NEXT:   nvvm.barrier0
  // The first warpgroup is the producer, and of it one thread.
  //       CHECK:   %[[PRODUCER:.+]] = arith.cmpi eq, %[[GROUP]], %c0_i32
  //       CHECK:   scf.if %[[PRODUCER]] {
  //  CHECK-NEXT:     nvvm.setmaxregister decrease 24
  //       CHECK:     %[[WARP:.+]] = arith.divui %[[THREAD]], %c32_i32
  //       CHECK:     %[[ELECTED:.+]] = nvvm.elect.sync
  //       CHECK:     %[[FIRST:.+]] = arith.cmpi eq, %[[WARP]], %c0_i32
  //       CHECK:     %[[RUNS:.+]] = arith.andi %[[FIRST]], %[[ELECTED]]
  //       CHECK:     scf.if %[[RUNS]] {
  // It waits until slot 1 is empty, says what it expects, 2 slabs of 64 rows of
  // 128 bytes, and copies slab by slab: 1024 + 16384, and 8192 and 64 columns on.
  //       CHECK:       %[[EMPTY:.+]] = llvm.getelementptr %[[BASE]][40984]
  //       CHECK:       scf.while
  //       CHECK:         %[[DONE:.+]] = nvvm.mbarrier.try_wait %[[EMPTY]], %c0_i32
  //       CHECK:         %[[AGAIN:.+]] = arith.xori %[[DONE]], %true
  //       CHECK:         scf.condition(%[[AGAIN]])
  //       CHECK:       %[[FULL:.+]] = llvm.getelementptr %[[BASE]][40968]
  //       CHECK:       nvvm.mbarrier.arrive.expect_tx %[[FULL]], %c16384_i32
  //       CHECK:       %[[C:.+]] = arith.index_cast %[[I]] : index to i32
  //       CHECK:       %[[M:.+]] = builtin.unrealized_conversion_cast %[[MAP]]
  //       CHECK:       %[[TO:.+]] = llvm.getelementptr %[[BASE]][17408]
  //  CHECK-NEXT:       nvvm.cp.async.bulk.tensor.shared.cluster.global %[[TO]], %[[M]], %[[FULL]], box[%[[C]], %[[C]], %[[C]]] {isCTAOnly = true}
  //       CHECK:       %[[C64:.+]] = arith.addi %[[C]], %c64_i32
  //       CHECK:       %[[TO:.+]] = llvm.getelementptr %[[BASE]][25600]
  //  CHECK-NEXT:       nvvm.cp.async.bulk.tensor.shared.cluster.global %[[TO]], %[[M]], %[[FULL]], box[%[[C64]], %[[C]], %[[C]]]
  //   CHECK-NOT:       nvvm.cp.async
  // The consumers wait until the slot is full, and one thread of each hands it
  // back.
  //       CHECK:   } else {
  //  CHECK-NEXT:     nvvm.setmaxregister increase 240
  //       CHECK:     %[[FULL:.+]] = llvm.getelementptr %[[BASE]][40968]
  //       CHECK:     nvvm.mbarrier.try_wait %[[FULL]], %c0_i32
  //       CHECK:     %[[LANE:.+]] = arith.remui %[[THREAD]], %c128_i32
  //       CHECK:     %[[EMPTY:.+]] = llvm.getelementptr %[[BASE]][40984]
  //       CHECK:     %[[IS:.+]] = arith.cmpi eq, %[[LANE]], %c0_i32
  //       CHECK:     llvm.inline_asm has_side_effects {{.*}}"@$1 mbarrier.arrive.shared::cta.b64 _, [$0];", "r,b" %[[EMPTY]], %[[IS]]
  gpu.func @roles(%map: !map, %i: index) {
    %slot = arith.constant 1 : i32
    %phase = arith.constant 0 : i32
    %ring = hopper.create_channel {offset = 1024 : i64, barriers = 40960 : i64} : !ring
    hopper.warp_specialize consumers(2) registers(24, 240) producer {
      %s = hopper.acquire %ring[%slot, %phase] expect 16384 : !ring -> !tile
      hopper.tma_load %map[%i, %i, %i] into %s of %ring : !map, !tile, !ring
    } consumer {
      %t = hopper.wait %ring[%slot, %phase] : !ring -> !tile
      hopper.release %t to %ring : !tile, !ring
    }
    gpu.return
  }

  // A slot that is known at run time only: barriers are 8 bytes apart.
  // CHECK-LABEL: gpu.func @dynamic_slot
  //  CHECK-SAME:   %[[SLOT:[a-z0-9]+]]: i32, %[[PHASE:[a-z0-9]+]]: i32
  //       CHECK:   } else {
  //       CHECK:     %[[BYTES:.+]] = arith.muli %[[SLOT]], %c8_i32
  //       CHECK:     %[[AT:.+]] = arith.addi %[[BYTES]], %c40960_i32
  //       CHECK:     %[[FULL:.+]] = llvm.getelementptr %{{.+}}[%[[AT]]]
  //       CHECK:     nvvm.mbarrier.try_wait %[[FULL]], %[[PHASE]]
  gpu.func @dynamic_slot(%slot: i32, %phase: i32) {
    %ring = hopper.create_channel {offset = 1024 : i64, barriers = 40960 : i64} : !ring
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
    } consumer {
      %t = hopper.wait %ring[%slot, %phase] : !ring -> !tile
    }
    gpu.return
  }
}

// -----

// Without roles there are the configuration's warpgroups and no more, of which
// thread 0 does the copies; nobody's registers change.

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<1 x 64x64xf16>
gpu.module @no_roles {
  // CHECK-LABEL: gpu.func @no_roles
  //  CHECK-SAME:   known_block_size = array<i32: 256, 1, 1>
  //   CHECK-NOT:   nvvm.setmaxregister
  //       CHECK:   %[[ONE:.+]] = arith.cmpi eq, %{{.+}}, %c0_i32
  //       CHECK:   nvvm.barrier0
  //       CHECK:   scf.if %[[ONE]] {
  //       CHECK:     nvvm.mbarrier.try_wait
  //       CHECK:     nvvm.mbarrier.arrive.expect_tx %{{.+}}, %c8192_i32
  //       CHECK:   }
  //       CHECK:   scf.if %[[ONE]] {
  //       CHECK:     nvvm.cp.async.bulk.tensor
  //       CHECK:   }
  //       CHECK:   nvvm.mbarrier.try_wait
  //   CHECK-NOT:   nvvm.setmaxregister
  gpu.func @no_roles(%map: !map, %i: index) attributes {attn.config = #attn.config<tile = 128x64, stages = 1, consumers = 2, registers = 24x240>} {
    %slot = arith.constant 0 : i32
    %phase = arith.constant 0 : i32
    %ring = hopper.create_channel {offset = 0 : i64, barriers = 8192 : i64} : !ring
    %s = hopper.acquire %ring[%slot, %phase] expect 8192 : !ring -> !tile
    hopper.tma_load %map[%i, %i] into %s of %ring : !map, !tile, !ring
    %t = hopper.wait %ring[%slot, %phase] : !ring -> !tile
    hopper.release %t to %ring : !tile, !ring
    gpu.return
  }
}

// -----

// Ping-pong: a named barrier for each consumer, from 2 on, of 256 threads, those
// that wait and those that pass. The last consumer passes the first turn.

!ring = !hopper.channel<1 x 64x64xf16>
gpu.module @turns {
  // CHECK-LABEL: gpu.func @turns
  //       CHECK:   %[[GROUP:.+]] = nvvm.shfl.sync idx
  //       CHECK:   nvvm.setmaxregister increase 160
  //       CHECK:   %[[LAST:.+]] = arith.cmpi eq, %[[GROUP]], %c3_i32
  //       CHECK:   scf.if %[[LAST]] {
  //  CHECK-NEXT:     nvvm.barrier.arrive id = %c2_i32 number_of_threads = %c256_i32
  //  CHECK-NEXT:   }
  //       CHECK:   %[[OWN:.+]] = arith.addi %[[GROUP]], %c1_i32
  //       CHECK:   nvvm.barrier id = %[[OWN]] number_of_threads = %c256_i32
  //       CHECK:   %[[NEXT:.+]] = arith.select %[[LAST]], %c0_i32, %[[GROUP]]
  //       CHECK:   %[[ID:.+]] = arith.addi %[[NEXT]], %c2_i32
  //       CHECK:   nvvm.barrier.arrive id = %[[ID]] number_of_threads = %c256_i32
  gpu.func @turns() {
    %ring = hopper.create_channel {offset = 0 : i64, barriers = 8192 : i64} : !ring
    hopper.warp_specialize consumers(3) registers(32, 160) producer {
    } consumer {
      hopper.turn_wait
      hopper.turn_pass
    }
    gpu.return
  }

  // Without roles the first consumer is warpgroup 0, and the last of two is 1.
  // CHECK-LABEL: gpu.func @turns_without_roles
  //       CHECK:   %[[GROUP:.+]] = nvvm.shfl.sync idx
  //       CHECK:   %[[LAST:.+]] = arith.cmpi eq, %[[GROUP]], %c1_i32
  //       CHECK:   scf.if %[[LAST]] {
  //  CHECK-NEXT:     nvvm.barrier.arrive id = %c2_i32
  //       CHECK:   %[[OWN:.+]] = arith.addi %[[GROUP]], %c2_i32
  //       CHECK:   nvvm.barrier id = %[[OWN]]
  gpu.func @turns_without_roles() attributes {attn.config = #attn.config<tile = 128x64, stages = 1, consumers = 2, registers = 24x240>} {
    hopper.turn_wait
    hopper.turn_pass
    gpu.return
  }
}

// -----

// Matrix descriptors: address / 16 in 14 bits, stride between groups of 8 rows
// 1024 bytes (64 << 32), swizzle of 128 bytes (1 << 62).

!q = !hopper.shared_tile<128x128xf16>
!k = !hopper.shared_tile<16x128xf16>
gpu.module @k_major {
  // Both K-major: the stride between slabs is not read (1 << 16). A step of 16
  // columns is 2 further, the next slab of 64 columns rows · 128 / 16: 128 for K,
  // 1024 for Q. A slot of K has 2 · 16 · 128 / 16 = 256; the warpgroup begins row
  // · 8 further into Q.
  // CHECK-LABEL: gpu.func @scores
  //  CHECK-SAME:   %[[SLOT:[a-z0-9]+]]: i32, %[[ROW:[a-z0-9]+]]: i32
  //       CHECK:   %[[BASE:.+]] = llvm.ptrtoint
  //       CHECK:   %[[A:.+]] = arith.addi %[[BASE]], %c32768_i32
  //       CHECK:   %[[B:.+]] = arith.shrui %[[A]], %c4_i32
  //       CHECK:   %[[C:.+]] = arith.andi %[[B]], %c16383_i32
  //       CHECK:   %[[D:.+]] = arith.extui %[[C]] : i32 to i64
  //       CHECK:   %[[E:.+]] = arith.ori %[[D]], %c4611686293305360384_i64
  //       CHECK:   %[[F:.+]] = arith.muli %[[SLOT]], %c256_i32
  //       CHECK:   %[[G:.+]] = arith.extui %[[F]]
  //       CHECK:   %[[K0:.+]] = arith.addi %[[E]], %[[G]]
  //       CHECK:   %[[K1:.+]] = arith.addi %[[K0]], %c2_i64
  //       CHECK:   arith.addi %[[K0]], %c4_i64
  //       CHECK:   arith.addi %[[K0]], %c6_i64
  //       CHECK:   %[[K4:.+]] = arith.addi %[[K0]], %c128_i64
  //       CHECK:   arith.addi %[[K0]], %c130_i64
  //       CHECK:   arith.addi %[[K0]], %c132_i64
  //       CHECK:   %[[K7:.+]] = arith.addi %[[K0]], %c134_i64
  //       CHECK:   %[[H:.+]] = arith.muli %[[ROW]], %c8_i32
  //       CHECK:   %[[J:.+]] = arith.extui %[[H]]
  //       CHECK:   %[[Q0:.+]] = arith.addi %{{.+}}, %[[J]]
  //       CHECK:   %[[Q1:.+]] = arith.addi %[[Q0]], %c2_i64
  //       CHECK:   %[[Q4:.+]] = arith.addi %[[Q0]], %c1024_i64
  //       CHECK:   %[[Q7:.+]] = arith.addi %[[Q0]], %c1030_i64
  // Eight steps; the first one ignores what the registers hold.
  //       CHECK:   %[[R:.+]] = llvm.inline_asm has_side_effects {{.*}}"wgmma.fence.sync.aligned;
  //  CHECK-SAME:   wgmma.mma_async.sync.aligned.m64n16k16.f32.f16.f16 {$0, $1, $2, $3, $4, $5, $6, $7}, $8, $9, 0, 1, 1, 0, 0;
  //  CHECK-SAME:   {$0, $1, $2, $3, $4, $5, $6, $7}, $10, $11, 1, 1, 1, 0, 0;
  //  CHECK-SAME:   {$0, $1, $2, $3, $4, $5, $6, $7}, $22, $23, 1, 1, 1, 0, 0;
  //  CHECK-SAME:   wgmma.commit_group.sync.aligned;", "=f,=f,=f,=f,=f,=f,=f,=f,l,l,l,l,l,l,l,l,l,l,l,l,l,l,l,l"
  //  CHECK-SAME:   %[[Q0]], %[[K0]], %[[Q1]], %[[K1]], {{.*}} %[[Q4]], %[[K4]], {{.*}} %[[Q7]], %[[K7]] :
  //       CHECK:   llvm.extractvalue %[[R]][0]
  // The wait takes the accumulators and gives them back, and lets one group go on.
  //       CHECK:   llvm.inline_asm has_side_effects {{.*}}"wgmma.wait_group.sync.aligned 1;", "=f,=f,0,1"
  gpu.func @scores(%slot: i32, %row: i32) attributes {attn.config = #attn.config<tile = 128x16, stages = 1, consumers = 2, registers = 24x240>} {
    %zero = arith.constant 0 : i32
    %cq = hopper.create_channel {offset = 0 : i64, barriers = 65536 : i64} : !hopper.channel<1 x 128x128xf16>
    %ck = hopper.create_channel {offset = 32768 : i64, barriers = 65552 : i64} : !hopper.channel<2 x 16x128xf16>
    %q = hopper.wait %cq[%zero, %zero] : !hopper.channel<1 x 128x128xf16> -> !q
    %k = hopper.wait %ck[%slot, %zero] : !hopper.channel<2 x 16x128xf16> -> !k
    %s:8 = hopper.thread_wgmma %q, %k, %row {depth = 128 : i64, n = 16 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>, transpose_rhs}
        : (!q, !k, i32) -> (f32, f32, f32, f32, f32, f32, f32, f32)
    %w:2 = hopper.thread_wgmma_wait %s#0, %s#1 groups 1 : f32, f32
    gpu.return
  }

  // 72 columns: the fifth step is in the second slab, 8 of its 16 columns padding.
  // CHECK-LABEL: gpu.func @padded
  //       CHECK:   arith.addi %[[K0:.+]], %c2_i64
  //       CHECK:   arith.addi %[[K0]], %c4_i64
  //       CHECK:   arith.addi %[[K0]], %c6_i64
  //       CHECK:   arith.addi %[[K0]], %c512_i64
  // CHECK-COUNT-5:   wgmma.mma_async.sync.aligned.m64n64k16
  //   CHECK-NOT:   wgmma.mma_async
  //       CHECK:   wgmma.commit_group
  gpu.func @padded(%row: i32) attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240>} {
    %zero = arith.constant 0 : i32
    %c = hopper.create_channel {offset = 0 : i64, barriers = 65536 : i64} : !hopper.channel<1 x 64x72xf16>
    %t = hopper.wait %c[%zero, %zero] : !hopper.channel<1 x 64x72xf16> -> !hopper.shared_tile<64x72xf16>
    %s:32 = hopper.thread_wgmma %t, %t, %row {depth = 72 : i64, n = 64 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>, transpose_rhs}
        : (!hopper.shared_tile<64x72xf16>, !hopper.shared_tile<64x72xf16>, i32)
        -> (f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32)
    gpu.return
  }
}

// -----

!v = !hopper.shared_tile<32x8xbf16>
!p = vector<2xbf16>
gpu.module @mn_major {
  // V as it lies, MN-major (the last immediate): the stride between slabs is rows
  // · 128 / 16 = 256 (256 << 16), a step of 16 rows 16 · 128 / 16 = 128. lhs in
  // registers, four of them a step, and accumulators in place.
  // CHECK-LABEL: gpu.func @output
  //  CHECK-SAME:   %[[P:[a-z0-9]+]]: vector<2xbf16>, %[[Q:[a-z0-9]+]]: vector<2xbf16>, %[[A:[a-z0-9]+]]: f32
  //       CHECK:   arith.ori %{{.+}}, %c4611686293322072064_i64
  //       CHECK:   %[[V1:.+]] = arith.addi %[[V0:.+]], %c128_i64
  //       CHECK:   %[[X:.+]] = llvm.bitcast %[[P]] : vector<2xbf16> to i32
  //       CHECK:   %[[Y:.+]] = llvm.bitcast %[[Q]] : vector<2xbf16> to i32
  //       CHECK:   llvm.inline_asm has_side_effects
  //  CHECK-SAME:   wgmma.mma_async.sync.aligned.m64n8k16.f32.bf16.bf16 {$0, $1, $2, $3}, {$8, $9, $10, $11}, $12, 1, 1, 1, 1;
  //  CHECK-SAME:   wgmma.mma_async.sync.aligned.m64n8k16.f32.bf16.bf16 {$0, $1, $2, $3}, {$13, $14, $15, $16}, $17, 1, 1, 1, 1;
  //  CHECK-SAME:   "=f,=f,=f,=f,0,1,2,3,r,r,r,r,l,r,r,r,r,l" %[[A]], %[[A]], %[[A]], %[[A]], %[[X]], %[[X]], %[[X]], %[[X]], %[[V0]], %[[Y]], %[[Y]], %[[Y]], %[[Y]], %[[V1]] :
  gpu.func @output(%p: !p, %q: !p, %a: f32) attributes {attn.config = #attn.config<tile = 64x32, stages = 1, consumers = 1, registers = 24x240>} {
    %zero = arith.constant 0 : i32
    %c = hopper.create_channel {offset = 0 : i64, barriers = 8192 : i64} : !hopper.channel<2 x 32x8xbf16>
    %v = hopper.wait %c[%zero, %zero] : !hopper.channel<2 x 32x8xbf16> -> !v
    %o:4 = hopper.thread_wgmma %p, %p, %p, %p, %q, %q, %q, %q, %v, %a, %a, %a, %a {depth = 32 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 0, 8, 1, 4, 0>}
        : (!p, !p, !p, !p, !p, !p, !p, !p, !v, f32, f32, f32, f32) -> (f32, f32, f32, f32)
    gpu.return
  }
}

// -----

// A module of kernels that use none of it stays as it is.
// CHECK-LABEL: gpu.module @nothing
//  CHECK-NEXT:   gpu.func @nothing() {
//  CHECK-NEXT:     gpu.return
gpu.module @nothing {
  gpu.func @nothing() {
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x128xf8E4M3FN, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!raw = !hopper.shared_tile<64x32xf8E4M3FN>
!tile = !hopper.shared_tile<32x64xf8E4M3FN, interleaved>
!from = !hopper.channel<2 x 64x32xf8E4M3FN>
!ring = !hopper.channel<2 x 32x64xf8E4M3FN, interleaved>

gpu.module @transposed {
  // All of the producer's threads transpose, one of them copies. Each of its four
  // warps says that it has filled its part, and that it has read it.
  // CHECK-LABEL: gpu.func @transposed
  //       CHECK:   nvvm.mbarrier.init %{{.+}}, %c1_i32
  //       CHECK:   nvvm.mbarrier.init %{{.+}}, %c4_i32
  //       CHECK:   nvvm.mbarrier.init %{{.+}}, %c4_i32
  //       CHECK:   nvvm.mbarrier.init %{{.+}}, %c2_i32
  //       CHECK:   nvvm.setmaxregister decrease 40
  //   CHECK-NOT:   nvvm.elect.sync
  //       CHECK:   scf.if %{{.+}} {
  //       CHECK:     nvvm.mbarrier.arrive.expect_tx
  //       CHECK:   nvvm.bar.warp.sync
  // Two chunks of 16 columns: for the first two warps.
  //       CHECK:   scf.if
  //       CHECK:     %[[L:.+]] = nvvm.ldmatrix %{{.+}} {eltType = #nvvm.ld_st_matrix_elt_type<b16>, layout = #nvvm.mma_layout<col>, num = 4 : i32
  //       CHECK:     %[[A:.+]] = llvm.extractvalue %[[L]][0]
  //       CHECK:     %[[B:.+]] = llvm.extractvalue %[[L]][1]
  // CHECK-COUNT-4:     nvvm.prmt
  //       CHECK:     nvvm.stmatrix
  //       CHECK:     nvvm.ldmatrix
  //       CHECK:     nvvm.stmatrix
  //   CHECK-NOT:     nvvm.stmatrix
  //       CHECK:   nvvm.fence.proxy {kind = #nvvm.proxy_kind<async.shared>, space = #nvvm.shared_space<cta>}
  //       CHECK:   nvvm.bar.warp.sync
  //       CHECK:   mbarrier.arrive
  //       CHECK:   mbarrier.arrive
  gpu.func @transposed(%map: !map) {
    %c0 = arith.constant 0 : index
    %slot = arith.constant 0 : i32
    %phase = arith.constant 0 : i32
    %a = hopper.create_channel {offset = 0 : i64, barriers = 32768 : i64} : !hopper.channel<1 x 64x32xf8E4M3FN>
    %b = hopper.create_channel {offset = 16384 : i64, barriers = 32784 : i64} : !hopper.channel<1 x 32x64xf8E4M3FN, interleaved>
    hopper.warp_specialize consumers(2) registers(40, 232) producer {
      %s = hopper.acquire %a[%slot, %phase] expect 8192 : !hopper.channel<1 x 64x32xf8E4M3FN> -> !raw
      hopper.tma_load %map[%c0, %c0] into %s of %a : !map, !raw, !hopper.channel<1 x 64x32xf8E4M3FN>
      %v = hopper.wait %a[%slot, %phase] : !hopper.channel<1 x 64x32xf8E4M3FN> -> !raw
      %u = hopper.acquire %b[%slot, %phase] expect 0 : !hopper.channel<1 x 32x64xf8E4M3FN, interleaved> -> !tile
      hopper.transpose %v into %u of %b : !raw, !tile, !hopper.channel<1 x 32x64xf8E4M3FN, interleaved>
      hopper.release %v to %a : !raw, !hopper.channel<1 x 64x32xf8E4M3FN>
    } consumer {
      %t = hopper.wait %b[%slot, %phase] : !hopper.channel<1 x 32x64xf8E4M3FN, interleaved> -> !tile
      hopper.release %t to %b : !tile, !hopper.channel<1 x 32x64xf8E4M3FN, interleaved>
    }
    gpu.return
  }
}

// -----

!raw = !hopper.shared_tile<64x160xf8E4M3FN>
!tile = !hopper.shared_tile<160x64xf8E4M3FN, interleaved>
!from = !hopper.channel<1 x 64x160xf8E4M3FN>
!ring = !hopper.channel<1 x 160x64xf8E4M3FN, interleaved>

gpu.module @chunks {
  // Ten chunks of 16 columns for four warps: two for each in a loop that stays one,
  // so that a producer of few registers has what it needs; the last two are of the
  // first two warps. A chunk's place is put into an address by an xor.
  // CHECK-LABEL: gpu.func @chunks
  //       CHECK:   scf.for %[[CHUNK:.+]] = %{{.+}} to %c8_i32{{.*}} step %c4_i32
  //       CHECK:     llvm.ptrtoint
  //       CHECK:     arith.xori
  //       CHECK:     llvm.inttoptr
  //       CHECK:     nvvm.ldmatrix
  //       CHECK:     nvvm.stmatrix
  //       CHECK:   } {loop_annotation = #loop_annotation}
  //       CHECK:   scf.if
  //       CHECK:     nvvm.ldmatrix
  //       CHECK:     nvvm.stmatrix
  gpu.func @chunks() {
    %slot = arith.constant 0 : i32
    %phase = arith.constant 0 : i32
    %a = hopper.create_channel {offset = 0 : i64, barriers = 32768 : i64} : !from
    %b = hopper.create_channel {offset = 16384 : i64, barriers = 32784 : i64} : !ring
    hopper.warp_specialize consumers(2) registers(40, 232) producer {
      %s = hopper.acquire %a[%slot, %phase] expect 16384 : !from -> !raw
      %v = hopper.wait %a[%slot, %phase] : !from -> !raw
      %u = hopper.acquire %b[%slot, %phase] expect 0 : !ring -> !tile
      hopper.transpose %v into %u of %b : !raw, !tile, !ring
      hopper.release %v to %a : !raw, !from
    } consumer {
      %t = hopper.wait %b[%slot, %phase] : !ring -> !tile
      hopper.release %t to %b : !tile, !ring
    }
    gpu.return
  }
}
