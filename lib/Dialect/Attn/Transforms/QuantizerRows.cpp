//===- QuantizerRows.cpp - Rows, maxima and stores of attn.quantize -------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Quantizer.h"
#include "fa3/Dialect/Attn/IR/Quantization.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"
#include <limits>

using namespace mlir;
using namespace mlir::attn;

Value Quantizer::loadAt(Value row, Value column) {
  return loadPiece(op.getInput(),
                   place(op.getLayout(), batch, row, head, column));
}

/// Row `number` of a thread. Where Y is transposed it has four at a time that
/// stand next to each other there.
Quantizer::Row Quantizer::placeRow(int64_t number) {
  Row row;
  if (!op.getTransposed() || !plan.isGPU) {
    row.wanted =
        add(firstRow, add(threadRow, index(number * getRowsOfBlock())));
  } else {
    Value four =
        minimum(add(threadRow, index(number / kPlaces * getRowsOfBlock())),
                index(plan.partRows / kPlaces - 1));
    Value group = divide(four, kKeyGroup / kPlaces);
    Value inGroup = remainder(four, kKeyGroup / kPlaces);
    row.wanted = add(add(firstRow, mul(group, index(kKeyGroup))),
                     add(mul(inGroup, index(getKeyOfPlace(kPlaces))),
                         index(getKeyOfPlace(number % kPlaces))));
  }
  row.number = minimum(row.wanted, lastRow);
  row.exists = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ule,
                                     row.wanted, lastRow);
  return row;
}

/// The rows as X has them. All loads stand in front of what uses them, so that
/// they are in flight together.
SmallVector<Quantizer::Row> Quantizer::loadRows() {
  RowTransform transform(builder, loc, plan.layout, threadInRow);
  SmallVector<Value> columns;
  for (unsigned piece = 0; piece < plan.layout.pieces.size(); ++piece)
    columns.push_back(transform.getColumn(piece));
  SmallVector<Row> rows;
  for (int64_t i = 0; i < plan.rows; ++i) {
    Row &row = rows.emplace_back(placeRow(i));
    for (Value column : columns)
      row.pieces.push_back(loadAt(row.number, column));
  }
  return rows;
}

/// The rows as their maximum is taken of them.
void Quantizer::prepareRows(MutableArrayRef<Row> rows) {
  if (keepsPacked())
    return;
  RowTransform transform(builder, loc, plan.layout, threadInRow);
  for (Row &row : rows) {
    for (Value &piece : row.pieces)
      piece = widen(piece);
    this->transform(row, transform);
  }
}

void Quantizer::transform(Row &row, RowTransform &transform) {
  if (op.hasRotary() && op.getInterleavedRotary())
    for (auto [i, piece] : llvm::enumerate(row.pieces)) {
      Value pair = divide(transform.getColumn(i), 2);
      auto load = [&](Value table) {
        return loadPiece(table, {row.number, pair}, kPiece / 2);
      };
      piece = transform.embedNeighbours(piece, load(op.getRotary()[0]),
                                        load(op.getRotary()[1]));
    }
  else if (op.hasRotary())
    embedHalves(row, transform);
  if (op.getRotation())
    transform.rotate(static_cast<uint32_t>(*op.getRotation()), row.pieces);
}

/// The rotary embedding of pairs half of the columns apart. Where the other
/// half is another thread's, it is loaded once more, from the cache.
void Quantizer::embedHalves(Row &row, RowTransform &transform) {
  Value cosines = op.getRotary()[0], sines = op.getRotary()[1];
  int64_t half = op.getHeadSize() / 2;
  auto fma = [&](Value a, Value b, Value c) -> Value {
    return math::FmaOp::create(builder, loc, a, b, c);
  };
  auto negate = [&](Value value) -> Value {
    return arith::NegFOp::create(builder, loc, value);
  };
  auto product = [&](Value a, Value b) -> Value {
    return arith::MulFOp::create(builder, loc, a, b);
  };
  size_t pairs = row.pieces.size() / 2;
  for (size_t i = 0; i < pairs; ++i) {
    Value pair = transform.getColumn(i);
    Value cos = loadPiece(cosines, {row.number, pair});
    Value sin = loadPiece(sines, {row.number, pair});
    Value u = row.pieces[i], v = row.pieces[pairs + i];
    row.pieces[i] = fma(negate(v), sin, product(u, cos));
    row.pieces[pairs + i] = fma(u, sin, product(v, cos));
  }
  if (pairs != 0)
    return;
  Value column = transform.getColumn(0);
  Value isFirst = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult,
                                        column, index(half));
  Value behind = add(column, index(half));
  Value before = arith::SubIOp::create(builder, loc, column, index(half));
  auto choose = [&](Value first, Value second) -> Value {
    return arith::SelectOp::create(builder, loc, isFirst, first, second);
  };
  Value pair = choose(column, before);
  Value cos = loadPiece(cosines, {row.number, pair});
  Value sin = loadPiece(sines, {row.number, pair});
  Value partner = widen(loadAt(row.number, choose(behind, before)));
  Value sign = choose(number(-1), number(1));
  row.pieces[0] =
      fma(partner, multiply(sin, sign), product(row.pieces[0], cos));
}

