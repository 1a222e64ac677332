//===- LowerQuantize.cpp - Quantisation as threads of a grid --------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A part is what a thread block takes at a time: rows of one head that share a
// scale. Each thread has a few of these rows, and of each the columns that
// RowLayout says, all in registers between the maximum and the rounding.
//
//===----------------------------------------------------------------------===//

#include "RowTransform.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/IR/Quantization.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"
#include <limits>
#include <numeric>

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNLOWERQUANTIZE
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

namespace {

constexpr int64_t kPiece = RowLayout::kPieceColumns;
constexpr int64_t kWarpThreads = 32;

/// Elements that a thread has in registers while their maximum is taken.
constexpr int64_t kElements = 64;
/// Threads of a block that holds a part, at most: with kElements and what it
/// takes to compute on them each has 128 registers, half of what there are.
constexpr int64_t kMostThreads = 512;
/// Threads of a block where the size of a part is free.
constexpr int64_t kThreads = 256;
/// Threads that take the maximum of what others found.
constexpr int64_t kMaximumThreads = 128;
/// Rows of a transposed output that stand next to each other in a thread, and
/// bytes behind each column of a tile of it: with these, columns that a warp
/// writes are in different banks.
constexpr int64_t kPlaces = 4, kTilePadding = 16;
/// Heads that a block takes one after the other where there is an embedding,
/// whose tables they share: twice as many bytes as X has, which the first
/// brings into the multiprocessor's cache.
constexpr int64_t kHeads = 4;

/// How rows are dealt to blocks and threads.
struct Plan {
  RowLayout layout;
  int64_t threads;  // of a block
  int64_t rows;     // of a thread
  int64_t partRows; // of a block
  bool isGPU;
};

/// What both operations are written with.
class Emitter {
public:
  Emitter(Operation *op, Plan plan)
      : builder(op), loc(op->getLoc()), plan(std::move(plan)) {}

protected:
  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }
  Value number(double value) {
    return arith::ConstantOp::create(
        builder, loc, builder.getF32FloatAttr(static_cast<float>(value)));
  }
  Value size(Value memref, unsigned dim) {
    return memref::DimOp::create(builder, loc, memref, dim);
  }
  Value add(Value a, Value b) {
    return arith::AddIOp::create(builder, loc, a, b);
  }
  Value mul(Value a, Value b) {
    return arith::MulIOp::create(builder, loc, a, b);
  }
  Value divide(Value a, int64_t b) {
    return b == 1 ? a : arith::DivUIOp::create(builder, loc, a, index(b));
  }
  Value remainder(Value a, int64_t b) {
    return arith::RemUIOp::create(builder, loc, a, index(b));
  }
  Value minimum(Value a, Value b) {
    return arith::MinUIOp::create(builder, loc, a, b);
  }
  Value isEqual(Value a, Value b) {
    return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, a, b);
  }
  Value spread(Value value) {
    return vector::BroadcastOp::create(
        builder, loc, VectorType::get({kPiece}, value.getType()), value);
  }
  Value multiply(Value piece, Value factor) {
    return arith::MulFOp::create(builder, loc, piece, spread(factor));
  }

  void requireEqual(const Twine &message, Value a, Value b);
  void requireSameSize(const Twine &message, Value a, unsigned dimA, Value b,
                       unsigned dimB);
  void emitGrid(ArrayRef<OpFoldResult> bounds, int64_t threads,
                function_ref<void(ValueRange)> shared,
                function_ref<void(ValueRange, Value)> body);
  Value loadPiece(Value buffer, ValueRange at, int64_t columns = kPiece);
  Value widen(Value piece);
  void storePiece(Value piece, Value buffer, ValueRange at);
  void placeThread(Value thread);
  /// Rows that the threads of a block take at a time.
  int64_t getRowsOfBlock() const { return plan.threads / plan.layout.threads; }

  OpBuilder builder;
  Location loc;
  Plan plan;
  /// The thread's number in a row, and that of its row among those of threads.
  Value threadInRow, threadRow;
};

/// Rewrites one `attn.quantize`.
class Quantizer : Emitter {
public:
  Quantizer(QuantizeOp op, bool isGPU)
      : Emitter(op, getPlan(op, isGPU)), op(op) {
    readBlocks();
  }

