//===- TileStepVerifier.cpp - Tiles against the steps to them -------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The row at which a tile begins is written as a sum of numbers times
// constants, like (⌈size / 96⌉ − 1 − i) · 96. Where i counts the iterations of
// a loop, its factor is how far the tiles of two iterations are apart; where a
// size was divided to count tiles, the divisor is the tile that was counted by.
//
//===----------------------------------------------------------------------===//

#include "TileStepVerifier.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace mlir::hopper;

/// The factors of what a sum is made of.
using Sum = llvm::SmallMapVector<Value, int64_t, 4>;

static std::optional<int64_t> getConstant(Value value) {
  APInt constant;
  if (!matchPattern(value, m_ConstantInt(&constant)) ||
      !constant.isSignedIntN(32))
    return std::nullopt;
  return constant.getSExtValue();
}

static void addTo(Sum &sum, Value value, int64_t factor) {
  if (getConstant(value))
    return;
  Operation *op = value.getDefiningOp();
  if (isa_and_nonnull<arith::AddIOp, arith::SubIOp>(op)) {
    addTo(sum, op->getOperand(0), factor);
    addTo(sum, op->getOperand(1), isa<arith::SubIOp>(op) ? -factor : factor);
    return;
  }
  if (isa_and_nonnull<arith::IndexCastOp, arith::IndexCastUIOp>(op))
    return addTo(sum, op->getOperand(0), factor);
  if (auto product = dyn_cast_or_null<arith::MulIOp>(op))
    for (auto [number, other] : {std::pair(product.getRhs(), product.getLhs()),
                                 std::pair(product.getLhs(), product.getRhs())})
      if (std::optional<int64_t> constant = getConstant(number)) {
        int64_t scaled;
        if (!llvm::MulOverflow(factor, *constant, scaled))
          addTo(sum, other, scaled);
        return;
      }
  sum[value] += factor;
}

/// How far apart the tiles are that `value`, times `factor`, leads to; none if
/// it does not say.
static std::optional<int64_t> getStep(Value value, int64_t factor) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp());
    if (!loop || loop.getInductionVar() != value)
      return std::nullopt;
    // A step that is no constant goes over tiles.
    int64_t step = getConstant(loop.getStep()).value_or(1);
    return std::abs(factor * step);
  }
  return std::nullopt;
}

/// The tile that a count of tiles is made by.
static std::optional<int64_t> getDivisor(Value value) {
  Operation *op = value.getDefiningOp();
  if (!isa_and_nonnull<arith::CeilDivUIOp, arith::CeilDivSIOp>(op))
    return std::nullopt;
  return getConstant(op->getOperand(1));
}

/// Checks a coordinate of a tile that has this extent there.
static LogicalResult verify(Operation *op, Value coordinate, int64_t extent,
                            StringRef what) {
  Sum sum;
  addTo(sum, coordinate, 1);
  for (auto [value, factor] : sum) {
    std::optional<int64_t> step = getStep(value, factor);
    if (factor != 0 && step && *step != extent) {
      InFlightDiagnostic diagnostic = op->emitOpError("expected steps of the ")
                                      << extent << " " << what
                                      << " of its tile, but got " << *step;
      diagnostic.attachNote(value.getLoc()) << "in this loop";
      return diagnostic;
    }
    std::optional<int64_t> divisor = getDivisor(value);
    // A factor of another size has nothing to do with tiles.
    if (divisor && *divisor != extent && std::abs(factor) == extent) {
      InFlightDiagnostic diagnostic =
          op->emitOpError("expected to count tiles of its ")
          << extent << " " << what << ", but got " << *divisor;
      diagnostic.attachNote(value.getLoc()) << "the tiles are counted here";
      return diagnostic;
    }
  }
  return success();
}

/// The coordinate of a map that is the rows', and the rows of a copy. In
/// groups, as of packed heads, they stand behind the group.
static std::pair<int64_t, int64_t> getRows(Value map, SharedTileType tile) {
  auto argument = dyn_cast<BlockArgument>(map);
  auto kernel =
      argument ? dyn_cast<gpu::GPUFuncOp>(argument.getOwner()->getParentOp())
               : gpu::GPUFuncOp();
  auto description = kernel ? kernel.getArgAttrOfType<TensorMapAttr>(
                                  argument.getArgNumber(), kTensorMapAttrName)
                            : TensorMapAttr();
  if (description && description.getBox().size() > 2 &&
      description.getBox()[2] != 1)
    return {2, description.getBox()[2]};
  return {1, tile.getCopiedRows()};
}

LogicalResult mlir::hopper::verifyTileSteps(gpu::GPUFuncOp kernel) {
  WalkResult result = kernel.walk([&](Operation *op) {
    LogicalResult verified = success();
    if (auto load = dyn_cast<LoadTileOp>(op)) {
      SharedTileType tile = load.getTile().getType();
      auto [dim, rows] = getRows(load.getSource(), tile);
      if (load.getRowDim()) {
        dim = static_cast<int64_t>(*load.getRowDim());
        rows = tile.getCopiedRows() /
               static_cast<int64_t>(load.getGroup().value_or(1));
      }
      verified = verify(op, load.getIndices()[dim], rows, "rows");
      // Of a buffer that is transposed, tiles follow each other along its rows.
      if (succeeded(verified) && tile.getInterleaved()) {
        Value column = load.getRowDim() ? load.getIndices().back()
                                        : load.getIndices().front();
        verified = verify(op, column, tile.getColumns(), "columns");
      }
    } else if (auto copy = dyn_cast<TmaLoadOp>(op)) {
      SharedTileType tile = copy.getTile().getType();
      auto [dim, rows] = getRows(copy.getMap(), tile);
      verified = verify(op, copy.getCoordinates()[dim], rows, "rows");
      if (succeeded(verified) && tile.getInterleaved())
        verified = verify(op, copy.getCoordinates().front(), tile.getColumns(),
                          "columns");
    } else if (auto mask = dyn_cast<attn::BandMaskOp>(op)) {
      auto scores = cast<VectorType>(mask.getScores().getType());
      int64_t rows =
          scores.getDimSize(0) / static_cast<int64_t>(mask.getRowGroup());
      if (failed(verify(op, mask.getQueryOrigin(), rows, "rows")) ||
          failed(
              verify(op, mask.getKeyOrigin(), scores.getDimSize(1), "columns")))
        verified = failure();
    }
    return WalkResult(verified);
  });
  return failure(result.wasInterrupted());
}
