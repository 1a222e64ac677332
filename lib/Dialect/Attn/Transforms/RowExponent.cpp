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

RowExponent::RowExponent(OpBuilder &builder, Location loc, Value maximum,
                         Value factor, bool unbounded) {
  auto rowType = cast<VectorType>(maximum.getType());
  auto spread = [&](Value scalar) -> Value {
    return vector::BroadcastOp::create(builder, loc, rowType, scalar);
  };
  factors = spread(factor);
  Value product = arith::MulFOp::create(builder, loc, maximum, factors);
  if (unbounded) {
    Value limit = arith::ConstantOp::create(
        builder, loc,
        DenseElementsAttr::get(rowType, builder.getF32FloatAttr(kWideProduct)));
    Value wide = arith::CmpFOp::create(
        builder, loc, arith::CmpFPredicate::OGT,
        math::AbsFOp::create(builder, loc, product), limit);
    factors = arith::SelectOp::create(
        builder, loc, wide, spread(floorPowerOfTwo(builder, loc, factor)),
        factors);
    product = arith::MulFOp::create(builder, loc, maximum, factors);
  }
  shift = arith::NegFOp::create(builder, loc, product);
}

Value RowExponent::create(OpBuilder &builder, Location loc,
                          Value scores) const {
  auto type = cast<VectorType>(scores.getType());
  if (type == shift.getType())
    return math::FmaOp::create(builder, loc, scores, factors, shift);
  auto spread = [&](Value rows) -> Value {
    auto column =
        VectorType::get({type.getDimSize(0), 1}, builder.getF32Type());
    return vector::BroadcastOp::create(
        builder, loc, type,
        vector::ShapeCastOp::create(builder, loc, column, rows));
  };
  // One factor for all rows needs no column.
  auto same = factors.getDefiningOp<vector::BroadcastOp>();
  Value tileFactors =
      same ? vector::BroadcastOp::create(builder, loc, type, same.getSource())
                 .getResult()
           : spread(factors);
  return math::FmaOp::create(builder, loc, scores, tileFactors, spread(shift));
}