  void run();

private:
  static Plan getPlan(QuantizeOp op, bool isGPU);
  static std::optional<int64_t> getBlockRows(QuantizeOp op);
  void readBlocks();
  bool isOneGrid() const;
  bool isTransformed() { return op.hasRotary() || op.getRotation(); }
  /// Whether the maximum is taken of X's own type: exact, and two elements a
  /// register.
  bool keepsPacked() {
    return plan.isGPU && !isTransformed() &&
           !op.getInputType().getElementType().isF32();
  }

  /// The rows of a thread: for each, its pieces and where they stand.
  struct Row {
    Value number;
    /// Its number, and whether there is such a row: where Y is transposed, a
    /// place that is none's is written too.
    Value wanted, exists;
    SmallVector<Value> pieces;
  };

  void requireEqualSizes();
  enum SharedMemory { None = 0, Maxima = 1, Tile = 2 };
  void emitParts(unsigned sharedMemory, function_ref<void()> body);
  Value allocateShared(ArrayRef<int64_t> shape, Type element);
  void placePart(Value part);
  SmallVector<Row> loadRows();
  Row placeRow(int64_t number);
  Value loadAt(Value row, Value column);
  void transform(Row &row, RowTransform &transform);
  void embedHalves(Row &row, RowTransform &transform);
  Value getMaximum(ArrayRef<Row> rows);
  Value combineMaxima(Value maximum, int64_t threads);
  Value exchange(Value value, int64_t distance);
  Value getScale(Value maximum);
  Value getInverse(Value scale) {
    return arith::DivFOp::create(builder, loc, number(1), scale);
  }
  SmallVector<Value> getScalePlace(Value scaleBlock);
  void storeRows(ArrayRef<Row> rows, Value inverse);
  void storeColumns(ArrayRef<Row> rows, Value inverse);
  void storeThroughTile(ArrayRef<Row> rows, Value inverse);
  void storeRounded(ArrayRef<Row> rows, Value inverse);
  unsigned getSharedByStores() {
    return op.getTransposed() && plan.isGPU ? Tile : None;
  }
  void emitOneGrid();
  void emitThreeGrids();
  void emitScales(Value maxima);

  QuantizeOp op;
  /// Rows that have one scale, or none where all have.
  std::optional<int64_t> blockRows;
  /// Parts of a block, where that is known.
  int64_t blockParts = 1;
  bool sharesBatches = false, sharesHeads = false;
  /// The number of blocks of scales, of parts, of rows, and of places for them
  /// in Y.
  Value blocks, parts, rowCount, places;

  Value batch, head, block;
  /// The first row of a part, the last of its block, and where the block's rows
  /// end in a transposed Y.
  Value firstRow, lastRow, placeEnd;
  /// What the threads of a block share: the maximum of each warp, and a part of
  /// a transposed Y, column by column.
  Value warpMaxima, tile;
  Value thread;
};

/// Rewrites one `attn.dequantize`.
class Dequantizer : Emitter {
public:
  Dequantizer(DequantizeOp op, bool isGPU)
      : Emitter(op, getPlan(op, isGPU)), op(op) {}

  void run();

private:
  static Plan getPlan(DequantizeOp op, bool isGPU);
  void emitRow(Value row);

  DequantizeOp op;
  Value batch, head;
};

} // namespace

//===----------------------------------------------------------------------===//
// What both are written with
//===----------------------------------------------------------------------===//

void Emitter::requireEqual(const Twine &message, Value a, Value b) {
  cf::AssertOp::create(builder, loc, isEqual(a, b), message.str());
}

/// Sizes that only the caller knows must agree all the same.
void Emitter::requireSameSize(const Twine &message, Value a, unsigned dimA,
                              Value b, unsigned dimB) {
  auto isDynamic = [](Value value, unsigned dim) {
    return cast<MemRefType>(value.getType()).isDynamicDim(dim);
  };
  if (isDynamic(a, dimA) || isDynamic(b, dimB))
    requireEqual(message, size(a, dimA), size(b, dimB));
}

/// A grid of blocks of threads. `shared` is what stands in front of the
/// threads.
void Emitter::emitGrid(ArrayRef<OpFoldResult> bounds, int64_t threads,
                       function_ref<void(ValueRange)> shared,
                       function_ref<void(ValueRange, Value)> body) {
  OpBuilder::InsertionGuard guard(builder);
  auto grid = scf::ForallOp::create(builder, loc, bounds,
                                    /*outputs=*/ValueRange{},
                                    /*mapping=*/std::nullopt);
  builder.setInsertionPointToStart(grid.getBody());
  shared(grid.getInductionVars());
  auto block = scf::ForallOp::create(
      builder, loc, ArrayRef<OpFoldResult>{builder.getIndexAttr(threads)},
      /*outputs=*/ValueRange{},
      builder.getArrayAttr(gpu::GPUThreadMappingAttr::get(
          builder.getContext(), gpu::MappingId::DimX)));
  builder.setInsertionPointToStart(block.getBody());
  body(grid.getInductionVars(), block.getInductionVar(0));
}

