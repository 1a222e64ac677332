// No output replaces a file that was read, and either all outputs are written
// or none.
// RUN: rm -rf %t && mkdir -p %t/d && cd %t && cp %s a.mlir && ln -s a.mlir link
// RUN: fa3-run a.mlir --output q=q.npy --output o=o.npy
// RUN: cp q.npy q-before.npy && cp o.npy o-before.npy

// RUN: not fa3-run a.mlir --output o=a.mlir 2>&1 | FileCheck %s --check-prefix=SOURCE
// RUN: not fa3-run a.mlir --output o=link 2>&1 | FileCheck %s --check-prefix=SOURCE
// SOURCE: fa3-run: error: cannot write '{{.*}}': expected a file other than the input 'a.mlir'
// RUN: cmp %s a.mlir
// RUN: not fa3-run a.mlir --input q=q.npy --output o=d/../q.npy 2>&1 | FileCheck %s --check-prefix=INPUT
// INPUT: fa3-run: error: cannot write 'd/../q.npy': expected a file other than the input 'q.npy'
// RUN: cmp q.npy q-before.npy

// RUN: not fa3-run a.mlir --output o=o.npy --output q=./o.npy 2>&1 | FileCheck %s --check-prefix=TWICE
// TWICE: fa3-run: error: cannot write './o.npy': expected a file other than the output 'o.npy'
// RUN: not fa3-run a.mlir --random-seed=1 --output o=o.npy --output q=none/q.npy 2>&1 | FileCheck %s --check-prefix=NOWHERE
// NOWHERE: fa3-run: error: cannot write 'none/q.npy': No such file or directory
// RUN: not fa3-run a.mlir --random-seed=1 --output o=o.npy --output result0=r.npy 2>&1 | FileCheck %s --check-prefix=RESULT
// RESULT: fa3-run: error: --output: expected a result below 0, but got 0
// RUN: cmp o.npy o-before.npy
// RUN: not fa3-run a.mlir --check 2>%t.err >/dev/full
// RUN: FileCheck %s --check-prefix=FULL --implicit-check-not=LLVM < %t.err
// FULL: fa3-run: error: cannot write to standard output: No space left on device
// RUN: ls . | FileCheck %s --check-prefix=FILES
// FILES-NOT: tmp

!t = memref<1x3x1x16xf16>
func.func @main(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
  return
}
