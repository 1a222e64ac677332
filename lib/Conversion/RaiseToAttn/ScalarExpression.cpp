//===- ScalarExpression.cpp - What one element of a tensor is -------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScalarExpression.h"
#include "OpenSizes.h"
#include "fa3/Dialect/Attn/IR/Constants.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/BitVector.h"

using namespace mlir;
using namespace mlir::attn;

using Kind = ScalarNode::Kind;

//===----------------------------------------------------------------------===//
// Coordinates
//===----------------------------------------------------------------------===//

Coordinate ScalarExpressions::makeCoordinate(int64_t size) {
  if (size == 1)
    return {};
  digits.push_back({size});
  return {static_cast<unsigned>(digits.size() - 1)};
}

Coordinates ScalarExpressions::makeCoordinates(ArrayRef<int64_t> shape) {
  return llvm::map_to_vector<4>(
      shape, [&](int64_t size) { return makeCoordinate(size); });
}

Coordinate ScalarExpressions::resolve(ArrayRef<unsigned> coordinate) const {
  Coordinate result;
  for (unsigned digit : coordinate) {
    const Digit &entry = digits[digit];
    if (entry.high == entry.low)
      result.push_back(digit);
    else
      llvm::append_range(result, resolve({entry.high, entry.low}));
  }
  return result;
}

Coordinates
ScalarExpressions::resolveAll(ArrayRef<Coordinate> coordinates) const {
  return llvm::map_to_vector<4>(
      coordinates, [&](const Coordinate &each) { return resolve(each); });
}

int64_t ScalarExpressions::getSize(ArrayRef<unsigned> coordinate) const {
  int64_t size = 1;
  for (unsigned digit : resolve(coordinate)) {
    if (ShapedType::isDynamic(getSize(digit)))
      return ShapedType::kDynamic;
    size *= getSize(digit);
  }
  return size;
}

std::optional<Coordinate> ScalarExpressions::takeLow(Coordinate &coordinate,
                                                     int64_t size,
                                                     bool isMultiple) {
  coordinate = resolve(coordinate);
  Coordinate low;
  // A size that is open, or none, is that of one digit, or its place is not
  // known.
  if (size <= 0) {
    if (coordinate.empty() || getSize(coordinate.back()) != size)
      return std::nullopt;
    low.push_back(coordinate.pop_back_val());
    return low;
  }
  for (int64_t rest = size; rest != 1;) {
    if (coordinate.empty() || getSize(coordinate.back()) == 0)
      return std::nullopt;
    unsigned last = coordinate.pop_back_val();
    int64_t have = getSize(last);
    bool isOpen = ShapedType::isDynamic(have);
    if (isOpen || have > rest) {
      if (isOpen ? !isMultiple : have % rest != 0)
        return std::nullopt;
      unsigned high =
          makeCoordinate(isOpen ? ShapedType::kDynamic : have / rest).front();
      unsigned lower = makeCoordinate(rest).front();
      digits[last].high = high;
      digits[last].low = lower;
      coordinate.push_back(high);
      last = lower;
      have = rest;
    }
    if (rest % have != 0)
      return std::nullopt;
    rest /= have;
    low.insert(low.begin(), last);
  }
  return low;
}

std::optional<Coordinates> ScalarExpressions::spread(Coordinate coordinate,
                                                     ArrayRef<int64_t> shape) {
  // Two open sizes may be any two with the same product.
  if (llvm::count_if(shape, ShapedType::isDynamic) > 1)
    return std::nullopt;
  Coordinates result(shape.size());
  for (size_t i = shape.size(); i-- > 0;) {
    std::optional<Coordinate> low =
        takeLow(coordinate, shape[i], /*isMultiple=*/true);
    if (!low)
      return std::nullopt;
    result[i] = *low;
  }
  if (!coordinate.empty())
    return std::nullopt;
  return result;
}

std::optional<Coordinate>
ScalarExpressions::join(ArrayRef<int64_t> dims,
                        ArrayRef<Coordinate> coordinates,
                        RankedTensorType type) const {
  Coordinate joined;
  for (int64_t dim : dims) {
    // What stands before counts in steps of this dimension's size, which a
    // place in a part of it does not tell: 0, or a remainder.
    if (!joined.empty() && getSize(coordinates[dim]) != type.getDimSize(dim))
      return std::nullopt;
    llvm::append_range(joined, coordinates[dim]);
  }
  // Only in front of the others can one of an open size be told apart again.
  if (joined.size() > 1 &&
      ShapedType::isDynamic(getSize(ArrayRef(joined).drop_front())))
    return std::nullopt;
  return joined;
}

