//===- ProtocolSimulator.cpp - Runs of a kernel's protocol ----------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Analysis/ProtocolSimulator.h"
#include "ProtocolSimulatorSkeleton.h"
#include "ProtocolSimulatorTrace.h"
#include "llvm/Support/MathExtras.h"
#include <set>
#include <unordered_set>

using namespace mlir;
using namespace mlir::hopper;
using namespace mlir::hopper::protocol;

//===----------------------------------------------------------------------===//
// Problems
//===----------------------------------------------------------------------===//

/// Sizes that make a loop over tiles of the deepest channel run 0, 1, 2, …,
/// depth + 3 times: two rounds of a ring of two slots and one more. A single
/// tile is full or not, further ones alternate.
static SmallVector<int64_t> getSizes(const Skeleton &skeleton) {
  int64_t depth = 0, rows = 64;
  for (Channel channel : skeleton.channels) {
    int64_t own = channel.op.getChannel().getType().getTile().getCopiedRows();
    if (channel.depth < depth || (channel.depth == depth && own >= rows))
      continue;
    depth = channel.depth;
    rows = own;
  }
  SmallVector<int64_t> sizes = {0, 1};
  for (int64_t trips = 1; trips <= depth + 3; ++trips)
    sizes.push_back(trips * rows - (trips % 2 == 0 ? 3 : 0));
  return sizes;
}

/// Combinations of the sizes: all of them where they are few, otherwise those
/// of equal sizes and some that look random and are always the same.
static std::vector<SmallVector<int64_t>>
getCombinations(ArrayRef<int64_t> sizes, size_t parameters) {
  constexpr size_t kMost = 64;
  size_t all = 1;
  for (size_t i = 0; i < parameters && all <= kMost; ++i)
    all *= sizes.size();
  std::vector<SmallVector<int64_t>> combinations;
  uint64_t random = 1;
  size_t count = all <= kMost ? all : std::max(kMost, 2 * sizes.size());
  for (size_t i = 0; i < count; ++i) {
    SmallVector<int64_t> &values = combinations.emplace_back();
    size_t rest = i;
    for (size_t parameter = 0; parameter < parameters; ++parameter) {
      size_t index = rest % sizes.size();
      if (all <= kMost) {
        rest /= sizes.size();
      } else if (i >= sizes.size()) {
        random = random * 6364136223846793005 + 1442695040888963407;
        index = (random >> 33) % sizes.size();
      }
      values.push_back(sizes[index]);
    }
  }
  return combinations;
}

static int64_t evaluate(AffineExpr expression, ArrayRef<int64_t> symbols) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expression))
    return constant.getValue();
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expression))
    return symbols[symbol.getPosition()];
  auto binary = dyn_cast<AffineBinaryOpExpr>(expression);
  if (!binary)
    return 1;
  int64_t lhs = evaluate(binary.getLHS(), symbols);
  int64_t rhs = evaluate(binary.getRHS(), symbols);
  switch (expression.getKind()) {
  case AffineExprKind::Add:
    return lhs + rhs;
  case AffineExprKind::Mul:
    return lhs * rhs;
  case AffineExprKind::FloorDiv:
    return rhs > 0 ? llvm::divideFloorSigned(lhs, rhs) : 1;
  case AffineExprKind::CeilDiv:
    return rhs > 0 ? llvm::divideCeilSigned(lhs, rhs) : 1;
  default:
    return rhs > 0 ? llvm::mod(lhs, rhs) : 1;
  }
}

/// Sets what the kernel's constraints say to be a constant.
static void applyConstraints(const Skeleton &skeleton,
                             SmallVectorImpl<int64_t> &parameters) {
  for (auto [parameter, value] :
       llvm::zip_equal(skeleton.parameters, parameters))
    value = parameter.constant.value_or(value);
}

namespace {

/// A block of a grid.
struct GridBlock {
  int64_t id, gridSize;
};

} // namespace

/// How many blocks the kernel's grid has for these sizes.
static std::optional<int64_t> getGridSize(const Skeleton &skeleton,
                                          ArrayRef<int64_t> parameters) {
  gpu::GPUFuncOp kernel = skeleton.kernel;
  auto grid = kernel->getAttrOfType<ExpressionAttr>(kGridAttrName);
  if (!grid)
    return std::nullopt;
  SmallVector<int64_t> symbols;
  for (SizeAttr size : grid.getSizes()) {
    // A size on which the control flow does not depend is 1.
    const Parameter *parameter = skeleton.findParameter(size);
    symbols.push_back(
        parameter ? parameters[parameter - skeleton.parameters.begin()] : 1);
  }
  return evaluate(grid.getMap().getResult(0), symbols);
}

