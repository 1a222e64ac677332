//===- Quantizer.cpp - Blocks, parts and grids of attn.quantize -----------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Quantizer.h"
#include "fa3/Dialect/Attn/IR/Quantization.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::attn;

/// Threads of a block that holds a part, at most.
static constexpr int64_t kMostThreads = kWideResidents;
/// Threads that take the maximum of what others found.
static constexpr int64_t kMaximumThreads = 128;
/// Bytes behind each column of a tile in shared memory, so that columns next to
/// each other begin in different banks, and at a multiple of 16.
static constexpr int64_t kTilePadding = 16;
/// Heads that a block takes one after the other where X is transformed: one's
/// rows are on their way while another's are rounded, and tables of an
/// embedding, twice as many bytes as X has, are in the multiprocessor's cache.
static constexpr int64_t kHeads = 4;

//===----------------------------------------------------------------------===//
// Blocks and parts
//===----------------------------------------------------------------------===//

/// All rows are one block where they are no more, and their number is known.
std::optional<int64_t> Quantizer::getBlockRows(QuantizeOp op) {
  std::optional<int64_t> block = op.getBlock();
  int64_t rows = op.getInputType().getDimSize(op.getSeqDim());
  if (ShapedType::isDynamic(rows) || rows == 0)
    return block;
  if (block && *block < rows)
    return block;
  return op.getTransposed() ? llvm::alignTo(rows, kKeyGroup) : rows;
}

/// Rows of the parts of a block that is more than one: of equal parts where
/// these are not much smaller, so that none lies behind the rows.
static int64_t getPartRows(int64_t blockRows, int64_t most, int64_t step) {
  constexpr int64_t kSmallest = 4; // of so many parts of what there could be
  for (int64_t rows = most; rows * kSmallest >= most; rows -= step)
    if (blockRows % rows == 0)
      return rows;
  return most;
}

/// Heads of a block.
int64_t Quantizer::countHeads(QuantizeOp op, bool isGPU) {
  return isGPU && isTransformed(op) && op.getNumHeads() % kHeads == 0 ? kHeads
                                                                      : 1;
}

/// Whether the rows of a block's next head are loaded while it stores those of
/// one: where registers have room, by ptxas. Values of 32 bits leave none, and
/// neither do most tables, and rows that threads share unevenly.
bool Quantizer::runsAhead(QuantizeOp op, bool isGPU) {
  int64_t unit = op.hasRotary() ? 128 : 64;
  return countHeads(op, isGPU) > 1 && op.getHeadSize() % unit == 0 &&
         !op.getInterleavedRotary() &&
         !op.getInputType().getElementType().isF32();
}

RowPlan Quantizer::getPlan(QuantizeOp op, bool isGPU) {
  RowPlan plan = getRowPlan(op.getHeadSize(), isGPU);
  bool isNarrow = !op.hasRotary() && plan.layout.pieces.size() > 1 &&
                  !op.getInputType().getElementType().isF32();
  constexpr int64_t kLeastRotated = 64;
  if (isNarrow && !op.getRotation())
    plan.residents = kPackedResidents;
  else if (isNarrow && op.getHeadSize() >= kLeastRotated &&
           !runsAhead(op, isGPU))
    plan.residents = kRotatedResidents;
  // With more, ptxas spills a little where such rows become integers.
  constexpr int64_t kFewResidents = 384;
  if (op.hasRotary() && op.getRotation() && plan.layout.pieces.size() == 1 &&
      op.getOutputType().getElementType().isInteger())
    plan.residents = kFewResidents;
  std::optional<int64_t> blockRows = getBlockRows(op);
  if (!isGPU || !blockRows)
    return plan;
  // A block that fits is one part, of as few threads as hold it.
  std::optional<int64_t> threads;
  if (*blockRows <= kMostThreads / plan.layout.threads * plan.rows)
    threads = roundThreads(
        llvm::divideCeil(*blockRows * plan.layout.threads, plan.rows),
        plan.layout);
  if (!threads || *threads > kMostThreads) {
    plan.partRows = getPartRows(*blockRows, plan.partRows,
                                op.getTransposed() ? kKeyGroup : int64_t(1));
    return plan;
  }
  int64_t rowsOfBlock = *threads / plan.layout.threads;
  // Of a transposed part each thread has four rows that stand together.
  int64_t step = op.getTransposed() ? kPlaces : 1;
  plan.threads = *threads;
  plan.rows = llvm::divideCeil(*blockRows, rowsOfBlock * step) * step;
  plan.partRows = *blockRows;
  return plan;
}

