//===- ProtocolSimulatorTrace.cpp - What a role does ----------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ProtocolSimulatorTrace.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::hopper;
using namespace mlir::hopper::protocol;

LogicalResult protocol::fail(const Skeleton &skeleton, const Problem &problem,
                             InFlightDiagnostic &&diagnostic) {
  gpu::GPUFuncOp kernel = skeleton.kernel;
  Diagnostic &note = diagnostic.attachNote(kernel.getLoc())
                     << "found in block " << problem.blockId;
  if (skeleton.usesGridSize)
    note << " of " << problem.gridSize;
  for (auto [parameter, value] :
       llvm::zip_equal(skeleton.parameters, problem.parameters)) {
    note << ", where ";
    if (parameter.sizes.empty())
      note << "argument " << parameter.argument;
    else
      note << "dimension " << parameter.sizes[0].getDimension()
           << " of argument " << parameter.sizes[0].getArgument();
    note << " is " << value;
  }
  return std::move(diagnostic);
}

//===----------------------------------------------------------------------===//
// The rules of one role
//===----------------------------------------------------------------------===//

namespace {

/// A tile that a role got; its number stands for the value.
struct Tile {
  Operation *op; // the acquire, wait or load
  unsigned channel;
  unsigned fill;
  int64_t bytes = 0; // copied into an acquired slot
  Operation *release = nullptr;
};

/// An issued matrix product; its number stands for the pending value.
struct Product {
  Operation *op;
  int64_t lhs, rhs; // tiles; -1 for none
  Operation *wait = nullptr;
  bool isThread = false;
};

/// Of one product (PTX ISA, wgmma: 256 columns in 128 threads for 64 rows).
constexpr int64_t kMostAccumulators = 128;

/// What stands for an accumulator of a thread's product.
int64_t getAccumulator(size_t product, size_t i) {
  return static_cast<int64_t>(product) * kMostAccumulators +
         static_cast<int64_t>(i);
}

/// Follows what a role does, and checks it.
class RoleState {
public:
  RoleState(const Skeleton &skeleton, const Problem &problem)
      : skeleton(skeleton), problem(problem) {
    trace.uses.resize(skeleton.channels.size());
    waited.resize(skeleton.channels.size());
  }

  int64_t load(const Step &step);
  FailureOr<int64_t> acquire(const Step &step, int64_t slot, int64_t phase);
  LogicalResult copy(const Step &step, int64_t tile);
  LogicalResult transpose(const Step &step, int64_t tile, int64_t source);
  FailureOr<int64_t> wait(const Step &step, int64_t slot, int64_t phase);
  LogicalResult release(const Step &step, int64_t tile);
  FailureOr<int64_t> multiply(const Step &step, int64_t lhs, int64_t rhs);
  LogicalResult waitForProduct(const Step &step, int64_t product);
  LogicalResult waitForThreadProducts(const Step &step,
                                      ArrayRef<int64_t> pending);
  LogicalResult waitForTurn(const Step &step);
  LogicalResult passTurn(const Step &step);
  LogicalResult finish();

  LogicalResult fail(InFlightDiagnostic &&diagnostic) {
    return protocol::fail(skeleton, problem, std::move(diagnostic));
  }

  Trace trace;

private:
  LogicalResult checkPosition(const Step &step, unsigned fill, int64_t slot,
                              int64_t phase, unsigned firstPhase);
  LogicalResult checkTile(const Step &step, int64_t tile);
  LogicalResult checkAcquired(const Step &step, int64_t tile);
  LogicalResult checkRead(const Step &step, int64_t tile);
  void record(EventKind kind, const Step &step, unsigned channel = 0,
              unsigned fill = 0) {
    trace.events.push_back({kind, channel, fill, step.op});
    trace.hash = llvm::hash_combine(trace.hash, step.op, fill);
  }
  int64_t addTile(Operation *op, unsigned channel, unsigned fill) {
    tiles.push_back({op, channel, fill});
    return tiles.size() - 1;
  }
  int64_t getExpectedBytes(const Tile &tile) {
    return cast<AcquireOp>(tile.op).getTile().getType().getCopiedBytes();
  }

