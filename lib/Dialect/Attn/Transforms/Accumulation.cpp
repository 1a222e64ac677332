//===- Accumulation.cpp - Products that a loop adds up --------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Accumulation.h"
#include "fa3/Dialect/Attn/IR/Attn.h"

using namespace mlir;
using namespace mlir::attn;

/// The product of integers that a value is the float of.
static vector::ContractionOp getIntegerProduct(Value value) {
  auto conversion = value.getDefiningOp<arith::SIToFPOp>();
  if (!conversion || !conversion->hasOneUse())
    return {};
  auto product = conversion.getIn().getDefiningOp<vector::ContractionOp>();
  return product && product->hasOneUse() && isZero(product.getAcc())
             ? product
             : vector::ContractionOp();
}

std::optional<Accumulation> mlir::attn::findAccumulation(Value value) {
  Accumulation result;
  if (auto sum = value.getDefiningOp<arith::AddFOp>()) {
    for (auto [operand, other] :
         {std::pair(&sum.getLhsMutable(), sum.getRhs()),
          std::pair(&sum.getRhsMutable(), sum.getLhs())})
      if (vector::ContractionOp product = getIntegerProduct(other))
        result = {product, operand};
  } else if (auto product = value.getDefiningOp<vector::ContractionOp>()) {
    result = {product, &product.getAccMutable()};
  }
  if (!result.product || result.product.getKind() != vector::CombiningKind::ADD)
    return std::nullopt;
  return result;
}