/// What an access of some columns of a buffer may rely on, where all strides
/// are multiples of it. That the buffer begins at one is the host's to check
/// (convert-kernel-to-llvm).
static llvm::MaybeAlign getAlignment(MemRefType type, int64_t columns) {
  constexpr int64_t kWidestAccess = 16;
  int64_t bytes = type.getElementTypeBitWidth() / 8;
  int64_t wanted = std::min(columns * bytes, kWidestAccess);
  int64_t elements = wanted / bytes;
  if (type.getLayout().isIdentity())
    return type.getShape().back() % elements == 0
               ? llvm::MaybeAlign(static_cast<uint64_t>(wanted))
               : llvm::MaybeAlign();
  auto [strides, offset] = type.getStridesAndOffset();
  for (int64_t stride : ArrayRef(strides).drop_back())
    if (ShapedType::isDynamic(stride) || stride % elements != 0)
      return {};
  return llvm::MaybeAlign(static_cast<uint64_t>(wanted));
}

Value Emitter::loadPiece(Value buffer, ValueRange at, int64_t columns) {
  auto type = cast<MemRefType>(buffer.getType());
  return vector::LoadOp::create(
      builder, loc, VectorType::get({columns}, type.getElementType()), buffer,
      at, /*nontemporal=*/false,
      plan.isGPU ? getAlignment(type, columns) : llvm::MaybeAlign());
}

Value Emitter::widen(Value piece) {
  auto type = cast<VectorType>(piece.getType());
  if (type.getElementType().isF32())
    return piece;
  return arith::ExtFOp::create(builder, loc, type.clone(builder.getF32Type()),
                               piece);
}

/// Rounds a piece to the type of a buffer.
void Emitter::storePiece(Value piece, Value buffer, ValueRange at) {
  auto type = cast<MemRefType>(buffer.getType());
  if (!type.getElementType().isF32())
    piece = arith::TruncFOp::create(
        builder, loc, VectorType::get({kPiece}, type.getElementType()), piece);
  vector::StoreOp::create(
      builder, loc, piece, buffer, at, /*nontemporal=*/false,
      plan.isGPU ? getAlignment(type, kPiece) : llvm::MaybeAlign());
}

void Emitter::placeThread(Value thread) {
  int64_t threads = plan.layout.threads;
  threadInRow = threads == 1 ? index(0) : remainder(thread, threads);
  threadRow = divide(thread, threads);
}

/// The rows of a thread that has so many elements in registers.
static int64_t getThreadRows(const RowLayout &layout) {
  return kElements / (kPiece * static_cast<int64_t>(layout.pieces.size()));
}

/// Threads of whole rows and of whole warps, `threads` or a few more.
static int64_t roundThreads(int64_t threads, const RowLayout &layout) {
  int64_t unit = std::lcm(layout.threads, kWarpThreads);
  return llvm::divideCeil(threads, unit) * unit;
}

/// As many rows as a block of the usual size holds.
static Plan getPlan(int64_t columns, bool isGPU) {
  if (!isGPU)
    return {RowLayout::getWhole(columns), 1, 1, 1, false};
  RowLayout layout = RowLayout::getShared(columns);
  int64_t threads = roundThreads(kThreads, layout);
  int64_t rows = getThreadRows(layout);
  int64_t partRows = threads / layout.threads * rows;
  return {std::move(layout), threads, rows, partRows, true};
}

//===----------------------------------------------------------------------===//
// Blocks and parts
//===----------------------------------------------------------------------===//

/// All rows are one block where that is what they are and their number is
/// known.
std::optional<int64_t> Quantizer::getBlockRows(QuantizeOp op) {
  if (op.getBlock())
    return *op.getBlock();
  int64_t rows = op.getInputType().getDimSize(op.getSeqDim());
  if (ShapedType::isDynamic(rows) || rows == 0)
    return std::nullopt;
  return op.getTransposed() ? llvm::alignTo(rows, kInterleavedRows) : rows;
}