//===----------------------------------------------------------------------===//
// Steps back
//===----------------------------------------------------------------------===//

/// The size of a loop over a dimension of a result.
static SizeSource getLoopSize(linalg::LinalgOp op, unsigned result,
                              unsigned loop) {
  OpOperand *init = op.getDpsInitOperand(result);
  std::optional<unsigned> dim =
      op.getMatchingIndexingMap(init).getResultPosition(
          getAffineDimExpr(loop, op.getContext()));
  return dim ? getSizeSource(init->get(), *dim) : SizeSource();
}

/// The only coordinate of a dimension of size 1.
static bool isZero(AffineExpr expr) {
  auto constant = dyn_cast<AffineConstantExpr>(expr);
  return constant && constant.getValue() == 0;
}

std::optional<Coordinates>
ScalarExpressions::getLoops(linalg::LinalgOp op, unsigned result,
                            ArrayRef<Coordinate> coordinates) {
  OpOperand *init = op.getDpsInitOperand(result);
  AffineMap map = op.getMatchingIndexingMap(init);
  ArrayRef<int64_t> shape = op.getShape(init);
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  Coordinates loops(op.getNumLoops());
  BitVector isSet(op.getNumLoops());
  // The body gives every element, and each of them once: on a diagonal, or in
  // one row of several, the others are still those of the init.
  for (auto [expr, coordinate, size] :
       llvm::zip_equal(map.getResults(), coordinates, shape)) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim && isZero(expr) && size == 1)
      continue;
    if (!dim || isSet.test(dim.getPosition()) ||
        iterators[dim.getPosition()] != utils::IteratorType::parallel)
      return std::nullopt;
    isSet.set(dim.getPosition());
    loops[dim.getPosition()] = coordinate;
  }
  for (auto [i, size] : llvm::enumerate(op.getStaticLoopRanges()))
    if (!isSet.test(i) && size != 1 &&
        iterators[i] == utils::IteratorType::parallel)
      return std::nullopt;
  return loops;
}

std::optional<Coordinates>
ScalarExpressions::getAccess(AffineMap map, ArrayRef<Coordinate> loops) {
  Coordinates access;
  for (AffineExpr expr : map.getResults()) {
    if (isZero(expr)) {
      access.emplace_back();
      continue;
    }
    // A head that reads head floordiv 8 shares that one with seven others.
    auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
    auto by = binary ? dyn_cast<AffineConstantExpr>(binary.getRHS())
                     : AffineConstantExpr();
    auto dim = dyn_cast<AffineDimExpr>(by ? binary.getLHS() : expr);
    if (!dim)
      return std::nullopt;
    Coordinate coordinate = loops[dim.getPosition()];
    if (by) {
      std::optional<Coordinate> low =
          by.getValue() > 0
              ? takeLow(coordinate, by.getValue(), /*isMultiple=*/false)
              : std::nullopt;
      if (!low)
        return std::nullopt;
      if (binary.getKind() == AffineExprKind::Mod)
        coordinate = *low;
      else if (binary.getKind() != AffineExprKind::FloorDiv)
        return std::nullopt;
    }
    access.push_back(coordinate);
  }
  return access;
}

/// Whether every loop gives another element.
static bool isParallel(linalg::LinalgOp op) {
  return op.getNumReductionLoops() == 0 &&
         op.getNumParallelLoops() == op.getNumLoops();
}

ScalarNode *attn::skipConversions(ScalarNode *node) {
  while (node->kind == Kind::Operation && isSkipped(node->op))
    node = node->operands.front();
  return node;
}

std::optional<double> attn::getConstant(const ScalarNode *node) {
  node = skipConversions(const_cast<ScalarNode *>(node));
  if (auto constant = dyn_cast_if_present<FloatAttr>(node->constant))
    return constant.getValueAsDouble();
  return std::nullopt;
}

bool attn::isTrue(const ScalarNode *node) {
  auto constant = dyn_cast_if_present<IntegerAttr>(node->constant);
  return constant && constant.getType().isInteger(1) &&
         constant.getValue().isOne();
}

