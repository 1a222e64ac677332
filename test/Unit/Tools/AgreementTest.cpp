//===- AgreementTest.cpp - Tests of Agreement.h ---------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Agreement.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstring>
#include <limits>

using namespace fa3::tune;
using fa3::runtime::ElementType;

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

using Results = std::vector<std::vector<float>>;
using Flags = std::vector<bool>;

TEST(AgreementTest, RoundingIsForgiven) {
  EXPECT_EQ(findAgreement(Results{{1, 2}, {1.001F, 2}, {1, 1.999F}}, 2, 0.01),
            (Flags{true, true, true}));
}

TEST(AgreementTest, TheMajorityIsRight) {
  EXPECT_EQ(findAgreement(Results{{9, 9}, {1, 2}, {1, 2}}, 2, 0.01),
            (Flags{false, true, true}));
}

TEST(AgreementTest, OneWrongRowIsSeen) {
  // It is small beside the other row, but not beside itself.
  EXPECT_EQ(
      findAgreement(
          Results{{1000, 1000, 1, 1}, {1000, 1000, 1, 1}, {1000, 1000, 2, 1}},
          2, 0.01),
      (Flags{true, true, false}));
}

TEST(AgreementTest, NoNumberIsNoResult) {
  EXPECT_EQ(findAgreement(Results{{1, kNaN}, {1, 2}, {1, 2}}, 2, 0.01),
            (Flags{false, true, true}));
  // Also where most are none.
  EXPECT_EQ(findAgreement(Results{{kNaN}, {kNaN}, {1}}, 1, 0.01),
            (Flags{false, false, false}));
}

TEST(AgreementTest, RowsWithoutKeysAgree) {
  EXPECT_EQ(findAgreement(Results{{0, 0}, {0, 0}}, 2, 0.01),
            (Flags{true, true}));
  EXPECT_EQ(findAgreement(Results{{-kInfinity}, {-kInfinity}, {0}}, 1, 0.01),
            (Flags{true, true, false}));
  // Those beside them are compared as ever.
  EXPECT_EQ(findAgreement(
                Results{{-kInfinity, 1}, {-kInfinity, 1.001F}, {-kInfinity, 2}},
                2, 0.01),
            (Flags{true, true, false}));
}

TEST(AgreementTest, NoResults) {
  EXPECT_TRUE(findAgreement({}, 1, 0.01).empty());
}

TEST(AgreementTest, ElementsAsNumbers) {
  std::vector<float> numbers;
  const uint16_t halves[] = {0x3c00, 0xc000, 0x7c00}; // 1, -2, infinity
  std::vector<char> bytes(sizeof(halves));
  std::memcpy(bytes.data(), halves, sizeof(halves));
  appendNumbers(ElementType::F16, bytes, numbers);
  const uint16_t bfloats[] = {0x3f80, 0xffff}; // 1, NaN
  bytes.resize(sizeof(bfloats));
  std::memcpy(bytes.data(), bfloats, sizeof(bfloats));
  appendNumbers(ElementType::BF16, bytes, numbers);
  const float single = 0.5;
  bytes.resize(sizeof(single));
  std::memcpy(bytes.data(), &single, sizeof(single));
  appendNumbers(ElementType::F32, bytes, numbers);
  ASSERT_EQ(numbers.size(), 6U);
  EXPECT_EQ(numbers[0], 1);
  EXPECT_EQ(numbers[1], -2);
  EXPECT_EQ(numbers[2], kInfinity);
  EXPECT_EQ(numbers[3], 1);
  EXPECT_TRUE(std::isnan(numbers[4]));
  EXPECT_EQ(numbers[5], 0.5F);
}

} // namespace
