//===- ConfigSpace.h - Configurations to try --------------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Enumerates configurations that the resource equations allow, for fa3-tune.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_ANALYSIS_CONFIGSPACE_H
#define FA3_ANALYSIS_CONFIGSPACE_H

#include "fa3/Analysis/KernelResources.h"

namespace mlir::attn {

/// The configurations that differ from `centre` in at most `distance`
/// properties, `centre` first and the others in a fixed order:
///
/// - two consumers or three, with the registers that this leaves each;
/// - tiles of keys in steps of 256 bits, no narrower than half of the widest;
/// - two or three stages;
/// - with the speculation of `centre` or without; the wait for P·V unplaced or
///   behind 12, 25 or 50 percent of the exponentials;
/// - a block for each tile, persistent blocks, or ones with two stages of
///   queries.
///
/// Left out is what was never faster: four consumers, a single stage.
SmallVector<ConfigAttr> enumerateConfigs(const ProblemShape &shape,
                                         ConfigAttr centre, int64_t distance);

/// How many of these properties two configurations differ in. Where the
/// consumers do, the tile of keys is no property of its own: other registers
/// hold other tiles.
int64_t getDistance(ConfigAttr lhs, ConfigAttr rhs);

} // namespace mlir::attn

#endif // FA3_ANALYSIS_CONFIGSPACE_H
