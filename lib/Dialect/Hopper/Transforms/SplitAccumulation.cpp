//===- SplitAccumulation.cpp - Sums of tiles in registers -----------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERSPLITACCUMULATION
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

namespace {

struct SplitAccumulationPass
    : hopper::impl::HopperSplitAccumulationBase<SplitAccumulationPass> {
  void runOnOperation() override {
    auto config =
        getOperation()->getAttrOfType<attn::ConfigAttr>(attn::kConfigAttrName);
    if (!config || !config.getTwoLevel())
      return;
    WalkResult result = getOperation().walk([&](WgmmaOp product) {
      Value sum = product.getAccumulator();
      if (!sum)
        return WalkResult::advance();
      for (Operation *user : product.getResult().getUsers())
        if (!isa<WgmmaWaitOp>(user)) {
          InFlightDiagnostic diagnostic = product.emitOpError(
              "expected only hopper.wgmma_wait to use what two_level adds up "
              "behind it; run hopper-split-accumulation before "
              "hopper-pipeline-loop");
          diagnostic.attachNote(user->getLoc()) << "it is used here";
          return WalkResult::interrupt();
        }
      product.getAccumulatorMutable().clear();
      for (Operation *user : product.getResult().getUsers()) {
        auto wait = cast<WgmmaWaitOp>(user);
        OpBuilder builder(wait);
        builder.setInsertionPointAfter(wait);
        auto total = arith::AddFOp::create(builder, wait.getLoc(), sum,
                                           wait.getResult());
        wait.getResult().replaceAllUsesExcept(total.getResult(), total);
      }
      ++numSplit;
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};

} // namespace
