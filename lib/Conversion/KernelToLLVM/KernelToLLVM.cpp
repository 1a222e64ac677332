//===- KernelToLLVM.cpp - Kernels as functions of the LLVM dialect --------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MathToNVVM.h"
#include "NarrowFloatsToNVVM.h"
#include "fa3/Conversion/Passes.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_CONVERTKERNELTOLLVM
#define GEN_PASS_DEF_PRUNEKERNELPARAMETERS
#include "fa3/Conversion/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

namespace {

/// Collects the parameters of a kernel while its arguments are rebuilt of them.
struct ParameterList {
  SmallVector<Type> types;
  SmallVector<ParameterAttr> meanings;

  unsigned add(Type type, ParameterAttr meaning) {
    types.push_back(type);
    meanings.push_back(meaning);
    return types.size() - 1;
  }
};

/// The parameters that one buffer is made of; -1 where its type says it.
struct BufferParameters {
  unsigned pointer;
  SmallVector<int64_t> sizes, strides;
};

/// The parameters of a kernel: arguments of the host, in front, what each
/// becomes, and the tensor maps.
struct KernelParameters {
  ParameterList list;
  SmallVector<Type> hostArguments;
  DenseMap<unsigned, BufferParameters> buffers;
  DenseMap<unsigned, unsigned> scalars;
  SmallVector<int64_t> maps;
};

struct KernelLowering : ConvertOpToLLVMPattern<gpu::GPUFuncOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(gpu::GPUFuncOp kernel, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override;

private:
  KernelParameters getParameters(gpu::GPUFuncOp kernel) const;
  BufferParameters addBuffer(gpu::GPUFuncOp kernel, unsigned index,
                             ParameterList &list) const;
  Value rebuildBuffer(OpBuilder &builder, Location loc, MemRefType type,
                      const BufferParameters &parameters, Block *entry) const;
  Value createSharedBuffer(gpu::GPUFuncOp kernel, BlockArgument buffer,
                           OpBuilder &builder) const;
};

struct ReturnLowering : ConvertOpToLLVMPattern<gpu::ReturnOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(gpu::ReturnOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<LLVM::ReturnOp>(op, ValueRange());
    return success();
  }
};

/// Of all threads of the block. What they have written before, all see behind
/// it (PTX ISA, `bar`).
struct BarrierLowering : ConvertOpToLLVMPattern<gpu::BarrierOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(gpu::BarrierOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<NVVM::Barrier0Op>(op);
    return success();
  }
};

/// Between all threads of a warp, whose numbers differ in some bits.
struct ShuffleLowering : ConvertOpToLLVMPattern<gpu::ShuffleOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(gpu::ShuffleOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    constexpr int64_t kWarpThreads = 32;
    APInt width;
    if (op.getMode() != gpu::ShuffleMode::XOR ||
        !matchPattern(op.getWidth(), m_ConstantInt(&width)) ||
        width != kWarpThreads || !op.getShuffleResult().getType().isF32())
      return rewriter.notifyMatchFailure(
          op, "expected f32 of 32 threads, exchanged by xor");
    Location loc = op.getLoc();
    auto word = [&](int64_t value) -> Value {
      return LLVM::ConstantOp::create(rewriter, loc, rewriter.getI32Type(),
                                      value);
    };
    // PTX ISA, `shfl.sync`: all threads take part, and none is out of range.
    Value result = NVVM::ShflOp::create(
        rewriter, loc, rewriter.getF32Type(), word(-1), adaptor.getValue(),
        adaptor.getOffset(), word(kWarpThreads - 1), NVVM::ShflKind::bfly,
        UnitAttr());
    Value isValid =
        LLVM::ConstantOp::create(rewriter, loc, rewriter.getBoolAttr(true));
    rewriter.replaceOp(op, {result, isValid});
    return success();
  }
};

