// Each pass of the pipeline, run twice in a row, has nothing to do the second time.
// The order of arithmetic alone is another one each time.

// RUN: %python %S/Inputs/run_twice.py %fa3_tools/fa3-opt attn-to-hopper %s | FileCheck %s --implicit-check-not='{{differs|refused|CRASH}}'

// A kernel behind another, which has no channels.
// RUN: sed 's/persistent/splits = 2/' %s > %t.mlir
// RUN: %python %S/Inputs/run_twice.py %fa3_tools/fa3-opt attn-to-hopper %t.mlir | FileCheck %s --implicit-check-not='{{differs|refused|CRASH}}'

// 8 bits: transposes, sums of rows by products, two levels of sums, polynomials.
// RUN: %python %S/Inputs/run_twice.py %fa3_tools/fa3-opt attn-to-hopper %S/Inputs/bytes.mlir | FileCheck %s --implicit-check-not='{{differs|refused|CRASH}}'

// CHECK: attn-prune-masked-tiles: same
// CHECK: hopper-assign-slots: same
// CHECK: hopper-distribute-vectors: same
// CHECK: hopper-place-waits: same
// CHECK: hopper-interleave-arithmetic: differs
// CHECK: prune-kernel-parameters: same

!t = memref<?x?x8x128xf16>
func.func @attention(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t) {causal, config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 8192, pin = 50, persistent>}
  return
}
