//===- Backend.h - What runs a function ----------------------- -*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TOOLS_FA3_RUN_BACKEND_H
#define FA3_TOOLS_FA3_RUN_BACKEND_H

#include "fa3/Target/CPU/CPUKernel.h"

namespace mlir::attn {

struct BackendOptions {
  std::string pipelineOptions;
  std::string processor;
  /// Print what there is to tell about the machine and the kernels.
  bool verbose = false;
};

/// A machine that functions run on. Arrays are in host memory on either side.
class Backend {
public:
  virtual ~Backend() = default;

  /// Registers the dialects that compile() needs.
  virtual void registerDialects(DialectRegistry &registry) const = 0;

  /// Compiles a function of a module, of which nothing is changed.
  virtual llvm::Error compile(ModuleOp module, StringRef entry) = 0;

  /// Calls the function once.
  virtual llvm::Expected<std::vector<HostResult>>
  run(ArrayRef<HostArgument> arguments) = 0;

  /// Seconds that each of `count` calls takes on the machine.
  virtual llvm::Expected<std::vector<double>>
  measure(ArrayRef<HostArgument> arguments, unsigned count) = 0;
};

std::unique_ptr<Backend> createCPUBackend(const BackendOptions &options);

/// Fails where there is no driver or no GPU of compute capability 9.0.
llvm::Expected<std::unique_ptr<Backend>>
createGPUBackend(const BackendOptions &options);

/// The backend of a target, by the target's name.
llvm::Expected<std::unique_ptr<Backend>>
createBackend(StringRef target, const BackendOptions &options);

} // namespace mlir::attn

#endif // FA3_TOOLS_FA3_RUN_BACKEND_H
