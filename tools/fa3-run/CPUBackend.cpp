//===- CPUBackend.cpp - Functions on the host ----------------------------------
//===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Backend.h"
#include "fa3/Pipelines/CPU.h"
#include <chrono>

using namespace mlir;
using namespace mlir::attn;

namespace {

class CPUBackend : public Backend {
public:
  explicit CPUBackend(const BackendOptions &options) : options(options) {}

  void registerDialects(DialectRegistry &registry) const override {
    registerCPUDialects(registry);
  }

  llvm::Error compile(ModuleOp module, StringRef entry) override {
    CPUKernelOptions kernelOptions;
    kernelOptions.pipelineOptions = options.pipelineOptions;
    kernelOptions.processor = options.processor;
    return CPUKernel::compile(module, entry, kernelOptions).moveInto(kernel);
  }

  llvm::Expected<std::vector<HostResult>>
  run(ArrayRef<HostArgument> arguments) override {
    return kernel->run(arguments);
  }

  llvm::Expected<std::vector<double>> measure(ArrayRef<HostArgument> arguments,
                                              unsigned count) override {
    using Clock = std::chrono::steady_clock;
    std::vector<double> seconds;
    for (unsigned i = 0; i < count; ++i) {
      auto start = Clock::now();
      llvm::Expected<std::vector<HostResult>> results = kernel->run(arguments);
      std::chrono::duration<double> elapsed = Clock::now() - start;
      if (!results)
        return results.takeError();
      seconds.push_back(elapsed.count());
    }
    return seconds;
  }

private:
  BackendOptions options;
  std::unique_ptr<CPUKernel> kernel;
};

} // namespace

std::unique_ptr<Backend>
mlir::attn::createCPUBackend(const BackendOptions &options) {
  return std::make_unique<CPUBackend>(options);
}
