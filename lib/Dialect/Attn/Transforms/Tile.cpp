//===- Tile.cpp - Attention as a grid and a loop over keys ----------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Analysis/LaunchSizes.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/IR/Quantization.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "fa3/Dialect/Attn/Transforms/RegionVectorizer.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"
#include <cmath>
#include <limits>

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNTILE
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

namespace {

constexpr double kLog2E = 1.4426950408889634074;
constexpr double kLn2 = 0.69314718055994530942;
/// The power of two below the largest integer.
constexpr int64_t kLargestIntegerExponent = 6;

/// Rewrites one `attn.forward`.
class Tiler {
public:
  Tiler(ForwardOp op)
      : op(op), config(*op.getConfig()), builder(op), loc(op.getLoc()) {}

  LogicalResult run();

private:
  // Small builders.
  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }
  Value add(Value a, Value b) {
    return arith::AddIOp::create(builder, loc, a, b);
  }
  Value sub(Value a, Value b) {
    return arith::SubIOp::create(builder, loc, a, b);
  }
  Value mul(Value a, Value b) {
    return arith::MulIOp::create(builder, loc, a, b);
  }
  Value size(Value memref, unsigned dim) {
    return memref::DimOp::create(builder, loc, memref, dim);
  }
  Value splat(VectorType type, double value) {
    return arith::ConstantOp::create(
        builder, loc,
        DenseElementsAttr::get(
            type, builder.getFloatAttr(type.getElementType(), value)));
  }
  VectorType vec(ArrayRef<int64_t> shape, Type element) {
    return VectorType::get(shape, element);
  }
  /// One value for each row, repeated along the row.
  Value broadcastRows(Value rows, VectorType tile) {
    auto column =
        VectorType::get({tile.getDimSize(0), 1}, tile.getElementType());
    Value cast = vector::ShapeCastOp::create(builder, loc, column, rows);
    return vector::BroadcastOp::create(builder, loc, tile, cast);
  }
  /// The map that takes the given dimensions out of an operand of a rank.
  AffineMap select(int64_t rank, ArrayRef<unsigned> dims) {
    SmallVector<AffineExpr> results;
    for (unsigned dim : dims)
      results.push_back(builder.getAffineDimExpr(dim));
    return AffineMap::get(rank, 0, results, builder.getContext());
  }
  SmallVector<Value> at(Value batch, Value row, Value head) {
    Value zero = index(0);
    return op.getLayout() == Layout::BSHD
               ? SmallVector<Value>{batch, row, head, zero}
               : SmallVector<Value>{batch, head, row, zero};
  }
  /// The same in an output, which may have ranges of keys in front.
  SmallVector<Value> inOutput(ArrayRef<Value> indices) {
    SmallVector<Value> result(indices);
    if (range)
      result.insert(result.begin(), range);
    return result;
  }
  /// The shape of a tile, or of a row vector, of `rows` rows in an operand:
  /// those of packed heads are a dimension of their own.
  SmallVector<int64_t> unpack(int64_t rows, ArrayRef<int64_t> columns) {
    SmallVector<int64_t> shape = {rows / pack};
    if (pack != 1)
      shape.push_back(pack);
    shape.append(columns.begin(), columns.end());
    return shape;
  }
  /// Scales make the factor of the softmax one that may change from tile to
  /// tile, except where a score region takes scores that bear them.
  bool scalesMaximum() {
    return op.getQueryScale() && op.getScoreRegion().empty();
  }
  bool weighsByIntegers() {
    return op.getValueType().getElementType().isInteger();
  }
  double getExponent();
  void requireEqualSizes();
  void requireWholeGroups();
  void requireScales(StringRef name, Value scales, Value rows,
                     std::optional<int64_t> block);
  Value scaleBlocks(Value tile, Value scales, std::optional<int64_t> block,
                    int64_t dimension);
  void findKeys();
  Value readQueries();
  Value readKeys(Value memref);
  Value readTransposedValues();
  void write(Value rows, Value memref, ArrayRef<Value> indices, unsigned rowDim,
             unsigned headDim);
  Value takeGroup(Value memref, unsigned headDim, SmallVectorImpl<Value> &at);
  Value contract(Value lhs, Value rhs, Value acc, bool transposeRhs);
  FailureOr<Value> modifyScores(Value scores);
  Value maskBand(Value scores);
  LogicalResult buildLoopBody(OpBuilder &body, Value step, ValueRange state);
  void buildEpilogue(ValueRange state);

