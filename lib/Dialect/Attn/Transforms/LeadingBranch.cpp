//===- LeadingBranch.cpp - Branches of first iterations -------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LeadingBranch.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace mlir::attn;

static FailureOr<LeadingBranch> match(scf::ForOp loop, scf::IfOp branch) {
  auto compare = branch.getCondition().getDefiningOp<arith::CmpIOp>();
  if (!compare || compare.getPredicate() != arith::CmpIPredicate::slt ||
      !compare.getLhs().getType().isIndex() ||
      !loop.isDefinedOutsideOfLoop(compare.getRhs()) ||
      branch->getNumResults() == 0)
    return failure();
  Value number = loop.getInductionVar();
  LinearForm form = LinearForm::of(compare.getLhs());
  if (form.getFactor(number) != 1)
    return failure();
  LinearForm rest = form - LinearForm::of(number);
  for (auto [value, factor] : rest.getTerms())
    if (!loop.isDefinedOutsideOfLoop(value))
      return failure();
  return LeadingBranch{loop, branch, LinearForm::of(compare.getRhs()) - rest};
}

SmallVector<LeadingBranch, 4> mlir::attn::findLeadingBranches(Operation *root) {
  SmallVector<LeadingBranch, 4> found;
  root->walk([&](scf::ForOp loop) {
    if (!loop.getInductionVar().getType().isIndex() || loop.getUnsignedCmp() ||
        getConstantIntValue(loop.getStep()) != 1)
      return;
    for (auto branch : loop.getBody()->getOps<scf::IfOp>()) {
      FailureOr<LeadingBranch> leading = match(loop, branch);
      if (failed(leading))
        continue;
      found.push_back(*leading);
      break;
    }
  });
  return found;
}

/// Puts what a block of the branch does in its place.
static void decide(scf::IfOp branch, Block *taken) {
  Operation *yield = taken->getTerminator();
  branch->replaceAllUsesWith(yield->getOperands());
  yield->erase();
  branch->getBlock()->getOperations().splice(branch->getIterator(),
                                             taken->getOperations());
  branch->erase();
}

void mlir::attn::splitAtBranch(const LeadingBranch &leading) {
  scf::ForOp loop = leading.loop;
  scf::IfOp branch = leading.branch;
  OpBuilder builder(loop);
  Location loc = loop.getLoc();
  Value begin = loop.getLowerBound();
  Value middle = builder.createOrFold<arith::MaxSIOp>(
      loc, begin,
      builder.createOrFold<arith::MinSIOp>(
          loc, leading.end.materialize(builder, loc), loop.getUpperBound()));
  IRMapping mapping;
  auto first = cast<scf::ForOp>(builder.clone(*loop, mapping));
  first.setUpperBound(middle);
  loop.setLowerBound(middle);
  loop.getInitArgsMutable().assign(first.getResults());
  auto copy = cast<scf::IfOp>(mapping.lookup(branch.getOperation()));
  decide(copy, copy.thenBlock());
  decide(branch, branch.elseBlock());
}
