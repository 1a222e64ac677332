//===- fa3-compile.cpp - The compiler's command line ----------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiles a module of any level to a cubin or PTX with its manifest, or to the
// text of a level between. Usage: `fa3-compile attention.mlir -o
// attention.cubin` writes attention.cubin and attention.json.
//
//===----------------------------------------------------------------------===//

#include "../Common/CommandLine.h"
#include "../Common/Diagnostics.h"
#include "fa3/Compiler/Compiler.h"
#include "fa3/Compiler/SourceFile.h"
#include "fa3/Runtime/Manifest.h"
#include "fa3/Runtime/OutputFiles.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"
#include <csignal>

namespace cl = llvm::cl;
using llvm::StringRef;

namespace {
/// The options of the tool; made before the command line is parsed.
struct Options {
  cl::OptionCategory category{"fa3-compile options"};
  cl::opt<std::string> input{cl::Positional, cl::desc("<input file>"),
                             cl::init("-"), cl::cat(category)};
  cl::opt<std::string> output{
      "o",
      cl::desc("Output file; the manifest goes beside it, with the ending "
               ".json. \"-\" prints a text level"),
      cl::value_desc("file"), cl::init("-"), cl::cat(category)};
  cl::opt<std::string> emit{
      "emit",
      cl::desc(
          "Level to stop at: attn, tile, async, roles, nvvm, llvm-ir, ptx "
          "or cubin. Default: by the output's ending, .ll, .ptx or .cubin"),
      cl::value_desc("level"), cl::cat(category)};
  cl::opt<std::string> entry{
      "entry", cl::desc("Kernel to compile, where there are several"),
      cl::value_desc("name"), cl::cat(category)};
  cl::opt<bool> verbose{
      "v", cl::desc("Print a table of resources and times to standard error"),
      cl::cat(category)};
  std::string pipelineHelp =
      "Options of the pipeline down to nvvm, "
      "\"name=value ...\", of which there "
      "are: " +
      fa3::getPipelineOptionNames() +
      ". splits, narrower and expected-... are numbers, "
      "tuning-table is a file, builtin or none, config='tile = ..., "
      "...' is the text of an #attn.config, and each "
      "other is true or false";
  cl::opt<std::string> pipelineOptions{
      "pipeline-options", cl::desc(pipelineHelp), cl::value_desc("options"),
      cl::cat(category)};
  cl::opt<unsigned> optLevel{
      "opt-level",
      cl::desc("Level of LLVM's optimiser before code generation, 0 to 3"),
      cl::init(0), cl::cat(category)};
  cl::opt<bool> shortPointers{
      "short-pointers",
      cl::desc("Compute on addresses of shared memory in 32 bits"),
      cl::cat(category)};
  cl::opt<std::string> ptxas{
      "ptxas",
      cl::desc("Path of ptxas. Default: $FA3_PTXAS, the PATH, CUDA toolkits, "
               "Python packages"),
      cl::value_desc("path"), cl::cat(category)};
  cl::list<std::string> ptxasOptions{
      "Xptxas", cl::desc("Option for ptxas, behind ours"),
      cl::value_desc("option"), cl::cat(category)};
  cl::opt<bool> allowSpills{"allow-spills",
                            cl::desc("Accept kernels that spill registers"),
                            cl::cat(category)};
  cl::opt<bool> allowSerialization{
      "allow-serialization",
      cl::desc("Accept kernels whose wgmma instructions do not overlap"),
      cl::cat(category)};
  cl::opt<bool> manifest{
      "manifest",
      cl::desc("Write a manifest; without one, kernels may lack hopper.kernel"),
      cl::init(true), cl::cat(category)};
};
} // namespace

static int reportError(const llvm::Twine &message) {
  llvm::WithColor::error(llvm::errs(), "fa3-compile") << message << '\n';
  return 1;
}

/// The level of which an output's ending speaks.
static std::optional<fa3::EmitLevel> getLevelOfEnding(StringRef output) {
  return llvm::StringSwitch<std::optional<fa3::EmitLevel>>(
             llvm::sys::path::extension(output))
      .Case(".cubin", fa3::EmitLevel::Cubin)
      .Case(".ptx", fa3::EmitLevel::PTX)
      .Case(".ll", fa3::EmitLevel::LLVMIR)
      .Default(std::nullopt);
}

