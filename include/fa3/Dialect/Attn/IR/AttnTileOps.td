//===- AttnTileOps.td - Operations on tiles ----------------*- tablegen -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_DIALECT_ATTN_IR_ATTNTILEOPS_TD
#define FA3_DIALECT_ATTN_IR_ATTNTILEOPS_TD

include "fa3/Dialect/Attn/IR/AttnAttrs.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Attn_ScoreTile : VectorOfRankAndType<[2], [F32]>;
def Attn_RowVector : VectorOfRankAndType<[1], [F32]>;

def Attn_CoordinatesOp : Attn_Op<"coordinates", [Pure]> {
  let summary = "the row or column numbers of a tile's elements";
  let description = [{
    `dimension = 0` gives `origin + r` for each row r as `vector<Mx1xindex>`;
    `dimension = 1` gives `origin + c` for each column c as `vector<1xNxindex>`.

    Constraints:

    1. The dimension is 0 or 1.
    2. The result has one column for dimension 0, one row for dimension 1.

    ```mlir
    %rows = attn.coordinates %q0 {dimension = 0 : i64} : vector<128x1xindex>
    ```
  }];
  let arguments = (ins Index:$origin, I64Attr:$dimension);
  let results = (outs VectorOfRankAndType<[2], [Index]>:$result);
  let assemblyFormat = "$origin attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Attn_RampOp : Attn_Op<"ramp", [Pure, AllTypesMatch<["base", "step"]>]> {
  let summary = "numbers that rise by a step from column to column";
  let description = [{
    Element (r, c) of the result is `base[r] + step[r] · c`. A base and a step that
    are scalars give one row.

    Each element is within two units in the last place, of f32 and of the largest
    number of its row's tile, as it may be computed from another column; of whole
    numbers below 2^24 it is exact.

    Constraints:

    1. A base that is a vector has one column, and as many rows as the result; with
       one that is a scalar the result has one row.

    ```mlir
    %distance = attn.ramp %base, %one : vector<128x1xf32> to vector<128x176xf32>
    ```
  }];
  let arguments = (ins AnyTypeOf<[F32, VectorOfRankAndType<[2], [F32]>]>:$base,
    AnyTypeOf<[F32, VectorOfRankAndType<[2], [F32]>]>:$step);
  let results = (outs VectorOfRankAndType<[2], [F32]>:$result);
  let assemblyFormat = [{
    $base `,` $step attr-dict `:` type($base) `to` type($result)
  }];
  let hasVerifier = 1;
}

def Attn_BandMaskOp : Attn_Op<"band_mask", [
    Pure, AttrSizedOperandSegments, AllTypesMatch<["scores", "result"]>]> {
  let summary = "mask the scores outside of a band of keys";
  let description = [{
    Keeps element (r, c) of a tile of scores where

    ```
    kv + c < extent   and   lower ≤ (kv + c) − (q + ⌊r / row_group⌋) ≤ upper
    ```

    and makes it −∞ elsewhere. `row_group` rows next to each other, 1 unless it is
    given, are at one position: heads that share a tile. `q` and `kv` are the coordinates of the tile's
    first element; a bound that is left out always holds. The ragged end of the
    keys, the causal mask and the sliding window are all of this form, so passes
    can tell from these operands alone which tiles are empty, partial or full.

    Constraints:

    1. There is at least one bound.
    2. `row_group` is at least 1 and divides the rows of the tile.

    ```mlir
    %1 = attn.band_mask %0 at(%q, %kv) extent(%sk) upper(%offset)
        : vector<128x176xf32>
    ```
  }];
  let arguments = (ins Attn_ScoreTile:$scores, Index:$queryOrigin,
    Index:$keyOrigin, Optional<Index>:$extent, Optional<Index>:$lower,
    Optional<Index>:$upper, DefaultValuedAttr<I64Attr, "1">:$row_group);
  let results = (outs Attn_ScoreTile:$result);
  let assemblyFormat = [{
    $scores `at` `(` $queryOrigin `,` $keyOrigin `)`
    (`extent` `(` $extent^ `)`)? (`lower` `(` $lower^ `)`)?
    (`upper` `(` $upper^ `)`)? attr-dict `:` type($result)
  }];
  let hasVerifier = 1;
}

