//===- MakeTable.h - From times to a tuning table ---------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Picks the fastest kernels of timed plans.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TOOLS_FA3TUNE_MAKETABLE_H
#define FA3_TOOLS_FA3TUNE_MAKETABLE_H

#include "Plan.h"

#include "fa3/Analysis/TuningTable.h"
#include "llvm/Support/raw_ostream.h"

namespace fa3::tune {

/// A table with an entry for each problem: the kernel whose times are least, by
/// their geometric mean over all shapes; that of the rule, which selects
/// without a table, where none is faster by more than times vary. Prints a line
/// for each problem, and at last how far the rule is behind the fastest. The
/// plans must be of one device.
llvm::Expected<mlir::attn::TuningTable>
makeTable(llvm::ArrayRef<Plan> plans, const mlir::attn::TuningTable *compared,
          llvm::raw_ostream &os);

} // namespace fa3::tune

#endif // FA3_TOOLS_FA3TUNE_MAKETABLE_H
