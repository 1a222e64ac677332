//===- TuningTable.h - Configurations that were measured --------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A table says which configuration was the fastest of those that were timed.
// fa3-tune writes it and attn-select-config reads it. The JSON form:
//
//   {"version": 1, "device": "NVIDIA H100 80GB HBM3",
//    "generator": "fa3 0.1.0", "assembler": 13000, "driver": 13000,
//    "entries": [
//      {"element": "f16", "head_size": 128, "value_head_size": 128,
//       "right": 0, "length": 512, "tiles": 512,
//       "config": "tile = 128x128, stages = 2, ...",
//       "measured": {"nanoseconds": 101520, "timed": 15}}]}
//
// "left" and "right" are how many keys beside its own position a row sees;
// without either it sees all of that side, so that "right": 0 alone is a causal
// mask. "length" and "tiles" are buckets of sizes; without them the entry
// serves attentions whose batch or length is not known. "device", "generator",
// "assembler", "driver" and "measured" are for people: what compiles knows of
// no device, and by a table of another GPU kernels are right, if not the
// fastest. Keys that are none of these are refused.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_ANALYSIS_TUNINGTABLE_H
#define FA3_ANALYSIS_TUNINGTABLE_H

#include "fa3/Analysis/KernelResources.h"
#include "fa3/Analysis/LaunchSizes.h"
#include "llvm/Support/JSON.h"

namespace mlir::attn {

/// What decides how fast a configuration is.
struct TuningKey {
  std::string element; // of Q, K, V, as in the text of the IR
  int64_t headSize = 0, valueHeadSize = 0;
  std::optional<int64_t> left, right;
  /// Rows and keys up to a power of two, 512 to 16384, or more than that.
  std::optional<int64_t> length;
  /// Tiles of 128 rows of all heads and batches, down to a power of two; 512
  /// and more, which keep every multiprocessor busy, are 512.
  std::optional<int64_t> tiles;
};

/// The key of an attention of these sizes, or nothing where tables do not cover
/// it: with score or mask functions, whose registers no key tells; on scaled
/// inputs or ranges of keys; on up to 256 rows or keys, or where one of them is
/// of another length than the other.
std::optional<TuningKey> getTuningKey(ForwardOp op, const LaunchSizes &sizes);

/// Whether tables cover attentions for which the rule chooses this: where there
/// are few rows it packs heads, splits keys, or leaves one consumer, for each
/// number of rows in its own way.
bool isTunable(ConfigAttr rule);

struct TuningEntry {
  TuningKey key;
  /// The text of an #attn.config between its angle brackets.
  std::string config;
  llvm::json::Object measured;
};

struct TuningTable {
  static constexpr int64_t kVersion = 1;

  std::string device, generator;
  /// 1000 · major + 10 · minor of CUDA.
  int64_t assembler = 0, driver = 0;
  std::vector<TuningEntry> entries;

  /// The first entry of a problem; null if there is none.
  const TuningEntry *find(const TuningKey &key) const;
};

/// Parses the key of an entry, which a plan of fa3-tune has as well.
llvm::Expected<TuningKey> parseTuningKey(const llvm::json::Object &object);
llvm::json::Object printTuningKey(const TuningKey &key);

/// Parses a table. `name` is what messages call it; they name the entry too.
llvm::Expected<TuningTable> parseTuningTable(StringRef text, StringRef name);

/// Parses the configuration of an entry and checks it by the resource
/// equations.
FailureOr<ConfigAttr> getConfig(const TuningEntry &entry, MLIRContext *context,
                                function_ref<InFlightDiagnostic()> emitError);

/// The JSON form and a newline, an entry a line.
std::string printTuningTable(const TuningTable &table);

} // namespace mlir::attn

#endif // FA3_ANALYSIS_TUNINGTABLE_H
