//===- HopperOps.cpp - Verifiers of the hopper dialect --------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::hopper;

#define GET_OP_CLASSES
#include "fa3/Dialect/Hopper/IR/HopperOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Tiles and channels
//===----------------------------------------------------------------------===//

/// A tensor map whose box is one slab of the tile.
static LogicalResult verifyTensorMap(Operation *op,
                                     nvgpu::TensorMapDescriptorType map,
                                     SharedTileType tile, size_t coordinates) {
  MemRefType box = map.getTensor();
  if (map.getSwizzle() != nvgpu::TensorMapSwizzleKind::SWIZZLE_128B)
    return op->emitOpError("expected a tensor map swizzled by 128 bytes, but "
                           "got ")
           << map;
  if (box.getRank() != 2 || box.getDimSize(0) != tile.getCopiedRows() ||
      box.getDimSize(1) != tile.getSlabColumns() ||
      box.getElementType() != tile.getElementType())
    return op->emitOpError("expected a tensor map with a box of ")
           << tile.getCopiedRows() << "x" << tile.getSlabColumns()
           << " elements of type " << tile.getElementType() << ", but got "
           << box;
  if (coordinates < 2 || coordinates > 5)
    return op->emitOpError("expected 2 to 5 coordinates, but got ")
           << coordinates;
  return success();
}

LogicalResult LoadTileOp::verify() {
  SharedTileType tile = getTile().getType();
  if (auto map =
          dyn_cast<nvgpu::TensorMapDescriptorType>(getSource().getType())) {
    if (getRowDim())
      return emitOpError("expected no row_dim with a tensor map");
    if (getGroupDim() || getGroup())
      return emitOpError("expected no group_dim and group with a tensor map");
    return verifyTensorMap(*this, map, tile, getIndices().size());
  }
  auto source = cast<MemRefType>(getSource().getType());
  // Constraint 1.
  if (static_cast<int64_t>(getIndices().size()) != source.getRank())
    return emitOpError("expected ")
           << source.getRank() << " indices, but got " << getIndices().size();
  // Constraint 2.
  if (source.getMemorySpace())
    return emitOpError("expected a buffer in the default memory space, but "
                       "got ")
           << source;
  SmallVector<int64_t> strides;
  int64_t offset;
  if (source.getRank() < 2 ||
      failed(source.getStridesAndOffset(strides, offset)) ||
      strides.back() != 1)
    return emitOpError("expected a buffer of rank 2 or more whose last stride "
                       "is 1, but got ")
           << source;
  // Constraint 3.
  if (!getRowDim())
    return emitOpError("expected a row_dim with a buffer");
  auto rowDim = static_cast<int64_t>(*getRowDim());
  if (rowDim < 0 || rowDim >= source.getRank() - 1)
    return emitOpError("expected row_dim between 0 and ")
           << source.getRank() - 2 << ", but got " << rowDim;
  // Constraint 4.
  if (tile.getElementType() != source.getElementType())
    return emitOpError("expected elements of type ")
           << source.getElementType() << ", but got " << tile.getElementType();
  // Columns of an interleaved tile are keys, of which there are others.
  bool isPart = tile.getInterleaved();
  if (!isPart && source.isDynamicDim(source.getRank() - 1))
    return emitOpError("expected a static last dimension, but got ") << source;
  if (!isPart && tile.getColumns() != source.getShape().back())
    return emitOpError("expected a tile of ")
           << source.getShape().back() << " columns, but got "
           << tile.getColumns();
  // Constraint 6.
  if (getGroupDim().has_value() != getGroup().has_value())
    return emitOpError("expected group_dim and group together or neither");
  if (!getGroupDim())
    return success();
  auto groupDim = static_cast<int64_t>(*getGroupDim());
  auto group = static_cast<int64_t>(*getGroup());
  if (groupDim < 0 || groupDim >= source.getRank() - 1 || groupDim == rowDim)
    return emitOpError("expected group_dim between 0 and ")
           << source.getRank() - 2 << " and not the row_dim " << rowDim
           << ", but got " << groupDim;
  if (tile.getRowSums())
    return emitOpError("expected no groups in a tile with row_sums, but got ")
           << group;
  if (group < 1 || tile.getRows() % group != 0)
    return emitOpError("expected a group that divides the ")
           << tile.getRows() << " rows of the tile, but got " << group;
  return success();
}

