//===- AllocateSharedMemory.cpp - Place the channels in shared memory -----===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Analysis/KernelResources.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERALLOCATESHAREDMEMORY
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

namespace {

struct AllocateSharedMemoryPass
    : hopper::impl::HopperAllocateSharedMemoryBase<AllocateSharedMemoryPass> {
  void runOnOperation() override {
    gpu::GPUFuncOp kernel = getOperation();
    SmallVector<CreateChannelOp> channels;
    kernel.walk([&](CreateChannelOp op) { channels.push_back(op); });
    if (channels.empty())
      return;
    Builder builder(&getContext());
    // Slots first: rows of 128 bytes in groups of 8 keep each a multiple of
    // 1024 bytes, as the swizzle wants.
    int64_t bytes = 0;
    for (CreateChannelOp channel : channels) {
      ChannelType type = channel.getChannel().getType();
      channel.setOffset(bytes);
      bytes += type.getDepth() * type.getTile().getBytes();
    }
    for (CreateChannelOp channel : channels) {
      channel.setBarriers(bytes);
      bytes += 2 * 8 * channel.getChannel().getType().getDepth();
    }
    if (bytes > attn::hopper_limits::kSharedMemory) {
      kernel.emitOpError("expected at most ")
          << attn::hopper_limits::kSharedMemory
          << " bytes of shared memory, but its channels need " << bytes;
      return signalPassFailure();
    }
    kernel->setAttr(kSharedMemoryAttrName, builder.getI64IntegerAttr(bytes));
  }
};

} // namespace
