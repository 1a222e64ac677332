//===- MaskMatcher.cpp - Bands of visible keys ----------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttentionMatcher.h"

using namespace mlir;
using namespace mlir::attn;

using Kind = ScalarNode::Kind;

namespace {
/// A sum of coordinates and a number.
struct Sum {
  SmallVector<std::pair<Coordinate, int64_t>, 2> terms;
  int64_t offset = 0;
};
/// The values that an integer may have.
struct Interval {
  int64_t low, high;
};
} // namespace

/// A window reaches no farther (`#attn.window`), and sums of two such do not
/// wrap.
static constexpr int64_t kMaxOffset = int64_t(1) << 40;

/// A length that is open is taken to be at most this: exporters count in i32,
/// and the sum of a count and a distance does not wrap there.
static constexpr int64_t kOpenLength = int64_t(1) << 30;

/// Adds `factor` times an integer to a sum, and gives the values that the
/// integer may have. Fails if it is no sum, or if its type may be too narrow
/// for it: what wraps compares in another way.
static std::optional<Interval> addTo(Sum &sum, const ScalarNode *node,
                                     int64_t factor,
                                     const ScalarExpressions &expressions) {
  Interval range;
  if (node->kind == Kind::Index) {
    int64_t size = expressions.getSize(node->index);
    range = {0, (ShapedType::isDynamic(size) ? kOpenLength : size) - 1};
    sum.terms.emplace_back(node->index, factor);
  } else if (auto constant = dyn_cast_if_present<IntegerAttr>(node->constant)) {
    std::optional<int64_t> value = constant.getValue().trySExtValue();
    if (!value || *value > kMaxOffset || *value < -kMaxOffset)
      return std::nullopt;
    range = {*value, *value};
    sum.offset += factor * *value;
  } else if (isOp<arith::IndexCastOp, arith::IndexCastUIOp, arith::ExtSIOp,
                  arith::TruncIOp>(node)) {
    std::optional<Interval> source =
        addTo(sum, node->operands[0], factor, expressions);
    if (!source || (isOp<arith::IndexCastUIOp>(node) && source->low < 0))
      return std::nullopt;
    range = *source;
  } else if (isOp<arith::AddIOp, arith::SubIOp>(node)) {
    bool isSum = isOp<arith::AddIOp>(node);
    std::optional<Interval> lhs =
        addTo(sum, node->operands[0], factor, expressions);
    std::optional<Interval> rhs =
        addTo(sum, node->operands[1], isSum ? factor : -factor, expressions);
    if (!lhs || !rhs)
      return std::nullopt;
    range = isSum ? Interval{lhs->low + rhs->low, lhs->high + rhs->high}
                  : Interval{lhs->low - rhs->high, lhs->high - rhs->low};
  } else {
    return std::nullopt;
  }
  int64_t limit = kMaxOffset;
  if (auto integer = dyn_cast<IntegerType>(node->type))
    limit =
        std::min(limit, int64_t(1) << std::min(integer.getWidth() - 1, 62u));
  if (range.low < -limit || range.high >= limit || sum.terms.size() > 2)
    return std::nullopt;
  return range;
}

static arith::CmpIPredicate getSigned(arith::CmpIPredicate predicate) {
  switch (predicate) {
  case arith::CmpIPredicate::ult:
    return arith::CmpIPredicate::slt;
  case arith::CmpIPredicate::ule:
    return arith::CmpIPredicate::sle;
  case arith::CmpIPredicate::ugt:
    return arith::CmpIPredicate::sgt;
  case arith::CmpIPredicate::uge:
    return arith::CmpIPredicate::sge;
  default:
    return predicate;
  }
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
  std::optional<Interval> lhs =
      addTo(sum, condition->operands[0], 1, expressions);
  std::optional<Interval> rhs =
      addTo(sum, condition->operands[1], -1, expressions);
  if (!lhs || !rhs || sum.terms.size() != 2)
    return false;
  // Numbers that are not negative have the same order without a sign.
  if (lhs->low >= 0 && rhs->low >= 0)
    predicate = getSigned(predicate);
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
      if (hides(getConstant(node->operands[hidden]).value_or(0)) &&
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
      if (hides(getConstant(addend->operands[hidden]).value_or(0)) &&
          getConstant(addend->operands[3 - hidden]) == 0.0 &&
          matchMask(addend->operands[0], /*visibleIfTrue=*/hidden == 2))
        return node->operands[1 - i];
  }
  return node;
}
