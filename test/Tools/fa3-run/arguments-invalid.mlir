// Arguments that files and the command line cannot give.
// RUN: not fa3-run %s --entry wide --input x=1 2>&1 | FileCheck %s --check-prefix=WIDE
// RUN: not fa3-run %s --entry long --input x=1 2>&1 | FileCheck %s --check-prefix=WIDE
// RUN: not fa3-run %s --entry pointer --input x=1 2>&1 | FileCheck %s --check-prefix=WIDE
// WIDE: fa3-run: error: expected an array, or a number of at most 64 bits, for argument 1 (%x)
// RUN: not fa3-run %s --entry vector 2>&1 | FileCheck %s --check-prefix=VECTOR
// RUN: not fa3-run %s --entry unranked 2>&1 | FileCheck %s --check-prefix=VECTOR
// VECTOR: fa3-run: error: expected a ranked array of numbers, but got argument 1 (%x)
// RUN: not fa3-run %s --entry layout 2>&1 | FileCheck %s --check-prefix=LAYOUT
// LAYOUT: fa3-run: error: expected a strided layout for argument 1 (%x)
// RUN: not fa3-run %s --entry number --input x=one 2>&1 | FileCheck %s --check-prefix=NUMBER
// NUMBER: fa3-run: error: expected a number for argument 1 (%x) by --input, but got 'one'

!t = memref<1x4x1x16xf16>
func.func @wide(%t: !t, %x: f128) {
  return
}
func.func @long(%t: !t, %x: i128) {
  return
}
func.func @pointer(%t: !t, %x: !llvm.ptr) {
  return
}
func.func @vector(%t: !t, %x: vector<4xf32>) {
  return
}
func.func @unranked(%t: !t, %x: memref<*xf32>) {
  return
}
func.func @layout(%t: !t, %x: memref<4xf32, affine_map<(d0) -> (d0 floordiv 2)>>) {
  return
}
func.func @number(%t: !t, %x: f16, %o: !t) {
  attn.forward ins(%t, %t, %t : !t, !t, !t) outs(%o : !t)
  return
}
