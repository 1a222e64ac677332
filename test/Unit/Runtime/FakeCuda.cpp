//===- FakeCuda.cpp - A CUDA driver without a GPU -------------------------===//

#include "FakeCuda.h"

#include "CudaTypes.h"

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <sstream>

using namespace fa3::runtime;
using namespace fa3::runtime::cuda;

static std::mutex mutex;
static thread_local std::vector<Context> contexts;

static Context primaryContext() { return reinterpret_cast<Context>(0x1000); }

/// Sizes of a kernel's parameters, "128,8,4", for tests that run a tool.
static std::vector<size_t> readParameterSizes() {
  std::vector<size_t> sizes;
  const char *text = std::getenv("FA3_FAKE_CUDA_PARAMETERS");
  std::stringstream stream(text ? text : "");
  for (std::string size; std::getline(stream, size, ',');)
    sizes.push_back(std::stoul(size));
  return sizes;
}

fake::State &fake::state() {
  static State theState = [] {
    State initial;
    initial.parameterSizes = readParameterSizes();
    return initial;
  }();
  return theState;
}

void fake::setCurrentContext(bool isCurrent) {
  contexts.clear();
  if (isCurrent)
    contexts.push_back(primaryContext());
}

/// The failure that a test asked for, else success.
static Result resultOf(const char *symbol) {
  const auto &failures = fake::state().failures;
  auto found = failures.find(symbol);
  return found == failures.end() ? kSuccess : found->second;
}

#define FAKE_TRY()                                                             \
  std::lock_guard<std::mutex> lock(mutex);                                     \
  if (Result result = resultOf(__func__))                                      \
  return result

