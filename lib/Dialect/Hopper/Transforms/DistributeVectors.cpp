//===- DistributeVectors.cpp - Tiles as registers of threads --------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FragmentLayout.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERDISTRIBUTEVECTORS
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

namespace {

using Lanes = SmallVector<Value>;

/// Whether a value is spread over the threads.
bool isHeldInLanes(Type type) { return isa<VectorType, PendingType>(type); }

/// Rewrites the operations of one region that compute on vectors.
class Distributor {
public:
  /// `firstThread` is the first thread of the block that takes part.
  Distributor(Region &region, int64_t rows, int64_t firstThread)
      : region(region), rows(rows), firstThread(firstThread),
        builder(OpBuilder::atBlockBegin(&region.front())),
        loc(region.getLoc()) {}

  LogicalResult run();

private:
  LogicalResult distribute(Block &block);
  LogicalResult distribute(Operation *op);
  LogicalResult distributeConstant(arith::ConstantOp op);
  LogicalResult distributeElementwise(Operation *op);
  LogicalResult distributeTruncation(arith::TruncFOp op);
  LogicalResult distributeBroadcast(vector::BroadcastOp op);
  LogicalResult distributeShapeCast(vector::ShapeCastOp op);
  LogicalResult distributeReduction(vector::MultiDimReductionOp op);
  LogicalResult distributeCoordinates(attn::CoordinatesOp op);
  LogicalResult distributeBandMask(attn::BandMaskOp op);
  LogicalResult distributeGather(vector::GatherOp op);
  LogicalResult distributeWrite(vector::TransferWriteOp op);
  LogicalResult distributeWgmma(WgmmaOp op);
  LogicalResult distributeWait(WgmmaWaitOp op);
  LogicalResult distributeLoop(scf::ForOp op);
  LogicalResult distributeBranch(scf::IfOp op);

  // Types and values.
  FailureOr<FragmentKind> getKind(Operation *op, VectorType type);
  FailureOr<SmallVector<Type>> getLaneTypes(Operation *op, Type type);
  void expandValues(ValueRange values, SmallVectorImpl<Value> &expanded);
  const Lanes &lanes(Value value) { return fragments.find(value)->second; }
  void setLanes(Value value, Lanes values) {
    fragments[value] = std::move(values);
  }

  // Small builders, where `builder` stands.
  Value integer(int64_t value) {
    return arith::ConstantIntOp::create(builder, loc, value, 32);
  }
  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }
  Value combine(vector::CombiningKind kind, Value a, Value b);
  Value exchange(Value value, int64_t distance);
  void createThreadCoordinates();

  Region &region;
  int64_t rows, firstThread;
  OpBuilder builder;
  Location loc;
  /// The thread's first row and column, and its warpgroup's first row (i32).
  Value firstRow, firstColumn, warpgroupRow;
  /// The same as indices.
  Value firstRowIndex, firstColumnIndex;
  DenseMap<Value, Lanes> fragments;
  SmallVector<Operation *> retired;
};

} // namespace

//===----------------------------------------------------------------------===//
// Types and values
//===----------------------------------------------------------------------===//

FailureOr<FragmentKind> Distributor::getKind(Operation *op, VectorType type) {
  if (std::optional<FragmentKind> kind = getFragmentKind(type, rows))
    return *kind;
  return op->emitOpError(
             "cannot be distributed to threads: expected a tile of ")
         << rows << " rows and a multiple of 8 columns, a row or a column of "
         << "it, but got " << type;
}

FailureOr<SmallVector<Type>> Distributor::getLaneTypes(Operation *op,
                                                       Type type) {
  // A product in flight is in the registers of its result.
  if (auto pending = dyn_cast<PendingType>(type))
    type = pending.getVector();
  auto vector = dyn_cast<VectorType>(type);
  if (!vector)
    return SmallVector<Type>{type};
  FailureOr<FragmentKind> kind = getKind(op, vector);
  if (failed(kind))
    return failure();
  Type lane = vector.getElementType();
  if (*kind == FragmentKind::Tile && isPacked(vector))
    lane = VectorType::get({2}, lane);
  return SmallVector<Type>(getNumLanes(*kind, vector), lane);
}

