//===- SpecializeWarps.cpp - A producer and its consumers -----------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each role is a slice of the kernel: its own operations with effects, and what
// they depend on. Loops keep only the values that the role needs, so the
// producer carries no accumulators. Values never pass from one role to the
// other: what the consumers read of the producer's work, they read through
// channels, whose operations are effects.
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERSPECIALIZEWARPS
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

/// Whether an operation has effects of its own, beside those of what its
/// regions hold.
static bool hasOwnEffects(Operation *op) {
  if (auto effects = dyn_cast<MemoryEffectOpInterface>(op))
    return !effects.hasNoEffect();
  return !op->hasTrait<OpTrait::HasRecursiveMemoryEffects>() &&
         !op->hasTrait<OpTrait::IsTerminator>();
}

/// Whether the tiles of a channel are there to be transposed, which fills
/// another one.
static bool isTransposed(Value channel) {
  return llvm::any_of(channel.getUsers(), [](Operation *user) {
    auto wait = dyn_cast<WaitOp>(user);
    return wait &&
           llvm::any_of(wait.getTile().getUsers(), llvm::IsaPred<TransposeOp>);
  });
}

/// Filling a channel is the producer's work.
static bool isProducerOp(Operation *op) {
  if (auto wait = dyn_cast<WaitOp>(op))
    return isTransposed(wait.getChannel());
  if (auto release = dyn_cast<ReleaseOp>(op))
    return isTransposed(release.getChannel());
  return isa<AcquireOp, TmaLoadOp, TransposeOp>(op);
}

/// Whether an operation with regions has no part that only one role runs: it
/// computes, and reads what both may read.
static bool isWholeBranch(Operation *op) {
  if (!isa<scf::IfOp>(op))
    return false;
  std::optional<SmallVector<MemoryEffects::EffectInstance>> effects =
      getEffectsRecursively(op);
  return effects && llvm::all_of(*effects, [](const auto &effect) {
           return isa<MemoryEffects::Read>(effect.getEffect());
         });
}

namespace {

/// The operations and the carried values that one role needs.
class RoleSlice {
public:
  /// Adds an operation with all it depends on, and what stands around it.
  void addOperation(Operation *op);

  /// Copies the slice of `block` to where `builder` stands.
  LogicalResult cloneInto(OpBuilder &builder, Block &block, IRMapping &mapping);

private:
  void addValue(Value value);
  LogicalResult cloneLoop(OpBuilder &builder, scf::ForOp loop,
                          IRMapping &mapping);

  DenseSet<Operation *> operations;
  /// Values that loops carry, by the argument of the loop's body.
  DenseSet<Value> carried;
};

} // namespace

void RoleSlice::addOperation(Operation *op) {
  if (!operations.insert(op).second)
    return;
  if (auto loop = dyn_cast<scf::ForOp>(op)) {
    addValue(loop.getLowerBound());
    addValue(loop.getUpperBound());
    addValue(loop.getStep());
  } else {
    // All that its regions use, too: it is copied as a whole.
    op->walk([&](Operation *inner) {
      for (Value operand : inner->getOperands())
        if (!op->isAncestor(operand.getParentBlock()->getParentOp()))
          addValue(operand);
    });
  }
  Operation *parent = op->getParentOp();
  if (!isa<gpu::GPUFuncOp>(parent))
    addOperation(parent);
}

void RoleSlice::addValue(Value value) {
  unsigned index;
  scf::ForOp loop;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp());
    if (!loop || argument.getArgNumber() == 0)
      return;
    index = argument.getArgNumber() - 1;
  } else {
    Operation *op = value.getDefiningOp();
    addOperation(op);
    loop = dyn_cast<scf::ForOp>(op);
    if (!loop)
      return;
    index = cast<OpResult>(value).getResultNumber();
  }
  if (!carried.insert(loop.getRegionIterArg(index)).second)
    return;
  addValue(loop.getInitArgs()[index]);
  addValue(loop.getYieldedValues()[index]);
}

