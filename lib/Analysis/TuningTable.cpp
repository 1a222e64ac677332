//===- TuningTable.cpp - Configurations that were measured ----------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Analysis/TuningTable.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <tuple>

using namespace mlir;
using namespace mlir::attn;
namespace json = llvm::json;

//===----------------------------------------------------------------------===//
// Keys
//===----------------------------------------------------------------------===//

static constexpr int64_t kShortest = 512, kLongest = 16384, kMostTiles = 512;

/// A tile of keys or of rows may hold all of what is shorter than half of the
/// first bucket.
static std::optional<int64_t> getLengthBucket(int64_t length) {
  if (length <= kShortest / 2)
    return std::nullopt;
  if (length >= kLongest)
    return kLongest;
  return static_cast<int64_t>(llvm::PowerOf2Ceil(length));
}

static int64_t getTilesBucket(int64_t heads, int64_t batch, int64_t rows) {
  constexpr int64_t kTileRows = 2 * hopper_limits::kMmaRows;
  auto tiles = static_cast<uint64_t>(llvm::divideCeil(rows, kTileRows));
  for (int64_t factor : {heads, batch})
    tiles = llvm::SaturatingMultiply(tiles, static_cast<uint64_t>(factor));
  return static_cast<int64_t>(
      llvm::bit_floor(std::min<uint64_t>(tiles, kMostTiles)));
}

std::optional<TuningKey> mlir::attn::getTuningKey(ForwardOp op,
                                                  const LaunchSizes &sizes) {
  if (!op.getScoreRegion().empty() || !op.getMaskRegion().empty() ||
      op.getQueryScale() || op.getSplitKeys())
    return std::nullopt;
  TuningKey key;
  llvm::raw_string_ostream(key.element) << op.getQueryType().getElementType();
  key.headSize = op.getHeadSize();
  key.valueHeadSize = op.getValueHeadSize();
  key.left = op.getLeftBound();
  key.right = op.getRightBound();
  int64_t heads = op.getNumQueryHeads();
  for (std::optional<int64_t> length : {sizes.rows, sizes.keys}) {
    if (!length)
      continue;
    std::optional<int64_t> bucket = getLengthBucket(*length);
    if (!bucket || (key.length && key.length != bucket))
      return std::nullopt;
    key.length = bucket;
  }
  if (sizes.batch && sizes.rows && sizes.keys)
    key.tiles = getTilesBucket(heads, *sizes.batch, *sizes.rows);
  else
    key.length = std::nullopt;
  return key;
}

bool mlir::attn::isTunable(ConfigAttr rule) {
  return rule.getConsumers() > 1 && !rule.getPack() && !rule.getSplits();
}

