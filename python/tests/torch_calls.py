# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tensors for the tests of PyTorch, and graphs of it."""

import torch


def make(sq=24, sk=40, heads=4, kv_heads=2, dim=32, **options):
    torch.manual_seed(3)
    options = {"dtype": torch.float16, **options}
    return (
        torch.randn(2, sq, heads, dim, **options),
        torch.randn(2, sk, kv_heads, dim, **options),
        torch.randn(2, sk, kv_heads, dim, **options),
    )


def compiled(function, **options):
    torch._dynamo.reset()
    return torch.compile(function, fullgraph=True, backend="aot_eager", **options)
