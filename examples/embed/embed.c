//===- embed.c - A program in C that embeds FA3 ---------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiles the module in a file to PTX, and loads that where there is a GPU.
//
//===----------------------------------------------------------------------===//

#include "fa3-c/Compiler.h"
#include "fa3-c/Passes.h"
#include "fa3/Runtime/fa3_runtime.h"
#include "mlir-c/IR.h"

#include <stdio.h>

/// Hands the PTX to the driver, and says what its kernel takes.
static void load(Fa3CompileResult result) {
  MlirStringRef manifest = fa3CompileResultGetManifest(result);
  MlirStringRef image = fa3CompileResultGetOutput(result);
  fa3_module module;
  if (fa3_module_load_data(manifest.data, manifest.length, image.data,
                           image.length, &module) != FA3_OK) {
    printf("not loaded: %s\n", fa3_last_error());
    return;
  }
  fa3_kernel kernel;
  int32_t count = 0;
  if (fa3_module_get_kernel(module, NULL, &kernel) == FA3_OK &&
      fa3_kernel_argument_count(kernel, &count) == FA3_OK)
    printf("loaded: %s takes %d tensors\n", fa3_kernel_entry(kernel),
           (int)count);
  fa3_module_unload(module);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s file.mlir\n", argv[0]);
    return 2;
  }
  MlirDialectRegistry registry = mlirDialectRegistryCreate();
  fa3RegisterAllDialects(registry);
  MlirContext context = mlirContextCreateWithRegistry(registry, false);
  mlirDialectRegistryDestroy(registry);

  // What is wrong with the file goes to standard error.
  MlirModule module = mlirModuleCreateParseFromFile(
      context, mlirStringRefCreateFromCString(argv[1]));
  bool success = false;
  if (!mlirModuleIsNull(module)) {
    Fa3CompileOptions options = fa3CompileOptionsGetDefault();
    options.level = Fa3LevelPTX;
    Fa3CompileResult result = fa3Compile(module, options);
    success = fa3CompileResultIsSuccess(result);
    MlirStringRef messages = fa3CompileResultGetDiagnostics(result);
    fwrite(messages.data, 1, messages.length, stderr);
    if (success) {
      printf("%d bytes of PTX\n",
             (int)fa3CompileResultGetOutput(result).length);
      load(result);
    }
    fa3CompileResultDestroy(result);
    mlirModuleDestroy(module);
  }
  mlirContextDestroy(context);
  return success ? 0 : 1;
}
