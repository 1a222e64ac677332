//===- RowExponent.h - Exponents under a row's maximum ----------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What `attn-lower-online-softmax` and `attn-speculate-maximum` share: how
// factor · (S − m) + exponent is computed with one fused multiplication and
// addition for each element, for a maximum of any size.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_DIALECT_ATTN_TRANSFORMS_ROWEXPONENT_H
#define FA3_LIB_DIALECT_ATTN_TRANSFORMS_ROWEXPONENT_H

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/IR/Builders.h"

namespace mlir::attn {

/// The exponents of an online softmax as fma(S, factor, shift), with
/// shift = exponent − m · factor for each row; a scaled maximum is that product
/// already.
///
/// The product is rounded, and its error, up to 2⁻²⁴ · |m · factor|, stands in
/// each of the row's exponents. That is no matter while it is small: the sum of
/// the row bears it too. But past 2²⁷ the probabilities leave f16, and where
/// the product overflows they are NaN: a mask of −1e9 or −3e38 added to every
/// score of a row does that. Where the scores are said to be unbounded, such a
/// row takes the power of two below its factor in its place, with which the
/// product is exact, and no exponent, which would have it rounded. Its scores
/// are then at least 4 apart in the exponent or equal, so that this changes no
/// probability that counts.
class RowExponent {
public:
  /// `maximum` is the new one of `op` or what stands for it: a vector of rows,
  /// each finite or −inf.
  RowExponent(OpBuilder &builder, OnlineSoftmaxOp op, Value maximum);

  /// The exponents of the probabilities.
  Value ofScores(OpBuilder &builder);
  /// The exponents of the correction.
  Value ofCorrection(OpBuilder &builder);

private:
  OnlineSoftmaxOp op;
  /// One for all rows, or a vector of one for each.
  Value factor;
  /// A vector in any case, where the maximum is not scaled.
  Value rowFactors;
  Value scaledMaximum;
  Value shift;
};

} // namespace mlir::attn

#endif // FA3_LIB_DIALECT_ATTN_TRANSFORMS_ROWEXPONENT_H
