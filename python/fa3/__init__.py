# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""FA3 compiles attention: one operation, with masks and score functions of your own,
to a kernel for NVIDIA Hopper GPUs, or for the CPU.

>>> out = fa3.attention(q, k, v, causal=True)               # PyTorch or NumPy
>>> kernel = fa3.compile(fa3.Attention(heads=16, head_dim=128))
>>> print(kernel.summary); kernel.launch(q, k, v, out)      # any DLPack arrays
>>> print(fa3.lower(fa3.Attention(heads=16, head_dim=128), "tile"))
"""

from __future__ import annotations

import sys

from . import _fa3
from ._attention import attention
from ._compile import LEVELS, CPUKernel, Kernel, compile, find_ptxas, lower
from ._errors import CacheWarning, CompileError, Error, LaunchError, TraceError
from ._op import Attention

if "torch" in sys.modules:
    # Graphs that were saved by another process name torch.ops.fa3.attention.
    from . import _torch as _torch

__version__: str = _fa3.version()

__all__ = [
    "Attention",
    "CPUKernel",
    "CacheWarning",
    "CompileError",
    "Error",
    "Kernel",
    "LEVELS",
    "LaunchError",
    "TraceError",
    "attention",
    "compile",
    "find_ptxas",
    "lower",
]
