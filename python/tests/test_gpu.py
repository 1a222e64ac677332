# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""fa3.attention and launches on a Hopper GPU. Skipped where there is none."""

import math
import os

import numpy as np
import pytest

# Before JAX is imported, which would take most of the memory.
os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"

torch = pytest.importorskip("torch")

if not torch.cuda.is_available() or torch.cuda.get_device_capability() != (9, 0):
    pytest.skip("no GPU of compute capability 9.0", allow_module_level=True)

import fa3  # noqa: E402
from fa3 import _torch  # noqa: E402
from fa3._shared import library  # noqa: E402

import sdpa_cases  # noqa: E402
from conftest import needs_ptxas  # noqa: E402


def make(sq=300, sk=400, heads=8, kv_heads=2, dim=64, batch=2, dtype=torch.float16):
    torch.manual_seed(3)
    options = {"dtype": dtype, "device": "cuda"}
    return (
        torch.randn(batch, sq, heads, dim, **options),
        torch.randn(batch, sk, kv_heads, dim, **options),
        torch.randn(batch, sk, kv_heads, dim, **options),
    )


@pytest.mark.parametrize("case", sdpa_cases.GPU_CASES, ids=str)
def test_agrees_with_sdpa(case):
    sdpa_cases.check(case, "cuda")


#===----------------------------------------------------------------------===#
# The same as on the CPU
#===----------------------------------------------------------------------===#

SLOPES = torch.rand(8)
DOCUMENTS = torch.arange(400) // 57


