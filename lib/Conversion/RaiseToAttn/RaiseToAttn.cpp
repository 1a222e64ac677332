//===- RaiseToAttn.cpp - From linalg to attention -------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Writes attn.forward for what AttentionMatcher finds: brings Q, K and V into
// four dimensions, where they are not, and what is left of the scores into the
// score region.
//
//===----------------------------------------------------------------------===//

#include "AttentionMatcher.h"
#include "fa3/Conversion/Passes.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Iterators.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"

#include <limits>

namespace mlir::hopper {
#define GEN_PASS_DEF_RAISETOATTN
#include "fa3/Conversion/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::attn;

using Kind = ScalarNode::Kind;

namespace {
class AttentionBuilder {
public:
  explicit AttentionBuilder(AttentionMatcher &found)
      : found(found), expressions(found.expressions),
        builder(found.result.getDefiningOp()),
        loc(found.result.getDefiningOp()->getLoc()) {}

  void build();
  /// Which of Q, K, V and the result are brought into another order.
  SmallVector<StringRef> transposed;

private:
  /// Dimensions of Q, K, V or the result in the layout of the operation.
  Coordinates getTarget(const Coordinate &positions, const Coordinate &heads,
                        const Coordinate &features) const;
  /// A tensor with the elements of `value` in other dimensions.
  Value convert(Value value, StringRef name, Coordinates from,
                const Coordinates &to);
  Value collapse(Value value, ArrayRef<ReassociationIndices> groups);
  Value expand(Value value, ArrayRef<ReassociationIndices> groups,
               ArrayRef<OpFoldResult> sizes);
  void setBand(ForwardOp forward);
  void buildScore(ForwardOp forward);
  Value emit(const ScalarNode *node);
  Value emitIndex(const Coordinate &coordinate);
  Value emitDigit(unsigned digit);

