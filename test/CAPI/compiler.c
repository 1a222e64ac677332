//===- compiler.c - The compiler from C -----------------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// RUN: %fa3_capi/fa3-capi-compiler-test 2>&1 | FileCheck %s

#include "fa3-c/Compiler.h"

#include "fa3-c/Passes.h"

#include <stdio.h>
#include <string.h>

/// As much of a string as lies in its first lines.
static void printHead(const char *name, MlirStringRef text, int lines) {
  printf("%s:\n", name);
  for (size_t i = 0; i < text.length && lines > 0; ++i) {
    putchar(text.data[i]);
    lines -= text.data[i] == '\n';
  }
}

static MlirModule parse(MlirContext context, const char *text) {
  return mlirModuleCreateParse(context, mlirStringRefCreateFromCString(text));
}

static const char *source =
    "func.func @causal(%q: memref<?x?x16x64xf16>, %k: memref<?x?x4x64xf16>,\n"
    "                  %v: memref<?x?x4x64xf16>, %o: memref<?x?x16x64xf16>) {\n"
    "  attn.forward ins(%q, %k, %v : memref<?x?x16x64xf16>,\n"
    "                   memref<?x?x4x64xf16>, memref<?x?x4x64xf16>)\n"
    "               outs(%o : memref<?x?x16x64xf16>) {causal}\n"
    "  return\n"
    "}\n";

/// One tile of keys, which blocks that are asked to be persistent cannot run
/// ahead of.
static const char *single =
    "func.func @causal(%q: memref<1x64x16x64xf16>, %k: memref<1x64x4x64xf16>,\n"
    "                  %v: memref<1x64x4x64xf16>, %o: memref<1x64x16x64xf16>)"
    " {\n"
    "  attn.forward ins(%q, %k, %v : memref<1x64x16x64xf16>,\n"
    "                   memref<1x64x4x64xf16>, memref<1x64x4x64xf16>)\n"
    "               outs(%o : memref<1x64x16x64xf16>)\n"
    "    {causal, config = #attn.config<tile = 128x64, stages = 2,\n"
    "     consumers = 2, registers = 24x240, persistent>}\n"
    "  return\n"
    "}\n";

static void testPTX(MlirContext context) {
  // CHECK-LABEL: == ptx
  puts("== ptx");
  Fa3CompileOptions options = fa3CompileOptionsGetDefault();
  // CHECK-NEXT: default is a cubin: 1
  printf("default is a cubin: %d\n", options.level == Fa3LevelCubin);
  options.level = Fa3LevelPTX;
  options.pipelineOptions =
      mlirStringRefCreateFromCString("pipeline=false persistent=true");
  MlirModule module = parse(context, single);
  Fa3CompileResult result = fa3Compile(module, options);
  // The result needs no module any more.
  mlirModuleDestroy(module);
  // CHECK-NEXT: success: 1
  printf("success: %d\n", fa3CompileResultIsSuccess(result));
  // CHECK-NEXT: diagnostics:
  // CHECK-NEXT: {{^}}-:1:1: remark: kernel is not made persistent: {{.*}}
  // CHECK: output:
  // CHECK: .target sm_90a
  printHead("diagnostics", fa3CompileResultGetDiagnostics(result), 10);
  printHead("output", fa3CompileResultGetOutput(result), 8);
  // CHECK: output is the ptx: 1
  printf("output is the ptx: %d\n",
         mlirStringRefEqual(fa3CompileResultGetOutput(result),
                            fa3CompileResultGetPTX(result)));
  // CHECK-NEXT: manifest:
  // CHECK-NEXT: {
  // CHECK-NEXT: "version": 1,
  // CHECK: "entry": "causal",
  printHead("manifest", fa3CompileResultGetManifest(result), 12);
  fa3CompileResultDestroy(result);
}