  ForwardOp op;
  ConfigAttr config;
  OpBuilder builder;
  Location loc;

  // Set up by run(), used inside of the loops.
  VectorType scoreType, outputType, rowType;
  /// Query heads in the rows of a tile.
  int64_t pack = 1;
  Value batch, head, keyHead, row, queryTile, keys, queryOffset;
  /// The first query head that has this head of K and V, where the last tile of
  /// those has rows that are of none.
  Value groupHead;
  /// The range of keys at hand, where there are several; where the keys of it
  /// begin and end, and its tiles.
  Value range, keyBegin, keyEnd, keyTiles;
  /// The first key of the tile at hand.
  Value keyRow;
  Value regionBatch, regionHead, regionRow;
  double factor = 0;
  /// Of 8-bit inputs: the probabilities are lifted by two to this power.
  double exponent = 0;
};

} // namespace

/// Sizes that only the caller knows must agree all the same: the tiles of one
/// operand are addressed by the coordinates of another.
void Tiler::requireEqualSizes() {
  auto require = [&](const Twine &message, Value a, unsigned dimA, Value b,
                     unsigned dimB) {
    auto dynamic = [](Value value, unsigned dim) {
      return cast<MemRefType>(value.getType()).isDynamicDim(dim);
    };
    if (!dynamic(a, dimA) && !dynamic(b, dimB))
      return; // The verifier has seen to these.
    Value equal = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                        size(a, dimA), size(b, dimB));
    cf::AssertOp::create(builder, loc, equal, message.str());
  };
  Value q = op.getQuery(), k = op.getKey(), v = op.getValue(),
        o = op.getOutput(), lse = op.getLse();
  unsigned batchDim = ForwardOp::getBatchDim(), seq = op.getSeqDim(),
           lead = op.getNumLeadingDims();
  require("expected Q and K to have the same batch size", q, batchDim, k,
          batchDim);
  require("expected Q and V to have the same batch size", q, batchDim, v,
          batchDim);
  require("expected Q and O to have the same batch size", q, batchDim, o,
          lead + batchDim);
  if (op.hasTransposedValue())
    requireWholeGroups();
  else
    require("expected K and V to have the same length", k, seq, v, seq);
  require("expected Q and O to have the same length", q, seq, o, lead + seq);
  if (op.getQueryScale()) {
    requireScales("Q", op.getQueryScale(), q, op.getQueryBlock());
    requireScales("K", op.getKeyScale(), k, op.getKeyBlock());
    requireScales("V", op.getValueScale(), k, op.getValueBlock());
  }
  if (!lse)
    return;
  require("expected Q and LSE to have the same batch size", q, batchDim, lse,
          lead);
  require("expected Q and LSE to have the same length", q, seq, lse, lead + 2);
  if (lead != 0)
    require("expected O and LSE to have the same number of ranges", o, 0, lse,
            0);
}

/// Places for the keys of a transposed V, where a type leaves them or the keys
/// open.
void Tiler::requireWholeGroups() {
  unsigned seq = op.getSeqDim(), valueSeq = op.getValueSeqDim();
  if (!op.getKeyType().isDynamicDim(seq) &&
      !op.getValueType().isDynamicDim(valueSeq))
    return; // The verifier has seen to it.
  Value groups = arith::CeilDivUIOp::create(
      builder, loc, size(op.getKey(), seq), index(kKeyGroup));
  Value equal = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                      mul(groups, index(kKeyGroup)),
                                      size(op.getValue(), valueSeq));
  std::string message = "expected a transposed V to have whole groups of " +
                        std::to_string(kKeyGroup) + " places for the keys of K";
  cf::AssertOp::create(builder, loc, equal, message);
}

