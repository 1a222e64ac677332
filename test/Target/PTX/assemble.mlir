// REQUIRES: ptxas
// RUN: rm -rf %t && mkdir %t
// RUN: fa3-compile %s --ptxas=%ptxas -o %t/k.cubin && FileCheck %s < %t/k.json
// RUN: not fa3-compile %s --ptxas=%ptxas -o %t/s.cubin --Xptxas=--maxrregcount=24 2>&1 | FileCheck %s --check-prefix=SPILL
// RUN: not ls %t/s.cubin
// RUN: not ls %t/s.json
// RUN: fa3-compile %s --ptxas=%ptxas -o %t/s.cubin --Xptxas=--maxrregcount=24 --allow-spills 2>&1 | FileCheck %s --check-prefix=ALLOWED
// RUN: FileCheck %s --check-prefix=SPILLED < %t/s.json

// CHECK: "image": "k.cubin"
// CHECK: "resources": {
// CHECK-DAG: "barriers": 1
// CHECK-DAG: "registers": {{[1-9][0-9]}}
// CHECK-DAG: "spill_loads": 0
// CHECK-DAG: "spill_stores": 0
// CHECK-DAG: "static_shared_memory": 512
// SPILL: error: expected a kernel 'k' without spills, but got {{[1-9][0-9]*}} bytes of spill stores and {{[1-9][0-9]*}} bytes of spill loads with 24 registers
// ALLOWED: warning: ptxas: {{[1-9][0-9]*}} bytes of spill stores and {{[1-9][0-9]*}} bytes of spill loads in 'k'
// SPILLED: "spill_stores": {{[1-9]}}
#k = #hopper.kernel<arguments = [memref<?xf32>], grid = #hopper.expression<() -> (1)>, threads = 128, shared_memory = 0, parameters = [#hopper.parameter<pointer, argument = 0>]>
gpu.module @m {
  llvm.mlir.global internal @scratch() {addr_space = 3 : i32} : !llvm.array<128 x i32>
  llvm.func @k(%p: !llvm.ptr<1>) attributes {nvvm.kernel, hopper.kernel = #k} {
    %thread = nvvm.read.ptx.sreg.tid.x : i32
    %scratch = llvm.mlir.addressof @scratch : !llvm.ptr<3>
    %slot = llvm.getelementptr %scratch[%thread] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
    %p1 = llvm.getelementptr %p[64] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i8
    %p2 = llvm.getelementptr %p[128] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i8
    %p3 = llvm.getelementptr %p[192] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i8
    %v0 = llvm.load %p {alignment = 64 : i64} : !llvm.ptr<1> -> vector<16xf32>
    %v1 = llvm.load %p1 {alignment = 64 : i64} : !llvm.ptr<1> -> vector<16xf32>
    %v2 = llvm.load %p2 {alignment = 64 : i64} : !llvm.ptr<1> -> vector<16xf32>
    %v3 = llvm.load %p3 {alignment = 64 : i64} : !llvm.ptr<1> -> vector<16xf32>
    llvm.store volatile %thread, %slot : i32, !llvm.ptr<3>
    nvvm.barrier
    %w = llvm.load volatile %scratch : !llvm.ptr<3> -> i32
    %q = llvm.getelementptr %p[%w] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    %q1 = llvm.getelementptr %q[64] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i8
    %q2 = llvm.getelementptr %q[128] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i8
    %q3 = llvm.getelementptr %q[192] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i8
    llvm.store %v0, %q {alignment = 4 : i64} : vector<16xf32>, !llvm.ptr<1>
    llvm.store %v1, %q1 {alignment = 4 : i64} : vector<16xf32>, !llvm.ptr<1>
    llvm.store %v2, %q2 {alignment = 4 : i64} : vector<16xf32>, !llvm.ptr<1>
    llvm.store %v3, %q3 {alignment = 4 : i64} : vector<16xf32>, !llvm.ptr<1>
    llvm.return
  }
}
