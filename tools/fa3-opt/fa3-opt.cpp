//===- fa3-opt.cpp - Run passes and pipelines -----------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// mlir-opt with this project's dialects, passes and pipelines beside all of
// upstream's.
//
//===----------------------------------------------------------------------===//

#include "../Common/CommandLine.h"
#include "KernelPasses.h"
#include "fa3/InitAll.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;

/// As upstream's function of this name, but for the pipeline.
static LogicalResult run(StringRef input, StringRef output,
                         DialectRegistry &registry) {
  MlirOptMainConfig config = MlirOptMainConfig::createFromCLOptions();
  MlirOptMainConfig nested = config;
  nested.setPassPipelineSetupFn([&](PassManager &manager) {
    return success(succeeded(config.setupPassPipeline(manager)) &&
                   succeeded(fa3::nestKernelPasses(manager)));
  });
  std::string message;
  auto fail = [&] {
    llvm::errs() << message << "\n";
    return failure();
  };
  std::unique_ptr<llvm::MemoryBuffer> file = openInputFile(input, &message);
  if (!file)
    return fail();
  std::unique_ptr<llvm::ToolOutputFile> to = openOutputFile(output, &message);
  if (!to)
    return fail();
  if (failed(MlirOptMain(to->os(), std::move(file), registry, nested)))
    return failure();
  to->keep();
  return success();
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  DialectRegistry registry;
  registerAllDialects(registry);
  registerAllExtensions(registry);
  fa3::registerAllDialects(registry);

  registerAllPasses();
  fa3::registerAllPasses();
  fa3::registerAllPipelines();
  std::string header = registerCLIOptions("FA3 pass driver\n", registry);
  if (!fa3::checkOptions(argc, argv))
    return 1;
  auto [input, output] = parseCLIOptions(argc, argv, header);
  MlirOptMainConfig config = MlirOptMainConfig::createFromCLOptions();
  // What there is to list needs no input.
  if (config.shouldShowDialects() || config.shouldListPasses())
    return asMainReturnCode(MlirOptMain(argc, argv, input, output, registry));
  return asMainReturnCode(run(input, output, registry));
}
