//===- Quantization.h - What 8-bit values are made by -----------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The numbers that attn.quantize is defined by, for its lowering and for the
// reference.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_DIALECT_ATTN_IR_QUANTIZATION_H
#define FA3_DIALECT_ATTN_IR_QUANTIZATION_H

#include "mlir/IR/Types.h"
#include <cstdint>

namespace mlir::attn {

/// The largest number that i8 is used for, as there is −127 as well.
inline constexpr int64_t kLargestInteger = 127;

/// What the largest of a block becomes in elements of a type, f8E4M3FN or i8.
inline double getLargest(Type element) {
  return element.isInteger() ? kLargestInteger : 448;
}

/// The least scale: attn.forward takes smaller ones for it. 2^-100.
inline constexpr double kLeastScale = 0x1p-100;

/// Whether a rotation changes the sign of a column, by a hash of both.
constexpr bool isNegated(uint32_t seed, uint32_t column) {
  uint32_t x = seed ^ (column * 0x9e3779b9U);
  x = (x ^ (x >> 16)) * 0x7feb352dU;
  x = (x ^ (x >> 15)) * 0x846ca68bU;
  x = x ^ (x >> 16);
  return (x & 1) != 0;
}

/// Columns that a rotation mixes with each other: the largest power of two that
/// divides their number.
constexpr int64_t getRotatedGroup(int64_t columns) {
  return columns & -columns;
}

} // namespace mlir::attn

#endif // FA3_DIALECT_ATTN_IR_QUANTIZATION_H
