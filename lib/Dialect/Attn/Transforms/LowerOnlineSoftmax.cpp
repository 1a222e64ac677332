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

  /// With the maximum of factor · S: a row that has seen no key has the maximum
  /// -inf in any case, as the factor is positive.
  static LogicalResult lowerScaled(OnlineSoftmaxOp op,
                                   PatternRewriter &rewriter, Value rowFactor,
                                   Value tileFactor,
                                   function_ref<Value(Value)> spread) {
    Location loc = op.getLoc();
    auto rowType = cast<VectorType>(op.getMaximum().getType());
    auto splat = [&](double value) -> Value {
      return arith::ConstantOp::create(
          rewriter, loc,
          DenseElementsAttr::get(
              rowType, rewriter.getF32FloatAttr(static_cast<float>(value))));
    };
    Value lowest = splat(-std::numeric_limits<double>::infinity());
    Value largest = vector::MultiDimReductionOp::create(
        rewriter, loc, op.getScores(), lowest, ArrayRef<bool>{false, true},
        vector::CombiningKind::MAXNUMF);
    Value maximum = arith::MaxNumFOp::create(
        rewriter, loc, op.getMaximum(),
        arith::MulFOp::create(rewriter, loc, largest, rowFactor));
    Value unseen = arith::CmpFOp::create(
        rewriter, loc, arith::CmpFPredicate::OEQ, maximum, lowest);
    Value finite =
        arith::SelectOp::create(rewriter, loc, unseen, splat(0.0), maximum);
    double exponent = op.getExponent().convertToDouble();
    Value shift = arith::SubFOp::create(rewriter, loc, splat(exponent), finite);
    Value power = math::FmaOp::create(rewriter, loc, op.getScores(), tileFactor,
                                      spread(shift));
    Value probabilities = math::Exp2Op::create(rewriter, loc, power);
    Value correction = math::Exp2Op::create(
        rewriter, loc,
        arith::SubFOp::create(rewriter, loc, op.getMaximum(), finite));
    Value corrected =
        arith::MulFOp::create(rewriter, loc, op.getSum(), correction);
    Value sum = vector::MultiDimReductionOp::create(
        rewriter, loc, probabilities, corrected, ArrayRef<bool>{false, true},
        vector::CombiningKind::ADD);
    rewriter.replaceOp(op, {probabilities, maximum, sum, correction});
    return success();
  }

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
    bool isScalar = factor.getType().isF32();
    Value rowFactor =
        isScalar ? vector::BroadcastOp::create(rewriter, loc, rowType, factor)
                 : factor;
    Value tileFactor =
        isScalar ? vector::BroadcastOp::create(rewriter, loc, tileType, factor)
                 : spread(factor);
    if (op.getScaledMaximum())
      return lowerScaled(op, rewriter, rowFactor, tileFactor, spread);

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
