//===- Options.h - Options of pipelines as text -----------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// MLIR's own parser names an option that it does not know and nothing else, and
// writes some of its messages to standard error.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_PIPELINES_OPTIONS_H
#define FA3_PIPELINES_OPTIONS_H

#include "mlir/Pass/PassOptions.h"
#include "llvm/Support/Error.h"

namespace fa3 {

/// The names of all options, separated by ", ".
std::string listPipelineOptions(const mlir::detail::PassOptions &options);

/// Reads "name=value name=value". An error says which options of the pipeline,
/// or which values, there are.
llvm::Error parsePipelineOptions(mlir::detail::PassOptions &options,
                                 llvm::StringRef pipeline,
                                 llvm::StringRef text);

} // namespace fa3

#endif // FA3_PIPELINES_OPTIONS_H
