//===- MakePersistent.cpp - Blocks that take one tile after another -------===//
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
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERMAKEPERSISTENT
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

/// Computes an expression of sizes, none of which is negative: the division of
/// affine's own expansion is one of signed numbers, and long.
static Value expand(OpBuilder &builder, Location loc, AffineExpr expression,
                    ValueRange sizes) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expression))
    return arith::ConstantIndexOp::create(builder, loc, constant.getValue());
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expression))
    return sizes[symbol.getPosition()];
  auto binary = cast<AffineBinaryOpExpr>(expression);
  Value lhs = expand(builder, loc, binary.getLHS(), sizes);
  Value rhs = expand(builder, loc, binary.getRHS(), sizes);
  switch (binary.getKind()) {
  case AffineExprKind::Add:
    return arith::AddIOp::create(builder, loc, lhs, rhs);
  case AffineExprKind::Mul:
    return arith::MulIOp::create(builder, loc, lhs, rhs);
  case AffineExprKind::Mod:
    return arith::RemUIOp::create(builder, loc, lhs, rhs);
  case AffineExprKind::FloorDiv:
    return arith::DivUIOp::create(builder, loc, lhs, rhs);
  case AffineExprKind::CeilDiv:
    return arith::CeilDivUIOp::create(builder, loc, lhs, rhs);
  default:
    llvm_unreachable("expressions of a grid have symbols only");
  }
}

namespace {

struct MakePersistentPass
    : hopper::impl::HopperMakePersistentBase<MakePersistentPass> {
  void runOnOperation() override {
    gpu::GPUFuncOp kernel = getOperation();
    auto grid = kernel->getAttrOfType<ExpressionAttr>(kGridAttrName);
    auto config =
        kernel->getAttrOfType<attn::ConfigAttr>(attn::kConfigAttrName);
    SmallVector<gpu::BlockIdOp> ids(kernel.getOps<gpu::BlockIdOp>());
    if (!config || !config.getPersistent() || !grid || ids.size() != 1 ||
        kernel->hasAttr(kPersistentAttrName))
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
    makePersistent(kernel, grid, ids.front());
  }

  void makePersistent(gpu::GPUFuncOp kernel, ExpressionAttr grid,
                      gpu::BlockIdOp id);
};

} // namespace

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
  Value tiles = expand(builder, loc, grid.getMap().getResult(0), sizes);
  // Unsigned, so that the sum of a tile and the step never wraps; a launch has
  // less than 2^31 blocks, and 32 bits take half of the registers.
  auto narrow = [&](Value value) -> Value {
    return arith::IndexCastOp::create(builder, loc, builder.getI32Type(),
                                      value);
  };
  Value blocks = gpu::GridDimOp::create(builder, loc, gpu::Dimension::x);
  Value first = narrow(id);
  auto loop = scf::ForOp::create(builder, loc, first, narrow(tiles),
                                 narrow(blocks), ValueRange(),
                                 /*bodyBuilder=*/nullptr, /*unsignedCmp=*/true);
  builder.setInsertionPointToStart(loop.getBody());
  Value tile = arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                          loop.getInductionVar());
  id.getResult().replaceAllUsesExcept(tile, first.getDefiningOp());
  Block *block = id->getBlock();
  Block *body = loop.getBody();
  body->getOperations().splice(std::prev(body->end()), block->getOperations(),
                               std::next(loop->getIterator()),
                               std::prev(block->end()));
  kernel->setAttr(kPersistentAttrName, builder.getUnitAttr());
}
