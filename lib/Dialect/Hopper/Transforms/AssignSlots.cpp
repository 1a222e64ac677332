//===- AssignSlots.cpp - Which slot and phase each side is at -------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each side of a channel counts its own passage round the ring:
//
//   slot  = slot + 1 == depth ? 0 : slot + 1
//   phase = phase xor (slot wrapped)
//
// A barrier's wait for phase p returns once the barrier's current phase is not
// p (PTX ISA, mbarrier.try_wait.parity): a consumer begins with 0, and the
// producer with 1, which a new barrier has as its phase before, so that its
// first round finds every slot empty.
// Sides that stand at one place in front of a loop, and move equally often in
// it, share what the loop carries: K and V of a producer, say. A producer and a
// consumer at one place have phases that differ, by an xor with 1; and of two
// sides of which one is a slot ahead, the loop carries where the other is.
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/MapVector.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERASSIGNSLOTS
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

namespace {

/// One side of a channel: the one that acquires, or the one that waits.
using Side = std::pair<Value, unsigned /*1: acquires, 0: waits*/>;
/// Where a side stands; its phase is `phase xor 1` where that is inverted.
struct Position {
  Value slot, phase;
  bool inverted = false;
};
using Positions = llvm::MapVector<Side, Position>;

/// Sides that a loop carries one position for.
struct Group {
  /// Of this position.
  Side base;
  /// Those that stand there, and those that are a slot ahead.
  SmallVector<Side> level, ahead;
};

} // namespace

/// The channel of an operation that takes its next slot, and its side.
static std::optional<Side> getSide(Operation *op) {
  if (auto acquire = dyn_cast<AcquireOp>(op))
    return Side{acquire.getChannel(), 1u};
  if (auto wait = dyn_cast<WaitOp>(op))
    return Side{wait.getChannel(), 0u};
  return std::nullopt;
}

static Value constant(OpBuilder &builder, Location loc, int64_t value) {
  return arith::ConstantIntOp::create(builder, loc, value, 32);
}

namespace {

struct AssignSlotsPass : hopper::impl::HopperAssignSlotsBase<AssignSlotsPass> {
  void runOnOperation() override {
    gpu::GPUFuncOp kernel = getOperation();
    kept.clear();
    next.clear();
    if (!kernel.getBody().hasOneBlock()) {
      if (getSides(kernel).empty())
        return;
      kernel.emitOpError(
          "cannot count the uses of its channels: expected a body "
          "of one block");
      return signalPassFailure();
    }
    if (failed(findKept()))
      return signalPassFailure();
    if (getSides(kernel).empty()) {
      if (!kept.empty())
        kernel.emitRemark("left as it is: its channels' slots and phases are "
                          "given already");
      return;
    }
    Positions positions;
    placeAtBeginning(kernel.getBody().front(), positions);
    if (failed(assign(kernel.getBody().front(), positions)))
      signalPassFailure();
  }

  LogicalResult findKept();
  SmallVector<Side> getSides(Operation *op);
  LogicalResult assign(Block &block, Positions &positions);
  void placeAtBeginning(Block &block, Positions &positions);
  SmallVector<Group> groupSides(scf::ForOp loop, Positions &positions);
  bool isAhead(const Position &position, const Position &other, int64_t depth,
               Block *block);
  LogicalResult assignLoop(scf::ForOp loop, Positions &positions);
  LogicalResult assignBranch(scf::IfOp branch, Positions &positions);

  void advance(OpBuilder &builder, Location loc, int64_t depth,
               Position &position);

  /// Sides whose slots and phases are written by hand.
  DenseSet<Side> kept;
  /// The slots and phases behind others, in the same block and of rings of one
  /// depth: sides that stood at one place are at one again.
  DenseMap<std::tuple<Value, Value, int64_t, Block *>, std::pair<Value, Value>>
      next;
};

} // namespace

