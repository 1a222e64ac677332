//===- Pipeline.cpp - From attn to the target level -----------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Chooses the part of the Hopper pipeline that a compilation runs.
//
//===----------------------------------------------------------------------===//

#include "Pipeline.h"

#include "fa3/Pipelines/Hopper.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace fa3 {

/// Whether nothing but LLVM's and NVVM's operations is left.
static bool isTargetLevel(ModuleOp module) {
  WalkResult result = module.walk([](Operation *op) {
    bool isTarget =
        isa<ModuleOp, gpu::GPUModuleOp>(op) ||
        isa_and_present<LLVM::LLVMDialect, NVVM::NVVMDialect>(op->getDialect());
    return isTarget ? WalkResult::advance() : WalkResult::interrupt();
  });
  return !result.wasInterrupted();
}

static hopper::HopperLevel getLastLevel(EmitLevel level) {
  switch (level) {
  case EmitLevel::Tile:
    return hopper::HopperLevel::Tile;
  case EmitLevel::Async:
    return hopper::HopperLevel::Async;
  case EmitLevel::Roles:
    return hopper::HopperLevel::Roles;
  default:
    return hopper::HopperLevel::NVVM;
  }
}

LogicalResult buildPipeline(PassManager &pm, ModuleOp module, EmitLevel level,
                            StringRef options) {
  hopper::HopperPipelineOptions parsed;
  std::string message;
  llvm::raw_string_ostream os(message);
  if (failed(parsed.parseFromString(options, os)))
    return emitError(module.getLoc(), "expected options of the pipeline, but "
                                      "got '")
           << options << "': " << StringRef(message).trim();
  if (level != EmitLevel::Attn && !isTargetLevel(module))
    hopper::buildAttnToHopperPipeline(pm, parsed, getLastLevel(level));
  return success();
}

} // namespace fa3
