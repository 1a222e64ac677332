//===- fa3-launch.cpp - Launches a compiled kernel ------------------------===//
//
// Loads a manifest, launches one of its kernels on arrays from NumPy files or
// made here, and saves what it wrote. For tests and measurements on a machine
// that has a GPU and nothing else: no LLVM, CUDA SDK or Python.
//
//   fa3-launch attention.json --arg q.npy --arg random:2x512x16x128:1
//     --arg random:2x512x16x128:2 --arg empty:2x512x16x128 --out 3=o.npy
//
//===----------------------------------------------------------------------===//

#include "../Common/CommandLine.h"
#include "ArgumentSource.h"

#include "fa3/Runtime/Device.h"
#include "fa3/Runtime/Module.h"
#include "fa3/Runtime/RuntimeError.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <chrono>
#include <optional>

using namespace fa3::runtime;

// Options register themselves before main, where nothing can be caught.
// NOLINTBEGIN(bugprone-throwing-static-initialization)
static llvm::cl::OptionCategory category("fa3-launch options");

static llvm::cl::opt<std::string> manifestPath(llvm::cl::Positional,
                                               llvm::cl::Required,
                                               llvm::cl::desc("<manifest>"),
                                               llvm::cl::cat(category));
static llvm::cl::opt<std::string>
    kernelName("kernel",
               llvm::cl::desc("Entry point to launch; may be left out where "
                              "the manifest has only one"),
               llvm::cl::value_desc("name"), llvm::cl::cat(category));
static llvm::cl::list<std::string> argumentSources(
    "arg",
    llvm::cl::desc("The next argument: file.npy, random:SHAPE:SEED or "
                   "empty:SHAPE (bytes of 0xff), with a SHAPE such as 2x128, "
                   "or a number such as f32:0.5"),
    llvm::cl::value_desc("source"), llvm::cl::cat(category));
static llvm::cl::list<std::string>
    outputs("out",
            llvm::cl::desc("Save an argument after the first launch, such as "
                           "3=o.npy"),
            llvm::cl::value_desc("index=file"), llvm::cl::cat(category));
static llvm::cl::opt<unsigned> benchLaunches(
    "bench",
    llvm::cl::desc("Time this many launches and print JSON: microseconds on "
                   "the device for each launch alone (min, median) and in a "
                   "row (mean), and on the host to queue one"),
    llvm::cl::value_desc("launches"), llvm::cl::init(0),
    llvm::cl::cat(category));
// NOLINTEND(bugprone-throwing-static-initialization)

static llvm::Error invalid(const llvm::Twine &message) {
  return makeError(FA3_ERROR_INVALID_ARGUMENT, message);
}

namespace {
struct Argument {
  NpyArray array;
  std::optional<DeviceBuffer> buffer;
};

/// An --out.
struct Output {
  unsigned index;
  std::string path;
};
} // namespace

/// Reads all of --out, so that nothing is run that cannot be saved.
static llvm::Expected<std::vector<Output>> parseOutputs(size_t numArguments,
                                                        OutputFiles &files) {
  files.addInput(manifestPath);
  for (const std::string &source : argumentSources)
    files.addInput(source);
  std::vector<Output> result;
  for (const std::string &text : outputs) {
    auto [indexText, path] = llvm::StringRef(text).split('=');
    unsigned index = 0;
    if (indexText.getAsInteger(10, index) || path.empty())
      return invalid("--out: expected index=file, but got '" + text + "'");
    if (index >= numArguments)
      return invalid("--out: expected an argument under " +
                     llvm::Twine(numArguments) + ", but got " +
                     llvm::Twine(index));
    if (llvm::Error error = files.reserve(path))
      return std::move(error);
    result.push_back({index, path.str()});
  }
  return result;
}

