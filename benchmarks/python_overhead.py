# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a call of fa3.attention costs beside its kernel, and what the first call costs,
beside FlexAttention, SDPA and FlashAttention where it is installed.

  python3 benchmarks/python_overhead.py [--commit COMMIT] [--csv FILE]

CPU time: of many calls on tiny tensors, queued without waiting. What the driver takes
to launch is measured alone, as the same kernel launched by the runtime with all
arguments prepared (fa3-…launch), and subtracted (over_launch_us). What torch.compile
takes for any graph is the row compile-view, of a graph without an operation to run.
First call: in a fresh process with empty caches, from the call to its result, without
the imports; a second process finds the caches filled. Rows of -4k are of 4096 positions
and D = 128. All but fa3-plain-4k have a score_mod, and ours a causal mask.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

BATCH, LENGTH, HEADS, DIM = 1, 64, 8, 64
CALLS, REPEATS = 1000, 15


def setup(length=LENGTH, dim=DIM):
    import torch

    q, k, v = (
        torch.randn(BATCH, length, HEADS, dim, dtype=torch.bfloat16, device="cuda")
        for _ in range(3)
    )
    slopes = torch.rand(HEADS, device="cuda")

    def alibi(score, b, h, i, j):
        return score + slopes[h] * (j - i)

    return torch, q, k, v, alibi


def fa3_calls():
    torch, q, k, v, alibi = setup()
    import fa3
    from fa3 import _fa3, _torch

    stream = torch.cuda.current_stream().cuda_stream

    def launch(*captured, **options):
        """A launch of the kernel of this call, with its arguments prepared."""
        before = set(_torch._kernels)
        outputs = fa3.attention(q, k, v, causal=True, **options)
        (key,) = set(_torch._kernels) - before
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        arguments = (q, k, v, *outputs, *captured)
        descriptors = _fa3.describe(*arguments)
        kernel = _torch._kernels[key]
        # The default holds what the descriptors point to.
        return lambda arguments=arguments: kernel.launch(stream, *descriptors)

    slopes = alibi.__closure__[0].cell_contents
    compiled = torch.compile(
        lambda q, k, v: fa3.attention(q, k, v, causal=True), fullgraph=True
    )
    view = torch.compile(lambda q: q.flatten(2), fullgraph=True)
    # Each behind the launch that is part of it.
    return {
        "fa3-launch": launch(),
        "fa3": lambda: fa3.attention(q, k, v, causal=True),
        "fa3-op": lambda: torch.ops.fa3.attention(
            q, k, v, [], "", True, None, None, None, False
        ),
        "fa3-compile": lambda: compiled(q, k, v),
        "compile-view": lambda: view(q),
        "fa3-lse-launch": launch(return_lse=True),
        "fa3-lse": lambda: fa3.attention(q, k, v, causal=True, return_lse=True),
        "fa3-alibi-launch": launch(slopes, score_mod=alibi),
        "fa3-alibi": lambda: fa3.attention(q, k, v, causal=True, score_mod=alibi),
    }


def flex_calls():
    torch, q, k, v, alibi = setup()
    from torch.nn.attention.flex_attention import create_block_mask, flex_attention

    q, k, v = (x.transpose(1, 2) for x in (q, k, v))
    mask = create_block_mask(lambda b, h, i, j: i >= j, None, None, LENGTH, LENGTH)
    flex = torch.compile(flex_attention, fullgraph=True)
    return {
        "flex": lambda: flex(q, k, v, block_mask=mask),
        "flex-alibi": lambda: flex(q, k, v, score_mod=alibi, block_mask=mask),
    }


def sdpa_calls():
    torch, q, k, v, _ = setup()
    q, k, v = (x.transpose(1, 2) for x in (q, k, v))
    return {
        "sdpa": lambda: torch.nn.functional.scaled_dot_product_attention(
            q, k, v, is_causal=True
        )
    }


