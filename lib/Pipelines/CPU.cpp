//===- CPU.cpp - From attention to the LLVM dialect of a CPU --------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Pipelines/CPU.h"

#include "ModulePipeline.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Pipelines/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/Transforms/RequestCWrappers.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/SCF/Transforms/Passes.h"
#include "mlir/Dialect/Vector/Transforms/Passes.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace mlir::attn;

static void addCleanup(OpPassManager &manager) {
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

void mlir::attn::buildAttnToVectorCPUPipeline(
    OpPassManager &manager, const CPUPipelineOptions &options) {
  // A destination that was filled is overwritten: the filling goes.
  addCleanup(manager);
  // Without effect where there are no tensors. The layouts at the boundaries of
  // functions must be known: attention needs a last stride of 1.
  bufferization::OneShotBufferizePassOptions bufferize;
  bufferize.bufferizeFunctionBoundaries = true;
  // Layers in a loop: what is carried may be another buffer in each turn.
  bufferize.allowReturnAllocsFromLoops = true;
  bufferize.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  bufferize.unknownTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  manager.addPass(bufferization::createOneShotBufferizePass(bufferize));
  // What fills a tensor that an output is a part of.
  manager.addPass(createConvertLinalgToLoopsPass());
  addCleanup(manager);

  AttnSelectConfigOptions select;
  select.target = "cpu";
  select.config = options.config;
  manager.addPass(createAttnSelectConfig(select));
  AttnSplitKeysOptions splitKeys;
  splitKeys.splits = options.splits;
  manager.addPass(createAttnSplitKeys(splitKeys));
  manager.addPass(createAttnLowerCombine());
  AttnLowerQuantizeOptions quantize;
  quantize.target = "cpu";
  manager.addPass(createAttnLowerQuantize(quantize));
  manager.addPass(createAttnTile());
  if (options.classify)
    manager.addPass(createAttnClassifyTiles());
  addCleanup(manager);
  manager.addPass(createAttnHoistConversions());
  if (options.prune)
    manager.addPass(createAttnPruneMaskedTiles());
  // While the loop over keys is one, and carries what V's scales multiply.
  manager.addPass(createAttnApplyBlockScales());
  if (options.split)
    manager.addPass(createAttnSplitMaskedTiles());
  manager.addPass(createAttnSpeculateMaximum());
  manager.addPass(createAttnLowerOnlineSoftmax());
  manager.addPass(createAttnFoldFactors());
  manager.addPass(createAttnLowerTileOps());
  // Buffers of tiles belong to the function, so it must not be parallel.
  manager.addPass(createForallToForLoopPass());
  manager.addPass(createAttnLowerContractions());
  manager.addPass(createAttnLowerConversions());
  addCleanup(manager);
}

void mlir::attn::buildVectorToCPUPipeline(OpPassManager &manager) {
  manager.addNestedPass<func::FuncOp>(
      vector::createLowerVectorMultiReductionPass(
          vector::VectorMultiReductionLowering::InnerReduction));
  manager.addPass(createConvertVectorToSCFPass());
  manager.addPass(createAttnHoistStackBuffers());
  bufferization::buildBufferDeallocationPipeline(manager);
  manager.addPass(createConvertBufferizationToMemRefPass());
  manager.addPass(createLoopInvariantCodeMotionPass());
  // bf16 in integer arithmetic: not every CPU has instructions for it.
  arith::ArithExpandOpsPassOptions expand;
  expand.includeBf16 = true;
  manager.addPass(arith::createArithExpandOpsPass(expand));
  // In front of the functions of the library, which have no wrappers.
  manager.addNestedPass<func::FuncOp>(LLVM::createLLVMRequestCWrappersPass());
  // LLVM's power by an integer takes no vector of exponents, and nothing lowers
  // a clamp.
  math::MathExpandOpsPassOptions expandMath;
  expandMath.opMnemonics = {"fpowi", "clampf"};
  manager.addPass(math::createMathExpandOpsPass(expandMath));
  manager.addPass(createAttnUnrollMath());
  manager.addPass(createConvertMathToLLVMPass());
  manager.addPass(createConvertMathToLibmPass());
  manager.addPass(createSCFToControlFlowPass());
  manager.addPass(memref::createExpandStridedMetadataPass());
  manager.addPass(createLowerAffinePass());
  ConvertVectorToLLVMPassOptions vectorOptions;
  vectorOptions.reassociateFPReductions = true;
  manager.addPass(createConvertVectorToLLVMPass(vectorOptions));
  manager.addPass(createFinalizeMemRefToLLVMConversionPass());
  manager.addPass(createArithToLLVMConversionPass());
  manager.addPass(createUBToLLVMConversionPass());
  manager.addPass(createConvertIndexToLLVMPass());
  manager.addPass(createConvertControlFlowToLLVMPass());
  manager.addPass(createConvertFuncToLLVMPass());
  addCleanup(manager);
  manager.addPass(createReconcileUnrealizedCastsPass());
}

void mlir::attn::buildAttnToCPUPipeline(OpPassManager &manager,
                                        const CPUPipelineOptions &options) {
  buildAttnToVectorCPUPipeline(manager, options);
  buildVectorToCPUPipeline(manager);
}

void mlir::attn::registerCPUPipelines() {
  registerModulePipeline<CPUPipelineOptions>(
      "attn-to-cpu-vector",
      "Lower attention to loops, vectors and memrefs for a CPU",
      buildAttnToVectorCPUPipeline);
  registerModulePipeline<CPUPipelineOptions>(
      "attn-to-cpu", "Lower attention to the LLVM dialect for a CPU",
      buildAttnToCPUPipeline);
}

void mlir::attn::registerCPUDialects(DialectRegistry &registry) {
  registerAllDialects(registry);
  registerAllExtensions(registry);
  registerCPUPipelineDialects(registry);
}
