#!/usr/bin/env python3
"""Adds up the results of lit runs.

usage: summarize-tests.py RESULTS.json...

Prints the tests that failed, and as the last line `N passed, N failed`, with
`, N skipped` where some were. Exits with 1 where a test failed, where a file is
missing (its run died), or where no test ran.
"""

import json
import sys

PASSED = {"PASS", "FLAKYPASS", "XFAIL"}
SKIPPED = {"UNSUPPORTED", "SKIPPED", "EXCLUDED"}


def main(paths):
    passed = failed = skipped = 0
    for path in paths:
        try:
            with open(path) as file:
                tests = json.load(file)["tests"]
        except (OSError, ValueError, KeyError) as error:
            print(f"{path}: expected the results of a lit run: {error}")
            failed += 1
            continue
        for test in tests:
            if test["code"] in PASSED:
                passed += 1
            elif test["code"] in SKIPPED:
                skipped += 1
            else:  # FAIL, XPASS, UNRESOLVED, TIMEOUT and whatever lit may add
                failed += 1
                print(f"{test['code']}: {test['name']}")
    line = f"{passed} passed, {failed} failed"
    if skipped:
        line += f", {skipped} skipped"
    print(line)
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
