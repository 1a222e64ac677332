//===- MaskedLoop.cpp - Loops over key tiles with one mask ----------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MaskedLoop.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::attn;

//===----------------------------------------------------------------------===//
// LinearForm
//===----------------------------------------------------------------------===//

void LinearForm::add(Value value, int64_t factor) {
  auto *term =
      llvm::find_if(terms, [&](auto &entry) { return entry.first == value; });
  if (term == terms.end()) {
    if (factor != 0)
      terms.push_back({value, factor});
    return;
  }
  term->second += factor;
  if (term->second == 0)
    terms.erase(term);
}

LinearForm LinearForm::of(Value value) {
  if (std::optional<int64_t> constant = getConstantIntValue(value))
    return LinearForm(*constant);
  if (auto op = value.getDefiningOp<arith::AddIOp>())
    return of(op.getLhs()) + of(op.getRhs());
  if (auto op = value.getDefiningOp<arith::SubIOp>())
    return of(op.getLhs()) - of(op.getRhs());
  if (auto op = value.getDefiningOp<arith::MulIOp>()) {
    if (std::optional<int64_t> factor = getConstantIntValue(op.getRhs()))
      return of(op.getLhs()) * *factor;
    if (std::optional<int64_t> factor = getConstantIntValue(op.getLhs()))
      return of(op.getRhs()) * *factor;
  }
  LinearForm form;
  form.add(value, 1);
  return form;
}

LinearForm LinearForm::operator+(const LinearForm &other) const {
  LinearForm sum = *this;
  sum.constant += other.constant;
  for (auto [value, factor] : other.terms)
    sum.add(value, factor);
  return sum;
}

LinearForm LinearForm::operator*(int64_t factor) const {
  LinearForm product(constant * factor);
  for (auto [value, old] : terms)
    product.add(value, old * factor);
  return product;
}

LinearForm LinearForm::operator-(const LinearForm &other) const {
  return *this + other * -1;
}

bool LinearForm::operator==(const LinearForm &other) const {
  LinearForm difference = *this - other;
  return difference.terms.empty() && difference.constant == 0;
}

int64_t LinearForm::getFactor(Value value) const {
  for (auto [term, factor] : terms)
    if (term == value)
      return factor;
  return 0;
}

Value LinearForm::materialize(OpBuilder &builder, Location loc) const {
  Value sum;
  // Terms with a positive factor first: a difference is then one subtraction.
  for (bool positive : {true, false}) {
    for (auto [value, factor] : terms) {
      if ((factor > 0) != positive)
        continue;
      int64_t size = sum ? std::abs(factor) : factor;
      Value term = value;
      if (size != 1)
        term = arith::MulIOp::create(
            builder, loc, value,
            arith::ConstantIndexOp::create(builder, loc, size));
      if (!sum)
        sum = term;
      else if (positive)
        sum = arith::AddIOp::create(builder, loc, sum, term);
      else
        sum = arith::SubIOp::create(builder, loc, sum, term);
    }
  }
  if (sum && constant == 0)
    return sum;
  Value offset = arith::ConstantIndexOp::create(builder, loc, constant);
  return sum ? arith::AddIOp::create(builder, loc, sum, offset) : offset;
}

//===----------------------------------------------------------------------===//
// Matching
//===----------------------------------------------------------------------===//

/// Whether a value has the same value in all iterations; if it is computed in
/// the loop, whether that can be moved out of it.
static bool isInvariant(Value value, scf::ForOp loop) {
  if (loop.isDefinedOutsideOfLoop(value))
    return true;
  Operation *op = value.getDefiningOp();
  return op && op->getNumRegions() == 0 && isPure(op) &&
         llvm::all_of(op->getOperands(), [&](Value operand) {
           return isInvariant(operand, loop);
         });
}

static void moveOutOfLoop(Value value, scf::ForOp loop) {
  if (loop.isDefinedOutsideOfLoop(value))
    return;
  Operation *op = value.getDefiningOp();
  for (Value operand : op->getOperands())
    moveOutOfLoop(operand, loop);
  op->moveBefore(loop);
}

static bool isInnermost(scf::ForOp loop) {
  WalkResult result = loop.getBody()->walk(
      [](LoopLikeOpInterface) { return WalkResult::interrupt(); });
  return !result.wasInterrupted();
}

llvm::MapVector<scf::ForOp, SmallVector<BandMaskOp>>
MaskedLoop::collect(Operation *root) {
  llvm::MapVector<scf::ForOp, SmallVector<BandMaskOp>> loops;
  root->walk([&](BandMaskOp mask) {
    auto loop = dyn_cast<scf::ForOp>(mask->getParentOp());
    // One around the loop over keys is over tiles of rows.
    if (loop && isInnermost(loop))
      loops[loop].push_back(mask);
  });
  return loops;
}

