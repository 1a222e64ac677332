//===- cpu.c - Kernels for the CPU from C ---------------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// RUN: %fa3_capi/fa3-capi-cpu-test 2>&1 | FileCheck %s

#include "fa3-c/CPU.h"

#include <stdio.h>
#include <string.h>

static MlirStringRef text(const char *string) {
  return mlirStringRefCreate(string, strlen(string));
}

static void print(MlirStringRef string, void *userData) {
  (void)userData;
  printf("%.*s\n", (int)string.length, string.data);
}

/// Attention of one query, which sees both keys alike: the mean of the values,
/// and ln 2.
static const char *source =
    "func.func @mean(%q: memref<1x1x1x8xf16>, %k: memref<1x?x1x8xf16>,\n"
    "                %v: memref<1x?x1x8xf16>, %o: memref<1x1x1x8xf16>,\n"
    "                %lse: memref<1x1x1xf32>) {\n"
    "  attn.forward ins(%q, %k, %v : memref<1x1x1x8xf16>,\n"
    "                   memref<1x?x1x8xf16>, memref<1x?x1x8xf16>)\n"
    "               outs(%o, %lse : memref<1x1x1x8xf16>, memref<1x1x1xf32>)\n"
    "  return\n"
    "}\n";

static void testAttention(void) {
  // CHECK-LABEL: == attention
  puts("== attention");
  Fa3CPUKernel kernel =
      fa3CPUKernelCompile(text(source), text("mean.mlir"), text(""), text(""));
  // CHECK-NEXT: success: 1
  printf("success: %d\n", fa3CPUKernelIsSuccess(kernel));
  uint16_t q[8] = {0}, k[16] = {0}, v[16], o[8];
  for (int i = 0; i < 8; ++i) {
    v[i] = 0x3C00;     // 1
    v[8 + i] = 0x4200; // 3
  }
  float lse = 0;
  int64_t one[] = {1, 1, 1, 8}, two[] = {1, 2, 1, 8};
  fa3_tensor args[] = {{q, one, NULL, 4, FA3_F16},
                       {k, two, NULL, 4, FA3_F16},
                       {v, two, NULL, 4, FA3_F16},
                       {o, one, NULL, 4, FA3_F16},
                       {&lse, one, NULL, 3, FA3_F32}};
  // CHECK-NEXT: run: 1
  printf("run: %d\n", fa3CPUKernelRun(kernel, args, 5, print, NULL));
  // 2 in f16.
  // CHECK-NEXT: o: 4000 4000, lse: 0.693
  printf("o: %x %x, lse: %.3f\n", o[0], o[7], (double)lse);

  // What may be written.
  // CHECK-NEXT: written: 0 0 0 1 1 0 0 of 5
  printf("written: ");
  for (int i = 0; i < 6; ++i)
    printf("%d ", fa3CPUKernelIsWritten(kernel, i));
  printf("%d of %d\n", fa3CPUKernelIsWritten(kernel, -1),
         fa3CPUKernelGetNumArguments(kernel));

  // Lengths that their types leave open.
  // CHECK-NEXT: expected K and V to have the same length: expected arg1.size(1)
  // CHECK-SAME: to equal arg2.size(1), but got 2 and 1
  // CHECK-NEXT: run: 0
  args[2].shape = one;
  printf("run: %d\n", fa3CPUKernelRun(kernel, args, 5, print, NULL));
  args[2].shape = two;

  // CHECK-NEXT: argument 3: expected an output with memory of its own, but its
  // CHECK-SAME: bytes overlap those of argument 0
  args[3].data = q;
  fa3CPUKernelRun(kernel, args, 5, print, NULL);
  // CHECK-NEXT: argument 3: expected the address of an array, but got null
  args[3].data = NULL;
  fa3CPUKernelRun(kernel, args, 5, print, NULL);
  args[3].data = o;

  // CHECK-NEXT: expected 5 arguments, but got 4
  // CHECK-NEXT: run: 0
  printf("run: %d\n", fa3CPUKernelRun(kernel, args, 4, print, NULL));
  // CHECK-NEXT: argument 1: expected elements of f16, but got bf16
  // CHECK-NEXT: run: 0
  args[1].dtype = FA3_BF16;
  printf("run: %d\n", fa3CPUKernelRun(kernel, args, 5, print, NULL));
  // CHECK-NEXT: argument 1: expected a value of fa3_dtype, but got 77
  args[1].dtype = 77;
  fa3CPUKernelRun(kernel, args, 5, print, NULL);
  args[1].dtype = FA3_F16;
  // CHECK-NEXT: argument 0: expected size 1 but got 2 in dimension 1
  args[0].shape = two;
  fa3CPUKernelRun(kernel, args, 5, print, NULL);

  // What is no list of arguments, or no array.
  // CHECK-NEXT: expected arguments, but got null
  // CHECK-NEXT: run: 0
  printf("run: %d\n", fa3CPUKernelRun(kernel, NULL, 5, print, NULL));
  // CHECK-NEXT: expected a number of arguments of at least 0, but got -1
  // CHECK-NEXT: run: 0
  printf("run: %d\n", fa3CPUKernelRun(kernel, args, -1, print, NULL));
  // CHECK-NEXT: argument 1: expected a size of at least 0 in dimension 1, but
  // CHECK-SAME: got -2
  args[0].shape = one;
  two[1] = -2;
  fa3CPUKernelRun(kernel, args, 5, print, NULL);
  // CHECK-NEXT: argument 0: expected a shape, but got null
  args[0].shape = NULL;
  fa3CPUKernelRun(kernel, args, 5, print, NULL);
  // CHECK-NEXT: argument 0: expected a rank of at least 0, but got -1
  args[0].rank = -1;
  fa3CPUKernelRun(kernel, args, 5, print, NULL);
  fa3CPUKernelDestroy(kernel);
}

