//===- Pipeline.cpp - From attn to the target level -----------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pipeline.h"
#include "fa3/Pipelines/Hopper.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::hopper;

namespace fa3 {

/// The last level that passes make; what is below comes out of a translation.
static HopperLevel getLastLevel(EmitLevel level) {
  switch (level) {
  case EmitLevel::Attn:
  case EmitLevel::Tile:
    return HopperLevel::Tile;
  case EmitLevel::Async:
    return HopperLevel::Async;
  case EmitLevel::Roles:
    return HopperLevel::Roles;
  case EmitLevel::NVVM:
  case EmitLevel::LLVMIR:
  case EmitLevel::PTX:
  case EmitLevel::Cubin:
    return HopperLevel::NVVM;
  }
  llvm_unreachable("unknown level");
}

LogicalResult buildPipeline(PassManager &pm, ModuleOp module, EmitLevel level,
                            StringRef options) {
  HopperPipelineOptions parsed;
  std::string message;
  llvm::raw_string_ostream os(message);
  if (failed(parsed.parseFromString(options, os)))
    return emitError(module.getLoc(), "expected options of attn-to-hopper, but "
                                      "got '")
           << options << "': " << StringRef(message).trim();
  // A module at the target level is left as its author wrote it.
  bool higher = false;
  module.walk(
      [&](Operation *op) { higher |= isa<func::FuncOp, gpu::GPUFuncOp>(op); });
  if (higher && level != EmitLevel::Attn)
    buildAttnToHopperPipeline(pm, parsed, getLastLevel(level));
  return success();
}

} // namespace fa3
