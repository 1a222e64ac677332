# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles modules, and holds what comes of it."""

from __future__ import annotations

import functools
import json
import os
import sys
from typing import Any, Callable, Literal, Optional, Sequence, Union, overload

from . import _fa3
from ._errors import CompileError
from ._op import Attention, check_flag, check_integer, check_launch
from ._regions import trace_regions

# The levels of Fa3Level, from the highest to the lowest.
LEVELS = ("attn", "tile", "async", "roles", "nvvm", "llvm-ir", "ptx")

Path = Union[str, "os.PathLike[str]"]

_PTXAS_ADVICE = (
    "\nnote: `pip install fa3[ptxas]` brings one, CUDA's toolkit another; without, "
    'compile to level "ptx", which the driver assembles'
)


def find_ptxas(path: Optional[Path] = None) -> Optional[tuple[str, int]]:
    """The assembler that kernels are made with.

    Looked for are, in this order, `path`, $FA3_PTXAS, the PATH, $CUDA_HOME/bin,
    $CUDA_PATH/bin, /usr/local/cuda/bin, and this Python's packages: NVIDIA's
    (nvidia-cuda-nvcc) and Triton's.

    Returns:
      Its path and the release of CUDA it belongs to, 1000 · major + 10 · minor;
      None where there is none that knows the PTX for sm_90a.
    """
    found, release = _search_ptxas(path)
    return (found, release) if release else None


def find_assembler() -> Optional[tuple[str, int]]:
    """As `find_ptxas`, for kernels of fa3.attention, which go without one. But where a
    user names one, another is no answer.

    Raises:
      CompileError: FA3_PTXAS names a file that is no assembler for sm_90a.
    """
    found, release = _search_ptxas(None)
    if not release and os.environ.get("FA3_PTXAS"):
        raise CompileError(f"error: {found}")
    return (found, release) if release else None


def _search_ptxas(path: Optional[Path]) -> tuple[str, int]:
    if not isinstance(path, (str, os.PathLike, type(None))):
        raise TypeError(f"expected ptxas to be a path, but got {path!r}")
    # What can change what is found.
    environment = ("FA3_PTXAS", "PATH", "CUDA_HOME", "CUDA_PATH")
    return _find_ptxas_in(
        os.fspath(path or ""), tuple(os.environ.get(name) for name in environment)
    )


@functools.lru_cache(maxsize=None)
def _find_ptxas_in(path: str, environment: tuple) -> tuple[str, int]:
    folders = [folder for folder in sys.path if folder and os.path.isdir(folder)]
    return _fa3.find_ptxas(path, os.pathsep.join(folders) or os.sep)


# Checks the shapes of a launch's arguments, as far as no kernel does.
ShapesCheck = Callable[[Sequence[Sequence[int]]], None]


def _read_source(source: Union[str, Attention]) -> tuple[str, ShapesCheck]:
    """The text of a module, and what its launches are checked by."""
    if isinstance(source, Attention):
        regions = trace_regions(source.score_mod, source.mask_mod)
        # Without the functions and their arrays, which live no longer than their owners
        # want.
        kept = regions._replace(arrays=())
        check = functools.partial(check_launch, source.heads, source.lse, kept)
        return source._ir(regions), check
    if isinstance(source, str):
        return source, lambda shapes: None
    raise TypeError(
        "expected the text of a module or an fa3.Attention, but got "
        f"{type(source).__name__}"
    )


def _check_level(level: str) -> None:
    if level not in LEVELS:
        raise ValueError(
            f"expected a level of {', '.join(LEVELS)}, which are text, but got {level!r}"
            + ("; `fa3.compile` gives a cubin" if level == "cubin" else "")
        )


def _check_texts(**options: Any) -> None:
    for name, value in options.items():
        if not isinstance(value, str):
            raise TypeError(f"expected {name} to be a str, but got {value!r}")


def _refuse_gpu_options(**options: Any) -> None:
    given = [name for name, value in options.items() if value is not None]
    if given:
        raise ValueError(
            f'expected no {", ".join(given)} with target="cpu", which has no such option'
        )


def _run_compiler(
    text: str,
    level: str,
    *,
    name: str = "<fa3>",
    entry: str = "",
    options: str = "",
    opt_level: Optional[int] = None,
    ptxas: Optional[Path] = None,
    allow_spills: bool = False,
    allow_serialization: bool = False,
) -> _fa3.Compilation:
    number = (*LEVELS, "cubin").index(level)
    if opt_level is not None:
        check_integer("opt_level", opt_level)
        if not 0 <= opt_level <= 3:
            raise ValueError(f"expected opt_level to be 0 to 3, but got {opt_level}")
    check_flag("allow_spills", allow_spills)
    check_flag("allow_serialization", allow_serialization)
    assembler = ""
    if level == "cubin":
        assembler, release = _search_ptxas(ptxas)
        if not release:
            raise CompileError(f"error: {assembler}" + _PTXAS_ADVICE)
    result = _fa3.compile(
        text, name, number, entry, options, -1 if opt_level is None else opt_level,
        assembler, allow_spills, allow_serialization,
    )
    if not result.success:
        raise CompileError(result.diagnostics)
    return result


