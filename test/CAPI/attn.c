//===- attn.c - The attn dialect from C -----------------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// RUN: %fa3_capi/fa3-capi-attn-test 2>&1 | FileCheck %s

#include "fa3-c/Attn.h"

#include "mlir-c/BuiltinAttributes.h"
#include "mlir-c/BuiltinTypes.h"
#include "mlir-c/Diagnostics.h"
#include "mlir-c/Dialect/Func.h"

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

static void printAttribute(MlirAttribute attr) {
  mlirAttributePrint(attr, printString, stdout);
  putchar('\n');
}

static const char *yesNo(bool value) { return value ? "yes" : "no"; }

static void loadDialect(MlirContext context) {
  MlirDialectHandle handle = mlirGetDialectHandle__attn__();
  // CHECK: dialect attn
  printf("dialect %.*s\n", (int)mlirDialectHandleGetNamespace(handle).length,
         mlirDialectHandleGetNamespace(handle).data);
  mlirDialectHandleLoadDialect(handle, context);
}

static void testConfig(MlirContext context) {
  // CHECK-LABEL: {{^}}config{{$}}
  puts("config");
  MlirAttribute config = mlirAttnConfigAttrGet(
      context, 128, 128, 2, 2, 24, 240, 256, 50, 2, 4, 8, true, true, 8, -1);
  // CHECK-NEXT: #attn.config<tile = 128x128, stages = 2, consumers = 2,
  // registers = 24x240, speculation = 256, pin = 50, query_stages = 2,
  // exponent = 4, emulate = 8, two_level, persistent, pack = 8>
  printAttribute(config);
  // CHECK-NEXT: tile 128 128, stages 2, consumers 2, registers 24 240
  printf("tile %" PRId64 " %" PRId64 ", stages %" PRId64 ", consumers %" PRId64
         ", registers %" PRId64 " %" PRId64 "\n",
         mlirAttnConfigAttrGetTileQ(config),
         mlirAttnConfigAttrGetTileKV(config),
         mlirAttnConfigAttrGetStages(config),
         mlirAttnConfigAttrGetConsumers(config),
         mlirAttnConfigAttrGetProducerRegisters(config),
         mlirAttnConfigAttrGetConsumerRegisters(config));

  // What is parsed is the same attribute.
  MlirAttribute parsed = mlirAttributeParseGet(
      context, mlirStringRefCreateFromCString(
                   "#attn.config<tile = 128x128, stages = 2, consumers = 2, "
                   "registers = 24x240, speculation = 256, pin = 50, "
                   "query_stages = 2, exponent = 4, emulate = 8, two_level, "
                   "persistent, pack = 8>"));
  // CHECK-NEXT: speculation 256, pin 50, query stages 2, exponent 4, emulate 8
  // CHECK-NEXT: two levels yes, persistent yes
  printf("speculation %" PRId64 ", pin %" PRId64 ", query stages %" PRId64
         ", exponent %" PRId64 ", emulate %" PRId64 "\n",
         mlirAttnConfigAttrGetSpeculation(parsed),
         mlirAttnConfigAttrGetPin(parsed),
         mlirAttnConfigAttrGetQueryStages(parsed),
         mlirAttnConfigAttrGetExponent(parsed),
         mlirAttnConfigAttrGetEmulate(parsed));
  printf("two levels %s, persistent %s\n",
         yesNo(mlirAttnConfigAttrIsTwoLevel(parsed)),
         yesNo(mlirAttnConfigAttrIsPersistent(parsed)));
  // CHECK-NEXT: pack 8, splits -1
  printf("pack %" PRId64 ", splits %" PRId64 "\n",
         mlirAttnConfigAttrGetPack(parsed),
         mlirAttnConfigAttrGetSplits(parsed));
  // CHECK-NEXT: equal yes, is a config yes, is a window no, type id yes
  printf("equal %s, is a config %s, is a window %s, type id %s\n",
         yesNo(mlirAttributeEqual(config, parsed)),
         yesNo(mlirAttributeIsAAttnConfig(parsed)),
         yesNo(mlirAttributeIsAAttnWindow(parsed)),
         yesNo(mlirTypeIDEqual(mlirAttributeGetTypeID(parsed),
                               mlirAttnConfigAttrGetTypeID())));

  // CHECK-NEXT: diagnostic: expected at least 1 stage, but got 0
  // CHECK-NEXT: null yes
  MlirAttribute invalid =
      mlirAttnConfigAttrGet(context, 128, 176, 0, 2, 24, 240, -1, -1, -1, -1,
                            -1, false, false, -1, -1);
  printf("null %s\n", yesNo(mlirAttributeIsNull(invalid)));
}

