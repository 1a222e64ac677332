//===- PendingReads.cpp - Who reads a thread's accumulators ---------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The results of hopper.wgmma are of a type that nothing but a wait reads;
// those of hopper.thread_wgmma are plain numbers. So their uses are followed
// here, on the way through loops and branches too. A value that is pending on
// any way there is pending: no wait could name the product that it comes from
// otherwise.
//
//===----------------------------------------------------------------------===//

#include "ProtocolSimulatorSkeleton.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::hopper;

/// What an operation hands an operand on to, where it is of control flow.
static std::optional<SmallVector<Value>> getTargets(OpOperand &use) {
  Operation *op = use.getOwner();
  if (auto loop = dyn_cast<scf::ForOp>(op)) {
    unsigned controls = loop.getNumControlOperands();
    if (use.getOperandNumber() < controls)
      return std::nullopt;
    unsigned index = use.getOperandNumber() - controls;
    return SmallVector<Value>{loop.getRegionIterArg(index),
                              loop.getResult(index)};
  }
  if (!isa<scf::YieldOp>(op))
    return std::nullopt;
  unsigned index = use.getOperandNumber();
  Operation *parent = op->getParentOp();
  if (auto loop = dyn_cast<scf::ForOp>(parent))
    return SmallVector<Value>{loop.getRegionIterArg(index),
                              loop.getResult(index)};
  if (auto branch = dyn_cast<scf::IfOp>(parent))
    return SmallVector<Value>{branch.getResult(index)};
  return std::nullopt;
}

/// Follows the results of one product.
static LogicalResult verifyReads(ThreadWgmmaOp product) {
  SmallVector<Value> worklist(product.getResults());
  DenseSet<Value> seen(worklist.begin(), worklist.end());
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    for (OpOperand &use : value.getUses()) {
      if (isa<ThreadWgmmaWaitOp>(use.getOwner()))
        continue;
      std::optional<SmallVector<Value>> targets = getTargets(use);
      if (!targets) {
        InFlightDiagnostic diagnostic = use.getOwner()->emitOpError(
            "expected to read what hopper.thread_wgmma_wait gives, but got an "
            "accumulator of a product that may be in flight");
        diagnostic.attachNote(product.getLoc()) << "of this product";
        return diagnostic;
      }
      for (Value target : *targets)
        if (seen.insert(target).second)
          worklist.push_back(target);
    }
  }
  return success();
}

LogicalResult hopper::protocol::verifyPendingReads(gpu::GPUFuncOp kernel) {
  WalkResult result = kernel.walk(
      [](ThreadWgmmaOp product) { return WalkResult(verifyReads(product)); });
  return failure(result.wasInterrupted());
}
