// RUN: split-file %s %t

// RUN: env FAKE_LOG=%t/serialized not fa3-compile %t/k.mlir --manifest=false --ptxas=%S/Inputs/ptxas -o %t/no.cubin 2>&1 | FileCheck %s --check-prefix=SERIALIZED
// SERIALIZED: error: expected wgmma instructions that overlap, but got: (C7510) Potential Performance Loss: wgmma.mma_async instructions are serialized due to insufficient register resources for the wgmma pipeline in the function 'k'
// RUN: env FAKE_LOG=%t/serialized fa3-compile %t/k.mlir --manifest=false --ptxas=%S/Inputs/ptxas --allow-serialization -o %t/k.cubin 2>&1 | FileCheck %s --check-prefix=ALLOWED
// ALLOWED: warning: ptxas: (C7510) Potential Performance Loss

// RUN: env FAKE_LOG=%t/injected not fa3-compile %t/k.mlir --manifest=false --ptxas=%S/Inputs/ptxas -o %t/no.cubin 2>&1 | FileCheck %s --check-prefix=INJECTED
// INJECTED: error: expected accumulators that are read behind a wait, but got: (C7517) warpgroup.wait is injected

// RUN: env FAKE_LOG=%t/spills not fa3-compile %t/k.mlir --manifest=false --ptxas=%S/Inputs/ptxas -o %t/no.cubin 2>&1 | FileCheck %s --check-prefix=SPILLS
// SPILLS: error: expected a kernel 'k' without spills, but got 8 bytes of spill stores and 16 bytes of spill loads with 168 registers

// RUN: env FAKE_LOG=%t/ignored fa3-compile %t/k.mlir --manifest=false --ptxas=%S/Inputs/ptxas -o %t/k.cubin 2>&1 | FileCheck %s --check-prefix=IGNORED
// IGNORED: warning: ptxas: (C7508) setmaxnreg ignored; unable to determine register count at entry

// RUN: env FAKE_LOG=%t/fatal FAKE_EXIT=255 not fa3-compile %t/k.mlir --manifest=false --ptxas=%S/Inputs/ptxas -o %t/no.cubin 2>&1 | FileCheck %s --check-prefix=FATAL
// FATAL: error: '{{.*}}ptxas' failed: Unresolved extern function 'foo'; Ptx assembly aborted due to errors
// RUN: env FAKE_EXIT=3 not fa3-compile %t/k.mlir --manifest=false --ptxas=%S/Inputs/ptxas -o %t/no.cubin 2>&1 | FileCheck %s --check-prefix=EXIT
// EXIT: error: '{{.*}}ptxas' failed: exit code 3
// RUN: env FAKE_EMPTY=1 not fa3-compile %t/k.mlir --manifest=false --ptxas=%S/Inputs/ptxas -o %t/no.cubin 2>&1 | FileCheck %s --check-prefix=EMPTY
// EMPTY: error: '{{.*}}ptxas' failed: expected a cubin, but got an empty file
// RUN: not ls %t/no.cubin

//--- k.mlir
gpu.module @m {
  llvm.func @k() attributes {nvvm.kernel} { llvm.return }
}
//--- serialized
ptxas info    : (C7510) Potential Performance Loss: wgmma.mma_async instructions are serialized due to insufficient register resources for the wgmma pipeline in the function 'k'
//--- injected
ptxas info    : (C7517) warpgroup.wait is injected in around line 191 by compiler to allow use of registers defined by GMMA in function 'k'
//--- spills
ptxas info    : Compiling entry function 'k' for 'sm_90a'
ptxas info    : Function properties for k
    8 bytes stack frame, 8 bytes spill stores, 16 bytes spill loads
ptxas info    : Used 168 registers, used 16 barriers
//--- ignored
ptxas info    : (C7508) setmaxnreg ignored; unable to determine register count at entry
//--- fatal
ptxas fatal   : Unresolved extern function 'foo'
ptxas fatal   : Ptx assembly aborted due to errors
