# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a traced function computes is what eager PyTorch computes of single elements,
in its types."""

import math

import fa3
import pytest

torch = pytest.importorskip("torch")
F = torch.nn.functional

from fa3._trace import trace  # noqa: E402

from scores import ROWS, evaluate  # noqa: E402


class Tables:
    """Of the types that promote in ways of their own."""

    def __init__(self):
        whole = torch.arange(ROWS)
        self.u8 = (whole * 7 % 256).to(torch.uint8)
        self.w8 = (whole * 41 % 256).to(torch.uint8)
        self.i8 = (whole * 13 % 256 - 128).to(torch.int8)
        self.i32 = (whole * 104_729_000 - 2**31).to(torch.int32)
        self.i64 = whole * 104_729_000_000 - 2**40
        self.f = torch.linspace(-5, 5, ROWS)
        self.yes, self.no = whole % 2 == 0, whole % 3 == 0


def check_against_torch(function, heads=2):
    """What PyTorch computes of single elements, as score_mod and as it is."""
    tables = Tables()
    got = evaluate(
        lambda s, b, h, i, j: torch.where(b >= 0, function(tables, i, h), 0) * 1.0, heads
    )
    for h in range(heads):
        for i in range(ROWS):
            want = float(function(tables, torch.tensor(i), torch.tensor(h)))
            assert abs(got[0, h, i] - want) <= 1e-5 * max(1, abs(want)), (h, i)


def check_refused(function, message):
    tables = Tables()
    with pytest.raises(fa3.TraceError, match=message):
        trace(lambda s, b, h, i, j: function(tables, i), "score")


#===----------------------------------------------------------------------===#
# Types
#===----------------------------------------------------------------------===#


@pytest.mark.parametrize(
    "function",
    [
        lambda t, i, h: t.yes[i] + t.no[i],
        lambda t, i, h: t.yes[i] * t.no[i],
        lambda t, i, h: (t.yes[i] + t.no[i]) + (t.yes[i] + True),
        lambda t, i, h: t.yes[i] + 1,
        lambda t, i, h: sum([t.yes[i], t.no[i]]),
        lambda t, i, h: 5 * t.yes[i] - t.no[i].to(torch.int32),
        lambda t, i, h: t.yes[i] + t.u8[i] * 2,
        lambda t, i, h: t.yes[i] * i + t.i32[i],
        lambda t, i, h: t.yes[i] ** 2 + t.no[i] ** 2,
        lambda t, i, h: (t.yes[i] << 3) + (t.yes[i] // 1) + t.yes[i] % 2,
        lambda t, i, h: torch.fmax(t.yes[i], t.no[i]) + torch.fmin(t.yes[i], t.no[i]),
        lambda t, i, h: torch.maximum(t.yes[i], t.no[i]) + t.no[i],
        lambda t, i, h: torch.sign(t.yes[i]) + t.no[i],
        lambda t, i, h: ~t.yes[i] ^ t.no[i],
    ],
)
def test_booleans_promote_like_those_of_torch(function):
    check_against_torch(function)


@pytest.mark.parametrize("name", ["u8", "i8"])
@pytest.mark.parametrize(
    "function",
    [
        lambda t, i, h, a: a - a.new_full((), 100),
        lambda t, i, h, a: 0 - a,
        lambda t, i, h, a: -a,
        lambda t, i, h, a: abs(a),
        lambda t, i, h, a: ~a,
        lambda t, i, h, a: a + 100,
        lambda t, i, h, a: a * 3,
        lambda t, i, h, a: a * a + t.yes[i],
        lambda t, i, h, a: a**2,
        lambda t, i, h, a: a**3,
        lambda t, i, h, a: a << 3,
        lambda t, i, h, a: a >> 3,
        lambda t, i, h, a: (a & 60) + (a | 3) + (a ^ 5),
        lambda t, i, h, a: a // 7 * 100,
        lambda t, i, h, a: a % 7 * 100,
        lambda t, i, h, a: torch.fmod(a, 7) * 50,
        lambda t, i, h, a: torch.sign(a) - 2,
        lambda t, i, h, a: torch.floor(a) + 100,
        lambda t, i, h, a: a.clamp(3, 120) * 2,
        lambda t, i, h, a: torch.maximum(a, a - 9) + 100,
        lambda t, i, h, a: torch.where(t.yes[i], a, 7) + 100,
        lambda t, i, h, a: torch.where(t.yes[i], a, t.no[i]) + 100,
        lambda t, i, h, a: a.masked_fill(t.yes[i], 100) + 100,
        lambda t, i, h, a: torch.ones_like(a) * 100 + 100,
        lambda t, i, h, a: (a * a) < 50,
        lambda t, i, h, a: a - t.w8[i],
        lambda t, i, h, a: t.i8[i] * a * 100,
        lambda t, i, h, a: a * i,
        lambda t, i, h, a: i - a + 300,
        lambda t, i, h, a: a * t.i32[i],
        lambda t, i, h, a: a * 1.5 + a / 2,
        lambda t, i, h, a: a.to(torch.int32) * 3 - 500,
        lambda t, i, h, a: a.int() * 3 + a.long() * 500,
        lambda t, i, h, a: a.float() * 3,
        lambda t, i, h, a: a == t.u8[i],
        lambda t, i, h, a: a < t.i8[i],
        lambda t, i, h, a: a < i,
    ],
)
def test_integers_of_8_bits_wrap_like_those_of_torch(name, function):
    check_against_torch(lambda t, i, h: function(t, i, h, getattr(t, name)[i]))


@pytest.mark.parametrize(
    "function",
    [
        lambda t, i, h: t.i32[i] * i,
        lambda t, i, h: t.i32[i] - i,
        lambda t, i, h: i - t.i32[i],
        lambda t, i, h: t.i32[i] * t.i32[h + 3],
        lambda t, i, h: t.i32[i] * 3,
        lambda t, i, h: t.i32[i] ** 3,
        lambda t, i, h: i**3,
        lambda t, i, h: t.i32[i] * i.to(torch.int32),
        lambda t, i, h: torch.where(t.yes[i], t.i32[i], i) * 1000,
        lambda t, i, h: torch.maximum(t.i32[i], i) * 1000,
        lambda t, i, h: torch.where(t.yes[i], 1, 0) * t.i32[i] * 1000,
        lambda t, i, h: t.i32[i] < i * 10_000_000,
        lambda t, i, h: t.i32[i].long() * 1000,
        lambda t, i, h: torch.fmod(t.i32[i], 7),
    ],
)
def test_integers_of_32_bits_promote_like_those_of_torch(function):
    check_against_torch(function)


@pytest.mark.parametrize(
    "function, message",
    [
        (lambda t, i: t.yes[i] - t.no[i], r"'sub': .* got booleans, .*\.to\(torch.int32\)"),
        (lambda t, i: -t.yes[i], r"'neg': .* got booleans"),
        (lambda t, i: t.yes[i] // True, r"'floordiv': .* got booleans"),
        (lambda t, i: t.yes[i] % True, r"'mod': .* got booleans"),
        (lambda t, i: t.yes[i] ** t.no[i], r"'pow': .* got booleans"),
        (lambda t, i: t.yes[i] << True, r"'lshift': .* got booleans"),
        (lambda t, i: t.u8[i] + 300,
         r"'add': expected a number from 0 to 255 .* got 300: write .to\(torch.int32\)"),
        (lambda t, i: t.u8[i] == -1, r"'eq': expected a number from 0 to 255"),
        (lambda t, i: t.i8[i] < 128, r"'lt': expected a number from -128 to 127"),
        (lambda t, i: torch.where(t.yes[i], t.u8[i], -1), r"'where': expected a number"),
        (lambda t, i: t.u8[i].new_full((), 300), r"'new_full': expected a number from 0 to"),
        (lambda t, i: t.i8[i] << 8, r"from 0 to 7, but got 8"),
        (lambda t, i: t.i32[i] * 2**40, r"'mul': .*got 10995.*: write .to\(torch.int64\)"),
        (lambda t, i: t.yes[i] - 1, r"'sub': .* got booleans"),
        (lambda t, i: i - True, r"'sub': .* got booleans, .* 1 for True"),
        (lambda t, i: True - t.f[i], r"'sub': .* got booleans"),
        (lambda t, i: abs(t.yes[i]), r"'abs': .* got booleans"),
        (lambda t, i: +t.yes[i], r"'pos': .* got booleans"),
        (lambda t, i: torch.floor(t.yes[i]), r"'floor': .* got booleans"),
        (lambda t, i: torch.round(t.yes[i]), r"'round': .* got booleans"),
        (lambda t, i: F.relu(t.yes[i]), r"'relu': .* got booleans"),
        (lambda t, i: torch.where(i, 1, 0), r"'where': .* got int64: write != 0 behind it"),
        (lambda t, i: torch.lerp(i, t.f[i], 0.5), "'lerp': .* got int64 and float32"),
        (lambda t, i: F.silu(i), "'silu': expected a float, but got int64, which PyTorch"),
        (lambda t, i: torch.frac(t.u8[i]), "'frac': expected a float, but got uint8"),
        (lambda t, i: t.i8[i] ** t.i8[i],
         r"'pow': expected a power of at least 0 .* beside int8, but got a value of the"),
        (lambda t, i: 3 ** i, r"'pow': .* beside int64, .*: write .to\(torch.float32\)"),
        (lambda t, i: i ** -1, "'pow': expected a power of at least 0 .* but got -1"),
        (lambda t, i: t.yes[i].masked_fill(t.no[i], 2), r"'masked_fill': .* of bool .* int64"),
    ],
)
def test_what_torch_refuses_or_computes_unlike_numpy(function, message):
    check_refused(function, message)


@pytest.mark.parametrize("power", [0, 1, 2, 3, 7, 8, 9, 20, 63])
@pytest.mark.parametrize("name", ["i64", "i32", "i8", "u8", "yes"])
def test_powers_of_integers_wrap_like_those_of_torch(name, power):
    """The last digits, which a float would not have."""
    check_against_torch(
        lambda t, i, h: (getattr(t, name)[i] ** power).to(torch.int64) % 9973
    )


#===----------------------------------------------------------------------===#
# Casts
#===----------------------------------------------------------------------===#


@pytest.mark.parametrize("dtype", [torch.int8, torch.uint8, torch.int16, torch.int32])
@pytest.mark.parametrize(
    "function",
    [
        lambda t, i: i * 4099 - 70_000,
        lambda t, i: t.i64[i],
        lambda t, i: t.i32[i],
        lambda t, i: t.i8[i],
        lambda t, i: t.u8[i],
        lambda t, i: t.yes[i],
        lambda t, i: abs(t.f[i]),
    ],
)
def test_casts_wrap_like_those_of_torch(function, dtype):
    check_against_torch(lambda t, i, h: function(t, i).to(dtype) + 100)


@pytest.mark.parametrize(
    "function",
    [
        lambda t, i, h: i.char() + i.byte() * 7 + i.short() * 1000,
        lambda t, i, h: i.type(torch.int8) * 30,
        lambda t, i, h: i.type_as(t.u8[i]) * 30,
        lambda t, i, h: i.to(t.i8[i]) * 30,
        lambda t, i, h: i.to("cpu").to(torch.device("cpu"), torch.int8) * 30,
        lambda t, i, h: i.to(i.device).to(dtype=torch.int8, copy=True) * 30,
        lambda t, i, h: torch.full_like(i, 200, dtype=torch.uint8) * 2,
    ],
)
def test_casts_by_other_names(function):
    check_against_torch(function)


#===----------------------------------------------------------------------===#
# Divisions
#===----------------------------------------------------------------------===#


@pytest.mark.parametrize("divisor", [7, -7, 1, -1])
@pytest.mark.parametrize(
    "operand",
    [
        lambda t, i: i - 20,
        lambda t, i: t.i8[i],
        lambda t, i: t.i32[i] + 1,  # PyTorch ends the process for -2**31 // -1
        lambda t, i: t.f[i] * 3,
        lambda t, i: i * 0.3125 - 2,
    ],
)
def test_divisions_round_like_those_of_torch(operand, divisor):
    def both(t, i, h):
        a = operand(t, i)
        towards_zero = torch.div(a, divisor, rounding_mode="trunc")
        down = torch.div(a, divisor, rounding_mode="floor")
        return torch.where(
            h < 2,
            torch.where(h == 0, a // divisor, a % divisor),
            torch.where(h == 2, torch.fmod(a, divisor), towards_zero - 100 * down),
        )

    check_against_torch(both, heads=4)


def test_the_range_of_a_division_by_a_negative_number_is_known():
    """Quotients of coordinates by it need no 64 bits."""
    body = trace(lambda s, b, h, i, j: s + (i - j) // -3 + (i - j) % -3, "score").body
    assert "i32 to f32" in body and "i64" not in body


@pytest.mark.parametrize(
    "function, message",
    [
        (lambda t, i: i // 0, "the divisor is 0, and integers cannot be divided by it"),
        (lambda t, i: i % 0, "the divisor is 0"),
        (lambda t, i: torch.fmod(i, 0), "the divisor is 0"),
        (lambda t, i: i // t.i8[i], r"a value of the kernel: divide floats .* floor\(a / b\)"),
        (lambda t, i: t.u8[i] // -3, "'floordiv': expected a number from 0 to 255"),
        (lambda t, i: torch.div(i, 3, rounding_mode="ceil"),
         "rounding_mode None, 'floor' or 'trunc', but got 'ceil'"),
    ],
)
def test_divisions_that_are_refused(function, message):
    check_refused(function, message)


#===----------------------------------------------------------------------===#
# Functions
#===----------------------------------------------------------------------===#


@pytest.mark.parametrize(
    "function",
    [
        lambda t, i, h: torch.add(t.f[i], i, alpha=2) - torch.sub(i, t.f[i], alpha=2.5),
        lambda t, i, h: torch.add(t.i8[i], t.i32[i], alpha=3) + torch.rsub(i, 5, alpha=3),
        lambda t, i, h: torch.add(t.i8[i], t.i8[i], alpha=3),
        lambda t, i, h: torch.sub(t.i32[i], t.i32[i], alpha=7),
        lambda t, i, h: torch.add(t.yes[i], t.no[i], alpha=2),
        lambda t, i, h: torch.add(t.yes[i], t.no[i], alpha=0),
        lambda t, i, h: torch.addcmul(t.f[i], i, t.i8[i], value=0.5),
        lambda t, i, h: torch.addcmul(t.i8[i], t.i8[i], t.i8[i], value=3),
        lambda t, i, h: torch.addcdiv(t.f[i], t.f[i], i + 1, value=0.5),
        lambda t, i, h: torch.round(t.f[i] * 1.7, decimals=1) + torch.round(i),
        lambda t, i, h: torch.round(t.f[i] * 170, decimals=-1),
        lambda t, i, h: torch.lerp(t.f[i], t.f[i] * 3 + 1, 0.3 + h * 0.5),
        lambda t, i, h: torch.lerp(t.f[i], t.f[i] * 3 + 1, t.f[i]),
        lambda t, i, h: torch.hypot(t.f[i], i - 20.0),
        lambda t, i, h: torch.frac(t.f[i]),
        lambda t, i, h: torch.heaviside(i - 20, i * 0 + 5),
        lambda t, i, h: torch.clamp(i, None, 5) + i.clip(3) + torch.clamp(i, 0.5, 5),
        lambda t, i, h: torch.max(t.f[i], i) + torch.min(i, t.i8[i]),
        lambda t, i, h: torch.special.expit(t.f[i]) + torch.special.expm1(t.f[i]),
        lambda t, i, h: torch.special.round(t.f[i], decimals=1) + torch.special.exp2(t.f[i]),
        lambda t, i, h: F.relu6(t.f[i] * 3) + F.relu6(i) * 0.5 + F.relu6(t.i8[i]),
        lambda t, i, h: F.hardtanh(t.f[i], -0.5, 2) + F.hardtanh(i - 20),
        lambda t, i, h: F.elu(t.f[i]) + F.elu(t.f[i], 0.3),
        lambda t, i, h: F.logsigmoid(t.f[i] * 10),
        lambda t, i, h: F.hardsigmoid(t.f[i]) + F.leaky_relu(t.f[i]) + F.relu(i - 20),
        lambda t, i, h: F.softplus(t.f[i] * 9) + F.softplus(t.f[i], 2.0, 3.0),
        lambda t, i, h: F.silu(t.f[i]) + F.gelu(t.f[i]) + F.gelu(t.f[i], approximate="tanh"),
    ],
)
def test_functions_compute_what_those_of_torch_do(function):
    check_against_torch(function)


EDGES = torch.tensor([0.0, -0.0, math.inf, -math.inf, math.nan, 3e38, -1e30, 1e-30, 0.5])


@pytest.mark.parametrize(
    "function",
    [
        lambda e: torch.nan_to_num(e) / 1e30,
        lambda e: torch.nan_to_num(e, 2.0, posinf=5.0, neginf=-7.0) / 1e30,
        lambda e: torch.log2(torch.hypot(e, e * 0.5)),
        lambda e: torch.heaviside(e, e * 0 + 0.5),
        lambda e: torch.logaddexp(e, e),
        lambda e: e.clamp(max=9) % 0.1 + torch.fmod(e.clamp(max=9), 0.1),
        lambda e: 1.0 % e + torch.fmod(-1.0 - e * 0, e) + 1.0 % (e * 0 + 0.1),
        lambda e: F.logsigmoid(e),
        lambda e: F.relu6(e) + F.elu(e.clamp(max=1)),
        lambda e: torch.special.expit(e),
        lambda e: torch.sign(e),
    ],
)
def test_functions_of_infinities_and_the_like(function):
    def describe(x):
        """Numbers that a score may be."""
        return torch.where(
            torch.isnan(x), 7.0, torch.where(torch.isinf(x), torch.sign(x) * 9.0, x * 1e-8)
        )

    got = evaluate(lambda s, b, h, i, j: describe(function(EDGES[i.clamp(max=8)])))
    want = describe(function(EDGES))
    assert got[0, 0, :9] == pytest.approx(want.numpy(), rel=1e-5, abs=1e-12)


@pytest.mark.parametrize(
    "function, message",
    [
        (lambda t, i: torch.add(i, t.i8[i], alpha=0.5),
         "'add': expected alpha to be an integer beside values of int64, but got 0.5"),
        (lambda t, i: torch.addcmul(i, i, i, value=0.5), "'addcmul': expected value to be an int"),
        (lambda t, i: i.add(i, alpha=i), "alpha to be a number of Python"),
        (lambda t, i: torch.addcdiv(t.f[i], i, i), "'addcdiv': expected a float to be divided"),
        (lambda t, i: torch.round(i, decimals=1), "expected a float to be rounded to"),
        (lambda t, i: F.hardtanh(t.yes[i]), "'hardtanh': .* but got booleans"),
        (lambda t, i: F.gelu(t.f[i], approximate="x"), "approximate 'none' or 'tanh', but got 'x'"),
        (lambda t, i: torch.max(t.f[i], 0), r"takes for a dimension: write clamp\(min=0\)"),
        (lambda t, i: torch.min(t.f[i]), "'min' does not take these operands"),
        (lambda t, i: torch.relu_(t.f[i]), "'relu_' would change its operand.*: write relu,"),
        (lambda t, i: t.f[i].add_(1), "'add_' would change its operand.*: write add,"),
        (lambda t, i: torch.zeros(()).__iadd__(i), "'(add_|__iadd__)' would change"),
        (lambda t, i: t.u8.__setitem__(i, 1), "cannot change an array"),
        (lambda t, i: torch.add(i, 1, out=i), "expected no out= for 'add'"),
        (lambda t, i: torch.tensor(i), "for 'tensor', but got a value .*: use it as it is"),
        (lambda t, i: torch.full((), fill_value=i), "numbers of Python for 'full', but got"),
        (lambda t, i: torch.as_tensor(i), "numbers of Python for 'as_tensor', but got"),
        (lambda t, i: t.f[..., i], "but got Ellipsis: .* reads an array by an index for each"),
        (lambda t, i: t.f[i].tahn(), "'tahn' is not known .*: nearest: tan, tanh, "),
        (lambda t, i: F.embedding(i, t.f), "'embedding' is not known .*: write array.index."),
        (lambda t, i: torch.any(i > 3), "'any' is not known .*a value is a single one"),
        (lambda t, i: torch.isin(i, t.u8), "'isin' is not known .*make an array"),
        (lambda t, i: i.item(), "cannot become a number of Python"),
        (lambda t, i: round(t.f[i], 2), "cannot become a number of Python"),
        (lambda t, i: i.to(torch.float8_e5m2), "got float8_e5m2, to which nothing here rounds"),
        (lambda t, i: i.to(torch.uint16), r"got uint16: write .to\(torch.int32\) & 0xFFFF"),
        (lambda t, i: torch.full_like(i, 300, dtype=torch.uint8), "a number of uint8, but got 300"),
        (lambda t, i: t.u8.to(torch.int16)[i], r"got int16: read a copy of it, .to\(torch.int32"),
        (lambda t, i: t.f.to(torch.float8_e4m3fn)[i], r"read a copy of it, .to\(torch.bfloat16"),
    ],
)
def test_functions_that_are_refused(function, message):
    check_refused(function, message)


#===----------------------------------------------------------------------===#
# What users of FlexAttention write
#===----------------------------------------------------------------------===#


WIDTH = 8
TABLE = torch.linspace(-1, 1, 2 * ROWS)


def neighborhood(q, k):
    """NATTEN's in two dimensions: 3x3 around a query, inside of the image."""
    row, column = (q // WIDTH).clamp(1, 3), (q % WIDTH).clamp(1, WIDTH - 2)
    return ((row - k // WIDTH).abs() <= 1) & ((column - k % WIDTH).abs() <= 1)


def bucket(distance, count=16, far=20):
    """T5's, of both directions."""
    half = count // 2
    side = (distance > 0).to(torch.long) * half
    distance = torch.abs(distance)
    near = half // 2
    scaled = torch.log(distance.float() / near) / math.log(far / near)
    large = near + (scaled * (half - near)).to(torch.long)
    large = torch.min(large, torch.full_like(large, half - 1))
    return side + torch.where(distance < near, distance, large)


def hash_of(q, k):
    x = ((q * 73856093) ^ (k * 19349663)) & 0xFFFFFFFF
    x = (((x >> 16) ^ x) * 0x45D9F3B) & 0xFFFFFFFF
    return ((x >> 16) ^ x) % 100


def xorshift(q, k):
    x = (q * 1000003 + k + 1).to(torch.int32)
    x = x ^ (x << 13)
    x = x ^ (x >> 17)
    return (x ^ (x << 5)) & 7


@pytest.mark.parametrize(
    "function",
    [
        lambda q, k: neighborhood(q, k),
        lambda q, k: bucket(k - q),
        lambda q, k: hash_of(q, k) < 30,
        lambda q, k: xorshift(q, k) == 0,
        lambda q, k: ((k - q) % -3 == -1) & (q >= k),
        lambda q, k: torch.minimum((q - k) % ROWS, (k - q) % ROWS) <= 3,
        lambda q, k: TABLE[(k - q).clamp(-5, 5) + 5] * 3,
        lambda q, k: (TABLE[q - k + ROWS - 1] * 50).to(torch.int8),
        lambda q, k: torch.exp2(-((k + 1) * 8.0 / 5)) * (k - q),
        lambda q, k: torch.log2((q + 1).to(torch.float32)).clamp(min=1),
        lambda q, k: torch.log1p(torch.abs(k - q).float()) - (q - k) ** 2 / 32,
        lambda q, k: sum(torch.cos((q - k) / 10000 ** (n / 4)) for n in range(4)),
    ],
)
def test_what_is_written_for_flex_attention(function):
    # A head is a key.
    check_against_torch(lambda t, i, h: function(i, h * 9), heads=5)
