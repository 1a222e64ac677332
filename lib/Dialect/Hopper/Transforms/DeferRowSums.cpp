//===- DeferRowSums.cpp - Add up rows across threads after the loop -------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FragmentLayout.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERDEFERROWSUMS
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

namespace {

/// The sums of rows that a loop carries in one place, on their way through its
/// body: scaled, added to, and handed on by branches.
class RowSumChain {
public:
  RowSumChain(scf::ForOp loop, unsigned index) : loop(loop), index(index) {}

  /// Whether all that happens to the carried value is known.
  bool match();
  /// Rewrites the chain on one part of each sum for each thread of a row.
  void defer();

private:
  bool collect(Value value);
  bool hasKnownUsers(Value value);
  VectorType getPartialType(Type type) {
    auto rows = cast<VectorType>(type);
    return VectorType::get({rows.getDimSize(0), kQuad}, rows.getElementType());
  }
  void rewriteScale(arith::MulFOp op);
  void rewriteReduction(vector::MultiDimReductionOp op);
  Value getPartialZero(OpBuilder &builder, Location loc, Type rowType) {
    return arith::ConstantOp::create(
        builder, loc, builder.getZeroAttr(getPartialType(rowType)));
  }

  scf::ForOp loop;
  unsigned index;
  /// Values of the chain, in the order in which they were found.
  llvm::SetVector<Value> chain;
};

} // namespace

/// Adds what `value` is made of; false where it is no sum of rows.
bool RowSumChain::collect(Value value) {
  if (chain.contains(value) || matchPattern(value, m_AnyZeroFloat()))
    return true;
  auto type = dyn_cast<VectorType>(value.getType());
  if (!type || type.getRank() != 1)
    return false;
  if (value == loop.getRegionIterArg(index)) {
    chain.insert(value);
    return true;
  }
  Operation *op = value.getDefiningOp();
  if (!op || !loop->isProperAncestor(op))
    return false;
  chain.insert(value);
  if (auto scale = dyn_cast<arith::MulFOp>(op)) {
    // The factor is what does not come from the carried value.
    size_t known = chain.size();
    if (collect(scale.getLhs()))
      return !chain.contains(scale.getRhs());
    while (chain.size() != known)
      chain.pop_back();
    scale->setOperands({scale.getRhs(), scale.getLhs()});
    return collect(scale.getLhs());
  }
  if (auto sum = dyn_cast<arith::AddFOp>(op))
    return collect(sum.getLhs()) && collect(sum.getRhs());
  if (auto reduction = dyn_cast<vector::MultiDimReductionOp>(op)) {
    VectorType source = reduction.getSourceVectorType();
    return reduction.getKind() == vector::CombiningKind::ADD &&
           reduction.getReductionMask() == SmallVector<bool>{false, true} &&
           source.getDimSize(1) % (2 * kQuad) == 0 &&
           collect(reduction.getAcc());
  }
  if (auto branch = dyn_cast<scf::IfOp>(op)) {
    unsigned number = cast<OpResult>(value).getResultNumber();
    return collect(branch.thenYield().getOperand(number)) &&
           collect(branch.elseYield().getOperand(number));
  }
  return false;
}

/// Whether a value of the chain is used by the chain alone, or by what takes
/// parts of sums as well.
bool RowSumChain::hasKnownUsers(Value value) {
  return llvm::all_of(value.getUses(), [&](OpOperand &use) {
    Operation *user = use.getOwner();
    if (isa<attn::AnyAboveOp>(user))
      return true;
    if (isa<arith::MulFOp, arith::AddFOp, vector::MultiDimReductionOp>(user))
      return chain.contains(user->getResult(0));
    if (!isa<scf::YieldOp>(user))
      return false;
    Operation *parent = user->getParentOp();
    if (parent == loop)
      return use.getOperandNumber() == index;
    return isa<scf::IfOp>(parent) &&
           chain.contains(parent->getResult(use.getOperandNumber()));
  });
}

bool RowSumChain::match() {
  auto type = dyn_cast<VectorType>(loop.getRegionIterArg(index).getType());
  return type && type.getRank() == 1 &&
         matchPattern(loop.getInitArgs()[index], m_AnyZeroFloat()) &&
         collect(loop.getYieldedValues()[index]) &&
         chain.contains(loop.getRegionIterArg(index)) &&
         llvm::any_of(
             chain,
             [](Value value) {
               return value.getDefiningOp<vector::MultiDimReductionOp>();
             }) &&
         llvm::all_of(chain, [&](Value value) { return hasKnownUsers(value); });
}

