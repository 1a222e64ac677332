//===- RowTransform.h - Rotations of rows held in pieces --------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_DIALECT_ATTN_TRANSFORMS_ROWTRANSFORM_H
#define FA3_LIB_DIALECT_ATTN_TRANSFORMS_ROWTRANSFORM_H

#include "mlir/IR/Builders.h"

namespace mlir::attn {

inline constexpr int64_t kWarpThreads = 32;

/// The value of the thread of the warp whose number differs in the bits of
/// `distance`.
Value exchange(OpBuilder &builder, Location loc, Value value, int64_t distance);

/// How the columns of a row are dealt to threads: each has pieces of
/// kPieceColumns columns, the first thread from those of `pieces`, the next
/// from kPieceColumns further.
struct RowLayout {
  static constexpr int64_t kPieceColumns = 8;

  int64_t columns;
  int64_t threads;
  SmallVector<int64_t> pieces;

  /// All columns in one thread.
  static RowLayout getWhole(int64_t columns);
  /// Two halves of as many threads as it takes, where that is a power of two:
  /// the halves of a pair, and one step of a Hadamard transform, are then a
  /// thread's own. Else one piece to a thread.
  static RowLayout getShared(int64_t columns);

  /// The piece that is `distance` columns from another, or nullopt where that
  /// is another thread's.
  std::optional<unsigned> findPiece(unsigned piece, int64_t distance) const;
};

/// Builds arithmetic on rows: vectors of kPieceColumns f32, one for each piece
/// of a thread.
class RowTransform {
public:
  /// `thread` is the thread's number in its row; it is not used where there is
  /// one.
  RowTransform(OpBuilder &builder, Location loc, const RowLayout &layout,
               Value thread)
      : builder(builder), loc(loc), layout(layout), thread(thread) {}

  /// The first column of a piece.
  Value getColumn(unsigned piece);

  /// The orthogonal matrix of attn.quantize with a seed, or its inverse.
  void rotate(uint32_t seed, SmallVectorImpl<Value> &row);
  void rotateBack(uint32_t seed, SmallVectorImpl<Value> &row);

  /// The rotary embedding of pairs next to each other, by the cosines and sines
  /// of one piece's pairs.
  Value embedNeighbours(Value piece, Value cosines, Value sines);

private:
  void multiplyBySigns(uint32_t seed, SmallVectorImpl<Value> &row);
  void multiplyByHadamard(SmallVectorImpl<Value> &row);
  Value getSigns(uint32_t seed, unsigned piece);
  Value addWithin(Value piece, int64_t distance);
  Value addAcross(Value piece, int64_t distance);

  OpBuilder &builder;
  Location loc;
  const RowLayout &layout;
  Value thread;
  /// What getSigns made before, by piece.
  SmallVector<Value> signs;
};

} // namespace mlir::attn

#endif // FA3_LIB_DIALECT_ATTN_TRANSFORMS_ROWTRANSFORM_H
