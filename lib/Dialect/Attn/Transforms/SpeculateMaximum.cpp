//===- SpeculateMaximum.cpp - Exponentials under the maximum so far -------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The running maximum only keeps exponentials in range: softmax is the same
// under any number in its place. So a tile may use the one known before it,
// which needs no reduction, no exchange between threads and no rescaling of the
// output, as long as nothing gets too large; where something does, the tile
// goes back to the whole online softmax.
//
//===----------------------------------------------------------------------===//

#include "RowExponent.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNSPECULATEMAXIMUM
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

namespace {

/// A product of something with the correction of an online softmax, which the
/// correction of 1 leaves as it is.
struct Rescale {
  arith::MulFOp product;
  Value scaled;
};

/// Rewrites one `attn.online_softmax`.
class Speculator {
public:
  Speculator(OnlineSoftmaxOp op, int64_t bound)
      : op(op), bound(bound), builder(op), loc(op.getLoc()) {}

  /// Fails, with the reason in `reason`, where the correction or the
  /// probabilities are used in a way that is not known.
  LogicalResult match(std::string &reason);
  void rewrite();

private:
  LogicalResult matchCorrection(Value correction, std::string &reason);
  Value truncate(Value probabilities);

  OnlineSoftmaxOp op;
  int64_t bound;
  OpBuilder builder;
  Location loc;
  SmallVector<Rescale> rescales;
  /// The probabilities in the type that the second product takes; they are
  /// narrowed in each branch, so that the wide ones need not leave it.
  arith::TruncFOp narrowed;
};

} // namespace

LogicalResult Speculator::matchCorrection(Value correction,
                                          std::string &reason) {
  for (Operation *user : correction.getUsers()) {
    if (isa<vector::ShapeCastOp, vector::BroadcastOp>(user)) {
      if (failed(matchCorrection(user->getResult(0), reason)))
        return failure();
      continue;
    }
    auto product = dyn_cast<arith::MulFOp>(user);
    Value other;
    if (product)
      other =
          product.getLhs() == correction ? product.getRhs() : product.getLhs();
    Operation *def = other ? other.getDefiningOp() : nullptr;
    bool before =
        other && other != correction &&
        (!def || def->getBlock() != op->getBlock() || def->isBeforeInBlock(op));
    if (!before || user->getBlock() != op->getBlock()) {
      reason = "expected its correction only to multiply values computed "
               "before it, in its block";
      return failure();
    }
    rescales.push_back({product, other});
  }
  return success();
}

LogicalResult Speculator::match(std::string &reason) {
  if (op.getProbabilities().hasOneUse()) {
    auto truncation =
        dyn_cast<arith::TruncFOp>(*op.getProbabilities().user_begin());
    if (truncation && truncation->getBlock() == op->getBlock())
      narrowed = truncation;
  }
  // What passes unseen must be finite.
  constexpr int64_t largestHalf = 32768;
  if (narrowed && getElementTypeOrSelf(narrowed.getType()).isF16() &&
      bound > largestHalf) {
    reason = "expected a bound of speculation of at most 32768 with "
             "probabilities in f16";
    return failure();
  }
  return matchCorrection(op.getCorrection(), reason);
}

Value Speculator::truncate(Value probabilities) {
  if (!narrowed)
    return probabilities;
  IRMapping mapping;
  mapping.map(op.getProbabilities(), probabilities);
  return builder.clone(*narrowed, mapping)->getResult(0);
}

