# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks attn.quantize and attn.dequantize on a GPU against float64, and times
them beside copies of as many bytes in the same run.

    test/GPU/quantize.py compile           on the machine with the compiler
    test/GPU/quantize.py run --csv out.csv on the machine with the GPU

Each case: inputs in buffers of NaN, outputs poisoned, scales within two units in
the last place of f32, 8-bit values within half of their distance to a neighbour,
and three launches whose bits agree. A time is that of a CUDA graph of 20 launches
divided by 20, the median of those taken, kernel and copy in turns. The copy reads
and writes, in all, as many bytes as X, Y and the tables have.
"""

import argparse
import dataclasses
import itertools
import pathlib
import subprocess
import sys

LAUNCHES = 20
SHAPES = ((1, 1), (2, 113), (1, 239), (2, 1023), (3, 256))
LEAST_SCALE, LARGEST = 2.0 ** -100, {"f8E4M3FN": 448.0, "i8": 127.0}


@dataclasses.dataclass(frozen=True)
class Case:
    dtype: str = "f16"
    d: int = 128
    heads: int = 4
    block: int = 128            # rows; 0: all
    scale: str = "head"         # head, or tensor: one for all heads and batches
    layout: str = "bshd"
    seed: int = -1              # of the rotation; -1: none
    rotary: str = ""            # half or interleaved
    transposed: bool = False
    inverse: bool = False       # attn.dequantize
    element: str = "f8E4M3FN"   # of Y, or i8

    @property
    def name(self):
        parts = [self.dtype, f"d{self.d}", f"block{self.block}"]
        if self.heads != 4:
            parts.append(f"h{self.heads}")
        if self.scale != "head":
            parts.append(self.scale)
        if self.layout != "bshd":
            parts.append(self.layout)
        if self.seed >= 0:
            parts.append("rotated")
        if self.rotary:
            parts.append(self.rotary)
        if self.transposed:
            parts.append("transposed")
        if self.inverse:
            parts.append("inverse")
        if self.element != "f8E4M3FN":
            parts.append(self.element)
        return "-".join(parts)

    @property
    def largest(self):
        return LARGEST[self.element]

    def view(self, torch, y):
        """Bytes as elements of Y."""
        return y.view(torch.int8 if self.element == "i8"
                      else torch.float8_e4m3fn)

    def shape(self, element):
        sizes = (["?", "?", self.heads] if self.layout == "bshd"
                 else ["?", self.heads, "?"])
        return f"memref<{'x'.join(map(str, sizes))}x{self.d}x{element}>"

    def mlir(self):
        x = self.shape(self.dtype)
        y = (f"memref<?x{self.heads}x{self.d}x?x{self.element}>"
             if self.transposed else self.shape(self.element))
        last = "?" if self.block else "1"
        scale = ("memref<1x1x1xf32>" if self.scale == "tensor" and not self.block
                 else f"memref<1x1x{last}xf32>" if self.scale == "tensor"
                 else f"memref<?x{self.heads}x{last}xf32>")
        table = f"memref<?x{self.d // 2}xf32>"
        attributes = []
        if self.block:
            attributes.append(f"block = {self.block}")
        if self.seed >= 0:
            attributes.append(f"rotation = {self.seed}")
        if self.layout == "bhsd":
            attributes.append("layout = #attn.layout<bhsd>")
        if self.rotary == "interleaved":
            attributes.append("interleaved_rotary")
        if self.transposed:
            attributes.append("transposed")
        tail = f" {{{', '.join(attributes)}}}" if attributes else ""
        if self.inverse:
            return (f"func.func @kernel(%y: {y}, %scale: {scale}, %x: {x}) {{\n"
                    f"  attn.dequantize ins(%y, %scale : {y}, {scale}) "
                    f"outs(%x : {x}){tail}\n  return\n}}\n")
        tables = f"%cos: {table}, %sin: {table}, " if self.rotary else ""
        rotary = (f"rotary(%cos, %sin : {table}, {table}) " if self.rotary
                  else "")
        return (f"func.func @kernel(%x: {x}, {tables}%y: {y}, %scale: {scale}) "
                f"{{\n  attn.quantize ins(%x : {x}) {rotary}"
                f"outs(%y, %scale : {y}, {scale}){tail}\n  return\n}}\n")


SPECIAL = Case("f32", 16, heads=1, block=1)


def cases():
    """What is checked on small, odd shapes."""
    for dtype, d in itertools.product(("f16", "bf16", "f32"),
                                      (16, 32, 64, 96, 128, 240, 256)):
        yield Case(dtype, d, block=64)
        yield Case(dtype, d, seed=7)
        yield Case(dtype, d, seed=7, rotary="half")
    for d in (16, 64, 96, 128, 256):
        yield Case("bf16", d, block=64, rotary="interleaved", seed=11)
        yield Case("f16", d, rotary="half", heads=3, layout="bhsd")
        yield Case("f16", d, block=0)
        yield Case("f16", d, block=0, scale="tensor", seed=3)
        yield Case("f16", d, block=32, scale="tensor", rotary="half")
        yield Case("f16", d, transposed=True)
        yield Case("bf16", d, block=64, transposed=True, seed=5, layout="bhsd")
        yield Case("f16", d, block=0, transposed=True)
        yield Case("f16", d, inverse=True, seed=7)
        yield Case("f32", d, inverse=True, block=0, layout="bhsd")
    for d in (16, 96, 128, 256):
        own = dict(d=d, element="i8")
        yield Case("f16", block=1, **own)
        yield Case("bf16", block=64, rotary="half", seed=7, **own)
        yield Case("f32", block=0, scale="tensor", **own)
        yield Case("f16", transposed=True, **own)
        yield Case("f16", inverse=True, seed=7, **own)
    for block in (1, 7, 16, 48, 256, 521, 1024):
        yield Case("f16", 128, block=block, seed=7)
    yield SPECIAL


def timed():
    """What is timed: 4 sequences of 16k, a hidden size of 2048."""
    for d in (64, 128, 256):
        own = dict(d=d, heads=2048 // d)
        for block in (64, 128):
            yield Case(block=block, **own)
            yield Case(block=block, seed=7, **own)
            yield Case(block=block, seed=7, rotary="half", **own)
            yield Case(block=block, transposed=True, **own)
        yield Case(block=0, **own)
        yield Case(block=0, scale="tensor", **own)
        yield Case(block=128, inverse=True, **own)
    yield Case("bf16", block=128, seed=7, rotary="interleaved", heads=16)


def compile_all(arguments):
    arguments.kernels.mkdir(parents=True, exist_ok=True)
    failed = 0
    for case in dict.fromkeys((*cases(), *timed())):
        if arguments.match not in case.name:
            continue
        source = arguments.kernels / f"{case.name}.mlir"
        source.write_text(case.mlir())
        done = subprocess.run(
            [arguments.tool, source, "-o", source.with_suffix(".cubin")],
            capture_output=True, text=True)
        if done.returncode:
            failed += 1
            print(f"{case.name}: {done.stderr.splitlines()[0]}", flush=True)
    print(f"{failed} failed")
    return 1 if failed else 0


def embed(torch, x, cos, sin, interleaved):
    """Of [B, H, S, D]."""
    half = x.shape[-1] // 2
    u, v = ((x[..., 0::2], x[..., 1::2]) if interleaved
            else (x[..., :half], x[..., half:]))
    first, second = u * cos - v * sin, v * cos + u * sin
    if interleaved:
        return torch.stack([first, second], -1).flatten(-2)
    return torch.cat([first, second], -1)


def interleaved_order(torch, rows):
    """The row at each place, or -1."""
    places = torch.arange((rows + 15) // 16 * 16)
    p = places % 16
    row = places - p + 8 * (p // 2 % 2) + 2 * (p // 4) + p % 2
    return torch.where(row < rows, row, -1)


def make_inputs(torch, case, batch, rows):
    dtypes = {"f16": torch.float16, "bf16": torch.bfloat16,
              "f32": torch.float32}
    bhsd = case.layout == "bhsd"
    sizes = ((batch, case.heads, rows, case.d) if bhsd
             else (batch, rows, case.heads, case.d))
    buffer = torch.full((torch.Size(sizes).numel() + 4096,), float("nan"),
                        dtype=dtypes[case.dtype], device="cuda")
    x = buffer[:torch.Size(sizes).numel()].view(sizes)
    blocks = -(-rows // case.block) if case.block else 1
    scale_sizes = ((1, 1, blocks) if case.scale == "tensor"
                   else (batch, case.heads, blocks))
    scale = torch.full(scale_sizes, float("nan"), device="cuda")
    y_sizes = ((batch, case.heads, case.d, (rows + 15) // 16 * 16)
               if case.transposed else sizes)
    y = torch.full(y_sizes, 0x7f, dtype=torch.uint8, device="cuda")
    if case.inverse:
        scale.copy_(torch.rand(scale_sizes, device="cuda") + 0.1)
        y8 = case.view(torch, y)
        numbers = torch.randn(sizes, device="cuda").mul_(30).clamp_(-127, 127)
        y.copy_(numbers.to(y8.dtype).view(torch.uint8))
        return (y8, scale, x), (x,)
    numbers = torch.randn(sizes, device="cuda")
    outliers = torch.rand(sizes, device="cuda") < 0.001
    x.copy_(torch.where(outliers, 10 * numbers, numbers))
    angles = torch.rand(rows, case.d // 2, device="cuda") * 6.3
    tables = (angles.cos(), angles.sin()) if case.rotary else ()
    return (x, *tables, case.view(torch, y), scale), (y, scale)


def spread_scales(torch, case, scale, batch, rows):
    """One for each row of [B, H, S, 1]."""
    whole = scale.double().expand(batch, case.heads, scale.shape[2])
    block = case.block or max(rows, 1)
    return whole.repeat_interleave(block, dim=2)[:, :, :rows, None]


def check(torch, case, inputs, outputs, batch, rows):
    """The relative error of the values; raises what is wrong."""
    to_bhsd = lambda t: t if case.layout == "bhsd" else t.transpose(1, 2)
    if case.seed >= 0:
        from rotation import rotation
        matrix = torch.from_numpy(rotation(case.seed, case.d)).cuda()
    if case.inverse:
        y, scale, x = inputs
        wanted = (to_bhsd(y.float().double())
                  * spread_scales(torch, case, scale, batch, rows))
        if case.seed >= 0:
            wanted = wanted @ matrix.T
        error = ((to_bhsd(x).double() - wanted).norm() / wanted.norm()).item()
        assert error < (1e-6 if case.dtype == "f32" else 1e-3), f"{error}"
        return error
    x, *tables, y, scale = inputs
    wanted = to_bhsd(x).double()
    if tables:
        wanted = embed(torch, wanted, *(t.double() for t in tables),
                       case.rotary == "interleaved")
    if case.seed >= 0:
        wanted = wanted @ matrix
    block = case.block or max(rows, 1)
    blocks = -(-rows // block)
    padded = torch.nn.functional.pad(wanted.abs(),
                                     (0, 0, 0, blocks * block - rows))
    largest = padded.reshape(batch, case.heads, blocks, -1).amax(-1)
    if case.scale == "tensor":
        largest = largest.amax((0, 1), keepdim=True)
    expected = (largest / case.largest).clamp_min(LEAST_SCALE)
    worst = ((scale.double() - expected) / expected).abs().max().item()
    assert worst < 1e-6, f"scale: relative error {worst:.3g}"
    got = y.float().double()
    if case.transposed:
        order = interleaved_order(torch, rows)
        places = torch.arange(len(order))[order >= 0]
        assert not got[..., (order < 0).nonzero().flatten()].any(), \
            "places without a row are not 0"
        ordered = torch.empty(*got.shape[:3], rows, dtype=torch.float64,
                              device="cuda")
        ordered[..., order[order >= 0]] = got[..., places]
        got = ordered.transpose(2, 3)
    else:
        got = to_bhsd(got)
    scales = spread_scales(torch, case, scale, batch, rows)
    unrounded = (wanted / scales).clamp(-case.largest, case.largest)
    exponent = unrounded.abs().clamp_min(2.0 ** -6).log2().floor()
    half = 0.5 if case.element == "i8" else 2.0 ** (exponent - 4)
    excess = ((got - unrounded).abs() - half).max().item()
    assert not got.isnan().any(), "NaN"
    assert excess < 1e-6 * case.largest, \
        f"{excess:.3g} beyond the nearest number"
    return ((got * scales - wanted).norm() / wanted.norm()).item()


def check_special(torch, arguments, runtime):
    """Rows that have no plain result: as quantize-special.mlir has it."""
    nan, inf = float("nan"), float("inf")
    rows = [
        ([0.0], "00 00", LEAST_SCALE),
        ([nan, 7.0, -1.0], "7f 7e e8", 2.0 ** -6),
        ([inf, -inf, 1.0], "7e fe 00", 3.4028234663852886e38 / 448),
        ([nan] * 16, " ".join(["7f"] * 16), LEAST_SCALE),
        ([448.0, 17.0, 19.0, -17.0, 2.0 ** -10, 3 * 2.0 ** -10],
         "7e 58 5a d8 00 02", 1.0),
        ([3.4028234663852886e38, -3e38], "7e fc",
         3.4028234663852886e38 / 448),
        ([-0.0, -448.0], "80 fe", 1.0)]
    x = torch.zeros(1, len(rows), 1, 16, device="cuda")
    for i, (values, _, _) in enumerate(rows):
        x[0, i, 0, :len(values)] = torch.tensor(values)
    y = torch.full(x.shape, 0x55, dtype=torch.uint8, device="cuda")
    scale = torch.full((1, 1, len(rows)), nan, device="cuda")
    kernel = runtime.load(str(arguments.kernels / f"{SPECIAL.name}.json"))
    kernel(x, y.view(torch.float8_e4m3fn), scale)
    torch.cuda.synchronize()
    failed = 0
    for i, (values, wanted, wanted_scale) in enumerate(rows):
        got = bytes(y[0, i, 0, :len(wanted.split())].tolist()).hex(" ")
        got_scale = scale[0, 0, i].item()
        if got != wanted or abs(got_scale / wanted_scale - 1) > 1e-6:
            failed += 1
            print(f"special {values}: {got} times {got_scale}", flush=True)
    print(f"special values: {failed} failed", flush=True)
    return failed


def check_all(torch, arguments, runtime):
    count, failed = 0, 0
    if arguments.match in SPECIAL.name:
        failed += check_special(torch, arguments, runtime)
    for case in cases():
        if arguments.match not in case.name:
            continue
        kernel = runtime.load(str(arguments.kernels / f"{case.name}.json"))
        for batch, rows in SHAPES:
            inputs, outputs = make_inputs(torch, case, batch, rows)
            try:
                runs = []
                for _ in range(3):
                    kernel(*inputs)
                    torch.cuda.synchronize()
                    runs.append([o.clone() for o in outputs])
                for repeat in runs[1:]:
                    assert all(torch.equal(a, b)
                               for a, b in zip(runs[0], repeat)), \
                        "a repeat differs"
                check(torch, case, inputs, outputs, batch, rows)
            except AssertionError as problem:
                failed += 1
                print(f"{case.name} {batch}x{rows}: {problem}", flush=True)
            count += 1
    print(f"{count - failed} passed, {failed} failed", flush=True)
    return failed


def time_all(torch, arguments, runtime):
    from launch_graph import LaunchGraph

    rows = []
    batch, length = 4, 16384
    for case in timed():
        if arguments.match not in case.name:
            continue
        kernel = runtime.load(str(arguments.kernels / f"{case.name}.json"))
        inputs, outputs = make_inputs(torch, case, batch, length)
        size = sum(t.numel() * t.itemsize for t in inputs)
        source = torch.empty(size // 2, dtype=torch.uint8, device="cuda")
        target = torch.empty_like(source)
        graphs = {"fa3": LaunchGraph(kernel.prepare(*inputs), LAUNCHES),
                  "copy": LaunchGraph(lambda: target.copy_(source), LAUNCHES)}
        times = {name: [] for name in graphs}
        for repeat in range(arguments.repeats + 2):
            for name, graph in graphs.items():
                elapsed = graph.milliseconds()
                if repeat >= 2:
                    times[name].append(elapsed)
        ms = {name: sorted(series)[len(series) // 2]
              for name, series in times.items()}
        error = check(torch, case, inputs, outputs, batch, length)
        share = ms["copy"] / ms["fa3"]
        for name in ms:
            rows.append(f"{name},quantize,{case.name},{batch},{length},"
                        f"{ms[name]:.5f},{size / ms[name] / 1e6:.0f},"
                        f"{error if name == 'fa3' else ''}")
        print(f"{case.name:44} {ms['fa3'] * 1e3:7.1f} us, "
              f"{size / ms['fa3'] / 1e6:5.0f} GB/s, copy "
              f"{size / ms['copy'] / 1e6:5.0f} GB/s: {share:.2f}", flush=True)
        del inputs, outputs, source, target, graphs
        torch.cuda.empty_cache()
    return rows


def run(arguments):
    import torch
    sys.path.insert(0, str(pathlib.Path(__file__).parent))
    from fa3_runtime import Runtime

    torch.manual_seed(1)
    runtime = Runtime(arguments.runtime)
    failed = 0 if arguments.times_only else check_all(torch, arguments, runtime)
    rows = [] if arguments.checks_only else time_all(torch, arguments, runtime)
    if arguments.csv:
        properties = torch.cuda.get_device_properties(0)
        arguments.csv.write_text(
            f"# commit {arguments.commit}\n"
            f"# machine {properties.name}, PyTorch {torch.__version__}\n"
            f"# command test/GPU/quantize.py compile; test/GPU/quantize.py run "
            f"--repeats {arguments.repeats}\n"
            "system,pass,case,batch,sq,ms,gbps,relerr\n"
            + "".join(row + "\n" for row in rows))
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("action", choices=["compile", "run"])
    parser.add_argument("--tool", default="build/bin/fa3-compile")
    parser.add_argument("--kernels", default="build/gpu-quantize",
                        type=pathlib.Path)
    parser.add_argument("--runtime", default="build/lib/libfa3_runtime.so")
    parser.add_argument("--match", default="", help="a part of a case's name")
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--commit", default="unknown")
    parser.add_argument("--checks-only", action="store_true")
    parser.add_argument("--times-only", action="store_true")
    parser.add_argument("--csv", type=pathlib.Path)
    arguments = parser.parse_args()
    return (compile_all if arguments.action == "compile" else run)(arguments)


if __name__ == "__main__":
    sys.exit(main())
