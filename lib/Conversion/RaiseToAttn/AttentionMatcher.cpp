//===- AttentionMatcher.cpp - Attention written out in linalg -------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttentionMatcher.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Support/DebugStringHelper.h"

#include <cmath>

using namespace mlir;
using namespace mlir::attn;

using Kind = ScalarNode::Kind;

//===----------------------------------------------------------------------===//
// Expressions
//===----------------------------------------------------------------------===//

template <typename... OpT>
static bool isOp(const ScalarNode *node) {
  return node->kind == Kind::Operation && isa<OpT...>(node->op);
}

/// The node below conversions between types of numbers.
static ScalarNode *skipConversions(ScalarNode *node) {
  while (isOp<arith::ExtFOp, arith::TruncFOp>(node))
    node = node->operands.front();
  return node;
}

static std::optional<double> getConstant(const ScalarNode *node) {
  node = skipConversions(const_cast<ScalarNode *>(node));
  if (auto constant = dyn_cast_if_present<FloatAttr>(node->constant))
    return constant.getValueAsDouble();
  return std::nullopt;
}

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

bool AttentionMatcher::refuse(const Twine &why) {
  if (reason.empty())
    reason = why.str();
  return false;
}

bool AttentionMatcher::beginsWithZero(const ScalarNode *node) {
  std::optional<double> init = getConstant(expressions.evaluateInit(*node));
  return init && *init == 0;
}

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

ScalarNode *AttentionMatcher::matchSoftmax(ScalarNode *node) {
  node = skipConversions(node);
  if (node->kind == Kind::Softmax) {
    auto op = node->tensor.getDefiningOp<linalg::SoftmaxOp>();
    if (expressions.resolve(node->coordinates[op.getDimension()]) !=
        expressions.resolve(keys)) {
      refuse("expected a softmax over the dimension that the product adds up");
      return nullptr;
    }
    return expressions.evaluate(op.getInput(), node->coordinates);
  }

  // exp(s - m) / l, or exp(s - m) * (1 / l).
  if (!isOp<arith::DivFOp, arith::MulFOp>(node))
    return nullptr;
  ScalarNode *numerator = skipConversions(node->operands[0]);
  ScalarNode *sum = skipConversions(node->operands[1]);
  if (isOp<arith::MulFOp>(node)) {
    if (!isOp<arith::DivFOp>(sum) || getConstant(sum->operands[0]) != 1.0)
      return nullptr;
    sum = skipConversions(sum->operands[1]);
  }
  if (!isOp<math::ExpOp>(numerator))
    return nullptr;
  if (sum->kind != Kind::Reduction || !isa<arith::AddFOp>(sum->op) ||
      !beginsWithZero(sum)) {
    refuse("expected the exponentials to be divided by their sum");
    return nullptr;
  }
  ScalarNode *added = expressions.evaluateReduced(*sum, keys);
  if (!added || !expressions.areEqual(skipConversions(added), numerator)) {
    refuse("expected the sum to be that of the exponentials over the keys");
    return nullptr;
  }
  ScalarNode *difference = skipConversions(numerator->operands[0]);
  if (!isOp<arith::SubFOp>(difference)) {
    refuse("expected the exponential of a difference from the maximum");
    return nullptr;
  }
  ScalarNode *score = difference->operands[0];
  ScalarNode *maximum = skipConversions(difference->operands[1]);
  // An exporter may take the larger of it and -inf, its first value, once more.
  if (isOp<arith::MaximumFOp, arith::MaxNumFOp>(maximum))
    for (unsigned i : {0, 1})
      if (getConstant(maximum->operands[i]).value_or(0) <= -65504) {
        maximum = skipConversions(maximum->operands[1 - i]);
        break;
      }
  if (maximum->kind != Kind::Reduction || isa<arith::AddFOp>(maximum->op)) {
    refuse("expected the exponential of a difference from the maximum");
    return nullptr;
  }
  ScalarNode *compared = expressions.evaluateReduced(*maximum, keys);
  if (!compared || !expressions.areEqual(skipConversions(compared),
                                         skipConversions(score))) {
    refuse("expected the maximum to be that of the scores over the keys");
    return nullptr;
  }
  return score;
}

