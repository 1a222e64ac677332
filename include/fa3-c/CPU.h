//===-- fa3-c/CPU.h - C API of kernels for the CPU ----------------*- C -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A function compiled into this process for the processor that it runs on: the
// same results as on a GPU, up to rounding, for machines that have none.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_C_CPU_H
#define FA3_C_CPU_H

#include "fa3/Runtime/fa3_runtime.h"

#include "mlir-c/Support.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled function or, where it could not be compiled, what was wrong. The
/// caller owns it, and frees it by `fa3CPUKernelDestroy`.
typedef struct Fa3CPUKernel {
  void *ptr;
} Fa3CPUKernel;

/// Compiles a function of a module, which is text or bytecode and at the level
/// of the problem. `name` stands for it in diagnostics. `entry` is the name of
/// the function, "" the only one that has a body; it returns nothing.
/// `pipelineOptions` are those of `attn-to-cpu`. Never returns a null kernel.
MLIR_CAPI_EXPORTED Fa3CPUKernel
fa3CPUKernelCompile(MlirStringRef source, MlirStringRef name,
                    MlirStringRef entry, MlirStringRef pipelineOptions);

MLIR_CAPI_EXPORTED void fa3CPUKernelDestroy(Fa3CPUKernel kernel);

/// Whether it can be run.
MLIR_CAPI_EXPORTED bool fa3CPUKernelIsSuccess(Fa3CPUKernel kernel);

/// Errors, warnings, remarks and their notes, a line each, as of
/// `fa3CompileResultGetDiagnostics`. Lives as long as the kernel.
MLIR_CAPI_EXPORTED MlirStringRef
fa3CPUKernelGetDiagnostics(Fa3CPUKernel kernel);

/// How many arguments the function has; 0 of a kernel that did not compile.
MLIR_CAPI_EXPORTED int32_t fa3CPUKernelGetNumArguments(Fa3CPUKernel kernel);

/// Whether the function may write to an argument of this number; false where it
/// has none. What is only read may lie in memory that cannot be written.
MLIR_CAPI_EXPORTED bool fa3CPUKernelIsWritten(Fa3CPUKernel kernel,
                                              int32_t argument);

/// Runs the function on arrays in host memory, one for each of its arguments;
/// for a number, one of rank 0. Returns when it is done. Checked are the types,
/// shapes and strides that the arguments' types state, and that sizes which
/// these leave open agree as the attentions of the function ask for, that
/// arrays with elements have an address, and that those which are written lie
/// on no other. Returns false where the arguments are not right, or the kernel
/// did not compile, and calls `onError`, which may be null, with what would be.
/// May be called from several threads at a time.
MLIR_CAPI_EXPORTED bool fa3CPUKernelRun(Fa3CPUKernel kernel,
                                        const fa3_tensor *args, int32_t nargs,
                                        MlirStringCallback onError,
                                        void *userData);

#ifdef __cplusplus
}
#endif

#endif // FA3_C_CPU_H
