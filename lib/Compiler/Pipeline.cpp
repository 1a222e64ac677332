//===- Pipeline.cpp - From attn to the target level -----------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pipeline.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Pipelines/Hopper.h"
#include "fa3/Pipelines/Options.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::hopper;

namespace fa3 {

std::string getPipelineOptionNames() {
  return listPipelineOptions(HopperPipelineOptions());
}

std::string Retreat::getOptions() const {
  SmallVector<std::string> options;
  if (withoutAdapting)
    options.push_back("adapt=false");
  if (withoutFusing)
    options.push_back("fuse-row-sums=false");
  if (narrower != 0)
    options.push_back("narrower=" + std::to_string(narrower));
  return llvm::join(options, " ");
}

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

bool choosesTiles(ModuleOp module, StringRef options) {
  HopperPipelineOptions parsed;
  if (llvm::Error error =
          parsePipelineOptions(parsed, "attn-to-hopper", options)) {
    llvm::consumeError(
        std::move(error)); // What builds the pipeline reports it.
    return false;
  }
  if (!parsed.config.empty() || parsed.narrower != 0)
    return false;
  return module
      .walk([](attn::ForwardOp op) {
        return op.getConfig() ? WalkResult::advance() : WalkResult::interrupt();
      })
      .wasInterrupted();
}

LogicalResult buildPipeline(PassManager &pm, ModuleOp module, EmitLevel level,
                            StringRef options, const Retreat &retreat) {
  HopperPipelineOptions parsed;
  // The checks at each level refuse what they find; finding who made it takes
  // as long as all passes do.
  parsed.verifyEach = false;
  if (llvm::Error error =
          parsePipelineOptions(parsed, "attn-to-hopper", options))
    return emitError(UnknownLoc::get(module.getContext()),
                     llvm::toString(std::move(error)));
  if (retreat.withoutAdapting)
    parsed.adapt = false;
  if (retreat.withoutFusing)
    parsed.fuseRowSums = false;
  if (retreat.narrower != 0)
    parsed.narrower = retreat.narrower;
  // What an earlier compilation has done is not done again; a module at the
  // target level is left as its author wrote it.
  if (level != EmitLevel::Attn)
    buildAttnToHopperPipeline(pm, parsed, getLastLevel(level),
                              findHighestLevel(module));
  return success();
}

} // namespace fa3
