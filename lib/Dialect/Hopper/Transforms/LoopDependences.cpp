//===- LoopDependences.cpp - What a loop's schedule must keep -------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoopDependences.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace mlir::hopper;

namespace {

/// A value of an iteration, `distance` iterations back.
struct Origin {
  Value value;
  int64_t distance;
};

/// Memory that an operation touches; all of it where `base` is null.
struct Access {
  Value base;
  bool writes;
};

/// The operations of a body that stand on one channel, each kind in the order
/// in which they stand.
struct ChannelUses {
  SmallVector<AcquireOp> acquires;
  SmallVector<Operation *> fills;
  SmallVector<WaitOp> waits;
  SmallVector<ReleaseOp> releases;
  SmallVector<Operation *> all;
};

class DependenceFinder {
public:
  explicit DependenceFinder(scf::ForOp loop)
      : loop(loop), body(loop.getBody()) {}

  SmallVector<LoopDependence> run();

private:
  void add(Operation *before, Operation *after, int64_t distance,
           DependenceKind kind) {
    if (before != after)
      dependences.push_back({before, after, distance, kind});
  }
  /// Keeps operations in the order in which they stand, and behind those of the
  /// iteration before.
  template <typename Range>
  void keepOrder(const Range &ops, DependenceKind kind);

  Origin trace(Value value);
  void addOperands();
  void addProducts();
  void addTranspositions();
  void addChannels();
  void addRing(Value channel, const ChannelUses &uses);
  void addTurns();
  void addMemory();
  bool isCounted(Value channel, const ChannelUses &uses);

  scf::ForOp loop;
  Block *body;
  SmallVector<LoopDependence> dependences;
};

} // namespace

template <typename Range>
void DependenceFinder::keepOrder(const Range &ops, DependenceKind kind) {
  for (size_t i = 1; i < ops.size(); ++i)
    add(ops[i - 1], ops[i], 0, kind);
  if (ops.size() > 1)
    add(ops.back(), ops.front(), 1, kind);
}

/// Goes back through the values that the loop carries.
Origin DependenceFinder::trace(Value value) {
  Origin origin = {value, 0};
  // A value that is only passed on from one to the next comes from in front.
  while (origin.distance <= static_cast<int64_t>(loop.getNumRegionIterArgs())) {
    auto argument = dyn_cast<BlockArgument>(origin.value);
    if (!argument || argument.getOwner() != body ||
        argument.getArgNumber() == 0)
      break;
    origin.value = loop.getYieldedValues()[argument.getArgNumber() - 1];
    ++origin.distance;
  }
  return origin;
}

void DependenceFinder::addOperands() {
  for (Operation &op : body->without_terminator())
    op.walk([&](Operation *inner) {
      for (Value operand : inner->getOperands()) {
        Origin origin = trace(operand);
        Operation *def = origin.value.getDefiningOp();
        if (Operation *before = def ? body->findAncestorOpInBlock(*def) : def)
          add(before, &op, origin.distance, DependenceKind::Operand);
      }
    });
}

/// A slot may go back only behind the waits for the products that read it.
void DependenceFinder::addProducts() {
  for (auto release : body->getOps<ReleaseOp>()) {
    Origin released = trace(release.getTile());
    for (auto product : body->getOps<WgmmaOp>())
      for (Value operand : {product.getLhs(), Value(product.getRhs())}) {
        Origin read = trace(operand);
        if (read.value != released.value)
          continue;
        for (auto wait : body->getOps<WgmmaWaitOp>()) {
          Origin waited = trace(wait.getPending());
          if (waited.value == product.getResult())
            add(wait, release,
                released.distance - read.distance - waited.distance,
                DependenceKind::Product);
        }
      }
  }
}

/// A slot may go back only behind what reads it.
void DependenceFinder::addTranspositions() {
  for (auto transpose : body->getOps<TransposeOp>()) {
    Origin read = trace(transpose.getSource());
    for (auto release : body->getOps<ReleaseOp>()) {
      Origin released = trace(release.getTile());
      if (read.value == released.value)
        add(transpose, release, released.distance - read.distance,
            DependenceKind::Read);
    }
  }
}

//===----------------------------------------------------------------------===//
// Channels
//===----------------------------------------------------------------------===//

/// Whether both sides of the channel stand in the loop's body and nowhere else,
/// so that the fills of an iteration are those that it waits for.
bool DependenceFinder::isCounted(Value channel, const ChannelUses &uses) {
  return uses.acquires.size() == uses.waits.size() &&
         llvm::all_of(channel.getUsers(), [&](Operation *user) {
           return !isa<AcquireOp, WaitOp>(user) || user->getBlock() == body;
         });
}

