//===-- fa3-c/Passes.h - C API for passes and pipelines -----------*- C -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The generated part declares for each pass `mlirCreate<group><pass>`, whose
// result the caller owns until it is handed to a pass manager
// (`mlirPassManagerAddOwnedPass`), and `mlirRegister<group><pass>`. The groups
// are Attn, Hopper and FA3Conversion, and each has `mlirRegister<group>Passes`.
//
// A pass or a pipeline with options is added by its text,
// `mlirOpPassManagerAddPipeline(manager, "attn-to-hopper{prune=false}", …)`,
// once it is registered.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_C_PASSES_H
#define FA3_C_PASSES_H

#include "mlir-c/IR.h"
#include "mlir-c/Pass.h"

#include "fa3/Conversion/Passes.capi.h.inc"
#include "fa3/Dialect/Attn/Transforms/Passes.capi.h.inc"
#include "fa3/Dialect/Hopper/Transforms/Passes.capi.h.inc"

#ifdef __cplusplus
extern "C" {
#endif

/// Adds to `registry`, which stays the caller's, the dialects of the project,
/// and what its passes, its pipelines and `fa3Compile` need of upstream.
MLIR_CAPI_EXPORTED void fa3RegisterAllDialects(MlirDialectRegistry registry);

/// Registers all passes and pipelines, once for the process: more calls do
/// nothing.
MLIR_CAPI_EXPORTED void fa3RegisterAllPasses(void);

#ifdef __cplusplus
}
#endif

#endif // FA3_C_PASSES_H
