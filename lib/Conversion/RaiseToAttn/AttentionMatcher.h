//===- AttentionMatcher.h - Attention written out in linalg -----*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_CONVERSION_RAISETOATTN_ATTENTIONMATCHER_H
#define FA3_LIB_CONVERSION_RAISETOATTN_ATTENTIONMATCHER_H

#include "ScalarExpression.h"
#include "llvm/ADT/MapVector.h"

namespace mlir::attn {

struct MaskTable;

/// Looks for an attention whose second product is the given reduction, and
/// describes it in the terms of `attn.forward`.
class AttentionMatcher {
public:
  explicit AttentionMatcher(linalg::LinalgOp product) : product(product) {}

  /// Whether there is one. Where it is not, `reason` says why a product with a
  /// softmax is none, and is empty for any other product.
  bool match();
  std::string reason;
  /// What the reason is about, where it is not the product; else null.
  Operation *where = nullptr;

  /// The product of Q and K, where there is one.
  Operation *getFirstProduct() const { return dot->tensor.getDefiningOp(); }

  ScalarExpressions expressions;
  /// What the attention computes: the product, or what reshapes, transposes and
  /// conversions make of it.
  Value result;
  /// Tensors, and the coordinates at which they are read.
  Value query, key, value;
  Coordinates queryAt, keyAt, valueAt, resultAt;
  /// What the coordinates are made of. A head of Q is one of K and V and, below
  /// it, a place in the group that shares that one.
  Coordinate batch, heads, group, rows, keys, features, valueFeatures;
  /// What a score's product is scaled by, and what Q and K are, before it.
  double scale = 1, operandFactor = 1;
  /// The score as a function of the scaled product; null where it is that.
  ScalarNode *score = nullptr;
  /// What multiplies the score region's result: the logarithm of the base of
  /// the exponentials, times a factor of their exponents.
  double power = 1;
  /// A score of at most this is that of a key that is not seen: its exponential
  /// beside that of any other is 0 in f32, as it still is of a tenth of it.
  static constexpr double kHidden = -1e9;
  bool hides(double number) const {
    return number <= kHidden && number * power <= kHidden / 10;
  }
  /// The lowest number of f16, by which exporters of models in it hide keys.
  static constexpr double kLowest = -65504;
  /// Whether a score of `number` hides keys where each row has others, which
  /// are not about as low.
  bool hidesInBand(double number) const {
    return hides(number) || (number == kLowest && power >= kLeastPower);
  }
  /// Exponentials of differences from -65504 are 0 at this factor, too, but for
  /// the lowest thousand of the numbers of f16.
  static constexpr double kLeastPower = 0.125;
  /// Whether the score has a finite number by which it may hide a key.
  bool hidesByNumber = false;
  /// Scores below this, which hide no key by themselves, are rounded so much
  /// that a row of them alone has other weights: its unit in the last place is
  /// 2^-7, and exponents are multiplied by log2(e) before they are subtracted.
  static constexpr double kCoarse = -1e5;
  /// What the maximum begins with.
  double leastMaximum = -std::numeric_limits<double>::infinity();
  /// Whether a row whose scores are all -inf gives 0 before, as after.
  bool hiddenRowsAreZero = false;
  /// What rows without a visible key are before and after; empty where it is
  /// the same, or where each row has one.
  std::string difference;
  /// Row i sees the keys from i - left to i + right, or as many on each side of
  /// the key that is as far from the last one as the row is from the last row.
  struct Band {
    Coordinate rows;
    std::optional<int64_t> left, right;
    bool fromEnd = false;
    /// What the scores of the other keys are, or what is added to them.
    double hiding = 0;
    /// How many conditions were looked at for it.
    unsigned conditions = 0;
  };
  std::optional<Band> band;

  /// Whether a node is the product of Q and K times `factor`, and nothing else.
  static bool isScaledProduct(const ScalarNode *node, double &factor);

