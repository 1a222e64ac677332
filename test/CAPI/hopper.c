//===- hopper.c - The hopper dialect from C -------------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// RUN: %fa3_capi/fa3-capi-hopper-test 2>&1 | FileCheck %s

#include "fa3-c/Hopper.h"

#include "mlir-c/BuiltinTypes.h"
#include "mlir-c/Diagnostics.h"

#include <inttypes.h>
#include <stdio.h>

static void printString(MlirStringRef text, void *file) {
  fwrite(text.data, 1, text.length, (FILE *)file);
}

static MlirLogicalResult printDiagnostic(MlirDiagnostic diagnostic,
                                         void *file) {
  fputs("diagnostic: ", (FILE *)file);
  mlirDiagnosticPrint(diagnostic, printString, file);
  fputc('\n', (FILE *)file);
  return mlirLogicalResultSuccess();
}

static const char *yesNo(bool value) { return value ? "yes" : "no"; }

static void loadDialect(MlirContext context) {
  MlirDialectHandle handle = mlirGetDialectHandle__hopper__();
  // CHECK: dialect hopper
  printf("dialect %.*s\n", (int)mlirDialectHandleGetNamespace(handle).length,
         mlirDialectHandleGetNamespace(handle).data);
  mlirDialectHandleLoadDialect(handle, context);
}

static void testSchedule(MlirContext context) {
  // CHECK-LABEL: {{^}}schedule{{$}}
  puts("schedule");
  MlirAttribute schedule = mlirHopperScheduleAttrGet(context, 1, 3);
  // CHECK-NEXT: #hopper.schedule<stage = 1, cluster = 3>
  mlirAttributePrint(schedule, printString, stdout);
  // CHECK-NEXT: stage 1, cluster 3, is a schedule yes, type id yes
  printf("\nstage %" PRId64 ", cluster %" PRId64
         ", is a schedule %s, type id %s\n",
         mlirHopperScheduleAttrGetStage(schedule),
         mlirHopperScheduleAttrGetCluster(schedule),
         yesNo(mlirAttributeIsAHopperSchedule(schedule)),
         yesNo(mlirTypeIDEqual(mlirAttributeGetTypeID(schedule),
                               mlirHopperScheduleAttrGetTypeID())));
  // CHECK-NEXT: diagnostic: expected {{.*}}-1
  // CHECK-NEXT: null yes
  printf("null %s\n",
         yesNo(mlirAttributeIsNull(mlirHopperScheduleAttrGet(context, -1, 0))));
}

static void testKernel(MlirContext context) {
  // CHECK-LABEL: {{^}}kernel{{$}}
  puts("kernel");
  MlirAttribute kernel = mlirAttributeParseGet(
      context, mlirStringRefCreateFromCString(
                   "#hopper.kernel<arguments = [memref<4xf16>, f32], "
                   "grid = <() -> (7)>, threads = 384, "
                   "shared_memory = 163920, parameters = []>"));
  // CHECK-NEXT: is a kernel yes, is a schedule no, type id yes
  printf("is a kernel %s, is a schedule %s, type id %s\n",
         yesNo(mlirAttributeIsAHopperKernel(kernel)),
         yesNo(mlirAttributeIsAHopperSchedule(kernel)),
         yesNo(mlirTypeIDEqual(mlirAttributeGetTypeID(kernel),
                               mlirHopperKernelAttrGetTypeID())));
  // CHECK-NEXT: threads 384, shared memory 163920, arguments 2
  printf("threads %" PRId64 ", shared memory %" PRId64 ", arguments %d\n",
         mlirHopperKernelAttrGetThreads(kernel),
         mlirHopperKernelAttrGetSharedMemory(kernel),
         (int)mlirHopperKernelAttrGetNumArguments(kernel));
  // CHECK-NEXT: argument 1 f32
  printf("argument 1 ");
  mlirTypePrint(mlirHopperKernelAttrGetArgument(kernel, 1), printString,
                stdout);
  putchar('\n');
}

static void testTypes(MlirContext context) {
  // CHECK-LABEL: {{^}}types{{$}}
  puts("types");
  MlirType tile =
      mlirHopperSharedTileTypeGet(context, 176, 128, mlirF16TypeGet(context));
  // CHECK-NEXT: !hopper.shared_tile<176x128xf16>
  mlirTypePrint(tile, printString, stdout);
  // CHECK-NEXT: 176 x 128, 45056 bytes, f16 yes, is a tile yes, type id yes
  printf("\n%" PRId64 " x %" PRId64 ", %" PRId64
         " bytes, f16 %s, is a tile %s, type id %s\n",
         mlirHopperSharedTileTypeGetRows(tile),
         mlirHopperSharedTileTypeGetColumns(tile),
         mlirHopperSharedTileTypeGetBytes(tile),
         yesNo(mlirTypeIsAF16(mlirHopperSharedTileTypeGetElementType(tile))),
         yesNo(mlirTypeIsAHopperSharedTile(tile)),
         yesNo(mlirTypeIDEqual(mlirTypeGetTypeID(tile),
                               mlirHopperSharedTileTypeGetTypeID())));
  MlirType channel = mlirHopperChannelTypeGet(context, 2, tile);
  // CHECK-NEXT: !hopper.channel<2 x 176x128xf16>
  mlirTypePrint(channel, printString, stdout);
  // CHECK-NEXT: depth 2, tile yes, is a channel yes, is a tile no, type id yes
  printf("\ndepth %" PRId64
         ", tile %s, is a channel %s, is a tile %s, type id %s\n",
         mlirHopperChannelTypeGetDepth(channel),
         yesNo(mlirTypeEqual(mlirHopperChannelTypeGetTile(channel), tile)),
         yesNo(mlirTypeIsAHopperChannel(channel)),
         yesNo(mlirTypeIsAHopperSharedTile(channel)),
         yesNo(mlirTypeIDEqual(mlirTypeGetTypeID(channel),
                               mlirHopperChannelTypeGetTypeID())));
  // CHECK-NEXT: diagnostic: expected a depth between 1 and 32, but got 0
  // CHECK-NEXT: null yes
  printf("null %s\n",
         yesNo(mlirTypeIsNull(mlirHopperChannelTypeGet(context, 0, tile))));
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  MlirContext context = mlirContextCreate();
  mlirContextAttachDiagnosticHandler(context, printDiagnostic, stdout, NULL);
  loadDialect(context);
  testSchedule(context);
  testKernel(context);
  testTypes(context);
  mlirContextDestroy(context);
  return 0;
}
