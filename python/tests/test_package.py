# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the installed package is made of."""

import importlib.metadata
import importlib.util
import pathlib
import subprocess
import sys

import fa3
import pytest

FOLDER = pathlib.Path(fa3.__file__).parent


def run(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout


def test_versions_agree():
    try:
        installed = importlib.metadata.version("fa3")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("fa3 is not installed")
    assert installed == fa3.__version__


def test_nothing_else_is_imported():
    code = "import sys, fa3; print([m for m in ('torch', 'numpy', 'jax') if m in sys.modules])"
    assert run(code).strip() == "[]"


def test_it_has_types():
    assert (FOLDER / "py.typed").exists()
    stub = (FOLDER / "_fa3.pyi").read_text()
    for name in ("class GPUKernel", "class CPUKernel", "def compile("):
        assert name in stub


def test_users_see_documented_names_only():
    for name in fa3.__all__:
        if name != "LEVELS":
            assert getattr(fa3, name).__doc__, name


def test_the_types_hold():
    code = (
        "import fa3\n"
        "kernel = fa3.compile(fa3.Attention(heads=4, head_dim=64))\n"
        "kernel.launch(stream=0)\n"
        "fa3.compile('', target='cpu').launch()\n"
        "ptx: str = fa3.compile('', target='sm_90a', level='ptx').ptx\n"
        "either: fa3.Kernel | fa3.CPUKernel = fa3.compile('', target=str(ptx))\n"
        "text: str = fa3.lower('', 'tile')\n"
        "out, lse = fa3.attention(1, 2, 3, window=[1, None], return_lse=True)\n"
        "mod = fa3.attention(1, 2, 3, score_mod=lambda s, b, h, i, j: s + j)\n"
        "text = kernel.ptx\n"
        "image: bytes | None = kernel.cubin\n"
    )
    check_types("--strict", "-c", code)


def test_the_types_of_arrays_are_kept():
    pytest.importorskip("numpy")
    code = (
        "import fa3, numpy as np\n"
        "def attend(q: np.ndarray) -> np.ndarray:\n"
        "    return fa3.attention(q, q, q, causal=True)\n"
        "def both(q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:\n"
        "    return fa3.attention(q, q, q, return_lse=True)\n"
    )
    check_types("--strict", "--allow-any-generics", "-c", code)


def test_the_types_hold_inside():
    pytest.importorskip("torch")
    check_types("-p", "fa3")


def check_types(*arguments):
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("no mypy")
    result = subprocess.run(
        [sys.executable, "-m", "mypy", *arguments], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout


def test_symbols_of_llvm_stay_inside():
    library = next(FOLDER.glob("libfa3*.so*"), None)
    if library is None:
        pytest.skip("fa3 is not installed")
    try:
        listing = subprocess.run(
            ["nm", "-D", "--defined-only", library], capture_output=True, text=True,
            check=True,
        ).stdout
    except FileNotFoundError:
        pytest.skip("no nm")
    names = [line.split()[-1] for line in listing.splitlines()]
    assert names
    assert [name for name in names if not name.startswith("fa3")] == []


@pytest.mark.parametrize("first, second", [("fa3", "torch"), ("torch", "fa3")])
def test_beside_the_llvm_of_pytorch(first, second):
    pytest.importorskip("torch")
    # Triton brings an LLVM of its own; both must work in one process.
    code = f"""
import {first}
import {second}
try:
    import triton._C.libtriton
except ImportError:
    pass
print(len(fa3.lower(fa3.Attention(heads=2, head_dim=64), "ptx")))
"""
    assert int(run(code)) > 1000
