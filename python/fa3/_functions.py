# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The functions that a score_mod or mask_mod may call, as operations of `arith` and
`math`. Importing this module fills the tables of `_symbols`; `_composites` adds those
that are made of others."""

from __future__ import annotations

import math
from typing import Any, Callable, Iterable

from ._errors import TraceError
from ._symbols import (
    BOOL, FLOAT, FUNCTIONS, I64, INTEGERS, NARROW, OF_BOUNDS, OF_TYPES, Builder,
    PromotionError, Range, Value, common_type, is_within, kind_of, materialize, promote,
    range_of, to_value, with_narrow,
)


def _elementwise(
    float_op: str | None, int_op: str | None, bool_op: str | None = None, arity: int = 2
):
    """A function of operands of one type."""

    def build(builder: Builder, *operands):
        if len(operands) != arity:
            raise TypeError(f"expected {arity} operands, but got {len(operands)}")
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
        ".to(torch.int32) of one first and 1 for True, or ^ and ~ for what differs and its "
        "opposite"
    )


def no_booleans(function: Callable) -> Callable:
    """The function, of a first operand that is no boolean."""

    def build(builder: Builder, a, *operands, **options):
        if kind_of(a) == 0:
            raise _refuse_booleans()
        return function(builder, a, *operands, **options)

    return build


def _subtract(builder: Builder, a, b):
    if 0 in (kind_of(a), kind_of(b)):
        raise _refuse_booleans()
    return _elementwise("arith.subf", "arith.subi")(builder, a, b)


def _wrap(builder: Builder, value: Value, narrow: str, operation: str) -> Value:
    """What is left of an i32 in the bits of a narrow dtype, where an operation can
    pass them."""
    if narrow not in NARROW:
        return value
    if operation in ("arith.addi", "arith.subi", "arith.muli", "arith.shli"):
        value = _keep_bits(builder, value, narrow)
    return with_narrow(value, narrow)


def _keep_bits(builder: Builder, value: Value, narrow: str) -> Value:
    """An i32 as the bits of a narrow dtype have it."""
    if narrow == "uint8":
        mask = builder.constant(255, "i32").name
        return builder.emit("arith.andi", f"{value.name}, {mask}", "i32", "i32")
    bits = builder.constant(24 if narrow == "int8" else 16, "i32").name
    for shift in ("arith.shli", "arith.shrsi"):
        value = builder.emit(shift, f"{value.name}, {bits}", "i32", "i32")
    return value


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
    return _elementwise(operation, None, arity=1)


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
    if promote((condition,)) not in ("bool", "uint8"):
        raise PromotionError(
            f"expected a boolean for the condition, but got {promote((condition,))}: write "
            "!= 0 behind it"
        )
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
    if rounding_mode not in (None, "floor", "trunc"):
        raise TraceError(
            "expected rounding_mode None, 'floor' or 'trunc', but got "
            f"{rounding_mode!r}"
        )
    if rounding_mode is not None and common_type((a, b)) != FLOAT:
        return _integer_division(builder, a, b, rounding_mode)[0]
    a, b = (materialize(builder, o, FLOAT) for o in (a, b))
    quotient = builder.emit("arith.divf", f"{a.name}, {b.name}", FLOAT, FLOAT)
    if rounding_mode is None:
        return quotient
    return _unary(f"math.{rounding_mode}")(builder, quotient)


def _check_divisor(a, b):
    if common_type((a, b)) == BOOL:
        raise _refuse_booleans()
    if isinstance(b, Value):
        raise TraceError(
            "expected integers to be divided by a number of Python, but got a value of "
            "the kernel: divide floats in its place, as in floor(a / b)"
        )
    if b == 0:
        raise TraceError("the divisor is 0, and integers cannot be divided by it")


def _integer_division(builder: Builder, a, b, rounding_mode: str) -> tuple[Value, Value]:
    """Quotient and remainder of a division by a constant that rounds towards −∞, as
    Python's do, or towards 0. By another divisor, which may be 0, tiles cannot be
    computed."""
    _check_divisor(a, b)
    type, name = common_type((a, b)), promote((a, b))
    narrow = name if name in NARROW else ""
    if b == -1:  # the least number divided by it is not defined
        rest = with_narrow(builder.constant(0, type), narrow)
        return FUNCTIONS["sub"](builder, 0, a), rest
    a = materialize(builder, a, type)
    divisor = builder.constant(b, type).name
    quotient = builder.emit("arith.divsi", f"{a.name}, {divisor}", type, type)
    rest = builder.emit("arith.remsi", f"{a.name}, {divisor}", type, type)
    quotient.range = _hull(_truncate(end, int(b)) for end in a.range)
    largest = abs(b) - 1
    rest.range = (-largest if a.range[0] < 0 else 0), largest
    if rounding_mode == "floor":
        zero, one = builder.constant(0, type), builder.constant(1, type)
        # Towards 0 was up, where what is left has the other sign.
        predicate = "slt" if b > 0 else "sgt"
        is_up = builder.emit(
            "arith.cmpi", f"{predicate}, {rest.name}, {zero.name}", type, BOOL
        )
        lower = builder.emit("arith.subi", f"{quotient.name}, {one.name}", type, type)
        moved = builder.emit("arith.addi", f"{rest.name}, {divisor}", type, type)
        quotient = _where(builder, is_up, lower, quotient)
        rest = _where(builder, is_up, moved, rest)
        quotient.range = _hull(end // b for end in a.range)
        rest.range = _hull((0, b - 1 if b > 0 else b + 1))
    return with_narrow(quotient, narrow), with_narrow(rest, narrow)


def _truncate(a: int, b: int) -> int:
    quotient = abs(a) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


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
    return _divide(builder, a, b, rounding_mode="floor")


def _remainder(builder: Builder, a, b):
    if common_type((a, b)) != FLOAT:
        return _integer_division(builder, a, b, "floor")[1]
    rest, less = _fmod(builder, a, b), FUNCTIONS["lt"]
    # That of a division towards 0 has the sign of a; this one has that of b.
    is_other = _logical("arith.xori")(builder, less(builder, rest, 0), less(builder, b, 0))
    is_off = _logical("arith.andi")(builder, is_other, FUNCTIONS["ne"](builder, rest, 0))
    return _where(builder, is_off, FUNCTIONS["add"](builder, rest, b), rest)


def _power(builder: Builder, a, b):
    if common_type((a, b)) == BOOL:
        raise _refuse_booleans()
    name = promote((a, b))
    if name != "float32":
        return _integer_power(builder, a, b, name)
    if not isinstance(b, Value) and b == 2:
        a = materialize(builder, a, FLOAT)
        return FUNCTIONS["mul"](builder, a, a)
    if not isinstance(b, Value) and b == 0.5:
        return _unary("math.sqrt")(builder, a)
    return _elementwise("math.powf", None)(builder, a, b)


def _integer_power(builder: Builder, a, b, name: str):
    """A product in the dtype of a name, which wraps around in it."""
    if isinstance(b, Value) or b < 0:
        raise PromotionError(
            f"expected a power of at least 0 by a number of Python beside {name}, but got "
            + ("a value of the kernel" if isinstance(b, Value) else str(b))
            + ": write .to(torch.float32) of the value first"
        )
    a = a if kind_of(a) == 1 else _convert_to(builder, a, name)
    power, multiply = None, FUNCTIONS["mul"]
    for digit in f"{b:b}":
        if power is not None:
            power = multiply(builder, power, power)
        if digit == "1":
            power = a if power is None else multiply(builder, power, a)
    return _convert_to(builder, 1, name) if power is None else power


def _float_power(builder: Builder, a, b):
    return _power(builder, *(materialize(builder, o, FLOAT) if isinstance(o, Value)
                             else float(o) for o in (a, b)))


def _round(operation: str):
    """Integers are as they are, in PyTorch as in NumPy."""
    round = _unary(operation)
    return no_booleans(lambda builder, a: a if kind_of(a) == 1 else round(builder, a))


def _negate(builder: Builder, a):
    if kind_of(a) == 2:
        return _unary("arith.negf")(builder, a)
    return FUNCTIONS["sub"](builder, 0, a)


def _absolute(builder: Builder, a):
    if kind_of(a) == 2:
        return _unary("math.absf")(builder, a)
    if promote((a,)) == "uint8":
        return a
    return FUNCTIONS["maximum"](builder, a, _negate(builder, a))


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


# The types that dtypes are computed in: floats in f32 whatever their name, integers in
# the width that they ask for.
_TYPES = {
    **dict.fromkeys(("float16", "bfloat16", "float32", "float64"), FLOAT),
    "int64": "i64", "int32": "i32", **dict.fromkeys(NARROW, "i32"), "bool": BOOL,
}


def _convert_to(builder: Builder, a, name: str) -> Value:
    """A value in the dtype of a name; integers wrap around in it."""
    type = _TYPES[name]
    if name not in NARROW:
        return materialize(builder, a, type)
    is_held = kind_of(a) < 2 and is_within(range_of(a), NARROW[name])
    if not isinstance(a, Value) and not is_held:
        raise PromotionError(f"expected a number of {name}, but got {a}")
    value = materialize(builder, a, type)
    return with_narrow(value if is_held else _keep_bits(builder, value, name), name)


def _cast(name: str):
    return lambda builder, a: _convert_to(builder, a, name)


def _promote_all(builder: Builder, *operands) -> list[Value]:
    """Operands in the dtype that PyTorch computes all of them in."""
    name = promote(operands)
    return [
        o if isinstance(o, Value) and promote((o,)) == name
        else _convert_to(builder, o, name)
        for o in operands
    ]


def _to(builder: Builder, a, *targets, dtype=None, **options):
    """`.to(dtype)` and `.astype(dtype)`, `.to(device, dtype)` and `.to(other)`."""
    for target in targets:
        if hasattr(target, "dtype") and not isinstance(target, type):
            dtype = target.dtype
        elif not _is_device(target):
            dtype = target
    if dtype is None:
        return a
    name = getattr(dtype, "__name__", str(dtype)).rpartition(".")[2]
    name = {"float": "float32", "int": "int64", "bool_": "bool"}.get(name, name)
    if name in _TYPES:
        return _convert_to(builder, a, name)
    advice = {
        "uint16": ": write .to(torch.int32) & 0xFFFF",
        "uint32": ": write .to(torch.int64) & 0xFFFFFFFF",
    }.get(name, "")
    if name.startswith("float8_"):
        advice = ", to which nothing here rounds: floats are computed in float32"
    raise TraceError(f"expected {', '.join(_TYPES)}, but got {name}{advice}")


def _is_device(target: Any) -> bool:
    return target is None or type(target).__name__ == "device" or (
        isinstance(target, str) and target.partition(":")[0] in ("cpu", "cuda")
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
        return with_narrow(materialize(builder, filled, a.ir_type), a.narrow)

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
    rest = 0.0 if name == "float32" else a  # 0 of a NaN, too
    return where(builder, above, 1, where(builder, below, -1, rest))


def _scale(builder: Builder, a: Value, name: str, factor) -> Value:
    """A value times a factor, an option of that name that changes no dtype."""
    dtype = promote((a,))
    if isinstance(factor, Value):
        raise PromotionError(
            f"expected {name} to be a number of Python, but got a value of the kernel: "
            "write a product in its place"
        )
    if isinstance(factor, float) and dtype != "float32":
        raise PromotionError(
            f"expected {name} to be an integer beside values of {dtype}, but got "
            f"{factor}: write .to(torch.float32) of one first"
        )
    factor = bool(factor) if dtype == "bool" else factor
    return a if factor == 1 else FUNCTIONS["mul"](builder, a, factor)


def _with_alpha(operation: Callable):
    """`add` and `sub`, of which PyTorch's multiply the second operand by alpha."""

    def build(builder: Builder, a, b, alpha=1):
        if not isinstance(alpha, int) or alpha != 1:
            a, b = _promote_all(builder, a, b)
            b = _scale(builder, b, "alpha", alpha)
        return operation(builder, a, b)

    return build


