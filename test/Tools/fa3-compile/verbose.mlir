// REQUIRES: ptxas
// RUN: fa3-compile %s -v --ptxas=%ptxas -o %t.cubin 2>&1 | FileCheck %s

// CHECK: kernel k
// CHECK-NEXT: tile 128x176
// CHECK-NEXT: stages 2
// CHECK-NEXT: consumers 2
// CHECK-NEXT: threads 384
// CHECK-NEXT: producer registers 24
// CHECK-NEXT: consumer registers 240
// CHECK-NEXT: shared memory 213072 of 232448 bytes
// CHECK-NEXT: registers at entry 168
// CHECK-NEXT: spills 0 bytes stored, 0 bytes loaded
// CHECK-NEXT: stack frame 0 bytes
// CHECK-NEXT: barriers
// CHECK-NEXT: limit 1 block an SM, by shared memory, registers
// CHECK-NEXT: assembler {{.*}}ptxas (CUDA {{[0-9]+\.[0-9]+}})
// CHECK-NEXT: time
// CHECK-NEXT: parse {{[0-9.]+}} ms
// CHECK: llvm ir to ptx {{[0-9.]+}} ms
// CHECK: ptxas {{[0-9.]+}} ms
// CHECK: total {{[0-9.]+}} ms
#k = #hopper.kernel<arguments = [memref<?xf32>], grid = #hopper.expression<() -> (1)>, threads = 384, shared_memory = 213072, parameters = [#hopper.parameter<pointer, argument = 0>]>
gpu.module @m {
  llvm.func @k(%p: !llvm.ptr<1>) attributes {nvvm.kernel, nvvm.reqntid = array<i32: 384>, nvvm.minctasm = 1 : i32, hopper.kernel = #k,
      attn.config = #attn.config<tile = 128x176, stages = 2, consumers = 2, registers = 24x240>} {
    %thread = nvvm.read.ptx.sreg.tid.x : i32
    %group = llvm.mlir.constant(128 : i32) : i32
    %isProducer = llvm.icmp "ult" %thread, %group : i32
    llvm.cond_br %isProducer, ^producer, ^consumer
  ^producer:
    nvvm.setmaxregister decrease 24
    llvm.return
  ^consumer:
    nvvm.setmaxregister increase 240
    llvm.store %thread, %p : i32, !llvm.ptr<1>
    llvm.return
  }
}
