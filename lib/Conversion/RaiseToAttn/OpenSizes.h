//===- OpenSizes.h - Which open sizes are the same --------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_CONVERSION_RAISETOATTN_OPENSIZES_H
#define FA3_LIB_CONVERSION_RAISETOATTN_OPENSIZES_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace mlir::attn {

/// A size by what it is taken from: a number; dimension `dim` of a tensor; or a
/// value that is computed otherwise, with `dim` -1.
struct SizeSource {
  Value from;
  int64_t dim = -1;
  int64_t number = ShapedType::kDynamic;

  bool operator==(const SizeSource &other) const {
    return from == other.from && dim == other.dim && number == other.number;
  }
  bool operator!=(const SizeSource &other) const { return !(*this == other); }
};

/// Where a size comes from. Two that come from the same are the same.
SizeSource getSizeSource(Value size);
SizeSource getSizeSource(Value tensor, int64_t dim);

/// How the dimensions of the two sides of a tensor.reshape follow from each
/// other: parts of both whose sizes have the same product, whatever the open
/// sizes are. None where that is not known.
struct ReshapedPart {
  ReassociationIndices source, result;
};
std::optional<SmallVector<ReshapedPart>> getParts(tensor::ReshapeOp reshape);

/// The index that `tensor` is read at in dimension `dim`. An exporter writes 0
/// in its place where the size is 1, for what may be a broadcast.
Value skipBroadcastGuard(Value index, Value tensor, int64_t dim);

} // namespace mlir::attn

#endif // FA3_LIB_CONVERSION_RAISETOATTN_OPENSIZES_H