void Quantizer::readBlocks() {
  blockRows = getBlockRows(op);
  if (blockRows)
    blockParts = llvm::divideCeil(*blockRows, plan.partRows);
  auto isShared = [&](unsigned scaleDim, unsigned dim) {
    return op.getScaleType().getDimSize(scaleDim) == 1 &&
           op.getInputType().getDimSize(dim) != 1;
  };
  sharesBatches = isShared(0, op.getBatchDim());
  sharesHeads = isShared(1, op.getHeadDim());
}

/// Whether a block of threads sees all that a scale depends on.
bool Quantizer::isOneGrid() const {
  return plan.isGPU && blockRows && blockParts == 1 && !sharesBatches &&
         !sharesHeads;
}

void Quantizer::requireEqualSizes() {
  Value x = op.getInput(), y = op.getOutput(), scale = op.getScale();
  requireSameSize("expected X and Y to have the same batch size", x, 0, y, 0);
  rowCount = size(x, op.getSeqDim());
  places = rowCount;
  if (op.getTransposed()) {
    places = mul(
        arith::CeilDivUIOp::create(builder, loc, rowCount, index(kKeyGroup)),
        index(kKeyGroup));
    auto isDynamic = [](Value value, unsigned dim) {
      return cast<MemRefType>(value.getType()).isDynamicDim(dim);
    };
    if (isDynamic(x, op.getSeqDim()) || isDynamic(y, 3))
      requireEqual("expected a transposed Y to have the rows of X rounded up "
                   "to a multiple of 16",
                   size(y, 3), places);
  } else {
    requireSameSize("expected X and Y to have the same length", x,
                    op.getSeqDim(), y, op.getSeqDim());
  }
  for (auto [name, table] :
       llvm::zip(ArrayRef<StringRef>{"cos", "sin"}, op.getRotary()))
    requireSameSize("expected X and " + name + " to have the same length", x,
                    op.getSeqDim(), table, 0);
  blocks = requireScales("X", x, rowCount, scale, op.getBlock());
  bool areEqual = !blockRows || *blockRows % plan.partRows == 0;
  parts = areEqual ? arith::CeilDivUIOp::create(builder, loc, places,
                                                index(plan.partRows))
                         .getResult()
                   : mul(blocks, index(blockParts));
}

Value Quantizer::allocateShared(ArrayRef<int64_t> shape, Type element) {
  auto space = gpu::AddressSpaceAttr::get(builder.getContext(),
                                          gpu::AddressSpace::Workgroup);
  return memref::AllocaOp::create(
      builder, loc,
      MemRefType::get(shape, element, MemRefLayoutAttrInterface(), space));
}

/// A grid over parts, heads and batches, with `body` for what one thread does
/// of a part. Blocks next to each other take what is next to each other.
void Quantizer::emitParts(unsigned sharedMemory,
                          function_ref<void(ArrayRef<Row>)> body) {
  int64_t own = countHeads(op, plan.isGPU);
  SmallVector<OpFoldResult> bounds = {
      builder.getIndexAttr(op.getNumHeads() / own), parts,
      size(op.getInput(), op.getBatchDim())};
  bool headsFirst = op.getLayout() == Layout::BSHD;
  if (!headsFirst)
    std::swap(bounds[0], bounds[1]);
  auto shared = [&](ValueRange) {
    int64_t warps = plan.threads / kWarpThreads;
    warpMaxima = tile = Value();
    if ((sharedMemory & Maxima) && warps > 1)
      warpMaxima = allocateShared({warps}, builder.getF32Type());
    if (sharedMemory & Tile)
      tile = allocateShared({op.getHeadSize(), plan.partRows + kTilePadding},
                            op.getOutputType().getElementType());
  };
  emitGrid(bounds, plan.threads, shared, [&](ValueRange ids, Value id) {
    thread = id;
    placeThread(thread);
    batch = ids[2];
    head = ids[headsFirst ? 0 : 1];
    placePart(ids[headsFirst ? 1 : 0]);
    emitHeads(own, body);
  });
}

