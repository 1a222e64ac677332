# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Kernels for fa3.attention: compiled once for each case, and kept.

A case is all that the code depends on: data type, heads, head dimensions, masks,
scale, regions, target and device. Batch, lengths and strides are not part of it.
"""

from __future__ import annotations

import json
import pathlib
import threading
import warnings
from typing import Any, NamedTuple, Optional

from . import _fa3
from ._cache import CachedKernel, DiskCache
from ._compile import _run_compiler, find_ptxas
from ._errors import CompileError
from ._op import Attention
from ._regions import Regions

_KEY_VERSION = 1


class Case(NamedTuple):
    """What a kernel is compiled for; `regions` without its arrays."""

    dtype: str
    heads: int
    kv_heads: int
    head_dim: int
    value_dim: int
    causal: bool
    window: tuple[Optional[int], Optional[int]]
    scale: Optional[float]
    lse: bool
    regions: Regions

    def ir(self) -> str:
        attention = Attention(
            self.heads,
            self.head_dim,
            dtype=self.dtype,
            kv_heads=self.kv_heads,
            value_dim=self.value_dim,
            causal=self.causal,
            window=self.window,
            scale=self.scale,
            lse=self.lse,
        )
        return attention._ir(self.regions)


class Library:
    """The kernels of this process, in front of those on disk."""

    def __init__(self, disk: Optional[DiskCache] = None):
        self._disk = disk
        self._loaded: dict[tuple[str, Any], Any] = {}
        self._lock = threading.Lock()
        self.compilations = 0

    def gpu(self, case: Case, device: int) -> _fa3.GPUKernel:
        """The kernel of a case, loaded into a GPU."""
        text = case.ir()
        return self._get((text, device), lambda: self._load(text, device))

    def cpu(self, case: Case) -> _fa3.CPUKernel:
        """The kernel of a case for this processor, which is not kept on disk."""
        text = case.ir()

        def build():
            self.compilations += 1
            return _fa3.CPUKernel(text, "<fa3.attention>", "attention", "")

        return self._get((text, "cpu"), build)

    def _get(self, key, build):
        # Threads that need different kernels wait for each other here, too: what
        # they wait for is a second at most.
        with self._lock:
            kernel = self._loaded.get(key)
            if kernel is None:
                kernel = self._loaded[key] = build()
            return kernel

    def _load(self, text: str, device: int) -> _fa3.GPUKernel:
        kernel = self._compile(text)
        return _fa3.GPUKernel(kernel.manifest, kernel.image, device, "attention")

    def _compile(self, text: str) -> CachedKernel:
        if self._disk is None:
            self._disk = DiskCache()
        assembler = find_ptxas()
        key = make_key(text, assembler)
        kernel = self._disk.get(key)
        if kernel is None:
            with self._disk.lock(key):
                # Another process may have been quicker.
                kernel = self._disk.get(key)
                if kernel is None:
                    self.compilations += 1
                    kernel = _compile(text, assembler)
                    self._disk.put(key, kernel)
        return kernel


def make_key(text: str, assembler: Optional[tuple[str, int]]) -> str:
    """All that an image depends on: the module, the target, the compiler down to its
    bytes, and the assembler's release; without one, the driver assembles the PTX."""
    return json.dumps(
        {
            "version": _KEY_VERSION,
            "compiler": _compiler_id(),
            "target": "sm_90a",
            "assembler": assembler[1] if assembler else "driver",
            "module": text,
        }
    )


def _compiler_id() -> str:
    path = pathlib.Path(__file__).parent / "libfa3.sha256"
    return _fa3.version() + " " + path.read_text().split()[0]


def _compile(text: str, assembler: Optional[tuple[str, int]]) -> CachedKernel:
    if assembler is None:
        _warn_without_ptxas()
    level, path = ("ptx", None) if assembler is None else ("cubin", assembler[0])
    try:
        result = _run_compiler(text, level, name="<fa3.attention>", ptxas=path)
    except CompileError as error:
        raise CompileError(f"{error.diagnostics}note: the module is\n{text}") from None
    return CachedKernel(result.manifest, result.output)


def _warn_without_ptxas() -> None:
    warnings.warn(
        "fa3: found no ptxas of CUDA 12.7 or newer, so the driver assembles kernels, "
        "which checks less; `pip install fa3[ptxas]` brings one",
        stacklevel=2,
    )
