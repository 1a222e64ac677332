//===- GridVerifier.cpp - The grid against its use ------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A block id below s0·s1·…·sn is divided by s0, then s1, and so on: each
// remainder is a coordinate below its divisor, and what is left at the end one
// below sn. So each divisor must be a factor of the grid, and what is left of
// the grid the size of the dimension that the last coordinate is an index of.
//
//===----------------------------------------------------------------------===//

#include "GridVerifier.h"
#include "ExpressionBuilder.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::hopper;

namespace {

/// A product: a number times expressions that are no products.
struct Product {
  int64_t constant = 1;
  SmallVector<AffineExpr> factors;

  void multiply(AffineExpr expression) {
    if (auto number = dyn_cast<AffineConstantExpr>(expression)) {
      constant *= number.getValue();
    } else if (expression.getKind() == AffineExprKind::Mul) {
      auto product = cast<AffineBinaryOpExpr>(expression);
      multiply(product.getLHS());
      multiply(product.getRHS());
    } else {
      factors.push_back(expression);
    }
  }

  /// Fails where `divisor` is not a part of the product.
  LogicalResult divide(const Product &divisor) {
    if (divisor.constant == 0 || constant % divisor.constant != 0)
      return failure();
    constant /= divisor.constant;
    for (AffineExpr factor : divisor.factors) {
      auto *it = llvm::find(factors, factor);
      if (it == factors.end())
        return failure();
      factors.erase(it);
    }
    return success();
  }

  AffineExpr get(MLIRContext *context) const {
    AffineExpr product = getAffineConstantExpr(constant, context);
    for (AffineExpr factor : factors)
      product = product * factor;
    return product;
  }
};

class GridVerifier {
public:
  GridVerifier(gpu::GPUFuncOp kernel, ExpressionAttr grid)
      : kernel(kernel), grid(grid), expressions(kernel.getContext()) {}

  LogicalResult run();

private:
  LogicalResult checkTiles();
  LogicalResult checkId(Value id);
  LogicalResult checkIndices(Value coordinate, AffineExpr bound);
  AffineExpr getSize(int64_t argument, int64_t dimension);
  SmallVector<AffineExpr> getIndexedSizes(Operation *op, Value coordinate);
  AffineExpr unify(AffineExpr expression);
  ExpressionAttr print(AffineExpr expression) {
    return expressions.get(expression);
  }

  gpu::GPUFuncOp kernel;
  ExpressionAttr grid;
  ExpressionBuilder expressions;
  /// Pairs of sizes that the kernel's constraints make equal.
  SmallVector<std::pair<AffineExpr, AffineExpr>> equal;
};

} // namespace

/// Puts one size for all that are equal.
AffineExpr GridVerifier::unify(AffineExpr expression) {
  // Each pass replaces by an earlier one, so there are at most as many as
  // pairs.
  for (size_t i = 0; i <= equal.size(); ++i)
    for (auto [kept, replaced] : equal)
      expression = expression.replace(replaced, kept);
  return expression;
}

AffineExpr GridVerifier::getSize(int64_t argument, int64_t dimension) {
  auto type = dyn_cast<MemRefType>(kernel.getArgumentTypes()[argument]);
  if (!type || dimension >= type.getRank())
    return nullptr;
  MLIRContext *context = kernel.getContext();
  if (!type.isDynamicDim(dimension))
    return getAffineConstantExpr(type.getDimSize(dimension), context);
  // A buffer of the launch has the size that the launch gives it.
  if (auto buffer =
          kernel.getArgAttrOfType<BufferAttr>(argument, kBufferAttrName))
    return unify(expressions.build(buffer.getSizes()[dimension]));
  auto size = SizeAttr::get(context, argument, dimension);
  return unify(expressions.build(ExpressionAttr::get(
      context, AffineMap::get(0, 1, getAffineSymbolExpr(0, context)), size)));
}

