// What the tool refuses, and that it leaves no file behind.
// RUN: rm -f %t.npy && printf broken > %t.bad.npy
// RUN: not fa3-run %s 2>&1 | FileCheck %s --check-prefix=SIZE
// SIZE: error: the size of dimension 0 of argument 0 (%q) is not known; expected --dim B=..., --shape 0=... or --input 0=file.npy
// RUN: not fa3-run %s --dim B=1,Sq=2,Sk=3 --shape o=1x4x2x16 2>&1 | FileCheck %s --check-prefix=CONFLICT
// CONFLICT: error: expected size 4 in dimension 1 of argument 3 (%o), but got 2 from Sq
// RUN: not fa3-run %s --dim C=1 2>&1 | FileCheck %s --check-prefix=DIM
// DIM: error: --dim: expected a size for B, Sq, Sk or N, but got 'C=1'
// RUN: not fa3-run %s --shape x=1x2 2>&1 | FileCheck %s --check-prefix=NAME
// NAME: error: --shape: expected the number of an argument or one of q, k, v, o, but got 'x'
// RUN: not fa3-run %s --shape 9=1x2 2>&1 | FileCheck %s --check-prefix=NUMBER
// NUMBER: error: --shape: expected an argument below 4, but got 9
// RUN: not fa3-run %s --input q=%t.missing.npy 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: error: {{.*}}missing.npy: cannot read
// RUN: not fa3-run %s --input q=%t.bad.npy 2>&1 | FileCheck %s --check-prefix=BAD
// BAD: error: {{.*}}bad.npy:
// RUN: not fa3-run %s --dim B=1,Sq=2,Sk=3 --output nothing=%t.npy 2>&1 | FileCheck %s --check-prefix=OUTPUT
// OUTPUT: error: --output: expected the number of an argument
// RUN: not ls %t.npy
// RUN: not fa3-run %S/Inputs/softmax.mlir --target=cpu 2>&1 | FileCheck %s --check-prefix=SOFTMAX
// SOFTMAX: error: 'linalg.softmax' op has no loops on the CPU; fa3-opt --raise-to-attn makes attn.forward of attention that is written out
// RUN: not fa3-run %s --entry other 2>&1 | FileCheck %s --check-prefix=ENTRY
// ENTRY: error: --entry: expected a public function with a body, but there is no @other
// RUN: not fa3-run %s --target=tpu 2>&1 | FileCheck %s --check-prefix=TARGET
// TARGET: error: expected target cpu or gpu, but got 'tpu'
// RUN: not fa3-run %s --bench=0 2>&1 | FileCheck %s --check-prefix=BENCH
// BENCH: error: --bench: expected a number of runs, but got '0'
// RUN: not fa3-run %t.missing.mlir 2>&1 | FileCheck %s --check-prefix=FILE
// FILE: error: cannot open input file
// RUN: not fa3-run %s --unknown 2>&1 | FileCheck %s --check-prefix=OPTION
// OPTION: Unknown command line argument '--unknown'
// RUN: not fa3-run %s --dim B=1,Sq=2,Sk=3 --mcpu=frob 2>&1 | FileCheck %s --check-prefix=PROCESSOR --implicit-check-not=recognized
// PROCESSOR: error: expected a processor of {{.*}}, but got 'frob'

func.func @main(%q: memref<?x?x2x16xf16>, %k: memref<?x?x2x16xf16>, %v: memref<?x?x2x16xf16>, %o: memref<?x?x2x16xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x2x16xf16>, memref<?x?x2x16xf16>, memref<?x?x2x16xf16>) outs(%o : memref<?x?x2x16xf16>)
  return
}
