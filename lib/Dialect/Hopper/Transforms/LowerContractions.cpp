//===- LowerContractions.cpp - Contractions as matrix products ------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Analysis/KernelResources.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERLOWERCONTRACTIONS
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

namespace {

struct LowerContractionsPass
    : hopper::impl::HopperLowerContractionsBase<LowerContractionsPass> {
  void runOnOperation() override {
    SmallVector<vector::ContractionOp> contractions;
    getOperation().walk(
        [&](vector::ContractionOp op) { contractions.push_back(op); });
    for (vector::ContractionOp op : contractions)
      if (failed(lower(op)))
        return signalPassFailure();
  }

  LogicalResult checkTile(vector::ContractionOp op);
  LogicalResult lower(vector::ContractionOp op);
  FailureOr<Value> loadTile(vector::TransferReadOp read,
                            bool interleaved = false, bool rowSums = false);
};

} // namespace

/// Whether the contraction is (m, k) × (n, k) or (k, n) → (m, n); sets
/// `transposeRhs` for the former.
static bool isMatrixProduct(vector::ContractionOp op, bool &transposeRhs) {
  if (op.getKind() != vector::CombiningKind::ADD || op.isMasked())
    return false;
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  if (maps[0].getNumDims() != 3 || llvm::any_of(maps, [](AffineMap map) {
        return map.getNumResults() != 2;
      }))
    return false;
  AffineExpr m = maps[2].getResult(0), n = maps[2].getResult(1),
             k = maps[0].getResult(1);
  if (maps[0].getResult(0) != m)
    return false;
  auto is = [&](AffineExpr a, AffineExpr b) {
    return maps[1].getResult(0) == a && maps[1].getResult(1) == b;
  };
  transposeRhs = is(n, k);
  return transposeRhs || is(k, n);
}

/// Erases the insertions that nothing uses any more.
static void eraseUnused(Operation *op) {
  while (isa_and_nonnull<vector::InsertStridedSliceOp>(op) && op->use_empty()) {
    Operation *next =
        cast<vector::InsertStridedSliceOp>(op).getDest().getDefiningOp();
    op->erase();
    op = next;
  }
}

/// The read of a matrix, or of one whose rows stand along two dimensions.
static vector::TransferReadOp getRead(Value matrix) {
  if (auto cast = matrix.getDefiningOp<vector::ShapeCastOp>();
      cast && cast.getSourceVectorType().getRank() == 3 &&
      cast.getSourceVectorType().getShape().back() ==
          cast.getResultVectorType().getShape().back())
    matrix = cast.getSource();
  return matrix.getDefiningOp<vector::TransferReadOp>();
}

/// The matrix that `matrix` is with what makes a product of it give sums of
/// rows as well: behind its columns, or rows where it is transposed, one of
/// ones and seven of zeros. Null where it is something else.
static Value getSummedMatrix(Value matrix, bool transposed) {
  auto ones = matrix.getDefiningOp<vector::InsertStridedSliceOp>();
  auto rest = ones
                  ? ones.getDest().getDefiningOp<vector::InsertStridedSliceOp>()
                  : vector::InsertStridedSliceOp();
  if (!rest || ones.hasNonUnitStrides() || rest.hasNonUnitStrides() ||
      !attn::isZero(rest.getDest()) ||
      !matchPattern(ones.getValueToStore(), m_OneFloat()))
    return {};
  auto getOffsets = [](vector::InsertStridedSliceOp op) {
    return llvm::to_vector(op.getOffsets().getAsValueRange<IntegerAttr>());
  };
  static_assert(SharedTileType::kSumRows == attn::hopper_limits::kSumColumns,
                "attn-fuse-row-sums appends what a tile has for sums");
  unsigned along = transposed ? 0 : 1;
  VectorType inner = rest.getSourceVectorType(),
             line = ones.getSourceVectorType();
  SmallVector<int64_t> place = {0, 0}, shape(inner.getShape());
  place[along] = inner.getDimSize(along);
  shape[along] += SharedTileType::kSumRows;
  SmallVector<int64_t> lineShape(inner.getShape());
  lineShape[along] = 1;
  bool isAppended =
      llvm::all_of(getOffsets(rest),
                   [](const APInt &offset) { return offset.isZero(); }) &&
      llvm::equal(getOffsets(ones), place, [](const APInt &a, int64_t b) {
        return a.getSExtValue() == b;
      });
  if (inner.getRank() != 2 || line.getShape() != ArrayRef(lineShape) ||
      ones.getDestVectorType().getShape() != ArrayRef(shape) || !isAppended)
    return {};
  return rest.getValueToStore();
}

