//===- CopyLibrary.cpp - Copies that compiled code calls
//--------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CopyLibrary.h"
#include "mlir/ExecutionEngine/CRunnerUtils.h"
#include "llvm/ExecutionEngine/Orc/Shared/ExecutorAddress.h"
#include <cstring>

using namespace mlir;
using namespace mlir::attn;

/// Copies `bytes` from one address to the other for each place of dimensions
/// `dim` and below.
static void copyFrom(int64_t dim, int64_t bytes,
                     const DynamicMemRefType<char> &source,
                     const DynamicMemRefType<char> &target, const char *from,
                     char *to) {
  if (dim == source.rank) {
    std::memcpy(to, from, bytes);
    return;
  }
  for (int64_t i = 0; i < source.sizes[dim]; ++i)
    copyFrom(dim + 1, bytes, source, target,
             from + i * source.strides[dim] * bytes,
             to + i * target.strides[dim] * bytes);
}

/// What memref.copy between layouts with gaps calls.
static void copyMemRef(int64_t bytes, ::UnrankedMemRefType<char> *source,
                       ::UnrankedMemRefType<char> *target) {
  DynamicMemRefType<char> from(*source), to(*target);
  copyFrom(0, bytes, from, to, from.data + from.offset * bytes,
           to.data + to.offset * bytes);
}

void mlir::attn::registerCopyLibrary(ExecutionEngine &engine) {
  engine.registerSymbols([](llvm::orc::MangleAndInterner intern) {
    llvm::orc::SymbolMap symbols;
    symbols[intern("memrefCopy")] = {
        llvm::orc::ExecutorAddr::fromPtr(copyMemRef),
        llvm::JITSymbolFlags::Exported};
    return symbols;
  });
}
