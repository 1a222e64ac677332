//===- TileBuffers.cpp - Tiles in memory ----------------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TileBuffers.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace mlir::attn;

int64_t mlir::attn::getLanes(int64_t columns) {
  constexpr int64_t maxLanes = 16;
  int64_t lanes = std::min(columns, maxLanes);
  while (columns % lanes != 0)
    --lanes;
  return lanes;
}

Value mlir::attn::createTileBuffer(OpBuilder &builder, Location loc,
                                   VectorType matrix) {
  OpBuilder::InsertionGuard guard(builder);
  Operation *parent = builder.getInsertionBlock()->getParentOp();
  auto function = dyn_cast<FunctionOpInterface>(parent);
  if (!function)
    function = parent->getParentOfType<FunctionOpInterface>();
  builder.setInsertionPointToStart(&function.getFunctionBody().front());
  return memref::AllocaOp::create(
      builder, loc, MemRefType::get(matrix.getShape(), matrix.getElementType()),
      builder.getI64IntegerAttr(64));
}

void mlir::attn::storeTile(OpBuilder &builder, Location loc, Value matrix,
                           Value buffer) {
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  int64_t rows = cast<VectorType>(matrix.getType()).getDimSize(0);
  for (int64_t i = 0; i < rows; ++i) {
    Value row =
        vector::ExtractOp::create(builder, loc, matrix, ArrayRef<int64_t>(i));
    Value at = arith::ConstantIndexOp::create(builder, loc, i);
    vector::StoreOp::create(builder, loc, row, buffer, ValueRange{at, zero});
  }
}

Value mlir::attn::loadTile(OpBuilder &builder, Location loc, Value buffer,
                           VectorType matrix) {
  auto rowType =
      VectorType::get(matrix.getShape().drop_front(), matrix.getElementType());
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  Value result =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(matrix));
  for (int64_t i = 0; i < matrix.getDimSize(0); ++i) {
    Value at = arith::ConstantIndexOp::create(builder, loc, i);
    Value row = vector::LoadOp::create(builder, loc, rowType, buffer,
                                       ValueRange{at, zero});
    result = vector::InsertOp::create(builder, loc, row, result,
                                      ArrayRef<int64_t>(i));
  }
  return result;
}
