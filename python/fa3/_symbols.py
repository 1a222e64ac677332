# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The symbols that a score_mod or mask_mod computes with while it is traced.

Python's operators, functions of PyTorch and of NumPy, and methods of their arrays all
end in the table `FUNCTIONS`, which `_functions` fills. Here are what it is called
with, and how elements of arrays are read, as operations of `arith` and `memref`.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import math
import struct
import sys
from typing import Any, Callable, Sequence, Union

from ._errors import TraceError

# The types of values in a region: coordinates are `index`; what an array holds is
# widened to one of the others.
FLOAT = "f32"
INTEGERS = ("index", "i32", "i64")
BOOL = "i1"

# Of integers: the least and the largest.
Range = tuple[int, int]
I32: Range = (-(2**31), 2**31 - 1)
I64: Range = (-(2**63), 2**63 - 1)
# Array, dimension and size, as of Region.bounds.
Bound = tuple[int, int, Union[str, int]]
# Lengths end at 2³¹ − 1.
COORDINATES: Range = (0, 2**31 - 2)
# Integers of fewer bits are computed in i32, and wrap where PyTorch's do. One of int8
# and one of uint8 give int16.
NARROW: dict[str, Range] = {
    "int8": (-(2**7), 2**7 - 1),
    "uint8": (0, 2**8 - 1),
    "int16": (-(2**15), 2**15 - 1),
}


@dataclasses.dataclass(frozen=True)
class Element:
    """How an element type of arrays stands in the IR: its type in memory, the type
    that values of it have, and the operation that turns the one into the other."""

    memory: str
    value: str
    widen: str


ELEMENTS = {
    "float32": Element("f32", "f32", ""),
    "float16": Element("f16", "f32", "arith.extf"),
    "bfloat16": Element("bf16", "f32", "arith.extf"),
    "float64": Element("f64", "f32", "arith.truncf"),
    "int64": Element("i64", "i64", ""),
    "int32": Element("i32", "i32", ""),
    "int8": Element("i8", "i32", "arith.extsi"),
    "uint8": Element("i8", "i32", "arith.extui"),
    "bool": Element("i8", "i1", "arith.trunci"),
}
def widen(name: str) -> str:
    """The dtype that holds the numbers of one that kernels do not have; "" where there
    is none."""
    if name.startswith("float8_"):
        return "bfloat16"
    return {"int16": "int32", "uint16": "int32", "uint32": "int64"}.get(name, "")


def dtype_name(array: Any) -> str:
    """The name of an array's dtype, the same for all libraries."""
    return str(array.dtype).rpartition(".")[2]


def is_array(value: Any) -> bool:
    """Whether a value is an array of any library, and no number or type of NumPy."""
    return (hasattr(value, "__dlpack__") or hasattr(value, "__array_interface__")) and (
        hasattr(value, "shape") and not isinstance(value, type)
        and not _is_numpy_scalar(value)
    )


def is_symbolic(value: Any) -> bool:
    """Whether a value is one that only the kernel knows."""
    return isinstance(value, _Symbolic)


def _is_numpy_scalar(value: Any) -> bool:
    return type(value).__module__ == "numpy" and not hasattr(value, "__setitem__")


class Builder:
    """The operations of a region, in order, which may be a constant of a graph."""

    def __init__(self, first: int, is_constant: bool = False):
        self.first = first
        self.is_constant = is_constant
        self.lines: list[str] = []
        self.constants: dict[tuple[str, str], Value] = {}
        self.arrays: list[Any] = []
        self.types: list[str] = []
        self.bounds: dict[Bound, None] = {}
        self.count = 0

    def emit(self, operation: str, operands: str, signature: str, type: str) -> Value:
        value = Value(self, f"%{self.count}", type)
        self.count += 1
        self.lines.append(f"{value.name} = {operation} {operands} : {signature}")
        return value

    def constant(self, number: Any, type: str) -> Value:
        if type == FLOAT:
            try:
                text = _float_literal(float(number))
            except OverflowError:
                raise TraceError(
                    f"expected numbers that a float of Python holds, but got {number}"
                ) from None
        elif type == BOOL:
            text = "true" if number else "false"
        else:
            text = str(int(number))
            if not is_within(range_of(number), I64):
                raise TraceError(f"expected integers of 64 bits, but got {text}")
        known = self.constants.get((text, type))
        if known is None:
            known = Value(self, f"%{self.count}", type)
            if type == "index":
                known.range = range_of(number)
            self.count += 1
            suffix = "" if type == BOOL else f" : {type}"
            self.lines.append(f"{known.name} = arith.constant {text}{suffix}")
            self.constants[text, type] = known
        return known

    def register(self, array: Any) -> int:
        """The number of an array that is read."""
        for index, known in enumerate(self.arrays):
            if known is array:
                return index
        name = dtype_name(array)
        element = ELEMENTS.get(name)
        if element is None:
            is_native = getattr(array.dtype, "isnative", True)  # >f4 is not
            other = widen(name) if is_native else name[1:]
            cast = f".to(torch.{other})"
            if not hasattr(array, "__torch_function__"):
                cast = f".astype('{other}')"
            raise TraceError(
                f"expected arrays of {', '.join(ELEMENTS)}, but got {name}"
                + (f": read a copy of it, {cast}" if other else "")
            )
        rank = len(array.shape)
        sizes = "?x" * rank if rank else "1x"
        self.arrays.append(array)
        self.types.append(f"memref<{sizes}{element.memory}>")
        return len(self.arrays) - 1


