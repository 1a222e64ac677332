#!/usr/bin/env python3
"""Feeds the tools random attentions, mutated texts and damaged files.

A case passes where the tool gives output or a diagnostic. A signal, a sanitizer
report, a hang, a failure without a word, a wrong result, and an output that is
neither new nor as it was are findings: each is written to the artifacts folder
with the command that shows it, and the exit status is 1.

Cases are a function of the target, the seed and their number alone. Many of
fa3-opt go to one process, with --split-input-file; a batch with a finding is run
again case by case. The other tools get a process for each case (targets.py).
"""

import argparse
import concurrent.futures
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import generator
import targets

SEPARATOR = "// -----\n"
SANITIZER = re.compile(r"(Address|Leak|UndefinedBehavior)Sanitizer|runtime error:")

# Those that feed fa3-opt; targets.py has the others.
OPT_TARGETS = ["opt", "hopper"]

# What fa3-opt runs for "opt"; a pipeline with a pass that the tool has not got is left
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
        "--attn-classify-tiles",
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



def hopper_pipelines(known):
    """Each pass of the hopper dialect, and those below it, alone."""
    on_module = ["hopper-outline-kernel", "attn-to-hopper"]
    on_kernels = ["convert-hopper-to-nvvm", "convert-kernel-to-llvm", "prune-kernel-parameters"]
    on_functions = sorted(
        option[2:]
        for option in known
        if option.startswith("--hopper-") and option[2:] not in on_module
    )
    return [[f"--{name}"] for name in on_module] + [
        [f"--pass-pipeline=builtin.module(gpu.module({name}))"]
        for name in on_kernels + [f"gpu.func({name})" for name in on_functions]
    ]


class Finding(Exception):
    """What is wrong with a run."""


def known_options(tool):
    text = subprocess.run(
        [tool, "--help-list"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    ).stdout.decode(errors="replace")
    return set(re.findall(r"^\s*(--[A-Za-z0-9-]+)", text, re.MULTILINE))


def run(command, timeout, folder=None, environment=None):
    """Gives (exit status, stdout, stderr) of a process that ends as it should."""
    try:
        process = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **(environment or {})},
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
    # A fault that the tool has caught is one all the same.
    if "the compiler crashed" in stderr:
        raise Finding(stderr[-4000:])
    return process.returncode, process.stdout.decode(errors="replace"), stderr


# ===----------------------------------------------------------------------=== #
# fa3-opt
# ===----------------------------------------------------------------------=== #


def run_text(command, text, timeout):
    """Runs `command FILE`; gives the file's name too."""
    with tempfile.NamedTemporaryFile("wb", suffix=".mlir") as file:
        file.write(text)
        file.flush()
        return *run(command + [file.name], timeout), file.name


