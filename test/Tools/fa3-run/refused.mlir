// What cannot be run is refused before it is tried.

// RUN: split-file %s %t

// RUN: not fa3-run %t/run.mlir --entry f --input=q=/dev/zero 2>&1 | FileCheck %s --check-prefix=DEVICE
// DEVICE: error: /dev/zero: expected a regular file

// RUN: not fa3-run %t/run.mlir --entry f --mcpu=i386 2>&1 | FileCheck %s --check-prefix=PROCESSOR
// PROCESSOR: error: expected a processor of {{64 bits|[a-z0-9_]+}}, but got 'i386'

// RUN: not fa3-run %t/run.mlir --entry "a b" 2>&1 | FileCheck %s --check-prefix=NAME
// NAME: error: expected a function named by letters, digits, '_', '.', '$' and '-', but got @"a b"

// RUN: not fa3-run %t/in_place.mlir 2>&1 | FileCheck %s --check-prefix=IN-PLACE
// RUN: not fa3-compile %t/in_place.mlir -o %t/k.ptx 2>&1 | FileCheck %s --check-prefix=IN-PLACE
// IN-PLACE: error: 'attn.forward' op expected an output that is none of the inputs, but got operand 0 as both; write into a buffer of its own

//--- run.mlir
!t = memref<1x9x1x16xf16>
func.func @f(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
  return
}
func.func @"a b"(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
  return
}
//--- in_place.mlir
!t = memref<1x9x1x16xf16>
func.func @in_place(%a: !t, %b: !t) {
  attn.forward ins(%a, %b, %b : !t, !t, !t) outs(%a : !t)
  return
}
