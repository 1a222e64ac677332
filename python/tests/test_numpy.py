# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""fa3.attention on arrays of NumPy, on the CPU, against the definition."""

import fa3
import numpy as np
import pytest

import reference

SHAPES = [(1, 1), (70, 90), (113, 203), (300, 100), (64, 0), (0, 64)]


def make(generator, sq, sk, heads=4, kv_heads=2, dim=32, value_dim=None, dtype=np.float16):
    shapes = (
        (2, sq, heads, dim), (2, sk, kv_heads, dim), (2, sk, kv_heads, value_dim or dim)
    )
    return [generator.standard_normal(shape).astype(dtype) for shape in shapes]


def run(arrays, **options):
    out, lse = fa3.attention(*arrays, return_lse=True, **options)
    assert lse.dtype == np.float32
    reference.check(out, lse, *arrays, **options)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("causal", [False, True])
def test_shapes(generator, shape, causal):
    run(make(generator, *shape), causal=causal)


@pytest.mark.parametrize("window", [(10, 0), (5, 7), (-1, 3), (4, None)], ids=str)
def test_windows(generator, window):
    run(make(generator, 70, 90), window=window)


def test_value_dim(generator):
    run(make(generator, 40, 50, value_dim=64))


def test_one_key_head_for_all(generator):
    run(make(generator, 40, 50, heads=6, kv_heads=1), causal=True)


def test_scale(generator):
    run(make(generator, 40, 50), scale=0.3)


def test_bfloat16(generator):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    arrays = make(generator, 40, 50, dtype=ml_dtypes.bfloat16)
    out = fa3.attention(*arrays, causal=True)
    assert out.dtype == ml_dtypes.bfloat16
    reference.check(out, None, *arrays, causal=True)


def test_strided_inputs(generator):
    qkv = generator.standard_normal((2, 50, 3, 4, 32)).astype(np.float16)
    run([qkv[:, :, i] for i in range(3)], causal=True)
    run([x.transpose(0, 2, 1, 3) for x in make(generator, 4, 4, heads=30, kv_heads=30)])


def test_result_alone(generator):
    arrays = make(generator, 20, 20)
    out = fa3.attention(*arrays)
    assert isinstance(out, np.ndarray) and out.shape == arrays[0].shape
    reference.check(out, None, *arrays)


def test_score_and_mask_functions(generator):
    slopes = np.array([0.5, 0.25, 0.125, 0.0625], np.float32)
    documents = np.sort(generator.integers(0, 3, (2, 90)), axis=1)
    run(
        make(generator, 90, 90),
        causal=True,
        score_mod=lambda s, b, h, i, j: s + slopes[h] * (j - i),
        mask_mod=lambda b, h, i, j: documents[b, i] == documents[b, j],
    )


def test_rows_without_a_key(generator):
    q, k, v = make(generator, 30, 10)
    out, lse = fa3.attention(q, k, v, causal=True, return_lse=True)
    assert (out[:, :20] == 0).all()
    assert np.isneginf(lse[:, :, :20]).all()


def test_a_new_length_costs_no_compilation(generator):
    from fa3._shared import library

    run(make(generator, 12, 14))
    before = library.compilations
    run(make(generator, 33, 57))
    assert library.compilations == before


#===----------------------------------------------------------------------===#
# Bad input
#===----------------------------------------------------------------------===#


def bad(change, error, message, generator=np.random.default_rng(1)):
    arrays = dict(zip("qkv", make(generator, 20, 30)))
    options = change(arrays) or {}
    with pytest.raises(error, match=message):
        fa3.attention(**arrays, **options)


def replace(name, function):
    return lambda arrays: arrays.update({name: function(arrays[name])})


MASKED = np.ma.ones(4, np.float32)


@pytest.mark.parametrize(
    "change, error, message",
    [
        (replace("q", lambda x: x.astype(np.float32)), TypeError,
         r"float16 or bfloat16, but got float32 for q"),
        (replace("v", lambda x: x.astype(np.float32)), TypeError,
         r"expected v to have the dtype of q, float16, but got float32"),
        (replace("q", lambda x: x[0]), ValueError, r"expected q to have the shape"),
        (replace("k", lambda x: x[:1]), ValueError,
         r"expected k to have the batch size of q, 2, but got 1"),
        (replace("v", lambda x: x[:, :7]), ValueError,
         r"expected v to have the length of k, 30, but got 7"),
        (replace("v", lambda x: x[:, :, :1]), ValueError,
         r"expected v to have the number of heads of k, 2, but got 1"),
        (replace("k", lambda x: x[..., :8]), ValueError,
         r"expected k to have the head dimension of q, 32, but got 8"),
        (replace("q", lambda x: x[:, :, :3]), ValueError,
         r"to divide that of q, but got 2 and 3"),
        (replace("v", lambda x: x[..., :9]), ValueError,
         r"head dimension of v to be a multiple of 8 up to 256, but got 9"),
        (replace("q", lambda x: np.repeat(x, 2, axis=3)[..., ::2]), ValueError,
         r"expected the last stride of q to be 1, but got 2; numpy.ascontiguousarray"),
        (replace("k", list), TypeError, r"expected k to be an array of NumPy"),
        (replace("q", list), TypeError, r"tensors of PyTorch or arrays of NumPy"),
        (lambda _: {"causal": "yes"}, TypeError, r"expected causal to be a bool"),
        (lambda _: {"causal": 1}, TypeError, r"causal to be a bool, but got 1"),
        (lambda _: {"return_lse": "no"}, TypeError, r"return_lse to be a bool, but got 'no'"),
        (replace("k", np.ma.masked_invalid), TypeError, r"k to be an array without a mask"),
        (lambda _: {"score_mod": lambda s, b, h, i, j: s + MASKED[h]}, TypeError,
         r"score_mod and mask_mod read to be an array without a mask"),
        (replace("q", lambda x: x.astype(">f2")), TypeError,
         r"but got >f2 for q, of another order of bytes: .astype\('f2'\) of it has"),
        (replace("q", lambda x: x[:, :, :0]), ValueError, r"to have heads, but got 0 of q"),
        (lambda _: {"window": 3}, TypeError, r"expected window to be a pair"),
        (lambda _: {"window": (1.0, 0)}, TypeError, r"expected window to be a pair"),
        (lambda _: {"window": (2**62, 0)}, ValueError,
         r"at most 2147483647, or -1 or None for no bound, but got \(4611686"),
        (lambda _: {"window": (0, 2**70)}, ValueError, r"at most 2147483647, or -1"),
        (lambda _: {"window": (1, -2)}, ValueError, r"sides of window to be at least 0"),
        (lambda _: {"scale": float("nan")}, ValueError, r"scale to be finite"),
        (lambda _: {"scale": "0.3"}, TypeError, r"scale to be a number, but got '0.3'"),
        (lambda _: {"scale": True}, TypeError, r"scale to be a number, but got True"),
        (lambda _: {"scale": 1e39}, ValueError, r"scale to be finite in float32"),
        (lambda _: {"scale": 10**400}, ValueError, r"scale to be finite"),
        (lambda _: {"score_mod": 3}, TypeError, r"score_mod to be a function"),
    ],
)
def test_bad_arguments(change, error, message):
    bad(change, error, message)


def test_an_array_that_is_too_small_for_the_heads():
    slopes = np.zeros(3, np.float32)
    bad(
        lambda _: {"score_mod": lambda s, b, h, i, j: s + slopes[h]},
        ValueError,
        r"at least 4 elements, one for each head, in dimension 0",
    )
