//===- CApiTest.cpp - The embedder API on a driver without a GPU ----------===//

#include "fa3/Runtime/fa3_runtime.h"

#include "FakeCuda.h"
#include "TestUtils.h"

#include "gtest/gtest.h"

#include <cstdlib>
#include <cstring>
#include <thread>

using namespace fa3::runtime;
using namespace fa3::runtime::test;

namespace {
class CApiTest : public testing::Test {
protected:
  CApiTest() {
    setenv("FA3_LIBCUDA", FA3_FAKE_CUDA, /*overwrite=*/1);
    fake::state() = {};
    fake::state().parameterSizes = {128, 128, 8, 4, 8, 4};
    std::string manifest = print(makeManifest());
    EXPECT_EQ(fa3_module_load_data(manifest.data(), manifest.size(),
                                   ".version 8.0", 13, &module),
              FA3_OK)
        << fa3_last_error();
    EXPECT_EQ(fa3_module_get_kernel(module, nullptr, &kernel), FA3_OK);
  }
  ~CApiTest() override { fa3_module_unload(module); }

  fa3_module module = nullptr;
  fa3_kernel kernel = nullptr;
};
} // namespace

TEST_F(CApiTest, describesTheDevice) {
  fa3_device_properties properties;
  ASSERT_EQ(fa3_device_info(&properties), FA3_OK);
  EXPECT_STREQ(properties.name, "Fake GPU");
  EXPECT_EQ(properties.compute_capability_major, 9);
  EXPECT_EQ(properties.compute_capability_minor, 0);
  EXPECT_EQ(properties.sm_count, 132);
  EXPECT_EQ(properties.driver_version, 12040);
}

TEST_F(CApiTest, findsKernels) {
  int32_t count = 0;
  ASSERT_EQ(fa3_module_kernel_count(module, &count), FA3_OK);
  EXPECT_EQ(count, 1);
  fa3_kernel found = nullptr;
  ASSERT_EQ(fa3_module_get_kernel(module, "attention", &found), FA3_OK);
  EXPECT_EQ(found, kernel);
  ASSERT_EQ(fa3_module_get_kernel_at(module, 0, &found), FA3_OK);
  EXPECT_EQ(found, kernel);
  EXPECT_STREQ(fa3_kernel_entry(kernel), "attention");

  EXPECT_EQ(fa3_module_get_kernel(module, "none", &found),
            FA3_ERROR_INVALID_ARGUMENT);
  EXPECT_STREQ(fa3_last_error(),
               "expected one of the kernels 'attention', but got 'none'");
  EXPECT_EQ(fa3_module_get_kernel_at(module, 1, &found),
            FA3_ERROR_INVALID_ARGUMENT);
  EXPECT_STREQ(fa3_last_error(), "expected a kernel under 1, but got 1");
}

TEST_F(CApiTest, describesArguments) {
  int32_t count = 0;
  ASSERT_EQ(fa3_kernel_argument_count(kernel, &count), FA3_OK);
  EXPECT_EQ(count, 3);
  fa3_argument_info info;
  ASSERT_EQ(fa3_kernel_argument_info(kernel, 2, &info), FA3_OK);
  EXPECT_STREQ(info.name, "o");
  EXPECT_EQ(llvm::ArrayRef(info.shape, info.rank),
            (llvm::ArrayRef<int64_t>{-1, -1, 16, 128}));
  EXPECT_EQ(info.dtype, FA3_F16);
  EXPECT_EQ(info.access, FA3_WRITE);
  EXPECT_EQ(fa3_kernel_argument_info(kernel, -1, &info),
            FA3_ERROR_INVALID_ARGUMENT);
  EXPECT_STREQ(fa3_last_error(), "expected an argument under 3, but got -1");
}

TEST_F(CApiTest, loadsIntoADevice) {
  std::string manifest = print(makeManifest());
  auto load = [&](int32_t device, fa3_module *loaded) {
    return fa3_module_load_data_on_device(manifest.data(), manifest.size(),
                                          ".version 8.0", 13, device, loaded);
  };
  fake::state().deviceCount = 2;
  fa3_module other = nullptr;
  ASSERT_EQ(load(1, &other), FA3_OK) << fa3_last_error();
  EXPECT_EQ(fa3_module_synchronize(other), FA3_OK);
  fake::state().failures["cuCtxSynchronize"] = 700;
  EXPECT_EQ(fa3_module_synchronize(other), FA3_ERROR_DRIVER);
  EXPECT_EQ(fa3_module_unload(other), FA3_OK);

  EXPECT_EQ(load(2, &other), FA3_ERROR_INVALID_ARGUMENT);
  EXPECT_STREQ(fa3_last_error(), "expected a device under 2, but got 2");
  EXPECT_EQ(load(-1, &other), FA3_ERROR_INVALID_ARGUMENT);
  EXPECT_EQ(fa3_module_synchronize(nullptr), FA3_ERROR_INVALID_ARGUMENT);
  EXPECT_STREQ(fa3_last_error(), "expected a module, but got null");
}

