# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The functions that a score_mod or mask_mod may call, as operations of `arith` and
`math`. Importing this module fills the tables of `_symbols`."""

from __future__ import annotations

import math
from typing import Any, Callable, Iterable

from ._errors import TraceError
from ._symbols import (
    BOOL, FLOAT, FUNCTIONS, I64, INTEGERS, NARROW, OF_TYPES, Builder, PromotionError,
    Range, Value, common_type, is_within, kind_of, materialize, promote,
    range_of, to_value, with_narrow,
)


def _elementwise(float_op: str | None, int_op: str | None, bool_op: str | None = None):
    """A function of any number of operands of one type."""

    def build(builder: Builder, *operands):
        type = common_type(operands)
        if type == BOOL and not bool_op:
            if int_op:
                raise _refuse_booleans()
            type = FLOAT
        if type in INTEGERS and not int_op:
            type = FLOAT
        operation = float_op if type == FLOAT else bool_op if type == BOOL else int_op
        if not operation:
            raise TraceError("expected integers or booleans, but got floats")
        names = [materialize(builder, o, type).name for o in operands]
        value = builder.emit(operation, ", ".join(names), type, type)
        if type == "index" and operation in _RANGES:
            value.range = _bound(_RANGES[operation](*map(range_of, operands)))
        narrow = promote(operands) if type == "i32" else ""
        return _wrap(builder, value, narrow, operation)

    return build


def _refuse_booleans() -> PromotionError:
    return PromotionError(
        "expected integers or floats, but got booleans, which PyTorch refuses: write "
        ".to(torch.int32) of one first, or ^ and ~ for what differs and its opposite"
    )


def _wrap(builder: Builder, value: Value, narrow: str, operation: str) -> Value:
    """What is left of an i32 in the bits of a narrow dtype, where an operation can
    pass them."""
    if narrow not in NARROW:
        return value
    if operation in ("arith.addi", "arith.subi", "arith.muli", "arith.shli"):
        if narrow == "uint8":
            mask = builder.constant(255, "i32").name
            value = builder.emit("arith.andi", f"{value.name}, {mask}", "i32", "i32")
        else:
            bits = builder.constant(24 if narrow == "int8" else 16, "i32").name
            for shift in ("arith.shli", "arith.shrsi"):
                value = builder.emit(shift, f"{value.name}, {bits}", "i32", "i32")
    return with_narrow(value, narrow)


# Of results, by the ranges of the operands.
_RANGES: dict[str, Callable[[Range, Range], Range]] = {
    "arith.addi": lambda a, b: (a[0] + b[0], a[1] + b[1]),
    "arith.subi": lambda a, b: (a[0] - b[1], a[1] - b[0]),
    "arith.muli": lambda a, b: _hull(x * y for x in a for y in b),
    "arith.maxsi": lambda a, b: (max(a[0], b[0]), max(a[1], b[1])),
    "arith.minsi": lambda a, b: (min(a[0], b[0]), min(a[1], b[1])),
}


def _hull(numbers: Iterable[int]) -> Range:
    known = list(numbers)
    return min(known), max(known)


def _bound(range: Range) -> Range:
    """What is known of a value that wraps around where it passes 64 bits."""
    return range if is_within(range, I64) else I64


def _unary(operation: str):
    return _elementwise(operation, None)


def _compare(float_predicate: str, int_predicate: str):
    def build(builder: Builder, a, b):
        type = common_type((a, b), is_compared=True)
        if type == BOOL and int_predicate not in ("eq", "ne"):
            type = "i32"
        a, b = (materialize(builder, o, type) for o in (a, b))
        is_float = type == FLOAT
        predicate = float_predicate if is_float else int_predicate
        return builder.emit(
            "arith.cmpf" if is_float else "arith.cmpi",
            f"{predicate}, {a.name}, {b.name}",
            type,
            BOOL,
        )

    return build


def _where(builder: Builder, condition, a, b):
    type = common_type((a, b))
    narrow = promote((a, b)) if type == "i32" else ""
    range = _hull((*range_of(a), *range_of(b))) if type == "index" else I64
    condition = materialize(builder, condition, BOOL)
    a, b = (materialize(builder, o, type) for o in (a, b))
    value = builder.emit(
        "arith.select", f"{condition.name}, {a.name}, {b.name}", type, type
    )
    value.range = range
    return with_narrow(value, narrow if narrow in NARROW else "")


def _masked_fill(builder: Builder, a, mask, value):
    """Of the dtype of what is filled, unlike `where`."""
    dtypes = [promote((operand,)) for operand in (a, value)]
    if promote((a, value)) != dtypes[0]:
        raise PromotionError(
            f"expected to fill a value of {dtypes[0]} with its dtype, but got "
            f"{dtypes[1]}: write where(mask, value, a)"
        )
    return _where(builder, mask, value, a)


def _divide(builder: Builder, a, b, rounding_mode=None):
    if rounding_mode == "floor":
        return _floor_divide(builder, a, b)
    if rounding_mode is not None:
        raise TraceError(
            f"expected rounding_mode None or 'floor', but got {rounding_mode!r}"
        )
    a, b = (materialize(builder, o, FLOAT) for o in (a, b))
    return builder.emit("arith.divf", f"{a.name}, {b.name}", FLOAT, FLOAT)


def _check_divisor(a, b):
    if isinstance(b, Value) or int(b) <= 0:
        raise TraceError(
            "expected integers to be divided by a positive number of Python, but got "
            + ("a value of the kernel" if isinstance(b, Value) else str(b))
            + ": divide floats in its place"
        )
    if common_type((a, b)) == BOOL:
        raise _refuse_booleans()


def _integer_division(builder: Builder, a, b) -> tuple[Value, Value]:
    """Quotient and remainder of a division by a constant that round towards −∞, as
    Python's do. By another divisor, which may be 0, tiles cannot be computed."""
    _check_divisor(a, b)
    type, name = common_type((a, b)), promote((a, b))
    a = materialize(builder, a, type)
    divisor = builder.constant(b, type).name
    zero, one = builder.constant(0, type), builder.constant(1, type)
    quotient = builder.emit("arith.divsi", f"{a.name}, {divisor}", type, type)
    rest = builder.emit("arith.remsi", f"{a.name}, {divisor}", type, type)
    below = builder.emit("arith.cmpi", f"slt, {rest.name}, {zero.name}", type, BOOL)
    lower = builder.emit("arith.subi", f"{quotient.name}, {one.name}", type, type)
    higher = builder.emit("arith.addi", f"{rest.name}, {divisor}", type, type)
    results = (
        _where(builder, below, lower, quotient),
        _where(builder, below, higher, rest),
    )
    low, high = a.range
    results[0].range, results[1].range = (low // b, high // b), (0, b - 1)
    narrow = name if name in NARROW else ""
    return with_narrow(results[0], narrow), with_narrow(results[1], narrow)


def _shift(operation: str):
    """A shift by a constant. Of others it is not known whether the type has as many
    bits, and what is shifted by more is not defined."""

    def build(builder: Builder, a, b):
        type = common_type((a, False))
        if type == FLOAT:
            raise TraceError("expected integers or booleans, but got floats")
        if type == BOOL:
            if isinstance(b, bool):
                raise _refuse_booleans()
            type = "index"
        narrow = promote((a, False)) if type == "i32" else ""
        bits = {"uint8": 8, "int8": 8, "int16": 16, "int32": 32}.get(narrow, 64)
        if isinstance(b, Value) or kind_of(b) == 2 or not 0 <= b < bits:
            raise TraceError(
                f"expected a shift by a number of Python from 0 to {bits - 1}, but got "
                + ("a value of the kernel" if isinstance(b, Value) else str(b))
            )
        names = [materialize(builder, o, type).name for o in (a, b)]
        value = builder.emit(operation, ", ".join(names), type, type)
        return _wrap(builder, value, narrow, operation)

    return build


def _floor_divide(builder: Builder, a, b):
    if common_type((a, b)) != FLOAT:
        return _integer_division(builder, a, b)[0]
    return _unary("math.floor")(builder, _divide(builder, a, b))


def _remainder(builder: Builder, a, b):
    if common_type((a, b)) != FLOAT:
        return _integer_division(builder, a, b)[1]
    whole = _elementwise("arith.mulf", None)(builder, _floor_divide(builder, a, b), b)
    return _elementwise("arith.subf", None)(builder, a, whole)


def _power(builder: Builder, a, b):
    if common_type((a, b)) == BOOL:
        raise _refuse_booleans()
    if not isinstance(b, Value) and b == 2:
        if kind_of(a) == 0:  # an int64
            a = materialize(builder, a, "index")
        if kind_of(b) == 2:
            a = materialize(builder, a, FLOAT)
        return FUNCTIONS["mul"](builder, a, a)
    name = promote((a, b))
    if kind_of(a) == 1 and isinstance(b, int) and 3 <= b <= 8:
        return FUNCTIONS["mul"](builder, _power(builder, a, b - 1), a)
    if name == "int32" or name in NARROW:
        raise PromotionError(
            f"expected a power from 2 to 8 of a value of {name}, but got "
            + ("a value of the kernel" if isinstance(b, Value) else str(b))
            + ": write .to(torch.float32) of the value first"
        )
    if not isinstance(b, Value) and b == 0.5:
        return _unary("math.sqrt")(builder, a)
    return _elementwise("math.powf", None)(builder, a, b)


def _float_power(builder: Builder, a, b):
    return _power(builder, *(materialize(builder, o, FLOAT) if isinstance(o, Value)
                             else float(o) for o in (a, b)))


def _round(operation: str):
    """Integers are as they are, in PyTorch as in NumPy."""
    round = _unary(operation)
    return lambda builder, a: a if kind_of(a) == 1 else round(builder, a)


def _negate(builder: Builder, a):
    if kind_of(a) == 2:
        return _unary("arith.negf")(builder, a)
    if kind_of(a) == 0:
        raise _refuse_booleans()
    return FUNCTIONS["sub"](builder, 0, a)


def _absolute(builder: Builder, a):
    if kind_of(a) == 2:
        return _unary("math.absf")(builder, a)
    if promote((a,)) in ("bool", "uint8"):
        return a
    return FUNCTIONS["maximum"](builder, a, _negate(builder, a))


def _sigmoid(builder: Builder, a):
    exponential = _unary("math.exp")(builder, FUNCTIONS["mul"](builder, a, -1.0))
    return _divide(builder, 1.0, FUNCTIONS["add"](builder, 1.0, exponential))


def _logical(operation: str):
    def build(builder: Builder, a, b):
        a, b = (materialize(builder, o, BOOL) for o in (a, b))
        return builder.emit(operation, f"{a.name}, {b.name}", BOOL, BOOL)

    return build


def _logical_not(builder: Builder, a):
    return _logical("arith.xori")(builder, a, True)


def _invert(builder: Builder, a):
    if kind_of(a) == 0:
        return _logical_not(builder, a)
    ones = 255 if promote((a,)) == "uint8" else -1
    return FUNCTIONS["bitwise_xor"](builder, a, ones)


def _clamp(builder: Builder, a, min=None, max=None):
    if min is not None:
        a = FUNCTIONS["maximum"](builder, a, min)
    if max is not None:
        a = FUNCTIONS["minimum"](builder, a, max)
    return a


def _cast(type: str):
    return lambda builder, a: materialize(builder, a, type)


def _to(builder: Builder, a, dtype):
    """`.to(dtype)` and `.astype(dtype)`. Floats are computed in f32 whatever their
    name; integers in the width that they ask for."""
    name = getattr(dtype, "__name__", str(dtype)).rpartition(".")[2]
    if name in ("float16", "bfloat16", "float32", "float64", "float"):
        return materialize(builder, a, FLOAT)
    if name in ("int32", "int64", "int", "bool"):
        type = {"int32": "i32", "bool": BOOL}.get(name, "i64")
        return materialize(builder, a, type)
    raise TraceError(
        "expected float16, bfloat16, float32, float64, int32, int64 or bool, "
        f"but got {name}"
    )


def _fill(value: Any):
    """`new_ones`, `ones_like` and so on, of a single number."""

    def build(builder: Builder, a, size=(), fill_value=value, dtype=None, **place):
        if tuple(size):
            raise TraceError(
                f"expected the size () of a single number, but got {tuple(size)}"
            )
        if fill_value is None:
            raise TraceError("expected a number to fill with")
        filled = to_value(builder, fill_value)
        if dtype is not None:
            return _to(builder, filled, dtype)
        if not isinstance(a, Value):
            return materialize(builder, filled, FLOAT)
        if kind_of(a) == 1 and kind_of(filled) < 2:
            promote((a, filled))
        return with_narrow(materialize(builder, filled, a.type), a.narrow)

    return build


def _fill_like(value: Any):
    fill = _fill(value)
    return lambda builder, a, fill_value=value, **options: fill(
        builder, a, (), fill_value, options.get("dtype")
    )


def _sign(builder: Builder, a):
    where, compare = FUNCTIONS["where"], FUNCTIONS["gt"]
    name = promote((a,))
    if name == "bool":
        return a
    above, below = compare(builder, a, 0), compare(builder, 0, a)
    if name == "uint8":
        return where(builder, above, 1, a)
    return where(builder, above, 1, where(builder, below, -1, a))


def _is_finite(builder: Builder, a):
    return FUNCTIONS["lt"](builder, _absolute(builder, a), math.inf)


def _fmod(builder: Builder, a, b):
    """The rest of a division that rounds towards 0."""
    if common_type((a, b)) == FLOAT:
        whole = _unary("math.trunc")(builder, _divide(builder, a, b))
        return FUNCTIONS["sub"](builder, a, FUNCTIONS["mul"](builder, whole, b))
    _check_divisor(a, b)
    return _elementwise(None, "arith.remsi")(builder, a, b)


def _logaddexp(builder: Builder, a, b):
    a, b = (materialize(builder, o, FLOAT) for o in (a, b))
    distance = _absolute(builder, FUNCTIONS["sub"](builder, a, b))
    small = _unary("math.exp")(builder, _negate(builder, distance))
    return FUNCTIONS["add"](
        builder, FUNCTIONS["maximum"](builder, a, b), _unary("math.log1p")(builder, small)
    )


def _softplus(builder: Builder, a, beta=1.0, threshold=20.0):
    scaled = FUNCTIONS["mul"](builder, a, beta)
    soft = _divide(builder, _logaddexp(builder, scaled, 0.0), beta)
    return _where(builder, FUNCTIONS["gt"](builder, scaled, threshold), a, soft)


def _gelu(builder: Builder, a, approximate="none"):
    if approximate != "none":
        raise TraceError(f"expected approximate 'none', but got {approximate!r}")
    multiply, add = FUNCTIONS["mul"], FUNCTIONS["add"]
    error = _unary("math.erf")(builder, multiply(builder, a, math.sqrt(0.5)))
    return multiply(builder, multiply(builder, a, 0.5), add(builder, error, 1.0))


def _leaky_relu(builder: Builder, a, negative_slope=0.01):
    below = FUNCTIONS["mul"](builder, a, negative_slope)
    return _where(builder, FUNCTIONS["gt"](builder, a, 0), a, below)


def _aliases(function: Callable, *names: str) -> dict[str, Callable]:
    return dict.fromkeys(names, function)


# Whose operands but for the first are types and shapes.
OF_TYPES.update({
    **_aliases(_to, "to", "type", "astype"),
    "new_ones": _fill(1), "new_zeros": _fill(0), "new_full": _fill(None),
    "ones_like": _fill_like(1), "zeros_like": _fill_like(0), "full_like": _fill_like(None),
})

FUNCTIONS.update({
    **_aliases(_elementwise("arith.addf", "arith.addi", "arith.ori"), "add"),
    **_aliases(_elementwise("arith.subf", "arith.subi"), "sub", "subtract"),
    **_aliases(
        _elementwise("arith.mulf", "arith.muli", "arith.andi"), "mul", "multiply"
    ),
    **_aliases(_divide, "div", "divide", "true_divide", "truediv"),
    **_aliases(_floor_divide, "floor_divide", "floordiv"),
    **_aliases(_remainder, "remainder", "mod"),
    **_aliases(_power, "pow", "power"),
    **_aliases(_float_power, "float_power"),
    **_aliases(_negate, "neg", "negative"),
    **_aliases(_absolute, "abs", "absolute", "fabs"),
    **_aliases(lambda builder, a: _power(builder, a, 2), "square"),
    **_aliases(
        _elementwise("arith.maximumf", "arith.maxsi", "arith.ori"), "maximum", "max"
    ),
    **_aliases(
        _elementwise("arith.minimumf", "arith.minsi", "arith.andi"), "minimum", "min"
    ),
    **_aliases(_elementwise("arith.maxnumf", "arith.maxsi", "arith.ori"), "fmax"),
    **_aliases(_elementwise("arith.minnumf", "arith.minsi", "arith.andi"), "fmin"),
    **_aliases(_clamp, "clamp", "clip"),
    **_aliases(lambda builder, a: _clamp(builder, a, min=0), "relu"),
    **_aliases(_sigmoid, "sigmoid"),
    **{
        name: _unary(f"math.{name}")
        for name in (
            "exp exp2 expm1 log log2 log10 log1p sqrt rsqrt erf erfc "
            "sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh"
        ).split()
    },
    **{
        f"arc{name[1:]}": _unary(f"math.{name}")  # as NumPy calls them
        for name in "asin acos atan asinh acosh atanh".split()
    },
    **_aliases(_round("math.floor"), "floor"),
    **_aliases(_round("math.ceil"), "ceil"),
    **_aliases(_round("math.trunc"), "trunc", "fix"),
    # To the even one of two that are as near.
    **_aliases(_round("math.roundeven"), "round", "rint"),
    **_aliases(_elementwise("math.atan2", None), "atan2", "arctan2"),
    **_aliases(_elementwise("math.copysign", None), "copysign"),
    **_aliases(lambda builder, a: _divide(builder, 1.0, a), "reciprocal"),
    **_aliases(_sign, "sign", "sgn"),
    **_aliases(_fmod, "fmod"),
    **_aliases(_logaddexp, "logaddexp"),
    **_aliases(_softplus, "softplus"),
    **_aliases(_gelu, "gelu"),
    **_aliases(_leaky_relu, "leaky_relu"),
    **_aliases(
        lambda builder, a: FUNCTIONS["mul"](builder, a, _sigmoid(builder, a)), "silu"
    ),
    **_aliases(lambda builder, a: FUNCTIONS["ne"](builder, a, a), "isnan"),
    **_aliases(
        lambda builder, a: FUNCTIONS["eq"](builder, _absolute(builder, a), math.inf),
        "isinf",
    ),
    **_aliases(_is_finite, "isfinite"),
    **_aliases(_compare("oeq", "eq"), "eq", "equal"),
    **_aliases(_compare("une", "ne"), "ne", "not_equal"),
    **_aliases(_compare("olt", "slt"), "lt", "less"),
    **_aliases(_compare("ole", "sle"), "le", "less_equal"),
    **_aliases(_compare("ogt", "sgt"), "gt", "greater"),
    **_aliases(_compare("oge", "sge"), "ge", "greater_equal"),
    **_aliases(_elementwise(None, "arith.andi", "arith.andi"), "bitwise_and", "and"),
    **_aliases(_elementwise(None, "arith.ori", "arith.ori"), "bitwise_or", "or"),
    **_aliases(_elementwise(None, "arith.xori", "arith.xori"), "bitwise_xor", "xor"),
    **_aliases(_invert, "bitwise_not", "invert"),
    **_aliases(_shift("arith.shli"), "bitwise_left_shift", "left_shift", "lshift"),
    **_aliases(_shift("arith.shrsi"), "bitwise_right_shift", "right_shift", "rshift"),
    **_aliases(_logical("arith.andi"), "logical_and"),
    **_aliases(_logical("arith.ori"), "logical_or"),
    **_aliases(_logical("arith.xori"), "logical_xor"),
    **_aliases(_logical_not, "logical_not"),
    **_aliases(_where, "where"),
    **_aliases(_masked_fill, "masked_fill"),
    **_aliases(_cast(FLOAT), "float", "half", "bfloat16", "double"),
    **_aliases(_cast("i32"), "int"),
    **_aliases(_cast("i64"), "long"),
    **_aliases(_cast(BOOL), "bool"),
    **OF_TYPES,
})
