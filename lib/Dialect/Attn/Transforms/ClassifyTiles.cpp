//===- ClassifyTiles.cpp - Lists of the tiles that masks leave ------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementEvaluator.h"
#include "MaskedLoop.h"
#include "SkippableTiles.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNCLASSIFYTILES
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

/// Threads of a block, and parts of a tile's columns, each of which one thread
/// looks at. The parts of a tile are read together, as four words.
static constexpr int64_t kThreads = 256;
static constexpr int64_t kParts = 16;
/// Rows whose reads are in flight together, at most.
static constexpr int64_t kUnrolled = 4;

/// What a part of a tile has: elements that are visible, and that are not.
static constexpr int64_t kVisible = 1;
static constexpr int64_t kHidden = 2;

namespace {

/// The rows of a column that a band leaves, as numbers of i32: first ≤ r < end.
struct RowRange {
  Value first, end;
};

/// Rewrites one loop over keys.
class Classifier {
public:
  Classifier(scf::ForallOp grid, scf::ForOp loop, OnlineSoftmaxOp softmax)
      : grid(grid), loop(loop), softmax(softmax), builder(grid),
        loc(loop.getLoc()) {}

  /// Whether a mask beside a band stands in front of the softmax, and there are
  /// tiles to leave out.
  bool findMasks();
  /// Fails, with the reason in `reason`, where the loop is not of this kind.
  LogicalResult match(std::string &reason);
  void run();

private:
  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }
  Value number(int64_t value, unsigned width = 32) {
    return arith::ConstantIntOp::create(builder, loc, value, width);
  }
  Value toInt(Value value) {
    return arith::IndexCastOp::create(builder, loc, builder.getI32Type(),
                                      value);
  }
  Value toIndex(Value value) {
    return arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                      value);
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
  Value equals(Value a, Value b) {
    return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, a, b);
  }
  Value clamp(Value value, Value least, Value most) {
    value = arith::MaxSIOp::create(builder, loc, value, least);
    return arith::MinSIOp::create(builder, loc, value, most);
  }

  void findRowLimit();
  void allocate();
  Value getList(ValueRange ids);
  scf::ForallOp startThreads();
  void buildGrid();
  void lookAtParts(const IRMapping &scalars, Value list, Value begin, Value end,
                   Value rows);
  RowRange getRowRange(ElementEvaluator &evaluator, Value column);
  void writeList(Value list, Value begin, Value end);
  Value getClass(Value list, Value tile);
  std::pair<Value, Value> countTiles(Value list, Value begin, Value end);
  void rewriteLoop();

  scf::ForallOp grid;
  scf::ForOp loop;
  OnlineSoftmaxOp softmax;
  OpBuilder builder;
  Location loc;

  // Set up by match().
  arith::SelectOp select;
  BandMaskOp band;
  int64_t rows = 0, columns = 0;
  /// The iterations whose tile is in the band.
  IterationRange range;
  /// Rows of the tile that exist: of a buffer, from an index in it on, so many
  /// for each of its rows. None where all do.
  Value rowBuffer, firstRow;
  int64_t rowDim = 0, rowGroup = 1;
  /// Dimensions of the grid that have lists of their own.
  SmallVector<unsigned> dims;

  // Set up by run(): what the parts of the tiles have, the lists, and how many
  // entries of each are partial tiles, and how many there are.
  Value parts, visits, counts;
};

} // namespace

//===----------------------------------------------------------------------===//
// Matching
//===----------------------------------------------------------------------===//

static bool isMinusInfinity(Value value) {
  DenseElementsAttr elements;
  return matchPattern(value, m_Constant(&elements)) && elements.isSplat() &&
         isa<FloatType>(elements.getElementType()) &&
         elements.getSplatValue<APFloat>().isInfinity() &&
         elements.getSplatValue<APFloat>().isNegative();
}

bool Classifier::findMasks() {
  Value scores = softmax.getScores();
  band = scores.getDefiningOp<BandMaskOp>();
  if (band)
    scores = band.getScores();
  select = scores.getDefiningOp<arith::SelectOp>();
  std::optional<int64_t> trips = getConstantIntValue(loop.getUpperBound());
  return select && isa<VectorType>(select.getCondition().getType()) &&
         isMinusInfinity(select.getFalseValue()) && !(trips && *trips <= 1);
}

