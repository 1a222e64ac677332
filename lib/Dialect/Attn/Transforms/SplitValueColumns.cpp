//===- SplitValueColumns.cpp - Columns of V by attentions of their own ----===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConfigRule.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNSPLITVALUECOLUMNS
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

/// The columns of a part, which are those of a slab in shared memory.
static constexpr int64_t kPart = 128;

/// Columns of V that one attention takes of it.
static int64_t getColumns(ForwardOp op, int64_t given) {
  if (given != 0)
    return given;
  return needsTwoLevels(op) && op.getValueHeadSize() > kWidestIntegers
             ? kPart
             : op.getValueHeadSize();
}

/// `size` of the elements of `buffer` along `dim`, from `first` on.
static Value takeSlice(OpBuilder &builder, Location loc, Value buffer,
                       unsigned dim, int64_t first, int64_t size) {
  auto type = cast<MemRefType>(buffer.getType());
  SmallVector<OpFoldResult> offsets(type.getRank(), builder.getIndexAttr(0)),
      sizes = memref::getMixedSizes(builder, loc, buffer),
      strides(type.getRank(), builder.getIndexAttr(1));
  offsets[dim] = builder.getIndexAttr(first);
  sizes[dim] = builder.getIndexAttr(size);
  return memref::SubViewOp::create(builder, loc, buffer, offsets, sizes,
                                   strides);
}

static void split(ForwardOp op, int64_t columns) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  for (int64_t first = 0; first < op.getValueHeadSize(); first += columns) {
    int64_t size = std::min(columns, op.getValueHeadSize() - first);
    Value values = takeSlice(builder, loc, op.getValue(),
                             op.getValueFeatureDim(), first, size);
    Value outputs = takeSlice(builder, loc, op.getOutput(), op.getFeatureDim(),
                              first, size);
    auto part = cast<ForwardOp>(builder.clone(*op));
    part.getValueMutable().assign(values);
    part.getOutputMutable().assign(outputs);
    if (first != 0)
      part.getLseMutable().clear();
  }
  op.erase();
}

namespace {

struct SplitValueColumnsPass
    : attn::impl::AttnSplitValueColumnsBase<SplitValueColumnsPass> {
  using AttnSplitValueColumnsBase::AttnSplitValueColumnsBase;

  void runOnOperation() override {
    if (columns < 0 || columns % 16 != 0) {
      emitError(getOperation()->getLoc())
          << "expected columns to be a multiple of 16 or 0, but got "
          << columns.getValue();
      return signalPassFailure();
    }
    SmallVector<ForwardOp> ops;
    getOperation()->walk([&](ForwardOp op) {
      if (!op.hasTensors() && op.getValueHeadSize() > getColumns(op, columns))
        ops.push_back(op);
    });
    for (ForwardOp op : ops) {
      // Its outputs are the kernel's own, which no slices are made of.
      if (op.getSplitKeys()) {
        op.emitOpError("expected whole outputs; run attn-split-value-columns "
                       "before attn-split-keys");
        return signalPassFailure();
      }
      split(op, getColumns(op, columns));
      ++numSplit;
    }
  }
};

} // namespace
