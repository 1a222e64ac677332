# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The kernels in memory: threads that need them, what the compiler refuses, and
processes that fork."""

import concurrent.futures
import os
import stat
import textwrap
import threading
import types

import fa3
import fa3._library
import pytest

from conftest import needs_ptxas
from fa3._cache import CachedKernel, DiskCache
from fa3._library import Case, Library, Sizes
from fa3._regions import NONE

SIZES = Sizes(1, 512, 512)
SECONDS = 60.0  # after which a thread is taken to wait forever


def make_case(head_dim=64, regions=NONE):
    return Case(
        "float16", 4, 2, head_dim, head_dim, False, (None, None), None, False, regions
    )


# A score is no index, which no trace makes it.
REFUSED = make_case(
    regions=NONE._replace(
        score="^bb0(%score: f32, %b: index, %h: index, %i: index, %j: index):\n"
        "  attn.yield %i : index\n"
    )
)


@pytest.fixture
def library():
    return Library(DiskCache(size=0))


@pytest.fixture
def compiler(monkeypatch):
    """The compiler and the GPU replaced: what a test does not set is at once there."""
    fake = types.SimpleNamespace(
        lower=lambda case, sizes: f"{case} {sizes}", compile=lambda *_: CachedKernel("", b"")
    )
    gpu = types.SimpleNamespace(
        GPUKernel=lambda *_: object(), version=fa3._library._fa3.version
    )
    monkeypatch.setattr(fa3._library, "_fa3", gpu)
    monkeypatch.setattr(fa3._library, "lower_to_tiles", lambda *a: fake.lower(*a))
    monkeypatch.setattr(fa3._library, "compile_case", lambda *a: fake.compile(*a))
    return fake


def in_threads(*calls):
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        futures = [pool.submit(call) for call in calls]
        return [future.result(SECONDS) for future in futures]


#===----------------------------------------------------------------------===#
# Threads
#===----------------------------------------------------------------------===#


def test_threads_compile_a_kernel_once(library):
    barrier = threading.Barrier(6)

    def get():
        barrier.wait(SECONDS)
        return library.cpu(make_case())

    kernels = in_threads(*[get] * 6)
    assert all(kernel is kernels[0] for kernel in kernels)
    assert library.compilations == 1


def test_threads_compile_different_kernels_at_once(library, compiler):
    both = threading.Barrier(2)  # broken where one waits for the other

    def compile(*_):
        both.wait(SECONDS)
        return CachedKernel("", b"")

    compiler.compile = compile
    kernels = in_threads(
        lambda: library.gpu(make_case(64), SIZES, 0),
        lambda: library.gpu(make_case(128), SIZES, 0),
    )
    assert kernels[0] is not kernels[1]
    assert library.compilations == 2


def test_sizes_that_share_a_kernel_compile_it_once(library, compiler):
    compiler.lower = lambda case, sizes: "the same"
    barrier = threading.Barrier(2)

    def get(keys):
        barrier.wait(SECONDS)
        return library.gpu(make_case(), Sizes(1, 512, keys), 0)

    kernels = in_threads(lambda: get(512), lambda: get(1024))
    assert kernels[0] is kernels[1]
    assert library.compilations == 1


def test_a_loaded_kernel_is_found_while_another_is_compiled(library, compiler):
    case = make_case()
    loaded = library.gpu(case, SIZES, 0)
    compiles, found = threading.Event(), threading.Event()

    def compile(*_):
        compiles.set()
        assert found.wait(SECONDS)
        return CachedKernel("", b"")

    def find():
        assert compiles.wait(SECONDS)
        kernels = library.gpu(case, SIZES, 0), library.any_loaded(case, 0)
        found.set()
        return kernels

    compiler.compile = compile
    _, kernels = in_threads(lambda: library.gpu(make_case(128), SIZES, 0), find)
    assert kernels == (loaded, loaded)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_process_that_is_forked_while_a_kernel_is_compiled():
    """What other threads hold, they never let go of in the child."""
    from fa3._shared import library

    compiles, done = threading.Event(), threading.Event()

    def make():
        compiles.set()
        assert done.wait(SECONDS)

    thread = threading.Thread(target=library._get, args=(("forked",), make))
    thread.start()
    assert compiles.wait(SECONDS)
    child = os.fork()
    if child == 0:
        try:
            got = threading.Thread(
                target=library._get, args=(("forked",), lambda: os._exit(0)), daemon=True
            )
            got.start()
            got.join(SECONDS / 2)
        finally:
            os._exit(1)
    done.set()
    thread.join()
    assert os.waitpid(child, 0)[1] == 0


#===----------------------------------------------------------------------===#
# Refusals
#===----------------------------------------------------------------------===#


def refuse(get):
    with pytest.raises(fa3.CompileError) as caught:
        get()
    return caught.value


def test_what_the_cpu_refuses_is_compiled_once(library):
    errors = [refuse(lambda: library.cpu(REFUSED)) for _ in range(2)]
    assert "but got 'index'" in str(errors[0])
    assert errors[0].diagnostics == errors[1].diagnostics
    assert errors[0] is not errors[1]  # whose traceback would hold tensors
    assert library.compilations == 1


def test_what_the_compiler_refuses_is_compiled_once(library, monkeypatch):
    lowered = []
    lower = fa3._library.lower_to_tiles
    monkeypatch.setattr(
        fa3._library, "lower_to_tiles", lambda *a: lowered.append(a) or lower(*a)
    )
    errors = [refuse(lambda: library.compile(REFUSED, SIZES)) for _ in range(2)]
    assert errors[0].diagnostics == errors[1].diagnostics != ""
    assert len(lowered) == 1
    refuse(lambda: library.compile(REFUSED, Sizes(1, 512, 1024)))
    assert len(lowered) == 2


@pytest.mark.parametrize(
    "diagnostics, times",
    [
        ("<fa3.attention>:7:3: error: expected that\nnote: the module is\n", 1),
        ("<unknown>:0: error: '/bin/ptxas' failed: killed\n", 2),
        ("<fa3.attention>:7:3: warning: that\n<unknown>:0: error: disk full\n", 2),
    ],
)
def test_what_is_refused_below_the_tiles(library, compiler, diagnostics, times):
    def compile(*_):
        raise fa3.CompileError(diagnostics)

    compiler.compile = compile
    for _ in range(2):
        error = refuse(lambda: library.gpu(make_case(), SIZES, 0))
        assert error.diagnostics == diagnostics
    assert library.compilations == times


@needs_ptxas
def test_an_assembler_that_was_killed_runs_again(library, monkeypatch, tmp_path):
    program, flag = tmp_path / "ptxas", tmp_path / "was-killed"
    program.write_text(
        textwrap.dedent(
            f"""\
            #!/bin/sh
            case "$*" in *arch*)
              if [ ! -e '{flag}' ]; then : > '{flag}'; kill -9 $$; fi ;;
            esac
            exec '{fa3.find_ptxas()[0]}' "$@"
            """
        )
    )
    program.chmod(stat.S_IRWXU)
    monkeypatch.setenv("FA3_PTXAS", str(program))
    error = refuse(lambda: library.compile(make_case(), SIZES))
    assert f"'{program}' failed" in str(error)
    assert library.compile(make_case(), SIZES).image.startswith(b"\x7fELF")
