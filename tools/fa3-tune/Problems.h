//===- Problems.h - The attentions to tune ----------------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Finds what to tune in a module, and which configurations to try.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TOOLS_FA3TUNE_PROBLEMS_H
#define FA3_TOOLS_FA3TUNE_PROBLEMS_H

#include "Plan.h"

#include "fa3/Analysis/TuningTable.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

namespace fa3::tune {

struct Problem {
  std::string name;
  /// A module with one function, as text.
  std::string source;
  mlir::attn::TuningKey key;
  std::vector<TimedShape> shapes;
  /// Those that are timed. The first is what is selected without a table.
  llvm::SmallVector<mlir::attn::ConfigAttr> configs;
};

struct ProblemOptions {
  /// What open lengths are timed at.
  std::vector<int64_t> lengths;
  /// Rows of all batches together, where the batch is open.
  int64_t tokens = 16384;
  /// Try configurations that differ from what is selected without a table in
  /// this many properties.
  int64_t distance = 1;
};

/// Finds the problems of a module, in which each function with a body must hold
/// one attn.forward on its arguments. A function of static shapes is one. Of
/// one with an open batch or length there is one for each length, where the
/// shapes are made static, and one for all of them as it stands.
llvm::Expected<std::vector<Problem>>
findProblems(mlir::ModuleOp module, const ProblemOptions &options);

} // namespace fa3::tune

#endif // FA3_TOOLS_FA3TUNE_PROBLEMS_H
