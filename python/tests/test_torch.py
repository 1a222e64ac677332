# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""fa3.attention on tensors of PyTorch, on the CPU: the cases of PyTorch's own SDPA,
torch.compile, and what is refused. test_gpu.py runs the same cases on a GPU."""

import functools

import pytest

torch = pytest.importorskip("torch")

import fa3  # noqa: E402

import sdpa_cases  # noqa: E402


@pytest.mark.parametrize("case", sdpa_cases.CPU_CASES, ids=str)
def test_agrees_with_sdpa(case):
    sdpa_cases.check(case, "cpu")


def make(sq=24, sk=40, heads=4, kv_heads=2, dim=32, **options):
    torch.manual_seed(3)
    options = {"dtype": torch.float16, **options}
    return (
        torch.randn(2, sq, heads, dim, **options),
        torch.randn(2, sk, kv_heads, dim, **options),
        torch.randn(2, sk, kv_heads, dim, **options),
    )


GRADIENT_BIAS = torch.zeros(4, requires_grad=True)
SLOPES = torch.tensor([0.5, 0.25, 0.125, 0.0625])


def alibi(score, b, h, i, j):
    return score + SLOPES[h] * (j - i)


def soft_cap(score, b, h, i, j):
    return torch.tanh(score / 20) * 20


#===----------------------------------------------------------------------===#
# Functions
#===----------------------------------------------------------------------===#


def flex(q, k, v, score_mod=None, mask_mod=None):
    """FlexAttention itself, which is written in the layout (batch, heads, length)."""
    from torch.nn.attention.flex_attention import create_block_mask, flex_attention

    mask = None
    if mask_mod is not None:
        mask = create_block_mask(
            mask_mod, q.shape[0], q.shape[2], q.shape[1], k.shape[1], device=q.device
        )
    q, k, v = (x.transpose(1, 2).double() for x in (q, k, v))
    out = flex_attention(q, k, v, score_mod, mask, enable_gqa=True)
    return out.transpose(1, 2)


DOCUMENTS = torch.tensor([[0] * 13 + [1] * 11 + [2] * 16, [0] * 30 + [1] * 10])
GATE = torch.tensor([True, False, True, True])
BIAS = torch.linspace(-1, 1, 4 * 24 * 40).reshape(4, 24, 40)


@pytest.mark.parametrize(
    "options",
    [
        {"score_mod": alibi},
        {"score_mod": soft_cap},
        {"score_mod": lambda s, b, h, i, j: s + BIAS[h, i, j]},
        {"score_mod": lambda s, b, h, i, j: torch.where(GATE[h], s, s * 0.5)},
        {"score_mod": lambda s, b, h, i, j: torch.where(i >= j, s, -float("inf"))},
        {"score_mod": lambda s, b, h, i, j: s + torch.sigmoid(s) * (i - j).abs().sqrt()},
        {"mask_mod": lambda b, h, i, j: i >= j},
        {"mask_mod": lambda b, h, i, j: (i - j).abs() <= 7},
        {"mask_mod": lambda b, h, i, j: DOCUMENTS[b, i] == DOCUMENTS[b, j]},
        {"mask_mod": lambda b, h, i, j: (i >= j) & (i - j < 5) | (j < 2)},
        {"score_mod": alibi, "mask_mod": lambda b, h, i, j: i // 4 >= j // 4},
    ],
    ids=lambda options: "-".join(options),
)
def test_agrees_with_flex_attention(options):
    q, k, v = make()
    out = fa3.attention(q, k, v, **options)
    assert (out - flex(q, k, v, **options)).abs().max() < 3e-3


def test_tensors_that_change_are_read_anew():
    q, k, v = make()
    bias = torch.zeros(4)
    shift = lambda s, b, h, i, j: s + bias[h] * i * j  # noqa: E731
    before = fa3.attention(q, k, v, score_mod=shift)
    bias.add_(1.0)
    assert not torch.equal(fa3.attention(q, k, v, score_mod=shift), before)


def test_a_tensor_that_is_computed_in_the_function():
    q, k, v = make()
    out = fa3.attention(
        q, k, v, score_mod=lambda s, b, h, i, j: s + (SLOPES * 2)[h] * (j - i)
    )
    twice = SLOPES * 2
    same = fa3.attention(
        q, k, v, score_mod=lambda s, b, h, i, j: s + twice[h] * (j - i)
    )
    assert torch.equal(out, same)


def test_a_tensor_without_dimensions():
    q, k, v = make()
    factor = torch.tensor(0.5)
    out = fa3.attention(q, k, v, score_mod=lambda s, b, h, i, j: factor * s)
    same = fa3.attention(q, k, v, score_mod=lambda s, b, h, i, j: s * 0.5)
    assert torch.equal(out, same)


#===----------------------------------------------------------------------===#
# torch.compile and the operation
#===----------------------------------------------------------------------===#


def compiled(function, **options):
    torch._dynamo.reset()
    return torch.compile(function, fullgraph=True, backend="aot_eager", **options)


def test_compile_takes_the_whole_graph():
    q, k, v = make()

    def block(q, k, v):
        out, lse = fa3.attention(
            q * 2, k, v, causal=True, window=(20, -1), return_lse=True
        )
        return out.relu(), lse

    for got, want in zip(compiled(block)(q, k, v), block(q, k, v)):
        assert torch.equal(got, want)


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


def test_compile_with_lengths_and_a_scale_that_vary():
    graph = compiled(
        lambda q, k, v, scale: fa3.attention(q, k, v, scale=scale), dynamic=True
    )
    for length, scale in ((24, 0.1), (33, 0.2), (65, 0.3)):
        q, k, v = make(sk=length)
        assert torch.equal(graph(q, k, v, scale), fa3.attention(q, k, v, scale=scale))


def test_the_operation_is_sound():
    q, k, v = make()
    for lse in (False, True):
        torch.library.opcheck(
            torch.ops.fa3.attention, (q, k, v, [], "", True, None, None, None, lse)
        )


def test_under_a_mode_that_watches():
    from torch.utils._python_dispatch import TorchDispatchMode

    seen = []

    class Watch(TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            seen.append(str(function))
            return function(*args, **(kwargs or {}))

    q, k, v = make()
    with Watch():
        out = fa3.attention(q, k, v, score_mod=alibi)
    assert "fa3.attention.default" in seen
    assert torch.equal(out, fa3.attention(q, k, v, score_mod=alibi))


def test_shapes_without_data():
    q, k, v = (x.to("meta") for x in make())
    out, lse = torch.ops.fa3.attention(q, k, v, [], "", False, None, None, None, True)
    assert out.shape == q.shape and lse.shape == (2, 4, 24)


#===----------------------------------------------------------------------===#
# Refused
#===----------------------------------------------------------------------===#


def test_gradients_are_refused_plainly():
    q, k, v = make()
    q.requires_grad_()
    with pytest.raises(NotImplementedError, match="no backward yet.*requires_grad=True for q"):
        fa3.attention(q, k, v)
    with torch.no_grad():
        fa3.attention(q, k, v)
    fa3.attention(q.detach(), k, v)
    bias = torch.zeros(4, requires_grad=True)
    with pytest.raises(NotImplementedError, match="what score_mod and mask_mod read"):
        fa3.attention(q.detach(), k, v, score_mod=lambda s, b, h, i, j: s + bias[h])
    with pytest.raises(Exception, match="no backward yet"):
        compiled(fa3.attention)(q, k, v)
    with pytest.raises(Exception, match="no backward yet"):
        compiled(
            lambda q, k, v: fa3.attention(
                q, k, v, score_mod=lambda s, b, h, i, j: s + GRADIENT_BIAS[h]
            )
        )(q.detach(), k, v)


@pytest.mark.parametrize(
    "change, error, message",
    [
        (lambda q, k, v: (q.float(), k, v), TypeError, "float16 or bfloat16, but got float32"),
        (lambda q, k, v: (q, k.bfloat16(), v), TypeError, "k to have the dtype of q, float16"),
        (lambda q, k, v: (q, k.numpy(), v), TypeError, "k to be a tensor of PyTorch"),
        (lambda q, k, v: (q, k.to("meta"), v), ValueError, "k to be on the device of q, cpu"),
        (lambda q, k, v: (q[0], k, v), ValueError, "q to have the shape"),
        (lambda q, k, v: (q, k[:, :5], v), ValueError, "v to have the length of k, 5"),
        (lambda q, k, v: (q, k, v.transpose(1, 3).contiguous().transpose(1, 3)), ValueError,
         "last stride of v to be 1, but got .*contiguous"),
    ],
)
def test_bad_tensors(change, error, message):
    with pytest.raises(error, match=message):
        fa3.attention(*change(*make()))
    with pytest.raises(error, match=message):  # again, where nothing was remembered
        fa3.attention(*change(*make()))


def test_bad_options():
    q, k, v = make()
    with pytest.raises(TypeError, match="causal to be a bool"):
        fa3.attention(q, k, v, causal=2)
    with pytest.raises(TypeError, match="window to be a pair"):
        fa3.attention(q, k, v, window=[1, 2, 3])
    fa3.attention(q, k, v, window=[1, 2])
    from torch.nn.attention.flex_attention import create_block_mask

    mask = create_block_mask(lambda b, h, i, j: i >= j, 2, 4, 24, 40, device="cpu")
    with pytest.raises(TypeError, match="the mask_mod that the block mask was made of"):
        fa3.attention(q, k, v, mask_mod=mask)


def test_arrays_of_another_library():
    import numpy

    q, k, v = make()
    slopes = numpy.zeros(4, numpy.float32)
    with pytest.raises(TypeError, match="to read tensors of PyTorch"):
        fa3.attention(q, k, v, score_mod=lambda s, b, h, i, j: s + slopes[h])
