//===- LowerTileOps.cpp - Masks and coordinates in vector arithmetic ------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"
#include <limits>

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNLOWERTILEOPS
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

/// 0, 1, 2, … along `dimension` of a tile that has size 1 in the other one.
static Value createSteps(OpBuilder &builder, Location loc, int64_t size,
                         int64_t dimension) {
  Type index = builder.getIndexType();
  Value steps =
      vector::StepOp::create(builder, loc, VectorType::get({size}, index));
  SmallVector<int64_t> shape = {1, 1};
  shape[dimension] = size;
  return vector::ShapeCastOp::create(builder, loc,
                                     VectorType::get(shape, index), steps);
}

namespace {

struct LowerCoordinates : OpRewritePattern<CoordinatesOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(CoordinatesOp op,
                                PatternRewriter &rewriter) const override {
    auto type = cast<VectorType>(op.getType());
    int64_t dimension = op.getDimension();
    Value steps = createSteps(rewriter, op.getLoc(), type.getDimSize(dimension),
                              dimension);
    Value origin = vector::BroadcastOp::create(rewriter, op.getLoc(), type,
                                               op.getOrigin());
    rewriter.replaceOpWithNewOp<arith::AddIOp>(op, origin, steps);
    return success();
  }
};

struct LowerRamp : OpRewritePattern<RampOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(RampOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<VectorType>(op.getType());
    int64_t columns = type.getDimSize(1);
    auto numbers = llvm::to_vector_of<float>(llvm::seq<int64_t>(columns));
    Value row = arith::ConstantOp::create(
        rewriter, loc,
        DenseElementsAttr::get(
            VectorType::get({1, columns}, rewriter.getF32Type()),
            ArrayRef(numbers)));
    auto spread = [&](Value value) -> Value {
      return vector::BroadcastOp::create(rewriter, loc, type, value);
    };
    rewriter.replaceOpWithNewOp<math::FmaOp>(op, spread(op.getStep()),
                                             spread(row), spread(op.getBase()));
    return success();
  }
};

/// With the origins on the side of the bounds, as
///
///   c < extent − kv    and    lower + q − kv ≤ c − r ≤ upper + q − kv
///
/// what stands for the elements is constant, and the arithmetic on a tile is
/// one comparison for each bound.
struct LowerBandMask : OpRewritePattern<BandMaskOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(BandMaskOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto tileType = cast<VectorType>(op.getScores().getType());
    int64_t rows = tileType.getDimSize(0), columns = tileType.getDimSize(1);
    VectorType indexType = tileType.clone(rewriter.getIndexType());
    auto spread = [&](Type type, Value value) -> Value {
      return vector::BroadcastOp::create(rewriter, loc, type, value);
    };

    Value keep;
    auto keepWhere = [&](arith::CmpIPredicate predicate, Value elements,
                         Value bound) {
      Value inside = arith::CmpIOp::create(rewriter, loc, predicate, elements,
                                           spread(elements.getType(), bound));
      auto maskType = tileType.clone(rewriter.getI1Type());
      if (inside.getType() != maskType)
        inside = spread(maskType, inside);
      keep = keep ? arith::AndIOp::create(rewriter, loc, keep, inside) : inside;
    };

    Value columnNumbers = createSteps(rewriter, loc, columns, 1);
    if (Value extent = op.getExtent())
      keepWhere(
          arith::CmpIPredicate::slt, columnNumbers,
          arith::SubIOp::create(rewriter, loc, extent, op.getKeyOrigin()));
    if (op.getLower() || op.getUpper()) {
      Value rowNumbers = createSteps(rewriter, loc, rows, 0);
      if (auto group = static_cast<int64_t>(op.getRowGroup()); group != 1)
        rowNumbers = arith::DivUIOp::create(
            rewriter, loc, rowNumbers,
            spread(rowNumbers.getType(),
                   arith::ConstantIndexOp::create(rewriter, loc, group)));
      Value difference =
          arith::SubIOp::create(rewriter, loc, spread(indexType, columnNumbers),
                                spread(indexType, rowNumbers));
      Value shift = arith::SubIOp::create(rewriter, loc, op.getQueryOrigin(),
                                          op.getKeyOrigin());
      if (Value lower = op.getLower())
        keepWhere(arith::CmpIPredicate::sge, difference,
                  arith::AddIOp::create(rewriter, loc, lower, shift));
      if (Value upper = op.getUpper())
        keepWhere(arith::CmpIPredicate::sle, difference,
                  arith::AddIOp::create(rewriter, loc, upper, shift));
    }
    Value masked = arith::ConstantOp::create(
        rewriter, loc,
        DenseElementsAttr::get(tileType,
                               -std::numeric_limits<float>::infinity()));
    rewriter.replaceOpWithNewOp<arith::SelectOp>(op, keep, op.getScores(),
                                                 masked);
    return success();
  }
};

/// One group of all rows.
struct LowerAnyAbove : OpRewritePattern<AnyAboveOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AnyAboveOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value values = op.getValues();
    auto type = cast<VectorType>(values.getType());
    if (!type.getElementType().isF32()) {
      type = type.clone(rewriter.getF32Type());
      values = arith::ExtFOp::create(rewriter, loc, type, values);
    }
    Value bound = arith::ConstantOp::create(
        rewriter, loc, DenseElementsAttr::get(type, op.getBound()));
    Value above = arith::CmpFOp::create(
        rewriter, loc, arith::CmpFPredicate::UGT, values, bound);
    auto flat = VectorType::get({type.getNumElements()}, rewriter.getI1Type());
    Value all = vector::ShapeCastOp::create(rewriter, loc, flat, above);
    rewriter.replaceOpWithNewOp<vector::ReductionOp>(
        op, vector::CombiningKind::OR, all);
    return success();
  }
};

struct LowerTileOpsPass : attn::impl::AttnLowerTileOpsBase<LowerTileOpsPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerCoordinates, LowerRamp, LowerBandMask, LowerAnyAbove>(
        &getContext());
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