FailureOr<MaskedLoop> MaskedLoop::match(scf::ForOp loop,
                                        ArrayRef<BandMaskOp> masks,
                                        std::string &reason) {
  auto fail = [&](const Twine &text) {
    reason = text.str();
    return failure();
  };
  if (masks.size() != 1)
    return fail("expected one attn.band_mask in the loop, but got " +
                Twine(masks.size()));
  if (!loop.getInductionVar().getType().isIndex())
    return fail("expected an induction variable of type index");
  if (std::optional<int64_t> loopStep = getConstantIntValue(loop.getStep());
      loopStep != 1)
    return fail("expected a loop of step 1, but got " +
                (loopStep ? Twine(*loopStep) : Twine("an unknown one")));
  if (loop.getUnsignedCmp())
    return fail("expected a loop with signed bounds");
  BandMaskOp mask = masks.front();
  Value origin = mask.getKeyOrigin();
  LinearForm form = LinearForm::of(origin);
  for (auto [value, factor] : form.getTerms())
    if (value != loop.getInductionVar() && !isInvariant(value, loop))
      return fail("expected a key origin that is affine in the induction "
                  "variable");
  if (form.getFactor(loop.getInductionVar()) == 0)
    return fail("expected a key origin that depends on the induction variable");
  for (Value bound : {mask.getQueryOrigin(), mask.getExtent(), mask.getLower(),
                      mask.getUpper()})
    if (bound && !isInvariant(bound, loop))
      return fail("expected a query origin and bounds that do not change in "
                  "the loop");
  for (auto [value, factor] : form.getTerms())
    if (value != loop.getInductionVar())
      moveOutOfLoop(value, loop);
  for (Value bound : {mask.getQueryOrigin(), mask.getExtent(), mask.getLower(),
                      mask.getUpper()})
    if (bound)
      moveOutOfLoop(bound, loop);
  return MaskedLoop(loop, mask);
}

MaskedLoop::MaskedLoop(scf::ForOp loop, BandMaskOp mask)
    : loop(loop), mask(mask),
      queryOrigin(LinearForm::of(mask.getQueryOrigin())) {
  auto type = cast<VectorType>(mask.getScores().getType());
  // Rows at one position see the same keys.
  rows = type.getDimSize(0) / static_cast<int64_t>(mask.getRowGroup());
  columns = type.getDimSize(1);
  Value iv = loop.getInductionVar();
  base = LinearForm::of(mask.getKeyOrigin());
  step = base.getFactor(iv);
  base = base - LinearForm::of(iv) * step;
}

//===----------------------------------------------------------------------===//
// Ranges
//===----------------------------------------------------------------------===//

/// form / |step|, rounded up or down.
LinearForm MaskedLoop::divide(OpBuilder &builder, const LinearForm &form,
                              bool up) {
  int64_t divisor = std::abs(step);
  // What is a multiple of the divisor leaves the division.
  LinearForm whole, rest(form.getConstant());
  for (auto [value, factor] : form.getTerms()) {
    LinearForm &part = factor % divisor == 0 ? whole : rest;
    part = part + LinearForm::of(value) *
                      (factor % divisor == 0 ? factor / divisor : factor);
  }
  if (rest.getTerms().empty()) {
    int64_t constant = rest.getConstant();
    return whole + LinearForm(up ? llvm::divideCeilSigned(constant, divisor)
                                 : llvm::divideFloorSigned(constant, divisor));
  }
  Location loc = loop.getLoc();
  Value dividend = rest.materialize(builder, loc);
  Value by = arith::ConstantIndexOp::create(builder, loc, divisor);
  Value quotient =
      up ? Value(arith::CeilDivSIOp::create(builder, loc, dividend, by))
         : Value(arith::FloorDivSIOp::create(builder, loc, dividend, by));
  return whole + LinearForm::of(quotient);
}

void MaskedLoop::startAt(OpBuilder &builder, const LinearForm &iteration,
                         IterationRange &range) {
  std::optional<int64_t> old = getConstantIntValue(range.begin);
  if (old && iteration.getTerms().empty() && iteration.getConstant() <= *old)
    return;
  range.begin = builder.createOrFold<arith::MaxSIOp>(
      loop.getLoc(), range.begin,
      iteration.materialize(builder, loop.getLoc()));
}

void MaskedLoop::stopAt(OpBuilder &builder, const LinearForm &iteration,
                        IterationRange &range) {
  std::optional<int64_t> old = getConstantIntValue(range.end);
  if (old && iteration.getTerms().empty() && iteration.getConstant() >= *old)
    return;
  range.end = builder.createOrFold<arith::MinSIOp>(
      loop.getLoc(), range.end, iteration.materialize(builder, loop.getLoc()));
}

