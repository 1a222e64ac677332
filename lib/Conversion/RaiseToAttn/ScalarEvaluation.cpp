//===- ScalarEvaluation.cpp - Expressions of elements ---------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScalarExpression.h"
#include "fa3/Dialect/Attn/IR/Constants.h"
#include "mlir/IR/Matchers.h"

#include <functional>

using namespace mlir;
using namespace mlir::attn;

using Kind = ScalarNode::Kind;

ScalarNode *ScalarExpressions::make(Kind kind, Type type) {
  ScalarNode &node = nodes.emplace_back();
  node.kind = kind;
  node.type = type;
  return &node;
}

ScalarNode *ScalarExpressions::makeScalar(Value value) {
  ScalarNode *node = make(Kind::Scalar, value.getType());
  node->scalar = value;
  Attribute constant;
  if (matchPattern(value, m_Constant(&constant)))
    node->constant = dyn_cast<TypedAttr>(constant);
  return node;
}

ScalarNode *ScalarExpressions::makeElement(Kind kind, Value tensor,
                                           ArrayRef<Coordinate> coordinates) {
  ScalarNode *node = make(kind, getElementTypeOrSelf(tensor));
  node->tensor = tensor;
  node->coordinates.assign(coordinates.begin(), coordinates.end());
  return node;
}

ScalarNode *ScalarExpressions::evaluate(Value tensor, Coordinates coordinates) {
  trace(tensor, coordinates, Through::None);
  coordinates = resolveAll(coordinates);
  for (auto &[at, node] : evaluated[tensor])
    if (resolveAll(at) == coordinates)
      return node;
  ScalarNode *node = evaluateTraced(tensor, coordinates);
  evaluated[tensor].emplace_back(coordinates, node);
  return node;
}

/// Whether a constant holds 0, 1, 2 and so on, as exporters fold it.
static bool isCount(DenseElementsAttr elements) {
  auto integers = dyn_cast_if_present<DenseIntElementsAttr>(elements);
  if (!integers)
    return false;
  uint64_t next = 0;
  return llvm::all_of(integers.getValues<APInt>(),
                      [&](const APInt &value) { return value == next++; });
}

ScalarNode *
ScalarExpressions::evaluateTraced(Value tensor,
                                  ArrayRef<Coordinate> coordinates) {
  DenseElementsAttr elements;
  // Not of weights, which are large.
  constexpr int64_t kMostElements = 1 << 20;
  auto type = cast<RankedTensorType>(tensor.getType());
  if (!matchPattern(tensor, m_Constant(&elements)) && type.hasStaticShape() &&
      type.getNumElements() <= kMostElements)
    elements = getDenseElements(tensor);
  if (elements && elements.isSplat()) {
    ScalarNode *node = make(Kind::Scalar, elements.getElementType());
    node->constant = elements.getSplatValue<TypedAttr>();
    return node;
  }
  if (isCount(elements)) {
    // Of the only dimension that has more than one element.
    ArrayRef<int64_t> shape = elements.getType().getShape();
    auto isLong = [](int64_t size) { return size != 1; };
    if (llvm::count_if(shape, isLong) == 1) {
      ScalarNode *node = make(Kind::Index, elements.getElementType());
      node->index = coordinates[llvm::find_if(shape, isLong) - shape.begin()];
      return node;
    }
  }
  Operation *op = tensor.getDefiningOp();
  if (isa_and_nonnull<linalg::SoftmaxOp>(op))
    return makeElement(Kind::Softmax, tensor, coordinates);
  if (auto linalgOp = dyn_cast_or_null<linalg::LinalgOp>(op))
    if (ScalarNode *node = evaluateLinalg(linalgOp, tensor, coordinates))
      return node;
  return makeElement(Kind::Element, tensor, coordinates);
}

Operation *attn::getReducer(const ScalarNode &reduction) {
  auto op = reduction.tensor.getDefiningOp<linalg::LinalgOp>();
  if (!op || op.getNumReductionLoops() == 0)
    return nullptr;
  return getCombiner(op, cast<OpResult>(reduction.tensor).getResultNumber())
      .first;
}

