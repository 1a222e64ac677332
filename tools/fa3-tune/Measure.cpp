//===- Measure.cpp - Time the kernels of a plan ---------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Measure.h"

#include "Agreement.h"

#include "../fa3-launch/ArgumentSource.h"
#include "fa3/Runtime/Device.h"
#include "fa3/Runtime/Module.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <map>

using namespace fa3::runtime;

namespace fa3::tune {

/// Places of an output that are compared, evenly spread, and the most bytes at
/// each.
static constexpr int64_t kSlices = 64, kSliceBytes = 4096;

namespace {
/// A kernel that has not failed so far.
struct LoadedKernel {
  PlannedKernel *planned;
  std::unique_ptr<Module> module;
  Kernel *kernel;
};

/// Whole rows of an output.
struct Slice {
  unsigned argument;
  size_t offset, size;
};

/// Device memory for the arguments of all problems in turn: filling takes
/// longer than timing.
class BufferPool {
public:
  /// A buffer of at least `size` bytes for argument `index`, with random
  /// elements.
  llvm::Expected<DeviceBuffer &> get(unsigned index, ElementType element,
                                     int64_t size);

private:
  std::map<std::pair<unsigned, ElementType>, std::unique_ptr<DeviceBuffer>>
      buffers;
};

class ProblemTimer {
public:
  ProblemTimer(PlannedProblem &problem, llvm::StringRef folder,
               const MeasureOptions &options, BufferPool &pool)
      : problem(problem), folder(folder), options(options), pool(pool) {}

  llvm::Error run();

private:
  llvm::Error load();
  llvm::Error allocate();
  llvm::SmallVector<fa3_tensor> getTensors(const TimedShape &shape);
  std::vector<Slice> getSlices(const TimedShape &shape);
  llvm::Error checkResults(const TimedShape &shape);
  llvm::Error time(const TimedShape &shape);
  void drop(llvm::function_ref<bool(const LoadedKernel &)> isDropped);

  const KernelDesc &getDesc() const {
    return kernels.front().kernel->getDesc();
  }