/// Where the keys of the grid's point begin and end.
void Tiler::findKeys() {
  Value all = size(op.getKey(), op.getSeqDim());
  keyBegin = index(0);
  keyEnd = all;
  Value count = all;
  if (range) {
    // A range that is longer than the keys is the only one that holds any, and
    // products with a length that is not stay small.
    Value length =
        arith::MaxSIOp::create(builder, loc, op.getSplitKeys(), keyBegin);
    length = arith::MinSIOp::create(builder, loc, length, all);
    keyBegin = mul(range, length);
    Value left =
        arith::MaxSIOp::create(builder, loc, sub(all, keyBegin), index(0));
    count = arith::MinSIOp::create(builder, loc, length, left);
    keyEnd = add(keyBegin, count);
  }
  keyTiles = arith::CeilDivUIOp::create(builder, loc, count,
                                        index(config.getTileKV()));
}

/// The sizes of scales that their type leaves open. `rows` has the batch and
/// the sequence of their operand.
void Tiler::requireScales(StringRef name, Value scales, Value rows,
                          std::optional<int64_t> block) {
  auto type = cast<MemRefType>(scales.getType());
  auto require = [&](Value a, Value b, const Twine &message) {
    Value equal =
        arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, a, b);
    cf::AssertOp::create(builder, loc, equal, message.str());
  };
  if (type.isDynamicDim(0))
    require(size(rows, ForwardOp::getBatchDim()), size(scales, 0),
            "expected " + name + " and its scales to have the same batch size");
  unsigned seq = op.getSeqDim();
  bool rowsAreOpen = cast<MemRefType>(rows.getType()).isDynamicDim(seq);
  if (!type.isDynamicDim(2) && !(block && rowsAreOpen))
    return; // The verifier has seen to it.
  Value blocks = block ? arith::CeilDivUIOp::create(
                             builder, loc, size(rows, seq), index(*block))
                       : index(1);
  require(blocks, size(scales, 2),
          "expected a scale for each block of " + name +
              (block ? ", of " + Twine(*block) + " rows" : ", which is one"));
}

/// Multiplies rows (dimension 0) or columns of a tile of scores.
Value Tiler::scaleBlocks(Value tile, Value scales, std::optional<int64_t> block,
                         int64_t dimension) {
  // One size stands for all.
  auto type = cast<MemRefType>(scales.getType());
  auto at = [&](unsigned dim, Value position) {
    return type.getDimSize(dim) == 1 ? index(0) : position;
  };
  return ScaleBlocksOp::create(
      builder, loc, tile.getType(), tile, scales, at(0, batch),
      at(1, dimension == 0 ? head : keyHead), dimension == 0 ? row : keyRow,
      builder.getI64IntegerAttr(dimension),
      block ? builder.getI64IntegerAttr(*block) : IntegerAttr());
}

/// Rows beyond the end read as zero, so that no garbage meets a zero
/// probability.
Value Tiler::readKeys(Value memref) {
  auto type = cast<MemRefType>(memref.getType());
  Type element = type.getElementType();
  Value zero =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(element));
  return vector::TransferReadOp::create(
      builder, loc, vec({config.getTileKV(), type.getDimSize(3)}, element),
      memref, at(batch, keyRow, keyHead), zero, select(4, {op.getSeqDim(), 3}),
      ArrayRef<bool>{false, true});
}

/// A row for each column of V, whose keys are in the order of the scores.
Value Tiler::readTransposedValues() {
  Type element = op.getValueType().getElementType();
  Value zero =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(element));
  unsigned dims[] = {op.getValueFeatureDim(), op.getValueSeqDim()};
  Value stored = vector::TransferReadOp::create(
      builder, loc, vec({op.getValueHeadSize(), config.getTileKV()}, element),
      op.getValue(), ValueRange{batch, keyHead, index(0), keyRow}, zero,
      select(4, dims), ArrayRef<bool>{true, false});
  return DeinterleaveOp::create(builder, loc, stored.getType(), stored);
}

