//===- GPUBackend.cpp - Functions on a GPU --------------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiles a function to a kernel in memory, copies its arrays to the device
// with the gaps between their rows, launches it and copies everything back, so
// that whatever the kernel wrote is seen on the host.
//
//===----------------------------------------------------------------------===//

#include "Arguments.h"
#include "Backend.h"
#include "fa3/Compiler/Compiler.h"
#include "fa3/Reference/Reference.h"
#include "fa3/Runtime/Device.h"
#include "fa3/Runtime/Module.h"
#include "llvm/Support/raw_ostream.h"
#include <cstring>
#include <variant>

using namespace mlir;
using namespace mlir::attn;
namespace runtime = fa3::runtime;

/// Bytes of 0xff on either side of an array on the device. A multiple of what
/// a tensor map or a vector asks of the address between them.
static constexpr size_t kGuardBytes = 256;

/// Launches before a measurement, for clocks and caches to settle.
static constexpr unsigned kWarmUpLaunches = 5;

static llvm::Error makeError(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

namespace {
/// A copy of an array on the device; the array must outlive it.
class DeviceArray {
public:
  static llvm::Expected<DeviceArray> create(const HostArray &host,
                                            const runtime::ArgumentDesc &desc);

  /// The array as a kernel takes it.
  fa3_tensor getTensor() const;

  /// Copies back what is there now. Fails if the memory around it was written.
  llvm::Error copyToHost() const;

private:
  DeviceArray(const HostArray &host, HostArray view,
              runtime::ElementType element, runtime::DeviceBuffer buffer)
      : host(&host), view(std::move(view)), element(element),
        buffer(std::move(buffer)) {}

  const HostArray *host;
  /// The same memory in the shape that the kernel takes.
  HostArray view;
  runtime::ElementType element;
  runtime::DeviceBuffer buffer;
};
} // namespace

/// An array in the shape of a kernel's argument: attn-place-results may have
/// given one without gaps another.
static HostArray reshape(const HostArray &host,
                         const runtime::ArgumentDesc &desc) {
  bool isStatic = !llvm::is_contained(desc.shape, runtime::kDynamicSize);
  if (desc.shape.size() == host.shape.size() || !isStatic ||
      ArrayRef(host.strides) != ArrayRef(getPackedStrides(host.shape)))
    return host; // The launch says what is wrong.
  HostArray view = host;
  view.shape.assign(desc.shape.begin(), desc.shape.end());
  view.strides = getPackedStrides(view.shape);
  return view;
}

llvm::Expected<DeviceArray>
DeviceArray::create(const HostArray &host, const runtime::ArgumentDesc &desc) {
  llvm::Expected<runtime::ElementType> element =
      getFileElementType(host.elementType);
  if (!element)
    return element.takeError();
  size_t size = getExtent(host) * getElementBytes(host.elementType);
  std::vector<char> bytes(size + 2 * kGuardBytes, '\xff');
  if (size != 0)
    std::memcpy(&bytes[kGuardBytes], host.data, size);
  llvm::Expected<runtime::DeviceBuffer> buffer =
      runtime::DeviceBuffer::createCopy(bytes);
  if (!buffer)
    return buffer.takeError();
  return DeviceArray(host, reshape(host, desc), *element, std::move(*buffer));
}

fa3_tensor DeviceArray::getTensor() const {
  return {static_cast<char *>(buffer.getAddress()) + kGuardBytes,
          view.shape.data(), view.strides.data(),
          static_cast<int32_t>(view.shape.size()),
          static_cast<fa3_dtype>(element)};
}

llvm::Error DeviceArray::copyToHost() const {
  std::vector<char> bytes(buffer.getSize());
  if (llvm::Error error = buffer.copyToHost(bytes))
    return error;
  ArrayRef<char> array(bytes);
  auto isUntouched = [](char byte) { return byte == '\xff'; };
  if (!llvm::all_of(array.take_front(kGuardBytes), isUntouched) ||
      !llvm::all_of(array.take_back(kGuardBytes), isUntouched))
    return makeError("memory around the array was written");
  array = array.drop_front(kGuardBytes).drop_back(kGuardBytes);
  if (!array.empty())
    std::memcpy(host->data, array.data(), array.size());
  return llvm::Error::success();
}

namespace {
/// A number as a kernel takes it: from host memory.
struct Scalar {
  runtime::ElementType element;
  uint64_t bits = 0;

  fa3_tensor getTensor() {
    return {&bits, nullptr, nullptr, 0, static_cast<fa3_dtype>(element)};
  }
};

/// The arguments of launches.
struct DeviceArguments {
  std::vector<std::variant<DeviceArray, Scalar>> values;

  SmallVector<fa3_tensor> getTensors() {
    SmallVector<fa3_tensor> tensors;
    for (auto &value : values)
      tensors.push_back(
          std::visit([](auto &held) { return held.getTensor(); }, value));
    return tensors;
  }
};
} // namespace

static Scalar makeScalar(const HostArgument &argument,
                         runtime::ElementType element) {
  Scalar scalar = {element};
  if (const auto *integer = std::get_if<int64_t>(&argument)) {
    scalar.bits = static_cast<uint64_t>(*integer);
    return scalar;
  }
  double number = std::get<double>(argument);
  if (element == runtime::ElementType::F32) {
    auto narrow = static_cast<float>(number);
    std::memcpy(&scalar.bits, &narrow, sizeof(narrow));
  } else {
    std::memcpy(&scalar.bits, &number, sizeof(number));
  }
  return scalar;
}

/// Copies all arrays to the device.
static llvm::Expected<DeviceArguments>
copyToDevice(ArrayRef<HostArgument> arguments,
             const runtime::KernelDesc &kernel) {
  DeviceArguments copies;
  for (auto [argument, expected] :
       llvm::zip_equal(arguments, kernel.arguments)) {
    const auto *host = std::get_if<HostArray>(&argument);
    if (!host) {
      copies.values.push_back(makeScalar(argument, expected.element));
      continue;
    }
    llvm::Expected<DeviceArray> array = DeviceArray::create(*host, expected);
    if (!array)
      return array.takeError();
    copies.values.push_back(std::move(*array));
  }
  return copies;
}

//===----------------------------------------------------------------------===//
// Compilation
//===----------------------------------------------------------------------===//

/// The argument that each result of the source function is: a kernel writes its
/// outputs in place and returns nothing (attn-place-results).
static llvm::Expected<SmallVector<unsigned>>
findResultArguments(func::FuncOp function, const runtime::KernelDesc &kernel) {
  SmallVector<unsigned> indices;
  for (unsigned index = 0; index != function.getNumResults(); ++index) {
    std::string name = "result" + std::to_string(index);
    auto found = llvm::find_if(kernel.arguments, [&](const auto &argument) {
      return argument.name == name;
    });
    if (found == kernel.arguments.end())
      return makeError("result " + Twine(index) + " of @" +
                       function.getSymName() +
                       ": expected an array that no other result is");
    indices.push_back(found - kernel.arguments.begin());
  }
  return indices;
}

/// A copy of a module without the functions that one of them does not use.
static OwningOpRef<ModuleOp> cloneWithout(ModuleOp module, StringRef entry) {
  OwningOpRef<ModuleOp> clone = module.clone();
  for (auto function :
       llvm::make_early_inc_range(clone->getOps<func::FuncOp>()))
    if (function.getSymName() != entry &&
        SymbolTable::symbolKnownUseEmpty(function, *clone))
      function.erase();
  return clone;
}

//===----------------------------------------------------------------------===//
// The backend
//===----------------------------------------------------------------------===//

namespace {
class GPUBackend : public Backend {
public:
  GPUBackend(const BackendOptions &options,
             std::unique_ptr<runtime::DeviceContext> context)
      : options(options), context(std::move(context)) {}

  void registerDialects(DialectRegistry &registry) const override {
    fa3::registerCompilerDialects(registry);
  }

  llvm::Error compile(ModuleOp source, StringRef entry) override;

  llvm::Expected<std::vector<HostResult>>
  run(ArrayRef<HostArgument> arguments) override;

  llvm::Expected<std::vector<double>> measure(ArrayRef<HostArgument> arguments,
                                              unsigned count) override;

private:
  /// The arguments of a launch, with the memory of those that only the kernel
  /// has.
  struct LaunchArguments {
    std::vector<HostArgument> values;
    std::vector<std::vector<char>> results;
  };
  llvm::Expected<LaunchArguments> addResults(ArrayRef<HostArgument> arguments);

  BackendOptions options;
  // Before what lives in it.
  std::unique_ptr<runtime::DeviceContext> context;
  std::unique_ptr<runtime::Module> module;
  runtime::Kernel *kernel = nullptr;
  func::FuncOp function;
  SmallVector<unsigned> resultArguments;
};
} // namespace

llvm::Error GPUBackend::compile(ModuleOp source, StringRef entry) {
  function = source.lookupSymbol<func::FuncOp>(entry);
  if (!function || function.isExternal())
    return makeError("expected a func.func @" + entry + " with a body");
  fa3::CompileOptions compileOptions;
  compileOptions.pipelineOptions = options.pipelineOptions;
  FailureOr<fa3::CompiledKernel> compiled =
      fa3::compile(*cloneWithout(source, entry), compileOptions);
  if (failed(compiled))
    return makeError("compilation for the GPU failed on @" + entry);
  if (options.verbose)
    fa3::printSummary(*compiled, llvm::outs());
  if (llvm::Error error =
          runtime::Module::load(compiled->manifest, compiled->cubin)
              .moveInto(module))
    return error;
  llvm::Expected<runtime::Kernel &> loaded = module->getOnlyKernel();
  if (!loaded)
    return loaded.takeError();
  kernel = &*loaded;
  return findResultArguments(function, kernel->getDesc())
      .moveInto(resultArguments);
}

llvm::Expected<GPUBackend::LaunchArguments>
GPUBackend::addResults(ArrayRef<HostArgument> arguments) {
  LaunchArguments all;
  all.values.assign(arguments.begin(), arguments.end());
  if (all.values.size() == kernel->getDesc().arguments.size())
    return all;
  // The sizes that the function computes for its results.
  FailureOr<ReferenceResult> counted =
      evaluateReference(function, arguments, ReferencePrecision::CountOnly);
  if (failed(counted))
    return makeError("expected results whose sizes the reference knows");
  for (const ReferenceOutput &output : counted->outputs) {
    if (!output.isResult || resultArguments[output.index] != all.values.size())
      continue;
    auto type = cast<ShapedType>(function.getResultTypes()[output.index]);
    HostArray array{type.getElementType(), nullptr, output.numbers.shape,
                    getPackedStrides(output.numbers.shape)};
    all.results.emplace_back(
        getExtent(array) * getElementBytes(array.elementType), '\xff');
    array.data = all.results.back().data();
    all.values.push_back(array);
  }
  return all;
}

llvm::Expected<std::vector<HostResult>>
GPUBackend::run(ArrayRef<HostArgument> arguments) {
  llvm::Expected<LaunchArguments> all = addResults(arguments);
  if (!all)
    return all.takeError();
  llvm::Expected<DeviceArguments> copies =
      copyToDevice(all->values, kernel->getDesc());
  if (!copies)
    return copies.takeError();
  if (llvm::Error error = kernel->launch(copies->getTensors(), nullptr))
    return std::move(error);
  if (llvm::Error error = context->synchronize())
    return std::move(error);
  // Inputs too: the caller sees whether they are what they were.
  for (auto [index, value] : llvm::enumerate(copies->values))
    if (const auto *array = std::get_if<DeviceArray>(&value))
      if (llvm::Error error = array->copyToHost())
        return makeError("argument " + Twine(index) + ": " +
                         llvm::toString(std::move(error)));
  std::vector<HostResult> results;
  for (unsigned index : resultArguments) {
    const auto &array = std::get<HostArray>(all->values[index]);
    results.push_back({array.elementType, array.shape, packElements(array)});
  }
  return results;
}

llvm::Expected<std::vector<double>>
GPUBackend::measure(ArrayRef<HostArgument> arguments, unsigned count) {
  llvm::Expected<LaunchArguments> all = addResults(arguments);
  if (!all)
    return all.takeError();
  llvm::Expected<DeviceArguments> copies =
      copyToDevice(all->values, kernel->getDesc());
  if (!copies)
    return copies.takeError();
  SmallVector<fa3_tensor> tensors = copies->getTensors();
  llvm::Expected<runtime::DeviceTimer> timer = runtime::DeviceTimer::create();
  if (!timer)
    return timer.takeError();
  std::vector<double> seconds;
  for (unsigned i = 0; i < kWarmUpLaunches + count; ++i) {
    llvm::Expected<double> elapsed =
        timer->measure([&] { return kernel->launch(tensors, nullptr); });
    if (!elapsed)
      return elapsed.takeError();
    if (i >= kWarmUpLaunches)
      seconds.push_back(*elapsed);
  }
  return seconds;
}

llvm::Expected<std::unique_ptr<Backend>>
mlir::attn::createGPUBackend(const BackendOptions &options) {
  if (!options.processor.empty())
    return makeError("--mcpu: expected target cpu, but got target gpu");
  llvm::Expected<std::unique_ptr<runtime::DeviceContext>> context =
      runtime::DeviceContext::create();
  if (!context)
    return context.takeError();
  llvm::Expected<runtime::DeviceInfo> info = runtime::queryDeviceInfo();
  if (!info)
    return info.takeError();
  if (llvm::Error error = runtime::checkComputeCapability(*info))
    return std::move(error);
  if (options.verbose)
    llvm::outs() << "device " << info->name << ", " << info->smCount
                 << " SMs, driver for CUDA " << info->driverVersion / 1000
                 << '.' << info->driverVersion % 1000 / 10 << '\n';
  return std::make_unique<GPUBackend>(options, std::move(*context));
}
