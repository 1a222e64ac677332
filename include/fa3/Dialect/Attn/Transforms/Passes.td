//===- Passes.td - Passes on the problem level -------------*- tablegen -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_DIALECT_ATTN_TRANSFORMS_PASSES_TD
#define FA3_DIALECT_ATTN_TRANSFORMS_PASSES_TD

include "fa3/Dialect/Attn/Transforms/TilePasses.td"
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
    registers      Bc/2 + Bc·e/8 + Dv/2 [+ Bc/4] + slack ≤ consumer registers
    register file  128·(producer + consumers·consumer registers) ≤ 65536
    ```

    Bc/4 under speculation, whose way back needs the scores. For `cpu` the tile is
    small enough that its vectors unroll.

    Where the number of rows is known and a tile would not be full of those of
    one head, heads that share a head of K and V are packed into it. Where the
    blocks are then fewer than half of the 132 multiprocessors, the keys are split
    into as many ranges as fill them, of at least 256 keys where the number is
    known.

    Kernels are right for all sizes that the types allow. Which of the open ones
    they are to be fast for, `expected-batch`, `expected-rows` and
    `expected-keys` say.

    Elsewhere a tuning table may have the configuration that was the fastest when
    it was measured (TuningTable.h): by element type, head dimensions, mask and
    lengths, for attention without score and mask functions. Where it has none, a
    rule chooses, which was made from measurements. `fa3-tune` writes tables.

    Before:
    ```mlir
    attn.forward ins(%q, %k, %v : memref<?x?x16x128xf16>, memref<?x?x16x128xf16>, memref<?x?x16x128xf16>) outs(%o : memref<?x?x16x128xf16>)
    ```
    After:
    ```mlir
    attn.forward ins(%q, %k, %v : memref<?x?x16x128xf16>, memref<?x?x16x128xf16>, memref<?x?x16x128xf16>) outs(%o : memref<?x?x16x128xf16>) {config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 256, pin = 50, persistent>}
    ```
  }];
  let options = [
    Option<"producer", "producer", "bool", /*default=*/"true",
           "whether a warpgroup of its own does the copies; without one the "
           "consumers need registers for them">,
    Option<"pack", "pack", "bool", /*default=*/"true",
           "whether heads that share a head of K and V may stand in one tile">,
    Option<"classify", "classify", "bool", /*default=*/"true",
           "whether attn-classify-tiles follows, so that few tiles have the code "
           "of a mask region">,
    Option<"narrower", "narrower", "int64_t", /*default=*/"0",
           "how many of the widest tiles of keys that fit are left out, as for "
           "functions of scores that need more registers than was thought">,
    Option<"target", "target", "std::string", /*default=*/"\"hopper\"",
           "machine to choose for: hopper or cpu">,
    Option<"config", "config", "std::string", /*default=*/"\"\"",
           "configuration for every attention, as the text of an #attn.config "
           "between its angle brackets; overrides what stands in the IR">,
    Option<"expectedBatch", "expected-batch", "int64_t", /*default=*/"0",
           "batches that are chosen for where the types leave them open, 0 where "
           "that is not known">,
    Option<"expectedRows", "expected-rows", "int64_t", /*default=*/"0",
           "the same of the rows of Q">,
    Option<"expectedKeys", "expected-keys", "int64_t", /*default=*/"0",
           "the same of the rows of K and V">,
    Option<"tuningTable", "tuning-table", "std::string",
           /*default=*/"\"builtin\"",
           "file of measured configurations, from fa3-tune; builtin is the "
           "repository's own, none leaves all to the rule">,
  ];
}

def AttnPlaceResults : Pass<"attn-place-results", "::mlir::ModuleOp"> {
  let summary = "make what a function of attention returns arguments of it";
  let description = [{
    A kernel returns nothing and owns no memory: it writes into what the host
    passes. In functions with an `attn.forward`, `attn.combine`, `attn.quantize` or
    `attn.dequantize` on memrefs this pass rewrites

    - a result that is an argument: it is dropped, as the caller has it already;
    - a result that is an allocation, or a reshape of one: it becomes an argument
      behind those that there are, in the order of the results, of the
      allocation's type. Its sizes must be those of the attention, which checks
      them;
    - an argument of static shape without gaps that is used through a reshape
      only (`memref.expand_shape`, `memref.collapse_shape`): it takes the reshaped
      type. The memory is the same.

    The function's `attn.results` then says which argument each result is, and
    the manifest calls the new ones `result0`, `result1` and so on. Functions that
    others call are left as they are, as kernels they cannot become. Any other
    result is an error.

    Run it behind `one-shot-bufferize`, and that behind
    `eliminate-empty-tensors`, by which `bufferization.materialize_in_destination`
    becomes a write to its destination.

    Before:
    ```mlir
    func.func @f(%q: memref<1x17x4x64xf16>, %k: memref<1x17x4x64xf16>, %v: memref<1x17x4x64xf16>) -> memref<1x17x4x64xf16> {
      %o = memref.alloc() : memref<1x17x4x64xf16>
      attn.forward ins(%q, %k, %v : memref<1x17x4x64xf16>, memref<1x17x4x64xf16>, memref<1x17x4x64xf16>) outs(%o : memref<1x17x4x64xf16>)
      return %o : memref<1x17x4x64xf16>
    }
    ```
    After:
    ```mlir
    func.func @f(%q: memref<1x17x4x64xf16>, %k: memref<1x17x4x64xf16>, %v: memref<1x17x4x64xf16>, %o: memref<1x17x4x64xf16>) attributes {attn.results = array<i64: 3>} {
      attn.forward ins(%q, %k, %v : memref<1x17x4x64xf16>, memref<1x17x4x64xf16>, memref<1x17x4x64xf16>) outs(%o : memref<1x17x4x64xf16>)
      return
    }
    ```
  }];
  let statistics = [
    Statistic<"numPlaced", "num-placed", "number of results made arguments">,
    Statistic<"numReshaped", "num-reshaped", "number of arguments reshaped">
  ];
}

def AttnSplitValueColumns : Pass<"attn-split-value-columns"> {
  let summary = "attend to columns of a wide V by attentions of their own";
  let description = [{
    Integers of P·V are added up behind each tile, so that the product and the
    output stand in registers both: 255 a thread hold them, beside the scores, for
    192 columns of V at most. An `attn.forward` on memrefs with a V of integers that
    is wider becomes one for each 128 columns, on slices of V and O; LSE is that of
    the first. `columns` does the same to every wider V, of any type.

    Legal: a column of O depends on that of V alone, and on the probabilities, which
    each part computes anew, from the same Q and K in the same order.

    What it costs: Q·Kᵀ and the softmax once for each part.

    Before:
    ```mlir
    attn.forward ins(%q, %k, %v : memref<1x64x2x256xi8>, memref<1x96x2x256xi8>, memref<1x96x2x256xi8>) scales(…) outs(%o, %lse : memref<1x64x2x256xf16>, memref<1x2x64xf32>)
    ```
    After:
    ```mlir
    %v0 = memref.subview %v[0, 0, 0, 0] [1, 96, 2, 128] [1, 1, 1, 1] : memref<1x96x2x256xi8> to memref<1x96x2x128xi8, strided<[49152, 512, 256, 1]>>
    %o0 = memref.subview %o[0, 0, 0, 0] [1, 64, 2, 128] [1, 1, 1, 1] : …
    attn.forward ins(%q, %k, %v0 : …) scales(…) outs(%o0, %lse : …)
    %v1 = memref.subview %v[0, 0, 0, 128] [1, 96, 2, 128] [1, 1, 1, 1] : …
    %o1 = memref.subview %o[0, 0, 0, 128] [1, 64, 2, 128] [1, 1, 1, 1] : …
    attn.forward ins(%q, %k, %v1 : …) scales(…) outs(%o1 : …)
    ```
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
  let options = [
    Option<"columns", "columns", "int64_t", /*default=*/"0",
           "columns of V that an attention has at most, a multiple of 16; 0 leaves "
           "whole what has room in registers">,
  ];
  let statistics = [
    Statistic<"numSplit", "num-split", "number of attentions split">
  ];
}

def AttnSplitKeys : Pass<"attn-split-keys"> {
  let summary = "compute ranges of keys side by side and merge them";
  let description = [{
    Where a grid has fewer blocks than the machine has multiprocessors, because
    there are few rows and heads, the keys are the dimension that is left: an
    `attn.forward` whose configuration has `splits` becomes one with
    `split_keys`, whose outputs are partial, and an `attn.combine` that merges
    them. A range is a whole number of tiles of keys; where there are fewer tiles
    than `splits`, the last ranges are empty, and where the batch is only known at
    the launch, so are those beyond what `multiprocessors` blocks can take. Blocks
    of ranges are not `persistent`.

    Legal: softmax over the union of disjoint sets of keys follows from the
    outputs and the log-sum-exps over each set. Keys keep their numbers, so that
    masks, windows and regions see the same.

    The partial outputs are in f32. On memrefs they are allocated in front of the
    op, and become the workspace of the kernel.

    Before:
    ```mlir
    attn.forward ins(%q, %k, %v : memref<1x1x16x128xf16>, memref<1x?x16x128xf16>, memref<1x?x16x128xf16>) outs(%o : memref<1x1x16x128xf16>) {config = #attn.config<tile = 64x128, stages = 2, consumers = 1, registers = 24x240, splits = 8>}
    ```
    After, with `%length` = 128 · ⌈⌈Sk / 128⌉ / 8⌉:
    ```mlir
    %os = memref.alloc() {alignment = 256 : i64} : memref<8x1x1x16x128xf32>
    %lses = memref.alloc() {alignment = 256 : i64} : memref<8x1x16x1xf32>
    attn.forward ins(%q, %k, %v : memref<1x1x16x128xf16>, memref<1x?x16x128xf16>, memref<1x?x16x128xf16>) split_keys(%length) outs(%os, %lses : memref<8x1x1x16x128xf32>, memref<8x1x16x1xf32>) {config = #attn.config<tile = 64x128, stages = 2, consumers = 1, registers = 24x240>}
    attn.combine ins(%os, %lses : memref<8x1x1x16x128xf32>, memref<8x1x16x1xf32>) outs(%o : memref<1x1x16x128xf16>)
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect",
    "::mlir::tensor::TensorDialect"
  ];
  let options = [
    Option<"splits", "splits", "int64_t", /*default=*/"0",
           "number of ranges for every attention, in place of what its "
           "configuration says; 1 leaves it whole, 0 goes by the configuration">,
    Option<"multiprocessors", "multiprocessors", "int64_t", /*default=*/"132",
           "blocks that run side by side">,
  ];
  let statistics = [
    Statistic<"numSplit", "num-split", "number of attentions split">
  ];
}

