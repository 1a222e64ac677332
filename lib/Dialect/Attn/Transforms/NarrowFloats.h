//===- NarrowFloats.h - 8-bit numbers in integer arithmetic -----*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_DIALECT_ATTN_TRANSFORMS_NARROWFLOATS_H
#define FA3_LIB_DIALECT_ATTN_TRANSFORMS_NARROWFLOATS_H

#include "mlir/IR/PatternMatch.h"

namespace mlir::attn {

/// Patterns for `arith.extf` from f8E4M3FN to f32, `arith.truncf` from f32 to
/// it and `attn.round`, on scalars and vectors. What is out of range becomes
/// the largest number, as the GPU's conversion does (PTX ISA, `cvt.satfinite`).
void populateLowerNarrowFloats(RewritePatternSet &patterns);

} // namespace mlir::attn

#endif // FA3_LIB_DIALECT_ATTN_TRANSFORMS_NARROWFLOATS_H
