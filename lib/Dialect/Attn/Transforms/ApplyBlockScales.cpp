//===- ApplyBlockScales.cpp - Scales of 8-bit blocks, where they cost least
//-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A scale multiplies what comes out of a product, or goes into one, for each
// row or column of a tile. Products and masks are linear in it, so it moves:
// from scores into the factor of their softmax, from probabilities to the sum
// that the loop carries, with which it then changes.
//
//===----------------------------------------------------------------------===//

#include "Accumulation.h"
#include "MaskedLoop.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"
#include <cmath>
#include <limits>

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNAPPLYBLOCKSCALES
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

/// The smallest scale, and the smallest factor of a softmax: a factor of 0
/// would make NaN of what is masked.
static const double kLeastScale = std::ldexp(1.0, -100);
static const double kLeastFactor = std::ldexp(1.0, -126);

/// The smallest scale of V beside the largest so far: the output is divided by
/// the one and multiplied by the other, and both are far from the ends of f32.
static const double kLeastRatio = std::ldexp(1.0, -60);

/// Blocks of columns are built by whole groups of a thread's columns.
static constexpr int64_t kColumnGroup = 8;

namespace {

class ScaleApplier {
public:
  explicit ScaleApplier(ScaleBlocksOp op)
      : op(op), builder(op), loc(op.getLoc()),
        type(cast<VectorType>(op.getTile().getType())),
        size(type.getDimSize(op.getDimension())),
        loop(op->getParentOfType<scf::ForOp>()) {}

  LogicalResult run();

  /// Whether the tile itself is multiplied.
  bool multiplies = false;

private:
  LogicalResult checkBlock();
  LogicalResult applyToScores();
  LogicalResult applyToProbabilities(Operation *truncation);
  FailureOr<Value> scaleColumns();
  FailureOr<Value> carryScale(Value scale, OpOperand &sum);

  bool isInvariant(Value value) {
    return !loop || loop.isDefinedOutsideOfLoop(value);
  }
  /// Whether one scale is that of all of the tile.
  bool isUniform() {
    return !op.getBlock() || static_cast<int64_t>(*op.getBlock()) % size == 0;
  }
  void placeReads();
  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }
  Value constant(Type type, double value) {
    TypedAttr attribute = builder.getF32FloatAttr(static_cast<float>(value));
    if (auto vector = dyn_cast<VectorType>(type))
      attribute = DenseElementsAttr::get(vector, attribute);
    return arith::ConstantOp::create(builder, loc, attribute);
  }
  Value spread(Type type, Value value) {
    return vector::BroadcastOp::create(builder, loc, type, value);
  }
  Value multiply(Value a, Value b) {
    return arith::MulFOp::create(builder, loc, a, b);
  }
  Value makeValid(Value scale);
  Value readBlock(Value number);
  Value readUniform();
  Value readRows();
  SmallVector<Value> readBlocks();
  Value joinColumns(ArrayRef<Value> blocks);
  Value gatherColumns();

  ScaleBlocksOp op;
  OpBuilder builder;
  Location loc;
  VectorType type;
  int64_t size;
  scf::ForOp loop;
};

} // namespace

/// Tiles begin at multiples of their size, so that a block is all of a tile or
/// a part of one.
LogicalResult ScaleApplier::checkBlock() {
  if (!op.getBlock())
    return success();
  auto block = static_cast<int64_t>(*op.getBlock());
  StringRef what = op.getDimension() == 0 ? "rows" : "columns";
  if (block % size != 0 && size % block != 0)
    return op.emitOpError("expected a block that divides the tile's ")
           << size << " " << what << " or is a multiple of them, but got "
           << block;
  LinearForm origin = LinearForm::of(op.getOrigin());
  bool isMultiple = origin.getConstant() % size == 0 &&
                    llvm::all_of(origin.getTerms(), [&](const auto &term) {
                      return term.second % size == 0;
                    });
  if (!isMultiple)
    return op.emitOpError(
               "expected an origin that is a multiple of the tile's ")
           << size << " " << what;
  return success();
}

//===----------------------------------------------------------------------===//
// Reading scales
//===----------------------------------------------------------------------===//

/// Scales that do not change in the loop are read in front of it, others at the
/// beginning of an iteration, so that they are there in time.
void ScaleApplier::placeReads() {
  SmallVector<Value> place = {op.getScales(), op.getBatch(), op.getHead()};
  if (op.getBlock()) // There is another one for other origins.
    place.push_back(op.getOrigin());
  bool invariant =
      llvm::all_of(place, [&](Value value) { return isInvariant(value); });
  if (loop && invariant) {
    builder.setInsertionPoint(loop);
    return;
  }
  Operation *last = nullptr;
  for (Value operand : place)
    if (Operation *def = operand.getDefiningOp();
        def && def->getBlock() == op->getBlock() &&
        (!last || last->isBeforeInBlock(def)))
      last = def;
  if (last)
    builder.setInsertionPointAfter(last);
  else
    builder.setInsertionPointToStart(op->getBlock());
}

