//===- fa3-reduce.cpp - Shrink an input that shows a fault ----------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// mlir-reduce with this project's dialects, passes and pipelines beside all of
// upstream's, and with simpler forms of its operations.
//
//===----------------------------------------------------------------------===//

#include "AttnReduction.h"

#include "../Common/CommandLine.h"
#include "fa3/InitAll.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Tools/mlir-reduce/MlirReduceMain.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/WithColor.h"

using llvm::StringRef;

/// The value of the option `test` in the options of a pass.
static StringRef getTest(StringRef options) {
  while (!options.empty()) {
    options = options.ltrim(" {");
    StringRef option = options.take_until(
        [](char c) { return c == ' ' || c == '{' || c == '}'; });
    options = options.drop_front(option.size());
    if (option.consume_front("test="))
      return option.trim("'\"");
    if (options.starts_with("}"))
      break;
  }
  return "";
}

/// Fails where a pass that reduces has no script to run: the reducer itself
/// takes that for a fault of its own.
static llvm::Error checkTests(llvm::ArrayRef<char *> arguments) {
  for (StringRef argument : arguments)
    for (StringRef pass : {"reduction-tree", "opt-reduction-pass"}) {
      size_t place = argument.find(pass);
      if (place == StringRef::npos)
        continue;
      StringRef options = argument.drop_front(place + pass.size());
      // Anything else is the end of another name, or in one.
      if (!options.empty() && !StringRef("={,)").contains(options.front()))
        continue;
      bool isGiven = options.consume_front("=") || options.starts_with("{");
      StringRef test = isGiven ? getTest(options) : "";
      if (test.empty())
        return llvm::createStringError(
            llvm::Twine(pass) +
            ": expected test= with the path of a script, but got none");
      llvm::sys::fs::file_status status;
      if (std::error_code error = llvm::sys::fs::status(test, status))
        return llvm::createStringError(
            llvm::Twine(pass) +
            ": expected test= with the path of a script, but got '" + test +
            "': " + error.message());
      if (!llvm::sys::fs::can_execute(test))
        return llvm::createStringError(
            llvm::Twine(pass) +
            ": expected test= with a script that can be executed, but "
            "got '" +
            test + "'");
    }
  return llvm::Error::success();
}

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  fa3::registerAllDialects(registry);
  fa3::registerAttnReduction(registry);

  mlir::registerAllPasses();
  fa3::registerAllPasses();
  fa3::registerAllPipelines();
  // Passes are options too, but registered later.
  auto isPass = [](llvm::StringRef name) {
    return mlir::PassInfo::lookup(name) || mlir::PassPipelineInfo::lookup(name);
  };
  if (!fa3::checkOptions(argc, argv, isPass))
    return 1;
  if (llvm::Error error = checkTests({argv + 1, argv + argc})) {
    llvm::WithColor::error(llvm::errs(), "fa3-reduce")
        << llvm::toString(std::move(error)) << '\n';
    return 1;
  }
  mlir::MLIRContext context(registry);
  // The reducer tries modules that do not verify, too; what is wrong with them
  // says nothing of a run that succeeds.
  std::string errors;
  mlir::ScopedDiagnosticHandler handler(
      &context, [&](mlir::Diagnostic &diagnostic) {
        llvm::raw_string_ostream(errors)
            << diagnostic.getLocation() << ": error: " << diagnostic << '\n';
        return mlir::success(diagnostic.getSeverity() ==
                             mlir::DiagnosticSeverity::Error);
      });
  if (succeeded(mlir::mlirReduceMain(argc, argv, context)))
    return 0;
  llvm::errs() << errors;
  return 1;
}
