//===- InsertPingPong.cpp - Turns at the matrix units ---------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERINSERTPINGPONG
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

/// Puts a turn around each run of products of a block: what is issued between
/// two waits.
static void insertTurns(Block &block) {
  Operation *first = nullptr, *last = nullptr;
  auto close = [&] {
    if (!first)
      return;
    OpBuilder builder(first);
    TurnWaitOp::create(builder, first->getLoc());
    builder.setInsertionPointAfter(last);
    TurnPassOp::create(builder, last->getLoc());
    first = last = nullptr;
  };
  for (Operation &op : llvm::make_early_inc_range(block)) {
    if (isa<WgmmaOp>(op)) {
      first = first ? first : &op;
      last = &op;
    } else if (isa<WgmmaWaitOp>(op) || op.getNumRegions() != 0 ||
               op.hasTrait<OpTrait::IsTerminator>()) {
      close();
    }
    for (Region &region : op.getRegions())
      for (Block &inner : region)
        insertTurns(inner);
  }
}

namespace {

struct InsertPingPongPass
    : hopper::impl::HopperInsertPingPongBase<InsertPingPongPass> {
  void runOnOperation() override {
    gpu::GPUFuncOp kernel = getOperation();
    auto config =
        kernel->getAttrOfType<attn::ConfigAttr>(attn::kConfigAttrName);
    if (!config || config.getConsumers() < 2)
      return;
    WalkResult taken = kernel.walk([](Operation *op) {
      return isa<TurnWaitOp, TurnPassOp>(op) ? WalkResult::interrupt()
                                             : WalkResult::advance();
    });
    if (taken.wasInterrupted()) {
      kernel.emitRemark("left as it is: its consumers take turns already");
      return;
    }
    for (Block &block : kernel.getBody())
      insertTurns(block);
  }
};

} // namespace