//===----------------------------------------------------------------------===//
// Masks
//===----------------------------------------------------------------------===//

namespace {
/// A sum of coordinates and a number.
struct Sum {
  SmallVector<std::pair<Coordinate, int64_t>, 2> terms;
  int64_t offset = 0;
};
} // namespace

/// A window reaches no farther (`#attn.window`), and sums of so few overflow
/// not.
static constexpr int64_t kMaxOffset = int64_t(1) << 40;

/// Adds `factor` times an integer to a sum, or fails if it is none.
static bool addTo(Sum &sum, const ScalarNode *node, int64_t factor) {
  if (node->kind == Kind::Index) {
    sum.terms.emplace_back(node->index, factor);
    return true;
  }
  if (auto constant = dyn_cast_if_present<IntegerAttr>(node->constant)) {
    std::optional<int64_t> value = constant.getValue().trySExtValue();
    if (!value || *value > kMaxOffset || *value < -kMaxOffset)
      return false;
    sum.offset += factor * *value;
    return true;
  }
  if (isOp<arith::IndexCastOp, arith::IndexCastUIOp, arith::ExtSIOp,
           arith::TruncIOp>(node))
    return addTo(sum, node->operands[0], factor);
  if (!isOp<arith::AddIOp, arith::SubIOp>(node))
    return false;
  return addTo(sum, node->operands[0], factor) &&
         addTo(sum, node->operands[1],
               isOp<arith::AddIOp>(node) ? factor : -factor);
}

bool AttentionMatcher::matchCondition(const ScalarNode *condition,
                                      bool visibleIfTrue, Band &found) {
  // Where both must hold, each is a bound.
  if ((visibleIfTrue && isOp<arith::AndIOp>(condition)) ||
      (!visibleIfTrue && isOp<arith::OrIOp>(condition)))
    return matchCondition(condition->operands[0], visibleIfTrue, found) &&
           matchCondition(condition->operands[1], visibleIfTrue, found);
  if (!isOp<arith::CmpIOp>(condition))
    return false;
  auto predicate = cast<arith::CmpIOp>(condition->op).getPredicate();
  if (!visibleIfTrue)
    predicate = arith::invertPredicate(predicate);
  // As key - row + offset ? 0.
  Sum sum;
  if (!addTo(sum, condition->operands[0], 1) ||
      !addTo(sum, condition->operands[1], -1) || sum.terms.size() != 2)
    return false;
  auto [first, second] = std::pair(sum.terms[0], sum.terms[1]);
  if (expressions.resolve(first.first) != expressions.resolve(keys))
    std::swap(first, second);
  if (expressions.resolve(first.first) != expressions.resolve(keys) ||
      expressions.resolve(second.first) == expressions.resolve(keys) ||
      first.second + second.second != 0 ||
      (!found.rows.empty() &&
       expressions.resolve(found.rows) != expressions.resolve(second.first)))
    return false;
  bool isUpper = predicate == arith::CmpIPredicate::sle ||
                 predicate == arith::CmpIPredicate::slt;
  if (!isUpper && predicate != arith::CmpIPredicate::sge &&
      predicate != arith::CmpIPredicate::sgt)
    return false;
  bool isStrict = predicate == arith::CmpIPredicate::slt ||
                  predicate == arith::CmpIPredicate::sgt;
  // key - row <= -offset, or row - key <= offset; less by one where strict.
  int64_t bound = (isUpper ? -sum.offset : sum.offset) - (isStrict ? 1 : 0);
  // With the terms' signs the other way round, the bound is of the other side.
  if (first.second < 0)
    isUpper = !isUpper;
  std::optional<int64_t> &side = isUpper ? found.right : found.left;
  // A row that sees neither its own key nor one on either side would need more
  // care: it may see none.
  if (bound < 0 || bound > kMaxOffset || side)
    return false;
  side = bound;
  found.rows = second.first;
  return true;
}

