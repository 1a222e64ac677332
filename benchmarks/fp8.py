# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Times forward kernels on f8E4M3FN beside FlashAttention-3's on the same values and
cuDNN's and our own in 16 bits, in one run.

    benchmarks/fp8.py compile                             where the compiler is
    benchmarks/fp8.py run --fa3 LIBRARY --csv out.csv     where the GPU is

The tables: the paper's grid, 16k tokens, hidden size 2048, with V row-major (`fa3`)
and given transposed (`fa3-transposed`), at 2k and 16k also with all of i8 (`fa3-i8`)
and with Q and K of i8 and V of f8E4M3FN, transposed (`fa3-mixed`); head dimensions 192
and 128 with 128 heads; and 128k keys with and without accumulation in two levels.
Normal inputs, one scale for all; FlashAttention-3 (peers.py) gets the same bytes, and
those of 16 bits the same values; i8 the nearest thirty-seconds. Times are medians of CUDA events, the systems of a case interleaved; each
result is compared with float64 on a sample of heads and rows.
"""

import dataclasses
import itertools
import math
import subprocess

from harness import COLUMNS, main, median, milliseconds, write_csv
from peers import FlashAttention3, cudnn

LENGTHS = (512, 1024, 2048, 4096, 8192, 16384)
TOKENS, HIDDEN = 16384, 2048


@dataclasses.dataclass(frozen=True)
class Case:
    d: int
    dv: int
    causal: bool
    batch: int
    heads: int
    rows: int
    keys: int
    systems: tuple

    def name(self, system):
        mask = "causal" if self.causal else "none"
        return (f"{system}-d{self.d}-dv{self.dv}-{mask}-b{self.batch}-h{self.heads}-"
                f"q{self.rows}-k{self.keys}")

    @property
    def flops(self):
        # Of causal cases all have as many keys as rows.
        full = 2 * (self.d + self.dv) * self.rows * self.keys
        return full * self.heads * self.batch // (2 if self.causal else 1)


def cases():
    for d, causal, length in itertools.product((64, 128, 256), (False, True), LENGTHS):
        systems = ("fa3", "fa3-transposed")
        if length in (2048, 16384):
            systems += ("fa3-i8", "fa3-mixed")
        yield Case(d, d, causal, TOKENS // length, HIDDEN // d, length, length, systems)
    for causal, length in itertools.product((False, True), (2048, 8192)):
        yield Case(192, 128, causal, 1, 128, length, length, ("fa3", "fa3-bf16"))
    for d in (64, 128):
        yield Case(d, d, False, 1, 16, 4096, 131072, ("fa3", "fa3-two-level"))


# The rule has no two levels for floats. Their registers leave room for such tiles.
TWO_LEVELS = {
    d: f"tile = 128x{keys}, stages = 2, consumers = 2, registers = 64x216, "
       "speculation = 448, exponent = 4, two_level"
    for d, keys in ((64, 96), (128, 64))
}


# Elements of Q and K, and of V, where they are not f8E4M3FN.
ELEMENTS = {"fa3-bf16": ("bf16", "bf16"), "fa3-i8": ("i8", "i8"),
            "fa3-mixed": ("i8", "f8E4M3FN")}


def elements_of(system):
    return ELEMENTS.get(system, ("f8E4M3FN", "f8E4M3FN"))


def takes_transposed(system):
    return system in ("fa3-transposed", "fa3-mixed")


def source_of(case, system):
    memref = lambda rows, size, element: (
        f"memref<{case.batch}x{rows}x{case.heads}x{size}x{element}>")
    element, value_element = elements_of(system)
    q, k = (memref(rows, case.d, element) for rows in (case.rows, case.keys))
    v = memref(case.keys, case.dv, value_element)
    o = memref(case.rows, case.dv, "bf16" if system == "fa3-bf16" else "f16")
    attributes = ["causal"] * case.causal
    if takes_transposed(system):
        v = (f"memref<{case.batch}x{case.heads}x{case.dv}x{case.keys}x"
             f"{value_element}>")
        attributes.append("value_layout = #attn.value_layout<transposed>")
    if system == "fa3-two-level":
        attributes.append(f"config = #attn.config<{TWO_LEVELS[case.d]}>")
    s = "memref<1x1x1xf32>"
    names = f"%q: {q}, %k: {k}, %v: {v}"
    scales = ""
    if system != "fa3-bf16":
        names += f", %qs: {s}, %ks: {s}, %vs: {s}"
        scales = f"scales(%qs, %ks, %vs : {s}, {s}, {s}) "
    return (f"func.func @attention({names}, %o: {o}) {{\n"
            f"  attn.forward ins(%q, %k, %v : {q}, {k}, {v}) {scales}"
            f"outs(%o : {o}) {{{', '.join(attributes)}}}\n  return\n}}\n")


def compile_all(arguments):
    arguments.kernels.mkdir(parents=True, exist_ok=True)
    failed = 0
    for case in cases():
        for system in case.systems:
            source = arguments.kernels / f"{case.name(system)}.mlir"
            source.write_text(source_of(case, system))
            done = subprocess.run([arguments.tool, source, "-o",
                                   source.with_suffix(".cubin")])
            failed += done.returncode != 0
    return 1 if failed else 0


def transpose(v):
    """[B, S, H, D] of bytes as [B, H, D, S]: of each 16 keys, 8c + 2t + b at
    place 4t + 2c + b."""
    batch, keys, heads, d = v.shape
    groups = v.view(batch, keys // 16, 2, 4, 2, heads, d)
    return groups.permute(0, 5, 6, 1, 3, 2, 4).reshape(batch, heads, d, keys)


def relative_error(torch, case, q, k, v, o):
    """Against float64, on one batch, two heads and the first and last 512 rows."""
    squares = [0.0, 0.0]
    starts = {0, max(0, case.rows - 512)}
    for head, start in itertools.product((0, case.heads - 1), sorted(starts)):
        rows = slice(start, start + 512)
        one = lambda x: x[0, :, head].double()
        s = one(q)[rows] @ one(k).T / math.sqrt(case.d)
        if case.causal:
            s = s.masked_fill(torch.ones_like(s, dtype=torch.bool).triu(start + 1),
                              -math.inf)
        want = torch.softmax(s, -1) @ one(v)
        squares[0] += (one(o)[rows] - want).square().sum().item()
        squares[1] += want.square().sum().item()
    return math.sqrt(squares[0] / squares[1])


def run(arguments):
    import torch
    from fa3_runtime import Runtime
    runtime = Runtime(arguments.runtime)
    released = FlashAttention3(torch, arguments.fa3) if arguments.fa3 else None
    torch.manual_seed(1)
    rows = []
    one = torch.ones(1, 1, 1, device="cuda")
    # The types of elements: as tensors, and with their scale.
    types = {"f8E4M3FN": (torch.float8_e4m3fn, one), "bf16": (torch.bfloat16, one),
             "i8": (torch.int8, one / 32)}

    def convert(x, element):
        if element == "i8":
            x = (x.float() * 32).round().clamp(-127, 127)
        return x.to(types[element][0])

    for case in cases():
        shapes = [(case.rows, case.d), (case.keys, case.d), (case.keys, case.dv)]
        q, k, v = (torch.randn(case.batch, length, case.heads, size, device="cuda").to(
            torch.float8_e4m3fn) for length, size in shapes)
        wide = [x.to(torch.bfloat16) for x in (q, k, v)]
        outputs, launches, values = {}, {}, {}
        for system in case.systems:
            path = arguments.kernels / f"{case.name(system)}.json"
            if not path.exists():
                print(f"{path}: not compiled", flush=True)
                continue
            is_wide = system == "fa3-bf16"
            out = outputs[system] = torch.full(
                (case.batch, case.rows, case.heads, case.dv), math.nan, device="cuda",
                dtype=torch.bfloat16 if is_wide else torch.float16)
            own, of_value = elements_of(system)
            given = [convert(x, element)
                     for x, element in ((q, own), (k, own), (v, of_value))]
            values[system] = [x.float() * types[element][1].view(1, 1, 1, 1)
                              for x, element in zip(given, (own, own, of_value))]
            if takes_transposed(system):
                given[2] = transpose(given[2].view(torch.uint8)).contiguous().view(
                    given[2].dtype)
            inputs = given if is_wide else (
                *given, *(types[element][1] for element in (own, own, of_value)))
            launches[system] = runtime.load(str(path)).prepare(*inputs, out)
        launches["cudnn-bf16"] = cudnn(torch, *wide, case.causal)
        if released:
            scale = torch.ones(case.batch, case.heads, device="cuda")
            launches["fa3-cuda"] = released(q, k, v, case.causal, (scale,) * 3)
        times = {system: [] for system in launches}
        for round in range(arguments.repeats + 3):
            for system, launch in list(launches.items()):
                try:
                    if round == 0:
                        result = launch()
                        outputs.setdefault(system, result)
                    time = milliseconds(torch, launch)
                except RuntimeError as error:
                    print(f"{case.name(system)}: {str(error)[:200]}", flush=True)
                    del launches[system]
                    continue
                if round >= 3:
                    times[system].append(time)
        mask = "causal" if case.causal else "none"
        line = f"d{case.d} dv{case.dv} {mask:6} {case.batch}x{case.rows}x{case.keys}"
        for system in launches:
            rate = case.flops / median(times[system]) * 1e-9
            error = relative_error(torch, case, *values.get(system, (q, k, v)),
                                   outputs[system])
            line += f"  {system} {rate:.0f} ({error:.1e})"
            dtype = "bf16" if system.endswith("bf16") else elements_of(system)[0]
            rows.append(f"{system},fwd,{dtype},{case.d},{case.dv},{mask},{case.batch},"
                        f"{case.heads},{case.heads},{case.rows},{case.keys},"
                        f"{median(times[system]):.4f},{rate:.1f},{error:.3g}")
        print(line, flush=True)
    if arguments.csv:
        write_csv(torch, arguments, COLUMNS, rows)


if __name__ == "__main__":
    main(__doc__, "build/fp8", 15, compile_all, run,
         ("--fa3", "library with FlashAttention-3, see peers.py"))