/// What is negative or NaN becomes NaN.
Value ScaleApplier::makeValid(Value scale) {
  Type type = scale.getType();
  Value valid = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OGE,
                                      scale, constant(type, 0));
  Value least = arith::MaxNumFOp::create(builder, loc, scale,
                                         constant(type, kLeastScale));
  return arith::SelectOp::create(
      builder, loc, valid, least,
      constant(type, std::numeric_limits<float>::quiet_NaN()));
}

Value ScaleApplier::readBlock(Value number) {
  return makeValid(
      memref::LoadOp::create(builder, loc, op.getScales(),
                             ValueRange{op.getBatch(), op.getHead(), number}));
}

Value ScaleApplier::readUniform() {
  placeReads();
  if (!op.getBlock())
    return readBlock(index(0));
  return readBlock(arith::DivUIOp::create(builder, loc, op.getOrigin(),
                                          index(*op.getBlock())));
}

/// The scales of a row or a column each, behind the last block that of it.
static Value gather(OpBuilder &builder, Location loc, ScaleBlocksOp op,
                    VectorType type) {
  auto indexType = type.clone(builder.getIndexType());
  auto splat = [&](Value value) -> Value {
    return vector::BroadcastOp::create(builder, loc, indexType, value);
  };
  auto index = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  Value places = CoordinatesOp::create(builder, loc, indexType, op.getOrigin(),
                                       op.getDimension());
  Value numbers = arith::DivUIOp::create(builder, loc, places,
                                         splat(index(*op.getBlock())));
  Value last = arith::SubIOp::create(
      builder, loc, memref::DimOp::create(builder, loc, op.getScales(), 2),
      index(1));
  numbers = arith::MinSIOp::create(builder, loc, numbers, splat(last));
  Value all = arith::ConstantOp::create(
      builder, loc,
      DenseElementsAttr::get(type.clone(builder.getI1Type()), true));
  Value none =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
  return vector::GatherOp::create(
      builder, loc, type, op.getScales(),
      ValueRange{op.getBatch(), op.getHead(), index(0)}, numbers, all, none);
}

/// A scale for each row, as a vector.
Value ScaleApplier::readRows() {
  placeReads();
  Value column = gather(builder, loc, op,
                        VectorType::get({size, 1}, builder.getF32Type()));
  Value rows = vector::ShapeCastOp::create(
      builder, loc, VectorType::get({size}, builder.getF32Type()), column);
  return makeValid(rows);
}

Value ScaleApplier::gatherColumns() {
  placeReads();
  return makeValid(gather(builder, loc, op,
                          VectorType::get({1, size}, builder.getF32Type())));
}

/// The scales of the blocks in a tile, behind the last block that of it.
SmallVector<Value> ScaleApplier::readBlocks() {
  placeReads();
  auto block = static_cast<int64_t>(*op.getBlock());
  Value first =
      arith::DivUIOp::create(builder, loc, op.getOrigin(), index(block));
  Value last = arith::SubIOp::create(
      builder, loc, memref::DimOp::create(builder, loc, op.getScales(), 2),
      index(1));
  SmallVector<Value> scales;
  for (int64_t i = 0; i < size / block; ++i) {
    Value number = arith::AddIOp::create(builder, loc, first, index(i));
    scales.push_back(
        readBlock(arith::MinSIOp::create(builder, loc, number, last)));
  }
  return scales;
}

/// One value for each column, those of a block being equal.
Value ScaleApplier::joinColumns(ArrayRef<Value> blocks) {
  int64_t block = size / static_cast<int64_t>(blocks.size());
  auto part = VectorType::get({1, block}, builder.getF32Type());
  Value columns =
      constant(VectorType::get({1, size}, builder.getF32Type()), 0.0);
  for (auto [i, scale] : llvm::enumerate(blocks))
    columns = vector::InsertStridedSliceOp::create(
        builder, loc, spread(part, scale), columns,
        ArrayRef<int64_t>{0, static_cast<int64_t>(i) * block},
        ArrayRef<int64_t>{1, 1});
  return columns;
}

//===----------------------------------------------------------------------===//
// Scores
//===----------------------------------------------------------------------===//

/// The softmax that scores come to behind nothing but masks and other scales: a
/// positive factor passes these as it is.
static OnlineSoftmaxOp findSoftmax(Value scores) {
  while (scores.hasOneUse()) {
    Operation *user = *scores.user_begin();
    if (auto softmax = dyn_cast<OnlineSoftmaxOp>(user))
      return softmax.getScaledMaximum() ? softmax : OnlineSoftmaxOp();
    auto select = dyn_cast<arith::SelectOp>(user);
    bool isMask = isa<BandMaskOp, ScaleBlocksOp>(user) ||
                  (select && select.getTrueValue() == scores &&
                   matchPattern(select.getFalseValue(), m_NegInfFloat()));
    if (!isMask)
      return {};
    scores = user->getResult(0);
  }
  return {};
}

