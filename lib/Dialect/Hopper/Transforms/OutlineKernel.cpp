//===- OutlineKernel.cpp - Make each grid a kernel ------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExpressionBuilder.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPEROUTLINEKERNEL
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

namespace {

struct OutlineKernelPass
    : hopper::impl::HopperOutlineKernelBase<OutlineKernelPass> {
  void runOnOperation() override {
    SmallVector<func::FuncOp> functions;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() &&
          !function.getBody().getOps<scf::ForallOp>().empty())
        functions.push_back(function);
    for (func::FuncOp function : functions)
      if (failed(outline(function)))
        return signalPassFailure();
    WalkResult result = getOperation().walk([](attn::ForwardOp op) {
      op.emitOpError("expected a grid in its place; run attn-tile first");
      return WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

  LogicalResult outline(func::FuncOp function);
  LogicalResult check(func::FuncOp function);
  FailureOr<ConstraintAttr> convertAssertion(cf::AssertOp assertion);
  void buildBody(func::FuncOp function, scf::ForallOp grid,
                 gpu::GPUFuncOp kernel);
};

} // namespace

/// A kernel is all that a function does: nothing else in it may have effects.
LogicalResult OutlineKernelPass::check(func::FuncOp function) {
  if (!llvm::hasSingleElement(function.getBody()))
    return function.emitOpError("expected a single block around the grid");
  if (function.getNumResults() != 0)
    return function.emitOpError("expected no results, but got ")
           << function.getNumResults() << "; run attn-place-results first";
  if (!llvm::hasSingleElement(function.getBody().getOps<scf::ForallOp>()))
    return function.emitOpError("expected one attention in a function");
  for (Type type : function.getArgumentTypes())
    if (!isa<MemRefType>(type) && !isScalarArgument(type))
      return function.emitOpError("expected arguments that are memrefs, index, "
                                  "i32, i64, f32 or f64, but got ")
             << type;
  if (auto uses = SymbolTable::getSymbolUses(function, getOperation());
      uses && !uses->empty()) {
    InFlightDiagnostic diag = function.emitOpError(
        "cannot become a kernel: the host launches kernels, and nothing in the "
        "module may refer to one");
    diag.attachNote(uses->begin()->getUser()->getLoc()) << "used here";
    return diag;
  }
  for (Operation &op : function.getBody().front().without_terminator())
    if (!isa<scf::ForallOp, cf::AssertOp>(op) && !isMemoryEffectFree(&op))
      return op.emitOpError("cannot stand beside the grid of a kernel");
  return success();
}

/// An assertion about sizes in front of the grid is what the host checks before
/// a launch.
FailureOr<ConstraintAttr>
OutlineKernelPass::convertAssertion(cf::AssertOp assertion) {
  auto compare = assertion.getArg().getDefiningOp<arith::CmpIOp>();
  if (compare && compare.getPredicate() == arith::CmpIPredicate::eq) {
    ExpressionBuilder lhs(&getContext()), rhs(&getContext());
    FailureOr<AffineExpr> left = lhs.build(OpFoldResult(compare.getLhs()));
    FailureOr<AffineExpr> right = rhs.build(OpFoldResult(compare.getRhs()));
    if (succeeded(left) && succeeded(right))
      return ConstraintAttr::get(&getContext(), lhs.get(*left), rhs.get(*right),
                                 assertion.getMsgAttr());
  }
  return assertion.emitOpError("expected to compare sizes of the function's "
                               "arguments for equality");
}

void OutlineKernelPass::buildBody(func::FuncOp function, scf::ForallOp grid,
                                  gpu::GPUFuncOp kernel) {
  Location loc = grid.getLoc();
  OpBuilder builder = OpBuilder::atBlockBegin(&kernel.getBody().front());
  IRMapping mapping;
  mapping.map(function.getArguments(), kernel.getArguments());
  for (Operation &op : function.getBody().front()) {
    if (&op == grid)
      break;
    if (!isa<cf::AssertOp>(op)) // The host's to check.
      builder.clone(op, mapping);
  }
  // The first dimension varies fastest from block to block. A launch has less
  // than 2^31 blocks, so 32 bits hold their number and each factor of it; the
  // device divides 64 bits by a long routine.
  Type i32 = builder.getI32Type();
  auto narrow = [&](Value value) -> Value {
    return arith::IndexCastOp::create(builder, loc, i32, value);
  };
  auto widen = [&](Value value) -> Value {
    return arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                      value);
  };
  Value rest = narrow(gpu::BlockIdOp::create(builder, loc, gpu::Dimension::x));
  SmallVector<Value> ids;
  SmallVector<OpFoldResult> bounds = grid.getMixedUpperBound();
  for (auto [dim, bound] : llvm::enumerate(bounds)) {
    if (dim + 1 == bounds.size()) {
      ids.push_back(widen(rest));
      break;
    }
    Value size;
    if (auto value = dyn_cast<Value>(bound))
      size = narrow(mapping.lookup(value));
    else
      size = arith::ConstantIntOp::create(
          builder, loc, cast<IntegerAttr>(cast<Attribute>(bound)).getInt(), 32);
    ids.push_back(widen(arith::RemUIOp::create(builder, loc, rest, size)));
    rest = arith::DivUIOp::create(builder, loc, rest, size);
  }
  mapping.map(grid.getInductionVars(), ids);
  for (Operation &op : grid.getBody()->without_terminator())
    builder.clone(op, mapping);
  gpu::ReturnOp::create(builder, loc);
}

LogicalResult OutlineKernelPass::outline(func::FuncOp function) {
  if (failed(check(function)))
    return failure();
  scf::ForallOp grid = *function.getBody().getOps<scf::ForallOp>().begin();
  if (!grid.isNormalized())
    return grid.emitOpError("expected a grid from 0 in steps of 1");
  if (grid.getNumResults() != 0)
    return grid.emitOpError("expected a grid on memrefs, without results; run "
                            "one-shot-bufferize first");

  ExpressionBuilder expressions(&getContext());
  AffineExpr blocks = getAffineConstantExpr(1, &getContext());
  for (OpFoldResult bound : grid.getMixedUpperBound()) {
    FailureOr<AffineExpr> size = expressions.build(bound);
    if (failed(size))
      return grid.emitOpError("expected bounds that follow from the sizes of "
                              "the function's arguments");
    blocks = blocks * *size;
  }

  SmallVector<Attribute> constraints;
  for (auto assertion : function.getBody().getOps<cf::AssertOp>()) {
    FailureOr<ConstraintAttr> constraint = convertAssertion(assertion);
    if (failed(constraint))
      return failure();
    constraints.push_back(*constraint);
  }

  Location loc = function.getLoc();
  OpBuilder builder(function);
  auto module = gpu::GPUModuleOp::create(builder, loc, function.getSymName());
  builder.setInsertionPointToStart(&module.getBodyRegion().front());
  auto kernel = gpu::GPUFuncOp::create(builder, loc, function.getSymName(),
                                       function.getFunctionType());
  kernel->setAttr(gpu::GPUDialect::getKernelFuncAttrName(),
                  builder.getUnitAttr());
  kernel->setAttr(kGridAttrName, expressions.get(blocks));
  if (!constraints.empty())
    kernel->setAttr(kConstraintsAttrName, builder.getArrayAttr(constraints));
  if (Attribute config = grid->getAttr(attn::kConfigAttrName))
    kernel->setAttr(attn::kConfigAttrName, config);
  if (Attribute results = function->getAttr(attn::kResultsAttrName))
    kernel->setAttr(attn::kResultsAttrName, results);
  buildBody(function, grid, kernel);
  function.erase();
  return success();
}
