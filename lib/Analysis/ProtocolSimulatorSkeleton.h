//===- ProtocolSimulatorSkeleton.h - Control flow of a kernel ---*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel without its data: the operations of the protocol, the loops and
// branches around them, and the scalars on which these depend. Values are
// numbered, so that running it takes no look-ups.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_ANALYSIS_PROTOCOLSIMULATORSKELETON_H
#define FA3_LIB_ANALYSIS_PROTOCOLSIMULATORSKELETON_H

#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace mlir::hopper::protocol {

/// A scalar that the skeleton does not know.
inline constexpr int64_t kUnknown = std::numeric_limits<int64_t>::min();

/// The number of a value; none is -1.
using ValueId = int32_t;

/// Scalars are held sign-extended from their `width`.
using Function = int64_t (*)(int64_t a, int64_t b, unsigned width);

enum class StepKind : uint8_t {
  // Scalars.
  Constant,
  Parameter,
  BlockId,
  GridSize,
  Load,
  Unary,
  Binary,
  Compare,
  Select,
  // Control.
  Loop,
  Branch,
  // The protocol.
  Acquire,
  TmaLoad,
  Transpose,
  LoadTile,
  Wait,
  Release,
  Product,
  ProductWait,
  ThreadProduct,
  ThreadProductWait,
  TurnWait,
  TurnPass
};

/// Whether a scalar jumps where an operand passes a multiple of the other one,
/// or where they are equal.
enum class Boundary : uint8_t { None, Multiple, Equal };

/// One operation. What `a`, `b` and `c` hold depends on its kind: operands,
/// -1 for one that is not there.
struct Step {
  StepKind kind;
  uint8_t width = 64;
  Boundary boundary = Boundary::None;
  arith::CmpIPredicate predicate = arith::CmpIPredicate::eq;
  ValueId result = -1;
  ValueId a = -1, b = -1, c = -1;
  /// A channel, a loop or branch, a parameter, the accumulators of a thread.
  unsigned index = 0;
  int64_t constant = 0;
  Function function = nullptr;
  Operation *op = nullptr;
};

using Steps = std::vector<Step>;

/// A loop (`bodies[0]`) or a branch.
struct Nested {
  Steps bodies[2];
  /// Whether operations of the protocol are in it.
  bool isActive = false;
  ValueId induction = -1;
  /// What is carried, as far as it is needed; branches have no `inits` and
  /// `arguments`.
  SmallVector<ValueId> inits, arguments, yields[2], results;
};

struct Channel {
  CreateChannelOp op;
  int64_t depth;
};

/// A number that the host gives: a size or an argument itself.
struct Parameter {
  /// Sizes that are equal, as the kernel's constraints say.
  SmallVector<SizeAttr> sizes;
  /// The argument, where there are no sizes.
  unsigned argument = 0;
  /// What the constraints want it to be.
  std::optional<int64_t> constant;
};

struct Skeleton {
  gpu::GPUFuncOp kernel;
  /// What all roles run, then either role. Without roles, `consumer` is all.
  Steps prelude, producer, consumer;
  std::vector<Nested> nested;
  /// What a thread's products give and its waits take.
  std::vector<SmallVector<ValueId>> accumulators;
  SmallVector<Channel> channels;
  SmallVector<Parameter> parameters;
  int64_t consumers = 1;
  unsigned numValues = 0;
  bool hasRoles = false;
  bool usesBlockId = false;
  bool usesGridSize = false;
  bool usesMemory = false;

  const Parameter *findParameter(SizeAttr size) const {
    const auto *it = llvm::find_if(parameters, [&](const Parameter &parameter) {
      return llvm::is_contained(parameter.sizes, size);
    });
    return it == parameters.end() ? nullptr : it;
  }
};

/// Reads a kernel; reports what cannot be understood. A kernel without
/// operations of the protocol gives empty steps.
FailureOr<Skeleton> buildSkeleton(gpu::GPUFuncOp kernel);

/// Checks that nothing but waits reads the accumulators of a thread's products,
/// which are plain numbers to the IR.
LogicalResult verifyPendingReads(gpu::GPUFuncOp kernel);

} // namespace mlir::hopper::protocol

#endif // FA3_LIB_ANALYSIS_PROTOCOLSIMULATORSKELETON_H
