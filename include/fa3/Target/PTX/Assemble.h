//===- Assemble.h - From PTX to a cubin -------------------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Finds ptxas and runs it on the text of a PTX module.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TARGET_PTX_ASSEMBLE_H
#define FA3_TARGET_PTX_ASSEMBLE_H

#include "fa3/Target/PTX/PtxasReport.h"
#include "fa3/Target/PTX/StepTimer.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace fa3 {

struct AssembleOptions {
  /// Path of ptxas; "" looks for it, see findPtxas.
  std::string ptxas;
  /// Folders of Python packages to look in. Where there is none, those of the
  /// `python3` on the PATH.
  std::vector<std::string> packageFolders;
  /// The first release of CUDA whose ptxas reads our PTX, 1000 · major + 10 ·
  /// minor: PTX 8.6 came with CUDA 12.7.
  int64_t minimumRelease = 12070;
  std::string arch = "sm_90a";
  /// Accept kernels that keep registers in memory.
  bool allowSpills = false;
  /// Accept kernels whose wgmma instructions wait for each other.
  bool allowSerialization = false;
  /// Options for ptxas, behind ours.
  std::vector<std::string> extraArguments;
};

/// A kernel has too few registers, and keeps values in memory or lets products
/// wait for each other: smaller tiles may not.
class RegisterError : public llvm::ErrorInfo<RegisterError> {
public:
  static char ID;

  explicit RegisterError(std::string message) : message(std::move(message)) {}
  void log(llvm::raw_ostream &os) const override { os << message; }
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }

private:
  std::string message;
};

/// An assembler that can be run.
struct Ptxas {
  std::string path;
  /// 1000 · major + 10 · minor of the CUDA release it belongs to.
  int64_t release = 0;
};

/// An image for the driver, and what ptxas said about it.
struct Cubin {
  std::string image;
  PtxasReport report;
  /// All that ptxas printed.
  std::string log;
  Ptxas assembler;
};

/// Finds a ptxas that can be run and is new enough.
///
/// The path in the options or, next, in the environment variable FA3_PTXAS is
/// taken or refused. Otherwise the first good one is taken of: the PATH;
/// $CUDA_HOME/bin, $CUDA_PATH/bin, /usr/local/cuda/bin; the folders of Python
/// packages (nvidia/*/bin/ptxas, and the one that Triton brings along). The
/// error names all places.
llvm::Expected<Ptxas> findPtxas(const AssembleOptions &options);

/// Assembles a module. Spills and serialised wgmma instructions are errors,
/// unless the options allow them; where registers are why, a RegisterError.
/// Errors have ptxas's own words.
llvm::Expected<Cubin> assemble(llvm::StringRef ptx,
                               const AssembleOptions &options = {},
                               StepTimer *timer = nullptr);

} // namespace fa3

#endif // FA3_TARGET_PTX_ASSEMBLE_H
