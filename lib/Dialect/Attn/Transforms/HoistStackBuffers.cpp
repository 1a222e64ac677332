//===- HoistStackBuffers.cpp - One stack buffer for a call ----------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace mlir::attn {
#define GEN_PASS_DEF_ATTNHOISTSTACKBUFFERS
#include "fa3/Dialect/Attn/Transforms/Passes.h.inc"
} // namespace mlir::attn

using namespace mlir;

namespace {

struct HoistStackBuffersPass
    : attn::impl::AttnHoistStackBuffersBase<HoistStackBuffersPass> {
  void runOnOperation() override {
    getOperation()->walk([](memref::AllocaOp buffer) {
      auto function = buffer->getParentOfType<FunctionOpInterface>();
      // One with sizes stays behind what computes them.
      if (!function || buffer->getNumOperands() != 0)
        return;
      Block &entry = function.getFunctionBody().front();
      if (buffer->getBlock() != &entry)
        buffer->moveBefore(&entry, entry.begin());
    });
  }
};

} // namespace
