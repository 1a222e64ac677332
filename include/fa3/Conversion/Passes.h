//===- Passes.h - Conversions between dialects ------------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_CONVERSION_PASSES_H
#define FA3_CONVERSION_PASSES_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Pass/Pass.h"

namespace mlir::hopper {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "fa3/Conversion/Passes.h.inc"

} // namespace mlir::hopper

#endif // FA3_CONVERSION_PASSES_H