/// The sizes of the dimensions that an operation indexes with a coordinate as
/// it is.
SmallVector<AffineExpr> GridVerifier::getIndexedSizes(Operation *op,
                                                      Value coordinate) {
  SmallVector<AffineExpr> sizes;
  auto isArgument = [&](Value value) {
    auto argument = dyn_cast<BlockArgument>(value);
    return argument && argument.getOwner() == &kernel.getBody().front();
  };
  auto add = [&](int64_t argument, int64_t dimension) {
    if (AffineExpr size = getSize(argument, dimension))
      sizes.push_back(size);
  };
  // Of a slice, its own sizes: what is beyond is not for this grid.
  auto addSlice = [&](memref::SubViewOp slice, ValueRange indices) {
    llvm::SmallBitVector dropped = slice.getDroppedDims();
    unsigned own = 0;
    for (auto [dim, size] : llvm::enumerate(slice.getMixedSizes())) {
      if (dropped.test(dim) || indices[own++] != coordinate)
        continue;
      FailureOr<AffineExpr> known = expressions.build(size);
      if (succeeded(known))
        sizes.push_back(unify(*known));
    }
  };
  auto addIndices = [&](Value source, ValueRange indices) {
    if (auto slice = source.getDefiningOp<memref::SubViewOp>())
      return addSlice(slice, indices);
    if (!isArgument(source))
      return;
    unsigned argument = cast<BlockArgument>(source).getArgNumber();
    auto map =
        kernel.getArgAttrOfType<TensorMapAttr>(argument, kTensorMapAttrName);
    bool isBuffer = isa<MemRefType>(source.getType());
    for (auto [i, index] : llvm::enumerate(indices)) {
      if (index != coordinate)
        continue;
      if (isBuffer)
        add(argument, static_cast<int64_t>(i));
      else if (map && i < map.getDims().size())
        add(map.getArgument(), map.getDims()[i]);
    }
  };
  if (auto load = dyn_cast<LoadTileOp>(op))
    addIndices(load.getSource(), load.getIndices());
  else if (auto copy = dyn_cast<TmaLoadOp>(op))
    addIndices(copy.getMap(), copy.getCoordinates());
  else if (auto read = dyn_cast<vector::TransferReadOp>(op))
    addIndices(read.getBase(), read.getIndices());
  else if (auto write = dyn_cast<vector::TransferWriteOp>(op))
    addIndices(write.getBase(), write.getIndices());
  return sizes;
}

/// A number and what it is cast to, in the order of the casts.
static SmallVector<Value> getCasts(Value number) {
  SmallVector<Value> casts = {number};
  for (size_t i = 0; i < casts.size(); ++i) {
    // The list of uses has the last one first.
    SmallVector<Operation *> users(casts[i].getUsers());
    for (Operation *user : llvm::reverse(users))
      if (isa<arith::IndexCastOp, arith::IndexCastUIOp>(user))
        casts.push_back(user->getResult(0));
  }
  return casts;
}

/// A copy may be of a slice, which is a part of its buffer.
static bool copiesPart(Operation *op, AffineExpr size, AffineExpr bound) {
  auto whole = dyn_cast<AffineConstantExpr>(size);
  auto part = dyn_cast<AffineConstantExpr>(bound);
  return isa<LoadTileOp, TmaLoadOp>(op) && whole && part &&
         part.getValue() < whole.getValue();
}

LogicalResult GridVerifier::checkIndices(Value coordinate, AffineExpr bound) {
  for (Value cast : getCasts(coordinate))
    for (Operation *user : cast.getUsers())
      for (AffineExpr size : getIndexedSizes(user, cast))
        if (size != bound && !copiesPart(user, size, bound))
          return user->emitOpError("expected ")
                 << kGridAttrName << " to count coordinates under the size "
                 << print(size) << " that it indexes with them, but got "
                 << print(bound);
  return success();
}

LogicalResult GridVerifier::checkId(Value id) {
  MLIRContext *context = kernel.getContext();
  Product left;
  left.multiply(unify(expressions.build(grid)));
  while (true) {
    Operation *first = nullptr;
    AffineExpr divisor;
    Value quotient;
    SmallVector<Value> casts = getCasts(id);
    SmallVector<Operation *> users;
    for (Value cast : casts)
      llvm::append_range(users,
                         llvm::reverse(llvm::to_vector(cast.getUsers())));
    for (Operation *user : users) {
      if (auto loop = dyn_cast<scf::ForOp>(user);
          loop && llvm::is_contained(casts, loop.getLowerBound())) {
        // A persistent block takes the tiles that are its id and more.
        FailureOr<AffineExpr> tiles =
            expressions.build(OpFoldResult(loop.getUpperBound()));
        if (succeeded(tiles) && unify(*tiles) != unify(expressions.build(grid)))
          return loop.emitOpError("expected to take the tiles of ")
                 << kGridAttrName << ", " << grid << ", but got "
                 << print(*tiles);
        return checkId(loop.getInductionVar());
      }
      if (!isa<arith::DivUIOp, arith::RemUIOp>(user) ||
          !llvm::is_contained(casts, user->getOperand(0)))
        continue;
      FailureOr<AffineExpr> own =
          expressions.build(OpFoldResult(user->getOperand(1)));
      if (failed(own)) // Nothing is known of what the kernel does with it.
        return success();
      *own = unify(*own);
      if (divisor && divisor != *own) {
        InFlightDiagnostic diagnostic =
            user->emitOpError("expected to divide the block id by ")
            << print(divisor) << " as before, but got " << print(*own);
        diagnostic.attachNote(first->getLoc()) << "where it is divided first";
        return diagnostic;
      }
      if (!first)
        first = user;
      divisor = *own;
      if (isa<arith::DivUIOp>(user))
        quotient = user->getResult(0);
      else if (failed(checkIndices(user->getResult(0), divisor)))
        return failure();
    }
    if (!first)
      return checkIndices(id, left.get(context));
    Product before = left, part;
    part.multiply(divisor);
    if (failed(left.divide(part)))
      return first->emitOpError("expected ")
             << kGridAttrName << " to be a multiple of the " << print(divisor)
             << " that block ids are divided by, but got "
             << print(before.get(context));
    if (!quotient)
      return success();
    id = quotient;
  }
}

