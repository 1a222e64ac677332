//===- CApi.cpp - Embedder API of compiled kernels ------------------------===//
//
// The C functions: null checks, and llvm::Error to status and message. A handle
// is the address of the C++ object.
//
//===----------------------------------------------------------------------===//

#include "fa3/Runtime/fa3_runtime.h"

#include "fa3/Runtime/Device.h"
#include "fa3/Runtime/Module.h"
#include "fa3/Runtime/RuntimeError.h"

#include <cstring>

using namespace fa3::runtime;

/// Message of the last failure. A fixed buffer, so that a thread can end, or
/// the library be closed, in any order.
static thread_local char lastError[4096];

static fa3_status report(fa3_status status, llvm::StringRef message) {
  size_t length = std::min(message.size(), sizeof(lastError) - 1);
  std::memcpy(lastError, message.data(), length);
  lastError[length] = '\0';
  return status;
}

static fa3_status report(llvm::Error error) {
  if (!error)
    return FA3_OK;
  fa3_status status = FA3_ERROR_DRIVER;
  std::string message;
  llvm::handleAllErrors(
      std::move(error),
      [&](const RuntimeError &info) {
        status = info.getStatus();
        message = info.message();
      },
      [&](const llvm::ErrorInfoBase &info) { message = info.message(); });
  return report(status, message);
}

static fa3_status reportNull(llvm::StringRef what) {
  return report(FA3_ERROR_INVALID_ARGUMENT,
                ("expected " + what + ", but got null").str());
}

static Module &unwrap(fa3_module module) {
  return *reinterpret_cast<Module *>(module);
}
static Kernel &unwrap(fa3_kernel kernel) {
  return *reinterpret_cast<Kernel *>(kernel);
}
static fa3_kernel wrap(Kernel &kernel) {
  return reinterpret_cast<fa3_kernel>(&kernel);
}

static fa3_status finishLoad(llvm::Expected<std::unique_ptr<Module>> loaded,
                             fa3_module *module) {
  if (!loaded)
    return report(loaded.takeError());
  *module = reinterpret_cast<fa3_module>(loaded->release());
  return FA3_OK;
}

/// Index in range of `count` things, or an error.
static llvm::Error checkIndex(llvm::StringRef what, int32_t index,
                              size_t count) {
  if (index >= 0 && static_cast<size_t>(index) < count)
    return llvm::Error::success();
  return makeError(FA3_ERROR_INVALID_ARGUMENT,
                   "expected " + what + " under " + llvm::Twine(count) +
                       ", but got " + llvm::Twine(index));
}

// NOLINTBEGIN(readability-identifier-naming): C names.

const char *fa3_version(void) { return FA3_VERSION_STRING; }

const char *fa3_last_error(void) { return lastError; }

fa3_status fa3_device_info(fa3_device_properties *properties) {
  if (!properties)
    return reportNull("a place for the properties");
  llvm::Expected<DeviceInfo> info = queryDeviceInfo();
  if (!info)
    return report(info.takeError());
  *properties = {};
  size_t length = std::min(info->name.size(), sizeof(properties->name) - 1);
  std::memcpy(properties->name, info->name.data(), length);
  properties->compute_capability_major = info->computeCapabilityMajor;
  properties->compute_capability_minor = info->computeCapabilityMinor;
  properties->sm_count = info->smCount;
  properties->driver_version = info->driverVersion;
  return FA3_OK;
}

fa3_status fa3_module_load_file(const char *manifest_path, fa3_module *module) {
  if (!manifest_path)
    return reportNull("the path of a manifest");
  if (!module)
    return reportNull("a place for the module");
  return finishLoad(Module::loadFile(manifest_path), module);
}

static fa3_status loadData(const char *manifest, size_t manifest_size,
                           const void *image, size_t image_size,
                           std::optional<int> device, fa3_module *module) {
  if (!manifest)
    return reportNull("a manifest");
  if (!image)
    return reportNull("an image");
  if (!module)
    return reportNull("a place for the module");
  return finishLoad(
      Module::loadData({manifest, manifest_size},
                       {static_cast<const char *>(image), image_size}, device),
      module);
}

fa3_status fa3_module_load_data(const char *manifest, size_t manifest_size,
                                const void *image, size_t image_size,
                                fa3_module *module) {
  return loadData(manifest, manifest_size, image, image_size, std::nullopt,
                  module);
}

fa3_status fa3_module_load_data_on_device(const char *manifest,
                                          size_t manifest_size,
                                          const void *image, size_t image_size,
                                          int32_t device, fa3_module *module) {
  return loadData(manifest, manifest_size, image, image_size, device, module);
}

fa3_status fa3_module_synchronize(fa3_module module) {
  if (!module)
    return reportNull("a module");
  return report(unwrap(module).synchronize());
}

fa3_status fa3_module_unload(fa3_module module) {
  if (module)
    delete &unwrap(module);
  return FA3_OK;
}

