//===- ElementEvaluator.h - Elements of tiles as scalars --------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a lane of vector arithmetic on a tile computes, written as scalar
// operations. The shape of a vector says how often: an M×1 vector has a value
// for each row, a 1×N one for each column, and scalars have one for the tile.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_DIALECT_ATTN_TRANSFORMS_ELEMENTEVALUATOR_H
#define FA3_LIB_DIALECT_ATTN_TRANSFORMS_ELEMENTEVALUATOR_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::attn {

class ElementEvaluator {
public:
  /// Whether `value`, which is computed in `scope`, can be evaluated; adds the
  /// block arguments in `scope` that it depends on. If not, `reason` says why.
  static LogicalResult check(Value value, Operation *scope,
                             SetVector<Value> &arguments, std::string &reason);

  /// Values outside of `scope` stand for themselves, and its block arguments
  /// for what `scalars` says. What all rows share is written where `outside`
  /// stands.
  ElementEvaluator(Operation *scope, IRMapping scalars, OpBuilder outside)
      : scope(scope), scalars(std::move(scalars)), outside(outside) {}

  /// Adds a column of the given number, and gives its position.
  unsigned addColumn(Value number);
  /// What is evaluated from here on is of the row of the given number, and is
  /// written where `inside` stands.
  void startRow(OpBuilder &inside, Value number);

  /// The element of `value` in the row at hand and a column.
  Value getElement(Value value, unsigned column);
  /// A value that is no vector.
  Value getScalar(Value value) { return getElement(value, 0); }

private:
  Value build(Value value, unsigned column, OpBuilder &builder);

  Operation *scope;
  IRMapping scalars, row;
  OpBuilder outside;
  OpBuilder *inside = nullptr;
  Value rowNumber;
  SmallVector<Value> columnNumbers;
  SmallVector<IRMapping> columns, elements;
};

} // namespace mlir::attn

#endif // FA3_LIB_DIALECT_ATTN_TRANSFORMS_ELEMENTEVALUATOR_H
