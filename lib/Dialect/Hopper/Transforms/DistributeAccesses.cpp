//===- DistributeAccesses.cpp - Coordinates, memory, products -------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VectorDistributor.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::hopper;

//===----------------------------------------------------------------------===//
// Coordinates and masks
//===----------------------------------------------------------------------===//

LogicalResult VectorDistributor::distributeCoordinates(attn::CoordinatesOp op) {
  auto type = cast<VectorType>(op.getType());
  FailureOr<FragmentKind> kind = getKind(op, type);
  if (failed(kind))
    return failure();
  bool isRow = op.getDimension() == 0;
  if (*kind != (isRow ? FragmentKind::Row : FragmentKind::Column))
    return op.emitOpError("cannot be distributed to threads: expected all rows "
                          "or all columns of a tile, but got ")
           << type;
  Value first = arith::AddIOp::create(builder, loc, op.getOrigin(),
                                      isRow ? firstRowIndex : firstColumnIndex);
  Lanes result;
  for (int64_t i = 0; i < getNumLanes(*kind, type); ++i)
    result.push_back(arith::AddIOp::create(
        builder, loc, first, index(isRow ? 8 * i : getColumnOffset(i))));
  setLanes(op, std::move(result));
  return success();
}

/// A thread begins at its first column, once for a row; the others are
/// constants.
LogicalResult VectorDistributor::distributeRamp(attn::RampOp op) {
  auto type = cast<VectorType>(op.getType());
  FailureOr<FragmentKind> kind = getKind(op, type);
  if (failed(kind))
    return failure();
  if (*kind != FragmentKind::Tile && *kind != FragmentKind::Column)
    return op.emitOpError("cannot be distributed to threads: expected all "
                          "columns of a tile, but got ")
           << type;
  bool isTile = *kind == FragmentKind::Tile;
  auto rows = [&](Value value) {
    return isTile ? Lanes(lanes(value)) : Lanes{value};
  };
  Lanes steps = rows(op.getStep()), starts = rows(op.getBase());
  Value column =
      arith::SIToFPOp::create(builder, loc, builder.getF32Type(), firstColumn);
  for (auto [step, start] : llvm::zip_equal(steps, starts))
    start = math::FmaOp::create(builder, loc, step, column, start);
  Lanes result;
  for (int64_t i = 0; i < getNumLanes(*kind, type); ++i) {
    int64_t row = isTile ? getRowHalf(i) : 0;
    int64_t offset = getColumnOffset(isTile ? getColumnLane(i) : i);
    Value by = arith::ConstantOp::create(
        builder, loc, builder.getF32FloatAttr(static_cast<float>(offset)));
    result.push_back(offset == 0 ? starts[row]
                                 : math::FmaOp::create(builder, loc, steps[row],
                                                       by, starts[row]));
  }
  setLanes(op, std::move(result));
  return success();
}

/// Each element is compared as a constant with a limit that is computed once
/// for each row half, in tile coordinates, where it fits 32 bits whatever the
/// lengths are.
LogicalResult VectorDistributor::distributeBandMask(attn::BandMaskOp op) {
  auto type = cast<VectorType>(op.getType());
  int64_t columns = type.getDimSize(1);
  Type i32 = builder.getI32Type();
  auto sub = [&](Value a, Value b) -> Value {
    return arith::SubIOp::create(builder, loc, a, b);
  };
  auto add = [&](Value a, Value b) -> Value {
    return arith::AddIOp::create(builder, loc, a, b);
  };
  // Column c of the tile is the thread's column c - origin.
  Value origin = add(op.getKeyOrigin(), firstColumnIndex);
  auto narrow = [&](Value limit) -> Value {
    Value low = arith::MaxSIOp::create(builder, loc, limit, index(-1));
    Value clamped =
        arith::MinSIOp::create(builder, loc, low, index(columns + 1));
    return arith::IndexCastOp::create(builder, loc, i32, clamped);
  };
  Value below[2], from[2];
  for (int64_t half = 0; half < 2; ++half) {
    Value row = add(firstRowIndex, index(8 * half));
    if (auto group = static_cast<int64_t>(op.getRowGroup()); group != 1)
      row = arith::DivUIOp::create(builder, loc, row, index(group));
    row = add(op.getQueryOrigin(), row);
    Value end;
    if (op.getExtent())
      end = sub(op.getExtent(), origin);
    if (op.getUpper()) {
      Value diagonal = sub(add(add(op.getUpper(), row), index(1)), origin);
      end =
          end ? arith::MinSIOp::create(builder, loc, end, diagonal) : diagonal;
    }
    if (end)
      below[half] = narrow(end);
    if (op.getLower())
      from[half] = narrow(sub(add(op.getLower(), row), origin));
  }
  Value masked = arith::ConstantOp::create(
      builder, loc,
      builder.getF32FloatAttr(-std::numeric_limits<float>::infinity()));
  Lanes result;
  for (auto [i, score] : llvm::enumerate(lanes(op.getScores()))) {
    int64_t half = getRowHalf(i);
    Value column = integer(getColumnOffset(getColumnLane(i)));
    Value value = score;
    if (below[half]) {
      Value keep = arith::CmpIOp::create(
          builder, loc, arith::CmpIPredicate::slt, column, below[half]);
      value = arith::SelectOp::create(builder, loc, keep, value, masked);
    }
    if (from[half]) {
      Value keep = arith::CmpIOp::create(
          builder, loc, arith::CmpIPredicate::sge, column, from[half]);
      value = arith::SelectOp::create(builder, loc, keep, value, masked);
    }
    result.push_back(value);
  }
  setLanes(op, std::move(result));
  return success();
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

LogicalResult VectorDistributor::distributeGather(vector::GatherOp op) {
  auto type = cast<VectorType>(op.getType());
  auto base = dyn_cast<MemRefType>(op.getBase().getType());
  if (!base)
    return op.emitOpError("cannot be distributed to threads: expected to read "
                          "a memref");
  if (failed(getKind(op, type)))
    return failure();
  const Lanes &indices = lanes(op.getIndices());
  const Lanes &mask = lanes(op.getMask());
  Lanes otherwise = getElements(op.getPassThru());
  Value zero = index(0);
  Lanes result;
  for (size_t i = 0; i < indices.size(); ++i) {
    // A lane that is masked reads the first element in place of its own, which
    // costs less than a branch.
    Value offset = indices[i];
    if (!offset.getType().isIndex())
      offset = arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                          offset);
    Value safe = arith::SelectOp::create(builder, loc, mask[i], offset, zero);
    SmallVector<Value> at(op.getOffsets());
    at.back() = arith::AddIOp::create(builder, loc, at.back(), safe);
    Value read = memref::LoadOp::create(builder, loc, op.getBase(), at);
    result.push_back(
        arith::SelectOp::create(builder, loc, mask[i], read, otherwise[i]));
  }
  setElements(op.getResult(), std::move(result));
  return success();
}

