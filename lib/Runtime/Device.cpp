//===- Device.cpp - Device memory and timing for tools --------------------===//

#include "fa3/Runtime/Device.h"

#include "Driver.h"

#include "fa3/Runtime/RuntimeError.h"

namespace fa3::runtime {

llvm::Error checkComputeCapability(const DeviceInfo &info) {
  if (info.computeCapabilityMajor == 9 && info.computeCapabilityMinor == 0)
    return llvm::Error::success();
  return makeError(FA3_ERROR_UNSUPPORTED_DEVICE,
                   "expected a GPU of compute capability 9.0, but found '" +
                       info.name + "' with " +
                       llvm::Twine(info.computeCapabilityMajor) + "." +
                       llvm::Twine(info.computeCapabilityMinor));
}

struct DeviceContext::State {
  State(const Driver &driver, ContextRef context)
      : driver(driver), context(std::move(context)), scope(driver) {}

  const Driver &driver;
  ContextRef context;
  // After the reference, so that it is left before that is given back.
  ContextScope scope;
};

DeviceContext::DeviceContext(std::unique_ptr<State> state)
    : state(std::move(state)) {}

DeviceContext::~DeviceContext() = default;

llvm::Expected<std::unique_ptr<DeviceContext>> DeviceContext::create() {
  llvm::Expected<const Driver &> driver = Driver::get();
  if (!driver)
    return driver.takeError();
  llvm::Expected<ContextRef> context = ContextRef::acquire(*driver);
  if (!context)
    return context.takeError();
  auto state = std::make_unique<State>(*driver, std::move(*context));
  if (llvm::Error error = state->scope.enter(state->context.get()))
    return std::move(error);
  return std::unique_ptr<DeviceContext>(new DeviceContext(std::move(state)));
}

llvm::Error DeviceContext::synchronize() {
  FA3_CUDA_TRY(state->driver, ctxSynchronize);
  return llvm::Error::success();
}

llvm::Expected<DeviceBuffer> DeviceBuffer::create(size_t size) {
  llvm::Expected<const Driver &> driver = Driver::get();
  if (!driver)
    return driver.takeError();
  cuda::DevicePtr address = 0;
  if (size != 0)
    FA3_CUDA_TRY(*driver, memAlloc, &address, size);
  return DeviceBuffer(*driver, address, size);
}

llvm::Expected<DeviceBuffer>
DeviceBuffer::createCopy(llvm::ArrayRef<char> bytes) {
  llvm::Expected<DeviceBuffer> buffer = create(bytes.size());
  if (!buffer)
    return buffer.takeError();
  if (llvm::Error error = buffer->copyFromHost(bytes))
    return std::move(error);
  return buffer;
}

DeviceBuffer::DeviceBuffer(DeviceBuffer &&other) noexcept
    : driver(other.driver), address(std::exchange(other.address, 0)),
      size(std::exchange(other.size, 0)) {}

DeviceBuffer::~DeviceBuffer() {
  if (address)
    driver->memFree(address);
}

llvm::Error DeviceBuffer::copyFromHost(llvm::ArrayRef<char> bytes,
                                       size_t offset) {
  assert(offset <= size && bytes.size() <= size - offset &&
         "expected a part of the buffer");
  if (!bytes.empty())
    FA3_CUDA_TRY(*driver, memcpyHtoD, address + offset, bytes.data(),
                 bytes.size());
  return llvm::Error::success();
}

llvm::Error DeviceBuffer::copyToHost(llvm::MutableArrayRef<char> bytes,
                                     size_t offset) const {
  assert(offset <= size && bytes.size() <= size - offset &&
         "expected a part of the buffer");
  if (!bytes.empty())
    FA3_CUDA_TRY(*driver, memcpyDtoH, bytes.data(), address + offset,
                 bytes.size());
  return llvm::Error::success();
}

llvm::Expected<DeviceEvent> DeviceEvent::create() {
  llvm::Expected<const Driver &> driver = Driver::get();
  if (!driver)
    return driver.takeError();
  cuda::Event event = nullptr;
  FA3_CUDA_TRY(*driver, eventCreate, &event, 0);
  return DeviceEvent(*driver, event);
}

DeviceEvent::DeviceEvent(DeviceEvent &&other) noexcept
    : driver(other.driver), event(std::exchange(other.event, nullptr)) {}

DeviceEvent::~DeviceEvent() {
  if (event)
    driver->eventDestroy(static_cast<cuda::Event>(event));
}

llvm::Error DeviceEvent::record() {
  FA3_CUDA_TRY(*driver, eventRecord, static_cast<cuda::Event>(event), nullptr);
  return llvm::Error::success();
}

llvm::Expected<float>
DeviceEvent::getMillisecondsSince(const DeviceEvent &start) const {
  float milliseconds = 0;
  auto end = static_cast<cuda::Event>(event);
  FA3_CUDA_TRY(*driver, eventSynchronize, end);
  FA3_CUDA_TRY(*driver, eventElapsedTime, &milliseconds,
               static_cast<cuda::Event>(start.event), end);
  return milliseconds;
}

llvm::Expected<DeviceTimer> DeviceTimer::create() {
  llvm::Expected<DeviceEvent> start = DeviceEvent::create();
  if (!start)
    return start.takeError();
  llvm::Expected<DeviceEvent> end = DeviceEvent::create();
  if (!end)
    return end.takeError();
  return DeviceTimer(std::move(*start), std::move(*end));
}

llvm::Expected<double>
DeviceTimer::measure(llvm::function_ref<llvm::Error()> queue) {
  if (llvm::Error error = start.record())
    return std::move(error);
  if (llvm::Error error = queue())
    return std::move(error);
  if (llvm::Error error = end.record())
    return std::move(error);
  llvm::Expected<float> milliseconds = end.getMillisecondsSince(start);
  if (!milliseconds)
    return milliseconds.takeError();
  return *milliseconds * 1e-3;
}

} // namespace fa3::runtime