def Attn_OnlineSoftmaxOp : Attn_Op<"online_softmax", [
    Pure, AllTypesMatch<["scores", "probabilities"]>,
    AllTypesMatch<["maximum", "sum", "newMaximum", "newSum", "correction"]>]> {
  let summary = "one step of the online softmax";
  let description = [{
    With the scores S of a tile, the running maximum m and the running sum l of
    each row:

    ```
    m' = max(m, rowmax S)            newMaximum
    P  = exp2(factor · (S − m'))     probabilities
    a  = exp2(factor · (m − m'))     correction
    l' = a · l + rowsum P            newSum
    ```

    `factor` is scale · log₂e, or log₂e where the scores are already scaled. A row
    whose m' is −∞ (no visible key so far) gives P = 0 and a = 0.

    The exponents are computed as factor · S − factor · m' with the second product
    rounded; the results are right while |factor · m'| stays below 2²⁷.
    `unbounded` lifts that bound, for a few operations a row: scores that come out
    of a user's region, such as a mask of −1e9 added to every key, need it.

    With `scaled_maximum`, m is the maximum of factor · S, so that the factor may
    differ from step to step and, as a vector, from row to row:

    ```
    m' = max(m, factor · rowmax S)
    P  = exp2(factor · S − m')
    a  = exp2(m − m')
    ```

    `exponent` is added to the exponents of P. It lifts the probabilities, and
    their sums with them, to where a narrow type holds them best; what is divided
    by l' does not change.

    Constraints:

    1. The row vectors have as many elements as the tile has rows.
    2. A factor for each row stands with `scaled_maximum` alone.
    3. The exponent is between -16 and 16.
    4. `unbounded` and `scaled_maximum` do not stand together: a row that took
       another factor in one step than in the next could not compare its maxima.

    Source: FlashAttention-3, algorithm 1, lines 8 to 13.

    ```mlir
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %l factor(%f)
        : vector<128x176xf32>, vector<128xf32>
    %p2, %m2, %l2, %a2 = attn.online_softmax %s, %m, %l
        factor(%rows : vector<128xf32>) {exponent = 8.0 : f32, scaled_maximum}
        : vector<128x176xf32>, vector<128xf32>
    ```
  }];
  let arguments = (ins Attn_ScoreTile:$scores, Attn_RowVector:$maximum,
    Attn_RowVector:$sum, AnyTypeOf<[F32, Attn_RowVector]>:$factor,
    UnitAttr:$unbounded, UnitAttr:$scaled_maximum,
    DefaultValuedAttr<F32Attr, "0.0f">:$exponent);
  let results = (outs Attn_ScoreTile:$probabilities, Attn_RowVector:$newMaximum,
    Attn_RowVector:$newSum, Attn_RowVector:$correction);
  let assemblyFormat = [{
    $scores `,` $maximum `,` $sum `factor` `(`
    custom<Factor>($factor, type($factor)) `)`
    (`unbounded` $unbounded^)? attr-dict `:`
    type($scores) `,` type($maximum)
  }];
  let hasVerifier = 1;
}

def Attn_ScaleBlocksOp : Attn_Op<"scale_blocks", [
    AllTypesMatch<["tile", "result"]>]> {
  let summary = "multiply a tile by the scales of its rows' or columns' blocks";
  let description = [{
    Element (r, c) is multiplied by `scales[batch, head, (origin + i) / block]`,
    where i is r for `dimension = 0` and c for `dimension = 1`; behind the last
    block its scale goes on. Without a `block` there is one for all,
    `scales[batch, head, 0]`.

    A scale is not negative. Where one is negative or NaN, the elements are NaN;
    one below 2⁻¹⁰⁰ counts as that.

    Only `attn-apply-block-scales` lowers the op: what it costs depends on where
    the scales can go.

    Constraints:

    1. The dimension is 0 or 1.
    2. The block has at least 1 row.

    ```mlir
    %1 = attn.scale_blocks %0 by %scales[%b, %h] at(%row)
        {block = 64 : i64, dimension = 0 : i64}
        : vector<128x176xf32>, memref<?x16x?xf32>
    ```
  }];
  let arguments = (ins Attn_ScoreTile:$tile,
    Arg<MemRefRankOf<[F32], [3]>, "the scales", [MemRead]>:$scales,
    Index:$batch, Index:$head, Index:$origin, I64Attr:$dimension,
    OptionalAttr<I64Attr>:$block);
  let results = (outs Attn_ScoreTile:$result);
  let assemblyFormat = [{
    $tile `by` $scales `[` $batch `,` $head `]` `at` `(` $origin `)` attr-dict
    `:` type($tile) `,` type($scales)
  }];
  let hasVerifier = 1;
}

