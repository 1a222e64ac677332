//===- fa3-tune.cpp - Find the fastest configuration of a kernel ----------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiles the configurations of attentions, times them, and writes a table of
// the fastest that attn-select-config reads.
//
//   fa3-tune attention.mlir -o table.json
//   fa3-compile attention.mlir --pipeline-options=tuning-table=table.json ...
//
// Where the GPU is on another machine, fa3-measure does the timing there.
//
//===----------------------------------------------------------------------===//

#include "../Common/CommandLine.h"
#include "Candidates.h"
#include "MakeTable.h"
#include "Measure.h"

#include "fa3/Analysis/TuningTable.h"
#include "fa3/Runtime/OutputFiles.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"

namespace cl = llvm::cl;
using namespace fa3;
using namespace fa3::tune;
using llvm::StringRef;

namespace {
/// The options of the tool; made before the command line is parsed.
struct Options {
  cl::OptionCategory category{"fa3-tune options"};
  cl::list<std::string> inputs{
      cl::Positional, cl::OneOrMore,
      cl::desc("<files with attn.forward, or timed plans with --table>"),
      cl::cat(category)};
  cl::opt<std::string> output{"o", cl::desc("Output file: the table"),
                              cl::value_desc("file"), cl::cat(category)};
  cl::opt<std::string> kernels{
      "kernels",
      cl::desc("Folder for the kernels and their plan; without it they are "
               "removed when they have been timed"),
      cl::value_desc("folder"), cl::cat(category)};
  cl::opt<bool> compileOnly{
      "compile-only",
      cl::desc("Stop before timing, which fa3-measure does elsewhere; needs "
               "--kernels"),
      cl::cat(category)};
  cl::opt<bool> table{
      "table",
      cl::desc("Make a table of what fa3-measure timed elsewhere; without -o "
               "only say what is the fastest"),
      cl::cat(category)};
  cl::opt<std::string> compare{
      "compare",
      cl::desc("With --table: say also how far another table is behind"),
      cl::value_desc("table"), cl::cat(category)};
  cl::list<int64_t> lengths{
      "lengths", cl::CommaSeparated,
      cl::desc("What open lengths are tuned at, each for itself and all "
               "together. Default: 512 to 16384, each twice the one before"),
      cl::value_desc("lengths"), cl::cat(category)};
  cl::opt<int64_t> tokens{
      "tokens", cl::desc("Rows of all batches together, where batch is open"),
      cl::init(16384), cl::cat(category)};
  cl::opt<int64_t> distance{
      "distance",
      cl::desc("Try configurations that differ in this many properties from "
               "what is selected without a table; 5 is all of them"),
      cl::init(1), cl::cat(category)};
  cl::opt<unsigned> rounds{"rounds",
                           cl::desc("Launches of each kernel on each shape"),
                           cl::init(15), cl::cat(category)};
  cl::opt<unsigned> threads{
      "j", cl::desc("Threads that compile. Default: one for each core"),
      cl::init(0), cl::cat(category)};
  cl::opt<std::string> ptxas{
      "ptxas",
      cl::desc("Path of ptxas. Default: $FA3_PTXAS, the PATH, CUDA toolkits, "
               "Python packages"),
      cl::value_desc("path"), cl::cat(category)};
};
} // namespace

static llvm::Error checkOptions(const Options &options) {
  if (options.table && options.compileOnly)
    return llvm::createStringError(
        "expected --compile-only or --table, but got both");
  if (!options.table && !options.compare.empty())
    return llvm::createStringError("--compare: expected --table with it");
  if (options.compileOnly && options.kernels.empty())
    return llvm::createStringError(
        "--compile-only: expected a folder for the kernels (--kernels)");
  if (options.compileOnly && !options.output.empty())
    return llvm::createStringError(
        "--compile-only: expected no -o, as there is no table");
  if (!options.compileOnly && !options.table && options.output.empty())
    return llvm::createStringError("expected the name of the table (-o)");
  for (int64_t length : options.lengths)
    if (length < 1)
      return llvm::createStringError(
          "--lengths: expected lengths of at least 1, but got " +
          llvm::Twine(length));
  if (options.tokens < 1)
    return llvm::createStringError("--tokens: expected at least 1, but got " +
                                   llvm::Twine(options.tokens));
  if (options.rounds < 1)
    return llvm::createStringError("--rounds: expected at least 1, but got 0");
  return llvm::Error::success();
}

