//===- LeadingBranch.h - Branches of first iterations -----------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_DIALECT_ATTN_TRANSFORMS_LEADINGBRANCH_H
#define FA3_LIB_DIALECT_ATTN_TRANSFORMS_LEADINGBRANCH_H

#include "MaskedLoop.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

namespace mlir::attn {

/// An `scf.if` in the body of an `scf.for` that its first iterations take, and
/// no others: its condition is iv + c < bound.
struct LeadingBranch {
  scf::ForOp loop;
  scf::IfOp branch;
  LinearForm end; // the first iteration that does not take it
};

/// The loops in `root` with such a branch; of several, the first.
SmallVector<LeadingBranch, 4> findLeadingBranches(Operation *root);

/// Makes two loops of the one, each of which has the branch decided.
void splitAtBranch(const LeadingBranch &leading);

} // namespace mlir::attn

#endif // FA3_LIB_DIALECT_ATTN_TRANSFORMS_LEADINGBRANCH_H
