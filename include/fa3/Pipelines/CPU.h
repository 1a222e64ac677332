//===- CPU.h - From attention to the LLVM dialect of a CPU ------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_PIPELINES_CPU_H
#define FA3_PIPELINES_CPU_H

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

namespace mlir::attn {

struct CPUPipelineOptions : PassPipelineOptions<CPUPipelineOptions> {
  Option<std::string> config{
      *this, "config",
      llvm::cl::desc("Configuration for every attention, as the text of an "
                     "#attn.config between its angle brackets; overrides what "
                     "stands in the IR"),
      llvm::cl::init("")};
  Option<int64_t> splits{
      *this, "splits",
      llvm::cl::desc("Ranges of keys for every attention, in place of what its "
                     "configuration says; 0 goes by that"),
      llvm::cl::init(0)};
  Option<bool> classify{
      *this, "classify",
      llvm::cl::desc("Visit only the tiles of keys that a mask region leaves "
                     "something of"),
      llvm::cl::init(true)};
  Option<bool> prune{
      *this, "prune",
      llvm::cl::desc("Leave out tiles of keys that no row of a block sees"),
      llvm::cl::init(true)};
  Option<bool> split{
      *this, "split",
      llvm::cl::desc("Handle tiles that need no mask in a loop of their own"),
      llvm::cl::init(true)};
};

/// Takes a module whose functions hold `attn.forward`, on tensors or memrefs,
/// down to the tile level: upstream operations on vectors and memrefs.
void buildAttnToVectorCPUPipeline(OpPassManager &manager,
                                  const CPUPipelineOptions &options);

/// Takes what that leaves down to the LLVM dialect. Every function gets the C
/// interface of `llvm.emit_c_interface`.
void buildVectorToCPUPipeline(OpPassManager &manager);

/// Takes a module with `attn.forward` through both.
void buildAttnToCPUPipeline(OpPassManager &manager,
                            const CPUPipelineOptions &options);

/// Registers the pipelines `attn-to-cpu-vector` and `attn-to-cpu`.
void registerCPUPipelines();

/// Registers the dialects and interfaces that the pipelines need, down to the
/// translation to LLVM IR.
void registerCPUPipelineDialects(DialectRegistry &registry);

/// Registers these and all dialects of upstream, whose operations may stand
/// beside attention.
void registerCPUDialects(DialectRegistry &registry);

} // namespace mlir::attn

#endif // FA3_PIPELINES_CPU_H