bool ScalarExpressions::stepReshape(tensor::ReshapeOp reshape, Value &tensor,
                                    Coordinates &coordinates) {
  std::optional<SmallVector<ReshapedPart>> parts = getParts(reshape);
  if (!parts)
    return false;
  auto sourceType = cast<RankedTensorType>(reshape.getSource().getType());
  auto resultType = cast<RankedTensorType>(reshape.getResult().getType());
  Coordinates source(sourceType.getRank());
  for (const ReshapedPart &part : *parts) {
    std::optional<Coordinate> joined =
        join(part.result, coordinates, resultType);
    if (!joined)
      return false;
    if (part.source.size() == 1) {
      source[part.source.front()] = *joined;
      continue;
    }
    SmallVector<int64_t> shape = llvm::map_to_vector(
        part.source, [&](int64_t dim) { return sourceType.getDimSize(dim); });
    std::optional<Coordinates> spreadOut = spread(*joined, shape);
    if (!spreadOut)
      return false;
    for (auto [dim, coordinate] : llvm::zip_equal(part.source, *spreadOut))
      source[dim] = coordinate;
  }
  tensor = reshape.getSource();
  coordinates = source;
  return true;
}

bool ScalarExpressions::stepRead(linalg::LinalgOp op, tensor::ExtractOp read,
                                 unsigned result, Value &tensor,
                                 Coordinates &coordinates) {
  if (op.getBlock() == read.getTensor().getParentBlock())
    return false;
  std::optional<Coordinates> loops = getLoops(op, result, coordinates);
  if (!loops)
    return false;
  Coordinates source;
  bool isBroadcast = false;
  for (auto [dim, index] : llvm::enumerate(read.getIndices())) {
    Value place = skipBroadcastGuard(index, read.getTensor(), dim);
    if (getConstantIntValue(place) == 0 &&
        cast<RankedTensorType>(read.getTensor().getType()).getDimSize(dim) ==
            1) {
      source.emplace_back();
      continue;
    }
    auto loop = place.getDefiningOp<linalg::IndexOp>();
    if (!loop || loop->getBlock() != op.getBlock())
      return false;
    source.push_back((*loops)[loop.getDim()]);
    SizeSource size = getSizeSource(read.getTensor(), dim);
    if (ShapedType::isStatic(size.number) ||
        size == getLoopSize(op, result, loop.getDim()))
      continue;
    // It may be longer, and only a part of it be read.
    if (place == index)
      return false;
    isBroadcast = true;
  }
  assumesNoBroadcast |= isBroadcast;
  tensor = read.getTensor();
  coordinates = source;
  return true;
}

bool ScalarExpressions::step(Value &tensor, Coordinates &coordinates,
                             Through through) {
  Operation *op = tensor.getDefiningOp();
  if (!op)
    return false;
  if (auto cast = dyn_cast<tensor::CastOp>(op)) {
    if (!isa<RankedTensorType>(cast.getSource().getType()))
      return false;
    tensor = cast.getSource();
    return true;
  }
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op)) {
    Coordinates source;
    for (ArrayRef<int64_t> group : expand.getReassociationIndices()) {
      std::optional<Coordinate> joined =
          join(group, coordinates, expand.getResultType());
      if (!joined)
        return false;
      source.push_back(*joined);
    }
    // All were joined into a tensor without dimensions.
    source.resize(expand.getSrcType().getRank());
    tensor = expand.getSrc();
    coordinates = source;
    return true;
  }
  if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op)) {
    Coordinates source(collapse.getSrcType().getRank());
    for (auto [group, coordinate] :
         llvm::zip(collapse.getReassociationIndices(), coordinates)) {
      SmallVector<int64_t> shape = llvm::map_to_vector(group, [&](int64_t dim) {
        return collapse.getSrcType().getDimSize(dim);
      });
      std::optional<Coordinates> parts = spread(coordinate, shape);
      if (!parts)
        return false;
      for (auto [dim, part] : llvm::zip_equal(group, *parts))
        source[dim] = part;
    }
    tensor = collapse.getSrc();
    coordinates = source;
    return true;
  }
  if (auto reshape = dyn_cast<tensor::ReshapeOp>(op))
    return stepReshape(reshape, tensor, coordinates);
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  if (!linalgOp || !linalgOp.hasPureTensorSemantics() || !isParallel(linalgOp))
    return false;
  unsigned result = cast<OpResult>(tensor).getResultNumber();
  Value yielded = linalgOp.getBlock()->getTerminator()->getOperand(result);
  if (through == Through::AllConversions)
    yielded = skipConversionsOf(yielded);
  else if (through == Through::Widening)
    for (auto widened = yielded.getDefiningOp<arith::ExtFOp>();
         widened && !isTooNarrow(widened.getIn().getType());
         widened = yielded.getDefiningOp<arith::ExtFOp>())
      yielded = widened.getIn();
  if (auto read = yielded.getDefiningOp<tensor::ExtractOp>())
    return stepRead(linalgOp, read, result, tensor, coordinates);
  auto argument = dyn_cast<BlockArgument>(yielded);
  if (!argument || argument.getOwner() != linalgOp.getBlock() ||
      argument.getArgNumber() >= linalgOp.getNumDpsInputs())
    return false;
  OpOperand *input = linalgOp.getDpsInputOperand(argument.getArgNumber());
  if (!isa<RankedTensorType>(input->get().getType()))
    return false;
  std::optional<Coordinates> loops = getLoops(linalgOp, result, coordinates);
  if (!loops)
    return false;
  std::optional<Coordinates> access =
      getAccess(linalgOp.getMatchingIndexingMap(input), *loops);
  if (!access)
    return false;
  tensor = input->get();
  coordinates = *access;
  return true;
}

