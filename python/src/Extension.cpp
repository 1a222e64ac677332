//===- Extension.cpp - The compiler and the runtime for Python ------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The module fa3._fa3: the C interfaces of libfa3.so as they are. What users
// see is in Python, in the files beside it.
//
//===----------------------------------------------------------------------===//

#include "Arguments.h"

#include "fa3-c/CPU.h"
#include "fa3-c/Compiler.h"
#include "fa3/Runtime/fa3_runtime.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>

namespace nb = nanobind;

using namespace fa3::python;

static MlirStringRef wrap(const std::string &text) {
  return mlirStringRefCreate(text.data(), text.size());
}

static std::string toString(MlirStringRef text) {
  return std::string(text.data, text.length);
}

/// Appends what a callback says to a std::string.
static void append(MlirStringRef text, void *string) {
  static_cast<std::string *>(string)->append(text.data, text.length);
}

/// Raises an exception of fa3/_errors.py.
template <typename... Args>
[[noreturn]] static void raise(const char *name, const Args &...args) {
  nb::object error = nb::module_::import_("fa3._errors").attr(name);
  nb::object instance = error(args...);
  PyErr_SetObject(error.ptr(), instance.ptr());
  throw nb::python_error();
}

static void check(fa3_status status) {
  if (status != FA3_OK)
    raise("LaunchError", fa3_last_error(), status);
}

//===----------------------------------------------------------------------===//
// The compiler
//===----------------------------------------------------------------------===//

namespace {
/// What came of a compilation.
class Compilation {
public:
  explicit Compilation(Fa3CompileResult result) : result(result) {}
  Compilation(Compilation &&other) noexcept : result(other.result) {
    other.result.ptr = nullptr;
  }
  ~Compilation() {
    if (result.ptr)
      fa3CompileResultDestroy(result);
  }

  bool isSuccess() const { return fa3CompileResultIsSuccess(result); }
  std::string getDiagnostics() const {
    return toString(fa3CompileResultGetDiagnostics(result));
  }
  nb::bytes getOutput() const {
    MlirStringRef output = fa3CompileResultGetOutput(result);
    return nb::bytes(output.data, output.length);
  }
  std::string getPTX() const {
    return toString(fa3CompileResultGetPTX(result));
  }
  std::string getManifest() const {
    return toString(fa3CompileResultGetManifest(result));
  }
  std::string getSummary() const {
    return toString(fa3CompileResultGetSummary(result));
  }

private:
  Fa3CompileResult result;
};
} // namespace

static Compilation compile(const std::string &source, const std::string &name,
                           int level, const std::string &entry,
                           const std::string &options, int optLevel,
                           const std::string &ptxas, bool allowSpills,
                           bool allowSerialization) {
  Fa3CompileOptions unwrapped = fa3CompileOptionsGetDefault();
  unwrapped.level = static_cast<Fa3Level>(level);
  unwrapped.entry = wrap(entry);
  unwrapped.pipelineOptions = wrap(options);
  if (optLevel >= 0)
    unwrapped.optLevel = static_cast<unsigned>(optLevel);
  unwrapped.ptxas = wrap(ptxas);
  unwrapped.allowSpills = allowSpills;
  unwrapped.allowSerialization = allowSerialization;
  nb::gil_scoped_release release;
  return Compilation(fa3CompileSource(wrap(source), wrap(name), unwrapped));
}

