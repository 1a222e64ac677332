//===- CopyLibrary.h - Copies that compiled code calls ----------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_TARGET_CPU_COPYLIBRARY_H
#define FA3_LIB_TARGET_CPU_COPYLIBRARY_H

#include "mlir/ExecutionEngine/ExecutionEngine.h"

namespace mlir::attn {

/// Makes the copies between memrefs with gaps known to an engine, which LLVM's
/// code takes from a library of MLIR that need not be in the process.
void registerCopyLibrary(ExecutionEngine &engine);

} // namespace mlir::attn

#endif // FA3_LIB_TARGET_CPU_COPYLIBRARY_H
