//===- Passes.h - Passes on the async and the role level --------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_DIALECT_HOPPER_TRANSFORMS_PASSES_H
#define FA3_DIALECT_HOPPER_TRANSFORMS_PASSES_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mlir::hopper {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"

} // namespace mlir::hopper

#endif // FA3_DIALECT_HOPPER_TRANSFORMS_PASSES_H
