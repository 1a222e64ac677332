// Scales of V's blocks that are far apart, as where the first keys are padding: the
// output goes on from the last block to the first without leaving f32. A sequence
// that is one tile has no loop.

// RUN: %python -c "import struct; h=b\"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 16), }\".ljust(117)+b'\n'; open('%t.npy','wb').write(b'\x93NUMPY\x01\x00'+struct.pack('<H',len(h))+h+struct.pack('<16f',*[0.0,1e-30,0.0]+[8.0]*13))"
// RUN: fa3-run %s --target=cpu --check --entry blocks --shape q=1x3x1x32 --shape k=1x1024x1x32 --shape v=1x1024x1x32 --shape o=1x3x1x32 --input vs=%t.npy | FileCheck %s
// RUN: fa3-run %s --target=cpu --check --entry one_tile | FileCheck %s
// RUN: fa3-run %s --target=cpu --check --entry one_tile_of_integers | FileCheck %s
// RUN: fa3-compile %s --emit=nvvm -o %t.nvvm

// CHECK: (%o): {{.*}}: ok
func.func @blocks(%q: memref<1x?x1x32xf8E4M3FN>, %k: memref<1x?x1x32xf8E4M3FN>, %v: memref<1x?x1x32xf8E4M3FN>, %s: memref<1x1x1xf32>, %vs: memref<1x1x16xf32>, %o: memref<1x?x1x32xf32>) {
  attn.forward ins(%q, %k, %v : memref<1x?x1x32xf8E4M3FN>, memref<1x?x1x32xf8E4M3FN>, memref<1x?x1x32xf8E4M3FN>) scales(%s, %s, %vs : memref<1x1x1xf32>, memref<1x1x1xf32>, memref<1x1x16xf32>) outs(%o : memref<1x?x1x32xf32>) {value_block = 64}
  return
}

func.func @one_tile(%q: memref<1x16x1x32xf8E4M3FN>, %k: memref<1x16x1x32xf8E4M3FN>, %v: memref<1x16x1x32xf8E4M3FN>, %s: memref<1x1x1xf32>, %o: memref<1x16x1x32xf16>) {
  attn.forward ins(%q, %k, %v : memref<1x16x1x32xf8E4M3FN>, memref<1x16x1x32xf8E4M3FN>, memref<1x16x1x32xf8E4M3FN>) scales(%s, %s, %s : memref<1x1x1xf32>, memref<1x1x1xf32>, memref<1x1x1xf32>) outs(%o : memref<1x16x1x32xf16>)
  return
}

func.func @one_tile_of_integers(%q: memref<1x16x1x32xi8>, %k: memref<1x16x1x32xi8>, %v: memref<1x16x1x32xi8>, %s: memref<1x1x2xf32>, %o: memref<1x16x1x32xf16>) {
  attn.forward ins(%q, %k, %v : memref<1x16x1x32xi8>, memref<1x16x1x32xi8>, memref<1x16x1x32xi8>) scales(%s, %s, %s : memref<1x1x2xf32>, memref<1x1x2xf32>, memref<1x1x2xf32>) outs(%o : memref<1x16x1x32xf16>) {query_block = 8, key_block = 8, value_block = 8}
  return
}