LogicalResult AssignSlotsPass::findKept() {
  auto isGiven = [](Operation *op) { return op->getNumOperands() > 1; };
  DenseMap<Side, Operation *> first;
  WalkResult result = getOperation().walk([&](Operation *op) {
    std::optional<Side> side = getSide(op);
    if (!side)
      return WalkResult::advance();
    if (isGiven(op))
      kept.insert(*side);
    Operation *&before = first[*side];
    if (!before)
      before = op;
    if (isGiven(before) == isGiven(op))
      return WalkResult::advance();
    InFlightDiagnostic diagnostic =
        op->emitOpError("expected ")
        << (isGiven(before) ? "a slot and a phase" : "neither slot nor phase")
        << " as the channel's " << before->getName() << " before it has";
    diagnostic.attachNote(before->getLoc()) << "which stands here";
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

/// The sides that `op` or what is in it takes slots of, and that are not given.
SmallVector<Side> AssignSlotsPass::getSides(Operation *op) {
  SmallVector<Side> sides;
  op->walk([&](Operation *inner) {
    std::optional<Side> side = getSide(inner);
    if (side && !kept.contains(*side) && !llvm::is_contained(sides, *side))
      sides.push_back(*side);
  });
  return sides;
}

/// Where all sides in a block begin that do not stand anywhere yet.
void AssignSlotsPass::placeAtBeginning(Block &block, Positions &positions) {
  OpBuilder builder = OpBuilder::atBlockBegin(&block);
  Location loc = block.getParentOp()->getLoc();
  Value zero = constant(builder, loc, 0);
  for (Operation &op : block)
    if (!isa<WarpSpecializeOp>(op))
      for (Side side : getSides(&op))
        positions.insert({side, {zero, zero, /*inverted=*/side.second == 1}});
}

/// How often each block below `op` moves a side.
static DenseMap<Block *, unsigned> countMoves(Operation *op, Side side) {
  DenseMap<Block *, unsigned> moves;
  op->walk([&](Operation *inner) {
    if (getSide(inner) == side)
      ++moves[inner->getBlock()];
  });
  return moves;
}

static int64_t getDepth(Side side) {
  return cast<ChannelType>(side.first.getType()).getDepth();
}

/// Whether `position` is what moves from `other` lead to, in `block`.
bool AssignSlotsPass::isAhead(const Position &position, const Position &other,
                              int64_t depth, Block *block) {
  auto moved = next.find({other.slot, other.phase, depth, block});
  return moved != next.end() &&
         moved->second == std::pair(position.slot, position.phase);
}

/// The sides of a loop. Those of a group stand in one relation before and
/// behind it.
SmallVector<Group> AssignSlotsPass::groupSides(scf::ForOp loop,
                                               Positions &positions) {
  SmallVector<Group> groups;
  auto join = [&](Group &group, Side side) {
    const Position &base = positions[group.base], &own = positions[side];
    int64_t depth = getDepth(side);
    if (getDepth(group.base) != depth ||
        countMoves(loop, group.base) != countMoves(loop, side))
      return false;
    if (base.slot == own.slot && base.phase == own.phase) {
      group.level.push_back(side);
    } else if (isAhead(own, base, depth, loop->getBlock())) {
      group.ahead.push_back(side);
    } else if (group.ahead.empty() &&
               isAhead(base, own, depth, loop->getBlock())) {
      group = {side, {side}, group.level};
    } else {
      return false;
    }
    return true;
  };
  for (Side side : getSides(loop))
    if (llvm::none_of(groups, [&](Group &group) { return join(group, side); }))
      groups.push_back({side, {side}, {}});
  return groups;
}

/// The phase itself.
static Value getPhase(OpBuilder &builder, Location loc,
                      const Position &position) {
  if (!position.inverted)
    return position.phase;
  return builder.createOrFold<arith::XOrIOp>(loc, position.phase,
                                             constant(builder, loc, 1));
}

/// Moves to the next slot.
void AssignSlotsPass::advance(OpBuilder &builder, Location loc, int64_t depth,
                              Position &position) {
  auto [known, isNew] = next.try_emplace(
      {position.slot, position.phase, depth, builder.getInsertionBlock()});
  auto &[slot, phase] = known->second;
  if (isNew) {
    Value one = constant(builder, loc, 1), flip = one;
    slot = position.slot;
    if (depth != 1) {
      Value above = arith::AddIOp::create(builder, loc, slot, one);
      Value wraps =
          arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, above,
                                constant(builder, loc, depth));
      slot = arith::SelectOp::create(builder, loc, wraps,
                                     constant(builder, loc, 0), above);
      flip = arith::ExtUIOp::create(builder, loc, builder.getI32Type(), wraps);
    }
    phase = arith::XOrIOp::create(builder, loc, position.phase, flip);
  }
  position.slot = slot;
  position.phase = phase;
}

LogicalResult AssignSlotsPass::assignLoop(scf::ForOp loop,
                                          Positions &positions) {
  SmallVector<Group> groups = groupSides(loop, positions);
  if (groups.empty())
    return success();
  IRRewriter rewriter(loop);
  Location loc = loop.getLoc();
  SmallVector<Value> inits;
  for (const Group &group : groups) {
    const Position &position = positions[group.base];
    inits.append({position.slot, getPhase(rewriter, loc, position)});
    // From here on relative to the base's.
    bool inverted = position.inverted;
    for (Side side : llvm::concat<const Side>(group.level, group.ahead))
      positions[side].inverted ^= inverted;
  }
  // Places the sides where the values that the loop carries say.
  auto place = [&](OpBuilder &builder, ValueRange values, Positions &placed) {
    for (auto [i, group] : llvm::enumerate(groups)) {
      Position position = {values[2 * i], values[2 * i + 1]};
      auto set = [&](Side side) {
        position.inverted = positions[side].inverted;
        placed[side] = position;
      };
      llvm::for_each(group.level, set);
      if (!group.ahead.empty())
        advance(builder, loc, getDepth(group.base), position);
      llvm::for_each(group.ahead, set);
    }
  };
  LogicalResult assigned = success();
  FailureOr<LoopLikeOpInterface> replaced = loop.replaceWithAdditionalYields(
      rewriter, inits, /*replaceInitOperandUsesInLoop=*/false,
      [&](OpBuilder &atYield, Location, ArrayRef<BlockArgument> arguments) {
        Positions inner;
        OpBuilder builder = OpBuilder::atBlockBegin(loop.getBody());
        place(builder,
              ValueRange(ArrayRef<Value>(arguments.begin(), arguments.end())),
              inner);
        assigned = assign(*loop.getBody(), inner);
        SmallVector<Value> yielded;
        for (const Group &group : groups)
          yielded.append({inner[group.base].slot,
                          getPhase(atYield, loc, inner[group.base])});
        return yielded;
      });
  if (failed(replaced) || failed(assigned))
    return failure();
  // What is released as early as it can be stays so.
  Block::iterator behind = std::next((*replaced)->getIterator());
  while (isa<ReleaseOp>(*behind))
    ++behind;
  rewriter.setInsertionPoint(&*behind);
  place(rewriter, (*replaced)->getResults().take_back(inits.size()), positions);
  return success();
}

LogicalResult AssignSlotsPass::assignBranch(scf::IfOp branch,
                                            Positions &positions) {
  SmallVector<Side> sides = getSides(branch);
  if (sides.empty())
    return success();
  IRRewriter rewriter(branch);
  Location loc = branch.getLoc();
  SmallVector<Type> types(branch.getResultTypes());
  types.append(2 * sides.size(), rewriter.getI32Type());
  auto replacement =
      scf::IfOp::create(rewriter, loc, types, branch.getCondition(),
                        /*withElseRegion=*/true);
  for (auto [from, to] :
       {std::pair(&branch.getThenRegion(), &replacement.getThenRegion()),
        std::pair(&branch.getElseRegion(), &replacement.getElseRegion())}) {
    Positions inner = positions;
    if (!from->empty()) {
      rewriter.eraseBlock(&to->front());
      rewriter.inlineRegionBefore(*from, *to, to->end());
      if (failed(assign(to->front(), inner)))
        return failure();
    }
    Block &block = to->front();
    SmallVector<Value> yielded;
    if (!block.empty() && isa<scf::YieldOp>(block.back())) {
      llvm::append_range(yielded, block.back().getOperands());
      rewriter.eraseOp(&block.back());
    }
    rewriter.setInsertionPointToEnd(&block);
    for (Side side : sides)
      yielded.append({inner[side].slot, getPhase(rewriter, loc, inner[side])});
    scf::YieldOp::create(rewriter, loc, yielded);
  }
  ValueRange results = replacement.getResults().take_back(2 * sides.size());
  for (auto [i, side] : llvm::enumerate(sides))
    positions[side] = {results[2 * i], results[2 * i + 1]};
  rewriter.replaceOp(branch,
                     replacement.getResults().drop_back(2 * sides.size()));
  return success();
}

LogicalResult AssignSlotsPass::assign(Block &block, Positions &positions) {
  for (Operation &op : llvm::make_early_inc_range(block)) {
    OpBuilder builder(&op);
    Location loc = op.getLoc();
    auto place = [&](auto access, unsigned acquires) {
      Side side = {access.getChannel(), acquires};
      if (kept.contains(side))
        return;
      Position &position = positions[side];
      Value phase = getPhase(builder, loc, position);
      access.getSlotMutable().assign(position.slot);
      access.getPhaseMutable().assign(phase);
      builder.setInsertionPointAfter(access);
      advance(builder, loc, getDepth(side), position);
    };
    if (auto acquire = dyn_cast<AcquireOp>(op)) {
      place(acquire, 1);
    } else if (auto wait = dyn_cast<WaitOp>(op)) {
      place(wait, 0);
    } else if (auto loop = dyn_cast<scf::ForOp>(op)) {
      if (failed(assignLoop(loop, positions)))
        return failure();
    } else if (auto branch = dyn_cast<scf::IfOp>(op)) {
      if (failed(assignBranch(branch, positions)))
        return failure();
    } else if (auto roles = dyn_cast<WarpSpecializeOp>(op)) {
      // Each role counts for itself.
      for (Region *role : {&roles.getProducer(), &roles.getConsumer()}) {
        Positions own;
        placeAtBeginning(role->front(), own);
        if (failed(assign(role->front(), own)))
          return failure();
      }
    } else if (!getSides(&op).empty()) {
      return op.emitOpError("cannot hold uses of a channel: expected scf.for, "
                            "scf.if or hopper.warp_specialize");
    }
  }
  return success();
}
