//===- TileOps.cpp - Verifiers of the tile level --------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/IR/Attn.h"

using namespace mlir;
using namespace mlir::attn;

LogicalResult CoordinatesOp::verify() {
  int64_t dimension = getDimension();
  if (dimension != 0 && dimension != 1)
    return emitOpError("expected dimension 0 or 1, but got ") << dimension;
  int64_t across = cast<VectorType>(getType()).getDimSize(1 - dimension);
  if (across != 1)
    return emitOpError("expected size 1 in dimension ")
           << 1 - dimension << " of the result, but got " << across;
  return success();
}

LogicalResult BandMaskOp::verify() {
  if (!getExtent() && !getLower() && !getUpper())
    return emitOpError("expected at least one of extent, lower and upper");
  return success();
}

LogicalResult OnlineSoftmaxOp::verify() {
  int64_t rows = cast<VectorType>(getScores().getType()).getDimSize(0);
  int64_t elements = cast<VectorType>(getMaximum().getType()).getDimSize(0);
  if (rows != elements)
    return emitOpError("expected row vectors of ")
           << rows << " elements, but got " << elements;
  return success();
}
