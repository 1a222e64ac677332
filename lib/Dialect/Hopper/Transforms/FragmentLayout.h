//===- FragmentLayout.h - Which part of a tile a thread holds ---*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The layout of wgmma's accumulators (PTX ISA, "Register Fragments and Shared
// Memory Matrix Layouts"), for a tile of 64 rows in each warpgroup. Thread t of
// the consumers holds the rows 16·(t / 32) + (t mod 32) / 4 and that plus 8,
// and of these the pairs of columns 8·q + 2·(t mod 4):
//
//   lane i of a tile   row half (i / 2) mod 2, column 8·(i / 4) + i mod 2
//   lane h of a row    row half h
//   lane j of a column column 8·(j / 2) + j mod 2
//
// all but the thread's own first row and column. Tiles of 16-bit floats are
// held in pairs, which is also how wgmma takes them as its left-hand side.
// Tiles of 8 bits are held in fours: register 2·q + r is of row half r
// and of the columns 16·q + … + 15, of which it has the two pairs of the
// thread; where wgmma expects four columns next to each other, the right-hand
// side is interleaved in the same way.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_DIALECT_HOPPER_TRANSFORMS_FRAGMENTLAYOUT_H
#define FA3_LIB_DIALECT_HOPPER_TRANSFORMS_FRAGMENTLAYOUT_H

#include "mlir/IR/BuiltinTypes.h"

namespace mlir::hopper {

/// Threads that share a row, and columns between two pairs of one thread.
inline constexpr int64_t kQuad = 4;
inline constexpr int64_t kColumnStep = 8;

/// What part of a tile a vector is; its shape says so.
enum class FragmentKind {
  Tile,      // M × N, or M/G × G × N
  Row,       // M, M × 1, or M/G × G of fewer than M groups
  Column,    // 1 × N
  RowParts,  // M × 4: a part of each row's sum in each thread of a quad
  SplitTile, // M × N/8 × 4 × 2: a tile whose columns are split as threads are
};

/// Elements of this type that share a register.
inline int64_t getPacking(VectorType type) {
  Type element = type.getElementType();
  if (element.isF16() || element.isBF16())
    return 2;
  return isa<Float8E4M3FNType>(element) || element.isInteger(8) ? 4 : 1;
}

/// The kind of a vector type, or nothing where it is no part of a tile of
/// `rows` rows.
inline std::optional<FragmentKind> getFragmentKind(VectorType type,
                                                   int64_t rows) {
  ArrayRef<int64_t> shape = type.getShape();
  if (shape.size() == 1 && shape[0] == rows)
    return FragmentKind::Row;
  if (shape.size() == 4 && shape[0] == rows && shape[2] == kQuad &&
      shape[3] == 2)
    return FragmentKind::SplitTile;
  if (shape.size() == 3 && shape[0] * shape[1] == rows &&
      shape[2] % kColumnStep == 0)
    return FragmentKind::Tile;
  if (shape.size() != 2)
    return std::nullopt;
  if (shape[0] == 1 && shape[1] % kColumnStep == 0)
    return FragmentKind::Column;
  if (shape[0] < rows && shape[0] * shape[1] == rows)
    return FragmentKind::Row;
  if (shape[0] != rows)
    return std::nullopt;
  if (shape[1] == 1)
    return FragmentKind::Row;
  if (shape[1] == kQuad)
    return FragmentKind::RowParts;
  // A register of four elements takes columns of two steps.
  if (shape[1] % (getPacking(type) == 4 ? 2 * kColumnStep : kColumnStep) == 0)
    return FragmentKind::Tile;
  return std::nullopt;
}

/// Whether lanes of this type are held in pairs or fours.
inline bool isPacked(VectorType type) { return getPacking(type) > 1; }

/// Element `i` of a register, as a lane of a tile that is not packed.
inline int64_t getPackedLane(int64_t packing, int64_t reg, int64_t i) {
  if (packing == 4)
    return reg / 2 * 8 + reg % 2 * 2 + i / 2 * 4 + i % 2;
  return packing * reg + i;
}

/// Number of values that a thread holds of a fragment.
inline int64_t getNumLanes(FragmentKind kind, VectorType type) {
  switch (kind) {
  case FragmentKind::Tile:
    return type.getShape().back() / 2 / getPacking(type);
  case FragmentKind::SplitTile:
    return type.getDimSize(1) * 4;
  case FragmentKind::Row:
  case FragmentKind::RowParts:
    return 2;
  case FragmentKind::Column:
    return type.getDimSize(1) / 4;
  }
  llvm_unreachable("unknown fragment kind");
}

/// The row half of a lane of a tile.
inline int64_t getRowHalf(int64_t lane) { return (lane / 2) % 2; }

/// The lane of a column vector that belongs to a lane of a tile.
inline int64_t getColumnLane(int64_t lane) { return lane / 4 * 2 + lane % 2; }

/// The column of a lane of a column vector, from the thread's first one.
inline int64_t getColumnOffset(int64_t columnLane) {
  return columnLane / 2 * kColumnStep + columnLane % 2;
}

} // namespace mlir::hopper

#endif // FA3_LIB_DIALECT_HOPPER_TRANSFORMS_FRAGMENTLAYOUT_H
