//===- Constraints.h - Sizes as the runtime computes them -------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TARGET_CONSTRAINTS_H
#define FA3_TARGET_CONSTRAINTS_H

#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Runtime/Manifest.h"

namespace fa3 {

/// An expression over the sizes of a function's arguments.
runtime::SizeExpr convertExpression(mlir::hopper::ExpressionAttr expression);

/// What must hold between them.
runtime::Constraint convertConstraint(mlir::hopper::ConstraintAttr constraint);

} // namespace fa3

#endif // FA3_TARGET_CONSTRAINTS_H