bool AttentionMatcher::matchMask(const ScalarNode *condition,
                                 bool visibleIfTrue) {
  Band found;
  if (!matchCondition(condition, visibleIfTrue, found))
    return false;
  // The last row must reach back to the last key.
  int64_t rowCount = expressions.getSize(found.rows);
  int64_t keyCount = expressions.getSize(keys);
  if (found.left &&
      (ShapedType::isDynamic(rowCount) || ShapedType::isDynamic(keyCount) ||
       rowCount - *found.left > keyCount))
    return false;
  band = found;
  return true;
}

ScalarNode *AttentionMatcher::peelBand(ScalarNode *node) {
  node = skipConversions(node);
  if (isOp<arith::SelectOp>(node)) {
    for (unsigned hidden : {1, 2})
      if (getConstant(node->operands[hidden]).value_or(0) <= kHidden &&
          matchMask(node->operands[0], /*visibleIfTrue=*/hidden == 2))
        return node->operands[3 - hidden];
    return node;
  }
  if (!isOp<arith::AddFOp>(node))
    return node;
  for (unsigned i : {0, 1}) {
    ScalarNode *addend = skipConversions(node->operands[i]);
    if (!isOp<arith::SelectOp>(addend))
      continue;
    for (unsigned hidden : {1, 2})
      if (getConstant(addend->operands[hidden]).value_or(0) <= kHidden &&
          getConstant(addend->operands[3 - hidden]) == 0.0 &&
          matchMask(addend->operands[0], /*visibleIfTrue=*/hidden == 2))
        return node->operands[1 - i];
  }
  return node;
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
  if (node->kind == Kind::Reduction || node->kind == Kind::Softmax)
    return refuse("expected scores that are computed element by element");
  return llvm::all_of(node->operands, [&](ScalarNode *operand) {
    return collect(operand, products, factors, seen);
  });
}

