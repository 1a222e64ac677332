//===- CudaTypes.h - Declarations of the CUDA driver API --------*- C++ -*-===//
//
// The types and constants of the CUDA driver API (CUDA 12.0 and later) that the
// runtime needs, under names of our own so that no CUDA header is. Layouts and
// values are part of the driver's stable binary interface.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_RUNTIME_CUDATYPES_H
#define FA3_LIB_RUNTIME_CUDATYPES_H

#include <cstddef>
#include <cstdint>

namespace fa3::runtime::cuda {

using Result = int;
using Device = int;
using DevicePtr = unsigned long long;
using Context = struct ContextHandle *;
using ModuleHandle = struct ModuleObject *;
using Function = struct FunctionHandle *;
using Stream = struct StreamHandle *;
using Event = struct EventHandle *;

constexpr Result kSuccess = 0;
constexpr Result kErrorInvalidValue = 1;
constexpr Result kErrorNoDevice = 100;
constexpr Result kErrorNotFound = 500;

// CUdevice_attribute
constexpr int kDeviceAttributeSMCount = 16;
constexpr int kDeviceAttributeComputeCapabilityMajor = 75;
constexpr int kDeviceAttributeComputeCapabilityMinor = 76;

// CUfunction_attribute
constexpr int kFunctionAttributeMaxThreadsPerBlock = 0;
constexpr int kFunctionAttributeStaticSharedMemory = 1;
constexpr int kFunctionAttributeMaxDynamicSharedMemory = 8;
constexpr int kFunctionAttributeNonPortableClusterSize = 14;

// CUjit_option
constexpr int kJitErrorLogBuffer = 5;
constexpr int kJitErrorLogBufferSize = 6;

// CUtensorMapDataType
constexpr int kTensorMapUInt8 = 0;
constexpr int kTensorMapInt32 = 3;
constexpr int kTensorMapInt64 = 5;
constexpr int kTensorMapFloat16 = 6;
constexpr int kTensorMapFloat32 = 7;
constexpr int kTensorMapFloat64 = 8;
constexpr int kTensorMapBFloat16 = 9;

// CUtensorMapInterleave and CUtensorMapFloatOOBfill; elements outside of the
// tensor read as 0.
constexpr int kTensorMapInterleaveNone = 0;
constexpr int kTensorMapFillZero = 0;

/// CUtensorMap
struct alignas(64) TensorMap {
  uint64_t opaque[16];
};
static_assert(sizeof(TensorMap) == 128);

// CUlaunchAttributeID
constexpr int kLaunchAttributeClusterDimension = 4;
constexpr int kLaunchAttributeProgrammaticStreamSerialization = 6;

/// CUlaunchAttribute; the value is a union of 64 bytes.
struct alignas(8) LaunchAttribute {
  int id;
  char padding[4];
  union {
    char bytes[64];
    struct {
      unsigned x, y, z;
    } clusterDim;
    int programmaticStreamSerializationAllowed;
  } value;
};
static_assert(sizeof(LaunchAttribute) == 72);

/// CUlaunchConfig
struct LaunchConfig {
  unsigned gridDimX, gridDimY, gridDimZ;
  unsigned blockDimX, blockDimY, blockDimZ;
  unsigned sharedMemBytes;
  Stream stream;
  LaunchAttribute *attributes;
  unsigned numAttributes;
};
static_assert(sizeof(LaunchConfig) == 56);

// The entry points: name in our table, symbol, parameters. All return a Result.
// Those of the second list may be missing from an older driver. A device
// address is a DevicePtr even where the driver says void *, which is passed
// alike.
#define FA3_CUDA_REQUIRED_FUNCTIONS(X)                                         \
  X(init, cuInit, (unsigned flags))                                            \
  X(driverGetVersion, cuDriverGetVersion, (int *version))                      \
  X(getErrorName, cuGetErrorName, (Result error, const char **text))           \
  X(getErrorString, cuGetErrorString, (Result error, const char **text))       \
  X(deviceGet, cuDeviceGet, (Device * device, int ordinal))                    \
  X(deviceGetCount, cuDeviceGetCount, (int *count))                            \
  X(deviceGetName, cuDeviceGetName, (char *name, int length, Device device))   \
  X(deviceGetAttribute, cuDeviceGetAttribute,                                  \
    (int *value, int attribute, Device device))                                \
  X(ctxGetCurrent, cuCtxGetCurrent, (Context * context))                       \
  X(ctxGetDevice, cuCtxGetDevice, (Device * device))                           \
  X(ctxPushCurrent, cuCtxPushCurrent_v2, (Context context))                    \
  X(ctxPopCurrent, cuCtxPopCurrent_v2, (Context * context))                    \
  X(ctxSynchronize, cuCtxSynchronize, ())                                      \
  X(devicePrimaryCtxRetain, cuDevicePrimaryCtxRetain,                          \
    (Context * context, Device device))                                        \
  X(devicePrimaryCtxRelease, cuDevicePrimaryCtxRelease_v2, (Device device))    \
  X(moduleLoadDataEx, cuModuleLoadDataEx,                                      \
    (ModuleHandle * module, const void *image, unsigned numOptions,            \
     int *options, void **values))                                             \
  X(moduleUnload, cuModuleUnload, (ModuleHandle module))                       \
  X(moduleGetFunction, cuModuleGetFunction,                                    \
    (Function * function, ModuleHandle module, const char *name))              \
  X(funcGetAttribute, cuFuncGetAttribute,                                      \
    (int *value, int attribute, Function function))                            \
  X(funcSetAttribute, cuFuncSetAttribute,                                      \
    (Function function, int attribute, int value))                             \
  X(tensorMapEncodeTiled, cuTensorMapEncodeTiled,                              \
    (TensorMap * map, int dataType, uint32_t rank, DevicePtr address,          \
     const uint64_t *sizes, const uint64_t *strides, const uint32_t *box,      \
     const uint32_t *elementStrides, int interleave, int swizzle,              \
     int l2Promotion, int fill))                                               \
  X(launchKernelEx, cuLaunchKernelEx,                                          \
    (const LaunchConfig *config, Function function, void **parameters,         \
     void **extra))                                                            \
  X(memAlloc, cuMemAlloc_v2, (DevicePtr * address, size_t size))               \
  X(memFree, cuMemFree_v2, (DevicePtr address))                                \
  X(memsetD8, cuMemsetD8_v2,                                                   \
    (DevicePtr address, unsigned char value, size_t count))                    \
  X(memcpyHtoD, cuMemcpyHtoD_v2,                                               \
    (DevicePtr to, const void *from, size_t size))                             \
  X(memcpyDtoH, cuMemcpyDtoH_v2, (void *to, DevicePtr from, size_t size))      \
  X(eventCreate, cuEventCreate, (Event * event, unsigned flags))               \
  X(eventRecord, cuEventRecord, (Event event, Stream stream))                  \
  X(eventSynchronize, cuEventSynchronize, (Event event))                       \
  X(eventElapsedTime, cuEventElapsedTime,                                      \
    (float *milliseconds, Event start, Event end))                             \
  X(eventDestroy, cuEventDestroy_v2, (Event event))

#define FA3_CUDA_OPTIONAL_FUNCTIONS(X)                                         \
  X(funcGetParamInfo, cuFuncGetParamInfo,                                      \
    (Function function, size_t index, size_t *offset, size_t *size))

/// The entry points; one that is optional may be null.
struct Functions {
#define FA3_CUDA_MEMBER(NAME, SYMBOL, PARAMETERS)                              \
  Result(*NAME) PARAMETERS = nullptr;
  FA3_CUDA_REQUIRED_FUNCTIONS(FA3_CUDA_MEMBER)
  FA3_CUDA_OPTIONAL_FUNCTIONS(FA3_CUDA_MEMBER)
#undef FA3_CUDA_MEMBER
};

} // namespace fa3::runtime::cuda

#endif // FA3_LIB_RUNTIME_CUDATYPES_H
