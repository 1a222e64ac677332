//===- SkippableTiles.cpp - Iterations that change nothing ----------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SkippableTiles.h"
#include "Accumulation.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace mlir::attn;

/// Looks through operations that only repeat values or convert them.
static Value skipCopies(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<arith::TruncFOp, arith::ExtFOp, RoundOp, vector::ShapeCastOp,
             vector::BroadcastOp>(op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

/// Whether `value` is zero where the probabilities are: they themselves, or
/// their product with something.
static bool isMultipleOf(Value value, Value probabilities) {
  value = skipCopies(value);
  if (auto product = value.getDefiningOp<arith::MulFOp>())
    return isMultipleOf(product.getLhs(), probabilities) ||
           isMultipleOf(product.getRhs(), probabilities);
  if (auto scaled = value.getDefiningOp<ScaleBlocksOp>())
    return isMultipleOf(scaled.getTile(), probabilities);
  return value == probabilities;
}

/// Whether iteration state `argument` → `next` is that of an accumulated
/// output: next = (argument · correction) + P · V.
static bool isAccumulator(Value argument, Value next, OnlineSoftmaxOp softmax) {
  std::optional<Accumulation> sum = findAccumulation(next);
  if (!sum || !isMultipleOf(sum->product.getLhs(), softmax.getProbabilities()))
    return false;
  auto rescaled = sum->sum->get().getDefiningOp<arith::MulFOp>();
  if (!rescaled)
    return false;
  Value left = rescaled.getLhs(), right = rescaled.getRhs();
  if (right == argument)
    std::swap(left, right);
  return left == argument && skipCopies(right) == softmax.getCorrection();
}

std::optional<std::string>
mlir::attn::whyNotSkippable(scf::ForOp loop, OnlineSoftmaxOp softmax) {
  auto yield = cast<scf::YieldOp>(loop.getBody()->getTerminator());
  for (auto [argument, next] :
       llvm::zip_equal(loop.getRegionIterArgs(), yield.getOperands())) {
    bool isState =
        (softmax.getMaximum() == argument && softmax.getNewMaximum() == next) ||
        (softmax.getSum() == argument && softmax.getNewSum() == next);
    if (!isState && !isAccumulator(argument, next, softmax))
      return "expected the loop to carry the softmax's maximum and sum and "
             "outputs rescaled by its correction, but got another value at "
             "position " +
             std::to_string(argument.getArgNumber() - 1);
  }
  Operation *writer = nullptr;
  loop.getBody()->walk([&](Operation *op) {
    auto effects = dyn_cast<MemoryEffectOpInterface>(op);
    if (op->hasTrait<OpTrait::HasRecursiveMemoryEffects>() ||
        isMemoryEffectFree(op) ||
        (effects && effects.onlyHasEffect<MemoryEffects::Read>()))
      return WalkResult::advance();
    writer = op;
    return WalkResult::interrupt();
  });
  if (writer)
    return "expected a loop that only reads, but got " +
           writer->getName().getStringRef().str();
  return std::nullopt;
}
