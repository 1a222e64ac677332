# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Notices what a score_mod or mask_mod computes with tensors while it is traced."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.overrides import TorchFunctionMode

from ._symbols import is_symbolic

_tensor: Any = Tensor  # whose attributes are typed as if those of an object
# What these give is part of how an array is described.
_DESCRIBED = {
    _tensor.shape.__get__, _tensor.dtype.__get__, _tensor.ndim.__get__, Tensor.size,
    Tensor.dim, Tensor.numel, Tensor.__len__,
}


class Watch(TorchFunctionMode):
    """Notices operations on tensors that give no symbol: the trace then depends on the
    values of tensors, as in `score * cap.item()`, and not only on their types.

    Attributes:
      has_computed: whether there was one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.has_computed = False

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        result = function(*args, **(kwargs or {}))
        if function not in _DESCRIBED and not is_symbolic(result):
            self.has_computed = True
        return result
