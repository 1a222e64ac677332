//===- Reference.h - Attention in double precision --------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What results are compared with. attn.forward is evaluated from its
// definition, one row at a time, on numbers in double precision; none of the
// compiler's passes takes part. So are the operations around it in its
// function, as far as they only give it sizes, views and destinations.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_REFERENCE_REFERENCE_H
#define FA3_REFERENCE_REFERENCE_H

#include "fa3/Reference/HostArray.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <vector>

namespace mlir::attn {

/// The numbers of an array, in C order without gaps.
struct Numbers {
  SmallVector<int64_t> shape;
  std::vector<double> values;
};

/// What a function gives: each array that it wrote or returns.
struct ReferenceOutput {
  bool isResult; // a result of the function, or one of its arguments
  unsigned index;
  Numbers numbers;
};

enum class ReferencePrecision {
  /// Everything in double precision.
  Double,
  /// As a plain implementation in the precision of the inputs rounds: scores,
  /// probabilities and outputs are rounded to the type of Q, sums are not. Its
  /// error is the yardstick for the error of a kernel.
  Naive,
  /// Nothing is computed; the multiply-adds are counted.
  CountOnly,
};

struct ReferenceResult {
  std::vector<ReferenceOutput> outputs;
  /// Pairs of a query and a key in its band, times D + Dv, over all heads: half
  /// of the floating-point operations of the two products. What a mask region
  /// hides is counted.
  double multiplyAdds = 0;
};

/// Evaluates a function of `attn.forward` operations on arrays. Reports what it
/// does not understand as an error at that operation.
FailureOr<ReferenceResult>
evaluateReference(func::FuncOp function, ArrayRef<HostArgument> arguments,
                  ReferencePrecision precision = ReferencePrecision::Double);

} // namespace mlir::attn

#endif // FA3_REFERENCE_REFERENCE_H
