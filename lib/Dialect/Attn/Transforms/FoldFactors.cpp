//===- FoldFactors.cpp - Factors and ramps into multiply-adds -------------===//
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
#include "mlir/IR/Dominance.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Transforms/ControlFlowSinkUtils.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNFOLDFACTORS
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

static bool isTile(Value value) {
  auto type = dyn_cast<VectorType>(value.getType());
  return type && type.getRank() == 2 && type.getElementType().isF32() &&
         type.getDimSize(1) != 1;
}

/// What all elements of a row share, as a vector of one column.
static Value getRows(OpBuilder &builder, Location loc, Value tile) {
  auto type = cast<VectorType>(tile.getType());
  auto rowType = VectorType::get({type.getDimSize(0), 1}, builder.getF32Type());
  DenseFPElementsAttr constant;
  if (matchPattern(tile, m_Constant(&constant)) && constant.isSplat())
    return arith::ConstantOp::create(
        builder, loc,
        DenseElementsAttr::get(rowType, constant.getSplatValue<APFloat>()));
  auto broadcast = tile.getDefiningOp<vector::BroadcastOp>();
  if (!broadcast)
    return {};
  if (broadcast.getSourceType() == rowType)
    return broadcast.getSource();
  if (isa<FloatType>(broadcast.getSourceType()))
    return vector::BroadcastOp::create(builder, loc, rowType,
                                       broadcast.getSource());
  return {};
}

/// Whether there are such rows.
static bool sharesRows(Value tile) {
  DenseFPElementsAttr constant;
  if (matchPattern(tile, m_Constant(&constant)))
    return constant.isSplat();
  auto broadcast = tile.getDefiningOp<vector::BroadcastOp>();
  if (!broadcast)
    return false;
  auto source = dyn_cast<VectorType>(broadcast.getSourceType());
  int64_t rows = cast<VectorType>(tile.getType()).getDimSize(0);
  return !source || source.getShape() == ArrayRef<int64_t>{rows, 1};
}

static Value spread(OpBuilder &builder, Location loc, Value rows, Type type) {
  return vector::BroadcastOp::create(builder, loc, type, rows);
}

/// The two operands of a product, the one that rows share behind the other.
static std::optional<std::pair<Value, Value>> getProduct(Value value) {
  auto product = value.getDefiningOp<arith::MulFOp>();
  if (!product)
    return std::nullopt;
  if (sharesRows(product.getRhs()))
    return std::pair(product.getLhs(), product.getRhs());
  if (sharesRows(product.getLhs()))
    return std::pair(product.getRhs(), product.getLhs());
  return std::nullopt;
}

namespace {

/// (x · a) · b with constants: x · (a · b).
struct FoldConstants : OpRewritePattern<arith::MulFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::MulFOp op,
                                PatternRewriter &rewriter) const override {
    if (!isTile(op))
      return failure();
    auto outer = getProduct(op);
    auto inner = outer ? getProduct(outer->first) : std::nullopt;
    DenseFPElementsAttr a, b;
    if (!inner || !matchPattern(outer->second, m_Constant(&a)) ||
        !matchPattern(inner->second, m_Constant(&b)))
      return failure();
    APFloat factor = a.getSplatValue<APFloat>() * b.getSplatValue<APFloat>();
    // What over- or underflows alone does not in its place.
    if (!factor.isNormal())
      return failure();
    Value constant = arith::ConstantOp::create(
        rewriter, op.getLoc(),
        DenseElementsAttr::get(cast<VectorType>(op.getType()), factor));
    rewriter.replaceOpWithNewOp<arith::MulFOp>(op, inner->first, constant,
                                               op.getFastmathAttr());
    return success();
  }
};