const TuningEntry *TuningTable::find(const TuningKey &key) const {
  auto asTuple = [](const TuningKey &key) {
    return std::tie(key.element, key.headSize, key.valueHeadSize, key.left,
                    key.right, key.length, key.tiles);
  };
  for (const TuningEntry &entry : entries)
    if (asTuple(entry.key) == asTuple(key))
      return &entry;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

static llvm::Error checkKeys(const json::Object &object,
                             ArrayRef<StringRef> known) {
  for (const auto &[key, value] : object)
    if (!llvm::is_contained(known, StringRef(key)))
      return llvm::createStringError("expected one of " +
                                     llvm::join(known, ", ") + ", but got '" +
                                     StringRef(key) + "'");
  return llvm::Error::success();
}

static llvm::Error readString(const json::Object &object, StringRef key,
                              std::string &result) {
  std::optional<StringRef> value = object.getString(key);
  if (!value)
    return llvm::createStringError("expected a string for '" + key + "'");
  result = value->str();
  return llvm::Error::success();
}

static llvm::Error readInteger(const json::Object &object, StringRef key,
                               int64_t &result) {
  std::optional<int64_t> value = object.getInteger(key);
  if (!value || *value < 0)
    return llvm::createStringError("expected a number of at least 0 for '" +
                                   key + "'");
  result = *value;
  return llvm::Error::success();
}

llvm::Expected<TuningKey>
mlir::attn::parseTuningKey(const json::Object &object) {
  TuningKey key;
  if (llvm::Error error = readString(object, "element", key.element))
    return std::move(error);
  if (llvm::Error error = readInteger(object, "head_size", key.headSize))
    return std::move(error);
  if (llvm::Error error =
          readInteger(object, "value_head_size", key.valueHeadSize))
    return std::move(error);
  for (auto [name, value] :
       {std::pair<StringRef, std::optional<int64_t> &>{"left", key.left},
        {"right", key.right},
        {"length", key.length},
        {"tiles", key.tiles}})
    if (object.get(name))
      if (llvm::Error error = readInteger(object, name, value.emplace()))
        return std::move(error);
  if (key.length && getLengthBucket(*key.length) != *key.length)
    return llvm::createStringError(
        "expected 'length' to be a power of two from 512 to 16384, but got " +
        Twine(*key.length));
  if (key.tiles &&
      (*key.tiles > kMostTiles || !llvm::isPowerOf2_64(*key.tiles)))
    return llvm::createStringError(
        "expected 'tiles' to be a power of two up to 512, but got " +
        Twine(*key.tiles));
  if (key.length.has_value() != key.tiles.has_value())
    return llvm::createStringError(
        "expected both 'length' and 'tiles', or neither");
  return key;
}

static llvm::Expected<TuningEntry> parseEntry(const json::Value &value) {
  const json::Object *object = value.getAsObject();
  if (!object)
    return llvm::createStringError("expected an object");
  if (llvm::Error error = checkKeys(
          *object, {"element", "head_size", "value_head_size", "left", "right",
                    "length", "tiles", "config", "measured"}))
    return std::move(error);
  llvm::Expected<TuningKey> key = parseTuningKey(*object);
  if (!key)
    return key.takeError();
  TuningEntry entry;
  entry.key = std::move(*key);
  if (llvm::Error error = readString(*object, "config", entry.config))
    return std::move(error);
  if (const json::Object *measured = object->getObject("measured"))
    entry.measured = *measured;
  return entry;
}

static llvm::Expected<TuningTable> parseTable(StringRef text) {
  llvm::Expected<json::Value> value = json::parse(text);
  if (!value)
    return value.takeError();
  const json::Object *object = value->getAsObject();
  if (!object)
    return llvm::createStringError("expected an object");
  if (llvm::Error error =
          checkKeys(*object, {"version", "device", "generator", "assembler",
                              "driver", "entries"}))
    return std::move(error);
  int64_t version = 0;
  if (llvm::Error error = readInteger(*object, "version", version))
    return std::move(error);
  if (version != TuningTable::kVersion)
    return llvm::createStringError("expected version " +
                                   Twine(TuningTable::kVersion) + ", but got " +
                                   Twine(version));
  TuningTable table;
  if (llvm::Error error = readString(*object, "device", table.device))
    return std::move(error);
  if (llvm::Error error = readString(*object, "generator", table.generator))
    return std::move(error);
  if (llvm::Error error = readInteger(*object, "assembler", table.assembler))
    return std::move(error);
  if (llvm::Error error = readInteger(*object, "driver", table.driver))
    return std::move(error);
  const json::Array *entries = object->getArray("entries");
  if (!entries)
    return llvm::createStringError("expected an array for 'entries'");
  for (auto [index, value] : llvm::enumerate(*entries)) {
    llvm::Expected<TuningEntry> entry = parseEntry(value);
    if (!entry)
      return llvm::createStringError("entry " + Twine(index) + ": " +
                                     llvm::toString(entry.takeError()));
    table.entries.push_back(std::move(*entry));
  }
  return table;
}

llvm::Expected<TuningTable> mlir::attn::parseTuningTable(StringRef text,
                                                         StringRef name) {
  llvm::Expected<TuningTable> table = parseTable(text);
  if (!table)
    return llvm::createStringError("tuning table '" + name +
                                   "': " + llvm::toString(table.takeError()));
  return table;
}

FailureOr<ConfigAttr>
mlir::attn::getConfig(const TuningEntry &entry, MLIRContext *context,
                      function_ref<InFlightDiagnostic()> emitError) {
  // The parser's own diagnostics would stand at no place of the IR.
  std::string message;
  ConfigAttr config;
  Type element;
  {
    ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
      message = diagnostic.str();
      return success();
    });
    config = dyn_cast_or_null<ConfigAttr>(
        parseAttribute("#attn.config<" + entry.config + ">", context));
    if (config)
      element = parseType(entry.key.element, context);
  }
  if (!config)
    return emitError() << "expected a configuration, but got '" << entry.config
                       << "'" << (message.empty() ? "" : ": " + message);
  if (!element || !element.isIntOrFloat())
    return emitError() << "expected an element type, but got '"
                       << entry.key.element << "'";
  if (!isTunable(config))
    return emitError() << "expected several consumers and neither pack nor "
                          "splits, which go by the number of rows, but got '"
                       << entry.config << "'";
  ProblemShape shape = {entry.key.headSize, entry.key.valueHeadSize,
                        element.getIntOrFloatBitWidth() / 8};
  if (failed(verifyHopperConfig(config, shape, emitError)))
    return failure();
  return config;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

json::Object mlir::attn::printTuningKey(const TuningKey &key) {
  json::Object object{{"element", key.element},
                      {"head_size", key.headSize},
                      {"value_head_size", key.valueHeadSize}};
  for (auto [name, value] :
       {std::pair<StringRef, std::optional<int64_t>>{"left", key.left},
        {"right", key.right},
        {"length", key.length},
        {"tiles", key.tiles}})
    if (value)
      object[name] = *value;
  return object;
}

std::string mlir::attn::printTuningTable(const TuningTable &table) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "{\"version\": " << TuningTable::kVersion
     << ",\n \"device\": " << json::Value(table.device)
     << ",\n \"generator\": " << json::Value(table.generator)
     << ",\n \"assembler\": " << table.assembler
     << ",\n \"driver\": " << table.driver << ",\n \"entries\": [";
  llvm::interleave(
      table.entries, os,
      [&](const TuningEntry &entry) {
        json::Object object = printTuningKey(entry.key);
        object["config"] = entry.config;
        if (!entry.measured.empty())
          object["measured"] = json::Object(entry.measured);
        os << "\n  " << json::Value(std::move(object));
      },
      ",");
  os << "]}\n";
  return text;
}