Plan Quantizer::getPlan(QuantizeOp op, bool isGPU) {
  Plan plan = ::getPlan(op.getHeadSize(), isGPU);
  std::optional<int64_t> blockRows = getBlockRows(op);
  if (!isGPU || !blockRows)
    return plan;
  // A block that fits is one part, of as few threads as hold it.
  int64_t wanted =
      llvm::divideCeil(*blockRows * plan.layout.threads, plan.rows);
  int64_t threads = roundThreads(wanted, plan.layout);
  if (threads > kMostThreads)
    return plan;
  int64_t rowsOfBlock = threads / plan.layout.threads;
  // Of a transposed part each thread has four rows that stand together.
  int64_t step = op.getTransposed() ? kPlaces : 1;
  plan.threads = threads;
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
    places = mul(arith::CeilDivUIOp::create(builder, loc, rowCount,
                                            index(kInterleavedRows)),
                 index(kInterleavedRows));
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
  if (op.getScaleType().getDimSize(0) != 1)
    requireSameSize("expected X and the scale to have the same batch size", x,
                    0, scale, 0);
  blocks = op.getBlock() ? arith::CeilDivUIOp::create(builder, loc, rowCount,
                                                      index(*op.getBlock()))
                               .getResult()
                         : index(1);
  bool isOpen =
      op.getScaleType().isDynamicDim(2) ||
      (op.getBlock() && op.getInputType().isDynamicDim(op.getSeqDim()));
  if (isOpen)
    requireEqual("expected a scale for each block of rows", size(scale, 2),
                 blocks);
  parts = blockRows ? mul(blocks, index(blockParts))
                    : arith::CeilDivUIOp::create(builder, loc, places,
                                                 index(plan.partRows))
                          .getResult();
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
void Quantizer::emitParts(unsigned sharedMemory, function_ref<void()> body) {
  int64_t heads = op.getNumHeads();
  int64_t own =
      plan.isGPU && op.hasRotary() && heads % kHeads == 0 ? kHeads : 1;
  SmallVector<OpFoldResult> bounds = {builder.getIndexAttr(heads / own), parts,
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
    if (own == 1)
      return body();
    auto loop =
        scf::ForOp::create(builder, loc, index(0), index(own), index(1));
    builder.setInsertionPointToStart(loop.getBody());
    head = add(mul(head, index(own)), loop.getInductionVar());
    body();
    // What one head has left in shared memory all have read before the next.
    if (warpMaxima || tile)
      gpu::BarrierOp::create(builder, loc);
  });
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
// Rows
//===----------------------------------------------------------------------===//

Value Quantizer::loadAt(Value row, Value column) {
  SmallVector<Value> at = {batch, row, head, column};
  if (op.getLayout() == Layout::BHSD)
    std::swap(at[1], at[2]);
  return loadPiece(op.getInput(), at);
}

/// Row `number` of a thread. Where Y is transposed it has four at a time that
/// stand next to each other there.
Quantizer::Row Quantizer::placeRow(int64_t number) {
  Row row;
  if (!op.getTransposed() || !plan.isGPU) {
    row.wanted =
        add(firstRow, add(threadRow, index(number * getRowsOfBlock())));
  } else {
    Value four =
        minimum(add(threadRow, index(number / kPlaces * getRowsOfBlock())),
                index(plan.partRows / kPlaces - 1));
    Value group = divide(four, kInterleavedRows / kPlaces);
    Value inGroup = remainder(four, kInterleavedRows / kPlaces);
    row.wanted = add(add(firstRow, mul(group, index(kInterleavedRows))),
                     add(mul(inGroup, index(getInterleavedRow(kPlaces))),
                         index(getInterleavedRow(number % kPlaces))));
  }
  row.number = minimum(row.wanted, lastRow);
  row.exists = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ule,
                                     row.wanted, lastRow);
  return row;
}

/// All loads stand in front of what uses them, so that they are in flight
/// together.
SmallVector<Quantizer::Row> Quantizer::loadRows() {
  RowTransform transform(builder, loc, plan.layout, threadInRow);
  SmallVector<Value> columns;
  for (unsigned piece = 0; piece < plan.layout.pieces.size(); ++piece)
    columns.push_back(transform.getColumn(piece));
  SmallVector<Row> rows;
  for (int64_t i = 0; i < plan.rows; ++i) {
    Row &row = rows.emplace_back(placeRow(i));
    for (Value column : columns)
      row.pieces.push_back(loadAt(row.number, column));
  }
  if (keepsPacked())
    return rows;
  for (Row &row : rows) {
    for (Value &piece : row.pieces)
      piece = widen(piece);
    this->transform(row, transform);
  }
  return rows;
}