static void testWindow(MlirContext context) {
  // CHECK-LABEL: {{^}}window{{$}}
  puts("window");
  MlirAttribute window =
      mlirAttnWindowAttrGet(context, 128, MLIR_ATTN_WINDOW_UNBOUNDED);
  // CHECK-NEXT: #attn.window<left = 128>
  printAttribute(window);
  // CHECK-NEXT: left 128, right -1, is a window yes, type id yes
  printf("left %" PRId64 ", right %" PRId64 ", is a window %s, type id %s\n",
         mlirAttnWindowAttrGetLeft(window), mlirAttnWindowAttrGetRight(window),
         yesNo(mlirAttributeIsAAttnWindow(window)),
         yesNo(mlirTypeIDEqual(mlirAttributeGetTypeID(window),
                               mlirAttnWindowAttrGetTypeID())));
  // CHECK-NEXT: diagnostic: expected a right window of 0 to {{.*}}, but got -2
  // CHECK-NEXT: null yes
  printf("null %s\n",
         yesNo(mlirAttributeIsNull(mlirAttnWindowAttrGet(context, 0, -2))));
}

static void testEnums(MlirContext context) {
  // CHECK-LABEL: {{^}}enums{{$}}
  puts("enums");
  MlirAttribute layout = mlirAttnLayoutAttrGet(context, MlirAttnLayoutBHSD);
  // CHECK-NEXT: #attn.layout<bhsd>
  printAttribute(layout);
  // CHECK-NEXT: bhsd yes, is a layout yes, is an alignment no, type id yes
  printf("bhsd %s, is a layout %s, is an alignment %s, type id %s\n",
         yesNo(mlirAttnLayoutAttrGetValue(layout) == MlirAttnLayoutBHSD),
         yesNo(mlirAttributeIsAAttnLayout(layout)),
         yesNo(mlirAttributeIsAAttnAlignment(layout)),
         yesNo(mlirTypeIDEqual(mlirAttributeGetTypeID(layout),
                               mlirAttnLayoutAttrGetTypeID())));
  MlirAttribute alignment =
      mlirAttnAlignmentAttrGet(context, MlirAttnAlignmentTopLeft);
  // CHECK-NEXT: #attn.alignment<top_left>
  printAttribute(alignment);
  // CHECK-NEXT: top left yes, is an alignment yes, is a layout no, type id yes
  printf("top left %s, is an alignment %s, is a layout %s, type id %s\n",
         yesNo(mlirAttnAlignmentAttrGetValue(alignment) ==
               MlirAttnAlignmentTopLeft),
         yesNo(mlirAttributeIsAAttnAlignment(alignment)),
         yesNo(mlirAttributeIsAAttnLayout(alignment)),
         yesNo(mlirTypeIDEqual(mlirAttributeGetTypeID(alignment),
                               mlirAttnAlignmentAttrGetTypeID())));
}

/// Any number comes from C.
static void testWrongEnums(MlirContext context) {
  // CHECK-LABEL: {{^}}wrong enums{{$}}
  puts("wrong enums");
  // CHECK-NEXT: diagnostic: expected a layout of 0 (bshd) or 1 (bhsd), but got
  // 7 CHECK-NEXT: null yes
  printf("null %s\n", yesNo(mlirAttributeIsNull(
                          mlirAttnLayoutAttrGet(context, (MlirAttnLayout)7))));
  // CHECK-NEXT: diagnostic: expected an alignment of 0 (bottom_right)
  // CHECK-SAME: or 1 (top_left), but got -1
  // CHECK-NEXT: null yes
  printf("null %s\n", yesNo(mlirAttributeIsNull(mlirAttnAlignmentAttrGet(
                          context, (MlirAttnAlignment)-1))));
}

