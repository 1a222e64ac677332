//===- Candidates.cpp - Compile what is to be timed -----------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Candidates.h"

#include "mlir/Parser/Parser.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/raw_ostream.h"

#include <mutex>

using namespace mlir;
using namespace mlir::attn;

namespace fa3::tune {

std::string printConfig(ConfigAttr config) {
  std::string text;
  llvm::raw_string_ostream(text) << config;
  StringRef inner = text;
  inner.consume_front("#attn.config<");
  inner.consume_back(">");
  return inner.str();
}

/// Compiles one configuration in a context of its own, as a context serves one
/// compilation at a time.
static void compileCandidate(StringRef source, const CompileOptions &options,
                             Candidate &candidate) {
  DialectRegistry registry;
  registerCompilerDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error &&
        candidate.error.empty())
      candidate.error = diagnostic.str();
    return success();
  });
  candidate.error.clear();
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(source, &context);
  CompileOptions own = options;
  own.pipelineOptions += " config='" + candidate.config + "'";
  FailureOr<CompiledKernel> compiled = failure();
  if (module)
    compiled = compile(*module, own);
  if (failed(compiled)) {
    if (candidate.error.empty())
      candidate.error = "the compilation failed";
    return;
  }
  candidate.error.clear();
  candidate.image = std::move(compiled->cubin);
  compiled->manifest.image = candidate.name + ".cubin";
  llvm::raw_string_ostream os(candidate.manifest);
  runtime::printManifest(compiled->manifest, os);
}

namespace {
/// Counts on standard error, in one line that is written over.
class Progress {
public:
  explicit Progress(size_t total) : total(total) {}
  ~Progress() { llvm::errs() << (isTerminal ? "\n" : ""); }

  void advance(StringRef problem, const Candidate &candidate) {
    std::lock_guard<std::mutex> guard(mutex);
    ++done;
    failed += !candidate.error.empty();
    // A log has a line for each tenth.
    if (!isTerminal && done * 10 / total == (done - 1) * 10 / total)
      return;
    llvm::errs() << (isTerminal ? "\r\033[K" : "") << "compiled " << done
                 << " of " << total << ", " << failed
                 << " do not assemble: " << problem << (isTerminal ? "" : "\n");
  }

private:
  std::mutex mutex;
  size_t total, done = 0, failed = 0;
  bool isTerminal = llvm::errs().is_displayed();
};
} // namespace

std::vector<std::vector<Candidate>>
compileCandidates(ArrayRef<Problem> problems, const CompileOptions &options,
                  unsigned threads) {
  std::vector<std::vector<Candidate>> candidates(problems.size());
  size_t total = 0;
  for (auto [problem, own] : llvm::zip_equal(problems, candidates)) {
    for (auto [index, config] : llvm::enumerate(problem.configs))
      own.push_back({(problem.name + "-" + llvm::Twine(index)).str(),
                     printConfig(config), "", "", ""});
    total += own.size();
  }
  Progress progress(total);
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(threads));
  for (auto [problem, own] : llvm::zip_equal(problems, candidates))
    for (Candidate &candidate : own)
      pool.async([&options, &progress, &problem = problem, &candidate] {
        llvm::CrashRecoveryContext recovery;
        if (!recovery.RunSafely(
                [&] { compileCandidate(problem.source, options, candidate); }))
          candidate.error = "the compiler crashed";
        progress.advance(problem.name, candidate);
      });
  pool.wait();
  return candidates;
}

} // namespace fa3::tune
