//===- KernelResources.cpp - Resource equations of a kernel ---------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Analysis/KernelResources.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::attn;
using namespace mlir::attn::hopper_limits;

ProblemShape mlir::attn::getProblemShape(ForwardOp op) {
  Type element = op.getQueryType().getElementType();
  // What attn-fuse-row-sums asks for that is known here.
  bool sumsRows = isa<Float8E4M3FNType>(op.getValueType().getElementType()) &&
                  !op.getLse() &&
                  op.getValueHeadSize() + kSumColumns <= kMmaMaxColumns;
  return {op.getHeadSize(), op.getValueHeadSize(),
          element.getIntOrFloatBitWidth() / 8, op.hasTransposedValue(),
          sumsRows};
}

KernelResources mlir::attn::computeResources(ConfigAttr config,
                                             const ProblemShape &shape) {
  // Rows in shared memory are slabs of the swizzle's width.
  auto rowBytes = [&](int64_t columns) {
    return llvm::alignTo(columns * shape.elementBytes, kSwizzleBytes);
  };
  int64_t keyBytes = config.getTileKV() * rowBytes(shape.headSize);
  int64_t transposedBytes =
      (shape.valueHeadSize + (shape.sumsRows ? kSumColumns : 0)) *
      rowBytes(config.getTileKV());
  int64_t valueBytes = shape.transposedValue
                           ? transposedBytes
                           : config.getTileKV() * rowBytes(shape.valueHeadSize);
  KernelResources resources;
  resources.sharedMemory = config.getQueryStages().value_or(1) *
                               config.getTileQ() * rowBytes(shape.headSize) +
                           config.getStages() * (keyBytes + valueBytes) +
                           kBarrierBytes;
  // 8-bit V that has rows is transposed into a ring of its own.
  if (shape.elementBytes == 1 && !shape.transposedValue)
    resources.sharedMemory += config.getStages() * transposedBytes;
  // A warpgroup holds 64 rows in 128 threads: half of the tile's columns each.
  bool isNarrow = shape.elementBytes == 1;
  resources.consumerRegisters = config.getTileKV() / 2 +
                                config.getTileKV() * shape.elementBytes / 8 +
                                shape.valueHeadSize / 2 +
                                (isNarrow ? kNarrowRegisterSlack
                                 : config.getSpeculation() ? kSpeculationSlack
                                                           : kRegisterSlack);
  // Under speculation the scores stay for the way back, beside those of the
  // probabilities that are computed from them before the registers of the last
  // ones are free: the share in front of the wait for P·V, which ptxas puts in
  // their middle at the latest.
  constexpr int64_t kLatestShare = 50;
  if (config.getSpeculation())
    resources.consumerRegisters +=
        config.getTileKV() / 2 *
        std::min(config.getPin().value_or(kLatestShare), kLatestShare) / 100;
  // What the matrix units add up in a tile stands beside the sum of all tiles.
  if (config.getTwoLevel())
    resources.consumerRegisters += shape.valueHeadSize / 2;
  resources.registerFile =
      kWarpgroup * (config.getProducerRegisters() +
                    config.getConsumers() * config.getConsumerRegisters());
  return resources;
}

LogicalResult
mlir::attn::verifyHopperConfig(ConfigAttr config, const ProblemShape &shape,
                               function_ref<InFlightDiagnostic()> emitError) {
  if (config.getTileQ() != kMmaRows * config.getConsumers())
    return emitError() << "expected a tile of " << kMmaRows
                       << " rows for each of " << config.getConsumers()
                       << " consumers = " << kMmaRows * config.getConsumers()
                       << ", but got " << config.getTileQ();
  if (config.getTileQ() > kMaxBoxSide)
    return emitError() << "expected at most " << kMaxBoxSide
                       << " rows in a tile (the side of a TMA box), but got "
                       << config.getTileQ();
  // K is the N of Q·Kᵀ and V the K of P·V, whose step is 256 bits.
  int64_t step = 32 / shape.elementBytes;
  if (config.getTileKV() % step != 0 || config.getTileKV() > kMmaMaxColumns)
    return emitError() << "expected a multiple of " << step
                       << " keys in a tile, at most " << kMmaMaxColumns
                       << ", but got " << config.getTileKV();
  KernelResources resources = computeResources(config, shape);
  if (resources.sharedMemory > kSharedMemory)
    return emitError() << "expected at most " << kSharedMemory
                       << " bytes of shared memory, but the tile "
                       << config.getTileQ() << "x" << config.getTileKV()
                       << " with " << config.getStages() << " stages needs "
                       << resources.sharedMemory;
  if (resources.consumerRegisters > config.getConsumerRegisters())
    return emitError() << "expected a consumer to need at most its "
                       << config.getConsumerRegisters()
                       << " registers, but scores, probabilities and output of "
                          "the tile need "
                       << resources.consumerRegisters;
  if (resources.registerFile > kRegisterFile)
    return emitError() << "expected at most " << kRegisterFile
                       << " registers in a block, but " << config.getConsumers()
                       << " consumers and a producer "
                       << "need " << resources.registerFile;
  return success();
}
