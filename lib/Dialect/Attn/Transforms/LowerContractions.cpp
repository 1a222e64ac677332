//===- LowerContractions.cpp - Contractions as loops over rows ------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TileBuffers.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNLOWERCONTRACTIONS
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

namespace {

/// The second operand of a product: a matrix that is read by rows, from where
/// it was read itself or from a buffer of its own.
struct RowSource {
  Value memref;
  SmallVector<Value> indices; // of the matrix's first element
  unsigned rowDim, columnDim; // dimensions of the memref
  Value rows;                 // how many there are to read
};

/// Lowers one product of an M×K matrix with one that stands as (n, k) or (k,
/// n).
class Lowering {
public:
  Lowering(vector::ContractionOp op)
      : op(op), builder(op), loc(op.getLoc()),
        type(cast<VectorType>(op.getType())),
        lhsType(cast<VectorType>(op.getLhsType())),
        rhsType(cast<VectorType>(op.getRhsType())) {}

  void run(bool transposedRhs);

private:
  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }
  Value add(Value a, Value b) {
    return builder.createOrFold<arith::AddIOp>(loc, a, b);
  }
  Value extend(Value vector);
  Value multiplyAdd(Value a, Value b, Value c);
  Value createExtendedCopy(Value matrix);
  void orderColumns(Value buffer, VectorType matrix);
  RowSource getRows(TypedValue<VectorType> matrix);
  Value readRow(const RowSource &source, Value row, Value column,
                int64_t lanes);
  void emitDotProducts(Value lhs, const RowSource &rhs, Value result);
  void emitMultiples(Value lhs, const RowSource &rhs, Value result);

  vector::ContractionOp op;
  OpBuilder builder;
  Location loc;
  VectorType type, lhsType, rhsType;
};

} // namespace

Value Lowering::extend(Value value) {
  auto from = cast<VectorType>(value.getType());
  if (from.getElementType() == type.getElementType())
    return value;
  VectorType wide = from.clone(type.getElementType());
  if (wide.getElementType().isInteger())
    return arith::ExtSIOp::create(builder, loc, wide, value);
  return arith::ExtFOp::create(builder, loc, wide, value);
}

/// a · b + c
Value Lowering::multiplyAdd(Value a, Value b, Value c) {
  if (!type.getElementType().isInteger())
    return vector::FMAOp::create(builder, loc, a, b, c);
  return arith::AddIOp::create(builder, loc,
                               arith::MulIOp::create(builder, loc, a, b), c);
}

/// A copy in the element type of the result, made where the matrix is, which
/// may be before a loop around the product.
Value Lowering::createExtendedCopy(Value matrix) {
  Value buffer = createTileBuffer(
      builder, loc,
      cast<VectorType>(matrix.getType()).clone(type.getElementType()));
  OpBuilder::InsertionGuard guard(builder);
  // The buffer is at the start of the function, before any operation but not
  // before an argument.
  if (matrix.getParentBlock() == buffer.getParentBlock() &&
      isa<BlockArgument>(matrix))
    builder.setInsertionPointAfterValue(buffer);
  else
    builder.setInsertionPointAfterValue(matrix);
  storeTile(builder, loc, extend(matrix), buffer);
  return buffer;
}

/// Whether the product may read by itself what `read` reads: nothing else does,
/// no write may come between, and what lies out of bounds is zero.
static bool canReadInPlace(vector::TransferReadOp read, Operation *user) {
  if (!read || !read->hasOneUse() || read->getBlock() != user->getBlock() ||
      read.getMask() || !isa<MemRefType>(read.getBase().getType()) ||
      !isZero(read.getPadding()))
    return false;
  AffineMap map = read.getPermutationMap();
  if (map.getNumResults() != 2 || !map.isProjectedPermutation() ||
      map.getDimPosition(1) != map.getNumInputs() - 1 || !read.isDimInBounds(1))
    return false;
  for (Operation *op = read->getNextNode(); op != user; op = op->getNextNode())
    if (!isMemoryEffectFree(op) && !hasSingleEffect<MemoryEffects::Read>(op))
      return false;
  return true;
}

