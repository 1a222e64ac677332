//===- HoistReleases.cpp - Hand slots back behind their last reader -------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERHOISTRELEASES
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

/// What reads `tile`: its users but the releases, the waits for the products
/// among them, and whoever is handed the tile or such a product by a loop or a
/// branch.
static DenseSet<Operation *> findReaders(Value tile) {
  DenseSet<Operation *> readers;
  DenseSet<Value> seen = {tile};
  SmallVector<Value> work = {tile};
  auto visit = [&](Value value) {
    if (seen.insert(value).second)
      work.push_back(value);
  };
  while (!work.empty()) {
    Value value = work.pop_back_val();
    for (OpOperand &use : value.getUses()) {
      Operation *user = use.getOwner();
      if (isa<ReleaseOp>(user))
        continue;
      readers.insert(user);
      if (auto product = dyn_cast<WgmmaOp>(user)) {
        visit(product.getResult());
      } else if (auto loop = dyn_cast<scf::ForOp>(user)) {
        visit(loop.getTiedLoopRegionIterArg(&use));
        visit(loop.getTiedLoopResult(&use));
      } else if (isa<scf::YieldOp>(user)) {
        Operation *parent = user->getParentOp();
        visit(parent->getResult(use.getOperandNumber()));
        if (auto loop = dyn_cast<scf::ForOp>(parent))
          visit(loop.getRegionIterArg(use.getOperandNumber()));
      }
    }
  }
  return readers;
}

/// The last operation of `block` in front of `end`, none for its end, that is a
/// reader or holds one.
static Operation *findLastReader(const DenseSet<Operation *> &readers,
                                 Block *block, Operation *end) {
  Operation *last = nullptr;
  for (Operation *reader : readers) {
    Operation *ancestor = block->findAncestorOpInBlock(*reader);
    if (ancestor && (!end || ancestor->isBeforeInBlock(end)) &&
        (!last || last->isBeforeInBlock(ancestor)))
      last = ancestor;
  }
  return last;
}

/// Whether `branch` goes on with something else behind the last reader in it.
static bool goesOn(scf::IfOp branch, const DenseSet<Operation *> &readers) {
  return llvm::any_of(branch->getRegions(), [&](Region &region) {
    if (region.empty())
      return false;
    Operation *last = findLastReader(readers, &region.front(), nullptr);
    return !last || !isa<scf::YieldOp>(last->getNextNode());
  });
}

/// Moves `release` up behind the last reader in its block, and into the branch
/// that holds it.
static void hoist(ReleaseOp release, const DenseSet<Operation *> &readers) {
  Operation *last = findLastReader(readers, release->getBlock(), release);
  // The tile comes in by an argument or from the wait in front.
  if (!last)
    return;
  // Behind those that stand there already, so that a second run changes
  // nothing.
  Operation *place = last;
  while (isa<ReleaseOp>(place->getNextNode()) &&
         place->getNextNode() != release)
    place = place->getNextNode();
  if (place->getNextNode() != release)
    release->moveAfter(place);
  auto branch = dyn_cast<scf::IfOp>(last);
  if (!branch || branch.getElseRegion().empty() || !goesOn(branch, readers))
    return;
  for (Region &region : branch->getRegions()) {
    Block &block = region.front();
    OpBuilder builder(block.getTerminator());
    auto inner = cast<ReleaseOp>(builder.clone(*release));
    if (findLastReader(readers, &block, nullptr))
      hoist(inner, readers);
    else
      inner->moveBefore(&block, block.begin());
  }
  release.erase();
}

namespace {

struct HoistReleasesPass
    : hopper::impl::HopperHoistReleasesBase<HoistReleasesPass> {
  void runOnOperation() override {
    SmallVector<ReleaseOp> releases;
    getOperation().walk(
        [&](ReleaseOp release) { releases.push_back(release); });
    for (ReleaseOp release : releases)
      hoist(release, findReaders(release.getTile()));
  }
};

} // namespace