def _float_literal(number: float) -> str:
    """A number as f32 has it, in MLIR's syntax."""
    try:
        single = struct.unpack("f", struct.pack("f", number))[0]
    except OverflowError:
        single = math.copysign(math.inf, number)
    if math.isfinite(single):
        return f"{single:.9e}"
    return f"0x{struct.unpack('I', struct.pack('f', single))[0]:08X}"


#===----------------------------------------------------------------------===#
# Values
#===----------------------------------------------------------------------===#


class _Symbolic:
    """What a traced function computes with."""

    __slots__ = ()

    builder: Builder

    # NumPy asks this before it makes an array of a symbol.
    __array_priority__ = 1000

    def __bool__(self):
        raise TraceError(
            "the value is only known in the kernel, so Python cannot branch on it: "
            "use where(condition, a, b) for if, &, | and ~ for and, or and not, "
            "and maximum and minimum for max and min"
        )

    def _refuse_number(self, *_):
        raise TraceError(
            "the value is only known in the kernel, so it cannot become a number of "
            "Python: use functions of torch or numpy in place of those of math"
        )

    __float__ = __int__ = __complex__ = __round__ = _refuse_number
    item = tolist = _refuse_number

    def __index__(self):
        raise TraceError(
            "the value is only known in the kernel, so it cannot be an index of a list "
            "or the end of a range: index an array, which the function reads from a "
            "variable, an attribute, a list, a tuple or a dict"
        )

    def __len__(self):
        raise TraceError("the value is a single number and has no length")

    def __iter__(self):
        raise TraceError("the value is a single number and cannot be iterated over")

    # A symbol has no identity worth comparing, as == computes.
    def __hash__(self):
        raise TraceError(
            "the value is only known in the kernel, so it cannot be a key of a dict or an "
            "element of a set: index an array, or compare with each by == and |"
        )

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return _call(getattr(function, "__name__", str(function)), args, kwargs or {})

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if method != "__call__":
            raise TraceError(f"{ufunc.__name__}.{method} is not an elementwise function")
        return _call(ufunc.__name__, inputs, kwargs)

    def __array_function__(self, function, types, args, kwargs):
        return _call(function.__name__, args, kwargs)

    def __getattr__(self, name):
        # Methods of tensors: score.tanh(), mask.logical_not(), index.to(dtype).
        if name in FUNCTIONS:
            return functools.partial(_call_method, name, self)
        if name.startswith("__"):
            raise AttributeError(name)
        _refuse_in_place(name)
        raise _refuse_unknown(name)


class Value(_Symbolic):
    """A number in a region. Of one whose type is `index`, `range` bounds the value
    where it is known. One of `NARROW` is an i32 that PyTorch has in fewer bits."""

    # Beside them stand the methods of a tensor, of which `type` is one.
    __slots__ = ("builder", "name", "ir_type", "range", "narrow")

    def __init__(
        self, builder: Builder, name: str, type: str, range: Range = I64,
        narrow: str = "",
    ):
        self.builder = builder
        self.name = name
        self.ir_type = type
        self.range = range
        self.narrow = narrow

    @property
    def dtype(self):
        """As arrays of the library have it."""
        name = dtype_of(self)
        library = sys.modules.get("torch") or sys.modules.get("numpy")
        return getattr(library, name, name)

    # Of constants that a function makes: where they are by default.
    device = None
    shape = ()
    ndim = 0

    def __repr__(self):
        return f"<{self.narrow or self.ir_type} value of a score_mod or mask_mod>"


