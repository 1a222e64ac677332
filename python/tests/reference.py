# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Attention from its definition, on arrays of NumPy in a chosen precision."""

import math

import numpy as np


def attention(
    q, k, v, *, causal=False, window=None, scale=None, score_mod=None, mask_mod=None,
    compute=np.float64,
):
    """O and LSE; what lies between is rounded to `compute`."""
    wide = np.float64 if compute == np.float64 else np.float32
    q, k, v = (x.astype(wide).transpose(0, 2, 1, 3) for x in (q, k, v))
    group = q.shape[1] // max(k.shape[1], 1)
    k, v = (np.repeat(x, group, axis=1) for x in (k, v))
    scale = 1 / math.sqrt(q.shape[3]) if scale is None else scale
    scores = (q @ k.swapaxes(2, 3)).astype(compute).astype(wide) * scale
    batch, heads, rows, keys = scores.shape
    b = np.arange(batch)[:, None, None, None]
    h = np.arange(heads)[None, :, None, None]
    i = np.arange(rows)[None, None, :, None]
    j = np.arange(keys)[None, None, None, :]
    if score_mod is not None:
        scores = score_mod(scores, b, h, i, j)
    position = i + keys - rows
    left, right = window or (None, None)
    keep = np.ones(scores.shape, bool)
    if causal:
        keep &= j <= position
    if left not in (None, -1):
        keep &= j >= position - left
    if right not in (None, -1):
        keep &= j <= position + right
    if mask_mod is not None:
        keep &= mask_mod(b, h, i, j)
    scores = np.where(keep, scores, -np.inf)
    if keys == 0:
        return np.zeros((batch, rows, heads, v.shape[3])), np.full(
            (batch, heads, rows), -np.inf
        )
    highest = scores.max(-1, keepdims=True)
    finite = np.where(np.isfinite(highest), highest, 0)
    weights = np.exp(scores - finite)
    total = weights.sum(-1, keepdims=True)
    with np.errstate(divide="ignore"):
        lse = (finite + np.log(total))[..., 0]
    weights = (weights / np.where(total == 0, 1, total)).astype(compute).astype(wide)
    return (weights @ v).transpose(0, 2, 1, 3), lse


def check(out, lse, q, k, v, **options):
    """FlashAttention's rule (docs/testing.md): at most twice the error of the plain
    formula in the precision of the inputs."""
    exact, exact_lse = attention(q, k, v, **options)
    plain, _ = attention(q, k, v, compute=q.dtype, **options)
    out = np.asarray(out, np.float64)
    assert out.shape == exact.shape
    assert np.isfinite(out).all()
    if exact.size:
        rounded = (exact.astype(q.dtype) + q.dtype.type(0.3)) - q.dtype.type(0.3)
        bound = (
            2 * abs(plain.astype(q.dtype).astype(np.float64) - exact).max()
            + 2 * abs(rounded.astype(np.float64) - exact).max()
            + 1e-5
        )
        assert abs(out - exact).max() <= bound
    if lse is None:
        return
    lse = np.asarray(lse, np.float64)
    assert lse.shape == exact_lse.shape
    assert (np.isneginf(lse) == np.isneginf(exact_lse)).all()
    finite = np.isfinite(exact_lse)
    if finite.any():
        assert abs(lse[finite] - exact_lse[finite]).max() <= 1e-3
