//===- PipelineLoop.cpp - Apply the schedules of loops --------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoopDependences.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/Transforms/Transforms.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/RegionUtils.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERPIPELINELOOP
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

/// The prologue has a copy of the body for each stage, and no ring has more
/// slots than this that a pipeline could be ahead by.
static constexpr int64_t kLastStage = 32;

namespace {

/// An operation and its place, in the order of the pipelined body.
using Schedule = std::vector<std::pair<Operation *, unsigned>>;

struct PipelineLoopPass
    : hopper::impl::HopperPipelineLoopBase<PipelineLoopPass> {
  void runOnOperation() override {
    SmallVector<scf::ForOp> loops;
    getOperation().walk([&](scf::ForOp loop) {
      if (llvm::any_of(loop.getBody()->without_terminator(), [](Operation &op) {
            return op.hasAttr(kScheduleAttrName);
          }))
        loops.push_back(loop);
    });
    for (scf::ForOp loop : loops)
      if (failed(pipeline(loop)))
        return signalPassFailure();
    getOperation().walk(
        [](Operation *op) { op->removeAttr(kScheduleAttrName); });
  }

  LogicalResult pipeline(scf::ForOp loop);
};

} // namespace

/// Reads the schedule off the loop, and checks that every operation has one and
/// runs behind what it depends on.
static FailureOr<Schedule> readSchedule(scf::ForOp loop) {
  auto getPlace = [](Operation *op) {
    return op->getAttrOfType<ScheduleAttr>(kScheduleAttrName);
  };
  for (Operation &op : loop.getBody()->without_terminator()) {
    if (!getPlace(&op))
      return op.emitOpError("expected a ")
             << kScheduleAttrName << " as the loop's other operations have";
    if (getPlace(&op).getStage() > kLastStage)
      return op.emitOpError("expected a stage of at most ")
             << kLastStage << ", but got " << getPlace(&op).getStage();
  }
  for (Value carried : loop.getYieldedValues())
    if (auto argument = dyn_cast<BlockArgument>(carried);
        argument && argument.getOwner() == loop.getBody())
      return loop.emitOpError(
          "cannot be pipelined: expected each value that it "
          "carries to be computed in its body or in front "
          "of it");
  SmallVector<LoopDependence> dependences = findLoopDependences(loop);
  if (const LoopDependence *broken = findBrokenDependence(loop, dependences)) {
    InFlightDiagnostic diag =
        broken->after->emitOpError("expected to be scheduled behind ")
        << broken->describe();
    if (broken->distance == 1)
      diag << " of the iteration before";
    else if (broken->distance > 1)
      diag << " of " << broken->distance << " iterations before";
    else if (broken->distance < 0)
      diag << " of " << -broken->distance << " iterations later";
    ScheduleAttr after = getPlace(broken->after);
    ScheduleAttr before = getPlace(broken->before);
    diag << ", but got stage " << after.getStage() << ", cluster "
         << after.getCluster() << " before stage " << before.getStage()
         << ", cluster " << before.getCluster();
    diag.attachNote(broken->before->getLoc())
        << (broken->kind == DependenceKind::Operand
                ? "the operand is computed here"
                : "which stands here");
    return diag;
  }
  // A tile is a place in shared memory, and loops carry no places.
  for (const LoopDependence &dependence : dependences) {
    auto [before, after, distance, kind] = dependence;
    if (kind != DependenceKind::Operand || !isa<AcquireOp, WaitOp>(before) ||
        getPlace(before).getStage() == getPlace(after).getStage())
      continue;
    InFlightDiagnostic diag =
        after->emitOpError("expected to be in stage ")
        << getPlace(before).getStage()
        << " with the operation that gives its tile, but got stage "
        << getPlace(after).getStage();
    diag.attachNote(before->getLoc()) << "which stands here";
    return diag;
  }
  Schedule schedule;
  for (Operation *op : getScheduledOrder(loop))
    schedule.push_back({op, static_cast<unsigned>(getPlace(op).getStage())});
  return schedule;
}

LogicalResult PipelineLoopPass::pipeline(scf::ForOp loop) {
  FailureOr<Schedule> schedule = readSchedule(loop);
  if (failed(schedule))
    return failure();
  unsigned lastStage = 0;
  for (auto [op, stage] : *schedule)
    lastStage = std::max(lastStage, stage);
  if (lastStage == 0) {
    // One stage is an order, and no pipeline.
    for (auto [op, stage] : *schedule)
      op->moveBefore(loop.getBody()->getTerminator());
    return success();
  }

  // The pipeline is built for at least `lastStage` iterations: its prologue
  // and epilogue then need no conditions, which no matrix product could bear.
  Location loc = loop.getLoc();
  IRRewriter rewriter(loop);
  Value range = arith::SubIOp::create(rewriter, loc, loop.getUpperBound(),
                                      loop.getLowerBound());
  Value trips =
      arith::CeilDivSIOp::create(rewriter, loc, range, loop.getStep());
  Value least = arith::ConstantOp::create(
      rewriter, loc, rewriter.getIntegerAttr(trips.getType(), lastStage));
  Value enough = arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::sge,
                                       trips, least);
  auto guard = scf::IfOp::create(rewriter, loc, loop.getResultTypes(), enough,
                                 /*withElseRegion=*/true);
  // Without results it comes with its terminators.
  for (Block *block : {guard.thenBlock(), guard.elseBlock()})
    if (!block->empty())
      rewriter.eraseOp(&block->back());
  rewriter.setInsertionPointToEnd(guard.elseBlock());
  if (lastStage == 1) {
    scf::YieldOp::create(rewriter, loc, loop.getInitArgs());
  } else {
    Operation *unpipelined = rewriter.clone(*loop);
    scf::YieldOp::create(rewriter, loc, unpipelined->getResults());
  }
  loop.replaceAllUsesWith(guard.getResults());
  rewriter.setInsertionPointToEnd(guard.thenBlock());
  auto yield = scf::YieldOp::create(rewriter, loc, loop.getResults());
  rewriter.moveOpBefore(loop, yield);

  SmallVector<Value> predicates;
  scf::PipeliningOption options;
  options.getScheduleFn = [&](scf::ForOp, Schedule &order) {
    order = *schedule;
  };
  options.peelEpilogue = true;
  options.supportDynamicLoops = true;
  options.predicateFn = [&](RewriterBase &, Operation *op, Value predicate) {
    predicates.push_back(predicate);
    return op;
  };
  rewriter.setInsertionPoint(loop);
  if (failed(scf::pipelineForLoop(rewriter, loop, options)))
    return guard.emitOpError("cannot apply the schedule of this loop");
  rewriter.setInsertionPointToStart(guard.thenBlock());
  Value always = arith::ConstantIntOp::create(rewriter, loc, 1, 1);
  for (Value predicate : predicates)
    if (predicate)
      rewriter.replaceAllUsesWith(predicate, always);
  return success();
}
