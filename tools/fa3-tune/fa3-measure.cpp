//===- fa3-measure.cpp - Time kernels that fa3-tune compiled --------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The part of fa3-tune for a machine that has a GPU and nothing else: no LLVM,
// CUDA SDK or Python.
//
//   fa3-tune attention.mlir --compile-only --kernels=DIR   where LLVM is
//   fa3-measure DIR/plan.json -o DIR/timed.json            where the GPU is
//   fa3-tune --table DIR/timed.json -o table.json          where LLVM is
//
//===----------------------------------------------------------------------===//

#include "../Common/CommandLine.h"
#include "Measure.h"

#include "fa3/Runtime/OutputFiles.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

namespace cl = llvm::cl;

namespace {
/// The options of the tool; made before the command line is parsed.
struct Options {
  cl::OptionCategory category{"fa3-measure options"};
  cl::opt<std::string> input{cl::Positional, cl::Required, cl::desc("<plan>"),
                             cl::cat(category)};
  cl::opt<std::string> output{
      "o", cl::desc("Output file: the plan with its times"),
      cl::value_desc("file"), cl::Required, cl::cat(category)};
  cl::opt<unsigned> rounds{"rounds",
                           cl::desc("Launches of each kernel on each shape"),
                           cl::init(15), cl::cat(category)};
  cl::opt<std::string> match{
      "match", cl::desc("Only the problems whose name contains this"),
      cl::value_desc("text"), cl::cat(category)};
};
} // namespace

static llvm::Error run(const Options &options) {
  if (options.rounds == 0)
    return llvm::createStringError("--rounds: expected at least 1, but got 0");
  llvm::Expected<fa3::tune::Plan> plan = fa3::tune::readPlan(options.input);
  if (!plan)
    return plan.takeError();
  fa3::runtime::OutputFiles files;
  files.addInput(options.input);
  if (llvm::Error error = files.reserve(options.output))
    return error;
  fa3::tune::MeasureOptions measureOptions;
  measureOptions.rounds = options.rounds;
  measureOptions.match = options.match;
  if (llvm::Error error = fa3::tune::measure(
          *plan, llvm::sys::path::parent_path(options.input), measureOptions))
    return error;
  std::string text = fa3::tune::printPlan(*plan);
  if (llvm::Error error = files.write(options.output, llvm::StringRef(text)))
    return error;
  return files.commit();
}

int main(int argc, char **argv) {
  Options options;
  if (!fa3::checkOptions(argc, argv))
    return 1;
  cl::HideUnrelatedOptions(options.category);
  cl::ParseCommandLineOptions(argc, argv,
                              "Times kernels that fa3-tune compiled\n");
  if (llvm::Error error = run(options)) {
    llvm::errs() << "fa3-measure: error: " << llvm::toString(std::move(error))
                 << '\n';
    return 1;
  }
  return 0;
}