class Array(_Symbolic):
    """An array that the function holds, with the indices that it has so far. It
    becomes an argument of the kernel once an element is read."""

    __slots__ = ("builder", "array", "indices")

    def __init__(self, builder: Builder, array: Any, indices: tuple = ()):
        self.builder = builder
        self.array = array
        self.indices = indices

    @property
    def shape(self):
        return tuple(self.array.shape)[len(self.indices):]

    @property
    def ndim(self):
        return len(self.shape)

    def __len__(self):
        return self.shape[0] if self.shape else super().__len__()

    @property
    def dtype(self):
        return self.array.dtype

    def __repr__(self):
        return f"<array of {dtype_name(self.array)} of shape {self.shape}>"

    def __getitem__(self, index):
        indices = self.indices + (index if isinstance(index, tuple) else (index,))
        for position in indices:
            if position is None or isinstance(position, (list, slice, type(...))):
                raise _refuse_index(position)
        if len(indices) > len(self.array.shape):
            raise TraceError(
                f"expected at most {len(self.array.shape)} indices of an array of "
                f"shape {tuple(self.array.shape)}, but got {len(indices)}"
            )
        item = Array(self.builder, self.array, indices)
        return _load(item) if not item.shape else item


def _refuse_index(position: Any) -> TraceError:
    return TraceError(
        f"expected an integer for an index, but got {position!r}: lists, slices, ... and "
        "None are not known in a score_mod or mask_mod, which reads an array by an index "
        "for each dimension"
    )


def _load(array: Array) -> Value:
    builder = array.builder
    index = builder.register(array.array)
    names = []
    for dimension, position in enumerate(array.indices):
        if is_symbolic(position):
            position = to_value(builder, position)
        if isinstance(position, Value):
            if position.ir_type not in INTEGERS:
                raise TraceError(f"expected an integer for an index, but got {position}")
            if position.name in ("%batch", "%head"):
                bound = (builder.first + index, dimension, position.name[1:])
                builder.bounds[bound] = None
            names.append(_convert(position, "index").name)
            continue
        try:
            number = position.__index__()
        except (AttributeError, TypeError):
            raise _refuse_index(position) from None
        size = array.array.shape[dimension]
        if not -size <= number < size:
            raise TraceError(
                f"expected an index of at least {-size} and under {size} in dimension "
                f"{dimension} of an array of shape {tuple(array.array.shape)}, but got "
                f"{number}"
            )
        bound = number + 1 if number >= 0 else -size
        builder.bounds[builder.first + index, dimension, bound] = None
        number %= size
        names.append(builder.constant(number, "index").name)
    if not array.array.shape:
        names = [builder.constant(0, "index").name]
    element = ELEMENTS[dtype_name(array.array)]
    place = f"%captured{builder.first + index}[{', '.join(names)}]"
    value = builder.emit("memref.load", place, builder.types[index], element.memory)
    if element.value == BOOL:
        zero = builder.constant(0, "i8")
        return builder.emit("arith.cmpi", f"ne, {value.name}, {zero.name}", "i8", BOOL)
    if element.widen:
        signature = f"{element.memory} to {element.value}"
        value = builder.emit(element.widen, value.name, signature, element.value)
    name = dtype_name(array.array)
    return with_narrow(value, name if name in NARROW else "")


def to_value(builder: Builder, operand: Any) -> Value | bool | int | float:
    """An operand as a value, or as it is where it is a number of Python."""
    if isinstance(operand, _Symbolic) and operand.builder is not builder:
        raise TraceError(
            "expected values of this call of the function, but got one that was kept "
            "from another"
        )
    if isinstance(operand, Value):
        return operand
    if not isinstance(operand, Array) and is_array(operand):
        operand = Array(builder, operand)
    if isinstance(operand, Array):
        if operand.shape:
            raise TraceError(
                f"expected a number, but got {operand!r}: give it an index for each "
                "dimension"
            )
        return _load(operand)
    if _is_numpy_scalar(operand):
        if builder.is_constant:
            raise TraceError(
                f"expected a number of Python, but got a {type(operand).__name__} of "
                "NumPy, whose changes torch.compile would not see: make a float or an int "
                "of it outside of the function"
            )
        return operand.item()
    if isinstance(operand, (bool, int, float)):
        return operand
    raise TraceError(
        f"expected a number or an element of an array, but got {type(operand).__name__}"
    )


def _builder_of(operands: Sequence[Any]) -> Builder:
    for operand in operands:
        if isinstance(operand, _Symbolic):
            return operand.builder
    raise TraceError("expected an operand that the kernel computes")


#===----------------------------------------------------------------------===#
# Types
#===----------------------------------------------------------------------===#


