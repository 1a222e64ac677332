// RUN: fa3-opt %s --hopper-verify-lowered --split-input-file --verify-diagnostics

// What a kernel is at the end: nothing to say.

gpu.module @kernels {
  llvm.func @k() attributes {nvvm.kernel} {
    llvm.return
  }
}

// -----

func.func @grid(%n: index) {
  // expected-error @below {{expected a kernel in its place; run hopper-outline-kernel first}}
  scf.forall (%i) in (%n) {
  }
  return
}

// -----

gpu.module @kernels {
  gpu.func @turn() kernel {
    // expected-error @below {{expected operations of the nvvm dialect in its place; run convert-hopper-to-nvvm first}}
    hopper.turn_wait
    gpu.return
  }
}
