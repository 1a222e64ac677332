//===- AttnReduction.cpp - Simpler attention ------------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttnReduction.h"

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Reducer/ReductionPatternInterface.h"

using namespace mlir;
using namespace mlir::attn;

/// Takes one thing off the operation, or says that it is not there.
using Simplification = bool (*)(ForwardOp);

static bool clear(Region &region) {
  if (region.empty())
    return false;
  region.dropAllReferences();
  region.getBlocks().clear();
  return true;
}

template <typename RangeT>
static bool clear(RangeT operands) {
  if (operands.empty())
    return false;
  operands.clear();
  return true;
}

static const Simplification kSimplifications[] = {
    [](ForwardOp op) { return clear(op.getScoreRegion()); },
    [](ForwardOp op) { return clear(op.getMaskRegion()); },
    [](ForwardOp op) { return clear(op.getQueryOffsetMutable()); },
    [](ForwardOp op) { return clear(op.getOriginMutable()); },
    // On tensors it is a result too.
    [](ForwardOp op) { return !op.hasTensors() && clear(op.getLseMutable()); },
    [](ForwardOp op) { return op.removeCausalAttr() != nullptr; },
    [](ForwardOp op) { return op.removeWindowAttr() != nullptr; },
    [](ForwardOp op) { return op.removeScaleAttr() != nullptr; },
    [](ForwardOp op) { return op.removeConfigAttr() != nullptr; },
    [](ForwardOp op) {
      if (op.getAlignment() == Alignment::BottomRight)
        return false;
      op.setAlignment(Alignment::BottomRight);
      return true;
    },
};

namespace {
/// Does one simplification where the module stays interesting. The reduction
/// tree keeps or drops what all patterns did together, so each asks by itself.
class Simplify : public OpRewritePattern<ForwardOp> {
public:
  Simplify(MLIRContext *context, Simplification simplification,
           const Tester &tester)
      : OpRewritePattern(context), simplification(simplification),
        tester(tester) {}

  LogicalResult matchAndRewrite(ForwardOp op,
                                PatternRewriter &rewriter) const override {
    Operation *top = op;
    while (Operation *parent = top->getParentOp())
      top = parent;
    IRMapping mapping;
    OwningOpRef<Operation *> copy = top->clone(mapping);
    auto twin = cast<ForwardOp>(mapping.lookup(op.getOperation()));
    auto module = dyn_cast<ModuleOp>(*copy);
    if (!module || !simplification(twin) || failed(verify(module)) ||
        tester.isInteresting(module).first != Tester::Interestingness::True)
      return failure();
    rewriter.modifyOpInPlace(op, [&] { simplification(op); });
    return success();
  }

private:
  Simplification simplification;
  const Tester &tester;
};

struct AttnReduction : DialectReductionPatternInterface {
  AttnReduction(Dialect *dialect) : DialectReductionPatternInterface(dialect) {}

  void populateReductionPatterns(RewritePatternSet &) const override {}

  void populateReductionPatternsWithTester(RewritePatternSet &patterns,
                                           Tester &tester) const override {
    for (Simplification simplification : kSimplifications)
      patterns.add<Simplify>(patterns.getContext(), simplification, tester);
  }
};
} // namespace

void fa3::registerAttnReduction(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *, AttnDialect *dialect) {
    dialect->addInterfaces<AttnReduction>();
  });
}
