# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Times fa3.attention as PyTorch calls it, on sizes that no kernel was compiled for
in advance, beside SDPA by cuDNN, in one run.

    python3 benchmarks/attention.py run --csv out.csv

Needs the package fa3 and, for its kernels, ptxas. Launches of each are in a CUDA
graph, so that the host is not measured (benchmarks/python_overhead.py does that): a
time is that of a graph of 10 divided by 10, the median of those taken, ours and
cuDNN's interleaved. Inputs are normal; every result is checked against float64.
"""

import itertools
import math

from harness import COLUMNS, main, median, write_csv

LAUNCHES = 10


def cases():
    """Type, D, heads, heads of K and V, causal, batch, Sq, Sk."""
    # One token and a few, over what a cache holds.
    for (heads, kv), (batch, sk) in itertools.product(
            ((16, 16), (32, 8), (64, 8), (28, 4), (40, 8)),
            ((1, 2000), (1, 30000), (5, 3000), (16, 4096), (64, 4096))):
        yield "bf16", 128, heads, kv, False, batch, 1, sk
    for d, sq in itertools.product((64, 128), (4, 16)):
        yield "bf16", d, 32, 8, False, 8, sq, 8192
    # A part of a prompt behind a cache.
    for sk in (4096, 32768):
        yield "bf16", 128, 32, 8, False, 1, 512, sk
    # Training and prompts.
    for d, causal, length in itertools.product(
            (64, 128, 256), (False, True), (512, 1024, 2048, 4096, 8192, 16384)):
        yield "f16", d, 2048 // d, 2048 // d, causal, 16384 // length, length, length
    # Lengths and head dimensions that are no powers of two.
    for d, length in itertools.product((72, 80, 96, 104, 112, 160, 192), (1000, 4100)):
        yield "f16", d, 16, 16, True, 4, length, length


def reference(torch, q, k, v, causal):
    """In float64, of the first batch alone, a head at a time."""
    group = q.shape[2] // k.shape[2]
    outputs = []
    for head in range(q.shape[2]):
        a, b, c = q[0, :, head], k[0, :, head // group], v[0, :, head // group]
        scores = a.double() @ b.double().T / math.sqrt(q.shape[3])
        if causal:
            hidden = torch.ones(scores.shape, dtype=torch.bool, device="cuda")
            scores = scores.masked_fill(hidden.triu(1), float("-inf"))
        outputs.append(torch.softmax(scores, -1) @ c.double())
    return torch.stack(outputs, 1)


def run(arguments):
    import torch
    import torch.nn.functional as F
    from torch.nn.attention import SDPBackend, sdpa_kernel

    import fa3
    from launch_graph import LaunchGraph

    torch.manual_seed(1)
    dtypes = {"f16": torch.float16, "bf16": torch.bfloat16}
    rows, ratios = [], []
    for dtype, d, heads, kv, causal, batch, sq, sk in cases():
        make = lambda s, h: torch.randn(batch, s, h, d, device="cuda",
                                        dtype=dtypes[dtype])
        q, k, v = make(sq, heads), make(sk, kv), make(sk, kv)

        def cudnn():
            with sdpa_kernel(SDPBackend.CUDNN_ATTENTION):
                return F.scaled_dot_product_attention(
                    *(x.transpose(1, 2) for x in (q, k, v)), is_causal=causal,
                    enable_gqa=heads != kv)

        out = fa3.attention(q, k, v, causal=causal)
        ref = reference(torch, q, k, v, causal)
        error = ((out[0] - ref).norm() / ref.norm()).item()
        graphs = {"fa3": LaunchGraph(
            lambda: fa3.attention(q, k, v, causal=causal), LAUNCHES)}
        try:
            graphs["cudnn"] = LaunchGraph(cudnn, LAUNCHES)
        except RuntimeError as problem:
            torch.cuda.synchronize()
            print(f"  left out: {str(problem).splitlines()[0]}")
        times = {name: [] for name in graphs}
        for repeat in range(arguments.repeats + 2):
            for name, graph in graphs.items():
                elapsed = graph.milliseconds()
                if repeat >= 2:
                    times[name].append(elapsed)
        flops = 4 * batch * sq * sk * d * heads // (2 if causal else 1)
        medians = {name: median(series) for name, series in times.items()}
        mask = "causal" if causal else "none"
        for name, ms in medians.items():
            checked = f"{error:.3g}" if name == "fa3" else ""
            rows.append(f"{name},fwd,{dtype},{d},{d},{mask},{batch},{heads},{kv},"
                        f"{sq},{sk},{ms:.5f},{flops / ms / 1e9:.1f},{checked}")
        ratio = medians.get("cudnn", math.nan) / medians["fa3"]
        ratios.append(ratio)
        print(f"{dtype} d{d} {heads}/{kv} {mask} {batch}x{sq}x{sk}: fa3 "
              f"{medians['fa3'] * 1e3:.1f} us, {ratio:.3f} of cuDNN's rate, "
              f"error {error:.2g}", flush=True)
        assert error < 1e-3 * (8 if dtype == "bf16" else 1), "wrong"
    known = [ratio for ratio in ratios if not math.isnan(ratio)]
    mean = math.exp(sum(map(math.log, known)) / len(known))
    print(f"{len(known)} cases: {mean:.3f} in the geometric mean, {min(known):.3f} at "
          f"least, {sum(ratio < 1 for ratio in known)} behind")
    if arguments.csv:
        write_csv(torch, arguments, COLUMNS, rows, compiler="")


if __name__ == "__main__":
    main(__doc__, "", 7, None, run)
