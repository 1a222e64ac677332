// What the function itself asks for ends with a diagnostic too.
// UNSUPPORTED: sanitizers
// RUN: not fa3-run %s --check 2>&1 | FileCheck %s
// CHECK: fa3-run: error: expected enough memory for the run, but it ran out

!p = memref<2x3x1x16xf16>
func.func @local(%q: !p, %k: !p, %v: !p, %o: !p) {
  %unused = memref.alloc() : memref<100000000x100000000xf16>
  attn.forward ins(%q, %k, %v : !p, !p, !p) outs(%o : !p)
  return
}
