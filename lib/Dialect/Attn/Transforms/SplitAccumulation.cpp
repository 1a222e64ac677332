//===- SplitAccumulation.cpp - Sums of tiles in registers -----------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNSPLITACCUMULATION
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

/// Whether the configuration around an operation asks for two levels.
static bool isAskedFor(Operation *op) {
  for (Operation *parent = op->getParentOp(); parent;
       parent = parent->getParentOp())
    if (auto config = parent->getAttrOfType<ConfigAttr>(kConfigAttrName))
      return config.getTwoLevel();
  return false;
}

namespace {

struct SplitAccumulationPass
    : attn::impl::AttnSplitAccumulationBase<SplitAccumulationPass> {
  void runOnOperation() override {
    SmallVector<vector::ContractionOp> products;
    getOperation()->walk([&](vector::ContractionOp op) {
      if (op.getKind() == vector::CombiningKind::ADD &&
          isa<VectorType>(op.getAccType()) &&
          getElementTypeOrSelf(op.getAccType()).isF32() && !op.isMasked() &&
          !matchPattern(op.getAcc(), m_AnyZeroFloat()) && isAskedFor(op))
        products.push_back(op);
    });
    for (vector::ContractionOp product : products) {
      OpBuilder builder(product);
      Location loc = product.getLoc();
      Value sum = product.getAcc();
      Value zero = arith::ConstantOp::create(
          builder, loc, builder.getZeroAttr(product.getAccType()));
      product.getAccMutable().assign(zero);
      builder.setInsertionPointAfter(product);
      auto total =
          arith::AddFOp::create(builder, loc, sum, product.getResult());
      product.getResult().replaceAllUsesExcept(total.getResult(), total);
      ++numSplit;
    }
  }
};

} // namespace
