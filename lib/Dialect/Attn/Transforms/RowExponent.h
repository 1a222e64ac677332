//===- RowExponent.h - Exponents under a row's maximum ----------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What `attn-lower-online-softmax` and `attn-speculate-maximum` share: how
// factor · (S − m) is computed with one fused multiplication and addition for
// each element, for a maximum of any size.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_DIALECT_ATTN_TRANSFORMS_ROWEXPONENT_H
#define FA3_LIB_DIALECT_ATTN_TRANSFORMS_ROWEXPONENT_H

#include "mlir/IR/Builders.h"

namespace mlir::attn {

/// The exponents of a tile's rows as fma(S, factor, shift), with
/// shift = −(m · factor) for each row.
///
/// The product is rounded, and its error, up to 2⁻²⁴ · |m · factor|, stands in
/// each of the row's exponents. That is no matter while it is small: the sum of
/// the row bears it too. But past 2²⁷ the probabilities leave f16, and where
/// the product overflows they are NaN: a mask of −1e9 or −3e38 added to every
/// score of a row does that. Where the scores are said to be unbounded, such a
/// row takes the power of two below its factor in its place, with which the
/// product is exact. Its scores are then at least 4 apart in the exponent or
/// equal, so that this changes no probability that counts.
class RowExponent {
public:
  /// `maximum` is a vector of rows, each finite or −inf; `factor` a positive
  /// f32.
  RowExponent(OpBuilder &builder, Location loc, Value maximum, Value factor,
              bool unbounded);

  /// The exponents of `scores`: a tile with the rows of the maximum, or a
  /// vector of one value a row.
  Value create(OpBuilder &builder, Location loc, Value scores) const;

private:
  Value factors;
  Value shift;
};

} // namespace mlir::attn

#endif // FA3_LIB_DIALECT_ATTN_TRANSFORMS_ROWEXPONENT_H
