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
// goes back to the whole online softmax. Where that happens time after time,
// the loop looks for the maximum first.
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
#include "mlir/Interfaces/FunctionInterfaces.h"
#include <limits>

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNSPECULATEMAXIMUM
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

static constexpr float kLowest = -std::numeric_limits<float>::infinity();
/// Of f8E4M3FN, the last but one: what is out of range becomes the last.
static constexpr float kLargestUnsaturated = 416.0f;

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
  Speculator(OnlineSoftmaxOp op, int64_t bound, bool adapts)
      : op(op), bound(bound), adapts(adapts), builder(op), loc(op.getLoc()) {}

  /// Fails, with the reason in `reason`, where the correction or the
  /// probabilities are used in a way that is not known.
  LogicalResult match(std::string &reason);
  void rewrite();

private:
  LogicalResult matchCorrection(Value correction, std::string &reason);
  Value truncate(Value probabilities);
  Value splat(VectorType type, float value) {
    return arith::ConstantOp::create(builder, loc,
                                     DenseElementsAttr::get(type, value));
  }
  void carryPatience();
  Value createMaximum(Value moving);
  Value createCorrection(Value maximum);
  Value createNextPatience(Value maximum);
  void rescaleBy(Value correction, SmallVectorImpl<Value> &results);
  SmallVector<Value> goBack();
  SmallVector<Value> moveOn(Value missed, Value fast, Value maximum,
                            Value sums);

  OnlineSoftmaxOp op;
  int64_t bound;
  /// Whether the loop carries a patience.
  bool adapts;
  OpBuilder builder;
  Location loc;
  SmallVector<Rescale> rescales;
  /// The probabilities in the type that the second product takes; they are
  /// narrowed in each branch, so that the wide ones need not leave it.
  Operation *narrowed = nullptr;
  /// Whether the op has probabilities to add up. Where a product does it for
  /// those of 8 bits (attn-fuse-row-sums), each is bounded in place of the
  /// sums.
  bool addsUp = true;
  /// What the loop carries, and 0 of it.
  Value patience, none;
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
  if (adapts)
    carryPatience();
  if (op.getProbabilities().hasOneUse()) {
    Operation *user = *op.getProbabilities().user_begin();
    if (isa<arith::TruncFOp, RoundOp>(user) &&
        user->getBlock() == op->getBlock())
      narrowed = user;
  }
  bool isNarrow = narrowed && isa<Float8E4M3FNType>(
                                  getElementTypeOrSelf(narrowed->getResult(0)));
  addsUp = !isNarrow || !op.getNewSum().use_empty();
  // Of 8 bits, what is larger becomes the largest number.
  constexpr int64_t largestNarrow = 448;
  if (isNarrow && bound > largestNarrow) {
    reason = "expected a bound of speculation of at most 448 with "
             "probabilities in f8E4M3FN";
    return failure();
  }
  // What passes unseen must be finite.
  constexpr int64_t largestHalf = 32768;
  if (narrowed && getElementTypeOrSelf(narrowed->getResult(0)).isF16() &&
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

/// Has the loop carry its patience. It is another loop then, with other carried
/// values.
void Speculator::carryPatience() {
  auto loop = cast<scf::ForOp>(op->getParentOp());
  IRRewriter rewriter(builder);
  rewriter.setInsertionPoint(loop);
  none =
      arith::ConstantOp::create(rewriter, loc, rewriter.getI32IntegerAttr(0));
  auto extended = cast<scf::ForOp>(*loop.replaceWithAdditionalYields(
      rewriter, none, /*replaceInitOperandUsesInLoop=*/false,
      [&](OpBuilder &, Location, ArrayRef<BlockArgument>) {
        return SmallVector<Value>{none};
      }));
  patience = extended.getRegionIterArgs().back();
  builder.setInsertionPoint(op);
}

/// The maximum that the exponentials are taken under: the one so far, or, while
/// there is patience, the true one.
Value Speculator::createMaximum(Value moving) {
  auto branch = scf::IfOp::create(builder, loc, op.getMaximum().getType(),
                                  moving, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  // All but its maximum is dead.
  builder.setInsertionPointToStart(branch.thenBlock());
  auto whole = cast<OnlineSoftmaxOp>(builder.clone(*op));
  scf::YieldOp::create(builder, loc, whole.getNewMaximum());
  builder.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(builder, loc, op.getMaximum());
  return branch.getResult(0);
}

/// From the maximum so far to a new one.
Value Speculator::createCorrection(Value maximum) {
  // -inf - -inf is NaN; with 0 in its place the correction is exp2(-inf) = 0.
  auto rowType = cast<VectorType>(maximum.getType());
  Value unseen = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OEQ,
                                       maximum, splat(rowType, kLowest));
  Value finite = arith::SelectOp::create(builder, loc, unseen,
                                         splat(rowType, 0.0f), maximum);
  return math::Exp2Op::create(
      builder, loc, RowExponent(builder, op, finite).ofCorrection(builder));
}

/// All of it where a row's maximum, if it had one, rose by so much that the
/// next tiles may well be out of bounds; one less than before elsewhere.
Value Speculator::createNextPatience(Value maximum) {
  constexpr float kMuch = 4.0f; // Powers of two.
  constexpr int32_t kPatience = 8;
  auto rowType = cast<VectorType>(maximum.getType());
  Value rise = arith::SubFOp::create(builder, loc, maximum, op.getMaximum());
  if (!op.getScaledMaximum()) {
    Value factors = op.getFactor();
    if (factors.getType().isF32())
      factors = vector::BroadcastOp::create(builder, loc, rowType, factors);
    rise = arith::MulFOp::create(builder, loc, rise, factors);
  }
  Value first = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OEQ,
                                      op.getMaximum(), splat(rowType, kLowest));
  rise =
      arith::SelectOp::create(builder, loc, first, splat(rowType, 0.0f), rise);
  Value rises =
      AnyAboveOp::create(builder, loc, rise, builder.getF32FloatAttr(kMuch));
  auto constant = [&](int32_t value) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getI32IntegerAttr(value));
  };
  Value less = arith::MaxSIOp::create(
      builder, loc, arith::SubIOp::create(builder, loc, patience, constant(1)),
      none);
  return arith::SelectOp::create(builder, loc, rises, constant(kPatience),
                                 less);
}

