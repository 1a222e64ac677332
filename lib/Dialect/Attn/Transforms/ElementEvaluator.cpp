//===- ElementEvaluator.cpp - Elements of tiles as scalars ----------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementEvaluator.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace mlir::attn;

/// Whether a value is computed in `scope`.
static bool isInside(Value value, Operation *scope) {
  return scope->isProperAncestor(value.getParentBlock()->getParentOp()) ||
         value.getParentBlock()->getParentOp() == scope;
}

static bool isConstantVector(Value value) {
  DenseElementsAttr elements;
  return isa<VectorType>(value.getType()) &&
         matchPattern(value, m_Constant(&elements)) && elements.isSplat();
}

LogicalResult ElementEvaluator::check(Value value, Operation *scope,
                                      SetVector<Value> &arguments,
                                      std::string &reason) {
  auto fail = [&](const Twine &text) {
    reason = text.str();
    return failure();
  };
  SetVector<Value> work;
  work.insert(value);
  for (size_t i = 0; i < work.size(); ++i) {
    Value next = work[i];
    auto vector = dyn_cast<VectorType>(next.getType());
    if (vector && vector.getRank() != 2)
      return fail("expected vectors of a tile's rows and columns, but got one "
                  "of rank " +
                  Twine(vector.getRank()));
    if (isConstantVector(next) || (!vector && !isInside(next, scope)))
      continue;
    Operation *op = next.getDefiningOp();
    if (!op) {
      if (vector)
        return fail("expected masks that do not depend on what the loop "
                    "carries");
      arguments.insert(next);
      continue;
    }
    bool known =
        vector
            ? isa<CoordinatesOp, vector::BroadcastOp, vector::GatherOp>(op) ||
                  OpTrait::hasElementwiseMappableTraits(op)
            : isPure(op) || isa<memref::LoadOp>(op);
    if (!known || op->getNumRegions() != 0)
      return fail("expected masks of elementwise operations and reads, but "
                  "got " +
                  op->getName().getStringRef());
    work.insert(op->operand_begin(), op->operand_end());
  }
  return success();
}

unsigned ElementEvaluator::addColumn(Value number) {
  columnNumbers.push_back(number);
  columns.emplace_back();
  elements.emplace_back();
  return columns.size() - 1;
}

void ElementEvaluator::startRow(OpBuilder &builder, Value number) {
  inside = &builder;
  rowNumber = number;
  row.clear();
  for (IRMapping &mapping : elements)
    mapping.clear();
}

Value ElementEvaluator::getElement(Value value, unsigned column) {
  auto type = dyn_cast<VectorType>(value.getType());
  if (!type && !isInside(value, scope))
    return value;
  bool byRow = type && type.getDimSize(0) != 1;
  bool byColumn = type && type.getDimSize(1) != 1;
  IRMapping &mapping = byRow      ? byColumn ? elements[column] : row
                       : byColumn ? columns[column]
                                  : scalars;
  if (Value known = mapping.lookupOrNull(value))
    return known;
  Value built = build(value, column, byRow ? *inside : outside);
  mapping.map(value, built);
  return built;
}

Value ElementEvaluator::build(Value value, unsigned column,
                              OpBuilder &builder) {
  Operation *op = value.getDefiningOp();
  Location loc = value.getLoc();
  if (isConstantVector(value)) {
    DenseElementsAttr elements;
    matchPattern(value, m_Constant(&elements));
    return arith::ConstantOp::create(
        builder, loc, cast<TypedAttr>(elements.getSplatValue<Attribute>()));
  }
  if (auto broadcast = dyn_cast<vector::BroadcastOp>(op))
    return getElement(broadcast.getSource(), column);
  if (auto coordinates = dyn_cast<CoordinatesOp>(op))
    return arith::AddIOp::create(
        builder, loc, getScalar(coordinates.getOrigin()),
        coordinates.getDimension() == 0 ? rowNumber : columnNumbers[column]);
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(getElement(operand, column));
  if (auto gather = dyn_cast<vector::GatherOp>(op)) {
    // As where the gather itself is cut into lanes: one that is masked reads
    // the first element in place of its own, which costs less than a branch.
    Value index = getElement(gather.getIndices(), column);
    Value mask = getElement(gather.getMask(), column);
    if (!index.getType().isIndex())
      index = arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                         index);
    Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
    Value safe = arith::SelectOp::create(builder, loc, mask, index, zero);
    SmallVector<Value> at;
    for (Value offset : gather.getOffsets())
      at.push_back(getElement(offset, column));
    at.back() = arith::AddIOp::create(builder, loc, at.back(), safe);
    Value read = memref::LoadOp::create(
        builder, loc, getElement(gather.getBase(), column), at);
    return arith::SelectOp::create(builder, loc, mask, read,
                                   getElement(gather.getPassThru(), column));
  }
  SmallVector<Type> types;
  for (Type type : op->getResultTypes())
    types.push_back(isa<VectorType>(type) ? getElementTypeOrSelf(type) : type);
  Operation *scalar = builder.create(loc, op->getName().getIdentifier(),
                                     operands, types, op->getAttrs());
  // Of several results all come from one operation.
  if (!isa<VectorType>(value.getType()))
    scalars.map(op->getResults(), scalar->getResults());
  return scalar->getResult(cast<OpResult>(value).getResultNumber());
}
