# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Functions that a score_mod or mask_mod may call and that are made of those of
`_functions`: most of torch.nn.functional, and the longer ones of torch. Importing this
module adds them to the table."""

from __future__ import annotations

import math
from typing import Callable

from ._errors import TraceError
from ._functions import no_booleans
from ._symbols import FUNCTIONS, Builder, PromotionError, kind_of, promote


def _of(builder: Builder) -> Callable:
    """Calls functions of the table by their names."""
    return lambda name, *operands: FUNCTIONS[name](builder, *operands)


def _of_float(function: Callable) -> Callable:
    """The function, of a first operand that is a float."""

    def build(builder: Builder, a, *operands, **options):
        if kind_of(a) != 2:
            raise PromotionError(
                f"expected a float, but got {promote((a,))}, which PyTorch refuses: write "
                ".to(torch.float32) of it first"
            )
        return function(builder, a, *operands, **options)

    return build


#===----------------------------------------------------------------------===#
# torch
#===----------------------------------------------------------------------===#


def _frac(builder: Builder, a):
    do = _of(builder)
    return do("sub", a, do("trunc", a))


def _lerp(builder: Builder, a, b, weight):
    """From the nearer end, as PyTorch does it, so that a weight of 1 gives b."""
    if {kind_of(a), kind_of(b)} != {2}:
        raise PromotionError(
            f"expected two floats, but got {promote((a,))} and {promote((b,))}, which "
            "PyTorch refuses: write .to(torch.float32) of them first"
        )
    do = _of(builder)
    way = do("sub", b, a)
    from_a = do("add", a, do("mul", weight, way))
    from_b = do("sub", b, do("mul", way, do("sub", 1.0, weight)))
    return do("where", do("lt", do("abs", weight), 0.5), from_a, from_b)


def _hypot(builder: Builder, a, b):
    """Of numbers whose squares f32 does not hold, by a power of two that takes them
    nearer to 1 and costs no precision."""
    do = _of(builder)
    a, b = (do("abs", do("float", operand)) for operand in (a, b))
    larger = do("fmax", a, b)
    factor = do("where", do("gt", larger, 2.0**60), 2.0**-70, 1.0)
    factor = do("where", do("lt", larger, 2.0**-40), 2.0**70, factor)
    squares = (do("square", do("mul", operand, factor)) for operand in (a, b))
    root = do("div", do("sqrt", do("add", *squares)), factor)
    return do("where", do("eq", larger, math.inf), math.inf, root)


def _heaviside(builder: Builder, a, values):
    do = _of(builder)
    one = 1 if kind_of(a) < 2 else 1.0
    step = do("where", do("gt", a, 0), one, one * 0)
    return do("where", do("eq", a, 0), values, step)


def _logaddexp(builder: Builder, a, b):
    do = _of(builder)
    a, b = do("float", a), do("float", b)
    # Two that are infinite have no difference.
    distance = do("where", do("eq", a, b), 0.0, do("abs", do("sub", a, b)))
    return do("add", do("maximum", a, b), do("log1p", do("exp", do("neg", distance))))


def _nan_to_num(builder: Builder, a, nan=0.0, posinf=None, neginf=None, copy=True):
    """NumPy's has `copy`, which means nothing here."""
    if kind_of(a) != 2:
        return a
    do = _of(builder)
    above = _MAX_FLOAT if posinf is None else posinf
    below = -_MAX_FLOAT if neginf is None else neginf
    known = do("where", do("eq", a, a), a, 0.0 if nan is None else nan)
    known = do("where", do("eq", a, math.inf), above, known)
    return do("where", do("eq", a, -math.inf), below, known)


_MAX_FLOAT = float.fromhex("0x1.fffffep127")


#===----------------------------------------------------------------------===#
# torch.nn.functional
#===----------------------------------------------------------------------===#


def _relu(builder: Builder, a):
    return _of(builder)("maximum", a, 0)


def _hardtanh(builder: Builder, a, min_val=-1.0, max_val=1.0):
    """An integer stays one: its ends become integers."""
    if kind_of(a) == 1:
        min_val, max_val = int(min_val), int(max_val)
    return _of(builder)("clamp", a, min_val, max_val)


def _relu6(builder: Builder, a):
    return _hardtanh(builder, a, 0.0, 6.0)


def _leaky_relu(builder: Builder, a, negative_slope=0.01):
    do = _of(builder)
    return do("where", do("gt", a, 0), a, do("mul", a, negative_slope))


def _elu(builder: Builder, a, alpha=1.0):
    do = _of(builder)
    return do("where", do("gt", a, 0), a, do("mul", do("expm1", a), alpha))


def _sigmoid(builder: Builder, a):
    do = _of(builder)
    return do("reciprocal", do("add", 1.0, do("exp", do("mul", a, -1.0))))


def _log_sigmoid(builder: Builder, a):
    do = _of(builder)
    return do("neg", do("logaddexp", do("mul", a, -1.0), 0.0))


def _hardsigmoid(builder: Builder, a):
    do = _of(builder)
    return do("div", do("clamp", do("add", a, 3.0), 0.0, 6.0), 6.0)


def _silu(builder: Builder, a):
    return _of(builder)("mul", a, _sigmoid(builder, a))


def _softplus(builder: Builder, a, beta=1.0, threshold=20.0):
    do = _of(builder)
    scaled = do("mul", a, beta)
    soft = do("div", do("logaddexp", scaled, 0.0), beta)
    return do("where", do("gt", scaled, threshold), a, soft)


def _gelu(builder: Builder, a, approximate="none"):
    do = _of(builder)
    if approximate == "none":
        share = do("erf", do("mul", a, math.sqrt(0.5)))
    elif approximate == "tanh":
        cube = do("mul", do("mul", do("mul", a, a), a), 0.044715)
        share = do("tanh", do("mul", do("add", a, cube), math.sqrt(2 / math.pi)))
    else:
        raise TraceError(
            f"expected approximate 'none' or 'tanh', but got {approximate!r}"
        )
    return do("mul", do("mul", a, 0.5), do("add", share, 1.0))


FUNCTIONS.update({
    "frac": _of_float(_frac),
    "lerp": _lerp,
    "hypot": _hypot,
    "heaviside": _heaviside,
    "logaddexp": _logaddexp,
    "nan_to_num": _nan_to_num,
    "relu": no_booleans(_relu),
    "relu6": no_booleans(_relu6),
    "hardtanh": no_booleans(_hardtanh),
    "leaky_relu": _of_float(_leaky_relu),
    "elu": _of_float(_elu),
    "sigmoid": _sigmoid,
    "expit": _sigmoid,  # of torch.special
    "log_sigmoid": _of_float(_log_sigmoid),
    "logsigmoid": _of_float(_log_sigmoid),
    "hardsigmoid": _of_float(_hardsigmoid),
    "silu": _of_float(_silu),
    "softplus": _of_float(_softplus),
    "gelu": _of_float(_gelu),
})