def lower(source: Union[str, Attention], level: str, *, options: str = "") -> str:
    """The text of a module at a lower level.

    Args:
      source: a module of any level, or an operation.
      level: one of `fa3.LEVELS`.
      options: of the pipeline `attn-to-hopper`, such as "pipeline=false".

    Raises:
      CompileError: the compiler refuses the module; it has the diagnostics.
    """
    _check_level(level)
    _check_texts(options=options)
    text, _ = _read_source(source)
    return _run_compiler(text, level, options=options).output.decode()


class Kernel:
    """A compiled kernel for the GPU.

    Attributes:
      source: the module that it was compiled from.
      level: "ptx" or "cubin".
      ptx: its PTX.
      cubin: its image, None at the level "ptx".
      manifest: how it is launched, a dictionary of the form that
        fa3/Runtime/Manifest.h describes.
      summary: a table for people: resources, what limits the blocks on a
        multiprocessor, and the time of each step of the compilation.
      diagnostics: warnings and remarks of the compiler, "" where there are none.
    """

    def __init__(
        self, source: str, level: str, options: str, entry: str, result: Any,
        check: ShapesCheck,
    ):
        self.source = source
        self.level = level
        self.ptx: str = result.ptx
        self.cubin: Optional[bytes] = result.output if level == "cubin" else None
        self.summary: str = result.summary
        self.diagnostics: str = result.diagnostics
        self._manifest: str = result.manifest
        self._options = options
        self._entry = entry
        self._check = check
        self._loaded: dict[int, _fa3.GPUKernel] = {}

    @property
    def manifest(self) -> dict[str, Any]:
        return json.loads(self._manifest)

    @functools.cached_property
    def _arguments(self) -> list[dict[str, Any]]:
        """What the manifest says of the arguments of the kernel that is launched."""
        kernels = self.manifest["kernels"]
        named = [k for k in kernels if self._entry in ("", k["entry"])]
        if len(named) != 1:
            raise ValueError(
                "expected one kernel to launch, but got "
                + ", ".join(kernel["entry"] for kernel in kernels)
                + "; choose one by entry="
            )
        # What is in the workspace, a launch allocates.
        return [a for a in named[0]["arguments"] if a["access"] != "workspace"]

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """Threads, bytes of shared memory and, of a cubin, registers and spills of
        each kernel, by its name."""
        return {
            kernel["entry"]: {
                "threads": kernel["block"][0] * kernel["block"][1] * kernel["block"][2],
                "shared_memory": kernel.get("shared_memory", 0),
                **kernel.get("resources", {}),
            }
            for kernel in self.manifest["kernels"]
        }

    def ir(self, level: str) -> str:
        """The module that it was compiled from, at a level of `fa3.LEVELS`,
        with the options that the compiler added where registers ran out."""
        resources = self.manifest["kernels"][0].get("resources", {})
        added = resources.get("added_options", "")
        return lower(self.source, level, options=f"{self._options} {added}".strip())

    def launch(
        self, *arguments: Any, stream: Optional[int] = None, workspace: Any = None
    ) -> None:
        """Queues the kernel.

        Args:
          arguments: those of the function in `source`: arrays on one GPU, of any
            library that speaks DLPack, or numbers.
          stream: the address of a CUstream. None is the current stream of PyTorch
            or CuPy where an array is theirs, else the default stream.
          workspace: an array of bytes on that GPU for the kernel's own use, which
            those with a mask function and those that split the keys need. None
            takes one of PyTorch or CuPy where an array is theirs.

        The call returns once the launch is queued, unless an array belongs to a
        library that does not know the stream, such as JAX: then once the kernel is
        done. An array that the kernel writes must be writable; JAX's are not.

        Raises:
          LaunchError: the runtime refuses the arguments or the device.
          TypeError: an argument is neither an array nor a number.
          ValueError: an array is on another device, or read-only where it is written,
            or too small for the batch or the heads by which a function reads it.
        """
        from ._arrays import launch

        launch(
            self._load, self._arguments, self._check, arguments, stream, workspace
        )

    __call__ = launch

    def _load(self, device: int) -> _fa3.GPUKernel:
        kernel = self._loaded.get(device)
        if kernel is None:
            image = self.cubin if self.cubin is not None else self.ptx.encode()
            kernel = _fa3.GPUKernel(self._manifest, image, device, self._entry)
            self._loaded[device] = kernel
        return kernel

    def __getstate__(self) -> dict[str, Any]:
        """A copy, which may be of another process, loads the kernel for itself."""
        return {**self.__dict__, "_loaded": {}}


