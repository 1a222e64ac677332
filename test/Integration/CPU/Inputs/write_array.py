"""Writes numbers as an .npy file: PATH TYPE SHAPE VALUE..., the shape as 2x17, the
values repeated from the first on as often as it takes; NxV stands for N times V."""
import itertools
import math
import struct
import sys

path, kind, shape, *values = sys.argv[1:]
code = {"f2": "e", "f4": "f", "i4": "i"}[kind]
sizes = [int(size) for size in shape.split("x")]
runs = [value.split("x") for value in values]
numbers = [(float if kind[0] == "f" else int)(run[-1])
           for run in runs for _ in range(int(run[0]) if len(run) > 1 else 1)]
numbers = list(itertools.islice(itertools.cycle(numbers), math.prod(sizes)))
header = (f"{{'descr': '<{kind}', 'fortran_order': False, "
          f"'shape': {tuple(sizes)}, }}")
header += " " * (-(len(header) + 11) % 64) + "\n"
with open(path, "wb") as file:
    file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)))
    file.write(header.encode() + struct.pack(f"<{len(numbers)}{code}", *numbers))
