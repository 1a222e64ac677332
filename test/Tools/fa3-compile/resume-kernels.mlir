// Kernels of one module, of which some have channels and others have none, are
// done from the level on that they are at.

// RUN: rm -rf %t && mkdir %t
// RUN: fa3-compile %s -o %t/whole.ptx
// RUN: fa3-compile %s --emit=tile -o %t/tile.mlir && fa3-compile %t/tile.mlir -o %t/tile.ptx 2>&1 | count 0
// RUN: diff %t/whole.ptx %t/tile.ptx
// RUN: fa3-compile %s --emit=async -o %t/async.mlir && fa3-compile %t/async.mlir -o %t/async.ptx 2>&1 | count 0
// RUN: diff %t/whole.ptx %t/async.ptx
// RUN: fa3-compile %s --emit=roles -o %t/roles.mlir && fa3-compile %t/roles.mlir -o %t/roles.ptx 2>&1 | count 0
// RUN: diff %t/whole.ptx %t/roles.ptx
// RUN: fa3-compile %s --emit=nvvm -o %t/nvvm.mlir && fa3-compile %t/nvvm.mlir -o %t/nvvm.ptx 2>&1 | count 0
// RUN: diff %t/whole.ptx %t/nvvm.ptx

// At the level itself nothing is done.
// RUN: fa3-compile %t/async.mlir --emit=async -o %t/again.mlir && diff %t/async.mlir %t/again.mlir
// RUN: fa3-compile %t/roles.mlir --emit=roles -o %t/again.mlir && diff %t/roles.mlir %t/again.mlir

// Between two levels, where a kernel still has contractions, or copies without a
// channel.
// RUN: fa3-opt %t/tile.mlir --hopper-outline-kernel -o %t/outlined.mlir
// RUN: fa3-compile %t/outlined.mlir -o %t/outlined.ptx && diff %t/whole.ptx %t/outlined.ptx
// RUN: fa3-opt %t/outlined.mlir --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-lower-contractions)))' -o %t/copies.mlir
// RUN: fa3-compile %t/copies.mlir -o %t/copies.ptx && diff %t/whole.ptx %t/copies.ptx

// Of kernels at several levels, one that is further down stays as it is.
// RUN: sed 's/@attention/@other/' %s > %t/other.mlir
// RUN: fa3-compile %t/other.mlir -o %t/other.ptx
// RUN: sed '/^}/d' %t/roles.mlir > %t/mixed.mlir
// RUN: sed '/^!t/d; s/!t/memref<2x512x8x128xf16>/g' %t/other.mlir >> %t/mixed.mlir && echo '}' >> %t/mixed.mlir
// RUN: fa3-compile %t/mixed.mlir --entry=attention -o %t/mixed.ptx && diff %t/whole.ptx %t/mixed.ptx
// RUN: fa3-compile %t/mixed.mlir --entry=other -o %t/mixed.ptx && diff %t/other.ptx %t/mixed.ptx

!t = memref<2x512x8x128xf16>
func.func @attention(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t) {config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 8192, pin = 50, splits = 2>}
  return
}