void Distributor::expandValues(ValueRange values,
                               SmallVectorImpl<Value> &expanded) {
  for (Value value : values) {
    auto it = fragments.find(value);
    if (it == fragments.end())
      expanded.push_back(value);
    else
      llvm::append_range(expanded, it->second);
  }
}

/// The value of the thread whose number differs in the bit `distance`.
Value Distributor::exchange(Value value, int64_t distance) {
  return NVVM::ShflOp::create(builder, loc, value.getType(), integer(-1), value,
                              integer(distance), integer(31),
                              NVVM::ShflKind::bfly, UnitAttr());
}

void Distributor::createThreadCoordinates() {
  Type i32 = builder.getI32Type();
  Value id = gpu::ThreadIdOp::create(builder, loc, gpu::Dimension::x);
  Value thread = arith::IndexCastOp::create(builder, loc, i32, id);
  if (firstThread != 0)
    thread = arith::SubIOp::create(builder, loc, thread, integer(firstThread));
  auto divide = [&](Value value, int64_t divisor) -> Value {
    return arith::DivUIOp::create(builder, loc, value, integer(divisor));
  };
  auto remainder = [&](Value value, int64_t divisor) -> Value {
    return arith::RemUIOp::create(builder, loc, value, integer(divisor));
  };
  auto multiply = [&](Value value, int64_t factor) -> Value {
    return arith::MulIOp::create(builder, loc, value, integer(factor));
  };
  firstRow =
      arith::AddIOp::create(builder, loc, multiply(divide(thread, 32), 16),
                            divide(remainder(thread, 32), kQuad));
  firstColumn = multiply(remainder(thread, kQuad), 2);
  firstRowIndex = arith::IndexCastOp::create(builder, loc,
                                             builder.getIndexType(), firstRow);
  firstColumnIndex = arith::IndexCastOp::create(
      builder, loc, builder.getIndexType(), firstColumn);
  // The same for all threads of a warp, and known to be: descriptors of tiles
  // live in uniform registers.
  Value warpgroup = NVVM::ShflOp::create(
      builder, loc, i32, integer(-1), divide(thread, 128), integer(0),
      integer(31), NVVM::ShflKind::idx, UnitAttr());
  warpgroupRow = multiply(warpgroup, 64);
}

//===----------------------------------------------------------------------===//
// Values computed element by element
//===----------------------------------------------------------------------===//

LogicalResult Distributor::distributeConstant(arith::ConstantOp op) {
  auto splat = dyn_cast<SplatElementsAttr>(op.getValue());
  FailureOr<SmallVector<Type>> types = getLaneTypes(op, op.getType());
  if (failed(types))
    return failure();
  if (!splat)
    return op.emitOpError("cannot be distributed to threads: expected one "
                          "value for all elements");
  TypedAttr value = splat.getSplatValue<TypedAttr>();
  if (auto pair = dyn_cast<VectorType>(types->front()))
    value = DenseElementsAttr::get(pair, value);
  Value lane = arith::ConstantOp::create(builder, loc, value);
  setLanes(op, Lanes(types->size(), lane));
  return success();
}

LogicalResult Distributor::distributeElementwise(Operation *op) {
  if (op->getNumResults() != 1)
    return op->emitOpError("cannot be distributed to threads: expected one "
                           "result, but got ")
           << op->getNumResults();
  FailureOr<SmallVector<Type>> types =
      getLaneTypes(op, op->getResult(0).getType());
  if (failed(types))
    return failure();
  for (Value operand : op->getOperands())
    if (isa<VectorType>(operand.getType()) &&
        lanes(operand).size() != types->size())
      return op->emitOpError("cannot be distributed to threads: expected "
                             "operands and result of one width, but got ")
             << operand.getType() << " and " << op->getResult(0).getType();
  Lanes result;
  for (auto [i, type] : llvm::enumerate(*types)) {
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(isa<VectorType>(operand.getType()) ? lanes(operand)[i]
                                                            : operand);
    NamedAttrList attributes(op->getAttrs());
    attributes.erase(kScheduleAttrName);
    result.push_back(builder
                         .create(loc, op->getName().getIdentifier(), operands,
                                 type, attributes)
                         ->getResult(0));
  }
  setLanes(op->getResult(0), std::move(result));
  return success();
}

