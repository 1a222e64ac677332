# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The cases of PyTorch's tests of scaled_dot_product_attention (test_transformers.py:
batches, lengths, head dimensions, causal masks, scales, grouped heads, dtypes), for
fa3.attention on one device."""

import dataclasses
import itertools
import math

import torch
import torch.nn.functional as F

import fa3


@dataclasses.dataclass(frozen=True)
class Case:
    batch: int
    heads: int
    kv_heads: int
    q_len: int
    kv_len: int
    head_dim: int
    causal: bool
    scale: object
    dtype: str

    def __str__(self):
        scale = {None: "default", 0.125: "l1"}.get(self.scale, str(self.scale))
        return (
            f"b{self.batch}-h{self.heads}-{self.kv_heads}-q{self.q_len}-k{self.kv_len}-"
            f"d{self.head_dim}-{'causal' if self.causal else 'full'}-{scale}-{self.dtype}"
        )


def cases(batches, lengths, head_dims, dtypes):
    return [
        Case(batch, heads, kv_heads, q_len, kv_len, head_dim, causal, scale, dtype)
        for batch, q_len, kv_len, head_dim, causal, scale, dtype, (heads, kv_heads) in
        itertools.product(
            batches, lengths, lengths, head_dims, (False, True), (None, 0.125), dtypes,
            ((4, 4), (4, 2)),
        )
        # Where the lengths differ, the causal mask of SDPA has another corner.
        if not (causal and q_len != kv_len)
    ]


CPU_CASES = cases((2,), (4, 143), (8, 64), ("float16", "bfloat16"))
GPU_CASES = cases(
    (1, 8), (4, 143, 587, 2048), (8, 16, 64, 96, 128, 192, 256),
    ("float16", "bfloat16"),
)


def sdpa(q, k, v, case):
    """PyTorch's own formula, in the precision of its operands."""
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        return F.scaled_dot_product_attention(
            *(x.transpose(1, 2) for x in (q, k, v)),
            is_causal=case.causal, scale=case.scale, enable_gqa=True,
        ).transpose(1, 2)


def check(case, device):
    """As PyTorch's test does: no further from SDPA in double precision than a small
    multiple of what SDPA in the dtype of the inputs is."""
    dtype = getattr(torch, case.dtype)
    torch.manual_seed(1)

    def make(length, heads):
        return torch.randn(
            case.batch, length, heads, case.head_dim, device=device, dtype=dtype
        )

    q = make(case.q_len, case.heads)
    k, v = make(case.kv_len, case.kv_heads), make(case.kv_len, case.kv_heads)
    out, lse = fa3.attention(
        q, k, v, causal=case.causal, scale=case.scale, return_lse=True
    )
    exact = sdpa(q.double(), k.double(), v.double(), case)
    plain = sdpa(q, k, v, case)
    assert out.dtype == dtype and out.shape == exact.shape and out.device == q.device
    rounding = ((exact.to(dtype) + 0.3) - 0.3).double()
    bound = (
        2 * (plain.double() - exact).abs().max() + 2 * (rounding - exact).abs().max()
        + 1e-5
    )
    error = (out.double() - exact).abs().max()
    assert error <= bound, f"{error} > {bound}"

    group = case.heads // case.kv_heads
    keys = k.double().repeat_interleave(group, dim=2)
    scale = 1 / math.sqrt(case.head_dim) if case.scale is None else case.scale
    scores = torch.einsum("bihd,bjhd->bhij", q.double(), keys) * scale
    if case.causal:
        mask = torch.ones(case.q_len, case.kv_len, dtype=torch.bool, device=device)
        scores = scores.masked_fill(~mask.tril(), -math.inf)
    assert (lse.double() - scores.logsumexp(-1)).abs().max() < 1e-3
