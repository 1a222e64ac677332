//===- DeferRowSums.cpp - Add up rows across threads after the loop -------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERDEFERROWSUMS
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

/// Threads that hold a row of a tile (PTX ISA, wgmma's accumulator fragment):
/// pairs of columns go round four of them.
static constexpr int64_t kThreadsOfRow = 4;

namespace {

/// The parts of `l' = l · a + rowsum(P)`.
struct RowSum {
  arith::MulFOp scaled;
  Value correction;
  vector::MultiDimReductionOp reduction;
};

} // namespace

/// Matches what a loop does to the value that it carries in place `index`.
static FailureOr<RowSum> matchRowSum(scf::ForOp loop, unsigned index) {
  BlockArgument carried = loop.getRegionIterArg(index);
  auto type = dyn_cast<VectorType>(carried.getType());
  if (!type || type.getRank() != 1 || !carried.hasOneUse() ||
      !matchPattern(loop.getInitArgs()[index], m_AnyZeroFloat()))
    return failure();
  auto reduction = loop.getYieldedValues()[index]
                       .getDefiningOp<vector::MultiDimReductionOp>();
  if (!reduction || reduction.getKind() != vector::CombiningKind::ADD ||
      !reduction->hasOneUse() ||
      reduction.getReductionMask() != SmallVector<bool>{false, true})
    return failure();
  auto scaled = reduction.getAcc().getDefiningOp<arith::MulFOp>();
  if (!scaled || !scaled->hasOneUse())
    return failure();
  int64_t columns = reduction.getSourceVectorType().getDimSize(1);
  if (columns % (2 * kThreadsOfRow) != 0)
    return failure();
  if (scaled.getLhs() == carried)
    return RowSum{scaled, scaled.getRhs(), reduction};
  if (scaled.getRhs() == carried)
    return RowSum{scaled, scaled.getLhs(), reduction};
  return failure();
}

/// Rewrites the body on `partial`, the carried value in its new type; returns
/// the value to yield.
static Value sumPartially(IRRewriter &rewriter, RowSum sum, Value partial) {
  Location loc = sum.reduction.getLoc();
  auto type = cast<VectorType>(partial.getType());
  Type element = type.getElementType();
  int64_t rows = type.getDimSize(0);
  rewriter.setInsertionPoint(sum.reduction);
  Value column = vector::ShapeCastOp::create(
      rewriter, loc, VectorType::get({rows, 1}, element), sum.correction);
  Value correction = vector::BroadcastOp::create(rewriter, loc, type, column);
  Value scaled = arith::MulFOp::create(rewriter, loc, partial, correction);
  // Column c belongs to thread (c / 2) mod 4 of its row.
  int64_t columns = sum.reduction.getSourceVectorType().getDimSize(1);
  Value parts = vector::ShapeCastOp::create(
      rewriter, loc,
      VectorType::get({rows, columns / (2 * kThreadsOfRow), kThreadsOfRow, 2},
                      element),
      sum.reduction.getSource());
  return vector::MultiDimReductionOp::create(
      rewriter, loc, parts, scaled, ArrayRef<bool>{false, true, false, true},
      vector::CombiningKind::ADD);
}

namespace {

struct DeferRowSumsPass
    : hopper::impl::HopperDeferRowSumsBase<DeferRowSumsPass> {
  void runOnOperation() override {
    SmallVector<scf::ForOp> loops;
    getOperation().walk([&](scf::ForOp loop) { loops.push_back(loop); });
    for (scf::ForOp loop : loops)
      for (unsigned index = 0; index < loop.getNumRegionIterArgs(); ++index) {
        FailureOr<RowSum> sum = matchRowSum(loop, index);
        if (failed(sum))
          continue;
        loop = defer(loop, index, *sum);
        ++numDeferred;
      }
  }

  scf::ForOp defer(scf::ForOp loop, unsigned index, RowSum sum);
};

} // namespace

scf::ForOp DeferRowSumsPass::defer(scf::ForOp loop, unsigned index,
                                   RowSum sum) {
  IRRewriter rewriter(loop);
  Location loc = loop.getLoc();
  auto rowType = cast<VectorType>(loop.getRegionIterArg(index).getType());
  auto partialType = VectorType::get({rowType.getDimSize(0), kThreadsOfRow},
                                     rowType.getElementType());
  SmallVector<Value> inits(loop.getInitArgs());
  inits[index] = arith::ConstantOp::create(rewriter, loc,
                                           rewriter.getZeroAttr(partialType));
  auto replacement =
      scf::ForOp::create(rewriter, loc, loop.getLowerBound(),
                         loop.getUpperBound(), loop.getStep(), inits);
  replacement->setDiscardableAttrs(loop->getDiscardableAttrDictionary());

  Value next = sumPartially(rewriter, sum, replacement.getRegionIterArg(index));
  loop.getBody()->getTerminator()->setOperand(index, next);
  rewriter.eraseOp(sum.reduction);
  rewriter.eraseOp(sum.scaled);
  rewriter.mergeBlocks(loop.getBody(), replacement.getBody(),
                       replacement.getBody()->getArguments());

  rewriter.setInsertionPointAfter(replacement);
  Value zero =
      arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(rowType));
  Value total = vector::MultiDimReductionOp::create(
      rewriter, loc, replacement.getResult(index), zero,
      ArrayRef<bool>{false, true}, vector::CombiningKind::ADD);
  SmallVector<Value> results(replacement.getResults());
  results[index] = total;
  rewriter.replaceOp(loop, results);
  return replacement;
}
