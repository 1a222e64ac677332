//===- Passes.td - Conversions to the target level ---------*- tablegen -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_CONVERSION_PASSES_TD
#define FA3_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertHopperToNVVM : Pass<"convert-hopper-to-nvvm",
                               "::mlir::gpu::GPUModuleOp"> {
  let summary = "lower channels, roles and matrix products to NVVM";
  let description = [{
    Channels become pairs of mbarriers in shared memory, roles a branch on the
    number of the warpgroup with `setmaxnreg` on either side, turns named
    barriers, copies `cp.async.bulk.tensor`, and the operations of the thread
    level inline assembly: nothing of the `hopper` dialect is left.

    Needs slots, phases and offsets (`hopper-assign-slots`,
    `hopper-allocate-shared-memory`) and vectors that are distributed to threads
    (`hopper-distribute-vectors`).
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
    "::mlir::NVVM::NVVMDialect", "::mlir::scf::SCFDialect"];
}

def ConvertKernelToLLVM : Pass<"convert-kernel-to-llvm",
                               "::mlir::gpu::GPUModuleOp"> {
  let summary = "turn kernels into functions of the LLVM dialect";
  let description = [{
    A `gpu.func` becomes an `llvm.func` with plain parameters: tensor maps by
    value, and for each buffer its pointer, and the sizes and strides that its
    type leaves open; a scalar is itself. What the host must pass in each, the
    grid and the shared memory stand in the function's `hopper.kernel`.

    Functions of the math dialect become those of the special function unit, or
    polynomials; no library is called.

    Upstream's `convert-gpu-to-nvvm` loses `byval` and refuses `grid_constant`,
    which tensor maps need.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
    "::mlir::NVVM::NVVMDialect", "::mlir::arith::ArithDialect",
    "::mlir::math::MathDialect", "::mlir::vector::VectorDialect"];
}

def PruneKernelParameters : Pass<"prune-kernel-parameters",
                                 "::mlir::gpu::GPUModuleOp"> {
  let summary = "drop the parameters that a kernel does not read";
  let description = [{
    Erases unused parameters of each `llvm.func` with a `hopper.kernel`, and what
    that says of them.
  }];
}

#endif // FA3_CONVERSION_PASSES_TD
