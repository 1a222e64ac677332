//===- Hopper.cpp - From attention to NVVM for sm_90a ---------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Pipelines/Hopper.h"

#include "ModulePipeline.h"
#include "fa3/Conversion/Passes.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Conversion/NVVMToLLVM/NVVMToLLVM.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/FuncBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace mlir::hopper;

static void addCleanup(OpPassManager &manager) {
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

/// Adds checks of a kernel. A level's pipeline begins with them: what enters it
/// may have been edited by hand.
static void addVerifiers(OpPassManager &kernels,
                         const HopperPipelineOptions &options) {
  if (!options.verify)
    return;
  kernels.addPass(createHopperVerifyProtocol());
  kernels.addPass(createHopperVerifyResources());
}

/// Adds a pass of the asynchronous or the role level, and checks of what it
/// leaves.
static void addVerified(OpPassManager &kernels, std::unique_ptr<Pass> pass,
                        const HopperPipelineOptions &options) {
  kernels.addPass(std::move(pass));
  if (options.verifyEach)
    addVerifiers(kernels, options);
}

/// The same, but a grid stays a grid where it has a single block.
static void addGridCleanup(OpPassManager &manager) {
  manager.addPass(createCanonicalizerPass(
      GreedyRewriteConfig(),
      {"(anonymous namespace)::ForallOpSingleOrZeroIterationDimsFolder",
       "(anonymous namespace)::ForallOpReplaceConstantInductionVar"}));
  manager.addPass(createCSEPass());
}

void mlir::hopper::buildAttnToTilePipeline(
    OpPassManager &manager, const HopperPipelineOptions &options) {
  // Without effect where there are no tensors. A kernel writes its outputs in
  // place: what the function returns becomes arguments.
  addCleanup(manager);
  manager.addPass(bufferization::createEmptyTensorEliminationPass());
  bufferization::OneShotBufferizePassOptions bufferize;
  bufferize.bufferizeFunctionBoundaries = true;
  // Refused later on, with what is wrong with an attention in a loop.
  bufferize.allowReturnAllocsFromLoops = true;
  bufferize.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  bufferize.unknownTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  manager.addPass(bufferization::createOneShotBufferizePass(bufferize));
  manager.addPass(attn::createAttnPlaceResults());
  addCleanup(manager);
  if (options.splitValueColumns)
    manager.addPass(attn::createAttnSplitValueColumns());
  attn::AttnSelectConfigOptions select;
  select.config = options.config;
  select.tuningTable = options.tuningTable;
  select.producer = options.warpSpecialize;
  select.pack = options.packHeads;
  select.narrower = options.narrower;
  select.expectedBatch = options.expectedBatch;
  select.expectedRows = options.expectedRows;
  select.expectedKeys = options.expectedKeys;
  select.classify = options.classify;
  manager.addPass(attn::createAttnSelectConfig(select));
  attn::AttnSplitKeysOptions splitKeys;
  splitKeys.splits = options.splits;
  manager.addPass(attn::createAttnSplitKeys(splitKeys));
  manager.addPass(attn::createAttnLowerCombine());
  manager.addPass(attn::createAttnLowerQuantize());
  manager.addPass(attn::createAttnTile());
  addGridCleanup(manager);
  // It evaluates functions element by element, as they are written.
  if (options.classify)
    manager.addPass(attn::createAttnClassifyTiles());
  if (options.hoistConversions)
    manager.addPass(attn::createAttnHoistConversions());
  if (options.prune)
    manager.addPass(attn::createAttnPruneMaskedTiles());
  if (options.pairTiles && options.persistent)
    manager.addPass(attn::createAttnPairTiles());
  manager.addPass(attn::createAttnApplyBlockScales());
  if (options.fuseRowSums)
    manager.addPass(attn::createAttnFuseRowSums());
  if (options.speculate) {
    attn::AttnSpeculateMaximumOptions speculate;
    speculate.adapt = options.adapt;
    manager.addPass(attn::createAttnSpeculateMaximum(speculate));
  }
  manager.addPass(attn::createAttnLowerOnlineSoftmax());
  addGridCleanup(manager);
}

void mlir::hopper::buildTileToAsyncPipeline(
    OpPassManager &manager, const HopperPipelineOptions &options) {
  manager.addPass(createHopperOutlineKernel());
  OpPassManager &kernels =
      manager.nest<gpu::GPUModuleOp>().nest<gpu::GPUFuncOp>();
  if (options.persistent)
    addVerified(kernels, createHopperMakePersistent(), options);
  addVerified(kernels, createHopperLowerContractions(), options);
  addVerified(kernels, createHopperInsertTransposes(), options);
  addVerified(kernels, createHopperSplitAccumulation(), options);
  if (options.deferRowSums)
    addVerified(kernels, createHopperDeferRowSums(), options);
  addVerified(kernels, createHopperInsertTMA(), options);
  addVerified(kernels, createHopperInsertChannels(), options);
  addCleanup(kernels);
}

void mlir::hopper::buildAsyncToRolesPipeline(
    OpPassManager &manager, const HopperPipelineOptions &options) {
  OpPassManager &kernels =
      manager.nest<gpu::GPUModuleOp>().nest<gpu::GPUFuncOp>();
  addVerifiers(kernels, options);
  if (options.warpSpecialize)
    addVerified(kernels, createHopperSpecializeWarps(), options);
  if (options.pipeline) {
    addVerified(kernels, createHopperScheduleLoop(), options);
    addVerified(kernels, createHopperPipelineLoop(), options);
    addCleanup(kernels);
  }
  // Behind the pipeline, whose prologue takes the first tile in any case.
  if (options.split) {
    addVerified(kernels, attn::createAttnSplitMaskedTiles(), options);
    addCleanup(kernels);
  }
  // Masks stand between scores and exponents, but not in a loop of full tiles.
  if (options.foldFactors)
    addVerified(kernels, attn::createAttnFoldFactors(), options);
  addVerified(kernels, createHopperHoistReleases(), options);
  if (options.pingPong)
    addVerified(kernels, createHopperInsertPingPong(), options);
  addVerified(kernels, createHopperAssignSlots(), options);
  addVerified(kernels, createHopperAllocateSharedMemory(), options);
  addCleanup(kernels);
}

void mlir::hopper::buildRolesToNVVMPipeline(
    OpPassManager &manager, const HopperPipelineOptions &options) {
  OpPassManager &before = manager.nest<gpu::GPUModuleOp>();
  OpPassManager &kernels = before.nest<gpu::GPUFuncOp>();
  addVerifiers(kernels, options);
  kernels.addPass(createHopperNarrowIndices());
  kernels.addPass(createHopperDistributeVectors());
  addCleanup(kernels);
  if (options.placeWaits)
    kernels.addPass(createHopperPlaceWaits());
  if (options.interleave)
    kernels.addPass(createHopperInterleaveArithmetic());
  if (options.emulateExponentials)
    kernels.addPass(createHopperEmulateExponentials());
  // Of threads, whose products nothing has checked yet.
  addVerifiers(kernels, options);
  before.addPass(createConvertHopperToNVVM());
  manager.addPass(createHopperVerifyLowered());
  OpPassManager &modules = manager.nest<gpu::GPUModuleOp>();
  if (options.overlapLaunches)
    modules.addPass(createHopperOverlapLaunches());
  // Parts of outputs: the heads that share a head of K and V.
  modules.addPass(memref::createExpandStridedMetadataPass());
  modules.addPass(createLowerAffinePass());
  modules.addPass(createSCFToControlFlowPass());
  modules.addPass(createConvertKernelToLLVM());
  addCleanup(modules);
  // For embedders that translate the result: upstream's translation knows only
  // a part of the nvvm dialect.
  modules.addPass(createConvertNVVMToLLVMPass());
  modules.addPass(createPruneKernelParameters());
}

void mlir::hopper::buildAttnToHopperPipeline(
    OpPassManager &manager, const HopperPipelineOptions &options,
    HopperLevel last, HopperLevel first) {
  auto isPassed = [&](HopperLevel level) {
    return first < level && level <= last;
  };
  if (isPassed(HopperLevel::Tile))
    buildAttnToTilePipeline(manager, options);
  if (isPassed(HopperLevel::Async))
    buildTileToAsyncPipeline(manager, options);
  if (isPassed(HopperLevel::Roles))
    buildAsyncToRolesPipeline(manager, options);
  // Nothing has looked yet at what somebody wrote at that level.
  if (first == HopperLevel::Roles)
    addVerifiers(manager.nest<gpu::GPUModuleOp>().nest<gpu::GPUFuncOp>(),
                 options);
  if (isPassed(HopperLevel::NVVM))
    buildRolesToNVVMPipeline(manager, options);
}

/// The level of a kernel goes by what the passes of the one below it would take
/// up, as a kernel beside others may have nothing for them.
static HopperLevel findLevel(gpu::GPUFuncOp kernel) {
  HopperLevel level = HopperLevel::Roles;
  bool hasSharedMemory = kernel->hasAttr(kSharedMemoryAttrName);
  kernel.walk([&](Operation *op) {
    if (isa<vector::ContractionOp, LoadTileOp>(op))
      level = HopperLevel::Tile;
    auto channel = dyn_cast<CreateChannelOp>(op);
    bool isPlaced = hasSharedMemory && channel && channel.getOffset() &&
                    channel.getBarriers();
    if (channel && !isPlaced)
      level = std::min(level, HopperLevel::Async);
  });
  return level;
}

HopperLevel mlir::hopper::findHighestLevel(ModuleOp module) {
  HopperLevel highest = HopperLevel::NVVM;
  module.walk([&](Operation *op) {
    HopperLevel level = HopperLevel::NVVM;
    if (isa<attn::ForwardOp, attn::CombineOp, attn::QuantizeOp,
            attn::DequantizeOp>(op))
      level = HopperLevel::Problem;
    else if (isa<scf::ForallOp>(op))
      level = HopperLevel::Tile;
    else if (auto kernel = dyn_cast<gpu::GPUFuncOp>(op))
      level = findLevel(kernel);
    highest = std::min(highest, level);
  });
  return highest;
}

void mlir::hopper::registerHopperPipelines() {
  registerModulePipeline<HopperPipelineOptions>(
      "attn-to-tile", "Tile attention into a grid and a loop over keys",
      buildAttnToTilePipeline);
  registerModulePipeline<HopperPipelineOptions>(
      "tile-to-async",
      "Bring tiles into shared memory through channels, and multiply "
      "asynchronously",
      buildTileToAsyncPipeline);
  registerModulePipeline<HopperPipelineOptions>(
      "async-to-roles", "Split the kernel into roles and pipeline its loop",
      buildAsyncToRolesPipeline);
  registerModulePipeline<HopperPipelineOptions>(
      "roles-to-nvvm", "Lower a kernel of roles to the LLVM and NVVM dialects",
      buildRolesToNVVMPipeline);
  registerModulePipeline<HopperPipelineOptions>(
      "attn-to-hopper", "Compile attention to the LLVM and NVVM dialects",
      [](OpPassManager &manager, const HopperPipelineOptions &options) {
        buildAttnToHopperPipeline(manager, options);
      });
}

void mlir::hopper::registerHopperPipelineDialects(DialectRegistry &registry) {
  registry
      .insert<affine::AffineDialect, arith::ArithDialect, attn::AttnDialect,
              bufferization::BufferizationDialect, cf::ControlFlowDialect,
              func::FuncDialect, gpu::GPUDialect, HopperDialect,
              LLVM::LLVMDialect, linalg::LinalgDialect, math::MathDialect,
              memref::MemRefDialect, nvgpu::NVGPUDialect, NVVM::NVVMDialect,
              scf::SCFDialect, tensor::TensorDialect, vector::VectorDialect>();
  arith::registerBufferizableOpInterfaceExternalModels(registry);
  attn::registerBufferizableOpInterfaceExternalModels(registry);
  bufferization::func_ext::registerBufferizableOpInterfaceExternalModels(
      registry);
  // No kernel has these, and a pass says so, at each of them.
  linalg::registerBufferizableOpInterfaceExternalModels(registry);
  scf::registerBufferizableOpInterfaceExternalModels(registry);
  tensor::registerBufferizableOpInterfaceExternalModels(registry);
  registerConvertNVVMToLLVMInterface(registry);
}
