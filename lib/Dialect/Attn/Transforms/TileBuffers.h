//===- TileBuffers.h - Tiles in memory --------------------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the passes share that do on a tile in loops, for a CPU, what would be
// thousands of instructions on hundreds of live registers if it were unrolled:
// LLVM takes many seconds for these.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_DIALECT_ATTN_TRANSFORMS_TILEBUFFERS_H
#define FA3_LIB_DIALECT_ATTN_TRANSFORMS_TILEBUFFERS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace mlir::attn {

/// Elements of the vectors that the loops work on; the largest divisor of a
/// row's length that is at most 16.
int64_t getLanes(int64_t columns);

/// A buffer for a matrix on the stack of the function around the insertion
/// point. Not of a loop: it would take space anew in each iteration.
Value createTileBuffer(OpBuilder &builder, Location loc, VectorType matrix);

/// Writes the rows of a matrix to its buffer.
void storeTile(OpBuilder &builder, Location loc, Value matrix, Value buffer);

/// The matrix in a buffer.
Value loadTile(OpBuilder &builder, Location loc, Value buffer,
               VectorType matrix);

} // namespace mlir::attn

#endif // FA3_LIB_DIALECT_ATTN_TRANSFORMS_TILEBUFFERS_H