static void testText(MlirContext context) {
  // CHECK-LABEL: == text
  puts("== text");
  Fa3CompileOptions options = fa3CompileOptionsGetDefault();
  options.level = Fa3LevelTile;
  MlirModule module = parse(context, source);
  Fa3CompileResult result = fa3Compile(module, options);
  // CHECK: success: 1
  printf("success: %d\n", fa3CompileResultIsSuccess(result));
  // CHECK: scf.forall
  printHead("output", fa3CompileResultGetOutput(result), 60);
  // CHECK: ptx:
  // CHECK-NEXT: manifest:
  // CHECK-NEXT: end
  printHead("ptx", fa3CompileResultGetPTX(result), 1);
  printHead("manifest", fa3CompileResultGetManifest(result), 1);
  puts("end");
  fa3CompileResultDestroy(result);

  // The module is as it was.
  // CHECK: again: 1
  result = fa3Compile(module, options);
  printf("again: %d\n", fa3CompileResultIsSuccess(result));
  fa3CompileResultDestroy(result);
  mlirModuleDestroy(module);
}

static void testErrors(MlirContext context) {
  // CHECK-LABEL: == errors
  puts("== errors");
  Fa3CompileOptions options = fa3CompileOptionsGetDefault();
  options.level = Fa3LevelPTX;

  // At an operation: a head that is too large to tile for the machine.
  // CHECK: success: 0
  // CHECK-NEXT: diagnostics:
  // CHECK-NEXT: {{^}}-:{{[0-9]+}}:{{[0-9]+}}: error: {{.*}}expected
  // CHECK: output:
  // CHECK-NEXT: end
  MlirModule module = parse(
      context,
      "func.func @big(%q: memref<1x64x1x64xf16>, %k: memref<1x64x1x64xf16>,\n"
      "               %v: memref<1x64x1x64xf16>, %o: memref<1x64x1x64xf16>) {\n"
      "  attn.forward ins(%q, %k, %v : memref<1x64x1x64xf16>,\n"
      "                   memref<1x64x1x64xf16>, memref<1x64x1x64xf16>)\n"
      "               outs(%o : memref<1x64x1x64xf16>) {config =\n"
      "    #attn.config<tile = 128x256, stages = 8, consumers = 2,\n"
      "                 registers = 24x240>}\n"
      "  return\n"
      "}\n");
  Fa3CompileResult result = fa3Compile(module, options);
  printf("success: %d\n", fa3CompileResultIsSuccess(result));
  printHead("diagnostics", fa3CompileResultGetDiagnostics(result), 10);
  printHead("output", fa3CompileResultGetOutput(result), 1);
  puts("end");
  fa3CompileResultDestroy(result);
  mlirModuleDestroy(module);

  // In the options.
  // CHECK: success: 0
  // CHECK-NEXT: diagnostics:
  // CHECK-NEXT: error: expected options of attn-to-hopper, but got 'depth=2'
  module = parse(context, source);
  options.pipelineOptions = mlirStringRefCreateFromCString("depth=2");
  result = fa3Compile(module, options);
  printf("success: %d\n", fa3CompileResultIsSuccess(result));
  printHead("diagnostics", fa3CompileResultGetDiagnostics(result), 10);
  fa3CompileResultDestroy(result);

  // In the level, which may be any number.
  // CHECK: success: 0
  // CHECK-NEXT: diagnostics:
  // CHECK-NEXT: error: expected a level from 0 (Fa3LevelAttn) to
  // CHECK-SAME: 7 (Fa3LevelCubin), but got 42
  options = fa3CompileOptionsGetDefault();
  options.level = (Fa3Level)42;
  result = fa3Compile(module, options);
  printf("success: %d\n", fa3CompileResultIsSuccess(result));
  printHead("diagnostics", fa3CompileResultGetDiagnostics(result), 10);
  fa3CompileResultDestroy(result);

  // In ptxas, which need not be there for PTX.
  // CHECK: success: 0
  // CHECK-NEXT: diagnostics:
  // CHECK-NEXT: error: {{.*}}/no/such/ptxas
  options = fa3CompileOptionsGetDefault();
  options.ptxas = mlirStringRefCreateFromCString("/no/such/ptxas");
  result = fa3Compile(module, options);
  printf("success: %d\n", fa3CompileResultIsSuccess(result));
  printHead("diagnostics", fa3CompileResultGetDiagnostics(result), 10);
  fa3CompileResultDestroy(result);
  mlirModuleDestroy(module);
}