void RowSumChain::rewriteScale(arith::MulFOp op) {
  OpBuilder builder(op);
  auto rows = cast<VectorType>(op.getRhs().getType());
  Value column = vector::ShapeCastOp::create(
      builder, op.getLoc(),
      VectorType::get({rows.getDimSize(0), 1}, rows.getElementType()),
      op.getRhs());
  op.setOperand(1, vector::BroadcastOp::create(builder, op.getLoc(),
                                               getPartialType(rows), column));
}

void RowSumChain::rewriteReduction(vector::MultiDimReductionOp op) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  // Column c belongs to thread (c / 2) mod 4 of its row.
  VectorType source = op.getSourceVectorType();
  Value parts = vector::ShapeCastOp::create(
      builder, loc,
      VectorType::get(
          {source.getDimSize(0), source.getDimSize(1) / (2 * kQuad), kQuad, 2},
          source.getElementType()),
      op.getSource());
  auto partial = vector::MultiDimReductionOp::create(
      builder, loc, parts, op.getAcc(),
      ArrayRef<bool>{false, true, false, true}, vector::CombiningKind::ADD);
  // Its accumulator may be of the old type still.
  partial.getResult().setType(getPartialType(op.getDestType()));
  op.replaceAllUsesWith(partial.getResult());
  op.erase();
}

void RowSumChain::defer() {
  OpBuilder builder(loop);
  Location loc = loop.getLoc();
  auto rowType = cast<VectorType>(loop.getRegionIterArg(index).getType());
  loop.getInitArgsMutable()[index].set(getPartialZero(builder, loc, rowType));
  Value result = loop.getResult(index);
  for (Value value : chain) {
    // Zeros that enter the chain get the new shape too.
    Operation *op = value.getDefiningOp();
    SmallVector<OpOperand *> entries;
    if (auto branch = dyn_cast_or_null<scf::IfOp>(op)) {
      unsigned number = cast<OpResult>(value).getResultNumber();
      entries = {&branch.thenYield()->getOpOperand(number),
                 &branch.elseYield()->getOpOperand(number)};
    } else if (isa_and_nonnull<arith::MulFOp>(op)) {
      entries = {&op->getOpOperand(0)};
    } else if (isa_and_nonnull<arith::AddFOp>(op)) {
      entries = {&op->getOpOperand(0), &op->getOpOperand(1)};
    } else if (auto sum = dyn_cast_or_null<vector::MultiDimReductionOp>(op)) {
      entries = {&sum.getAccMutable()};
    }
    for (OpOperand *entry : entries)
      if (!chain.contains(entry->get())) {
        OpBuilder inner(entry->getOwner());
        entry->set(getPartialZero(inner, loc, rowType));
      }
  }
  for (Value value : chain.takeVector()) {
    Operation *op = value.getDefiningOp();
    if (auto reduction = dyn_cast_or_null<vector::MultiDimReductionOp>(op)) {
      rewriteReduction(reduction);
      continue;
    }
    if (auto scale = dyn_cast_or_null<arith::MulFOp>(op))
      rewriteScale(scale);
    value.setType(getPartialType(rowType));
  }
  result.setType(getPartialType(rowType));

  builder.setInsertionPointAfter(loop);
  Value zero =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(rowType));
  auto total = vector::MultiDimReductionOp::create(builder, loc, result, zero,
                                                   ArrayRef<bool>{false, true},
                                                   vector::CombiningKind::ADD);
  result.replaceAllUsesExcept(total.getResult(), total);
}

namespace {

struct DeferRowSumsPass
    : hopper::impl::HopperDeferRowSumsBase<DeferRowSumsPass> {
  void runOnOperation() override {
    SmallVector<scf::ForOp> loops;
    getOperation().walk([&](scf::ForOp loop) { loops.push_back(loop); });
    for (scf::ForOp loop : loops)
      for (unsigned index = 0; index < loop.getNumRegionIterArgs(); ++index) {
        RowSumChain chain(loop, index);
        if (!chain.match())
          continue;
        chain.defer();
        ++numDeferred;
      }
  }
};

} // namespace