/// Reads all of --arg.
static llvm::Expected<std::vector<Argument>>
makeArguments(const KernelDesc &kernel) {
  size_t expected = kernel.getNumCallerArguments();
  if (argumentSources.size() != expected)
    return invalid("--arg: expected " + llvm::Twine(expected) +
                   " arguments, but got " +
                   llvm::Twine(argumentSources.size()));
  std::vector<Argument> arguments;
  arguments.reserve(expected);
  for (size_t i = 0; i != expected; ++i) {
    llvm::Expected<NpyArray> array =
        makeArray(argumentSources[i], kernel.arguments[i].element);
    if (!array)
      return array.takeError();
    arguments.push_back({std::move(*array), std::nullopt});
  }
  return arguments;
}

/// The arguments of a launch, whose addresses are null for those that are on
/// no device yet.
static std::vector<fa3_tensor>
getTensors(const KernelDesc &kernel,
           llvm::MutableArrayRef<Argument> arguments) {
  std::vector<fa3_tensor> tensors;
  for (auto [argument, expected] : llvm::zip_first(arguments, kernel.arguments))
    // A number is passed from host memory.
    tensors.push_back({expected.access == Access::Value
                           ? static_cast<void *>(argument.array.data.data())
                       : argument.buffer ? argument.buffer->getAddress()
                                         : nullptr,
                       argument.array.shape.data(), nullptr,
                       static_cast<int32_t>(argument.array.shape.size()),
                       static_cast<fa3_dtype>(argument.array.element)});
  return tensors;
}

/// The kernel that is asked for.
static llvm::Expected<const KernelDesc &> findKernel(const Manifest &manifest) {
  if (kernelName.empty() && manifest.kernels.size() == 1)
    return manifest.kernels.front();
  std::string names;
  for (const KernelDesc &kernel : manifest.kernels) {
    if (kernel.entry == kernelName)
      return kernel;
    names += (names.empty() ? "'" : ", '") + kernel.entry + "'";
  }
  if (kernelName.empty())
    return invalid("expected the name of a kernel (--kernel), one of " + names +
                   ", but got none");
  return invalid("--kernel: expected one of " + names + ", but got '" +
                 kernelName + "'");
}

static llvm::Error saveOutputs(llvm::ArrayRef<Output> wanted,
                               llvm::MutableArrayRef<Argument> arguments,
                               OutputFiles &files) {
  for (const Output &output : wanted) {
    Argument &argument = arguments[output.index];
    if (llvm::Error error = argument.buffer->copyToHost(argument.array.data))
      return error;
    if (llvm::Error error = writeNpy(files, output.path, argument.array.element,
                                     argument.array.shape, argument.array.data))
      return error;
  }
  return files.commit();
}

/// Times launches and prints a line of JSON.
static llvm::Error runBenchmark(Kernel &kernel,
                                llvm::ArrayRef<fa3_tensor> tensors,
                                Workspace workspace, DeviceContext &context,
                                unsigned launches) {
  using Clock = std::chrono::steady_clock;
  // Few enough for the queue of the driver never to be full while the host is
  // timed, enough to warm up.
  unsigned hostLaunches = std::min(launches, 100U);
  auto hostStart = Clock::now();
  for (unsigned i = 0; i != hostLaunches; ++i)
    if (llvm::Error error = kernel.launch(tensors, nullptr, workspace))
      return error;
  double hostMicroseconds =
      std::chrono::duration<double, std::micro>(Clock::now() - hostStart)
          .count() /
      hostLaunches;
  if (llvm::Error error = context.synchronize())
    return error;

  llvm::Expected<DeviceTimer> timer = DeviceTimer::create();
  if (!timer)
    return timer.takeError();
  auto time = [&](unsigned count) -> llvm::Expected<double> {
    llvm::Expected<double> seconds = timer->measure([&]() -> llvm::Error {
      for (unsigned i = 0; i != count; ++i)
        if (llvm::Error error = kernel.launch(tensors, nullptr, workspace))
          return error;
      return llvm::Error::success();
    });
    if (!seconds)
      return seconds.takeError();
    return *seconds * 1e6 / count;
  };
  llvm::Expected<double> mean = time(launches);
  if (!mean)
    return mean.takeError();
  std::vector<double> single;
  for (unsigned i = 0; i != launches; ++i) {
    llvm::Expected<double> microseconds = time(1);
    if (!microseconds)
      return microseconds.takeError();
    single.push_back(*microseconds);
  }
  llvm::sort(single);

  llvm::json::OStream json(llvm::outs());
  json.object([&] {
    json.attribute("kernel", kernel.getDesc().entry);
    json.attribute("launches", launches);
    json.attribute("device_us_min", single.front());
    json.attribute("device_us_median", single[single.size() / 2]);
    json.attribute("device_us_mean", *mean);
    json.attribute("host_us", hostMicroseconds);
  });
  llvm::outs() << '\n';
  return llvm::Error::success();
}

