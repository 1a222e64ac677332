//===- RowTransform.cpp - Rotations of rows held in pieces ----------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A Hadamard transform of n columns is log₂ n steps. In the step of distance d,
// columns c and c + d, whose numbers differ in one bit, become their sum and
// their difference. Where the bit is one of the column in its piece, both are
// in one vector; where it is one of the piece, in two vectors of a thread; and
// else in two threads of a warp, whose numbers differ in the bit d / 8.
//
//===----------------------------------------------------------------------===//

#include "RowTransform.h"
#include "fa3/Dialect/Attn/IR/Quantization.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace mlir;
using namespace mlir::attn;

static constexpr int64_t kPiece = RowLayout::kPieceColumns;

Value mlir::attn::exchange(OpBuilder &builder, Location loc, Value value,
                           int64_t distance) {
  auto word = [&](int64_t value) -> Value {
    return arith::ConstantIntOp::create(builder, loc, value, 32);
  };
  return gpu::ShuffleOp::create(builder, loc, value, word(distance),
                                word(kWarpThreads), gpu::ShuffleMode::XOR)
      .getShuffleResult();
}

RowLayout RowLayout::getWhole(int64_t columns) {
  RowLayout layout = {columns, 1, {}};
  for (int64_t column = 0; column < columns; column += kPiece)
    layout.pieces.push_back(column);
  return layout;
}

RowLayout RowLayout::getShared(int64_t columns) {
  if (llvm::isPowerOf2_64(columns))
    return {columns, columns / (2 * kPiece), {0, columns / 2}};
  return {columns, columns / kPiece, {0}};
}

std::optional<unsigned> RowLayout::findPiece(unsigned piece,
                                             int64_t distance) const {
  const int64_t *it = llvm::find(pieces, pieces[piece] ^ distance);
  if (it == pieces.end())
    return std::nullopt;
  return static_cast<unsigned>(it - pieces.begin());
}

Value RowTransform::getColumn(unsigned piece) {
  Value first =
      arith::ConstantIndexOp::create(builder, loc, layout.pieces[piece]);
  if (layout.threads == 1)
    return first;
  Value own = arith::MulIOp::create(
      builder, loc, thread,
      arith::ConstantIndexOp::create(builder, loc, kPiece));
  return arith::AddIOp::create(builder, loc, own, first);
}

/// ±1/√n for each column of a piece.
Value RowTransform::getSigns(uint32_t seed, unsigned piece) {
  auto factor = static_cast<float>(
      1 / std::sqrt(static_cast<double>(getRotatedGroup(layout.columns))));
  auto floats = VectorType::get({kPiece}, builder.getF32Type());
  int64_t first = layout.pieces[piece];
  if (layout.threads == 1) {
    SmallVector<float> values;
    for (int64_t i = 0; i < kPiece; ++i)
      values.push_back(
          isNegated(seed, static_cast<uint32_t>(first + i)) ? -factor : factor);
    return arith::ConstantOp::create(
        builder, loc, DenseElementsAttr::get(floats, ArrayRef<float>(values)));
  }

  // A bit for each column that the piece is in one thread or another, in words;
  // the thread's own word, and of it its own bits.
  Type i32 = builder.getI32Type();
  auto word = [&](uint32_t value) -> Value {
    return arith::ConstantIntOp::create(builder, loc, i32,
                                        static_cast<int32_t>(value));
  };
  constexpr int64_t kPiecesOfWord = 32 / kPiece;
  Value number = arith::IndexCastOp::create(builder, loc, i32, thread);
  Value own;
  for (int64_t from = 0; from < layout.threads; from += kPiecesOfWord) {
    uint32_t bits = 0;
    for (int64_t i = 0; i < 32; ++i) {
      int64_t column = first + from * kPiece + i;
      if (column < layout.columns &&
          isNegated(seed, static_cast<uint32_t>(column)))
        bits |= uint32_t(1) << i;
    }
    if (!own) {
      own = word(bits);
      continue;
    }
    Value isLater =
        arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::uge, number,
                              word(static_cast<uint32_t>(from)));
    own = arith::SelectOp::create(builder, loc, isLater, word(bits), own);
  }
  Value shift = arith::MulIOp::create(
      builder, loc,
      arith::AndIOp::create(builder, loc, number, word(kPiecesOfWord - 1)),
      word(kPiece));
  own = arith::ShRUIOp::create(builder, loc, own, shift);

  // The bit of each column becomes the sign of the factor.
  auto words = VectorType::get({kPiece}, i32);
  auto spread = [&](Value value) -> Value {
    return vector::BroadcastOp::create(builder, loc, words, value);
  };
  SmallVector<int32_t> places;
  for (int64_t i = 0; i < kPiece; ++i)
    places.push_back(static_cast<int32_t>(31 - i));
  Value shifts = arith::ConstantOp::create(
      builder, loc, DenseElementsAttr::get(words, ArrayRef<int32_t>(places)));
  Value signs = arith::AndIOp::create(
      builder, loc, arith::ShLIOp::create(builder, loc, spread(own), shifts),
      spread(word(0x80000000U)));
  Value magnitude = spread(word(llvm::bit_cast<uint32_t>(factor)));
  return arith::BitcastOp::create(
      builder, loc, floats,
      arith::OrIOp::create(builder, loc, signs, magnitude));
}

