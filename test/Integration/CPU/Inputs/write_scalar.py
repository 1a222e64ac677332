"""Writes a number as an .npy file: PATH TYPE VALUE, with any more words as an
array of one element."""
import struct
import sys

path, kind, value = sys.argv[1:4]
code = {"f4": "f", "i8": "q", "i4": "i", "f8": "d"}[kind]
number = float(value) if kind[0] == "f" else int(value)
shape = "(1,)" if len(sys.argv) > 4 else "()"
header = f"{{'descr': '<{kind}', 'fortran_order': False, 'shape': {shape}, }}"
header += " " * (-(len(header) + 11) % 64) + "\n"
with open(path, "wb") as file:
    file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)))
    file.write(header.encode() + struct.pack("<" + code, number))
