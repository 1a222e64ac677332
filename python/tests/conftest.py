# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tests of the installed package. Those that need PyTorch, ptxas or a GPU are skipped
where there is none."""

import os
import tempfile

import pytest

# Before fa3 is imported: no test uses or fills the user's cache.
os.environ["FA3_CACHE_DIR"] = tempfile.mkdtemp(prefix="fa3-tests-")

import fa3  # noqa: E402

needs_ptxas = pytest.mark.skipif(fa3.find_ptxas() is None, reason="no ptxas")


@pytest.fixture
def generator():
    import numpy

    return numpy.random.default_rng(7)
