//===- VerifyLowered.cpp - Check that nothing higher is left --------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERVERIFYLOWERED
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

namespace {

struct VerifyLoweredPass
    : hopper::impl::HopperVerifyLoweredBase<VerifyLoweredPass> {
  void runOnOperation() override {
    markAllAnalysesPreserved();
    WalkResult result = getOperation().walk<WalkOrder::PreOrder>(
        [](Operation *op) -> WalkResult {
          if (isa<scf::ForallOp>(op))
            return op->emitOpError(
                "expected a kernel in its place; run hopper-outline-kernel "
                "first");
          if (isa_and_nonnull<HopperDialect>(op->getDialect()))
            return op->emitOpError("expected operations of the nvvm dialect in "
                                   "its place; run convert-hopper-to-nvvm "
                                   "first");
          return WalkResult::advance();
        });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};

} // namespace