def flash_calls():
    torch, q, k, v, _ = setup()
    # Of the wheel fa3-fwd on PyPI: the released FlashAttention-3, forward.
    from fa3_fwd_interface import flash_attn_func

    return {"flash": lambda: flash_attn_func(q, k, v, causal=True)}


SYSTEMS = {"fa3": fa3_calls, "flex": flex_calls, "sdpa": sdpa_calls, "flash": flash_calls}


def measure_calls(calls, torch):
    """Microseconds of CPU time of one call of each, at each repeat. In turns: what else
    the machine does, and its clock, changes between seconds."""
    times = {name: [] for name in calls}
    for call in calls.values():
        for _ in range(20):
            call()
    torch.cuda.synchronize()
    for _ in range(REPEATS):
        for name, call in calls.items():
            began = time.process_time()
            for _ in range(CALLS):
                call()
            times[name].append((time.process_time() - began) / CALLS * 1e6)
            torch.cuda.synchronize()
    return times


def first_call(system):
    """Run in a process of its own: seconds of the first call of a new case."""
    torch, q, k, v, alibi = setup(*((4096, 128) if system.endswith("-4k") else ()))
    torch.cuda.synchronize()
    if system == "fa3-plain-4k":
        import fa3

        call = lambda: fa3.attention(q, k, v, causal=True)  # noqa: E731
    elif system.startswith("fa3"):
        import fa3

        call = lambda: fa3.attention(q, k, v, causal=True, score_mod=alibi)  # noqa: E731
    else:
        from torch.nn.attention.flex_attention import flex_attention

        flex = torch.compile(flex_attention, fullgraph=True)
        turned = [x.transpose(1, 2) for x in (q, k, v)]
        call = lambda: flex(*turned, score_mod=alibi)  # noqa: E731
    began = time.perf_counter()
    call()
    torch.cuda.synchronize()
    print(time.perf_counter() - began)


def measure_first_calls(system):
    """Seconds with empty caches, and with those that the first process filled."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "FA3_CACHE_DIR": os.path.join(folder, "fa3"),
            "TORCHINDUCTOR_CACHE_DIR": os.path.join(folder, "inductor"),
            "TRITON_CACHE_DIR": os.path.join(folder, "triton"),
        }
        run = lambda: float(  # noqa: E731
            subprocess.run(
                [sys.executable, __file__, "--first-call", system], check=True,
                capture_output=True, text=True, env=environment,
            ).stdout.split()[-1]
        )
        return run(), run()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--commit", default="unknown")
    parser.add_argument("--csv", help="where to write the numbers")
    parser.add_argument("--first-call", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.first_call:
        first_call(options.first_call)
        return

    import torch

    rows = []
    for name, build in SYSTEMS.items():
        try:
            calls = build()
        except ImportError as error:
            print(f"# {name}: {error}")
            continue
        times = measure_calls(calls, torch)
        launch = []
        for system, own in times.items():
            rows.append((system, "cpu_us", statistics.median(own)))
            over = ""
            if system.endswith("launch"):
                launch = own
            elif system.startswith("fa3"):
                difference = statistics.median(x - y for x, y in zip(own, launch))
                rows.append((system, "over_launch_us", difference))
                over = f", {difference:.1f} over the launch"
            print(f"{system}: {statistics.median(own):.1f} us of CPU time a call{over}")
    for system in ("fa3", "fa3-4k", "fa3-plain-4k", "flex", "flex-4k"):
        cold, warm = measure_first_calls(system)
        rows += [(system, "first_call_s", cold), (system, "cached_first_call_s", warm)]
        print(f"{system}: first call {cold:.3f} s, {warm:.3f} s with a filled cache")
    if options.csv:
        with open(options.csv, "w", encoding="utf-8") as file:
            file.write(f"# commit {options.commit}\n")
            file.write(f"# machine {torch.cuda.get_device_name()}, PyTorch "
                       f"{torch.__version__}\n")
            file.write("# command benchmarks/python_overhead.py\n")
            file.write("system,quantity,value\n")
            for row in rows:
                file.write("{},{},{:.4f}\n".format(*row))


if __name__ == "__main__":
    main()
