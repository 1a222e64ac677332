//===- Module.cpp - Loaded kernels ----------------------------------------===//

#include "fa3/Runtime/Module.h"

#include "Driver.h"
#include "Image.h"

#include "fa3/Runtime/LaunchPlan.h"
#include "fa3/Runtime/RuntimeError.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <mutex>

namespace fa3::runtime {

/// Bytes behind the tensor maps of tensors without elements. Only the first
/// element can be read through such a map.
static constexpr size_t kScratchSize = 256;

//===----------------------------------------------------------------------===//
// Tensor maps
//===----------------------------------------------------------------------===//

static int getTensorMapType(ElementType type) {
  switch (type) {
  case ElementType::F16:
    return cuda::kTensorMapFloat16;
  case ElementType::BF16:
    return cuda::kTensorMapBFloat16;
  case ElementType::F32:
    return cuda::kTensorMapFloat32;
  case ElementType::F64:
    return cuda::kTensorMapFloat64;
  case ElementType::I32:
    return cuda::kTensorMapInt32;
  case ElementType::I64:
    return cuda::kTensorMapInt64;
  case ElementType::E4M3:
  case ElementType::E5M2:
  case ElementType::I8:
  case ElementType::U8:
  case ElementType::Bool:
    return cuda::kTensorMapUInt8;
  }
  llvm_unreachable("not an element type");
}

static llvm::Error encodeTensorMap(const Driver &driver,
                                   const TensorMapRequest &request,
                                   cuda::DevicePtr scratch,
                                   cuda::TensorMap &map) {
  static constexpr uint32_t elementStrides[kMaxTensorMapRank] = {1, 1, 1, 1, 1};
  cuda::DevicePtr address = request.address ? request.address : scratch;
  // The values of Swizzle and L2Promotion are in the order of the driver's.
  FA3_CUDA_TRY(driver, tensorMapEncodeTiled, &map,
               getTensorMapType(request.element), request.rank, address,
               request.sizes.data(), request.strides.data(), request.box.data(),
               elementStrides, cuda::kTensorMapInterleaveNone,
               static_cast<int>(request.swizzle),
               static_cast<int>(request.l2Promotion), cuda::kTensorMapFillZero);
  return llvm::Error::success();
}

namespace {
/// The map that a parameter had in the last launch, since most launches repeat
/// the one before.
struct CachedTensorMap {
  bool isValid = false;
  TensorMapRequest request;
  cuda::TensorMap map;
};
} // namespace

//===----------------------------------------------------------------------===//
// Kernel
//===----------------------------------------------------------------------===//

struct Kernel::State {
  /// One entry point of those that a launch runs.
  struct Entry {
    cuda::Function function = nullptr;
    std::array<CachedTensorMap, kMaxTensorMaps> cache;
  };

  const Driver &driver;
  cuda::Context context;
  int64_t smCount;
  cuda::DevicePtr scratch;
  std::mutex cacheMutex;
  std::vector<Entry> entries;

  State(const Driver &driver, cuda::Context context, int64_t smCount,
        cuda::DevicePtr scratch)
      : driver(driver), context(context), smCount(smCount), scratch(scratch) {}

