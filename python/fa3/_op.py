# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""An attention as an operation of the compiler."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, Callable, Optional, Sequence, Union

from ._regions import Regions, trace_regions
from ._symbols import is_array

DTYPES = {"float16": "f16", "bfloat16": "bf16"}
_MAX_HEAD_DIM = 256
_HEAD_DIM_STEP = 8
_MAX_LENGTH = 2**31 - 1
# The largest float32.
_MAX_SCALE = float.fromhex("0x1.fffffep127")

Window = Union[
    None, tuple[Optional[int], Optional[int]], list[Optional[int]]
]
# score_mod(score, batch, head, q_idx, kv_idx) and mask_mod(batch, head, q_idx, kv_idx).
ScoreMod = Callable[[Any, Any, Any, Any, Any], Any]
MaskMod = Callable[[Any, Any, Any, Any], Any]


def check_window(window: Window) -> tuple[Optional[int], Optional[int]]:
    """The two sides of a window, None where a side has no bound.

    Raises:
      TypeError, ValueError: it is no pair of integers of at least 0; -1 and None
        are no bound.
    """
    if window is None:
        return None, None
    sides = tuple(window) if isinstance(window, (tuple, list)) else ()
    if len(sides) != 2 or not all(s is None or _is_integer(s) for s in sides):
        raise TypeError(
            "expected window to be a pair of integers (left, right), with -1 or None "
            f"for a side without a bound, but got {window!r}"
        )
    left, right = (None if s is None else s.__index__() for s in sides)
    for side in (left, right):
        if side is not None and not -1 <= side <= _MAX_LENGTH:
            raise ValueError(
                f"expected the sides of window to be at least 0 and at most {_MAX_LENGTH}, "
                f"or -1 or None for no bound, but got {window!r}"
            )
    return (None if left == -1 else left), (None if right == -1 else right)


def check_flag(name: str, value: Any) -> None:
    """Raises a TypeError where an option is neither True nor False."""
    if not isinstance(value, bool):
        raise TypeError(f"expected {name} to be a bool, but got {value!r}")


def check_functions(score_mod: Any, mask_mod: Any) -> None:
    """Raises a TypeError where one is neither None nor a function."""
    for name, function in (("score_mod", score_mod), ("mask_mod", mask_mod)):
        if function is not None and not callable(function):
            advice = ""
            if type(function).__name__ == "BlockMask":
                advice = "; give the mask_mod that the block mask was made of"
            elif is_array(function):
                advice = "; give one that reads it, by an index for each dimension"
            raise TypeError(
                f"expected {name} to be a function, but got {type(function).__name__}"
                + advice
            )


def check_heads(heads: int, kv_heads: int, advice: str = "") -> None:
    """Raises a ValueError where heads of q cannot share those of k and v evenly."""
    if heads <= 0 or kv_heads <= 0:
        raise ValueError(
            f"expected q, k and v to have heads, but got {heads} of q and {kv_heads} of "
            "k and v"
        )
    if heads % kv_heads != 0:
        raise ValueError(
            "expected the number of heads of k and v to divide that of q, but got "
            f"{kv_heads} and {heads}{advice}"
        )


def _is_integer(value: Any) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool)


def check_integer(name: str, value: Any) -> None:
    """Raises a TypeError where an option is no integer."""
    if not _is_integer(value):
        raise TypeError(f"expected {name} to be an integer, but got {value!r}")


def check_scale(scale: Optional[float]) -> Optional[float]:
    """The scale as a float of Python, None for 1/√D."""
    if scale is None:
        return None
    try:
        # float() would take text, too.
        number = None if isinstance(scale, bool) else scale.__float__()
    except OverflowError:
        number = math.inf
    except (AttributeError, TypeError, ValueError, RuntimeError):
        number = None
    if number is None:
        raise TypeError(f"expected scale to be a number, but got {scale!r}")
    if not abs(number) <= _MAX_SCALE:
        raise ValueError(f"expected scale to be finite in float32, but got {scale}")
    return number