/// `gpu.thread_id x`, `gpu.block_id x` and `gpu.grid_dim x`.
template <typename OpT, typename RegisterOp>
struct IndexLowering : ConvertOpToLLVMPattern<OpT> {
  using ConvertOpToLLVMPattern<OpT>::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(OpT op, typename OpT::Adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (op.getDimension() != gpu::Dimension::x)
      return rewriter.notifyMatchFailure(op, "expected dimension x");
    Location loc = op.getLoc();
    Value number = RegisterOp::create(rewriter, loc, rewriter.getI32Type());
    rewriter.replaceOpWithNewOp<LLVM::ZExtOp>(op, this->getIndexType(), number);
    return success();
  }
};

} // namespace

/// PTX ISA, `griddepcontrol.wait`.
static bool waitsForPrerequisites(Operation &op) {
  if (auto control = dyn_cast<NVVM::GriddepcontrolOp>(op))
    return control.getKind() == NVVM::GridDepActionKind::wait;
  auto assembly = dyn_cast<LLVM::InlineAsmOp>(op);
  return assembly &&
         assembly.getAsmString().trim("; \t\n") == "griddepcontrol.wait";
}

/// The host launches a kernel that is overlapped before the one in front of it
/// has ended: it waits for that before it does anything else.
static LogicalResult checkOverlap(gpu::GPUFuncOp kernel) {
  if (!kernel->hasAttr(kOverlappedAttrName))
    return success();
  if (!kernel->hasAttr(kFollowsAttrName))
    return kernel.emitOpError("expected ")
           << kOverlappedAttrName << " beside " << kFollowsAttrName
           << ", but got it alone";
  auto first = llvm::find_if(kernel.getBody().front(), [](Operation &op) {
    return waitsForPrerequisites(op) || op.hasTrait<OpTrait::IsTerminator>() ||
           !(isMemoryEffectFree(&op) || isa<NVVM::GriddepcontrolOp>(op));
  });
  if (waitsForPrerequisites(*first))
    return success();
  return first->emitOpError("expected griddepcontrol.wait in front of it in a "
                            "kernel with ")
         << kOverlappedAttrName << ", but got none";
}

/// What the lowering of a kernel needs of it.
static LogicalResult checkKernel(gpu::GPUFuncOp kernel) {
  if (!kernel->hasAttrOfType<ExpressionAttr>(kGridAttrName) ||
      !kernel.getKnownBlockSizeAttr())
    return kernel.emitOpError("expected ")
           << kGridAttrName << " and known_block_size; run "
           << "hopper-outline-kernel and convert-hopper-to-nvvm first";
  if (failed(checkOverlap(kernel)))
    return failure();
  bool maps = false, workspace = false;
  for (auto [i, type] : llvm::enumerate(kernel.getArgumentTypes())) {
    auto buffer = dyn_cast<MemRefType>(type);
    if (!buffer && !isScalarArgument(type)) {
      maps = true;
      if (!isa<nvgpu::TensorMapDescriptorType>(type) ||
          !kernel.getArgAttrOfType<TensorMapAttr>(i, kTensorMapAttrName))
        return kernel.emitOpError(
                   "expected arguments that are buffers, index, "
                   "i32, i64, f32 or f64, or tensor maps with a ")
               << kTensorMapAttrName << ", but got " << type;
      continue;
    }
    if (maps)
      return kernel.emitOpError(
          "expected buffers and scalars in front of tensor "
          "maps");
    if (kernel.getArgAttr(i, kBufferAttrName)) {
      workspace = true;
    } else if (workspace) {
      return kernel.emitOpError("expected buffers with a ")
             << kBufferAttrName << " behind the host's arguments, but got "
             << type << " behind them";
    }
    if (!buffer)
      continue;
    // The host passes generic addresses.
    if (buffer.getMemorySpace())
      return kernel.emitOpError("expected buffers in the default memory space, "
                                "but got ")
             << type;
    SmallVector<int64_t> strides;
    int64_t offset;
    // The host passes the address of the first element.
    if (failed(buffer.getStridesAndOffset(strides, offset)) ||
        (offset != 0 && !ShapedType::isDynamic(offset)))
      return kernel.emitOpError("expected buffers with a strided layout and an "
                                "offset of 0 or ?, but got ")
             << type;
  }
  return success();
}

