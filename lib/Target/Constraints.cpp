//===- Constraints.cpp - Sizes as the runtime computes them ---------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Target/Constraints.h"

#include "mlir/IR/AffineExprVisitor.h"

using namespace mlir;

namespace fa3 {

using runtime::SizeExpr;

namespace {
/// Converts an affine expression over symbols.
class ExprConverter : public AffineExprVisitor<ExprConverter, SizeExpr> {
public:
  explicit ExprConverter(ArrayRef<hopper::SizeAttr> sizes) : sizes(sizes) {}

  SizeExpr visitAddExpr(AffineBinaryOpExpr expr) {
    // Affine expressions have no subtraction: a - b·c is a + b·(-c).
    if (auto product = dyn_cast<AffineBinaryOpExpr>(expr.getRHS());
        product && product.getKind() == AffineExprKind::Mul)
      if (auto factor = dyn_cast<AffineConstantExpr>(product.getRHS());
          factor && factor.getValue() < 0 &&
          factor.getValue() != std::numeric_limits<int64_t>::min()) {
        SizeExpr negated = visit(product.getLHS());
        if (factor.getValue() != -1)
          negated = SizeExpr::mul(std::move(negated), -factor.getValue());
        return SizeExpr::sub(visit(expr.getLHS()), std::move(negated));
      }
    return SizeExpr::add(visit(expr.getLHS()), visit(expr.getRHS()));
  }
  SizeExpr visitMulExpr(AffineBinaryOpExpr expr) {
    return SizeExpr::mul(visit(expr.getLHS()), visit(expr.getRHS()));
  }
  SizeExpr visitModExpr(AffineBinaryOpExpr expr) {
    return SizeExpr::mod(visit(expr.getLHS()), visit(expr.getRHS()));
  }
  SizeExpr visitCeilDivExpr(AffineBinaryOpExpr expr) {
    return SizeExpr::ceilDiv(visit(expr.getLHS()), visit(expr.getRHS()));
  }
  SizeExpr visitFloorDivExpr(AffineBinaryOpExpr expr) {
    return SizeExpr::floorDiv(visit(expr.getLHS()), visit(expr.getRHS()));
  }
  SizeExpr visitConstantExpr(AffineConstantExpr expr) {
    return expr.getValue();
  }
  SizeExpr visitSymbolExpr(AffineSymbolExpr expr) {
    hopper::SizeAttr size = sizes[expr.getPosition()];
    return SizeExpr::size(size.getArgument(), size.getDimension());
  }
  SizeExpr visitDimExpr(AffineDimExpr) {
    llvm_unreachable("the attribute's verifier admits symbols only");
  }

private:
  ArrayRef<hopper::SizeAttr> sizes;
};
} // namespace

SizeExpr convertExpression(hopper::ExpressionAttr expression) {
  return ExprConverter(expression.getSizes())
      .visit(expression.getMap().getResult(0));
}

runtime::Constraint convertConstraint(hopper::ConstraintAttr constraint) {
  runtime::Constraint converted;
  converted.lhs = convertExpression(constraint.getLhs());
  converted.rhs = convertExpression(constraint.getRhs());
  converted.message = constraint.getMessage().str();
  return converted;
}

} // namespace fa3
