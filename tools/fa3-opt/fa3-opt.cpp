//===- fa3-opt.cpp - Run passes and pipelines -----------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// mlir-opt with this project's dialects, passes and pipelines beside all of
// upstream's.
//
//===----------------------------------------------------------------------===//

#include "../Common/CommandLine.h"
#include "KernelPasses.h"
#include "fa3/Compiler/SourceFile.h"
#include "fa3/InitAll.h"
#include "fa3/Runtime/OutputFiles.h"
#include "mlir/Bytecode/BytecodeReader.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/WithColor.h"
#include <csignal>

static int reportError(const llvm::Twine &message) {
  llvm::WithColor::error(llvm::errs(), "fa3-opt") << message << '\n';
  return 1;
}

/// Whether a path is standard output, a device or a pipe.
static bool isStream(llvm::StringRef path) {
  llvm::sys::fs::file_status status;
  return path == "-" || (!llvm::sys::fs::status(path, status) &&
                         llvm::sys::fs::is_other(status));
}

/// Writes the result: to a stream as it is, to a file beside what it replaces.
static llvm::Error writeOutput(llvm::StringRef path, llvm::StringRef content) {
  if (isStream(path)) {
    std::error_code error;
    llvm::raw_fd_ostream os(path, error);
    if (!error) {
      os << content;
      os.flush();
      error = os.error();
      os.clear_error();
    }
    if (error)
      return llvm::createStringError(error,
                                     "'" + path + "': " + error.message());
    return llvm::Error::success();
  }
  fa3::runtime::OutputFiles files;
  if (llvm::Error error = files.reserve(path))
    return error;
  if (llvm::Error error = files.write(path, content))
    return error;
  return files.commit();
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  // A file that grows too large is an error of its write.
  std::signal(SIGXFSZ, SIG_IGN);
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  fa3::registerAllDialects(registry);

  mlir::registerAllPasses();
  fa3::registerAllPasses();
  fa3::registerAllPipelines();

  std::string header = mlir::registerCLIOptions("FA3 pass driver\n", registry);
  if (!fa3::checkOptions(argc, argv))
    return 1;
  auto [input, output] = mlir::parseCLIOptions(argc, argv, header);
  auto config = mlir::MlirOptMainConfig::createFromCLOptions();
  // Upstream answers these without an input.
  if (config.shouldShowDialects() || config.shouldListPasses())
    return mlir::asMainReturnCode(
        mlir::MlirOptMain(argc, argv, input, output, registry));

  mlir::MlirOptMainConfig nested = config;
  nested.setPassPipelineSetupFn([&](mlir::PassManager &manager) {
    return mlir::success(mlir::succeeded(config.setupPassPipeline(manager)) &&
                         mlir::succeeded(fa3::nestKernelPasses(manager)));
  });
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> file =
      fa3::openSourceFile(input);
  if (!file)
    return reportError(llvm::toString(file.takeError()));
  bool isBytecode = mlir::isBytecode((*file)->getMemBufferRef());
  std::string result;
  llvm::raw_string_ostream os(result);
  if (mlir::failed(mlir::MlirOptMain(os, std::move(*file), registry, nested))) {
    // Parts of a split input may be right.
    if (isStream(output))
      if (llvm::Error error = writeOutput(output, result))
        return reportError(llvm::toString(std::move(error)));
    // Some faults of bytecode are found without a word.
    if (isBytecode)
      reportError("'" + input +
                  "': expected a valid module that the passes "
                  "take, in bytecode");
    return 1;
  }
  if (llvm::Error error = writeOutput(output, result))
    return reportError(llvm::toString(std::move(error)));
  return 0;
}