/// Pairs of f32 become one register.
LogicalResult Distributor::distributeTruncation(arith::TruncFOp op) {
  auto type = cast<VectorType>(op.getType());
  FailureOr<FragmentKind> kind = getKind(op, type);
  if (failed(kind))
    return failure();
  if (*kind != FragmentKind::Tile || !isPacked(type) ||
      !getElementTypeOrSelf(op.getIn().getType()).isF32())
    return distributeElementwise(op);
  if (op.getRoundingmode().value_or(arith::RoundingMode::to_nearest_even) !=
      arith::RoundingMode::to_nearest_even)
    return op.emitOpError("cannot be distributed to threads: expected rounding "
                          "to the nearest even");
  const Lanes &wide = lanes(op.getIn());
  auto pair = VectorType::get({2}, type.getElementType());
  auto rounding = NVVM::FPRoundingModeAttr::get(builder.getContext(),
                                                NVVM::FPRoundingMode::RN);
  Lanes result;
  for (size_t i = 0; i < wide.size(); i += 2) {
    // The instruction takes the upper half first.
    Value high = wide[i + 1], low = wide[i];
    if (type.getElementType().isF16())
      result.push_back(NVVM::ConvertF32x2ToF16x2Op::create(
          builder, loc, pair, high, low, Value(), rounding));
    else
      result.push_back(NVVM::ConvertF32x2ToBF16x2Op::create(
          builder, loc, pair, high, low, Value(), rounding));
  }
  setLanes(op, std::move(result));
  return success();
}

LogicalResult Distributor::distributeBroadcast(vector::BroadcastOp op) {
  auto type = cast<VectorType>(op.getType());
  FailureOr<FragmentKind> kind = getKind(op, type);
  if (failed(kind))
    return failure();
  int64_t count = getNumLanes(*kind, type);
  auto source = dyn_cast<VectorType>(op.getSourceType());
  Lanes result;
  if (!source) {
    Value scalar = op.getSource();
    if (*kind == FragmentKind::Tile && isPacked(type))
      scalar = vector::BroadcastOp::create(
          builder, loc, VectorType::get({2}, scalar.getType()), scalar);
    setLanes(op, Lanes(count, scalar));
    return success();
  }
  FailureOr<FragmentKind> from = getKind(op, source);
  if (failed(from))
    return failure();
  const Lanes &values = lanes(op.getSource());
  if (*from == *kind) {
    setLanes(op, Lanes(values));
    return success();
  }
  bool fromRows = *from == FragmentKind::Row && source.getRank() == 2;
  if (*kind == FragmentKind::Tile && isPacked(type))
    return op.emitOpError("cannot be distributed to threads: expected elements "
                          "of 32 bits in a tile, but got ")
           << type;
  for (int64_t i = 0; i < count; ++i) {
    if (fromRows && *kind == FragmentKind::Tile)
      result.push_back(values[getRowHalf(i)]);
    else if (fromRows && *kind == FragmentKind::RowParts)
      result.push_back(values[i]);
    else if (*from == FragmentKind::Column && *kind == FragmentKind::Tile)
      result.push_back(values[getColumnLane(i)]);
    else
      return op.emitOpError("cannot be distributed to threads: expected to "
                            "repeat rows or columns, but got ")
             << source << " to " << type;
  }
  setLanes(op, std::move(result));
  return success();
}

