// RUN: rm -rf %t && mkdir %t
// RUN: cp %S/Inputs/ptxas %t/data && chmod -x %t/data

// The path given is taken or refused, whatever else there is.
// RUN: fa3-compile %s --manifest=false --ptxas=%S/Inputs/ptxas -v -o %t/k.cubin 2>&1 | FileCheck %s --check-prefix=OPTION
// RUN: env FA3_PTXAS=%S/Inputs/ptxas fa3-compile %s --manifest=false -v -o %t/k.cubin 2>&1 | FileCheck %s --check-prefix=OPTION
// RUN: env FA3_PTXAS=/nowhere/ptxas fa3-compile %s --manifest=false --ptxas=%S/Inputs/ptxas -o %t/k.cubin
// OPTION: assembler {{.*}}Inputs/ptxas (CUDA 13.0)

// RUN: not fa3-compile %s --manifest=false --ptxas=/nowhere/ptxas -o %t/no.cubin 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: error: expected ptxas of CUDA 12.7 or newer, but got no file at '/nowhere/ptxas'
// RUN: env FA3_PTXAS=/nowhere/ptxas not fa3-compile %s --manifest=false -o %t/no.cubin 2>&1 | FileCheck %s --check-prefix=VARIABLE
// VARIABLE: error: FA3_PTXAS: expected ptxas of CUDA 12.7 or newer, but got no file at '/nowhere/ptxas'
// RUN: not fa3-compile %s --manifest=false --ptxas=%t/data -o %t/no.cubin 2>&1 | FileCheck %s --check-prefix=DATA
// DATA: error: expected ptxas of CUDA 12.7 or newer, but got a file that cannot be executed at '{{.*}}data'
// RUN: env FAKE_RELEASE=11.8 not fa3-compile %s --manifest=false --ptxas=%S/Inputs/ptxas -o %t/no.cubin 2>&1 | FileCheck %s --check-prefix=OLD
// OLD: error: expected ptxas of CUDA 12.7 or newer, but got 11.8 at '{{.*}}ptxas', which does not know our PTX for sm_90a
// RUN: env FAKE_RELEASE=none not fa3-compile %s --manifest=false --ptxas=%S/Inputs/ptxas -o %t/no.cubin 2>&1 | FileCheck %s --check-prefix=OTHER
// OTHER: error: expected ptxas of CUDA 12.7 or newer, but got another program at '{{.*}}ptxas'

// Without one given, the PATH comes first.
// RUN: env PATH=%S/Inputs:/usr/bin:/bin fa3-compile %s --manifest=false -v -o %t/k.cubin 2>&1 | FileCheck %s --check-prefix=OPTION
// RUN: not ls %t/no.cubin
gpu.module @m {
  llvm.func @k() attributes {nvvm.kernel} { llvm.return }
}
