//===- PlaceWaits.cpp - Hold waits for products in the softmax ------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERPLACEWAITS
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

/// The operations in front of a wait in its block, from the wait before it or
/// the issue of its product on.
static SmallVector<Operation *> getOperationsBefore(ThreadWgmmaWaitOp wait) {
  SmallVector<Operation *> operations;
  auto issues = [&](Operation *op) {
    return llvm::any_of(wait.getPending(), [&](Value pending) {
      return pending.getDefiningOp() == op;
    });
  };
  for (Operation *op = wait->getPrevNode();
       op && !isa<ThreadWgmmaWaitOp>(op) && op->getNumRegions() == 0 &&
       !issues(op);
       op = op->getPrevNode())
    operations.push_back(op);
  std::reverse(operations.begin(), operations.end());
  return operations;
}

/// What the first `count` exponentials have been added up to: sums that depend
/// on no later one and go into no other such sum, and those that are the first
/// of their sum. None where the second product adds them up: adding them for
/// the hold would take an instruction for each.
static SmallVector<Operation *> getSums(ArrayRef<Operation *> operations,
                                        int64_t count) {
  // The number of the last exponential that an operation depends on.
  DenseMap<Operation *, int64_t> last;
  int64_t seen = 0;
  llvm::SetVector<Operation *> sums;
  for (Operation *op : operations) {
    int64_t &number = last[op];
    if (isa<math::Exp2Op>(op)) {
      number = ++seen;
      if (number <= count &&
          llvm::any_of(op->getUsers(), llvm::IsaPred<arith::AddFOp>))
        sums.insert(op);
      continue;
    }
    for (Value operand : op->getOperands())
      if (Operation *def = operand.getDefiningOp())
        number = std::max(number, last.lookup(def));
    if (!isa<arith::AddFOp>(op) || number == 0 || number > count)
      continue;
    for (Value operand : op->getOperands())
      sums.remove(operand.getDefiningOp());
    sums.insert(op);
  }
  return sums.takeVector();
}

/// Moves `op`, and what it depends on, in front of `point` in its block.
static void moveBefore(Operation *op, Operation *point) {
  if (op->getBlock() != point->getBlock() || op->isBeforeInBlock(point))
    return;
  for (Value operand : op->getOperands())
    if (Operation *def = operand.getDefiningOp())
      moveBefore(def, point);
  op->moveBefore(point);
}

/// Puts the wait behind `percent` of the exponentials in front of it; false if
/// there are none, or it has a place.
static bool place(ThreadWgmmaWaitOp wait, int64_t percent) {
  if (isa_and_nonnull<HoldOp>(wait->getPrevNode())) {
    wait.emitRemark("left as it is: it is held already");
    return false;
  }
  SmallVector<Operation *> operations = getOperationsBefore(wait);
  int64_t total = llvm::count_if(operations, llvm::IsaPred<math::Exp2Op>);
  int64_t count = total * percent / 100;
  if (count == 0)
    return false;
  int64_t left = count;
  Operation *lastPower = *llvm::find_if(operations, [&](Operation *op) {
    return isa<math::Exp2Op>(op) && --left == 0;
  });
  SmallVector<Operation *> sums = getSums(operations, count);
  if (sums.empty())
    sums.push_back(lastPower);
  SmallVector<Value> values;
  for (Operation *sum : sums)
    values.push_back(sum->getResult(0));

  // The sums follow the last of these exponentials, each behind what it needs,
  // and the hold follows them.
  OpBuilder builder(wait);
  builder.setInsertionPointAfter(lastPower);
  auto hold = HoldOp::create(builder, wait.getLoc(), values);
  for (Operation *sum : sums)
    if (sum != lastPower)
      moveBefore(sum, hold);
  Operation *end = wait->getNextNode();
  wait->moveAfter(hold);
  if (isa<ReleaseOp>(end))
    end->moveAfter(wait);
  // What only later exponentials need is not computed before the wait either.
  for (Operation *op : llvm::reverse(operations))
    if (op->isBeforeInBlock(hold) && isPure(op) &&
        llvm::all_of(op->getUsers(), [&](Operation *user) {
          Operation *inBlock = wait->getBlock()->findAncestorOpInBlock(*user);
          return inBlock && wait->isBeforeInBlock(inBlock);
        }))
      op->moveBefore(wait->getNextNode());
  return true;
}

namespace {

struct PlaceWaitsPass : hopper::impl::HopperPlaceWaitsBase<PlaceWaitsPass> {
  void runOnOperation() override {
    auto config =
        getOperation()->getAttrOfType<attn::ConfigAttr>(attn::kConfigAttrName);
    if (!config || !config.getPin())
      return;
    SmallVector<ThreadWgmmaWaitOp> waits;
    WalkResult result = getOperation().walk([&](Operation *op) -> WalkResult {
      if (isa<WgmmaWaitOp>(op))
        return op->emitOpError(
            "cannot be held: expected a wait of threads; run "
            "hopper-distribute-vectors first");
      if (auto wait = dyn_cast<ThreadWgmmaWaitOp>(op);
          wait && wait.getGroups() == 0)
        waits.push_back(wait);
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      return signalPassFailure();
    for (ThreadWgmmaWaitOp wait : waits)
      numPlaced += place(wait, *config.getPin());
  }
};

} // namespace
