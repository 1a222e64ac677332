# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the benchmarks of kernels share: their command line, how a launch is timed,
and the head of their CSV files. It needs PyTorch only where something is timed."""

import argparse
import pathlib
import sys

# Where those that time something find fa3_runtime.
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "test/GPU"))


# Of the files that have a row for each kernel and shape (docs/performance.md).
COLUMNS = ("system,pass,dtype,d,dv,mask,batch,heads,kv_heads,sq,sk,ms,tflops,"
           "relerr")


def milliseconds(torch, function):
    """On the GPU: the launch waits behind a spin, so that the host is ahead. Where the
    spin is over before all is queued, the time is the host's, and is taken again."""
    spin = 200000
    while True:
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        torch.cuda._sleep(spin)
        start.record()
        function()
        end.record()
        ahead = not start.query()
        torch.cuda.synchronize()
        if ahead:
            return start.elapsed_time(end)
        spin *= 2


def median(times):
    return sorted(times)[len(times) // 2]


def write_csv(torch, arguments, columns, rows, compiler=None):
    """`rows` are lines of text; the head says the machine and the command, and
    which script compiles the kernels, where that is another, or "" where none does."""
    script = pathlib.Path(sys.argv[0]).name
    compiler = script if compiler is None else compiler
    before = f"benchmarks/{compiler} compile; " if compiler else ""
    properties = torch.cuda.get_device_properties(0)
    arguments.csv.write_text(
        f"# commit {arguments.commit}\n"
        f"# machine {properties.name}, PyTorch {torch.__version__}, cuDNN "
        f"{torch.backends.cudnn.version()}\n"
        f"# command {before}benchmarks/{script} run --repeats "
        f"{arguments.repeats}\n{columns}\n" + "\n".join(rows) + "\n")


def main(description, kernels, repeats, compile_all, run, option=None):
    """`compile` where the compiler is, `run` where the GPU is; both take what the
    command line says. `option` is one more, and its help."""
    parser = argparse.ArgumentParser(
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    actions = {"run": run}
    if compile_all:
        actions["compile"] = compile_all
        parser.add_argument("--tool", default="build/bin/fa3-compile")
    parser.add_argument("action", choices=actions)
    parser.add_argument("--kernels", default=kernels, type=pathlib.Path)
    parser.add_argument("--runtime", default="build/lib/libfa3_runtime.so")
    parser.add_argument("--repeats", type=int, default=repeats)
    parser.add_argument("--commit", default="unknown")
    parser.add_argument("--csv", type=pathlib.Path)
    if option:
        parser.add_argument(option[0], default="", help=option[1])
    arguments = parser.parse_args()
    sys.exit(actions[arguments.action](arguments))
