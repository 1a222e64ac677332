//===- ConfigRule.cpp - The rule for configurations -----------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConfigRule.h"

#include "fa3/Analysis/KernelResources.h"
#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/Support/MathExtras.h"
#include <limits>

using namespace mlir;
using namespace mlir::attn;
using namespace mlir::attn::hopper_limits;

bool mlir::attn::needsTwoLevels(ForwardOp op) {
  return op.getValueType().getElementType().isInteger();
}

bool mlir::attn::mayPersist(ForwardOp op) {
  bool pairs = op.getRightBound() && !op.getLeftBound();
  return !pairs || std::max(op.getHeadSize(), op.getValueHeadSize()) <= 128 ||
         (op.getQueryType().hasStaticShape() &&
          op.getKeyType().hasStaticShape());
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
/// or nothing where the rows are not known. A batch that is not counts as 1.
static std::optional<int64_t> countBlocks(ForwardOp op,
                                          const LaunchSizes &sizes,
                                          int64_t tileRows, int64_t pack = 1) {
  if (!sizes.rows)
    return std::nullopt;
  // No grid is as large as what types can say.
  auto blocks = static_cast<uint64_t>(llvm::divideCeil(*sizes.rows, tileRows));
  for (int64_t factor : {op.getNumKeyHeads(), countTilesOfGroup(op, pack),
                         sizes.batch.value_or(1)})
    blocks = llvm::SaturatingMultiply(blocks, static_cast<uint64_t>(factor));
  return static_cast<int64_t>(
      std::min<uint64_t>(blocks, std::numeric_limits<int32_t>::max()));
}

/// Whether tiles of 128 rows keep the machine busy for a clearly shorter time
/// than ones of 192, which are the faster by themselves.
static bool wantsSmallTiles(ForwardOp op, const LaunchSizes &sizes) {
  std::optional<int64_t> large = countBlocks(op, sizes, 3 * kMmaRows);
  if (!large || !sizes.batch)
    return false;
  auto getTime = [](int64_t blocks, int64_t rows) {
    return llvm::divideCeil(blocks, kMultiprocessors) * rows;
  };
  return 5 * getTime(*countBlocks(op, sizes, 2 * kMmaRows), 2) <
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

bool mlir::attn::fitsBlock(std::optional<int64_t> block, int64_t size) {
  return !block || *block % size == 0 || size % *block == 0;
}

/// Whether blocks are parts of a tile of the narrowest kind.
static bool isPart(std::optional<int64_t> block) {
  return block && *block < 64;
}

/// The same for 8 bits, whose producer has V to transpose, and registers for
/// that.
static Choice chooseNarrow(ForwardOp op, const LaunchSizes &sizes,
                           bool producer) {
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
                 fitsBlock(op.getQueryBlock(), 3 * kMmaRows);
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
  auto hasUpTo = [&](int64_t most) {
    return sizes.rows && *sizes.rows <= most;
  };
  choice.persistent = !wide || !op.getLeftBound();
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
  if (hasUpTo(banded ? 4096 : 1024) || op.getLeftBound())
    return choice;
  choice.consumers = 3;
  choice.producerRegisters = 32;
  choice.consumerRegisters = 160;
  choice.pin = 6;
  // In long sequences the launch balances better.
  choice.persistent = !banded;
  return choice;
}

/// The tile of keys of three consumers, where the head dimension is more than
/// 64 and they are faster than two, whose tiles of rows read K and V half as
/// often again: in long sequences, and where rows begin at odd multiples of 16
/// bytes, which the copy engine is slower at.
static std::optional<int64_t> chooseOfThree(ForwardOp op,
                                            const LaunchSizes &sizes) {
  if (op.getLeftBound() || !op.getScoreRegion().empty() ||
      !op.getMaskRegion().empty())
    return std::nullopt;
  int64_t head = op.getHeadSize(), valueHead = op.getValueHeadSize();
  int64_t size = std::max(head, valueHead);
  bool odd = head % 16 != 0 || valueHead % 16 != 0;
  bool banded = op.getRightBound().has_value();
  // Registers end it. Of a diagonal's tiles wide ones leave more empty.
  if (size > 144 || (!odd && banded && size > 80) ||
      (!odd && size > 112 && size <= 128))
    return std::nullopt;
  int64_t longest = !odd ? (banded ? 2048 : 1024) : banded ? 512 : 128;
  if (sizes.rows && *sizes.rows <= longest)
    return std::nullopt;
  return size > 112 ? 64 : 96;
}

/// The rule for what no table has, made from what has been measured to be
/// fastest (docs/performance.md, docs/tuning.md).
static Choice choose(ForwardOp op, const LaunchSizes &sizes, bool producer,
                     bool classify) {
  ProblemShape shape = getProblemShape(op);
  if (shape.elementBytes == 1)
    return chooseNarrow(op, sizes, producer);
  Choice choice;
  bool gathering = gathers(op);
  bool banded = op.getLeftBound() || op.getRightBound();
  bool regions = !op.getScoreRegion().empty() || !op.getMaskRegion().empty();
  bool wide = shape.valueHeadSize > 128;
  // Three consumers of 160 registers serve where scores and output are small.
  bool small = shape.valueHeadSize <= 64 && shape.headSize <= 128 && !gathering;
  bool few = (sizes.rows && *sizes.rows <= (banded ? 2048 : 128)) ||
             wantsSmallTiles(op, sizes);

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
  std::optional<int64_t> ofThree;
  if (!small)
    ofThree = chooseOfThree(op, sizes);
  if (ofThree) {
    choice.consumers = 3;
    choice.producerRegisters = 32;
    choice.consumerRegisters = 160;
    choice.widest = *ofThree;
    choice.pin = 12;
    choice.persistent = true;
  } else if (wide) {
    // Narrow ones leave room for queries that are loaded early.
    bool isShort = sizes.rows && *sizes.rows <= 1024;
    choice.widest = regions || op.getLeftBound() || shape.headSize >= 192 ||
                            shape.valueHeadSize >= 192 || (banded && isShort)
                        ? 64
                        : 96;
    choice.pin = 25;
  } else if (small && !few && !op.getLeftBound()) {
    // Three consumers share a tile of keys, but 192 rows leave more of a tile
    // empty that a diagonal cuts, and more yet of a window's two.
    choice.consumers = 3;
    choice.producerRegisters = 32;
    choice.consumerRegisters = 160;
    choice.widest = banded || regions ? 96 : 128;
    choice.pin = 12;
    // A function makes each tile longer, so that what is left empty weighs less
    // than copies that run ahead bring.
    choice.persistent |= regions;
  } else {
    // Both ends of a window and lengths that are not known take registers.
    bool isOpen = !op.getQueryType().hasStaticShape() ||
                  !op.getKeyType().hasStaticShape();
    bool crowded = op.getLeftBound() && isOpen && shape.headSize > 112;
    choice.widest = crowded ? 112 : 128;
    choice.pin = small || regions ? 12 : 50;
    choice.persistent |= shape.headSize <= 128;
  }
  if (useSpecialFunctions(op))
    choice.pin = 37;
  // In long sequences the launch balances better.
  if ((wide || shape.headSize > 128) && banded && !op.getLeftBound())
    choice.persistent = mayPersist(op) && *sizes.rows <= 8192;
  return choice;
}

/// Heads that share a head of K and V and fill a tile's rows together: a power
/// of two, as tiles are. What a group has less is left empty.
static int64_t countPackedHeads(ForwardOp op, int64_t rows) {
  int64_t pack = 1;
  while (countTilesOfGroup(op, pack) > 1 && pack * rows < kMmaRows &&
         2 * pack < kMmaRows)
    pack *= 2;
  return pack;
}

/// Few rows: tiles for all heads that can share them, small enough that there
/// is one for each multiprocessor, and as many ranges of keys as fill the rest.
static void shareFewRows(ForwardOp op, const LaunchSizes &sizes, bool mayPack,
                         Choice &choice) {
  int64_t rows = sizes.rows.value_or(0);
  if (rows == 0)
    return;
  int64_t pack = mayPack ? countPackedHeads(op, rows) : 1;
  if (pack > 1)
    choice.pack = pack;
  bool oneTile = pack * rows <= kMmaRows;
  if (oneTile ||
      (pack == 1 && *countBlocks(op, sizes, kMmaRows) <= kMultiprocessors)) {
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
  int64_t blocks =
      *countBlocks(op, sizes, kMmaRows * choice.consumers / pack, pack);
  // A block has one tile and no more.
  if (blocks <= kMultiprocessors)
    choice.persistent = false;
  if (blocks == 0 || 2 * blocks > kMultiprocessors || op.getSplitKeys())
    return;
  int64_t splits = std::min(kMultiprocessors / blocks, kMaxSplits);
  if (sizes.keys)
    splits = std::min(splits, *sizes.keys / kLeastKeysOfRange);
  if (splits > 1)
    choice.splits = splits;
}

/// Whether all keys are in one tile: there is no loop whose copies a persistent
/// block could run ahead of.
static bool fitsOneTile(const LaunchSizes &sizes, int64_t tile) {
  return sizes.keys && *sizes.keys <= tile;
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
                                        : fitsBlock(block, keys);
                       }))
        tiles.push_back(keys);
  return tiles;
}