/// The tile of Q is padded beyond the end of its buffer; what is computed for
/// these rows is written nowhere.
void Classifier::findRowLimit() {
  for (auto product : loop.getBody()->getOps<vector::ContractionOp>()) {
    Value lhs = product.getLhs();
    if (auto cast = lhs.getDefiningOp<vector::ShapeCastOp>())
      lhs = cast.getSource();
    auto read = lhs.getDefiningOp<vector::TransferReadOp>();
    auto type = cast<VectorType>(product.getLhs().getType());
    if (!read || type.getDimSize(0) != rows || read.isDimInBounds(0) ||
        !isa<MemRefType>(read.getBase().getType()) ||
        grid->isAncestor(read.getBase().getParentRegion()->getParentOp()))
      continue;
    auto dim = dyn_cast<AffineDimExpr>(read.getPermutationMap().getResult(0));
    SetVector<Value> arguments;
    std::string reason;
    if (!dim)
      continue;
    Value first = read.getIndices()[dim.getPosition()];
    // A list that row tiles share is of all rows.
    if (failed(ElementEvaluator::check(first, grid, arguments, reason)) ||
        !llvm::all_of(arguments, [&](Value argument) {
          return llvm::is_contained(
              dims, cast<BlockArgument>(argument).getArgNumber());
        }))
      continue;
    rowBuffer = read.getBase();
    rowDim = dim.getPosition();
    firstRow = first;
    rowGroup = rows / read.getVectorType().getDimSize(0);
    return;
  }
}

LogicalResult Classifier::match(std::string &reason) {
  auto fail = [&](const Twine &text) {
    reason = text.str();
    return failure();
  };
  auto type = cast<VectorType>(select.getType());
  rows = type.getDimSize(0);
  columns = type.getDimSize(1);
  if (columns % kParts != 0)
    return fail("expected a tile whose keys are a multiple of " +
                Twine(kParts) + ", but got " + Twine(columns));
  if (!select->hasOneUse() || (band && !band->hasOneUse()))
    return fail("expected masks of which nothing but the softmax depends");
  if (loop->getParentOp() != grid)
    return fail("expected a loop that stands in the grid itself");
  if (!loop.getInductionVar().getType().isIndex() ||
      getConstantIntValue(loop.getLowerBound()) != 0 ||
      getConstantIntValue(loop.getStep()) != 1)
    return fail("expected a loop from 0 in steps of 1");
  if (grid->isAncestor(loop.getUpperBound().getParentRegion()->getParentOp()))
    return fail("expected as many trips at each point of the grid");
  if (!grid.isNormalized() || grid.getNumResults() != 0)
    return fail("expected a grid from 0 in steps of 1 and without results");
  if (std::optional<std::string> obstacle = whyNotSkippable(loop, softmax))
    return fail(*obstacle);

  range = {loop.getLowerBound(), loop.getUpperBound()};
  if (band) {
    std::string ignored;
    FailureOr<MaskedLoop> masked = MaskedLoop::match(loop, band, ignored);
    OpBuilder inFront(loop);
    if (succeeded(masked))
      range = masked->getVisibleRange(inFront);
  }
  SmallVector<Value> values = {select.getCondition(), range.begin, range.end};
  if (band)
    for (Value value : {band.getQueryOrigin(), band.getKeyOrigin(),
                        band.getExtent(), band.getLower(), band.getUpper()})
      if (value)
        values.push_back(value);
  SetVector<Value> arguments;
  for (Value value : values)
    if (failed(ElementEvaluator::check(value, grid, arguments, reason)))
      return failure();
  for (Value argument : arguments) {
    if (argument == loop.getInductionVar())
      continue;
    auto id = cast<BlockArgument>(argument);
    if (id.getOwner() != grid.getBody())
      return fail("expected masks that do not depend on what the loop "
                  "carries");
    dims.push_back(id.getArgNumber());
  }
  llvm::sort(dims);
  findRowLimit();
  return success();
}

//===----------------------------------------------------------------------===//
// The grid that looks at the tiles
//===----------------------------------------------------------------------===//