/// The tile's rows of Q. Packed heads lie next to each other: row r is query
/// row r / pack of head r mod pack.
Value Tiler::readQueries() {
  Type element = op.getQueryType().getElementType();
  Value zero =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(element));
  SmallVector<unsigned> dims = {op.getSeqDim()};
  SmallVector<bool> inBounds = {false};
  if (pack != 1) {
    dims.push_back(op.getHeadDim());
    inBounds.push_back(!groupHead);
  }
  dims.push_back(ForwardOp::getFeatureDim());
  inBounds.push_back(true);
  Value rows = vector::TransferReadOp::create(
      builder, loc, vec(unpack(config.getTileQ(), {op.getHeadSize()}), element),
      op.getQuery(), at(batch, row, head), zero, select(4, dims), inBounds);
  if (pack == 1)
    return rows;
  return vector::ShapeCastOp::create(
      builder, loc, vec({config.getTileQ(), op.getHeadSize()}, element), rows);
}

/// Writes a tile or a row vector to those of its rows that exist.
void Tiler::write(Value rows, Value memref, ArrayRef<Value> indices,
                  unsigned rowDim, unsigned headDim) {
  auto type = cast<VectorType>(rows.getType());
  bool isTile = type.getRank() == 2;
  unsigned lead = op.getNumLeadingDims();
  SmallVector<unsigned> dims = {lead + rowDim};
  SmallVector<bool> inBounds = {false};
  SmallVector<Value> at = inOutput(indices);
  if (pack != 1) {
    dims.push_back(lead + headDim);
    inBounds.push_back(!groupHead);
    if (groupHead)
      memref = takeGroup(memref, lead + headDim, at);
    rows = vector::ShapeCastOp::create(
        builder, loc,
        vec(unpack(type.getDimSize(0), type.getShape().drop_front()),
            type.getElementType()),
        rows);
  }
  int64_t rank = cast<MemRefType>(memref.getType()).getRank();
  if (isTile) {
    dims.push_back(rank - 1);
    inBounds.push_back(true);
  }
  vector::TransferWriteOp::create(builder, loc, rows, memref, at,
                                  select(rank, dims), inBounds);
}

/// The heads of an output that share a head of K and V, as a buffer at whose
/// end writes stop; `at` becomes the place in it.
Value Tiler::takeGroup(Value memref, unsigned headDim,
                       SmallVectorImpl<Value> &at) {
  auto type = cast<MemRefType>(memref.getType());
  SmallVector<OpFoldResult> offsets(type.getRank(), builder.getIndexAttr(0));
  SmallVector<OpFoldResult> strides(type.getRank(), builder.getIndexAttr(1));
  SmallVector<OpFoldResult> sizes = memref::getMixedSizes(builder, loc, memref);
  offsets[headDim] = groupHead;
  sizes[headDim] =
      builder.getIndexAttr(op.getNumQueryHeads() / op.getNumKeyHeads());
  at[headDim] = sub(at[headDim], groupHead);
  return memref::SubViewOp::create(builder, loc, memref, offsets, sizes,
                                   strides);
}

/// How far probabilities are lifted: floats of 8 bits end at 448, integers at
/// 127.
double Tiler::getExponent() {
  if (!op.getQueryScale())
    return 0;
  if (std::optional<int64_t> exponent = config.getExponent())
    return static_cast<double>(*exponent);
  if (weighsByIntegers())
    return std::log2(static_cast<double>(kLargestInteger));
  return config.getSpeculation() ? 4 : 8;
}

