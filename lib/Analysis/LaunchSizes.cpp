//===- LaunchSizes.cpp - Sizes that a kernel is launched with -------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Analysis/LaunchSizes.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::attn;

LaunchSizes mlir::attn::getLaunchSizes(ForwardOp op,
                                       const LaunchSizes &expected) {
  LaunchSizes sizes = expected;
  auto take = [](std::optional<int64_t> &size, ShapedType type, int64_t dim) {
    if (!type.isDynamicDim(dim))
      size = type.getDimSize(dim);
  };
  take(sizes.batch, op.getQueryType(), ForwardOp::getBatchDim());
  take(sizes.rows, op.getQueryType(), op.getSeqDim());
  take(sizes.keys, op.getKeyType(), op.getSeqDim());
  return sizes;
}

int64_t mlir::attn::countTilesOfGroup(ForwardOp op, int64_t pack) {
  // There may be no heads at all.
  int64_t keyHeads = std::max<int64_t>(op.getNumKeyHeads(), 1);
  return llvm::divideCeil(op.getNumQueryHeads() / keyHeads, pack);
}
