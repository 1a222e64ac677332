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

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPEROVERLAPLAUNCHES
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

/// Whether all that a kernel does to memory is done by its threads, behind what
/// stands at its entry: the tensor copy engine would not wait with them.
static bool isPlain(gpu::GPUFuncOp kernel) {
  return llvm::none_of(kernel.getArgumentTypes(), [](Type type) {
    return isa<nvgpu::TensorMapDescriptorType>(type);
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
          !kernel->hasAttr(kOverlappedAttrName) && isPlain(kernel)) {
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
