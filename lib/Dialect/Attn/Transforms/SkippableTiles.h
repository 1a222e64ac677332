//===- SkippableTiles.h - Iterations that change nothing --------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_DIALECT_ATTN_TRANSFORMS_SKIPPABLETILES_H
#define FA3_LIB_DIALECT_ATTN_TRANSFORMS_SKIPPABLETILES_H

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include <optional>
#include <string>

namespace mlir::attn {

/// An iteration whose scores are all −∞ may be left out where it changes
/// nothing: the online softmax then gives P = 0, keeps m and l, and corrects by
/// 1 (or by 0 an output that is 0 still), so the state must be (m, l) and
/// outputs accumulated from P, and nothing may be written to memory. Gives the
/// reason why not.
std::optional<std::string> whyNotSkippable(scf::ForOp loop,
                                           OnlineSoftmaxOp softmax);

} // namespace mlir::attn

#endif // FA3_LIB_DIALECT_ATTN_TRANSFORMS_SKIPPABLETILES_H
