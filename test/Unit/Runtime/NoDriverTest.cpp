//===- NoDriverTest.cpp - Machines that cannot launch ---------------------===//

#include "fa3/Runtime/fa3_runtime.h"

#include "FakeCuda.h"
#include "TestUtils.h"

#include "gtest/gtest.h"

#include <cstdlib>

using namespace fa3::runtime;
using namespace fa3::runtime::test;

/// Asks for what the driver knows, with `path` as the driver.
static fa3_status askDriver(const char *path) {
  setenv("FA3_LIBCUDA", path, /*overwrite=*/1);
  fa3_device_properties properties;
  return fa3_device_info(&properties);
}

TEST(NoDriverTest, saysThatTheLibraryIsMissing) {
  EXPECT_EQ(askDriver("/none/libcuda.so.1"), FA3_ERROR_NO_DRIVER);
  EXPECT_EQ(llvm::StringRef(fa3_last_error())
                .find("expected the CUDA driver library '/none/libcuda.so.1', "
                      "but cannot open it: /none/libcuda.so.1: cannot open "
                      "shared object file"),
            0U)
      << fa3_last_error();
}

TEST(NoDriverTest, loadsNoModuleEither) {
  setenv("FA3_LIBCUDA", "/none/libcuda.so.1", /*overwrite=*/1);
  std::string manifest = print(makeManifest());
  fa3_module module = nullptr;
  EXPECT_EQ(fa3_module_load_data(manifest.data(), manifest.size(), ".version",
                                 8, &module),
            FA3_ERROR_NO_DRIVER);
  EXPECT_EQ(module, nullptr);
  // A manifest that is wrong is the first thing to say.
  EXPECT_EQ(fa3_module_load_data("{}", 2, ".version", 8, &module),
            FA3_ERROR_INVALID_MANIFEST);
  EXPECT_EQ(fa3_module_load_file("/none/m.json", &module), FA3_ERROR_IO);
  EXPECT_STREQ(fa3_last_error(), "cannot read the manifest '/none/m.json': No "
                                 "such file or directory");
}

TEST(NoDriverTest, saysWhatTheLibraryLacks) {
  EXPECT_EQ(askDriver(FA3_EMPTY_CUDA), FA3_ERROR_NO_DRIVER);
  EXPECT_STREQ(fa3_last_error(), "expected '" FA3_EMPTY_CUDA
                                 "' to define 'cuInit', but it does not");
}

TEST(NoDriverTest, saysThatTheDriverIsOld) {
  fake::state() = {};
  fake::state().driverVersion = 11080;
  EXPECT_EQ(askDriver(FA3_FAKE_CUDA), FA3_ERROR_NO_DRIVER);
  EXPECT_STREQ(fa3_last_error(), "expected a driver for CUDA 12.0 or later, "
                                 "but got one for CUDA 11.8");
}

TEST(NoDriverTest, saysThatThereIsNoDevice) {
  fake::state() = {};
  fake::state().failures["cuInit"] = 100;
  EXPECT_EQ(askDriver(FA3_FAKE_CUDA), FA3_ERROR_NO_DEVICE);
  EXPECT_STREQ(fa3_last_error(), "expected a GPU of compute capability 9.0, "
                                 "but found none");
  fake::state() = {};
  fake::state().deviceCount = 0;
  EXPECT_EQ(askDriver(FA3_FAKE_CUDA), FA3_ERROR_NO_DEVICE);
}

TEST(NoDriverTest, saysThatTheDriverFails) {
  fake::state() = {};
  fake::state().failures["cuInit"] = 999;
  EXPECT_EQ(askDriver(FA3_FAKE_CUDA), FA3_ERROR_DRIVER);
  EXPECT_STREQ(fa3_last_error(),
               "cuInit failed with CUDA_ERROR_FAKE (999): a test asked for it");
}
