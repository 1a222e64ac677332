"""Runs a pipeline without one of its passes, for each of them, and prints what
becomes of it, a line for each:

    PASS: lowers                  down to the LLVM and NVVM dialects
    PASS: leaves DIALECTS         done, but with operations of other dialects
    PASS: refused: DIAGNOSTIC     the first error
    PASS: CRASH
"""

import re
import subprocess
import sys

from dump_pipeline import dump_pipeline

tool, pipeline, source = sys.argv[1:]


def run(passes):
    """The exit code, the output and the diagnostics."""
    result = subprocess.run(
        [tool, source, "--pass-pipeline=" + passes], capture_output=True, text=True
    )
    return result.returncode, result.stdout, result.stderr


def judge(code, output, diagnostics):
    if code < 0 or code >= 128 or "Stack dump" in diagnostics:
        return "CRASH"
    if code != 0:
        return "refused: " + re.search(r"error: (.*)", diagnostics).group(1)
    operations = re.findall(r"^ *(?:%\S+ = )?\"?([a-z_]+)\.", output, re.MULTILINE)
    left = sorted(set(operations) - {"llvm", "nvvm"})
    # The module around kernels stays.
    if left == ["gpu"] and not re.search(r"gpu\.(?!module)", output):
        left = []
    return "leaves " + ", ".join(left) if left else "lowers"


lines = dump_pipeline(tool, pipeline)
lines = lines[: lines.index(")") + 1]
names = [re.match(r" *([a-z-]+)[{,]?", line) for line in lines]
names = [name.group(1) if name and "(" not in line.split("{")[0] else None
         for name, line in zip(names, lines)]

for left_out in [None] + list(dict.fromkeys(filter(None, names))):
    if left_out in ("canonicalize", "cse"):
        continue
    rest = "".join(
        line.strip() for name, line in zip(names, lines) if name != left_out or not name
    )
    rest = re.sub(r",\)", ")", rest)
    print(f"{left_out or 'nothing left out'}: {judge(*run(rest))}", flush=True)
