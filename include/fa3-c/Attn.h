//===-- fa3-c/Attn.h - C API for the attn dialect -----------------*- C -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// As in all of MLIR's C API, attributes belong to their context: they are
// passed by value, nobody frees them, and they live as long as the context.
// A `…Get…` of an attribute must be given an attribute of that kind; ask
// `mlirAttributeIsA…` where you do not know.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_C_ATTN_H
#define FA3_C_ATTN_H

#include "mlir-c/IR.h"
#include "mlir-c/Support.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The handle of the dialect, `mlirGetDialectHandle__attn__`. Registers no more
/// than the dialect: passes and pipelines need `fa3RegisterAllDialects`.
MLIR_DECLARE_CAPI_DIALECT_REGISTRATION(Attn, attn);

//===----------------------------------------------------------------------===//
// #attn.config
//===----------------------------------------------------------------------===//

MLIR_CAPI_EXPORTED bool mlirAttributeIsAAttnConfig(MlirAttribute attr);

/// The configuration of a kernel. The null attribute where the values are not
/// valid; what is wrong with them goes to the diagnostics of the context.
/// A `speculation`, `pin`, `queryStages`, `exponent` or `emulate` of -1 is left
/// out.
MLIR_CAPI_EXPORTED MlirAttribute mlirAttnConfigAttrGet(
    MlirContext context, int64_t tileQ, int64_t tileKV, int64_t stages,
    int64_t consumers, int64_t producerRegisters, int64_t consumerRegisters,
    int64_t speculation, int64_t pin, int64_t queryStages, int64_t exponent,
    int64_t emulate, bool twoLevel, bool persistent, int64_t pack,
    int64_t splits);

MLIR_CAPI_EXPORTED MlirTypeID mlirAttnConfigAttrGetTypeID(void);

/// Rows of Q, and keys, of a tile.
MLIR_CAPI_EXPORTED int64_t mlirAttnConfigAttrGetTileQ(MlirAttribute attr);
MLIR_CAPI_EXPORTED int64_t mlirAttnConfigAttrGetTileKV(MlirAttribute attr);
/// Depth of the ring of K and V tiles in shared memory.
MLIR_CAPI_EXPORTED int64_t mlirAttnConfigAttrGetStages(MlirAttribute attr);
/// Warpgroups that compute.
MLIR_CAPI_EXPORTED int64_t mlirAttnConfigAttrGetConsumers(MlirAttribute attr);
/// Registers of a thread of the producer, and of a consumer.
MLIR_CAPI_EXPORTED int64_t
mlirAttnConfigAttrGetProducerRegisters(MlirAttribute attr);
MLIR_CAPI_EXPORTED int64_t
mlirAttnConfigAttrGetConsumerRegisters(MlirAttribute attr);
/// The bound of speculation, and the percentage of the exponentials in front of
/// the wait for P·V; -1 where there is none.
MLIR_CAPI_EXPORTED int64_t mlirAttnConfigAttrGetSpeculation(MlirAttribute attr);
MLIR_CAPI_EXPORTED int64_t mlirAttnConfigAttrGetPin(MlirAttribute attr);
MLIR_CAPI_EXPORTED int64_t mlirAttnConfigAttrGetQueryStages(MlirAttribute attr);
/// Of 8-bit inputs: the power of two that lifts probabilities, -1 where it is
/// left out, and whether products with V are added up in registers.
MLIR_CAPI_EXPORTED int64_t mlirAttnConfigAttrGetExponent(MlirAttribute attr);
MLIR_CAPI_EXPORTED int64_t mlirAttnConfigAttrGetEmulate(MlirAttribute attr);
MLIR_CAPI_EXPORTED bool mlirAttnConfigAttrIsTwoLevel(MlirAttribute attr);
MLIR_CAPI_EXPORTED bool mlirAttnConfigAttrIsPersistent(MlirAttribute attr);
/// Heads in the rows of a tile, and ranges of keys; -1 where there is none.
MLIR_CAPI_EXPORTED int64_t mlirAttnConfigAttrGetPack(MlirAttribute attr);
MLIR_CAPI_EXPORTED int64_t mlirAttnConfigAttrGetSplits(MlirAttribute attr);