class CPUKernel:
    """A kernel that was compiled into this process for its processor.

    Attributes:
      source: the module that it was compiled from.
      diagnostics: warnings and remarks of the compiler.
    """

    def __init__(
        self, source: str, name: str, entry: str, options: str, check: ShapesCheck
    ):
        self.source = source
        self._recipe = source, name, entry, options, check
        self._check = check
        self._kernel = _fa3.CPUKernel(source, name, entry, options)
        self.diagnostics: str = self._kernel.diagnostics

    def launch(self, *arguments: Any) -> None:
        """Runs the kernel to its end on arrays in host memory, and numbers.

        Raises:
          LaunchError: the arguments are not those of the function.
          TypeError: an argument is neither an array nor a number.
          ValueError: one that is written is read-only, or one that score_mod or
            mask_mod reads is too small.
        """
        from ._arrays import run

        run(self._kernel, self._check, arguments)

    __call__ = launch

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy, which may be of a process on another processor, is compiled anew."""
        return CPUKernel, self._recipe


@overload
def compile(
    source: Union[str, Attention],
    *,
    target: Literal["cpu"],
    entry: str = ...,
    options: str = ...,
    name: str = ...,
) -> CPUKernel: ...


@overload
def compile(
    source: Union[str, Attention],
    *,
    target: Literal["sm_90a"] = ...,
    level: Optional[str] = ...,
    entry: str = ...,
    options: str = ...,
    opt_level: Optional[int] = ...,
    ptxas: Optional[Path] = ...,
    allow_spills: bool = ...,
    allow_serialization: bool = ...,
    name: str = ...,
) -> Kernel: ...


@overload
def compile(
    source: Union[str, Attention],
    *,
    target: str,
    level: Optional[str] = ...,
    entry: str = ...,
    options: str = ...,
    opt_level: Optional[int] = ...,
    ptxas: Optional[Path] = ...,
    allow_spills: bool = ...,
    allow_serialization: bool = ...,
    name: str = ...,
) -> Union[Kernel, CPUKernel]: ...


def compile(
    source: Union[str, Attention],
    *,
    target: str = "sm_90a",
    level: Optional[str] = None,
    entry: str = "",
    options: str = "",
    opt_level: Optional[int] = None,
    ptxas: Optional[Path] = None,
    allow_spills: bool = False,
    allow_serialization: bool = False,
    name: str = "<fa3>",
) -> Union[Kernel, CPUKernel]:
    """Compiles a module to a kernel.

    Args:
      source: the text of a module of any level, or an operation.
      target: "sm_90a", a Hopper GPU, which need not be there, or "cpu", this
        processor.
      level: where to stop: "cubin", as None, or "ptx", which needs no ptxas.
      entry: the kernel, where there are several.
      options: of the pipeline `attn-to-hopper`, or `attn-to-cpu`.
      opt_level: of LLVM's optimiser, 0 to 3; None is what kernels are tuned for.
      ptxas: the path of the assembler; None looks for it as `fa3.find_ptxas` does.
      allow_spills, allow_serialization: accept kernels that keep registers in
        memory, or whose matrix products wait for each other.
        These four and level are for a GPU only.
      name: stands for the source in diagnostics.

    Returns:
      A `Kernel`, for "cpu" a `CPUKernel`.

    Raises:
      CompileError: the compiler or ptxas refuses the module; it has the
        diagnostics.
      TypeError, ValueError: an option is not as above.
    """
    text, check = _read_source(source)
    _check_texts(entry=entry, options=options, name=name)
    if target == "cpu":
        _refuse_gpu_options(
            level=level, opt_level=opt_level, ptxas=ptxas,
            allow_spills=allow_spills or None,
            allow_serialization=allow_serialization or None,
        )
        return CPUKernel(text, name, entry, options, check)
    if target != "sm_90a":
        raise ValueError(f"expected a target of sm_90a, cpu, but got {target!r}")
    level = "cubin" if level is None else level
    if level not in ("ptx", "cubin"):
        raise ValueError(
            f'expected the level "ptx" or "cubin", but got {level!r}; `fa3.lower` '
            "gives the text of the others"
        )
    result = _run_compiler(
        text, level, name=name, entry=entry, options=options, opt_level=opt_level,
        ptxas=ptxas, allow_spills=allow_spills,
        allow_serialization=allow_serialization,
    )
    return Kernel(text, level, options, entry, result, check)
