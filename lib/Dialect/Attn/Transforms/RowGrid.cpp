//===- RowGrid.cpp - Grids of threads that have rows ----------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowGrid.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/IR/Quantization.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace mlir;
using namespace mlir::attn;

/// Elements that a thread has in registers while their maximum is taken.
static constexpr int64_t kElements = 64;
/// Threads of a block where the size of a part is free.
static constexpr int64_t kThreads = 256;

void RowGridEmitter::requireEqual(const Twine &message, Value a, Value b) {
  cf::AssertOp::create(builder, loc, isEqual(a, b), message.str());
}

/// Sizes that only the caller knows must agree all the same.
void RowGridEmitter::requireSameSize(const Twine &message, Value a,
                                     unsigned dimA, Value b, unsigned dimB) {
  auto isDynamic = [](Value value, unsigned dim) {
    return cast<MemRefType>(value.getType()).isDynamicDim(dim);
  };
  if (isDynamic(a, dimA) || isDynamic(b, dimB))
    requireEqual(message, size(a, dimA), size(b, dimB));
}

Value RowGridEmitter::requireScales(const Twine &name, Value rows,
                                    Value rowCount, Value scale,
                                    std::optional<int64_t> block) {
  auto scaleType = cast<MemRefType>(scale.getType());
  if (scaleType.getDimSize(0) != 1)
    requireSameSize("expected " + name +
                        " and the scale to have the same batch size",
                    rows, 0, scale, 0);
  Value blocks =
      block ? arith::CeilDivUIOp::create(builder, loc, rowCount, index(*block))
                  .getResult()
            : index(1);
  if (scaleType.isDynamicDim(2) || (block && !getConstantIntValue(rowCount)))
    requireEqual("expected a scale for each block of rows", size(scale, 2),
                 blocks);
  return blocks;
}

SmallVector<Value> RowGridEmitter::placeScale(ShapedType scaleType, Value batch,
                                              Value head, Value block) {
  return {scaleType.getDimSize(0) == 1 ? index(0) : batch,
          scaleType.getDimSize(1) == 1 ? index(0) : head, block};
}

SmallVector<Value> RowGridEmitter::place(Layout layout, Value batch, Value row,
                                         Value head, Value column) {
  if (layout == Layout::BHSD)
    std::swap(row, head);
  return {batch, row, head, column};
}

/// A grid of blocks of threads. `shared` is what stands in front of the
/// threads.
void RowGridEmitter::emitGrid(ArrayRef<OpFoldResult> bounds, int64_t threads,
                              function_ref<void(ValueRange)> shared,
                              function_ref<void(ValueRange, Value)> body) {
  OpBuilder::InsertionGuard guard(builder);
  auto grid = scf::ForallOp::create(builder, loc, bounds,
                                    /*outputs=*/ValueRange{},
                                    /*mapping=*/std::nullopt);
  if (plan.isGPU)
    grid->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                  builder.getI32IntegerAttr(static_cast<int32_t>(
                      std::max<int64_t>(plan.residents / threads, 1))));
  builder.setInsertionPointToStart(grid.getBody());
  shared(grid.getInductionVars());
  auto block = scf::ForallOp::create(
      builder, loc, ArrayRef<OpFoldResult>{builder.getIndexAttr(threads)},
      /*outputs=*/ValueRange{},
      builder.getArrayAttr(gpu::GPUThreadMappingAttr::get(
          builder.getContext(), gpu::MappingId::DimX)));
  builder.setInsertionPointToStart(block.getBody());
  body(grid.getInductionVars(), block.getInductionVar(0));
}

llvm::MaybeAlign mlir::attn::getRowAlignment(MemRefType type, int64_t columns) {
  constexpr int64_t kWidestAccess = 16;
  int64_t bytes = type.getElementTypeBitWidth() / 8;
  int64_t wanted = std::min(columns * bytes, kWidestAccess);
  int64_t elements = wanted / bytes;
  if (type.getLayout().isIdentity()) {
    // One that is open is that of places in a transposed Y: a multiple of 16,
    // which is asserted.
    int64_t last = type.getShape().back();
    return ShapedType::isDynamic(last) || last % elements == 0
               ? llvm::MaybeAlign(static_cast<uint64_t>(wanted))
               : llvm::MaybeAlign();
  }
  auto [strides, offset] = type.getStridesAndOffset();
  for (int64_t stride : ArrayRef(strides).drop_back())
    if (ShapedType::isDynamic(stride) || stride % elements != 0)
      return {};
  return llvm::MaybeAlign(static_cast<uint64_t>(wanted));
}

Value RowGridEmitter::loadPiece(Value buffer, ValueRange at, int64_t columns) {
  auto type = cast<MemRefType>(buffer.getType());
  return vector::LoadOp::create(
      builder, loc, VectorType::get({columns}, type.getElementType()), buffer,
      at, /*nontemporal=*/false,
      plan.isGPU ? getRowAlignment(type, columns) : llvm::MaybeAlign());
}

Value RowGridEmitter::widen(Value piece) {
  auto type = cast<VectorType>(piece.getType());
  if (type.getElementType().isF32())
    return piece;
  VectorType wide = type.clone(builder.getF32Type());
  if (type.getElementType().isInteger())
    return arith::SIToFPOp::create(builder, loc, wide, piece);
  return arith::ExtFOp::create(builder, loc, wide, piece);
}

/// Integers are as far below zero as above.
Value RowGridEmitter::round(Value piece, Type element) {
  auto type = cast<VectorType>(piece.getType());
  if (element.isF32())
    return piece;
  if (!element.isInteger())
    return arith::TruncFOp::create(builder, loc, type.clone(element), piece);
  Value least = vector::BroadcastOp::create(builder, loc, type,
                                            number(-getLargest(element)));
  piece = arith::MaximumFOp::create(builder, loc, piece, least);
  return RoundOp::create(builder, loc, type.clone(element), piece);
}

void RowGridEmitter::storePiece(Value piece, Value buffer, ValueRange at) {
  auto type = cast<MemRefType>(buffer.getType());
  vector::StoreOp::create(builder, loc, round(piece, type.getElementType()),
                          buffer, at, /*nontemporal=*/false,
                          plan.isGPU ? getRowAlignment(type, kPiece)
                                     : llvm::MaybeAlign());
}

void RowGridEmitter::placeThread(Value thread) {
  int64_t threads = plan.layout.threads;
  threadInRow = threads == 1 ? index(0) : remainder(thread, threads);
  threadRow = divide(thread, threads);
}

/// The rows of a thread that has so many elements in registers.
static int64_t getThreadRows(const RowLayout &layout) {
  return kElements / (RowLayout::kPieceColumns *
                      static_cast<int64_t>(layout.pieces.size()));
}

int64_t mlir::attn::roundThreads(int64_t threads, const RowLayout &layout) {
  int64_t unit = std::lcm(layout.threads, kWarpThreads);
  return llvm::divideCeil(threads, unit) * unit;
}

RowPlan mlir::attn::getRowPlan(int64_t columns, bool isGPU) {
  if (!isGPU)
    return {RowLayout::getWhole(columns), 1, 1, 1, 1, false};
  RowLayout layout = RowLayout::getShared(columns);
  int64_t threads = roundThreads(kThreads, layout);
  int64_t rows = getThreadRows(layout);
  int64_t partRows = threads / layout.threads * rows;
  return {std::move(layout), threads, rows, partRows, kWideResidents, true};
}
