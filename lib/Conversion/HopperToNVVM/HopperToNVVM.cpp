//===- HopperToNVVM.cpp - Channels, roles and products in NVVM ------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Transposition.h"
#include "WarpgroupAsm.h"
#include "fa3/Analysis/KernelResources.h"
#include "fa3/Conversion/Passes.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/TypeSwitch.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_CONVERTHOPPERTONVVM
#include "fa3/Conversion/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;
using namespace mlir::attn::hopper_limits;

/// The block's dynamic shared memory.
static constexpr StringLiteral kSharedMemoryName = "shared_memory";
/// Named barriers 0 and 1 are left to the whole block.
static constexpr int64_t kFirstTurnBarrier = 2;
static constexpr int64_t kWarpThreads = 32;
static constexpr int64_t kWarpgroupWarps = kWarpgroup / kWarpThreads;

/// Whether an operation is of the hopper dialect.
static bool isHopperOp(Operation *op) {
  return isa_and_nonnull<HopperDialect>(op->getDialect());
}

namespace {

/// Lowers one kernel.
class KernelLowering {
public:
  KernelLowering(gpu::GPUFuncOp kernel, LLVM::GlobalOp sharedMemory)
      : kernel(kernel), sharedMemory(sharedMemory),
        builder(OpBuilder::atBlockBegin(&kernel.getBody().front())),
        loc(kernel.getLoc()) {}

  LogicalResult run();

private:
  /// A channel's place in shared memory.
  struct Channel {
    ChannelType type;
    int64_t offset, fullBarriers, emptyBarriers;
    /// Filled by a transposition, or read by one: each warp arrives.
    bool isTransposition = false, isTransposed = false;
  };

  LogicalResult findChannels();
  LogicalResult countThreads();
  void emitPrologue();
  bool emitSumRows();
  LogicalResult lower(Operation *op);
  LogicalResult lowerAcquire(AcquireOp op);
  LogicalResult lowerTmaLoad(TmaLoadOp op);
  LogicalResult lowerTranspose(TransposeOp op);
  LogicalResult lowerWait(WaitOp op);
  LogicalResult lowerRelease(ReleaseOp op);
  LogicalResult lowerTurn(Operation *op, bool waits);
  LogicalResult lowerProduct(ThreadWgmmaOp op);
  LogicalResult lowerProductWait(ThreadWgmmaWaitOp op);
  LogicalResult lowerHold(HoldOp op);
  LogicalResult lowerSaturatingFma(SaturatingFmaOp op);
  LogicalResult lowerRoles(WarpSpecializeOp op);

  Value integer(int64_t value) {
    return arith::ConstantIntOp::create(builder, loc, value, 32);
  }
  Value wide(int64_t value) {
    return arith::ConstantIntOp::create(builder, loc, value, 64);
  }
  Value add(Value a, Value b) {
    return arith::AddIOp::create(builder, loc, a, b);
  }
  Value mul(Value a, Value b) {
    return arith::MulIOp::create(builder, loc, a, b);
  }
  Value equals(Value a, Value b) {
    return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, a, b);
  }
  Value pointer(Value byteOffset) {
    return LLVM::GEPOp::create(builder, loc, sharedPointerType(),
                               builder.getI8Type(), base,
                               ArrayRef<LLVM::GEPArg>{byteOffset});
  }
  Type sharedPointerType() {
    return LLVM::LLVMPointerType::get(builder.getContext(), 3);
  }
  Value barrier(int64_t first, Value slot) {
    return pointer(add(mul(slot, integer(8)), integer(first)));
  }
  void emitProxyFence();
  void spin(Value barrier, Value phase);
  void enterOneThread(Operation *op);
  void arrive(int64_t firstBarrier, Value slot, int64_t group);
  /// Warps that transpose: those of the producer, or all.
  int64_t getTransposingWarps() {
    return kWarpgroupWarps * (firstConsumer != 0 ? 1 : consumers);
  }
  FailureOr<std::pair<Channel, Value>> getSlot(Operation *op, Value tile);
  FailureOr<Value> getDescriptor(Operation *op, Value tile, int64_t leading);
  bool inProducer(Operation *op) {
    auto roles = op->getParentOfType<WarpSpecializeOp>();
    return roles && roles.getProducer().isAncestor(op->getParentRegion());
  }

