//===- ScheduleLoop.cpp - Decide the software pipeline --------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Stages follow from dependences, clusters from where an operation stands to
// the matrix products:
//
//   cluster 0 … n-1  what the product of stage s needs, and its issue
//   cluster n        stage 0 behind its product: the wait and the softmax
//   cluster n+1      later stages behind their products
//   cluster n+2      what writes the registers that a product reads: only now
//                    is the product of the iteration before over
//
//===----------------------------------------------------------------------===//

#include "LoopDependences.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERSCHEDULELOOP
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

namespace {

class LoopScheduler {
public:
  explicit LoopScheduler(scf::ForOp loop) : loop(loop), body(loop.getBody()) {}

  void run();

private:
  bool schedule();
  void findDependences();
  LogicalResult computeStages();
  void sinkToUsers();
  void shiftBehindCopies();
  void runAheadOfTranspositions();
  void computeClusters();
  DenseSet<Operation *> findProductSlices();
  SmallVector<Operation *> getWriters(Value operand);

  scf::ForOp loop;
  Block *body;
  int64_t lastStage = 0;
  /// What an operation must not run before, in its own iteration.
  DenseMap<Operation *, SmallVector<Operation *>> dependences;
  /// The same of iterations before it, with how many: values, and all else.
  DenseMap<Operation *, SmallVector<std::pair<Operation *, int64_t>>>
      carriedOperands, carriedDependences;
  DenseSet<Operation *> behindProduct;
  DenseMap<Operation *, int64_t> stages, clusters;
};

} // namespace

void LoopScheduler::findDependences() {
  for (const LoopDependence &dependence : findLoopDependences(loop)) {
    if (dependence.distance <= 0)
      dependences[dependence.after].push_back(dependence.before);
    else
      (dependence.kind == DependenceKind::Operand
           ? carriedOperands
           : carriedDependences)[dependence.after]
          .push_back({dependence.before, dependence.distance});
  }
}

/// Fails where no stages satisfy the dependences: a product that waits for one
/// of the iteration before would have to run later and later.
LogicalResult LoopScheduler::computeStages() {
  int64_t products = llvm::range_size(body->getOps<WgmmaOp>());
  bool changed = true;
  while (changed) {
    changed = false;
    for (Operation &op : body->without_terminator()) {
      int64_t stage = stages.lookup(&op);
      bool behind = false;
      for (Operation *before : dependences[&op]) {
        behind |= behindProduct.contains(before) || isa<WgmmaOp>(before);
        stage = std::max(stage, stages.lookup(before));
      }
      // A value of iterations before can be taken up in the pass in which it is
      // computed; a slot or a turn no earlier than where it comes from.
      for (auto [before, distance] : carriedOperands[&op])
        stage = std::max(stage, stages.lookup(before) - distance);
      for (auto [before, distance] : carriedDependences[&op])
        stage = std::max(stage, stages.lookup(before) - (distance - 1));
      if (auto product = dyn_cast<WgmmaOp>(op)) {
        Operation *lhs = product.getLhs().getDefiningOp();
        if (lhs && behindProduct.contains(lhs))
          stage = std::max(stage, stages.lookup(lhs) + 1);
      }
      if (behind)
        changed |= behindProduct.insert(&op).second;
      changed |= stage != stages.lookup(&op);
      stages[&op] = stage;
      lastStage = std::max(lastStage, stage);
      if (lastStage > products)
        return failure();
    }
  }
  return success();
}

/// Moves waits for operands, what only spreads a value over more registers, and
/// what works on an accumulator between two products, to the stage of their
/// first user.
void LoopScheduler::sinkToUsers() {
  for (Operation &op : llvm::reverse(body->without_terminator())) {
    bool accumulates =
        llvm::any_of(carriedOperands[&op], [&](const auto &carried) {
          return stages.lookup(carried.first) > stages.lookup(&op);
        });
    if (!accumulates &&
        !isa<WaitOp, vector::BroadcastOp, vector::ShapeCastOp>(op))
      continue;
    int64_t earliest = lastStage;
    bool used = false;
    for (Operation &user : body->without_terminator())
      if (llvm::is_contained(dependences[&user], &op)) {
        earliest = std::min(earliest, stages.lookup(&user));
        used = true;
      }
    bool carried = llvm::any_of(op.getUsers(), [&](Operation *user) {
      return user == body->getTerminator();
    });
    if (used && !carried)
      stages[&op] = earliest;
  }
}

