//===- RegionVectorizer.h - Score and mask regions on tiles -----*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_DIALECT_ATTN_TRANSFORMS_REGIONVECTORIZER_H
#define FA3_DIALECT_ATTN_TRANSFORMS_REGIONVECTORIZER_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Region.h"

namespace mlir::attn {

/// Inlines a score or mask region of `attn.forward`, written on one element, on
/// a whole tile.
///
/// `arguments` are the tile's counterparts of the block's arguments. A value is
/// a scalar where it is the same for all elements, `vector<Mx1>` where it
/// depends on the row alone, `vector<1xN>` on the column alone, `vector<MxN>`
/// on both; each operation is done on the smallest of these that holds its
/// operands. Returns the yielded value broadcast to rows × columns, or failure
/// after a diagnostic at the operation that cannot be done on vectors.
FailureOr<Value> vectorizeRegion(OpBuilder &builder, Region &region,
                                 ValueRange arguments, int64_t rows,
                                 int64_t columns);

} // namespace mlir::attn

#endif // FA3_DIALECT_ATTN_TRANSFORMS_REGIONVECTORIZER_H
