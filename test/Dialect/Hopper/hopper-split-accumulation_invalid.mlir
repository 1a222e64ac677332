// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-split-accumulation)))' --verify-diagnostics

gpu.module @kernels {
  gpu.func @pipelined(%p: vector<64x32xf8E4M3FN>, %v: !hopper.shared_tile<32x32xf8E4M3FN, interleaved>, %o: vector<64x32xf32>, %n: index) kernel attributes {
      attn.config = #attn.config<tile = 64x32, stages = 1, consumers = 1, registers = 24x240, two_level>} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    // expected-error @+1 {{expected only hopper.wgmma_wait to use what two_level adds up behind it; run hopper-split-accumulation before hopper-pipeline-loop}}
    %w = hopper.wgmma %p, %v acc %o {transpose_rhs} : vector<64x32xf8E4M3FN>, !hopper.shared_tile<32x32xf8E4M3FN, interleaved>, vector<64x32xf32> -> !hopper.pending<vector<64x32xf32>>
    // expected-note @+1 {{it is used here}}
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%q = %w) -> !hopper.pending<vector<64x32xf32>> {
      scf.yield %q : !hopper.pending<vector<64x32xf32>>
    }
    %y = hopper.wgmma_wait %r : !hopper.pending<vector<64x32xf32>>
    gpu.return
  }
}
