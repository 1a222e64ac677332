# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Launches on DLPack arrays: on the CPU, and on a driver that runs nothing, which a
process of its own loads (FA3_LIBCUDA)."""

import copy
import dataclasses
import os
import pathlib
import pickle
import shutil
import subprocess
import sys
import textwrap
import threading

import fa3
import numpy as np
import pytest

import reference

HERE = pathlib.Path(__file__).parent


#===----------------------------------------------------------------------===#
# On the CPU
#===----------------------------------------------------------------------===#

CPU = fa3.Attention(heads=4, head_dim=32, kv_heads=2, causal=True, lse=True)


@pytest.fixture(scope="module")
def cpu_kernel():
    return fa3.compile(CPU, target="cpu")


def make(generator):
    shapes = ((2, 20, 4, 32), (2, 30, 2, 32), (2, 30, 2, 32))
    return [generator.standard_normal(shape).astype(np.float16) for shape in shapes]


def test_numpy(generator, cpu_kernel):
    q, k, v = make(generator)
    out, lse = np.empty_like(q), np.empty((2, 4, 20), np.float32)
    cpu_kernel.launch(q, k, v, out, lse)
    reference.check(out, lse, q, k, v, causal=True)


def test_copies_of_a_kernel(generator, cpu_kernel):
    """Those of processes that are handed one, too."""
    q, k, v = make(generator)
    for kernel in (copy.deepcopy(cpu_kernel), pickle.loads(pickle.dumps(cpu_kernel))):
        out, lse = np.empty_like(q), np.empty((2, 4, 20), np.float32)
        kernel.launch(q, k, v, out, lse)
        reference.check(out, lse, q, k, v, causal=True)
    slopes = np.ones(4, np.float32)
    op = dataclasses.replace(CPU, score_mod=lambda s, b, h, i, j: s + slopes[h])
    kernel = fa3.compile(op, level="ptx")
    kernel._loaded[0] = threading.Lock()  # as little to be copied as a loaded kernel
    for same in (copy.deepcopy(kernel), pickle.loads(pickle.dumps(kernel))):
        assert (same.ptx, same.manifest) == (kernel.ptx, kernel.manifest)
        assert same._loaded == {}


def test_copies_of_errors():
    """An error of another process arrives as it was."""
    error = pickle.loads(pickle.dumps(fa3.LaunchError("no driver here", 4)))
    assert (str(error), error.status) == ("no driver here", "no driver")
    error = pickle.loads(pickle.dumps(fa3.CompileError("error: that\n")))
    assert (str(error), error.diagnostics) == ("error: that", "error: that\n")


def test_torch(generator, cpu_kernel):
    torch = pytest.importorskip("torch")
    q, k, v = make(generator)
    out, lse = torch.empty(q.shape, dtype=torch.float16), torch.empty(2, 4, 20)
    cpu_kernel(*map(torch.from_numpy, (q, k, v)), out, lse)
    reference.check(out.numpy(), lse.numpy(), q, k, v, causal=True)


def test_jax(generator, cpu_kernel):
    jax = pytest.importorskip("jax")
    q, k, v = make(generator)
    out, lse = np.empty_like(q), np.empty((2, 4, 20), np.float32)
    cpu_kernel(*map(jax.numpy.asarray, (q, k, v)), out, lse)
    reference.check(out, lse, q, k, v, causal=True)


def test_numbers():
    kernel = fa3.compile(
        """
        func.func @scale(%x: memref<?xf32>, %factor: f32, %n: index) {
          %zero = arith.constant 0 : index
          %one = arith.constant 1 : index
          scf.for %i = %zero to %n step %one {
            %a = memref.load %x[%i] : memref<?xf32>
            %b = arith.mulf %a, %factor : f32
            memref.store %b, %x[%i] : memref<?xf32>
          }
          return
        }""",
        target="cpu",
    )
    x = np.arange(5, dtype=np.float32)
    kernel.launch(x, 2.0, 4)
    assert x.tolist() == [0, 2, 4, 6, 4]


def test_wrong_arguments_on_the_cpu(generator, cpu_kernel):
    q, k, v = make(generator)
    out, lse = np.empty_like(q), np.empty((2, 4, 20), np.float32)
    with pytest.raises(TypeError, match="expected 5 arguments, but got 3"):
        cpu_kernel.launch(q, k, v)
    with pytest.raises(fa3.LaunchError, match="argument 1: expected elements of f16"):
        cpu_kernel.launch(q, k.astype(np.float32), v, out, lse)
    with pytest.raises(fa3.LaunchError, match="size 2 but got 4 in dimension 2"):
        cpu_kernel.launch(q, q, v, out, lse)
    with pytest.raises(TypeError, match="argument 1: expected an array, but got str"):
        cpu_kernel.launch(q, "k", v, out, lse)
    with pytest.raises(TypeError, match="expected a dtype of .*, but got complex64"):
        cpu_kernel.launch(q, k.astype(np.complex64), v, out, lse)
    packed = np.zeros((20, 30), "f2,i1")["f0"]
    with pytest.raises(ValueError, match=r"of an element's 2 bytes, but got .* \(90, 3\)"):
        cpu_kernel.launch(packed, k, v, out, lse)
    from fake_arrays import DeviceArray

    with pytest.raises(ValueError, match="argument 0: expected an array in host memory"):
        cpu_kernel.launch(DeviceArray(2, 20, 4, 32), k, v, out, lse)


@pytest.mark.parametrize(
    "index, shape, message",
    [
        (1, (2, 31, 2, 32), "K and V to have the same length: .*, but got 31 and 30"),
        (2, (2, 29, 2, 32), "K and V to have the same length: .*, but got 30 and 29"),
        (1, (3, 30, 2, 32), "Q and K to have the same batch size: .*, but got 2 and 3"),
        (3, (2, 21, 4, 32), "Q and O to have the same length: .*, but got 20 and 21"),
        (4, (1, 4, 20), "Q and LSE to have the same batch size: .*, but got 2 and 1"),
        (4, (2, 4, 19), "Q and LSE to have the same length: .*, but got 20 and 19"),
    ],
)
def test_open_sizes_that_disagree_on_the_cpu(generator, cpu_kernel, index, shape, message):
    q, k, v = make(generator)
    arrays = [q, k, v, np.empty_like(q), np.empty((2, 4, 20), np.float32)]
    arrays[index] = np.zeros(shape, arrays[index].dtype)
    with pytest.raises(fa3.LaunchError, match=message) as info:
        cpu_kernel.launch(*arrays)
    assert info.value.status == "invalid argument"


def test_arrays_that_may_not_be_written(generator, cpu_kernel):
    q, k, v = make(generator)
    out, lse = np.zeros_like(q), np.zeros((2, 4, 20), np.float32)
    for array in (q, k, v):
        array.flags.writeable = False  # they are only read
    cpu_kernel.launch(q, k, v, out, lse)
    reference.check(out, lse, q, k, v, causal=True)
    for index, array in ((3, out), (4, lse)):
        before = array.copy()
        array.flags.writeable = False
        with pytest.raises(ValueError, match=f"argument {index}: .*that is read-only"):
            cpu_kernel.launch(q, k, v, out, lse)
        array.flags.writeable = True
        assert (array == before).all()


def test_outputs_that_lie_on_inputs_on_the_cpu(generator, cpu_kernel):
    q, k, v = make(generator)
    lse = np.empty((2, 4, 20), np.float32)
    both = np.empty((2, 2, 20, 4, 32), np.float16)
    both[0] = q
    for output in (both[0], both.reshape(4, 20, 4, 32)[1:3]):
        with pytest.raises(fa3.LaunchError, match="argument 3: .*overlap .* argument 0"):
            cpu_kernel.launch(both[0], k, v, output, lse)
    cpu_kernel.launch(both[0], k, v, both[1], lse)  # one behind the other
    reference.check(both[1], lse, q, k, v, causal=True)


def test_arrays_whose_numbers_are_not_all_in_memory(generator, cpu_kernel):
    q, k, v = make(generator)
    out, lse = np.empty_like(q), np.empty((2, 4, 20), np.float32)
    with pytest.raises(TypeError, match="argument 1 to be an array without a mask"):
        cpu_kernel.launch(q, np.ma.masked_invalid(k), v, out, lse)
    with pytest.raises(TypeError, match="this processor's order of bytes, but got >f2"):
        cpu_kernel.launch(q, k.astype(">f2"), v, out, lse)


def test_an_array_that_is_too_small_for_an_index(generator):
    table = np.arange(4, dtype=np.float32)
    q, k, v = make(generator)
    for index, sizes, message in (
        (2, (3, 5), "at least 3 elements, as one is read by its number"),
        (-2, (4,), "4 elements, as one is read by its number from the end"),
    ):
        kernel = fa3.compile(
            fa3.Attention(
                heads=4, head_dim=32, kv_heads=2,
                score_mod=lambda s, b, h, i, j: s + table[index] * j,
            ),
            target="cpu",
        )
        out = np.empty_like(q)
        for size in sizes:
            kernel.launch(q, k, v, out, np.arange(size, dtype=np.float32))
            reference.check(out, None, q, k, v, score_mod=lambda s, b, h, i, j: s + 2 * j)
        with pytest.raises(ValueError, match=message):
            kernel.launch(q, k, v, out, table[: sizes[0] - 1])


def test_an_array_that_is_too_small_for_the_heads(generator):
    slopes, bias = np.ones(4, np.float32), np.zeros((20, 30), np.float32)
    kernel = fa3.compile(
        fa3.Attention(
            heads=4, head_dim=32, kv_heads=2,
            score_mod=lambda s, b, h, i, j: s * slopes[h] + bias[i, j],
        ),
        target="cpu",
    )
    q, k, v = make(generator)
    out = np.empty_like(q)
    slopes.flags.writeable = bias.flags.writeable = False  # they are only read
    kernel.launch(q, k, v, out, slopes, bias)
    reference.check(out, None, q, k, v)
    with pytest.raises(ValueError, match=r"4 elements, one for each head, .* shape \(3,\)"):
        kernel.launch(q, k, v, out, slopes[:3], bias)


def test_what_the_cpu_does_not_compile():
    with pytest.raises(fa3.CompileError, match="one func.func with a body, but got 0"):
        fa3.compile("module {}", target="cpu")
    with pytest.raises(fa3.CompileError, match="expected a func.func @f with a body"):
        fa3.compile(CPU, target="cpu", entry="f")


#===----------------------------------------------------------------------===#
# DLPack's exchange in C
#===----------------------------------------------------------------------===#


def test_what_the_exchange_gives():
    import ctypes

    from fa3._fa3 import describe
    from fake_arrays import make_exchange_type

    sizes = (ctypes.c_int64 * 2)(3, 4)

    def fill(object, tensor):
        tensor.data, tensor.byte_offset, tensor.ndim = 0x1000, 0x20, object.rank
        tensor.dtype.code, tensor.dtype.bits, tensor.dtype.lanes = 2, 16, object.lanes
        tensor.shape, tensor.strides = sizes, object.strides
        return 0

    def make(*versions, rank=2, lanes=1, strides=None, **options):
        object = make_exchange_type(*versions, describe=fill, **options)()
        object.rank, object.lanes, object.strides = rank, lanes, strides
        return object

    assert describe(make(1)) == [(0x1020, (3, 4), None, 2)]  # C order without gaps
    strides = (ctypes.c_int64 * 2)(8, 2)
    assert describe(make(1, strides=strides)) == [(0x1020, (3, 4), (8, 2), 2)]
    assert describe(make(1, rank=0)) == [(0x1020, (), None, 2)]
    assert describe(make(2, 1)) == [(0x1020, (3, 4), None, 2)]
    # Without attributes to look at in its place:
    for unknown in (make(2), make(1, lanes=4), make(1, rank=9), make(1, name=b"other")):
        with pytest.raises(AttributeError, match="dtype"):
            describe(unknown)


def test_an_exchange_that_fails():
    from fa3._fa3 import describe
    from fake_arrays import make_exchange_type

    failing = make_exchange_type(1, describe=lambda object, tensor: -1)
    with pytest.raises(AttributeError, match="dtype"):
        describe(failing())
    # More types than are kept.
    for _ in range(20):
        with pytest.raises(AttributeError, match="dtype"):
            describe(type("Other", (), {})())


#===----------------------------------------------------------------------===#
# On a driver that runs nothing
#===----------------------------------------------------------------------===#


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    compiler = shutil.which("cc") or shutil.which("clang") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler")
    path = tmp_path_factory.mktemp("driver") / "libfake_cuda.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-o", path, HERE / "fake_cuda.c"], check=True
    )
    return path


PRELUDE = """
    import ctypes, os
    import fa3
    import pytest
    from fake_arrays import DeviceArray

    driver = ctypes.CDLL(os.environ["FA3_LIBCUDA"])
    seen = lambda name, kind=ctypes.c_int: kind.in_dll(driver, name).value
    kernel = fa3.compile(
        fa3.Attention(heads=4, head_dim=64, kv_heads=2), level="ptx")
    make = lambda **options: [
        DeviceArray(2, 300, 4, 64, **options), DeviceArray(2, 200, 2, 64, **options),
        DeviceArray(2, 200, 2, 64, **options), DeviceArray(2, 300, 4, 64, **options)]