  /// Says why there is none, where nothing has yet; gives false.
  bool refuse(const Twine &why, Operation *at = nullptr);

private:
  /// What a reason calls a node, or what an operation, or none, makes.
  static std::string describe(const ScalarNode *node);
  static std::string describe(Operation *op);
  /// What a reduction adds up or compares, or why that cannot be said.
  std::string describeReduced(const ScalarNode &reduction, ScalarNode *reduced);
  void findResult();
  /// Whether all elements of `from` are those of a tensor of this shape, each
  /// of them once, where `at` is the place in `from` of the one at `places`.
  bool isWhole(RankedTensorType from, ArrayRef<Coordinate> at,
               ArrayRef<Coordinate> places) const;
  /// Finds the softmax and V in the product where it is at these coordinates,
  /// and gives the scores; null where there are none.
  ScalarNode *matchProduct(ArrayRef<Coordinate> productAt);
  /// As `refuse`, for what gives a node.
  std::nullptr_t fail(const Twine &why, Operation *at = nullptr) {
    refuse(why, at);
    return nullptr;
  }
  /// The scores of a softmax over the keys; null where `node` is none.
  ScalarNode *matchSoftmax(ScalarNode *node);
  /// Of one operation.
  ScalarNode *matchSoftmaxOp(const ScalarNode &node);
  /// Of a selection of 0 where a row has no visible key, as it is in
  /// attn.forward.
  ScalarNode *matchZeroed(ScalarNode *node);
  /// The two sides of exp(s - m) / l, or exp(s - m) * (1 / l), or with the
  /// logarithm of l in the exponent.
  std::pair<ScalarNode *, ScalarNode *> matchQuotient(ScalarNode *node);
  /// Whether a sum is that of the exponentials; of those alone for which
  /// `visible` is true, where it is set.
  bool matchSum(ScalarNode *numerator, ScalarNode *sum,
                const ScalarNode *&visible);
  /// The difference in an exponential, whose factor is `power` then.
  ScalarNode *matchDifference(ScalarNode *numerator, double base);
  /// The maximum of the scores that a node is.
  ScalarNode *matchMaximum(ScalarNode *maximum, ScalarNode *score);
  /// The exponential and the sum of such of exp(s - (m + log l)); null where
  /// `node` is no such thing.
  std::pair<ScalarNode *, ScalarNode *> matchLogarithm(ScalarNode *node);
  /// The maximum of which a node is 0 where it is infinite.
  ScalarNode *skipFinite(ScalarNode *maximum);
  /// Whether a score is -inf where a condition does not hold.
  bool isHiddenUnless(const ScalarNode *condition, ScalarNode *score) const;
  /// Whether a condition, or its contrary, says that a number is NaN.
  bool isNaN(const ScalarNode *condition, bool ifTrue,
             const ScalarNode *number) const;
  /// Whether a condition, or its contrary, says that all scores of the row are
  /// -inf.
  bool matchHiddenRow(const ScalarNode *condition, bool ifTrue,
                      ScalarNode *score);
  /// Whether an expression has a node that is it. Goes on in what slices and
  /// the like are made of, but not in what is added up.
  bool containsNode(const ScalarNode *node,
                    llvm::function_ref<bool(const ScalarNode *)> isIt);
  /// Whether an expression is made of a softmax, or of what is nearly one.
  bool containsSoftmax(const ScalarNode *node);
  /// Whether the product has a factor that is made of a softmax.
  bool multipliesSoftmax();
  /// Says why a factor that is made of a softmax is none.
  bool refuseFactor(const ScalarNode *factor);
  /// Takes a band of visible keys off a score.
  ScalarNode *peelBand(ScalarNode *node);
  class SumBuilder;
  /// The coordinate whose size is dimension `dim` of a tensor that is made of
  /// Q, K or V; none where it is not, or is of several.
  std::optional<Coordinate> getMeasured(Value tensor, int64_t dim);
  /// Narrows one side of a band; fails where the bound is none of it.
  bool addBound(Band &found, const Coordinate &rows, bool fromEnd, bool isUpper,
                int64_t bound);
  /// The bounds that a condition puts on visible keys: one comparison of a
  /// place or a distance, and any condition.
  bool matchComparison(const ScalarNode *condition, bool visibleIfTrue,
                       Band &found);
  /// A band that a constant holds row by row.
  bool matchTable(const ScalarNode *element, const MaskTable &table,
                  llvm::function_ref<std::optional<bool>(int64_t)> isVisible,
                  Band &found);
  bool matchCondition(const ScalarNode *condition, bool visibleIfTrue,
                      Band &found);
  /// Makes a band that of the scores, unless the last rows see no key by it.
  bool takeBand(Band found, double hiding);
  /// Whether a condition hides keys by giving them this score.
  bool matchMask(const ScalarNode *condition, bool visibleIfTrue,
                 double hiding);
  /// Whether `sign` times a number that is added to scores hides keys.
  bool matchAddedMask(ScalarNode *addend, double sign);
  bool matchScore(ScalarNode *node);
  /// Finds the products in a score, and what they are scaled by. Like all walks
  /// it visits once what is used often: squares of squares are many paths.
  bool collect(ScalarNode *node, SmallVectorImpl<ScalarNode *> &products,
               SmallVectorImpl<double> &factors,
               SmallPtrSetImpl<ScalarNode *> &seen);
  bool matchFirstProduct();
  /// Finds out which digits are batch, heads, group and so on.
  bool classify();
  /// Which of Q, K, V and the result each digit is of.
  bool collectUses();
  bool classifyRows();
  void classifyHeads();
  /// The rows, where they are in one dimension with the batch, as behind a
  /// projection, and the keys are so, too; empty elsewhere.
  Coordinate findJoinedRows() const;
  bool checkTypes();
  /// What rows without a visible key are before and after, where a score has
  /// this number.
  void noteNumber(double number);
  /// Nodes that were looked at, and whether as what is compared alone.
  using SeenPlaces =
      DenseSet<llvm::PointerIntPair<const ScalarNode *, 1, bool>>;
  bool checkPlaces(const ScalarNode *node, bool isCompared, SeenPlaces &seen);
  bool beginsWithZero(const ScalarNode *node);

  linalg::LinalgOp product;
  ScalarNode *dot = nullptr;
  llvm::MapVector<unsigned, unsigned> uses;
};

} // namespace mlir::attn

#endif // FA3_LIB_CONVERSION_RAISETOATTN_ATTENTIONMATCHER_H
