//===- InsertChannels.cpp - Hand tiles over through rings of slots --------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Loops.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERINSERTCHANNELS
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

/// The operation behind which `tile`, defined in `block`, is not read any more:
/// the wait for a matrix product on it, or the loop that holds its last use.
static Operation *getLastUse(Value tile, Block *block) {
  Operation *last = tile.getDefiningOp();
  for (Operation *user : tile.getUsers()) {
    SmallVector<Operation *> ends = {user};
    if (auto product = dyn_cast<WgmmaOp>(user))
      llvm::append_range(ends, product.getResult().getUsers());
    for (Operation *end : ends) {
      Operation *ancestor = block->findAncestorOpInBlock(*end);
      if (ancestor && last->isBeforeInBlock(ancestor))
        last = ancestor;
    }
  }
  return last;
}

namespace {

struct InsertChannelsPass
    : hopper::impl::HopperInsertChannelsBase<InsertChannelsPass> {
  void runOnOperation() override {
    SmallVector<LoadTileOp> loads;
    getOperation().walk([&](LoadTileOp op) { loads.push_back(op); });
    for (LoadTileOp load : loads)
      if (failed(convert(load)))
        return signalPassFailure();
  }

  FailureOr<int64_t> getDepth(LoadTileOp load);
  LogicalResult convert(LoadTileOp load);
};

} // namespace

/// The slots of the ring that `load` fills. A tile that is loaded once for the
/// whole kernel needs one.
FailureOr<int64_t> InsertChannelsPass::getDepth(LoadTileOp load) {
  gpu::GPUFuncOp kernel = getOperation();
  if (!load->getParentOfType<LoopLikeOpInterface>())
    return 1;
  auto config = kernel->getAttrOfType<attn::ConfigAttr>(attn::kConfigAttrName);
  if (!config)
    return kernel.emitOpError("expected an ")
           << attn::kConfigAttrName
           << " that gives the stages of the ring; run attn-select-config";
  return isInInnermostLoop(load) ? config.getStages()
                                 : config.getQueryStages().value_or(1);
}

LogicalResult InsertChannelsPass::convert(LoadTileOp load) {
  if (!isa<nvgpu::TensorMapDescriptorType>(load.getSource().getType()))
    return load.emitOpError("expected to read through a tensor map; run "
                            "hopper-insert-tma first");
  gpu::GPUFuncOp kernel = getOperation();
  FailureOr<int64_t> depth = getDepth(load);
  if (failed(depth))
    return failure();
  Location loc = load.getLoc();
  SharedTileType tile = load.getTile().getType();
  auto type = ChannelType::getChecked([&] { return load.emitOpError(); },
                                      &getContext(), *depth, tile);
  if (!type)
    return failure();
  // Channels stand together at the kernel's entry, in the order of their loads.
  Block &entry = kernel.getBody().front();
  auto position = entry.begin();
  while (isa<CreateChannelOp>(position))
    ++position;
  OpBuilder builder(&entry, position);
  Value channel =
      CreateChannelOp::create(builder, loc, type, IntegerAttr(), IntegerAttr());
  builder.setInsertionPoint(load);
  Value slot = AcquireOp::create(builder, loc, tile, channel, tile.getBytes(),
                                 Value(), Value());
  TmaLoadOp::create(builder, loc, load.getSource(), load.getIndices(), slot,
                    channel);
  Value full = WaitOp::create(builder, loc, tile, channel, Value(), Value());
  Operation *last = getLastUse(load.getTile(), load->getBlock());
  load.getTile().replaceAllUsesWith(full);
  builder.setInsertionPointAfter(last == load ? full.getDefiningOp() : last);
  ReleaseOp::create(builder, loc, full, channel);
  load.erase();
  return success();
}
