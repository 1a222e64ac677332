# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The regions of a score_mod and a mask_mod, traced no more often than needed.

A function is traced anew unless all that it reads is known: its code, the numbers
and arrays in its closure, its globals and its defaults, and functions for which the
same holds. Two functions that agree in these have the same region, so a function
that is defined anew for each call costs no trace. One that reads anything else,
such as an attribute of an object, or whose trace depends on what a tensor holds, is
traced at each call.
"""

from __future__ import annotations

import builtins
import dataclasses
import dis
import math
import operator
import types
from typing import Any, Callable, NamedTuple, Optional, Sequence

from ._symbols import ELEMENTS, FUNCTIONS, NARROW, Bound, is_array
from ._trace import Region, is_known, trace

_NUMBERS = (bool, int, float, str, type(None))
# Builtins that give the same for the same operands. Others, such as globals and eval,
# read what no description has.
_PURE = frozenset(
    "abs all any bool dict divmod enumerate filter float int isinstance len list map "
    "max min pow range reversed round set slice sorted str sum tuple zip".split()
)
# Attributes of the modules that are known, and of arrays, which give the same as long as
# the description does. Others read state, as torch.get_default_dtype and numpy.random
# do, or are set by whoever likes to, on a tensor or on a module.
_FIXED = frozenset(
    [
        *FUNCTIONS, *ELEMENTS, *NARROW, *dir(math),
        *(set(dir(operator)) - {"attrgetter", "methodcaller"}),
        *"shape dtype ndim dim size numel nn functional special Tensor ndarray".split(),
        # What a trace sees being called.
        *"tensor scalar_tensor arange zeros ones full linspace eye".split(),
        *"finfo iinfo eps tiny bits newaxis".split(),
    ]
)


class Regions(NamedTuple):
    """The regions of an attention.

    Attributes:
      score, mask: the bodies, "" where there is none.
      types: the types of the arrays, in the IR.
      bounds: as of `Region`.
      arrays: the arrays, which are passed behind the outputs.
    """

    score: str
    mask: str
    types: tuple[str, ...]
    bounds: tuple[Bound, ...]
    arrays: tuple[Any, ...]

    def check_bounds(
        self, shapes: Sequence[Sequence[int]], batch: int, heads: int
    ) -> None:
        """Checks that arrays of these shapes are as large as the batch, the heads and
        the indices that are known ask for.

        Raises:
          ValueError: one is not.
        """
        for index, dimension, bound in self.bounds:
            size = bound
            if isinstance(size, str):
                size = heads if size == "head" else batch
            found = shapes[index][dimension]
            if found >= size >= 0 or found == -size:
                continue
            if isinstance(bound, str):
                reason = f"at least {size} elements, one for each {bound}"
            elif size >= 0:
                reason = f"at least {size} elements, as one is read by its number"
            else:
                reason = f"{-size} elements, as one is read by its number from the end"
            raise ValueError(
                f"expected {reason}, in dimension {dimension} of an array that "
                f"score_mod or mask_mod reads, but got the shape {tuple(shapes[index])}"
            )


NONE = Regions("", "", (), (), ())


def trace_regions(
    score_mod: Optional[Callable], mask_mod: Optional[Callable]
) -> Regions:
    """The regions of the two functions, either of which may be None."""
    if score_mod is None and mask_mod is None:
        return NONE
    arrays: list[Any] = []
    score = _describe(score_mod, arrays) if score_mod is not None else _NO_FUNCTION
    mask = _describe(mask_mod, arrays) if mask_mod is not None else _NO_FUNCTION
    if score is None or mask is None:
        return _trace(score_mod, mask_mod)[2]
    known = _traced.get((score, mask))
    if known is not None:
        score_body, mask_body, types, bounds, places = known
        return Regions(
            score_body, mask_body, types, bounds, tuple([arrays[i] for i in places])
        )
    traced_score, traced_mask, regions = _trace(score_mod, mask_mod)
    has_computed = traced_score.has_computed or traced_mask.has_computed
    places = tuple(_find(array, arrays) for array in regions.arrays)
    if not has_computed and None not in places:
        if len(_traced) >= _MAX_TRACED:
            _traced.clear()
        # Without the arrays, which live no longer than their owners want.
        _traced[score, mask] = (*regions[:4], places)
    return regions


def trace_constants(
    score_mod: Optional[Callable], mask_mod: Optional[Callable]
) -> tuple[Regions, tuple[Any, ...]]:
    """The regions of the two functions for a graph in which they are constants, and the
    tensors on whose types and shapes they depend.

    Raises:
      TraceError: they depend on more.
    """
    score, mask, regions = _trace(score_mod, mask_mod, is_constant=True)
    return regions, score.described + mask.described


def _trace(
    score_mod: Optional[Callable], mask_mod: Optional[Callable], is_constant: bool = False
) -> tuple[Region, Region, Regions]:
    """The region of each, and both."""
    score = mask = _EMPTY
    if score_mod is not None:
        score = trace(score_mod, "score", 0, is_constant)
    if mask_mod is not None:
        mask = trace(mask_mod, "mask", len(score.arrays), is_constant)
    regions = Regions(
        score.body,
        mask.body,
        score.types + mask.types,
        score.bounds + mask.bounds,
        score.arrays + mask.arrays,
    )
    return score, mask, regions


_EMPTY = Region("", (), (), (), False, ())


# Compared by identity: one stands for its code.
@dataclasses.dataclass(eq=False)
class _Code:
    """What a code object reads from outside, or that this is not known."""

    globals: tuple[str, ...]
    is_known: bool


# In the place of a description.
_NO_FUNCTION = ""
_codes: dict[types.CodeType, _Code] = {}
# By the descriptions of score_mod and mask_mod: the first four of the regions, and
# where their arrays are among those of the descriptions.
_traced: dict[Any, tuple] = {}
_MAX_TRACED = 1024


def _find(array: Any, arrays: list[Any]) -> Optional[int]:
    for index, known in enumerate(arrays):
        if known is array:
            return index
    return None


def _describe(value: Any, arrays: list[Any]) -> Any:
    """All that a trace can depend on in a value, in a form that can be compared;
    None where it is not known. Appends the arrays and functions in it to `arrays`; one
    that is met again is described by its place there."""
    describe = _describers.get(type(value)) or _find_describer(value)
    return describe(value, arrays)


# By type, as this is on the path of each call.
_describers: dict[type, Callable[[Any, list[Any]], Any]] = {}


def _find_describer(value: Any) -> Callable[[Any, list[Any]], Any]:
    describe = _describers[type(value)] = _choose_describer(value)
    return describe


def _choose_describer(value: Any) -> Callable[[Any, list[Any]], Any]:
    kind = type(value)
    if kind is float:
        return lambda value, arrays: (float, repr(value))  # 0.0 is equal to -0.0
    if kind in _NUMBERS:
        return lambda value, arrays: (kind, value)  # 1 is equal to True
    if kind is types.FunctionType:
        return _describe_function
    if kind is types.ModuleType:
        return _describe_module
    if kind is types.BuiltinFunctionType:
        return _describe_builtin
    if isinstance(value, type):
        return _describe_class
    if is_array(value):
        return _describe_array
    return lambda value, arrays: None


def _describe_module(module: types.ModuleType, arrays: list[Any]) -> Any:
    return module if is_known(module.__name__) else None


def _describe_class(value: type, arrays: list[Any]) -> Any:
    if value.__module__ == "builtins":
        return value if value.__name__ in _PURE else None
    is_fixed = is_known(value.__module__) and value.__name__ in _FIXED
    return value if is_fixed else None


def _describe_builtin(value: types.BuiltinFunctionType, arrays: list[Any]) -> Any:
    owner = value.__self__
    if owner is builtins:
        return value if value.__name__ in _PURE else None
    if value.__name__ not in _FIXED:
        return None
    if isinstance(owner, types.ModuleType):
        return value if is_known(owner.__name__) else None
    # One that is bound to another object reads that, as a dict's get does.
    is_static = isinstance(owner, type) and is_known(owner.__module__)
    return value if owner is None or is_static else None


def _describe_array(array: Any, arrays: list[Any]) -> Any:
    for index, known in enumerate(arrays):
        if known is array:
            return index  # a trace takes it for one, and another for another
    arrays.append(array)
    return (type(array), array.dtype, array.shape)


def _describe_function(function: types.FunctionType, arrays: list[Any]) -> Any:
    for index, met in enumerate(arrays):
        if met is function:
            return index  # such as one that calls itself
    code = function.__code__
    known = _codes.get(code)
    if known is None:
        known = _codes[code] = _read(function)
    if not known.is_known or function.__dict__:
        return None
    arrays.append(function)
    parts: list[Any] = [known]
    values = []
    globals = function.__globals__
    for name in known.globals:
        if name in globals:
            values.append(globals[name])
        elif name in _PURE:
            parts.append(name)  # another function may have a global of that name
        else:
            return None
    if function.__closure__:
        try:
            values += [cell.cell_contents for cell in function.__closure__]
        except ValueError:
            return None
    if function.__defaults__:
        values += (len(function.__defaults__), *function.__defaults__)
    if function.__kwdefaults__:
        for item in function.__kwdefaults__.items():
            values += item
    for value in values:
        # As `_describe`, without the call.
        describe = _describers.get(type(value)) or _find_describer(value)
        part = describe(value, arrays)
        if part is None:
            return None
        parts.append(part)
    return tuple(parts)


def _read(function: types.FunctionType) -> _Code:
    if is_known(function.__module__ or ""):  # known by its name, as its module is
        return _Code((), function.__name__ in _FIXED)
    return _read_code(function.__code__)


def _read_code(code: types.CodeType) -> _Code:
    names: dict[str, None] = {}
    is_known = True
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            names[instruction.argval] = None
        elif instruction.opname.startswith(("IMPORT", "STORE_GLOBAL", "STORE_DEREF")):
            is_known = False
        elif instruction.opname.endswith(("_ATTR", "_METHOD")):
            is_known = is_known and instruction.argval in _FIXED
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            inner = _read_code(constant)
            names.update(dict.fromkeys(inner.globals))
            is_known = is_known and inner.is_known
    return _Code(tuple(names), is_known)
