//===- LowerCombine.cpp - The merge of partial attentions as threads ------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include <limits>

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNLOWERCOMBINE
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;
using namespace mlir::attn;

namespace {

constexpr double kLog2E = 1.4426950408889634074;
constexpr double kLn2 = 0.69314718055994530942;

/// Threads of a block, and columns of a row that one of them merges.
constexpr int64_t kThreads = 128;
constexpr int64_t kColumns = 4;
/// Entries whose loads are in flight together.
constexpr int64_t kUnrolled = 16;

/// Rewrites one `attn.combine`.
class Lowering {
public:
  Lowering(CombineOp op) : op(op), builder(op), loc(op.getLoc()) {}

  void run();

private:
  /// The largest log-sum-exp so far, or the sum of the weights and of the
  /// weighted outputs.
  using State = SmallVector<Value>;
  using Step = function_ref<State(Value entry, ValueRange state)>;

  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }
  Value number(double value) {
    return arith::ConstantOp::create(
        builder, loc, builder.getF32FloatAttr(static_cast<float>(value)));
  }
  Value infinity() { return number(-std::numeric_limits<double>::infinity()); }
  Value size(Value memref, unsigned dim) {
    return memref::DimOp::create(builder, loc, memref, dim);
  }
  /// Whether `value` is −∞.
  Value isEmpty(Value value) {
    return arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OEQ, value,
                                 infinity());
  }
  void requireEqualSizes();
  State forEachEntry(State init, Step step);
  Value loadLse(Value entry);
  Value loadOutput(Value entry);
  void mergeColumns();

  CombineOp op;
  OpBuilder builder;
  Location loc;
  Value batch, head, row, column;
};

} // namespace

/// Sizes that only the caller knows must agree all the same.
void Lowering::requireEqualSizes() {
  auto require = [&](const Twine &message, Value a, unsigned dimA, Value b,
                     unsigned dimB) {
    auto dynamic = [](Value value, unsigned dim) {
      return cast<MemRefType>(value.getType()).isDynamicDim(dim);
    };
    if (!dynamic(a, dimA) && !dynamic(b, dimB))
      return; // The verifier has seen to these.
    Value equal = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                        size(a, dimA), size(b, dimB));
    cf::AssertOp::create(builder, loc, equal, message.str());
  };
  Value os = op.getPartialOutputs(), lses = op.getPartialLse(),
        o = op.getOutput(), lse = op.getLse();
  unsigned seq = op.getSeqDim();
  require("expected Os and LSEs to have the same number of entries", os, 0,
          lses, 0);
  require("expected O and Os to have the same batch size", o, 0, os, 1);
  require("expected O and LSEs to have the same batch size", o, 0, lses, 1);
  require("expected O and Os to have the same length", o, seq, os, seq + 1);
  require("expected O and LSEs to have the same length", o, seq, lses, 3);
  if (!lse)
    return;
  require("expected O and LSE to have the same batch size", o, 0, lse, 0);
  require("expected O and LSE to have the same length", o, seq, lse, 2);
}

/// Runs a step on all entries in their order.
Lowering::State Lowering::forEachEntry(State state, Step step) {
  auto emitLoop = [&](Value begin, Value end, int64_t width) {
    auto loop =
        scf::ForOp::create(builder, loc, begin, end, index(width), state);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    State inner(loop.getRegionIterArgs());
    for (int64_t i = 0; i < width; ++i)
      inner = step(
          arith::AddIOp::create(builder, loc, loop.getInductionVar(), index(i)),
          inner);
    scf::YieldOp::create(builder, loc, inner);
    state.assign(loop.result_begin(), loop.result_end());
  };
  int64_t entries = op.getPartialType().getDimSize(0);
  if (ShapedType::isDynamic(entries)) {
    emitLoop(index(0), size(op.getPartialOutputs(), 0), 1);
    return state;
  }
  int64_t first = 0;
  if (entries > kUnrolled) {
    first = entries / kUnrolled * kUnrolled;
    emitLoop(index(0), index(first), kUnrolled);
  }
  for (; first < entries; ++first)
    state = step(index(first), state);
  return state;
}

Value Lowering::loadLse(Value entry) {
  return memref::LoadOp::create(builder, loc, op.getPartialLse(),
                                ValueRange{entry, batch, head, row});
}

/// Four columns of an entry, in f32.
Value Lowering::loadOutput(Value entry) {
  Value buffer = op.getPartialOutputs();
  Type element = op.getPartialType().getElementType();
  auto type = VectorType::get({kColumns}, element);
  SmallVector<Value> at = {entry, batch, row, head, column};
  if (op.getLayout() == Layout::BHSD)
    std::swap(at[2], at[3]);
  // A buffer of ours begins where its allocation says; of others nothing is
  // known.
  llvm::MaybeAlign alignment;
  if (auto alloc = buffer.getDefiningOp<memref::AllocOp>();
      alloc && alloc.getAlignment().value_or(0) % 16 == 0 &&
      alloc.getAlignment())
    alignment = llvm::Align(kColumns * element.getIntOrFloatBitWidth() / 8);
  Value columns = vector::LoadOp::create(builder, loc, type, buffer, at,
                                         /*nontemporal=*/false, alignment);
  if (element.isF32())
    return columns;
  return arith::ExtFOp::create(
      builder, loc, VectorType::get({kColumns}, builder.getF32Type()), columns);
}

