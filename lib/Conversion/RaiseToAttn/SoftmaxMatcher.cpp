//===- SoftmaxMatcher.cpp - Softmaxes, and what is nearly one -------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttentionMatcher.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Support/DebugStringHelper.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::attn;

using Kind = ScalarNode::Kind;

/// The factor of the exponent by which a function is an exponential to base e.
static std::optional<double> getBase(const ScalarNode *node) {
  if (isOp<math::ExpOp>(node))
    return 1;
  if (isOp<math::Exp2Op>(node))
    return std::log(2.0);
  return std::nullopt;
}

std::string AttentionMatcher::describe(Operation *op) {
  return op ? ("'" + op->getName().getStringRef() + "'").str() : "an argument";
}

std::string AttentionMatcher::describe(const ScalarNode *node) {
  switch (node->kind) {
  case Kind::Operation:
    return describe(node->op);
  case Kind::Reduction:
    return "a reduction by " + describe(node->op);
  case Kind::Element:
    return describe(node->tensor.getDefiningOp());
  case Kind::Product:
    return "a product";
  case Kind::Softmax:
    return "a softmax";
  case Kind::Index:
    return "a place";
  case Kind::Scalar:
    return node->constant ? debugString(node->constant) : "a scalar";
  }
  llvm_unreachable("unknown kind");
}

static std::string describeSize(int64_t size) {
  return ShapedType::isDynamic(size) ? "?" : std::to_string(size);
}

std::string AttentionMatcher::describeReduced(const ScalarNode &reduction,
                                              ScalarNode *reduced) {
  if (reduced)
    return describe(skipConversions(reduced));
  auto op = reduction.tensor.getDefiningOp<linalg::LinalgOp>();
  std::optional<unsigned> loop = getReducedLoop(op);
  if (!loop)
    return "several dimensions";
  int64_t size = op.getStaticLoopRanges()[*loop];
  int64_t wanted = expressions.getSize(keys);
  if (size != wanted)
    return describeSize(size) + " numbers for " + describeSize(wanted) +
           " keys";
  return "computed indices";
}

bool AttentionMatcher::matchHiddenRow(const ScalarNode *condition, bool ifTrue,
                                      ScalarNode *score) {
  // Both of what is true of a row and of what is true of an element.
  auto skipNegations = [&](const ScalarNode *node) {
    while (isOp<arith::XOrIOp>(node)) {
      unsigned at = isTrue(node->operands[0]) ? 0 : 1;
      if (!isTrue(node->operands[at]))
        break;
      ifTrue = !ifTrue;
      node = node->operands[1 - at];
    }
    return node;
  };
  condition = skipNegations(condition);
  if (condition->kind != Kind::Element)
    return false;
  // All are hidden; or not: any is not hidden.
  Operation *reducer = getReducer(*condition);
  if (!(ifTrue ? isa_and_nonnull<arith::AndIOp>(reducer)
               : isa_and_nonnull<arith::OrIOp>(reducer)) ||
      !condition->type.isInteger(1))
    return false;
  const ScalarNode *init = expressions.evaluateInit(*condition);
  auto begin = dyn_cast_if_present<IntegerAttr>(init->constant);
  if (!begin || begin.getValue().isOne() != ifTrue)
    return false;
  const ScalarNode *each = expressions.evaluateReduced(*condition, keys);
  if (!each)
    return false;
  each = skipNegations(each);
  if (!isOp<arith::CmpFOp>(each))
    return false;
  auto predicate = cast<arith::CmpFOp>(each->op).getPredicate();
  // A NaN is not hidden: the row is one of NaN, before and after.
  if (predicate !=
      (ifTrue ? arith::CmpFPredicate::OEQ : arith::CmpFPredicate::UNE))
    return false;
  unsigned at =
      getConstant(each->operands[0]) == -std::numeric_limits<double>::infinity()
          ? 0
          : 1;
  return getConstant(each->operands[at]) ==
             -std::numeric_limits<double>::infinity() &&
         expressions.areEqual(skipConversions(each->operands[1 - at]),
                              skipConversions(score));
}

