"""What the fuzz driver runs, one process for each case: fa3-compile, fa3-run with
generated attentions or damaged NumPy files, and fa3-launch with damaged
manifests."""

import json
import os
import random
import re
import struct

import generator

OLD = b"what was there before\n"


class Case:
    """Files of a folder, and a command that runs in it. The command replaces all
    of `outputs`, or none."""

    def __init__(self, command, files, outputs=(), environment=None):
        self.command = command
        self.files = dict(files)
        self.outputs = list(outputs)
        self.environment = environment or {}


# ===----------------------------------------------------------------------=== #
# fa3-compile
# ===----------------------------------------------------------------------=== #

LEVELS = ["attn", "tile", "async", "roles", "nvvm", "llvm-ir", "ptx", "cubin"]
TECHNIQUES = [
    "classify", "prune", "split", "defer-row-sums", "warp-specialize", "pipeline",
    "ping-pong",
]  # fmt: skip


def mutate_text(rng, target, corpus):
    """Most attentions as they come, others and pieces of the tests damaged."""
    kind = rng.random()
    if kind < 0.7 or not corpus:
        return generator.Attention(rng, target).text()
    if kind < 0.85:
        return generator.mutate(rng, generator.Attention(rng, target).text(), corpus)
    return generator.mutate(rng, rng.choice(corpus), corpus)


def compile_case(rng, tools, corpus):
    # Assembling takes much longer than all that is before it.
    level = rng.choices(LEVELS, [1, 2, 2, 2, 2, 2, 8, 1])[0]
    command = [os.path.join(tools, "fa3-compile"), "in.mlir", f"--emit={level}"]
    command += ["-o", "out.bin"]
    options = [
        f"{name}={rng.choice(['true', 'false'])}"
        for name in TECHNIQUES
        if rng.random() < 0.15
    ]
    if rng.random() < 0.02:
        options.append(rng.choice(["prune=2", "none=1", "=", "config=", "split"]))
    if options:
        command.append("--pipeline-options=" + " ".join(options))
    if rng.random() < 0.1:
        command.append(f"--opt-level={rng.randrange(5)}")
    for option in ("--entry=f", "--entry=g", "--short-pointers", "--manifest=false"):
        if rng.random() < 0.05:
            command.append(option)
    outputs = ["out.bin"]
    if level in ("ptx", "cubin") and "--manifest=false" not in command:
        outputs.append("out.json")
    text = mutate_text(rng, "gpu", corpus)
    return Case(command, {"in.mlir": text.encode()}, outputs)


# ===----------------------------------------------------------------------=== #
# fa3-run
# ===----------------------------------------------------------------------=== #


def run_case(rng, tools, corpus):
    attention = generator.Attention(rng, "cpu")
    text = attention.text()
    options = attention.run_options()
    check = ["--check"]
    if rng.random() < 0.2:
        # A mutated program may read where nothing is, so it only has to end
        # before it runs: there is no file for its output.
        text = generator.mutate(rng, text, corpus)
        check = ["--output=0=none/out.npy"]
    command = [os.path.join(tools, "fa3-run"), "in.mlir"] + check + options
    return Case(command, {"in.mlir": text.encode()})


SMALL = """
func.func @f(%q: memref<1x?x1x8xf16>, %k: memref<1x?x1x8xf16>, %v: memref<1x?x1x8xf16>, %o: memref<1x?x1x8xf16>) {
  attn.forward ins(%q, %k, %v : memref<1x?x1x8xf16>, memref<1x?x1x8xf16>, memref<1x?x1x8xf16>) outs(%o : memref<1x?x1x8xf16>)
  return
}
"""


def npy_file(rng):
    """Most are the right file, with a byte or a word of the header replaced."""
    rows = rng.choice([0, 1, 3, 40])
    shape = f"(1, {rows}, 1, 8)"
    descr, order = "'<f2'", "False"
    if rng.random() < 0.3:
        shape = rng.choice([
            "()", "(3,)", "(1, 3, 1, 8, 1)", "(1, 3, 1, 9)", "(1, -3, 1, 8)",
            "(1, 9223372036854775807, 1, 8)", "(1, 4611686018427387904, 4, 8)",
            "(0, 99999999999999999999, 1, 8)", "(1 3 1 8)", "[1, 3, 1, 8]", "3",
            "(1, 3.0, 1, 8)", "(1, 3, 1, 8", "(True, 3, 1, 8)",
        ])  # fmt: skip
    if rng.random() < 0.2:
        descr = rng.choice([
            "'<f4'", "'>f2'", "'|V2'", "'<u2'", "'f2'", "'|O'", "''", "f2",
            "[('a', '<f2')]", "'<f2", '"<f2"', "'<M8[ns]'",
        ])  # fmt: skip
    if rng.random() < 0.2:
        order = rng.choice(["True", "Maybe", "0", "", "'False'"])
    header = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"
    header = (header + " " * (-(len(header) + 11) % 64) + "\n").encode()
    version = rng.choice([b"\1\0"] * 8 + [b"\2\0", b"\3\0", b"\4\0", b"\1\1"])
    length = struct.pack("<H" if version[:1] == b"\1" else "<I", len(header))
    data = bytes(rng.randrange(256) for _ in range(rows * 16))
    content = b"\x93NUMPY" + version + length + header + data
    for _ in range(rng.choice([0, 0, 1, 1, 3])):
        kind = rng.randrange(3)
        at = rng.randrange(min(len(content), 90) or 1)
        if kind == 0:
            content = content[:at] + bytes([rng.randrange(256)]) + content[at + 1 :]
        elif kind == 1:
            content = content[: rng.randrange(len(content) + 1)]
        else:
            content = content[:at] + rng.randbytes(rng.choice([1, 8])) + content[at:]
    return content


