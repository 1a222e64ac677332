# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""fa3.attention in torch.compile: what a graph takes, what it sees change, and what it
refuses as it would not see that."""

import functools
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import fa3  # noqa: E402

from torch_calls import compiled, make  # noqa: E402

SLOPES = torch.tensor([0.5, 0.25, 0.125, 0.0625])


def alibi(score, b, h, i, j):
    return score + SLOPES[h] * (j - i)


def test_compile_takes_the_whole_graph():
    q, k, v = make()

    def block(q, k, v):
        out, lse = fa3.attention(
            q * 2, k, v, causal=True, window=(20, -1), return_lse=True
        )
        return out.relu(), lse

    for got, want in zip(compiled(block)(q, k, v), block(q, k, v)):
        assert torch.equal(got, want)


def test_compile_before_any_other_call():
    """Nothing that the first call remembers compiles the graph again."""
    import subprocess
    import sys

    code = """
import torch, fa3
torch._dynamo.config.error_on_recompile = True
call = torch.compile(
    lambda q: fa3.attention(q, q, q, causal=True), fullgraph=True, backend="aot_eager"
)
q = torch.randn(1, 8, 2, 16).half()
out = call(q)
assert torch.equal(call(q), out)
assert torch.equal(fa3.attention(q, q, q, causal=True), out)
assert torch.equal(call(q), out)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_compile_takes_functions():
    q, k, v = make()
    call = functools.partial(
        fa3.attention, score_mod=alibi, mask_mod=lambda b, h, i, j: i >= j
    )
    assert torch.equal(compiled(lambda q, k, v: call(q, k, v))(q, k, v), call(q, k, v))


def test_compile_sees_what_functions_read_change():
    global SLOPES
    q, k, v = make()
    call = lambda q, k, v: fa3.attention(q, k, v, score_mod=alibi)  # noqa: E731
    graph = compiled(call)
    assert torch.equal(graph(q, k, v), call(q, k, v))
    old, SLOPES = SLOPES, SLOPES * 3
    try:
        assert torch.equal(graph(q, k, v), call(q, k, v))
        SLOPES.mul_(2)
        assert torch.equal(graph(q, k, v), call(q, k, v))
    finally:
        SLOPES = old


LAYERS = torch.rand(3, 4, generator=torch.Generator().manual_seed(9))
FACTOR = torch.tensor(3.0)
NUMBER: Any = 1.5


@pytest.mark.parametrize(
    "score_mod",
    [
        lambda s, b, h, i, j: s + LAYERS[1, h] * j,
        lambda s, b, h, i, j: s * FACTOR,
        lambda s, b, h, i, j: torch.where(i >= j, s, torch.tensor(-2.0)) * FACTOR,
        lambda s, b, h, i, j: s + torch.arange(40)[j] * FACTOR,
        lambda s, b, h, i, j: s + LAYERS[h % LAYERS.shape[0], h] * len(LAYERS),
        lambda s, b, h, i, j: s + LAYERS[0, h] * (LAYERS.stride(1) if LAYERS.is_cpu else 0),
    ],
)
@pytest.mark.parametrize("is_inference", [False, True])
def test_compile_sees_values_and_shapes_change(is_inference, score_mod):
    global LAYERS, FACTOR
    q, k, v = make()
    call = lambda q, k, v: fa3.attention(q, k, v, score_mod=score_mod)  # noqa: E731
    graph = compiled(call)
    old = LAYERS, FACTOR
    try:
        with torch.set_grad_enabled(not is_inference):
            for step in range(4):  # sizes vary from the second on, to Dynamo
                LAYERS, FACTOR = torch.rand(4, 3 + step).T, torch.rand(()) + step
                assert torch.equal(graph(q, k, v), call(q, k, v))
                LAYERS.mul_(2)
                FACTOR.mul_(-2)
                assert torch.equal(graph(q, k, v), call(q, k, v))
    finally:
        LAYERS, FACTOR = old


def breaks_the_graph(s, b, h, i, j):
    torch._dynamo.graph_break()
    return s + LAYERS[1, h]