  gpu::GPUFuncOp kernel;
  LLVM::GlobalOp sharedMemory;
  OpBuilder builder;
  Location loc;
  /// Address of the dynamic shared memory, as a pointer and as a number.
  Value base, baseAddress;
  Value thread, warpgroup;
  int64_t consumers = 0, firstConsumer = 0;
  /// Whether all threads of the producer run its role.
  bool producesTogether = false;
  DenseMap<Value, Channel> channels;
};

} // namespace

//===----------------------------------------------------------------------===//
// What the kernel is made of
//===----------------------------------------------------------------------===//

LogicalResult KernelLowering::findChannels() {
  WalkResult result = kernel.walk([&](CreateChannelOp op) {
    if (op->getParentOp() != kernel) {
      op.emitOpError(
          "expected to stand at the kernel's entry: one thread makes "
          "the barriers of all channels ready there");
      return WalkResult::interrupt();
    }
    if (!op.getOffset() || !op.getBarriers()) {
      op.emitOpError("expected a place in shared memory; run "
                     "hopper-allocate-shared-memory first");
      return WalkResult::interrupt();
    }
    ChannelType type = op.getChannel().getType();
    auto barriers = static_cast<int64_t>(*op.getBarriers());
    Channel channel = {type, static_cast<int64_t>(*op.getOffset()), barriers,
                       barriers + 8 * type.getDepth()};
    for (Operation *user : op.getChannel().getUsers()) {
      channel.isTransposition |= isa<TransposeOp>(user);
      if (auto wait = dyn_cast<WaitOp>(user))
        channel.isTransposed |=
            llvm::any_of(wait.getTile().getUsers(), llvm::IsaPred<TransposeOp>);
    }
    channels[op.getChannel()] = channel;
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

LogicalResult KernelLowering::countThreads() {
  WarpSpecializeOp roles;
  WalkResult result = kernel.walk([&](WarpSpecializeOp op) {
    if (op->getParentOp() != kernel || roles) {
      op.emitOpError(
          "expected to be the only one of its kernel, and to stand at "
          "its entry");
      return WalkResult::interrupt();
    }
    roles = op;
    return WalkResult::advance();
  });
  if (result.wasInterrupted())
    return failure();
  if (roles) {
    consumers = roles.getConsumers();
    firstConsumer = 1;
    roles.getProducer().walk([&](TransposeOp) { producesTogether = true; });
  } else {
    auto config =
        kernel->getAttrOfType<attn::ConfigAttr>(attn::kConfigAttrName);
    if (!config)
      return kernel.emitOpError("expected an ")
             << attn::kConfigAttrName << " that gives the warpgroups";
    consumers = config.getConsumers();
  }
  int64_t threads = kWarpgroup * (consumers + firstConsumer);
  if (threads > kMaxThreads)
    return kernel.emitOpError("expected at most ")
           << kMaxThreads << " threads in a block, but got " << threads;
  kernel.setKnownBlockSizeAttr(
      builder.getDenseI32ArrayAttr({static_cast<int32_t>(threads), 1, 1}));
  return success();
}

/// Addresses, thread numbers, and barriers made ready by one thread.
void KernelLowering::emitPrologue() {
  base = LLVM::AddressOfOp::create(builder, loc, sharedMemory);
  Type i32 = builder.getI32Type();
  baseAddress = LLVM::PtrToIntOp::create(builder, loc, i32, base);
  thread = NVVM::ThreadIdXOp::create(builder, loc, i32);
  // Uniform across a warp, and known to be.
  warpgroup = NVVM::ShflOp::create(
      builder, loc, i32, integer(-1),
      arith::DivUIOp::create(builder, loc, thread, integer(kWarpgroup)),
      integer(0), integer(31), NVVM::ShflKind::idx, UnitAttr());
  auto init = scf::IfOp::create(builder, loc, equals(thread, integer(0)),
                                /*withElseRegion=*/false);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(init.thenBlock());
    for (auto create : kernel.getBody().getOps<CreateChannelOp>()) {
      const Channel &channel = channels.find(create.getChannel())->second;
      for (int64_t slot = 0; slot < channel.type.getDepth(); ++slot) {
        // The one arrival that announces the bytes fills a slot, one of each
        // consumer warpgroup empties it; a transposition, one of each warp.
        NVVM::MBarrierInitOp::create(
            builder, loc, pointer(integer(channel.fullBarriers + 8 * slot)),
            integer(channel.isTransposition ? getTransposingWarps() : 1),
            Value());
        NVVM::MBarrierInitOp::create(
            builder, loc, pointer(integer(channel.emptyBarriers + 8 * slot)),
            integer(channel.isTransposed ? getTransposingWarps() : consumers),
            Value());
      }
    }
    NVVM::FenceMbarrierInitOp::create(builder, loc);
  }
  if (emitSumRows())
    emitProxyFence();
  NVVM::Barrier0Op::create(builder, loc);
}

/// Writes the rows that are constant in all slots, if there are any: a line of
/// ones and seven of zeros, in each slab. Which chunk of a line is where does
/// not matter then.
bool KernelLowering::emitSumRows() {
  constexpr int64_t kLineWords = SharedTileType::kSlabBytes / 4;
  constexpr int64_t kOnes = 0x38383838; // of f8E4M3FN
  int64_t threads = kWarpgroup * (consumers + firstConsumer);
  bool found = false;
  for (auto create : kernel.getBody().getOps<CreateChannelOp>()) {
    const Channel &channel = channels.find(create.getChannel())->second;
    SharedTileType tile = channel.type.getTile();
    if (!tile.getRowSums())
      continue;
    found = true;
    auto loop = scf::ForOp::create(
        builder, loc, thread, integer(SharedTileType::kSumRows * kLineWords),
        integer(threads), ValueRange());
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    Value word = loop.getInductionVar();
    Value isFirst = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::ult, word, integer(kLineWords));
    Value value = arith::SelectOp::create(builder, loc, isFirst, integer(kOnes),
                                          integer(0));
    Value place = mul(word, integer(4));
    int64_t slabBytes = tile.getRows() * SharedTileType::kSlabBytes;
    int64_t copied = tile.getCopiedRows() * SharedTileType::kSlabBytes;
    // Slot follows slot without a gap, and so do their slabs.
    for (int64_t slab = 0; slab < channel.type.getDepth() * tile.getNumSlabs();
         ++slab)
      LLVM::StoreOp::create(
          builder, loc, value,
          pointer(
              add(place, integer(channel.offset + slab * slabBytes + copied))));
  }
  return found;
}

/// Makes what a thread wrote visible to the matrix units (PTX ISA, "Async
/// proxy").
void KernelLowering::emitProxyFence() {
  NVVM::FenceProxyOp::create(
      builder, loc, NVVM::ProxyKind::async_shared,
      NVVM::SharedSpaceAttr::get(builder.getContext(),
                                 NVVM::SharedSpace::shared_cta));
}

//===----------------------------------------------------------------------===//
// Channels
//===----------------------------------------------------------------------===//

/// Waits for the barrier's phase. The instruction suspends the thread for a
/// while by itself; the loop only asks again.
void KernelLowering::spin(Value barrier, Value phase) {
  auto loop = scf::WhileOp::create(builder, loc, TypeRange(), ValueRange());
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&loop.getBefore());
  Value done = NVVM::MBarrierTryWaitOp::create(
      builder, loc, builder.getI1Type(), barrier, phase, Value());
  Value always = arith::ConstantIntOp::create(builder, loc, 1, 1);
  Value again = arith::XOrIOp::create(builder, loc, done, always);
  scf::ConditionOp::create(builder, loc, again, ValueRange());
  builder.createBlock(&loop.getAfter());
  scf::YieldOp::create(builder, loc);
}

