//===- RunProgram.cpp - Runs a program and keeps its output ---------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs a program to its end with its output in a temporary file.
//
//===----------------------------------------------------------------------===//

#include "RunProgram.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

using llvm::StringRef;

namespace fa3 {

llvm::Expected<TemporaryFile> TemporaryFile::create(StringRef suffix) {
  TemporaryFile file;
  if (std::error_code error =
          llvm::sys::fs::createTemporaryFile("fa3", suffix, file.path)) {
    llvm::SmallString<128> folder;
    llvm::sys::path::system_temp_directory(/*ErasedOnReboot=*/true, folder);
    return llvm::createStringError(error,
                                   "cannot create a temporary file in '" +
                                       folder + "': " + error.message());
  }
  llvm::sys::RemoveFileOnSignal(file.path);
  return file;
}

TemporaryFile::~TemporaryFile() {
  if (path.empty())
    return;
  llvm::sys::fs::remove(path);
  llvm::sys::DontRemoveFileOnSignal(path);
}

llvm::Error TemporaryFile::write(StringRef content) const {
  std::error_code error;
  llvm::raw_fd_ostream os(path, error, llvm::sys::fs::OF_None);
  if (!error) {
    os << content;
    os.close();
    error = os.error();
    os.clear_error();
  }
  if (error)
    return llvm::createStringError(error, "cannot write '" + path.str() +
                                              "': " + error.message());
  return llvm::Error::success();
}

llvm::Expected<std::string> TemporaryFile::read() const {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return llvm::createStringError(buffer.getError(),
                                   "cannot read '" + path.str() +
                                       "': " + buffer.getError().message());
  return (*buffer)->getBuffer().str();
}

llvm::Expected<ProgramResult> runProgram(StringRef path,
                                         llvm::ArrayRef<StringRef> arguments,
                                         unsigned secondsToWait) {
  llvm::Expected<TemporaryFile> output = TemporaryFile::create("log");
  if (!output)
    return output.takeError();
  llvm::SmallVector<StringRef> argv = {path};
  argv.append(arguments.begin(), arguments.end());
  // No input, and both outputs into one file.
  std::optional<StringRef> redirects[] = {StringRef(), output->getPath(),
                                          output->getPath()};
  ProgramResult result;
  result.exitCode = llvm::sys::ExecuteAndWait(
      path, argv, /*Env=*/std::nullopt, redirects, secondsToWait,
      /*MemoryLimit=*/0, &result.failure);
  llvm::Expected<std::string> text = output->read();
  if (!text)
    return text.takeError();
  result.output = std::move(*text);
  return result;
}

} // namespace fa3
