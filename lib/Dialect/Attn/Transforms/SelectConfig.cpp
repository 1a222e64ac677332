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
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/Support/MathExtras.h"
#include <limits>

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNSELECTCONFIG
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;
using namespace mlir::attn::hopper_limits;

/// Whether the matrix units cannot go on with an output that is corrected.
static bool needsTwoLevels(ForwardOp op) {
  return op.getValueType().getElementType().isInteger();
}

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

/// The operations of a region that depend on one of its arguments, from the
/// last one on.
static SetVector<Operation *> getUsers(Region &region, unsigned fromLast) {
  SetVector<Operation *> users;
  getForwardSlice(region.getArgument(region.getNumArguments() - 1 - fromLast),
                  &users);
  return users;
}

/// Whether a region reads memory at places that differ along a row: many reads
/// are then in flight, and each holds an address and a value.
static bool gathers(ForwardOp op) {
  bool found = false;
  for (Region *region : {&op.getScoreRegion(), &op.getMaskRegion()}) {
    if (region->empty())
      continue;
    found |= llvm::any_of(getUsers(*region, 0), [](Operation *user) {
      return !isMemoryEffectFree(user) && !isa<YieldOp>(user);
    });
  }
  return found;
}

/// Whether score and mask functions do more than fits beside a wide tile and
/// the one under speculation: their operations on elements hold values of their
/// own.
static bool areInvolved(ForwardOp op) {
  constexpr int64_t kFew = 8;
  int64_t count = 0;
  for (Region *region : {&op.getScoreRegion(), &op.getMaskRegion()})
    region->walk([&](Operation *inner) {
      count +=
          !inner->hasTrait<OpTrait::ConstantLike>() && !isa<YieldOp>(inner);
    });
  return count > kFew;
}

/// Whether score and mask functions take the special function unit, which
/// exponentials are on: these are then done later.
static bool useSpecialFunctions(ForwardOp op) {
  bool found = false;
  for (Region *region : {&op.getScoreRegion(), &op.getMaskRegion()})
    region->walk([&](Operation *inner) {
      found |= isa_and_nonnull<math::MathDialect>(inner->getDialect());
    });
  return found;
}

/// Places of memory that a mask reads for each key, where nothing else that it
/// reads differs along a row; none where it reads for each element, or where
/// there is a function of the scores as well.
static std::optional<int64_t> countReadsOfKey(ForwardOp op) {
  Region &mask = op.getMaskRegion();
  if (mask.empty() || !op.getScoreRegion().empty())
    return std::nullopt;
  SetVector<Operation *> ofRow = getUsers(mask, 1);
  int64_t reads = 0;
  for (Operation *user : getUsers(mask, 0)) {
    if (isMemoryEffectFree(user) || isa<YieldOp>(user))
      continue;
    if (ofRow.contains(user))
      return std::nullopt;
    ++reads;
  }
  return reads;
}

/// What is tried for a problem, but for the width of the tile of keys.
struct Choice {
  int64_t consumers = 2, producerRegisters = 24, consumerRegisters = 240;
  int64_t widest = 0;
  std::optional<int64_t> speculation, pin, exponent, emulate;
  bool persistent = false;
  std::optional<int64_t> pack, splits;
  /// Stages of the ring; as many of them as fit.
  int64_t mostStages = 2;
  /// Tried first where blocks are persistent.
  std::optional<int64_t> queryStages = 2;
};

/// What a thread's part of a row's sum may come to under the old maximum: less
/// than f16 holds. bf16 holds as much as the accumulators do, which keep room
/// for large values.
static int64_t getSpeculation(Type element) {
  return element.isBF16() ? int64_t(1) << 40 : 8192;
}

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

/// Of 8 bits: the largest number, and what leaves room below it for what a
/// maximum is exceeded by.
static constexpr int64_t kNarrowSpeculation = 448, kNarrowExponent = 4;

/// The largest exponent, up to that, with which the bound holds for equal
/// scores, as those of rows beyond the end: a thread adds up a quarter of a
/// tile's columns. Such rows would else take the way back in each tile.
static int64_t getNarrowExponent(int64_t keys) {
  return std::min<int64_t>(
      kNarrowExponent,
      llvm::Log2_64(static_cast<uint64_t>(kNarrowSpeculation * 4 / keys)));
}

/// Whether blocks of scales are tiles, some of them, or parts of one.
static bool fits(std::optional<int64_t> block, int64_t size) {
  return !block || *block % size == 0 || size % *block == 0;
}

/// Whether blocks are parts of a tile of the narrowest kind.
static bool isPart(std::optional<int64_t> block) {
  return block && *block < 64;
}

