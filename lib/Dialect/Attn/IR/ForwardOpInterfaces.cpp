//===- ForwardOpInterfaces.cpp - Interfaces of attn.forward ---------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Memory effects, shape reification and tiling. Bufferization is in
// lib/Dialect/Attn/Transforms/BufferizableOpInterfaceImpl.cpp.
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::attn;

//===----------------------------------------------------------------------===//
// Memory effects
//===----------------------------------------------------------------------===//

/// Reads of the inputs and writes of the outputs that are memrefs.
static void addBufferEffects(
    DestinationStyleOpInterface op,
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    // Every element of an output is written, and none is read before.
    effects.emplace_back(
        op.isDpsInit(&operand)
            ? static_cast<MemoryEffects::Effect *>(MemoryEffects::Write::get())
            : MemoryEffects::Read::get(),
        &operand, SideEffects::DefaultResource::get());
  }
}

void ForwardOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  // The regions may read memory (constraint 10), also where the operands are
  // tensors.
  auto reads = [](Operation &inner) { return !isMemoryEffectFree(&inner); };
  for (Region *region : {&getScoreRegion(), &getMaskRegion()})
    if (!region->empty() && llvm::any_of(region->front(), reads)) {
      effects.emplace_back(MemoryEffects::Read::get(),
                           SideEffects::DefaultResource::get());
      break;
    }
  addBufferEffects(*this, effects);
}

void CombineOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  addBufferEffects(*this, effects);
}

void QuantizeOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  addBufferEffects(*this, effects);
}

void DequantizeOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  addBufferEffects(*this, effects);
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

/// The size of one dimension of a tensor or memref.
static OpFoldResult getSize(OpBuilder &builder, Location loc, Value value,
                            unsigned dim) {
  auto type = cast<ShapedType>(value.getType());
  if (!type.isDynamicDim(dim))
    return builder.getIndexAttr(type.getDimSize(dim));
  if (isa<MemRefType>(type))
    return memref::DimOp::create(builder, loc, value, dim).getResult();
  return tensor::DimOp::create(builder, loc, value, dim).getResult();
}

/// Results have the shapes of their destinations.
static LogicalResult reifyInits(DestinationStyleOpInterface op,
                                OpBuilder &builder,
                                ReifiedRankedShapedTypeDims &shapes) {
  for (Value init : op.getDpsInits().take_front(op->getNumResults())) {
    SmallVector<OpFoldResult> sizes;
    for (unsigned dim = 0; dim < cast<ShapedType>(init.getType()).getRank();
         ++dim)
      sizes.push_back(getSize(builder, op->getLoc(), init, dim));
    shapes.push_back(std::move(sizes));
  }
  return success();
}

LogicalResult
ForwardOp::reifyResultShapes(OpBuilder &builder,
                             ReifiedRankedShapedTypeDims &reifiedReturnShapes) {
  return reifyInits(*this, builder, reifiedReturnShapes);
}

LogicalResult
CombineOp::reifyResultShapes(OpBuilder &builder,
                             ReifiedRankedShapedTypeDims &reifiedReturnShapes) {
  return reifyInits(*this, builder, reifiedReturnShapes);
}

LogicalResult QuantizeOp::reifyResultShapes(
    OpBuilder &builder, ReifiedRankedShapedTypeDims &reifiedReturnShapes) {
  return reifyInits(*this, builder, reifiedReturnShapes);
}

LogicalResult DequantizeOp::reifyResultShapes(
    OpBuilder &builder, ReifiedRankedShapedTypeDims &reifiedReturnShapes) {
  return reifyInits(*this, builder, reifiedReturnShapes);
}

//===----------------------------------------------------------------------===//
// Tiling
//===----------------------------------------------------------------------===//

// The iteration domain is (batch, query head, query row); keys are a reduction
// inside of the op.

SmallVector<utils::IteratorType> ForwardOp::getLoopIteratorTypes() {
  return SmallVector<utils::IteratorType>(3, utils::IteratorType::parallel);
}

SmallVector<Range> ForwardOp::getIterationDomain(OpBuilder &builder) {
  OpFoldResult zero = builder.getIndexAttr(0), one = builder.getIndexAttr(1);
  SmallVector<Range> domain;
  for (unsigned dim : {getBatchDim(), getHeadDim(), getSeqDim()})
    domain.push_back(
        Range{zero, getSize(builder, getLoc(), getQuery(), dim), one});
  return domain;
}

/// A tile of `value`: a slice of a tensor or a subview of a memref.
static Operation *slice(OpBuilder &builder, Location loc, Value value,
                        ArrayRef<OpFoldResult> offsets,
                        ArrayRef<OpFoldResult> sizes) {
  SmallVector<OpFoldResult> strides(offsets.size(), builder.getIndexAttr(1));
  if (isa<MemRefType>(value.getType()))
    return memref::SubViewOp::create(builder, loc, value, offsets, sizes,
                                     strides);
  return tensor::ExtractSliceOp::create(builder, loc, value, offsets, sizes,
                                        strides);
}

static Value addIndices(OpBuilder &builder, Location loc, Value a, Value b) {
  return arith::AddIOp::create(builder, loc, a, b);
}

