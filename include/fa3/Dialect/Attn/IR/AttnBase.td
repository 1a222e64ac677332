//===- AttnBase.td - The attn dialect ----------------------*- tablegen -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_DIALECT_ATTN_IR_ATTNBASE_TD
#define FA3_DIALECT_ATTN_IR_ATTNBASE_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

def Attn_Dialect : Dialect {
  let name = "attn";
  let cppNamespace = "::mlir::attn";
  let summary = "scaled dot-product attention";
  let description = [{
    The problem level and the tile level of an attention kernel.

    *Problem level.* `attn.forward` states what is computed, on whole tensors
    or buffers: O = softmax(f(scale Q Kᵀ) + mask) V and, on request, the
    logarithm of each row's sum of exponentials.

    *Tile level.* One loop over tiles of keys and values carries the state of
    the online softmax (FlashAttention-3, arXiv 2407.08608, section 2.3). Its
    contents are upstream operations on vectors of tile shape (`vector`,
    `arith`, `math`) and the few operations here for which upstream has none:
    the visibility band of a tile (`attn.band_mask`), the coordinates of its
    elements (`attn.coordinates`) and one step of the online softmax
    (`attn.online_softmax`).

    A tile is a vector whose shape says what it is: `vector<MxN>` a tile of
    scores or of the output, `vector<M>` one value for each row, `vector<1xN>`
    one for each column. Nothing at these levels is specific to a machine; the
    CPU and the Hopper pipeline share them.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::memref::MemRefDialect", "::mlir::tensor::TensorDialect"];
}

class Attn_Op<string mnemonic, list<Trait> traits = []>
    : Op<Attn_Dialect, mnemonic, [NativeOpTrait<"KnownAttributes">] # traits>;

#endif // FA3_DIALECT_ATTN_IR_ATTNBASE_TD