/// The channel and the slot that a tile stands in.
FailureOr<std::pair<KernelLowering::Channel, Value>>
KernelLowering::getSlot(Operation *op, Value tile) {
  Value channel, slot;
  if (auto acquire = tile.getDefiningOp<AcquireOp>()) {
    channel = acquire.getChannel();
    slot = acquire.getSlot();
  } else if (auto wait = tile.getDefiningOp<WaitOp>()) {
    channel = wait.getChannel();
    slot = wait.getSlot();
  }
  auto it = channels.find(channel);
  if (it == channels.end())
    return op->emitOpError("expected a tile that comes straight from "
                           "hopper.acquire or hopper.wait");
  if (!slot)
    return op->emitOpError("expected a slot; run hopper-assign-slots first");
  return std::pair(it->second, slot);
}

/// Copies are one thread's work: the only one of the producer, or one that
/// stands in for it.
void KernelLowering::enterOneThread(Operation *op) {
  if (inProducer(op) && !producesTogether)
    return;
  auto one = scf::IfOp::create(builder, loc, equals(thread, integer(0)),
                               /*withElseRegion=*/false);
  builder.setInsertionPointToStart(one.thenBlock());
}

LogicalResult KernelLowering::lowerAcquire(AcquireOp op) {
  auto place = getSlot(op, op.getTile());
  if (failed(place))
    return failure();
  auto &[channel, slot] = *place;
  if (op.getBytes() == 0) { // All who fill the slot wait for it.
    spin(barrier(channel.emptyBarriers, slot), op.getPhase());
    return success();
  }
  OpBuilder::InsertionGuard guard(builder);
  enterOneThread(op);
  spin(barrier(channel.emptyBarriers, slot), op.getPhase());
  NVVM::MBarrierArriveExpectTxOp::create(
      builder, loc, Type(), barrier(channel.fullBarriers, slot),
      integer(op.getBytes()), NVVM::MemScopeKind::CTA, /*relaxed=*/false,
      /*predicate=*/Value());
  return success();
}

