# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Times 8-bit attention with V row-major, which the kernel transposes, beside V
given transposed, in one run.

    benchmarks/value_layout.py compile             on the machine with the compiler
    benchmarks/value_layout.py run --csv out.csv   on the machine with the GPU

One sequence of 16k tokens, hidden size 2048, normal inputs, one scale for all. A
time is the median of those taken, the systems interleaved: `fa3` has V row-major,
`fa3-transposed` has it transposed, and `fa3-transposed-<tile>` under a
configuration that only this leaves room for. Whether results are right is for
test/GPU/sweep.py; what is compared here is O of the same values.
"""

import itertools
import subprocess

from harness import main, median, milliseconds, write_csv

LENGTH, HIDDEN = 16384, 2048
SPECULATION = "speculation = 448, exponent = 4"
# What a row-major V leaves no registers or no shared memory for.
WIDER = {
    64: ["tile = 192x128, stages = 2, consumers = 3, registers = 32x160, "
         f"pin = 6, persistent, {SPECULATION}"],
    128: ["tile = 128x160, stages = 2, consumers = 2, registers = 24x240, "
          f"pin = 50, persistent, {SPECULATION}"],
    256: ["tile = 128x96, stages = 2, consumers = 2, registers = 24x240, "
          f"pin = 50, persistent, {SPECULATION}"],
}
# With a mask, these spill.
WIDEST = {
    (256, "none"): ["tile = 128x128, stages = 2, consumers = 2, registers = "
                    "24x240, exponent = 8, persistent"],
}


def cases():
    """D, mask, whether V is transposed, configuration."""
    for d, mask in itertools.product((64, 128, 256), ("none", "causal")):
        yield d, mask, False, ""
        yield d, mask, True, ""
        for config in WIDER[d] + WIDEST.get((d, mask), []):
            yield d, mask, True, config


def system_of(transposed, config):
    name = "fa3-transposed" if transposed else "fa3"
    if config:
        name += "-" + config.split(",")[0].removeprefix("tile = ")
    return name


def name_of(d, mask, transposed, config):
    return f"{system_of(transposed, config)}-d{d}-{mask}"


def source_of(d, mask, transposed, config):
    heads = HIDDEN // d
    q = f"memref<1x{LENGTH}x{heads}x{d}xf8E4M3FN>"
    v = f"memref<1x{heads}x{d}x{LENGTH}xf8E4M3FN>" if transposed else q
    o = f"memref<1x{LENGTH}x{heads}x{d}xf16>"
    s = "memref<1x1x1xf32>"
    attributes = ["causal"] if mask == "causal" else []
    if transposed:
        attributes.append("value_layout = #attn.value_layout<transposed>")
    if config:
        attributes.append(f"config = #attn.config<{config}>")
    return (f"func.func @attention(%q: {q}, %k: {q}, %v: {v}, %qs: {s}, "
            f"%ks: {s}, %vs: {s}, %o: {o}) {{\n"
            f"  attn.forward ins(%q, %k, %v : {q}, {q}, {v}) "
            f"scales(%qs, %ks, %vs : {s}, {s}, {s}) outs(%o : {o}) "
            f"{{{', '.join(attributes)}}}\n  return\n}}\n")


def compile_all(arguments):
    arguments.kernels.mkdir(parents=True, exist_ok=True)
    failed = 0
    for case in cases():
        source = arguments.kernels / f"{name_of(*case)}.mlir"
        source.write_text(source_of(*case))
        done = subprocess.run([arguments.tool, source, "-o",
                               source.with_suffix(".cubin")])
        failed += done.returncode != 0
    return 1 if failed else 0


def transpose(torch, v):
    """[B, S, H, D] of bytes as [B, H, D, S]: of each 16 keys, 8c + 2t + b at
    place 4t + 2c + b."""
    batch, keys, heads, d = v.shape
    groups = v.view(batch, keys // 16, 2, 4, 2, heads, d)
    return groups.permute(0, 5, 6, 1, 3, 2, 4).reshape(batch, heads, d, keys)


def run(arguments):
    import torch
    from fa3_runtime import Runtime
    runtime = Runtime(arguments.runtime)
    torch.manual_seed(1)
    rows = []
    for d, mask in itertools.product((64, 128, 256), ("none", "causal")):
        heads = HIDDEN // d
        q, k, v = (torch.randn(1, LENGTH, heads, d, device="cuda").to(
            torch.float8_e4m3fn) for _ in range(3))
        transposed = transpose(torch, v.view(torch.uint8)).contiguous().view(
            v.dtype)
        one = torch.ones(1, 1, 1, device="cuda")
        launches, outputs, times = {}, {}, {}
        for case in cases():
            path = arguments.kernels / f"{name_of(*case)}.json"
            if case[:2] != (d, mask) or not path.exists():
                continue
            system = system_of(*case[2:])
            outputs[system] = torch.empty(1, LENGTH, heads, d, device="cuda",
                                          dtype=torch.float16)
            launches[system] = runtime.load(str(path)).prepare(
                q, k, transposed if case[2] else v, one, one, one,
                outputs[system])
            times[system] = []
        for round in range(arguments.repeats + 3):
            for system, launch in launches.items():
                time = milliseconds(torch, launch)
                if round >= 3:
                    times[system].append(time)
        flops = 4 * LENGTH ** 2 * HIDDEN / (2 if mask == "causal" else 1)
        rate = lambda system: flops / median(times[system]) * 1e-9
        for system in launches:
            difference = ((outputs[system].double() - outputs["fa3"].double())
                          .norm() / outputs["fa3"].double().norm()).item()
            print(f"d{d} {mask:6} {system:24} {rate(system):7.0f} TFLOP/s, "
                  f"{rate(system) / rate('fa3'):.3f} of row-major, differs by "
                  f"{difference:.1e}", flush=True)
            rows.append(f"{system},fwd,f8E4M3FN,{d},{d},{mask},1,{heads},{heads},"
                        f"{LENGTH},{LENGTH},{median(times[system]):.4f},"
                        f"{rate(system):.1f},")
    if arguments.csv:
        write_csv(torch, arguments,
                  "system,pass,dtype,d,dv,mask,batch,heads,kv_heads,sq,sk,ms,"
                  "tflops,relerr", rows)


if __name__ == "__main__":
    main(__doc__, "build/value-layout", 30, compile_all, run)
