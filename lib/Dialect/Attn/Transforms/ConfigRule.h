//===- ConfigRule.h - The rule for configurations ---------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Chooses the configuration of an attention on sm_90a where no table has one,
// by a rule made from what has been measured to be fastest
// (docs/performance.md, docs/tuning.md).
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_DIALECT_ATTN_TRANSFORMS_CONFIGRULE_H
#define FA3_LIB_DIALECT_ATTN_TRANSFORMS_CONFIGRULE_H

#include "fa3/Analysis/LaunchSizes.h"

namespace mlir::attn {

/// What the passes that follow do, as options of attn-select-config.
struct RuleOptions {
  bool producer, pack, classify;
  /// How many of the widest tiles of keys that fit are left out.
  int64_t narrower;
};

/// Chooses the configuration of `op` for `sizes`, or reports that no tile fits.
FailureOr<ConfigAttr> chooseConfig(ForwardOp op, const LaunchSizes &sizes,
                                   const RuleOptions &options);

/// Whether a persistent kernel has registers enough: a producer of pairs of
/// tiles has few, and lengths that are known only at run time take some of its
/// own.
bool mayPersist(ForwardOp op);

/// Whether the matrix units cannot go on with an output that is corrected.
bool needsTwoLevels(ForwardOp op);

/// The widest V of integers for whose output and a tile's product, both in
/// registers, a kernel has room.
inline constexpr int64_t kWidestIntegers = 192;

/// Whether blocks of scales are tiles, some of them, or parts of one.
bool fitsBlock(std::optional<int64_t> block, int64_t size);

} // namespace mlir::attn

#endif // FA3_LIB_DIALECT_ATTN_TRANSFORMS_CONFIGRULE_H
