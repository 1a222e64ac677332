// REQUIRES: ptxas
// RUN: not fa3-compile %s --ptxas=%ptxas --manifest=false -o %t.cubin 2>&1 | FileCheck %s

// The error has the words of ptxas.

// CHECK: fa3-compile: error: '{{.*}}ptxas' failed: {{.*}}Not a name of any known instruction: 'frobnicate'
gpu.module @m {
  llvm.func @k() attributes {nvvm.kernel} {
    llvm.inline_asm has_side_effects "frobnicate;", "" : () -> ()
    llvm.return
  }
}