/// lhs · rhs + acc. Products of integers are added up as such from zero on: no
/// correction of the softmax can multiply what the matrix units hold of them.
Value Tiler::contract(Value lhs, Value rhs, Value acc, bool transposeRhs) {
  Value start = acc;
  auto type = cast<VectorType>(acc.getType());
  VectorType sumType = type.clone(builder.getI32Type());
  bool hasIntegers = getElementTypeOrSelf(lhs.getType()).isInteger();
  if (hasIntegers)
    start =
        arith::ConstantOp::create(builder, loc, builder.getZeroAttr(sumType));
  MLIRContext *context = builder.getContext();
  AffineExpr m, n, k;
  bindDims(context, m, n, k);
  auto map = [&](AffineExpr a, AffineExpr b) {
    return AffineMap::get(3, 0, {a, b}, context);
  };
  using Iterator = vector::IteratorType;
  SmallVector<Attribute> iterators;
  for (Iterator iterator :
       {Iterator::parallel, Iterator::parallel, Iterator::reduction})
    iterators.push_back(vector::IteratorTypeAttr::get(context, iterator));
  Value product = vector::ContractionOp::create(
      builder, loc, lhs, rhs, start,
      builder.getAffineMapArrayAttr(
          {map(m, k), transposeRhs ? map(n, k) : map(k, n), map(m, n)}),
      builder.getArrayAttr(iterators));
  if (!hasIntegers)
    return product;
  product = arith::SIToFPOp::create(builder, loc, type, product);
  return isZero(acc) ? product
                     : arith::AddFOp::create(builder, loc, acc, product);
}

/// Applies the scale, where it cannot go into the softmax, the score region and
/// the mask region.
FailureOr<Value> Tiler::modifyScores(Value scores) {
  double scale = op.getEffectiveScale();
  bool hasScore = !op.getScoreRegion().empty();
  if (op.getQueryScale()) {
    scores = scaleBlocks(scores, op.getQueryScale(), op.getQueryBlock(), 0);
    scores = scaleBlocks(scores, op.getKeyScale(), op.getKeyBlock(), 1);
  }
  // The running maximum is taken before scaling, which a factor that is not
  // positive would turn around.
  if (hasScore || scale <= 0) {
    scores =
        arith::MulFOp::create(builder, loc, scores, splat(scoreType, scale));
    factor = kLog2E;
  } else {
    factor = scale * kLog2E;
  }
  if (!hasScore && op.getMaskRegion().empty())
    return scores;
  int64_t rows = config.getTileQ(), columns = config.getTileKV();
  Value rowNumbers = CoordinatesOp::create(
      builder, loc, vec({rows, 1}, builder.getIndexType()), regionRow, 0);
  Value headNumbers = regionHead;
  if (pack != 1) {
    auto type = cast<VectorType>(rowNumbers.getType());
    auto spread = [&](Value value) -> Value {
      return vector::BroadcastOp::create(builder, loc, type, value);
    };
    Value tileRows = CoordinatesOp::create(builder, loc, type, index(0), 0);
    Value heads = spread(index(pack));
    rowNumbers = add(spread(regionRow),
                     arith::DivUIOp::create(builder, loc, tileRows, heads));
    Value place = arith::RemUIOp::create(builder, loc, tileRows, heads);
    // Rows of no head take the last one's: a function may read memory by it.
    if (groupHead) {
      int64_t group = op.getNumQueryHeads() / op.getNumKeyHeads();
      Value last = sub(add(groupHead, index(group - 1)), head);
      place = arith::MinUIOp::create(builder, loc, place, spread(last));
    }
    headNumbers = add(spread(regionHead), place);
  }
  Value columnNumbers = CoordinatesOp::create(
      builder, loc, vec({1, columns}, builder.getIndexType()), keyRow, 1);
  SmallVector<Value> arguments = {regionBatch, headNumbers, rowNumbers,
                                  columnNumbers};
  if (hasScore) {
    SmallVector<Value> withScore = {scores};
    withScore.append(arguments);
    FailureOr<Value> modified =
        vectorizeRegion(builder, op.getScoreRegion(), withScore, rows, columns);
    if (failed(modified))
      return failure();
    scores = *modified;
  }
  if (!op.getMaskRegion().empty()) {
    FailureOr<Value> keep =
        vectorizeRegion(builder, op.getMaskRegion(), arguments, rows, columns);
    if (failed(keep))
      return failure();
    Value masked = splat(scoreType, -std::numeric_limits<double>::infinity());
    scores = arith::SelectOp::create(builder, loc, *keep, scores, masked);
  }
  return scores;
}