static llvm::Error run() {
  // What is wrong with the files is said on every machine.
  llvm::Expected<ModuleFiles> source = readModuleFiles(manifestPath);
  if (!source)
    return source.takeError();
  OutputFiles files;
  files.addInput(source->imagePath);
  llvm::Expected<const KernelDesc &> desc = findKernel(source->manifest);
  if (!desc)
    return desc.takeError();
  llvm::Expected<std::vector<Output>> wanted =
      parseOutputs(desc->getNumCallerArguments(), files);
  if (!wanted)
    return wanted.takeError();
  llvm::Expected<std::vector<Argument>> arguments = makeArguments(*desc);
  if (!arguments)
    return arguments.takeError();
  // Types and sizes do not depend on the device; what a grid for its SMs takes
  // of workspace is asked for again.
  if (llvm::Error error =
          planWorkspace(*desc, getTensors(*desc, *arguments), /*smCount=*/1)
              .takeError())
    return error;

  // The manifest moves away.
  std::string entry = desc->entry;
  llvm::Expected<std::unique_ptr<DeviceContext>> context =
      DeviceContext::create();
  if (!context)
    return context.takeError();
  llvm::Expected<std::unique_ptr<Module>> module =
      Module::load(std::move(source->manifest), source->image->getBuffer());
  if (!module)
    return module.takeError();
  llvm::Expected<Kernel &> kernel = (*module)->findKernel(entry);
  if (!kernel)
    return kernel.takeError();
  for (Argument &argument : *arguments) {
    llvm::Expected<DeviceBuffer> buffer =
        DeviceBuffer::createCopy(argument.array.data);
    if (!buffer)
      return buffer.takeError();
    argument.buffer.emplace(std::move(*buffer));
  }
  std::vector<fa3_tensor> tensors = getTensors(kernel->getDesc(), *arguments);

  llvm::Expected<uint64_t> size = kernel->getWorkspaceSize(tensors);
  if (!size)
    return size.takeError();
  llvm::Expected<DeviceBuffer> buffer =
      DeviceBuffer::createCopy(std::vector<char>(*size, '\xff'));
  if (!buffer)
    return buffer.takeError();
  Workspace workspace = {buffer->getAddress(), *size};
  if (llvm::Error error = kernel->launch(tensors, nullptr, workspace))
    return error;
  if (llvm::Error error = (*context)->synchronize())
    return error;
  if (llvm::Error error = saveOutputs(*wanted, *arguments, files))
    return error;
  if (benchLaunches == 0)
    return llvm::Error::success();
  return runBenchmark(*kernel, tensors, workspace, **context, benchLaunches);
}

int main(int argc, char **argv) {
  if (!fa3::checkOptions(argc, argv))
    return 1;
  llvm::cl::HideUnrelatedOptions(category);
  llvm::cl::ParseCommandLineOptions(argc, argv, "Launches a compiled kernel\n");
  if (llvm::Error error = run()) {
    llvm::errs() << "fa3-launch: error: " << llvm::toString(std::move(error))
                 << '\n';
    return 1;
  }
  return 0;
}
