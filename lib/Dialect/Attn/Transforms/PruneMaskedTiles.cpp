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
