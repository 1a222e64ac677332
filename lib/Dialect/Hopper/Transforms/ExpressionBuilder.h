//===- ExpressionBuilder.h - Sizes as expressions ---------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_DIALECT_HOPPER_TRANSFORMS_EXPRESSIONBUILDER_H
#define FA3_LIB_DIALECT_HOPPER_TRANSFORMS_EXPRESSIONBUILDER_H

#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace mlir::hopper {

/// Writes an index computed from the sizes of a function's arguments as an
/// affine expression over these sizes.
class ExpressionBuilder {
public:
  explicit ExpressionBuilder(MLIRContext *context) : context(context) {}

  FailureOr<AffineExpr> build(OpFoldResult value);
  /// The same for what an attribute says, with the sizes of this builder.
  AffineExpr build(ExpressionAttr expression);
  ExpressionAttr get(AffineExpr expression) const {
    return ExpressionAttr::get(
        context, AffineMap::get(0, sizes.size(), expression), sizes);
  }

private:
  FailureOr<AffineExpr> build(Value value);
  FailureOr<AffineExpr> buildSize(memref::DimOp dim);
  AffineExpr getSymbol(SizeAttr size);

  MLIRContext *context;
  SmallVector<SizeAttr> sizes;
};

} // namespace mlir::hopper

#endif // FA3_LIB_DIALECT_HOPPER_TRANSFORMS_EXPRESSIONBUILDER_H
