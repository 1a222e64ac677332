//===- NpyTest.cpp - NumPy array files ------------------------------------===//

#include "fa3/Runtime/Npy.h"

#include "NpyTestUtils.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include "gtest/gtest.h"

using namespace fa3::runtime;
using namespace fa3::runtime::test;

TEST(NpyTest, parsesEveryVersion) {
  for (unsigned version : {1, 2, 3}) {
    llvm::Expected<NpyArray> array =
        parseNpy(makeNpy("<i4", "(2, 3)", std::string(24, '\5'), version), "a");
    ASSERT_TRUE(bool(array)) << message(array.takeError());
    EXPECT_EQ(array->element, ElementType::I32);
    EXPECT_EQ(array->shape, (llvm::SmallVector<int64_t, 4>{2, 3}));
    EXPECT_EQ(array->data, std::vector<char>(24, '\5'));
  }
}

TEST(NpyTest, parsesEveryElementType) {
  struct Case {
    const char *descr;
    ElementType type;
  };
  for (auto [descr, type] :
       std::initializer_list<Case>{{"<f2", ElementType::F16},
                                   {"<f4", ElementType::F32},
                                   {"=f4", ElementType::F32},
                                   {"<f8", ElementType::F64},
                                   {"|i1", ElementType::I8},
                                   {"<i4", ElementType::I32},
                                   {"<i8", ElementType::I64},
                                   {"|u1", ElementType::U8},
                                   {"|b1", ElementType::Bool},
                                   {"<V2", ElementType::BF16},
                                   {"|V2", ElementType::BF16},
                                   {"bfloat16", ElementType::BF16},
                                   {"float8_e4m3fn", ElementType::E4M3},
                                   {"float8_e5m2", ElementType::E5M2},
                                   {"<f1", ElementType::E5M2}}) {
    std::string bytes =
        makeNpy(descr, "(3,)", std::string(3 * getSizeInBytes(type), 'x'));
    llvm::Expected<NpyArray> array = parseNpy(bytes, "a");
    ASSERT_TRUE(bool(array)) << descr << ": " << message(array.takeError());
    EXPECT_EQ(array->element, type) << descr;
    EXPECT_EQ(message(parseNpy(bytes, "a", type)), "success");
  }
}

TEST(NpyTest, takesRawDataAsTheHint) {
  for (const char *descr : {"|V1", "|u1"})
    for (ElementType type :
         {ElementType::E4M3, ElementType::E5M2, ElementType::U8}) {
      llvm::Expected<NpyArray> array =
          parseNpy(makeNpy(descr, "(3,)", "abc"), "a", type);
      ASSERT_TRUE(bool(array)) << message(array.takeError());
      EXPECT_EQ(array->element, type);
    }
  for (const char *descr : {"<V2", "<u2"})
    for (ElementType type : {ElementType::BF16, ElementType::F16}) {
      llvm::Expected<NpyArray> array =
          parseNpy(makeNpy(descr, "(1,)", "ab"), "a", type);
      ASSERT_TRUE(bool(array)) << message(array.takeError());
      EXPECT_EQ(array->element, type);
    }
}

TEST(NpyTest, parsesEveryShape) {
  auto parseShape = [](llvm::StringRef shape, size_t bytes) {
    llvm::Expected<NpyArray> array =
        parseNpy(makeNpy("|i1", shape, std::string(bytes, 'x')), "a");
    EXPECT_TRUE(bool(array)) << message(array.takeError());
    return array ? array->shape : llvm::SmallVector<int64_t, 4>{-1};
  };
  using Shape = llvm::SmallVector<int64_t, 4>;
  EXPECT_EQ(parseShape("()", 1), Shape{});
  EXPECT_EQ(parseShape("(5,)", 5), Shape{5});
  EXPECT_EQ(parseShape("( 2 ,3 )", 6), (Shape{2, 3}));
  EXPECT_EQ(parseShape("(2, 3,)", 6), (Shape{2, 3}));
  EXPECT_EQ(parseShape("(2L, 3L)", 6), (Shape{2, 3}));
  EXPECT_EQ(parseShape("(4, 0, 7)", 0), (Shape{4, 0, 7}));
}