bool AttentionMatcher::isNaN(const ScalarNode *condition, bool ifTrue,
                             const ScalarNode *number) const {
  if (!isOp<arith::CmpFOp>(condition) ||
      !expressions.areEqual(condition->operands[0], condition->operands[1]) ||
      !expressions.areEqual(skipConversions(condition->operands[0]),
                            skipConversions(const_cast<ScalarNode *>(number))))
    return false;
  auto predicate = cast<arith::CmpFOp>(condition->op).getPredicate();
  return ifTrue ? predicate == arith::CmpFPredicate::UNO ||
                      predicate == arith::CmpFPredicate::UNE
                : predicate == arith::CmpFPredicate::ORD ||
                      predicate == arith::CmpFPredicate::OEQ;
}

bool AttentionMatcher::isHiddenUnless(const ScalarNode *condition,
                                      ScalarNode *score) const {
  score = skipConversions(score);
  return isOp<arith::SelectOp>(score) &&
         getConstant(score->operands[2]) ==
             -std::numeric_limits<double>::infinity() &&
         expressions.areEqual(score->operands[0], condition);
}

ScalarNode *AttentionMatcher::skipFinite(ScalarNode *maximum) {
  if (!isOp<arith::SelectOp>(maximum) ||
      getConstant(maximum->operands[2]) != 0.0)
    return maximum;
  // |m| < inf, or |m| != inf.
  const ScalarNode *condition = maximum->operands[0];
  ScalarNode *number = maximum->operands[1];
  if (!isOp<arith::CmpFOp>(condition) ||
      getConstant(condition->operands[1]) !=
          std::numeric_limits<double>::infinity() ||
      !isOp<math::AbsFOp>(condition->operands[0]) ||
      !expressions.areEqual(condition->operands[0]->operands[0], number))
    return maximum;
  switch (cast<arith::CmpFOp>(condition->op).getPredicate()) {
  case arith::CmpFPredicate::ONE:
  case arith::CmpFPredicate::UNE:
  case arith::CmpFPredicate::OLT:
  case arith::CmpFPredicate::ULT:
    return skipConversions(number);
  default:
    return maximum;
  }
}

/// The sum of exponentials that a node is the logarithm of, to the base of an
/// exponential; null if it is none.
static ScalarNode *getSumBelow(ScalarNode *node,
                               const ScalarNode *exponential) {
  node = skipConversions(node);
  if (!(isOp<math::LogOp>(node) && isOp<math::ExpOp>(exponential)) &&
      !(isOp<math::Log2Op>(node) && isOp<math::Exp2Op>(exponential)))
    return nullptr;
  node = skipConversions(node->operands[0]);
  // No sum of them is negative.
  if (isOp<math::AbsFOp>(node))
    node = skipConversions(node->operands[0]);
  return node->kind == Kind::Reduction && isa<arith::AddFOp>(node->op)
             ? node
             : nullptr;
}

std::pair<ScalarNode *, ScalarNode *>
AttentionMatcher::matchLogarithm(ScalarNode *node) {
  if (!getBase(node))
    return {};
  ScalarNode *exponent = skipConversions(node->operands[0]);
  if (!isOp<arith::SubFOp>(exponent))
    return {};
  ScalarNode *minuend = skipConversions(exponent->operands[0]);
  ScalarNode *subtrahend = skipConversions(exponent->operands[1]);
  auto getExponential = [&](ScalarNode *sum) -> ScalarNode * {
    ScalarNode *added = sum ? expressions.evaluateReduced(*sum, keys) : nullptr;
    added = added ? skipConversions(added) : nullptr;
    return added && getBase(added) && getBase(added) == getBase(node) ? added
                                                                      : nullptr;
  };
  // exp((s - m) - log l).
  ScalarNode *sum = getSumBelow(subtrahend, node);
  if (ScalarNode *added = getExponential(sum))
    return expressions.areEqual(skipConversions(added->operands[0]), minuend)
               ? std::pair(added, sum)
               : std::pair<ScalarNode *, ScalarNode *>();
  // exp(s - (m + log l)).
  if (!isOp<arith::AddFOp>(subtrahend))
    return {};
  for (unsigned i : {0, 1}) {
    sum = getSumBelow(subtrahend->operands[i], node);
    ScalarNode *added = getExponential(sum);
    ScalarNode *difference =
        added ? skipConversions(added->operands[0]) : nullptr;
    if (difference && isOp<arith::SubFOp>(difference) &&
        expressions.areEqual(skipConversions(difference->operands[0]),
                             minuend) &&
        expressions.areEqual(skipConversions(difference->operands[1]),
                             skipConversions(subtrahend->operands[1 - i])))
      return {added, sum};
  }
  return {};
}

