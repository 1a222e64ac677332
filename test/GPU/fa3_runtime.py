# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The runtime's C interface for tests: launches a compiled kernel on PyTorch
tensors, with no more between the two than ctypes."""

import ctypes

import torch

_DTYPES = {
    torch.float32: 1, torch.float16: 2, torch.bfloat16: 3,
    torch.float8_e4m3fn: 4, torch.float8_e5m2: 5, torch.int8: 6,
    torch.int32: 7, torch.int64: 8, torch.float64: 9, torch.uint8: 10,
    torch.bool: 11,
}


class _Tensor(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p),
                ("shape", ctypes.POINTER(ctypes.c_int64)),
                ("strides", ctypes.POINTER(ctypes.c_int64)),
                ("rank", ctypes.c_int32), ("dtype", ctypes.c_int32)]


class Runtime:
    """libfa3_runtime.so."""

    def __init__(self, path):
        self.library = ctypes.CDLL(path)
        self.library.fa3_last_error.restype = ctypes.c_char_p

    def check(self, status):
        if status != 0:
            raise RuntimeError(self.library.fa3_last_error().decode())

    def load(self, manifest):
        """The only kernel of the module that `manifest` describes."""
        module = ctypes.c_void_p()
        self.check(self.library.fa3_module_load_file(
            manifest.encode(), ctypes.byref(module)))
        kernel = ctypes.c_void_p()
        self.check(self.library.fa3_module_get_kernel(
            module, None, ctypes.byref(kernel)))
        return Kernel(self, kernel)


class Kernel:

    def __init__(self, runtime, handle):
        self.runtime = runtime
        self.handle = handle

    def prepare(self, *tensors):
        """A function that launches the kernel on these tensors, on PyTorch's
        current stream."""
        array = (_Tensor * len(tensors))()
        alive = []
        for entry, tensor in zip(array, tensors):
            shape = (ctypes.c_int64 * tensor.dim())(*tensor.shape)
            strides = (ctypes.c_int64 * tensor.dim())(*tensor.stride())
            alive += [shape, strides, tensor]
            entry.data = tensor.data_ptr()
            entry.shape = ctypes.cast(shape, ctypes.POINTER(ctypes.c_int64))
            entry.strides = ctypes.cast(strides, ctypes.POINTER(ctypes.c_int64))
            entry.rank = tensor.dim()
            entry.dtype = _DTYPES[tensor.dtype]

        size = ctypes.c_size_t()
        library = self.runtime.library
        self.runtime.check(library.fa3_kernel_workspace_size(
            self.handle, array, len(tensors), ctypes.byref(size)))
        workspace = torch.full((size.value,), 255, dtype=torch.uint8,
                               device="cuda")
        alive.append(workspace)
        address = ctypes.c_void_p(workspace.data_ptr())

        def launch(alive=alive):
            stream = ctypes.c_void_p(torch.cuda.current_stream().cuda_stream)
            self.runtime.check(library.fa3_launch_with_workspace(
                self.handle, array, len(tensors), address, size, stream))

        return launch

    def __call__(self, *tensors):
        self.prepare(*tensors)()