BufferParameters KernelLowering::addBuffer(gpu::GPUFuncOp kernel,
                                           unsigned index,
                                           ParameterList &list) const {
  MLIRContext *context = kernel.getContext();
  auto type = cast<MemRefType>(kernel.getArgumentTypes()[index]);
  auto [strides, offset] = type.getStridesAndOffset();
  auto meaning = [&](ParameterKind kind, int64_t dimension) {
    return ParameterAttr::get(context, kind, index, dimension, TensorMapAttr());
  };
  BufferParameters parameters;
  parameters.pointer = list.add(LLVM::LLVMPointerType::get(context),
                                meaning(ParameterKind::Pointer, 0));
  Type i64 = IntegerType::get(context, 64);
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    parameters.sizes.push_back(
        type.isDynamicDim(dim) ? static_cast<int64_t>(list.add(
                                     i64, meaning(ParameterKind::Size, dim)))
                               : -1);
    // A stride that follows from dynamic sizes is passed like one that is free:
    // the host has both.
    parameters.strides.push_back(
        ShapedType::isDynamic(strides[dim])
            ? static_cast<int64_t>(
                  list.add(i64, meaning(ParameterKind::Stride, dim)))
            : -1);
  }
  return parameters;
}

Value KernelLowering::rebuildBuffer(OpBuilder &builder, Location loc,
                                    MemRefType type,
                                    const BufferParameters &parameters,
                                    Block *entry) const {
  auto descriptor = MemRefDescriptor::poison(
      builder, loc, getTypeConverter()->convertType(type));
  Value pointer = entry->getArgument(parameters.pointer);
  descriptor.setAllocatedPtr(builder, loc, pointer);
  descriptor.setAlignedPtr(builder, loc, pointer);
  // The host passes the pointer to the first element.
  descriptor.setConstantOffset(builder, loc, 0);
  auto [strides, offset] = type.getStridesAndOffset();
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    if (parameters.sizes[dim] < 0)
      descriptor.setConstantSize(builder, loc, dim, type.getDimSize(dim));
    else
      descriptor.setSize(builder, loc, dim,
                         entry->getArgument(parameters.sizes[dim]));
    if (parameters.strides[dim] < 0)
      descriptor.setConstantStride(builder, loc, dim, strides[dim]);
    else
      descriptor.setStride(builder, loc, dim,
                           entry->getArgument(parameters.strides[dim]));
  }
  return descriptor;
}

/// A buffer that the threads of a block share is a variable of the module.
Value KernelLowering::createSharedBuffer(gpu::GPUFuncOp kernel,
                                         BlockArgument buffer,
                                         OpBuilder &builder) const {
  constexpr int64_t kAlignment = 16;
  auto type = cast<MemRefType>(buffer.getType());
  Location loc = kernel.getLoc();
  auto elements = LLVM::LLVMArrayType::get(
      getTypeConverter()->convertType(type.getElementType()),
      type.getNumElements());
  LLVM::GlobalOp variable;
  {
    OpBuilder::InsertionGuard guard(builder);
    auto module = kernel->getParentOfType<gpu::GPUModuleOp>();
    builder.setInsertionPointToStart(&module.getBodyRegion().front());
    std::string name = kernel.getName().str() + "_shared_" +
                       std::to_string(buffer.getArgNumber());
    variable = LLVM::GlobalOp::create(
        builder, loc, elements, /*isConstant=*/false, LLVM::Linkage::Internal,
        name, Attribute(), kAlignment,
        static_cast<unsigned>(NVVM::NVVMMemorySpace::Shared));
  }
  Value pointer = LLVM::AddressOfOp::create(builder, loc, variable);
  return MemRefDescriptor::fromStaticShape(builder, loc, *getTypeConverter(),
                                           type, pointer);
}