/// The same for 8 bits, whose producer has V to transpose, and registers for
/// that.
static Choice chooseNarrow(ForwardOp op, bool producer) {
  ProblemShape shape = getProblemShape(op);
  Choice choice;
  // The producer's warps share what they transpose evenly, or need registers to
  // tell who does what. Where they have nothing to transpose, copies take few.
  bool even = shape.valueHeadSize % 64 == 0;
  bool transposes = !shape.transposedValue;
  choice.producerRegisters = !transposes ? 24 : even ? 56 : 64;
  choice.consumerRegisters = !transposes ? 240 : even ? 224 : 216;
  if (!needsTwoLevels(op))
    choice.exponent = 8;
  choice.queryStages = std::nullopt; // Measured with one.
  bool banded = op.getLeftBound() || op.getRightBound();
  bool regions = !op.getScoreRegion().empty() || !op.getMaskRegion().empty();
  bool wide = shape.valueHeadSize > 128;
  choice.persistent =
      producer && !regions && !wide && (!banded || !op.getLeftBound());
  if (gathers(op)) {
    choice.widest = 32;
    return choice;
  }
  // A factor for each column takes registers of its own, and probabilities that
  // bear one stay wide for longer.
  bool hasParts = isPart(op.getKeyBlock()) || isPart(op.getValueBlock());
  bool isSmall = shape.valueHeadSize <= 64 && shape.headSize <= 128 &&
                 fits(op.getQueryBlock(), 3 * kMmaRows);
  if (regions || !producer || (hasParts && !needsTwoLevels(op))) {
    choice.widest = wide ? 64 : 96;
    return choice;
  }
  // Without speculation: integers under a maximum that is exceeded are coarser
  // than under the true one. The output is corrected and added to once a tile.
  if (needsTwoLevels(op)) {
    if (isSmall && !isPart(op.getValueBlock())) {
      choice.widest = 96;
      choice.consumers = 3;
      choice.producerRegisters = transposes ? 56 : 32;
      choice.consumerRegisters = transposes ? 152 : 160;
      return choice;
    }
    choice.widest = !hasParts ? 128 : shape.valueHeadSize <= 64 ? 96 : 64;
    if (transposes && even) {
      choice.producerRegisters = 40;
      choice.consumerRegisters = 232;
    }
    return choice;
  }
  int64_t rows = op.getQueryType().getDimSize(op.getSeqDim());
  auto hasUpTo = [&](int64_t most) {
    return ShapedType::isStatic(rows) && rows <= most;
  };
  choice.persistent = !op.getLeftBound();
  // A producer that transposes the tiles of one block needs 24 registers; one
  // whose block stays, more. Consumers have as many beside 40 as beside 32.
  if (transposes) {
    choice.producerRegisters = choice.persistent ? 40 : 24;
    choice.consumerRegisters = choice.persistent ? 232 : 240;
  }
  choice.speculation = kNarrowSpeculation;
  choice.pin = 25;
  if (wide) {
    choice.widest = 96;
    // Without speculation a tile is wider: worth it where there are few.
    if (!transposes && hasUpTo(banded ? 4096 : 512)) {
      choice.speculation = choice.pin = std::nullopt;
      choice.widest = 128;
    }
    return choice;
  }
  // Of the cycles that the products need exponentials take as many here, and
  // twice as many with 64 columns.
  choice.emulate = isSmall ? 4 : 12;
  if (!isSmall) {
    // Wider ones are the faster by themselves, but leave more of a tile empty.
    choice.widest =
        hasUpTo(banded ? 2048 : 1024) || op.getLeftBound() ? 128 : 192;
    return choice;
  }
  choice.pin = 12;
  choice.widest = 128;
  if (hasUpTo(banded ? 4096 : 1024))
    return choice;
  choice.consumers = 3;
  choice.producerRegisters = 32;
  choice.consumerRegisters = 160;
  choice.pin = 6;
  // In long sequences the launch balances better.
  choice.persistent = !banded;
  return choice;
}

/// The rule for what no table has, made from what has been measured to be
/// fastest (docs/performance.md, docs/tuning.md).
static Choice choose(ForwardOp op, bool producer, bool classify) {
  ProblemShape shape = getProblemShape(op);
  if (shape.elementBytes == 1)
    return chooseNarrow(op, producer);
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
  // Full tiles have no code of a mask, and those that have it are few: the
  // widest whose values of keys find room beside all else.
  std::optional<int64_t> reads = countReadsOfKey(op);
  if (classify && reads && *reads <= 2) {
    bool narrow = shape.valueHeadSize <= 64 && shape.headSize <= 128;
    int64_t most[3] = {128,
                       narrow                 ? 128
                       : shape.headSize > 128 ? 96
                                              : 112,
                       narrow ? 80 : 64};
    int64_t mostOfWide[3] = {64, 48, 32};
    choice.widest = (wide ? mostOfWide : most)[*reads];
    choice.speculation = getSpeculation(op.getQueryType().getElementType());
    choice.pin = wide ? 25 : narrow ? 12 : 50;
    return choice;
  }
  // Masks and functions of elements need registers of their own.
  if (gathering || areInvolved(op)) {
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
  choice.speculation = getSpeculation(op.getQueryType().getElementType());
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
    choice.widest = op.getLeftBound() ? 80 : banded || regions ? 96 : 128;
    choice.pin = 12;
    // A function makes each tile longer, so that what is left empty weighs less
    // than copies that run ahead bring.
    choice.persistent |= regions && !op.getLeftBound();
  } else {
    choice.widest = 128;
    choice.pin = small || regions ? 12 : 50;
    choice.persistent |= !op.getLeftBound() && shape.headSize <= 128;
  }
  if (useSpecialFunctions(op))
    choice.pin = 37;
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
    choice.speculation = choice.pin = choice.emulate = std::nullopt;
    choice.mostStages = 4;
  }
  int64_t blocks = *countBlocks(op, kMmaRows * choice.consumers / pack, pack);
  // A block has one tile and no more.
  if (blocks <= kMultiprocessors)
    choice.persistent = false;
  if (blocks == 0 || 2 * blocks > kMultiprocessors || op.getSplitKeys())
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