/// `body` for each of the heads of a block, which are `count`. The next one's
/// rows are loaded behind what takes registers to compute, and are on their way
/// while the scale is found and rows are stored: there is as much to compute as
/// to load, and there are few threads.
void Quantizer::emitHeads(int64_t count,
                          function_ref<void(ArrayRef<Row>)> body) {
  if (count == 1) {
    SmallVector<Row> rows = loadRows();
    prepareRows(rows);
    return body(rows);
  }
  auto getPieces = [](ArrayRef<Row> rows) {
    SmallVector<Value> pieces;
    for (const Row &row : rows)
      llvm::append_range(pieces, row.pieces);
    return pieces;
  };
  Value first = mul(head, index(count));
  bool isAhead = runsAhead(op, plan.isGPU);
  SmallVector<Row> rows;
  if (isAhead) {
    head = first;
    rows = loadRows();
  }
  auto loop = scf::ForOp::create(builder, loc, index(0), index(count), index(1),
                                 getPieces(rows));
  builder.setInsertionPointToStart(loop.getBody());
  head = add(first, loop.getInductionVar());
  auto pieces = loop.getRegionIterArgs().begin();
  for (Row &row : rows)
    for (Value &piece : row.pieces)
      piece = *pieces++;
  if (!isAhead)
    rows = loadRows();
  prepareRows(rows);
  SmallVector<Value> next;
  if (isAhead) {
    Value own = head;
    head = add(first, minimum(add(loop.getInductionVar(), index(1)),
                              index(count - 1)));
    next = getPieces(loadRows());
    head = own;
  }
  body(rows);
  // What one head has left in shared memory all have read before the next.
  if (warpMaxima || tile)
    gpu::BarrierOp::create(builder, loc);
  if (isAhead)
    scf::YieldOp::create(builder, loc, next);
}

void Quantizer::placePart(Value part) {
  if (!blockRows) {
    block = index(0);
    firstRow = mul(part, index(plan.partRows));
    lastRow = arith::SubIOp::create(builder, loc, rowCount, index(1));
    placeEnd = places;
    return;
  }
  block = divide(part, blockParts);
  Value begin = mul(block, index(*blockRows));
  Value end = add(begin, index(*blockRows));
  lastRow =
      arith::SubIOp::create(builder, loc, minimum(end, rowCount), index(1));
  placeEnd = minimum(end, places);
  firstRow = begin;
  if (blockParts != 1)
    firstRow =
        add(begin, mul(remainder(part, blockParts), index(plan.partRows)));
}

//===----------------------------------------------------------------------===//
// Grids
//===----------------------------------------------------------------------===//

/// Runs on one thread of a block or of what there is.
static void emitForFirst(OpBuilder &builder, Location loc, Value thread,
                         function_ref<void()> body) {
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  Value isFirst = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                        thread, zero);
  auto branch =
      scf::IfOp::create(builder, loc, isFirst, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  body();
}

void Quantizer::emitOneGrid() {
  emitParts(Maxima | getSharedByStores(), [&](ArrayRef<Row> rows) {
    Value scale = getScale(getMaximum(rows));
    emitForFirst(builder, loc, thread, [&] {
      memref::StoreOp::create(builder, loc, scale, op.getScale(),
                              getScalePlace());
    });
    storeRounded(rows, getInverse(scale));
  });
}

