//===- AttnReduction.h - Simpler attention ----------------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TOOLS_FA3_REDUCE_ATTNREDUCTION_H
#define FA3_TOOLS_FA3_REDUCE_ATTNREDUCTION_H

#include "mlir/IR/DialectRegistry.h"

namespace fa3 {

/// Lets the reduction tree take regions, attributes and optional operands off
/// `attn.forward`.
void registerAttnReduction(mlir::DialectRegistry &registry);

} // namespace fa3

#endif // FA3_TOOLS_FA3_REDUCE_ATTNREDUCTION_H
