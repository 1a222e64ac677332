# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Arrays that claim to lie on a GPU, by the DLPack protocol, for a driver that runs
nothing; and types that have DLPack's exchange in C."""

import ctypes


class _Device(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int32), ("id", ctypes.c_int32)]


class _DType(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint8), ("bits", ctypes.c_uint8), ("lanes", ctypes.c_uint16)]


class _Tensor(ctypes.Structure):
    _fields_ = [
        ("data", ctypes.c_void_p), ("device", _Device), ("ndim", ctypes.c_int32),
        ("dtype", _DType), ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)), ("byte_offset", ctypes.c_uint64),
    ]


_DELETER = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class _Version(ctypes.Structure):
    _fields_ = [("major", ctypes.c_uint32), ("minor", ctypes.c_uint32)]


class _ManagedTensor(ctypes.Structure):
    """DLManagedTensorVersioned."""

    _fields_ = [
        ("version", _Version), ("context", ctypes.c_void_p), ("deleter", _DELETER),
        ("flags", ctypes.c_uint64), ("tensor", _Tensor),
    ]


class DeviceArray:
    """An array of float16 on a GPU that is not there."""

    _address = 0x10000000

    def __init__(self, *shape, device=0, read_only=False, code=2, bits=16):
        strides, step = [], 1
        for size in reversed(shape):
            strides.insert(0, step)
            step *= size
        address = DeviceArray._address
        DeviceArray._address += (2 * step + 255) // 256 * 256
        self._shape = (ctypes.c_int64 * len(shape))(*shape)
        self._strides = (ctypes.c_int64 * len(shape))(*strides)
        self._deleter = _DELETER(self._delete)
        self._managed = _ManagedTensor(
            _Version(1, 0), None, self._deleter, 1 if read_only else 0,
            _Tensor(address, _Device(2, device), len(shape), _DType(code, bits, 1),
                    self._shape, self._strides, 0),
        )
        self.device = device
        self.exports = 0
        self.streams = []

    def _delete(self, _):
        self.exports -= 1

    def __dlpack_device__(self):
        return 2, self.device

    def __dlpack__(self, *, stream=None, max_version=None):
        self.streams.append(stream)
        self.exports += 1
        new = ctypes.pythonapi.PyCapsule_New
        new.restype = ctypes.py_object
        new.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
        return new(ctypes.addressof(self._managed), b"dltensor_versioned", None)


class _ExchangeAPI(ctypes.Structure):
    """DLPackExchangeAPI."""


_DESCRIBE = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object, ctypes.POINTER(_Tensor))
_ExchangeAPI._fields_ = [
    ("version", _Version), ("previous", ctypes.POINTER(_ExchangeAPI)),
    ("managed", ctypes.c_void_p * 3), ("describe", _DESCRIBE),
    ("current_work_stream", ctypes.c_void_p),
]


def make_exchange_type(*versions, describe, name=b"dlpack_exchange_api"):
    """A type with an exchange of some major versions, the newest first, in which
    `describe(object, DLTensor)` gives the status."""
    function = _DESCRIBE(lambda object, tensor: describe(object, tensor[0]))
    apis = [_ExchangeAPI(_Version(version, 0), describe=function) for version in versions]
    for api, previous in zip(apis, apis[1:]):
        api.previous = ctypes.pointer(previous)
    new = ctypes.pythonapi.PyCapsule_New
    new.restype = ctypes.py_object
    new.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    capsule = new(ctypes.addressof(apis[0]), name, None)
    # `kept` is what the capsule points to.
    return type("Exchanged", (), {"__dlpack_c_exchange_api__": capsule, "kept": (apis, name)})
