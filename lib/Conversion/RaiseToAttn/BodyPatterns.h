//===- BodyPatterns.h - What bodies of linalg compute -----------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_CONVERSION_RAISETOATTN_BODYPATTERNS_H
#define FA3_LIB_CONVERSION_RAISETOATTN_BODYPATTERNS_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace mlir::attn {

/// Whether numbers of `type` have fewer bits than those that scores,
/// probabilities and their sums may be rounded to without being other ones: an
/// exporter of attention of 16 bits rounds to these wherever it stores
/// something.
inline bool isTooNarrow(Type type) {
  return isa<FloatType>(type) && type.getIntOrFloatBitWidth() < 16;
}

/// Whether an operation converts between types of numbers, and does not round
/// to fewer than 16 bits.
bool isSkipped(Operation *op);

/// Follows such conversions back.
Value skipConversionsOf(Value value);

/// The only reduction loop of `op`, but for those of a single turn; none if
/// there are several.
std::optional<unsigned> getReducedLoop(linalg::LinalgOp op);

/// The operation by which a result of `op` is reduced, if it adds to the output
/// or takes the larger, the conjunction or the disjunction of it and a new
/// value, and that value.
std::pair<Operation *, Value> getCombiner(linalg::LinalgOp op, unsigned result);

/// The product that a reduction of one result adds to it, converted or not;
/// null if it does anything else.
arith::MulFOp getAddedProduct(linalg::LinalgOp op);

/// Whether the body multiplies two inputs, converted or not and times constants
/// or not, and adds that to the output.
bool isProduct(linalg::LinalgOp op);

/// The input of `op` that `value` is in its body, widened or not; null if it is
/// anything else.
OpOperand *getWidenedInput(linalg::LinalgOp op, Value value);

/// The input of `op` that `value` is in its body; null if it is anything else.
OpOperand *getInput(linalg::LinalgOp op, Value value);

} // namespace mlir::attn

#endif // FA3_LIB_CONVERSION_RAISETOATTN_BODYPATTERNS_H