void ScalarExpressions::trace(Value &tensor, Coordinates &coordinates,
                              Through through) {
  while (step(tensor, coordinates, through))
    ;
}

static bool isOf16Bits(Type type) { return type.isF16() || type.isBF16(); }

OpOperand *ScalarExpressions::getFactoredInput(linalg::LinalgOp op, Value value,
                                               ArrayRef<Coordinate> loops,
                                               double &factor, Type &narrow) {
  while (Operation *inner = value.getDefiningOp()) {
    unsigned next = 0;
    if (isa<arith::TruncFOp>(inner)) {
      Type type = value.getType();
      // Of two roundings, one may be to fewer bits than the other has.
      if (!isOf16Bits(type) || (narrow && narrow != type))
        return nullptr;
      narrow = type;
    } else if (isa<arith::MulFOp, arith::DivFOp>(inner)) {
      auto getNumber = [&](unsigned i) -> std::optional<double> {
        ScalarNode *node = evaluateBody(op, inner->getOperand(i), loops);
        return node ? getConstant(node) : std::nullopt;
      };
      std::optional<double> by = getNumber(1);
      if (!by && isa<arith::MulFOp>(inner)) {
        by = getNumber(0);
        next = 1;
      }
      if (!by)
        return nullptr;
      factor = isa<arith::MulFOp>(inner) ? factor * *by : factor / *by;
    } else if (!isa<arith::ExtFOp>(inner) ||
               isTooNarrow(inner->getOperand(0).getType())) {
      return nullptr;
    }
    value = inner->getOperand(next);
  }
  return getInput(op, value);
}

void ScalarExpressions::traceFactors(Value &tensor, Coordinates &coordinates,
                                     double &factor, Type narrow) {
  trace(tensor, coordinates, Through::Widening);
  Value current = tensor;
  Coordinates at = coordinates;
  double product = factor;
  while (true) {
    if (Type type = getElementTypeOrSelf(current);
        isOf16Bits(type) && (!narrow || narrow == type)) {
      narrow = type;
      tensor = current;
      coordinates = at;
      factor = product;
    }
    auto op = current.getDefiningOp<linalg::LinalgOp>();
    if (!op || !op.hasPureTensorSemantics() || !isParallel(op))
      return;
    unsigned result = cast<OpResult>(current).getResultNumber();
    std::optional<Coordinates> loops = getLoops(op, result, at);
    if (!loops)
      return;
    OpOperand *input =
        getFactoredInput(op, op.getBlock()->getTerminator()->getOperand(result),
                         *loops, product, narrow);
    std::optional<Coordinates> access =
        input ? getAccess(op.getMatchingIndexingMap(input), *loops)
              : std::nullopt;
    if (!access)
      return;
    current = input->get();
    at = *access;
    trace(current, at, Through::Widening);
  }
}
