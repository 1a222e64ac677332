# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Kernels for fa3.attention: compiled once for each case and configuration, and kept.

A case is all that a right kernel depends on: data type, heads, head dimensions,
masks, scale, regions, target and device. Batch, lengths and strides are not part of
it. But which configuration is fast depends on batch and lengths: the compiler chooses
it for sizes rounded up to powers of two, and sizes for which it chooses the same
share a kernel.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import pathlib
import threading
import warnings
from typing import Any, Callable, Iterator, NamedTuple, Optional

from . import _fa3
from ._cache import CachedKernel, DiskCache
from ._compile import _run_compiler, find_assembler
from ._errors import CompileError
from ._op import Attention
from ._regions import Regions

_KEY_VERSION = 2

# Path and release, None where there is none.
Assembler = Optional[tuple[str, int]]

# Stands for a module in diagnostics.
_NAME = "<fa3.attention>"


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


class Sizes(NamedTuple):
    """What a kernel is to be fast for: powers of two."""

    batch: int
    rows: int
    keys: int

    @classmethod
    def around(cls, batch: int, rows: int, keys: int) -> Sizes:
        return cls(*(1 << size_class(size) for size in (batch, rows, keys)))

    def options(self) -> str:
        """As options of the pipeline `attn-to-hopper`."""
        return (
            f"expected-batch={self.batch} expected-rows={self.rows} "
            f"expected-keys={self.keys}"
        )


def size_class(size: int) -> int:
    """The least power of two that is not less, by its exponent."""
    return (size - 1).bit_length() if size > 0 else 0


class Library:
    """The kernels of this process, in front of those on disk. Threads that need the
    same kernel make it once; no thread waits for a kernel that another one needs."""

    def __init__(self, disk: Optional[DiskCache] = None):
        self._disk = disk
        # By case, sizes and device, and by what is compiled and device. Read without
        # a lock.
        self._loaded: dict[tuple, Any] = {}
        # Why the compiler refuses what it would refuse again, by the same without the
        # device. Not the exceptions, whose tracebacks hold tensors of a call.
        self._refused: dict[Any, str] = {}
        self.compilations = 0
        self.renew_locks()

    def renew_locks(self) -> None:
        """For a process that was forked: the threads that held locks are not in it."""
        # Of what changes here, held for moments.
        self._lock = threading.Lock()
        # Held while a kernel is made, by its key: that of case and sizes before that of
        # what is compiled for them, so that no two threads wait for each other.
        self._making: dict[tuple, threading.Lock] = {}

    def gpu(self, case: Case, sizes: Sizes, device: int) -> _fa3.GPUKernel:
        """The kernel of a case for these sizes, loaded into a GPU."""
        return self._get((case, sizes, device), lambda: self._load(case, sizes, device))

    def any_loaded(self, case: Case, device: int) -> Optional[_fa3.GPUKernel]:
        """A kernel of a case that a GPU has, whatever the sizes."""
        with self._lock:
            for key, kernel in self._loaded.items():
                if key[0] == case and key[-1] == device:
                    return kernel
        return None

    def cpu(self, case: Case) -> _fa3.CPUKernel:
        """The kernel of a case for this processor, which is not kept on disk."""
        key = (case, "cpu")
        return self._get(key, lambda: self._compile_for_cpu(key))

    def _get(self, key: tuple, make: Callable[[], Any]) -> Any:
        kernel = self._loaded.get(key)
        if kernel is not None:
            return kernel
        with self._lock:
            lock = self._making.setdefault(key, threading.Lock())
        with lock:
            kernel = self._loaded.get(key)  # of a thread that was quicker
            if kernel is None:
                kernel = make()
                with self._lock:
                    self._loaded[key] = kernel
                    self._making.pop(key, None)  # gone in a fork of the process
        return kernel

    def _compile_for_cpu(self, key: tuple) -> _fa3.CPUKernel:
        with self._remember_refusal(key):
            self._count()
            return _fa3.CPUKernel(key[0].ir(), _NAME, "attention", "")

    def _load(self, case: Case, sizes: Sizes, device: int) -> _fa3.GPUKernel:
        key, assembler = self._choose(case, sizes)

        def make():
            made = self._find(case, sizes, key, assembler)
            return _fa3.GPUKernel(made.manifest, made.image, device, "attention")

        return self._get((key, device), make)

    def compile(self, case: Case, sizes: Sizes) -> CachedKernel:
        """The kernel of a case for these sizes, from disk where it is there."""
        return self._find(case, sizes, *self._choose(case, sizes))

    def _choose(self, case: Case, sizes: Sizes) -> tuple[str, Assembler]:
        """The key of the kernel that the compiler chooses, and what assembles it."""
        with self._remember_refusal((case, sizes)):
            tiles = lower_to_tiles(case, sizes)
        assembler = find_assembler()
        return make_key(tiles, assembler), assembler

    def _find(
        self, case: Case, sizes: Sizes, key: str, assembler: Assembler
    ) -> CachedKernel:
        disk = self._get_disk()
        kernel = disk.get(key)
        if kernel is not None:
            return kernel
        with self._remember_refusal(key), disk.lock(key):
            # Another process may have been quicker.
            kernel = disk.get(key)
            if kernel is None:
                self._count()
                kernel = compile_case(case, sizes, assembler)
                disk.put(key, kernel)
        return kernel

    @contextlib.contextmanager
    def _remember_refusal(self, key: Any) -> Iterator[None]:
        """Around a compilation: raises at once what the compiler said of the same."""
        diagnostics = self._refused.get(key)
        if diagnostics is not None:
            raise CompileError(diagnostics)
        try:
            yield
        except CompileError as error:
            if is_refusal(error):
                self._refused[key] = error.diagnostics
            raise

    def _count(self) -> None:
        with self._lock:
            self.compilations += 1

    def _get_disk(self) -> DiskCache:
        with self._lock:
            if self._disk is None:
                self._disk = DiskCache()
            return self._disk


