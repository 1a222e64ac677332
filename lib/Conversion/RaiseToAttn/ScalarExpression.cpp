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

static bool isSkipped(Operation *op) {
  return isa<arith::ExtFOp, arith::TruncFOp>(op) &&
         !(isa<arith::TruncFOp>(op) && isTooNarrow(op->getResult(0).getType()));
}

/// Follows conversions between types of numbers back, but for roundings to
/// fewer than 16 bits.
static Value skipConversionsOf(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isSkipped(op))
      break;
    value = op->getOperand(0);
  }
  return value;
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

/// The input of `op` that `value` is below operations of the given types.
template <typename... OpT>
static OpOperand *getInputBelow(linalg::LinalgOp op, Value value) {
  while (Operation *inner = value.getDefiningOp()) {
    if (!isa<OpT...>(inner))
      return nullptr;
    value = inner->getOperand(0);
  }
  auto argument = cast<BlockArgument>(value);
  if (argument.getOwner() != op.getBlock() ||
      argument.getArgNumber() >= op.getNumDpsInputs())
    return nullptr;
  OpOperand *input = op.getDpsInputOperand(argument.getArgNumber());
  return isa<RankedTensorType>(input->get().getType()) ? input : nullptr;
}

OpOperand *attn::getWidenedInput(linalg::LinalgOp op, Value value) {
  return getInputBelow<arith::ExtFOp>(op, value);
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
  return getInputBelow<>(op, value);
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

//===----------------------------------------------------------------------===//
// Expressions
//===----------------------------------------------------------------------===//

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

/// Whether `select` gives the larger of two numbers by comparing them: what it
/// makes of NaN is no matter, as between maximumf and maxnumf.
static bool isMaximum(arith::SelectOp select) {
  auto compare = select.getCondition().getDefiningOp<arith::CmpFOp>();
  if (!compare)
    return false;
  using Predicate = arith::CmpFPredicate;
  Value larger = compare.getLhs(), smaller = compare.getRhs();
  switch (compare.getPredicate()) {
  case Predicate::OGT:
  case Predicate::OGE:
  case Predicate::UGT:
  case Predicate::UGE:
    break;
  case Predicate::OLT:
  case Predicate::OLE:
  case Predicate::ULT:
  case Predicate::ULE:
    std::swap(larger, smaller);
    break;
  default:
    return false;
  }
  return select.getTrueValue() == larger && select.getFalseValue() == smaller;
}

/// The operation by which a result of `op` is reduced, if it adds to the output
/// or takes the larger, the conjunction or the disjunction of it and a new
/// value, and that value.
static std::pair<Operation *, Value> getCombiner(linalg::LinalgOp op,
                                                 unsigned result) {
  Operation *combiner =
      op.getBlock()->getTerminator()->getOperand(result).getDefiningOp();
  auto select = dyn_cast_or_null<arith::SelectOp>(combiner);
  if (select
          ? !isMaximum(select)
          : !isa_and_nonnull<arith::AddFOp, arith::MaximumFOp, arith::MaxNumFOp,
                             arith::AndIOp, arith::OrIOp>(combiner))
    return {};
  Value output = op.getMatchingBlockArgument(op.getDpsInitOperand(result));
  // A selection's first operand is its condition.
  ValueRange operands = combiner->getOperands().take_back(2);
  for (unsigned i : {0, 1})
    if (operands[i] == output && operands[1 - i] != output)
      return {combiner, operands[1 - i]};
  return {};
}

std::optional<unsigned> attn::getReducedLoop(linalg::LinalgOp op) {
  SmallVector<unsigned> dims;
  op.getReductionDims(dims);
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  unsigned last = dims.back();
  llvm::erase_if(dims, [&](unsigned dim) { return sizes[dim] == 1; });
  if (dims.size() > 1)
    return std::nullopt;
  return dims.empty() ? last : dims.front();
}

arith::MulFOp attn::getAddedProduct(linalg::LinalgOp op) {
  if (op->getNumResults() != 1 || op.getNumReductionLoops() == 0)
    return nullptr;
  auto [combiner, added] = getCombiner(op, 0);
  return isa_and_nonnull<arith::AddFOp>(combiner)
             ? skipConversionsOf(added).getDefiningOp<arith::MulFOp>()
             : nullptr;
}

/// Whether an input is a tensor of a single number.
static bool isNumber(OpOperand *input) {
  auto type = dyn_cast<RankedTensorType>(input->get().getType());
  return type && type.getRank() == 0;
}

/// Goes back through numbers that multiply or divide, and conversions.
static Value skipFactorsOf(linalg::LinalgOp op, Value value) {
  auto isFactor = [&](Value operand) {
    operand = skipConversionsOf(operand);
    if (auto argument = dyn_cast<BlockArgument>(operand))
      return argument.getOwner() == op.getBlock() &&
             argument.getArgNumber() < op.getNumDpsInputs() &&
             isNumber(op.getDpsInputOperand(argument.getArgNumber()));
    return matchPattern(operand, m_Constant());
  };
  while (true) {
    value = skipConversionsOf(value);
    Operation *inner = value.getDefiningOp();
    if (!isa_and_nonnull<arith::MulFOp, arith::DivFOp>(inner))
      return value;
    if (isFactor(inner->getOperand(1)))
      value = inner->getOperand(0);
    else if (isa<arith::MulFOp>(inner) && isFactor(inner->getOperand(0)))
      value = inner->getOperand(1);
    else
      return value;
  }
}

bool attn::isProduct(linalg::LinalgOp op) {
  arith::MulFOp product = getAddedProduct(op);
  if (!product)
    return false;
  OpOperand *inputs[2];
  for (unsigned i : {0, 1})
    inputs[i] = getInputBelow<arith::ExtFOp, arith::TruncFOp>(
        op, skipFactorsOf(op, product->getOperand(i)));
  return inputs[0] && inputs[1] && inputs[0] != inputs[1] &&
         llvm::all_of(op.getDpsInputOperands(), [&](OpOperand *input) {
           return input == inputs[0] || input == inputs[1] || isNumber(input);
         });
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
