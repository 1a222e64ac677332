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
    SmallVector<Operation *> sources;
    getOperation().walk([&](Operation *op) {
      if (isa<LoadTileOp, TransposeTileOp>(op))
        sources.push_back(op);
    });
    for (Operation *source : sources)
      if (failed(convert(source)))
        return signalPassFailure();
  }

  FailureOr<int64_t> getDepth(Operation *source);
  LogicalResult convert(Operation *source);
};

} // namespace

/// The slots of the ring that `source` fills. A tile that is loaded once for
/// the whole kernel needs one.
FailureOr<int64_t> InsertChannelsPass::getDepth(Operation *source) {
  gpu::GPUFuncOp kernel = getOperation();
  if (!source->getParentOfType<LoopLikeOpInterface>())
    return 1;
  auto config = kernel->getAttrOfType<attn::ConfigAttr>(attn::kConfigAttrName);
  if (!config)
    return kernel.emitOpError("expected an ")
           << attn::kConfigAttrName
           << " that gives the stages of the ring; run attn-select-config";
  return isInInnermostLoop(source) ? config.getStages()
                                   : config.getQueryStages().value_or(1);
}

/// Puts a channel in the place of an operation that gives a tile.
LogicalResult InsertChannelsPass::convert(Operation *source) {
  auto load = dyn_cast<LoadTileOp>(source);
  if (load && !isa<nvgpu::TensorMapDescriptorType>(load.getSource().getType()))
    return load.emitOpError("expected to read through a tensor map; run "
                            "hopper-insert-tma first");
  gpu::GPUFuncOp kernel = getOperation();
  FailureOr<int64_t> depth = getDepth(source);
  if (failed(depth))
    return failure();
  Location loc = source->getLoc();
  Value result = source->getResult(0);
  auto tile = cast<SharedTileType>(result.getType());
  auto type = ChannelType::getChecked([&] { return source->emitOpError(); },
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
  builder.setInsertionPoint(source);
  // A transposition announces no bytes: those who do it say when it is done.
  Value slot =
      AcquireOp::create(builder, loc, tile, channel,
                        load ? tile.getCopiedBytes() : 0, Value(), Value());
  if (load)
    TmaLoadOp::create(builder, loc, load.getSource(), load.getIndices(), slot,
                      channel);
  else
    TransposeOp::create(builder, loc, source->getOperand(0), slot, channel);
  // What was transposed is not held meanwhile.
  Operation *behind = source;
  while (isa_and_nonnull<ReleaseOp>(behind->getNextNode()))
    behind = behind->getNextNode();
  builder.setInsertionPointAfter(behind);
  Value full = WaitOp::create(builder, loc, tile, channel, Value(), Value());
  Operation *last = getLastUse(result, source->getBlock());
  result.replaceAllUsesWith(full);
  builder.setInsertionPointAfter(last == source ? full.getDefiningOp() : last);
  ReleaseOp::create(builder, loc, full, channel);
  source->erase();
  return success();
}