/// Other names for the same registers.
LogicalResult Distributor::distributeShapeCast(vector::ShapeCastOp op) {
  FailureOr<FragmentKind> from = getKind(op, op.getSourceVectorType());
  FailureOr<FragmentKind> to = getKind(op, op.getResultVectorType());
  if (failed(from) || failed(to))
    return failure();
  bool split = *from == FragmentKind::Tile && *to == FragmentKind::SplitTile;
  if (*from != *to && !split)
    return op.emitOpError("cannot be distributed to threads: moves elements "
                          "between threads");
  setLanes(op, Lanes(lanes(op.getSource())));
  return success();
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

Value Distributor::combine(vector::CombiningKind kind, Value a, Value b) {
  return vector::makeArithReduction(builder, loc, kind, a, b);
}

LogicalResult Distributor::distributeReduction(vector::MultiDimReductionOp op) {
  FailureOr<FragmentKind> kind = getKind(op, op.getSourceVectorType());
  auto resultType = dyn_cast<VectorType>(op.getDestType());
  if (failed(kind))
    return failure();
  SmallVector<bool> mask = op.getReductionMask();
  bool partial = *kind == FragmentKind::SplitTile &&
                 mask == SmallVector<bool>{false, true, false, true};
  bool whole =
      (*kind == FragmentKind::Tile || *kind == FragmentKind::RowParts) &&
      mask == SmallVector<bool>{false, true};
  if (!resultType || (!partial && !whole))
    return op.emitOpError("cannot be distributed to threads: expected a "
                          "reduction along the rows of a tile");
  // The threads exchange registers of 32 bits.
  if (!resultType.getElementType().isF32() &&
      !resultType.getElementType().isInteger(32))
    return op.emitOpError("cannot be distributed to threads: expected elements "
                          "of 32 bits, but got ")
           << resultType.getElementType();
  const Lanes &values = lanes(op.getSource());
  const Lanes &accumulators = lanes(op.getAcc());
  Lanes result;
  for (int64_t half = 0; half < 2; ++half) {
    // Two chains for each row: the latency of one would bind.
    Value chains[2];
    for (auto [i, value] : llvm::enumerate(values)) {
      int64_t lane = static_cast<int64_t>(i);
      bool parts = *kind == FragmentKind::RowParts;
      if ((parts ? lane : getRowHalf(lane)) != half)
        continue;
      Value &chain = chains[parts ? 0 : lane % 2];
      chain = chain ? combine(op.getKind(), chain, value) : value;
    }
    Value row = chains[0];
    if (chains[1])
      row = combine(op.getKind(), row, chains[1]);
    // Two steps bring together the four threads of a row.
    if (whole)
      for (int64_t distance : {1, 2})
        row = combine(op.getKind(), row, exchange(row, distance));
    result.push_back(combine(op.getKind(), row, accumulators[half]));
  }
  setLanes(op, std::move(result));
  return success();
}

//===----------------------------------------------------------------------===//
// Coordinates and masks
//===----------------------------------------------------------------------===//

LogicalResult Distributor::distributeCoordinates(attn::CoordinatesOp op) {
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

/// Each element is compared as a constant with a limit that is computed once
/// for each row half, in tile coordinates, where it fits 32 bits whatever the
/// lengths are.
LogicalResult Distributor::distributeBandMask(attn::BandMaskOp op) {
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
    Value row = add(op.getQueryOrigin(), add(firstRowIndex, index(8 * half)));
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

LogicalResult Distributor::distributeGather(vector::GatherOp op) {
  auto type = cast<VectorType>(op.getType());
  auto base = dyn_cast<MemRefType>(op.getBase().getType());
  if (!base)
    return op.emitOpError("cannot be distributed to threads: expected to read "
                          "a memref");
  FailureOr<FragmentKind> kind = getKind(op, type);
  if (failed(kind))
    return failure();
  if (*kind == FragmentKind::Tile && isPacked(type))
    return op.emitOpError("cannot be distributed to threads: expected elements "
                          "of 32 bits in a tile, but got ")
           << type;
  const Lanes &indices = lanes(op.getIndices());
  const Lanes &mask = lanes(op.getMask());
  const Lanes &otherwise = lanes(op.getPassThru());
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
  setLanes(op.getResult(), std::move(result));
  return success();
}

LogicalResult Distributor::distributeWrite(vector::TransferWriteOp op) {
  VectorType type = op.getVectorType();
  auto base = dyn_cast<MemRefType>(op.getBase().getType());
  FailureOr<FragmentKind> kind = getKind(op, type);
  if (failed(kind))
    return failure();
  AffineMap map = op.getPermutationMap();
  bool isTile = *kind == FragmentKind::Tile;
  if (!base || op.getMask() || (!isTile && *kind != FragmentKind::Row) ||
      (isTile && !op.isDimInBounds(1)) ||
      (isTile && map.getResult(1) !=
                     getAffineDimExpr(base.getRank() - 1, op.getContext())))
    return op.emitOpError("cannot be distributed to threads: expected to write "
                          "rows of a memref whose columns are in bounds");
  unsigned rowDim = cast<AffineDimExpr>(map.getResult(0)).getPosition();
  const Lanes &values = lanes(op.getValueToStore());
  OpBuilder::InsertionGuard guard(builder);
  for (int64_t half = 0; half < 2; ++half) {
    OpBuilder::InsertionGuard inner(builder);
    SmallVector<Value> at(op.getIndices());
    at[rowDim] = arith::AddIOp::create(
        builder, loc, at[rowDim],
        arith::AddIOp::create(builder, loc, firstRowIndex, index(8 * half)));
    Value writes;
    if (!op.isDimInBounds(0)) {
      Value end = memref::DimOp::create(builder, loc, op.getBase(), rowDim);
      writes = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt,
                                     at[rowDim], end);
    }
    if (!isTile) { // One thread of a row's four writes for it.
      Value first = arith::CmpIOp::create(
          builder, loc, arith::CmpIPredicate::eq, firstColumn, integer(0));
      writes =
          writes ? arith::AndIOp::create(builder, loc, writes, first) : first;
    }
    if (writes) {
      auto branch = scf::IfOp::create(builder, loc, writes,
                                      /*withElseRegion=*/false);
      builder.setInsertionPointToStart(branch.thenBlock());
    }
    if (!isTile) {
      memref::StoreOp::create(builder, loc, values[half], op.getBase(), at);
      continue;
    }
    Value column =
        arith::AddIOp::create(builder, loc, at.back(), firstColumnIndex);
    for (int64_t i = 0; i < static_cast<int64_t>(values.size()); ++i) {
      int64_t lane = isPacked(type) ? 2 * i : i;
      if (getRowHalf(lane) != half)
        continue;
      at.back() = arith::AddIOp::create(
          builder, loc, column, index(getColumnOffset(getColumnLane(lane))));
      if (isPacked(type))
        vector::StoreOp::create(builder, loc, values[i], op.getBase(), at,
                                /*nontemporal=*/false, llvm::MaybeAlign(4));
      else
        memref::StoreOp::create(builder, loc, values[i], op.getBase(), at);
    }
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Matrix products
//===----------------------------------------------------------------------===//

LogicalResult Distributor::distributeWgmma(WgmmaOp op) {
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
  // The loop whose body this was; its arguments are still the operands.
  auto argument = dyn_cast<BlockArgument>(pending);
  auto loop = argument
                  ? dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp())
                  : scf::ForOp();
  if (!loop || !isa<scf::YieldOp>(block->back()))
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

LogicalResult Distributor::distributeWait(WgmmaWaitOp op) {
  // Products issued between this one and the wait for it stay in flight.
  int64_t later = std::min(countLaterProducts(op.getPending(), op),
                           ThreadWgmmaWaitOp::kMostGroups);
  const Lanes &pending = lanes(op.getPending());
  SmallVector<Type> types(pending.size(), builder.getF32Type());
  auto wait = ThreadWgmmaWaitOp::create(builder, loc, types, pending, later);
  setLanes(op.getResult(), Lanes(wait.getResults()));
  return success();
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

LogicalResult Distributor::distributeLoop(scf::ForOp op) {
  SmallVector<Value> inits;
  expandValues(op.getInitArgs(), inits);
  auto loop = scf::ForOp::create(builder, loc, op.getLowerBound(),
                                 op.getUpperBound(), op.getStep(), inits);
  loop->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  // Takes the old body over, its arguments replaced by their lanes.
  Block *body = loop.getBody();
  if (inits.empty())
    body->getTerminator()->erase();
  op.getInductionVar().replaceAllUsesWith(loop.getInductionVar());
  auto take = [&](ValueRange olds, ValueRange news) -> LogicalResult {
    size_t next = 0;
    for (Value old : olds) {
      FailureOr<SmallVector<Type>> types = getLaneTypes(op, old.getType());
      if (failed(types))
        return failure();
      ValueRange own = news.slice(next, types->size());
      next += types->size();
      if (isHeldInLanes(old.getType()))
        setLanes(old, Lanes(own));
      else
        old.replaceAllUsesWith(own.front());
    }
    return success();
  };
  if (failed(take(op.getRegionIterArgs(), loop.getRegionIterArgs())))
    return failure();
  body->getOperations().splice(body->end(), op.getBody()->getOperations());
  if (failed(distribute(*body)))
    return failure();
  return take(op.getResults(), loop.getResults());
}

LogicalResult Distributor::distributeBranch(scf::IfOp op) {
  SmallVector<Type> types;
  for (Type type : op.getResultTypes()) {
    FailureOr<SmallVector<Type>> lanes = getLaneTypes(op, type);
    if (failed(lanes))
      return failure();
    llvm::append_range(types, *lanes);
  }
  bool hasElse = !op.getElseRegion().empty();
  auto branch =
      scf::IfOp::create(builder, loc, types, op.getCondition(), hasElse);
  for (unsigned i = 0; i < (hasElse ? 2 : 1); ++i) {
    Block &to = branch->getRegion(i).front();
    to.clear();
    to.getOperations().splice(to.end(),
                              op->getRegion(i).front().getOperations());
    if (failed(distribute(to)))
      return failure();
  }
  size_t next = 0;
  for (Value result : op.getResults()) {
    size_t count = getLaneTypes(op, result.getType())->size();
    ValueRange own = branch.getResults().slice(next, count);
    next += count;
    if (isHeldInLanes(result.getType()))
      setLanes(result, Lanes(own));
    else
      result.replaceAllUsesWith(own.front());
  }
  return success();
}

LogicalResult Distributor::distribute(Operation *op) {
  if (auto yield = dyn_cast<scf::YieldOp>(op)) {
    SmallVector<Value> values;
    expandValues(yield.getOperands(), values);
    yield->setOperands(values);
    return success();
  }
  bool vectors = llvm::any_of(op->getOperandTypes(), isHeldInLanes) ||
                 llvm::any_of(op->getResultTypes(), isHeldInLanes);
  if (!vectors && op->getNumRegions() == 0)
    return success();
  for (Value operand : op->getOperands())
    if (isHeldInLanes(operand.getType()) && !fragments.contains(operand))
      return op->emitOpError("cannot be distributed to threads: expected "
                             "operands computed beside it, but got ")
             << operand.getType() << " from outside";
  builder.setInsertionPoint(op);
  loc = op->getLoc();
  LogicalResult done =
      llvm::TypeSwitch<Operation *, LogicalResult>(op)
          .Case([&](arith::ConstantOp op) { return distributeConstant(op); })
          .Case([&](arith::TruncFOp op) { return distributeTruncation(op); })
          .Case([&](vector::BroadcastOp op) { return distributeBroadcast(op); })
          .Case([&](vector::ShapeCastOp op) { return distributeShapeCast(op); })
          .Case([&](vector::MultiDimReductionOp op) {
            return distributeReduction(op);
          })
          .Case(
              [&](attn::CoordinatesOp op) { return distributeCoordinates(op); })
          .Case([&](attn::BandMaskOp op) { return distributeBandMask(op); })
          .Case([&](vector::GatherOp op) { return distributeGather(op); })
          .Case([&](vector::TransferWriteOp op) { return distributeWrite(op); })
          .Case([&](WgmmaOp op) { return distributeWgmma(op); })
          .Case([&](WgmmaWaitOp op) { return distributeWait(op); })
          .Case([&](scf::ForOp op) { return distributeLoop(op); })
          .Case([&](scf::IfOp op) { return distributeBranch(op); })
          .Case([&](attn::OnlineSoftmaxOp op) {
            return op.emitOpError("cannot be distributed to threads; run "
                                  "attn-lower-online-softmax first");
          })
          .Case<vector::TransferReadOp, vector::ContractionOp>([&](auto op) {
            return op.emitOpError("cannot be distributed to threads; run "
                                  "hopper-lower-contractions first");
          })
          .Default([&](Operation *op) -> LogicalResult {
            if (OpTrait::hasElementwiseMappableTraits(op))
              return distributeElementwise(op);
            return op->emitOpError("cannot be distributed to threads");
          });
  if (failed(done))
    return failure();
  retired.push_back(op);
  return success();
}

LogicalResult Distributor::distribute(Block &block) {
  SmallVector<Operation *> ops;
  for (Operation &op : block)
    ops.push_back(&op);
  for (Operation *op : ops)
    if (failed(distribute(op)))
      return failure();
  return success();
}

LogicalResult Distributor::run() {
  createThreadCoordinates();
  if (failed(distribute(region.front())))
    return failure();
  // They use each other across the loops that held them.
  for (Operation *op : retired)
    op->dropAllReferences();
  for (Operation *op : llvm::reverse(retired))
    op->erase();
  return success();
}

namespace {

struct DistributeVectorsPass
    : hopper::impl::HopperDistributeVectorsBase<DistributeVectorsPass> {
  void runOnOperation() override {
    gpu::GPUFuncOp kernel = getOperation();
    auto config =
        kernel->getAttrOfType<attn::ConfigAttr>(attn::kConfigAttrName);
    if (!config) {
      kernel.emitOpError("expected an ")
          << attn::kConfigAttrName
          << " that gives the rows of a tile; run attn-select-config";
      return signalPassFailure();
    }
    if (config.getTileQ() != 64 * config.getConsumers()) {
      kernel.emitOpError("expected a tile of 64 rows for each of ")
          << config.getConsumers()
          << " consumers = " << 64 * config.getConsumers() << ", but got "
          << config.getTileQ();
      return signalPassFailure();
    }
    if (!kernel.getBody().hasOneBlock()) {
      kernel.emitOpError("cannot be distributed to threads: expected a body of "
                         "one block");
      return signalPassFailure();
    }
    // The consumers' code, or all of it where there are no roles.
    Region *region = &kernel.getBody();
    int64_t firstThread = 0;
    for (auto roles : kernel.getBody().getOps<WarpSpecializeOp>()) {
      if (roles.getConsumers() !=
          static_cast<uint64_t>(config.getConsumers())) {
        roles.emitOpError("expected the ")
            << config.getConsumers() << " consumers of the configuration, but "
            << "got " << roles.getConsumers();
        return signalPassFailure();
      }
      region = &roles.getConsumer();
      firstThread = 128;
      // Constants are shared by the roles; each gets its own here.
      sinkConstants(kernel, *region);
    }
    if (failed(Distributor(*region, config.getTileQ(), firstThread).run()))
      return signalPassFailure();
  }

  /// Vector constants in front of the roles come into the one that uses them.
  static void sinkConstants(gpu::GPUFuncOp kernel, Region &region) {
    OpBuilder builder = OpBuilder::atBlockBegin(&region.front());
    for (auto constant : llvm::make_early_inc_range(
             kernel.getBody().getOps<arith::ConstantOp>()))
      if (isa<VectorType>(constant.getType()))
        constant->moveBefore(&region.front(), builder.getInsertionPoint());
  }
};

} // namespace
