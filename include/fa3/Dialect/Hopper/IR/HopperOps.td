//===- HopperOps.td - Operations of the hopper dialect -----*- tablegen -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_DIALECT_HOPPER_IR_HOPPEROPS_TD
#define FA3_DIALECT_HOPPER_IR_HOPPEROPS_TD

include "fa3/Dialect/Hopper/IR/HopperAttrs.td"
include "mlir/Dialect/NVGPU/IR/NVGPUTypes.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

//===----------------------------------------------------------------------===//
// Tiles in shared memory
//===----------------------------------------------------------------------===//

def Hopper_LoadTileOp : Hopper_Op<"load_tile", [
    MemoryEffects<[MemRead, MemAlloc]>]> {
  let summary = "bring a tile of a global buffer into shared memory";
  let description = [{
    From a buffer: rows follow its dimension `row_dim`, columns its last one,
    beginning at `indices`. With `group_dim`, `group` rows next to each other
    follow that dimension: row r is at r / group along `row_dim` and at r mod
    group along `group_dim`. Through a tensor map: `indices` are its coordinates,
    fastest dimension first. What lies outside of the buffer reads as zero.

    Constraints:

    1. From a buffer, there is one index for each of its dimensions; through a
       tensor map, there are 2 to 5.
    2. A buffer lies in global memory; its last stride is 1.
    3. `row_dim` is a dimension of the buffer other than the last; it stands with
       a buffer, and not with a tensor map.
    4. The element types agree, and the tile is as wide as a buffer's last
       dimension, which is static; an interleaved tile takes a part of any.
    5. The box of a tensor map has the rows of the tile that are copied and the
       columns of one slab, and is swizzled by 128 bytes.
    6. `group_dim` and `group` stand together, beside `row_dim`: a dimension other
       than that and the last, and a divisor of the tile's rows, none of which is
       for row sums.

    ```mlir
    %tile = hopper.load_tile %k[%b, %row, %h, %c0] {row_dim = 1 : i64}
        : memref<?x?x16x128xf16> -> !hopper.shared_tile<176x128xf16>
    ```
  }];
  let arguments = (ins AnyTypeOf<[AnyMemRef, NVGPU_TensorMapDescriptor]>:$source,
                       Variadic<Index>:$indices, OptionalAttr<I64Attr>:$row_dim,
                       OptionalAttr<I64Attr>:$group_dim,
                       OptionalAttr<I64Attr>:$group);
  let results = (outs Hopper_SharedTileType:$tile);
  let assemblyFormat = [{
    $source `[` $indices `]` attr-dict `:` type($source) `->` type($tile)
  }];
  let hasVerifier = 1;
}

