//===- LowerOnlineSoftmax.cpp - The online softmax in vector arithmetic ---===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowExponent.h"
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
    auto rowType = cast<VectorType>(op.getMaximum().getType());
    auto splat = [&](double value) -> Value {
      return arith::ConstantOp::create(
          rewriter, loc,
          DenseElementsAttr::get(
              rowType, rewriter.getF32FloatAttr(static_cast<float>(value))));
    };
    constexpr double lowest = -std::numeric_limits<double>::infinity();
    bool isScaled = op.getScaledMaximum();
    Value maximum = vector::MultiDimReductionOp::create(
        rewriter, loc, op.getScores(),
        isScaled ? splat(lowest) : op.getMaximum(), ArrayRef<bool>{false, true},
        vector::CombiningKind::MAXNUMF);
    if (isScaled) {
      Value factors = op.getFactor();
      if (factors.getType().isF32())
        factors = vector::BroadcastOp::create(rewriter, loc, rowType, factors);
      maximum = arith::MaxNumFOp::create(
          rewriter, loc, op.getMaximum(),
          arith::MulFOp::create(rewriter, loc, maximum, factors));
    }
    // A row that has seen no key has the maximum -inf, as the factor is
    // positive, and -inf - -inf is NaN; with 0 in its place every exponential
    // below is exp2(-inf) = 0.
    Value unseen = arith::CmpFOp::create(
        rewriter, loc, arith::CmpFPredicate::OEQ, maximum, splat(lowest));
    Value finite =
        arith::SelectOp::create(rewriter, loc, unseen, splat(0.0), maximum);
    RowExponent exponent(rewriter, op, finite);
    Value probabilities =
        math::Exp2Op::create(rewriter, loc, exponent.ofScores(rewriter));
    Value correction =
        math::Exp2Op::create(rewriter, loc, exponent.ofCorrection(rewriter));
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