/// Of 16-bit elements the signs of two in a register are cleared at a time.
Value Quantizer::getMagnitude(Value piece) {
  auto type = cast<VectorType>(piece.getType());
  if (!keepsPacked())
    return math::AbsFOp::create(builder, loc, piece);
  auto words = VectorType::get({kPiece / 2}, builder.getI32Type());
  Value bits = vector::BitCastOp::create(builder, loc, words, piece);
  Value mask = arith::ConstantOp::create(
      builder, loc, DenseElementsAttr::get(words, int32_t(0x7fff7fff)));
  return vector::BitCastOp::create(
      builder, loc, type, arith::AndIOp::create(builder, loc, bits, mask));
}

/// The largest magnitude of what a block of threads holds. A NaN is none: of a
/// NaN and a number, maxnum is the number.
Value Quantizer::getMaximum(ArrayRef<Row> rows) {
  Value largest;
  for (const Row &row : rows)
    for (Value piece : row.pieces) {
      Value magnitude = getMagnitude(piece);
      largest = largest
                    ? arith::MaxNumFOp::create(builder, loc, largest, magnitude)
                          .getResult()
                    : magnitude;
    }
  // All of them may be NaN.
  auto type = cast<VectorType>(largest.getType());
  Value zero = arith::ConstantOp::create(
      builder, loc, FloatAttr::get(type.getElementType(), 0));
  Value one = vector::ReductionOp::create(
      builder, loc, vector::CombiningKind::MAXNUMF, largest, zero);
  if (!type.getElementType().isF32())
    one = arith::ExtFOp::create(builder, loc, builder.getF32Type(), one);
  return combineMaxima(one, plan.threads);
}

/// The maximum over the threads of a block, in each of them.
Value Quantizer::combineMaxima(Value maximum, int64_t threads) {
  if (threads == 1)
    return maximum;
  auto combine = [&] {
    for (int64_t distance = 1; distance < kWarpThreads; distance *= 2)
      maximum = arith::MaxNumFOp::create(
          builder, loc, maximum, exchange(builder, loc, maximum, distance));
  };
  combine();
  int64_t warps = threads / kWarpThreads;
  if (warps == 1)
    return maximum;
  // All threads of a warp write the same.
  memref::StoreOp::create(builder, loc, maximum, warpMaxima,
                          divide(thread, kWarpThreads));
  gpu::BarrierOp::create(builder, loc);
  // The first lanes have a maximum each, the others the last: all 32 exchange.
  Value lane = remainder(thread, kWarpThreads);
  maximum = memref::LoadOp::create(builder, loc, warpMaxima,
                                   minimum(lane, index(warps - 1)));
  combine();
  return maximum;
}

/// Neither 0 nor infinite, so that it has an inverse that is neither.
Value Quantizer::getScale(Value maximum) {
  Value finite = arith::MinNumFOp::create(
      builder, loc, maximum, number(std::numeric_limits<float>::max()));
  double largest = getLargest(op.getOutputType().getElementType());
  Value scale = arith::DivFOp::create(builder, loc, finite, number(largest));
  return arith::MaxNumFOp::create(builder, loc, scale, number(kLeastScale));
}

/// Rows behind the end of a part are its last one, and write what that writes.
void Quantizer::storeRows(ArrayRef<Row> rows, Value inverse) {
  RowTransform transform(builder, loc, plan.layout, threadInRow);
  for (const Row &row : rows)
    for (auto [i, piece] : llvm::enumerate(row.pieces))
      storePiece(multiply(widen(piece), inverse), op.getOutput(),
                 place(op.getLayout(), batch, row.number, head,
                       transform.getColumn(i)));
}

/// What is stored for a row that there is not.
static Value clearMissing(OpBuilder &builder, Location loc, Value exists,
                          Value piece) {
  Value zero = arith::ConstantOp::create(builder, loc,
                                         builder.getZeroAttr(piece.getType()));
  return arith::SelectOp::create(builder, loc, exists, piece, zero);
}

