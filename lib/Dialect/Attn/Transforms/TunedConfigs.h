//===- TunedConfigs.h - The table that a run reads --------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Looks up measured configurations, in the repository's table, which is part of
// the library, or in a user's own.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_DIALECT_ATTN_TRANSFORMS_TUNEDCONFIGS_H
#define FA3_LIB_DIALECT_ATTN_TRANSFORMS_TUNEDCONFIGS_H

#include "fa3/Analysis/TuningTable.h"

namespace mlir::attn {

class TunedConfigs {
public:
  /// Takes the table of this name: `builtin`, `none`, or a file, of which every
  /// entry is checked, used or not. Reports at `loc` what is wrong with it.
  LogicalResult load(StringRef name, Location loc);

  /// What the table has for an attention of these sizes for which the rule
  /// chooses `rule`, or else that.
  FailureOr<ConfigAttr> select(ForwardOp op, const LaunchSizes &sizes,
                               ConfigAttr rule) const;

private:
  TuningTable table;
};

} // namespace mlir::attn

#endif // FA3_LIB_DIALECT_ATTN_TRANSFORMS_TUNEDCONFIGS_H
