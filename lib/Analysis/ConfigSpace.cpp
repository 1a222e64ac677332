//===- ConfigSpace.cpp - Configurations to try ----------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Analysis/ConfigSpace.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::attn;
using namespace mlir::attn::hopper_limits;

namespace {
/// Warpgroups among which the register file is dealt out, in steps of 8.
struct Warpgroups {
  int64_t consumers, producerRegisters, consumerRegisters;
};

/// What a block does behind its first tile.
struct Stay {
  bool persistent;
  std::optional<int64_t> queryStages;
};
} // namespace

static constexpr Warpgroups kWarpgroups[] = {{2, 24, 240}, {3, 32, 160}};
static constexpr Stay kStays[] = {
    {true, 2}, {true, std::nullopt}, {false, std::nullopt}};
static constexpr int64_t kStages[] = {2, 3};
static constexpr std::optional<int64_t> kPins[] = {std::nullopt, 12, 25, 50};

/// The tiles of keys that fit beside the other properties of `config`, the
/// widest first.
static SmallVector<ConfigAttr> fitTiles(const ProblemShape &shape,
                                        ConfigAttr config) {
  SmallVector<ConfigAttr> fitting;
  int64_t step = 32 / shape.elementBytes;
  int64_t narrowest = step;
  for (int64_t keys = kMmaMaxColumns; keys >= narrowest; keys -= step) {
    ConfigAttr candidate = ConfigAttr::get(
        config.getContext(), config.getTileQ(), keys, config.getStages(),
        config.getConsumers(), config.getProducerRegisters(),
        config.getConsumerRegisters(), config.getSpeculation(), config.getPin(),
        config.getQueryStages(), config.getExponent(), config.getEmulate(),
        config.getTwoLevel(), config.getPersistent(), config.getPack(),
        config.getSplits());
    KernelResources resources = computeResources(candidate, shape);
    if (resources.sharedMemory > kSharedMemory ||
        resources.consumerRegisters > candidate.getConsumerRegisters())
      continue;
    narrowest = std::max(narrowest, keys / 2);
    fitting.push_back(candidate);
  }
  return fitting;
}

SmallVector<ConfigAttr> mlir::attn::enumerateConfigs(const ProblemShape &shape,
                                                     ConfigAttr centre,
                                                     int64_t distance) {
  llvm::SmallSetVector<ConfigAttr, 16> configs;
  configs.insert(centre);
  llvm::SmallSetVector<std::optional<int64_t>, 2> speculations;
  speculations.insert(centre.getSpeculation());
  speculations.insert(std::nullopt);
  auto add = [&](const Warpgroups &warpgroups, const Stay &stay, int64_t stages,
                 std::optional<int64_t> speculation,
                 std::optional<int64_t> pin) {
    auto config = ConfigAttr::get(
        centre.getContext(), kMmaRows * warpgroups.consumers,
        centre.getTileKV(), stages, warpgroups.consumers,
        warpgroups.producerRegisters, warpgroups.consumerRegisters, speculation,
        pin, stay.queryStages, centre.getExponent(),
        speculation ? centre.getEmulate() : std::nullopt, centre.getTwoLevel(),
        stay.persistent, /*pack=*/std::nullopt, /*splits=*/std::nullopt);
    for (ConfigAttr candidate : fitTiles(shape, config))
      if (getDistance(candidate, centre) <= distance)
        configs.insert(candidate);
  };
  for (const Warpgroups &warpgroups : kWarpgroups)
    for (const Stay &stay : kStays)
      for (int64_t stages : kStages)
        for (std::optional<int64_t> speculation : speculations)
          for (std::optional<int64_t> pin : kPins)
            add(warpgroups, stay, stages, speculation, pin);
  return configs.takeVector();
}

int64_t mlir::attn::getDistance(ConfigAttr lhs, ConfigAttr rhs) {
  bool shape = lhs.getConsumers() != rhs.getConsumers() ||
               lhs.getTileKV() != rhs.getTileKV();
  bool stay = lhs.getPersistent() != rhs.getPersistent() ||
              lhs.getQueryStages() != rhs.getQueryStages();
  return int64_t(shape) + int64_t(stay) +
         int64_t(lhs.getStages() != rhs.getStages()) +
         int64_t(lhs.getSpeculation() != rhs.getSpeculation()) +
         int64_t(lhs.getPin() != rhs.getPin());
}
