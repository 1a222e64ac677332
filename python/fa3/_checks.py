# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What is asked of the arguments of fa3.attention, for all libraries.

The calls on the fast path do not check: they look a kernel up, and the runtime
checks what it is launched on. These functions say what is wrong once something is.
"""

from __future__ import annotations

from typing import Any, Callable, Optional, Sequence

from ._op import DTYPES, check_flag, check_heads, check_scale, check_window

# Of the copies by which kernels read: PTX ISA, cp.async.bulk.tensor.
_ALIGNMENT = 16
_MAX_LENGTH = 2**31 - 1
_LAYOUT = "the shape (batch, length, heads, head dimension)"


def check_options(causal: Any, window: Any, scale: Any, return_lse: Any):
    """Checks what is no array. Returns the sides of the window, and the scale."""
    check_flag("causal", causal)
    check_flag("return_lse", return_lse)
    return check_window(window), check_scale(scale)


def check_arrays(
    q: Any,
    k: Any,
    v: Any,
    *,
    name_of_dtype: Callable[[Any], str],
    strides_of: Callable[[Any], Sequence[int]],
    address_of: Optional[Callable[[Any], int]],
    packs: str = "contiguous()",
) -> None:
    """Checks dtypes, shapes, strides and alignment.

    Args:
      strides_of: the strides of an array in elements.
      address_of: its address; None where kernels do not ask for an alignment.
      packs: how the library makes a packed copy.

    Raises:
      TypeError: a dtype is wrong.
      ValueError: a shape, a stride or an address is.
    """
    arrays = {"q": q, "k": k, "v": v}
    for name, array in arrays.items():
        if len(array.shape) != 4:
            raise ValueError(
                f"expected {name} to have {_LAYOUT}, but got {tuple(array.shape)}"
            )
    dtype = name_of_dtype(q)
    if dtype not in DTYPES:
        raise TypeError(
            f"expected q, k and v of {' or '.join(DTYPES)}, but got {dtype} for q"
            + (f", of another order of bytes: .astype('{dtype[1:]}') of it has this "
               "processor's" if dtype[:1] in "<>" else "")
        )
    for name, array in arrays.items():
        if name_of_dtype(array) != dtype:
            raise TypeError(
                f"expected {name} to have the dtype of q, {dtype}, but got "
                f"{name_of_dtype(array)}"
            )
    batch, _, heads, head_dim = q.shape
    key_length, kv_heads = k.shape[1], k.shape[2]
    _expect("the batch size", "q", batch, k=k.shape[0], v=v.shape[0])
    _expect("the length", "k", key_length, v=v.shape[1])
    _expect("the number of heads", "k", kv_heads, v=v.shape[2])
    _expect("the head dimension", "q", head_dim, k=k.shape[3])
    # Other functions take (batch, heads, length, head dimension).
    check_heads(heads, kv_heads, f"; q has {_LAYOUT}")
    for name, size in (("q and k", head_dim), ("v", v.shape[3])):
        if size % 8 != 0 or not 0 < size <= 256:
            raise ValueError(
                f"expected the head dimension of {name} to be a multiple of 8 up to "
                f"256, but got {size}"
            )
    for name, array in arrays.items():
        _check_memory(name, array, strides_of(array), address_of, packs)


def _expect(what: str, of: str, size: int, **others: int) -> None:
    for name, other in others.items():
        if other != size:
            raise ValueError(
                f"expected {name} to have {what} of {of}, {size}, but got {other}"
            )


def _check_memory(
    name: str,
    array: Any,
    strides: Sequence[int],
    address_of: Optional[Callable],
    packs: str,
) -> None:
    shape = tuple(array.shape)
    if 0 in shape:
        return
    if shape[3] > 1 and strides[3] != 1:
        raise ValueError(
            f"expected the last stride of {name} to be 1, but got {strides[3]}; "
            f"{packs} makes a copy that has it"
        )
    if address_of is None:
        return
    if max(shape) > _MAX_LENGTH:
        raise ValueError(
            f"expected sizes of {name} up to {_MAX_LENGTH}, but got {max(shape)}"
        )
    step = _ALIGNMENT // 2  # elements of 16 bits
    for dimension in range(3):
        if shape[dimension] > 1 and strides[dimension] % step != 0:
            raise ValueError(
                f"expected the strides of {name} to be multiples of {step} elements, "
                f"but got {strides[dimension]} in dimension {dimension}; {packs} "
                "makes a copy that has them"
            )
    address = address_of(array)
    if address % _ALIGNMENT != 0:
        raise ValueError(
            f"expected the address of {name} to be a multiple of {_ALIGNMENT} bytes, "
            f"but got 0x{address:x}; clone() makes a copy that has it"
        )
