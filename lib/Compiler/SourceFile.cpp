//===- SourceFile.cpp - Reading of a tool's input -------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Compiler/SourceFile.h"

#include "mlir/Bytecode/BytecodeReader.h"
#include "mlir/Support/FileUtilities.h"

using llvm::StringRef;

namespace fa3 {

/// The place behind a string or a comment that begins at `at`, or `at`.
static size_t skipToken(StringRef text, size_t at) {
  if (text.substr(at).starts_with("//"))
    return std::min(text.find('\n', at), text.size());
  if (text[at] != '"')
    return at;
  for (++at; at < text.size() && text[at] != '"' && text[at] != '\n'; ++at)
    if (text[at] == '\\')
      ++at;
  return std::min(at + 1, text.size());
}

llvm::Error checkNesting(StringRef text, StringRef name) {
  unsigned depth = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (size_t behind = skipToken(text, at); behind != at) {
      at = behind - 1;
      continue;
    }
    char c = text[at];
    if (c == '>' && at > 0 && text[at - 1] == '-')
      continue; // An arrow.
    if (StringRef("([{<").contains(c))
      ++depth;
    else if (StringRef(")]}>").contains(c) && depth > 0)
      --depth;
    if (depth > kMostNesting)
      return llvm::createStringError(
          llvm::inconvertibleErrorCode(),
          name + ":" + llvm::Twine(text.take_front(at).count('\n') + 1) +
              ": expected at most " + llvm::Twine(kMostNesting) +
              " brackets within each other, but got more");
  }
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
openSourceFile(StringRef path) {
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> file =
      mlir::openInputFile(path, &message);
  if (!file)
    return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
  if (!mlir::isBytecode(file->getMemBufferRef()))
    if (llvm::Error error =
            checkNesting(file->getBuffer(), file->getBufferIdentifier()))
      return std::move(error);
  return std::move(file);
}

} // namespace fa3