void Lowering::mergeColumns() {
  Type f32 = builder.getF32Type();
  auto columnsType = VectorType::get({kColumns}, f32);
  Value maximum =
      forEachEntry({infinity()}, [&](Value entry, ValueRange state) -> State {
        return {
            arith::MaximumFOp::create(builder, loc, state[0], loadLse(entry))};
      }).front();
  Value none = isEmpty(maximum);
  // Weights are taken under the maximum, or under 0 where no entry has a key:
  // −∞ − −∞ is none.
  Value zero = number(0), one = number(1);
  Value base = arith::SelectOp::create(builder, loc, none, zero, maximum);
  auto spread = [&](Value value) -> Value {
    return vector::BroadcastOp::create(builder, loc, columnsType, value);
  };
  State sums = forEachEntry(
      {zero, spread(zero)}, [&](Value entry, ValueRange state) -> State {
        Value lse = loadLse(entry);
        Value distance = arith::SubFOp::create(builder, loc, lse, base);
        Value weight = math::Exp2Op::create(
            builder, loc,
            arith::MulFOp::create(builder, loc, distance, number(kLog2E)));
        Value sum = arith::AddFOp::create(builder, loc, state[0], weight);
        Value output = math::FmaOp::create(builder, loc, spread(weight),
                                           loadOutput(entry), state[1]);
        // What an entry without keys holds may be anything.
        output = arith::SelectOp::create(builder, loc, isEmpty(lse), state[1],
                                         output);
        return {sum, output};
      });
  Value divisor = arith::SelectOp::create(builder, loc, none, one, sums[0]);
  Value inverse = arith::DivFOp::create(builder, loc, one, divisor);
  Value result = arith::MulFOp::create(builder, loc, sums[1], spread(inverse));
  Type element = op.getOutputType().getElementType();
  if (!element.isF32())
    result = arith::TruncFOp::create(
        builder, loc, VectorType::get({kColumns}, element), result);
  SmallVector<Value> at = {batch, row, head, column};
  if (op.getLayout() == Layout::BHSD)
    std::swap(at[1], at[2]);
  vector::StoreOp::create(builder, loc, result, op.getOutput(), at);
  if (!op.getLse())
    return;
  // The thread of the row's first columns writes for it.
  Value first = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                      column, index(0));
  auto branch = scf::IfOp::create(builder, loc, first,
                                  /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  Value logSum = arith::MulFOp::create(
      builder, loc, math::Log2Op::create(builder, loc, divisor), number(kLn2));
  Value lse = arith::AddFOp::create(builder, loc, maximum, logSum);
  memref::StoreOp::create(builder, loc, lse, op.getLse(),
                          ValueRange{batch, head, row});
}

void Lowering::run() {
  requireEqualSizes();
  Value output = op.getOutput();
  int64_t heads = op.getOutputType().getDimSize(op.getHeadDim());
  int64_t chunks = op.getOutputType().getDimSize(3) / kColumns;
  int64_t blockRows = kThreads / chunks;
  // Rows with their heads, heads fastest: their number is known, and division
  // by it short.
  Value rows = arith::MulIOp::create(builder, loc, size(output, op.getSeqDim()),
                                     index(heads));
  Value blocks =
      arith::CeilDivUIOp::create(builder, loc, rows, index(blockRows));
  auto grid = scf::ForallOp::create(
      builder, loc, ArrayRef<OpFoldResult>{blocks, size(output, 0)},
      /*outputs=*/ValueRange{}, /*mapping=*/std::nullopt);
  builder.setInsertionPointToStart(grid.getBody());
  batch = grid.getInductionVar(1);
  Value firstRow = arith::MulIOp::create(builder, loc, grid.getInductionVar(0),
                                         index(blockRows));
  auto threads = scf::ForallOp::create(
      builder, loc, ArrayRef<OpFoldResult>{builder.getIndexAttr(kThreads)},
      /*outputs=*/ValueRange{},
      builder.getArrayAttr(gpu::GPUThreadMappingAttr::get(
          builder.getContext(), gpu::MappingId::DimX)));
  builder.setInsertionPointToStart(threads.getBody());
  Value thread = threads.getInductionVar(0);
  Value ownRow = arith::DivUIOp::create(builder, loc, thread, index(chunks));
  Value flat = arith::AddIOp::create(builder, loc, firstRow, ownRow);
  Value exists = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult,
                                       flat, rows);
  if (kThreads % chunks != 0)
    exists = arith::AndIOp::create(
        builder, loc, exists,
        arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, ownRow,
                              index(blockRows)));
  auto branch =
      scf::IfOp::create(builder, loc, exists, /*withElseRegion=*/false);
  builder.setInsertionPointToStart(branch.thenBlock());
  head = arith::RemUIOp::create(builder, loc, flat, index(heads));
  row = arith::DivUIOp::create(builder, loc, flat, index(heads));
  column = arith::MulIOp::create(
      builder, loc, arith::RemUIOp::create(builder, loc, thread, index(chunks)),
      index(kColumns));
  mergeColumns();
  op.erase();
}

namespace {

struct LowerCombinePass : attn::impl::AttnLowerCombineBase<LowerCombinePass> {
  void runOnOperation() override {
    SmallVector<CombineOp> ops;
    getOperation()->walk([&](CombineOp op) { ops.push_back(op); });
    for (CombineOp op : ops) {
      if (op.hasTensors()) {
        op.emitOpError("expected memrefs, but got tensors; run "
                       "one-shot-bufferize first");
        return signalPassFailure();
      }
      Lowering(op).run();
    }
  }
};

} // namespace