/// Blocks to run: the first ones, one in the middle and the last one. Where a
/// kernel asks for the size of the grid, it may have fewer blocks than there
/// are tiles: so few that one takes 1, 2 or 3 of them.
static SmallVector<GridBlock> getBlocks(const Skeleton &skeleton,
                                        ArrayRef<int64_t> parameters) {
  std::optional<int64_t> tiles = getGridSize(skeleton, parameters);
  SmallVector<GridBlock> blocks;
  auto add = [&](int64_t id, int64_t gridSize) {
    bool isNew = llvm::none_of(blocks, [&](const GridBlock &block) {
      return block.id == id && block.gridSize == gridSize;
    });
    if (id >= 0 && id < gridSize && isNew)
      blocks.push_back({id, gridSize});
  };
  if (!skeleton.usesBlockId && !skeleton.usesGridSize) {
    add(0, 1);
  } else if (!tiles) {
    for (int64_t id = 0; id < 4; ++id)
      add(id, 4);
  } else if (skeleton.usesGridSize) {
    for (int64_t share : {1, 2, 3}) {
      int64_t gridSize = llvm::divideCeilSigned(*tiles, share);
      add(0, gridSize);
      add(gridSize - 1, gridSize);
    }
  } else {
    for (int64_t id : {int64_t(0), int64_t(1), *tiles / 2, *tiles - 1})
      add(id, *tiles);
  }
  return blocks;
}

//===----------------------------------------------------------------------===//
// Roles together
//===----------------------------------------------------------------------===//

namespace {

/// All warpgroups of a block, on the way through their traces. Without roles
/// the first consumer also does what a producer would.
class BlockRun {
public:
  BlockRun(const Skeleton &skeleton, const Problem &problem,
           const Trace &producer, const Trace &consumer);

  /// Runs until nobody can go on; reports a deadlock.
  LogicalResult run();

private:
  struct Agent {
    const Trace *trace;
    int64_t consumer; // -1: the producer
    size_t next = 0;
    bool isDone() const { return next == trace->events.size(); }
  };
  struct Slots {
    /// By fill: how many have all of their copies under way, which land sooner
    /// or later, or have transposed their part; and how many have released it.
    std::vector<uint32_t> filled;
    std::vector<uint32_t> releases;
    /// How many it takes.
    uint32_t fillers, readers;
  };

  /// A copy is one thread's work, all else that of all who run it.
  bool takesPart(const Agent &agent, const Event &event) const {
    bool copies = isa<TmaLoadOp>(event.op);
    if (auto acquire = dyn_cast<AcquireOp>(event.op))
      copies = acquire.getBytes() != 0;
    return !copies || agent.consumer <= 0;
  }
  bool canGoOn(const Agent &agent, const Event &event) const;
  void perform(const Agent &agent, const Event &event);
  LogicalResult reportDeadlock();
  void describe(Diagnostic &diagnostic, const Agent &agent) const;

  const Skeleton &skeleton;
  const Problem &problem;
  SmallVector<Agent> agents;
  SmallVector<Slots> slots; // by channel
  /// Whose turn it is, and whether it has not been taken.
  int64_t turn = 0;
  bool turnIsFree = true;
};

} // namespace

BlockRun::BlockRun(const Skeleton &skeleton, const Problem &problem,
                   const Trace &producer, const Trace &consumer)
    : skeleton(skeleton), problem(problem) {
  if (skeleton.hasRoles)
    agents.push_back({&producer, -1});
  for (int64_t i = 0; i < skeleton.consumers; ++i)
    agents.push_back({&consumer, i});
  const Trace &fills = skeleton.hasRoles ? producer : consumer;
  auto consumers = static_cast<uint32_t>(skeleton.consumers);
  for (const Uses &uses : fills.uses) {
    // What the producer waits for is its own.
    bool isOwn = skeleton.hasRoles && uses.wait;
    auto acquire = dyn_cast_or_null<AcquireOp>(uses.acquire);
    bool isShared = !skeleton.hasRoles && acquire && acquire.getBytes() == 0;
    slots.push_back({std::vector<uint32_t>(uses.acquires, 0),
                     std::vector<uint32_t>(uses.acquires, 0),
                     isShared ? consumers : 1, isOwn ? 1 : consumers});
  }
}

bool BlockRun::canGoOn(const Agent &agent, const Event &event) const {
  switch (event.kind) {
  case EventKind::Acquire: {
    int64_t depth = skeleton.channels[event.channel].depth;
    return event.fill < depth ||
           slots[event.channel].releases[event.fill - depth] ==
               slots[event.channel].readers;
  }
  case EventKind::Wait:
    return slots[event.channel].filled[event.fill] ==
           slots[event.channel].fillers;
  case EventKind::TurnWait:
    return turnIsFree && turn == agent.consumer;
  default:
    return true;
  }
}