def _either(name: str, function: str):
    """`max` and `min` of two values. PyTorch takes a number for a dimension."""

    def build(builder: Builder, a, b):
        if not isinstance(a, Value) or not isinstance(b, Value):
            number = a if isinstance(b, Value) else b
            raise TraceError(
                f"expected two values for '{name}', but got {number}, which PyTorch takes "
                f"for a dimension: write clamp({'min' if name == 'max' else 'max'}="
                f"{number}) of the other"
            )
        return FUNCTIONS[function](builder, a, b)

    return build


def _round_decimals(builder: Builder, a, decimals=0):
    """To the even one of two that are as near."""
    if decimals == 0:
        return _round("math.roundeven")(builder, a)
    if kind_of(a) != 2 or not isinstance(decimals, int):
        raise TraceError(
            "expected a float to be rounded to a number of decimals, but got "
            f"{promote((a,))} and {decimals}"
        )
    power, multiply = 10.0 ** abs(decimals), FUNCTIONS["mul"]
    if decimals < 0:
        whole = _unary("math.roundeven")(builder, _divide(builder, a, power))
        return multiply(builder, whole, power)
    whole = _unary("math.roundeven")(builder, multiply(builder, a, power))
    return _divide(builder, whole, power)


def _addcmul(builder: Builder, a, b, c, value=1):
    a, b, c = _promote_all(builder, a, b, c)
    product = FUNCTIONS["mul"](builder, _scale(builder, b, "value", value), c)
    return FUNCTIONS["add"](builder, a, product)