static std::pair<std::string, int64_t> findPtxas(const std::string &path,
                                                 const std::string &folders) {
  Fa3CompileOptions options = fa3CompileOptionsGetDefault();
  options.ptxas = wrap(path);
  options.packageFolders = wrap(folders);
  std::string text;
  nb::gil_scoped_release release;
  int64_t version = fa3FindPtxas(options, append, &text);
  return {text, version};
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

namespace {
/// A kernel on one GPU.
class GPUKernel {
public:
  GPUKernel(const std::string &manifest, nb::bytes image, int device,
            const std::string &entry) {
    fa3_status status = FA3_OK;
    {
      nb::gil_scoped_release release;
      status = fa3_module_load_data_on_device(manifest.data(), manifest.size(),
                                              image.data(), image.size(),
                                              device, &module);
    }
    check(status);
    status = fa3_module_get_kernel(
        module, entry.empty() ? nullptr : entry.c_str(), &kernel);
    int32_t needs = 0;
    if (status == FA3_OK)
      status = fa3_kernel_needs_workspace(kernel, &needs);
    workspace = needs != 0;
    if (status != FA3_OK) {
      fa3_module_unload(module);
      check(status);
    }
  }
  GPUKernel(const GPUKernel &) = delete;
  GPUKernel &operator=(const GPUKernel &) = delete;
  ~GPUKernel() { fa3_module_unload(module); }

  void launch(uintptr_t stream, nb::args objects) const {
    launchWithWorkspace(stream, 0, 0, objects);
  }

  void launchWithWorkspace(uintptr_t stream, uintptr_t address, size_t size,
                           nb::args objects) const {
    Arguments arguments(objects);
    fa3_status status = FA3_OK;
    {
      nb::gil_scoped_release release;
      // Handles of the driver and addresses are numbers for Python.
      status =
          fa3_launch_with_workspace(kernel, arguments.data(), arguments.size(),
                                    reinterpret_cast<void *>(address), size,
                                    reinterpret_cast<void *>(stream));
    }
    check(status);
  }

  bool needsWorkspace() const { return workspace; }

  size_t getWorkspaceSize(nb::args objects) const {
    Arguments arguments(objects);
    size_t size = 0;
    check(fa3_kernel_workspace_size(kernel, arguments.data(), arguments.size(),
                                    &size));
    return size;
  }

  void synchronize() const {
    fa3_status status = FA3_OK;
    {
      nb::gil_scoped_release release;
      status = fa3_module_synchronize(module);
    }
    check(status);
  }

private:
  fa3_module module = nullptr;
  fa3_kernel kernel = nullptr;
  bool workspace = false;
};

/// A kernel for this processor.
class CPUKernel {
public:
  CPUKernel(const std::string &source, const std::string &name,
            const std::string &entry, const std::string &options) {
    {
      nb::gil_scoped_release release;
      kernel = fa3CPUKernelCompile(wrap(source), wrap(name), wrap(entry),
                                   wrap(options));
    }
    if (fa3CPUKernelIsSuccess(kernel))
      return;
    std::string diagnostics = toString(fa3CPUKernelGetDiagnostics(kernel));
    fa3CPUKernelDestroy(kernel);
    raise("CompileError", diagnostics);
  }
  CPUKernel(const CPUKernel &) = delete;
  CPUKernel &operator=(const CPUKernel &) = delete;
  ~CPUKernel() { fa3CPUKernelDestroy(kernel); }

  void run(nb::args objects) const {
    Arguments arguments(objects);
    std::string message;
    bool success = false;
    {
      nb::gil_scoped_release release;
      success = fa3CPUKernelRun(kernel, arguments.data(), arguments.size(),
                                append, &message);
    }
    if (!success)
      raise("LaunchError", message, fa3_status(FA3_ERROR_INVALID_ARGUMENT));
  }

  int getArgumentCount() const { return fa3CPUKernelGetNumArguments(kernel); }

  bool isWritten(int argument) const {
    return fa3CPUKernelIsWritten(kernel, argument);
  }

  std::string getDiagnostics() const {
    return toString(fa3CPUKernelGetDiagnostics(kernel));
  }

private:
  Fa3CPUKernel kernel;
};
} // namespace

//===----------------------------------------------------------------------===//
// The module
//===----------------------------------------------------------------------===//

NB_MODULE(_fa3, m) {
  m.doc() = "The C interfaces of libfa3.so. Use the package fa3.";
  // Kernels live in caches until the process ends.
  nb::set_leak_warnings(false);

  m.def(
      "version", [] { return std::string(fa3_version()); },
      "Version of the compiler and the runtime.");
  m.def("find_ptxas", findPtxas, nb::arg("path"), nb::arg("folders"),
        "Path and CUDA release (1000 * major + 10 * minor) of the ptxas that "
        "is found, or the reason why there is none and 0. `folders` are those "
        "of Python packages, separated by ':'.");
  m.def("set_dtypes", Arguments::setDTypes, nb::arg("dtypes"),
        "Makes known which fa3_dtype the dtypes of PyTorch are.");
  m.def(
      "describe",
      [](const nb::args &objects) {
        return Arguments(objects).getDescriptors();
      },
      nb::arg("args"),
      "The descriptors (address, shape, strides or None, dtype) of arguments, "
      "which a launch takes in their place.");

  nb::class_<Compilation>(m, "Compilation", "What came of a compilation.")
      .def_prop_ro("success", &Compilation::isSuccess)
      .def_prop_ro("diagnostics", &Compilation::getDiagnostics)
      .def_prop_ro("output", &Compilation::getOutput)
      .def_prop_ro("ptx", &Compilation::getPTX)
      .def_prop_ro("manifest", &Compilation::getManifest)
      .def_prop_ro("summary", &Compilation::getSummary);
  m.def("compile", compile, nb::arg("source"), nb::arg("name"),
        nb::arg("level"), nb::arg("entry"), nb::arg("options"),
        nb::arg("opt_level"), nb::arg("ptxas"), nb::arg("allow_spills"),
        nb::arg("allow_serialization"),
        "Compiles a module to a level, a value of Fa3Level. An opt_level of -1 "
        "is "
        "the compiler's own choice.");

  nb::class_<Buffer>(m, "Buffer", "An array, by the DLPack protocol.")
      .def(nb::init<nb::object>(), nb::arg("capsule"))
      .def_prop_ro("descriptor", &Buffer::getDescriptor,
                   "(address, shape, strides, dtype) for a launch.")
      .def_prop_ro("device", &Buffer::getDevice,
                   "Type and number of the device, as of __dlpack_device__.")
      .def_prop_ro("is_read_only", &Buffer::isReadOnly);

  nb::class_<GPUKernel>(m, "GPUKernel", "A kernel that is loaded into a GPU.")
      .def(nb::init<const std::string &, nb::bytes, int, const std::string &>(),
           nb::arg("manifest"), nb::arg("image"), nb::arg("device"),
           nb::arg("entry"))
      .def("launch", &GPUKernel::launch, nb::arg("stream"), nb::arg("args"),
           "Queues the kernel. Each argument is a tensor of PyTorch or a "
           "descriptor.")
      .def("launch_with_workspace", &GPUKernel::launchWithWorkspace,
           nb::arg("stream"), nb::arg("address"), nb::arg("size"),
           nb::arg("args"), "The same with device memory for its own use.")
      .def_prop_ro("needs_workspace", &GPUKernel::needsWorkspace,
                   "Whether a launch may need such memory.")
      .def("workspace_size", &GPUKernel::getWorkspaceSize, nb::arg("args"),
           "The bytes of it that a launch on these arguments needs.")
      .def("synchronize", &GPUKernel::synchronize,
           "Waits until the device is idle.");
  nb::class_<CPUKernel>(m, "CPUKernel", "A kernel for this processor.")
      .def(nb::init<const std::string &, const std::string &,
                    const std::string &, const std::string &>(),
           nb::arg("source"), nb::arg("name"), nb::arg("entry"),
           nb::arg("options"))
      .def("run", &CPUKernel::run, nb::arg("args"),
           "Runs the kernel to its end on arguments as of GPUKernel.launch.")
      .def_prop_ro("argument_count", &CPUKernel::getArgumentCount)
      .def("is_written", &CPUKernel::isWritten, nb::arg("argument"),
           "Whether the kernel may write to an argument.")
      .def_prop_ro("diagnostics", &CPUKernel::getDiagnostics);
}