LogicalResult KernelLowering::lowerTmaLoad(TmaLoadOp op) {
  auto place = getSlot(op, op.getTile());
  if (failed(place))
    return failure();
  auto &[channel, slot] = *place;
  OpBuilder::InsertionGuard guard(builder);
  Type i32 = builder.getI32Type();
  SmallVector<Value> coordinates;
  for (Value coordinate : op.getCoordinates())
    coordinates.push_back(
        arith::IndexCastOp::create(builder, loc, i32, coordinate));
  enterOneThread(op);
  SharedTileType tile = op.getTile().getType();
  Value map = UnrealizedConversionCastOp::create(
                  builder, loc, LLVM::LLVMPointerType::get(op.getContext()),
                  op.getMap())
                  .getResult(0);
  Value full = barrier(channel.fullBarriers, slot);
  Value first =
      add(mul(slot, integer(tile.getBytes())), integer(channel.offset));
  int64_t slabBytes = tile.getRows() * SharedTileType::kSlabBytes;
  Value firstColumn = coordinates[0];
  for (int64_t slab = 0; slab < tile.getNumSlabs(); ++slab) {
    coordinates[0] = add(firstColumn, integer(slab * tile.getSlabColumns()));
    NVVM::CpAsyncBulkTensorGlobalToSharedClusterOp::create(
        builder, loc, pointer(add(first, integer(slab * slabBytes))), map,
        coordinates, full, /*im2colOffsets=*/ValueRange(),
        /*multicastMask=*/Value(), /*l2CacheHint=*/Value(),
        NVVM::TMALoadMode::TILE, /*isCTAOnly=*/true, /*group=*/nullptr,
        /*predicate=*/Value());
  }
  return success();
}

