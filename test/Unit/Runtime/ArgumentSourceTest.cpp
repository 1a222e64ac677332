//===- ArgumentSourceTest.cpp - Where the tensors of a launch come from ---===//

#include "ArgumentSource.h"

#include "NpyTestUtils.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstring>

using namespace fa3::runtime;
using namespace fa3::runtime::test;

template <typename T>
static std::vector<T> getElements(const NpyArray &array) {
  std::vector<T> result(array.data.size() / sizeof(T));
  std::memcpy(result.data(), array.data.data(), result.size() * sizeof(T));
  return result;
}

TEST(ArgumentSourceTest, fillsEmptyArraysWithNaN) {
  llvm::Expected<NpyArray> array = makeArray("empty:2x3", ElementType::F32);
  ASSERT_TRUE(bool(array)) << message(array.takeError());
  EXPECT_EQ(array->shape, (llvm::SmallVector<int64_t, 4>{2, 3}));
  for (float value : getElements<float>(*array))
    EXPECT_TRUE(std::isnan(value));
}

TEST(ArgumentSourceTest, takesRankZeroAndSizeZero) {
  llvm::Expected<NpyArray> array = makeArray("random::7", ElementType::F32);
  ASSERT_TRUE(bool(array)) << message(array.takeError());
  EXPECT_TRUE(array->shape.empty());
  EXPECT_EQ(array->data.size(), 4U);
  array = makeArray("random:0x5:7", ElementType::F32);
  ASSERT_TRUE(bool(array)) << message(array.takeError());
  EXPECT_TRUE(array->data.empty());
}

// The numbers that a reference computes from the rule in the header: splitmix64
// of seed 0 begins with 0xe220a8397b1dcdaf, whose parts sum to 0x1d375... .
TEST(ArgumentSourceTest, computesTheDocumentedNumbers) {
  llvm::Expected<NpyArray> array = makeArray("random:1:0", ElementType::F64);
  ASSERT_TRUE(bool(array)) << message(array.takeError());
  int64_t sum = 0xe220 + 0xa839 + 0x7b1d + 0xcdaf;
  EXPECT_EQ(getElements<double>(*array)[0],
            static_cast<double>(sum - 131070) * (1.7320508075688772 / 65536));
  array = makeArray("random:1:0", ElementType::I32);
  ASSERT_TRUE(bool(array)) << message(array.takeError());
  EXPECT_EQ(getElements<int32_t>(*array)[0], sum % 16 - 8);
}

TEST(ArgumentSourceTest, isAboutNormal) {
  llvm::Expected<NpyArray> array =
      makeArray("random:100x1000:3", ElementType::F32);
  ASSERT_TRUE(bool(array)) << message(array.takeError());
  double sum = 0;
  double squares = 0;
  for (float value : getElements<float>(*array)) {
    EXPECT_LT(std::fabs(value), 3.5);
    sum += value;
    squares += double(value) * value;
  }
  EXPECT_NEAR(sum / 100000, 0, 0.02);
  EXPECT_NEAR(squares / 100000, 1, 0.02);
}

TEST(ArgumentSourceTest, roundsToEveryType) {
  for (ElementType type :
       {ElementType::F16, ElementType::BF16, ElementType::E4M3,
        ElementType::E5M2, ElementType::I8, ElementType::I64, ElementType::U8,
        ElementType::Bool}) {
    llvm::Expected<NpyArray> array = makeArray("random:64:1", type);
    ASSERT_TRUE(bool(array)) << message(array.takeError());
    EXPECT_EQ(array->data.size(), 64 * getSizeInBytes(type));
  }
}

TEST(ArgumentSourceTest, readsFiles) {
  TemporaryFolder folder;
  std::string path = folder.getPath("a.npy");
  ASSERT_EQ(saveNpy(path, ElementType::BF16, {2}, {1, 2, 3, 4}), "success");
  llvm::Expected<NpyArray> array = makeArray(path, ElementType::BF16);
  ASSERT_TRUE(bool(array)) << message(array.takeError());
  EXPECT_EQ(array->element, ElementType::BF16);
  EXPECT_EQ(message(makeArray(path, ElementType::F32)),
            path + ": expected elements of type f32, but got '<V2'");
}

TEST(ArgumentSourceTest, takesNumbers) {
  llvm::Expected<NpyArray> array = makeArray("f32:0.5", ElementType::F32);
  ASSERT_TRUE(bool(array)) << message(array.takeError());
  EXPECT_TRUE(array->shape.empty());
  EXPECT_EQ(getElements<float>(*array)[0], 0.5F);
  array = makeArray("i32:-5", ElementType::I32);
  ASSERT_TRUE(bool(array)) << message(array.takeError());
  EXPECT_EQ(getElements<int32_t>(*array)[0], -5);
  array = makeArray("bool:1", ElementType::Bool);
  ASSERT_TRUE(bool(array)) << message(array.takeError());
  EXPECT_EQ(array->data, std::vector<char>{1});
  EXPECT_EQ(message(makeArray("f32:0.5", ElementType::F16)),
            "expected a number of type f16, but got 'f32:0.5'");
  EXPECT_EQ(message(makeArray("f32:x", ElementType::F32)),
            "expected a number, but got 'x'");
  EXPECT_EQ(message(makeArray("i32:0.5", ElementType::I32)),
            "expected an integer, but got '0.5'");
  EXPECT_EQ(message(makeArray("u8:256", ElementType::U8)),
            "expected an integer that fits in u8, but got 256");
}

TEST(ArgumentSourceTest, refusesMalformedSources) {
  EXPECT_EQ(message(makeArray("random:2x3", ElementType::F16)),
            "expected random:SHAPE:SEED, but got 'random:2x3'");
  EXPECT_EQ(message(makeArray("random:2x3:s", ElementType::F16)),
            "expected random:SHAPE:SEED, but got 'random:2x3:s'");
  EXPECT_EQ(message(makeArray("empty:2xx3", ElementType::F16)),
            "expected sizes with 'x' between them, but got '2xx3'");
  EXPECT_EQ(message(makeArray("empty:-2", ElementType::F16)),
            "expected sizes with 'x' between them, but got '-2'");
  std::string limit = "expected an array of at most " +
                      std::to_string(getLargestArraySize()) +
                      " bytes, an eighth of the memory of this machine, ";
  EXPECT_EQ(message(makeArray("empty:2097152x1048576", ElementType::F16)),
            limit + "but got 4398046511104 from 'empty:2097152x1048576'");
  EXPECT_EQ(
      message(makeArray("random:4294967296x4294967296:1", ElementType::F16)),
      limit + "but got more than 2^63 from 'random:4294967296x4294967296:1'");
}
