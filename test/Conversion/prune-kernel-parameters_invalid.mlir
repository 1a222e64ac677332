// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(prune-kernel-parameters))' --split-input-file --verify-diagnostics

gpu.module @kernels {
  // expected-error @+1 {{expected hopper.kernel to describe its 2 parameters, but got 1}}
  llvm.func @count(%a: !llvm.ptr, %n: i64) attributes {hopper.kernel = #hopper.kernel<
      arguments = [memref<?xf32>], grid = <() -> (1)>, threads = 128, shared_memory = 0, parameters = [<pointer, argument = 0>]>} {
    llvm.return
  }
}

// -----

gpu.module @kernels {
  // expected-error @+1 {{expected a function of the LLVM dialect; run convert-kernel-to-llvm first}}
  gpu.func @gpu_level() kernel {
    gpu.return
  }
}