LogicalResult KernelLowering::lowerWait(WaitOp op) {
  auto place = getSlot(op, op.getTile());
  if (failed(place))
    return failure();
  spin(barrier(place->first.fullBarriers, place->second), op.getPhase());
  return success();
}

LogicalResult KernelLowering::lowerRelease(ReleaseOp op) {
  auto place = getSlot(op, op.getTile());
  if (failed(place))
    return failure();
  auto &[channel, slot] = *place;
  // Its own reads are all that a warp can answer for.
  if (channel.isTransposed)
    NVVM::SyncWarpOp::create(builder, loc, integer(-1));
  arrive(channel.emptyBarriers, slot,
         channel.isTransposed ? kWarpThreads : kWarpgroup);
  return success();
}

/// One arrival for each group of threads. Predicated, since a branch would
/// split the warp in front of the next collective instruction.
void KernelLowering::arrive(int64_t firstBarrier, Value slot, int64_t group) {
  Value lane = arith::RemUIOp::create(builder, loc, thread, integer(group));
  LLVM::InlineAsmOp::create(
      builder, loc, TypeRange(),
      ValueRange{barrier(firstBarrier, slot), equals(lane, integer(0))},
      "@$1 mbarrier.arrive.shared::cta.b64 _, [$0];", "r,b",
      /*has_side_effects=*/true, /*is_align_stack=*/false,
      LLVM::TailCallKind::None,
      LLVM::AsmDialectAttr::get(builder.getContext(), LLVM::AsmDialect::AD_ATT),
      /*operand_attrs=*/ArrayAttr());
}

/// Each warp makes what it has written visible to the matrix units, and says
/// that it is done.
LogicalResult KernelLowering::lowerTranspose(TransposeOp op) {
  auto source = getSlot(op, op.getSource());
  auto target = getSlot(op, op.getTile());
  if (failed(source) || failed(target))
    return failure();
  auto place = [&](const Channel &channel, Value slot) {
    return pointer(add(mul(slot, integer(channel.type.getTile().getBytes())),
                       integer(channel.offset)));
  };
  Transposition transposition;
  transposition.source = op.getSource().getType();
  transposition.target = op.getTile().getType();
  transposition.from = place(source->first, source->second);
  transposition.to = place(target->first, target->second);
  transposition.warp =
      arith::DivUIOp::create(builder, loc, thread, integer(kWarpThreads));
  transposition.lane =
      arith::RemUIOp::create(builder, loc, thread, integer(kWarpThreads));
  transposition.warps = getTransposingWarps();
  // One thread may have been on its own with a copy.
  NVVM::SyncWarpOp::create(builder, loc, integer(-1));
  emitTransposition(builder, loc, transposition);
  emitProxyFence();
  NVVM::SyncWarpOp::create(builder, loc, integer(-1));
  arrive(target->first.fullBarriers, target->second, kWarpThreads);
  return success();
}

LogicalResult KernelLowering::lowerTurn(Operation *op, bool waits) {
  Value own = warpgroup;
  if (firstConsumer)
    own = add(own, integer(-firstConsumer));
  Value threads = integer(2 * kWarpgroup);
  if (waits) {
    NVVM::BarrierOp::create(builder, loc, TypeRange(),
                            add(own, integer(kFirstTurnBarrier)), threads,
                            NVVM::BarrierReductionAttr(), Value());
    return success();
  }
  Value next = add(own, integer(1));
  Value turn = arith::SelectOp::create(
      builder, loc, equals(next, integer(consumers)), integer(0), next);
  NVVM::BarrierArriveOp::create(builder, loc,
                                add(turn, integer(kFirstTurnBarrier)), threads);
  return success();
}