/// Multiplies by a correction all that was multiplied by the op's.
void Speculator::rescaleBy(Value correction, SmallVectorImpl<Value> &results) {
  IRMapping mapping;
  mapping.map(op.getCorrection(), correction);
  std::function<void(Value)> copy = [&](Value value) {
    Operation *def = value.getDefiningOp();
    if (mapping.contains(value) ||
        !isa_and_nonnull<vector::ShapeCastOp, vector::BroadcastOp>(def) ||
        def->getBlock() != op->getBlock() || !op->isBeforeInBlock(def))
      return;
    copy(def->getOperand(0));
    builder.clone(*def, mapping);
  };
  for (const Rescale &rescale : rescales) {
    for (Value operand : rescale.product->getOperands())
      copy(operand);
    results.push_back(builder.clone(*rescale.product, mapping)->getResult(0));
  }
}

/// The way back: the whole softmax, with all that depended on its correction.
SmallVector<Value> Speculator::goBack() {
  auto whole = cast<OnlineSoftmaxOp>(builder.clone(*op));
  SmallVector<Value> results = {truncate(whole.getProbabilities()),
                                whole.getNewMaximum(), whole.getNewSum()};
  rescaleBy(whole.getCorrection(), results);
  return results;
}

/// The same of a tile whose probabilities under `maximum`, which may be the
/// true one, were not out of bounds unless it `missed`.
SmallVector<Value> Speculator::moveOn(Value missed, Value fast, Value maximum,
                                      Value sums) {
  Value zero = arith::ConstantOp::create(builder, loc,
                                         builder.getZeroAttr(sums.getType()));
  auto redo = scf::IfOp::create(
      builder, loc, ValueRange{fast, maximum, sums}.getTypes(), missed,
      /*withElseRegion=*/true);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(redo.thenBlock());
    auto whole = cast<OnlineSoftmaxOp>(builder.clone(*op));
    whole.getSumMutable().assign(zero); // Of this tile alone.
    scf::YieldOp::create(builder, loc,
                         ValueRange{truncate(whole.getProbabilities()),
                                    whole.getNewMaximum(), whole.getNewSum()});
    builder.setInsertionPointToStart(redo.elseBlock());
    scf::YieldOp::create(builder, loc, ValueRange{fast, maximum, sums});
  }
  Value newMaximum = redo.getResult(1);
  Value correction = createCorrection(newMaximum);
  Value corrected =
      arith::MulFOp::create(builder, loc, op.getSum(), correction);
  SmallVector<Value> results = {
      redo.getResult(0), newMaximum,
      arith::AddFOp::create(builder, loc, corrected, redo.getResult(2))};
  rescaleBy(correction, results);
  results.push_back(createNextPatience(newMaximum));
  return results;
}

