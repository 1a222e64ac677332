//===- DimensionMatcher.cpp - Which dimension is which --------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttentionMatcher.h"
#include "fa3/Dialect/Attn/IR/Attn.h"

using namespace mlir;
using namespace mlir::attn;

/// Which of the tensors a digit is a part of the coordinates of.
enum : unsigned { Q = 1, K = 2, V = 4, R = 8 };

static bool holds(const Coordinate &coordinate, const Coordinate &part) {
  return llvm::any_of(part, [&](unsigned digit) {
    return llvm::is_contained(coordinate, digit);
  });
}

bool AttentionMatcher::collectUses() {
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
  for (const Coordinate *part : {&keys, &features})
    for (unsigned digit : *part)
      if (!uses.contains(digit))
        return refuse("expected Q, K and V to be read at each key and each "
                      "feature, but got some of them repeated");
  for (auto [digit, use] : uses) {
    unsigned wanted = llvm::is_contained(keys, digit)       ? K | V
                      : llvm::is_contained(features, digit) ? Q | K
                      : use == (V | R) || use == (Q | R)    ? use
                                                            : Q | K | V | R;
    if (use != wanted)
      return refuse("expected batch and heads to be dimensions of Q, K, V and "
                    "the result, or heads to be shared by rows of Q");
  }
  for (const Coordinate &coordinate : valueAt)
    for (unsigned digit : coordinate)
      if (uses[digit] == (V | R))
        valueFeatures.push_back(digit);
  return true;
}

Coordinate AttentionMatcher::findJoinedRows() const {
  auto isOfRows = [&](unsigned digit) { return uses.lookup(digit) == (Q | R); };
  for (const Coordinate &coordinate : queryAt) {
    const auto *begin = llvm::find_if(coordinate, isOfRows);
    Coordinate joined(coordinate.begin(), begin);
    llvm::append_range(joined, keys);
    if (begin != coordinate.begin() && begin != coordinate.end() &&
        std::all_of(begin, coordinate.end(), isOfRows) &&
        llvm::is_contained(keyAt, joined))
      return Coordinate(begin, coordinate.end());
  }
  return {};
}

bool AttentionMatcher::classifyRows() {
  // Digits in the order in which they stand in Q, dimension by dimension.
  SmallVector<Coordinate> alone;
  Coordinate grouped;
  for (const Coordinate &coordinate : queryAt) {
    Coordinate own;
    llvm::copy_if(coordinate, std::back_inserter(own),
                  [&](unsigned digit) { return uses[digit] == (Q | R); });
    bool isShared = llvm::any_of(coordinate, [&](unsigned digit) {
      return uses[digit] == (Q | K | V | R);
    });
    if (!isShared && !own.empty())
      alone.push_back(own);
    else
      llvm::append_range(grouped, own);
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
  else
    rows = findJoinedRows();
  for (unsigned digit : rows)
    if (uses[digit] != (Q | R))
      return refuse("expected the mask to compare rows with keys");
  alone.push_back(grouped);
  for (const Coordinate &own : alone)
    for (unsigned digit : own)
      if (!llvm::is_contained(rows, digit))
        group.push_back(digit);
  return true;
}

void AttentionMatcher::classifyHeads() {
  // Heads are what stands behind the rows, or together with the group that
  // shares them. Otherwise the last dimension is that of the heads: not the
  // only one where it is open, where a group stands apart from it, or where one
  // of size 1 follows.
  SmallVector<Coordinate> shared;
  bool behindRows = false;
  for (const Coordinate &coordinate : queryAt) {
    Coordinate here;
    llvm::copy_if(coordinate, std::back_inserter(here), [&](unsigned digit) {
      return uses[digit] == (Q | K | V | R);
    });
    llvm::append_range(behindRows || holds(coordinate, group) ? heads : batch,
                       here);
    behindRows |= holds(coordinate, rows);
    if (!here.empty())
      shared.push_back(here);
  }
  bool isFollowedByOne =
      !queryAt.front().empty() && llvm::is_contained(queryAt, Coordinate());
  if (heads.empty() && !shared.empty() &&
      (shared.size() > 1 ||
       (group.empty() && !isFollowedByOne &&
        !ShapedType::isDynamic(expressions.getSize(shared.back()))))) {
    heads = shared.back();
    batch.truncate(batch.size() - heads.size());
  }
}

bool AttentionMatcher::classify() {
  if (!collectUses() || !classifyRows())
    return false;
  classifyHeads();
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