  llvm::Error getTensorMap(Entry &entry, unsigned index,
                           const TensorMapRequest &request,
                           cuda::TensorMap &map);
  llvm::Error launch(const LaunchDesc &desc, Entry &entry, LaunchPlan &plan,
                     void *stream);
};

/// Gives the map for a request, from the cache if it is there. The lock is not
/// held while the driver encodes.
llvm::Error Kernel::State::getTensorMap(Entry &entry, unsigned index,
                                        const TensorMapRequest &request,
                                        cuda::TensorMap &map) {
  CachedTensorMap &cached = entry.cache[index];
  {
    std::lock_guard<std::mutex> lock(cacheMutex);
    if (cached.isValid && cached.request == request) {
      map = cached.map;
      return llvm::Error::success();
    }
  }
  if (llvm::Error error = encodeTensorMap(driver, request, scratch, map))
    return error;
  std::lock_guard<std::mutex> lock(cacheMutex);
  cached.isValid = true;
  cached.request = request;
  cached.map = map;
  return llvm::Error::success();
}

Kernel::Kernel(const KernelDesc &desc, std::unique_ptr<State> state)
    : desc(desc), state(std::move(state)) {
  for (const ArgumentDesc &argument : desc.arguments) {
    cShapes.emplace_back(argument.shape);
    for (int64_t &size : cShapes.back())
      if (size == kDynamicSize)
        size = -1;
  }
}

Kernel::~Kernel() = default;

llvm::Error Kernel::State::launch(const LaunchDesc &desc, Entry &entry,
                                  LaunchPlan &plan, void *stream) {
  std::array<cuda::TensorMap, kMaxTensorMaps> maps;
  std::array<void *, kMaxParameters> parameters;
  for (unsigned i = 0; i != plan.numTensorMaps; ++i)
    if (llvm::Error error = getTensorMap(entry, i, plan.tensorMaps[i], maps[i]))
      return error;
  for (unsigned i = 0; i != plan.numParameters; ++i) {
    // The driver copies as many bytes as the parameter has: of an i32 the low
    // ones, which come first on every host that CUDA has.
    ParameterValue &value = plan.parameters[i];
    if (value.kind == ParameterValue::Kind::Pointer && value.bits == 0)
      value.bits = scratch;
    parameters[i] = value.kind == ParameterValue::Kind::TensorMap
                        ? static_cast<void *>(&maps[value.bits])
                        : static_cast<void *>(&value.bits);
  }

  std::array<cuda::LaunchAttribute, 2> attributes = {};
  cuda::LaunchConfig config = {};
  config.gridDimX = plan.grid[0];
  config.gridDimY = plan.grid[1];
  config.gridDimZ = plan.grid[2];
  config.blockDimX = desc.block[0];
  config.blockDimY = desc.block[1];
  config.blockDimZ = desc.block[2];
  config.sharedMemBytes = static_cast<unsigned>(desc.sharedMemory);
  config.stream = static_cast<cuda::Stream>(stream);
  config.attributes = attributes.data();
  if (desc.cluster[0] * desc.cluster[1] * desc.cluster[2] != 1) {
    cuda::LaunchAttribute &attribute = attributes[config.numAttributes++];
    attribute.id = cuda::kLaunchAttributeClusterDimension;
    attribute.value.clusterDim.x = desc.cluster[0];
    attribute.value.clusterDim.y = desc.cluster[1];
    attribute.value.clusterDim.z = desc.cluster[2];
  }
  if (desc.overlapped) {
    cuda::LaunchAttribute &attribute = attributes[config.numAttributes++];
    attribute.id = cuda::kLaunchAttributeProgrammaticStreamSerialization;
    attribute.value.programmaticStreamSerializationAllowed = 1;
  }
  FA3_CUDA_TRY(driver, launchKernelEx, &config, entry.function,
               parameters.data(), nullptr);
  return llvm::Error::success();
}

llvm::Error Kernel::launch(llvm::ArrayRef<fa3_tensor> tensors, void *stream,
                           Workspace workspace) {
  ContextScope scope(state->driver);
  bool entered = false;
  for (unsigned i = 0; i != desc.getNumLaunches(); ++i) {
    LaunchPlan plan;
    if (llvm::Error error =
            planLaunch(desc, tensors, state->smCount, plan, workspace, i))
      return error;
    if (plan.empty)
      continue;
    if (!entered)
      if (llvm::Error error = scope.enter(state->context))
        return error;
    entered = true;
    if (llvm::Error error =
            state->launch(desc.getLaunch(i), state->entries[i], plan, stream))
      return error;
  }
  return llvm::Error::success();
}

llvm::Expected<uint64_t>
Kernel::getWorkspaceSize(llvm::ArrayRef<fa3_tensor> tensors) const {
  return planWorkspace(desc, tensors, state->smCount);
}

//===----------------------------------------------------------------------===//
// Module
//===----------------------------------------------------------------------===//

struct Module::State {
  State(const Driver &driver, ContextRef context)
      : driver(driver), context(std::move(context)) {}
  State(const State &) = delete;
  State &operator=(const State &) = delete;