LogicalResult ScaleApplier::applyToScores() {
  OnlineSoftmaxOp softmax = findSoftmax(op.getResult());
  bool isRow = op.getDimension() == 0;
  // One for each column cannot be one for each row.
  if (!softmax || (!isRow && !isUniform())) {
    Value scales;
    if (isUniform()) {
      scales = spread(type, readUniform());
    } else if (isRow) {
      Value rows = readRows();
      auto column = VectorType::get({size, 1}, builder.getF32Type());
      scales =
          spread(type, vector::ShapeCastOp::create(builder, loc, column, rows));
    } else {
      scales = spread(type, *op.getBlock() % kColumnGroup == 0
                                ? joinColumns(readBlocks())
                                : gatherColumns());
    }
    builder.setInsertionPoint(op);
    op.replaceAllUsesWith(multiply(op.getTile(), scales));
    multiplies = true;
    return success();
  }
  Value scale = isUniform() ? readUniform() : readRows();
  // Behind the scale, and behind what the factor was made of so far.
  Value factor = softmax.getFactor();
  bool isConstant = matchPattern(factor, m_Constant());
  if (!loop || !isInvariant(scale) || (!isConstant && !isInvariant(factor)))
    builder.setInsertionPoint(softmax);
  if (isConstant)
    factor = builder.clone(*factor.getDefiningOp())->getResult(0);
  Type wide =
      isa<VectorType>(scale.getType()) ? scale.getType() : factor.getType();
  for (Value *value : {&factor, &scale})
    if (value->getType() != wide)
      *value = spread(wide, *value);
  Value product = multiply(factor, scale);
  softmax.getFactorMutable().assign(arith::MaximumFOp::create(
      builder, loc, product, constant(wide, kLeastFactor)));
  op.replaceAllUsesWith(op.getTile());
  return success();
}

//===----------------------------------------------------------------------===//
// Probabilities
//===----------------------------------------------------------------------===//

/// Whether a value is the carried one times something.
static bool isMultipleOf(Value value, Value carried) {
  while (value != carried) {
    auto product = value.getDefiningOp<arith::MulFOp>();
    if (!product)
      return false;
    Value lhs = product.getLhs();
    // The side with the carried value comes from a product or is it.
    value = lhs == carried || lhs.getDefiningOp<arith::MulFOp>()
                ? lhs
                : product.getRhs();
  }
  return true;
}

/// Whether a value is zero, or zero times something.
static bool isMultipleOfZero(Value value) {
  if (isZero(value))
    return true;
  auto product = value.getDefiningOp<arith::MulFOp>();
  return product && (isMultipleOfZero(product.getLhs()) ||
                     isMultipleOfZero(product.getRhs()));
}

/// The output where there is a single tile, whose loop is folded: the product
/// of the probabilities, added to nothing. Null where it is something else.
static Value findOutputOfTile(Operation *truncation) {
  if (!truncation->hasOneUse())
    return {};
  auto product = dyn_cast<vector::ContractionOp>(*truncation->user_begin());
  if (!product || product.getLhs() != truncation->getResult(0))
    return {};
  Value output = product.getResult();
  if (getElementTypeOrSelf(output.getType()).isInteger()) {
    auto conversion = output.hasOneUse()
                          ? dyn_cast<arith::SIToFPOp>(*output.user_begin())
                          : arith::SIToFPOp();
    if (!conversion || !isZero(product.getAcc()))
      return {};
    output = conversion.getResult();
    if (!output.hasOneUse() || !isa<arith::AddFOp>(*output.user_begin()))
      return output;
    output = output.user_begin()->getResult(0);
  }
  std::optional<Accumulation> found = findAccumulation(output);
  return found && isMultipleOfZero(found->sum->get()) ? output : Value();
}

/// One scale for the tile; what columns have beside it multiplies them.
FailureOr<Value> ScaleApplier::scaleColumns() {
  if (isUniform())
    return readUniform();
  if (*op.getBlock() % kColumnGroup != 0)
    return op.emitOpError("expected a block of a multiple of ")
           << kColumnGroup << " columns, since probabilities are divided by "
           << "the largest scale of a tile, but got " << *op.getBlock();
  // At most 1 times a probability is in range.
  SmallVector<Value> blocks = readBlocks();
  Value scale = blocks.front();
  for (Value block : ArrayRef(blocks).drop_front())
    scale = arith::MaximumFOp::create(builder, loc, scale, block);
  for (Value &block : blocks)
    block = arith::DivFOp::create(builder, loc, block, scale);
  Value columns = joinColumns(blocks);
  builder.setInsertionPoint(op);
  op.getResult().replaceAllUsesWith(
      multiply(op.getTile(), spread(type, columns)));
  multiplies = true;
  return scale;
}

