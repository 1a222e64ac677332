//===- HostArray.h - Arrays in host memory ----------------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_REFERENCE_HOSTARRAY_H
#define FA3_REFERENCE_HOSTARRAY_H

#include "mlir/IR/BuiltinTypes.h"
#include <variant>

namespace mlir::attn {

/// An array in memory that someone else owns. Elements stand as a memref has
/// them: f16, bf16, 8-bit floats and integers in their own width, `index` in 64
/// bits, i1 in a byte.
struct HostArray {
  Type elementType;
  void *data = nullptr; // the element at index 0, 0, …
  SmallVector<int64_t> shape;
  SmallVector<int64_t> strides; // in elements
};

/// An argument of a function: a memref or tensor, an integer or index, a float.
using HostArgument = std::variant<HostArray, int64_t, double>;

/// Bytes of one element, or 0 where the type cannot be an element.
unsigned getElementBytes(Type type);

/// Strides, in elements, of an array in C order without gaps.
SmallVector<int64_t> getPackedStrides(ArrayRef<int64_t> shape);

/// One element as a number, and a number rounded to nearest even into one. An
/// integer wraps around.
double readElement(Type type, const void *element);
void writeElement(Type type, void *element, double value);

/// A number rounded to nearest even to a floating-point type.
double roundTo(FloatType type, double value);

} // namespace mlir::attn

#endif // FA3_REFERENCE_HOSTARRAY_H