@pytest.mark.parametrize(
    "score_mod, message",
    [
        (lambda s, b, h, i, j: s + LAYERS[1][h], "'__getitem__'.*by all indices at once"),
        (lambda s, b, h, i, j: s + SLOPES[0], "'__getitem__'.*as in bias.LAYER, h."),
        (lambda s, b, h, i, j: s + LAYERS.T[h, 1], "with tensors ..T..,"),
        (lambda s, b, h, i, j: s + (SLOPES * 2)[h], "'mul'.*outside of the function"),
        (lambda s, b, h, i, j: s + LAYERS.double()[1, h], "'double'"),
        (lambda s, b, h, i, j: s * FACTOR.item(), "'item'"),
        (lambda s, b, h, i, j: s + torch.rand(40)[j], "'rand'"),
        (lambda s, b, h, i, j: s * np.float32(NUMBER), "got a float32 of NumPy"),
        (lambda s, b, h, i, j: s * np.float64(NUMBER), "got a float64 of NumPy"),
        (breaks_the_graph, "breaks the graph.*fullgraph=True says where"),
    ],
)
@pytest.mark.parametrize("is_inference", [False, True])
def test_compile_refuses_what_it_would_not_see_change(is_inference, score_mod, message):
    """Of these the graph would hold what they are when it is made."""
    q, k, v = make()
    torch._dynamo.reset()
    graph = torch.compile(
        lambda q: fa3.attention(q, k, v, score_mod=score_mod), backend="aot_eager"
    )
    with torch.set_grad_enabled(not is_inference):
        fa3.attention(q, k, v, score_mod=score_mod)  # not an error in itself
        with pytest.raises(Exception, match=message):
            graph(q)


class Biased(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.slopes = SLOPES * 2

    def score(self, score, b, h, i, j):
        return score + self.slopes[h] * (j - i)

    def mask(self, b, h, i, j):
        return i + 20 >= j

    def forward(self, q, k, v):
        return fa3.attention(q, k, v, score_mod=self.score, mask_mod=self.mask)


# Seen: 2.15 takes them, 2.11 does not.
TAKES_METHODS = tuple(map(int, torch.__version__.split(".")[:2])) >= (2, 15)
needs_methods = pytest.mark.skipif(
    not TAKES_METHODS, reason="this PyTorch takes no methods in a graph"
)


@needs_methods
def test_compile_takes_methods():
    tensors = make()
    module = Biased()
    graph = compiled(module)
    assert torch.equal(graph(*tensors), module(*tensors))
    before = graph(*tensors)
    module.slopes = SLOPES * 3
    assert torch.equal(graph(*tensors), module(*tensors))
    assert not torch.equal(graph(*tensors), before)


def capped(cap, score, b, h, i, j, *, bias=None):
    score = torch.tanh(score / cap) * cap
    return score if bias is None else score + bias[h]


class Scaled:
    def __init__(self, slopes):
        self.slopes = slopes

    def score(self, factor, score, b, h, i, j):
        return score + self.slopes[h] * factor * (j - i)


@pytest.mark.parametrize(
    "make_mod",
    [
        lambda slopes: functools.partial(capped, 20.0, bias=slopes),
        lambda slopes: functools.partial(functools.partial(capped, bias=slopes), 20),
        pytest.param(
            lambda slopes: functools.partial(Scaled(slopes).score, 2), marks=needs_methods
        ),
    ],
)
def test_compile_takes_partial_functions(make_mod):
    q, k, v = make()
    slopes = SLOPES.clone()
    score_mod = make_mod(slopes)
    call = lambda q, k, v: fa3.attention(q, k, v, score_mod=score_mod)  # noqa: E731
    graph = compiled(call)
    before = graph(q, k, v)
    assert torch.equal(before, call(q, k, v))
    slopes.mul_(2)
    assert torch.equal(graph(q, k, v), call(q, k, v))
    score_mod = make_mod(SLOPES * 3)
    assert torch.equal(graph(q, k, v), call(q, k, v))
    assert not torch.equal(graph(q, k, v), before)


def test_compile_shows_what_to_do_about_a_closure():
    """Dynamo says no more than that it failed, but shows our line."""
    q, k, v = make()

    def call(q, k, v, slopes):
        return fa3.attention(q, k, v, score_mod=lambda s, b, h, i, j: s + slopes[h])

    with pytest.raises(Exception, match="make functions outside of what is compiled"):
        compiled(call)(q, k, v, SLOPES * 2)


def test_compile_with_lengths_and_a_scale_that_vary():
    graph = compiled(
        lambda q, k, v, scale: fa3.attention(q, k, v, scale=scale), dynamic=True
    )
    for length, scale in ((24, 0.1), (33, 0.2), (65, 0.3)):
        q, k, v = make(sk=length)
        assert torch.equal(graph(q, k, v, scale), fa3.attention(q, k, v, scale=scale))


@pytest.mark.parametrize("is_whole", [True, False])
def test_compile_refuses_what_eager_calls_do(is_whole):
    """In a graph 1 would be taken for True, and an array for a tensor."""
    q, k, v = make()
    for call, message in (
        (lambda q, k, v: fa3.attention(q, k, v, causal=1), "causal to be a bool, but got 1"),
        (lambda q, k, v: fa3.attention(q, k, v, return_lse=1), "return_lse to be a bool"),
        (lambda q, k, v: fa3.attention(q, k.numpy(), v), "k to be a tensor of PyTorch"),
    ):
        torch._dynamo.reset()
        graph = torch.compile(call, fullgraph=is_whole, backend="aot_eager")
        with pytest.raises(Exception, match=message):
            graph(q, k, v)