static void testNumbers(void) {
  // CHECK-LABEL: == numbers
  puts("== numbers");
  Fa3CPUKernel kernel = fa3CPUKernelCompile(
      text("func.func private @other() { return }\n"
           "func.func @store(%x: memref<2xf32>, %a: f32, %i: index) {\n"
           "  memref.store %a, %x[%i] : memref<2xf32>\n"
           "  return\n"
           "}\n"),
      text("store.mlir"), text("store"), text(""));
  float x[] = {0, 0}, a = 2.5f;
  int64_t size = 2, i = 1;
  fa3_tensor args[] = {{x, &size, NULL, 1, FA3_F32},
                       {&a, NULL, NULL, 0, FA3_F32},
                       {&i, NULL, NULL, 0, FA3_I64}};
  fa3CPUKernelRun(kernel, args, 3, print, NULL);
  // CHECK-NEXT: x: 0.0 2.5
  printf("x: %.1f %.1f\n", (double)x[0], (double)x[1]);
  // CHECK-NEXT: argument 1: expected a number, but got an array of rank 1
  args[1] = args[0];
  fa3CPUKernelRun(kernel, args, 3, print, NULL);
  fa3CPUKernelDestroy(kernel);
}

static void testErrors(void) {
  // CHECK-LABEL: == errors
  puts("== errors");
  struct {
    const char *source, *entry, *options;
  } cases[] = {{"func.func @f(", "", ""},
               {"module {}", "", ""},
               {source, "median", ""},
               {source, "", "depth=3"}};
  // CHECK-NEXT: success: 0
  // CHECK-NEXT: case.mlir:1:{{[0-9]+}}: error: expected
  // CHECK-NEXT: error: expected a module that parses
  // CHECK: success: 0
  // CHECK-NEXT: error: expected one func.func with a body, but got 0
  // CHECK: success: 0
  // CHECK-NEXT: error: expected a func.func @median with a body
  // CHECK: success: 0
  // CHECK-NEXT: error: expected options of attn-to-cpu, but got 'depth=3'
  for (int i = 0; i < 4; ++i) {
    Fa3CPUKernel kernel =
        fa3CPUKernelCompile(text(cases[i].source), text("case.mlir"),
                            text(cases[i].entry), text(cases[i].options));
    printf("success: %d\n", fa3CPUKernelIsSuccess(kernel));
    print(fa3CPUKernelGetDiagnostics(kernel), NULL);
    fa3CPUKernelDestroy(kernel);
  }

  // What did not compile is not run; a null string is an empty one.
  // CHECK: error: expected one func.func with a body, but got 0
  // CHECK: expected a kernel that compiled, but got one that did not
  // CHECK-NEXT: run: 0
  // CHECK-NEXT: expected a kernel, but got a null one
  // CHECK-NEXT: run: 0
  Fa3CPUKernel kernel = fa3CPUKernelCompile(mlirStringRefCreate(NULL, 0),
                                            text(""), text(""), text(""));
  print(fa3CPUKernelGetDiagnostics(kernel), NULL);
  printf("run: %d\n", fa3CPUKernelRun(kernel, NULL, 0, print, NULL));
  fa3CPUKernelDestroy(kernel);
  kernel.ptr = NULL;
  printf("run: %d\n", fa3CPUKernelRun(kernel, NULL, 0, print, NULL));
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  testAttention();
  testNumbers();
  testErrors();
  return 0;
}
