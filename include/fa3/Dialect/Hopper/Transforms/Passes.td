//===- Passes.td - Passes on the async and the role level --*- tablegen -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_DIALECT_HOPPER_TRANSFORMS_PASSES_TD
#define FA3_DIALECT_HOPPER_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// From tiles to the asynchronous level
//===----------------------------------------------------------------------===//

def HopperOutlineKernel : Pass<"hopper-outline-kernel", "::mlir::ModuleOp"> {
  let summary = "make each grid a kernel";
  let description = [{
    Each function around an `scf.forall` becomes a `gpu.func` in a `gpu.module` of
    its name, with one block for each point of the grid, the first dimension
    fastest. A grid around one over threads (`#gpu.thread<x>`) says what each of
    them does; there may be several beside one that does not. Where one is around
    several over threads, these meet at a barrier in between. Kernels behind the
    first have `hopper.follows`: one launch runs them in their order. The number of
    blocks is left on the kernel as `hopper.grid`, an expression over the sizes of
    its arguments, which the host evaluates. Of a grid of a single block upstream's
    `canonicalize` leaves but the body, which is refused; `attn-to-tile` runs it
    without the patterns that do.

    Besides the grid the function may hold operations without effects, which
    are computed again in each block, and assertions (`cf.assert`) that sizes of
    its arguments are equal: they become `hopper.constraints` of the kernel, for
    the host to check. Constants that it reads (`memref.get_global`) go along, into the
    kernels' module. Buffers that it allocates, of sizes that follow from those
    of its arguments, become arguments with a `hopper.buffer`, behind the host's:
    the workspace of the launch.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::gpu::GPUDialect", "::mlir::hopper::HopperDialect"];
}

def HopperOverlapLaunches : Pass<"hopper-overlap-launches", "::mlir::gpu::GPUModuleOp"> {
  let summary = "begin a kernel while the one in front of it still runs";
  let description = [{
    A kernel that follows another in one launch waits at its entry until the one in
    front of it has ended and its memory can be read; and the one in front lets it
    begin as soon as its own blocks have begun. The launch of the second kernel,
    some microseconds, is then hidden behind the first (PTX ISA, `griddepcontrol`).

    Legal: the kernel reads and writes nothing before the wait. One that copies by
    tensor maps what the kernel in front of it writes, or may write, is left as it
    is, and follows when the other has ended.

    Before:
    ```mlir
    gpu.module @m {
      gpu.func @first() kernel { gpu.return }
      gpu.func @second() kernel attributes {hopper.follows} { gpu.return }
    }
    ```
    After:
    ```mlir
    gpu.module @m {
      gpu.func @first() kernel {
        nvvm.griddepcontrol launch_dependents
        gpu.return
      }
      gpu.func @second() kernel attributes {hopper.follows, hopper.overlapped} {
        llvm.inline_asm has_side_effects "griddepcontrol.wait;", "~{memory}" : () -> ()
        gpu.return
      }
    }
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
    "::mlir::NVVM::NVVMDialect"];
}

def HopperMakePersistent : Pass<"hopper-make-persistent",
                                "::mlir::gpu::GPUFuncOp"> {
  let summary = "let each block take one tile after another";
  let description = [{
    Wraps the work of a block in a loop over the tiles of the grid, in steps of
    the number of blocks; the host then launches no more blocks than there are
    SMs (`hopper.persistent`). The copies for the next tile run under the end of
    the one before.

    Only where the kernel's configuration is `persistent`. With a causal mask,
    `attn-pair-tiles` sees to it that blocks have equal work.

    Legal: the tiles of a grid are independent of each other.

    Before:
    ```mlir
    %b = gpu.block_id x
    "tile"(%b) : (index) -> ()
    ```
    After, with `%tiles` the grid's size and `%blocks` the number of blocks:
    ```mlir
    %b = gpu.block_id x
    scf.for unsigned %i = %first to %tiles step %blocks : i32 {
      %tile = arith.index_cast %i : i32 to index
      "tile"(%tile) : (index) -> ()
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect"];
}

def HopperLowerContractions : Pass<"hopper-lower-contractions",
                                   "::mlir::gpu::GPUFuncOp"> {
  let summary = "turn contractions into warpgroup matrix products";
  let description = [{
    A `vector.contract` becomes `hopper.wgmma` and, right behind it, the wait for
    it. An operand that is read from a buffer goes into shared memory
    (`hopper.load_tile`): the right-hand side must, the left-hand side may
    instead be in registers. A right-hand side that `attn.deinterleave` puts in
    order beside one in registers is loaded as it stands, `interleaved`: the
    matrix units take both in that order.

    Before:
    ```mlir
    %b = vector.transfer_read %k[%i, %j, %h, %c0], %zero : memref<?x?x16x128xf16>, vector<176x128xf16>
    %s = vector.contract … %a, %b, %zeros : vector<128x128xf16>, vector<176x128xf16> into vector<128x176xf32>
    ```
    After:
    ```mlir
    %b = hopper.load_tile %k[%i, %j, %h, %c0] {row_dim = 1} : memref<?x?x16x128xf16> -> !hopper.shared_tile<176x128xf16>
    %p = hopper.wgmma %a, %b {transpose_rhs} : …
    %s = hopper.wgmma_wait %p : !hopper.pending<vector<128x176xf32>>
    ```
  }];
  let dependentDialects = ["::mlir::hopper::HopperDialect"];
}

def HopperInsertTransposes : Pass<"hopper-insert-transposes",
                                  "::mlir::gpu::GPUFuncOp"> {
  let summary = "transpose 8-bit right-hand sides in shared memory";
  let description = [{
    The matrix units take 8-bit operands only with the inner dimension along the
    rows (PTX ISA, `wgmma.mma_async`). A right-hand side of which that is not so
    goes through `hopper.transpose_tile`. Where the left-hand side is in registers,
    the transpose is `interleaved`: both sides then name the inner dimension in
    the order in which an accumulator leaves it in a thread.

    Legal: a product does not depend on the order of its inner dimension.

    Before:
    ```mlir
    %o = hopper.wgmma %p, %v acc %o0 : vector<128x224xf8E4M3FN>, !hopper.shared_tile<224x128xf8E4M3FN>, vector<128x128xf32> -> !hopper.pending<vector<128x128xf32>>
    ```
    After:
    ```mlir
    %t = hopper.transpose_tile %v : !hopper.shared_tile<224x128xf8E4M3FN> -> !hopper.shared_tile<128x224xf8E4M3FN, interleaved>
    %o = hopper.wgmma %p, %t acc %o0 {transpose_rhs} : vector<128x224xf8E4M3FN>, !hopper.shared_tile<128x224xf8E4M3FN, interleaved>, vector<128x128xf32> -> !hopper.pending<vector<128x128xf32>>
    ```
  }];
  let dependentDialects = ["::mlir::hopper::HopperDialect"];
  let statistics = [
    Statistic<"numTransposed", "num-transposed", "number of tiles transposed">
  ];
}

def HopperSplitAccumulation : Pass<"hopper-split-accumulation",
                                   "::mlir::gpu::GPUFuncOp"> {
  let summary = "add products of tiles up in registers";
  let description = [{
    Where the kernel's configuration has `two_level`, a product that adds to what
    it is given starts from zero, and its result is added in f32. The matrix units
    keep fewer bits of a sum of 8-bit products than f32 has; so only the sum of one
    tile is theirs.

    Before:
    ```mlir
    %r = hopper.wgmma %p, %v acc %o0 {transpose_rhs} : vector<128x64xf8E4M3FN>, !hopper.shared_tile<64x64xf8E4M3FN, interleaved>, vector<128x64xf32> -> !hopper.pending<vector<128x64xf32>>
    %o1 = hopper.wgmma_wait %r : !hopper.pending<vector<128x64xf32>>
    ```
    After:
    ```mlir
    %r = hopper.wgmma %p, %v {transpose_rhs} : vector<128x64xf8E4M3FN>, !hopper.shared_tile<64x64xf8E4M3FN, interleaved> -> !hopper.pending<vector<128x64xf32>>
    %tile = hopper.wgmma_wait %r : !hopper.pending<vector<128x64xf32>>
    %o1 = arith.addf %o0, %tile : vector<128x64xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
  let statistics = [
    Statistic<"numSplit", "num-split", "number of accumulations split">
  ];
}

def HopperDeferRowSums : Pass<"hopper-defer-row-sums",
                              "::mlir::gpu::GPUFuncOp"> {
  let summary = "add up the rows' sums across threads after the loop only";
  let description = [{
    A row of a tile lies in four threads. A loop that carries
    `l' = a·l + rowsum(P)` as `vector<M>` exchanges the sum between the threads
    in each iteration; carried as `vector<Mx4>`, one part for each of the four
    threads, it does not until the loop is over.
  }];
  let dependentDialects = ["::mlir::vector::VectorDialect"];
  let statistics = [
    Statistic<"numDeferred", "num-deferred", "number of sums deferred">
  ];
}

def HopperInsertTMA : Pass<"hopper-insert-tma", "::mlir::gpu::GPUFuncOp"> {
  let summary = "copy tiles by the tensor copy engine";
  let description = [{
    Gives the kernel a tensor map for each buffer that a `hopper.load_tile`
    reads, and lets the load read through it. Elements outside of the buffer
    arrive as zeros (PTX ISA, `cp.async.bulk.tensor`). Static sizes above 2³¹ − 1
    are refused, and static strides that are no multiples of 16 bytes under 2⁴⁰.

    A slice (`memref.subview` with steps of 1) is read through the map of its
    buffer, at coordinates that are its offset farther. It must end where the
    buffer does in the dimension of the rows, and in that of the columns where the
    tile is padded: what lies beyond is zero there as well. A slice that is
    written (`vector.transfer_write`) stays as it is; any other use is refused.
  }];
  let dependentDialects = ["::mlir::nvgpu::NVGPUDialect"];
}

def HopperInsertChannels : Pass<"hopper-insert-channels",
                                "::mlir::gpu::GPUFuncOp"> {
  let summary = "hand tiles over through rings of slots";
  let description = [{
    Each `hopper.load_tile` becomes an acquired slot, the copy into it, a wait and
    a release behind the last use; so does each `hopper.transpose_tile`. Tiles
    that an innermost loop loads or transposes get as many slots as the
    configuration has stages; those of a loop around it, the queries of a block
    that takes several row tiles, its stages of queries; others one.
  }];
  let dependentDialects = ["::mlir::hopper::HopperDialect"];
}

//===----------------------------------------------------------------------===//
// Roles and schedules
//===----------------------------------------------------------------------===//

def HopperSpecializeWarps : Pass<"hopper-specialize-warps",
                                 "::mlir::gpu::GPUFuncOp"> {
  let summary = "split a kernel into a producer and its consumers";
  let description = [{
    The producer gets the operations that fill channels, the consumers all
    others that have effects; each role gets a copy of what its operations
    depend on: loops with the values that it carries, bounds, coordinates. What
    passes between the roles passes through channels.
  }];
  let dependentDialects = ["::mlir::hopper::HopperDialect"];
}

def HopperScheduleLoop : Pass<"hopper-schedule-loop",
                              "::mlir::gpu::GPUFuncOp"> {
  let summary = "decide the software pipeline of loops with matrix products";
  let description = [{
    Gives each operation of such a loop a `hopper.schedule`. A matrix product
    whose operand in registers comes out of another product of the same iteration
    runs one stage later, and with it what depends on it: Q·Kᵀ and the softmax of
    one tile then run beside P·V of the tile before (FlashAttention-3, section
    3.2). In the loop's body the products are issued first, then come the wait
    for the first one and what follows from it, then the wait for the second one.

    Where the producer transposes tiles, its copies are issued an iteration ahead
    of what is transposed.

    `hopper-pipeline-loop` applies the schedule. A loop that has one already,
    written by hand, keeps it; so does one that is in an order of its own, with
    other operations between a product and the wait for it.
  }];
  let dependentDialects = ["::mlir::hopper::HopperDialect"];
}

def HopperPipelineLoop : Pass<"hopper-pipeline-loop",
                              "::mlir::gpu::GPUFuncOp"> {
  let summary = "apply the schedules of loops";
  let description = [{
    Rewrites each loop whose operations carry a `hopper.schedule` into a prologue,
    a loop whose body is in the scheduled order, and an epilogue, for a loop of at
    least as many iterations as it has stages but one; shorter ones run as they
    stood.

    Refused are schedules in which, in its iteration or a later one, an operation
    runs in front of

    1. an operand,
    2. the wait for a product that reads the slot that it releases,
    3. the copy that fills the slot that it waits for, or the release of the slot
       that it takes again,
    4. an operation of its kind that stands before it on the same channel,
    5. the beginning of the turn in which its product stands, or, if it ends one,
       a product in it,
    6. an operation before it that touches the same memory, where one of them
       writes,

    and those in which a tile would have to be carried to another iteration.
  }];
  let dependentDialects = ["::mlir::scf::SCFDialect"];
}

def HopperHoistReleases : Pass<"hopper-hoist-releases",
                               "::mlir::gpu::GPUFuncOp"> {
  let summary = "hand slots back behind their last reader";
  let description = [{
    Moves each `hopper.release` up behind the last operation that reads its tile,
    or waits for a product that does, and into the branches of an `scf.if` that
    holds it. `hopper-insert-channels` puts the release of the queries behind the
    loop over keys; once `hopper-pipeline-loop` has made an epilogue of the last
    P·V, nothing in that reads them any more, and the copy of the next row tile's
    can run under it.

    A branch without an else is left alone.

    ```mlir
    %o = scf.if %any -> vector<128x64xf32> {
      scf.for ... { ... hopper.wgmma %q, %k ... hopper.wgmma_wait ... }
      %l = hopper.wgmma %p, %v acc %a : ...
      %w = hopper.wgmma_wait %l : ...
      scf.yield %w : ...
    } else { ... }
    hopper.release %q to %queries : ...
    // becomes
    %o = scf.if %any -> vector<128x64xf32> {
      scf.for ... { ... hopper.wgmma %q, %k ... hopper.wgmma_wait ... }
      hopper.release %q to %queries : ...
      ...
    } else {
      hopper.release %q to %queries : ...
      ...
    }
    ```
  }];
}

def HopperInsertPingPong : Pass<"hopper-insert-ping-pong",
                                "::mlir::gpu::GPUFuncOp"> {
  let summary = "let consumer warpgroups take turns at the matrix units";
  let description = [{
    Puts a `hopper.turn_wait` before each run of issued matrix products of a loop
    and a `hopper.turn_pass` behind it, and the same around the products that the
    pipeline's prologue holds (FlashAttention-3, section 3.1). Needs at least two
    consumers; a kernel with one is left alone.
  }];
  let dependentDialects = ["::mlir::hopper::HopperDialect"];
}

def HopperAssignSlots : Pass<"hopper-assign-slots", "::mlir::gpu::GPUFuncOp"> {
  let summary = "say which slot and phase each side of a channel is at";
  let description = [{
    Threads a slot number and a phase through loops and branches for each
    channel and role. The slot goes round the ring; the phase is the parity of
    the rounds. A producer's first acquire of each slot finds it empty.

    What is written by hand for all acquires or for all waits of a channel
    stays.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def HopperAllocateSharedMemory : Pass<"hopper-allocate-shared-memory",
                                      "::mlir::gpu::GPUFuncOp"> {
  let summary = "place the channels in shared memory";
  let description = [{
    Gives each channel the offset of its slots and of its barriers, in the order
    in which they stand, and the kernel the number of bytes. More than the 232448
    bytes of a block on sm_90a are refused. A place that is written by hand stays,
    and the others go around it.
  }];
}

//===----------------------------------------------------------------------===//
// To threads
//===----------------------------------------------------------------------===//

def HopperDistributeVectors : Pass<"hopper-distribute-vectors",
                                   "::mlir::gpu::GPUFuncOp"> {
  let summary = "give each thread its part of the tiles";
  let description = [{
    Vectors of tile shape become the registers of one thread, in the layout that
    `wgmma` fixes for its accumulators; a reduction along rows exchanges values
    between the four threads of a row; writes and gathers become those of single
    elements. Matrix products become `hopper.thread_wgmma`.

    Refuses what would move elements between threads in any other way.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::NVVM::NVVMDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

def HopperNarrowIndices : Pass<"hopper-narrow-indices",
                              "::mlir::gpu::GPUFuncOp"> {
  let summary = "count tiles in 32 bits";
  let description = [{
    An index has 64 bits on the device, and a register 32; what a loop counts by,
    and the number of tiles, is live in all of it. Loops, and the division of a
    size by that of a tile, become of i32.

    Legal: loops of a kernel count tiles of its buffers or blocks of its grid. The
    host refuses buffers with 2^31 or more rows, which the tensor copy engine
    could not address, and launches less than 2^31 blocks.

    Before:
    ```mlir
    scf.for %i = %c0 to %n step %c1 {
      "body"(%i) : (index) -> ()
    }
    ```
    After:
    ```mlir
    scf.for %i = %zero to %narrow step %one : i32 {
      %wide = arith.index_cast %i : i32 to index
      "body"(%wide) : (index) -> ()
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
  let statistics = [
    Statistic<"numNarrowed", "num-narrowed",
              "number of loops and divisions in 32 bits">
  ];
}

def HopperPlaceWaits : Pass<"hopper-place-waits", "::mlir::gpu::GPUFuncOp"> {
  let summary = "hold the waits for products until a part of the softmax has run";
  let description = [{
    The softmax of one tile runs beside the P·V of the one before; where the wait
    for that product stands among the exponentials decides how much of it is
    hidden, and how long the next instructions of the matrix units are put off.
    ptxas would move the wait in front of nearly all of them.

    On threads (behind `hopper-distribute-vectors`), where the kernel's
    configuration has a `pin`: each `hopper.thread_wgmma_wait` for all products
    goes behind that share, in percent, of the exponentials between it and the
    wait before, with a `hopper.hold` of what they have been added up to. The
    release of the tile that the product read goes along. Where the threads do not
    add them up (`attn-fuse-row-sums`), the last of the share is held alone, since
    to add them for the hold would cost an instruction each.

    Legal: a wait may always come earlier, behind the issue of its product.

    Before, with `pin = 50`:
    ```mlir
    %p0 = math.exp2 %x0 : f32
    %p1 = math.exp2 %x1 : f32
    %o = hopper.thread_wgmma_wait %pending groups 0 : f32
    ```
    After:
    ```mlir
    %p0 = math.exp2 %x0 : f32
    hopper.hold %p0 : f32
    %o = hopper.thread_wgmma_wait %pending groups 0 : f32
    %p1 = math.exp2 %x1 : f32
    ```
  }];
  let dependentDialects = ["::mlir::hopper::HopperDialect"];
  let statistics = [
    Statistic<"numPlaced", "num-placed", "number of waits that are held">
  ];
}

def HopperEmulateExponentials : Pass<"hopper-emulate-exponentials",
                                    "::mlir::gpu::GPUFuncOp"> {
  let summary = "compute a share of the exponentials by a polynomial";
  let description = [{
    The special function units give 16 exponentials in a cycle, which is where
    8-bit attention of small heads is bound. On threads (behind
    `hopper-distribute-vectors`), where the kernel's configuration has
    `emulate = n`: of each n results of a product, in f32 or made so, of which
    `math.exp2` is taken with `afn`, behind one `math.fma`, the first gets its exponential on the
    units of multiply-adds. x = i + f with f in [-1/2, 1/2]; a polynomial of
    degree 2 gives 2^f to 1.8e-3, and i is added to its exponent.

    Legal where an exponential may be approximated (`afn`), which
    `attn-speculate-maximum` says of those that are rounded to 8 bits and whose
    sums are looked at before they are used:

    - x below -125 counts as -125, and what is added up for it is nothing beside
      a sum that 8 bits can tell from 0.
    - x above 127 counts as 127: out of any bound, so the tile is computed again.
    - NaN counts as -125. It comes from a row of Q, and then all of the row's
      scores are NaN, or from one of K, and then so is the score of that key for
      the thread's other row. n is a multiple of 4, and of each four results two
      are of each row: of those at least one is not emulated, is NaN, and has
      the tile computed again, for all rows of the warp.

    Before, with `emulate = 4`:
    ```mlir
    %x0 = math.fma %s#0, %factor, %shift : f32
    %p0 = math.exp2 %x0 fastmath<afn> : f32
    ```
    After:
    ```mlir
    %y = hopper.saturating_fma %s#0, %factor1, %shift1 : f32
    %t = math.fma %y, %width, %rounding : f32
    %i = arith.subf %t, %rounding : f32
    %f = math.fma %y, %width, %negated : f32
    %q = math.fma %f, %c2, %c1 : f32
    %r = math.fma %q, %f, %c0 : f32
    %p0 = arith.bitcast %bits : i32 to f32
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::hopper::HopperDialect",
    "::mlir::math::MathDialect"
  ];
  let statistics = [
    Statistic<"numEmulated", "num-emulated", "number of emulated exponentials">
  ];
}

def HopperInterleaveArithmetic : Pass<"hopper-interleave-arithmetic",
                                     "::mlir::gpu::GPUFuncOp"> {
  let summary = "use each value soon after it is computed";
  let description = [{
    On threads (behind `hopper-distribute-vectors`): reorders the pure operations
    between two others so that one element after the other goes through all that
    is done to it, and few values wait for their users. What stands with effects
    or regions stays where it is, and nothing moves past it.

    Legal: pure operations stay behind their operands. Run again, it makes another
    order of the one that it has made, as legal.

    Before:
    ```mlir
    %x0 = math.fma %s0, %f, %c : f32
    %x1 = math.fma %s1, %f, %c : f32
    %p0 = math.exp2 %x0 : f32
    %p1 = math.exp2 %x1 : f32
    ```
    After:
    ```mlir
    %x0 = math.fma %s0, %f, %c : f32
    %p0 = math.exp2 %x0 : f32
    %x1 = math.fma %s1, %f, %c : f32
    %p1 = math.exp2 %x1 : f32
    ```
  }];
}

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

def HopperVerifyProtocol : Pass<"hopper-verify-protocol",
                                "::mlir::gpu::GPUFuncOp"> {
  let summary = "check what the roles of a kernel do to each other";
  let description = [{
    Runs the control flow of a kernel of the asynchronous level or below, down to
    threads, for small problems: sizes of its arguments for which loops over tiles
    run 0, 1, 2, … depth + 3 times, and several blocks. Each division, minimum,
    maximum and comparison on which a bound depends tells in these runs how far it
    was from where its result jumps; so sizes at, before and behind each jump are
    run too, up to 1024 times the largest of the first ones. One run stands for
    all interleavings (`fa3/Analysis/ProtocolSimulator.h` says why). A kernel with
    static sizes is run for these.

    Checked are, for a producer and each of its consumers:

    1. Nobody waits for ever (deadlock).
    2. Consumers wait as often as the producer fills, for each channel.
    3. The copies into an acquired slot have the bytes that it expects, by the
       end of the role.
    4. A slot and a phase, where they are given, are those of the ring: fill n
       uses slot n mod depth and phase n div depth mod 2, the opposite of which
       its acquire waits for.
    5. A copy goes into a slot that `hopper.acquire` gave, a product reads and a
       release hands back one that `hopper.wait` gave, of the same channel.
    6. A slot is released before the wait for it in the next round, once, and
       before the role ends.
    7. No product reads a slot behind its release, or is in flight at that point.
    8. Each product is waited for once. A thread's wait takes the accumulators of
       one product, leaves in flight no more than were issued behind it, and
       nothing else reads them.
    9. A warpgroup takes and passes its turn alternately, and ends without it.
    10. A block has at most 8 warpgroups, for whose turns there are enough named
        barriers.
    11. Operations of the protocol stand in `scf.for`, `scf.if` and one
        `hopper.warp_specialize` at the kernel's top; if there is one, all stand
        in it, and channels in front of it.
    12. What decides about them follows from sizes, block ids and integers in
        memory, which may be any.

    Not checked are the order of memory operations (fences, proxies), what lies
    outside of the protocol, and sizes other than those that are tried: a problem
    that takes too many steps is counted as unchecked.
  }];
  let statistics = [
    Statistic<"numProblems", "num-problems", "number of sizes and blocks tried">,
    Statistic<"numUnchecked", "num-unchecked",
              "number of sizes and blocks that were too large to be tried">,
    Statistic<"numRuns", "num-runs", "number of them with runs of their own">,
    Statistic<"numEvents", "num-events", "number of events in these runs">
  ];
}

def HopperVerifyResources : Pass<"hopper-verify-resources",
                                 "::mlir::gpu::GPUFuncOp"> {
  let summary = "check that a kernel fits a multiprocessor";
  let description = [{
    What stands in the kernel, on the asynchronous or the role level, against
    the limits of sm_90a and the kernel's `attn.config`:

    1. The slots and the barriers of all channels fit the 232448 bytes of shared
       memory, and those that the kernel asks for (`hopper.shared_memory`).
    2. They do not overlap where they have a place.
    3. A block has at most 1024 threads.
    4. The registers that the roles set are at most those of the launch, which
       are the same for all threads: otherwise `setmaxnreg` waits for ever.
    5. The accumulators and packed operands that are live at one point, and the
       slack for all else, fit the registers of a consumer.
    6. Channels that an innermost loop fills, which is one over keys, are as deep as
       the configuration has stages; those that only a loop around it fills, with
       queries, as it has query_stages; others are not deeper than the stages. A
       `hopper.persistent` kernel may have lost its loop over keys: there a channel
       that the loop over tiles fills is as deep as either of both.
    7. Products have the configuration's rows, 64 for each consumer, and its keys;
       roles have its consumers and registers.
    8. The sides of a tensor map's box are at most 256, and the same in its type
       and its description; a copy has a coordinate for each dimension.
    9. The grid counts tiles of the configuration's rows. It is a multiple of the
       sizes that the block id is divided by, and each coordinate that the kernel
       gets so stays under the size of the dimension that it indexes.
    10. Loops over tiles go from each tile to the one beside it: what a loop's
        counter is multiplied by, and what the tiles were counted by, is the
        extent of the tile that is loaded or masked.
    11. A block of a kernel with `hopper.persistent`, of which the host launches
        fewer than there are tiles, takes its id for nothing but the first tile of a
        loop, whose step is the number of blocks; its configuration, if it has one,
        is `persistent` too.

    What else the configuration says (`speculation`, `exponent`, `emulate`, `pack`,
    `splits`) has been taken up by the passes that it is for, and nothing reads it
    here.
  }];
  let statistics = [
    Statistic<"sharedMemoryBytes", "shared-memory-bytes",
              "bytes of shared memory of all kernels">,
    Statistic<"liveRegisters", "live-registers",
              "registers of accumulators and packed operands of all kernels">
  ];
}

def HopperVerifyLowered : Pass<"hopper-verify-lowered", "::mlir::ModuleOp"> {
  let summary = "check that nothing of the higher levels is left";
  let description = [{
    Stands behind `convert-hopper-to-nvvm`, and says which pass is missing where a
    grid or an operation of the `hopper` dialect is left: what follows is
    upstream's, and does not know them.
  }];
}

#endif // FA3_DIALECT_HOPPER_TRANSFORMS_PASSES_TD
