//===- InsertTMA.cpp - Copy tiles by the tensor copy engine ---------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERINSERTTMA
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

/// Whether an operation does no more than write to a buffer.
static bool onlyWrites(Operation *op) {
  if (auto slice = dyn_cast<memref::SubViewOp>(op))
    return llvm::all_of(slice->getUsers(), onlyWrites);
  return isa<vector::TransferWriteOp, vector::StoreOp, memref::StoreOp>(op);
}

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
    // Threads write through a slice, but read what they have an address of.
    SmallVector<memref::SubViewOp> slices;
    getOperation().walk(
        [&](memref::SubViewOp slice) { slices.push_back(slice); });
    for (memref::SubViewOp slice : llvm::reverse(slices)) {
      if (slice.use_empty()) {
        slice.erase();
        continue;
      }
      auto reader = llvm::find_if_not(slice->getUsers(), onlyWrites);
      if (reader == slice->user_end())
        continue;
      // What is made of it is told of.
      if (isa<memref::SubViewOp>(*reader))
        continue;
      InFlightDiagnostic diag = slice.emitOpError(
          "expected a slice that is read by tensor copies alone; hand this one "
          "in as an argument with strides");
      diag.attachNote((*reader)->getLoc()) << "used here";
      return signalPassFailure();
    }
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

namespace {
/// What a load reads: a buffer, and where in it. A dimension that a slice has
/// dropped has a place too.
struct Place {
  Value buffer;
  SmallVector<OpFoldResult> indices;
  /// Dimensions of the buffer.
  int64_t row, group;
};
} // namespace

/// Whether a value is the size of a buffer in a dimension. That of a slice may
/// be given as the slice's own operand, which its dimensions fold to.
static bool isSizeOf(Value size, Value buffer, int64_t dim) {
  auto whole = size.getDefiningOp<memref::DimOp>();
  if (whole && whole.getSource() == buffer && whole.getConstantIndex() == dim)
    return true;
  auto slice = buffer.getDefiningOp<memref::SubViewOp>();
  if (!slice)
    return false;
  llvm::SmallBitVector dropped = slice.getDroppedDims();
  for (auto [outer, given] : llvm::enumerate(slice.getMixedSizes()))
    if (!dropped.test(outer) && dim-- == 0)
      return given == OpFoldResult(size);
  return false;
}

/// Whether a slice reaches to the end of the buffer in a dimension, so that
/// what lies beyond it reads as zero.
static bool reachesEnd(memref::SubViewOp slice, int64_t dim) {
  MemRefType source = slice.getSourceType();
  OpFoldResult size = slice.getMixedSizes()[dim];
  std::optional<int64_t> offset =
      getConstantIntValue(slice.getMixedOffsets()[dim]);
  if (!source.isDynamicDim(dim)) {
    std::optional<int64_t> count = getConstantIntValue(size);
    return offset && count && *offset + *count == source.getDimSize(dim);
  }
  auto value = dyn_cast<Value>(size);
  return offset == 0 && value && isSizeOf(value, slice.getSource(), dim);
}

/// Whether the rows of a tile, at a place that is known, lie in a slice.
static bool fitsSlice(memref::SubViewOp slice, const Place &place,
                      SharedTileType tile, int64_t dim) {
  std::optional<int64_t> first = getConstantIntValue(place.indices[place.row]);
  std::optional<int64_t> size = getConstantIntValue(slice.getMixedSizes()[dim]);
  return place.group < 0 && first && size && *first >= 0 &&
         *first + tile.getCopiedRows() <= *size;
}

