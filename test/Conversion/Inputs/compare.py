# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares the numbers that two runs of printMemrefF32 printed."""

import argparse
import re


def numbers(path):
    text = open(path).read()
    data = re.findall(r"data =\s*\n(.*?\])", text, re.S)
    return [float(number) for block in data
            for number in re.findall(r"[-+\w.]+", block)]


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("before")
parser.add_argument("after")
parser.add_argument("--tolerance", type=float, required=True)
arguments = parser.parse_args()
before, after = numbers(arguments.before), numbers(arguments.after)
if len(before) != len(after):
    raise SystemExit(f"expected {len(before)} numbers, but got {len(after)}")
differences = [abs(x - y) for x, y in zip(before, after)]
# What is not a number is no difference that would be small.
failed = [d for d in differences if not d <= arguments.tolerance]
print(f"{len(differences)} numbers, largest difference {max(differences):.2g}, "
      f"{len(failed)} failed")