  AttentionMatcher &found;
  ScalarExpressions &expressions;
  OpBuilder builder;
  Location loc;
  Layout layout = Layout::BSHD;
  Coordinate queryHeads;
  /// Arguments of the score region, and the coordinate that each of them is.
  Value scoreArgument;
  SmallVector<std::pair<Coordinate, Value>> places;
  DenseMap<const ScalarNode *, Value> emitted;
};
} // namespace

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

Coordinates AttentionBuilder::getTarget(const Coordinate &positions,
                                        const Coordinate &heads,
                                        const Coordinate &features) const {
  if (layout == Layout::BSHD)
    return {found.batch, positions, heads, features};
  return {found.batch, heads, positions, features};
}

static Coordinate flatten(ArrayRef<Coordinate> coordinates) {
  Coordinate result;
  for (const Coordinate &coordinate : coordinates)
    llvm::append_range(result, coordinate);
  return result;
}

Value AttentionBuilder::collapse(Value value,
                                 ArrayRef<ReassociationIndices> groups) {
  return tensor::CollapseShapeOp::create(builder, loc, value, groups);
}

Value AttentionBuilder::expand(Value value,
                               ArrayRef<ReassociationIndices> groups,
                               ArrayRef<OpFoldResult> sizes) {
  auto [shape, dynamic] =
      decomposeMixedValues(SmallVector<OpFoldResult>(sizes));
  (void)dynamic;
  return tensor::ExpandShapeOp::create(
      builder, loc, RankedTensorType::get(shape, getElementTypeOrSelf(value)),
      value, groups, sizes);
}

/// Groups each empty coordinate, a dimension of size 1, with a neighbour.
static SmallVector<ReassociationIndices>
groupUnits(ArrayRef<Coordinate> coordinates) {
  SmallVector<ReassociationIndices> groups;
  ReassociationIndices leading;
  for (auto [i, coordinate] : llvm::enumerate(coordinates)) {
    if (!coordinate.empty())
      groups.emplace_back(std::exchange(leading, {}));
    (groups.empty() ? leading : groups.back()).push_back(i);
  }
  return groups;
}

/// The digits of each coordinate as dimensions of their own.
static SmallVector<ReassociationIndices>
groupDigits(ArrayRef<Coordinate> coordinates) {
  SmallVector<ReassociationIndices> groups;
  int64_t next = 0;
  for (const Coordinate &coordinate : coordinates) {
    if (coordinate.empty())
      continue;
    ReassociationIndices &group = groups.emplace_back();
    for (size_t i = 0; i < coordinate.size(); ++i)
      group.push_back(next++);
  }
  return groups;
}

Value AttentionBuilder::convert(Value value, StringRef name, Coordinates from,
                                const Coordinates &to) {
  if (from == to)
    return value;
  // Digits whose size is open stand alone, so a dimension says what it is.
  DenseMap<unsigned, OpFoldResult> sizes;
  for (auto [i, coordinate] : llvm::enumerate(from))
    for (unsigned digit : coordinate)
      sizes[digit] = ShapedType::isDynamic(expressions.getSize(digit))
                         ? tensor::getMixedSize(builder, loc, value, i)
                         : builder.getIndexAttr(expressions.getSize(digit));
  auto getSizes = [&](ArrayRef<Coordinate> coordinates) {
    return llvm::map_to_vector(
        coordinates, [&](const Coordinate &coordinate) -> OpFoldResult {
          if (coordinate.size() == 1)
            return sizes[coordinate.front()];
          return builder.getIndexAttr(expressions.getSize(coordinate));
        });
  };
  auto isUnit = [](const Coordinate &each) { return each.empty(); };
  auto isJoined = [](const Coordinate &each) { return each.size() > 1; };

  Coordinate before = flatten(from), after = flatten(to);
  auto getDigitSizes = [&](ArrayRef<unsigned> order) {
    return llvm::map_to_vector(order,
                               [&](unsigned digit) { return sizes[digit]; });
  };
  if (llvm::any_of(from, isUnit))
    value = collapse(value, groupUnits(from));
  if (llvm::any_of(from, isJoined))
    value = expand(value, groupDigits(from), getDigitSizes(before));
  if (before != after) {
    transposed.push_back(name);
    SmallVector<int64_t> permutation =
        llvm::map_to_vector(after, [&](unsigned digit) -> int64_t {
          return llvm::find(before, digit) - before.begin();
        });
    Value init = tensor::EmptyOp::create(builder, loc, getDigitSizes(after),
                                         getElementTypeOrSelf(value));
    value = linalg::TransposeOp::create(builder, loc, value, init, permutation)
                ->getResult(0);
  }
  if (llvm::any_of(to, isJoined))
    value = collapse(value, groupDigits(to));
  if (llvm::any_of(to, isUnit))
    value = expand(value, groupUnits(to), getSizes(to));
  return value;
}

//===----------------------------------------------------------------------===//
// Scores
//===----------------------------------------------------------------------===//

Value AttentionBuilder::emitDigit(unsigned digit) {
  for (auto &[coordinate, argument] : places) {
    const auto *at = llvm::find(coordinate, digit);
    if (at == coordinate.end())
      continue;
    Value value = argument;
    ArrayRef<unsigned> below(at + 1, coordinate.end());
    if (!below.empty())
      value =
          arith::DivUIOp::create(builder, loc, value,
                                 arith::ConstantIndexOp::create(
                                     builder, loc, expressions.getSize(below)));
    if (at != coordinate.begin())
      value =
          arith::RemUIOp::create(builder, loc, value,
                                 arith::ConstantIndexOp::create(
                                     builder, loc, expressions.getSize(digit)));
    return value;
  }
  llvm_unreachable("a place that the matcher has not checked");
}

Value AttentionBuilder::emitIndex(const Coordinate &coordinate) {
  Coordinate resolved = expressions.resolve(coordinate);
  for (auto &[known, argument] : places)
    if (known == resolved && !known.empty())
      return argument;
  Value sum;
  for (unsigned digit : resolved) {
    Value value = emitDigit(digit);
    if (!sum) {
      sum = value;
      continue;
    }
    Value shifted =
        arith::MulIOp::create(builder, loc, sum,
                              arith::ConstantIndexOp::create(
                                  builder, loc, expressions.getSize(digit)));
    sum = arith::AddIOp::create(builder, loc, shifted, value);
  }
  return sum ? sum : arith::ConstantIndexOp::create(builder, loc, 0);
}

Value AttentionBuilder::emit(const ScalarNode *node) {
  if (Value known = emitted.lookup(node))
    return known;
  Value value;
  double factor;
  if (AttentionMatcher::isScaledProduct(node, factor) &&
      factor == found.scale) {
    value = scoreArgument;
    if (value.getType() != node->type)
      value = arith::TruncFOp::create(builder, loc, node->type, value);
  } else if (node->kind == Kind::Element) {
    SmallVector<Value> indices = llvm::map_to_vector(
        node->coordinates,
        [&](const Coordinate &coordinate) { return emitIndex(coordinate); });
    value = tensor::ExtractOp::create(builder, loc, node->tensor, indices);
  } else if (node->kind == Kind::Index) {
    value = emitIndex(node->index);
    if (value.getType() != node->type)
      value = arith::IndexCastOp::create(builder, loc, node->type, value);
  } else if (node->kind == Kind::Scalar) {
    // A tensor that is read is the one that stands outside.
    value = node->constant && !isa<TensorType>(node->type)
                ? arith::ConstantOp::create(builder, loc, node->constant)
                : node->scalar;
  } else {
    assert(node->kind == Kind::Operation && "refused by the matcher");
    IRMapping mapping;
    for (auto [operand, child] :
         llvm::zip_equal(node->op->getOperands(), node->operands))
      mapping.map(operand, emit(child));
    value = builder.clone(*node->op, mapping)->getResult(0);
  }
  emitted[node] = value;
  return value;
}

void AttentionBuilder::buildScore(ForwardOp forward) {
  if (!found.score)
    return;
  OpBuilder::InsertionGuard guard(builder);
  Type index = builder.getIndexType();
  Block *block =
      builder.createBlock(&forward.getScoreRegion(), {},
                          {builder.getF32Type(), index, index, index, index},
                          SmallVector<Location>(5, loc));
  scoreArgument = block->getArgument(0);
  const Coordinate *coordinates[] = {&found.batch, &queryHeads, &found.rows,
                                     &found.keys};
  for (auto [i, coordinate] : llvm::enumerate(coordinates))
    places.emplace_back(*coordinate, block->getArgument(i + 1));
  Value score = emit(found.score);
  if (score.getType() != builder.getF32Type())
    score = arith::ExtFOp::create(builder, loc, builder.getF32Type(), score);
  auto constant = [&](double value) {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getF32FloatAttr(value));
  };
  // A number that hides a key is so large that differences of two lose what the
  // online softmax needs; -inf does not.
  if (found.hidesByNumber) {
    Value isHidden =
        arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OLE, score,
                              constant(AttentionMatcher::kHidden));
    score = arith::SelectOp::create(
        builder, loc, isHidden,
        constant(-std::numeric_limits<double>::infinity()), score);
  }
  if (found.power != 1)
    score = arith::MulFOp::create(builder, loc, score, constant(found.power));
  YieldOp::create(builder, loc, score);
}