/// What a kernel relies on of the address of an argument: that of its widest
/// access. Whoever wrote it has seen to it that strides are multiples of it.
/// One with a configuration relies on nothing: hopper-distribute-vectors has it
/// look at an address before it takes it for aligned.
static int64_t getReliedAlignment(gpu::GPUFuncOp kernel, unsigned argument) {
  if (kernel->hasAttr(attn::kConfigAttrName))
    return 0;
  BlockArgument buffer = kernel.getArgument(argument);
  uint64_t alignment = 0;
  for (Operation *user : buffer.getUsers()) {
    if (auto load = dyn_cast<vector::LoadOp>(user))
      alignment = std::max(alignment, load.getAlignment().value_or(0));
    else if (auto store = dyn_cast<vector::StoreOp>(user))
      alignment = std::max(alignment, store.getAlignment().value_or(0));
  }
  return static_cast<int64_t>(alignment);
}

KernelParameters KernelLowering::getParameters(gpu::GPUFuncOp kernel) const {
  MLIRContext *context = kernel.getContext();
  KernelParameters parameters;
  ParameterList &list = parameters.list;
  for (auto [i, type] : llvm::enumerate(kernel.getArgumentTypes())) {
    if (isa<MemRefType>(type)) {
      parameters.buffers[i] = addBuffer(kernel, i, list);
      parameters.hostArguments.push_back(type);
      continue;
    }
    if (isScalarArgument(type)) {
      parameters.scalars[i] =
          list.add(getTypeConverter()->convertType(type),
                   ParameterAttr::get(context, ParameterKind::Scalar, i, 0,
                                      TensorMapAttr()));
      parameters.hostArguments.push_back(type);
      continue;
    }
    auto map = kernel.getArgAttrOfType<TensorMapAttr>(i, kTensorMapAttrName);
    parameters.maps.push_back(
        list.add(LLVM::LLVMPointerType::get(context),
                 ParameterAttr::get(context, ParameterKind::TensorMap,
                                    map.getArgument(), 0, map)));
  }
  return parameters;
}

/// What NVPTX and the host need to know of a kernel.
static void setKernelAttributes(LLVM::LLVMFuncOp function,
                                gpu::GPUFuncOp kernel,
                                const KernelParameters &parameters) {
  Builder builder(kernel.getContext());
  auto block = kernel.getKnownBlockSizeAttr();
  function->setAttr(NVVM::NVVMDialect::getKernelFuncAttrName(),
                    builder.getUnitAttr());
  function->setAttr(NVVM::NVVMDialect::getReqntidAttrName(), block);
  // ptxas heeds setmaxnreg only where a bound on the registers is known.
  StringRef minBlocks = NVVM::NVVMDialect::getMinctasmAttrName();
  auto blocks = kernel->getAttrOfType<IntegerAttr>(minBlocks);
  function->setAttr(minBlocks, blocks ? blocks : builder.getI32IntegerAttr(1));
  // Scores and probabilities are never so small that denormals matter, and
  // without them each exponential and division is shorter.
  function.setPassthroughAttr(builder.getArrayAttr(builder.getStrArrayAttr(
      {"denormal-fp-math-f32", "preserve-sign,preserve-sign"})));
  for (StringRef name : {attn::kConfigAttrName, attn::kResultsAttrName})
    if (Attribute attribute = kernel->getAttr(name))
      function->setAttr(name, attribute);
  SmallVector<ConstraintAttr> constraints;
  if (auto array = kernel->getAttrOfType<ArrayAttr>(kConstraintsAttrName))
    llvm::append_range(constraints, array.getAsRange<ConstraintAttr>());
  SmallVector<BufferAttr> workspace;
  for (unsigned i = 0; i < kernel.getNumArguments(); ++i)
    if (auto buffer = kernel.getArgAttrOfType<BufferAttr>(i, kBufferAttrName))
      workspace.push_back(buffer);
  auto sharedMemory = kernel->getAttrOfType<IntegerAttr>(kSharedMemoryAttrName);
  function->setAttr(
      kKernelAttrName,
      KernelAttr::get(
          kernel.getContext(), parameters.hostArguments, constraints,
          kernel->getAttrOfType<ExpressionAttr>(kGridAttrName),
          kernel->hasAttr(kPersistentAttrName), block[0],
          sharedMemory ? sharedMemory.getInt() : 0, parameters.list.meanings,
          workspace, kernel->hasAttr(kFollowsAttrName),
          kernel->hasAttr(kOverlappedAttrName)));
}

