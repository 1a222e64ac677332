# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks that the listings of pages are what the tools print.

    listings.py --tools build/bin --work /tmp/listings docs/levels.md \\
      docs/levels-async.md

Pages are read in this order, and a program goes on into the next one. A comment
stands on the line before a block and says what it shows:

    <!-- input -->         a program; what follows, up to the next one, is of it
    <!-- after: PASS -->   the IR behind PASS of attn-to-hopper, and behind the
                           canonicalisation and CSE that follow it
    <!-- emit: LEVEL -->   the output of fa3-compile --emit=LEVEL
    <!-- manifest -->      what fa3-compile writes beside the PTX

A listing is an excerpt: its lines follow one another in the output, except where
a line of nothing but "…" stands between them; "…" within a line is any text.
Names of values are the page's own: a name stands for one and the same value
throughout its listing. Spaces at the beginning of lines do not count. FileCheck
compares.

The pipeline runs without what speculation adds to look at rising maxima first
(adapt=false), which would repeat the softmax in each listing behind it.

Every pass of this project in the pipeline must have a listing, but for those
that only verify, and those that a page named by --also shows. With --partial the
pages show what they are about.
"""

import argparse
import pathlib
import re
import subprocess
import sys

BLOCK = re.compile(r"^<!-- (input|manifest|after: \S+|emit: \S+) -->\n```\w+\n(.*?)^```",
                   re.M | re.S)
DUMP = re.compile(r"^// -----// IR Dump After \w+ \((\S+)\) //----- //\n", re.M)
CLEANUP = {"canonicalize", "cse"}
OPTIONS = "adapt=false"
OURS = re.compile(r"(attn|hopper)-|convert-(hopper|kernel)-to-|prune-kernel")
NAME = re.compile(r"%[A-Za-z_$][\w$.]*|%\d+")


def is_cleanup(name):
    return name in CLEANUP or "-verify-" in name


def states(dumps):
    """The IR behind each pass, from the output of --mlir-print-ir-after-all."""
    parts = DUMP.split(dumps)[1:]
    found, current = {}, None
    for name, text in zip(parts[::2], parts[1::2]):
        if not is_cleanup(name):
            current = name
        if current:
            found[current] = text
    return found


def directives(listing):
    """A listing as the text of a FileCheck file."""
    known, lines, follows = set(), [], False

    def variable(match):
        name = "V_" + re.sub(r"\W", "_", match[0][1:])
        if name in known:
            return f"[[{name}]]"
        known.add(name)
        return f"[[{name}:%[-A-Za-z0-9_$.]+]]"

    for line in listing.splitlines():
        line = re.sub(r"\s+", " ", line).strip()
        if line == "…":
            follows = False
        elif line:
            line = NAME.sub(variable, line.replace("[[", "{{\\[\\[}}"))
            lines.append("CHECK%s: {{^ *}}%s{{$}}" % (
                "-NEXT" if follows else "", line.replace("…", "{{.*}}")))
            follows = True
    return "\n".join(lines) + "\n"


def check(arguments, program, text, listings, shown):
    """The number of listings of a program that are wrong or missing."""
    source = arguments.work / f"input{program}.mlir"
    source.write_text(text)

    def run(*command):
        return subprocess.run(command, check=True, capture_output=True, text=True)

    dumps = run(arguments.tools / "fa3-opt", source, f"--attn-to-hopper={OPTIONS}",
                "--mlir-print-ir-after-all", "--mlir-disable-threading",
                "-o", arguments.work / "output.mlir").stderr
    outputs = {f"after: {name}": text for name, text in states(dumps).items()}
    failed = 0
    for tag in () if arguments.partial else outputs:
        name = tag[len("after: "):]
        if OURS.match(name) and not is_cleanup(name) and tag not in shown:
            failed += 1
            print(f"{arguments.pages[0]}: expected a listing of {name}")
    for number, (tag, text, place) in enumerate(listings):
        if tag.startswith("emit: ") and tag not in outputs:
            outputs[tag] = run(arguments.tools / "fa3-compile", source,
                               f"--pipeline-options={OPTIONS}", "--emit=" + tag[len("emit: "):], "-o", "-").stdout
        if tag == "manifest" and tag not in outputs:
            ptx = arguments.work / "kernel.ptx"
            run(arguments.tools / "fa3-compile", source,
                f"--pipeline-options={OPTIONS}", "-o", ptx)
            outputs[tag] = ptx.with_suffix(".json").read_text()
        if tag not in outputs:
            failed += 1
            print(f"{place}: expected a pass of the pipeline, but got '{tag}'")
            continue
        checks = arguments.work / f"{program}-{number}.check"
        checks.write_text(directives(text))
        done = subprocess.run(
            [arguments.filecheck, "--dump-input=fail", "--dump-input-filter=error",
             "--dump-input-context=4", checks],
            input=outputs[tag], capture_output=True, text=True)
        if done.returncode:
            failed += 1
            print(f"{place}: expected what stands in the output ({tag})\n"
                  f"{done.stderr[:3000]}")
    return failed


def read_listings(page):
    """Each as its comment, its text and its place; None where one has no comment."""
    text = page.read_text()
    listings = [(match[1], match[2],
                 f"{page}:{text.count(chr(10), 0, match.start(2)) + 1}")
                for match in BLOCK.finditer(text)]
    tagged = len(re.findall(r"^<!-- ", text, re.M))
    fences = len(re.findall(r"^```(?:mlir|ptx|json)$", text, re.M))
    if not len(listings) == tagged == fences:
        print(f"{page}: expected a comment of the form above on the line before "
              f"each of {fences} blocks, but got {len(listings)} of {tagged}")
        return None
    return listings


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tools", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--filecheck", default="FileCheck")
    parser.add_argument("--also", type=pathlib.Path)
    parser.add_argument("--partial", action="store_true")
    parser.add_argument("pages", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    pages = [read_listings(page) for page in arguments.pages]
    if None in pages:
        return 1
    listings = [listing for page in pages for listing in page]
    programs = []
    for listing in listings:
        if listing[0] == "input":
            programs.append((listing[1], []))
        elif programs:
            programs[-1][1].append(listing)
        else:
            print(f"{listing[2]}: expected an input in front")
            return 1
    shown = {tag for tag, _, _ in listings}
    if arguments.also:
        shown |= {match[1] for match in BLOCK.finditer(arguments.also.read_text())}
    failed = sum(check(arguments, number, source, own, shown)
                 for number, (source, own) in enumerate(programs))
    print(f"{len(listings)} listings, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
