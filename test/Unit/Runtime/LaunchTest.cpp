//===- LaunchTest.cpp - Loaded kernels on a driver without a GPU ----------===//

#include "fa3/Runtime/Module.h"

#include "CudaTypes.h"
#include "FakeCuda.h"
#include "NpyTestUtils.h"

#include "llvm/Support/raw_ostream.h"

#include "gtest/gtest.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

using namespace fa3::runtime;
using namespace fa3::runtime::test;

static constexpr llvm::StringLiteral kImage = ".version 8.0\n";

namespace {
class LaunchTest : public testing::Test {
protected:
  LaunchTest() {
    setenv("FA3_LIBCUDA", FA3_FAKE_CUDA, /*overwrite=*/1);
    fake::state() = {};
    fake::state().parameterSizes = {128, 128, 8, 4, 8, 4};
    fake::setCurrentContext(false);
  }

  /// Loads `manifest`; the error goes to `error`.
  std::unique_ptr<Module> load() {
    llvm::Expected<std::unique_ptr<Module>> module =
        Module::loadData(print(manifest), kImage);
    if (module) {
      error = "success";
      return std::move(*module);
    }
    error = message(module.takeError());
    return nullptr;
  }

  std::string launch(Module &module, void *stream = nullptr) {
    fa3_tensor tensors[] = {makeTensor(0x10000000, qShape),
                            makeTensor(0x20000000, kShape),
                            makeTensor(0x30000000, qShape)};
    return message(module.getKernels()[0]->launch(tensors, stream));
  }

  static fa3_tensor makeTensor(uintptr_t address,
                               const std::vector<int64_t> &shape) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    return {reinterpret_cast<void *>(address), shape.data(), nullptr,
            static_cast<int32_t>(shape.size()), FA3_F16};
  }

  static uint64_t getParameter(const fake::Launch &launch, unsigned index) {
    uint64_t value = 0;
    std::memcpy(&value, launch.parameters[index].data(),
                std::min<size_t>(8, launch.parameters[index].size()));
    return value;
  }

  Manifest manifest = makeManifest();
  std::string error;
  std::vector<int64_t> qShape = {2, 300, 16, 128};
  std::vector<int64_t> kShape = {2, 500, 4, 128};
};
} // namespace

TEST_F(LaunchTest, launches) {
  std::unique_ptr<Module> module = load();
  ASSERT_TRUE(module) << error;
  EXPECT_EQ(fake::state().image, kImage);
  int stream = 0;
  ASSERT_EQ(launch(*module, &stream), "success");
  ASSERT_EQ(fake::state().launches.size(), 1U);
  const fake::Launch &launched = fake::state().launches[0];
  EXPECT_EQ(launched.grid, (std::vector<unsigned>{3, 16, 2}));
  EXPECT_EQ(launched.block, (std::vector<unsigned>{384, 1, 1}));
  EXPECT_TRUE(launched.cluster.empty());
  EXPECT_EQ(launched.sharedMemory, 213072U);
  EXPECT_EQ(launched.stream, &stream);
  EXPECT_TRUE(launched.hasContext);
  EXPECT_EQ(getParameter(launched, 0), 0U);
  EXPECT_EQ(getParameter(launched, 1), 1U);
  EXPECT_EQ(getParameter(launched, 2), 0x30000000U);
  EXPECT_EQ(getParameter(launched, 3), 500U);
  EXPECT_EQ(getParameter(launched, 4), 2048U);
  EXPECT_EQ(getParameter(launched, 5), 32U);

  ASSERT_EQ(fake::state().maps.size(), 2U);
  const fake::EncodedMap &map = fake::state().maps[0];
  EXPECT_EQ(map.dataType, cuda::kTensorMapFloat16);
  EXPECT_EQ(map.address, 0x10000000U);
  EXPECT_EQ(map.sizes, (std::vector<uint64_t>{128, 300, 16, 2}));
  EXPECT_EQ(map.strides, (std::vector<uint64_t>{4096, 256, 1228800}));
  EXPECT_EQ(map.box, (std::vector<uint32_t>{64, 128, 1, 1}));
  EXPECT_EQ(map.swizzle, 3);
  EXPECT_EQ(map.l2Promotion, 3);
}