/// Chooses the level, or fails with a message.
static llvm::Expected<fa3::EmitLevel> chooseLevel(const Options &options) {
  std::optional<fa3::EmitLevel> ofEnding = getLevelOfEnding(options.output);
  if (options.emit.getNumOccurrences() == 0) {
    if (ofEnding)
      return *ofEnding;
    if (options.output.getNumOccurrences() == 0)
      return llvm::createStringError(
          "expected -o with the name of a file for a cubin, or --emit with a "
          "level that is text, but got neither");
    return llvm::createStringError(
        "-o: expected a name that ends in .cubin, .ptx or .ll, or --emit, but "
        "got '" +
        options.output + "'");
  }
  auto level = fa3::parseEmitLevel(options.emit);
  if (!level)
    return llvm::createStringError("--emit: expected one of " +
                                   fa3::getEmitLevelNames() + ", but got '" +
                                   options.emit + "'");
  if (ofEnding && *ofEnding != *level)
    return llvm::createStringError(
        "-o: expected a name for " + fa3::getName(*level) + ", but got '" +
        options.output + "', which is one for " + fa3::getName(*ofEnding));
  return *level;
}

/// Fails where the input is what a level below MLIR prints.
static llvm::Error checkIsMLIR(StringRef path, StringRef text) {
  auto isPTX = [&] {
    return text.contains("\n.version ") && text.contains("\n.target ");
  };
  StringRef kind = text.starts_with("; ModuleID") ||
                           text.starts_with("source_filename") ||
                           text.starts_with("target ")
                       ? "LLVM IR"
                   : text.starts_with("\x7f"
                                      "ELF")
                       ? "a cubin"
                   : isPTX() ? "PTX"
                             : "";
  if (kind.empty())
    return llvm::Error::success();
  return llvm::createStringError(
      "'" + path +
      "': expected MLIR of the level attn, tile, async, roles or nvvm, but "
      "got " +
      kind);
}

/// Checks what can be checked before the work.
static llvm::Error checkOptions(const Options &options, fa3::EmitLevel level,
                                bool writesManifest) {
  if (options.optLevel > 3)
    return llvm::createStringError(
        "--opt-level: expected a level of at most 3, but got " +
        llvm::Twine(options.optLevel));
  if (level == fa3::EmitLevel::Cubin && options.output == "-")
    return llvm::createStringError(
        "-o: expected the name of a file for a cubin, but got '-'");
  if (writesManifest && llvm::sys::path::extension(options.output) == ".json")
    return llvm::createStringError(
        "-o: expected the name of the image, but got '" + options.output +
        "', which is that of the manifest");
  return llvm::Error::success();
}

static fa3::CompileOptions makeCompileOptions(const Options &options,
                                              fa3::EmitLevel level) {
  fa3::CompileOptions result;
  result.level = level;
  result.entry = options.entry;
  result.pipelineOptions = options.pipelineOptions;
  result.ptx.optLevel = options.optLevel;
  result.ptx.shortPointers = options.shortPointers;
  result.assembler.ptxas = options.ptxas;
  result.assembler.allowSpills = options.allowSpills;
  result.assembler.allowSerialization = options.allowSerialization;
  result.assembler.extraArguments.assign(options.ptxasOptions.begin(),
                                         options.ptxasOptions.end());
  result.requireManifest = options.manifest;
  result.configurePasses = mlir::applyPassManagerCLOptions;
  return result;
}

/// The files of one compilation.
struct Outputs {
  /// The text or the image; "-" is standard output.
  std::string output;
  /// The manifest, or "" if there is none.
  std::string manifest;
  fa3::runtime::OutputFiles files;
};

/// Announces the outputs, of which none may be the input.
static llvm::Error reserveOutputs(const Options &options, bool writesManifest,
                                  Outputs &outputs) {
  outputs.output = options.output;
  if (outputs.output == "-")
    return llvm::Error::success();
  outputs.files.addInput(options.input);
  if (llvm::Error error = outputs.files.reserve(outputs.output))
    return error;
  if (!writesManifest)
    return llvm::Error::success();
  llvm::SmallString<128> path(outputs.output);
  llvm::sys::path::replace_extension(path, "json");
  outputs.manifest = path.str().str();
  return outputs.files.reserve(outputs.manifest);
}

