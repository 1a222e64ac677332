# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The exceptions of the package. Arguments of the wrong kind or value are
`TypeError` and `ValueError`, as everywhere in Python."""

from __future__ import annotations

# fa3_status of fa3/Runtime/fa3_runtime.h.
_STATUS = {
    1: "invalid argument",
    2: "invalid manifest",
    3: "input or output",
    4: "no driver",
    5: "no device",
    6: "unsupported device",
    7: "driver",
}


class Error(Exception):
    """The base of the exceptions of this package."""


class CompileError(Error):
    """The compiler refused a module.

    Attributes:
      diagnostics: what it said, a line for each message and each note:
        ``file:line:column: error: message``.
    """

    def __init__(self, diagnostics: str):
        super().__init__(diagnostics.strip() or "the compiler gave no reason")
        self.diagnostics = diagnostics


class TraceError(Error):
    """A score_mod or mask_mod cannot be turned into operations of a kernel."""


class LaunchError(Error):
    """The runtime refused a kernel, its arguments or the device.

    Attributes:
      status: what kind of error it is, such as "invalid argument" or "no device".
    """

    # Copies are made by the message alone, and get the other attributes behind.
    def __init__(self, message: str, status: int = 0):
        super().__init__(message)
        self.status = _STATUS.get(status, "unknown")


class CacheWarning(UserWarning):
    """The kernel cache on disk cannot be used, or a file of it; the call goes on
    without."""
