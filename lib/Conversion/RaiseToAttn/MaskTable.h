//===- MaskTable.h - Constants that a score reads ---------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_CONVERSION_RAISETOATTN_MASKTABLE_H
#define FA3_LIB_CONVERSION_RAISETOATTN_MASKTABLE_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Value.h"

namespace mlir::attn {

/// A constant, or a part of one, that an element is of.
struct MaskTable {
  DenseElementsAttr elements;
  /// Where the first element is, and how far apart those of each coordinate
  /// are.
  int64_t offset = 0;
  SmallVector<int64_t> strides;
};

/// The table that the elements of a tensor are of; none where it is no part of
/// a constant.
std::optional<MaskTable> getTable(Value tensor);

} // namespace mlir::attn

#endif // FA3_LIB_CONVERSION_RAISETOATTN_MASKTABLE_H