def _addcdiv(builder: Builder, a, b, c, value=1):
    if promote((b, c)) != "float32":
        raise PromotionError(
            f"expected a float to be divided, but got {promote((b, c))}, which PyTorch "
            "refuses: write .to(torch.float32) of one first"
        )
    a, b, c = _promote_all(builder, a, b, c)
    quotient = _divide(builder, _scale(builder, b, "value", value), c)
    return FUNCTIONS["add"](builder, a, quotient)


def _is_infinite(builder: Builder, a):
    magnitude = _absolute(builder, materialize(builder, a, FLOAT))
    return FUNCTIONS["eq"](builder, magnitude, math.inf)


def _is_finite(builder: Builder, a):
    magnitude = _absolute(builder, materialize(builder, a, FLOAT))
    return FUNCTIONS["lt"](builder, magnitude, math.inf)


def _fmod(builder: Builder, a, b):
    """The rest of a division that rounds towards 0."""
    if common_type((a, b)) == FLOAT:
        return _elementwise("arith.remf", None)(builder, a, b)
    return _integer_division(builder, a, b, "trunc")[1]


def _aliases(function: Callable, *names: str) -> dict[str, Callable]:
    return dict.fromkeys(names, function)


OF_BOUNDS.update(("clamp", "clip"))
# Whose operands but for the first are types and shapes.
OF_TYPES.update({
    **_aliases(_to, "to", "type", "type_as", "astype"),
    "new_ones": _fill(1), "new_zeros": _fill(0), "new_full": _fill(None),
    "ones_like": _fill_like(1), "zeros_like": _fill_like(0), "full_like": _fill_like(None),
})

