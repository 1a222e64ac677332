// Sizes and strides that no array can have are refused before memory is taken.
// RUN: not fa3-run %s --entry negative 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// NEGATIVE: fa3-run: error: expected a stride of at least 0 in dimension 1 of argument 0 (%q), but got -16
// RUN: not fa3-run %s --entry open --dim B=1,Sq=1000000000000,Sk=1 2>&1 | FileCheck %s --check-prefix=LARGE
// LARGE: fa3-run: error: expected arrays of at most {{[0-9]+}} bytes in all, an eighth of the memory of this machine, but got {{6400000[0-9]+}}
// RUN: not fa3-run %s --entry open --dim B=4611686018427387904,Sq=1,Sk=1 2>&1 | FileCheck %s --check-prefix=HUGE
// RUN: not fa3-run %s --entry open --dim B=4294967296,Sq=4294967296,Sk=1 2>&1 | FileCheck %s --check-prefix=HUGE
// HUGE: fa3-run: error: expected an array of fewer than 2^63 bytes for argument 0 (%q)
// RUN: not fa3-run %s --entry strided --strides v=9223372036854775807x1x16x1 2>&1 | FileCheck %s --check-prefix=STRIDE
// STRIDE: fa3-run: error: expected an array of fewer than 2^63 bytes for argument 2 (%v)

// An output has room for each of its elements; inputs may repeat theirs.
// RUN: fa3-run %s --entry strided --strides v=0x0x0x1 --check
// RUN: not fa3-run %s --entry strided --strides o=48x8x16x1 2>&1 | FileCheck %s --check-prefix=SHARED
// SHARED: fa3-run: error: expected a stride of at least 16 in dimension 1 of argument 3 (%o), as two elements of an output would share an address, but got 8

!n = memref<2x3x1x16xf16, strided<[48, -16, 16, 1]>>
!p = memref<2x3x1x16xf16>
!d = memref<?x?x1x16xf16>
!s = memref<2x3x1x16xf16, strided<[?, ?, ?, 1]>>
func.func @negative(%q: !n, %k: !p, %v: !p, %o: !p) {
  attn.forward ins(%q, %k, %v : !n, !p, !p) outs(%o : !p)
  return
}
func.func @open(%q: !d, %k: !d, %v: !d, %o: !d) {
  attn.forward ins(%q, %k, %v : !d, !d, !d) outs(%o : !d)
  return
}
func.func @strided(%q: !p, %k: !p, %v: !s, %o: !s) {
  attn.forward ins(%q, %k, %v : !p, !p, !s) outs(%o : !s)
  return
}
