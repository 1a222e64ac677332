//===- Device.h - Device memory and timing for tools ------------*- C++ -*-===//
//
// The little that a tool needs of the CUDA driver around a launch: a context,
// memory, copies and events. Embedders bring their own.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_RUNTIME_DEVICE_H
#define FA3_RUNTIME_DEVICE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>
#include <string>

namespace fa3::runtime {

struct Driver;

struct DeviceInfo {
  std::string name;
  int computeCapabilityMajor = 0;
  int computeCapabilityMinor = 0;
  int smCount = 0;
  /// 1000 * major + 10 * minor of CUDA.
  int driverVersion = 0;
};

/// Describes the device of the current context, else device 0.
llvm::Expected<DeviceInfo> queryDeviceInfo();

/// Fails unless the kernels of this project run on the device.
llvm::Error checkComputeCapability(const DeviceInfo &info);

/// The primary context of device 0, or the one that is current already; current
/// on the thread that made it for as long as it lives. It must outlive what is
/// allocated in it.
class DeviceContext {
public:
  static llvm::Expected<std::unique_ptr<DeviceContext>> create();
  ~DeviceContext();
  DeviceContext(const DeviceContext &) = delete;
  DeviceContext &operator=(const DeviceContext &) = delete;

  /// Waits until the device is idle; reports what kernels failed with.
  llvm::Error synchronize();

private:
  struct State;
  explicit DeviceContext(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

/// Device memory.
class DeviceBuffer {
public:
  /// Allocates `size` bytes; the address of an empty buffer is null.
  static llvm::Expected<DeviceBuffer> create(size_t size);
  /// Allocates a buffer that holds these bytes.
  static llvm::Expected<DeviceBuffer> createCopy(llvm::ArrayRef<char> bytes);
  DeviceBuffer(DeviceBuffer &&other) noexcept;
  DeviceBuffer &operator=(DeviceBuffer &&other) = delete;
  ~DeviceBuffer();

  void *getAddress() const {
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    return reinterpret_cast<void *>(address);
  }
  size_t getSize() const { return size; }

  /// Copies the part of the buffer that begins at `offset` and has the size of
  /// `bytes`.
  llvm::Error copyFromHost(llvm::ArrayRef<char> bytes, size_t offset = 0);
  llvm::Error copyToHost(llvm::MutableArrayRef<char> bytes,
                         size_t offset = 0) const;

private:
  DeviceBuffer(const Driver &driver, uint64_t address, size_t size)
      : driver(&driver), address(address), size(size) {}

  const Driver *driver;
  uint64_t address;
  size_t size;
};

/// A point in the work of the default stream, for timing.
class DeviceEvent {
public:
  static llvm::Expected<DeviceEvent> create();
  DeviceEvent(DeviceEvent &&other) noexcept;
  DeviceEvent &operator=(DeviceEvent &&other) = delete;
  ~DeviceEvent();

  llvm::Error record();

  /// Milliseconds from `start` to this event; both must be recorded. Waits.
  llvm::Expected<float> getMillisecondsSince(const DeviceEvent &start) const;

private:
  DeviceEvent(const Driver &driver, void *event)
      : driver(&driver), event(event) {}

  const Driver *driver;
  void *event;
};

/// Measures work on the default stream.
class DeviceTimer {
public:
  static llvm::Expected<DeviceTimer> create();

  /// Seconds that the device takes for all that `queue` queues. Waits for it.
  llvm::Expected<double> measure(llvm::function_ref<llvm::Error()> queue);

private:
  DeviceTimer(DeviceEvent start, DeviceEvent end)
      : start(std::move(start)), end(std::move(end)) {}

  DeviceEvent start;
  DeviceEvent end;
};

} // namespace fa3::runtime

#endif // FA3_RUNTIME_DEVICE_H
