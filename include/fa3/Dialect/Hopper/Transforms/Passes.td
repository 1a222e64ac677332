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
    fastest. The number of blocks is left on the kernel as `hopper.grid`, an
    expression over the sizes of its arguments, which the host evaluates.

    Besides the grid the function may hold operations without effects only;
    those that the kernel needs are computed again in each block.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::gpu::GPUDialect", "::mlir::hopper::HopperDialect"];
}

def HopperLowerContractions : Pass<"hopper-lower-contractions",
                                   "::mlir::gpu::GPUFuncOp"> {
  let summary = "turn contractions into warpgroup matrix products";
  let description = [{
    A `vector.contract` becomes `hopper.wgmma` and, right behind it, the wait for
    it. An operand that is read from a buffer goes into shared memory
    (`hopper.load_tile`): the right-hand side must, the left-hand side may
    instead be in registers.

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
    arrive as zeros (PTX ISA, `cp.async.bulk.tensor`).
  }];
  let dependentDialects = ["::mlir::nvgpu::NVGPUDialect"];
}

def HopperInsertChannels : Pass<"hopper-insert-channels",
                                "::mlir::gpu::GPUFuncOp"> {
  let summary = "hand tiles over through rings of slots";
  let description = [{
    Each `hopper.load_tile` becomes an acquired slot, the copy into it, a wait and
    a release behind the last use. Tiles that a loop loads get as many slots as
    the configuration has stages, others one.
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

    `hopper-pipeline-loop` applies the schedule; one written by hand does as well.
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
  }];
  let dependentDialects = ["::mlir::scf::SCFDialect"];
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
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def HopperAllocateSharedMemory : Pass<"hopper-allocate-shared-memory",
                                      "::mlir::gpu::GPUFuncOp"> {
  let summary = "place the channels in shared memory";
  let description = [{
    Gives each channel the offset of its slots and of its barriers, in the order
    in which they stand, and the kernel the number of bytes. More than the 232448
    bytes of a block on sm_90a are refused.
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

#endif // FA3_DIALECT_HOPPER_TRANSFORMS_PASSES_TD
