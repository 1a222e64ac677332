# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""fa3.attention."""

from __future__ import annotations

import sys
from typing import Any, Callable, Literal, Optional, TypeVar, overload

from ._op import MaskMod, ScoreMod, Window

# Of PyTorch or of NumPy, which need not be there.
Array = TypeVar("Array")


@overload
def attention(
    q: Array,
    k: Array,
    v: Array,
    *,
    causal: bool = ...,
    window: Window = ...,
    scale: Optional[float] = ...,
    score_mod: Optional[ScoreMod] = ...,
    mask_mod: Optional[MaskMod] = ...,
    return_lse: Literal[False] = ...,
) -> Array: ...


@overload
def attention(
    q: Array,
    k: Array,
    v: Array,
    *,
    causal: bool = ...,
    window: Window = ...,
    scale: Optional[float] = ...,
    score_mod: Optional[ScoreMod] = ...,
    mask_mod: Optional[MaskMod] = ...,
    return_lse: Literal[True],
) -> tuple[Array, Any]: ...


@overload
def attention(
    q: Array,
    k: Array,
    v: Array,
    *,
    causal: bool = ...,
    window: Window = ...,
    scale: Optional[float] = ...,
    score_mod: Optional[ScoreMod] = ...,
    mask_mod: Optional[MaskMod] = ...,
    return_lse: bool = ...,
) -> Any: ...


def attention(
    q: Array,
    k: Array,
    v: Array,
    *,
    causal: bool = False,
    window: Window = None,
    scale: Optional[float] = None,
    score_mod: Optional[ScoreMod] = None,
    mask_mod: Optional[MaskMod] = None,
    return_lse: bool = False,
) -> Any:
    """Scaled dot-product attention, softmax(score_mod(scale · q kᵀ) + mask) v.

    The layout is that of FlashAttention, (batch, length, heads, head dimension), and
    so is what `causal` and `window` mean: both belong to the lower right corner, so
    that the last query sees the last key. score_mod and mask_mod are those of
    FlexAttention; the score is scaled before, and masked behind score_mod.

    On tensors of a Hopper GPU the call is queued on the current stream. On tensors
    of PyTorch in host memory, and on arrays of NumPy, the same kernel runs on the
    CPU. The first call for a new case compiles a kernel; batch, lengths and strides
    make no new case.

    Args:
      q: queries, [batch, q_len, heads, head_dim], of float16 or bfloat16. head_dim
        is a multiple of 8 up to 256.
      k: keys, [batch, kv_len, kv_heads, head_dim]. kv_heads divides heads: each head
        of k and v serves heads / kv_heads heads of q in a row.
      v: values, [batch, kv_len, kv_heads, value_dim]; value_dim may differ from
        head_dim.
      causal: query i sees the keys j ≤ i + kv_len − q_len.
      window: (left, right), how many keys a query sees on either side of
        i + kv_len − q_len; -1 or None is no bound.
      scale: multiplies q kᵀ; None is 1/√head_dim.
      score_mod: score_mod(score, batch, head, q_idx, kv_idx) gives the score that
        enters the softmax. Called once with symbols; what it does to them becomes
        part of the kernel. It may read arrays by index.
      mask_mod: mask_mod(batch, head, q_idx, kv_idx) gives whether the query sees the
        key, beside what causal and window say.
      return_lse: also return the natural logarithm of the sum of exponentials of
        each row, [batch, heads, q_len] in float32.

    Returns:
      [batch, q_len, heads, value_dim] in the dtype of q, or a pair of it and the
      logarithms. A row that sees no key is 0, its logarithm −∞.

    Raises:
      TypeError, ValueError: an argument is not as above.
      NotImplementedError: a gradient is asked for; there is no backward yet.
      TraceError: score_mod or mask_mod does what a kernel cannot.
      CompileError: the compiler refuses the case; it has the diagnostics.
      LaunchError: there is no GPU that can run the kernel.
    """
    if type(q).__module__.startswith("torch") and _is_compiling():
        # What is read of a dictionary that a call fills, or of sys.modules, would
        # be a guard that fails.
        from ._torch import attention as implementation
    else:
        found = _implementations.get(type(q))
        if found is None:
            found = _implementations[type(q)] = _find_implementation(q)
        implementation = found
    return implementation(
        q, k, v, causal, window, scale, score_mod, mask_mod, return_lse
    )


# By type, as this is on the path of each call.
_implementations: dict[type, Callable] = {}


def _is_compiling() -> bool:
    import torch

    return torch.compiler.is_compiling()


def _find_implementation(q: Any) -> Callable:
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(q, torch.Tensor):
        from ._torch import attention

        return attention
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(q, numpy.ndarray):
        from ._numpy import attention

        return attention
    raise TypeError(
        "expected q, k and v to be tensors of PyTorch or arrays of NumPy, but got "
        f"{type(q).__name__}; fa3.compile gives a kernel that takes arrays of any "
        "library by DLPack"
    )
