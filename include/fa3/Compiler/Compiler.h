//===- Compiler.h - From a module to a kernel, in memory --------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiles a module of any level to the text of a lower level, to PTX or to a
// cubin with the manifest that says how to launch it. Tools and embedders share
// it; nothing here writes files that stay or ends the process.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_COMPILER_COMPILER_H
#define FA3_COMPILER_COMPILER_H

#include "fa3/Target/PTX/Assemble.h"
#include "fa3/Target/PTX/BuildManifest.h"
#include "fa3/Target/PTX/TranslateToPTX.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

#include <functional>

namespace fa3 {

/// Where a compilation can stop, from the highest level to the lowest.
enum class EmitLevel { Attn, Tile, Async, Roles, NVVM, LLVMIR, PTX, Cubin };

/// Spelling of a level on the command line.
llvm::StringRef getName(EmitLevel level);
std::optional<EmitLevel> parseEmitLevel(llvm::StringRef name);
/// The names of all levels, separated by ", ".
std::string getEmitLevelNames();

/// The names of the options of the pipeline, separated by ", ".
std::string getPipelineOptionNames();

struct CompileOptions {
  EmitLevel level = EmitLevel::Cubin;
  /// The kernel to compile, where there are several; "" is all of one
  /// gpu.module.
  std::string entry;
  /// Options of the pipeline from `attn` to `nvvm`, "name=value name=value".
  std::string pipelineOptions;
  PTXOptions ptx;
  AssembleOptions assembler;
  ManifestOptions manifest;
  /// Kernels without `hopper.kernel`, which nothing but their author can
  /// launch, are errors.
  bool requireManifest = true;
  /// Called with each pass manager before it runs, such as to print the IR.
  std::function<mlir::LogicalResult(mlir::PassManager &)> configurePasses;
};

/// What there is to tell people about one kernel.
struct KernelSummary {
  std::string entry;
  /// As it stands in `attn.config`, or "".
  std::string tile, stages, consumers;
  /// Threads of a block, or 0 if unknown.
  int64_t threads = 0;
  /// Dynamic shared memory of a block, in bytes.
  int64_t sharedMemory = 0;
  RoleRegisters registers;
  /// What ptxas says; empty unless the level is a cubin.
  PtxasFunction assembled;
};

/// The result of a compilation. A level below includes those above it from LLVM
/// IR on: with a cubin comes the PTX, but no text of a higher level.
struct CompiledKernel {
  /// The module at the level, if that is above PTX.
  std::string text;
  std::string ptx;
  std::string cubin;
  /// Without the name of the image; without kernels if there is no
  /// `hopper.kernel`.
  runtime::Manifest manifest;
  std::vector<KernelSummary> kernels;
  /// Options of the pipeline beyond those asked for, which the compiler took as
  /// ptxas had too few registers without them; "" for none.
  std::string addedOptions;
  /// All that ptxas printed.
  std::string messages;
  /// Path and release of the assembler.
  Ptxas assembler;
  std::vector<StepTime> times;

  /// The text or image of the level.
  llvm::StringRef getOutput(EmitLevel level) const;
};

/// Registers the dialects, interfaces and translations that `compile` needs.
void registerCompilerDialects(mlir::DialectRegistry &registry);

/// Compiles a copy of `module`. Errors and warnings are reported as
/// diagnostics.
mlir::FailureOr<CompiledKernel> compile(mlir::ModuleOp module,
                                        const CompileOptions &options = {});

/// Prints a table of the kernels, of what limits them, and of the times.
void printSummary(const CompiledKernel &compiled, llvm::raw_ostream &os);

} // namespace fa3

#endif // FA3_COMPILER_COMPILER_H