/// Constraints of a transposition of 8-bit elements.
static LogicalResult verifyTransposition(Operation *op, SharedTileType from,
                                         SharedTileType to) {
  if (from.getElementType() != to.getElementType() ||
      from.getElementBytes() != 1)
    return op->emitOpError("expected elements of 8 bits, of the same type in "
                           "both tiles, but got ")
           << from.getElementType() << " and " << to.getElementType();
  if (from.getRows() != to.getColumns() ||
      from.getColumns() != to.getCopiedRows())
    return op->emitOpError("expected a tile of ")
           << from.getColumns() << "x" << from.getRows() << ", but got "
           << to.getCopiedRows() << "x" << to.getColumns();
  if (from.getInterleaved() || from.getRowSums() || from.getRows() % 32 != 0 ||
      from.getColumns() % 16 != 0)
    return op->emitOpError(
               "expected a source of a multiple of 32 rows and of "
               "16 columns, not interleaved and without row_sums, but got ")
           << from;
  return success();
}

LogicalResult TransposeTileOp::verify() {
  return verifyTransposition(*this, getSource().getType(), getTile().getType());
}

LogicalResult CreateChannelOp::verify() {
  // Constraint 1: the swizzle's period is 1024 bytes, a barrier has 8.
  auto offset = static_cast<int64_t>(getOffset().value_or(0));
  if (offset < 0 || offset % 1024 != 0)
    return emitOpError("expected an offset that is a multiple of 1024, but "
                       "got ")
           << offset;
  auto barriers = static_cast<int64_t>(getBarriers().value_or(0));
  if (barriers < 0 || barriers % 8 != 0)
    return emitOpError("expected barriers at a multiple of 8, but got ")
           << barriers;
  return success();
}

static LogicalResult verifyTile(Operation *op, SharedTileType tile,
                                ChannelType channel) {
  if (tile != channel.getTile())
    return op->emitOpError("expected a tile of type ")
           << channel.getTile() << " as the channel has, but got " << tile;
  return success();
}

static LogicalResult verifySlot(Operation *op, Value slot, Value phase) {
  if (!slot != !phase)
    return op->emitOpError("expected slot and phase together or neither");
  return success();
}

LogicalResult AcquireOp::verify() {
  if (failed(verifyTile(*this, getTile().getType(), getChannel().getType())) ||
      failed(verifySlot(*this, getSlot(), getPhase())))
    return failure();
  int64_t bytes = getTile().getType().getCopiedBytes();
  auto announced = static_cast<int64_t>(getBytes());
  if (announced != bytes && announced != 0)
    return emitOpError("expected the ")
           << bytes << " bytes of the tile, or 0, but got " << announced;
  return success();
}

LogicalResult WaitOp::verify() {
  if (failed(verifyTile(*this, getTile().getType(), getChannel().getType())))
    return failure();
  return verifySlot(*this, getSlot(), getPhase());
}

LogicalResult ReleaseOp::verify() {
  return verifyTile(*this, getTile().getType(), getChannel().getType());
}

LogicalResult TmaLoadOp::verify() {
  SharedTileType tile = getTile().getType();
  if (failed(verifyTile(*this, tile, getChannel().getType())))
    return failure();
  return verifyTensorMap(
      *this, cast<nvgpu::TensorMapDescriptorType>(getMap().getType()), tile,
      getCoordinates().size());
}

LogicalResult TransposeOp::verify() {
  if (failed(verifyTile(*this, getTile().getType(), getChannel().getType())))
    return failure();
  return verifyTransposition(*this, getSource().getType(), getTile().getType());
}