  ~State() {
    ContextScope scope(driver);
    if (llvm::Error error = scope.enter(context.get())) {
      llvm::consumeError(std::move(error));
      return;
    }
    if (scratch)
      driver.memFree(scratch);
    if (handle)
      driver.moduleUnload(handle);
  }

  llvm::Error loadImage(llvm::StringRef image);
  llvm::Expected<cuda::Function> getFunction(const LaunchDesc &kernel) const;

  const Driver &driver;
  ContextRef context;
  cuda::ModuleHandle handle = nullptr;
  cuda::DevicePtr scratch = 0;
};

static llvm::Error kernelError(const LaunchDesc &kernel,
                               const llvm::Twine &message) {
  return makeError(FA3_ERROR_INVALID_MANIFEST,
                   "kernel '" + kernel.entry + "': " + message);
}

llvm::Error Module::State::loadImage(llvm::StringRef image) {
  if (llvm::Error error = verifyImage(image))
    return error;
  // A copy, since PTX text must end with a null character.
  std::string terminated = image.str();
  std::array<char, 4096> log = {};
  int options[] = {cuda::kJitErrorLogBuffer, cuda::kJitErrorLogBufferSize};
  // An option's value is a number in the place of a pointer.
  auto logSize = static_cast<uintptr_t>(log.size() - 1);
  // NOLINTNEXTLINE(performance-no-int-to-ptr)
  void *values[] = {log.data(), reinterpret_cast<void *>(logSize)};
  cuda::Result result =
      driver.moduleLoadDataEx(&handle, terminated.c_str(), 2, options, values);
  if (result == cuda::kSuccess)
    return llvm::Error::success();
  handle = nullptr;
  llvm::StringRef text = llvm::StringRef(log.data()).trim();
  std::string message =
      llvm::toString(driver.error("moduleLoadDataEx", result));
  if (!text.empty())
    message += ("; the log says: " + text).str();
  return makeError(FA3_ERROR_DRIVER, message);
}

/// Checks that the entry point has the parameters that the manifest lists; a
/// launch would otherwise read past them. Drivers before CUDA 12.4 cannot tell.
static llvm::Error verifyParameters(const Driver &driver,
                                    cuda::Function function,
                                    const LaunchDesc &kernel) {
  if (!driver.funcGetParamInfo)
    return llvm::Error::success();
  size_t expected = kernel.parameters.size();
  for (size_t i = 0;; ++i) {
    size_t offset = 0;
    size_t size = 0;
    cuda::Result result = driver.funcGetParamInfo(function, i, &offset, &size);
    if (result == cuda::kErrorInvalidValue) {
      if (i == expected)
        return llvm::Error::success();
      return kernelError(kernel, "expected " + llvm::Twine(expected) +
                                     " parameters in the image, but got " +
                                     llvm::Twine(i));
    }
    if (result != cuda::kSuccess)
      return driver.error("funcGetParamInfo", result);
    if (i >= expected)
      return kernelError(kernel, "expected " + llvm::Twine(expected) +
                                     " parameters in the image, but got more");
    if (size != getSizeInBytes(kernel.parameters[i]))
      return kernelError(kernel,
                         "expected " +
                             llvm::Twine(getSizeInBytes(kernel.parameters[i])) +
                             " bytes for parameter " + llvm::Twine(i) +
                             " in the image, but got " + llvm::Twine(size));
  }
}

llvm::Expected<cuda::Function>
Module::State::getFunction(const LaunchDesc &kernel) const {
  cuda::Function function = nullptr;
  cuda::Result result =
      driver.moduleGetFunction(&function, handle, kernel.entry.c_str());
  if (result == cuda::kErrorNotFound)
    return kernelError(kernel,
                       "expected the image to define it, but it does not");
  if (result != cuda::kSuccess)
    return driver.error("moduleGetFunction", result);
  if (llvm::Error error = verifyParameters(driver, function, kernel))
    return std::move(error);

  int64_t threads =
      int64_t(kernel.block[0]) * kernel.block[1] * kernel.block[2];
  int maxThreads = 0;
  FA3_CUDA_TRY(driver, funcGetAttribute, &maxThreads,
               cuda::kFunctionAttributeMaxThreadsPerBlock, function);
  if (threads > maxThreads)
    return kernelError(kernel, "expected at most " + llvm::Twine(maxThreads) +
                                   " threads in a block for the registers it "
                                   "needs, but got " +
                                   llvm::Twine(threads));
  int staticMemory = 0;
  FA3_CUDA_TRY(driver, funcGetAttribute, &staticMemory,
               cuda::kFunctionAttributeStaticSharedMemory, function);
  if (kernel.sharedMemory + staticMemory > kMaxSharedMemory)
    return kernelError(kernel,
                       "expected at most " + llvm::Twine(kMaxSharedMemory) +
                           " bytes of shared memory, but got " +
                           llvm::Twine(kernel.sharedMemory) + " dynamic and " +
                           llvm::Twine(staticMemory) + " static ones");
  if (kernel.sharedMemory != 0)
    FA3_CUDA_TRY(driver, funcSetAttribute, function,
                 cuda::kFunctionAttributeMaxDynamicSharedMemory,
                 static_cast<int>(kernel.sharedMemory));
  // Clusters of more than 8 blocks do not fit every device of the family.
  if (kernel.cluster[0] * kernel.cluster[1] * kernel.cluster[2] > 8)
    FA3_CUDA_TRY(driver, funcSetAttribute, function,
                 cuda::kFunctionAttributeNonPortableClusterSize, 1);
  return function;
}

Module::Module(Manifest manifest) : manifest(std::move(manifest)) {}

Module::~Module() = default;

llvm::Expected<std::unique_ptr<Module>>
Module::load(Manifest manifest, llvm::StringRef image,
             std::optional<int> device) {
  llvm::Expected<const Driver &> driver = Driver::get();
  if (!driver)
    return driver.takeError();
  llvm::Expected<ContextRef> context =
      device ? ContextRef::acquirePrimary(*driver, *device)
             : ContextRef::acquire(*driver);
  if (!context)
    return context.takeError();
  llvm::Expected<DeviceInfo> info =
      queryDeviceInfo(*driver, context->getDevice());
  if (!info)
    return info.takeError();
  if (llvm::Error error = checkComputeCapability(*info))
    return std::move(error);

  std::unique_ptr<Module> module(new Module(std::move(manifest)));
  module->state = std::make_unique<State>(*driver, std::move(*context));
  State &state = *module->state;
  ContextScope scope(*driver);
  if (llvm::Error error = scope.enter(state.context.get()))
    return std::move(error);
  if (llvm::Error error = state.loadImage(image))
    return std::move(error);
  FA3_CUDA_TRY(*driver, memAlloc, &state.scratch, kScratchSize);
  FA3_CUDA_TRY(*driver, memsetD8, state.scratch, 0, kScratchSize);
  for (const KernelDesc &desc : module->manifest.kernels) {
    auto kernelState = std::make_unique<Kernel::State>(
        *driver, state.context.get(), info->smCount, state.scratch);
    kernelState->entries.resize(desc.getNumLaunches());
    for (unsigned i = 0; i != desc.getNumLaunches(); ++i) {
      llvm::Expected<cuda::Function> function =
          state.getFunction(desc.getLaunch(i));
      if (!function)
        return function.takeError();
      kernelState->entries[i].function = *function;
    }
    module->kernels.push_back(
        std::unique_ptr<Kernel>(new Kernel(desc, std::move(kernelState))));
  }
  return module;
}

/// Far beyond any that the compiler writes; more would take minutes to refuse.
static constexpr uint64_t kMaxManifestSize = uint64_t(1) << 24;
static constexpr uint64_t kMaxImageSize = uint64_t(1) << 30;

static llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
readFile(llvm::StringRef path, llvm::StringRef what, uint64_t maxSize) {
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> buffer =
      llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                  /*RequiresNullTerminator=*/false);
  if (std::error_code error = buffer.getError())
    return makeError(FA3_ERROR_IO, "cannot read the " + what + " '" + path +
                                       "': " + error.message());
  if ((*buffer)->getBufferSize() > maxSize)
    return makeError(FA3_ERROR_IO, "expected the " + what + " '" + path +
                                       "' to have at most " +
                                       llvm::Twine(maxSize) +
                                       " bytes, but got " +
                                       llvm::Twine((*buffer)->getBufferSize()));
  return std::move(*buffer);
}