// NOLINTBEGIN(readability-identifier-naming): the names of the driver.
extern "C" {

Result cuInit(unsigned) {
  FAKE_TRY();
  return kSuccess;
}
Result cuDriverGetVersion(int *version) {
  *version = fake::state().driverVersion;
  return kSuccess;
}
Result cuGetErrorName(Result, const char **text) {
  *text = "CUDA_ERROR_FAKE";
  return kSuccess;
}
Result cuGetErrorString(Result, const char **text) {
  *text = "a test asked for it";
  return kSuccess;
}
Result cuDeviceGet(Device *device, int ordinal) {
  *device = ordinal;
  return kSuccess;
}
Result cuDeviceGetCount(int *count) {
  *count = fake::state().deviceCount;
  return kSuccess;
}
Result cuDeviceGetName(char *name, int length, Device) {
  std::strncpy(name, "Fake GPU", static_cast<size_t>(length));
  return kSuccess;
}
Result cuDeviceGetAttribute(int *value, int attribute, Device) {
  *value = attribute == kDeviceAttributeSMCount ? 132
           : attribute == kDeviceAttributeComputeCapabilityMajor
               ? fake::state().computeCapabilityMajor
               : fake::state().computeCapabilityMinor;
  return kSuccess;
}
Result cuCtxGetCurrent(Context *context) {
  *context = contexts.empty() ? nullptr : contexts.back();
  return kSuccess;
}
Result cuCtxGetDevice(Device *device) {
  *device = 0;
  return kSuccess;
}
Result cuCtxPushCurrent_v2(Context context) {
  contexts.push_back(context);
  return kSuccess;
}
Result cuCtxPopCurrent_v2(Context *context) {
  *context = contexts.back();
  contexts.pop_back();
  return kSuccess;
}
Result cuCtxSynchronize() {
  FAKE_TRY();
  return kSuccess;
}
Result cuDevicePrimaryCtxRetain(Context *context, Device) {
  FAKE_TRY();
  ++fake::state().primaryRetained;
  *context = primaryContext();
  return kSuccess;
}
Result cuDevicePrimaryCtxRelease_v2(Device) {
  --fake::state().primaryRetained;
  return kSuccess;
}
Result cuModuleLoadDataEx(ModuleHandle *module, const void *image,
                          unsigned numOptions, int *options, void **values) {
  std::lock_guard<std::mutex> lock(mutex);
  if (Result result = resultOf(__func__)) {
    for (unsigned i = 0; i != numOptions; ++i)
      if (options[i] == kJitErrorLogBuffer)
        std::strcpy(static_cast<char *>(values[i]),
                    fake::state().jitLog.c_str());
    return result;
  }
  ++fake::state().modules;
  fake::state().image = static_cast<const char *>(image);
  *module = reinterpret_cast<ModuleHandle>(0x2000);
  return kSuccess;
}
Result cuModuleUnload(ModuleHandle) {
  --fake::state().modules;
  return kSuccess;
}
Result cuModuleGetFunction(Function *function, ModuleHandle, const char *name) {
  FAKE_TRY();
  if (fake::state().entry != name)
    return kErrorNotFound;
  *function = reinterpret_cast<Function>(0x3000);
  return kSuccess;
}
Result cuFuncGetAttribute(int *value, int attribute, Function) {
  *value = attribute == kFunctionAttributeMaxThreadsPerBlock
               ? fake::state().maxThreads
               : fake::state().staticSharedMemory;
  return kSuccess;
}
Result cuFuncSetAttribute(Function, int attribute, int value) {
  FAKE_TRY();
  fake::state().functionAttributes[attribute] = value;
  return kSuccess;
}
Result cuFuncGetParamInfo(Function, size_t index, size_t *offset,
                          size_t *size) {
  const auto &sizes = fake::state().parameterSizes;
  if (index >= sizes.size())
    return kErrorInvalidValue;
  *offset = 0;
  *size = sizes[index];
  return kSuccess;
}
Result cuTensorMapEncodeTiled(TensorMap *map, int dataType, uint32_t rank,
                              DevicePtr address, const uint64_t *sizes,
                              const uint64_t *strides, const uint32_t *box,
                              const uint32_t *, int, int swizzle,
                              int l2Promotion, int) {
  FAKE_TRY();
  auto &maps = fake::state().maps;
  // A map says which of the encoded ones it is.
  map->opaque[0] = maps.size();
  maps.push_back({dataType,
                  address,
                  {sizes, sizes + rank},
                  {strides, strides + rank - 1},
                  {box, box + rank},
                  swizzle,
                  l2Promotion});
  return kSuccess;
}
Result cuLaunchKernelEx(const LaunchConfig *config, Function, void **parameters,
                        void **) {
  FAKE_TRY();
  fake::Launch launch;
  launch.grid = {config->gridDimX, config->gridDimY, config->gridDimZ};
  launch.block = {config->blockDimX, config->blockDimY, config->blockDimZ};
  for (unsigned i = 0; i != config->numAttributes; ++i)
    if (config->attributes[i].id == kLaunchAttributeClusterDimension)
      launch.cluster = {config->attributes[i].value.clusterDim.x,
                        config->attributes[i].value.clusterDim.y,
                        config->attributes[i].value.clusterDim.z};
  launch.sharedMemory = config->sharedMemBytes;
  launch.stream = config->stream;
  launch.hasContext = !contexts.empty() && contexts.back() == primaryContext();
  const auto &sizes = fake::state().parameterSizes;
  for (size_t i = 0; i != sizes.size(); ++i) {
    auto *bytes = static_cast<unsigned char *>(parameters[i]);
    launch.parameters.emplace_back(bytes, bytes + sizes[i]);
  }
  fake::state().launches.push_back(std::move(launch));
  return kSuccess;
}
Result cuMemAlloc_v2(DevicePtr *address, size_t size) {
  FAKE_TRY();
  size_t rounded = (size + 255) / 256 * 256;
  *address = reinterpret_cast<uintptr_t>(std::aligned_alloc(256, rounded));
  ++fake::state().allocations;
  return kSuccess;
}
// NOLINTBEGIN(performance-no-int-to-ptr): device memory is host memory here.
Result cuMemFree_v2(DevicePtr address) {
  std::free(reinterpret_cast<void *>(address));
  --fake::state().allocations;
  return kSuccess;
}
Result cuMemsetD8_v2(DevicePtr address, unsigned char value, size_t count) {
  std::memset(reinterpret_cast<void *>(address), value, count);
  return kSuccess;
}
Result cuMemcpyHtoD_v2(DevicePtr to, const void *from, size_t size) {
  std::memcpy(reinterpret_cast<void *>(to), from, size);
  return kSuccess;
}
Result cuMemcpyDtoH_v2(void *to, DevicePtr from, size_t size) {
  std::memcpy(to, reinterpret_cast<const void *>(from), size);
  return kSuccess;
}
// NOLINTEND(performance-no-int-to-ptr)
Result cuEventCreate(Event *event, unsigned) {
  *event = reinterpret_cast<Event>(0x4000);
  return kSuccess;
}
Result cuEventRecord(Event, Stream) { return kSuccess; }
Result cuEventSynchronize(Event) { return kSuccess; }
Result cuEventElapsedTime(float *milliseconds, Event, Event) {
  *milliseconds = 1;
  return kSuccess;
}
Result cuEventDestroy_v2(Event) { return kSuccess; }

} // extern "C"
// NOLINTEND(readability-identifier-naming)
