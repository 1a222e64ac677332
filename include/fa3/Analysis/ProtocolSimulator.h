//===- ProtocolSimulator.h - Runs of a kernel's protocol --------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs the control flow of a kernel for small problems (sizes of its arguments,
// block ids) and checks what its roles do to channels, products and turns.
//
// What a role does next depends on sizes and block ids alone, never on what
// another role did or when. So each role has one trace for a problem, and the
// rules about one role (a tile is read between its wait and its release, …) are
// checked along it. Between roles there is only waiting: for a slot to be empty
// or full, for a turn. Each of these conditions, once true, stays true until
// the role that waits for it goes on. Therefore every run that goes on as long
// as any role can gets equally far: one run finds a deadlock if there is one in
// any interleaving, however late a copy lands or a product ends.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_ANALYSIS_PROTOCOLSIMULATOR_H
#define FA3_ANALYSIS_PROTOCOLSIMULATOR_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace mlir::hopper {

/// What a check has looked at.
struct ProtocolStatistics {
  uint64_t problems = 0; // sizes and block ids
  uint64_t runs = 0;     // those whose traces differ
  uint64_t events = 0;   // what the roles did in them
  /// Problems that are too large to be run, and are not checked.
  uint64_t unchecked = 0;
};

/// Checks the protocol of a kernel on the asynchronous or the role level, and
/// reports the first rule that does not hold, at the operation that breaks it.
LogicalResult simulateProtocol(gpu::GPUFuncOp kernel,
                               ProtocolStatistics &statistics);

} // namespace mlir::hopper

#endif // FA3_ANALYSIS_PROTOCOLSIMULATOR_H
