//===- InitAll.h - Registration of all of the project -----------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a compiler calls that embeds the project, as it calls
// mlir/InitAllDialects.h and mlir/InitAllPasses.h for upstream's own.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_INITALL_H
#define FA3_INITALL_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace fa3 {

/// Registers `attn` and `hopper`, and what their passes, their pipelines and
/// `fa3::compile` need of upstream: dialects, interfaces of their operations
/// and translations to LLVM IR.
void registerAllDialects(mlir::DialectRegistry &registry);

/// Registers the project's passes, so that a textual pipeline can name them.
void registerAllPasses();

/// Registers the project's pipelines, likewise.
void registerAllPipelines();

} // namespace fa3

#endif // FA3_INITALL_H
