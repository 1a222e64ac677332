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
