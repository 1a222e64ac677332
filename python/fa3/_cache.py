# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiled kernels on disk, shared by all processes of a user.

A kernel is one file, named by a hash of its key, which is all that the kernel
depends on as text. Files appear by a rename, so that a reader sees a whole one or
none; what it reads is checked all the same. Whatever is wrong with the folder or a
file costs a compilation and a warning, never a call.

Environment: FA3_CACHE_DIR is the folder, by default $XDG_CACHE_HOME/fa3 or
~/.cache/fa3. FA3_CACHE_SIZE bounds its size, by default 1G; 0 turns it off.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import pathlib
import stat
import tempfile
import time
import warnings
from typing import Iterator, NamedTuple, Optional

from ._errors import CacheWarning

_MAGIC = b"fa3 kernel 1\n"
_SUFFIX = ".fa3k"
_TEMPORARY = ".tmp-"
_DEFAULT_SIZE = "1G"
# How long to wait for another process that compiles the same kernel, and after
# which time a file that was never renamed is nobody's.
_LOCK_SECONDS = 30.0
_POLL_SECONDS = 0.01
_STALE_SECONDS = 3600.0


class CachedKernel(NamedTuple):
    """What it takes to load a kernel."""

    manifest: str
    image: bytes


def parse_size(text: str) -> int:
    """Bytes of "256M" and the like.

    Raises:
      ValueError: it is none.
    """
    units = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
    number, unit = text.strip(), 1
    if number[-1:].upper() in units:
        number, unit = number[:-1], units[number[-1].upper()]
    # More digits than any size has, int() would refuse in other words.
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        raise ValueError(
            "expected FA3_CACHE_SIZE to be a number of bytes, or one with K, M or G "
            f"behind it, of at most 18 digits, but got {text[:40]!r}"
        )
    return int(number) * unit


def default_folder() -> pathlib.Path:
    folder = os.environ.get("FA3_CACHE_DIR")
    if not folder:
        folder = os.path.join(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "fa3")
    # A shell expands no ~ that stands in quotes.
    return pathlib.Path(os.path.expanduser(folder))