TEST_F(LaunchTest, setsTheAttributesOnce) {
  manifest.kernels[0].cluster = {3, 4, 1};
  std::unique_ptr<Module> module = load();
  ASSERT_TRUE(module) << error;
  using Attributes = std::map<int, int>;
  EXPECT_EQ(
      fake::state().functionAttributes,
      (Attributes{{cuda::kFunctionAttributeMaxDynamicSharedMemory, 213072},
                  {cuda::kFunctionAttributeNonPortableClusterSize, 1}}));
  fake::state().functionAttributes.clear();
  ASSERT_EQ(launch(*module), "success");
  EXPECT_TRUE(fake::state().functionAttributes.empty());
  EXPECT_EQ(fake::state().launches[0].cluster,
            (std::vector<unsigned>{3, 4, 1}));
}

TEST_F(LaunchTest, encodesATensorMapOnceForTheSameTensor) {
  std::unique_ptr<Module> module = load();
  ASSERT_TRUE(module) << error;
  ASSERT_EQ(launch(*module), "success");
  ASSERT_EQ(launch(*module), "success");
  EXPECT_EQ(fake::state().maps.size(), 2U);
  kShape[1] = 501;
  ASSERT_EQ(launch(*module), "success");
  EXPECT_EQ(fake::state().maps.size(), 3U);
  EXPECT_EQ(getParameter(fake::state().launches[1], 1), 1U);
  EXPECT_EQ(getParameter(fake::state().launches[2], 0), 0U);
  EXPECT_EQ(getParameter(fake::state().launches[2], 1), 2U);
}

TEST_F(LaunchTest, launchesNothingForAnEmptyGrid) {
  std::unique_ptr<Module> module = load();
  ASSERT_TRUE(module) << error;
  qShape[1] = 0;
  EXPECT_EQ(launch(*module), "success");
  EXPECT_TRUE(fake::state().launches.empty());
}

TEST_F(LaunchTest, pointsToScratchForTensorsWithoutElements) {
  manifest.kernels[0].parameters[2] = PointerParameter{1};
  std::unique_ptr<Module> module = load();
  ASSERT_TRUE(module) << error;
  kShape[1] = 0;
  ASSERT_EQ(launch(*module), "success");
  EXPECT_EQ(getParameter(fake::state().launches[0], 2),
            fake::state().maps[1].address);
}

TEST_F(LaunchTest, mapsTensorsWithoutElementsToScratch) {
  std::unique_ptr<Module> module = load();
  ASSERT_TRUE(module) << error;
  kShape[1] = 0;
  ASSERT_EQ(launch(*module), "success");
  const fake::EncodedMap &map = fake::state().maps[1];
  EXPECT_NE(map.address, 0U);
  EXPECT_NE(map.address, 0x20000000U);
  EXPECT_EQ(map.address % 16, 0U);
  EXPECT_EQ(map.sizes, (std::vector<uint64_t>{1, 1, 1, 1}));
  // NOLINTNEXTLINE(performance-no-int-to-ptr)
  EXPECT_EQ(*reinterpret_cast<const uint64_t *>(map.address), 0U);
}