//===----------------------------------------------------------------------===//
// Matrix products
//===----------------------------------------------------------------------===//

LogicalResult VectorDistributor::distributeWgmma(WgmmaOp op) {
  VectorType type = op.getResult().getType().getVector();
  FailureOr<SmallVector<Type>> types = getLaneTypes(op, type);
  if (failed(types))
    return failure();
  Value tile, row;
  Lanes pairs, accumulators;
  int64_t depth;
  if (auto lhs = dyn_cast<SharedTileType>(op.getLhs().getType())) {
    tile = op.getLhs();
    row = warpgroupRow;
    depth = lhs.getColumns();
  } else {
    pairs = lanes(op.getLhs());
    depth = cast<VectorType>(op.getLhs().getType()).getDimSize(1);
  }
  if (op.getAccumulator())
    accumulators = lanes(op.getAccumulator());
  auto product = ThreadWgmmaOp::create(
      builder, loc, *types, tile, pairs, op.getRhs(), accumulators, row,
      type.getDimSize(1), depth, op.getTransposeRhs());
  setLanes(op.getResult(), Lanes(product.getResults()));
  return success();
}

/// Products issued behind that of `pending` and in front of `end`, which is in
/// `end`'s block or came there through the loop around it. None are counted
/// where they cannot be: a wait that leaves fewer in flight is right as well
/// (PTX ISA, `wgmma.wait_group`).
static int64_t countLaterProducts(Value pending, Operation *end) {
  auto count = [](Operation *from, Operation *to) {
    int64_t products = 0;
    for (; from != to; from = from->getNextNode())
      products += isa<WgmmaOp>(from);
    return products;
  };
  Block *block = end->getBlock();
  if (auto product = pending.getDefiningOp<WgmmaOp>())
    return product->getBlock() == block ? count(product->getNextNode(), end)
                                        : 0;
  // The loop whose body this was; its arguments are still the operands, and the
  // loop that has the body now stands in front of it.
  auto argument = dyn_cast<BlockArgument>(pending);
  auto loop = argument
                  ? dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp())
                  : scf::ForOp();
  if (!loop || block->getParentOp() != loop->getPrevNode())
    return 0;
  unsigned index = argument.getArgNumber() - 1;
  auto carried = block->back().getOperand(index).getDefiningOp<WgmmaOp>();
  if (!carried || carried->getBlock() != block)
    return 0;
  int64_t inLoop = count(&block->front(), end);
  int64_t before = count(carried->getNextNode(), &block->back());
  return inLoop +
         std::min(before, countLaterProducts(loop.getInitArgs()[index], loop));
}

LogicalResult VectorDistributor::distributeWait(WgmmaWaitOp op) {
  // Products issued between this one and the wait for it stay in flight.
  int64_t later = std::min(countLaterProducts(op.getPending(), op),
                           ThreadWgmmaWaitOp::kMostGroups);
  const Lanes &pending = lanes(op.getPending());
  auto wait = ThreadWgmmaWaitOp::create(
      builder, loc, ValueRange(pending).getTypes(), pending, later);
  setLanes(op.getResult(), Lanes(wait.getResults()));
  return success();
}
