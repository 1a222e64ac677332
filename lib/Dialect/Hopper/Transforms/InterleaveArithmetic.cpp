//===- InterleaveArithmetic.cpp - Use values soon after they are computed -===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An operation on a tile becomes one for each element that a thread holds, all
// behind each other, and the results of all of them are live until the next
// operation on the tile takes them. Here each element goes through the whole
// chain before the next one begins. Order matters though nothing depends on it:
// the register allocation of ptxas begins with the order that it is given.
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "llvm/ADT/SetVector.h"
#include <set>

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERINTERLEAVEARITHMETIC
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

/// Whether an operation may move among its like.
static bool isArithmetic(Operation &op) {
  return op.getNumRegions() == 0 && isPure(&op) &&
         !op.hasTrait<OpTrait::IsTerminator>();
}

/// Orders the operations of a run so that each stands behind its operands, and
/// as soon as it can: of those that can stand next, the latest one that uses a
/// result of the run, or else the first.
static SmallVector<Operation *> order(ArrayRef<Operation *> run) {
  DenseMap<Operation *, size_t> place;
  for (auto [i, op] : llvm::enumerate(run))
    place[op] = i;
  SmallVector<unsigned> missing(run.size(), 0);
  SmallVector<SmallVector<size_t, 2>> users(run.size());
  for (auto [i, op] : llvm::enumerate(run)) {
    llvm::SmallSetVector<Operation *, 4> defs;
    for (Value operand : op->getOperands())
      if (Operation *def = operand.getDefiningOp(); def && place.contains(def))
        defs.insert(def);
    missing[i] = defs.size();
    for (Operation *def : defs)
      users[place[def]].push_back(i);
  }
  std::set<size_t> sources, consumers;
  for (size_t i = 0; i < run.size(); ++i)
    if (missing[i] == 0)
      sources.insert(i);
  SmallVector<Operation *> ordered;
  while (!sources.empty() || !consumers.empty()) {
    size_t next;
    if (!consumers.empty()) {
      next = *consumers.rbegin();
      consumers.erase(next);
    } else {
      next = *sources.begin();
      sources.erase(next);
    }
    ordered.push_back(run[next]);
    for (size_t user : users[next])
      if (--missing[user] == 0)
        consumers.insert(user);
  }
  return ordered;
}

namespace {

struct InterleaveArithmeticPass
    : hopper::impl::HopperInterleaveArithmeticBase<InterleaveArithmeticPass> {
  void runOnOperation() override {
    getOperation().walk([](Block *block) {
      SmallVector<Operation *> run;
      auto finish = [&](Operation *end) {
        for (Operation *op : order(run))
          op->moveBefore(end);
        run.clear();
      };
      SmallVector<Operation *> operations;
      for (Operation &op : *block)
        operations.push_back(&op);
      for (Operation *op : operations) {
        if (isArithmetic(*op))
          run.push_back(op);
        else
          finish(op);
      }
    });
  }
};

} // namespace