  const Skeleton &skeleton;
  const Problem &problem;
  std::vector<Tile> tiles;
  std::vector<Product> products;
  /// The tiles of each channel's waits.
  std::vector<SmallVector<int64_t>> waited;
  /// Products from here on are in flight: they end in their order.
  size_t firstInFlight = 0;
  /// Where the role got the turn that it has.
  Operation *turn = nullptr;
};

} // namespace

int64_t RoleState::load(const Step &step) { return addTile(step.op, 0, 0); }

/// Checks a slot and a phase that the IR gives. The ring's slots are used in
/// turn, and the parity of a barrier changes with each round: the wait for a
/// parity is over once the phase of that parity is (PTX ISA,
/// mbarrier.try_wait.parity). New barriers count as having ended phase 1.
LogicalResult RoleState::checkPosition(const Step &step, unsigned fill,
                                       int64_t slot, int64_t phase,
                                       unsigned firstPhase) {
  if (step.a < 0)
    return success();
  if (slot == kUnknown || phase == kUnknown)
    return fail(step.op->emitOpError("cannot be checked: its slot and phase do "
                                     "not follow from sizes and block ids"));
  int64_t depth = skeleton.channels[step.index].depth;
  int64_t expectedSlot = fill % depth;
  int64_t expectedPhase = (fill / depth + firstPhase) & 1;
  if (slot != expectedSlot)
    return fail(step.op->emitOpError("expected slot ")
                << expectedSlot << " in use " << fill + 1
                << " of the channel, but got " << slot);
  if (phase != expectedPhase)
    return fail(step.op->emitOpError("expected phase ")
                << expectedPhase << " in use " << fill + 1
                << " of the channel, but got " << phase);
  return success();
}

FailureOr<int64_t> RoleState::acquire(const Step &step, int64_t slot,
                                      int64_t phase) {
  Uses &uses = trace.uses[step.index];
  if (failed(checkPosition(step, uses.acquires, slot, phase, 1)))
    return failure();
  uses.acquire = step.op;
  record(EventKind::Acquire, step, step.index, uses.acquires);
  return addTile(step.op, step.index, uses.acquires++);
}

/// Checks that the value is a tile, of the channel that the operation names.
LogicalResult RoleState::checkTile(const Step &step, int64_t tile) {
  if (tile == kUnknown)
    return fail(step.op->emitOpError("cannot be checked: its tile does not "
                                     "come from a channel"));
  if (isa<LoadTileOp, TransposeTileOp>(tiles[tile].op) ||
      tiles[tile].channel == step.index)
    return success();
  InFlightDiagnostic diagnostic =
      step.op->emitOpError("expected the channel that the tile belongs to");
  diagnostic.attachNote(tiles[tile].op->getLoc()) << "the tile is of this one";
  return fail(std::move(diagnostic));
}

/// Checks that the value is a slot that is there to be filled, and by what the
/// operation is: copies announce their bytes.
LogicalResult RoleState::checkAcquired(const Step &step, int64_t tile) {
  if (failed(checkTile(step, tile)))
    return failure();
  Tile &target = tiles[tile];
  auto acquire = dyn_cast<AcquireOp>(target.op);
  if (!acquire) {
    InFlightDiagnostic diagnostic =
        step.op->emitOpError("expected a slot that hopper.acquire gives");
    diagnostic.attachNote(target.op->getLoc()) << "the slot comes from here";
    return fail(std::move(diagnostic));
  }
  bool isCopy = isa<TmaLoadOp>(step.op);
  if (isCopy == (acquire.getBytes() != 0))
    return success();
  InFlightDiagnostic diagnostic =
      step.op->emitOpError("expected a slot acquired with ")
      << (isCopy ? "its bytes" : "0 bytes") << ", but got "
      << acquire.getBytes();
  diagnostic.attachNote(target.op->getLoc()) << "the slot was acquired here";
  return fail(std::move(diagnostic));
}

