//===- Transposition.cpp - Transposing 8-bit tiles in shared memory -------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// No instruction of sm_90a transposes bytes. ldmatrix transposes pairs of them:
// of 32 rows × 16 columns a thread gets, in each of four registers, two rows of
// two columns next to each other, and prmt takes the columns apart. What a
// thread then has of a column is four rows, which stmatrix writes where they
// stand next to each other:
//
//   ldmatrix, matrix i    rows 8·i + 2·t, + 1 of columns 2·j, + 1
//   prmt of i = 0 and 1   rows 2·t, + 1, 8 + 2·t, + 1 of column 2·j, or 2·j + 1
//
// for thread 4·j + t of the warp. These are places 4·t … 4·t + 3 of an
// interleaved row; for one that is not, each matrix takes the rows that belong
// there. The two columns of a thread change places in the upper half of the
// warp, so that the eight rows of a store are in different banks.
//
// PTX ISA, "Warp Level Matrix Load Instruction: ldmatrix", "stmatrix", "prmt".
//
//===----------------------------------------------------------------------===//

#include "Transposition.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::hopper;

/// Columns of the source, and rows, that a step takes.
static constexpr int64_t kColumns = 16, kRows = 32;
/// A slab's row, and the chunks that it is swizzled by.
static constexpr int64_t kSlabBytes = SharedTileType::kSlabBytes;
static constexpr int64_t kChunkBytes = 16;
static constexpr int64_t kChunks = kSlabBytes / kChunkBytes;

namespace {

class Emitter {
public:
  Emitter(OpBuilder &builder, Location loc, const Transposition &transposition)
      : builder(builder), loc(loc), of(transposition) {}

  void run();

private:
  void placeLane();
  Attribute createNoUnrolling();
  void emitColumns(Value chunk);
  void emitStep(Value from, Value to);

  Value integer(int64_t value) {
    return arith::ConstantIntOp::create(builder, loc, value, 32);
  }
  Value add(Value a, Value b) {
    return arith::AddIOp::create(builder, loc, a, b);
  }
  Value mul(Value a, int64_t b) {
    return arith::MulIOp::create(builder, loc, a, integer(b));
  }
  Value shift(Value a, int64_t bits) {
    return arith::ShRUIOp::create(builder, loc, a, integer(bits));
  }
  Value mask(Value a, int64_t bits) {
    return arith::AndIOp::create(builder, loc, a, integer(bits));
  }
  Value exclusive(Value a, Value b) {
    return arith::XOrIOp::create(builder, loc, a, b);
  }
  Value pointer(Value base, Value offset) {
    return LLVM::GEPOp::create(builder, loc, base.getType(),
                               builder.getI8Type(), base,
                               ArrayRef<LLVM::GEPArg>{offset});
  }
  Value pointer(Value base, int64_t offset) {
    return LLVM::GEPOp::create(
        builder, loc, base.getType(), builder.getI8Type(), base,
        ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(offset)});
  }
  /// An address with the bits of its chunk changed.
  Value moveChunk(Value address, Value bits) {
    Value number =
        LLVM::PtrToIntOp::create(builder, loc, builder.getI32Type(), address);
    return LLVM::IntToPtrOp::create(builder, loc, address.getType(),
                                    exclusive(number, bits));
  }
  Value permute(Value low, Value high, Value selector) {
    return NVVM::PermuteOp::create(builder, loc, builder.getI32Type(), low,
                                   high, selector, NVVM::PermuteMode::DEFAULT);
  }

  OpBuilder &builder;
  Location loc;
  const Transposition &of;
  /// Where this thread reads and writes for the first chunk of the source.
  Value source, target;
  /// What of two columns goes first, and what second.
  Value firstColumn, secondColumn;
};

} // namespace

/// What depends on the thread alone.
void Emitter::placeLane() {
  Value matrix = shift(of.lane, 3), row = mask(of.lane, 7);
  // The row of the source that this thread names to ldmatrix.
  Value sourceRow = of.lane;
  if (!of.target.getInterleaved())
    sourceRow =
        add(add(mul(shift(of.lane, 4), 16), mul(mask(shift(of.lane, 1), 3), 4)),
            add(mul(mask(matrix, 1), 2), mask(of.lane, 1)));
  Value odd = exclusive(mask(matrix, 1), shift(row, 2));
  source =
      pointer(of.from, add(mul(sourceRow, kSlabBytes),
                           mul(mask(sourceRow, kChunks - 1), kChunkBytes)));
  // The row of the target that it names to stmatrix, from the first of a step,
  // and its chunk there.
  Value targetRow = add(mul(row, 2), odd);
  Value targetChunk = exclusive(shift(matrix, 1), mask(targetRow, kChunks - 1));
  target = pointer(
      of.to, add(mul(targetRow, kSlabBytes), mul(targetChunk, kChunkBytes)));
  Value isLower = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult,
                                        of.lane, integer(16));
  Value even = integer(0x6420), uneven = integer(0x7531);
  firstColumn = arith::SelectOp::create(builder, loc, isLower, even, uneven);
  secondColumn = arith::SelectOp::create(builder, loc, isLower, uneven, even);
}

