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

/// What takes fewer registers than the options ask for, after ptxas spilled.
struct Retreat {
  /// Without a look at the scores before their exponentials.
  bool withoutAdapting = false;
  /// With row sums added up in the softmax.
  bool withoutFusing = false;
  /// As the option of that name; 0 leaves it.
  int64_t narrower = 0;

  /// The options of the pipeline that ask for the same; "" for none.
  std::string getOptions() const;
};

/// Fills `pm` with the passes that bring `module`, of any level, down to
/// `level` or to `nvvm`, whichever is higher: none for a module that is at the
/// level of `nvvm` already. Reports options that the pipeline lacks.
mlir::LogicalResult buildPipeline(mlir::PassManager &pm, mlir::ModuleOp module,
                                  EmitLevel level, llvm::StringRef options,
                                  const Retreat &retreat);

/// Whether the pipeline is to choose the tile of an attention in `module`.
bool choosesTiles(mlir::ModuleOp module, llvm::StringRef options);

} // namespace fa3

#endif // FA3_LIB_COMPILER_PIPELINE_H
