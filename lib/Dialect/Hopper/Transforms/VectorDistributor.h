//===- VectorDistributor.h - Tiles as registers of threads ------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The rewriter of hopper-distribute-vectors: DistributeVectors.cpp has what is
// computed in registers and the control flow, DistributeAccesses.cpp what
// depends on where a thread's elements are.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_DIALECT_HOPPER_TRANSFORMS_VECTORDISTRIBUTOR_H
#define FA3_LIB_DIALECT_HOPPER_TRANSFORMS_VECTORDISTRIBUTOR_H

#include "FragmentLayout.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Builders.h"

namespace mlir::hopper {

using Lanes = SmallVector<Value>;

/// Whether a value is spread over the threads.
inline bool isHeldInLanes(Type type) {
  return isa<VectorType, PendingType>(type);
}

/// Rewrites the operations of one region that compute on vectors.
class VectorDistributor {
public:
  /// `firstThread` is the first thread of the block that takes part.
  VectorDistributor(Region &region, int64_t rows, int64_t firstThread)
      : region(region), rows(rows), firstThread(firstThread),
        builder(OpBuilder::atBlockBegin(&region.front())),
        loc(region.getLoc()) {}

  LogicalResult run();

private:
  LogicalResult distribute(Block &block);
  LogicalResult distribute(Operation *op);
  LogicalResult distributeConstant(arith::ConstantOp op);
  LogicalResult distributeElementwise(Operation *op);
  LogicalResult distributeTruncation(arith::TruncFOp op);
  LogicalResult distributeRound(attn::RoundOp op);
  Lanes packFours(const Lanes &wide, Type element);
  std::optional<int64_t> getFirstLane(VectorType part, VectorType whole,
                                      int64_t first);
  LogicalResult distributeInsertSlice(vector::InsertStridedSliceOp op);
  LogicalResult distributeExtractSlice(vector::ExtractStridedSliceOp op);
  LogicalResult distributeBroadcast(vector::BroadcastOp op);
  LogicalResult distributeShapeCast(vector::ShapeCastOp op);
  LogicalResult distributeReduction(vector::MultiDimReductionOp op);
  LogicalResult distributeCoordinates(attn::CoordinatesOp op);
  LogicalResult distributeRamp(attn::RampOp op);
  LogicalResult distributeBandMask(attn::BandMaskOp op);
  LogicalResult distributeAnyAbove(attn::AnyAboveOp op);
  LogicalResult distributeAnyAboveOfFours(attn::AnyAboveOp op);
  void voteAny(attn::AnyAboveOp op, Value above);
  LogicalResult distributeGather(vector::GatherOp op);
  LogicalResult distributeWrite(vector::TransferWriteOp op);
  Value isAligned(Value buffer);
  Lanes gatherColumns(const Lanes &pairs);
  void writeRows(vector::TransferWriteOp op, const Lanes &values,
                 int64_t width);
  LogicalResult distributeWgmma(WgmmaOp op);
  LogicalResult distributeWait(WgmmaWaitOp op);
  LogicalResult distributeLoop(scf::ForOp op);
  LogicalResult distributeBranch(scf::IfOp op);

  // Types and values.
  FailureOr<FragmentKind> getKind(Operation *op, VectorType type);
  FailureOr<SmallVector<Type>> getLaneTypes(Operation *op, Type type);
  void expandValues(ValueRange values, SmallVectorImpl<Value> &expanded);
  const Lanes &lanes(Value value) { return fragments.find(value)->second; }
  void setLanes(Value value, Lanes values) {
    fragments[value] = std::move(values);
  }
  bool isPackedTile(Type type) const;
  /// The same where two elements share a lane, but one by one.
  Lanes getElements(Value value);
  void setElements(Value value, Lanes elements);

  // Small builders, where `builder` stands.
  Value integer(int64_t value) {
    return arith::ConstantIntOp::create(builder, loc, value, 32);
  }
  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }
  Value combine(vector::CombiningKind kind, Value a, Value b);
  Value exchange(Value value, int64_t distance);
  void createThreadCoordinates();

  Region &region;
  int64_t rows, firstThread;
  OpBuilder builder;
  Location loc;
  /// The thread's first row and column, and its warpgroup's first row (i32).
  Value firstRow, firstColumn, warpgroupRow;
  /// The same as indices.
  Value firstRowIndex, firstColumnIndex;
  DenseMap<Value, Lanes> fragments;
  SmallVector<Operation *> retired;
};

} // namespace mlir::hopper

#endif // FA3_LIB_DIALECT_HOPPER_TRANSFORMS_VECTORDISTRIBUTOR_H
