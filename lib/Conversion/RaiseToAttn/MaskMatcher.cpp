//===- MaskMatcher.cpp - Bands of visible keys ----------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttentionMatcher.h"
#include "MaskTable.h"
#include "OpenSizes.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::attn;

using Kind = ScalarNode::Kind;

namespace {
/// A sum of coordinates, of sizes of coordinates that are open, and a number.
struct Sum {
  using Terms = SmallVector<std::pair<Coordinate, int64_t>, 2>;
  Terms places, lengths;
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

/// Conditions that a band is made of at the most.
static constexpr unsigned kMostConditions = 64;

/// A length that is open is taken to be at most this: exporters count in i32,
/// and the sum of a count and a distance does not wrap there.
static constexpr int64_t kOpenLength = int64_t(1) << 30;

std::optional<Coordinate> AttentionMatcher::getMeasured(Value tensor,
                                                        int64_t dim) {
  const Coordinates places = expressions.makeCoordinates(
      cast<RankedTensorType>(tensor.getType()).getShape());
  Coordinates at = places;
  expressions.trace(tensor, at, Through::AllConversions);
  for (auto [known, knownAt] :
       {std::pair(query, &queryAt), std::pair(key, &keyAt),
        std::pair(value, &valueAt)})
    if (tensor == known)
      for (auto [place, coordinate] : llvm::zip_equal(at, *knownAt))
        if (place == places[dim])
          return expressions.resolve(coordinate);
  return std::nullopt;
}

/// Adds `factor` times an integer to a sum, and gives the values that the
/// integer may have. Fails if it is no sum, or if its type may be too narrow
/// for it: what wraps compares in another way.
class AttentionMatcher::SumBuilder {
public:
  SumBuilder(AttentionMatcher &matcher, Sum &sum)
      : matcher(matcher), sum(sum) {}

  std::optional<Interval> add(const ScalarNode *node, int64_t factor) {
    if (++count > kMostTerms)
      return std::nullopt;
    if (node->kind == Kind::Index) {
      sum.places.emplace_back(node->index, factor);
      int64_t size = matcher.expressions.getSize(node->index);
      return check({0, (ShapedType::isDynamic(size) ? kOpenLength : size) - 1},
                   node->type);
    }
    if (node->constant)
      return addNumber(node->constant, factor);
    if (node->kind == Kind::Scalar)
      return add(node->scalar, factor);
    if (node->kind != Kind::Operation)
      return std::nullopt;
    return addOperation(node->op, factor, [&](unsigned i, int64_t by) {
      return add(node->operands[i], by);
    });
  }

private:
  /// What is computed outside of all bodies: of sizes.
  std::optional<Interval> add(Value scalar, int64_t factor) {
    if (++count > kMostTerms)
      return std::nullopt;
    SizeSource source = getSizeSource(scalar);
    if (ShapedType::isStatic(source.number))
      return addNumber(
          IntegerAttr::get(IndexType::get(scalar.getContext()), source.number),
          factor);
    if (source.dim < 0) {
      Operation *op = source.from.getDefiningOp();
      return op ? addOperation(op, factor,
                               [&](unsigned i, int64_t by) {
                                 return add(op->getOperand(i), by);
                               })
                : std::nullopt;
    }
    std::optional<Coordinate> measured =
        matcher.getMeasured(source.from, source.dim);
    if (!measured)
      return std::nullopt;
    Interval range = {0, kOpenLength};
    for (auto &[coordinate, by] : sum.lengths)
      if (matcher.expressions.resolve(coordinate) == *measured) {
        by += factor;
        return check(range, scalar.getType());
      }
    sum.lengths.emplace_back(*measured, factor);
    return check(range, scalar.getType());
  }

  std::optional<Interval> addNumber(TypedAttr constant, int64_t factor) {
    auto integer = dyn_cast<IntegerAttr>(constant);
    std::optional<int64_t> value =
        integer ? integer.getValue().trySExtValue() : std::nullopt;
    if (!value || *value > kMaxOffset || *value < -kMaxOffset)
      return std::nullopt;
    sum.offset += factor * *value;
    return check({*value, *value}, constant.getType());
  }

  std::optional<Interval>
  addOperation(Operation *op, int64_t factor,
               llvm::function_ref<std::optional<Interval>(unsigned, int64_t)>
                   addOperand) {
    Type type = op->getResult(0).getType();
    if (isa<arith::IndexCastOp, arith::IndexCastUIOp, arith::ExtSIOp,
            arith::TruncIOp>(op)) {
      std::optional<Interval> source = addOperand(0, factor);
      if (!source || (isa<arith::IndexCastUIOp>(op) && source->low < 0))
        return std::nullopt;
      return check(*source, type);
    }
    if (!isa<arith::AddIOp, arith::SubIOp>(op))
      return std::nullopt;
    bool isSum = isa<arith::AddIOp>(op);
    std::optional<Interval> lhs = addOperand(0, factor);
    std::optional<Interval> rhs = addOperand(1, isSum ? factor : -factor);
    if (!lhs || !rhs)
      return std::nullopt;
    return check(isSum ? Interval{lhs->low + rhs->low, lhs->high + rhs->high}
                       : Interval{lhs->low - rhs->high, lhs->high - rhs->low},
                 type);
  }