FUNCTIONS.update({
    "add": _with_alpha(_elementwise("arith.addf", "arith.addi", "arith.ori")),
    **_aliases(_with_alpha(_subtract), "sub", "subtract"),
    **_aliases(
        _elementwise("arith.mulf", "arith.muli", "arith.andi"), "mul", "multiply"
    ),
    **_aliases(_divide, "div", "divide", "true_divide", "truediv"),
    **_aliases(_floor_divide, "floor_divide", "floordiv"),
    **_aliases(_remainder, "remainder", "mod"),
    **_aliases(_power, "pow", "power"),
    **_aliases(_float_power, "float_power"),
    **_aliases(no_booleans(_negate), "neg", "negative"),
    **_aliases(no_booleans(_absolute), "abs", "absolute", "fabs"),
    **_aliases(lambda builder, a: _power(builder, a, 2), "square"),
    "maximum": _elementwise("arith.maximumf", "arith.maxsi", "arith.ori"),
    "minimum": _elementwise("arith.minimumf", "arith.minsi", "arith.andi"),
    "max": _either("max", "maximum"),
    "min": _either("min", "minimum"),
    **_aliases(_elementwise("arith.maxnumf", "arith.maxsi", "arith.ori"), "fmax"),
    **_aliases(_elementwise("arith.minnumf", "arith.minsi", "arith.andi"), "fmin"),
    **_aliases(_clamp, "clamp", "clip"),
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
    **_aliases(_round_decimals, "round", "around", "rint"),
    **_aliases(_addcmul, "addcmul"),
    **_aliases(_addcdiv, "addcdiv"),
    **_aliases(_elementwise("math.atan2", None), "atan2", "arctan2"),
    **_aliases(_elementwise("math.copysign", None), "copysign"),
    **_aliases(lambda builder, a: _divide(builder, 1.0, a), "reciprocal"),
    **_aliases(_sign, "sign", "sgn"),
    **_aliases(_fmod, "fmod"),
    **_aliases(lambda builder, a: FUNCTIONS["ne"](builder, a, a), "isnan"),
    **_aliases(_is_infinite, "isinf"),
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
    **_aliases(lambda builder, a: a, "clone", "contiguous", "detach"),
    **_aliases(no_booleans(lambda builder, a: a), "positive", "pos"),
    **_aliases(_cast("float32"), "float", "half", "bfloat16", "double"),
    **_aliases(_cast("uint8"), "byte"),
    **_aliases(_cast("int8"), "char"),
    **_aliases(_cast("int16"), "short"),
    **_aliases(_cast("int32"), "int"),
    **_aliases(_cast("int64"), "long"),
    **_aliases(_cast("bool"), "bool"),
    **OF_TYPES,
})
