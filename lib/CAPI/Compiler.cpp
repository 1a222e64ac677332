//===- Compiler.cpp - C API of the compiler -------------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3-c/Compiler.h"
#include "Diagnostics.h"
#include "fa3/Compiler/Compiler.h"
#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Support.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>

using namespace mlir;

namespace {
struct Result {
  bool success = false;
  std::string output, ptx, manifest, summary, diagnostics;
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

static fa3::AssembleOptions unwrapAssembler(const Fa3CompileOptions &options) {
  fa3::AssembleOptions unwrapped;
  unwrapped.ptxas = ::unwrap(options.ptxas).str();
  SmallVector<StringRef> folders;
  ::unwrap(options.packageFolders).split(folders, ':', -1, /*KeepEmpty=*/false);
  for (StringRef folder : folders)
    unwrapped.packageFolders.push_back(folder.str());
  unwrapped.allowSpills = options.allowSpills;
  unwrapped.allowSerialization = options.allowSerialization;
  return unwrapped;
}

/// The level, or failure and a diagnostic.
static FailureOr<fa3::EmitLevel> unwrapLevel(const Fa3Level &level,
                                             MLIRContext &context) {
  // Any number may come from C; as an enumeration it must not be read.
  int number = 0;
  static_assert(sizeof(number) == sizeof(level));
  std::memcpy(&number, &level, sizeof(number));
  if (number < Fa3LevelAttn || number > Fa3LevelCubin)
    return emitError(UnknownLoc::get(&context), "expected a level from ")
           << static_cast<int>(Fa3LevelAttn) << " (Fa3LevelAttn) to "
           << static_cast<int>(Fa3LevelCubin) << " (Fa3LevelCubin), but got "
           << number;
  return static_cast<fa3::EmitLevel>(number);
}

static void compile(ModuleOp module, const Fa3CompileOptions &options,
                    Result &result) {
  FailureOr<fa3::EmitLevel> level =
      unwrapLevel(options.level, *module.getContext());
  if (failed(level))
    return;
  fa3::CompileOptions unwrapped;
  unwrapped.level = *level;
  unwrapped.entry = ::unwrap(options.entry).str();
  unwrapped.pipelineOptions = ::unwrap(options.pipelineOptions).str();
  unwrapped.ptx.optLevel = options.optLevel;
  unwrapped.ptx.shortPointers = options.shortPointers;
  unwrapped.assembler = unwrapAssembler(options);
  FailureOr<fa3::CompiledKernel> compiled = fa3::compile(module, unwrapped);
  if (failed(compiled))
    return;
  result.success = true;
  result.output = compiled->getOutput(unwrapped.level).str();
  if (!compiled->manifest.kernels.empty()) {
    llvm::raw_string_ostream manifest(result.manifest);
    fa3::runtime::printManifest(compiled->manifest, manifest);
  }
  llvm::raw_string_ostream summary(result.summary);
  fa3::printSummary(*compiled, summary);
  result.ptx = std::move(compiled->ptx);
}

Fa3CompileResult fa3Compile(MlirModule module, Fa3CompileOptions options) {
  auto result = std::make_unique<Result>();
  ModuleOp op = unwrap(module);
  capi::DiagnosticsAsText diagnostics(*op.getContext(), result->diagnostics);
  compile(op, options, *result);
  return {result.release()};
}

Fa3CompileResult fa3CompileSource(MlirStringRef source, MlirStringRef name,
                                  Fa3CompileOptions options) {
  auto result = std::make_unique<Result>();
  DialectRegistry registry;
  fa3::registerCompilerDialects(registry);
  // Threads would have nothing to do: there is a kernel or two.
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  capi::DiagnosticsAsText diagnostics(context, result->diagnostics);
  if (OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(
          capi::unwrapSource(source), &context, ::unwrap(name)))
    compile(*module, options, *result);
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

MlirStringRef fa3CompileResultGetSummary(Fa3CompileResult result) {
  return wrap(StringRef(unwrap(result)->summary));
}

int64_t fa3FindPtxas(Fa3CompileOptions options, MlirStringCallback callback,
                     void *userData) {
  llvm::Expected<fa3::Ptxas> ptxas = fa3::findPtxas(unwrapAssembler(options));
  if (ptxas) {
    callback(wrap(StringRef(ptxas->path)), userData);
    return ptxas->release;
  }
  std::string reason = llvm::toString(ptxas.takeError());
  callback(wrap(StringRef(reason)), userData);
  return 0;
}
