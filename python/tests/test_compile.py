# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiling operations and modules, and looking at what lies between."""

import os
import re
import subprocess
import sys

import fa3
import numpy as np
import pytest

from conftest import needs_ptxas

MODULE = """
func.func @mine(%q: memref<?x?x4x64xf16>, %k: memref<?x?x4x64xf16>,
                %v: memref<?x?x4x64xf16>, %o: memref<?x?x4x64xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x4x64xf16>, memref<?x?x4x64xf16>,
                   memref<?x?x4x64xf16>)
               outs(%o : memref<?x?x4x64xf16>) {causal}
  return
}
"""

ATTENTION = fa3.Attention(heads=4, head_dim=64, causal=True)


@pytest.mark.parametrize(
    "level, sign",
    [
        ("attn", "attn.forward"),
        ("tile", "scf.forall"),
        ("async", "hopper.create_channel"),
        ("roles", "hopper.warp_specialize"),
        ("nvvm", "nvvm.kernel"),
        ("llvm-ir", "define ptx_kernel void @attention"),
        ("ptx", ".target sm_90a"),
    ],
)
def test_every_level_is_text(level, sign):
    assert sign in fa3.lower(ATTENTION, level)


def test_functions_for_the_gpu():
    values = np.ones(4, np.float32)

    def score_mod(s, b, h, i, j):
        return s + values[b * 8 + h] + (i * j) * 0.5 + (j >> 2)

    ptx = fa3.lower(fa3.Attention(heads=4, head_dim=64, score_mod=score_mod), "ptx")
    assert "cvt.rn.f32.s64" in ptx  # a product of coordinates


def test_a_level_is_where_to_go_on():
    roles = fa3.lower(ATTENTION, "roles")
    assert fa3.lower(roles, "ptx") == fa3.lower(ATTENTION, "ptx")


def test_options_of_the_pipeline():
    assert "hopper.schedule" not in fa3.lower(ATTENTION, "roles")
    assert fa3.lower(ATTENTION, "roles", options="pipeline=false") != fa3.lower(
        ATTENTION, "roles"
    )
    with pytest.raises(fa3.CompileError, match="expected options of attn-to-hopper"):
        fa3.lower(ATTENTION, "roles", options="depth=3")


def test_ptx_needs_no_ptxas():
    kernel = fa3.compile(MODULE, level="ptx", ptxas="/no/such/ptxas")
    assert kernel.cubin is None and kernel.level == "ptx"
    assert ".entry mine" in kernel.ptx
    assert kernel.manifest["kernels"][0]["entry"] == "mine"
    assert "threads" in kernel.summary
    assert "scf.forall" in kernel.ir("tile")


@needs_ptxas
def test_the_ir_of_a_kernel_that_ran_out_of_registers():
    op = fa3.Attention(heads=8, head_dim=128, causal=True)
    kernel = fa3.compile(op)
    added = kernel.manifest["kernels"][0]["resources"].get("added_options", "")
    if not added:  # this ptxas finds registers enough
        pytest.skip("no options were added")
    assert added in kernel.summary
    assert kernel.ir("tile") == fa3.lower(op, "tile", options=added)
    assert kernel.ir("tile") != fa3.lower(op, "tile")


@needs_ptxas
def test_a_cubin_and_its_resources():
    kernel = fa3.compile(ATTENTION)
    assert kernel.cubin.startswith(b"\x7fELF")
    resources = kernel.resources["attention"]
    assert resources["spill_stores"] == 0
    assert 0 < resources["registers"] <= 255
    assert 0 < resources["shared_memory"] <= 232448
    assert re.search(r"registers at entry +\d+", kernel.summary)
    assert "ptxas" in kernel.summary


def test_no_ptxas(monkeypatch, tmp_path):
    code = """
import fa3
assert fa3.find_ptxas() is None
try:
    fa3.compile(fa3.Attention(heads=4, head_dim=64))
except fa3.CompileError as error:
    print(error.diagnostics)
"""
    # A PATH with nothing on it; toolkits are also looked for in fixed places.
    if os.path.exists("/usr/local/cuda/bin/ptxas"):
        code = code.replace("fa3.compile(", "fa3.compile(ptxas='/no', source=")
        code = code.replace("assert fa3.find_ptxas() is None\n", "")
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "PATH": str(tmp_path)},
    )
    assert "expected ptxas of CUDA 12.7 or newer" in result.stdout
    assert "pip install fa3[ptxas]" in result.stdout


#===----------------------------------------------------------------------===#
# Errors carry the diagnostics
#===----------------------------------------------------------------------===#


def test_what_does_not_parse():
    with pytest.raises(fa3.CompileError) as info:
        fa3.compile("func.func @f(", name="mine.mlir")
    assert re.match(r"mine\.mlir:1:\d+: error: expected", info.value.diagnostics)
    assert isinstance(info.value, fa3.Error)


def test_what_does_not_verify():
    with pytest.raises(fa3.CompileError, match=r"<fa3>:4:\d+: error: 'attn.forward' op"):
        fa3.lower(MODULE.replace("4x64", "4x60"), "tile")