LogicalResult RoleSlice::cloneLoop(OpBuilder &builder, scf::ForOp loop,
                                   IRMapping &mapping) {
  SmallVector<unsigned> kept;
  SmallVector<Value> inits;
  for (unsigned i = 0; i < loop.getNumRegionIterArgs(); ++i)
    if (carried.contains(loop.getRegionIterArg(i))) {
      kept.push_back(i);
      inits.push_back(mapping.lookupOrDefault(loop.getInitArgs()[i]));
    }
  auto copy = scf::ForOp::create(
      builder, loop.getLoc(), mapping.lookupOrDefault(loop.getLowerBound()),
      mapping.lookupOrDefault(loop.getUpperBound()),
      mapping.lookupOrDefault(loop.getStep()), inits, /*bodyBuilder=*/nullptr,
      loop.getUnsignedCmp());
  copy->setDiscardableAttrs(loop->getDiscardableAttrDictionary());
  mapping.map(loop.getInductionVar(), copy.getInductionVar());
  for (auto [position, index] : llvm::enumerate(kept)) {
    mapping.map(loop.getRegionIterArg(index), copy.getRegionIterArg(position));
    mapping.map(loop.getResult(index), copy.getResult(position));
  }
  // A loop without carried values comes with its terminator.
  if (kept.empty())
    copy.getBody()->getTerminator()->erase();
  OpBuilder body = OpBuilder::atBlockEnd(copy.getBody());
  if (failed(cloneInto(body, *loop.getBody(), mapping)))
    return failure();
  SmallVector<Value> yielded;
  for (unsigned index : kept)
    yielded.push_back(mapping.lookupOrDefault(loop.getYieldedValues()[index]));
  scf::YieldOp::create(body, loop.getLoc(), yielded);
  return success();
}

LogicalResult RoleSlice::cloneInto(OpBuilder &builder, Block &block,
                                   IRMapping &mapping) {
  for (Operation &op : block.without_terminator()) {
    // The roles share the channels.
    if (!operations.contains(&op) || isa<CreateChannelOp>(op))
      continue;
    if (auto loop = dyn_cast<scf::ForOp>(op)) {
      if (failed(cloneLoop(builder, loop, mapping)))
        return failure();
      continue;
    }
    if (op.getNumRegions() != 0 && !isWholeBranch(&op))
      return op.emitOpError("cannot be split between warp roles: expected "
                            "straight-line code, scf.for, and scf.if that "
                            "writes nothing");
    builder.clone(op, mapping);
  }
  return success();
}

namespace {

struct SpecializeWarpsPass
    : hopper::impl::HopperSpecializeWarpsBase<SpecializeWarpsPass> {
  void runOnOperation() override {
    gpu::GPUFuncOp kernel = getOperation();
    auto config =
        kernel->getAttrOfType<attn::ConfigAttr>(attn::kConfigAttrName);
    bool produces = false;
    kernel.walk([&](Operation *op) { produces |= isProducerOp(op); });
    if (!produces)
      return;
    if (!config) {
      kernel.emitOpError("expected an ")
          << attn::kConfigAttrName
          << " that gives the consumers; run attn-select-config";
      return signalPassFailure();
    }
    if (failed(specialize(kernel, config)))
      signalPassFailure();
  }

  LogicalResult specialize(gpu::GPUFuncOp kernel, attn::ConfigAttr config);
};

} // namespace

LogicalResult SpecializeWarpsPass::specialize(gpu::GPUFuncOp kernel,
                                              attn::ConfigAttr config) {
  if (!kernel.getBody().hasOneBlock())
    return kernel.emitOpError("cannot be split between warp roles: expected a "
                              "body of one block");
  Block &entry = kernel.getBody().front();
  if (!entry.getOps<WarpSpecializeOp>().empty()) {
    kernel.emitRemark("left as it is: its warps have roles already");
    return success();
  }
  RoleSlice producer, consumer;
  for (Operation &op : entry.without_terminator())
    op.walk([&](Operation *inner) {
      if (isa<CreateChannelOp>(inner) || !hasOwnEffects(inner))
        return;
      (isProducerOp(inner) ? producer : consumer).addOperation(inner);
    });

  // Channels stay in front of the roles, which share them.
  Operation *last = nullptr;
  SmallVector<Operation *> old;
  for (Operation &op : entry.without_terminator()) {
    if (isa<CreateChannelOp>(op))
      last = &op;
    else
      old.push_back(&op);
  }
  if (!last)
    return kernel.emitOpError("cannot be split between warp roles: expected "
                              "channels made at its entry");
  OpBuilder builder(&getContext());
  builder.setInsertionPointAfter(last);
  auto roles = WarpSpecializeOp::create(
      builder, kernel.getLoc(), config.getConsumers(),
      config.getProducerRegisters(), config.getConsumerRegisters());
  for (auto [region, slice] : {std::pair(&roles.getProducer(), &producer),
                               std::pair(&roles.getConsumer(), &consumer)}) {
    Block &block = region->emplaceBlock();
    OpBuilder body = OpBuilder::atBlockEnd(&block);
    IRMapping mapping;
    if (failed(slice->cloneInto(body, entry, mapping)))
      return failure();
    EndOp::create(body, kernel.getLoc());
  }
  for (Operation *op : llvm::reverse(old))
    op->erase();
  return success();
}