ScalarNode *
ScalarExpressions::evaluateLinalg(linalg::LinalgOp op, Value tensor,
                                  ArrayRef<Coordinate> coordinates) {
  if (!op.hasPureTensorSemantics())
    return nullptr;
  unsigned result = cast<OpResult>(tensor).getResultNumber();
  std::optional<Coordinates> loops = getLoops(op, result, coordinates);
  if (!loops)
    return nullptr;
  if (isProduct(op))
    return makeElement(Kind::Product, tensor, coordinates);
  if (op.getNumReductionLoops() != 0) {
    auto [combiner, value] = getCombiner(op, result);
    // What is true of a row is that of a mask, and read as an element.
    if (!combiner || isa<arith::AndIOp, arith::OrIOp>(combiner))
      return nullptr;
    ScalarNode *node = makeElement(Kind::Reduction, tensor, coordinates);
    node->op = combiner;
    return node;
  }
  return evaluateBody(op, op.getBlock()->getTerminator()->getOperand(result),
                      *loops);
}

ScalarNode *ScalarExpressions::evaluateReduced(const ScalarNode &reduction,
                                               Coordinate reduced) {
  auto op = reduction.tensor.getDefiningOp<linalg::LinalgOp>();
  unsigned result = cast<OpResult>(reduction.tensor).getResultNumber();
  std::optional<unsigned> loop = getReducedLoop(op);
  std::optional<Coordinates> loops =
      getLoops(op, result, reduction.coordinates);
  if (!loop || !loops || op.getStaticLoopRanges()[*loop] != getSize(reduced))
    return nullptr;
  (*loops)[*loop] = std::move(reduced);
  return evaluateBody(op, getCombiner(op, result).second, *loops);
}

ScalarNode *ScalarExpressions::evaluateInit(const ScalarNode &reduction) {
  auto op = reduction.tensor.getDefiningOp<linalg::LinalgOp>();
  unsigned result = cast<OpResult>(reduction.tensor).getResultNumber();
  return evaluate(op.getDpsInitOperand(result)->get(), reduction.coordinates);
}

ScalarNode *ScalarExpressions::evaluateBody(linalg::LinalgOp op, Value value,
                                            ArrayRef<Coordinate> loops) {
  DenseMap<Value, ScalarNode *> known;
  return evaluateBody(op, value, loops, known);
}

ScalarNode *ScalarExpressions::fold(Operation *op,
                                    ArrayRef<ScalarNode *> operands) {
  // A fold may change the operation that it is asked of, such as the order of
  // its operands, and only then find what it is. Some look at operands
  // themselves.
  Operation *copy = op->clone();
  OpBuilder detached(op->getContext());
  SmallVector<Operation *> made;
  DenseMap<Value, ScalarNode *> nodes;
  for (auto [i, operand] : llvm::enumerate(operands)) {
    if (operand->constant) {
      made.push_back(
          arith::ConstantOp::create(detached, op->getLoc(), operand->constant));
      copy->setOperand(i, made.back()->getResult(0));
    }
    nodes[copy->getOperand(i)] = operand;
  }
  SmallVector<OpFoldResult> results;
  bool isFolded = false;
  for (unsigned i = 0; i < 2 && results.empty(); ++i) {
    SmallVector<Attribute> constants(operands.size());
    for (auto [constant, operand] :
         llvm::zip_equal(constants, copy->getOperands()))
      matchPattern(operand, m_Constant(&constant));
    isFolded = succeeded(copy->fold(constants, results));
  }
  copy->erase();
  for (Operation *constant : made)
    constant->erase();
  if (!isFolded || results.size() != 1)
    return nullptr;
  if (auto value = dyn_cast<Value>(results.front()))
    return nodes.lookup(value);
  auto constant = dyn_cast<TypedAttr>(cast<Attribute>(results.front()));
  if (!constant || constant.getType() != op->getResult(0).getType())
    return nullptr;
  ScalarNode *node = make(Kind::Scalar, constant.getType());
  node->constant = constant;
  return node;
}

ScalarNode *ScalarExpressions::evaluateIf(const ScalarNode *node,
                                          const ScalarNode *condition,
                                          bool holds) {
  DenseMap<const ScalarNode *, ScalarNode *> known;
  std::function<ScalarNode *(const ScalarNode *)> evaluate =
      [&](const ScalarNode *each) -> ScalarNode * {
    if (each->constant)
      return const_cast<ScalarNode *>(each);
    if (each->type.isInteger(1) && areEqual(each, condition)) {
      ScalarNode *constant = make(Kind::Scalar, each->type);
      constant->constant = BoolAttr::get(each->type.getContext(), holds);
      return constant;
    }
    if (each->kind != Kind::Operation)
      return nullptr;
    auto [entry, isNew] = known.try_emplace(each, nullptr);
    if (!isNew)
      return entry->second;
    SmallVector<ScalarNode *> operands;
    for (const ScalarNode *operand : each->operands) {
      operands.push_back(evaluate(operand));
      if (!operands.back())
        return nullptr;
    }
    ScalarNode *folded = fold(each->op, operands);
    return known[each] = folded && folded->constant ? folded : nullptr;
  };
  return evaluate(node);
}