/// The maximum of all parts that have a scale in common.
void Quantizer::emitScales(Value maxima) {
  int64_t threads = plan.isGPU ? kMaximumThreads : 1;
  auto getBound = [&](bool isShared, Value buffer, unsigned dim) {
    return isShared ? OpFoldResult(builder.getIndexAttr(1))
                    : OpFoldResult(size(buffer, dim));
  };
  SmallVector<OpFoldResult> bounds = {
      blocks, getBound(sharesHeads, op.getInput(), op.getHeadDim()),
      getBound(sharesBatches, op.getInput(), op.getBatchDim())};
  auto shared = [&](ValueRange) {
    if (plan.isGPU)
      warpMaxima =
          allocateShared({threads / kWarpThreads}, builder.getF32Type());
  };
  emitGrid(bounds, threads, shared, [&](ValueRange ids, Value id) {
    thread = id;
    block = ids[0];
    head = ids[1];
    batch = ids[2];
    Value maximum = number(0);
    SmallVector<Value> at;
    OpBuilder::InsertionGuard guard(builder);
    Operation *outermost = nullptr;
    auto enter = [&](Value begin, Value end, int64_t step) {
      auto loop =
          scf::ForOp::create(builder, loc, begin, end, index(step), maximum);
      if (outermost)
        scf::YieldOp::create(builder, loc, loop.getResult(0));
      else
        outermost = loop;
      builder.setInsertionPointToStart(loop.getBody());
      maximum = loop.getRegionIterArg(0);
      at.push_back(loop.getInductionVar());
    };
    auto enterAll = [&](bool isShared, unsigned dim, Value own) {
      if (isShared)
        enter(index(0), size(maxima, dim), 1);
      else
        enter(own, add(own, index(1)), 1);
    };
    enterAll(sharesBatches, 0, batch);
    enterAll(sharesHeads, 1, head);
    Value begin = blockRows ? mul(block, index(blockParts)) : index(0);
    Value end =
        blockRows ? minimum(add(begin, index(blockParts)), parts) : parts;
    enter(add(begin, thread), end, threads);
    Value own = memref::LoadOp::create(builder, loc, maxima, at);
    scf::YieldOp::create(
        builder, loc,
        arith::MaxNumFOp::create(builder, loc, maximum, own).getResult());
    builder.setInsertionPointAfter(outermost);
    Value scale = getScale(combineMaxima(outermost->getResult(0), threads));
    emitForFirst(builder, loc, thread, [&] {
      memref::StoreOp::create(builder, loc, scale, op.getScale(),
                              getScalePlace());
    });
  });
}

void Quantizer::emitThreeGrids() {
  auto type = MemRefType::get({op.getInputType().getDimSize(op.getBatchDim()),
                               op.getNumHeads(), ShapedType::kDynamic},
                              builder.getF32Type());
  SmallVector<Value> sizes;
  if (type.isDynamicDim(0))
    sizes.push_back(size(op.getInput(), op.getBatchDim()));
  sizes.push_back(parts);
  Value maxima = memref::AllocOp::create(builder, loc, type, sizes,
                                         builder.getI64IntegerAttr(256));
  emitParts(Maxima, [&](ArrayRef<Row> rows) {
    Value maximum = getMaximum(rows);
    // The parts of a head are in order, as are blocks and their parts.
    Value part = blockRows ? mul(block, index(blockParts)) : index(0);
    Value begin = blockRows ? mul(block, index(*blockRows)) : index(0);
    Value inBlock = arith::SubIOp::create(builder, loc, firstRow, begin);
    part = add(part, divide(inBlock, plan.partRows));
    emitForFirst(builder, loc, thread, [&] {
      memref::StoreOp::create(builder, loc, maximum, maxima,
                              ValueRange{batch, head, part});
    });
  });
  emitScales(maxima);
  emitParts(getSharedByStores(), [&](ArrayRef<Row> rows) {
    Value scale =
        memref::LoadOp::create(builder, loc, op.getScale(), getScalePlace());
    storeRounded(rows, getInverse(scale));
  });
}

void Quantizer::run() {
  requireEqualSizes();
  if (isOneGrid())
    emitOneGrid();
  else
    emitThreeGrids();
  op.erase();
}
