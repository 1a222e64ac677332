//===- Passes.h - Passes on the problem and the tile level ------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_DIALECT_ATTN_TRANSFORMS_PASSES_H
#define FA3_DIALECT_ATTN_TRANSFORMS_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir::attn {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"

} // namespace mlir::attn

#endif // FA3_DIALECT_ATTN_TRANSFORMS_PASSES_H
