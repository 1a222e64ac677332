//===- VerifyResources.cpp - Check that a kernel fits a multiprocessor ----===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GridVerifier.h"
#include "TileStepVerifier.h"
#include "fa3/Analysis/KernelResources.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Loops.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERVERIFYRESOURCES
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;
using namespace mlir::attn::hopper_limits;

//===----------------------------------------------------------------------===//
// Registers
//===----------------------------------------------------------------------===//

namespace {

/// The most registers that matrix products hold at one point: their
/// accumulators, in flight or not, and their operands in registers.
/// Element-wise operations between them work in place and are not counted.
class RegisterPressure {
public:
  explicit RegisterPressure(int64_t threads) : threads(threads) {}

  /// Walks a region that `threads` threads run together.
  void run(Region &region) { visit(region.front(), {}); }

  int64_t getMost() const { return most; }
  /// Where they are live.
  Operation *getOperation() const { return place; }

private:
  using Live = llvm::SmallDenseSet<Value, 32>;

  void visit(Block &block, Live live);
  int64_t getRegisters(Value value);
  bool isHeld(Value value);

  int64_t threads;
  int64_t most = 0;
  Operation *place = nullptr;
  DenseMap<Value, int64_t> registers;
  /// Results that are used by what runs.
  DenseSet<Value> taken;
};

} // namespace

/// Whether a vector is an accumulator or an operand of a product, or is carried
/// from one iteration to the next.
bool RegisterPressure::isHeld(Value value) {
  if (isa<BlockArgument>(value) ||
      isa_and_nonnull<WgmmaWaitOp, LoopLikeOpInterface, scf::IfOp>(
          value.getDefiningOp()))
    return true;
  // A constant takes registers only where it is used.
  if (matchPattern(value, m_Constant()))
    return false;
  return llvm::any_of(value.getUsers(), llvm::IsaPred<WgmmaOp>);
}

int64_t RegisterPressure::getRegisters(Value value) {
  auto [it, inserted] = registers.insert({value, 0});
  if (!inserted)
    return it->second;
  VectorType type;
  if (auto pending = dyn_cast<PendingType>(value.getType()))
    type = pending.getVector();
  else if (isHeld(value))
    type = dyn_cast<VectorType>(value.getType());
  // Fewer than 8 columns are the state of the rows, not a tile.
  if (!type || type.getRank() != 2 || type.isScalable() ||
      type.getDimSize(1) < 8 || !type.getElementType().isIntOrFloat())
    return 0;
  int64_t bits = type.getNumElements() * type.getElementTypeBitWidth();
  return it->second = bits / 32 / threads;
}

/// Values from outside of a region that are used in it.
static SmallVector<Value> getCaptured(Region &region) {
  SmallVector<Value> captured;
  region.walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      if (!region.isAncestor(operand.getParentRegion()))
        captured.push_back(operand);
  });
  return captured;
}

