# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The whole path of 8 bits in one launch, f16 to f16: Q, K and V are quantised, and
attended to. How far it is from float64, and how long it takes beside cuDNN in f16.

    benchmarks/fp8_path.py compile             on the machine with the compiler
    benchmarks/fp8_path.py run --csv out.csv   on the machine with the GPU

The inputs: `outliers`, N(0, 1) + N(0, 100) · Bernoulli(0.001), the paper's
(FlashAttention-3, section 4.3), and `sinks`, where four keys that take most of nearly
every row have four columns 30 times as large as the others, and values near 0. The
error is the root of the mean square over a sample of heads and rows. The kernels:
`baseline` has one scale for each of Q, K and V; `blocks` one for each 64 rows of Q (of
one warpgroup's) and each 128 of K and V; `rotated` has Q and K rotated too;
`transposed` is that with V transposed by its quantisation, and `two-level` that with
sums of a tile added up in f32. All these are f8E4M3FN; `integers` is `rotated` in i8,
and `mixed` has Q and K in i8, rotated, and V in f8E4M3FN, transposed. `f16` is ours on
the inputs as they are.
"""

import dataclasses
import itertools
import math
import subprocess

from harness import main, median, milliseconds, write_csv

TOKENS, HIDDEN = 16384, 2048
BLOCKS = {"q": 64, "k": 128, "v": 128}
KINDS = ("baseline", "blocks", "rotated", "transposed", "integers", "mixed", "f16")
# The rule has no two levels for floats. Their registers leave room for such tiles.
TWO_LEVELS = {
    d: f"tile = 128x{keys}, stages = 2, consumers = 2, registers = 24x240, "
       "speculation = 448, exponent = 4, two_level"
    for d, keys in ((64, 128), (128, 64))
}


@dataclasses.dataclass(frozen=True)
class Case:
    inputs: str
    d: int
    rows: int
    keys: int
    causal: bool = False
    kinds: tuple = KINDS

    @property
    def batch(self):
        return max(1, TOKENS // self.keys)

    @property
    def heads(self):
        return HIDDEN // self.d

    @property
    def mask(self):
        return "causal" if self.causal else "none"

    def name(self, kind):
        return f"{kind}-d{self.d}-q{self.rows}-k{self.keys}-{self.mask}"


def cases():
    for d, length, causal in itertools.product((64, 128, 256), (2048, 16384),
                                               (False, True)):
        yield Case("outliers", d, length, length, causal)
    for d in (64, 128, 256):
        yield Case("sinks", d, 2048, 2048)
    for inputs, d in itertools.product(("outliers", "sinks"), TWO_LEVELS):
        yield Case(inputs, d, 4096, 131072, kinds=KINDS + ("two-level",))


def source_of(case, kind):
    x = {name: f"{case.batch}x{rows}x{case.heads}x{case.d}"
         for name, rows in (("q", case.rows), ("k", case.keys), ("v", case.keys))}
    given = {name: f"memref<{shape}xf16>" for name, shape in x.items()}
    lines = [f"func.func @attention(%q: {given['q']}, %k: {given['k']}, "
             f"%v: {given['v']}, %o: {given['q']}) {{"]
    attributes = ["causal"] * case.causal
    if kind == "f16":
        return "\n".join(lines + [
            f"  attn.forward ins(%q, %k, %v : {', '.join(given.values())}) "
            f"outs(%o : {given['q']}) {{{', '.join(attributes)}}}", "  return", "}"]) + "\n"
    transposed = kind in ("transposed", "mixed", "two-level")
    stored = dict(x)
    if transposed:
        stored["v"] = f"{case.batch}x{case.heads}x{case.d}x{case.keys}"
        attributes.append("value_layout = #attn.value_layout<transposed>")
    if kind == "two-level":
        attributes.append(f"config = #attn.config<{TWO_LEVELS[case.d]}>")
    rotation = "" if kind in ("baseline", "blocks") else ", rotation = 1"
    narrow, scales = [], []
    for name, rows in (("q", case.rows), ("k", case.keys), ("v", case.keys)):
        integers = kind == "integers" or (kind == "mixed" and name != "v")
        element = "i8" if integers else "f8E4M3FN"
        narrow.append(f"memref<{stored[name]}x{element}>")
        block = [] if kind == "baseline" else [f"block = {BLOCKS[name]}"]
        scales.append("memref<1x1x1xf32>" if kind == "baseline" else
                      f"memref<{case.batch}x{case.heads}x{rows // BLOCKS[name]}xf32>")
        own = ", transposed" * transposed if name == "v" else rotation
        lines += [
            f"  %{name}8 = memref.alloc() : {narrow[-1]}",
            f"  %{name}s = memref.alloc() : {scales[-1]}",
            f"  attn.quantize ins(%{name} : {given[name]}) outs(%{name}8, "
            f"%{name}s : {narrow[-1]}, {scales[-1]}) {{{''.join(block)}{own}}}"]
    if kind != "baseline":
        attributes += [f"{n}_block = {block}" for n, block in
                       zip(("query", "key", "value"), BLOCKS.values())]
    lines += [
        f"  attn.forward ins(%q8, %k8, %v8 : {', '.join(narrow)}) scales(%qs, %ks, "
        f"%vs : {', '.join(scales)}) outs(%o : {given['q']}) "
        f"{{{', '.join(attributes)}}}", "  return", "}"]
    return "\n".join(lines) + "\n"


def compile_all(arguments):
    arguments.kernels.mkdir(parents=True, exist_ok=True)
    for case in cases():
        for kind in case.kinds:
            source = arguments.kernels / f"{case.name(kind)}.mlir"
            if source.exists(): # The same for other inputs.
                continue
            source.write_text(source_of(case, kind))
            subprocess.run([arguments.tool, source, "-o",
                            source.with_suffix(".cubin")],
                           check=True, stderr=subprocess.DEVNULL)


def run(arguments):
    import torch
    import torch.nn.functional as F
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from fa3_runtime import Runtime

    runtime = Runtime(arguments.runtime)
    torch.manual_seed(1)

    def error_of(q, k, v, o, causal):
        """On one batch, two heads, and the last rows."""
        rows = 2048
        q, k, v, o = (x[:1, :, :2].double().transpose(1, 2)
                      for x in (q, k, v, o))
        q, o = q[:, :, -rows:], o[:, :, -rows:]
        s = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        if causal:
            s = s.masked_fill(torch.ones_like(s, dtype=torch.bool).triu(
                1 + k.shape[2] - rows), float("-inf"))
        return (o - torch.softmax(s, -1) @ v).square().mean().sqrt().item()

    def outliers(shape):
        rare = torch.rand(shape, device="cuda") < 0.001
        return (torch.randn(shape, device="cuda")
                + 10 * torch.randn(shape, device="cuda") * rare).half()

    def sinks(shapes):
        q, k, v = (torch.randn(shape, device="cuda") for shape in shapes)
        # A few columns that all rows share carry the sinks' scores.
        columns = torch.randperm(q.shape[-1], device="cuda")[:4]
        q[..., columns] += 2
        k[:, :4, :, columns] = 30
        v[:, :4] *= 0.01
        return [x.half() for x in (q, k, v)]

    rows = []
    for case in cases():
        shapes = [(case.batch, length, case.heads, case.d)
                  for length in (case.rows, case.keys, case.keys)]
        q, k, v = (sinks(shapes) if case.inputs == "sinks"
                   else [outliers(shape) for shape in shapes])
        turned = [x.transpose(1, 2) for x in (q, k, v)]
        systems, outputs = {}, {}
        for kind in case.kinds:
            kernel = runtime.load(str(arguments.kernels / f"{case.name(kind)}.json"))
            outputs[kind] = torch.full_like(q, float("nan"))
            systems[kind] = kernel.prepare(q, k, v, outputs[kind])

        def cudnn():
            with sdpa_kernel(SDPBackend.CUDNN_ATTENTION):
                outputs["cudnn"] = F.scaled_dot_product_attention(
                    *turned, is_causal=case.causal).transpose(1, 2)

        systems["cudnn"] = cudnn
        for function in systems.values():
            function()
        torch.cuda.synchronize()
        times = {name: [] for name in systems}
        for _ in range(arguments.repeats):
            for name, function in systems.items():
                times[name].append(milliseconds(torch, function))
        flops = 4 * case.rows * case.keys * HIDDEN * case.batch // (
            2 if case.causal else 1)
        for name in systems:
            ms = median(times[name])
            error = error_of(q, k, v, outputs[name], case.causal)
            system = name if name == "cudnn" else f"fa3-{name}"
            dtype = ("f16" if name in ("cudnn", "f16") else "i8" if name in (
                "integers", "mixed") else "f8E4M3FN")
            rows.append(f"{system},fwd,{dtype},{case.d},{case.d},{case.mask},"
                        f"{case.batch},{case.heads},{case.heads},{case.rows},"
                        f"{case.keys},{ms:.4f},{flops / ms / 1e9:.1f},{error:.3g},"
                        f"{case.inputs}")
            print(f"{case.inputs} d{case.d} {case.mask:6} {case.rows}x{case.keys} "
                  f"{system:15} {ms:.3f} ms, RMSE {error:.2e}", flush=True)
    if arguments.csv:
        write_csv(torch, arguments,
                  "system,pass,dtype,d,dv,mask,batch,heads,kv_heads,sq,sk,ms,"
                  "tflops,rmse,inputs", rows)


if __name__ == "__main__":
    main(__doc__, "build/fp8-path", 9, compile_all, run)