/// What `attn.deinterleave` does, row by row in the buffer of a matrix.
void Lowering::orderColumns(Value buffer, VectorType matrix) {
  int64_t columns = matrix.getDimSize(1);
  SmallVector<int64_t> places;
  for (int64_t column = 0; column < columns; ++column)
    places.push_back(getPlaceOfKey(column));
  auto overRows = scf::ForOp::create(builder, loc, index(0),
                                     index(matrix.getDimSize(0)), index(1));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(overRows.getBody());
  SmallVector<Value> at = {overRows.getInductionVar(), index(0)};
  auto rowType = VectorType::get({columns}, matrix.getElementType());
  Value row = vector::LoadOp::create(builder, loc, rowType, buffer, at);
  Value ordered = vector::ShuffleOp::create(builder, loc, row, row, places);
  vector::StoreOp::create(builder, loc, ordered, buffer, at);
}

RowSource Lowering::getRows(TypedValue<VectorType> matrix) {
  int64_t size = matrix.getType().getDimSize(0);
  auto interleaved = matrix.getDefiningOp<DeinterleaveOp>();
  auto read = matrix.getDefiningOp<vector::TransferReadOp>();
  if (interleaved || !canReadInPlace(read, op)) {
    Value buffer = createTileBuffer(builder, loc, matrix.getType());
    storeTile(builder, loc, interleaved ? interleaved.getSource() : matrix,
              buffer);
    if (interleaved)
      orderColumns(buffer, matrix.getType());
    return {buffer, {index(0), index(0)}, 0, 1, index(size)};
  }
  AffineMap map = read.getPermutationMap();
  RowSource source = {read.getBase(), SmallVector<Value>(read.getIndices()),
                      map.getDimPosition(0), map.getDimPosition(1),
                      index(size)};
  if (!read.isDimInBounds(0)) {
    Value end =
        memref::DimOp::create(builder, loc, source.memref, source.rowDim);
    Value left =
        arith::SubIOp::create(builder, loc, end, source.indices[source.rowDim]);
    source.rows = arith::MinSIOp::create(builder, loc, left, source.rows);
  }
  return source;
}

Value Lowering::readRow(const RowSource &source, Value row, Value column,
                        int64_t lanes) {
  SmallVector<Value> indices = source.indices;
  indices[source.rowDim] = add(indices[source.rowDim], row);
  indices[source.columnDim] = add(indices[source.columnDim], column);
  return extend(vector::LoadOp::create(
      builder, loc, VectorType::get({lanes}, rhsType.getElementType()),
      source.memref, indices));
}

/// result[m, n] += Σ_k lhs[m, k] · rhs[n, k]
void Lowering::emitDotProducts(Value lhs, const RowSource &rhs, Value result) {
  int64_t depth = lhsType.getDimSize(1), lanes = getLanes(depth);
  auto partType = VectorType::get({lanes}, type.getElementType());
  int64_t rows = lhsType.getDimSize(0);
  auto overRows =
      scf::ForOp::create(builder, loc, index(0), rhs.rows, index(1));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(overRows.getBody());
  Value n = overRows.getInductionVar();
  Value zero =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(partType));
  auto overDepth =
      scf::ForOp::create(builder, loc, index(0), index(depth), index(lanes),
                         SmallVector<Value>(rows, zero));
  {
    OpBuilder::InsertionGuard inner(builder);
    builder.setInsertionPointToStart(overDepth.getBody());
    Value k = overDepth.getInductionVar();
    Value right = readRow(rhs, n, k, lanes);
    SmallVector<Value> sums;
    for (int64_t m = 0; m < rows; ++m) {
      Value left = vector::LoadOp::create(builder, loc, partType, lhs,
                                          ValueRange{index(m), k});
      sums.push_back(multiplyAdd(left, right, overDepth.getRegionIterArg(m)));
    }
    scf::YieldOp::create(builder, loc, sums);
  }
  for (int64_t m = 0; m < rows; ++m) {
    SmallVector<Value> at = {index(m), n};
    Value old = memref::LoadOp::create(builder, loc, result, at);
    Value sum = vector::ReductionOp::create(
        builder, loc, vector::CombiningKind::ADD, overDepth.getResult(m), old);
    memref::StoreOp::create(builder, loc, sum, result, at);
  }
}

