//===- AttentionMatcher.cpp - Attention written out in linalg -------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttentionMatcher.h"
#include "MaskTable.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/Support/DebugStringHelper.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::attn;

using Kind = ScalarNode::Kind;

//===----------------------------------------------------------------------===//
// Expressions
//===----------------------------------------------------------------------===//

bool AttentionMatcher::isScaledProduct(const ScalarNode *node, double &factor) {
  node = skipConversions(const_cast<ScalarNode *>(node));
  if (node->kind == Kind::Product) {
    factor = 1;
    return true;
  }
  if (!isOp<arith::MulFOp, arith::DivFOp>(node))
    return false;
  if (std::optional<double> by = getConstant(node->operands[1]);
      by && isScaledProduct(node->operands[0], factor)) {
    factor = isOp<arith::MulFOp>(node) ? factor * *by : factor / *by;
    return true;
  }
  std::optional<double> by = getConstant(node->operands[0]);
  if (!by || !isOp<arith::MulFOp>(node) ||
      !isScaledProduct(node->operands[1], factor))
    return false;
  factor *= *by;
  return true;
}

bool AttentionMatcher::refuse(const Twine &why, Operation *at) {
  if (reason.empty()) {
    reason = why.str();
    where = at;
  }
  return false;
}

bool AttentionMatcher::beginsWithZero(const ScalarNode *node) {
  std::optional<double> init = getConstant(expressions.evaluateInit(*node));
  return init && *init == 0;
}

//===----------------------------------------------------------------------===//
// Scores
//===----------------------------------------------------------------------===//

bool AttentionMatcher::collect(ScalarNode *node,
                               SmallVectorImpl<ScalarNode *> &products,
                               SmallVectorImpl<double> &factors,
                               SmallPtrSetImpl<ScalarNode *> &seen) {
  if (!seen.insert(node).second)
    return true;
  double factor;
  if (isScaledProduct(node, factor)) {
    factors.push_back(factor);
    ScalarNode *below = node;
    while (below->kind != Kind::Product)
      below = getConstant(below->operands[0]) ? below->operands[1]
                                              : below->operands[0];
    if (llvm::none_of(products, [&](ScalarNode *known) {
          return expressions.areEqual(known, below);
        }))
      products.push_back(below);
    return true;
  }
  if (auto op = node->kind == Kind::Reduction
                    ? node->tensor.getDefiningOp<linalg::LinalgOp>()
                    : linalg::LinalgOp();
      op && getAddedProduct(op))
    return refuse("expected a product of Q and K as they are, or times "
                  "constants, but got one that computes them; raise before "
                  "other operations are fused into it",
                  op);
  if (node->kind == Kind::Reduction || node->kind == Kind::Softmax)
    return refuse("expected scores that are computed element by element, but "
                  "got " +
                  describe(node));
  if (isOp<arith::TruncFOp>(node) && isTooNarrow(node->type))
    return refuse("expected scores of 16 bits or more, but got " +
                      debugString(node->type),
                  node->op);
  return llvm::all_of(node->operands, [&](ScalarNode *operand) {
    return collect(operand, products, factors, seen);
  });
}

