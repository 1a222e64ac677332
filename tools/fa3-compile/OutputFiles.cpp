//===- OutputFiles.cpp - Files that appear together -----------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Writes temporary files in the folders of the outputs, since only within one
// file system a move replaces a file in one step.
//
//===----------------------------------------------------------------------===//

#include "OutputFiles.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using llvm::StringRef;

namespace fa3 {

static llvm::Error makeError(StringRef path, std::error_code error) {
  return llvm::createStringError(error, "cannot write '" + path +
                                            "': " + error.message());
}

OutputFiles::~OutputFiles() {
  for (const File &file : files) {
    if (!file.isMoved)
      llvm::sys::fs::remove(file.temporary);
    if (!file.backup.empty())
      llvm::sys::fs::remove(file.backup);
  }
}

llvm::Error OutputFiles::add(StringRef path, StringRef content) {
  if (llvm::sys::fs::is_directory(path))
    return makeError(path, std::make_error_code(std::errc::is_a_directory));
  int descriptor = 0;
  llvm::SmallString<128> temporary;
  if (std::error_code error = llvm::sys::fs::createUniqueFile(
          path + ".%%%%%%.tmp", descriptor, temporary, llvm::sys::fs::OF_None,
          llvm::sys::fs::all_read | llvm::sys::fs::all_write))
    return makeError(path, error);
  files.push_back({path.str(), temporary.str().str(), "", false});
  llvm::raw_fd_ostream os(descriptor, /*shouldClose=*/true);
  os << content;
  os.close();
  if (std::error_code error = os.error()) {
    os.clear_error();
    return makeError(path, error);
  }
  return llvm::Error::success();
}

void OutputFiles::restore() {
  for (File &file : files) {
    if (!file.isMoved)
      continue;
    if (file.backup.empty())
      llvm::sys::fs::remove(file.path);
    else if (!llvm::sys::fs::rename(file.backup, file.path))
      file.backup.clear();
  }
}

llvm::Error OutputFiles::commit() {
  for (File &file : files) {
    if (!llvm::sys::fs::exists(file.path))
      continue;
    std::string backup = file.temporary + ".old";
    if (!llvm::sys::fs::create_hard_link(file.path, backup))
      file.backup = std::move(backup);
  }
  for (File &file : files) {
    if (std::error_code error =
            llvm::sys::fs::rename(file.temporary, file.path)) {
      restore();
      return makeError(file.path, error);
    }
    file.isMoved = true;
  }
  return llvm::Error::success();
}

} // namespace fa3
