// Kernels whose types say that there are no batches, queries or keys take arrays
// that are empty, which have no strides: what is refused is the driver alone.
// CHECK: fa3-launch: error: {{.*}}none.so

// RUN: rm -rf %t && split-file %s %t
// RUN: fa3-compile %t/no_batches.mlir -o %t/no_batches.ptx
// RUN: not env FA3_LIBCUDA=%t/none.so fa3-launch %t/no_batches.json --arg random:0x16x4x64:1 --arg random:0x128x4x64:2 --arg empty:0x16x4x64 2>&1 | FileCheck %s
// RUN: fa3-compile %t/no_queries.mlir -o %t/no_queries.ptx
// RUN: not env FA3_LIBCUDA=%t/none.so fa3-launch %t/no_queries.json --arg random:2x0x4x64:1 --arg random:2x128x4x64:2 --arg empty:2x0x4x64 2>&1 | FileCheck %s
// RUN: fa3-compile %t/no_keys.mlir -o %t/no_keys.ptx
// RUN: not env FA3_LIBCUDA=%t/none.so fa3-launch %t/no_keys.json --arg random:2x16x4x64:1 --arg random:2x0x4x64:2 --arg empty:2x16x4x64 2>&1 | FileCheck %s

//--- no_batches.mlir
func.func @attention(%q: memref<0x16x4x64xf16>, %k: memref<0x128x4x64xf16>, %o: memref<0x16x4x64xf16>) {
  attn.forward ins(%q, %k, %k : memref<0x16x4x64xf16>, memref<0x128x4x64xf16>, memref<0x128x4x64xf16>)
               outs(%o : memref<0x16x4x64xf16>)
  return
}
//--- no_queries.mlir
func.func @attention(%q: memref<2x0x4x64xf16>, %k: memref<2x128x4x64xf16>, %o: memref<2x0x4x64xf16>) {
  attn.forward ins(%q, %k, %k : memref<2x0x4x64xf16>, memref<2x128x4x64xf16>, memref<2x128x4x64xf16>)
               outs(%o : memref<2x0x4x64xf16>)
  return
}
//--- no_keys.mlir
func.func @attention(%q: memref<2x16x4x64xf16>, %k: memref<2x0x4x64xf16>, %o: memref<2x16x4x64xf16>) {
  attn.forward ins(%q, %k, %k : memref<2x16x4x64xf16>, memref<2x0x4x64xf16>, memref<2x0x4x64xf16>)
               outs(%o : memref<2x16x4x64xf16>)
  return
}