/// Whether a file in a manifest's place is the cubin or the PTX beside it.
static bool isImage(llvm::StringRef text) {
  return text.starts_with("\x7f"
                          "ELF") ||
         text.contains("\n.version ");
}

llvm::Expected<ModuleFiles> readModuleFiles(llvm::StringRef manifestPath) {
  auto text = readFile(manifestPath, "manifest", kMaxManifestSize);
  if (!text)
    return text.takeError();
  if (isImage((*text)->getBuffer()))
    return makeError(FA3_ERROR_INVALID_MANIFEST,
                     manifestPath +
                         ": expected the manifest, a .json file that names the "
                         "image, but got an image");
  llvm::Expected<Manifest> manifest = parseManifest((*text)->getBuffer());
  if (!manifest)
    return makeError(FA3_ERROR_INVALID_MANIFEST,
                     manifestPath + ": " +
                         llvm::toString(manifest.takeError()));
  if (manifest->image.empty())
    return makeError(FA3_ERROR_INVALID_MANIFEST,
                     manifestPath +
                         ": image: expected a path relative to the manifest, "
                         "but got ''");
  llvm::SmallString<256> imagePath(manifestPath);
  llvm::sys::path::remove_filename(imagePath);
  llvm::sys::path::append(imagePath, manifest->image);
  auto image = readFile(imagePath, "image", kMaxImageSize);
  if (!image)
    return image.takeError();
  return ModuleFiles{std::move(*manifest), imagePath.str().str(),
                     std::move(*image)};
}