def npy_case(rng, tools, corpus):
    command = [os.path.join(tools, "fa3-run"), "in.mlir", "--dim=Sq=2"]
    command += ["--input=k=in.npy", "--output=o=out.npy"]
    return Case(
        command, {"in.mlir": SMALL.encode(), "in.npy": npy_file(rng)}, ["out.npy"]
    )


# ===----------------------------------------------------------------------=== #
# fa3-launch
# ===----------------------------------------------------------------------=== #

# What a driver without a GPU takes: test/Unit/Runtime/FakeCuda.h.
MANIFEST = {
    "version": 1,
    "generator": "fuzz",
    "image": "k.ptx",
    "kernels": [
        {
            "entry": "attention",
            "target": "sm_90a",
            "arguments": [
                {"name": "q", "element": "f16", "shape": [None, 4, 64], "access": "read"},
                {"name": "o", "element": "f16", "shape": [None, 4, 64], "access": "write"},
            ],
            "constraints": [
                {"equal": [["size", 0, 0], ["size", 1, 0]], "message": "the same length"},
                {"divisible": [["stride", 0, 0], 8]},
            ],
            "grid": [["min", ["sm_count"], ["ceildiv", ["size", 0, 0], 64]], 1, 1],
            "block": [128, 1, 1],
            "cluster": [1, 1, 1],
            "shared_memory": 1024,
            "parameters": [],
        }
    ],
}
PARAMETERS = [
    {
        "kind": "tensor_map", "argument": 0, "dims": [2, 0, 1], "box": [64, 64, 1],
        "swizzle": "128B", "l2_promotion": "256B", "element": "f16",
    },
    {"kind": "pointer", "argument": 1},
    {"kind": "size", "argument": 0, "dim": 0, "type": "i64"},
    {"kind": "stride", "argument": 0, "dim": 0, "type": "i32"},
    {"kind": "expression", "value": ["add", 1, ["size", 0, 1]], "type": "i32"},
]  # fmt: skip


def places(value, path=()):
    """The paths to all values of a JSON document."""
    yield path
    if isinstance(value, (dict, list)):
        keys = value if isinstance(value, dict) else range(len(value))
        for key in keys:
            yield from places(value[key], path + (key,))


def change(rng, document):
    """Replaces, drops or repeats one value."""
    paths = list(places(document))[1:]
    if not paths:
        return
    path = rng.choice(paths)
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    kind = rng.randrange(4)
    if kind == 0:
        del holder[path[-1]]
    elif kind == 1 and isinstance(holder, list):
        holder.append(holder[path[-1]])
    elif kind == 2 and isinstance(holder, dict):
        holder[rng.choice(["", "unknown", "entry", "shape"])] = holder[path[-1]]
    else:
        holder[path[-1]] = rng.choice(
            generator.NUMBERS
            + [None, True, "", "x", "../k.ptx", 1.5, 1e308, [], {}, [[]], "sm_100a"]
            + [["size", 0, 0], ["size", 9, 9], ["add", 1], ["mod", 1, 0], ["none", 1]]
            + [["mul", 9223372036854775807, 2], ["ceildiv", ["size", 0, 0], -1]]
        )


def manifest_case(rng, tools, corpus):
    document = json.loads(json.dumps(MANIFEST))
    if rng.random() < 0.5:
        # The driver then finds other parameters in the image.
        document["kernels"][0]["parameters"] = json.loads(json.dumps(PARAMETERS))
    for _ in range(rng.choice([0, 0, 1, 1, 1, 2, 4])):
        change(rng, document)
    text = json.dumps(document)
    for _ in range(rng.choice([0, 0, 0, 1, 3])):
        at = rng.randrange(len(text) + 1)
        damage = rng.choice(['"', "{", "[", "]", ",", "\\", "\0", "-", "e", "\ud7ff", ""])
        text = text[:at] + damage + text[at + rng.choice([0, 1, 20]) :]
    if rng.random() < 0.02:
        text = "[" * 100000
    if rng.random() < 0.02:
        nested = '["add",1,' * 5000 + "1" + "]" * 5000
        text = text.replace('["sm_count"]', nested)
    command = [os.path.join(tools, "fa3-launch"), "k.json", "--arg=random:64x4x64:1"]
    command += ["--arg=empty:64x4x64", "--out=1=out.npy"]
    environment = {}
    # Without this driver there is none on most machines.
    fake = os.path.join(tools, "../test/Unit/Runtime/libFA3FakeCuda.so")
    if rng.random() < 0.9 and os.path.exists(fake):
        environment["FA3_LIBCUDA"] = os.path.abspath(fake)
    return Case(
        command,
        {"k.json": text.encode("utf-8", "surrogatepass"), "k.ptx": b".version 8.0\n"},
        ["out.npy"],
        environment,
    )


# For each: how to make a case, and how many of them stand against 100 of fa3-opt,
# of which a process takes many at once.
TARGETS = {
    "compile": (compile_case, 20),
    "run": (run_case, 5),
    "npy": (npy_case, 20),
    "manifest": (manifest_case, 50),
}


def make_case(target, seed, number, tools, corpus):
    rng = random.Random(f"{target} {seed} {number}")
    return TARGETS[target][0](rng, tools, corpus)