/// With n uses in an iteration and a ring of d slots, use k takes the slot of
/// the use d before it, which must have been released.
void DependenceFinder::addRing(Value channel, const ChannelUses &uses) {
  auto count = static_cast<int64_t>(uses.waits.size());
  int64_t depth = cast<ChannelType>(channel.getType()).getDepth();
  for (ReleaseOp release : uses.releases) {
    Origin tile = trace(release.getTile());
    const auto *wait = llvm::find_if(
        uses.waits, [&](WaitOp op) { return op.getTile() == tile.value; });
    if (wait == uses.waits.end())
      continue;
    int64_t released = std::distance(uses.waits.begin(), wait);
    for (int64_t next = 0; next < count; ++next) {
      int64_t apart = depth + released - next;
      if (apart % count != 0)
        continue;
      int64_t distance = apart / count - tile.distance;
      add(release, uses.waits[next], distance, DependenceKind::Ring);
      if (!uses.acquires.empty())
        add(release, uses.acquires[next], distance, DependenceKind::Ring);
    }
  }
}

void DependenceFinder::addChannels() {
  llvm::MapVector<Value, ChannelUses> channels;
  for (Operation &op : body->without_terminator()) {
    Value channel;
    if (auto acquire = dyn_cast<AcquireOp>(op)) {
      channel = acquire.getChannel();
      channels[channel].acquires.push_back(acquire);
    } else if (auto load = dyn_cast<TmaLoadOp>(op)) {
      channel = load.getChannel();
      channels[channel].fills.push_back(load);
    } else if (auto transpose = dyn_cast<TransposeOp>(op)) {
      channel = transpose.getChannel();
      channels[channel].fills.push_back(transpose);
    } else if (auto wait = dyn_cast<WaitOp>(op)) {
      channel = wait.getChannel();
      channels[channel].waits.push_back(wait);
    } else if (auto release = dyn_cast<ReleaseOp>(op)) {
      channel = release.getChannel();
      channels[channel].releases.push_back(release);
    }
    if (channel)
      channels[channel].all.push_back(&op);
  }
  for (auto &[channel, uses] : channels) {
    bool isNested = llvm::any_of(channel.getUsers(), [&](Operation *user) {
      Operation *ancestor = body->findAncestorOpInBlock(*user);
      return ancestor && ancestor != user;
    });
    bool hasBothSides = !uses.acquires.empty() && !uses.waits.empty();
    if (isNested || (hasBothSides && !isCounted(channel, uses))) {
      keepOrder(uses.all, DependenceKind::Channel);
      continue;
    }
    keepOrder(uses.acquires, DependenceKind::Channel);
    keepOrder(uses.fills, DependenceKind::Channel);
    keepOrder(uses.waits, DependenceKind::Channel);
    keepOrder(uses.releases, DependenceKind::Channel);
    addRing(channel, uses);
    if (!hasBothSides)
      continue;
    // Whoever waits for its own copy must have issued it.
    for (Operation *fill : uses.fills) {
      auto load = dyn_cast<TmaLoadOp>(fill);
      Origin tile =
          trace(load ? load.getTile() : cast<TransposeOp>(fill).getTile());
      for (auto [acquire, wait] : llvm::zip_equal(uses.acquires, uses.waits))
        if (acquire.getTile() == tile.value)
          add(fill, wait, -tile.distance, DependenceKind::Fill);
    }
  }
}

