//===- TileStepVerifier.h - Tiles against the steps to them -----*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_DIALECT_HOPPER_TRANSFORMS_TILESTEPVERIFIER_H
#define FA3_LIB_DIALECT_HOPPER_TRANSFORMS_TILESTEPVERIFIER_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace mlir::hopper {

/// Checks that loops over tiles go from each tile to the one beside it: no row
/// is left out and none is read twice.
LogicalResult verifyTileSteps(gpu::GPUFuncOp kernel);

} // namespace mlir::hopper

#endif // FA3_LIB_DIALECT_HOPPER_TRANSFORMS_TILESTEPVERIFIER_H
