# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The rotation of attn.quantize, as docs/fp8.md has it."""

import numpy as np


def is_negated(seed, column):
    """The hash of attn.quantize."""
    word = 0xffffffff
    x = seed ^ (column * 0x9e3779b9 & word)
    x = (x ^ x >> 16) * 0x7feb352d & word
    x = (x ^ x >> 15) * 0x846ca68b & word
    return (x ^ x >> 16) & 1


def rotation(seed, columns):
    """The matrix that a row is multiplied by from the right."""
    group = columns & -columns
    hadamard = np.ones((1, 1))
    while len(hadamard) < group:
        hadamard = np.block([[hadamard, hadamard], [hadamard, -hadamard]])
    whole = np.kron(np.eye(columns // group), hadamard / group ** 0.5)
    signs = [-1.0 if is_negated(seed, c) else 1.0 for c in range(columns)]
    return np.array(signs)[:, None] * whole