void Speculator::rewrite() {
  Value maximum = op.getMaximum(), moving;
  if (adapts) {
    moving = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne,
                                   patience, none);
    maximum = createMaximum(moving);
  }
  // Before a row's first key the maximum is -inf, and P comes out as +inf or
  // NaN: above any bound.
  RowExponent exponent(builder, op, maximum);
  // What 8 bits round has more digits than they keep, and what is out of range
  // is found and computed again.
  auto fastMath = narrowed && getElementTypeOrSelf(narrowed->getResult(0))
                                      .getIntOrFloatBitWidth() == 8
                      ? arith::FastMathFlags::afn
                      : arith::FastMathFlags::none;
  Value probabilities =
      math::Exp2Op::create(builder, loc, exponent.ofScores(builder), fastMath);
  auto largest = static_cast<float>(bound);
  Value sums = op.getSum();
  if (addsUp) {
    Value zero = arith::ConstantOp::create(
        builder, loc, builder.getZeroAttr(maximum.getType()));
    sums = vector::MultiDimReductionOp::create(
        builder, loc, probabilities, zero, ArrayRef<bool>{false, true},
        vector::CombiningKind::ADD);
  } else {
    largest = std::min(largest, kLargestUnsaturated);
  }
  Value fast = truncate(probabilities);
  Value missed = AnyAboveOp::create(builder, loc, addsUp ? sums : fast,
                                    builder.getF32FloatAttr(largest));
  Value moved = missed;
  if (adapts)
    moved = arith::OrIOp::create(builder, loc, moving, missed);

  SmallVector<Type> types = {fast.getType(), maximum.getType(), sums.getType()};
  for (const Rescale &rescale : rescales)
    types.push_back(rescale.scaled.getType());
  if (adapts)
    types.push_back(none.getType());
  auto branch =
      scf::IfOp::create(builder, loc, types, moved, /*withElseRegion=*/true);

  builder.setInsertionPointToStart(branch.elseBlock());
  SmallVector<Value> kept = {
      fast, op.getMaximum(),
      arith::AddFOp::create(builder, loc, op.getSum(), sums)};
  for (const Rescale &rescale : rescales)
    kept.push_back(rescale.scaled);
  if (adapts)
    kept.push_back(none);
  scf::YieldOp::create(builder, loc, kept);

  builder.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(builder, loc,
                       adapts ? moveOn(missed, fast, maximum, sums) : goBack());
  if (adapts) {
    auto yield = cast<scf::YieldOp>(op->getBlock()->getTerminator());
    yield->setOperand(yield->getNumOperands() - 1, branch.getResults().back());
  }

  // What took part in the correction goes, its users first.
  if (narrowed) {
    narrowed->getResult(0).replaceAllUsesWith(branch.getResult(0));
    narrowed->erase();
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
  using AttnSpeculateMaximumBase::AttnSpeculateMaximumBase;

  void runOnOperation() override {
    SmallVector<std::pair<OnlineSoftmaxOp, int64_t>> work;
    getOperation()->walk([&](OnlineSoftmaxOp op) {
      if (std::optional<int64_t> bound = getBound(op))
        work.push_back({op, *bound});
    });
    for (auto [op, bound] : work) {
      Speculator speculation(op, bound, adapt && mayAdapt(op));
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

  /// Whether it is worth a loop's while to look at scores first. Functions of
  /// scores, and of masks that select some in whatever region, need the
  /// registers for themselves; a window has too few tiles.
  static bool mayAdapt(OnlineSoftmaxOp op) {
    if (op.getUnbounded() || lacksRegisters(op))
      return false;
    Type type = op.getScores().getType();
    WalkResult result = op->getParentOp()->walk([&](Operation *other) {
      auto select = dyn_cast<arith::SelectOp>(other);
      auto band = dyn_cast<BandMaskOp>(other);
      return (select && select.getType() == type) || (band && band.getLower())
                 ? WalkResult::interrupt()
                 : WalkResult::advance();
    });
    return !result.wasInterrupted();
  }

  /// Whether a kernel has no registers left for it: a causal mask over open
  /// sizes counts tiles in some more of them than one over static sizes, and
  /// two accumulators of 128 columns leave none.
  static bool lacksRegisters(OnlineSoftmaxOp op) {
    constexpr int64_t kColumns = 128;
    auto function = op->getParentOfType<FunctionOpInterface>();
    auto isOpen = [](Type type) {
      auto memref = dyn_cast<MemRefType>(type);
      return memref && !memref.hasStaticShape();
    };
    auto isWide = [](Type type) {
      auto vector = dyn_cast<VectorType>(type);
      return vector && vector.getRank() == 2 &&
             vector.getDimSize(1) >= kColumns;
    };
    return function && llvm::any_of(function.getArgumentTypes(), isOpen) &&
           isWide(op.getScores().getType()) &&
           llvm::any_of(op->getParentOp()->getResultTypes(), isWide) &&
           function.walk([](BandMaskOp) { return WalkResult::interrupt(); })
               .wasInterrupted();
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