void Classifier::allocate() {
  SmallVector<OpFoldResult> bounds = grid.getMixedUpperBound();
  OpFoldResult lists = builder.getIndexAttr(1);
  for (unsigned dim : dims) {
    if (lists == OpFoldResult(builder.getIndexAttr(1)))
      lists = bounds[dim];
    else
      lists = getAsOpFoldResult(
          mul(getValueOrCreateConstantIndexOp(builder, loc, lists),
              getValueOrCreateConstantIndexOp(builder, loc, bounds[dim])));
  }
  OpFoldResult tiles = getAsOpFoldResult(loop.getUpperBound());
  auto allocate = [&](ArrayRef<OpFoldResult> sizes, Type element) -> Value {
    SmallVector<int64_t> shape;
    SmallVector<Value> dynamic;
    dispatchIndexOpFoldResults(sizes, dynamic, shape);
    return memref::AllocOp::create(builder, loc,
                                   MemRefType::get(shape, element), dynamic,
                                   builder.getI64IntegerAttr(256));
  };
  parts = allocate({lists, tiles, builder.getIndexAttr(kParts)},
                   builder.getI8Type());
  visits = allocate({lists, tiles}, builder.getI32Type());
  counts = allocate({lists, builder.getIndexAttr(2)}, builder.getI32Type());
}

/// The number of the list of a point of the grid.
Value Classifier::getList(ValueRange ids) {
  SmallVector<OpFoldResult> bounds = grid.getMixedUpperBound();
  Value list;
  for (auto [dim, id] : llvm::reverse(llvm::zip_equal(dims, ids)))
    list = list ? add(mul(list, getValueOrCreateConstantIndexOp(builder, loc,
                                                                bounds[dim])),
                      id)
                : id;
  return list ? list : index(0);
}

/// Starts the next thing that the threads of a block do together, and leaves
/// the builder in it.
scf::ForallOp Classifier::startThreads() {
  auto threads = scf::ForallOp::create(
      builder, loc, ArrayRef<OpFoldResult>{builder.getIndexAttr(kThreads)},
      /*outputs=*/ValueRange{},
      builder.getArrayAttr(gpu::GPUThreadMappingAttr::get(
          builder.getContext(), gpu::MappingId::DimX)));
  builder.setInsertionPointToStart(threads.getBody());
  return threads;
}

void Classifier::buildGrid() {
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<OpFoldResult> bounds;
  for (unsigned dim : dims)
    bounds.push_back(grid.getMixedUpperBound()[dim]);
  if (bounds.empty())
    bounds.push_back(builder.getIndexAttr(1));
  auto lists = scf::ForallOp::create(builder, loc, bounds,
                                     /*outputs=*/ValueRange{},
                                     /*mapping=*/std::nullopt);
  builder.setInsertionPointToStart(lists.getBody());
  IRMapping scalars;
  SmallVector<Value> ids = lists.getInductionVars();
  for (auto [dim, id] : llvm::zip(dims, ids))
    scalars.map(grid.getInductionVar(dim), id);
  Value list = getList(ArrayRef<Value>(ids).take_front(dims.size()));
  ElementEvaluator evaluator(grid, scalars, builder);
  Value begin = evaluator.getScalar(range.begin);
  Value end = evaluator.getScalar(range.end);
  Value existing;
  if (rowBuffer) {
    Value size = memref::DimOp::create(builder, loc, rowBuffer, rowDim);
    Value left = sub(size, evaluator.getScalar(firstRow));
    existing = mul(left, index(rowGroup));
  }
  lookAtParts(scalars, list, begin, end, existing);
  writeList(list, begin, end);
}

