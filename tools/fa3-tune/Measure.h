//===- Measure.h - Time the kernels of a plan -------------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Launches the kernels of a plan on the GPU of this machine. Links the runtime
// alone, for machines without LLVM.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TOOLS_FA3TUNE_MEASURE_H
#define FA3_TOOLS_FA3TUNE_MEASURE_H

#include "Plan.h"

namespace fa3::tune {

struct MeasureOptions {
  /// Launches of each kernel on each shape.
  unsigned rounds = 15;
  /// Problems whose name does not contain this are left out.
  std::string match;
};

/// Fails where there is no device to time kernels on.
llvm::Error checkDevice();

/// Times all kernels of the plan, whose manifests lie in `folder`, and tells of
/// the progress on standard error.
///
/// Rounds are interleaved: each launches every kernel once, every other one in
/// reverse, all queued before the host waits, so that the host is ahead and
/// clocks that move with heat move for all. Inputs are random, of about a
/// normal distribution.
///
/// A kernel whose results differ from those of most kernels, or are no numbers,
/// has an error instead of times. So has one whose launch fails.
llvm::Error measure(Plan &plan, llvm::StringRef folder,
                    const MeasureOptions &options);

} // namespace fa3::tune

#endif // FA3_TOOLS_FA3TUNE_MEASURE_H
