//===- SplitKeys.cpp - Ranges of keys side by side ------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Analysis/LaunchSizes.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNSPLITKEYS
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

namespace {

/// Rewrites one `attn.forward`.
class Splitter {
public:
  Splitter(ForwardOp op, int64_t splits, int64_t multiprocessors)
      : op(op), splits(splits), multiprocessors(multiprocessors), builder(op),
        loc(op.getLoc()) {}

  void run();

private:
  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }
  Value number(int64_t value) {
    return arith::ConstantIntOp::create(builder, loc, value, 32);
  }
  Value toInt(Value value) {
    return arith::IndexCastOp::create(builder, loc, builder.getI32Type(),
                                      value);
  }
  OpFoldResult size(Value value, unsigned dim);
  Value sizeValue(Value value, unsigned dim);
  Value countTilesOfRange(Value tiles);
  Value allocate(ArrayRef<OpFoldResult> sizes);

  ForwardOp op;
  int64_t splits, multiprocessors;
  OpBuilder builder;
  Location loc;
};

} // namespace

OpFoldResult Splitter::size(Value value, unsigned dim) {
  auto type = cast<ShapedType>(value.getType());
  if (!type.isDynamicDim(dim))
    return builder.getIndexAttr(type.getDimSize(dim));
  if (isa<MemRefType>(type))
    return memref::DimOp::create(builder, loc, value, dim).getResult();
  return tensor::DimOp::create(builder, loc, value, dim).getResult();
}

Value Splitter::sizeValue(Value value, unsigned dim) {
  OpFoldResult folded = size(value, dim);
  if (auto known = dyn_cast<Value>(folded))
    return known;
  return index(cast<IntegerAttr>(cast<Attribute>(folded)).getInt());
}

/// Tiles of keys in each range: an equal share, of as many ranges as the blocks
/// that run side by side leave to one row tile where the batch is only known at
/// the launch.
Value Splitter::countTilesOfRange(Value tiles) {
  ShapedType query = op.getQueryType();
  Value ranges = index(splits);
  if (query.isDynamicDim(ForwardOp::getBatchDim())) {
    // In 32 bits: the device divides 64 by a long routine. Counts of blocks
    // and tiles are less than 2^31.
    int64_t pack = op.getConfig()->getPack().value_or(1);
    Value rowTiles = arith::CeilDivUIOp::create(
        builder, loc, sizeValue(op.getQuery(), op.getSeqDim()),
        index(op.getConfig()->getTileQ() / pack));
    Value heads = index(op.getNumKeyHeads() * countTilesOfGroup(op, pack));
    Value blocks = arith::MulIOp::create(
        builder, loc, arith::MulIOp::create(builder, loc, rowTiles, heads),
        sizeValue(op.getQuery(), ForwardOp::getBatchDim()));
    Value some = arith::MaxUIOp::create(builder, loc, toInt(blocks), number(1));
    Value fitting =
        arith::DivUIOp::create(builder, loc, number(multiprocessors), some);
    Value most = arith::MinUIOp::create(
        builder, loc, arith::MaxUIOp::create(builder, loc, fitting, number(1)),
        number(splits));
    Value share = arith::CeilDivUIOp::create(builder, loc, toInt(tiles), most);
    return arith::IndexCastUIOp::create(builder, loc, builder.getIndexType(),
                                        share);
  }
  return arith::CeilDivUIOp::create(builder, loc, tiles, ranges);
}

Value Splitter::allocate(ArrayRef<OpFoldResult> sizes) {
  Type f32 = builder.getF32Type();
  if (op.hasTensors())
    return tensor::EmptyOp::create(builder, loc, sizes, f32);
  SmallVector<int64_t> shape;
  SmallVector<Value> dynamic;
  dispatchIndexOpFoldResults(sizes, dynamic, shape);
  // Far more than a thread's widest access, so that none is cut in two.
  return memref::AllocOp::create(builder, loc, MemRefType::get(shape, f32),
                                 dynamic, builder.getI64IntegerAttr(256));
}

