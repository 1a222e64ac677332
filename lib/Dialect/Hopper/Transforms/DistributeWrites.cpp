//===- DistributeWrites.cpp - Each thread's part of a store ---------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VectorDistributor.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::hopper;

/// The widest store of a thread, and the columns that its four write together.
static constexpr int64_t kWideBytes = 16;
static constexpr int64_t kWideColumns = 32;

LogicalResult VectorDistributor::distributeWrite(vector::TransferWriteOp op) {
  VectorType type = op.getVectorType();
  auto base = dyn_cast<MemRefType>(op.getBase().getType());
  FailureOr<FragmentKind> kind = getKind(op, type);
  if (failed(kind))
    return failure();
  AffineMap map = op.getPermutationMap();
  bool isTile = *kind == FragmentKind::Tile;
  // Only rows and the groups of a row end somewhere.
  auto rank = static_cast<unsigned>(type.getRank());
  bool grouped = isTile ? rank == 3 : rank == 2 && type.getDimSize(1) != 1;
  bool inBounds = true;
  for (unsigned dim = grouped ? 2 : 1; dim < rank; ++dim)
    inBounds &= op.isDimInBounds(dim);
  if (!base || op.getMask() || (!isTile && *kind != FragmentKind::Row) ||
      !inBounds ||
      !llvm::all_of(map.getResults(), llvm::IsaPred<AffineDimExpr>) ||
      (isTile && map.getResults().back() !=
                     getAffineDimExpr(base.getRank() - 1, op.getContext())))
    return op.emitOpError("cannot be distributed to threads: expected to write "
                          "rows of a memref whose columns are in bounds");
  if (!isTile || !isPacked(type) || type.getShape().back() < kWideColumns) {
    writeRows(op, lanes(op.getValueToStore()), 1);
    return success();
  }
  // Stores of 16 bytes, where the buffer begins at a multiple of that and its
  // rows do: all threads see the same.
  OpBuilder::InsertionGuard guard(builder);
  auto branch = scf::IfOp::create(builder, loc, isAligned(op.getBase()),
                                  /*withElseRegion=*/true);
  builder.setInsertionPointToStart(branch.thenBlock());
  writeRows(op, gatherColumns(lanes(op.getValueToStore())), kQuad);
  builder.setInsertionPointToStart(branch.elseBlock());
  writeRows(op, lanes(op.getValueToStore()), 1);
  return success();
}

/// Whether a buffer's address and the strides of its rows are multiples of 16
/// bytes.
Value VectorDistributor::isAligned(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  auto metadata =
      memref::ExtractStridedMetadataOp::create(builder, loc, buffer);
  Value bits = memref::ExtractAlignedPointerAsIndexOp::create(
      builder, loc, metadata.getBaseBuffer());
  int64_t bytes = type.getElementTypeBitWidth() / 8;
  auto include = [&](Value elements) {
    Value size = arith::MulIOp::create(builder, loc, elements, index(bytes));
    bits = arith::OrIOp::create(builder, loc, bits, size);
  };
  include(metadata.getOffset());
  for (Value stride : metadata.getStrides().drop_back())
    include(stride);
  Value rest = arith::AndIOp::create(builder, loc, bits, index(kWideBytes - 1));
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, rest,
                               index(0));
}

/// Exchanges pairs of columns between the four threads of a row, until each
/// has 8 columns next to each other of every 32. What is left over stays.
Lanes VectorDistributor::gatherColumns(const Lanes &pairs) {
  Type i32 = builder.getI32Type();
  auto bit = [&](int64_t mask) -> Value {
    Value column =
        arith::AndIOp::create(builder, loc, firstColumn, integer(2 * mask));
    return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne, column,
                                 integer(0));
  };
  Value odd = bit(1), upper = bit(2);
  auto select = [&](Value condition, Value a, Value b) -> Value {
    return arith::SelectOp::create(builder, loc, condition, a, b);
  };
  Lanes result(pairs);
  // A transposition of 4 × 4 registers, over one bit of their numbers after the
  // other. Registers q and q + 1 of a row half are 2 lanes apart.
  for (size_t first = 0; first + 2 * kQuad <= pairs.size(); first += 2 * kQuad)
    for (int64_t half = 0; half < 2; ++half) {
      SmallVector<Value, 4> words;
      for (int64_t q = 0; q < kQuad; ++q) {
        auto word = VectorType::get({1}, i32);
        Value cast = vector::BitCastOp::create(builder, loc, word,
                                               pairs[first + 2 * q + half]);
        words.push_back(vector::ExtractOp::create(builder, loc, cast,
                                                  ArrayRef<int64_t>{0}));
      }
      for (auto [distance, own] : {std::pair<int64_t, Value>(1, odd),
                                   std::pair<int64_t, Value>(2, upper)})
        for (int64_t q = 0; q < kQuad; ++q) {
          if (q & distance)
            continue;
          Value &low = words[q], &high = words[q + distance];
          Value received = exchange(select(own, low, high), distance);
          Value newLow = select(own, received, low);
          high = select(own, high, received);
          low = newLow;
        }
      for (int64_t q = 0; q < kQuad; ++q)
        result[first + 2 * q + half] = words[q];
    }
  return result;
}

