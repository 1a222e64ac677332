# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Times short and few rows, where the grid is short of the multiprocessors,
beside cuDNN and the flash kernels of PyTorch, in one run.

    benchmarks/short.py compile             on the machine with the compiler
    benchmarks/short.py run --csv out.csv   on the machine with the GPU

One batch: sequences of 512 to 2k, and 1 to 16 rows over 1k to 64k keys. Each
system's launches are in a CUDA graph, so that the host is not measured: a time
is that of a graph of 20 divided by 20, the median of those taken, ours and the
peers' interleaved. Keys and values are read anew by each of the 20 where they do
not fit the L2 cache; inputs are normal; every result is checked against float64.
"""

import itertools
import math
import subprocess

from harness import COLUMNS, main, median, write_csv

LAUNCHES = 20


def cases():
    """Type, D, heads, heads of K, mask, Sq, Sk, options."""
    for d, s, mask in itertools.product((64, 128), (512, 1024, 2048),
                                        ("none", "causal")):
        yield "f16", d, 16, 16, mask, s, s, ""
    for (heads, kv), d, sq, sk in itertools.product(
            ((16, 16), (32, 8), (64, 8)), (64, 128), (1, 4, 16),
            (1024, 4096, 16384, 65536)):
        yield "f16", d, heads, kv, "causal" if sq > 1 else "none", sq, sk, ""
    # What each technique is worth.
    for options in ("splits=1", "pack-heads=false", "overlap-launches=false"):
        for sk in (4096, 65536):
            yield "f16", 128, 64, 8, "none", 1, sk, options


def name_of(dtype, d, heads, kv, mask, sq, sk, options):
    name = f"{dtype}-d{d}-h{heads}-{kv}-{mask}-{sq}-{sk}"
    return name + "".join(c if c.isalnum() else "-" for c in options)


def source_of(dtype, d, heads, kv, mask, sq, sk, options):
    q = f"memref<1x{sq}x{heads}x{d}x{dtype}>"
    k = f"memref<1x{sk}x{kv}x{d}x{dtype}>"
    return (f"func.func @attention(%q: {q}, %k: {k}, %v: {k}, %o: {q}) {{\n"
            f"  attn.forward ins(%q, %k, %v : {q}, {k}, {k}) outs(%o : {q})"
            f"{' {causal}' if mask == 'causal' else ''}\n  return\n}}\n")


def compile_all(arguments):
    arguments.kernels.mkdir(parents=True, exist_ok=True)
    for case in cases():
        if arguments.match not in name_of(*case):
            continue
        source = arguments.kernels / f"{name_of(*case)}.mlir"
        source.write_text(source_of(*case))
        command = [arguments.tool, source, "-o", source.with_suffix(".cubin")]
        if case[-1]:
            command.append(f"--pipeline-options={case[-1]}")
        subprocess.run(command, check=True)


def run(arguments):
    import torch
    import torch.nn.functional as F
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from fa3_runtime import Runtime
    from launch_graph import LaunchGraph

    dtypes = {"f16": torch.float16, "bf16": torch.bfloat16}
    runtime = Runtime(arguments.runtime)
    torch.manual_seed(1)

    def capture(function):
        """None where the system does not take them."""
        try:
            return LaunchGraph(function, LAUNCHES)
        except RuntimeError as problem:
            torch.cuda.synchronize()
            print(f"  left out: {str(problem).splitlines()[0]}")
            return None

    def reference(q, k, v, causal):
        group = q.shape[2] // k.shape[2]
        q, k, v = (x.double().transpose(1, 2) for x in (q, k, v))
        k, v = (x.repeat_interleave(group, dim=1) for x in (k, v))
        s = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        if causal:
            hidden = torch.ones(s.shape[-2:], dtype=torch.bool, device="cuda")
            s = s.masked_fill(hidden.triu(1 + s.shape[-1] - s.shape[-2]),
                              float("-inf"))
        return (torch.softmax(s, -1) @ v).transpose(1, 2)

    rows = []
    for case in cases():
        if arguments.match not in name_of(*case):
            continue
        dtype, d, heads, kv, mask, sq, sk, options = case
        causal = mask == "causal"
        kernel = runtime.load(str(arguments.kernels / f"{name_of(*case)}.json"))
        make = lambda s, h: torch.randn(1, s, h, d, device="cuda",
                                        dtype=dtypes[dtype])
        q, k, v = make(sq, heads), make(sk, kv), make(sk, kv)
        o = torch.full_like(q, float("nan"))
        qt, kt, vt = (x.transpose(1, 2) for x in (q, k, v))
        if causal and sq != sk:
            # The diagonal of PyTorch is aligned top-left, so the peers get no
            # mask: a few keys of the last ones more.
            theirs = dict(enable_gqa=heads != kv)
        else:
            theirs = dict(is_causal=causal, enable_gqa=heads != kv)

        def peer(backend):
            def function():
                with sdpa_kernel(backend):
                    return F.scaled_dot_product_attention(qt, kt, vt, **theirs)
            return function

        suffix = "" if not options else "-" + options.replace("=", "-")
        systems = {"fa3" + suffix: kernel.prepare(q, k, v, o)}
        if not options:
            systems["cudnn"] = peer(SDPBackend.CUDNN_ATTENTION)
            systems["flash2"] = peer(SDPBackend.FLASH_ATTENTION)
        graphs = {name: capture(function)
                  for name, function in systems.items()}
        times = {name: [] for name, graph in graphs.items() if graph}
        for repeat in range(arguments.repeats + 2):
            for name in times:
                elapsed = graphs[name].milliseconds()
                if repeat >= 2:
                    times[name].append(elapsed)
        ref = reference(q, k, v, causal)
        error = ((o - ref).norm() / ref.norm()).item()
        flops = 4 * sq * sk * d * heads // (2 if causal and sq == sk else 1)
        medians = {}
        for name, series in times.items():
            ms = median(series)
            medians[name] = ms
            checked = f"{error:.3g}" if name.startswith("fa3") else ""
            rows.append(f"{name},fwd,{dtype},{d},{d},{mask},1,{heads},{kv},"
                        f"{sq},{sk},{ms:.5f},{flops / ms / 1e9:.1f},{checked}")
        own = medians["fa3" + suffix]
        print(f"{name_of(*case):44} fa3 {own * 1e3:7.1f} us " +
              " ".join(f"{name} {ms * 1e3:7.1f} ({ms / own:.2f})"
                       for name, ms in medians.items()
                       if not name.startswith("fa3")) + f" err {error:.2g}",
              flush=True)
        assert error < 1e-3 * (8 if dtype == "bf16" else 1), "wrong"
    if arguments.csv:
        write_csv(torch, arguments, COLUMNS, rows)


if __name__ == "__main__":
    main(__doc__, "build/benchmarks-short", 15, compile_all, run,
         ("--match", "a part of a case's name"))
