//===- SelectConfig.cpp - Choose the shape of each kernel -----------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TunedConfigs.h"

#include "fa3/Analysis/KernelResources.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/AsmParser/AsmParser.h"
#include "llvm/Support/MathExtras.h"
#include <limits>

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
                         /*producerRegisters=*/24, /*consumerRegisters=*/24,
                         /*speculation=*/std::nullopt, /*pin=*/std::nullopt,
                         /*queryStages=*/std::nullopt, /*persistent=*/false,
                         /*pack=*/std::nullopt, /*splits=*/std::nullopt);
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

/// What is tried for a problem, but for the width of the tile of keys.
struct Choice {
  int64_t consumers = 2, producerRegisters = 24, consumerRegisters = 240;
  int64_t widest = 0;
  std::optional<int64_t> speculation, pin;
  bool persistent = false;
  std::optional<int64_t> pack, splits;
  /// Stages of the ring; as many of them as fit.
  int64_t mostStages = 2;
};

/// A thread holds a quarter of a tile's columns of a row, each of which is at
/// most 1 unless the maximum is exceeded; 16-bit floats hold far more.
static constexpr int64_t kSpeculation = 8192;

/// Multiprocessors of an H100 and of an H200, and the least keys that are worth
/// a range of their own.
static constexpr int64_t kMultiprocessors = 132;
static constexpr int64_t kLeastKeysOfRange = 256;

/// Blocks of a grid of tiles of `tileRows` query rows of each of `pack` heads,
/// or nothing where rows are only known at the launch. A batch that is counts
/// as 1.
static std::optional<int64_t> countBlocks(ForwardOp op, int64_t tileRows,
                                          int64_t pack = 1) {
  int64_t rows = op.getQueryType().getDimSize(op.getSeqDim());
  int64_t batch = op.getQueryType().getDimSize(ForwardOp::getBatchDim());
  if (ShapedType::isDynamic(rows))
    return std::nullopt;
  // No grid is as large as what types can say.
  auto blocks = static_cast<uint64_t>(llvm::divideCeil(rows, tileRows));
  for (int64_t factor :
       {op.getNumQueryHeads() / pack, ShapedType::isDynamic(batch) ? 1 : batch})
    blocks = llvm::SaturatingMultiply(blocks, static_cast<uint64_t>(factor));
  return static_cast<int64_t>(
      std::min<uint64_t>(blocks, std::numeric_limits<int32_t>::max()));
}

/// Whether tiles of 128 rows keep the machine busy for a clearly shorter time
/// than ones of 192, which are the faster by themselves.
static bool wantsSmallTiles(ForwardOp op) {
  std::optional<int64_t> large = countBlocks(op, 3 * kMmaRows);
  if (!large || op.getQueryType().isDynamicDim(ForwardOp::getBatchDim()))
    return false;
  auto getTime = [](int64_t blocks, int64_t rows) {
    return llvm::divideCeil(blocks, kMultiprocessors) * rows;
  };
  return 5 * getTime(*countBlocks(op, 2 * kMmaRows), 2) <
         4 * getTime(*large, 3);
}

/// The rule for what no table has, made from what has been measured to be
/// fastest (docs/performance.md, docs/tuning.md).
static Choice choose(ForwardOp op, bool producer) {
  ProblemShape shape = getProblemShape(op);
  Choice choice;
  bool gathering = gathers(op);
  bool banded = op.getLeftBound() || op.getRightBound();
  bool regions = !op.getScoreRegion().empty() || !op.getMaskRegion().empty();
  bool wide = shape.valueHeadSize > 128;
  // Three consumers of 160 registers serve where scores and output are small.
  bool small = shape.valueHeadSize <= 64 && shape.headSize <= 128 && !gathering;
  int64_t rows = op.getQueryType().getDimSize(op.getSeqDim());
  bool few = (!ShapedType::isDynamic(rows) && rows <= (banded ? 2048 : 128)) ||
             wantsSmallTiles(op);

  // Without a producer there are no registers to take from it.
  if (!producer) {
    choice.producerRegisters = small ? 32 : 24;
    choice.consumerRegisters = small ? 160 : 240;
    choice.widest = wide ? 64 : 128;
    if (regions)
      choice.widest = small ? 64 : wide ? 64 : 80;
    if (gathering)
      choice.widest = wide ? 16 : 48;
    return choice;
  }
  // Masks and functions of elements need registers of their own.
  if (gathering || regions) {
    if (small) {
      choice.consumers = 3;
      choice.producerRegisters = 32;
      choice.consumerRegisters = 160;
    }
    choice.widest = small ? 64 : 80;
    if (gathering)
      choice.widest = wide ? 16 : 48;
    return choice;
  }
  choice.speculation = kSpeculation;
  choice.persistent = !banded;
  if (wide) {
    choice.widest = 64;
    choice.pin = 25;
  } else if (small && !few) {
    // Three consumers share a tile of keys, but 192 rows leave more of a tile
    // empty that a diagonal cuts.
    choice.consumers = 3;
    choice.producerRegisters = 32;
    choice.consumerRegisters = 160;
    choice.widest = op.getLeftBound() ? 80 : banded ? 96 : 128;
    choice.pin = 12;
  } else {
    choice.widest = 128;
    choice.pin = small ? 12 : 50;
    choice.persistent |= !op.getLeftBound() && shape.headSize <= 128;
  }
  // A producer of pairs of tiles has few registers, and lengths that are known
  // only at run time take some of its own. In long sequences the launch
  // balances better.
  if ((wide || shape.headSize > 128) && banded && !op.getLeftBound())
    choice.persistent = !ShapedType::isDynamic(rows) && rows <= 8192 &&
                        op.getQueryType().hasStaticShape() &&
                        op.getKeyType().hasStaticShape();
  return choice;
}

