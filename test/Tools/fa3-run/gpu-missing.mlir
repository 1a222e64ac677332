// What the tool says where it cannot run on a GPU. An empty list of visible
// devices would not do: the driver library itself is made to be missing.
// RUN: env FA3_LIBCUDA=%t.none.so not fa3-run %s --target=gpu --dim B=1,Sq=2,Sk=3 2>&1 | FileCheck %s --check-prefix=DRIVER
// DRIVER: fa3-run: error: expected the CUDA driver library '{{.*}}.none.so', but cannot open it: {{.*}}No such file
// RUN: not fa3-run %s --target=gpu --mcpu=x86-64 2>&1 | FileCheck %s --check-prefix=PROCESSOR
// PROCESSOR: fa3-run: error: --mcpu: expected target cpu, but got target gpu

func.func @main(%q: memref<?x?x2x64xf16>, %k: memref<?x?x2x64xf16>, %v: memref<?x?x2x64xf16>, %o: memref<?x?x2x64xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x2x64xf16>, memref<?x?x2x64xf16>, memref<?x?x2x64xf16>) outs(%o : memref<?x?x2x64xf16>)
  return
}
