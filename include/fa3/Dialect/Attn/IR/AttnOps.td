//===- AttnOps.td - Operations on whole problems -----------*- tablegen -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_DIALECT_ATTN_IR_ATTNOPS_TD
#define FA3_DIALECT_ATTN_IR_ATTNOPS_TD

include "fa3/Dialect/Attn/IR/AttnAttrs.td"
include "fa3/Dialect/Attn/IR/AttnTileOps.td"
include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/TilingInterface.td"

def Attn_ForwardOp : Attn_Op<"forward", [
    AttrSizedOperandSegments, DestinationStyleOpInterface,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
        ["reifyResultShapes"]>,
    DeclareOpInterfaceMethods<TilingInterface,
        ["getLoopIteratorTypes", "getIterationDomain", "getTiledImplementation",
         "getResultTilePosition"]>,
    RecursivelySpeculatable
  ]> {
  let summary = "compute scaled dot-product attention";
  let description = [{
    For each batch b, query head h and query row i:

    ```
    s_j = score(scale · Σ_d Q[b,i,h,d] · K[b,j,h/G,d],  b, h, i, j)
    O[b,i,h,:] = Σ_j softmax_j(s)_j · V[b,j,h/G,:]      over the visible keys j
    LSE[b,h,i] = ln Σ_j exp(s_j)                        over the visible keys j
    ```

    where `scale` is 1/√D where the attribute is left out, and G = Hq / Hk query
    heads share one head of K and V (grouped-query attention). A key j is visible to row i where all of these hold:

    - `causal`: j ≤ p, and `window`: p − left ≤ j ≤ p + right, where p is the
      row's position among the keys: p = i + Sk − Sq with bottom-right alignment
      (the default), p = i with top-left alignment, p = i + `q_offset` where that
      operand stands;
    - the mask region yields true for (b, h, i, j).

    A row with no visible key gives O = 0 and LSE = −∞. What K and V hold beyond
    their ends never reaches a result. A NaN in V at a key that is visible to one
    row of a tile may reach the other rows of that tile.

    Shapes in `bshd` layout (`bhsd` exchanges the two middle dimensions):
    Q [B, Sq, Hq, D], K [B, Sk, Hk, D], V [B, Sk, Hk, Dv], O [B, Sq, Hq, Dv],
    LSE [B, Hq, Sq] in f32. B, Sq and Sk may be dynamic. Tensors give results;
    on memrefs the op has none, and any strides with a unit last one are taken.

    Outputs must not share memory with inputs; that is not checked.

    The `score` region maps (score, b, h, i, j) : (f32, index × 4) to the score
    that enters the softmax; the `mask` region maps (b, h, i, j) to an i1. Either
    may read values from outside (slopes, biases, document ids) by
    `tensor.extract` or `memref.load`. A product and a sum of theirs may be rounded
    once (`fastmath<contract>`), and a quotient of the score be the product with a
    reciprocal (`arcp`), as in Triton; `math.tanh` with
    `fastmath<afn>` is the device's own instruction, with a relative error of 2^-11.

    8-bit inputs carry scales of f32 [B, heads, blocks], one for each block of
    `query_block`, `key_block`, `value_block` rows, or of all rows where that is
    left out; a size of 1 in place of B or of the heads stands for one scale for
    all of them. The value of an element is its 8-bit value times its block's
    scale. Scales are not negative: what depends on one that is negative or NaN
    is NaN. What the softmax gives to 8-bit V is rounded to f8E4M3FN, or to whole
    numbers up to 127 where V is i8, times a number that leaves the
    result as it is.

    With `value_layout = #attn.value_layout<transposed>` V of 8 bits is
    [B, Hk, Dv, P] in either layout, keys next to each other, with
    P = 16·⌈Sk/16⌉ places: of each 16 keys, key 8c + 2t + b stands at place
    4t + 2c + b (t in 0…3, c and b in 0…1). Each group of 16 is whole; places of
    keys beyond the end hold finite numbers, of any value. The matrix units read
    V so, and nothing has to transpose it in the kernel.

    `origin` gives (b, h, i) of the first element when Q and O are tiles of a
    larger problem; it shifts what the regions and the visibility rule see.

    `split_keys(%length)` makes the outputs partial: O and LSE have a leading
    dimension, and entry s of it is the attention over the visible keys j with
    s·length ≤ j < (s + 1)·length alone. Keys keep their numbers, so masks and
    regions see the same as without. Keys beyond the last range belong to none;
    a length of 0 or below makes every range empty. `attn.combine` merges the
    entries.

    Constraints, each a branch of the verifier:

    1. Q, K, V, O have rank 4, LSE rank 3; all are tensors or all are memrefs.
    2. Q, K and V have one element type: f16, bf16, f8E4M3FN, f8E5M2 or i8; or Q
       and K are i8 and V is f8E4M3FN.
    3. O is f16, bf16 or f32, and Q's type where Q is of 16 bits and the outputs
       are not partial; LSE is f32.
    4. The head dimensions D (of Q, K) and Dv (of V, O) are static, equal where
       the formula says so, multiples of 8 (16 for 8-bit types) and ≤ 256.
    5. Batch, lengths and heads agree between the operands.
    6. The numbers of heads are static and Hk divides Hq.
    7. The last stride of a memref is 1.
    8. Window sides are not negative.
    9. `scale` is finite.
    10. The score region takes (f32, index, index, index, index) and yields f32;
        the mask region takes four indices and yields i1. Their operations are
        pure or only read.
    11. 8-bit inputs have all three scales, 16-bit inputs none; scales are f32 of
        rank 3, and their sizes are those of the batch and the heads, or 1, and
        of the blocks.
    12. There is one result for each output on tensors, and none on memrefs.
    13. `origin` has no or three operands.
    14. With `split_keys` O has rank 5 and LSE stands and has rank 4, both with
        the same number of ranges in front; the inputs are of 16 bits.
    15. Each attribute is one of those below, or has a dialect's prefix.
    16. A transposed V has 8-bit elements, and 16·⌈Sk/16⌉ places for the keys.

    Source: FlashAttention-3 (arXiv 2407.08608), sections 2.1 and 3;
    INT-FlashAttention (arXiv 2409.16997) for i8.

    Example:

    ```mlir
    func.func @attention(%q: memref<?x?x16x128xf16>, %k: memref<?x?x4x128xf16>,
                         %v: memref<?x?x4x128xf16>, %o: memref<?x?x16x128xf16>,
                         %lse: memref<?x16x?xf32>, %slopes: memref<16xf32>) {
      attn.forward ins(%q, %k, %v : memref<?x?x16x128xf16>,
                       memref<?x?x4x128xf16>, memref<?x?x4x128xf16>)
                   outs(%o, %lse : memref<?x?x16x128xf16>, memref<?x16x?xf32>)
                   {causal}
                   score {
      ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
        %slope = memref.load %slopes[%h] : memref<16xf32>
        %d = arith.subi %j, %i : index
        %di = arith.index_cast %d : index to i32
        %df = arith.sitofp %di : i32 to f32
        %bias = arith.mulf %slope, %df : f32
        %r = arith.addf %s, %bias : f32
        attn.yield %r : f32
      }
      return
    }
    ```
  }];
  let arguments = (ins
    AnyShaped:$query, AnyShaped:$key, AnyShaped:$value,
    Optional<AnyShaped>:$queryScale, Optional<AnyShaped>:$keyScale,
    Optional<AnyShaped>:$valueScale,
    Optional<Index>:$queryOffset, Variadic<Index>:$origin,
    Optional<Index>:$splitKeys,
    AnyShaped:$output, Optional<AnyShaped>:$lse,
    OptionalAttr<F32Attr>:$scale,
    UnitAttr:$causal, OptionalAttr<Attn_WindowAttr>:$window,
    DefaultValuedAttr<Attn_AlignmentAttr,
        "::mlir::attn::Alignment::BottomRight">:$alignment,
    DefaultValuedAttr<Attn_LayoutAttr, "::mlir::attn::Layout::BSHD">:$layout,
    DefaultValuedAttr<Attn_ValueLayoutAttr,
        "::mlir::attn::ValueLayout::Rows">:$value_layout,
    OptionalAttr<I64Attr>:$query_block, OptionalAttr<I64Attr>:$key_block,
    OptionalAttr<I64Attr>:$value_block,
    OptionalAttr<Attn_ConfigAttr>:$config);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let regions = (region MaxSizedRegion<1>:$scoreRegion,
                        MaxSizedRegion<1>:$maskRegion);
  let assemblyFormat = [{
    `ins` `(` $query `,` $key `,` $value `:` type($query) `,` type($key) `,`
      type($value) `)`
    (`scales` `(` $queryScale^ `,` $keyScale `,` $valueScale `:`
      type($queryScale) `,` type($keyScale) `,` type($valueScale) `)`)?
    (`q_offset` `(` $queryOffset^ `)`)?
    (`origin` `(` $origin^ `)`)?
    (`split_keys` `(` $splitKeys^ `)`)?
    `outs` `(` $output (`,` $lse^)? `:` type($output)
      (`,` type($lse)^)? `)`
    custom<ForwardAttributes>(attr-dict)
    custom<ForwardRegions>($scoreRegion, $maskRegion)
    (`->` type($results)^)?
  }];
  let builders = [
    // The plain operation, with 1/√D for its scale; what else it has, its setters
    // and regions give. On tensors there is a result for each output.
    OpBuilder<(ins "::mlir::Value":$query, "::mlir::Value":$key,
                   "::mlir::Value":$value, "::mlir::Value":$output,
                   CArg<"::mlir::Value", "{}">:$lse)>
  ];
  let extraClassDeclaration = [{
    /// The dimension of a rank-4 operand that holds the batch, the sequence, the
    /// heads or the head dimension in the layout of this op.
    static unsigned getBatchDim() { return 0; }
    unsigned getSeqDim() { return getLayout() == Layout::BSHD ? 1 : 2; }
    unsigned getHeadDim() { return getLayout() == Layout::BSHD ? 2 : 1; }
    static unsigned getFeatureDim() { return 3; }

    /// The same of V, which may be transposed.
    bool hasTransposedValue() {
      return getValueLayout() == ValueLayout::Transposed;
    }
    unsigned getValueSeqDim() { return hasTransposedValue() ? 3 : getSeqDim(); }
    unsigned getValueHeadDim() {
      return hasTransposedValue() ? 1 : getHeadDim();
    }
    unsigned getValueFeatureDim() {
      return hasTransposedValue() ? 2 : getFeatureDim();
    }

    int64_t getHeadSize() {
      return getQueryType().getDimSize(getFeatureDim());
    }
    int64_t getValueHeadSize() {
      return getValueType().getDimSize(getValueFeatureDim());
    }
    int64_t getNumQueryHeads() {
      return getQueryType().getDimSize(getHeadDim());
    }
    int64_t getNumKeyHeads() { return getKeyType().getDimSize(getHeadDim()); }

    ::mlir::ShapedType getQueryType() {
      return ::llvm::cast<::mlir::ShapedType>(getQuery().getType());
    }
    ::mlir::ShapedType getKeyType() {
      return ::llvm::cast<::mlir::ShapedType>(getKey().getType());
    }
    ::mlir::ShapedType getValueType() {
      return ::llvm::cast<::mlir::ShapedType>(getValue().getType());
    }
    ::mlir::ShapedType getOutputType() {
      return ::llvm::cast<::mlir::ShapedType>(getOutput().getType());
    }

    bool hasTensors() {
      return ::llvm::isa<::mlir::TensorType>(getQuery().getType());
    }

    /// Dimensions of O and LSE in front of those of the layout: one where the
    /// outputs are partial.
    unsigned getNumLeadingDims() { return getSplitKeys() ? 1 : 0; }

    /// The scale that multiplies Q Kᵀ: the attribute, or 1/√D.
    double getEffectiveScale();

    /// Keys to the left and right of a row's own position that it sees; nullopt
    /// where that side has no bound. `causal` and `window` taken together.
    std::optional<int64_t> getLeftBound();
    std::optional<int64_t> getRightBound();

    ::mlir::MutableOperandRange getDpsInitsMutable() {
      // Counted from the end, so that it stays in range on operands whose
      // segments the verifier has not seen yet.
      unsigned outputs = getLse() ? 2 : 1;
      return ::mlir::MutableOperandRange(
          getOperation(), getOperation()->getNumOperands() - outputs, outputs);
    }
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
}

def Attn_CombineOp : Attn_Op<"combine", [
    DestinationStyleOpInterface,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
        ["reifyResultShapes"]>,
    AlwaysSpeculatable
  ]> {
  let summary = "merge attentions over parts of the keys";
  let description = [{
    For each batch b, head h and row i, with entry s of the leading dimension the
    output and the log-sum-exp of an attention over a part of the keys:

    ```
    LSE[b,h,i]  = ln Σ_s exp(LSEs[s,b,h,i])
    O[b,i,h,:]  = Σ_s exp(LSEs[s,b,h,i] − LSE[b,h,i]) · Os[s,b,i,h,:]
    ```

    which is the attention over all of these keys, where no key is in two parts.
    An entry whose LSE is −∞ has seen no key and counts nothing, whatever its Os
    holds. Where that is so for all entries, or there is none, O = 0 and
    LSE = −∞. Entries are added up in their order, so that the same inputs give
    the same bits.

    The partial outputs are those of `attn.forward` with `split_keys`, or what
    the devices of a ring have computed, each on its keys.

    Shapes in `bshd` layout (`bhsd` exchanges the two middle dimensions):
    Os [N, B, S, H, Dv], LSEs [N, B, H, S] in f32, O [B, S, H, Dv], LSE [B, H, S]
    in f32. N, B and S may be dynamic. Tensors give results; on memrefs the op
    has none. Outputs must not share memory with inputs; that is not checked.

    Constraints, each a branch of the verifier:

    1. Os has rank 5, LSEs and O have rank 4, LSE has rank 3; all are tensors or
       all are memrefs.
    2. Os and O are f16, bf16 or f32; LSEs and LSE are f32.
    3. The head dimension Dv is static, a multiple of 8 and ≤ 256; the number of
       heads is static.
    4. Entries, batch, lengths, heads and Dv agree between the operands.
    5. The last stride of a memref is 1.
    6. There is one result for each output on tensors, and none on memrefs.

    Source: FlashAttention-2 (arXiv 2307.08691), section 3.1, and Flash-Decoding.

    ```mlir
    func.func @merge(%os: memref<4x?x?x16x128xf32>, %lses: memref<4x?x16x?xf32>,
                     %o: memref<?x?x16x128xf16>, %lse: memref<?x16x?xf32>) {
      attn.combine ins(%os, %lses : memref<4x?x?x16x128xf32>,
                       memref<4x?x16x?xf32>)
                   outs(%o, %lse : memref<?x?x16x128xf16>, memref<?x16x?xf32>)
      return
    }
    ```
  }];
  let arguments = (ins
    AnyShaped:$partialOutputs, AnyShaped:$partialLse,
    AnyShaped:$output, Optional<AnyShaped>:$lse,
    DefaultValuedAttr<Attn_LayoutAttr, "::mlir::attn::Layout::BSHD">:$layout);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    `ins` `(` $partialOutputs `,` $partialLse `:` type($partialOutputs) `,`
      type($partialLse) `)`
    `outs` `(` $output (`,` $lse^)? `:` type($output) (`,` type($lse)^)? `)`
    attr-dict (`->` type($results)^)?
  }];
  let builders = [
    // On tensors there is a result for each output.
    OpBuilder<(ins "::mlir::Value":$partialOutputs,
                   "::mlir::Value":$partialLse, "::mlir::Value":$output,
                   "::mlir::Value":$lse, "::mlir::attn::Layout":$layout)>
  ];
  let extraClassDeclaration = [{
    /// Dimensions of O; those of Os are one further.
    static unsigned getBatchDim() { return 0; }
    unsigned getSeqDim() { return getLayout() == Layout::BSHD ? 1 : 2; }
    unsigned getHeadDim() { return getLayout() == Layout::BSHD ? 2 : 1; }
    static unsigned getFeatureDim() { return 3; }

    ::mlir::ShapedType getPartialType() {
      return ::llvm::cast<::mlir::ShapedType>(getPartialOutputs().getType());
    }
    ::mlir::ShapedType getOutputType() {
      return ::llvm::cast<::mlir::ShapedType>(getOutput().getType());
    }

    bool hasTensors() {
      return ::llvm::isa<::mlir::TensorType>(getPartialOutputs().getType());
    }

    ::mlir::MutableOperandRange getDpsInitsMutable() {
      // Counted from the end, as in attn.forward.
      unsigned outputs = getLse() ? 2 : 1;
      return ::mlir::MutableOperandRange(
          getOperation(), getOperation()->getNumOperands() - outputs, outputs);
    }
  }];
  let hasVerifier = 1;
}

