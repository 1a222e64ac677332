//===- Candidates.h - Compile what is to be timed ---------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiles the configurations of problems on several threads.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TOOLS_FA3TUNE_CANDIDATES_H
#define FA3_TOOLS_FA3TUNE_CANDIDATES_H

#include "Problems.h"

#include "fa3/Compiler/Compiler.h"

namespace fa3::tune {

/// The text of a configuration between its angle brackets, as a table and
/// fa3-opt's options have it.
std::string printConfig(mlir::attn::ConfigAttr config);

/// One configuration of one problem.
struct Candidate {
  /// Of its files, without their endings: that of the problem, and a number.
  std::string name;
  std::string config;
  /// The manifest and the image, both "" where the compilation failed.
  std::string manifest, image;
  /// The first error of a compilation that failed.
  std::string error;
};

/// Compiles all configurations of each problem, and tells of the progress on
/// standard error. A configuration that does not assemble is a candidate with
/// an error. The result is in the order of the problems and their
/// configurations.
std::vector<std::vector<Candidate>>
compileCandidates(llvm::ArrayRef<Problem> problems,
                  const CompileOptions &options, unsigned threads);

} // namespace fa3::tune

#endif // FA3_TOOLS_FA3TUNE_CANDIDATES_H
