// An assertion of the program, here in a function that another calls, ends the run
// with its message, and not the process.

// RUN: fa3-run %s --input n=2 2>&1 | count 0
// RUN: not fa3-run %s --input n=3 2>&1 | FileCheck %s
// CHECK: fa3-run: error: an assertion of the function failed: expected n below 3

!t = memref<1x16x2x64xf16>
func.func private @check(%n: index) {
  %c3 = arith.constant 3 : index
  %isBelow = arith.cmpi ult, %n, %c3 : index
  cf.assert %isBelow, "expected n below 3"
  return
}
func.func @attention(%q: !t, %k: !t, %v: !t, %o: !t, %n: index) {
  func.call @check(%n) : (index) -> ()
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
  return
}
