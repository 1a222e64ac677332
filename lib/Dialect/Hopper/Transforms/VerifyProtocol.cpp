//===- VerifyProtocol.cpp - Check what roles do to each other -------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Analysis/ProtocolSimulator.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERVERIFYPROTOCOL
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

namespace {

struct VerifyProtocolPass
    : hopper::impl::HopperVerifyProtocolBase<VerifyProtocolPass> {
  void runOnOperation() override {
    markAllAnalysesPreserved();
    ProtocolStatistics statistics;
    if (failed(simulateProtocol(getOperation(), statistics)))
      signalPassFailure();
    numProblems += statistics.problems;
    numUnchecked += statistics.unchecked;
    numRuns += statistics.runs;
    numEvents += statistics.events;
  }
};

} // namespace
