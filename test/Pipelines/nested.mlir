// A pipeline of modules that is nested in another operation is refused, not an
// abort of the pass that takes a module.

// RUN: not fa3-opt %s --pass-pipeline='builtin.module(func.func(attn-to-hopper))' 2>&1 | FileCheck %s --check-prefix=HOPPER
// RUN: not fa3-opt %s --pass-pipeline='builtin.module(func.func(attn-to-cpu))' 2>&1 | FileCheck %s --check-prefix=CPU
// RUN: fa3-opt %s --pass-pipeline='builtin.module(attn-to-hopper)' | FileCheck %s
// RUN: fa3-opt %s --pass-pipeline='any(attn-to-tile)' | FileCheck %s

// HOPPER: expected attn-to-hopper in builtin.module(…), but got func.func(attn-to-hopper)
// HOPPER-NOT: Stack dump
// CPU: expected attn-to-cpu in builtin.module(…), but got func.func(attn-to-cpu)
// CHECK: func.func @f
func.func @f() {
  return
}
