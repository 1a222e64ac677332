//===- NarrowIndices.cpp - Count tiles in 32 bits -------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERNARROWINDICES
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

/// Counts a loop in 32 bits; its body sees an index as before.
static void narrow(scf::ForOp loop) {
  OpBuilder builder(loop);
  Location loc = loop.getLoc();
  for (OpOperand *bound :
       {&loop.getLowerBoundMutable(), &loop.getUpperBoundMutable(),
        &loop.getStepMutable()})
    bound->set(arith::IndexCastOp::create(builder, loc, builder.getI32Type(),
                                          bound->get()));
  Value number = loop.getInductionVar();
  number.setType(builder.getI32Type());
  builder.setInsertionPointToStart(loop.getBody());
  auto wide =
      arith::IndexCastOp::create(builder, loc, builder.getIndexType(), number);
  number.replaceAllUsesExcept(wide, wide);
}

/// Whether a value is the size of a buffer, less than 2^31.
static bool isSize(Value value) {
  return value.getDefiningOp<memref::DimOp>() != nullptr;
}

/// Divides a size in 32 bits: the upper half of the quotient is known to be 0
/// then, and takes no register.
static void narrow(arith::CeilDivUIOp op) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  auto cast = [&](Type type, Value value) -> Value {
    return arith::IndexCastUIOp::create(builder, loc, type, value);
  };
  Type i32 = builder.getI32Type();
  Value quotient = arith::CeilDivUIOp::create(
      builder, loc, cast(i32, op.getLhs()), cast(i32, op.getRhs()));
  op.replaceAllUsesWith(cast(builder.getIndexType(), quotient));
  op.erase();
}

namespace {

struct NarrowIndicesPass
    : hopper::impl::HopperNarrowIndicesBase<NarrowIndicesPass> {
  void runOnOperation() override {
    getOperation().walk([&](scf::ForOp loop) {
      if (!loop.getInductionVar().getType().isIndex())
        return;
      narrow(loop);
      ++numNarrowed;
    });
    getOperation().walk([&](arith::CeilDivUIOp op) {
      APInt divisor;
      if (op.getType().isIndex() && isSize(op.getLhs()) &&
          matchPattern(op.getRhs(), m_ConstantInt(&divisor)) &&
          divisor.isStrictlyPositive() && divisor.isSignedIntN(32)) {
        narrow(op);
        ++numNarrowed;
      }
    });
  }
};

} // namespace