fa3_status fa3_module_kernel_count(fa3_module module, int32_t *count) {
  if (!module)
    return reportNull("a module");
  if (!count)
    return reportNull("a place for the count");
  *count = static_cast<int32_t>(unwrap(module).getKernels().size());
  return FA3_OK;
}

fa3_status fa3_module_get_kernel(fa3_module module, const char *entry,
                                 fa3_kernel *kernel) {
  if (!module)
    return reportNull("a module");
  if (!kernel)
    return reportNull("a place for the kernel");
  llvm::Expected<Kernel &> found =
      entry ? unwrap(module).findKernel(entry) : unwrap(module).getOnlyKernel();
  if (!found)
    return report(found.takeError());
  *kernel = wrap(*found);
  return FA3_OK;
}

fa3_status fa3_module_get_kernel_at(fa3_module module, int32_t index,
                                    fa3_kernel *kernel) {
  if (!module)
    return reportNull("a module");
  if (!kernel)
    return reportNull("a place for the kernel");
  auto kernels = unwrap(module).getKernels();
  if (llvm::Error error = checkIndex("a kernel", index, kernels.size()))
    return report(std::move(error));
  *kernel = wrap(*kernels[static_cast<size_t>(index)]);
  return FA3_OK;
}

const char *fa3_kernel_entry(fa3_kernel kernel) {
  return kernel ? unwrap(kernel).getDesc().entry.c_str() : nullptr;
}

fa3_status fa3_kernel_argument_count(fa3_kernel kernel, int32_t *count) {
  if (!kernel)
    return reportNull("a kernel");
  if (!count)
    return reportNull("a place for the count");
  *count =
      static_cast<int32_t>(unwrap(kernel).getDesc().getNumCallerArguments());
  return FA3_OK;
}

fa3_status fa3_kernel_argument_info(fa3_kernel kernel, int32_t index,
                                    fa3_argument_info *info) {
  if (!kernel)
    return reportNull("a kernel");
  if (!info)
    return reportNull("a place for the information");
  const Kernel &object = unwrap(kernel);
  const auto &arguments = object.getDesc().arguments;
  if (llvm::Error error = checkIndex("an argument", index,
                                     object.getDesc().getNumCallerArguments()))
    return report(std::move(error));
  const ArgumentDesc &argument = arguments[static_cast<size_t>(index)];
  info->name = argument.name.c_str();
  info->shape = object.getCShape(static_cast<unsigned>(index)).data();
  info->rank = static_cast<int32_t>(argument.shape.size());
  info->dtype = static_cast<fa3_dtype>(argument.element);
  info->access = argument.access == Access::Read    ? FA3_READ
                 : argument.access == Access::Write ? FA3_WRITE
                 : argument.access == Access::Value ? FA3_VALUE
                                                    : FA3_READ_WRITE;
  return FA3_OK;
}

fa3_status fa3_launch(fa3_kernel kernel, const fa3_tensor *args, int32_t nargs,
                      void *stream) {
  return fa3_launch_with_workspace(kernel, args, nargs, nullptr, 0, stream);
}

/// Whether a kernel and its arguments can be looked at.
static fa3_status checkCall(fa3_kernel kernel, const fa3_tensor *args,
                            int32_t nargs) {
  if (!kernel)
    return reportNull("a kernel");
  if (!args && nargs != 0)
    return reportNull("arguments");
  if (nargs < 0)
    return report(FA3_ERROR_INVALID_ARGUMENT,
                  ("expected a number of arguments of at least 0, but got " +
                   llvm::Twine(nargs))
                      .str());
  return FA3_OK;
}

fa3_status fa3_kernel_workspace_size(fa3_kernel kernel, const fa3_tensor *args,
                                     int32_t nargs, size_t *size) {
  if (fa3_status status = checkCall(kernel, args, nargs))
    return status;
  if (!size)
    return reportNull("a place for the size");
  llvm::Expected<uint64_t> bytes =
      unwrap(kernel).getWorkspaceSize({args, static_cast<size_t>(nargs)});
  if (!bytes)
    return report(bytes.takeError());
  *size = *bytes;
  return FA3_OK;
}

fa3_status fa3_kernel_needs_workspace(fa3_kernel kernel, int32_t *needs) {
  if (fa3_status status = checkCall(kernel, nullptr, 0))
    return status;
  if (!needs)
    return reportNull("a place for the answer");
  const KernelDesc &desc = unwrap(kernel).getDesc();
  *needs = desc.getNumCallerArguments() != desc.arguments.size();
  return FA3_OK;
}

fa3_status fa3_launch_with_workspace(fa3_kernel kernel, const fa3_tensor *args,
                                     int32_t nargs, void *workspace,
                                     size_t workspace_size, void *stream) {
  if (fa3_status status = checkCall(kernel, args, nargs))
    return status;
  return report(unwrap(kernel).launch({args, static_cast<size_t>(nargs)},
                                      stream, {workspace, workspace_size}));
}

// NOLINTEND(readability-identifier-naming)
