// Shrinks a module to the operation that shows a fault: here, that it has an
// offset of the queries. The script says by its exit code that the fault is
// still there.

// UNSUPPORTED: system-windows
// RUN: rm -rf %t && split-file %s %t
// RUN: chmod +x %t/shows-fault
// RUN: fa3-reduce %t/in.mlir \
// RUN:   --reduction-tree='traversal-mode=0 test=%t/shows-fault' -o %t/out.mlir \
// RUN:   2>&1 | FileCheck %s --check-prefix=QUIET --allow-empty
// RUN: FileCheck %s < %t/out.mlir

// Where it cannot read the input, it says why.
// RUN: not fa3-reduce %s --reduction-tree='traversal-mode=0 test=%t/shows-fault' \
// RUN:   2>&1 | FileCheck %s --check-prefix=ERROR
// ERROR: reduce.mlir":{{.*}}: error:

// A script must be there, and be one that runs.
// RUN: not fa3-reduce %t/in.mlir --reduction-tree='traversal-mode=0 test=%t/none' \
// RUN:   2>&1 | FileCheck %s --check-prefix=NO-SCRIPT
// NO-SCRIPT: fa3-reduce: error: reduction-tree: expected test= with the path of a script, but got '{{.*}}none': No such file or directory
// RUN: not fa3-reduce %t/in.mlir --reduction-tree='traversal-mode=0' 2>&1 | FileCheck %s --check-prefix=NO-TEST
// RUN: not fa3-reduce %t/in.mlir --reduction-tree 2>&1 | FileCheck %s --check-prefix=NO-TEST
// RUN: not fa3-reduce %t/in.mlir --pass-pipeline='builtin.module(reduction-tree{traversal-mode=0})' 2>&1 | FileCheck %s --check-prefix=NO-TEST
// NO-TEST: fa3-reduce: error: reduction-tree: expected test= with the path of a script, but got none
// RUN: not fa3-reduce %t/in.mlir --opt-reduction-pass='opt-pass=cse test=%t/in.mlir' 2>&1 | FileCheck %s --check-prefix=CANNOT
// CANNOT: fa3-reduce: error: opt-reduction-pass: expected test= with a script that can be executed, but got '{{.*}}in.mlir'

// Passes of the project can make the input smaller too.
// RUN: fa3-reduce --help | FileCheck %s --check-prefix=HELP

// What the modules lack that it tries on the way is no news.
// QUIET-NOT: {{.}}

// CHECK-NOT: @noise
// CHECK: func.func @offset
// CHECK: attn.forward {{.*}} q_offset(
// CHECK-NOT: @more
// HELP: --attn-tile 
// HELP: --attn-to-hopper 

//--- shows-fault
#!/bin/sh
! grep -q 'attn.forward .* q_offset' "$1"

//--- in.mlir
func.func @noise(%a: f32) -> f32 {
  %0 = arith.addf %a, %a : f32
  return %0 : f32
}
func.func @offset(%q: memref<?x?x16x128xf16>, %k: memref<?x?x4x128xf16>,
                  %v: memref<?x?x4x128xf16>, %o: memref<?x?x16x128xf16>,
                  %n: index) {
  attn.forward ins(%q, %k, %v : memref<?x?x16x128xf16>,
                   memref<?x?x4x128xf16>, memref<?x?x4x128xf16>)
               q_offset(%n) outs(%o : memref<?x?x16x128xf16>) {causal}
  return
}
func.func @more(%a: f32) -> f32 {
  %0 = arith.mulf %a, %a : f32
  return %0 : f32
}
