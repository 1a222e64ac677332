//===- Assemble.cpp - From PTX to a cubin ---------------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs ptxas with temporary files and refuses what would run slowly.
//
//===----------------------------------------------------------------------===//

#include "fa3/Target/PTX/Assemble.h"

#include "RunProgram.h"

#include "llvm/ADT/StringExtras.h"

using llvm::StringRef;

namespace fa3 {

char RegisterError::ID = 0;

/// Far beyond the seconds that the largest kernels take.
static constexpr unsigned kAssembleSeconds = 600;

static llvm::Error makeError(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

/// Reports a run that brought no cubin.
static llvm::Error makeFailure(const Ptxas &ptxas, const ProgramResult &result,
                               const PtxasReport &report) {
  std::string reason = report.getErrors();
  if (reason.empty())
    reason = result.failure;
  if (reason.empty())
    reason = StringRef(result.output).trim().str();
  if (reason.empty())
    reason = "exit code " + std::to_string(result.exitCode);
  return makeError("'" + ptxas.path + "' failed: " + reason);
}

/// Refuses spills and serialisation, unless allowed.
static llvm::Error checkReport(const PtxasReport &report,
                               const AssembleOptions &options) {
  for (const PtxasFunction &function : report.functions)
    if (function.hasSpills() && !options.allowSpills)
      return llvm::make_error<RegisterError>(
          ("expected a kernel '" + function.name +
           "' without spills, but got " + llvm::Twine(function.spillStores) +
           " bytes of spill stores and " + llvm::Twine(function.spillLoads) +
           " bytes of spill loads with " + llvm::Twine(function.registers) +
           " registers; choose smaller tiles or allow spills")
              .str());
  for (const PtxasMessage &message : report.messages) {
    StringRef expected;
    if (message.isSerialization())
      expected = "wgmma instructions that overlap";
    else if (message.isInjectedWait())
      expected = "accumulators that are read behind a wait";
    if (expected.empty() || options.allowSerialization)
      continue;
    std::string text = ("expected " + expected + ", but got: ").str();
    if (!message.code.empty())
      text += "(" + message.code + ") ";
    text += message.text;
    // "due to insufficient register resources".
    if (message.code == "C7511")
      return llvm::make_error<RegisterError>(std::move(text));
    return makeError(text);
  }
  return llvm::Error::success();
}

llvm::Expected<Cubin> assemble(StringRef ptx, const AssembleOptions &options,
                               StepTimer *timer) {
  // First, or the search would say that there is no ptxas where there is no
  // place for its files.
  llvm::Expected<TemporaryFile> input = TemporaryFile::create("ptx");
  if (!input)
    return input.takeError();
  llvm::Expected<TemporaryFile> output = TemporaryFile::create("cubin");
  if (!output)
    return output.takeError();
  Cubin cubin;
  {
    StepTimer::Scope scope(timer, "find ptxas");
    llvm::Expected<Ptxas> ptxas = findPtxas(options);
    if (!ptxas)
      return ptxas.takeError();
    cubin.assembler = std::move(*ptxas);
  }

  StepTimer::Scope scope(timer, "ptxas");
  if (llvm::Error error = input->write(ptx))
    return std::move(error);

  std::string arch = "-arch=" + options.arch;
  llvm::SmallVector<StringRef> arguments = {"-O3", "-v", arch};
  arguments.append(options.extraArguments.begin(),
                   options.extraArguments.end());
  arguments.append({input->getPath(), "-o", output->getPath()});
  llvm::Expected<ProgramResult> result =
      runProgram(cubin.assembler.path, arguments, kAssembleSeconds);
  if (!result)
    return result.takeError();
  cubin.report = parsePtxasReport(result->output);
  cubin.log = result->output;
  if (result->exitCode != 0)
    return makeFailure(cubin.assembler, *result, cubin.report);
  if (llvm::Error error = checkReport(cubin.report, options))
    return std::move(error);

  llvm::Expected<std::string> image = output->read();
  if (!image)
    return image.takeError();
  if (image->empty())
    return makeError("'" + cubin.assembler.path +
                     "' failed: expected a cubin, but got an empty file");
  cubin.image = std::move(*image);
  return cubin;
}

} // namespace fa3
