# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The example runs from its first cell to its last."""

import pathlib
import runpy

import pytest

EXAMPLE = pathlib.Path(__file__).parents[1] / "examples" / "attention.py"


def test_example(capsys):
    pytest.importorskip("torch")
    names = runpy.run_path(str(EXAMPLE))
    printed = capsys.readouterr().out
    assert "use where(condition, a, b) for if" in printed
    assert "attn.forward" in printed
    assert names["out"].shape == names["q"].shape
