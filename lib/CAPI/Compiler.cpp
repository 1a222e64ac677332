//===- Compiler.cpp - C API of the compiler -------------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3-c/Compiler.h"
#include "fa3/Compiler/Compiler.h"
#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Support.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace {
struct Result {
  bool success = false;
  std::string output, ptx, manifest, diagnostics;
};
} // namespace

static Result *unwrap(Fa3CompileResult result) {
  return static_cast<Result *>(result.ptr);
}

static_assert(Fa3LevelAttn == static_cast<int>(fa3::EmitLevel::Attn) &&
                  Fa3LevelTile == static_cast<int>(fa3::EmitLevel::Tile) &&
                  Fa3LevelAsync == static_cast<int>(fa3::EmitLevel::Async) &&
                  Fa3LevelRoles == static_cast<int>(fa3::EmitLevel::Roles) &&
                  Fa3LevelNVVM == static_cast<int>(fa3::EmitLevel::NVVM) &&
                  Fa3LevelLLVMIR == static_cast<int>(fa3::EmitLevel::LLVMIR) &&
                  Fa3LevelPTX == static_cast<int>(fa3::EmitLevel::PTX) &&
                  Fa3LevelCubin == static_cast<int>(fa3::EmitLevel::Cubin),
              "the enumerations of C and C++ agree");

static StringRef getName(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Note:
    return "note";
  case DiagnosticSeverity::Warning:
    return "warning";
  case DiagnosticSeverity::Error:
    return "error";
  case DiagnosticSeverity::Remark:
    return "remark";
  }
  llvm_unreachable("unknown severity");
}

/// Prints a diagnostic and its notes in the form in which compilers do.
static void print(Diagnostic &diagnostic, raw_ostream &os) {
  Location loc = diagnostic.getLocation();
  if (auto place = loc->findInstanceOf<FileLineColLoc>())
    os << place.getFilename().getValue() << ':' << place.getLine() << ':'
       << place.getColumn() << ": ";
  else if (!isa<UnknownLoc>(loc))
    os << loc << ": ";
  os << getName(diagnostic.getSeverity()) << ": " << diagnostic << '\n';
  for (Diagnostic &note : diagnostic.getNotes())
    print(note, os);
}

Fa3CompileOptions fa3CompileOptionsGetDefault() {
  fa3::CompileOptions options;
  Fa3CompileOptions result = {};
  result.level = static_cast<Fa3Level>(options.level);
  result.optLevel = options.ptx.optLevel;
  result.shortPointers = options.ptx.shortPointers;
  result.allowSpills = options.assembler.allowSpills;
  result.allowSerialization = options.assembler.allowSerialization;
  return result;
}

Fa3CompileResult fa3Compile(MlirModule module, Fa3CompileOptions options) {
  fa3::CompileOptions unwrapped;
  unwrapped.level = static_cast<fa3::EmitLevel>(options.level);
  unwrapped.entry = ::unwrap(options.entry).str();
  unwrapped.pipelineOptions = ::unwrap(options.pipelineOptions).str();
  unwrapped.ptx.optLevel = options.optLevel;
  unwrapped.ptx.shortPointers = options.shortPointers;
  unwrapped.assembler.ptxas = ::unwrap(options.ptxas).str();
  unwrapped.assembler.allowSpills = options.allowSpills;
  unwrapped.assembler.allowSerialization = options.allowSerialization;

  auto result = std::make_unique<Result>();
  ModuleOp op = unwrap(module);
  llvm::raw_string_ostream diagnostics(result->diagnostics);
  ScopedDiagnosticHandler handler(op.getContext(), [&](Diagnostic &diagnostic) {
    print(diagnostic, diagnostics);
  });
  // Whole kernels would stand behind each message.
  bool printsOps = op.getContext()->shouldPrintOpOnDiagnostic();
  op.getContext()->printOpOnDiagnostic(false);
  FailureOr<fa3::CompiledKernel> compiled = fa3::compile(op, unwrapped);
  op.getContext()->printOpOnDiagnostic(printsOps);
  if (failed(compiled))
    return {result.release()};
  result->success = true;
  result->output = compiled->getOutput(unwrapped.level).str();
  if (!compiled->manifest.kernels.empty()) {
    llvm::raw_string_ostream manifest(result->manifest);
    fa3::runtime::printManifest(compiled->manifest, manifest);
  }
  result->ptx = std::move(compiled->ptx);
  return {result.release()};
}

void fa3CompileResultDestroy(Fa3CompileResult result) { delete unwrap(result); }

bool fa3CompileResultIsSuccess(Fa3CompileResult result) {
  return unwrap(result)->success;
}

MlirStringRef fa3CompileResultGetDiagnostics(Fa3CompileResult result) {
  return wrap(StringRef(unwrap(result)->diagnostics));
}

MlirStringRef fa3CompileResultGetOutput(Fa3CompileResult result) {
  return wrap(StringRef(unwrap(result)->output));
}

MlirStringRef fa3CompileResultGetPTX(Fa3CompileResult result) {
  return wrap(StringRef(unwrap(result)->ptx));
}

MlirStringRef fa3CompileResultGetManifest(Fa3CompileResult result) {
  return wrap(StringRef(unwrap(result)->manifest));
}
