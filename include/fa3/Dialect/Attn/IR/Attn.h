//===- Attn.h - The attn dialect --------------------------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_DIALECT_ATTN_IR_ATTN_H
#define FA3_DIALECT_ATTN_IR_ATTN_H

#include "fa3/Dialect/KnownAttributes.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/TilingInterface.h"
#include <optional>

#include "fa3/Dialect/Attn/IR/AttnDialect.h.inc"
#include "fa3/Dialect/Attn/IR/AttnEnums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "fa3/Dialect/Attn/IR/AttnAttrs.h.inc"
#define GET_OP_CLASSES
#include "fa3/Dialect/Attn/IR/AttnOps.h.inc"

namespace mlir::attn {

/// Largest head dimension (columns of Q, K, V) that the op takes.
inline constexpr int64_t kMaxHeadSize = 256;

/// Keys of a transposed V stand in groups of this many.
inline constexpr int64_t kKeyGroup = 16;

/// The place of a key in a transposed V (`ValueLayout`): with 8c + 2t + b its
/// number in the group, 4t + 2c + b. What a thread has of 16 columns of an
/// accumulator is then at four places next to each other
/// (hopper.transpose_tile).
constexpr int64_t getPlaceOfKey(int64_t key) {
  int64_t inGroup = key % kKeyGroup;
  return key - inGroup + 4 * (inGroup / 2 % 4) + 2 * (inGroup / 8) +
         inGroup % 2;
}

/// The key at a place: the inverse of `getPlaceOfKey`.
constexpr int64_t getKeyOfPlace(int64_t place) {
  int64_t inGroup = place % kKeyGroup;
  return place - inGroup + 8 * (inGroup / 2 % 2) + 2 * (inGroup / 4) +
         inGroup % 2;
}

/// Most ranges of keys that a configuration asks for.
inline constexpr int64_t kMaxSplits = 256;

/// Name of the attribute that carries the `#attn.config` of a tiled kernel on
/// the grid loop, and later on the kernel itself.
inline constexpr llvm::StringLiteral kConfigAttrName = "attn.config";

/// On a function, and later on the kernel: the argument that each of its
/// results became (an array of i64).
inline constexpr llvm::StringLiteral kResultsAttrName = "attn.results";

/// Whether a value is a constant of zeros, floats or integers.
bool isZero(Value value);

/// Registers the bufferization of the dialect's operations.
void registerBufferizableOpInterfaceExternalModels(DialectRegistry &registry);

} // namespace mlir::attn

#endif // FA3_DIALECT_ATTN_IR_ATTN_H
