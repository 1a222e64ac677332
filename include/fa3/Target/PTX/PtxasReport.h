//===- PtxasReport.h - What ptxas says about kernels ------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Turns the text that `ptxas -v` prints into numbers and messages.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TARGET_PTX_PTXASREPORT_H
#define FA3_TARGET_PTX_PTXASREPORT_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>
#include <vector>

namespace fa3 {

/// What one kernel or device function needs, as assembled. All are 0 where
/// ptxas says nothing.
struct PtxasFunction {
  std::string name;
  /// Registers of a thread at the kernel's entry.
  int64_t registers = 0;
  int64_t barriers = 0;
  // Bytes of a thread.
  int64_t stackFrame = 0;
  int64_t spillStores = 0;
  int64_t spillLoads = 0;
  /// Static shared memory of a block, in bytes.
  int64_t sharedMemory = 0;

  bool hasSpills() const { return spillStores != 0 || spillLoads != 0; }
};

/// A message other than the numbers above.
struct PtxasMessage {
  enum class Severity { Info, Warning, Error };
  Severity severity = Severity::Info;
  /// Such as "C7510", or "".
  std::string code;
  /// Line of the PTX text, or 0.
  int64_t line = 0;
  std::string text;

  /// The wgmma instructions of a function wait for each other: half the speed.
  bool isSerialization() const;
  /// ptxas put a wait in front of an accumulator that is read too early.
  bool isInjectedWait() const;
  /// The registers that `setmaxnreg` asks for are not given.
  bool isIgnoredRegisterCount() const;
};

struct PtxasReport {
  std::vector<PtxasFunction> functions;
  std::vector<PtxasMessage> messages;

  /// The function with this name, or null.
  const PtxasFunction *findFunction(llvm::StringRef name) const;
  /// The error messages, joined by "; ".
  std::string getErrors() const;
};

/// Parses what ptxas printed. Lines of no known form are taken for errors if
/// they look like one and are skipped otherwise.
PtxasReport parsePtxasReport(llvm::StringRef text);

} // namespace fa3

#endif // FA3_TARGET_PTX_PTXASREPORT_H
