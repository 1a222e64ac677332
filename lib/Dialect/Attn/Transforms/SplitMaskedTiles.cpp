//===- SplitMaskedTiles.cpp - Loops without masks for full tiles ----------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LeadingBranch.h"
#include "MaskedLoop.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/ADT/MapVector.h"

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNSPLITMASKEDTILES
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

/// Whether a loop between these bounds is known to have no trip.
static bool isKnownEmpty(Value begin, Value end) {
  if (begin == end)
    return true;
  std::optional<int64_t> first = getConstantIntValue(begin);
  std::optional<int64_t> last = getConstantIntValue(end);
  return first && last && *first >= *last;
}

/// Whether two loops are parts of one: the second goes on where the first ends.
static bool continues(scf::ForOp first, scf::ForOp second) {
  return first.getUpperBound() == second.getLowerBound() &&
         first.getStep() == second.getStep() && first.getNumResults() != 0 &&
         llvm::equal(first.getResults(), second.getInitArgs());
}

/// Whether the full tiles have a loop of their own beside this one.
static bool isSplit(scf::ForOp loop) {
  return llvm::any_of(
      loop->getBlock()->getOps<scf::ForOp>(), [&](scf::ForOp other) {
        return other != loop &&
               (continues(loop, other) || continues(other, loop)) &&
               other.getBody()->getOps<BandMaskOp>().empty();
      });
}

namespace {

struct SplitMaskedTilesPass
    : attn::impl::AttnSplitMaskedTilesBase<SplitMaskedTilesPass> {
  using AttnSplitMaskedTilesBase::AttnSplitMaskedTilesBase;

  void runOnOperation() override {
    auto loops = MaskedLoop::collect(getOperation());
    // Masks in branches are in none of these, until the branches are decided.
    for (LeadingBranch &masked : findLeadingBranches(getOperation())) {
      splitAtBranch(masked);
      ++numMaskedLoops;
      ++numSplit;
    }
    for (auto &[loop, masks] : loops) {
      if (isSplit(loop)) {
        loop.emitRemark("left as it is: its full tiles have a loop of their "
                        "own already");
        continue;
      }
      std::string reason;
      FailureOr<MaskedLoop> masked = MaskedLoop::match(loop, masks, reason);
      if (succeeded(masked)) {
        split(*masked);
        continue;
      }
      Operation *at = masks.front();
      if (strict) {
        at->emitOpError("cannot split its loop: ") << reason;
        signalPassFailure();
      } else {
        at->emitRemark("cannot split its loop: ") << reason;
      }
    }
  }

  void split(MaskedLoop &masked) {
    scf::ForOp loop = masked.getLoop();
    OpBuilder builder(loop);
    IterationRange full = masked.getFullRange(builder);
    SmallVector<Value> state(loop.getInitArgs());

    // The loops in the order of the iterations; the copies keep the
    // attributes of the loop and everything else in its body.
    auto copy = [&](Value begin, Value end) {
      if (isKnownEmpty(begin, end))
        return;
      auto part = cast<scf::ForOp>(builder.clone(*loop));
      part.setLowerBound(begin);
      part.setUpperBound(end);
      part.getInitArgsMutable().assign(state);
      state.assign(part.result_begin(), part.result_end());
      ++numMaskedLoops;
    };
    Value begin = loop.getLowerBound(), end = loop.getUpperBound();
    copy(begin, full.begin);
    // The loop itself becomes the one over full tiles, unless none is left.
    if (isKnownEmpty(full.begin, full.end)) {
      copy(full.end, end);
      loop.replaceAllUsesWith(state);
      loop.erase();
      return;
    }
    loop.setLowerBound(full.begin);
    loop.setUpperBound(full.end);
    loop.getInitArgsMutable().assign(state);
    if (!isKnownEmpty(full.end, end)) {
      SmallVector<OpOperand *> uses;
      for (OpOperand &use : loop->getUses())
        uses.push_back(&use);
      state.assign(loop.result_begin(), loop.result_end());
      builder.setInsertionPointAfter(loop);
      copy(full.end, end);
      for (OpOperand *use : uses)
        use->set(state[cast<OpResult>(use->get()).getResultNumber()]);
    }
    BandMaskOp mask = masked.getMask();
    mask.replaceAllUsesWith(mask.getScores());
    mask.erase();
    ++numSplit;
  }
};

} // namespace