def test_what_does_not_fit():
    config = "tile = 128x256, stages = 8, consumers = 2, registers = 24x240"
    with pytest.raises(fa3.CompileError, match="at most 232448 bytes of shared memory"):
        fa3.lower(fa3.Attention(heads=1, head_dim=64, config=config), "tile")


def test_no_kernel_of_that_name():
    with pytest.raises(fa3.CompileError, match="mine"):
        fa3.compile(MODULE, level="ptx", entry="yours")


def test_wrong_arguments():
    with pytest.raises(TypeError, match="the text of a module or an fa3.Attention"):
        fa3.compile(3)
    with pytest.raises(ValueError, match='level "ptx" or "cubin", but got \'tile\''):
        fa3.compile(MODULE, level="tile")
    with pytest.raises(ValueError, match="a level of attn, tile, .*, ptx, which are text, but"):
        fa3.lower(MODULE, "bottom")
    with pytest.raises(ValueError, match="got 'cubin'; `fa3.compile` gives a cubin"):
        fa3.lower(MODULE, "cubin")
    with pytest.raises(ValueError, match="target of sm_90a, cpu"):
        fa3.compile(MODULE, target="sm_80")
    with pytest.raises(ValueError, match="opt_level to be 0 to 3"):
        fa3.compile(MODULE, level="ptx", opt_level=7)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"heads": 4.0}, "heads to be an integer, but got 4.0"),
        ({"heads": True}, "heads to be an integer, but got True"),
        ({"heads": None}, "heads to be an integer, but got None"),
        ({"head_dim": "64"}, "head_dim to be an integer, but got '64'"),
        ({"kv_heads": 2.0}, "kv_heads to be an integer, but got 2.0"),
        ({"value_dim": 64.0}, "value_dim to be an integer, but got 64.0"),
        ({"causal": "no"}, "causal to be a bool, but got 'no'"),
        ({"lse": 1}, "lse to be a bool, but got 1"),
        ({"scale": "0.3"}, "scale to be a number, but got '0.3'"),
        ({"score_mod": 3}, "score_mod to be a function, but got int"),
    ],
)
def test_operations_of_wrong_types(options, message):
    with pytest.raises(TypeError, match=message):
        fa3.Attention(**{"heads": 4, "head_dim": 64, **options})


@pytest.mark.parametrize(
    "options, message",
    [
        ({"heads": 4, "head_dim": 60}, "head_dim to be a multiple of 8"),
        ({"heads": 4, "head_dim": 64, "value_dim": 264}, "value_dim to be a multiple"),
        ({"heads": 4, "head_dim": 64, "kv_heads": 3}, "to divide that of q"),
        ({"heads": 0, "head_dim": 64}, "q, k and v to have heads, but got 0 of q"),
        ({"heads": 4, "head_dim": 64, "dtype": "float32"}, "dtype of float16, bfloat16"),
        ({"heads": 4, "head_dim": 64, "window": (-3, 0)}, "sides of window"),
        ({"heads": 4, "head_dim": 64, "scale": float("inf")}, "scale to be finite"),
    ],
)
def test_wrong_operations(options, message):
    with pytest.raises(ValueError, match=message):
        fa3.Attention(**options)


@pytest.mark.parametrize(
    "options, error, message",
    [
        ({"opt_level": "3"}, TypeError, "opt_level to be an integer, but got '3'"),
        ({"opt_level": 4}, ValueError, "opt_level to be 0 to 3, but got 4"),
        ({"options": 3}, TypeError, "options to be a str, but got 3"),
        ({"entry": None}, TypeError, "entry to be a str, but got None"),
        ({"allow_spills": 1}, TypeError, "allow_spills to be a bool, but got 1"),
        ({"ptxas": 5}, TypeError, "ptxas to be a path, but got 5"),
        ({"target": "sm_80"}, ValueError, "target of sm_90a, cpu, but got 'sm_80'"),
        ({"target": "cpu", "level": "ptx"}, ValueError, 'no level with target="cpu"'),
        ({"target": "cpu", "opt_level": 2, "ptxas": "p"}, ValueError, "no opt_level, ptxas"),
    ],
)
def test_wrong_options(options, error, message):
    with pytest.raises(error, match=message):
        fa3.compile(ATTENTION, **options)


def test_the_text_of_an_operation():
    text = fa3.Attention(
        heads=8, head_dim=64, dtype="bfloat16", kv_heads=2, value_dim=128, window=(5, -1),
        scale=0.5, lse=True,
        config="tile = 128x128, stages = 2, consumers = 2, registers = 24x240",
        mask_mod=lambda b, h, i, j: i >= j,
    ).ir()
    for part in (
        "%q: memref<?x?x8x64xbf16, strided<[?, ?, ?, 1]>>",
        "%v: memref<?x?x2x128xbf16",
        "%o: memref<?x?x8x128xbf16>",
        "%lse: memref<?x8x?xf32>",
        "window = #attn.window<left = 5>",
        "scale = 5.000000000e-01 : f32",
        "config = #attn.config<tile = 128x128",
        "mask {",
    ):
        assert part in text
    assert "attn.forward" in fa3.lower(text, "attn")
