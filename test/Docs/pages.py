# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks the pages of the project against its files:

- each relative link leads to a file or a folder, and to a heading where it names
  one;
- docs/architecture.md has a row for each pass of the Passes.td and TilePasses.td
  files, as this script writes it;
- each record in benchmarks/results says which commit ran where, by which command.

    pages.py ROOT           check
    pages.py ROOT --update  write the table of passes first
"""

import argparse
import pathlib
import re
import sys

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PASS = re.compile(r'^def (\w+)\s*:\s*Pass<"([^"]+)".*?let summary =\s*(.*?);', re.M | re.S)
TABLE = re.compile(r"(<!-- passes -->\n).*?(<!-- end of passes -->)", re.S)


def pages(root):
    return [root / "README.md", root / "CONTRIBUTING.md",
            *sorted((root / "docs").glob("*.md"))]


def headings(page):
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S)
    for title in re.findall(r"^#+ (.*)$", text, re.M):
        yield re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def broken_links(page):
    for target in LINK.findall(page.read_text()):
        if re.match(r"\w+:", target):
            continue
        path, _, heading = target.partition("#")
        file = page.parent / path if path else page
        if not file.exists() or heading and heading not in headings(file):
            yield target


def rows(root):
    sources = {path: path.read_text()
               for path in sorted((root / "lib").rglob("*.cpp"))}
    tests = {path.stem: path for path in sorted((root / "test").rglob("*.mlir"))}
    for declaration in sorted((root / "include/fa3").rglob("*Passes.td")):
        for name, flag, summary in PASS.findall(declaration.read_text()):
            macro = f"GEN_PASS_DEF_{name.upper()}\n"
            files = [path for path, text in sources.items() if macro in text]
            summary = "".join(re.findall(r'"([^"]*)"', summary))
            test = tests.get(flag)

            def link(path):
                return f"[{path.name}](../{path.relative_to(root)})"

            yield (f"| `{flag}` | {summary} | "
                   f"{', '.join(map(link, files)) or '–'} | "
                   f"{link(test) if test else '–'} |\n")


def missing_heads(record):
    text = record.read_text()
    for head in ("commit", "machine", "command"):
        if not re.search(rf"^# {head} \S", text, re.M):
            yield head


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    root = arguments.root
    architecture = root / "docs/architecture.md"
    wanted = list(rows(root))
    if arguments.update:
        table = ("| pass | what it does | file | test |\n"
                 "| --- | --- | --- | --- |\n" + "".join(wanted))
        architecture.write_text(TABLE.sub(lambda m: m[1] + table + m[2],
                                          architecture.read_text()))
    failed = 0
    text = architecture.read_text()
    for row in wanted:
        # A test may come later than its pass.
        if row.rsplit(" | ", 1)[0] not in text:
            failed += 1
            print(f"{architecture}: expected the row (write it with --update)\n{row}")
    for page in pages(root):
        for target in broken_links(page):
            failed += 1
            print(f"{page}: expected a file or a heading, but got '{target}'")
    for record in sorted((root / "benchmarks/results").glob("*.csv")):
        for head in missing_heads(record):
            failed += 1
            print(f"{record}: expected a line '# {head} …'")
    print(f"{len(wanted)} passes, {len(pages(root))} pages, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
