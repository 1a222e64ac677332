//===- Passes.td - Passes on the problem and the tile level -*- tablegen -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_DIALECT_ATTN_TRANSFORMS_PASSES_TD
#define FA3_DIALECT_ATTN_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def AttnSelectConfig : Pass<"attn-select-config"> {
  let summary = "choose tile, stages, consumers and registers of each attention";
  let description = [{
    Gives each `attn.forward` without a `config` one that satisfies the resource
    equations of the target, and checks those that stand there already. For
    `hopper`, with D and Dv the head dimensions rounded up to 64 columns in
    shared memory and e the bytes of an element:

    ```
    shared memory  Br·D·e + stages·Bc·(D + Dv)·e + barriers ≤ 232448
    registers      Bc/2 + Bc·e/8 + Dv/2 + slack ≤ consumer registers
    register file  128·(producer + consumers·consumer registers) ≤ 65536
    ```

    For `cpu` the tile is small enough that its vectors unroll.

    Before:
    ```mlir
    attn.forward ins(%q, %k, %v : memref<?x?x16x128xf16>, memref<?x?x16x128xf16>, memref<?x?x16x128xf16>) outs(%o : memref<?x?x16x128xf16>)
    ```
    After:
    ```mlir
    attn.forward ins(%q, %k, %v : memref<?x?x16x128xf16>, memref<?x?x16x128xf16>, memref<?x?x16x128xf16>) outs(%o : memref<?x?x16x128xf16>) {config = #attn.config<tile = 128x176, stages = 2, consumers = 2, registers = 24x240>}
    ```
  }];
  let options = [
    Option<"target", "target", "std::string", /*default=*/"\"hopper\"",
           "machine to choose for: hopper or cpu">,
    Option<"config", "config", "std::string", /*default=*/"\"\"",
           "configuration for every attention, as the text of an #attn.config "
           "between its angle brackets; overrides what stands in the IR">,
  ];
}

def AttnTile : Pass<"attn-tile"> {
  let summary = "tile attention into a grid and a loop over keys";
  let description = [{
    Rewrites `attn.forward` on memrefs as an `scf.forall` over (row tile, query
    head, batch) around one `scf.for` over tiles of keys, last tile first, that
    carries (O, m, l): the accumulated output, the maximum and the sum of each
    row (FlashAttention-3, algorithm 1). The score and the mask region are
    inlined on vectors; reads that depend on a row or a column become
    `vector.gather`, masked to the bounds of what they read.

    Every tile is masked by one `attn.band_mask`; `attn-prune-masked-tiles` and
    `attn-split-masked-tiles` take away what is not needed.

    Needs the op's `config` (see `attn-select-config`), and memrefs
    (`one-shot-bufferize`).
  }];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"
  ];
  let statistics = [
    Statistic<"numTiled", "num-tiled", "number of attentions tiled">
  ];
}

def AttnLowerOnlineSoftmax : Pass<"attn-lower-online-softmax"> {
  let summary = "write the online softmax in vector arithmetic";
  let description = [{
    Rewrites `attn.online_softmax` as reductions along rows, one fused
    multiply-add and one exponential for each score, and the correction of the
    rows' sums (FlashAttention-3, algorithm 1, lines 8 to 13).

    Before:
    ```mlir
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
    ```
    After, with `%c` the broadcast of -m1 * f:
    ```mlir
    %m1 = vector.multi_reduction <maxnumf>, %s, %m [1] : vector<4x16xf32> to vector<4xf32>
    %x = math.fma %s, %ff, %c : vector<4x16xf32>
    %p = math.exp2 %x : vector<4x16xf32>
    %l1 = vector.multi_reduction <add>, %p, %la [1] : vector<4x16xf32> to vector<4xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::math::MathDialect", "::mlir::vector::VectorDialect"];
}

#endif // FA3_DIALECT_ATTN_TRANSFORMS_PASSES_TD
