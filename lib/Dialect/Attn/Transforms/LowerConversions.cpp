//===- LowerConversions.cpp - Conversions of tiles as loops ---------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NarrowFloats.h"
#include "TileBuffers.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNLOWERCONVERSIONS
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

/// Converts 16 elements at a time, from one buffer to another.
static void lowerConversion(Operation *op) {
  Location loc = op->getLoc();
  OpBuilder builder(op);
  Value source = op->getOperand(0);
  auto sourceType = cast<VectorType>(source.getType());
  auto type = cast<VectorType>(op->getResult(0).getType());
  int64_t lanes = getLanes(type.getDimSize(1));
  Value from = createTileBuffer(builder, loc, sourceType);
  Value to = createTileBuffer(builder, loc, type);
  storeTile(builder, loc, source, from);

  auto index = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  auto loop = [&](int64_t size, int64_t step) {
    auto loop =
        scf::ForOp::create(builder, loc, index(0), index(size), index(step));
    builder.setInsertionPointToStart(loop.getBody());
    return loop.getInductionVar();
  };
  Value row = loop(type.getDimSize(0), 1);
  Value column = loop(type.getDimSize(1), lanes);
  SmallVector<Value> at = {row, column};
  Value part = vector::LoadOp::create(
      builder, loc, VectorType::get({lanes}, sourceType.getElementType()), from,
      at);
  Operation *converted = builder.create(
      loc, op->getName().getIdentifier(), part,
      VectorType::get({lanes}, type.getElementType()), op->getAttrs());
  vector::StoreOp::create(builder, loc, converted->getResult(0), to, at);

  builder.setInsertionPoint(op);
  op->getResult(0).replaceAllUsesWith(loadTile(builder, loc, to, type));
  op->erase();
}

namespace {

struct LowerConversionsPass
    : attn::impl::AttnLowerConversionsBase<LowerConversionsPass> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) {
      if (!isa<arith::ExtFOp, arith::TruncFOp, RoundOp>(op) ||
          !op->getParentOfType<FunctionOpInterface>())
        return;
      auto type = dyn_cast<VectorType>(op->getResult(0).getType());
      // Rows of a few elements stay in registers.
      if (type && type.getRank() == 2 && !type.isScalable() &&
          type.getDimSize(1) > getLanes(type.getDimSize(1)))
        ops.push_back(op);
    });
    for (Operation *op : ops)
      lowerConversion(op);
    // Behind the folds that they allow.
    getOperation()->walk([](Operation *op) {
      if (isa<arith::ExtFOp, arith::TruncFOp>(op))
        op->removeAttr(
            cast<arith::ArithFastMathInterface>(op).getFastMathAttrName());
    });
    RewritePatternSet patterns(&getContext());
    populateLowerNarrowFloats(patterns);
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