void RowTransform::multiplyBySigns(uint32_t seed, SmallVectorImpl<Value> &row) {
  if (signs.empty())
    for (unsigned piece = 0; piece < layout.pieces.size(); ++piece)
      signs.push_back(getSigns(seed, piece));
  for (auto [piece, sign] : llvm::zip_equal(row, signs))
    piece = arith::MulFOp::create(builder, loc, piece, sign);
}

/// A step whose columns are in one piece.
Value RowTransform::addWithin(Value piece, int64_t distance) {
  SmallVector<int64_t> partners, places;
  for (int64_t i = 0; i < kPiece; ++i) {
    partners.push_back(i ^ distance);
    places.push_back((i & distance) == 0 ? i : kPiece + i);
  }
  Value partner =
      vector::ShuffleOp::create(builder, loc, piece, piece, partners);
  Value sum = arith::AddFOp::create(builder, loc, piece, partner);
  Value difference = arith::SubFOp::create(builder, loc, partner, piece);
  return vector::ShuffleOp::create(builder, loc, sum, difference, places);
}

/// A step whose columns are in two threads.
Value RowTransform::addAcross(Value piece, int64_t distance) {
  int64_t bit = distance / kPiece;
  auto type = cast<VectorType>(piece.getType());
  Type i32 = builder.getI32Type();
  auto word = [&](int64_t value) -> Value {
    return arith::ConstantIntOp::create(builder, loc, i32, value);
  };
  SmallVector<Value> partners;
  for (int64_t i = 0; i < kPiece; ++i)
    partners.push_back(exchange(
        builder, loc, vector::ExtractOp::create(builder, loc, piece, i), bit));
  Value partner = vector::FromElementsOp::create(builder, loc, type, partners);
  Value number = arith::IndexCastOp::create(builder, loc, i32, thread);
  Value isFirst = arith::CmpIOp::create(
      builder, loc, arith::CmpIPredicate::eq,
      arith::AndIOp::create(builder, loc, number, word(bit)), word(0));
  auto real = [&](float value) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getF32FloatAttr(value));
  };
  Value sign =
      arith::SelectOp::create(builder, loc, isFirst, real(1), real(-1));
  return math::FmaOp::create(
      builder, loc, piece,
      vector::BroadcastOp::create(builder, loc, type, sign), partner);
}

void RowTransform::multiplyByHadamard(SmallVectorImpl<Value> &row) {
  int64_t group = getRotatedGroup(layout.columns);
  for (int64_t distance = 1; distance < group; distance *= 2) {
    if (distance >= kPiece && distance >= kPiece * layout.threads) {
      SmallVector<Value> before(row.begin(), row.end());
      for (unsigned i = 0; i < row.size(); ++i) {
        Value partner = before[*layout.findPiece(i, distance)];
        bool isFirst = (layout.pieces[i] & distance) == 0;
        row[i] = isFirst
                     ? arith::AddFOp::create(builder, loc, before[i], partner)
                           .getResult()
                     : arith::SubFOp::create(builder, loc, partner, before[i])
                           .getResult();
      }
      continue;
    }
    for (Value &piece : row)
      piece = distance < kPiece ? addWithin(piece, distance)
                                : addAcross(piece, distance);
  }
}

void RowTransform::rotate(uint32_t seed, SmallVectorImpl<Value> &row) {
  multiplyBySigns(seed, row);
  multiplyByHadamard(row);
}

/// A Hadamard matrix is symmetric, and with its factor its own inverse; so are
/// the signs.
void RowTransform::rotateBack(uint32_t seed, SmallVectorImpl<Value> &row) {
  multiplyByHadamard(row);
  multiplyBySigns(seed, row);
}

Value RowTransform::embedNeighbours(Value piece, Value cosines, Value sines) {
  auto type = cast<VectorType>(piece.getType());
  SmallVector<int64_t> partners, pairs;
  SmallVector<float> values;
  for (int64_t i = 0; i < kPiece; ++i) {
    partners.push_back(i ^ 1);
    pairs.push_back(i / 2);
    values.push_back(i % 2 == 0 ? -1.0F : 1.0F);
  }
  auto spread = [&](Value table) -> Value {
    return vector::ShuffleOp::create(builder, loc, table, table, pairs);
  };
  Value alternating = arith::ConstantOp::create(
      builder, loc, DenseElementsAttr::get(type, ArrayRef<float>(values)));
  Value partner =
      vector::ShuffleOp::create(builder, loc, piece, piece, partners);
  Value turned =
      arith::MulFOp::create(builder, loc, spread(sines), alternating);
  return math::FmaOp::create(
      builder, loc, partner, turned,
      arith::MulFOp::create(builder, loc, piece, spread(cosines)));
}