ScalarNode *AttentionMatcher::matchSoftmaxOp(const ScalarNode &node) {
  auto op = node.tensor.getDefiningOp<linalg::SoftmaxOp>();
  if (expressions.resolve(node.coordinates[op.getDimension()]) !=
      expressions.resolve(keys))
    return fail("expected a softmax over the dimension that the product adds "
                "up, but got one over dimension " +
                Twine(op.getDimension()));
  if (int64_t size = op.getInputOperandType().getDimSize(op.getDimension());
      size != expressions.getSize(keys))
    return fail("expected a softmax over " +
                describeSize(expressions.getSize(keys)) +
                " keys, but got one over " + describeSize(size));
  if (isTooNarrow(node.type))
    return fail("expected a softmax of 16 bits or more, but got " +
                debugString(node.type));
  return expressions.evaluate(op.getInput(), node.coordinates);
}

ScalarNode *AttentionMatcher::matchZeroed(ScalarNode *node) {
  for (unsigned zero : {1, 2}) {
    if (getConstant(node->operands[zero]) != 0.0)
      continue;
    ScalarNode *weight = node->operands[3 - zero];
    ScalarNode *score = matchSoftmax(weight);
    // For each key that is not seen, for weights that are NaN, as they are
    // there, or for rows whose scores are all -inf.
    const ScalarNode *condition = node->operands[0];
    if (!score || !((zero == 2 && isHiddenUnless(condition, score)) ||
                    isNaN(condition, /*ifTrue=*/zero == 1, weight) ||
                    matchHiddenRow(condition, /*ifTrue=*/zero == 1, score)))
      return nullptr;
    hiddenRowsAreZero = true;
    return score;
  }
  return nullptr;
}

std::pair<ScalarNode *, ScalarNode *>
AttentionMatcher::matchQuotient(ScalarNode *node) {
  if (isOp<arith::DivFOp>(node))
    return {skipConversions(node->operands[0]),
            skipConversions(node->operands[1])};
  if (!isOp<arith::MulFOp>(node))
    return matchLogarithm(node);
  for (unsigned i : {0, 1}) {
    ScalarNode *inverse = skipConversions(node->operands[i]);
    if (isOp<arith::DivFOp>(inverse) &&
        getConstant(inverse->operands[0]) == 1.0)
      return {skipConversions(node->operands[1 - i]),
              skipConversions(inverse->operands[1])};
  }
  return {};
}

bool AttentionMatcher::matchSum(ScalarNode *numerator, ScalarNode *sum,
                                const ScalarNode *&visible) {
  if (!beginsWithZero(sum))
    return refuse(
        "expected a sum of the exponentials that begins with 0, but got " +
        describe(expressions.evaluateInit(*sum)));
  ScalarNode *added = expressions.evaluateReduced(*sum, keys);
  // jax.nn.softmax adds 0 for keys that are not seen, as their exponentials
  // are.
  if (added && isOp<arith::SelectOp>(skipConversions(added)) &&
      getConstant(skipConversions(added)->operands[2]) == 0.0) {
    visible = skipConversions(added)->operands[0];
    added = skipConversions(added)->operands[1];
  }
  if (added && expressions.areEqual(skipConversions(added), numerator))
    return true;
  return refuse("expected the sum to be that of the exponentials over the "
                "keys, but got that of " +
                describeReduced(*sum, added));
}

