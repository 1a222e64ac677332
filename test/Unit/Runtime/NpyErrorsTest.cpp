//===- NpyErrorsTest.cpp - Malformed NumPy array files --------------------===//

#include "fa3/Runtime/Npy.h"
#include "fa3/Runtime/RuntimeError.h"

#include "NpyTestUtils.h"

#include "gtest/gtest.h"

using namespace fa3::runtime;
using namespace fa3::runtime::test;

static std::string parse(llvm::StringRef bytes,
                         std::optional<ElementType> hint = std::nullopt) {
  return message(parseNpy(bytes, "a.npy", hint));
}

static std::string parseHeader(llvm::StringRef header) {
  return parse(makeNpyWithHeader(header, "1234"));
}

TEST(NpyErrorsTest, refusesWhatIsNoFile) {
  EXPECT_EQ(parse(""),
            "a.npy: expected a NumPy file, but the magic string is missing");
  EXPECT_EQ(parse("\x93NUMPX\1"),
            "a.npy: expected a NumPy file, but the magic string is missing");
  EXPECT_EQ(parse("\x93NUMPY\1"),
            "a.npy: expected a version, but got the end of the file");
  EXPECT_EQ(parse(llvm::StringRef("\x93NUMPY\4\0", 8)),
            "a.npy: expected version 1.0, 2.0 or 3.0, but got 4.0");
  EXPECT_EQ(parse("\x93NUMPY\1\1"),
            "a.npy: expected version 1.0, 2.0 or 3.0, but got 1.1");
  EXPECT_EQ(parse(llvm::StringRef("\x93NUMPY\2\0\1\0\0", 11)),
            "a.npy: expected the length of the header, but got the end of the "
            "file");
  EXPECT_EQ(parse("\x93NUMPY\2" + std::string(1, '\0') + "\xff\xff\xff\xff{}"),
            "a.npy: expected a header of 4294967295 bytes, but got 2");
}

TEST(NpyErrorsTest, refusesHeaders) {
  EXPECT_EQ(parseHeader(""), "a.npy: header: expected '{', but got the end");
  EXPECT_EQ(parseHeader("[]"), "a.npy: header: expected '{', but got '[]'");
  EXPECT_EQ(parseHeader("{'descr': '<f4'}"),
            "a.npy: header: expected 'descr', 'fortran_order' and 'shape', but "
            "'fortran_order' is missing");
  EXPECT_EQ(parseHeader("{'descr': '<f4', 'descr': '<f4'}"),
            "a.npy: header: expected each of 'descr', 'fortran_order' and "
            "'shape' once, but got ''descr': '<f4'}'");
  EXPECT_EQ(parseHeader("{'other': 1}")
                .find("a.npy: header: expected each of 'descr'"),
            0U);
  EXPECT_EQ(parseHeader("{'descr' '<f4'}"),
            "a.npy: header: expected ':', but got ''<f4'}'");
  EXPECT_EQ(parseHeader("{'descr': 4}"),
            "a.npy: header: expected a string, but got '4}'");
  EXPECT_EQ(parseHeader("{'descr': [('x', '<f4')]}")
                .find("a.npy: header: expected a string"),
            0U);
  EXPECT_EQ(
      parseHeader("{'descr").find("a.npy: header: expected a string that ends"),
      0U);
  EXPECT_EQ(parseHeader("{'fortran_order': 0}"),
            "a.npy: header: expected True or False, but got '0}'");
  EXPECT_EQ(parseHeader("{'shape': (1 2)}"),
            "a.npy: header: expected ',', but got '2)}'");
  EXPECT_EQ(parseHeader("{'shape': (1, 2 3)}"),
            "a.npy: header: expected ',' or ')', but got '3)}'");
  EXPECT_EQ(parseHeader("{'shape': (3)}"),
            "a.npy: header: expected ',', but got ')}'");
  EXPECT_EQ(parseHeader("{'shape': (-1,)}"),
            "a.npy: header: expected a size that fits in 63 bits, but got "
            "'-1,)}'");
  EXPECT_EQ(parseHeader("{'shape': (9223372036854775808,)}"),
            "a.npy: header: expected a size that fits in 63 bits, but got "
            "'9223372036854775'");
  std::string ranks;
  for (int i = 0; i != 65; ++i)
    ranks += "1,";
  EXPECT_EQ(parseHeader("{'shape': (" + ranks + ")}"),
            "a.npy: header: expected at most 64 sizes, but got '1,)}'");
  EXPECT_EQ(
      parse(makeNpyWithHeader(
          "{'descr': '|i1', 'fortran_order': False, 'shape': ()} x", "1")),
      "a.npy: header: expected nothing after '}', but got ' x'");
}

