#!/usr/bin/env python3
"""Feeds the tools random attentions and mutated texts.

A case passes where the tool gives output or a diagnostic. A signal, a sanitizer
report, a hang, and a failure without a word are findings: each is written to the
artifacts folder with the command that shows it, and the exit status is 1.

Cases are a function of the seed and of their number alone. Many go to one
process, with --split-input-file; a batch with a finding is run again case by
case.
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

import generator

SEPARATOR = "// -----\n"
SANITIZER = re.compile(r"(Address|Leak|UndefinedBehavior)Sanitizer|runtime error:")

# What fa3-opt runs; a pipeline with a pass that the tool has not got is left
# out, which the first line of the output says.
PIPELINES = [
    ["--verify-roundtrip"],
    ["--canonicalize", "--cse", "--resolve-ranked-shaped-type-result-dims"],
    ["--attn-select-config"],
    ["--attn-select-config=target=cpu", "--attn-tile", "--canonicalize"],
    ["--attn-select-config", "--attn-tile", "--attn-lower-online-softmax"],
    [
        "--attn-select-config=target=cpu",
        "--attn-tile",
        "--attn-prune-masked-tiles",
        "--attn-split-masked-tiles",
        "--canonicalize",
        "--cse",
    ],
    [
        "--one-shot-bufferize=bufferize-function-boundaries",
        "--attn-select-config",
        "--attn-tile",
    ],
]


class Finding(Exception):
    """What is wrong with a run."""


def known_options(tool):
    text = subprocess.run(
        [tool, "--help-list"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    ).stdout.decode(errors="replace")
    return set(re.findall(r"^\s*(--[A-Za-z0-9-]+)", text, re.MULTILINE))


def run(command, text, timeout):
    """Runs `command FILE`; gives (exit status, stdout, stderr)."""
    with tempfile.NamedTemporaryFile("wb", suffix=".mlir") as file:
        file.write(text)
        file.flush()
        try:
            process = subprocess.run(
                command + [file.name],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                timeout=timeout,
            )
        except subprocess.TimeoutExpired:
            raise Finding(f"no end after {timeout} s")
    stderr = process.stderr.decode(errors="replace")
    if process.returncode < 0 or process.returncode >= 128:
        # What the tool says of its end, and not of the cases before.
        end = stderr.rfind("PLEASE submit a bug report")
        before = stderr.rfind("\n", 0, max(end - 1, 0))
        raise Finding(f"exit status {process.returncode}\n{stderr[before + 1:][:4000]}")
    report = SANITIZER.search(stderr)
    if report:
        raise Finding(stderr[max(report.start() - 200, 0) :][:4000])
    if process.returncode not in (0, 1):
        raise Finding(f"exit status {process.returncode}\n{stderr[-4000:]}")
    return process.returncode, process.stdout.decode(errors="replace"), stderr, file.name


def check_batch(command, cases, timeout):
    """One process for all cases. Each needs output or an error in its lines."""
    cases = [case if case.endswith("\n") else case + "\n" for case in cases]
    text = SEPARATOR.join(cases)
    status, stdout, stderr, name = run(
        command + ["--split-input-file"], text.encode(), timeout
    )
    outputs = stdout.split(SEPARATOR)
    if len(outputs) != len(cases):
        raise Finding(f"expected {len(cases)} outputs, but got {len(outputs)}")
    errors = sorted(
        int(line)
        for line in re.findall(
            re.escape(name) + r":(\d+):\d+: error:", stderr
        )
    )
    # An error without a line may belong to any case.
    anywhere = "error:" in re.sub(re.escape(name) + r":\d+:\d+: error:", "", stderr)
    first = 1
    accepted = 0
    for index, case in enumerate(cases):
        # The line of the separator counts too: there the parser misses the rest.
        last = first + case.count("\n")
        if outputs[index].strip():
            accepted += 1
        elif not anywhere and not any(first <= line <= last for line in errors):
            raise Finding(f"case {index} gave neither output nor an error")
        first = last + 1
    if (status == 0) != (accepted == len(cases)):
        raise Finding(f"exit status {status} with {accepted} of {len(cases)} outputs")
    return accepted


def check_one(command, case, timeout):
    status, stdout, stderr, _ = run(command, case.encode(), timeout)
    if status == 0 and not stdout.strip():
        raise Finding("neither output nor an error, exit status 0")
    if status != 0 and "error:" not in stderr:
        raise Finding("failed without an error:\n" + stderr[-1000:])


def check(command, cases, timeout):
    """Gives (number of accepted cases, list of (case, what is wrong))."""
    try:
        return check_batch(command, cases, timeout), []
    except Finding as finding:
        batch = str(finding)
    findings = []
    for case in cases:
        try:
            check_one(command, case, timeout)
        except Finding as finding:
            findings.append((case, str(finding)))
    if not findings:  # Only all of them together show it.
        findings.append((SEPARATOR.join(cases), "as one file: " + batch))
    return 0, findings


def write_finding(folder, number, command, case, text):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, f"finding-{number}.mlir")
    split = " --split-input-file" if text.startswith("as one file") else ""
    with open(path, "w") as file:
        file.write(f"// {' '.join(command)}{split} {path}\n")
        file.writelines(f"//   {line}\n" for line in text.splitlines()[:30])
        file.write(case)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--tools", required=True, help="folder of fa3-opt")
    parser.add_argument("--count", type=int, default=2000, help="number of cases")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--batch", type=int, default=100, help="cases a process")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--timeout", type=int, default=120, help="seconds a process")
    parser.add_argument("--artifacts", default="fuzz-artifacts")
    parser.add_argument(
        "--print", type=int, metavar="N", help="print case N and stop"
    )
    options = parser.parse_args()
    corpus = generator.load_corpus(
        os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    )
    if options.print is not None:
        print(generator.make_case(options.seed, options.print, corpus))
        return 0

    tool = os.path.join(options.tools, "fa3-opt")
    known = known_options(tool)
    pipelines = []
    for pipeline in PIPELINES:
        missing = [o for o in pipeline if o.split("=")[0] not in known]
        if missing:
            print("left out:", " ".join(pipeline), "for", " ".join(missing))
        else:
            pipelines.append([tool, "--mlir-disable-threading"] + pipeline)

    def job(start):
        stop = min(start + options.batch, options.count)
        cases = [
            generator.make_case(options.seed, number, corpus)
            for number in range(start, stop)
        ]
        command = pipelines[start // options.batch % len(pipelines)]
        return command, len(cases), *check(command, cases, options.timeout)

    total = accepted = found = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for command, cases, passed, findings in pool.map(
            job, range(0, options.count, options.batch)
        ):
            total += cases
            accepted += passed
            for case, text in findings:
                path = write_finding(options.artifacts, found, command, case, text)
                print(f"FINDING {path}: {text.splitlines()[0]}")
                found += 1
    print(f"{total} cases, {accepted} accepted, {found} findings")
    # A generator whose cases are all refused tests the parser alone.
    if total >= 1000 and not 0.05 * total < accepted:
        print("expected more than 5 % of the cases to be accepted")
        return 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