void Quantizer::transform(Row &row, RowTransform &transform) {
  if (op.hasRotary() && op.getInterleavedRotary())
    for (auto [i, piece] : llvm::enumerate(row.pieces)) {
      Value pair = divide(transform.getColumn(i), 2);
      auto load = [&](Value table) {
        return loadPiece(table, {row.number, pair}, kPiece / 2);
      };
      piece = transform.embedNeighbours(piece, load(op.getRotary()[0]),
                                        load(op.getRotary()[1]));
    }
  else if (op.hasRotary())
    embedHalves(row, transform);
  if (op.getRotation())
    transform.rotate(static_cast<uint32_t>(*op.getRotation()), row.pieces);
}

/// The rotary embedding of pairs half of the columns apart. Where the other
/// half is another thread's, it is loaded once more, from the cache.
void Quantizer::embedHalves(Row &row, RowTransform &transform) {
  Value cosines = op.getRotary()[0], sines = op.getRotary()[1];
  int64_t half = op.getHeadSize() / 2;
  auto fma = [&](Value a, Value b, Value c) -> Value {
    return math::FmaOp::create(builder, loc, a, b, c);
  };
  auto negate = [&](Value value) -> Value {
    return arith::NegFOp::create(builder, loc, value);
  };
  auto product = [&](Value a, Value b) -> Value {
    return arith::MulFOp::create(builder, loc, a, b);
  };
  size_t pairs = row.pieces.size() / 2;
  for (size_t i = 0; i < pairs; ++i) {
    Value pair = transform.getColumn(i);
    Value cos = loadPiece(cosines, {row.number, pair});
    Value sin = loadPiece(sines, {row.number, pair});
    Value u = row.pieces[i], v = row.pieces[pairs + i];
    row.pieces[i] = fma(negate(v), sin, product(u, cos));
    row.pieces[pairs + i] = fma(u, sin, product(v, cos));
  }
  if (pairs != 0)
    return;
  Value column = transform.getColumn(0);
  Value isFirst = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult,
                                        column, index(half));
  Value behind = add(column, index(half));
  Value before = arith::SubIOp::create(builder, loc, column, index(half));
  auto choose = [&](Value first, Value second) -> Value {
    return arith::SelectOp::create(builder, loc, isFirst, first, second);
  };
  Value pair = choose(column, before);
  Value cos = loadPiece(cosines, {row.number, pair});
  Value sin = loadPiece(sines, {row.number, pair});
  Value partner = widen(loadAt(row.number, choose(behind, before)));
  Value sign = choose(number(-1), number(1));
  row.pieces[0] =
      fma(partner, multiply(sin, sign), product(row.pieces[0], cos));
}

/// The largest magnitude of what a block of threads holds. A NaN is none: of a
/// NaN and a number, maxnum is the number.
Value Quantizer::getMaximum(ArrayRef<Row> rows) {
  Value largest;
  for (const Row &row : rows)
    for (Value piece : row.pieces) {
      Value magnitude = math::AbsFOp::create(builder, loc, piece);
      largest = largest
                    ? arith::MaxNumFOp::create(builder, loc, largest, magnitude)
                          .getResult()
                    : magnitude;
    }
  // All of them may be NaN.
  auto type = cast<VectorType>(largest.getType());
  Value zero = arith::ConstantOp::create(
      builder, loc, FloatAttr::get(type.getElementType(), 0));
  Value one = vector::ReductionOp::create(
      builder, loc, vector::CombiningKind::MAXNUMF, largest, zero);
  if (!type.getElementType().isF32())
    one = arith::ExtFOp::create(builder, loc, builder.getF32Type(), one);
  return combineMaxima(one, plan.threads);
}

Value Quantizer::exchange(Value value, int64_t distance) {
  auto word = [&](int64_t value) -> Value {
    return arith::ConstantIntOp::create(builder, loc, value, 32);
  };
  return gpu::ShuffleOp::create(builder, loc, value, word(distance),
                                word(kWarpThreads), gpu::ShuffleMode::XOR)
      .getShuffleResult();
}