/// A transposed row, element by element.
void Quantizer::storeColumns(ArrayRef<Row> rows, Value inverse) {
  RowTransform transform(builder, loc, plan.layout, threadInRow);
  Type element = op.getOutputType().getElementType();
  for (const Row &row : rows) {
    Value wanted = minimum(
        row.wanted, arith::SubIOp::create(builder, loc, placeEnd, index(1)));
    // Row 8h + 2t + e of a group stands at 4t + 2h + e.
    Value inGroup = remainder(wanted, kKeyGroup);
    Value place = arith::SubIOp::create(builder, loc, wanted, inGroup);
    place = add(place, mul(divide(remainder(inGroup, 8), 2), index(4)));
    place = add(place, mul(divide(inGroup, 8), index(2)));
    place = add(place, remainder(inGroup, 2));
    for (auto [i, piece] : llvm::enumerate(row.pieces)) {
      Value narrow = round(clearMissing(builder, loc, row.exists,
                                        multiply(widen(piece), inverse)),
                           element);
      Value first = transform.getColumn(i);
      for (int64_t column = 0; column < kPiece; ++column)
        memref::StoreOp::create(
            builder, loc,
            vector::ExtractOp::create(builder, loc, narrow, column),
            op.getOutput(),
            ValueRange{batch, head, add(first, index(column)), place});
    }
  }
}

/// A transposed part: four rows of a column are one access to shared memory,
/// and 16 are one to Y.
void Quantizer::storeThroughTile(ArrayRef<Row> rows, Value inverse) {
  RowTransform transform(builder, loc, plan.layout, threadInRow);
  Type f32 = builder.getF32Type();
  Type element = op.getOutputType().getElementType();
  auto align = [](int64_t bytes) {
    return llvm::MaybeAlign(static_cast<uint64_t>(bytes));
  };
  for (size_t first = 0; first < rows.size(); first += kPlaces) {
    ArrayRef<Row> four = rows.slice(first, kPlaces);
    Value number = add(threadRow, index(static_cast<int64_t>(first) / kPlaces *
                                        getRowsOfBlock()));
    number = minimum(number, index(plan.partRows / kPlaces - 1));
    Value place = mul(number, index(kPlaces));
    for (unsigned piece = 0; piece < plan.layout.pieces.size(); ++piece) {
      SmallVector<Value> scaled;
      for (const Row &row : four)
        scaled.push_back(
            clearMissing(builder, loc, row.exists,
                         multiply(widen(row.pieces[piece]), inverse)));
      Value column = transform.getColumn(piece);
      for (int64_t i = 0; i < kPiece; ++i) {
        SmallVector<Value> elements;
        for (Value row : scaled)
          elements.push_back(vector::ExtractOp::create(builder, loc, row, i));
        Value wide = vector::FromElementsOp::create(
            builder, loc, VectorType::get({kPlaces}, f32), elements);
        vector::StoreOp::create(builder, loc, round(wide, element), tile,
                                ValueRange{add(column, index(i)), place},
                                /*nontemporal=*/false, align(kPlaces));
      }
    }
  }
  gpu::BarrierOp::create(builder, loc);
  int64_t groups = plan.partRows / kKeyGroup;
  int64_t chunks = op.getHeadSize() * groups;
  auto chunkType = VectorType::get({kKeyGroup}, element);
  auto isBelow = [&](Value a, Value b) -> Value {
    return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, a, b);
  };
  for (int64_t from = 0; from < chunks; from += plan.threads) {
    Value chunk = add(thread, index(from));
    Value column = divide(chunk, groups);
    Value inPart = mul(remainder(chunk, groups), index(kKeyGroup));
    Value place = add(firstRow, inPart);
    Value isOurs = isBelow(place, placeEnd);
    if (from + plan.threads > chunks)
      isOurs = arith::AndIOp::create(builder, loc, isOurs,
                                     isBelow(chunk, index(chunks)));
    auto branch =
        scf::IfOp::create(builder, loc, isOurs, /*withElseRegion=*/false);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(branch.thenBlock());
    Value loaded = vector::LoadOp::create(
        builder, loc, chunkType, tile, ValueRange{column, inPart},
        /*nontemporal=*/false, align(kKeyGroup));
    auto type = cast<MemRefType>(op.getOutput().getType());
    vector::StoreOp::create(builder, loc, loaded, op.getOutput(),
                            ValueRange{batch, head, column, place},
                            /*nontemporal=*/false,
                            getRowAlignment(type, kKeyGroup));
  }
}

void Quantizer::storeRounded(ArrayRef<Row> rows, Value inverse) {
  if (!op.getTransposed())
    storeRows(rows, inverse);
  else if (plan.isGPU)
    storeThroughTile(rows, inverse);
  else
    storeColumns(rows, inverse);
}
