//===- FuseRowSums.cpp - Row sums by the matrix units ---------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A product with a column of ones adds up rows. The second product of attention
// takes the probabilities as they were rounded, so that this is what the output
// is divided by then: where one key has all the weight, its rounding cancels.
//
//===----------------------------------------------------------------------===//

#include "fa3/Analysis/KernelResources.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNFUSEROWSUMS
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;
using namespace mlir::attn::hopper_limits;

namespace {

/// Rewrites the sum of one `attn.online_softmax`.
class RowSumFusion {
public:
  explicit RowSumFusion(OnlineSoftmaxOp op)
      : op(op), builder(op), loc(op.getLoc()) {}

  /// Whether the loop carries the sum and the output in the known way.
  bool match();
  void rewrite();

private:
  bool matchSum();
  bool matchProduct();
  bool matchRescale(Value value);
  Value splat(VectorType type, float value) {
    return arith::ConstantOp::create(
        builder, loc,
        DenseElementsAttr::get(
            type, builder.getFloatAttr(type.getElementType(), value)));
  }
  Value append(Value matrix, int64_t dimension);
  Value take(Value matrix, int64_t first, int64_t size);
  Value widenOutput();

  OnlineSoftmaxOp op;
  OpBuilder builder;
  Location loc;
  scf::ForOp loop;
  vector::ContractionOp product;
  /// The output so far as the loop carries it, times the correction, of which
  /// there is one for each of its columns.
  BlockArgument output;
  arith::MulFOp rescale;
  vector::BroadcastOp spread;
  /// Where the loop carries the sum.
  unsigned index = 0;
  /// The dimension of the product's right-hand side that its columns follow.
  unsigned columnDimension = 0;
};

} // namespace

/// The loop carries the sum, and hands it on as the op has it.
bool RowSumFusion::matchSum() {
  auto carried = dyn_cast<BlockArgument>(op.getSum());
  loop = dyn_cast<scf::ForOp>(op->getParentOp());
  if (!carried || !loop || carried.getOwner() != loop.getBody() ||
      !carried.hasOneUse() || !op.getNewSum().hasOneUse())
    return false;
  index = carried.getArgNumber() - 1;
  OpOperand &use = *op.getNewSum().use_begin();
  return use.getOwner() == loop.getBody()->getTerminator() &&
         use.getOperandNumber() == index;
}

/// Whether a value is the output so far times the op's correction, which is
/// repeated along its columns.
bool RowSumFusion::matchRescale(Value value) {
  rescale = value.getDefiningOp<arith::MulFOp>();
  if (!rescale || !rescale->hasOneUse())
    return false;
  for (auto [factor, carried] :
       {std::pair(rescale.getLhs(), rescale.getRhs()),
        std::pair(rescale.getRhs(), rescale.getLhs())}) {
    spread = factor.getDefiningOp<vector::BroadcastOp>();
    auto column = spread
                      ? spread.getSource().getDefiningOp<vector::ShapeCastOp>()
                      : vector::ShapeCastOp();
    output = dyn_cast<BlockArgument>(carried);
    if (column && column.getSource() == op.getCorrection() && output &&
        output.getOwner() == loop.getBody() && output.hasOneUse() &&
        loop.getTiedLoopYieldedValue(output)->get() == product.getResult())
      return true;
  }
  return false;
}

/// The probabilities are rounded and multiply values, added to the output.
bool RowSumFusion::matchProduct() {
  if (!op.getProbabilities().hasOneUse())
    return false;
  // In 16 bits the right-hand side is not transposed, and integers lose NaN.
  auto narrow = dyn_cast<arith::TruncFOp>(*op.getProbabilities().user_begin());
  if (!narrow || !narrow->hasOneUse() ||
      !isa<Float8E4M3FNType>(getElementTypeOrSelf(narrow.getType())))
    return false;
  product = dyn_cast<vector::ContractionOp>(*narrow->user_begin());
  if (!product || product->getBlock() != op->getBlock() ||
      product.getLhs() != narrow.getResult() || product.isMasked() ||
      product.getKind() != vector::CombiningKind::ADD || !product->hasOneUse())
    return false;
  SmallVector<AffineMap> maps = product.getIndexingMapsArray();
  auto sum = dyn_cast<VectorType>(product.getResultType());
  if (!sum || sum.getRank() != 2 || maps[0].getNumDims() != 3 ||
      maps[1].getNumResults() != 2 ||
      sum.getDimSize(1) + kSumColumns > kMmaMaxColumns)
    return false;
  std::optional<unsigned> dimension =
      maps[1].getResultPosition(maps[2].getResult(1));
  if (!dimension)
    return false;
  columnDimension = *dimension;
  return matchRescale(product.getAcc());
}

