//===- Driver.cpp - The CUDA driver, opened at run time -------------------===//

#include "Driver.h"

#include "fa3/Runtime/RuntimeError.h"

#include <cstdlib>
#include <dlfcn.h>
#include <memory>
#include <mutex>

namespace fa3::runtime {

/// The release that brought cuTensorMapEncodeTiled and cuLaunchKernelEx.
static constexpr int kMinDriverVersion = 12000;

static std::string formatVersion(int version) {
  return (llvm::Twine(version / 1000) + "." + llvm::Twine(version % 1000 / 10))
      .str();
}

llvm::Error Driver::error(const char *name, cuda::Result result) const {
  // The table's name is the symbol's without "cu": memAlloc for cuMemAlloc.
  std::string call = std::string("cu") + name;
  call[2] = static_cast<char>(call[2] - 'a' + 'A');
  const char *errorName = nullptr;
  const char *text = nullptr;
  if (getErrorName(result, &errorName) != cuda::kSuccess || !errorName)
    errorName = "unknown error";
  if (getErrorString(result, &text) != cuda::kSuccess || !text)
    text = "no description";
  return makeError(FA3_ERROR_DRIVER, call + " failed with " + errorName + " (" +
                                         llvm::Twine(result) + "): " + text);
}

static llvm::Error openDriver(const char *path, Driver &driver) {
  // Never closed: contexts and threads of the driver outlive every module.
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *reason = dlerror();
    return makeError(
        FA3_ERROR_NO_DRIVER,
        llvm::Twine("expected the CUDA driver library '") + path +
            "', but cannot open it: " + (reason ? reason : "no reason given"));
  }
  const char *missing = nullptr;
  auto load = [&](auto &function, const char *symbol, bool isRequired) {
    void *address = dlsym(library, symbol);
    function = reinterpret_cast<std::decay_t<decltype(function)>>(address);
    if (!address && isRequired && !missing)
      missing = symbol;
  };
#define FA3_LOAD_REQUIRED(NAME, SYMBOL, PARAMETERS)                            \
  load(driver.NAME, #SYMBOL, /*isRequired=*/true);
#define FA3_LOAD_OPTIONAL(NAME, SYMBOL, PARAMETERS)                            \
  load(driver.NAME, #SYMBOL, /*isRequired=*/false);
  FA3_CUDA_REQUIRED_FUNCTIONS(FA3_LOAD_REQUIRED)
  FA3_CUDA_OPTIONAL_FUNCTIONS(FA3_LOAD_OPTIONAL)
#undef FA3_LOAD_REQUIRED
#undef FA3_LOAD_OPTIONAL

  // The version is looked at before anything that an old driver lacks.
  int version = 0;
  if (driver.driverGetVersion &&
      driver.driverGetVersion(&version) == cuda::kSuccess &&
      version < kMinDriverVersion)
    return makeError(
        FA3_ERROR_NO_DRIVER,
        "expected a driver for CUDA " + formatVersion(kMinDriverVersion) +
            " or later, but got one for CUDA " + formatVersion(version));
  if (missing)
    return makeError(FA3_ERROR_NO_DRIVER, llvm::Twine("expected '") + path +
                                              "' to define '" + missing +
                                              "', but it does not");

  cuda::Result result = driver.init(0);
  if (result == cuda::kErrorNoDevice)
    return makeError(
        FA3_ERROR_NO_DEVICE,
        "expected a GPU of compute capability 9.0, but found none");
  if (result != cuda::kSuccess)
    return driver.error("init", result);
  int count = 0;
  FA3_CUDA_TRY(driver, deviceGetCount, &count);
  if (count == 0)
    return makeError(
        FA3_ERROR_NO_DEVICE,
        "expected a GPU of compute capability 9.0, but found none");
  return llvm::Error::success();
}

llvm::Expected<const Driver &> Driver::get() {
  static std::mutex mutex;
  // Not destroyed at exit, since other threads may still launch then.
  static const Driver *opened = nullptr;
  std::lock_guard<std::mutex> lock(mutex);
  if (opened)
    return *opened;
  const char *path = std::getenv("FA3_LIBCUDA"); // NOLINT(concurrency-*)
  auto driver = std::make_unique<Driver>();
  if (llvm::Error error =
          openDriver(path && *path ? path : "libcuda.so.1", *driver))
    return std::move(error);
  opened = driver.release();
  return *opened;
}

llvm::Expected<ContextRef> ContextRef::acquire(const Driver &driver) {
  cuda::Context context = nullptr;
  cuda::Device device = 0;
  FA3_CUDA_TRY(driver, ctxGetCurrent, &context);
  if (context) {
    FA3_CUDA_TRY(driver, ctxGetDevice, &device);
    return ContextRef(driver, context, device, /*isRetained=*/false);
  }
  return acquirePrimary(driver, 0);
}

llvm::Expected<ContextRef> ContextRef::acquirePrimary(const Driver &driver,
                                                      int ordinal) {
  int count = 0;
  FA3_CUDA_TRY(driver, deviceGetCount, &count);
  if (ordinal < 0 || ordinal >= count)
    return makeError(FA3_ERROR_INVALID_ARGUMENT,
                     "expected a device under " + llvm::Twine(count) +
                         ", but got " + llvm::Twine(ordinal));
  cuda::Context context = nullptr;
  cuda::Device device = 0;
  FA3_CUDA_TRY(driver, deviceGet, &device, ordinal);
  FA3_CUDA_TRY(driver, devicePrimaryCtxRetain, &context, device);
  return ContextRef(driver, context, device, /*isRetained=*/true);
}

ContextRef::ContextRef(ContextRef &&other) noexcept
    : driver(other.driver), context(other.context), device(other.device),
      isRetained(std::exchange(other.isRetained, false)) {}

// Destructors run when the process, and the driver with it, may be on its way
// out; there is nobody left to tell of a failure.
ContextRef::~ContextRef() {
  if (isRetained)
    driver->devicePrimaryCtxRelease(device);
}

llvm::Error ContextScope::enter(cuda::Context context) {
  cuda::Context current = nullptr;
  FA3_CUDA_TRY(driver, ctxGetCurrent, &current);
  if (current == context)
    return llvm::Error::success();
  FA3_CUDA_TRY(driver, ctxPushCurrent, context);
  isPushed = true;
  return llvm::Error::success();
}

ContextScope::~ContextScope() {
  cuda::Context popped = nullptr;
  if (isPushed)
    driver.ctxPopCurrent(&popped);
}

llvm::Expected<DeviceInfo> queryDeviceInfo(const Driver &driver,
                                           cuda::Device device) {
  DeviceInfo info;
  char name[256] = {};
  FA3_CUDA_TRY(driver, deviceGetName, name, sizeof(name) - 1, device);
  info.name = name;
  FA3_CUDA_TRY(driver, deviceGetAttribute, &info.computeCapabilityMajor,
               cuda::kDeviceAttributeComputeCapabilityMajor, device);
  FA3_CUDA_TRY(driver, deviceGetAttribute, &info.computeCapabilityMinor,
               cuda::kDeviceAttributeComputeCapabilityMinor, device);
  FA3_CUDA_TRY(driver, deviceGetAttribute, &info.smCount,
               cuda::kDeviceAttributeSMCount, device);
  FA3_CUDA_TRY(driver, driverGetVersion, &info.driverVersion);
  return info;
}

llvm::Expected<DeviceInfo> queryDeviceInfo() {
  llvm::Expected<const Driver &> driver = Driver::get();
  if (!driver)
    return driver.takeError();
  cuda::Context context = nullptr;
  cuda::Device device = 0;
  FA3_CUDA_TRY(*driver, ctxGetCurrent, &context);
  if (context)
    FA3_CUDA_TRY(*driver, ctxGetDevice, &device);
  else
    FA3_CUDA_TRY(*driver, deviceGet, &device, 0);
  return queryDeviceInfo(*driver, device);
}

} // namespace fa3::runtime
