//===- RegionVectorizer.cpp - Score and mask regions on tiles -------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/Transforms/RegionVectorizer.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace mlir::attn;

namespace {

/// The shape of a value on the tile; 1 × 1 stands for a scalar.
struct TileShape {
  int64_t rows = 1, columns = 1;

  bool isScalar() const { return rows == 1 && columns == 1; }
};

class Vectorizer {
public:
  Vectorizer(OpBuilder &builder, int64_t rows, int64_t columns)
      : builder(builder), full{rows, columns} {}

  FailureOr<Value> run(Region &region, ValueRange arguments);

private:
  static TileShape shapeOf(Value value) {
    auto type = dyn_cast<VectorType>(value.getType());
    return type ? TileShape{type.getDimSize(0), type.getDimSize(1)}
                : TileShape();
  }
  static TileShape join(TileShape a, TileShape b) {
    return {std::max(a.rows, b.rows), std::max(a.columns, b.columns)};
  }
  Value broadcast(Location loc, Value value, TileShape shape);
  LogicalResult vectorize(Operation *op);
  LogicalResult vectorizeElementwise(Operation *op);
  LogicalResult vectorizeLoad(memref::LoadOp load);
  void readScalar(memref::LoadOp load, ValueRange indices);

  OpBuilder &builder;
  TileShape full;
  IRMapping mapping;
  /// What depends on the score, of the region's own values.
  DenseSet<Value> ofScore;
};

} // namespace

Value Vectorizer::broadcast(Location loc, Value value, TileShape shape) {
  if (shape.isScalar())
    return value;
  auto type = VectorType::get({shape.rows, shape.columns},
                              getElementTypeOrSelf(value.getType()));
  if (value.getType() == type)
    return value;
  return vector::BroadcastOp::create(builder, loc, type, value);
}

LogicalResult Vectorizer::vectorizeElementwise(Operation *op) {
  TileShape shape;
  for (Value operand : op->getOperands())
    shape = join(shape, shapeOf(mapping.lookupOrDefault(operand)));
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(
        broadcast(op->getLoc(), mapping.lookupOrDefault(operand), shape));
  SmallVector<Type> types;
  for (Type type : op->getResultTypes())
    types.push_back(shape.isScalar()
                        ? type
                        : VectorType::get({shape.rows, shape.columns}, type));
  Operation *vectorized =
      builder.create(op->getLoc(), op->getName().getIdentifier(), operands,
                     types, op->getAttrs());
  bool bearsScore = llvm::any_of(op->getOperands(), [&](Value operand) {
    return ofScore.contains(operand);
  });
  if (bearsScore)
    ofScore.insert_range(op->getResults());
  // A product and a sum may round once, and a quotient of scores, which are
  // rounded anyway, be a product. A quotient of coordinates is often exact, and
  // one that is not quite makes another integer of ceil(i / 3 - 5).
  arith::FastMathFlags allowed = arith::FastMathFlags::contract;
  if (bearsScore)
    allowed = allowed | arith::FastMathFlags::arcp;
  if (auto math = dyn_cast<arith::ArithFastMathInterface>(vectorized)) {
    // Some operations have flags only where there are any.
    arith::FastMathFlagsAttr given = math.getFastMathFlagsAttr();
    auto flags = given ? given.getValue() : arith::FastMathFlags::none;
    vectorized->setAttr(
        math.getFastMathAttrName(),
        arith::FastMathFlagsAttr::get(builder.getContext(), flags | allowed));
  }
  mapping.map(op->getResults(), vectorized->getResults());
  return success();
}