def lower_to_tiles(case: Case, sizes: Sizes) -> str:
    """The module of a case at the level "tile", where its configuration is chosen."""
    result = _compile_text(case.ir(), level="tile", options=sizes.options())
    return result.output.decode()


def is_refusal(error: CompileError) -> bool:
    """Whether the compiler refuses the module, as it will again: such an error has its
    place there. One without may pass: an assembler was killed, or a disk is full."""
    return any(
        line.startswith(f"{_NAME}:") and ": error: " in line
        for line in error.diagnostics.splitlines()
    )


def make_key(text: str, assembler: Assembler) -> str:
    """All that an image depends on: the module at the level "tile", by its hash, the
    target, the compiler down to its bytes, and the assembler's release; without one,
    the driver assembles the PTX."""
    return json.dumps(
        {
            "version": _KEY_VERSION,
            "compiler": _compiler_id(),
            "target": "sm_90a",
            "assembler": assembler[1] if assembler else "driver",
            "module": hashlib.sha256(text.encode()).hexdigest(),
        }
    )


def _compiler_id() -> str:
    path = pathlib.Path(__file__).parent / "libfa3.sha256"
    return _fa3.version() + " " + path.read_text().split()[0]


def compile_case(case: Case, sizes: Sizes, assembler: Assembler) -> CachedKernel:
    """Compiles the kernel of a case for sizes; without an assembler, to PTX.

    Raises:
      CompileError: the compiler refuses it; the module stands behind the reason.
    """
    if assembler is None:
        _warn_without_ptxas()
        return _compile(case.ir(), level="ptx", options=sizes.options())
    try:
        return _compile(
            case.ir(), level="cubin", ptxas=assembler[0], options=sizes.options()
        )
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
    result = _compile_text(text, **options)
    return CachedKernel(result.manifest, result.output)


def _compile_text(text: str, **options: Any) -> _fa3.Compilation:
    try:
        return _run_compiler(text, name=_NAME, **options)
    except CompileError as error:
        raise CompileError(f"{error.diagnostics}note: the module is\n{text}") from None


def _warn_without_ptxas() -> None:
    warnings.warn(
        "fa3: found no ptxas of CUDA 12.7 or newer, so the driver assembles kernels, "
        "which checks less; `pip install fa3[ptxas]` brings one",
        stacklevel=2,
    )