/// Whether an operation is part of a copy, or of what makes room for one.
static bool isCopy(Operation *op) {
  auto acquire = dyn_cast<AcquireOp>(op);
  return acquire ? llvm::any_of(acquire.getTile().getUsers(),
                                llvm::IsaPred<TmaLoadOp>)
                 : isa<TmaLoadOp>(op);
}

/// Without a producer of their own, the consumers issue the copies: an
/// iteration ahead, so that they are under way while the one before computes.
void LoopScheduler::shiftBehindCopies() {
  DenseSet<Operation *> copies;
  SmallVector<Operation *> work;
  for (Operation &op : body->without_terminator())
    if (isCopy(&op))
      work.push_back(&op);
  if (work.empty())
    return;
  while (!work.empty()) {
    Operation *op = work.pop_back_val();
    if (copies.insert(op).second)
      llvm::append_range(work, dependences[op]);
  }
  for (Operation &op : body->without_terminator())
    if (!copies.contains(&op))
      ++stages[&op];
  ++lastStage;
}

/// A producer that transposes what it has copied issues the copies of the next
/// iteration first, so that they are under way meanwhile.
void LoopScheduler::runAheadOfTranspositions() {
  shiftBehindCopies();
  for (Operation &op : body->without_terminator())
    clusters[&op] = stages.lookup(&op);
}

/// What must have run before a product of the same stage is issued, and the
/// products themselves.
DenseSet<Operation *> LoopScheduler::findProductSlices() {
  DenseSet<Operation *> slices;
  SmallVector<Operation *> work;
  for (Operation &op : body->without_terminator())
    if (isa<WgmmaOp>(op))
      work.push_back(&op);
  while (!work.empty()) {
    Operation *op = work.pop_back_val();
    if (!slices.insert(op).second)
      continue;
    for (Operation *before : dependences[op])
      if (stages.lookup(before) == stages.lookup(op))
        work.push_back(before);
  }
  return slices;
}

/// The operations of the body that write the registers of a product's operand:
/// the one that defines it, and behind a branch those that define what it
/// yields.
SmallVector<Operation *> LoopScheduler::getWriters(Value operand) {
  SmallVector<Operation *> writers;
  Operation *def = operand.getDefiningOp();
  if (!def || def->getBlock() != body)
    return writers;
  writers.push_back(def);
  if (auto branch = dyn_cast<scf::IfOp>(def)) {
    unsigned number = cast<OpResult>(operand).getResultNumber();
    for (Region *region : branch.getRegions())
      llvm::append_range(
          writers,
          getWriters(region->front().getTerminator()->getOperand(number)));
  }
  return writers;
}

