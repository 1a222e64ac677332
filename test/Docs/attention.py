# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles each listing of docs/attention.md.

    attention.py --tools build/bin --work /tmp/attention docs/attention.md

A comment on the line before a block says what it is:

    <!-- function -->      the function around the other listings; there is one
    <!-- program -->       a program of its own
    <!-- types: !q = … --> the listing's own types in the function

Any other block stands in place of the `attn.forward` of the function.
"""

import argparse
import pathlib
import re
import subprocess
import sys

BLOCK = re.compile(r"^(?:<!-- ([^\n]*) -->\n)?```mlir\n(.*?)^```", re.M | re.S)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tools", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("page", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    page = arguments.page.read_text()
    blocks = [(match[1] or "", match[2], page.count("\n", 0, match.start(2)) + 1)
              for match in BLOCK.finditer(page)]
    function = next(text for tag, text, _ in blocks if tag == "function")
    failed = 0
    for tag, text, line in blocks:
        program = text
        if tag not in ("function", "program"):
            program = re.sub(r"^ *attn\.forward.*\n", lambda _: text, function,
                             flags=re.M)
            for name, kind in re.findall(r"(!\w+) = ([^,]+)", tag):
                program = re.sub(rf"^{name} = .*", f"{name} = {kind}", program,
                                 flags=re.M)
        source = arguments.work / f"line-{line}.mlir"
        source.write_text(program)
        done = subprocess.run(
            [arguments.tools / "fa3-compile", source, "-o",
             source.with_suffix(".ptx")], capture_output=True, text=True)
        if done.returncode or done.stderr:
            failed += 1
            print(f"{arguments.page}:{line}: expected a listing that compiles "
                  f"without a word\n{done.stderr}")
    print(f"{len(blocks)} listings, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
