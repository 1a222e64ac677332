//===- SelectConfig.cpp - Choose the shape of each kernel -----------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConfigRule.h"
#include "TunedConfigs.h"

#include "fa3/Analysis/KernelResources.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/AsmParser/AsmParser.h"

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNSELECTCONFIG
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

/// Small enough that its vectors unroll into scalar code of moderate size.
static ConfigAttr selectCpuConfig(ForwardOp op) {
  return ConfigAttr::get(op.getContext(), /*tileQ=*/4, /*tileKV=*/16,
                         /*stages=*/1, /*consumers=*/1,
                         /*producerRegisters=*/24, /*consumerRegisters=*/24,
                         /*speculation=*/std::nullopt, /*pin=*/std::nullopt,
                         /*queryStages=*/std::nullopt,
                         /*exponent=*/std::nullopt, /*emulate=*/std::nullopt,
                         needsTwoLevels(op),
                         /*persistent=*/false, /*pack=*/std::nullopt,
                         /*splits=*/std::nullopt);
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

/// The blocks of scales against the tile of a configuration.
static LogicalResult verifyBlocks(ForwardOp op) {
  ConfigAttr config = *op.getConfig();
  auto check = [&](StringRef name, std::optional<int64_t> block,
                   int64_t size) -> LogicalResult {
    if (fitsBlock(block, size))
      return success();
    return op.emitOpError("expected a block of ")
           << name << "'s scales that divides the tile's " << size
           << " rows or is a multiple of them, but got " << *block;
  };
  if (failed(check("Q", op.getQueryBlock(), config.getTileQ())) ||
      failed(check("K", op.getKeyBlock(), config.getTileKV())) ||
      failed(check("V", op.getValueBlock(), config.getTileKV())))
    return failure();
  // Probabilities are divided by the largest scale of a tile, which each thread
  // reads.
  std::optional<int64_t> block = op.getValueBlock();
  if (block && *block < config.getTileKV() && *block % 8 != 0)
    return op.emitOpError("expected a block of V's scales of a multiple of 8 "
                          "rows, but got ")
           << *block;
  return success();
}

/// A polynomial has the digits that 8 bits keep.
static LogicalResult verifyEmulation(ForwardOp op) {
  std::optional<int64_t> emulate = op.getConfig()->getEmulate();
  Type type = op.getValueType().getElementType();
  if (!emulate || type.getIntOrFloatBitWidth() == 8)
    return success();
  return op.emitOpError("expected V of 8 bits with emulate = ")
         << *emulate << ", but got " << type;
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
    if (narrower < 0) {
      emitError(getOperation()->getLoc())
          << "expected narrower of at least 0, but got " << narrower.getValue();
      return signalPassFailure();
    }
    for (auto &[name, size] :
         {std::pair<StringRef, Option<int64_t> &>{"batch", expectedBatch},
          {"rows", expectedRows},
          {"keys", expectedKeys}})
      if (size < 0) {
        emitError(getOperation()->getLoc())
            << "expected expected-" << name
            << " of at least 1, or 0 where it is not known, but got "
            << size.getValue();
        return signalPassFailure();
      }
    ConfigAttr override;
    if (!config.empty()) {
      // The parser reports what is wrong with the text.
      bool isWhole = StringRef(config).starts_with("#attn.config<");
      override = dyn_cast_or_null<ConfigAttr>(parseAttribute(
          isWhole ? config : "#attn.config<" + config + ">", &getContext()));
      if (!override) {
        emitError(getOperation()->getLoc())
            << "expected a configuration like 'tile = 128x176, stages = 2, "
               "consumers = 2, registers = 24x240', but got '"
            << config << "'";
        return signalPassFailure();
      }
    }
    if (failed(tuned.load(tuningTable, getOperation()->getLoc())))
      return signalPassFailure();
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
      return success(succeeded(verifyBlocks(op)) &&
                     succeeded(verifyEmulation(op)) &&
                     succeeded(verifyCpuConfig(op)));
    }
    if (!op.getConfig()) {
      LaunchSizes sizes = getLaunchSizes(op, getExpectedSizes());
      FailureOr<ConfigAttr> selected =
          chooseConfig(op, sizes, {producer, pack, classify, narrower});
      // Tables are of kernels with a producer.
      if (succeeded(selected) && producer && narrower == 0)
        selected = tuned.select(op, sizes, *selected);
      if (failed(selected))
        return failure();
      op.setConfigAttr(*selected);
    }
    if (failed(verifyBlocks(op)) || failed(verifyEmulation(op)))
      return failure();
    return verifyHopperConfig(*op.getConfig(), getProblemShape(op),
                              [&] { return op.emitOpError(); });
  }

private:
  LaunchSizes getExpectedSizes() const {
    auto get = [](int64_t size) {
      return size == 0 ? std::nullopt : std::optional(size);
    };
    return {get(expectedBatch), get(expectedRows), get(expectedKeys)};
  }

  TunedConfigs tuned;
};

} // namespace
