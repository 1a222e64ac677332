//===- MakePersistent.cpp - Blocks that take one tile after another -------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERMAKEPERSISTENT
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

namespace {

struct MakePersistentPass
    : hopper::impl::HopperMakePersistentBase<MakePersistentPass> {
  void runOnOperation() override {
    gpu::GPUFuncOp kernel = getOperation();
    auto grid = kernel->getAttrOfType<ExpressionAttr>(kGridAttrName);
    SmallVector<gpu::BlockIdOp> ids(kernel.getOps<gpu::BlockIdOp>());
    if (!grid || ids.size() != 1 || kernel->hasAttr(kPersistentAttrName))
      return;
    // Without a loop over keys the tiles of the one for blocks would be taken
    // for its own, and get slots that there is no room for.
    WalkResult loops = kernel.walk(
        [](LoopLikeOpInterface) { return WalkResult::interrupt(); });
    if (!loops.wasInterrupted()) {
      kernel.emitRemark("kernel is not made persistent: there is no loop whose "
                        "copies could run ahead");
      return;
    }
    if (Operation *uneven = findUnevenLoop(ids.front())) {
      // A block that is done early would wait for the others' long tiles.
      uneven->emitRemark("kernel is not made persistent: the trips of this "
                         "loop differ from block to block");
      return;
    }
    makePersistent(kernel, grid, ids.front());
  }

  Operation *findUnevenLoop(gpu::BlockIdOp id);
  void makePersistent(gpu::GPUFuncOp kernel, ExpressionAttr grid,
                      gpu::BlockIdOp id);
};

} // namespace

/// A loop whose bounds follow from the number of the block, or null.
Operation *MakePersistentPass::findUnevenLoop(gpu::BlockIdOp id) {
  Operation *uneven = nullptr;
  SetVector<Operation *> dependent;
  getForwardSlice(id.getResult(), &dependent);
  getOperation().walk([&](scf::ForOp loop) {
    for (Value bound :
         {loop.getLowerBound(), loop.getUpperBound(), loop.getStep()})
      if (Operation *def = bound.getDefiningOp())
        if (dependent.contains(def))
          uneven = loop;
  });
  return uneven;
}

void MakePersistentPass::makePersistent(gpu::GPUFuncOp kernel,
                                        ExpressionAttr grid,
                                        gpu::BlockIdOp id) {
  Location loc = id.getLoc();
  OpBuilder builder(id);
  builder.setInsertionPointAfter(id);
  SmallVector<Value> sizes;
  for (SizeAttr size : grid.getSizes())
    sizes.push_back(memref::DimOp::create(
        builder, loc, kernel.getArgument(size.getArgument()),
        size.getDimension()));
  Value tiles = affine::expandAffineExpr(builder, loc,
                                         grid.getMap().getResult(0), {}, sizes);
  Value blocks = gpu::GridDimOp::create(builder, loc, gpu::Dimension::x);
  auto loop = scf::ForOp::create(builder, loc, id, tiles, blocks);
  id.getResult().replaceAllUsesExcept(loop.getInductionVar(), loop);
  // All that follows, but the return, is the work on one tile.
  Block *block = id->getBlock();
  Block *body = loop.getBody();
  body->getOperations().splice(std::prev(body->end()), block->getOperations(),
                               std::next(loop->getIterator()),
                               std::prev(block->end()));
  kernel->setAttr(kPersistentAttrName, builder.getUnitAttr());
}
