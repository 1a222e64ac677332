//===- TilePasses.td - Passes on the tile level ------------*- tablegen -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_DIALECT_ATTN_TRANSFORMS_TILEPASSES_TD
#define FA3_DIALECT_ATTN_TRANSFORMS_TILEPASSES_TD

include "mlir/Pass/PassBase.td"

def AttnApplyBlockScales : Pass<"attn-apply-block-scales"> {
  let summary = "take the scales of 8-bit blocks to where they cost least";
  let description = [{
    Lowers `attn.scale_blocks`. A block that is a multiple of the tile gives one
    scale for all of it; that of Q and K goes into the factor of the softmax, whose
    maximum is of scaled scores and so bears a factor that changes. That of V,
    which multiplies the probabilities, goes

    - behind the loop, where it is the same in all of it: the sum of s·P·V is s
      times that of P·V;
    - into the output so far, where it changes from tile to tile: with O = s·X, a
      tile leads from s·X to t·(X·s/t + P·V). A scale t under 2⁻⁶⁰ of the largest
      so far is taken as that, so that X stays within f32.

    Blocks that divide the tile give one scale for each row or each column. Those
    of rows go into the factor; those of columns multiply scores, and divided by
    the largest of their tile, which goes where one scale would, probabilities: they
    stay within the range of 8 bits.

    Where a score region stands between, scores are multiplied.

    Before:
    ```mlir
    %1 = attn.scale_blocks %s by %scales[%b, %h] at(%key) {block = 128 : i64, dimension = 1 : i64} : vector<128x128xf32>, memref<?x16x?xf32>
    %p, %m1, %l1, %a = attn.online_softmax %1, %m, %l factor(%f) {scaled_maximum} : vector<128x128xf32>, vector<128xf32>
    ```
    After, with `%scale` read for the block of `%key`:
    ```mlir
    %f1 = arith.mulf %f, %scale : f32
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %l factor(%f1) {scaled_maximum} : vector<128x128xf32>, vector<128xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::memref::MemRefDialect", "::mlir::vector::VectorDialect"];
  let statistics = [
    Statistic<"numFolded", "num-folded",
              "number of scales that multiply no tile">,
    Statistic<"numMultiplied", "num-multiplied",
              "number of scales that multiply a tile">
  ];
}

def AttnFoldFactors : Pass<"attn-fold-factors"> {
  let summary = "fold factors and ramps into the exponents' multiply-adds";
  let description = [{
    An exponent is one multiply-add of the product Q·Kᵀ where scores are no more than
    scaled; a score function stands in between. Of tiles of f32, with a factor or a
    summand that the elements of a row share:

    - `(x · a) · b` becomes `x · ab`, where a and b are constants;
    - `ramp · a` becomes a ramp (`attn.ramp`);
    - `fma(x · a, f, c)` becomes `fma(x, a · f, c)`;
    - `fma(x ± ramp, f, c)` becomes `fma(x, f, ramp′)`, where ramp′ has the summand
      in its base.

    Scores that only a branch needs then, to look for their maximum, are computed in
    it. What is scaled by rows is computed once for a row. ALiBi adds one operation for
    each element, and a factor behind a function none.

    Legal: up to rounding, of terms that are no larger than those that were added
    before.

    Before:
    ```mlir
    %scaled = arith.mulf %scores, %scale : vector<128x128xf32>
    %bias = arith.mulf %slope, %distance : vector<128x128xf32>
    %score = arith.addf %scaled, %bias : vector<128x128xf32>
    %exponent = math.fma %score, %factor, %shift : vector<128x128xf32>
    ```
    After, where `%distance` was a ramp and the others are broadcast from rows:
    ```mlir
    %ramp = attn.ramp %base, %step : vector<128x1xf32> to vector<128x128xf32>
    %exponent = math.fma %scores, %both, %ramp : vector<128x128xf32>
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
    "::mlir::vector::VectorDialect"
  ];
}

def AttnFuseRowSums : Pass<"attn-fuse-row-sums"> {
  let summary = "let the second product add up the probabilities";
  let description = [{
    Rewrites an `attn.online_softmax` whose probabilities are rounded to f8E4M3FN
    and multiplied by values, and whose sum and whose output a loop carries: the
    values get a column of ones (and seven of zeros, as the matrix units take
    columns by eights), so that the product has the sums of rows beside the output.
    Nothing else adds them up then: a sum in the softmax costs a thread one
    operation for each score, and these columns cost the matrix units 8/Dv of the
    product. Sums go on from tile to tile in f32, since the matrix units keep fewer
    bits: the loop carries the wider output, in which theirs are 0 again.

    Legal: O = Σ p·v / Σ p. The sums are of rounded probabilities now, which is more
    exact: where one key has all the weight, its rounding cancels. Not so for a
    logarithm of a sum; where one is computed behind the loop, nothing changes. Nor
    does it where a scale of V changes from tile to tile, where the product has no
    columns left, or with integers, whose products do not hand NaN on.

    `attn-speculate-maximum`, which runs behind, bounds each probability in place of
    their sums.

    Before:
    ```mlir
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %l factor(%f) : vector<64x32xf32>, vector<64xf32>
    %p8 = arith.truncf %p : vector<64x32xf32> to vector<64x32xf8E4M3FN>
    %o1 = arith.mulf %o, %spread : vector<64x16xf32>          // of %a
    %o2 = vector.contract … %p8, %v, %o1 : vector<64x32xf8E4M3FN>, vector<32x16xf8E4M3FN> into vector<64x16xf32>
    scf.yield %o2, %m1, %l1 : …
    ```
    After:
    ```mlir
    %p, %m1, %dead, %a = attn.online_softmax %s, %m, %zero factor(%f) : vector<64x32xf32>, vector<64xf32>
    %p8 = arith.truncf %p : vector<64x32xf32> to vector<64x32xf8E4M3FN>
    %o1 = arith.mulf %o, %spread : vector<64x24xf32>
    %v0 = vector.insert_strided_slice %v, %zeros {offsets = [0, 0], …} : vector<32x16xf8E4M3FN> into vector<32x24xf8E4M3FN>
    %v1 = vector.insert_strided_slice %ones, %v0 {offsets = [0, 16], …} : vector<32x1xf8E4M3FN> into vector<32x24xf8E4M3FN>
    %w = vector.contract … %p8, %v1, %o1 : vector<64x32xf8E4M3FN>, vector<32x24xf8E4M3FN> into vector<64x24xf32>
    %t = vector.extract_strided_slice %w {offsets = [0, 16], sizes = [64, 8], …} : vector<64x24xf32> to vector<64x8xf32>
    %none = arith.mulf %t, %zeros8 : vector<64x8xf32>
    %o2 = vector.insert_strided_slice %none, %w {offsets = [0, 16], …} : vector<64x8xf32> into vector<64x24xf32>
    %l0 = vector.multi_reduction <add>, %t, %zero [1] : vector<64x8xf32> to vector<64xf32>
    %l1 = arith.mulf %l, %a : vector<64xf32>
    %l2 = arith.addf %l1, %l0 : vector<64xf32>
    scf.yield %o2, %m1, %l2 : …
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::vector::VectorDialect"];
  let statistics = [
    Statistic<"numFused", "num-fused",
              "number of sums that a product computes">
  ];
}

def AttnHoistConversions : Pass<"attn-hoist-conversions"> {
  let summary = "convert positions to floats once for each row";
  let description = [{
    Score functions make floats of positions: of the key, or of the distance to it
    (ALiBi). A conversion takes as long as an exponential, on the same unit, while
    the next column's number is one more: the conversion of what stands in the first
    column of a tile and an `attn.ramp` give the same.

    Rewritten are conversions (`arith.sitofp`, of i32 or i64 to f32) of the columns'
    `attn.coordinates`, of their difference with the rows' in either order, and of
    the absolute value of one of these.

    Legal: positions are less than 2^31, as the host refuses longer sequences, so
    that no difference wraps around; of numbers up to 2^24 the result is the same,
    and of larger ones within two units in the last place.

    Before:
    ```mlir
    %rows = attn.coordinates %q {dimension = 0 : i64} : vector<128x1xindex>
    %columns = attn.coordinates %kv {dimension = 1 : i64} : vector<1x128xindex>
    %i = vector.broadcast %rows : vector<128x1xindex> to vector<128x128xindex>
    %j = vector.broadcast %columns : vector<1x128xindex> to vector<128x128xindex>
    %distance = arith.subi %j, %i : vector<128x128xindex>
    %narrow = arith.index_cast %distance : vector<128x128xindex> to vector<128x128xi32>
    %float = arith.sitofp %narrow : vector<128x128xi32> to vector<128x128xf32>
    ```
    After:
    ```mlir
    %rows = attn.coordinates %q {dimension = 0 : i64} : vector<128x1xindex>
    %first = vector.broadcast %kv : index to vector<128x1xindex>
    %distance = arith.subi %first, %rows : vector<128x1xindex>
    %narrow = arith.index_cast %distance : vector<128x1xindex> to vector<128x1xi32>
    %base = arith.sitofp %narrow : vector<128x1xi32> to vector<128x1xf32>
    %one = arith.constant dense<1.0> : vector<128x1xf32>
    %float = attn.ramp %base, %one : vector<128x1xf32> to vector<128x128xf32>
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
    "::mlir::vector::VectorDialect"
  ];
  let statistics = [
    Statistic<"numHoisted", "num-hoisted", "number of conversions hoisted">
  ];
}

def AttnPairTiles : Pass<"attn-pair-tiles"> {
  let summary = "give each block a long row tile and a short one";
  let description = [{
    With a causal mask the loop over keys is longer the later the rows; a block
    that stays for many tiles (`persistent` in the grid's configuration) would
    have more to do than another. Where the bounds of a loop follow from the row
    tile, the grid goes over pairs of row tiles instead, the first with the last,
    the second with the one before the last and so on, so that all pairs have
    about as much work. The tile in the middle of an odd number stays alone.

    Legal: the points of a grid are independent of each other.

    Before, where the loop over keys depends on `%t`:
    ```mlir
    scf.forall (%t, %h, %b) in (%tiles, 16, %batch) {
      "body"(%t) : (index) -> ()
    } {attn.config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, persistent>}
    ```
    After, with `%pairs` the half of `%tiles`, and in 32 bits `%own` = t, `%end` =
    tiles − t and `%step` = max(tiles − 1 − 2·t, 1):
    ```mlir
    scf.forall (%t, %h, %b) in (%pairs, 16, %batch) {
      scf.for %i = %own to %end step %step : i32 {
        %tile = arith.index_cast %i : i32 to index
        "body"(%tile) : (index) -> ()
      }
    } {attn.config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, persistent>}
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::scf::SCFDialect"];
  let statistics = [
    Statistic<"numPaired", "num-paired", "number of grids of pairs">
  ];
}

def AttnSpeculateMaximum : Pass<"attn-speculate-maximum"> {
  let summary = "take exponentials under the maximum known before the tile";
  let description = [{
    Rewrites `attn.online_softmax` where the configuration around it has a
    `speculation`: the probabilities are computed under the maximum so far, and
    where a row's sum of them is above the bound or NaN (`attn.any_above`), all of
    it is done again under the true maximum. Maximum, exchanges between threads
    and the rescaling of the output are then left to the way back.

    Legal: softmax does not depend on what stands for the maximum, and all rows
    of a step use one number each. The true maximum is never below the one so
    far, so probabilities are never smaller than usual; the bound keeps them from
    being too large. A row that has seen no key has the maximum -inf, under which
    every exponential is +inf or NaN: it takes the way back.

    It pays where rows' maxima settle early. Where scores rise from tile to tile
    the exponentials would be computed twice, time after time. So the loop carries
    a number of tiles, its patience: where a maximum has risen by more than 2⁴
    (`adapt`), the next eight tiles first look for their true maximum, under which
    nothing is out of bounds, and only the output is rescaled. Not so where there is
    a function of scores or of masks, which needs the registers for itself, a window,
    which has few tiles, or a causal mask over open sizes beside scores and outputs of
    128 columns, which leaves no registers.

    Before:
    ```mlir
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
    ```
    After, with `%c` the broadcast of -mx * f, without what depends on the correction:
    ```mlir
    %moving = arith.cmpi ne, %patience, %c0 : i32
    %mx = scf.if %moving -> (vector<4xf32>) {
      %p1, %mt, %l1, %a1 = attn.online_softmax %s, %m, %l factor(%f) : vector<4x16xf32>, vector<4xf32>
      scf.yield %mt : vector<4xf32>
    } else {
      scf.yield %m : vector<4xf32>
    }
    %x = math.fma %s, %ff, %c : vector<4x16xf32>
    %p0 = math.exp2 %x : vector<4x16xf32>
    %t = vector.multi_reduction <add>, %p0, %zero [1] : vector<4x16xf32> to vector<4xf32>
    %missed = attn.any_above %t, 256.0 : vector<4xf32>
    %moved = arith.ori %moving, %missed : i1
    %r:4 = scf.if %moved -> (vector<4x16xf32>, vector<4xf32>, vector<4xf32>, i32) {
      %q:3 = scf.if %missed -> (vector<4x16xf32>, vector<4xf32>, vector<4xf32>) {
        %p, %m1, %l1, %a1 = attn.online_softmax %s, %m, %zero factor(%f) : vector<4x16xf32>, vector<4xf32>
        scf.yield %p, %m1, %l1 : vector<4x16xf32>, vector<4xf32>, vector<4xf32>
      } else {
        scf.yield %p0, %mx, %t : vector<4x16xf32>, vector<4xf32>, vector<4xf32>
      }
      %up = arith.subf %q#1, %m : vector<4xf32>
      %fall = arith.negf %up : vector<4xf32>      // times f, and 0 where m = −∞
      %a = math.exp2 %fall : vector<4xf32>
      %l0 = arith.mulf %l, %a : vector<4xf32>
      %l2 = arith.addf %l0, %q#2 : vector<4xf32>
      %rises = attn.any_above %up, 4.0 : vector<4xf32>
      %c1 = arith.constant 1 : i32
      %c8 = arith.constant 8 : i32
      %spent = arith.subi %patience, %c1 : i32
      %less = arith.maxsi %spent, %c0 : i32
      %next = arith.select %rises, %c8, %less : i32
      scf.yield %q#0, %q#1, %l2, %next : vector<4x16xf32>, vector<4xf32>, vector<4xf32>, i32
    } else {
      %l2 = arith.addf %l, %t : vector<4xf32>
      scf.yield %p0, %m, %l2, %c0 : vector<4x16xf32>, vector<4xf32>, vector<4xf32>, i32
    }
    ```
  }];
  let options = [
    Option<"adapt", "adapt", "bool", /*default=*/"true",
           "Look at the scores first while maxima rise from tile to tile">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::math::MathDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"];
  let statistics = [
    Statistic<"numSpeculations", "num-speculations",
              "number of online softmaxes that speculate">
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

def AttnLowerTileOps : Pass<"attn-lower-tile-ops"> {
  let summary = "write masks and coordinates in vector arithmetic";
  let description = [{
    Rewrites `attn.band_mask` and `attn.coordinates` for a target that has no
    lowering of its own for them. The numbers of rows and columns within the
    tile are constants; what changes from tile to tile is one scalar a bound.

    Before:
    ```mlir
    %1 = attn.band_mask %0 at(%q, %kv) extent(%sk) : vector<4x16xf32>
    ```
    After, with `%bound` the broadcast of sk - kv:
    ```mlir
    %step = vector.step : vector<16xindex>
    %columns = vector.shape_cast %step : vector<16xindex> to vector<1x16xindex>
    %inside = arith.cmpi slt, %columns, %bound : vector<1x16xindex>
    %keep = vector.broadcast %inside : vector<1x16xi1> to vector<4x16xi1>
    %1 = arith.select %keep, %0, %infinity : vector<4x16xi1>, vector<4x16xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::vector::VectorDialect"];
}

def AttnLowerContractions : Pass<"attn-lower-contractions"> {
  let summary = "write matrix products as loops over rows";
  let description = [{
    Rewrites `vector.contract` of two matrices for a target without matrix
    units, as loops on vectors of at most 16 elements. The operands are extended
    to the element type of the result, so that 16-bit inputs are multiplied and
    summed in f32. A product with a transposed second operand (Q Kᵀ) becomes dot
    products of rows, one with a plain one (P V) sums of multiples of rows;
    neither needs a transposition. What `attn.deinterleave` gives is put in order
    row by row in a buffer. The first operand and the result pass through
    buffers on the stack; rows of the second are read where its
    `vector.transfer_read` would have read them, those out of bounds not at all.

    Run it after `scf-forall-to-for`: the buffers belong to the function.
    Any other contraction is left alone, with a remark.

    Before:
    ```mlir
    %s = vector.contract {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %q, %k, %acc : vector<1x32xf16>, vector<8x32xf16> into vector<1x8xf32>
    ```
    After, with copies of %q and %acc in %qs and %ss:
    ```mlir
    scf.for %n = %c0 to %rows step %c1 {
      %sum = scf.for %d = %c0 to %c32 step %c16 iter_args(%old = %zero) -> (vector<16xf32>) {
        %kh = vector.load %keys[%b, %row, %h, %d] : memref<?x?x4x32xf16>, vector<16xf16>
        %kf = arith.extf %kh : vector<16xf16> to vector<16xf32>
        %qf = vector.load %qs[%c0, %d] : memref<1x32xf32>, vector<16xf32>
        %new = vector.fma %qf, %kf, %old : vector<16xf32>
        scf.yield %new : vector<16xf32>
      }
      %acc = memref.load %ss[%c0, %n] : memref<1x8xf32>
      %dot = vector.reduction <add>, %sum, %acc : vector<16xf32> into f32
      memref.store %dot, %ss[%c0, %n] : memref<1x8xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"];
}

def AttnLowerConversions : Pass<"attn-lower-conversions"> {
  let summary = "write conversions of wide tiles as loops";
  let description = [{
    Rewrites `arith.extf`, `arith.truncf` and `attn.round` on matrices with rows of
    more than 16 elements as loops over 16 elements, for a target that has no instruction
    for them or needs several (bf16, or f16 without F16C). The matrices pass
    through buffers on the stack of the function, so run it after
    `scf-forall-to-for`.

    Conversions between f32 and f8E4M3FN, of any shape, and `attn.round` become
    integer arithmetic; what is out of range becomes the largest number, as on the
    GPU.

    `arith.extf` and `arith.truncf` of any shape lose their fast-math flags, which
    LLVM's conversions have none of, and `convert-arith-to-llvm` would leave as an
    attribute that `mlir-translate` does not know.

    Before:
    ```mlir
    %1 = arith.truncf %0 : vector<4x64xf32> to vector<4x64xbf16>
    ```
    After, with a copy of %0 in %from and %1 read from %to:
    ```mlir
    scf.for %i = %c0 to %c4 step %c1 {
      scf.for %j = %c0 to %c64 step %c16 {
        %2 = vector.load %from[%i, %j] : memref<4x64xf32>, vector<16xf32>
        %3 = arith.truncf %2 : vector<16xf32> to vector<16xbf16>
        vector.store %3, %to[%i, %j] : memref<4x64xbf16>, vector<16xbf16>
      }
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"];
}

def AttnUnrollMath : Pass<"attn-unroll-math"> {
  let summary = "compute functions that LLVM takes of rows alone row by row";
  let description = [{
    Rewrites operations on matrices, or on vectors of more dimensions, that
    `convert-math-to-llvm` takes of vectors of one dimension alone, as operations
    on their rows: `math.absi`, `math.ctlz`, `math.cttz`, `math.isnan` and
    `math.isfinite`. Upstream's conversion unrolls all others by itself.

    Before:
    ```mlir
    %1 = math.absi %0 : vector<2x16xi32>
    ```
    After:
    ```mlir
    %none = ub.poison : vector<2x16xi32>
    %2 = vector.extract %0[0] : vector<16xi32> from vector<2x16xi32>
    %3 = math.absi %2 : vector<16xi32>
    %4 = vector.insert %3, %none [0] : vector<16xi32> into vector<2x16xi32>
    %5 = vector.extract %0[1] : vector<16xi32> from vector<2x16xi32>
    %6 = math.absi %5 : vector<16xi32>
    %1 = vector.insert %6, %4 [1] : vector<16xi32> into vector<2x16xi32>
    ```
  }];
  let dependentDialects = ["::mlir::ub::UBDialect",
    "::mlir::vector::VectorDialect"];
}

def AttnHoistStackBuffers : Pass<"attn-hoist-stack-buffers"> {
  let summary = "allocate buffers on the stack once for a call";
  let description = [{
    Moves each `memref.alloca` of static size to the entry of its function: in a
    loop, or a branch in one, it would be another buffer for each time around, and
    the stack ends before a loop over many attentions does. Upstream's
    `buffer-loop-hoisting` leaves what stands in a branch, and moves buffers of the
    heap as well, away from where they are freed.

    Legal: what such a buffer holds is not read before it is written, so it may be
    the same one in each turn, as loops here are sequential.

    Before:
    ```mlir
    scf.for %i = %c0 to %n step %c1 {
      scf.if %condition {
        %buffer = memref.alloca() : memref<64x64xf32>
        "test.use"(%buffer) : (memref<64x64xf32>) -> ()
      }
    }
    ```
    After:
    ```mlir
    %buffer = memref.alloca() : memref<64x64xf32>
    scf.for %i = %c0 to %n step %c1 {
      scf.if %condition {
        "test.use"(%buffer) : (memref<64x64xf32>) -> ()
      }
    }
    ```
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def AttnClassifyTiles : Pass<"attn-classify-tiles"> {
  let summary = "visit only the tiles that a mask region leaves something of";
  let description = [{
    A mask region says which elements are visible only when it is evaluated. This
    pass has it evaluated once in front of the attention, by a grid of its own: for
    each point of the grid of the attention and each iteration of its loop over
    keys, threads look whether the tile is empty, partial or full, and write the
    numbers of the iterations of the partial tiles, and behind them those of the
    full ones, into a list. The loop then goes over the list, and has its masks in
    a branch that the partial tiles take; `attn-split-masked-tiles` makes a loop of
    its own of these. Nothing of an empty tile is read or computed.

    The mask is the `arith.select` between scores and -inf, and the
    `attn.band_mask` behind it, in front of the loop's `attn.online_softmax`. Both
    are evaluated as they stand, an element for a lane of a vector, but for rows
    beyond the end of Q, which count for nothing. Tiles outside of the band are not
    looked at. Dimensions of the grid that the masks do not depend on have one list
    in common.

    Legal: as for `attn-prune-masked-tiles`, leaving out a tile of which nothing is
    visible changes nothing of the loop's state, and the tiles may come in any
    order. On a full tile the masks are the identity.

    The list and what it is made of are allocated in front of the grids, and become
    the workspace of the kernel. A loop whose trips do not follow from the sizes of
    the function's arguments, as where its keys are a range of them, one that
    carries more than the state of the softmax, and masks that are computed from
    more than numbers of rows and columns and memory are reported by a remark and
    left as they are; so is, without one, a loop of a single tile.

    Before:
    ```mlir
    scf.forall (%t, %h, %b) in (%tiles, 8, %batch) {
      %r = scf.for %i = %c0 to %n step %c1 iter_args(%m = %m0) -> vector<4xf32> {
        %same = arith.cmpi eq, %row, %key : vector<4x16xi32>
        %2 = arith.select %same, %1, %infinity : vector<4x16xi1>, vector<4x16xf32>
    ```
    After, where %same depends on %t and %b:
    ```mlir
    scf.forall (%t, %b) in (%tiles, %batch) {
      scf.forall (%thread) in (256) {
        "look at a part of some tiles"(%t, %b, %thread) : (index, index, index) -> ()
      } {mapping = [#gpu.thread<x>]}
      scf.forall (%thread) in (256) {
        "write the list"(%t, %b, %thread) : (index, index, index) -> ()
      } {mapping = [#gpu.thread<x>]}
    }
    scf.forall (%t, %h, %b) in (%tiles, 8, %batch) {
      %partial = memref.load %counts[%list, %c0] : memref<?x2xi32>
      %visible = memref.load %counts[%list, %c1] : memref<?x2xi32>
      %r = scf.for %k = %c0 to %v step %c1 iter_args(%m = %m0) -> vector<4xf32> {
        %i = memref.load %visits[%list, %k] : memref<?x?xi32>
        %masked = arith.cmpi slt, %k, %p : index
        %2 = scf.if %masked -> (vector<4x16xf32>) {
          %same = arith.cmpi eq, %row, %key : vector<4x16xi32>
          %3 = arith.select %same, %1, %infinity : vector<4x16xi1>, vector<4x16xf32>
          scf.yield %3 : vector<4x16xf32>
        } else {
          scf.yield %1 : vector<4x16xf32>
        }
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"
  ];
  let options = [
    Option<"strict", "strict", "bool", /*default=*/"false",
           "report a loop that cannot be rewritten as an error">,
  ];
  let statistics = [
    Statistic<"numClassified", "num-classified",
              "number of loops that go over a list of tiles">
  ];
}

def AttnPruneMaskedTiles : Pass<"attn-prune-masked-tiles"> {
  let summary = "leave out key tiles that no row of a block sees";
  let description = [{
    Narrows the bounds of an `scf.for` over tiles of keys, whose scores one
    `attn.band_mask` masks, to the tiles that hold a visible element. With the
    mask's operands and the sizes M×N of its tile, a tile at (q, kv) holds none
    where

    ```
    kv ≥ extent   or   kv − (q + M − 1) > upper   or   kv + N − 1 − q < lower
    ```

    The key origin must be an affine function of the induction variable, rising
    or falling; the bounds then are a division each, before the loop.

    Leaving a tile out changes no result where the loop carries nothing but the
    state of its `attn.online_softmax` (the maximum and the sum) and outputs
    rescaled by its correction, and writes nothing. A loop that is not of this
    kind (one that is software-pipelined already, say) is reported by a remark
    and left as it is.

    Before:
    ```mlir
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%m = %m0) -> vector<4xf32> {
    ```
    After, for a mask with `upper`:
    ```mlir
    %first = arith.ceildivsi %distance, %c16 : index
    %1 = arith.maxsi %c0, %first : index
    %begin = arith.minsi %1, %n : index
    %r = scf.for %i = %begin to %n step %c1 iter_args(%m = %m0) -> vector<4xf32> {
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
  let options = [
    Option<"strict", "strict", "bool", /*default=*/"false",
           "report a loop that cannot be narrowed as an error">,
  ];
  let statistics = [
    Statistic<"numPruned", "num-pruned", "number of loops narrowed">
  ];
}

def AttnSplitMaskedTiles : Pass<"attn-split-masked-tiles"> {
  let summary = "split loops so that full tiles are not masked";
  let description = [{
    Cuts an `scf.for` over tiles of keys, whose scores one `attn.band_mask`
    masks, into up to three consecutive loops that hand on the iteration
    arguments: the tiles at the end of high keys that need the mask, the full
    tiles without it, and the tiles at the end of low keys that need it (in the
    reverse order where keys rise). A tile of M×N elements at (q, kv) is full
    where

    ```
    kv + N − 1 < extent   and   kv + N − 1 − q ≤ upper   and   kv − (q + M − 1) ≥ lower
    ```

    The key origin must be an affine function of the induction variable. The
    rest of the body is opaque and copied, so the loop may carry anything and
    may be software-pipelined, with a mask that belongs to a later iteration.

    Where only `extent` bounds the mask and tiles come from the last one down,
    at most the first is partial: the loop for it has at most one trip, and
    there is none if the loop is known to start below the last tile.

    A loop that has its masks in a branch (`scf.if`) that its first iterations
    take, and no others, as `attn-classify-tiles` leaves it, is cut behind them,
    and the branch is decided in either part.

    Before:
    ```mlir
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %init) -> (vector<4xf32>) {
      ...
      %2 = attn.band_mask %1 at(%q, %kv) extent(%sk) : vector<4x16xf32>
      ... uses of %2
    ```
    After:
    ```mlir
    %1 = arith.minsi %c1, %n : index
    %h = scf.for %i = %c0 to %1 step %c1 iter_args(%a = %init) -> (vector<4xf32>) {
      ... as before
    }
    %r = scf.for %i = %1 to %n step %c1 iter_args(%a = %h) -> (vector<4xf32>) {
      ...
      ... uses of %1
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
  let options = [
    Option<"strict", "strict", "bool", /*default=*/"false",
           "report a loop that cannot be split as an error">,
  ];
  let statistics = [
    Statistic<"numSplit", "num-split", "number of loops split">,
    Statistic<"numMaskedLoops", "num-masked-loops",
              "number of loops over masked tiles made">
  ];
}

#endif // FA3_DIALECT_ATTN_TRANSFORMS_TILEPASSES_TD
