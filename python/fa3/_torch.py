# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""fa3.attention on tensors of PyTorch.

In eager mode a call looks its kernel up and launches it. Everywhere else, in
torch.compile, in torch.export and under modes that watch operations, it is the
operation `torch.ops.fa3.attention`, which does the same.
"""

from __future__ import annotations

import functools
import json
import types
from typing import Any, Callable, Optional, Sequence

import torch
from torch._C._functorch import TransformType
from torch._subclasses.fake_tensor import FakeTensor

from . import _fa3
from ._arrays import DTYPES
from ._checks import check_arrays, check_options
from ._errors import LaunchError, TraceError
from ._library import Case, Sizes, size_class
from ._op import check_flag, check_functions
from ._regions import NONE, Regions, trace_constants, trace_regions
from ._shared import library

_fa3.set_dtypes(
    [(getattr(torch, name), code) for name, code in DTYPES.items() if hasattr(torch, name)]
)

# The kernels of cases that were seen before, by what is quick to look at.
_kernels: dict[Any, Any] = {}

_PLAIN = (torch.Tensor, torch.nn.Parameter)


def attention(
    q: Any,
    k: Any,
    v: Any,
    causal: bool,
    window: Any,
    scale: Any,
    score_mod: Any,
    mask_mod: Any,
    return_lse: bool,
) -> Any:
    if torch.compiler.is_compiling():
        return _attention_in_graph(
            q, k, v, causal, window, scale, score_mod, mask_mod, return_lse
        )
    sides, scale = check_options(causal, window, scale, return_lse)
    if score_mod is None and mask_mod is None:
        regions = NONE
    else:
        check_functions(score_mod, mask_mod)
        regions = trace_regions(score_mod, mask_mod)
    if _is_eager(q, k, v, regions.arrays):
        out, lse = _run(q, k, v, causal, sides, scale, regions, return_lse)
    else:
        _check_tensors(q, k, v)
        out, lse = torch.ops.fa3.attention(
            q, k, v, _captured_like(q, regions.arrays), _encode(regions), causal, *sides,
            scale, return_lse,
        )
    return (out, lse) if return_lse else out


def _is_eager(q: Any, k: Any, v: Any, arrays: tuple) -> bool:
    """Whether nothing watches or transforms operations on these tensors, and their
    memory holds what they are."""
    return (
        type(q) in _PLAIN
        and type(k) in _PLAIN
        and type(v) in _PLAIN
        and (q.is_cuda or q.is_cpu)
        and not (q.is_neg() or k.is_neg() or v.is_neg())
        and (not arrays or all([type(array) in _PLAIN for array in arrays]))
        and torch._C._len_torch_dispatch_stack() == 0
        and torch._C._functorch.maybe_current_level() is None
        and torch._C._get_tracing_state() is None
        and torch.autograd.forward_ad._current_level < 0
    )


def _captured_like(q: Any, arrays: Sequence[Any]) -> list[Any]:
    """Arrays that functions read, as the operation takes them: without memory where
    q has none."""
    captured = [_check_captured(array) for array in arrays]
    if isinstance(q, FakeTensor):
        mode = q.fake_mode
        captured = [
            array if isinstance(array, FakeTensor) else mode.from_tensor(array)
            for array in captured
        ]
    return captured


def _run(
    q: Any,
    k: Any,
    v: Any,
    causal: bool,
    sides: tuple[Optional[int], Optional[int]],
    scale: Optional[float],
    regions: Regions,
    return_lse: bool,
) -> tuple[Any, Any]:
    """The output, and the logarithms or None. The options are checked."""
    try:
        batch, length, heads, head_dim = q.shape
        device = q.get_device()
        value_dim = v.shape[3]
        # What else is wrong, the runtime finds.
        key = (
            q.dtype, device, k.get_device(), v.get_device(), heads, k.shape[2],
            head_dim, value_dim, causal, sides, scale, return_lse, regions.score,
            regions.mask, regions.types,
            size_class(batch), size_class(length), size_class(k.shape[1]),
        )
        kernel = _kernels.get(key)
    except (AttributeError, IndexError, RuntimeError, TypeError, ValueError):
        _check(q, k, v)  # has better words for what is wrong
        raise
    if kernel is None:
        kernel, is_chosen = _prepare(q, k, v, causal, sides, scale, regions, return_lse)
        if is_chosen:
            _kernels[key] = kernel
    elif device < 0:
        _check(q, k, v)  # nothing else does on the CPU
    if torch.is_grad_enabled() and (
        q.requires_grad or k.requires_grad or v.requires_grad
    ):
        _refuse_gradients(q, k, v, regions.arrays)
    # Sizes one by one are parsed quicker than a tuple.
    out = torch.empty(
        batch, length, heads, value_dim, dtype=q.dtype, device=q.device
    )
    arguments = [q, k, v, out]
    lse = None
    if return_lse:
        lse = torch.empty(batch, heads, length, dtype=torch.float32, device=q.device)
        arguments.append(lse)
    if regions.arrays:
        regions.check_bounds(
            [array.shape for array in regions.arrays], batch, heads
        )
        for array in regions.arrays:
            packed = _pack(array, q, device)
            if array.requires_grad and torch.is_grad_enabled():
                _refuse_gradients(q, k, v, regions.arrays)
            arguments.append(packed)
    if device < 0:
        kernel.run(*arguments)
        return out, lse
    try:
        stream = torch._C._cuda_getCurrentRawStream(device)
        if kernel.needs_workspace:
            # Of PyTorch's own allocator: it hands the memory out again to what is
            # queued later on this stream, and knows of graphs.
            size = kernel.workspace_size(*arguments)
            space = torch.empty(size, dtype=torch.uint8, device=q.device)
            kernel.launch_with_workspace(stream, space.data_ptr(), size, *arguments)
        else:
            kernel.launch(stream, *arguments)
    except (LaunchError, RuntimeError, TypeError):
        _check(q, k, v)
        raise
    return out, lse


def _refuse_gradients(
    q: Any,
    k: Any,
    v: Any,
    arrays: Sequence[Any],
    find_cause: Callable[[Any], str] = (
        lambda tensor: _REQUIRES_GRAD if tensor.requires_grad else ""
    ),
) -> None:
    """Refuses tensors that have a cause to be differentiated."""
    tensors = [("q", q), ("k", k), ("v", v)]
    tensors += [
        ("what score_mod and mask_mod read", array)
        for array in arrays
        if isinstance(array, torch.Tensor)
    ]
    causes: dict[str, list[str]] = {}
    for name, tensor in tensors:
        cause = find_cause(tensor)
        if cause:
            causes.setdefault(cause, []).append(name)
    if not causes:
        return
    found = ", ".join(
        f"{cause} for {', '.join(dict.fromkeys(names))}" for cause, names in causes.items()
    )
    # Forward mode goes on under torch.no_grad().
    is_forward = _JVP in causes or _DUAL in causes
    first = next(iter(causes.values()))[0]
    detached = f"{first}.detach()" if first in ("q", "k", "v") else "tensor.detach() of it"
    raise NotImplementedError(
        "fa3.attention has no backward yet: expected tensors that need no gradient, but "
        f"got {found}; call it "
        + (f"on {detached}" if is_forward else f"under torch.no_grad(), or on {detached}")
    )


# Why a tensor may be differentiated.
_REQUIRES_GRAD = "requires_grad=True"
_GRAD = "torch.func.grad or vjp"
_JVP = "torch.func.jvp"
_DUAL = "a tangent of torch.autograd.forward_ad"


def _find_tangent(tensor: Any) -> str:
    forward_ad = torch.autograd.forward_ad
    if (
        forward_ad._current_level < 0
        or forward_ad.unpack_dual(tensor).tangent is None
    ):
        return ""
    return _JVP if _is_inside(TransformType.Jvp) else _DUAL


def _find_cause(tensor: Any) -> str:
    if tensor.requires_grad and torch.is_grad_enabled():
        return _GRAD if _is_inside(TransformType.Grad) else _REQUIRES_GRAD
    return _find_tangent(tensor)


def _is_inside(transform: TransformType) -> bool:
    stack = torch._C._functorch.get_interpreter_stack() or ()
    return any(interpreter.key() == transform for interpreter in stack)


# What kernels take as bytes.
_BYTES = (torch.bool, torch.uint8)


def _pack(array: Any, q: Any, device: int) -> Any:
    """An array that a region reads as the kernel takes it: packed, of one element
    where it is a single number, booleans as bytes."""
    if (
        type(array) in _PLAIN
        and array.get_device() == device
        and array.layout is torch.strided
        and array.is_contiguous()
        and array.dtype not in _BYTES
        and not (array.is_neg() or array.is_meta or array.is_nested)
        and array.dim()
    ):
        return array  # as it is: this is on the path of each call
    _check_captured(array)
    if array.get_device() != device or array.is_meta:
        raise ValueError(
            f"expected what score_mod and mask_mod read to be on the device of q, "
            f"{q.device}, but got {array.device}"
        )
    array = array.contiguous().resolve_neg()
    if array.dtype in _BYTES:
        array = array.view(torch.int8)
    return array.view(1) if array.dim() == 0 else array


def _check_captured(array: Any) -> Any:
    if not isinstance(array, torch.Tensor):
        raise TypeError(
            "expected score_mod and mask_mod to read tensors of PyTorch as q is, but "
            f"got {type(array).__name__}"
        )
    _check_dense("what score_mod and mask_mod read", array)
    return array


def _check_dense(name: str, tensor: Any) -> None:
    if tensor.is_nested or tensor.layout is not torch.strided:
        kind = "a nested tensor" if tensor.is_nested else str(tensor.layout)
        raise TypeError(f"expected {name} to be dense, torch.strided, but got {kind}")


def _check_tensors(q: Any, k: Any, v: Any) -> None:
    for name, tensor in (("q", q), ("k", k), ("v", v)):
        if not isinstance(tensor, torch.Tensor):
            raise TypeError(
                f"expected {name} to be a tensor of PyTorch as q is, but got "
                f"{type(tensor).__name__}"
            )
        _check_dense(name, tensor)


def _address(tensor: Any) -> int:
    return tensor.data_ptr()


def _check(q: Any, k: Any, v: Any, address_of: Any = _address) -> None:
    _check_tensors(q, k, v)
    for name, tensor in (("k", k), ("v", v)):
        if tensor.device != q.device:
            raise ValueError(
                f"expected {name} to be on the device of q, {q.device}, but got "
                f"{tensor.device}"
            )
    if q.device.type not in ("cuda", "cpu", "meta"):
        raise ValueError(
            f"expected q, k and v on a CUDA device or on the CPU, but got {q.device}"
        )
    check_arrays(
        q,
        k,
        v,
        name_of_dtype=lambda tensor: str(tensor.dtype).rpartition(".")[2],
        strides_of=lambda tensor: tensor.stride(),
        address_of=address_of if q.device.type == "cuda" else None,
    )


def _prepare(
    q: Any,
    k: Any,
    v: Any,
    causal: bool,
    sides: tuple[Optional[int], Optional[int]],
    scale: Optional[float],
    regions: Regions,
    return_lse: bool,
) -> tuple[Any, bool]:
    """Checks the tensors, and gets a kernel for them; and whether it is the one that is
    chosen for their sizes."""
    _check(q, k, v)
    case = Case(
        str(q.dtype).rpartition(".")[2], q.shape[2], k.shape[2], q.shape[3], v.shape[3],
        causal, sides, scale, return_lse, regions._replace(arrays=()),
    )
    if q.device.type == "cpu":
        return library.cpu(case), True
    device = q.get_device()
    if torch.cuda.is_current_stream_capturing():
        # None is loaded while a graph is captured; one for other sizes is right, too.
        loaded = library.any_loaded(case, device)
        if loaded is None:
            raise RuntimeError(
                "expected the kernel of this case to be loaded before a CUDA graph is "
                "captured; call fa3.attention once on such tensors before"
            )
        return loaded, False
    sizes = Sizes.around(q.shape[0], q.shape[1], k.shape[1])
    return library.gpu(case, sizes, device), True


#===----------------------------------------------------------------------===#
# The operation
#===----------------------------------------------------------------------===#


def _encode(regions: Regions) -> str:
    return json.dumps(regions[:4]) if regions.score or regions.mask else ""


@functools.lru_cache(maxsize=1024)
def _decode(text: str) -> Regions:
    if not text:
        return NONE
    try:
        score, mask, types, bounds = json.loads(text)
        return Regions(score, mask, tuple(types), tuple(map(tuple, bounds)), ())
    except (TypeError, ValueError):
        raise ValueError(
            "expected the regions that fa3.attention makes of a score_mod and a "
            f"mask_mod, but got {text!r}"
        ) from None


def _define() -> torch.library.Library:
    definition = torch.library.Library("fa3", "DEF")
    tags = [torch.Tag.pt2_compliant_tag]
    # The last stride of q, k and v must stay 1.
    tags.append(
        getattr(torch.Tag, "needs_exact_strides", torch.Tag.needs_fixed_stride_order)
    )
    for name in ("attention", "_attention"):
        # None is no tensor, as a list of tensors has no default. PyTorch leaves
        # defaults out of its calls, so what implements this repeats them.
        definition.define(
            f"{name}(Tensor q, Tensor k, Tensor v, Tensor[]? captured=None, "
            "str regions='', bool causal=False, int? left=None, int? right=None, "
            "float? scale=None, bool return_lse=False) -> (Tensor, Tensor)",
            tags=tuple(tags),
        )
        definition.impl(name, _attention_op, "CPU")
        definition.impl(name, _attention_op, "CUDA")
        torch.library.register_fake(f"fa3::{name}", _attention_fake, lib=definition)
    definition.impl(
        "attention", _attention_in_transform, "FuncTorchDynamicLayerFrontMode"
    )
    torch.library.register_vmap("fa3::_attention", _attention_vmap, lib=definition)
    return definition


def _attention_op(
    q: Any,
    k: Any,
    v: Any,
    captured: Optional[list[Any]] = None,
    regions: str = "",
    causal: bool = False,
    left: Optional[int] = None,
    right: Optional[int] = None,
    scale: Optional[float] = None,
    return_lse: bool = False,
) -> tuple[Any, Any]:
    captured = captured or []
    known = _decode(regions)
    if len(captured) != len(known.types):
        raise ValueError(
            f"expected {len(known.types)} captured tensors, which the regions read, but "
            f"got {len(captured)}"
        )
    if captured:
        known = known._replace(arrays=tuple(captured))
    sides, scale = check_options(causal, (left, right), scale, return_lse)
    if torch.autograd.forward_ad._current_level >= 0:
        _refuse_gradients(q, k, v, captured, find_cause=_find_tangent)
    out, lse = _run(q, k, v, causal, sides, scale, known, return_lse)
    return out, _no_lse(q) if lse is None else lse


def _attention_in_transform(q, k, v, captured=None, *options):
    """What the operation is in each transform of torch.func, from the inner one to the
    outer: those that differentiate are refused, all others go on as PyTorch does it.
    An implementation for autograd would do for the former, and cost each call of a
    compiled graph 4 us."""
    if any(map(_is_batched, captured or ())):  # for which PyTorch asks no rule
        raise _refuse_vmap()
    _refuse_gradients(q, k, v, captured or (), find_cause=_find_cause)
    return torch.ops.fa3._attention(q, k, v, captured, *options)


def _is_batched(tensor: Any) -> bool:
    functorch = torch._C._functorch
    while functorch.is_functorch_wrapped_tensor(tensor):
        if functorch.is_batchedtensor(tensor):
            return True
        tensor = functorch.get_unwrapped(tensor)
    return False


def _refuse_vmap() -> NotImplementedError:
    return NotImplementedError(
        "expected no score_mod and no mask_mod under torch.vmap, as the number of the "
        "batch that they get would be another; give q, k and v the dimension"
    )


def _attention_vmap(
    info, in_dims, q, k, v, captured=None, regions="", causal=False, left=None,
    right=None, scale=None, return_lse=False,
):
    """The dimension that torch.vmap adds becomes part of the batch."""
    if regions:
        raise _refuse_vmap()
    batches = info.batch_size

    def fold(tensor, dim):
        if dim is None:
            tensor = tensor.expand(batches, *tensor.shape)
        return tensor.movedim(dim or 0, 0).flatten(0, 1)

    q, k, v = map(fold, (q, k, v), in_dims)
    out, lse = torch.ops.fa3.attention(
        q, k, v, captured, regions, causal, left, right, scale, return_lse
    )
    size = q.shape[0] // batches
    out = out.unflatten(0, (batches, size))
    if return_lse:
        lse = lse.unflatten(0, (batches, size))
    return (out, lse), (0, 0 if return_lse else None)


def _attention_fake(
    q, k, v, captured=None, regions="", causal=False, left=None, right=None,
    scale=None, return_lse=False,
) -> tuple[Any, Any]:
    # There is no memory yet whose alignment could be wrong; the launch looks again.
    _check(q, k, v, address_of=lambda tensor: 0)
    batch, length, heads, _ = q.shape
    out = q.new_empty((batch, length, heads, v.shape[3]))
    if not return_lse:
        return out, _no_lse(q)
    return out, q.new_empty((batch, heads, length), dtype=torch.float32)


def _no_lse(q: Any) -> Any:
    return q.new_empty(0, dtype=torch.float32)


_definition = _define()


#===----------------------------------------------------------------------===#
# torch.compile
#===----------------------------------------------------------------------===#


def _attention_in_graph(
    q, k, v, causal, window, scale, score_mod, mask_mod, return_lse
) -> Any:
    _check_tensors(q, k, v)
    # The operation takes 1 for True.
    check_flag("causal", causal)
    check_flag("return_lse", return_lse)
    # The trace is a constant of the graph. For it to be made anew when something
    # changes that the functions read, they run here too, on a single element: the
    # compiler then guards what they read, and drops what they compute.
    compilation = _current_compilation()
    if score_mod is not None or mask_mod is not None:
        index = q.new_zeros(1, dtype=torch.int64)
        if score_mod is not None:
            score_mod(q.new_zeros(1, dtype=torch.float32), index, index, index, index)
        if mask_mod is not None:
            mask_mod(index, index, index, index)
    # Where a function closes over values of the graph, Dynamo shows the next line and
    # says no more than "failed to convert closure cell".
    parts: list[Any] = []
    forms = _unbind(score_mod, parts), _unbind(mask_mod, parts)
    traced = _trace_constants(  # make functions outside of what is compiled
        compilation, forms, *parts
    )
    captured, regions, differentiated, described, layouts = traced
    # Dynamo guards sizes that may vary once they are compared, one by one: tuples of
    # constants are no tuples to each of its releases.
    for tensor, (shape, strides) in zip(described, layouts):
        for dim, (size, stride) in enumerate(zip(shape, strides)):
            if tensor.shape[dim] != size or tensor.stride(dim) != stride:
                raise AssertionError("the function was traced for another shape")
    if torch.is_grad_enabled():
        _refuse_gradients(q, k, v, [captured[index] for index in differentiated])
    # Numbers may be inputs of the graph; what runs it checks them.
    left, right = (None, None) if window is None else window
    out, lse = torch.ops.fa3.attention(
        q, k, v, captured, regions, causal, left, right, scale, return_lse
    )
    return (out, lse) if return_lse else out


def _unbind(function, parts):
    """Takes methods and partial functions apart, and gives their form: Dynamo takes what
    they are of for constants, but not all in one."""
    if isinstance(function, functools.partial):
        form = _unbind(function.func, parts)
        parts.extend(function.args)
        parts.extend(function.keywords.values())
        return form, len(function.args), tuple(function.keywords)
    if isinstance(function, types.MethodType):
        parts.extend((function.__func__, function.__self__))
        return "method"
    parts.append(function)
    return "function"


def _bind(form, parts):
    """The function of a form, of the next of an iterator of parts."""
    if form == "function":
        return next(parts)
    if form == "method":
        return types.MethodType(next(parts), next(parts))
    inner, count, names = form
    function = _bind(inner, parts)
    args = [next(parts) for _ in range(count)]
    return functools.partial(function, *args, **{name: next(parts) for name in names})


def _trace_constants(compilation, forms, *parts):
    rest = iter(parts)
    score_mod, mask_mod = (_bind(form, rest) for form in forms)
    check_functions(score_mod, mask_mod)
    regions, described = trace_constants(score_mod, mask_mod)
    if compilation != _current_compilation():
        raise TraceError(
            "expected torch.compile to take score_mod and mask_mod whole, but one breaks "
            "the graph, which then does not see what they read change: fullgraph=True "
            "says where"
        )
    arrays = [_check_captured(array) for array in regions.arrays]
    differentiated = [i for i, array in enumerate(arrays) if array.requires_grad]
    layouts = [(tuple(tensor.shape), tensor.stride()) for tensor in described]
    return arrays, _encode(regions), differentiated, list(described), layouts


def _current_compilation():
    """Of the part of the graph that Dynamo is in, which a break of the graph ends."""
    return str(torch._guards.CompileContext.current_compile_id())


# As torch.compiler.assume_constant_result, which imports the compiler, and that takes
# two seconds of the first call of those who never compile.
setattr(_current_compilation, "_dynamo_marked_constant", True)
setattr(_trace_constants, "_dynamo_marked_constant", True)