  std::optional<Interval> check(Interval range, Type type) const {
    int64_t limit = kMaxOffset;
    if (auto integer = dyn_cast<IntegerType>(type))
      limit =
          std::min(limit, int64_t(1) << std::min(integer.getWidth() - 1, 62u));
    if (range.low < -limit || range.high >= limit || sum.places.size() > 2)
      return std::nullopt;
    return range;
  }

  /// Sums of sums of the same are many paths; no bound is as long.
  static constexpr unsigned kMostTerms = 64;
  AttentionMatcher &matcher;
  Sum &sum;
  unsigned count = 0;
};

/// The predicate that says the same of the operands the other way round.
static arith::CmpIPredicate getSwapped(arith::CmpIPredicate predicate) {
  switch (predicate) {
  case arith::CmpIPredicate::slt:
    return arith::CmpIPredicate::sgt;
  case arith::CmpIPredicate::sle:
    return arith::CmpIPredicate::sge;
  case arith::CmpIPredicate::sgt:
    return arith::CmpIPredicate::slt;
  case arith::CmpIPredicate::sge:
    return arith::CmpIPredicate::sle;
  case arith::CmpIPredicate::ult:
    return arith::CmpIPredicate::ugt;
  case arith::CmpIPredicate::ule:
    return arith::CmpIPredicate::uge;
  case arith::CmpIPredicate::ugt:
    return arith::CmpIPredicate::ult;
  case arith::CmpIPredicate::uge:
    return arith::CmpIPredicate::ule;
  default:
    return predicate;
  }
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

bool AttentionMatcher::addBound(Band &found, const Coordinate &rows,
                                bool fromEnd, bool isUpper, int64_t bound) {
  std::optional<int64_t> &side = isUpper ? found.right : found.left;
  // A row that sees neither its own key nor one on either side would need more
  // care: it may see none.
  if (bound < 0 || bound > kMaxOffset)
    return false;
  bool isFirst = !found.left && !found.right;
  if (!isFirst &&
      (found.fromEnd != fromEnd ||
       expressions.resolve(found.rows) != expressions.resolve(rows)))
    return false;
  // Of two bounds, both must hold.
  side = std::min(side.value_or(bound), bound);
  found.fromEnd = fromEnd;
  found.rows = rows;
  return true;
}

bool AttentionMatcher::matchComparison(const ScalarNode *condition,
                                       bool visibleIfTrue, Band &found) {
  auto predicate = cast<arith::CmpIOp>(condition->op).getPredicate();
  if (!visibleIfTrue)
    predicate = arith::invertPredicate(predicate);
  const ScalarNode *left = condition->operands[0];
  const ScalarNode *right = condition->operands[1];
  // A distance is that to either side.
  auto isDistance = [](const ScalarNode *node) {
    return isOp<math::AbsIOp>(node);
  };
  if (isDistance(right)) {
    std::swap(left, right);
    predicate = getSwapped(predicate);
  }
  bool isBothSides = isDistance(left);
  if (isBothSides)
    left = left->operands[0];
  // As key - row + offset ? 0.
  Sum sum, limit;
  std::optional<Interval> lhs = SumBuilder(*this, sum).add(left, 1);
  std::optional<Interval> rhs =
      SumBuilder(*this, isBothSides ? limit : sum).add(right, -1);
  if (!lhs || !rhs || sum.places.size() != 2)
    return false;
  // Numbers that are not negative have the same order without a sign.
  bool isSigned = predicate == getSigned(predicate);
  if (!isSigned && ((!isBothSides && lhs->low < 0) || rhs->low < 0))
    return false;
  predicate = getSigned(predicate);
  std::pair<Coordinate, int64_t> first = sum.places[0], second = sum.places[1];
  auto isOfKeys = [&](const Coordinate &coordinate) {
    return expressions.resolve(coordinate) == expressions.resolve(keys);
  };
  if (!isOfKeys(first.first))
    std::swap(first, second);
  if (!isOfKeys(first.first) || isOfKeys(second.first) ||
      first.second + second.second != 0)
    return false;
  // From the last key and the last row on, where both are counted back.
  llvm::erase_if(sum.lengths, [](auto &term) { return term.second == 0; });
  bool fromEnd = !sum.lengths.empty();
  if (fromEnd &&
      (sum.lengths.size() != 2 || !llvm::all_of(sum.lengths, [&](auto &term) {
         return term.second ==
                    -(isOfKeys(term.first) ? first : second).second &&
                (isOfKeys(term.first) || expressions.resolve(term.first) ==
                                             expressions.resolve(second.first));
       })))
    return false;
  bool isUpper = predicate == arith::CmpIPredicate::sle ||
                 predicate == arith::CmpIPredicate::slt;
  if (!isUpper && predicate != arith::CmpIPredicate::sge &&
      predicate != arith::CmpIPredicate::sgt)
    return false;
  bool isStrict = predicate == arith::CmpIPredicate::slt ||
                  predicate == arith::CmpIPredicate::sgt;
  if (isBothSides) {
    // |key - row + offset| <= -limit.
    if (!isUpper || !limit.places.empty() || !limit.lengths.empty())
      return false;
    int64_t reach = -limit.offset - (isStrict ? 1 : 0);
    int64_t offset = first.second * sum.offset;
    return addBound(found, second.first, fromEnd, true, reach - offset) &&
           addBound(found, second.first, fromEnd, false, reach + offset);
  }
  // key - row <= -offset, or row - key <= offset; less by one where strict.
  int64_t bound = (isUpper ? -sum.offset : sum.offset) - (isStrict ? 1 : 0);
  // With the terms' signs the other way round, the bound is of the other side.
  if (first.second < 0)
    isUpper = !isUpper;
  return addBound(found, second.first, fromEnd, isUpper, bound);
}

bool AttentionMatcher::matchTable(
    const ScalarNode *element, const MaskTable &table,
    llvm::function_ref<std::optional<bool>(int64_t)> isVisible, Band &found) {
  std::optional<unsigned> rowDim, keyDim;
  for (auto [dim, coordinate] :
       llvm::enumerate(expressions.resolveAll(element->coordinates))) {
    if (coordinate.empty())
      continue;
    std::optional<unsigned> &which =
        coordinate == expressions.resolve(keys) ? keyDim : rowDim;
    if (which)
      return false;
    which = dim;
  }
  if (!rowDim || !keyDim)
    return false;
  Coordinate rows = expressions.resolve(element->coordinates[*rowDim]);
  int64_t rowCount = expressions.getSize(rows);
  int64_t keyCount = expressions.getSize(keys);
  if (ShapedType::isDynamic(rowCount) || ShapedType::isDynamic(keyCount))
    return false;
  int64_t last = keyCount - 1;
  std::optional<int64_t> left, right;
  // Farthest that a bound may be, by rows that see the first or the last key.
  int64_t leastLeft = 0, leastRight = 0;
  for (int64_t row = 0; row < rowCount; ++row) {
    int64_t begin = -1, end = -1;
    for (int64_t key = 0; key < keyCount; ++key) {
      std::optional<bool> visible =
          isVisible(table.offset + row * table.strides[*rowDim] +
                    key * table.strides[*keyDim]);
      if (!visible)
        return false;
      if (!*visible)
        continue;
      // In one piece.
      if (begin < 0)
        begin = key;
      else if (end != key - 1)
        return false;
      end = key;
    }
    if (begin < 0)
      return false;
    if (begin == 0)
      leastLeft = std::max(leastLeft, row);
    else if (left.value_or(row - begin) != row - begin)
      return false;
    else
      left = row - begin;
    if (end == last)
      leastRight = std::max(leastRight, last - row);
    else if (right.value_or(end - row) != end - row)
      return false;
    else
      right = end - row;
  }
  if (left.value_or(leastLeft) < leastLeft ||
      right.value_or(leastRight) < leastRight || (!left && !right))
    return false;
  return (!left || addBound(found, rows, false, false, *left)) &&
         (!right || addBound(found, rows, false, true, *right));
}

/// The condition that a number depends on; null if there is none.
static const ScalarNode *
findCondition(const ScalarNode *node,
              SmallPtrSetImpl<const ScalarNode *> &seen) {
  if (node->type.isInteger(1))
    return node;
  if (!seen.insert(node).second)
    return nullptr;
  for (const ScalarNode *operand : node->operands)
    if (const ScalarNode *found = findCondition(operand, seen))
      return found;
  return nullptr;
}

bool AttentionMatcher::matchCondition(const ScalarNode *condition,
                                      bool visibleIfTrue, Band &found) {
  // Conditions that are used often are many paths; no band has as many bounds.
  if (++found.conditions > kMostConditions)
    return false;
  // Where both must hold, each is a bound.
  if ((visibleIfTrue && isOp<arith::AndIOp>(condition)) ||
      (!visibleIfTrue && isOp<arith::OrIOp>(condition)))
    return matchCondition(condition->operands[0], visibleIfTrue, found) &&
           matchCondition(condition->operands[1], visibleIfTrue, found);
  if (isOp<arith::XOrIOp>(condition))
    for (unsigned i : {0, 1})
      if (isTrue(condition->operands[i]))
        return matchCondition(condition->operands[1 - i], !visibleIfTrue,
                              found);
  // A comparison of a number that another condition was made.
  if (isOp<arith::CmpIOp, arith::CmpFOp, arith::TruncIOp>(condition)) {
    SmallPtrSet<const ScalarNode *, 16> seen;
    for (const ScalarNode *operand : condition->operands) {
      const ScalarNode *inner = findCondition(operand, seen);
      if (!inner)
        continue;
      ScalarNode *ifTrue = expressions.evaluateIf(condition, inner, true);
      ScalarNode *ifFalse = expressions.evaluateIf(condition, inner, false);
      return ifTrue && ifFalse && isTrue(ifTrue) != isTrue(ifFalse) &&
             matchCondition(inner, visibleIfTrue == isTrue(ifTrue), found);
    }
  }
  if (isOp<arith::CmpIOp>(condition))
    return matchComparison(condition, visibleIfTrue, found);
  if (condition->kind != Kind::Element || !condition->type.isInteger(1))
    return false;
  std::optional<MaskTable> table = getTable(condition->tensor);
  if (!table)
    return false;
  auto values = table->elements.value_begin<bool>();
  return matchTable(
      condition, *table,
      [&](int64_t i) -> std::optional<bool> {
        return values[i] == visibleIfTrue;
      },
      found);
}

bool AttentionMatcher::takeBand(Band found, double hiding) {
  // The last row must reach back to the last key.
  int64_t rowCount = expressions.getSize(found.rows);
  int64_t keyCount = expressions.getSize(keys);
  if (found.left && !found.fromEnd &&
      (ShapedType::isDynamic(rowCount) || ShapedType::isDynamic(keyCount) ||
       rowCount - *found.left > keyCount))
    return false;
  found.hiding = hiding;
  band = std::move(found);
  return true;
}

bool AttentionMatcher::matchMask(const ScalarNode *condition,
                                 bool visibleIfTrue, double hiding) {
  Band found;
  return hidesInBand(hiding) &&
         matchCondition(condition, visibleIfTrue, found) &&
         takeBand(std::move(found), hiding);
}

bool AttentionMatcher::matchAddedMask(ScalarNode *addend, double sign) {
  addend = skipConversions(addend);
  if (addend->kind == Kind::Element && isa<FloatType>(addend->type)) {
    std::optional<MaskTable> table = getTable(addend->tensor);
    if (!table)
      return false;
    auto values = table->elements.value_begin<APFloat>();
    std::optional<double> hiding;
    Band found;
    return matchTable(
               addend, *table,
               [&](int64_t i) -> std::optional<bool> {
                 APFloat value = values[i];
                 if (value.isZero())
                   return true;
                 double number =
                     sign *
                     FloatAttr::get(addend->type, value).getValueAsDouble();
                 if (!hidesInBand(number) || hiding.value_or(number) != number)
                   return std::nullopt;
                 hiding = number;
                 return false;
               },
               found) &&
           takeBand(std::move(found), *hiding);
  }
  SmallPtrSet<const ScalarNode *, 16> seen;
  const ScalarNode *condition = findCondition(addend, seen);
  if (!condition)
    return false;
  auto evaluateIf = [&](bool holds) -> std::optional<double> {
    ScalarNode *number = expressions.evaluateIf(addend, condition, holds);
    return number ? getConstant(number) : std::nullopt;
  };
  std::optional<double> ifTrue = evaluateIf(true), ifFalse = evaluateIf(false);
  if (!ifTrue || !ifFalse)
    return false;
  return (*ifTrue == 0 && matchMask(condition, true, sign * *ifFalse)) ||
         (*ifFalse == 0 && matchMask(condition, false, sign * *ifTrue));
}

ScalarNode *AttentionMatcher::peelBand(ScalarNode *node) {
  node = skipConversions(node);
  if (isOp<arith::SelectOp>(node)) {
    for (unsigned hidden : {1, 2})
      if (matchMask(node->operands[0], /*visibleIfTrue=*/hidden == 2,
                    getConstant(node->operands[hidden]).value_or(0)))
        return node->operands[3 - hidden];
    return node;
  }
  if (isOp<arith::AddFOp, arith::SubFOp>(node))
    for (unsigned i : {1, 0}) {
      bool isSubtracted = isOp<arith::SubFOp>(node);
      if (isSubtracted && i == 0)
        break;
      if (matchAddedMask(node->operands[i], isSubtracted ? -1 : 1))
        return node->operands[1 - i];
    }
  return node;
}