LogicalResult RoleState::transpose(const Step &step, int64_t tile,
                                   int64_t source) {
  if (failed(checkAcquired(step, tile)) || failed(checkRead(step, source)))
    return failure();
  Tile &target = tiles[tile];
  if (target.bytes != 0) {
    InFlightDiagnostic diagnostic =
        step.op->emitOpError("expected a slot that is filled once");
    diagnostic.attachNote(target.op->getLoc()) << "the slot was acquired here";
    return fail(std::move(diagnostic));
  }
  target.bytes = getExpectedBytes(target);
  record(EventKind::Fill, step, target.channel, target.fill);
  return success();
}

LogicalResult RoleState::copy(const Step &step, int64_t tile) {
  if (failed(checkAcquired(step, tile)))
    return failure();
  Tile &target = tiles[tile];
  // The boxes of the copy: one for each slab.
  auto op = cast<TmaLoadOp>(step.op);
  MemRefType box = op.getMap().getType().getTensor();
  target.bytes += op.getTile().getType().getNumSlabs() * box.getNumElements() *
                  (box.getElementTypeBitWidth() / 8);
  int64_t expected = getExpectedBytes(target);
  if (target.bytes > expected) {
    InFlightDiagnostic diagnostic =
        step.op->emitOpError("expected copies of ")
        << expected << " bytes into the slot, but got " << target.bytes;
    diagnostic.attachNote(target.op->getLoc()) << "the slot was acquired here";
    return fail(std::move(diagnostic));
  }
  if (target.bytes == expected)
    record(EventKind::Fill, step, target.channel, target.fill);
  return success();
}

FailureOr<int64_t> RoleState::wait(const Step &step, int64_t slot,
                                   int64_t phase) {
  Uses &uses = trace.uses[step.index];
  if (failed(checkPosition(step, uses.waits, slot, phase, 0)))
    return failure();
  auto depth = static_cast<size_t>(skeleton.channels[step.index].depth);
  SmallVector<int64_t> &tilesOfWaits = waited[step.index];
  if (tilesOfWaits.size() >= depth) {
    const Tile &before = tiles[tilesOfWaits[tilesOfWaits.size() - depth]];
    if (!before.release) {
      InFlightDiagnostic diagnostic =
          step.op->emitOpError("expected slot ")
          << uses.waits % depth
          << " to be released before the next wait for it";
      diagnostic.attachNote(before.op->getLoc())
          << "it has been held since this wait";
      return fail(std::move(diagnostic));
    }
  }
  uses.wait = step.op;
  record(EventKind::Wait, step, step.index, uses.waits);
  tilesOfWaits.push_back(addTile(step.op, step.index, uses.waits++));
  return tilesOfWaits.back();
}

LogicalResult RoleState::release(const Step &step, int64_t tile) {
  if (failed(checkTile(step, tile)))
    return failure();
  Tile &target = tiles[tile];
  if (!isa<WaitOp>(target.op) || target.release) {
    InFlightDiagnostic diagnostic = step.op->emitOpError(
        target.release ? "expected a slot that is held, but it is released "
                         "already"
                       : "expected a slot that hopper.wait gives");
    diagnostic.attachNote(
        (target.release ? target.release : target.op)->getLoc())
        << (target.release ? "it was released here"
                           : "the slot comes from here");
    return fail(std::move(diagnostic));
  }
  for (size_t i = firstInFlight; i < products.size(); ++i) {
    if (products[i].lhs != tile && products[i].rhs != tile)
      continue;
    InFlightDiagnostic diagnostic = step.op->emitOpError(
        "expected no product in flight that reads the slot");
    diagnostic.attachNote(products[i].op->getLoc())
        << "this product has not been waited for";
    return fail(std::move(diagnostic));
  }
  target.release = step.op;
  record(EventKind::Release, step, target.channel, target.fill);
  return success();
}

