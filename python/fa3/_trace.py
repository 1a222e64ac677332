# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Turns a score_mod or mask_mod into the text of a region of `attn.forward`.

The function is called once with symbols for its arguments. What it does to them
is written down as operations; arrays that it reads become arguments of the kernel.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import operator
import sys
import types
from typing import Any, Callable

from ._errors import TraceError
from ._symbols import (
    BOOL, FLOAT, Array, Builder, Value, is_array, kind_of, materialize, to_value,
)


@dataclasses.dataclass(frozen=True)
class Region:
    """The body of a region.

    Attributes:
      body: its lines; arrays are `%captured<N>`, counted from `first`.
      types: the types of the arrays in the IR.
      bounds: (array, dimension, "batch" or "head") where the number of the batch or
        the head is an index, which no kernel checks.
      arrays: the arrays that it reads.
      has_computed: whether the function computed with the values of tensors, which
        are then part of the body.
    """

    body: str
    types: tuple[str, ...]
    bounds: tuple[tuple[int, int, str], ...]
    arrays: tuple[Any, ...]
    has_computed: bool


_SIGNATURES = {
    "score": ("score", "batch", "head", "q_idx", "kv_idx"),
    "mask": ("batch", "head", "q_idx", "kv_idx"),
}


def trace(function: Callable, kind: str, first: int = 0) -> Region:
    """Traces a function.

    Args:
      function: a score_mod(score, batch, head, q_idx, kv_idx), which gives the new
        score, or a mask_mod(batch, head, q_idx, kv_idx), which gives whether the
        query sees the key.
      kind: "score" or "mask".
      first: the number of the first array that it reads.

    Raises:
      TraceError: the function does what a kernel cannot.
    """
    builder = Builder(first)
    names = _SIGNATURES[kind]
    arguments = [
        Value(builder, f"%{name}", FLOAT if name == "score" else "index")
        for name in names
    ]
    where = _describe(function)
    watch = _make_watch()
    try:
        with watch:
            result = _with_symbolic_arrays(builder, function)(*arguments)
        value = to_value(builder, result)
    except TraceError as error:
        raise TraceError(f"cannot trace {kind}_mod {where}: {error}") from error
    except Exception as error:
        raise TraceError(
            f"cannot trace {kind}_mod {where}, which is called once with symbols for "
            f"({', '.join(names)}): {type(error).__name__}: {error}"
        ) from error
    if kind == "mask" and kind_of(value) != 0:
        raise TraceError(
            f"cannot trace mask_mod {where}: expected it to give a boolean, but got "
            + ("an integer" if kind_of(value) == 1 else "a float")
        )
    result_type = FLOAT if kind == "score" else BOOL
    value = materialize(builder, value, result_type)
    header = ", ".join(
        f"%{name}: {FLOAT if name == 'score' else 'index'}" for name in names
    )
    lines = [f"^bb0({header}):"]
    lines += [f"  {line}" for line in builder.lines]
    lines += [f"  attn.yield {value.name} : {result_type}"]
    return Region(
        "\n".join(lines) + "\n",
        tuple(builder.types),
        tuple(builder.bounds),
        tuple(builder.arrays),
        watch.has_computed,
    )


class _NoWatch(contextlib.nullcontext):
    has_computed = False


def _make_watch() -> Any:
    if "torch" not in sys.modules:
        return _NoWatch()
    from ._watch import Watch

    return Watch()


def _describe(function: Callable) -> str:
    name = getattr(function, "__qualname__", repr(function))
    code = getattr(function, "__code__", None)
    if code is None:
        return f"'{name}'"
    return f"'{name}' ({code.co_filename}:{code.co_firstlineno})"


def _with_symbolic_arrays(builder: Builder, function: Callable) -> Callable:
    """The function with the arrays that it holds replaced by symbols. PyTorch hands
    `tensor[symbol]` over by itself; other libraries try to make a number of the
    symbol."""
    replaced: dict[int, Any] = {}

    def replace(value):
        if id(value) in replaced:
            return replaced[id(value)]
        if isinstance(value, types.FunctionType):
            return rebuild(value)
        if isinstance(value, functools.partial):
            return functools.partial(
                replace(value.func), *map(replace, value.args),
                **{key: replace(item) for key, item in value.keywords.items()}
            )
        if is_array(value) and not hasattr(value, "__torch_function__"):
            return Array(builder, value)
        return value

    def rebuild(function):
        replaced[id(function)] = function  # one that calls itself is not rebuilt
        globals = function.__globals__
        names = [name for name in function.__code__.co_names if name in globals]
        closure = function.__closure__ or ()
        defaults = function.__defaults__ or ()
        new_globals = {name: replace(globals[name]) for name in names}
        new_closure = tuple(_replace_cell(cell, replace) for cell in closure)
        new_defaults = tuple(map(replace, defaults))
        kwdefaults = function.__kwdefaults__ or {}
        new_kwdefaults = {name: replace(value) for name, value in kwdefaults.items()}
        if (
            all(new_globals[name] is globals[name] for name in names)
            and all(map(operator.is_, new_closure, closure))
            and all(map(operator.is_, new_defaults, defaults))
            and all(map(operator.is_, new_kwdefaults.values(), kwdefaults.values()))
        ):
            return function
        copy = types.FunctionType(
            function.__code__, {**globals, **new_globals}, function.__name__,
            new_defaults or None, new_closure or None,
        )
        copy.__kwdefaults__ = new_kwdefaults or None
        replaced[id(function)] = copy
        return copy

    return replace(function)


def _replace_cell(cell, replace: Callable):
    try:
        content = cell.cell_contents
    except ValueError:  # not filled yet
        return cell
    new = replace(content)
    return cell if new is content else types.CellType(new)