//===----------------------------------------------------------------------===//
// Matrix products
//===----------------------------------------------------------------------===//

/// A matrix descriptor of the tile (PTX ISA, "Matrix Descriptor Format"): the
/// address in units of 16 bytes, the strides between its 8-row groups (1024
/// bytes) and, `leading`, between slabs, and the swizzle of 128 bytes.
FailureOr<Value> KernelLowering::getDescriptor(Operation *op, Value tile,
                                               int64_t leading) {
  auto place = getSlot(op, tile);
  if (failed(place))
    return failure();
  auto &[channel, slot] = *place;
  int64_t fixed =
      (int64_t(1) << 62) | (int64_t(1024 >> 4) << 32) | ((leading >> 4) << 16);
  Value address = add(baseAddress, integer(channel.offset));
  Value units = arith::AndIOp::create(
      builder, loc, arith::ShRUIOp::create(builder, loc, address, integer(4)),
      integer(0x3fff));
  Type i64 = builder.getI64Type();
  Value first = arith::OrIOp::create(
      builder, loc, arith::ExtUIOp::create(builder, loc, i64, units),
      wide(fixed));
  Value step = mul(slot, integer(channel.type.getTile().getBytes() >> 4));
  return add(first, arith::ExtUIOp::create(builder, loc, i64, step));
}

LogicalResult KernelLowering::lowerProduct(ThreadWgmmaOp op) {
  SharedTileType rhs = op.getRhs().getType();
  constexpr int64_t kStepBytes = 32; // of K in one instruction
  int64_t kStep = kStepBytes / rhs.getElementBytes();
  int64_t slabBytes = rhs.getRows() * SharedTileType::kSlabBytes;
  WarpgroupProduct product;
  product.n = op.getN();
  product.elementType = rhs.getElementType();
  product.rhsIsMNMajor = !op.getTransposeRhs();
  product.accumulators.assign(op.getAccumulators().begin(),
                              op.getAccumulators().end());
  int64_t steps = llvm::divideCeil(static_cast<int64_t>(op.getDepth()), kStep);

  // Steps along the columns of a tile go through a slab and on to the next one,
  // steps along its rows go down.
  auto alongColumns = [&](int64_t step, int64_t rows) {
    int64_t inSlab = SharedTileType::kSlabBytes / kStepBytes;
    return (step / inSlab * rows * SharedTileType::kSlabBytes +
            step % inSlab * kStepBytes) >>
           4;
  };
  FailureOr<Value> rhsFirst =
      getDescriptor(op, op.getRhs(), product.rhsIsMNMajor ? slabBytes : 16);
  if (failed(rhsFirst))
    return failure();
  for (int64_t step = 0; step < steps; ++step) {
    int64_t offset = product.rhsIsMNMajor
                         ? step * kStep * SharedTileType::kSlabBytes >> 4
                         : alongColumns(step, rhs.getRows());
    product.rhsDescriptors.push_back(add(*rhsFirst, wide(offset)));
  }
  if (Value lhs = op.getLhs()) {
    FailureOr<Value> lhsFirst = getDescriptor(op, lhs, 16);
    if (failed(lhsFirst))
      return failure();
    Value rows = mul(op.getRow(), integer(SharedTileType::kSlabBytes >> 4));
    Value own =
        add(*lhsFirst,
            arith::ExtUIOp::create(builder, loc, builder.getI64Type(), rows));
    int64_t lhsRows = cast<SharedTileType>(lhs.getType()).getRows();
    for (int64_t step = 0; step < steps; ++step)
      product.lhsDescriptors.push_back(
          add(own, wide(alongColumns(step, lhsRows))));
  }
  auto word = VectorType::get({1}, builder.getI32Type());
  for (Value pair : op.getPairs()) {
    Value bits =
        rhs.getElementBytes() == 2
            ? LLVM::BitcastOp::create(builder, loc, builder.getI32Type(), pair)
                  .getResult()
            : vector::ExtractOp::create(
                  builder, loc,
                  vector::BitCastOp::create(builder, loc, word, pair)
                      .getResult(),
                  ArrayRef<int64_t>{0})
                  .getResult();
    product.pairs.push_back(bits);
  }
  op->replaceAllUsesWith(emitWarpgroupProduct(builder, loc, product));
  return success();
}

