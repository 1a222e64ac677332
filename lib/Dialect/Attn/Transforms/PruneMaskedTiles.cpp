//===- PruneMaskedTiles.cpp - Skip tiles that no row sees -----------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MaskedLoop.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/MapVector.h"

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNPRUNEMASKEDTILES
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

/// Looks through operations that only repeat values or convert them.
static Value skipCopies(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<arith::TruncFOp, arith::ExtFOp, vector::ShapeCastOp,
             vector::BroadcastOp>(op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

/// Whether `value` is zero where the probabilities are: they themselves, or
/// their product with something.
static bool isMultipleOf(Value value, Value probabilities) {
  value = skipCopies(value);
  if (auto product = value.getDefiningOp<arith::MulFOp>())
    return isMultipleOf(product.getLhs(), probabilities) ||
           isMultipleOf(product.getRhs(), probabilities);
  if (auto scaled = value.getDefiningOp<ScaleBlocksOp>())
    return isMultipleOf(scaled.getTile(), probabilities);
  return value == probabilities;
}

/// Whether iteration state `argument` → `next` is that of an accumulated
/// output: next = (argument · correction) + P · V.
static bool isAccumulator(Value argument, Value next, OnlineSoftmaxOp softmax) {
  auto contract = next.getDefiningOp<vector::ContractionOp>();
  if (!contract || contract.getKind() != vector::CombiningKind::ADD ||
      !isMultipleOf(contract.getLhs(), softmax.getProbabilities()))
    return false;
  auto rescaled = contract.getAcc().getDefiningOp<arith::MulFOp>();
  if (!rescaled)
    return false;
  Value left = rescaled.getLhs(), right = rescaled.getRhs();
  if (right == argument)
    std::swap(left, right);
  return left == argument && skipCopies(right) == softmax.getCorrection();
}

/// An iteration whose scores are all −∞ may be left out where it changes
/// nothing: the online softmax then gives P = 0, keeps m and l, and corrects by
/// 1 (or by 0 an output that is 0 still), so the state must be (m, l) and
/// outputs accumulated from P, and nothing may be written to memory. Gives the
/// reason why not.
static std::optional<std::string> whyNotSkippable(MaskedLoop &masked) {
  scf::ForOp loop = masked.getLoop();
  BandMaskOp mask = masked.getMask();
  auto softmax = mask->hasOneUse()
                     ? dyn_cast<OnlineSoftmaxOp>(*mask->user_begin())
                     : OnlineSoftmaxOp();
  if (!softmax)
    return "expected the masked scores to enter one attn.online_softmax";
  auto yield = cast<scf::YieldOp>(loop.getBody()->getTerminator());
  for (auto [argument, next] :
       llvm::zip_equal(loop.getRegionIterArgs(), yield.getOperands())) {
    bool isState =
        (softmax.getMaximum() == argument && softmax.getNewMaximum() == next) ||
        (softmax.getSum() == argument && softmax.getNewSum() == next);
    if (!isState && !isAccumulator(argument, next, softmax))
      return "expected the loop to carry the softmax's maximum and sum and "
             "outputs rescaled by its correction, but got another value at "
             "position " +
             std::to_string(argument.getArgNumber() - 1);
  }
  Operation *writer = nullptr;
  loop.getBody()->walk([&](Operation *op) {
    auto effects = dyn_cast<MemoryEffectOpInterface>(op);
    if (op->hasTrait<OpTrait::HasRecursiveMemoryEffects>() ||
        isMemoryEffectFree(op) ||
        (effects && effects.onlyHasEffect<MemoryEffects::Read>()))
      return WalkResult::advance();
    writer = op;
    return WalkResult::interrupt();
  });
  if (writer)
    return "expected a loop that only reads, but got " +
           writer->getName().getStringRef().str();
  return std::nullopt;
}

namespace {

struct PruneMaskedTilesPass
    : attn::impl::AttnPruneMaskedTilesBase<PruneMaskedTilesPass> {
  using AttnPruneMaskedTilesBase::AttnPruneMaskedTilesBase;

  void runOnOperation() override {
    for (auto &[loop, masks] : MaskedLoop::collect(getOperation())) {
      std::optional<std::string> reason = prune(loop, masks);
      if (!reason)
        continue;
      Operation *at = masks.front();
      if (strict) {
        at->emitOpError("cannot prune its loop: ") << *reason;
        signalPassFailure();
      } else {
        at->emitRemark("cannot prune its loop: ") << *reason;
      }
    }
  }

  /// Gives the reason where the loop is left as it is.
  std::optional<std::string> prune(scf::ForOp loop,
                                   ArrayRef<BandMaskOp> masks) {
    std::string reason;
    FailureOr<MaskedLoop> masked = MaskedLoop::match(loop, masks, reason);
    if (failed(masked))
      return reason;
    if (std::optional<std::string> obstacle = whyNotSkippable(*masked))
      return obstacle;
    OpBuilder builder(loop);
    IterationRange range = masked->getVisibleRange(builder);
    if (range.begin != loop.getLowerBound() ||
        range.end != loop.getUpperBound())
      ++numPruned;
    loop.setLowerBound(range.begin);
    loop.setUpperBound(range.end);
    return std::nullopt;
  }
};

} // namespace