/// Masks what lies beyond the keys' end and outside of the causal band or the
/// window.
Value Tiler::maskBand(Value scores) {
  Value extent, lower, upper;
  int64_t staticKeys = op.getKeyType().getDimSize(op.getSeqDim());
  if (range || ShapedType::isDynamic(staticKeys) ||
      staticKeys % config.getTileKV() != 0)
    extent = keyEnd;
  // Key j and row i: lower <= j - i <= upper.
  if (std::optional<int64_t> left = op.getLeftBound())
    lower = sub(queryOffset, index(*left));
  if (std::optional<int64_t> right = op.getRightBound())
    upper = add(queryOffset, index(*right));
  if (!extent && !lower && !upper)
    return scores;
  return BandMaskOp::create(builder, loc, scoreType, scores, regionRow, keyRow,
                            extent, lower, upper, pack);
}

LogicalResult Tiler::buildLoopBody(OpBuilder &body, Value step,
                                   ValueRange state) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(body.getInsertionBlock(), body.getInsertionPoint());
  Value output = state[0], maximum = state[1], sum = state[2];
  // Last tile first: the ragged end and the causal diagonal come before the
  // tiles that need no mask.
  Value tile = sub(sub(keyTiles, index(1)), step);
  keyRow = mul(tile, index(config.getTileKV()));
  if (range)
    keyRow = add(keyBegin, keyRow);
  Value key = readKeys(op.getKey());
  Value scores = contract(queryTile, key, splat(scoreType, 0.0),
                          /*transposeRhs=*/true);
  FailureOr<Value> modified = modifyScores(scores);
  if (failed(modified))
    return failure();
  scores = maskBand(*modified);
  Value factorValue =
      arith::ConstantOp::create(builder, loc, builder.getF32FloatAttr(factor));
  // A region may add anything to the scores; products of queries and keys stay
  // small.
  auto softmax = OnlineSoftmaxOp::create(
      builder, loc, scoreType, rowType, rowType, rowType, scores, maximum, sum,
      factorValue, /*unbounded=*/!op.getScoreRegion().empty(),
      /*scaled_maximum=*/scalesMaximum(),
      APFloat(static_cast<float>(exponent)));
  Value rescaled = arith::MulFOp::create(
      builder, loc, output, broadcastRows(softmax.getCorrection(), outputType));
  Value weights = softmax.getProbabilities();
  if (op.getQueryScale())
    weights = scaleBlocks(weights, op.getValueScale(), op.getValueBlock(), 1);
  VectorType narrow = scoreType.clone(op.getValueType().getElementType());
  Value probabilities =
      weighsByIntegers()
          ? RoundOp::create(builder, loc, narrow, weights).getResult()
          : arith::TruncFOp::create(builder, loc, narrow, weights).getResult();
  bool transposed = op.hasTransposedValue();
  Value value = transposed ? readTransposedValues() : readKeys(op.getValue());
  Value next = contract(probabilities, value, rescaled, transposed);
  scf::YieldOp::create(
      builder, loc,
      ValueRange{next, softmax.getNewMaximum(), softmax.getNewSum()});
  return success();
}

void Tiler::buildEpilogue(ValueRange state) {
  Value output = state[0], maximum = state[1], sum = state[2];
  // A row that saw no key has the sum 0 and the output 0.
  Value zero = splat(rowType, 0.0), one = splat(rowType, 1.0);
  Value empty =
      arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OEQ, sum, zero);
  Value divisor = arith::SelectOp::create(builder, loc, empty, one, sum);
  Value inverse = arith::DivFOp::create(builder, loc, one, divisor);
  Value normalized = arith::MulFOp::create(builder, loc, output,
                                           broadcastRows(inverse, outputType));
  Type element = op.getOutputType().getElementType();
  Value result = normalized;
  if (!element.isF32())
    result = arith::TruncFOp::create(
        builder, loc, vec(outputType.getShape(), element), normalized);
  write(result, op.getOutput(), at(batch, row, head), op.getSeqDim(),
        op.getHeadDim());
  if (!op.getLse())
    return;
  // ln l + factor · ln 2 · m; −∞ where the row saw no key. A scaled maximum has
  // the factor in it, and the sum may have been lifted.
  Value log = math::Log2Op::create(builder, loc, sum);
  if (exponent != 0)
    log = arith::SubFOp::create(builder, loc, log, splat(rowType, exponent));
  Value logSum = arith::MulFOp::create(builder, loc, log, splat(rowType, kLn2));
  Value scaledMaximum = arith::MulFOp::create(
      builder, loc, maximum,
      splat(rowType, scalesMaximum() ? kLn2 : factor * kLn2));
  Value lse = arith::AddFOp::create(builder, loc, logSum, scaledMaximum);
  write(lse, op.getLse(), {batch, head, row}, /*rowDim=*/2, /*headDim=*/1);
}