static llvm::Error writeOutputs(fa3::EmitLevel level, Outputs &outputs,
                                fa3::CompiledKernel &compiled) {
  StringRef content = compiled.getOutput(level);
  if (outputs.output == "-") {
    llvm::outs() << content;
    llvm::outs().flush();
    std::error_code error = llvm::outs().error();
    llvm::outs().clear_error();
    if (error)
      return llvm::createStringError(
          error, "cannot write to standard output: " + error.message());
    return llvm::Error::success();
  }
  if (llvm::Error error = outputs.files.write(outputs.output, content))
    return error;
  if (!outputs.manifest.empty()) {
    compiled.manifest.image = llvm::sys::path::filename(outputs.output).str();
    std::string json;
    llvm::raw_string_ostream os(json);
    fa3::runtime::printManifest(compiled.manifest, os);
    if (llvm::Error error =
            outputs.files.write(outputs.manifest, StringRef(json)))
      return error;
  }
  return outputs.files.commit();
}

static int run(const Options &options) {
  llvm::Expected<fa3::EmitLevel> level = chooseLevel(options);
  if (!level)
    return reportError(llvm::toString(level.takeError()));
  bool writesManifest = options.manifest && options.output != "-" &&
                        *level >= fa3::EmitLevel::PTX;
  if (llvm::Error error = checkOptions(options, *level, writesManifest))
    return reportError(llvm::toString(std::move(error)));
  Outputs outputs;
  if (llvm::Error error = reserveOutputs(options, writesManifest, outputs))
    return reportError(llvm::toString(std::move(error)));

  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> file =
      fa3::openSourceFile(options.input);
  if (!file)
    return reportError(llvm::toString(file.takeError()));
  if (llvm::Error error = checkIsMLIR(options.input, (*file)->getBuffer()))
    return reportError(llvm::toString(std::move(error)));

  mlir::DialectRegistry registry;
  fa3::registerCompilerDialects(registry);
  // One kernel offers no work to share between threads.
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);
  llvm::SourceMgr sourceMgr;
  sourceMgr.AddNewSourceBuffer(std::move(*file), llvm::SMLoc());
  mlir::SourceMgrDiagnosticHandler handler(sourceMgr, &context);
  mlir::ScopedDiagnosticHandler ownHandler(
      &context, [](mlir::Diagnostic &diagnostic) {
        return fa3::reportWithoutPlace("fa3-compile", diagnostic);
      });

  // Some faults of bytecode are found without a word.
  bool isExplained = false;
  mlir::ScopedDiagnosticHandler listener(
      &context, [&](mlir::Diagnostic &diagnostic) {
        isExplained |=
            diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error;
        return mlir::failure();
      });

  fa3::StepTimer timer;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  {
    fa3::StepTimer::Scope scope(&timer, "parse");
    module = mlir::parseSourceFile<mlir::ModuleOp>(sourceMgr, &context);
  }
  if (!module)
    return isExplained ? 1
                       : reportError("'" + options.input +
                                     "': expected a valid module");
  mlir::FailureOr<fa3::CompiledKernel> compiled =
      fa3::compile(*module, makeCompileOptions(options, *level));
  if (mlir::failed(compiled))
    return 1;
  compiled->times.insert(compiled->times.begin(), timer.getTimes().front());
  if (options.verbose)
    fa3::printSummary(*compiled, llvm::errs());
  if (llvm::Error error = writeOutputs(*level, outputs, *compiled))
    return reportError(llvm::toString(std::move(error)));
  return 0;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  // A file that grows too large is an error of its write.
  std::signal(SIGXFSZ, SIG_IGN);
  Options options;
  mlir::registerPassManagerCLOptions();
  if (!fa3::checkOptions(argc, argv))
    return 1;
  cl::HideUnrelatedOptions(options.category);
  cl::ParseCommandLineOptions(
      argc, argv, "Compiles attention operations for NVIDIA Hopper\n");

  // A fault in LLVM or in a pass ends with a diagnostic, like any other error.
  llvm::CrashRecoveryContext::Enable();
  llvm::CrashRecoveryContext recovery;
  recovery.DumpStackAndCleanupOnFailure = true;
  int exitCode = 0;
  if (!recovery.RunSafely([&] { exitCode = run(options); }))
    return reportError("the compiler crashed; nothing was written");
  return exitCode;
}
