//===- BuildManifest.h - From kernels to a manifest -------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Says in the runtime's terms how a compiled kernel is launched.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TARGET_PTX_BUILDMANIFEST_H
#define FA3_TARGET_PTX_BUILDMANIFEST_H

#include "fa3/Runtime/Manifest.h"
#include "fa3/Target/PTX/PtxasReport.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace fa3 {

/// What the kernel itself does not say.
struct ManifestOptions {
  /// Names of the arguments; those that it lacks are "arg<N>".
  std::vector<std::string> argumentNames;
  /// What must hold between sizes and strides, beyond the arguments' types.
  std::vector<runtime::Constraint> constraints;
  std::string target = "sm_90a";
};

/// Registers of a thread that `setmaxnreg` asks for, in the order in which the
/// kernel does; empty for a kernel whose warpgroups keep what they start with.
struct RoleRegisters {
  /// Warpgroups that give registers back, and that ask for more.
  std::vector<int64_t> decreased, increased;
};
RoleRegisters getRoleRegisters(mlir::LLVM::LLVMFuncOp kernel);

/// Describes the launch of a kernel in the LLVM and NVVM dialects from its
/// `hopper.kernel`. An argument is written if the kernel stores through its
/// pointer or its tensor map; a pointer that goes where that cannot be seen,
/// such as into inline assembly, counts as read and written, unless it is
/// marked `llvm.readonly` or `llvm.writeonly`.
///
/// `followers` are launched behind it by the same launch, on the same
/// arguments.
///
/// Reports an error at the kernel if the attribute is missing or contradicts
/// the kernel's parameters.
mlir::FailureOr<runtime::KernelDesc>
buildManifest(mlir::LLVM::LLVMFuncOp kernel,
              const ManifestOptions &options = {},
              llvm::ArrayRef<mlir::LLVM::LLVMFuncOp> followers = {});

/// The numbers for the "resources" of a manifest.
llvm::json::Object buildResources(const PtxasFunction &function,
                                  const RoleRegisters &registers);

} // namespace fa3

#endif // FA3_TARGET_PTX_BUILDMANIFEST_H
