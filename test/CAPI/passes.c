//===- passes.c - Passes and pipelines from C -----------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// RUN: %fa3_capi/fa3-capi-passes-test 2>&1 | FileCheck %s

#include "fa3-c/Passes.h"

#include "mlir-c/IR.h"

#include <stdio.h>

static void printString(MlirStringRef text, void *file) {
  fwrite(text.data, 1, text.length, (FILE *)file);
}

static const char *source =
    "func.func @f(%q: memref<?x?x16x64xf16>, %k: memref<?x?x4x64xf16>,\n"
    "             %v: memref<?x?x4x64xf16>, %o: memref<?x?x16x64xf16>) {\n"
    "  attn.forward ins(%q, %k, %v : memref<?x?x16x64xf16>,\n"
    "                   memref<?x?x4x64xf16>, memref<?x?x4x64xf16>)\n"
    "               outs(%o : memref<?x?x16x64xf16>) {causal}\n"
    "  return\n"
    "}\n";

/// Runs a pipeline on a module of its own and prints what comes of it.
static void run(MlirContext context, const char *name,
                void (*populate)(MlirPassManager)) {
  printf("== %s\n", name);
  MlirModule module =
      mlirModuleCreateParse(context, mlirStringRefCreateFromCString(source));
  MlirPassManager manager = mlirPassManagerCreate(context);
  populate(manager);
  if (mlirLogicalResultIsFailure(
          mlirPassManagerRunOnOp(manager, mlirModuleGetOperation(module))))
    puts("failed");
  mlirPassManagerDestroy(manager);
  mlirOperationPrint(mlirModuleGetOperation(module), printString, stdout);
  mlirModuleDestroy(module);
}

static void addText(MlirPassManager manager, const char *text) {
  if (mlirLogicalResultIsFailure(mlirOpPassManagerAddPipeline(
          mlirPassManagerGetAsOpPassManager(manager),
          mlirStringRefCreateFromCString(text), printString, stdout)))
    puts("\nnot a pipeline");
}

static void addPass(MlirPassManager manager) {
  mlirPassManagerAddOwnedPass(manager, mlirCreateAttnAttnSelectConfig());
}

static void addPipeline(MlirPassManager manager) {
  addText(manager, "attn-to-hopper{ping-pong=false}");
}

static void addUnknownOption(MlirPassManager manager) {
  addText(manager, "attn-to-hopper{ping-ping=false}");
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  MlirDialectRegistry registry = mlirDialectRegistryCreate();
  fa3RegisterAllDialects(registry);
  MlirContext context = mlirContextCreateWithRegistry(registry, false);
  mlirDialectRegistryDestroy(registry);
  // More than once does no harm.
  fa3RegisterAllPasses();
  fa3RegisterAllPasses();

  // CHECK-LABEL: == pass
  // CHECK: attn.forward {{.*}}config = #attn.config<
  run(context, "pass", addPass);

  // CHECK-LABEL: == pipeline
  // CHECK: llvm.func @f({{.*}}hopper.kernel = #hopper.kernel<
  run(context, "pipeline", addPipeline);

  // CHECK-LABEL: == unknown option
  // CHECK: no such option ping-ping
  // CHECK: not a pipeline
  run(context, "unknown option", addUnknownOption);

  mlirContextDestroy(context);
  return 0;
}
