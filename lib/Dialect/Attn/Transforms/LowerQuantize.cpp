//===- LowerQuantize.cpp - Quantisation as threads of a grid --------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Quantizer.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNLOWERQUANTIZE
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

namespace {

/// Rewrites one `attn.dequantize`.
class Dequantizer : RowGridEmitter {
public:
  Dequantizer(DequantizeOp op, bool isGPU)
      : RowGridEmitter(op, getPlan(op, isGPU)), op(op) {}

  void run();

private:
  static RowPlan getPlan(DequantizeOp op, bool isGPU);
  void emitRow(Value row);

  DequantizeOp op;
  Value batch, head;
};

} // namespace

RowPlan Dequantizer::getPlan(DequantizeOp op, bool isGPU) {
  return getRowPlan(op.getHeadSize(), isGPU);
}

void Dequantizer::emitRow(Value row) {
  RowTransform transform(builder, loc, plan.layout, threadInRow);
  Value block = op.getBlock() ? divide(row, *op.getBlock()) : index(0);
  Value factor =
      memref::LoadOp::create(builder, loc, op.getScale(),
                             placeScale(op.getScaleType(), batch, head, block));
  SmallVector<SmallVector<Value>> places;
  SmallVector<Value> pieces;
  for (unsigned piece = 0; piece < plan.layout.pieces.size(); ++piece) {
    places.push_back(
        place(op.getLayout(), batch, row, head, transform.getColumn(piece)));
    pieces.push_back(
        multiply(widen(loadPiece(op.getInput(), places.back())), factor));
  }
  if (op.getRotation())
    transform.rotateBack(static_cast<uint32_t>(*op.getRotation()), pieces);
  for (auto [piece, at] : llvm::zip_equal(pieces, places))
    storePiece(piece, op.getOutput(), at);
}

void Dequantizer::run() {
  Value y = op.getInput(), x = op.getOutput();
  requireSameSize("expected Y and X to have the same batch size", y, 0, x, 0);
  requireSameSize("expected Y and X to have the same length", y, op.getSeqDim(),
                  x, op.getSeqDim());
  Value rowCount = size(y, op.getSeqDim());
  requireScales("Y", y, rowCount, op.getScale(), op.getBlock());
  SmallVector<OpFoldResult> bounds = {
      builder.getIndexAttr(op.getNumHeads()),
      arith::CeilDivUIOp::create(builder, loc, rowCount, index(plan.partRows))
          .getResult(),
      size(y, op.getBatchDim())};
  bool headsFirst = op.getLayout() == Layout::BSHD;
  if (!headsFirst)
    std::swap(bounds[0], bounds[1]);
  emitGrid(
      bounds, plan.threads, [](ValueRange) {},
      [&](ValueRange ids, Value thread) {
        placeThread(thread);
        batch = ids[2];
        head = ids[headsFirst ? 0 : 1];
        Value first = mul(ids[headsFirst ? 1 : 0], index(plan.partRows));
        Value last = arith::SubIOp::create(builder, loc, rowCount, index(1));
        for (int64_t i = 0; i < plan.rows; ++i)
          emitRow(minimum(
              add(first, add(threadRow, index(i * getRowsOfBlock()))), last));
      });
  op.erase();
}

namespace {

struct LowerQuantizePass
    : attn::impl::AttnLowerQuantizeBase<LowerQuantizePass> {
  using AttnLowerQuantizeBase::AttnLowerQuantizeBase;

  void runOnOperation() override {
    if (target != "hopper" && target != "cpu") {
      emitError(getOperation()->getLoc())
          << "expected target hopper or cpu, but got " << target;
      return signalPassFailure();
    }
    WalkResult result = getOperation()->walk([&](Operation *op) {
      if (auto quantize = dyn_cast<QuantizeOp>(op)) {
        if (failed(checkBuffers(op, quantize.hasTensors())))
          return WalkResult::interrupt();
        Quantizer(quantize, target == "hopper").run();
      } else if (auto dequantize = dyn_cast<DequantizeOp>(op)) {
        if (failed(checkBuffers(op, dequantize.hasTensors())))
          return WalkResult::interrupt();
        Dequantizer(dequantize, target == "hopper").run();
      }
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

  static LogicalResult checkBuffers(Operation *op, bool hasTensors) {
    if (!hasTensors)
      return success();
    return op->emitOpError("expected memrefs, but got tensors; run "
                           "one-shot-bufferize first");
  }
};

} // namespace
