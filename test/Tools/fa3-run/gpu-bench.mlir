// Times by the events of the device.
// REQUIRES: sm_90, ptxas
// RUN: fa3-run %s --target=gpu --dim B=1,Sq=512,Sk=512 --bench=5 | FileCheck %s
// CHECK: median {{[0-9.]+}} ms, least {{[0-9.]+}} ms, of 5 runs, {{[0-9.]+}} TFLOP/s

func.func @main(%q: memref<?x?x2x64xf16>, %k: memref<?x?x2x64xf16>, %v: memref<?x?x2x64xf16>, %o: memref<?x?x2x64xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x2x64xf16>, memref<?x?x2x64xf16>, memref<?x?x2x64xf16>) outs(%o : memref<?x?x2x64xf16>) {causal}
  return
}
