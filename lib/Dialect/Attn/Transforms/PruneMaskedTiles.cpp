//===- PruneMaskedTiles.cpp - Skip tiles that no row sees -----------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MaskedLoop.h"
#include "SkippableTiles.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "llvm/ADT/MapVector.h"

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNPRUNEMASKEDTILES
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

/// Whether two values are computed in the same way.
static bool isSame(Value lhs, Value rhs) {
  if (lhs == rhs)
    return true;
  Operation *a = lhs.getDefiningOp(), *b = rhs.getDefiningOp();
  if (!a || !b || a->getName() != b->getName() ||
      a->getAttrDictionary() != b->getAttrDictionary() ||
      a->getNumOperands() != b->getNumOperands() || !isPure(a))
    return false;
  return llvm::all_of_zip(a->getOperands(), b->getOperands(), isSame) ||
         // Constants go last in what commutes.
         (a->hasTrait<OpTrait::IsCommutative>() &&
          llvm::all_of_zip(a->getOperands(), llvm::reverse(b->getOperands()),
                           isSame));
}

/// The limits that a bound keeps, NarrowOp of them, between the ends of a loop.
template <typename NarrowOp, typename ClampOp>
static SmallVector<Value> getLimits(Value bound) {
  SmallVector<Value> limits = {bound};
  if (auto clamp = bound.getDefiningOp<ClampOp>())
    for (Value operand : clamp->getOperands())
      if (operand.getDefiningOp<NarrowOp>())
        limits = {operand};
  for (size_t i = 0; i < limits.size();) {
    auto narrow = limits[i].getDefiningOp<NarrowOp>();
    if (!narrow) {
      ++i;
      continue;
    }
    limits[i] = narrow.getLhs();
    limits.push_back(narrow.getRhs());
  }
  return limits;
}

/// Whether the bound of a loop, `own`, keeps all limits of `bound` already.
template <typename NarrowOp, typename ClampOp>
static bool isKept(Value own, Value bound) {
  SmallVector<Value> kept = getLimits<NarrowOp, ClampOp>(own);
  SmallVector<Value> limits = getLimits<NarrowOp, ClampOp>(bound);
  return llvm::all_of(limits, [&](Value limit) {
    return limit == own || llvm::any_of(kept, [&](Value other) {
             return isSame(limit, other);
           });
  });
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
    BandMaskOp mask = masked->getMask();
    auto softmax = mask->hasOneUse()
                       ? dyn_cast<OnlineSoftmaxOp>(*mask->user_begin())
                       : OnlineSoftmaxOp();
    if (!softmax)
      return "expected the masked scores to enter one attn.online_softmax";
    if (std::optional<std::string> obstacle = whyNotSkippable(loop, softmax))
      return obstacle;
    OpBuilder builder(loop);
    Operation *before = loop->getPrevNode();
    IterationRange range = masked->getVisibleRange(builder);
    if (range.begin == loop.getLowerBound() &&
        range.end == loop.getUpperBound())
      return std::nullopt;
    if (isKept<arith::MaxSIOp, arith::MinSIOp>(loop.getLowerBound(),
                                               range.begin) &&
        isKept<arith::MinSIOp, arith::MaxSIOp>(loop.getUpperBound(),
                                               range.end)) {
      while (loop->getPrevNode() != before)
        loop->getPrevNode()->erase();
      loop.emitRemark("left as it is: it goes through visible tiles alone "
                      "already");
      return std::nullopt;
    }
    ++numPruned;
    loop.setLowerBound(range.begin);
    loop.setUpperBound(range.end);
    return std::nullopt;
  }
};

} // namespace
