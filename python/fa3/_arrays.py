# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Arrays of other libraries as arguments of kernels."""

from __future__ import annotations

import ctypes
import sys
from typing import Any, Callable, Optional

from . import _fa3
from ._symbols import dtype_name

# fa3_dtype of fa3/Runtime/fa3_runtime.h, by the name that all libraries share.
DTYPES = {
    "float32": 1,
    "float16": 2,
    "bfloat16": 3,
    "float8_e4m3fn": 4,
    "float8_e5m2": 5,
    "int8": 6,
    "int32": 7,
    "int64": 8,
    "float64": 9,
    "uint8": 10,
    "bool": 11,
}

# Types of DLPack's devices: kDLCPU; kDLCUDA; kDLCUDAHost, kDLCUDAManaged.
_CPU = 1
_CUDA = 2
_HOST = (1, 3)

# How the manifest spells what ctypes has.
_NUMBERS: dict[str, tuple[Any, int]] = {
    "f32": (ctypes.c_float, 1),
    "f64": (ctypes.c_double, 9),
    "i32": (ctypes.c_int32, 7),
    "i64": (ctypes.c_int64, 8),
}

Descriptor = tuple[int, tuple, Optional[tuple], int]


def describe_numpy(array: Any) -> Descriptor:
    """The descriptor of an array of NumPy.

    Raises:
      TypeError, ValueError: its dtype or its strides are none that kernels have.
    """
    name = dtype_name(array)
    if not array.dtype.isnative:
        raise TypeError(
            f"expected numbers in this processor's order of bytes, but got {name}; "
            "array.astype(array.dtype.newbyteorder('=')) has them"
        )
    if name not in DTYPES:
        raise TypeError(f"expected a dtype of {', '.join(DTYPES)}, but got {name}")
    size = array.itemsize
    if any(step % size for step in array.strides):
        raise ValueError(
            f"expected strides that are multiples of an element's {size} bytes, but got "
            f"strides of {array.strides} bytes"
        )
    address = array.__array_interface__["data"][0]
    strides = tuple(step // size for step in array.strides)
    return address, array.shape, strides, DTYPES[name]


def check_unmasked(name: str, array: Any) -> None:
    """Refuses a masked array of NumPy, whose mask no kernel would see."""
    if hasattr(array, "_mask") and _library(array) == "numpy":
        raise TypeError(
            f"expected {name} to be an array without a mask, but got a "
            f"{type(array).__name__}: filled() makes one"
        )


def run(
    kernel: _fa3.CPUKernel,
    check: Callable[[list[tuple]], None],
    arguments: tuple,
) -> None:
    """Runs a kernel on arrays in host memory, and numbers."""
    if len(arguments) != kernel.argument_count:
        raise _wrong_count(kernel.argument_count, arguments)
    kept: list[Any] = []
    descriptors = []
    for index, argument in enumerate(arguments):
        check_unmasked(f"argument {index}", argument)
        if isinstance(argument, (bool, int, float)):
            number = _number(argument, "i64" if isinstance(argument, int) else "f32")
            kept.append(number[0])
            descriptors.append(number[1])
        elif type(argument).__module__ == "numpy":
            # More dtypes than NumPy's DLPack has, such as those of ml_dtypes.
            if kernel.is_written(index) and not argument.flags.writeable:
                raise _read_only(index)
            descriptors.append(describe_numpy(argument))
        else:
            buffer = _import(argument, index, None)
            if buffer.device[0] not in _HOST:
                raise ValueError(
                    f"argument {index}: expected an array in host memory, but got one "
                    f"on device {buffer.device} of DLPack"
                )
            if kernel.is_written(index) and buffer.is_read_only:
                raise _read_only(index)
            kept.append(buffer)
            descriptors.append(buffer.descriptor)
    check([shape for _, shape, _, _ in descriptors])
    kernel.run(*descriptors)


def launch(
    load: Callable[[int], _fa3.GPUKernel],
    expected: list[dict[str, Any]],
    check: Callable[[list[tuple]], None],
    arguments: tuple,
    stream: Optional[int],
    workspace: Any = None,
) -> None:
    """Launches a kernel on arrays of one GPU, and numbers, as the manifest expects
    them."""
    if len(arguments) != len(expected):
        raise _wrong_count(len(expected), arguments)
    own = stream if stream is not None else _current_stream(arguments)
    kept: list[Any] = []
    descriptors = []
    device = None
    for index, (argument, info) in enumerate(zip(arguments, expected)):
        if info["access"] == "value":
            if not isinstance(argument, (bool, int, float)):
                raise TypeError(
                    f"argument {index}: expected a number, but got "
                    f"{type(argument).__name__}"
                )
            number = _number(argument, info["element"])
            kept.append(number[0])
            descriptors.append(number[1])
            continue
        buffer = _import(argument, index, own)
        kind, number = buffer.device
        if kind != _CUDA or device not in (None, number):
            raise ValueError(
                f"argument {index}: expected an array on "
                + ("a GPU" if device is None else f"GPU {device}")
                + f", but got one on device {buffer.device} of DLPack"
                + (
                    '; compile with target="cpu" for arrays in host memory'
                    if kind in _HOST
                    else ""
                )
            )
        if buffer.is_read_only and info["access"] != "read":
            raise _read_only(index)
        device = number
        kept.append(buffer)
        descriptors.append(buffer.descriptor)
    check([shape for _, shape, _, _ in descriptors])
    kernel = load(device or 0)
    if kernel.needs_workspace:
        size = kernel.workspace_size(*descriptors)
        if workspace is None and size != 0:
            workspace = _allocate(size, arguments)
        address = available = 0
        if workspace is not None:
            kept.append(_import(workspace, len(arguments), own))
            address, available = _bytes_of(kept[-1], device)
        kernel.launch_with_workspace(own, address, available, *descriptors)
    else:
        kernel.launch(own, *descriptors)
    # The others would hand out the memory again before the kernel is done with it.
    if not all(_knows_streams(a) for a in arguments if hasattr(a, "__dlpack__")):
        kernel.synchronize()


def _wrong_count(expected: int, arguments: tuple) -> TypeError:
    return TypeError(f"expected {expected} arguments, but got {len(arguments)}")


def _read_only(index: int) -> ValueError:
    return ValueError(
        f"argument {index}: expected an array that may be written, but got one that is "
        "read-only"
    )


def _allocate(size: int, arguments: tuple) -> Any:
    """Bytes of the library that an array is of, on the array's device; it hands the
    memory out again to what is queued later on the stream."""
    for argument in arguments:
        library = type(argument).__module__.partition(".")[0]
        if library == "torch":
            import torch

            return torch.empty(size, dtype=torch.uint8, device=argument.device)
        if library == "cupy":
            import cupy  # type: ignore[import-not-found]

            with argument.device:
                return cupy.empty(size, dtype=cupy.uint8)
    raise TypeError(
        f"the kernel needs {size} bytes of its own: expected workspace=, an array of so "
        "many bytes on its GPU, where no array is of PyTorch or CuPy"
    )


def _bytes_of(buffer: _fa3.Buffer, device: Optional[int]) -> tuple[int, int]:
    """Address and size of a workspace."""
    address, shape, strides, dtype = buffer.descriptor
    if dtype not in (DTYPES["uint8"], DTYPES["int8"]) or len(shape) != 1:
        raise ValueError("workspace: expected an array of bytes of one dimension")
    if strides is not None and shape[0] > 1 and strides[0] != 1:
        raise ValueError("workspace: expected its bytes without gaps between them")
    if buffer.device != (_CUDA, device):
        raise ValueError(
            f"workspace: expected an array on GPU {device}, but got one on device "
            f"{buffer.device} of DLPack"
        )
    if buffer.is_read_only:
        raise ValueError("workspace: expected an array that may be written")
    return address, shape[0]


def _import(argument: Any, index: int, stream: Optional[int]) -> _fa3.Buffer:
    if not hasattr(argument, "__dlpack__"):
        raise TypeError(
            f"argument {index}: expected an array, but got {type(argument).__name__}"
        )
    # The default stream is 1 for DLPack, which has no 0; a CPU has none.
    options: dict[str, Any] = {}
    if stream is not None and argument.__dlpack_device__()[0] == _CUDA:
        options["stream"] = stream or 1
    if _library(argument) == "torch" and argument.is_neg():
        raise ValueError(
            f"argument {index}: expected a tensor whose memory holds its numbers, but "
            "got one that is still to be negated; resolve_neg() makes one"
        )
    try:
        try:
            capsule = argument.__dlpack__(max_version=(1, 0), **options)
        except TypeError:  # written before there were versions
            capsule = argument.__dlpack__(**options)
    except (BufferError, RuntimeError) as error:
        raise BufferError(f"argument {index}: {error}") from error
    return _fa3.Buffer(capsule)


def _library(argument: Any) -> str:
    return type(argument).__module__.partition(".")[0]


def _knows_streams(argument: Any) -> bool:
    return _library(argument) in ("torch", "cupy")


def _current_stream(arguments: tuple) -> int:
    """The current stream of the first library that has one, of its array's GPU."""
    for argument in arguments:
        library = _library(argument)
        if library == "torch" and getattr(argument, "is_cuda", False):
            stream = sys.modules["torch"].cuda.current_stream(argument.device)
            return stream.cuda_stream
        if library == "cupy":
            with argument.device:
                return sys.modules["cupy"].cuda.get_current_stream().ptr
    return 0


def _number(value: Any, element: str) -> tuple[Any, Descriptor]:
    kind, dtype = _NUMBERS[element]
    holder = kind(value)
    return holder, (ctypes.addressof(holder), (), None, dtype)
