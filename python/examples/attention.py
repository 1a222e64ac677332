# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# %% [markdown]
# # Attention with functions of your own
#
# Cells as of Jupytext and of editors that know `# %%`. Everything here runs on a
# machine without a GPU, too; there the same kernels run on the CPU.

# %%
import torch

import fa3

device = "cuda" if torch.cuda.is_available() else "cpu"
batch, length, heads, kv_heads, head_dim = 2, 96, 8, 2, 64
torch.manual_seed(0)


def make(heads):
    return torch.randn(
        batch, length, heads, head_dim, dtype=torch.bfloat16, device=device
    )


q, k, v = make(heads), make(kv_heads), make(kv_heads)

# %% [markdown]
# ## Causal attention with grouped heads
# The layout is FlashAttention's: batch, length, heads, head dimension.

# %%
out = fa3.attention(q, k, v, causal=True)
expected = torch.nn.functional.scaled_dot_product_attention(
    *(x.transpose(1, 2) for x in (q, k, v)), is_causal=True, enable_gqa=True
).transpose(1, 2)
print("largest difference from SDPA:", (out - expected).abs().max().item())
assert torch.allclose(out, expected, atol=2e-2)

# %% [markdown]
# ## A score function
# A plain Python function of the score and its place. It is called once with symbols;
# what it does to them is compiled into the kernel. Tensors that it reads are
# arguments of the kernel: change them and call again, nothing is compiled.

# %%
slopes = torch.logspace(0, -7, heads, base=2, device=device)


def alibi(score, b, h, q_idx, kv_idx):
    return score + slopes[h] * (kv_idx - q_idx)


def soft_cap(score, b, h, q_idx, kv_idx):
    return 20 * torch.tanh(alibi(score, b, h, q_idx, kv_idx) / 20)


out, lse = fa3.attention(q, k, v, causal=True, score_mod=soft_cap, return_lse=True)
print("logarithms of the sums:", tuple(lse.shape), lse.dtype)
assert torch.isfinite(lse).all()

# %% [markdown]
# ## A mask function
# Several documents in one sequence: a query sees its own document alone.

# %%
documents = torch.arange(length, device=device) // 40


def same_document(b, h, q_idx, kv_idx):
    return documents[q_idx] == documents[kv_idx]


packed = fa3.attention(q, k, v, causal=True, mask_mod=same_document)
alone = fa3.attention(q[:, :40], k[:, :40], v[:, :40], causal=True)
assert torch.allclose(packed[:, :40], alone, atol=2e-2)

# %% [markdown]
# ## In a compiled model


# %%
@torch.compile(fullgraph=True, backend="aot_eager")
def block(x):
    return x + fa3.attention(x, k, v, causal=True, score_mod=alibi)


assert torch.allclose(
    block(q), q + fa3.attention(q, k, v, causal=True, score_mod=alibi), atol=2e-2
)

# %% [markdown]
# ## Looking inside
# An operation is text, and so is every level between it and the machine.

# %%
operation = fa3.Attention(heads=heads, kv_heads=kv_heads, head_dim=head_dim, causal=True)
print(operation.ir())
tile = fa3.lower(operation, "tile")
assert "scf.forall" in tile

# %%
kernel = fa3.compile(operation, level="ptx")
print(kernel.summary)
assert ".target sm_90a" in kernel.ptx

# %% [markdown]
# ## What goes wrong says why


# %%
def branches(score, b, h, q_idx, kv_idx):
    return score if q_idx >= kv_idx else 0.0


try:
    fa3.attention(q, k, v, score_mod=branches)
except fa3.TraceError as error:
    print(error)
else:
    raise AssertionError("expected a TraceError")
