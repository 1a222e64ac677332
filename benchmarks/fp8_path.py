# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The whole path of 8 bits in one launch, f16 to f16: Q, K and V are quantised, and
attended to. How far it is from float64, and how long it takes beside cuDNN in f16.

    benchmarks/fp8_path.py compile             on the machine with the compiler
    benchmarks/fp8_path.py run --csv out.csv   on the machine with the GPU

Inputs are the paper's, N(0, 1) + N(0, 100) · Bernoulli(0.001) (FlashAttention-3,
section 4.3). The error is the root of the mean square over a sample of heads. The
kernels: `baseline` has one scale for each of Q, K and V; `blocks` one for each 64
rows of Q (of one warpgroup's) and each 128 of K and V; `rotated` has Q and K rotated
too; `transposed` is that with V transposed by its quantisation. All these are
f8E4M3FN; `integers` is `rotated` in i8, and `mixed` has Q and K in i8, rotated, and V
in f8E4M3FN, transposed.
"""

import math
import subprocess

from harness import main, median, milliseconds, write_csv

TOKENS, HIDDEN = 16384, 2048
KINDS = ("baseline", "blocks", "rotated", "transposed", "integers", "mixed")
BLOCKS = {"q": 64, "k": 128, "v": 128}
SHAPES = [(d, length, causal) for d in (64, 128, 256)
          for length in (2048, 16384) for causal in (False, True)]


def cases():
    for shape in SHAPES:
        for kind in KINDS:
            # The output and a tile's product of integers are in registers both.
            if kind != "integers" or shape[0] <= 192:
                yield kind, *shape


def source_of(kind, d, length, causal):
    batch, heads = TOKENS // length, HIDDEN // d
    x = f"{batch}x{length}x{heads}x{d}"
    transposed = kind in ("transposed", "mixed")
    v = f"{batch}x{heads}x{d}x{length}" if transposed else x
    element = "i8" if kind in ("integers", "mixed") else "f8E4M3FN"
    value_element = "i8" if kind == "integers" else "f8E4M3FN"
    scales = {name: "1x1x1" if kind == "baseline"
              else f"{batch}x{heads}x{length // block}"
              for name, block in BLOCKS.items()}
    rotation = "" if kind in ("baseline", "blocks") else ", rotation = 1"
    lines = [f"func.func @attention(%q: memref<{x}xf16>, %k: memref<{x}xf16>, "
             f"%v: memref<{x}xf16>, %o: memref<{x}xf16>) {{"]
    for name, shape, element_of, attributes in (
            ("q", x, element, rotation), ("k", x, element, rotation),
            ("v", v, value_element, ", transposed" * transposed)):
        block = "" if kind == "baseline" else f"block = {BLOCKS[name]}"
        scale = scales[name]
        lines += [
            f"  %{name}8 = memref.alloc() : memref<{shape}x{element_of}>",
            f"  %{name}s = memref.alloc() : memref<{scale}xf32>",
            f"  attn.quantize ins(%{name} : memref<{x}xf16>) outs(%{name}8, "
            f"%{name}s : memref<{shape}x{element_of}>, memref<{scale}xf32>) "
            f"{{{block}{attributes}}}"]
    attributes = ["causal"] * causal
    if kind != "baseline":
        attributes += [f"{n}_block = {block}" for n, block in
                       zip(("query", "key", "value"), BLOCKS.values())]
    if transposed:
        attributes.append("value_layout = #attn.value_layout<transposed>")
    lines += [
        f"  attn.forward ins(%q8, %k8, %v8 : memref<{x}x{element}>, "
        f"memref<{x}x{element}>, memref<{v}x{value_element}>) scales(%qs, %ks, %vs : "
        f"{', '.join(f'memref<{scale}xf32>' for scale in scales.values())}) "
        f"outs(%o : memref<{x}xf16>) {{{', '.join(attributes)}}}", "  return", "}"]
    return "\n".join(lines) + "\n"


def name_of(kind, d, length, causal):
    return f"{kind}-d{d}-s{length}-{'causal' if causal else 'none'}"


def compile_all(arguments):
    arguments.kernels.mkdir(parents=True, exist_ok=True)
    for case in cases():
        source = arguments.kernels / f"{name_of(*case)}.mlir"
        source.write_text(source_of(*case))
        subprocess.run([arguments.tool, source, "-o", source.with_suffix(".cubin")],
                       check=True, stderr=subprocess.DEVNULL)


def run(arguments):
    import torch
    import torch.nn.functional as F
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from fa3_runtime import Runtime

    runtime = Runtime(arguments.runtime)
    torch.manual_seed(1)

    def error_of(q, k, v, o, causal):
        """On one batch, two heads, and the last rows."""
        rows = 2048
        q, k, v, o = (x[:1, :, :2].double().transpose(1, 2)
                      for x in (q, k, v, o))
        q, o = q[:, :, -rows:], o[:, :, -rows:]
        s = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        if causal:
            s = s.masked_fill(torch.ones_like(s, dtype=torch.bool).triu(
                1 + k.shape[2] - rows), float("-inf"))
        return (o - torch.softmax(s, -1) @ v).square().mean().sqrt().item()

    def numbers(shape):
        outliers = torch.rand(shape, device="cuda") < 0.001
        return (torch.randn(shape, device="cuda")
                + 10 * torch.randn(shape, device="cuda") * outliers).half()

    rows = []
    for d, length, causal in SHAPES:
        batch, heads = TOKENS // length, HIDDEN // d
        q, k, v = (numbers((batch, length, heads, d)) for _ in range(3))
        turned = [x.transpose(1, 2) for x in (q, k, v)]
        systems, outputs = {}, {}
        for kind, *shape in cases():
            if shape != [d, length, causal]:
                continue
            kernel = runtime.load(str(
                arguments.kernels / f"{name_of(kind, d, length, causal)}.json"))
            outputs[kind] = torch.full_like(q, float("nan"))
            systems[kind] = kernel.prepare(q, k, v, outputs[kind])

        def cudnn():
            with sdpa_kernel(SDPBackend.CUDNN_ATTENTION):
                outputs["cudnn"] = F.scaled_dot_product_attention(
                    *turned, is_causal=causal).transpose(1, 2)

        systems["cudnn"] = cudnn
        for function in systems.values():
            function()
        torch.cuda.synchronize()
        times = {name: [] for name in systems}
        for _ in range(arguments.repeats):
            for name, function in systems.items():
                times[name].append(milliseconds(torch, function))
        mask = "causal" if causal else "none"
        flops = 4 * length * length * HIDDEN * batch // (2 if causal else 1)
        for name in systems:
            ms = median(times[name])
            error = error_of(q, k, v, outputs[name], causal)
            system = name if name == "cudnn" else f"fa3-{name}"
            dtype = ("f16" if name == "cudnn" else "i8" if name in (
                "integers", "mixed") else "f8E4M3FN")
            rows.append(f"{system},fwd,{dtype},{d},{d},{mask},{batch},{heads},"
                        f"{heads},{length},{length},{ms:.4f},"
                        f"{flops / ms / 1e9:.1f},{error:.3g}")
            print(f"d{d} {mask:6} S{length} {system:15} {ms:.3f} ms, "
                  f"RMSE {error:.2e}", flush=True)
    if arguments.csv:
        write_csv(torch, arguments,
                  "system,pass,dtype,d,dv,mask,batch,heads,kv_heads,sq,sk,ms,"
                  "tflops,rmse", rows)


if __name__ == "__main__":
    main(__doc__, "build/fp8-path", 9, compile_all, run)