/// The rows in which a column of the tile is in the band. With g rows at one
/// position, lower ≤ key − (q + ⌊r / g⌋) ≤ upper is
///
///   (key − upper − q) · g ≤ r < (key − lower − q + 1) · g
RowRange Classifier::getRowRange(ElementEvaluator &evaluator, Value column) {
  RowRange result;
  if (!band)
    return result;
  Value none = index(0), all = index(rows);
  Value group = index(static_cast<int64_t>(band.getRowGroup()));
  Value key = add(evaluator.getScalar(band.getKeyOrigin()), column);
  Value distance = sub(key, evaluator.getScalar(band.getQueryOrigin()));
  if (Value upper = band.getUpper()) {
    Value first = mul(sub(distance, evaluator.getScalar(upper)), group);
    result.first = clamp(first, none, all);
  }
  if (Value lower = band.getLower()) {
    Value last = sub(distance, evaluator.getScalar(lower));
    result.end = clamp(mul(add(last, index(1)), group), none, all);
  }
  if (Value extent = band.getExtent()) {
    // A column beyond the end begins behind the last row.
    Value inside =
        arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, key,
                              evaluator.getScalar(extent));
    result.first = arith::SelectOp::create(
        builder, loc, inside, result.first ? result.first : none, all);
  }
  // Rows of a tile are few: in 32 bits a comparison is one instruction.
  for (Value *bound : {&result.first, &result.end})
    if (*bound)
      *bound = toInt(*bound);
  return result;
}

/// Each thread looks at every 16th column of a tile, row after row, so that a
/// row's values are read once for all of them.
void Classifier::lookAtParts(const IRMapping &scalars, Value list, Value begin,
                             Value end, Value existing) {
  OpBuilder::InsertionGuard guard(builder);
  scf::ForallOp threads = startThreads();
  Value thread = threads.getInductionVar(0);
  Value first =
      add(begin, arith::DivUIOp::create(builder, loc, thread, index(kParts)));
  Value part = arith::RemUIOp::create(builder, loc, thread, index(kParts));
  auto tiles =
      scf::ForOp::create(builder, loc, first, end, index(kThreads / kParts));
  builder.setInsertionPointToStart(tiles.getBody());
  Value tile = tiles.getInductionVar();
  int64_t unrolled = kUnrolled;
  while (rows % unrolled != 0)
    unrolled /= 2;
  Value no = number(0, 1), yes = number(1, 1);
  Value zero = number(0), step = number(unrolled), all = number(rows);
  auto loopOverRows =
      scf::ForOp::create(builder, loc, zero, all, step, ValueRange{no, yes});
  IRMapping inTile = scalars;
  inTile.map(loop.getInductionVar(), tile);
  builder.setInsertionPoint(loopOverRows);
  ElementEvaluator evaluator(grid, inTile, builder);
  SmallVector<RowRange> ranges;
  for (int64_t first = 0; first < columns; first += kParts) {
    Value column = add(index(first), part);
    evaluator.addColumn(column);
    ranges.push_back(getRowRange(evaluator, column));
  }
  Value last;
  if (existing)
    last = toInt(sub(existing, index(1)));

  builder.setInsertionPointToStart(loopOverRows.getBody());
  Value any = loopOverRows.getRegionIterArg(0);
  Value every = loopOverRows.getRegionIterArg(1);
  for (int64_t i = 0; i < unrolled; ++i) {
    Value row = add(loopOverRows.getInductionVar(), number(i));
    // One that does not exist is as the last that does.
    if (last)
      row = arith::MinSIOp::create(builder, loc, row, last);
    evaluator.startRow(builder, toIndex(row));
    for (auto [column, range] : llvm::enumerate(ranges)) {
      Value seen = evaluator.getElement(select.getCondition(), column);
      auto keep = [&](arith::CmpIPredicate predicate, Value bound) {
        if (bound)
          seen = arith::AndIOp::create(
              builder, loc, seen,
              arith::CmpIOp::create(builder, loc, predicate, row, bound));
      };
      keep(arith::CmpIPredicate::sge, range.first);
      keep(arith::CmpIPredicate::slt, range.end);
      any = arith::OrIOp::create(builder, loc, any, seen);
      every = arith::AndIOp::create(builder, loc, every, seen);
    }
  }
  scf::YieldOp::create(builder, loc, ValueRange{any, every});
  builder.setInsertionPointAfter(loopOverRows);
  auto flag = [&](Value condition, int64_t ifTrue, int64_t ifFalse) -> Value {
    return arith::SelectOp::create(builder, loc, condition, number(ifTrue, 8),
                                   number(ifFalse, 8));
  };
  Value has = arith::OrIOp::create(builder, loc,
                                   flag(loopOverRows.getResult(0), kVisible, 0),
                                   flag(loopOverRows.getResult(1), 0, kHidden));
  memref::StoreOp::create(builder, loc, has, parts,
                          ValueRange{list, tile, part});
}