ScalarNode *AttentionMatcher::matchDifference(ScalarNode *numerator,
                                              double base) {
  // A factor of the difference is one of the scores.
  ScalarNode *difference = skipConversions(numerator->operands[0]);
  power = base;
  while (isOp<arith::MulFOp, arith::DivFOp>(difference)) {
    bool isProduct = isOp<arith::MulFOp>(difference);
    unsigned at = isProduct && getConstant(difference->operands[0]) ? 0 : 1;
    std::optional<double> factor = getConstant(difference->operands[at]);
    if (!factor)
      break;
    power = isProduct ? power * *factor : power / *factor;
    difference = skipConversions(difference->operands[1 - at]);
  }
  if (!(power > 0) || !std::isfinite(power))
    return fail("expected a positive factor of the exponents, but got " +
                debugString(FloatAttr::get(numerator->type, power / base)));
  if (!isOp<arith::SubFOp>(difference))
    return fail(
        "expected the exponential of a difference from the maximum, but "
        "got that of " +
        describe(difference));
  return difference;
}

ScalarNode *AttentionMatcher::matchMaximum(ScalarNode *maximum,
                                           ScalarNode *score) {
  maximum = skipFinite(skipConversions(maximum));
  // An exporter may take the larger of it and -inf, its first value, once more.
  if (isOp<arith::MaximumFOp, arith::MaxNumFOp>(maximum))
    for (unsigned i : {0, 1})
      if (getConstant(maximum->operands[i]).value_or(0) <= kLowest) {
        maximum = skipConversions(maximum->operands[1 - i]);
        break;
      }
  if (maximum->kind != Kind::Reduction || isa<arith::AddFOp>(maximum->op))
    return fail(
        "expected the exponential of a difference from the maximum, but "
        "got one from " +
        describe(maximum));
  ScalarNode *compared = expressions.evaluateReduced(*maximum, keys);
  if (!compared ||
      !expressions.areEqual(skipConversions(compared), skipConversions(score)))
    return fail(
        "expected the maximum to be that of the scores over the keys, but "
        "got that of " +
        describeReduced(*maximum, compared));
  // From a larger number all exponentials may be 0, and so is their sum.
  const ScalarNode *init = expressions.evaluateInit(*maximum);
  if (std::optional<double> lowest = getConstant(init);
      !lowest || *lowest > kLowest)
    return fail("expected a maximum that begins with " +
                Twine(static_cast<int64_t>(kLowest)) + " or less, but got " +
                describe(init));
  leastMaximum = *getConstant(init);
  return maximum;
}

ScalarNode *AttentionMatcher::matchSoftmax(ScalarNode *node) {
  node = skipConversions(node);
  if (node->kind == Kind::Softmax)
    return matchSoftmaxOp(*node);
  if (isOp<arith::SelectOp>(node))
    return matchZeroed(node);
  auto [numerator, sum] = matchQuotient(node);
  if (!numerator)
    return nullptr;
  if (numerator->kind == Kind::Reduction && getBase(sum))
    return fail("expected the exponentials to be divided by their sum, but "
                "got the sum divided by them",
                node->op);
  std::optional<double> base = getBase(numerator);
  bool isBySum = sum->kind == Kind::Reduction && isa<arith::AddFOp>(sum->op);
  if (!base && !isBySum)
    return nullptr;
  if (!isBySum)
    return fail(
        "expected the exponentials to be divided by their sum, but got " +
            describe(sum),
        node->op);
  if (!base)
    return fail("expected exponentials to base e or 2, but got " +
                    describe(numerator),
                numerator->op);
  const ScalarNode *visible = nullptr;
  if (!matchSum(numerator, sum, visible))
    return nullptr;
  ScalarNode *difference = matchDifference(numerator, *base);
  if (!difference)
    return nullptr;
  ScalarNode *score = difference->operands[0];
  if (visible && !isHiddenUnless(visible, score))
    return fail("expected exponentials to be added up as they are where scores "
                "are not -inf, but got 'arith.select' of them");
  ScalarNode *maximum = matchMaximum(difference->operands[1], score);
  if (!maximum)
    return nullptr;
  for (const ScalarNode *each : {numerator, sum, difference, maximum})
    if (isTooNarrow(each->type))
      return fail("expected a softmax of 16 bits or more, but got " +
                  debugString(each->type));
  return score;
}

//===----------------------------------------------------------------------===//
// What is nearly one
//===----------------------------------------------------------------------===//