/// The tiles of keys that blocks of scales allow, the best first: wide ones,
/// and those that blocks consist of rather than those that hold several.
static SmallVector<int64_t> getKeyTiles(ForwardOp op, int64_t widest) {
  constexpr int64_t kNarrowestOfBlock = 64;
  int64_t step = 32 / getProblemShape(op).elementBytes;
  SmallVector<int64_t> tiles;
  for (bool inBlock : {true, false})
    for (int64_t keys = widest; keys >= (inBlock ? kNarrowestOfBlock : step);
         keys -= step)
      if (llvm::all_of(ArrayRef{op.getKeyBlock(), op.getValueBlock()},
                       [&](std::optional<int64_t> block) {
                         return inBlock ? !block || *block % keys == 0
                                        : fits(block, keys);
                       }))
        tiles.push_back(keys);
  return tiles;
}

/// The best tile of keys that fits.
static FailureOr<ConfigAttr> selectHopperConfig(ForwardOp op, bool producer,
                                                bool mayPack, bool classify,
                                                int64_t narrower) {
  ProblemShape shape = getProblemShape(op);
  Choice choice = choose(op, producer, classify);
  if (!op.getQueryScale())
    shareFewRows(op, mayPack, choice);
  // The tiles of a range are not classified.
  if (choice.splits) {
    choice = choose(op, producer, /*classify=*/false);
    shareFewRows(op, mayPack, choice);
  }
  // Blocks of rows that two warpgroups do not have may be those of one.
  int64_t consumers = choice.consumers;
  while (consumers > 1 && !fits(op.getQueryBlock(), kMmaRows * consumers))
    --consumers;
  bool isScaled = shape.elementBytes == 1;
  // Blocks of several row tiles load the next queries early where they can.
  auto build = [&](int64_t keys, int64_t stages, bool ring) {
    return ConfigAttr::get(
        op.getContext(), kMmaRows * consumers, keys, stages, consumers,
        choice.producerRegisters, choice.consumerRegisters, choice.speculation,
        choice.pin, ring ? choice.queryStages : std::nullopt,
        isScaled && choice.speculation ? getNarrowExponent(keys)
                                       : choice.exponent,
        choice.emulate, needsTwoLevels(op),
        choice.persistent && !fitsOneTile(op, keys), choice.pack,
        choice.splits);
  };
  auto fitsMachine = [&](ConfigAttr config) {
    KernelResources resources = computeResources(config, shape);
    return resources.sharedMemory <= kSharedMemory &&
           resources.consumerRegisters <= choice.consumerRegisters;
  };
  for (int64_t keys : getKeyTiles(op, choice.widest)) {
    for (bool ring : {true, false}) {
      ConfigAttr config = build(keys, /*stages=*/2, ring);
      if ((ring && !config.getPersistent()) || !fitsMachine(config))
        continue;
      if (narrower-- > 0)
        break;
      for (int64_t stages = 3; stages <= choice.mostStages; ++stages)
        if (ConfigAttr deeper = build(keys, stages, ring); fitsMachine(deeper))
          config = deeper;
      return config;
    }
  }
  return op.emitOpError("no tile fits the resources of sm_90a")
         << (op.getQueryScale() ? " and the blocks of the scales" : "");
}

/// The blocks of scales against the tile of a configuration.
static LogicalResult verifyBlocks(ForwardOp op) {
  ConfigAttr config = *op.getConfig();
  auto check = [&](StringRef name, std::optional<int64_t> block,
                   int64_t size) -> LogicalResult {
    if (fits(block, size))
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
      FailureOr<ConfigAttr> selected =
          selectHopperConfig(op, producer, pack, classify, narrower);
      // Tables are of kernels with a producer.
      if (succeeded(selected) && producer && narrower == 0)
        selected = tuned.select(op, *selected);
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
  TunedConfigs tuned;
};

} // namespace