/// Goes up the block; `live` are the values that are used behind it.
void RegisterPressure::visit(Block &block, Live live) {
  for (Operation &op : llvm::reverse(block)) {
    // Here `live` is what is used behind `op`.
    bool isUsed = llvm::any_of(
        op.getResults(), [&](Value result) { return live.contains(result); });
    if (!isUsed && isMemoryEffectFree(&op) &&
        !op.hasTrait<OpTrait::IsTerminator>())
      continue; // Nobody will have left it there.
    int64_t sum = 0;
    for (Value value : live)
      sum += getRegisters(value);
    if (sum > most) {
      most = sum;
      place = &op;
    }
    for (Value result : op.getResults())
      if (live.erase(result))
        taken.insert(result);
    Live behind = live;
    for (Region &region : op.getRegions()) {
      SmallVector<Value> captured = getCaptured(region);
      live.insert(captured.begin(), captured.end());
      if (region.empty())
        continue;
      // What a loop takes from outside is live in all of it.
      Live inner = behind;
      if (isa<LoopLikeOpInterface>(op))
        inner.insert(captured.begin(), captured.end());
      visit(region.front(), inner);
    }
    // What a loop hands on that nobody takes up goes with the next clean-up.
    if (auto loop = dyn_cast<scf::ForOp>(op.getParentOp());
        loop && op.hasTrait<OpTrait::IsTerminator>()) {
      for (auto [yielded, argument, result] : llvm::zip(
               op.getOperands(), loop.getRegionIterArgs(), loop.getResults()))
        if (!argument.use_empty() || taken.contains(result))
          live.insert(yielded);
      continue;
    }
    APInt condition;
    auto select = dyn_cast<arith::SelectOp>(op);
    if (select &&
        matchPattern(select.getCondition(), m_ConstantInt(&condition)))
      live.insert(condition.isZero() ? select.getFalseValue()
                                     : select.getTrueValue());
    else
      live.insert(op.operand_begin(), op.operand_end());
    // The operand of a product is read until the wait for it.
    if (auto wait = dyn_cast<WgmmaWaitOp>(op))
      if (auto product = wait.getPending().getDefiningOp<WgmmaOp>())
        live.insert(product.getLhs());
  }
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {

struct VerifyResourcesPass
    : hopper::impl::HopperVerifyResourcesBase<VerifyResourcesPass> {
  void runOnOperation() override {
    markAllAnalysesPreserved();
    channels.clear();
    getOperation().walk([&](CreateChannelOp op) { channels.push_back(op); });
    roles = nullptr;
    getOperation().walk([&](WarpSpecializeOp op) { roles = op; });
    config =
        getOperation()->getAttrOfType<attn::ConfigAttr>(attn::kConfigAttrName);
    if (failed(checkSharedMemory()) || failed(checkPlaces()) ||
        failed(checkRoles()) || failed(checkChannels()) ||
        failed(checkProducts()) || failed(checkRegisters()) ||
        failed(checkTensorMaps()) || failed(checkCopies()) ||
        failed(verifyGrid(getOperation())) ||
        failed(verifyTileSteps(getOperation())))
      signalPassFailure();
  }

private:
  LogicalResult checkSharedMemory();
  LogicalResult checkPlaces();
  LogicalResult checkRoles();
  int64_t getOwnCopies();
  LogicalResult checkRegisters();
  LogicalResult checkChannels();
  LogicalResult checkKeys(Operation *product, SharedTileType rhs);
  LogicalResult checkProducts();
  LogicalResult checkTensorMaps();
  LogicalResult checkCopies();

  int64_t getConsumers() {
    if (roles)
      return roles.getConsumers();
    return config ? config.getConsumers() : 1;
  }
  int64_t getThreads() {
    return kWarpgroup * (getConsumers() + (roles ? 1 : 0));
  }
  /// Registers of each thread at the launch: what the file has, in steps of 8.
  int64_t getLaunchRegisters() {
    return std::min<int64_t>(256, kRegisterFile / getThreads() / 8 * 8);
  }

  SmallVector<CreateChannelOp> channels;
  WarpSpecializeOp roles;
  attn::ConfigAttr config;
};

/// A part of shared memory.
struct Range {
  int64_t begin, end;
  CreateChannelOp channel;
  StringRef what;
};

} // namespace

static int64_t getSlotBytes(CreateChannelOp op) {
  ChannelType type = op.getChannel().getType();
  return type.getDepth() * type.getTile().getBytes();
}

/// A full and an empty barrier for each slot, 8 bytes each.
static int64_t getBarrierBytes(CreateChannelOp op) {
  return 2 * 8 * op.getChannel().getType().getDepth();
}

LogicalResult VerifyResourcesPass::checkSharedMemory() {
  int64_t bytes = 0;
  for (CreateChannelOp channel : channels)
    bytes += getSlotBytes(channel) + getBarrierBytes(channel);
  sharedMemoryBytes += bytes;
  gpu::GPUFuncOp kernel = getOperation();
  if (bytes > kSharedMemory)
    return kernel.emitOpError("expected at most ")
           << kSharedMemory << " bytes of shared memory, but its channels need "
           << bytes;
  auto asked = kernel->getAttrOfType<IntegerAttr>(kSharedMemoryAttrName);
  if (asked && (asked.getInt() < bytes || asked.getInt() > kSharedMemory))
    return kernel.emitOpError("expected ")
           << kSharedMemoryAttrName << " between the " << bytes
           << " bytes of its channels and " << kSharedMemory << ", but got "
           << asked.getInt();
  return success();
}

LogicalResult VerifyResourcesPass::checkPlaces() {
  auto asked =
      getOperation()->getAttrOfType<IntegerAttr>(kSharedMemoryAttrName);
  int64_t end = asked ? asked.getInt() : kSharedMemory;
  SmallVector<Range> ranges;
  for (CreateChannelOp channel : channels) {
    auto getPlace = [](std::optional<uint64_t> place) {
      return place ? static_cast<int64_t>(*place) : -1;
    };
    for (Range range : {Range{getPlace(channel.getOffset()),
                              getSlotBytes(channel), channel, "slots"},
                        Range{getPlace(channel.getBarriers()),
                              getBarrierBytes(channel), channel, "barriers"}}) {
      if (range.begin < 0) // It is still to be given.
        continue;
      if (range.begin > end - range.end)
        return channel.emitOpError("expected its ")
               << range.what << " within " << end
               << " bytes of shared memory, but got " << range.end
               << " bytes from " << range.begin;
      range.end += range.begin;
      ranges.push_back(range);
    }
  }
  llvm::sort(ranges,
             [](const Range &a, const Range &b) { return a.begin < b.begin; });
  for (size_t i = 1; i < ranges.size(); ++i) {
    Range &before = ranges[i - 1];
    Range &range = ranges[i];
    if (range.begin >= before.end)
      continue;
    InFlightDiagnostic diagnostic = range.channel.emitOpError("expected its ")
                                    << range.what << " from byte " << before.end
                                    << " on, but got " << range.begin;
    diagnostic.attachNote(before.channel.getLoc())
        << "where the " << before.what << " of this channel are";
    return diagnostic;
  }
  return success();
}

LogicalResult VerifyResourcesPass::checkRoles() {
  if (getThreads() > kMaxThreads) {
    Operation *op = roles ? roles.getOperation() : getOperation();
    return op->emitOpError("expected at most ")
           << kMaxThreads << " threads in a block, but got " << getThreads();
  }
  if (!roles)
    return success();
  auto producer = static_cast<int64_t>(roles.getProducerRegisters());
  auto consumer = static_cast<int64_t>(roles.getConsumerRegisters());
  if (config && (config.getConsumers() != getConsumers() ||
                 config.getProducerRegisters() != producer ||
                 config.getConsumerRegisters() != consumer))
    return roles.emitOpError("expected ")
           << config.getConsumers() << " consumers and registers "
           << config.getProducerRegisters() << " and "
           << config.getConsumerRegisters()
           << " as the configuration has, but got " << getConsumers() << ", "
           << producer << " and " << consumer;
  // PTX ISA, setmaxnreg: an increase waits until the block's pool, which is
  // filled at the launch, has the registers.
  int64_t pool = getLaunchRegisters() * getThreads();
  int64_t used = kWarpgroup * (producer + getConsumers() * consumer);
  if (used > pool)
    return roles.emitOpError("expected at most the ")
           << pool << " registers of a launch with " << getThreads()
           << " threads of " << getLaunchRegisters() << ", but got " << used;
  return success();
}

/// Registers that no kernel with roles needs in its consumers. Whether there
/// will be roles is known once the channels have a place. Scores that stay for
/// the way back of speculation are counted here, as a producer's registers make
/// up for them elsewhere.
int64_t VerifyResourcesPass::getOwnCopies() {
  bool isDecided = llvm::any_of(channels, [](CreateChannelOp channel) {
    return channel.getOffset().has_value();
  });
  if (roles || !isDecided)
    return 0;
  int64_t registers = kCopySlack;
  getOperation().walk([&](attn::AnyAboveOp) {
    registers = kCopySlack + (config ? config.getTileKV() / 4 : 0);
  });
  return registers;
}

LogicalResult VerifyResourcesPass::checkRegisters() {
  int64_t available = roles ? roles.getConsumerRegisters()
                            : std::min<int64_t>(255, getLaunchRegisters());
  RegisterPressure pressure(kWarpgroup * getConsumers());
  pressure.run(roles ? roles.getConsumer() : getOperation().getBody());
  liveRegisters += pressure.getMost();
  bool isNarrow = false;
  getOperation().walk([&](WgmmaOp product) {
    isNarrow |= product.getRhs().getType().getElementBytes() == 1;
  });
  int64_t slack =
      (isNarrow ? kNarrowRegisterSlack : kRegisterSlack) + getOwnCopies();
  if (pressure.getMost() == 0 || pressure.getMost() + slack <= available)
    return success();
  return pressure.getOperation()->emitOpError("expected a consumer to need at "
                                              "most its ")
         << available << " registers, but accumulators and operands of "
         << pressure.getMost() << " and " << slack
         << " for all else are live here";
}

/// Whether loops alone that hold others fill a channel, as they do with
/// queries.
static bool isOfQueries(CreateChannelOp channel) {
  bool isInLoop = false;
  for (Operation *user : channel.getChannel().getUsers())
    if (isa<AcquireOp>(user)) {
      if (isInInnermostLoop(user))
        return false;
      isInLoop |= user->getParentOfType<LoopLikeOpInterface>() != nullptr;
    }
  return isInLoop;
}

LogicalResult VerifyResourcesPass::checkChannels() {
  if (!config)
    return success();
  int64_t stages = config.getStages();
  int64_t queryStages = config.getQueryStages().value_or(1);
  // Of loops over keys of one trip, persistent kernels leave the loop around,
  // which loads queries as well.
  bool hasLoopOverKeys = !getOperation()->hasAttr(kPersistentAttrName) ||
                         llvm::any_of(channels, isOfQueries);
  for (CreateChannelOp channel : channels) {
    int64_t depth = channel.getChannel().getType().getDepth();
    bool isFilledInLoop =
        llvm::any_of(channel.getChannel().getUsers(), [](Operation *op) {
          return isa<AcquireOp>(op) && isInInnermostLoop(op);
        });
    if (isFilledInLoop && !hasLoopOverKeys && depth == queryStages)
      continue;
    bool holdsQueries = isOfQueries(channel);
    int64_t slots = holdsQueries ? queryStages : stages;
    bool isExact = holdsQueries || isFilledInLoop;
    if (isExact ? depth != slots : depth > slots)
      return channel.emitOpError("expected ")
             << (isExact ? "the " : "at most the ") << slots
             << " slots of the configuration's "
             << (holdsQueries ? "query_stages" : "stages") << ", but got "
             << depth;
  }
  return success();
}

/// The right-hand side of a product is a tile of keys or of values.
LogicalResult VerifyResourcesPass::checkKeys(Operation *product,
                                             SharedTileType rhs) {
  // Interleaved are transposes of tiles of values.
  int64_t keys = rhs.getInterleaved() ? rhs.getColumns() : rhs.getRows();
  if (!config || keys == config.getTileKV())
    return success();
  return product->emitOpError("expected a right-hand side of the ")
         << config.getTileKV() << " keys of the configuration, but got "
         << keys;
}

LogicalResult VerifyResourcesPass::checkProducts() {
  WalkResult threads = getOperation().walk([&](ThreadWgmmaOp product) {
    return WalkResult(checkKeys(product, product.getRhs().getType()));
  });
  if (threads.wasInterrupted())
    return failure();
  WalkResult result = getOperation().walk([&](WgmmaOp product) {
    if (failed(checkKeys(product, product.getRhs().getType())))
      return WalkResult::interrupt();
    int64_t rows = product.getResult().getType().getVector().getDimSize(0);
    if (rows != kMmaRows * getConsumers()) {
      product.emitOpError("expected ")
          << kMmaRows << " rows for each of " << getConsumers()
          << " consumers = " << kMmaRows * getConsumers() << ", but got "
          << rows;
      return WalkResult::interrupt();
    }
    if (config && rows != config.getTileQ()) {
      product.emitOpError("expected the ")
          << config.getTileQ() << " rows of the configuration, but got "
          << rows;
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

LogicalResult VerifyResourcesPass::checkTensorMaps() {
  gpu::GPUFuncOp kernel = getOperation();
  for (BlockArgument argument : kernel.getArguments()) {
    auto type = dyn_cast<nvgpu::TensorMapDescriptorType>(argument.getType());
    if (!type)
      continue;
    unsigned index = argument.getArgNumber();
    ArrayRef<int64_t> box = type.getTensor().getShape();
    for (int64_t side : box)
      if (side > kMaxBoxSide)
        return kernel.emitOpError("expected sides of a tensor map's box of at "
                                  "most ")
               << kMaxBoxSide << ", but got " << side << " in argument "
               << index;
    auto map =
        kernel.getArgAttrOfType<TensorMapAttr>(index, kTensorMapAttrName);
    if (!map)
      continue;
    // The description has the fastest side first; all others together are the
    // rows.
    SmallVector<int64_t> described = {1, map.getBox().front()};
    for (int64_t side : map.getBox().drop_front())
      described[0] *= side;
    if (ArrayRef(described) != box ||
        map.getElement() != type.getTensor().getElementType())
      return kernel.emitOpError("expected the description of a tensor map to "
                                "have the box ")
             << type.getTensor() << ", but got " << map << " for argument "
             << index;
  }
  return success();
}

LogicalResult VerifyResourcesPass::checkCopies() {
  WalkResult result = getOperation().walk([&](TmaLoadOp copy) {
    auto argument = dyn_cast<BlockArgument>(copy.getMap());
    if (!argument || argument.getOwner()->getParentOp() != getOperation())
      return WalkResult::advance();
    auto map = getOperation().getArgAttrOfType<TensorMapAttr>(
        argument.getArgNumber(), kTensorMapAttrName);
    if (!map || map.getDims().size() == copy.getCoordinates().size())
      return WalkResult::advance();
    copy.emitOpError("expected ")
        << map.getDims().size()
        << " coordinates, one for each dimension of the tensor map, but got "
        << copy.getCoordinates().size();
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}
