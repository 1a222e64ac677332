// What an earlier compilation has done is not done again, nor spoken of.

// RUN: rm -rf %t && mkdir %t
// RUN: fa3-compile %s -o %t/whole.ptx 2>&1 | count 0
// RUN: fa3-compile %s --emit=tile -o %t/tile.mlir && fa3-compile %t/tile.mlir -o %t/tile.ptx 2>&1 | count 0
// RUN: fa3-compile %s --emit=async -o %t/async.mlir && fa3-compile %t/async.mlir -o %t/async.ptx 2>&1 | count 0
// RUN: fa3-compile %s --emit=roles -o %t/roles.mlir && fa3-compile %t/roles.mlir -o %t/roles.ptx 2>&1 | count 0
// RUN: fa3-compile %s --emit=nvvm -o %t/nvvm.mlir && fa3-compile %t/nvvm.mlir -o %t/nvvm.ptx 2>&1 | count 0

// The level itself is printed as it was read.
// RUN: fa3-compile %t/roles.mlir --emit=roles -o %t/again.mlir && diff %t/roles.mlir %t/again.mlir

// It is checked nevertheless.
// RUN: sed 's/hopper.shared_memory = [0-9]*/hopper.shared_memory = 16/' %t/roles.mlir > %t/edited.mlir
// RUN: not fa3-compile %t/edited.mlir -o %t/no.ptx 2>&1 | FileCheck %s --check-prefix=EDITED
// EDITED: error:

// What a level below MLIR prints is not read.
// RUN: fa3-compile %s -o %t/k.ll
// RUN: not fa3-compile %t/k.ll -o %t/no.ptx 2>&1 | FileCheck %s --check-prefix=LLVM
// LLVM: fa3-compile: error: '{{.*}}k.ll': expected MLIR of the level attn, tile, async, roles or nvvm, but got LLVM IR
// RUN: not fa3-compile %t/whole.ptx -o %t/no.cubin 2>&1 | FileCheck %s --check-prefix=PTX
// PTX: fa3-compile: error: '{{.*}}whole.ptx': expected MLIR of the level attn, tile, async, roles or nvvm, but got PTX
!q = memref<?x?x12x72xbf16>
!k = memref<?x?x3x72xbf16>
func.func @mine(%q: !q, %k: !k, %v: !k, %o: !q) {
  attn.forward ins(%q, %k, %v : !q, !k, !k) outs(%o : !q) {causal, window = #attn.window<left = 9>} score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %r = math.tanh %s : f32
    attn.yield %r : f32
  }
  return
}