ScalarNode *
ScalarExpressions::evaluateBody(linalg::LinalgOp op, Value value,
                                ArrayRef<Coordinate> loops,
                                DenseMap<Value, ScalarNode *> &known) {
  if (ScalarNode *node = known.lookup(value))
    return node;
  if (auto argument = dyn_cast<BlockArgument>(value);
      argument && argument.getOwner() == op.getBlock()) {
    OpOperand &operand = op->getOpOperand(argument.getArgNumber());
    // What a reduction has so far is not what it begins with.
    if (op.isDpsInit(&operand) && op.getNumReductionLoops() != 0)
      return nullptr;
    if (!isa<RankedTensorType>(operand.get().getType()))
      return makeScalar(operand.get());
    std::optional<Coordinates> access =
        getAccess(op.getMatchingIndexingMap(&operand), loops);
    return access ? evaluate(operand.get(), *access) : nullptr;
  }
  Operation *inner = value.getDefiningOp();
  if (!inner || inner->getBlock() != op.getBlock() ||
      matchPattern(inner, m_Constant()))
    return makeScalar(value);
  ScalarNode *node;
  if (auto index = dyn_cast<linalg::IndexOp>(inner)) {
    node = make(Kind::Index, value.getType());
    node->index = loops[index.getDim()];
  } else {
    if (inner->getNumResults() != 1 || inner->getNumRegions() != 0 ||
        !isPure(inner))
      return nullptr;
    SmallVector<ScalarNode *, 3> operands;
    for (Value operand : inner->getOperands()) {
      ScalarNode *child = evaluateBody(op, operand, loops, known);
      if (!child)
        return nullptr;
      operands.push_back(child);
    }
    // Exporters leave much that is no computation: `& true`, `+ 0`.
    node = fold(inner, operands);
    if (!node) {
      node = make(Kind::Operation, value.getType());
      node->op = inner;
      node->operands = std::move(operands);
    }
  }
  known[value] = node;
  return node;
}

bool ScalarExpressions::areEqual(const ScalarNode *lhs,
                                 const ScalarNode *rhs) const {
  // What is used often is compared once: all that was compared before is equal,
  // or nothing more would be.
  DenseSet<std::pair<const ScalarNode *, const ScalarNode *>> seen;
  SmallVector<std::pair<const ScalarNode *, const ScalarNode *>> left = {
      {lhs, rhs}};
  while (!left.empty()) {
    std::tie(lhs, rhs) = left.pop_back_val();
    if (lhs == rhs || !seen.insert({lhs, rhs}).second)
      continue;
    if (!lhs || !rhs || !areAlike(*lhs, *rhs))
      return false;
    for (auto [a, b] : llvm::zip_equal(lhs->operands, rhs->operands))
      left.emplace_back(a, b);
  }
  return true;
}

bool ScalarExpressions::areAlike(const ScalarNode &lhs,
                                 const ScalarNode &rhs) const {
  if (lhs.kind != rhs.kind || lhs.type != rhs.type)
    return false;
  switch (lhs.kind) {
  case Kind::Element:
  case Kind::Product:
  case Kind::Reduction:
  case Kind::Softmax:
    return lhs.tensor == rhs.tensor &&
           resolveAll(lhs.coordinates) == resolveAll(rhs.coordinates);
  case Kind::Scalar:
    if (lhs.constant || rhs.constant)
      return lhs.constant == rhs.constant;
    return lhs.scalar == rhs.scalar;
  case Kind::Index:
    return resolve(lhs.index) == resolve(rhs.index);
  case Kind::Operation:
    return lhs.op->getName() == rhs.op->getName() &&
           lhs.op->getAttrDictionary() == rhs.op->getAttrDictionary() &&
           lhs.operands.size() == rhs.operands.size();
  }
  llvm_unreachable("unknown kind");
}
