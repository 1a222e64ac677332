//===- Passes.cpp - C API for passes and pipelines ------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3-c/Passes.h"
#include "fa3/Conversion/Passes.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "fa3/InitAll.h"
#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Pass.h"

#include <mutex>

using namespace mlir;
using namespace mlir::attn;
using namespace mlir::hopper;

#include "fa3/Conversion/Passes.capi.cpp.inc"
#include "fa3/Dialect/Attn/Transforms/Passes.capi.cpp.inc"
#include "fa3/Dialect/Hopper/Transforms/Passes.capi.cpp.inc"

void fa3RegisterAllDialects(MlirDialectRegistry registry) {
  fa3::registerAllDialects(*unwrap(registry));
}

void fa3RegisterAllPasses() {
  static std::once_flag once;
  std::call_once(once, [] {
    fa3::registerAllPasses();
    fa3::registerAllPipelines();
  });
}
