//===- HoistConversions.cpp - Positions to floats once for a row ----------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNHOISTCONVERSIONS
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

namespace {

/// A position or a distance of a tile's elements: `atFirst` in the first column
/// (an index, or a vector of one column), and `step` more in each next.
struct Steps {
  Value atFirst;
  float step = 1;
};

} // namespace

/// What a vector repeats.
static Value skipBroadcasts(Value value) {
  while (auto broadcast = value.getDefiningOp<vector::BroadcastOp>())
    value = broadcast.getSource();
  return value;
}

static CoordinatesOp getCoordinates(Value value, int64_t dimension) {
  auto op = skipBroadcasts(value).getDefiningOp<CoordinatesOp>();
  return op && static_cast<int64_t>(op.getDimension()) == dimension
             ? op
             : CoordinatesOp();
}

/// Columns, or the distance between rows and columns in either direction.
static std::optional<Steps> findSteps(OpBuilder &builder, Location loc,
                                      Value value) {
  if (CoordinatesOp columns = getCoordinates(value, 1))
    return Steps{columns.getOrigin()};
  auto difference = skipBroadcasts(value).getDefiningOp<arith::SubIOp>();
  if (!difference)
    return std::nullopt;
  Value lhs = difference.getLhs(), rhs = difference.getRhs();
  auto toFirst = [&](CoordinatesOp columns, CoordinatesOp rows) -> Value {
    return vector::BroadcastOp::create(builder, loc, rows.getType(),
                                       columns.getOrigin());
  };
  CoordinatesOp columns = getCoordinates(lhs, 1), rows = getCoordinates(rhs, 0);
  if (columns && rows)
    return Steps{
        arith::SubIOp::create(builder, loc, toFirst(columns, rows), rows)};
  columns = getCoordinates(rhs, 1);
  rows = getCoordinates(lhs, 0);
  if (columns && rows)
    return Steps{
        arith::SubIOp::create(builder, loc, rows, toFirst(columns, rows)),
        /*step=*/-1};
  return std::nullopt;
}

/// The operand of an absolute value: of math.absi, or the larger of a number
/// and its negative.
static Value getOperandOfAbs(Value value) {
  if (auto abs = value.getDefiningOp<math::AbsIOp>())
    return abs.getOperand();
  auto max = value.getDefiningOp<arith::MaxSIOp>();
  if (!max)
    return {};
  for (auto [number, negative] : {std::pair(max.getLhs(), max.getRhs()),
                                  std::pair(max.getRhs(), max.getLhs())}) {
    auto difference = negative.getDefiningOp<arith::SubIOp>();
    if (difference && difference.getRhs() == number &&
        matchPattern(difference.getLhs(), m_Zero()))
      return number;
  }
  return {};
}

/// Converts what stands in the first column, and adds the rest as floats.
static LogicalResult hoist(arith::SIToFPOp op) {
  auto type = dyn_cast<VectorType>(op.getType());
  if (!type || type.getRank() != 2 || !type.getElementType().isF32())
    return failure();
  Value integer = op.getIn();
  Type narrow = getElementTypeOrSelf(integer.getType());
  // Positions are less than 2^31, so no distance wraps around in 32 bits.
  if (!narrow.isInteger(32) && !narrow.isInteger(64))
    return failure();
  bool absolute = false;
  auto skipAbs = [&] {
    if (Value operand = getOperandOfAbs(integer)) {
      integer = operand;
      absolute = true;
    }
  };
  skipAbs();
  if (auto cast = integer.getDefiningOp<arith::IndexCastOp>())
    integer = cast.getIn();
  skipAbs();
  if (!getElementTypeOrSelf(integer.getType()).isIndex())
    return failure();

  Location loc = op.getLoc();
  OpBuilder builder(op);
  std::optional<Steps> steps = findSteps(builder, loc, integer);
  if (!steps)
    return failure();
  auto like = [](Type type, Type element) -> Type {
    auto vector = dyn_cast<VectorType>(type);
    return vector ? vector.clone(element) : element;
  };
  Value base = steps->atFirst;
  if (!isa<VectorType>(base.getType()) && type.getDimSize(0) != 1)
    base = vector::BroadcastOp::create(
        builder, loc,
        VectorType::get({type.getDimSize(0), 1}, builder.getIndexType()), base);
  base = arith::IndexCastOp::create(builder, loc, like(base.getType(), narrow),
                                    base);
  base = arith::SIToFPOp::create(
      builder, loc, like(base.getType(), builder.getF32Type()), base);
  TypedAttr step = builder.getF32FloatAttr(steps->step);
  if (auto vector = dyn_cast<VectorType>(base.getType()))
    step = DenseElementsAttr::get(vector, steps->step);
  Value result = RampOp::create(builder, loc, type, base,
                                arith::ConstantOp::create(builder, loc, step));
  if (absolute)
    result = math::AbsFOp::create(builder, loc, result);
  op.replaceAllUsesWith(result);
  op.erase();
  return success();
}

namespace {

struct HoistConversionsPass
    : attn::impl::AttnHoistConversionsBase<HoistConversionsPass> {
  void runOnOperation() override {
    SmallVector<arith::SIToFPOp> conversions;
    getOperation()->walk(
        [&](arith::SIToFPOp op) { conversions.push_back(op); });
    for (arith::SIToFPOp op : conversions)
      if (succeeded(hoist(op)))
        ++numHoisted;
  }
};

} // namespace