LogicalResult RoleState::checkRead(const Step &step, int64_t tile) {
  if (tile == kUnknown)
    return fail(step.op->emitOpError("cannot be checked: its tile does not "
                                     "come from a channel"));
  const Tile &source = tiles[tile];
  if (isa<AcquireOp>(source.op)) {
    InFlightDiagnostic diagnostic = step.op->emitOpError(
        "expected a tile that hopper.wait gives, but it is being filled");
    diagnostic.attachNote(source.op->getLoc()) << "the tile comes from here";
    return fail(std::move(diagnostic));
  }
  if (source.release) {
    InFlightDiagnostic diagnostic = step.op->emitOpError(
        "expected a tile that is held, but it is released already");
    diagnostic.attachNote(source.release->getLoc()) << "it was released here";
    return fail(std::move(diagnostic));
  }
  return success();
}

FailureOr<int64_t> RoleState::multiply(const Step &step, int64_t lhs,
                                       int64_t rhs) {
  if ((step.a >= 0 && failed(checkRead(step, lhs))) ||
      failed(checkRead(step, rhs)))
    return failure();
  products.push_back({step.op, step.a >= 0 ? lhs : -1, rhs, nullptr,
                      step.kind == StepKind::ThreadProduct});
  return products.size() - 1;
}

LogicalResult RoleState::waitForProduct(const Step &step, int64_t product) {
  if (product == kUnknown)
    return fail(step.op->emitOpError("cannot be checked: its pending value "
                                     "does not come from hopper.wgmma"));
  Product &target = products[product];
  if (target.wait) {
    InFlightDiagnostic diagnostic =
        step.op->emitOpError("expected 1 wait for a product, but got 2");
    diagnostic.attachNote(target.wait->getLoc()) << "it was waited for here";
    return fail(std::move(diagnostic));
  }
  target.wait = step.op;
  firstInFlight = std::max<size_t>(firstInFlight, product + 1);
  return success();
}

/// Checks that the wait takes all accumulators of one product, and ends it: up
/// to `groups` later ones may stay in flight (PTX ISA, wgmma.wait_group).
LogicalResult RoleState::waitForThreadProducts(const Step &step,
                                               ArrayRef<int64_t> pending) {
  auto groups = static_cast<size_t>(step.constant);
  if (groups < products.size())
    firstInFlight = std::max(firstInFlight, products.size() - groups);
  if (pending.empty())
    return success();
  if (llvm::is_contained(pending, kUnknown))
    return fail(step.op->emitOpError("cannot be checked: its operands do not "
                                     "come from hopper.thread_wgmma"));
  auto index = static_cast<size_t>(pending[0] / kMostAccumulators);
  const Product &product = products[index];
  bool isWhole = pending.size() == product.op->getNumResults();
  for (auto [i, value] : llvm::enumerate(pending))
    isWhole &= value == getAccumulator(index, i);
  if (!isWhole) {
    InFlightDiagnostic diagnostic = step.op->emitOpError("expected the ")
                                    << product.op->getNumResults()
                                    << " results of one product in their order";
    diagnostic.attachNote(product.op->getLoc())
        << "its first operand comes from this product";
    return fail(std::move(diagnostic));
  }
  if (index < firstInFlight)
    return success();
  InFlightDiagnostic diagnostic =
      step.op->emitOpError("expected at most ")
      << products.size() - index - 1
      << " groups to stay in flight, as many as were issued after the product "
         "that it waits for, but got "
      << groups;
  diagnostic.attachNote(product.op->getLoc()) << "this product is in flight";
  return fail(std::move(diagnostic));
}