/// result[m, :] += Σ_k lhs[m, k] · rhs[k, :]
void Lowering::emitMultiples(Value lhs, const RowSource &rhs, Value result) {
  int64_t columns = type.getDimSize(1), lanes = getLanes(columns);
  auto partType = VectorType::get({lanes}, type.getElementType());
  int64_t rows = lhsType.getDimSize(0);
  auto overColumns =
      scf::ForOp::create(builder, loc, index(0), index(columns), index(lanes));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(overColumns.getBody());
  Value n = overColumns.getInductionVar();
  SmallVector<Value> sums;
  for (int64_t m = 0; m < rows; ++m)
    sums.push_back(vector::LoadOp::create(builder, loc, partType, result,
                                          ValueRange{index(m), n}));
  auto overDepth =
      scf::ForOp::create(builder, loc, index(0), rhs.rows, index(1), sums);
  {
    OpBuilder::InsertionGuard inner(builder);
    builder.setInsertionPointToStart(overDepth.getBody());
    Value k = overDepth.getInductionVar();
    Value right = readRow(rhs, k, n, lanes);
    for (int64_t m = 0; m < rows; ++m) {
      Value factor =
          memref::LoadOp::create(builder, loc, lhs, ValueRange{index(m), k});
      Value left = vector::BroadcastOp::create(builder, loc, partType, factor);
      sums[m] = multiplyAdd(left, right, overDepth.getRegionIterArg(m));
    }
    scf::YieldOp::create(builder, loc, sums);
  }
  for (int64_t m = 0; m < rows; ++m)
    vector::StoreOp::create(builder, loc, overDepth.getResult(m), result,
                            ValueRange{index(m), n});
}

void Lowering::run(bool transposedRhs) {
  Value lhs = createExtendedCopy(op.getLhs());
  RowSource rhs = getRows(op.getRhs());
  Value result = createTileBuffer(builder, loc, type);
  storeTile(builder, loc, op.getAcc(), result);
  if (transposedRhs)
    emitDotProducts(lhs, rhs, result);
  else
    emitMultiples(lhs, rhs, result);
  Operation *rhsOp = op.getRhs().getDefiningOp();
  op.replaceAllUsesWith(loadTile(builder, loc, result, type));
  op.erase();
  if (isa_and_nonnull<vector::TransferReadOp, DeinterleaveOp>(rhsOp) &&
      rhsOp->use_empty())
    rhsOp->erase();
}

/// Whether the second operand of a matrix product (m, k) × … → (m, n) stands as
/// (n, k); nullopt where `op` is not such a product.
static std::optional<bool> isTransposedRhs(vector::ContractionOp op) {
  auto type = dyn_cast<VectorType>(op.getType());
  if (!type || type.isScalable() ||
      op.getKind() != vector::CombiningKind::ADD || op.isMasked())
    return std::nullopt;
  using Iterator = vector::IteratorType;
  if (op.getIteratorTypesArray() != SmallVector<Iterator>{Iterator::parallel,
                                                          Iterator::parallel,
                                                          Iterator::reduction})
    return std::nullopt;
  AffineExpr m, n, k;
  bindDims(op.getContext(), m, n, k);
  auto map = [&](AffineExpr a, AffineExpr b) {
    return AffineMap::get(3, 0, {a, b}, op.getContext());
  };
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  if (maps[0] != map(m, k) || maps[2] != map(m, n) ||
      (maps[1] != map(k, n) && maps[1] != map(n, k)))
    return std::nullopt;
  return maps[1] == map(n, k);
}

namespace {

struct LowerContractionsPass
    : attn::impl::AttnLowerContractionsBase<LowerContractionsPass> {
  void runOnOperation() override {
    SmallVector<vector::ContractionOp> ops;
    getOperation()->walk([&](vector::ContractionOp op) {
      if (op->getParentOfType<FunctionOpInterface>())
        ops.push_back(op);
    });
    for (vector::ContractionOp op : ops) {
      if (std::optional<bool> transposed = isTransposedRhs(op))
        Lowering(op).run(*transposed);
      else
        op.emitRemark("not lowered: expected a product of two matrices, as "
                      "(m, k) with (k, n) or (n, k)");
    }
  }
};

} // namespace