def kind_of(operand: Value | bool | int | float) -> int:
    """0 for booleans, 1 for integers, 2 for floats: the order of promotion."""
    if isinstance(operand, Value):
        return 0 if operand.ir_type == BOOL else 2 if operand.ir_type == FLOAT else 1
    return 0 if isinstance(operand, bool) else 1 if isinstance(operand, int) else 2


class PromotionError(TraceError):
    """Types that do not go together in an operation, which is not known yet."""


def dtype_of(value: Value) -> str:
    """The dtype that PyTorch has a value in."""
    names = {FLOAT: "float32", BOOL: "bool", "i32": "int32"}
    return value.narrow or names.get(value.ir_type, "int64")


def promote(operands: Sequence[Value | bool | int | float]) -> str:
    """The dtype that PyTorch computes operands in. Numbers of Python take that of the
    integers that they meet."""
    kind = max(kind_of(operand) for operand in operands)
    if kind != 1:
        return "float32" if kind == 2 else "bool"
    found = {dtype_of(o) for o in operands if isinstance(o, Value) and kind_of(o) == 1}
    if not found or "int64" in found:
        return "int64"
    name = "int32" if "int32" in found else min(found) if len(found) == 1 else "int16"
    low, high = NARROW.get(name, I32)
    for operand in operands:
        if not isinstance(operand, Value) and not low <= operand <= high:
            raise PromotionError(
                f"expected a number from {low} to {high} beside a value of {name}, but "
                f"got {operand}: write .to(torch.{'int64' if name == 'int32' else 'int32'}) "
                "of the value first"
            )
    return name


def common_type(
    operands: Sequence[Value | bool | int | float], is_compared: bool = False
) -> str:
    """The type that operands are computed in: one that has all the bits of PyTorch's,
    or where they are only compared, all that the operands need."""
    name = promote(operands)
    if name != "int64":
        return {"float32": FLOAT, "bool": BOOL}.get(name, "i32")
    values = [o for o in operands if isinstance(o, Value)]
    if "i64" in {value.ir_type for value in values}:
        return "i64"
    if all(value.ir_type != "i32" or value.narrow for value in values):
        return "index"
    # A coordinate fits in 32 bits, but a sum or product with one does not.
    is_small = all(is_within(range_of(operand), I32) for operand in operands)
    return "i32" if is_compared and is_small else "i64"


def range_of(operand: Value | bool | int | float) -> Range:
    """Of a number that is no float."""
    if not isinstance(operand, Value):
        return int(operand), int(operand)
    if operand.ir_type == BOOL:
        return 0, 1
    if operand.ir_type == "i32":
        return NARROW.get(operand.narrow, I32)
    return operand.range if operand.ir_type == "index" else I64


def with_narrow(value: Value, narrow: str) -> Value:
    """The value as one of another dtype whose values are i32. Constants are shared, so
    it is not changed."""
    if value.narrow == narrow:
        return value
    return Value(value.builder, value.name, value.ir_type, value.range, narrow)


def is_within(inner: Range, outer: Range) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _convert(value: Value, type: str) -> Value:
    if value.ir_type == type:
        return value
    emit = value.builder.emit
    signature = f"{value.ir_type} to {type}"
    if type == BOOL:
        zero = value.builder.constant(0, value.ir_type)
        if value.ir_type == FLOAT:
            return emit("arith.cmpf", f"une, {value.name}, {zero.name}", FLOAT, BOOL)
        return emit("arith.cmpi", f"ne, {value.name}, {zero.name}", value.ir_type, BOOL)
    if type == FLOAT:
        if value.ir_type == BOOL:
            return emit("arith.uitofp", value.name, signature, type)
        if value.ir_type == "index":
            # That of 64 bits costs more.
            whole = "i32" if is_within(value.range, I32) else "i64"
            value = _convert(value, whole)
            signature = f"{whole} to {type}"
        return emit("arith.sitofp", value.name, signature, type)
    if value.ir_type == FLOAT:
        whole = "i64" if type == "i64" else "i32"
        value = emit("arith.fptosi", value.name, f"{FLOAT} to {whole}", whole)
        return _convert(value, type)
    if value.ir_type == BOOL:
        whole = "i32" if type == "index" else type
        value = emit("arith.extui", value.name, f"{BOOL} to {whole}", whole)
        return _convert(value, type)
    if "index" in (value.ir_type, type):
        return emit("arith.index_cast", value.name, signature, type)
    operation = "arith.extsi" if type == "i64" else "arith.trunci"
    return emit(operation, value.name, signature, type)


def materialize(
    builder: Builder, operand: Value | bool | int | float, type: str
) -> Value:
    if isinstance(operand, Value):
        return with_narrow(_convert(operand, type), "")
    return builder.constant(operand, type)


