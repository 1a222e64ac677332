"""Runs each pass of a pipeline twice in a row, and prints what the second time did,
a line for each pass:

    PASS: same                     nothing
    PASS: differs
    PASS: refused: DIAGNOSTIC      the first error
    PASS: CRASH

A pass that stands in the pipeline several times has a line for each that is new.
"""

import re
import subprocess
import sys

from dump_pipeline import dump_pipeline

tool, pipeline, source = sys.argv[1:]


def run(passes, text):
    """The exit code, the output and the diagnostics."""
    result = subprocess.run(
        [tool, "--pass-pipeline=" + passes], input=text, capture_output=True, text=True
    )
    return result.returncode, result.stdout, result.stderr


def list_passes():
    """Each pass, in the pipeline of the operations that it runs on."""
    around = []
    for line in dump_pipeline(tool, pipeline):
        line = line.strip().rstrip(",")
        if line.endswith("(") and "{" not in line:
            around.append(line)
        elif line == ")":
            around.pop()
            if not around:
                return
        else:
            yield re.match(r"[a-z-]+", line).group(), (
                "".join(around) + line + ")" * len(around)
            )


with open(source) as file:
    text = file.read()
lines = []
for name, passes in list_passes():
    code, once, diagnostics = run(passes, text)
    if code != 0:
        sys.exit(f"{name}: {diagnostics}")
    code, twice, diagnostics = run(passes, once)
    if code < 0 or code >= 128 or "Stack dump" in diagnostics:
        verdict = "CRASH"
    elif code != 0:
        verdict = "refused: " + re.search(r"error: (.*)", diagnostics).group(1)
    else:
        verdict = "same" if once == twice else "differs"
    if (name, verdict) not in lines:
        lines.append((name, verdict))
        print(f"{name}: {verdict}", flush=True)
    text = once