/// Writes the thread's part of each row that exists; with `width` above 1 the
/// registers are those of `gatherColumns`, and written that many at a time.
void VectorDistributor::writeRows(vector::TransferWriteOp op,
                                  const Lanes &values, int64_t width) {
  VectorType type = op.getVectorType();
  bool isTile = *getFragmentKind(type, rows) == FragmentKind::Tile;
  AffineMap map = op.getPermutationMap();
  // Rows in groups along two dimensions.
  bool grouped =
      type.getRank() == (isTile ? 3 : 2) && (isTile || type.getDimSize(1) != 1);
  OpBuilder::InsertionGuard guard(builder);
  for (int64_t half = 0; half < 2; ++half) {
    OpBuilder::InsertionGuard inner(builder);
    SmallVector<Value> at(op.getIndices());
    auto advance = [&](unsigned dim, Value by) {
      at[dim] = arith::AddIOp::create(builder, loc, at[dim], by);
    };
    Value row =
        arith::AddIOp::create(builder, loc, firstRowIndex, index(8 * half));
    Value writes;
    auto require = [&](Value condition) {
      writes = writes ? arith::AndIOp::create(builder, loc, writes, condition)
                      : condition;
    };
    auto advanceTo = [&](unsigned dim, Value by) {
      unsigned bufferDim = map.getDimPosition(dim);
      advance(bufferDim, by);
      if (op.isDimInBounds(dim))
        return;
      Value end = memref::DimOp::create(builder, loc, op.getBase(), bufferDim);
      require(arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt,
                                    at[bufferDim], end));
    };
    if (grouped) {
      Value group = index(type.getDimSize(1));
      advanceTo(1, arith::RemUIOp::create(builder, loc, row, group));
      row = arith::DivUIOp::create(builder, loc, row, group);
    }
    advanceTo(0, row);
    if (!isTile) // One thread of a row's four writes for it.
      require(arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                    firstColumn, integer(0)));
    if (writes) {
      auto branch = scf::IfOp::create(builder, loc, writes,
                                      /*withElseRegion=*/false);
      builder.setInsertionPointToStart(branch.thenBlock());
    }
    if (!isTile) {
      memref::StoreOp::create(builder, loc, values[half], op.getBase(), at);
      continue;
    }
    Value begin = at.back();
    Value column = arith::AddIOp::create(builder, loc, begin, firstColumnIndex);
    int64_t wide = 0;
    if (width > 1) {
      wide = type.getShape().back() / kWideColumns * kWideColumns;
      Value own =
          arith::MulIOp::create(builder, loc, firstColumnIndex, index(kQuad));
      for (int64_t group = 0; group < wide; group += kWideColumns) {
        SmallVector<Value> words;
        for (int64_t q = 0; q < kQuad; ++q)
          words.push_back(values[group / kQuad + 2 * q + half]);
        Value all = vector::FromElementsOp::create(
            builder, loc, VectorType::get({kQuad}, builder.getI32Type()),
            words);
        auto row = VectorType::get({2 * kQuad}, type.getElementType());
        at.back() = arith::AddIOp::create(
            builder, loc, begin,
            arith::AddIOp::create(builder, loc, own, index(group)));
        vector::StoreOp::create(
            builder, loc, vector::BitCastOp::create(builder, loc, row, all),
            op.getBase(), at, /*nontemporal=*/false,
            llvm::MaybeAlign(kWideBytes));
      }
    }
    for (int64_t i = 0; i < static_cast<int64_t>(values.size()); ++i) {
      int64_t lane = isPacked(type) ? 2 * i : i;
      int64_t offset = getColumnOffset(getColumnLane(lane));
      if (getRowHalf(lane) != half || offset < wide)
        continue;
      at.back() = arith::AddIOp::create(builder, loc, column, index(offset));
      if (isPacked(type))
        vector::StoreOp::create(builder, loc, values[i], op.getBase(), at,
                                /*nontemporal=*/false, llvm::MaybeAlign(4));
      else
        memref::StoreOp::create(builder, loc, values[i], op.getBase(), at);
    }
  }
}