//===----------------------------------------------------------------------===//
// Matrix products
//===----------------------------------------------------------------------===//

/// Whether the matrix units multiply elements of this type.
static bool isMultiplied(Type type) {
  return type.isF16() || type.isBF16() || isa<Float8E4M3FNType>(type) ||
         type.isSignlessInteger(8);
}

/// The type that they add up products of these in.
static Type getAccumulatorType(Type type) {
  Builder builder(type.getContext());
  return type.isInteger() ? Type(builder.getI32Type()) : builder.getF32Type();
}

/// The columns that a product of elements of a type may have (PTX ISA,
/// "Asynchronous Warpgroup Level Matrix Shape").
static LogicalResult verifyColumns(Operation *op, StringRef what, int64_t n,
                                   Type type) {
  if (n < 8 || n % 8 != 0 || n > 256)
    return op->emitOpError("expected ")
           << what << " to be a multiple of 8 between 8 and 256, but got " << n;
  if (type.isInteger() && n % 16 != 0 && n != 8 && n != 24)
    return op->emitOpError("expected ")
           << what << " to be 8, 24 or a multiple of 16 with elements of type "
           << type << ", but got " << n;
  return success();
}

/// Rows, columns and element type of an operand, in either kind of memory.
static std::tuple<int64_t, int64_t, Type> getMatrix(Type type) {
  if (auto tile = dyn_cast<SharedTileType>(type))
    return {tile.getRows(), tile.getColumns(), tile.getElementType()};
  auto vector = cast<VectorType>(type);
  return {vector.getDimSize(0), vector.getDimSize(1), vector.getElementType()};
}

LogicalResult WgmmaOp::verify() {
  auto [m, lhsDepth, lhsType] = getMatrix(getLhs().getType());
  auto [rhsRows, rhsColumns, rhsType] = getMatrix(getRhs().getType());
  int64_t rhsDepth = getTransposeRhs() ? rhsColumns : rhsRows;
  int64_t n = getTransposeRhs() ? rhsRows : rhsColumns;
  if (getRowSums())
    n += SharedTileType::kSumRows;
  VectorType result = getResult().getType().getVector();
  // Constraint 1.
  if (lhsDepth != rhsDepth)
    return emitOpError("expected lhs and rhs to have the same inner size, but "
                       "got ")
           << lhsDepth << " and " << rhsDepth;
  Type sum = getAccumulatorType(lhsType);
  if (result.getRank() != 2 || result.getDimSize(0) != m ||
      result.getDimSize(1) != n || result.getElementType() != sum)
    return emitOpError("expected a result of ")
           << m << "x" << n << "x" << (sum.isF32() ? "f32" : "i32")
           << ", but got " << result;
  if (getAccumulator() && getAccumulator().getType() != result)
    return emitOpError("expected an accumulator of type ")
           << result << ", but got " << getAccumulator().getType();
  // Constraint 2.
  if (m % 64 != 0)
    return emitOpError("expected a multiple of 64 rows, but got ") << m;
  if (failed(verifyColumns(*this, "the columns", n, lhsType)))
    return failure();
  // Constraint 3.
  if (lhsType != rhsType || !isMultiplied(lhsType))
    return emitOpError("expected f16, bf16, f8E4M3FN or i8 on both sides, but "
                       "got ")
           << lhsType << " and " << rhsType;
  // Constraint 4.
  bool isWide = lhsType.getIntOrFloatBitWidth() == 16;
  int64_t step = isWide ? 16 : 32;
  if (!getTransposeRhs() && rhsRows % step != 0)
    return emitOpError("expected a multiple of ")
           << step << " rows of rhs, but got " << rhsRows;
  auto vector = dyn_cast<VectorType>(getLhs().getType());
  if (vector && lhsDepth % step != 0)
    return emitOpError("expected a multiple of ")
           << step << " columns of a vector, but got " << lhsDepth;
  // Constraint 5.
  if (!vector && cast<SharedTileType>(getLhs().getType()).getInterleaved())
    return emitOpError("expected a tile as lhs not to be interleaved");
  // Constraint 6.
  if (getRowSums() && getTransposeRhs())
    return emitOpError("expected row_sums in the type of a transposed rhs");
  if (!getTransposeRhs() && getRhs().getType().getRowSums())
    return emitOpError("expected an rhs without row_sums where it is not "
                       "transposed");
  if (!vector && cast<SharedTileType>(getLhs().getType()).getRowSums())
    return emitOpError("expected a tile as lhs to be without row_sums");
  // Constraint 5, of rhs.
  bool interleaves = vector && !isWide && getTransposeRhs();
  if (getRhs().getType().getInterleaved() != interleaves)
    return emitOpError("expected rhs ")
           << (interleaves ? "to be interleaved, as lhs is a vector of 8-bit "
                             "elements"
                           : "not to be interleaved: lhs is no vector of 8-bit "
                             "elements, or rhs not transposed");
  return success();
}

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