FailureOr<ConfigAttr> mlir::attn::chooseConfig(ForwardOp op,
                                               const LaunchSizes &sizes,
                                               const RuleOptions &options) {
  ProblemShape shape = getProblemShape(op);
  Choice choice = choose(op, sizes, options.producer, options.classify);
  if (!op.getQueryScale())
    shareFewRows(op, sizes, options.pack, choice);
  // The tiles of a range are not classified.
  if (choice.splits) {
    choice = choose(op, sizes, options.producer, /*classify=*/false);
    shareFewRows(op, sizes, options.pack, choice);
  }
  // Blocks of rows that two warpgroups do not have may be those of one.
  int64_t consumers = choice.consumers;
  while (consumers > 1 && !fitsBlock(op.getQueryBlock(), kMmaRows * consumers))
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
        choice.persistent && !fitsOneTile(sizes, keys), choice.pack,
        choice.splits);
  };
  auto fitsMachine = [&](ConfigAttr config) {
    KernelResources resources = computeResources(config, shape);
    return resources.sharedMemory <= kSharedMemory &&
           resources.consumerRegisters <= choice.consumerRegisters;
  };
  int64_t narrower = options.narrower;
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
  if (int64_t found = options.narrower - narrower; found > 0)
    return op.emitOpError("expected narrower to be less than the ")
           << found << " tiles of keys that fit, but got " << options.narrower;
  return op.emitOpError("no tile fits the resources of sm_90a")
         << (op.getQueryScale() ? " and the blocks of the scales" : "")
         << (needsTwoLevels(op) && shape.valueHeadSize > kWidestIntegers
                 ? "; run attn-split-value-columns first"
                 : "");
}