void BlockRun::perform(const Agent &agent, const Event &event) {
  switch (event.kind) {
  case EventKind::Fill:
    ++slots[event.channel].filled[event.fill];
    break;
  case EventKind::Release:
    ++slots[event.channel].releases[event.fill];
    break;
  case EventKind::TurnWait:
    turnIsFree = false;
    break;
  case EventKind::TurnPass:
    turn = (agent.consumer + 1) % skeleton.consumers;
    turnIsFree = true;
    break;
  default:
    break;
  }
}

LogicalResult BlockRun::run() {
  bool progress = true;
  while (progress) {
    progress = false;
    for (Agent &agent : agents)
      for (; !agent.isDone(); ++agent.next) {
        const Event &event = agent.trace->events[agent.next];
        if (!takesPart(agent, event))
          continue;
        if (!canGoOn(agent, event))
          break;
        perform(agent, event);
        progress = true;
      }
  }
  if (llvm::all_of(agents, [](const Agent &agent) { return agent.isDone(); }))
    return success();
  return reportDeadlock();
}

/// Says what the agent waits for.
void BlockRun::describe(Diagnostic &diagnostic, const Agent &agent) const {
  if (agent.consumer < 0)
    diagnostic << "the producer";
  else
    diagnostic << "consumer " << agent.consumer;
  const Event &event = agent.trace->events[agent.next];
  if (event.kind == EventKind::TurnWait) {
    diagnostic << " waits for its turn, which is consumer " << turn << "'s";
    return;
  }
  int64_t depth = skeleton.channels[event.channel].depth;
  bool acquires = event.kind == EventKind::Acquire;
  diagnostic << " waits for slot " << event.fill % depth << " of " << depth
             << " to be " << (acquires ? "empty" : "full") << " for fill "
             << event.fill + 1;
  if (acquires)
    diagnostic << ", and got "
               << slots[event.channel].releases[event.fill - depth] << " of "
               << slots[event.channel].readers << " releases";
}

LogicalResult BlockRun::reportDeadlock() {
  std::optional<InFlightDiagnostic> diagnostic;
  for (const Agent &agent : agents) {
    if (agent.isDone())
      continue;
    Operation *op = agent.trace->events[agent.next].op;
    if (!diagnostic) {
      diagnostic.emplace(op->emitOpError("deadlock: "));
      describe(*diagnostic->getUnderlyingDiagnostic(), agent);
    } else {
      describe(diagnostic->attachNote(op->getLoc()), agent);
    }
  }
  return fail(skeleton, problem, std::move(*diagnostic));
}

//===----------------------------------------------------------------------===//
// Checking a kernel
//===----------------------------------------------------------------------===//

/// Both sides of a channel use it equally often. What is cut may use it more
/// often than is counted.
static LogicalResult checkCounts(const Skeleton &skeleton,
                                 const Problem &problem, const Trace &producer,
                                 const Trace &consumer) {
  for (auto [channel, fills, reads] :
       llvm::zip_equal(skeleton.channels, producer.uses, consumer.uses)) {
    bool isOwn = fills.wait;
    const Uses &waits = isOwn ? fills : reads;
    bool isCut = isOwn ? producer.isCut : consumer.isCut;
    if (producer.isCut ? fills.acquires <= waits.waits || isCut
        : isCut        ? waits.waits <= fills.acquires
                       : fills.acquires == waits.waits)
      continue;
    Operation *op = waits.wait ? waits.wait : fills.acquire;
    InFlightDiagnostic diagnostic =
        op->emitOpError("expected as many waits as the ")
        << fills.acquires << (producer.isCut ? " or more" : "")
        << " fills of the channel, but got " << waits.waits
        << (consumer.isCut ? " or more" : "");
    if (waits.wait && fills.acquire)
      diagnostic.attachNote(fills.acquire->getLoc()) << "it is filled here";
    return fail(skeleton, problem, std::move(diagnostic));
  }
  return success();
}

/// The turn of consumer i is named barrier 2 + i. A block of at most 8
/// warpgroups never gets to the last one, 15.
static LogicalResult checkWarpgroups(const Skeleton &skeleton) {
  constexpr int64_t kMost = 8;
  int64_t warpgroups = skeleton.consumers + (skeleton.hasRoles ? 1 : 0);
  if (warpgroups <= kMost)
    return success();
  gpu::GPUFuncOp kernel = skeleton.kernel;
  return kernel.emitOpError("expected at most ")
         << kMost << " warpgroups in a block, but got " << warpgroups;
}

namespace {

class KernelCheck {
public:
  KernelCheck(const Skeleton &skeleton, ProtocolStatistics &statistics)
      : skeleton(skeleton), statistics(statistics) {}

  LogicalResult run();

private:
  LogicalResult check(const Problem &problem);
  LogicalResult checkBlock(ArrayRef<int64_t> parameters, GridBlock block);
  void addNeighbours(ArrayRef<int64_t> parameters, size_t block);

