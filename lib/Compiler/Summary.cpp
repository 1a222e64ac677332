//===- Summary.cpp - Tables for people ------------------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Prints the kernels of a compilation, what limits the blocks that an SM holds
// of each, and the time of each step.
//
//===----------------------------------------------------------------------===//

#include "fa3/Analysis/KernelResources.h"
#include "fa3/Compiler/Compiler.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using llvm::formatv;
using llvm::raw_ostream;

namespace fa3 {

// Limits of an SM of compute capability 9.0 (CUDA programming guide, "compute
// capabilities").
static constexpr int64_t kSharedMemoryOfSM = 233472;
static constexpr int64_t kSharedMemoryReserved = 1024;
static constexpr int64_t kThreadsOfSM = 2048;
static constexpr int64_t kBlocksOfSM = 32;
static constexpr int64_t kRegisterGranularity = 8;

/// Registers at one role, such as "24", or "24, 40" where they differ.
static std::string joinRegisters(llvm::ArrayRef<int64_t> registers) {
  llvm::SmallVector<std::string> parts;
  for (int64_t count : registers)
    if (std::string text = std::to_string(count);
        !llvm::is_contained(parts, text))
      parts.push_back(std::move(text));
  return llvm::join(parts, ", ");
}

static void printRow(raw_ostream &os, llvm::StringRef name,
                     const llvm::Twine &value) {
  os << "  " << llvm::left_justify(name, 20) << value << '\n';
}

/// Says how many blocks fit on an SM, and which resource is the tightest.
static std::string describeLimit(const KernelSummary &kernel) {
  struct Limit {
    const char *name;
    int64_t blocks;
  };
  llvm::SmallVector<Limit> limits = {{"the number of blocks", kBlocksOfSM}};
  int64_t shared = kernel.sharedMemory + kernel.assembled.sharedMemory;
  limits.push_back(
      {"shared memory", kSharedMemoryOfSM / (shared + kSharedMemoryReserved)});
  if (kernel.threads > 0) {
    limits.push_back({"threads", kThreadsOfSM / kernel.threads});
    int64_t registers =
        llvm::alignTo(kernel.assembled.registers, kRegisterGranularity);
    if (registers > 0)
      limits.push_back({"registers", mlir::attn::hopper_limits::kRegisterFile /
                                         (registers * kernel.threads)});
  }
  int64_t blocks = kBlocksOfSM;
  for (const Limit &limit : limits)
    blocks = std::min(blocks, limit.blocks);
  llvm::SmallVector<llvm::StringRef> names;
  for (const Limit &limit : limits)
    if (limit.blocks == blocks)
      names.push_back(limit.name);
  return formatv("{0} {1} an SM, by {2}", blocks,
                 blocks == 1 ? "block" : "blocks", llvm::join(names, ", "));
}

static void printKernel(const KernelSummary &kernel, bool isAssembled,
                        raw_ostream &os) {
  os << "kernel " << kernel.entry << '\n';
  if (!kernel.tile.empty()) {
    printRow(os, "tile", kernel.tile);
    printRow(os, "stages", kernel.stages);
    printRow(os, "consumers", kernel.consumers);
  }
  if (kernel.threads > 0)
    printRow(os, "threads", llvm::Twine(kernel.threads));
  if (!kernel.registers.decreased.empty())
    printRow(os, "producer registers",
             joinRegisters(kernel.registers.decreased));
  if (!kernel.registers.increased.empty())
    printRow(os, "consumer registers",
             joinRegisters(kernel.registers.increased));
  int64_t shared = kernel.sharedMemory + kernel.assembled.sharedMemory;
  printRow(os, "shared memory",
           formatv("{0} of {1} bytes", shared,
                   mlir::attn::hopper_limits::kSharedMemory)
               .str());
  if (!isAssembled)
    return;
  const PtxasFunction &function = kernel.assembled;
  printRow(os, "registers at entry", llvm::Twine(function.registers));
  printRow(os, "spills",
           formatv("{0} bytes stored, {1} bytes loaded", function.spillStores,
                   function.spillLoads)
               .str());
  printRow(os, "stack frame", formatv("{0} bytes", function.stackFrame).str());
  printRow(os, "barriers", llvm::Twine(function.barriers));
  printRow(os, "limit", describeLimit(kernel));
}

void printSummary(const CompiledKernel &compiled, raw_ostream &os) {
  for (const KernelSummary &kernel : compiled.kernels)
    printKernel(kernel, !compiled.cubin.empty(), os);
  if (!compiled.addedOptions.empty())
    os << "options added for want of registers: " << compiled.addedOptions
       << '\n';
  if (!compiled.assembler.path.empty())
    os << "assembler " << compiled.assembler.path << " (CUDA "
       << compiled.assembler.release / 1000 << '.'
       << compiled.assembler.release % 1000 / 10 << ")\n";
  os << "time\n";
  double total = 0;
  for (const StepTime &step : compiled.times) {
    printRow(os, step.name, formatv("{0:f1} ms", step.seconds * 1e3).str());
    total += step.seconds;
  }
  printRow(os, "total", formatv("{0:f1} ms", total * 1e3).str());
}

} // namespace fa3