// With falling keys, origin(iv) = base − s·iv:
//   origin ≤ limit  ⇔  iv ≥ ⌈(base − limit) / s⌉
//   origin ≥ limit  ⇔  iv < ⌊(base − limit) / s⌋ + 1
// and with rising keys, origin(iv) = base + s·iv, the other way round.

void MaskedLoop::keepAtMost(OpBuilder &builder, const LinearForm &limit,
                            IterationRange &range) {
  if (step < 0)
    return startAt(builder, divide(builder, base - limit, /*up=*/true), range);
  LinearForm last = divide(builder, limit - base, /*up=*/false);
  stopAt(builder, last + LinearForm(1), range);
}

void MaskedLoop::keepAtLeast(OpBuilder &builder, const LinearForm &limit,
                             IterationRange &range) {
  if (step > 0)
    return startAt(builder, divide(builder, limit - base, /*up=*/true), range);
  LinearForm last = divide(builder, base - limit, /*up=*/false);
  stopAt(builder, last + LinearForm(1), range);
}

/// k where the key origin is extent − count + (⌈count / N⌉ − 1 − k − iv) · N
/// for some count of keys, all of them or those of a range: iteration −k has
/// the last tile. Nullopt where it is not of that form.
std::optional<int64_t> MaskedLoop::getDistanceFromTop() {
  if (step != -columns)
    return std::nullopt;
  LinearForm extent = LinearForm::of(mask.getExtent());
  for (auto [value, factor] : base.getTerms()) {
    Value dividend, divisor;
    if (auto op = value.getDefiningOp<arith::CeilDivUIOp>()) {
      dividend = op.getLhs();
      divisor = op.getRhs();
    } else if (auto op = value.getDefiningOp<arith::CeilDivSIOp>()) {
      dividend = op.getLhs();
      divisor = op.getRhs();
    } else {
      continue;
    }
    if (getConstantIntValue(divisor) != columns)
      continue;
    LinearForm rest = extent - LinearForm::of(dividend) +
                      LinearForm::of(value) * columns - LinearForm(columns) -
                      base;
    if (rest.getTerms().empty() && rest.getConstant() % columns == 0)
      return rest.getConstant() / columns;
  }
  return std::nullopt;
}

/// Puts bounds that were narrowed between the loop's own, so that an empty
/// range is one whose ends are equal.
static void clamp(OpBuilder &builder, scf::ForOp loop, IterationRange &range) {
  if (range.begin != loop.getLowerBound())
    range.begin = builder.createOrFold<arith::MinSIOp>(
        loop.getLoc(), range.begin, loop.getUpperBound());
  if (range.end != loop.getUpperBound())
    range.end = builder.createOrFold<arith::MaxSIOp>(loop.getLoc(), range.end,
                                                     range.begin);
}

IterationRange MaskedLoop::getVisibleRange(OpBuilder &builder) {
  IterationRange range = {loop.getLowerBound(), loop.getUpperBound()};
  if (Value extent = mask.getExtent()) {
    // The last tile begins before the end of the keys.
    if (std::optional<int64_t> distance = getDistanceFromTop())
      startAt(builder, LinearForm(-*distance), range);
    else
      keepAtMost(builder, LinearForm::of(extent) - LinearForm(1), range);
  }
  // The corner of the tile nearest to the bound is its last row and first
  // column for `upper`, its first row and last column for `lower`.
  if (Value upper = mask.getUpper())
    keepAtMost(builder,
               LinearForm::of(upper) + queryOrigin + LinearForm(rows - 1),
               range);
  if (Value lower = mask.getLower())
    keepAtLeast(builder,
                LinearForm::of(lower) + queryOrigin - LinearForm(columns - 1),
                range);
  clamp(builder, loop, range);
  return range;
}

IterationRange MaskedLoop::getFullRange(OpBuilder &builder) {
  IterationRange range = {loop.getLowerBound(), loop.getUpperBound()};
  if (Value extent = mask.getExtent()) {
    // Only the last tile can reach beyond the end of the keys; a constant
    // bound tells later passes more than the exact one would.
    if (std::optional<int64_t> distance = getDistanceFromTop())
      startAt(builder, LinearForm(1 - *distance), range);
    else
      keepAtMost(builder, LinearForm::of(extent) - LinearForm(columns), range);
  }
  // Here the corners furthest from the bound count.
  if (Value upper = mask.getUpper())
    keepAtMost(builder,
               LinearForm::of(upper) + queryOrigin - LinearForm(columns - 1),
               range);
  if (Value lower = mask.getLower())
    keepAtLeast(builder,
                LinearForm::of(lower) + queryOrigin + LinearForm(rows - 1),
                range);
  clamp(builder, loop, range);
  return range;
}
