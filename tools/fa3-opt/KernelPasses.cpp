//===- KernelPasses.cpp - Passes on kernels from the command line ---------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelPasses.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;

namespace {
/// Fails at an attention, or at its grid, in front of passes on kernels.
struct ExpectKernelsPass
    : PassWrapper<ExpectKernelsPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ExpectKernelsPass)

  explicit ExpectKernelsPass(std::string passes) : passes(std::move(passes)) {}

  StringRef getArgument() const override { return "expect-kernels"; }

  void runOnOperation() override {
    if (!getOperation().getOps<gpu::GPUModuleOp>().empty())
      return;
    getOperation().walk([&](Operation *op) {
      bool isAttention = isa<attn::ForwardOp>(op);
      if (!isAttention && !op->hasAttr(attn::kConfigAttrName))
        return WalkResult::advance();
      op->emitOpError("expected a kernel for ")
          << passes << "; run " << (isAttention ? "attn-to-tile and " : "")
          << "tile-to-async first";
      signalPassFailure();
      return WalkResult::interrupt();
    });
  }

  std::string passes;
};
} // namespace

LogicalResult fa3::nestKernelPasses(PassManager &manager) {
  SmallVector<std::string> passes;
  for (Pass &pass : manager.getPasses()) {
    llvm::raw_string_ostream os(passes.emplace_back());
    pass.printAsTextualPipeline(os);
  }
  auto isOnKernels = [](StringRef pass) {
    return pass.starts_with("gpu.func(");
  };
  auto isOnModules = [](StringRef pass) {
    return pass.starts_with("gpu.module(");
  };
  bool isFirst =
      !passes.empty() && (isOnKernels(passes[0]) || isOnModules(passes[0]));
  if (!isFirst && llvm::none_of(passes, isOnKernels))
    return success();
  manager.clear();
  for (auto [index, pass] : llvm::enumerate(passes)) {
    if (index == 0 && isFirst)
      manager.addPass(std::make_unique<ExpectKernelsPass>(pass));
    std::string text = isOnKernels(pass) ? "gpu.module(" + pass + ")" : pass;
    if (failed(parsePassPipeline(text, manager)))
      return failure();
  }
  return success();
}