//===----------------------------------------------------------------------===//
// The operation
//===----------------------------------------------------------------------===//

void AttentionBuilder::setBand(ForwardOp forward) {
  if (!found.band)
    return;
  int64_t rows = expressions.getSize(found.rows);
  int64_t keys = expressions.getSize(found.keys);
  bool areStatic = !ShapedType::isDynamic(rows) && !ShapedType::isDynamic(keys);
  // Aligned to the last row and the last key, which is the default, where that
  // is the same: a bound of one side is then nothing to count.
  const std::optional<int64_t> &left = found.band->left;
  const std::optional<int64_t> &right = found.band->right;
  if (!left && areStatic && *right == keys - rows) {
    forward.setCausal(true);
    return;
  }
  if (!found.band->fromEnd && (!areStatic || rows != keys))
    forward.setAlignment(Alignment::TopLeft);
  if (right == 0)
    forward.setCausal(true);
  if (left || right != 0)
    forward.setWindowAttr(
        WindowAttr::get(builder.getContext(), left,
                        right == 0 ? std::optional<int64_t>() : right));
}

void AttentionBuilder::build() {
  queryHeads = found.heads;
  llvm::append_range(queryHeads, found.group);
  // The layout that most of Q, K, V and the result have, and of two in whose
  // order all of them are, the one with their dimensions.
  auto countMatches = [&](Layout candidate) {
    layout = candidate;
    std::pair<unsigned, unsigned> count = {0, 0};
    auto match = [&](const Coordinates &at, const Coordinates &target) {
      count.first += flatten(at) == flatten(target);
      count.second += at == target;
    };
    match(found.queryAt, getTarget(found.rows, queryHeads, found.features));
    match(found.keyAt, getTarget(found.keys, found.heads, found.features));
    match(found.valueAt,
          getTarget(found.keys, found.heads, found.valueFeatures));
    match(found.resultAt,
          getTarget(found.rows, queryHeads, found.valueFeatures));
    return count;
  };
  auto bhsd = countMatches(Layout::BHSD), bshd = countMatches(Layout::BSHD);
  constexpr unsigned kAll = 4;
  bool isBHSD = bhsd.first == kAll && bshd.first == kAll
                    ? bhsd.second > bshd.second
                    : bhsd.first > bshd.first;
  layout = isBHSD ? Layout::BHSD : Layout::BSHD;

  Value query = convert(found.query, "Q", found.queryAt,
                        getTarget(found.rows, queryHeads, found.features));
  Coordinates keyTarget = getTarget(found.keys, found.heads, found.features);
  Value key = convert(found.key, "K", found.keyAt, keyTarget);
  Value value =
      convert(found.value, "V", found.valueAt,
              getTarget(found.keys, found.heads, found.valueFeatures));

  SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(builder, loc, query);
  sizes.back() = builder.getIndexAttr(expressions.getSize(found.valueFeatures));
  Value init = tensor::EmptyOp::create(builder, loc, sizes,
                                       getElementTypeOrSelf(found.result));
  auto forward = ForwardOp::create(builder, loc, query, key, value, init);
  forward.setLayout(layout);
  forward.setScaleAttr(
      builder.getF32FloatAttr(found.scale * found.operandFactor));
  setBand(forward);
  buildScore(forward);
  found.result.replaceAllUsesWith(convert(
      forward.getResult(0), "the result",
      getTarget(found.rows, queryHeads, found.valueFeatures), found.resultAt));
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

using Products = llvm::MapVector<Operation *, Operation *>;

/// What uses the scores of an attention, or what is made of them, beside the
/// attentions that are raised; null if nothing does. For it they would be
/// computed as well.
static Operation *findOtherUse(Operation *scores, const Products &raised) {
  SetVector<Operation *> made;
  made.insert(scores);
  for (size_t i = 0; i < made.size(); ++i) {
    for (Operation *user : made[i]->getUsers()) {
      Operation *here = scores->getBlock()->findAncestorOpInBlock(*user);
      // Sizes are known without the elements.
      if (here && (isa<tensor::DimOp>(here) || raised.contains(here)))
        continue;
      if (!here || !isMemoryEffectFree(here) ||
          here->hasTrait<OpTrait::IsTerminator>())
        return user;
      made.insert(here);
    }
  }
  return nullptr;
}

/// Whether a product has a factor that the TOSA dialect makes of a softmax, of
/// exponentials and a sum with no other product between. By names: nothing else
/// here is worth a library that has the dialect.
static bool multipliesTosaSoftmax(Operation *product) {
  SetVector<Operation *> made;
  made.insert(product);
  for (size_t i = 0; i < made.size(); ++i)
    for (Value operand : made[i]->getOperands())
      if (Operation *maker = operand.getDefiningOp();
          maker && maker->getName().getDialectNamespace() == "tosa" &&
          maker->getName().stripDialect() != "matmul")
        made.insert(maker);
  auto isMade = [&](StringRef name) {
    return llvm::any_of(made, [&](Operation *op) {
      return op->getName().getStringRef() == name;
    });
  };
  return isMade("tosa.exp") && isMade("tosa.reduce_sum");
}

template <typename... OpT>
static bool holds(linalg::LinalgOp op) {
  return llvm::any_of(*op.getBlock(),
                      [](Operation &inner) { return isa<OpT...>(inner); });
}

/// Products of memrefs behind exponentials that stand behind another product in
/// their block: what bufferization leaves of attention.
static SmallVector<Operation *> findProductsOfMemRefs(Operation *root) {
  enum Progress { Nothing, Product, Exponentials };
  DenseMap<Block *, Progress> blocks;
  SmallVector<Operation *> found;
  root->walk([&](Operation *op) {
    auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
    bool isOnMemRefs =
        linalgOp ? linalgOp.hasPureBufferSemantics()
                 : isa<linalg::SoftmaxOp>(op) && op->getNumResults() == 0;
    if (!isOnMemRefs)
      return;
    Progress &progress = blocks[op->getBlock()];
    if (!linalgOp || holds<math::ExpOp, math::Exp2Op>(linalgOp)) {
      if (progress == Product)
        progress = Exponentials;
    } else if (linalgOp.getNumReductionLoops() != 0 &&
               holds<arith::MulFOp>(linalgOp)) {
      if (progress == Exponentials)
        found.push_back(op);
      progress = Product;
    }
  });
  return found;
}

namespace {
struct RaiseToAttnPass : hopper::impl::RaiseToAttnBase<RaiseToAttnPass> {
  using RaiseToAttnBase::RaiseToAttnBase;

  /// Whether there is an attention that may be raised.
  bool matches(AttentionMatcher &matcher) const {
    if (!matcher.match())
      return false;
    return !keepHiddenRows || matcher.difference.empty() ||
           matcher.refuse("expected no row to change, but " +
                          matcher.difference);
  }

  InFlightDiagnostic reportRefused(Operation *product, const Twine &reason) {
    ++numRefused;
    if (strict)
      signalPassFailure();
    InFlightDiagnostic diagnostic =
        strict ? product->emitError() : product->emitRemark();
    diagnostic << "cannot raise to attention: " << reason;
    return diagnostic;
  }

  void runOnOperation() override {
    SmallVector<linalg::LinalgOp> reductions;
    getOperation()->walk([&](Operation *op) {
      auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
      bool isReduction = linalgOp && linalgOp.hasPureTensorSemantics() &&
                         linalgOp.getNumReductionLoops() != 0;
      if (isReduction)
        reductions.push_back(linalgOp);
      if ((isReduction || op->getName().getStringRef() == "tosa.matmul") &&
          multipliesTosaSoftmax(op))
        reportRefused(op, "expected a softmax in linalg, but got one in tosa; "
                          "run tosa-to-linalg-named and tosa-to-linalg first");
    });
    for (Operation *product : findProductsOfMemRefs(getOperation()))
      reportRefused(product, "expected tensors, but got memrefs; run "
                             "raise-to-attn before bufferization");
    // Second products and their first, before any of them is written.
    Products products;
    for (linalg::LinalgOp reduction : reductions) {
      AttentionMatcher matcher(reduction);
      if (matches(matcher))
        products[reduction] = matcher.getFirstProduct();
    }
    // One that stays is another use of what it shares.
    DenseMap<Operation *, Operation *> otherUses;
    while (true) {
      size_t before = otherUses.size();
      for (auto [product, scores] : products)
        if (Operation *use = findOtherUse(scores, products))
          otherUses.try_emplace(product, use);
      if (otherUses.size() == before)
        break;
      products.remove_if(
          [&](auto &entry) { return otherUses.contains(entry.first); });
    }

    bool raised = false;
    for (linalg::LinalgOp reduction : reductions) {
      AttentionMatcher matcher(reduction);
      bool isTaken = matches(matcher);
      if (Operation *use = otherUses.lookup(reduction))
        isTaken = matcher.refuse(
            "expected scores and probabilities that nothing else is made of, "
            "but got another use",
            use);
      if (isTaken) {
        AttentionBuilder attention(matcher);
        attention.build();
        if (!attention.transposed.empty())
          reduction->emitRemark()
              << "raised to attention with a transposed copy of "
              << llvm::join(attention.transposed, " and of ")
              << ", which no kernel makes; expected the dimensions of Q, K, V "
                 "and the result in one order, (batch, position, head, "
                 "feature) or (batch, head, position, feature), where heads of "
                 "Q that share one of K follow each other";
        if (!matcher.difference.empty())
          reduction->emitRemark() << matcher.difference;
        ++numRaised;
        raised = true;
        continue;
      }
      if (matcher.reason.empty())
        continue;
      InFlightDiagnostic diagnostic = reportRefused(reduction, matcher.reason);
      if (matcher.where)
        diagnostic.attachNote(matcher.where->getLoc())
            << "'" << matcher.where->getName() << "' is here";
    }
    if (!raised)
      return;
    // What only the written-out form needed; last uses first.
    getOperation()->walk<WalkOrder::PostOrder, ReverseIterator>(
        [](Operation *op) {
          if (isOpTriviallyDead(op))
            op->erase();
        });
  }
};
} // namespace
