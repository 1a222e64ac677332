//===- FailedAssertion.cpp - Assertions of compiled code ------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `cf.assert` becomes a call of `puts`, and one of `abort`. Frames of compiled
// code have nothing to clean up, so a jump may leave them.
//
//===----------------------------------------------------------------------===//

#include "FailedAssertion.h"
#include "llvm/ExecutionEngine/Orc/Shared/ExecutorAddress.h"
#include <csetjmp>
#include <utility>

using namespace mlir;
using namespace mlir::attn;

/// Where the innermost call of this thread goes on, and what was said last.
static thread_local std::jmp_buf *callSite = nullptr;
static thread_local const char *lastMessage = "";

static int keepMessage(const char *message) {
  lastMessage = message;
  return 0;
}
[[noreturn]] static void leaveCall() { std::longjmp(*callSite, 1); }

void mlir::attn::registerFailedAssertion(ExecutionEngine &engine) {
  engine.registerSymbols([](llvm::orc::MangleAndInterner intern) {
    llvm::orc::SymbolMap symbols;
    symbols[intern("puts")] = {llvm::orc::ExecutorAddr::fromPtr(keepMessage),
                               llvm::JITSymbolFlags::Exported};
    symbols[intern("abort")] = {llvm::orc::ExecutorAddr::fromPtr(leaveCall),
                                llvm::JITSymbolFlags::Exported};
    return symbols;
  });
}

std::optional<std::string>
mlir::attn::callWithAssertions(void (*function)(void **), void **arguments) {
  std::jmp_buf here;
  std::jmp_buf *outer = std::exchange(callSite, &here);
  if (setjmp(here) != 0) {
    callSite = outer;
    return lastMessage;
  }
  function(arguments);
  callSite = outer;
  return std::nullopt;
}
