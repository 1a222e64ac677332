# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The kernel cache on disk: what spoils it, who shares it, how large it grows."""

import json
import os
import pathlib
import subprocess
import sys
import textwrap
import threading
import time
import warnings

import fa3
import numpy as np
import pytest

from conftest import needs_ptxas
from fa3._cache import CachedKernel, DiskCache, parse_size
from fa3._library import Case, Library, Sizes, compile_case, make_key
from fa3._regions import NONE, trace_regions

KERNEL = CachedKernel('{"a": "ü"}', b"\x7fELF" + bytes(range(256)))


def test_what_is_put_is_found(tmp_path):
    cache = DiskCache(tmp_path / "new" / "folder", 1 << 20)
    assert cache.get("key") is None
    cache.put("key", KERNEL)
    assert cache.get("key") == KERNEL
    assert cache.get("another key") is None
    # Another process sees the same.
    assert DiskCache(cache.folder, 1 << 20).get("key") == KERNEL
    assert cache.folder.stat().st_mode & 0o077 == 0


def damage_end(content):
    return content[:-1] + bytes([content[-1] ^ 1])


def replace_header(header, content):
    magic, _, payload = content.split(b"\n", 2)
    return b"\n".join((magic, header, payload))


@pytest.mark.parametrize(
    "damage, reason",
    [
        (damage_end, "it is damaged"),
        (lambda content: content[:-10], "it is damaged"),
        (lambda content: content + b"x", "it is damaged"),
        (lambda content: b"", "not a kernel that this version of fa3 wrote"),
        (lambda content: b"\x7fELF and more", "not a kernel that this version"),
        (lambda content: content.replace(b'"image"', b'"magic"'), "header is damaged"),
        (lambda content: content.replace(b"{", b"[", 1), "header is damaged"),
        (lambda content: content[:14], "header is damaged"),
        (lambda content: replace_header(b'{"key": 1e999}', content), "header is damaged"),
        (lambda content: replace_header(b"[" * 200_000, content), "header is damaged"),
    ],
)
def test_a_damaged_file_is_a_miss(tmp_path, damage, reason):
    cache = DiskCache(tmp_path, 1 << 20)
    cache.put("key", KERNEL)
    path = cache.path("key")
    path.write_bytes(damage(path.read_bytes()))
    with pytest.warns(fa3.CacheWarning, match=reason):
        assert cache.get("key") is None
    # The next one that is compiled takes its place.
    cache.put("key", KERNEL)
    assert cache.get("key") == KERNEL


@pytest.mark.parametrize(
    "make, reason",
    [(os.mkfifo, "it is no file"), (os.mkdir, "Is a directory")],
)
def test_what_is_no_file_is_a_miss(tmp_path, make, reason):
    make(DiskCache(tmp_path).path("key"))
    cache = DiskCache(tmp_path, 1)  # so small that putting a kernel evicts
    with pytest.warns(fa3.CacheWarning, match=reason):
        assert cache.get("key") is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cache.put("other", KERNEL)


def test_a_file_under_the_wrong_name_is_a_miss(tmp_path):
    cache = DiskCache(tmp_path, 1 << 20)
    cache.put("key", KERNEL)
    os.rename(cache.path("key"), cache.path("other"))
    with pytest.warns(fa3.CacheWarning, match="it belongs to another kernel"):
        assert cache.get("other") is None