def Attn_RoundOp : Attn_Op<"round", [Pure, SameOperandsAndResultShape]
    # ElementwiseMappable.traits> {
  let summary = "round floats to 8-bit integers";
  let description = [{
    Each element is the nearest whole number, of two the even one; what is beyond
    −128 or 127 is that, and NaN is 0. `arith.fptosi` drops fractions instead, and
    has no value for what is out of range.

    Constraints:

    1. The source and the result have one shape.

    ```mlir
    %p8 = attn.round %p : vector<128x96xf32> to vector<128x96xi8>
    ```
  }];
  let arguments = (ins AnyTypeOf<[F32, VectorOfNonZeroRankOf<[F32]>]>:$source);
  let results = (outs AnyTypeOf<[I8, VectorOfNonZeroRankOf<[I8]>]>:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `to` type($result)";
}

def Attn_DeinterleaveOp : Attn_Op<"deinterleave", [
    Pure, AllTypesMatch<["source", "result"]>]> {
  let summary = "put the columns of a transposed tile of V in order";
  let description = [{
    Of each 16 columns, column 8c + 2t + b of the result is column 4t + 2c + b of
    `source` (t in 0…3, c and b in 0…1): the order of keys that
    `#attn.value_layout<transposed>` has in memory becomes that of the
    probabilities.

    Where the product is one of the matrix units no element moves: they read both
    sides in the order of `source` (`hopper-lower-contractions`).

    Constraints:

    1. The columns are a multiple of 16.

    ```mlir
    %v = attn.deinterleave %0 : vector<128x96xf8E4M3FN>
    ```
  }];
  let arguments = (ins VectorOfRankAndType<[2], [AnyType]>:$source);
  let results = (outs VectorOfRankAndType<[2], [AnyType]>:$result);
  let assemblyFormat = "$source attr-dict `:` type($source)";
  let hasVerifier = 1;
}

def Attn_AnyAboveOp : Attn_Op<"any_above", [Pure]> {
  let summary = "whether a row of the group at hand is above a bound";
  let description = [{
    True where one of `values` is above `bound` or NaN. Whoever runs the op may
    cut the rows into groups, each of which decides for itself and goes its own
    way: on a GPU, the 16 rows of a warp. Where a value is a sum of parts that
    are not negative, held by different threads, the parts may be compared in its
    place; the result is then true at the latest when the sum is above the bound
    times the number of parts.

    So what depends on the result must be right whichever it is for a row that is
    not above the bound. `attn-speculate-maximum` makes such code.

    Constraints:

    1. `values` holds one element a row, or columns of it.
    2. The bound of elements of f8E4M3FN is one of their numbers, and positive.

    ```mlir
    %missed = attn.any_above %sums, 256.0 : vector<128xf32>
    %beyond = attn.any_above %p, 416.0 : vector<128x192xf8E4M3FN>
    ```
  }];
  let arguments = (ins VectorOfRankAndType<[1, 2], [F32, F8E4M3FN]>:$values,
    F32Attr:$bound);
  let results = (outs I1:$result);
  let assemblyFormat = "$values `,` $bound attr-dict `:` type($values)";
  let hasVerifier = 1;
  let hasCanonicalizeMethod = 1;
}

#endif // FA3_DIALECT_ATTN_IR_ATTNTILEOPS_TD
