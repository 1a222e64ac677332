//===- PlaceResults.cpp - What a function returns as its arguments --------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Upstream's buffer-results-to-out-params and drop-equivalent-buffer-results do
// a part of this: neither takes an allocation that is returned through a
// reshape or an argument that is, in public functions, a result.
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNPLACERESULTS
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

static bool isReshape(Operation *op) {
  return isa_and_nonnull<memref::ExpandShapeOp, memref::CollapseShapeOp>(op);
}

/// The buffer that a value is, or is a reshape of.
static Value skipReshapes(Value value) {
  while (isReshape(value.getDefiningOp()))
    value = value.getDefiningOp()->getOperand(0);
  return value;
}

static void eraseUnusedReshapes(func::FuncOp function) {
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
    if (isReshape(&op) && op.use_empty())
      op.erase();
}

/// Of a type whose elements stand one behind the other, whatever its shape.
static bool isPacked(Type type) {
  auto memref = dyn_cast<MemRefType>(type);
  return memref && memref.hasStaticShape() && memref.getLayout().isIdentity();
}

static bool hasAttentionOnBuffers(func::FuncOp function) {
  bool any = false;
  for (Operation &op : function.getBody().getOps()) {
    if (!isa<ForwardOp, CombineOp, QuantizeOp, DequantizeOp>(op))
      continue;
    any = true;
    if (!cast<DestinationStyleOpInterface>(op).hasPureBufferSemantics())
      return false;
  }
  return any;
}

namespace {

struct PlaceResultsPass : attn::impl::AttnPlaceResultsBase<PlaceResultsPass> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal() || !function.getBody().hasOneBlock() ||
          !hasAttentionOnBuffers(function) ||
          !SymbolTable::symbolKnownUseEmpty(function, getOperation()))
        continue;
      if (failed(placeResults(function)))
        return signalPassFailure();
      reshapeArguments(function);
    }
  }

  LogicalResult placeResults(func::FuncOp function);
  void reshapeArguments(func::FuncOp function);
};

} // namespace

LogicalResult PlaceResultsPass::placeResults(func::FuncOp function) {
  auto terminator =
      cast<func::ReturnOp>(function.getBody().front().getTerminator());
  if (terminator.getNumOperands() == 0)
    return success();
  SmallVector<int64_t> places;
  for (auto [index, result] : llvm::enumerate(terminator.getOperands())) {
    Value buffer = skipReshapes(result);
    if (auto allocation = buffer.getDefiningOp<memref::AllocOp>()) {
      unsigned position = function.getNumArguments();
      if (failed(function.insertArgument(position, allocation.getType(), {},
                                         allocation.getLoc())))
        return failure();
      buffer = function.getArgument(position);
      allocation.getMemref().replaceAllUsesWith(buffer);
      allocation.erase();
      ++numPlaced;
    }
    auto argument = dyn_cast<BlockArgument>(buffer);
    if (!argument || !isa<MemRefType>(argument.getType()))
      return function.emitOpError("expected result ")
             << index
             << " to be an output of an attn.forward, or an argument, but got "
             << result.getType()
             << " from elsewhere; a kernel writes its results in place";
    places.push_back(argument.getArgNumber());
  }
  terminator.getOperandsMutable().clear();
  BitVector all(function.getNumResults(), true);
  if (failed(function.eraseResults(all)))
    return failure();
  function->setAttr(kResultsAttrName,
                    DenseI64ArrayAttr::get(&getContext(), places));
  eraseUnusedReshapes(function);
  return success();
}

/// Whether a buffer is used as one of another type only; gives that type.
static MemRefType getOnlyReshape(Value buffer) {
  if (!isPacked(buffer.getType()) || buffer.use_empty() ||
      !isReshape(*buffer.user_begin()))
    return {};
  Type reshaped = buffer.user_begin()->getResult(0).getType();
  bool isOnly = llvm::all_of(buffer.getUsers(), [&](Operation *user) {
    return isReshape(user) && user->getResult(0).getType() == reshaped;
  });
  return isPacked(reshaped) && isOnly ? cast<MemRefType>(reshaped)
                                      : MemRefType();
}

/// An argument that is used through a reshape only becomes the reshaped one:
/// its elements stand where they stood.
void PlaceResultsPass::reshapeArguments(func::FuncOp function) {
  for (BlockArgument argument : function.getArguments())
    while (MemRefType reshaped = getOnlyReshape(argument)) {
      for (Operation *user : llvm::make_early_inc_range(argument.getUsers())) {
        user->getResult(0).replaceAllUsesWith(argument);
        user->erase();
      }
      argument.setType(reshaped);
      ++numReshaped;
    }
  function.setType(FunctionType::get(&getContext(),
                                     function.front().getArgumentTypes(),
                                     function.getResultTypes()));
}
