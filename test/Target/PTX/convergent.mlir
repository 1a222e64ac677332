// RUN: fa3-compile %s --emit=llvm-ir --manifest=false -o - | FileCheck %s
// RUN: fa3-compile %s --emit=ptx --opt-level=3 --manifest=false -o - | FileCheck %s --check-prefix=PTX

// Inline assembly is convergent, whether it stood there or comes from an
// operation of NVVM.

// CHECK-LABEL: define ptx_kernel void @kernel
// CHECK: call void asm sideeffect "bar.warp.sync $0;", "n"(i32 -1) [[CALL:#[0-9]+]]
// CHECK: call {{.*}}asm {{.*}}"mbarrier.inval{{.*}} [[CALL]]
// CHECK: call {{.*}}float asm "tanh.approx.f32 $0, $1;", "=f,f"(float {{%.*}}) [[CALL]]
// CHECK: attributes [[CALL]] = { convergent

// Both sides of the branch end with the same barrier, which LLVM's optimiser
// may not move into them nor copy.

// PTX-LABEL: .entry kernel
// PTX-COUNT-1: bar.warp.sync
// PTX-NOT: bar.warp.sync
gpu.module @kernels {
  llvm.func @kernel(%barrier: !llvm.ptr<3>, %count: i32, %out: !llvm.ptr<1>, %x: f32) attributes {nvvm.kernel} {
    %zero = llvm.mlir.constant(0 : i32) : i32
    %all = llvm.mlir.constant(-1 : i32) : i32
    %first = llvm.icmp "eq" %count, %zero : i32
    llvm.cond_br %first, ^one, ^two
  ^one:
    llvm.store %all, %out : i32, !llvm.ptr<1>
    llvm.br ^join(%count : i32)
  ^two:
    llvm.store %zero, %out : i32, !llvm.ptr<1>
    llvm.br ^join(%all : i32)
  ^join(%n: i32):
    llvm.inline_asm has_side_effects "bar.warp.sync $0;", "n" %all : (i32) -> ()
    nvvm.inline_ptx "mbarrier.inval.shared.b64 [$0];" ro(%barrier : !llvm.ptr<3>)
    %y = llvm.inline_asm "tanh.approx.f32 $0, $1;", "=f,f" %x : (f32) -> f32
    llvm.store %y, %out : f32, !llvm.ptr<1>
    llvm.return
  }
}
