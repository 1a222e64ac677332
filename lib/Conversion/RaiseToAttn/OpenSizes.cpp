//===- OpenSizes.cpp - Which open sizes are the same ----------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpenSizes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace mlir::attn;

SizeSource attn::getSizeSource(Value size) {
  while (auto cast = size.getDefiningOp<arith::IndexCastOp>())
    size = cast.getIn();
  if (std::optional<int64_t> number = getConstantIntValue(size))
    return {Value(), -1, *number};
  if (auto of = size.getDefiningOp<tensor::DimOp>())
    if (std::optional<int64_t> dim = of.getConstantIndex();
        dim && isa<RankedTensorType>(of.getSource().getType()))
      return getSizeSource(of.getSource(), *dim);
  return {size, -1, ShapedType::kDynamic};
}

SizeSource attn::getSizeSource(Value tensor, int64_t dim) {
  while (true) {
    auto type = cast<RankedTensorType>(tensor.getType());
    if (!type.isDynamicDim(dim))
      return {Value(), -1, type.getDimSize(dim)};
    Operation *op = tensor.getDefiningOp();
    // A result has the shape of what it is written into.
    if (auto linalgOp = dyn_cast_or_null<linalg::LinalgOp>(op))
      tensor =
          linalgOp.getDpsInitOperand(cast<OpResult>(tensor).getResultNumber())
              ->get();
    else if (auto empty = dyn_cast_or_null<tensor::EmptyOp>(op))
      return getSizeSource(empty.getDynamicSize(dim));
    else if (auto cast = dyn_cast_or_null<tensor::CastOp>(op);
             cast && isa<RankedTensorType>(cast.getSource().getType()))
      tensor = cast.getSource();
    else
      return {tensor, dim, ShapedType::kDynamic};
  }
}

std::optional<SmallVector<ReshapedPart>>
attn::getParts(tensor::ReshapeOp reshape) {
  auto source = dyn_cast<RankedTensorType>(reshape.getSource().getType());
  auto result = dyn_cast<RankedTensorType>(reshape.getResult().getType());
  auto shape = reshape.getShape().getDefiningOp<tensor::FromElementsOp>();
  if (!source || !result || !shape)
    return std::nullopt;
  auto getSource = [&](int64_t dim) {
    return getSizeSource(reshape.getSource(), dim);
  };
  auto getResult = [&](int64_t dim) {
    return getSizeSource(shape.getElements()[dim]);
  };
  SmallVector<ReshapedPart> parts;
  int64_t i = 0, j = 0;
  while (i < source.getRank() || j < result.getRank()) {
    ReshapedPart &part = parts.emplace_back();
    // An open size is the same one on the other side.
    if (i < source.getRank() && j < result.getRank() &&
        getSource(i) == getResult(j)) {
      part.source.push_back(i++);
      part.result.push_back(j++);
      continue;
    }
    int64_t before = 1, after = 1;
    do {
      bool isBehind = before <= after && i < source.getRank();
      if (!isBehind && j == result.getRank())
        return std::nullopt;
      int64_t size = isBehind ? getSource(i).number : getResult(j).number;
      if (size <= 0)
        return std::nullopt;
      (isBehind ? before : after) *= size;
      if (isBehind)
        part.source.push_back(i++);
      else
        part.result.push_back(j++);
    } while (before != after);
  }
  return parts;
}

Value attn::skipBroadcastGuard(Value index, Value tensor, int64_t dim) {
  auto select = index.getDefiningOp<arith::SelectOp>();
  auto isOne = select ? select.getCondition().getDefiningOp<arith::CmpIOp>()
                      : arith::CmpIOp();
  if (!isOne || isOne.getPredicate() != arith::CmpIPredicate::eq ||
      getConstantIntValue(select.getTrueValue()) != 0 ||
      getConstantIntValue(isOne.getRhs()) != 1 ||
      getSizeSource(isOne.getLhs()) != getSizeSource(tensor, dim))
    return index;
  return select.getFalseValue();
}
