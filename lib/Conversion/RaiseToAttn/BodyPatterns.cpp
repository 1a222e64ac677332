//===- BodyPatterns.cpp - What bodies of linalg compute -------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BodyPatterns.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::attn;

bool attn::isSkipped(Operation *op) {
  return isa<arith::ExtFOp, arith::TruncFOp>(op) &&
         !(isa<arith::TruncFOp>(op) && isTooNarrow(op->getResult(0).getType()));
}

Value attn::skipConversionsOf(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isSkipped(op))
      break;
    value = op->getOperand(0);
  }
  return value;
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

OpOperand *attn::getInput(linalg::LinalgOp op, Value value) {
  return getInputBelow<>(op, value);
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

std::pair<Operation *, Value> attn::getCombiner(linalg::LinalgOp op,
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
