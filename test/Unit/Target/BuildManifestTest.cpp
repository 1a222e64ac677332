//===- BuildManifestTest.cpp - Tests of what a manifest is made from ------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the command line does not reach: the names and constraints that an
// embedder gives, and kernels that no pipeline makes.
//
//===----------------------------------------------------------------------===//

#include "fa3/Target/PTX/BuildManifest.h"

#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Target/PTX/TranslateToPTX.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

#include "gtest/gtest.h"

using namespace fa3;
using namespace mlir;

namespace {
class BuildManifestTest : public ::testing::Test {
protected:
  BuildManifestTest() : context(MLIRContext::Threading::DISABLED) {
    DialectRegistry registry;
    registerPTXTranslation(registry);
    registry.insert<hopper::HopperDialect>();
    context.appendDialectRegistry(registry);
    context.printOpOnDiagnostic(false);
    context.getDiagEngine().registerHandler(
        [this](Diagnostic &diagnostic) { message = diagnostic.str(); });
  }

  /// Builds the manifest of the kernel with these parameters and description.
  FailureOr<runtime::KernelDesc> build(StringRef parameters,
                                       StringRef description,
                                       const ManifestOptions &options = {}) {
    std::string text = ("llvm.func @k(" + parameters +
                        ") attributes {nvvm.kernel, hopper.kernel = "
                        "#hopper.kernel<arguments = [memref<?xf32>, "
                        "memref<?xf32>], grid = #hopper.expression<() -> (1)>, "
                        "threads = 128, shared_memory = 0, parameters = [" +
                        description + "]>} { llvm.return }")
                           .str();
    module = parseSourceString<ModuleOp>(text, &context);
    if (!module)
      return failure();
    return buildManifest(*module->getOps<LLVM::LLVMFuncOp>().begin(), options);
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  std::string message;
};
} // namespace

static constexpr llvm::StringLiteral kPointer =
    "#hopper.parameter<pointer, argument = 0>";

TEST_F(BuildManifestTest, takesNamesAndConstraintsOfTheEmbedder) {
  ManifestOptions options;
  options.argumentNames = {"q"};
  options.constraints.push_back({runtime::Constraint::Kind::Equal,
                                 runtime::SizeExpr::size(0, 0),
                                 runtime::SizeExpr::size(1, 0), "lengths"});
  FailureOr<runtime::KernelDesc> desc =
      build("%p: !llvm.ptr<1>", kPointer, options);
  ASSERT_TRUE(succeeded(desc)) << message;
  EXPECT_EQ(desc->arguments[0].name, "q");
  EXPECT_EQ(desc->arguments[1].name, "arg1");
  ASSERT_EQ(desc->constraints.size(), 1U);
  EXPECT_EQ(desc->constraints[0].message, "lengths");
}

TEST_F(BuildManifestTest, theCallersMarkOfAPointerWins) {
  FailureOr<runtime::KernelDesc> desc =
      build("%p: !llvm.ptr<1> {llvm.writeonly}", kPointer);
  ASSERT_TRUE(succeeded(desc)) << message;
  EXPECT_EQ(desc->arguments[0].access, runtime::Access::Write);
  EXPECT_EQ(desc->arguments[1].access, runtime::Access::Read);
}

TEST_F(BuildManifestTest, refusesFewerParametersThanTheKernels) {
  EXPECT_TRUE(failed(build("%p: !llvm.ptr<1>, %q: !llvm.ptr<1>", kPointer)));
  EXPECT_EQ(message, "hopper.kernel: expected 2 parameters, as many as of the "
                     "kernel, but got 1");
}

TEST_F(BuildManifestTest, refusesMoreParametersThanTheKernels) {
  EXPECT_TRUE(failed(build("", kPointer)));
  EXPECT_EQ(message, "hopper.kernel: expected 0 parameters, as many as of the "
                     "kernel, but got 1");
}