/// How addresses are aligned, and that tensor maps are passed by value.
static void setParameterAttributes(LLVM::LLVMFuncOp function,
                                   gpu::GPUFuncOp kernel,
                                   const KernelParameters &parameters) {
  Builder builder(kernel.getContext());
  StringRef align = LLVM::LLVMDialect::getAlignAttrName();
  for (const auto &[argument, buffer] : parameters.buffers)
    if (int64_t alignment = getReliedAlignment(kernel, argument))
      function.setArgAttr(buffer.pointer, align,
                          builder.getI64IntegerAttr(alignment));
  // PTX ISA, "Tensor-map": 128 bytes, by value.
  auto bytes = LLVM::LLVMArrayType::get(builder.getI8Type(), 128);
  for (int64_t map : parameters.maps) {
    function.setArgAttr(map, LLVM::LLVMDialect::getByValAttrName(),
                        TypeAttr::get(bytes));
    function.setArgAttr(map, align, builder.getI64IntegerAttr(64));
    function.setArgAttr(map, NVVM::NVVMDialect::getGridConstantAttrName(),
                        builder.getUnitAttr());
  }
}

LogicalResult
KernelLowering::matchAndRewrite(gpu::GPUFuncOp kernel, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const {
  Location loc = kernel.getLoc();
  KernelParameters parameters = getParameters(kernel);
  auto function = LLVM::LLVMFuncOp::create(
      rewriter, loc, kernel.getName(),
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(kernel.getContext()),
                                  parameters.list.types));
  setKernelAttributes(function, kernel, parameters);
  setParameterAttributes(function, kernel, parameters);

  // The body follows what makes its arguments out of the parameters.
  Block *entry = function.addEntryBlock(rewriter);
  rewriter.setInsertionPointToStart(entry);
  SmallVector<Value> arguments;
  for (auto [i, type] : llvm::enumerate(parameters.hostArguments)) {
    if (auto buffer = dyn_cast<MemRefType>(type))
      arguments.push_back(rebuildBuffer(rewriter, loc, buffer,
                                        parameters.buffers.lookup(i), entry));
    else
      arguments.push_back(entry->getArgument(parameters.scalars.lookup(i)));
  }
  for (int64_t map : parameters.maps)
    arguments.push_back(entry->getArgument(map));
  for (BlockArgument buffer : kernel.getWorkgroupAttributions())
    arguments.push_back(createSharedBuffer(kernel, buffer, rewriter));
  rewriter.inlineRegionBefore(kernel.getBody(), function.getBody(),
                              function.end());
  if (failed(rewriter.convertRegionTypes(&function.getBody(),
                                         *getTypeConverter())))
    return failure();
  rewriter.mergeBlocks(entry->getNextNode(), entry, arguments);
  rewriter.eraseOp(kernel);
  return success();
}