/// The problems of all files.
static llvm::Expected<std::vector<Problem>>
readProblems(const Options &options, mlir::MLIRContext &context) {
  ProblemOptions problemOptions;
  problemOptions.lengths.assign(options.lengths.begin(), options.lengths.end());
  if (problemOptions.lengths.empty())
    problemOptions.lengths = {512, 1024, 2048, 4096, 8192, 16384};
  problemOptions.tokens = options.tokens;
  problemOptions.distance = options.distance;
  std::vector<Problem> problems;
  for (const std::string &input : options.inputs) {
    llvm::SourceMgr sourceMgr;
    mlir::SourceMgrDiagnosticHandler handler(sourceMgr, &context);
    mlir::OwningOpRef<mlir::ModuleOp> module =
        mlir::parseSourceFile<mlir::ModuleOp>(input, sourceMgr, &context);
    if (!module)
      return llvm::createStringError(input + ": expected a module");
    llvm::Expected<std::vector<Problem>> own =
        findProblems(*module, problemOptions);
    if (!own)
      return llvm::createStringError(input + ": " +
                                     llvm::toString(own.takeError()));
    for (Problem &problem : *own) {
      for (const Problem &other : problems)
        if (other.name == problem.name)
          return llvm::createStringError(
              input +
              ": expected functions of different names, but got a "
              "second @" +
              problem.name);
      problems.push_back(std::move(problem));
    }
  }
  return problems;
}

/// Compiles into the folder, and writes the plan there.
static llvm::Expected<Plan> compileInto(StringRef folder,
                                        const Options &options) {
  mlir::DialectRegistry registry;
  registerCompilerDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  llvm::Expected<std::vector<Problem>> problems =
      readProblems(options, context);
  if (!problems)
    return problems.takeError();
  // Kernels take minutes to compile, and are of no use where none can run.
  if (!options.compileOnly)
    if (llvm::Error error = checkDevice())
      return std::move(error);
  CompileOptions compileOptions;
  compileOptions.assembler.ptxas = options.ptxas;
  llvm::Expected<Ptxas> ptxas = findPtxas(compileOptions.assembler);
  if (!ptxas)
    return ptxas.takeError();
  // Looked for once.
  compileOptions.assembler.ptxas = ptxas->path;
  if (std::error_code error = llvm::sys::fs::create_directories(folder))
    return llvm::createStringError(error, "cannot make the folder '" + folder +
                                              "': " + error.message());
  std::vector<std::vector<Candidate>> candidates =
      compileCandidates(*problems, compileOptions, options.threads);

  Plan plan;
  plan.generator = std::string("fa3 ") + fa3_version();
  plan.assembler = ptxas->release;
  runtime::OutputFiles files;
  auto write = [&](const llvm::Twine &name, StringRef content) -> llvm::Error {
    llvm::SmallString<128> path(folder);
    llvm::sys::path::append(path, name);
    if (llvm::Error error = files.reserve(path))
      return error;
    return files.write(path, content);
  };
  for (auto [problem, own] : llvm::zip_equal(*problems, candidates)) {
    PlannedProblem &planned = plan.problems.emplace_back();
    planned.name = problem.name;
    planned.key = mlir::attn::printTuningKey(problem.key);
    planned.shapes = problem.shapes;
    for (Candidate &candidate : own) {
      planned.kernels.push_back({candidate.config, "", candidate.error, {}});
      if (!candidate.error.empty())
        continue;
      planned.kernels.back().manifest = candidate.name + ".json";
      if (llvm::Error error =
              write(candidate.name + ".json", candidate.manifest))
        return std::move(error);
      if (llvm::Error error = write(candidate.name + ".cubin", candidate.image))
        return std::move(error);
    }
  }
  if (llvm::Error error = write("plan.json", printPlan(plan)))
    return std::move(error);
  if (llvm::Error error = files.commit())
    return std::move(error);
  return plan;
}