void LoopScheduler::computeClusters() {
  int64_t behind = lastStage + 1;
  int64_t firstStage = lastStage;
  for (Operation &op : body->without_terminator())
    if (isa<WgmmaOp>(op))
      firstStage = std::min(firstStage, stages.lookup(&op));
  DenseSet<Operation *> slices = findProductSlices();
  for (Operation &op : body->without_terminator()) {
    int64_t stage = stages.lookup(&op);
    if (slices.contains(&op))
      clusters[&op] = stage;
    else if (stage > firstStage)
      clusters[&op] = behind + 1;
    else
      clusters[&op] = behind;
  }
  // The registers of a product in flight are written last.
  for (Operation &op : body->without_terminator())
    if (auto product = dyn_cast<WgmmaOp>(op))
      if (isa<VectorType>(product.getLhs().getType()))
        for (Operation *lhs : getWriters(product.getLhs()))
          if (stages.lookup(lhs) < stages.lookup(&op))
            clusters[lhs] = behind + 2;
  // What takes up a value of the iteration before in the pass that computes it
  // stands behind that, and what depends on it further behind.
  for (Operation &op : body->without_terminator()) {
    int64_t &cluster = clusters[&op];
    for (auto [before, distance] : carriedOperands[&op])
      if (stages.lookup(before) == stages.lookup(&op) + distance)
        cluster = std::max(cluster, clusters.lookup(before) + 1);
    for (Operation *before : dependences[&op])
      if (stages.lookup(before) == stages.lookup(&op))
        cluster = std::max(cluster, clusters.lookup(before));
  }
  // A copy follows the release that makes room for it; what it depends on
  // comes first of all.
  for (Operation &op : body->without_terminator()) {
    Value channel;
    if (auto acquire = dyn_cast<AcquireOp>(op))
      channel = acquire.getChannel();
    else if (auto load = dyn_cast<TmaLoadOp>(op))
      channel = load.getChannel();
    else if (stages.lookup(&op) < firstStage)
      clusters[&op] = 0;
    if (!channel)
      continue;
    for (Operation *user : channel.getUsers())
      if (isa<ReleaseOp>(user) && user->getBlock() == body)
        clusters[&op] = clusters.lookup(user) + 1;
  }
}

/// Gives each operation a stage and a cluster; false, with a remark, where that
/// cannot be.
bool LoopScheduler::schedule() {
  if (body->getOps<WgmmaOp>().empty()) {
    runAheadOfTranspositions();
    return true;
  }
  if (failed(computeStages())) {
    loop.emitRemark(
        "cannot be pipelined: a matrix product depends, through the values or "
        "slots that the loop carries, on a later one of the iteration before");
    return false;
  }
  sinkToUsers();
  shiftBehindCopies();
  computeClusters();
  return true;
}

void LoopScheduler::run() {
  findDependences();
  if (!schedule())
    return;
  MLIRContext *context = loop.getContext();
  for (Operation &op : body->without_terminator())
    op.setAttr(kScheduleAttrName, ScheduleAttr::get(context, stages.lookup(&op),
                                                    clusters.lookup(&op)));
  // Where no place satisfies all, as where two products of different stages
  // share a channel, the loop stays as it is.
  SmallVector<LoopDependence> dependences = findLoopDependences(loop);
  const LoopDependence *broken = findBrokenDependence(loop, dependences);
  if (!broken)
    return;
  for (Operation &op : body->without_terminator())
    op.removeAttr(kScheduleAttrName);
  InFlightDiagnostic remark = loop.emitRemark("cannot be pipelined: ")
                              << broken->after->getName()
                              << " would run in front of "
                              << broken->describe();
  remark.attachNote(broken->after->getLoc()) << "which stands here";
}

/// Whether somebody has moved products and waits apart: without a schedule each
/// product is waited for at once.
static bool isOrdered(Block *body) {
  return llvm::any_of(body->getOps<WgmmaOp>(), [](WgmmaOp product) {
    auto wait = dyn_cast<WgmmaWaitOp>(product->getNextNode());
    return !wait || wait.getPending() != product.getResult();
  });
}

namespace {

struct ScheduleLoopPass
    : hopper::impl::HopperScheduleLoopBase<ScheduleLoopPass> {
  void runOnOperation() override {
    getOperation().walk([&](scf::ForOp loop) {
      Block *body = loop.getBody();
      if (body->getOps<WgmmaOp>().empty() &&
          body->getOps<TransposeOp>().empty())
        return;
      bool scheduled = llvm::any_of(
          *body, [](Operation &op) { return op.hasAttr(kScheduleAttrName); });
      if (scheduled)
        loop.emitRemark("left as it is: it has a schedule already");
      else if (isOrdered(body))
        loop.emitRemark("left as it is: other operations stand between its "
                        "products and the waits for them already");
      else
        LoopScheduler(loop).run();
    });
  }
};

} // namespace
