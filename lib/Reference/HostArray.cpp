//===- HostArray.cpp - Arrays in host memory ------------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Reference/HostArray.h"
#include "llvm/ADT/APFloat.h"
#include <cmath>
#include <cstring>

using namespace mlir;
using namespace mlir::attn;

unsigned mlir::attn::getElementBytes(Type type) {
  if (isa<IndexType>(type))
    return 8;
  if (!type.isIntOrFloat())
    return 0;
  unsigned bits = type.getIntOrFloatBitWidth();
  if (bits == 1)
    return 1;
  return bits <= 64 && bits % 8 == 0 ? bits / 8 : 0;
}

SmallVector<int64_t> mlir::attn::getPackedStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size());
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

double mlir::attn::roundTo(FloatType type, double value) {
  if (type.isF64())
    return value;
  if (type.isF32())
    return static_cast<float>(value);
  if (!std::isfinite(value))
    return value;
  // Normal and subnormal numbers of a format with p bits lie 2^(e − p + 1)
  // apart, where 2^e is the power of two below, but at least the smallest
  // normal one.
  const llvm::fltSemantics &semantics = type.getFloatSemantics();
  int precision =
      static_cast<int>(llvm::APFloat::semanticsPrecision(semantics));
  int exponent = value == 0 ? 0 : std::ilogb(value);
  exponent = std::max(exponent, llvm::APFloat::semanticsMinExponent(semantics));
  double unit = std::ldexp(1.0, exponent - precision + 1);
  double rounded = std::nearbyint(value / unit) * unit;
  double largest = llvm::APFloat::getLargest(semantics).convertToDouble();
  if (std::abs(rounded) > largest)
    return llvm::APFloat::semanticsHasInf(semantics)
               ? std::copysign(INFINITY, value)
               : NAN;
  return rounded;
}

double mlir::attn::readElement(Type type, const void *element) {
  if (type.isF32()) {
    float value;
    std::memcpy(&value, element, sizeof(value));
    return value;
  }
  uint64_t bits = 0;
  unsigned bytes = getElementBytes(type);
  std::memcpy(&bits, element, bytes);
  if (type.isBF16()) {
    uint32_t word = static_cast<uint32_t>(bits) << 16;
    float value;
    std::memcpy(&value, &word, sizeof(value));
    return value;
  }
  if (type.isF16()) {
    int exponent = (bits >> 10) & 31;
    double fraction = static_cast<double>(bits & 1023);
    double value = exponent == 31  ? (fraction != 0 ? NAN : INFINITY)
                   : exponent == 0 ? std::ldexp(fraction, -24)
                                   : std::ldexp(1024 + fraction, exponent - 25);
    return (bits >> 15) != 0 ? -value : value;
  }
  if (auto floatType = dyn_cast<FloatType>(type))
    return llvm::APFloat(floatType.getFloatSemantics(),
                         llvm::APInt(floatType.getWidth(), bits))
        .convertToDouble();
  if (type.isInteger(1))
    return (bits & 1) != 0;
  unsigned unused = 64 - 8 * bytes;
  return static_cast<double>(static_cast<int64_t>(bits << unused) >> unused);
}

void mlir::attn::writeElement(Type type, void *element, double value) {
  uint64_t bits;
  if (auto floatType = dyn_cast<FloatType>(type)) {
    llvm::APFloat number(roundTo(floatType, value));
    bool lossy;
    number.convert(floatType.getFloatSemantics(),
                   llvm::APFloat::rmNearestTiesToEven, &lossy);
    bits = number.bitcastToAPInt().getZExtValue();
  } else {
    bits = static_cast<uint64_t>(static_cast<int64_t>(value));
  }
  std::memcpy(element, &bits, getElementBytes(type));
}
