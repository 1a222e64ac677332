# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""fa3.attention on tensors of PyTorch, on the CPU: the cases of PyTorch's own SDPA,
the operation, and what is refused. torch.compile is in test_torch_compile.py, and
test_gpu.py runs the same cases on a GPU."""

import pytest

torch = pytest.importorskip("torch")

import fa3  # noqa: E402
import fa3._torch  # noqa: E402, makes its dtypes known

import sdpa_cases  # noqa: E402
from torch_calls import compiled, make  # noqa: E402


@pytest.mark.parametrize("case", sdpa_cases.CPU_CASES, ids=str)
def test_agrees_with_sdpa(case):
    sdpa_cases.check(case, "cpu")


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


@pytest.mark.parametrize(
    "function",
    [
        lambda cap: lambda s, b, h, i, j: s * cap.item(),
        lambda cap: lambda s, b, h, i, j: s * float(cap),
        lambda cap: lambda s, b, h, i, j: s * 2 if cap > 1 else s,
        lambda cap: lambda s, b, h, i, j: s * cap.reshape(1).tolist()[0],
    ],
)
def test_a_value_of_a_tensor_that_becomes_a_constant(function):
    from fa3._regions import trace_regions

    cap = torch.tensor(0.5)
    score_mod = function(cap)
    before = trace_regions(score_mod, None).score
    cap.fill_(2.0)
    assert trace_regions(score_mod, None).score != before


def by_default_dtype(s, b, h, i, j):
    return s + (1.0 if torch.get_default_dtype() == torch.float32 else 2.0)


def by_grad_mode(s, b, h, i, j, is_enabled=torch.is_grad_enabled):
    return s + (1.0 if is_enabled() else 2.0)


@pytest.mark.parametrize(
    "score_mod",
    [
        by_default_dtype,
        by_grad_mode,
        lambda s, b, h, i, j: s + torch.own_attribute,
        lambda s, b, h, i, j: s + SLOPES.own_attribute,
        lambda s, b, h, i, j: s + (lambda tensor: tensor.own_attribute)(SLOPES),
    ],
)
def test_state_and_own_attributes_that_change_are_seen(monkeypatch, score_mod):
    from fa3._regions import trace_regions

    monkeypatch.setattr(torch, "own_attribute", 1.0, raising=False)
    monkeypatch.setattr(SLOPES, "own_attribute", 1.0, raising=False)
    before = trace_regions(score_mod, None).score
    torch.own_attribute = SLOPES.own_attribute = 2.0
    torch.set_default_dtype(torch.float64)
    try:
        with torch.no_grad():
            assert trace_regions(score_mod, None).score != before
    finally:
        torch.set_default_dtype(torch.float32)


def test_functions_of_tensors_are_traced_once(monkeypatch):
    import fa3._regions

    traced = []
    trace = fa3._regions.trace
    monkeypatch.setattr(fa3._regions, "trace", lambda *a: traced.append(a) or trace(*a))
    q, k, v = make()
    table = torch.rand(2, 4)
    gate = torch.tensor(True)

    def score(s, b, h, i, j):
        rows = table.shape[0] + len(table) + table.size(0) + table.ndim
        other = torch.nn.functional.silu(s).to(torch.float32) * torch.pi
        return torch.where(gate, s + table[b, h] * rows, other)

    outputs = [
        fa3.attention(q, k, v, score_mod=score, mask_mod=lambda b, h, i, j: i >= j)
        for _ in range(3)
    ]
    assert len(traced) == 2
    assert all(torch.equal(out, outputs[0]) for out in outputs)
    table = torch.rand(2, 4)  # another in the same cell
    out = fa3.attention(q, k, v, score_mod=score, mask_mod=lambda b, h, i, j: i >= j)
    assert not torch.equal(out, outputs[0])


def test_a_tensor_without_dimensions():
    q, k, v = make()
    factor = torch.tensor(0.5)
    out = fa3.attention(q, k, v, score_mod=lambda s, b, h, i, j: factor * s)
    same = fa3.attention(q, k, v, score_mod=lambda s, b, h, i, j: s * 0.5)
    assert torch.equal(out, same)


def test_functions_of_pytorch_for_functions():
    """and_masks and or_masks begin with new_ones and new_zeros."""
    from torch.nn.attention.flex_attention import and_masks, noop_mask, or_masks

    q, k, v = make()
    near = lambda b, h, i, j: (i - j).abs() < 9  # noqa: E731
    first = lambda b, h, i, j: j < 2  # noqa: E731
    causal = lambda b, h, i, j: i >= j  # noqa: E731
    mask = and_masks(or_masks(near, first), causal, noop_mask)
    out = fa3.attention(q, k, v, mask_mod=mask)
    assert (out - flex(q, k, v, mask_mod=mask)).abs().max() < 3e-3


@pytest.mark.parametrize(
    "score_mod",
    [
        lambda s, b, h, i, j: torch.nn.functional.softplus(s),
        lambda s, b, h, i, j: torch.nn.functional.gelu(s) + torch.nn.functional.silu(s),
        lambda s, b, h, i, j: torch.nn.functional.leaky_relu(s, 0.2),
        lambda s, b, h, i, j: s.masked_fill(i < j, -float("inf")),
        lambda s, b, h, i, j: s + torch.round(s) * 0.1 + torch.sign(s),
        lambda s, b, h, i, j: s + (j - i).to(s.dtype) * torch.full_like(s, 0.25),
        lambda s, b, h, i, j: torch.where(torch.isfinite(s), s, torch.zeros_like(s)),
    ],
)
def test_more_functions_agree_with_flex_attention(score_mod):
    q, k, v = make()
    out = fa3.attention(q, k, v, score_mod=score_mod)
    assert (out - flex(q, k, v, score_mod)).abs().max() < 3e-3


def test_a_constant_index_from_the_end():
    q, k, v = make()
    for index in (-1, 3):
        out = fa3.attention(
            q, k, v, score_mod=lambda s, b, h, i, j: s + SLOPES[index] * j
        )
        assert torch.equal(
            out, fa3.attention(q, k, v, score_mod=lambda s, b, h, i, j: s + 0.0625 * j)
        )
        table = SLOPES.expand(4, 4).contiguous()
        assert torch.equal(
            out,
            fa3.attention(q, k, v, score_mod=lambda s, b, h, i, j: s + table[h, index] * j),
        )


#===----------------------------------------------------------------------===#
# Arguments of a launch
#===----------------------------------------------------------------------===#


class ByAttributes:
    """A tensor whose type has no exchange in C."""

    def __init__(self, tensor):
        self.dtype, self.shape = tensor.dtype, tensor.shape
        self.data_ptr, self.stride = tensor.data_ptr, tensor.stride


class Subclass(torch.Tensor):
    pass


@pytest.mark.parametrize(
    "tensor",
    [
        torch.rand(2, 3, 4, 5),
        torch.rand(2, 3, 4, 5).transpose(1, 2)[1:, :, 1::2],
        torch.rand(6)[2],
        torch.tensor(3),
        torch.rand(3, 4).expand(2, 3, 4),
        torch.rand(4, 6)[2:, 6:],
        torch.empty(0, 3),
        torch.empty(2, 0, 3).transpose(0, 2),
        torch.rand(1, 7, 1)[:, 3:],
        torch.rand(*[1] * 8),
        torch.zeros(3, dtype=torch.bool),
        torch.nn.Parameter(torch.rand(3)),
        torch.rand(3).as_subclass(Subclass),
        *(
            torch.zeros(3, 2, dtype=dtype)[1:]
            for dtype in (
                torch.float64, torch.float16, torch.bfloat16, torch.int8, torch.uint8,
                torch.int32, torch.int64, torch.float8_e4m3fn, torch.float8_e5m2,
            )
        ),
    ],
    ids=lambda tensor: f"{str(tensor.dtype)[6:]}-{tuple(tensor.shape)}",
)
def test_tensors_are_described_as_by_their_attributes(tensor):
    from fa3._fa3 import describe

    (descriptor,) = describe(tensor)
    assert [descriptor] == describe(ByAttributes(tensor)) == describe(descriptor)
    assert descriptor[:3] == (tensor.data_ptr(), tuple(tensor.shape), tensor.stride())


def test_tensors_that_no_kernel_takes():
    from fa3._fa3 import describe

    for dtype in (torch.complex64, torch.int16, torch.uint32):
        with pytest.raises(TypeError, match=f"that kernels have, but got {dtype}"):
            describe(torch.zeros(3, dtype=dtype))
    with pytest.raises(ValueError, match="a rank of at most 8 .* but got 9"):
        describe(torch.zeros([1] * 9))
    with pytest.raises(AttributeError):
        describe(3)


#===----------------------------------------------------------------------===#
# The operation
#===----------------------------------------------------------------------===#


def test_the_operation_is_sound():
    q, k, v = make()
    for lse in (False, True):
        torch.library.opcheck(
            torch.ops.fa3.attention, (q, k, v, [], "", True, None, None, None, lse)
        )


def test_options_of_the_operation_have_defaults():
    q, k, v = make()
    operation = torch.ops.fa3.attention
    torch.library.opcheck(operation, (q, k, v))
    torch.library.opcheck(operation, (q, k, v), {"causal": True, "return_lse": True})
    assert torch.equal(operation(q, k, v)[0], fa3.attention(q, k, v))
    several = torch.stack([q, q * 2])
    for options in ({}, {"return_lse": True}):
        out = torch.vmap(lambda q: operation(q, k, v, **options)[0])(several)  # noqa: B023
        assert torch.equal(out[1], fa3.attention(q * 2, k, v))


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


def test_tensors_without_data():
    q, k, v = make()
    out, lse = fa3.attention(q, k, v, return_lse=True)  # so that its kernel is there
    meta, meta_lse = fa3.attention(
        *(x.to("meta") for x in (q, k, v)), return_lse=True
    )
    assert meta.is_meta and meta.shape == out.shape and meta_lse.shape == lse.shape
    slopes = SLOPES.to("meta")
    with pytest.raises(ValueError, match="device of q, cpu, but got meta"):
        fa3.attention(q, k, v, score_mod=lambda s, b, h, i, j: s + slopes[h])
    from torch._subclasses.fake_tensor import FakeTensorMode

    mode = FakeTensorMode()
    fakes = [mode.from_tensor(x) for x in (q, k, v)]
    assert fa3.attention(*fakes, score_mod=alibi).shape == out.shape
    k.untyped_storage().resize_(0)
    with pytest.raises(fa3.LaunchError, match="argument 1: .* but got null"):
        fa3.attention(q, k, v, return_lse=True)


def test_a_trace_holds_the_operation():
    q, k, v = make()
    traced = torch.jit.trace(lambda q, k, v: fa3.attention(q, k, v, causal=True), (q, k, v))
    assert "fa3::attention" in str(traced.graph)
    other = make(sq=30, sk=50)
    assert torch.equal(traced(*other), fa3.attention(*other, causal=True))


def test_tensors_that_are_still_to_be_negated():
    q, k, v = make()
    negated = torch._neg_view(k)
    want = fa3.attention(q, -k, v)
    assert torch.equal(fa3.attention(q, negated, v), want)
    slopes = torch._neg_view(SLOPES)
    assert torch.equal(
        fa3.attention(q, k, v, score_mod=lambda s, b, h, i, j: s + slopes[h] * j),
        fa3.attention(q, k, v, score_mod=lambda s, b, h, i, j: s - SLOPES[h] * j),
    )
    kernel = fa3.compile(
        fa3.Attention(heads=4, kv_heads=2, head_dim=32), target="cpu"
    )
    with pytest.raises(ValueError, match="argument 1: .* resolve_neg"):
        kernel.launch(q, negated, v, torch.empty_like(q))


@pytest.mark.parametrize("lse", [False, True])
def test_vmap_adds_to_the_batch(lse):
    q, k, v = (torch.stack([x, x * 0.5, x + 1]) for x in make())

    def call(q, k, v):
        return fa3.attention(q, k, v, causal=True, return_lse=lse)

    out = torch.vmap(call, in_dims=(0, None, 1))(q, k[0], v.transpose(0, 1))
    want = [call(q[n], k[0], v[n]) for n in range(3)]
    if lse:
        assert torch.equal(out[1], torch.stack([pair[1] for pair in want]))
        out, want = out[0], [pair[0] for pair in want]
    assert torch.equal(out, torch.stack(want))
    with pytest.raises(NotImplementedError, match="no score_mod .* under torch.vmap"):
        torch.vmap(lambda q: fa3.attention(q, k[0], v[0], score_mod=alibi))(q)
    read = lambda slopes: fa3.attention(  # noqa: E731
        q[0], k[0], v[0], score_mod=lambda s, b, h, i, j: s + slopes[h]
    )
    with pytest.raises(NotImplementedError, match="no score_mod .* under torch.vmap"):
        torch.vmap(read)(SLOPES.expand(2, -1))
    with pytest.raises(NotImplementedError, match="no score_mod .* under torch.vmap"):
        torch.vmap(torch.vmap(read))(SLOPES.expand(2, 3, -1))


def test_export_for_a_gpu():
    """What traces has no memory, so no address to check."""

    class Model(torch.nn.Module):
        def forward(self, q, k, v):
            return fa3.attention(q, k, v, causal=True, return_lse=True)

    with torch._subclasses.fake_tensor.FakeTensorMode():
        inputs = tuple(
            torch.empty(2, 24, 4, 16, dtype=torch.bfloat16, device="cuda")
            for _ in range(3)
        )
        program = torch.export.export(Model(), inputs)
    out, lse = (node.meta["val"] for node in program.graph.output_node().args[0])
    assert out.shape == (2, 24, 4, 16) and out.device.type == "cuda"
    assert lse.shape == (2, 4, 24) and lse.dtype == torch.float32


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
    with pytest.raises(NotImplementedError, match="mask_mod read; .* on tensor.detach.. of it"):
        fa3.attention(q.detach(), k, v, score_mod=lambda s, b, h, i, j: s + bias[h])
    with pytest.raises(Exception, match="no backward yet"):
        compiled(fa3.attention)(q, k, v)
    with pytest.raises(Exception, match="no backward yet"):
        compiled(
            lambda q, k, v: fa3.attention(
                q, k, v, score_mod=lambda s, b, h, i, j: s + GRADIENT_BIAS[h]
            )
        )(q.detach(), k, v)


def test_gradients_are_refused_in_transforms():
    q, k, v = make()

    def loss(q):
        return fa3.attention(q, k, v).float().sum()

    with pytest.raises(NotImplementedError, match="got torch.func.grad or vjp for q; .*no_grad"):
        torch.func.grad(loss)(q)
    with pytest.raises(NotImplementedError, match=r"got torch.func.jvp for q; call it on q.detach"):
        torch.func.jvp(loss, (q,), (q,))
    torch.func.jvp(lambda q: loss(q.detach()), (q,), (q,))
    with pytest.raises(NotImplementedError, match="got torch.func.grad or vjp for q;"):
        torch.func.grad(lambda q: torch.vmap(loss)(q).sum())(torch.stack([q, q]))
    watched = q.clone().requires_grad_()
    with pytest.raises(NotImplementedError, match="got requires_grad=True for q;"):
        torch.vmap(loss)(torch.stack([watched, watched]))
    import torch.autograd.forward_ad as forward_ad

    with forward_ad.dual_level():
        dual = forward_ad.make_dual(k, k)
        with pytest.raises(NotImplementedError, match="a tangent of .*forward_ad for k; call"):
            fa3.attention(q, dual, v)
        slopes = forward_ad.make_dual(SLOPES, SLOPES)
        with pytest.raises(NotImplementedError, match="what score_mod and mask_mod read"):
            fa3.attention(q, k, v, score_mod=lambda s, b, h, i, j: s + slopes[h] * j)
        fa3.attention(q, k, v)
    q.requires_grad_()
    with pytest.raises(NotImplementedError, match="no backward yet.* for q"):
        torch.ops.fa3.attention(q, k, v, [], "", False, None, None, None, False)
    with torch.no_grad():
        torch.ops.fa3.attention(q, k, v, [], "", False, None, None, None, False)


def test_gradients_of_the_operation_are_refused():
    q, k, v = make()
    options = ([], "", False, None, None, None, False)

    def loss(q, k=k):
        return torch.ops.fa3.attention(q, k, v, *options)[0].float().sum()

    refused = pytest.raises(NotImplementedError, match="no backward yet.* for q;")
    several = torch.stack([q, q])
    with refused:
        torch.func.grad(loss)(q)
    with refused:
        torch.func.vjp(loss, q)
    with refused:
        torch.func.jvp(loss, (q,), (q,))
    with refused:
        torch.func.grad(torch.func.grad(loss))(q)
    with refused:
        torch.func.grad(lambda q: torch.vmap(loss)(q).sum())(several)
    with refused:
        torch.vmap(torch.func.grad(loss))(several)
    with pytest.raises(NotImplementedError, match="for k;"):
        torch.func.grad(loss, argnums=1)(q, k)
    import torch.autograd.forward_ad as forward_ad

    with forward_ad.dual_level():
        with refused:
            loss(forward_ad.make_dual(q, q))
        assert loss(q) == loss(q)
    with pytest.raises(Exception, match="no backward yet"):
        compiled(torch.func.grad(loss))(q)


@pytest.mark.parametrize("call", ["function", "operation"])
def test_what_a_transform_does_not_differentiate_runs(call):
    q, k, v = make()

    def attend(q):
        if call == "function":
            return fa3.attention(q, k, v).float().sum()
        options = ([], "", False, None, None, None, False)
        return torch.ops.fa3.attention(q, k, v, *options)[0].float().sum()

    def loss(q):
        with torch.no_grad():
            unwatched = attend(q)
        return attend(q.detach()) * q.float().sum() + unwatched

    grad = torch.func.grad(loss)(q)
    assert torch.equal(grad, attend(q).to(q.dtype).expand(q.shape))


def test_what_only_fa3_makes():
    q, k, v = make()
    with pytest.raises(ValueError, match="expected the regions that fa3.attention makes"):
        torch.ops.fa3.attention(q, k, v, [], "{", False, None, None, None, False)
    with pytest.raises(ValueError, match="expected 0 captured tensors, .* but got 1"):
        torch.ops.fa3.attention(q, k, v, [q], "", False, None, None, None, False)


@pytest.mark.parametrize(
    "change, error, message",
    [
        (lambda q, k, v: (q.to_sparse(), k, v), TypeError, "q to be dense.*sparse_coo"),
        (lambda q, k, v: (q, k, torch.nested.nested_tensor([v[0], v[1]])), TypeError,
         "v to be dense, .* but got a nested tensor"),
        (lambda q, k, v: (q.float(), k, v), TypeError, "float16 or bfloat16, but got float32"),
        (lambda q, k, v: (q, k.bfloat16(), v), TypeError, "k to have the dtype of q, float16"),
        (lambda q, k, v: (q, k.numpy(), v), TypeError, "k to be a tensor of PyTorch"),
        (lambda q, k, v: (q, k.to("meta"), v), ValueError, "k to be on the device of q, cpu"),
        (lambda q, k, v: (q[0], k, v), ValueError, "q to have the shape"),
        (lambda q, k, v: (x.transpose(1, 2) for x in (q, k, v)), ValueError,
         "got 40 and 24; q has the shape .batch, length, heads, head dimension."),
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
    for name in ("causal", "return_lse"):
        fa3.attention(q, k, v, **{name: True})
        for value in (1, "no"):  # 1 is equal to True, whose kernel is there
            with pytest.raises(TypeError, match=f"{name} to be a bool, but got {value!r}"):
                fa3.attention(q, k, v, **{name: value})
    fa3.attention(q, k, v, scale=1.0)
    for value in (True, "1.0"):
        with pytest.raises(TypeError, match=f"scale to be a number, but got {value!r}"):
            fa3.attention(q, k, v, scale=value)
    with pytest.raises(ValueError, match="scale to be finite in float32, but got 1e[+]39"):
        fa3.attention(q, k, v, scale=1e39)
    scale = torch.tensor(0.5)
    before = fa3.attention(q, k, v, scale=scale)
    assert torch.equal(before, fa3.attention(q, k, v, scale=0.5))
    scale.fill_(2.0)
    assert torch.equal(fa3.attention(q, k, v, scale=scale), fa3.attention(q, k, v, scale=2))
    fa3.attention(q, k, v, window=[1, 2])
    for window in ([1, 2, 3], (1.0, 2), (True, 2)):  # (1, 2) is equal to the last two
        with pytest.raises(TypeError, match="window to be a pair"):
            fa3.attention(q, k, v, window=window)
    mask = torch.ones(24, 40, dtype=torch.bool)
    with pytest.raises(TypeError, match="mask_mod to be a function, .*Tensor; give one that reads"):
        fa3.attention(q, k, v, mask_mod=mask)
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