/// The maximum over the threads of a block, in each of them.
Value Quantizer::combineMaxima(Value maximum, int64_t threads) {
  if (threads == 1)
    return maximum;
  auto combine = [&](int64_t lanes) {
    for (int64_t distance = 1; distance < lanes; distance *= 2)
      maximum = arith::MaxNumFOp::create(builder, loc, maximum,
                                         exchange(maximum, distance));
  };
  combine(kWarpThreads);
  int64_t warps = threads / kWarpThreads;
  if (warps == 1)
    return maximum;
  // All threads of a warp write the same.
  memref::StoreOp::create(builder, loc, maximum, warpMaxima,
                          divide(thread, kWarpThreads));
  gpu::BarrierOp::create(builder, loc);
  Value lane = remainder(thread, kWarpThreads);
  maximum = memref::LoadOp::create(builder, loc, warpMaxima,
                                   minimum(lane, index(warps - 1)));
  combine(llvm::PowerOf2Ceil(warps));
  return maximum;
}

/// Neither 0 nor infinite, so that it has an inverse that is neither.
Value Quantizer::getScale(Value maximum) {
  Value finite = arith::MinNumFOp::create(
      builder, loc, maximum, number(std::numeric_limits<float>::max()));
  Value scale =
      arith::DivFOp::create(builder, loc, finite, number(kLargestE4M3));
  return arith::MaxNumFOp::create(builder, loc, scale, number(kLeastScale));
}

SmallVector<Value> Quantizer::getScalePlace(Value scaleBlock) {
  return {op.getScaleType().getDimSize(0) == 1 ? index(0) : batch,
          op.getScaleType().getDimSize(1) == 1 ? index(0) : head, scaleBlock};
}

/// Rows behind the end of a part are its last one, and write what that writes.
void Quantizer::storeRows(ArrayRef<Row> rows, Value inverse) {
  RowTransform transform(builder, loc, plan.layout, threadInRow);
  for (const Row &row : rows)
    for (auto [i, piece] : llvm::enumerate(row.pieces)) {
      SmallVector<Value> at = {batch, row.number, head, transform.getColumn(i)};
      if (op.getLayout() == Layout::BHSD)
        std::swap(at[1], at[2]);
      storePiece(multiply(widen(piece), inverse), op.getOutput(), at);
    }
}

/// What is stored for a row that there is not.
static Value clearMissing(OpBuilder &builder, Location loc, Value exists,
                          Value piece) {
  Value zero = arith::ConstantOp::create(builder, loc,
                                         builder.getZeroAttr(piece.getType()));
  return arith::SelectOp::create(builder, loc, exists, piece, zero);
}

/// A transposed row, element by element.
void Quantizer::storeColumns(ArrayRef<Row> rows, Value inverse) {
  RowTransform transform(builder, loc, plan.layout, threadInRow);
  Type element = op.getOutputType().getElementType();
  for (const Row &row : rows) {
    Value wanted = minimum(
        row.wanted, arith::SubIOp::create(builder, loc, placeEnd, index(1)));
    // Row 8h + 2t + e of a group stands at 4t + 2h + e.
    Value inGroup = remainder(wanted, kInterleavedRows);
    Value place = arith::SubIOp::create(builder, loc, wanted, inGroup);
    place = add(place, mul(divide(remainder(inGroup, 8), 2), index(4)));
    place = add(place, mul(divide(inGroup, 8), index(2)));
    place = add(place, remainder(inGroup, 2));
    for (auto [i, piece] : llvm::enumerate(row.pieces)) {
      Value narrow = arith::TruncFOp::create(
          builder, loc, VectorType::get({kPiece}, element),
          clearMissing(builder, loc, row.exists,
                       multiply(widen(piece), inverse)));
      Value first = transform.getColumn(i);
      for (int64_t column = 0; column < kPiece; ++column)
        memref::StoreOp::create(
            builder, loc,
            vector::ExtractOp::create(builder, loc, narrow, column),
            op.getOutput(),
            ValueRange{batch, head, add(first, index(column)), place});
    }
  }
}

