// How many registers a function of scores takes, ptxas alone knows: where the tile
// is the compiler's choice, narrower ones are tried; where it is not, or the option
// says otherwise, what spills is refused.

// REQUIRES: ptxas
// RUN: fa3-compile %s -o %t.cubin -v 2>&1 | FileCheck %s
// RUN: FileCheck %s --check-prefix=MANIFEST --input-file=%t.json
// RUN: not fa3-compile %s -o %t.cubin --pipeline-options="config='tile = 192x96, stages = 2, consumers = 3, registers = 32x160, speculation = 1099511627776, pin = 37, query_stages = 2, persistent'" 2>&1 | FileCheck %s --check-prefix=GIVEN

// CHECK: remark: narrower tiles of keys are tried next: expected a kernel 'square' without spills, but got
// CHECK: tile{{.*}} 192x80
// CHECK: options added for want of registers: adapt=false fuse-row-sums=false narrower=1
// MANIFEST: "added_options": "adapt=false fuse-row-sums=false narrower=1"

// With these options the same kernel is the first that is tried.
// RUN: fa3-compile %s --pipeline-options='adapt=false fuse-row-sums=false narrower=1' -o %t.given.cubin -v 2>&1 | FileCheck %s --check-prefix=SAME --implicit-check-not='options added'
// RUN: cmp %t.cubin %t.given.cubin
// RUN: not grep added_options %t.given.json
// SAME: tile{{.*}} 192x80
// GIVEN-NOT: remark
// GIVEN: error: expected a kernel 'square' without spills, but got

!q = memref<?x?x8x64xbf16>
func.func @square(%q: !q, %k: !q, %v: !q, %factors: memref<?xf32>, %o: !q) {
  attn.forward ins(%q, %k, %v : !q, !q, !q) outs(%o : !q) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %row = memref.load %factors[%i] : memref<?xf32>
    %head = memref.load %factors[%h] : memref<?xf32>
    %x = arith.mulf %s, %row : f32
    %t = math.tanh %x : f32
    %u = arith.mulf %t, %t : f32
    %w = arith.divf %u, %t : f32
    %n = arith.addf %w, %s : f32
    %r = arith.mulf %n, %head : f32
    attn.yield %r : f32
  }
  return
}