/// Products stay in the turn in which they stand.
void DependenceFinder::addTurns() {
  SmallVector<Operation *> turns;
  for (Operation &op : body->without_terminator())
    if (isa<TurnWaitOp, TurnPassOp>(op))
      turns.push_back(&op);
  if (turns.empty())
    return;
  keepOrder(turns, DependenceKind::Turn);
  for (auto product : body->getOps<WgmmaOp>()) {
    auto next = llvm::find_if(
        turns, [&](Operation *turn) { return product->isBeforeInBlock(turn); });
    bool isLast = next == turns.end();
    Operation *end = isLast ? turns.front() : *next;
    if (isa<TurnPassOp>(end))
      add(product, end, isLast, DependenceKind::Turn);
    bool isFirst = next == turns.begin();
    Operation *begin = isFirst ? turns.back() : *std::prev(next);
    if (isa<TurnWaitOp>(begin))
      add(begin, product, isFirst, DependenceKind::Turn);
  }
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

static SmallVector<Access> getAccesses(Operation *op) {
  std::optional<SmallVector<MemoryEffects::EffectInstance>> effects =
      getEffectsRecursively(op);
  if (!effects)
    return {{Value(), true}};
  SmallVector<Access> accesses;
  for (const MemoryEffects::EffectInstance &effect : *effects) {
    Value base = effect.getValue();
    while (auto view = base ? base.getDefiningOp<ViewLikeOpInterface>()
                            : ViewLikeOpInterface())
      base = view.getViewSource();
    accesses.push_back({base, !isa<MemoryEffects::Read>(effect.getEffect())});
  }
  return accesses;
}

/// Operations whose order the values, channels and turns above say.
static bool isProtocol(Operation *op) {
  return isa<AcquireOp, LoadTileOp, TmaLoadOp, TransposeTileOp, TransposeOp,
             WaitOp, ReleaseOp, WgmmaOp, WgmmaWaitOp, TurnWaitOp, TurnPassOp>(
      op);
}

/// Whether one writes what the other touches. A kernel's buffers are taken not
/// to overlap, as its outputs are none of its inputs.
static bool conflicts(ArrayRef<Access> a, ArrayRef<Access> b) {
  return llvm::any_of(a, [&](const Access &x) {
    return llvm::any_of(b, [&](const Access &y) {
      return (x.writes || y.writes) && (!x.base || !y.base || x.base == y.base);
    });
  });
}

void DependenceFinder::addMemory() {
  SmallVector<std::pair<Operation *, SmallVector<Access>>> all;
  for (Operation &op : body->without_terminator()) {
    SmallVector<Access> accesses = getAccesses(&op);
    // Slots and barriers are no buffer: only what may touch all memory, or has
    // operations of the protocol in it, stands in the way.
    if (isProtocol(&op))
      accesses = {{Value(), true}};
    for (auto &[before, others] : all) {
      auto isAnywhere = [](const Access &access) { return !access.base; };
      bool conflict;
      if (isProtocol(before))
        conflict = !isProtocol(&op) && llvm::any_of(accesses, isAnywhere);
      else if (isProtocol(&op))
        conflict = llvm::any_of(others, isAnywhere);
      else
        conflict = conflicts(others, accesses);
      if (!conflict)
        continue;
      add(before, &op, 0, DependenceKind::Memory);
      add(&op, before, 1, DependenceKind::Memory);
    }
    if (!accesses.empty())
      all.push_back({&op, std::move(accesses)});
  }
}

//===----------------------------------------------------------------------===//
// Interface
//===----------------------------------------------------------------------===//

SmallVector<LoopDependence> DependenceFinder::run() {
  addOperands();
  addProducts();
  addTranspositions();
  addChannels();
  addTurns();
  addMemory();
  return std::move(dependences);
}

SmallVector<LoopDependence> mlir::hopper::findLoopDependences(scf::ForOp loop) {
  return DependenceFinder(loop).run();
}

std::string LoopDependence::describe() const {
  std::string name = before->getName().getStringRef().str();
  switch (kind) {
  case DependenceKind::Operand:
    return "its operand";
  case DependenceKind::Product:
    return "the wait for the product that reads its slot";
  case DependenceKind::Read:
    return "the " + name + " that reads its slot";
  case DependenceKind::Fill:
    return "the copy into its slot";
  case DependenceKind::Ring:
    return "the release of the slot that it takes";
  case DependenceKind::Channel:
    return "the " + name + " before it on its channel";
  case DependenceKind::Turn:
    return "the " + name + " before it in the order of turns";
  case DependenceKind::Memory:
    return "the " + name + " before it that touches the same memory";
  }
  llvm_unreachable("unknown kind of dependence");
}

static ScheduleAttr getSchedule(Operation *op) {
  return op->getAttrOfType<ScheduleAttr>(kScheduleAttrName);
}

SmallVector<Operation *> mlir::hopper::getScheduledOrder(scf::ForOp loop) {
  SmallVector<Operation *> order = llvm::to_vector(
      llvm::make_pointer_range(loop.getBody()->without_terminator()));
  llvm::sort(order, [](Operation *a, Operation *b) {
    int64_t first = getSchedule(a).getCluster();
    int64_t second = getSchedule(b).getCluster();
    return first == second ? a->isBeforeInBlock(b) : first < second;
  });
  return order;
}

/// An iteration's operation runs in the pass of its stage, at its position; one
/// of an iteration before, that many passes earlier.
const LoopDependence *
mlir::hopper::findBrokenDependence(scf::ForOp loop,
                                   ArrayRef<LoopDependence> dependences) {
  DenseMap<Operation *, size_t> positions;
  for (auto [position, op] : llvm::enumerate(getScheduledOrder(loop)))
    positions[op] = position;
  const auto *broken =
      llvm::find_if(dependences, [&](const LoopDependence &dependence) {
        auto [before, after, distance, kind] = dependence;
        return std::pair(getSchedule(before).getStage() - distance,
                         positions.lookup(before)) >=
               std::pair(getSchedule(after).getStage(),
                         positions.lookup(after));
      });
  return broken == dependences.end() ? nullptr : broken;
}
