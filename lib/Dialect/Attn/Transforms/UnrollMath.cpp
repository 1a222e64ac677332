//===- UnrollMath.cpp - Functions of tiles row by row ---------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/Vector/Utils/VectorUtils.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNUNROLLMATH
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;

namespace {

template <typename OpT>
struct UnrollUnary : OpRewritePattern<OpT> {
  using OpRewritePattern<OpT>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpT op,
                                PatternRewriter &rewriter) const override {
    if (!isa<VectorType>(op.getType()))
      return rewriter.notifyMatchFailure(op, "expected a vector");
    // Each row is computed like the whole: no element depends on another.
    return vector::unrollVectorOp(
        op, rewriter,
        [&](PatternRewriter &rewriter, Location loc, VectorType type,
            int64_t index) -> Value {
          Value row =
              vector::ExtractOp::create(rewriter, loc, op.getOperand(), index);
          return rewriter
              .create(loc, op->getName().getIdentifier(), row, type,
                      op->getAttrs())
              ->getResult(0);
        });
  }
};

struct UnrollMathPass : attn::impl::AttnUnrollMathBase<UnrollMathPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns
        .add<UnrollUnary<math::AbsIOp>, UnrollUnary<math::CountLeadingZerosOp>,
             UnrollUnary<math::CountTrailingZerosOp>,
             UnrollUnary<math::IsFiniteOp>, UnrollUnary<math::IsNaNOp>>(
            &getContext());
    // Rows of two dimensions or more are unrolled in their turn.
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