/// Rows' factors of a ramp are those of its base and its step.
struct ScaleRamp : OpRewritePattern<arith::MulFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::MulFOp op,
                                PatternRewriter &rewriter) const override {
    if (!isTile(op))
      return failure();
    auto product = getProduct(op);
    auto ramp = product ? product->first.getDefiningOp<RampOp>() : RampOp();
    if (!ramp || !isa<VectorType>(ramp.getBase().getType()))
      return failure();
    Location loc = op.getLoc();
    Value factor = getRows(rewriter, loc, product->second);
    Value base = arith::MulFOp::create(rewriter, loc, ramp.getBase(), factor);
    Value step = arith::MulFOp::create(rewriter, loc, ramp.getStep(), factor);
    rewriter.replaceOpWithNewOp<RampOp>(op, op.getType(), base, step);
    return success();
  }
};

/// fma(x · a, f, c): fma(x, a · f, c).
struct FoldProduct : OpRewritePattern<math::FmaOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::FmaOp op,
                                PatternRewriter &rewriter) const override {
    if (!isTile(op) || !sharesRows(op.getB()))
      return failure();
    auto product = getProduct(op.getA());
    if (!product)
      return failure();
    Location loc = op.getLoc();
    Value factor = arith::MulFOp::create(
        rewriter, loc, getRows(rewriter, loc, product->second),
        getRows(rewriter, loc, op.getB()));
    rewriter.replaceOpWithNewOp<math::FmaOp>(
        op, product->first, spread(rewriter, loc, factor, op.getType()),
        op.getC());
    return success();
  }
};

/// fma(x + ramp, f, c): fma(x, f, ramp), whose base and step are scaled, and
/// the base added to c.
template <typename SumT>
struct FoldRamp : OpRewritePattern<math::FmaOp> {
  using OpRewritePattern<math::FmaOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(math::FmaOp op,
                                PatternRewriter &rewriter) const override {
    if (!isTile(op) || !sharesRows(op.getB()) || !sharesRows(op.getC()))
      return failure();
    auto sum = op.getA().getDefiningOp<SumT>();
    if (!sum)
      return failure();
    constexpr bool isDifference = std::is_same_v<SumT, arith::SubFOp>;
    Value other = sum.getLhs();
    auto ramp = sum.getRhs().template getDefiningOp<RampOp>();
    if (!ramp && !isDifference) {
      other = sum.getRhs();
      ramp = sum.getLhs().template getDefiningOp<RampOp>();
    }
    if (!ramp || !isa<VectorType>(ramp.getBase().getType()))
      return failure();
    Location loc = op.getLoc();
    Value factor = getRows(rewriter, loc, op.getB());
    if (isDifference)
      factor = arith::NegFOp::create(rewriter, loc, factor);
    Value base = math::FmaOp::create(rewriter, loc, ramp.getBase(), factor,
                                     getRows(rewriter, loc, op.getC()));
    Value step = arith::MulFOp::create(rewriter, loc, ramp.getStep(), factor);
    rewriter.replaceOpWithNewOp<math::FmaOp>(
        op, other, op.getB(),
        RampOp::create(rewriter, loc, op.getType(), base, step));
    return success();
  }
};

struct FoldFactorsPass : attn::impl::AttnFoldFactorsBase<FoldFactorsPass> {
  /// The scores themselves are left to the branch that looks for their maximum:
  /// beside the products that they are computed from they would take registers.
  void sinkScores() {
    auto &dominance = getAnalysis<DominanceInfo>();
    getOperation()->walk([&](RegionBranchOpInterface branch) {
      SmallVector<Region *> regions;
      getSinglyExecutedRegionsToSink(branch, regions);
      controlFlowSink(
          regions, dominance,
          [](Operation *op, Region *) {
            return isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, RampOp>(
                       op) &&
                   isTile(op->getResult(0));
          },
          [](Operation *op, Region *region) {
            op->moveBefore(&region->front(), region->front().begin());
          });
    });
  }

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldConstants, ScaleRamp, FoldProduct, FoldRamp<arith::AddFOp>,
                 FoldRamp<arith::SubFOp>>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    sinkScores();
  }
};

} // namespace