/// Goes from a slice to what it is one of: a copy of the slice is one of the
/// buffer at other coordinates, if what lies beyond the slice's end lies beyond
/// the buffer's, where rows or columns of the tile may lie.
static LogicalResult skipSlices(LoadTileOp load, Place &place) {
  Location loc = load.getLoc();
  OpBuilder builder(load);
  SharedTileType tile = load.getTile().getType();
  auto add = [&](OpFoldResult lhs, OpFoldResult rhs) -> OpFoldResult {
    if (getConstantIntValue(lhs) == 0)
      return rhs;
    if (getConstantIntValue(rhs) == 0)
      return lhs;
    return arith::AddIOp::create(
               builder, loc, getValueOrCreateConstantIndexOp(builder, loc, lhs),
               getValueOrCreateConstantIndexOp(builder, loc, rhs))
        .getResult();
  };
  while (auto slice = place.buffer.getDefiningOp<memref::SubViewOp>()) {
    auto refuse = [&](const Twine &why) {
      InFlightDiagnostic diag =
          load.emitOpError("expected a slice that a tensor copy can read, ")
          << why;
      diag.attachNote(slice.getLoc())
          << "the slice is here; any may be an argument with strides";
      return diag;
    };
    if (!llvm::all_of(slice.getMixedStrides(), [](OpFoldResult stride) {
          return getConstantIntValue(stride) == 1;
        }))
      return refuse("with steps of 1");
    llvm::SmallBitVector dropped = slice.getDroppedDims();
    if (dropped.test(slice.getSourceType().getRank() - 1))
      return refuse("with the last dimension of its buffer");
    Place outer = {slice.getSource(), slice.getMixedOffsets(), -1, -1};
    size_t own = 0;
    for (auto [dim, index] : llvm::enumerate(outer.indices)) {
      if (dropped.test(dim))
        continue;
      auto number = static_cast<int64_t>(own);
      if (number == place.row)
        outer.row = static_cast<int64_t>(dim);
      if (number == place.group)
        outer.group = static_cast<int64_t>(dim);
      bool isLast = own + 1 == place.indices.size();
      bool mayPassEnd =
          (number == place.row && !fitsSlice(slice, place, tile, dim)) ||
          (isLast && (tile.getInterleaved() ||
                      tile.getColumns() % tile.getSlabColumns() != 0));
      if (mayPassEnd && !reachesEnd(slice, static_cast<int64_t>(dim)))
        return refuse("to the end of its buffer in dimension ") << dim;
      index = add(index, place.indices[own++]);
    }
    place = std::move(outer);
  }
  return success();
}

LogicalResult InsertTMAPass::convert(LoadTileOp load) {
  Place place = {load.getSource(),
                 llvm::to_vector_of<OpFoldResult>(load.getIndices()),
                 static_cast<int64_t>(*load.getRowDim()),
                 static_cast<int64_t>(load.getGroupDim().value_or(-1))};
  if (failed(skipSlices(load, place)))
    return failure();
  auto argument = dyn_cast<BlockArgument>(place.buffer);
  if (!argument || argument.getOwner() != &getOperation().getBody().front())
    return load.emitOpError("expected to read an argument of the kernel, or a "
                            "slice of one: only the host can make a tensor "
                            "map");
  auto source = cast<MemRefType>(place.buffer.getType());
  if (source.getRank() > 5)
    return load.emitOpError("expected a buffer of rank 5 at most, but got ")
           << source.getRank();
  if (failed(checkTensorMap(load, source)))
    return failure();
  SharedTileType tile = load.getTile().getType();
  // Fastest first: columns, rows with their groups, then the rest from the
  // inside out.
  SmallVector<int64_t> dims = {source.getRank() - 1};
  SmallVector<int64_t> box = {tile.getSlabColumns()};
  int64_t group = 1;
  if (load.getGroupDim()) {
    group = static_cast<int64_t>(*load.getGroup());
    dims.push_back(place.group);
    box.push_back(group);
  }
  dims.push_back(place.row);
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
  OpBuilder builder(load);
  SmallVector<Value> coordinates;
  for (int64_t dim : dims)
    coordinates.push_back(getValueOrCreateConstantIndexOp(
        builder, load.getLoc(), place.indices[dim]));
  auto through =
      LoadTileOp::create(builder, load.getLoc(), tile, map, coordinates,
                         IntegerAttr(), IntegerAttr(), IntegerAttr());
  load.replaceAllUsesWith(through.getTile());
  load.erase();
  return success();
}