TEST(NpyTest, transposesFortranOrder) {
  // [[a, b, c], [d, e, f]] column by column.
  llvm::Expected<NpyArray> array =
      parseNpy(makeNpy("|i1", "(2, 3)", "adbecf", 1, "True"), "a");
  ASSERT_TRUE(bool(array)) << message(array.takeError());
  EXPECT_EQ(std::string(array->data.begin(), array->data.end()), "abcdef");

  // Element (i, j, k) of shape (2, 2, 2) is at i + 2 j + 4 k.
  array = parseNpy(makeNpy("<u2", "(2, 2, 2)", "0A4E2C6G1B5F3D7H", 1, "True"),
                   "a", ElementType::F16);
  ASSERT_TRUE(bool(array)) << message(array.takeError());
  EXPECT_EQ(std::string(array->data.begin(), array->data.end()),
            "0A1B2C3D4E5F6G7H");

  array = parseNpy(makeNpy("|i1", "(3,)", "abc", 1, "True"), "a");
  ASSERT_TRUE(bool(array)) << message(array.takeError());
  EXPECT_EQ(std::string(array->data.begin(), array->data.end()), "abc");
  array = parseNpy(makeNpy("|i1", "(3, 0)", "", 1, "True"), "a");
  ASSERT_TRUE(bool(array)) << message(array.takeError());
  EXPECT_TRUE(array->data.empty());
}

TEST(NpyTest, computesSizes) {
  EXPECT_EQ(getArraySizeInBytes(ElementType::F16, {2, 3}), 12);
  EXPECT_EQ(getArraySizeInBytes(ElementType::F64, {}), 8);
  EXPECT_EQ(getArraySizeInBytes(ElementType::F16, {0, 3}), 0);
  EXPECT_EQ(getArraySizeInBytes(ElementType::F16, {-1}), std::nullopt);
  EXPECT_EQ(getArraySizeInBytes(ElementType::F16, {int64_t(1) << 62}),
            std::nullopt);
  EXPECT_EQ(getArraySizeInBytes(ElementType::I8,
                                {0, int64_t(1) << 40, int64_t(1) << 40}),
            std::nullopt);
}

TEST(NpyTest, writesAndReads) {
  TemporaryFolder folder;
  std::string path = folder.getPath("a.npy");
  struct Case {
    ElementType type;
    llvm::SmallVector<int64_t, 4> shape;
  };
  for (const Case &test :
       std::initializer_list<Case>{{ElementType::F32, {}},
                                   {ElementType::F16, {5}},
                                   {ElementType::BF16, {2, 3}},
                                   {ElementType::E4M3, {1, 2, 3, 4}},
                                   {ElementType::E5M2, {7}},
                                   {ElementType::I8, {7}},
                                   {ElementType::I32, {2, 2}},
                                   {ElementType::I64, {0, 9}},
                                   {ElementType::F64, {3}},
                                   {ElementType::U8, {3}},
                                   {ElementType::Bool, {3}}}) {
    std::vector<char> data(
        static_cast<size_t>(*getArraySizeInBytes(test.type, test.shape)));
    for (size_t i = 0; i != data.size(); ++i)
      data[i] = static_cast<char>(i * 37);
    ASSERT_EQ(saveNpy(path, test.type, test.shape, data), "success");
    llvm::Expected<NpyArray> array = readNpy(path, test.type);
    ASSERT_TRUE(bool(array)) << message(array.takeError());
    EXPECT_EQ(array->element, test.type);
    EXPECT_EQ(array->shape, test.shape);
    EXPECT_EQ(array->data, data);
  }
  EXPECT_EQ(folder.countFiles(), 1U);
}

TEST(NpyTest, writesWhatNumPyWrites) {
  TemporaryFolder folder;
  std::string path = folder.getPath("a.npy");
  ASSERT_EQ(saveNpy(path, ElementType::F16, {1, 2}, {1, 2, 3, 4}), "success");
  auto buffer = llvm::MemoryBuffer::getFile(path);
  ASSERT_TRUE(bool(buffer));
  // As numpy.save has it: spaces up to a multiple of 64 bytes, a line break.
  std::string header =
      "{'descr': '<f2', 'fortran_order': False, 'shape': (1, 2), }";
  header.append(128 - 10 - header.size() - 1, ' ');
  EXPECT_EQ((*buffer)->getBuffer(),
            std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header +
                "\n\x01\x02\x03\x04");
}