/// A transposed part: four rows of a column are one access to shared memory,
/// and 16 are one to Y.
void Quantizer::storeThroughTile(ArrayRef<Row> rows, Value inverse) {
  RowTransform transform(builder, loc, plan.layout, threadInRow);
  Type f32 = builder.getF32Type();
  Type element = op.getOutputType().getElementType();
  auto align = [](int64_t bytes) {
    return llvm::MaybeAlign(static_cast<uint64_t>(bytes));
  };
  for (size_t first = 0; first < rows.size(); first += kPlaces) {
    ArrayRef<Row> four = rows.slice(first, kPlaces);
    Value number = add(threadRow, index(static_cast<int64_t>(first) / kPlaces *
                                        getRowsOfBlock()));
    number = minimum(number, index(plan.partRows / kPlaces - 1));
    Value place = mul(number, index(kPlaces));
    for (unsigned piece = 0; piece < plan.layout.pieces.size(); ++piece) {
      SmallVector<Value> scaled;
      for (const Row &row : four)
        scaled.push_back(
            clearMissing(builder, loc, row.exists,
                         multiply(widen(row.pieces[piece]), inverse)));
      Value column = transform.getColumn(piece);
      for (int64_t i = 0; i < kPiece; ++i) {
        SmallVector<Value> elements;
        for (Value row : scaled)
          elements.push_back(vector::ExtractOp::create(builder, loc, row, i));
        Value wide = vector::FromElementsOp::create(
            builder, loc, VectorType::get({kPlaces}, f32), elements);
        Value narrow = arith::TruncFOp::create(
            builder, loc, VectorType::get({kPlaces}, element), wide);
        vector::StoreOp::create(builder, loc, narrow, tile,
                                ValueRange{add(column, index(i)), place},
                                /*nontemporal=*/false, align(kPlaces));
      }
    }
  }
  gpu::BarrierOp::create(builder, loc);
  int64_t groups = plan.partRows / kInterleavedRows;
  int64_t chunks = op.getHeadSize() * groups;
  auto chunkType = VectorType::get({kInterleavedRows}, element);
  auto isBelow = [&](Value a, Value b) -> Value {
    return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, a, b);
  };
  for (int64_t from = 0; from < chunks; from += plan.threads) {
    Value chunk = add(thread, index(from));
    Value column = divide(chunk, groups);
    Value inPart = mul(remainder(chunk, groups), index(kInterleavedRows));
    Value place = add(firstRow, inPart);
    Value isOurs = isBelow(place, placeEnd);
    if (from + plan.threads > chunks)
      isOurs = arith::AndIOp::create(builder, loc, isOurs,
                                     isBelow(chunk, index(chunks)));
    auto branch =
        scf::IfOp::create(builder, loc, isOurs, /*withElseRegion=*/false);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(branch.thenBlock());
    Value loaded = vector::LoadOp::create(
        builder, loc, chunkType, tile, ValueRange{column, inPart},
        /*nontemporal=*/false, align(kInterleavedRows));
    auto type = cast<MemRefType>(op.getOutput().getType());
    vector::StoreOp::create(builder, loc, loaded, op.getOutput(),
                            ValueRange{batch, head, column, place},
                            /*nontemporal=*/false,
                            getAlignment(type, kInterleavedRows));
  }
}

