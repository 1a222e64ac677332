# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The kernels of fa3.attention in this process."""

from __future__ import annotations

import os

from ._library import Library

library = Library()
os.register_at_fork(after_in_child=library.renew_locks)
