//===- Driver.h - The CUDA driver, opened at run time -----------*- C++ -*-===//
//
// The table of driver entry points, and contexts around calls of them.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_RUNTIME_DRIVER_H
#define FA3_LIB_RUNTIME_DRIVER_H

#include "CudaTypes.h"

#include "fa3/Runtime/Device.h"

namespace fa3::runtime {

struct Driver : cuda::Functions {
  /// The driver of this process, opened and initialized by the first call. A
  /// failure is not remembered: the next call tries again.
  static llvm::Expected<const Driver &> get();

  /// Error for the failure of the call `name`, such as "cuMemAlloc: ...".
  llvm::Error error(const char *name, cuda::Result result) const;
};

/// Returns the error of a driver call that fails from the enclosing function:
/// FA3_CUDA_TRY(driver, memFree, address)
#define FA3_CUDA_TRY(DRIVER, NAME, ...)                                        \
  do {                                                                         \
    if (cuda::Result result = (DRIVER).NAME(__VA_ARGS__))                      \
      return (DRIVER).error(#NAME, result);                                    \
  } while (false)

/// A context that modules are loaded into: the current one or, where there is
/// none, the primary context of device 0, retained for the life of the object.
class ContextRef {
public:
  static llvm::Expected<ContextRef> acquire(const Driver &driver);
  /// The primary context of the device with this number, retained.
  static llvm::Expected<ContextRef> acquirePrimary(const Driver &driver,
                                                   int ordinal);
  ContextRef(ContextRef &&other) noexcept;
  ContextRef &operator=(ContextRef &&other) = delete;
  ~ContextRef();

  cuda::Context get() const { return context; }
  cuda::Device getDevice() const { return device; }

private:
  ContextRef(const Driver &driver, cuda::Context context, cuda::Device device,
             bool isRetained)
      : driver(&driver), context(context), device(device),
        isRetained(isRetained) {}

  const Driver *driver;
  cuda::Context context;
  cuda::Device device;
  bool isRetained;
};

/// Makes a context current on this thread, unless it is, until destroyed.
class ContextScope {
public:
  explicit ContextScope(const Driver &driver) : driver(driver) {}
  ContextScope(const ContextScope &) = delete;
  ContextScope &operator=(const ContextScope &) = delete;
  ~ContextScope();

  llvm::Error enter(cuda::Context context);

private:
  const Driver &driver;
  bool isPushed = false;
};

/// Describes one device.
llvm::Expected<DeviceInfo> queryDeviceInfo(const Driver &driver,
                                           cuda::Device device);

} // namespace fa3::runtime

#endif // FA3_LIB_RUNTIME_DRIVER_H
