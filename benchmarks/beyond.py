# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Times forward kernels beyond the paper's grid, in one run with their peers.

    benchmarks/beyond.py compile             on the machine with the compiler
    benchmarks/beyond.py run --csv out.csv   on the machine with the GPU

Four tables, each with the peers that compute the same: grouped heads, unequal head
dimensions and odd lengths beside cuDNN; windows beside FlexAttention and cuDNN
without one; score and mask regions (documents one after the other, and scattered)
beside our own kernel without one and FlexAttention; and data that raise the maximum,
late (`sink`: the first key, which is taken last, has most of each row) or often,
beside our kernel without exponentials under the old one. A peer that the machine's
PyTorch cannot run is left out with a message. Times are medians of CUDA events, all
systems of a case interleaved, and each result is compared with float64 on a sample
of heads.
"""

import dataclasses
import math
import subprocess

from harness import main, median, milliseconds, write_csv  # and the path to:
from cases import Variant


@dataclasses.dataclass(frozen=True)
class Case:
    table: str
    variant: Variant
    batch: int
    length: int
    data: str = "normal"     # normal, rising, sink, wide

    @property
    def plain(self):
        """The kernel that the table compares with, none for most."""
        if self.table == "regions":
            return dataclasses.replace(self.variant, region="none")
        if self.table == "data":
            return dataclasses.replace(self.variant, options="speculate=false")
        return None


def cases():
    heads = lambda n, kv=None: dict(heads=n, kv_heads=kv or n)
    for causal in ("none", "causal"):
        for length in (2048, 8192, 32768):
            yield Case("shapes", Variant(dtype="bf16", d=128, mask=causal,
                                         **heads(64, 8)), 1, length)
        for length in (2048, 8192):
            yield Case("shapes", Variant(dtype="bf16", d=192, dv=128,
                                         mask=causal, **heads(128)), 1, length)
            yield Case("shapes", Variant(dtype="bf16", d=256, mask=causal,
                                         **heads(32, 2)), 1, length)
        for length in (2100, 7800, 17160):
            yield Case("shapes", Variant(dtype="bf16", d=128, mask=causal,
                                         **heads(40)), 1, length)
    for d in (64, 128):
        for window in (128, 1024):
            yield Case("windows", Variant(d=d, mask=f"window{window}:0",
                                          **heads(2048 // d)), 2, 8192)
    for d in (64, 128):
        for region in ("alibi", "softcap", "documents", "scattered"):
            yield Case("regions", Variant(d=d, mask="causal", region=region,
                                          **heads(2048 // d)), 4, 4096)
    for d in (64, 128, 256):
        for mask in ("none", "causal"):
            for data in ("rising", "sink", "wide"):
                yield Case("data", Variant(d=d, mask=mask, **heads(2048 // d)),
                           4, 4096, data)


def compile_all(arguments):
    arguments.kernels.mkdir(parents=True, exist_ok=True)
    variants = {v.name: v for case in cases()
                for v in (case.variant, case.plain) if v}
    for name, variant in variants.items():
        source = arguments.kernels / f"{name}.mlir"
        source.write_text(variant.mlir())
        command = [arguments.tool, source, "-o",
                   arguments.kernels / f"{name}.cubin"]
        if variant.options:
            command.append(f"--pipeline-options={variant.options}")
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def make_inputs(torch, case):
    """Q, K, V as batch x length x heads x dimension."""
    v = case.variant
    dtype = {"f16": torch.float16, "bf16": torch.bfloat16}[v.dtype]
    new = lambda heads, d: torch.randn(case.batch, case.length, heads, d,
                                       device="cuda", dtype=dtype)
    q, k, value = new(v.heads, v.d), new(v.kv_heads, v.d), new(v.kv_heads,
                                                               v.value_dim)
    if case.data == "wide":
        q *= 30
    elif case.data == "sink":
        # The first key's score is log(length) + 2 in each row; of the others the
        # exponentials are e^0.5 on the average. It has 0.74 to 0.86 of the weight
        # where a row sees all keys, and more where fewer. Its value is small, so
        # that O shows what the others give.
        q[..., 0] = 8
        k[..., 0] = 0
        k[:, 0] = 0
        k[:, 0, :, 0] = (math.log(case.length) + 2) * math.sqrt(v.d) / 8
        value[:, 0] *= 0.01
    elif case.data == "rising":
        # Tiles are taken last first; the scores rise by 8 from one to the next.
        tiles = case.length / 128
        q[..., 0] = 8
        k[..., 0] = (torch.linspace(1, 0, case.length, device="cuda") * tiles *
                     math.sqrt(v.d))[None, :, None]
    return q, k, value


def flex_peer(torch, case, q, k, v, extra):
    """FlexAttention on the same, compiled; None where it does not run."""
    try:
        from torch.nn.attention.flex_attention import (create_block_mask,
                                                       flex_attention)
        left, right = case.variant.window()
        documents = (extra if case.variant.region in ("documents", "scattered")
                     else None)

        def keep(b, h, i, j):
            result = i >= i
            if left is not None:
                result = result & (j >= i - left)
            if right is not None:
                result = result & (j <= i + right)
            if documents:
                result = result & (documents[0][b, i] == documents[1][b, j])
            return result

        def score(s, b, h, i, j):
            if case.variant.region == "alibi":
                return s + extra[0][h] * (j - i)
            return torch.tanh(s / 2) * 2

        length = case.length
        mask = create_block_mask(keep, case.batch if documents else None, None,
                                 length, length, device="cuda")
        modifies = case.variant.region in ("alibi", "softcap")
        # Each case's functions are new ones to Dynamo, which stops compiling
        # after some.
        torch._dynamo.reset()
        flex = torch.compile(flex_attention)
        run = lambda: flex(q, k, v, score_mod=score if modifies else None,
                           block_mask=mask,
                           enable_gqa=q.shape[1] != k.shape[1])
        run()
        return run
    except Exception as error:
        print(f"  FlexAttention left out: {str(error).splitlines()[0]}")
        return None


def run(arguments):
    import torch
    import torch.nn.functional as F
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from fa3_runtime import Runtime

    runtime = Runtime(arguments.runtime)
    torch.manual_seed(1)
    rows = []

    for case in cases():
        if arguments.table and case.table != arguments.table:
            continue
        variant = case.variant
        q, k, v = make_inputs(torch, case)
        extra = variant.extra_inputs(torch, case.batch, case.length,
                                     case.length, "cuda")
        qt, kt, vt = (x.transpose(1, 2) for x in (q, k, v))
        group = variant.heads // variant.kv_heads

        def ours(which, inputs):
            o = torch.full((case.batch, case.length, variant.heads,
                            variant.value_dim), float("nan"), device="cuda",
                           dtype=q.dtype)
            kernel = runtime.load(str(arguments.kernels /
                                      f"{which.name}.json"))
            return kernel.prepare(q, k, v, o, *inputs), o

        systems, results = {}, {}
        systems["fa3"], results["fa3"] = ours(variant, extra)
        if case.plain:
            name = "fa3-" + {"regions": "no-region",
                             "data": "no-speculation"}[case.table]
            systems[name], plain = ours(case.plain, [])
            if case.table == "data":
                results[name] = plain
        if case.table in ("shapes", "windows", "data"):
            def cudnn():
                with sdpa_kernel(SDPBackend.CUDNN_ATTENTION):
                    return F.scaled_dot_product_attention(
                        qt, kt, vt, is_causal=variant.mask != "none",
                        enable_gqa=group > 1)
            try:
                cudnn()
                systems["cudnn" + ("-causal" if case.table == "windows"
                                   else "")] = cudnn
            except RuntimeError as error:
                print(f"  cuDNN left out: {str(error).splitlines()[0]}")
        if case.table in ("windows", "regions"):
            flex = flex_peer(torch, case, qt, kt, vt, extra)
            if flex:
                systems["flex"] = flex
        for function in systems.values():
            for _ in range(2):
                function()
        torch.cuda.synchronize()
        times = {name: [] for name in systems}
        for _ in range(arguments.repeats):
            for name, function in systems.items():
                times[name].append(milliseconds(torch, function))
        errors = {}
        with torch.no_grad():
            sample = [x[:1, :, :1].double().transpose(1, 2) for x in (q, k, v)]
            if case.length <= 8192:
                # Head 0 alone, so the regions' tables of heads fit as well.
                one = dataclasses.replace(variant, heads=1, kv_heads=1)
                expected, _ = one.reference(
                    torch, *sample,
                    [x[:1] for x in extra], torch.float64)
                for name, result in results.items():
                    got = result[:1, :, :1].double().transpose(1, 2)
                    errors[name] = ((got - expected).norm() /
                                    expected.norm()).item()
        left, right = variant.window()
        for name, series in times.items():
            rows.append([case.table, name, variant.dtype, variant.d,
                         variant.value_dim, variant.mask, variant.region,
                         case.data, case.batch, variant.heads,
                         variant.kv_heads, case.length, f"{median(series):.4f}",
                         f"{errors[name]:.3g}" if name in errors else ""])
        base = rows[-len(times)][12]
        print(f"{case.table} {variant.name} B{case.batch} S{case.length} "
              f"{case.data}: fa3 {base} ms" + "".join(
                  f", {row[1]} {float(row[12]) / float(base):.3f} of its time"
                  for row in rows[-len(times) + 1:]) +
              f", err {errors.get('fa3', float('nan')):.2g}", flush=True)
    if arguments.csv:
        write_csv(torch, arguments,
                  "table,system,dtype,d,dv,mask,region,data,batch,heads,"
                  "kv_heads,length,ms,relerr",
                  [",".join(map(str, row)) for row in rows])


if __name__ == "__main__":
    main(__doc__, "build/benchmarks-beyond", 11, compile_all, run,
         ("--table", "only this one"))