def AttnLowerCombine : Pass<"attn-lower-combine"> {
  let summary = "write the merge of partial attentions as threads of a grid";
  let description = [{
    Rewrites `attn.combine` on memrefs as an `scf.forall` over batches and blocks
    of rows around one over threads (`#gpu.thread<x>`), each of which merges four
    columns of a row. It reads the log-sum-exps of all entries, then adds up the
    entries in their order, weighted; up to 16 are written out one after the
    other, so that their loads are in flight together.

    Sizes that the op's types leave open and that must agree are asserted in
    front of the grid (`cf.assert`).

    Before:
    ```mlir
    attn.combine ins(%os, %lses : memref<8x1x?x16x128xf32>, memref<8x1x16x?xf32>) outs(%o : memref<1x?x16x128xf16>)
    ```
    After, with `%blocks` = ⌈16 · S / 4⌉:
    ```mlir
    scf.forall (%block, %b) in (%blocks, 1) {
      scf.forall (%thread) in (128) {
        "merge four columns"(%block, %thread, %b) : (index, index, index) -> ()
      } {mapping = [#gpu.thread<x>]}
    }
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect",
    "::mlir::gpu::GPUDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"
  ];
}

def AttnLowerQuantize : Pass<"attn-lower-quantize"> {
  let summary = "write quantisation as threads of a grid";
  let description = [{
    Rewrites `attn.quantize` and `attn.dequantize` on memrefs as grids of threads
    (`scf.forall`, and in it one over `#gpu.thread<x>`).

    A thread takes 8 columns at c and 8 at c + D/2 of a row, where D is a power of
    two, so that a pair of the rotary embedding and one step of the Hadamard
    transform are its own; else 8 columns. The other steps of the transform are
    between the 8 columns, and by `gpu.shuffle` between the threads of a row.

    Where blocks of rows have scales of their own and a block's elements fit in
    the registers of 512 threads, 64 of each, that is one grid: a thread block loads its rows, all before the first is used; takes
    the maximum by shuffles and through shared memory; and rounds what it has in
    registers. Otherwise there are three: the maximum of each part of a block, to
    a buffer; the maximum of these, which is the scale; and the rounding, for
    which elements are read once more. Maxima do not depend on their order, so
    each run gives the same bits.

    Rows behind the end of a block count as its last one, which changes no maximum
    and writes what is there already: nothing is conditional on them.

    `nvvm.minctasm` on a grid says how many blocks a multiprocessor is to hold at
    a time, so that some load while others round; it bounds their registers.

    For `target=cpu` a grid has one thread to a row, and it is always three.

    Sizes that the op's types leave open and that must agree are asserted in
    front of the grid (`cf.assert`).

    Before:
    ```mlir
    attn.quantize ins(%x : memref<1x?x16x128xf16>) outs(%y, %scale : memref<1x?x16x128xf8E4M3FN>, memref<1x16x?xf32>) {block = 128}
    ```
    After, with `%blocks` = ⌈S / 128⌉:
    ```mlir
    scf.forall (%h, %block, %b) in (16, %blocks, 1) {
      %maxima = memref.alloca() : memref<8xf32, #gpu.address_space<workgroup>>
      scf.forall (%thread) in (256) {
        "maximum, scale, and 4 rows"(%block, %h, %b, %thread) : (index, index, index, index) -> ()
      } {mapping = [#gpu.thread<x>]}
    } {nvvm.minctasm = 4 : i32}
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect",
    "::mlir::gpu::GPUDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::NVVM::NVVMDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"
  ];
  let options = [
    Option<"target", "target", "std::string", /*default=*/"\"hopper\"",
           "machine to write for: hopper or cpu">,
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

    With `pack` in the configuration a tile's rows are those of several heads
    that share a head of K and V: row r is query row r / pack of head r mod pack,
    and the grid goes over groups of `pack` heads. With `split_keys` the grid has
    one more dimension, the ranges of keys.

    Products of i8 are of i32 and begin at zero in each tile; as f32 they are the
    scores, and are added to the output.

    Every tile is masked by one `attn.band_mask`; `attn-prune-masked-tiles` and
    `attn-split-masked-tiles` take away what is not needed.

    Sizes that the op's types leave open and that must agree are asserted in
    front of the grid (`cf.assert`).

    Needs the op's `config` (see `attn-select-config`), and memrefs
    (`one-shot-bufferize`).
  }];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::cf::ControlFlowDialect",
    "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"
  ];
  let statistics = [
    Statistic<"numTiled", "num-tiled", "number of attentions tiled">
  ];
}

#endif // FA3_DIALECT_ATTN_TRANSFORMS_PASSES_TD