LogicalResult KernelLowering::lowerProductWait(ThreadWgmmaWaitOp op) {
  op->replaceAllUsesWith(
      emitWarpgroupWait(builder, loc, op.getPending(), op.getGroups()));
  return success();
}

/// Of all that was tried, only a branch that depends on the values holds ptxas.
/// It is taken where they are NaN, and does nothing then.
LogicalResult KernelLowering::lowerHold(HoldOp op) {
  Value sum;
  for (Value value : op.getValues())
    sum = sum ? arith::AddFOp::create(builder, loc, sum, value) : value;
  Value never =
      arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNO, sum, sum);
  auto branch =
      scf::IfOp::create(builder, loc, never, /*withElseRegion=*/false);
  builder.setInsertionPointToStart(branch.thenBlock());
  NVVM::NanosleepOp::create(builder, loc, integer(0));
  return success();
}

LogicalResult KernelLowering::lowerSaturatingFma(SaturatingFmaOp op) {
  op.replaceAllUsesWith(LLVM::CallIntrinsicOp::create(
                            builder, loc, op.getType(),
                            builder.getStringAttr("llvm.nvvm.fma.rn.ftz.sat.f"),
                            op->getOperands())
                            .getResult(0));
  return success();
}

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

LogicalResult KernelLowering::lowerRoles(WarpSpecializeOp op) {
  auto roles = scf::IfOp::create(builder, loc, equals(warpgroup, integer(0)),
                                 /*withElseRegion=*/true);
  auto setRegisters = [&](int64_t registers,
                          NVVM::SetMaxRegisterAction action) {
    NVVM::SetMaxRegisterOp::create(builder, loc, registers, action);
  };
  // The producer: one thread of its first warp, or all.
  builder.setInsertionPointToStart(roles.thenBlock());
  setRegisters(op.getProducerRegisters(), NVVM::SetMaxRegisterAction::decrease);
  Block *producer = roles.thenBlock();
  if (!producesTogether) {
    Value warp =
        arith::DivUIOp::create(builder, loc, thread, integer(kWarpThreads));
    Value elected =
        NVVM::ElectSyncOp::create(builder, loc, builder.getI1Type(), Value());
    Value one =
        arith::AndIOp::create(builder, loc, equals(warp, integer(0)), elected);
    producer = scf::IfOp::create(builder, loc, one, /*withElseRegion=*/false)
                   .thenBlock();
  }
  auto move = [](Region &from, Block *to) {
    from.front().getTerminator()->erase();
    to->getOperations().splice(std::prev(to->end()),
                               from.front().getOperations());
  };
  move(op.getProducer(), producer);
  builder.setInsertionPointToStart(roles.elseBlock());
  setRegisters(op.getConsumerRegisters(), NVVM::SetMaxRegisterAction::increase);
  move(op.getConsumer(), roles.elseBlock());
  return success();
}

