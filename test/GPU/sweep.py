# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the kernels that compile_sweep.py compiled on a GPU and checks each case
against float64.

Every case: fresh random inputs, outputs poisoned with NaN, NaN in every byte
around K and V (of integers: the largest one), the error within FlashAttention's rule

    max|out - ref| <= 2 max|pt - ref| + 2 max|(ref + 0.3 - 0.3) - ref|

with ref in float64 and pt the same formula in the inputs' precision, and two
repeats that are bitwise equal. Exits with 1 if a case fails. Inputs of 8 bits
have scales over a wide range; pt then rounds probabilities to 8 bits, and its
error counts four times; the relative error is at most 0.035, or 0.07 of i8, which
has one step of 1/127 for all of a row.
"""

import argparse
import pathlib
import sys
import time

import torch

from cases import variants
from fa3_runtime import Runtime

DTYPES = {"f16": torch.float16, "bf16": torch.bfloat16, "f32": torch.float32,
          "f8E4M3FN": torch.float8_e4m3fn, "i8": torch.int8}


def embed(shape, layout, strided, dtype, device):
    """A [B, S, H, D] or [B, H, S, D] view of random numbers in a buffer of
    NaN; with gaps between all rows where `strided`."""
    batch, seq, heads, columns = shape
    sizes = ([batch, seq, heads, columns] if layout == "bshd"
             else [batch, heads, seq, columns])
    padded = list(sizes)
    if strided:
        padded = [sizes[0], sizes[1] + 3, sizes[2] + 2,
                  sizes[3] + 16 // dtype.itemsize]
    count = 1
    for size in padded:
        count *= size
    narrow = dtype.itemsize == 1
    if narrow:  # Few operations know 8-bit floats: copied as bytes.
        # NaN, or 127.
        buffer = torch.full((count + 4096,), 0x7f, dtype=torch.uint8,
                            device=device)
    else:
        buffer = torch.full((count + 4096,), float("nan"), dtype=dtype,
                            device=device)
    whole = buffer[:count].view(padded)
    view = whole[tuple(slice(0, size) for size in sizes)]
    numbers = torch.randn(sizes, device=device, dtype=torch.float32)
    if dtype == torch.int8:
        numbers = (numbers * 32).round().clamp(-127, 127)
    view.copy_(numbers.to(dtype).view(torch.uint8) if narrow else numbers)
    return view.view(dtype)


def to_bhsd(x, layout):
    return x.transpose(1, 2) if layout == "bshd" else x


def run_case(kernel, variant, batch, sq, sk):
    """Relative error norm of O; raises AssertionError with what is wrong."""
    device, dtype = "cuda", DTYPES[variant.dtype]
    make = lambda seq, heads, columns, dtype=dtype: embed(
        (batch, seq, heads, columns), variant.layout, variant.strided, dtype,
        device)
    q = make(sq, variant.heads, variant.d)
    k = make(sk, variant.kv_heads, variant.d)
    value_dtype = DTYPES[variant.value_type]
    if variant.transposed:
        v = embed((batch, variant.kv_heads, variant.value_dim, -(-sk // 16) * 16),
                  "bshd", variant.strided, value_dtype, device)
    else:
        v = make(sk, variant.kv_heads, variant.value_dim, value_dtype)
    out_dtype = DTYPES[variant.out_dtype]
    o = make(sq, variant.heads, variant.value_dim, out_dtype)
    scales = variant.scale_inputs(torch, batch, sq, sk, device)
    extra = variant.extra_inputs(torch, batch, sq, sk, device)
    outputs = [o]
    if variant.lse:
        outputs.append(torch.empty(batch, variant.heads, sq, device=device))
    runs = []
    for _ in range(3):
        for out in outputs:
            out.fill_(float("nan"))
        kernel(q, k, v, *scales, *outputs, *extra)
        torch.cuda.synchronize()
        runs.append([out.clone() for out in outputs])
    for repeat in runs[1:]:
        for a, b in zip(runs[0], repeat):
            assert torch.equal(a.view(torch.uint8) if a.dim() == 0 else a, b) \
                or a.isnan().any(), "a repeat differs"

    ordered = [variant.order_keys(torch, v, sk) if variant.transposed
               else to_bhsd(v, variant.layout)]
    bhsd = [to_bhsd(x, variant.layout) for x in (q, k)] + ordered
    if scales:
        bhsd = [variant.dequantize(x, scale, block) for x, scale, block in
                zip(bhsd, scales, variant.blocks)]
    ref, lse = variant.reference(torch, *bhsd, extra, torch.float64)
    plain, _ = variant.reference(torch, *bhsd, extra, value_dtype)
    out = to_bhsd(o, variant.layout).double()
    assert not out.isnan().any(), "NaN in O"
    short = ref.to(out_dtype)
    plain = plain.to(out_dtype)
    # Two ways of rounding to 3 bits of mantissa differ by more than to 10.
    factor = 4 if scales else 2
    bound = (factor * (plain.double() - ref).abs().max()
             + 2 * ((short + 0.3 - 0.3) - short).abs().max().double()
             ).item() if ref.numel() else 0.0
    error = (out - ref).abs().max().item() if ref.numel() else 0.0
    if scales and ref.numel():  # Values are not of size 1.
        bound += 1e-5 * ref.abs().max().item()
    assert error <= bound + 1e-5, f"O: error {error:.3g} > bound {bound:.3g}"
    if variant.lse:
        got = outputs[1].double()
        assert not got.isnan().any(), "NaN in LSE"
        assert torch.equal(got.isinf(), lse.isinf()), "LSE: wrong infinities"
        finite = ~lse.isinf()
        worst = (got - lse)[finite].abs().max().item() if finite.any() else 0.0
        # The matrix units keep fewer bits of sums of 8-bit products.
        most = 1e-3
        if scales and finite.any():
            most += 1e-3 * lse[finite].abs().max().item()
        assert worst <= most, f"LSE: error {worst:.3g} > {most:.3g}"
    norm = ref.norm().item()
    relative = (out - ref).norm().item() / norm if norm else 0.0
    most = 0.07 if variant.value_type == "i8" else 0.035
    assert not scales or relative <= most, f"O: relative error {relative:.3g}"
    return relative


def system(variant):
    # As in the ablation of benchmarks/forward.py.
    names = {"warp-specialize": "no-warp-specialization",
             "speculate": "no-speculation", "persistent": "no-persistence",
             "place-waits": "no-placed-waits",
             "interleave": "no-interleaving",
             "defer-row-sums": "no-deferred-sums",
             "pack-heads": "no-packed-heads",
             "overlap-launches": "no-overlapped-launches"}
    off = []
    for option in variant.options.split():
        name, value = option.split("=")
        off.append(names.get(name, f"no-{name}") if value == "false"
                   else f"{name}{value}")
    return "-".join(["fa3"] + off)


def head(torch, arguments):
    """What was run where, in front of the columns."""
    match = f" --match {arguments.match}" if arguments.match else ""
    return (f"# commit {arguments.commit}\n"
            f"# machine {torch.cuda.get_device_properties(0).name}, PyTorch "
            f"{torch.__version__}\n"
            f"# command test/GPU/compile_sweep.py; test/GPU/sweep.py{match} "
            f"--seed {torch.initial_seed()}\n"
            "system,pass,dtype,d,dv,mask,batch,heads,kv_heads,sq,sk,ms,tflops,"
            "relerr\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernels", default="build/gpu-sweep",
                        type=pathlib.Path)
    parser.add_argument("--runtime", default="build/lib/libfa3_runtime.so")
    parser.add_argument("--commit", default="unknown")
    parser.add_argument("--csv", type=pathlib.Path)
    parser.add_argument("--match", default="")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed or int(time.time()))
    print("seed", torch.initial_seed())
    runtime = Runtime(arguments.runtime)
    rows, passed, failed = [], 0, 0
    for variant in variants():
        if arguments.match not in variant.name:
            continue
        kernel = runtime.load(str(arguments.kernels / f"{variant.name}.json"))
        for sq, sk in variant.shapes:
            for batch in (1, 3):
                if batch == 3 and sq * sk > 100000:
                    continue
                try:
                    error = run_case(kernel, variant, batch, sq, sk)
                    passed += 1
                except (AssertionError, RuntimeError) as problem:
                    failed += 1
                    error = float("nan")
                    print(f"FAILED {variant.name} batch {batch} sq {sq} "
                          f"sk {sk}: {problem}", flush=True)
                    if "CUDA" in str(problem) or "driver" in str(problem):
                        print("the device is lost; stopping")
                        print(f"{passed} passed, {failed} failed")
                        return 1
                mask = variant.mask
                if variant.region != "none":
                    mask = (variant.region if mask == "none"
                            else f"{mask}+{variant.region}")
                rows.append(f"{system(variant)},fwd,{variant.dtype},"
                            f"{variant.d},{variant.value_dim},{mask},{batch},"
                            f"{variant.heads},{variant.kv_heads},{sq},{sk},,,"
                            f"{error:.3g}")
    if arguments.csv:
        arguments.csv.write_text(
            head(torch, arguments) + "".join(row + "\n" for row in rows))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