llvm::Expected<std::unique_ptr<Module>>
Module::loadFile(llvm::StringRef manifestPath) {
  llvm::Expected<ModuleFiles> files = readModuleFiles(manifestPath);
  if (!files)
    return files.takeError();
  return load(std::move(files->manifest), files->image->getBuffer());
}

llvm::Expected<std::unique_ptr<Module>>
Module::loadData(llvm::StringRef text, llvm::StringRef image,
                 std::optional<int> device) {
  llvm::Expected<Manifest> manifest = parseManifest(text);
  if (!manifest)
    return manifest.takeError();
  // A caller may count the null character that ends PTX text.
  return load(std::move(*manifest),
              image.starts_with("\x7f"
                                "ELF")
                  ? image
                  : image.rtrim('\0'),
              device);
}

llvm::Error Module::synchronize() {
  ContextScope scope(state->driver);
  if (llvm::Error error = scope.enter(state->context.get()))
    return error;
  FA3_CUDA_TRY(state->driver, ctxSynchronize);
  return llvm::Error::success();
}

llvm::Expected<Kernel &> Module::findKernel(llvm::StringRef entry) const {
  std::string names;
  for (const std::unique_ptr<Kernel> &kernel : kernels) {
    if (kernel->getDesc().entry == entry)
      return *kernel;
    names += (names.empty() ? "'" : ", '") + kernel->getDesc().entry + "'";
  }
  return makeError(FA3_ERROR_INVALID_ARGUMENT, "expected one of the kernels " +
                                                   names + ", but got '" +
                                                   entry + "'");
}

llvm::Expected<Kernel &> Module::getOnlyKernel() const {
  if (kernels.size() == 1)
    return *kernels.front();
  return makeError(FA3_ERROR_INVALID_ARGUMENT,
                   "expected the name of a kernel, since the module has " +
                       llvm::Twine(kernels.size()) + " of them");
}

} // namespace fa3::runtime
