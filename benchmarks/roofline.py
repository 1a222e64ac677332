# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How far each forward kernel is from what the chip could do, in cycles.

    benchmarks/forward.py compile             on the machine with the compiler
    benchmarks/roofline.py run --csv out.csv  on the machine with the GPU and ncu

Runs the f16 kernels of forward.py, and cuDNN's beside them, under Nsight Compute.
For each it writes the cycles that were counted, how busy each unit was, and the
least cycles that each unit would need for the work alone:

    matrix        4·D operations for each score; 4096 in a cycle
    exponentials  one for each score; 16 in a cycle
    shared        the bytes that wgmma reads of K and V, once for 64 rows, and of Q
                  once for 128 keys; 128 in a cycle
    memory        Q, K, V and O once, at 3.35 TB/s and 1.755 GHz

Per multiprocessor, of 132 (NVIDIA H100 white paper; CUDA programming guide,
throughput of native arithmetic). What lies above the diagonal of a causal mask is
not counted as work: a diagonal tile's upper half is part of the distance.
"""

import csv
import io
import os
import subprocess
import sys

from forward import HIDDEN, kernels, name_of
from harness import main, write_csv

MULTIPROCESSORS = 132
BYTES_PER_CYCLE = 3.35e12 / 1.755e9
LENGTHS = (512, 1024, 4096, 16384)
METRICS = {
    "cycles": "sm__cycles_elapsed.max",
    "matrix_pct": "sm__pipe_tensor_cycles_active.avg.pct_of_peak_sustained_elapsed",
    "special_pct": "sm__inst_executed_pipe_xu.avg.pct_of_peak_sustained_elapsed",
    "fma_pct": "sm__pipe_fma_cycles_active.avg.pct_of_peak_sustained_elapsed",
    "alu_pct": "sm__pipe_alu_cycles_active.avg.pct_of_peak_sustained_elapsed",
    "issue_pct": "sm__inst_issued.avg.pct_of_peak_sustained_elapsed",
    "shared_pct": "l1tex__data_pipe_lsu_wavefronts_mem_shared.avg"
                  ".pct_of_peak_sustained_elapsed",
    "dram_pct": "dram__throughput.avg.pct_of_peak_sustained_elapsed",
}


def cases():
    """Each kernel of the f16 grid: head size, causal, batch, length and its name."""
    for dtype, d, causal, options, heads, shapes in kernels():
        if dtype != "f16" or options:
            continue
        for batch, length in shapes:
            if length in LENGTHS:
                yield (d, causal, batch, length,
                       name_of(dtype, d, causal, options, heads, length))


def limits(d, causal, batch, length):
    """The least cycles of each unit."""
    scores = length * (length + 1) // 2 if causal else length * length
    scores *= batch * (HIDDEN // d)
    inputs = 4 * 2 * batch * length * HIDDEN
    return {
        "matrix": scores * 4 * d / 4096 / MULTIPROCESSORS,
        "exponentials": scores / 16 / MULTIPROCESSORS,
        "shared": scores * (2 * 2 * d / 64 + 2 * d / 128) / 128 / MULTIPROCESSORS,
        "memory": inputs / BYTES_PER_CYCLE,
    }


def launch(arguments):
    """Under ncu: one launch of each system and case, in the order of cases()."""
    import torch
    import torch.nn.functional as F
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from fa3_runtime import Runtime

    runtime = Runtime(arguments.runtime)
    torch.manual_seed(1)
    for d, causal, batch, length, name in cases():
        kernel = runtime.load(str(arguments.kernels / f"{name}.json"))
        q, k, v = (torch.randn(batch, length, HIDDEN // d, d, device="cuda",
                               dtype=torch.float16) for _ in range(3))
        ours = kernel.prepare(q, k, v, torch.empty_like(q))

        def cudnn():
            with sdpa_kernel(SDPBackend.CUDNN_ATTENTION):
                F.scaled_dot_product_attention(
                    *(x.transpose(1, 2) for x in (q, k, v)), is_causal=causal)

        for function in (ours, cudnn):
            function()
            torch.cuda.synchronize()
            torch.cuda.profiler.start()
            function()
            torch.cuda.synchronize()
            torch.cuda.profiler.stop()


def run(arguments):
    import torch

    command = ["ncu", "--csv", "--profile-from-start", "off", "--clock-control",
               "none", "--kernel-name", "regex:attention|sdpa", "--metrics",
               ",".join(METRICS.values()), sys.executable, __file__, "run",
               "--kernels", str(arguments.kernels), "--runtime", arguments.runtime]
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True,
                          env={**os.environ, "FA3_ROOFLINE_LAUNCH": "1"}).stdout
    table = text[text.index('"ID"'):]
    seen = {}
    for row in csv.DictReader(io.StringIO(table)):
        seen.setdefault(int(row["ID"]), {})[row["Metric Name"]] = float(
            row["Metric Value"].replace(",", ""))
    launches = [seen[key] for key in sorted(seen)]
    systems = [(case, system) for case in cases() for system in ("fa3", "cudnn")]
    if len(launches) != len(systems):
        sys.exit(f"expected {len(systems)} kernels, but ncu saw {len(launches)}")
    rows = []
    for ((d, causal, batch, length, _), system), metrics in zip(systems, launches):
        least = limits(d, causal, batch, length)
        cycles = metrics[METRICS["cycles"]]
        binding = max(least, key=least.get)
        fields = [system, "f16", d, "causal" if causal else "none", batch, length]
        fields += [f"{cycles:.0f}"] + [f"{value:.0f}" for value in least.values()]
        fields += [binding, f"{least[binding] / cycles:.3f}"]
        fields += [f"{metrics[name]:.1f}" for key, name in METRICS.items()
                   if key != "cycles"]
        rows.append(",".join(map(str, fields)))
        print(rows[-1], flush=True)
    if arguments.csv:
        columns = ["system", "dtype", "d", "mask", "batch", "length", "cycles"]
        columns += [f"{unit}_limit" for unit in least] + ["binding", "of_limit"]
        columns += [key for key in METRICS if key != "cycles"]
        write_csv(torch, arguments, ",".join(columns), rows, "forward.py")


if __name__ == "__main__":
    # ncu starts this script again.
    main(__doc__, "build/benchmarks", 1, None,
         launch if "FA3_ROOFLINE_LAUNCH" in os.environ else run)