/// Whether an index counts along a grid that a dimension is as large as, such
/// as the heads of an array with one element for each.
static bool isInside(Value index, Value memref, unsigned dim) {
  auto argument = dyn_cast<BlockArgument>(index);
  auto type = cast<MemRefType>(memref.getType());
  auto grid = argument
                  ? dyn_cast<scf::ForallOp>(argument.getOwner()->getParentOp())
                  : scf::ForallOp();
  if (!grid || !grid.isNormalized() || type.isDynamicDim(dim))
    return false;
  std::optional<int64_t> end =
      getConstantIntValue(grid.getMixedUpperBound()[argument.getArgNumber()]);
  return end && *end <= type.getDimSize(dim);
}

/// One element for the whole tile. Like the lanes of a gather, one that lies
/// beyond an end is zero, and the first is read in its place, which costs less
/// than a branch.
void Vectorizer::readScalar(memref::LoadOp load, ValueRange indices) {
  Location loc = load.getLoc();
  Value memref = mapping.lookupOrDefault(load.getMemRef());
  Value inBounds = arith::ConstantIntOp::create(builder, loc, 1, /*width=*/1);
  for (auto [dim, index] : llvm::enumerate(indices)) {
    if (isInside(index, memref, dim))
      continue;
    Value size = builder.createOrFold<memref::DimOp>(loc, memref, dim);
    Value inside = builder.createOrFold<arith::CmpIOp>(
        loc, arith::CmpIPredicate::ult, index, size);
    inBounds = builder.createOrFold<arith::AndIOp>(loc, inBounds, inside);
  }
  Value origin = arith::ConstantIndexOp::create(builder, loc, 0);
  SmallVector<Value> safe;
  for (Value index : indices)
    safe.push_back(
        builder.createOrFold<arith::SelectOp>(loc, inBounds, index, origin));
  Value read = memref::LoadOp::create(builder, loc, memref, safe);
  Value zero = arith::ConstantOp::create(builder, loc,
                                         builder.getZeroAttr(load.getType()));
  mapping.map(load.getResult(),
              builder.createOrFold<arith::SelectOp>(loc, inBounds, read, zero));
}

LogicalResult Vectorizer::vectorizeLoad(memref::LoadOp load) {
  Location loc = load.getLoc();
  SmallVector<Value> indices;
  TileShape shape;
  for (Value index : load.getIndices()) {
    indices.push_back(mapping.lookupOrDefault(index));
    shape = join(shape, shapeOf(indices.back()));
  }
  if (shape.isScalar()) {
    readScalar(load, indices);
    return success();
  }
  // The elements of the tile that lie beyond the end of the problem must not
  // read: each index is compared with its dimension, and a lane that is out of
  // bounds gives zero. One linear index serves any rank and any strides.
  Value memref = mapping.lookupOrDefault(load.getMemRef());
  auto metadata =
      memref::ExtractStridedMetadataOp::create(builder, loc, memref);
  Value linear, inBounds;
  // Each dimension is worked out in the shape of its own index: what depends on
  // a row alone costs nothing for each element.
  auto combine = [&](Value a, Value b, auto build) -> Value {
    if (!a)
      return b;
    TileShape both = join(shapeOf(a), shapeOf(b));
    return build(broadcast(loc, a, both), broadcast(loc, b, both));
  };
  for (auto [dim, index] : llvm::enumerate(indices)) {
    TileShape own = shapeOf(index);
    Value size = broadcast(loc, metadata.getSizes()[dim], own);
    Value stride = broadcast(loc, metadata.getStrides()[dim], own);
    Value inside = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::ult, index, size);
    Value offset = arith::MulIOp::create(builder, loc, index, stride);
    inBounds = combine(inBounds, inside, [&](Value a, Value b) -> Value {
      return arith::AndIOp::create(builder, loc, a, b);
    });
    linear = combine(linear, offset, [&](Value a, Value b) -> Value {
      return arith::AddIOp::create(builder, loc, a, b);
    });
  }
  auto elementType = cast<MemRefType>(memref.getType()).getElementType();
  // The length is not known and not needed: the mask keeps every lane inside.
  auto flatType = MemRefType::get(
      {ShapedType::kDynamic}, elementType,
      StridedLayoutAttr::get(builder.getContext(), ShapedType::kDynamic, {1}),
      cast<MemRefType>(memref.getType()).getMemorySpace());
  Value one = arith::ConstantIndexOp::create(builder, loc, 1);
  Value flat = memref::ReinterpretCastOp::create(
      builder, loc, flatType, metadata.getBaseBuffer(),
      OpFoldResult(metadata.getOffset()), ArrayRef<OpFoldResult>{one},
      ArrayRef<OpFoldResult>{builder.getIndexAttr(1)});
  auto type = VectorType::get({shape.rows, shape.columns}, elementType);
  Value zero =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
  Value origin = arith::ConstantIndexOp::create(builder, loc, 0);
  mapping.map(load.getResult(), vector::GatherOp::create(
                                    builder, loc, type, flat,
                                    ValueRange{origin}, linear, inBounds, zero)
                                    .getResult());
  return success();
}

