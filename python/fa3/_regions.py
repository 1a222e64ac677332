# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The regions of a score_mod and a mask_mod, traced no more often than needed.

A function is traced anew unless all that it reads is known: its code, the numbers
and arrays in its closure, its globals and its defaults, and functions for which the
same holds. Two functions that agree in these have the same region, so a function
that is defined anew for each call costs no trace. One that reads anything else,
such as an attribute of an object, is traced at each call.
"""

from __future__ import annotations

import dataclasses
import dis
import types
from typing import Any, Callable, NamedTuple, Optional

from ._trace import Region, is_array, trace

# Modules whose attributes are taken for constants.
_KNOWN_MODULES = ("torch", "numpy", "math", "operator", "jax", "cupy", "builtins")
_NUMBERS = (bool, int, float, str, type(None))


class Regions(NamedTuple):
    """The regions of an attention.

    Attributes:
      score, mask: the bodies, "" where there is none.
      types: the types of the arrays, in the IR.
      arrays: the arrays, which are passed behind the outputs.
    """

    score: str
    mask: str
    types: tuple[str, ...]
    arrays: tuple[Any, ...]


NONE = Regions("", "", (), ())


def trace_regions(
    score_mod: Optional[Callable], mask_mod: Optional[Callable]
) -> Regions:
    """The regions of the two functions, either of which may be None."""
    if score_mod is None and mask_mod is None:
        return NONE
    score = _recall(score_mod, "score", 0) if score_mod else _EMPTY
    mask = _recall(mask_mod, "mask", len(score.arrays)) if mask_mod else _EMPTY
    return Regions(
        score.body, mask.body, score.types + mask.types, score.arrays + mask.arrays
    )


_EMPTY = Region("", (), ())


@dataclasses.dataclass
class _Code:
    """What a code object reads from outside, or that this is not known."""

    globals: tuple[str, ...]
    is_known: bool


_codes: dict[types.CodeType, _Code] = {}
_traced: dict[Any, tuple[Region, tuple[int, ...]]] = {}
_MAX_TRACED = 1024


def _recall(function: Callable, kind: str, first: int) -> Region:
    arrays: list[Any] = []
    state = _describe(function, arrays)
    if state is None:
        return trace(function, kind, first)
    key = (kind, first, state)
    known = _traced.get(key)
    if known is not None:
        region, places = known
        return Region(region.body, region.types, tuple(arrays[i] for i in places))
    region = trace(function, kind, first)
    places = tuple(_find(array, arrays) for array in region.arrays)
    if None not in places:
        if len(_traced) >= _MAX_TRACED:
            _traced.clear()
        # Without the arrays, which live no longer than their owners want.
        _traced[key] = (Region(region.body, region.types, ()), places)
    return region


def _find(array: Any, arrays: list[Any]) -> Optional[int]:
    for index, known in enumerate(arrays):
        if known is array:
            return index
    return None


def _describe(value: Any, arrays: list[Any]) -> Any:
    """All that a trace can depend on in a value, in a form that can be compared;
    None where it is not known. Appends the arrays in it to `arrays`."""
    kind = type(value)
    if kind in _NUMBERS:
        # 1, 1.0 and True are equal, and traced differently; so are 0.0 and -0.0.
        return (kind, repr(value) if kind is float else value)
    if kind is types.FunctionType:
        return _describe_function(value, arrays)
    if kind is types.ModuleType:
        return value if value.__name__.partition(".")[0] in _KNOWN_MODULES else None
    if kind is types.BuiltinFunctionType or isinstance(value, type):
        return value
    if is_array(value):
        arrays.append(value)
        return (kind, value.dtype, tuple(value.shape))
    return None


def _describe_function(function: types.FunctionType, arrays: list[Any]) -> Any:
    code = function.__code__
    known = _codes.get(code)
    if known is None:
        known = _codes[code] = _read_code(code)
    if not known.is_known:
        return None
    values = []
    globals = function.__globals__
    for name in known.globals:
        # One that is not there is a builtin, or an error of the trace.
        if name in globals:
            values.append(globals[name])
    try:
        values += [cell.cell_contents for cell in function.__closure__ or ()]
    except ValueError:
        return None
    values += function.__defaults__ or ()
    values += (function.__kwdefaults__ or {}).values()
    parts: list[Any] = [code]
    for value in values:
        if value is function:  # one that calls itself
            continue
        part = _describe(value, arrays)
        if part is None:
            return None
        parts.append(part)
    return tuple(parts)


def _read_code(code: types.CodeType) -> _Code:
    names: dict[str, None] = {}
    is_known = True
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            names[instruction.argval] = None
        elif instruction.opname.startswith(("IMPORT", "STORE_GLOBAL", "STORE_DEREF")):
            is_known = False
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            inner = _read_code(constant)
            names.update(dict.fromkeys(inner.globals))
            is_known = is_known and inner.is_known
    return _Code(tuple(names), is_known)