TEST_F(CApiTest, passesNumbers) {
  Manifest manifest = makeManifest();
  addValue(manifest.kernels[0], ElementType::F32);
  fake::state().parameterSizes = {128, 128, 8, 4, 8, 4, 4};
  std::string text = print(manifest);
  fa3_module other = nullptr;
  ASSERT_EQ(fa3_module_load_data(text.data(), text.size(), ".version 8.0", 13,
                                 &other),
            FA3_OK)
      << fa3_last_error();
  fa3_kernel scaled = nullptr;
  ASSERT_EQ(fa3_module_get_kernel(other, nullptr, &scaled), FA3_OK);
  fa3_argument_info info;
  ASSERT_EQ(fa3_kernel_argument_info(scaled, 3, &info), FA3_OK);
  EXPECT_EQ(info.rank, 0);
  EXPECT_EQ(info.dtype, FA3_F32);
  EXPECT_EQ(info.access, FA3_VALUE);

  int64_t shape[] = {2, 300, 16, 128};
  float cap = 50;
  fa3_tensor args[4];
  for (size_t i = 0; i < 4; ++i)
    args[i] = {reinterpret_cast<void *>(0x10000000 * (i + 1)), shape, nullptr,
               4, FA3_F16};
  args[3] = {&cap, nullptr, nullptr, 0, FA3_F32};
  ASSERT_EQ(fa3_launch(scaled, args, 4, nullptr), FA3_OK) << fa3_last_error();
  const std::vector<unsigned char> &bytes =
      fake::state().launches.back().parameters.back();
  ASSERT_EQ(bytes.size(), sizeof(cap));
  float passed = 0;
  std::memcpy(&passed, bytes.data(), sizeof(passed));
  EXPECT_EQ(passed, 50);
  EXPECT_EQ(fa3_module_unload(other), FA3_OK);
}

TEST_F(CApiTest, launches) {
  int64_t shape[] = {2, 300, 16, 128};
  int64_t wrong[] = {2, 300, 16, 64};
  fa3_tensor tensors[3];
  for (uintptr_t i = 0; i != 3; ++i)
    tensors[i] = {reinterpret_cast<void *>(0x10000000 * (i + 1)), shape,
                  nullptr, 4, FA3_F16};
  EXPECT_EQ(fa3_launch(kernel, tensors, 3, nullptr), FA3_OK);
  EXPECT_EQ(fake::state().launches.size(), 1U);
  tensors[1].shape = wrong;
  EXPECT_EQ(fa3_launch(kernel, tensors, 3, nullptr),
            FA3_ERROR_INVALID_ARGUMENT);
  EXPECT_STREQ(fa3_last_error(),
               "argument 1 'k': expected size 128 in dimension 3, but got 64");
  EXPECT_EQ(fa3_launch(kernel, tensors, 2, nullptr),
            FA3_ERROR_INVALID_ARGUMENT);
  EXPECT_STREQ(fa3_last_error(), "expected 3 arguments, but got 2");
  EXPECT_EQ(fa3_launch(kernel, tensors, -1, nullptr),
            FA3_ERROR_INVALID_ARGUMENT);
  tensors[1].shape = shape;
  tensors[2].data = tensors[1].data;
  EXPECT_EQ(fa3_launch(kernel, tensors, 3, nullptr),
            FA3_ERROR_INVALID_ARGUMENT);
  EXPECT_STREQ(fa3_last_error(),
               "argument 2 'o': expected an output with memory of its own, but "
               "its bytes, 0x20000000 to 0x20258000, overlap those of argument "
               "1 'k', 0x20000000 to 0x20258000");
  tensors[2].data = reinterpret_cast<void *>(0x30000000);
  fake::state().failures["cuLaunchKernelEx"] = 700;
  EXPECT_EQ(fa3_launch(kernel, tensors, 3, nullptr), FA3_ERROR_DRIVER);
}

TEST_F(CApiTest, refusesNull) {
  fa3_module otherModule = nullptr;
  fa3_kernel otherKernel = nullptr;
  int32_t count = 0;
  EXPECT_EQ(fa3_device_info(nullptr), FA3_ERROR_INVALID_ARGUMENT);
  EXPECT_EQ(fa3_module_load_file(nullptr, &otherModule),
            FA3_ERROR_INVALID_ARGUMENT);
  EXPECT_EQ(fa3_module_load_file("m.json", nullptr),
            FA3_ERROR_INVALID_ARGUMENT);
  EXPECT_EQ(fa3_module_load_data("{}", 2, nullptr, 0, &otherModule),
            FA3_ERROR_INVALID_ARGUMENT);
  EXPECT_EQ(fa3_module_kernel_count(nullptr, &count),
            FA3_ERROR_INVALID_ARGUMENT);
  EXPECT_EQ(fa3_module_get_kernel(nullptr, nullptr, &otherKernel),
            FA3_ERROR_INVALID_ARGUMENT);
  EXPECT_EQ(fa3_kernel_argument_count(nullptr, &count),
            FA3_ERROR_INVALID_ARGUMENT);
  EXPECT_EQ(fa3_launch(kernel, nullptr, 3, nullptr),
            FA3_ERROR_INVALID_ARGUMENT);
  EXPECT_STREQ(fa3_last_error(), "expected arguments, but got null");
  EXPECT_EQ(fa3_kernel_entry(nullptr), nullptr);
  EXPECT_EQ(fa3_module_unload(nullptr), FA3_OK);
}

TEST_F(CApiTest, keepsMessagesApartByThread) {
  EXPECT_EQ(fa3_device_info(nullptr), FA3_ERROR_INVALID_ARGUMENT);
  std::thread([] { EXPECT_STREQ(fa3_last_error(), ""); }).join();
  EXPECT_STREQ(fa3_last_error(),
               "expected a place for the properties, but got null");
}
