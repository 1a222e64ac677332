//===- PairTiles.cpp - Blocks of equal work -------------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNPAIRTILES
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

/// Whether a loop in the grid has bounds that follow from the row tile.
static bool isUneven(scf::ForallOp grid) {
  SetVector<Operation *> dependent;
  getForwardSlice(grid.getInductionVar(0), &dependent);
  WalkResult result = grid.walk([&](scf::ForOp loop) {
    for (Value bound : {loop.getLowerBound(), loop.getUpperBound()})
      if (bound == grid.getInductionVar(0) ||
          dependent.contains(bound.getDefiningOp()))
        return WalkResult::interrupt();
    return WalkResult::advance();
  });
  return result.wasInterrupted();
}

/// Whether the grid goes over pairs already: blocks count their tiles in 32
/// bits.
static bool isPaired(scf::ForallOp grid) {
  return llvm::any_of(grid.getBody()->getOps<scf::ForOp>(),
                      [](scf::ForOp loop) {
                        return loop.getInductionVar().getType().isInteger(32);
                      });
}

/// Makes the grid one over pairs of row tiles.
static void pair(scf::ForallOp grid) {
  OpBuilder builder(grid);
  Location loc = grid.getLoc();
  auto index = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  SmallVector<OpFoldResult> bounds = grid.getMixedUpperBound();
  Value tiles = getValueOrCreateConstantIndexOp(builder, loc, bounds[0]);
  bounds[0] =
      arith::CeilDivUIOp::create(builder, loc, tiles, index(2)).getResult();
  auto pairs = scf::ForallOp::create(builder, loc, bounds, ValueRange{},
                                     grid.getMapping());
  pairs->setDiscardableAttrs(grid->getDiscardableAttrDictionary());

  // A launch has less than 2^31 blocks: in 32 bits what stays live beside the
  // loop over keys takes half of the registers.
  builder.setInsertionPointToStart(pairs.getBody());
  Type i32 = builder.getI32Type();
  auto narrow = [&](Value value) -> Value {
    return arith::IndexCastOp::create(builder, loc, i32, value);
  };
  auto number = [&](int64_t value) -> Value {
    return arith::ConstantIntOp::create(builder, loc, value, 32);
  };
  Value own = narrow(pairs.getInductionVar(0));
  Value end = arith::SubIOp::create(builder, loc, narrow(tiles), own);
  // From the tile to its partner, tiles − 1 − own, which the one in the middle
  // of an odd number is itself.
  Value distance = arith::SubIOp::create(
      builder, loc, arith::SubIOp::create(builder, loc, end, number(1)), own);
  Value step = arith::MaxSIOp::create(builder, loc, distance, number(1));
  auto loop = scf::ForOp::create(builder, loc, own, end, step);
  builder.setInsertionPointToStart(loop.getBody());
  Value tile = arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                          loop.getInductionVar());
  IRMapping mapping;
  mapping.map(grid.getInductionVars(), pairs.getInductionVars());
  mapping.map(grid.getInductionVar(0), tile);
  for (Operation &op : grid.getBody()->without_terminator())
    builder.clone(op, mapping);
  grid.erase();
}

namespace {

struct PairTilesPass : attn::impl::AttnPairTilesBase<PairTilesPass> {
  void runOnOperation() override {
    SmallVector<scf::ForallOp> grids;
    getOperation()->walk([&](scf::ForallOp grid) {
      auto config = grid->getAttrOfType<ConfigAttr>(kConfigAttrName);
      if (config && config.getPersistent() && grid.isNormalized() &&
          grid.getNumResults() == 0 && !isPaired(grid) && isUneven(grid))
        grids.push_back(grid);
    });
    for (scf::ForallOp grid : grids)
      pair(grid);
    numPaired += grids.size();
  }
};

} // namespace
