//===- OutlineKernel.cpp - Make each grid a kernel ------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExpressionBuilder.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/IR/Constants.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Assertions.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/TypeSwitch.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPEROUTLINEKERNEL
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

/// Upstream's canonicalizer folds a grid of a single block, and its
/// configuration with it: without both, nobody knows what was a kernel.
static LogicalResult checkGrid(Operation *op) {
  if (op->getParentOfType<scf::ForallOp>())
    return success();
  auto grid = dyn_cast<scf::ForallOp>(op);
  bool isOfThreads = grid && grid.getMapping() &&
                     llvm::all_of(*grid.getMapping(),
                                  llvm::IsaPred<gpu::GPUThreadMappingAttr>) &&
                     !grid.getMapping()->empty();
  if (!isOfThreads && !isa<vector::ContractionOp>(op))
    return success();
  return op->emitOpError("expected a grid (scf.forall) around it, but got "
                         "none; canonicalize folds one of a single block");
}

namespace {

struct OutlineKernelPass
    : hopper::impl::HopperOutlineKernelBase<OutlineKernelPass> {
  void runOnOperation() override {
    SmallVector<func::FuncOp> functions;
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      WalkResult grids = function.walk(
          [](Operation *op) { return WalkResult(checkGrid(op)); });
      if (grids.wasInterrupted())
        return signalPassFailure();
    }
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() &&
          !function.getBody().getOps<scf::ForallOp>().empty())
        functions.push_back(function);
    for (func::FuncOp function : functions)
      if (failed(outline(function)))
        return signalPassFailure();
    WalkResult result = getOperation().walk([](Operation *op) {
      if (isa<gpu::GPUModuleOp>(op))
        return WalkResult::skip();
      if (auto grid = dyn_cast<scf::ForallOp>(op)) {
        // What is left stands in a loop or a branch.
        InFlightDiagnostic diag =
            emitError(grid.getLoc(), "expected a grid in the function itself, "
                                     "but got '");
        diag << grid->getParentOp()->getName()
             << "' around it; the host launches kernels, and loops and "
                "branches around that";
        return WalkResult(diag);
      }
      StringRef pass =
          llvm::TypeSwitch<Operation *, StringRef>(op)
              .Case<attn::ForwardOp>([](auto) { return "attn-tile"; })
              .Case<attn::CombineOp>([](auto) { return "attn-lower-combine"; })
              .Case<attn::QuantizeOp, attn::DequantizeOp>(
                  [](auto) { return "attn-lower-quantize"; })
              .Default([](auto) { return ""; });
      if (pass.empty())
        return WalkResult::advance();
      op->emitOpError("expected a grid in its place; run ") << pass << " first";
      return WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

  LogicalResult outline(func::FuncOp function);
  LogicalResult check(func::FuncOp function);
  FailureOr<DictionaryAttr> describe(memref::AllocOp buffer);
  FailureOr<ExpressionAttr> countBlocks(scf::ForallOp grid);
  void buildBody(func::FuncOp function, scf::ForallOp grid,
                 ArrayRef<memref::AllocOp> buffers, gpu::GPUFuncOp kernel);
};

} // namespace

/// What stands in front of a block's threads in this space, they share.
static bool isShared(MemRefType type) {
  auto space = dyn_cast_or_null<gpu::AddressSpaceAttr>(type.getMemorySpace());
  return space && space.getValue() == gpu::AddressSpace::Workgroup;
}

/// The variable that is read; null where there is none.
static memref::GlobalOp findGlobal(memref::GetGlobalOp read) {
  return SymbolTable::lookupNearestSymbolFrom<memref::GlobalOp>(
      read, read.getNameAttr());
}

/// Whether a variable is one that a kernel can have a copy of.
static bool isConstant(memref::GlobalOp global) {
  return global && global.getConstant() && !global.isExternal() &&
         !global.getType().getMemorySpace() &&
         attn::getDenseElements(global.getInitialValueAttr());
}

/// Kernels are all that a function does: nothing else in it may have effects.
LogicalResult OutlineKernelPass::check(func::FuncOp function) {
  if (!llvm::hasSingleElement(function.getBody()))
    return function.emitOpError("expected a single block around the grid");
  if (function.getNumResults() != 0)
    return function.emitOpError("expected no results, but got ")
           << function.getNumResults() << "; run attn-place-results first";
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
  for (Operation &op : function.getBody().front().without_terminator()) {
    StringRef missing = isa<attn::ForwardOp>(op)   ? "attn-tile"
                        : isa<attn::CombineOp>(op) ? "attn-lower-combine"
                        : isa<attn::QuantizeOp, attn::DequantizeOp>(op)
                            ? "attn-lower-quantize"
                            : "";
    if (!missing.empty())
      return op.emitOpError("expected a grid in its place; run ")
             << missing << " first";
    if (auto read = dyn_cast<memref::GetGlobalOp>(op);
        read && !read.use_empty() && !isConstant(findGlobal(read)))
      return op.emitOpError("cannot be read by a kernel; expected a constant, "
                            "with its values in the module, or the tensor as "
                            "an argument");
    if (!isa<scf::ForallOp, cf::AssertOp, memref::AllocOp, memref::DeallocOp>(
            op) &&
        !isMemoryEffectFree(&op))
      return op.emitOpError("cannot stand beside the grid of a kernel; ")
             << (op.isBeforeInBlock(
                     *function.getBody().getOps<scf::ForallOp>().begin())
                     ? "compute it outside, and hand its result in"
                     : "compute it outside, from what the kernel writes");
  }
  return success();
}

/// The sizes of a buffer between two grids, which the launch makes room for.
FailureOr<DictionaryAttr> OutlineKernelPass::describe(memref::AllocOp buffer) {
  SmallVector<ExpressionAttr> sizes;
  for (OpFoldResult size : buffer.getMixedSizes()) {
    ExpressionBuilder expressions(&getContext());
    FailureOr<AffineExpr> expression = expressions.build(size);
    if (failed(expression))
      return buffer.emitOpError("expected sizes that follow from the sizes of "
                                "the function's arguments");
    sizes.push_back(expressions.get(*expression));
  }
  if (!buffer.getType().getLayout().isIdentity())
    return buffer.emitOpError("expected a buffer without gaps, but got ")
           << buffer.getType();
  Builder builder(&getContext());
  return builder.getDictionaryAttr(builder.getNamedAttr(
      kBufferAttrName, BufferAttr::get(&getContext(), sizes)));
}

FailureOr<ExpressionAttr> OutlineKernelPass::countBlocks(scf::ForallOp grid) {
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
  constexpr int64_t kMostThreads = 1024;
  std::optional<int64_t> countOfAll;
  for (auto threads : grid.getBody()->getOps<scf::ForallOp>()) {
    std::optional<int64_t> count =
        threads.getRank() == 1
            ? getConstantIntValue(threads.getMixedUpperBound().front())
            : std::nullopt;
    if (!threads.isNormalized() || threads.getNumResults() != 0 || !count ||
        *count < 1 || *count > kMostThreads || !threads.getMapping() ||
        threads.getMapping()->size() != 1 ||
        threads.getMapping()->getValue()[0] !=
            gpu::GPUThreadMappingAttr::get(&getContext(), gpu::MappingId::DimX))
      return threads.emitOpError("expected 1 to ")
             << kMostThreads << " threads, mapped to #gpu.thread<x>";
    if (countOfAll && count != countOfAll)
      return threads.emitOpError("expected as many threads as before, ")
             << *countOfAll << ", but got " << *count;
    countOfAll = count;
  }
  return expressions.get(blocks);
}

void OutlineKernelPass::buildBody(func::FuncOp function, scf::ForallOp grid,
                                  ArrayRef<memref::AllocOp> buffers,
                                  gpu::GPUFuncOp kernel) {
  Location loc = grid.getLoc();
  OpBuilder builder = OpBuilder::atBlockBegin(&kernel.getBody().front());
  IRMapping mapping;
  auto [own, shared] =
      std::pair(kernel.getArguments().take_front(function.getNumArguments()),
                kernel.getArguments().drop_front(function.getNumArguments()));
  mapping.map(function.getArguments(), own);
  for (auto [buffer, argument] : llvm::zip_equal(buffers, shared))
    mapping.map(buffer->getResult(0), argument);
  for (Operation &op : function.getBody().front()) {
    if (&op == grid)
      break;
    // Assertions are the host's to check, buffers its to make.
    if (isMemoryEffectFree(&op) && !isa<scf::ForallOp>(op))
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
  Value thread;
  for (Operation &op : grid.getBody()->without_terminator()) {
    if (auto buffer = dyn_cast<memref::AllocaOp>(op);
        buffer && isShared(buffer.getType())) {
      mapping.map(buffer.getResult(),
                  kernel.addWorkgroupAttribution(buffer.getType(), loc));
      continue;
    }
    auto threads = dyn_cast<scf::ForallOp>(op);
    if (!threads) {
      builder.clone(op, mapping);
      continue;
    }
    // All of them have done what stands in front.
    if (thread)
      gpu::BarrierOp::create(builder, loc);
    else
      thread =
          gpu::ThreadIdOp::create(builder, loc, gpu::Dimension::x).getResult();
    mapping.map(threads.getInductionVar(0), thread);
    for (Operation &inner : threads.getBody()->without_terminator())
      builder.clone(inner, mapping);
    int64_t count = *getConstantIntValue(threads.getMixedUpperBound().front());
    kernel.setKnownBlockSizeAttr(
        builder.getDenseI32ArrayAttr({static_cast<int32_t>(count), 1, 1}));
  }
  gpu::ReturnOp::create(builder, loc);
}

LogicalResult OutlineKernelPass::outline(func::FuncOp function) {
  if (failed(check(function)))
    return failure();
  SmallVector<Attribute> constraints;
  // The host checks them before a launch.
  for (auto assertion : function.getBody().getOps<cf::AssertOp>()) {
    FailureOr<ConstraintAttr> constraint = convertAssertion(assertion);
    if (failed(constraint))
      return assertion.emitOpError(
          "expected to compare sizes of the function's "
          "arguments for equality");
    constraints.push_back(*constraint);
  }
  // Behind the function's arguments, those that the kernels share.
  SmallVector<Type> arguments(function.getArgumentTypes());
  SmallVector<memref::AllocOp> buffers(
      function.getBody().getOps<memref::AllocOp>());
  SmallVector<DictionaryAttr> descriptions;
  for (memref::AllocOp buffer : buffers) {
    FailureOr<DictionaryAttr> description = describe(buffer);
    if (failed(description))
      return failure();
    descriptions.push_back(*description);
    arguments.push_back(buffer.getType());
  }

  Location loc = function.getLoc();
  OpBuilder builder(function);
  auto module = gpu::GPUModuleOp::create(builder, loc, function.getSymName());
  builder.setInsertionPointToStart(&module.getBodyRegion().front());
  // Constants go along: a kernel sees its module alone.
  SetVector<memref::GlobalOp> constants;
  for (auto read : function.getBody().getOps<memref::GetGlobalOp>())
    if (!read.use_empty())
      constants.insert(findGlobal(read));
  for (memref::GlobalOp constant : constants) {
    auto copy = cast<memref::GlobalOp>(builder.clone(*constant));
    copy.setInitialValueAttr(
        attn::getDenseElements(constant.getInitialValueAttr()));
  }
  unsigned number = 0;
  for (auto grid : function.getBody().getOps<scf::ForallOp>()) {
    FailureOr<ExpressionAttr> blocks = countBlocks(grid);
    if (failed(blocks))
      return failure();
    std::string name = function.getSymName().str();
    if (number != 0)
      name += "_" + std::to_string(number);
    auto kernel = gpu::GPUFuncOp::create(
        builder, loc, name, builder.getFunctionType(arguments, {}));
    kernel->setAttr(gpu::GPUDialect::getKernelFuncAttrName(),
                    builder.getUnitAttr());
    kernel->setAttr(kGridAttrName, *blocks);
    for (auto [i, description] : llvm::enumerate(descriptions))
      kernel.setArgAttrs(function.getNumArguments() + i, description);
    if (!constraints.empty())
      kernel->setAttr(kConstraintsAttrName, builder.getArrayAttr(constraints));
    for (StringRef own : {StringRef(attn::kConfigAttrName),
                          NVVM::NVVMDialect::getMinctasmAttrName()})
      if (Attribute attribute = grid->getAttr(own))
        kernel->setAttr(own, attribute);
    if (Attribute results = function->getAttr(attn::kResultsAttrName))
      kernel->setAttr(attn::kResultsAttrName, results);
    if (number != 0)
      kernel->setAttr(kFollowsAttrName, builder.getUnitAttr());
    buildBody(function, grid, buffers, kernel);
    ++number;
  }
  function.erase();
  for (memref::GlobalOp constant : constants)
    if (constant.isPrivate() &&
        SymbolTable::symbolKnownUseEmpty(constant, getOperation()))
      constant.erase();
  return success();
}
