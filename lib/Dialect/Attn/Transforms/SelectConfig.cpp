//===- SelectConfig.cpp - Choose the shape of each kernel -----------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Analysis/KernelResources.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/AsmParser/AsmParser.h"

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNSELECTCONFIG
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;
using namespace mlir::attn::hopper_limits;

/// Small enough that its vectors unroll into scalar code of moderate size.
static ConfigAttr selectCpuConfig(ForwardOp op) {
  return ConfigAttr::get(op.getContext(), /*tileQ=*/4, /*tileKV=*/16,
                         /*stages=*/1, /*consumers=*/1,
                         /*producerRegisters=*/24, /*consumerRegisters=*/24);
}

/// Vectors of a tile unroll to as many operations as they have elements.
static LogicalResult verifyCpuConfig(ForwardOp op) {
  constexpr int64_t kMaxElements = 16384;
  int64_t elements = op.getConfig()->getTileQ() * op.getConfig()->getTileKV();
  if (elements > kMaxElements)
    return op.emitOpError("expected a tile of at most ")
           << kMaxElements << " elements on a CPU, but got "
           << op.getConfig()->getTileQ() << "x" << op.getConfig()->getTileKV();
  return success();
}

/// Whether a region reads memory at places that differ along a row: many reads
/// are then in flight, and each holds an address and a value.
static bool gathers(ForwardOp op) {
  bool found = false;
  for (Region *region : {&op.getScoreRegion(), &op.getMaskRegion()}) {
    if (region->empty())
      continue;
    Value key = region->front().getArguments().back();
    SetVector<Operation *> users;
    getForwardSlice(key, &users);
    found |= llvm::any_of(users, [](Operation *user) {
      return !isMemoryEffectFree(user) && !isa<YieldOp>(user);
    });
  }
  return found;
}

/// The widest tile of keys that fits, with as many consumers as the output
/// leaves registers for.
static FailureOr<ConfigAttr> selectHopperConfig(ForwardOp op, bool producer) {
  ProblemShape shape = getProblemShape(op);
  // Three consumers of 160 registers serve where scores and output are small;
  // two of 240 elsewhere.
  bool gathering = gathers(op);
  bool small = shape.valueHeadSize <= 64 && shape.headSize <= 128 && !gathering;
  int64_t consumers = small ? 3 : 2;
  int64_t producerRegisters = small ? 32 : 24;
  int64_t consumerRegisters = small ? 160 : 240;
  // A tile that is cut by a diagonal wastes half of its work, and the masks and
  // regions need registers of their own.
  bool banded = op.getLeftBound() || op.getRightBound();
  bool regions = !op.getScoreRegion().empty() || !op.getMaskRegion().empty();
  int64_t widest = small ? 128 : 176;
  if (banded)
    widest = 128;
  if (regions)
    widest = small ? 64 : 80;
  if (gathering)
    widest = shape.valueHeadSize > 128 ? 16 : 48;
  // Without a producer there are no registers to take from it.
  if (!producer) {
    consumers = 2;
    widest = std::min<int64_t>(widest, shape.valueHeadSize > 128 ? 64 : 128);
  }
  int64_t step = 32 / shape.elementBytes;
  for (int64_t keys = widest; keys >= step; keys -= step) {
    ConfigAttr config = ConfigAttr::get(
        op.getContext(), kMmaRows * consumers, keys,
        /*stages=*/2, consumers, producerRegisters, consumerRegisters);
    KernelResources resources = computeResources(config, shape);
    if (resources.sharedMemory <= kSharedMemory &&
        resources.consumerRegisters <= consumerRegisters)
      return config;
  }
  return op.emitOpError("no tile fits the resources of sm_90a");
}

namespace {

struct SelectConfigPass : attn::impl::AttnSelectConfigBase<SelectConfigPass> {
  using AttnSelectConfigBase::AttnSelectConfigBase;

  void runOnOperation() override {
    if (target != "hopper" && target != "cpu") {
      emitError(getOperation()->getLoc())
          << "expected target hopper or cpu, but got " << target;
      return signalPassFailure();
    }
    ConfigAttr override;
    if (!config.empty()) {
      // The parser reports what is wrong with the text.
      override = dyn_cast_or_null<ConfigAttr>(
          parseAttribute("#attn.config<" + config + ">", &getContext()));
      if (!override) {
        emitError(getOperation()->getLoc())
            << "expected a configuration like 'tile = 128x176, stages = 2, "
               "consumers = 2, registers = 24x240', but got '"
            << config << "'";
        return signalPassFailure();
      }
    }
    WalkResult result = getOperation()->walk([&](ForwardOp op) {
      return failed(select(op, override)) ? WalkResult::interrupt()
                                          : WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

  LogicalResult select(ForwardOp op, ConfigAttr override) {
    if (override)
      op.setConfigAttr(override);
    if (target == "cpu") {
      if (!op.getConfig())
        op.setConfigAttr(selectCpuConfig(op));
      return verifyCpuConfig(op);
    }
    if (!op.getConfig()) {
      FailureOr<ConfigAttr> selected = selectHopperConfig(op, producer);
      if (failed(selected))
        return failure();
      op.setConfigAttr(*selected);
    }
    return verifyHopperConfig(*op.getConfig(), getProblemShape(op),
                              [&] { return op.emitOpError(); });
  }
};

} // namespace
