//===- OutputFiles.h - Files that appear together ---------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Writes the files of one run so that either all of them are replaced or none.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TOOLS_FA3_COMPILE_OUTPUTFILES_H
#define FA3_TOOLS_FA3_COMPILE_OUTPUTFILES_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace fa3 {

/// A set of files. They are written beside their places and moved there by
/// `commit`; what is not committed disappears with the set.
class OutputFiles {
public:
  OutputFiles() = default;
  OutputFiles(const OutputFiles &) = delete;
  OutputFiles &operator=(const OutputFiles &) = delete;
  ~OutputFiles();

  /// Writes a file that shall be at `path`.
  llvm::Error add(llvm::StringRef path, llvm::StringRef content);

  /// Moves all files to their places. If one cannot be moved, those that were
  /// there before are put back.
  llvm::Error commit();

private:
  struct File {
    std::string path;
    /// The new content, until it is moved.
    std::string temporary;
    /// A second name of the old content, or "" if there is none.
    std::string backup;
    bool isMoved = false;
  };

  void restore();

  std::vector<File> files;
};

} // namespace fa3

#endif // FA3_TOOLS_FA3_COMPILE_OUTPUTFILES_H