  const Skeleton &skeleton;
  ProtocolStatistics &statistics;
  /// Traces by their hash.
  std::unordered_set<uint64_t> seen;
  uint64_t problems = 0, cut = 0, steps = 0;
  /// What loads from memory may give.
  SmallVector<int64_t> sizes;
  /// Of the traces of the problem that was checked last.
  llvm::SmallSetVector<int64_t, 16> distances;
  /// Parameters, and which of the blocks to run for them.
  using Neighbour = std::pair<std::vector<int64_t>, size_t>;
  std::set<Neighbour> known;
  std::vector<Neighbour> neighbours;
};

} // namespace

LogicalResult KernelCheck::check(const Problem &problem) {
  ++problems;
  FailureOr<Trace> consumer = runRole(skeleton, skeleton.consumer, problem);
  if (failed(consumer))
    return failure();
  FailureOr<Trace> producer = Trace();
  if (skeleton.hasRoles)
    producer = runRole(skeleton, skeleton.producer, problem);
  if (failed(producer))
    return failure();
  steps += consumer->steps + producer->steps;
  const Trace &fills = skeleton.hasRoles ? *producer : *consumer;
  if (consumer->isCut || producer->isCut) {
    ++cut;
    return checkCounts(skeleton, problem, fills, *consumer);
  }
  if (!seen.insert(llvm::hash_combine(consumer->hash, producer->hash)).second)
    return success();
  distances.insert_range(consumer->distances);
  distances.insert_range(producer->distances);
  ++statistics.runs;
  statistics.events += consumer->events.size() + producer->events.size();
  if (failed(checkCounts(skeleton, problem, fills, *consumer)))
    return failure();
  return BlockRun(skeleton, problem, fills, *consumer).run();
}

LogicalResult KernelCheck::checkBlock(ArrayRef<int64_t> parameters,
                                      GridBlock block) {
  // Enough for all problems of a kernel whose sizes are chosen here.
  constexpr uint64_t kMostSteps = 2 * kMaxSteps;
  Problem problem;
  problem.memory = sizes;
  problem.parameters.assign(parameters.begin(), parameters.end());
  problem.blockId = block.id;
  problem.gridSize = block.gridSize;
  uint64_t salts = skeleton.usesMemory ? sizes.size() : 1;
  for (problem.salt = 0; problem.salt < salts; ++problem.salt) {
    if (steps > kMostSteps) {
      ++cut;
      return success();
    }
    if (failed(check(problem)))
      return failure();
  }
  return success();
}

/// Adds what makes the control flow change: sizes of which one is as far on, or
/// back, as a number on which a bound depends was from where the bound jumps.
void KernelCheck::addNeighbours(ArrayRef<int64_t> parameters, size_t block) {
  constexpr int64_t kMostTiles = 1024;
  int64_t most = kMostTiles * sizes.back();
  for (int64_t distance : distances)
    for (size_t i = 0; i < parameters.size(); ++i)
      for (int64_t sign : {1, -1}) {
        SmallVector<int64_t> moved(parameters);
        moved[i] += sign * distance;
        if (moved[i] < 0 || moved[i] > most)
          continue;
        applyConstraints(skeleton, moved);
        Neighbour neighbour({moved.begin(), moved.end()}, block);
        if (known.insert(neighbour).second)
          neighbours.push_back(std::move(neighbour));
      }
}

LogicalResult KernelCheck::run() {
  sizes = getSizes(skeleton);
  for (auto &parameters : getCombinations(sizes, skeleton.parameters.size())) {
    applyConstraints(skeleton, parameters);
    for (auto [i, block] : llvm::enumerate(getBlocks(skeleton, parameters))) {
      known.insert({{parameters.begin(), parameters.end()}, i});
      distances.clear();
      if (failed(checkBlock(parameters, block)))
        return failure();
      addNeighbours(parameters, i);
    }
  }
  for (const auto &[parameters, i] : neighbours) {
    SmallVector<GridBlock> blocks = getBlocks(skeleton, parameters);
    if (i < blocks.size() && failed(checkBlock(parameters, blocks[i])))
      return failure();
  }
  statistics.problems += problems;
  statistics.unchecked += cut;
  return success();
}

LogicalResult mlir::hopper::simulateProtocol(gpu::GPUFuncOp kernel,
                                             ProtocolStatistics &statistics) {
  FailureOr<Skeleton> skeleton = buildSkeleton(kernel);
  if (failed(skeleton))
    return failure();
  if (skeleton->consumer.empty() && skeleton->producer.empty())
    return success();
  if (failed(checkWarpgroups(*skeleton)))
    return failure();
  return KernelCheck(*skeleton, statistics).run();
}
