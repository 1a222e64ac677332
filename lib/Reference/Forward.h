//===- Forward.h - The definition of attn.forward ---------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_REFERENCE_FORWARD_H
#define FA3_LIB_REFERENCE_FORWARD_H

#include "ScalarProgram.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Reference/Reference.h"

namespace mlir::attn {

/// Evaluates one attention. `output` and `lse` (null where the op has none) are
/// written; the other operands are taken from the environment. Adds to
/// `multiplyAdds`.
LogicalResult evaluateForward(ForwardOp op, const Environment &environment,
                              ReferencePrecision precision,
                              const ArrayView &output, const ArrayView *lse,
                              double &multiplyAdds);

/// Evaluates one merge of partial attentions. `output` and `lse` (null where
/// the op has none) are written.
LogicalResult evaluateCombine(CombineOp op, const ArrayView &outputs,
                              const ArrayView &lses,
                              ReferencePrecision precision,
                              const ArrayView &output, const ArrayView *lse);

/// Evaluates one quantisation. `rotary` has the tables of cosines and sines, or
/// nothing. `output` and `scale` are written, and are arrays of their own.
LogicalResult evaluateQuantize(QuantizeOp op, const ArrayView &input,
                               ArrayRef<ArrayView> rotary,
                               ReferencePrecision precision,
                               const ArrayView &output, const ArrayView &scale);

/// Evaluates its inverse. `output` is written.
LogicalResult evaluateDequantize(DequantizeOp op, const ArrayView &input,
                                 const ArrayView &scale,
                                 ReferencePrecision precision,
                                 const ArrayView &output);

} // namespace mlir::attn

#endif // FA3_LIB_REFERENCE_FORWARD_H
