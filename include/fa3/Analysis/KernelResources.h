//===- KernelResources.h - Resource equations of a kernel -------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a configuration needs of a Hopper SM, and what there is. One place for
// the equations: configuration selection searches by them, the passes check a
// configuration that a user wrote, the tools print them.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_ANALYSIS_KERNELRESOURCES_H
#define FA3_ANALYSIS_KERNELRESOURCES_H

#include "fa3/Dialect/Attn/IR/Attn.h"

namespace mlir::attn {

/// Limits of one block on sm_90a (CUDA C++ Programming Guide, table of compute
/// capabilities; PTX ISA, wgmma and setmaxnreg).
namespace hopper_limits {
inline constexpr int64_t kSharedMemory = 232448; // bytes, 227 KiB
inline constexpr int64_t kRegisterFile = 65536;  // 32-bit registers
inline constexpr int64_t kWarpgroup = 128;       // threads
inline constexpr int64_t kMaxThreads = 1024;     // of a block
inline constexpr int64_t kMmaRows = 64;          // rows of a wgmma
inline constexpr int64_t kMmaMaxColumns = 256;   // columns of a wgmma
inline constexpr int64_t kSumColumns = 8;        // that give sums of rows
inline constexpr int64_t kMaxBoxSide = 256;      // elements of a TMA box side
inline constexpr int64_t kSwizzleBytes = 128;    // columns of a swizzled slab
/// Registers a consumer keeps for addresses, the state of the rows and what the
/// compiler holds in flight.
inline constexpr int64_t kRegisterSlack = 32;
/// The same where the scores of the tile are kept as well, which leaves less
/// that is in flight.
inline constexpr int64_t kSpeculationSlack = 24;
/// The same beside 8-bit inputs, whose producer needs what is left.
inline constexpr int64_t kNarrowRegisterSlack = 20;
/// What a warpgroup without a producer keeps beyond that for the copies: their
/// coordinates, slots and phases. Measured: ptxas spills a little under it.
inline constexpr int64_t kCopySlack = 32;
/// Shared memory kept for barriers.
inline constexpr int64_t kBarrierBytes = 1024;
} // namespace hopper_limits

/// What the problem contributes to the equations.
struct ProblemShape {
  int64_t headSize;             // D
  int64_t valueHeadSize;        // Dv
  int64_t elementBytes;         // of Q, K, V
  bool transposedValue = false; // V comes as the matrix units read it
  bool sumsRows = false;        // the product with V may give the row sums
};

/// What a configuration asks for.
struct KernelResources {
  int64_t sharedMemory;      // bytes: the rings of Q, K and V, barriers
  int64_t consumerRegisters; // a thread: scores, probabilities, output, slack
  int64_t registerFile;      // all threads of the block
};

ProblemShape getProblemShape(ForwardOp op);

KernelResources computeResources(ConfigAttr config, const ProblemShape &shape);

/// Checks a configuration against the limits of sm_90a. Reports the first
/// equation that does not hold, with both of its numbers.
LogicalResult verifyHopperConfig(ConfigAttr config, const ProblemShape &shape,
                                 function_ref<InFlightDiagnostic()> emitError);

} // namespace mlir::attn

#endif // FA3_ANALYSIS_KERNELRESOURCES_H
