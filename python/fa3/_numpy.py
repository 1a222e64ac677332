# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""fa3.attention on arrays of NumPy."""

from __future__ import annotations

from typing import Any

import numpy

from ._arrays import check_unmasked, describe_numpy
from ._checks import check_arrays, check_options
from ._library import Case
from ._op import check_functions
from ._regions import trace_regions
from ._shared import library
from ._symbols import dtype_name


def attention(
    q: Any,
    k: Any,
    v: Any,
    causal: bool,
    window: Any,
    scale: Any,
    score_mod: Any,
    mask_mod: Any,
    return_lse: bool,
) -> Any:
    for name, array in (("q", q), ("k", k), ("v", v)):
        if not isinstance(array, numpy.ndarray):
            raise TypeError(
                f"expected {name} to be an array of NumPy as q is, but got "
                f"{type(array).__name__}"
            )
        check_unmasked(name, array)
    window, scale = check_options(causal, window, scale, return_lse)
    check_functions(score_mod, mask_mod)
    check_arrays(
        q,
        k,
        v,
        name_of_dtype=dtype_name,
        strides_of=lambda array: [step // array.itemsize for step in array.strides],
        address_of=None,
        packs="numpy.ascontiguousarray",
    )
    regions = trace_regions(score_mod, mask_mod)
    regions.check_bounds(
        [array.shape for array in regions.arrays], q.shape[0], q.shape[2]
    )
    captured = [_prepare(array) for array in regions.arrays]
    case = Case(
        dtype_name(q), q.shape[2], k.shape[2], q.shape[3], v.shape[3], causal, window,
        scale, return_lse, regions._replace(arrays=()),
    )
    out = numpy.empty((*q.shape[:3], v.shape[3]), q.dtype)
    outputs = [out]
    if return_lse:
        outputs.append(numpy.empty((q.shape[0], q.shape[2], q.shape[1]), numpy.float32))
    arrays = (q, k, v, *outputs, *captured)
    library.cpu(case).run(*map(describe_numpy, arrays))
    return tuple(outputs) if return_lse else out


def _prepare(array: Any) -> Any:
    """An array that a region reads as the kernel takes it: packed, of one element
    where it is a single number, booleans as bytes."""
    check_unmasked("what score_mod and mask_mod read", array)
    array = numpy.ascontiguousarray(array)
    if array.dtype in (numpy.bool_, numpy.uint8):
        array = array.view(numpy.int8)
    return array.reshape(1) if array.ndim == 0 else array