/// Whether a number is that of the grid's blocks.
static bool isNumberOfBlocks(Value number) {
  while (isa_and_nonnull<arith::IndexCastOp, arith::IndexCastUIOp>(
      number.getDefiningOp()))
    number = number.getDefiningOp()->getOperand(0);
  auto blocks = number.getDefiningOp<gpu::GridDimOp>();
  return blocks && blocks.getDimension() == gpu::Dimension::x;
}

/// The host launches fewer blocks of a persistent kernel than it has tiles: one
/// that takes a single tile leaves the others undone.
static LogicalResult verifyPersistent(gpu::GPUFuncOp kernel) {
  auto config = kernel->getAttrOfType<attn::ConfigAttr>(attn::kConfigAttrName);
  if (config && !config.getPersistent())
    return kernel.emitOpError("expected ")
           << kPersistentAttrName
           << " beside a configuration that is persistent, but got " << config;
  bool isFound = false;
  WalkResult result = kernel.walk([&](gpu::BlockIdOp id) -> WalkResult {
    if (id.getDimension() != gpu::Dimension::x)
      return WalkResult::advance();
    for (Value number : getCasts(id))
      for (OpOperand &use : number.getUses()) {
        Operation *user = use.getOwner();
        if (isa<arith::IndexCastOp, arith::IndexCastUIOp>(user))
          continue;
        auto loop = dyn_cast<scf::ForOp>(user);
        if (!loop || &use != &loop.getLowerBoundMutable())
          return user->emitOpError("expected the block id of a kernel with ")
                 << kPersistentAttrName
                 << " as the first tile of a loop alone, but got another use";
        if (!isNumberOfBlocks(loop.getStep())) {
          InFlightDiagnostic diagnostic =
              loop.emitOpError("expected steps of gpu.grid_dim x in a kernel "
                               "with ")
              << kPersistentAttrName << ", but got another number";
          diagnostic.attachNote(loop.getStep().getLoc()) << "which is this";
          return diagnostic;
        }
        isFound = true;
      }
    return WalkResult::advance();
  });
  if (result.wasInterrupted())
    return failure();
  if (!isFound)
    return kernel.emitOpError("expected ")
           << kPersistentAttrName
           << " beside a loop from the block id on over tiles, but got none";
  return success();
}

/// Tiles of rows are the configuration's.
LogicalResult GridVerifier::checkTiles() {
  auto config = kernel->getAttrOfType<attn::ConfigAttr>(attn::kConfigAttrName);
  if (!config)
    return success();
  Product tiles;
  tiles.multiply(grid.getMap().getResult(0));
  for (AffineExpr factor : tiles.factors) {
    auto division = dyn_cast<AffineBinaryOpExpr>(factor);
    if (!division || division.getKind() != AffineExprKind::CeilDiv)
      continue;
    // A half of the tiles, where blocks take pairs of them.
    while (division.getLHS().getKind() == AffineExprKind::CeilDiv)
      division = cast<AffineBinaryOpExpr>(division.getLHS());
    auto rows = dyn_cast<AffineConstantExpr>(division.getRHS());
    int64_t expected = config.getTileQ() / config.getPack().value_or(1);
    if (rows && rows.getValue() != expected)
      return kernel.emitOpError("expected ")
             << kGridAttrName << " to count tiles of the " << expected
             << " rows of the configuration, but got " << rows.getValue();
  }
  return success();
}

LogicalResult GridVerifier::run() {
  if (auto constraints = kernel->getAttrOfType<ArrayAttr>(kConstraintsAttrName))
    for (auto constraint : constraints.getAsRange<ConstraintAttr>()) {
      AffineExpr lhs = expressions.build(constraint.getLhs());
      AffineExpr rhs = expressions.build(constraint.getRhs());
      if (isa<AffineSymbolExpr>(rhs) && lhs != rhs)
        equal.push_back({lhs, rhs});
      else if (isa<AffineSymbolExpr>(lhs) && lhs != rhs)
        equal.push_back({rhs, lhs});
    }
  if (failed(checkTiles()))
    return failure();
  // No block, no coordinate: a dimension is empty.
  if (grid.getMap().getResult(0) == 0)
    return success();
  WalkResult result = kernel.walk([&](gpu::BlockIdOp id) {
    return WalkResult(id.getDimension() == gpu::Dimension::x
                          ? checkId(id.getResult())
                          : LogicalResult(success()));
  });
  return failure(result.wasInterrupted());
}

LogicalResult mlir::hopper::verifyGrid(gpu::GPUFuncOp kernel) {
  if (kernel->hasAttr(kPersistentAttrName) && failed(verifyPersistent(kernel)))
    return failure();
  auto grid = kernel->getAttrOfType<ExpressionAttr>(kGridAttrName);
  return grid ? GridVerifier(kernel, grid).run() : success();
}
