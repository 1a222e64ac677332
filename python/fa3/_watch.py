# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Notices what a score_mod or mask_mod computes with tensors while it is traced."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from ._errors import TraceError
from ._symbols import is_symbolic

_tensor: Any = Tensor  # whose attributes are typed as if those of an object
# What these give is part of how an array is described.
_DESCRIBED = {
    _tensor.shape.__get__, _tensor.dtype.__get__, _tensor.ndim.__get__, Tensor.size,
    Tensor.dim, Tensor.numel, Tensor.__len__,
}
# What these give is not, but Dynamo guards it where a compiled function reads a tensor.
_GUARDED = {
    _tensor.device.__get__, _tensor.is_cuda.__get__, _tensor.is_cpu.__get__,
    _tensor.layout.__get__, _tensor.requires_grad.__get__, Tensor.stride,
    Tensor.is_contiguous, Tensor.is_floating_point,
}
# What these give of numbers is the same each time.
_FACTORIES = {
    torch.tensor, torch.scalar_tensor, torch.arange, torch.zeros, torch.ones, torch.full,
    torch.linspace, torch.eye,
}
# Those, and others that make tensors of what is none yet.
_MAKERS = _FACTORIES | {torch.as_tensor, torch.asarray}


class Watch(TorchFunctionMode):
    """Notices operations on tensors that give no symbol: the trace then depends on the
    values of tensors, as in `score * cap.item()`, and not only on their types.

    Attributes:
      has_computed: whether there was one.
      operation: the name of the first that gives other than Dynamo guards, or "".
      described: the tensors whose type or shape the function asked for.
    """

    def __init__(self) -> None:
        super().__init__()
        self.has_computed = False
        self.operation = ""
        self.described: list[Any] = []

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        if function in _MAKERS and any(map(is_symbolic, (*args, *(kwargs or {}).values()))):
            raise TraceError(
                f"expected numbers of Python for '{_name(function)}', but got a value of the "
                "kernel, which is a tensor of a single number: use it as it is"
            )
        result = function(*args, **(kwargs or {}))
        is_described = function in _DESCRIBED
        if is_described or function in _GUARDED:
            self.described.append(args[0])
            self.has_computed = self.has_computed or not is_described
        elif not is_symbolic(result) and function not in _FACTORIES:
            self.has_computed = True
            self.operation = self.operation or _name(function)
        return result


def _name(function: Any) -> str:
    """That of an attribute, such as T, is one of its getter."""
    owner = getattr(function, "__self__", None)
    is_getter = getattr(function, "__name__", "") == "__get__"
    return getattr(owner if is_getter else function, "__name__", repr(function))