TEST(NpyErrorsTest, refusesElementTypes) {
  EXPECT_EQ(parse(makeNpy(">f4", "(1,)", "1234")),
            "a.npy: expected little-endian elements, but got '>f4'");
  EXPECT_EQ(parse(makeNpy("<c8", "()", "12345678")),
            "a.npy: expected elements of type f2, f4, f8, i1, i4, i8, u1, b1, "
            "V1 or V2, but got '<c8'");
  EXPECT_EQ(parse(makeNpy("|V1", "(4,)", "1234")),
            "a.npy: expected elements of a known type, as none is named for "
            "raw ones, but got '|V1'");
  EXPECT_EQ(parse(makeNpy("<f4", "(1,)", "1234"), ElementType::F16),
            "a.npy: expected elements of type f16, but got '<f4'");
  EXPECT_EQ(parse(makeNpy("<f2", "(2,)", "1234"), ElementType::BF16),
            "a.npy: expected elements of type bf16, but got '<f2'");
  EXPECT_EQ(parse(makeNpy("|V1", "(4,)", "1234"), ElementType::BF16),
            "a.npy: expected elements of type bf16, but got '|V1'");
}

TEST(NpyErrorsTest, refusesSizes) {
  EXPECT_EQ(parse(makeNpy("<f4", "(2,)", "1234567")),
            "a.npy: expected 8 bytes of data, but got 7");
  EXPECT_EQ(parse(makeNpy("<f4", "(1,)", "12345")),
            "a.npy: expected 4 bytes of data, but got 5");
  EXPECT_EQ(parse(makeNpy("<f4", "(1099511627776,)", "1234")),
            "a.npy: expected 4398046511104 bytes of data, but got 4");
  EXPECT_EQ(parse(makeNpy("<f4", "(4294967296, 4294967296)", "1234")),
            "a.npy: expected a size in bytes that fits in 63 bits, but the "
            "shape exceeds it");
  EXPECT_EQ(parse(makeNpy("<f4", "(0, 4294967296, 4294967296)", "")),
            "a.npy: expected a size in bytes that fits in 63 bits, but the "
            "shape exceeds it");
}

// Whatever byte is changed or cut off, parsing gives an array or an error.
TEST(NpyErrorsTest, survivesMutations) {
  for (const char *order : {"False", "True"}) {
    const std::string bytes =
        makeNpy("<f2", "(2, 3, 1)", "abcdefghijkl", 1, order);
    ASSERT_EQ(parse(bytes), "success");
    for (size_t i = 0; i != bytes.size(); ++i) {
      EXPECT_NE(parse(bytes.substr(0, i)), "success");
      for (int c = 0; c != 256; ++c) {
        std::string mutated = bytes;
        mutated[i] = static_cast<char>(c);
        parse(mutated);
        parse(mutated, ElementType::BF16);
      }
    }
  }
}

TEST(NpyErrorsTest, namesTheFileThatIsMissing) {
  TemporaryFolder folder;
  std::string path = folder.getPath("none.npy");
  EXPECT_EQ(message(readNpy(path)),
            path + ": cannot read: No such file or directory");
  llvm::handleAllErrors(readNpy(path).takeError(),
                        [](const RuntimeError &error) {
                          EXPECT_EQ(error.getStatus(), FA3_ERROR_IO);
                        });
}

TEST(NpyErrorsTest, refusesToWriteTheWrongSize) {
  TemporaryFolder folder;
  std::string path = folder.getPath("a.npy");
  EXPECT_EQ(saveNpy(path, ElementType::F16, {2}, {1, 2, 3}),
            path + ": expected 4 bytes of data for the shape, but got 3");
  EXPECT_EQ(folder.countFiles(), 0U);
}