LogicalResult Tiler::run() {
  Type f32 = builder.getF32Type();
  scoreType = vec({config.getTileQ(), config.getTileKV()}, f32);
  outputType = vec({config.getTileQ(), op.getValueHeadSize()}, f32);
  rowType = vec({config.getTileQ()}, f32);
  exponent = getExponent();
  pack = config.getPack().value_or(1);
  requireEqualSizes();
  unsigned seq = op.getSeqDim();
  Value rows = size(op.getQuery(), seq);
  int64_t tileRows = config.getTileQ() / pack;
  Value rowTiles =
      arith::CeilDivUIOp::create(builder, loc, rows, index(tileRows));
  keys = size(op.getKey(), seq);
  if (!op.getSplitKeys())
    findKeys();
  queryOffset = op.getQueryOffset();
  if (!queryOffset)
    queryOffset =
        op.getAlignment() == Alignment::TopLeft ? index(0) : sub(keys, rows);
  SmallVector<OpFoldResult> bounds = {
      rowTiles, index(op.getNumKeyHeads() * countTilesOfGroup(op, pack)),
      size(op.getQuery(), ForwardOp::getBatchDim())};
  if (op.getSplitKeys())
    bounds.push_back(size(op.getOutput(), 0));
  auto grid = scf::ForallOp::create(builder, loc, bounds,
                                    /*outputs=*/ValueRange{},
                                    /*mapping=*/std::nullopt);
  grid->setAttr(kConfigAttrName, config);

  builder.setInsertionPointToStart(grid.getBody());
  Value headTile = grid.getInductionVar(1);
  batch = grid.getInductionVar(2);
  if (op.getSplitKeys()) {
    range = grid.getInductionVar(3);
    findKeys();
  }
  // With a causal mask later rows see more keys: their tiles go first, so that
  // the last blocks to start are short.
  Value rowTile = grid.getInductionVar(0);
  if (op.getRightBound())
    rowTile = sub(sub(rowTiles, index(1)), rowTile);
  row = mul(rowTile, index(tileRows));
  int64_t group = op.getNumQueryHeads() / op.getNumKeyHeads();
  int64_t tilesOfGroup = countTilesOfGroup(op, pack);
  keyHead = tilesOfGroup == 1 ? headTile
                              : arith::DivUIOp::create(builder, loc, headTile,
                                                       index(tilesOfGroup));
  if (group % pack == 0) {
    head = pack == 1 ? headTile : mul(headTile, index(pack));
  } else {
    head = groupHead = mul(keyHead, index(group));
    if (tilesOfGroup != 1) {
      Value tile =
          arith::RemUIOp::create(builder, loc, headTile, index(tilesOfGroup));
      head = add(head, mul(tile, index(pack)));
    }
  }
  regionBatch = batch;
  regionHead = head;
  regionRow = row;
  if (!op.getOrigin().empty()) {
    regionBatch = add(op.getOrigin()[0], batch);
    regionHead = add(op.getOrigin()[1], head);
    regionRow = add(op.getOrigin()[2], row);
  }
  queryTile = readQueries();

  SmallVector<Value> init = {
      splat(outputType, 0.0),
      splat(rowType, -std::numeric_limits<double>::infinity()),
      splat(rowType, 0.0)};
  LogicalResult built = success();
  auto loop = scf::ForOp::create(
      builder, loc, index(0), keyTiles, index(1), init,
      [&](OpBuilder &body, Location, Value step, ValueRange state) {
        built = buildLoopBody(body, step, state);
        if (failed(built)) // Keep the loop well formed until it is dropped.
          scf::YieldOp::create(body, loc, state);
      });
  if (failed(built))
    return failure();
  buildEpilogue(loop.getResults());
  op.erase();
  return success();
}