static void testSource(void) {
  // CHECK-LABEL: == source
  puts("== source");
  Fa3CompileOptions options = fa3CompileOptionsGetDefault();
  options.level = Fa3LevelPTX;
  // In a context of its own.
  // CHECK-NEXT: success: 1
  // CHECK-NEXT: summary:
  // CHECK-NEXT: kernel causal
  // CHECK: shared memory
  MlirStringRef name = mlirStringRefCreateFromCString("causal.mlir");
  Fa3CompileResult result =
      fa3CompileSource(mlirStringRefCreateFromCString(source), name, options);
  printf("success: %d\n", fa3CompileResultIsSuccess(result));
  printHead("summary", fa3CompileResultGetSummary(result), 100);
  fa3CompileResultDestroy(result);

  // What does not parse is reported as all else.
  // CHECK: success: 0
  // CHECK-NEXT: diagnostics:
  // CHECK-NEXT: {{^}}causal.mlir:1:10: error: {{.*}}expected
  result = fa3CompileSource(mlirStringRefCreateFromCString("func.func"), name,
                            options);
  printf("success: %d\n", fa3CompileResultIsSuccess(result));
  printHead("diagnostics", fa3CompileResultGetDiagnostics(result), 1);
  fa3CompileResultDestroy(result);

  // A null string is an empty one.
  // CHECK: success: 0
  // CHECK-NEXT: diagnostics:
  // CHECK-NEXT: error: expected a function that is one attn.forward, or a
  // kernel
  result = fa3CompileSource(mlirStringRefCreate(NULL, 0),
                            mlirStringRefCreate(NULL, 0), options);
  printf("success: %d\n", fa3CompileResultIsSuccess(result));
  printHead("diagnostics", fa3CompileResultGetDiagnostics(result), 1);
  fa3CompileResultDestroy(result);
}

static void printText(MlirStringRef text, void *userData) {
  (void)userData;
  printHead("found", text, 1);
  putchar('\n');
}

static void testFindPtxas(void) {
  // CHECK-LABEL: == ptxas
  puts("== ptxas");
  Fa3CompileOptions options = fa3CompileOptionsGetDefault();
  options.ptxas = mlirStringRefCreateFromCString("/no/such/ptxas");
  // CHECK-NEXT: found:
  // CHECK-NEXT: expected ptxas of CUDA {{.*}} '/no/such/ptxas'
  // CHECK-NEXT: release: 0
  printf("release: %d\n", (int)fa3FindPtxas(options, printText, NULL));
}

/// Run by cubin.test, where there is a ptxas.
static void testCubin(MlirContext context) {
  MlirModule module = parse(context, source);
  Fa3CompileResult result = fa3Compile(module, fa3CompileOptionsGetDefault());
  mlirModuleDestroy(module);
  printf("success: %d\n", fa3CompileResultIsSuccess(result));
  printHead("diagnostics", fa3CompileResultGetDiagnostics(result), 10);
  MlirStringRef image = fa3CompileResultGetOutput(result);
  printf("elf: %d\n",
         image.length > 4 && memcmp(image.data, "\177ELF", 4) == 0);
  printHead("ptx", fa3CompileResultGetPTX(result), 6);
  printHead("manifest", fa3CompileResultGetManifest(result), 100);
  fa3CompileResultDestroy(result);
}

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IONBF, 0);
  MlirDialectRegistry registry = mlirDialectRegistryCreate();
  fa3RegisterAllDialects(registry);
  MlirContext context = mlirContextCreateWithRegistry(registry, false);
  mlirDialectRegistryDestroy(registry);
  if (argc > 1 && strcmp(argv[1], "cubin") == 0) {
    testCubin(context);
  } else {
    testPTX(context);
    testText(context);
    testErrors(context);
    testSource();
    testFindPtxas();
  }
  mlirContextDestroy(context);
  return 0;
}