/// What a tile has, of all its parts.
Value Classifier::getClass(Value list, Value tile) {
  auto bytes = VectorType::get({kParts}, builder.getI8Type());
  auto words = VectorType::get({kParts / 4}, builder.getI32Type());
  Value loaded = vector::LoadOp::create(
      builder, loc, bytes, parts, ValueRange{list, tile, index(0)},
      /*nontemporal=*/false, llvm::MaybeAlign(kParts));
  Value cast = vector::BitCastOp::create(builder, loc, words, loaded);
  Value word = vector::ReductionOp::create(builder, loc,
                                           vector::CombiningKind::OR, cast);
  for (int64_t shift : {16, 8})
    word = arith::OrIOp::create(
        builder, loc, word,
        arith::ShRUIOp::create(builder, loc, word, number(shift)));
  return arith::AndIOp::create(builder, loc, word, number(kVisible | kHidden));
}

/// The partial and the full tiles of some iterations.
std::pair<Value, Value> Classifier::countTiles(Value list, Value begin,
                                               Value end) {
  Value zero = number(0);
  auto count = scf::ForOp::create(builder, loc, begin, end, index(1),
                                  ValueRange{zero, zero});
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(count.getBody());
  Value own = getClass(list, count.getInductionVar());
  auto countIf = [&](unsigned position, int64_t kind) {
    Value is = arith::ExtUIOp::create(builder, loc, builder.getI32Type(),
                                      equals(own, number(kind)));
    return add(count.getRegionIterArg(position), is);
  };
  SmallVector<Value> sums = {countIf(0, kVisible | kHidden),
                             countIf(1, kVisible)};
  scf::YieldOp::create(builder, loc, sums);
  return {count.getResult(0), count.getResult(1)};
}

/// Each thread finds the places of its tiles by the tiles in front of them.
void Classifier::writeList(Value list, Value begin, Value end) {
  OpBuilder::InsertionGuard guard(builder);
  scf::ForallOp threads = startThreads();
  Value thread = threads.getInductionVar(0);
  auto [partial, full] = countTiles(list, begin, end);
  auto store = [&](Value value, int64_t at) {
    memref::StoreOp::create(builder, loc, value, counts,
                            ValueRange{list, index(at)});
  };
  auto once = scf::IfOp::create(builder, loc, equals(thread, index(0)),
                                /*withElseRegion=*/false);
  {
    OpBuilder::InsertionGuard inner(builder);
    builder.setInsertionPointToStart(once.thenBlock());
    store(partial, 0);
    store(add(partial, full), 1);
  }
  auto tiles = scf::ForOp::create(builder, loc, add(begin, thread), end,
                                  index(kThreads));
  builder.setInsertionPointToStart(tiles.getBody());
  Value tile = tiles.getInductionVar();
  Value own = getClass(list, tile);
  Value isVisible = arith::CmpIOp::create(
      builder, loc, arith::CmpIPredicate::ne,
      arith::AndIOp::create(builder, loc, own, number(kVisible)), number(0));
  auto visit =
      scf::IfOp::create(builder, loc, isVisible, /*withElseRegion=*/false);
  builder.setInsertionPointToStart(visit.thenBlock());
  auto [partialBefore, fullBefore] = countTiles(list, begin, tile);
  Value place =
      arith::SelectOp::create(builder, loc, equals(own, number(kVisible)),
                              add(partial, fullBefore), partialBefore);
  memref::StoreOp::create(builder, loc, toInt(tile), visits,
                          ValueRange{list, toIndex(place)});
}

//===----------------------------------------------------------------------===//
// The loop over the list
//===----------------------------------------------------------------------===//

/// The vector arithmetic in the loop's body that a mask is computed by.
static SetVector<Operation *> getMaskSlice(Value mask, Block *body) {
  SetVector<Operation *> slice;
  SmallVector<Value> work = {mask};
  while (!work.empty()) {
    Value value = work.pop_back_val();
    Operation *op = value.getDefiningOp();
    if (op && op->getBlock() == body && isa<VectorType>(value.getType()) &&
        slice.insert(op))
      llvm::append_range(work, op->getOperands());
  }
  return slice;
}

