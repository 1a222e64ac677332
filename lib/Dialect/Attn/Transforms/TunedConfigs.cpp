//===- TunedConfigs.cpp - The table that a run reads ----------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TunedConfigs.h"

#include "ConfigRule.h"

#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace mlir::attn;

/// Tuning/h100.json, which CMake puts here.
static constexpr StringLiteral kBuiltinTable =
#include "BuiltinTable.inc"
    ;

static const TuningTable &getBuiltinTable() {
  // A test reads it as a user's table, which reports what is wrong.
  static const TuningTable table =
      llvm::cantFail(parseTuningTable(kBuiltinTable, "builtin"));
  return table;
}

LogicalResult TunedConfigs::load(StringRef name, Location loc) {
  table = {};
  if (name == "none")
    return success();
  if (name == "builtin") {
    table = getBuiltinTable();
    return success();
  }
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> file =
      llvm::MemoryBuffer::getFile(name, /*IsText=*/true);
  if (!file)
    return emitError(loc) << "tuning table '" << name
                          << "': " << file.getError().message();
  llvm::Expected<TuningTable> read =
      parseTuningTable((*file)->getBuffer(), name);
  if (!read)
    return emitError(loc) << llvm::toString(read.takeError());
  for (auto [index, entry] : llvm::enumerate(read->entries))
    if (failed(getConfig(entry, loc.getContext(), [&, index = index] {
          return emitError(loc)
                 << "tuning table '" << name << "': entry " << index << ": ";
        })))
      return failure();
  table = std::move(*read);
  return success();
}

static ConfigAttr withoutPersistence(ConfigAttr config) {
  return ConfigAttr::get(
      config.getContext(), config.getTileQ(), config.getTileKV(),
      config.getStages(), config.getConsumers(), config.getProducerRegisters(),
      config.getConsumerRegisters(), config.getSpeculation(), config.getPin(),
      /*queryStages=*/std::nullopt, config.getExponent(), config.getEmulate(),
      config.getTwoLevel(), /*persistent=*/false, config.getPack(),
      config.getSplits());
}

FailureOr<ConfigAttr> TunedConfigs::select(ForwardOp op,
                                           const LaunchSizes &sizes,
                                           ConfigAttr rule) const {
  if (!isTunable(rule))
    return rule;
  std::optional<TuningKey> key = getTuningKey(op, sizes);
  const TuningEntry *entry = key ? table.find(*key) : nullptr;
  if (!entry)
    return rule;
  FailureOr<ConfigAttr> config =
      getConfig(*entry, op.getContext(), [&] { return op.emitOpError(); });
  // It was measured on static shapes.
  if (succeeded(config) && config->getPersistent() && !mayPersist(op))
    return withoutPersistence(*config);
  return config;
}
