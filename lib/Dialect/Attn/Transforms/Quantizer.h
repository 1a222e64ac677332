//===- Quantizer.h - Lowering of one attn.quantize --------------*- C++ -*-===//
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

#ifndef FA3_LIB_DIALECT_ATTN_TRANSFORMS_QUANTIZER_H
#define FA3_LIB_DIALECT_ATTN_TRANSFORMS_QUANTIZER_H

#include "RowGrid.h"
#include "fa3/Dialect/Attn/IR/Attn.h"

namespace mlir::attn {

/// Rows of a transposed output that stand next to each other in a thread.
inline constexpr int64_t kPlaces = 4;

/// Rewrites one `attn.quantize`.
class Quantizer : RowGridEmitter {
public:
  Quantizer(QuantizeOp op, bool isGPU)
      : RowGridEmitter(op, getPlan(op, isGPU)), op(op) {
    readBlocks();
  }

  void run();

private:
  static RowPlan getPlan(QuantizeOp op, bool isGPU);
  static std::optional<int64_t> getBlockRows(QuantizeOp op);
  void readBlocks();
  bool isOneGrid() const;
  static bool isTransformed(QuantizeOp op) {
    return op.hasRotary() || op.getRotation();
  }
  static int64_t countHeads(QuantizeOp op, bool isGPU);
  static bool runsAhead(QuantizeOp op, bool isGPU);
  /// Whether the maximum is taken of X's own type: exact, and two elements a
  /// register.
  bool keepsPacked() {
    return plan.isGPU && !isTransformed(op) &&
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
  void emitParts(unsigned sharedMemory, function_ref<void(ArrayRef<Row>)> body);
  void emitHeads(int64_t count, function_ref<void(ArrayRef<Row>)> body);
  Value allocateShared(ArrayRef<int64_t> shape, Type element);
  void placePart(Value part);
  SmallVector<Row> loadRows();
  void prepareRows(MutableArrayRef<Row> rows);
  Row placeRow(int64_t number);
  Value loadAt(Value row, Value column);
  void transform(Row &row, RowTransform &transform);
  void embedHalves(Row &row, RowTransform &transform);
  Value getMagnitude(Value piece);
  Value getMaximum(ArrayRef<Row> rows);
  Value combineMaxima(Value maximum, int64_t threads);
  Value getScale(Value maximum);
  Value getInverse(Value scale) {
    return arith::DivFOp::create(builder, loc, number(1), scale);
  }
  SmallVector<Value> getScalePlace() {
    return placeScale(op.getScaleType(), batch, head, block);
  }
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

} // namespace mlir::attn

#endif // FA3_LIB_DIALECT_ATTN_TRANSFORMS_QUANTIZER_H