def on(device):
    """Functions that read tensors of a device."""
    slopes = SLOPES.to(device)
    documents = DOCUMENTS.to(device)
    gate = (torch.arange(8) % 3 != 0).to(device)
    bias = torch.linspace(-1, 1, 8 * 300 * 400).reshape(8, 300, 400).to(device)
    return {
        "alibi": {"score_mod": lambda s, b, h, i, j: s + slopes[h] * (j - i)},
        "soft-cap": {"score_mod": lambda s, b, h, i, j: torch.tanh(s / 20) * 20},
        "bias": {"score_mod": lambda s, b, h, i, j: s + bias[h, i, j]},
        "half-bias": {"score_mod": lambda s, b, h, i, j: s + bias.half()[h, i, j]},
        "gate": {"score_mod": lambda s, b, h, i, j: torch.where(gate[h], s, s * 0.5)},
        "documents": {"mask_mod": lambda b, h, i, j: documents[i] == documents[j]},
        "chunks": {"mask_mod": lambda b, h, i, j: i // 64 == j // 64, "causal": True},
        "many": {
            "score_mod": lambda s, b, h, i, j: torch.where(
                (i + j) % 3 == 0, s + torch.sigmoid(s) * (i - j).abs().sqrt() / 16,
                s - (i & 3) * 0.25 + torch.exp(-abs(s)),
            ),
            "mask_mod": lambda b, h, i, j: (i >= j) & ~((j > 5) & (i - j > 200)),
        },
    }


@pytest.mark.parametrize("name", on("cpu"))
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_functions(name, dtype):
    q, k, v = make(dtype=dtype)
    out, lse = fa3.attention(q, k, v, return_lse=True, **on("cuda")[name])
    same, same_lse = fa3.attention(
        q.cpu(), k.cpu(), v.cpu(), return_lse=True, **on("cpu")[name]
    )
    assert (out.cpu() - same).abs().max() < (4e-3 if dtype == torch.float16 else 3e-2)
    assert (lse.cpu() - same_lse).abs().max() < 2e-3


@pytest.mark.parametrize("window", [(64, 0), (100, 37), (-1, 50)], ids=str)
def test_windows(window):
    q, k, v = make()
    out = fa3.attention(q, k, v, window=window)
    same = fa3.attention(q.cpu(), k.cpu(), v.cpu(), window=window)
    assert (out.cpu() - same).abs().max() < 3e-3


def test_views_of_larger_tensors():
    qkv = torch.randn(2, 333, 3, 4, 64, dtype=torch.float16, device="cuda")
    views = qkv.unbind(2)
    packed = [x.contiguous() for x in views]
    assert torch.equal(fa3.attention(*views, causal=True), fa3.attention(*packed, causal=True))
    turned = [x.transpose(1, 2).contiguous().transpose(1, 2) for x in views]
    assert torch.equal(fa3.attention(*turned, causal=True), fa3.attention(*packed, causal=True))


def test_empty_tensors():
    q, k, v = make(sk=0)
    out, lse = fa3.attention(q, k, v, return_lse=True)
    assert (out == 0).all() and (lse == -math.inf).all()
    q, k, v = make(sq=0)
    assert fa3.attention(q, k, v).shape == (2, 0, 8, 64)
    q, k, v = make(batch=0)
    assert fa3.attention(q, k, v).shape == (0, 300, 8, 64)


#===----------------------------------------------------------------------===#
# Streams, graphs, torch.compile
#===----------------------------------------------------------------------===#


def test_the_current_stream():
    q, k, v = make(sq=4096, sk=4096)
    expected = fa3.attention(q, k, v, causal=True)
    torch.cuda.synchronize()
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        torch.cuda._sleep(20_000_000)
        q2 = q * 1
        out = fa3.attention(q2, k, v, causal=True)
        done = stream.record_event()
    assert not done.query()  # it waits behind what the stream had to do
    stream.synchronize()
    assert torch.equal(out, expected)


def test_a_graph_captures_it():
    q, k, v = make()
    slopes = torch.rand(8, device="cuda")
    alibi = lambda s, b, h, i, j: s + slopes[h] * (j - i)  # noqa: E731

    def step():
        return fa3.attention(q, k, v, causal=True, score_mod=alibi, return_lse=True)

    step()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        out, lse = step()
    q.copy_(torch.randn_like(q))
    slopes.mul_(0.5)
    graph.replay()
    expected = step()
    assert torch.equal(out, expected[0]) and torch.equal(lse, expected[1])


def test_a_graph_does_not_compile():
    q, k, v = make(dim=40)
    graph = torch.cuda.CUDAGraph()
    with pytest.raises(RuntimeError, match="before a CUDA graph is captured"):
        with torch.cuda.graph(graph):
            fa3.attention(q, k, v, scale=0.123)


@pytest.mark.parametrize("mode", ["default", "reduce-overhead"])
def test_compile(mode):
    torch._dynamo.reset()
    q, k, v = make()
    # Of ALiBi's size: with scores over 88, exp(lse) is beyond float32.
    slopes = torch.rand(8, device="cuda") / 8

    def alibi(s, b, h, i, j):
        return s + slopes[h] * (j - i)

    def block(q, k, v):
        out, lse = fa3.attention(
            q * 2, k + 1, v, causal=True, score_mod=alibi, return_lse=True
        )
        return out.float().relu(), lse.exp()

    compiled = torch.compile(block, fullgraph=True, mode=mode)
    for _ in range(4):
        q = torch.randn_like(q)
        slopes.mul_(0.5)
        got = [x.clone() for x in compiled(q, k, v)]
        for result, expected in zip(got, block(q, k, v)):
            assert expected.isfinite().all()
            assert torch.allclose(result, expected, atol=2e-3, rtol=2e-3)


def test_export():
    class Model(torch.nn.Module):
        def forward(self, q, k, v):
            return fa3.attention(q, k, v, causal=True)

    q, k, v = make()
    program = torch.export.export(Model(), (q, k, v))
    assert torch.equal(program.module()(q, k, v), fa3.attention(q, k, v, causal=True))


@pytest.mark.skipif(torch.cuda.device_count() < 2, reason="one GPU")
def test_another_gpu():
    q, k, v = (x.to("cuda:1") for x in make())
    out = fa3.attention(q, k, v)
    assert out.device == q.device
    assert (out.cpu() - fa3.attention(*make()).cpu()).abs().max() == 0


#===----------------------------------------------------------------------===#
# Kernels are kept
#===----------------------------------------------------------------------===#


def test_sizes_that_are_alike_share_a_kernel():
    fa3.attention(*make(sq=1000, sk=1000, batch=4), causal=True)
    before = library.compilations, len(_torch._kernels)
    for sq, sk in ((513, 1024), (700, 600), (1000, 1000)):
        fa3.attention(*make(sq=sq, sk=sk, batch=3), causal=True)
    assert (library.compilations, len(_torch._kernels)) == before
    # The compiler chooses the same for 16 batches.
    fa3.attention(*make(sq=1000, sk=1000, batch=16), causal=True)
    assert library.compilations == before[0]


def test_few_rows_have_a_kernel_of_their_own():
    fa3.attention(*make(sq=1000, sk=1000))
    before = library.compilations
    q, k, v = make(sq=1, sk=5000, batch=1)
    out = fa3.attention(q, k, v)
    assert library.compilations == before + 1
    assert_like_cpu(out, q, k, v)


def test_a_graph_takes_a_kernel_for_other_sizes():
    """A kernel cannot be loaded while a graph is captured."""
    fa3.attention(*make(sq=1000, sk=1000), scale=0.3)
    q, k, v = make(sq=1, sk=5000, batch=1)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        out = fa3.attention(q, k, v, scale=0.3)
    graph.replay()
    assert_like_cpu(out, q, k, v, scale=0.3)


def assert_like_cpu(out, q, k, v, **options):
    same = fa3.attention(q.cpu(), k.cpu(), v.cpu(), **options)
    assert (out.cpu() - same).abs().max() < 4e-3


@needs_ptxas
def test_another_process_finds_it():
    import subprocess
    import sys

    code = """
import torch, fa3
from fa3._shared import library
x = torch.randn(1, 64, 2, 64, dtype=torch.float16, device="cuda")
fa3.attention(x, x, x, scale=0.77)
print(library.compilations)
"""
    run = lambda: subprocess.run(  # noqa: E731
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env=os.environ,
    ).stdout.split()[-1]
    assert run() == "1"
    assert run() == "0"


def test_the_driver_assembles_ptx():
    q, k, v = make()
    kernel = fa3.compile(fa3.Attention(heads=8, head_dim=64, kv_heads=2), level="ptx")
    out = torch.empty_like(q)
    kernel.launch(q, k, v, out)
    assert torch.equal(out, fa3.attention(q, k, v))


#===----------------------------------------------------------------------===#
# Constants
#===----------------------------------------------------------------------===#

CONSTANTS = """
!q = tensor<2x300x8x64xf16>
!k = tensor<2x400x2x64xf16>
func.func @constants(%q: !q, %k: !k, %v: !k) -> !q {
  %slopes = arith.constant dense<SLOPES> : tensor<8xf32>
  %pattern = arith.constant dense<PATTERN> : tensor<3x5xi1>
  %init = tensor.empty() : !q
  %o = attn.forward ins(%q, %k, %v : !q, !k, !k) outs(%init : !q) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %slope = tensor.extract %slopes[%h] : tensor<8xf32>
    %d = arith.subi %j, %i : index
    %di = arith.index_cast %d : index to i32
    %df = arith.sitofp %di : i32 to f32
    %bias = arith.mulf %slope, %df : f32
    %r = arith.addf %s, %bias : f32
    attn.yield %r : f32
  } mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %three = arith.constant 3 : index
    %five = arith.constant 5 : index
    %row = arith.remui %i, %three : index
    %column = arith.remui %j, %five : index
    %seen = tensor.extract %pattern[%row, %column] : tensor<3x5xi1>
    attn.yield %seen : i1
  } -> !q
  return %o : !q
}
"""


def test_constants():
    """Tables that stand in the IR are read as tables that are handed in."""
    slopes = [2.0**-n for n in range(1, 9)]
    pattern = [[True, False, True, True, True], [True, True, False, True, True],
               [False, True, True, False, True]]
    text = CONSTANTS.replace("SLOPES", str(slopes))
    kernel = fa3.compile(text.replace("PATTERN", str(pattern).lower()))
    q, k, v = make()
    out = torch.full_like(q, float("nan"))
    kernel.launch(q, k, v, out)
    bias = torch.tensor(slopes, device="cuda")
    seen = torch.tensor(pattern, device="cuda")
    expected = fa3.attention(
        q, k, v, score_mod=lambda s, b, h, i, j: s + bias[h] * (j - i),
        mask_mod=lambda b, h, i, j: seen[i % 3, j % 5],
    )
    assert (out - expected).abs().max() < 4e-3


#===----------------------------------------------------------------------===#
# DLPack
#===----------------------------------------------------------------------===#


@pytest.fixture(scope="module")
def kernel():
    return fa3.compile(fa3.Attention(heads=8, head_dim=64, kv_heads=2, causal=True))


def test_cupy(kernel):
    cupy = pytest.importorskip("cupy")
    q, k, v = make()
    with cupy.cuda.Stream(non_blocking=True) as stream:
        arrays = [cupy.asarray(x.cpu().numpy()) for x in (q, k, v)]
        out = cupy.empty_like(arrays[0])
        kernel.launch(*arrays, out)
        stream.synchronize()
    # Which is another kernel, chosen for these sizes.
    same = fa3.attention(q, k, v, causal=True).cpu().numpy()
    assert abs(cupy.asnumpy(out) - same).max() < 4e-3


def test_jax(kernel):
    jax = pytest.importorskip("jax")
    try:
        device = jax.devices("cuda")[0]
    except RuntimeError:
        pytest.skip("JAX sees no GPU")
    q, k, v = make()
    arrays = [jax.device_put(x.cpu().numpy(), device) for x in (q, k, v)]
    out = torch.empty_like(q)
    kernel.launch(*arrays, out)
    assert (out - fa3.attention(q, k, v, causal=True)).abs().max() < 4e-3
    result = jax.dlpack.from_dlpack(out)
    assert np.array_equal(np.asarray(result), out.cpu().numpy())


#===----------------------------------------------------------------------===#
# Bad input
#===----------------------------------------------------------------------===#


@pytest.mark.parametrize(
    "change, error, message",
    [
        (lambda q, k, v: (q, k.cpu(), v), ValueError, "k to be on the device of q, cuda:0"),
        (lambda q, k, v: (q.cpu(), k, v), ValueError, "k to be on the device of q, cpu"),
        (lambda q, k, v: (q.float(), k, v), TypeError, "float16 or bfloat16, but got float32"),
        (lambda q, k, v: (q, k.bfloat16(), v), TypeError, "k to have the dtype of q"),
        (lambda q, k, v: (q, k[:, :7], v), ValueError, "v to have the length of k, 7"),
        (lambda q, k, v: (q[:1], k, v), ValueError, "k to have the batch size of q, 1"),
        (lambda q, k, v: (q[..., ::2], k[..., :32], v), ValueError, "last stride of q to be 1"),
        (lambda q, k, v: (q[..., 1:57], k[..., 8:], v), ValueError,
         "address of q to be a multiple of 16 bytes"),
        (lambda q, k, v: (torch.randn(2, 300, 8, 65, device="cuda").half()[..., :64], k, v),
         ValueError, "strides of q to be multiples of 8 elements, but got 65"),
        (lambda q, k, v: (q.requires_grad_(), k, v), NotImplementedError, "no backward yet"),
    ],
)
def test_bad_tensors(change, error, message):
    fa3.attention(*make())
    with pytest.raises(error, match=message):
        fa3.attention(*change(*make()))
    # Nothing is left behind on the device.
    torch.cuda.synchronize()


def test_what_functions_read_is_on_the_same_device():
    q, k, v = make()
    with pytest.raises(ValueError, match="on the device of q, cuda:0, but got cpu"):
        fa3.attention(q, k, v, score_mod=lambda s, b, h, i, j: s + SLOPES[h])
    short = torch.zeros(3, device="cuda")
    with pytest.raises(ValueError, match="at least 8 elements, one for each head"):
        fa3.attention(q, k, v, score_mod=lambda s, b, h, i, j: s + short[h])
