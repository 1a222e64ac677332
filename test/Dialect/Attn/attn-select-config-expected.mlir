// Sizes that the types leave open are those that are expected: few rows of several
// heads share a tile, and their keys are split to fill the machine.

// RUN: fa3-opt %s --attn-select-config | FileCheck %s --check-prefixes=CHECK,OPEN
// RUN: fa3-opt %s --attn-select-config="expected-batch=1 expected-rows=1 expected-keys=8192" | FileCheck %s --check-prefixes=CHECK,DECODE
// RUN: fa3-opt %s --attn-select-config="expected-batch=16 expected-rows=1 expected-keys=8192" | FileCheck %s --check-prefixes=CHECK,BATCH
// RUN: fa3-opt %s --attn-select-config="expected-batch=1 expected-rows=1 expected-keys=512" | FileCheck %s --check-prefixes=CHECK,SHORT
// RUN: fa3-opt %s --attn-select-config="expected-batch=32 expected-rows=512 expected-keys=512" | FileCheck %s --check-prefixes=CHECK,LONG

// The pipeline hands them on.
// RUN: fa3-opt %s --attn-to-tile="expected-batch=1 expected-rows=1 expected-keys=8192" | FileCheck %s --check-prefix=TILE
// TILE: #attn.config<tile = 64x128, {{.*}}, pack = 8>

// Packed rows in persistent blocks pass the checks of all levels.
// RUN: fa3-opt %s --attn-to-hopper="expected-batch=64 expected-rows=4 expected-keys=4096" | FileCheck %s --check-prefix=MANY
// MANY-LABEL: llvm.func @masked
// MANY-SAME: persistent, pack = 8>

// CHECK-LABEL: @open
// OPEN:     tile = 128x128, stages = 2, consumers = 2
// OPEN-NOT: pack
// DECODE:   tile = 64x128, stages = 3, consumers = 1, {{.*}}, pack = 8, splits = 16>
// BATCH:    tile = 64x128, stages = 3, consumers = 1, {{.*}}, pack = 8>
// SHORT:    tile = 64x128, stages = 3, consumers = 1, {{.*}}, pack = 8, splits = 2>
// LONG:     tile = 128x
// LONG-NOT: pack
func.func @open(%q: memref<?x?x64x128xf16>, %k: memref<?x?x8x128xf16>,
                %o: memref<?x?x64x128xf16>) {
  attn.forward ins(%q, %k, %k : memref<?x?x64x128xf16>, memref<?x?x8x128xf16>,
                   memref<?x?x8x128xf16>)
               outs(%o : memref<?x?x64x128xf16>)
  return
}

// What the types say counts.
// CHECK-LABEL: @static
// CHECK: tile = 64x128, stages = 3, consumers = 1, {{.*}}, pack = 8, splits = 16>
func.func @static(%q: memref<1x1x64x128xf16>, %k: memref<1x8192x8x128xf16>,
                  %o: memref<1x1x64x128xf16>) {
  attn.forward ins(%q, %k, %k : memref<1x1x64x128xf16>, memref<1x8192x8x128xf16>,
                   memref<1x8192x8x128xf16>)
               outs(%o : memref<1x1x64x128xf16>)
  return
}

// A table's entries for lengths serve lengths that are expected.
// CHECK-LABEL: @table
// OPEN:   tile = 192x96, stages = 2
// DECODE: tile = 64x128
// LONG:   tile = 128x128, stages = 3
func.func @table(%q: memref<?x?x32x64xf16>, %o: memref<?x?x32x64xf16>) {
  attn.forward ins(%q, %q, %q : memref<?x?x32x64xf16>, memref<?x?x32x64xf16>,
                   memref<?x?x32x64xf16>)
               outs(%o : memref<?x?x32x64xf16>) {causal}
  return
}

// CHECK-LABEL: @masked
func.func @masked(%q: memref<?x?x64x128xf16>, %k: memref<?x?x8x128xf16>,
                  %o: memref<?x?x64x128xf16>) {
  attn.forward ins(%q, %k, %k : memref<?x?x64x128xf16>, memref<?x?x8x128xf16>,
                   memref<?x?x8x128xf16>)
               outs(%o : memref<?x?x64x128xf16>) {causal}
  return
}