LogicalResult WarpSpecializeOp::verifyRegions() {
  // Constraint 1.
  auto consumers = static_cast<int64_t>(getConsumers());
  if (consumers < 1 || consumers > 7)
    return emitOpError("expected 1 to 7 consumers, but got ") << consumers;
  // Constraint 2.
  auto producer = static_cast<int64_t>(getProducerRegisters());
  auto consumer = static_cast<int64_t>(getConsumerRegisters());
  for (int64_t registers : {producer, consumer})
    if (registers < 24 || registers > 256 || registers % 8 != 0)
      return emitOpError("expected registers to be a multiple of 8 between 24 "
                         "and 256, but got ")
             << registers;
  int64_t total = 128 * (producer + consumers * consumer);
  if (total > 65536)
    return emitOpError("expected at most 65536 registers in a block, but got ")
           << total;
  // Constraint 3.
  auto forbid = [&](Region &region, StringRef role,
                    auto predicate) -> LogicalResult {
    WalkResult result = region.walk([&](Operation *op) {
      if (!predicate(op))
        return WalkResult::advance();
      op->emitOpError("cannot run in the ") << role << " role";
      return WalkResult::interrupt();
    });
    return failure(result.wasInterrupted());
  };
  // What the producer waits for is its own.
  WalkResult own = getProducer().walk([&](Operation *op) {
    Value channel;
    if (auto wait = dyn_cast<WaitOp>(op))
      channel = wait.getChannel();
    else if (auto release = dyn_cast<ReleaseOp>(op))
      channel = release.getChannel();
    else
      return WalkResult::advance();
    bool fills = false;
    for (Operation *user : channel.getUsers()) {
      fills |= isa<AcquireOp>(user) &&
               getProducer().isAncestor(user->getParentRegion());
      if (!isa<WaitOp>(user) ||
          !getConsumer().isAncestor(user->getParentRegion()))
        continue;
      InFlightDiagnostic diagnostic = op->emitOpError(
          "cannot run in the producer role, as the consumers wait for the "
          "channel");
      diagnostic.attachNote(user->getLoc()) << "they do here";
      return WalkResult::interrupt();
    }
    if (fills)
      return WalkResult::advance();
    op->emitOpError("cannot run in the producer role, which does not fill the "
                    "channel");
    return WalkResult::interrupt();
  });
  if (own.wasInterrupted())
    return failure();
  if (failed(forbid(getProducer(), "producer", [](Operation *op) {
        return isa<WgmmaOp, WgmmaWaitOp, ThreadWgmmaOp, ThreadWgmmaWaitOp,
                   TurnWaitOp, TurnPassOp, WarpSpecializeOp>(op);
      })))
    return failure();
  return forbid(getConsumer(), "consumer", [](Operation *op) {
    return isa<AcquireOp, TmaLoadOp, TransposeOp, WarpSpecializeOp>(op);
  });
}