bool RowSumFusion::match() {
  if (!matchSum() || !matchProduct())
    return false;
  // The logarithm of a sum is wanted as exact as it is.
  auto grid = loop->getParentOfType<scf::ForallOp>();
  WalkResult found = (grid ? grid.getOperation() : loop.getOperation())
                         ->walk([&](Operation *other) {
                           return isa<math::LogOp, math::Log2Op>(other) &&
                                          !loop->isAncestor(other)
                                      ? WalkResult::interrupt()
                                      : WalkResult::advance();
                         });
  return !found.wasInterrupted();
}

/// `matrix` with as many more columns, or rows, as a sum takes, which are 0.
Value RowSumFusion::append(Value matrix, int64_t dimension) {
  auto type = cast<VectorType>(matrix.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape[dimension] += kSumColumns;
  return vector::InsertStridedSliceOp::create(
      builder, loc, matrix,
      splat(VectorType::get(shape, type.getElementType()), 0.0f),
      /*offsets=*/ArrayRef<int64_t>{0, 0}, /*strides=*/ArrayRef<int64_t>{1, 1});
}

Value RowSumFusion::take(Value matrix, int64_t first, int64_t size) {
  int64_t rows = cast<VectorType>(matrix.getType()).getDimSize(0);
  return vector::ExtractStridedSliceOp::create(
      builder, loc, matrix, ArrayRef<int64_t>{0, first},
      ArrayRef<int64_t>{rows, size}, ArrayRef<int64_t>{1, 1});
}

/// Has the loop carry an output with columns for sums: as 0, so that
/// accumulators of the next product are ready long before it.
Value RowSumFusion::widenOutput() {
  OpOperand &init = *loop.getTiedLoopInit(output);
  OpResult result = loop.getTiedLoopResult(output);
  auto type = cast<VectorType>(output.getType());
  builder.setInsertionPoint(loop);
  init.set(append(init.get(), 1));
  Type wide = init.get().getType();
  output.setType(wide);
  result.setType(wide);
  builder.setInsertionPointAfter(loop);
  Value own = take(result, 0, type.getDimSize(1));
  result.replaceAllUsesExcept(own, own.getDefiningOp());
  builder.setInsertionPoint(rescale);
  Value factor =
      vector::BroadcastOp::create(builder, loc, wide, spread.getSource());
  return arith::MulFOp::create(builder, loc, output, factor);
}

void RowSumFusion::rewrite() {
  int64_t columns = cast<VectorType>(product.getResultType()).getDimSize(1);
  Value scaledOutput = widenOutput();
  builder.setInsertionPoint(product);
  // The first of the new columns adds up.
  auto values = cast<VectorType>(product.getRhs().getType());
  SmallVector<int64_t> line(values.getShape()), place = {0, 0};
  line[columnDimension] = 1;
  place[columnDimension] = columns;
  Value rhs = vector::InsertStridedSliceOp::create(
      builder, loc, splat(VectorType::get(line, values.getElementType()), 1.0f),
      append(product.getRhs(), columnDimension), place,
      ArrayRef<int64_t>{1, 1});
  Value both = vector::ContractionOp::create(
      builder, loc, product.getLhs(), rhs, scaledOutput,
      product.getIndexingMaps(), product.getIteratorTypes(), product.getKind());
  Value sums = take(both, columns, kSumColumns);
  // Times zero and not zero itself: as equal constants they would share a
  // register, and be copied into those of the accumulators while another
  // product is in flight, for which ptxas makes all of them wait (C7511). NaN
  // stays NaN, in a row that is.
  Value none = arith::MulFOp::create(
      builder, loc, sums, splat(cast<VectorType>(sums.getType()), 0.0f));
  Value next = vector::InsertStridedSliceOp::create(
      builder, loc, none, both, ArrayRef<int64_t>{0, columns},
      ArrayRef<int64_t>{1, 1});
  auto rowType = cast<VectorType>(op.getSum().getType());
  Value own = vector::MultiDimReductionOp::create(
      builder, loc, sums, splat(rowType, 0.0f), ArrayRef<bool>{false, true},
      vector::CombiningKind::ADD);
  Value scaledSum =
      arith::MulFOp::create(builder, loc, op.getSum(), op.getCorrection());
  Value sum = arith::AddFOp::create(builder, loc, scaledSum, own);
  loop.getTiedLoopYieldedValue(output)->set(next);
  loop.getBody()->getTerminator()->setOperand(index, sum);
  product.erase();
  rescale.erase();
  if (spread->use_empty())
    spread.erase();
  // What the op adds up is dead.
  builder.setInsertionPoint(op);
  op.getSumMutable().assign(splat(rowType, 0.0f));
}

namespace {

struct FuseRowSumsPass : attn::impl::AttnFuseRowSumsBase<FuseRowSumsPass> {
  void runOnOperation() override {
    SmallVector<OnlineSoftmaxOp> ops;
    getOperation()->walk([&](OnlineSoftmaxOp op) { ops.push_back(op); });
    for (OnlineSoftmaxOp op : ops) {
      RowSumFusion fusion(op);
      if (!fusion.match())
        continue;
      fusion.rewrite();
      ++numFused;
    }
  }
};

} // namespace
