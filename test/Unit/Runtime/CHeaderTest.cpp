//===- CHeaderTest.cpp - The embedder API from C --------------------------===//

#include "fa3/Runtime/fa3_runtime.h"

#include "gtest/gtest.h"

extern "C" fa3_status fa3TestLaunchNothing(void);

TEST(CHeaderTest, callsFromC) {
  EXPECT_EQ(fa3TestLaunchNothing(), FA3_ERROR_INVALID_ARGUMENT);
  EXPECT_STREQ(fa3_last_error(), "expected a kernel, but got null");
}

TEST(CHeaderTest, tellsItsVersion) { EXPECT_STREQ(fa3_version(), "0.1.0"); }

// Embedders declare these by hand (Python's ctypes), so they must not move.
TEST(CHeaderTest, keepsItsLayout) {
  EXPECT_EQ(sizeof(fa3_tensor), 32U);
  EXPECT_EQ(offsetof(fa3_tensor, strides), 16U);
  EXPECT_EQ(offsetof(fa3_tensor, rank), 24U);
  EXPECT_EQ(offsetof(fa3_tensor, dtype), 28U);
  EXPECT_EQ(sizeof(fa3_argument_info), 32U);
  EXPECT_EQ(sizeof(fa3_device_properties), 272U);
}
