// RUN: fa3-compile %s --emit=ptx --manifest=false -o - | FileCheck %s --check-prefix=LONG
// RUN: fa3-compile %s --emit=ptx --manifest=false --short-pointers -o - | FileCheck %s --check-prefix=SHORT

// LONG: st.shared.b32 [%rd{{[0-9]+}}],
// SHORT: st.shared.b32 [%r{{[0-9]+}}],
gpu.module @kernels {
  llvm.mlir.global external @dynamic() {addr_space = 3 : i32, alignment = 1024 : i64} : !llvm.array<0 x i8>
  llvm.func @kernel() attributes {nvvm.kernel} {
    %shared = llvm.mlir.addressof @dynamic : !llvm.ptr<3>
    %thread = nvvm.read.ptx.sreg.tid.x : i32
    %slot = llvm.getelementptr %shared[%thread] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
    llvm.store %thread, %slot : i32, !llvm.ptr<3>
    llvm.return
  }
}