def check_batch(command, cases, timeout):
    """One process for all cases. Each needs output or an error in its lines."""
    cases = [case if case.endswith("\n") else case + "\n" for case in cases]
    text = SEPARATOR.join(cases)
    status, stdout, stderr, name = run_text(
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
    status, stdout, stderr, _ = run_text(command, case.encode(), timeout)
    if status == 0 and not stdout.strip():
        raise Finding("neither output nor an error, exit status 0")
    if status != 0 and "error:" not in stderr:
        raise Finding("failed without an error:\n" + stderr[-1000:])


# The parser of an operation of upstream's ended the process, as that of linalg's named
# operations does for operands of other types: nothing of ours has run by then.
UPSTREAM_PARSER = re.compile(r"MLIR Parser: custom op parser '(?!attn\.|hopper\.)")


def check(command, cases, timeout):
    """Gives (number of accepted cases, list of (case, what is wrong))."""
    try:
        return check_batch(command, cases, timeout), []
    except Finding as finding:
        batch = str(finding)
    findings = []
    is_upstream = False
    for case in cases:
        try:
            check_one(command, case, timeout)
        except Finding as finding:
            if UPSTREAM_PARSER.search(str(finding)):
                is_upstream = True
            else:
                findings.append((case, str(finding)))
    if not findings and not is_upstream:  # Only all of them together show it.
        findings.append((SEPARATOR.join(cases), "as one file: " + batch))
    return 0, findings


def fuzz_opt(target, options, corpus, pool):
    """Gives (cases, accepted cases, [(finding, function that writes it)...])."""
    tool = os.path.join(options.tools, "fa3-opt")
    known = known_options(tool)
    pipelines = []
    for pipeline in PIPELINES if target == "opt" else hopper_pipelines(known):
        missing = [o for o in pipeline if o.split("=")[0] not in known]
        if missing:
            print("left out:", " ".join(pipeline), "for", " ".join(missing))
        else:
            pipelines.append([tool, "--mlir-disable-threading"] + pipeline)
    def job(start):
        stop = min(start + options.batch, options.count)
        cases = [
            generator.make_case(target, options.seed, number, corpus)
            for number in range(start, stop)
        ]
        command = pipelines[start // options.batch % len(pipelines)]
        accepted, findings = check(command, cases, options.timeout)
        writers = [
            (text, lambda path, case=case, text=text: write_text(path, command, case, text))
            for case, text in findings
        ]
        return len(cases), accepted, writers

    return pool.map(job, range(0, options.count, options.batch))


def write_text(path, command, case, text):
    path += ".mlir"
    split = " --split-input-file" if text.startswith("as one file") else ""
    with open(path, "w") as file:
        file.write(f"// {' '.join(command)}{split} {path}\n")
        file.writelines(f"//   {line}\n" for line in text.splitlines()[:30])
        file.write(case)
    return path


# ===----------------------------------------------------------------------=== #
# The other tools
# ===----------------------------------------------------------------------=== #


def read(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def check_files(case, folder, status):
    """Outputs are all new or all old, inputs are untouched, nothing lies about."""
    for name, content in case.files.items():
        if read(folder, name) != content:
            raise Finding(f"{name} was changed")
    for name in case.outputs:
        if (read(folder, name) == targets.OLD) != (status != 0):
            raise Finding(f"exit status {status}, but {name} is "
                          f"{'old' if status == 0 else 'new'}")
        if status == 0 and not read(folder, name):
            raise Finding(f"{name} is empty")
    more = set(os.listdir(folder)) - set(case.files) - set(case.outputs)
    if more:
        raise Finding(f"left behind: {', '.join(sorted(more))}")


def check_case(case, timeout):
    """Gives whether the tool accepts a case."""
    with tempfile.TemporaryDirectory() as folder:
        write_case(case, folder)
        status, stdout, stderr = run(case.command, timeout, folder, case.environment)
        if status != 0 and "error:" not in stderr:
            raise Finding(f"failed without an error:\n{stdout[-1000:]}{stderr[-1000:]}")
        if status == 0 and "error:" in stderr:
            raise Finding(f"succeeded with an error:\n{stderr[-1000:]}")
        check_files(case, folder, status)
        return status == 0


def write_case(case, folder):
    files = {**dict.fromkeys(case.outputs, targets.OLD), **case.files}
    for name, content in files.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)


def write_folder(path, case, text):
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    write_case(case, path)
    settings = [f"{name}={value}" for name, value in case.environment.items()]
    with open(os.path.join(path, "finding.txt"), "w") as file:
        file.write(f"cd {path} && {' '.join(settings)} {shlex.join(case.command)}\n{text}\n")
    return path


def fuzz_target(target, options, corpus, pool):
    tools = os.path.abspath(options.tools)

    def job(number):
        case = targets.make_case(target, options.seed, number, tools, corpus)
        try:
            return 1, int(check_case(case, options.timeout)), []
        except Finding as finding:
            text = str(finding)
            return 1, 0, [(text, lambda path: write_folder(path, case, text))]

    return pool.map(job, range(options.count))


# ===----------------------------------------------------------------------=== #
# The driver
# ===----------------------------------------------------------------------=== #


def fuzz(target, options, corpus):
    """Gives whether all is well with one target."""
    total = accepted = found = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        if target in OPT_TARGETS:
            results = fuzz_opt(target, options, corpus, pool)
        else:
            results = fuzz_target(target, options, corpus, pool)
        for cases, passed, findings in results:
            total += cases
            accepted += passed
            for text, write in findings:
                os.makedirs(options.artifacts, exist_ok=True)
                path = write(os.path.join(options.artifacts, f"{target}-{found}"))
                print(f"FINDING {path}: {text.splitlines()[0]}", flush=True)
                found += 1
    print(f"{target}: {total} cases, {accepted} accepted, {found} findings", flush=True)
    # A generator whose cases are all refused tests the parser alone.
    if total >= 200 and not 0.02 * total < accepted:
        print("expected more than 2 % of the cases to be accepted")
        return False
    return found == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--tools", required=True, help="folder of the tools")
    parser.add_argument(
        "--target", choices=[*OPT_TARGETS, *targets.TARGETS], help="one of them; default: all"
    )
    parser.add_argument(
        "--count", type=int, default=2000,
        help="number of cases; of all targets, of fa3-opt, others get a share",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--batch", type=int, default=100, help="cases a process")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--timeout", type=int, default=120, help="seconds a process")
    parser.add_argument("--artifacts", default="fuzz-artifacts")
    parser.add_argument(
        "--print", type=int, metavar="N", help="print case N of a target and stop"
    )
    options = parser.parse_args()
    corpus = generator.load_corpus(
        os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    )
    if options.print is not None:
        target = options.target or "opt"
        if target in OPT_TARGETS:
            print(generator.make_case(target, options.seed, options.print, corpus))
            return 0
        case = targets.make_case(
            target, options.seed, options.print, options.tools, corpus
        )
        print(shlex.join(case.command))
        for name, content in case.files.items():
            print(f"--- {name}\n{content.decode(errors='backslashreplace')}")
        return 0
    if options.target:
        return 0 if fuzz(options.target, options, corpus) else 1
    count = options.count
    good = True
    for target in OPT_TARGETS:
        good &= fuzz(target, options, corpus)
    for target, (_, share) in targets.TARGETS.items():
        options.count = count * share // 100
        good &= fuzz(target, options, corpus)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
