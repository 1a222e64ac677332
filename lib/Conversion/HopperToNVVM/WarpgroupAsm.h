//===- WarpgroupAsm.h - wgmma as inline assembly ----------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_CONVERSION_HOPPERTONVVM_WARPGROUPASM_H
#define FA3_LIB_CONVERSION_HOPPERTONVVM_WARPGROUPASM_H

#include "mlir/IR/Builders.h"

namespace mlir::hopper {

/// The operands of one group of `wgmma.mma_async` instructions, each a step of
/// 256 bits along K.
struct WarpgroupProduct {
  int64_t n;
  /// f16, bf16, f8E4M3FN or i8.
  Type elementType;
  /// One descriptor (i64) a step for lhs in shared memory; or empty, and
  /// `pairs` holds four registers (i32) a step.
  SmallVector<Value> lhsDescriptors, pairs;
  /// One descriptor (i64) a step.
  SmallVector<Value> rhsDescriptors;
  /// n/2 values to add to, or none.
  SmallVector<Value> accumulators;
  /// Whether rhs is stored with N, and not K, along its rows; not of 8 bits.
  bool rhsIsMNMajor;
};

/// Fences, issues and commits the group; returns its n/2 results.
SmallVector<Value> emitWarpgroupProduct(OpBuilder &builder, Location loc,
                                        const WarpgroupProduct &product);

/// Waits until at most `groups` groups are in flight. Ties the values through,
/// so that no use of them moves in front.
SmallVector<Value> emitWarpgroupWait(OpBuilder &builder, Location loc,
                                     ValueRange pending, int64_t groups);

} // namespace mlir::hopper

#endif // FA3_LIB_CONVERSION_HOPPERTONVVM_WARPGROUPASM_H
