//===- InsertTransposes.cpp - 8-bit right-hand sides, K along the rows ----===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERINSERTTRANSPOSES
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

namespace {

struct InsertTransposesPass
    : hopper::impl::HopperInsertTransposesBase<InsertTransposesPass> {
  void runOnOperation() override {
    WalkResult result = getOperation().walk([&](WgmmaOp product) {
      SharedTileType type = product.getRhs().getType();
      if (type.getElementBytes() != 1 || product.getTransposeRhs())
        return WalkResult::advance();
      return failed(transpose(product, type)) ? WalkResult::interrupt()
                                              : WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

  LogicalResult transpose(WgmmaOp product, SharedTileType type) {
    // The transpose has the columns for rows, of which the source, in steps of
    // the matrix units, has enough.
    bool interleaved = isa<VectorType>(product.getLhs().getType());
    int64_t sumRows = product.getRowSums() ? SharedTileType::kSumRows : 0;
    auto transposed = SharedTileType::getChecked(
        [&] { return product.emitOpError("cannot transpose its rhs: "); },
        &getContext(), type.getColumns() + sumRows, type.getRows(),
        type.getElementType(), interleaved, product.getRowSums());
    if (!transposed)
      return failure();
    if (type.getColumns() % 16 != 0)
      return product.emitOpError(
                 "cannot transpose its rhs: expected a multiple "
                 "of 16 columns, but got ")
             << type.getColumns();
    OpBuilder builder(product);
    Value tile = TransposeTileOp::create(builder, product.getLoc(), transposed,
                                         product.getRhs());
    product.getRhsMutable().assign(tile);
    product.setTransposeRhs(true);
    product.setRowSums(false);
    ++numTransposed;
    return success();
  }
};

} // namespace