void Splitter::run() {
  int64_t keys = op.getConfig()->getTileKV();
  Value tiles = arith::CeilDivUIOp::create(
      builder, loc, sizeValue(op.getKey(), op.getSeqDim()), index(keys));
  Value length = arith::MulIOp::create(builder, loc, countTilesOfRange(tiles),
                                       index(keys));
  SmallVector<OpFoldResult> outputSizes = {builder.getIndexAttr(splits)};
  for (unsigned dim = 0; dim < 3; ++dim)
    outputSizes.push_back(size(op.getQuery(), dim));
  outputSizes.push_back(builder.getIndexAttr(op.getValueHeadSize()));
  SmallVector<OpFoldResult> lseSizes = {
      outputSizes[0], size(op.getQuery(), ForwardOp::getBatchDim()),
      size(op.getQuery(), op.getHeadDim()),
      size(op.getQuery(), op.getSeqDim())};
  Value outputs = allocate(outputSizes), lses = allocate(lseSizes);

  SmallVector<Type> results;
  if (op.hasTensors())
    results = {outputs.getType(), lses.getType()};
  auto partial = ForwardOp::create(
      builder, loc, results, op.getQuery(), op.getKey(), op.getValue(),
      /*queryScale=*/Value(), /*keyScale=*/Value(), /*valueScale=*/Value(),
      op.getQueryOffset(), op.getOrigin(), length, outputs, lses,
      op.getScaleAttr(), op.getCausalAttr(), op.getWindowAttr(),
      op.getAlignmentAttr(), op.getLayoutAttr(), op.getValueLayoutAttr(),
      /*query_block=*/IntegerAttr(),
      /*key_block=*/IntegerAttr(), /*value_block=*/IntegerAttr(),
      op.getConfig()->withoutSplits(/*persistent=*/false));
  partial.getScoreRegion().takeBody(op.getScoreRegion());
  partial.getMaskRegion().takeBody(op.getMaskRegion());
  if (op.hasTensors()) {
    outputs = partial.getResult(0);
    lses = partial.getResult(1);
  }
  auto merged = CombineOp::create(builder, loc, outputs, lses, op.getOutput(),
                                  op.getLse(), op.getLayout());
  op->replaceAllUsesWith(merged->getResults());
  op.erase();
}

namespace {

struct SplitKeysPass : attn::impl::AttnSplitKeysBase<SplitKeysPass> {
  using AttnSplitKeysBase::AttnSplitKeysBase;

  void runOnOperation() override {
    if (splits < 0 || splits > kMaxSplits) {
      emitError(getOperation()->getLoc())
          << "expected splits between 0 and " << kMaxSplits << ", but got "
          << splits.getValue();
      return signalPassFailure();
    }
    if (multiprocessors < 1 || multiprocessors > 65535) {
      emitError(getOperation()->getLoc())
          << "expected multiprocessors between 1 and 65535, but got "
          << multiprocessors.getValue();
      return signalPassFailure();
    }
    SmallVector<ForwardOp> ops;
    getOperation()->walk([&](ForwardOp op) { ops.push_back(op); });
    for (ForwardOp op : ops)
      if (failed(split(op)))
        return signalPassFailure();
  }

  LogicalResult split(ForwardOp op) {
    std::optional<ConfigAttr> config = op.getConfig();
    int64_t ranges = splits;
    if (ranges == 0 && config)
      ranges = config->getSplits().value_or(1);
    if (ranges <= 1) {
      // Whole, also where the configuration says otherwise.
      if (config && splits == 1)
        op.setConfigAttr(config->withoutSplits(config->getPersistent()));
      return success();
    }
    if (!config)
      return op.emitOpError("expected a config; run attn-select-config first");
    if (op.getSplitKeys())
      return op.emitOpError("cannot be split: its outputs are partial already");
    if (op.getQueryScale())
      return op.emitOpError("cannot split 8-bit elements: expected f16 or "
                            "bf16, but got ")
             << op.getQueryType().getElementType();
    Splitter(op, ranges, multiprocessors).run();
    ++numSplit;
    return success();
  }
};

} // namespace
