//===- SourceFile.h - Reading of a tool's input -----------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_COMPILER_SOURCEFILE_H
#define FA3_COMPILER_SOURCEFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

namespace fa3 {

/// Brackets within each other that a text may have: MLIR's parser and its
/// printer call themselves for each, and a stack has an end.
inline constexpr unsigned kMostNesting = 512;

/// Fails where a text in MLIR's syntax has brackets more than `kMostNesting`
/// deep, and says at which line. `name` is what the message calls it.
llvm::Error checkNesting(llvm::StringRef text, llvm::StringRef name);

/// Opens a file of text or bytecode, "-" for standard input; text that no
/// parser should begin to read is refused.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
openSourceFile(llvm::StringRef path);

} // namespace fa3

#endif // FA3_COMPILER_SOURCEFILE_H
