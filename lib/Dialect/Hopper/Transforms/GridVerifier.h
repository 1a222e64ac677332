//===- GridVerifier.h - The grid against its use ----------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_DIALECT_HOPPER_TRANSFORMS_GRIDVERIFIER_H
#define FA3_LIB_DIALECT_HOPPER_TRANSFORMS_GRIDVERIFIER_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace mlir::hopper {

/// Checks that the coordinates into which a kernel divides its block id stay
/// below the sizes that they are used for, given the kernel's `hopper.grid`.
LogicalResult verifyGrid(gpu::GPUFuncOp kernel);

} // namespace mlir::hopper

#endif // FA3_LIB_DIALECT_HOPPER_TRANSFORMS_GRIDVERIFIER_H