/// O = s·X: what was summed up under the scale before goes on under this.
/// Before the first tile that is nothing, under any scale. A scale that is
/// kLeastRatio of the largest before, or less, is taken as that: the output
/// would leave f32, and what is added to it is nothing beside it. Gives the
/// scale of the loop's result.
FailureOr<Value> ScaleApplier::carryScale(Value scale, OpOperand &sum) {
  builder.setInsertionPoint(loop);
  Type f32 = builder.getF32Type();
  Value inits[] = {constant(f32, 1.0), constant(f32, 0.0)};
  IRRewriter rewriter(builder);
  Value before, least, own;
  FailureOr<LoopLikeOpInterface> replaced = loop.replaceWithAdditionalYields(
      rewriter, inits, /*replaceInitOperandUsesInLoop=*/false,
      [&](OpBuilder &, Location, ArrayRef<BlockArgument> arguments) {
        before = arguments[0];
        least = arguments[1];
        builder.setInsertionPointAfterValue(scale);
        own = arith::MaximumFOp::create(builder, loc, scale, least);
        Value bound = multiply(own, constant(f32, kLeastRatio));
        return SmallVector<Value>{
            own, arith::MaximumFOp::create(builder, loc, least, bound)};
      });
  if (failed(replaced))
    return op.emitOpError("cannot carry a scale through its loop");
  loop = cast<scf::ForOp>(replaced->getOperation());
  builder.setInsertionPointAfterValue(own);
  Value ratio = arith::DivFOp::create(builder, loc, before, own);
  builder.setInsertionPoint(sum.getOwner());
  Value output = sum.get();
  sum.set(multiply(output, spread(output.getType(), ratio)));
  return Value(*std::prev(loop.getResults().end(), 2));
}

LogicalResult ScaleApplier::applyToProbabilities(Operation *truncation) {
  std::optional<unsigned> number;
  OpOperand *sum = nullptr;
  if (loop && truncation->hasOneUse())
    for (auto [i, yielded] : llvm::enumerate(loop.getYieldedValues())) {
      std::optional<Accumulation> found = findAccumulation(yielded);
      if (!found || found->product.getLhs() != truncation->getResult(0) ||
          !yielded.hasOneUse() ||
          found->product->getBlock() != loop.getBody() ||
          !isMultipleOf(found->sum->get(), loop.getRegionIterArg(i)) ||
          !loop.getRegionIterArg(i).hasOneUse() ||
          !matchPattern(loop.getInitArgs()[i], m_AnyZeroFloat()))
        continue;
      number = i;
      sum = found->sum;
    }
  Value result = loop ? Value() : findOutputOfTile(truncation);
  if (!number && !result)
    return op.emitOpError("cannot apply scales to probabilities: expected only "
                          "a product to take them, whose result the loop "
                          "carries from zero on, times corrections");
  FailureOr<Value> scale = scaleColumns();
  if (failed(scale))
    return failure();
  op.replaceAllUsesWith(op.getTile());
  if (number) {
    if (!isInvariant(*scale))
      scale = carryScale(*scale, *sum);
    if (failed(scale))
      return failure();
    result = loop.getResult(*number);
    builder.setInsertionPointAfter(loop);
  } else {
    builder.setInsertionPointAfterValue(result);
  }
  Value factors = spread(result.getType(), *scale);
  auto scaled = arith::MulFOp::create(builder, loc, result, factors);
  result.replaceAllUsesExcept(scaled.getResult(), scaled);
  return success();
}

LogicalResult ScaleApplier::run() {
  if (failed(checkBlock()))
    return failure();
  Operation *user = op->hasOneUse() ? *op->user_begin() : nullptr;
  if (isa_and_nonnull<arith::TruncFOp, RoundOp>(user) &&
      op.getDimension() == 1) {
    if (failed(applyToProbabilities(user)))
      return failure();
    op.erase();
    return success();
  }
  if (failed(applyToScores()))
    return failure();
  op.erase();
  return success();
}

namespace {

struct ApplyBlockScalesPass
    : attn::impl::AttnApplyBlockScalesBase<ApplyBlockScalesPass> {
  void runOnOperation() override {
    SmallVector<ScaleBlocksOp> ops;
    getOperation()->walk([&](ScaleBlocksOp op) { ops.push_back(op); });
    for (ScaleBlocksOp op : ops) {
      ScaleApplier applier(op);
      if (failed(applier.run()))
        return signalPassFailure();
      ++(applier.multiplies ? numMultiplied : numFolded);
    }
  }
};

} // namespace
