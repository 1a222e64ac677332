# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Turns a score_mod or mask_mod into the text of a region of `attn.forward`.

The function is called once with symbols for its arguments. What it does to them
is written down as operations; arrays that it reads become arguments of the kernel.
"""

from __future__ import annotations

import abc
import contextlib
import dataclasses
import functools
import itertools
import operator
import sys
import types
from typing import Any, Callable, Optional

# They fill the table of what may be called.
from . import _composites, _functions  # noqa: F401
from ._errors import TraceError
from ._symbols import (
    BOOL, COORDINATES, FLOAT, Array, Bound, Builder, Value, is_array, kind_of,
    materialize, to_value,
)

# Modules whose attributes are taken for constants.
_KNOWN_MODULES = ("torch", "numpy", "math", "operator", "jax", "cupy")


def is_known(module: str) -> bool:
    """Whether a module, by its name, is one of those."""
    return module.partition(".")[0] in _KNOWN_MODULES


@dataclasses.dataclass(frozen=True)
class Region:
    """The body of a region.

    Attributes:
      body: its lines; arrays are `%captured<N>`, counted from `first`.
      types: the types of the arrays in the IR.
      bounds: (array, dimension, size) of indices that no kernel checks: the size is at
        least that of the "batch" or the number of heads, "head", or at least N; for
        -N it is N, as an index was counted from its end.
      arrays: the arrays that it reads.
      has_computed: whether the function computed with the values of tensors, which
        are then part of the body.
      described: the tensors of PyTorch whose type or shape the function asked for.
    """

    body: str
    types: tuple[str, ...]
    bounds: tuple[Bound, ...]
    arrays: tuple[Any, ...]
    has_computed: bool
    described: tuple[Any, ...]


_SIGNATURES = {
    "score": ("score", "batch", "head", "q_idx", "kv_idx"),
    "mask": ("batch", "head", "q_idx", "kv_idx"),
}


def trace(
    function: Callable, kind: str, first: int = 0, is_constant: bool = False
) -> Region:
    """Traces a function.

    Args:
      function: a score_mod(score, batch, head, q_idx, kv_idx), which gives the new
        score, or a mask_mod(batch, head, q_idx, kv_idx), which gives whether the
        query sees the key.
      kind: "score" or "mask".
      first: the number of the first array that it reads.
      is_constant: whether the trace is a constant of a graph, in which only arrays may
        change.

    Raises:
      TraceError: the function does what a kernel, or such a graph, cannot.
    """
    builder = Builder(first, is_constant)
    names = _SIGNATURES[kind]
    arguments = [
        Value(builder, f"%{name}", FLOAT)
        if name == "score"
        else Value(builder, f"%{name}", "index", COORDINATES)
        for name in names
    ]
    where = _describe(function)
    watch = _make_watch()
    try:
        with watch:
            result = _with_symbolic_arrays(builder, function)(*arguments)
        if is_constant and watch.operation:
            raise TraceError(
                f"it computes with tensors ('{watch.operation}'), and torch.compile would "
                "keep the result of now: read tensors by all indices at once, as in "
                "bias[LAYER, h] for bias[LAYER][h], or compute outside of the function "
                "what it reads"
            )
        value = to_value(builder, result)
        _check_kind(kind, kind_of(value))
        result_type = FLOAT if kind == "score" else BOOL
        value = materialize(builder, value, result_type)
    except TraceError as error:
        raise TraceError(f"cannot trace {kind}_mod {where}: {error}") from error
    except Exception as error:
        raise TraceError(
            f"cannot trace {kind}_mod {where}, which is called once with symbols for "
            f"({', '.join(names)}): {type(error).__name__}: {error}"
        ) from error
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
        tuple(watch.described),
    )


def _check_kind(function: str, kind: int) -> None:
    """Whether what a function gives, by `kind_of`, is what it should."""
    if function == "mask" and kind != 0:
        raise TraceError(
            "expected it to give a boolean, but got "
            + ("an integer" if kind == 1 else "a float")
        )
    if function == "score" and kind == 0:
        raise TraceError(
            "expected it to give a score, but got a boolean: give a mask as mask_mod, or "
            "write where(mask, score, -inf)"
        )


class _NoWatch(contextlib.nullcontext):
    has_computed = False
    operation = ""
    described = ()


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


def _with_symbolic_arrays(builder: Builder, function: Any) -> Callable:
    """The function with the arrays that it reads replaced by symbols. PyTorch hands
    `tensor[symbol]` over by itself; other libraries try to make a number of the
    symbol."""
    # What was replaced, which is kept so that no other has its id, and by what.
    replaced: dict[int, tuple[Any, Any]] = {}

    def replace(value):
        if id(value) in replaced:
            return replaced[id(value)][1]
        if is_array(value) and not hasattr(value, "__torch_function__"):
            return Array(builder, value)
        if isinstance(value, types.MethodType):
            return types.MethodType(replace(value.__func__), replace(value.__self__))
        if isinstance(value, functools.partial):
            return functools.partial(
                replace(value.func), *map(replace, value.args),
                **{key: replace(item) for key, item in value.keywords.items()}
            )
        # What holds itself is met again before it is replaced.
        replaced[id(value)] = value, value
        if isinstance(value, types.FunctionType):
            new = rebuild(value)
        elif type(value) in (list, tuple):
            items = list(map(replace, value))
            is_same = all(map(operator.is_, items, value))
            new = value if is_same else type(value)(items)
        elif type(value) is dict:
            items = list(map(replace, value.values()))
            is_same = all(map(operator.is_, items, value.values()))
            new = value if is_same else dict(zip(value, items))
        else:
            new = _view(value, replace)
        replaced[id(value)] = value, new
        return new

    def rebuild(function):
        globals = function.__globals__
        names = [name for name in _names(function.__code__) if name in globals]
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
        return copy

    # Of other objects, the method that a call runs.
    known = (types.FunctionType, types.MethodType, functools.partial)
    called: Any = function if isinstance(function, known) else function.__call__
    return replace(called)


def _names(code: types.CodeType) -> list[str]:
    """The names that a function and those inside of it read."""
    inner = [_names(c) for c in code.co_consts if isinstance(c, types.CodeType)]
    return list(dict.fromkeys([*code.co_names, *itertools.chain(*inner)]))


def _replace_cell(cell, replace: Callable):
    try:
        content = cell.cell_contents
    except ValueError:  # not filled yet
        return cell
    new = replace(content)
    return cell if new is content else types.CellType(new)


class _View:
    """In front of an object, or in the place of a module: gives what it has as
    attributes, with arrays replaced."""

    def __init_subclass__(cls) -> None:
        pass  # is no subclass that the object's class wants to know of

    def __getattribute__(self, name):
        original, replace = object.__getattribute__(self, "_viewed")
        return replace(getattr(original, name))

    def __setattr__(self, name, value):
        setattr(object.__getattribute__(self, "_viewed")[0], name, value)


def _view(value: Any, replace: Callable) -> Any:
    """A view of an object of a class that is written in Python, or of a module; the
    value itself where it is something else, or of a library whose functions know what
    to do with a symbol."""
    if isinstance(value, types.ModuleType) and is_known(value.__name__):
        return value
    own: Any = type(value)
    kind = _derive_view(own)
    if kind is None:
        return value
    view: Any = object.__new__(kind)
    object.__setattr__(view, "_viewed", (value, replace))
    return view


@functools.lru_cache(maxsize=64)
def _derive_view(kind: type) -> Optional[type]:
    if kind in (types.ModuleType, types.SimpleNamespace):
        return _View
    # An object of a class of C is more than its attributes.
    is_plain = all(base.__flags__ & _HEAP_TYPE for base in kind.__mro__[:-1])
    if kind is object or not is_plain or is_known(kind.__module__):
        return None
    if type(kind) not in (type, abc.ABCMeta):  # such as that of an enumeration
        return None
    try:
        view = type(kind)(kind.__name__, (_View, kind), {})
        object.__new__(view)
    except TypeError:  # one of C all the same
        return None
    return view


# Py_TPFLAGS_HEAPTYPE of CPython: made by a class statement, or in C as if by one.
_HEAP_TYPE = 1 << 9
