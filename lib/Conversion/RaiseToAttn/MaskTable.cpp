//===- MaskTable.cpp - Constants that a score reads -----------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MaskTable.h"
#include "fa3/Dialect/Attn/IR/Constants.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace mlir::attn;

std::optional<MaskTable> attn::getTable(Value tensor) {
  struct Dim {
    int64_t offset, stride;
    std::optional<unsigned> coordinate;
  };
  unsigned rank = cast<RankedTensorType>(tensor.getType()).getRank();
  SmallVector<Dim> dims;
  for (unsigned i = 0; i < rank; ++i)
    dims.push_back({0, 1, i});
  while (auto slice = tensor.getDefiningOp<tensor::ExtractSliceOp>()) {
    if (ShapedType::isDynamicShape(slice.getStaticOffsets()) ||
        ShapedType::isDynamicShape(slice.getStaticStrides()))
      return std::nullopt;
    SmallVector<Dim> source;
    llvm::SmallBitVector dropped = slice.getDroppedDims();
    const Dim *next = dims.begin();
    for (auto [i, offset, stride] :
         llvm::enumerate(slice.getStaticOffsets(), slice.getStaticStrides())) {
      if (dropped.test(i)) {
        source.push_back({offset, 0, std::nullopt});
        continue;
      }
      source.push_back({offset + stride * next->offset, stride * next->stride,
                        next->coordinate});
      ++next;
    }
    dims = std::move(source);
    tensor = slice.getSource();
  }
  MaskTable table;
  table.elements = getDenseElements(tensor);
  if (!table.elements)
    return std::nullopt;
  table.strides.resize(rank);
  for (auto [dim, step] : llvm::zip_equal(
           dims, computeStrides(table.elements.getType().getShape()))) {
    table.offset += dim.offset * step;
    if (dim.coordinate)
      table.strides[*dim.coordinate] = dim.stride * step;
  }
  return table;
}
