//===- TileOps.cpp - Verifiers of the tile level --------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace mlir::attn;

/// The size of a tile is a decision of the compiler, not of the machine.
static LogicalResult verifyFixedSize(Operation *op, Type type) {
  if (cast<VectorType>(type).isScalable())
    return op->emitOpError("expected vectors of fixed size, but got ") << type;
  return success();
}

LogicalResult CoordinatesOp::verify() {
  if (failed(verifyFixedSize(*this, getType())))
    return failure();
  int64_t dimension = getDimension();
  if (dimension != 0 && dimension != 1)
    return emitOpError("expected dimension 0 or 1, but got ") << dimension;
  int64_t across = cast<VectorType>(getType()).getDimSize(1 - dimension);
  if (across != 1)
    return emitOpError("expected size 1 in dimension ")
           << 1 - dimension << " of the result, but got " << across;
  return success();
}

LogicalResult RampOp::verify() {
  auto type = cast<VectorType>(getType());
  if (failed(verifyFixedSize(*this, type)))
    return failure();
  auto base = dyn_cast<VectorType>(getBase().getType());
  if (!base) {
    if (type.getDimSize(0) != 1)
      return emitOpError("expected one row from a base that is a scalar, but "
                         "got ")
             << type.getDimSize(0);
    return success();
  }
  if (failed(verifyFixedSize(*this, base)))
    return failure();
  if (base.getDimSize(0) != type.getDimSize(0) || base.getDimSize(1) != 1)
    return emitOpError("expected a base of ")
           << type.getDimSize(0) << "x1, but got " << base.getDimSize(0) << "x"
           << base.getDimSize(1);
  return success();
}

LogicalResult BandMaskOp::verify() {
  if (failed(verifyFixedSize(*this, getType())))
    return failure();
  if (!getExtent() && !getLower() && !getUpper())
    return emitOpError("expected at least one of extent, lower and upper");
  auto group = static_cast<int64_t>(getRowGroup());
  int64_t rows = cast<VectorType>(getScores().getType()).getDimSize(0);
  if (group < 1 || rows % group != 0)
    return emitOpError("expected a row_group that divides the ")
           << rows << " rows of the tile, but got " << group;
  return success();
}

LogicalResult OnlineSoftmaxOp::verify() {
  if (failed(verifyFixedSize(*this, getScores().getType())) ||
      failed(verifyFixedSize(*this, getMaximum().getType())))
    return failure();
  int64_t rows = cast<VectorType>(getScores().getType()).getDimSize(0);
  int64_t elements = cast<VectorType>(getMaximum().getType()).getDimSize(0);
  if (rows != elements)
    return emitOpError("expected row vectors of ")
           << rows << " elements, but got " << elements;
  if (auto factors = dyn_cast<VectorType>(getFactor().getType())) {
    if (factors.isScalable() || factors.getDimSize(0) != rows)
      return emitOpError("expected factors for ")
             << rows << " rows, but got " << factors;
    if (!getScaledMaximum())
      return emitOpError("expected scaled_maximum with a factor for each row");
  }
  double exponent = getExponent().convertToDouble();
  if (!(exponent >= -16 && exponent <= 16))
    return emitOpError("expected an exponent between -16 and 16, but got ")
           << exponent;
  if (getUnbounded() && getScaledMaximum())
    return emitOpError("expected either unbounded or scaled_maximum, but got "
                       "both");
  return success();
}

LogicalResult ScaleBlocksOp::verify() {
  if (failed(verifyFixedSize(*this, getTile().getType())))
    return failure();
  int64_t dimension = getDimension();
  if (dimension != 0 && dimension != 1)
    return emitOpError("expected dimension 0 or 1, but got ") << dimension;
  if (getBlock() && static_cast<int64_t>(*getBlock()) < 1)
    return emitOpError("expected a block of at least 1 row, but got ")
           << static_cast<int64_t>(*getBlock());
  return success();
}

LogicalResult DeinterleaveOp::verify() {
  auto type = cast<VectorType>(getSource().getType());
  if (failed(verifyFixedSize(*this, type)))
    return failure();
  if (type.getDimSize(1) % 16 != 0)
    return emitOpError("expected a multiple of 16 columns, but got ")
           << type.getDimSize(1);
  return success();
}

LogicalResult AnyAboveOp::verify() {
  if (failed(verifyFixedSize(*this, getValues().getType())))
    return failure();
  Type element = getElementTypeOrSelf(getValues().getType());
  if (element.isF32())
    return success();
  double bound = getBoundAttr().getValueAsDouble();
  if (!(bound > 0) ||
      FloatAttr::get(element, bound).getValueAsDouble() != bound)
    return emitOpError("expected a bound that is a positive number of ")
           << element << ", but got " << getBoundAttr();
  return success();
}

/// Whether a vector is an infinity in each element, whatever its shape.
static bool isInfinite(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<vector::BroadcastOp, vector::ShapeCastOp>(op))
      break;
    value = op->getOperand(0);
  }
  DenseFPElementsAttr constant;
  return matchPattern(value, m_Constant(&constant)) && constant.isSplat() &&
         constant.getSplatValue<APFloat>().isInfinity() &&
         !constant.getSplatValue<APFloat>().isNegative();
}

/// Exponentials under a maximum of -inf, which no row has had a key for yet:
/// the exponent is +inf or NaN, and so is what they add up to. Rounded to 8
/// bits they are the largest number or NaN.
LogicalResult AnyAboveOp::canonicalize(AnyAboveOp op,
                                       PatternRewriter &rewriter) {
  Value terms = op.getValues();
  if (auto sum = terms.getDefiningOp<vector::MultiDimReductionOp>()) {
    if (sum.getKind() != vector::CombiningKind::ADD)
      return failure();
    terms = sum.getSource();
  } else if (auto narrow = terms.getDefiningOp<arith::TruncFOp>()) {
    terms = narrow.getIn();
  }
  if (auto cast = terms.getDefiningOp<vector::ShapeCastOp>())
    terms = cast.getSource();
  auto power = terms.getDefiningOp<math::Exp2Op>();
  if (!power)
    return failure();
  auto exponent = power.getOperand().getDefiningOp<math::FmaOp>();
  if (!exponent || !isInfinite(exponent.getC()))
    return failure();
  rewriter.replaceOpWithNewOp<arith::ConstantOp>(op,
                                                 rewriter.getBoolAttr(true));
  return success();
}
