//===- LoopDependences.h - What a loop's schedule must keep -----*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which operations of a loop's body must run behind which others, in the same
// iteration or in later ones: by values, by the slots of channels, by turns and
// by memory. `hopper-schedule-loop` decides by it, `hopper-pipeline-loop`
// checks by it.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_DIALECT_HOPPER_TRANSFORMS_LOOPDEPENDENCES_H
#define FA3_LIB_DIALECT_HOPPER_TRANSFORMS_LOOPDEPENDENCES_H

#include "mlir/Dialect/SCF/IR/SCF.h"

namespace mlir::hopper {

/// Why an operation runs behind another one.
enum class DependenceKind {
  Operand, // It uses its result.
  Product, // It releases a slot that a product reads, which the other waits
           // for.
  Read,    // It releases a slot that the other one reads.
  Fill,    // It waits for a slot that the other one fills.
  Ring,    // It takes a slot again that the other one releases.
  Channel, // The other one stands before it on the same channel.
  Turn,    // The other one stands before it in the order of turns.
  Memory,  // The other one stands before it, and they touch the same memory.
};

/// `after` of iteration i runs behind `before` of iteration i - `distance`.
struct LoopDependence {
  Operation *before, *after;
  int64_t distance;
  DependenceKind kind;

  /// What `before` is to `after`, for a diagnostic.
  std::string describe() const;
};

/// All dependences between different operations of the body, those of values
/// first.
SmallVector<LoopDependence> findLoopDependences(scf::ForOp loop);

/// The operations of the body in the order in which one pass through the
/// pipelined loop runs them. Each of them has a `hopper.schedule`.
SmallVector<Operation *> getScheduledOrder(scf::ForOp loop);

/// The first one of the dependences that the `hopper.schedule` of the loop's
/// operations breaks, if any. Each of them has one.
const LoopDependence *
findBrokenDependence(scf::ForOp loop, ArrayRef<LoopDependence> dependences);

} // namespace mlir::hopper

#endif // FA3_LIB_DIALECT_HOPPER_TRANSFORMS_LOOPDEPENDENCES_H
