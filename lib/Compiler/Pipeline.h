//===- Pipeline.h - From attn to the target level ---------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The seam between the driver and the pipeline of passes from `attn` to `nvvm`.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_COMPILER_PIPELINE_H
#define FA3_LIB_COMPILER_PIPELINE_H

#include "fa3/Compiler/Compiler.h"

namespace fa3 {

/// Fills `pm` with the passes that bring `module`, of any level, down to
/// `level` or to `nvvm`, whichever is higher: none for a module that is at the
/// level of `nvvm` already. Reports options that the pipeline lacks. Where
/// `narrower` is not 0, it stands for the option of that name.
mlir::LogicalResult buildPipeline(mlir::PassManager &pm, mlir::ModuleOp module,
                                  EmitLevel level, llvm::StringRef options,
                                  int64_t narrower);

/// Whether the pipeline is to choose the tile of an attention in `module`.
bool choosesTiles(mlir::ModuleOp module, llvm::StringRef options);

} // namespace fa3

#endif // FA3_LIB_COMPILER_PIPELINE_H