/// The tile in shared memory in place of a read of rows along one dimension of
/// a buffer, or groups of them along another, and columns along its last one.
FailureOr<Value> LowerContractionsPass::loadTile(vector::TransferReadOp read,
                                                 bool interleaved,
                                                 bool rowSums) {
  auto source = dyn_cast<MemRefType>(read.getBase().getType());
  AffineMap map = read.getPermutationMap();
  VectorType type = read.getVectorType();
  bool grouped = type.getRank() == 3;
  if (!source || read.getMask() || (!grouped && type.getRank() != 2) ||
      !llvm::all_of(map.getResults(), llvm::IsaPred<AffineDimExpr>) ||
      map.getResults().back() !=
          getAffineDimExpr(source.getRank() - 1, read.getContext()))
    return read.emitOpError("cannot become a tile in shared memory: expected "
                            "rows along one dimension of a memref and columns "
                            "along its last one");
  // The copy engine fills with zeros, and so must the read.
  if (read.hasOutOfBoundsDim() && !attn::isZero(read.getPadding()))
    return read.emitOpError("cannot become a tile in shared memory: expected "
                            "a padding of zero");
  int64_t columns = type.getShape().back();
  auto tileType = SharedTileType::getChecked(
      [&] { return read.emitOpError(); }, read.getContext(),
      type.getNumElements() / columns +
          (rowSums ? SharedTileType::kSumRows : 0),
      columns, type.getElementType(), interleaved, rowSums);
  if (!tileType)
    return failure();
  OpBuilder builder(read);
  auto getDim = [&](unsigned result) {
    return builder.getI64IntegerAttr(map.getDimPosition(result));
  };
  IntegerAttr groupDim, group;
  if (grouped) {
    groupDim = getDim(1);
    group = builder.getI64IntegerAttr(type.getDimSize(1));
  }
  Value tile =
      LoadTileOp::create(builder, read.getLoc(), tileType, read.getBase(),
                         read.getIndices(), getDim(0), groupDim, group);
  return tile;
}

/// The products of a kernel have the shape that its configuration promises to
/// the passes behind: all rows of a block, by a tile's keys either as columns
/// or as depth.
LogicalResult LowerContractionsPass::checkTile(vector::ContractionOp op) {
  auto config =
      getOperation()->getAttrOfType<attn::ConfigAttr>(attn::kConfigAttrName);
  if (!config)
    return success();
  auto result = cast<VectorType>(op.getResultType());
  int64_t rows = result.getDimSize(0), columns = result.getDimSize(1);
  int64_t depth = op.getLhsType().getDimSize(1);
  if (rows != config.getTileQ())
    return op.emitOpError("expected the ")
           << config.getTileQ() << " rows of the configuration's tile, but got "
           << rows;
  if (columns != config.getTileKV() && depth != config.getTileKV())
    return op.emitOpError("expected the ")
           << config.getTileKV()
           << " keys of the configuration's tile as columns or as depth, but "
           << "got " << columns << " and " << depth;
  return success();
}

LogicalResult LowerContractionsPass::lower(vector::ContractionOp op) {
  bool transposeRhs = false;
  auto result = dyn_cast<VectorType>(op.getResultType());
  if (!result || !isMatrixProduct(op, transposeRhs))
    return op.emitOpError("expected a product of two matrices");
  if (failed(checkTile(op)))
    return failure();
  // Keys that stand as the matrix units take them beside probabilities in
  // registers: a product does not depend on the order of its inner dimension.
  Value rhsMatrix = op.getRhs();
  Value summed = getSummedMatrix(rhsMatrix, transposeRhs);
  if (summed)
    rhsMatrix = summed;
  auto ordered = rhsMatrix.getDefiningOp<attn::DeinterleaveOp>();
  if (ordered) {
    if (!transposeRhs || getRead(op.getLhs()))
      return ordered.emitOpError(
          "expected to be the transposed right-hand side "
          "of a product whose left-hand side is computed"
          ", which takes its columns as they are");
    rhsMatrix = ordered.getSource();
  }
  auto rhsRead = rhsMatrix.getDefiningOp<vector::TransferReadOp>();
  if (!rhsRead)
    return op.emitOpError("expected a right-hand side that is read from a "
                          "buffer");
  // What stands in rows becomes rows of the tile; a product whose right-hand
  // side is not transposed says that its transpose will have them.
  FailureOr<Value> rhs = loadTile(rhsRead, /*interleaved=*/ordered != nullptr,
                                  /*rowSums=*/summed && transposeRhs);
  if (failed(rhs))
    return failure();
  Value lhs = op.getLhs();
  vector::TransferReadOp lhsRead = getRead(lhs);
  if (lhsRead) {
    FailureOr<Value> tile = loadTile(lhsRead);
    if (failed(tile))
      return failure();
    lhs = *tile;
  }
  // The first instruction of a product can ignore what the accumulators hold.
  Value accumulator = op.getAcc();
  if (attn::isZero(accumulator))
    accumulator = Value();
  OpBuilder builder(op);
  Value pending = WgmmaOp::create(builder, op.getLoc(),
                                  PendingType::get(op.getContext(), result),
                                  lhs, *rhs, accumulator, transposeRhs,
                                  /*row_sums=*/summed && !transposeRhs);
  Value product = WgmmaWaitOp::create(builder, op.getLoc(), result, pending);
  op.replaceAllUsesWith(product);
  Operation *cast = op.getLhs().getDefiningOp<vector::ShapeCastOp>();
  Operation *rhsOfProduct = op.getRhs().getDefiningOp();
  op.erase();
  if (lhsRead && cast && cast->use_empty())
    cast->erase();
  if (summed)
    eraseUnused(rhsOfProduct);
  if (ordered && ordered->use_empty())
    ordered.erase();
  if (rhsRead->use_empty())
    rhsRead.erase();
  if (lhsRead && lhsRead != rhsRead && lhsRead->use_empty())
    lhsRead.erase();
  return success();
}
