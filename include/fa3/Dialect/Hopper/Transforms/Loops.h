//===- Loops.h - Where in a kernel's loops an operation stands --*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_DIALECT_HOPPER_TRANSFORMS_LOOPS_H
#define FA3_DIALECT_HOPPER_TRANSFORMS_LOOPS_H

#include "mlir/Interfaces/LoopLikeInterface.h"

namespace mlir::hopper {

/// Whether the loop around `op` holds no other loop. A tile that is loaded
/// there is one of many that follow each other closely, and its channel has a
/// slot for each stage; one that a loop around loops loads is used for long.
inline bool isInInnermostLoop(Operation *op) {
  auto loop = op->getParentOfType<LoopLikeOpInterface>();
  if (!loop)
    return false;
  WalkResult nested = loop->walk([&](LoopLikeOpInterface inner) {
    return inner == loop ? WalkResult::advance() : WalkResult::interrupt();
  });
  return !nested.wasInterrupted();
}

} // namespace mlir::hopper

#endif // FA3_DIALECT_HOPPER_TRANSFORMS_LOOPS_H
