//===- NpyTestUtils.h - Files for the tests of NumPy arrays -----*- C++ -*-===//

#ifndef FA3_TEST_UNIT_RUNTIME_NPYTESTUTILS_H
#define FA3_TEST_UNIT_RUNTIME_NPYTESTUTILS_H

#include "TestUtils.h"

#include "fa3/Runtime/Npy.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cstdlib>

namespace fa3::runtime::test {

/// The bytes of a file with this header, which is not padded.
inline std::string makeNpyWithHeader(llvm::StringRef header,
                                     llvm::StringRef data,
                                     unsigned version = 1) {
  std::string bytes = "\x93NUMPY";
  bytes += static_cast<char>(version);
  bytes += '\0';
  for (unsigned i = 0; i != (version == 1 ? 2U : 4U); ++i)
    bytes += static_cast<char>(header.size() >> (8 * i) & 0xff);
  return bytes + header.str() + data.str();
}

inline std::string makeNpy(llvm::StringRef descr, llvm::StringRef shape,
                           llvm::StringRef data, unsigned version = 1,
                           llvm::StringRef order = "False") {
  return makeNpyWithHeader(("{'descr': '" + descr + "', 'fortran_order': " +
                            order + ", 'shape': " + shape + ", }  \n")
                               .str(),
                           data, version);
}

/// Writes one file, as a tool with one output does.
inline std::string saveNpy(llvm::StringRef path, ElementType element,
                           llvm::ArrayRef<int64_t> shape,
                           llvm::ArrayRef<char> data) {
  OutputFiles files;
  if (llvm::Error error = files.reserve(path))
    return message(std::move(error));
  if (llvm::Error error = writeNpy(files, path, element, shape, data))
    return message(std::move(error));
  return message(files.commit());
}

/// A folder that is gone after the test.
class TemporaryFolder {
public:
  TemporaryFolder() {
    if (llvm::sys::fs::createUniqueDirectory("fa3-runtime-test", path))
      std::abort();
  }
  ~TemporaryFolder() { llvm::sys::fs::remove_directories(path); }

  std::string getPath(llvm::StringRef name) const {
    llvm::SmallString<256> file(path);
    llvm::sys::path::append(file, name);
    return file.str().str();
  }

  size_t countFiles() const {
    std::error_code error;
    size_t count = 0;
    for (llvm::sys::fs::directory_iterator it(path, error), end;
         it != end && !error; it.increment(error))
      ++count;
    return count;
  }

private:
  llvm::SmallString<256> path;
};

} // namespace fa3::runtime::test

#endif // FA3_TEST_UNIT_RUNTIME_NPYTESTUTILS_H