/// Moves what a mask computes of rows alone in front of the loop: it is the
/// same for all tiles, and the loop writes nothing that it could read.
static LogicalResult hoistRows(Value value, scf::ForOp loop) {
  if (loop.isDefinedOutsideOfLoop(value))
    return success();
  Operation *op = value.getDefiningOp();
  auto type = dyn_cast<VectorType>(value.getType());
  if (!op || op->getNumRegions() != 0 || (type && type.getDimSize(1) != 1))
    return failure();
  for (Value operand : op->getOperands())
    if (failed(hoistRows(operand, loop)))
      return failure();
  op->moveBefore(loop);
  return success();
}

void Classifier::rewriteLoop() {
  SetVector<Operation *> slice =
      getMaskSlice(select.getCondition(), loop.getBody());
  slice.remove_if([&](Operation *op) {
    return succeeded(hoistRows(op->getResult(0), loop));
  });
  builder.setInsertionPoint(loop);
  SmallVector<Value> ids;
  for (unsigned dim : dims)
    ids.push_back(grid.getInductionVar(dim));
  Value list = getList(ids);
  auto load = [&](Value buffer, Value at) {
    return toIndex(
        memref::LoadOp::create(builder, loc, buffer, ValueRange{list, at}));
  };
  Value partial = load(counts, index(0));
  loop.setUpperBound(load(counts, index(1)));

  builder.setInsertionPointToStart(loop.getBody());
  Value number = loop.getInductionVar();
  Value iteration = load(visits, number);
  number.replaceUsesWithIf(iteration, [&](OpOperand &use) {
    return !isa<memref::LoadOp>(use.getOwner()) ||
           cast<memref::LoadOp>(use.getOwner()).getMemref() != visits;
  });

  builder.setInsertionPoint(softmax);
  Value isPartial = arith::CmpIOp::create(
      builder, loc, arith::CmpIPredicate::slt, number, partial);
  Value scores = select.getTrueValue();
  auto branch = scf::IfOp::create(builder, loc, scores.getType(), isPartial,
                                  /*withElseRegion=*/true);
  builder.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(builder, loc, scores);
  builder.setInsertionPointToStart(branch.thenBlock());
  IRMapping mapping;
  for (Operation &op : *loop.getBody())
    if (slice.contains(&op))
      builder.clone(op, mapping);
  Value masked = builder.clone(*select, mapping)->getResult(0);
  if (band) {
    mapping.map(select.getResult(), masked);
    masked = builder.clone(*band, mapping)->getResult(0);
  }
  scf::YieldOp::create(builder, loc, masked);
  softmax.getScoresMutable().assign(branch.getResult(0));

  // What only the masks needed is in the branch now.
  if (band)
    band.erase();
  select.erase();
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(*loop.getBody())))
    if (slice.contains(&op) && op.use_empty())
      op.erase();
}

void Classifier::run() {
  builder.setInsertionPoint(grid);
  allocate();
  buildGrid();
  rewriteLoop();
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {

struct ClassifyTilesPass
    : attn::impl::AttnClassifyTilesBase<ClassifyTilesPass> {
  using AttnClassifyTilesBase::AttnClassifyTilesBase;

  void runOnOperation() override {
    SmallVector<OnlineSoftmaxOp> ops;
    getOperation()->walk([&](OnlineSoftmaxOp op) { ops.push_back(op); });
    for (OnlineSoftmaxOp op : ops) {
      auto loop = dyn_cast<scf::ForOp>(op->getParentOp());
      auto grid = op->getParentOfType<scf::ForallOp>();
      if (!loop || !grid)
        continue;
      Classifier classifier(grid, loop, op);
      if (!classifier.findMasks())
        continue;
      std::string reason;
      if (succeeded(classifier.match(reason))) {
        classifier.run();
        ++numClassified;
        continue;
      }
      if (strict) {
        loop.emitOpError("cannot go over a list of tiles: ") << reason;
        signalPassFailure();
      } else {
        loop.emitRemark("cannot go over a list of tiles: ") << reason;
      }
    }
  }
};

} // namespace
