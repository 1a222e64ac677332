//===- Assertions.h - Assertions about sizes --------------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_DIALECT_HOPPER_TRANSFORMS_ASSERTIONS_H
#define FA3_DIALECT_HOPPER_TRANSFORMS_ASSERTIONS_H

#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"

namespace mlir::hopper {

/// What an assertion says of the sizes of a function's arguments, for whoever
/// calls the function to check in front of the call. Fails where it says
/// anything else than that two of them are equal.
FailureOr<ConstraintAttr> convertAssertion(cf::AssertOp assertion);

} // namespace mlir::hopper

#endif // FA3_DIALECT_HOPPER_TRANSFORMS_ASSERTIONS_H
