//===- Check.h - Results against the reference ----------------- -*- C++
//-*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TOOLS_FA3_RUN_CHECK_H
#define FA3_TOOLS_FA3_RUN_CHECK_H

#include "Arguments.h"
#include "fa3/Target/CPU/CPUKernel.h"

namespace mlir::attn {

/// Compares all outputs of a run with the reference in double precision, and
/// prints a line for each. By FlashAttention's rule an error may be twice that
/// of a plain implementation in the same precision, and twice what an addition
/// rounds away in the type of the output. On top comes what a sum in single
/// precision may lose, since the plain implementation adds in double precision,
/// and may be exact:
///
///   max|out − ref| ≤ 2 · max|naive − ref| + 2 · max|(ref + 0.3 − 0.3) − ref|
///                    + 1e-5 · max(1, max|ref|)
///
/// The maxima are over the elements where ref is finite, and the first one over
/// those where naive is finite too, so that the bound is always finite. An
/// infinity must be met exactly, and a NaN fails. Gives whether all hold.
llvm::Expected<bool> checkResults(func::FuncOp function,
                                  const Arguments &arguments,
                                  ArrayRef<HostResult> results,
                                  raw_ostream &os);

} // namespace mlir::attn

#endif // FA3_TOOLS_FA3_RUN_CHECK_H
