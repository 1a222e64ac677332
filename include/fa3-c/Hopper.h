//===-- fa3-c/Hopper.h - C API for the hopper dialect -------------*- C -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Types and attributes belong to their context: they are passed by value,
// nobody frees them, and they live as long as the context. A `…Get…` must be
// given a type or an attribute of that kind; ask `…IsA…` where you do not know.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_C_HOPPER_H
#define FA3_C_HOPPER_H

#include "mlir-c/IR.h"
#include "mlir-c/Support.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The handle of the dialect, `mlirGetDialectHandle__hopper__`. Registers no
/// more than the dialect: passes and pipelines need `fa3RegisterAllDialects`.
MLIR_DECLARE_CAPI_DIALECT_REGISTRATION(Hopper, hopper);

//===----------------------------------------------------------------------===//
// #hopper.schedule
//===----------------------------------------------------------------------===//

MLIR_CAPI_EXPORTED bool mlirAttributeIsAHopperSchedule(MlirAttribute attr);

/// Where an operation stands in a software-pipelined loop. The null attribute
/// where a value is not valid; what is wrong with it goes to the diagnostics of
/// the context.
MLIR_CAPI_EXPORTED MlirAttribute mlirHopperScheduleAttrGet(MlirContext context,
                                                           int64_t stage,
                                                           int64_t cluster);
MLIR_CAPI_EXPORTED MlirTypeID mlirHopperScheduleAttrGetTypeID(void);
MLIR_CAPI_EXPORTED int64_t mlirHopperScheduleAttrGetStage(MlirAttribute attr);
MLIR_CAPI_EXPORTED int64_t mlirHopperScheduleAttrGetCluster(MlirAttribute attr);

//===----------------------------------------------------------------------===//
// #hopper.kernel
//===----------------------------------------------------------------------===//

/// `hopper.kernel` of a compiled kernel says how it is launched. It is read
/// here and made by the pipelines; `fa3Compile` writes all of it to a manifest.
MLIR_CAPI_EXPORTED bool mlirAttributeIsAHopperKernel(MlirAttribute attr);
MLIR_CAPI_EXPORTED MlirTypeID mlirHopperKernelAttrGetTypeID(void);
/// Types of the arguments that the host passes.
MLIR_CAPI_EXPORTED intptr_t
mlirHopperKernelAttrGetNumArguments(MlirAttribute attr);
/// `index` must be less than their number.
MLIR_CAPI_EXPORTED MlirType mlirHopperKernelAttrGetArgument(MlirAttribute attr,
                                                            intptr_t index);
/// Threads of a block.
MLIR_CAPI_EXPORTED int64_t mlirHopperKernelAttrGetThreads(MlirAttribute attr);
/// Bytes of dynamic shared memory of a block.
MLIR_CAPI_EXPORTED int64_t
mlirHopperKernelAttrGetSharedMemory(MlirAttribute attr);

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

MLIR_CAPI_EXPORTED bool mlirTypeIsAHopperSharedTile(MlirType type);
MLIR_CAPI_EXPORTED MlirTypeID mlirHopperSharedTileTypeGetTypeID(void);

/// A tile in shared memory. The null type where the values are not valid; what
/// is wrong with them goes to the diagnostics of the context.
MLIR_CAPI_EXPORTED MlirType mlirHopperSharedTileTypeGet(MlirContext context,
                                                        int64_t rows,
                                                        int64_t columns,
                                                        MlirType elementType);
MLIR_CAPI_EXPORTED int64_t mlirHopperSharedTileTypeGetRows(MlirType type);
MLIR_CAPI_EXPORTED int64_t mlirHopperSharedTileTypeGetColumns(MlirType type);
MLIR_CAPI_EXPORTED MlirType
mlirHopperSharedTileTypeGetElementType(MlirType type);
/// Bytes of the whole tile, padding included.
MLIR_CAPI_EXPORTED int64_t mlirHopperSharedTileTypeGetBytes(MlirType type);

MLIR_CAPI_EXPORTED bool mlirTypeIsAHopperChannel(MlirType type);
MLIR_CAPI_EXPORTED MlirTypeID mlirHopperChannelTypeGetTypeID(void);

/// A ring of `depth` tiles. The null type where the values are not valid; what
/// is wrong with them goes to the diagnostics of the context. `tile` must be a
/// shared tile.
MLIR_CAPI_EXPORTED MlirType mlirHopperChannelTypeGet(MlirContext context,
                                                     int64_t depth,
                                                     MlirType tile);
MLIR_CAPI_EXPORTED int64_t mlirHopperChannelTypeGetDepth(MlirType type);
MLIR_CAPI_EXPORTED MlirType mlirHopperChannelTypeGetTile(MlirType type);

#ifdef __cplusplus
}
#endif

#endif // FA3_C_HOPPER_H
