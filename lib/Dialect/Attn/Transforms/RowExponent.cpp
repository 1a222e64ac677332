//===- RowExponent.cpp - Exponents under a row's maximum ------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowExponent.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::attn;

/// From here on the error of the rounded product is up to 8.
static constexpr float kWideProduct = 134217728.0f; // 2^27

/// The largest power of two that is not above `factor`: its exponent bits.
static Value floorPowerOfTwo(OpBuilder &builder, Location loc, Value factor) {
  Type i32 = builder.getI32Type();
  Value bits = arith::BitcastOp::create(builder, loc, i32, factor);
  Value mask = arith::ConstantOp::create(builder, loc,
                                         builder.getI32IntegerAttr(0x7F800000));
  return arith::BitcastOp::create(
      builder, loc, builder.getF32Type(),
      arith::AndIOp::create(builder, loc, bits, mask));
}

RowExponent::RowExponent(OpBuilder &builder, OnlineSoftmaxOp op, Value maximum)
    : op(op), factor(op.getFactor()), scaledMaximum(maximum) {
  Location loc = op.getLoc();
  auto rowType = cast<VectorType>(maximum.getType());
  auto spread = [&](Value scalar) -> Value {
    return vector::BroadcastOp::create(builder, loc, rowType, scalar);
  };
  auto splat = [&](const APFloat &value) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     DenseElementsAttr::get(rowType, value));
  };
  Value lift;
  if (!op.getExponent().isZero())
    lift = splat(op.getExponent());
  if (!op.getScaledMaximum()) {
    rowFactors = spread(factor);
    scaledMaximum = arith::MulFOp::create(builder, loc, maximum, rowFactors);
  }
  if (op.getUnbounded()) {
    Value limit = splat(APFloat(kWideProduct));
    Value wide = arith::CmpFOp::create(
        builder, loc, arith::CmpFPredicate::OGT,
        math::AbsFOp::create(builder, loc, scaledMaximum), limit);
    rowFactors = arith::SelectOp::create(
        builder, loc, wide, spread(floorPowerOfTwo(builder, loc, factor)),
        rowFactors);
    factor = rowFactors;
    scaledMaximum = arith::MulFOp::create(builder, loc, maximum, rowFactors);
    if (lift)
      lift = arith::SelectOp::create(builder, loc, wide, splat(APFloat(0.0f)),
                                     lift);
  }
  if (lift)
    shift = arith::SubFOp::create(builder, loc, lift, scaledMaximum);
  else
    shift = arith::NegFOp::create(builder, loc, scaledMaximum);
}

Value RowExponent::ofScores(OpBuilder &builder) {
  Location loc = op.getLoc();
  auto type = cast<VectorType>(op.getScores().getType());
  auto spread = [&](Value rows) -> Value {
    // One for all rows needs no column.
    if (isa<VectorType>(rows.getType()))
      rows = vector::ShapeCastOp::create(
          builder, loc,
          VectorType::get({type.getDimSize(0), 1}, builder.getF32Type()), rows);
    return vector::BroadcastOp::create(builder, loc, type, rows);
  };
  Value factors = spread(factor);
  return math::FmaOp::create(builder, loc, op.getScores(), factors,
                             spread(shift));
}

Value RowExponent::ofCorrection(OpBuilder &builder) {
  Location loc = op.getLoc();
  if (op.getScaledMaximum())
    return arith::SubFOp::create(builder, loc, op.getMaximum(), scaledMaximum);
  Value unlifted = shift;
  if (!op.getExponent().isZero())
    unlifted = arith::NegFOp::create(builder, loc, scaledMaximum);
  return math::FmaOp::create(builder, loc, op.getMaximum(), rowFactors,
                             unlifted);
}
