//===- Accumulation.h - Products that a loop adds up ------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_DIALECT_ATTN_TRANSFORMS_ACCUMULATION_H
#define FA3_LIB_DIALECT_ATTN_TRANSFORMS_ACCUMULATION_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace mlir::attn {

/// A product and the output so far that it is added to: as its accumulator, or
/// behind it where it is one of integers.
struct Accumulation {
  vector::ContractionOp product;
  OpOperand *sum = nullptr;
};

/// The product that leads to a value; nullopt where that is no such sum.
std::optional<Accumulation> findAccumulation(Value value);

} // namespace mlir::attn

#endif // FA3_LIB_DIALECT_ATTN_TRANSFORMS_ACCUMULATION_H
