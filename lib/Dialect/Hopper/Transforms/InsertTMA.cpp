//===- InsertTMA.cpp - Copy tiles by the tensor copy engine ---------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERINSERTTMA
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

namespace {

struct InsertTMAPass : hopper::impl::HopperInsertTMABase<InsertTMAPass> {
  void runOnOperation() override {
    maps.clear();
    SmallVector<LoadTileOp> loads;
    getOperation().walk([&](LoadTileOp op) {
      if (isa<MemRefType>(op.getSource().getType()))
        loads.push_back(op);
    });
    for (LoadTileOp load : loads)
      if (failed(convert(load)))
        return signalPassFailure();
  }

  LogicalResult convert(LoadTileOp load);
  Value getTensorMap(TensorMapAttr description, SharedTileType tile,
                     Location loc);

  /// One map serves all loads of the kernel that describe the buffer in the
  /// same way.
  llvm::SmallMapVector<TensorMapAttr, Value, 4> maps;
};

} // namespace

Value InsertTMAPass::getTensorMap(TensorMapAttr description,
                                  SharedTileType tile, Location loc) {
  Value &map = maps[description];
  if (map)
    return map;
  gpu::GPUFuncOp kernel = getOperation();
  Builder builder(&getContext());
  // The box in shared memory; its other sides are 1.
  auto box = MemRefType::get({tile.getCopiedRows(), tile.getSlabColumns()},
                             tile.getElementType(), MemRefLayoutAttrInterface(),
                             builder.getI64IntegerAttr(3));
  auto type = nvgpu::TensorMapDescriptorType::get(
      &getContext(), box, nvgpu::TensorMapSwizzleKind::SWIZZLE_128B,
      nvgpu::TensorMapL2PromoKind::L2PROMO_256B,
      nvgpu::TensorMapOOBKind::OOB_ZERO,
      nvgpu::TensorMapInterleaveKind::INTERLEAVE_NONE);
  unsigned position = kernel.getNumArguments();
  if (failed(
          kernel.insertArgument(position, type,
                                builder.getDictionaryAttr(builder.getNamedAttr(
                                    kTensorMapAttrName, description)),
                                loc)))
    return {};
  map = kernel.getArgument(position);
  return map;
}

/// Refuses what no tensor map describes (CUDA driver API,
/// cuTensorMapEncodeTiled): strides are multiples of 16 bytes under 2⁴⁰.
/// Coordinates are signed and have 32 bits (PTX ISA, cp.async.bulk.tensor).
/// What is dynamic here, the runtime checks by the same rules.
static LogicalResult checkTensorMap(LoadTileOp load, MemRefType source) {
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(source.getStridesAndOffset(strides, offset)))
    return load.emitOpError("expected a buffer with a strided layout, but got ")
           << source;
  auto bytes =
      static_cast<int64_t>(source.getElementType().getIntOrFloatBitWidth() / 8);
  for (int64_t dim = 0; dim < source.getRank(); ++dim) {
    int64_t size = source.getDimSize(dim);
    if (ShapedType::isStatic(size) && !llvm::isInt<32>(size))
      return load.emitOpError("expected a size of at most 2147483647 in "
                              "dimension ")
             << dim << ", since coordinates of a tensor copy have 32 bits, "
             << "but got " << size;
    // The stride of a single element is never used, and that of the columns is
    // not in the map.
    if (size == 1 || dim + 1 == source.getRank() ||
        ShapedType::isDynamic(strides[dim]))
      continue;
    int64_t stride = 0;
    if (strides[dim] < 0 || llvm::MulOverflow(strides[dim], bytes, stride) ||
        stride % 16 != 0 || stride >= int64_t(1) << 40)
      return load.emitOpError("expected a stride in dimension ")
             << dim << " that is a multiple of 16 bytes, at least 0 and under "
             << "2^40, but got " << strides[dim] << " elements of " << bytes
             << " bytes";
  }
  return success();
}

LogicalResult InsertTMAPass::convert(LoadTileOp load) {
  auto argument = dyn_cast<BlockArgument>(load.getSource());
  if (!argument || argument.getOwner() != &getOperation().getBody().front())
    return load.emitOpError("expected to read an argument of the kernel: only "
                            "the host can make a tensor map; hand a slice in "
                            "as an argument with strides");
  auto source = cast<MemRefType>(load.getSource().getType());
  if (source.getRank() > 5)
    return load.emitOpError("expected a buffer of rank 5 at most, but got ")
           << source.getRank();
  if (failed(checkTensorMap(load, source)))
    return failure();
  SharedTileType tile = load.getTile().getType();
  auto rowDim = static_cast<int64_t>(*load.getRowDim());
  // Fastest first: columns, rows with their groups, then the rest from the
  // inside out.
  SmallVector<int64_t> dims = {source.getRank() - 1};
  SmallVector<int64_t> box = {tile.getSlabColumns()};
  int64_t group = 1;
  if (load.getGroupDim()) {
    group = static_cast<int64_t>(*load.getGroup());
    dims.push_back(static_cast<int64_t>(*load.getGroupDim()));
    box.push_back(group);
  }
  dims.push_back(rowDim);
  box.push_back(tile.getCopiedRows() / group);
  for (int64_t dim = source.getRank() - 2; dim >= 0; --dim)
    if (!llvm::is_contained(dims, dim))
      dims.push_back(dim);
  box.resize(dims.size(), 1);
  Value map =
      getTensorMap(TensorMapAttr::get(&getContext(), argument.getArgNumber(),
                                      dims, box, tile.getElementType()),
                   tile, load.getLoc());
  if (!map)
    return load.emitOpError("cannot add a tensor map to the kernel");
  SmallVector<Value> coordinates;
  for (int64_t dim : dims)
    coordinates.push_back(load.getIndices()[dim]);
  OpBuilder builder(load);
  auto through =
      LoadTileOp::create(builder, load.getLoc(), tile, map, coordinates,
                         IntegerAttr(), IntegerAttr(), IntegerAttr());
  load.replaceAllUsesWith(through.getTile());
  load.erase();
  return success();
}