#===----------------------------------------------------------------------===#
# Calls
#===----------------------------------------------------------------------===#

# By the names that Python's operators, PyTorch, NumPy and methods of their arrays have.
FUNCTIONS: dict[str, Callable] = {}
# Those whose operands but for the first are types and shapes.
OF_TYPES: dict[str, Callable] = {}
# Those that take None for an operand.
OF_BOUNDS: set[str] = set()


def _call(name: str, args: Sequence[Any], kwargs: dict[str, Any]):
    if name == "__getitem__":  # of a tensor of PyTorch, by an index of the kernel
        array, index = args
        positions = index if isinstance(index, tuple) else (index,)
        return Array(_builder_of(positions), array)[index]
    _refuse_in_place(name)
    stripped = _strip(name)
    function = FUNCTIONS.get(stripped)
    if function is None and stripped[:1] == "r":  # the reflected form, __rsub__
        function, args = FUNCTIONS.get(stripped[1:]), tuple(reversed(args))
    if function is None:
        raise _refuse_unknown(name)
    for option in ("out", "inplace"):
        value = kwargs.pop(option, None)
        if value is not None and value is not False:
            raise TraceError(f"expected no {option}= for '{name}'")
    builder = _builder_of([*args, *kwargs.values()])
    if stripped in OF_TYPES:
        try:
            return function(builder, to_value(builder, args[0]), *args[1:], **kwargs)
        except PromotionError as error:
            raise TraceError(f"'{stripped}': {error}") from None
    args = [
        operand if operand is None and stripped in OF_BOUNDS
        else to_value(builder, operand)
        for operand in args
    ]
    kwargs = {
        key: operand if operand is None or isinstance(operand, str)
        else to_value(builder, operand)
        for key, operand in kwargs.items()
    }
    try:
        return function(builder, *args, **kwargs)
    except PromotionError as error:
        raise TraceError(f"'{stripped}': {error}") from None
    except TypeError:
        raise TraceError(f"'{name}' does not take these operands: {args} {kwargs}") from None


def _strip(name: str) -> str:
    """The name in the table: that of __add__ is add, of torch.special.expit expit."""
    return name.strip("_").removeprefix("special_")


def _refuse_in_place(name: str) -> None:
    """Refuses add_ and __iadd__, which change a tensor: a symbol stays what it is."""
    stripped = _strip(name)
    if name == "__setitem__":
        raise TraceError("a score_mod or mask_mod cannot change an array")
    if name.startswith("__i") and stripped[1:] in FUNCTIONS:
        stripped = stripped[1:]
    elif name.startswith("__") or not name.endswith("_") or stripped not in FUNCTIONS:
        return
    raise TraceError(
        f"'{name}' would change its operand, which a score_mod or mask_mod cannot: "
        f"write {stripped}, and use what it gives"
    )


# What to write in place of functions that no kernel has.
_ADVICE = {
    **dict.fromkeys(
        "embedding gather index_select select take".split(), "write array[index]"
    ),
    **dict.fromkeys(
        "all any amax amin cumsum logsumexp mean prod softmax sum".split(),
        "it is of many numbers, and a value is a single one",
    ),
    **dict.fromkeys(
        "bucketize isin one_hot searchsorted".split(),
        "make an array of what it gives for each index before, and write array[index]",
    ),
}


def _refuse_unknown(name: str) -> TraceError:
    advice = _ADVICE.get(_strip(name))
    if advice is None:
        near = difflib.get_close_matches(_strip(name), FUNCTIONS)
        nearest = f"nearest: {', '.join(near)}; " if near else ""
        advice = f"{nearest}known are {', '.join(sorted(FUNCTIONS))}"
    return TraceError(f"'{name}' is not known in a score_mod or mask_mod: {advice}")


def _call_method(name: str, operand: Any, *args, **kwargs):
    return _call(name, (operand, *args), kwargs)


def _define_operators():
    def forward(name):
        return lambda self, *others: _call(name, (self, *others), {})

    def reflected(name):
        return lambda self, other: _call(name, (other, self), {})

    for operator in "add sub mul truediv floordiv mod pow and or xor lshift rshift".split():
        setattr(_Symbolic, f"__{operator}__", forward(operator))
        setattr(_Symbolic, f"__r{operator}__", reflected(operator))
    for operator in "eq ne lt le gt ge neg pos invert abs".split():
        setattr(_Symbolic, f"__{operator}__", forward(operator))
    _Symbolic.__divmod__ = lambda self, other: (self // other, self % other)


_define_operators()
