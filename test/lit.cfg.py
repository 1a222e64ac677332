"""lit suite of the FA3 tools.

Features, computed from the machine that runs the tests; a test that REQUIRES
one that is missing is reported UNSUPPORTED, never passed:

    ptxas         an assembler for PTX
    disassembler  nvdisasm, which lists the instructions of a cubin
    cuda-gpu      a CUDA driver with at least one visible device
    sm_90         a visible device of compute capability 9.0
    clang-format  the clang-format of the LLVM release that the project pins
    git           git, and the source tree is a checkout
    sanitizers    the tools were built with ASan and UBSan

Parameters (lit --param name=value):

    verify_roundtrip=1  give every fa3-opt --verify-roundtrip
    fuzz_count=N        number of cases of the fuzz test of fa3-opt
"""

import os
import shlex
import shutil
import subprocess
import sys

import lit.formats
from lit.llvm import llvm_config
from lit.llvm.subst import ToolSubst

roundtrip = lit_config.params.get("verify_roundtrip", "0") not in ("", "0")

config.name = "FA3-RoundTrip" if roundtrip else "FA3"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "CMakeLists.txt", "lit.cfg.py"]
if roundtrip:
    # Nothing in these runs fa3-opt on a test's own text.
    config.excludes += ["CAPI", "Package", "Unit", "Fuzz", "Style", "GPU"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.fa3_obj_root, "test")

# A hang is a failure, and must not stop the suite. An integer needs psutil.
try:
    import psutil  # noqa: F401

    lit_config.maxIndividualTestTime = 900
except ImportError:
    pass


def find_cuda_tool(name):
    """A CUDA tool: beside ours (scripts/setup puts it there), on the PATH, or
    in a toolkit."""
    folders = [config.fa3_tools_dir] + os.environ.get("PATH", "").split(os.pathsep)
    for variable in ("CUDA_HOME", "CUDA_PATH"):
        if os.environ.get(variable):
            folders.append(os.path.join(os.environ[variable], "bin"))
    folders.append("/usr/local/cuda/bin")
    return shutil.which(name, path=os.pathsep.join(folders))


# Asks the driver itself: that a library or a tool is installed says nothing
# about a device. In a process of its own, as the driver keeps state.
DEVICE_QUERY = """
import ctypes
cuda = ctypes.CDLL("libcuda.so.1")
count = ctypes.c_int()
if cuda.cuInit(0) or cuda.cuDeviceGetCount(ctypes.byref(count)):
    raise SystemExit(1)
for index in range(count.value):
    device, capability = ctypes.c_int(), []
    if cuda.cuDeviceGet(ctypes.byref(device), index):
        raise SystemExit(1)
    for attribute in (75, 76):  # compute capability, major and minor
        value = ctypes.c_int()
        if cuda.cuDeviceGetAttribute(ctypes.byref(value), attribute, device):
            raise SystemExit(1)
        capability.append(str(value.value))
    print("sm_" + "".join(capability))
"""


def visible_devices():
    """The architectures of the visible devices: ["sm_90", ...]."""
    try:
        query = subprocess.run(
            [sys.executable, "-c", DEVICE_QUERY],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return query.stdout.decode().split() if query.returncode == 0 else []


llvm_config.use_default_substitutions()
llvm_config.with_system_environment(
    [
        "HOME",
        "LD_LIBRARY_PATH",
        "CUDA_HOME",
        "CUDA_PATH",
        "CUDA_VISIBLE_DEVICES",
        "ASAN_OPTIONS",
        "UBSAN_OPTIONS",
        "LSAN_OPTIONS",
    ]
)
llvm_config.with_environment("PATH", config.llvm_tools_dir, append_path=True)
llvm_config.with_environment("PATH", config.fa3_tools_dir, append_path=True)

clang_format = shutil.which(
    "clang-format-" + config.fa3_llvm_major
) or shutil.which("clang-format", path=config.llvm_tools_dir)
config.substitutions += [
    ("%fa3_src", config.fa3_src_root),
    ("%fa3_tools", config.fa3_tools_dir),
    ("%fa3_build", config.fa3_obj_root),
    ("%fa3_lib", config.fa3_lib_dir),
    ("%fa3_capi", os.path.join(config.test_exec_root, "CAPI")),
    ("%cmake_toolchain", " ".join(map(shlex.quote, config.cmake_toolchain))),
    ("%cmake", config.cmake),
    ("%llvm_lib", config.llvm_lib_dir),
    (
        "%fa3_fake_cuda",
        os.path.join(config.fa3_obj_root, "test/Unit/Runtime/libFA3FakeCuda.so"),
    ),
    ("%clang_format", clang_format or "clang-format-is-missing"),
    ("%fuzz_count", lit_config.params.get("fuzz_count", "2000")),
]
llvm_config.add_tool_substitutions(
    [
        ToolSubst("fa3-opt", extra_args=["--verify-roundtrip"] if roundtrip else []),
        ToolSubst("fa3-compile", unresolved="ignore"),
        ToolSubst("fa3-lsp-server", unresolved="ignore"),
        ToolSubst("fa3-reduce", unresolved="ignore"),
        ToolSubst("fa3-launch", unresolved="ignore"),
        ToolSubst("fa3-measure", unresolved="ignore"),
        ToolSubst("fa3-run", unresolved="ignore"),
        ToolSubst("fa3-tune", unresolved="ignore"),
        "mlir-opt",
        "mlir-runner",
        "mlir-translate",
        "split-file",
    ],
    [config.fa3_tools_dir, config.llvm_tools_dir],
)

if clang_format:
    config.available_features.add("clang-format")
if shutil.which("git") and os.path.exists(os.path.join(config.fa3_src_root, ".git")):
    config.available_features.add("git")
if config.fa3_sanitizers.upper() in ("ON", "1", "TRUE", "YES"):
    config.available_features.add("sanitizers")

ptxas = find_cuda_tool("ptxas")
if ptxas:
    config.available_features.add("ptxas")
    config.substitutions.append(("%ptxas", ptxas))
    llvm_config.with_environment("PATH", os.path.dirname(ptxas), append_path=True)
nvdisasm = find_cuda_tool("nvdisasm")
if nvdisasm:
    config.available_features.add("disassembler")
    config.substitutions.append(("%nvdisasm", nvdisasm))
elif not roundtrip:
    lit_config.note(
        "nvdisasm is missing: the order of instructions is not tested; "
        "scripts/setup installs it"
    )
devices = visible_devices()
if devices:
    config.available_features.add("cuda-gpu")
    config.available_features.update(devices)
