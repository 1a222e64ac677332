//===- InitAll.cpp - Registration of all of the project -------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/InitAll.h"
#include "fa3/Compiler/Compiler.h"
#include "fa3/Conversion/Passes.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "fa3/Pipelines/CPU.h"
#include "fa3/Pipelines/Hopper.h"

void fa3::registerAllDialects(mlir::DialectRegistry &registry) {
  registerCompilerDialects(registry);
  mlir::attn::registerCPUDialects(registry);
}

void fa3::registerAllPasses() {
  mlir::attn::registerAttnPasses();
  mlir::hopper::registerHopperPasses();
  mlir::hopper::registerFA3ConversionPasses();
}

void fa3::registerAllPipelines() {
  mlir::attn::registerCPUPipelines();
  mlir::hopper::registerHopperPipelines();
}
