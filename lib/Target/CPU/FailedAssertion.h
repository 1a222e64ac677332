//===- FailedAssertion.h - Assertions of compiled code ----------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_TARGET_CPU_FAILEDASSERTION_H
#define FA3_LIB_TARGET_CPU_FAILEDASSERTION_H

#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include <optional>
#include <string>

namespace mlir::attn {

/// Lets assertions of an engine's code end the call that runs it, and not the
/// process.
void registerFailedAssertion(ExecutionEngine &engine);

/// Calls a function of such an engine. Gives the message of the assertion that
/// failed, if one did; what the function had allocated until then is lost.
std::optional<std::string> callWithAssertions(void (*function)(void **),
                                              void **arguments);

} // namespace mlir::attn

#endif // FA3_LIB_TARGET_CPU_FAILEDASSERTION_H
