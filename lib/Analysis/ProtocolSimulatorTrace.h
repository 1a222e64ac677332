//===- ProtocolSimulatorTrace.h - What a role does --------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs one role of a skeleton for one problem. On the way it checks the rules
// that concern the role alone, and it leaves what concerns other roles.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_ANALYSIS_PROTOCOLSIMULATORTRACE_H
#define FA3_LIB_ANALYSIS_PROTOCOLSIMULATORTRACE_H

#include "ProtocolSimulatorSkeleton.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::hopper::protocol {

/// Sizes for which a kernel is run, and one of its blocks.
struct Problem {
  /// Of the skeleton's parameters.
  SmallVector<int64_t> parameters;
  int64_t blockId = 0;
  /// The number of blocks.
  int64_t gridSize = 1;
  /// What loads from memory may give; which one depends on the address and on
  /// `salt`.
  ArrayRef<int64_t> memory;
  uint64_t salt = 0;
};

/// Reports an error: adds for which problem it was found.
LogicalResult fail(const Skeleton &skeleton, const Problem &problem,
                   InFlightDiagnostic &&diagnostic);

/// What other roles may wait for, or what waits for them. `Fill` is the point
/// where all copies into an acquired slot are under way.
enum class EventKind : uint8_t {
  Acquire,
  Fill,
  Wait,
  Release,
  TurnWait,
  TurnPass
};

struct Event {
  EventKind kind;
  unsigned channel;
  /// Of the channel's fills, counted from 0.
  unsigned fill;
  Operation *op;
};

/// How often a role has used a channel, and where last.
struct Uses {
  unsigned acquires = 0, waits = 0;
  Operation *acquire = nullptr, *wait = nullptr;
};

struct Trace {
  std::vector<Event> events;
  SmallVector<Uses> uses; // by channel
  /// Steps taken.
  uint64_t steps = 0;
  /// How far a number that the role's control flow depends on was from one
  /// where it goes another way.
  llvm::SmallSetVector<int64_t, 16> distances;
  /// The largest number that it divides by: the rows of a tile.
  int64_t unit = 1;
  /// Whether the role had more steps than are run.
  bool isCut = false;
  /// Equal for equal events.
  uint64_t hash = 0;
};

/// Steps of a role that are run at most.
inline constexpr uint64_t kMaxSteps = uint64_t(1) << 21;

/// The trace of `role`, one of the skeleton's.
FailureOr<Trace> runRole(const Skeleton &skeleton, const Steps &role,
                         const Problem &problem);

} // namespace mlir::hopper::protocol

#endif // FA3_LIB_ANALYSIS_PROTOCOLSIMULATORTRACE_H