bool AttentionMatcher::matchScore(ScalarNode *node) {
  SmallVector<ScalarNode *> products;
  SmallVector<double> factors;
  SmallPtrSet<ScalarNode *, 16> seen;
  if (!collect(node, products, factors, seen))
    return false;
  if (products.empty())
    return refuse("expected scores that are made of a product of Q and K, but "
                  "got " +
                  describe(skipConversions(node)));
  if (products.size() != 1)
    return refuse("expected scores of one product of Q and K, but got " +
                  Twine(products.size()));
  dot = products.front();
  scale = llvm::all_equal(factors) ? factors.front() : 1;
  double factor;
  if (isScaledProduct(node, factor))
    scale *= std::exchange(power, 1);
  else
    score = node;
  return true;
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

static bool contains(ArrayRef<Coordinate> coordinates, unsigned digit) {
  return llvm::any_of(coordinates, [&](const Coordinate &coordinate) {
    return llvm::is_contained(coordinate, digit);
  });
}

bool AttentionMatcher::matchFirstProduct() {
  auto op = dot->tensor.getDefiningOp<linalg::LinalgOp>();
  std::optional<unsigned> loop = getReducedLoop(op);
  std::optional<Coordinates> loops =
      expressions.getLoops(op, 0, dot->coordinates);
  if (!loop || !loops)
    return refuse("expected a product of Q and K that adds up one dimension, "
                  "but got " +
                  Twine(op.getNumReductionLoops()));
  if (!beginsWithZero(dot))
    return refuse("expected a product of Q and K that begins with 0, but got " +
                  describe(expressions.evaluateInit(*dot)));
  if (isTooNarrow(dot->type))
    return refuse("expected scores of 16 bits or more, but got " +
                  debugString(dot->type));
  features = expressions.makeCoordinate(op.getStaticLoopRanges()[*loop]);
  (*loops)[*loop] = features;
  Value tensors[2];
  Coordinates at[2];
  for (unsigned i : {0, 1}) {
    Value operand = getAddedProduct(op).getOperand(i);
    Type narrow;
    OpOperand *input = expressions.getFactoredInput(op, operand, *loops,
                                                    operandFactor, narrow);
    while (auto widened = operand.getDefiningOp<arith::ExtFOp>())
      operand = widened.getIn();
    if (!input)
      return refuse("expected Q and K to be multiplied as they are, or times a "
                    "constant, but got " +
                        describe(operand.getDefiningOp()) + " of one",
                    op);
    std::optional<Coordinates> access =
        expressions.getAccess(op.getMatchingIndexingMap(input), *loops);
    if (!access)
      return refuse("expected a product of Q and K without computed indices, "
                    "but got " +
                    debugString(op.getMatchingIndexingMap(input)));
    tensors[i] = input->get();
    at[i] = *access;
    expressions.traceFactors(tensors[i], at[i], operandFactor, narrow);
    if (narrow && getElementTypeOrSelf(tensors[i]) != narrow)
      return refuse("expected Q and K to be multiplied as they are, or times a "
                    "constant, but got 'arith.truncf' of one",
                    op);
  }
  keys = expressions.resolve(keys);
  bool inKeys[2];
  for (unsigned i : {0, 1})
    inKeys[i] = llvm::any_of(keys, [&](unsigned digit) {
      return contains(expressions.resolveAll(at[i]), digit);
    });
  if (inKeys[0] == inKeys[1])
    return refuse("expected one operand of the first product to be indexed by "
                  "the keys, but got " +
                  Twine(inKeys[0] ? "both" : "none"));
  unsigned k = inKeys[1] ? 1 : 0;
  key = tensors[k];
  keyAt = at[k];
  query = tensors[1 - k];
  queryAt = at[1 - k];
  return true;
}

bool AttentionMatcher::checkTypes() {
  Type type = getElementTypeOrSelf(query);
  if (!type.isF16() && !type.isBF16())
    return refuse("expected Q of f16 or bf16, but got " + debugString(type));
  // The product is rounded only behind something else.
  if (getElementTypeOrSelf(result).isF32() && !result.use_empty())
    return refuse(
        "expected the product with V to be rounded to the type of Q, " +
            debugString(type) +
            ", before anything else is made of it, but got f32",
        *result.user_begin());
  for (auto [other, name] : {std::pair(key, "K"), std::pair(value, "V"),
                             std::pair(result, "a result")})
    if (Type otherType = getElementTypeOrSelf(other); otherType != type)
      return refuse("expected " + Twine(name) + " of the type of Q, " +
                    debugString(type) + ", but got " + debugString(otherType));
  return true;
}

void AttentionMatcher::noteNumber(double number) {
  // One that is subtracted hides as one that is added.
  number = -std::fabs(number);
  hidesByNumber |= hides(number) && std::isfinite(number);
  if (std::isinf(number)) {
    if (!hiddenRowsAreZero)
      difference = "a row whose scores are all -inf gives 0 in 'attn.forward', "
                   "but NaN in a softmax that is written out";
  } else if (hides(number)) {
    difference = "a row whose scores are all -1e9 or less gives 0 in "
                 "'attn.forward', but a mean of V in a softmax that is written "
                 "out";
  } else if (number <= kCoarse) {
    difference =
        llvm::formatv("a row whose scores are all about {0:e} has other "
                      "weights in 'attn.forward', by their rounding; expected "
                      "-1e9 or less, or -inf, to hide keys",
                      number);
  } else if (number <= leastMaximum) {
    difference = llvm::formatv("a row whose scores are all less than {0:e}, "
                               "with which the maximum begins, is NaN in a "
                               "softmax that is written out, but no more in "
                               "'attn.forward'",
                               leastMaximum);
  }
}

bool AttentionMatcher::checkPlaces(const ScalarNode *node, bool isCompared,
                                   SeenPlaces &seen) {
  if (!seen.insert(SeenPlaces::value_type(node, isCompared)).second)
    return true;
  double factor;
  if (isScaledProduct(node, factor))
    return true;
  isCompared |= isOp<arith::CmpFOp>(node);
  if (std::optional<double> number = getConstant(node); number && !isCompared)
    noteNumber(*number);
  if (node->kind == Kind::Element && isa<FloatType>(node->type) && !isCompared)
    if (std::optional<MaskTable> table = getTable(node->tensor))
      for (APFloat number : table->elements.getValues<APFloat>())
        noteNumber(FloatAttr::get(node->type, number).getValueAsDouble());
  Coordinates places = node->coordinates;
  places.push_back(node->index);
  for (const Coordinate &coordinate : expressions.resolveAll(places))
    for (unsigned digit : coordinate)
      if (llvm::none_of(
              ArrayRef<const Coordinate *>{&batch, &heads, &group, &rows,
                                           &keys},
              [&](auto *part) { return llvm::is_contained(*part, digit); }))
        return refuse("expected scores that depend on batch, head, row and key "
                      "alone");
  return llvm::all_of(node->operands, [&](const ScalarNode *operand) {
    return checkPlaces(operand, isCompared, seen);
  });
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

bool AttentionMatcher::isWhole(RankedTensorType from, ArrayRef<Coordinate> at,
                               ArrayRef<Coordinate> places) const {
  auto getDigits = [&](ArrayRef<Coordinate> coordinates) {
    SmallVector<unsigned> all;
    for (const Coordinate &each : expressions.resolveAll(coordinates))
      llvm::append_range(all, each);
    llvm::sort(all);
    return all;
  };
  for (auto [size, coordinate] : llvm::zip_equal(from.getShape(), at))
    if (ShapedType::isDynamic(size) ? coordinate.empty()
                                    : size != expressions.getSize(coordinate))
      return false;
  return getDigits(at) == getDigits(places);
}

void AttentionMatcher::findResult() {
  Value first = product->getResult(0);
  result = first;
  for (Value current = first; current.hasOneUse();) {
    Operation *user = *current.user_begin();
    // In a loop the attention would be computed again and again.
    if (user->getNumResults() != 1 || user->getBlock() != product->getBlock())
      return;
    current = user->getResult(0);
    auto type = dyn_cast<RankedTensorType>(current.getType());
    if (!type)
      return;
    Value back = current;
    const Coordinates places = expressions.makeCoordinates(type.getShape());
    Coordinates at = places;
    expressions.trace(back, at, Through::AllConversions);
    // What repeats the elements, or reads some of them, is no attention's
    // result, but reads one.
    if (back != first ||
        !isWhole(cast<RankedTensorType>(first.getType()), at, places))
      return;
    // What is widened again, or made another type of as many bits, is not the
    // attention's business.
    Type before = getElementTypeOrSelf(result);
    if (type.getElementType() == before ||
        type.getElementTypeBitWidth() < before.getIntOrFloatBitWidth())
      result = current;
  }
}

/// What the body adds up, or else computes.
static Operation *getReduced(linalg::LinalgOp op) {
  Operation *last =
      op.getBlock()->getTerminator()->getOperand(0).getDefiningOp();
  if (isa_and_nonnull<arith::AddFOp>(last))
    for (Value operand : last->getOperands())
      if (Operation *added = operand.getDefiningOp())
        return added;
  return last;
}

ScalarNode *AttentionMatcher::matchProduct(ArrayRef<Coordinate> productAt) {
  auto fail = [&](const Twine &why, Operation *at = nullptr) {
    refuse(why, at);
    return nullptr;
  };
  std::optional<unsigned> loop = getReducedLoop(product);
  if (!loop)
    return fail(
        "expected a product with V that adds up one dimension, but got " +
        Twine(product.getNumReductionLoops()));
  std::optional<Coordinates> loops =
      expressions.getLoops(product, 0, productAt);
  if (!loops)
    return fail("expected a product with V without computed indices, but got " +
                debugString(product.getIndexingMaps()));
  keys = expressions.makeCoordinate(product.getStaticLoopRanges()[*loop]);
  (*loops)[*loop] = keys;

  arith::MulFOp multiplication = getAddedProduct(product);
  ScalarNode *factors[2];
  for (unsigned i : {0, 1}) {
    factors[i] =
        expressions.evaluateBody(product, multiplication.getOperand(i), *loops);
    if (!factors[i])
      return fail(
          "expected a product with V without computed indices, but got " +
          debugString(product.getIndexingMaps()));
  }
  for (unsigned i : {0, 1}) {
    if (!containsSoftmax(factors[i]))
      continue;
    ScalarNode *scores = matchSoftmax(factors[i]);
    if (!scores) {
      refuseFactor(factors[i]);
      continue;
    }
    // What kept the other factor from being the softmax.
    reason.clear();
    OpOperand *input =
        getWidenedInput(product, multiplication.getOperand(1 - i));
    const ScalarNode *other = factors[1 - i];
    while (!input && isOp<arith::ExtFOp>(other))
      other = other->operands.front();
    if (!input)
      return fail("expected V to be multiplied as it is, but got " +
                      describe(other) + " of it",
                  other->op);
    value = input->get();
    valueAt =
        *expressions.getAccess(product.getMatchingIndexingMap(input), *loops);
    return scores;
  }
  return nullptr;
}

bool AttentionMatcher::match() {
  if (!multipliesSoftmax())
    return false;
  if (!getAddedProduct(product))
    return refuse("expected a sum of products with V, but got one of " +
                      describe(getReduced(product)),
                  getReduced(product));
  findResult();
  resultAt = expressions.makeCoordinates(
      cast<RankedTensorType>(result.getType()).getShape());
  Value traced = result;
  Coordinates productAt = resultAt;
  expressions.trace(traced, productAt, Through::AllConversions);
  ScalarNode *scores = matchProduct(productAt);
  if (!scores)
    return false;
  expressions.trace(value, valueAt, Through::Widening);
  ScalarNode begin = {};
  begin.kind = Kind::Product;
  begin.tensor = product->getResult(0);
  begin.coordinates = productAt;
  if (!beginsWithZero(&begin))
    return refuse("expected a product with V that begins with 0, but got " +
                  describe(expressions.evaluateInit(begin)));
  double exponent = power;
  auto takeScore = [&](ScalarNode *node) {
    power = exponent;
    score = nullptr;
    return matchScore(node);
  };
  if (!takeScore(scores) || !matchFirstProduct())
    return false;
  // A batch or a head that keys are compared with is no row: a mask of another
  // kind, which the region has.
  ScalarNode *rest = peelBand(scores);
  if (band &&
      llvm::any_of(expressions.resolve(band->rows), [&](unsigned digit) {
        return contains(expressions.resolveAll(valueAt), digit);
      }))
    band.reset();
  if (band && !takeScore(rest))
    return false;
  if (!std::isfinite(static_cast<float>(scale * operandFactor)))
    return refuse("expected a finite scale, but got " +
                  std::to_string(scale * operandFactor));
  if (expressions.assumesNoBroadcast)
    difference = "a tensor whose open size is 1 where the others' is not is "
                 "repeated before, but not by 'attn.forward'";
  if (band && band->hiding == kLowest)
    difference =
        "a row whose visible scores are all below -64000 has other "
        "weights in 'attn.forward', where -65504 is taken to hide keys";
  if (band && band->fromEnd && !(hiddenRowsAreZero && std::isinf(band->hiding)))
    difference = (Twine("a row that no key is visible to, as of more rows than "
                        "keys, gives 0 in 'attn.forward', but ") +
                  (std::isinf(band->hiding) ? "NaN" : "a mean of V") +
                  " in a softmax that is written out")
                     .str();
  if (!checkTypes() || !classify())
    return false;
  SeenPlaces seen;
  return !score || checkPlaces(score, /*isCompared=*/false, seen);
}
