//===- Passes.td - Conversions between dialects ------------*- tablegen -*-===//
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

def RaiseToAttn : Pass<"raise-to-attn"> {
  let summary = "recognise attention that is written out in linalg";
  let description = [{
    Replaces softmax(scale · Q Kᵀ + …) V on tensors by `attn.forward`, whatever
    way an exporter wrote it: each element of the second product is followed back
    as an expression of its coordinates, through transposes, broadcasts and
    reshapes. Taken are

    - any order and grouping of batch, heads and positions, also heads of Q that
      share one of K and V, by a broadcast or by a map with `floordiv` or `mod`;
    - scaling by a constant, of the scores or of Q and K; a softmax as
      `linalg.softmax` or as maximum, difference, exponential, sum and quotient, or
      with the logarithm of the sum in the exponent, with powers of e or 2, and
      exponents with a positive factor; probabilities that a `select` makes 0 in a
      row whose scores are all −∞, as `_safe_softmax` of PyTorch does, or where they
      are NaN, as `torch.onnx` writes it (NaN that comes from Q, K or V stays), or
      for keys that are not seen, as `jax.nn.softmax(where=…)` does;
    - i − l ≤ j ≤ i + r, or one side of it, as a condition of `select` or in an
      addend (a `select`, a number times a condition, a constant table), with a score
      of -1e9 or less where it is false, or of -65504, the lowest number of f16:
      `causal` or a window. It may compare positions, their distance, numbers that
      conditions were made of, or be a constant of i1; places may count from the last
      row and key, by open sizes. It must leave each row a key, but for rows that
      have none where there are more rows than keys, and no integer in it may wrap: a
      length that is open is taken to be at most 2^30, so i32 is wide enough for it;
    - anything else that is computed from a score and its place, such as a bias or
      another mask: it becomes the score region. Where it has numbers of -1e9 or
      less, such a score becomes −∞: a row that sees no key then gives 0, as always
      in `attn.forward`, and not the mean of V, or NaN where they were −∞. A remark
      says so, and where numbers between -1e9 and -1e5 are rounded in such a row;
      with `keep-hidden-rows` such an attention is left as it is;
    - sizes that are open. Exporters compute them; `int-range-optimizations` and
      `canonicalize` in front make them those of arguments, in terms of which reshapes
      and broadcasts are followed back. A tensor that is read at 0 where its open size
      is 1 is taken for one that is not repeated, with a remark.

    Q, K and V are of f16 or bf16, and multiplied as they are, but for constants that
    multiply or divide Q and K: they go into `scale`. Where the written-out form
    rounds q · c to 16 bits, which is exact for a power of 2 alone (and within the
    range of the type), the raised form does not: the two differ by that rounding,
    and what overflows to infinity before does not after. Scores,
    exponentials, sums, probabilities and the result may be rounded to either on the
    way, as attention of 16 bits is wherever an exporter stores it; the raised form
    keeps them in f32, but for the probabilities, which have the type of V. Where
    they are rounded to fewer bits, the numbers are others, and nothing is raised.

    Before:

    ```mlir
    func.func @before(%q: tensor<8x128x64xf16>, %k: tensor<8x128x64xf16>,
                      %v: tensor<8x128x64xf16>) -> tensor<8x128x64xf16> {
      %zero = arith.constant 0.0 : f16
      %s0 = tensor.empty() : tensor<8x128x128xf16>
      %s1 = linalg.fill ins(%zero : f16) outs(%s0 : tensor<8x128x128xf16>)
          -> tensor<8x128x128xf16>
      %s = linalg.batch_matmul
          indexing_maps = [affine_map<(b, i, j, d) -> (b, i, d)>,
                           affine_map<(b, i, j, d) -> (b, j, d)>,
                           affine_map<(b, i, j, d) -> (b, i, j)>]
          ins(%q, %k : tensor<8x128x64xf16>, tensor<8x128x64xf16>)
          outs(%s1 : tensor<8x128x128xf16>) -> tensor<8x128x128xf16>
      %p = linalg.softmax dimension(2) ins(%s : tensor<8x128x128xf16>)
          outs(%s0 : tensor<8x128x128xf16>) -> tensor<8x128x128xf16>
      %o0 = tensor.empty() : tensor<8x128x64xf16>
      %o1 = linalg.fill ins(%zero : f16) outs(%o0 : tensor<8x128x64xf16>)
          -> tensor<8x128x64xf16>
      %o = linalg.batch_matmul
          ins(%p, %v : tensor<8x128x128xf16>, tensor<8x128x64xf16>)
          outs(%o1 : tensor<8x128x64xf16>) -> tensor<8x128x64xf16>
      return %o : tensor<8x128x64xf16>
    }
    ```

    After, with eight heads of a single batch:

    ```mlir
    %o = attn.forward ins(%q, %k, %v : tensor<1x8x128x64xf16>,
                          tensor<1x8x128x64xf16>, tensor<1x8x128x64xf16>)
                      outs(%init : tensor<1x8x128x64xf16>)
                      {layout = #attn.layout<bhsd>, scale = 1.0 : f32}
        -> tensor<1x8x128x64xf16>
    ```

    A product with a softmax, or with what is made of one, that is not taken gets a
    remark that says why. So does one whose scores or probabilities are needed
    elsewhere, returned for instance: raised, they would be computed twice. Where Q,
    K, V or the result are not in the order of one layout, a transposed copy brings
    them there: that is right, but nothing that a kernel has beside it, and a remark
    names the tensor.

    What an exporter wrote in TOSA comes to linalg by upstream's passes first, as it
    does in every other pipeline. A product whose softmax is still in TOSA gets a
    remark that says so:

    ```sh
    fa3-opt in.mlir --pass-pipeline='builtin.module(
      func.func(tosa-to-linalg-named, tosa-to-linalg, tosa-to-tensor, tosa-to-arith),
      raise-to-attn)'
    ```

    A kernel writes into its arguments. Where the function returns a tensor,
    `attn-place-results`, a pass of `attn-to-hopper`, makes one of it.
  }];
  let dependentDialects = ["::mlir::attn::AttnDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
  let options = [
    Option<"strict", "strict", "bool", /*default=*/"false",
           "report a product with a softmax that is not taken as an error">,
    Option<"keepHiddenRows", "keep-hidden-rows", "bool", /*default=*/"false",
           "leave an attention as it is where a row that sees no key would give "
           "something else">,
  ];
  let statistics = [
    Statistic<"numRaised", "num-raised", "number of attentions recognised">,
    Statistic<"numRefused", "num-refused",
              "number of products with a softmax that were not taken">
  ];
}

#endif // FA3_CONVERSION_PASSES_TD