def Attn_QuantizeOp : Attn_Op<"quantize", [
    DestinationStyleOpInterface,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
        ["reifyResultShapes"]>,
    AlwaysSpeculatable
  ]> {
  let summary = "round to 8 bits with a scale for each block of rows";
  let description = [{
    Makes Y of X, and the scales that `attn.forward` takes with it: the value of
    an element of Y is its 8-bit value times the scale of its block.

    ```
    Z[b,i,h,:]    = rotate(embed(X[b,i,h,:], i))
    amax[b,h,n]   = max |Z| over the rows of block n
    Scale[b,h,n]  = max(amax / largest, 2^-100)
    Y[b,i,h,:]    = round(Z[b,i,h,:] / Scale[b,h,i / block])
    ```

    A block is `block` rows of one head, or all of them where the attribute is
    left out. A static size of 1 of Scale in place of the batch or of the heads
    makes one block of all batches or heads. All is computed in f32; `round` goes
    to the nearest number of Y's type, of two to the even one, and to ±`largest`
    from beyond, which is 448 for f8E4M3FN and 127 for i8. So:

    - a block of zeros has the scale 2^-100, and zeros;
    - a NaN is NaN in Y, or 0 where that is i8, and the scale is that of the other
      elements;
    - an infinity is ±`largest` in Y, and the scale that of the largest number of
      f32.

    `embed`, where `rotary(%cos, %sin)` stands, is the rotary embedding: each pair
    (u, v) of columns of row i becomes (u·cos − v·sin, v·cos + u·sin) with entry
    (i, p) of both tables for pair p. Pair p is columns p and p + D/2 (GPT-NeoX,
    Llama), or with `interleaved_rotary` columns 2p and 2p + 1 (GPT-J).

    `rotate`, where `rotation` gives a seed, multiplies by an orthogonal matrix
    that spreads outliers over columns: column c changes its sign where the hash
    of (seed, c) is odd, and each group of n columns next to each other is
    multiplied by the Hadamard matrix of n / √n, where n is the largest power of
    two that divides D. Q and K of one seed have the product that they had
    before; O of a rotated V is to be rotated back. A NaN or an infinity
    makes its row's group NaN or infinite.

    The hash, in 32 bits that wrap around:

    ```
    x = seed ^ (c * 0x9e3779b9)
    x = (x ^ (x >> 16)) * 0x7feb352d
    x = (x ^ (x >> 15)) * 0x846ca68b
    x =  x ^ (x >> 16)
    ```

    With `transposed` Y is [B, H, D, 16·⌈S/16⌉], and of each 16 rows of X place
    4t + 2h + e holds row 8h + 2t + e (t in 0…3, h and e in 0…1), which is the
    order of `interleaved` tiles (`hopper.transpose_tile`). Places of rows beyond
    the end hold 0.

    Shapes in `bshd` layout (`bhsd` exchanges the two middle dimensions):
    X and Y [B, S, H, D], Scale [B, H, ⌈S/block⌉] in f32, cos and sin [S, D/2] in
    f32. B and S may be dynamic. Tensors give results; on memrefs the op has none.
    Outputs must not share memory with inputs; that is not checked.

    Constraints, each a branch of the verifier:

    1. X and Y have rank 4, Scale rank 3, cos and sin rank 2; all are tensors or
       all are memrefs.
    2. X is f16, bf16 or f32, Y is f8E4M3FN or i8; Scale, cos and sin are f32.
    3. The head dimension D is static, a multiple of 16 and ≤ 256; numbers of
       heads are static.
    4. Batch, length, heads and D agree between X and Y; cos and sin have a row
       for each row of X, and D/2 columns.
    5. The sizes of Scale are those of the batch and the heads, or 1, and the
       number of blocks.
    6. The last stride of a memref is 1.
    7. A block has at least 1 row, and with `transposed` a multiple of 16.
    8. `rotary` has no or two operands; `interleaved_rotary` stands with it alone.
    9. The seed is at least 0 and below 2^32.
    10. There is one result for each output on tensors, and none on memrefs.

    Source: FlashAttention-3 (arXiv 2407.08608), section 3.3; RoFormer (arXiv
    2104.09864) for the embedding.

    ```mlir
    func.func @quantize(%k: memref<?x?x8x128xbf16>, %cos: memref<?x64xf32>,
                        %sin: memref<?x64xf32>, %k8: memref<?x?x8x128xf8E4M3FN>,
                        %scale: memref<?x8x?xf32>) {
      attn.quantize ins(%k : memref<?x?x8x128xbf16>)
                    rotary(%cos, %sin : memref<?x64xf32>, memref<?x64xf32>)
                    outs(%k8, %scale : memref<?x?x8x128xf8E4M3FN>, memref<?x8x?xf32>)
                    {block = 128, rotation = 7}
      return
    }
    ```
  }];
  let arguments = (ins
    AnyShaped:$input, Variadic<AnyShaped>:$rotary,
    AnyShaped:$output, AnyShaped:$scale,
    DefaultValuedAttr<Attn_LayoutAttr, "::mlir::attn::Layout::BSHD">:$layout,
    OptionalAttr<I64Attr>:$block, OptionalAttr<I64Attr>:$rotation,
    UnitAttr:$interleaved_rotary, UnitAttr:$transposed);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    `ins` `(` $input `:` type($input) `)`
    (`rotary` `(` $rotary^ `:` type($rotary) `)`)?
    `outs` `(` $output `,` $scale `:` type($output) `,` type($scale) `)`
    attr-dict (`->` type($results)^)?
  }];
  let extraClassDeclaration = [{
    /// Dimensions of X, and of Y where it is not transposed.
    static unsigned getBatchDim() { return 0; }
    unsigned getSeqDim() { return getLayout() == Layout::BSHD ? 1 : 2; }
    unsigned getHeadDim() { return getLayout() == Layout::BSHD ? 2 : 1; }
    static unsigned getFeatureDim() { return 3; }

    ::mlir::ShapedType getInputType() {
      return ::llvm::cast<::mlir::ShapedType>(getInput().getType());
    }
    ::mlir::ShapedType getOutputType() {
      return ::llvm::cast<::mlir::ShapedType>(getOutput().getType());
    }
    ::mlir::ShapedType getScaleType() {
      return ::llvm::cast<::mlir::ShapedType>(getScale().getType());
    }
    int64_t getNumHeads() { return getInputType().getDimSize(getHeadDim()); }
    int64_t getHeadSize() {
      return getInputType().getDimSize(getFeatureDim());
    }
    bool hasRotary() { return !getRotary().empty(); }

    bool hasTensors() {
      return ::llvm::isa<::mlir::TensorType>(getInput().getType());
    }

    ::mlir::MutableOperandRange getDpsInitsMutable() {
      return ::mlir::MutableOperandRange(
          getOperation(), getOperation()->getNumOperands() - 2, 2);
    }
  }];
  let hasVerifier = 1;
}