"""


def run(driver, code):
    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PRELUDE) + textwrap.dedent(code)],
        check=True,
        env={**os.environ, "FA3_LIBCUDA": str(driver), "PYTHONPATH": os.pathsep.join(
            [str(HERE), os.environ.get("PYTHONPATH", "")])},
    )


def test_a_launch(driver):
    run(driver, """
    arrays = make(device=1)
    kernel.launch(*arrays, stream=0x77)
    assert seen("fake_launches") == 1
    assert seen("fake_stream", ctypes.c_void_p) == 0x77
    assert seen("fake_device") == 1
    assert b".version" in bytes((ctypes.c_char * 64).in_dll(driver, "fake_image_begin"))
    # The arrays were told the stream, and were given back, though only when the
    # kernel was done, as their library does not know the stream.
    assert all(array.streams == [0x77] for array in arrays)
    assert all(array.exports == 0 for array in arrays)
    assert seen("fake_synchronizations") == 1
    # The default stream, which DLPack calls 1; loaded once for each device.
    kernel(*arrays)
    assert arrays[0].streams == [0x77, 1]
    assert seen("fake_stream", ctypes.c_void_p) is None
    assert seen("fake_modules") == 1
    kernel(*make(device=0))
    assert seen("fake_modules") == 2
    """)


def test_nothing_to_launch(driver):
    run(driver, """
    kernel(*[DeviceArray(0, 300, heads, 64) for heads in (4, 2, 2, 4)])
    assert seen("fake_launches") == 0
    """)


def test_workspace(driver):
    run(driver, """
    kernel = fa3.compile(fa3.Attention(
        heads=4, head_dim=64, kv_heads=2,
        mask_mod=lambda b, h, i, j: i // 64 == j // 64), level="ptx")
    arrays = make()
    assert any(a["access"] == "workspace" for a in kernel.manifest["kernels"][0]["arguments"])
    with pytest.raises(TypeError, match="needs [0-9]+ bytes of its own: .*workspace=") as info:
        kernel.launch(*arrays)
    size = int(str(info.value).split()[3])
    of_bytes = lambda size, **options: DeviceArray(
        size, **{"code": 1, "bits": 8, **options})
    with pytest.raises(fa3.LaunchError, match=f"workspace of {size} bytes, but got {size - 1}"):
        kernel.launch(*arrays, workspace=of_bytes(size - 1))
    with pytest.raises(ValueError, match="workspace: expected an array of bytes"):
        kernel.launch(*arrays, workspace=of_bytes(size, code=2, bits=16))
    with pytest.raises(ValueError, match="workspace: expected an array on GPU 0"):
        kernel.launch(*arrays, workspace=of_bytes(size, device=1))
    with pytest.raises(ValueError, match="workspace: expected an array that may be written"):
        kernel.launch(*arrays, workspace=of_bytes(size, read_only=True))
    assert seen("fake_launches") == 0
    kernel.launch(*arrays, workspace=of_bytes(size))
    assert seen("fake_launches") == 2  # the lists of tiles, then the attention
    """)


def test_wrong_arguments(driver):
    run(driver, """
    q, k, v, o = make()
    with pytest.raises(TypeError, match="expected 4 arguments, but got 2"):
        kernel.launch(q, k)
    with pytest.raises(TypeError, match="argument 1: expected an array, but got int"):
        kernel.launch(q, 3, v, o)
    with pytest.raises(ValueError, match="argument 2: expected an array on GPU 0"):
        kernel.launch(q, k, make(device=1)[2], o)
    with pytest.raises(ValueError, match="argument 3: expected an array that may be wr"):
        kernel.launch(q, k, v, make(read_only=True)[3])
    with pytest.raises(fa3.LaunchError, match="bf16") as info:
        kernel.launch(q, k, make(code=4)[2], o)
    assert info.value.status == "invalid argument"
    with pytest.raises(TypeError, match="code 5 of DLPack with 16 bits"):
        kernel.launch(q, k, make(code=5)[2], o)
    with pytest.raises(fa3.LaunchError, match="same length"):
        kernel.launch(q, DeviceArray(2, 201, 2, 64), v, o)
    with pytest.raises(fa3.LaunchError, match="expected a device under 2, but got 5"):
        kernel.launch(*make(device=5))
    import numpy
    with pytest.raises(ValueError, match="argument 0: .* on a GPU, .*target=.cpu."):
        kernel.launch(numpy.zeros((2, 300, 4, 64), numpy.float16), k, v, o)
    assert seen("fake_launches") == 0
    """)


def test_no_driver():
    code = """
    import fa3
    from fake_arrays import DeviceArray
    kernel = fa3.compile(fa3.Attention(heads=4, head_dim=64), level="ptx")
    try:
        kernel(*[DeviceArray(1, 8, 4, 64) for _ in range(4)])
    except fa3.LaunchError as error:
        assert error.status == "no driver", error
        assert "/no/driver" in str(error)
    else:
        raise AssertionError
    """
    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], check=True, cwd=HERE,
        env={**os.environ, "FA3_LIBCUDA": "/no/driver"},
    )
