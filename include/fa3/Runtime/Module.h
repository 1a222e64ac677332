//===- Module.h - Loaded kernels --------------------------------*- C++ -*-===//
//
// An image loaded into a CUDA context and the kernels in it; the C++ side of
// `fa3_module` and `fa3_kernel`. Contexts, threads and errors are as
// fa3_runtime.h says.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_RUNTIME_MODULE_H
#define FA3_RUNTIME_MODULE_H

#include "fa3/Runtime/Manifest.h"

#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <optional>

namespace fa3::runtime {

class Module;

class Kernel {
public:
  ~Kernel();
  Kernel(const Kernel &) = delete;
  Kernel &operator=(const Kernel &) = delete;

  const KernelDesc &getDesc() const { return desc; }

  /// Sizes of an argument as the C interface has them: -1 where any is right.
  llvm::ArrayRef<int64_t> getCShape(unsigned argument) const {
    return cShapes[argument];
  }

  /// Checks the tensors, then queues the kernel on `stream`, a CUstream.
  /// Allocates no memory unless it fails.
  llvm::Error launch(llvm::ArrayRef<fa3_tensor> tensors, void *stream);

private:
  friend class Module;
  struct State;

  Kernel(const KernelDesc &desc, std::unique_ptr<State> state);

  const KernelDesc &desc;
  std::vector<llvm::SmallVector<int64_t, 4>> cShapes;
  std::unique_ptr<State> state;
};

/// A manifest and the image that it names, as they are in files.
struct ModuleFiles {
  Manifest manifest;
  std::string imagePath;
  std::unique_ptr<llvm::MemoryBuffer> image;
};

/// Reads and verifies them; needs no driver.
llvm::Expected<ModuleFiles> readModuleFiles(llvm::StringRef manifestPath);

class Module {
public:
  /// Loads a manifest file and the image beside it.
  static llvm::Expected<std::unique_ptr<Module>>
  loadFile(llvm::StringRef manifestPath);

  /// Loads a manifest and an image, a cubin or PTX, from memory.
  static llvm::Expected<std::unique_ptr<Module>>
  loadData(llvm::StringRef manifest, llvm::StringRef image,
           std::optional<int> device = std::nullopt);

  /// Loads an image from memory, into the primary context of `device` or, where
  /// none is given, as `fa3_module_load_data` does. The manifest must have been
  /// verified.
  static llvm::Expected<std::unique_ptr<Module>>
  load(Manifest manifest, llvm::StringRef image,
       std::optional<int> device = std::nullopt);

  ~Module();
  Module(const Module &) = delete;
  Module &operator=(const Module &) = delete;

  const Manifest &getManifest() const { return manifest; }
  llvm::ArrayRef<std::unique_ptr<Kernel>> getKernels() const { return kernels; }

  /// Waits until the device of the module is idle.
  llvm::Error synchronize();

  /// The kernel with this entry point. Fails, naming those there are, if there
  /// is none.
  llvm::Expected<Kernel &> findKernel(llvm::StringRef entry) const;

  /// The only kernel. Fails if there are several.
  llvm::Expected<Kernel &> getOnlyKernel() const;

private:
  struct State;

  explicit Module(Manifest manifest);

  Manifest manifest;
  std::unique_ptr<State> state;
  std::vector<std::unique_ptr<Kernel>> kernels;
};

} // namespace fa3::runtime

#endif // FA3_RUNTIME_MODULE_H
