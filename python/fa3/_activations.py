# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Those of torch.nn.functional among the functions that a score_mod or mask_mod may
call, from those of `_functions`. Importing this module adds them to the table."""

from __future__ import annotations

import math
from typing import Callable

from ._errors import TraceError
from ._symbols import FUNCTIONS, Builder, PromotionError, kind_of


def _of(builder: Builder) -> Callable:
    """Calls functions of the table by their names."""
    return lambda name, *operands: FUNCTIONS[name](builder, *operands)


def _relu(builder: Builder, a):
    return _of(builder)("maximum", a, 0)


def _hardtanh(builder: Builder, a, min_val=-1.0, max_val=1.0):
    """An integer stays one: its ends become integers."""
    if kind_of(a) == 0:
        raise PromotionError(
            "expected integers or floats, but got booleans, which PyTorch refuses: write "
            ".to(torch.int32) of them first"
        )
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
    "relu": _relu,
    "relu6": _relu6,
    "hardtanh": _hardtanh,
    "leaky_relu": _leaky_relu,
    "elu": _elu,
    "sigmoid": _sigmoid,
    "expit": _sigmoid,  # of torch.special
    "log_sigmoid": _log_sigmoid,
    "logsigmoid": _log_sigmoid,
    "hardsigmoid": _hardsigmoid,
    "silu": _silu,
    "softplus": _softplus,
    "gelu": _gelu,
})
