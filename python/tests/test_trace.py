# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What score_mod and mask_mod may do, and what each operation computes. What PyTorch's
functions compute is in test_trace_torch.py."""

import builtins
import functools
import math
import types

import fa3
import numpy as np
import pytest

from fa3._regions import trace_regions
from fa3._trace import trace

from scores import ROWS, evaluate, expected


def check(symbolic, plain=None, tolerance=1e-5):
    """A function of (b, h, i) both as score_mod and on arrays."""
    plain = plain or symbolic
    got = evaluate(lambda s, b, h, i, j: symbolic(b, h, i))
    want = expected(plain)
    error = abs(got - want) / np.maximum(1, abs(want))
    assert error.max() <= tolerance


UNARY = {
    "exp": (np.exp, lambda i: i / 10),
    "exp2": (np.exp2, lambda i: i / 10),
    "expm1": (np.expm1, lambda i: i / 10),
    "log": (np.log, lambda i: i + 1.0),
    "log2": (np.log2, lambda i: i + 1.0),
    "log10": (np.log10, lambda i: i + 1.0),
    "log1p": (np.log1p, lambda i: i / 3),
    "tanh": (np.tanh, lambda i: i / 10 - 2),
    "sin": (np.sin, lambda i: i / 10),
    "cos": (np.cos, lambda i: i / 10),
    "sqrt": (np.sqrt, lambda i: i / 3),
    "floor": (np.floor, lambda i: i / 3 - 5),
    "ceil": (np.ceil, lambda i: i / 3 - 5),
    "abs": (np.abs, lambda i: i / 3 - 5),
    "negative": (np.negative, lambda i: i / 3 - 5),
    "square": (np.square, lambda i: i / 3 - 5),
    "trunc": (np.trunc, lambda i: i / 3 - 5),
    "rint": (np.rint, lambda i: i / 2 - 5),
    "sign": (np.sign, lambda i: i - 20),
    "tan": (np.tan, lambda i: i / 30),
    "arctan": (np.arctan, lambda i: i / 10 - 2),
    "arcsin": (np.arcsin, lambda i: i / 40),
    "arccos": (np.arccos, lambda i: i / 40),
    "sinh": (np.sinh, lambda i: i / 10),
    "cosh": (np.cosh, lambda i: i / 10),
    "arcsinh": (np.arcsinh, lambda i: i / 10),
    "arccosh": (np.arccosh, lambda i: i / 10 + 1),
    "arctanh": (np.arctanh, lambda i: i / 50),
    "reciprocal": (np.reciprocal, lambda i: i / 3 + 1.0),
    "isnan": (np.isnan, lambda i: i * np.float32(np.nan)),
    "isinf": (np.isinf, lambda i: np.exp(i * 1000.0)),
    "isfinite": (np.isfinite, lambda i: np.exp(i * 1000.0)),
}


@pytest.mark.parametrize("name", UNARY)
def test_unary_functions(name):
    function, argument = UNARY[name]
    check(lambda b, h, i: function(argument(i)) * 1.0)


@pytest.mark.parametrize(
    "name, plain",
    [
        ("rsqrt", lambda x: 1 / np.sqrt(x)),
        ("sigmoid", lambda x: 1 / (1 + np.exp(-x))),
        ("relu", lambda x: np.maximum(x, 0)),
        ("erf", np.vectorize(math.erf)),
    ],
)
def test_methods(name, plain):
    check(
        lambda b, h, i: getattr(i * 0.25 + 0.5, name)(),
        lambda b, h, i: plain(i * 0.25 + 0.5),
    )


@pytest.mark.parametrize(
    "function",
    [
        lambda b, h, i: i + h * 3 - b,
        lambda b, h, i: 5 - i,
        lambda b, h, i: -i,
        lambda b, h, i: +i,
        lambda b, h, i: i / 7,
        lambda b, h, i: (i - 20) // 7,
        lambda b, h, i: (i - 20) % 7,
        lambda b, h, i: (i - 20.5) // 7,
        lambda b, h, i: (i - 20.5) % 7,
        lambda b, h, i: i**2,
        lambda b, h, i: (i + 1.0) ** 0.5,
        lambda b, h, i: (i + 1.0) ** 1.5,
        lambda b, h, i: 2.0**h,
        lambda b, h, i: abs(i - 20),
        lambda b, h, i: np.maximum(i, 20 - i),
        lambda b, h, i: np.minimum(i * 0.5, h),
        lambda b, h, i: np.clip(i - 10, -5, 15),
        lambda b, h, i: np.where((i > 10) & (i <= 20) | (h == 1), i, 0),
        lambda b, h, i: np.where(~(i < 10) ^ (b == 0), 1.5, 2.5),
        lambda b, h, i: np.where(np.logical_and(i != 3, np.logical_not(h >= 1)), i, -1),
        lambda b, h, i: i & 6,
        lambda b, h, i: (i | 8) ^ 3,
        lambda b, h, i: ~i,
        lambda b, h, i: (i << 3) + (i >> 2) - ((h > 0) << 4),
        lambda b, h, i: np.left_shift(i - 20, 40) + np.right_shift(i - 20, 1),
        lambda b, h, i: (i > 3) * 2.5,
        lambda b, h, i: np.float32(2.5) * i,
        lambda b, h, i: np.arctan2(i - 20.0, h - 0.5),
        lambda b, h, i: np.copysign(2.5, i - 20.5),
        lambda b, h, i: np.fmod(i - 20, 7),
        lambda b, h, i: np.fmod(i - 20.5, 7.0),
        lambda b, h, i: np.logaddexp(i - 20.0, h),
        lambda b, h, i: divmod(i - 20, -3)[0] * 10 + divmod(i - 20, -3)[1],
        lambda b, h, i: np.fmod(i - 20, -7) + np.floor_divide(i - 20, -7),
        lambda b, h, i: np.round(i / 7, 1) + np.around(i * 1.1, -1),
        lambda b, h, i: np.hypot(i, h + 3) + np.heaviside(i - 20, 0.5),
        lambda b, h, i: np.clip(i - 10, None, 15) + np.nan_to_num(i / 7),
    ],
)
def test_operators(function):
    check(function)


@pytest.mark.parametrize(
    "function",
    [
        lambda b, h, i: (i + 1) * 1_000_000_007 * 0.5,
        lambda b, h, i: (2**31 - 2 + i) * 1.0,
        lambda b, h, i: np.where(i > 3, 2**33, i) / 2,
        lambda b, h, i: np.maximum(i * 2**40, 7) * 1.0,
        lambda b, h, i: (i * 2**33) // 3 * 0.5,
    ],
)
def test_integers_of_more_than_32_bits(function):
    check(function)


def test_integers_of_an_array_and_more_than_32_bits():
    small = np.arange(ROWS, dtype=np.int32)
    check(lambda b, h, i: (small[i].astype(np.int64) + 2**40) * 1.0, lambda b, h, i: i + 2.0**40)
    check(lambda b, h, i: (small[i] + i * 1_000_000_007) * 1.0, lambda b, h, i: i * 1e9 + i * 8)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.int64])
def test_documents_of_each_type_are_compared_as_they_are(dtype):
    documents = (np.arange(ROWS) // 9).astype(dtype)
    check(lambda b, h, i: (documents[i] == documents[h]) * 1.0)
    body = trace(lambda b, h, i, j: documents[i] == documents[j], "mask").body
    assert body.count("arith.cmpi") == 1 and "arith.andi" not in body and "shl" not in body


def test_a_sum_of_booleans_is_a_mask():
    trace(lambda b, h, i, j: (i >= j) * (j > 3) + (h == 0), "mask")


def test_distances_are_converted_in_32_bits():
    # Those of 64 cost more on a GPU.
    body = trace(lambda s, b, h, i, j: s + (j - i) * 0.5 + abs(i - j), "score").body
    assert "i32 to f32" in body and "i64" not in body


def test_casts():
    check(
        lambda b, h, i: (i / 3).astype(np.int32) + (i > 4).astype(np.float32),
        lambda b, h, i: (i / 3).astype(int) + (i > 4),
    )
    for dtype in (np.int8, np.dtype("uint8"), "int16"):
        check(lambda b, h, i: (i * 5000 - 9).astype(dtype) * 1.0)  # noqa: B023


@pytest.mark.parametrize(
    "dtype", "float32 float16 float64 int64 int32 int8 uint8 bool".split()
)
def test_arrays_of_each_type(dtype):
    values = (np.arange(ROWS) * 7 % 250).astype(dtype)
    check(lambda b, h, i: values[i] * 1.0, lambda b, h, i: values[i].astype(float))


def test_arrays_of_any_rank():
    table = np.arange(2 * 2 * ROWS, dtype=np.float32).reshape(2, 2, ROWS)
    check(lambda b, h, i: table[b, h, i])
    check(lambda b, h, i: table[b][h][i], lambda b, h, i: table[b, h, i])
    check(lambda b, h, i: table[1, h, 3])
    number = np.array(2.5, np.float32)
    check(lambda b, h, i: number * i)


def test_an_index_that_an_array_gives():
    order = np.arange(ROWS)[::-1].copy()
    values = np.arange(ROWS, dtype=np.float32) ** 2
    check(lambda b, h, i: values[order[i]])


def test_packed_copies_of_arrays():
    table = np.arange(2 * ROWS, dtype=np.float32).reshape(ROWS, 2).T
    check(lambda b, h, i: table[h, i])


def test_an_index_beyond_the_end_gives_zero():
    values = np.ones(10, np.float32)
    check(lambda b, h, i: values[i], lambda b, h, i: (i < 10) * 1.0)


@pytest.mark.parametrize("offset", [-5, 3, 2**40])
def test_a_computed_index_beyond_the_end_gives_zero(offset):
    values = np.arange(1, 3, dtype=np.float32)  # what lies around it is no part of it

    def read(index):
        return np.where((index >= 0) & (index < 2), values[np.clip(index, 0, 1)], 0)

    # The same for all rows and keys, for a row, and for a key.
    check(lambda b, h, i: values[h + offset], lambda b, h, i: read(h + offset))
    check(lambda b, h, i: values[i + offset], lambda b, h, i: read(i + offset))
    got = evaluate(lambda s, b, h, i, j: values[j + b + offset])
    assert (got == np.broadcast_to(read(np.arange(2) + offset)[:, None, None], got.shape)).all()


def test_an_index_from_an_array_that_is_beyond_the_end_gives_zero():
    values, places = np.ones(4, np.float32), np.array([1, 7], np.int64)
    check(lambda b, h, i: values[places[h]], lambda b, h, i: (h == 0) * 1.0)


def test_the_length_of_an_array():
    table = np.zeros((5, 2), np.float32)
    check(lambda b, h, i: table[i % 5, h] + len(table) * i)


def test_arrays_without_elements():
    values, table = np.ones(0, np.float32), np.ones((2, 0), np.int32)
    check(lambda b, h, i: values[i] + table[h, i], lambda b, h, i: i * 0)
    check(lambda b, h, i: values[h * 2 + b], lambda b, h, i: i * 0)


def test_arrays_that_are_not_variables():
    table = np.arange(2 * ROWS, dtype=np.float32).reshape(2, ROWS)
    slopes = table[:, 1] * 4

    class Model:
        shared = slopes

        def __init_subclass__(cls):
            raise AssertionError("one that is not the user's")

    class Holder:
        __slots__ = ("table",)

    model = Model()
    model.slopes = slopes
    model.nested = {"list": [0, (table, 3)], "holder": Holder()}
    model.nested["holder"].table = table
    model.scale = lambda i: model.slopes[1] * i
    module = types.ModuleType("mine")
    module.table = table
    space = types.SimpleNamespace(table=table)

    check(lambda b, h, i: model.slopes[h] + model.shared[h])
    check(lambda b, h, i: model.nested["list"][1][0][h, i] * model.nested["list"][1][1])
    check(lambda b, h, i: model.nested["holder"].table[h, i])
    check(lambda b, h, i: model.scale(i))
    check(lambda b, h, i: module.table[h, i] + space.table[h, i])
    tables = [table, table + 1]
    check(lambda b, h, i: sum(t[h, i] for t in tables))
    check(lambda b, h, i: (lambda: table[h, i])())


def test_arrays_that_methods_read():
    class Model:
        def __init__(self):
            self.slopes = np.array([0.5, 0.25], np.float32)
            self.calls = 0

        @property
        def doubled(self):
            return self.slopes * 2

        def bias(self, h, i):
            return self.slopes[h] * i

        def score(self, s, b, h, i, j):
            self.calls += 1
            return s + self.bias(h, i) + self.doubled[h]

        __call__ = score

    model = Model()
    want = expected(lambda b, h, i: model.slopes[h] * i + 2 * model.slopes[h])
    assert abs(evaluate(model.score) - want).max() <= 1e-5
    assert abs(evaluate(model) - want).max() <= 1e-5
    assert model.calls == 2
    assert type(model) is Model


def test_what_holds_itself():
    class Node:
        pass

    node = Node()
    node.itself, node.list = node, [np.ones(2, np.float32)]
    node.list.append(node.list)
    check(lambda b, h, i: node.itself.list[0][h], lambda b, h, i: i * 0 + 1)


def test_functions_that_functions_hold():
    values = np.arange(ROWS, dtype=np.float32)

    def inner(i):
        return values[i] * 2

    check(lambda b, h, i: inner(i) + 1)
    check(functools.partial(lambda c, b, h, i: values[i] + c, 3))

    class Holder:
        def __call__(self, b, h, i):
            return i * 2

    check(Holder())


#===----------------------------------------------------------------------===#
# Refused
#===----------------------------------------------------------------------===#


def branch(s, b, h, i, j):
    return s if i > j else 0.0


def use_math(s, b, h, i, j):
    return math.tanh(s)


def recurse(s, b, h, i, j):
    return recurse(s, b, h, i, j)


TABLE = np.zeros((4, 4), np.float32)
COMPLEX = np.zeros(4, np.complex64)
SHORT = np.zeros(4, np.uint16)
SWAPPED = np.zeros(4, ">f4")
PLACES = np.zeros(4, np.int32)


@pytest.mark.parametrize(
    "function, message",
    [
        (branch, r"score_mod 'branch' \(.*test_trace.py:\d+\): .*use where"),
        (use_math, r"use functions of torch or numpy"),
        (lambda s, b, h, i, j: max(s, 0.0), r"maximum and minimum for max"),
        (lambda s, b, h, i, j: TABLE[h], r"give it an index for each dimension"),
        (lambda s, b, h, i, j: s + TABLE[h, 1, i], r"at most 2 indices"),
        (lambda s, b, h, i, j: s + TABLE[h, :], r"slices, ... and None are not known"),
        (lambda s, b, h, i, j: s + TABLE[h, [1, 2]], r"got \[1, 2\]: lists, slices"),
        (lambda s, b, h, i, j: s + TABLE[h, -5], r"an index of at least -4 .* but got -5"),
        (lambda s, b, h, i, j: s * s.new_ones((2,)), r"expected the size \(\) .* got \(2,\)"),
        (lambda s, b, h, i, j: s + TABLE[4, h],
         r"under 4 in dimension 0 of an array of shape \(4, 4\), but got 4"),
        (lambda s, b, h, i, j: s + TABLE[h, 2**70], r"under 4 in dimension 1 "),
        (lambda s, b, h, i, j: s + [1, 2][h], r"cannot be an index of a list"),
        (lambda s, b, h, i, j: {0: s}[h], r"cannot be a key of a dict"),
        (lambda s, b, h, i, j: s * (h in {1, 2}), r"an element of a set: .* by == and ."),
        (lambda s, b, h, i, j: 10**400, r"expected numbers that a float of Python holds"),
        (lambda s, b, h, i, j: s + (i << -1), r"a shift by .* from 0 to 63, but got -1"),
        (lambda s, b, h, i, j: s + (i >> 64), r"a shift by .* from 0 to 63, but got 64"),
        (lambda s, b, h, i, j: s + (PLACES[h] << 32), r"from 0 to 31, but got 32"),
        (lambda s, b, h, i, j: s + (i << j), r"from 0 to 63, but got a value of the ker"),
        (lambda s, b, h, i, j: s + (1 << j), r"from 0 to 63, but got a value of the ker"),
        (lambda s, b, h, i, j: s + (s << 1), r"integers or booleans, but got floats"),
        (lambda s, b, h, i, j: s + i * 2**70, r"integers of 64 bits, but got 11805916207"),
        (lambda s, b, h, i, j: s + TABLE[s, h], r"expected an integer for an index"),
        (lambda s, b, h, i, j: s + i // j, r"divided by a number of Python"),
        (lambda s, b, h, i, j: np.linalg.norm(s), r"is not known in a score_mod"),
        (lambda s, b, h, i, j: s.cumsum(), r"'cumsum' is not known"),
        (lambda s, b, h, i, j: s & 1, r"expected integers or booleans, but got floats"),
        (lambda s, b, h, i, j: np.add.reduce(s), r"add.reduce is not an elementwise"),
        (lambda s, b, h, i, j: None, r"expected a number .* but got NoneType"),
        (lambda s, b, h, i, j: (s,), r"expected a number .* but got tuple"),
        (lambda s, b, h, i, j: (x for x in [s]), r"expected a number .* but got generator"),
        (lambda s, b, h, i: s, r"called once with symbols for \(score, batch, head"),
        (lambda s, b, h, i, j, k: s, r"missing 1 required positional argument: 'k'"),
        (recurse, r"RecursionError"),
        (lambda s, b, h, i, j: [x for x in s], r"cannot be iterated over"),
        (lambda s, b, h, i, j: np.where(i > j, s), r"'where' does not take these"),
        (lambda s, b, h, i, j: s + COMPLEX[h], r"expected arrays of .* got complex64"),
        (lambda s, b, h, i, j: s + SHORT[h], r"got uint16: read a copy of it, .astype\('int32'"),
        (lambda s, b, h, i, j: s + SWAPPED[h], r"got >f4: read a copy of it, .astype\('f4'\)"),
    ],
)
def test_what_cannot_be_traced(function, message):
    with pytest.raises(fa3.TraceError, match=message):
        trace(function, "score")


def test_values_of_another_call():
    kept = []

    def keep(s, b, h, i, j):
        kept.extend((s, h, i > j))
        return s

    trace(keep, "score")
    score, head, condition = kept
    for function in (
        lambda s, b, h, i, j: score,
        lambda s, b, h, i, j: s + head,
        lambda s, b, h, i, j: head + s,
        lambda s, b, h, i, j: s + TABLE[head, h],
        lambda s, b, h, i, j: np.where(condition, s, 0.0),
    ):
        with pytest.raises(fa3.TraceError, match="one that was kept from another"):
            trace(function, "score")
    with pytest.raises(fa3.TraceError, match="one that was kept from another"):
        trace(lambda b, h, i, j: condition, "mask")


def test_a_mask_gives_a_boolean():
    with pytest.raises(fa3.TraceError, match="expected it to give a boolean, but got an"):
        trace(lambda b, h, i, j: i - j, "mask")
    with pytest.raises(fa3.TraceError, match="boolean, but got a float"):
        trace(lambda b, h, i, j: 1.0, "mask")


@pytest.mark.parametrize("result", [True, np.bool_(False), lambda i, j: i > j])
def test_a_score_is_no_boolean(result):
    give = result if callable(result) else lambda i, j: result
    with pytest.raises(fa3.TraceError, match="a score, but got a boolean: .* as mask_mod"):
        trace(lambda s, b, h, i, j: give(i, j), "score")


#===----------------------------------------------------------------------===#
# When a function is traced
#===----------------------------------------------------------------------===#


def count_calls(function):
    """The function, and the list of its calls."""
    calls = []

    def counted(s, b, h, i, j):
        calls.append(1)
        return function(s, b, h, i, j)

    return counted, calls


CAP = 2.0


def test_equal_functions_are_traced_once(monkeypatch):
    import fa3._regions

    traced = []
    monkeypatch.setattr(
        fa3._regions, "trace", lambda *a: traced.append(a[0]) or trace(*a)
    )

    def make(slopes, factor):
        return lambda s, b, h, i, j: s + slopes[h] * factor * 1.125

    first, second = np.zeros(4, np.float32), np.ones(4, np.float32)
    assert trace_regions(make(first, 2.0), None).arrays[0] is first
    assert trace_regions(make(second, 2.0), None).arrays[0] is second
    assert len(traced) == 1
    # A number is part of the kernel, and so is the type of an array.
    assert "3.000000000e+00" in trace_regions(make(first, 3.0), None).score
    trace_regions(make(first.astype(np.float16), 2.0), None)
    assert len(traced) == 3
    # 2 is equal to 2.0, and another number.
    trace_regions(make(first, 2), None)
    assert len(traced) == 4


def test_a_global_that_changes_is_seen():
    global CAP
    cap = lambda s, b, h, i, j: s * CAP  # noqa: E731
    before = trace_regions(cap, None).score
    CAP = 3.0
    assert trace_regions(cap, None).score != before


def test_an_attribute_that_changes_is_seen():
    class Model:
        cap = 2.0

        def score(self, s, b, h, i, j):
            return s * self.cap

    model = Model()
    before = trace_regions(model.score, None).score
    model.cap = 3.0
    assert trace_regions(model.score, None).score != before


def test_an_attribute_of_a_class_or_a_function_that_changes_is_seen():
    class Options:
        cap = 2.0

    def helper(s):
        return s * helper.cap

    helper.cap = 2.0
    for holder, function in (
        (Options, lambda s, b, h, i, j: s * Options.cap),
        (helper, lambda s, b, h, i, j: helper(s)),
    ):
        before = trace_regions(function, None).score
        holder.cap = 3.0
        assert trace_regions(function, None).score != before


CAPS = {"cap": 2.0}


def set_cap(value):
    global CAP
    CAP = value
    CAPS["cap"] = value


@pytest.mark.parametrize(
    "function",
    [
        lambda s, b, h, i, j: s * globals()["CAP"],
        lambda s, b, h, i, j: s * eval("CAP"),
        lambda s, b, h, i, j, get=CAPS.get: s * get("cap"),
        lambda s, b, h, i, j, read=eval: s * read("CAP"),
        lambda s, b, h, i, j: s * vars(builtins)["eval"]("CAP"),
        lambda s, b, h, i, j: s * builtins.eval("CAP"),
    ],
)
def test_what_is_read_by_a_builtin_and_changes_is_seen(function):
    set_cap(2.0)
    before = trace_regions(function, None).score
    set_cap(3.0)
    assert trace_regions(function, None).score != before


def test_builtins_that_only_compute_cost_no_trace(monkeypatch):
    import fa3._regions

    traced = []
    monkeypatch.setattr(
        fa3._regions, "trace", lambda *a: traced.append(a[0]) or trace(*a)
    )
    make = lambda: lambda s, b, h, i, j: s * max(0.5, abs(-1.75))  # noqa: E731
    for _ in range(2):
        trace_regions(make(), None)
    assert len(traced) == 1


def test_defaults_are_told_apart_by_their_names():
    def function(s, b, h, i, j, *, first=1, second=2):
        return s + (first * 10 + second)

    before = trace_regions(function, None).score
    function.__kwdefaults__ = {"second": 1, "first": 2}
    assert trace_regions(function, None).score != before


def test_globals_in_the_place_of_builtins_are_told_apart():
    code = compile("lambda s, b, h, i, j: s + abs(-3) + round(2)", "here", "eval")
    seven = lambda x: 7  # noqa: E731
    one, other = (trace_regions(eval(code, {n: seven}), None) for n in ("abs", "round"))
    assert one.score != other.score


def count_odd(x, n):
    return x if n == 0 else count_even(x + 1, n - 1)


def count_even(x, n):
    return x if n == 0 else count_odd(x * 2, n - 1)


def test_functions_that_call_each_other_are_traced_once(monkeypatch):
    import fa3._regions

    traced = []
    monkeypatch.setattr(
        fa3._regions, "trace", lambda *a: traced.append(a[0]) or trace(*a)
    )
    function = lambda s, b, h, i, j: count_odd(s, 3)  # noqa: E731
    before = trace_regions(function, None).score
    assert trace_regions(function, None).score == before
    assert len(traced) == 1
    monkeypatch.setitem(globals(), "count_even", lambda x, n: x)
    assert trace_regions(function, None).score != before


def test_one_array_twice_is_not_two_arrays():
    def make(first, second):
        return lambda s, b, h, i, j: s + first[h] * second[h]

    a, b_ = np.zeros(4, np.float32), np.ones(4, np.float32)
    for first, second in ((a, a), (a, b_), (b_, b_), (b_, a)):
        regions = trace_regions(make(first, second), None)
        expected = (first,) if first is second else (first, second)
        assert len(regions.arrays) == len(expected)
        assert all(x is y for x, y in zip(regions.arrays, expected))
        assert ("%captured1" in regions.score) == (first is not second)
    # The same of an array that both functions read.
    mask = lambda b, h, i, j: b_[h] > 0  # noqa: E731
    assert trace_regions(make(a, b_), mask).arrays[2] is b_


def test_arrays_among_defaults():
    table = np.linspace(0, 1, 4, dtype=np.float32)
    bias = lambda s, b, h, i, j, table=table: s + table[h]  # noqa: E731
    only = lambda s, b, h, i, j, *, table=table: s + table[h]  # noqa: E731
    assert trace_regions(bias, None).arrays[0] is table
    assert trace_regions(only, None).arrays[0] is table
    only.__kwdefaults__ = {"table": table.astype(np.int32)}
    assert trace_regions(only, None).types == ("memref<?xi32>",)


def test_an_array_that_is_computed_is_computed_anew():
    values = np.ones(4, np.float32)
    double = lambda s, b, h, i, j: s + (values * 2)[h]  # noqa: E731
    with pytest.raises(fa3.TraceError):  # the product is of a symbol
        trace_regions(double, None)


def test_arrays_of_both_functions():
    a, b_ = np.zeros(2, np.float32), np.zeros((2, 9), np.int32)
    regions = trace_regions(
        lambda s, b, h, i, j: s + a[h], lambda b, h, i, j: b_[b, i] == b_[b, j]
    )
    assert regions.arrays[0] is a and regions.arrays[1] is b_
    assert "%captured0" in regions.score and "%captured1" in regions.mask
    assert regions.types == ("memref<?xf32>", "memref<?x?xi32>")
