//===-- fa3-c/Compiler.h - C API of the compiler ------------------*- C -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// From a module of any level to the text of a lower level, to PTX, or to a
// cubin with the manifest by which fa3/Runtime/fa3_runtime.h launches it.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_C_COMPILER_H
#define FA3_C_COMPILER_H

#include "mlir-c/IR.h"
#include "mlir-c/Support.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Where a compilation stops, from the highest level to the lowest.
typedef enum Fa3Level {
  Fa3LevelAttn = 0,
  Fa3LevelTile,
  Fa3LevelAsync,
  Fa3LevelRoles,
  Fa3LevelNVVM,
  Fa3LevelLLVMIR,
  Fa3LevelPTX,
  Fa3LevelCubin
} Fa3Level;

/// Start from `fa3CompileOptionsGetDefault`, so that fields that come later
/// have their defaults. The strings stay the caller's and are not kept past the
/// call; a null string is an empty one.
typedef struct Fa3CompileOptions {
  Fa3Level level;
  /// The kernel to compile, where there are several; "" is all of one
  /// gpu.module.
  MlirStringRef entry;
  /// Options of the pipeline `attn-to-hopper`, "name=value name=value".
  MlirStringRef pipelineOptions;
  /// Level of LLVM's optimiser before code generation, 0 to 3.
  unsigned optLevel;
  /// Compute on addresses of shared memory in 32 bits.
  bool shortPointers;
  /// Path of ptxas; "" looks for it where fa3-compile does.
  MlirStringRef ptxas;
  /// Folders of Python packages where it may be too, separated by ':'; "" takes
  /// those of the python3 on the PATH.
  MlirStringRef packageFolders;
  /// Accept kernels that spill registers, or whose wgmma instructions wait for
  /// each other.
  bool allowSpills;
  bool allowSerialization;
} Fa3CompileOptions;

/// A cubin, and otherwise what fa3-compile does without options.
MLIR_CAPI_EXPORTED Fa3CompileOptions fa3CompileOptionsGetDefault(void);

/// What came of a compilation. The caller owns it, and frees it by
/// `fa3CompileResultDestroy`. All strings of it live as long as it does, are
/// not necessarily followed by a zero byte, and need neither the module nor the
/// context any more.
typedef struct Fa3CompileResult {
  void *ptr;
} Fa3CompileResult;

/// Compiles a copy of `module`, which stays the caller's and as it was. The
/// context must know the dialects of `fa3RegisterAllDialects`. Diagnostics of
/// the context go to the result, and to no other handler, until the call
/// returns: do not use the context for anything else meanwhile. Never returns a
/// null result.
MLIR_CAPI_EXPORTED Fa3CompileResult fa3Compile(MlirModule module,
                                               Fa3CompileOptions options);

/// As fa3Compile, from text or bytecode, in a context of its own; a null string
/// is an empty one, which has no kernel. `name` stands for it in diagnostics,
/// those of the parser included.
MLIR_CAPI_EXPORTED Fa3CompileResult fa3CompileSource(MlirStringRef source,
                                                     MlirStringRef name,
                                                     Fa3CompileOptions options);

MLIR_CAPI_EXPORTED void fa3CompileResultDestroy(Fa3CompileResult result);

/// Whether there is an output.
MLIR_CAPI_EXPORTED bool fa3CompileResultIsSuccess(Fa3CompileResult result);

/// Errors, warnings, remarks and their notes, a line each:
/// `file:line:column: error: message`. "" where there was nothing to say. There
/// may be warnings beside an output.
MLIR_CAPI_EXPORTED MlirStringRef
fa3CompileResultGetDiagnostics(Fa3CompileResult result);

/// The text or, of a cubin, the image of the level that was asked for; "" after
/// a failure.
MLIR_CAPI_EXPORTED MlirStringRef
fa3CompileResultGetOutput(Fa3CompileResult result);

/// The PTX, beside which a cubin came too; "" of a higher level.
MLIR_CAPI_EXPORTED MlirStringRef
fa3CompileResultGetPTX(Fa3CompileResult result);

/// The manifest, as JSON, with which `fa3_module_load_data` loads the output;
/// "" of a level above LLVM IR.
MLIR_CAPI_EXPORTED MlirStringRef
fa3CompileResultGetManifest(Fa3CompileResult result);

/// A table for people: the resources of each kernel, what limits the blocks
/// that a multiprocessor holds, and the time of each step.
MLIR_CAPI_EXPORTED MlirStringRef
fa3CompileResultGetSummary(Fa3CompileResult result);

/// Finds the ptxas that fa3Compile would run, by `ptxas` and `packageFolders`
/// of the options. Calls `callback` with its path, and returns its release of
/// CUDA, 1000 * major + 10 * minor. Where there is none, calls it with the
/// reason and returns 0.
MLIR_CAPI_EXPORTED int64_t fa3FindPtxas(Fa3CompileOptions options,
                                        MlirStringCallback callback,
                                        void *userData);

#ifdef __cplusplus
}
#endif

#endif // FA3_C_COMPILER_H
