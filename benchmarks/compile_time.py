# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Times the compiler on the default kernels, from the operation to PTX and to a
cubin. Needs no GPU.

    benchmarks/compile_time.py --csv benchmarks/results/<date>-compile-time.csv

Medians over runs, each of them a process: the times of the steps are those that
`fa3-compile -v` prints, `wall_ms` is that of the process with its start and the
writing of files. Columns:

    passes_ms      the pipeline of passes alone
    op_to_ptx_ms   parsing, passes and LLVM, until there is PTX
    ptxas_ms       finding and running ptxas
    total_ms       the last two
"""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
ASSEMBLER_STEPS = ("find ptxas", "ptxas")


def source_of(d, causal):
    t = f"memref<?x?x{2048 // d}x{d}xf16>"
    return (f"func.func @attention(%q: {t}, %k: {t}, %v: {t}, %o: {t}) {{\n"
            f"  attn.forward ins(%q, %k, %v : {t}, {t}, {t}) outs(%o : {t})"
            f"{' {causal}' if causal else ''}\n  return\n}}\n")


def compile_once(tool, source, output):
    """Gives the steps' times and that of the process, all in milliseconds."""
    start = time.perf_counter()
    process = subprocess.run([tool, "-v", source, "-o", output], check=True,
                             stderr=subprocess.PIPE, text=True)
    wall = 1e3 * (time.perf_counter() - start)
    table = process.stderr.split("\ntime\n")[1]
    steps = {name.strip(): float(ms)
             for name, ms in re.findall(r"^  (.+?) +([0-9.]+) ms$", table, re.M)}
    release = re.search(r"^assembler .*\((.*)\)$", process.stderr, re.M)[1]
    return steps, wall, release


def describe_commit():
    git = ["git", "-C", ROOT]
    commit = subprocess.run([*git, "rev-parse", "--short", "HEAD"],
                            stdout=subprocess.PIPE, text=True).stdout.strip()
    changed = subprocess.run([*git, "status", "--porcelain", "-uno"],
                             stdout=subprocess.PIPE, text=True).stdout
    return commit + ("+" if changed else "")


def processor():
    match = re.search(r"^model name\s*: (.*)$",
                      pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    return f"{match[1] if match else 'unknown'}, {os.cpu_count()} cores"


def measure(arguments, folder):
    """Gives rows of the table, and the release of ptxas."""
    rows = []
    source, output = folder / "in.mlir", folder / "out.cubin"
    for d in (64, 128, 256):
        for causal in (False, True):
            source.write_text(source_of(d, causal))
            compile_once(arguments.tool, source, output)  # fills the caches
            runs = [compile_once(arguments.tool, source, output)
                    for _ in range(arguments.repeats)]
            ptxas = [sum(steps[s] for s in ASSEMBLER_STEPS) for steps, _, _ in runs]
            total = [steps["total"] for steps, _, _ in runs]
            medians = map(statistics.median, (
                [steps["passes"] for steps, _, _ in runs],
                [t - p for t, p in zip(total, ptxas)], ptxas, total,
                [wall for _, wall, _ in runs]))
            rows.append(["f16", str(d), "causal" if causal else "none",
                         *(f"{ms:.1f}" for ms in medians)])
            release = runs[0][2]
    return rows, release


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--tool", default=ROOT / "build/bin/fa3-compile")
    parser.add_argument("--repeats", type=int, default=9, help="runs of a kernel")
    parser.add_argument("--csv", type=pathlib.Path, help="default: standard output")
    arguments = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        rows, release = measure(arguments, pathlib.Path(folder))
    lines = [
        "dtype,d,mask,passes_ms,op_to_ptx_ms,ptxas_ms,total_ms,wall_ms",
        f"# commit {describe_commit()}",
        f"# machine {processor()}, load {load:.2f} before the run",
        f"# versions ptxas of {release}",
        f"# command benchmarks/compile_time.py --repeats {arguments.repeats}",
        *(",".join(row) for row in rows),
    ]
    text = "\n".join(lines) + "\n"
    if arguments.csv:
        arguments.csv.write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
