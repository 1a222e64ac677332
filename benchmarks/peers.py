# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Other people's attention, as functions of tensors [batch, length, heads, head
dimension] that launch on the current stream."""

import functools


def cudnn(torch, q, k, v, causal):
    """PyTorch's, by cuDNN alone."""
    from torch.nn.attention import SDPBackend, sdpa_kernel
    q, k, v = (x.transpose(1, 2) for x in (q, k, v))
    grouped = q.shape[1] != k.shape[1]

    def launch():
        with sdpa_kernel(SDPBackend.CUDNN_ATTENTION):
            return torch.nn.functional.scaled_dot_product_attention(
                q, k, v, is_causal=causal, enable_gqa=grouped).transpose(1, 2)

    return launch


class FlashAttention3:
    """The released FlashAttention-3, from the library with its operation that wheels
    of vLLM have: vllm/vllm_flash_attn/_vllm_fa3_C.abi3.so of one that was built for
    this PyTorch (vLLM 0.22 for 2.11). Its kernels are FlashAttention's own, all with
    packed groups of heads."""

    def __init__(self, torch, library):
        torch.ops.load_library(library)
        self.forward = torch.ops._vllm_fa3_C.fwd

    def __call__(self, q, k, v, causal, scales=(None, None, None)):
        """Scales, of 8-bit inputs, are [batch, heads of k]."""
        none = (None,)
        arguments = (
            q, k, v, *none * 11,  # new keys, outputs, lengths of their own
            *none * 6,            # pages, places, rotary embedding
            *scales, q.shape[3] ** -0.5, causal, -1, -1, 0.0, True, None,
            1, None, 0, None, 1, 0, None)
        return functools.partial(self._launch, arguments)

    def _launch(self, arguments):
        return self.forward(*arguments)[0]
