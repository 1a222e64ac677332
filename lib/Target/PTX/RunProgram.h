//===- RunProgram.h - Runs a program and keeps its output -------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs a program to its end and returns what it printed.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_TARGET_PTX_RUNPROGRAM_H
#define FA3_LIB_TARGET_PTX_RUNPROGRAM_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace fa3 {

/// A file in the folder for temporary files, removed at the end of its life.
class TemporaryFile {
public:
  static llvm::Expected<TemporaryFile> create(llvm::StringRef suffix);
  TemporaryFile(TemporaryFile &&other) : path(other.path) {
    other.path.clear();
  }
  TemporaryFile(const TemporaryFile &) = delete;
  TemporaryFile &operator=(const TemporaryFile &) = delete;
  TemporaryFile &operator=(TemporaryFile &&) = delete;
  ~TemporaryFile();

  llvm::StringRef getPath() const { return path; }
  llvm::Error write(llvm::StringRef content) const;
  llvm::Expected<std::string> read() const;

private:
  TemporaryFile() = default;

  llvm::SmallString<64> path;
};

struct ProgramResult {
  /// As of a shell; negative if the program crashed or could not be started.
  int exitCode = 0;
  /// Standard output and standard error.
  std::string output;
  /// Why it could not be started, or "".
  std::string failure;
};

/// Runs the program at `path`. Fails if its output cannot be kept.
llvm::Expected<ProgramResult>
runProgram(llvm::StringRef path, llvm::ArrayRef<llvm::StringRef> arguments,
           unsigned secondsToWait);

} // namespace fa3

#endif // FA3_LIB_TARGET_PTX_RUNPROGRAM_H
