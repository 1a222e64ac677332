# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The accuracy of 8-bit attention by what it is quantised with, against float64,
as in FlashAttention-3's table (section 4.3): on the CPU, in NumPy alone.

    benchmarks/fp8_accuracy.py [--csv out.csv]

It is a model of the compiler's kernels, not a run of them: attn.quantize as it is
defined, then the online softmax over tiles of keys from the last one on, whose
probabilities are rounded to 8 bits times 2^8, and sums that are not rounded. Of
int8, Q and K have a scale for each row, V one, and probabilities 127 steps, as in
INT-FlashAttention; the last row has Q and K of int8 with a scale for 64 and for 128
rows, and V as above.

Inputs: `outliers`, N(0, 1) + N(0, 100) · Bernoulli(0.001), the paper's; and
`sinks`, where four keys that take most of nearly every row have columns 30 times as
large as the others, and values near 0.
"""

import argparse
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "test/GPU"))
from rotation import rotation  # noqa: E402

LARGEST, LEAST_SCALE, TILE = 448.0, 2.0 ** -100, 128


def round_e4m3(x):
    """To the nearest number, of two to the even one, saturating."""
    magnitude = np.maximum(np.abs(x), 2.0 ** -6)
    unit = 2.0 ** (np.floor(np.log2(magnitude)) - 3)
    return np.clip(np.rint(x / unit) * unit, -LARGEST, LARGEST)


def quantize(x, block, seed=None):
    """Values of [heads, rows, columns] that have 8 bits times a scale for each
    head's block of rows, or for all where there is no block."""
    if seed is not None:
        x = x @ rotation(seed, x.shape[-1])
    if block is None:
        scale = np.maximum(np.abs(x).max() / LARGEST, LEAST_SCALE)
        return round_e4m3(x / scale) * scale
    result = np.empty_like(x)
    for first in range(0, x.shape[1], block):
        rows = x[:, first:first + block]
        scale = np.maximum(
            np.abs(rows).max((1, 2), keepdims=True) / LARGEST, LEAST_SCALE)
        result[:, first:first + block] = round_e4m3(rows / scale) * scale
    return result


def quantize_int8(x, per_row, seed=None):
    """Integers of 8 bits times a scale for each row, or for all."""
    if seed is not None:
        x = x @ rotation(seed, x.shape[-1])
    largest = np.abs(x).max(-1 if per_row else None, keepdims=True)
    scale = np.maximum(largest / 127, LEAST_SCALE)
    return np.rint(x / scale) * scale


def quantize_int8_blocks(x, block, seed):
    """The same with a scale for each head's block of rows."""
    x = x @ rotation(seed, x.shape[-1])
    return np.concatenate([
        np.rint(rows / scale) * scale
        for rows in np.split(x, range(block, x.shape[1], block), axis=1)
        for scale in [np.maximum(np.abs(rows).max((1, 2), keepdims=True) / 127,
                                 LEAST_SCALE)]], axis=1)


def attend(q, k, v, round_probabilities=None):
    """The online softmax; of what is not rounded, the exact result."""
    factor = 1 / np.sqrt(q.shape[-1])
    maximum = np.full((*q.shape[:2], 1), -np.inf)
    total = np.zeros_like(maximum)
    output = np.zeros((*q.shape[:2], v.shape[-1]))
    for first in reversed(range(0, k.shape[1], TILE)):
        scores = factor * q @ k[:, first:first + TILE].swapaxes(1, 2)
        larger = np.maximum(maximum, scores.max(-1, keepdims=True))
        correction = np.exp(maximum - larger)
        p = np.exp(scores - larger)
        total = total * correction + p.sum(-1, keepdims=True)
        if round_probabilities:
            p = round_probabilities(p)
        output = output * correction + p @ v[:, first:first + TILE]
        maximum = larger
    return output / total


def lifted(p):
    return round_e4m3(p * 2.0 ** 8) / 2.0 ** 8


def int8(p):
    return np.rint(p * 127) / 127