LogicalResult KernelLowering::lower(Operation *op) {
  builder.setInsertionPoint(op);
  loc = op->getLoc();
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](AcquireOp op) { return lowerAcquire(op); })
      .Case([&](TmaLoadOp op) { return lowerTmaLoad(op); })
      .Case([&](TransposeOp op) { return lowerTranspose(op); })
      .Case([&](WaitOp op) { return lowerWait(op); })
      .Case([&](ReleaseOp op) { return lowerRelease(op); })
      .Case([&](TurnWaitOp op) { return lowerTurn(op, true); })
      .Case([&](TurnPassOp op) { return lowerTurn(op, false); })
      .Case([&](ThreadWgmmaOp op) { return lowerProduct(op); })
      .Case([&](ThreadWgmmaWaitOp op) { return lowerProductWait(op); })
      .Case([&](HoldOp op) { return lowerHold(op); })
      .Case([&](SaturatingFmaOp op) { return lowerSaturatingFma(op); })
      .Case([&](WarpSpecializeOp op) { return lowerRoles(op); })
      .Case([&](CreateChannelOp) { return success(); })
      .Case<WgmmaOp, WgmmaWaitOp>([](Operation *op) {
        return op->emitOpError("cannot be lowered to NVVM; run "
                               "hopper-distribute-vectors first");
      })
      .Default([](Operation *op) {
        return op->emitOpError(
            "cannot be lowered to NVVM; run hopper-insert-tma "
            "and hopper-insert-channels first");
      });
}

LogicalResult KernelLowering::run() {
  if (failed(findChannels()) || failed(countThreads()))
    return failure();
  SmallVector<Operation *> ops;
  bool takesTurns = false;
  Operation *roles = nullptr;
  kernel.walk([&](Operation *op) {
    if (!isHopperOp(op) || isa<EndOp>(op))
      return;
    takesTurns |= isa<TurnWaitOp>(op);
    ops.push_back(op);
    if (isa<WarpSpecializeOp>(op))
      roles = op;
  });
  if (ops.empty())
    return success();
  emitPrologue();
  if (takesTurns) {
    // The first turn is the first consumer's: its predecessor has passed it on.
    if (roles)
      builder.setInsertionPointToStart(
          &cast<WarpSpecializeOp>(roles).getConsumer().front());
    int64_t last = firstConsumer + consumers - 1;
    auto prime =
        scf::IfOp::create(builder, loc, equals(warpgroup, integer(last)),
                          /*withElseRegion=*/false);
    builder.setInsertionPointToStart(prime.thenBlock());
    NVVM::BarrierArriveOp::create(builder, loc, integer(kFirstTurnBarrier),
                                  integer(2 * kWarpgroup));
  }
  for (Operation *op : ops)
    if (failed(lower(op)))
      return failure();
  for (Operation *op : ops)
    op->dropAllReferences();
  for (Operation *op : llvm::reverse(ops))
    op->erase();
  return success();
}

namespace {

struct ConvertHopperToNVVMPass
    : hopper::impl::ConvertHopperToNVVMBase<ConvertHopperToNVVMPass> {
  void runOnOperation() override {
    gpu::GPUModuleOp module = getOperation();
    SmallVector<gpu::GPUFuncOp> kernels;
    for (auto kernel : module.getOps<gpu::GPUFuncOp>()) {
      WalkResult found = kernel.walk([](Operation *op) {
        return isHopperOp(op) ? WalkResult::interrupt() : WalkResult::advance();
      });
      // Without keys there is nothing to copy or to multiply, but still a
      // block.
      if (found.wasInterrupted() ||
          (kernel->hasAttr(kGridAttrName) && !kernel.getKnownBlockSizeAttr()))
        kernels.push_back(kernel);
    }
    if (kernels.empty())
      return;
    OpBuilder builder =
        OpBuilder::atBlockBegin(&module.getBodyRegion().front());
    // Of no size here: the launch gives it. The swizzle wants 1024 bytes.
    auto sharedMemory = LLVM::GlobalOp::create(
        builder, module.getLoc(),
        LLVM::LLVMArrayType::get(builder.getI8Type(), 0), /*isConstant=*/false,
        LLVM::Linkage::External, kSharedMemoryName, Attribute(),
        /*alignment=*/1024, /*addrSpace=*/3);
    for (gpu::GPUFuncOp kernel : kernels)
      if (failed(KernelLowering(kernel, sharedMemory).run()))
        return signalPassFailure();
  }
};

} // namespace
