//===- RowGrid.h - Grids of threads that have rows --------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_DIALECT_ATTN_TRANSFORMS_ROWGRID_H
#define FA3_LIB_DIALECT_ATTN_TRANSFORMS_ROWGRID_H

#include "RowTransform.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace mlir::attn {

/// Threads that a multiprocessor is to hold, so that some load while others
/// round. That bounds their registers: to 64 where elements stay in 16 bits
/// until they are rounded, to 96 where they are rotated in f32, and to 128
/// where it takes more. By ptxas, these are the most that it does not spill
/// with.
inline constexpr int64_t kPackedResidents = 1024, kRotatedResidents = 640,
                         kWideResidents = 512;

/// How rows are dealt to blocks and threads.
struct RowPlan {
  RowLayout layout;
  int64_t threads;   // of a block
  int64_t rows;      // of a thread
  int64_t partRows;  // of a block
  int64_t residents; // threads that a multiprocessor is to hold
  bool isGPU;
};

/// As many rows as a block of the usual size holds.
RowPlan getRowPlan(int64_t columns, bool isGPU);

/// Threads of whole rows and of whole warps, `threads` or a few more.
int64_t roundThreads(int64_t threads, const RowLayout &layout);

/// What an access of some columns of a buffer may rely on, where all strides
/// are multiples of it. That the buffer begins at one is the host's to check
/// (convert-kernel-to-llvm).
llvm::MaybeAlign getRowAlignment(MemRefType type, int64_t columns);

/// What both operations are written with.
class RowGridEmitter {
public:
  RowGridEmitter(Operation *op, RowPlan plan)
      : builder(op), loc(op->getLoc()), plan(std::move(plan)) {}

protected:
  static constexpr int64_t kPiece = RowLayout::kPieceColumns;

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
  /// The number of blocks of scales, of which there must be one for each.
  Value requireScales(const Twine &name, Value rows, Value rowCount,
                      Value scale, std::optional<int64_t> block);
  /// Where a block's scale stands.
  SmallVector<Value> placeScale(ShapedType scaleType, Value batch, Value head,
                                Value block);
  static SmallVector<Value> place(Layout layout, Value batch, Value row,
                                  Value head, Value column);
  void emitGrid(ArrayRef<OpFoldResult> bounds, int64_t threads,
                function_ref<void(ValueRange)> shared,
                function_ref<void(ValueRange, Value)> body);
  Value loadPiece(Value buffer, ValueRange at, int64_t columns = kPiece);
  Value widen(Value piece);
  Value round(Value piece, Type element);
  void storePiece(Value piece, Value buffer, ValueRange at);
  void placeThread(Value thread);
  /// Rows that the threads of a block take at a time.
  int64_t getRowsOfBlock() const { return plan.threads / plan.layout.threads; }

  OpBuilder builder;
  Location loc;
  RowPlan plan;
  /// The thread's number in a row, and that of its row among those of threads.
  Value threadInRow, threadRow;
};

} // namespace mlir::attn

#endif // FA3_LIB_DIALECT_ATTN_TRANSFORMS_ROWGRID_H