/// The table that another is compared with.
static llvm::Expected<mlir::attn::TuningTable> readTable(StringRef path) {
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> file =
      llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return llvm::createStringError(file.getError(),
                                   "cannot read '" + path +
                                       "': " + file.getError().message());
  return mlir::attn::parseTuningTable((*file)->getBuffer(), path);
}

static llvm::Error writeTable(llvm::ArrayRef<Plan> plans,
                              runtime::OutputFiles &files,
                              const Options &options) {
  std::optional<mlir::attn::TuningTable> compared;
  if (!options.compare.empty()) {
    llvm::Expected<mlir::attn::TuningTable> read = readTable(options.compare);
    if (!read)
      return read.takeError();
    compared = std::move(*read);
  }
  llvm::Expected<mlir::attn::TuningTable> table =
      makeTable(plans, compared ? &*compared : nullptr, llvm::outs());
  if (!table)
    return table.takeError();
  if (options.output.empty())
    return llvm::Error::success();
  if (llvm::Error error = files.write(
          options.output, StringRef(mlir::attn::printTuningTable(*table))))
    return error;
  return files.commit();
}

/// Removes the folder of kernels that nobody asked to keep.
namespace {
struct TemporaryFolder {
  llvm::SmallString<128> path;
  ~TemporaryFolder() {
    if (!path.empty())
      llvm::sys::fs::remove_directories(path);
  }
};
} // namespace

static llvm::Error run(const Options &options) {
  if (llvm::Error error = checkOptions(options))
    return error;
  runtime::OutputFiles files;
  for (const std::string &input : options.inputs)
    files.addInput(input);
  if (!options.output.empty())
    if (llvm::Error error = files.reserve(options.output))
      return error;
  if (options.table) {
    std::vector<Plan> plans;
    for (const std::string &input : options.inputs) {
      llvm::Expected<Plan> plan = readPlan(input);
      if (!plan)
        return plan.takeError();
      plans.push_back(std::move(*plan));
    }
    return writeTable(plans, files, options);
  }
  TemporaryFolder temporary;
  StringRef folder = options.kernels;
  if (folder.empty()) {
    if (std::error_code error =
            llvm::sys::fs::createUniqueDirectory("fa3-tune", temporary.path))
      return llvm::createStringError(error, "cannot make a folder: " +
                                                error.message());
    folder = temporary.path;
  }
  llvm::Expected<Plan> plan = compileInto(folder, options);
  if (!plan)
    return plan.takeError();
  if (options.compileOnly)
    return llvm::Error::success();
  MeasureOptions measureOptions;
  measureOptions.rounds = options.rounds;
  if (llvm::Error error = measure(*plan, folder, measureOptions))
    return error;
  return writeTable(*plan, files, options);
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  Options options;
  if (!fa3::checkOptions(argc, argv))
    return 1;
  cl::HideUnrelatedOptions(options.category);
  cl::ParseCommandLineOptions(
      argc, argv, "Finds the fastest configurations of attention kernels\n");
  // A fault of LLVM in one configuration does not end the others.
  llvm::CrashRecoveryContext::Enable();
  if (llvm::Error error = run(options)) {
    llvm::WithColor::error(llvm::errs(), "fa3-tune")
        << llvm::toString(std::move(error)) << '\n';
    return 1;
  }
  return 0;
}