//===----------------------------------------------------------------------===//
// #attn.window
//===----------------------------------------------------------------------===//

/// Stands for a side of a window that is not bounded.
#define MLIR_ATTN_WINDOW_UNBOUNDED ((int64_t)-1)

MLIR_CAPI_EXPORTED bool mlirAttributeIsAAttnWindow(MlirAttribute attr);

/// The keys that a query sees on either side of its own position. The null
/// attribute where a side is negative and not MLIR_ATTN_WINDOW_UNBOUNDED; the
/// diagnostics of the context say so.
MLIR_CAPI_EXPORTED MlirAttribute mlirAttnWindowAttrGet(MlirContext context,
                                                       int64_t left,
                                                       int64_t right);

MLIR_CAPI_EXPORTED MlirTypeID mlirAttnWindowAttrGetTypeID(void);

/// Keys on that side, or MLIR_ATTN_WINDOW_UNBOUNDED.
MLIR_CAPI_EXPORTED int64_t mlirAttnWindowAttrGetLeft(MlirAttribute attr);
MLIR_CAPI_EXPORTED int64_t mlirAttnWindowAttrGetRight(MlirAttribute attr);

//===----------------------------------------------------------------------===//
// #attn.layout
//===----------------------------------------------------------------------===//

/// Order of the dimensions of Q, K, V and O.
typedef enum MlirAttnLayout {
  MlirAttnLayoutBSHD = 0,
  MlirAttnLayoutBHSD = 1
} MlirAttnLayout;

MLIR_CAPI_EXPORTED bool mlirAttributeIsAAttnLayout(MlirAttribute attr);
/// The null attribute for any other number; the diagnostics of the context say
/// so.
MLIR_CAPI_EXPORTED MlirAttribute mlirAttnLayoutAttrGet(MlirContext context,
                                                       MlirAttnLayout layout);
MLIR_CAPI_EXPORTED MlirTypeID mlirAttnLayoutAttrGetTypeID(void);
MLIR_CAPI_EXPORTED MlirAttnLayout
mlirAttnLayoutAttrGetValue(MlirAttribute attr);

//===----------------------------------------------------------------------===//
// #attn.alignment
//===----------------------------------------------------------------------===//

/// The corner of the score matrix to which causal masks and windows belong.
typedef enum MlirAttnAlignment {
  MlirAttnAlignmentBottomRight = 0,
  MlirAttnAlignmentTopLeft = 1
} MlirAttnAlignment;

MLIR_CAPI_EXPORTED bool mlirAttributeIsAAttnAlignment(MlirAttribute attr);
/// The null attribute for any other number; the diagnostics of the context say
/// so.
MLIR_CAPI_EXPORTED MlirAttribute
mlirAttnAlignmentAttrGet(MlirContext context, MlirAttnAlignment alignment);
MLIR_CAPI_EXPORTED MlirTypeID mlirAttnAlignmentAttrGetTypeID(void);
MLIR_CAPI_EXPORTED MlirAttnAlignment
mlirAttnAlignmentAttrGetValue(MlirAttribute attr);

//===----------------------------------------------------------------------===//
// attn.forward
//===----------------------------------------------------------------------===//

/// Creates `attn.forward` with the default scale and no mask; on tensors it has
/// a result for each output. `lse` may be the null value. Set attributes by
/// `mlirOperationSetInherentAttributeByName`, which leaves out without a word
/// what is not of an attribute's kind: `causal` is a unit attribute
/// (`mlirUnitAttrGet`), and not set by one of bool. The caller owns the
/// operation until it is put into a block, as after `mlirOperationCreate`. It
/// is not verified here.
MLIR_CAPI_EXPORTED MlirOperation
mlirAttnForwardCreate(MlirLocation location, MlirValue query, MlirValue key,
                      MlirValue value, MlirValue output, MlirValue lse);

#ifdef __cplusplus
}
#endif

#endif // FA3_C_ATTN_H
