// RUN: not fa3-compile %s --emit=ptx -o - 2>&1 | FileCheck %s
// CHECK: malformed.mlir:[[#@LINE+2]]:{{[0-9]+}}: error:
gpu.module @m { llvm.func