LogicalResult RoleState::waitForTurn(const Step &step) {
  if (turn) {
    InFlightDiagnostic diagnostic = step.op->emitOpError(
        "expected the turn to be passed before the next wait for it");
    diagnostic.attachNote(turn->getLoc()) << "the turn was taken here";
    return fail(std::move(diagnostic));
  }
  turn = step.op;
  record(EventKind::TurnWait, step);
  return success();
}

LogicalResult RoleState::passTurn(const Step &step) {
  if (!turn)
    return fail(step.op->emitOpError("expected a hopper.turn_wait before it"));
  turn = nullptr;
  record(EventKind::TurnPass, step);
  return success();
}

/// The end of the role: nothing is left over.
LogicalResult RoleState::finish() {
  for (const Tile &tile : tiles) {
    if (auto acquire = dyn_cast<AcquireOp>(tile.op);
        acquire && acquire.getBytes() == 0 && tile.bytes == 0)
      return fail(
          tile.op->emitOpError("expected a transposition into the slot"));
    if (isa<AcquireOp>(tile.op) && tile.bytes != getExpectedBytes(tile))
      return fail(tile.op->emitOpError("expected copies of ")
                  << getExpectedBytes(tile) << " bytes into the slot, but got "
                  << tile.bytes);
    if (isa<WaitOp>(tile.op) && !tile.release)
      return fail(tile.op->emitOpError(
          "expected the slot to be released before the role ends"));
  }
  for (auto [i, product] : llvm::enumerate(products))
    if (product.isThread ? i >= firstInFlight : !product.wait)
      return fail(product.op->emitOpError(
          "expected 1 wait for the product, but got 0"));
  if (turn)
    return fail(turn->emitOpError(
        "expected the turn to be passed before the role ends"));
  return success();
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

namespace {

class Interpreter {
public:
  Interpreter(const Skeleton &skeleton, const Problem &problem)
      : skeleton(skeleton), problem(problem), state(skeleton, problem),
        values(skeleton.numValues, kUnknown) {}

  /// Fails after an error, and where the trace is cut.
  LogicalResult run(const Steps &steps);

  const Skeleton &skeleton;
  const Problem &problem;
  RoleState state;

private:
  LogicalResult runLoop(const Step &step);
  LogicalResult runBranch(const Step &step);
  LogicalResult runEvent(const Step &step);
  int64_t evaluate(const Step &step);
  void noteBoundary(const Step &step, int64_t a, int64_t b);
  void assign(ArrayRef<ValueId> to, ArrayRef<ValueId> from);
  int64_t get(ValueId id) const { return id < 0 ? 0 : values[id]; }

  std::vector<int64_t> values;
  SmallVector<int64_t> buffer;
};

} // namespace

/// Assigns all values at once: some may be on both sides.
void Interpreter::assign(ArrayRef<ValueId> to, ArrayRef<ValueId> from) {
  buffer.clear();
  for (ValueId id : from)
    buffer.push_back(values[id]);
  for (auto [id, value] : llvm::zip_equal(to, buffer))
    values[id] = value;
}

static int64_t compare(arith::CmpIPredicate predicate, int64_t a, int64_t b) {
  auto ua = static_cast<uint64_t>(a), ub = static_cast<uint64_t>(b);
  auto result = [&] {
    switch (predicate) {
    case arith::CmpIPredicate::eq:
      return a == b;
    case arith::CmpIPredicate::ne:
      return a != b;
    case arith::CmpIPredicate::slt:
      return a < b;
    case arith::CmpIPredicate::sle:
      return a <= b;
    case arith::CmpIPredicate::sgt:
      return a > b;
    case arith::CmpIPredicate::sge:
      return a >= b;
    case arith::CmpIPredicate::ult:
      return ua < ub;
    case arith::CmpIPredicate::ule:
      return ua <= ub;
    case arith::CmpIPredicate::ugt:
      return ua > ub;
    case arith::CmpIPredicate::uge:
      return ua >= ub;
    }
    llvm_unreachable("unknown predicate");
  }();
  return result ? -1 : 0; // an i1, sign-extended
}

/// Notes by how much `a` would have to change for the result to jump, and by
/// one more and one less.
void Interpreter::noteBoundary(const Step &step, int64_t a, int64_t b) {
  // More differ by what is counted in the loop, not by what bounds it.
  constexpr size_t kMost = 64;
  constexpr int64_t kFarthest = int64_t(1) << 20;
  auto &distances = state.trace.distances;
  if (distances.size() >= kMost || std::abs(a) > kFarthest ||
      std::abs(b) > kFarthest)
    return;
  if (step.boundary == Boundary::Equal) {
    // In rows, and in tiles.
    distances.insert(b - a);
    for (int64_t near : {-1, 0, 1})
      distances.insert((b - a + near) * state.trace.unit);
  } else if (b > 1) {
    state.trace.unit = std::max(state.trace.unit, b);
    int64_t rest = llvm::mod(a, b);
    for (int64_t near : {-1, 0, 1}) {
      distances.insert(near - rest);
      distances.insert(near - rest + b);
    }
  }
}

int64_t Interpreter::evaluate(const Step &step) {
  switch (step.kind) {
  case StepKind::Constant:
    return step.constant;
  case StepKind::Parameter:
    return problem.parameters[step.index];
  case StepKind::BlockId:
    return problem.blockId;
  case StepKind::GridSize:
    return problem.gridSize;
  case StepKind::Load: {
    int64_t a = get(step.a), b = get(step.b);
    if (a == kUnknown || b == kUnknown || problem.memory.empty())
      return kUnknown;
    uint64_t place = problem.salt + 3 * step.index + 5 * a + 7 * b;
    return llvm::SignExtend64(problem.memory[place % problem.memory.size()],
                              step.width);
  }
  case StepKind::Select: {
    int64_t condition = values[step.a];
    if (condition != kUnknown)
      return condition != 0 ? values[step.b] : values[step.c];
    return values[step.b] == values[step.c] ? values[step.b] : kUnknown;
  }
  default:
    break;
  }
  int64_t a = get(step.a), b = get(step.b);
  if (a == kUnknown || b == kUnknown)
    return kUnknown;
  if (step.boundary != Boundary::None)
    noteBoundary(step, a, b);
  if (step.kind == StepKind::Compare)
    return compare(step.predicate, a, b);
  return step.function(a, b, step.width);
}

/// How often a loop runs. Numbers are sign-extended, which keeps the unsigned
/// order and differences; a stride that is unsigned is below 2^width.
static uint64_t getTrips(int64_t lower, int64_t upper, uint64_t stride,
                         bool isUnsigned) {
  auto first = static_cast<uint64_t>(lower), end = static_cast<uint64_t>(upper);
  if (isUnsigned ? first >= end : lower >= upper)
    return 0;
  return (end - first - 1) / stride + 1;
}

LogicalResult Interpreter::runLoop(const Step &step) {
  const Nested &loop = skeleton.nested[step.index];
  int64_t lower = values[step.a], upper = values[step.b],
          stride = values[step.c];
  bool isUnsigned = cast<scf::ForOp>(step.op).getUnsignedCmp();
  bool goesUp = isUnsigned ? stride != 0 : stride > 0;
  if (lower == kUnknown || upper == kUnknown || stride == kUnknown || !goesUp) {
    if (loop.isActive)
      return state.fail(step.op->emitOpError(
          "cannot be checked: its bounds do not follow from sizes and block "
          "ids"));
    for (ValueId result : loop.results)
      values[result] = kUnknown;
    return success();
  }
  assign(loop.arguments, loop.inits);
  uint64_t trips = getTrips(
      lower, upper,
      static_cast<uint64_t>(stride) &
          llvm::maskTrailingOnes<uint64_t>(isUnsigned ? step.width : 64),
      isUnsigned);
  for (uint64_t trip = 0; trip < trips; ++trip) {
    values[loop.induction] = llvm::SignExtend64(
        lower + trip * static_cast<uint64_t>(stride), step.width);
    if (failed(run(loop.bodies[0])))
      return failure();
    assign(loop.arguments, loop.yields[0]);
  }
  assign(loop.results, loop.arguments);
  return success();
}

LogicalResult Interpreter::runBranch(const Step &step) {
  const Nested &branch = skeleton.nested[step.index];
  int64_t condition = values[step.a];
  if (condition == kUnknown) {
    if (branch.isActive)
      return state.fail(step.op->emitOpError(
          "cannot be checked: its condition does not follow from sizes and "
          "block ids"));
    for (ValueId result : branch.results)
      values[result] = kUnknown;
    return success();
  }
  unsigned taken = condition != 0 ? 0 : 1;
  if (failed(run(branch.bodies[taken])))
    return failure();
  assign(branch.results, branch.yields[taken]);
  return success();
}

LogicalResult Interpreter::runEvent(const Step &step) {
  FailureOr<int64_t> result = 0;
  LogicalResult done = success();
  switch (step.kind) {
  case StepKind::LoadTile:
    result = state.load(step);
    break;
  case StepKind::Acquire:
    result = state.acquire(step, get(step.a), get(step.b));
    break;
  case StepKind::TmaLoad:
    done = state.copy(step, values[step.a]);
    break;
  case StepKind::Transpose:
    done = state.transpose(step, values[step.a], values[step.b]);
    break;
  case StepKind::Wait:
    result = state.wait(step, get(step.a), get(step.b));
    break;
  case StepKind::Release:
    done = state.release(step, values[step.a]);
    break;
  case StepKind::Product:
  case StepKind::ThreadProduct:
    result = state.multiply(step, get(step.a), values[step.b]);
    if (step.kind == StepKind::ThreadProduct && succeeded(result))
      for (auto [i, id] : llvm::enumerate(skeleton.accumulators[step.index]))
        values[id] = getAccumulator(*result, i);
    break;
  case StepKind::ProductWait:
    done = state.waitForProduct(step, values[step.a]);
    break;
  case StepKind::ThreadProductWait:
    buffer.clear();
    for (ValueId id : skeleton.accumulators[step.index])
      buffer.push_back(values[id]);
    done = state.waitForThreadProducts(step, buffer);
    break;
  case StepKind::TurnWait:
    done = state.waitForTurn(step);
    break;
  default:
    done = state.passTurn(step);
    break;
  }
  if (failed(result) || failed(done))
    return failure();
  if (step.result >= 0)
    values[step.result] = *result;
  return success();
}

LogicalResult Interpreter::run(const Steps &steps) {
  state.trace.steps += steps.size() + 1;
  if (state.trace.steps > kMaxSteps) {
    state.trace.isCut = true;
    return failure();
  }
  for (const Step &step : steps) {
    LogicalResult result = success();
    if (step.kind < StepKind::Loop)
      values[step.result] = evaluate(step);
    else if (step.kind == StepKind::Loop)
      result = runLoop(step);
    else if (step.kind == StepKind::Branch)
      result = runBranch(step);
    else
      result = runEvent(step);
    if (failed(result))
      return failure();
  }
  return success();
}

FailureOr<Trace> protocol::runRole(const Skeleton &skeleton, const Steps &role,
                                   const Problem &problem) {
  Interpreter interpreter(skeleton, problem);
  if (succeeded(interpreter.run(skeleton.prelude)) &&
      succeeded(interpreter.run(role)) && succeeded(interpreter.state.finish()))
    return std::move(interpreter.state.trace);
  if (interpreter.state.trace.isCut)
    return std::move(interpreter.state.trace);
  return failure();
}
