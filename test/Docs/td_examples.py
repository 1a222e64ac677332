# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Parses the examples in the descriptions of operations, types, attributes and
passes: every block of ```mlir in the .td files below a folder.

    td_examples.py --fa3-opt build/bin/fa3-opt include/fa3

An example that leaves something out ("…", "...", a bracket that is not closed)
is counted as a fragment and left alone. Of the others, one with a function must
also verify. Operations are parsed among definitions of the values that they only
use; the type of each comes from the parser's own complaint. Prints what does not
parse, with its place, and the counts; exits with 1 if there is any.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import textwrap

BLOCK = re.compile(r"^ *```mlir\n(.*?)^ *```", re.M | re.S)
UNDECLARED = re.compile(r"use of undeclared SSA value name '?(%[\w#$.-]+)'?")
CARET = re.compile(r"error: use of undeclared SSA value name\n(.*)\n( *)\^")
MISMATCH = re.compile(
    r"use of value '(%[\w$.-]+)' expects different type than prior uses: "
    r"'(.*?)' vs '")


def is_fragment(text):
    code = re.sub(r"//.*|->", "", text)
    return ("…" in text or "..." in text or
            any(code.count(a) != code.count(b) for a, b in ("{}", "()", "[]")))


def parse(tool, text, *options):
    done = subprocess.run([tool, "--allow-unregistered-dialect", *options, "-"],
                          input=text, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stderr or "no diagnostic"


def parse_operations(tool, text):
    """Operations, among definitions of what they use, in the graph region of a
    module; a terminator and its like lack their parent, so nothing is
    verified."""
    types = {}
    for _ in range(100):
        definitions = "".join(f'{value} = "test.value"() : () -> {kind}\n'
                              for value, kind in types.items())
        error = parse(tool, definitions + text,
                      "--mlir-very-unsafe-disable-verifier-on-parsing")
        caret, mismatch = CARET.search(error), MISMATCH.search(error)
        if caret:
            value = re.match(r"%[\w$.-]+", caret[1][len(caret[2]):])
            if value and value[0] not in types:
                types[value[0]] = "none"
                continue
        if mismatch and types.get(mismatch[1]) == "none":
            types[mismatch[1]] = mismatch[2]
            continue
        return error
    return error


def check(tool, text):
    lines = [line for line in text.splitlines() if line.strip()]
    if "func.func" in text:
        return parse(tool, text)
    if all(re.match(r"#\w", line) for line in lines):
        attributes = (f"test.a{i} = {a}" for i, a in enumerate(lines))
        return parse(tool, "module attributes {" + "\n, ".join(attributes) + "\n} {}")
    if re.match(r"[\w.]+ = #", text):
        return parse(tool, "module attributes {" + text + "} {}",
                     "--mlir-very-unsafe-disable-verifier-on-parsing")
    if all(re.match(r"!\w", line) for line in lines):
        return parse(tool, "".join(f'"test.op"() : () -> {t}\n' for t in lines))
    return parse_operations(tool, text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fa3-opt", default="build/bin/fa3-opt")
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    parsed = fragments = failed = 0
    for path in sorted(arguments.folder.rglob("*.td")):
        source = path.read_text()
        for match in BLOCK.finditer(source):
            text = textwrap.dedent(match[1])
            if is_fragment(text):
                fragments += 1
                continue
            error = check(arguments.fa3_opt, text)
            if not error:
                parsed += 1
                continue
            failed += 1
            line = source.count("\n", 0, match.start(1)) + 1
            print(f"{path}:{line}: expected an example that parses\n{error}")
    print(f"{parsed} parsed, {fragments} fragments, {failed} failed")
    return 1 if failed or not parsed else 0


if __name__ == "__main__":
    sys.exit(main())
