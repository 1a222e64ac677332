//===- LowerOnlineSoftmax.cpp - The online softmax in vector arithmetic ---===//
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
#define GEN_PASS_DEF_ATTNLOWERONLINESOFTMAX
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

namespace {

struct LowerOnlineSoftmax : OpRewritePattern<OnlineSoftmaxOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(OnlineSoftmaxOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto tileType = cast<VectorType>(op.getScores().getType());
    auto rowType = cast<VectorType>(op.getMaximum().getType());
    auto splat = [&](double value) -> Value {
      return arith::ConstantOp::create(
          rewriter, loc,
          DenseElementsAttr::get(
              rowType, rewriter.getF32FloatAttr(static_cast<float>(value))));
    };
    auto spread = [&](Value rows) -> Value {
      auto column =
          VectorType::get({rowType.getDimSize(0), 1}, rowType.getElementType());
      Value cast = vector::ShapeCastOp::create(rewriter, loc, column, rows);
      return vector::BroadcastOp::create(rewriter, loc, tileType, cast);
    };
    Value factor = op.getFactor();
    Value rowFactor =
        vector::BroadcastOp::create(rewriter, loc, rowType, factor);
    Value tileFactor =
        vector::BroadcastOp::create(rewriter, loc, tileType, factor);

    Value maximum = vector::MultiDimReductionOp::create(
        rewriter, loc, op.getScores(), op.getMaximum(),
        ArrayRef<bool>{false, true}, vector::CombiningKind::MAXNUMF);
    // A row that has seen no key has the maximum -inf, and -inf - -inf is NaN;
    // with 0 in its place every exponential below is exp2(-inf) = 0.
    Value unseen =
        arith::CmpFOp::create(rewriter, loc, arith::CmpFPredicate::OEQ, maximum,
                              splat(-std::numeric_limits<double>::infinity()));
    Value finite =
        arith::SelectOp::create(rewriter, loc, unseen, splat(0.0), maximum);
    Value shift = arith::NegFOp::create(
        rewriter, loc, arith::MulFOp::create(rewriter, loc, finite, rowFactor));

    Value exponent = math::FmaOp::create(rewriter, loc, op.getScores(),
                                         tileFactor, spread(shift));
    Value probabilities = math::Exp2Op::create(rewriter, loc, exponent);
    Value correction = math::Exp2Op::create(
        rewriter, loc,
        math::FmaOp::create(rewriter, loc, op.getMaximum(), rowFactor, shift));
    Value corrected =
        arith::MulFOp::create(rewriter, loc, op.getSum(), correction);
    Value sum = vector::MultiDimReductionOp::create(
        rewriter, loc, probabilities, corrected, ArrayRef<bool>{false, true},
        vector::CombiningKind::ADD);
    rewriter.replaceOp(op, {probabilities, maximum, sum, correction});
    return success();
  }
};

struct LowerOnlineSoftmaxPass
    : attn::impl::AttnLowerOnlineSoftmaxBase<LowerOnlineSoftmaxPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerOnlineSoftmax>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