void Speculator::rewrite() {
  auto rowType = cast<VectorType>(op.getMaximum().getType());

  // P under the maximum so far. Before a row's first key that is -inf, and P
  // comes out as +inf or NaN: above any bound.
  RowExponent exponent(builder, op, op.getMaximum());
  Value probabilities =
      math::Exp2Op::create(builder, loc, exponent.ofScores(builder));
  Value zero =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(rowType));
  Value sums = vector::MultiDimReductionOp::create(
      builder, loc, probabilities, zero, ArrayRef<bool>{false, true},
      vector::CombiningKind::ADD);
  Value fast = truncate(probabilities);
  Value missed = AnyAboveOp::create(
      builder, loc, sums, builder.getF32FloatAttr(static_cast<float>(bound)));

  SmallVector<Type> types = {fast.getType(), rowType, rowType};
  for (const Rescale &rescale : rescales)
    types.push_back(rescale.scaled.getType());
  auto branch =
      scf::IfOp::create(builder, loc, types, missed, /*withElseRegion=*/true);

  builder.setInsertionPointToStart(branch.elseBlock());
  SmallVector<Value> kept = {
      fast, op.getMaximum(),
      arith::AddFOp::create(builder, loc, op.getSum(), sums)};
  for (const Rescale &rescale : rescales)
    kept.push_back(rescale.scaled);
  scf::YieldOp::create(builder, loc, kept);

  // The way back: the whole softmax, with all that depended on its correction.
  builder.setInsertionPointToStart(branch.thenBlock());
  auto whole = cast<OnlineSoftmaxOp>(builder.clone(*op));
  IRMapping mapping;
  mapping.map(op->getResults(), whole->getResults());
  SmallVector<Value> redone = {truncate(whole.getProbabilities()),
                               whole.getNewMaximum(), whole.getNewSum()};
  std::function<Value(Value)> copy = [&](Value value) -> Value {
    Operation *def = value.getDefiningOp();
    if (!mapping.contains(value) &&
        isa_and_nonnull<vector::ShapeCastOp, vector::BroadcastOp>(def) &&
        def->getBlock() == op->getBlock() && op->isBeforeInBlock(def)) {
      copy(def->getOperand(0));
      builder.clone(*def, mapping);
    }
    return mapping.lookupOrDefault(value);
  };
  for (const Rescale &rescale : rescales) {
    for (Value operand : rescale.product->getOperands())
      copy(operand);
    redone.push_back(builder.clone(*rescale.product, mapping)->getResult(0));
  }
  scf::YieldOp::create(builder, loc, redone);

  // What took part in the correction goes, its users first.
  if (narrowed) {
    narrowed.replaceAllUsesWith(branch.getResult(0));
    narrowed.erase();
  }
  for (auto [i, rescale] : llvm::enumerate(rescales))
    rescale.product.replaceAllUsesWith(branch.getResult(3 + i));
  std::function<void(Operation *)> erase = [&](Operation *user) {
    for (Operation *next : llvm::make_early_inc_range(user->getUsers()))
      erase(next);
    user->erase();
  };
  for (Operation *user :
       llvm::make_early_inc_range(op.getCorrection().getUsers()))
    erase(user);
  op.getProbabilities().replaceAllUsesWith(branch.getResult(0));
  op.getNewMaximum().replaceAllUsesWith(branch.getResult(1));
  op.getNewSum().replaceAllUsesWith(branch.getResult(2));
  op.erase();
}

namespace {

struct SpeculateMaximumPass
    : attn::impl::AttnSpeculateMaximumBase<SpeculateMaximumPass> {
  void runOnOperation() override {
    SmallVector<std::pair<OnlineSoftmaxOp, int64_t>> work;
    getOperation()->walk([&](OnlineSoftmaxOp op) {
      if (std::optional<int64_t> bound = getBound(op))
        work.push_back({op, *bound});
    });
    for (auto [op, bound] : work) {
      Speculator speculation(op, bound);
      std::string reason;
      if (failed(speculation.match(reason))) {
        op.emitOpError("cannot take its exponentials under the maximum so "
                       "far: ")
            << reason;
        return signalPassFailure();
      }
      speculation.rewrite();
      ++numSpeculations;
    }
  }

  /// The bound of the configuration around the op. None where there is no
  /// speculation, and where the op is not in a loop over tiles: it is on the
  /// way back of one, or there is one tile, under a maximum that is not known.
  static std::optional<int64_t> getBound(OnlineSoftmaxOp op) {
    if (!isa<scf::ForOp>(op->getParentOp()))
      return std::nullopt;
    for (Operation *parent = op->getParentOp(); parent;
         parent = parent->getParentOp())
      if (auto config = parent->getAttrOfType<ConfigAttr>(kConfigAttrName))
        return config.getSpeculation();
    return std::nullopt;
  }
};

} // namespace