TEST_F(LaunchTest, launchesFromSeveralThreads) {
  std::unique_ptr<Module> module = load();
  ASSERT_TRUE(module) << error;
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t != 4; ++t)
    threads.emplace_back([&, t] {
      std::vector<int64_t> shape = {2, 128 * (t + 1), 16, 128};
      fa3_tensor tensors[] = {makeTensor(0x10000000, shape),
                              makeTensor(0x20000000, kShape),
                              makeTensor(0x30000000, shape)};
      for (int i = 0; i != 200; ++i)
        if (message(module->getKernels()[0]->launch(tensors, nullptr)) !=
            "success")
          ++failures;
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(failures, 0);
  ASSERT_EQ(fake::state().launches.size(), 800U);
  // Each launch has the map of its own q, of which the grid tells the length.
  for (const fake::Launch &launched : fake::state().launches) {
    EXPECT_TRUE(launched.hasContext);
    const fake::EncodedMap &map = fake::state().maps[getParameter(launched, 0)];
    EXPECT_EQ(map.sizes[1], 128 * launched.grid[0]);
  }
}

TEST_F(LaunchTest, reportsFailuresOfTheDriver) {
  std::unique_ptr<Module> module = load();
  ASSERT_TRUE(module) << error;
  fake::state().failures["cuTensorMapEncodeTiled"] = 1;
  EXPECT_EQ(launch(*module), "cuTensorMapEncodeTiled failed with "
                             "CUDA_ERROR_FAKE (1): a test asked for it");
  // The failure has left nothing in the cache.
  fake::state().failures.clear();
  EXPECT_EQ(launch(*module), "success");
  EXPECT_EQ(fake::state().maps.size(), 2U);
  fake::state().failures["cuLaunchKernelEx"] = 700;
  EXPECT_EQ(launch(*module), "cuLaunchKernelEx failed with CUDA_ERROR_FAKE "
                             "(700): a test asked for it");
}

TEST_F(LaunchTest, retainsThePrimaryContextWhereThereIsNone) {
  std::unique_ptr<Module> module = load();
  ASSERT_TRUE(module) << error;
  EXPECT_EQ(fake::state().primaryRetained, 1);
  EXPECT_EQ(fake::state().modules, 1);
  EXPECT_EQ(fake::state().allocations, 1);
  module.reset();
  EXPECT_EQ(fake::state().primaryRetained, 0);
  EXPECT_EQ(fake::state().modules, 0);
  EXPECT_EQ(fake::state().allocations, 0);
}

TEST_F(LaunchTest, usesTheCurrentContext) {
  fake::setCurrentContext(true);
  std::unique_ptr<Module> module = load();
  ASSERT_TRUE(module) << error;
  EXPECT_EQ(fake::state().primaryRetained, 0);
  EXPECT_EQ(launch(*module), "success");
  module.reset();
  fake::setCurrentContext(false);
}

TEST_F(LaunchTest, refusesOtherDevices) {
  for (auto [major, minor] :
       {std::pair(8, 0), std::pair(9, 1), std::pair(10, 0)}) {
    fake::state().computeCapabilityMajor = major;
    fake::state().computeCapabilityMinor = minor;
    EXPECT_FALSE(load());
    EXPECT_EQ(error, "expected a GPU of compute capability 9.0, but found "
                     "'Fake GPU' with " +
                         std::to_string(major) + "." + std::to_string(minor));
  }
  EXPECT_EQ(fake::state().primaryRetained, 0);
}

TEST_F(LaunchTest, refusesImagesThatDoNotFit) {
  fake::state().entry = "other";
  EXPECT_FALSE(load());
  EXPECT_EQ(error, "kernel 'attention': expected the image to define it, but "
                   "it does not");
  fake::state().entry = "attention";
  fake::state().parameterSizes = {128, 128, 8, 8, 8, 4};
  EXPECT_FALSE(load());
  EXPECT_EQ(error, "kernel 'attention': expected 4 bytes for parameter 3 in "
                   "the image, but got 8");
  fake::state().parameterSizes = {128, 128};
  EXPECT_FALSE(load());
  EXPECT_EQ(error, "kernel 'attention': expected 6 parameters in the image, "
                   "but got 2");
  fake::state().parameterSizes = {128, 128, 8, 4, 8, 4, 4};
  EXPECT_FALSE(load());
  EXPECT_EQ(error, "kernel 'attention': expected 6 parameters in the image, "
                   "but got more");
  fake::state().parameterSizes = {128, 128, 8, 4, 8, 4};
  fake::state().maxThreads = 256;
  EXPECT_FALSE(load());
  EXPECT_EQ(error, "kernel 'attention': expected at most 256 threads in a "
                   "block for the registers it needs, but got 384");
  fake::state().maxThreads = 1024;
  fake::state().staticSharedMemory = 20000;
  EXPECT_FALSE(load());
  EXPECT_EQ(error, "kernel 'attention': expected at most 232448 bytes of "
                   "shared memory, but got 213072 dynamic and 20000 static "
                   "ones");
  // Nothing of a failed load stays.
  EXPECT_EQ(fake::state().modules, 0);
  EXPECT_EQ(fake::state().allocations, 0);
  EXPECT_EQ(fake::state().primaryRetained, 0);
}

TEST_F(LaunchTest, showsTheLogOfTheAssembler) {
  fake::state().failures["cuModuleLoadDataEx"] = 218;
  fake::state().jitLog = "ptxas fatal: line 3\n";
  EXPECT_FALSE(load());
  EXPECT_EQ(error, "cuModuleLoadDataEx failed with CUDA_ERROR_FAKE (218): a "
                   "test asked for it; the log says: ptxas fatal: line 3");
}

TEST_F(LaunchTest, loadsFiles) {
  TemporaryFolder folder;
  std::string path = folder.getPath("m.json");
  auto write = [&](llvm::StringRef name, llvm::StringRef text) {
    std::error_code failure;
    llvm::raw_fd_ostream os(folder.getPath(name), failure);
    ASSERT_FALSE(failure);
    os << text;
  };
  write("m.json", print(manifest));
  EXPECT_EQ(message(Module::loadFile(path)),
            "cannot read the image '" + folder.getPath("attention.cubin") +
                "': No such file or directory");
  write("attention.cubin", kImage);
  EXPECT_EQ(message(Module::loadFile(path)), "success");
  write("m.json", "{}");
  EXPECT_EQ(message(Module::loadFile(path)),
            path + ": expected the key 'version', but it is missing");
}

// The target is 10 us of host time for a launch; the driver's share is not in
// this. The bound is loose, for a machine that does other things.
TEST_F(LaunchTest, costsLittleOnTheHost) {
  std::unique_ptr<Module> module = load();
  ASSERT_TRUE(module) << error;
  std::vector<fa3_tensor> tensors = {makeTensor(0x10000000, qShape),
                                     makeTensor(0x20000000, kShape),
                                     makeTensor(0x30000000, qShape)};
  constexpr int launches = 2000;
  auto start = std::chrono::steady_clock::now();
  for (int i = 0; i != launches; ++i)
    ASSERT_FALSE(bool(module->getKernels()[0]->launch(tensors, nullptr)));
  double microseconds = std::chrono::duration<double, std::micro>(
                            std::chrono::steady_clock::now() - start)
                            .count() /
                        launches;
  RecordProperty("microseconds", std::to_string(microseconds));
  EXPECT_LT(microseconds, 100);
}

TEST_F(LaunchTest, launchesFollowersBehind) {
  addFollower(manifest.kernels[0]);
  std::unique_ptr<Module> module = load();
  ASSERT_TRUE(module) << error;
  fa3_tensor tensors[] = {makeTensor(0x10000000, qShape),
                          makeTensor(0x20000000, kShape),
                          makeTensor(0x30000000, qShape)};
  Kernel &kernel = *module->getKernels()[0];
  llvm::Expected<uint64_t> size = kernel.getWorkspaceSize(tensors);
  ASSERT_TRUE(!!size);
  EXPECT_EQ(*size, 256U);
  EXPECT_EQ(message(kernel.launch(tensors, nullptr)),
            "expected a workspace of 256 bytes, but got none; "
            "fa3_launch_with_workspace takes one");
  EXPECT_TRUE(fake::state().launches.empty());
  // NOLINTNEXTLINE(performance-no-int-to-ptr)
  Workspace workspace = {reinterpret_cast<void *>(0x40000000), 256};
  ASSERT_EQ(message(kernel.launch(tensors, nullptr, workspace)), "success");
  ASSERT_EQ(fake::state().launches.size(), 2U);
  EXPECT_FALSE(fake::state().launches[0].overlapped);
  EXPECT_EQ(getParameter(fake::state().launches[0], 2), 0x30000000U);
  EXPECT_TRUE(fake::state().launches[1].overlapped);
  EXPECT_EQ(getParameter(fake::state().launches[1], 2), 0x40000000U);
}