/// Builds an attention on tensors in a function of its own.
static void testForward(MlirContext context) {
  // CHECK-LABEL: {{^}}forward{{$}}
  puts("forward");
  MlirLocation loc = mlirLocationUnknownGet(context);
  int64_t dynamic = mlirShapedTypeGetDynamicSize();
  int64_t shape[] = {2, dynamic, 16, 64}, lseShape[] = {2, 16, dynamic};
  MlirType tensor = mlirRankedTensorTypeGet(4, shape, mlirF16TypeGet(context),
                                            mlirAttributeGetNull());
  MlirType lseTensor = mlirRankedTensorTypeGet(
      3, lseShape, mlirF32TypeGet(context), mlirAttributeGetNull());
  MlirType types[] = {tensor, tensor, tensor, tensor, lseTensor};
  MlirLocation locs[] = {loc, loc, loc, loc, loc};
  MlirBlock block = mlirBlockCreate(5, types, locs);
  MlirValue arguments[5];
  for (intptr_t i = 0; i < 5; ++i)
    arguments[i] = mlirBlockGetArgument(block, i);

  MlirOperation forward =
      mlirAttnForwardCreate(loc, arguments[0], arguments[1], arguments[2],
                            arguments[3], arguments[4]);
  mlirOperationSetInherentAttributeByName(
      forward, mlirStringRefCreateFromCString("causal"),
      mlirUnitAttrGet(context));
  mlirOperationSetInherentAttributeByName(
      forward, mlirStringRefCreateFromCString("layout"),
      mlirAttnLayoutAttrGet(context, MlirAttnLayoutBHSD));
  mlirBlockAppendOwnedOperation(block, forward);
  // CHECK-NEXT: results 2
  printf("results %d\n", (int)mlirOperationGetNumResults(forward));

  MlirOperationState state =
      mlirOperationStateGet(mlirStringRefCreateFromCString("func.return"), loc);
  mlirBlockAppendOwnedOperation(block, mlirOperationCreate(&state));
  MlirRegion body = mlirRegionCreate();
  mlirRegionAppendOwnedBlock(body, block);
  state =
      mlirOperationStateGet(mlirStringRefCreateFromCString("func.func"), loc);
  MlirNamedAttribute attributes[] = {
      mlirNamedAttributeGet(
          mlirIdentifierGet(context,
                            mlirStringRefCreateFromCString("sym_name")),
          mlirStringAttrGet(context, mlirStringRefCreateFromCString("f"))),
      mlirNamedAttributeGet(
          mlirIdentifierGet(context,
                            mlirStringRefCreateFromCString("function_type")),
          mlirTypeAttrGet(mlirFunctionTypeGet(context, 5, types, 0, NULL)))};
  mlirOperationStateAddAttributes(&state, 2, attributes);
  mlirOperationStateAddOwnedRegions(&state, 1, &body);
  MlirModule module = mlirModuleCreateEmpty(loc);
  mlirBlockAppendOwnedOperation(mlirModuleGetBody(module),
                                mlirOperationCreate(&state));

  // The heads, 16, are where bhsd has the lengths.
  // CHECK-NEXT: diagnostic: {{.*}}expected the number of heads of Q to be
  // static CHECK: verifies no
  printf("verifies %s\n",
         yesNo(mlirOperationVerify(mlirModuleGetOperation(module))));
  mlirOperationSetInherentAttributeByName(
      forward, mlirStringRefCreateFromCString("layout"),
      mlirAttnLayoutAttrGet(context, MlirAttnLayoutBSHD));
  // CHECK: verifies yes
  printf("verifies %s\n",
         yesNo(mlirOperationVerify(mlirModuleGetOperation(module))));
  // clang-format off
  // CHECK: attn.forward ins(%arg0, %arg1, %arg2 : tensor<2x?x16x64xf16>,
  // CHECK-SAME: outs(%arg3, %arg4 : tensor<2x?x16x64xf16>, tensor<2x16x?xf32>) {causal}
  // CHECK-SAME: -> tensor<2x?x16x64xf16>, tensor<2x16x?xf32>
  // clang-format on
  mlirOperationPrint(mlirModuleGetOperation(module), printString, stdout);
  mlirModuleDestroy(module);
}

int main(void) {
  // What goes to either stream is checked in one order.
  setvbuf(stdout, NULL, _IONBF, 0);
  MlirContext context = mlirContextCreate();
  mlirContextAttachDiagnosticHandler(context, printDiagnostic, stdout, NULL);
  loadDialect(context);
  mlirDialectHandleLoadDialect(mlirGetDialectHandle__func__(), context);
  testConfig(context);
  testWindow(context);
  testEnums(context);
  testWrongEnums(context);
  testForward(context);
  mlirContextDestroy(context);
  return 0;
}
