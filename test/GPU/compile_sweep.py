# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles every kernel of the sweep (cases.py) with fa3-compile, on a machine
that needs no GPU. Exits with 1 if one fails; spills and serialised wgmma are
failures of fa3-compile itself."""

import argparse
import concurrent.futures
import pathlib
import subprocess
import sys

from cases import variants


def compile_variant(tool, out, variant):
    source = out / f"{variant.name}.mlir"
    source.write_text(variant.mlir())
    command = [tool, str(source), "-o", str(out / f"{variant.name}.cubin")]
    if variant.options:
        command.append(f"--pipeline-options={variant.options}")
    done = subprocess.run(command, capture_output=True, text=True)
    return variant, done.returncode, done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tool", default="build/bin/fa3-compile")
    parser.add_argument("--out", default="build/gpu-sweep", type=pathlib.Path)
    parser.add_argument("--match", default="")
    parser.add_argument("-j", type=int, default=2)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    todo = [v for v in variants() if arguments.match in v.name]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.j) as pool:
        for variant, code, messages in pool.map(
                lambda v: compile_variant(arguments.tool, arguments.out, v),
                todo):
            if code != 0:
                failed += 1
                error = [l for l in messages.splitlines() if "error" in l][:1]
                print(f"{variant.name}: {error[0] if error else messages[-300:]}",
                      flush=True)
    print(f"{len(todo) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