//===----------------------------------------------------------------------===//
// Thread level
//===----------------------------------------------------------------------===//

LogicalResult ThreadWgmmaOp::verify() {
  auto n = static_cast<int64_t>(getN());
  auto depth = static_cast<int64_t>(getDepth());
  // Constraint 1.
  if (!getLhs() == getPairs().empty() || !getLhs() != !getRow())
    return emitOpError("expected either a tile and a row, or packed pairs");
  // Constraint 2.
  SharedTileType rhs = getRhs().getType();
  Type element = rhs.getElementType();
  if (failed(verifyColumns(*this, "n", n, element)))
    return failure();
  auto count = static_cast<int64_t>(getNumResults());
  if (count != n / 2)
    return emitOpError("expected ") << n / 2 << " results, but got " << count;
  auto accumulators = static_cast<int64_t>(getAccumulators().size());
  if (accumulators != 0 && accumulators != n / 2)
    return emitOpError("expected ")
           << n / 2 << " accumulators or none, but got " << accumulators;
  Type sum = getAccumulatorType(element);
  for (TypeRange types :
       {TypeRange(getResultTypes()), TypeRange(getAccumulators().getTypes())})
    if (!llvm::all_of(types, [&](Type type) { return type == sum; }))
      return emitOpError("expected results and accumulators of type ")
             << sum << ", but got " << types;
  // Constraint 3.
  if (depth < 8 || depth % 8 != 0)
    return emitOpError(
               "expected depth to be a positive multiple of 8, but got ")
           << depth;
  bool isWide = rhs.getElementBytes() == 2;
  auto pairs = static_cast<int64_t>(getPairs().size());
  int64_t expected = llvm::divideCeil(depth, isWide ? 16 : 32) * 4;
  if (!getLhs() && pairs != expected)
    return emitOpError("expected ")
           << expected << " packed pairs, but got " << pairs;
  // Constraint 4.
  SmallVector<Type> lhsElements;
  if (getLhs())
    lhsElements.push_back(getLhs().getType().getElementType());
  for (Type pair : getPairs().getTypes())
    lhsElements.push_back(cast<VectorType>(pair).getElementType());
  for (Type lhsElement : lhsElements)
    if (lhsElement != element || !isMultiplied(element))
      return emitOpError("expected f16, bf16, f8E4M3FN or i8 on both sides, "
                         "but got ")
             << lhsElement << " and " << element;
  // Constraint 5.
  if (getLhs() && getLhs().getType().getColumns() != depth)
    return emitOpError("expected lhs to have ")
           << depth << " columns, but got " << getLhs().getType().getColumns();
  int64_t rows = getTransposeRhs() ? n : depth;
  int64_t columns = getTransposeRhs() ? depth : n;
  if (rhs.getRows() != rows || rhs.getColumns() != columns)
    return emitOpError("expected rhs to be ")
           << rows << "x" << columns << ", but got " << rhs.getRows() << "x"
           << rhs.getColumns();
  // Constraint 6.
  if (!isWide && !getTransposeRhs())
    return emitOpError("expected an 8-bit rhs to be transposed; run "
                       "hopper-insert-transposes before the distribution");
  if (rhs.getInterleaved() != (!isWide && !getLhs()))
    return emitOpError("expected rhs ")
           << (rhs.getInterleaved() ? "not " : "")
           << "to be interleaved: lhs is "
           << (getLhs() ? "a tile" : "in registers");
  return success();
}

LogicalResult ThreadWgmmaWaitOp::verify() {
  // Constraint 2.
  auto groups = static_cast<int64_t>(getGroups());
  if (groups < 0 || groups > kMostGroups)
    return emitOpError("expected groups between 0 and ")
           << kMostGroups << ", but got " << groups;
  return success();
}

//===----------------------------------------------------------------------===//
// HoldOp
//===----------------------------------------------------------------------===//

LogicalResult HoldOp::verify() {
  if (getValues().empty())
    return emitOpError("expected at least 1 value, but got 0");
  return success();
}