bool AttentionMatcher::matchScore(ScalarNode *node) {
  node = peelBand(node);
  SmallVector<ScalarNode *> products;
  SmallVector<double> factors;
  SmallPtrSet<ScalarNode *, 16> seen;
  if (!collect(node, products, factors, seen))
    return false;
  if (products.size() != 1)
    return refuse("expected scores of one product of Q and K, but got " +
                  Twine(products.size()));
  dot = products.front();
  scale = llvm::all_equal(factors) ? factors.front() : 1;
  if (!std::isfinite(scale))
    return refuse("expected a finite scale");
  double factor;
  if (!isScaledProduct(node, factor))
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
  SmallVector<unsigned> dims;
  op.getReductionDims(dims);
  std::optional<Coordinates> loops =
      expressions.getLoops(op, 0, dot->coordinates);
  if (dims.size() != 1 || !loops)
    return refuse("expected a product of Q and K that adds up one dimension");
  if (!beginsWithZero(dot))
    return refuse("expected a product of Q and K that begins with 0");
  features = expressions.makeCoordinate(op.getStaticLoopRanges()[dims.front()]);
  (*loops)[dims.front()] = features;
  Value tensors[2];
  Coordinates at[2];
  for (unsigned i : {0, 1}) {
    OpOperand *input = op.getDpsInputOperand(i);
    std::optional<Coordinates> access =
        ScalarExpressions::getAccess(op.getMatchingIndexingMap(input), *loops);
    if (!access)
      return refuse("expected a product of Q and K without computed indices");
    tensors[i] = input->get();
    at[i] = *access;
    expressions.trace(tensors[i], at[i], Through::Widening);
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
  for (Value other : {key, value, result})
    if (Type otherType = getElementTypeOrSelf(other); otherType != type)
      return refuse("expected Q, K, V and the result of one type, but got " +
                    debugString(type) + " and " + debugString(otherType));
  return true;
}

bool AttentionMatcher::classify() {
  enum : unsigned { Q = 1, K = 2, V = 4, R = 8 };
  llvm::MapVector<unsigned, unsigned> uses;
  for (auto [at, tensor, bit] :
       {std::tuple(&queryAt, query, Q), std::tuple(&keyAt, key, K),
        std::tuple(&valueAt, value, V), std::tuple(&resultAt, result, R)}) {
    *at = expressions.resolveAll(*at);
    auto type = cast<RankedTensorType>(tensor.getType());
    for (auto [size, coordinate] : llvm::zip_equal(type.getShape(), *at)) {
      if (size != expressions.getSize(coordinate))
        return refuse(
            "expected a dimension to be static, or open, in all of Q, "
            "K, V and the result");
      for (unsigned digit : coordinate) {
        if (uses[digit] & bit)
          return refuse("expected no diagonal of Q, K, V or the result");
        uses[digit] |= bit;
        if (coordinate.size() > 1 &&
            ShapedType::isDynamic(expressions.getSize(digit)))
          return refuse("expected a dimension of open size to stand alone");
      }
    }
  }
  keys = expressions.resolve(keys);
  features = expressions.resolve(features);
  for (auto [digit, use] : uses) {
    unsigned wanted = llvm::is_contained(keys, digit)       ? K | V
                      : llvm::is_contained(features, digit) ? Q | K
                      : use == (V | R) || use == (Q | R)    ? use
                                                            : Q | K | V | R;
    if (use != wanted)
      return refuse("expected batch and heads to be dimensions of Q, K, V and "
                    "the result, or heads to be shared by rows of Q");
  }

  // Digits in the order in which they stand in Q, dimension by dimension.
  SmallVector<Coordinate> shared, alone;
  Coordinate grouped;
  for (const Coordinate &coordinate : queryAt) {
    Coordinate here, own;
    for (unsigned digit : coordinate)
      if (uses[digit] == (Q | K | V | R))
        here.push_back(digit);
      else if (uses[digit] == (Q | R))
        own.push_back(digit);
    if (here.empty() && !own.empty())
      alone.push_back(own);
    else
      llvm::append_range(grouped, own);
    if (!here.empty())
      shared.push_back(here);
  }
  // Rows that share K and V may be rows or heads; the result is the same. The
  // most of them are rows, unless the band says which are.
  if (band)
    rows = expressions.resolve(band->rows);
  else if (!alone.empty())
    rows = *llvm::max_element(alone, [&](auto &lhs, auto &rhs) {
      return static_cast<uint64_t>(expressions.getSize(lhs)) <
             static_cast<uint64_t>(expressions.getSize(rhs));
    });
  for (unsigned digit : rows)
    if (uses[digit] != (Q | R))
      return refuse("expected the mask to compare rows with keys");
  alone.push_back(grouped);
  for (const Coordinate &own : alone)
    for (unsigned digit : own)
      if (!llvm::is_contained(rows, digit))
        group.push_back(digit);
  for (const Coordinate &coordinate : valueAt)
    for (unsigned digit : coordinate)
      if (uses[digit] == (V | R))
        valueFeatures.push_back(digit);

  // Heads are what stands behind the rows, or together with the group that
  // shares them. Otherwise the last dimension is that of the heads: not the
  // only one where it is open, or where a group stands apart from it.
  auto holds = [](const Coordinate &coordinate, const Coordinate &part) {
    return llvm::any_of(part, [&](unsigned digit) {
      return llvm::is_contained(coordinate, digit);
    });
  };
  bool behindRows = false;
  for (const Coordinate &coordinate : queryAt) {
    Coordinate here;
    for (unsigned digit : coordinate)
      if (uses[digit] == (Q | K | V | R))
        here.push_back(digit);
    llvm::append_range(behindRows || holds(coordinate, group) ? heads : batch,
                       here);
    behindRows |= holds(coordinate, rows);
  }
  if (heads.empty() && !shared.empty() &&
      (shared.size() > 1 ||
       (group.empty() &&
        !ShapedType::isDynamic(expressions.getSize(shared.back()))))) {
    heads = shared.back();
    batch.truncate(batch.size() - heads.size());
  }
  for (const Coordinate *part : {&heads, &group})
    if (ShapedType::isDynamic(expressions.getSize(*part)))
      return refuse("expected a static number of heads");
  for (const Coordinate *part : {&features, &valueFeatures}) {
    int64_t size = expressions.getSize(*part);
    if (ShapedType::isDynamic(size) || size % 8 != 0 || size > kMaxHeadSize)
      return refuse(
          "expected a head dimension that is a multiple of 8 and at "
          "most " +
          Twine(kMaxHeadSize) + ", but got " +
          (ShapedType::isDynamic(size) ? Twine("an open one") : Twine(size)));
  }
  return true;
}

bool AttentionMatcher::checkPlaces(const ScalarNode *node,
                                   SmallPtrSetImpl<const ScalarNode *> &seen) {
  if (!seen.insert(node).second)
    return true;
  double factor;
  if (isScaledProduct(node, factor))
    return true;
  if (std::optional<double> number = getConstant(node))
    hidesByNumber |= *number <= kHidden && std::isfinite(*number);
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
    return checkPlaces(operand, seen);
  });
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