@dataclasses.dataclass(frozen=True)
class Attention:
    """The operation `attn.forward` for one kernel; batch and lengths stay open.

    O = softmax(score_mod(scale · Q Kᵀ) + mask) V for each batch and head, with Q
    [B, Sq, heads, head_dim], K [B, Sk, kv_heads, head_dim], V [B, Sk, kv_heads,
    value_dim], and O [B, Sq, heads, value_dim].

    Attributes:
      heads: heads of Q and O, a multiple of `kv_heads`.
      head_dim: a multiple of 8, at most 256.
      dtype: "float16" or "bfloat16".
      kv_heads: heads of K and V; None is as many as `heads`.
      value_dim: as head_dim, of V and O; None is `head_dim`.
      causal: query i sees the keys j ≤ i + Sk − Sq.
      window: (left, right), how many keys a query sees on either side of its own
        position i + Sk − Sq; None or -1 for a side without a bound.
      scale: None is 1/√head_dim.
      score_mod: score_mod(score, batch, head, q_idx, kv_idx), the score that enters
        the softmax.
      mask_mod: mask_mod(batch, head, q_idx, kv_idx), whether the query sees the key.
      lse: whether there is a second output, LSE [B, heads, Sq] in float32: the
        natural logarithm of the sum of exponentials of each row.
      config: the inside of an `#attn.config<…>` to use in place of the compiler's
        choice.
    """

    heads: int
    head_dim: int
    _: dataclasses.KW_ONLY
    dtype: str = "float16"
    kv_heads: Optional[int] = None
    value_dim: Optional[int] = None
    causal: bool = False
    window: Window = None
    scale: Optional[float] = None
    score_mod: Optional[ScoreMod] = None
    mask_mod: Optional[MaskMod] = None
    lse: bool = False
    config: str = ""

    def __post_init__(self):
        for name in ("heads", "head_dim", "kv_heads", "value_dim"):
            if getattr(self, name) is not None or name in ("heads", "head_dim"):
                check_integer(name, getattr(self, name))
        check_flag("causal", self.causal)
        check_flag("lse", self.lse)
        check_functions(self.score_mod, self.mask_mod)
        if self.dtype not in DTYPES:
            raise ValueError(
                f"expected a dtype of {', '.join(DTYPES)}, but got {self.dtype!r}"
            )
        for name in ("head_dim", "value_dim"):
            value = getattr(self, name)
            if value is not None and not (
                0 < value <= _MAX_HEAD_DIM and value % _HEAD_DIM_STEP == 0
            ):
                raise ValueError(
                    f"expected {name} to be a multiple of {_HEAD_DIM_STEP} up to "
                    f"{_MAX_HEAD_DIM}, but got {value}"
                )
        check_heads(
            self.heads, self.heads if self.kv_heads is None else self.kv_heads
        )
        check_window(self.window)
        check_scale(self.scale)

    def ir(self) -> str:
        """The text of a module with the one function @attention. Its arguments are
        Q, K, V, O, then LSE if there is one, then `captured`."""
        return self._ir(trace_regions(self.score_mod, self.mask_mod))

    @property
    def captured(self) -> tuple[Any, ...]:
        """The arrays that score_mod and mask_mod read, in the order of the
        arguments."""
        return trace_regions(self.score_mod, self.mask_mod).arrays

    def _ir(self, regions: Regions) -> str:
        kv_heads = self.heads if self.kv_heads is None else self.kv_heads
        value_dim = self.head_dim if self.value_dim is None else self.value_dim
        element = DTYPES[self.dtype]
        # Any strides, so that parts of a larger tensor and transposed ones do; O is
        # allocated for the call.
        strided = ", strided<[?, ?, ?, 1]>"
        q = f"memref<?x?x{self.heads}x{self.head_dim}x{element}{strided}>"
        k = f"memref<?x?x{kv_heads}x{self.head_dim}x{element}{strided}>"
        v = f"memref<?x?x{kv_heads}x{value_dim}x{element}{strided}>"
        o = f"memref<?x?x{self.heads}x{value_dim}x{element}>"
        lse = f"memref<?x{self.heads}x?xf32>"
        arguments = [f"%q: {q}", f"%k: {k}", f"%v: {v}", f"%o: {o}"]
        if self.lse:
            arguments.append(f"%lse: {lse}")
        for index, type in enumerate(regions.types):
            arguments.append(f"%captured{index}: {type}")
        attributes = ["causal"] if self.causal else []
        sides = zip(("left", "right"), check_window(self.window))
        bounds = [f"{name} = {side}" for name, side in sides if side is not None]
        if bounds:
            attributes.append(f"window = #attn.window<{', '.join(bounds)}>")
        scale = check_scale(self.scale)
        if scale is not None:
            attributes.append(f"scale = {scale:.9e} : f32")
        if self.config:
            attributes.append(f"config = #attn.config<{self.config}>")
        outs = f"%o, %lse : {o}, {lse}" if self.lse else f"%o : {o}"
        lines = [
            f"func.func @attention({', '.join(arguments)}) {{",
            f"  attn.forward ins(%q, %k, %v : {q}, {k}, {v})",
            f"    outs({outs})",
        ]
        if attributes:
            lines.append(f"    {{{', '.join(attributes)}}}")
        for name, body in (("score", regions.score), ("mask", regions.mask)):
            if body:
                lines += [f"    {name} {{", *_indent(body, "    "), "    }"]
        return "\n".join([*lines, "  return", "}"]) + "\n"


def check_launch(
    heads: int, lse: bool, regions: Regions, shapes: Sequence[Sequence[int]]
) -> None:
    """Checks the shapes of a launch's arguments, as far as no kernel does."""
    first = 5 if lse else 4
    if len(shapes) == first + len(regions.types) and shapes[0]:
        regions.check_bounds(shapes[first:], shapes[0][0], heads)


def _indent(text: str, by: str) -> list[str]:
    return [by + line for line in text.splitlines()]
