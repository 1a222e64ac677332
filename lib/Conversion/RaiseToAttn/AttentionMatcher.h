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

namespace mlir::attn {

/// Looks for an attention whose second product is given, and describes it in
/// the terms of `attn.forward`.
class AttentionMatcher {
public:
  explicit AttentionMatcher(linalg::LinalgOp product) : product(product) {}

  /// Whether there is one. Where it is not, `reason` says why a product with a
  /// softmax is none, and is empty for any other product.
  bool match();
  std::string reason;

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
  double scale = 1;
  /// The score as a function of the scaled product; null where it is that.
  ScalarNode *score = nullptr;
  /// A score of at most this is that of a key that is not seen: its exponential
  /// beside that of any other is 0 in f32.
  static constexpr double kHidden = -1e9;
  /// Whether the score has a finite number by which it may hide a key.
  bool hidesByNumber = false;
  /// Row i sees the keys from i - left to i + right.
  struct Band {
    Coordinate rows;
    std::optional<int64_t> left, right;
  };
  std::optional<Band> band;

  /// Whether a node is the product of Q and K times `factor`, and nothing else.
  static bool isScaledProduct(const ScalarNode *node, double &factor);

private:
  bool refuse(const Twine &why);
  void findResult();
  /// The scores of a softmax over the keys; null where `node` is none.
  ScalarNode *matchSoftmax(ScalarNode *node);
  /// Takes a band of visible keys off a score.
  ScalarNode *peelBand(ScalarNode *node);
  bool matchCondition(const ScalarNode *condition, bool visibleIfTrue,
                      Band &found);
  bool matchMask(const ScalarNode *condition, bool visibleIfTrue);
  bool matchScore(ScalarNode *node);
  /// Finds the products in a score, and what they are scaled by. Like all walks
  /// it visits once what is used often: squares of squares are many paths.
  bool collect(ScalarNode *node, SmallVectorImpl<ScalarNode *> &products,
               SmallVectorImpl<double> &factors,
               SmallPtrSetImpl<ScalarNode *> &seen);
  bool matchFirstProduct();
  bool classify();
  bool checkTypes();
  bool checkPlaces(const ScalarNode *node,
                   SmallPtrSetImpl<const ScalarNode *> &seen);
  bool beginsWithZero(const ScalarNode *node);

  linalg::LinalgOp product;
  ScalarNode *dot = nullptr;
};

} // namespace mlir::attn

#endif // FA3_LIB_CONVERSION_RAISETOATTN_ATTENTIONMATCHER_H