/// Heads that share a head of K and V and fill a tile's rows together: a power
/// of two, as tiles are, that leaves no head alone.
static int64_t countPackedHeads(ForwardOp op, int64_t rows) {
  int64_t group = op.getNumQueryHeads() / op.getNumKeyHeads();
  int64_t pack = 1;
  while (group % (2 * pack) == 0 && pack * rows < kMmaRows &&
         2 * pack < kMmaRows)
    pack *= 2;
  return pack;
}

/// Few rows: tiles for all heads that can share them, small enough that there
/// is one for each multiprocessor, and as many ranges of keys as fill the rest.
static void shareFewRows(ForwardOp op, bool mayPack, Choice &choice) {
  int64_t rows = op.getQueryType().getDimSize(op.getSeqDim());
  if (ShapedType::isDynamic(rows) || rows == 0)
    return;
  int64_t pack = mayPack ? countPackedHeads(op, rows) : 1;
  if (pack > 1)
    choice.pack = pack;
  bool oneTile = pack * rows <= kMmaRows;
  if (oneTile ||
      (pack == 1 && *countBlocks(op, kMmaRows) <= kMultiprocessors)) {
    choice.consumers = 1;
    choice.producerRegisters = 24;
    choice.consumerRegisters = 240;
  }
  if (oneTile) {
    // There is little to compute for each key: what counts is how many bytes
    // are on their way.
    choice.speculation = choice.pin = std::nullopt;
    choice.mostStages = 4;
  }
  int64_t blocks = *countBlocks(op, kMmaRows * choice.consumers / pack, pack);
  // A block has one tile and no more.
  if (blocks <= kMultiprocessors)
    choice.persistent = false;
  if (blocks == 0 || 2 * blocks > kMultiprocessors || op.getSplitKeys() ||
      op.getQueryScale())
    return;
  int64_t splits = std::min(kMultiprocessors / blocks, kMaxSplits);
  int64_t keys = op.getKeyType().getDimSize(op.getSeqDim());
  if (!ShapedType::isDynamic(keys))
    splits = std::min(splits, keys / kLeastKeysOfRange);
  if (splits > 1)
    choice.splits = splits;
}

/// Whether all keys are in one tile: there is no loop whose copies a persistent
/// block could run ahead of.
static bool fitsOneTile(ForwardOp op, int64_t tile) {
  int64_t keys = op.getKeyType().getDimSize(op.getSeqDim());
  return ShapedType::isStatic(keys) && keys <= tile;
}

/// The widest tile of keys that fits.
static FailureOr<ConfigAttr> selectHopperConfig(ForwardOp op, bool producer,
                                                bool mayPack) {
  ProblemShape shape = getProblemShape(op);
  Choice choice = choose(op, producer);
  shareFewRows(op, mayPack, choice);
  int64_t step = 32 / shape.elementBytes;
  // Blocks of several row tiles load the next queries early where they can.
  auto build = [&](int64_t keys, int64_t stages, bool ring) {
    return ConfigAttr::get(op.getContext(), kMmaRows * choice.consumers, keys,
                           stages, choice.consumers, choice.producerRegisters,
                           choice.consumerRegisters, choice.speculation,
                           choice.pin,
                           ring ? std::optional<int64_t>(2) : std::nullopt,
                           choice.persistent && !fitsOneTile(op, keys),
                           choice.pack, choice.splits);
  };
  auto fits = [&](ConfigAttr config) {
    KernelResources resources = computeResources(config, shape);
    return resources.sharedMemory <= kSharedMemory &&
           resources.consumerRegisters <= choice.consumerRegisters;
  };
  for (int64_t keys = choice.widest; keys >= step; keys -= step) {
    for (bool ring : {true, false}) {
      ConfigAttr config = build(keys, /*stages=*/2, ring);
      if ((ring && !config.getPersistent()) || !fits(config))
        continue;
      for (int64_t stages = 3; stages <= choice.mostStages; ++stages)
        if (ConfigAttr deeper = build(keys, stages, ring); fits(deeper))
          config = deeper;
      return config;
    }
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
      return verifyCpuConfig(op);
    }
    if (!op.getConfig()) {
      FailureOr<ConfigAttr> selected = selectHopperConfig(op, producer, pack);
      // Tables are of kernels with a producer.
      if (succeeded(selected) && producer)
        selected = tuned.select(op, *selected);
      if (failed(selected))
        return failure();
      op.setConfigAttr(*selected);
    }
    return verifyHopperConfig(*op.getConfig(), getProblemShape(op),
                              [&] { return op.emitOpError(); });
  }

private:
  TunedConfigs tuned;
};

} // namespace
