//===- LaunchSizes.h - Sizes that a kernel is launched with -----*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a configuration is chosen for, where types may leave it open.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_ANALYSIS_LAUNCHSIZES_H
#define FA3_ANALYSIS_LAUNCHSIZES_H

#include "fa3/Dialect/Attn/IR/Attn.h"
#include <optional>

namespace mlir::attn {

/// Sizes of an attention, none where they are not known. A kernel is right for
/// all sizes that its types allow; these say which it should be fast for.
struct LaunchSizes {
  std::optional<int64_t> batch;
  /// Of Q.
  std::optional<int64_t> rows;
  /// Of K and V.
  std::optional<int64_t> keys;
};

/// The sizes that the types say, and elsewhere those that are expected.
LaunchSizes getLaunchSizes(ForwardOp op, const LaunchSizes &expected = {});

/// Tiles that the query heads of one head of K and V make, where `pack` of them
/// stand in a tile; the last may have fewer.
int64_t countTilesOfGroup(ForwardOp op, int64_t pack);

} // namespace mlir::attn

#endif // FA3_ANALYSIS_LAUNCHSIZES_H
