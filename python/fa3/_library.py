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
from ._compile import _run_compiler, find_assembler
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

    def ir(self, config: str = "") -> str:
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
            config=config,
        )
        return attention._ir(self.regions)


class Library:
    """The kernels of this process, in front of those on disk."""

    def __init__(self, disk: Optional[DiskCache] = None):
        self._disk = disk
        self._loaded: dict[tuple[Case, Any], Any] = {}
        self._lock = threading.Lock()
        self.compilations = 0

    def gpu(self, case: Case, device: int) -> _fa3.GPUKernel:
        """The kernel of a case, loaded into a GPU."""
        return self._get((case, device), lambda: self._load(case, device))

    def cpu(self, case: Case) -> _fa3.CPUKernel:
        """The kernel of a case for this processor, which is not kept on disk."""
        def build():
            self.compilations += 1
            return _fa3.CPUKernel(case.ir(), "<fa3.attention>", "attention", "")

        return self._get((case, "cpu"), build)

    def _get(self, key, build):
        # Threads that need different kernels wait for each other here, too: what
        # they wait for is a second at most.
        with self._lock:
            kernel = self._loaded.get(key)
            if kernel is None:
                kernel = self._loaded[key] = build()
            return kernel

    def _load(self, case: Case, device: int) -> _fa3.GPUKernel:
        kernel = self.compile(case)
        return _fa3.GPUKernel(kernel.manifest, kernel.image, device, "attention")

    def compile(self, case: Case) -> CachedKernel:
        """The kernel of a case, from disk where it is there."""
        if self._disk is None:
            self._disk = DiskCache()
        assembler = find_assembler()
        key = make_key(case.ir(), assembler)
        kernel = self._disk.get(key)
        if kernel is None:
            with self._disk.lock(key):
                # Another process may have been quicker.
                kernel = self._disk.get(key)
                if kernel is None:
                    self.compilations += 1
                    kernel = compile_case(case, assembler)
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


def compile_case(
    case: Case, assembler: Optional[tuple[str, int]]
) -> CachedKernel:
    """Compiles the kernel of a case; without an assembler, to PTX.

    Raises:
      CompileError: the compiler refuses it; the module stands behind the reason.
    """
    if assembler is None:
        _warn_without_ptxas()
        return _compile(case.ir(), level="ptx")
    try:
        return _compile(case.ir(), level="cubin", ptxas=assembler[0])
    except CompileError as error:
        if _SPILLS not in error.diagnostics:
            raise
    # The compiler's choice leaves no registers for much arithmetic in the functions.
    size = max(case.head_dim, case.value_dim)
    config = _ROOMY if size <= _ROOMY_HEAD_DIM else _ROOMIEST
    return _compile(
        case.ir(config), level="cubin", ptxas=assembler[0], allow_spills=True
    )


# How the compiler says that ptxas ran out of registers.
_SPILLS = "without spills"
# Tiles of fewer scores a thread, with as many registers as there are.
_ROOMY_HEAD_DIM = 128
_ROOMY = "tile = 128x64, stages = 2, consumers = 2, registers = 24x240"
_ROOMIEST = "tile = 128x32, stages = 2, consumers = 2, registers = 24x240"


def _compile(text: str, **options: Any) -> CachedKernel:
    try:
        result = _run_compiler(text, name="<fa3.attention>", **options)
    except CompileError as error:
        raise CompileError(f"{error.diagnostics}note: the module is\n{text}") from None
    return CachedKernel(result.manifest, result.output)


def _warn_without_ptxas() -> None:
    warnings.warn(
        "fa3: found no ptxas of CUDA 12.7 or newer, so the driver assembles kernels, "
        "which checks less; `pip install fa3[ptxas]` brings one",
        stacklevel=2,
    )