Attribute Emitter::createNoUnrolling() {
  MLIRContext *context = builder.getContext();
  auto unrolling = LLVM::LoopUnrollAttr::get(
      context, /*disable=*/builder.getBoolAttr(true), {}, {}, {}, {}, {}, {});
  return LLVM::LoopAnnotationAttr::get(context, {}, {}, {}, unrolling, {}, {},
                                       {}, {}, {}, {}, {}, {}, {}, {}, {});
}

/// 32 rows of 16 columns.
void Emitter::emitStep(Value from, Value to) {
  MLIRContext *context = builder.getContext();
  Type i32 = builder.getI32Type();
  auto shape = NVVM::LdStMatrixShapeAttr::get(context, 8, 8);
  auto words =
      LLVM::LLVMStructType::getLiteral(context, SmallVector<Type>(4, i32));
  Value loaded = NVVM::LdMatrixOp::create(builder, loc, words, from, /*num=*/4,
                                          NVVM::MMALayout::col, shape,
                                          NVVM::LdStMatrixEltType::B16);
  SmallVector<Value, 4> rows, columns;
  for (int64_t i = 0; i < 4; ++i)
    rows.push_back(LLVM::ExtractValueOp::create(builder, loc, loaded, i));
  for (int64_t i : {0, 2})
    for (Value column : {firstColumn, secondColumn})
      columns.push_back(permute(rows[i], rows[i + 1], column));
  NVVM::StMatrixOp::create(builder, loc, to, columns, NVVM::MMALayout::row,
                           shape, NVVM::LdStMatrixEltType::B16);
}

/// The 16 columns of a chunk, from the first row to the last. Tiles and rows
/// begin where the bits of an address that say the chunk are 0, so that what
/// chunks differ in is put there by an xor: one register for all.
void Emitter::emitColumns(Value chunk) {
  int64_t rows = of.source.getRows();
  Value from =
      moveChunk(pointer(source, mul(shift(chunk, 3), rows * kSlabBytes)),
                mul(mask(chunk, kChunks - 1), kChunkBytes));
  Value to = pointer(target, mul(chunk, kColumns * kSlabBytes));
  // A slab of the target holds four steps.
  constexpr int64_t kStepsOfSlab = kSlabBytes / kRows;
  SmallVector<Value, kStepsOfSlab> places;
  int64_t steps = rows / kRows;
  for (int64_t step = 0; step < std::min(steps, kStepsOfSlab); ++step)
    places.push_back(moveChunk(to, integer(2 * step * kChunkBytes)));
  int64_t targetSlab = of.target.getRows() * kSlabBytes;
  for (int64_t step = 0; step < steps; ++step)
    emitStep(
        pointer(from, step * kRows * kSlabBytes),
        pointer(places[step % kStepsOfSlab], step / kStepsOfSlab * targetSlab));
}

/// A loop over the chunks of each warp: unrolled, their addresses and what is
/// read ahead would take more registers than a producer that has few.
void Emitter::run() {
  placeLane();
  int64_t chunks = of.source.getColumns() / kColumns;
  int64_t ofAll = chunks / of.warps * of.warps;
  if (ofAll == of.warps) {
    emitColumns(of.warp);
  } else if (ofAll != 0) {
    auto loop = scf::ForOp::create(builder, loc, of.warp, integer(ofAll),
                                   integer(of.warps), ValueRange());
    loop->setAttr("loop_annotation", createNoUnrolling());
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    emitColumns(loop.getInductionVar());
  }
  if (ofAll == chunks)
    return;
  // What is left is not for all warps; each decides as one.
  Value chunk = add(of.warp, integer(ofAll));
  auto branch = scf::IfOp::create(
      builder, loc,
      arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, chunk,
                            integer(chunks)),
      /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  emitColumns(chunk);
}

void mlir::hopper::emitTransposition(OpBuilder &builder, Location loc,
                                     const Transposition &transposition) {
  Emitter(builder, loc, transposition).run();
}
