# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Times the forward kernels beside cuDNN (through PyTorch), in one run.

    benchmarks/forward.py compile                             where the compiler is
    benchmarks/forward.py run --fa3 LIBRARY --csv out.csv     where the GPU is

The paper's grid: 16k tokens, hidden size 2048, f16 and bf16. Times are medians
of CUDA events, ours and the peers' interleaved; inputs are normal; every result
is checked against float64 on a sample of heads. Without --fa3, FlashAttention-3
(peers.py) is left out.
"""

import math
import subprocess

from harness import COLUMNS, main, median, milliseconds, write_csv
from peers import FlashAttention3, cudnn

HIDDEN, TOKENS = 2048, 16384
LENGTHS = [512, 1024, 2048, 4096, 8192, 16384]
ABLATION = {"pipeline=false": "-no-pipeline",
            "warp-specialize=false": "-no-warp-specialization",
            "ping-pong=false": "-no-ping-pong",
            "speculate=false": "-no-speculation",
            "persistent=false": "-no-persistence",
            "place-waits=false": "-no-placed-waits",
            "interleave=false": "-no-interleaving",
            "defer-row-sums=false": "-no-deferred-sums"}


def kernels():
    """Type, head size, mask, options, heads and the shapes (batch, length)."""
    shapes = [(TOKENS // s, s) for s in LENGTHS]
    paper = (4, 8448)  # of the ablation of the paper's table 2
    for dtype in ("f16", "bf16"):
        for d in (64, 128, 256):
            for causal in (False, True):
                own = shapes + [paper] * ((dtype, d, causal) == ("f16", 128, False))
                yield dtype, d, causal, "", HIDDEN // d, own
    for options in ABLATION:
        yield "f16", 128, False, options, 16, [paper]


def name_of(dtype, d, causal, options, heads, length):
    name = f"{dtype}-d{d}-{'causal' if causal else 'none'}-h{heads}-s{length}"
    return name + "".join(c if c.isalnum() else "-" for c in options)


def source_of(dtype, d, causal, heads, batch, length):
    """The shape is in the types: the configuration is chosen by it."""
    t = f"memref<{batch}x{length}x{heads}x{d}x{dtype}>"
    return (f"func.func @attention(%q: {t}, %k: {t}, %v: {t}, %o: {t}) {{\n"
            f"  attn.forward ins(%q, %k, %v : {t}, {t}, {t}) outs(%o : {t})"
            f"{' {causal}' if causal else ''}\n  return\n}}\n")


def compile_all(arguments):
    arguments.kernels.mkdir(parents=True, exist_ok=True)
    for dtype, d, causal, options, heads, shapes in kernels():
        for batch, length in shapes:
            name = name_of(dtype, d, causal, options, heads, length)
            source = arguments.kernels / f"{name}.mlir"
            source.write_text(source_of(dtype, d, causal, heads, batch, length))
            command = [arguments.tool, source, "-o",
                       arguments.kernels / f"{name}.cubin"]
            if options:
                command.append(f"--pipeline-options={options}")
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def run(arguments):
    import torch
    from fa3_runtime import Runtime

    dtypes = {"f16": torch.float16, "bf16": torch.bfloat16}
    runtime = Runtime(arguments.runtime)
    released = FlashAttention3(torch, arguments.fa3) if arguments.fa3 else None
    torch.manual_seed(1)

    def relative_error(q, k, v, o, causal):
        """Against float64, on one batch and two heads."""
        q, k, v, o = (x[:1, :, :2].double().transpose(1, 2)
                      for x in (q, k, v, o))
        s = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        if causal:
            s = s.masked_fill(torch.ones_like(s, dtype=torch.bool).triu(1),
                              float("-inf"))
        ref = torch.softmax(s, -1) @ v
        return ((o - ref).norm() / ref.norm()).item()

    rows = []
    for dtype, d, causal, options, heads, shapes in kernels():
        for batch, length in shapes:
            kernel = runtime.load(str(
                arguments.kernels /
                f"{name_of(dtype, d, causal, options, heads, length)}.json"))
            q, k, v = (torch.randn(batch, length, heads, d, device="cuda",
                                   dtype=dtypes[dtype]) for _ in range(3))
            o = torch.full_like(q, float("nan"))
            suffix = {"": "", **ABLATION}[options]
            launches = {"fa3" + suffix: kernel.prepare(q, k, v, o),
                        "cudnn": cudnn(torch, q, k, v, causal)}
            if released and dtype == "bf16":
                launches["fa3-cuda"] = released(q, k, v, causal)
            results = {}
            for _ in range(3):
                for system, launch in launches.items():
                    results[system] = launch()
            results["fa3" + suffix] = o
            torch.cuda.synchronize()
            times = {system: [] for system in launches}
            for _ in range(arguments.repeats):
                for system, launch in launches.items():
                    times[system].append(milliseconds(torch, launch))
            flops = 4 * length * length * d * heads * batch
            flops //= 2 if causal else 1
            mask = "causal" if causal else "none"
            line = f"{dtype} d{d} {mask:6} B{batch} S{length} {options}"
            for system in launches:
                ms = median(times[system])
                error = relative_error(q, k, v, results[system], causal)
                rows.append(
                    f"{system},fwd,{dtype},{d},{d},{mask},{batch},{heads},"
                    f"{heads},{length},{length},{ms:.4f},{flops / ms / 1e9:.1f},"
                    f"{error:.3g}")
                line += f"  {system} {flops / ms / 1e9:.0f} ({error:.1e})"
            print(line, flush=True)
    if arguments.csv:
        write_csv(torch, arguments, COLUMNS, rows)


if __name__ == "__main__":
    main(__doc__, "build/benchmarks", 15, compile_all, run,
         ("--fa3", "library with FlashAttention-3, see peers.py"))
