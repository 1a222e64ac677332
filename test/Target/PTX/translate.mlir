// RUN: fa3-compile %s --emit=ptx -o - | FileCheck %s

// The launch bounds and the passing of tensor maps by value survive, and an
// operation that has an intrinsic becomes its instruction.

// CHECK: .version 8.6
// CHECK: .target sm_90a
// CHECK: .extern .shared .align 1024 .b8 dynamic[];
// CHECK: .visible .entry kernel(
// CHECK-NEXT: .param .align 64 .b8 kernel_param_0[128],
// CHECK-NEXT: .param .u64 .ptr .global .align 1 kernel_param_1
// CHECK: .reqntid 384
// CHECK: .minnctapersm 1
// CHECK-NOT: .local
// CHECK: setmaxnreg.dec.sync.aligned.u32 24
// CHECK: wgmma.fence.sync.aligned
// CHECK: st.shared
gpu.module @kernels {
  llvm.mlir.global external @dynamic() {addr_space = 3 : i32, alignment = 1024 : i64} : !llvm.array<0 x i8>
  llvm.func @kernel(%map: !llvm.ptr {llvm.byval = !llvm.array<128 x i8>, llvm.align = 64 : i64, nvvm.grid_constant},
                    %out: !llvm.ptr<1>)
      attributes {nvvm.kernel, nvvm.reqntid = array<i32: 384>, nvvm.minctasm = 1 : i32,
                  hopper.kernel = #hopper.kernel<arguments = [memref<?x128xf16>, memref<?xi64>],
                      grid = #hopper.expression<() -> (1)>, threads = 384, shared_memory = 1024,
                      parameters = [#hopper.parameter<tensor_map, argument = 0, dimension = 0,
                                        map = #hopper.tensor_map<argument = 0, dims = [1, 0], box = [64, 64], element = f16>>,
                                    #hopper.parameter<pointer, argument = 1>]>} {
    nvvm.setmaxregister decrease 24
    nvvm.wgmma.fence.aligned
    %shared = llvm.mlir.addressof @dynamic : !llvm.ptr<3>
    %address = llvm.ptrtoint %map : !llvm.ptr to i64
    llvm.store %address, %shared : i64, !llvm.ptr<3>
    %value = llvm.load %shared : !llvm.ptr<3> -> i64
    llvm.store %value, %out : i64, !llvm.ptr<1>
    llvm.return
  }
}
