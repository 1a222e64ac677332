//===- KernelPasses.h - Passes on kernels from the command line -*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TOOLS_FA3_OPT_KERNELPASSES_H
#define FA3_TOOLS_FA3_OPT_KERNELPASSES_H

#include "mlir/Pass/PassManager.h"

namespace fa3 {

/// Lets `--hopper-insert-tma` reach kernels. MLIR nests such a pass for a
/// `gpu.func` in the module itself, where there is none: they stand in a
/// `gpu.module`. A pass on kernels that comes first, and so finds what the
/// input has, is an error where that is an attention without kernels.
mlir::LogicalResult nestKernelPasses(mlir::PassManager &manager);

} // namespace fa3

#endif // FA3_TOOLS_FA3_OPT_KERNELPASSES_H
