//===- ModulePipeline.h - Names for pipelines on modules --------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_PIPELINES_MODULEPIPELINE_H
#define FA3_LIB_PIPELINES_MODULEPIPELINE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

namespace mlir {

/// Registers a pipeline as PassPipelineRegistration does, but one that is
/// nested in another operation is refused: the first pass that takes a module
/// would abort there.
template <typename Options>
void registerModulePipeline(
    StringRef name, StringRef description,
    std::function<void(OpPassManager &, const Options &)> build) {
  auto add = [name = name.str(), build = std::move(build)](
                 OpPassManager &manager, StringRef text,
                 function_ref<LogicalResult(const Twine &)> emitError)
      -> LogicalResult {
    std::optional<StringRef> op = manager.getOpName();
    if (op && *op != ModuleOp::getOperationName() &&
        manager.getNesting() == OpPassManager::Nesting::Explicit)
      return emitError("expected " + name + " in builtin.module(…), but got " +
                       *op + "(" + name + ")");
    Options options;
    if (failed(options.parseFromString(text)))
      return failure();
    build(manager, options);
    return success();
  };
  registerPassPipeline(
      name, description, std::move(add),
      [](function_ref<void(const detail::PassOptions &)> handle) {
        handle(Options());
      });
}

} // namespace mlir

#endif // FA3_LIB_PIPELINES_MODULEPIPELINE_H