bool AttentionMatcher::containsNode(
    const ScalarNode *node, llvm::function_ref<bool(const ScalarNode *)> isIt) {
  SmallPtrSet<const ScalarNode *, 16> seen;
  SmallPtrSet<Operation *, 4> seenOps;
  SmallVector<const ScalarNode *> left = {node};
  while (!left.empty()) {
    const ScalarNode *next = left.pop_back_val();
    if (!seen.insert(next).second)
      continue;
    if (isIt(next))
      return true;
    llvm::append_range(left, next->operands);
    // Slices and the like, and reads at computed places: what they are made of,
    // at any place.
    Operation *op = next->kind == Kind::Element ? next->tensor.getDefiningOp()
                    : isOp<tensor::ExtractOp>(next) ? next->op
                                                    : nullptr;
    if (!op || !seenOps.insert(op).second)
      continue;
    auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
    if (linalgOp ? linalgOp.getNumReductionLoops() != 0
                 : !isa<tensor::TensorDialect>(op->getDialect()))
      continue;
    for (Value operand : op->getOperands())
      if (auto type = dyn_cast<RankedTensorType>(operand.getType()))
        left.push_back(expressions.evaluate(
            operand, expressions.makeCoordinates(type.getShape())));
  }
  return false;
}

bool AttentionMatcher::containsSoftmax(const ScalarNode *node) {
  auto isMaximum = [](const ScalarNode *each) {
    return each->kind == Kind::Reduction && !isa<arith::AddFOp>(each->op);
  };
  return containsNode(node, [&](const ScalarNode *each) {
    if (each->kind == Kind::Softmax)
      return true;
    // Other activations have exponentials too, but not of a difference from a
    // maximum, and do not add them up.
    if (isOp<math::ExpOp, math::Exp2Op, math::ExpM1Op, math::PowFOp>(each))
      return containsNode(each, isMaximum);
    if (each->kind != Kind::Reduction || isMaximum(each))
      return false;
    auto op = each->tensor.getDefiningOp<linalg::LinalgOp>();
    std::optional<unsigned> loop = getReducedLoop(op);
    if (!loop)
      return false;
    ScalarNode *added = expressions.evaluateReduced(
        *each, expressions.makeCoordinate(op.getStaticLoopRanges()[*loop]));
    return added && getBase(skipConversions(added));
  });
}

bool AttentionMatcher::multipliesSoftmax() {
  // What reads less than all of the result's places is not normalised, or
  // averaged, but multiplied with something of more dimensions.
  SmallVector<unsigned> parallel;
  product.getParallelDims(parallel);
  return llvm::any_of(product.getDpsInputOperands(), [&](OpOperand *input) {
    auto type = dyn_cast<RankedTensorType>(input->get().getType());
    AffineMap map = product.getMatchingIndexingMap(input);
    return type &&
           !llvm::all_of(
               parallel,
               [&](unsigned dim) { return map.isFunctionOfDim(dim); }) &&
           containsSoftmax(expressions.evaluate(
               input->get(), expressions.makeCoordinates(type.getShape())));
  });
}

bool AttentionMatcher::refuseFactor(const ScalarNode *factor) {
  factor = skipConversions(const_cast<ScalarNode *>(factor));
  if (isOp<arith::TruncFOp>(factor))
    return refuse("expected a softmax of 16 bits or more, but got " +
                      debugString(factor->type),
                  factor->op);
  if (factor->kind == Kind::Element &&
      factor->tensor.getDefiningOp<tensor::ReshapeOp>())
    return refuse("expected a softmax to be multiplied with V, but got one "
                  "that is reshaped by computed sizes; run "
                  "int-range-optimizations and canonicalize first",
                  factor->tensor.getDefiningOp());
  if (getBase(factor))
    return refuse("expected the exponentials to be divided by their sum before "
                  "they are multiplied with V",
                  factor->op);
  if (isOp<arith::SubFOp>(factor) &&
      containsNode(factor, [](const ScalarNode *each) {
        return isOp<math::LogOp>(each);
      }))
    return refuse("expected a softmax to be multiplied with V, but got the "
                  "logarithm of one",
                  factor->op);
  return refuse("expected a softmax to be multiplied with V, but got " +
                    describe(factor) + " of one",
                factor->op);
}