def Hopper_TransposeTileOp : Hopper_Op<"transpose_tile", [
    MemoryEffects<[MemRead, MemAlloc]>]> {
  let summary = "transpose a tile of 8-bit elements in shared memory";
  let description = [{
    A new tile with the columns of `source` as its rows: the matrix units take an
    8-bit right-hand side only with its inner dimension along the rows.

    Constraints:

    1. The elements have 8 bits, the same type in both.
    2. As many rows of the result are copied as the source has columns, and it has
       as many columns as that has rows.
    3. The source is not interleaved and has no rows for sums; its rows are a
       multiple of 32, its columns one of 16.

    ```mlir
    %t = hopper.transpose_tile %v : !hopper.shared_tile<224x128xf8E4M3FN>
        -> !hopper.shared_tile<128x224xf8E4M3FN, interleaved>
    ```
  }];
  let arguments = (ins Hopper_SharedTileType:$source);
  let results = (outs Hopper_SharedTileType:$tile);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($tile)";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Channels
//===----------------------------------------------------------------------===//

def Hopper_CreateChannelOp : Hopper_Op<"create_channel", [
    MemoryEffects<[MemAlloc]>]> {
  let summary = "make a channel";
  let description = [{
    Stands at a kernel's entry; all slots are empty. `offset` is the byte at
    which the slots begin in the block's dynamic shared memory and `barriers`
    that of the first barrier: `depth` full barriers, then `depth` empty ones, 8
    bytes each. `hopper-allocate-shared-memory` gives both.

    Constraints:

    1. `offset` is a multiple of 1024 and `barriers` one of 8, not negative.

    ```mlir
    %keys = hopper.create_channel : !hopper.channel<2 x 176x128xf16>
    ```
  }];
  let arguments = (ins OptionalAttr<I64Attr>:$offset,
                       OptionalAttr<I64Attr>:$barriers);
  let results = (outs Hopper_ChannelType:$channel);
  let assemblyFormat = "attr-dict `:` type($channel)";
  let hasVerifier = 1;
}

def Hopper_AcquireOp : Hopper_Op<"acquire", [
    MemoryEffects<[MemRead, MemWrite]>, AttrSizedOperandSegments]> {
  let summary = "take the next slot of a channel for filling, once it is empty";
  let description = [{
    Waits until all consumers have released the slot, and announces `bytes` of
    asynchronous copies: the slot is full when that many have arrived. 0 bytes are
    announced where `hopper.transpose` fills the slot. `slot` and `phase` say which
    of the ring's slots is the next one and which passage of its barrier to wait
    for; `hopper-assign-slots` gives them.

    Constraints:

    1. The tile is of the channel's type.
    2. `bytes` are those of the tile's copied rows, or 0.
    3. `slot` and `phase` stand together or not at all.

    ```mlir
    %slot = hopper.acquire %keys expect 45056
        : !hopper.channel<2 x 176x128xf16> -> !hopper.shared_tile<176x128xf16>
    ```
  }];
  let arguments = (ins Hopper_ChannelType:$channel, I64Attr:$bytes,
                       Optional<I32>:$slot, Optional<I32>:$phase);
  let results = (outs Hopper_SharedTileType:$tile);
  let assemblyFormat = [{
    $channel (`[` $slot^ `,` $phase `]`)? `expect` $bytes attr-dict `:`
    type($channel) `->` type($tile)
  }];
  let hasVerifier = 1;
}

def Hopper_WaitOp : Hopper_Op<"wait", [
    MemoryEffects<[MemRead, MemWrite]>, AttrSizedOperandSegments]> {
  let summary = "wait until the next slot of a channel is full";
  let description = [{
    The tile may be read until the channel's `hopper.release` of it. `slot` and
    `phase` are as of `hopper.acquire`.

    Constraints:

    1. The tile is of the channel's type.
    2. `slot` and `phase` stand together or not at all.

    ```mlir
    %k = hopper.wait %keys
        : !hopper.channel<2 x 176x128xf16> -> !hopper.shared_tile<176x128xf16>
    ```
  }];
  let arguments = (ins Hopper_ChannelType:$channel, Optional<I32>:$slot,
                       Optional<I32>:$phase);
  let results = (outs Hopper_SharedTileType:$tile);
  let assemblyFormat = [{
    $channel (`[` $slot^ `,` $phase `]`)? attr-dict `:` type($channel) `->`
    type($tile)
  }];
  let hasVerifier = 1;
}

def Hopper_ReleaseOp : Hopper_Op<"release", [
    MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "hand a slot back to the producer";
  let description = [{
    Each consumer warpgroup arrives once. No read of the tile, and no matrix
    product on it, may still be in flight.

    Constraints:

    1. The tile is of the channel's type.

    ```mlir
    hopper.release %k to %keys
        : !hopper.shared_tile<176x128xf16>, !hopper.channel<2 x 176x128xf16>
    ```
  }];
  let arguments = (ins Hopper_SharedTileType:$tile, Hopper_ChannelType:$channel);
  let assemblyFormat = [{
    $tile `to` $channel attr-dict `:` type($tile) `,` type($channel)
  }];
  let hasVerifier = 1;
}

def Hopper_TmaLoadOp : Hopper_Op<"tma_load", [
    MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "fill an acquired slot by the tensor copy engine";
  let description = [{
    One `cp.async.bulk.tensor` for each slab of the tile, in tile mode; they
    complete on the slot's full barrier. The coordinates are those of the tile's
    first element, fastest dimension first, in elements.

    Constraints:

    1. The box of the tensor map has the copied rows of the tile, the columns of
       one slab, and its element type; it is swizzled by 128 bytes.
    2. There are 2 to 5 coordinates.
    3. The tile is of the channel's type.

    ```mlir
    hopper.tma_load %map[%c0, %row, %h, %b] into %slot of %keys
        : !nvgpu.tensormap.descriptor<tensor = memref<176x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>,
          !hopper.shared_tile<176x128xf16>, !hopper.channel<2 x 176x128xf16>
    ```
  }];
  let arguments = (ins NVGPU_TensorMapDescriptor:$map,
                       Variadic<Index>:$coordinates,
                       Hopper_SharedTileType:$tile, Hopper_ChannelType:$channel);
  let assemblyFormat = [{
    $map `[` $coordinates `]` `into` $tile `of` $channel attr-dict `:`
    type($map) `,` type($tile) `,` type($channel)
  }];
  let hasVerifier = 1;
}

def Hopper_TransposeOp : Hopper_Op<"transpose", [
    MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "fill an acquired slot with the transpose of a tile";
  let description = [{
    What `hopper.transpose_tile` is to channels: all warps that run it share the
    work, and the slot is full when each of them is done. What they wrote is made
    visible to the matrix units (PTX ISA, "Async proxy").

    Constraints:

    1. The tiles are as those of `hopper.transpose_tile`.
    2. The tile that is filled is of the channel's type.

    ```mlir
    hopper.transpose %v into %slot of %transposed
        : !hopper.shared_tile<224x128xf8E4M3FN>,
          !hopper.shared_tile<128x224xf8E4M3FN, interleaved>,
          !hopper.channel<2 x 128x224xf8E4M3FN, interleaved>
    ```
  }];
  let arguments = (ins Hopper_SharedTileType:$source,
                       Hopper_SharedTileType:$tile,
                       Hopper_ChannelType:$channel);
  let assemblyFormat = [{
    $source `into` $tile `of` $channel attr-dict `:` type($source) `,`
    type($tile) `,` type($channel)
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Matrix products
//===----------------------------------------------------------------------===//

def Hopper_WgmmaOp : Hopper_Op<"wgmma", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "issue a matrix product of the warpgroups";
  let description = [{
    `result = lhs · rhs (+ accumulator)`, rhs transposed where `transpose_rhs`
    stands. All consumer warpgroups take part, each with 64 of the rows. lhs is a
    tile in shared memory or a vector in registers, rhs a tile in shared memory.
    The product is in flight until `hopper.wgmma_wait`; until then its operands
    must stay as they are. With `row_sums`, N is 8 more than rhs has columns: the
    first of the new ones holds the sums of lhs's rows, the others hold zeros. A
    transposed rhs says that in its type.

    Constraints (PTX ISA, `wgmma.mma_async`):

    1. With lhs M × K, rhs is K × N (N × K with `transpose_rhs`), the result and
       the accumulator M × N of f32, or of i32 where the operands are i8.
    2. M is a multiple of 64, N a multiple of 8 up to 256; of i8 N is 8, 24
       or a multiple of 16.
    3. The operands have one element type, f16, bf16, f8E4M3FN or i8.
    4. K is a multiple of 16, or of 32 for 8 bits, where it counts rows of rhs or
       columns of a vector: only columns of tiles are padded.
    5. rhs is interleaved only with `transpose_rhs` and a vector of 8-bit elements
       as lhs, and then it must be; a tile as lhs is not.
    6. `row_sums` stands only where rhs is not transposed, and a tile as lhs has no
       rows for sums.

    8-bit rhs that is K × N is a product that no matrix unit computes:
    `hopper-insert-transposes` makes it one of the transpose. So is one with
    `row_sums`, whose constants must stand in a tile.

    ```mlir
    %s = hopper.wgmma %q, %k {transpose_rhs}
        : !hopper.shared_tile<128x128xf16>, !hopper.shared_tile<176x128xf16>
        -> !hopper.pending<vector<128x176xf32>>
    %o = hopper.wgmma %p, %v acc %o0
        : vector<128x176xf16>, !hopper.shared_tile<176x128xf16>,
          vector<128x128xf32> -> !hopper.pending<vector<128x128xf32>>
    ```
  }];
  let arguments = (ins AnyTypeOf<[Hopper_SharedTileType,
                                  VectorOfRankAndType<[2], [F16, BF16,
                                    F8E4M3FN, I8]>]>:$lhs,
                       Hopper_SharedTileType:$rhs,
                       Optional<VectorOfRankAndType<[2], [F32, I32]>>:$accumulator,
                       UnitAttr:$transpose_rhs, UnitAttr:$row_sums);
  let results = (outs Hopper_PendingType:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs (`acc` $accumulator^)? attr-dict `:` type($lhs) `,` type($rhs)
    (`,` type($accumulator)^)? `->` type($result)
  }];
  let hasVerifier = 1;
}

def Hopper_WgmmaWaitOp : Hopper_Op<"wgmma_wait", [
    MemoryEffects<[MemRead, MemWrite]>, TypesMatchWith<
        "the result is the vector of the pending value", "pending", "result",
        "::llvm::cast<::mlir::hopper::PendingType>($_self).getVector()">]> {
  let summary = "wait for a matrix product";
  let description = [{
    Waits for the product and all that were issued before it; later ones stay in
    flight.

    Constraints:

    1. The result is the vector of the pending value.

    ```mlir
    %s = hopper.wgmma_wait %pending : !hopper.pending<vector<128x176xf32>>
    ```
  }];
  let arguments = (ins Hopper_PendingType:$pending);
  let results = (outs AnyVectorOfNonZeroRank:$result);
  let assemblyFormat = "$pending attr-dict `:` type($pending)";
}

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

def Hopper_WarpSpecializeOp : Hopper_Op<"warp_specialize", [
    RecursiveMemoryEffects, NoRegionArguments,
    SingleBlockImplicitTerminator<"::mlir::hopper::EndOp">]> {
  let summary = "give the warpgroups of a block different work";
  let description = [{
    The first warpgroup is the producer: it lowers its registers to
    `producer_registers`, and one of its threads runs the first region; where
    something is transposed there, all of them do, and one of them fills the other
    channels. The other `consumers` warpgroups raise theirs to `consumer_registers` and run the
    second region together (PTX ISA, `setmaxnreg`).

    Constraints:

    1. There are 1 to 7 consumers: a block has at most 1024 threads.
    2. Registers are multiples of 8 in 24 … 256, and all of the block's fit the
       register file: 128 · (producer + consumers · consumer) ≤ 65536.
    3. The producer neither multiplies nor has a turn, and waits for and releases
       slots only of channels that no consumer waits for; the consumers acquire
       none, copy none and transpose none; roles have no roles.

    ```mlir
    hopper.warp_specialize consumers(2) registers(24, 240)
    producer {
      …
    } consumer {
      …
    }
    ```
  }];
  let arguments = (ins I64Attr:$consumers, I64Attr:$producer_registers,
                       I64Attr:$consumer_registers);
  let regions = (region SizedRegion<1>:$producer, SizedRegion<1>:$consumer);
  let assemblyFormat = [{
    `consumers` `(` $consumers `)`
    `registers` `(` $producer_registers `,` $consumer_registers `)`
    attr-dict-with-keyword `producer` $producer `consumer` $consumer
  }];
  let hasRegionVerifier = 1;
}

def Hopper_EndOp : Hopper_Op<"end", [
    Pure, Terminator, ReturnLike, HasParent<"::mlir::hopper::WarpSpecializeOp">]> {
  let summary = "end a role of `hopper.warp_specialize`";
  let description = [{
    ```mlir
    hopper.end
    ```
  }];
  let assemblyFormat = "attr-dict";
}

def Hopper_TurnWaitOp : Hopper_Op<"turn_wait", [
    MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "wait for this consumer warpgroup's turn";
  let description = [{
    The consumers take turns: a warpgroup waits for its turn, issues its matrix
    products and passes the turn on to the next one, whose products then run
    while the first one is busy with its softmax (FlashAttention-3, section 3.1,
    "ping-pong"). The first turn is the first consumer's.

    ```mlir
    hopper.turn_wait
    ```
  }];
  let assemblyFormat = "attr-dict";
}

def Hopper_TurnPassOp : Hopper_Op<"turn_pass", [
    MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "give the turn to the next consumer warpgroup";
  let description = [{
    See `hopper.turn_wait`.

    ```mlir
    hopper.turn_pass
    ```
  }];
  let assemblyFormat = "attr-dict";
}

//===----------------------------------------------------------------------===//
// Thread level
//===----------------------------------------------------------------------===//

def Hopper_PackedPair : AnyTypeOf<[VectorOfLengthAndType<[2], [F16, BF16]>,
                                   VectorOfLengthAndType<[4], [F8E4M3FN, I8]>]>;
def Hopper_Accumulator : AnyTypeOf<[F32, I32]>;

def Hopper_ThreadWgmmaOp : Hopper_Op<"thread_wgmma", [
    AttrSizedOperandSegments, MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "one thread's part in a matrix product of its warpgroup";
  let description = [{
    What `hopper.wgmma` is to a thread: its 64·N/128 accumulators are operands
    and results, lhs is the tile in shared memory or the thread's packed pairs of
    16 bits, or fours of 8.
    The group of instructions is fenced, issued and committed as one; its results
    may be read only behind a `hopper.thread_wgmma_wait`.

    `row` is the first row of lhs that belongs to the warpgroup, `depth` is K.

    Constraints:

    1. There is either a tile and a row, or packed pairs, as lhs.
    2. n is a multiple of 8 in 8 … 256, of i8 8, 24 or a multiple of 16; there are
       n/2 results, and n/2 or no accumulators, of f32 or of i32 where the operands
       are i8.
    3. depth is a positive multiple of 8; with s = 16, or 32 for 8 bits, packed
       registers are 4·⌈depth/s⌉.
    4. The operands have one element type, f16, bf16, f8E4M3FN or i8.
    5. With depth K, a tile as lhs is … × K, and rhs K × n (n × K with
       `transpose_rhs`).
    6. 8-bit rhs is transposed, and interleaved exactly where lhs is in registers.

    Source: PTX ISA, `wgmma.mma_async`; upstream's `nvvm.wgmma.mma_async` takes
    neither lhs in registers nor separate fences.
  }];
  let arguments = (ins Optional<Hopper_SharedTileType>:$lhs,
                       Variadic<Hopper_PackedPair>:$pairs,
                       Hopper_SharedTileType:$rhs,
                       Variadic<Hopper_Accumulator>:$accumulators,
                       Optional<I32>:$row, I64Attr:$n, I64Attr:$depth,
                       UnitAttr:$transpose_rhs);
  let results = (outs Variadic<Hopper_Accumulator>:$results);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Hopper_ThreadWgmmaWaitOp : Hopper_Op<"thread_wgmma_wait", [
    MemoryEffects<[MemRead, MemWrite]>, AllTypesMatch<["pending", "results"]>]> {
  let summary = "wait until at most `groups` later matrix products are in flight";
  let description = [{
    Gives the accumulators that the wait makes readable; nothing orders ordinary
    arithmetic against a wait otherwise. Source: PTX ISA,
    `wgmma.wait_group.sync.aligned`.

    Constraints:

    1. There are as many results as pending values.
    2. `groups` is in 0 … 7.
  }];
  let arguments = (ins Variadic<Hopper_Accumulator>:$pending, I64Attr:$groups);
  let results = (outs Variadic<Hopper_Accumulator>:$results);
  let assemblyFormat = [{
    $pending `groups` $groups attr-dict `:` type($pending)
  }];
  let extraClassDeclaration = [{
    /// The most products that a wait may leave in flight.
    static constexpr int64_t kMostGroups = 7;
  }];
  let hasVerifier = 1;
}

def Hopper_HoldOp : Hopper_Op<"hold", [
    MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "keep what follows behind the computation of values";
  let description = [{
    Changes nothing; but the assembler moves none of the operations that follow
    in front of those that compute `values`. It schedules arithmetic freely round
    the waits for matrix products otherwise, and does not know which of the two
    is the longer.

    Constraints:

    1. There is at least one value.

    ```mlir
    hopper.hold %sum0, %sum1 : f32, f32
    ```
  }];
  let arguments = (ins Variadic<F32>:$values);
  let assemblyFormat = "$values attr-dict `:` type($values)";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

def Hopper_SaturatingFmaOp : Hopper_Op<"saturating_fma", [
    Pure, SameOperandsAndResultType]> {
  let summary = "a multiply-add that clamps its result at no cost";
  let description = [{
    a · b + c, rounded once, to the nearest of [0, 1]: what is below, and NaN,
    becomes +0, and what is above 1 (PTX ISA, `fma` with `.sat`).

    ```mlir
    %y = hopper.saturating_fma %a, %b, %c : f32
    ```
  }];
  let arguments = (ins F32:$a, F32:$b, F32:$c);
  let results = (outs F32:$result);
  let assemblyFormat = "$a `,` $b `,` $c attr-dict `:` type($result)";
}

#endif // FA3_DIALECT_HOPPER_IR_HOPPEROPS_TD