class DiskCache:
    """The kernels in one folder."""

    def __init__(self, folder: Optional[pathlib.Path] = None, size: Optional[int] = None):
        """
        Args:
          folder: where they lie; it is made when it is first needed.
          size: bytes that all of them may have; 0 turns the cache off.
        """
        self.folder = folder or default_folder()
        self._is_writable = False
        self._has_warned = False
        if size is None:
            size = parse_size(os.environ.get("FA3_CACHE_SIZE") or _DEFAULT_SIZE)
        self.size = size
        if str(self.folder).startswith("~"):
            self.size = 0
            self._warn(
                f"expected FA3_CACHE_DIR to name a folder, but got '{self.folder}' of a "
                "user who is not known, so kernels are kept in memory only"
            )
        self._is_writable = self.size > 0

    def path(self, key: str) -> pathlib.Path:
        """The file of a key."""
        return self.folder / (hashlib.sha256(key.encode()).hexdigest() + _SUFFIX)

    def get(self, key: str) -> Optional[CachedKernel]:
        """The kernel of a key, if there is a good one."""
        if self.size == 0:
            return None
        path = self.path(key)
        try:
            with open(path, "rb", opener=_open_at_once) as file:
                status = os.fstat(file.fileno())
                is_file = stat.S_ISREG(status.st_mode)
                content = file.read() if is_file else b""
        except FileNotFoundError:
            return None
        except OSError as error:
            self._warn(f"cannot read '{path}': {error.strerror}")
            return None
        try:
            if not is_file:
                raise ValueError("it is no file")
            if status.st_uid not in (os.geteuid(), 0):
                raise ValueError(f"it belongs to another user, {status.st_uid}")
            kernel = _decode(content, key)
        except ValueError as error:
            self._warn(f"the kernel in '{path}' is not used: {error}")
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # so that it is among the last to be removed
        return kernel

    def put(self, key: str, kernel: CachedKernel) -> None:
        """Keeps a kernel, and removes those that were not used for longest where the
        folder grows too large."""
        if not self._is_writable:
            return
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(prefix=_TEMPORARY, dir=self.folder)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(_encode(kernel, key))
                os.replace(temporary, self.path(key))
            except BaseException:
                os.unlink(temporary)
                raise
            self._evict()
        except OSError as error:
            self._give_up(error)

    @contextlib.contextmanager
    def lock(self, key: str) -> Iterator[None]:
        """Held by whoever compiles a kernel, so that others wait for it instead of
        doing the same. Without effect where the folder cannot be written, and after
        a while: to compile twice is harmless."""
        descriptor = None
        if self._is_writable:
            # 256 files for all keys, which are never removed: to remove one that
            # another process is about to lock would split the lock in two.
            name = "lock-" + self.path(key).name[:2]
            try:
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                descriptor = os.open(
                    self.folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
                )
                _acquire(descriptor)
            except OSError as error:
                if descriptor is None:
                    self._give_up(error)
        try:
            yield
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def _evict(self) -> None:
        now = time.time()
        files = []
        for entry in os.scandir(self.folder):
            with contextlib.suppress(FileNotFoundError):  # another process removed it
                status = entry.stat(follow_symlinks=False)
                if not stat.S_ISREG(status.st_mode):
                    continue  # nothing that a cache made
                if entry.name.endswith(_SUFFIX):
                    files.append((status.st_mtime, status.st_size, entry.path))
                elif entry.name.startswith(_TEMPORARY):
                    if now - status.st_mtime > _STALE_SECONDS:
                        os.unlink(entry.path)
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= self.size:
                break
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
            total -= size

    def _give_up(self, error: OSError) -> None:
        self._is_writable = False
        reason = error.strerror or str(error)
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            reason += "; name a folder that can be written in FA3_CACHE_DIR"
        self._warn(
            f"cannot write to '{self.folder}', so kernels are kept in memory only: "
            f"{reason}"
        )

    def _warn(self, message: str) -> None:
        if not self._has_warned:
            warnings.warn(f"fa3: {message}", CacheWarning, stacklevel=2)
        self._has_warned = True


def _open_at_once(path: str, flags: int) -> int:
    """Opens whatever lies there; without the flag, a pipe would be waited for."""
    return os.open(path, flags | os.O_NONBLOCK)


def _acquire(descriptor: int) -> None:
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                return
            time.sleep(_POLL_SECONDS)


def _encode(kernel: CachedKernel, key: str) -> bytes:
    manifest = kernel.manifest.encode()
    payload = key.encode() + manifest + kernel.image
    header = {
        "key": len(key.encode()),
        "manifest": len(manifest),
        "image": len(kernel.image),
        "sha256": hashlib.sha256(payload).hexdigest(),
    }
    return _MAGIC + json.dumps(header).encode() + b"\n" + payload


def _decode(content: bytes, key: str) -> CachedKernel:
    """The kernel in a file. Raises ValueError where it is not the one of the key."""
    if not content.startswith(_MAGIC):
        raise ValueError("it is not a kernel that this version of fa3 wrote")
    line, _, payload = content[len(_MAGIC):].partition(b"\n")
    try:
        header = json.loads(line)
        sizes = [int(header[name]) for name in ("key", "manifest", "image")]
        checksum = header["sha256"]
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise ValueError("its header is damaged") from None
    if len(payload) != sum(sizes) or hashlib.sha256(payload).hexdigest() != checksum:
        raise ValueError("it is damaged")
    if payload[: sizes[0]] != key.encode():
        raise ValueError("it belongs to another kernel")
    manifest = payload[sizes[0] : sizes[0] + sizes[1]].decode()
    return CachedKernel(manifest, payload[sizes[0] + sizes[1] :])