namespace {

struct TilePass : attn::impl::AttnTileBase<TilePass> {
  void runOnOperation() override {
    SmallVector<ForwardOp> ops;
    getOperation()->walk([&](ForwardOp op) { ops.push_back(op); });
    for (ForwardOp op : ops) {
      if (failed(check(op)) || failed(Tiler(op).run()))
        return signalPassFailure();
      ++numTiled;
    }
  }

  /// What a configuration must say where products are of integers.
  static LogicalResult checkIntegers(ForwardOp op) {
    ConfigAttr config = *op.getConfig();
    if (!config.getTwoLevel())
      return op.emitOpError("expected two_level in the config with V of i8, "
                            "whose sums of products no correction multiplies");
    if (config.getExponent().value_or(0) > kLargestIntegerExponent)
      return op.emitOpError("expected an exponent of at most ")
             << kLargestIntegerExponent
             << " in the config with V of i8, whose probabilities end at "
             << kLargestInteger << ", but got " << *config.getExponent();
    if (config.getSpeculation().value_or(0) > kLargestInteger)
      return op.emitOpError("expected a bound of speculation of at most ")
             << kLargestInteger
             << " in the config with V of i8, whose probabilities end there, "
                "but got "
             << *config.getSpeculation();
    return success();
  }

  static LogicalResult check(ForwardOp op) {
    if (op.hasTensors())
      return op.emitOpError("expected memrefs, but got tensors; run "
                            "one-shot-bufferize first");
    if (!op.getConfig())
      return op.emitOpError("expected a config; run attn-select-config first");
    Type element = op.getQueryType().getElementType();
    if (isa<Float8E5M2Type>(element))
      return op.emitOpError("cannot tile: expected f16, bf16, f8E4M3FN or i8, "
                            "but got ")
             << element;
    if (op.getValueType().getElementType().isInteger() &&
        failed(checkIntegers(op)))
      return failure();
    // Rows are written while others are still to be read.
    for (OpOperand &init : op.getDpsInitsMutable())
      for (OpOperand *input : op.getDpsInputOperands())
        if (init.get() == input->get())
          return op.emitOpError("expected an output that is none of the "
                                "inputs, but got operand ")
                 << input->getOperandNumber()
                 << " as both; write into a buffer of its own";
    if (int64_t keys = op.getConfig()->getTileKV();
        op.hasTransposedValue() && keys % kKeyGroup != 0)
      return op.emitOpError("expected a tile of a multiple of ")
             << kKeyGroup << " keys with a transposed V, but got " << keys;
    if (op.getConfig()->getSplits().value_or(1) != 1)
      return op.emitOpError("expected no splits in the config, but got ")
             << *op.getConfig()->getSplits() << "; run attn-split-keys first";
    if (op.getSplitKeys() && op.getConfig()->getPersistent())
      return op.emitOpError("expected a config that is not persistent with "
                            "split_keys, whose blocks take one tile");
    int64_t group = op.getNumQueryHeads() / op.getNumKeyHeads();
    if (int64_t pack = op.getConfig()->getPack().value_or(1);
        pack > 1 && pack / 2 >= group)
      return op.emitOpError("expected pack to be less than twice the ")
             << group << " heads of Q that share a head of K, but got " << pack;
    if (op.getQueryScale() && op.getConfig()->getPack().value_or(1) != 1)
      return op.emitOpError("expected no pack in the config with 8-bit inputs, "
                            "whose rows of a tile share their scales, but got ")
             << *op.getConfig()->getPack();
    return success();
  }
};

} // namespace
