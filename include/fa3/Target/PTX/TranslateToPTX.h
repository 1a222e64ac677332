//===- TranslateToPTX.h - From the LLVM dialect to PTX ----------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Translates kernels in the LLVM and NVVM dialects to the text of a PTX module,
// in process and without files.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TARGET_PTX_TRANSLATETOPTX_H
#define FA3_TARGET_PTX_TRANSLATETOPTX_H

#include "fa3/Target/PTX/StepTimer.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/Operation.h"

#include <memory>

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm

namespace fa3 {

struct PTXOptions {
  /// The processor and the features of LLVM's NVPTX target. Tensor copies to
  /// `ptr<3>` need the features of PTX 8.6.
  std::string chip = "sm_90a";
  std::string features = "+ptx86";
  /// Level of LLVM's optimiser before the code generator, 0 to 3; 0 is none.
  /// The code generator itself always runs at its highest level.
  unsigned optLevel = 0;
  /// Compute on addresses of shared, constant and local memory in 32 bits.
  bool shortPointers = false;
};

/// Registers what the functions below need of a context.
void registerPTXTranslation(mlir::DialectRegistry &registry);

/// Translates the body of a `gpu.module` or of a module to LLVM IR for NVPTX.
/// `op` itself stays as it is.
///
/// Operations of NVVM that have no intrinsic become inline assembly, and all
/// calls of inline assembly become convergent: MLIR cannot say it of its own,
/// and without it LLVM may copy a barrier into both sides of a branch.
///
/// Reports an error and returns null if there are operations of other dialects.
std::unique_ptr<llvm::Module> translateToLLVMIR(mlir::Operation *op,
                                                llvm::LLVMContext &context,
                                                const PTXOptions &options,
                                                StepTimer *timer = nullptr);

/// Runs LLVM's optimiser, where the options ask for it, and code generator.
/// Reports errors at `op`. Under an enabled `llvm::CrashRecoveryContext` a
/// fatal error of the code generator is reported as well; without, LLVM exits.
mlir::FailureOr<std::string> emitPTX(llvm::Module &module, mlir::Operation *op,
                                     const PTXOptions &options,
                                     StepTimer *timer = nullptr);

/// Both of the above.
mlir::FailureOr<std::string> translateToPTX(mlir::Operation *op,
                                            const PTXOptions &options = {},
                                            StepTimer *timer = nullptr);

} // namespace fa3

#endif // FA3_TARGET_PTX_TRANSLATETOPTX_H
