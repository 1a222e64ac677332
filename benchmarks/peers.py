# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Other people's attention, as functions of tensors [batch, length, heads, head
dimension] that launch on the current stream."""


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
    """The released FlashAttention-3, from the library with its operation that the wheel
    fa3-fwd on PyPI has, fa3_fwd/_C.abi3.so: forward, in bf16 and f8E4M3FN."""

    def __init__(self, torch, library):
        torch.ops.load_library(library)
        self.forward = torch.ops.fa3_fwd.fwd

    def __call__(self, q, k, v, causal, scales=(None, None, None)):
        """Scales, of 8-bit inputs, are [batch, heads of k]."""
        names = ("q_descale", "k_descale", "v_descale")
        options = dict(zip(names, scales), is_causal=causal, num_splits=1)
        return lambda: self.forward(q, k, v, **options)[0]
