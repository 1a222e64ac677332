//===- ExpressionBuilder.cpp - Sizes as expressions -----------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExpressionBuilder.h"
#include "fa3/Dialect/Hopper/Transforms/Assertions.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::hopper;

FailureOr<AffineExpr> ExpressionBuilder::build(OpFoldResult value) {
  if (auto attribute = dyn_cast<Attribute>(value))
    return getAffineConstantExpr(cast<IntegerAttr>(attribute).getInt(),
                                 context);
  return build(cast<Value>(value));
}

FailureOr<AffineExpr> ExpressionBuilder::buildSize(memref::DimOp dim) {
  auto argument = dyn_cast<BlockArgument>(dim.getSource());
  std::optional<int64_t> index = dim.getConstantIndex();
  if (!argument || !index)
    return failure();
  auto type = cast<MemRefType>(argument.getType());
  if (*index < 0 || *index >= type.getRank())
    return failure();
  if (!type.isDynamicDim(*index))
    return getAffineConstantExpr(type.getDimSize(*index), context);
  return getSymbol(SizeAttr::get(context, argument.getArgNumber(), *index));
}

AffineExpr ExpressionBuilder::getSymbol(SizeAttr size) {
  auto *it = llvm::find(sizes, size);
  unsigned position = it - sizes.begin();
  if (it == sizes.end())
    sizes.push_back(size);
  return getAffineSymbolExpr(position, context);
}

AffineExpr ExpressionBuilder::build(ExpressionAttr expression) {
  SmallVector<AffineExpr> symbols;
  for (SizeAttr size : expression.getSizes())
    symbols.push_back(getSymbol(size));
  return expression.getMap().getResult(0).replaceSymbols(symbols);
}

FailureOr<AffineExpr> ExpressionBuilder::build(Value value) {
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return getAffineConstantExpr(constant.getSExtValue(), context);
  Operation *op = value.getDefiningOp();
  if (!op)
    return failure();
  if (auto dim = dyn_cast<memref::DimOp>(op))
    return buildSize(dim);
  if (isa<arith::IndexCastOp, arith::IndexCastUIOp>(op))
    return build(op->getOperand(0));
  if (!isa<arith::AddIOp, arith::SubIOp, arith::MulIOp, arith::CeilDivUIOp,
           arith::DivUIOp>(op))
    return failure();
  FailureOr<AffineExpr> lhs = build(op->getOperand(0));
  FailureOr<AffineExpr> rhs = build(op->getOperand(1));
  if (failed(lhs) || failed(rhs))
    return failure();
  if (isa<arith::AddIOp>(op))
    return *lhs + *rhs;
  if (isa<arith::SubIOp>(op))
    return *lhs - *rhs;
  if (isa<arith::MulIOp>(op))
    return *lhs * *rhs;
  if (isa<arith::CeilDivUIOp>(op))
    return lhs->ceilDiv(*rhs);
  return lhs->floorDiv(*rhs);
}

FailureOr<ConstraintAttr>
mlir::hopper::convertAssertion(cf::AssertOp assertion) {
  auto compare = assertion.getArg().getDefiningOp<arith::CmpIOp>();
  if (!compare || compare.getPredicate() != arith::CmpIPredicate::eq)
    return failure();
  MLIRContext *context = assertion.getContext();
  ExpressionBuilder lhs(context), rhs(context);
  FailureOr<AffineExpr> left = lhs.build(OpFoldResult(compare.getLhs()));
  FailureOr<AffineExpr> right = rhs.build(OpFoldResult(compare.getRhs()));
  if (failed(left) || failed(right))
    return failure();
  return ConstraintAttr::get(context, lhs.get(*left), rhs.get(*right),
                             assertion.getMsgAttr());
}
