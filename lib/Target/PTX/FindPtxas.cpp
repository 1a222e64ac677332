//===- FindPtxas.cpp - Finds an assembler for PTX -------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Looks for ptxas where CUDA toolkits and Python packages put it, and asks it
// for its release.
//
//===----------------------------------------------------------------------===//

#include "fa3/Target/PTX/Assemble.h"

#include "RunProgram.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"

using llvm::StringRef;

namespace fa3 {

static constexpr unsigned kQuerySeconds = 30;

static llvm::Error makeError(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

static std::string formatRelease(int64_t release) {
  return (llvm::Twine(release / 1000) + "." + llvm::Twine(release % 1000 / 10))
      .str();
}

/// Reads the release out of "Cuda compilation tools, release 13.0, V13.0.88",
/// or 0.
static int64_t parseRelease(StringRef output) {
  StringRef text = output.split("release ").second;
  int64_t major = 0, minor = 0;
  if (text.consumeInteger(10, major) || !text.consume_front(".") ||
      text.consumeInteger(10, minor))
    return 0;
  return major * 1000 + minor * 10;
}

/// Checks that there is a ptxas of a release that is new enough at `path`.
static llvm::Expected<Ptxas> checkPtxas(StringRef path,
                                        int64_t minimumRelease) {
  std::string expected = "expected ptxas of CUDA " +
                         formatRelease(minimumRelease) + " or newer, but got ";
  if (!llvm::sys::fs::exists(path))
    return makeError(expected + "no file at '" + path + "'");
  if (!llvm::sys::fs::can_execute(path))
    return makeError(expected + "a file that cannot be executed at '" + path +
                     "'");
  llvm::Expected<ProgramResult> result =
      runProgram(path, {"--version"}, kQuerySeconds);
  if (!result)
    return result.takeError();
  int64_t release = parseRelease(result->output);
  if (result->exitCode != 0 || release == 0)
    return makeError(expected + "another program at '" + path + "'" +
                     (result->failure.empty() ? "" : ": " + result->failure));
  if (release < minimumRelease)
    return makeError(expected + formatRelease(release) + " at '" + path +
                     "', which does not know our PTX for sm_90a");
  return Ptxas{path.str(), release};
}

/// Folders of the Python packages of the `python3` on the PATH.
static std::vector<std::string> getPythonPackageFolders() {
  std::vector<std::string> folders;
  llvm::ErrorOr<std::string> python = llvm::sys::findProgramByName("python3");
  if (!python)
    return folders;
  llvm::Expected<ProgramResult> result = runProgram(
      *python,
      {"-c",
       "import sys; print('\\n'.join(path for path in sys.path if path))"},
      kQuerySeconds);
  if (!result) {
    llvm::consumeError(result.takeError());
    return folders;
  }
  llvm::SmallVector<StringRef> lines;
  if (result->exitCode == 0)
    StringRef(result->output).split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef line : lines)
    folders.push_back(line.str());
  return folders;
}

/// Adds <folder>/nvidia/*/bin/ptxas, newest name first, and Triton's.
static void addPythonCandidates(StringRef folder,
                                std::vector<std::string> &candidates) {
  llvm::SmallString<128> nvidia(folder);
  llvm::sys::path::append(nvidia, "nvidia");
  std::vector<std::string> found;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator it(nvidia, error), end;
       !error && it != end; it.increment(error)) {
    llvm::SmallString<128> path(it->path());
    llvm::sys::path::append(path, "bin", "ptxas");
    if (llvm::sys::fs::exists(path))
      found.push_back(path.str().str());
  }
  llvm::sort(found, std::greater<>());
  candidates.insert(candidates.end(), found.begin(), found.end());
  llvm::SmallString<128> triton(folder);
  llvm::sys::path::append(triton, "triton", "backends", "nvidia", "bin");
  llvm::sys::path::append(triton, "ptxas");
  if (llvm::sys::fs::exists(triton))
    candidates.push_back(triton.str().str());
}

/// The files named ptxas that are on the PATH or in a toolkit.
static std::vector<std::string> getToolkitCandidates() {
  llvm::SmallVector<std::string> folders;
  if (auto path = llvm::sys::Process::GetEnv("PATH")) {
    llvm::SmallVector<StringRef> parts;
    StringRef(*path).split(parts, llvm::sys::EnvPathSeparator, -1,
                           /*KeepEmpty=*/false);
    for (StringRef part : parts)
      folders.push_back(part.str());
  }
  for (StringRef variable : {"CUDA_HOME", "CUDA_PATH"})
    if (auto home = llvm::sys::Process::GetEnv(variable))
      folders.push_back(*home + "/bin");
  folders.push_back("/usr/local/cuda/bin");

  std::vector<std::string> candidates;
  for (StringRef folder : folders) {
    llvm::SmallString<128> path(folder);
    llvm::sys::path::append(path, "ptxas");
    if (llvm::sys::fs::exists(path))
      candidates.push_back(path.str().str());
  }
  return candidates;
}

llvm::Expected<Ptxas> findPtxas(const AssembleOptions &options) {
  if (!options.ptxas.empty())
    return checkPtxas(options.ptxas, options.minimumRelease);
  if (auto path = llvm::sys::Process::GetEnv("FA3_PTXAS");
      path && !path->empty()) {
    llvm::Expected<Ptxas> ptxas = checkPtxas(*path, options.minimumRelease);
    if (ptxas)
      return ptxas;
    return makeError("FA3_PTXAS: " + llvm::toString(ptxas.takeError()));
  }

  std::string reasons;
  auto tryAll =
      [&](llvm::ArrayRef<std::string> candidates) -> std::optional<Ptxas> {
    for (const std::string &candidate : candidates) {
      llvm::Expected<Ptxas> ptxas =
          checkPtxas(candidate, options.minimumRelease);
      if (ptxas)
        return *ptxas;
      reasons += "; " + llvm::toString(ptxas.takeError());
    }
    return std::nullopt;
  };
  if (auto ptxas = tryAll(getToolkitCandidates()))
    return *ptxas;
  // Last, as starting Python takes longer than all the rest.
  std::vector<std::string> candidates;
  for (const std::string &folder : options.packageFolders.empty()
                                       ? getPythonPackageFolders()
                                       : options.packageFolders)
    addPythonCandidates(folder, candidates);
  if (auto ptxas = tryAll(candidates))
    return *ptxas;
  return makeError("expected ptxas of CUDA " +
                   formatRelease(options.minimumRelease) +
                   " or newer on the PATH, in $CUDA_HOME/bin, "
                   "/usr/local/cuda/bin or a Python package of NVIDIA's, but "
                   "got none; name it in FA3_PTXAS" +
                   reasons);
}

} // namespace fa3
