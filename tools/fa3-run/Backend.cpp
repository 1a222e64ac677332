//===- Backend.cpp - The backends by name -------------------------------------
//===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Backend.h"

using namespace mlir;
using namespace mlir::attn;

llvm::Expected<std::unique_ptr<Backend>>
mlir::attn::createBackend(StringRef target, const BackendOptions &options) {
  if (target == "cpu")
    return createCPUBackend(options);
  if (target == "gpu")
    return createGPUBackend(options);
  return llvm::createStringError("expected target cpu or gpu, but got '" +
                                 target + "'");
}
