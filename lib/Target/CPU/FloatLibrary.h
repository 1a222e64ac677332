//===- FloatLibrary.h - Conversions that compiled code calls ----*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_TARGET_CPU_FLOATLIBRARY_H
#define FA3_LIB_TARGET_CPU_FLOATLIBRARY_H

#include "mlir/ExecutionEngine/ExecutionEngine.h"

namespace mlir::attn {

/// Makes the conversions between f16 or bf16 and f32 known to an engine. LLVM
/// calls them on processors without instructions for them, and compiler-rt,
/// which has them, need not be in the process.
void registerFloatLibrary(ExecutionEngine &engine);

} // namespace mlir::attn

#endif // FA3_LIB_TARGET_CPU_FLOATLIBRARY_H