FailureOr<TilingResult>
ForwardOp::getTiledImplementation(OpBuilder &builder,
                                  ArrayRef<OpFoldResult> offsets,
                                  ArrayRef<OpFoldResult> sizes) {
  Location loc = getLoc();
  if (getQueryScale())
    return emitOpError("expected no block scales on a tiled op");
  if (getSplitKeys())
    return emitOpError("expected no split_keys on a tiled op");
  int64_t group = getNumQueryHeads() / getNumKeyHeads();
  std::optional<int64_t> headTile = getConstantIntValue(sizes[1]);
  if (!headTile || (*headTile != 1 && *headTile % group != 0))
    return emitOpError("expected a head tile of 1 or of a multiple of ")
           << group << " heads (the heads that share a head of K)";

  OpFoldResult zero = builder.getIndexAttr(0);
  // Query side: the tile; key side: all keys of the heads that the tile needs.
  auto arrange = [&](OpFoldResult batch, OpFoldResult seq, OpFoldResult head,
                     OpFoldResult feature) {
    return getLayout() == Layout::BSHD
               ? SmallVector<OpFoldResult>{batch, seq, head, feature}
               : SmallVector<OpFoldResult>{batch, head, seq, feature};
  };
  Value headOffset = getValueOrCreateConstantIndexOp(builder, loc, offsets[1]);
  Value groupSize = arith::ConstantIndexOp::create(builder, loc, group);
  OpFoldResult keyHead =
      arith::DivUIOp::create(builder, loc, headOffset, groupSize).getResult();
  OpFoldResult keyHeads =
      builder.getIndexAttr(std::max<int64_t>(*headTile / group, 1));
  OpFoldResult d = builder.getIndexAttr(getHeadSize());
  OpFoldResult dv = builder.getIndexAttr(getValueHeadSize());
  OpFoldResult keys = getSize(builder, loc, getKey(), getSeqDim());

  SmallVector<Operation *> slices;
  auto take = [&](Value value, ArrayRef<OpFoldResult> at,
                  ArrayRef<OpFoldResult> extent) {
    slices.push_back(slice(builder, loc, value, at, extent));
    return slices.back()->getResult(0);
  };
  SmallVector<OpFoldResult> queryAt =
      arrange(offsets[0], offsets[2], offsets[1], zero);
  SmallVector<OpFoldResult> keyAt = arrange(offsets[0], zero, keyHead, zero);
  Value query =
      take(getQuery(), queryAt, arrange(sizes[0], sizes[2], sizes[1], d));
  Value key = take(getKey(), keyAt, arrange(sizes[0], keys, keyHeads, d));
  Value value = take(getValue(), keyAt, arrange(sizes[0], keys, keyHeads, dv));
  Value output =
      take(getOutput(), queryAt, arrange(sizes[0], sizes[2], sizes[1], dv));
  Value lse;
  if (getLse())
    lse = take(getLse(), {offsets[0], offsets[1], offsets[2]},
               {sizes[0], sizes[1], sizes[2]});

  // Where the rows stand in the whole problem: the visibility rule and the
  // regions go by that.
  SmallVector<Value> origin;
  for (unsigned i = 0; i < 3; ++i) {
    Value at = getValueOrCreateConstantIndexOp(builder, loc, offsets[i]);
    origin.push_back(getOrigin().empty()
                         ? at
                         : addIndices(builder, loc, getOrigin()[i], at));
  }
  Value queryOffset = getQueryOffset();
  if (!queryOffset && (getLeftBound() || getRightBound())) {
    if (getAlignment() == Alignment::TopLeft) {
      queryOffset = arith::ConstantIndexOp::create(builder, loc, 0);
    } else {
      Value sk = getValueOrCreateConstantIndexOp(builder, loc, keys);
      Value sq = getValueOrCreateConstantIndexOp(
          builder, loc, getSize(builder, loc, getQuery(), getSeqDim()));
      queryOffset = arith::SubIOp::create(builder, loc, sk, sq);
    }
  }

  SmallVector<Type> resultTypes;
  if (hasTensors()) {
    resultTypes.push_back(output.getType());
    if (lse)
      resultTypes.push_back(lse.getType());
  }
  auto tiled = ForwardOp::create(
      builder, loc, resultTypes, query, key, value, Value(), Value(), Value(),
      queryOffset, origin, /*splitKeys=*/Value(), output, lse, getScaleAttr(),
      getCausalAttr(), getWindowAttr(), getAlignmentAttr(), getLayoutAttr(),
      getValueLayoutAttr(), IntegerAttr(), IntegerAttr(), IntegerAttr(),
      getConfigAttr());
  IRMapping mapping;
  getScoreRegion().cloneInto(&tiled.getScoreRegion(), mapping);
  getMaskRegion().cloneInto(&tiled.getMaskRegion(), mapping);
  return TilingResult{{tiled}, SmallVector<Value>(tiled->getResults()), slices};
}

LogicalResult ForwardOp::getResultTilePosition(
    OpBuilder &builder, unsigned resultNumber, ArrayRef<OpFoldResult> offsets,
    ArrayRef<OpFoldResult> sizes, SmallVector<OpFoldResult> &resultOffsets,
    SmallVector<OpFoldResult> &resultSizes) {
  if (resultNumber == 1) { // LSE [B, H, S] is in the order of the domain.
    resultOffsets.assign(offsets.begin(), offsets.end());
    resultSizes.assign(sizes.begin(), sizes.end());
    return success();
  }
  resultOffsets.assign(4, builder.getIndexAttr(0));
  resultSizes.assign(4, builder.getIndexAttr(getValueHeadSize()));
  unsigned dims[3] = {getBatchDim(), getHeadDim(), getSeqDim()};
  for (unsigned i = 0; i < 3; ++i) {
    resultOffsets[dims[i]] = offsets[i];
    resultSizes[dims[i]] = sizes[i];
  }
  return success();
}