def attend_f16(q, k, v):
    """f16 inputs, probabilities and outputs."""
    half = lambda x: x.astype(np.float16).astype(np.float64)
    factor = 1 / np.sqrt(q.shape[-1])
    scores = factor * half(q) @ half(k).swapaxes(1, 2)
    p = np.exp(scores - scores.max(-1, keepdims=True))
    return half(half(p) @ half(v) / p.sum(-1, keepdims=True))


def make_outliers(random, shape):
    rare = random.random(shape) < 0.001
    return random.standard_normal(shape) + rare * 10 * random.standard_normal(
        shape)


def make_inputs(kind, random, shape):
    if kind == "outliers":
        return [make_outliers(random, shape) for _ in range(3)]
    q, k, v = (random.standard_normal(shape) for _ in range(3))
    # A few columns that all rows share carry the sinks' scores.
    columns = random.choice(shape[-1], 4, replace=False)
    q[..., columns] += 2
    k[:, :4][..., columns] = 30
    v[:, :4] *= 0.01
    return [q, k, v]


SYSTEMS = {
    # Rows of a block of Q, K and V; none: one scale for a tensor. The seed.
    "per-tensor": ((None, None, None), None),
    "per-tensor, rotated": ((None, None, None), 1),
    "blocks": ((128, 128, 128), None),
    "blocks, rotated": ((128, 128, 128), 1),
    "blocks of 64 keys, rotated": ((128, 64, 64), 1),
    "blocks of 16, rotated": ((16, 16, 16), 1),
}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--length", type=int, default=2048)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--commit", default="unknown")
    parser.add_argument("--csv", type=pathlib.Path)
    arguments = parser.parse_args()
    rows = []
    for kind in ("outliers", "sinks"):
        for d in (64, 128, 256):
            random = np.random.default_rng(arguments.seed)
            q, k, v = make_inputs(kind, random,
                                  (arguments.heads, arguments.length, d))
            exact = attend(q, k, v)
            rmse = lambda o: np.sqrt(np.mean((o - exact) ** 2))
            errors = {"f16": rmse(attend_f16(q, k, v))}
            for name, (blocks, seed) in SYSTEMS.items():
                q8 = quantize(q, blocks[0], seed)
                k8 = quantize(k, blocks[1], seed)
                v8 = quantize(v, blocks[2])
                errors[name] = rmse(attend(q8, k8, v8, lifted))
            # Probabilities in [0, 1], the lower half of whose range is coarse.
            plain = [quantize(x, None) for x in (q, k, v)]
            errors["per-tensor, P not lifted"] = rmse(
                attend(*plain, round_e4m3))
            for name, seed in (("int8 rows", None), ("int8 rows, rotated", 1)):
                errors[name] = rmse(attend(
                    quantize_int8(q, True, seed), quantize_int8(k, True, seed),
                    quantize_int8(v, False), int8))
            errors["int8 Q and K, blocks, rotated"] = rmse(attend(
                quantize_int8_blocks(q, 64, 1), quantize_int8_blocks(k, 128, 1),
                quantize(v, 128), lifted))
            for name, error in errors.items():
                ratio = errors["per-tensor"] / error
                rows.append(f"{kind},{d},{arguments.length},{name},"
                            f"{error:.3e},{ratio:.2f}")
                print(f"{kind:9} D{d:<4} {name:28} {error:.2e}  {ratio:5.2f}",
                      flush=True)
    if arguments.csv:
        arguments.csv.write_text(
            f"# commit {arguments.commit}\n"
            f"# machine any: NumPy {np.__version__}\n"
            f"# command benchmarks/fp8_accuracy.py --length {arguments.length} "
            f"--heads {arguments.heads} --seed {arguments.seed}\n"
            "inputs,d,length,system,rmse,ratio\n"
            + "".join(f'{row}\n' for row in
                      (r.replace(", blocks", " blocks").replace(
                          ", rotated", " rotated") for r in rows)))


if __name__ == "__main__":
    main()