namespace {

struct ConvertKernelToLLVMPass
    : hopper::impl::ConvertKernelToLLVMBase<ConvertKernelToLLVMPass> {
  void runOnOperation() override {
    gpu::GPUModuleOp module = getOperation();
    for (auto kernel : module.getOps<gpu::GPUFuncOp>())
      if (failed(checkKernel(kernel)) || failed(expandMath(kernel)))
        return signalPassFailure();
    MLIRContext *context = &getContext();
    LowerToLLVMOptions options(context);
    options.overrideIndexBitwidth(64); // offsets may pass 2³¹
    LLVMTypeConverter converter(context, options);
    converter.addConversion([](nvgpu::TensorMapDescriptorType type) -> Type {
      return LLVM::LLVMPointerType::get(type.getContext());
    });

    converter.addTypeAttributeConversion(
        [](BaseMemRefType, gpu::AddressSpaceAttr space)
            -> TypeConverter::AttributeConversionResult {
          if (space.getValue() != gpu::AddressSpace::Workgroup)
            return TypeConverter::AttributeConversionResult::abort();
          return IntegerAttr::get(
              IntegerType::get(space.getContext(), 64),
              static_cast<int64_t>(NVVM::NVVMMemorySpace::Shared));
        });

    LLVMConversionTarget target(*context);
    target.addLegalDialect<LLVM::LLVMDialect, NVVM::NVVMDialect>();
    target.addLegalOp<gpu::GPUModuleOp, UnrealizedConversionCastOp>();
    RewritePatternSet patterns(context);
    arith::populateCeilFloorDivExpandOpsPatterns(patterns);
    arith::populateArithToLLVMConversionPatterns(converter, patterns);
    cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
    populateFinalizeMemRefToLLVMConversionPatterns(converter, patterns);
    populateVectorToLLVMConversionPatterns(converter, patterns);
    populateMathToNVVMPatterns(converter, patterns);
    populateNarrowFloatsToNVVMPatterns(converter, patterns);
    populateMathToLLVMConversionPatterns(converter, patterns);
    patterns
        .add<KernelLowering, ReturnLowering, BarrierLowering, ShuffleLowering,
             IndexLowering<gpu::ThreadIdOp, NVVM::ThreadIdXOp>,
             IndexLowering<gpu::BlockIdOp, NVVM::BlockIdXOp>,
             IndexLowering<gpu::GridDimOp, NVVM::GridDimXOp>>(converter);
    if (failed(applyFullConversion(module, target, std::move(patterns))))
      signalPassFailure();
  }
};

struct PruneKernelParametersPass
    : hopper::impl::PruneKernelParametersBase<PruneKernelParametersPass> {
  void runOnOperation() override {
    for (auto kernel : getOperation().getOps<gpu::GPUFuncOp>()) {
      kernel.emitOpError("expected a function of the LLVM dialect; run "
                         "convert-kernel-to-llvm first");
      return signalPassFailure();
    }
    for (auto function : getOperation().getOps<LLVM::LLVMFuncOp>())
      if (auto kernel = function->getAttrOfType<KernelAttr>(kKernelAttrName)) {
        if (kernel.getParameters().size() != function.getNumArguments()) {
          function.emitOpError("expected ")
              << kKernelAttrName << " to describe its "
              << function.getNumArguments() << " parameters, but got "
              << kernel.getParameters().size();
          return signalPassFailure();
        }
        if (!function.isExternal())
          prune(function, kernel);
      }
  }

  void prune(LLVM::LLVMFuncOp function, KernelAttr kernel) {
    BitVector unused(function.getNumArguments());
    SmallVector<ParameterAttr> kept;
    SmallVector<Type> types;
    SmallVector<DictionaryAttr> attributes;
    for (auto [i, parameter] : llvm::enumerate(kernel.getParameters())) {
      if (function.getArgument(i).use_empty()) {
        unused.set(i);
        continue;
      }
      kept.push_back(parameter);
      types.push_back(function.getArgument(i).getType());
      attributes.push_back(function.getArgAttrDict(i));
    }
    // FunctionOpInterface::eraseArguments refuses functions that return void
    // the way the LLVM dialect has it.
    function.getBody().front().eraseArguments(unused);
    function.setFunctionType(LLVM::LLVMFunctionType::get(
        LLVM::LLVMVoidType::get(&getContext()), types));
    function.setAllArgAttrs(attributes);
    function->setAttr(
        kKernelAttrName,
        KernelAttr::get(&getContext(), kernel.getArguments(),
                        kernel.getConstraints(), kernel.getGrid(),
                        kernel.getPersistent(), kernel.getThreads(),
                        kernel.getSharedMemory(), kept, kernel.getWorkspace(),
                        kernel.getFollows(), kernel.getOverlapped()));
  }
};

} // namespace