  PlannedProblem &problem;
  llvm::StringRef folder;
  const MeasureOptions &options;
  BufferPool &pool;
  std::vector<LoadedKernel> kernels;
  /// One for each argument, large enough for every shape.
  std::vector<DeviceBuffer *> buffers;
};
} // namespace

llvm::Expected<DeviceBuffer &>
BufferPool::get(unsigned index, ElementType element, int64_t size) {
  std::unique_ptr<DeviceBuffer> &buffer = buffers[{index, element}];
  if (buffer && buffer->getSize() >= static_cast<size_t>(size))
    return *buffer;
  buffer.reset();
  NpyArray array;
  array.element = element;
  array.data.resize(size);
  fillRandom(index, array);
  llvm::Expected<DeviceBuffer> created = DeviceBuffer::createCopy(array.data);
  if (!created)
    return created.takeError();
  buffer = std::make_unique<DeviceBuffer>(std::move(*created));
  return *buffer;
}

/// Takes out kernels that have got an error.
void ProblemTimer::drop(
    llvm::function_ref<bool(const LoadedKernel &)> isDropped) {
  llvm::erase_if(kernels, [&](LoadedKernel &kernel) {
    if (!isDropped(kernel))
      return false;
    kernel.planned->microseconds.clear();
    return true;
  });
}

llvm::Error ProblemTimer::load() {
  for (PlannedKernel &planned : problem.kernels) {
    if (!planned.error.empty())
      continue;
    planned.microseconds.clear();
    llvm::SmallString<128> path(folder);
    llvm::sys::path::append(path, planned.manifest);
    llvm::Expected<std::unique_ptr<Module>> module = Module::loadFile(path);
    if (!module)
      return module.takeError();
    llvm::Expected<Kernel &> kernel = (*module)->getOnlyKernel();
    if (!kernel)
      return kernel.takeError();
    size_t expected = kernel->getDesc().arguments.size();
    for (const TimedShape &shape : problem.shapes)
      if (shape.arguments.size() != expected)
        return llvm::createStringError(
            path + ": expected " + llvm::Twine(shape.arguments.size()) +
            " arguments, but got " + llvm::Twine(expected));
    kernels.push_back({&planned, std::move(*module), &*kernel});
  }
  return llvm::Error::success();
}

llvm::Error ProblemTimer::allocate() {
  for (auto [index, argument] : llvm::enumerate(getDesc().arguments)) {
    int64_t largest = 0;
    for (const TimedShape &shape : problem.shapes) {
      std::optional<int64_t> size =
          getArraySizeInBytes(argument.element, shape.arguments[index]);
      if (!size || *size > getLargestArraySize())
        return llvm::createStringError(
            "argument " + llvm::Twine(index) +
            " is larger than an eighth of the memory of this machine");
      largest = std::max(largest, *size);
    }
    llvm::Expected<DeviceBuffer &> buffer =
        pool.get(index, argument.element, largest);
    if (!buffer)
      return buffer.takeError();
    buffers.push_back(&*buffer);
  }
  return llvm::Error::success();
}

llvm::SmallVector<fa3_tensor>
ProblemTimer::getTensors(const TimedShape &shape) {
  llvm::SmallVector<fa3_tensor> tensors;
  for (auto [index, argument] : llvm::enumerate(getDesc().arguments)) {
    const std::vector<int64_t> &sizes = shape.arguments[index];
    tensors.push_back({buffers[index]->getAddress(), sizes.data(), nullptr,
                       static_cast<int32_t>(sizes.size()),
                       static_cast<fa3_dtype>(argument.element)});
  }
  return tensors;
}

std::vector<Slice> ProblemTimer::getSlices(const TimedShape &shape) {
  std::vector<Slice> slices;
  for (auto [index, argument] : llvm::enumerate(getDesc().arguments)) {
    const std::vector<int64_t> &sizes = shape.arguments[index];
    if (argument.access != Access::Write || sizes.empty())
      continue;
    auto bytes =
        static_cast<int64_t>(*getArraySizeInBytes(argument.element, sizes));
    int64_t row = sizes.back() * getSizeInBytes(argument.element);
    if (bytes == 0)
      continue;
    int64_t rows = bytes / row;
    int64_t of_slice = std::clamp<int64_t>(kSliceBytes / row, 1, rows);
    int64_t count = std::min(kSlices, rows / of_slice);
    for (int64_t i = 0; i != count; ++i) {
      // From the first row to the last.
      int64_t first = count == 1 ? 0 : (rows - of_slice) * i / (count - 1);
      slices.push_back({static_cast<unsigned>(index),
                        static_cast<size_t>(first * row),
                        static_cast<size_t>(of_slice * row)});
    }
  }
  return slices;
}

/// Launches each kernel once, which also warms up, and drops those whose
/// results are not those of most.
llvm::Error ProblemTimer::checkResults(const TimedShape &shape) {
  llvm::SmallVector<fa3_tensor> tensors = getTensors(shape);
  std::vector<Slice> slices = getSlices(shape);
  // By output, as each has rows of its own.
  std::vector<std::vector<std::vector<float>>> results(
      tensors.size(), std::vector<std::vector<float>>(kernels.size()));
  for (auto [k, loaded] : llvm::enumerate(kernels)) {
    std::vector<char> bytes;
    for (const Slice &slice : slices) {
      bytes.assign(slice.size, '\xff');
      if (llvm::Error error =
              buffers[slice.argument]->copyFromHost(bytes, slice.offset))
        return error;
    }
    if (llvm::Error error = loaded.kernel->launch(tensors, nullptr)) {
      loaded.planned->error = llvm::toString(std::move(error));
      continue;
    }
    for (const Slice &slice : slices) {
      bytes.resize(slice.size);
      if (llvm::Error error =
              buffers[slice.argument]->copyToHost(bytes, slice.offset))
        return llvm::createStringError(loaded.planned->manifest + ": " +
                                       llvm::toString(std::move(error)));
      appendNumbers(getDesc().arguments[slice.argument].element, bytes,
                    results[slice.argument][k]);
    }
  }
  double tolerance = getTolerance(getDesc().arguments.front().element);
  for (auto [index, own] : llvm::enumerate(results)) {
    std::vector<std::vector<float>> launched;
    std::vector<LoadedKernel *> owners;
    for (auto [k, numbers] : llvm::enumerate(own))
      if (!numbers.empty()) {
        launched.push_back(std::move(numbers));
        owners.push_back(&kernels[k]);
      }
    if (launched.empty())
      continue;
    std::vector<bool> agrees =
        findAgreement(launched, shape.arguments[index].back(), tolerance);
    for (auto [owner, agreed] : llvm::zip_equal(owners, agrees))
      if (!agreed)
        owner->planned->error = "results differ from those of most kernels";
  }
  drop([](const LoadedKernel &kernel) {
    return !kernel.planned->error.empty();
  });
  return llvm::Error::success();
}

llvm::Error ProblemTimer::time(const TimedShape &shape) {
  llvm::SmallVector<fa3_tensor> tensors = getTensors(shape);
  std::vector<DeviceEvent> events;
  for (size_t i = 0; i != kernels.size() + 1; ++i) {
    llvm::Expected<DeviceEvent> event = DeviceEvent::create();
    if (!event)
      return event.takeError();
    events.push_back(std::move(*event));
  }
  std::vector<std::vector<double>> times(kernels.size());
  for (unsigned round = 0; round != options.rounds; ++round) {
    auto at = [&](size_t i) {
      return round % 2 == 0 ? i : kernels.size() - 1 - i;
    };
    // The host gets ahead during a launch that is not timed.
    if (llvm::Error error = kernels[at(0)].kernel->launch(tensors, nullptr))
      return error;
    if (llvm::Error error = events[0].record())
      return error;
    for (size_t i = 0; i != kernels.size(); ++i) {
      if (llvm::Error error = kernels[at(i)].kernel->launch(tensors, nullptr))
        return error;
      if (llvm::Error error = events[i + 1].record())
        return error;
    }
    for (size_t i = 0; i != kernels.size(); ++i) {
      llvm::Expected<float> milliseconds =
          events[i + 1].getMillisecondsSince(events[i]);
      if (!milliseconds)
        return milliseconds.takeError();
      times[at(i)].push_back(*milliseconds * 1000.0);
    }
  }
  for (auto [loaded, own] : llvm::zip_equal(kernels, times)) {
    llvm::sort(own);
    loaded.planned->microseconds.push_back(own[own.size() / 2]);
  }
  return llvm::Error::success();
}

llvm::Error ProblemTimer::run() {
  if (llvm::Error error = load())
    return error;
  if (kernels.empty())
    return llvm::Error::success();
  if (llvm::Error error = allocate())
    return error;
  for (const TimedShape &shape : problem.shapes) {
    if (llvm::Error error = checkResults(shape))
      return error;
    if (kernels.empty())
      return llvm::Error::success();
    if (llvm::Error error = time(shape))
      return error;
  }
  return llvm::Error::success();
}

llvm::Error checkDevice() { return DeviceContext::create().takeError(); }

llvm::Error measure(Plan &plan, llvm::StringRef folder,
                    const MeasureOptions &options) {
  llvm::Expected<std::unique_ptr<DeviceContext>> context =
      DeviceContext::create();
  if (!context)
    return context.takeError();
  llvm::Expected<DeviceInfo> info = queryDeviceInfo();
  if (!info)
    return info.takeError();
  plan.device = info->name;
  plan.driver = info->driverVersion;
  BufferPool pool;
  for (PlannedProblem &problem : plan.problems) {
    if (!llvm::StringRef(problem.name).contains(options.match))
      continue;
    if (llvm::Error error = ProblemTimer(problem, folder, options, pool).run())
      return llvm::createStringError(problem.name + ": " +
                                     llvm::toString(std::move(error)));
    auto isTimed = [](const PlannedKernel &kernel) {
      return !kernel.microseconds.empty();
    };
    llvm::errs() << "timed " << problem.name << ": "
                 << llvm::count_if(problem.kernels, isTimed) << " kernels on "
                 << problem.shapes.size() << " shapes\n";
    for (const PlannedKernel &kernel : problem.kernels)
      if (!kernel.manifest.empty() && !kernel.error.empty())
        llvm::errs() << "  " << kernel.config << ": " << kernel.error << '\n';
  }
  return llvm::Error::success();
}

} // namespace fa3::tune
