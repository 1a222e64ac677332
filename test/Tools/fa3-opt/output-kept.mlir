// What is in the output's place stays where a run fails, and is replaced where it
// does not.

// RUN: echo kept > %t.out
// RUN: not fa3-opt %s --attn-to-tile=config=none -o %t.out 2>/dev/null
// RUN: FileCheck %s --check-prefix=KEPT --input-file=%t.out
// KEPT: kept
// RUN: fa3-opt %s -o %t.out
// RUN: FileCheck %s --input-file=%t.out
// CHECK: func.func @f
// CHECK-NOT: kept
// RUN: fa3-opt %s -o /dev/null
// RUN: not fa3-opt %s -o %t.missing/out 2>&1 | FileCheck %s --check-prefix=FOLDER
// FOLDER: error: {{.*}}: No such file or directory

!t = memref<1x9x1x16xf16>
func.func @f(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
  return
}