LogicalResult Vectorizer::vectorize(Operation *op) {
  for (Type type : op->getResultTypes())
    if (!type.isIntOrIndexOrFloat())
      return op->emitOpError("cannot be applied to a tile in a score or mask "
                             "region: expected scalars, but got ")
             << type;
  // Both targets compute 16 bits and more.
  for (Type type :
       llvm::concat<const Type>(SmallVector<Type>(op->getOperandTypes()),
                                SmallVector<Type>(op->getResultTypes())))
    if (isa<FloatType>(type) && !type.isF16() && !type.isBF16() &&
        !type.isF32() && !type.isF64())
      return op->emitOpError("cannot be applied to a tile in a score or mask "
                             "region: expected f16, bf16, f32 or f64, but got ")
             << type;
  if (op->getNumResults() > 1)
    return op->emitOpError("cannot be applied to a tile in a score or mask "
                           "region: expected one result, but got ")
           << op->getNumResults();
  if (op->hasTrait<OpTrait::ConstantLike>()) {
    builder.clone(*op, mapping);
    return success();
  }
  if (auto load = dyn_cast<memref::LoadOp>(op))
    return vectorizeLoad(load);
  // A tile has elements beyond the ends, and some that no row sees.
  if (!isSpeculatable(op))
    return op->emitOpError(
        "cannot be applied to a tile in a score or mask "
        "region: expected an operation that is defined for "
        "all its operands, such as a division by a constant");
  bool scalarOperands = llvm::all_of(op->getOperands(), [&](Value operand) {
    return shapeOf(mapping.lookupOrDefault(operand)).isScalar();
  });
  if (OpTrait::hasElementwiseMappableTraits(op))
    return vectorizeElementwise(op);
  if (scalarOperands && op->getNumRegions() == 0) {
    builder.clone(*op, mapping);
    return success();
  }
  return op->emitOpError("cannot be applied to a tile in a score or mask "
                         "region: expected ")
         << (isa<scf::IfOp>(op)
                 ? "both values to be computed, and arith.select between them"
                 : "an elementwise operation, a constant or memref.load");
}

FailureOr<Value> Vectorizer::run(Region &region, ValueRange arguments) {
  Block &body = region.front();
  mapping.map(body.getArguments(), arguments);
  // Of the arguments only the score is a float; the others are coordinates.
  for (BlockArgument argument : body.getArguments())
    if (isa<FloatType>(argument.getType()))
      ofScore.insert(argument);
  for (Operation &op : body.without_terminator())
    if (failed(vectorize(&op)))
      return failure();
  auto yield = cast<YieldOp>(body.getTerminator());
  return broadcast(yield.getLoc(), mapping.lookupOrDefault(yield.getValue()),
                   full);
}

FailureOr<Value> mlir::attn::vectorizeRegion(OpBuilder &builder, Region &region,
                                             ValueRange arguments, int64_t rows,
                                             int64_t columns) {
  return Vectorizer(builder, rows, columns).run(region, arguments);
}
