# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Rows of f32 with what has no plain result when it is quantised.

    special_values.py write x.npy       the rows
    special_values.py show y.npy s.npy  8-bit values in hexadecimal, and scales
"""

import math
import struct
import sys

NAN, INF, COLUMNS = math.nan, math.inf, 16
ROWS = [
    [0.0],                                    # zeros
    [NAN, 7.0, -1.0],                         # NaN beside numbers
    [INF, -INF, 1.0],                         # infinities beside a number
    [NAN] * COLUMNS,                          # nothing but NaN
    [1e-40, -1e-40],                          # denormals
    # Ties, of normal and of denormal numbers of 8 bits, under a scale of 1.
    [448.0, 17.0, 19.0, -17.0, 2.0 ** -10, 3 * 2.0 ** -10],
    [3.4028234663852886e38, -3e38],           # the largest f32
    [-0.0, -448.0],                           # signs
]


def main():
    if sys.argv[1] == "write":
        header = ("{'descr': '<f4', 'fortran_order': False, "
                  f"'shape': (1, {len(ROWS)}, 1, {COLUMNS}), }}")
        header += " " * (63 - (len(header) + 10) % 64) + "\n"
        values = [v for row in ROWS for v in row + [0.0] * (COLUMNS - len(row))]
        with open(sys.argv[2], "wb") as file:
            file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header))
                       + header.encode() + struct.pack(f"<{len(values)}f",
                                                       *values))
        return
    y, scales = (open(path, "rb").read() for path in sys.argv[2:4])
    y = y[-len(ROWS) * COLUMNS:]
    scales = struct.unpack(f"<{len(ROWS)}f", scales[-4 * len(ROWS):])
    for i, scale in enumerate(scales):
        row = y[i * COLUMNS:(i + 1) * COLUMNS]
        print(f"{scale.hex()}: {row[:7].hex(' ')}")


if __name__ == "__main__":
    main()