def Attn_DequantizeOp : Attn_Op<"dequantize", [
    DestinationStyleOpInterface,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
        ["reifyResultShapes"]>,
    AlwaysSpeculatable
  ]> {
  let summary = "multiply 8-bit values by the scales of their blocks";
  let description = [{
    The inverse of `attn.quantize` up to its rounding:

    ```
    X[b,i,h,:] = rotate⁻¹(Y[b,i,h,:] · Scale[b,h,i / block])
    ```

    where the seed of `rotation` is the one that Y was rotated by. A rotary
    embedding stays. It is computed in f32 and rounded to the type of X, to
    infinity where that does not reach.

    Shapes, layouts and scales are those of `attn.quantize`.

    Constraints, each a branch of the verifier:

    1. Y and X have rank 4, Scale rank 3; all are tensors or all are memrefs.
    2. Y is f8E4M3FN or i8, X is f16, bf16 or f32; Scale is f32.
    3. The head dimension D is static, a multiple of 16 and ≤ 256; numbers of
       heads are static.
    4. Batch, length, heads and D agree between Y and X.
    5. The sizes of Scale are those of the batch and the heads, or 1, and the
       number of blocks.
    6. The last stride of a memref is 1.
    7. A block has at least 1 row.
    8. The seed is at least 0 and below 2^32.
    9. There is one result on tensors, and none on memrefs.

    ```mlir
    func.func @dequantize(%k8: memref<?x?x8x128xf8E4M3FN>, %scale: memref<?x8x?xf32>,
                          %k: memref<?x?x8x128xf32>) {
      attn.dequantize ins(%k8, %scale : memref<?x?x8x128xf8E4M3FN>, memref<?x8x?xf32>)
                      outs(%k : memref<?x?x8x128xf32>) {block = 128, rotation = 7}
      return
    }
    ```
  }];
  let arguments = (ins
    AnyShaped:$input, AnyShaped:$scale, AnyShaped:$output,
    DefaultValuedAttr<Attn_LayoutAttr, "::mlir::attn::Layout::BSHD">:$layout,
    OptionalAttr<I64Attr>:$block, OptionalAttr<I64Attr>:$rotation);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    `ins` `(` $input `,` $scale `:` type($input) `,` type($scale) `)`
    `outs` `(` $output `:` type($output) `)`
    attr-dict (`->` type($results)^)?
  }];
  let extraClassDeclaration = [{
    static unsigned getBatchDim() { return 0; }
    unsigned getSeqDim() { return getLayout() == Layout::BSHD ? 1 : 2; }
    unsigned getHeadDim() { return getLayout() == Layout::BSHD ? 2 : 1; }
    static unsigned getFeatureDim() { return 3; }

    ::mlir::ShapedType getInputType() {
      return ::llvm::cast<::mlir::ShapedType>(getInput().getType());
    }
    ::mlir::ShapedType getOutputType() {
      return ::llvm::cast<::mlir::ShapedType>(getOutput().getType());
    }
    ::mlir::ShapedType getScaleType() {
      return ::llvm::cast<::mlir::ShapedType>(getScale().getType());
    }
    int64_t getNumHeads() { return getInputType().getDimSize(getHeadDim()); }
    int64_t getHeadSize() {
      return getInputType().getDimSize(getFeatureDim());
    }

    bool hasTensors() {
      return ::llvm::isa<::mlir::TensorType>(getInput().getType());
    }

    ::mlir::MutableOperandRange getDpsInitsMutable() {
      return ::mlir::MutableOperandRange(
          getOperation(), getOperation()->getNumOperands() - 1, 1);
    }
  }];
  let hasVerifier = 1;
}

def Attn_YieldOp : Attn_Op<"yield", [
    Pure, ReturnLike, Terminator, HasParent<"::mlir::attn::ForwardOp">]> {
  let summary = "give the result of a score or mask region";
  let description = [{
    Ends a region of `attn.forward` with the modified score (f32) or the
    visibility (i1).

    ```mlir
    attn.yield %score : f32
    ```
  }];
  let arguments = (ins AnyTypeOf<[F32, I1]>:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

#endif // FA3_DIALECT_ATTN_IR_ATTNOPS_TD
