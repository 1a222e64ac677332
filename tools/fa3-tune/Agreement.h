//===- Agreement.h - Which kernels compute the same -------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels of one problem get the same inputs, so they must give the same
// outputs, up to rounding. What most of them give is taken to be right.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TOOLS_FA3TUNE_AGREEMENT_H
#define FA3_TOOLS_FA3TUNE_AGREEMENT_H

#include "fa3/Runtime/ElementType.h"

#include "llvm/ADT/ArrayRef.h"

#include <vector>

namespace fa3::tune {

/// Appends elements of an output as numbers.
void appendNumbers(runtime::ElementType element, llvm::ArrayRef<char> bytes,
                   std::vector<float> &numbers);

/// How far a row may be from what most kernels give, as a part of its norm, for
/// inputs of this type: what rounding costs a row, several times over.
double getTolerance(runtime::ElementType input);

/// Whether each result is that of most: no row of `rowSize` numbers is further
/// than `tolerance` from the medians of all results. All have one size.
std::vector<bool> findAgreement(llvm::ArrayRef<std::vector<float>> results,
                                size_t rowSize, double tolerance);

} // namespace fa3::tune

#endif // FA3_TOOLS_FA3TUNE_AGREEMENT_H