def test_a_file_of_another_user_is_a_miss(tmp_path, monkeypatch):
    cache = DiskCache(tmp_path, 1 << 20)
    cache.put("key", KERNEL)
    if os.geteuid() == 0:
        os.chown(cache.path("key"), 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.warns(fa3.CacheWarning, match="it belongs to another user"):
        assert cache.get("key") is None


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    cache = DiskCache(tmp_path / "file" / "cache", 1 << 20)
    with pytest.warns(fa3.CacheWarning, match="kernels are kept in memory only"):
        with cache.lock("key"):
            pass
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # it is said once
        cache.put("key", KERNEL)
        with cache.lock("key"):
            pass


def test_a_read_only_folder_is_read(tmp_path):
    DiskCache(tmp_path, 1 << 20).put("key", KERNEL)
    tmp_path.chmod(0o500)
    try:
        cache = DiskCache(tmp_path, 1 << 20)
        assert cache.get("key") == KERNEL
        if os.geteuid() == 0:
            pytest.skip("root writes to every folder")
        with pytest.warns(fa3.CacheWarning, match="FA3_CACHE_DIR"):
            cache.put("other", KERNEL)
    finally:
        tmp_path.chmod(0o700)


def test_the_oldest_go_first(tmp_path):
    DiskCache(tmp_path, 1 << 20).put("a", KERNEL)
    size = DiskCache(tmp_path).path("a").stat().st_size
    cache = DiskCache(tmp_path, 3 * size)
    for number, key in enumerate("abc"):
        cache.put(key, KERNEL)
        os.utime(cache.path(key), (1000 + number, 1000 + number))
    assert cache.get("a") == KERNEL  # used last now
    cache.put("d", KERNEL)
    assert [key for key in "abcd" if cache.path(key).exists()] == ["a", "c", "d"]


def test_what_a_killed_process_left_goes(tmp_path):
    old, new = tmp_path / ".tmp-old", tmp_path / ".tmp-new"
    for path in (old, new):
        path.write_bytes(b"x")
    os.utime(old, (1000, 1000))
    DiskCache(tmp_path, 1 << 20).put("key", KERNEL)
    assert not old.exists() and new.exists()


def test_a_size_of_zero_turns_it_off(tmp_path):
    cache = DiskCache(tmp_path / "none", 0)
    cache.put("key", KERNEL)
    with cache.lock("key"):
        assert cache.get("key") is None
    assert not cache.folder.exists()


def test_sizes():
    assert parse_size("1000") == 1000
    assert parse_size("2k") == 2048
    assert parse_size("1G") == 1 << 30
    for text in ("", "many", "-1", "1T", "²", "٣", "1²K", "9" * 5000):
        with pytest.raises(ValueError, match="FA3_CACHE_SIZE"):
            parse_size(text)


def test_a_folder_of_nobody(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FA3_CACHE_DIR", "~no_such_user/x")
    with pytest.warns(fa3.CacheWarning, match="'~no_such_user/x' of a user who is not"):
        cache = DiskCache()
    cache.put("key", KERNEL)
    with cache.lock("key"):
        assert cache.get("key") is None
    assert list(tmp_path.iterdir()) == []


def test_the_folder(monkeypatch):
    monkeypatch.setenv("HOME", "/home/of/mine")
    monkeypatch.setenv("FA3_CACHE_DIR", "~/x")
    assert str(DiskCache().folder) == "/home/of/mine/x"
    monkeypatch.setenv("FA3_CACHE_DIR", "/y")
    assert str(DiskCache().folder) == "/y"
    monkeypatch.delenv("FA3_CACHE_DIR")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert str(DiskCache().folder) == "/home/of/mine/.cache/fa3"
    monkeypatch.setenv("XDG_CACHE_HOME", "/z")
    assert str(DiskCache().folder) == "/z/fa3"


def test_the_key_says_all_that_matters():
    key = make_key("text", ("/usr/bin/ptxas", 13000))
    assert key != make_key("text ", ("/usr/bin/ptxas", 13000))
    assert key != make_key("text", ("/usr/bin/ptxas", 12090))
    assert key != make_key("text", None)
    assert fa3.__version__ in key


def test_a_lock_is_waited_for(tmp_path):
    cache = DiskCache(tmp_path, 1 << 20)
    code = f"""
        import pathlib, sys
        from fa3._cache import DiskCache
        with DiskCache(pathlib.Path({str(tmp_path)!r}), 1 << 20).lock("key"):
            print("held", flush=True)
            sys.stdin.readline()
    """
    other = start(code)
    assert other.stdout.readline() == "held\n"
    began = time.monotonic()
    threading.Timer(0.5, other.communicate, ("\n",)).start()
    with cache.lock("key"):
        assert 0.3 < time.monotonic() - began < 20
    assert other.wait() == 0


def start(code, **environment):
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


CASE = """
    from fa3._library import Case, Library, Sizes
    from fa3._regions import NONE
    library = Library()
    case = Case("float16", 2, 2, 64, 64, True, (None, None), None, False, NONE)
    kernel = library.compile(case, Sizes(1, 512, 512))
    print(library.compilations, len(kernel.image))
"""


@needs_ptxas
def test_two_processes_compile_a_kernel_once(tmp_path):
    processes = [start(CASE, FA3_CACHE_DIR=str(tmp_path)) for _ in range(3)]
    results = [process.communicate()[0].split() for process in processes]
    assert sorted(result[0] for result in results) == ["0", "0", "1"]
    assert len({result[1] for result in results}) == 1
    assert len(list(pathlib.Path(tmp_path).glob("*.fa3k"))) == 1


def test_without_ptxas_the_driver_gets_ptx(tmp_path):
    with pytest.warns(UserWarning, match="found no ptxas"):
        kernel = compile_case(make_case(), SIZES, None)
    assert b".target sm_90a" in kernel.image
    assert '"entry": "attention"' in kernel.manifest


def test_an_assembler_that_is_none(monkeypatch):
    """Who names one does not want another."""
    monkeypatch.setenv("FA3_PTXAS", sys.executable)
    with pytest.raises(fa3.CompileError, match="FA3_PTXAS: .*but got another program"):
        Library(DiskCache(size=0)).compile(make_case(), SIZES)


@needs_ptxas
@pytest.mark.parametrize("head_dim", [64, 256])
def test_functions_that_need_many_registers(head_dim):
    def score_mod(s, b, h, i, j):
        near = s + s.sigmoid() * (i - j).abs().sqrt() / 16
        return np.where((i + j) % 3 == 0, near, s - (i & 3) * 0.25 + np.exp(-abs(s)))

    def mask_mod(b, h, i, j):
        return (i >= j) & ~((j > 5) & (i - j > 200))

    case = make_case(head_dim, trace_regions(score_mod, mask_mod))
    if head_dim == 256:  # at 64, some versions of ptxas find registers enough
        with pytest.raises(fa3.CompileError, match="without spills"):
            fa3.compile(case.ir())
    kernel = compile_case(case, SIZES, fa3.find_ptxas())
    assert kernel.image.startswith(b"\x7fELF")
    resources = json.loads(kernel.manifest)["kernels"][0]["resources"]
    assert resources["spill_stores"] == 0


SIZES = Sizes(1, 512, 512)


def make_case(head_dim=64, regions=NONE):
    return Case(
        "float16", 8, 2, head_dim, head_dim, False, (None, None), None, True, regions
    )