void Quantizer::storeRounded(ArrayRef<Row> rows, Value inverse) {
  if (!op.getTransposed())
    storeRows(rows, inverse);
  else if (plan.isGPU)
    storeThroughTile(rows, inverse);
  else
    storeColumns(rows, inverse);
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
  emitParts(Maxima | getSharedByStores(), [&] {
    SmallVector<Row> rows = loadRows();
    Value scale = getScale(getMaximum(rows));
    emitForFirst(builder, loc, thread, [&] {
      memref::StoreOp::create(builder, loc, scale, op.getScale(),
                              getScalePlace(block));
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
    Value end = blockRows ? add(begin, index(blockParts)) : parts;
    enter(add(begin, thread), end, threads);
    Value own = memref::LoadOp::create(builder, loc, maxima, at);
    scf::YieldOp::create(
        builder, loc,
        arith::MaxNumFOp::create(builder, loc, maximum, own).getResult());
    builder.setInsertionPointAfter(outermost);
    Value scale = getScale(combineMaxima(outermost->getResult(0), threads));
    emitForFirst(builder, loc, thread, [&] {
      memref::StoreOp::create(builder, loc, scale, op.getScale(),
                              getScalePlace(block));
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
  emitParts(Maxima, [&] {
    Value maximum = getMaximum(loadRows());
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
  emitParts(getSharedByStores(), [&] {
    Value scale = memref::LoadOp::create(builder, loc, op.getScale(),
                                         getScalePlace(block));
    storeRounded(loadRows(), getInverse(scale));
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

//===----------------------------------------------------------------------===//
// attn.dequantize
//===----------------------------------------------------------------------===//

Plan Dequantizer::getPlan(DequantizeOp op, bool isGPU) {
  return ::getPlan(op.getHeadSize(), isGPU);
}

void Dequantizer::emitRow(Value row) {
  RowTransform transform(builder, loc, plan.layout, threadInRow);
  Value scale = op.getScale();
  ShapedType scaleType = op.getScaleType();
  Value factor = memref::LoadOp::create(
      builder, loc, scale,
      ValueRange{scaleType.getDimSize(0) == 1 ? index(0) : batch,
                 scaleType.getDimSize(1) == 1 ? index(0) : head,
                 op.getBlock() ? divide(row, *op.getBlock()) : index(0)});
  SmallVector<SmallVector<Value>> places;
  SmallVector<Value> pieces;
  for (unsigned piece = 0; piece < plan.layout.pieces.size(); ++piece) {
    SmallVector<Value> at = {batch, row, head, transform.getColumn(piece)};
    if (op.getLayout() == Layout::BHSD)
      std::swap(at[1], at[2]);
    pieces.push_back(multiply(widen(loadPiece(op.getInput(), at)), factor));
    places.push_back(at);
  }
  if (op.getRotation())
    transform.rotateBack(static_cast<uint32_t>(*op.getRotation()), pieces);
  for (auto [piece, at] : llvm::zip_equal(pieces, places))
    storePiece(piece, op.getOutput(), at);
}

void Dequantizer::run() {
  Value y = op.getInput(), x = op.getOutput(), scale = op.getScale();
  requireSameSize("expected Y and X to have the same batch size", y, 0, x, 0);
  requireSameSize("expected Y and X to have the same length", y, op.getSeqDim(),
                  x, op.getSeqDim());
  if (op.getScaleType().getDimSize(0) != 1)
    requireSameSize("expected Y and the scale to have the same batch size", y,
                    0, scale, 0);
  Value rowCount = size(y, op.getSeqDim());
  Value blocks = op.getBlock()
                     ? arith::CeilDivUIOp::create(builder, loc, rowCount,
                                                  index(*op.getBlock()))
                           .getResult()
                     : index(1);
  if (op.getScaleType().isDynamicDim(2) ||
      (op.getBlock() && op.getInputType().isDynamicDim(op.getSeqDim())))
    requireEqual("expected a scale for each block of rows", size(scale, 2),
                 blocks);
  SmallVector<OpFoldResult> bounds = {
      builder.getIndexAttr(op.getNumHeads()),
      arith::CeilDivUIOp::create(builder, loc, rowCount, index(plan.partRows))
          .getResult(),
      size(y, op.getBatchDim())};
  bool headsFirst = op.getLayout() == Layout::BSHD;
  if (!headsFirst)
    std::swap(bounds[0], bounds[1]);
  emitGrid(
      bounds, plan.threads, [](ValueRange) {},
      [&](ValueRange ids, Value thread) {
        placeThread(thread);
        batch = ids[2];
        head = ids[headsFirst ? 0 : 1];
        Value first = mul(ids[headsFirst ? 1 : 0], index(plan.partRows));
        Value last = arith::SubIOp::create(builder, loc, rowCount, index(1));
        for (int64_t i = 0; i < plan.rows; ++i)
          emitRow(minimum(
              add(first, add(threadRow, index(i * getRowsOfBlock()))), last));
      });
  op.erase();
}

namespace {

struct LowerQuantizePass
    : attn::impl::AttnLowerQuantizeBase<LowerQuantizePass> {
  using AttnLowerQuantizeBase::AttnLowerQuantizeBase;

  void runOnOperation() override {
    if (target != "hopper" && target != "cpu") {
      emitError(getOperation()->getLoc())
          << "expected target hopper or cpu, but got " << target;
      return signalPassFailure();
    }
    WalkResult result = getOperation()->walk([&](Operation *op) {
      if (auto quantize = dyn_cast<QuantizeOp>(op)) {
        if (failed(checkBuffers(op, quantize.hasTensors())))
          return WalkResult::interrupt();
        Quantizer(quantize, target == "hopper").run();
      } else if (auto dequantize = dyn_cast<DequantizeOp>(op)) {
        if (failed(checkBuffers(op, dequantize.hasTensors())))
          return WalkResult::interrupt();
        Dequantizer(dequantize, target == "hopper").run();
      }
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

  static LogicalResult checkBuffers(Operation *op, bool hasTensors) {
    if (!hasTensors)
      return success();
    return op->emitOpError("expected memrefs, but got tensors; run "
                           "one-shot-bufferize first");
  }
};

} // namespace
