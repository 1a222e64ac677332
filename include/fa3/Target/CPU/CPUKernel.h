//===- CPUKernel.h - Attention compiled for this CPU ------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TARGET_CPU_CPUKERNEL_H
#define FA3_TARGET_CPU_CPUKERNEL_H

#include "fa3/Reference/HostArray.h"
#include "fa3/Runtime/Manifest.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <vector>

namespace mlir::attn {

struct CPUKernelOptions {
  /// Options of the pipeline `attn-to-cpu`, as on its command line.
  std::string pipelineOptions;
  /// Name of the processor to generate code for, as LLVM knows it; this one
  /// with all that it has where it is empty.
  std::string processor;
  /// LLVM's level of optimisation.
  unsigned optimization = 2;
};

/// An array that a function returned, in C order without gaps.
struct HostResult {
  Type elementType;
  SmallVector<int64_t> shape;
  std::vector<char> elements;

  /// A view of the elements.
  HostArray getArray() const {
    return {elementType, const_cast<char *>(elements.data()), shape,
            getPackedStrides(shape)};
  }
};

/// A function of a module, compiled into this process.
class CPUKernel {
public:
  /// Compiles a copy of `module`. What a pass finds wrong goes to the
  /// diagnostics of the context; the error says which step failed. The dialects
  /// of registerCPUDialects() must be registered in the context.
  static llvm::Expected<std::unique_ptr<CPUKernel>>
  compile(ModuleOp module, StringRef entry,
          const CPUKernelOptions &options = {});

  /// Calls the function. Arrays must have the types, and the static sizes and
  /// strides, of the function's arguments; dynamic sizes must agree as its
  /// attentions ask for, and what is written lies on no other argument.
  llvm::Expected<std::vector<HostResult>>
  run(ArrayRef<HostArgument> arguments) const;

  /// Whether the function may write to an argument.
  bool isWritten(unsigned argument) const { return written[argument]; }

private:
  CPUKernel() = default;

  void takeInterface(func::FuncOp function);
  llvm::Error check(ArrayRef<HostArgument> arguments) const;
  llvm::Error checkSizes(ArrayRef<HostArgument> arguments) const;
  llvm::Error checkOverlap(ArrayRef<HostArgument> arguments) const;

  SmallVector<Type> argumentTypes, resultTypes;
  std::vector<fa3::runtime::Constraint> constraints;
  SmallVector<bool> written;
  std::unique_ptr<ExecutionEngine> engine;
  void (*function)(void **) = nullptr;
};

} // namespace mlir::attn

#endif // FA3_TARGET_CPU_CPUKERNEL_H
