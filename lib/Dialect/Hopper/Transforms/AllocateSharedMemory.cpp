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

/// Bytes of shared memory that are taken.
class TakenMemory {
public:
  void take(int64_t begin, int64_t bytes) {
    ranges.push_back({begin, begin + bytes});
    end = std::max(end, begin + bytes);
  }

  /// Takes the first free bytes.
  int64_t find(int64_t bytes, int64_t alignment) {
    int64_t begin = 0;
    auto overlaps = [&](std::pair<int64_t, int64_t> range) {
      return begin < range.second && range.first < begin + bytes;
    };
    for (auto *range = llvm::find_if(ranges, overlaps); range != ranges.end();
         range = llvm::find_if(ranges, overlaps))
      begin = llvm::alignTo(range->second, alignment);
    take(begin, bytes);
    return begin;
  }

  int64_t getEnd() const { return end; }

private:
  SmallVector<std::pair<int64_t, int64_t>> ranges;
  int64_t end = 0;
};

struct AllocateSharedMemoryPass
    : hopper::impl::HopperAllocateSharedMemoryBase<AllocateSharedMemoryPass> {
  void runOnOperation() override {
    gpu::GPUFuncOp kernel = getOperation();
    SmallVector<CreateChannelOp> channels;
    kernel.walk([&](CreateChannelOp op) { channels.push_back(op); });
    if (channels.empty())
      return;
    auto asked = kernel->getAttrOfType<IntegerAttr>(kSharedMemoryAttrName);
    if (asked && llvm::all_of(channels, [](CreateChannelOp op) {
          return op.getOffset() && op.getBarriers();
        })) {
      kernel.emitRemark("left as it is: its channels have places in shared "
                        "memory already");
      return;
    }
    int64_t bytes = place(channels);
    if (bytes > attn::hopper_limits::kSharedMemory) {
      kernel.emitOpError("expected at most ")
          << attn::hopper_limits::kSharedMemory
          << " bytes of shared memory, but its channels need " << bytes;
      return signalPassFailure();
    }
    // More than the channels need may be asked for by hand.
    if (asked && asked.getInt() < bytes) {
      kernel.emitOpError("expected ")
          << kSharedMemoryAttrName << " of at least the " << bytes
          << " bytes of its channels, but got " << asked.getInt();
      return signalPassFailure();
    }
    if (!asked)
      kernel->setAttr(kSharedMemoryAttrName,
                      Builder(&getContext()).getI64IntegerAttr(bytes));
  }

  /// Places what has no place yet around what has one. Gives the end of it all.
  static int64_t place(ArrayRef<CreateChannelOp> channels);
};

} // namespace

int64_t AllocateSharedMemoryPass::place(ArrayRef<CreateChannelOp> channels) {
  auto getSlotBytes = [](ChannelType type) {
    return type.getDepth() * type.getTile().getBytes();
  };
  auto getBarrierBytes = [](ChannelType type) {
    return 2 * 8 * type.getDepth();
  };
  TakenMemory taken;
  for (CreateChannelOp channel : channels) {
    ChannelType type = channel.getChannel().getType();
    if (channel.getOffset())
      taken.take(*channel.getOffset(), getSlotBytes(type));
    if (channel.getBarriers())
      taken.take(*channel.getBarriers(), getBarrierBytes(type));
  }
  // Slots first: rows of 128 bytes in groups of 8 keep each a multiple of 1024
  // bytes, as the swizzle wants.
  for (CreateChannelOp channel : channels)
    if (!channel.getOffset())
      channel.setOffset(
          taken.find(getSlotBytes(channel.getChannel().getType()), 1024));
  for (CreateChannelOp channel : channels)
    if (!channel.getBarriers())
      channel.setBarriers(
          taken.find(getBarrierBytes(channel.getChannel().getType()), 8));
  return taken.getEnd();
}