void AttentionMatcher::findResult() {
  Value first = product->getResult(0);
  result = first;
  for (Value current = first; current.hasOneUse();) {
    Operation *user = *current.user_begin();
    if (user->getNumResults() != 1)
      return;
    current = user->getResult(0);
    auto type = dyn_cast<RankedTensorType>(current.getType());
    if (!type)
      return;
    Value back = current;
    Coordinates at = expressions.makeCoordinates(type.getShape());
    expressions.trace(back, at, Through::AllConversions);
    if (back != first)
      return;
    // What is widened again is not the attention's business.
    if (type.getElementTypeBitWidth() <=
        getElementTypeOrSelf(result).getIntOrFloatBitWidth())
      result = current;
  }
}

bool AttentionMatcher::match() {
  SmallVector<unsigned> dims;
  product.getReductionDims(dims);
  if (dims.size() != 1)
    return false;
  findResult();
  resultAt = expressions.makeCoordinates(
      cast<RankedTensorType>(result.getType()).getShape());
  Value traced = result;
  Coordinates at = resultAt;
  expressions.trace(traced, at, Through::AllConversions);
  std::optional<Coordinates> loops = expressions.getLoops(product, 0, at);
  if (!loops)
    return false;
  keys =
      expressions.makeCoordinate(product.getStaticLoopRanges()[dims.front()]);
  (*loops)[dims.front()] = keys;

  ScalarNode *scores = nullptr;
  for (unsigned i = 0; i < 2 && !scores; ++i) {
    OpOperand *input = product.getDpsInputOperand(i);
    OpOperand *other = product.getDpsInputOperand(1 - i);
    std::optional<Coordinates> access = ScalarExpressions::getAccess(
        product.getMatchingIndexingMap(input), *loops);
    std::optional<Coordinates> otherAccess = ScalarExpressions::getAccess(
        product.getMatchingIndexingMap(other), *loops);
    if (!access || !otherAccess)
      return false;
    scores = matchSoftmax(expressions.evaluate(input->get(), *access));
    value = other->get();
    valueAt = *otherAccess;
  }
  if (!scores)
    return false;
  expressions.trace(value, valueAt, Through::Widening);
  ScalarNode begin = {};
  begin.kind = Kind::Product;
  begin.tensor = product->getResult(0);
  begin.coordinates = at;
  if (!beginsWithZero(&begin))
    return refuse("expected a product with V that begins with 0");
  if (!matchScore(scores) || !matchFirstProduct() || !checkTypes() ||
      !classify())
    return false;
  SmallPtrSet<const ScalarNode *, 16> seen;
  return !score || checkPlaces(score, seen);
}
