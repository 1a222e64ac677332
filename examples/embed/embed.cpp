//===- embed.cpp - A compiler that embeds FA3 -----------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Builds an attention, takes it down level by level, and prints PTX. What is
// said on the way goes to standard error.
//
//===----------------------------------------------------------------------===//

#include "fa3/Compiler/Compiler.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/InitAll.h"
#include "fa3/Pipelines/Hopper.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

/// A function of four buffers whose body is one causal attention.
static OwningOpRef<ModuleOp> buildAttention(MLIRContext &context) {
  OpBuilder builder(&context);
  Location loc = builder.getUnknownLoc();
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  builder.setInsertionPointToEnd(module->getBody());

  // [batch, length, heads, head size]: four query heads share one of the keys.
  constexpr int64_t any = ShapedType::kDynamic;
  Type queries = MemRefType::get({any, any, 16, 128}, builder.getBF16Type());
  Type keys = MemRefType::get({any, any, 4, 128}, builder.getBF16Type());
  auto function = func::FuncOp::create(
      builder, loc, "attention",
      builder.getFunctionType({queries, keys, keys, queries}, {}));
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToEnd(body);
  auto forward = attn::ForwardOp::create(
      builder, loc, body->getArgument(0), body->getArgument(1),
      body->getArgument(2), body->getArgument(3));
  forward.setCausal(true);
  func::ReturnOp::create(builder, loc);
  return module;
}

/// Runs the pipeline of one level, and says what it left.
static LogicalResult runLevel(
    StringRef name, ModuleOp module,
    const hopper::HopperPipelineOptions &options,
    void (*build)(OpPassManager &, const hopper::HopperPipelineOptions &)) {
  PassManager manager(module.getContext());
  build(manager, options);
  if (failed(manager.run(module)))
    return failure();
  unsigned count = 0;
  module.walk([&](Operation *) { ++count; });
  llvm::errs() << name << ": " << count << " operations\n";
  return success();
}

int main() {
  DialectRegistry registry;
  fa3::registerAllDialects(registry);
  MLIRContext context(registry);
  context.loadDialect<attn::AttnDialect, func::FuncDialect>();
  OwningOpRef<ModuleOp> module = buildAttention(context);

  hopper::HopperPipelineOptions options;
  options.config =
      "tile = 128x128, stages = 2, consumers = 2, registers = 24x240";
  if (failed(runLevel("tile", *module, options,
                      hopper::buildAttnToTilePipeline)) ||
      failed(runLevel("async", *module, options,
                      hopper::buildTileToAsyncPipeline)) ||
      failed(runLevel("roles", *module, options,
                      hopper::buildAsyncToRolesPipeline)) ||
      failed(
          runLevel("nvvm", *module, options, hopper::buildRolesToNVVMPipeline)))
    return 1;

  fa3::CompileOptions compileOptions;
  compileOptions.level = fa3::EmitLevel::PTX;
  FailureOr<fa3::CompiledKernel> kernel = fa3::compile(*module, compileOptions);
  if (failed(kernel))
    return 1;
  llvm::outs() << kernel->ptx;
  return 0;
}
