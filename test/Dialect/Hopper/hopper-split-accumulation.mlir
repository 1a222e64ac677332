// RUN: fa3-opt %s --allow-unregistered-dialect --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-split-accumulation)))' | FileCheck %s

gpu.module @kernels {
  // CHECK-LABEL: gpu.func @two_levels
  //  CHECK-SAME:   %[[P:.*]]: vector<64x32xf8E4M3FN>, %[[V:.*]]: !hopper.shared_tile<32x32xf8E4M3FN, interleaved>, %[[O:.*]]: vector<64x32xf32>
  //       CHECK:   %[[R:.*]] = hopper.wgmma %[[P]], %[[V]] {transpose_rhs}
  //  CHECK-NEXT:   %[[TILE:.*]] = hopper.wgmma_wait %[[R]]
  //  CHECK-NEXT:   %[[SUM:.*]] = arith.addf %[[O]], %[[TILE]] : vector<64x32xf32>
  //  CHECK-NEXT:   "test.use"(%[[SUM]])
  gpu.func @two_levels(%p: vector<64x32xf8E4M3FN>, %v: !hopper.shared_tile<32x32xf8E4M3FN, interleaved>, %o: vector<64x32xf32>) kernel attributes {
      attn.config = #attn.config<tile = 64x32, stages = 1, consumers = 1, registers = 24x240, two_level>} {
    %r = hopper.wgmma %p, %v acc %o {transpose_rhs} : vector<64x32xf8E4M3FN>, !hopper.shared_tile<32x32xf8E4M3FN, interleaved>, vector<64x32xf32> -> !hopper.pending<vector<64x32xf32>>
    %s = hopper.wgmma_wait %r : !hopper.pending<vector<64x32xf32>>
    "test.use"(%s) : (vector<64x32xf32>) -> ()
    gpu.return
  }

  // There is nothing to add to.
  // CHECK-LABEL: gpu.func @scores
  //   CHECK-NOT:   arith.addf
  gpu.func @scores(%q: !hopper.shared_tile<64x32xf8E4M3FN>, %k: !hopper.shared_tile<32x32xf8E4M3FN>) kernel attributes {
      attn.config = #attn.config<tile = 64x32, stages = 1, consumers = 1, registers = 24x240, two_level>} {
    %r = hopper.wgmma %q, %k {transpose_rhs} : !hopper.shared_tile<64x32xf8E4M3FN>, !hopper.shared_tile<32x32xf8E4M3FN> -> !hopper.pending<vector<64x32xf32>>
    %s = hopper.wgmma_wait %r : !hopper.pending<vector<64x32xf32>>
    "test.use"(%s) : (vector<64x32xf32>) -> ()
    gpu.return
  }

  // Nobody asks for it.
  // CHECK-LABEL: gpu.func @one_level
  //   CHECK-NOT:   arith.addf
  gpu.func @one_level(%p: vector<64x32xf8E4M3FN>, %v: !hopper.shared_tile<32x32xf8E4M3FN, interleaved>, %o: vector<64x32xf32>) kernel attributes {
      attn.config = #attn.config<tile = 64x32, stages = 1, consumers = 1, registers = 24x240>} {
    %r = hopper.wgmma %p, %v acc %o {transpose_rhs} : vector<64x32xf8E4M3FN>, !hopper.shared_tile<32x32xf8E4M3FN, interleaved>, vector<64x32xf32> -> !hopper.pending<vector<64x32xf32>>
    %s = hopper.wgmma_wait %r : !hopper.pending<vector<64x32xf32>>
    "test.use"(%s) : (vector<64x32xf32>) -> ()
    gpu.return
  }
}
