//===- Transposition.h - Transposing 8-bit tiles in shared memory -*- C++
//-*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_CONVERSION_HOPPERTONVVM_TRANSPOSITION_H
#define FA3_LIB_CONVERSION_HOPPERTONVVM_TRANSPOSITION_H

#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "mlir/IR/Builders.h"

namespace mlir::hopper {

/// A transposition that several warps share.
struct Transposition {
  SharedTileType source, target;
  /// The tiles (pointers to shared memory).
  Value from, to;
  /// The number of the warp among those that take part, and of the thread in it
  /// (i32).
  Value warp, lane;
  int64_t warps;
};

/// Emits the part of a warp, whose threads stand together. What it writes is
/// not visible to others yet.
void emitTransposition(OpBuilder &builder, Location loc,
                       const Transposition &transposition);

} // namespace mlir::hopper

#endif // FA3_LIB_CONVERSION_HOPPERTONVVM_TRANSPOSITION_H
