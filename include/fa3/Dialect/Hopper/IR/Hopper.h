//===- Hopper.h - The hopper dialect ----------------------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_DIALECT_HOPPER_IR_HOPPER_H
#define FA3_DIALECT_HOPPER_IR_HOPPER_H

#include "fa3/Dialect/KnownAttributes.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "fa3/Dialect/Hopper/IR/HopperDialect.h.inc"
#include "fa3/Dialect/Hopper/IR/HopperEnums.h.inc"
#define GET_TYPEDEF_CLASSES
#include "fa3/Dialect/Hopper/IR/HopperTypes.h.inc"
#define GET_ATTRDEF_CLASSES
#include "fa3/Dialect/Hopper/IR/HopperAttrs.h.inc"
#define GET_OP_CLASSES
#include "fa3/Dialect/Hopper/IR/HopperOps.h.inc"

namespace mlir::hopper {

/// On an operation in a loop: its place in the software pipeline
/// (`#hopper.schedule`).
inline constexpr llvm::StringLiteral kScheduleAttrName = "hopper.schedule";
/// On a kernel: the number of its blocks (`#hopper.expression`).
inline constexpr llvm::StringLiteral kGridAttrName = "hopper.grid";
/// On a kernel: its blocks take tiles of the grid until there are none left,
/// and the host launches at most one for each SM (a unit attribute).
inline constexpr llvm::StringLiteral kPersistentAttrName = "hopper.persistent";
/// On a kernel: what must hold between the sizes of its arguments (an array of
/// `#hopper.constraint`).
inline constexpr llvm::StringLiteral kConstraintsAttrName =
    "hopper.constraints";
/// On a kernel: the bytes of dynamic shared memory (an i64).
inline constexpr llvm::StringLiteral kSharedMemoryAttrName =
    "hopper.shared_memory";
/// On a kernel's argument: how the host makes it (`#hopper.tensor_map`).
inline constexpr llvm::StringLiteral kTensorMapAttrName = "hopper.tensor_map";
/// On a compiled kernel: all that a launcher needs (`#hopper.kernel`).
inline constexpr llvm::StringLiteral kKernelAttrName = "hopper.kernel";

/// Whether the host can pass a kernel's argument of this type as a number.
inline bool isScalarArgument(Type type) {
  return type.isIndex() || type.isInteger(32) || type.isInteger(64) ||
         type.isF32() || type.isF64();
}

} // namespace mlir::hopper

#endif // FA3_DIALECT_HOPPER_IR_HOPPER_H
