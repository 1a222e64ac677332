//===- OverlapLaunches.cpp - Kernels that begin early ---------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPEROVERLAPLAUNCHES
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

/// Adds the arguments of a kernel that an operation in it writes; fails where
/// these are not known.
static LogicalResult addWritten(Operation *op, gpu::GPUFuncOp kernel,
                                DenseSet<unsigned> &written) {
  if (isa<gpu::BarrierOp, gpu::ReturnOp>(op) ||
      op->hasTrait<OpTrait::HasRecursiveMemoryEffects>())
    return success();
  std::optional<SmallVector<MemoryEffects::EffectInstance>> effects =
      getEffectsRecursively(op);
  if (!effects)
    return failure();
  for (const MemoryEffects::EffectInstance &effect : *effects) {
    if (isa<MemoryEffects::Read>(effect.getEffect()))
      continue;
    Value base = effect.getValue();
    while (auto view = base ? base.getDefiningOp<ViewLikeOpInterface>()
                            : ViewLikeOpInterface())
      base = view.getViewSource();
    auto argument = dyn_cast_or_null<BlockArgument>(base);
    if (!argument || argument.getOwner() != &kernel.getBody().front())
      return failure();
    written.insert(argument.getArgNumber());
  }
  return success();
}

/// Whether what a kernel copies by tensor maps was there before the one in
/// front of it began. The wait holds the threads that issue the copies, but
/// what others have written reaches the copy engine another way.
static bool copiesOnlyOlder(gpu::GPUFuncOp kernel, gpu::GPUFuncOp before) {
  SmallVector<TensorMapAttr> maps;
  for (unsigned i = 0; i < kernel.getNumArguments(); ++i)
    if (auto map =
            kernel.getArgAttrOfType<TensorMapAttr>(i, kTensorMapAttrName))
      maps.push_back(map);
  if (maps.empty())
    return true;
  DenseSet<unsigned> written;
  WalkResult known = before.getBody().walk([&](Operation *op) {
    return WalkResult(addWritten(op, before, written));
  });
  return !known.wasInterrupted() && llvm::none_of(maps, [&](TensorMapAttr map) {
    return written.contains(map.getArgument());
  });
}

/// PTX ISA, `griddepcontrol`. The intrinsic for it says that it leaves memory
/// alone, and LLVM could move loads in front of it; the assembly says
/// otherwise.
static void waitForPrerequisites(OpBuilder &builder, Location loc) {
  LLVM::InlineAsmOp::create(builder, loc, TypeRange(), ValueRange(),
                            "griddepcontrol.wait;", "~{memory}",
                            /*has_side_effects=*/true, /*is_align_stack=*/false,
                            LLVM::tailcallkind::TailCallKind::None,
                            LLVM::AsmDialectAttr(), ArrayAttr());
}

namespace {

struct OverlapLaunchesPass
    : hopper::impl::HopperOverlapLaunchesBase<OverlapLaunchesPass> {
  void runOnOperation() override {
    gpu::GPUFuncOp before;
    for (auto kernel : getOperation().getOps<gpu::GPUFuncOp>()) {
      if (before && kernel->hasAttr(kFollowsAttrName) &&
          !kernel->hasAttr(kOverlappedAttrName) &&
          copiesOnlyOlder(kernel, before)) {
        OpBuilder builder = OpBuilder::atBlockBegin(&before.getBody().front());
        NVVM::GriddepcontrolOp::create(
            builder, kernel.getLoc(),
            NVVM::GridDepActionKind::launch_dependents);
        builder.setInsertionPointToStart(&kernel.getBody().front());
        waitForPrerequisites(builder, kernel.getLoc());
        kernel->setAttr(kOverlappedAttrName, builder.getUnitAttr());
      }
      before = kernel;
    }
  }
};

} // namespace
